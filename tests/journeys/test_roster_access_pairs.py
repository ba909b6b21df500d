"""Random accounts with role bindings, and rosters with access: check mode predicts, nothing is removed that was not asked for.

What a run has done is judged from the simulator's state, by rules that are read a second time here (`Oracle`). After each
run a report is made, and the account is exported and applied again.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

import pytest
from hypothesis import strategies as st

from tests.journeys.harness import ModuleRunner, Run
from tests.journeys.pairs import Trial, compare_pairs

pytestmark = pytest.mark.slow
PEOPLE = ["ann@x.io", "Joann@x.io", "bob@x.io"]
BOT, STRANGER = "VXNlcjpib3Qx", "Um9sZTo5OTk6bm9uZQ=="  # the bot user of a service key; an ID that nothing has
MAY_CREATE = ["ROLE_BINDING_CREATE"]
ROLES = ["Reviewer", "reviewer", "Annotator"]  # the last one has the name of a predefined role
SPACES = [("Prod", "East"), ("Prod", "West"), ("prod", "East"), ("Lab", "East")]
PROJECTS = [("Chat", 0), ("Chat", 3), ("chat", 0)]  # and the number of the space
UNKNOWN = {"id", "created_at", "updated_at", "user_id", "custom_role_name", "is_developer"}
Item = dict[str, Any]
Key = tuple[str, str]  # user and resource


class Pair(NamedTuple):
    """An account, and a roster; numbers stand for places, and names in options that end in _id, until they exist."""

    users: list[Item]
    places: tuple[list[int], list[int]]  # the spaces and projects that exist
    hidden: dict[int, list[str] | None]  # spaces whose bindings the key cannot see; None: nor the space itself
    bindings: list[tuple[str, str, int, str]]  # user, kind, number, role
    roster: list[Item]
    options: Item
    account: Item


@st.composite
def items(draw: Any, spaces: list[int], projects: list[int]) -> Item:
    """An item of access: mostly one that can be resolved."""
    roles = [*({"role": name} for name in ROLES), {"role": "Project Viewer"}, {"role_id": "Reviewer"}]
    role = draw(st.sampled_from(roles * 9 + [{"role": "Review"}, {"role_id": STRANGER}]))
    number = draw(st.sampled_from([*spaces * 9, 0]))
    name, organization = SPACES[number]
    ways: list[Item] = [{"space": name, "organization": organization}, {"space_id": number}]
    ways += [{"space": name}] if name != "Prod" else []
    where = draw(st.sampled_from(ways * 9 + [{"space": "Prod"}, {"space": "Prot"}]))
    if draw(st.sampled_from([True, False, False])):
        number = draw(st.sampled_from([*projects * 9, 0]))
        space, organization = SPACES[PROJECTS[number][1]]
        where = {"project": PROJECTS[number][0], "space": space, "organization": organization}
        where = draw(st.sampled_from([where, where, {"project_id": number}]))
    return {**role, **where}


@st.composite
def rosters(draw: Any, existing: list[str], spaces: list[int], projects: list[int]) -> list[Item]:
    who = st.sampled_from([*existing * 2, *PEOPLE, "new@x.io", BOT])
    roster = []
    for name in draw(st.lists(who, min_size=1, max_size=4, unique=True)):
        access = draw(st.sampled_from([None, [], ..., ..., ..., ...]))
        if access is ...:
            access = draw(st.lists(items(spaces, projects), max_size=3, unique_by=place_of))
        user = {"user_id": name} if name == BOT else {"email": name, "name": "N", "role": "member"}
        roster.append({**user, **({} if access is None else {"access": access})})
    return roster


def place_of(item: Item) -> Any:
    """Return the subject of an item, so that few rosters name it twice."""
    return (
        item.get("project_id"),
        item.get("project"),
        item.get("space_id"),
        item.get("organization"),
        item.get("space"),
    )


@st.composite
def pairs(draw: Any) -> Pair:
    existing = draw(st.lists(st.sampled_from(PEOPLE), unique=True))
    role = st.sampled_from(["MEMBER", "MEMBER", "MEMBER", "ADMIN"])
    users = [{"email": name, "name": draw(st.sampled_from(["N", "M"])), "role": draw(role)} for name in existing]
    most = st.sampled_from([True] * 9 + [False])
    spaces = [number for number in range(4) if draw(most)]
    projects = [number for number in range(3) if PROJECTS[number][1] in spaces and draw(most)]
    keys = [
        (user, kind, number)
        for user in [*existing, BOT]
        for kind, numbers in (("space", spaces), ("project", projects))
        for number in numbers
    ]
    bound = draw(st.lists(st.sampled_from(keys), unique=True, max_size=12)) if keys else []
    roles = st.sampled_from([*ROLES, "Project Viewer"])
    purge = draw(st.sampled_from([False, False, True]))
    return Pair(
        users,
        (spaces, projects),
        draw(st.sampled_from([{}] * 4 + [{number: seen} for number in spaces for seen in (None, MAY_CREATE)])),
        [(*key, draw(roles)) for key in bound],
        draw(rosters(existing, spaces, projects)),
        {
            "purge_access": draw(st.booleans()),
            "max_access_changes": draw(st.sampled_from([99] * 8 + [0, 1])),
            "purge": purge,
            "max_deletions": 9 if purge else None,
            "min_admins": 0,
            "role_mismatch": draw(st.sampled_from(["fail", "ignore"])),
            "concurrency": draw(st.sampled_from([1, 4])),
            "protected": ["*@simulator.example"],
        },
        {"list_bot_users": draw(st.booleans()), "empty_pages": draw(st.booleans())},
    )


class Scene:
    """A pair's account, and its roster with IDs."""

    def __init__(self, sim: Any, pair: Pair) -> None:
        self.sim = sim
        self.pair = pair
        self.run = ModuleRunner(sim)
        sim.reset(pair.users, settings=pair.account)
        sim.seed_access(
            api_keys=[{"name": "ci", "bot_user": {"id": BOT, "email": "bot@x.io", "name": "N"}}],
            organizations=[{"name": "East"}, {"name": "West"}],
            roles=[{"name": name, "permissions": ["PROJECT_READ"]} for name in ROLES],
        )
        self.ids: dict[tuple[str, int], str] = {}
        self._make("space", [{"name": name, "organization": where} for name, where in SPACES], pair.places[0])
        projects = [{"name": name, "space": self.ids.get(("space", number))} for name, number in PROJECTS]
        self._make("project", projects, pair.places[1])
        bindings = [
            {"user": user, kind: self.ids[kind, number], "role": self.role_id(role)}
            for user, kind, number, role in pair.bindings
        ]
        sim.seed_access(role_bindings=bindings)
        hidden = {self.ids["space", number]: seen for number, seen in pair.hidden.items()}
        sim.settings(space_permissions={"admin": hidden})
        self.roster = [self._filled(entry) for entry in pair.roster]

    def _make(self, kind: str, things: list[Item], numbers: list[int]) -> None:
        made = self.sim.seed_access(**{f"{kind}s": [things[number] for number in numbers]})[f"{kind}s"]
        self.ids.update({(kind, number): thing["id"] for number, thing in zip(numbers, made, strict=True)})

    def role_id(self, name: str) -> str:
        """The ID of the custom role of this name, else of the predefined one."""
        named = [role for role in self.sim.roles() if role["name"] == name]
        return min(named, key=lambda role: role["is_predefined"])["id"]

    def _filled(self, entry: Item) -> Item:
        if "access" not in entry:
            return entry
        return {
            **entry,
            "access": [{name: self._id(name, value) for name, value in item.items()} for item in entry["access"]],
        }

    def _id(self, option: str, value: Any) -> Any:
        if option == "role_id" and value != STRANGER:
            return self.role_id(value)
        return self.ids.get((option[:-3], value), STRANGER) if isinstance(value, int) else value

    def try_(self, check: bool = False, **more: Any) -> Run:
        return self.run("arize_user_roster", check=check, users=self.roster, **self.pair.options, **more)


