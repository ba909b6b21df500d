# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roster + account + rules -> RosterPlan, or the refusal. Pure; every safeguard is here. Private to arize.ax.

Each user is planned exactly as a single one; nothing here knows a rule about one user.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

from .._errors import ArizeError, Kind, bad_option, named, sentences
from .._models import CREATE, DELETE, DesiredAccess, DesiredUser, Plan, User
from .desired import ROLES, read_desired_user
from .protection import Protection, fold_address
from .roster_access import AccountAccess, PlannedBinding, plan_access, read_access
from .user import Planner, plan_absent, plan_present

MAX_CONCURRENCY = 32

Key = tuple[str, str]  # how an entry and a user are matched: ("email", in lower case) or ("user_id", as it is)


class Rules(NamedTuple):
    """How a roster is applied: the module's options of the same names."""

    state: str
    purge: bool
    max_deletions: int | None
    max_creations: int | None
    protected: Sequence[Any]
    min_admins: int
    role_mismatch: str
    concurrency: int
    purge_access: bool

    @property
    def planner(self) -> Planner:
        """How a user of the roster is planned."""
        if self.state == "absent":
            return plan_absent
        return partial(plan_present, role_mismatch=self.role_mismatch)


class Entry(NamedTuple):
    """An entry of the roster, and its place there; None as ``access`` is not managed."""

    number: int
    desired: DesiredUser
    access: tuple[DesiredAccess, ...] | None = None

    @property
    def key(self) -> Key:
        """How a user is matched with the entry."""
        email = self.desired.email
        return ("email", email.lower()) if email else ("user_id", self.desired.user_id or "")

    @property
    def place(self) -> str:
        """How messages name the entry."""
        return f"users[{self.number}] ({self.desired.label})"


class Account(NamedTuple):
    """What was read: the user of each entry, or why it is not known, and every user seen.

    ``complete`` says that ``users`` is the whole account; ``bots`` are the IDs of service keys' bot users; ``access`` is
    what the access of the roster needs.
    """

    found: Mapping[Key, User]
    failed: Mapping[Key, ArizeError] = {}
    users: Sequence[User] = ()
    complete: bool = False
    bots: frozenset[str] = frozenset()
    access: AccountAccess = AccountAccess()


class PlannedUser(NamedTuple):
    """A user of the roster, or one to be purged, with the plan or the failure that came before it.

    None as ``access`` is not managed.
    """

    desired: DesiredUser
    existing: User | None
    plan: Plan[User] | None = None
    error: ArizeError | None = None
    purged: bool = False
    access: tuple[PlannedBinding, ...] | None = None

    @property
    def label(self) -> str:
        """How messages name the user."""
        return self.existing.label if self.existing else self.desired.label

    @property
    def action(self) -> str | None:
        """The action that is planned, if any."""
        return self.plan.action if self.plan else None


class RosterPlan(NamedTuple):
    """The users of the roster in the order given, then those to be purged, by address."""

    users: tuple[PlannedUser, ...]
    warnings: tuple[str, ...] = ()
    role_names: Mapping[str, str | None] = MappingProxyType({})


def check_rules(rules: Rules, entries: Sequence[Any]) -> None:
    """Refuse options that contradict each other or are out of range.

    Raises:
        ArizeError: bad_option.
    """
    if not 1 <= rules.concurrency <= MAX_CONCURRENCY:
        raise bad_option(f"concurrency must be from 1 to {MAX_CONCURRENCY}.")
    for name in ("max_deletions", "max_creations", "min_admins"):
        limit = getattr(rules, name)
        if limit is not None and limit < 0:
            raise bad_option(f"{name} must not be negative.")
    Protection.read(rules.protected)
    for name in ("purge", "purge_access"):
        if getattr(rules, name) and rules.state == "absent":
            raise bad_option(f"{name}: true cannot be combined with state: absent.")
    if not rules.purge:
        return
    if rules.max_deletions is None:
        raise bad_option("purge: true requires max_deletions. Deletions are permanent.")
    if not entries:
        raise bad_option("purge: true with an empty roster would delete the whole account. No changes were made.")


