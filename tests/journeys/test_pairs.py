"""Random pairs (account, task): check mode predicts the real run, and a second run changes nothing."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, NamedTuple

import pytest
from hypothesis import strategies as st

from tests.journeys.harness import ModuleRunner, Run, agrees
from tests.journeys.pairs import Trial, compare_pairs

pytestmark = pytest.mark.slow
AUDITOR, STRANGER = "Um9sZToxOjg/RUV6Yg==", "Um9sZTo5OTk6bm9uZQ=="  # a custom role that exists, and one that does not
ROLES = ["admin", "member", "member_ui_only", "annotator"]
NEW_ROLE = {"type": "TEAM", "name": "OWNER"}  # this version does not know it
# Addresses that contain each other, in several letter cases.
ADDRESSES = ["ann@x.io", "joann@x.io", "ann@x.io.example", "A+b&c@X.io", "xA+b&c@X.io"]
NAMES = ["Ann", "  Ann\t", "ann", "Ánna Ö. 工藤", "Ánna  Ö. 工藤 ", "Zoë 👩‍🚀", 'O\'Neil "{{ 1 }}"', "x" * 255]
RESET = "arize_user_password_reset"
HIDDEN = "VXNlcjpoaWRkZW4="  # the ID of a user whose address the server does not show
STATUSES = ["ACTIVE", "EXPIRED", "INVITED", "EXPIRED", "ACTIVE", "INVITED", "BLOCKED", "SUSPENDED"]


class Pair(NamedTuple):
    """An account, and a task."""

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
    addresses = st.sampled_from(ADDRESSES).flatmap(letter_case) | st.none()
    for address in draw(st.lists(addresses, unique=True)):  # some differ only in case
        user: dict[str, Any] = {
            "email": address,
            "id": None if address else HIDDEN,
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
    targets = [user["email"] or HIDDEN for user in users] * 4 + ADDRESSES
    target = draw(st.sampled_from(targets))
    target = draw(letter_case(target)) if target != HIDDEN else target
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
    by_id = target == HIDDEN or draw(st.sampled_from([False, False, True]))
    options["user_id" if by_id else "email"] = target  # an address stands for its ID until the account exists
    return Pair(users, account, module, options, no_log=draw(st.sampled_from([True, True, True, False])))


class Scene:
    """Runs a pair's task on a fresh account."""

    def __init__(self, sim: Any, pair: Pair) -> None:
        self.sim = sim
        self.pair = pair
        self.run = ModuleRunner(sim)
        sim.reset(pair.users, settings=pair.account)
        self.options = dict(pair.options)
        if "user_id" in self.options:
            found = sim.find(self.options["user_id"])
            self.options["user_id"] = found["id"] if found else "VXNlcjo5OTk="
        self.targets = self._targets()
        self.was_met = self.is_met()
        self.hidden = set(self.targets[0]["omit"]) if self.targets else set()  # the server never shows these
        if "role" in self.hidden:
            self.hidden |= {"custom_role_id", "custom_role_name"}

    def _targets(self) -> list[dict[str, Any]]:
        """The users that the task selects, by a second reading of the rules: several are ambiguous."""
        visible = [user for user in self.sim.users() if user["status"] != "BLOCKED"]
        if "user_id" in self.options:
            return [user for user in visible if user["id"] == self.options["user_id"]]
        same = [user for user in visible if (user["email"] or "").lower() == self.options["email"].lower()]
        return [user for user in same if user["email"] == self.options["email"]] or same

    @property
    def is_blocked(self) -> bool:
        """Whether the address was deleted earlier, in any case."""
        found = self.sim.find(self.options.get("email") or self.options["user_id"])
        return not self.targets and bool(found)

    def try_(self, check: bool = False) -> Run:
        return self.run(self.pair.module, check=check, no_log=self.pair.no_log, **self.options)

    def may_surprise(self, kind: str | None) -> bool:
        """The documented limits of check mode: a blocked address, an unknown custom role."""
        return (kind == "blocked" and self.is_blocked) or (
            kind == "not_found" and self.options.get("custom_role_id") == STRANGER
        )

    def mails_on_purpose(self, run: Run) -> bool:
        """Resend and reset are actions: they do it again each time."""
        return run.result.get("invitation") == "resent" or self.pair.module == RESET

    def is_met(self) -> bool:
        """Whether the user is as arize_user is to make it, by a second reading of the rules."""
        if self.pair.module != "arize_user" or len(self.targets) > 1:
            return False
        if self.options["state"] == "absent" or not self.targets:
            return self.options["state"] == "absent" and not self.targets
        (user,) = self.targets
        name, developer = self.options["name"], self.options["is_developer"]
        return (name is None or name.strip() == user["name"].strip()) and (
            developer is None or developer == user.get("is_developer")
        )

    def leaves_a_twin(self) -> bool:
        """Where two addresses differ only in case, the next absent selects the one that is left."""
        return self.options.get("state") == "absent" and len(self.targets) == 1 and bool(self._targets())

    def lost_the_id(self, run: Run) -> bool:
        """Where a renewed invitation is a new user, the old ID selects no user any more."""
        return "user_id" in self.options and bool(run["user"]) and run["user"]["id"] != self.options["user_id"]


def touched(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> set[str]:
    """The IDs of the users that existed and now differ."""
    now = {user["id"]: user for user in after}
    return {user["id"] for user in before if now.get(user["id"]) != user}


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
    """The same real run a second time has nothing left to do."""
    assert after == before
    if real.failed:
        assert (again.failed, again.kind, again.changed) == (True, real.kind, False)
    elif scene.mails_on_purpose(again):
        assert (again.changed, len(again.mails)) == (True, 1)
    elif "is_developer" in scene.hidden and scene.options.get("is_developer") is not None:
        pass  # a server that never shows is_developer cannot show that it is as wanted either
    elif scene.lost_the_id(real):
        assert (again.kind, again.changed, again.writes) == ("not_found", False, [])
    else:
        assert (again.failed, again.changed, again.writes) == (False, False, [])


def judge(scene: Scene, trial: Trial) -> list[str]:
    """Check a trial, and run the task once more."""
    real, untouched, users = trial.real, trial.before.users, trial.after.users
    compare(scene, trial.checked, real)
    assert touched(untouched, users) <= {user["id"] for user in scene.targets}
    assert (real.kind == "ambiguous") <= (len(scene.targets) > 1)
    assert len(scene.targets) < 2 or (real.failed and not real.writes)
    assert not (scene.was_met and real.writes)
    assert users == untouched or not scene.mails_on_purpose(real)
    if not scene.leaves_a_twin():
        repeat(scene, real, scene.try_(), users, scene.sim.users())
    done = json.dumps([real.result.get("actions"), real.result.get("invitation"), real.changed])
    return [real.kind or done, *(["met"] if scene.was_met else [])]


@pytest.mark.hypothesis
def test_check_mode_predicts_and_a_second_run_changes_nothing(sim: Any, compared: Counter[str]) -> None:
    kinds = ["incomplete", "not_found", "blocked", "role_mismatch", "no_log_needed", "not_active", "ambiguous"]
    done = ["met", "unexpected_status", '[["create"], null, true]', '[["update"], null, true]']
    mailed = [json.dumps([None, word, word not in ("pending", "accepted")]) for word in INVITATIONS]
    compare_pairs(sim, compared, "task", pairs(), Scene, judge, [*kinds, *done, *mailed])


INVITATIONS = ("sent", "renewed", "resent", "pending", "accepted")
