# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The requests of a roster, counted in the simulator's journal: the cheaper way to read, and only needed writes."""

from __future__ import annotations

from collections import Counter
from math import ceil
from typing import Any

import pytest

AUDITOR = "Um9sZToxOjg/RUV6Yg=="


def whole_account(sim: Any, count: int, **fields: Any) -> list[dict[str, Any]]:
    """Make an account of so many members, and return the entries that change nothing."""
    sim.reset(owners=False)
    return [
        {"email": user["email"].upper(), "name": user["name"], "role": "member", "is_developer": True, **fields}
        for user in sim.seed(count=count)
    ]


def new(count: int, **fields: Any) -> list[dict[str, Any]]:
    """Entries for so many new users."""
    return [{"email": f"new{n}@example.com", "name": f"New {n}", "role": "member", **fields} for n in range(count)]


def test_a_thousand_unchanged_are_ten_list_requests_and_nothing_else(sim: Any, run: Any) -> None:
    done = run("arize_user_roster", users=whole_account(sim, 1000))
    assert (done.failed, done.changed, done["summary"]["unchanged"]) == (False, False, 1000)
    assert Counter((entry["method"], entry["path"]) for entry in done.requests) == {("GET", "/v2/users"): 10}
    assert {entry["query"]["limit"][0] for entry in done.requests} == {"100"}


def test_two_in_a_thousand_are_four_requests_at_most(sim: Any, run: Any) -> None:
    roster = whole_account(sim, 1000)
    for two in (roster[:2], roster[-2:], [roster[0], roster[-1]], new(2)):
        done = run("arize_user_roster", check=True, users=two)
        assert not done.failed
        assert len(done.requests) <= 4


@pytest.mark.parametrize("named", [1, 3, 30])
@pytest.mark.parametrize("people", [0, 1, 100, 101, 450])
def test_reading_costs_at_most_twice_the_cheaper_way(sim: Any, run: Any, people: int, named: int) -> None:
    roster = whole_account(sim, people)[-named:]
    roster += new(named - len(roster))
    done = run("arize_user_roster", check=True, users=roster)
    assert len(done.requests) <= 2 * min(max(1, ceil(people / 100)), named)


@pytest.mark.parametrize("people", [1, 100, 101, 450])
def test_purge_reads_each_page_once(sim: Any, run: Any, people: int) -> None:
    roster = whole_account(sim, people)
    done = run("arize_user_roster", users=roster[:1], purge=True, max_deletions=people, min_admins=0)
    assert done["summary"]["deleted"] == people - 1
    reads = ["/v2/users"] * ceil(people / 100) + ["/v2/api-keys"] * (people > 1)  # no deletion needs no service keys
    assert [entry["path"] for entry in done.requests if entry["method"] == "GET"] == reads
    assert done.methods.split() == ["GET"] * len(reads) + ["DELETE"] * (people - 1)


@pytest.mark.parametrize("people", [1, 100, 101, 450])
def test_absent_reads_the_account_for_min_admins_only_where_it_deletes_an_admin(
    sim: Any, run: Any, people: int
) -> None:
    roster = whole_account(sim, people)
    sim.seed([{"email": "root@example.com", "role": "ADMIN"}, {"email": "boss@example.com", "role": "ADMIN"}])
    member, admin = (
        run("arize_user_roster", check=True, users=[{"email": email}], state="absent")
        for email in (roster[-1]["email"].lower(), "root@example.com")
    )
    assert (member["summary"]["deleted"], admin["summary"]["deleted"]) == (1, 1)
    assert len(member.requests) <= 2
    assert len(admin.requests) <= 2 + ceil((people + 2) / 100)
    assert {entry["path"] for entry in admin.requests} == {"/v2/users"}


def test_one_write_for_each_needed_change(sim: Any, run: Any) -> None:
    roster = whole_account(sim, 20)
    for entry in roster[:5]:
        entry["name"] += " B"
        entry["is_developer"] = False
    roster += [*new(3), {"email": "dev@example.com", "name": "Dev", "role": "annotator", "is_developer": True}]
    done = run("arize_user_roster", users=roster)
    assert done["summary"] == {
        "created": 4, "updated": 5, "deleted": 0, "unchanged": 15, "not_found": 0, "failed": 0, "skipped": 0
    }  # fmt: skip
    # 1 page, 4 creations of which one needs a PATCH, 5 updates
    assert Counter(done.methods.split()) == {"GET": 1, "POST": 4, "PATCH": 6}
    assert run("arize_user_roster", users=roster).methods == "GET"


def test_an_empty_roster_sends_no_request(sim: Any, run: Any) -> None:
    done = run("arize_user_roster", users=[])
    assert (done.failed, done.changed, done.methods) == (False, False, "")


@pytest.mark.parametrize("concurrency", [1, 4])
def test_no_more_connections_than_requests_at_once(sim: Any, run: Any, concurrency: int) -> None:
    done = run("arize_user_roster", users=new(30), concurrency=concurrency)
    assert done["summary"]["created"] == 30
    assert len({entry["connection"] for entry in done.requests}) <= concurrency


def test_creations_come_before_updates_and_deletions_last(sim: Any, run: Any) -> None:
    roster = whole_account(sim, 60)
    renamed = [{**entry, "name": "Other"} for entry in roster[:20]]
    done = run("arize_user_roster", users=renamed + new(20), purge=True, max_deletions=40, min_admins=0)
    assert done.methods.split() == ["GET"] * 2 + ["POST"] * 20 + ["PATCH"] * 20 + ["DELETE"] * 40
    in_order = [item["email"] for item in done["entries"]]
    assert in_order == [entry["email"].lower() for entry in renamed + new(20) + roster[20:]]


def test_an_export_applied_with_purge_changes_nothing(sim: Any, run: Any) -> None:
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
