# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests a task sends, counted in the simulator's journal."""

from __future__ import annotations

from collections import Counter
from math import ceil
from typing import Any

import pytest

ANN = {"email": "ann@example.com", "name": "Ann", "role": "MEMBER"}
WANTED = {"email": "ann@example.com", "name": "Ann", "role": "member"}
BOB = {"email": "bob@example.com", "name": "Bob", "role": "member"}

# title, module, options, requests
BUDGETS: list[tuple[str, str, dict[str, Any], str]] = [
    ("unchanged by email", "arize_user", WANTED, "GET"),
    ("unchanged by id", "arize_user", {"user_id": "@ann", "name": "Ann"}, "GET"),
    ("create", "arize_user", BOB, "GET POST"),
    ("create as the role implies", "arize_user", {**BOB, "is_developer": True}, "GET POST"),
    ("create with another is_developer", "arize_user", {**BOB, "is_developer": False}, "GET POST PATCH"),
    ("update one field", "arize_user", {**WANTED, "name": "Ann B"}, "GET PATCH"),
    ("update all fields", "arize_user", {**WANTED, "name": "Ann B", "is_developer": False}, "GET PATCH"),
    ("update by id", "arize_user", {"user_id": "@ann", "name": "Ann B"}, "GET PATCH"),
    ("absent", "arize_user", {"email": "ann@example.com", "state": "absent"}, "GET DELETE"),
    ("absent by id", "arize_user", {"user_id": "@ann", "state": "absent"}, "GET DELETE"),
    ("absent again", "arize_user", {"email": "bob@example.com", "state": "absent"}, "GET"),
    ("absent again by id", "arize_user", {"user_id": "VXNlcjo5", "state": "absent"}, "GET"),
    ("invite", "arize_user_invite", BOB, "GET POST"),
    ("invite an existing user", "arize_user_invite", WANTED, "GET"),
    ("reset", "arize_user_password_reset", {"email": "ann@example.com"}, "GET POST"),
    ("reset by id", "arize_user_password_reset", {"user_id": "@ann"}, "GET POST"),
    ("info by email", "arize_user_info", {"email": "ann@example.com"}, "GET"),
    ("info by id", "arize_user_info", {"user_id": "@ann"}, "GET"),
    ("info without a match", "arize_user_info", {"email_contains": "none@"}, "GET"),
]


@pytest.mark.parametrize(
    ("module", "options", "requests"), [row[1:] for row in BUDGETS], ids=[row[0] for row in BUDGETS]
)
def test_a_task_sends_exactly_the_budgeted_requests(
    sim: Any, run: Any, module: str, options: dict[str, Any], requests: str
) -> None:
    (ann,) = sim.seed([ANN])
    options = {name: ann["id"] if value == "@ann" else value for name, value in options.items()}
    checked = run(module, check=True, **options)
    assert (checked.failed, checked.methods) == (False, "GET")
    done = run(module, **options)
    assert (done.failed, done.methods) == (False, requests)
    assert done.changed == checked.changed == (requests != "GET")


@pytest.mark.parametrize("people", [0, 1, 99, 100, 101, 250])
def test_info_reads_each_page_once(sim: Any, run: Any, people: int) -> None:
    sim.reset(owners=False)
    sim.seed(count=people)
    done = run("arize_user_info")
    assert len(done["users"]) == people
    assert done.methods.split() == ["GET"] * max(1, ceil(people / 100))


def test_all_requests_of_a_task_share_one_connection(sim: Any, run: Any) -> None:
    done = run("arize_user", **{**BOB, "is_developer": False})
    assert len(done.requests) == 3
    assert len({entry["connection"] for entry in done.requests}) == 1


def test_a_request_names_its_client_and_what_it_accepts(sim: Any, run: Any) -> None:
    for entry in run("arize_user", **BOB).requests:
        assert entry["user_agent"].startswith("arize.ax/")
        assert entry["accept"] == "application/json, application/problem+json"
        assert entry["content_type"] == ("application/json" if entry["method"] == "POST" else "")


def account_with_access(sim: Any, people: int, spaces: int, each: int) -> list[dict[str, Any]]:
    """Make an account whose users have a role on so many projects each, and on one space; return their roster."""
    sim.reset(owners=False)
    users = sim.seed(count=people)
    sim.seed_access(
        spaces=[{"name": f"Space {number:03}"} for number in range(spaces)],
        roles=[{"name": f"Role {number}", "permissions": ["PROJECT_READ"]} for number in range(3)],
    )
    sim.seed_access(projects=[{"name": f"Project {number}", "space": "Space 000"} for number in range(each)])
    wanted = [
        [{"role": "Role 0", "space": f"Space {number % spaces:03}"}]
        + [{"role": "Role 1", "space": "Space 000", "project": f"Project {one}"} for one in range(each)]
        for number in range(people)
    ]
    bindings = [
        {
            "user": user["id"],
            "role": item["role"],
            **({"project": item["project"]} if "project" in item else {"space": item["space"]}),
        }
        for user, items in zip(users, wanted, strict=True)
        for item in items
    ]
    sim.seed_access(role_bindings=bindings)
    return [{"email": user["email"], "access": items} for user, items in zip(users, wanted, strict=True)]


