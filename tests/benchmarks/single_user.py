# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an unchanged arize_user task costs, against an ansible.builtin.uri task that sends the same GET.

    python tests/benchmarks/single_user.py [pairs]

Measured twice. "Module process" is the file that Ansible makes of a module and its options, started as Ansible starts
it: the whole process, and what the two tasks differ in. "Task in a playbook" is the whole ansible-playbook process with
a loop of such tasks, less the same playbook without the loop. Both alternate between the two modules, and the ratio is
the median of the ratios of the pairs, so that a busy machine slows both down. Python keeps its bytecode, as it does
where nobody has told it not to: else both would compile their libraries anew in each process. Variables that name CA
files and proxies are left out, since the two read others of them.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.support.scene import simulator, table, verdict  # noqa: E402
from tests.simulator import ADMIN_KEY, SimulatorClient  # noqa: E402

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


def timed(*command: str, **more: str) -> float:
    """Run a command, and return the seconds of the whole process."""
    env = {name: value for name, value in {**os.environ, **more}.items() if not name.upper().endswith(LEFT_OUT)}
    started = time.perf_counter()
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return seconds


def play(folder: Path, *steps: dict[str, Any], **env: str) -> float:
    """Run a playbook of these tasks, and return the seconds of the whole process."""
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


def in_pairs(count: int, measure: Any) -> dict[str, list[float]]:
    """Measure the two in turn, each first as often as the other, after one pair that does not count."""
    seconds: dict[str, list[float]] = {"arize_user": [], "uri": []}
    for number in range(count + 1):
        for name in list(seconds)[:: 1 if number % 2 else -1]:
            taken = measure(name)
            if number:
                seconds[name].append(taken)
    return seconds


def row(title: str, seconds: dict[str, list[float]]) -> tuple[float, list[str]]:
    """Return the median of the ratios, and the row of the table."""
    ratio = statistics.median(ours / theirs for ours, theirs in zip(seconds["arize_user"], seconds["uri"], strict=True))
    ours, theirs = (f"{statistics.median(seconds[name]) * 1000:.0f} ms" for name in ("arize_user", "uri"))
    return ratio, [title, str(len(seconds["uri"])), ours, theirs, f"{ratio:.2f}"]


def main() -> None:
    """Measure and print."""
    pairs = int(sys.argv[1]) if sys.argv[1:] else 21
    with simulator() as sim, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
        sim.reset([{**ANN, "role": "MEMBER"}])
        both = tasks(sim)
        files = made_by_ansible(folder, both)
        if sim.counts() != {"GET": 2}:
            sys.exit(f"the two tasks should be one GET each, but there were {sim.counts()}")
        process, process_row = row("module process", in_pairs(pairs, lambda name: timed(sys.executable, files[name])))

        def task(name: str) -> float:
            loop = {"loop": list(range(LOOPS))}
            return (play(folder, {**both[name], **loop}) - play(folder)) / LOOPS

        whole, task_row = row("task in a playbook", in_pairs(max(3, pairs // 4), task))
    head = ["an unchanged user", "pairs", "arize_user", "uri", "ratio"]
    table("arize_user against a uri task with the same GET, medians", head, [process_row, task_row])
    print(f"\nratio {process:.2f} (module process), {whole:.2f} (task in a playbook)")
    print(f"aim: {AIM:.2f} at most; met: {verdict(process <= AIM)}")


if __name__ == "__main__":
    main()
