# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roster + account + rules -> RosterPlan. Pure.

Each user is planned exactly as a single one; nothing here knows a rule about one user. The safeguards are in
``safeguards``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

from .._access import DesiredAccess, RoleBinding
from .._errors import ArizeError, bad_option
from .._models import DesiredUser, Plan, User
from .catalog import Catalog
from .desired import read_desired_user
from .options import refuse_boolean
from .protection import Protection
from .roster_access import AccountAccess, PlannedBinding, faulty_roster, plan_access, read_access, with_names
from .user import Planner, plan_absent, plan_present

MAX_CONCURRENCY = 32
_LIMITS = ("max_deletions", "max_creations", "max_updates", "max_access_changes", "min_admins")
_REQUIRES = {  # what removes all that the roster does not name, the limit that it requires, and why
    "purge": ("max_deletions", "Deletions are permanent."),
    "purge_access": ("max_access_changes", "An empty list removes all role bindings of a user."),
}

SPELLING = "spelling"  # instead of "email", for an address that a roster has in several cases
Key = tuple[str, str]  # how an entry and a user are matched: ("email", in lower case) or ("user_id", as it is)


class Rules(NamedTuple):
    """How a roster is applied: the module's options of the same names, ``protected`` as it was read."""

    state: str
    purge: bool
    max_deletions: int | None
    max_creations: int | None
    max_updates: int | None
    max_access_changes: int | None
    protected: Protection
    min_admins: int
    role_mismatch: str
    concurrency: int
    purge_access: bool
    unknown_names: str
    report_all: bool
    check_mode: bool

    @property
    def predicts_names(self) -> bool:
        """Whether a name in access may be that of an item which an earlier task of the play creates."""
        return self.check_mode and self.unknown_names == "predict"

    @property
    def planner(self) -> Planner:
        """How a user of the roster is planned."""
        if self.state == "absent":
            return plan_absent
        return partial(plan_present, role_mismatch=self.role_mismatch)


class Entry(NamedTuple):
    """An entry of the roster, and its place there; None as ``access`` is not managed.

    ``spelled`` says that the roster has the address in another case too: two users may have the two.
    """

    number: int
    desired: DesiredUser
    access: tuple[DesiredAccess, ...] | None = None
    spelled: bool = False

    @property
    def key(self) -> Key:
        """How a user is matched with the entry."""
        email = self.desired.email
        if email and self.spelled:
            return (SPELLING, email)
        return ("email", email.lower()) if email else ("user_id", self.desired.user_id or "")

    @property
    def place(self) -> str:
        """How messages name the entry."""
        return f"users[{self.number}] ({self.desired.label})"


class Account(NamedTuple):
    """The account as it was read: the user of each entry, or the error of its look-up, and all users seen.

    ``complete`` says that ``users`` is the whole account; ``bots`` are the IDs of service keys' bot users, and
    ``bots_unread`` is why they are not known; ``access`` is the data for the access of the roster.
    """

    found: Mapping[Key, User]
    failed: Mapping[Key, ArizeError] = {}
    users: Sequence[User] = ()
    complete: bool = False
    bots: frozenset[str] = frozenset()
    bots_unread: ArizeError | None = None
    access: AccountAccess = AccountAccess()


class PlannedUser(NamedTuple):
    """A user of the roster, or one to be purged, with the plan or the failure that came before it.

    None as ``access`` is not managed; ``number`` is the entry's place in the roster.
    """

    desired: DesiredUser
    existing: User | None
    plan: Plan[User] | None = None
    error: ArizeError | None = None
    purged: bool = False
    access: tuple[PlannedBinding, ...] | None = None
    number: int | None = None

    @property
    def label(self) -> str:
        """How messages name the user."""
        return self.existing.label if self.existing else self.desired.label

    @property
    def action(self) -> str | None:
        """The action that is planned, if any."""
        return self.plan.action if self.plan else None


