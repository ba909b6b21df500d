"""Run the playbook three times, as a dry run, for real and again, and check what the three did."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from arize_ax_simulator.server import Simulator

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PEOPLE = [
    {"email": "katherine@example.com", "name": "Katherine Goble", "role": "MEMBER"},
    {"email": "dorothy@example.com", "name": "Dorothy Vaughan", "role": "ADMIN"},
    {"email": "eve@example.com", "name": "Eve Moneypenny", "role": "ANNOTATOR"},
]
RUNS = {"dry run": ["--check", "--diff"], "for real": [], "again": []}
LABELS = {
    "Onboard three users": "users onboarded",
    "Rename Katherine": "users renamed",
    "Offboard Eve": "users offboarded",
}
TASK = re.compile(r"^TASK \[(?P<task>.*)\] \**$")
STATUS = re.compile(r"^(?P<status>ok|changed): \[localhost\](?: => \(item=(?P<item>.*)\))?")
CHANGED = re.compile(r"^localhost +: +ok=\d+ +changed=(\d+) ")
NEXT = """
Next, your own playbook on a simulated account: docs/getting_started.md"""


class Run(NamedTuple):
    """The effects of one run of the playbook."""

    code: int
    steps: list[tuple[str, str | None, str]]  # task, item, ok or changed
    changed: int  # tasks, -1 without a recap
    mails: int
    writes: int
    users: int  # in the account, afterwards

    def counts(self) -> dict[str, int]:
        """Return what the table shows."""
        changed = [task for task, _item, status in self.steps if status == "changed"]
        return {
            **{label: changed.count(task) for task, label in LABELS.items()},
            "invitations mailed": self.mails,
            "write requests": self.writes,
            "users in the account": self.users,
        }


def play(title: str, options: list[str], simulator: Simulator) -> Run:
    """Run the playbook, show its output, and return what it did."""
    command = ["ansible-playbook", *options, "playbook.yml"]
    headline(f"{title}: {' '.join(command)}")
    simulator.clear_journal()
    task, changed = "", -1
    steps: list[tuple[str, str | None, str]] = []
    # Nothing of the caller's own connection may remain: this playbook must never reach a real account.
    env = {name: value for name, value in os.environ.items() if not name.startswith("ARIZE_")}
    env |= simulator.environment() | {"ANSIBLE_CONFIG": str(HERE / "ansible.cfg")}
    with subprocess.Popen(command, cwd=HERE, env=env, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            if match := TASK.match(line):
                task = match["task"]
            elif match := STATUS.match(line):
                steps.append((task, match["item"], match["status"]))
            elif match := CHANGED.match(line):
                changed = int(match[1])
    mails, writes, users = len(simulator.mails()), len(simulator.writes()), len(simulator.users())
    blocked = sum(user["status"] == "BLOCKED" for user in simulator.users())
    return Run(process.returncode, steps, changed, mails, writes, users - blocked)


def problems(dry: Run, real: Run, again: Run) -> list[str]:
    """Return what is not as it should be."""
    checks = {
        "a playbook run failed": any(run.code for run in (dry, real, again)),
        "the dry run wrote to the account": dry.writes > 0,
        "the real run changed nothing": real.changed <= 0,
        f"the dry run predicted {dry.steps}, the real run did {real.steps}": dry.steps != real.steps,
        "the second real run changed something": again.changed != 0 or again.writes > 0,
    }
    return [problem for problem, found in checks.items() if found]


def headline(text: str) -> None:
    print(f"\n{'=' * 80}\n{text}\n{'=' * 80}", flush=True)


def show_playbook() -> None:
    """Print the playbook, without its licence header."""
    path = HERE / "playbook.yml"
    headline(f"The playbook: {path.relative_to(ROOT)}")
    print(path.read_text().partition("---\n")[2], end="", flush=True)


def show_counts(runs: dict[str, Run]) -> None:
    """Print a table: what the three runs did."""
    headline("What the three runs did")
    print(f"{'':22}" + "".join(f"{title:>11}" for title in runs))
    counts = [run.counts() for run in runs.values()]
    for label in counts[0]:
        print(f"  {label:20}" + "".join(f"{count[label]:>11}" for count in counts))
    real = runs["for real"]
    print(f"\n{real.changed} changed tasks sent {real.writes} write requests, one for each user: the first is a loop.")


def main() -> int:
    """Show and run the playbook, then say what happened."""
    show_playbook()
    with Simulator() as simulator:
        simulator.reset(PEOPLE, owners=False)
        runs = {title: play(title, options, simulator) for title, options in RUNS.items()}
    show_counts(runs)
    if found := problems(*runs.values()):
        print("\nTHE DEMO FAILED:", *found, sep="\n  - ")
        return 1
    print("\nThe dry run predicted every change, and the second real run changed nothing.")
    print(NEXT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