def read_roster(entries: Iterable[Mapping[str, Any]], state: str) -> list[Entry]:
    """Return the entries of a roster; under absent, one for a user who is named twice.

    Raises:
        ArizeError: bad_option, naming the first ten entries that cannot be used.
    """
    read: dict[Key, Entry] = {}
    faults: list[str] = []
    for index, options in enumerate(entries):
        try:
            entry = Entry(index, read_desired_user(options), read_access(options.get("access"), state))
        except ArizeError as error:
            faults.append(f"users[{index}]: {error.message}")
            continue
        first = read.setdefault(entry.key, entry)
        if state == "present" and first is not entry:
            faults.append(f"{entry.place}: the same user as {first.place}.")
    if faults:
        raise bad_option(f"No changes were made: the roster has errors. {sentences(faults)}")
    return list(read.values())


def may_delete_admin(entries: Iterable[Entry], account: Account, rules: Rules) -> bool:
    """Whether min_admins has to be checked for the users of the roster, which needs the whole account."""
    deleted = (account.found.get(entry.key) for entry in entries) if rules.state == "absent" else ()
    return rules.min_admins > 0 and any(user is not None and _may_be_active_admin(user) for user in deleted)


def users_to_purge(entries: Iterable[Entry], account: Account, rules: Rules) -> list[User]:
    """Return the users who are not in the roster, by address.

    A user without a visible address may be anybody, and a bot user belongs to a service key: neither is purged. An
    address may have two IDs if the user is invited again while the list is read: both are in the roster.
    """
    if not rules.purge:
        return []
    protection = Protection.read(rules.protected)
    kept = {name for user in account.found.values() for name in (user.id, user.key)}
    kept.update(name for entry in entries for name in entry.key)
    others = [user for user in account.users if user.email and user.id not in account.bots]
    purged = [user for user in others if not kept & {user.id, user.key} and not protection.covers(user)]
    return sorted(purged, key=lambda user: (user.key, user.id))


def removes_access(entries: Iterable[Entry], account: Account, rules: Rules) -> bool:
    """Whether a role binding of a user of the roster is to be removed."""
    return any(planned.extra for entry in entries for planned in _plan_access(entry, account, rules) or ())


def plan_roster(entries: Sequence[Entry], account: Account, rules: Rules) -> RosterPlan:
    """Plan every user, and check the safeguards.

    Raises:
        ArizeError: incomplete or bad_option for entries; protected, too_many_deletions, too_many_creations,
            too_few_admins or lookalike, with the RosterPlan as its ``outcome``.
    """
    users = _plan_entries(entries, account, rules)
    for user in users_to_purge(entries, account, rules):
        desired = DesiredUser(email=user.email)
        users.append(PlannedUser(desired, user, plan_absent(desired, user), purged=True))
    protection = Protection.read(rules.protected)
    warnings = protection.warnings(account.users) if rules.purge else ()
    plan = RosterPlan(tuple(users), warnings, account.access.catalog.role_names)
    try:
        _check_safeguards(plan, account, rules, protection)
    except ArizeError as error:
        error.outcome = plan
        raise
    return plan


def _plan_entries(entries: Iterable[Entry], account: Account, rules: Rules) -> list[PlannedUser]:
    planned: dict[str, tuple[Entry, PlannedUser]] = {}  # by ID, or by place where the user does not exist
    incomplete: list[str] = []
    twice: list[str] = []
    for entry in entries:
        user = _plan_entry(entry, account, rules)
        if user.error and user.error.kind == "incomplete":
            incomplete.append(f"users[{entry.number}]: {user.error.message}")
        first, _user = planned.setdefault(user.existing.id if user.existing else entry.place, (entry, user))
        if first is not entry:
            twice.append(f"{entry.place}: the same user as {first.place}.")
    if twice and rules.state == "present":
        raise bad_option(f"No changes were made: the roster has errors. {sentences(twice)}")
    if incomplete:
        raise ArizeError("incomplete", f"No changes were made. {sentences(incomplete)}")
    return [user for _entry, user in planned.values()]


