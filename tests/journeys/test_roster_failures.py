# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One user fails, the others go on: bulk deletion, races, refused keys, lost passwords; and what is said in the end."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.simulator import MEMBER_KEY

ADMIN = {"email": "admin@simulator.example"}  # the owner of the key
ANN = {"email": "ann@example.com", "name": "Ann", "role": "member"}


def new(count: int, **fields: Any) -> list[dict[str, Any]]:
    """Entries for so many people who are not there."""
    return [{"email": f"new{n}@example.com", "name": f"New {n}", "role": "member", **fields} for n in range(count)]


def statuses(done: Any) -> list[str]:
    """What became of each, in order."""
    return [item["status"] for item in done["results"]]


# -- bulk deletion -------------------------------------------------------------------------------------------------


def test_ids_and_addresses_mixed_are_deleted_once_each(sim: Any, run: Any) -> None:
    ann, bob, cid = sim.seed([ANN, {"email": "Bob@Example.com"}, {"email": "cid@example.com", "status": "EXPIRED"}])
    users = [
        {"user_id": ann["id"]},
        {"email": "nobody@example.com"},
        {"email": "BOB@example.com"},
        {"email": "ANN@example.com"},  # named by id already
        {"user_id": "VXNlcjo5OTk="},
        {"email": "bob@EXAMPLE.com"},  # named twice
        {"user_id": cid["id"]},
    ]
    checked = run("arize_user_roster", check=True, users=users, state="absent", max_deletions=3)
    done = run("arize_user_roster", users=users, state="absent", max_deletions=3)
    assert checked["results"] == done["results"]
    assert (done.failed, done.changed) == (False, True)
    assert [(item["user_id"], item["email"], item["status"]) for item in done["results"]] == [
        (ann["id"], "ann@example.com", "deleted"),
        (None, "nobody@example.com", "not_found"),
        (bob["id"], "Bob@Example.com", "deleted"),
        ("VXNlcjo5OTk=", None, "not_found"),
        (cid["id"], "cid@example.com", "deleted"),
    ]
    assert done["deletions"] == ["ann@example.com", "Bob@Example.com", "cid@example.com"]
    assert sorted(entry["path"] for entry in done.writes) == sorted(
        f"/v2/users/{user['id']}" for user in (ann, bob, cid)
    )
    again = run("arize_user_roster", users=users, state="absent", max_deletions=0)
    # the twins cannot be told from two people any more
    assert (again.changed, again["summary"]["not_found"], again.writes) == (False, 6, [])


def test_a_deletion_that_is_refused_fails_with_its_reason_and_the_rest_go_on(sim: Any, run: Any) -> None:
    sim.seed([ANN, {"email": "bob@example.com"}])
    users = [{"email": "ann@example.com"}, ADMIN, {"email": "bob@example.com"}]
    done = run("arize_user_roster", users=users, state="absent")
    assert statuses(done) == ["deleted", "failed", "deleted"]
    assert (done.kind, done.changed, done["deletions"]) == ("partial", True, ["ann@example.com", "bob@example.com"])
    failed = done["results"][1]
    assert (failed["error"]["kind"], failed["error"]["status"], failed["changed"]) == ("bad_request", 400, False)
    assert failed["error"]["msg"].startswith(
        "Could not delete the user admin@simulator.example: the server answered 400"
    )
    assert done.msg.startswith("1 of 3 users failed; results has the details. 400 Bad Request: ")
    assert done.msg.endswith(": admin@simulator.example.")


def test_who_goes_meanwhile_is_deleted(sim: Any, run: Any) -> None:
    sim.seed([ANN])
    sim.fault(method="DELETE", do=[{"action": "vanish", "user": "ann@example.com"}])
    done = run("arize_user_roster", users=[{"email": "ann@example.com"}], state="absent")
    assert (done.failed, statuses(done)) == (False, ["deleted"])


# -- one among many ------------------------------------------------------------------------------------------------


def test_every_way_to_fail_leaves_the_others_alone(sim: Any, run: Any) -> None:
    sim.seed(
        [
            {"email": "role@example.com", "role": "ANNOTATOR"},
            {"email": "blocked@example.com", "status": "BLOCKED"},
            {"email": "gone@example.com"},
            {"email": "odd@example.com"},
            {"email": "leftover@example.com"},
        ]
    )
    gone, odd = (re.escape(sim.find(f"{name}@example.com")["id"]) for name in ("gone", "odd"))
    sim.fault(method="PATCH", path=gone, do=[{"action": "block", "user": "@target"}])
    sim.fault("status", status=422, detail="odd@example.com is odd.", method="PATCH", path=odd)
    users = [
        ADMIN,
        {"email": "role@example.com", "role": "admin"},
        *new(2),
        {"email": "blocked@example.com", "name": "B", "role": "member"},
        {"user_id": "VXNlcjo5OTk=", "name": "N"},
        {"email": "gone@example.com", "name": "G"},
        {"email": "odd@example.com", "name": "O"},
        {"email": "stranger@example.com", "name": "S", "custom_role_id": "Um9sZTo5OTk6bm9uZQ=="},
    ]
    done = run("arize_user_roster", users=users, purge=True, max_deletions=9)
    assert statuses(done) == ["unchanged", "failed", "created", "created", *["failed"] * 5, "skipped", "skipped"]
    assert [item["error"]["kind"] for item in done["results"] if "error" in item] == [
        "role_mismatch", "blocked", "not_found", "not_found", "unprocessable", "not_found"
    ]  # fmt: skip
    assert (done.changed, done["deletions"], [entry for entry in done.writes if entry["method"] == "DELETE"]) == (
        True,
        [],
        [],
    )
    assert done.msg.startswith("6 of 11 users failed, 2 skipped; results has the details. ")
    for said in (": … is odd: odd@example.com.", "Nobody has this user_id: VXNlcjo5OTk=", "404 Not Found: "):
        assert said in done.msg
    assert len(done.msg) <= 500


