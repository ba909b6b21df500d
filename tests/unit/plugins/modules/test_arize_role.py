"""arize_role: what it asks, what it sends and what it returns, in check mode and for real."""

from __future__ import annotations

from functools import partial

import pytest
from ansible_collections.arize.ax.plugins.modules import arize_role
from ansible_collections.arize.ax.tests.unit.support.access import ROLE_ID, binding, listing, role, shown_role, write
from ansible_collections.arize.ax.tests.unit.support.task import Task
from ansible_collections.arize.ax.tests.unit.support.wire import LOST, Call, answer, problem

REVIEWER = {"name": "Reviewer", "permissions": ["PROJECT_READ"]}
OTHER = role("Auditor", id="other")
PREDEFINED = role("Viewer", id="viewer", is_predefined=True)
DESCRIBED = role(description="Reads")
roles = partial(listing, "roles")
create = partial(write, "POST", "roles", status=201)
update = partial(write, "PATCH", "roles", item_id=ROLE_ID)
delete = partial(write, "DELETE", "roles", item_id=ROLE_ID)
NEW = [roles(OTHER), create(role(), **REVIEWER)]
TAKEN, MISSING = problem(409, "Resource conflict"), problem(404, "Not Found")


def get(reply, role_id="Um9sZTox%2F%2BI%3D"):
    return Call("GET", f"/v2/roles/{role_id}", reply if not isinstance(reply, dict) else answer(200, reply))


VIEWER = get(PREDEFINED, "viewer")


@pytest.fixture
def task(server):
    return Task(arize_role, server)


@pytest.mark.parametrize(
    ("options", "calls", "actions", "before", "after"),
    [
        pytest.param(REVIEWER, NEW, ["create"], None, role(), id="create"),
        pytest.param(
            {"name": " Reviewer\n", "permissions": [" project_read", "PROJECT_READ "], "description": " "},
            NEW,
            ["create"],
            None,
            role(),
            id="create, stripped",
        ),
        pytest.param(
            {**REVIEWER, "permissions": ["B", "A"], "description": "Reads"},
            [
                roles(),
                create(
                    role(permissions=["B", "A"], description="Reads"),
                    name="Reviewer",
                    permissions=["A", "B"],
                    description="Reads",
                ),
            ],
            ["create"],
            None,
            role(permissions=["A", "B"], description="Reads"),
            id="create, permissions are a set",
        ),
        pytest.param(REVIEWER, [roles(OTHER, role())], [], role(), role(), id="unchanged"),
        pytest.param({"name": "Reviewer"}, [roles(role())], [], role(), role(), id="only named"),
        pytest.param({"name": "Reviewer"}, [roles(role(" Reviewer "))], [], role(" Reviewer "), role(" Reviewer "), id="a space"),
        pytest.param({"role_id": ROLE_ID}, [get(role())], [], role(), role(), id="unchanged, by ID"),
        pytest.param(
            {"name": "Viewer"},
            [roles(role("Viewer"), PREDEFINED)],
            [],
            role("Viewer"),
            role("Viewer"),
            id="a custom role is preferred",
        ),
        pytest.param(
            {"name": "Viewer", "permissions": ["PROJECT_READ"]},
            [roles(PREDEFINED)],
            [],
            PREDEFINED,
            PREDEFINED,
            id="a predefined role that is as wanted",
        ),
        pytest.param(
            {**REVIEWER, "permissions": ["A", "PROJECT_READ"]},
            [roles(role()), update(role(permissions=["PROJECT_READ", "A"]), permissions=["A", "PROJECT_READ"])],
            ["update"],
            role(),
            role(permissions=["A", "PROJECT_READ"]),
            id="permissions are replaced",
        ),
        pytest.param(
            {**REVIEWER, "description": "Reads"},
            [roles(role()), update(DESCRIBED, description="Reads")],
            ["update"],
            role(),
            DESCRIBED,
            id="described",
        ),
        pytest.param(REVIEWER, [roles(DESCRIBED)], [], DESCRIBED, DESCRIBED, id="a description that is not managed"),
        pytest.param(
            {"role_id": ROLE_ID, "name": "Reader", "permissions": ["B"]},
            [get(role()), update(role("Reader", permissions=["B"]), name="Reader", permissions=["B"])],
            ["update"],
            role(),
            role("Reader", permissions=["B"]),
            id="renamed and changed",
        ),
        pytest.param({"name": "Reviewer", "state": "absent"}, [roles(OTHER)], [], None, None, id="absent"),
        pytest.param({"role_id": ROLE_ID, "state": "absent"}, [get(MISSING)], [], None, None, id="absent by ID"),
        pytest.param(
            {"name": "Reviewer", "state": "absent"},
            [roles(role()), delete(answer(204))],
            ["delete"],
            role(),
            None,
            id="delete",
        ),
        pytest.param(
            {"role_id": ROLE_ID, "name": "Reviewer", "state": "absent"},
            [get(role()), delete(MISSING), roles(OTHER, is_predefined="false")],
            ["delete"],
            role(),
            None,
            id="delete, gone meanwhile",
        ),
        pytest.param({"name": "Viewer", "state": "absent"}, [roles(PREDEFINED)], [], None, None, id="predefined, absent"),
        pytest.param(
            {"role_id": ROLE_ID, "state": "absent"},
            [get(role()), delete(answer(200)), roles(is_predefined="false")],
            ["delete"],
            role(),
            None,
            id="delete, an empty 200",
        ),
    ],
)  # fmt: skip
def test_what_is_done(task, options, calls, actions, before, after):
    result = task.run_both(*calls, **options)
    assert (result["changed"], result["actions"]) == (bool(actions), actions)
    assert result["role"] == (shown_role(after) if after else None)
    assert result["diff"] == {
        "before": shown_role(before) if before else {},
        "after": shown_role(after) if after else {},
    }


