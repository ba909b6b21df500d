"""arize_role_binding_info: which bindings it finds, how often it asks, and the names it joins."""

from __future__ import annotations

from functools import partial

import pytest
from ansible_collections.arize.ax.plugins.modules import arize_role_binding_info
from ansible_collections.arize.ax.tests.unit.support.access import (
    PROJECT_ID,
    SPACE_ID,
    binding,
    listing,
    project,
    role,
    shown_binding,
    space,
)
from ansible_collections.arize.ax.tests.unit.support.api import ADA_ID, look_up, page, person
from ansible_collections.arize.ax.tests.unit.support.api import listing as user_listing
from ansible_collections.arize.ax.tests.unit.support.task import Task
from ansible_collections.arize.ax.tests.unit.support.wire import problem

EMAIL = "ada@x.io"
bindings = partial(listing, "role_bindings")
USERS = user_listing(page(person("bob@x.io", id="b"), person(), cursor="never read"))
ROLES, PROJECTS = listing("roles", role()), listing("projects", project())
SPACES = listing("spaces", space(), space("Lab", id="s2"))
ON_PROJECT = binding(id="p", resource_type="PROJECT", resource_id=PROJECT_ID)
BOT = binding(id="bot's", user_id="bot", resource_id="s2")
NAMES = {"email": EMAIL, "role": "Reviewer", "space": "Prod"}
NONE_ON_PROJECTS = bindings(resource_type="PROJECT")
MISSING = problem(404, "Not Found")


@pytest.fixture
def task(server):
    return Task(arize_role_binding_info, server)


@pytest.mark.parametrize(
    ("options", "calls", "found"),
    [
        pytest.param(
            {},
            [
                bindings(binding(), resource_type="SPACE"),
                bindings(ON_PROJECT, resource_type="PROJECT"),
                USERS,
                ROLES,
                PROJECTS,
                SPACES,
            ],
            [shown_binding(binding(), **NAMES), shown_binding(ON_PROJECT, **NAMES, project="Chat")],
            id="all",
        ),
        pytest.param(
            {"resource_type": " SPACE "},
            [bindings(BOT, resource_type="SPACE"), user_listing(page(person())), ROLES, SPACES],
            [shown_binding(BOT, role="Reviewer", space="Lab")],
            id="a bot user has no address",
        ),
        pytest.param({}, [bindings(resource_type="SPACE"), NONE_ON_PROJECTS], [], id="none"),
        pytest.param(
            {"email": EMAIL},
            [
                look_up(person()),
                bindings(binding(), BOT, resource_type="SPACE", user_id=ADA_ID),
                bindings(resource_type="PROJECT", user_id=ADA_ID),
                ROLES,
                SPACES,
            ],
            [shown_binding(binding(), **NAMES)],
            id="by address, a server that ignores the filter",
        ),
        pytest.param({"email": EMAIL}, [look_up()], [], id="no such user"),
        pytest.param(
            {"user_id": "x", "resource_type": "space"},
            [bindings(MISSING, resource_type="SPACE", user_id="x"), bindings(resource_type="SPACE")],
            [],
            id="no such user ID",
        ),
        pytest.param(
            {"user_id": "gone", "resource_type": "space"},
            [
                bindings(MISSING, resource_type="SPACE", user_id="gone"),
                bindings(binding(), binding(id="left", user_id="gone"), resource_type="SPACE"),
                user_listing(page(person())),
                ROLES,
                SPACES,
            ],
            [shown_binding(binding(id="left", user_id="gone"), role="Reviewer", space="Prod")],
            id="a user who no longer exists",
        ),
        pytest.param(
            {"user_id": ADA_ID, "resource_type": "space"},
            [bindings(binding(), resource_type="SPACE", user_id=ADA_ID), USERS, ROLES, SPACES],
            [shown_binding(binding(), **NAMES)],
            id="by user ID",
        ),
        pytest.param(
            {"resource_type": "space"},
            [bindings(binding(role_id=...), resource_type="SPACE"), USERS, ROLES, SPACES],
            [shown_binding(binding(role_id=None), email=EMAIL, space="Prod")],
            id="a role that is not shown",
        ),
        pytest.param(
            {"space": "Prod"},
            [listing("spaces", space(), name="Prod"), bindings(BOT, binding(), resource_type="SPACE"), USERS, ROLES, SPACES],
            [shown_binding(binding(), **NAMES)],
            id="by space",
        ),
        pytest.param(
            {"project": "Chat", "space_id": SPACE_ID, "resource_type": "project"},
            [
                listing("projects", project(), name="Chat", space_id=SPACE_ID),
                bindings(ON_PROJECT, binding(id="q", resource_type="PROJECT", resource_id="x"), resource_type="PROJECT"),
                USERS,
                ROLES,
                PROJECTS,
                SPACES,
            ],
            [shown_binding(ON_PROJECT, **NAMES, project="Chat")],
            id="by project",
        ),
        pytest.param(
            {"resource_type": "dashboard"},
            [bindings({**BOT, "resource_type": "DASHBOARD"}, resource_type="DASHBOARD"), user_listing(page(person())), ROLES, SPACES],
            [shown_binding({**BOT, "resource_type": "DASHBOARD"}, role="Reviewer")],
            id="a type that the service has added",
        ),
        pytest.param(
            {"resource_type": "project"},
            [
                bindings(ON_PROJECT, resource_type="PROJECT"),
                USERS,
                listing("roles"),
                listing("projects"),
                listing("spaces"),
            ],
            [shown_binding(ON_PROJECT, email=EMAIL)],
            id="names that are not listed",
        ),
    ],
)  # fmt: skip
def test_which_bindings_are_found(task, options, calls, found):
    result = task.run_both(*calls, **options)
    assert result["role_bindings"] == found
    assert set(result) - {"invocation"} == {"changed", "role_bindings"}


