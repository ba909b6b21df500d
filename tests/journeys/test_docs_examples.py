"""Every example of the documentation runs, and prints what the documentation shows.

The outputs and messages that the pages show are files below docs/examples/output. After an intended change, write them
again with UPDATE_DOCS=$PWD/docs/examples/output make journeys ARGS="-k docs_examples", and run
python docs/site/includes.py and python docs/images/dry_run.py.
"""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import requests
import yaml
from ansible_collections.arize.ax.plugins.module_utils._planning import user as user_planning
from arize_ax_simulator import ADMIN_KEY, MEMBER_KEY

from docs.images import dry_run
from docs.site.includes import included
from tests.journeys.harness import ModuleRunner, assert_fit_to_be_seen, clean_environment

pytestmark = pytest.mark.once
ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SHOWN = DOCS / "examples"
OUTPUT = SHOWN / "output"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
INCLUDE = re.compile(r"<!-- include: (\S+) -->")
YAML_BLOCK = re.compile(r"^```ya?ml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RECAP = re.compile(r"^localhost +: +(.*?) *$", re.MULTILINE)
# The commands of the examples for CI are run as they are.
JOBS = {"pull_request.yml", "apply_after_merge.yml", "gitlab_ci.yml"}
TESTS = {"test_on_simulator.yml", "test_on_simulator_gitlab_ci.yml"}
# drift_to_chat.yml needs a chat.
DATA = {
    "access_by.yml",
    "columns.yml",
    "people.yml",
    "roster_settings.yml",
    "people_and_access.yml",
    "people_with_access.yml",
    "account.yml",
    "cast.yml",
    "places.yml",
    "requirements.yml",
    "drift_to_chat.yml",
    "service_keys.yml",
    *JOBS,
    *TESTS,
}
PLAYBOOKS = sorted(path.name for path in SHOWN.glob("*.yml") if path.name not in DATA)
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("arize_*.py"))


def person(address: str, name: str, role: str = "MEMBER", status: str = "ACTIVE", **others: Any) -> dict[str, Any]:
    return {"email": f"{address}@example.com", "name": name, "role": role, "status": status, **others}


CAST = yaml.safe_load((SHOWN / "cast.yml").read_text())
PLACES = yaml.safe_load((SHOWN / "places.yml").read_text())
RUNS = {"dry": "--check --diff ", "real": "", "again": ""}


@dataclass
class Example:
    """An example playbook, and how many of its tasks change in three runs."""

    changed: tuple[int, int, int] = (1, 1, 0)


