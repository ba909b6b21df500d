# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One user fails, the others are applied: bulk deletion, races, refused keys, lost passwords; and the message."""

from __future__ import annotations

import re
from typing import Any

import pytest
from arize_ax_simulator import MEMBER_KEY

ADMIN = {"email": "admin@simulator.example"}  # the owner of the key
ANN = {"email": "ann@example.com", "name": "Ann", "role": "member"}


def new(count: int, **fields: Any) -> list[dict[str, Any]]:
    """Entries for so many new users."""
    return [{"email": f"new{n}@example.com", "name": f"New {n}", "role": "member", **fields} for n in range(count)]


def statuses(done: Any) -> list[str]:
    """The status of each entry, in order."""
    return [item["status"] for item in done["entries"]]


# -- bulk deletion -------------------------------------------------------------------------------------------------


def test_ids_and_addresses_mixed_are_deleted_once_each(sim: Any, run: Any) -> None:
    ann, bob, cid = sim.seed([ANN, {"email": "Bob@Example.com"}, {"email": "cid@example.com", "status": "EXPIRED"}])
    users = [
        {"user_id": ann["id"]},
        {"email": "unknown@example.com"},
        {"email": "BOB@example.com"},
        {"email": "ANN@example.com"},  # selected by ID already
        {"user_id": "VXNlcjo5OTk="},
        {"email": "bob@EXAMPLE.com"},  # the same entry twice
        {"user_id": cid["id"]},
    ]
    checked = run("arize_user_roster", check=True, users=users, state="absent", max_deletions=3)
    done = run("arize_user_roster", users=users, state="absent", max_deletions=3)
    assert checked["entries"] == done["entries"]
    assert (done.failed, done.changed) == (False, True)
    assert [(item["user_id"], item["email"], item["status"]) for item in done["entries"]] == [
        (ann["id"], "ann@example.com", "deleted"),
        (None, "unknown@example.com", "not_found"),
        (bob["id"], "Bob@Example.com", "deleted"),
        ("VXNlcjo5OTk=", None, "not_found"),
        (cid["id"], "cid@example.com", "deleted"),
    ]
    assert done["deletions"] == ["ann@example.com", "Bob@Example.com", "cid@example.com"]
    assert sorted(entry["path"] for entry in done.writes) == sorted(
        f"/v2/users/{user['id']}" for user in (ann, bob, cid)
    )
    again = run("arize_user_roster", users=users, state="absent", max_deletions=0)
    # an ID and an address of a deleted user are two entries
    assert (again.changed, again["summary"]["not_found"], again.writes) == (False, 6, [])


def test_a_refused_deletion_fails_with_its_reason_and_the_others_are_applied(sim: Any, run: Any) -> None:
    sim.seed([ANN, {"email": "bob@example.com"}, {"email": "root@example.com", "role": "ADMIN"}])
    users = [{"email": "ann@example.com"}, ADMIN, {"email": "bob@example.com"}]
    done = run("arize_user_roster", users=users, state="absent")
    assert statuses(done) == ["deleted", "failed", "deleted"]
    assert (done.kind, done.changed, done["deletions"]) == ("partial", True, ["ann@example.com", "bob@example.com"])
    failed = done["entries"][1]
    assert (failed["error"]["kind"], failed["error"]["status"], failed["changed"]) == ("bad_request", 400, False)
    assert failed["error"]["msg"].startswith(
        "Could not delete the user admin@simulator.example: the server answered 400"
    )
    assert done.msg.startswith("1 of 3 users failed; entries has the details. 400 Bad Request: ")
    assert done.msg.endswith(": admin@simulator.example.")


def test_a_user_who_vanishes_meanwhile_is_deleted(sim: Any, run: Any) -> None:
    sim.seed([ANN])
    sim.fault(method="DELETE", do=[{"action": "vanish", "user": "ann@example.com"}])
    done = run("arize_user_roster", users=[{"email": "ann@example.com"}], state="absent")
    assert (done.failed, statuses(done)) == (False, ["deleted"])


