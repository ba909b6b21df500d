# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP for the Arize API: one session, send, read."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Callable, NamedTuple, Optional, TypeVar
from urllib.parse import urlsplit

try:
    import requests
    from urllib3 import disable_warnings
    from urllib3.exceptions import HTTPError, InsecureRequestWarning

    HAS_REQUESTS = True
except ImportError:
    HAS_REQUESTS = False  # _module tells the user

from .._version import VERSION
from .body import ACCEPTED_CODING, BadBody, read_body
from .connection import Connection
from .deadline import Deadline, is_limited, limited
from .failures import Failures, Request, RequestError, read_date
from .redact import Redactor
from .retry import AdaptiveLimiter, RetryBudget, Timing, backoff

USER_AGENT = f"arize.ax/{VERSION}"
_BODY_LIMIT = 32 * 1024 * 1024  # bytes; a page of 100 users has about 40,000

Result = TypeVar("Result")
ResolveFailure = Optional[Callable[[RequestError], Optional[Result]]]


class Unreadable(ValueError):
    """A response lacks a required value; the text is a clause about it."""


class Response(NamedTuple):
    """A response of the server.

    ``data`` is the JSON value of the body, None without a body or if it is not JSON; ``date`` is the time by the server's
    clock, in seconds since 1970, None if it is not readable.
    """

    status: int
    data: Any
    empty: bool
    date: float | None = None

    def json_object(self) -> Mapping[str, Any]:
        """Return the JSON object of the body.

        Raises:
            Unreadable: the body is not a JSON object.
        """
        if not isinstance(self.data, dict):
            raise Unreadable(f"the response ({self.status}) is not a JSON object")
        return self.data


class Http:
    """A session with the API.

    Args:
        connection: where and how.
        pool_size: how many threads may send at once.
        sleep, clock, jitter: time and chance, replaceable in tests.
    """

    def __init__(
        self,
        connection: Connection,
        pool_size: int = 1,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.connection = connection
        self._timing = Timing(sleep, clock, jitter)
        self._session = _session(connection, pool_size)
        self._proxies = _proxies(connection)
        self.redactor = Redactor(connection.api_key, self._proxies.values())
        self._failures = Failures(self.redactor, urlsplit(connection.url).netloc)
        self._limiter = AdaptiveLimiter(self._timing, connection.max_retry_wait, parallel=pool_size > 1)

    def call(
        self, request: Request, read: Callable[[Response], Result], resolve_failure: ResolveFailure[Result] = None
    ) -> Result:
        """Send *request* until it succeeds or cannot, and return the result of *read* on the response.

        A POST whose outcome is unknown is sent again only if *resolve_failure* finds no sign that it was carried out.

        Args:
            request: the call.
            read: the 2xx response -> result; raises Unreadable.
            resolve_failure: a failure -> the result if there is one all the same, else None. It may raise.

        Raises:
            ArizeError: transport, invalid_response, server, or the kind of the status.
        """
        budget = RetryBudget(self.connection, self._timing)
        while True:
            try:
                with self._limiter.slot(budget):
                    response = self._send(request)
                return self._understood(request, response, read)
            except RequestError as failure:
                error = failure
            resolved = resolve_failure(error) if resolve_failure else None
            if resolved is not None:
                return resolved
            if error.outcome_unknown and request.method == "POST" and not resolve_failure:
                raise error
            budget.wait_or_raise(error)

    def back_off(self) -> None:
        """Wait as before a first retry."""
        self._timing.sleep(min(backoff(1, self._timing.jitter()), self.connection.max_retry_wait))

    def _understood(self, request: Request, response: Response, read: Callable[[Response], Result]) -> Result:
        try:
            return read(response)
        except Unreadable as error:
            raise self._failures.invalid_response(request, str(error), response.status) from None

    def _send(self, request: Request) -> Response:
        with Deadline(self.connection.timeout, self._timing.clock):
            return self._exchange(request)

    def _exchange(self, request: Request) -> Response:
        body = None if request.body is None else json.dumps(request.body).encode()
        try:
            response = self._session.request(
                request.method,
                self.connection.url + request.path,
                params=list(request.query),
                data=body,
                headers={"Content-Type": "application/json"} if body else None,
                timeout=(self.connection.timeout, self.connection.timeout),
                verify=self.connection.verify,  # with each request: a variable would override the session's
                proxies=self._proxies,
                allow_redirects=False,
                stream=True,
            )
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise self._failures.no_response(request, error) from None
        with response:
            return self._read(request, response)

    def _read(self, request: Request, response: Any) -> Response:
        status = response.status_code
        matters = status < 300 or status == 404
        try:
            text = read_body(response.raw, _BODY_LIMIT)
        except BadBody as error:
            if matters:
                raise self._failures.invalid_response(request, str(error), status) from None
            text = b""
        except (HTTPError, OSError) as error:
            if matters:
                raise self._failures.no_response(request, error) from None
            text = b""
        data = _parsed(text)
        if status < 300:
            return Response(status, data, not text.strip(), read_date(response.headers.get("Date", "")))
        raise self._failures.refused(request, status, response.headers, data if isinstance(data, dict) else None)


def _session(connection: Connection, pool_size: int) -> Any:
    session: Any = requests.Session()
    session.trust_env = False  # no netrc, no CA variables; proxies are read in _proxies
    # requests reads the target of a redirect also when it is not to follow it, and fails if that is no address.
    session.get_redirect_target = lambda _response: None
    adapter = _adapter(pool_size)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.headers.update({"User-Agent": USER_AGENT, "Accept": "application/json, application/problem+json"})
    session.headers["Accept-Encoding"] = ACCEPTED_CODING
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # none are wanted, and threads share the jar
    session.auth = _Bearer(connection.api_key)
    if connection.verify is False:
        disable_warnings(InsecureRequestWarning)
    return session


class _Bearer:
    """The key as an auth object: requests lets nothing replace it."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = "Bearer " + self._key
        return request


def _adapter(pool_size: int) -> Any:
    """Return requests' adapter, with connections whose responses end in time."""

    class Adapter(requests.adapters.HTTPAdapter):
        def init_poolmanager(self, *args: Any, **options: Any) -> None:
            super().init_poolmanager(*args, **options)
            _limit(self.poolmanager)

        def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
            manager = super().proxy_manager_for(*args, **options)
            _limit(manager)
            return manager

    return Adapter(pool_maxsize=pool_size)


def _limit(manager: Any) -> None:
    for scheme, pool in manager.pool_classes_by_scheme.items():
        if not is_limited(pool.ConnectionCls):
            pools = {scheme: type("Pool", (pool,), {"ConnectionCls": limited(pool.ConnectionCls)})}
            manager.pool_classes_by_scheme = {**manager.pool_classes_by_scheme, **pools}


def _proxies(connection: Connection) -> dict[str, str]:
    if connection.proxy_url:
        return {"http": connection.proxy_url, "https": connection.proxy_url}
    proxies: dict[str, str] = requests.utils.get_environ_proxies(connection.url)
    return proxies


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
