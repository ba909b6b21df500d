# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the safeguards need to know is read when they need it, and not otherwise."""

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
        ([BOSS, ROOT], {"min_admins": 1}, ["GET page 1", "GET page 1", "GET page 2", "GET page 3"]),
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
    assert account.calls == ["GET page 1", "DELETE boss@x.io"]


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
    assert ["*@y.io" in result["warnings"][0], "SERVICE_KEY_READ" in result["warnings"][1]] == [True, True]


@both_modes
def test_bot_users_that_cannot_be_read_refuse_everything(check: bool) -> None:
    account = Account(BOSS, ADA)
    account.faults["GET api-keys"] = ArizeError("server", "The server answered 500.", status=500)
    result = account.converge(check, users=[*by_email(BOSS), NEW], purge=True, max_deletions=9)
    assert (result["error"]["kind"], result["changed"], account.writes) == ("server", False, [])