def test_an_empty_description_clears(task):
    clear = Call("PATCH", "/v2/roles/Um9sZTox%2F%2BI%3D", answer(200, role()), {"description": None})
    result = task.run_both(roles(DESCRIBED), clear, name="Reviewer", description="")
    assert (result["actions"], result["role"]["description"]) == (["update"], None)
    assert not task.run_both(roles(role(description="")), name="Reviewer", description="")["changed"]


def test_a_name_is_looked_for_on_every_page(task):
    calls = [roles(OTHER, more="c1"), roles(cursor="c1", more="c2"), roles(role(), cursor="c2")]
    assert not task.run_both(*calls, **REVIEWER)["changed"]


def test_a_role_that_is_on_two_pages_is_one_role(task):
    calls = [roles(role(), more="c1"), roles(role(), cursor="c1")]
    assert not task.run_both(*calls, **REVIEWER)["changed"]


@pytest.mark.parametrize(
    ("options", "calls", "kind", "words"),
    [
        ({"name": "Reviewer"}, [roles()], "incomplete", ["Reviewer", "permissions"]),
        ({"role_id": ROLE_ID, "permissions": ["A"]}, [get(MISSING)], "not_found", [ROLE_ID]),
        ({"name": "Viewer", "permissions": ["A"]}, [roles(PREDEFINED)], "predefined_role", ["Viewer", "permissions"]),
        ({"role_id": "viewer", "state": "absent"}, [VIEWER], "predefined_role", ["Viewer", "deleted"]),
        ({"role_id": "viewer", "name": "Reviewer", "state": "absent"}, [VIEWER], "bad_option", ["Viewer", "Reviewer"]),
        (REVIEWER, [roles(role(), role(id="twin"))], "ambiguous", [ROLE_ID, "twin", "role_id"]),
        ({"name": "Viewer"}, [roles(PREDEFINED, {**PREDEFINED, "id": "v2"})], "ambiguous", ["viewer", "v2"]),
        (REVIEWER, [roles(problem(403))], "forbidden", ["ROLE_READ"]),
        (REVIEWER, [roles(answer(200, {"roles": []}))], "invalid_response", ["pagination"]),
        (REVIEWER, [roles(role(id=...))], "invalid_response", ["role without id"]),
        ({"role_id": ROLE_ID}, [get(role(id="another"))], "invalid_response", ["another"]),
        ({"role_id": ROLE_ID}, [get(problem(403))], "forbidden", ["ROLE_READ"]),
    ],
)
def test_what_is_refused_before_a_write(task, options, calls, kind, words):
    result = task.run_both(*calls, **options)
    assert (result["error"]["kind"], result["changed"]) == (kind, False)
    assert all(word in result["msg"] for word in words), result["msg"]


