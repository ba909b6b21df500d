"""Random pairs (account, roster): check mode predicts the real run, a second run changes nothing, no rule is broken.

The rules are read a second time here (`Oracle`) and judged from the simulator's state, not from the module's result.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, NamedTuple

import pytest
from hypothesis import strategies as st

from tests.journeys.harness import ModuleRunner, Run, agrees
from tests.journeys.pairs import Trial, compare_pairs

pytestmark = pytest.mark.slow
AUDITOR, STRANGER = "Um9sZToxOjg/RUV6Yg==", "Um9sZTo5OTk6bm9uZQ=="  # a custom role that exists, and one that does not
NEW_ROLE = {"type": "TEAM", "name": "OWNER"}  # this version does not know it
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
# What a reader takes for another address, and the simulator does not.
ALIKE = {
    "ａnn@x.io": "ann@x.io",
    "groß@y.io": "gross@y.io",
    "cid@xn--bcher-kva.example": "cid@bücher.example",
    "ｂob@y.io": "bob@y.io",
}
NAMES = ["Ann", "  Ann\t", "ann", "Ánna Ö. 工藤", 'O\'Neil "{{ 1 }}"']
ROLES = ["admin", "member", "member_ui_only", "annotator"]
STATUSES = ["ACTIVE", "ACTIVE", "ACTIVE", "INVITED", "EXPIRED", "BLOCKED", "SUSPENDED"]
GONE = "gone@y.io"  # was deleted earlier
NO_USER = "VXNlcjo5OTk="
HIDDEN = ["VXNlcjpoaWRkZW4x", "VXNlcjpoaWRkZW4y"]  # the IDs of users whose address the server does not show
BOTS = ["VXNlcjpib3Qx", "VXNlcjpib3Qy"]  # of service keys
# Entries of `protected`, and which addresses they protect: None where the entry must be refused.
PROTECTED: dict[str | None, str | None] = {
    "*@Y.io": r".*@y\.io",
    "BOB@y.io": r"bob@y\.io",
    " ann@X.io ": r"ann@x\.io",
    "?id@*": r".id@.*",
    "[a-c]*@y.io": r"[a-c].*@y\.io",
    "bbo@y.io": r"bbo@y\.io",  # misspelt
    "bob@y.io dan@y.io": None,
    "@z.io": None,
    "/bob/": None,
    "": None,
    None: None,
}
UNUSABLE = [entry for entry, meaning in PROTECTED.items() if meaning is None]
PROTECTIONS = [
    *[[]] * 10,
    ["*@Y.io"],
    ["*@Y.io"],
    ["BOB@y.io"],
    ["?id@*"],
    [" ann@X.io "],
    ["[a-c]*@y.io"],
    ["bbo@y.io"],
    UNUSABLE,
]
Entry = dict[str, Any]


class Pair(NamedTuple):
    """An account, and a roster with its options. An address stands for its ID until the account exists."""

    people: list[Entry]
    keys: list[Entry]
    account: dict[str, Any]
    users: list[Entry]
    options: dict[str, Any]
    no_log: bool


def in_some_case(address: str) -> st.SearchStrategy[str]:
    if not address.isascii():
        return st.just(address)
    return st.sampled_from([address, address, address.upper(), address.swapcase()])


def some_role(*more: str) -> st.SearchStrategy[str | None]:
    return st.sampled_from([*ROLES, "member", "member", AUDITOR, *more])


def as_role(role: str | None) -> dict[str, str]:
    return {} if role is None else {"custom_role_id" if role in (AUDITOR, STRANGER) else "role": role}


@st.composite
def person(draw: Any, **selected: Any) -> Entry:
    role = as_role(draw(some_role("admin", "admin", "admin")))
    return {
        "name": draw(st.sampled_from([*NAMES, " "])),
        "status": draw(st.sampled_from(STATUSES)),
        "is_developer": draw(st.booleans()),
        **draw(st.sampled_from([role] * 8 + [{"role": NEW_ROLE}, {**role, "omit": ["role"]}])),
        **selected,
    }


@st.composite
def people(draw: Any, more: list[str]) -> list[Entry]:
    """Users, of whom some have addresses that differ only in case, or no visible address."""
    everyday = st.sampled_from(ADDRESSES).flatmap(in_some_case)
    addresses = draw(st.lists(everyday | everyday | everyday | st.sampled_from([*ALIKE]), unique=True, min_size=2))
    addresses += [address for address in more if address not in addresses]
    hidden = draw(st.sampled_from([[]] * 3 + [HIDDEN[:1], HIDDEN]))
    users = [draw(person(email=address)) for address in addresses]
    users += [draw(person(email=None, id=user_id)) for user_id in hidden]
    return [*users, {"email": GONE, "status": "BLOCKED"}]


@st.composite
def service_keys(draw: Any) -> list[Entry]:
    bots = draw(st.sampled_from([[]] * 2 + [BOTS[:1], BOTS]))
    return [
        {
            "status": draw(st.sampled_from(["ACTIVE", "ACTIVE", "REVOKED"])),
            "bot_user": draw(person(email=f"bot{number}@bots.example", id=bot, status="ACTIVE")),
        }
        for number, bot in enumerate(bots)
    ]


@st.composite
def entry_for(draw: Any, reference: str, existing: dict[str, Entry]) -> Entry:
    """An entry for one user, selected by address or ID: mostly one that can be applied, sometimes one that cannot."""
    known = existing.get(reference.lower()) or existing.get(reference)
    if known and draw(st.sampled_from([True, True, True, False])):
        names = ("role", "custom_role_id")
        entry = {name: known[name] for name in names if isinstance(known.get(name), str) and draw(st.booleans())}
    else:
        entry = as_role(draw(some_role(STRANGER)))
    if "role" in entry:
        entry["role"] = draw(st.sampled_from([entry["role"], entry["role"].upper(), f" {entry['role']}"]))
    if not known or draw(st.booleans()):
        entry["name"] = draw(st.sampled_from(NAMES))
    if draw(st.booleans()):
        entry["is_developer"] = draw(st.booleans())
    entry["invite_mode"] = draw(st.sampled_from(["email_link", "email_link", "none", "temporary_password"]))
    if "@" not in reference:
        return {"user_id": reference, **entry}
    by_id = known and draw(st.sampled_from([False, False, True]))
    return {("user_id" if by_id else "email"): draw(in_some_case(reference)), **entry}


@st.composite
def pairs(draw: Any) -> Pair:
    # Too rare by chance: two addresses that differ only in case, one that looks like a new one, one deleted earlier.
    alike = draw(st.sampled_from([*ALIKE.items()]))
    special, more = draw(
        st.sampled_from(
            [([], [])] * 4 + [(["ann@x.io"], ["Ann@x.io", "ANN@X.IO"]), ([alike[1]], [alike[0]]), ([GONE], [])]
        )
    )
    account, keys = draw(people(more)), draw(service_keys())
    existing = {(user["email"] or user["id"]).lower(): user for user in account}
    existing.update({key["bot_user"]["id"]: key["bot_user"] for key in keys})
    ids = [user["id"] for user in [*account, *(key["bot_user"] for key in keys)] if "id" in user]
    existing.update({user["id"]: user for user in account if "id" in user})
    addresses = [user["email"] for user in account if user["email"]]
    references = [*ADDRESSES, *addresses, *ALIKE, *ALIKE.values(), *ids]
    once = draw(st.sampled_from([True] * 7 + [False]))
    named = draw(st.lists(st.sampled_from(references), min_size=1, max_size=5, unique=once))
    named += [reference for reference in special if reference not in named]
    users = [draw(entry_for(reference, existing)) for reference in named]
    users += draw(st.sampled_from([[]] * 9 + [[{"user_id": NO_USER, "name": "N"}]]))
    protected = draw(st.sampled_from(PROTECTIONS))
    mode = draw(st.sampled_from(["present", "purge", "purge", "purge", "absent", "absent"]))
    options = {
        "state": "absent" if mode == "absent" else "present",
        "purge": mode == "purge",
        "max_deletions": draw(st.sampled_from([12, 12, 12, 12, 1] + ([] if mode == "purge" else [None]))),
        "max_creations": draw(st.sampled_from([None, None, None, 4, 1])),
        "max_updates": draw(st.sampled_from([None, None, None, 2, 0])),
        "protected": ["*@Y.io", draw(st.sampled_from(UNUSABLE))] if protected is UNUSABLE else protected,
        "min_admins": draw(st.sampled_from([1, 0, 0, 2])),
        "role_mismatch": draw(st.sampled_from(["fail", "warn", "ignore"])),
        "concurrency": draw(st.sampled_from([1, 4])),
    }
    lacks = draw(st.sampled_from([{}] * 5 + [{"missing_permissions": {"admin": ["SERVICE_KEY_READ"]}}]))
    return Pair(
        account,
        keys,
        {"list_bot_users": True, **lacks},
        users,
        options,
        no_log=draw(st.sampled_from([True, True, True, False])),
    )


class Scene:
    """Runs a pair's roster on a fresh account without key owners."""

    def __init__(self, sim: Any, pair: Pair) -> None:
        self.sim = sim
        self.run = ModuleRunner(sim)
        self.pair = pair
        first, *_others = (user["id"] for user in self._fill())
        sim.seed_access(api_keys=[{**key, "user": first} for key in pair.keys])
        self.users = [
            {**entry, **({"user_id": self._id(entry["user_id"])} if "user_id" in entry else {})} for entry in pair.users
        ]

    def _fill(self) -> Any:
        self.sim.reset(self.pair.people, owners=False, settings=self.pair.account)
        return self.sim.users()

    def _id(self, reference: str) -> str:
        found = self.sim.find(reference)
        return found["id"] if found else NO_USER

    def try_(self, check: bool = False) -> Run:
        return self.run(
            "arize_user_roster", check=check, no_log=self.pair.no_log, users=self.users, **self.pair.options
        )

    def is_surprise(self, predicted: Entry, real: Entry) -> bool:
        """The documented limits of check mode: a blocked address, an unknown custom role."""
        if (predicted["status"], real["status"]) != ("created", "failed") or real["changed"]:
            return False
        found = self.sim.find(real["email"])
        blocked = bool(found) and found["status"] == "BLOCKED" and real["error"]["kind"] == "blocked"
        return blocked or (predicted["user"]["custom_role_id"] == STRANGER and real["error"]["kind"] == "not_found")