class Oracle:
    """Checks the changes of a run to the role bindings against the rules."""

    def __init__(self, scene: Scene, users: list[Item], before: Item, after: Item) -> None:
        self.scene = scene
        self.pair = scene.pair
        self.access = after
        addresses = {(user["email"] or "").lower(): user["id"] for user in users}
        self.before, self.after = (
            {(item["user_id"], item["resource_id"]): item["role_id"] for item in state["role_bindings"]}
            for state in (before, after)
        )
        entries = [entry for entry in scene.roster if "access" in entry]
        ids = [entry.get("user_id") or addresses.get(entry["email"].lower(), "none") for entry in entries]
        self.managed = dict(zip(ids, entries, strict=True))
        self.gone = {user["id"] for user in users if user["status"] == "BLOCKED"}
        hidden = {scene.ids["space", number] for number in self.pair.hidden}
        self.unknown = {scene.ids["space", number] for number, seen in self.pair.hidden.items() if seen is None}
        self.hidden = hidden | {item["id"] for item in after["projects"] if item["space_id"] in hidden}

    def resolve(self, item: Item) -> tuple[str, str]:
        """The resource and the role of an item that the module has resolved."""
        role_id = item.get("role_id") or self.scene.role_id(item["role"])
        if "project_id" in item:
            return item["project_id"], role_id
        organization = [one["id"] for one in self.access["organizations"] if one["name"] == item.get("organization")]
        spaces = [item["space_id"]] if "space_id" in item else [
            space["id"]
            for space in self.access["spaces"]
            if space["name"] == item["space"]
            and space["id"] not in self.unknown
            and (not organization or space["organization_id"] in organization)
        ]  # fmt: skip
        if "project" in item:
            spaces = [
                one["id"]
                for one in self.access["projects"]
                if one["name"] == item["project"] and one["space_id"] in spaces
            ]
        (resource,) = spaces
        return resource, role_id

    def judge(self) -> None:
        """Check that nothing was done that the roster does not ask for."""
        wanted = {user: dict(map(self.resolve, entry["access"])) for user, entry in self.managed.items()}
        changes = [key for key in self.before.keys() | self.after.keys() if self.before.get(key) != self.after.get(key)]
        assert (
            len([user for user, _place in changes if user not in self.gone]) <= self.pair.options["max_access_changes"]
        )
        for (user, resource), role in self.before.items():
            now = self.after.get((user, resource))
            if now == role or user in self.gone:
                continue
            assert user in wanted, "a binding of another user was touched"
            if now is not None:
                assert now == wanted[user][resource]
                continue
            assert self.pair.options["purge_access"]
            assert user != BOT
            assert resource not in wanted[user]
            assert resource not in self.hidden
        for (user, resource), role in self.after.items():
            assert (user, resource) in self.before or wanted[user][resource] == role

    def judge_success(self) -> None:
        """Check that a run that did not fail has left nothing undone."""
        for user, entry in self.managed.items():
            wanted = dict(map(self.resolve, entry["access"]))
            found = {resource: role for (whose, resource), role in self.after.items() if whose == user}
            assert wanted.items() <= found.items()
            if self.pair.options["purge_access"] and user != BOT:
                assert found.keys() - self.hidden <= wanted.keys()


