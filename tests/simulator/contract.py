# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks every request, and every answer of the simulator's own, against the OpenAPI document."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from .problems import Problem
from .wire import PROBLEM_JSON, Answer, Call

DOCUMENT = Path(__file__).resolve().parent.parent / "contract" / "openapi.yaml"
LIST_PARAMETERS = {"limit", "cursor", "email", "status"}
REMEMBERED_USERS = 50_000


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
    """The document, ready to check."""

    def __init__(self, document: Path = DOCUMENT) -> None:
        config = Config(extra_media_type_deserializers={PROBLEM_JSON: json.loads})
        self._openapi = OpenAPI.from_file_path(str(document), config=config)
        self._lock = threading.Lock()
        self._good_users: set[str] = set()

    def check_request(self, call: Call, operation: str) -> None:
        """Refuse a request that breaks the contract: with 400, and the reason in words."""
        known = LIST_PARAMETERS if operation == "list" else set()
        unknown = sorted({name for name, _value in call.query} - known)
        if unknown:
            raise Problem(400, f"Unknown query parameters: {', '.join(unknown)}.")
        # openapi-core casts with int(), which also takes " 7", "+7" and "1_0".
        if not all(limit.isascii() and limit.isdigit() for limit in call.values("limit")):
            raise Problem(400, "Invalid query parameter: limit.")
        if operation in ("resend", "reset") and call.body:
            raise Problem(400, "This request takes no body.")
        try:
            if call.body:
                json.loads(call.body)
            self._openapi.validate_request(_Request(call))
        except (ValueError, RecursionError):
            raise Problem(400, "The body is not JSON.") from None
        except OpenAPIError as error:
            raise Problem(400, describe(error)) from None

    def check_answer(self, call: Call, answer: Answer) -> None:
        """Raise ContractViolation for an answer that the contract forbids."""
        payload, fresh = self._without_known_users(answer.payload)
        data = b"" if payload is None else json.dumps(payload).encode()
        try:
            self._openapi.validate_response(_Request(call), _Response(answer, data))
        except OpenAPIError as error:
            raise ContractViolation(describe(error)) from error
        with self._lock:
            if len(self._good_users) > REMEMBERED_USERS:
                self._good_users.clear()
            self._good_users.update(fresh)

    def _without_known_users(self, payload: Any) -> tuple[Any, list[str]]:
        """Return the payload without users that were checked before.

        Checking a page of a hundred takes 12 ms, and most of them are the same all the time. No rule of the contract
        spans two users (but for their number, which is looked at here), so leaving them out loses nothing.
        """
        users = payload.get("users") if isinstance(payload, dict) else None
        if not isinstance(users, list):
            return payload, []
        if len(users) > 100:
            raise ContractViolation("a page of more than 100 users")
        keys = [json.dumps(user) for user in users]
        fresh = [(key, user) for key, user in zip(keys, users, strict=True) if key not in self._good_users]
        return {**payload, "users": [user for _key, user in fresh]}, [key for key, _user in fresh]


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
