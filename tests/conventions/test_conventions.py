"""The project conventions that no linter knows. They name what is missing for a new module."""

from __future__ import annotations

import ast
import importlib
import json
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CODE = "ansible_collections.arize.ax.plugins"
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("arize_*.py"))
FILTERS = sorted(path.stem for path in (ROOT / "plugins" / "filter").glob("*.py"))
ROSTER = "arize.ax.arize_user_roster"
HEADER = """\
# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""

every_module = pytest.mark.parametrize("name", MODULES)


def read_yaml(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text())


def connection_options() -> set[str]:
    """The options of the doc fragment."""
    fragment = importlib.import_module(f"{CODE}.doc_fragments.connection").ModuleDocFragment
    return set(yaml.safe_load(fragment.DOCUMENTATION)["options"])


@pytest.fixture(scope="module")
def documentation() -> dict[str, Any]:
    """The modules as ansible-doc shows them, fragments included."""
    names = [f"arize.ax.{name}" for name in MODULES]
    done = subprocess.run(["ansible-doc", "--json", *names], check=True, capture_output=True, text=True)
    return {name.removeprefix("arize.ax."): page["doc"] for name, page in json.loads(done.stdout).items()}


class SpecSeen(Exception):
    """Carries out of a main() what it gave to AnsibleModule."""


def argument_spec(name: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    module = importlib.import_module(f"{CODE}.modules.{name}")

    def capture(argument_spec: dict[str, Any], **_others: Any) -> None:
        raise SpecSeen(argument_spec)

    monkeypatch.setattr(module, "AnsibleModule", capture)
    with pytest.raises(SpecSeen) as seen:
        module.main()
    return seen.value.args[0]


def test_the_action_group_holds_every_module() -> None:
    assert read_yaml("meta/runtime.yml")["action_groups"]["all"] == MODULES


@every_module
def test_the_documentation_names_the_action_group(name: str, documentation: dict[str, Any]) -> None:
    assert documentation[name]["attributes"]["action_group"]["membership"] == ["arize.ax.all"]


@every_module
@pytest.mark.parametrize("page", ["README.md", "docs/README.md"])
def test_the_page_has_a_row_for_the_module(name: str, page: str) -> None:
    assert re.search(rf"^\|[^|]*\b{name}\b", (ROOT / page).read_text(), re.MULTILINE)


@every_module
def test_the_module_has_unit_tests(name: str) -> None:
    assert (ROOT / "tests" / "unit" / "plugins" / "modules" / f"test_{name}.py").is_file()


@every_module
def test_the_module_has_an_integration_target(name: str) -> None:
    assert (ROOT / "tests" / "integration" / "targets" / name / "tasks" / "main.yml").is_file()


@every_module
def test_the_module_takes_the_connection_options(
    name: str, documentation: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = argument_spec(name, monkeypatch)
    assert connection_options() <= set(spec)
    # validate-modules compares the rest, but only for the options that it finds.
    assert set(documentation[name]["options"]) == set(spec)


@every_module
def test_the_module_begins_with_the_licence(name: str) -> None:
    source = (ROOT / "plugins" / "modules" / f"{name}.py").read_text()
    assert source.removeprefix("#!/usr/bin/python\n").startswith(HEADER)


@pytest.mark.parametrize("name", FILTERS)
def test_the_filter_is_one_file_with_tests_and_the_licence(name: str) -> None:
    plugin = importlib.import_module(f"{CODE}.filter.{name}")
    assert list(plugin.FilterModule().filters()) == [name] == [yaml.safe_load(plugin.DOCUMENTATION)["name"]]
    assert (ROOT / "plugins" / "filter" / f"{name}.py").read_text().startswith(HEADER)
    assert (ROOT / "tests" / "unit" / "plugins" / "filter" / f"test_{name}.py").is_file()


@pytest.mark.parametrize("path", [*(ROOT / "plugins" / "action").glob("*.py")], ids=lambda path: path.stem)
def test_the_action_has_documentation_tests_and_the_licence(path: Path) -> None:
    for source in (path, ROOT / "plugins" / "modules" / path.name):
        assert source.read_text().startswith(HEADER)
    assert (ROOT / "tests" / "unit" / "plugins" / "action" / f"test_{path.name}").is_file()


def test_everything_else_in_plugins_is_private() -> None:
    utilities = [path.name for path in (ROOT / "plugins").glob("*_utils/*.py")]
    assert [name for name in utilities if not name.startswith("_")] == []


def test_the_version_is_the_same_everywhere() -> None:
    assert read_yaml("galaxy.yml")["version"] == importlib.import_module(f"{CODE}.module_utils._version").VERSION


def test_no_sanity_check_is_ignored() -> None:
    assert list((ROOT / "tests" / "sanity").glob("ignore*")) == []


def test_the_matrix_begins_where_the_collection_does() -> None:
    oldest = tomllib.loads((ROOT / "tests" / "matrix.toml").read_text())["core"][0]["version"]
    assert read_yaml("meta/runtime.yml")["requires_ansible"] == f">={oldest}.0"


def test_conditions_that_choose_are_in_brackets() -> None:
    # Early releases of ansible-core put a condition into a template: {% if a if b else c %} is an error.
    shipped = [path for folder in ("playbooks", "docs", "examples") for path in (ROOT / folder).rglob("*.yml")]
    condition = re.compile(
        r"^ *(?:- |(?:- )?(?:that|when|until|failed_when|changed_when): )([^({\"'][^{:]* if .* else .*)$", re.MULTILINE
    )
    assert {path.name: found for path in shipped if (found := condition.findall(path.read_text()))} == {}


def capabilities() -> Iterator[str]:
    """Yield the text of each journey that `make test` runs."""
    for path in (ROOT / "tests" / "journeys").glob("test_*.py"):
        text = path.read_text()
        for node in ast.parse(text).body:
            marks = [ast.unparse(mark) for mark in getattr(node, "decorator_list", [])]
            if "pytest.mark.capability" in marks:
                yield f"{path.stem} {ast.get_source_segment(text, node)}"


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml")))
def test_a_playbook_has_a_journey_in_make_test(name: str) -> None:
    assert [text for text in capabilities() if re.search(rf"\b(test_)?{name}\b", text)]


@pytest.mark.parametrize("name", ["sync_roster", "offboard"])
def test_what_a_playbook_takes_reaches_its_module(name: str, documentation: dict[str, Any]) -> None:
    """A limit that is read and not passed on would limit nothing."""
    text = (ROOT / "playbooks" / f"{name}.yml").read_text()
    variables = set(re.findall(r"^# arize_(?:standing_)?(\w+)  (?! *checked;)", text, re.MULTILINE))
    (given,) = (task[ROSTER] for play in yaml.safe_load(text) for task in play["tasks"] if ROSTER in task)
    taken = variables & documentation["arize_user_roster"]["options"].keys()
    assert {"max_deletions", "protected"} <= taken
    assert [option for option in sorted(taken) if f".{option} " not in str(given.get(option))] == []


@pytest.mark.parametrize("kind", ["module", "filter", "lookup"])
def test_the_list_of_plugins_fits_into_80_columns(kind: str) -> None:
    command = ["ansible-doc", "--type", kind, "--list", "arize.ax"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, "COLUMNS": "80"})
    assert listed.stdout.count("arize.ax.") > 1
    assert [line for line in listed.stdout.splitlines() if line.rstrip().endswith("...")] == []
