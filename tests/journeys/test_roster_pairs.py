# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random pairs (account, roster): check mode foretells the real run, and what is done once stays done.

ARIZE_ROSTER_PAIRS says how many pairs are compared (300). The same pairs come in each run.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.journeys.harness import ModuleRunner, Run, agrees

PAIRS = int(os.environ.get("ARIZE_ROSTER_PAIRS", "300"))
AUDITOR, STRANGER = "Um9sZToxOjg/RUV6Yg==", "Um9sZTo5OTk6bm9uZQ=="  # a custom role that exists, and one that does not
ADDRESSES = [
    "ann@x.io",
    "joann@x.io",
    "ann@x.io.example",
    "A+b&c@X.io",
    "bob@y.io",
    "cid@y.io",
    "dan@y.io",
    "boss@z.io",
]
NAMES = ["Ann", "  Ann\t", "ann", "Ánna Ö. 工藤", 'O\'Neil "{{ 1 }}"']
ROLES = ["admin", "member", "member_ui_only", "annotator"]
STATUSES = ["ACTIVE", "ACTIVE", "ACTIVE", "INVITED", "EXPIRED", "BLOCKED", "SUSPENDED"]
NOBODY = "VXNlcjo5OTk="
Entry = dict[str, Any]


class Pair(NamedTuple):
    """An account, and a roster with its options. An address stands for its id until the account is there."""

    people: list[Entry]
    users: list[Entry]
    options: dict[str, Any]
    no_log: bool


def in_some_case(address: str) -> st.SearchStrategy[str]:
    return st.sampled_from([address, address, address.upper(), address.swapcase()])


def some_role(*more: str) -> st.SearchStrategy[str | None]:
    return st.sampled_from([*ROLES, "member", "member", AUDITOR, *more])


def as_role(role: str | None) -> dict[str, str]:
    return {} if role is None else {"custom_role_id" if role in (AUDITOR, STRANGER) else "role": role}


@st.composite
def people(draw: Any) -> list[Entry]:
    return [
        {
            "email": draw(in_some_case(address)),
            "name": draw(st.sampled_from([*NAMES, " "])),
            "status": draw(st.sampled_from(STATUSES)),
            "is_developer": draw(st.booleans()),
            **as_role(draw(some_role("admin", "admin", "admin"))),
        }
        for address in draw(st.lists(st.sampled_from(ADDRESSES), unique=True, min_size=2))
    ]


@st.composite
def entry_for(draw: Any, address: str, there: dict[str, Entry]) -> Entry:
    """What somebody wishes of one user: mostly what can be had, now and then what cannot."""
    known = there.get(address.lower())
    if known and draw(st.sampled_from([True, True, True, False])):
        entry = {name: known[name] for name in ("role", "custom_role_id") if name in known and draw(st.booleans())}
    else:
        entry = as_role(draw(some_role(STRANGER)))
    if not known or draw(st.booleans()):
        entry["name"] = draw(st.sampled_from(NAMES))
    if draw(st.booleans()):
        entry["is_developer"] = draw(st.booleans())
    entry["invite_mode"] = draw(st.sampled_from(["email_link", "email_link", "none", "temporary_password"]))
    by_id = known and draw(st.sampled_from([False, False, True]))
    return {("user_id" if by_id else "email"): draw(in_some_case(address)), **entry}


@st.composite
def pairs(draw: Any) -> Pair:
    account = draw(people())
    there = {person["email"].lower(): person for person in account}
    named = draw(
        st.lists(st.sampled_from(ADDRESSES), min_size=1, max_size=5, unique=draw(st.sampled_from([True] * 7 + [False])))
    )
    users = [draw(entry_for(address, there)) for address in named]
    users += draw(st.sampled_from([[]] * 9 + [[{"user_id": NOBODY, "name": "N"}]]))
    mode = draw(st.sampled_from(["present", "purge", "purge", "absent"]))
    options = {
        "state": "absent" if mode == "absent" else "present",
        "purge": mode == "purge",
        "max_deletions": draw(st.sampled_from([8, 8, 8, 8, 1] + ([] if mode == "purge" else [None]))),
        "protected": draw(st.sampled_from([[], ["*@z.io"], ["BOB@y.io", "ann*"]])),
        "min_admins": draw(st.sampled_from([1, 2, 0])),
        "role_mismatch": draw(st.sampled_from(["fail", "warn", "ignore"])),
        "concurrency": draw(st.sampled_from([1, 4])),
    }
    return Pair(account, users, options, no_log=draw(st.sampled_from([True, True, True, False])))


