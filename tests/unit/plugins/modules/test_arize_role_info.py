"""arize_role_info: which roles it finds, and what it returns."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.modules import arize_role_info
from ansible_collections.arize.ax.tests.unit.support.access import ROLE_ID, listing, role, shown_role
from ansible_collections.arize.ax.tests.unit.support.task import Task
from ansible_collections.arize.ax.tests.unit.support.wire import Call, answer, problem

CUSTOM, ADMIN = role(), role("Admin", id="a1", is_predefined=True)
SPACE_ADMIN = {**ADMIN, "id": "a2", "permissions": ["B", "A"]}
PATH = "/v2/roles/Um9sZTox%2F%2BI%3D"


@pytest.fixture
def task(server):
    return Task(arize_role_info, server)


@pytest.mark.parametrize(
    ("options", "calls", "found"),
    [
        ({}, [listing("roles", ADMIN, CUSTOM, more="c"), listing("roles", SPACE_ADMIN, cursor="c")], ["a1", ROLE_ID, "a2"]),
        ({}, [listing("roles")], []),
        ({"name": "Admin"}, [listing("roles", ADMIN, CUSTOM, SPACE_ADMIN)], ["a1", "a2"]),
        ({"name": "admin"}, [listing("roles", ADMIN)], []),
        ({"role_id": ROLE_ID}, [Call("GET", PATH, answer(200, CUSTOM))], [ROLE_ID]),
        ({"role_id": ROLE_ID}, [Call("GET", PATH, problem(404))], []),
        ({"role_id": ROLE_ID, "predefined": True}, [Call("GET", PATH, answer(200, CUSTOM))], []),
        ({"predefined": False}, [listing("roles", CUSTOM, is_predefined="false")], [ROLE_ID]),
        ({"predefined": True}, [listing("roles", CUSTOM, ADMIN, is_predefined="true")], ["a1"]),
    ],
)  # fmt: skip
def test_which_roles_are_found(task, options, calls, found):
    result = task.run_both(*calls, **options)
    assert [item["id"] for item in result["roles"]] == found
    assert set(result) - {"invocation"} == {"changed", "roles"}


def test_a_role_has_all_keys(task):
    bare = {"id": "r2"}
    result = task.run_both(listing("roles", SPACE_ADMIN, bare))
    assert result["roles"] == [
        {**shown_role(SPACE_ADMIN), "permissions": ["A", "B"]},
        {**shown_role(bare), "permissions": []},
    ]


@pytest.mark.parametrize(
    ("options", "calls", "kind"),
    [
        ({"name": ""}, [], "bad_option"),
        ({"role_id": ""}, [], "bad_option"),
        ({"name": "x", "role_id": "y"}, [], "bad_option"),
        ({}, [listing("roles", problem(403))], "forbidden"),
        ({}, [listing("roles", CUSTOM, more="c"), listing("roles", problem(500), cursor="c")], "server"),
        ({"role_id": ROLE_ID}, [Call("GET", PATH, answer(404, b"<html>"))], "invalid_response"),
    ],
)
def test_what_fails(task, options, calls, kind):
    result = task.run_both(*calls, **options)
    assert (result["error"]["kind"], result["changed"]) == (kind, False)
    assert "roles" not in result
