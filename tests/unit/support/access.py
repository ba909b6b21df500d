"""Roles, role bindings, spaces, projects and keys as the tests write them down, and the calls about them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ansible_collections.arize.ax.tests.unit.support.api import ADA_ID
from ansible_collections.arize.ax.tests.unit.support.wire import Call, Reply, answer

ROLE_ID, SPACE_ID, PROJECT_ID, BINDING_ID = "Um9sZTox/+I=", "U3BhY2Ux/+I=", "TW9kZWwx/+I=", "QmluZGlu/+I="
TIMES = {"created_at": "2026-01-02T03:04:05Z", "updated_at": "2026-01-03T03:04:05Z"}


def role(name: str = "Reviewer", **fields: Any) -> dict[str, Any]:
    """A custom role as the API sends one; *fields* replace, Ellipsis leaves out."""
    made = {"id": ROLE_ID, "name": name, "permissions": ["PROJECT_READ"], "is_predefined": False, **TIMES}
    return _sent(made, fields)


def binding(**fields: Any) -> dict[str, Any]:
    """Ada's role on the space as the API sends it."""
    made = {
        "id": BINDING_ID,
        "role_id": ROLE_ID,
        "user_id": ADA_ID,
        "resource_type": "SPACE",
        "resource_id": SPACE_ID,
        **TIMES,
    }
    return _sent(made, fields)


def space(name: str = "Prod", **fields: Any) -> dict[str, Any]:
    """A space as the API sends one, as far as the collection reads it."""
    return _sent({"id": SPACE_ID, "name": name, "organization_id": "o1"}, fields)


def project(name: str = "Chat", **fields: Any) -> dict[str, Any]:
    """A project as the API sends one, as far as the collection reads it."""
    return _sent({"id": PROJECT_ID, "name": name, "space_id": SPACE_ID}, fields)


def restriction(project_id: str = PROJECT_ID, **fields: Any) -> dict[str, Any]:
    """The restriction of a project as the API sends one."""
    made = {"resource_type": "PROJECT", "resource_id": project_id, "created_at": TIMES["created_at"]}
    return _sent(made, fields)


def api_key(**fields: Any) -> dict[str, Any]:
    """A service key as the API sends one."""
    made = {
        "id": "k1",
        "name": "ci",
        "key_type": "SERVICE",
        "status": "ACTIVE",
        "redacted_key": "ak-1...xyz",
        "created_at": TIMES["created_at"],
        "created_by_user_id": ADA_ID,
        "bot_user": {
            "id": "bot",
            "name": "ci",
            "account_role": {"type": "PREDEFINED", "name": "MEMBER"},
            "organizations": [],
        },
    }
    return _sent(made, fields)


def shown_role(sent: dict[str, Any]) -> dict[str, Any]:
    """A role as results show it."""
    return {
        name: sent.get(name)
        for name in ("id", "name", "description", "permissions", "is_predefined", "created_at", "updated_at")
    }


def shown_binding(sent: dict[str, Any], **names: str | None) -> dict[str, Any]:
    """A binding as results show it, with *names*."""
    known = {"email": None, "role": None, "space": None, "project": None, **sent, **names}
    return {**known, "resource_type": sent["resource_type"].lower()}


def listed(plural: str, *items: dict[str, Any], cursor: str | None = None) -> dict[str, Any]:
    """A page of a list; with a cursor if it continues."""
    return {
        plural: list(items),
        "pagination": {"has_more": True, "next_cursor": cursor} if cursor else {"has_more": False},
    }


def listing(plural: str, *items: Any, cursor: str = "", more: str | None = None, **query: str) -> Call:
    """GET of a page; the only item may be a Reply. *cursor* asks for a further page, *more* says that there is one."""
    pairs = [("limit", "100"), *query.items(), *([("cursor", cursor)] if cursor else [])]
    target = f"/v2/{plural.replace('_', '-')}?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs)
    reply = items[0] if items and isinstance(items[0], Reply) else answer(200, listed(plural, *items, cursor=more))
    return Call("GET", target, reply)


def bindings_of(*items: Any, resource_type: str = "SPACE", user_id: str = ADA_ID) -> Call:
    """GET of a user's bindings."""
    return listing("role_bindings", *items, resource_type=resource_type, user_id=user_id)


def write(method: str, plural: str, reply: Any, item_id: str = "", status: int = 200, **body: Any) -> Call:
    """POST, PATCH or DELETE; *reply* is an item or a Reply."""
    target = f"/v2/{plural.replace('_', '-')}" + (f"/{quote(item_id, safe='')}" if item_id else "")
    return Call(method, target, reply if isinstance(reply, Reply) else answer(status, reply), body or None)


def _sent(made: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**made, **fields}.items() if value is not ...}
