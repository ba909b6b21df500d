# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads names and role bindings, with few requests. Private to arize.ax.

For one role binding each name is looked up. For a roster, pages are read until look-ups would have been cheaper, then
the rest is looked up: without knowing how long a list is, that costs at most twice the cheaper of the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import islice
from typing import TypeVar

from .._client.bindings import Bindings
from .._client.paging import Page, unique
from .._client.places import Places
from .._client.roles import Roles
from .._client.session import Http
from .._errors import ArizeError
from .._models import PROJECT, ROLE, SPACE, DesiredAccess, Place, ResolvedAccess, RoleBinding
from .._planning.catalog import KINDS, Catalog, Name, Unresolved
from .parallel import map_concurrently

Item = TypeVar("Item", Place, RoleBinding)
Result = TypeVar("Result")


def read_catalog(http: Http, desired: Sequence[DesiredAccess], concurrency: int) -> Catalog:
    """Return the roles and places that *desired* names, and what else the requests for them have shown.

    Raises:
        ArizeError: a failed request.
    """
    catalog = Catalog()
    for kind in KINDS:
        _read_kind(catalog, http, kind, desired, concurrency)
    return catalog


def resolve_one(
    http: Http, catalog: Catalog, desired: DesiredAccess, tolerant: bool = False
) -> tuple[ResolvedAccess, list[str]]:
    """Return the role and resource that *desired* gives, and warnings; *catalog* takes in what is read.

    With *tolerant* a name that matches nothing is a warning: it may exist by the real run.

    Raises:
        ArizeError: not_found or ambiguous, for a name; or a failed request.
    """
    faults: dict[Unresolved, str] = {}
    for kind in KINDS:
        _read_kind(catalog, http, kind, [desired])
        fault = catalog.find(kind, desired)
        if not isinstance(fault, Unresolved) or fault in faults:
            continue
        if not fault.ids and kind != ROLE:  # read all, to say what there is
            catalog.add(kind, Places(http).list_all(kind, parent_id=fault.name.parent_id))
        error = catalog.error(fault, listed=True)
        if fault.ids or not tolerant:
            raise error
        faults[fault] = f"{error.message} It must exist before the real run."
    return catalog.resolve(desired), list(faults.values())


def _read_kind(catalog: Catalog, http: Http, kind: str, desired: Sequence[DesiredAccess], concurrency: int = 0) -> None:
    """Read what *catalog* needs for the names of one kind; without *concurrency* by look-ups alone."""
    if kind == ROLE:
        catalog.add_roles(Roles(http).list_all() if any(item.role for item in desired) else ())
        return
    places = Places(http)
    names = catalog.names(kind, desired)
    if names and concurrency:
        catalog.add(kind, *_sweep(places.pages(kind), len(names)))
    undecided = [name for name in names if catalog.is_undecided(name)]
    for name, found in zip(undecided, map_concurrently(partial(_look_up, places), undecided, concurrency)):
        catalog.add_look_up(name, found)


def read_bindings(http: Http, resource_type: str, user_ids: Sequence[str], concurrency: int) -> list[RoleBinding]:
    """Return the bindings of some users on resources of one type; those of others may be among them.

    Raises:
        ArizeError: a failed request.
    """
    client = Bindings(http)
    bindings, complete = _sweep(client.pages(resource_type), len(user_ids) - 1)
    if not complete:
        each = map_concurrently(partial(bindings_of, client, resource_type), user_ids, concurrency)
        bindings = [binding for bindings_of_one in each for binding in bindings_of_one]
    return [binding for binding in bindings if binding.resource_type == resource_type]


def catalog_of(http: Http, bindings: Sequence[RoleBinding], warnings: list[str]) -> Catalog:
    """Return all roles, and all places where *bindings* need them; a list that the key may not read is a warning.

    Raises:
        ArizeError: a failed request.
    """
    catalog = Catalog((if_allowed(warnings, "role names", Roles(http).list_all) or ()) if bindings else ())
    on_projects = any(binding.resource_type == PROJECT for binding in bindings)
    for kind, needed in ((PROJECT, on_projects), (SPACE, bool(bindings))):
        if needed:
            places = if_allowed(warnings, f"{kind} names", partial(Places(http).list_all, kind))
            catalog.add(kind, places or ())
    return catalog


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


def _look_up(places: Places, name: Name) -> list[Place]:
    try:
        return places.list_all(name.kind, name.name, name.parent_id)
    except ArizeError as error:
        if error.kind == "not_found":  # no such organization or space
            return []
        raise


def bindings_of(
    client: Bindings, resource_type: str, user_id: str | None, require_ids: bool = True
) -> list[RoleBinding]:
    """Return the bindings of one user, or of all without *user_id*; an unknown user has none.

    Raises:
        ArizeError: a failed request.
    """
    try:
        return client.list_all(resource_type, user_id, require_ids)
    except ArizeError as error:
        if error.kind == "not_found":  # no such user
            return []
        raise
