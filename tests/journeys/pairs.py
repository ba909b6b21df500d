"""The driver of random pairs (account, task): a dry run and a real run from the same state, and what becomes of it.

ARIZE_PAIRS says how many pairs each test compares (300). They are the same in every run but those of `make explore`.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from typing import Any, NamedTuple

from hypothesis import given

from tests.journeys.harness import Run
from tests.unit.support.examples import SEED, examples

PAIRS = int(os.environ.get("ARIZE_PAIRS", "300"))


class State(NamedTuple):
    """An account, as the simulator has it."""

    users: list[dict[str, Any]]
    access: dict[str, list[dict[str, Any]]]


class Trial(NamedTuple):
    """The results of a dry run and a real one, and the states before and after the real one."""

    before: State
    checked: Run
    real: Run
    after: State


def compare_pairs(
    sim: Any,
    compared: Counter[str],
    task: str,
    pairs: Any,
    scene: Callable[[Any, Any], Any],
    judge: Callable[[Any, Trial], Iterable[str]],
    expected: Collection[str],
) -> None:
    """Compare random pairs.

    Args:
        compared: counts the pairs, for the end of the output.
        task: what the task is, in words.
        pairs: the strategy.
        scene: sets the simulator up for a pair, and runs its task: ``scene(sim, pair).try_(check)``.
        judge: checks a trial, and returns words for what came of it.
        expected: words that have to be among those of 1,000 pairs, so that the pairs are not all of one kind.
    """
    outcomes: set[str] = set()

    @examples(PAIRS)
    @given(pairs)
    def each_pair(pair: Any) -> None:
        played = scene(sim, pair)
        before = state(sim)
        checked = played.try_(check=True)
        assert state(sim) == before
        real = played.try_()
        trial = Trial(before, checked, real, state(sim))
        assert real.changed or trial.after == before
        outcomes.update(judge(played, trial))
        assert sim.violations() == []
        compared[f"(account, {task})"] += 1

    each_pair()
    if PAIRS >= 1000 and not SEED:
        assert set(expected) <= outcomes


def state(sim: Any) -> State:
    """Return what the account is now."""
    return State(sim.users(), sim.access())
