# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An account behind the users API, without a wire: what a roster does to it, call by call."""

from __future__ import annotations

import base64
from typing import Any, Callable
from unittest import mock

from ansible_collections.arize.ax.plugins.module_utils._client.users import Created, Page, User, Users
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._planning.roster import Rules, converge
from ansible_collections.arize.ax.tests.unit.support.api import a_user, role

PAGE = 100


def people(count: int, **fields: Any) -> list[User]:
    """So many users, user000@x.io and so on."""
    return [someone(f"user{number:03d}@x.io", **fields) for number in range(count)]


def someone(email: str, **fields: Any) -> User:
    """A user with an id that goes with the address; ``role`` by name."""
    fields = {"id": id_of(email), "name": email.partition("@")[0], **fields}
    if isinstance(fields.get("role"), str):
        fields["role"] = role(fields["role"])
    return a_user(email=email, **fields)


def id_of(email: str) -> str:
    """The id of someone."""
    return base64.b64encode(f"User:1:{email.lower()}".encode()).decode()


def options(**given: Any) -> dict[str, Any]:
    """The options of the module; what is not given has its default."""
    defaults = {
        "users": [],
        "state": "present",
        "purge": False,
        "max_deletions": None,
        "protected": [],
        "min_admins": 1,
        "role_mismatch": "fail",
        "concurrency": 1,
    }
    assert set(given) <= set(defaults)
    return {**defaults, **given}


def rules(**given: Any) -> Rules:
    """The same as rules."""
    every = options(**given)
    return Rules(**{name: every[name] for name in Rules._fields})


class Account:
    """Users, and an API that has the methods of the real one and no others.

    ``calls`` holds what was asked, e.g. "GET page 1", "GET ann@x.io", "PATCH ann@x.io". A call in ``faults`` raises.
    """

    def __init__(self, *users: User) -> None:
        self.users = list(users)
        self.calls: list[str] = []
        self.faults: dict[str, ArizeError] = {}
        self.before: dict[str, Callable[[], Any]] = {}
        self.api = mock.create_autospec(Users, instance=True, spec_set=True)
        for name in ("pages", "find", "get", "look_up", "tries", "create", "update", "delete"):
            getattr(self.api, name).side_effect = getattr(self, f"_{name}")
        for name in ("resend", "reset"):
            getattr(self.api, name).side_effect = AssertionError("a roster mails nobody who is there")

    @property
    def writes(self) -> list[str]:
        """The calls that change something."""
        return [call for call in self.calls if not call.startswith("GET")]

    def converge(self, check: bool = False, no_log: bool = False, **given: Any) -> dict[str, Any]:
        """Run a roster; the result has ``error`` and ``msg`` where it failed, as the module's has."""
        result: dict[str, Any] = {"changed": False}
        try:
            converge(options(**given), result, lambda _threads: self.api, check, no_log)
        except ArizeError as error:
            result.update(error=error.as_result(), msg=error.message)
        return result

    def _ask(self, call: str) -> None:
        if call in self.before:
            self.before.pop(call)()
        self.calls.append(call)
        if call in self.faults:
            raise self.faults[call]

    def _pages(self, addressed: bool) -> Any:
        assert addressed, "people are looked for by address"
        starts = range(0, max(len(self.users), 1), PAGE)
        for number, start in enumerate(starts, 1):
            self._ask(f"GET page {number}")
            yield Page(self.users[start : start + PAGE], has_more=start != starts[-1])

    def _look_up(self, email: str | None, user_id: str | None) -> User | None:
        return self._find(email) if email else self._get(user_id or "")

    def _find(self, email: str) -> User | None:
        self._ask(f"GET {email.lower()}")
        return next((user for user in self.users if user.key == email.lower()), None)

    def _get(self, user_id: str) -> User | None:
        self._ask(f"GET {user_id}")
        return next((user for user in self.users if user.id == user_id), None)

    def _tries(self) -> None:
        return None

    def _create(self, fields: dict[str, Any], _tries: None) -> Created:
        self._ask("POST {}".format(fields["email"]))
        user = someone(fields["email"], name=fields["name"], role=fields["role"].upper(), status="INVITED")
        self.users.append(user)
        wants_temporary_password = fields["invite_mode"] == "temporary_password"
        return Created(user, is_new=True, temporary_password="once-only" if wants_temporary_password else None)

    def _update(self, user: User, changes: dict[str, Any]) -> User:
        self._ask(f"PATCH {user.email}")
        changed = user._replace(**changes)
        self.users[self.users.index(user)] = changed
        return changed

    def _delete(self, user: User) -> None:
        self._ask(f"DELETE {user.email}")
        self.users = [other for other in self.users if other.id != user.id]
