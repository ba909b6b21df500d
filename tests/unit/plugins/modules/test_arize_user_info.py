"""arize_user_info: whom it finds, how often it asks, and what it returns."""

from __future__ import annotations

import base64

import pytest
from ansible_collections.arize.ax.plugins.modules import arize_user_info
from ansible_collections.arize.ax.tests.unit.support.access import (
    PROJECT_ID,
    ROLE_ID,
    SPACE_ID,
    binding,
    bindings_of,
    project,
    space,
)
from ansible_collections.arize.ax.tests.unit.support.access import listing as access_listing
from ansible_collections.arize.ax.tests.unit.support.access import role as access_role
from ansible_collections.arize.ax.tests.unit.support.api import (
    ADA_ID,
    HTML_404,
    KEY,
    NO_USER,
    a_user,
    get,
    listing,
    look_up,
    page,
    person,
    role,
)
from ansible_collections.arize.ax.tests.unit.support.task import Task
from ansible_collections.arize.ax.tests.unit.support.wire import answer, problem

EMAIL = "ada@x.io"
BOB = person("bob@x.io", id="id2", status="INVITED")
EVE = person("eve@x.io", id="id3", status="EXPIRED")


@pytest.fixture
def task(server):
    return Task(arize_user_info, server)


@pytest.mark.parametrize(
    ("options", "calls", "found"),
    [
        pytest.param({}, [listing(page(person(), BOB))], [EMAIL, "bob@x.io"], id="all"),
        pytest.param({}, [listing(page())], [], id="no user"),
        pytest.param({"email": "ADA@x.io"}, [look_up(person("x" + EMAIL), person(), email="ADA@x.io")], [EMAIL], id="by email"),
        pytest.param({"email": EMAIL}, [look_up(person("x" + EMAIL))], [], id="by email, no user"),
        pytest.param({"user_id": ADA_ID}, [get(person())], [EMAIL], id="by id"),
        pytest.param({"user_id": ADA_ID}, [get(NO_USER)], [], id="by id, no user"),
        pytest.param(
            {"email_contains": "@X.io"}, [listing(page(person(), BOB), "@X.io")], [EMAIL, "bob@x.io"], id="by a part"
        ),
        pytest.param(
            {"status": ["invited", "expired"]},
            [listing(page(BOB, EVE), statuses=("INVITED", "EXPIRED"))],
            ["bob@x.io", "eve@x.io"],
            id="by status",
        ),
        pytest.param(
            {"status": ["active"], "email_contains": "x"},
            [listing(page(person()), "x", statuses=("ACTIVE",))],
            [EMAIL],
            id="by status and a part",
        ),
        pytest.param({"status": ["invited"], "email": EMAIL}, [look_up(person())], [], id="by email in another status"),
        pytest.param({"status": ["active"], "email": EMAIL}, [look_up(person())], [EMAIL], id="by email in that status"),
        pytest.param({"status": ["expired"], "user_id": ADA_ID}, [get(person())], [], id="by id in another status"),
        pytest.param(
            {"status": ["invited"]},
            [listing(page(person(), BOB), statuses=("INVITED",))],
            ["bob@x.io"],
            id="a server that ignores the filter",
        ),
    ],
)  # fmt: skip
def test_who_is_found(task, options, calls, found):
    result = task.run_both(*calls, **options)
    assert [user["email"] for user in result["users"]] == found
    assert [entry["email"] for entry in result["roster"]] == found
    assert result["changed"] is False
    assert set(result) - {"invocation"} == {"changed", "users", "roster"}


@pytest.mark.parametrize(("count", "requests"), [(0, 1), (1, 1), (99, 1), (100, 1), (101, 2), (200, 2), (250, 3)])
def test_an_account_costs_one_request_a_hundred_users(task, count, requests):
    people = [person(f"u{number}@x.io", id=f"id{number}") for number in range(count)]
    pages = [people[start : start + 100] for start in range(0, count, 100)] or [[]]
    calls = [
        listing(
            page(*some, cursor=f"c{number + 1}" if number + 1 < len(pages) else None),
            cursor=f"c{number}" if number else "",
        )
        for number, some in enumerate(pages)
    ]
    assert len(calls) == requests
    assert [user["email"] for user in task.run_both(*calls)["users"]] == [user["email"] for user in people]


