"""Where benchmarks happen: a simulator in a process of its own, and modules, playbooks and scripts in theirs."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from arize_ax_simulator import ADMIN_KEY, SimulatorClient

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).parent


class Measured(NamedTuple):
    """One run: how long the whole process took, what it printed, its memory at its peak (MB), requests by method."""

    seconds: float
    result: dict[str, Any]
    megabytes: float
    requests: dict[str, int]


@contextlib.contextmanager
def simulator() -> Iterator[SimulatorClient]:
    """A simulator that does not check its own answers: it would be the slower half."""
    with tempfile.TemporaryDirectory() as folder:
        note = Path(folder, "simulator.json")
        command = [sys.executable, "-m", "arize_ax_simulator", "--no-answer-checks", "--announce", str(note)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
            try:
                deadline = time.monotonic() + 60
                while not note.exists():
                    if process.poll() is not None or time.monotonic() > deadline:
                        sys.exit("the simulator did not start")
                    time.sleep(0.05)
                yield SimulatorClient(json.loads(note.read_text())["url"], timeout=300)
            finally:
                process.terminate()


def run_module(sim: SimulatorClient, name: str, **options: Any) -> Measured:
    """Run a module in a process of its own, as Ansible does on the managed machine."""
    arguments = {"api_url": sim.url, "api_key": ADMIN_KEY, **options, "_ansible_diff": True}
    sim.clear_journal()
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, str(HERE / "one_module.py"), name],
        input=json.dumps({"ANSIBLE_MODULE_ARGS": arguments}),
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - started
    try:
        result = json.loads(done.stdout)
    except ValueError:
        sys.exit(f"{name} printed no result:\n{done.stdout}\n{done.stderr}")
    return Measured(seconds, result, float(done.stderr.split()[-1]), sim.counts())


def run_playbook(sim: SimulatorClient, tasks: list[dict[str, Any]], **variables: Any) -> float:
    """Run a playbook on localhost, and return the seconds of the whole process."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder, "playbook.yml")
        known = {"ansible_python_interpreter": sys.executable, "url": sim.url, "key": ADMIN_KEY, **variables}
        connection = {"api_url": "{{ url }}", "api_key": "{{ key }}"}
        play = {"hosts": "localhost", "gather_facts": False, "vars": known, "tasks": tasks}
        play["module_defaults"] = {"group/arize.ax.all": connection}
        book.write_text(yaml.safe_dump([play]))
        quiet = {"ANSIBLE_LOCALHOST_WARNING": "False", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False"}
        return run(sys.executable, "-m", "ansible", "playbook", str(book), **quiet)[0]


def run_shipped(sim: SimulatorClient, name: str, *arguments: str) -> float:
    """Run a playbook of the collection, and return the seconds of the whole process."""
    quiet = {"ANSIBLE_LOCALHOST_WARNING": "False", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False"}
    command = [sys.executable, "-m", "ansible", "playbook", f"arize.ax.{name}", *arguments]
    return run(*command, **sim.environment(), **quiet)[0]


def run(*command: str, text: str | None = None, **env: str) -> tuple[float, str]:
    """Run a command; return the seconds of the whole process and what it printed."""
    started = time.perf_counter()
    done = subprocess.run(command, input=text, env={**os.environ, **env}, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return seconds, done.stdout


def shown(requests: dict[str, int]) -> str:
    """Return counts of requests for a table."""
    return " + ".join(f"{count} {method}" for method, count in Counter(requests).most_common()) or "none"


def table(title: str, head: list[str], rows: list[list[Any]]) -> None:
    """Print a table in Markdown."""
    print(f"\n### {title}\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |")
    sys.stdout.flush()


def verdict(met: bool) -> str:
    """Say whether an aim is met."""
    return "yes" if met else "**NO**"
