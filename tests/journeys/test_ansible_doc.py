"""The output of ansible-doc, which editors and ansible-navigator read too, on each ansible-core."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = pytest.mark.playbook

ROOT = Path(__file__).parents[2]
MODULES = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["action_groups"]["all"]
CHOICES = {
    "arize_api_key_info": {"key_type", "status"},
    "arize_project": {"state"},
    "arize_resource_restriction": {"state"},
    "arize_role": {"state"},
    "arize_role_binding": {"state"},
    "arize_service_key": {"state"},
    "arize_space": {"state"},
    "arize_user": {"role", "invite_mode", "role_mismatch", "state"},
    "arize_user_info": {"status"},
    "arize_user_invite": {"role", "invite_mode"},
    "arize_user_roster": {"role_mismatch", "state", "unknown_names", "users.invite_mode"},
}


def ansible_doc(*command: str) -> str:
    done = subprocess.run(["ansible-doc", *command], check=True, capture_output=True, text=True)
    assert "ERROR" not in done.stderr
    assert "arize" not in done.stderr, "a warning about a module"
    return done.stdout


@pytest.fixture(scope="module")
def pages() -> dict[str, Any]:
    named = [f"arize.ax.{name}" for name in MODULES]
    return json.loads(ansible_doc("--json", *named))


def with_choices(options: dict[str, Any], prefix: str = "") -> set[str]:
    found = {f"{prefix}{name}" for name, option in options.items() if option.get("choices")}
    for name, option in options.items():
        found |= with_choices(option.get("suboptions") or {}, f"{prefix}{name}.")
    return found


@pytest.mark.parametrize("name", MODULES)
def test_editors_find_all_of_a_module(name: str, pages: dict[str, Any]) -> None:
    page = pages[f"arize.ax.{name}"]
    assert with_choices(page["doc"]["options"]) == CHOICES.get(name, set())
    assert all(option["type"] and option["description"] for option in page["doc"]["options"].values())
    assert {"action_group", "check_mode", "diff_mode", "idempotent"} <= set(page["doc"]["attributes"])
    assert all(task["name"] and f"arize.ax.{name}" in page["examples"] for task in yaml.safe_load(page["examples"]))
    assert all(value["description"] and value["type"] and value["returned"] for value in page["return"].values())


def test_the_list_shows_each_with_a_line() -> None:
    named = json.loads(ansible_doc("--list", "--json", "arize.ax"))
    actions = [path.stem for path in (ROOT / "plugins" / "action").glob("*.py")]  # documented by a module of their name
    assert set(named) == {f"arize.ax.{name}" for name in [*MODULES, *actions]}
    assert all(named.values())


def test_each_has_a_page_and_a_task_to_begin_with() -> None:
    named = [f"arize.ax.{name}" for name in MODULES]
    assert ansible_doc(*named).count("EXAMPLES") == len(MODULES)
    begun = ansible_doc("--snippet", *named)
    assert [name for name in MODULES if f"  {name}:" not in begun] == []
