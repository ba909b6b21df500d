# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random pairs (account, wish): check mode foretells the real run, and what is done once stays done.

ARIZE_PAIRS says how many pairs are compared (300). The same pairs come in each run.
"""

from __future__ import annotations

import json
import os
from typing import Any, NamedTuple

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.journeys.harness import ModuleRunner, Run, agrees

PAIRS = int(os.environ.get("ARIZE_PAIRS", "300"))
AUDITOR, STRANGER = "Um9sZToxOjg/RUV6Yg==", "Um9sZTo5OTk6bm9uZQ=="  # a custom role that exists, and one that does not
ROLES = ["admin", "member", "member_ui_only", "annotator"]
NEW_ROLE = {"type": "TEAM", "name": "OWNER"}  # invented by the server after this version
# Addresses that contain each other, in several letter cases.
ADDRESSES = ["ann@x.io", "joann@x.io", "ann@x.io.example", "A+b&c@X.io", "xA+b&c@X.io"]
NAMES = ["Ann", "  Ann\t", "ann", "Ánna Ö. 工藤", "Ánna  Ö. 工藤 ", "Zoë 👩‍🚀", 'O\'Neil "{{ 1 }}"', "x" * 255]
RESET = "arize_user_password_reset"
STATUSES = ["ACTIVE", "EXPIRED", "INVITED", "EXPIRED", "ACTIVE", "INVITED", "BLOCKED", "SUSPENDED"]


class Pair(NamedTuple):
    """An account, and what somebody wishes of it."""

    users: list[dict[str, Any]]
    account: dict[str, Any]
    module: str
    options: dict[str, Any]
    no_log: bool


def letter_case(address: str) -> st.SearchStrategy[str]:
    return st.sampled_from([address, address.upper(), address.swapcase()])


@st.composite
def stored_users(draw: Any) -> list[dict[str, Any]]:
    users = []
    for address in draw(st.lists(st.sampled_from(ADDRESSES), unique=True)):
        user: dict[str, Any] = {
            "email": draw(letter_case(address)),
            "name": draw(st.sampled_from([*NAMES, " "])),
            "status": draw(st.sampled_from(STATUSES)),
            "is_developer": draw(st.booleans()),
            "omit": draw(st.sampled_from([[], [], [], ["role"], ["is_developer"], ["role", "is_developer"]])),
        }
        role = draw(st.sampled_from([*ROLES, *ROLES, AUDITOR, NEW_ROLE, None]))
        users.append(user | ({"custom_role_id": AUDITOR} if role == AUDITOR else {"role": role}))
    return users


@st.composite
def pairs(draw: Any) -> Pair:
    users = draw(stored_users())
    account = {
        "enums": draw(st.sampled_from(["upper", "upper", "lower"])),
        "renew_keeps_id": draw(st.booleans()),
        "resend_status": draw(st.sampled_from([202, 204])),
    }
    module = draw(st.sampled_from(["arize_user", "arize_user_invite", "arize_user", "arize_user_invite", RESET]))
    targets = [user["email"] for user in users] * 4 + ADDRESSES
    email = draw(st.sampled_from(targets).flatmap(letter_case))
    options: dict[str, Any] = {}
    if module != RESET:
        role = draw(st.sampled_from([None, None, *ROLES, None, *ROLES, AUDITOR, STRANGER]))
        options = {
            "name": draw(st.sampled_from([*NAMES, None, None, None, None])),
            "custom_role_id" if role in (AUDITOR, STRANGER) else "role": role,
            "invite_mode": draw(st.sampled_from(["email_link", "email_link", "temporary_password"])),
        }
    if module == "arize_user":
        options["is_developer"] = draw(st.sampled_from([None, None, True, False]))
        options["role_mismatch"] = draw(st.sampled_from(["fail", "warn", "ignore"]))
        options["state"] = draw(st.sampled_from(["present", "present", "present", "absent"]))
        options["invite_mode"] = draw(st.sampled_from([options["invite_mode"], "none"]))
    elif module == "arize_user_invite":
        options["resend"] = draw(st.booleans())
    by_id = draw(st.sampled_from([False, False, True]))
    options["user_id" if by_id else "email"] = email  # an address stands for its id until the account is there
    return Pair(users, account, module, options, no_log=draw(st.sampled_from([True, True, True, False])))


class Scene:
    """Runs a pair's wish on a fresh account."""

    def __init__(self, sim: Any, pair: Pair) -> None:
        self.sim = sim
        self.pair = pair
        self.run = ModuleRunner(sim)
        self.begin()
        self.options = dict(pair.options)
        if "user_id" in self.options:
            found = sim.find(self.options["user_id"])
            self.options["user_id"] = found["id"] if found else "VXNlcjo5OTk="
        found = sim.find(self.options.get("email") or self.options["user_id"])
        self.is_blocked = bool(found) and found["status"] == "BLOCKED"
        self.hidden = set(found["omit"]) if found else set()  # the server leaves these out, always
        if "role" in self.hidden:
            self.hidden |= {"custom_role_id", "custom_role_name"}

    def begin(self) -> None:
        self.sim.reset(self.pair.users, settings=self.pair.account)

    def try_(self, check: bool = False) -> Run:
        return self.run(self.pair.module, check=check, no_log=self.pair.no_log, **self.options)

    def may_surprise(self, kind: str | None) -> bool:
        """What the documentation says that check mode cannot predicted: a blocked address, a role that is none."""
        return (kind == "blocked" and self.is_blocked) or (
            kind == "not_found" and self.options.get("custom_role_id") == STRANGER
        )

    def mails_on_purpose(self, run: Run) -> bool:
        """Resend and reset are actions: they do it again each time."""
        return run.result.get("invitation") == "resent" or self.pair.module == RESET

    def is_met(self) -> bool:
        """Whether somebody is as a wish for arize_user wants, by a second reading of the rules."""
        if self.pair.module != "arize_user":
            return False
        user = self.sim.find(self.options.get("email") or self.options["user_id"])
        there = bool(user) and user["status"] != "BLOCKED"
        if self.options["state"] == "absent" or not there:
            return self.options["state"] == "absent" and not there
        name, developer = self.options["name"], self.options["is_developer"]
        return (name is None or name.strip() == user["name"].strip()) and (
            developer is None or developer == user.get("is_developer")
        )

    def lost_the_id(self, run: Run) -> bool:
        """Where a renewed invitation is a new user, the old id names nobody any more."""
        return "user_id" in self.options and bool(run["user"]) and run["user"]["id"] != self.options["user_id"]