# -- the rules, read a second time ---------------------------------------------------------------------------------


def lower(user: Entry) -> str:
    return (user["email"] or "").lower()


def looks(address: str) -> str:
    """The address that a reader takes it for."""
    return ALIKE.get(address.lower(), address.lower())


def exist(users: list[Entry]) -> list[Entry]:
    return [user for user in users if user["status"] != "BLOCKED"]


class Oracle:
    """Checks the changes of a run to the account against the rules."""

    def __init__(self, scene: Scene, before: list[Entry], after: list[Entry]) -> None:
        self.options = scene.pair.options
        ids = {user["id"] for user in before}
        now = {user["id"]: user for user in after}
        self.before, self.after = exist(before), exist(after)
        self.deleted = [user for user in self.before if now[user["id"]]["status"] == "BLOCKED"]
        self.created = [user for user in after if user["id"] not in ids]
        self.updated = [
            (user, now[user["id"]]) for user in self.before if user not in self.deleted and now[user["id"]] != user
        ]
        self.addresses = {entry["email"].lower() for entry in scene.users if "email" in entry}
        self.exact = {entry["email"] for entry in scene.users if "email" in entry}
        self.ids = {entry["user_id"] for entry in scene.users if "user_id" in entry}
        readable = "missing_permissions" not in scene.pair.account
        active = [key for key in scene.pair.keys if key["status"] == "ACTIVE" and readable]
        self.bots = {key["bot_user"]["id"] for key in active}

    def is_named(self, user: Entry) -> bool:
        return user["id"] in self.ids or lower(user) in self.addresses

    def is_protected(self, user: Entry) -> bool:
        meanings = [PROTECTED[entry] for entry in self.options["protected"]]
        spellings = {lower(user), looks(lower(user))}  # what looks alike is protected, too
        return any(meaning and re.fullmatch(meaning, text) for meaning in meanings for text in spellings)

    def is_kept_by_purge(self, user: Entry) -> bool:
        """Whether a purge must not delete the user."""
        hidden = user["email"] is None or user["id"] in self.bots
        return hidden or self.is_named(user) or self.is_protected(user)

    def is_selected(self, user: Entry) -> bool:
        """Whether absent may delete the user: selected by ID, letter for letter, or by the only address in any case."""
        twins = [other for other in self.before if lower(other) == lower(user)]
        by_address = user["email"] in self.exact or (lower(user) in self.addresses and len(twins) == 1)
        return user["id"] in self.ids or by_address

    def is_missing_a_user(self) -> bool:
        """Whether a user of the roster is not in the account at the end."""
        found = {lower(user) for user in self.after} | {user["id"] for user in self.after}
        return not (self.addresses | self.ids) <= found

    def misspelt(self) -> set[str]:
        """The exact addresses of `protected` that no user has."""
        exact = {
            entry.strip().lower() for entry in self.options["protected"] if entry and not re.search(r"[*?[]", entry)
        }
        return exact - {looks(lower(user)) for user in self.before}

    def judge(self) -> None:
        """Check that nothing was done that a rule forbids."""
        done = {"max_deletions": self.deleted, "max_creations": self.created, "max_updates": self.updated}
        for limit, users in done.items():
            assert self.options[limit] is None or len(users) <= self.options[limit]
        assert not any(map(self.is_protected, self.deleted))
        assert not {looks(user["email"]) for user in self.deleted if user["email"]} & {
            looks(user["email"]) for user in self.created
        }
        if any(entry is None or PROTECTED[entry] is None for entry in self.options["protected"]):
            assert self.deleted + self.created + self.updated == []
        self._judge_admins()
        if self.options["state"] == "absent":
            assert all(map(self.is_selected, self.deleted))
            assert self.created + self.updated == []
        elif self.deleted:
            assert self.options["purge"]
            assert not any(map(self.is_kept_by_purge, self.deleted))
            assert not self.is_missing_a_user()
        assert not (self.deleted and self.misspelt())

    def _judge_admins(self) -> None:
        known = [{"type": "PREDEFINED", "name": name.upper()} for name in ROLES[1:]]
        admins = [
            user
            for user in self.deleted
            if user["status"] not in ("INVITED", "EXPIRED")
            and user["id"] not in self.bots
            and user.get("role") not in known
            and (user.get("role") or {}).get("type") != "CUSTOM"
        ]
        if admins:
            left = [
                user
                for user in self.before
                if user not in self.deleted
                and user["status"] == "ACTIVE"
                and user.get("role") == {"type": "PREDEFINED", "name": "ADMIN"}
                and user["id"] not in self.bots
            ]
            assert len(left) >= self.options["min_admins"]

    def judge_success(self) -> None:
        """Check that a run that did not fail has left nothing undone."""
        if self.options["purge"]:
            named = {lower(user) for user in self.after if self.is_named(user)}  # who may be another one's twin
            assert all(self.is_kept_by_purge(user) or lower(user) in named for user in self.after)
        if self.options["state"] == "absent":
            left = [user for user in self.before if self.is_selected(user) and user not in self.deleted]
            assert not left, (left, self.before, self.exact, self.ids, self.options)
        else:
            assert not self.is_missing_a_user()

    def leaves_a_twin(self) -> bool:
        """Where two addresses differ only in case, the next absent selects the one that is left."""
        return self.options["state"] == "absent" and any(
            lower(user) == lower(other) != "" for user in self.deleted for other in self.after
        )

    def diff(self) -> dict[str, list[list[str]]]:
        """The rows of the diff."""
        before = [*self.deleted, *(old for old, _new in self.updated)]
        after = [*self.created, *(new for _old, new in self.updated)]
        return {"before": sorted(map(row, before)), "after": sorted(map(row, after))}


