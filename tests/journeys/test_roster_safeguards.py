# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A roster that refuses, or cannot read the account for certain, writes nothing; in check mode it says the same."""

from __future__ import annotations

from typing import Any

import pytest

ADMIN = {"email": "admin@simulator.example"}  # the owner of the key
ANN = {"email": "ann@example.com", "name": "Ann", "role": "member"}
NEW = {"email": "new@example.com", "name": "New", "role": "member"}  # a write that must not happen either

both_modes = pytest.mark.parametrize("check", [False, True], ids=["for real", "check"])

# title, options, kind
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("a bad entry", {"users": [NEW, {"name": "Nobody"}]}, "bad_option"),
    ("twice", {"users": [NEW, {**NEW, "email": "NEW@example.com"}]}, "bad_option"),
    ("twice, by id", {"users": [NEW, ANN, {"user_id": "@ann"}]}, "bad_option"),
    ("incomplete", {"users": [NEW, {"email": "norole@example.com", "name": "N"}]}, "incomplete"),
    ("open passwords", {"users": [NEW, {**ANN, "invite_mode": "temporary_password"}]}, "no_log_needed"),
    ("purge + absent", {"users": [NEW], "state": "absent", "purge": True, "max_deletions": 9}, "bad_option"),
    ("purge without a limit", {"users": [NEW], "purge": True}, "bad_option"),
    ("purge, nobody named", {"users": [], "purge": True, "max_deletions": 99}, "bad_option"),
    ("too many", {"users": [NEW, ADMIN], "purge": True, "max_deletions": 3}, "too_many_deletions"),
    ("none allowed", {"users": [ADMIN, ANN], "state": "absent", "max_deletions": 0}, "too_many_deletions"),
    ("protected", {"users": [ANN, {"user_id": "@bob"}], "state": "absent", "protected": ["B?b@*"]}, "protected"),
    ("the last admin", {"users": [NEW, ANN], "purge": True, "max_deletions": 99}, "too_few_admins"),
    ("too few admins", {"users": [NEW, ADMIN], "purge": True, "max_deletions": 99, "min_admins": 2}, "too_few_admins"),
]


@both_modes
@pytest.mark.parametrize(("options", "kind"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_refusal_writes_nothing(sim: Any, run: Any, options: dict[str, Any], kind: str, check: bool) -> None:
    seeded = sim.seed([ANN, {"email": "bob@example.com"}, {"email": "root@example.com", "role": "ADMIN"}])
    ids = {"@ann": seeded[0]["id"], "@bob": seeded[1]["id"]}
    users = [
        {**entry, **({"user_id": ids[entry["user_id"]]} if "user_id" in entry else {})} for entry in options["users"]
    ]
    untouched = sim.users()
    done = run("arize_user_roster", check=check, **{**options, "users": users})
    assert (done.kind, done.changed, done.writes, done.mails) == (kind, False, [], [])
    assert sim.users() == untouched
    assert "results" not in done.result


# What can befall a page of the list.
BROKEN_PAGES: dict[str, dict[str, Any]] = {
    "dropped": {"kind": "drop"},
    "500": {"kind": "status", "status": 500},
    "401": {"kind": "status", "status": 401},
    "a redirect": {"kind": "redirect"},
    "a proxy's page": {"kind": "html", "status": 200},
    "404 of a proxy": {"kind": "html", "status": 404},
    "half a page": {"kind": "truncate"},
    "nothing": {"kind": "empty"},
    "an empty object": {"kind": "empty_object"},
    "a list": {"kind": "json_list"},
    "no pagination": {"kind": "omit_pagination"},
    "has_more in words": {"kind": "bad_has_more", "value": "false"},
    "has_more null": {"kind": "bad_has_more", "value": None},
    "no cursor": {"kind": "edit", "set": {"/pagination/has_more": True}, "remove": ["/pagination/next_cursor"]},
    "the same cursor": {"kind": "repeat_cursor"},
    "users null": {"kind": "edit", "set": {"/users": None}},
    "a user without id": {"kind": "edit", "remove": ["/users/7/id"]},
    "a user who is none": {"kind": "edit", "set": {"/users/7": "Ann"}},
}


@both_modes
@pytest.mark.parametrize("page", [1, 2, 3])
@pytest.mark.parametrize("fault", list(BROKEN_PAGES.values()), ids=list(BROKEN_PAGES))
def test_a_list_that_breaks_off_or_answers_oddly_purges_nobody(
    sim: Any, run: Any, fault: dict[str, Any], page: int, check: bool
) -> None:
    sim.seed(count=228)
    untouched = sim.users()
    sim.fault(method="GET", path="^/v2/users$", skip=page - 1, times=None, **fault)
    done = run("arize_user_roster", check=check, users=[NEW, ADMIN], purge=True, max_deletions=999, max_retries=0)
    assert (done.failed, done.changed, done.writes) == (True, False, [])
    assert done.kind in ("transport", "server", "unauthorized", "invalid_response")
    assert (sim.users(), "results" in done.result) == (untouched, False)


@both_modes
def test_a_look_up_that_fails_refuses_all(sim: Any, run: Any, check: bool) -> None:
    sim.seed(count=350)
    sim.fault("status", status=500, method="GET", query="email=user00352", times=None)
    users = [{"email": f"user00{number}@example.com", "name": "Other"} for number in (350, 351, 352)]
    done = run("arize_user_roster", check=check, users=users, max_retries=1)
    assert (done.kind, done.changed, done.writes) == ("server", False, [])
    assert "Could not look up the user user00352@example.com" in done.msg


@both_modes
def test_half_a_roster_is_stopped_by_the_limit_and_all_who_would_go_are_named(sim: Any, run: Any, check: bool) -> None:
    everybody = [user["email"] for user in sim.seed(count=200)]
    half = [{"email": email} for email in everybody[::2]]
    done = run("arize_user_roster", check=check, users=[ADMIN, *half], purge=True, max_deletions=5)
    assert (done.kind, done.writes) == ("too_many_deletions", [])
    assert done["deletions"] == ["member@simulator.example", *everybody[1::2]]
    assert "101 users would go, but max_deletions is 5" in done.msg
    assert done.msg.endswith("and 91 more.")


def test_somebody_renewed_while_the_list_is_read_is_not_purged(sim: Any, run: Any) -> None:
    """The list then shows one address with two ids; deleting either could block the address for ever."""
    sim.seed([{**ANN, "status": "EXPIRED"}])
    sim.seed(count=150)
    everybody = [{"email": user["email"]} for user in sim.users()]
    again = {**sim.find(ANN["email"]), "id": "VXNlcjpuZXc=", "email": "Ann@example.com", "status": "INVITED"}
    sim.fault("edit", method="GET", query="cursor=", set={"/users/52": again})
    done = run("arize_user_roster", users=everybody[:-1], purge=True, max_deletions=9)
    assert (done.failed, done["deletions"], done.writes) == (False, [], [])
