# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the names of roles, spaces and projects stand for, and the other way round, for many at once. Pure.

Private to arize.ax.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from .._errors import ArizeError
from .._models import ORGANIZATION, PROJECT, SPACE, DesiredAccess, Grant, Place, Role, RoleBinding
from .access import pick, pick_role, read_desired_access, unknown_name

# The options that tell places of one name apart.
NARROWS = {ORGANIZATION: "organization_id", SPACE: "organization, organization_id or space_id", PROJECT: "project_id"}
_PARENT = {SPACE: ORGANIZATION, PROJECT: SPACE}

Resource = tuple[str, str]  # resource_type and resource_id: with the user, the key of a role binding


class PlaceName(NamedTuple):
    """A name that is looked up; ``parent_id`` is the organization of a space, or the space of a project."""

    kind: str
    name: str
    parent_id: str | None = None


class Target(NamedTuple):
    """A role on a space or project: IDs, and the names that are known."""

    resource_type: str
    role_id: str
    role: str | None
    space_id: str | None
    space: str | None
    project_id: str | None
    project: str | None

    @property
    def resource(self) -> Resource:
        """The space or project."""
        return self.resource_type, (self.project_id if self.resource_type == PROJECT else self.space_id) or ""

    @property
    def label(self) -> str:
        """How messages and diffs name the space or project: ``Space`` or ``Space / project``."""
        return " / ".join(filter(None, (self.space or self.space_id, self.project or self.project_id)))

    def as_result(self) -> dict[str, Any]:
        """Return the target as results show it."""
        return {name: getattr(self, name) for name in ("space", "space_id", "project", "project_id", "role", "role_id")}

    def grant(self, user_id: str | None, email: str | None) -> Grant:
        """Return the same for one user."""
        resource_type, resource_id = self.resource
        return Grant(user_id, email, self.role_id, self.role, resource_type, resource_id, self.space, self.project)


