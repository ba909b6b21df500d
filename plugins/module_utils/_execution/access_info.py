# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads roles, role bindings and API keys. Private to arize.ax."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Callable

from .._client.access import Access
from .._client.api_keys import ApiKeys
from .._client.users import Users
from .._errors import bad_option
from .._models import PROJECT, SPACE, ApiKey, DesiredAccess, Role, RoleBinding
from .._planning.access import binding_result, read_desired_access
from .._planning.desired import read_id, read_only_one, read_text
from .._planning.directory import Target
from .directory import bindings_of, directory_of, if_allowed
from .names import Names

RESOURCE_TYPES = (SPACE, PROJECT)  # listed where none is given

Connect = Callable[[], Users]
Labels = Mapping[str, Any]


def list_roles(options: Mapping[str, Any], connect: Connect) -> list[Role]:
    """Return the roles that the *options* of arize_role_info select.

    Raises:
        ArizeError: bad_option, or a failed request.
    """
    name, role_id, predefined = read_text(options, "name"), read_id(options, "role_id"), options["predefined"]
    if name is not None and role_id is not None:
        raise bad_option("name and role_id are mutually exclusive.")
    access = Access(connect().http)
    if role_id is not None:
        role = access.get_role(role_id)
        roles = [role] if role else []
    else:
        roles = [role for role in access.roles(predefined) if name in (None, (role.name or "").strip())]
    return [role for role in roles if predefined in (None, role.is_predefined)]


def list_api_keys(options: Mapping[str, Any], connect: Connect) -> list[ApiKey]:
    """Return the API keys that the *options* of arize_api_key_info select, never the keys themselves.

    Raises:
        ArizeError: bad_option, not_found or ambiguous for a name, or a failed request.
    """
    selected = read_only_one(options, "email", "user_id", allow_empty=False)
    desired = read_desired_access(options, needs_role=False, needs_resource=False)
    users = connect()
    names = Names(Access(users.http), narrows_space="space_id")
    user_id, _email = names.user(users, selected, required=False)
    if selected and user_id is None:
        return []
    space_id, _space = names.resource(desired)
    return ApiKeys(users.http).keys(options["key_type"], options["status"], user_id, space_id)


def list_bindings(options: Mapping[str, Any], connect: Connect) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the role bindings that the *options* of arize_role_binding_info select, and warnings.

    Raises:
        ArizeError: bad_option, not_found or ambiguous for a name, or a failed request.
    """
    selected = read_only_one(options, "email", "user_id", allow_empty=False)
    desired = read_desired_access(options, needs_role=False, needs_resource=False)
    resource_types = _read_resource_types(options, desired)
    users = connect()
    access = Access(users.http)
    names = Names(access)
    user_id, email = names.user(users, selected, required=False)
    if selected and user_id is None:
        return [], []
    resource_id, _space = names.resource(desired)
    bindings = [
        binding
        for resource_type in resource_types
        for binding in bindings_of(access, resource_type, user_id, require_ids=False)
        if user_id in (None, binding.user_id) and resource_id in (None, binding.resource_id)
    ]
    return _with_names(users, access, bindings, {user_id: email} if user_id and email else {})


def _read_resource_types(options: Mapping[str, Any], desired: DesiredAccess) -> tuple[str, ...]:
    text = read_text(options, "resource_type")
    given = (text.lower(),) if text else RESOURCE_TYPES
    if not any(desired):
        return given
    if desired.resource_type not in given:
        raise bad_option(f"resource_type is {given[0]}, but a {desired.resource_type} is selected.")
    return (desired.resource_type,)


def _with_names(
    users: Users, access: Access, bindings: list[RoleBinding], emails: Labels
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the bindings as results, with the names that the key may read, and a warning for what it may not read."""
    warnings: list[str] = []
    user_ids = {binding.user_id for binding in bindings} - set(emails)
    if user_ids:
        read_emails = partial(_emails, users, user_ids)
        emails = {**emails, **(if_allowed(warnings, "email addresses", read_emails) or {})}
    directory = directory_of(access, bindings, warnings)
    return [_with_name(binding, emails, directory.describe_binding(binding)) for binding in bindings], warnings


def _with_name(binding: RoleBinding, emails: Labels, target: Target) -> dict[str, Any]:
    return binding_result(
        binding,
        email=emails.get(binding.user_id or ""),
        role=target.role,
        space=target.space,
        project=target.project,
    )


def _emails(users: Users, user_ids: Iterable[str | None]) -> Labels:
    """Return the addresses of some users by ID, a page at a time until all are found; bot users have none."""
    missing, emails = set(user_ids), {}
    for page in users.pages():
        emails.update({user.id: user.email for user in page.items if user.id in missing})
        missing -= set(emails)
        if not missing:
            break
    return emails
