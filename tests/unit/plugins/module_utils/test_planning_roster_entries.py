# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a roster must not say, and that it is refused before anything is asked."""

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
    ("nobody named", {"users": [ADA, {"name": "Bob"}]}, "bad_option", "users[1]: Neither email nor user_id is given"),
    ("empty names", {"users": [{"email": " ", "user_id": ""}]}, "bad_option", "users[0]: Neither email nor user_id"),
    ("both names", {"users": [{"email": "a@x.io", "user_id": "VQ=="}]}, "bad_option", "users[0]: email (a@x.io) and"),
    ("no address", {"users": [{"email": "ada"}]}, "bad_option", "users[0]: email is not an e-mail address: ada"),
    ("a blank name", {"users": [{**ADA, "name": " "}]}, "bad_option", "users[0]: name is blank (user ada@x.io)"),
    ("two roles", {"users": [{**ADA, "custom_role_id": "R"}]}, "bad_option", "users[0]: role and custom_role_id"),
    ("twice, in another case", {"users": [ADA, ADA_AGAIN]}, "bad_option", "users[1]: ADA@X.io is named twice."),
    ("twice by id", {"users": [{"user_id": "VQ=="}, {"user_id": "VQ=="}]}, "bad_option", "VQ== is named twice."),
    ("a bad entry, absent", {"users": [{}], "state": "absent"}, "bad_option", "users[0]: Neither email nor user_id"),
    ("purge + absent", {"users": [ADA], "state": "absent", "purge": True, "max_deletions": 1}, "bad_option", "exclude"),
    ("purge without a limit", {"users": [ADA], "purge": True}, "bad_option", "purge needs max_deletions"),
    ("purge, nobody named", {"purge": True, "max_deletions": 9}, "bad_option", "purge with an empty roster"),
    ("no thread", {"users": [ADA], "concurrency": 0}, "bad_option", "concurrency must be from 1 to 32"),
    ("too many threads", {"users": [ADA], "concurrency": 33}, "bad_option", "concurrency must be from 1 to 32"),
    ("max_deletions", {"users": [ADA], "max_deletions": -1}, "bad_option", "max_deletions must not be below zero"),
    ("min_admins", {"users": [ADA], "min_admins": -1}, "bad_option", "min_admins must not be below zero"),
    (
        "an open password",
        {"users": [{**ADA, "invite_mode": "temporary_password"}]},
        "no_log_needed",
        "set no_log: true on the task. Nothing was done (ada@x.io).",
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
    assert "results" not in result


# title, options
ALLOWED: list[tuple[str, dict[str, Any]]] = [
    ("nobody", {}),
    ("the limits of concurrency", {"concurrency": 32}),
    ("no deletion", {"users": [ADA], "purge": True, "max_deletions": 0}),
    ("no admin", {"users": [ADA], "min_admins": 0}),
    ("absent twice", {"users": [ADA, ADA_AGAIN], "state": "absent"}),
    ("absent without a limit", {"users": [ADA], "state": "absent"}),
]


@pytest.mark.parametrize("given", [row[1] for row in ALLOWED], ids=[row[0] for row in ALLOWED])
def test_allowed(given: dict[str, Any]) -> None:
    check_rules(rules(**given), options(**given)["users"])
    read_roster(options(**given)["users"], rules(**given).state)


def test_only_the_first_ten_faults_are_named() -> None:
    with pytest.raises(ArizeError) as raised:
        read_roster([ADA, *({"email": f"bad{number}"} for number in range(12))], "present")
    message = raised.value.message
    assert message.startswith("The roster cannot be used, and nothing was done. users[1]: email is not")
    assert message.endswith("users[10]: email is not an e-mail address: bad9. (And 2 more.)")


def test_the_wishes_keep_the_order_given() -> None:
    named = [{"email": "b@x.io"}, {"user_id": "VQ=="}, {"email": "a@x.io"}]
    assert [wish.label for wish in read_roster(named, "absent")] == ["b@x.io", "VQ==", "a@x.io"]


def test_passwords_may_be_open_where_none_is_made() -> None:
    wish = {**ADA, "invite_mode": "temporary_password"}
    assert Account(someone("ada@x.io")).converge(users=[wish], state="absent")["summary"]["deleted"] == 1


@pytest.mark.parametrize("check", [False, True])
def test_an_empty_roster_asks_nothing(check: bool) -> None:
    account = Account(someone("ada@x.io"))
    result = account.converge(check)
    assert (account.calls, result["changed"], result["results"], result["diff"]) == (
        [],
        False,
        [],
        {"before": {}, "after": {}},
    )


@pytest.mark.parametrize("check", [False, True])
def test_who_cannot_be_created_is_named_before_anybody_is(check: bool) -> None:
    account = Account()
    wishes = [ADA, {"email": "bob@x.io"}, *({"email": f"c{number}@x.io", "name": "C"} for number in range(10))]
    result = account.converge(check, users=wishes)
    assert (result["error"]["kind"], account.writes) == ("incomplete", [])
    assert "user bob@x.io, name and role (or custom_role_id) must be given too." in result["msg"]
    assert result["msg"].startswith("Nothing was done. ")
    assert result["msg"].endswith(" (And 1 more.)")


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("purge", [False, True])
def test_a_user_named_by_id_and_by_address_is_refused(check: bool, purge: bool) -> None:
    ada = someone("ada@x.io")
    account = Account(ada)
    result = account.converge(check, users=[ADA, {"user_id": ada.id, "name": "A"}], purge=purge, max_deletions=5)
    assert (result["error"]["kind"], account.writes) == ("bad_option", [])
    assert result["msg"] == "Named twice, by email and by user_id: ada@x.io. Nothing was done."


def test_under_absent_a_user_named_by_id_and_by_address_is_deleted_once() -> None:
    ada = someone("ada@x.io")
    account = Account(ada, someone("bob@x.io"))
    result = account.converge(users=[{"user_id": ada.id}, ADA, ADA_AGAIN], state="absent", max_deletions=1)
    assert [(item["email"], item["status"]) for item in result["results"]] == [("ada@x.io", "deleted")]
    assert account.writes == ["DELETE ada@x.io"]
