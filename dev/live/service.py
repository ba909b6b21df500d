"""Send single requests over the collection's own session, and compare every answer with the contract."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

import requests
from ansible_collections.arize.ax.plugins.module_utils._client.connection import Connection
from ansible_collections.arize.ax.plugins.module_utils._client.deadline import Deadline
from ansible_collections.arize.ax.plugins.module_utils._client.session import Http

from .contract import ADDS, CONTRADICTS, LACKS, Difference
from .report import Report

PAGE_SIZE = 100
MAX_PAGES = 20  # of a list: enough to see how it behaves
_LIMIT_HEADER = re.compile(r"rate-?limit|retry-after|quota", re.IGNORECASE)
_ATTEMPTS = 4

Query = Sequence[tuple[str, Any]]


class NotReachable(Exception):
    """No answer, or none from the API: nothing can be said about the service."""


class Answer(NamedTuple):
    """An answer: its status, and the JSON value of its body."""

    status: int
    data: Any

    @property
    def ok(self) -> bool:
        """Whether it is a success."""
        return self.status < 300

    @property
    def fields(self) -> Mapping[str, Any]:
        """Return the object of the body, empty if there is none."""
        return self.data if isinstance(self.data, dict) else {}

    def items(self, plural: str) -> list[dict[str, Any]]:
        """Return the objects of a list."""
        found = self.fields.get(plural)
        return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []

    @property
    def lacks_plan(self) -> bool:
        """Whether the plan of the account is what refuses."""
        return self.status == 403 and not {"entitlement", "required_plan"}.isdisjoint(self.fields)

    @property
    def cursor(self) -> str | None:
        """Return where the list continues."""
        pagination = self.fields.get("pagination")
        if not isinstance(pagination, dict) or pagination.get("has_more") is not True:
            return None
        return str(pagination.get("next_cursor") or "") or None


class Service:
    """The service, with a report of everything that it says."""

    def __init__(self, connection: Connection, report: Report) -> None:
        self.report = report
        self._http = Http(connection)

    def send(
        self, method: str, path: str, thing_id: str = "", query: Query = (), body: Mapping[str, Any] | None = None
    ) -> Answer:
        """Send one request; *path* is a template of the contract, *thing_id* what its parameter stands for.

        A 429 is sent again, as often as the collection does at most; so is a GET that a 5xx answers.

        Raises:
            NotReachable: no answer.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            response = self._exchange(method, path, thing_id, query, body)
            again = response.status_code == 429 or (method == "GET" and response.status_code >= 500)
            if not again or attempt == _ATTEMPTS:
                break
            self._wait(response, attempt)
        return self._compared(method, path, response)

    def _exchange(
        self, method: str, path: str, thing_id: str, query: Query, body: Mapping[str, Any] | None
    ) -> requests.Response:
        connection = self._http.connection
        began = time.monotonic()
        response: requests.Response | None = None
        try:
            with Deadline(connection.timeout, time.monotonic):
                response = self._http._session.request(
                    method,
                    connection.url + re.sub(r"\{\w+\}", lambda _match: quote(thing_id, safe=""), path),
                    params=list(query),
                    json=body,
                    timeout=(connection.timeout, connection.timeout),
                    verify=connection.verify,
                    proxies=self._http._proxies,
                    allow_redirects=False,
                )
        except requests.RequestException as error:
            raise NotReachable(f"{method} {path}: {type(error).__name__}") from None
        finally:
            status = None if response is None else response.status_code
            self.report.exchange(f"{method} {path}", status, time.monotonic() - began)
        for name, value in response.headers.items():
            if _LIMIT_HEADER.search(name):
                self.report.limit(name, value.strip())
                self.report.answer("rate_limits_announced", True)
        return response

    def _wait(self, response: requests.Response, attempt: int) -> None:
        asked = response.headers.get("Retry-After", "")
        wanted = float(asked) if re.fullmatch("[0-9]{1,5}", asked) else 0.0
        if response.status_code == 429 and not asked.strip():
            self.report.differs(Difference(CONTRADICTS, "429", "has no Retry-After"))
        time.sleep(min(max(wanted, 0.5 * 2**attempt), self._http.connection.max_retry_wait))

    def _compared(self, method: str, path: str, response: requests.Response) -> Answer:
        status, call = response.status_code, f"{method} {path}"
        try:
            data = response.json() if response.content.strip() else None
        except ValueError:
            self.report.contradiction(f"{call} {status}", "is not JSON")
            return Answer(status, None)
        self.report.differs(*self.report.contract.compare(method, path, status, data))
        wanted = "application/problem+json" if status >= 400 else "application/json"
        if data is not None and not response.headers.get("Content-Type", "").startswith(wanted):
            self.report.differs(Difference(ADDS, f"{call} {status}", f"is not {wanted}"))
        answer = Answer(status, data)
        if status >= 400:
            self._problem(f"{call} {status}", answer)
        return answer

    def _problem(self, place: str, answer: Answer) -> None:
        if answer.fields.get("status", answer.status) != answer.status:
            self.report.contradiction(place, "names another status in its body")
        self.report.answer("problem_has_error_code", "error_code" in answer.fields)
        if answer.lacks_plan:
            self.report.answer("plan_limit_in_403", True)

    def list(
        self, path: str, plural: str, *query: tuple[str, Any], limit: int = PAGE_SIZE, pages: int = MAX_PAGES
    ) -> Listed:
        """Read a list, at most *pages* pages of *limit*, by the rules that hold for every list."""
        items: list[dict[str, Any]] = []
        cursors: list[str] = []
        while True:
            here = [("limit", limit), *query, *[("cursor", cursor) for cursor in cursors[-1:]]]
            answer = self.send("GET", path, query=here)
            if not answer.ok:
                return Listed(answer, items, complete=False)
            found = answer.items(plural)
            if len(found) > limit:
                self.report.contradiction(f"GET {path}", "has more items on a page than limit")
            items += found
            if answer.cursor is None or answer.cursor in cursors or len(cursors) + 1 == pages:
                self._no_item_twice(path, items, repeated=answer.cursor in cursors)
                return Listed(answer, items, complete=answer.cursor is None)
            cursors.append(answer.cursor)

    def _no_item_twice(self, path: str, items: list[dict[str, Any]], repeated: bool) -> None:
        if repeated:
            self.report.contradiction(f"GET {path}", "repeats a cursor")
        if len({str(item.get("id", item.get("resource_id"))) for item in items}) < len(items):
            self.report.differs(
                Difference(LACKS, f"GET {path}", "lists an item twice, or the account changed meanwhile")
            )


class Listed(NamedTuple):
    """A list as far as it was read: its last answer, its items, and whether these are all."""

    answer: Answer
    items: list[dict[str, Any]]
    complete: bool
