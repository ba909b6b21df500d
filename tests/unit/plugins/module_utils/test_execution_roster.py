"""Carrying out: the order, one failure among many, what holds a purge up, and how many at once."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._execution.parallel import map_concurrently
from ansible_collections.arize.ax.plugins.module_utils._models import EXISTING, Created
from ansible_collections.arize.ax.tests.unit.support.account import PASSWORD, Account, by_email, new, someone

BOSS = someone("boss@x.io", name="Boss", role="admin")
ADA = someone("ada@x.io", name="Ada")
BOB = someone("bob@x.io", name="Bob")

both_modes = pytest.mark.parametrize("check", [False, True], ids=["for real", "check"])


def statuses(result: dict[str, Any]) -> dict[str, str]:
    """{name: status}, in the order of the entries."""
    return {(entry["email"] or entry["user_id"]).partition("@")[0]: entry["status"] for entry in result["entries"]}


def refused(status: int, kind: Any = "bad_request", **facts: Any) -> ArizeError:
    """The error of a response."""
    return ArizeError(kind, f"Could not do it: the server answered {status}.", status=status, **facts)


def test_creations_come_first_then_updates_then_deletions() -> None:
    account = Account(ADA, BOSS, BOB)
    result = account.converge(
        users=[{"email": "bob@x.io", "name": "Bobby"}, new("cid", is_developer=False), *by_email(BOSS)],
        purge=True,
        max_deletions=1,
    )
    assert account.writes == ["POST cid@x.io", "PATCH cid@x.io", "PATCH bob@x.io", "DELETE ada@x.io"]
    assert statuses(result) == {"bob": "updated", "cid": "created", "boss": "unchanged", "ada": "deleted"}


@both_modes
def test_purged_users_follow_by_address(check: bool) -> None:
    account = Account(someone("Zed@x.io"), someone("Amy@x.io"), BOSS, someone("bea@x.io"))
    result = account.converge(check, users=by_email(BOSS), purge=True, max_deletions=3)
    assert list(statuses(result)) == ["boss", "Amy", "bea", "Zed"]
    assert result["deletions"] == ["Amy@x.io", "bea@x.io", "Zed@x.io"]


@both_modes
def test_nothing_is_mailed_to_users_who_exist(check: bool) -> None:
    account = Account(someone("a@x.io", status="invited"), someone("b@x.io", status="expired"))
    result = account.converge(check, users=[new("a"), new("b")])
    assert (account.writes, result["mailed"], result["changed"]) == ([], [], False)


def test_a_user_whom_another_client_created_meanwhile_is_updated() -> None:
    account = Account()
    account.create = lambda fields, before: account.users.append(ADA) or Created(ADA, EXISTING)
    result = account.converge(users=[new("ada")])
    assert (statuses(result), result["entries"][0]["changes"]) == ({"ada": "updated"}, ["name"])
    assert result["mailed"] == []


def test_a_role_mismatch_with_a_user_whom_another_client_created_meanwhile_is_told() -> None:
    account = Account(BOSS, BOB)
    account.create = lambda fields, before: Created(ADA, EXISTING)
    result = account.converge(users=[new("ada", role="admin"), *by_email(BOSS)], purge=True, max_deletions=1)
    assert statuses(result) == {"ada": "failed", "boss": "unchanged", "bob": "deleted"}
    assert result["entries"][0]["role_mismatch"] == {"wanted": "admin", "found": "member"}
    assert result["entries"][0]["user"] == ADA.as_result()


# ---------------------------------------------------------------- one failure among many


def test_one_failure_stops_no_other_user() -> None:
    account = Account(BOB, BOSS)
    account.faults["PATCH bob@x.io"] = refused(422, title="Unprocessable", detail="No.")
    users = [new("cid"), {"email": "bob@x.io", "name": "Bobby"}, {"email": "boss@x.io", "name": "B"}]
    result = account.converge(users=users)
    assert statuses(result) == {"cid": "created", "bob": "failed", "boss": "updated"}
    assert account.writes == ["POST cid@x.io", "PATCH bob@x.io", "PATCH boss@x.io"]
    assert (result["changed"], result["error"]["kind"]) == (True, "partial")
    assert result["msg"] == "1 of 3 users failed; entries has the details. 422 Unprocessable: No: bob@x.io."


def test_a_deletion_that_fails_stops_no_other() -> None:
    account = Account(ADA, BOB, BOSS)
    account.faults["DELETE ada@x.io"] = refused(400)
    result = account.converge(users=by_email(BOSS), purge=True, max_deletions=2)
    assert statuses(result) == {"boss": "unchanged", "ada": "failed", "bob": "deleted"}
    assert result["deletions"] == ["bob@x.io"]


def test_a_key_that_is_refused_stops_the_rest() -> None:
    account = Account(ADA, BOB, BOSS)
    account.faults["POST b@x.io"] = refused(401, "unauthorized")
    users = [new("a"), new("b"), new("c"), {"email": "bob@x.io", "name": "B"}, *by_email(BOSS)]
    result = account.converge(users=users, purge=True, max_deletions=9)
    assert account.writes == ["POST a@x.io", "POST b@x.io"]
    assert statuses(result) == {
        "a": "created", "b": "failed", "c": "skipped", "bob": "skipped", "boss": "unchanged", "ada": "skipped"
    }  # fmt: skip
    assert result["summary"]["skipped"] == 3
    assert all(entry["error"]["msg"] for entry in result["entries"] if entry["status"] in ("failed", "skipped"))
    assert "API key was refused" in result["entries"][2]["error"]["msg"]


def test_a_key_that_is_refused_among_deletions_stops_those_too() -> None:
    account = Account(ADA, BOB, BOSS)
    account.faults["DELETE ada@x.io"] = refused(401, "unauthorized")
    result = account.converge(users=by_email(BOSS), purge=True, max_deletions=2)
    assert (account.writes, statuses(result)["bob"]) == (["DELETE ada@x.io"], "skipped")


def test_a_user_who_may_have_changed_counts_as_changed() -> None:
    account = Account(ADA)
    account.faults["PATCH ada@x.io"] = ArizeError("invalid_response", "It is not known.", outcome_unknown=True)
    result = account.converge(users=[{"email": "ada@x.io", "name": "A"}])
    assert (result["changed"], statuses(result), result["entries"][0]["changed"]) == (True, {"ada": "failed"}, True)


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("broken", ["POST b@x.io", "PATCH bob@x.io", "DELETE ada@x.io"])
def test_an_unexpected_exception_fails_that_user_and_the_others_go_on(broken: str, concurrency: int) -> None:
    account = Account(ADA, BOB, BOSS, someone("eve@x.io"))
    account.faults[broken] = KeyError("secret")
    users = [new("a"), new("b"), new("c"), {"email": "bob@x.io", "name": "B"}, {"email": "boss@x.io", "name": "C"}]
    result = account.converge(users=users, purge=True, max_deletions=9, concurrency=concurrency)
    failed = broken.partition(" ")[2].partition("@")[0]
    held = "skipped" if failed == "b" else "deleted"
    usual = {**dict.fromkeys("abc", "created"), "bob": "updated", "boss": "updated", "ada": held, "eve": held}
    assert statuses(result) == {**usual, failed: "failed"}
    (entry,) = [entry for entry in result["entries"] if entry["status"] == "failed"]
    assert (entry["error"]["kind"], entry["changed"], result["changed"]) == ("internal", True, True)
    assert "KeyError" in entry["error"]["msg"]
    assert "secret" not in str(result)
    assert result["error"]["kind"] == "partial"


# ---------------------------------------------------------------- what holds a purge up


def purge_after(account: Account, *users: dict[str, Any], check: bool = False, **options: Any) -> dict[str, Any]:
    """Purge all users but the boss and *users*."""
    return account.converge(check, users=[*by_email(BOSS), *users], purge=True, max_deletions=9, **options)


@pytest.mark.parametrize(
    "error",
    [
        refused(409, "blocked"),
        refused(400),
        ArizeError("transport", "It is not known whether.", outcome_unknown=True),
        KeyError("x"),
    ],
    ids=repr,
)
def test_a_failed_creation_holds_the_purge_up(error: Exception) -> None:
    account = Account(BOSS, ADA, BOB)
    account.faults["POST new@x.io"] = error
    result = purge_after(account, new("new"), {"email": "bob@x.io", "name": "B"})
    assert statuses(result) == {"boss": "unchanged", "new": "failed", "bob": "updated", "ada": "skipped"}
    assert result["deletions"] == []
    assert "new@x.io" in result["entries"][-1]["error"]["msg"]


@both_modes
def test_an_unknown_id_holds_the_purge_up(check: bool) -> None:
    account = Account(BOSS, ADA)
    result = purge_after(account, {"user_id": "unknown"}, new("new"), check=check)
    assert statuses(result) == {"boss": "unchanged", "unknown": "failed", "new": "created", "ada": "skipped"}
    assert (result["deletions"], result["changed"], result["error"]["kind"]) == ([], True, "partial")
    assert account.writes == ([] if check else ["POST new@x.io"])
    many = purge_after(Account(BOSS, ADA), *({"user_id": f"no{number}"} for number in range(4)), check=check)
    assert "(no0, no1, no2 and 1 more)" in many["entries"][-1]["error"]["msg"]


@both_modes
def test_an_ambiguous_address_holds_the_purge_up_and_its_twins_are_not_purged(check: bool) -> None:
    account = Account(BOSS, ADA, someone("Jo@x.io"), someone("jO@x.io"))
    result = purge_after(account, {"email": "jo@x.io"}, check=check)
    assert statuses(result) == {"boss": "unchanged", "jo": "failed", "ada": "skipped"}
    assert result["entries"][1]["error"]["kind"] == "ambiguous"
    assert all(user.id in result["entries"][1]["error"]["msg"] for user in account.users[2:])


@both_modes
def test_an_ambiguous_address_under_absent_holds_no_other_deletion_up(check: bool) -> None:
    account = Account(BOSS, ADA, someone("Jo@x.io"), someone("jO@x.io"))
    result = account.converge(check, users=[{"email": "jo@x.io"}, *by_email(ADA)], state="absent")
    assert statuses(result) == {"jo": "failed", "ada": "deleted"}


def test_a_user_who_is_gone_at_the_end_holds_the_purge_up() -> None:
    account = Account(BOSS, ADA, BOB)
    account.faults["PATCH bob@x.io"] = refused(404, "not_found")
    result = purge_after(account, {"email": "bob@x.io", "name": "B"})
    assert statuses(result) == {"boss": "unchanged", "bob": "failed", "ada": "skipped"}


@both_modes
def test_a_role_mismatch_does_not_hold_the_purge_up(check: bool) -> None:
    result = purge_after(Account(BOSS, ADA, BOB), {"email": "bob@x.io", "role": "admin"}, check=check)
    assert statuses(result) == {"boss": "unchanged", "bob": "failed", "ada": "deleted"}
    assert result["deletions"] == ["ada@x.io"]


def test_a_failed_update_does_not_hold_the_purge_up() -> None:
    account = Account(BOSS, ADA, BOB)
    account.faults["PATCH bob@x.io"] = refused(422)
    result = purge_after(account, {"email": "bob@x.io", "name": "B"})
    assert statuses(result) == {"boss": "unchanged", "bob": "failed", "ada": "deleted"}


def test_an_update_that_failed_after_a_creation_does_not_hold_the_purge_up() -> None:
    account = Account(BOSS, ADA)
    account.faults["PATCH new@x.io"] = refused(403)
    result = purge_after(account, new("new", is_developer=False))
    assert statuses(result) == {"boss": "unchanged", "new": "failed", "ada": "deleted"}
    assert (result["entries"][1]["changed"], result["entries"][1]["user"]["email"]) == (True, "new@x.io")


def test_a_lost_password_does_not_hold_the_purge_up() -> None:
    account = Account(BOSS, ADA)
    create = account.create
    account.create = lambda fields, before: Created(create(fields, before).item, "recovered")
    result = purge_after(account, new("new", invite_mode="temporary_password"), no_log=True)
    assert statuses(result) == {"boss": "unchanged", "new": "failed", "ada": "deleted"}
    assert result["entries"][1]["error"]["kind"] == "password_lost"
    assert PASSWORD not in str(result)


# ---------------------------------------------------------------- in parallel


def test_so_many_at_once_and_the_results_in_order() -> None:
    four, threads = threading.Barrier(4, timeout=60), set()

    def work(number: int) -> int:
        threads.add(threading.get_ident())
        four.wait()  # fails unless four are here at once
        return number * 10

    assert map_concurrently(work, range(20), 4) == [number * 10 for number in range(20)]
    assert len(threads) == 4


def test_after_an_error_nothing_new_begins() -> None:
    begun = []

    def work(number: int) -> None:
        begun.append(number)
        time.sleep(0.05)  # in real time: all would take five seconds
        raise ArizeError("server", "No.")

    with pytest.raises(ArizeError):
        map_concurrently(work, range(200), 2)
    assert len(begun) < 200
