# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries one plan out, and handles what others did between look-up and write. Private to arize.ax."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable, Optional

from .._client.users import Users, temporary_password
from .._errors import ArizeError, internal_error
from .._models import (
    CREATE,
    DELETE,
    EXISTING,
    NEW,
    RESEND,
    RESET,
    UPDATE,
    Created,
    Outcome,
    Plan,
    Step,
    User,
    found,
)

_NEW_LINK = "Run arize_user_invite with resend: true to mail a link."
_NOT_ISSUED = "%s was created or invited by another client at the same time, so no temporary password was issued."

Replan = Callable[[Optional[User]], Plan]


def apply_plan(users: Users, plan: Plan, replan: Replan) -> Outcome:
    """Carry out *plan*, and return what was done.

    Args:
        users: the API.
        plan: what is to be done.
        replan: plans again for the user as another client has left it.

    Raises:
        ArizeError: the first failure, with what was done until then as its ``outcome``.
    """
    try:
        if plan.step is None:
            return found(plan)._replace(invitation=plan.invitation)
        if plan.step.action == CREATE or plan.existing is None:
            return _create(users, plan, plan.step, replan)
        return _write(users, plan, plan.existing, plan.step)
    except Exception as error:
        failure = as_failure(error)
        raise with_outcome(failure.outcome or found(plan), failure) from None


def _write(users: Users, plan: Plan, user: User, step: Step) -> Outcome:
    """Carry out a step on a user who exists."""
    outcome = found(plan)._replace(invitation=plan.invitation)
    if step.action == UPDATE:
        return outcome.record(UPDATE, users.update(user, step.fields))
    if step.action == DELETE:
        users.delete(user)
        return outcome.record(DELETE, None)
    try:
        {RESEND: users.resend, RESET: users.reset}[step.action](user)
    except ArizeError as error:
        if error.outcome_unknown:
            error.message += f" The mail may have been sent: ask {user.label} before you run this again."
        raise
    return outcome.record(step.action, user)


def _create(users: Users, plan: Plan, step: Step, replan: Replan) -> Outcome:
    """Create a user, or renew an expired invitation."""
    wants_password = step.fields["invite_mode"] == "temporary_password"
    try:
        created = users.create(step.fields, plan.existing)
    except ArizeError as error:
        if wants_password and error.outcome_unknown:
            error.message += f" If it was carried out, the temporary password is lost. {_NEW_LINK}"
        raise
    if created.how == EXISTING:
        return _reconcile_existing(users, created, replan, wants_password)
    password = temporary_password(created.response) if wants_password and created.how == NEW else None
    outcome = found(plan)._replace(invitation=plan.invitation, temporary_password=password)
    outcome = _complete_creation(users, created, outcome.record(CREATE, created.item), step.fields, replan)
    if wants_password and not password:
        raise with_outcome(outcome, ArizeError("password_lost", _password_lost(created.item)))
    return outcome


def _complete_creation(
    users: Users, created: Created[User], outcome: Outcome, wanted: Mapping[str, Any], replan: Replan
) -> Outcome:
    """Set by an update what a create cannot set; it is part of the creation."""
    user = created.item
    try:
        changes = _remaining_changes(created, wanted, replan)
        return outcome.record(CREATE, users.update(user, changes)) if changes else outcome
    except Exception as unexpected:
        error = as_failure(unexpected)
        error.message = f"User {user.label} was created (ID {user.id}), but could not be completed: {error.message}"
        if wanted["invite_mode"] == "temporary_password" and not outcome.temporary_password:
            error.message += " " + _password_lost(user)
        raise with_outcome(outcome, error) from None


def _remaining_changes(created: Created[User], wanted: Mapping[str, Any], replan: Replan) -> Mapping[str, Any]:
    """Return what an update has to add to a creation; one found by look-up may be another client's: compare it all."""
    if created.how != NEW:
        step = replan(created.item).step
        return step.fields if step and step.action == UPDATE else {}
    is_developer = wanted.get("is_developer")
    return {} if is_developer in (None, created.item.is_developer) else {"is_developer": is_developer}


def _reconcile_existing(users: Users, created: Created[User], replan: Replan, wants_password: bool) -> Outcome:
    """Continue with a user whom another client has created, or invited again, since the look-up."""
    user = created.item
    try:
        plan = replan(user)
    except ArizeError as error:
        raise with_outcome(Outcome(user.as_result(), user.as_result()), error) from None
    if wants_password:
        plan = plan._replace(warnings=(*plan.warnings, _NOT_ISSUED % user.label))
    if plan.step is None:
        return found(plan)._replace(invitation=plan.invitation)
    if plan.step.action != CREATE:
        return _write(users, plan, user, plan.step)
    message = (
        f"The invitation of {user.label} cannot be renewed: the server says that the address is taken, but the user is"
        f" still {user.status}. {created.doubt or 'Try again later.'}"
    )
    raise with_outcome(found(plan), ArizeError("conflict", message, outcome_unknown=bool(created.doubt)))


def as_failure(error: Exception) -> ArizeError:
    """Return *error*, or if it is a defect, an error that says so: a write may have been sent."""
    return error if isinstance(error, ArizeError) else internal_error(error, outcome_unknown=True)


def with_outcome(outcome: Outcome, error: ArizeError) -> ArizeError:
    """Return *error* with what was done before it."""
    error.outcome = outcome
    return error


def _password_lost(user: User) -> str:
    return f"The temporary password of {user.label} did not arrive with the response, and it is issued only once. {_NEW_LINK}"
