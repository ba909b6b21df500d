# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries the plan for one item out, whatever the item is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Callable, Generic, TypeVar, Union

from .._errors import ArizeError, failure_after
from .._models import EXISTING, NEW, Created, Outcome, Plan

Item = TypeVar("Item")

# existing item and fields -> the item afterwards, None if it is gone; a creation says how the item came to exist.
Write = Callable[[Any, Mapping[str, Any]], Union["Created[Item]", Item, None]]
Review = Callable[[Mapping[str, Any], Item], Sequence[str]]
AfterCreation = Callable[["Operations[Item]", "Plan[Item]", "Created[Item]"], Outcome]


class Operations(Generic[Item]):
    """The writes of one item.

    Args:
        plan: plans for the item as it exists, or for None; also after another client has changed it.
        show: the item -> the item as results show it.
        writes: one function for each action of a step.
        review: the fields sent and the item that a write has left -> warnings, where the two differ.
        after_creation: self, the plan and the creation -> outcome, for an item whose creation has a protocol of its
            own.
    """

    def __init__(
        self,
        plan: Callable[[Item | None], Plan[Item]],
        show: Callable[[Item], dict[str, Any]],
        writes: Mapping[str, Write[Item]],
        review: Review[Item] | None = None,
        after_creation: AfterCreation[Item] | None = None,
    ) -> None:
        self.plan = plan
        self.show = show
        self.writes = writes
        self.review = review or (lambda _fields, _item: ())
        self.after_creation = after_creation or _after_creation

    def written(self, plan: Plan[Item], item: Item | None) -> Outcome:
        """Return the outcome of a write that has left *item*, None if it is gone."""
        action, fields = (plan.step.action, plan.step.fields) if plan.step else ("", {})
        outcome = plan.unchanged().record(action, None if item is None else self.show(item))
        return outcome if item is None else outcome.warn(self.review(fields, item))

    def plan_for(self, existing: Item | None) -> Plan[Item]:
        """Return the plan for the item as it exists.

        Raises:
            ArizeError: a refusal, with the item as its ``outcome``.
        """
        try:
            return self.plan(existing)
        except ArizeError as error:
            before = self.show(existing) if existing is not None else None
            raise failure_after(Outcome(before, before), error) from None


def converge(operations: Operations[Item], existing: Item | None, check_mode: bool) -> Outcome:
    """Plan for the *existing* item, and carry the plan out, or in check mode predict its outcome.

    Raises:
        ArizeError: the first failure, with the steps done until then as its ``outcome``.
    """
    plan = operations.plan_for(existing)
    return plan.predicted() if check_mode else apply_plan(operations, plan)


def apply_plan(operations: Operations[Item], plan: Plan[Item]) -> Outcome:
    """Carry *plan* out, and return the outcome.

    Raises:
        ArizeError: the first failure, with the steps done until then as its ``outcome``.
    """
    try:
        if plan.step is None:
            return plan.unchanged()
        item = operations.writes[plan.step.action](plan.existing, plan.step.fields)
        if isinstance(item, Created):
            return operations.after_creation(operations, plan, item)
        return operations.written(plan, item)
    except Exception as error:
        raise failure_after(plan.found(), error) from None


def _after_creation(operations: Operations[Item], plan: Plan[Item], created: Created[Item]) -> Outcome:
    """Return the outcome of a creation; an item that another client may have created is compared first."""
    if created.how == EXISTING:
        return apply_plan(operations, operations.plan_for(created.item))
    if created.how == NEW:
        return operations.written(plan, created.item)
    outcome = plan.unchanged().record(plan.action or "", operations.show(created.item))
    try:
        completed = apply_plan(operations, operations.plan_for(created.item))
        return outcome._replace(after=completed.after).warn(completed.warnings)
    except Exception as error:
        failure = failure_after(outcome, error)
        failure.outcome = outcome
        raise failure from None
