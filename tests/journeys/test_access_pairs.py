"""Random pairs (account, task) of roles and bindings: check mode predicts the real run, and what is done stays done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import pytest
from arize_ax_simulator import ADMIN_KEY, MEMBER_KEY
from hypothesis import strategies as st

from tests.journeys.harness import ModuleRunner, Run
from tests.journeys.pairs import Trial, compare_pairs

pytestmark = pytest.mark.slow
ROLE, BINDING = "arize_role", "arize_role_binding"
PEOPLE = ["ann@x.io", "Joann@x.io"]
# Names that differ in case alone, contain each other, or are those of predefined roles.
ROLES = ["Reviewer", "reviewer", "Reviewer 2", "Annotator", "Admin"]
SPACES = ["Prod", "prod", "Prod 2"]
PROJECTS = ["Chat", "chat"]
PERMISSIONS = ["PROJECT_READ", "PROJECT_UPDATE", "DATASET_READ"]
TARGETS = ("space", "project")
STRANGER = "Um9sZTo5OTk6bm9uZQ=="  # an ID that nothing has
UNKNOWN = {"id", "created_at", "updated_at", "resource_id"}  # what only the server can know


class Pair(NamedTuple):
    """An account, and a task; an option that ends in _id holds a name until the account is there."""

    access: dict[str, list[dict[str, Any]]]
    settings: dict[str, Any]
    module: str
    options: dict[str, Any]
    key: str
    hidden: Sequence[str] = ()  # the names of the spaces that no key sees


@st.composite
def accounts(draw: Any) -> dict[str, list[dict[str, Any]]]:
    roles = [
        {
            "name": name,
            "permissions": draw(st.sets(st.sampled_from(PERMISSIONS), min_size=1).map(sorted)),
            **draw(st.sampled_from([{}, {"description": "Reads"}])),
        }
        for name in draw(st.lists(st.sampled_from(ROLES[:4]), unique=True))
    ]
    spaces = [
        {"name": name, "organization": draw(st.sampled_from(["East", "West"])), "is_private": draw(st.booleans())}
        for name in draw(st.lists(st.sampled_from([*SPACES, "Prod"]), max_size=3))
    ]
    places = sorted({space["name"] for space in spaces})
    project = st.fixed_dictionaries({"name": st.sampled_from(PROJECTS), "space": st.sampled_from(places or [""])})
    projects = draw(st.lists(project, max_size=2, unique_by=lambda item: item["name"])) if places else []
    targets = [("space", name) for name in places] + [("project", item["name"]) for item in projects]
    keys = [(user, kind, name) for user in PEOPLE for kind, name in targets]
    bound = draw(st.lists(st.sampled_from(keys), unique=True)) if keys else []
    role = st.sampled_from([*(item["name"] for item in roles), "Project Viewer"])
    return {
        "organizations": [{"name": "East"}, {"name": "West"}],
        "spaces": spaces,
        "projects": projects,
        "roles": roles,
        "role_bindings": [{"user": user, kind: name, "role": draw(role)} for user, kind, name in bound],
    }


@st.composite
def pairs(draw: Any) -> Pair:
    module = draw(st.sampled_from([ROLE, BINDING, BINDING]))
    state = draw(st.sampled_from(["present", "present", "absent"]))
    access = draw(accounts())
    options = draw(role_options(access, state) if module == ROLE else binding_options(access, state))
    account = {
        "enums": draw(st.sampled_from(["upper", "upper", "lower"])),
        "empty_pages": draw(st.booleans()),
        "member_permissions": draw(st.sampled_from([[], ["ROLE_BINDING_READ"]])),
    }
    key = draw(st.sampled_from([ADMIN_KEY, ADMIN_KEY, ADMIN_KEY, MEMBER_KEY]))
    return Pair(access, account, module, options | {"state": state}, key)


@st.composite
def role_options(draw: Any, access: Any, state: str) -> dict[str, Any]:
    existing = [item["name"] for item in access["roles"]]
    permissions = st.lists(st.sampled_from([*PERMISSIONS, " project_read "]), min_size=1)
    if state == "absent" and existing and draw(st.booleans()):
        return draw(st.sampled_from([{key: name} for name in existing for key in ("name", "role_id")]))
    return {
        "name": draw(st.sampled_from([*ROLES, *existing])),
        "role_id": draw(st.sampled_from([None, None, None, *ROLES[:3], STRANGER])),
        "description": draw(st.sampled_from([None, "", "Reads", " Reads\n"])),
        "permissions": draw(st.none() | permissions | permissions),
    }


@st.composite
def binding_options(draw: Any, access: Any, state: str) -> dict[str, Any]:
    bound = [(item["user"], kind, item[kind]) for item in access["role_bindings"] for kind in TARGETS if kind in item]
    free = [(user, kind, item["name"]) for user in PEOPLE for kind in TARGETS for item in access[f"{kind}s"]]
    if free and draw(st.booleans()):  # all of it exists
        user, kind, name = draw(st.sampled_from([*bound, *free]))
        named = st.sampled_from(["Project Viewer", *(item["name"] for item in access["roles"])])
        role = draw(st.sampled_from([{"role": draw(named)}, {"role_id": draw(named)}]))
        either = st.sampled_from([role, {}]) if state == "absent" else st.just(role)
        return {"email": user, f"{kind}_id": name, **draw(either)}
    roles = [("role", name) for name in ROLES] + [
        ("role_id", name) for name in [*ROLES[:2], "Project Viewer", STRANGER]
    ]
    resources = [
        {"space": draw(st.sampled_from(SPACES))},
        {"space": draw(st.sampled_from(SPACES)), "organization": draw(st.sampled_from(["East", "West", "North"]))},
        {"space_id": draw(st.sampled_from(SPACES))},
        {"space": draw(st.sampled_from(SPACES)), "project": draw(st.sampled_from(PROJECTS))},
        {"project_id": draw(st.sampled_from(PROJECTS))},
    ]
    user = draw(
        st.sampled_from([*({"email": name} for name in [*PEOPLE, "ANN@x.io", "unknown@x.io"]), {"user_id": PEOPLE[0]}])
    )
    role = draw(st.sampled_from([*roles, *([None] if state == "absent" else [])]))
    return {**user, **draw(st.sampled_from(resources)), **({role[0]: role[1]} if role else {})}


class Scene:
    """Runs a pair's task on a fresh account."""

    def __init__(self, sim: Any, pair: Pair) -> None:
        self.sim = sim
        self.pair = pair
        self.run = ModuleRunner(sim)
        sim.reset([{"email": address} for address in PEOPLE], settings=pair.settings)
        sim.seed_access(**pair.access)
        self.options = {name: self._id(name, value) for name, value in pair.options.items()}

    def _id(self, option: str, value: Any) -> Any:
        """Return the ID for an option that is one: of what has that name, else of nothing."""
        if not option.endswith("_id") or value in (None, STRANGER):
            return value
        if option == "user_id":
            return self.sim.find(value)["id"]
        named = [item["id"] for item in self.sim.access()[option.replace("_id", "s")] if item["name"] == value]
        return named[0] if named else STRANGER

    def try_(self, check: bool = False) -> Run:
        return self.run(self.pair.module, check=check, api_key=self.pair.key, **self.options)

    def names_what_is_missing(self, run: Run) -> bool:
        """Whether check mode has warned of a name that does not exist yet."""
        return "must exist before the real run" in str(run.result.get("warnings"))

    def may_surprise(self, real: Run) -> bool:
        """The documented limits of check mode: an unknown ID, a missing permission, a role in use."""
        strangers = STRANGER in self.options.values()
        return (
            (real.kind == "not_found" and strangers)
            or (real.kind == "forbidden" and (strangers or self.pair.key == MEMBER_KEY))
            or (real.kind == "conflict" and self.pair.key == MEMBER_KEY)  # a binding that it cannot see
            or (real.kind == "conflict" and self.pair.module == ROLE)  # a name that is taken
            or real.kind == "role_in_use"
        )