# -- one among many ------------------------------------------------------------------------------------------------


def test_no_way_to_fail_stops_the_others(sim: Any, run: Any) -> None:
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
    assert [item["error"]["kind"] for item in done["entries"] if item["status"] == "failed"] == [
        "role_mismatch", "blocked", "not_found", "not_found", "unprocessable", "not_found"
    ]  # fmt: skip
    assert (done.changed, done["deletions"], [entry for entry in done.writes if entry["method"] == "DELETE"]) == (
        True,
        [],
        [],
    )
    assert done.msg.startswith("6 of 11 users failed, 2 skipped; entries has the details. ")
    for said in (": … is odd: odd@example.com.", "There is no user with this user_id: VXNlcjo5OTk=", "404 Not Found: "):
        assert said in done.msg
    assert len(done.msg) <= 500


GRACE = {"email": "grace@example.com", "name": "Grace", "role": "member"}


@pytest.mark.parametrize(
    ("entry", "account", "purged"),
    [
        ({"email": "ann@example.com", "role": "admin"}, [ANN], True),  # a role mismatch: Ann exists
        ({"email": "ann@example.com", "name": "Odd"}, [ANN], True),  # a failed update: Ann exists
        ({"user_id": "VXNlcjo5OTk=", "name": "N"}, [], False),
        ({"email": "blocked@example.com", "name": "B", "role": "member"}, [], False),
        ({"email": "JO@example.com", "name": "J"}, [{"email": "Jo@example.com"}, {"email": "jo@example.com"}], False),
    ],
    ids=["role mismatch", "failed update", "unknown ID", "failed creation", "ambiguous"],
)
def test_only_a_user_who_is_not_in_the_account_holds_the_purge_up(
    sim: Any, run: Any, entry: dict[str, Any], account: list[dict[str, Any]], purged: bool
) -> None:
    sim.seed([*account, {"email": "blocked@example.com", "status": "BLOCKED"}, {"email": "leaver@example.com"}])
    sim.fault("status", status=422, method="PATCH", body_has="Odd")
    untouched = sim.find("leaver@example.com")
    done = run("arize_user_roster", users=[ADMIN, entry, GRACE], purge=True, max_deletions=9)
    assert statuses(done)[:3] == ["unchanged", "failed", "created"]
    assert (done.kind, bool(done["deletions"])) == ("partial", purged)
    assert (sim.find("leaver@example.com")["status"] == "BLOCKED") == purged
    assert purged or sim.find("leaver@example.com") == untouched
    leaver = next(item for item in done["entries"] if item["email"] == "leaver@example.com")
    assert leaver["status"] == ("deleted" if purged else "skipped")
    if not purged:
        reference = entry.get("email") or entry["user_id"]
        assert reference in leaver["error"]["msg"]  # it says why it was not deleted
    listed = [line.split()[0] for line in done["diff"]["before"].splitlines()]
    assert listed == done["deletions"]
    assert done["diff"]["after"].split() == ["grace@example.com", "member", "developer", "Grace"]


@pytest.mark.parametrize("purge", [False, True])
def test_two_hundred_equal_failures_fit_into_a_table(sim: Any, run: Any, purge: bool) -> None:
    users = [{**entry, "role": "admin"} for entry in new(200)]
    done = run("arize_user_roster", users=users, api_key=MEMBER_KEY, purge=purge, max_deletions=9, min_admins=0)
    assert (done.kind, done.changed, done["summary"]["failed"]) == ("partial", False, 200)
    assert done.msg.startswith(f"200 of {202 if purge else 200} users failed")
    assert done.msg.count("403 Forbidden") == 1
    assert done.msg.endswith("new0@example.com, new1@example.com, new2@example.com and 197 more.")
    assert len(done.msg) <= 500
    assert [item["email"] for item in done["entries"]][:200] == [entry["email"] for entry in users]


