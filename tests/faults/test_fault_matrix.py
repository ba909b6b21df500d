"""Every fault at every endpoint of every module, once and on every attempt: the table tells what becomes of it."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import pytest

from tests.faults.cell import Cell
from tests.faults.scenes import ACCESS_SCENES, SCENES, Scene
from tests.faults.table import FAULTS, Fault
from tests.journeys.harness import ModuleRunner, Run


def cells() -> list[Any]:
    """Every pair that can be."""
    return [
        pytest.param(scene, fault, id=f"{scene.module}-{scene.endpoint}-{scene.name}-{fault.name}")
        for scene in [*SCENES, *ACCESS_SCENES]
        for fault in FAULTS
        if not fault.only or scene.endpoint.partition(" ")[0] in fault.only
    ]


UNDISTURBED: dict[tuple[int, bool], tuple[Run, Any]] = {}


def undisturbed(cell: Cell, check: bool) -> tuple[Run, Any]:
    """Return the run of a scene without a fault, and what it has left: it is the same for all faults."""
    key = (id(cell.scene), check)
    if key not in UNDISTURBED:
        plain = cell.undisturbed(check)
        assert not plain.failed, plain.msg
        UNDISTURBED[key] = (plain, cell.left)
    return UNDISTURBED[key]


@pytest.mark.parametrize(("scene", "fault"), cells())
def test_a_task_ends_as_the_table_says(sim: Any, counted: Counter[str], scene: Scene, fault: Fault) -> None:
    try:
        each_end(Cell(sim, scene, fault), counted)
    except AssertionError:
        if not waits(fault):
            raise
        # On a loaded machine requests or responses may have come too late: once they have, ten times as long a time-out.
        time.sleep(3)
        each_end(Cell(sim, scene, fault._replace(timeout=fault.timeout * 10)), counted)


def waits(fault: Fault) -> bool:
    """Whether a time-out ends the request, in real time."""
    return fault.timeout < 1


def each_end(cell: Cell, counted: Counter[str]) -> None:
    """Check how the task ends that is struck once, and at every attempt; lists in check mode too."""
    for check in [False, True] if cell.scene.reads and not waits(cell.fault) else [False]:
        plain, left = undisturbed(cell, check)
        for times, end in ((1, cell.verdict.once), (None, cell.verdict.always)):
            cell.check(cell.disturbed(times, check), end, plain, left)
            counted["Faults survived"] += 1


def test_large_bodies_at_their_real_size(sim: Any, run: ModuleRunner) -> None:
    sim.faults([{"kind": "huge"}, {"kind": "endless_body", "interval": 0, "chunk": 4 << 20}])
    assert not run("arize_user_info").failed
    assert "longer than 32 MB" in run("arize_user_info").msg