def test_names_that_may_not_be_read_are_null_and_a_warning(task):
    forbidden = problem(403)
    calls = [
        bindings(ON_PROJECT, resource_type="PROJECT"),
        user_listing(forbidden),
        listing("roles", forbidden),
        listing("projects", forbidden),
        listing("spaces", forbidden),
    ]
    result = task.run_both(*calls, resource_type="project")
    assert result["role_bindings"] == [shown_binding(ON_PROJECT)]
    assert [word in text for word, text in zip(("email", "role", "project", "space"), result["warnings"])] == [True] * 4


@pytest.mark.parametrize(
    ("options", "calls", "kind"),
    [
        ({"email": ""}, [], "bad_option"),
        ({"user_id": " "}, [], "bad_option"),
        ({"email": EMAIL, "user_id": "x"}, [], "bad_option"),
        ({"space": ""}, [], "bad_option"),
        ({"project": "Chat"}, [], "bad_option"),
        ({"organization": "East"}, [], "bad_option"),
        ({"space_id": "s", "resource_type": "project"}, [], "bad_option"),
        ({"resource_type": ""}, [], "bad_option"),
        ({"space": "Prod"}, [listing("spaces", name="Prod"), listing("spaces")], "not_found"),
        ({}, [bindings(problem(403), resource_type="SPACE")], "forbidden"),
        ({"resource_type": "space"}, [bindings(binding(id=...), resource_type="SPACE")], "invalid_response"),
        ({"resource_type": "space"}, [bindings(binding(), resource_type="SPACE"), user_listing(problem(500))], "server"),
        ({"resource_type": "x"}, [bindings(problem(400), resource_type="X")], "bad_request"),
    ],
)  # fmt: skip
def test_what_fails(task, options, calls, kind):
    result = task.run_both(*calls, **options)
    assert (result["error"]["kind"], result["changed"]) == (kind, False)
    assert "role_bindings" not in result