def test_whom_the_server_shows_without_address_the_roster_names_by_id(task):
    result = task.run_both(listing(page(person(email=...))))
    assert result["users"] == [{**a_user().as_result(), "email": None}]
    assert result["roster"] == [{"user_id": ADA_ID, "name": "Ada", "role": "member", "is_developer": True}]


def test_who_stands_on_two_pages_is_one_user(task):
    """An older user was deleted while the list was read, or the list is sorted in another way by now."""
    first, second = person(id="a", name="Old"), person("bob@x.io", id="b")
    calls = [listing(page(first, second, cursor="c")), listing(page({**first, "name": "New"}), cursor="c")]
    result = task.run_both(*calls)
    assert [(user["id"], user["name"]) for user in result["users"]] == [("a", "New"), ("b", "Ada")]
    assert len(result["roster"]) == 2


def test_a_user_has_all_keys_and_a_roster_entry_what_is_known(task):
    people = [
        person(),
        person("bob@x.io", id="bob", role={"type": "CUSTOM", "id": "r1", "name": "Reviewer"}, is_developer=False),
        person("eve@x.io", id="eve", role=role("AUDITOR"), name=..., is_developer=..., created_at=..., status="FROZEN"),
    ]
    result = task.run_both(listing(page(*people)))
    assert result["users"] == [
        a_user().as_result(),
        a_user(email="bob@x.io", id="bob", role=people[1]["role"], is_developer=False).as_result(),
        {
            "id": "eve",
            "name": None,
            "email": "eve@x.io",
            "status": "frozen",
            "role": "auditor",
            "custom_role_id": None,
            "custom_role_name": None,
            "is_developer": None,
            "created_at": None,
        },
    ]
    assert result["roster"] == [
        {"email": EMAIL, "name": "Ada", "role": "member", "is_developer": True},
        {"email": "bob@x.io", "name": "Ada", "custom_role_id": "r1", "is_developer": False},
        {"email": "eve@x.io"},
    ]


@pytest.mark.parametrize(
    ("options", "calls", "kind"),
    [
        ({}, [listing(problem(401))], "unauthorized"),
        ({}, [listing(HTML_404)], "invalid_response"),
        ({}, [listing(page(BOB, cursor="c1")), listing(page(EVE, cursor="c1"), cursor="c1")], "invalid_response"),
        ({}, [listing(page(BOB, cursor="c1")), listing(problem(500), cursor="c1")], "server"),
        ({}, [listing(answer(200, {"users": [], "pagination": {}}))], "invalid_response"),
        ({"user_id": ADA_ID}, [get(HTML_404)], "invalid_response"),
        ({"email": EMAIL}, [listing(problem(403), EMAIL)], "forbidden"),
    ],
    ids=["401", "HTML 404", "repeated cursor", "second page fails", "does not end", "HTML 404 by id", "403 by email"],
)
def test_half_a_list_is_no_list(task, options, calls, kind):
    result = task.run_both(*calls, **options)
    assert (result["failed"], result["changed"], result["error"]["kind"]) == (True, False, kind)
    assert "users" not in result


@pytest.mark.parametrize(
    "form", [KEY, f"Bearer {KEY}", base64.b64encode(KEY.encode()).decode()], ids=["key", "header", "base64"]
)
def test_a_key_of_the_environment_is_masked_in_whatever_the_server_returns(task, monkeypatch, form):
    """Ansible itself knows only the keys that stand in options."""
    monkeypatch.setenv("ARIZE_API_KEY", KEY)
    result = task.run_both(listing(page(person(name=f"before {form} after"))), api_key=None)
    name = result["users"][0]["name"]
    assert form not in name
    assert "before " in name


# ---------------------------------------------------------------- access

NO_ACCESS = [bindings_of(), bindings_of(resource_type="PROJECT")]
ON_PROJECT = binding(id="p", resource_type="PROJECT", resource_id=PROJECT_ID)
BOTH = [bindings_of(binding()), bindings_of(ON_PROJECT, resource_type="PROJECT")]
ROLES, PROJECTS = access_listing("roles", access_role()), access_listing("projects", project())
SPACES = access_listing("spaces", space())
ON_SPACE = {"space": "Prod", "space_id": SPACE_ID, "project": None, "project_id": None}
READER = {"role": "Reviewer", "role_id": ROLE_ID}