class RosterPlan(NamedTuple):
    """The users of the roster in the order given, then those to be purged, by address.

    ``not_read`` are the errors of lists that the plan does without. With report_all, ``refusals`` are the refusals of a
    real run, ``left_alone`` the users who are not compared, with the reason, and ``unread`` is why access is not compared.
    """

    users: tuple[PlannedUser, ...]
    warnings: tuple[str, ...] = ()
    role_names: Mapping[str, str | None] = MappingProxyType({})
    bots: frozenset[str] = frozenset()
    not_read: tuple[ArizeError, ...] = ()
    report_all: bool = False
    unread: ArizeError | None = None
    refusals: tuple[ArizeError, ...] = ()
    left_alone: tuple[tuple[User, str], ...] = ()

    @property
    def removes_access(self) -> bool:
        """Whether a role binding of a user of the roster is to be removed."""
        return any(planned.extra for user in self.users for planned in user.access or ())

    @property
    def bindings_to_change(self) -> list[RoleBinding]:
        """The role bindings to be removed or given another role, whose names are shown."""
        planned = (one for user in self.users for one in user.access or ())
        return [one.existing for one in planned if one.existing and one.action]

    def with_names(self, catalog: Catalog) -> RosterPlan:
        """Return the plan with the names that *catalog* has taken in since it was made."""
        users = (user._replace(access=user.access and with_names(user.access, catalog)) for user in self.users)
        return self._replace(users=tuple(users), role_names=catalog.role_names)


def read_rules(options: Mapping[str, Any], check_mode: bool) -> Rules:
    """Return how a roster is applied.

    Raises:
        ArizeError: bad_option for an entry of ``protected``.
    """
    given = {name: options[name] for name in Rules._fields if name not in ("protected", "check_mode")}
    return Rules(**given, protected=Protection.read(options["protected"]), check_mode=check_mode)


def check_rules(rules: Rules, entries: Sequence[Any]) -> None:
    """Refuse options that contradict each other or are out of range.

    Raises:
        ArizeError: bad_option.
    """
    if not 1 <= rules.concurrency <= MAX_CONCURRENCY:
        raise bad_option(f"concurrency must be from 1 to {MAX_CONCURRENCY}.")
    for name in _LIMITS:
        limit = getattr(rules, name)
        refuse_boolean(name, limit)
        if limit is not None and limit < 0:
            raise bad_option(f"{name} must not be negative.")
    if rules.report_all and not rules.check_mode:
        raise bad_option(
            "report_all: true requires check mode. No changes were made. Set check_mode: true on the task."
        )
    for name, (limit, why) in _REQUIRES.items():
        if not getattr(rules, name):
            continue
        if rules.state == "absent":
            raise bad_option(f"{name}: true cannot be combined with state: absent.")
        if getattr(rules, limit) is None and not rules.report_all:
            raise bad_option(f"{name}: true requires {limit}. {why}")
    if rules.purge and not entries:
        raise bad_option("purge: true with an empty roster would delete the whole account. No changes were made.")


def read_roster(entries: Iterable[Mapping[str, Any]], state: str) -> list[Entry]:
    """Return the entries of a roster; under absent, one for each spelling of an address that is named twice.

    Raises:
        ArizeError: bad_option, naming the first ten entries that cannot be used.
    """
    read: dict[Key, dict[str, Entry]] = {}  # by key, then by spelling
    faults: list[str] = []
    for index, options in enumerate(entries):
        place = f"users[{index}]"
        try:
            entry = Entry(index, read_desired_user(options))
            place = entry.place
            entry = entry._replace(access=read_access(options.get("access"), state))
        except ArizeError as error:
            faults.append(f"{place}: {error.message}")
            continue
        spellings = read.setdefault(entry.key, {})
        spellings.setdefault(entry.desired.label, entry)
        first = next(iter(spellings.values()))
        if state == "present" and first is not entry:
            faults.append(f"{entry.place}: the same user as {first.place}.")
    if faults:
        raise faulty_roster(faults)
    several = ((entry, len(spellings) > 1) for spellings in read.values() for entry in spellings.values())
    return sorted((entry._replace(spelled=spelled) for entry, spelled in several), key=lambda entry: entry.number)


