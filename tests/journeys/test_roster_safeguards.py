# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A roster that is refused, or cannot read the account completely, writes nothing; check mode says the same."""

from __future__ import annotations

from typing import Any

import pytest

ADMIN = {"email": "admin@simulator.example"}  # the owner of the key
ANN = {"email": "ann@example.com", "name": "Ann", "role": "member"}
NEW = {"email": "new@example.com", "name": "New", "role": "member"}  # a write that must not happen either

both_modes = pytest.mark.parametrize("check", [False, True], ids=["for real", "check"])

PURGE = {"purge": True, "max_deletions": 99}

# title, options, kind
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("a bad entry", {"users": [NEW, {"name": "No address"}]}, "bad_option"),
    ("twice", {"users": [NEW, {**NEW, "email": "NEW@example.com"}]}, "bad_option"),
    ("twice, by id", {"users": [NEW, ANN, {"user_id": "@ann"}]}, "bad_option"),
    ("incomplete", {"users": [NEW, {"email": "norole@example.com", "name": "N"}]}, "incomplete"),
    ("open passwords", {"users": [NEW, {**ANN, "invite_mode": "temporary_password"}]}, "no_log_needed"),
    ("purge + absent", {"users": [NEW], "state": "absent", "purge": True, "max_deletions": 9}, "bad_option"),
    ("purge without a limit", {"users": [NEW], "purge": True}, "bad_option"),
    ("purge with an empty roster", {"users": [], "purge": True, "max_deletions": 99}, "bad_option"),
    ("too many", {"users": [NEW, ADMIN], "purge": True, "max_deletions": 3}, "too_many_deletions"),
    ("none allowed", {"users": [ADMIN, ANN], "state": "absent", "max_deletions": 0}, "too_many_deletions"),
    ("protected", {"users": [ANN, {"user_id": "@bob"}], "state": "absent", "protected": ["B?b@*"]}, "protected"),
    ("the last admin", {"users": [NEW, ANN], "purge": True, "max_deletions": 99}, "too_few_admins"),
    ("too few admins", {"users": [NEW, ADMIN], "purge": True, "max_deletions": 99, "min_admins": 2}, "too_few_admins"),
    ("the last admins by name", {"users": [ANN, ADMIN, {"user_id": "@root"}], "state": "absent"}, "too_few_admins"),
    ("too few admins by name", {"users": [{"user_id": "@root"}], "state": "absent", "min_admins": 2}, "too_few_admins"),
    ("too many creations", {"users": [NEW, {**NEW, "email": "b@x.io"}], "max_creations": 1}, "too_many_creations"),
    ("a look-alike", {"users": [ADMIN, {**NEW, "email": "ｂob@example.com"}], **PURGE}, "lookalike"),
    ("a misspelt protection", {"users": [NEW, ADMIN], **PURGE, "protected": ["bbo@example.com"]}, "bad_option"),
    *[
        ("unusable protection", {"users": [NEW, ADMIN], **PURGE, "protected": ["*@ok.example", entry]}, "bad_option")
        for entry in (
            "bob@example.com ann@example.com",
            "Bob <bob@example.com>",
            "@example.com",
            "/bob@.*/",
            "",
            {"a": 1},
        )
    ],
]


