# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The access of a roster: names -> resolved access, and a plan for each role binding. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple, TypedDict, cast

from .._access import BindingUser, DesiredAccess, ResolvedAccess, Resource, RoleBinding
from .._errors import ArizeError, Kind, bad_option
from .._models import CREATE, DELETE, UPDATE, Outcome, Plan, User
from .._text import MAX_NAMES_IN_MESSAGE, named, sentences
from .binding import plan_binding
from .catalog import Catalog, Unresolved
from .desired_access import read_desired_access
from .results import problem_result

_NAMESAKES = "In a table or a form: Organization // Space: role, or id:<ID> in the place of a name."
STATUS_OF_ACTION = {CREATE: "created", UPDATE: "updated", DELETE: "deleted"}

Wanted = Sequence[tuple[str, Sequence[DesiredAccess]]]  # how messages name an entry, and its access


class Resolution(NamedTuple):
    """The access of a roster, resolved; the ID of a name that matches no item or several is None.

    ``faults`` are the errors of such names, by item; ``refusal`` sums them up, or names items about one resource;
    ``warnings`` name those that may exist by the real run.
    """

    access: Mapping[DesiredAccess, ResolvedAccess] = MappingProxyType({})
    faults: Mapping[DesiredAccess, ArizeError] = MappingProxyType({})
    refusal: ArizeError | None = None
    warnings: tuple[str, ...] = ()


class AccountAccess(NamedTuple):
    """The resolved access of the roster, and the role bindings of its users, by user ID.

    ``unread`` is the error if neither could be read.
    """

    resolution: Resolution = Resolution()
    bindings: Mapping[str, Mapping[Resource, RoleBinding]] = MappingProxyType({})
    catalog: Catalog = Catalog()
    unread: ArizeError | None = None


@dataclass(frozen=True)
class PlannedBinding:
    """A role of one user on one space or project; ``extra`` says that the roster does not list it.

    ``error`` says why its names are not resolved.
    """

    access: ResolvedAccess
    existing: RoleBinding | None
    extra: bool = False
    error: ArizeError | None = None

    @cached_property
    def action(self) -> str | None:
        """The action that is planned, if any."""
        return None if self.error else self.plan(BindingUser(None, None), {}).action

    @property
    def state(self) -> str:
        """Whether the binding is to be present or absent."""
        return "absent" if self.extra else "present"

    def plan(self, user: BindingUser, role_names: Mapping[str, str | None]) -> Plan[RoleBinding]:
        """Return the plan for one user."""
        return plan_binding(self.access, user, self.existing, self.state, role_names)


class AccessResult(TypedDict, total=False):
    """An element of ``access`` of an entry; ``before`` and ``error`` are keys only if they have a value."""

    space: str | None
    space_id: str | None
    project: str | None
    project_id: str | None
    role: str | None
    role_id: str | None
    status: str
    before: dict[str, str | None]
    error: dict[str, Any]


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

    def as_result(self) -> AccessResult:
        """Return the binding as results show it; ``before`` is the role that another one replaced."""
        before = self.outcome.before if self.outcome and self.status == "updated" else None
        optional = {
            "before": {name: before[name] for name in ("role", "role_id")} if before else None,
            "error": problem_result(self.error, self.skipped),
        }
        result = {**self.planned.access.as_result(), "status": self.status}
        return cast("AccessResult", {**result, **{name: value for name, value in optional.items() if value}})


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


def resolve_access(wanted: Wanted, catalog: Catalog, predict: bool = False) -> Resolution:
    """Resolve each item of access; with *predict* a name that matches nothing is a warning.

    Two items of one user about one resource are a refusal, before names are.
    """
    items = dict.fromkeys(item for _place, items in wanted for item in items)
    unresolved = {item: catalog.unresolved(item) for item in items}
    access = {item: catalog.resolve(item) for item in items}
    places: dict[Unresolved, list[str]] = {}
    for place, listed in wanted:
        for fault in dict.fromkeys(fault for item in listed for fault in unresolved[item]):
            places.setdefault(fault, []).append(place)
    # A message looks for similar names, which takes long: make only those that are shown.
    errors = {fault: catalog.error(fault, suggest=number < MAX_NAMES_IN_MESSAGE) for number, fault in enumerate(places)}
    refused = [fault for fault in places if not (predict and fault.may_come)]
    predicted = _told([fault for fault in places if predict and fault.may_come], places, errors)
    faults = {
        item: errors[fault]
        for item, found in unresolved.items()
        for fault in reversed(found)  # of two, the first one is told
        if not (predict and fault.may_come)
    }
    warnings = (f"{predicted} They must exist before the real run.",) if predicted else ()
    return Resolution(access, faults, _repeated(wanted, access) or _refusal(refused, places, errors), warnings)


