# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request and an answer as plain data, so that faults and checks need not know the web framework."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from .problems import Problem

JSON = "application/json"
PROBLEM_JSON = "application/problem+json"

ROUTES = (
    (re.compile(r"/v2/users"), {"GET": "list", "POST": "create"}),
    (re.compile(r"/v2/users/([^/]+)"), {"GET": "get", "PATCH": "update", "DELETE": "delete"}),
    (re.compile(r"/v2/users/([^/]+)/resend-invitation"), {"POST": "resend"}),
    (re.compile(r"/v2/users/([^/]+)/reset-password"), {"POST": "reset"}),
    (re.compile(r"/v2/api-keys"), {"GET": "list_api_keys", "POST": "create_api_key"}),
    (re.compile(r"/v2/api-keys/([^/]+)/refresh"), {"POST": "refresh_api_key"}),
    (re.compile(r"/v2/api-keys/([^/]+)/revoke"), {"PUT": "revoke_api_key"}),
    (re.compile(r"/v2/roles"), {"GET": "list_roles", "POST": "create_role"}),
    (re.compile(r"/v2/roles/([^/]+)"), {"GET": "get_role", "PATCH": "update_role", "DELETE": "delete_role"}),
    (re.compile(r"/v2/role-bindings"), {"GET": "list_role_bindings", "POST": "create_role_binding"}),
    (
        re.compile(r"/v2/role-bindings/([^/]+)"),
        {"GET": "get_role_binding", "PATCH": "update_role_binding", "DELETE": "delete_role_binding"},
    ),
    (re.compile(r"/v2/organizations"), {"GET": "list_organizations"}),
    (re.compile(r"/v2/organizations/([^/]+)"), {"GET": "get_organization"}),
    (re.compile(r"/v2/spaces"), {"GET": "list_spaces", "POST": "create_space"}),
    (re.compile(r"/v2/spaces/([^/]+)"), {"GET": "get_space", "PATCH": "update_space"}),
    (re.compile(r"/v2/projects"), {"GET": "list_projects", "POST": "create_project"}),
    (re.compile(r"/v2/projects/([^/]+)"), {"GET": "get_project", "PATCH": "update_project"}),
    (
        re.compile(r"/v2/resource-restrictions"),
        {"GET": "list_resource_restrictions", "POST": "create_resource_restriction"},
    ),
    (re.compile(r"/v2/resource-restrictions/([^/]+)"), {"DELETE": "delete_resource_restriction"}),
)


@dataclass
class Call:
    """One request."""

    method: str
    raw_path: str
    raw_query: str
    headers: dict[str, str]
    body: bytes
    entry: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.path = unquote(self.raw_path)
        self.query = parse_qsl(self.raw_query, keep_blank_values=True)

    def values(self, name: str) -> list[str]:
        """Return all values of a query parameter."""
        return [value for key, value in self.query if key == name]

    def value(self, name: str) -> str | None:
        """Return the first value of a query parameter."""
        return next(iter(self.values(name)), None)

    def filters(self) -> dict[str, str]:
        """Return what narrows a list down: its parameters but for those of paging."""
        return {name: value for name, value in sorted(self.query) if name not in ("limit", "cursor")}

    @property
    def token(self) -> str | None:
        """Return the bearer token."""
        scheme, _blank, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None

    def json(self) -> Any:
        """Return the body as JSON, as text where it is none, and None where it is empty."""
        if not self.body:
            return None
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return self.body.decode("utf-8", "replace")

    def route(self) -> tuple[str, str]:
        """Return the operation, and the id in the path. The raw path is what is matched: an id may hold an encoded slash."""
        for pattern, methods in ROUTES:
            match = pattern.fullmatch(self.raw_path)
            if match and self.method in methods:
                return methods[self.method], unquote(match.group(1)) if match.groups() else ""
            if match:
                raise Problem(405, f"{self.method} is not allowed here.", allow=sorted(methods))
        raise Problem(404, "There is nothing at this path.")

    def target(self) -> str:
        """Return what the request is about: the id in the path, else an address, a user or a name that it holds."""
        match = re.match(r"/v2/[^/]+/([^/]+)", self.raw_path)
        if match:
            return unquote(match.group(1))
        body = self.json()
        held = body if isinstance(body, dict) else self.filters()
        return next((str(held[name]) for name in ("email", "user_id", "name") if name in held), "")


@dataclass
class Answer:
    """One answer. With `drop` nothing is sent; with `stream` the body may have no end."""

    status: int
    payload: Any = None
    content_type: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    stream: Iterator[bytes] | None = None
    promised_length: int | None = None
    drop: str | None = None
    informational: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    checked: bool = True

    @property
    def body(self) -> bytes:
        """Return the bytes of the body."""
        if self.raw is not None:
            return self.raw
        return b"" if self.payload is None else json.dumps(self.payload).encode()


def json_answer(status: int, payload: Any = None) -> Answer:
    """Return a JSON answer, or an empty one."""
    return Answer(status, payload, JSON if payload is not None else None)


def problem_answer(problem: Problem, instance: str) -> Answer:
    """Return the answer for an error."""
    extra = dict(problem.extra)
    headers = {}
    if "retry_after" in extra:
        headers["Retry-After"] = str(extra.pop("retry_after"))
    if "allow" in extra:
        headers["Allow"] = ", ".join(extra.pop("allow"))
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    body = Problem(problem.status, problem.detail, **extra).body(instance)
    return Answer(problem.status, body, PROBLEM_JSON, headers)
