# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries out a Plan's steps, and meets the races and the lost answers. Private to arize.ax.

Between look-up and write somebody else may have acted, and an answer may be lost after the work was done. What became
of a write is found out before anything is sent twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable, Optional

from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._http import RequestError, Tries
from ansible_collections.arize.ax.plugins.module_utils._plan import CREATE, DELETE, RESEND, RESET, UPDATE, Plan, Step
from ansible_collections.arize.ax.plugins.module_utils._users import Created, User, Users

_NEW_LINK = "run arize_user_invite with resend: true to have a link mailed."
_NOT_ISSUED = "Somebody else created or invited %s in the meantime, so no one-time password was issued."

Replan = Callable[[Optional[User]], Plan]


class Outcome:
    """What was done about one user, or in check mode would be.

    It is filled step by step, so that a failure can be told whole.
    ``before`` and ``user`` are users as results show them, None where there is none.
    """

    def __init__(self, plan: Plan) -> None:
        self.before: dict[str, Any] | None = plan.before
        self.user: dict[str, Any] | None = plan.before
        self.changed = False
        self.actions: list[str] = []
        self.invitation: str | None = None
        self.temporary_password: str | None = None
        self.warnings: list[str] = list(plan.warnings)

    def did(self, action: str, user: User | None) -> None:
        """Note that *action* was carried out and left *user*."""
        self.changed = True
        if action not in self.actions:
            self.actions.append(action)
        self.user = user.as_result() if user else None


def foresee(plan: Plan) -> Outcome:
    """Return the outcome of *plan* without carrying it out (check mode)."""
    outcome = Outcome(plan)
    outcome.changed = bool(plan.steps)
    outcome.actions = [step.action for step in plan.steps]
    outcome.user = plan.after
    outcome.invitation = plan.invitation
    return outcome


def carry_out(users: Users, plan: Plan, replan: Replan, outcome: Outcome) -> None:
    """Carry out *plan* and fill *outcome*.

    Args:
        users: the API.
        plan: what is to be done.
        replan: plans anew for the user as somebody else has left it.
        outcome: that of *plan*; true in every respect also where this raises.

    Raises:
        ArizeError: the first failure; whoever reports it reports *outcome* as well.
    """
    try:
        for step in plan.steps:
            if step.action == CREATE or plan.existing is None:
                _create(users, plan, step, replan, outcome)
            else:
                _write(users, plan.existing, step, outcome)
        outcome.invitation = outcome.invitation or plan.invitation
    except ArizeError as error:
        outcome.changed = outcome.changed or error.maybe_done
        raise


def _write(users: Users, user: User, step: Step, outcome: Outcome) -> None:
    """Carry out a step on a user who is there."""
    if step.action == UPDATE:
        outcome.did(UPDATE, users.update(user, step.fields))
    elif step.action == DELETE:
        users.delete(user)
        outcome.did(DELETE, None)
    else:
        _mail(users, user, step, outcome)


def _mail(users: Users, user: User, step: Step, outcome: Outcome) -> None:
    """Send a mail; it is never sent twice, so a lost answer leaves it open whether it went out."""
    try:
        {RESEND: users.resend, RESET: users.reset}[step.action](user)
    except ArizeError as error:
        if error.maybe_done:
            error.message += f" It is not known whether the mail went out: ask {user.label} before you run this again."
        raise
    outcome.did(step.action, user)


def _create(users: Users, plan: Plan, step: Step, replan: Replan, outcome: Outcome) -> None:
    """Send a creation (or an invitation that is to be renewed) until it is known what became of it."""
    tries, lost = users.tries(), False
    while True:
        try:
            created = users.create(step.fields, tries)
            break
        except RequestError as error:
            if error.maybe_done:
                lost = True
                user = _happened(plan.existing, _look_again(users, step, error))
                if user is None:
                    _send_again(tries, error)
                    continue
            elif error.kind == "conflict":
                user = _look_up_taken(users, step, error)
            else:
                raise
            created = Created(user, is_new=False, temporary_password=None)
            break
    if created.is_new or lost:
        outcome.invitation = plan.invitation
        _finish(users, created, step, replan, outcome)
    else:
        _carry_on(users, created.user, step, replan, outcome)