def test_a_refused_role_is_returned(task):
    result = task.run_both(VIEWER, role_id="viewer", state="absent")
    assert (result["role"], result["actions"]) == (shown_role(PREDEFINED), [])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, ["name", "role_id"]),
        ({"name": " "}, ["name", "empty"]),
        ({"name": "x" * 256}, ["name", "255"]),
        ({"name": ["x"]}, ["name", "list"]),
        ({"role_id": "a b"}, ["role_id"]),
        ({"role_id": ".."}, ["role_id"]),
        ({"name": "x", "permissions": []}, ["permissions", "empty"]),
        ({"name": "x", "permissions": ["A", " "]}, ["permissions"]),
        ({"name": "x", "permissions": ["A", 3]}, ["permissions", "3"]),
        ({"name": "x", "permissions": ["********"]}, ["permissions", "masked"]),
        ({"name": "x", "description": "x" * 1001}, ["description", "1000", "1001"]),
        ({"name": "x", "description": 3}, ["description", "number"]),
    ],
    ids=str,
)
def test_bad_options(task, options, words):
    result = task.run_both(**options)
    assert (result["error"]["kind"], result["changed"]) == ("bad_option", False)
    assert all(word in result["msg"] for word in words), result["msg"]


# ---------------------------------------------------------------- what happens between look-up and write


def test_a_role_that_another_client_has_just_created_is_updated(task):
    found = role(permissions=["A"])
    calls = [
        roles(),
        create(TAKEN, **REVIEWER),
        roles(PREDEFINED, found, is_predefined="false"),
        update(role(), permissions=["PROJECT_READ"]),
    ]
    result = task.run_both(*calls, predicted=False, **REVIEWER)
    assert (result["actions"], result["role"]) == (["update"], shown_role(role()))
    assert result["diff"]["before"] == shown_role(found)


def test_a_200_is_a_role_that_exists(task):
    calls = [roles(), create(answer(200, role(permissions=["A"])), **REVIEWER)]
    result = task.run_both(*calls, update(role(), permissions=["PROJECT_READ"]), predicted=False, **REVIEWER)
    assert (result["actions"], result["role"]) == (["update"], shown_role(role()))


def test_a_role_that_another_client_has_created_alike_is_unchanged(task):
    calls = [roles(), create(TAKEN, **REVIEWER), roles(role(), is_predefined="false")]
    result = task.run_both(*calls, predicted=False, **REVIEWER)
    assert (result["changed"], result["actions"], result["role"]) == (False, [], shown_role(role()))


def test_a_name_that_no_visible_role_has(task):
    calls = [roles(), create(TAKEN, **REVIEWER), roles(OTHER, is_predefined="false")]
    result = task.run_both(*calls, predicted=False, **REVIEWER)
    assert (result["error"]["kind"], result["changed"]) == ("conflict", False)
    assert "Reviewer" in result["msg"]


@pytest.mark.parametrize("reply", [LOST, problem(500), answer(201, {}), answer(201, role("Another"))])
def test_a_lost_answer_is_looked_up(task, reply):
    calls = [roles(), create(reply, **REVIEWER), roles(role(), is_predefined="false")]
    result = task.run_both(*calls, **REVIEWER)
    assert (result["changed"], result["actions"], result["role"]) == (True, ["create"], shown_role(role()))


def test_a_lost_answer_that_was_not_carried_out_is_sent_again(task):
    calls = [roles(), create(LOST, **REVIEWER), roles(is_predefined="false"), create(role(), **REVIEWER)]
    assert task.run_both(*calls, max_retries=1, **REVIEWER)["actions"] == ["create"]


@pytest.mark.parametrize("reply", [LOST, answer(201, role(permissions=["A"])), answer(201, role(permissions=...))])
def test_a_creation_that_the_answer_does_not_show_is_completed(task, reply):
    calls = [
        roles(),
        create(reply, **REVIEWER),
        roles(role(permissions=["A"]), is_predefined="false"),
        update(role(), permissions=["PROJECT_READ"]),
    ]
    result = task.run_both(*calls, **REVIEWER)
    assert (result["actions"], result["role"]) == (["create"], shown_role(role()))


def test_what_the_server_adds_to_a_completed_creation_is_a_warning(task):
    after = role(permissions=["IMPLIED", "PROJECT_READ"])
    calls = [
        roles(),
        create(LOST, **REVIEWER),
        roles(after, is_predefined="false"),
        update(after, permissions=["PROJECT_READ"]),
    ]
    result = task.run_both(*calls, predicted=False, **REVIEWER)
    assert ["IMPLIED" in warning for warning in result["warnings"]] == [True]


def test_a_lost_creation_that_cannot_be_completed_says_what_was_done(task):
    found = role(permissions=["A"])
    calls = [
        roles(),
        create(LOST, **REVIEWER),
        roles(found, is_predefined="false"),
        update(problem(403), permissions=["PROJECT_READ"]),
    ]
    result = task.run_both(*calls, predicted=False, **REVIEWER)
    assert (result["error"]["kind"], result["changed"], result["actions"]) == ("forbidden", True, ["create"])
    assert result["role"] == shown_role(found)
    assert "ROLE_UPDATE" in result["msg"]