@pytest.mark.parametrize("concurrency", [1, 8])
def test_a_key_that_is_revoked_midway_stops_the_rest(sim: Any, run: Any, concurrency: int) -> None:
    sim.seed(count=30)
    sim.fault("status", status=401, method="POST", skip=5, times=None)
    users = [ADMIN, *new(40), {"email": "user00003@example.com", "name": "Other"}]
    done = run("arize_user_roster", users=users, purge=True, max_deletions=99, concurrency=concurrency)
    count = done["summary"]
    assert (done.kind, done.changed, count["created"], count["unchanged"]) == ("partial", True, 5, 1)
    assert 1 <= count["failed"] <= concurrency  # those that were in flight
    assert sum(count.values()) - count["unchanged"] == len(done["entries"]) == 71  # a long result omits unchanged users
    assert count["updated"] + count["deleted"] == 0
    assert len(done.writes) == 5 + count["failed"]
    assert "The API key was refused, so the rest was skipped" in done.msg


# -- another client at the same time -------------------------------------------------------------------------------


def test_another_client_was_faster(sim: Any, run: Any) -> None:
    faster = [
        {"email": "new3@example.com", "name": "Old name", "role": "MEMBER"},
        {"email": "new5@example.com", "role": "ADMIN"},
    ]
    sim.fault(method="POST", do=[{"action": "seed", "users": faster}])
    done = run("arize_user_roster", users=new(8))
    assert statuses(done) == ["created"] * 3 + ["updated", "created", "failed", "created", "created"]
    updated, failed = done["entries"][3], done["entries"][5]
    assert (updated["changes"], updated["user"]["name"]) == (["name"], "New 3")
    assert (failed["error"]["kind"], failed["user"]["role"], failed["changed"]) == ("role_mismatch", "admin", False)
    assert len(done.mails) == 6


def test_an_incomplete_creation_says_that_the_user_exists(sim: Any, run: Any) -> None:
    sim.fault("status", status=403, method="PATCH")
    done = run("arize_user_roster", users=new(3, is_developer=False), concurrency=1)
    assert statuses(done) == ["failed", "created", "created"]
    failed = done["entries"][0]
    assert failed["changed"] is True
    assert failed["user_id"] == failed["user"]["id"] == sim.find("new0@example.com")["id"]
    assert f"was created (ID {failed['user_id']})" in failed["error"]["msg"]


# -- temporary passwords -------------------------------------------------------------------------------------------


def test_passwords_are_returned_for_each_and_a_lost_one_is_named(sim: Any, run: Any) -> None:
    sim.fault("drop", method="POST", when="after", body_has="new1@")
    done = run("arize_user_roster", users=new(3, invite_mode="temporary_password"), no_log=True)
    assert statuses(done) == ["created", "failed", "created"]
    assert ["temporary_password" in item for item in done["entries"]] == [True, False, True]
    lost = done["entries"][1]
    assert (lost["error"]["kind"], lost["changed"], lost["user"]["status"]) == ("password_lost", True, "invited")
    passwords = {item["temporary_password"] for item in done["entries"] if "temporary_password" in item}
    assert len(passwords) == 2
    everything_else = str([{**item, "temporary_password": ""} for item in done["entries"]]) + done.msg
    assert not any(password in everything_else for password in passwords)


def test_a_role_mismatch_that_only_warns_is_no_failure(sim: Any, run: Any) -> None:
    sim.seed(count=12, like={"role": "ADMIN"})
    users = [{"email": user["email"], "role": "member", "name": "Other"} for user in sim.users()[2:]]
    for mode, warnings in (("warn", 11), ("ignore", 0)):
        done = run("arize_user_roster", check=True, users=users, role_mismatch=mode)
        assert (done.failed, done["summary"]["updated"]) == (False, 12)
        assert len(done.result.get("warnings", [])) == warnings
