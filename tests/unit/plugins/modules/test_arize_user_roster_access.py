"""arize_user_roster with access: requests, in their order, and what is told of them."""

from __future__ import annotations

from functools import partial

import pytest
from ansible_collections.arize.ax.plugins.modules import arize_user_roster
from ansible_collections.arize.ax.tests.unit.support.access import (
    BINDING_ID,
    PROJECT_ID,
    ROLE_ID,
    SPACE_ID,
    binding,
    bindings_of,
    listed,
    listing,
    project,
    role,
    space,
    write,
)
from ansible_collections.arize.ax.tests.unit.support.api import ADA_ID, create, page, person, update
from ansible_collections.arize.ax.tests.unit.support.api import listing as user_listing
from ansible_collections.arize.ax.tests.unit.support.task import Task
from ansible_collections.arize.ax.tests.unit.support.wire import LOST, Call, answer, problem

ADA = {"email": "ada@x.io"}
BOB = {"email": "bob@x.io", "name": "Bob", "role": "member"}
READER = {"role": "Reviewer", "space": "Prod"}
BY_ID = {"role_id": ROLE_ID, "space_id": SPACE_ID}
ON_PROJECT = {**READER, "project": "Chat"}
USERS = user_listing(page(person()))
ROLES, SPACES = listing("roles", role(), role("Auditor", id="r2")), listing("spaces", space())
NAMES = [USERS, ROLES, SPACES]
TWO = user_listing(page(person(), person("bob@x.io", id="Bob")))
KEYS = Call("GET", "/v2/api-keys?limit=100&key_type=SERVICE", answer(200, listed("api_keys")))
bindings = bindings_of
SENT = {"role_id": ROLE_ID, "user_id": ADA_ID, "resource_type": "SPACE", "resource_id": SPACE_ID}
post = partial(write, "POST", "role_bindings", status=201)
LAB = binding(id="lab", resource_id="s2")
DELETE_LAB = write("DELETE", "role_bindings", answer(204), "lab")
PURGE = {"purge_access": True, "max_access_changes": 9}
NONE_ON_PROJECTS = bindings(resource_type="PROJECT")
SHOWN = {
    "space": "Prod",
    "space_id": SPACE_ID,
    "project": None,
    "project_id": None,
    "role": "Reviewer",
    "role_id": ROLE_ID,
}


@pytest.fixture
def task(server):
    return Task(arize_user_roster, server)


def entry(result, number=0):
    return result["entries"][number]


def statuses(result, number=0):
    return [item["status"] for item in entry(result, number)["access"]]


def test_unchanged(task):
    result = task.run_both(*NAMES, bindings(binding()), users=[{**ADA, "access": [READER]}])
    assert (result["changed"], entry(result)["status"], entry(result)["changes"]) == (False, "unchanged", [])
    assert entry(result)["access"] == [{**SHOWN, "status": "unchanged"}]
    assert result["access_summary"]["unchanged"] == 1
    assert result["diff"] == {"before": "", "after": ""}


def test_a_role_by_ids_costs_one_list(task):
    result = task.run_both(USERS, bindings(binding()), users=[{**ADA, "access": [BY_ID]}])
    assert entry(result)["access"] == [{**SHOWN, "space": None, "role": None, "status": "unchanged"}]


def test_without_access_nothing_of_it_is_read(task):
    result = task.run_both(USERS, users=[ADA], **PURGE)
    assert result["warnings"] == ["1 of 1 users have no access in the roster: it is not managed."]
    assert "access" not in entry(result)
    assert "access_summary" not in result
    assert entry(task.run_both(USERS, users=[{**ADA, "access": []}]))["access"] == []


def test_created(task):
    result = task.run_both(*NAMES, bindings(), post(binding(), **SENT), users=[{**ADA, "access": [READER]}])
    assert (entry(result)["status"], entry(result)["changes"]) == ("updated", ["access"])
    assert statuses(result) == ["created"]
    assert (result["summary"]["updated"], result["access_summary"]["created"]) == (1, 1)
    assert result["diff"] == {"before": "", "after": "ada@x.io  access  Prod: Reviewer\n"}


def test_another_role_is_changed(task):
    changed = write("PATCH", "role_bindings", binding(), BINDING_ID, role_id=ROLE_ID)
    calls = [*NAMES, bindings(binding(role_id="r2")), changed]
    result = task.run_both(*calls, users=[{**ADA, "access": [READER]}])
    before = {"role": "Auditor", "role_id": "r2"}
    assert entry(result)["access"] == [{**SHOWN, "status": "updated", "before": before}]
    assert result["diff"]["before"] == "ada@x.io  access  Prod: Auditor\n"


