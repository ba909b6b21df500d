# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the playbook three times, dry, for real and again, and hold the three to what they promise."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.simulator.server import Simulator

HERE = Path(__file__).parent
PEOPLE = [
    {"email": "katherine@example.com", "name": "Katherine Goble", "role": "MEMBER"},
    {"email": "dorothy@example.com", "name": "Dorothy Vaughan", "role": "ADMIN"},
    {"email": "eve@example.com", "name": "Eve Moneypenny", "role": "ANNOTATOR"},
]
RUNS = {
    "1. dry run": ["--check", "--diff"],
    "2. for real": [],
    "3. again": [],
}
TASK = re.compile(r"^TASK \[(?P<task>.*)\] \**$")
STATUS = re.compile(r"^(?P<status>ok|changed): \[localhost\](?: => \(item=(?P<item>.*)\))?")
RECAP = re.compile(r"^localhost +: +(?P<recap>ok=\d+ +changed=(?P<changed>\d+) +unreachable=\d+ +failed=\d+) ")


class Run(NamedTuple):
    """What came of one run of the playbook."""

    code: int
    steps: list[tuple[str, str | None, str]]  # task, item, ok or changed
    recap: str
    changed: int
    writes: int


def play(title: str, options: list[str], simulator: Simulator) -> Run:
    """Run the playbook, show what it prints, and remember what matters."""
    command = ["ansible-playbook", *options, "playbook.yml"]
    headline(f"{title}: {' '.join(command)}")
    simulator.clear_journal()
    task, recap, changed = "", "no recap", -1
    steps: list[tuple[str, str | None, str]] = []
    # Nothing of the caller's own connection may remain: this playbook must not meet a real account.
    env = {name: value for name, value in os.environ.items() if not name.startswith("ARIZE_")}
    env |= simulator.environment() | {"ANSIBLE_CONFIG": str(HERE / "ansible.cfg")}
    with subprocess.Popen(command, cwd=HERE, env=env, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            if match := TASK.match(line):
                task = match["task"]
            elif match := STATUS.match(line):
                steps.append((task, match["item"], match["status"]))
            elif match := RECAP.match(line):
                recap, changed = " ".join(match["recap"].split()), int(match["changed"])
    return Run(process.returncode, steps, recap, changed, len(simulator.writes()))


def problems(dry: Run, real: Run, again: Run) -> list[str]:
    """What is not as it should be; nothing, if all is well."""
    checks = {
        "a playbook run failed": any(run.code for run in (dry, real, again)),
        "the dry run wrote to the account": dry.writes > 0,
        "the real run changed nothing": real.changed <= 0,
        f"the dry run foresaw {dry.steps}, the real run did {real.steps}": dry.steps != real.steps,
        "the second real run changed something": again.changed != 0 or again.writes > 0,
    }
    return [problem for problem, found in checks.items() if found]


def headline(text: str) -> None:
    print(f"\n{'=' * 80}\n{text}\n{'=' * 80}", flush=True)


def main() -> int:
    """Play, then tell the outcome in a few lines."""
    with Simulator() as simulator:
        simulator.reset(PEOPLE, owners=False)
        runs = [play(title, options, simulator) for title, options in RUNS.items()]
    headline("What happened")
    for title, run in zip(RUNS, runs, strict=True):
        print(f"  {title:<12}  {run.recap}  ({run.writes} writing requests)")
    if found := problems(*runs):
        print("\nTHE DEMO FAILED:", *found, sep="\n  - ")
        return 1
    print("\nThe dry run foresaw every change of the real run, and a second real run had nothing left to do.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
