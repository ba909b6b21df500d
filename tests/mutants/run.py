# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutation testing: changes the code in every small way that cosmic-ray knows, and sees whether a unit test notices.

Run by `make mutants`, in a copy of the sources. A change that no test notices must stand in survivors.toml with a
reason; one that is noticed must not.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
UNIT = "tests/unit/plugins"
# Which tests know a file; those that notice most come first.
TESTS = {
    "_plan": [
        f"{UNIT}/module_utils/test_plan.py",
        f"{UNIT}/modules/test_arize_user_invite.py",
        f"{UNIT}/modules/test_arize_user_password_reset.py",
        f"{UNIT}/modules/test_arize_user.py",
    ],
    "_apply": [
        f"{UNIT}/modules/test_arize_user_races.py",
        f"{UNIT}/modules/test_arize_user_invite.py",
        f"{UNIT}/modules/test_temporary_passwords.py",
        f"{UNIT}/modules/test_arize_user_password_reset.py",
        f"{UNIT}/modules/test_arize_user.py",
    ],
    "_http": [
        f"{UNIT}/module_utils/test_http_edges.py",
        f"{UNIT}/module_utils/test_http_answers.py",
        f"{UNIT}/module_utils/test_http_secrets.py",
        f"{UNIT}/module_utils/test_http_retry.py",
        f"{UNIT}/module_utils/test_http_session.py",
    ],
}
# Changes that say the same in other words: of annotations, and from one comparison or operator to all others.
WITHOUT = [
    "core/ReplaceBinaryOperator_BitOr_.*",
    "core/ReplaceBinaryOperator_.*_(FloorDiv|Mod|Pow|RShift|LShift|BitAnd|BitXor|BitOr)",
    "core/ReplaceComparisonOperator_(Eq|NotEq)_(Lt|LtE|Gt|GtE|Is|IsNot)",
    "core/ReplaceComparisonOperator_(Is|IsNot)_(Eq|NotEq|Lt|LtE|Gt|GtE)",
    "core/ReplaceComparisonOperator_(Lt|LtE|Gt|GtE)_(Is|IsNot|Eq|NotEq)",
]


class Mutant(NamedTuple):
    """A change of one line."""

    module: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.module}\n    - {self.before}\n    + {self.after}"


def configuration(name: str) -> str:
    """Return what cosmic-ray is to do about a file."""
    command = f"{sys.executable} -m pytest -x -q -p no:cacheprovider {' '.join(TESTS[name])}"
    return "\n".join(
        [
            "[cosmic-ray]",
            f'module-path = "plugins/module_utils/{name}.py"',
            "timeout = 120.0",
            "excluded-modules = []",
            f"test-command = {json.dumps(command)}",
            "[cosmic-ray.distributor]",
            'name = "local"',
            "[cosmic-ray.filters.operators-filter]",
            f"exclude-operators = {json.dumps(WITHOUT)}",
        ]
    )


def mutate(name: str, folder: Path) -> Path:
    """Try every mutant of a file; return where the outcomes are."""
    config, session = folder / f"{name}.toml", folder / f"{name}.sqlite"
    config.write_text(configuration(name))
    session.unlink(missing_ok=True)
    subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS[name]], check=True)
    subprocess.run(["cosmic-ray", "init", config, session], check=True)
    subprocess.run(["cr-filter-operators", session, config], check=True)
    subprocess.run(["cosmic-ray", "exec", config, session], check=True)
    return session


def outcomes(name: str, session: Path) -> Iterator[tuple[str, Mutant]]:
    """Yield what became of each mutant that was tried: killed, survived, or incompetent."""
    with sqlite3.connect(session) as connection:
        rows = connection.execute("select test_outcome, diff from work_results where worker_outcome != 'SKIPPED'")
        for outcome, diff in rows:
            changed = [
                line for line in (diff or "").splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")
            ]
            before = " ".join(line[1:].strip() for line in changed if line[0] == "-")
            after = " ".join(line[1:].strip() for line in changed if line[0] == "+")
            yield outcome.lower(), Mutant(name, before, after)


def judge(found: list[tuple[str, Mutant]], names: list[str]) -> list[str]:
    """Return what is wrong: survivors that no user has explained, and explanations of what survives no more."""
    explained = {
        Mutant(entry["module"], entry["before"], entry["after"])
        for entry in tomllib.loads((HERE / "survivors.toml").read_text())["survivor"]
        if entry["module"] in names
    }
    survived = {mutant for outcome, mutant in found if outcome == "survived"}
    wrong = [f"survives, unexplained: {mutant}" for mutant in sorted(survived - explained)]
    return wrong + [f"is explained, but does not survive: {mutant}" for mutant in sorted(explained - survived)]


def main() -> int:
    """Mutate the files named, by default all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *TESTS], default=[])
    parser.add_argument("--folder", type=Path, required=True, help="where outcomes are kept")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    names = given.names or list(TESTS)
    found: list[tuple[str, Mutant]] = []
    for name in names:
        of_file = list(outcomes(name, mutate(name, given.folder)))
        found += of_file
        counts = Counter(outcome for outcome, _mutant in of_file)
        print(f"{name}: {sum(counts.values())} mutants, {', '.join(f'{n} {what}' for what, n in counts.items())}")
    wrong = judge(found, names)
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