def _not_in_roster(entries: Iterable[Entry], account: Account, rules: Rules) -> list[tuple[User, str]]:
    """Return with purge the users who are not in the roster, by address, each with the reason to leave it alone, if any.

    A user without a visible address may be anybody, and a bot user belongs to a service key. An address may have two
    users, in two cases, or if the user is invited again while the list is read: the roster may mean either.
    """
    if not rules.purge:
        return []
    found = {user.id for user in account.found.values()}
    named = {user.key for user in account.found.values()} | {entry.desired.label.lower() for entry in entries}
    others = [user for user in account.users if user.id not in found]
    others.sort(key=lambda user: (user.key, user.id))
    return [(user, _reason_to_leave_alone(user, account, named, rules.protected)) for user in others]


def _reason_to_leave_alone(user: User, account: Account, named: Collection[str], protection: Protection) -> str:
    if user.id in account.bots:
        return "bot_user"
    if not user.email:
        return "no_address"
    if user.key in named:
        return "same_address"
    return "protected" if protection.covers(user) else ""


def plan_roster(entries: Sequence[Entry], account: Account, rules: Rules) -> RosterPlan:
    """Plan every user.

    Raises:
        ArizeError: bad_option for two entries about one user; with report_all the first one counts.
    """
    (users, twice), left_alone = _plan_entries(entries, account, rules), []
    if twice and not rules.report_all:
        raise twice
    for user, reason in _not_in_roster(entries, account, rules):
        desired = DesiredUser(email=user.email)
        if reason:
            left_alone.append((user, reason))
        else:
            users.append(PlannedUser(desired, user, plan_absent(desired, user), purged=True))
    refusals = (twice, account.access.resolution.refusal)
    bots_unread = (account.bots_unread,) if account.bots_unread else ()
    return RosterPlan(
        tuple(users),
        (*_warnings(entries, rules), *account.access.resolution.warnings, *(error.message for error in bots_unread)),
        account.access.catalog.role_names,
        account.bots,
        bots_unread,
        rules.report_all,
        account.access.unread,
        tuple(refusal for refusal in refusals if refusal),
        tuple(left_alone),
    )


def _warnings(entries: Sequence[Entry], rules: Rules) -> tuple[str, ...]:
    unmanaged = sum(entry.access is None for entry in entries)
    if not rules.purge_access or not unmanaged:
        return ()
    return (f"{unmanaged} of {len(entries)} users have no access in the roster: it is not managed.",)


def _plan_entries(
    entries: Iterable[Entry], account: Account, rules: Rules
) -> tuple[list[PlannedUser], ArizeError | None]:
    """Return each user once, and what refuses entries about one user, unless they are to be absent."""
    planned: dict[Any, tuple[Entry, PlannedUser]] = {}  # by ID, or by address where the user does not exist
    twice: list[str] = []
    for entry in entries:
        user = _plan_entry(entry, account, rules)
        first, _user = planned.setdefault(
            user.existing.id if user.existing else entry._replace(spelled=False).key, (entry, user)
        )
        if first is not entry:
            twice.append(f"{entry.place}: the same user as {first.place}.")
    refused = bool(twice) and rules.state == "present"
    refusal = faulty_roster(twice) if refused else None
    return [user for _entry, user in planned.values()], refusal


def _plan_entry(entry: Entry, account: Account, rules: Rules) -> PlannedUser:
    existing, failed = account.found.get(entry.key), account.failed.get(entry.key)
    access = _plan_access(entry, account, rules)
    user = PlannedUser(entry.desired, existing, error=failed, access=access, number=entry.number)
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