class Directory:
    """The roles and places of an account, as far as they have been read."""

    def __init__(self, roles: Iterable[Role] = ()) -> None:
        self._roles = {role.id: role for role in roles}
        self._places: dict[str, dict[str, Place]] = {kind: {} for kind in NARROWS}
        self._complete: set[str] = set()
        self._looked_up: dict[PlaceName, Sequence[Place]] = {}

    @property
    def role_names(self) -> Mapping[str, str | None]:
        """The names of the roles, by ID."""
        return {role.id: role.name for role in self._roles.values()}

    def add(self, kind: str, places: Iterable[Place], complete: bool = False) -> None:
        """Take in places; *complete* says that they are all of their kind, so that none of its names needs a look-up."""
        self._places[kind].update((place.id, place) for place in places)
        if complete:
            self._complete.add(kind)

    def add_look_up(self, name: PlaceName, matches: Sequence[Place]) -> None:
        """Take in the places whose name contains *name*."""
        self._looked_up[name] = matches
        self.add(name.kind, matches)

    # ------------------------------------------------------------ names -> IDs

    def names(self, kind: str, desired: Iterable[DesiredAccess]) -> list[PlaceName]:
        """Return the names of one kind in *desired*, without those whose parent has no match."""
        found: dict[PlaceName, None] = {}
        for item in desired:
            try:
                name = self._name(kind, item)
            except ArizeError:
                continue
            if name:
                found[name] = None
        return list(found)

    def is_undecided(self, name: PlaceName) -> bool:
        """Whether a name has to be looked up: older servers do not list in which organization a space is."""
        homeless = any(place.parent_id is None for place in self._named(name))
        return name.kind not in self._complete or (name.parent_id is not None and homeless)

    def role_id(self, desired: DesiredAccess) -> str | None:
        """Return the ID of the role.

        Raises:
            ArizeError: not_found or ambiguous.
        """
        if desired.role is None:
            return desired.role_id
        role = pick_role(desired.role, list(self._roles.values()))
        if role is None:
            raise ArizeError("not_found", unknown_name("role", desired.role, _sorted(self._roles.values())))
        return role.id

    def place_id(self, kind: str, desired: DesiredAccess) -> str | None:
        """Return the ID of the organization, space or project.

        Raises:
            ArizeError: not_found or ambiguous.
        """
        name = self._name(kind, desired)
        if name is None:
            given: str | None = getattr(desired, f"{kind}_id")
            return given
        matches = self._looked_up.get(name)
        if matches is None:
            matches = [place for place in self._named(name) if name.parent_id in (None, place.parent_id)]
        place = pick(kind, name.name, matches, NARROWS[kind])
        if place is None:
            raise ArizeError("not_found", self._unknown(name, desired))
        return place.id

    def target(self, desired: DesiredAccess) -> Target:
        """Return what *desired* stands for.

        Raises:
            ArizeError: not_found or ambiguous.
        """
        kind = desired.resource_type
        space_id = None if desired.project_id else self.place_id(SPACE, desired)
        return self.describe(self.role_id(desired) or "", kind, self.place_id(kind, desired) or "", space_id)

    def _name(self, kind: str, desired: DesiredAccess) -> PlaceName | None:
        name = getattr(desired, kind)
        if name is None:
            return None
        parent = _PARENT.get(kind)
        return PlaceName(kind, name, self.place_id(parent, desired) if parent else None)

    def _named(self, name: PlaceName) -> list[Place]:
        return [place for place in self._places[name.kind].values() if (place.name or "").strip() == name.name]

    def _unknown(self, name: PlaceName, desired: DesiredAccess) -> str:
        where, parent = "", _PARENT.get(name.kind)
        if parent and name.parent_id:
            where = f" in the {parent} {getattr(desired, parent) or name.parent_id}"
        places = self._places[name.kind].values()
        near = [
            place for place in places if None in (name.parent_id, place.parent_id) or place.parent_id == name.parent_id
        ]
        return unknown_name(name.kind, name.name, _sorted(near), where)

    # ------------------------------------------------------------ IDs -> names

    def describe(self, role_id: str, resource_type: str, resource_id: str, space_id: str | None = None) -> Target:
        """Return a role on a resource, with the names that are known; *space_id* is that of a project, if it is known."""
        role = self._roles.get(role_id)
        on_project = resource_type == PROJECT
        project = self._places[PROJECT].get(resource_id) if on_project else None
        if resource_type == SPACE:
            space_id = resource_id
        elif project and project.parent_id:
            space_id = project.parent_id
        space = self._places[SPACE].get(space_id or "")
        return Target(
            resource_type=resource_type,
            role_id=role_id,
            role=role and role.name,
            space_id=space_id,
            space=space and space.name,
            project_id=resource_id if on_project else None,
            project=project and project.name,
        )

    def describe_binding(self, binding: RoleBinding) -> Target:
        """Return the role and resource of a binding."""
        return self.describe(binding.role_id or "", binding.resource_type or "", binding.resource_id or "")

    def has_namesakes(self, targets: Iterable[Target]) -> bool:
        """Whether a space of *targets* shares its name with another one."""
        names = Counter((place.name or "").strip() for place in self._places[SPACE].values())
        return any(names[target.space.strip()] > 1 for target in targets if target.space)

    def entry(self, target: Target) -> dict[str, str]:
        """Return *target* as a roster takes it: by the names that stand for it alone, else by ID."""
        space = self._places[SPACE].get(target.space_id or "")
        organization = self._places[ORGANIZATION].get((space and space.parent_id) or "")
        spaces: list[dict[str, Any]] = [
            {"space": target.space},
            {"space": target.space, "organization": organization and organization.name},
            {"space_id": target.space_id},
        ]
        places = spaces
        if target.resource_type == PROJECT:
            places = [{**where, "project": target.project} for where in spaces] + [{"project_id": target.project_id}]
        roles: list[dict[str, Any]] = [{"role": target.role}, {"role_id": target.role_id}]
        return next(entry for entry in _joined(roles, places) if self._stands_for(entry, target))

    def _stands_for(self, entry: Mapping[str, Any], target: Target) -> bool:
        if None in entry.values():
            return False
        try:
            found = self.target(read_desired_access(entry))
        except ArizeError:
            return False
        return (found.role_id, found.resource) == (target.role_id, target.resource)


def _joined(roles: Iterable[dict[str, Any]], places: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    return ({**role, **place} for role, place in product(roles, places))


def _sorted(items: Iterable[Role | Place]) -> list[str]:
    return sorted({item.name.strip() for item in items if item.name and item.name.strip()})
