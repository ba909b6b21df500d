# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options -> DesiredAccess of a project; its restriction -> Plan. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._access import DesiredAccess, ResolvedAccess, Restriction
from .._errors import bad_option
from .._models import PROJECT, RESTRICT, UNRESTRICT, Plan, Step
from .._text import number_of
from .desired_access import read_desired_access
from .options import refuse_boolean


def read_desired_restriction(options: Mapping[str, Any]) -> DesiredAccess:
    """Return the project that *options* select.

    Raises:
        ArizeError: bad_option, naming the option.
    """
    desired = read_desired_access(options, needs_role=False, needs_resource=False)
    if desired.resource_type != PROJECT:
        raise bad_option("One of project_id, and project with space or space_id, is required.")
    refuse_boolean("require_bindings", options["require_bindings"])
    if options["require_bindings"] < 0:
        raise bad_option("require_bindings must be 0 or more.")
    return desired


def plan_restriction(
    project: ResolvedAccess,
    existing: Restriction | None,
    state: str = "present",
    warnings: tuple[str, ...] = (),
) -> Plan[Restriction]:
    """Plan that the project is restricted, or with *state* absent that it is not."""
    before = existing and existing.as_result()
    if state == "absent":
        return Plan(existing, before, None, Step(UNRESTRICT) if existing else None, warnings)
    if before is not None:
        return Plan(existing, before, before, warnings=warnings)
    after = {"resource_type": PROJECT, "resource_id": project.project_id, "created_at": None}
    return Plan(None, None, after, Step(RESTRICT), warnings)


def refuse_too_few_bindings(project: ResolvedAccess, count: int, required: int) -> None:
    """Refuse to restrict a project that fewer than *required* role bindings reach.

    Raises:
        ArizeError: bad_option.
    """
    if count < required:
        raise bad_option(
            f"The project {project.label} was not restricted: require_bindings is {required}, but the API key can see"
            f" only {number_of(count, 'role binding')} on it. Once it is restricted, only admins and users"
            " with a role binding on the project keep access to it. Create role bindings first, or use a key with"
            " ROLE_BINDING_READ if they exist. With require_bindings: 0 they are not counted."
        )