def _happened(before: User | None, now: User | None) -> User | None:
    """Return the user if a creation has happened: nobody was there, or in another state; else None."""
    return now if now and (before is None or before.status != now.status) else None


def _send_again(tries: Tries, error: RequestError) -> None:
    """Wait for the next try of a creation that a look-up has shown not to have happened, or raise *error*."""
    error.maybe_done = False
    error.message += " A look-up shows that it was not carried out."
    tries.again(error)


def _look_again(users: Users, step: Step, error: RequestError) -> User | None:
    """Look up what became of a creation whose answer was lost."""
    try:
        return users.find(step.fields["email"])
    except ArizeError as second:
        error.message += (
            " It is not known whether it was carried out, since the look-up afterwards failed too ({}).".format(
                second.message.rstrip(".")
            )
        )
        if step.fields["invite_mode"] == "temporary_password":
            error.message += f" If it was, the one-time password is lost: {_NEW_LINK}"
        raise error from None


def _look_up_taken(users: Users, step: Step, error: RequestError) -> User:
    """Look up who has the address that the server says is taken."""
    user = users.find(step.fields["email"])
    if user is not None:
        return user
    raise ArizeError(
        "blocked",
        "The user {} cannot be created: the server says that the address is taken, yet nobody who can be seen has it."
        " Most likely the user was deleted earlier, and a deleted user's address can never be invited again: use"
        " another address. (A key with too few permissions sees only some users, too.)".format(step.fields["email"]),
        **error.facts,
    ) from None


def _finish(users: Users, created: Created, step: Step, replan: Replan, outcome: Outcome) -> None:
    """Complete a creation that happened: what a create cannot set is set by an update that is part of it."""
    user, wanted = created.user, step.fields
    outcome.did(CREATE, user)
    if wanted["invite_mode"] == "temporary_password":
        outcome.temporary_password = created.temporary_password
    try:
        changes = _missing(created, wanted, replan)
        if changes:
            outcome.did(CREATE, users.update(user, changes))
    except ArizeError as error:
        error.message = f"The user {user.label} is there now (ID {user.id}), but not as wanted: {error.message}"
        raise
    if wanted["invite_mode"] == "temporary_password" and not outcome.temporary_password:
        raise ArizeError(
            "password_lost",
            f"The user {user.label} was invited, but the one-time password did not arrive with the answer, and it is"
            f" given only once: {_NEW_LINK}",
        )


def _missing(created: Created, wanted: Mapping[str, Any], replan: Replan) -> Mapping[str, Any]:
    """Return what an update has to add to a creation; one found by look-up may be somebody else's: compare it all."""
    if not created.is_new:
        return next((step.fields for step in replan(created.user).steps if step.action == UPDATE), {})
    is_developer = wanted.get("is_developer")
    return {} if is_developer in (None, created.user.is_developer) else {"is_developer": is_developer}


def _carry_on(users: Users, user: User, step: Step, replan: Replan, outcome: Outcome) -> None:
    """Go on with a user whom somebody else has created, or invited anew, in the meantime."""
    outcome.before = outcome.user = user.as_result()
    plan = replan(user)
    if any(another.action == CREATE for another in plan.steps):
        raise ArizeError(
            "conflict",
            f"The invitation of {user.label} cannot be renewed: the server says that the address is taken, yet the"
            f" user is still {user.status}. Try again later.",
        )
    if step.fields["invite_mode"] == "temporary_password":
        plan = plan._replace(warnings=(*plan.warnings, _NOT_ISSUED % user.label))
    outcome.warnings = list(plan.warnings)
    for another in plan.steps:
        _write(users, user, another, outcome)
    outcome.invitation = plan.invitation
