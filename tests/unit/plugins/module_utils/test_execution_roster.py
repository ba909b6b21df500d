# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carrying out: the order, one failure among many, the results in the order given, and what is said in the end."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from ansible_collections.arize.ax.plugins.module_utils._client.users import Created
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._planning.roster import _side_by_side
from ansible_collections.arize.ax.tests.unit.support.account import Account, people, someone

BOSS = someone("boss@x.io", name="Boss", role="ADMIN")
ADA = someone("ada@x.io", name="Ada")
BOB = someone("bob@x.io", name="Bob")


def new(name: str, **fields: Any) -> dict[str, Any]:
    """An entry for somebody who is not there."""
    return {"email": f"{name}@x.io", "name": name, "role": "member", **fields}


def statuses(result: dict[str, Any]) -> dict[str, str]:
    """{name: status}, in the order of the results."""
    return {item["email"].partition("@")[0]: item["status"] for item in result["results"]}


def refused(status: int, title: str, detail: str = "", kind: Any = "bad_request") -> ArizeError:
    """The error of an answer."""
    return ArizeError(
        kind, f"Could not do it: the server answered {status}.", status=status, title=title, detail=detail
    )


def test_creates_come_first_then_updates_then_deletions() -> None:
    account = Account(ADA, BOSS, BOB)
    result = account.converge(
        users=[{"email": "bob@x.io", "name": "Bobby"}, new("cid"), {"email": "boss@x.io"}], purge=True, max_deletions=1
    )
    assert account.writes == ["POST cid@x.io", "PATCH bob@x.io", "DELETE ada@x.io"]
    assert statuses(result) == {"bob": "updated", "cid": "created", "boss": "unchanged", "ada": "deleted"}


def test_purged_users_follow_by_address() -> None:
    account = Account(someone("Zed@x.io"), someone("Amy@x.io"), BOSS, someone("bea@x.io"))
    result = account.converge(users=[{"email": "boss@x.io"}], purge=True, max_deletions=3)
    assert list(statuses(result)) == ["boss", "Amy", "bea", "Zed"]
    assert result["deletions"] == ["Amy@x.io", "bea@x.io", "Zed@x.io"]


def test_a_result_holds_all_that_is_known() -> None:
    account = Account(ADA, BOSS)
    renamed = {"email": "ADA@x.io", "name": "Ada L", "is_developer": False}
    result = account.converge(users=[renamed, {"user_id": BOSS.id}, new("cid")])
    updated, unchanged, created = result["results"]
    after = {**ADA.as_result(), "name": "Ada L", "is_developer": False}
    assert updated == {
        "email": "ada@x.io",
        "user_id": ADA.id,
        "status": "updated",
        "changed": True,
        "changes": ["name", "is_developer"],
        "user": after,
    }
    assert (unchanged["email"], unchanged["changed"], unchanged["changes"]) == ("boss@x.io", False, [])
    assert unchanged["user"] == BOSS.as_result()
    assert (created["changed"], created["changes"], created["user"]["status"]) == (True, [], "invited")
    assert result["summary"] == {
        "created": 1, "updated": 1, "deleted": 0, "unchanged": 1, "not_found": 0, "failed": 0, "skipped": 0
    }  # fmt: skip
    managed = {"role": "member", "custom_role_id": None}
    assert result["diff"] == {
        "before": {"ada@x.io": {"name": "Ada", **managed, "is_developer": True}},
        "after": {
            "ada@x.io": {"name": "Ada L", **managed, "is_developer": False},
            "cid@x.io": {"name": "cid", **managed, "is_developer": True},
        },
    }


def test_the_diff_is_sorted_by_address_in_lower_case() -> None:
    account = Account(someone("Zed@x.io"), someone("Amy@x.io"))
    users = [{"email": email, "name": "Other"} for email in ("zed@x.io", "AMY@x.io")]
    diff = account.converge(users=[*users, new("Mia")])["diff"]
    assert (list(diff["before"]), list(diff["after"])) == (
        ["amy@x.io", "zed@x.io"],
        ["amy@x.io", "mia@x.io", "zed@x.io"],
    )


def test_who_was_created_by_somebody_else_meanwhile_is_updated() -> None:
    """Nobody had the address when the account was read."""
    account = Account()
    account.before["PATCH ada@x.io"] = lambda: account.users.append(ADA)
    account.api.create.side_effect = lambda fields, _tries: Created(ADA, False, None)
    result = account.converge(users=[new("ada")])
    assert (statuses(result), result["results"][0]["changes"]) == ({"ada": "updated"}, ["name"])


