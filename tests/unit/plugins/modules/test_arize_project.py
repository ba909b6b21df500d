"""arize_project: what it asks, what it sends and what it returns, in check mode and for real."""

from __future__ import annotations

from functools import partial

import pytest
from ansible_collections.arize.ax.plugins.modules import arize_project
from ansible_collections.arize.ax.tests.unit.support.access import (
    PROJECT_ID,
    SPACE_ID,
    TIMES,
    listing,
    project,
    space,
    write,
)
from ansible_collections.arize.ax.tests.unit.support.task import Task
from ansible_collections.arize.ax.tests.unit.support.wire import LOST, Call, answer, problem

sent = partial(project, project_type="APPLICATION", created_at=TIMES["created_at"])
SHOWN = {
    "id": PROJECT_ID,
    "name": "Chat",
    "space_id": SPACE_ID,
    "space": "Prod",
    "project_type": "application",
    "created_at": TIMES["created_at"],
}
CHAT = {"name": "Chat", "space": "Prod"}
PROD = listing("spaces", space(), space("Prod 2", id="p2"), name="Prod")
projects = partial(listing, "projects", space_id=SPACE_ID, name="Chat")
in_prod = partial(listing, "projects", name="Chat", space_id=SPACE_ID)
create = partial(write, "POST", "projects", status=201, name="Chat", space_id=SPACE_ID)
update = partial(write, "PATCH", "projects", item_id=PROJECT_ID)
MISSING = problem(404, "Not Found")


def get(reply):
    return Call("GET", "/v2/projects/TW9kZWwx%2F%2BI%3D", answer(200, reply) if isinstance(reply, dict) else reply)


@pytest.fixture
def task(server):
    return Task(arize_project, server)


@pytest.mark.parametrize(
    ("options", "calls", "actions", "before", "after"),
    [
        pytest.param(CHAT, [PROD, in_prod(), create(sent())], ["create"], None, {}, id="create"),
        pytest.param(
            {"name": "Chat", "space_id": SPACE_ID},
            [in_prod(), create(sent())],
            ["create"],
            None,
            {"space": None},
            id="create in a space by ID",
        ),
        pytest.param(
            {**CHAT, "organization_id": "o1"},
            [listing("spaces", space(organization_id=...), name="Prod", org_id="o1"), in_prod(sent("Chat 2"), sent())],
            [],
            {},
            {},
            id="unchanged, on an older server",
        ),
        pytest.param(
            {"project_id": PROJECT_ID, "name": "Talk"},
            [get(sent(project_type=None)), update(sent("Talk", project_type=None), name="Talk")],
            ["update"],
            {"space": None, "project_type": None},
            {"space": None, "project_type": None, "name": "Talk"},
            id="renamed",
        ),
        pytest.param(
            {"project_id": PROJECT_ID, "name": "Chat"},
            [get(sent())],
            [],
            {"space": None},
            {"space": None},
            id="named so",
        ),
    ],
)
def test_converges(task, options, calls, actions, before, after):
    result = task.run_both(*calls, **options)
    after = {**SHOWN, **after}
    assert (result["actions"], result["changed"], result["project"]) == (actions, bool(actions), after)
    assert result["diff"] == {"before": {} if before is None else {**SHOWN, **before}, "after": after}


def test_check_mode_predicts_in_a_space_that_an_earlier_task_creates(task):
    calls = [listing("spaces", name="Prod"), listing("spaces", space("Other", id="other"))]
    result = task.run(*calls, check=True, **CHAT)
    assert (result["actions"], result["project"]) == (
        ["create"],
        {**SHOWN, "id": None, "space_id": None, "created_at": None},
    )
    assert "It must exist before the real run." in result["warnings"][0]
    real = task.run(*calls, **CHAT)
    assert (real["error"]["kind"], real["changed"]) == ("not_found", False)


@pytest.mark.parametrize(
    ("options", "calls", "kind", "word"),
    [
        ({"space": "Prod"}, [], "bad_option", "name is required"),
        ({"name": "Chat"}, [], "bad_option", "One of space, space_id and project_id"),
        ({"name": "Chat", "project_id": "p", "space": "Prod"}, [], "bad_option", "space and project_id"),
        ({**CHAT, "space_id": SPACE_ID}, [], "bad_option", "mutually exclusive"),
        ({"name": "Chat", "project_id": PROJECT_ID}, [get(MISSING)], "not_found", "with the project_id"),
        ({**CHAT}, [listing("spaces", space(), space(id="p2"), name="Prod")], "ambiguous", "p2"),
        (
            {"name": "Chat", "space_id": SPACE_ID},
            [in_prod(MISSING), listing("projects", name="Chat")],
            "not_found",
            "There is no space with the space_id",
        ),
    ],
)
def test_refusals_before_any_write(task, options, calls, kind, word):
    result = task.run_both(*calls, **options)
    assert (result["error"]["kind"], result["changed"]) == (kind, False)
    assert word in result["msg"]


def test_another_client_is_faster(task):
    result = task.run(PROD, in_prod(), create(problem(409, "Resource conflict")), in_prod(sent()), **CHAT)
    assert (result["actions"], result["changed"], result["project"]) == ([], False, SHOWN)


def test_a_lost_response_is_looked_up(task):
    result = task.run(PROD, in_prod(), create(LOST), in_prod(sent()), **CHAT)
    assert (result["actions"], result["project"]) == (["create"], SHOWN)


def test_a_rename_to_a_name_that_is_taken(task):
    calls = [get(sent()), update(problem(422, "Unprocessable"), name="Talk")]
    result = task.run(*calls, project_id=PROJECT_ID, name="Talk")
    assert (result["error"]["kind"], result["changed"]) == ("unprocessable", False)
