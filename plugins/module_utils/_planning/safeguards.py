# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""RosterPlan + account + rules -> the refusal, before the first write. Pure; every safeguard of a plan is here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from .._errors import ArizeError, Kind
from .._models import CREATE, DELETE, PENDING, ROLES, UPDATE, User
from .._text import named, number_of, sentences
from .protection import Protection, fold_widely
from .roster import Account, PlannedUser, RosterPlan, Rules
from .roster_access import STATUS_OF_ACTION, PlannedBinding

_TWO_PEOPLE = "If they are two people, create the new user in one run, and purge in the next"


class _Limit(NamedTuple):
    """A limit of a roster, and the items that it counts."""

    kind: Kind
    option: str
    what: str
    done: str
    labels: Sequence[str]


def check_plan(plan: RosterPlan, account: Account, rules: Rules) -> RosterPlan:
    """Return *plan* with its warnings; with report_all, also with all that a real run would refuse, limits aside.

    Raises:
        ArizeError: incomplete, protected, bad_option, a limit, too_few_admins or lookalike, with *plan* as its
            ``outcome``.
    """
    protection = rules.protected
    deleted = users_to_delete(plan)
    removed = [(user, binding) for user, binding, action in _access_changes(plan) if action == DELETE]
    reduces = bool(deleted or removed)
    refusals = [
        _incomplete(plan),
        _protected(deleted, removed, protection),
        protection.misspelt(account.users) if reduces else None,
        None if rules.report_all else _exceeded(plan, rules),
        _too_few_admins(deleted, account, rules),
        _lookalikes(plan, deleted),
    ]
    found = tuple(refusal for refusal in refusals if refusal)
    if found and not rules.report_all:
        found[0].outcome = plan
        raise found[0]
    warnings = protection.warnings(account.users) if rules.purge or reduces else ()
    return plan._replace(warnings=(*plan.warnings, *warnings), refusals=(*plan.refusals, *found))


def users_to_delete(plan: RosterPlan) -> list[User]:
    """Return the users whose deletion is planned."""
    return [user.existing for user in plan.users if user.action == DELETE and user.existing]


def guards_admin(user: User, bots: Collection[str], rules: Rules) -> bool:
    """Whether min_admins has to be checked when the user is deleted: a role or status that is not known may be one.

    The bot user of a service key does not count as an admin: it cannot sign in.
    """
    may_be_active_admin = user.status not in PENDING and user.role not in (*ROLES[1:], "custom")
    return rules.min_admins > 0 and may_be_active_admin and user.id not in bots


def admins_missing(deleted: Iterable[User], users: Iterable[User], bots: Collection[str], rules: Rules) -> str:
    """Return how far the deletions would go below min_admins, as a clause; empty if enough admins remain.

    Args:
        deleted: the users to be deleted.
        users: all users, or at least all active admins.
        bots: the IDs of the bot users of service keys.
        rules: those of the roster.
    """
    admins = [user for user in deleted if guards_admin(user, bots, rules)]
    others = {user.id for user in admins} | set(bots)
    remaining = sum(user.status == "active" and user.role == "admin" and user.id not in others for user in users)
    if not admins or remaining >= rules.min_admins:
        return ""
    left = f"only {number_of(remaining, 'active admin')} would remain, but min_admins is {rules.min_admins}"
    return f"{left}; would be deleted: {named([user.label for user in admins])}"


def _refusal(kind: Kind, what: str) -> ArizeError:
    return ArizeError(kind, f"No changes were made: {what}.")


def _access_changes(plan: RosterPlan) -> Iterator[tuple[PlannedUser, PlannedBinding, str]]:
    """Yield the role bindings that would be written, with the action; those of a user who has failed are skipped."""
    for user in plan.users:
        for binding in (user.access or ()) if user.plan else ():
            action = binding.action
            if action:
                yield user, binding, action


def _incomplete(plan: RosterPlan) -> ArizeError | None:
    failed = [(user.number, user.error) for user in plan.users if user.error and user.error.kind == "incomplete"]
    told = [f"users[{number}]: {error.message}" for number, error in failed]
    return ArizeError("incomplete", f"No changes were made. {sentences(told)}") if told else None


def _protected(
    deleted: Iterable[User], removed: Iterable[tuple[PlannedUser, PlannedBinding]], protection: Protection
) -> ArizeError | None:
    users = [user.label for user in deleted if protection.covers(user)]
    if users:
        return _refusal("protected", f"these users are protected: {named(users)}")
    bindings = [_on(user, binding) for user, binding in removed if user.existing and protection.covers(user.existing)]
    if not bindings:
        return None
    way_out = "To remove one, use arize_role_binding with state: absent"
    return _refusal("protected", f"role bindings of protected users would be removed: {named(bindings)}. {way_out}")


def _on(user: PlannedUser, binding: PlannedBinding) -> str:
    return f"{user.label} on {binding.access.label}"


def _exceeded(plan: RosterPlan, rules: Rules) -> ArizeError | None:
    """Return one refusal that names all limits that are exceeded; its kind is that of the first."""
    by_action = {
        action: [user.label for user in plan.users if user.action == action] for action in (DELETE, CREATE, UPDATE)
    }
    access = [f"{_on(user, binding)} ({STATUS_OF_ACTION[action]})" for user, binding, action in _access_changes(plan)]
    limits = (
        _Limit("too_many_deletions", "max_deletions", "user", "deleted", by_action[DELETE]),
        _Limit("too_many_creations", "max_creations", "user", "created", by_action[CREATE]),
        _Limit("too_many_updates", "max_updates", "user", "updated", by_action[UPDATE]),
        _Limit("too_many_access_changes", "max_access_changes", "role binding", "changed", access),
    )
    exceeded = [limit for limit in limits if _is_exceeded(limit, rules)]
    if not exceeded:
        return None
    told = [
        f"{number_of(len(limit.labels), limit.what)} would be {limit.done}, but"
        f" {limit.option} is {getattr(rules, limit.option)}: {named(limit.labels)}"
        for limit in exceeded
    ]
    return _refusal(exceeded[0].kind, "; ".join(told))


def _is_exceeded(limit: _Limit, rules: Rules) -> bool:
    most = getattr(rules, limit.option)
    return most is not None and len(limit.labels) > most


def _too_few_admins(deleted: Iterable[User], account: Account, rules: Rules) -> ArizeError | None:
    missing = admins_missing(deleted, account.users, account.bots, rules)
    return _refusal("too_few_admins", missing) if missing else None


def _lookalikes(plan: RosterPlan, deleted: Iterable[User]) -> ArizeError | None:
    """Refuse to delete a user whose address looks like one that would be created: most likely it is the same person."""
    created = {fold_widely(user.desired.label): user.desired.label for user in plan.users if user.action == CREATE}
    pairs = [(user.label, created.get(fold_widely(user.label))) for user in deleted]
    alike = [f"{old} would be deleted and {new} created" for old, new in pairs if new]
    if not alike:
        return None
    same_person = "Write the address in the roster as the account has it"
    return _refusal("lookalike", f"addresses look alike: {named(alike)}. {same_person}. {_TWO_PEOPLE}")
