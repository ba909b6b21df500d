# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads names and role bindings of many users, with few requests. Private to arize.ax.

Each list is read by pages until that has cost as many requests as looking up one by one what is wanted of it. Not knowing
how long the list is, reading then never costs more than twice the cheaper of the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import islice
from typing import TypeVar

from .._client.access import Access
from .._client.paging import Page, unique
from .._errors import ArizeError
from .._models import ORGANIZATION, PROJECT, SPACE, DesiredAccess, Place, RoleBinding
from .._planning.directory import Directory, PlaceName
from .parallel import map_concurrently

Item = TypeVar("Item", Place, RoleBinding)
Result = TypeVar("Result")


def read_directory(access: Access, desired: Sequence[DesiredAccess], concurrency: int) -> Directory:
    """Return the roles and places that *desired* names, and what else the requests for them have shown.

    Raises:
        ArizeError: a failed request.
    """
    directory = Directory(access.roles() if any(item.role for item in desired) else ())
    for kind in (ORGANIZATION, SPACE, PROJECT):
        names = directory.names(kind, desired)
        if not names:
            continue
        directory.add(kind, *_sweep(access.place_pages(kind), len(names)))
        rest = [name for name in names if directory.is_undecided(name)]
        for name, places in zip(rest, map_concurrently(partial(_look_up, access), rest, concurrency)):
            directory.add_look_up(name, places)
    return directory


def read_bindings(access: Access, resource_type: str, user_ids: Sequence[str], concurrency: int) -> list[RoleBinding]:
    """Return the bindings of some users on resources of one type; those of others may be among them.

    Raises:
        ArizeError: a failed request.
    """
    bindings, complete = _sweep(access.binding_pages(resource_type), len(user_ids) - 1)
    if not complete:
        each = map_concurrently(partial(bindings_of, access, resource_type), user_ids, concurrency)
        bindings = [binding for bindings_of_one in each for binding in bindings_of_one]
    return [binding for binding in bindings if binding.resource_type == resource_type]


def directory_of(access: Access, bindings: Sequence[RoleBinding], warnings: list[str]) -> Directory:
    """Return the roles and places of *bindings*, and all others; what the key may not read is a warning.

    Raises:
        ArizeError: a failed request.
    """
    directory = Directory((if_allowed(warnings, "role names", access.roles) or ()) if bindings else ())
    on_projects = any(binding.resource_type == PROJECT for binding in bindings)
    for kind, needed in ((PROJECT, on_projects), (SPACE, bool(bindings))):
        if needed:
            places = if_allowed(warnings, f"{kind} names", partial(access.places, kind))
            directory.add(kind, places or ())
    return directory


def if_allowed(warnings: list[str], what: str, read: Callable[[], Result]) -> Result | None:
    """Return what *read* returns; None, and a warning, where the key lacks the permission."""
    try:
        return read()
    except ArizeError as error:
        if error.kind != "forbidden":
            raise
        warnings.append(f"The {what} are null: {error.message}")
        return None


def _sweep(pages: Iterable[Page[Item]], limit: int) -> tuple[list[Item], bool]:
    """Return the items on at most *limit* pages, and whether they are all."""
    read = list(islice(pages, max(limit, 0)))
    return unique(read), bool(read) and not read[-1].has_more


def _look_up(access: Access, name: PlaceName) -> list[Place]:
    try:
        return access.places(name.kind, name.name, name.parent_id)
    except ArizeError as error:
        if error.kind == "not_found":  # no such organization or space
            return []
        raise


def bindings_of(access: Access, resource_type: str, user_id: str | None, require_ids: bool = True) -> list[RoleBinding]:
    """Return the bindings of one user, or of all without *user_id*; an unknown user has none.

    Raises:
        ArizeError: a failed request.
    """
    try:
        return access.bindings(resource_type, user_id, require_ids)
    except ArizeError as error:
        if error.kind == "not_found":  # no such user
            return []
        raise
