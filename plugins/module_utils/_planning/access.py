# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options -> DesiredAccess; names -> what they stand for; grant and existing binding -> Change.

Pure: for one binding and for the access of a whole roster alike. Private to arize.ax.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, TypeVar

from .._errors import ArizeError, bad_option, named
from .._models import CREATE, DELETE, UPDATE, Change, DesiredAccess, Grant, Outcome, Place, Role, RoleBinding, Step
from .desired import read_id, read_text
from .results import user_result

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

Named = TypeVar("Named", Place, Role)


def read_desired_access(
    options: Mapping[str, Any], label: str = "", needs_role: bool = True, needs_resource: bool = True
) -> DesiredAccess:
    """Return the role and the resource that *options* give.

    Args:
        options: those of a module or of a roster entry's access.
        label: the user they are about, for messages.
        needs_role: whether a role is required.
        needs_resource: whether a space or a project is required.

    Raises:
        ArizeError: bad_option, naming the options.
    """
    given = {name: read_text(options, name, label) for name in _NAMES}
    given.update({f"{name}_id": read_id(options, f"{name}_id", label) for name in _NAMES})
    access, about = DesiredAccess(**given), f" (user {label})" if label else ""
    for one, other in _EXCLUSIVE:
        if given[one] is not None and given[other] is not None:
            raise bad_option(f"{one} and {other} are mutually exclusive{about}.")
    if access.project is not None and access.space is None and access.space_id is None:
        raise bad_option(f"project requires space or space_id{about}: names are unique only within a space.")
    if access.space is None and (access.organization is not None or access.organization_id is not None):
        raise bad_option(f"organization and organization_id require space{about}: they tell spaces of one name apart.")
    if needs_role and access.role is None and access.role_id is None:
        raise bad_option(f"One of role and role_id is required{about}.")
    if needs_resource and access.space is None and access.space_id is None and access.project_id is None:
        raise bad_option(f"One of {_RESOURCE} is required{about}.")
    return access


def pick(kind: str, name: str, items: Iterable[Named], narrows: str) -> Named | None:
    """Return the item with exactly this name, in this case; None if there is none.

    Args:
        kind: what the items are, such as "space".
        name: without surrounding whitespace.
        items: those that exist, or all whose names may match.
        narrows: the options that tell several of one name apart.

    Raises:
        ArizeError: ambiguous, with the IDs.
    """
    matches = [item for item in items if (item.name or "").strip() == name]
    if len(matches) > 1:
        raise ArizeError(
            "ambiguous",
            f"Several {kind}s are named {name}: {named([item.id for item in matches])}. Select one by {narrows}.",
        )
    return next(iter(matches), None)


def pick_role(name: str, roles: Sequence[Role]) -> Role | None:
    """Return the one custom role with exactly this name, else the one predefined; None if there is none.

    Raises:
        ArizeError: ambiguous, with the IDs.
    """
    custom = pick("custom role", name, [role for role in roles if not role.is_predefined], "role_id")
    return custom or pick("predefined role", name, [role for role in roles if role.is_predefined], "role_id")


def no_such_name(kind: str, name: str, existing: Iterable[str | None], where: str = "") -> str:
    """Return the sentences for a *name* that does not exist; *existing* are the names that do."""
    known = sorted({other.strip() for other in existing if other and other.strip()})
    listed = f"The {kind}s that the API key can see: {named(known)}." if known else f"The API key can see no {kind}."
    return f"{unknown_name(kind, name, known, where)} {listed}"


def unknown_name(kind: str, name: str, known: Sequence[str], where: str = "") -> str:
    """Return the same without the list of the names that exist; *known* are those that may be meant."""
    by_key = {other.casefold(): other for other in reversed(known)}
    near = get_close_matches(name.casefold(), by_key, cutoff=0.75)
    asked = f" Did you mean {by_key[near[0]]}?" if near else ""
    return f"There is no {kind} named {name}{where} (names are case-sensitive).{asked}"


def plan_binding(
    grant: Grant,
    existing: RoleBinding | None,
    state: str = "present",
    role_names: Mapping[str, str | None] = MappingProxyType({}),
) -> Change:
    """Plan that the user has the role on the resource, or with *state* absent that the user does not have it.

    Args:
        grant: what is wanted; under absent without a role, whichever role is to be removed.
        existing: the binding of this user on this resource.
        state: present or absent.
        role_names: names of roles by ID, as far as they are known.
    """
    same = existing is not None and grant.role_id is not None and existing.role_id == grant.role_id
    before = _shown(existing, grant, role_names) if existing else None
    if state == "absent":
        any_role = grant.role is None and grant.role_id is None
        removed = existing is not None and (same or any_role)
        return Change(existing, before, None if removed else before, Step(DELETE) if removed else None)
    if before is None:
        fields = {name: getattr(grant, name) for name in ("role_id", "user_id", "resource_type", "resource_id")}
        return Change(None, None, _predicted(grant), Step(CREATE, fields))
    if same:
        return Change(existing, before, before)
    after = {**before, "role_id": grant.role_id, "role": grant.role, "updated_at": None}
    return Change(existing, before, after, Step(UPDATE, {"role_id": grant.role_id}))


def binding_result(
    binding: RoleBinding,
    *,
    email: str | None = None,
    role: str | None = None,
    space: str | None = None,
    project: str | None = None,
) -> dict[str, Any]:
    """Return a binding as results show it, with the names that are known."""
    return {
        "id": binding.id,
        "user_id": binding.user_id,
        "email": email,
        "role_id": binding.role_id,
        "role": role,
        "resource_type": binding.resource_type,
        "resource_id": binding.resource_id,
        "space": space,
        "project": project,
        "created_at": binding.created_at,
        "updated_at": binding.updated_at,
    }


def _shown(binding: RoleBinding, grant: Grant, role_names: Mapping[str, str | None]) -> dict[str, Any]:
    role = grant.role if binding.role_id == grant.role_id else role_names.get(binding.role_id or "")
    return binding_result(binding, email=grant.email, role=role, space=grant.space, project=grant.project)


def _predicted(grant: Grant) -> dict[str, Any]:
    """Return the binding that a create makes; None where only the server can know."""
    return {"id": None, **grant._asdict(), "created_at": None, "updated_at": None}


def access_result(key: str, outcome: Outcome, failed: bool) -> dict[str, Any]:
    """Return the result about one role or role binding, under *key*."""
    return {**user_result(outcome, failed, ["actions"]), key: outcome.user}