def test_the_user_and_then_the_bindings(task):
    bob = person("bob@x.io", id="Bob", name="Zoe", status="INVITED")
    sent = {**SENT, "user_id": "Bob"}
    calls = [
        *NAMES,
        listing("projects", project()),
        create(bob, name="Zoe", email="bob@x.io"),
        post(binding(user_id="Bob"), **sent),
        post(
            binding(id="b2", user_id="Bob", resource_type="PROJECT", resource_id=PROJECT_ID),
            **{**sent, "resource_type": "PROJECT", "resource_id": PROJECT_ID},
        ),
    ]
    result = task.run_both(*calls, users=[{**BOB, "name": "Zoe", "access": [READER, ON_PROJECT]}])
    assert (entry(result)["status"], entry(result)["changes"], statuses(result)) == (
        "created",
        ["access"],
        ["created", "created"],
    )
    lines = [
        "bob@x.io  member  developer  Zoe",
        "bob@x.io  access  Prod / Chat: Reviewer",
        "bob@x.io  access  Prod: Reviewer",
    ]
    assert result["diff"]["after"].splitlines() == lines
    assert result["mailed"] == ["bob@x.io"]


@pytest.mark.parametrize(("access", "kept"), [([READER], 1), ([], 0)])
def test_purge_access_removes_what_is_not_listed(task, access, kept):
    found = [binding(), LAB] if kept else [LAB]
    lab = space("Lab", id="s2")
    names, more = (
        ([*NAMES[:2], listing("spaces", space(), lab)], []) if kept else ([USERS], [ROLES, listing("spaces", lab)])
    )
    calls = [*names, bindings(*found), NONE_ON_PROJECTS, KEYS, *more, DELETE_LAB]
    result = task.run_both(*calls, users=[{**ADA, "access": access}], **PURGE)
    assert statuses(result) == ["unchanged"] * kept + ["deleted"]
    assert entry(result)["access"][-1]["space_id"] == "s2"
    assert result["diff"]["before"] == "ada@x.io  access  Lab: Reviewer\n"


def test_without_purge_access_others_stay(task):
    result = task.run_both(*NAMES, bindings(binding(), LAB), users=[{**ADA, "access": [READER]}])
    assert statuses(result) == ["unchanged"]


def test_the_bot_user_of_a_service_key_loses_nothing(task):
    keys = KEYS._replace(reply=answer(200, listed("api_keys", {"id": "k", "bot_user": {"id": ADA_ID}})))
    calls = [*NAMES, bindings(binding(), LAB), NONE_ON_PROJECTS, keys]
    result = task.run_both(*calls, users=[{**ADA, "access": [READER]}], **PURGE)
    assert (result["changed"], statuses(result)) == (False, ["unchanged"])


def test_a_binding_of_another_type_is_not_removed(task):
    odd = binding(id="odd", resource_type="DASHBOARD", resource_id="d1")
    calls = [*NAMES, bindings(binding(), odd), NONE_ON_PROJECTS]
    assert statuses(task.run_both(*calls, users=[{**ADA, "access": [READER]}], **PURGE)) == ["unchanged"]


def test_what_fails_is_told_and_holds_removals_of_that_user_up(task):
    calls = [*NAMES, bindings(LAB), NONE_ON_PROJECTS, KEYS, post(problem(403), **SENT)]
    result = task.run_both(*calls, predicted=False, users=[{**ADA, "access": [READER]}], **PURGE)
    assert (result["failed"], result["changed"], result["error"]["kind"]) == (True, False, "partial")
    assert statuses(result) == ["failed", "skipped"]
    assert entry(result)["status"] == "failed"
    assert entry(result)["error"]["kind"] == entry(result)["access"][0]["error"]["kind"] == "forbidden"
    assert "Not removed" in entry(result)["access"][1]["error"]["msg"]
    assert result["msg"].startswith("1 of 1 users failed")
    assert "ada@x.io" in result["msg"]


def test_a_lost_response_is_looked_up(task):
    calls = [*NAMES, bindings(), post(LOST, **SENT), bindings(binding())]
    assert statuses(task.run_both(*calls, users=[{**ADA, "access": [READER]}])) == ["created"]
    calls = [*NAMES, bindings(), post(LOST, **SENT), bindings(problem(500))]
    result = task.run_both(*calls, predicted=False, users=[{**ADA, "access": [READER]}])
    assert (result["changed"], entry(result)["changed"], statuses(result)) == (True, True, ["failed"])


def test_a_binding_made_by_another_client_meanwhile_is_compared(task):
    changed = write("PATCH", "role_bindings", binding(), BINDING_ID, role_id=ROLE_ID)
    calls = [*NAMES, bindings(), post(problem(409), **SENT), bindings(binding(role_id="r2")), changed]
    result = task.run_both(*calls, predicted=False, users=[{**ADA, "access": [READER]}])
    assert statuses(result) == ["updated"]


