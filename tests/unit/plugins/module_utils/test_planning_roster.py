# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rails: deletions that nobody can have meant are refused, and then nothing is written at all."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.arize.ax.plugins.module_utils._client.users import User
from ansible_collections.arize.ax.tests.unit.support.account import Account, people, someone

BOSS = someone("boss@x.io", role="ADMIN")
ROOT = someone("Root@x.io", role="ADMIN")
ADA = someone("ada@x.io")
BOB = someone("bob@x.io")
NEW = {"email": "new@x.io", "name": "New", "role": "member"}  # a write that must not happen either

both_modes = pytest.mark.parametrize("check", [False, True], ids=["for real", "check"])


def named(*users: User) -> list[dict[str, Any]]:
    """Entries that name these users and want nothing of them."""
    return [{"email": user.email} for user in users]


# title, who is there, options, kind, what the message says, deletions
REFUSED: list[tuple[str, list[User], dict[str, Any], str, str, list[str]]] = [
    (
        "one purge too many",
        [BOSS, ADA, BOB],
        {"users": [*named(BOSS), NEW], "purge": True, "max_deletions": 1},
        "too_many_deletions",
        "2 users would go, but max_deletions is 1: ada@x.io, bob@x.io.",
        ["ada@x.io", "bob@x.io"],
    ),
    (
        "no purge is allowed",
        [BOSS, ADA],
        {"users": [*named(BOSS), NEW], "purge": True, "max_deletions": 0},
        "too_many_deletions",
        "1 users would go, but max_deletions is 0: ada@x.io.",
        ["ada@x.io"],
    ),
    (
        "one deletion too many",
        [BOSS, ADA, BOB],
        {"users": named(ADA, BOB), "state": "absent", "max_deletions": 1},
        "too_many_deletions",
        "2 users would go, but max_deletions is 1: ada@x.io, bob@x.io.",
        ["ada@x.io", "bob@x.io"],
    ),
    (
        "a protected user, absent",
        [BOSS, ADA, BOB],
        {"users": named(ADA, BOSS), "state": "absent", "protected": [" BOSS@X.io "]},
        "protected",
        "these users are protected: boss@x.io.",
        ["ada@x.io", "boss@x.io"],
    ),
    (
        "a protected user by id and pattern",
        [BOSS, ADA],
        {"users": [{"user_id": BOSS.id}], "state": "absent", "protected": ["?oss@*"]},
        "protected",
        "these users are protected: boss@x.io.",
        ["boss@x.io"],
    ),
    (
        "the last admin",
        [BOSS, ADA],
        {"users": [*named(ADA), NEW], "purge": True, "max_deletions": 9},
        "too_few_admins",
        "0 active admins would remain, but min_admins is 1; these would go: boss@x.io.",
        ["boss@x.io"],
    ),
    (
        "the last but one",
        [BOSS, ROOT, ADA],
        {"users": [*named(ROOT), NEW], "purge": True, "max_deletions": 9, "min_admins": 2},
        "too_few_admins",
        "1 active admins would remain, but min_admins is 2; these would go: boss@x.io.",
        ["ada@x.io", "boss@x.io"],
    ),
    (
        "an admin who is invited only does not count",
        [BOSS, someone("next@x.io", role="ADMIN", status="INVITED"), ADA],
        {"users": [*named(ADA), {"email": "next@x.io"}], "purge": True, "max_deletions": 9},
        "too_few_admins",
        "0 active admins would remain",
        ["boss@x.io"],
    ),
    (
        "an admin who is yet to be made does not count",
        [BOSS],
        {"users": [{**NEW, "role": "admin", "invite_mode": "none"}], "purge": True, "max_deletions": 9},
        "too_few_admins",
        "0 active admins would remain",
        ["boss@x.io"],
    ),
]