def test_access_is_returned_by_name(task):
    result = task.run_both(listing(page(person())), *BOTH, ROLES, PROJECTS, SPACES, access=True)
    assert result["changed"] is False
    in_project = {**ON_SPACE, "project": "Chat", "project_id": PROJECT_ID}
    assert result["users"][0]["access"] == [{**ON_SPACE, **READER}, {**in_project, **READER}]
    assert result["roster"][0]["access"] == [
        {"role": "Reviewer", "space": "Prod"},
        {"role": "Reviewer", "space": "Prod", "project": "Chat"},
    ]


def test_access_is_left_out_where_the_key_sees_no_binding_of_the_account(task):
    seen = [access_listing("role_bindings", resource_type=kind) for kind in ("SPACE", "PROJECT")]
    result = task.run_both(look_up(person()), *NO_ACCESS, *seen, access=True, email=EMAIL)
    assert (result["users"][0]["access"], "access" in result["roster"][0]) == ([], False)
    assert "ROLE_BINDING_READ" in result["warnings"][0]
    assert task.run_both(look_up(), access=True, email=EMAIL)["users"] == []


def test_a_user_without_bindings_has_an_empty_list(task):
    seen = [access_listing("role_bindings", resource_type="SPACE")]
    seen += [access_listing("role_bindings", binding(user_id="Eve"), resource_type="PROJECT")]
    result = task.run_both(look_up(person()), *NO_ACCESS, *seen, access=True, email=EMAIL)
    assert (result["roster"][0]["access"], "warnings" in result) == ([], False)


def test_without_access_it_is_not_there(task):
    assert "access" not in task.run_both(look_up(person()), email=EMAIL)["users"][0]


def test_bindings_of_others_are_left_out(task):
    both = listing(page(person(), BOB))
    calls = [access_listing("role_bindings", binding(), binding(id="e", user_id="Eve"), resource_type="SPACE")]
    calls += [access_listing("role_bindings", resource_type="PROJECT")]
    result = task.run_both(both, *calls, ROLES, SPACES, access=True)
    assert [len(user["access"]) for user in result["users"]] == [1, 0]
    assert result["roster"][1]["access"] == []


def test_bindings_are_read_by_pages_where_that_costs_fewer_requests_than_one_for_each_user(task):
    everyone = listing(page(person(), BOB, EVE))
    calls = [
        access_listing("role_bindings", binding(), more="c", resource_type="SPACE"),
        access_listing("role_bindings", binding(id="b", user_id="id2"), cursor="c", resource_type="SPACE"),
        access_listing("role_bindings", resource_type="PROJECT"),
    ]
    result = task.run_both(everyone, *calls, ROLES, SPACES, access=True)
    assert [len(user["access"]) for user in result["users"]] == [1, 1, 0]


@pytest.mark.parametrize(
    ("organizations", "expected", "warns"),
    [
        ([{"id": "o1", "name": "East"}], {"space": "Prod", "organization": "East"}, False),
        ([problem(403)], {"space_id": SPACE_ID}, True),
    ],
)
def test_a_space_that_shares_its_name(task, organizations, expected, warns):
    spaces = access_listing("spaces", space(), space(id="s2", organization_id="o2"))
    calls = [BOTH[0], NO_ACCESS[1], ROLES, spaces, access_listing("organizations", *organizations)]
    result = task.run_both(listing(page(person())), *calls, access=True)
    assert result["roster"][0]["access"] == [{"role": "Reviewer", **expected}]
    assert ("organization names" in str(result.get("warnings"))) == warns


def test_what_cannot_be_read_is_given_by_id(task):
    calls = [*BOTH, *(access_listing(plural, problem(403)) for plural in ("roles", "projects", "spaces"))]
    result = task.run_both(listing(page(person())), *calls, access=True)
    assert result["roster"][0]["access"] == [
        {"role_id": ROLE_ID, "project_id": PROJECT_ID},
        {"role_id": ROLE_ID, "space_id": SPACE_ID},
    ]
    assert [user["space"] for user in result["users"][0]["access"]] == [None, None]
    assert len(result["warnings"]) == 3


@pytest.mark.parametrize("reply", [problem(500), binding(resource_id=...)])
def test_half_of_the_access_is_no_access(task, reply):
    result = task.run_both(listing(page(person())), bindings_of(reply), access=True)
    assert (result["failed"], result["changed"], "users" in result) == (True, False, False)
