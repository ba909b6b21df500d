# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads names and role bindings, with few requests.

For one role binding each name is looked up. For a roster, pages are read until look-ups would have been cheaper, then
the remaining names are looked up. The length of a list is unknown, so that costs at most twice the cheaper of the two.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from functools import partial
from itertools import islice
from typing import TypeVar

from .._access import DesiredAccess, Place, ResolvedAccess, RoleBinding
from .._client.bindings import Bindings
from .._client.paging import Page, unique
from .._client.places import Places
from .._client.roles import Roles
from .._client.session import Http
from .._errors import ArizeError
from .._models import PROJECT, ROLE, SPACE
from .._planning.catalog import KINDS, PARENT, Catalog, Name, Unresolved, unknown_id
from .parallel import map_concurrently

Item = TypeVar("Item", Place, RoleBinding)
Result = TypeVar("Result")

_MUST_EXIST, _NOTHING_TO_REMOVE = "It must exist before the real run.", "So there is no role binding to remove."


class CatalogReader:
    """Reads names into ``catalog``, of a roster each list by the cheaper of look-ups and a sweep.

    Names and IDs share one sweep: its pages are read until they are as many as both. Without *concurrency* there is no
    sweep, but look-ups alone.
    """

    def __init__(self, http: Http, concurrency: int = 0, catalog: Catalog | None = None) -> None:
        self.catalog = catalog or Catalog()
        self._http = http
        self._places = Places(http)
        self._concurrency = concurrency
        self._pages = {kind: self._places.pages(kind) for kind in KINDS if kind != ROLE}

    def read_names(self, desired: Sequence[DesiredAccess]) -> None:
        """Read the roles and places that *desired* names.

        Raises:
            ArizeError: a failed request.
        """
        for kind in KINDS:
            self.read_kind(kind, desired)

    def read_kind(self, kind: str, desired: Sequence[DesiredAccess]) -> None:
        """Read the names of one kind."""
        if kind == ROLE:
            unread = any(item.role for item in desired) and not self.catalog.role_names
            self.catalog.add_roles(Roles(self._http).list_all() if unread else ())
            return
        names = self.catalog.names(kind, desired)
        if names and self._concurrency:
            self._sweep(kind, len(names))
        undecided = [name for name in names if self.catalog.is_undecided(name)]
        look_up = partial(_look_up, self._places)
        for name, found in zip(undecided, map_concurrently(look_up, undecided, self._concurrency)):
            self.catalog.add_look_up(name, found)

    def read_parents(self, desired: Sequence[DesiredAccess]) -> None:
        """Find out which organizations and spaces do not exist, given by ID for names that are not resolved in them.

        Raises:
            ArizeError: a failed request, other than forbidden.
        """
        parents = self.catalog.parents_given(desired)
        map_concurrently(
            lambda parent: _ignore_forbidden(partial(self._read_parent, *parent)), parents, self._concurrency
        )

    def _read_parent(self, kind: str, place_id: str) -> None:
        if self._places.get(kind, place_id) is None:
            self.catalog.add_missing(kind, place_id)

    def read_bound(self, bindings: Sequence[RoleBinding]) -> None:
        """Read the names of the roles and places of *bindings*, as far as the key may.

        Raises:
            ArizeError: a failed request, other than forbidden.
        """
        if not {binding.role_id for binding in bindings} <= set(self.catalog.role_names):
            _ignore_forbidden(lambda: self.catalog.add_roles(Roles(self._http).list_all()))
        for kind in (PROJECT, SPACE):  # the spaces of projects are known then
            bound = [self.catalog.describe_binding(binding) for binding in bindings]
            self._read_ids(kind, [getattr(access, f"{kind}_id") for access in bound])

    def _read_ids(self, kind: str, place_ids: Sequence[str | None]) -> None:
        unread = self.catalog.unread(kind, place_ids)
        number = 0
        while number < len(unread):
            if not _ignore_forbidden(partial(self._sweep, kind, 1)):
                return
            number, unread = number + 1, self.catalog.unread(kind, place_ids)
        places = map_concurrently(partial(self._find, kind), unread, self._concurrency)
        self.catalog.add(kind, filter(None, places))

    def _find(self, kind: str, place_id: str) -> Place | None:
        found: list[Place | None] = []
        _ignore_forbidden(lambda: found.append(self._places.get(kind, place_id)))
        return next(iter(found), None)

    def _sweep(self, kind: str, limit: int) -> None:
        self.catalog.add(kind, *_sweep(self._pages[kind], limit))