def _plan_entry(entry: Entry, account: Account, rules: Rules) -> PlannedUser:
    existing, failed = account.found.get(entry.key), account.failed.get(entry.key)
    user = PlannedUser(entry.desired, existing, error=failed, access=_plan_access(entry, account, rules))
    if failed:
        return user
    try:
        return user._replace(plan=rules.planner(entry.desired, existing))
    except ArizeError as error:
        return user._replace(error=error)


def _plan_access(entry: Entry, account: Account, rules: Rules) -> tuple[PlannedBinding, ...] | None:
    """Plan the access of an entry; nothing is removed from the bot user of a service key."""
    if entry.access is None:
        return None
    user = account.found.get(entry.key)
    purge = rules.purge_access and not (user and user.id in account.bots)
    return plan_access(entry.access, user, account.access, purge)


def _check_safeguards(plan: RosterPlan, account: Account, rules: Rules, protection: Protection) -> None:
    created = [user.desired.label for user in plan.users if user.action == CREATE]
    deleted = [user.existing for user in plan.users if user.action == DELETE and user.existing]
    held = [user.label for user in deleted if protection.covers(user)]
    if held:
        raise _refusal("protected", f"these users are protected: {named(held)}")
    if rules.purge and deleted:
        protection.refuse_unmatched(account.users)
    _check_limit("too_many_deletions", "deleted", [user.label for user in deleted], rules.max_deletions)
    _check_limit("too_many_creations", "created", created, rules.max_creations)
    _check_admins(deleted, account, rules.min_admins)
    _check_lookalikes(created, deleted)


def _check_limit(kind: Kind, what: str, labels: Sequence[str], limit: int | None) -> None:
    if limit is not None and len(labels) > limit:
        users = f"{len(labels)} user{'s' if len(labels) > 1 else ''}"
        option = kind.replace("too_many", "max")
        raise _refusal(kind, f"{users} would be {what}, but {option} is {limit}: {named(labels)}")


def _check_admins(deleted: Sequence[User], account: Account, min_admins: int) -> None:
    admins = [user for user in deleted if _may_be_active_admin(user)]
    others = {user.id for user in admins} | account.bots  # a service key cannot sign in
    remaining = sum(_is_active_admin(user) and user.id not in others for user in account.users)
    if admins and remaining < min_admins:
        admin = "active admin" if remaining == 1 else "active admins"
        left = f"only {remaining} {admin} would remain, but min_admins is {min_admins}"
        raise _refusal("too_few_admins", f"{left}; would be deleted: {named([user.label for user in admins])}")


def _check_lookalikes(created: Iterable[str], deleted: Iterable[User]) -> None:
    """Refuse to delete a user whose address looks like one that would be created: most likely it is the same person."""
    addresses = {fold_address(address): address for address in created}
    pairs = [(user.label, addresses.get(fold_address(user.label))) for user in deleted]
    alike = [f"{old} would be deleted and {new} created" for old, new in pairs if new]
    if alike:
        what = f"addresses look alike: {named(alike)}"
        raise _refusal("lookalike", f"{what}. Write the address in the roster as the account has it")


def _may_be_active_admin(user: User) -> bool:
    """Whether deleting the user may delete an active admin: a role or status that is not known may mean that."""
    return user.status not in ("invited", "expired") and user.role not in (*ROLES[1:], "custom")


def _is_active_admin(user: User) -> bool:
    return user.status == "active" and user.role == "admin"


def _refusal(kind: Kind, what: str) -> ArizeError:
    return ArizeError(kind, f"No changes were made: {what}.")
