"""Write docs/tested_with.md from what the last `make matrix` left in build/results.

tested_with.py [COMMIT NOTE]   of another commit than the one that is checked out, and a sentence about it: where some
                               sessions were run again later, and their reports put into build/results/nox.json
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from summary import reasons, tally_of

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from noxfile import CORES, MATRIX, RESULTS, find_python  # noqa: E402

KINDS = ["sanity", "units", "journeys", "integration"]
PAGE = """\
<!--
Copyright: (c) 2026, the arize.ax contributors
GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
-->

# Test matrix

Written by `dev/tested_with.py`, not by hand: after `make matrix`, which runs everything below, or after `make all`,
which runs some of it; a cell that says so was not run. This run was on {day}, of commit `{commit}`.{note}
The versions come from
[tests/matrix.toml](https://github.com/arize-ax/ansible-collection-ax/blob/main/tests/matrix.toml).

- **sanity** is `ansible-test sanity` without an ignore file, counted in checks.
- **units** is `ansible-test units`, counted in tests; in the last row pytest.
- **journeys** are playbooks and examples, run by Ansible against the simulated API, counted in tests; once for each
  ansible-core.
- **integration** is `ansible-test integration` against the simulated API, counted in tasks.

| ansible-core | Python | {heads} |
|---|---|{rules}|
{rows}

{total}

## Skipped, by name

{skipped}

A skip is not a pass: a check that is skipped has found nothing that it applies to, or a tool or an interpreter that it
needs is not on the machine of this run.
"""


class Cell(NamedTuple):
    """One ansible-core on one Python, and the sessions that test it, by kind."""

    core: str
    python: str
    sessions: dict[str, str]


def cells() -> Iterator[Cell]:
    """Go through the matrix, in order of versions."""
    for core in CORES:
        for python in sorted(core.pythons, key=lambda version: int(version.split(".")[1])):
            usual = python == (core.python or core.pythons[0])
            end = core.version if usual else f"{core.version}-python{python}"
            yield Cell(core.release, python, {kind: f"{kind}-{end}" for kind in KINDS})
    oldest = MATRIX["oldest_target"]
    (release,) = [core.release for core in CORES if core.version == oldest["core"]]
    yield Cell(f"{release}, modules only", oldest["python"], {"units": f"units-python{oldest['python']}"})


def full_version(python: str) -> str:
    interpreter = find_python(python)
    if not interpreter:
        return python
    done = subprocess.run([interpreter, "--version"], check=True, capture_output=True, text=True)
    return done.stdout.split()[1]


def outcome(session: dict | None) -> str:
    """Say in a cell of the table what became of a session."""
    if session is None:
        return "not run"
    if session["result"] == "skipped":
        return "skipped"
    tally = tally_of(session, RESULTS)
    parts = [f"**{tally.failed} failed**"] if tally.failed else []
    parts += [f"{tally.passed} passed"] if tally.passed else []
    parts += [f"{tally.skipped} skipped"] if tally.skipped else []
    return ", ".join(parts)


def skips(sessions: dict[str, dict]) -> Iterator[str]:
    """Name what was skipped: whole sessions first, then what was skipped inside of one."""
    whole = sorted({session["reason"] for session in sessions.values() if session["result"] == "skipped"})
    yield from (f"- {reason}" for reason in whole)
    inside: dict[str, set[str]] = {}
    for session in sessions.values():
        kind, core = session["name"].split("-")[:2]
        for reason in reasons(RESULTS / session["name"]):
            inside.setdefault(f"{kind}: {reason}", set()).add(core)
    yield from (f"- {reason} (on {', '.join(sorted(cores))})" for reason, cores in sorted(inside.items()))


def main() -> None:
    """Write the page."""
    matrix = {name for cell in cells() for name in cell.sessions.values()}
    report = json.loads((RESULTS / "nox.json").read_text())["sessions"]
    sessions = {session["name"]: session for session in report if session["name"] in matrix}
    rows = []
    for cell in cells():
        outcomes = [outcome(sessions.get(cell.sessions.get(kind, ""))) for kind in KINDS]
        rows.append(f"| {cell.core} | {full_version(cell.python)} | {' | '.join(outcomes)} |")
    tallies = [tally_of(session, RESULTS) for session in sessions.values()]
    passed, failed, skipped = map(sum, zip(*tallies, strict=True))
    revision, note = sys.argv[1:] or ["HEAD", ""]
    commit = subprocess.run(["git", "rev-parse", "--short=12", revision], cwd=ROOT, check=True, capture_output=True)
    page = PAGE.format(
        day=time.strftime("%Y-%m-%d", time.gmtime()),
        commit=commit.stdout.decode().strip(),
        note=note and f"\n{note}",
        heads=" | ".join(KINDS),
        rules="|".join("---" for _kind in KINDS),
        rows="\n".join(rows),
        total=f"In all {passed} passed, {failed} failed, {skipped} skipped.",
        skipped="\n".join(skips(sessions)) or "Nothing.",
    )
    (ROOT / "docs" / "tested_with.md").write_text(page)


if __name__ == "__main__":
    main()
