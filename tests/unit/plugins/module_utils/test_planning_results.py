"""The result about one user, and users as roster entries that can be read back."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.arize.ax.plugins.module_utils._models import Outcome, User
from ansible_collections.arize.ax.plugins.module_utils._planning.desired import read_desired_user
from ansible_collections.arize.ax.plugins.module_utils._planning.results import item_result, roster_entries
from ansible_collections.arize.ax.tests.unit.support.account import plan, someone
from ansible_collections.arize.ax.tests.unit.support.examples import examples
from hypothesis import given
from hypothesis import strategies as st

ADA = someone("ada@x.io")
BEFORE, AFTER = ADA.as_result(), {**ADA.as_result(), "name": "Ada L"}


def test_the_result_of_a_change() -> None:
    outcome = Outcome(BEFORE, AFTER, changed=True, actions=("update",), warnings=("Mind this.",))
    assert item_result(outcome, failed=False, key="user") == {
        "changed": True,
        "user": AFTER,
        "actions": ["update"],
        "warnings": ("Mind this.",),
        "diff": {"before": BEFORE, "after": AFTER},
    }


def test_a_user_who_does_not_exist_is_an_empty_side_of_the_diff() -> None:
    assert item_result(Outcome(None, AFTER), False, "user")["diff"] == {"before": {}, "after": AFTER}
    assert item_result(Outcome(BEFORE, None), False, "user")["diff"] == {"before": BEFORE, "after": {}}


def test_a_module_returns_the_keys_that_it_documents() -> None:
    result = item_result(Outcome(None, AFTER, invitation="sent", actions=("create",)), False, "user", ["invitation"])
    assert (result["invitation"], "actions" in result) == ("sent", False)


@pytest.mark.parametrize("failed", [False, True])
def test_a_temporary_password_is_returned_where_there_is_one_and_nowhere_else(failed: bool) -> None:
    outcome = Outcome(None, AFTER, changed=True, actions=("create",), temporary_password="once-only")
    result = item_result(outcome, failed, "user")
    assert result.pop("temporary_password") == "once-only"
    assert "once-only" not in str(result)
    assert ("diff" in result) is not failed
    assert "temporary_password" not in item_result(Outcome(None, AFTER), failed, "user")


# ---------------------------------------------------------------- roster entries

FULL = {"email": "ada@x.io", "name": "ada", "role": "member", "is_developer": True}


def without(*names: str, **fields: Any) -> dict[str, Any]:
    return {**{name: value for name, value in FULL.items() if name not in names}, **fields}


@pytest.mark.parametrize(
    ("user", "entry"),
    [
        ({}, FULL),
        ({"is_developer": False}, without(is_developer=False)),
        ({"is_developer": None}, without("is_developer")),
        ({"name": None}, without("name")),
        ({"name": " "}, without("name")),
        ({"name": "x" * 256}, without("name")),
        ({"name": "A ******** L"}, without("name")),
        ({"role": "auditor"}, without("role")),
        ({"role": None}, without("role")),
        ({"role": "custom", "custom_role_id": "Um9s", "custom_role_name": "R"}, without("role", custom_role_id="Um9s")),
        ({"role": "custom"}, without("role")),
    ],
    ids=str,
)
def test_an_entry_leaves_out_what_is_unknown_or_cannot_be_set(user: dict[str, Any], entry: dict[str, Any]) -> None:
    (made,) = roster_entries([ADA._replace(**user)])
    assert made == entry
    assert {name: value for name, value in read_desired_user(made)._asdict().items() if name in made} == made


@pytest.mark.parametrize(
    "email",
    [None, "", "ada", "ada@x.io.", "ada@-x.io", "a*@x.io", "sam@********.com", " ada@x.io", "ada\u200b@x.io"],
    ids=ascii,
)
def test_a_user_whose_address_cannot_be_used_is_selected_by_id(email: str | None) -> None:
    (made,) = roster_entries([ADA._replace(email=email)])
    assert made == without("email", user_id=ADA.id)


def test_twins_are_selected_by_id() -> None:
    twins = [someone("Jo@x.io"), someone("jo@x.io")]
    entries = roster_entries([twins[0], ADA, twins[1]])
    assert [entry.get("user_id") for entry in entries] == [twins[0].id, None, twins[1].id]
    assert [entry.get("email") for entry in entries] == [None, "ada@x.io", None]


ADDRESSES = st.sampled_from(
    ["jo@x.io", "Jo@x.io", "JO@x.io", "jos\u00e9@x.io", "jose\u0301@x.io", "\u0130@x.io", "i@x.io", " jo@x.io",
     "a@x.io.", "a@x.io", "a*@x.io", "", None, "b@b\u00fccher.example", "b@xn--bcher-kva.example"]
)  # fmt: skip
USERS = st.builds(
    User,
    id=st.uuids().map(str),
    name=st.one_of(st.none(), st.text(max_size=5), st.sampled_from([" Ada ", "x" * 300, "********"])),
    email=ADDRESSES,
    status=st.sampled_from(["active", "invited", "expired", "frozen", None]),
    role=st.sampled_from(["admin", "member", "member_ui_only", "annotator", "auditor", None]),
    custom_role_id=st.none(),
    custom_role_name=st.none(),
    is_developer=st.sampled_from([True, False, None]),
    created_at=st.none(),
)
ACCOUNTS = st.lists(
    st.one_of(USERS, USERS.map(lambda user: user._replace(role="custom", custom_role_id="r1"))), max_size=12
)


@examples(150)
@given(ACCOUNTS)
def test_an_export_that_is_read_back_changes_nothing_and_deletes_no_user(users: list[User]) -> None:
    entries = roster_entries(users)
    if not entries:
        return
    again = plan(users, entries, purge=True, max_deletions=0, max_creations=0)
    assert [(user.existing, user.action, user.error) for user in again.users] == [(user, None, None) for user in users]