@both_modes
@pytest.mark.parametrize(
    ("there", "options", "kind", "says", "deletions"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_refused_with_nothing_written(
    there: list[User], options: dict[str, Any], kind: str, says: str, deletions: list[str], check: bool
) -> None:
    account = Account(*there)
    result = account.converge(check, **options)
    assert (result["error"]["kind"], result["changed"], account.writes) == (kind, False, [])
    assert result["msg"].startswith("Nothing was done, since ")
    assert says in result["msg"]
    assert result["deletions"] == deletions
    assert set(result) == {"changed", "deletions", "error", "msg"}


# title, who is there, options, who is deleted
ALLOWED: list[tuple[str, list[User], dict[str, Any], list[str]]] = [
    ("as many as allowed", [BOSS, ADA, BOB], {"users": named(BOSS), "purge": True, "max_deletions": 2}, ["ada", "bob"]),
    ("nobody goes", [BOSS, ADA], {"users": named(BOSS, ADA), "purge": True, "max_deletions": 0}, []),
    (
        "who is not there does not count",
        [BOSS, ADA],
        {"users": [*named(ADA), {"email": "gone@x.io"}], "state": "absent", "max_deletions": 1},
        ["ada"],
    ),
    (
        "a purge passes over the protected",
        [BOSS, ADA, BOB, someone("Eve@Partner.io")],
        {"users": named(BOB), "purge": True, "max_deletions": 1, "protected": ["*@partner.io", "Boss@x.io"]},
        ["ada"],
    ),
    (
        "who is protected and gone",
        [BOSS, ADA],
        {"users": [*named(ADA), {"email": "gone@x.io"}], "state": "absent", "protected": ["gone@*"]},
        ["ada"],
    ),
    (
        "an admin, if enough remain",
        [BOSS, ROOT],
        {"users": named(ROOT), "purge": True, "max_deletions": 1},
        ["boss"],
    ),
    (
        "the last admin, if that is wanted",
        [BOSS, ADA],
        {"users": named(ADA), "purge": True, "max_deletions": 1, "min_admins": 0},
        ["boss"],
    ),
    (
        "a member, where there are too few admins already",
        [BOSS, ADA, BOB],
        {"users": named(BOSS, BOB), "purge": True, "max_deletions": 1, "min_admins": 5},
        ["ada"],
    ),
    (
        "an admin who is named, absent",
        [BOSS, ADA],
        {"users": named(BOSS), "state": "absent"},
        ["boss"],
    ),
]


@both_modes
@pytest.mark.parametrize(("there", "options", "deleted"), [row[1:] for row in ALLOWED], ids=[row[0] for row in ALLOWED])
def test_allowed(there: list[User], options: dict[str, Any], deleted: list[str], check: bool) -> None:
    account = Account(*there)
    result = account.converge(check, **options)
    addresses = [f"{name}@x.io" for name in deleted]
    assert "error" not in result
    assert (result["deletions"], result["summary"]["deleted"]) == (addresses, len(addresses))
    assert account.writes == ([] if check else [f"DELETE {address}" for address in addresses])


def test_a_message_names_ten_and_deletions_all() -> None:
    account = Account(BOSS, *people(12))
    result = account.converge(users=named(BOSS), purge=True, max_deletions=11)
    assert result["msg"].endswith("user008@x.io, user009@x.io and 2 more.")
    assert result["deletions"] == [user.email for user in people(12)]


@both_modes
def test_a_second_id_of_a_named_address_is_not_purged(check: bool) -> None:
    """Somebody was invited anew while the list was read."""
    account = Account(BOSS, ADA, ADA._replace(id="another"))
    result = account.converge(check, users=named(BOSS, ADA), purge=True, max_deletions=9)
    assert (result["deletions"], result["changed"], account.writes) == ([], False, [])
    by_id = account.converge(check, users=[*named(BOSS), {"user_id": ADA.id}], purge=True, max_deletions=9)
    assert (by_id["deletions"], by_id["changed"], account.writes) == ([], False, [])


@both_modes
@pytest.mark.parametrize(
    "failing",
    [
        {"email": "bob@x.io", "name": "Bob", "role": "admin"},
        {"user_id": "nobody"},
    ],
    ids=["another role", "unknown id"],
)
def test_nobody_is_purged_where_a_user_of_the_roster_cannot_be_had(failing: dict[str, Any], check: bool) -> None:
    account = Account(BOSS, ADA, BOB)
    result = account.converge(check, users=[*named(BOSS, BOB)[:1], failing, NEW], purge=True, max_deletions=9)
    assert result["error"]["kind"] == "partial"
    assert [item["status"] for item in result["results"]][:4] == ["unchanged", "failed", "created", "skipped"]
    assert (result["deletions"], result["changed"]) == ([], True)
    assert account.writes == ([] if check else ["POST new@x.io"])