def test_who_is_gone_already_and_who_goes() -> None:
    account = Account(ADA)
    named = [{"user_id": "nobody"}, {"email": "gone@x.io"}, {"user_id": ADA.id}]
    result = account.converge(users=named, state="absent")
    nobody, gone, ada = result["results"]
    assert nobody == {"email": None, "user_id": "nobody", "status": "not_found", "changed": False, "changes": []}
    assert gone == {"email": "gone@x.io", "user_id": None, "status": "not_found", "changed": False, "changes": []}
    assert ada == {"email": "ada@x.io", "user_id": ADA.id, "status": "deleted", "changed": True, "changes": []}
    assert result["diff"]["after"] == {}


def test_one_failure_stops_nobody_else_but_the_purge() -> None:
    account = Account(ADA, BOB, BOSS)
    account.faults["PATCH bob@x.io"] = refused(422, "Unprocessable", "No.")
    users = [new("cid"), {"email": "bob@x.io", "name": "Bobby"}, {"email": "boss@x.io", "name": "B"}]
    result = account.converge(users=users, purge=True, max_deletions=1)
    assert statuses(result) == {"cid": "created", "bob": "failed", "boss": "updated", "ada": "skipped"}
    assert account.writes == ["POST cid@x.io", "PATCH bob@x.io", "PATCH boss@x.io"]
    assert (result["changed"], result["deletions"], "diff" in result) == (True, [], False)
    failed = result["results"][1]
    assert failed["error"]["msg"] == "Could not do it: the server answered 422."
    assert (failed["error"]["kind"], failed["error"]["status"], failed["changed"]) == ("bad_request", 422, False)
    assert failed["user"] == BOB.as_result()
    assert result["msg"] == (
        "1 of 4 users failed, 1 skipped; results has the details. 422 Unprocessable: No: bob@x.io."
    )


def test_a_deletion_that_fails_stops_no_other() -> None:
    account = Account(ADA, BOB, BOSS)
    account.faults["DELETE ada@x.io"] = refused(400, "Bad Request", "You cannot delete yourself.")
    result = account.converge(users=[{"email": "boss@x.io"}], purge=True, max_deletions=2)
    assert statuses(result) == {"boss": "unchanged", "ada": "failed", "bob": "deleted"}
    assert result["deletions"] == ["bob@x.io"]


def test_a_key_that_is_refused_stops_the_rest() -> None:
    account = Account(ADA, BOB, BOSS)
    account.faults["POST b@x.io"] = refused(401, "Unauthorized", kind="unauthorized")
    users = [new("a"), new("b"), new("c"), {"email": "bob@x.io", "name": "B"}, {"email": "boss@x.io"}]
    result = account.converge(users=users, purge=True, max_deletions=9)
    assert account.writes == ["POST a@x.io", "POST b@x.io"]
    assert statuses(result) == {
        "a": "created", "b": "failed", "c": "skipped", "bob": "skipped", "boss": "unchanged", "ada": "skipped"
    }  # fmt: skip
    assert result["summary"]["skipped"] == 3
    assert "The API key was refused, so that the rest was skipped: b@x.io." in result["msg"]


def test_who_may_have_changed_counts_as_changed() -> None:
    account = Account(ADA)
    account.faults["PATCH ada@x.io"] = ArizeError(
        "invalid_response", "It is not known.", outcome_unknown=True, status=200
    )
    result = account.converge(users=[{"email": "ada@x.io", "name": "A"}])
    assert (result["changed"], result["results"][0]["changed"], result["results"][0]["status"]) == (
        True,
        True,
        "failed",
    )


def test_one_time_passwords_are_in_the_results_of_their_owners_alone() -> None:
    account = Account()
    users = [new("a", invite_mode="temporary_password"), new("b")]
    result = account.converge(no_log=True, users=users)
    assert [item.get("temporary_password") for item in result["results"]] == ["once-only", None]
    assert "once-only" not in str([item["user"] for item in result["results"]]) + str(result["diff"])


@pytest.mark.parametrize("check", [False, True])
def test_of_many_warnings_the_first_ten_are_given(check: bool) -> None:
    account = Account(*people(12))
    users = [{"email": user.email, "role": "admin"} for user in people(12)]
    result = account.converge(check, users=users, role_mismatch="warn")
    assert len(result["warnings"]) == 11
    assert result["warnings"][9].startswith("The user user009@x.io has the role member, but admin is wanted.")
    assert result["warnings"][10] == "Warnings like these about other users: 2 more."


def test_so_many_at_once_and_the_results_in_order() -> None:
    running, most, lock = 0, 0, threading.Lock()

    def work(number: int) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02 if number % 3 else 0.06)
        with lock:
            running -= 1
        return number * 10

    assert _side_by_side(work, range(20), 4) == [number * 10 for number in range(20)]
    assert most == 4


def test_after_an_error_nothing_new_begins() -> None:
    begun = []

    def work(number: int) -> None:
        begun.append(number)
        time.sleep(0.01)
        raise ArizeError("server", "No.")

    with pytest.raises(ArizeError):
        _side_by_side(work, range(50), 2)
    assert len(begun) < 10
