"""The table at the end of `make test`, `make all` and others, and its exit code: `summary.py FOLDER...`, a folder a run.

Counted are pytest's tests, ansible-test's sanity checks and unit tests, and the tasks of integration targets, from the
JUnit files that a session left in its folder; a session that leaves none (a linter) counts as one. So does a session
that failed or was skipped as a whole.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree


class Tally(NamedTuple):
    """How many."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def plus(self, other: Tally) -> Tally:
        return Tally(*map(sum, zip(self, other, strict=True)))


def cases(folder: Path) -> Tally:
    """Count the test cases of a session."""
    tally = Tally()
    for report in folder.glob("*.xml"):
        for case in ElementTree.parse(report).iter("testcase"):
            failed = case.find("failure") is not None or case.find("error") is not None
            skipped = case.find("skipped") is not None
            tally = tally.plus(Tally(not failed and not skipped, failed, skipped and not failed))
    return tally


def reasons(folder: Path) -> set[str]:
    """Say which test cases of a session were skipped, and why, without the Python version in the name."""
    named = set()
    for report in folder.glob("*.xml"):
        for case in ElementTree.parse(report).iter("testcase"):
            if (skipped := case.find("skipped")) is not None:
                name = case.get("name", "").split("-python-")[0]
                named.add(f"{name}: {skipped.get('message') or (skipped.text or '').strip()}")
    return named


def tally_of(session: dict, results: Path) -> Tally:
    """Count a session: what it reported below *results*, and never less than its own outcome."""
    if session["result"] == "skipped":
        return Tally(skipped=1)
    tally = cases(results / session["name"])
    if session["result"] != "success":
        return tally if tally.failed else tally.plus(Tally(failed=1))
    return tally if any(tally) else Tally(passed=1)


def table(results: Path) -> tuple[list[str], Tally]:
    """Return the table of a run, with its seconds, and its total."""
    sessions = json.loads((results / "nox.json").read_text())["sessions"]
    total = Tally()
    width = max(len(session["name"]) for session in sessions)
    lines = ["", f"{results.parent.name:{width}} {'passed':>6} {'failed':>6} {'skipped':>7} {'seconds':>7}"]
    for session in sessions:
        tally = tally_of(session, results)
        total = total.plus(tally)
        outcome = "" if session["result"] == "success" else session["result"]
        note = f"  {outcome}: {session['reason'] or 'see its output above'}" if outcome else ""
        lines.append(f"{session['name']:{width}} {'{:6} {:6} {:7}'.format(*tally)} {session['duration']:7.0f}{note}")
    seconds = (results / "nox.json").stat().st_mtime - (results / "started").stat().st_mtime
    return [*lines, f"{seconds:.0f} seconds in all"], total


def main() -> int:
    """Print the tables, keep them in the first folder, and fail if anything failed."""
    runs = [Path(name) for name in sys.argv[1:]]
    total = Tally()
    lines: list[str] = []
    for results in runs:
        shown, tally = table(results)
        total = total.plus(tally)
        lines += shown
    lines += ["", f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped"]
    print(*lines, sep="\n")
    (runs[0] / "summary.txt").write_text("\n".join(lines) + "\n")
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main())
