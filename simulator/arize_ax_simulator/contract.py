# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks every request, and every answer of the simulator's own, against the OpenAPI document."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import yaml
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from .problems import Problem
from .wire import PROBLEM_JSON, Answer, Call

DOCUMENT = Path(__file__).with_name("openapi.yaml")
REMEMBERED = 50_000  # requests, answers and items of lists


class ContractViolation(Exception):
    """An answer of the simulator that its own contract forbids."""


class _Request:
    """A call, as openapi-core wants to see it."""

    host_url = "https://api.arize.com"

    def __init__(self, call: Call) -> None:
        self.method = call.method.lower()
        self.path = call.raw_path
        self.body = call.body or None
        self.content_type = call.headers.get("content-type", "").lower()
        self.parameters = RequestParameters(query=ImmutableMultiDict(call.query), header=Headers(call.headers))


class _Response:
    """An answer, as openapi-core wants to see it."""

    def __init__(self, answer: Answer, data: bytes) -> None:
        self.status_code = answer.status
        self.content_type = answer.content_type or ""
        self.headers = Headers(answer.headers)
        self.data = data


class Contract:
    """The document, ready to check.

    A client must do without any field of an answer, so the document requires none. This simulator leaves none out that
    the service usually sends: `x-expected` of the document is `required` here.
    """

    def __init__(self, path: Path = DOCUMENT) -> None:
        config = Config(extra_media_type_deserializers={PROBLEM_JSON: json.loads})
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        self._parameters = query_parameters(document)
        self._openapi = OpenAPI.from_dict(require_what_is_expected(document), config=config)
        self._lock = threading.Lock()
        self._good: set[int] = set()  # hashes

    def check_request(self, call: Call, operation: str) -> None:
        """Refuse a request that breaks the contract: with 400, and the reason in words."""
        known = self._parameters.get("list_users" if operation == "list" else operation, set())
        unknown = sorted({name for name, _value in call.query} - known)
        if unknown:
            raise Problem(400, f"Unknown query parameters: {', '.join(unknown)}.")
        # openapi-core casts with int(), which also takes " 7", "+7" and "1_0".
        if not all(limit.isascii() and limit.isdigit() for limit in call.values("limit")):
            raise Problem(400, "Invalid query parameter: limit.")
        if not {"true", "false"}.issuperset(call.values("is_predefined")):
            raise Problem(400, "Invalid query parameter: is_predefined.")
        if operation in ("resend", "reset", "revoke_api_key") and call.body:
            raise Problem(400, "This request takes no body.")
        wanted = _Request(call)
        key = hash(
            (call.method, call.raw_path, str(call.query), wanted.content_type, call.headers.get("accept"), call.body)
        )
        if key in self._good:
            return
        try:
            if call.body:
                json.loads(call.body)
            self._openapi.validate_request(wanted)
        except (ValueError, RecursionError):
            raise Problem(400, "The body is not JSON.") from None
        except OpenAPIError as error:
            raise Problem(400, describe(error)) from None
        self._remember([key])

    def check_answer(self, call: Call, answer: Answer) -> None:
        """Raise ContractViolation for an answer that the contract forbids."""
        payload, fresh = self._without_known_items(answer.payload)
        data = b"" if payload is None else json.dumps(payload).encode()
        key = hash((call.method, call.raw_path, answer.status, answer.content_type, str(answer.headers), data))
        if key in self._good:
            return
        try:
            self._openapi.validate_response(_Request(call), _Response(answer, data))
        except OpenAPIError as error:
            raise ContractViolation(describe(error)) from error
        self._remember([key, *fresh])

    def _remember(self, good: list[int]) -> None:
        """Keep what was checked, since tests ask for the same again and again, and a check takes longer than the answer."""
        with self._lock:
            if len(self._good) > REMEMBERED:
                self._good.clear()
            self._good.update(good)

    def _without_known_items(self, payload: Any) -> tuple[Any, list[int]]:
        """Return the payload of a list without items that were checked before.

        Checking a page of a hundred takes 12 ms, and most of them are the same all the time. No rule of the contract
        spans two items (but for their number, which is looked at here), so leaving them out loses nothing.
        """
        if not isinstance(payload, dict) or "pagination" not in payload:
            return payload, []
        name = next(name for name in payload if name != "pagination")
        items = payload[name]
        if len(items) > 100:
            raise ContractViolation(f"a page of more than 100 {name}")
        keys = [hash((name, json.dumps(item))) for item in items]
        fresh = [(key, item) for key, item in zip(keys, items, strict=True) if key not in self._good]
        return {**payload, name: [item for _key, item in fresh]}, [key for key, _item in fresh]


def query_parameters(document: dict[str, Any]) -> dict[str, set[str]]:
    """Return the names of the query parameters of every operation that has some."""
    shared = document["components"]["parameters"]
    return {
        operation["operationId"]: {
            (shared[item["$ref"].rpartition("/")[2]] if "$ref" in item else item)["name"]
            for item in operation["parameters"]
        }
        for item in document["paths"].values()
        for operation in item.values()
        if "parameters" in operation
    }


def require_what_is_expected(node: Any) -> Any:
    """Return a part of the document in which every x-expected has become required."""
    if isinstance(node, list):
        return [require_what_is_expected(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {"required" if key == "x-expected" else key: require_what_is_expected(value) for key, value in node.items()}


def describe(error: Exception) -> str:
    """Return what is wrong, in one line."""
    causes = getattr(error.__cause__, "schema_errors", None)
    if not causes:
        return str(error)
    place = getattr(error, "name", None)
    texts = []
    for cause in causes:
        path = ".".join(str(part) for part in ([place] if place else []) + list(cause.path))
        texts.append(f"{path}: {cause.message}" if path else cause.message)
    return "; ".join(texts)
