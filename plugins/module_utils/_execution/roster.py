# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the account, and carries a RosterPlan out side by side. Private to arize.ax."""

from __future__ import annotations

import threading
from collections.abc import Container, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Callable

from .._client.api_keys import ApiKeys
from .._client.session import Http
from .._client.users import Users, ambiguous_email
from .._errors import ArizeError, failure_after, internal_error
from .._models import CREATE, DELETE, PROJECT, SPACE, UPDATE, BindingUser, DesiredUser, User
from .._planning.desired import refuse_unprotected_passwords
from .._planning.protection import Protection
from .._planning.roster import (
    Account,
    Entry,
    Key,
    PlannedUser,
    RosterPlan,
    Rules,
    check_rules,
    plan_roster,
    read_roster,
    removes_access,
    users_to_purge,
)
from .._planning.roster_access import AccountAccess, BindingOutcome, PlannedBinding, by_user, resolve_access
from .._planning.roster_results import EntryOutcome, RosterOutcome, roster_failure
from .._planning.safeguards import admins_missing, check_plan, guards_admin
from .._text import named
from .apply import apply_plan
from .binding import binding_operations
from .catalog import read_bindings, read_catalog
from .parallel import map_concurrently
from .user import user_operations

_KEY_REFUSED = "Not tried: the API key was refused."
_NOT_REMOVED = "Not removed: another role binding of this user failed."
_LOST_ADMINS = "Another client has deleted admins, or changed their roles, since the account was read."

WriteBinding = Callable[[PlannedBinding, Mapping[str, Any]], BindingOutcome]  # for the user as results show it


def converge_roster(
    options: Mapping[str, Any], connect: Callable[[int], Users], check_mode: bool, no_log: bool
) -> RosterOutcome:
    """Bring many users to what *options* want, and return what was done.

    Args:
        options: those of the module.
        connect: opens the API for so many threads.
        check_mode: only predict.
        no_log: whether Ansible shows and logs nothing of the task.

    Raises:
        ArizeError: a refusal, with no changes made; or partial, with the complete RosterOutcome.
    """
    rules = Rules(**{name: options[name] for name in Rules._fields})
    check_rules(rules, options["users"], check_mode)
    entries = read_roster(options["users"], rules.state)
    if rules.state == "present":
        refuse_unprotected_passwords([entry.desired for entry in entries], no_log)
    users = connect(rules.concurrency)
    try:
        plan = _plan(users, entries, rules)
    except ArizeError as error:
        error.outcome = RosterOutcome(error.outcome or RosterPlan(()))
        raise
    outcome = RosterOutcome(plan, _predict(plan) if check_mode else _Run(users, plan, rules).outcomes())
    failure = roster_failure(outcome)
    if failure:
        raise failure
    return outcome


# ---------------------------------------------------------------- reading


def _plan(users: Users, entries: Sequence[Entry], rules: Rules) -> RosterPlan:
    """Read what the plan and its safeguards need, and plan.

    Raises:
        ArizeError: a failed request, or a refusal.
    """
    account = _read(users, entries, rules) if entries else Account({})
    account = account._replace(access=_read_access(users.http, entries, account, rules))
    deletes, removes = _to_delete(entries, account, rules), removes_access(entries, account, rules)
    warnings: tuple[str, ...] = ()
    if (deletes and rules.purge) or removes or any(guards_admin(user, account.bots, rules) for user in deletes):
        try:
            account = account._replace(bots=ApiKeys(users.http).bot_user_ids())
        except ArizeError as error:
            if error.kind != "forbidden":
                raise
            warnings = (f"Bot users of service keys could not be told apart from other users: {error.message}",)
        deletes, removes = _to_delete(entries, account, rules), removes_access(entries, account, rules)
    account = account._replace(users=_read_for_safeguards(users, account, rules, deletes, removes))
    plan = check_plan(plan_roster(entries, account, rules), account, rules)
    return plan._replace(warnings=(*plan.warnings, *warnings))


def _to_delete(entries: Sequence[Entry], account: Account, rules: Rules) -> list[User]:
    if rules.state == "absent":
        return [account.found[entry.key] for entry in entries if entry.key in account.found]
    return users_to_purge(entries, account, rules)


