"""How many requests and connections a task may need at most, counted in the simulator's journal."""

from __future__ import annotations

from collections import Counter
from math import ceil
from typing import Any

import pytest

AUDITOR = "Um9sZToxOjg/RUV6Yg=="


@pytest.mark.parametrize("concurrency", [1, 4])
def test_a_task_opens_no_more_connections_than_requests_at_once(sim: Any, run: Any, concurrency: int) -> None:
    users = [{"email": f"new{n}@example.com", "name": f"New {n}", "role": "member"} for n in range(30)]
    done = run("arize_user_roster", users=users, concurrency=concurrency)
    assert done["summary"]["created"] == 30
    assert len({entry["connection"] for entry in done.requests}) <= concurrency


def test_an_export_applied_with_purge_reads_the_account_and_changes_nothing(sim: Any, run: Any) -> None:
    sim.seed(
        [
            {"email": "Ann@Example.com", "name": "  Ann  ", "role": "ADMIN", "is_developer": False},
            {"email": "bob@example.com", "name": "Bob", "role": "MEMBER_UI_ONLY", "status": "INVITED"},
            {"email": "cid@example.com", "name": " ", "role": "ANNOTATOR", "status": "EXPIRED"},
            {"email": "dan@example.com", "custom_role_id": AUDITOR, "is_developer": True},
            {"email": "eve@example.com", "role": {"type": "TEAM", "name": "OWNER"}},
            {"email": "fay@example.com", "role": None, "omit": ["name", "is_developer", "role"]},
            {"email": None, "name": "Gus"},
            {"email": "Jo@example.com", "name": "Older"},
            {"email": "jo@example.com", "name": "Younger"},
        ]
    )
    sim.seed(count=230)
    exported = run("arize_user_info")["roster"]
    untouched = sim.users()
    for check in (True, False):
        done = run("arize_user_roster", check=check, users=exported, purge=True, max_deletions=0)
        assert (done.failed, done.changed, done.methods) == (False, False, "GET GET GET")
        assert done["summary"]["unchanged"] == len(exported) == 241
    assert sim.users() == untouched


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
        done = run("arize_user_roster", check=check, users=roster, purge_access=purge_access, max_access_changes=0)
        assert (done.failed, done.changed, done.writes) == (False, False, [])
        sent = Counter(entry["path"] for entry in done.requests)
        assert {path: count for path, count in sent.items() if count > budget[path]} == {}, (sent, budget)