def resolve_one(
    http: Http, catalog: Catalog, desired: DesiredAccess, may_miss: Container[str] = (), absent: bool = False
) -> tuple[ResolvedAccess, tuple[str, ...]]:
    """Return the role and resource that *desired* gives, and warnings.

    Args:
        http: the session.
        catalog: takes in what is read.
        desired: names and IDs.
        may_miss: the kinds whose names may match nothing; that is a warning then.
        absent: whether it is to be absent; a name in a parent that does not exist may then match nothing, too.

    Raises:
        ArizeError: not_found or ambiguous, for a name; not_found for the ID of an organization or space to find a name in
            (no earlier task makes that exist) unless *absent*; or a failed request.
    """
    reader = CatalogReader(http, catalog=catalog)
    faults: dict[Unresolved, str] = {}
    for kind in KINDS:
        reader.read_kind(kind, [desired])
        fault = catalog.find(kind, desired)
        if not isinstance(fault, Unresolved) or fault in faults:
            continue
        no_parent = None if fault.ids or kind == ROLE else _read_siblings(http, catalog, fault.name)
        error = no_parent or catalog.error(fault, listed=True)
        if fault.ids or kind not in may_miss or (no_parent and not absent):
            raise error
        faults[fault] = f"{error.message} {consequence(absent)}"
    return catalog.resolve(desired), tuple(faults.values())


def consequence(absent: bool) -> str:
    """Return the sentence that ends a warning about a name that matches nothing."""
    return _NOTHING_TO_REMOVE if absent else _MUST_EXIST


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
    """Return the result of *read*; None, and a warning, where the key lacks the permission."""
    try:
        return read()
    except ArizeError as error:
        if error.kind != "forbidden":
            raise
        warnings.append(f"The {what} are null: {error.message}")
        return None


def _ignore_forbidden(read: Callable[[], None]) -> bool:
    """Return whether the key may *read*."""
    try:
        read()
    except ArizeError as error:
        if error.kind != "forbidden":
            raise
        return False
    return True


def _sweep(pages: Iterable[Page[Item]], limit: int) -> tuple[list[Item], bool]:
    """Return the items on at most *limit* pages, and whether they are all."""
    read = list(islice(pages, max(limit, 0)))
    return unique(read), bool(read) and not read[-1].has_more


def _read_siblings(http: Http, catalog: Catalog, name: Name) -> ArizeError | None:
    """Read the places in the parent of *name*, for a message that lists them; return the error of an unknown parent."""
    try:
        catalog.add(name.kind, Places(http).list_all(name.kind, None, name.parent_id))
    except ArizeError as error:
        if error.kind != "not_found":
            raise
        return without_parent(error, name.kind, name.parent_id)
    return None


def without_parent(error: ArizeError, kind: str, parent_id: str | None) -> ArizeError:
    """Return the error of a list; not_found names the organization or space that does not exist."""
    if error.kind == "not_found":
        error.message = unknown_id(PARENT[kind], parent_id)
    return error


def _look_up(places: Places, name: Name) -> list[Place]:
    """Return the places of that name; an organization or space that does not exist holds none."""
    try:
        return places.list_all(name.kind, name.name, name.parent_id)
    except ArizeError as error:
        if error.kind == "not_found":
            return []
        raise


def bindings_of(client: Bindings, resource_type: str, user_id: str) -> list[RoleBinding]:
    """Return the bindings of one user; one who was deleted meanwhile has none."""
    try:
        return client.list_all(resource_type, user_id)
    except ArizeError as error:
        if error.kind == "not_found":
            return []
        raise