def _read_for_safeguards(
    users: Users, account: Account, rules: Rules, deletes: Sequence[User], removes: bool
) -> Sequence[User]:
    """Return the users whom min_admins and protected are checked against: the whole account only if that is needed."""
    protection = Protection.read(rules.protected)
    reduces = bool(deletes) or removes
    if account.complete or not reduces:
        return account.users
    if protection.patterns or any(guards_admin(user, account.bots, rules) for user in deletes):
        return _sweep(users, [], whole=True).seen()
    known = [*account.users, *account.found.values()]
    return [*known, *_find_addresses(users, protection.unmatched(known), rules.concurrency)]


def _find_addresses(users: Users, addresses: Sequence[str], concurrency: int) -> list[User]:
    """Return the users with these addresses, and others, by the cheaper of look-ups and a sweep."""
    if not addresses:
        return []
    sweep = _sweep(users, [Entry(0, DesiredUser(email=address)) for address in addresses], whole=False)
    rest = [] if sweep.complete else [key[1] for key in sweep.waiting if key not in sweep.other_case]

    def find(address: str) -> User | None:
        matches = (user for page in users.pages(email=address) for user in page.items if user.key == address)
        return next(matches, None)

    found_users = map_concurrently(find, rest, concurrency)
    return [*sweep.seen(), *filter(None, found_users)]


def _read_access(http: Http, entries: Sequence[Entry], account: Account, rules: Rules) -> AccountAccess:
    """Resolve the access of the roster, and read the role bindings of the users who have access in it."""
    wanted = [(entry.place, entry.access) for entry in entries if entry.access]
    catalog = read_catalog(http, [item for _place, items in wanted for item in items], rules.concurrency)
    resolved = resolve_access(wanted, catalog)
    bindings = []
    for resource_type in (SPACE, PROJECT):
        user_ids = [
            account.found[entry.key].id
            for entry in entries
            if entry.key in account.found and _needs_bindings(entry, resource_type, rules)
        ]
        bindings += read_bindings(http, resource_type, user_ids, rules.concurrency)
    return AccountAccess(resolved, by_user(bindings), catalog)


def _needs_bindings(entry: Entry, resource_type: str, rules: Rules) -> bool:
    if entry.access is None:
        return False
    return rules.purge_access or any(item.resource_type == resource_type for item in entry.access)


class _Sweep:
    """What the pages of the list have shown so far."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.waiting = {entry.key: entry for entry in entries}  # without a match letter for letter
        self.found: dict[Key, User] = {}
        self.other_case: dict[Key, dict[str, User]] = {}
        self.complete = False
        self._seen: dict[str, User] = {}  # a list that changes while it is read can show a user twice

    def seen(self) -> list[User]:
        """Return every user, in the API's order."""
        return list(self._seen.values())

    def add(self, user: User) -> None:
        """Match a user with the entries."""
        self._seen.setdefault(user.id, user)
        for key in (("email", user.key), ("user_id", user.id)):
            entry = self.waiting.get(key)
            if entry is None:
                continue
            if entry.desired.email in (None, user.email):
                self.found[key] = user
                del self.waiting[key]
            else:
                self.other_case.setdefault(key, {})[user.id] = user

    def unmatched(self) -> int:
        """Return how many entries have no match at all."""
        return len(self.waiting.keys() - self.other_case.keys())

    def to_look_up(self, state: str) -> list[Entry]:
        """Return the entries that the pages do not decide.

        Under absent, a match in another case is confirmed first; and so is that a user does not exist, if the list
        holds users without an address, who may be the one.
        """
        confirm = state == "absent"
        hidden = any(not user.email for user in self._seen.values())
        undecided = {
            True: confirm,  # matched in another case
            False: not self.complete or (confirm and hidden),
        }
        return [entry for key, entry in self.waiting.items() if undecided[key in self.other_case]]


