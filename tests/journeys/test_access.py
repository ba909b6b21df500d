# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles and role bindings on the simulator: requests, lost answers, what a key cannot see, and a whole play."""

from __future__ import annotations

from typing import Any

import pytest
from arize_ax_simulator import MEMBER_KEY

from tests.journeys.harness import keep

ANN = "ann@example.com"
ROLE, BINDING = "arize_role", "arize_role_binding"
WHOLE = {"name": "Reviewer", "permissions": ["PROJECT_READ"]}
BY_NAME = {"email": ANN, "role": "Reviewer", "space": "Prod"}
BY_ID = {"user_id": "@ann", "role_id": "@Reviewer", "space_id": "@Prod"}
PROJECT = {**BY_NAME, "project": "Chat"}

# title, module, options, requests
BUDGETS: list[tuple[str, str, dict[str, Any], str]] = [
    ("role unchanged", ROLE, WHOLE, "GET"),
    ("role unchanged by id", ROLE, {"role_id": "@Reviewer", "name": "Reviewer"}, "GET"),
    ("role created", ROLE, {**WHOLE, "name": "Reader"}, "GET POST"),
    ("role changed", ROLE, {**WHOLE, "permissions": ["PROJECT_READ", "DATASET_READ"]}, "GET PATCH"),
    ("role renamed", ROLE, {"role_id": "@Auditor", "name": "Reader"}, "GET PATCH"),
    ("role deleted", ROLE, {"name": "Auditor", "state": "absent"}, "GET DELETE"),
    ("role absent", ROLE, {"name": "Reader", "state": "absent"}, "GET"),
    ("binding unchanged by ids", BINDING, BY_ID, "GET"),
    ("binding unchanged by names", BINDING, BY_NAME, "GET GET GET GET"),
    ("binding in an organization", BINDING, {**BY_NAME, "organization": "East"}, "GET GET GET GET GET"),
    ("binding on a project", BINDING, PROJECT, "GET GET GET GET GET POST"),
    ("binding created by ids", BINDING, {**BY_ID, "space_id": "@Lab"}, "GET POST"),
    ("binding created by names", BINDING, {**BY_NAME, "space": "Lab"}, "GET GET GET GET POST"),
    ("binding changed", BINDING, {**BY_ID, "role_id": "@Auditor"}, "GET PATCH"),
    ("binding removed", BINDING, {**BY_ID, "state": "absent"}, "GET DELETE"),
    ("binding absent", BINDING, {**BY_ID, "space_id": "@Lab", "state": "absent"}, "GET"),
    ("binding of no user absent", BINDING, {**BY_NAME, "email": "bob@example.com", "state": "absent"}, "GET"),
    ("roles", "arize_role_info", {}, "GET"),
    ("bindings", "arize_role_binding_info", {"resource_type": "space"}, "GET GET GET GET"),
    ("keys", "arize_api_key_info", {"key_type": "service"}, "GET"),
]


@pytest.fixture
def account(sim: Any) -> Any:
    """Ann, who is a reviewer in a space."""
    sim.seed([{"email": ANN}])
    sim.seed_access(
        organizations=[{"name": "East"}],
        spaces=[{"name": "Prod"}, {"name": "Lab"}],
        projects=[{"name": "Chat", "space": "Prod"}],
        roles=[{"name": "Reviewer", "permissions": ["PROJECT_READ"]}],
        role_bindings=[{"user": ANN, "role": "Reviewer", "space": "Prod"}],
    )
    return sim


def filled(sim: Any, options: dict[str, Any]) -> dict[str, Any]:
    """Return options with the IDs of what "@..." names."""
    ids = {item["name"]: item["id"] for kind in ("roles", "spaces") for item in sim.access()[kind]}
    ids["ann"] = sim.find(ANN)["id"]
    return {name: ids[str(value)[1:]] if str(value).startswith("@") else value for name, value in options.items()}


@pytest.mark.parametrize(
    ("module", "options", "requests"), [row[1:] for row in BUDGETS], ids=[row[0] for row in BUDGETS]
)
def test_a_task_costs_no_request_more(
    account: Any, run: Any, module: str, options: dict[str, Any], requests: str
) -> None:
    options = filled(account, options)
    checked = run(module, check=True, **options)
    assert (checked.failed, checked.methods) == (False, requests.rpartition("GET")[0] + "GET")
    done = run(module, **options)
    assert (done.failed, done.methods) == (False, requests)
    assert done.changed == checked.changed == (not requests.endswith("GET"))


LOST = {
    "before the work": {"kind": "drop"},
    "after the work": {"kind": "drop", "when": "after"},
    "500": {"kind": "status", "status": 500},
    "an answer that cannot be read": {"kind": "garbage"},
}


