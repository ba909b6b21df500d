"""Random pairs (account, task) of spaces, projects and restrictions: check mode predicts the real run."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from arize_ax_simulator import ADMIN_KEY, MEMBER_KEY
from hypothesis import strategies as st

from tests.journeys.harness import Run
from tests.journeys.pairs import compare_pairs
from tests.journeys.test_access_pairs import PEOPLE, PROJECTS, SPACES, STRANGER, Pair, Scene, judge

pytestmark = pytest.mark.slow
SPACE, PROJECT, RESTRICTION = "arize_space", "arize_project", "arize_resource_restriction"
ORGANIZATIONS = ["East", "West", "North"]  # the last one does not exist


@st.composite
def accounts(draw: Any) -> dict[str, list[dict[str, Any]]]:
    where = st.tuples(st.sampled_from(SPACES), st.sampled_from(ORGANIZATIONS[:2]))
    spaces = [
        {"name": name, "organization": organization, "is_private": draw(st.booleans()), "description": draw(TEXTS)}
        for name, organization in draw(st.lists(where, unique=True, min_size=1, max_size=4))
    ]
    places = sorted({space["name"] for space in spaces})
    project = st.fixed_dictionaries({"name": st.sampled_from(PROJECTS), "space": st.sampled_from(places)})
    projects = draw(st.lists(project, max_size=2, unique_by=lambda item: item["name"]))
    names = [item["name"] for item in projects]
    some = st.sampled_from([names, names[:1], []])
    bindings = [
        {"user": user, "role": "Project Viewer", "project": name}
        for name in draw(some)
        for user in draw(st.sampled_from([PEOPLE, PEOPLE[:1]]))
    ]
    return {
        "organizations": [{"name": name} for name in ORGANIZATIONS[:2]],
        "spaces": spaces,
        "projects": projects,
        "role_bindings": bindings,
        "resource_restrictions": [{"project": name} for name in draw(some)],
    }


TEXTS = st.sampled_from(["", "", "Reads"])
# A space by name, in an organization or not, or by ID; None is not given.
IN_SPACE = [
    {"space": st.sampled_from(SPACES)},
    {"space": st.sampled_from(SPACES), "organization": st.sampled_from(ORGANIZATIONS)},
    {"space_id": st.sampled_from([*SPACES, STRANGER])},
]
STATE = {"require_bindings": st.sampled_from([0, 1, 1, 2]), "state": st.sampled_from(["present", "present", "absent"])}
TASKS: list[tuple[str, dict[str, st.SearchStrategy[Any]]]] = [
    *(
        (
            SPACE,
            {
                "name": st.sampled_from(SPACES),
                "description": st.sampled_from([None, "", "Reads", " Reads\n"]),
                "is_private": st.sampled_from([None, True, False]),
                **more,
            },
        )
        for more in (
            {"organization": st.sampled_from([None, *ORGANIZATIONS])},
            {"organization_id": st.sampled_from([*ORGANIZATIONS[:2], STRANGER])},
            {"space_id": st.sampled_from([*SPACES, STRANGER])},
        )
    ),
    *((PROJECT, {"name": st.sampled_from(PROJECTS), **space}) for space in IN_SPACE),
    (PROJECT, {"name": st.sampled_from(PROJECTS), "project_id": st.sampled_from([*PROJECTS, STRANGER])}),
    *((RESTRICTION, {"project": st.sampled_from(PROJECTS), **space, **STATE}) for space in IN_SPACE),
    (RESTRICTION, {"project_id": st.sampled_from([*PROJECTS, STRANGER]), **STATE}),
]


@st.composite
def pairs(draw: Any) -> Pair:
    module, options = draw(st.sampled_from(TASKS))
    account = {
        "enums": draw(st.sampled_from(["upper", "upper", "lower"])),
        "empty_pages": draw(st.booleans()),
        "space_organizations": draw(st.booleans()),
        "missing_permissions": {"admin": draw(st.sampled_from([[], [], ["PROJECT_RESTRICT"], ["ROLE_BINDING_READ"]]))},
    }
    hidden = draw(st.sampled_from([[], [], SPACES[:1]]))
    key = draw(st.sampled_from([ADMIN_KEY, ADMIN_KEY, ADMIN_KEY, MEMBER_KEY]))
    return Pair(draw(accounts()), account, module, draw(st.fixed_dictionaries(options)), key, hidden)


class PlaceScene(Scene):
    """Runs a pair's task on a fresh account."""

    def __init__(self, sim: Any, pair: Pair) -> None:
        super().__init__(sim, pair)
        hidden = {space["id"]: None for space in sim.spaces() if space["name"] in pair.hidden}
        sim.settings(space_permissions={"admin": hidden, "member": hidden})

    def may_surprise(self, real: Run) -> bool:
        """The documented limits of check mode: an ID that nothing has, a permission, a name."""
        limited = STRANGER in self.options.values() or bool(self.pair.hidden) or self.pair.key == MEMBER_KEY
        renames = self.pair.options.get("space_id") or self.pair.options.get("project_id")
        return (
            (real.kind in ("not_found", "forbidden") and limited)
            or (real.kind == "forbidden" and self.pair.module == RESTRICTION and bool(self._missing))
            or (real.kind == "conflict" and bool(renames or limited))
            or (real.kind == "unprocessable" and bool(renames))
        )

    @property
    def _missing(self) -> list[str]:
        return list(self.pair.settings["missing_permissions"]["admin"])


@pytest.mark.hypothesis
def test_check_mode_predicts_and_a_second_run_changes_nothing(sim: Any, compared: Counter[str]) -> None:
    places = [f"{key} {done}" for key in ("space", "project") for done in ([], ["create"], ["update"])]
    restrictions = [f"restriction {done}" for done in ([], ["restrict"], ["unrestrict"])]
    task = "space, project or restriction"
    compare_pairs(sim, compared, task, pairs(), PlaceScene, judge, [*places, *restrictions])
