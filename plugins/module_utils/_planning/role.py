# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options -> DesiredRole; desired and existing role -> Plan. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._access import DesiredAccess, DesiredRole, Role
from .._errors import ArizeError, bad_option
from .._models import CREATE, DELETE, ROLE, UPDATE, Plan, Step
from .._text import comparable, named, quoted
from .catalog import Catalog, Unresolved
from .options import check_stored, read_description, read_id, read_text


def read_desired_role(options: Mapping[str, Any]) -> DesiredRole:
    """Return the desired role in *options*; None marks fields that are not given.

    Raises:
        ArizeError: bad_option, naming the option.
    """
    desired = DesiredRole(
        name=read_text(options, "name"),
        role_id=read_id(options, "role_id"),
        description=read_description(options),
        permissions=_read_permissions(options.get("permissions")),
    )
    if desired.name is None and desired.role_id is None:
        raise bad_option("One of name and role_id is required.")
    return desired


def pick_role(name: str, roles: Sequence[Role], state: str = "present") -> Role | None:
    """Return the one custom role with exactly this name, else the one predefined, else None.

    With *state* absent predefined roles are left out: a custom role of the same name may be gone already.

    Raises:
        ArizeError: ambiguous, with the IDs.
    """
    catalog = Catalog(role for role in roles if state != "absent" or not role.is_predefined)
    found = catalog.find(ROLE, DesiredAccess(role=name))
    if isinstance(found, Unresolved) and found.ids:
        raise catalog.error(found)
    return next((role for role in roles if role.id == found), None)


def plan_role(desired: DesiredRole, existing: Role | None, state: str = "present") -> Plan[Role]:
    """Plan that the role exists with the given values, or with *state* absent that it does not exist.

    Raises:
        ArizeError: not_found for an unknown role_id, incomplete, bad_option or predefined_role.
    """
    if existing is None:
        return Plan(None, None, None) if state == "absent" else _plan_create(desired)
    if state == "absent" and desired.role_id and desired.name not in (None, (existing.name or "").strip()):
        raise bad_option(
            f"name and role_id contradict each other: the role with the role_id {existing.id} is {existing.name}, not"
            f" {desired.name}. No changes were made. Correct one of them, or omit name."
        )
    before = existing.as_result()
    changes = {} if state == "absent" else _changes(desired, existing)
    if existing.is_predefined and (changes or state == "absent"):
        verb = f"changed ({', '.join(changes)})" if changes else "deleted"
        raise ArizeError(
            "predefined_role",
            f"The role {existing.name} (ID {existing.id}) is predefined and cannot be {verb}. Create a role with"
            " another name.",
        )
    if state == "absent":
        return Plan(existing, before, None, Step(DELETE))
    if not changes:
        return Plan(existing, before, before)
    return Plan(existing, before, {**before, **changes, "updated_at": None}, Step(UPDATE, changes))


def _changes(desired: DesiredRole, existing: Role) -> dict[str, Any]:
    """Return the fields that an update has to send."""
    changes: dict[str, Any] = {}
    if desired.name is not None and desired.name != (existing.name or "").strip():
        changes["name"] = desired.name
    if desired.description is not None and comparable(desired.description) != comparable(existing.description):
        changes["description"] = desired.description or None
    if desired.permissions is not None and desired.permissions != existing.permissions:
        changes["permissions"] = list(desired.permissions)
    return changes


def review_written_role(fields: Mapping[str, Any], role: Role) -> tuple[str, ...]:
    """Return warnings about a *role* that differs, after a write, from the *fields* that were sent."""
    warnings = []
    implied = sorted(set(role.permissions) - set(fields.get("permissions", role.permissions)))
    if implied:
        warnings.append(
            f"The server added permissions to the role {role.name}: {named(implied)}. List them in permissions; until"
            " then each run updates the role again."
        )
    if "description" in fields and comparable(fields["description"]) != comparable(role.description):
        stored = quoted(role.description) if role.description else "empty"
        warnings.append(
            f"The server stored another description of the role {role.name} than the one sent; it is {stored}. Give it in"
            " this form; until then each run updates the role again."
        )
    return tuple(warnings)


def _plan_create(desired: DesiredRole) -> Plan[Role]:
    if desired.role_id is not None:
        raise ArizeError(
            "not_found", f"There is no role with the role_id {desired.role_id}. To create a role, give a name instead."
        )
    if desired.permissions is None:
        raise ArizeError("incomplete", f"To create the role {desired.name}, permissions is required.")
    fields = {
        "name": desired.name,
        "description": desired.description or None,
        "permissions": list(desired.permissions),
    }
    unknown = {"created_at": None, "updated_at": None}
    return Plan(None, None, {"id": None, **fields, "is_predefined": False, **unknown}, Step(CREATE, fields))


def _read_permissions(given: Any) -> tuple[str, ...] | None:
    if given is None:
        return None
    if not given:
        raise bad_option(
            "permissions is empty, but a role has at least one. Omit the option to leave them as they are."
        )
    permissions = set()
    for item in given:
        if not isinstance(item, str) or not item.strip():
            raise bad_option(
                f"permissions contains {quoted(str(item)) if item else 'an empty text'}, which is not a permission."
            )
        check_stored("permissions", item)
        permissions.add(item.strip().upper())
    return tuple(sorted(permissions))
