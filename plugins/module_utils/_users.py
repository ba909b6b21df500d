# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The users API as Python. Private to arize.ax.

Strict in what is sent, lenient in what is read; but an answer without which nothing can be said for certain is an
error of kind invalid_response.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._http import Answer, Http, Request, Tries

USERS = "/v2/users"
PAGE_SIZE = 100  # the most that the API allows
_MOST_PAGES = 10_000  # of a list: a million users
_MOST_STALE_PAGES = 100  # in a row that show nobody new, yet promise more


class User(NamedTuple):
    """A user as results show one. Enums are in lower case; None is what the server left out."""

    id: str
    name: str | None
    email: str | None
    status: str | None
    role: str | None
    custom_role_id: str | None
    custom_role_name: str | None
    is_developer: bool | None
    created_at: str | None

    @property
    def key(self) -> str:
        """The address as it is compared: without case; empty if the server shows none."""
        return (self.email or "").lower()

    @property
    def label(self) -> str:
        """How messages name the user."""
        return self.email or self.id

    def as_result(self) -> dict[str, Any]:
        """Return the user as results and diffs show one."""
        return self._asdict()


class Page(NamedTuple):
    """A page of the list of users; ``has_more`` is False on the last one."""

    users: list[User]
    has_more: bool


class Created(NamedTuple):
    """The answer to a create: ``is_new`` is False when the user was there already."""

    user: User
    is_new: bool
    temporary_password: str | None


class _Watch:
    """Keeps in mind what a list has shown, to notice one that never ends."""

    def __init__(self) -> None:
        self._cursors: set[str] = set()
        self._ids: set[str] = set()
        self._stale = 0

    def complaint(self, users: Sequence[User], cursor: str) -> str | None:
        """Return what is wrong with a page after which the list goes on at *cursor*; None if nothing is."""
        if cursor in self._cursors:
            return "the list repeats a cursor, so it would never end"
        new = {user.id for user in users} - self._ids
        self._cursors.add(cursor)
        self._ids |= new
        self._stale = 0 if new else self._stale + 1
        if self._stale >= _MOST_STALE_PAGES or len(self._cursors) >= _MOST_PAGES:
            return f"the list does not end: {len(self._cursors)} pages so far"
        return None


