"""Fixtures for a conftest.py: one simulator for all tests of its folder, made empty for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import arize_ax_simulator
import pytest


@pytest.fixture(scope="session")
def running() -> Iterator[Any]:
    """A simulator on a free port."""
    with arize_ax_simulator.Simulator() as simulator:
        yield simulator


@pytest.fixture
def sim(running: Any) -> Iterator[Any]:
    """An account of just the two key owners; afterwards the simulator has made no mistake."""
    running.reset()
    yield running
    assert running.violations() == []
