"""How long the playbooks of the collection take, next to playbooks with the one task that does the work: ratios of one run.

    python tests/benchmarks/playbooks.py [2000] [10000] [review]

Every time is that of a whole `ansible-playbook` process; with role bindings (`review`), its processor time. The ways take
turns, and a ratio is the median of those of the rounds: a busy machine slows all of them down.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from arize_ax_simulator import SimulatorClient  # noqa: E402

from tests.benchmarks.support.scene import run_playbook, run_shipped, simulator, table, verdict  # noqa: E402

SIZES = (2_000, 10_000)
ROUNDS = 3
INFO, TASK = "a playbook with arize_user_info", "a playbook with arize_user_roster"
EXPORT, SYNC, DRIFT = "export_roster", "sync_roster", "drift_report"
# playbook, what it is compared with, the ratio that is aimed at
RATIOS = [(EXPORT, INFO, 1.5), (SYNC, TASK, 1.5), (DRIFT, TASK, 1.8)]
REVIEWED = (2_000, 5_000)  # users, each with three role bindings
PLACES, KEYS = 50, 20
READ, INFO_ACCESS = "a playbook with the modules that access_review reads with", f"{INFO} and access"
REVIEW, EXPORT_ACCESS = "access_review", f"{EXPORT} with access"
REVIEW_RATIOS = [(REVIEW, READ, 1.4), (EXPORT_ACCESS, INFO_ACCESS, 1.6)]
MODULES: dict[str, dict[str, Any]] = {
    "arize_user_info": {},
    "arize_role_binding_info": {},
    "arize_api_key_info": {"key_type": "service"},
    "arize_role_info": {},
    "arize_space_info": {},
    "arize_project_info": {},
}


def ways(sim: SimulatorClient, roster: Path, folder: Path) -> dict[str, Callable[[], float]]:
    """Return what is timed. The roster is in a file, and leaves the account as it is."""
    users = f"{{{{ lookup('ansible.builtin.file', '{roster}') | arize.ax.roster_from_yaml }}}}"
    task = {"users": users, "purge": True, "max_deletions": 0}
    file = ["-e", f"arize_roster_file={roster}"]
    return {
        INFO: lambda: run_playbook(sim, [{"arize.ax.arize_user_info": {}, "register": "account"}]),
        TASK: lambda: run_playbook(sim, [{"arize.ax.arize_user_roster": task, "register": "applied"}]),
        EXPORT: lambda: run_shipped(sim, EXPORT, *file),
        SYNC: lambda: run_shipped(sim, SYNC, *file, "-e", "arize_purge=true", "-e", "arize_max_deletions=0"),
        DRIFT: lambda: run_shipped(sim, DRIFT, *file, "-e", f"arize_report_dir={folder}"),
    }


def review_ways(sim: SimulatorClient, folder: Path) -> dict[str, Callable[[], float]]:
    """Return what is timed with role bindings."""
    info = {"arize.ax.arize_user_info": {"access": True}, "register": "account"}
    reads = [{f"arize.ax.{name}": options, "register": name} for name, options in MODULES.items()]
    export = ["-e", f"arize_roster_file={folder / 'roster.yml'}", "-e", "arize_with_access=true"]
    ways: dict[str, Callable[[], Any]] = {
        INFO_ACCESS: lambda: run_playbook(sim, [info]),
        EXPORT_ACCESS: lambda: run_shipped(sim, EXPORT, *export),
        READ: lambda: run_playbook(sim, reads),
        REVIEW: lambda: run_shipped(sim, REVIEW, "-e", f"arize_report_dir={folder}"),
    }
    return {name: lambda way=way: processor_time(way) for name, way in ways.items()}


def processor_time(way: Callable[[], Any]) -> float:
    """Return the processor time of the processes that *way* has started and waited for."""
    before = os.times()
    way()
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def seed_access(sim: SimulatorClient, count: int) -> None:
    """Make an account of *count* users, each with three role bindings, and service keys."""
    sim.reset(owners=False)
    users = sim.seed(count=count)
    sim.seed_access(
        spaces=[{"name": f"Space {n}"} for n in range(PLACES)],
        projects=[{"name": f"Project {n}", "space": f"Space {n}"} for n in range(PLACES)],
        roles=[{"name": "Reviewer", "permissions": ["PROJECT_READ"]}],
        api_keys=[{"name": f"Key {n}", "spaces": [f"Space {n}"]} for n in range(KEYS)],
    )
    sim.seed_access(
        role_bindings=[
            {"user": user["id"], "role": "Reviewer", "space": f"Space {(n + place) % PLACES}", **project}
            for n, user in enumerate(users)
            for place, project in enumerate(({}, {}, {"project": f"Project {(n + 2) % PLACES}"}))
        ]
    )


def measure_access(sim: SimulatorClient, count: int) -> None:
    """Time the playbooks that read role bindings with an account of *count* users."""
    seed_access(sim, count)
    with tempfile.TemporaryDirectory() as folder:
        compared = review_ways(sim, Path(folder))
        rounds = [{name: way() for name, way in compared.items()} for _round in range(ROUNDS)]
    show(rounds, f"{count:,} users, {3 * count:,} role bindings", "processor time", REVIEW_RATIOS)


def measure(sim: SimulatorClient, count: int) -> None:
    """Time all playbooks with an account of *count* users."""
    sim.reset(owners=False)
    sim.seed(count=count)
    with tempfile.TemporaryDirectory() as folder:
        roster = Path(folder, "roster.yml")
        run_shipped(sim, EXPORT, "-e", f"arize_roster_file={roster}")
        compared = ways(sim, roster, Path(folder))
        rounds = [{name: way() for name, way in compared.items()} for _round in range(ROUNDS)]
    if sim.writes():
        sys.exit("the account was changed")
    show(rounds, f"{count:,} users, unchanged", "whole process", RATIOS)


def show(rounds: list[dict[str, float]], title: str, kind: str, ratios: list[tuple[str, str, float]]) -> None:
    """Print the medians of all rounds, and their ratios."""
    rows = [[name, f"{statistics.median(times[name] for times in rounds):.2f} s"] for name in rounds[0]]
    table(f"{title} (median of {ROUNDS})", ["what", kind], rows)
    rows = []
    for shipped, task, most in ratios:
        ratio = statistics.median(times[shipped] / times[task] for times in rounds)
        rows.append([f"{shipped} / {task}", f"{ratio:.2f}", most, verdict(ratio <= most)])
    table("The same as ratios", ["comparison", "ratio", "at most", "met"], rows)


def main() -> None:
    """Measure the sizes named, or all; other words are for the other benchmarks."""
    sizes = [size for size in SIZES if str(size) in sys.argv[1:] or not sys.argv[1:]]
    reviewed = REVIEWED if "review" in sys.argv[1:] or not sys.argv[1:] else ()
    if not sizes and not reviewed:
        return
    print("## Playbooks")
    with simulator() as sim:
        for count in sizes:
            measure(sim, count)
        for count in reviewed:
            measure_access(sim, count)


if __name__ == "__main__":
    main()
