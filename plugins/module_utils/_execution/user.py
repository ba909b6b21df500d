# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings one user to the wanted state, and handles changes by others between look-up and write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Callable, Optional

from .._client.users import Users, temporary_password
from .._errors import ArizeError, failure_after
from .._models import CREATE, DELETE, EXISTING, NEW, RESEND, RESET, UPDATE, Created, Outcome, Plan, User
from .._planning.desired import read_desired_user, refuse_unprotected_passwords
from .._planning.user import Planner
from .apply import Operations, apply_plan, converge
from .connection import Connect

_NEW_LINK = "Run arize_user_invite with resend: true to mail a link."
_NOT_ISSUED = "%s was created or invited by another client at the same time, so no temporary password was issued."

Replan = Callable[[Optional[User]], "Plan[User]"]


def converge_user(
    options: Mapping[str, Any], connect: Connect, check_mode: bool, no_log: bool, planner: Planner
) -> Outcome:
    """Bring the user of *options* to the state that *planner* plans, or in check mode predict that.

    Args:
        options: those of the module.
        connect: opens the API.
        check_mode: only predict.
        no_log: whether Ansible shows and logs nothing of the task.
        planner: desired and existing user -> Plan.

    Raises:
        ArizeError: the first failure, with the steps done until then as its ``outcome``.
    """
    desired = read_desired_user(options)
    if options.get("state") != "absent":
        refuse_unprotected_passwords([desired], no_log)
    users = connect()
    existing = users.look_up(desired.email, desired.user_id)
    return converge(user_operations(users, partial(planner, desired)), existing, check_mode)


def user_operations(users: Users, plan: Replan) -> Operations[User]:
    """Return how a user is planned and written."""
    return Operations(
        plan,
        User.as_result,
        {
            CREATE: partial(_create, users),
            UPDATE: users.update,
            DELETE: lambda user, _fields: users.delete(user),
            RESEND: lambda user, _fields: _mail(users.resend, user),
            RESET: lambda user, _fields: _mail(users.reset, user),
        },
        after_creation=partial(_after_creation, users),
    )


def _mail(send: Callable[[User], None], user: User) -> User:
    try:
        send(user)
    except ArizeError as error:
        if error.outcome_unknown:
            error.message += f" The mail may have been sent: ask {user.label} before you run this again."
        raise
    return user


def _create(users: Users, before: User | None, fields: Mapping[str, Any]) -> Created[User]:
    """Create a user, or renew an expired invitation."""
    try:
        return users.create(fields, before)
    except ArizeError as error:
        if _wants_password(fields) and error.outcome_unknown:
            error.message += f" If it was carried out, the temporary password is lost. {_NEW_LINK}"
        raise


def _after_creation(users: Users, operations: Operations[User], plan: Plan[User], created: Created[User]) -> Outcome:
    """Complete a creation, or continue with a user whom another client has created, or invited again."""
    fields = plan.step.fields if plan.step else {}
    wants_password = _wants_password(fields)
    if created.how == EXISTING:
        return _reconcile_existing(operations, created, wants_password)
    password = temporary_password(created.response) if wants_password and created.how == NEW else None
    outcome = plan.unchanged()._replace(temporary_password=password).record(CREATE, created.item.as_result())
    outcome = _complete_creation(users, created, outcome, fields, operations.plan)
    if wants_password and not password:
        raise failure_after(outcome, ArizeError("password_lost", _password_lost(created.item)))
    return outcome


def _complete_creation(
    users: Users, created: Created[User], outcome: Outcome, wanted: Mapping[str, Any], replan: Replan
) -> Outcome:
    """Set the fields that a create cannot set, by an update that is part of the creation."""
    user = created.item
    try:
        changes = _remaining_changes(created, wanted, replan)
        return outcome.record(CREATE, users.update(user, changes).as_result()) if changes else outcome
    except Exception as unexpected:
        error = failure_after(outcome, unexpected)
        error.message = f"User {user.label} was created (ID {user.id}), but could not be completed: {error.message}"
        if _wants_password(wanted) and not outcome.temporary_password:
            error.message += " " + _password_lost(user)
        raise error from None


def _remaining_changes(created: Created[User], wanted: Mapping[str, Any], replan: Replan) -> Mapping[str, Any]:
    """Return the fields that an update adds to a creation; all of them if another client may have created the user."""
    if created.how != NEW:
        step = replan(created.item).step
        return step.fields if step and step.action == UPDATE else {}
    is_developer = wanted.get("is_developer")
    return {} if is_developer in (None, created.item.is_developer) else {"is_developer": is_developer}


def _reconcile_existing(operations: Operations[User], created: Created[User], wants_password: bool) -> Outcome:
    user = created.item
    plan = operations.plan_for(user)
    if wants_password:
        plan = replace(plan, warnings=(*plan.warnings, _NOT_ISSUED % user.label))
    if plan.action != CREATE:
        return apply_plan(operations, plan)
    message = (
        f"The invitation of {user.label} cannot be renewed: the server says that the address is taken, but the user is"
        f" still {user.status}. {created.doubt or 'Try again later.'}"
    )
    raise failure_after(plan.found(), ArizeError("conflict", message, outcome_unknown=bool(created.doubt)))


def _wants_password(fields: Mapping[str, Any]) -> bool:
    return fields.get("invite_mode") == "temporary_password"


def _password_lost(user: User) -> str:
    return f"The temporary password of {user.label} did not arrive with the response, and it is issued only once. {_NEW_LINK}"