def row(user: Entry) -> list[str]:
    role = user.get("role")
    word = "?" if not role else role["name"] if role["type"] == "CUSTOM" else role["name"].lower()
    cells = [user["email"] or user["id"], word, "developer" if user["is_developer"] else "-"]
    return [*cells, *filter(None, [" ".join(user["name"].split())])]


def rows(text: str) -> list[list[str]]:
    return [re.split(" {2,}", line) for line in text.splitlines()]


# -- check mode against the real run -------------------------------------------------------------------------------


def same(predicted: Entry, real: Entry) -> bool:
    """Whether one user's result is as predicted."""
    user, real_user = predicted.get("user"), real.get("user")
    rest, real_rest = ({**item, "user": None, "temporary_password": None} for item in (predicted, real))
    if real["status"] == "created":
        rest["user_id"] = real["user_id"]  # only the server can know
    return rest == real_rest and agrees(user, real_user)


def compare(scene: Scene, checked: Run, real: Run) -> bool:
    """The check run against the real run from the same state; return whether there were surprises."""
    if "entries" not in real.result:  # refused
        for name in ("msg", "error", "changed", "deletions"):
            assert checked.result.get(name) == real.result.get(name)
        assert real.writes == []
        return False
    both = list(zip(checked["entries"], real["entries"], strict=True))
    assert [item["email"] for item, _real in both] == [item["email"] for _checked, item in both]
    surprises = [item for item, other in both if scene.is_surprise(item, other)]
    for item, other in both:
        # A surprise holds the purge up, or is one more reason that does.
        purge_called_off = surprises and item["status"] in ("deleted", "skipped") and other["status"] == "skipped"
        assert same(item, other) or scene.is_surprise(item, other) or purge_called_off, (item, other)
    assert bool(real.writes) >= real.changed
    assert sorted(real["mailed"]) == sorted(mail["to"] for mail in real.mails)
    if surprises:
        assert (real.kind, real["summary"]["deleted"]) == ("partial", 0)
        return True
    for name in ("changed", "summary", "deletions", "mailed", "warnings", "msg", "error"):
        assert checked.result.get(name) == real.result.get(name), name
    assert sum(real["summary"].values()) == len(both)
    for side in ("before", "after"):
        compare_rows(rows(checked["diff"][side]), rows(real["diff"][side]))
    return False