def _told(
    faults: Sequence[Unresolved], places: Mapping[Unresolved, Sequence[str]], errors: Mapping[Unresolved, ArizeError]
) -> str:
    first = faults[:MAX_NAMES_IN_MESSAGE]
    told = [f"{named(list(dict.fromkeys(places[fault])), 3)}: {errors[fault].message}" for fault in first]
    return sentences(told, total=len(faults)) if told else ""


def _refusal(
    faults: Sequence[Unresolved], places: Mapping[Unresolved, Sequence[str]], errors: Mapping[Unresolved, ArizeError]
) -> ArizeError | None:
    if not faults:
        return None
    kind: Kind = "not_found" if any(fault.error_kind == "not_found" for fault in faults) else "ambiguous"
    told = _told(faults, places, errors)
    form = f" {_NAMESAKES}" if any(fault.ids for fault in faults) else ""
    return ArizeError(
        kind, f"No changes were made: access cannot be resolved. {told} Correct the names in access.{form}"
    )


def _repeated(wanted: Wanted, resolved: Mapping[DesiredAccess, ResolvedAccess]) -> ArizeError | None:
    faults = []
    for place, items in wanted:
        first: dict[Any, int] = {}
        for number, item in enumerate(items):
            access = resolved[item]
            # Without an ID, the names that are given tell resources apart.
            resource = access.resource if access.resource_id else item._replace(role=None, role_id=None)
            other = first.setdefault(resource, number)
            if other != number:
                one, two = (each.role_id or each.role for each in (resolved[items[other]], access))
                what = "give the same role" if one == two else "give different roles"
                faults.append(f"{place}: access[{other}] and access[{number}] {what} on {access.label}.")
    return faulty_roster(faults) if faults else None


def faulty_roster(faults: Sequence[str]) -> ArizeError:
    """Return the refusal of a roster; *faults* are sentences."""
    return bad_option(f"No changes were made: the roster has errors. {sentences(faults)}")


def by_user(bindings: Iterable[RoleBinding]) -> dict[str, dict[Resource, RoleBinding]]:
    """Return the bindings by user and resource."""
    users: dict[str, dict[Resource, RoleBinding]] = {}
    for binding in bindings:
        users.setdefault(binding.user_id or "", {})[binding.resource] = binding
    return users


def plan_access(
    items: Sequence[DesiredAccess], user: User | None, access: AccountAccess, purge: bool
) -> tuple[PlannedBinding, ...]:
    """Plan the access of one user: the bindings listed, in their order, then with *purge* the others, by name.

    Args:
        items: the access of the entry.
        user: as found; None if the user does not exist.
        access: as read.
        purge: whether to remove the bindings that are not listed.
    """
    existing = access.bindings.get(user.id, {}) if user else {}
    resolved, faults = access.resolution.access, access.resolution.faults
    listed = {resolved[item].resource for item in items}
    others = [binding for resource, binding in existing.items() if purge and resource not in listed]
    extra = [PlannedBinding(access.catalog.describe_binding(binding), binding, extra=True) for binding in others]
    wanted = [
        PlannedBinding(resolved[item], existing.get(resolved[item].resource), error=faults.get(item)) for item in items
    ]
    return (*wanted, *sorted(extra, key=_by_name))


def with_names(planned: Iterable[PlannedBinding], catalog: Catalog) -> tuple[PlannedBinding, ...]:
    """Return the bindings with the names that *catalog* has taken in since they were planned."""
    named_anew = [replace(binding, access=catalog.renamed(binding.access)) for binding in planned]
    return tuple(sorted(named_anew, key=lambda binding: _by_name(binding) if binding.extra else ()))


def _by_name(binding: PlannedBinding) -> tuple[Any, ...]:
    return binding.access.label.lower(), binding.access.resource
