# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The users API as Python.

Strict in requests, lenient in responses; but a response without which nothing can be said for certain is an
error of kind invalid_response.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from .._errors import ArizeError
from .._models import Created, User
from .._text import named
from .creation import Creation
from .deletion import delete, expect_done
from .failures import Request, RequestError
from .paging import Page, pages
from .reading import find_by_id, item_path, lower, read_same, text
from .session import Http, Response, Unreadable

USERS = "/v2/users"
_READ = "USER_READ, or an owner with the account role admin or member"
_CREATE = "an owner with the account role admin (member is enough for new members and annotators)"
_ADMIN = "an owner with the account role admin"


class Users:
    """The seven calls of the users API.

    Every method raises ArizeError: transport, rate_limited, server, the kind of the response's status, or
    invalid_response.
    """

    def __init__(self, http: Http) -> None:
        self.http = http

    def pages(
        self, email: str | None = None, statuses: Sequence[str] = (), operation: str = "list the users"
    ) -> Iterator[Page[User]]:
        """Yield the users that the key may see, page by page, oldest first (GET /v2/users).

        Args:
            email: only addresses that contain this, in any case.
            statuses: only these, in lower case.
            operation: completes "Could not ..." in errors.
        """
        query: list[tuple[str, Any]] = [("email", email)] if email else []
        query += [("status", status.upper()) for status in statuses]
        return pages(self.http, Request(operation, "GET", USERS, query, needs=_READ), "users", read_user)

    def find(self, email: str) -> User | None:
        """Return the user with this address; None if it does not exist.

        A match letter for letter wins. Else the filtered list is read to its end, since the filter finds substrings and
        a match may be on any page: one match in another case is taken.

        Raises:
            ArizeError: ambiguous for several matches in another case.
        """
        others: dict[str, User] = {}
        operation = f"look up the user {email}"
        query = [("email", email)]
        read = partial(read_user, require_email=True)
        for page in pages(self.http, Request(operation, "GET", USERS, query, needs=_READ), "users", read):
            for user in page.items:
                if user.email == email:
                    return user
                if user.key == email.lower():
                    others[user.id] = user
        if len(others) > 1:
            raise ambiguous_email(email, list(others.values()))
        return next(iter(others.values()), None)

    def look_up(self, email: str | None, user_id: str | None) -> User | None:
        """Return the user with this address or ID, whichever is given."""
        return self.find(email) if email else self.get(user_id or "")

    def get(self, user_id: str) -> User | None:
        """Return the user with this ID (GET /v2/users/{user_id}); None if it does not exist."""
        request = Request(f"look up the user {user_id}", "GET", item_path(USERS, user_id), needs=_READ)
        return find_by_id(self.http, request, read_user, user_id)

    def create(self, fields: Mapping[str, Any], before: User | None) -> Created[User]:
        """Create and invite a user (POST /v2/users), until the outcome is known.

        Args:
            fields: email, name, role, custom_role_id, invite_mode, in lower case.
            before: the user whose expired invitation is to be renewed, None if the user does not exist.

        Raises:
            ArizeError: blocked when the address is taken, but by no user whom the key can see.
        """
        body = {
            "name": fields["name"],
            "email": fields["email"],
            "role": _wire_role(fields["role"], fields["custom_role_id"]),
            "invite_mode": fields["invite_mode"].upper(),
        }
        return _UserCreation(self, body, before).run()

    def update(self, user: User, changes: Mapping[str, Any]) -> User:
        """Change ``name`` or ``is_developer``, or both (PATCH /v2/users/{user_id}); return the user after it."""
        needs = _ADMIN if "is_developer" in changes else "USER_UPDATE, or " + _ADMIN
        request = Request(
            f"update the user {user.label}", "PATCH", item_path(USERS, user.id), body=dict(changes), needs=needs
        )
        return self.http.call(request, partial(_read_updated, user, changes))

    def delete(self, user: User) -> None:
        """Delete a user permanently (DELETE /v2/users/{user_id}). One that no list shows any more counts as deleted."""
        needs = "USER_DELETE, or " + _ADMIN
        request = Request(f"delete the user {user.label}", "DELETE", item_path(USERS, user.id), needs=needs)
        delete(self.http, request, partial(self._is_listed, user))

    def _is_listed(self, user: User) -> bool:
        pages_read = self.pages(email=user.email, operation=f"list the user {user.label} after the deletion")
        return any(listed.id == user.id for page in pages_read for listed in page.items)

    def resend(self, user: User) -> None:
        """Mail the invitation again (POST /v2/users/{user_id}/resend-invitation)."""
        self._mail("resend the invitation of", user, "/resend-invitation", "USER_CREATE, or " + _ADMIN)

    def reset(self, user: User) -> None:
        """Mail a link to reset the password (POST /v2/users/{user_id}/reset-password)."""
        self._mail("reset the password of", user, "/reset-password", "USER_UPDATE, or " + _ADMIN)

    def _mail(self, operation: str, user: User, verb: str, needs: str) -> None:
        request = Request(f"{operation} {user.label}", "POST", item_path(USERS, user.id) + verb, needs=needs)
        self.http.call(request, expect_done)