def compare(scene: Scene, checked: Run, real: Run) -> str:
    """Compare the check run with the real run from the same state, and return what came of it."""
    if scene.names_what_is_missing(checked):
        assert (real.kind, real.changed, real.writes) == ("not_found", False, [])
        return "not there yet"
    if checked.failed and real.kind == "not_found":  # check mode goes on after a name that does not exist yet
        assert (checked.changed, real.changed, real.writes) == (False, False, [])
        return checked.kind or ""
    if real.failed and not checked.failed:
        assert scene.may_surprise(real), real.msg
        assert real.changed is False
        return f"surprise: {real.kind}"
    key = scene.pair.module.removeprefix("arize_").removeprefix("resource_")
    assert (checked.failed, checked.kind, checked.changed) == (real.failed, real.kind, real.changed)
    assert checked.result.get("actions") == real.result.get("actions")
    if real.failed:
        assert (checked.msg, real.writes, real.changed) == (real.msg, [], False)
        return str(real.kind)
    assert (len(real.writes) == 1) == real.changed
    assert checked["diff"]["before"] == real["diff"]["before"]
    for run in (checked, real):
        assert run["diff"]["after"] == (run[key] or {})
    assert agrees(checked[key], real[key])
    assert (real["diff"]["before"] == real["diff"]["after"]) == (not real.changed)
    return f"{key} {real['actions']}"


def agrees(predicted: Any, real: Any) -> bool:
    if not predicted or not real:
        return bool(predicted == real)
    return set(predicted) == set(real) and all(
        value == real[name] or (value is None and name in UNKNOWN) for name, value in predicted.items()
    )


def judge(scene: Scene, trial: Trial) -> list[str]:
    """Check a trial, and run the task once more."""
    real = trial.real
    outcome = compare(scene, trial.checked, real)
    again = scene.try_()
    assert scene.sim.access() == trial.after.access
    assert (again.changed, again.kind) == (False, real.kind)
    assert real.failed or again.writes == []
    return [outcome]


@pytest.mark.hypothesis
def test_check_mode_predicts_and_a_second_run_changes_nothing(sim: Any, compared: Counter[str]) -> None:
    actions = [[], ["create"], ["update"], ["delete"]]
    expected = [f"{key} {done}" for key in ("role", "role_binding") for done in actions]
    compare_pairs(sim, compared, "role or binding", pairs(), Scene, judge, expected)
