# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resolved access and existing role binding -> Plan. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from .._access import BindingUser, ResolvedAccess, RoleBinding
from .._models import CREATE, DELETE, UPDATE, Plan, Step


def plan_binding(
    access: ResolvedAccess,
    user: BindingUser,
    existing: RoleBinding | None,
    state: str = "present",
    role_names: Mapping[str, str | None] = MappingProxyType({}),
) -> Plan[RoleBinding]:
    """Plan that the user has the role on the resource, or with *state* absent that the user does not have it.

    Args:
        access: the role and the resource; under absent without a role, any role is to be removed.
        user: the user, as far as known.
        existing: the binding of this user on this resource.
        state: present or absent.
        role_names: names of roles by ID, as far as they are known.
    """
    same = existing is not None and access.role_id is not None and existing.role_id == access.role_id
    before = existing and show_binding(existing, access, user, role_names)
    if state == "absent":
        any_role = access.role is None and access.role_id is None
        removed = existing is not None and (same or any_role)
        return Plan(existing, before, None if removed else before, Step(DELETE) if removed else None)
    if before is None:
        return _plan_create(access, user)
    if same:
        return Plan(existing, before, before)
    after = {**before, "role_id": access.role_id, "role": access.role, "updated_at": None}
    return Plan(existing, before, after, Step(UPDATE, {"role_id": access.role_id}))


def _plan_create(access: ResolvedAccess, user: BindingUser) -> Plan[RoleBinding]:
    key = {"role_id": access.role_id, "user_id": user.id, "resource_type": access.resource_type}
    fields = {**key, "resource_id": access.resource_id}
    made = RoleBinding(id="", created_at=None, updated_at=None, **fields)
    return Plan(None, None, {**show_binding(made, access, user), "id": None}, Step(CREATE, fields))


def show_binding(
    binding: RoleBinding,
    access: ResolvedAccess,
    user: BindingUser,
    role_names: Mapping[str, str | None] = MappingProxyType({}),
) -> dict[str, Any]:
    """Return a binding on the resource of *access* as results show it; its role may be another."""
    role = access.role if binding.role_id == access.role_id else role_names.get(binding.role_id or "")
    return {
        "id": binding.id,
        "user_id": binding.user_id,
        "email": user.email,
        "role_id": binding.role_id,
        "role": role,
        "resource_type": binding.resource_type,
        "resource_id": binding.resource_id,
        "space": access.space,
        "project": access.project,
        "created_at": binding.created_at,
        "updated_at": binding.updated_at,
    }
