# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The access of a roster: names -> resolved access, and a plan for each role binding. Pure. Private to arize.ax."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from .._errors import ArizeError, Kind, bad_option
from .._models import (
    CREATE,
    DELETE,
    UPDATE,
    BindingUser,
    DesiredAccess,
    Outcome,
    Plan,
    ResolvedAccess,
    Resource,
    RoleBinding,
    User,
)
from .._text import MAX_NAMES_IN_MESSAGE, named, sentences
from .binding import plan_binding
from .catalog import Catalog, Unresolved
from .desired import read_desired_access
from .results import problem_result

STATUS_OF_ACTION = {CREATE: "created", UPDATE: "updated", DELETE: "deleted"}

Wanted = Sequence[tuple[str, Sequence[DesiredAccess]]]  # how messages name an entry, and its access


class AccountAccess(NamedTuple):
    """The resolved access of the roster, and the role bindings of its users, by user ID."""

    resolved: Mapping[DesiredAccess, ResolvedAccess] = MappingProxyType({})
    bindings: Mapping[str, Mapping[Resource, RoleBinding]] = MappingProxyType({})
    catalog: Catalog = Catalog()


class PlannedBinding(NamedTuple):
    """A role of one user on one space or project; ``extra`` says that the roster does not list it."""

    access: ResolvedAccess
    existing: RoleBinding | None
    extra: bool = False

    @property
    def action(self) -> str | None:
        """The action that is planned, if any."""
        return self.plan(BindingUser(None, None), {}).action

    @property
    def state(self) -> str:
        """Whether the binding is to be present or absent."""
        return "absent" if self.extra else "present"

    def plan(self, user: BindingUser, role_names: Mapping[str, str | None]) -> Plan[RoleBinding]:
        """Return the plan for one user."""
        return plan_binding(self.access, user, self.existing, self.state, role_names)


class BindingOutcome(NamedTuple):
    """The outcome of a planned binding; ``skipped`` says why nothing was tried."""

    planned: PlannedBinding
    outcome: Outcome | None = None
    error: ArizeError | None = None
    skipped: str = ""

    @property
    def status(self) -> str:
        """One of created, updated, deleted, unchanged, failed, skipped."""
        if self.error or self.skipped:
            return "failed" if self.error else "skipped"
        return STATUS_OF_ACTION[self.outcome.actions[0]] if self.outcome and self.outcome.actions else "unchanged"

    @property
    def changed(self) -> bool:
        """Whether it was changed, or may have been."""
        return bool(self.outcome and self.outcome.changed) or bool(self.error and self.error.outcome_unknown)

    def as_result(self) -> dict[str, Any]:
        """Return the binding as results show it; ``before`` is the role that another one replaced."""
        before = self.outcome.before if self.outcome and self.status == "updated" else None
        more = {
            "before": {name: before[name] for name in ("role", "role_id")} if before else None,
            "error": problem_result(self.error, self.skipped),
        }
        result = {**self.planned.access.as_result(), "status": self.status}
        return {**result, **{name: value for name, value in more.items() if value}}


def read_access(options: Sequence[Mapping[str, Any]] | None, state: str) -> tuple[DesiredAccess, ...] | None:
    """Return the ``access`` of an entry; None is not managed.

    Raises:
        ArizeError: bad_option, naming the item.
    """
    if options is None:
        return None
    if state == "absent":
        raise bad_option("access cannot be combined with state: absent. Deleting a user deletes its role bindings.")
    read = []
    for number, item in enumerate(options):
        try:
            read.append(read_desired_access(item))
        except ArizeError as error:
            raise bad_option(f"access[{number}]: {error.message}") from None
    return tuple(read)


def resolve_access(wanted: Wanted, catalog: Catalog) -> dict[DesiredAccess, ResolvedAccess]:
    """Return each item of access, resolved.

    Raises:
        ArizeError: not_found or ambiguous, naming the first ten names that cannot be resolved; or bad_option for two
            items of one user about one resource.
    """
    items = dict.fromkeys(item for _place, items in wanted for item in items)
    _refuse_unresolved(wanted, {item: catalog.unresolved(item) for item in items}, catalog)
    resolved = {item: catalog.resolve(item) for item in items}
    _refuse_repeated(wanted, resolved)
    return resolved


def _refuse_unresolved(
    wanted: Wanted, unresolved: Mapping[DesiredAccess, Sequence[Unresolved]], catalog: Catalog
) -> None:
    places: dict[Unresolved, list[str]] = {}
    for place, items in wanted:
        for fault in dict.fromkeys(fault for item in items for fault in unresolved[item]):
            places.setdefault(fault, []).append(place)
    if not places:
        return
    # A message looks for similar names, which takes long: make only those that are shown.
    shown = list(places.items())[:MAX_NAMES_IN_MESSAGE]
    told = [f"{named(list(dict.fromkeys(at)), 3)}: {catalog.error(fault).message}" for fault, at in shown]
    kind: Kind = "not_found" if any(fault.error_kind == "not_found" for fault in places) else "ambiguous"
    raise ArizeError(
        kind,
        f"No changes were made: access cannot be resolved. {sentences(told, total=len(places))} Correct the names in"
        " access.",
    )


def _refuse_repeated(wanted: Wanted, resolved: Mapping[DesiredAccess, ResolvedAccess]) -> None:
    faults = []
    for place, items in wanted:
        first: dict[Resource, int] = {}
        for number, access in enumerate(resolved[item] for item in items):
            other = first.setdefault(access.resource, number)
            if other != number:
                same = resolved[items[other]].role_id == access.role_id
                what = "give the same role" if same else "give different roles"
                faults.append(f"{place}: access[{other}] and access[{number}] {what} on {access.label}.")
    if faults:
        raise bad_option(f"No changes were made: the roster has errors. {sentences(faults)}")


def by_user(bindings: Iterable[RoleBinding]) -> dict[str, dict[Resource, RoleBinding]]:
    """Return the bindings by user and resource."""
    users: dict[str, dict[Resource, RoleBinding]] = {}
    for binding in bindings:
        resource = (binding.resource_type or "", binding.resource_id or "")
        users.setdefault(binding.user_id or "", {})[resource] = binding
    return users


def plan_access(
    items: Sequence[DesiredAccess], user: User | None, access: AccountAccess, purge: bool
) -> tuple[PlannedBinding, ...]:
    """Plan the access of one user: the bindings listed, in their order, then with *purge* the others, by name.

    Args:
        items: the access of the entry.
        user: as found; None if the user does not exist.
        access: what was read.
        purge: whether to remove the bindings that are not listed.
    """
    existing = access.bindings.get(user.id, {}) if user else {}
    wanted = [access.resolved[item] for item in items]
    listed = {one.resource for one in wanted}
    others = [binding for resource, binding in existing.items() if purge and resource not in listed]
    extra = [PlannedBinding(access.catalog.describe_binding(binding), binding, extra=True) for binding in others]
    extra.sort(key=lambda planned: (planned.access.label.lower(), planned.access.resource))
    return (*(PlannedBinding(one, existing.get(one.resource)) for one in wanted), *extra)