def _sweep(users: Users, entries: Sequence[Entry], whole: bool) -> _Sweep:
    """Read pages until that has cost as many requests as looking the rest up one by one; the *whole* account if asked.

    Not knowing how long the list is, reading then never costs more than twice the cheaper of the two.
    """
    sweep = _Sweep(entries)
    for number, page in enumerate(users.pages(), 1):
        for user in page.items:
            sweep.add(user)
        sweep.complete = not page.has_more
        if not whole and number >= sweep.unmatched():
            break
    return sweep


def _read(users: Users, entries: Sequence[Entry], rules: Rules) -> Account:
    sweep = _sweep(users, entries, whole=rules.purge)
    rest = sweep.to_look_up(rules.state)
    failed: dict[Key, ArizeError] = {}

    def look_up(entry: Entry) -> User | None:
        try:
            return users.look_up(entry.desired.email, entry.desired.user_id)
        except ArizeError as error:
            if error.kind != "ambiguous":
                raise
            failed[entry.key] = error
            return None

    looked_up = zip(rest, map_concurrently(look_up, rest, rules.concurrency))
    found_users = {**sweep.found, **{entry.key: user for entry, user in looked_up if user}}
    for key, matches in sweep.other_case.items():
        entry = sweep.waiting.get(key)
        if entry is None or entry in rest:
            continue
        if len(matches) > 1:
            failed[key] = ambiguous_email(entry.desired.label, list(matches.values()))
        else:
            (found_users[key],) = matches.values()
    return Account(found_users, failed, sweep.seen(), sweep.complete)


# ---------------------------------------------------------------- carrying out


def _predict(plan: RosterPlan) -> tuple[EntryOutcome, ...]:
    """Return the outcomes without carrying anything out (check mode)."""
    early = [_early_outcome(user) for user in plan.users]
    held = _purge_held(entry for entry in early if entry)
    entries = (entry or _predicted(user, held) for user, entry in zip(plan.users, early))
    return tuple(_with_access(partial(_predicted_binding, plan), entry) for entry in entries)


def _predicted(user: PlannedUser, held: str) -> EntryOutcome:
    if (user.purged and held) or user.plan is None:
        return EntryOutcome(user, skipped=held)
    return EntryOutcome(user, user.plan.predicted())


def _predicted_binding(plan: RosterPlan, planned: PlannedBinding, user: Mapping[str, Any]) -> BindingOutcome:
    return BindingOutcome(planned, planned.plan(BindingUser(user["id"], user["email"]), plan.role_names).predicted())


def _with_access(write: WriteBinding, entry: EntryOutcome, removals: Container[bool] = (False, True)) -> EntryOutcome:
    """Return *entry* with what *write* has made of the user's bindings: those to be removed come last.

    Args:
        write: carries one out, or predicts it.
        entry: the user, and the bindings that are done already.
        removals: which bindings to write: False for those that the roster lists, True for those to be removed.
    """
    done = list(entry.access)
    for planned in entry.planned.access or ():
        if planned.extra not in removals:
            continue
        failed = planned.extra and any(
            binding.error or binding.skipped for binding in done if not binding.planned.extra
        )
        held = entry.access_held or (_NOT_REMOVED if failed else "")
        user = (entry.outcome and entry.outcome.after) or {}
        done.append(BindingOutcome(planned, skipped=held) if held else write(planned, user))
    return entry._replace(access=tuple(done))


def _early_outcome(user: PlannedUser) -> EntryOutcome | None:
    """Return the outcome of a user about whom nothing is to be done, or who failed before that."""
    if user.plan is None:
        return EntryOutcome(user, error=user.error)
    return EntryOutcome(user, user.plan.found()) if user.plan.step is None else None


def _purge_held(entries: Iterable[EntryOutcome]) -> str:
    """Return why no user is purged, if so: half a change of address must not lock a user out."""
    missing = [entry.planned.label for entry in entries if entry.missing]
    return f"Not deleted: users of the roster are not in the account ({named(missing, 3)})." if missing else ""


