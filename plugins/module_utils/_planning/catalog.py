# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resolves the names of roles, organizations, spaces and projects, and finds the names of IDs. Pure.

Serves one role binding and a roster alike: each look-up uses an index.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from .._access import DesiredAccess, Place, ResolvedAccess, Role, RoleBinding
from .._errors import ArizeError, Kind
from .._models import ORGANIZATION, PROJECT, ROLE, SPACE
from .._text import did_you_mean, named
from .desired_access import read_desired_access

PLACES = (ORGANIZATION, SPACE, PROJECT)
KINDS = (ROLE, *PLACES)  # in the order in which names are resolved
# The options that tell items of one name apart.
_NARROWS = {
    ROLE: "role_id",
    ORGANIZATION: "organization_id",
    SPACE: "organization, organization_id or space_id",
    PROJECT: "project_id",
}
PARENT = {SPACE: ORGANIZATION, PROJECT: SPACE}


class Name(NamedTuple):
    """A name to be resolved; ``parent_id`` is the organization of a space, or the space of a project."""

    kind: str
    name: str
    parent_id: str | None = None


class Unresolved(NamedTuple):
    """A name that matches no item, or several: ``ids``. ``parent`` is the name of the space or organization, or its ID.

    ``orphaned`` says that this is an ID which does not exist.
    """

    name: Name
    ids: tuple[str, ...] = ()
    parent: str = ""
    orphaned: bool = False

    @property
    def error_kind(self) -> Kind:
        """The kind of the error that it leads to."""
        return "ambiguous" if self.ids else "not_found"

    @property
    def may_come(self) -> bool:
        """Whether an earlier task of a play may create the item."""
        return not self.ids and not self.orphaned


