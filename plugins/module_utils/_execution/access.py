# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries changes of roles and role bindings out, one at a time. Private to arize.ax."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Callable, Generic, TypeVar

from .._client.access import Access
from .._client.users import Users
from .._errors import ArizeError
from .._models import (
    CREATE,
    DELETE,
    EXISTING,
    NEW,
    UPDATE,
    Change,
    Created,
    Grant,
    Outcome,
    RoleBinding,
    found,
    predicted,
)
from .._planning.access import pick_role, plan_binding, read_desired_access
from .._planning.desired import read_one_user
from .._planning.role import plan_role, read_desired_role
from .names import Names
from .user import as_failure, with_outcome

Item = TypeVar("Item")  # Role or RoleBinding
Connect = Callable[[], Users]


class Writer(Generic[Item]):
    """The three writes of a role or of a binding, and how it is planned, and planned again after each."""

    def __init__(
        self,
        plan: Callable[[Item | None], Change],
        create: Callable[[Mapping[str, Any]], Created[Item]],
        update: Callable[[Item, Mapping[str, Any]], Item],
        delete: Callable[[Item], None],
    ) -> None:
        self.plan = plan
        self.create = create
        self.update = update
        self.delete = delete


def converge_role(options: Mapping[str, Any], connect: Connect, check: bool) -> Outcome:
    """Bring one role to what the *options* of arize_role want, or with *check* predict that.

    Raises:
        ArizeError: the first failure, with what was done until then as its ``outcome``.
    """
    desired = read_desired_role(options)
    access = Access(connect().http)
    existing = access.get_role(desired.role_id) if desired.role_id else pick_role(desired.name or "", access.roles())
    plan = partial(plan_role, desired, state=options["state"])
    try:
        change = plan(existing)
    except ArizeError as error:
        shown = existing.as_result() if existing else None
        raise with_outcome(Outcome(shown, shown), error) from None
    writer = Writer(plan, access.create_role, access.update_role, access.delete_role)
    return predicted(change) if check else apply_change(writer, change)


def converge_binding(options: Mapping[str, Any], connect: Connect, check: bool) -> Outcome:
    """Bring the binding that the *options* of arize_role_binding want to that, or with *check* predict it.

    With *check* a name may stand for what does not exist yet.

    Raises:
        ArizeError: the first failure, with what was done until then as its ``outcome``.
    """
    selected, state = read_one_user(options), options["state"]
    desired = read_desired_access(options, needs_role=state == "present")
    users = connect()
    access = Access(users.http)
    names = Names(access, tolerant=check)
    user_id, email = names.user(users, selected, required=state == "present")
    if user_id is None and state == "absent":
        return Outcome(None, None)
    grant = names.grant(user_id, email, desired)
    writer = binding_writer(access, grant, state, names.role_names)
    change = writer.plan(_find_binding(access, grant, state))._replace(warnings=tuple(names.warnings))
    return predicted(change) if check else apply_change(writer, change)


def binding_writer(
    access: Access,
    grant: Grant,
    state: str = "present",
    role_names: Mapping[str, str | None] = MappingProxyType({}),
) -> Writer[RoleBinding]:
    """Return how the binding of *grant* is planned and written."""
    return Writer(
        partial(plan_binding, grant, state=state, role_names=role_names),
        partial(access.create_binding, grant.label),
        partial(access.update_binding, grant.label),
        partial(access.delete_binding, grant.label),
    )


def apply_change(writer: Writer[Item], change: Change) -> Outcome:
    """Carry out *change*, and return what was done.

    Raises:
        ArizeError: the first failure, with what was done until then as its ``outcome``.
    """
    outcome, step = found(change), change.step
    try:
        if step is None:
            return outcome
        if step.action == CREATE:
            return _create(writer, outcome, step.fields)
        if step.action == DELETE:
            writer.delete(change.existing)
            return _recorded(outcome, DELETE, None)
        item = writer.update(change.existing, step.fields)
        return _recorded(outcome, UPDATE, writer.plan(item).before)
    except Exception as error:
        failure = as_failure(error)
        raise with_outcome(failure.outcome or outcome, failure) from None


def _create(writer: Writer[Item], outcome: Outcome, fields: Mapping[str, Any]) -> Outcome:
    """Create an item, and compare one that another client may have created: it may differ from what is wanted."""
    created = writer.create(fields)
    now = writer.plan(created.item)
    if created.how == EXISTING:
        return apply_change(writer, now)
    outcome = _recorded(outcome, CREATE, now.before)
    if created.how == NEW:
        return outcome
    try:
        return outcome._replace(user=apply_change(writer, now).user)
    except ArizeError as error:
        raise with_outcome(outcome, error) from None


def _recorded(outcome: Outcome, action: str, after: dict[str, Any] | None) -> Outcome:
    return outcome._replace(changed=True, actions=(action,), user=after)


def _find_binding(access: Access, grant: Grant, state: str) -> RoleBinding | None:
    """Return the binding of the user on the resource; an unknown user has none."""
    if grant.user_id is None or grant.resource_id is None:
        return None
    try:
        return access.find_binding(grant.resource_type, grant.user_id, grant.resource_id)
    except ArizeError as error:
        if error.kind != "not_found":
            raise
        if state == "absent":
            return None
        raise ArizeError("not_found", f"There is no user with the user_id {grant.user_id}.", **error.facts()) from None
