# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every layer talks about: users, roles, bindings, keys, plans and outcomes. Plain values. Private to arize.ax."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

CREATE, UPDATE, DELETE, RESEND, RESET = "create", "update", "delete", "resend", "reset"
NEW, RECOVERED, EXISTING = "new", "recovered", "existing"
ORGANIZATION, SPACE, PROJECT = "organization", "space", "project"

Item = TypeVar("Item")


class User(NamedTuple):
    """A user as results show one. Enums are in lower case; None is what the server left out."""

    id: str
    name: str | None
    email: str | None
    status: str | None
    role: str | None
    custom_role_id: str | None
    custom_role_name: str | None
    is_developer: bool | None
    created_at: str | None

    @property
    def key(self) -> str:
        """The email as it is compared: in lower case; empty if the server shows none."""
        return (self.email or "").lower()

    @property
    def label(self) -> str:
        """How messages name the user."""
        return self.email or self.id

    def as_result(self) -> dict[str, Any]:
        """Return the user as results and diffs show one."""
        return self._asdict()


class DesiredUser(NamedTuple):
    """What a task or a roster entry wants of one user, selected by exactly one of ``email`` and ``user_id``.

    None is "not managed".
    """

    email: str | None = None
    user_id: str | None = None
    name: str | None = None
    role: str | None = None
    custom_role_id: str | None = None
    invite_mode: str = "email_link"
    is_developer: bool | None = None

    @property
    def label(self) -> str:
        """How messages name the user."""
        return self.email or self.user_id or ""

    @property
    def wants_temporary_password(self) -> bool:
        """Whether a creation is to return a temporary password."""
        return self.invite_mode == "temporary_password"


class Role(NamedTuple):
    """A role as results show one; ``permissions`` are sorted."""

    id: str
    name: str | None
    description: str | None
    permissions: tuple[str, ...]
    is_predefined: bool | None
    created_at: str | None
    updated_at: str | None

    def as_result(self) -> dict[str, Any]:
        """Return the role as results and diffs show one."""
        return {**self._asdict(), "permissions": list(self.permissions)}


class RoleBinding(NamedTuple):
    """One role of one user on one space or project: ``resource_type`` is in lower case."""

    id: str
    user_id: str | None
    role_id: str | None
    resource_type: str | None
    resource_id: str | None
    created_at: str | None
    updated_at: str | None


class ApiKey(NamedTuple):
    """An API key as results show one, never the key itself. Enums are in lower case.

    ``bot_user`` is the user that a service key acts as: ``id``, ``name`` and ``account_role``.
    """

    id: str | None
    name: str | None
    description: str | None
    key_type: str | None
    status: str | None
    redacted_key: str | None
    created_at: str | None
    expires_at: str | None
    created_by_user_id: str | None
    last_used_at: str | None
    bot_user: dict[str, Any] | None


class Place(NamedTuple):
    """An organization, a space (``parent_id`` is its organization) or a project (``parent_id`` is its space)."""

    id: str
    name: str | None
    parent_id: str | None


class DesiredRole(NamedTuple):
    """What a task wants of one role, selected by ``role_id`` if it is given, else by ``name``.

    None is "not managed". ``description`` is empty to clear it; ``permissions`` are sorted.
    """

    name: str | None = None
    role_id: str | None = None
    description: str | None = None
    permissions: tuple[str, ...] | None = None


class DesiredAccess(NamedTuple):
    """A role and a resource, as a task or a roster entry gives them: by name or by ID; None is not given."""

    role: str | None = None
    role_id: str | None = None
    space: str | None = None
    space_id: str | None = None
    project: str | None = None
    project_id: str | None = None
    organization: str | None = None
    organization_id: str | None = None

    @property
    def resource_type(self) -> str:
        """What the binding is on."""
        return "project" if self.project or self.project_id else "space"


class Grant(NamedTuple):
    """A user, a role and a resource, found: IDs, and names where they are known.

    An ID is None where a name stands for what does not exist yet. Without ``role`` and ``role_id`` any role is meant.
    """

    user_id: str | None
    email: str | None
    role_id: str | None
    role: str | None
    resource_type: str
    resource_id: str | None
    space: str | None
    project: str | None

    @property
    def label(self) -> str:
        """How messages name the binding."""
        name = f"{self.project} in {self.space}" if self.project and self.space else self.project or self.space
        return f"{self.email or self.user_id} on the {self.resource_type} {name or self.resource_id}"


class Step(NamedTuple):
    """One write: ``fields`` is what a create or an update sends."""

    action: str
    fields: Mapping[str, Any] = MappingProxyType({})


class Change(NamedTuple):
    """What is to be done about a role or a binding, and what that leads to: ``before`` and ``after`` as results show it.

    ``existing`` is the item as it was read.
    """

    existing: Any
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    step: Step | None = None
    warnings: tuple[str, ...] = ()


class Plan(NamedTuple):
    """What is to be done about one user, and what that leads to.

    ``after`` is the user as results show one, None where there is none. ``invitation`` is set by plan_invite only.
    """

    existing: User | None
    after: dict[str, Any] | None
    step: Step | None = None
    warnings: tuple[str, ...] = ()
    invitation: str | None = None

    @property
    def before(self) -> dict[str, Any] | None:
        """The user as found."""
        return self.existing.as_result() if self.existing else None

    @property
    def action(self) -> str | None:
        """The action of the step, if there is one."""
        return self.step.action if self.step else None


class Created(Generic[Item]):
    """What became of a creation.

    Args:
        item: what exists now.
        how: NEW when this response created it, RECOVERED when a lost response did, EXISTING when it existed already.
        response: the response's JSON object, empty where the item was looked up.
        doubt: the sentence about a response that was lost, if one was.
    """

    def __init__(
        self, item: Item, how: str, response: Mapping[str, Any] = MappingProxyType({}), doubt: str = ""
    ) -> None:
        self.item = item
        self.how = how
        self.response = response
        self.doubt = doubt


class Outcome(NamedTuple):
    """What was done about one user, role or role binding, or in check mode would be.

    ``before`` and ``user`` are as results show them, None where there is none.
    """

    before: dict[str, Any] | None
    user: dict[str, Any] | None
    changed: bool = False
    actions: tuple[str, ...] = ()
    invitation: str | None = None
    temporary_password: str | None = None
    warnings: tuple[str, ...] = ()

    def record(self, action: str, user: User | None) -> Outcome:
        """Return the outcome with *action* performed, which left *user*."""
        actions = self.actions if action in self.actions else (*self.actions, action)
        return self._replace(changed=True, actions=actions, user=user.as_result() if user else None)


def found(plan: Plan | Change) -> Outcome:
    """Return the outcome of *plan* before anything is done."""
    return Outcome(plan.before, plan.before, warnings=plan.warnings)


def predicted(plan: Plan | Change) -> Outcome:
    """Return the outcome of *plan* in check mode."""
    return found(plan)._replace(
        user=plan.after,
        changed=plan.step is not None,
        actions=(plan.step.action,) if plan.step else (),
        invitation=plan.invitation if isinstance(plan, Plan) else None,
    )