def test_a_lost_answer_whose_look_up_fails_too(task):
    calls = [roles(), create(LOST, **REVIEWER), roles(problem(500), is_predefined="false")]
    result = task.run_both(*calls, predicted=False, **REVIEWER)
    assert (result["changed"], result["role"]) == (True, None)
    assert "not known" in result["msg"]


@pytest.mark.parametrize(
    "reply",
    [answer(200, {}), answer(200, role()), answer(200, role("Reader", id="x")), answer(200, role(permissions=...)),
     answer(200, role("Reader", permissions=["A"]))],
)  # fmt: skip
def test_an_update_is_believed_only_if_the_answer_shows_it(task, reply):
    calls = [get(role()), update(reply, name="Reader", permissions=["B"])]
    result = task.run_both(*calls, predicted=False, role_id=ROLE_ID, name="Reader", permissions=["B"])
    assert (result["error"]["kind"], result["changed"]) == ("invalid_response", True)
    assert result["role"] == shown_role(role())


@pytest.mark.parametrize("how", ["update", "create"])
def test_permissions_that_the_server_adds_are_a_warning_and_not_a_failure(task, how):
    """Until they are listed, each run sends them again, as check mode predicts."""
    wide = role(permissions=["PROJECT_READ", "SPACE_READ"])
    write = create(wide, **REVIEWER) if how == "create" else update(wide, permissions=["PROJECT_READ"])
    found = [] if how == "create" else [wide]
    result = task.run_both(roles(*found), write, predicted=False, **REVIEWER)
    assert (result["changed"], result["actions"], result["role"]) == (True, [how], shown_role(wide))
    assert task.checked["changed"]
    (warning,) = result["warnings"]
    assert "SPACE_READ" in warning
    assert not task.run_both(roles(wide), **{**REVIEWER, "permissions": ["SPACE_READ", "PROJECT_READ"]})["changed"]


def test_a_description_that_the_server_stores_in_another_form_is_a_warning(task):
    calls = [roles(role()), update(role(description="A b"), description="A  b")]
    result = task.run_both(*calls, predicted=False, name="Reviewer", description="A  b")
    assert (result["actions"], result["role"]["description"]) == (["update"], "A b")
    assert '"A b"' in result["warnings"][0]


def test_a_deletion_that_is_answered_404_while_the_role_is_listed(task):
    calls = [roles(role()), delete(MISSING), roles(role(), is_predefined="false")]
    result = task.run_both(*calls, predicted=False, name="Reviewer", state="absent")
    assert (result["error"]["kind"], result["changed"]) == ("invalid_response", False)


def test_an_update_of_a_role_that_is_gone(task):
    calls = [roles(role()), update(MISSING, permissions=["B"])]
    result = task.run_both(*calls, predicted=False, name="Reviewer", permissions=["B"])
    assert (result["error"]["kind"], result["changed"]) == ("not_found", False)


# ---------------------------------------------------------------- a role in use


def test_a_role_in_use_says_how_many_bindings_the_key_sees(task):
    spaces = listing("role_bindings", binding(), binding(id="b2", role_id="x"), resource_type="SPACE")
    projects = listing("role_bindings", binding(id="b3"), resource_type="PROJECT")
    result = task.run_both(
        roles(role()), delete(TAKEN), spaces, projects, predicted=False, name="Reviewer", state="absent"
    )
    assert (result["error"]["kind"], result["error"]["status"], result["changed"]) == ("role_in_use", 409, False)
    assert "can see 2." in result["msg"]
    assert "arize_role_binding" in result["msg"]
    assert result["role"] == shown_role(role())


@pytest.mark.parametrize("lost", [False, True])
def test_a_role_in_use_by_bindings_that_cannot_be_counted(task, lost):
    """An earlier attempt, whose answer was lost, may have deleted it."""
    attempts = [delete(LOST), delete(TAKEN)] if lost else [delete(TAKEN)]
    calls = [roles(role()), *attempts, listing("role_bindings", problem(403), resource_type="SPACE")]
    result = task.run_both(*calls, predicted=False, name="Reviewer", state="absent", max_retries=1)
    assert (result["error"]["kind"], result["changed"]) == ("role_in_use", lost)


def test_a_deletion_that_is_refused(task):
    result = task.run_both(roles(role()), delete(problem(403)), predicted=False, name="Reviewer", state="absent")
    assert (result["error"]["kind"], result["changed"]) == ("forbidden", False)
    assert "ROLE_DELETE" in result["msg"]
