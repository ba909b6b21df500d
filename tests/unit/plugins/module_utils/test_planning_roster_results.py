"""The result of a roster: entries, summary, deletions, who is mailed, and the diff as text."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._models import EXISTING, Created
from ansible_collections.arize.ax.tests.unit.support.account import (
    PASSWORD,
    Account,
    by_email,
    id_of,
    new,
    people,
    someone,
)

BOSS = someone("boss@x.io", name="Boss", role="admin")
ADA = someone("ada@x.io", name="Ada")
BOB = someone("bob@x.io", name="Bob")

both_modes = pytest.mark.parametrize("check", [False, True], ids=["for real", "check"])


def refused(status: int, **facts: Any) -> ArizeError:
    """The error of a response."""
    return ArizeError("bad_request", f"Could not do it: the server answered {status}.", status=status, **facts)


@both_modes
def test_an_entry_has_all_that_is_known(check: bool) -> None:
    account = Account(ADA, BOSS)
    renamed = {"email": "ADA@x.io", "name": "Ada L", "is_developer": False}
    result = account.converge(check, users=[renamed, {"user_id": BOSS.id}, new("cid")])
    updated, unchanged, created = result["entries"]
    assert updated == {
        "email": "ada@x.io",
        "user_id": ADA.id,
        "status": "updated",
        "changed": True,
        "changes": ["name", "is_developer"],
        "before": ADA.as_result(),
        "user": {**ADA.as_result(), "name": "Ada L", "is_developer": False},
    }
    assert unchanged == {
        "email": "boss@x.io",
        "user_id": BOSS.id,
        "status": "unchanged",
        "changed": False,
        "changes": [],
        "before": BOSS.as_result(),
        "user": BOSS.as_result(),
    }
    assert (created["status"], created["changed"], created["changes"]) == ("created", True, [])
    assert (created["user"]["status"], "before" in created) == ("invited", False)
    assert (created["user_id"], created["user"]["id"]) == ((None, None) if check else (id_of("cid@x.io"),) * 2)
    assert result["summary"] == {
        "created": 1, "updated": 1, "deleted": 0, "unchanged": 1, "not_found": 0, "failed": 0, "skipped": 0
    }  # fmt: skip
    assert result["changed"] is True


@both_modes
def test_an_entry_of_a_deletion_and_of_a_user_who_does_not_exist(check: bool) -> None:
    users = [{"user_id": "unknown"}, {"email": "gone@x.io"}, {"user_id": ADA.id}]
    result = Account(ADA).converge(check, users=users, state="absent")
    unknown, gone, ada = result["entries"]
    nothing = {"status": "not_found", "changed": False, "changes": []}
    assert unknown == {"email": None, "user_id": "unknown", **nothing}
    assert gone == {"email": "gone@x.io", "user_id": None, **nothing}
    deleted = {"status": "deleted", "changed": True, "changes": [], "before": ADA.as_result()}
    assert ada == {"email": "ada@x.io", "user_id": ADA.id, **deleted}
    assert (result["summary"]["not_found"], result["summary"]["deleted"]) == (2, 1)
    assert result["deletions"] == ["ada@x.io"]


@both_modes
@pytest.mark.parametrize(("role_mismatch", "status"), [("fail", "failed"), ("warn", "updated"), ("ignore", "updated")])
def test_a_role_mismatch_is_told_whatever_the_option_says(role_mismatch: str, status: str, check: bool) -> None:
    users = [{"email": "ada@x.io", "name": "A", "role": "admin"}, {"email": "bob@x.io", "role": "member"}]
    ada, bob = Account(ADA, BOB).converge(check, users=users, role_mismatch=role_mismatch)["entries"]
    assert (ada["status"], ada["role_mismatch"]) == (status, {"wanted": "admin", "found": "member"})
    assert ada["before"] == ADA.as_result()
    assert "role_mismatch" not in bob


@both_modes
def test_the_entry_of_a_failure_has_the_error_in_words(check: bool) -> None:
    account = Account(BOB)
    account.faults["PATCH bob@x.io"] = refused(422, title="Odd", method="PATCH", path="/v2/users/1")
    result = account.converge(check, users=[{"email": "bob@x.io", "name": "B"}, {"user_id": "unknown"}])
    bob, unknown = result["entries"]
    if not check:
        assert bob["error"] == {
            "kind": "bad_request", "status": 422, "title": "Odd", "detail": None, "method": "PATCH",
            "path": "/v2/users/1", "msg": "Could not do it: the server answered 422.",
        }  # fmt: skip
        assert (bob["status"], bob["changed"], bob["changes"], bob["user"]) == ("failed", False, [], BOB.as_result())
    assert (unknown["status"], unknown["error"]["kind"], unknown["user_id"]) == ("failed", "not_found", "unknown")
    assert "unknown" in unknown["error"]["msg"]


@both_modes
def test_a_skipped_entry_says_why(check: bool) -> None:
    result = Account(ADA, BOSS).converge(
        check, users=[*by_email(BOSS), {"user_id": "unknown"}], purge=True, max_deletions=9
    )
    ada = result["entries"][-1]
    assert (ada["status"], ada["changed"], ada["before"], ada["user"]) == (
        "skipped", False, ADA.as_result(), ADA.as_result()
    )  # fmt: skip
    assert "unknown" in ada["error"]["msg"]
    assert result["summary"]["skipped"] == 1


# ---------------------------------------------------------------- who is mailed


@both_modes
def test_who_is_sent_an_invitation(check: bool) -> None:
    account = Account(ADA, someone("eve@x.io", status="expired"), someone("ian@x.io", status="invited"))
    users = [
        new("a"),
        new("b", invite_mode="none"),
        new("c", invite_mode="temporary_password"),
        {"email": "ada@x.io", "name": "New"},
        *by_email(someone("eve@x.io"), someone("ian@x.io")),
        new("d"),
    ]
    result = account.converge(check, no_log=True, users=users)
    assert result["mailed"] == ["a@x.io", "d@x.io"]


def test_a_failed_creation_mails_no_user_but_one_that_is_lost_or_not_complete_may_have() -> None:
    account = Account()
    account.faults["POST a@x.io"] = refused(400)
    account.faults["PATCH b@x.io"] = refused(403)
    account.faults["POST d@x.io"] = refused(500, outcome_unknown=True)
    result = account.converge(users=[new("a"), new("b", is_developer=False), new("c"), new("d")])
    assert result["mailed"] == ["b@x.io", "c@x.io", "d@x.io"]
    assert [entry["status"] for entry in result["entries"]] == ["failed", "failed", "created", "failed"]


def test_a_lost_update_of_a_user_whom_another_client_has_created_mails_nothing(monkeypatch: Any) -> None:
    account = Account()
    monkeypatch.setattr(account, "create", lambda _fields, _before: Created(someone("a@x.io", name="A"), EXISTING))
    account.faults["PATCH a@x.io"] = refused(500, outcome_unknown=True)
    result = account.converge(users=[new("a")])
    assert (result["entries"][0]["status"], result["changed"], result["mailed"]) == ("failed", True, [])


def test_temporary_passwords_are_in_the_entries_of_their_owners_alone() -> None:
    result = Account().converge(no_log=True, users=[new("a", invite_mode="temporary_password"), new("b")])
    assert [entry.pop("temporary_password", None) for entry in result["entries"]] == [PASSWORD, None]
    assert PASSWORD not in str(result)


@both_modes
def test_of_many_warnings_the_first_ten_are_given(check: bool) -> None:
    users = [{"email": user.email, "role": "admin"} for user in people(12)]
    result = Account(*people(12)).converge(check, users=users, role_mismatch="warn")
    assert len(result["warnings"]) == 11
    assert "user009@x.io" in result["warnings"][9]
    assert result["warnings"][10] == "Warnings like these about other users: 2 more."
    for count, given in ((10, 10), (11, 11)):
        assert (
            len(Account(*people(count)).converge(check, users=users[:count], role_mismatch="warn")["warnings"]) == given
        )


# ---------------------------------------------------------------- the diff


@both_modes
def test_the_diff_is_aligned_text_of_those_who_change_sorted_by_address(check: bool) -> None:
    account = Account(someone("Zed@x.io", name="Zed"), ADA, BOSS, someone("mia@x.io", name="Mia", is_developer=None))
    users = [
        {"email": "zed@x.io", "name": "Zoë", "is_developer": False},
        {"email": "mia@x.io", "name": "Mia L"},
        *by_email(BOSS),
        {**new("Bea", role="annotator"), "name": "Bea Übel"},
    ]
    diff = account.converge(check, users=users, purge=True, max_deletions=1)["diff"]
    assert diff == {
        "before": (
            "ada@x.io  member     developer  Ada\n"
            "mia@x.io  member     ?          Mia\n"
            "Zed@x.io  member     developer  Zed\n"
        ),
        "after": (
            "Bea@x.io  annotator  -          Bea Übel\n"
            "mia@x.io  member     ?          Mia L\n"
            "Zed@x.io  member     -          Zoë\n"
        ),
    }


def diff_of(user: Any, **changes: Any) -> dict[str, str]:
    result = Account(user).converge(True, users=[{"user_id": user.id, **(changes or {"name": "New"})}])
    return result["diff"]


@pytest.mark.parametrize(
    ("user", "line"),
    [
        ({"role": "custom", "custom_role_id": "r1", "custom_role_name": "Reviewer"}, "ada@x.io  Reviewer  developer  Ada"),
        ({"role": "custom", "custom_role_id": "r1"}, "ada@x.io  r1  developer  Ada"),
        ({"role": "custom"}, "ada@x.io  custom  developer  Ada"),
        ({"role": None}, "ada@x.io  ?  developer  Ada"),
        ({"role": "auditor"}, "ada@x.io  auditor  developer  Ada"),
        ({"name": None}, "ada@x.io  member  developer"),
        ({"email": None, "id": "id1"}, "id1  member  developer  Ada"),
        ({"name": "Al\ndeleted    boss@x.io"}, "ada@x.io  member  developer  Al deleted boss@x.io"),
        ({"name": "A\x1b[2J\u2028B\u202e\tC"}, "ada@x.io  member  developer  A [2J B C"),
        ({"role": "custom", "custom_role_id": "r", "custom_role_name": "a\nb"}, "ada@x.io  a b  developer  Ada"),
    ],
    ids=str,
)  # fmt: skip
def test_a_line_of_the_diff(user: dict[str, Any], line: str) -> None:
    assert diff_of(ADA._replace(**user))["before"] == line + "\n"


def test_without_changes_the_diff_is_empty() -> None:
    assert Account(ADA).converge(users=by_email(ADA))["diff"] == {"before": "", "after": ""}


@both_modes
def test_a_failure_takes_nobodys_diff_away(check: bool) -> None:
    account = Account(ADA, BOB)
    account.faults["PATCH bob@x.io"] = refused(422)
    users = [{"email": "ada@x.io", "name": "A"}, {"email": "bob@x.io", "name": "B", "role": "admin"}, new("cid")]
    result = account.converge(check, users=users)
    assert result["error"]["kind"] == "partial"
    assert result["diff"] == {
        "before": "ada@x.io  member  developer  Ada\n",
        "after": "ada@x.io  member  developer  A\ncid@x.io  member  developer  cid\n",
    }


def test_a_creation_that_is_not_complete_is_in_the_diff() -> None:
    account = Account()
    account.faults["PATCH b@x.io"] = refused(403)
    diff = account.converge(users=[new("b", is_developer=False)])["diff"]
    assert diff == {"before": "", "after": "b@x.io  member  developer  b\n"}


@both_modes
def test_a_refusal_has_deletions_and_nothing_else(check: bool) -> None:
    result = Account(BOSS, *people(12)).converge(check, users=by_email(BOSS), purge=True, max_deletions=3)
    assert set(result) == {"changed", "deletions", "error", "msg"}
    assert (len(result["deletions"]), result["changed"]) == (12, False)
