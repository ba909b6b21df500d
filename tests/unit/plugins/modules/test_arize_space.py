"""arize_space: what it asks, what it sends and what it returns, in check mode and for real."""

from __future__ import annotations

from functools import partial

import pytest
from ansible_collections.arize.ax.plugins.modules import arize_space
from ansible_collections.arize.ax.tests.unit.support.access import SPACE_ID, TIMES, listing, space, write
from ansible_collections.arize.ax.tests.unit.support.task import Task
from ansible_collections.arize.ax.tests.unit.support.wire import LOST, Call, answer, problem

CREATED = TIMES["created_at"]
sent = partial(space, description="", is_private=False, created_at=CREATED)
SHOWN = {
    "id": SPACE_ID,
    "name": "Prod",
    "description": None,
    "organization_id": "o1",
    "organization": "East",
    "is_private": False,
    "created_at": CREATED,
}
PROD = {"name": "Prod", "organization": "East"}
EAST = listing("organizations", {"id": "o1", "name": "East"}, {"id": "o2", "name": "Far East"}, name="East")
TAKEN, MISSING = problem(409, "Resource conflict"), problem(404, "Not Found")
spaces = partial(listing, "spaces")
in_east = partial(listing, "spaces", name="Prod", org_id="o1")
create = partial(write, "POST", "spaces", status=201, name="Prod", organization_id="o1")
update = partial(write, "PATCH", "spaces", item_id=SPACE_ID)


def get(reply):
    return Call("GET", "/v2/spaces/U3BhY2Ux%2F%2BI%3D", answer(200, reply) if isinstance(reply, dict) else reply)


@pytest.fixture
def task(server):
    return Task(arize_space, server)


@pytest.mark.parametrize(
    ("options", "calls", "actions", "before", "after"),
    [
        pytest.param(PROD, [EAST, in_east(), create(sent())], ["create"], None, {}, id="create"),
        pytest.param(
            {"name": " Prod ", "organization_id": "o1", "description": " Live\n", "is_private": True},
            [in_east(), create(sent(description="Live", is_private=True), description="Live", is_private=True)],
            ["create"],
            None,
            {"organization": None, "description": "Live", "is_private": True},
            id="create with everything",
        ),
        pytest.param(
            PROD,
            [EAST, in_east(), create(sent(organization_id=...))],
            ["create"],
            None,
            {},
            id="create on an older server",
        ),
        pytest.param(
            {**PROD, "description": ""},
            [EAST, in_east(), create(sent())],
            ["create"],
            None,
            {},
            id="without a description",
        ),
        pytest.param(PROD, [EAST, in_east(sent("Prod 2", id="p2"), sent())], [], {}, {}, id="unchanged"),
        pytest.param(PROD, [EAST, in_east(sent(organization_id=...))], [], {}, {}, id="unchanged on an older server"),
        pytest.param(
            {"name": "Prod", "is_private": False, "description": "a\nb"},
            [spaces(sent(description="a\r\nb "), name="Prod")],
            [],
            {"organization": None, "description": "a\r\nb "},
            {"organization": None, "description": "a\r\nb "},
            id="unchanged, by its name alone",
        ),
        pytest.param(
            {"space_id": SPACE_ID, "name": "Live", "description": ""},
            [get(sent(description="Old")), update(sent("Live"), name="Live", description=None)],
            ["update"],
            {"organization": None, "description": "Old"},
            {"organization": None, "name": "Live"},
            id="renamed, and its description cleared",
        ),
        pytest.param(
            {"space_id": SPACE_ID, "description": "New"},
            [get(sent(organization_id=...)), update(sent(organization_id=..., description="New"), description="New")],
            ["update"],
            {"organization": None, "organization_id": None},
            {"organization": None, "organization_id": None, "description": "New"},
            id="described",
        ),
    ],
)
def test_converges(task, options, calls, actions, before, after):
    result = task.run_both(*calls, **options)
    after = {**SHOWN, **after}
    assert (result["actions"], result["changed"], result["space"]) == (actions, bool(actions), after)
    assert result["diff"] == {"before": {} if before is None else {**SHOWN, **before}, "after": after}
    assert "warnings" not in result


@pytest.mark.parametrize(
    ("private", "word"),
    [(True, "Once the space Prod is private, users lose"), (False, "is public, each member of the organ")],
)
def test_warns_about_who_gets_or_loses_access(task, private, word):
    calls = [get(sent(is_private=not private)), update(sent(is_private=private), is_private=private)]
    result = task.run_both(*calls, space_id=SPACE_ID, is_private=private)
    assert result["space"]["is_private"] is private
    assert word in result["warnings"][0]