def compare_rows(predicted: list[list[str]], real: list[list[str]]) -> None:
    for (email, role, developer, *name), (real_email, real_role, real_developer, *real_name) in zip(
        predicted, real, strict=True
    ):
        assert (email, name) == (real_email, real_name)
        assert role == real_role or (role, real_role) == (AUDITOR, "Auditor")
        assert developer in (real_developer, "?")


def judge(scene: Scene, trial: Trial) -> set[str]:
    """Check a trial, and run the task once more."""
    real, users = trial.real, trial.after.users
    surprised = compare(scene, trial.checked, real)
    oracle = Oracle(scene, trial.before.users, users)
    oracle.judge()
    if not real.failed:
        oracle.judge_success()
    if "diff" in real.result:
        listed = {side: rows(text) for side, text in real["diff"].items()}
        assert {side: sorted(lines) for side, lines in listed.items()} == oracle.diff()
        assert all(lines == sorted(lines, key=lambda cells: cells[0].lower()) for lines in listed.values())
    if not oracle.leaves_a_twin():
        again = scene.try_()
        assert (scene.sim.users(), again.changed, again.mails) == (users, False, [])
        assert again.failed == real.failed
        assert [entry["method"] for entry in again.writes if not surprised] == []
    entries = real.result.get("entries", [])
    kinds = {item["error"]["kind"] for item in entries if "error" in item}
    return {real.kind or "ok", *(["surprise"] if surprised else []), *(item["status"] for item in entries), *kinds}


@pytest.mark.hypothesis
def test_check_mode_predicts_and_a_second_run_changes_nothing(sim: Any, compared: Counter[str]) -> None:
    refusals = ["too_many_deletions", "too_many_creations", "protected", "too_few_admins", "lookalike"]
    kinds = ["ok", "partial", "bad_option", "no_log_needed", "ambiguous", *refusals]
    statuses = ["created", "updated", "deleted", "unchanged", "not_found", "failed", "skipped", "surprise"]
    compare_pairs(sim, compared, "roster", pairs(), Scene, judge, [*kinds, *statuses])
