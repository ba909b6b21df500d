"""Every fault, then every fault, at the writes of roles, role bindings, spaces, projects and restrictions; by a roster too.

Results are judged by what the two faults have left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.cell import Clock
from tests.faults.scenes import ACCESS, ACCESS_SCENES, DESIRED, ENDPOINTS, REVIEWER, ROSTER, Scene
from tests.faults.test_fault_pairs import FAULTS, following
from tests.journeys.harness import ModuleRunner, Run

NEW_AND_BOUND = {"users": [{**DESIRED, "access": [REVIEWER]}]}
TASKS = [
    *(scene for scene in ACCESS_SCENES if not scene.reads),
    Scene("user and role binding", "create", ROSTER, NEW_AND_BOUND),
    Scene("user and role binding", "create a role binding", ROSTER, NEW_AND_BOUND),
]


class Trial:
    """One run of a task that meets these faults, and the users, roles and role bindings that it has left."""

    def __init__(self, sim: Any, scene: Scene, faults: list[dict[str, Any]]) -> None:
        options = scene.arrange(sim)
        self.writes_once = bool(scene.names)
        if not self.writes_once:
            sim.seed_access(**{kind: items for kind, items in ACCESS.items() if kind != "role_bindings"})
        sim.faults(faults)
        self.before = state(sim)
        with Clock(1.0).replaced():
            self.run: Run = ModuleRunner(sim)(scene.module, max_retries=2, max_retry_wait=2, **options)
        self.after = state(sim)
        self.ids = {
            item["id"] for kind in ("roles", "role_bindings", "spaces", "projects") for item in sim.access()[kind]
        }

    def misreports(self, done: Trial) -> Iterator[str]:
        """Yield what is not as the result says. *done* is the same task without faults."""
        differs = self.after != self.before
        if differs != self.run.changed and (differs or not self.run.failed):
            yield f"changed is {self.run.changed}, but that the account differs is {differs}"
        if self.writes_once and self.after not in (self.before, done.after):
            yield "the account is neither as before nor as the task wants it"
        if "internal" in {self.run.kind, *(item["error"]["kind"] for item in self.items if "error" in item)}:
            yield "an unexpected exception"
        if not self.run.failed:
            if self.after != done.after:
                yield "success, but it was not done"
            if self.said != done.said or (self.result or {}).get("id") not in {*self.ids, None}:
                yield "success, but the result does not show what exists"
        told = {item["status"] for item in self.items} & {"created", "updated", "deleted"}
        if (told or self.run.result.get("actions")) and not differs:
            yield "an action is reported, but was not done"

    @property
    def result(self) -> Any:
        """The role or role binding of the result."""
        kinds = ("role", "role_binding", "space", "project", "restriction")
        return next((self.run.result[kind] for kind in kinds if self.run.result.get(kind)), None)

    @property
    def said(self) -> dict[str, Any]:
        """The result without what differs from run to run."""
        result = {name: value for name, value in (self.result or {}).items() if not name.endswith(("id", "_at"))}
        return {**result, "items": [(item["status"], item.get("changes"), item.get("role")) for item in self.items]}

    @property
    def items(self) -> list[dict[str, Any]]:
        """The entry of a roster, and its access."""
        return [item for entry in self.run.result.get("entries", []) for item in (entry, *entry.get("access", []))]


def state(sim: Any) -> tuple[list[Any], ...]:
    """Return the account by what it says, without the IDs of what is created: a second one of a kind is seen."""
    roles = {role["id"]: role for role in sim.roles()}
    said = [(role["name"], role.get("description"), role["permissions"]) for role in roles.values()]
    bound = [(each["user_id"], each["resource_id"], roles[each["role_id"]]["name"]) for each in sim.bindings()]
    spaces = [(space["name"], space["is_private"]) for space in sim.spaces()]
    places = [
        spaces,
        [project["name"] for project in sim.projects()],
        [one["resource_id"] for one in sim.restrictions()],
    ]
    return [(user["email"], user["name"]) for user in sim.users()], sorted(said, key=repr), sorted(bound), places


@pytest.mark.parametrize("first", FAULTS)
@pytest.mark.parametrize("scene", TASKS, ids=lambda scene: f"{scene.module}-{scene.endpoint}-{scene.name}")
def test_a_result_about_access_is_true_after_two_faults(
    sim: Any, counted: Counter[str], scene: Scene, first: str
) -> None:
    done = Trial(sim, scene, [])
    assert (done.run.failed, done.after != done.before) == (False, True)
    one = {**FAULTS[first], **ENDPOINTS[scene.endpoint]}
    alone = Trial(sim, scene, [one])
    wrong = [f"{first}: {text}" for text in alone.misreports(done)]
    counted["Pairs of faults survived"] += 1
    for second, two in following(alone):
        trial = Trial(sim, scene, [one, two])
        struck = [entry["faults"] for entry in trial.run.requests if entry["faults"]]
        assert len(struck) == 2, f"{second} did not strike"
        wrong += [f"{first}, then {second}: {text}" for text in trial.misreports(done)]
        counted["Pairs of faults survived"] += 1
    assert wrong == []