@pytest.mark.parametrize("second", LOST)
@pytest.mark.parametrize("first", LOST)
@pytest.mark.parametrize("module", [ROLE, BINDING])
def test_lost_answers_leave_one_item(account: Any, run: Any, module: str, first: str, second: str) -> None:
    options = {**WHOLE, "name": "Reader"} if module == ROLE else {**BY_NAME, "space": "Lab"}
    before = account.access()
    account.faults([{**LOST[first], "method": "POST"}, {**LOST[second], "method": "POST"}])
    done = run(module, **options)
    assert (done.failed, done["actions"]) == (False, ["create"])
    kind = "roles" if module == ROLE else "role_bindings"
    assert len(account.access()[kind]) == len(before[kind]) + 1
    assert not run(module, **options).changed


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("module", [ROLE, BINDING])
def test_a_change_or_removal_is_repeated(account: Any, run: Any, module: str, method: str, fault: str) -> None:
    if fault.startswith("an answer"):  # that is an error of its own
        return
    if method == "DELETE":
        options = {"name": "Auditor", "state": "absent"} if module == ROLE else {**BY_NAME, "state": "absent"}
    else:
        options = {"name": "Auditor", "description": "New"} if module == ROLE else {**BY_NAME, "role": "Auditor"}
    account.fault(**LOST[fault], method=method)
    done = run(module, **options)
    assert (done.failed, done["actions"]) == (False, ["delete" if method == "DELETE" else "update"])
    assert not run(module, **options).changed


def test_a_binding_that_the_key_cannot_see_is_in_the_way(account: Any, run: Any) -> None:
    (space,) = (item["id"] for item in account.access()["spaces"] if item["name"] == "Prod")
    account.settings(space_permissions={"member": {space: ["ROLE_BINDING_CREATE"]}})
    assert run("arize_role_binding_info", space="Prod", api_key=MEMBER_KEY)["role_bindings"] == []
    failed = run(BINDING, **{**BY_NAME, "role": "Auditor"}, api_key=MEMBER_KEY)
    assert (failed.kind, failed.changed) == ("conflict", False)
    assert all(word in failed.msg for word in (ANN, "Prod", "ROLE_BINDING_READ"))


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_binding_that_the_key_may_only_see(account: Any, run: Any, state: str) -> None:
    (space,) = (item["id"] for item in account.access()["spaces"] if item["name"] == "Prod")
    account.settings(space_permissions={"member": {space: ["ROLE_BINDING_READ"]}})
    options = {**BY_NAME, "role": "Auditor"} if state == "present" else {**BY_NAME, "state": "absent"}
    failed = run(BINDING, **options, api_key=MEMBER_KEY)
    assert (failed.kind, failed.changed) == ("forbidden", False)
    assert "ROLE_BINDING_DELETE" in failed.msg


def test_a_plan_that_is_too_small_is_said_so(account: Any, run: Any) -> None:
    account.fault("status", method="POST", status=403, members={"entitlement": "CUSTOM_ROLES", "required_plan": "PRO"})
    failed = run(ROLE, **{**WHOLE, "name": "Reader"})
    assert (failed.kind, "CUSTOM_ROLES" in failed.msg, "PRO" in failed.msg) == ("forbidden", True, True)


def test_a_bot_user_can_have_a_role(account: Any, run: Any) -> None:
    account.seed_access(api_keys=[{"name": "ci", "spaces": ["Prod"]}])
    (key,) = run("arize_api_key_info", space="Prod")["api_keys"]
    bot = key["bot_user"]["id"]
    assert run(BINDING, user_id=bot, role="Reviewer", space="Prod")["actions"] == ["create"]
    (binding,) = run("arize_role_binding_info", user_id=bot)["role_bindings"]
    assert (binding["email"], binding["role"], binding["space"]) == (None, "Reviewer", "Prod")


PLAY = [
    {"name": "A role", "arize.ax.arize_role": WHOLE, "register": "role"},
    {
        "name": "A user",
        "arize.ax.arize_user": {"email": ANN, "name": "Ann", "role": "member"},
        "register": "user",
    },
    {"name": "Both bound on a space", "arize.ax.arize_role_binding": BY_NAME, "register": "space"},
    {"name": "Both bound on a project", "arize.ax.arize_role_binding": PROJECT, "register": "project"},
    keep({name: name for name in ("role", "user", "space", "project")}),
]


@pytest.mark.playbook
def test_a_play_that_creates_role_user_and_bindings(sim: Any, play: Any) -> None:
    sim.seed_access(spaces=[{"name": "Prod"}], projects=[{"name": "Chat", "space": "Prod"}])
    defaults = {
        "module_defaults": {
            "group/arize.ax.all": {"api_url": "{{ url }}", "api_key": sim.environment()["ARIZE_API_KEY"]}
        }
    }
    dry = play(PLAY, "--check", "--diff", **defaults)
    assert dry.code == 0, dry.output
    assert dry.output.count("changed: [localhost]") == 5  # and the file with the results
    told = " ".join(dry.output.split())
    assert all(f"There is no {what}" in told for what in (f"user {ANN}", "role named Reviewer"))
    first, again = play(PLAY, "--diff", **defaults), play(PLAY, "--diff", **defaults)
    assert (first.code, again.code) == (0, 0), first.output + again.output
    done, unchanged = first.saved(), again.saved()
    assert [done[name]["actions"] for name in done] == [["create"]] * 4
    assert [unchanged[name]["changed"] for name in unchanged] == [False] * 4
    assert done["space"]["role_binding"]["role_id"] == done["role"]["role"]["id"]
    assert done["project"]["role_binding"]["user_id"] == done["user"]["user"]["id"]
    assert "WARNING" not in first.output + again.output
