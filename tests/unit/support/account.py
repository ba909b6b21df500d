"""An account behind the users API, without a wire: what a roster does to it, call by call."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, Callable

from ansible_collections.arize.ax.plugins.module_utils._client.paging import Page
from ansible_collections.arize.ax.plugins.module_utils._client.session import Response
from ansible_collections.arize.ax.plugins.module_utils._client.users import Users, ambiguous_email
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._execution.roster import converge_roster
from ansible_collections.arize.ax.plugins.module_utils._models import NEW, Created, User
from ansible_collections.arize.ax.plugins.module_utils._planning.roster import Account as ReadAccount
from ansible_collections.arize.ax.plugins.module_utils._planning.roster import (
    Entry,
    RosterPlan,
    Rules,
    plan_roster,
    read_roster,
    read_rules,
)
from ansible_collections.arize.ax.plugins.module_utils._planning.roster_results import roster_result
from ansible_collections.arize.ax.plugins.module_utils._planning.safeguards import check_plan

PAGE = 100
PASSWORD = "once-only"
_DEVELOPER = {"admin": True, "member": True, "annotator": False}


def people(count: int, **fields: Any) -> list[User]:
    """So many users, user000@x.io and so on."""
    return [someone(f"user{number:03d}@x.io", **fields) for number in range(count)]


def someone(email: str | None, **fields: Any) -> User:
    """A user as the collection reads one, with an id that belongs to the address; *fields* replace."""
    defaults: dict[str, Any] = {
        "id": id_of(email or "hidden"),
        "name": (email or "hidden").partition("@")[0],
        "email": email,
        "status": "active",
        "role": "member",
        "custom_role_id": None,
        "custom_role_name": None,
        "is_developer": True,
        "created_at": "2026-01-02T03:04:05Z",
    }
    return User(**{**defaults, **fields})


def id_of(email: str) -> str:
    """The id of someone."""
    return base64.b64encode(f"User:1:{email}".encode()).decode()


def new(name: str, **fields: Any) -> dict[str, Any]:
    """An entry for a user who does not exist."""
    return {"email": f"{name}@x.io", "name": name, "role": "member", **fields}


def by_email(*users: User) -> list[dict[str, Any]]:
    """Entries that name these users, and change nothing."""
    return [{"email": user.email} for user in users]


def options(**given: Any) -> dict[str, Any]:
    """The options of the module; what is not given has its default."""
    defaults = {
        "users": [],
        "state": "present",
        "purge": False,
        "max_deletions": None,
        "max_creations": None,
        "max_updates": None,
        "max_access_changes": None,
        "protected": [],
        "min_admins": 1,
        "role_mismatch": "fail",
        "concurrency": 1,
        "purge_access": False,
        "unknown_names": "fail",
        "report_all": False,
    }
    assert set(given) <= set(defaults)
    return {**defaults, **given}


def rules(check_mode: bool = False, **given: Any) -> Rules:
    """The same as rules."""
    return read_rules(options(**given), check_mode)


def account_of(entries: list[Entry], users: list[User], **facts: Any) -> ReadAccount:
    """The account as a whole list of users shows it to a roster."""
    found: dict[Any, User] = {}
    failed: dict[Any, ArizeError] = {}
    for entry in entries:
        if entry.desired.email is None:
            matches = [user for user in users if user.id == entry.desired.user_id]
        else:
            same = [user for user in users if user.email and user.key == entry.key[1]]
            matches = [user for user in same if user.email == entry.desired.email] or same
        if len(matches) == 1:
            found[entry.key] = matches[0]
        elif matches:
            failed[entry.key] = ambiguous_email(entry.desired.label, matches)
    return ReadAccount(found, failed, users, complete=True, **facts)


def plan(users: list[User], roster: list[dict[str, Any]], bots: Any = (), **given: Any) -> RosterPlan:
    """Plan a roster over a whole account."""
    every = rules(**given)
    entries = read_roster(roster, every.state)
    account = account_of(entries, users, bots=frozenset(bots))
    return check_plan(plan_roster(entries, account, every), account, every)


class Account(Users):
    """Users, behind the API of the real ones.

    ``calls`` holds what was asked, e.g. "GET page 1", "GET ann@x.io", "PATCH ann@x.io", "GET api-keys". A call in
    ``faults`` raises; one in ``before`` is called first.
    """

    def __init__(self, *users: User, bots: tuple[str, ...] = ()) -> None:
        self.users = list(users)
        self.bots = bots
        self.calls: list[str] = []
        self.faults: dict[str, Exception] = {}
        self.before: dict[str, Callable[[], Any]] = {}
        super().__init__(SimpleNamespace(call=self._list_api_keys))

    @property
    def writes(self) -> list[str]:
        """The calls that change something."""
        return [call for call in self.calls if not call.startswith("GET")]

    def converge(self, check: bool = False, no_log: bool = False, **given: Any) -> dict[str, Any]:
        """Run a roster; the result has ``error`` and ``msg`` where it failed, as the module's has."""
        try:
            outcome = converge_roster(options(**given), lambda _threads: self, check, no_log)
        except ArizeError as error:
            result = roster_result(error.outcome, failed=True) if error.outcome else {}
            result["changed"] = result.get("changed", False) or error.changed
            return {**result, "error": error.as_result(), "msg": error.message}
        return roster_result(outcome, failed=False)

    def _ask(self, call: str) -> None:
        if call in self.before:
            self.before.pop(call)()
        self.calls.append(call)
        if call in self.faults:
            raise self.faults[call]

    def _list_api_keys(self, request: Any, read: Callable[[Response], Any], resolve_failure: Any = None) -> Any:
        assert request.path == "/v2/api-keys"
        assert ("key_type", "SERVICE") in request.query
        self._ask("GET api-keys")
        keys = [{"id": "key", "bot_user": {"id": bot}} for bot in self.bots]
        return read(Response(200, {"api_keys": keys, "pagination": {"has_more": False}}, empty=False))

    def pages(
        self, email: str | None = None, statuses: Sequence[str] = (), operation: str = ""
    ) -> Iterator[Page[User]]:
        if email:
            self._ask(f"GET {email}")
            yield Page([user for user in self.users if email in user.key], has_more=False)
            return
        users = [user for user in self.users if not statuses or user.status in statuses]
        starts = range(0, max(len(users), 1), PAGE)
        for number, start in enumerate(starts, 1):
            self._ask(f"GET {'active ' if statuses else ''}page {number}")
            yield Page(users[start : start + PAGE], has_more=start != starts[-1])

    def look_up(self, email: str | None, user_id: str | None) -> User | None:
        self._ask(f"GET {email or user_id}")
        if email is None:
            return next((user for user in self.users if user.id == user_id), None)
        same = [user for user in self.users if user.key == email.lower()]
        exact = [user for user in same if user.email == email]
        if len(same) > 1 and not exact:
            raise ambiguous_email(email, same)
        return next(iter(exact or same), None)

    def create(self, fields: Mapping[str, Any], before: User | None) -> Created[User]:
        assert before is None, "a roster renews no invitation"
        self._ask("POST {}".format(fields["email"]))
        user = someone(
            fields["email"],
            name=fields["name"],
            role=fields["role"] or "custom",
            custom_role_id=fields["custom_role_id"],
            status="active" if fields["invite_mode"] == "none" else "invited",
            is_developer=_DEVELOPER.get(fields["role"], False),
        )
        self.users.append(user)
        password = {"temporary_password": PASSWORD} if fields["invite_mode"] == "temporary_password" else {}
        return Created(user, NEW, password)

    def update(self, user: User, changes: Mapping[str, Any]) -> User:
        self._ask(f"PATCH {user.label}")
        changed = user._replace(**changes)
        self.users[self.users.index(user)] = changed
        return changed

    def delete(self, user: User) -> None:
        self._ask(f"DELETE {user.label}")
        self.users = [other for other in self.users if other.id != user.id]

    def resend(self, user: User) -> None:
        self._ask(f"RESEND {user.label}")

    def reset(self, user: User) -> None:
        self._ask(f"RESET {user.label}")