def test_a_key_that_is_refused_stops_everything(task):
    two = [{**ADA, "access": [READER]}, {"email": "bob@x.io", "access": [READER]}]
    users = user_listing(page(person(), person("bob@x.io", id="Bob"), person("eve@x.io", id="Eve")))
    calls = [
        users,
        ROLES,
        SPACES,
        listing("role_bindings", resource_type="SPACE"),
        listing("role_bindings", resource_type="PROJECT"),
        KEYS,
        post(problem(401), **SENT),
    ]
    options = {"purge": True, "max_deletions": 1, "min_admins": 0, **PURGE, "concurrency": 1}
    result = task.run_both(*calls, predicted=False, users=two, **options)
    assert [item["status"] for item in result["entries"]] == ["failed", "skipped", "skipped"]
    assert statuses(result, 1) == ["skipped"]
    assert "API key was refused" in entry(result, 1)["error"]["msg"]


@pytest.mark.parametrize(
    ("user", "calls", "kind"),
    [
        ({**BOB}, [create(problem(400), name="Bob", email="bob@x.io")], "bad_request"),
        ({**ADA, "role": "admin"}, [], "role_mismatch"),
    ],
)
def test_bindings_of_a_user_who_fails_are_skipped(task, user, calls, kind):
    read = [bindings()] if user["email"] == "ada@x.io" else []
    result = task.run_both(*NAMES, *read, *calls, predicted=False, users=[{**user, "access": [READER]}])
    assert (entry(result)["error"]["kind"], statuses(result)) == (kind, ["skipped"])
    assert entry(result)["access"][0]["error"]["msg"].startswith("Not tried: ")


def test_a_failed_update_of_the_user_does_not_stop_the_bindings(task):
    failing = update(problem(422), name="New")
    calls = [*NAMES, bindings(), failing, post(binding(), **SENT)]
    result = task.run_both(*calls, predicted=False, users=[{**ADA, "name": "New", "access": [READER]}])
    assert (entry(result)["status"], entry(result)["changes"], statuses(result)) == ("failed", ["access"], ["created"])


@pytest.mark.parametrize("check", [True, False])
def test_names_that_do_not_exist_are_refused(task, check):
    users = [{**ADA, "access": [{"role": "Reviewr", "space": "Prod"}]}]
    result = task.run(*NAMES, check=check, users=users, **PURGE)
    assert (result["failed"], result["changed"], result["error"]["kind"]) == (True, False, "not_found")
    assert (
        "users[0] (ada@x.io): There is no role named Reviewr (names are case-sensitive). Did you mean Reviewer?"
        in (result["msg"])
    )


def test_where_the_list_is_long_names_and_users_are_looked_up(task):
    two = [{**ADA, "access": [READER]}, {"email": "bob@x.io", "access": [READER]}]
    calls = [
        TWO,
        ROLES,
        listing("spaces", space("Lab", id="s2"), more="c"),
        listing("spaces", space(), name="Prod"),
        listing("role_bindings", binding(id="x", user_id="Eve"), resource_type="SPACE", more="c"),
        bindings(binding()),
        bindings(problem(404), user_id="Bob"),
        listing("role_bindings", binding(id="x", user_id="Eve"), resource_type="SPACE", more="c"),
        post(binding(id="new", user_id="Bob"), **{**SENT, "user_id": "Bob"}),
    ]
    result = task.run_both(*calls, users=two, concurrency=1)
    assert (statuses(result), statuses(result, 1)) == (["unchanged"], ["created"])


def test_a_space_that_does_not_exist_has_no_projects(task):
    users = [{**ADA, "access": [{"role": "Reviewer", "space_id": "s9", "project": "Chat"}]}]
    calls = [
        USERS,
        ROLES,
        listing("projects", project(), more="c"),
        listing("projects", problem(404), name="Chat", space_id="s9"),
        listing("projects", project(), name="Chat"),
    ]
    result = task.run_both(*calls, users=users)
    assert (result["error"]["kind"], "no project named Chat in the space s9" in result["msg"]) == ("not_found", True)


@pytest.mark.parametrize("status", [403, 500])
def test_names_that_cannot_be_read_are_no_names(task, status):
    users = [{**ADA, "access": [{"role": "Reviewer", "space_id": SPACE_ID, "project": "Chat"}]}]
    result = task.run_both(USERS, ROLES, listing("projects", problem(status)), users=users)
    assert (result["failed"], result["changed"]) == (True, False)
    calls = [
        USERS,
        ROLES,
        listing("projects", more="c"),
        listing("projects", problem(status), name="Chat", space_id=SPACE_ID),
    ]
    assert task.run_both(*calls, users=users)["failed"]


def test_bindings_that_cannot_be_read_are_no_bindings(task):
    result = task.run_both(*NAMES, bindings(problem(500)), users=[{**ADA, "access": [READER]}])
    assert (result["failed"], result["changed"], result["error"]["kind"]) == (True, False, "server")
    for users, calls in (
        ([ADA], [*NAMES, bindings(binding(user_id=...))]),
        (
            [ADA, {"email": "bob@x.io"}],
            [TWO, *NAMES[1:], listing("role_bindings", binding(role_id=...), resource_type="SPACE")],
        ),
    ):
        result = task.run_both(*calls, users=[{**user, "access": [READER]} for user in users])
        assert (result["error"]["kind"], result["changed"]) == ("invalid_response", False)
