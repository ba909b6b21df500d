# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings one role binding to the wanted state, and lists role bindings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from .._access import BindingUser, DesiredAccess, ResolvedAccess, RoleBinding
from .._client.bindings import Bindings
from .._client.session import Http
from .._client.users import Users
from .._errors import ArizeError, bad_option
from .._models import CREATE, DELETE, PROJECT, SPACE, UPDATE, Outcome
from .._planning.binding import plan_binding, show_binding
from .._planning.catalog import KINDS, PLACES, Catalog
from .._planning.desired_access import read_desired_access
from .._planning.options import read_one_user, read_only_one, read_text
from .apply import Operations, apply_plan
from .catalog import catalog_of, consequence, if_allowed, resolve_one
from .connection import Connect

RESOURCE_TYPES = (SPACE, PROJECT)  # listed where none is given
_NO_USER = "There is no user with the user_id {}."


def converge_binding(options: Mapping[str, Any], connect: Connect, check_mode: bool) -> Outcome:
    """Bring the role binding of the *options* of arize_role_binding to the wanted state, or in check mode predict that.

    In check mode a name may be that of an item which an earlier task of the play would have created. A user or place
    that does not exist has no binding to remove; a role name that does not exist is refused, as it may be misspelt.

    Raises:
        ArizeError: the first failure, with the steps done until then as its ``outcome``.
    """
    selected, absent = read_one_user(options), options["state"] == "absent"
    desired = read_desired_access(options, needs_role=not absent)
    users, catalog = connect(), Catalog()
    user = find_user(users, selected)
    missing = () if user.id else (f"There is no user {user.email}. {consequence(absent)}",)
    if missing and absent:
        resolve_one(users.http, catalog, DesiredAccess(role=desired.role))
        return Outcome(None, None, warnings=missing)
    if missing and not check_mode:
        raise ArizeError("not_found", f"There is no user {user.email}.")
    may_miss = PLACES if absent else KINDS if check_mode else ()
    access, unresolved = resolve_one(users.http, catalog, desired, may_miss, absent)
    existing, unknown = _find_existing(users.http, access, user, absent)
    operations = binding_operations(users.http, access, user, options["state"], catalog.role_names)
    plan = replace(operations.plan(existing), warnings=(*missing, *unresolved, *unknown))
    return plan.predicted() if check_mode else apply_plan(operations, plan)


def binding_operations(
    http: Http,
    access: ResolvedAccess,
    user: BindingUser,
    state: str,
    role_names: Mapping[str, str | None],
) -> Operations[RoleBinding]:
    """Return how the role binding of a user is planned and written."""
    client, label = Bindings(http), access.binding_label(user)
    return Operations(
        partial(plan_binding, access, user, state=state, role_names=role_names),
        partial(show_binding, access=access, user=user, role_names=role_names),
        {
            CREATE: lambda _none, fields: client.create(label, fields),
            UPDATE: partial(client.update, label),
            DELETE: lambda binding, _fields: client.delete(label, binding),
        },
    )


def find_user(users: Users, selected: Mapping[str, str]) -> BindingUser:
    """Return the user with this ``email`` or ``user_id``; an ID is not looked up."""
    email = selected.get("email")
    if email is None:
        return BindingUser(selected.get("user_id"), None)
    user = users.find(email)
    return BindingUser(user.id, user.email) if user else BindingUser(None, email)


def _find_existing(
    http: Http, access: ResolvedAccess, user: BindingUser, absent: bool
) -> tuple[RoleBinding | None, tuple[str, ...]]:
    """Return the binding of the user on the resource, and warnings.

    To be removed, the binding of a user who no longer exists is found among those of all.
    """
    if user.id is None or access.resource_id is None:
        return None, ()
    client, kind = Bindings(http), access.resource_type
    try:
        bindings, exists = client.of_user(kind, user.id) if absent else (client.list_all(kind, user.id), True)
    except ArizeError as error:
        if error.kind != "not_found":
            raise
        raise ArizeError("not_found", _NO_USER.format(user.id), **error.facts()) from None
    existing = next(
        (found for found in bindings if (found.user_id, found.resource) == (user.id, access.resource)), None
    )
    return existing, () if exists else (f"{_NO_USER.format(user.id)} Role bindings of all users were searched.",)


def list_bindings(options: Mapping[str, Any], connect: Connect) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the role bindings that the *options* of arize_role_binding_info select, and warnings.

    Raises:
        ArizeError: bad_option, not_found or ambiguous for a name, or a failed request.
    """
    selected = read_only_one(options, "email", "user_id", allow_empty=False)
    desired = read_desired_access(options, needs_role=False, needs_resource=False)
    resource_types = _read_resource_types(options, desired)
    users = connect()
    user = find_user(users, selected)
    if selected and user.id is None:
        return [], []
    resource_id = resolve_one(users.http, Catalog(), desired)[0].resource_id
    client = Bindings(users.http)
    bindings = [
        binding
        for resource_type in resource_types
        for binding in _list(client, resource_type, user.id)
        if user.id in (None, binding.user_id) and resource_id in (None, binding.resource_id)
    ]
    return _with_names(users, bindings, {user.id: user.email} if user.email else {})


def _list(client: Bindings, resource_type: str, user_id: str | None) -> list[RoleBinding]:
    if user_id is None:
        return client.list_all(resource_type, require_ids=False)
    return client.of_user(resource_type, user_id, require_ids=False)[0]


def _read_resource_types(options: Mapping[str, Any], desired: DesiredAccess) -> tuple[str, ...]:
    text = read_text(options, "resource_type")
    given = (text.lower(),) if text else RESOURCE_TYPES
    if not any(desired):
        return given
    if desired.resource_type not in given:
        raise bad_option(f"resource_type is {given[0]}, but a {desired.resource_type} is selected.")
    return (desired.resource_type,)


def _with_names(
    users: Users, bindings: list[RoleBinding], emails: Mapping[str | None, str | None]
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the bindings as results, with the names that the key may read, and a warning for unreadable lists."""
    warnings: list[str] = []
    user_ids = {binding.user_id for binding in bindings} - set(emails)
    if user_ids:
        read_emails = partial(_emails, users, user_ids)
        emails = {**emails, **(if_allowed(warnings, "email addresses", read_emails) or {})}
    catalog = catalog_of(users.http, bindings, warnings)
    holders = (BindingUser(binding.user_id, emails.get(binding.user_id)) for binding in bindings)
    shown = [show_binding(item, catalog.describe_binding(item), user) for item, user in zip(bindings, holders)]
    return shown, warnings


def _emails(users: Users, user_ids: Iterable[str | None]) -> Mapping[str | None, str | None]:
    """Return the addresses of some users by ID, a page at a time until all are found; bot users have none."""
    missing = set(user_ids)
    emails: dict[str | None, str | None] = {}
    for page in users.pages():
        emails.update({user.id: user.email for user in page.items if user.id in missing})
        missing -= set(emails)
        if not missing:
            break
    return emails
