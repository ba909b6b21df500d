# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads users, and their access."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Callable

from .._access import ResolvedAccess
from .._client.bindings import Bindings
from .._client.paging import unique
from .._client.places import Places
from .._client.session import Http
from .._client.users import Users
from .._models import ORGANIZATION, PROJECT, SPACE, User
from .._planning.catalog import Catalog
from .._planning.options import read_only_one
from .._planning.results import roster_entries
from .catalog import catalog_of, if_allowed, read_bindings

_CONCURRENCY = 8  # requests at once, where role bindings are looked up user by user

_NO_BINDINGS = (
    "access is left out of the roster: the API key can see no role binding in the account. Either none exists, or the key"
    " lacks ROLE_BINDING_READ."
)

Access = dict[str, list[ResolvedAccess]]  # by user ID


def list_users(options: Mapping[str, Any], connect: Callable[[int], Users]) -> dict[str, Any]:
    """Return the result about the users that the *options* of arize_user_info select.

    Raises:
        ArizeError: bad_option, ambiguous for an address, or a failed request.
    """
    given = read_only_one(options, "email", "user_id", "email_contains", allow_empty=False)
    client = connect(_CONCURRENCY)
    users = _select(client, given, options["status"])
    if not options["access"]:
        return {"changed": False, "users": [user.as_result() for user in users], "roster": roster_entries(users)}
    access, catalog, warnings = _read_access(client.http, users)
    # Users without role bindings have an empty list, so that a binding given by hand later is drift.
    entries = _entries(access, catalog)
    if access or (users and _sees_bindings(client.http)):
        entries = {user.id: entries.get(user.id, []) for user in users}
    elif users:
        warnings.append(_NO_BINDINGS)
    shown = {user_id: [one.as_result() for one in found] for user_id, found in access.items()}
    return {
        "changed": False,
        "users": [{**user.as_result(), "access": shown.get(user.id, [])} for user in users],
        "roster": roster_entries(users, entries),
        "warnings": warnings,
    }


def _select(client: Users, given: Mapping[str, str], statuses: list[str]) -> list[User]:
    if "email" in given or "user_id" in given:
        user = client.look_up(given.get("email"), given.get("user_id"))
        found = [user] if user else []
    else:
        found = unique(client.pages(given.get("email_contains"), statuses))
    return [user for user in found if not statuses or user.status in statuses]


def _read_access(http: Http, users: list[User]) -> tuple[Access, Catalog, list[str]]:
    """Return the role bindings of *users*, the catalog of their names, and warnings for lists that cannot be read."""
    user_ids = dict.fromkeys(user.id for user in users)
    read = [item for kind in (SPACE, PROJECT) for item in read_bindings(http, kind, list(user_ids), _CONCURRENCY)]
    bindings = [item for item in read if item.user_id in user_ids]
    warnings: list[str] = []
    catalog = catalog_of(http, bindings, warnings)
    access: Access = {}
    for binding in bindings:
        access.setdefault(binding.user_id or "", []).append(catalog.describe_binding(binding))
    for found in access.values():
        found.sort(key=lambda one: (one.label.lower(), one.resource))
    if catalog.has_namesakes(one for found in access.values() for one in found):
        organizations = if_allowed(warnings, "organization names", partial(Places(http).list_all, ORGANIZATION))
        catalog.add(ORGANIZATION, organizations or ())
    return access, catalog, warnings


def _sees_bindings(http: Http) -> bool:
    """Whether the API key can see any role binding of the account."""
    return any(page.items for kind in (SPACE, PROJECT) for page in Bindings(http).pages(kind))


def _entries(access: Access, catalog: Catalog) -> dict[str, list[dict[str, str]]]:
    """Return *access* as a roster takes it."""
    entries = {one: catalog.entry(one) for found in access.values() for one in found}
    return {user_id: [dict(entries[one]) for one in found] for user_id, found in access.items()}
