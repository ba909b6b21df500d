"""The users API as the tests write it down: people, and the calls about them as they look on the wire."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ansible_collections.arize.ax.plugins.module_utils._client.users import read_user
from ansible_collections.arize.ax.plugins.module_utils._models import User
from ansible_collections.arize.ax.tests.unit.support.wire import Call, Reply, answer, problem

KEY = "key/for+tests=="
ADA_ID = "VXNlcjox/+I="  # what base64 can hold


def person(email: str = "ada@x.io", **fields: Any) -> dict[str, Any]:
    """A user as the API sends one; *fields* replace, Ellipsis leaves out."""
    sent = {
        "id": ADA_ID,
        "name": "Ada",
        "email": email,
        "created_at": "2026-01-02T03:04:05Z",
        "status": "ACTIVE",
        "role": {"type": "PREDEFINED", "name": "MEMBER"},
        "is_developer": True,
        **fields,
    }
    return {name: value for name, value in sent.items() if value is not ...}


def a_user(**fields: Any) -> User:
    """The same as the collection reads it."""
    return read_user(person(**fields))


def role(name: str) -> dict[str, str]:
    """A predefined role on the wire."""
    return {"type": "PREDEFINED", "name": name}


def page(*people: dict[str, Any], cursor: str | None = None) -> dict[str, Any]:
    """A page of users; with a cursor if the list goes on."""
    return {
        "users": list(people),
        "pagination": {"has_more": True, "next_cursor": cursor} if cursor else {"has_more": False},
    }


def listing(reply: Any, email: str = "", cursor: str = "", statuses: tuple[str, ...] = ()) -> Call:
    """GET of a page; *reply* is a page or a Reply."""
    query = [("email", email), *(("status", status) for status in statuses), ("cursor", cursor)]
    pairs = ["limit=100", *(f"{name}={quote(value, safe='')}" for name, value in query if value)]
    return Call("GET", "/v2/users?" + "&".join(pairs), _reply(reply))


def look_up(*people: dict[str, Any], email: str = "ada@x.io") -> Call:
    """The look-up of an address, answered with one page."""
    return listing(page(*people), email)


def get(reply: Any, user_id: str = ADA_ID) -> Call:
    """GET of one user."""
    return Call("GET", path(user_id), _reply(reply))


def create(reply: Any, status: int = 201, **body: Any) -> Call:
    """POST of a new user; *body* replaces what is sent for Ada."""
    sent = {"name": "Ada", "email": "ada@x.io", "role": role("MEMBER"), "invite_mode": "EMAIL_LINK", **body}
    return Call("POST", "/v2/users", _reply(reply, status), sent)


def update(reply: Any, **body: Any) -> Call:
    """PATCH of Ada."""
    return Call("PATCH", path(), _reply(reply), body)


def delete(reply: Reply | None = None) -> Call:
    """DELETE of Ada."""
    return Call("DELETE", path(), reply or answer(204))


def resend(reply: Reply | None = None) -> Call:
    """POST that mails Ada's invitation again."""
    return Call("POST", path() + "/resend-invitation", reply or answer(204))


def reset(reply: Reply | None = None) -> Call:
    """POST that mails Ada a link to reset the password."""
    return Call("POST", path() + "/reset-password", reply or answer(204))


def path(user_id: str = ADA_ID) -> str:
    """The path of a user."""
    return "/v2/users/" + quote(user_id, safe="")


def _reply(reply: Any, status: int = 200) -> Reply:
    return reply if isinstance(reply, Reply) else answer(status, reply)


TAKEN = problem(409, "Conflict", "The address is taken.")
NO_USER = problem(404, "Not Found", "No such user.")
HTML_404 = answer(404, b"<html><h1>Not Found</h1></html>")
