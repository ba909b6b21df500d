"""Mutation testing: changes the code in every small way that cosmic-ray knows, and sees whether a unit test notices.

Run by `make mutants`, in a copy of the sources. Without arguments it mutates the files that differ from the last tag,
for half an hour at most. A change that no test notices must stand in survivors.toml with a reason; one that is noticed
must not.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import WorkerOutcome

HERE = Path(__file__).parent
UNIT = Path("tests/unit/plugins")
# What is mutated, below plugins or plugins/module_utils; first where deletions are decided.
FOLDERS = ["_planning", "_execution", "_client", "filter", "plugin_utils"]
# Which tests know a file beside those that bear its name (`tests_of`).
MORE_TESTS = {
    "_planning/binding.py": [
        "module_utils/test_planning_roster_access.py",
        "modules/test_arize_role_binding.py",
        "modules/test_arize_user_roster_access.py",
    ],
    "_planning/options.py": [
        "module_utils/test_planning_desired.py",
        "module_utils/test_planning_binding.py",
        "modules/test_bad_input.py",
        "modules/test_arize_user_info.py",
    ],
    "_planning/desired.py": [
        "module_utils/test_planning_roster_entries.py",
        "module_utils/test_planning_binding.py",
        "modules/test_bad_input.py",
        "modules/test_arize_user_info.py",
    ],
    "_planning/desired_access.py": ["module_utils/test_planning_binding.py"],
    "_planning/moments.py": ["modules/test_arize_service_key.py", "filter/test_access_review.py"],
    "_planning/catalog.py": [
        "modules/test_arize_user_roster_access.py",
        "modules/test_arize_role_binding_info.py",
        "modules/test_arize_user_info.py",
    ],
    "_planning/protection.py": ["module_utils/test_planning_roster.py"],
    "_planning/roster.py": [
        "module_utils/test_planning_protection.py",
        "module_utils/test_execution_roster_safeguards.py",
        "modules/test_arize_user_roster_access.py",
    ],
    "_planning/results.py": ["module_utils/test_planning_roster_results.py"],
    "_planning/role.py": ["module_utils/test_planning_binding.py", "modules/test_arize_role.py"],
    "_planning/roster_access.py": ["modules/test_arize_user_roster_access.py"],
    "_planning/roster_results.py": [
        "module_utils/test_planning_roster_message.py",
        "modules/test_arize_user_roster.py",
        "modules/test_arize_user_roster_access.py",
    ],
    "_planning/place.py": ["modules/test_arize_space.py", "modules/test_arize_project.py"],
    "_planning/restriction.py": ["modules/test_arize_resource_restriction.py"],
    "_planning/safeguards.py": [
        "module_utils/test_planning_roster.py",
        "module_utils/test_planning_protection.py",
        "module_utils/test_execution_roster_safeguards.py",
        "modules/test_arize_user_roster_access_safeguards.py",
    ],
    "_planning/service_key_options.py": [
        "module_utils/test_planning_service_key.py",
        "modules/test_arize_service_key.py",
    ],
    "_planning/user.py": ["modules/test_states.py"],
    "_execution/api_keys.py": ["modules/test_arize_api_key_info.py"],
    "_execution/apply.py": [
        "module_utils/test_execution_user.py",
        "modules/test_arize_role.py",
        "modules/test_arize_role_binding.py",
    ],
    "_execution/binding.py": ["modules/test_arize_role_binding.py", "modules/test_arize_role_binding_info.py"],
    "_execution/place.py": [
        "modules/test_arize_space.py",
        "modules/test_arize_project.py",
        "modules/test_arize_space_info.py",
        "modules/test_arize_project_info.py",
    ],
    "_execution/restriction.py": ["modules/test_arize_resource_restriction.py"],
    "_execution/role.py": ["modules/test_arize_role.py", "modules/test_arize_role_info.py"],
    "_execution/catalog.py": [
        "modules/test_arize_user_info.py",
        "modules/test_arize_role_binding.py",
        "modules/test_arize_role_binding_info.py",
        "modules/test_arize_user_roster_access.py",
    ],
    "_execution/parallel.py": ["module_utils/test_execution_roster.py"],
    "_execution/connection.py": ["modules/test_bad_input.py", "modules/test_internal_errors.py"],
    "_execution/roster_account.py": [
        "module_utils/test_execution_roster_reading.py",
        "module_utils/test_execution_roster_safeguards.py",
        "modules/test_arize_user_roster_access.py",
        "modules/test_arize_user_roster_access_safeguards.py",
    ],
    "_execution/service_key.py": ["modules/test_arize_service_key.py"],
    "_execution/user_info.py": ["modules/test_arize_user_info.py", "modules/test_bad_input.py"],
    "_execution/user.py": ["modules/test_temporary_passwords.py"],
    "_execution/roster.py": ["modules/test_arize_user_roster.py", "modules/test_arize_user_roster_access.py"],
    "_client/bindings.py": ["modules/test_arize_role_binding.py", "modules/test_arize_role_binding_info.py"],
    "_client/places.py": [
        "modules/test_arize_space.py",
        "modules/test_arize_project.py",
        "modules/test_arize_role_binding.py",
        "modules/test_arize_user_roster_access.py",
    ],
    "_client/restrictions.py": ["modules/test_arize_resource_restriction.py"],
    "_client/reading.py": [
        "module_utils/test_client_users.py",
        "module_utils/test_client_users_write.py",
        "modules/test_arize_role.py",
        "modules/test_arize_role_binding.py",
    ],
    "_client/roles.py": ["modules/test_arize_role.py", "modules/test_arize_role_info.py"],
    "_client/api_keys.py": ["modules/test_arize_api_key_info.py"],
    "_client/service_keys.py": ["modules/test_arize_service_key.py"],
    "_client/connection.py": ["module_utils/test_client_endpoint.py"],
    "_client/creation.py": ["modules/test_arize_role_binding.py", "modules/test_temporary_passwords.py"],
    "_client/failures.py": [
        "module_utils/test_client_send.py",
        "module_utils/test_client_waits.py",
        "module_utils/test_client_endpoint.py",
        "module_utils/test_client_session.py",
        "module_utils/test_client_retry.py",
    ],
    "_client/body.py": ["module_utils/test_client_send.py"],
    "_client/deletion.py": ["module_utils/test_client_users_write.py"],
    "_client/deadline.py": ["module_utils/test_client_send.py"],
    "_client/retry.py": ["module_utils/test_client_limiter.py", "module_utils/test_client_waits.py"],
    "_client/session.py": [
        "module_utils/test_client_send.py",
        "module_utils/test_client_waits.py",
        "module_utils/test_client_paging.py",
    ],
    "_client/users.py": ["module_utils/test_client_creation.py", "modules/test_arize_user_info.py"],
    "plugin_utils/_moments.py": ["filter/test_access_review.py", "filter/test_roster_drift.py"],
    "plugin_utils/_review_changes.py": ["filter/test_access_review.py"],
    "plugin_utils/_outcome.py": ["filter/test_roster_outcome.py", "action/test_show_outcome.py"],
    "plugin_utils/_people.py": ["filter/test_people.py"],
    "plugin_utils/_roster.py": ["filter/test_roster_from_csv.py", "filter/test_roster_from_yaml.py"],
    "plugin_utils/_roster_csv.py": ["filter/test_roster_from_csv.py", "filter/test_access_by_column.py"],
    "plugin_utils/_variables.py": ["lookup/test_playbook_variables.py"],
    "plugin_utils/_texts.py": [
        "filter/test_access_from_text.py",
        "filter/test_roster_from_csv.py",
        "filter/test_roster_from_yaml.py",
        "filter/test_people.py",
        "filter/test_templates.py",
        "filter/test_roster_drift.py",
        "filter/test_roster_outcome.py",
        "filter/test_access_review.py",
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


# ---------------------------------------------------------------- which files, and which tests


def source_of(name: str) -> Path:
    """Return where a file is: those with an underscore are below module_utils."""
    return Path("plugins/module_utils" if name.startswith("_") else "plugins", name)


def all_files() -> list[str]:
    """Return the names of all files to mutate."""
    paths = [(folder, path) for folder in FOLDERS for path in sorted(source_of(folder).glob("*.py"))]
    return [f"{folder}/{path.name}" for folder, path in paths]


def tests_of(name: str) -> list[str]:
    """Return the tests that know a file, those that notice most first: `_client/users.py` has test_client_users*.py."""
    folder, stem = Path(name).parent.name, Path(name).stem
    below_module_utils = ("module_utils", f"test{folder}_{stem}")
    place, begin = below_module_utils if folder.startswith("_") else (folder, f"test_{stem.strip('_')}")
    own = sorted((UNIT / place).glob(f"{begin}*.py"), key=lambda path: len(path.name))
    tests = [*own, *(UNIT / more for more in MORE_TESTS.get(name, []))]
    if not tests:
        raise SystemExit(f"no unit test bears the name of {name}, and MORE_TESTS has none")
    return list(dict.fromkeys(map(str, tests)))


def changed_files(checkout: Path, since: str) -> list[str]:
    """Return the names of the files that differ from a commit, by default the last tag; all where there is no tag."""
    git = ["git", "-C", str(checkout)]
    last_tag = subprocess.run([*git, "describe", "--tags", "--abbrev=0"], capture_output=True, text=True, check=False)
    since = since or last_tag.stdout.strip()
    if not since:
        print("There is no tag yet: every file counts as changed.")
        return all_files()
    differ = subprocess.run([*git, "diff", "--name-only", since], capture_output=True, text=True, check=True)
    return [name for name in all_files() if str(source_of(name)) in differ.stdout.splitlines()]


# ---------------------------------------------------------------- mutating


def prepare(name: str, session: Path) -> None:
    """Have cosmic-ray list the mutants of a file."""
    config = session.with_suffix(".toml")
    operators = ["[cosmic-ray.filters.operators-filter]", f"exclude-operators = {json.dumps(WITHOUT)}"]
    module = [f'module-path = "{source_of(name)}"', "timeout = 0.0", "excluded-modules = []", 'test-command = ""']
    config.write_text("\n".join(["[cosmic-ray]", *module, "[cosmic-ray.distributor]", 'name = "local"', *operators]))
    session.unlink(missing_ok=True)
    subprocess.run(["cosmic-ray", "init", config, session], check=True)
    subprocess.run(["cr-filter-operators", session, config], check=True)


def mutate(name: str, session: Path, deadline: float) -> int:
    """Try the mutants of a file until the deadline; return how many were not tried."""
    prepare(name, session)
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests_of(name)]
    begin = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    longest = 20 + 5 * (time.monotonic() - begin)  # a mutant that never ends is noticed, too
    with use_db(str(session), WorkDB.Mode.open) as work:
        pending = list(work.pending_work_items)
        for count, item in enumerate(pending):
            if time.monotonic() > deadline:
                return len(pending) - count
            work.set_result(item.job_id, mutate_and_test(item.mutations, " ".join(command), longest))
    return 0


def outcomes(name: str, session: Path) -> Iterator[tuple[str, Mutant]]:
    """Yield what became of each mutant that was tried: killed, survived, or incompetent."""
    with use_db(str(session), WorkDB.Mode.open) as work:
        for _job, result in work.results:
            if result.worker_outcome == WorkerOutcome.SKIPPED or not result.test_outcome:
                continue
            lines = [line for line in (result.diff or "").splitlines() if line[:3] not in ("+++", "---")]
            sides = (" ".join(line[1:].strip() for line in lines if line.startswith(sign)).strip() for sign in "-+")
            yield result.test_outcome.value, Mutant(name, *sides)


# ---------------------------------------------------------------- judging


def judge(found: list[tuple[str, Mutant]], complete: list[str]) -> list[str]:
    """Return what is wrong: survivors without an explanation, and explanations of what survives no more."""
    explained = {
        Mutant(entry["module"], entry["before"], entry["after"])
        for entry in tomllib.loads((HERE / "survivors.toml").read_text()).get("survivor", [])
    }
    survived = {mutant for outcome, mutant in found if outcome == "survived"}
    gone = {mutant for mutant in explained if not source_of(mutant.module).exists()}
    stale = gone | {mutant for mutant in explained - survived if mutant.module in complete}
    wrong = [f"survives, unexplained: {mutant}" for mutant in sorted(survived - explained)]
    return wrong + [f"is explained, but does not survive: {mutant}" for mutant in sorted(stale)]


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="file", help="such as _planning/protection.py or filter/people.py")
    parser.add_argument("--all", action="store_true", help="every file, without a limit of time")
    parser.add_argument("--since", default="", metavar="COMMIT", help="what differs from it; by default, the last tag")
    parser.add_argument("--minutes", type=float, default=30, help="no mutant is begun later (%(default)s)")
    parser.add_argument("--folder", type=Path, required=True, help="where outcomes are kept")
    parser.add_argument("--checkout", type=Path, default=Path(), help="whose history knows the tags")
    given = parser.parse_args()
    if unknown := sorted({*given.names} - {*all_files()}):
        parser.error(f"{', '.join(unknown)}: not among {', '.join(all_files())}")
    return given


def try_all(names: list[str], folder: Path, deadline: float) -> tuple[list[tuple[str, Mutant]], dict[str, str]]:
    """Mutate files until the deadline; return what became of each mutant, and how much of which file was not tried."""
    found: list[tuple[str, Mutant]] = []
    left: dict[str, str] = {}
    for name in names:
        if time.monotonic() > deadline:
            left[name] = "all"
            continue
        session = folder / f"{name.replace('/', '-')}.sqlite"
        if untried := mutate(name, session, deadline):
            left[name] = f"{untried} mutants"
        of_file = list(outcomes(name, session))
        counts = Counter(outcome for outcome, _mutant in of_file)
        told = [f"{name}: {len(of_file)} mutants", *(f"{count} {outcome}" for outcome, count in counts.items())]
        print(", ".join(told), flush=True)
        found += of_file
    return found, left


def main() -> int:
    """Mutate the files named, else those that differ from the last tag, or all."""
    given = arguments()
    names = given.names or (all_files() if given.all else changed_files(given.checkout, given.since))
    given.folder.mkdir(parents=True, exist_ok=True)
    found, left = try_all(names, given.folder, math.inf if given.all else time.monotonic() + 60 * given.minutes)
    wrong = judge(found, [name for name in names if name not in left])
    print(*wrong, *[f"not tried, the time is over: {count} of {name}" for name, count in left.items()], sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