# One account and three processes for all of these, since each takes its time to start.
TOGETHER = {
    "chase_invitations.yml": Example(),  # Katherine
    "connection.yml": Example((0, 0, 0)),
    "export_roster.yml": Example((1, 1, 1)),  # the account has changed between the runs
    "change_address.yml": Example((1, 1, 0)),  # Grace; the new address is invited, not active
    "failed_when.yml": Example((0, 0, 0)),  # Katherine
    "onboard.yml": Example(),  # Grace; Ada and Hedy exist
    "onboard_sso.yml": Example(),  # Radia
    "rescue.yml": Example((1, 0, 0)),  # Charles; the dry run cannot predict that the address is blocked
    "resend_invitation.yml": Example((1, 1, 1)),  # Ada
    "reset_password.yml": Example((1, 1, 1)),  # Dorothy
    "role_mismatches.yml": Example((0, 0, 0)),
    "temporary_password.yml": Example((1, 2, 0)),  # Alan
    "reviewers.yml": Example((2, 2, 0)),  # Eve and Katherine
    "access_to_a_project.yml": Example(),  # Eve
    "role_from_predefined.yml": Example(),
    "rotate_service_keys.yml": Example((2, 4, 0)),
    "take_access_away.yml": Example(),  # Katherine
}
# These run in test_a_team_is_set_up_on_an_empty_account_and_dissolved.
TEAM = ["team.yml", "dissolve_team.yml"]
# These run in test_directories.py.
DIRECTORIES = [f"roster_from_{source}.yml" for source in ("csv", "entra", "google", "ldap", "okta")]
ACCOUNT = [
    person("ada", "Ada Lovelace", status="INVITED"),
    person("charles", "Charles Babbage", status="BLOCKED"),
    person("dorothy", "Dorothy Vaughan", "ADMIN"),
    person("eve", "Eve Moneypenny", "ANNOTATOR"),
    person("hedy", "Hedy Lamarr", "ANNOTATOR", "INVITED"),
    person("katherine", "Katherine Johnson", status="EXPIRED"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the examples."""
    shutil.copytree(SHOWN, tmp_path / "examples", ignore=shutil.ignore_patterns("output"))
    return tmp_path / "examples"


def shell(command: str, sim: Any, folder: Path, env: dict[str, str] | None = None) -> str:
    """Run a command of the documentation and return what it prints."""
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    command = re.sub(r"^ansible-playbook", f'"{sys.executable}" -m ansible playbook', command)
    command = re.sub(r"^arize-ax-simulator", f'"{sys.executable}" -m arize_ax_simulator', command)
    settings = {
        "HOME": str(home),
        "PYTHONPATH": os.pathsep.join(sys.path),
        "ANSIBLE_COLLECTIONS_PATH": os.environ.get("ANSIBLE_COLLECTIONS_PATH", ""),
        "ANSIBLE_NOCOLOR": "1",
    }
    done = subprocess.run(
        ["/bin/sh", "-ec", command],
        cwd=folder,
        env={**clean_environment(), **sim.environment(), **settings, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,  # a busy machine
        check=False,
    )
    assert_fit_to_be_seen(done.stdout)
    assert done.returncode == 0, done.stdout
    return done.stdout


def recap(output: str) -> dict[str, int]:
    """The counts of the last lines of a run."""
    (line,) = RECAP.findall(output)
    return {name: int(count) for name, count in (pair.split("=") for pair in line.split())}


def compare(name: str, text: str) -> None:
    """Check that the documentation shows *text*, or with UPDATE_DOCS write it."""
    path = OUTPUT / name
    text = re.sub(r"^localhost .*", lambda recap: re.sub(" +", " ", recap[0]), text, flags=re.MULTILINE)  # 80 columns
    text = "\n".join(line.rstrip() for line in text.strip().splitlines()) + "\n"
    if os.environ.get("UPDATE_DOCS"):
        (Path(os.environ["UPDATE_DOCS"]) / name).parent.mkdir(parents=True, exist_ok=True)
        (Path(os.environ["UPDATE_DOCS"]) / name).write_text(text)
        return
    assert path.read_text() == text


def changes(output: str) -> dict[str, int]:
    """How many tasks of each play have changed something."""
    plays = re.split(r"^PLAY \[(.*)\] \**$", output, flags=re.MULTILINE)[1:]
    tasks = {play: text.split("TASK [") for play, text in zip(plays[::2], plays[1::2], strict=True)}
    return {play: sum("\nchanged: [localhost]" in task for task in below) for play, below in tasks.items()}


def name_of_play(playbook: str) -> str:
    (play,) = yaml.safe_load((SHOWN / playbook).read_text())
    return str(play["name"])


@pytest.mark.playbook
def test_the_other_examples_dry_then_for_real_then_again(sim: Any, folder: Path) -> None:
    sim.reset(ACCOUNT, owners=False)
    sim.seed_access(**PLACES)
    arguments = f"-e arize_region= -e arize_api_key={ADMIN_KEY} {' '.join(TOGETHER)}"
    for number, options in enumerate(RUNS.values()):
        before = len(sim.writes())
        output = shell(f"ansible-playbook {options}{arguments}", sim, folder)
        expected = {name_of_play(name): example.changed[number] for name, example in TOGETHER.items()}
        assert changes(output) == expected, output
        assert "--check" not in options or len(sim.writes()) == before
    mailed = [mail["to"].partition("@")[0] for mail in sim.mails()]
    assert sorted(mailed) == ["ada", "ada", "dorothy", "dorothy", "grace", "grace.hopper", "katherine"]


@pytest.mark.playbook
def test_an_exported_account_applied_as_it_is_changes_nothing(sim: Any, folder: Path) -> None:
    sim.reset(CAST, owners=False)
    shell("ansible-playbook export_roster.yml -e roster_file=people.yml", sim, folder)
    assert recap(shell("ansible-playbook apply_roster.yml", sim, folder))["changed"] == 0
    assert sim.writes() == []


@pytest.mark.playbook
def test_a_secret_that_was_not_delivered_is_rotated_by_name(sim: Any, folder: Path) -> None:
    sim.seed_access(spaces=[{"name": "Production"}])
    sim.fault("status", status=422, method="POST", times=1)  # the first key is refused, and the second one goes on
    play = "ansible-playbook -vvv rotate_service_keys.yml -e delivery_folder="
    failed = shell(f"{play}nowhere || test $? = 2", sim, folder)
    assert "pipeline: Could not create the service key pipeline" in failed
    assert "nightly: The new secret was not delivered." in failed
    assert recap(shell(f"{play}.", sim, folder))["changed"] == 2  # pipeline alone
    shell(f"{play}. -e rotate_now=nightl && exit 1 || true", sim, folder)
    output = shell(f"{play}. -e rotate_now=nightly", sim, folder)
    assert recap(output)["changed"] == 2
    secret = (folder / "nightly.key").read_text()
    assert (folder / "nightly.key").stat().st_mode & 0o777 == 0o600
    opened = requests.get(f"{sim.url}/v2/users", headers={"Authorization": f"Bearer {secret}"}, timeout=20)
    assert opened.status_code == 200
    assert not re.search(r"ak-[0-9a-f]{32}", failed + output)
    assert sorted(key["name"] for key in sim.api_keys()) == ["nightly", "pipeline"]


@pytest.mark.playbook
def test_a_team_is_set_up_on_an_empty_account_and_dissolved(sim: Any, folder: Path) -> None:
    sim.seed_access(organizations=[{"name": "Research"}])
    for command, _shown, _name in steps(DOCS / "teams.md"):
        dry, before = "--check" in command, len(sim.writes())
        output = shell(command, sim, folder)
        if dry and not sim.spaces():
            without_warnings = re.sub(r"^\[WARNING\].*\n", "", output, flags=re.MULTILINE)  # too wide for a page
            compare("team_dry.txt", f"$ {command}\n{without_warnings}")
        assert recap(output)["changed"] == 5
        assert (len(sim.writes()) == before) is dry
        assert dry or recap(shell(command, sim, folder))["changed"] == 0
    assert [space["name"] for space in sim.spaces()] == ["Forecasts"]
    assert [project["name"] for project in sim.projects()] == ["Demand"]
    assert sim.bindings() == sim.restrictions() == []
    assert {user["status"] for user in sim.users()[2:]} == {"BLOCKED"}


def commands_of(job: dict[str, Any]) -> list[str]:
    steps = [step.get("run", "") for step in job.get("steps", ())] + job.get("script", [])
    return [command for command in steps if command.startswith("ansible-playbook")]


@pytest.mark.playbook
@pytest.mark.parametrize("workflow", sorted(JOBS))
def test_the_jobs_of_a_ci_run_dry_with_a_key_that_reads_and_for_real_after_it(
    workflow: str, sim: Any, folder: Path
) -> None:
    sim.reset(CAST, owners=False)
    content = yaml.safe_load((SHOWN / workflow).read_text())
    jobs = content.get("jobs") or {name: content[name] for name in ("dry-run", "apply")}
    for job in jobs.values():
        (command,) = commands_of(job)
        dry = "--check --diff" in command
        key = MEMBER_KEY if dry else ADMIN_KEY
        assert recap(shell(command, sim, folder, {"ARIZE_API_KEY": key}))["changed"] == 1
        assert bool(sim.writes()) is not dry
        comment = folder / "outcome.md"
        assert not dry or "Dry run, no changes were made." in comment.read_text()


@pytest.mark.playbook
@pytest.mark.parametrize("workflow", sorted(TESTS))
def test_the_job_that_tests_playbooks_passes_and_notices_a_second_change(workflow: str, sim: Any, folder: Path) -> None:
    content = yaml.safe_load((SHOWN / workflow).read_text())
    jobs = content.get("jobs", content)
    command = jobs["test"]["steps"][-1]["run"] if "jobs" in content else jobs["test"]["script"][-1]
    elsewhere = {"ARIZE_API_KEY": "of a real account", "ARIZE_BASE_DOMAIN": "arize.invalid"}
    assert RECAP.findall(shell(command, sim, folder, elsewhere))[-1].startswith("ok=1 ")
    assert sim.journal() == []
    (folder / "apply_roster.yml").write_text(
        "- {hosts: localhost, gather_facts: false, tasks: [{command: 'true'}]}  # changes each time\n"
    )
    with pytest.raises(AssertionError, match="changed=1"):
        shell(command, sim, folder)


@pytest.mark.playbook
def test_the_example_of_a_pytest_passes(sim: Any, folder: Path) -> None:
    output = shell(f'"{sys.executable}" -m pytest -p no:cacheprovider test_onboarding.py', sim, folder)
    assert "1 passed" in output


# ---------------------------------------------------------------- the commands of the pages, in order

# A playbook, or a block of commands with what they print.
STEP = re.compile(
    r"^<!-- include: examples/(?P<playbook>\w+\.yml) -->$"
    r"|^(?:<!-- include: examples/output/(?P<output>\S+) -->\n+)?^ *```console\n(?P<block>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)
COMMAND = re.compile(r"^ *\$ ((?:.*\\\n)*.*)\n((?:(?! *\$ ).*\n)*)", re.MULTILINE)
EXPORTED = re.compile(r"<!-- include: examples/output/(\w+\.yml) -->")
# Not run here: what installs, starts or removes something, and what needs a vault or an AWX.
ELSEWHERE = re.compile(
    r"(git|cat|cd|make|python3|\.|pip|ansible-galaxy|export|rm|\.venv/bin/nox) |ansible-playbook .*(vault|awx)"
    r"|arize-ax-simulator (?!.* -- ansible-playbook )"
)


def steps(page: Path) -> list[tuple[str, str, str | None]]:
    """The commands of a page in order: each with what the page shows of its output, and the file that holds it.

    A playbook that the page shows without a command is run by its name.
    """
    found: list[tuple[str, str, str | None]] = []
    text = page.read_text()
    blocks = "".join(re.findall(r"^ *```console\n.*?^ *```$", text, re.MULTILINE | re.DOTALL))
    for step in STEP.finditer(text):
        if step["block"]:
            found += [(command, shown, step["output"]) for command, shown in COMMAND.findall(step["block"])]
        elif step["playbook"] in {*PLAYBOOKS} - {*DIRECTORIES} and step["playbook"] not in blocks:
            found.append((f"ansible-playbook {step['playbook']}", "", None))
    return [each for each in found if not ELSEWHERE.match(each[0])]


def ignored(name: Path) -> bool:
    """Whether git ignores a file in docs/examples."""
    return subprocess.run(["git", "check-ignore", "--quiet", name], cwd=SHOWN, check=False).returncode == 0


# The commands of teams.md run above.
@pytest.mark.playbook
@pytest.mark.parametrize(
    "page", [page for page in PAGES if steps(page) and page.stem != "teams"], ids=lambda page: page.stem
)
def test_a_page_shows_what_its_commands_print_in_order_on_a_new_simulator(page: Path, sim: Any, folder: Path) -> None:
    sim.reset(CAST, owners=False)
    sim.seed_access(**PLACES)
    for command, shown, name in steps(page):
        writes = len(sim.writes())
        output = shell(command, sim, folder)
        assert recap(output)["failed"] == 0
        assert "--check" not in command or len(sim.writes()) == writes
        if name:
            shown_in_full = output.partition("TASK [Show the outcome]")[0]  # what follows is too wide for a page
            compare(name, f"$ {command}\n{shown_in_full}")
        else:
            printed = iter(output.splitlines())
            assert [line for line in shown.splitlines() if line not in printed] == []
    for name in EXPORTED.findall(page.read_text()):
        compare(name, (folder / "exported.yml").read_text())
    # A file that git sees there would be in the artifact, or stop `make demo` and `make test`.
    made = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    assert [str(name) for name in made if not (SHOWN / name).exists() and not ignored(name)] == []


def test_every_example_is_run() -> None:
    commands = [command for page in PAGES for command, _shown, _name in steps(page)]
    on_pages = {name for name in PLAYBOOKS if any(name in command.split() for command in commands)}
    assert {*on_pages, *TOGETHER, *TEAM, *DIRECTORIES} == set(PLAYBOOKS)


# ---------------------------------------------------------------- the examples of the modules


def patched(text: str, changes: dict[str, str]) -> str:
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


def examples_of(module: str) -> str:
    source = (ROOT / "plugins" / "modules" / f"{module}.py").read_text()
    return re.search(r'^EXAMPLES = r"""\n(.*?)^"""', source, re.MULTILINE | re.DOTALL)[1]  # type: ignore[index]


def runs_here(task: dict[str, Any]) -> bool:
    """Whether a task needs no other collection."""
    return all(name.startswith(("arize.ax.", "ansible.builtin.", "group/")) for name, _options in uses(task))


@pytest.mark.playbook
def test_the_examples_of_the_modules_run_dry(sim: Any, folder: Path) -> None:
    people = [("ada", "Ada Lovelace"), ("charles", "Charles Babbage"), ("break-glass", "Break Glass", "ADMIN")]
    sim.reset([person(*each) for each in people], owners=False)
    sim.seed_access(
        organizations=[{"name": "Research"}],
        spaces=[{"name": "Production"}, {"name": "Research"}],
        projects=[{"name": "Chat", "space": "Research"}],
        roles=[{"name": "Reviewer"}],
    )
    (folder / "key").write_text(ADMIN_KEY + "\n")
    (folder / "people.yml").rename(folder / "roster.yml")
    here = {"region: eu-west-1a": f"api_url: {sim.url}", "/run/secrets/arize_api_key": str(folder / "key")}
    tasks = {module: patched(examples_of(module), here if module == "arize_user" else {}) for module in MODULES}
    plays = [
        {
            "name": module,
            "hosts": "localhost",
            "gather_facts": False,
            "tasks": list(filter(runs_here, yaml.safe_load(text))),
        }
        for module, text in tasks.items()
    ]
    (folder / "examples.yml").write_text(yaml.safe_dump(plays, sort_keys=False))
    output = shell("ansible-playbook --check --diff examples.yml", sim, folder)
    assert list(changes(output)) == MODULES
    assert sim.writes() == []


# ---------------------------------------------------------------- the pages


def options_of(text: str) -> set[str]:
    """The options in a module's source, those of its fragments included."""
    (documentation,) = re.findall(r'DOCUMENTATION = r"""\n(.*?)^ *"""', text, re.MULTILINE | re.DOTALL)
    page = yaml.safe_load(documentation)
    found = set(page.get("options", {}))
    for named in page.get("extends_documentation_fragment", ()):
        name, _dot, part = named.removeprefix("arize.ax.").partition(".")
        module = importlib.import_module(f"ansible_collections.arize.ax.plugins.doc_fragments.{name}")
        fragment = getattr(module.ModuleDocFragment, part.upper() or "DOCUMENTATION")
        found |= set(yaml.safe_load(fragment).get("options", {}))
    return found


CONNECTION = options_of((ROOT / "plugins" / "doc_fragments" / "connection.py").read_text())
OPTIONS = {name: options_of((ROOT / "plugins" / "modules" / f"{name}.py").read_text()) for name in MODULES}


def uses(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield every (key, value) below *value* whose key is a full name of three parts: a module, or a group of them."""
    if isinstance(value, dict):
        for key, below in value.items():
            if re.fullmatch(r"(group/)?\w+\.\w+\.\w+", str(key)):
                yield key, below
            yield from uses(below)
    elif isinstance(value, list):
        for below in value:
            yield from uses(below)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_yaml_of_a_page_names_real_modules_and_options(page: Path) -> None:
    for block in YAML_BLOCK.findall(page.read_text()):
        for name, options in uses(yaml.safe_load(block)):
            module = name.rpartition(".")[2]
            if name == "group/arize.ax.all":
                assert set(options) <= CONNECTION
            elif name.startswith("arize.ax."):
                assert set(options or ()) <= OPTIONS[module], name
            elif name.startswith("ansible.builtin."):
                assert (Path(sys.modules["ansible"].__path__[0]) / "modules" / f"{module}.py").is_file(), name


@pytest.mark.parametrize("page", PAGES[1:], ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_includes_is_the_file_as_it_is(page: Path) -> None:
    assert page.read_text() == included(page.read_text(), page.parent), "run python docs/site/includes.py"


def test_every_example_and_output_is_included_by_some_page() -> None:
    named = {(page.parent / path).resolve() for page in PAGES for path in INCLUDE.findall(page.read_text())}
    there = {path for path in SHOWN.rglob("*") if path.suffix in (".csv", ".yml", ".txt")} - {
        SHOWN / "cast.yml",
        SHOWN / "places.yml",
    }
    assert {str(path.relative_to(DOCS)) for path in there - named} == set()
    assert {str(path) for path in named if not path.is_file()} == set()


@pytest.mark.playbook
def test_the_readme_shows_what_the_demo_prints(sim: Any, folder: Path) -> None:
    collections = os.environ.get("ANSIBLE_COLLECTIONS_PATH", "")
    output = shell(
        f'"{sys.executable}" run.py', sim, ROOT / "examples" / "demo", {"ANSIBLE_COLLECTIONS_PATH": collections}
    )
    shown = output[output.index("What the three runs did") :].strip()
    assert f"```text\n{shown}\n```" in (ROOT / "README.md").read_text()


def test_the_picture_of_the_dry_run_shows_what_it_printed() -> None:
    picture = dry_run.draw(dry_run.PRINTED.read_text())
    assert picture == dry_run.PICTURE.read_text(), "run python docs/images/dry_run.py"


@pytest.mark.parametrize("name", [path.name for path in DOCS.glob("*.md") if path.name != "playbooks.md"])
def test_no_example_of_a_guide_is_pasted(name: str) -> None:
    text = (DOCS / name).read_text()
    included_blocks = re.findall(r"^<!-- include: \S+\.yml -->\n+```yaml$", text, re.MULTILINE)
    assert len(YAML_BLOCK.findall(text)) == len(included_blocks)


# ---------------------------------------------------------------- each kind of error, with a message of a real run

ADA = {"email": "ada@example.com"}
GRACE = {"email": "grace@example.com", "name": "Grace Hopper", "role": "member"}
PURGE = {"users": [{**ADA}], "purge": True}
Failing = Callable[[ModuleRunner, Any], Any]


def locked_out(run: ModuleRunner, sim: Any) -> Any:
    sim.settings(saml=True)
    sim.change("ada@example.com", status="INVITED")
    return run("arize_user_invite", **ADA, resend=True)


def not_renewed(run: ModuleRunner, sim: Any) -> Any:
    sim.change("ada@example.com", status="EXPIRED")
    sim.fault("status", method="POST", status=409, title="Conflict", detail="This user exists already.")
    return run("arize_user_invite", **ADA)


def no_such_role(run: ModuleRunner, sim: Any) -> Any:
    sim.settings(unknown_role_status=422)
    return run("arize_user", email="grace@example.com", name="Grace Hopper", custom_role_id="Um9sZTo5OmFiYw==")


def limited(run: ModuleRunner, sim: Any) -> Any:
    sim.fault("status", status=429, retry_after=120)
    return run("arize_user_info", max_retry_wait=60)


def down(run: ModuleRunner, sim: Any) -> Any:
    sim.fault("status", status=503, times=None)
    return run("arize_user_info", max_retries=0)


def wrong_address(run: ModuleRunner, sim: Any) -> Any:
    sim.fault("html", status=404)
    return run("arize_user", **ADA, state="absent")


def password_lost(run: ModuleRunner, sim: Any) -> Any:
    sim.fault("edit", method="POST", remove=["/temporary_password"])
    return run("arize_user", **GRACE, invite_mode="temporary_password", no_log=True)


def not_active(run: ModuleRunner, sim: Any) -> Any:
    sim.change("ada@example.com", status="INVITED")
    return run("arize_user_password_reset", **ADA)


def new_status(run: ModuleRunner, sim: Any) -> Any:
    sim.change("ada@example.com", status="SUSPENDED")
    return run("arize_user_invite", **ADA)


def blocked(run: ModuleRunner, sim: Any) -> Any:
    sim.block("ada@example.com")
    return run("arize_user", **ADA, name="Ada Lovelace", role="admin")


def two_of_three(run: ModuleRunner, sim: Any) -> Any:
    sim.seed([person("charles", "Charles Babbage", status="BLOCKED"), person("hedy", "Hedy Lamarr")])
    charles = {"email": "charles@example.com", "name": "Charles Babbage", "role": "member"}
    return run("arize_user_roster", users=[GRACE, charles, {"email": "hedy@example.com", "role": "admin"}])


def twins(run: ModuleRunner, sim: Any) -> Any:
    sim.seed([person("Hedy", "Hedy Lamarr"), person("HEDY", "Hedy Lamarr")])
    return run("arize_user", email="hedy@example.com", state="absent")


def defect(run: ModuleRunner, sim: Any) -> Any:
    with mock.patch.object(user_planning, "_IMPLIED_DEVELOPER", None):
        return run("arize_user", **GRACE)


def lookalike(run: ModuleRunner, sim: Any) -> Any:
    sim.seed([{"email": "grace@xn--bcher-kva.example", "name": "Grace Hopper", "role": "MEMBER"}])
    users = [{**GRACE, "email": "grace@bücher.example"}, {"email": "admin@simulator.example"}]
    return run("arize_user_roster", users=users, purge=True, max_deletions=5)


def role_in_use(run: ModuleRunner, sim: Any) -> Any:
    sim.seed_access(spaces=[{"name": "Production"}])
    sim.seed_access(role_bindings=[{"user": "ada@example.com", "role": "Auditor", "space": "Production"}])
    return run("arize_role", name="Auditor", state="absent")


def too_much_access(run: ModuleRunner, sim: Any) -> Any:
    sim.seed_access(spaces=[{"name": "Production"}])
    sim.seed_access(role_bindings=[{"user": "ada@example.com", "role": "Auditor", "space": "Production"}])
    return run("arize_user_roster", users=[{**ADA, "access": []}], purge_access=True, max_access_changes=0)


def a_service_key(sim: Any, **fields: Any) -> dict[str, Any]:
    """Seed a service key; return the options of a task that rotates it."""
    sim.seed_access(
        spaces=[{"name": "Production"}], api_keys=[{"name": "pipeline", "spaces": ["Production"], **fields}]
    )
    return {"name": "pipeline", "rotate_after_days": 0, "no_log": True}


def key_lost(run: ModuleRunner, sim: Any) -> Any:
    options = a_service_key(sim)
    sim.fault("edit", method="POST", remove=["/key"])
    return run("arize_service_key", **options)


def key_in_use(run: ModuleRunner, sim: Any) -> Any:
    return run("arize_service_key", **a_service_key(sim, redacted_key=f"{ADMIN_KEY[:3]}...{ADMIN_KEY[-3:]}"))


FAILING: dict[str, Failing] = {
    "bad_request": locked_out,
    "unauthorized": lambda run, sim: run("arize_user_info", api_key="no longer valid"),
    "forbidden": lambda run, sim: run("arize_user", **ADA, state="absent", api_key=MEMBER_KEY),
    "not_found": lambda run, sim: run("arize_user", user_id="VXNlcjo5OmFiYw==", name="Ada King"),
    "conflict": not_renewed,
    "unprocessable": no_such_role,
    "rate_limited": limited,
    "server": down,
    "transport": lambda run, sim: run("arize_user_info", api_url="http://127.0.0.1:9", max_retries=0),
    "invalid_response": wrong_address,
    "bad_option": lambda run, sim: run("arize_user_info", api_url=None, region="eu-west-9"),
    "incomplete": lambda run, sim: run("arize_user", email="grace@example.com"),
    "no_log_needed": lambda run, sim: run("arize_user", **GRACE, invite_mode="temporary_password"),
    "password_lost": password_lost,
    "not_active": not_active,
    "unexpected_status": new_status,
    "role_mismatch": lambda run, sim: run("arize_user", **ADA, role="member"),
    "blocked": blocked,
    "protected": lambda run, sim: run("arize_user_roster", users=[ADA], state="absent", protected=["ada@*"]),
    "too_many_deletions": lambda run, sim: run("arize_user_roster", **PURGE, max_deletions=1),
    "too_few_admins": lambda run, sim: run("arize_user_roster", **PURGE, max_deletions=5, min_admins=2),
    "partial": two_of_three,
    "ambiguous": twins,
    "internal": defect,
    "lookalike": lookalike,
    "too_many_creations": lambda run, sim: run("arize_user_roster", users=[GRACE], max_creations=0),
    "too_many_updates": lambda run, sim: run("arize_user_roster", users=[{**ADA, "name": "Ada King"}], max_updates=0),
    "too_many_access_changes": too_much_access,
    "role_in_use": role_in_use,
    "predefined_role": lambda run, sim: run("arize_role", name="Annotator", permissions=["PROJECT_READ"]),
    "key_lost": key_lost,
    "key_in_use": key_in_use,
}


@pytest.mark.parametrize("kind", FAILING)
def test_the_message_of_an_error_is_the_one_that_is_shown(kind: str, run: ModuleRunner, sim: Any) -> None:
    sim.seed([person("ada", "Ada Lovelace", "ADMIN")])
    failed = FAILING[kind](run, sim)
    assert failed.kind == kind
    # A message is one line. The page shows it in several. The line of a defect differs from version to version.
    msg = re.sub(r"(user\.py):\d+", r"\1:123", failed.msg)
    compare(f"errors/{kind}.txt", textwrap.fill(msg, 80, break_on_hyphens=False, break_long_words=False))


def test_every_kind_of_error_is_explained() -> None:
    source = (ROOT / "plugins" / "module_utils" / "_errors.py").read_text()
    kinds = re.findall(r'^    "(\w+)",$', source.partition("Kind = Literal[")[2].partition("]")[0], re.MULTILINE)
    assert list(FAILING) == kinds
    assert re.findall(r"^### `(\w+)`$", (DOCS / "errors.md").read_text(), re.MULTILINE) == kinds