def is_surprise(predicted: Item, real: Item) -> bool:
    """The documented limits of check mode: an unknown ID, a binding that the key cannot see."""
    if (predicted["status"], real["status"]) == ("deleted", "skipped"):
        return "another role binding" in real["error"]["msg"]
    return real["status"] == "failed" and real["error"]["kind"] in ("forbidden", "not_found", "conflict", "bad_request")


def compare(checked: Run, real: Run) -> bool:
    """Compare the check run with the real run from the same state; return whether there were surprises."""
    if "entries" not in real.result:  # refused
        for name in ("msg", "error", "changed", "deletions"):
            assert checked.result.get(name) == real.result.get(name)
        assert real.writes == []
        return False
    surprised = False
    for predicted, found in zip(checked["entries"], real["entries"], strict=True):
        bindings = list(zip(predicted.get("access", []), found.get("access", []), strict=True))
        odd = [is_surprise(one, other) for one, other in bindings if one != other]
        assert all(odd), bindings
        surprised |= bool(odd)
        if not odd:
            assert without_what_only_the_server_knows(predicted) == without_what_only_the_server_knows(found)
    if not surprised:
        for name in ("changed", "summary", "access_summary", "deletions", "mailed", "msg", "error", "warnings"):
            assert checked.result.get(name) == real.result.get(name), name
        assert checked["diff"]["before"] == real["diff"]["before"]
        assert checked["diff"]["after"].split() == real["diff"]["after"].replace(" ? ", " - ").split()
    return surprised