def test_a_description_that_the_server_changes_is_a_warning(task):
    calls = [get(sent()), update(sent(description="New!"), description="New")]
    result = task.run(*calls, space_id=SPACE_ID, description="New")
    assert "changed the description" in result["warnings"][0]


@pytest.mark.parametrize(
    ("options", "calls", "kind", "word"),
    [
        ({}, [], "bad_option", "One of name and space_id"),
        ({"space_id": "a b"}, [], "bad_option", "whitespace"),
        ({"space_id": SPACE_ID, "organization": "East"}, [], "bad_option", "cannot be moved"),
        (
            {"space_id": SPACE_ID, "organization": "E", "organization_id": "o"},
            [],
            "bad_option",
            "organization and space_id",
        ),
        ({**PROD, "organization_id": "o1"}, [], "bad_option", "mutually exclusive"),
        ({**PROD, "description": "x" * 1001}, [], "bad_option", "1000"),
        ({"name": "Prod"}, [spaces(name="Prod")], "incomplete", "organization or organization_id"),
        ({"name": "Prod"}, [spaces(sent(), sent(id="p2"), name="Prod")], "ambiguous", "p2. Select one by organization"),
        ({"space_id": SPACE_ID}, [get(MISSING)], "not_found", "To create one, omit space_id"),
        ({"space_id": SPACE_ID}, [get(problem(403, "Forbidden"))], "forbidden", "needs SPACE_READ"),
        (
            {"name": "Prod", "organization_id": "o1"},
            [in_east(MISSING), spaces(name="Prod")],
            "not_found",
            "There is no organization with the organization_id o1.",
        ),
    ],
)
def test_refusals_before_any_write(task, options, calls, kind, word):
    result = task.run_both(*calls, **options)
    assert (result["error"]["kind"], result["changed"]) == (kind, False)
    assert word in result["msg"]


def test_an_organization_that_does_not_exist(task):
    result = task.run_both(
        listing("organizations", name="East"), listing("organizations", {"id": "o2", "name": "West"}), **PROD
    )
    assert (result["error"]["kind"], "West" in result["msg"]) == ("not_found", True)


def test_another_client_is_faster(task):
    other = sent(description="Theirs")
    calls = [EAST, in_east(), create(TAKEN, description="Ours"), in_east(other)]
    result = task.run(*calls, update(sent(description="Ours"), description="Ours"), **PROD, description="Ours")
    assert (result["actions"], result["diff"]["before"]["description"]) == (["update"], "Theirs")


def test_a_name_that_the_key_cannot_see_is_taken(task):
    result = task.run(EAST, in_east(), create(TAKEN), in_east(), **PROD)
    assert (result["error"]["kind"], result["changed"]) == ("conflict", False)
    assert "can see none of this name" in result["msg"]


def test_a_lost_response_is_looked_up(task):
    result = task.run(EAST, in_east(), create(LOST), in_east(sent()), **PROD)
    assert (result["actions"], result["space"]) == (["create"], SHOWN)


def test_a_lost_response_and_a_look_up_that_shows_nothing(task):
    result = task.run(EAST, in_east(), create(LOST), in_east(), **PROD)
    assert (result["failed"], result["changed"]) == (True, True)


@pytest.mark.parametrize(
    "shown", [{"name": "Other"}, {"is_private": False}, {"is_private": ...}, {"organization_id": "o2"}]
)
def test_a_response_about_another_space_proves_nothing(task, shown):
    calls = [EAST, in_east(), create(sent(**{"is_private": True, **shown}), is_private=True), in_east()]
    result = task.run(*calls, **PROD, is_private=True)
    assert (result["failed"], result["changed"]) == (True, True)


@pytest.mark.parametrize("shown", [{"name": "Prod"}, {"id": "other", "name": "Live"}])
def test_an_update_that_the_response_does_not_show(task, shown):
    result = task.run(get(sent()), update(sent(**shown), name="Live"), space_id=SPACE_ID, name="Live")
    assert (result["error"]["kind"], result["changed"]) == ("invalid_response", True)


def test_an_update_that_is_refused(task):
    result = task.run(get(sent()), update(TAKEN, name="Live"), space_id=SPACE_ID, name="Live")
    assert (result["error"]["kind"], result["changed"], result["space"]["name"]) == ("conflict", False, "Prod")


def test_a_missing_permission_is_named(task):
    result = task.run(EAST, in_east(), create(problem(403, "Forbidden")), **PROD)
    assert "needs SPACE_CREATE" in result["msg"]
