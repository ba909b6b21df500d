"""The cost of an unchanged arize_user task, against an ansible.builtin.uri task that sends the same GET.

    python tests/benchmarks/single_user.py [pairs]

Measured twice. "Module process" is the file that Ansible makes of a module and its options, started as Ansible starts
it: the whole process, and what the two tasks differ in. "Task in a playbook" is the whole ansible-playbook process with
a loop of such tasks, less the same playbook without the loop. Both alternate between the two modules, and the ratio is
the median of the ratios of the pairs, so that a busy machine slows both down; seconds of the processor are more even.
Python keeps its bytecode, as it does where no user has told it not to: else both would compile their libraries anew in
each process. Variables that name CA files and proxies are left out, since the two read others of them.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from arize_ax_simulator import ADMIN_KEY, SimulatorClient  # noqa: E402

from tests.benchmarks.support.scene import simulator, table, verdict  # noqa: E402

ANN = {"email": "ann@example.com", "name": "Ann", "role": "member"}
AIM = 1.0
LEFT_OUT = ("DONTWRITEBYTECODE", "CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "_PROXY", "ARIZE_SSL_CA_CERT")
LOOPS = 10  # tasks in a playbook


def tasks(sim: SimulatorClient) -> dict[str, dict[str, Any]]:
    """The two tasks, by module."""
    url = f"{sim.url}/v2/users?limit=100&email={quote(ANN['email'])}"
    headers = {"Authorization": f"Bearer {ADMIN_KEY}", "Accept": "application/json, application/problem+json"}
    return {
        "arize_user": {"arize.ax.arize_user": {**ANN, "api_url": sim.url, "api_key": ADMIN_KEY}},
        "uri": {"ansible.builtin.uri": {"url": url, "headers": headers, "return_content": True}},
    }


class Cost(NamedTuple):
    """The cost of a process and its children: seconds on the wall, and of the processor."""

    wall: float
    cpu: float


def timed(*command: str, **more: str) -> Cost:
    """Run a command, and return what the whole process cost."""
    env = {name: value for name, value in {**os.environ, **more}.items() if not name.upper().endswith(LEFT_OUT)}
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def play(folder: Path, *steps: dict[str, Any], **env: str) -> Cost:
    """Run a playbook of these tasks, and return what the whole process cost."""
    book = folder / "playbook.yml"
    known = {"ansible_python_interpreter": sys.executable}
    head = {"hosts": "localhost", "gather_facts": False, "vars": known}
    book.write_text(yaml.safe_dump([{**head, "tasks": [{"name": "Begin", "ansible.builtin.meta": "noop"}, *steps]}]))
    quiet = {"ANSIBLE_LOCALHOST_WARNING": "False", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False"}
    temporary = {"ANSIBLE_REMOTE_TMP": str(folder / "remote")}
    return timed(sys.executable, "-m", "ansible", "playbook", str(book), **quiet, **temporary, **env)


def made_by_ansible(folder: Path, both: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Return the files that Ansible makes of the two tasks."""
    play(folder, *both.values(), ANSIBLE_KEEP_REMOTE_FILES="1")
    return {name: str(next(folder.rglob(f"AnsiballZ_{name}.py"))) for name in both}


def in_pairs(count: int, measure: Callable[[str], Cost]) -> dict[str, list[Cost]]:
    """Measure the two in turn, each first as often as the other, after one pair that does not count."""
    costs: dict[str, list[Cost]] = {"arize_user": [], "uri": []}
    for number in range(count + 1):
        for name in list(costs)[:: 1 if number % 2 else -1]:
            cost = measure(name)
            if number:
                costs[name].append(cost)
    return costs


def rows(title: str, costs: dict[str, list[Cost]]) -> tuple[float, list[list[str]]]:
    """Return the median of the ratios on the wall, and the rows of the table."""
    ratios, shown = {}, []
    for kind, words in (("wall", ""), ("cpu", ", processor only")):
        ours, theirs = ([getattr(cost, kind) for cost in costs[name]] for name in ("arize_user", "uri"))
        ratios[kind] = statistics.median(one / other for one, other in zip(ours, theirs, strict=True))
        medians = [f"{statistics.median(values) * 1000:.0f} ms" for values in (ours, theirs)]
        shown.append([title + words, str(len(ours)), *medians, f"{ratios[kind]:.2f}"])
    return ratios["wall"], shown


def main() -> None:
    """Measure and print."""
    pairs = next((int(argument) for argument in sys.argv[1:] if argument.isdigit()), 21)
    with simulator() as sim, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
        sim.reset([{**ANN, "role": "MEMBER"}])
        both = tasks(sim)
        files = made_by_ansible(folder, both)
        if sim.counts() != {"GET": 2}:
            sys.exit(f"the two tasks should be one GET each, but there were {sim.counts()}")
        process, shown = rows("module process", in_pairs(pairs, lambda name: timed(sys.executable, files[name])))

        def task(name: str) -> Cost:
            looped, empty = play(folder, {**both[name], "loop": list(range(LOOPS))}), play(folder)
            return Cost((looped.wall - empty.wall) / LOOPS, (looped.cpu - empty.cpu) / LOOPS)

        whole, more = rows("task in a playbook", in_pairs(max(3, pairs // 4), task))
    head = ["an unchanged user", "pairs", "arize_user", "uri", "ratio"]
    table("arize_user against a uri task with the same GET, medians", head, shown + more)
    print(f"\nratio {process:.2f} (module process), {whole:.2f} (task in a playbook)")
    print(f"aim: {AIM:.2f} at most; met: {verdict(process <= AIM)}")


if __name__ == "__main__":
    main()
