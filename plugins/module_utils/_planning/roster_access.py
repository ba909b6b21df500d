# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The access of a roster: names -> targets, and a plan for each role binding. Pure. Private to arize.ax."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

from .._errors import ArizeError, bad_option, named, sentences
from .._models import CREATE, DELETE, UPDATE, Change, DesiredAccess, Outcome, RoleBinding, User
from .access import plan_binding, read_desired_access
from .directory import Directory, Resource, Target
from .results import problem_result

STATUS_OF_ACTION = {CREATE: "created", UPDATE: "updated", DELETE: "deleted"}

Wanted = Sequence[tuple[str, Sequence[DesiredAccess]]]  # how messages name an entry, and its access


class AccountAccess(NamedTuple):
    """What was read about access: what that of the roster stands for, and the bindings of its users, by user ID."""

    targets: Mapping[DesiredAccess, Target] = MappingProxyType({})
    bindings: Mapping[str, Mapping[Resource, RoleBinding]] = MappingProxyType({})
    directory: Directory = Directory()


class PlannedBinding(NamedTuple):
    """A role of one user on one space or project; ``extra`` says that the roster does not list it."""

    target: Target
    existing: RoleBinding | None
    extra: bool = False

    def change(self, user_id: str | None, email: str | None, role_names: Mapping[str, str | None]) -> Change:
        """Return what is to be done about it."""
        state = "absent" if self.extra else "present"
        return plan_binding(self.target.grant(user_id, email), self.existing, state, role_names)


class BindingOutcome(NamedTuple):
    """What became of a planned binding; ``skipped`` says why nothing was tried."""

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
        result = {**self.planned.target.as_result(), "status": self.status}
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


def resolve_access(wanted: Wanted, directory: Directory) -> dict[DesiredAccess, Target]:
    """Return what each item of access stands for.

    Raises:
        ArizeError: not_found or ambiguous, naming the first ten names that cannot be resolved; or bad_option for two
            items of one user about one resource.
    """
    every = dict.fromkeys(item for _place, items in wanted for item in items)
    faults = {item: _faults(item, directory) for item in every}
    places: dict[str, list[str]] = {}
    for place, items in wanted:
        for error in (error for item in items for error in faults[item]):
            places.setdefault(error.message, []).append(place)
    if places:
        kinds = {error.kind for errors in faults.values() for error in errors}
        told = [f"{named(list(dict.fromkeys(at)), 3)}: {message}" for message, at in places.items()]
        kind = "not_found" if "not_found" in kinds else kinds.pop()
        raise ArizeError(
            kind, f"No changes were made: access cannot be resolved. {sentences(told)} Correct the names in access."
        )
    targets = {item: directory.target(item) for item in every}
    _refuse_repeated(wanted, targets)
    return targets


def _faults(item: DesiredAccess, directory: Directory) -> list[ArizeError]:
    found = []
    for resolve in (directory.role_id, partial(directory.place_id, item.resource_type)):
        try:
            resolve(item)
        except ArizeError as error:
            found.append(error)
    return found


def _refuse_repeated(wanted: Wanted, targets: Mapping[DesiredAccess, Target]) -> None:
    faults = []
    for place, items in wanted:
        first: dict[Resource, int] = {}
        for number, target in enumerate(targets[item] for item in items):
            other = first.setdefault(target.resource, number)
            if other != number:
                same = targets[items[other]].role_id == target.role_id
                what = "give the same role" if same else "give different roles"
                faults.append(f"{place}: access[{other}] and access[{number}] {what} on {target.label}.")
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
    targets = [access.targets[item] for item in items]
    listed = {target.resource for target in targets}
    others = [binding for resource, binding in existing.items() if purge and resource not in listed]
    extra = [PlannedBinding(access.directory.describe_binding(binding), binding, extra=True) for binding in others]
    extra.sort(key=lambda planned: (planned.target.label.lower(), planned.target.resource))
    return (*(PlannedBinding(target, existing.get(target.resource)) for target in targets), *extra)
