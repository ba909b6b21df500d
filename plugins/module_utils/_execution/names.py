# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds what the names of users, roles, spaces and projects stand for, with few requests. Private to arize.ax."""

from __future__ import annotations

from collections.abc import Mapping

from .._client.access import Access
from .._client.users import Users
from .._errors import ArizeError
from .._models import ORGANIZATION, PROJECT, SPACE, DesiredAccess, Grant
from .._planning.access import no_such_name, pick, pick_role
from .._planning.directory import NARROWS


class Names:
    """Looks names up.

    Args:
        access: the API.
        tolerant: whether a name may stand for what does not exist yet. Its ID is then None, and a warning says so.
        narrows_space: the options that tell spaces of one name apart.

    Attributes:
        warnings: what does not exist yet.
        role_names: the names of the roles that were read, by ID.
    """

    def __init__(
        self,
        access: Access,
        tolerant: bool = False,
        narrows_space: str = NARROWS[SPACE],
    ) -> None:
        self.warnings: list[str] = []
        self.role_names: dict[str, str | None] = {}
        self._access = access
        self._tolerant = tolerant
        self._narrows = {**NARROWS, SPACE: narrows_space}

    def user(self, users: Users, selected: Mapping[str, str], required: bool) -> tuple[str | None, str | None]:
        """Return ID and address of the user with this ``email`` or ``user_id``. An ID is not looked up.

        Raises:
            ArizeError: not_found for an address, if it is *required*.
        """
        email = selected.get("email")
        if email is None:
            return selected.get("user_id"), None
        user = users.find(email)
        if user is not None:
            return user.id, user.email
        if required:
            self._missing(f"There is no user {email}.")
        return None, email

    def grant(self, user_id: str | None, email: str | None, desired: DesiredAccess) -> Grant:
        """Return what *desired* stands for, for one user.

        Raises:
            ArizeError: not_found or ambiguous, for a name.
        """
        role_id = self._role_id(desired)
        resource_id, space = self.resource(desired)
        return Grant(
            user_id=user_id,
            email=email,
            role_id=role_id,
            role=desired.role,
            resource_type=desired.resource_type,
            resource_id=resource_id,
            space=space,
            project=desired.project,
        )

    def resource(self, desired: DesiredAccess) -> tuple[str | None, str | None]:
        """Return the ID of the space or project, and the name of the space where it is known.

        Raises:
            ArizeError: not_found or ambiguous, for a name.
        """
        if desired.project_id is not None:
            return desired.project_id, None
        space_id = desired.space_id if desired.space is None else self._space_id(desired)
        if desired.project is None:
            return space_id, desired.space
        if space_id is None:
            return None, desired.space
        where = f" in the space {desired.space or space_id}"
        return self._place(PROJECT, desired.project, space_id, where), desired.space

    def _role_id(self, desired: DesiredAccess) -> str | None:
        if desired.role is None:
            return desired.role_id
        roles = self._access.roles()
        self.role_names.update({role.id: role.name for role in roles})
        role = pick_role(desired.role, roles)
        if role is None:
            self._missing(no_such_name("role", desired.role, [other.name for other in roles]))
        return role.id if role else None

    def _space_id(self, desired: DesiredAccess) -> str | None:
        organization_id, where = desired.organization_id, ""
        if desired.organization is not None:
            organization_id = self._place(ORGANIZATION, desired.organization)
            if organization_id is None:
                return None
        if organization_id is not None:
            where = f" in the organization {desired.organization or organization_id}"
        return self._place(SPACE, desired.space or "", organization_id, where)

    def _place(self, kind: str, name: str, parent_id: str | None = None, where: str = "") -> str | None:
        """Return the ID of the one place with this name; where there is none, all are read to say what there is."""
        place = pick(kind, name, self._access.places(kind, name, parent_id), self._narrows[kind])
        if place is None:
            existing = self._access.places(kind, parent_id=parent_id)
            self._missing(no_such_name(kind, name, [other.name for other in existing], where))
        return place.id if place else None

    def _missing(self, message: str) -> None:
        if not self._tolerant:
            raise ArizeError("not_found", message)
        self.warnings.append(f"{message} It must exist before the real run.")
