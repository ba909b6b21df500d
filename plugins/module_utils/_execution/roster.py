# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries a RosterPlan out in parallel, or predicts its outcome."""

from __future__ import annotations

import threading
from collections.abc import Container, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Callable

from .._access import BindingUser
from .._client.users import Users
from .._errors import ArizeError, failure_after, internal_error
from .._models import CREATE, DELETE, UPDATE, User
from .._planning.desired import refuse_unprotected_passwords
from .._planning.roster import Entry, PlannedUser, RosterPlan, Rules, check_rules, read_roster, read_rules
from .._planning.roster_access import BindingOutcome, PlannedBinding
from .._planning.roster_results import EntryOutcome, RosterOutcome, roster_failure
from .._planning.safeguards import admins_missing, guards_admin
from .._text import named
from .apply import apply_plan
from .binding import binding_operations
from .parallel import map_concurrently
from .roster_account import plan_account
from .user import user_operations

_KEY_REFUSED = "Not tried: the API key was refused."
_NOT_REMOVED = "Not removed: another role binding of this user failed."
_LOST_ADMINS = "Another client has deleted admins, or changed their roles, since the account was read."

WriteBinding = Callable[[PlannedBinding, Mapping[str, Any]], BindingOutcome]  # for the user as results show it


def converge_roster(
    options: Mapping[str, Any], connect: Callable[[int], Users], check_mode: bool, no_log: bool
) -> RosterOutcome:
    """Bring many users to the state in *options*, and return the outcome.

    Args:
        options: those of the module.
        connect: opens the API, for at most this number of parallel requests.
        check_mode: only predict.
        no_log: whether Ansible shows and logs nothing of the task.

    Raises:
        ArizeError: a refusal, with no changes made; or partial, with the complete RosterOutcome.
    """
    rules = read_rules(options, check_mode)
    check_rules(rules, options["users"])
    entries = read_roster(options["users"], rules.state)
    if rules.state == "present":
        refuse_unprotected_passwords([entry.desired for entry in entries], no_log)
    users = connect(rules.concurrency)
    plan = _plan(users, entries, rules)
    outcome = RosterOutcome(plan, _predict(plan) if check_mode else _Run(users, plan, rules).outcomes())
    failure = roster_failure(outcome)
    if failure:
        raise failure
    return outcome


def _plan(users: Users, entries: Sequence[Entry], rules: Rules) -> RosterPlan:
    try:
        return plan_account(users, entries, rules)
    except ArizeError as error:
        error.outcome = RosterOutcome(error.outcome or RosterPlan(()))
        raise


def _predict(plan: RosterPlan) -> tuple[EntryOutcome, ...]:
    """Return the outcomes without carrying anything out (check mode)."""
    settled = [_settled_outcome(user) for user in plan.users]
    reason_to_keep = "" if plan.report_all else _reason_not_to_purge(entry for entry in settled if entry)
    entries = (entry or _predicted(user, reason_to_keep) for user, entry in zip(plan.users, settled))
    return tuple(_with_access(partial(_predicted_binding, plan), entry) for entry in entries)


def _predicted(user: PlannedUser, reason_to_keep: str) -> EntryOutcome:
    if (user.purged and reason_to_keep) or user.plan is None:
        return EntryOutcome(user, skipped=reason_to_keep)
    return EntryOutcome(user, user.plan.predicted())


def _predicted_binding(plan: RosterPlan, planned: PlannedBinding, user: Mapping[str, Any]) -> BindingOutcome:
    if plan.unread:
        return BindingOutcome(planned, skipped=f"Not compared: {plan.unread.message}")
    if planned.error:
        return BindingOutcome(planned, error=planned.error)
    return BindingOutcome(planned, planned.plan(BindingUser(user["id"], user["email"]), plan.role_names).predicted())


