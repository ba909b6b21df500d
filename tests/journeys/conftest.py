"""One simulator for all journeys, made empty for each."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

pytest.register_assert_rewrite("tests.journeys.harness", "tests.journeys.pairs")

from tests.journeys.harness import ModuleRunner, PlaybookRunner  # noqa: E402
from tests.simulated import running, sim  # noqa: E402

__all__ = ["running", "sim"]

COMPARED: Counter[str] = Counter()  # how many random cases a property test has compared, by its name


@pytest.fixture
def run(sim: Any) -> ModuleRunner:
    """Runs a module in this process."""
    return ModuleRunner(sim)


@pytest.fixture
def play(sim: Any, tmp_path: Path, request: pytest.FixtureRequest) -> PlaybookRunner:
    """Runs a playbook in a process of its own. The mark lets the test run on more than one ansible-core."""
    assert request.node.get_closest_marker("playbook")
    return PlaybookRunner(sim, tmp_path)


@pytest.fixture
def modules() -> list[str]:
    """The names of all modules of the collection."""
    return sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("arize_*.py"))


@pytest.fixture
def compared() -> Counter[str]:
    """Where a property test counts its cases, to be printed at the end."""
    return COMPARED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many random cases were compared."""
    for name, count in COMPARED.items():
        terminalreporter.write_line(f"{name}: {count} random cases compared")
