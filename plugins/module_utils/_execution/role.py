# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings one role to the wanted state, and lists roles."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from .._access import Role
from .._client.roles import Roles
from .._models import CREATE, DELETE, UPDATE, Outcome
from .._planning.options import read_name_or_id
from .._planning.role import pick_role, plan_role, read_desired_role, review_written_role
from .apply import Operations, converge
from .connection import Connect


def converge_role(options: Mapping[str, Any], connect: Connect, check_mode: bool) -> Outcome:
    """Bring the role of the *options* of arize_role to the wanted state, or in check mode predict that.

    Raises:
        ArizeError: the first failure, with the steps done until then as its ``outcome``.
    """
    desired = read_desired_role(options)
    roles = Roles(connect().http)
    state = options["state"]
    existing = roles.get(desired.role_id) if desired.role_id else pick_role(desired.name or "", roles.list_all(), state)
    operations: Operations[Role] = Operations(
        partial(plan_role, desired, state=state),
        Role.as_result,
        {
            CREATE: lambda _none, fields: roles.create(fields),
            UPDATE: roles.update,
            DELETE: lambda role, _fields: roles.delete(role),
        },
        review_written_role,
    )
    return converge(operations, existing, check_mode)


def list_roles(options: Mapping[str, Any], connect: Connect) -> list[Role]:
    """Return the roles that the *options* of arize_role_info select.

    Raises:
        ArizeError: bad_option, or a failed request.
    """
    (name, role_id), predefined = read_name_or_id(options, "role_id"), options["predefined"]
    client = Roles(connect().http)
    if role_id is not None:
        role = client.get(role_id)
        roles = [role] if role else []
    else:
        roles = [role for role in client.list_all(predefined) if name in (None, (role.name or "").strip())]
    return [role for role in roles if predefined in (None, role.is_predefined)]