def _with_access(write: WriteBinding, entry: EntryOutcome, removals: Container[bool] = (False, True)) -> EntryOutcome:
    """Return *entry* with the results of *write* for the user's bindings: those to be removed come last.

    Args:
        write: carries one out, or predicts it.
        entry: the user, and the bindings that are done already.
        removals: which bindings to write: False for those that the roster lists, True for those to be removed.
    """
    done = list(entry.access)
    for planned in entry.planned.access or ():
        if planned.extra not in removals:
            continue
        listed = [binding for binding in done if not (binding.planned.extra or binding.planned.error)]
        failed = planned.extra and any(binding.error or binding.skipped for binding in listed)
        reason = entry.reason_to_skip_access or (_NOT_REMOVED if failed else "")
        user = (entry.outcome and entry.outcome.after) or {}
        done.append(BindingOutcome(planned, skipped=reason) if reason else write(planned, user))
    return entry._replace(access=tuple(done))


def _settled_outcome(user: PlannedUser) -> EntryOutcome | None:
    """Return the outcome of a user whose plan has no step, or has failed; else None."""
    if user.plan is None:
        return EntryOutcome(user, error=user.error)
    return EntryOutcome(user, user.plan.found()) if user.plan.step is None else None


def _reason_not_to_purge(entries: Iterable[EntryOutcome]) -> str:
    """Return the reason to purge no user, or "": a user whose address is being changed must not be locked out."""
    missing = [entry.planned.label for entry in entries if entry.missing]
    return f"Not deleted: users of the roster are not in the account ({named(missing, 3)})." if missing else ""


class _Run:
    """Carries a plan out, each step in parallel: creations, updates, access, deletions, and last removals of access.

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
        """Carry everything out, and return the outcome of each user, in the order of the plan."""
        settled = {number: _settled_outcome(user) for number, user in enumerate(self._plan.users)}
        self._done.update((number, entry) for number, entry in settled.items() if entry)
        self._carry_out(self._planned(CREATE))
        self._carry_out(self._planned(UPDATE))
        self._write_access(removals=False)
        self._delete()
        self._write_access(removals=True)
        return tuple(entry for _number, entry in sorted(self._done.items()))

    def _planned(self, action: str) -> dict[int, PlannedUser]:
        return {number: user for number, user in enumerate(self._plan.users) if user.action == action}

    def _carry_out(self, batch: Mapping[int, PlannedUser], reason_to_keep: str = "") -> None:
        apply = partial(self._apply, reason_to_keep=reason_to_keep)
        self._done.update(zip(batch, map_concurrently(apply, list(batch.values()), self._rules.concurrency)))

    def _write_access(self, removals: bool) -> None:
        managed = {number: entry for number, entry in self._done.items() if entry.planned.access}
        write = partial(_with_access, self._write_binding, removals=(removals,))
        self._done.update(zip(managed, map_concurrently(write, list(managed.values()), self._rules.concurrency)))

    def _delete(self) -> None:
        """Delete users; active admins come last, after another look at the admins: another run may delete some too."""
        reason_to_keep = _reason_not_to_purge(self._done.values())
        batch = self._planned(DELETE)
        admins = {
            number: user
            for number, user in batch.items()
            if user.existing and guards_admin(user.existing, self._plan.bots, self._rules)
        }
        self._carry_out({number: user for number, user in batch.items() if number not in admins}, reason_to_keep)
        waiting = [user.existing for user in admins.values() if user.existing and not (user.purged and reason_to_keep)]
        error = self._admins_missing(waiting) if waiting and not self._refused.is_set() else None
        if error:
            self._done.update((number, EntryOutcome(user, error=error)) for number, user in admins.items())
        else:
            self._carry_out(admins, reason_to_keep)

    def _admins_missing(self, deleted: Sequence[User]) -> ArizeError | None:
        """Return the error of admins who cannot be deleted now, if any."""
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

    def _apply(self, user: PlannedUser, reason_to_keep: str) -> EntryOutcome:
        if user.purged and reason_to_keep:
            return EntryOutcome(user, skipped=reason_to_keep)
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
