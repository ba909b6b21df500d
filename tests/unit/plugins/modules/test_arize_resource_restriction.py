"""arize_resource_restriction: what it asks, what it sends and what it returns, in check mode and for real."""

from __future__ import annotations

from functools import partial

import pytest
from ansible_collections.arize.ax.plugins.modules import arize_resource_restriction
from ansible_collections.arize.ax.tests.unit.support.access import (
    PROJECT_ID,
    SPACE_ID,
    TIMES,
    binding,
    listing,
    project,
    restriction,
    space,
    write,
)
from ansible_collections.arize.ax.tests.unit.support.task import Task
from ansible_collections.arize.ax.tests.unit.support.wire import LOST, answer, problem

SHOWN = {"resource_type": "project", "resource_id": PROJECT_ID, "created_at": TIMES["created_at"]}
BY_ID = {"project_id": PROJECT_ID}
BY_NAME = {"project": "Chat", "space": "Prod"}
NAMES = [listing("spaces", space(), name="Prod"), listing("projects", project(), name="Chat", space_id=SPACE_ID)]
restrictions = partial(listing, "resource_restrictions", resource_type="PROJECT")
bound = partial(listing, "role_bindings", resource_type="PROJECT")
BINDING = binding(resource_type="PROJECT", resource_id=PROJECT_ID)
OTHER = binding(resource_type="PROJECT", resource_id="other", id="b2")
restrict = partial(write, "POST", "resource_restrictions", resource_id=PROJECT_ID)
unrestrict = partial(write, "DELETE", "resource_restrictions", item_id=PROJECT_ID)
GONE = problem(404, "Not Found")


@pytest.fixture
def task(server):
    return Task(arize_resource_restriction, server)


@pytest.mark.parametrize(
    ("options", "calls", "actions", "before", "after"),
    [
        pytest.param(
            BY_ID,
            [restrictions(restriction("other")), bound(OTHER, BINDING), restrict(restriction())],
            ["restrict"],
            None,
            SHOWN,
            id="restrict",
        ),
        pytest.param(
            {**BY_NAME, "require_bindings": 0},
            [*NAMES, restrictions(more="c"), restrictions(cursor="c"), restrict(restriction())],
            ["restrict"],
            None,
            SHOWN,
            id="by name, without counting, past an empty page",
        ),
        pytest.param(
            {**BY_ID, "require_bindings": 5},
            [restrictions(more="c"), restrictions(restriction(), cursor="c")],
            [],
            SHOWN,
            SHOWN,
            id="unchanged, whatever its bindings",
        ),
        pytest.param({**BY_ID, "state": "absent"}, [restrictions()], [], None, None, id="absent"),
        pytest.param(
            {**BY_NAME, "state": "absent"},
            [*NAMES, restrictions(restriction()), unrestrict(answer(204))],
            ["unrestrict"],
            SHOWN,
            None,
            id="unrestrict",
        ),
    ],
)
def test_converges(task, options, calls, actions, before, after):
    result = task.run_both(*calls, **options)
    assert (result["actions"], result["changed"], result["restriction"]) == (actions, bool(actions), after)
    assert result["diff"] == {"before": before or {}, "after": after or {}}
    assert "warnings" not in result


@pytest.mark.parametrize(("required", "found"), [(1, [OTHER]), (2, [BINDING])])
def test_refuses_to_lock_everyone_out(task, required, found):
    result = task.run_both(*NAMES, restrictions(), bound(*found), **BY_NAME, require_bindings=required)
    assert (result["error"]["kind"], result["changed"]) == ("bad_option", False)
    assert "Prod / Chat was not restricted" in result["msg"]
    assert f"require_bindings is {required}, but the API key can see only {required - 1} role binding" in result["msg"]


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({}, "One of project_id, and project with space"),
        ({"space": "Prod"}, "One of project_id, and project with space"),
        ({"project": "Chat"}, "project requires space"),
        ({**BY_ID, "space": "Prod"}, "mutually exclusive"),
        ({**BY_ID, "require_bindings": -1}, "require_bindings must be 0 or more"),
        ({**BY_ID, "require_bindings": False}, "not a boolean"),
    ],
)
def test_bad_options(task, options, word):
    result = task.run_both(**options)
    assert (result["error"]["kind"], result["changed"]) == ("bad_option", False)
    assert word in result["msg"]


def test_check_mode_predicts_for_a_project_that_an_earlier_task_creates(task):
    calls = [
        NAMES[0],
        listing("projects", name="Chat", space_id=SPACE_ID),
        listing("projects", project("Mail"), space_id=SPACE_ID),
    ]
    result = task.run(*calls, check=True, **BY_NAME)
    assert (result["actions"], result["restriction"]) == (
        ["restrict"],
        {**SHOWN, "resource_id": None, "created_at": None},
    )
    assert "can see there: Mail. It must exist before the real run." in result["warnings"][0]
    assert task.run(*calls, **BY_NAME)["error"]["kind"] == "not_found"


def test_absent_of_what_is_gone_is_unchanged(task):
    calls = [listing("spaces", name="Prod"), listing("spaces", space("Lab"))]
    result = task.run_both(*calls, **BY_NAME, state="absent")
    assert (result["changed"], result["restriction"]) == (False, None)
    assert "There is no space named Prod" in result["warnings"][0]


def test_absent_of_an_ambiguous_name_is_refused(task):
    result = task.run_both(listing("spaces", space(), space(id="s2"), name="Prod"), **BY_NAME, state="absent")
    assert result["error"]["kind"] == "ambiguous"


@pytest.mark.parametrize(("listed", "kind"), [((), None), ((restriction(),), "invalid_response")])
@pytest.mark.parametrize("reply", [GONE, answer(200)])
def test_a_list_decides_after_a_404_or_an_empty_200(task, reply, listed, kind):
    calls = [restrictions(restriction()), unrestrict(reply), restrictions(*listed)]
    result = task.run(*calls, **BY_ID, state="absent")
    assert (result.get("error", {}).get("kind"), "unrestrict" in result["actions"]) == (kind, kind is None)
    assert result["changed"] is (kind is None or reply is not GONE)


def test_a_lost_response_is_looked_up(task):
    calls = [restrictions(), restrict(LOST), restrictions(restriction())]
    result = task.run(*calls, **BY_ID, require_bindings=0)
    assert (result["actions"], result["restriction"]) == (["restrict"], SHOWN)


def test_a_lost_response_is_sent_again(task):
    calls = [restrictions(), restrict(LOST), restrictions(), restrict(restriction())]
    result = task.run(*calls, **BY_ID, require_bindings=0, max_retries=1)
    assert (result["actions"], result["changed"]) == (["restrict"], True)


@pytest.mark.parametrize("shown", [restriction("other"), {}])
def test_a_response_about_another_project_proves_nothing(task, shown):
    calls = [restrictions(), restrict(shown), restrictions()]
    result = task.run(*calls, **BY_ID, require_bindings=0)
    assert (result["error"]["kind"], result["changed"]) == ("invalid_response", True)


@pytest.mark.parametrize(
    ("status", "kind"), [(403, "forbidden"), (404, "not_found"), (409, "conflict"), (422, "unprocessable")]
)
def test_refusals_of_the_server(task, status, kind):
    found = [restrictions()] if status == 409 else []
    calls = [restrictions(), restrict(problem(status, "No")), *found]
    result = task.run(*calls, **BY_ID, require_bindings=0)
    assert (result["error"]["kind"], result["changed"]) == (kind, False)