def compare(scene: Scene, checked: Run, real: Run) -> None:
    """The check run against the real run from the same state."""
    if real.failed and not checked.failed:
        assert scene.may_surprise(real.kind), real.msg
        assert real.changed is False
        return
    assert (checked.failed, checked.kind, checked.changed) == (real.failed, real.kind, real.changed)
    for name in ("actions", "invitation", "warnings"):
        assert checked.result.get(name) == real.result.get(name)
    if real.failed:
        assert checked.msg == real.msg
        assert (checked.result.get("user"), real.writes) == (real.result.get("user"), [])
        return
    assert bool(real.writes) == real.changed
    assert checked["diff"]["before"] == real["diff"]["before"]
    for run in (checked, real):
        assert run["diff"]["after"] == (run["user"] or {})
        if run["user"]:
            run["user"].update(dict.fromkeys(scene.hidden))  # the real run cannot show them
    assert agrees(checked["user"], real["user"])
    same = real["diff"]["before"] == (real["user"] or {})
    assert same == (not real.changed or scene.mails_on_purpose(real)) or bool(scene.hidden)


def repeat(scene: Scene, real: Run, again: Run, before: list[Any], after: list[Any]) -> None:
    """The same real run a second time: nothing is left to do."""
    assert after == before
    if real.failed:
        assert (again.failed, again.kind, again.changed) == (True, real.kind, False)
    elif scene.mails_on_purpose(again):
        assert (again.changed, len(again.mails)) == (True, 1)
    elif "is_developer" in scene.hidden and scene.options.get("is_developer") is not None:
        pass  # a server that never shows is_developer does not show either that it is as wished
    elif scene.lost_the_id(real):
        assert (again.kind, again.changed, again.writes) == ("not_found", False, [])
    else:
        assert (again.failed, again.changed, again.writes) == (False, False, [])


def test_check_mode_foretells_and_a_second_run_changes_nothing(sim: Any, compared: dict[str, int]) -> None:
    outcomes: set[str] = set()

    @settings(
        max_examples=PAIRS,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(pairs())
    def each_pair(pair: Pair) -> None:
        scene = Scene(sim, pair)
        untouched, is_met = sim.users(), scene.is_met()
        checked = scene.try_(check=True)
        assert sim.users() == untouched
        real = scene.try_()
        compare(scene, checked, real)
        assert not (is_met and real.writes)
        if not real.changed or scene.mails_on_purpose(real):
            assert sim.users() == untouched
        before = sim.users()
        repeat(scene, real, scene.try_(), before, sim.users())
        assert sim.violations() == []
        compared["(account, wish)"] = compared.get("(account, wish)", 0) + 1
        outcomes.update(["met"] * is_met)
        outcomes.add(real.kind or json.dumps([real.result.get("actions"), real.result.get("invitation"), real.changed]))
        event(real.kind or "ok")

    each_pair()
    assert compared["(account, wish)"] >= PAIRS
    if PAIRS >= 300:  # the pairs are not all of one kind
        assert {"incomplete", "not_found", "blocked", "role_mismatch", "no_log_needed", "not_active"} <= outcomes
        assert {"met", "unexpected_status", '[["create"], null, true]', '[["update"], null, true]'} <= outcomes
        assert {json.dumps([None, word, word not in ("pending", "accepted")]) for word in INVITATIONS} <= outcomes


INVITATIONS = ("sent", "renewed", "resent", "pending", "accepted")
