# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a task or of an item of a roster entry's access -> DesiredAccess, checked. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._access import DesiredAccess
from .._errors import bad_option
from .options import read_id, read_text

ORGANIZATION_OPTIONS = ("organization", "organization_id")
SPACE_OPTIONS = ("space", "space_id", *ORGANIZATION_OPTIONS)
_NAMES = ("role", "space", "project", "organization")
_EXCLUSIVE = (
    ("role", "role_id"),
    ("space", "space_id"),
    ("project", "project_id"),
    ("organization", "organization_id"),
    ("space", "project_id"),
    ("space_id", "project_id"),
)
_RESOURCE = "space, space_id, project_id, or project with space or space_id"


def read_desired_access(
    options: Mapping[str, Any], needs_role: bool = True, needs_resource: bool = True
) -> DesiredAccess:
    """Return the role and the resource that *options* give.

    Args:
        options: those of a module or of a roster entry's access.
        needs_role, needs_resource: whether a role is required, and whether a space or a project is.

    Raises:
        ArizeError: bad_option, naming the options.
    """
    access = _read_given(options)
    if access.project is not None and access.space is None and access.space_id is None:
        raise bad_option("project requires space or space_id: names are unique only within a space.")
    if access.space is None and (access.organization is not None or access.organization_id is not None):
        raise bad_option("organization and organization_id require space: they tell spaces of one name apart.")
    if needs_role and access.role is None and access.role_id is None:
        raise bad_option("One of role and role_id is required.")
    if needs_resource and access.space is None and access.space_id is None and access.project_id is None:
        raise bad_option(f"One of {_RESOURCE} is required.")
    return access


def read_space(options: Mapping[str, Any]) -> DesiredAccess:
    """Return the space that *options* give, if any.

    Raises:
        ArizeError: bad_option, naming the options.
    """
    given = {name: options[name] for name in SPACE_OPTIONS}
    return read_desired_access(given, needs_role=False, needs_resource=False)


def read_organization(options: Mapping[str, Any]) -> DesiredAccess:
    """Return the organization alone that *options* give, if any.

    Raises:
        ArizeError: bad_option, naming the options.
    """
    return _read_given({name: options.get(name) for name in ORGANIZATION_OPTIONS})


def _read_given(options: Mapping[str, Any]) -> DesiredAccess:
    given = {name: read_text(options, name) for name in _NAMES}
    given.update({f"{name}_id": read_id(options, f"{name}_id") for name in _NAMES})
    for one, other in _EXCLUSIVE:
        if given[one] is not None and given[other] is not None:
            raise bad_option(f"{one} and {other} are mutually exclusive.")
    return DesiredAccess(**given)
