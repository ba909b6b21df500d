"""One simulator for all faults, and the counts of what was really tried, printed at the end."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

pytest.register_assert_rewrite("tests.journeys.harness", "tests.faults.cell")

from tests.faults.document import promised  # noqa: E402
from tests.journeys.harness import ModuleRunner, PlaybookRunner  # noqa: E402
from tests.simulated import running, sim  # noqa: E402

__all__ = ["running", "sim"]

COUNTED: Counter[str] = Counter()


@pytest.fixture
def run(sim: Any) -> ModuleRunner:
    """Runs a module in this process."""
    return ModuleRunner(sim)


@pytest.fixture
def play(sim: Any, tmp_path: Path) -> PlaybookRunner:
    """Runs a playbook in a process of its own."""
    return PlaybookRunner(sim, tmp_path)


@pytest.fixture
def counted() -> Counter[str]:
    """Where a test counts what it has tried."""
    return COUNTED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what was tried, and survived."""
    for what, count in COUNTED.items():
        terminalreporter.write_line(f"{what}: {count:,}")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a complete run that has tried less than the documentation says."""
    config = session.config
    files = {path.name for path in Path(__file__).parent.glob("test_*.py")}
    whole = files <= {item.path.name for item in session.items} and not config.getoption("keyword")
    if exitstatus != 0 or not whole:
        return
    for what, least in promised().items():
        if sum(count for name, count in COUNTED.items() if name.startswith(what)) < least:
            print(f"\nThe documentation promises more: {what}, at least {least:,}")
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