class _Run:
    """Carries a plan out, each step in parallel: creations, updates, access, deletions, and last what removes access.

    So a key that loses its own access has done everything else. One failure stops no other user, except when the key is
    refused.
    """

    def __init__(self, users: Users, plan: RosterPlan, rules: Rules) -> None:
        self._users = users
        self._plan = plan
        self._rules = rules
        self._refused = threading.Event()
        self._done: dict[int, EntryOutcome] = {}

    def outcomes(self) -> tuple[EntryOutcome, ...]:
        """Carry everything out, and return what became of each user, in the order of the plan."""
        early = {number: _early_outcome(user) for number, user in enumerate(self._plan.users)}
        self._done.update((number, entry) for number, entry in early.items() if entry)
        self._carry_out(self._planned(CREATE))
        self._carry_out(self._planned(UPDATE))
        self._write_access(removals=False)
        self._delete()
        self._write_access(removals=True)
        return tuple(entry for _number, entry in sorted(self._done.items()))

    def _planned(self, action: str) -> dict[int, PlannedUser]:
        return {number: user for number, user in enumerate(self._plan.users) if user.action == action}

    def _carry_out(self, batch: Mapping[int, PlannedUser], held: str = "") -> None:
        apply = partial(self._apply, held=held)
        self._done.update(zip(batch, map_concurrently(apply, list(batch.values()), self._rules.concurrency)))

    def _write_access(self, removals: bool) -> None:
        managed = {number: entry for number, entry in self._done.items() if entry.planned.access}
        write = partial(_with_access, self._write_binding, removals=(removals,))
        self._done.update(zip(managed, map_concurrently(write, list(managed.values()), self._rules.concurrency)))

    def _delete(self) -> None:
        """Delete users; active admins come last, after another look at the admins: another run may delete some too."""
        held = _purge_held(self._done.values())
        batch = self._planned(DELETE)
        admins = {
            number: user
            for number, user in batch.items()
            if user.existing and guards_admin(user.existing, self._plan.bots, self._rules)
        }
        self._carry_out({number: user for number, user in batch.items() if number not in admins}, held)
        waiting = [user.existing for user in admins.values() if user.existing and not (user.purged and held)]
        error = self._admins_missing(waiting) if waiting and not self._refused.is_set() else None
        if error:
            self._done.update((number, EntryOutcome(user, error=error)) for number, user in admins.items())
        else:
            self._carry_out(admins, held)

    def _admins_missing(self, deleted: Sequence[User]) -> ArizeError | None:
        """Return why admins cannot be deleted now, if so."""
        pages = self._users.pages(statuses=["active"], operation="read the active admins again before the deletions")
        try:
            active = [user for page in pages for user in page.items]
        except Exception as unexpected:
            error = unexpected if isinstance(unexpected, ArizeError) else internal_error(unexpected)
            if error.kind == "unauthorized":
                self._refused.set()
            error.message += " Not deleted."
            return error
        missing = admins_missing(deleted, active, self._plan.bots, self._rules)
        return ArizeError("too_few_admins", f"Not deleted: {missing}. {_LOST_ADMINS}") if missing else None

    def _apply(self, user: PlannedUser, held: str) -> EntryOutcome:
        if user.purged and held:
            return EntryOutcome(user, skipped=held)
        if user.plan is None or self._refused.is_set():
            return EntryOutcome(user, skipped=_KEY_REFUSED)
        try:
            operations = user_operations(self._users, partial(self._rules.planner, user.desired))
            return EntryOutcome(user, apply_plan(operations, user.plan))
        except ArizeError as error:
            if error.kind == "unauthorized":
                self._refused.set()
            return EntryOutcome(user, error.outcome, error)

    def _write_binding(self, planned: PlannedBinding, user: Mapping[str, Any]) -> BindingOutcome:
        if self._refused.is_set():
            return BindingOutcome(planned, skipped=_KEY_REFUSED)
        names = self._plan.role_names
        try:
            bound = BindingUser(user["id"], user["email"])
            operations = binding_operations(self._users.http, planned.access, bound, planned.state, names)
            return BindingOutcome(planned, apply_plan(operations, operations.plan(planned.existing)))
        except Exception as unexpected:
            error = failure_after(None, unexpected)
            if error.kind == "unauthorized":
                self._refused.set()
            return BindingOutcome(planned, error.outcome, error)
