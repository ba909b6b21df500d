# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the playbooks of the collection take, next to playbooks with the one task that does the work: ratios of one run.

    python tests/benchmarks/playbooks.py [2000] [10000]

Every time is that of a whole `ansible-playbook` process. The ways take turns, and a ratio is the median of those of the
rounds: a busy machine slows all of them down.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

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
    rows = [[name, f"{statistics.median(times[name] for times in rounds):.2f} s"] for name in compared]
    table(f"{count:,} users, unchanged (median of {ROUNDS})", ["what", "whole process"], rows)
    rows = []
    for shipped, task, most in RATIOS:
        ratio = statistics.median(times[shipped] / times[task] for times in rounds)
        rows.append([f"{shipped} / {task}", f"{ratio:.2f}", most, verdict(ratio <= most)])
    table("The same as ratios", ["comparison", "ratio", "at most", "met"], rows)


def main() -> None:
    """Measure the sizes named, or all; other words are for the other benchmarks."""
    named = [size for size in SIZES if str(size) in sys.argv[1:]]
    if sys.argv[1:] and not named:
        return
    print("## Playbooks")
    with simulator() as sim:
        for count in named or SIZES:
            measure(sim, count)


if __name__ == "__main__":
    main()
