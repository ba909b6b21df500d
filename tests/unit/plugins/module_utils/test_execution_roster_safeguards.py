"""The data for the safeguards are read only when they are needed."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._models import User
from ansible_collections.arize.ax.tests.unit.support.account import Account, by_email, new, people, someone

BOSS = someone("boss@x.io", role="admin")
ROOT = someone("Root@x.io", role="admin")
ADA = someone("ada@x.io")
NEW = new("new")  # a write that must not happen either

both_modes = pytest.mark.parametrize("check", [False, True], ids=["for real", "check"])


# ---------------------------------------------------------------- under absent the account is read only when needed

MANY = [BOSS, ROOT, *people(250)]


@both_modes
@pytest.mark.parametrize(
    ("named", "options", "reads"),
    [
        ([BOSS, ROOT], {"min_admins": 1}, ["GET page 1", "GET api-keys", "GET page 1", "GET page 2", "GET page 3"]),
        ([BOSS, ROOT], {"min_admins": 0}, ["GET page 1"]),
        (people(2), {"min_admins": 5}, ["GET page 1"]),
        ([someone("gone@x.io")], {"min_admins": 1}, ["GET page 1", "GET gone@x.io"]),
    ],
    ids=["admins", "switched off", "members", "a user who does not exist"],
)
def test_absent_reads_the_account_only_for_an_admin(
    named: list[User], options: dict[str, Any], reads: list[str], check: bool
) -> None:
    account = Account(*MANY)
    result = account.converge(check, users=by_email(*named), state="absent", **options)
    assert [call for call in account.calls if call.startswith("GET")] == reads
    refused = named == [BOSS, ROOT] and options["min_admins"] == 1
    assert result.get("error", {}).get("kind") == ("too_few_admins" if refused else None)
    assert (account.writes == []) is (check or refused or named[0].email == "gone@x.io")


def test_an_account_that_was_read_whole_is_not_read_again() -> None:
    account = Account(BOSS, ROOT)
    account.converge(users=by_email(BOSS), state="absent")
    assert account.calls == ["GET page 1", "GET api-keys", "GET active page 1", "DELETE boss@x.io"]


# ---------------------------------------------------------------- under absent, protected needs the account too

PAGES = ["GET page 1", "GET page 2", "GET page 3"]
PRESENT = "user200@x.io"  # on the third page


@both_modes
@pytest.mark.parametrize(
    ("named", "protected", "reads", "kind"),
    [
        ([people(1)[0]], [], [], None),
        ([people(1)[0]], ["user001@x.io"], [], None),
        ([people(1)[0]], [PRESENT], ["GET page 1", f"GET {PRESENT}"], None),
        ([people(1)[0]], [PRESENT.upper(), "b@x.io"], ["GET page 1", "GET page 2", f"GET {PRESENT}", "GET b@x.io"], "bad_option"),
        ([people(1)[0]], ["b@x.io", "c@x.io", "d@x.io"], PAGES, "bad_option"),
        ([people(1)[0]], ["*@y.io", "b@x.io"], PAGES, "bad_option"),
        ([people(1)[0]], ["*@y.io", PRESENT], PAGES, None),
        ([someone("gone@x.io")], ["b@x.io", "*@y.io"], [], None),
        ([people(1)[0]], ["user000@*"], PAGES, "protected"),
    ],
    ids=str,
)  # fmt: skip
def test_absent_reads_what_protected_needs(
    named: list[User], protected: list[str], reads: list[str], kind: str | None, check: bool
) -> None:
    account = Account(*MANY)
    result = account.converge(check, users=by_email(*named), state="absent", protected=protected)
    asked = [call for call in account.calls if call.startswith("GET") and call != "GET gone@x.io"]
    assert asked == ["GET page 1", *reads]
    assert result.get("error", {}).get("kind") == kind
    assert (account.writes == []) is (check or kind is not None or named[0].email == "gone@x.io")
    idle = [text for text in result.get("warnings", ()) if "*@y.io matches no user" in text]
    assert len(idle) == (1 if "*@y.io" in protected and not kind and reads else 0)


def test_a_protected_address_in_another_case_is_found_on_the_way() -> None:
    account = Account(*people(100), someone("BG@x.io"), *people(300)[100:])
    options = {"state": "absent", "protected": ["bg@x.io", "c@x.io", "d@x.io"]}
    result = account.converge(users=by_email(account.users[0]), **options)
    assert account.calls == ["GET page 1", "GET page 1", "GET page 2", "GET c@x.io", "GET d@x.io"]
    assert "address c@x.io, d@x.io." in result["msg"]


# ---------------------------------------------------------------- the admins are read again before admins are deleted


def test_active_admins_are_deleted_after_the_others_and_another_look() -> None:
    account = Account(BOSS, ROOT, ADA, someone("zoe@x.io"))
    account.converge(users=by_email(ROOT, ADA, someone("zoe@x.io")), state="absent")
    last = ["DELETE ada@x.io", "DELETE zoe@x.io", "GET active page 1", "DELETE Root@x.io"]
    assert account.calls == ["GET page 1", "GET api-keys", *last]


@pytest.mark.parametrize("purge", [True, False])
def test_an_admin_whom_another_run_deletes_meanwhile_is_counted(purge: bool) -> None:
    account = Account(BOSS, ROOT, ADA)
    account.before["DELETE ada@x.io"] = lambda: account.users.remove(BOSS)
    users = [*by_email(BOSS), NEW] if purge else by_email(ROOT, ADA)
    options = {"purge": True, "max_deletions": 2} if purge else {"state": "absent"}
    result = account.converge(users=users, **options)
    statuses = {entry["email"]: entry["status"] for entry in result["entries"]}
    assert (statuses["Root@x.io"], statuses["ada@x.io"]) == ("failed", "deleted")
    (failed,) = [entry for entry in result["entries"] if entry["status"] == "failed"]
    assert failed["error"]["kind"] == "too_few_admins"
    assert "only 0 active admins would remain" in failed["error"]["msg"]
    assert (failed["changed"], result["changed"], result["error"]["kind"]) == (False, True, "partial")
    assert "DELETE Root@x.io" not in account.calls
    assert "too few active admins would remain: Root@x.io" in result["msg"]


@pytest.mark.parametrize("error", [ArizeError("forbidden", "No.", status=403), KeyError("x")], ids=repr)
def test_admins_who_cannot_be_read_again_are_not_deleted(error: Exception) -> None:
    account = Account(BOSS, ROOT, ADA)
    account.faults["GET active page 1"] = error
    result = account.converge(users=by_email(ROOT, ADA), state="absent")
    root, ada = result["entries"]
    assert (root["status"], ada["status"], account.writes) == ("failed", "deleted", ["DELETE ada@x.io"])
    assert root["error"]["kind"] == ("forbidden" if isinstance(error, ArizeError) else "internal")
    assert (root["changed"], root["error"]["msg"].endswith("Not deleted.")) == (False, True)


def test_a_key_that_is_refused_then_deletes_no_user() -> None:
    account = Account(BOSS, ROOT, ADA)
    account.faults["DELETE ada@x.io"] = ArizeError("unauthorized", "No.", status=401)
    account.converge(users=by_email(ROOT, ADA), state="absent")
    assert account.calls[-1] == "DELETE ada@x.io"
    account = Account(BOSS, ROOT)
    account.faults["GET active page 1"] = ArizeError("unauthorized", "No.", status=401)
    assert account.converge(users=by_email(ROOT), state="absent")["summary"]["failed"] == 1


def test_a_purge_that_is_held_up_reads_no_admins_again() -> None:
    account = Account(BOSS, ROOT)
    result = account.converge(users=[*by_email(BOSS), {"user_id": "unknown"}], purge=True, max_deletions=1)
    assert account.calls == ["GET page 1", "GET api-keys"]
    assert result["summary"]["skipped"] == 1


# ---------------------------------------------------------------- bot users of service keys

BOT = someone("bot@x.io", role="admin")


@both_modes
def test_a_bot_user_is_never_purged_and_uses_up_no_limit(check: bool) -> None:
    account = Account(BOSS, BOT, ADA, bots=(BOT.id,))
    result = account.converge(check, users=by_email(BOSS), purge=True, max_deletions=1, min_admins=1)
    assert result["deletions"] == ["ada@x.io"]
    assert account.calls == ["GET page 1", "GET api-keys", *([] if check else ["DELETE ada@x.io"])]
    assert result["warnings"] == ()
    again = Account(BOSS, BOT, bots=(BOT.id,)).converge(check, users=by_email(BOSS), purge=True, max_deletions=0)
    assert (again["deletions"], again["changed"], "error" in again) == ([], False, False)


@both_modes
def test_a_bot_user_is_no_admin_under_absent_either(check: bool) -> None:
    account = Account(BOSS, BOT, ADA, bots=(BOT.id,))
    result = account.converge(check, users=by_email(BOSS), state="absent")
    assert (result["error"]["kind"], account.writes) == ("too_few_admins", [])
    assert "only 0 active admins would remain" in result["msg"]
    # Nor does its own deletion count as that of an admin.
    result = Account(ADA, BOT, bots=(BOT.id,)).converge(check, users=by_email(BOT), state="absent")
    assert (result["deletions"], "error" in result) == (["bot@x.io"], False)


@both_modes
def test_under_absent_bot_users_that_may_not_be_read_are_a_warning(check: bool) -> None:
    account = Account(BOSS, ROOT)
    account.faults["GET api-keys"] = ArizeError("forbidden", "The key lacks SERVICE_KEY_READ.")
    result = account.converge(check, users=by_email(ROOT), state="absent")
    assert (result["deletions"], "SERVICE_KEY_READ" in result["warnings"][0]) == (["Root@x.io"], True)


@both_modes
def test_the_bot_users_are_read_only_if_purge_would_delete_a_user(check: bool) -> None:
    account = Account(BOSS, ADA, bots=(BOT.id,))
    account.converge(check, users=by_email(BOSS, ADA), purge=True, max_deletions=9)
    account.converge(check, users=by_email(ADA), state="absent")
    account.converge(check, users=by_email(BOSS), purge=True, max_deletions=9, protected=["ada@x.io"])
    assert "GET api-keys" not in account.calls


@both_modes
def test_bot_users_that_may_not_be_read_are_a_warning(check: bool) -> None:
    account = Account(BOSS, ADA)
    account.faults["GET api-keys"] = ArizeError("forbidden", "The key lacks SERVICE_KEY_READ.")
    result = account.converge(check, users=by_email(BOSS), purge=True, max_deletions=9, protected=["*@y.io"])
    assert result["deletions"] == ["ada@x.io"]
    assert ["SERVICE_KEY_READ" in result["warnings"][0], "*@y.io" in result["warnings"][1]] == [True, True]


@both_modes
def test_bot_users_that_cannot_be_read_refuse_everything(check: bool) -> None:
    account = Account(BOSS, ADA)
    account.faults["GET api-keys"] = ArizeError("server", "The server answered 500.", status=500)
    result = account.converge(check, users=[*by_email(BOSS), NEW], purge=True, max_deletions=9)
    assert (result["error"]["kind"], result["changed"], account.writes) == ("server", False, [])
