"""Jobs as AWX runs them: by ansible-runner, from a private data folder, with a credential and a survey's answers."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

pytest.register_assert_rewrite("tests.awx.awx", "tests.awx.job")

from arize_ax_simulator import SimulatorClient  # noqa: E402

from tests.awx.job import Jobs, simulator  # noqa: E402
from tests.simulated import sim  # noqa: E402

__all__ = ["sim"]

SEARCHED: dict[str, int] = {"jobs": 0, "files": 0}


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorClient]:
    """A simulator on a free port."""
    with simulator(tmp_path_factory.mktemp("simulator")) as client:
        yield client


@pytest.fixture
def launch(sim: Any, tmp_path: Path) -> Jobs:
    """Launches a job against the simulator."""
    return Jobs(sim, tmp_path, SEARCHED)


@pytest.fixture
def searched() -> dict[str, int]:
    """Where jobs count what was searched, to be printed at the end."""
    return SEARCHED


@pytest.fixture(scope="session")
def awx_collections() -> Path:
    """The folder whose ansible_collections holds awx.awx, which the session has unpacked."""
    folder = Path(os.environ["AWX_COLLECTIONS"])
    assert (folder / "ansible_collections" / "awx" / "awx" / "MANIFEST.json").is_file()
    return folder


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how much was searched for secrets."""
    terminalreporter.write_line("{files} artifacts of {jobs} jobs searched for secrets".format(**SEARCHED))