class Users:
    """The seven calls of the users API.

    Every method raises ArizeError: transport, rate_limited, server, the kind of the answer's status, or
    invalid_response.
    """

    def __init__(self, http: Http) -> None:
        self.http = http

    def pages(
        self,
        email: str | None = None,
        statuses: Sequence[str] = (),
        doing: str = "list the users",
        addressed: bool = False,
    ) -> Iterator[Page]:
        """Yield the users that the key may see, page by page, oldest first (GET /v2/users).

        A list that repeats a cursor, begins again and again, or never ends is an error.

        Args:
            email: only addresses that contain this, in any case.
            statuses: only these, in lower case.
            doing: what errors say that could not be done.
            addressed: somebody is looked for by address, so a user without one, who may be the one, is an error.
        """
        filters: list[tuple[str, Any]] = [("email", email)] if email else []
        filters += [("status", status.upper()) for status in statuses]
        cursor, watch = None, _Watch()
        while True:
            query = [("limit", PAGE_SIZE), *filters] + ([("cursor", cursor)] if cursor else [])
            request = Request(doing, "GET", USERS, query)
            answer = self.http.call(request)
            users, cursor = self._page(request, answer, addressed)
            wrong = watch.complaint(users, cursor) if cursor else None
            if wrong:
                raise self.http.invalid(request, wrong, answer.status)
            yield Page(users, has_more=cursor is not None)
            if cursor is None:
                return

    def find(self, email: str) -> User | None:
        """Return the user with exactly this address, in any case; None if nobody has it.

        The API's filter finds substrings, oldest user first, so the match may be on any page.
        """
        for page in self.pages(email, doing=f"look up the user {email}", addressed=True):
            for user in page.users:
                if user.key == email.lower():
                    return user
        return None

    def look_up(self, email: str | None, user_id: str | None) -> User | None:
        """Return the user with this address or ID, whichever is given."""
        return self.find(email) if email else self.get(user_id or "")

    def get(self, user_id: str) -> User | None:
        """Return the user with this id (GET /v2/users/{user_id}); None if nobody has it."""
        request = Request(f"look up the user {user_id}", "GET", _path(user_id))
        try:
            answer = self.http.call(request)
        except ArizeError as error:
            if error.kind == "not_found":
                return None
            raise
        user = self._user(request, answer)
        if user.id != user_id:
            raise self.http.invalid(request, f"the answer is about another user, {user.id}", answer.status)
        return user

    def tries(self) -> Tries:
        """Return the budget of one API call, for a create that may have to be sent again."""
        return Tries(self.http)

    def create(self, fields: Mapping[str, Any], tries: Tries) -> Created:
        """Create and invite a user (POST /v2/users).

        Args:
            fields: email, name, role, custom_role_id, invite_mode, in lower case.
            tries: the budget to use.

        Raises:
            ArizeError: conflict when the address is taken; ``maybe_done`` when the outcome is not known.
        """
        body = {
            "name": fields["name"],
            "email": fields["email"],
            "role": _wire_role(fields["role"], fields["custom_role_id"]),
            "invite_mode": fields["invite_mode"].upper(),
        }
        request = Request("create the user {}".format(fields["email"]), "POST", USERS, body=body)
        answer = self.http.call(request, tries)
        user = self._user(request, answer, addressed=True)
        password = answer.data.get("temporary_password")
        if password and isinstance(password, str):
            self.http.hide(password)
        else:
            password = None
        return Created(user, answer.status == 201, password)

    def update(self, user: User, changes: Mapping[str, Any]) -> User:
        """Change ``name`` or ``is_developer``, or both (PATCH /v2/users/{user_id}); return the user after it."""
        request = Request(f"update the user {user.label}", "PATCH", _path(user.id), body=dict(changes))
        return self._user(request, self.http.call(request))

    def delete(self, user: User) -> None:
        """Delete a user for ever (DELETE /v2/users/{user_id}). One that is gone already counts as deleted."""
        request = Request(f"delete the user {user.label}", "DELETE", _path(user.id))
        try:
            self._expect_done(request, self.http.call(request))
        except ArizeError as error:
            if error.kind != "not_found":
                raise

    def resend(self, user: User) -> None:
        """Mail the invitation again (POST /v2/users/{user_id}/resend-invitation)."""
        self._mail("resend the invitation of", user, "/resend-invitation")

    def reset(self, user: User) -> None:
        """Mail a link to reset the password (POST /v2/users/{user_id}/reset-password)."""
        self._mail("reset the password of", user, "/reset-password")

    def _mail(self, doing: str, user: User, verb: str) -> None:
        request = Request(f"{doing} {user.label}", "POST", _path(user.id) + verb)
        self._expect_done(request, self.http.call(request))

    def _expect_done(self, request: Request, answer: Answer) -> None:
        """Check an answer that needs no content; a page from a proxy in between is no success."""
        if answer.status not in (202, 204) and not answer.empty and not isinstance(answer.data, dict):
            raise self.http.invalid(request, f"the answer ({answer.status}) is not from the API", answer.status)

    def _page(self, request: Request, answer: Answer, addressed: bool) -> tuple[list[User], str | None]:
        """Return the users of a page and the cursor of the next, None where the list says that it ends."""
        data = self._object(request, answer)
        users, pagination = data.get("users"), data.get("pagination")
        if not isinstance(users, list):
            raise self.http.invalid(request, "the answer has no list of users", answer.status)
        if not isinstance(pagination, dict) or not isinstance(pagination.get("has_more"), bool):
            raise self.http.invalid(request, "the answer does not say whether the list goes on", answer.status)
        cursor = None
        if pagination["has_more"]:
            cursor = pagination.get("next_cursor")
            if not isinstance(cursor, str) or not cursor:
                raise self.http.invalid(request, "the list goes on but the answer has no cursor", answer.status)
        return [self._read_user(request, answer, user, addressed) for user in users], cursor

    def _user(self, request: Request, answer: Answer, addressed: bool = False) -> User:
        return self._read_user(request, answer, self._object(request, answer), addressed)

    def _object(self, request: Request, answer: Answer) -> dict[str, Any]:
        if not isinstance(answer.data, dict):
            raise self.http.invalid(request, f"the answer ({answer.status}) is not a JSON object", answer.status)
        return answer.data

    def _read_user(self, request: Request, answer: Answer, data: Any, addressed: bool) -> User:
        user = read_user(data)
        if user is None or (addressed and not user.email):
            lacking = "email" if user else "id"
            raise self.http.invalid(request, f"the answer holds a user without {lacking}", answer.status)
        return user


def read_user(data: Any) -> User | None:
    """Return the API's *data* as a User; None if it has no id."""
    if not isinstance(data, dict):
        return None
    user_id = _text(data.get("id"))
    if not user_id:
        return None
    role, custom_role_id, custom_role_name = _read_role(data.get("role"))
    is_developer = data.get("is_developer")
    return User(
        id=user_id,
        name=_text(data.get("name")),
        email=_text(data.get("email")) or None,
        status=_lower(data.get("status")),
        role=role,
        custom_role_id=custom_role_id,
        custom_role_name=custom_role_name,
        is_developer=is_developer if isinstance(is_developer, bool) else None,
        created_at=_text(data.get("created_at")),
    )


def _read_role(data: Any) -> tuple[str | None, str | None, str | None]:
    """Return role, custom_role_id and custom_role_name; a role that is new to this collection keeps its name."""
    if not isinstance(data, dict):
        return _lower(data), None, None
    if _lower(data.get("type")) == "custom":
        return "custom", _text(data.get("id")), _text(data.get("name"))
    return _lower(data.get("name")) or _lower(data.get("type")), None, None


def _wire_role(role: str | None, custom_role_id: str | None) -> dict[str, str]:
    if custom_role_id is not None:
        return {"type": "CUSTOM", "id": custom_role_id}
    return {"type": "PREDEFINED", "name": (role or "").upper()}


def _text(value: Any) -> str | None:
    """Return *value* if it is text, without lone surrogates, which nothing can print."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else None


def _lower(value: Any) -> str | None:
    text = _text(value)
    return text.lower() if text else None


def _path(user_id: str) -> str:
    """Return the path of a user; ids are base64 and may hold a slash."""
    return "{}/{}".format(USERS, quote(user_id, safe=""))
