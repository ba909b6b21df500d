# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings the restriction of one project to the wanted state."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from .._access import ResolvedAccess, Restriction
from .._client.bindings import Bindings
from .._client.restrictions import Restrictions
from .._client.session import Http
from .._errors import ArizeError
from .._models import PROJECT, RESTRICT, UNRESTRICT, Outcome
from .._planning.catalog import KINDS, Catalog
from .._planning.restriction import plan_restriction, read_desired_restriction, refuse_too_few_bindings
from .apply import Operations, converge
from .catalog import resolve_one
from .connection import Connect


def converge_restriction(options: Mapping[str, Any], connect: Connect, check_mode: bool) -> Outcome:
    """Restrict the project of the *options* of arize_resource_restriction, or the opposite; in check mode predict it.

    Raises:
        ArizeError: the first failure, with the steps done until then as its ``outcome``.
    """
    desired, state = read_desired_restriction(options), options["state"]
    http = connect().http
    try:
        project, warnings = resolve_one(http, Catalog(), desired, KINDS if check_mode and state == "present" else ())
    except ArizeError as error:
        if error.kind != "not_found" or state == "present":
            raise
        return Outcome(None, None, warnings=(f"{error.message} So it is not restricted.",))
    existing = None if project.project_id is None else Restrictions(http).find(project.project_id)
    if existing is None and project.project_id and state == "present":
        _check_bindings(http, project, options["require_bindings"])
    return converge(_operations(http, project, state, warnings), existing, check_mode)


def _check_bindings(http: Http, project: ResolvedAccess, required: int) -> None:
    if required:
        bindings = Bindings(http).list_all(PROJECT)
        count = sum(binding.resource_id == project.project_id for binding in bindings)
        refuse_too_few_bindings(project, count, required)


def _operations(http: Http, project: ResolvedAccess, state: str, warnings: tuple[str, ...]) -> Operations[Restriction]:
    restrictions, project_id = Restrictions(http), project.project_id or ""
    return Operations(
        partial(plan_restriction, project, state=state, warnings=warnings),
        Restriction.as_result,
        {
            RESTRICT: lambda _none, _fields: restrictions.restrict(project.label, project_id),
            UNRESTRICT: lambda _existing, _fields: restrictions.unrestrict(project.label, project_id),
        },
    )
