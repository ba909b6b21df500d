# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The values about access that all layers share: roles, role bindings, places and keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ._models import PROJECT

Resource = tuple[str, str]  # resource_type and resource_id: with the user, the key of a role binding


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

    @property
    def resource(self) -> Resource:
        """The type and ID of the space or project."""
        return self.resource_type or "", self.resource_id or ""


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


class ServiceKey(NamedTuple):
    """An active service key, and the roles that it shows: ``spaces`` has a role by space ID, None where it shows none.

    A role is the name of a predefined one in lower case, or the ID of a custom one; None is not readable.
    """

    key: ApiKey
    spaces: Mapping[str, str | None] | None

    @property
    def id(self) -> str:
        """The ID of the key."""
        return self.key.id or ""

    @property
    def label(self) -> str:
        """How messages name the key."""
        return f"{self.key.name} ({self.id})" if self.key.name else self.id

    @property
    def account_role(self) -> str | None:
        """The account role of the bot user, None if it is not shown."""
        return self.key.bot_user["account_role"] if self.key.bot_user else None

    @property
    def bot_user_id(self) -> str | None:
        """The ID of the bot user, None if it is not shown."""
        return self.key.bot_user["id"] if self.key.bot_user else None

    def as_result(self) -> dict[str, Any]:
        """Return the key as results and diffs show one, never the secret."""
        return self.key._asdict()


class SpaceGrant(NamedTuple):
    """A space of a service key and the role there, resolved. An ID is None for an item that does not exist yet.

    Without ``role`` and ``role_id`` the role is not managed. ``role`` is a predefined one in lower case if ``predefined``.
    """

    space_id: str | None
    space: str | None
    organization_id: str | None
    role: str | None = None
    role_id: str | None = None
    predefined: bool = False

    @property
    def label(self) -> str:
        """How messages name the space."""
        return self.space or self.space_id or ""

    @property
    def has_role(self) -> bool:
        """Whether the role is managed."""
        return self.role is not None or self.role_id is not None

    @property
    def role_key(self) -> str | None:
        """The role as a ServiceKey shows it."""
        return self.role if self.predefined else self.role_id

    @property
    def role_label(self) -> str:
        """How messages name the role."""
        return self.role or self.role_id or ""

    def role_in_request(self) -> dict[str, Any]:
        """Return the role as the API takes it."""
        if self.predefined:
            return {"type": "PREDEFINED", "name": self.role_label.upper()}
        return {"type": "CUSTOM", "id": self.role_id}


class Place(NamedTuple):
    """An organization, a space (``parent_id`` is its organization) or a project (``parent_id`` is its space)."""

    id: str
    name: str | None
    parent_id: str | None
    description: str | None = None
    is_private: bool | None = None
    project_type: str | None = None
    created_at: str | None = None


class Restriction(NamedTuple):
    """The restriction of a resource, which only explicit roles reach. ``id`` is that of the resource."""

    resource_type: str | None
    id: str
    created_at: str | None

    def as_result(self) -> dict[str, Any]:
        """Return the restriction as results and diffs show one."""
        return {"resource_type": self.resource_type, "resource_id": self.id, "created_at": self.created_at}


class DesiredPlace(NamedTuple):
    """The wanted state of one space or project, selected by ``id`` if it is given, else by ``name`` in its parent.

    None is "not managed". ``description`` is empty to clear it.
    """

    kind: str
    name: str | None
    id: str | None
    description: str | None = None
    is_private: bool | None = None


class DesiredRole(NamedTuple):
    """The wanted state of one role, selected by ``role_id`` if it is given, else by ``name``.

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
        """The type of the resource: space or project."""
        return "project" if self.project or self.project_id else "space"


class BindingUser(NamedTuple):
    """The user of a role binding: the ID is None for a user who does not exist yet, the email where it is not given."""

    id: str | None
    email: str | None

    @property
    def label(self) -> str | None:
        """How messages name the user."""
        return self.email or self.id


class ResolvedAccess(NamedTuple):
    """A role on a space or project: IDs, and the names that are known.

    An ID is None where a name matches nothing that exists yet. Without ``role`` and ``role_id`` any role is meant.
    """

    resource_type: str
    role_id: str | None
    role: str | None
    space_id: str | None
    space: str | None
    project_id: str | None = None
    project: str | None = None

    @property
    def resource_id(self) -> str | None:
        """The ID of the space or project."""
        return self.project_id if self.resource_type == PROJECT else self.space_id

    @property
    def resource(self) -> Resource:
        """The type and ID of the space or project."""
        return self.resource_type, self.resource_id or ""

    @property
    def label(self) -> str:
        """How diffs name the space or project: ``Space`` or ``Space / project``."""
        return " / ".join(filter(None, (self.space or self.space_id, self.project or self.project_id)))

    def binding_label(self, user: BindingUser) -> str:
        """Return how messages name the role binding of *user*."""
        name = f"{self.project} in {self.space}" if self.project and self.space else self.project or self.space
        return f"{user.label} on the {self.resource_type} {name or self.resource_id}"

    def as_result(self) -> dict[str, Any]:
        """Return the access as results of a roster show it."""
        return {name: getattr(self, name) for name in ("space", "space_id", "project", "project_id", "role", "role_id")}