def without_what_only_the_server_knows(entry: Item) -> Item:
    user = {name: value for name, value in (entry.get("user") or {}).items() if name not in UNKNOWN}
    return {**entry, "user": user, "user_id": None}


def assert_reported(scene: Scene, again: Run) -> None:
    """Check that a report names each user of the roster, and as differences what a run would do."""
    state = scene.sim.access()
    report = scene.try_(check=True, report_all=True)
    assert scene.sim.access() == state
    assert len(report["entries"]) >= len(scene.roster)
    if not again.failed:
        assert (report.failed, report.changed, report["refusals"]) == (False, False, [])
        assert report["summary"] == again["summary"]


def assert_round_trip(scene: Scene) -> None:
    """Check that what the account is exported as changes nothing."""
    exported = scene.run("arize_user_info", access=True)
    assert exported.failed is False
    state = scene.sim.access()
    done = scene.run(
        "arize_user_roster",
        users=exported["roster"],
        purge=True,
        purge_access=True,
        max_deletions=0,
        max_access_changes=0,
    )
    assert (done.failed, done.changed, done.writes) == (False, False, []), done.result
    assert scene.sim.access() == state
    listed = sum(len(user["access"]) for user in exported["users"])
    assert listed == sum(len(entry.get("access", [])) for entry in exported["roster"])


def judge(scene: Scene, trial: Trial) -> set[str]:
    """Check a trial, run the task once more, and apply what the account is exported as."""
    sim, real, after = scene.sim, trial.real, trial.after.access
    surprised = compare(trial.checked, real)
    oracle = Oracle(scene, trial.after.users, trial.before.access, after)
    if "entries" in real.result:
        oracle.judge()
    else:
        assert after == trial.before.access
    if not real.failed:
        oracle.judge_success()
    again = scene.try_()
    assert (sim.access(), again.changed) == (after, False)
    if MAY_CREATE not in scene.pair.hidden.values():  # else what it has created is in its way
        assert again.failed == real.failed
        assert surprised or again.writes == []
    assert_reported(scene, again)
    assert_round_trip(scene)
    bindings = [item for entry in real.result.get("entries", []) for item in entry.get("access", [])]
    statuses = {f"binding {item['status']}" for item in bindings}
    kinds = {item["error"]["kind"] for item in bindings if "error" in item}
    return {real.kind or "ok", *(["surprise"] if surprised else []), *statuses, *kinds}


@pytest.mark.hypothesis
def test_check_mode_predicts_and_nothing_is_removed_that_was_not_asked_for(sim: Any, compared: Counter[str]) -> None:
    kinds = ["ok", "partial", "not_found", "ambiguous", "bad_option", "surprise", "conflict", "forbidden"]
    kinds += ["too_many_access_changes"]
    statuses = [f"binding {done}" for done in ("created", "updated", "deleted", "unchanged", "failed", "skipped")]
    compare_pairs(sim, compared, "roster with access", pairs(), Scene, judge, [*kinds, *statuses])