@pytest.mark.parametrize("purge", [False, True])
def test_two_hundred_who_fail_alike_fit_into_a_table(sim: Any, run: Any, purge: bool) -> None:
    users = [{**entry, "role": "admin"} for entry in new(200)]
    done = run("arize_user_roster", users=users, api_key=MEMBER_KEY, purge=purge, max_deletions=9, min_admins=0)
    assert (done.kind, done.changed, done["summary"]["failed"]) == ("partial", False, 200)
    assert done.msg.startswith(f"200 of {202 if purge else 200} users failed")
    assert done.msg.count("403 Forbidden") == 1
    assert done.msg.endswith("new0@example.com, new1@example.com, new2@example.com and 197 more.")
    assert len(done.msg) <= 500
    assert [item["email"] for item in done["results"]][:200] == [entry["email"] for entry in users]


@pytest.mark.parametrize("concurrency", [1, 8])
def test_a_key_that_dies_midway_stops_the_rest(sim: Any, run: Any, concurrency: int) -> None:
    sim.seed(count=30)
    sim.fault("status", status=401, method="POST", skip=5, times=None)
    users = [ADMIN, *new(40), {"email": "user00003@example.com", "name": "Other"}]
    done = run("arize_user_roster", users=users, purge=True, max_deletions=99, concurrency=concurrency)
    count = done["summary"]
    assert (done.kind, done.changed, count["created"], count["unchanged"]) == ("partial", True, 5, 1)
    assert 1 <= count["failed"] <= concurrency  # those that were under way
    assert count["created"] + count["failed"] + count["skipped"] + count["unchanged"] == len(done["results"]) == 72
    assert len(done.writes) == 5 + count["failed"]
    assert "The API key was refused, so that the rest was skipped" in done.msg


# -- somebody else is at work --------------------------------------------------------------------------------------


def test_somebody_was_faster(sim: Any, run: Any) -> None:
    there = [
        {"email": "new3@example.com", "name": "Old name", "role": "MEMBER"},
        {"email": "new5@example.com", "role": "ADMIN"},
    ]
    sim.fault(method="POST", do=[{"action": "seed", "users": there}])
    done = run("arize_user_roster", users=new(8))
    assert statuses(done) == ["created"] * 3 + ["updated", "created", "failed", "created", "created"]
    updated, failed = done["results"][3], done["results"][5]
    assert (updated["changes"], updated["user"]["name"]) == (["name"], "New 3")
    assert (failed["error"]["kind"], failed["user"]["role"], failed["changed"]) == ("role_mismatch", "admin", False)
    assert len(done.mails) == 6


def test_a_creation_that_could_not_be_completed_says_that_the_user_is_there(sim: Any, run: Any) -> None:
    sim.fault("status", status=403, method="PATCH")
    done = run("arize_user_roster", users=new(3, is_developer=False), concurrency=1)
    assert statuses(done) == ["failed", "created", "created"]
    failed = done["results"][0]
    assert failed["changed"] is True
    assert failed["user_id"] == failed["user"]["id"] == sim.find("new0@example.com")["id"]
    assert "is there now" in failed["error"]["msg"]


# -- one-time passwords --------------------------------------------------------------------------------------------


def test_passwords_are_returned_for_each_and_a_lost_one_is_named(sim: Any, run: Any) -> None:
    sim.fault("drop", method="POST", when="after", body_has="new1@")
    done = run("arize_user_roster", users=new(3, invite_mode="temporary_password"), no_log=True)
    assert statuses(done) == ["created", "failed", "created"]
    assert ["temporary_password" in item for item in done["results"]] == [True, False, True]
    lost = done["results"][1]
    assert (lost["error"]["kind"], lost["changed"], lost["user"]["status"]) == ("password_lost", True, "invited")
    passwords = {item["temporary_password"] for item in done["results"] if "temporary_password" in item}
    assert len(passwords) == 2
    everything_else = str([{**item, "temporary_password": ""} for item in done["results"]]) + done.msg
    assert not any(password in everything_else for password in passwords)


def test_a_role_mismatch_that_is_only_warned_about_is_no_failure(sim: Any, run: Any) -> None:
    sim.seed(count=12, like={"role": "ADMIN"})
    users = [{"email": user["email"], "role": "member", "name": "Other"} for user in sim.users()[2:]]
    for mode, warnings in (("warn", 11), ("ignore", 0)):
        done = run("arize_user_roster", check=True, users=users, role_mismatch=mode)
        assert (done.failed, done["summary"]["updated"]) == (False, 12)
        assert len(done.result.get("warnings", [])) == warnings
