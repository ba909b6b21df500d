# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options -> DesiredPlace; desired and existing space or project -> Plan. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Callable

from .._access import DesiredPlace, Place
from .._errors import ArizeError, bad_option
from .._models import CREATE, PROJECT, SPACE, UPDATE, Outcome, Plan, Step
from .._text import comparable
from .desired_access import ORGANIZATION_OPTIONS, SPACE_OPTIONS
from .options import read_description, read_id, read_text

RESTRICTED = "values of restricted"  # their name in the warning that they could not be read
# How results show a place: with the name of its parent, if that is known.
Show = Callable[[Place], dict[str, Any]]


def read_desired_space(options: Mapping[str, Any]) -> DesiredPlace:
    """Return the desired space in *options*.

    Raises:
        ArizeError: bad_option, naming the option.
    """
    desired = DesiredPlace(
        SPACE,
        read_text(options, "name"),
        read_id(options, "space_id"),
        read_description(options),
        options["is_private"],
    )
    if desired.name is None and desired.id is None:
        raise bad_option("One of name and space_id is required.")
    _refuse_with_id(options, "space_id", ORGANIZATION_OPTIONS, "a space cannot be moved")
    return desired


def read_desired_project(options: Mapping[str, Any]) -> DesiredPlace:
    """Return the desired project in *options*.

    Raises:
        ArizeError: bad_option, naming the option.
    """
    desired = DesiredPlace(PROJECT, read_text(options, "name"), read_id(options, "project_id"))
    if desired.name is None:
        raise bad_option(
            "name is required: with space or space_id to select or create a project, with project_id to rename it."
        )
    _refuse_with_id(options, "project_id", SPACE_OPTIONS, "a project cannot be moved")
    if desired.id is None and options["space"] is None and options["space_id"] is None:
        raise bad_option("One of space, space_id and project_id is required: names are unique only within a space.")
    return desired


def _refuse_with_id(options: Mapping[str, Any], selector: str, others: tuple[str, ...], why: str) -> None:
    given = [name for name in others if options[name] is not None]
    if given and options[selector] is not None:
        raise bad_option(f"{given[0]} and {selector} are mutually exclusive: the ID selects, and {why}.")


def show_with(kind: str, parent: str | None) -> Show:
    """Return how results show spaces or projects; *parent* is the name of their organization or space."""
    return partial(show_space, organization=parent) if kind == SPACE else partial(show_project, space=parent)


def show_space(place: Place, organization: str | None) -> dict[str, Any]:
    """Return a space as results and diffs show one."""
    return {
        "id": place.id or None,
        "name": place.name,
        "description": place.description,
        "organization_id": place.parent_id,
        "organization": organization,
        "is_private": place.is_private,
        "created_at": place.created_at,
    }


def show_project(place: Place, space: str | None) -> dict[str, Any]:
    """Return a project as results and diffs show one."""
    return {
        "id": place.id or None,
        "name": place.name,
        "space_id": place.parent_id,
        "space": space,
        "project_type": place.project_type,
        "created_at": place.created_at,
    }


def plan_place(
    desired: DesiredPlace, parent_id: str | None, show: Show, existing: Place | None, warnings: tuple[str, ...] = ()
) -> Plan[Place]:
    """Plan that the space or project exists with the given values.

    Args:
        desired: the given values.
        parent_id: the organization or space to create it in; None also where that does not exist yet.
        show: the place -> the same as results show it.
        existing: the place as it was read.
        warnings: about the names that were resolved.

    Raises:
        ArizeError: not_found for an unknown ID.
    """
    if existing is None:
        return replace(_plan_create(desired, parent_id, show), warnings=warnings)
    changes = _changes(desired, existing)
    before = show(existing)
    if not changes:
        return Plan(existing, before, before, warnings=warnings)
    privacy = _privacy_warnings(existing, changes)
    return Plan(existing, before, {**before, **changes}, Step(UPDATE, changes), (*warnings, *privacy))


def _plan_create(desired: DesiredPlace, parent_id: str | None, show: Show) -> Plan[Place]:
    if desired.id is not None:
        option = f"{desired.kind}_id"
        message = f"There is no {desired.kind} with the {option} {desired.id}. To create one, omit {option}."
        raise ArizeError("not_found", message)
    managed = {"description": desired.description or None, "is_private": desired.is_private}
    fields: dict[str, Any] = {"name": desired.name, "parent_id": parent_id}
    fields.update({name: value for name, value in managed.items() if value is not None})
    defaults = {"is_private": False} if desired.kind == SPACE else {"project_type": "application"}
    return Plan(None, None, show(Place(**{"id": "", **defaults, **fields})), Step(CREATE, fields))


def _changes(desired: DesiredPlace, existing: Place) -> dict[str, Any]:
    """Return the fields that an update has to send."""
    changes: dict[str, Any] = {}
    if desired.name is not None and desired.name != (existing.name or "").strip():
        changes["name"] = desired.name
    if desired.description is not None and not is_described(existing.description, desired):
        changes["description"] = desired.description or None
    if desired.is_private is not None and desired.is_private is not existing.is_private:
        changes["is_private"] = desired.is_private
    return changes


def is_described(description: str | None, desired: DesiredPlace) -> bool:
    """Whether a description is the one that is wanted, if any is."""
    return desired.description is None or comparable(description) == comparable(desired.description)


def with_description_warning(desired: DesiredPlace, outcome: Outcome) -> Outcome:
    """Return *outcome*, with a warning if the server stored another description than it was sent."""
    if outcome.after is None or is_described(outcome.after.get("description"), desired):
        return outcome
    warning = (
        f"The server changed the description of the space {outcome.after['name']} while storing it. Give it as the server"
        " shows it: until then each run sends it again."
    )
    return outcome._replace(warnings=(*outcome.warnings, warning))


def _privacy_warnings(existing: Place, changes: Mapping[str, Any]) -> tuple[str, ...]:
    if "is_private" not in changes:
        return ()
    effect = (
        "private, users lose access that they had only through their role in the organization. REST cannot list these"
        " users. See the members of the space in the web application."
        if changes["is_private"]
        else "public, each member of the organization has access to it, by the role there."
    )
    return (f"Once the space {existing.name} is {effect}",)
