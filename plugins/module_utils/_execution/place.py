# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings one space or project to the wanted state, and lists spaces and projects."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Callable, Optional

from .._access import DesiredAccess, DesiredPlace, Place
from .._client.places import Places
from .._client.restrictions import Restrictions
from .._errors import ArizeError
from .._models import CREATE, ORGANIZATION, PROJECT, SPACE, UPDATE, Outcome
from .._planning.catalog import KINDS, Catalog, Name, Unresolved
from .._planning.desired_access import read_organization, read_space
from .._planning.options import read_name_or_id
from .._planning.place import (
    RESTRICTED,
    plan_place,
    read_desired_project,
    read_desired_space,
    show_project,
    show_space,
    show_with,
    with_description_warning,
)
from .apply import Operations, converge
from .catalog import if_allowed, resolve_one, without_parent
from .connection import Connect

Names = Mapping[Optional[str], Optional[str]]
Listed = tuple[list[dict[str, Any]], list[str]]


def converge_space(options: Mapping[str, Any], connect: Connect, check_mode: bool) -> Outcome:
    """Bring the space of the *options* of arize_space to the wanted state, or in check mode predict that.

    Raises:
        ArizeError: the first failure, with the steps done until then as its ``outcome``.
    """
    desired, given = read_desired_space(options), read_organization(options)
    places = Places(connect().http)
    organization_id = _organization_id(places, given)
    existing = _find(places, desired, organization_id)
    if existing is None and desired.id is None and organization_id is None:
        raise ArizeError(
            "incomplete", f"To create the space {desired.name}, organization or organization_id is required."
        )
    operations = _operations(places, desired, (organization_id, given.organization))
    return with_description_warning(desired, converge(operations, existing, check_mode))


def converge_project(options: Mapping[str, Any], connect: Connect, check_mode: bool) -> Outcome:
    """Bring the project of the *options* of arize_project to the wanted state, or in check mode predict that.

    In check mode the space may be one that does not exist yet.

    Raises:
        ArizeError: the first failure, with the steps done until then as its ``outcome``.
    """
    desired, given = read_desired_project(options), read_space(options)
    places = Places(connect().http)
    space, warnings = resolve_one(places.http, Catalog(), given, KINDS if check_mode else ())
    existing = None if desired.id is None and space.space_id is None else _find(places, desired, space.space_id)
    operations = _operations(places, desired, (space.space_id, given.space), warnings)
    return converge(operations, existing, check_mode)


def _operations(
    places: Places, desired: DesiredPlace, parent: tuple[str | None, str | None], warnings: tuple[str, ...] = ()
) -> Operations[Place]:
    """Return how a space or project is planned and written; *parent* is the ID and the name of its parent."""
    parent_id, parent_name = parent
    show = show_with(desired.kind, parent_name)
    return Operations(
        lambda existing: plan_place(desired, parent_id, show, existing, warnings),
        show,
        {
            CREATE: lambda _none, fields: places.create(desired.kind, fields),
            UPDATE: partial(places.update, desired.kind),
        },
    )


def _find(places: Places, desired: DesiredPlace, parent_id: str | None) -> Place | None:
    """Return the space or project that is selected; with its parent, which older servers leave out."""
    kind, name = desired.kind, desired.name or ""
    if desired.id is not None:
        return places.get(kind, desired.id)
    try:
        found = places.named(kind, name, parent_id)
    except ArizeError as error:
        raise without_parent(error, kind, parent_id) from None
    if len(found) > 1:
        raise Catalog().error(Unresolved(Name(kind, name, parent_id), tuple(place.id for place in found)))
    return next((place._replace(parent_id=place.parent_id or parent_id) for place in found), None)


def _organization_id(places: Places, given: DesiredAccess) -> str | None:
    catalog = Catalog()
    resolve_one(places.http, catalog, given)
    found = catalog.find(ORGANIZATION, given)
    return found if isinstance(found, str) else None


def list_spaces(options: Mapping[str, Any], connect: Connect) -> Listed:
    """Return the spaces that the *options* of arize_space_info select, and warnings.

    Raises:
        ArizeError: bad_option, not_found or ambiguous for a name, or a failed request.
    """
    name, space_id = read_name_or_id(options, "space_id")
    given = read_organization(options)
    places = Places(connect().http)
    warnings: list[str] = []
    organization_id = _organization_id(places, given)
    spaces = _listed(places, SPACE, name, space_id, organization_id)
    parents = {space.parent_id for space in spaces if space.parent_id}
    names: Names = {organization_id: given.organization} if given.organization else {}
    if parents - set(names):
        names = _names(places, ORGANIZATION, warnings)
    shown = [show_space(space, names.get(space.parent_id)) for space in spaces]
    return sorted(shown, key=_order("organization")), warnings


def list_projects(options: Mapping[str, Any], connect: Connect) -> Listed:
    """Return the projects that the *options* of arize_project_info select, and warnings.

    Raises:
        ArizeError: bad_option, not_found or ambiguous for a name, or a failed request.
    """
    name, project_id = read_name_or_id(options, "project_id")
    given = read_space(options)
    places = Places(connect().http)
    warnings: list[str] = []
    space_id = resolve_one(places.http, Catalog(), given)[0].space_id
    projects = _listed(places, PROJECT, name, project_id, space_id)
    if not projects:
        return [], []
    names: Names = {space_id: given.space} if given.space else _names(places, SPACE, warnings)
    restrictions = if_allowed(warnings, RESTRICTED, Restrictions(places.http).list_all)
    shown = [show_project(project, names.get(project.parent_id)) for project in projects]
    restricted = {restriction.id for restriction in restrictions or ()}
    for item in shown:
        item["restricted"] = None if restrictions is None else item["id"] in restricted
    return sorted(shown, key=_order("space")), warnings


def _listed(places: Places, kind: str, name: str | None, place_id: str | None, parent_id: str | None) -> list[Place]:
    """Return the places that are selected, with their parents where they are known."""
    if place_id is not None and parent_id is None:
        place = places.get(kind, place_id)
        return [place] if place else []
    try:
        found = places.named(kind, name, parent_id) if name is not None else places.list_all(kind, None, parent_id)
    except ArizeError as error:
        raise without_parent(error, kind, parent_id) from None
    return [place._replace(parent_id=place.parent_id or parent_id) for place in found if place_id in (None, place.id)]


def _names(places: Places, kind: str, warnings: list[str]) -> Names:
    """Return the names of all organizations or spaces by ID, as far as the key may read them."""
    found = if_allowed(warnings, f"{kind} names", partial(places.list_all, kind)) or []
    return {place.id: place.name for place in found}


def _order(parent: str) -> Callable[[dict[str, Any]], list[str]]:
    """Return the key that sorts results by the name of their parent, and by name."""
    return lambda shown: [shown[key] or "" for key in (parent, f"{parent}_id", "name", "id")]