class Scene:
    """Runs a pair's roster on a fresh account without key owners."""

    def __init__(self, sim: Any, pair: Pair) -> None:
        self.sim = sim
        self.run = ModuleRunner(sim)
        self.pair = pair
        sim.reset(pair.people, owners=False)
        self.users = [
            {**entry, **({"user_id": self._id(entry["user_id"])} if "user_id" in entry else {})} for entry in pair.users
        ]

    def _id(self, address: str) -> str:
        found = self.sim.find(address)
        return found["id"] if found else NOBODY

    def try_(self, check: bool = False) -> Run:
        return self.run(
            "arize_user_roster", check=check, no_log=self.pair.no_log, users=self.users, **self.pair.options
        )

    def is_surprise(self, foreseen: Entry, real: Entry) -> bool:
        """What the documentation says that check mode cannot predicted: a blocked address, a role that is none."""
        if (foreseen["status"], real["status"]) != ("created", "failed") or real["changed"]:
            return False
        found = self.sim.find(real["email"])
        blocked = bool(found) and found["status"] == "BLOCKED" and real["error"]["kind"] == "blocked"
        return blocked or (foreseen["user"]["custom_role_id"] == STRANGER and real["error"]["kind"] == "not_found")


def same(foreseen: Entry, real: Entry) -> bool:
    """Whether one user's result is as foreseen."""
    user, real_user = foreseen.get("user"), real.get("user")
    rest, real_rest = ({**item, "user": None, "temporary_password": None} for item in (foreseen, real))
    if real["status"] == "created":
        rest["user_id"] = real["user_id"]  # only the server can know
    return rest == real_rest and agrees(user, real_user)


def compare(scene: Scene, checked: Run, real: Run) -> bool:
    """The check run against the real run from the same state; return whether there were surprises."""
    if "results" not in real.result:  # refused
        for name in ("msg", "error", "changed", "deletions"):
            assert checked.result.get(name) == real.result.get(name)
        assert real.writes == []
        return False
    both = list(zip(checked["results"], real["results"], strict=True))
    assert [item["email"] for item, _real in both] == [item["email"] for _checked, item in both]
    surprises = [item for item, other in both if scene.is_surprise(item, other)]
    for item, other in both:
        purge_called_off = surprises and (item["status"], other["status"]) == ("deleted", "skipped")
        assert same(item, other) or scene.is_surprise(item, other) or purge_called_off, (item, other)
    assert bool(real.writes) >= real.changed
    if surprises:
        assert (real.kind, real["summary"]["deleted"]) == ("partial", 0)
        return True
    for name in ("changed", "summary", "deletions", "warnings", "msg", "error"):
        assert checked.result.get(name) == real.result.get(name), name
    assert sum(real["summary"].values()) == len(both)
    if not real.failed:
        compare_diffs(checked["diff"], real["diff"], real)
    return False


def compare_diffs(foreseen: Entry, diff: Entry, real: Run) -> None:
    changed = [item for item in real["results"] if item["changed"]]
    assert foreseen["before"] == diff["before"]
    assert list(foreseen["after"]) == list(diff["after"]) == sorted(diff["after"])
    assert set(diff["before"]) | set(diff["after"]) == {item["email"].lower() for item in changed}
    for address, user in foreseen["after"].items():
        assert agrees(user, diff["after"][address])
        assert user["is_developer"] is not None or address not in diff["before"]


def test_check_mode_foretells_and_a_second_run_changes_nothing(sim: Any, compared: dict[str, int]) -> None:
    outcomes: Counter[str] = Counter()

    @settings(
        max_examples=PAIRS, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(pairs())
    def each_pair(pair: Pair) -> None:
        scene = Scene(sim, pair)
        untouched = sim.users()
        checked = scene.try_(check=True)
        assert sim.users() == untouched
        real = scene.try_()
        surprised = compare(scene, checked, real)
        if not real.changed:
            assert sim.users() == untouched
        before = sim.users()
        again = scene.try_()
        assert (sim.users(), again.changed, again.mails) == (before, False, [])
        assert again.failed == real.failed
        assert [entry["method"] for entry in again.writes if not surprised] == []
        assert sim.violations() == []
        compared["(account, roster)"] = compared.get("(account, roster)", 0) + 1
        outcomes.update([real.kind or "ok", *(["surprise"] if surprised else [])])
        outcomes.update(item["status"] for item in real.result.get("results", []))

    each_pair()
    assert compared["(account, roster)"] >= PAIRS
    if PAIRS >= 300:  # the pairs are not all of one kind
        for kind in (
            "ok",
            "partial",
            "bad_option",
            "no_log_needed",
            "too_many_deletions",
            "protected",
            "too_few_admins",
        ):
            assert outcomes[kind] >= 3, outcomes
        for status in ("created", "updated", "deleted", "unchanged", "not_found", "failed", "skipped", "surprise"):
            assert outcomes[status] >= 3, outcomes