def pages(count: int) -> int:
    return max(1, ceil(count / 100))


def most(sim: Any, roster: list[dict[str, Any]]) -> dict[str, int]:
    """The requests that reading for a roster may cost at most, by path."""
    access = sim.access()
    with_access = [entry for entry in roster if entry["access"]]
    items = [item for entry in roster for item in entry["access"]]
    spaces = {item["space"] for item in items}
    projects = {(item["space"], item["project"]) for item in items if "project" in item}
    budget = {
        "/v2/users": 2 * min(pages(len(sim.users())), len(roster)),
        "/v2/roles": pages(len(access["roles"])),
        "/v2/spaces": 2 * min(pages(len(access["spaces"])), len(spaces)),
        "/v2/projects": 2 * min(pages(len(access["projects"])), len(projects)),
        "/v2/role-bindings": 0,
    }
    for kind in ("SPACE", "PROJECT"):
        bindings = [item for item in access["role_bindings"] if item["resource_type"] == kind]
        budget["/v2/role-bindings"] += 2 * min(pages(len(bindings)), len(with_access))
    return budget


@pytest.mark.parametrize("purge_access", [False, True])
@pytest.mark.parametrize("named", [1, 3, 50, 250])
@pytest.mark.parametrize(("people", "spaces", "each"), [(3, 2, 1), (120, 150, 1), (250, 250, 2)])
def test_a_roster_with_access_costs_no_request_more(
    sim: Any, run: Any, people: int, spaces: int, each: int, named: int, purge_access: bool
) -> None:
    roster = account_with_access(sim, people, spaces, each)[-named:]
    budget = most(sim, roster)
    for check in (True, False):
        done = run("arize_user_roster", check=check, users=roster, purge_access=purge_access)
        assert (done.failed, done.changed, done.writes) == (False, False, [])
        sent = Counter(entry["path"] for entry in done.requests)
        assert {path: count for path, count in sent.items() if count > budget[path]} == {}, (sent, budget)


def test_one_write_for_each_role_binding_that_changes(sim: Any, run: Any) -> None:
    roster = account_with_access(sim, 20, 5, 1)
    for entry in roster[:4]:
        entry["access"][0]["role"] = "Role 2"
    for entry in roster[4:7]:
        del entry["access"][1]
    for entry in roster[7:9]:
        entry["access"].append({"role": "Role 0", "space": "Space 001"})
    new = {"email": "new@x.io", "name": "New", "role": "member", "access": roster[10]["access"]}
    done = run("arize_user_roster", users=[*roster, new], purge_access=True)
    assert not done.failed, done.msg
    writes = Counter((entry["method"], entry["path"].split("/")[2]) for entry in done.writes)
    wanted = {("PATCH", "role-bindings"): 4, ("DELETE", "role-bindings"): 3, ("POST", "role-bindings"): 2 + 2}
    assert writes == {("POST", "users"): 1, **wanted}
    assert [done["access_summary"][status] for status in ("updated", "deleted", "created")] == [4, 3, 4]
    again = run("arize_user_roster", users=[*roster, new], purge_access=True)
    assert (again.changed, again.writes) == (False, [])


def test_nothing_of_access_is_asked_for_without_it(sim: Any, run: Any) -> None:
    roster = [{"email": entry["email"]} for entry in account_with_access(sim, 120, 3, 1)]
    for done in (run("arize_user_roster", users=roster, purge_access=True), run("arize_user_info")):
        assert {entry["path"] for entry in done.requests} == {"/v2/users"}
    roster[0]["access"] = []
    assert {entry["path"] for entry in run("arize_user_roster", users=roster).requests} == {"/v2/users"}


def test_info_with_access_reads_each_list_once(sim: Any, run: Any) -> None:
    account_with_access(sim, 250, 150, 2)
    sent = Counter(entry["path"] for entry in run("arize_user_info", access=True).requests)
    assert sent == {"/v2/users": 3, "/v2/role-bindings": 3 + 5, "/v2/roles": 1, "/v2/projects": 1, "/v2/spaces": 2}