class Catalog:
    """The roles and places of an account, as far as they have been read.

    *narrows* replaces the options that messages name for spaces that share a name. With *custom_only* no name is that of a
    predefined role.
    """

    def __init__(self, roles: Iterable[Role] = (), narrows: str | None = None, custom_only: bool = False) -> None:
        self._custom_only = custom_only
        self._narrows = {**_NARROWS, **({SPACE: narrows} if narrows else {})}
        self._roles: dict[str, Role] = {}
        self._roles_by_name: dict[str, dict[str, Role]] = {}
        self._places: dict[str, dict[str, Place]] = {kind: {} for kind in PLACES}
        # By kind and name, then by the ID of the parent.
        self._by_name: dict[tuple[str, str], dict[str | None, dict[str, Place]]] = {}
        self._complete: set[str] = set()
        self._looked_up: dict[Name, Sequence[Place]] = {}
        self._missing: set[tuple[str, str | None]] = set()
        self.add_roles(roles)

    @property
    def role_names(self) -> Mapping[str, str | None]:
        """The names of the roles, by ID."""
        return {role.id: role.name for role in self._roles.values()}

    def add_roles(self, roles: Iterable[Role]) -> None:
        """Take in roles: all of the account."""
        for role in roles:
            self._roles[role.id] = role
            if not (role.is_predefined and self._custom_only):
                self._roles_by_name.setdefault(_stripped(role), {})[role.id] = role

    def add(self, kind: str, places: Iterable[Place], complete: bool = False) -> None:
        """Take in places; *complete* says that they are all of their kind, so that no name of it needs a look-up."""
        for place in places:
            old = self._places[kind].get(place.id)
            if old:
                del self._by_name[kind, _stripped(old)][old.parent_id][old.id]
            self._places[kind][place.id] = place
            named_alike = self._by_name.setdefault((kind, _stripped(place)), {})
            named_alike.setdefault(place.parent_id, {})[place.id] = place
        if complete:
            self._complete.add(kind)

    def add_look_up(self, name: Name, found: Sequence[Place]) -> None:
        """Take in the places whose name contains *name*."""
        self._looked_up[name] = [place for place in found if _stripped(place) == name.name]
        self.add(name.kind, found)

    def add_missing(self, kind: str, place_id: str) -> None:
        """Take note that no place has this ID."""
        self._missing.add((kind, place_id))

    def unread(self, kind: str, place_ids: Iterable[str | None]) -> list[str]:
        """Return which places of one kind have not been read, though they may exist."""
        if kind in self._complete:
            return []
        return [place_id for place_id in dict.fromkeys(place_ids) if place_id and place_id not in self._places[kind]]

    # ------------------------------------------------------------ names -> IDs

    def names(self, kind: str, desired: Iterable[DesiredAccess]) -> list[Name]:
        """Return the names of one kind of place in *desired*, without those whose parent is not resolved."""
        names = (self._name(kind, item) for item in desired)
        return list(dict.fromkeys(name for name in names if isinstance(name, Name)))

    def is_undecided(self, name: Name) -> bool:
        """Whether a name has to be looked up: older servers do not list in which organization a space is."""
        if name in self._looked_up:
            return False
        homeless = bool(self._by_name.get((name.kind, name.name), {}).get(None))
        return name.kind not in self._complete or (name.parent_id is not None and homeless)

    def find(self, kind: str, desired: DesiredAccess) -> str | Unresolved | None:
        """Return the ID of the role, organization, space or project that *desired* gives; None if it gives none."""
        name = self._name(kind, desired)
        if not isinstance(name, Name):
            return name
        matches: Sequence[Role | Place] = self._roles_named(name) if kind == ROLE else self._places_named(name)
        if len(matches) == 1:
            return matches[0].id
        parent = PARENT.get(kind)
        shown = parent and name.parent_id and (getattr(desired, parent) or name.parent_id)
        orphaned = (parent, name.parent_id) in self._missing
        return Unresolved(name, tuple(match.id for match in matches), shown or "", orphaned)

    def parents_given(self, desired: Iterable[DesiredAccess]) -> list[tuple[str, str]]:
        """Return the kind and ID of each parent that *desired* gives by ID, for names that are not resolved in it."""
        parents = {
            (parent, getattr(item, f"{parent}_id")): None
            for item in desired
            for kind, parent in PARENT.items()
            if getattr(item, f"{parent}_id") and isinstance(self.find(kind, item), Unresolved)
        }
        return list(parents)

    def unresolved(self, desired: DesiredAccess) -> list[Unresolved]:
        """Return which names of *desired* do not match exactly one item: that of the role, and that of the place."""
        found = (self.find(kind, desired) for kind in (ROLE, desired.resource_type))
        return [item for item in found if isinstance(item, Unresolved)]

    def resolve(self, desired: DesiredAccess) -> ResolvedAccess:
        """Return the role and the resource; an ID is None where a name does not match exactly one item."""
        role_id, resource_id = self._id(ROLE, desired), self._id(desired.resource_type, desired)
        space_id = resource_id
        if desired.resource_type == PROJECT:
            space_id = None if desired.project_id else self._id(SPACE, desired)
        return self._describe_over(desired, role_id, desired.resource_type, resource_id, space_id)

    def error(self, unresolved: Unresolved, listed: bool = False, suggest: bool = True) -> ArizeError:
        """Return the error for a name; with *listed* it says which names exist, with *suggest* a similar one."""
        name, kind = unresolved.name, unresolved.error_kind
        if unresolved.ids:
            predefined = name.kind == ROLE and self._roles[unresolved.ids[0]].is_predefined
            what = "" if name.kind != ROLE else "predefined " if predefined else "custom "
            which = f"Several {what}{name.kind}s are named {name.name}: {named(unresolved.ids)}."
            return ArizeError(kind, f"{which} Select one by {self._narrows[name.kind]}.")
        if unresolved.orphaned:
            return ArizeError(kind, unknown_id(PARENT[name.kind], name.parent_id))
        where = f" in the {PARENT[name.kind]} {unresolved.parent}" if unresolved.parent else ""
        known = self._known(name) if suggest else []
        what = "custom role" if name.kind == ROLE and self._custom_only else name.kind
        return ArizeError(kind, unknown_name(what, name.name, known, where, listed))

    def _id(self, kind: str, desired: DesiredAccess) -> str | None:
        found = self.find(kind, desired)
        return None if isinstance(found, Unresolved) else found

    def _name(self, kind: str, desired: DesiredAccess) -> Name | Unresolved | str | None:
        """Return the name of one kind to be resolved; its ID if that is given; or the parent that is not resolved."""
        name: str | None = getattr(desired, kind)
        if name is None:
            given: str | None = getattr(desired, f"{kind}_id")
            return given
        parent = self.find(PARENT[kind], desired) if kind in PARENT else None
        return parent if isinstance(parent, Unresolved) else Name(kind, name, parent)

    def _roles_named(self, name: Name) -> list[Role]:
        """Return the custom roles of a name, else the predefined ones."""
        roles = list(self._roles_by_name.get(name.name, {}).values())
        return [role for role in roles if not role.is_predefined] or roles

    def _places_named(self, name: Name) -> Sequence[Place]:
        if name in self._looked_up:
            return self._looked_up[name]
        by_parent = self._by_name.get((name.kind, name.name), {})
        parents = by_parent.values() if name.parent_id is None else [by_parent.get(name.parent_id, {})]
        return [place for places in parents for place in places.values()]

    def _known(self, name: Name) -> list[str]:
        """Return the names that exist: of places, those in the same parent."""
        names = set(self._roles_by_name)
        if name.kind != ROLE:
            names = {
                _stripped(place)
                for place in self._places[name.kind].values()
                if None in (name.parent_id, place.parent_id) or place.parent_id == name.parent_id
            }
        return sorted(names - {""})

    # ------------------------------------------------------------ IDs -> names

    def describe(
        self, role_id: str | None, resource_type: str, resource_id: str | None, space_id: str | None = None
    ) -> ResolvedAccess:
        """Return a role on a resource, with the names that are known; *space_id* is that of a project, if it is known."""
        role = self._roles.get(role_id or "")
        project = self._places[PROJECT].get(resource_id or "") if resource_type == PROJECT else None
        if resource_type == SPACE:
            space_id = resource_id
        elif project and project.parent_id:
            space_id = project.parent_id
        space = self._places[SPACE].get(space_id or "")
        return ResolvedAccess(
            resource_type=resource_type,
            role_id=role_id,
            role=role and role.name,
            space_id=space_id,
            space=space and space.name,
            project_id=resource_id if resource_type == PROJECT else None,
            project=project and project.name,
        )

    def renamed(self, access: ResolvedAccess) -> ResolvedAccess:
        """Return *access* with the names that are known by now."""
        return self._describe_over(access, access.role_id, access.resource_type, access.resource_id, access.space_id)

    def _describe_over(self, named: DesiredAccess | ResolvedAccess, *ids: Any) -> ResolvedAccess:
        """Return the same as describe; a name that is not known is that of *named*."""
        access = self.describe(*ids)
        return access._replace(
            role=access.role or named.role,
            space=access.space or named.space,
            project=access.project or named.project,
        )

    def organization_of(self, space_id: str | None) -> str | None:
        """Return the ID of the organization of a space; None where it is not known."""
        space = self._places[SPACE].get(space_id or "")
        return space and space.parent_id

    def describe_binding(self, binding: RoleBinding) -> ResolvedAccess:
        """Return the role and resource of a binding."""
        return self.describe(binding.role_id or "", binding.resource_type or "", binding.resource_id or "")

    def has_namesakes(self, accesses: Iterable[ResolvedAccess]) -> bool:
        """Whether a space of *accesses* shares its name with another one."""
        names = Counter(map(_stripped, self._places[SPACE].values()))
        return any(names[access.space.strip()] > 1 for access in accesses if access.space)

    def entry(self, access: ResolvedAccess) -> dict[str, str]:
        """Return *access* as a roster takes it: by names that match it alone, else by ID."""
        space = self._places[SPACE].get(access.space_id or "")
        organization = self._places[ORGANIZATION].get((space and space.parent_id) or "")
        spaces: list[dict[str, Any]] = [
            {"space": access.space},
            {"space": access.space, "organization": organization and organization.name},
            {"space_id": access.space_id},
        ]
        places = spaces
        if access.resource_type == PROJECT:
            places = [{**where, "project": access.project} for where in spaces] + [{"project_id": access.project_id}]
        roles: list[dict[str, Any]] = [{"role": access.role}, {"role_id": access.role_id}]
        entries = ({**role, **place} for role, place in product(roles, places))
        return next(entry for entry in entries if self._selects(entry, access))

    def _selects(self, entry: Mapping[str, Any], access: ResolvedAccess) -> bool:
        if None in entry.values():
            return False
        try:
            desired = read_desired_access(entry)
        except ArizeError:
            return False
        found = self.resolve(desired)
        return (found.role_id, found.resource) == (access.role_id, access.resource)


def unknown_id(kind: str, item_id: str | None) -> str:
    """Return the sentence for an ID that does not exist."""
    return f"There is no {kind} with the {kind}_id {item_id}."


def unknown_name(kind: str, name: str, known: Sequence[str], where: str = "", listed: bool = False) -> str:
    """Return the sentences for a *name* that does not exist; *known* are those that do, sorted."""
    message = f"There is no {kind} named {name}{where} (names are case-sensitive).{did_you_mean(name, known)}"
    if not listed:
        return message
    there = " there" if where else ""
    return (
        f"{message} The {kind}s that the API key can see{there}: {named(known)}."
        if known
        else f"{message} The API key can see no {kind}{there}."
    )


def _stripped(item: Role | Place) -> str:
    return (item.name or "").strip()
