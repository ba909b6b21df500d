"""The safeguards: what cannot be meant is refused, and then nothing is written at all."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.arize.ax.plugins.module_utils._models import User
from ansible_collections.arize.ax.tests.unit.support.account import Account, by_email, new, people, someone

BOSS = someone("boss@x.io", role="admin")
ROOT = someone("Root@x.io", role="admin")
ADA = someone("ada@x.io")
BOB = someone("bob@x.io")
NEW = new("new")  # a write that must not happen either

both_modes = pytest.mark.parametrize("check", [False, True], ids=["for real", "check"])


# title, the account, options, kind, what the message says, deletions
REFUSED: list[tuple[str, list[User], dict[str, Any], str, str, list[str]]] = [
    (
        "one purge too many",
        [BOSS, ADA, BOB],
        {"users": [*by_email(BOSS), NEW], "purge": True, "max_deletions": 1},
        "too_many_deletions",
        "2 users would be deleted, but max_deletions is 1: ada@x.io, bob@x.io.",
        ["ada@x.io", "bob@x.io"],
    ),
    (
        "no purge is allowed",
        [BOSS, ADA],
        {"users": [*by_email(BOSS), NEW], "purge": True, "max_deletions": 0},
        "too_many_deletions",
        "1 user would be deleted, but max_deletions is 0: ada@x.io.",
        ["ada@x.io"],
    ),
    (
        "one deletion too many",
        [BOSS, ADA, BOB],
        {"users": by_email(ADA, BOB), "state": "absent", "max_deletions": 1},
        "too_many_deletions",
        "2 users would be deleted, but max_deletions is 1: ada@x.io, bob@x.io.",
        ["ada@x.io", "bob@x.io"],
    ),
    (
        "a protected user, absent",
        [BOSS, ADA, BOB],
        {"users": by_email(ADA, BOSS), "state": "absent", "protected": [" BOSS@X.io "]},
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
        {"users": [*by_email(ADA), NEW], "purge": True, "max_deletions": 9},
        "too_few_admins",
        "only 0 active admins would remain, but min_admins is 1; would be deleted: boss@x.io.",
        ["boss@x.io"],
    ),
    (
        "the last but one",
        [BOSS, ROOT, ADA],
        {"users": [*by_email(ROOT), NEW], "purge": True, "max_deletions": 9, "min_admins": 2},
        "too_few_admins",
        "only 1 active admin would remain, but min_admins is 2; would be deleted: boss@x.io.",
        ["ada@x.io", "boss@x.io"],
    ),
    (
        "an admin who is invited only does not count",
        [BOSS, someone("next@x.io", role="admin", status="invited"), ADA],
        {"users": [*by_email(ADA), {"email": "next@x.io"}], "purge": True, "max_deletions": 9},
        "too_few_admins",
        "0 active admins would remain",
        ["boss@x.io"],
    ),
    (
        "a role that is not known does not count where it remains",
        [BOSS, someone("next@x.io", role="auditor"), ADA],
        {"users": [*by_email(ADA), {"email": "next@x.io"}], "purge": True, "max_deletions": 9},
        "too_few_admins",
        "0 active admins would remain",
        ["boss@x.io"],
    ),
    (
        "a role that is not known counts as admin where it is deleted",
        [ADA, someone("next@x.io", role="auditor")],
        {"users": [*by_email(ADA), NEW], "purge": True, "max_deletions": 9},
        "too_few_admins",
        "would be deleted: next@x.io.",
        ["next@x.io"],
    ),
    (
        "so do a role and a status that the server leaves out",
        [ADA, someone("next@x.io", role=None, status=None)],
        {"users": by_email(someone("next@x.io")), "state": "absent"},
        "too_few_admins",
        "would be deleted: next@x.io.",
        ["next@x.io"],
    ),
    (
        "an admin who is yet to be made does not count",
        [BOSS],
        {"users": [{**NEW, "role": "admin", "invite_mode": "none"}], "purge": True, "max_deletions": 9},
        "too_few_admins",
        "0 active admins would remain",
        ["boss@x.io"],
    ),
    (
        "both admins, absent",
        [BOSS, ROOT, ADA],
        {"users": by_email(BOSS, ROOT), "state": "absent", "min_admins": 2},
        "too_few_admins",
        "only 0 active admins would remain, but min_admins is 2; would be deleted: boss@x.io, Root@x.io.",
        ["boss@x.io", "Root@x.io"],
    ),
    (
        "the last admin, absent",
        [BOSS, ADA],
        {"users": by_email(ADA, BOSS), "state": "absent"},
        "too_few_admins",
        "only 0 active admins would remain",
        ["ada@x.io", "boss@x.io"],
    ),
    (
        "one creation too many",
        [BOSS],
        {"users": [*by_email(BOSS), new("a"), new("b")], "max_creations": 1},
        "too_many_creations",
        "2 users would be created, but max_creations is 1: a@x.io, b@x.io.",
        [],
    ),
    (
        "no creation is allowed",
        [BOSS, ADA],
        {"users": [*by_email(BOSS), NEW], "max_creations": 0, "purge": True, "max_deletions": 1},
        "too_many_creations",
        "1 user would be created, but max_creations is 0: new@x.io.",
        ["ada@x.io"],
    ),
    (
        "one update too many",
        [BOSS, ADA, BOB],
        {"users": [{"email": "ada@x.io", "name": "A"}, {"email": "bob@x.io", "is_developer": False}], "max_updates": 1},
        "too_many_updates",
        "2 users would be updated, but max_updates is 1: ada@x.io, bob@x.io.",
        [],
    ),
    (
        "no update is allowed",
        [BOSS, ADA],
        {"users": [{"email": "ada@x.io", "name": "A"}, NEW], "max_updates": 0},
        "too_many_updates",
        "1 user would be updated, but max_updates is 0: ada@x.io.",
        [],
    ),
    (
        "all limits, of which the first gives the kind",
        [BOSS, ADA, BOB],
        {
            "users": [{"email": "boss@x.io", "name": "B"}, NEW],
            "purge": True,
            "max_deletions": 1,
            "max_creations": 0,
            "max_updates": 0,
        },
        "too_many_deletions",
        "bob@x.io; 1 user would be created, but max_creations is 0: new@x.io; 1 user would be updated, but max_updates is 0: boss@x.io.",
        ["ada@x.io", "bob@x.io"],
    ),
    (
        "a limit, before too few admins",
        [BOSS, ADA],
        {"users": [{"email": "ada@x.io", "name": "A"}], "purge": True, "max_deletions": 1, "max_updates": 0},
        "too_many_updates",
        "1 user would be updated",
        ["boss@x.io"],
    ),
    (
        "an incomplete entry, before a limit",
        [BOSS, ADA],
        {"users": [*by_email(BOSS), {"email": "new@x.io"}], "purge": True, "max_deletions": 0},
        "incomplete",
        "users[1]: To create the user new@x.io",
        ["ada@x.io"],
    ),
    (
        "a protected address that no user has",
        [BOSS, ADA],
        {"users": [*by_email(BOSS), NEW], "purge": True, "max_deletions": 9, "protected": ["bg@x.io"]},
        "bad_option",
        "no user of the account has the protected address bg@x.io.",
        ["ada@x.io"],
    ),
    (
        "one is deleted and one who looks alike is created",
        [BOSS, someone("jose\u0301@x.io")],
        {"users": [*by_email(BOSS), new("jos\u00e9")], "purge": True, "max_deletions": 9},
        "lookalike",
        "Write the address in the roster as the account has it. If they are two people, create the new user in one run, and",
        ["jose\u0301@x.io"],
    ),
    (
        "an address as a spreadsheet writes it",
        [BOSS, ADA],
        {"users": [*by_email(BOSS), new("'ada")], "purge": True, "max_deletions": 9},
        "lookalike",
        "ada@x.io would be deleted and 'ada@x.io created.",
        ["ada@x.io"],
    ),
]


@both_modes
@pytest.mark.parametrize(
    ("users", "options", "kind", "says", "deletions"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_refused_with_nothing_written(
    users: list[User], options: dict[str, Any], kind: str, says: str, deletions: list[str], check: bool
) -> None:
    account = Account(*users)
    result = account.converge(check, **options)
    assert (result["error"]["kind"], result["changed"], account.writes) == (kind, False, [])
    assert result["msg"].startswith(("No changes were made: ", "No changes were made. "))
    assert says in result["msg"]
    assert result["deletions"] == deletions
    assert set(result) == {"changed", "deletions", "error", "msg"}


# title, the account, options, who is deleted
ALLOWED: list[tuple[str, list[User], dict[str, Any], list[str]]] = [
    (
        "as many as allowed",
        [BOSS, ADA, BOB],
        {"users": by_email(BOSS), "purge": True, "max_deletions": 2},
        ["ada", "bob"],
    ),
    ("no user is deleted", [BOSS, ADA], {"users": by_email(BOSS, ADA), "purge": True, "max_deletions": 0}, []),
    (
        "a user who does not exist does not count",
        [BOSS, ADA],
        {"users": [*by_email(ADA), {"email": "gone@x.io"}], "state": "absent", "max_deletions": 1},
        ["ada"],
    ),
    (
        "a purge passes over the protected",
        [BOSS, ADA, BOB, someone("Eve@Partner.io")],
        {"users": by_email(BOB), "purge": True, "max_deletions": 1, "protected": ["*@partner.io", "Boss@x.io"]},
        ["ada"],
    ),
    (
        "a protected user who does not exist",
        [BOSS, ADA],
        {"users": [*by_email(ADA), {"email": "gone@x.io"}], "state": "absent", "protected": ["gone@*"]},
        ["ada"],
    ),
    (
        "an admin, if enough remain",
        [BOSS, ROOT],
        {"users": by_email(ROOT), "purge": True, "max_deletions": 1},
        ["boss"],
    ),
    (
        "the last admin, if that is wanted",
        [BOSS, ADA],
        {"users": by_email(ADA), "purge": True, "max_deletions": 1, "min_admins": 0},
        ["boss"],
    ),
    (
        "a member, where there are too few admins already",
        [BOSS, ADA, BOB],
        {"users": by_email(BOSS, BOB), "purge": True, "max_deletions": 1, "min_admins": 5},
        ["ada"],
    ),
    (
        "an admin, absent, if enough remain",
        [BOSS, ROOT, ADA],
        {"users": by_email(BOSS), "state": "absent"},
        ["boss"],
    ),
    (
        "the last admin, absent, if that is wanted",
        [BOSS, ADA],
        {"users": by_email(BOSS), "state": "absent", "min_admins": 0},
        ["boss"],
    ),
    (
        "an admin who is invited only, and one with a custom role",
        [BOSS, someone("a@x.io", role="admin", status="invited"), someone("b@x.io", role="custom")],
        {"users": by_email(BOSS), "purge": True, "max_deletions": 2, "min_admins": 2},
        ["a", "b"],
    ),
    (
        "users without an address are not purged",
        [BOSS, someone(None), someone("", id="e"), ADA],
        {"users": by_email(BOSS), "purge": True, "max_deletions": 1},
        ["ada"],
    ),
    (
        "as many updates as allowed, those of creations and of a role mismatch aside",
        [BOSS, ADA, BOB],
        {
            "users": [
                *by_email(BOSS),
                {"email": "ada@x.io", "name": "A", "is_developer": False},
                {**NEW, "is_developer": False},
            ],
            "purge": True,
            "max_deletions": 1,
            "max_updates": 1,
        },
        ["bob"],
    ),
    (
        "as many creations as allowed",
        [BOSS],
        {"users": [*by_email(BOSS), NEW], "state": "absent", "max_creations": 0, "min_admins": 0},
        ["boss"],
    ),
]


@both_modes
@pytest.mark.parametrize(("users", "options", "deleted"), [row[1:] for row in ALLOWED], ids=[row[0] for row in ALLOWED])
def test_allowed(users: list[User], options: dict[str, Any], deleted: list[str], check: bool) -> None:
    account = Account(*users)
    result = account.converge(check, **options)
    addresses = [f"{name}@x.io" for name in deleted]
    assert "error" not in result
    assert (result["deletions"], result["summary"]["deleted"]) == (addresses, len(addresses))
    assert [call for call in account.writes if "DELETE" in call] == (
        [] if check else [f"DELETE {address}" for address in addresses]
    )


def test_a_message_names_ten_and_deletions_all() -> None:
    result = Account(BOSS, *people(12)).converge(users=by_email(BOSS), purge=True, max_deletions=11)
    assert result["msg"].endswith("user008@x.io, user009@x.io and 2 more.")
    assert result["deletions"] == [user.email for user in people(12)]


@both_modes
def test_a_second_id_of_a_named_address_is_not_purged(check: bool) -> None:
    """The user was invited anew while the list was read."""
    account = Account(BOSS, ADA, ADA._replace(id="another"))
    result = account.converge(check, users=by_email(BOSS, ADA), purge=True, max_deletions=9)
    assert (result["deletions"], result["changed"], account.writes) == ([], False, [])
    by_id = account.converge(check, users=[*by_email(BOSS), {"user_id": ADA.id}], purge=True, max_deletions=9)
    assert (by_id["deletions"], by_id["changed"], account.writes) == ([], False, [])


@both_modes
def test_twins_are_not_purged_where_one_is_named(check: bool) -> None:
    """By ID, by an exact match, or by a name that fits both."""
    twins = [someone("Jo@x.io"), someone("jo@x.io")]
    account = Account(BOSS, *twins)
    for entry in ({"user_id": twins[0].id}, {"email": "jo@x.io"}, {"email": "JO@x.io"}):
        result = account.converge(check, users=[*by_email(BOSS), entry], purge=True, max_deletions=9)
        assert (result["deletions"], result["changed"], account.writes) == ([], False, [])
    unnamed = account.converge(True, users=by_email(BOSS), purge=True, max_deletions=9)
    assert unnamed["deletions"] == ["Jo@x.io", "jo@x.io"]