@both_modes
@pytest.mark.parametrize(("options", "kind"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_refusal_writes_nothing(sim: Any, run: Any, options: dict[str, Any], kind: str, check: bool) -> None:
    seeded = sim.seed([ANN, {"email": "bob@example.com"}, {"email": "root@example.com", "role": "ADMIN"}])
    ids = {f"@{user['email'].partition('@')[0]}": user["id"] for user in seeded}
    users = [
        {**entry, **({"user_id": ids[entry["user_id"]]} if "user_id" in entry else {})} for entry in options["users"]
    ]
    untouched = sim.users()
    done = run("arize_user_roster", check=check, **{**options, "users": users})
    assert (done.kind, done.changed, done.writes, done.mails) == (kind, False, [], [])
    assert sim.users() == untouched
    assert "entries" not in done.result


# What can befall a page of the list.
BROKEN_PAGES: dict[str, dict[str, Any]] = {
    "dropped": {"kind": "drop"},
    "500": {"kind": "status", "status": 500},
    "401": {"kind": "status", "status": 401},
    "a redirect": {"kind": "redirect"},
    "an HTML page": {"kind": "html", "status": 200},
    "an HTML 404": {"kind": "html", "status": 404},
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
    "text instead of a user": {"kind": "edit", "set": {"/users/7": "Ann"}},
}


BROKEN_KEYS = {
    "500": {"kind": "status", "status": 500},
    "401": {"kind": "status", "status": 401},
    "an HTML page": {"kind": "html", "status": 200},
    "no pagination": {"kind": "omit_pagination"},
    "keys null": {"kind": "edit", "set": {"/api_keys": None}},
    "text instead of a key": {"kind": "edit", "set": {"/api_keys/0": "key"}},
    "a key without its bot user": {"kind": "edit", "remove": ["/api_keys/0/bot_user"]},
}


@both_modes
@pytest.mark.parametrize("page", [1, 2, 3])
@pytest.mark.parametrize("fault", list(BROKEN_PAGES.values()), ids=list(BROKEN_PAGES))
def test_an_incomplete_or_invalid_list_deletes_no_user(
    sim: Any, run: Any, fault: dict[str, Any], page: int, check: bool
) -> None:
    sim.seed(count=228)
    untouched = sim.users()
    sim.fault(method="GET", path="^/v2/users$", skip=page - 1, times=None, **fault)
    done = run("arize_user_roster", check=check, users=[NEW, ADMIN], purge=True, max_deletions=999, max_retries=0)
    assert (done.failed, done.changed, done.writes) == (True, False, [])
    assert done.kind in ("transport", "server", "unauthorized", "invalid_response")
    assert (sim.users(), "entries" in done.result) == (untouched, False)


@both_modes
def test_a_failed_look_up_refuses_the_whole_roster(sim: Any, run: Any, check: bool) -> None:
    sim.seed(count=350)
    sim.fault("status", status=500, method="GET", query="email=user00352", times=None)
    users = [{"email": f"user00{number}@example.com", "name": "Other"} for number in (350, 351, 352)]
    done = run("arize_user_roster", check=check, users=users, max_retries=1)
    assert (done.kind, done.changed, done.writes) == ("server", False, [])
    assert "Could not look up the user user00352@example.com" in done.msg


@both_modes
def test_half_a_roster_exceeds_the_limit_and_every_deletion_is_listed(sim: Any, run: Any, check: bool) -> None:
    addresses = [user["email"] for user in sim.seed(count=200)]
    half = [{"email": email} for email in addresses[::2]]
    done = run("arize_user_roster", check=check, users=[ADMIN, *half], purge=True, max_deletions=5)
    assert (done.kind, done.writes) == ("too_many_deletions", [])
    assert done["deletions"] == ["member@simulator.example", *addresses[1::2]]
    assert "101 users would be deleted, but max_deletions is 5" in done.msg
    assert done.msg.endswith("and 91 more.")


def test_a_user_renewed_while_the_list_is_read_is_not_purged(sim: Any, run: Any) -> None:
    """The list then shows one address with two ids; deleting either could block the address permanently."""
    sim.seed([{**ANN, "status": "EXPIRED"}])
    sim.seed(count=150)
    roster = [{"email": user["email"]} for user in sim.users()]
    again = {**sim.find(ANN["email"]), "id": "VXNlcjpuZXc=", "email": "Ann@example.com", "status": "INVITED"}
    sim.fault("edit", method="GET", query="cursor=", set={"/users/52": again})
    done = run("arize_user_roster", users=roster[:-1], purge=True, max_deletions=9)
    assert (done.failed, done["deletions"], done.writes) == (False, [], [])


# -- users whom no purge deletes -----------------------------------------------------------------------------------

BOT = {"id": "VXNlcjpib3Q=", "email": "bot@example.com"}  # acts for a service key


def with_hidden_users(sim: Any, **settings: Any) -> None:
    """Add a user without a visible address, a bot user, the bot user of a revoked key, and a user to be purged."""
    sim.settings(list_bot_users=True, **settings)
    sim.seed([{"id": "VXNlcjpoaWRkZW4=", "email": None}, {"email": "leaver@example.com"}])
    revoked = {"status": "REVOKED", "bot_user": {"email": "revoked@example.com"}}
    sim.seed_access(api_keys=[{"bot_user": BOT}, revoked])


MEMBER = {"email": "member@simulator.example"}


@both_modes
def test_no_purge_deletes_a_user_without_an_address_or_a_bot_user(sim: Any, run: Any, check: bool) -> None:
    with_hidden_users(sim)
    done = run("arize_user_roster", check=check, users=[ADMIN, MEMBER], **PURGE)
    assert (done.failed, done["deletions"]) == (False, ["leaver@example.com", "revoked@example.com"])
    assert [entry["path"] for entry in done.requests[:2]] == ["/v2/users", "/v2/api-keys"]
    assert done.requests[1]["query"]["key_type"] == ["SERVICE"]


@both_modes
def test_a_key_that_cannot_list_service_keys_is_a_warning(sim: Any, run: Any, check: bool) -> None:
    with_hidden_users(sim, missing_permissions={"admin": ["SERVICE_KEY_READ"]})
    done = run("arize_user_roster", check=check, users=[ADMIN, MEMBER], **PURGE, protected=["bot@example.com"])
    assert (done.failed, done["deletions"]) == (False, ["leaver@example.com", "revoked@example.com"])
    (warning,) = done["warnings"]
    assert "SERVICE_KEY_READ" in str(warning)


@both_modes
@pytest.mark.parametrize("fault", list(BROKEN_KEYS.values()), ids=list(BROKEN_KEYS))
def test_an_invalid_list_of_service_keys_deletes_no_user(
    sim: Any, run: Any, fault: dict[str, Any], check: bool
) -> None:
    with_hidden_users(sim)
    untouched = sim.users()
    sim.fault(path="^/v2/api-keys$", times=None, **fault)
    done = run("arize_user_roster", check=check, users=[NEW, ADMIN], **PURGE, max_retries=0)
    assert (done.failed, done.changed, done.writes, sim.users()) == (True, False, [], untouched)


def test_a_bot_user_is_no_admin_who_remains(sim: Any, run: Any) -> None:
    sim.settings(list_bot_users=True)
    sim.seed_access(api_keys=[{"bot_user": {**BOT, "role": "ADMIN"}}])
    done = run("arize_user_roster", users=[MEMBER], **PURGE)
    assert (done.kind, done.writes) == ("too_few_admins", [])
