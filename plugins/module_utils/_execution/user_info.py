# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads users, and what they may do. Private to arize.ax."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Callable

from .._client.access import Access
from .._client.paging import unique
from .._client.users import Users
from .._models import ORGANIZATION, PROJECT, SPACE, User
from .._planning.desired import read_only_one
from .._planning.directory import Directory, Target
from .._planning.results import roster_entries
from .directory import directory_of, if_allowed, read_bindings

_CONCURRENCY = 8  # requests at once, where role bindings are looked up user by user

Targets = dict[str, list[Target]]  # by user ID


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
    targets, directory, warnings = _read_access(Access(client.http), users)
    access = {user_id: [target.as_result() for target in found] for user_id, found in targets.items()}
    return {
        "changed": False,
        "users": [{**user.as_result(), "access": access.get(user.id, [])} for user in users],
        "roster": roster_entries(users, _entries(targets, directory)),
        "warnings": warnings,
    }


def _select(client: Users, given: Mapping[str, str], statuses: list[str]) -> list[User]:
    if "email" in given or "user_id" in given:
        user = client.look_up(given.get("email"), given.get("user_id"))
        found = [user] if user else []
    else:
        found = unique(client.pages(given.get("email_contains"), statuses))
    return [user for user in found if not statuses or user.status in statuses]


def _read_access(access: Access, users: list[User]) -> tuple[Targets, Directory, list[str]]:
    """Return the access of *users*, what its names are from, and a warning for what the key may not read."""
    user_ids = {user.id: user for user in users}
    every = [item for kind in (SPACE, PROJECT) for item in read_bindings(access, kind, list(user_ids), _CONCURRENCY)]
    bindings = [item for item in every if item.user_id in user_ids]
    warnings: list[str] = []
    directory = directory_of(access, bindings, warnings)
    targets: Targets = {}
    for binding in bindings:
        targets.setdefault(binding.user_id or "", []).append(directory.describe_binding(binding))
    for found in targets.values():
        found.sort(key=lambda target: (target.label.lower(), target.resource))
    if directory.has_namesakes(target for found in targets.values() for target in found):
        organizations = if_allowed(warnings, "organization names", partial(access.places, ORGANIZATION))
        directory.add(ORGANIZATION, organizations or ())
    return targets, directory, warnings


def _entries(targets: Targets, directory: Directory) -> dict[str, list[dict[str, str]]]:
    """Return *targets* as a roster takes them."""
    entries = {target: directory.entry(target) for found in targets.values() for target in found}
    return {user_id: [dict(entries[target]) for target in found] for user_id, found in targets.items()}