class _UserCreation(Creation[User]):
    """The creation of a user, or with an expired *before* the renewal of an invitation."""

    def __init__(self, users: Users, body: dict[str, Any], before: User | None) -> None:
        request = Request(f"create the user {body['email']}", "POST", USERS, body=body, needs=_CREATE)
        super().__init__(users.http, request)
        self._users = users
        self._email: str = body["email"]
        self._before = before
        if before:
            self.possible_effect = "the new invitation may have been mailed, by this run"

    def read(self, data: Mapping[str, Any]) -> User:
        user = read_user(data)
        if user.key != self._email.lower():
            raise Unreadable(f"the response is about another user, {user.label}")
        password = temporary_password(data)
        if password:
            self._users.http.redactor.add(password)
        return user

    def find(self) -> User | None:
        return self._users.find(self._email)

    def happened(self, now: User) -> bool:
        return self._before is None or self._before.status != now.status

    def conflict_error(self, error: RequestError) -> ArizeError:
        return ArizeError(
            "blocked",
            f"The user {self._email} cannot be created: the server says that the address is taken, but no visible user"
            " has it. Most likely the user was deleted earlier, and the address of a deleted user can never be invited"
            " again: use another address. (An API key with too few permissions does not see every user.)",
            **error.facts(),
        )


def read_user(data: Mapping[str, Any], require_email: bool = False) -> User:
    """Return the API's *data* as a User.

    Raises:
        Unreadable: it has no ID, or no address although *require_email* says that one is looked for.
    """
    user_id, email = text(data.get("id")), text(data.get("email"))
    if not user_id or (require_email and not email):
        raise Unreadable(f"the response contains a user without {'email' if user_id else 'id'}")
    role, custom_role_id, custom_role_name = read_account_role(data.get("role"))
    is_developer = data.get("is_developer")
    return User(
        id=user_id,
        name=text(data.get("name")),
        email=email or None,
        status=lower(data.get("status")),
        role=role,
        custom_role_id=custom_role_id,
        custom_role_name=custom_role_name,
        is_developer=is_developer if isinstance(is_developer, bool) else None,
        created_at=text(data.get("created_at")),
    )


def temporary_password(data: Mapping[str, Any]) -> str | None:
    """Return the temporary password in the response to a creation, if any."""
    password = data.get("temporary_password")
    return password if isinstance(password, str) and password else None


def ambiguous_email(email: str, users: Sequence[User]) -> ArizeError:
    """Return the error for an address that several users have in another case."""
    matches = named([f"{user.email} (ID {user.id})" for user in users])
    return ArizeError("ambiguous", f"Several users match {email} in another case: {matches}. Select one by user_id.")


def _read_updated(user: User, changes: Mapping[str, Any], response: Response) -> User:
    after = read_same(read_user, user.id, response)
    for name, wanted in changes.items():
        shown = getattr(after, name)
        if shown is not None and (shown.strip() if isinstance(shown, str) else shown) != wanted:
            raise Unreadable(f"the response does not show the new {name}")
    return after


def read_account_role(data: Any) -> tuple[str | None, str | None, str | None]:
    """Return role, custom_role_id and custom_role_name; a role that this version does not know keeps its name."""
    if not isinstance(data, dict):
        return lower(data), None, None
    if lower(data.get("type")) == "custom":
        return "custom", text(data.get("id")), text(data.get("name"))
    return lower(data.get("name")) or lower(data.get("type")), None, None


def _wire_role(role: str | None, custom_role_id: str | None) -> dict[str, str]:
    if custom_role_id is not None:
        return {"type": "CUSTOM", "id": custom_role_id}
    return {"type": "PREDEFINED", "name": (role or "").upper()}
