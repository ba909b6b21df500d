"""Rosters and rules that are refused before the first request."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._planning.roster import check_rules, read_roster
from ansible_collections.arize.ax.tests.unit.support.account import Account, options, rules, someone

ADA = {"email": "ada@x.io", "name": "Ada", "role": "member"}
ADA_AGAIN = {**ADA, "email": " ADA@X.io "}

# title, options, kind, what the message says
REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "no user selected",
        {"users": [ADA, {"name": "Bob"}]},
        "bad_option",
        "users[1]: One of email and user_id is required",
    ),
    ("empty selectors", {"users": [{"email": " ", "user_id": ""}]}, "bad_option", "users[0]: One of email and user_id"),
    (
        "both selectors",
        {"users": [{"email": "a@x.io", "user_id": "VQ=="}]},
        "bad_option",
        "users[0]: email (a@x.io) and",
    ),
    ("no address", {"users": [{"email": "ada"}]}, "bad_option", 'users[0]: email is not an email address: "ada"'),
    ("an empty name", {"users": [{**ADA, "name": " "}]}, "bad_option", "users[0]: name is empty (user ada@x.io)"),
    ("a masked name", {"users": [{**ADA, "name": "A ********"}]}, "bad_option", "users[0]: name was masked by Ansible"),
    ("a masked address", {"users": [{**ADA, "email": "sam@********.com"}]}, "bad_option", "sam@********.com"),
    ("curly quotes", {"users": [{**ADA, "email": "\u201cada@x.io\u201d"}]}, "bad_option", "\u201cada@x.io\u201d"),
    ("a name that is a list", {"users": [{**ADA, "name": ["A", "L"]}]}, "bad_option", "users[0]: name must be text"),
    ("a role that is a number", {"users": [{**ADA, "role": 0}]}, "bad_option", "users[0]: role must be text"),
    ("an unknown role", {"users": [{**ADA, "role": "Boss"}]}, "bad_option", 'users[0]: role is "Boss" (user ada@x.io)'),
    ("two roles", {"users": [{**ADA, "custom_role_id": "R"}]}, "bad_option", "users[0]: role and custom_role_id"),
    (
        "twice, in another case",
        {"users": [ADA, ADA_AGAIN]},
        "bad_option",
        "users[1] (ADA@X.io): the same user as users[0] (ada@x.io).",
    ),
    (
        "twice by id",
        {"users": [{"user_id": "VQ=="}, {"user_id": "VQ=="}]},
        "bad_option",
        "users[1] (VQ==): the same user as users[0] (VQ==).",
    ),
    ("a bad entry, absent", {"users": [{}], "state": "absent"}, "bad_option", "users[0]: One of email and user_id"),
    (
        "purge + absent",
        {"users": [ADA], "state": "absent", "purge": True, "max_deletions": 1},
        "bad_option",
        "cannot be combined",
    ),
    ("purge without a limit", {"users": [ADA], "purge": True}, "bad_option", "purge: true requires max_deletions"),
    ("purge, empty roster", {"purge": True, "max_deletions": 9}, "bad_option", "with an empty roster"),
    (
        "purge_access without a limit",
        {"users": [ADA], "purge_access": True},
        "bad_option",
        "purge_access: true requires max_access_changes",
    ),
    (
        "purge_access + absent",
        {"users": [ADA], "state": "absent", "purge_access": True, "max_access_changes": 1},
        "bad_option",
        "purge_access: true cannot be combined",
    ),
    ("no thread", {"users": [ADA], "concurrency": 0}, "bad_option", "concurrency must be from 1 to 32"),
    ("too many threads", {"users": [ADA], "concurrency": 33}, "bad_option", "concurrency must be from 1 to 32"),
    *(
        (f"{limit} {value}", {"users": [ADA], limit: value}, "bad_option", f"{limit} must {says}")
        for limit in ("max_deletions", "max_creations", "max_updates", "max_access_changes", "min_admins")
        for value, says in ((-1, "not be negative"), (True, "be a number"), (False, "be a number"))
    ),
    (
        "an open password",
        {"users": [{**ADA, "invite_mode": "temporary_password"}]},
        "no_log_needed",
        "No changes were made (ada@x.io). Set no_log: true on the task.",
    ),
]


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize(("given", "kind", "says"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused_before_anything_is_asked(given: dict[str, Any], kind: str, says: str, check: bool) -> None:
    account = Account(someone("ada@x.io"))
    result = account.converge(check, **given)
    assert result["error"]["kind"] == kind
    assert says in result["msg"]
    assert (result["changed"], account.calls) == (False, [])
    assert "entries" not in result


def test_report_all_is_refused_for_real() -> None:
    account = Account(someone("ada@x.io"))
    result = account.converge(users=[ADA], report_all=True)
    assert (result["error"]["kind"], account.calls) == ("bad_option", [])
    assert "report_all: true requires check mode" in result["msg"]


# title, options
ALLOWED: list[tuple[str, dict[str, Any]]] = [
    ("no user", {}),
    ("the limits of concurrency", {"concurrency": 32}),
    ("no deletion", {"users": [ADA], "purge": True, "max_deletions": 0}),
    ("no admin", {"users": [ADA], "min_admins": 0}),
    ("absent twice", {"users": [ADA, ADA_AGAIN], "state": "absent"}),
    ("limits beyond every account", {"users": [ADA], "max_updates": 10**30, "max_access_changes": 10**30}),
    ("absent without a limit", {"users": [ADA], "state": "absent"}),
]


@pytest.mark.parametrize("given", [row[1] for row in ALLOWED], ids=[row[0] for row in ALLOWED])
def test_allowed(given: dict[str, Any]) -> None:
    check_rules(rules(**given), options(**given)["users"])
    read_roster(options(**given)["users"], rules(**given).state)


def refusal(*users: dict[str, Any]) -> str:
    with pytest.raises(ArizeError) as caught:
        read_roster(users, "present")
    assert caught.value.kind == "bad_option"
    return caught.value.message


def test_all_bad_entries_are_named_at_once_with_index_and_address() -> None:
    message = refusal(
        ADA, {**ADA, "email": "bob"}, {"email": "cid@x.io", "role": "boss"}, {"email": "dan@x.io", "name": 5}, ADA_AGAIN
    )
    assert "users[0]:" not in message
    assert 'users[1]: email is not an email address: "bob".' in message
    assert 'users[2]: role is "boss" (user cid@x.io)' in message
    assert "users[3]: name must be text, not a number (user dan@x.io)" in message
    assert "users[4] (ADA@X.io): the same user as users[0] (ada@x.io)." in message


def test_only_the_first_ten_faults_are_named() -> None:
    message = refusal(ADA, *({"email": f"bad{number}"} for number in range(12)))
    assert message.startswith("No changes were made: the roster has errors. users[1]: email is not")
    assert message.endswith('users[10]: email is not an email address: "bad9". (And 2 more.)')


def test_the_entries_keep_the_order_given_and_their_places() -> None:
    given = [{"email": "b@x.io"}, {"user_id": "VQ=="}, {"email": "B@x.io"}, {"email": "a@x.io"}]
    entries = read_roster(given, "absent")
    assert [(entry.number, entry.desired.label) for entry in entries] == [
        (0, "b@x.io"),
        (1, "VQ=="),
        (2, "B@x.io"),
        (3, "a@x.io"),
    ]
    assert len(read_roster([given[0], given[0]], "absent")) == 1


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (["ann@x.io", "ANN@x.io"], ["deleted", "deleted"]),
        (["ann@x.io", "Ann@x.io"], ["deleted", "failed"]),  # the second may mean either
    ],
)
def test_two_users_whose_addresses_differ_in_case_are_two_under_absent(check: bool, named, expected) -> None:
    account = Account(someone("ann@x.io"), someone("ANN@x.io"))
    result = account.converge(check, users=[{"email": email} for email in named], state="absent")
    assert [entry["status"] for entry in result["entries"]] == expected


@pytest.mark.parametrize("role", ["admin", " ADMIN ", "Admin"])
def test_a_role_is_taken_in_any_case(role: str) -> None:
    (entry,) = read_roster([{**ADA, "role": role}], "present")
    assert entry.desired.role == "admin"


def test_passwords_may_be_open_where_none_is_made() -> None:
    entry = {**ADA, "invite_mode": "temporary_password"}
    assert Account(someone("ada@x.io")).converge(users=[entry], state="absent")["summary"]["deleted"] == 1


@pytest.mark.parametrize("check", [False, True])
def test_an_empty_roster_asks_nothing(check: bool) -> None:
    account = Account(someone("ada@x.io"))
    result = account.converge(check)
    assert (account.calls, result["changed"], result["entries"]) == ([], False, [])
    assert result["diff"] == {"before": "", "after": ""}


@pytest.mark.parametrize("check", [False, True])
def test_users_who_cannot_be_created_are_named_before_any_is(check: bool) -> None:
    account = Account()
    entries = [ADA, {"email": "bob@x.io"}, *({"email": f"c{number}@x.io", "name": "C"} for number in range(10))]
    result = account.converge(check, users=entries)
    assert (result["error"]["kind"], account.writes) == ("incomplete", [])
    assert "users[1]: To create the user bob@x.io, name and role (or custom_role_id) are required." in result["msg"]
    assert result["msg"].startswith("No changes were made. ")
    assert result["msg"].endswith(" (And 1 more.)")


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("purge", [False, True])
def test_a_user_named_by_id_and_by_address_is_refused(check: bool, purge: bool) -> None:
    ada = someone("ada@x.io")
    account = Account(ada)
    result = account.converge(check, users=[ADA, {"user_id": ada.id, "name": "A"}], purge=purge, max_deletions=5)
    assert (result["error"]["kind"], account.writes) == ("bad_option", [])
    assert f"users[1] ({ada.id}): the same user as users[0] (ada@x.io)." in result["msg"]
    assert result["deletions"] == []


def test_under_absent_a_user_named_by_id_and_by_address_is_deleted_once() -> None:
    ada = someone("ada@x.io")
    account = Account(ada, someone("bob@x.io"))
    result = account.converge(users=[{"user_id": ada.id}, ADA, ADA_AGAIN], state="absent", max_deletions=1)
    assert [(item["email"], item["status"]) for item in result["entries"]] == [("ada@x.io", "deleted")]
    assert account.writes == ["DELETE ada@x.io"]
