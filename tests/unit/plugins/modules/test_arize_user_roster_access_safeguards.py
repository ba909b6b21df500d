"""arize_user_roster with access: what is refused before the first write, and that removals come last."""

from __future__ import annotations

from functools import partial

import pytest
from ansible_collections.arize.ax.plugins.modules import arize_user_roster
from ansible_collections.arize.ax.tests.unit.support.access import (
    ROLE_ID,
    SPACE_ID,
    binding,
    bindings_of,
    listed,
    listing,
    role,
    space,
    write,
)
from ansible_collections.arize.ax.tests.unit.support.api import ADA_ID, create, delete, look_up, page, path, person
from ansible_collections.arize.ax.tests.unit.support.api import listing as user_listing
from ansible_collections.arize.ax.tests.unit.support.api import role as predefined
from ansible_collections.arize.ax.tests.unit.support.task import Task
from ansible_collections.arize.ax.tests.unit.support.wire import Call, answer, problem

ADA = {"email": "ada@x.io"}
BOB = {"email": "bob@x.io", "name": "Bob", "role": "member"}
READER = {"role": "Reviewer", "space": "Prod"}
IN_LAB = {**READER, "space": "Lab"}
ROLES = listing("roles", role(), role("Auditor", id="r2"))
SPACES = listing("spaces", space(), space("Lab", id="s2"), space("Old", id="s3"))
NAMES = [ROLES, SPACES]
USERS = user_listing(page(person(), person("eve@x.io", id="Eve")))
KEYS = Call("GET", "/v2/api-keys?limit=100&key_type=SERVICE", answer(200, listed("api_keys")))
NONE_ON_PROJECTS = bindings_of(resource_type="PROJECT")
LAB, OLD = binding(id="lab", resource_id="s2"), binding(id="old", resource_id="s3")
SENT = {"role_id": ROLE_ID, "user_id": ADA_ID, "resource_type": "SPACE", "resource_id": SPACE_ID}
post = partial(write, "POST", "role_bindings", status=201)
remove = partial(write, "DELETE", "role_bindings", answer(204))


@pytest.fixture
def task(server):
    return Task(arize_user_roster, server)


# ---------------------------------------------------------------- the limit


@pytest.mark.parametrize("limit", [0, 2, 3, None])
def test_access_changes_have_a_limit(task, limit):
    """One is created, one gets another role, one is created for a new user; one that stays does not count."""
    users = [{**ADA, "access": [READER, IN_LAB, {**READER, "space": "Old"}]}, {**BOB, "access": [READER]}]
    bob = person("bob@x.io", id="Bob", name="Bob", status="INVITED")
    writes = [
        create(bob, name="Bob", email="bob@x.io"),
        post(binding(), **SENT),
        write("PATCH", "role_bindings", LAB, "lab", role_id=ROLE_ID),
        post(binding(id="new", user_id="Bob"), **{**SENT, "user_id": "Bob"}),
    ]
    refused = limit in (0, 2)
    calls = [USERS, *NAMES, bindings_of({**LAB, "role_id": "r2"}, OLD), *([] if refused else writes)]
    result = task.run_both(*calls, users=users, max_access_changes=limit, concurrency=1)
    if not refused:
        assert (result["changed"], "error" in result) == (True, False)
        return
    assert (result["error"]["kind"], result["changed"]) == ("too_many_access_changes", False)
    assert result["msg"] == (
        f"No changes were made: 3 role bindings would be changed, but max_access_changes is {limit}: ada@x.io on Prod"
        " (created), ada@x.io on Lab (updated), bob@x.io on Prod (created)."
    )


@pytest.mark.parametrize("limit", [1, 2])
def test_removals_count(task, limit):
    """Twenty users with an empty list would lose all that they may do."""
    removals = [remove("lab"), remove("old")] if limit == 2 else []
    calls = [USERS, bindings_of(LAB, OLD), NONE_ON_PROJECTS, KEYS, *NAMES, *removals]
    options = {"purge_access": True, "max_access_changes": limit, "max_deletions": 0, "concurrency": 1}
    result = task.run_both(*calls, users=[{**ADA, "access": []}], **options)
    assert result.get("error", {}).get("kind") == ("too_many_access_changes" if limit == 1 else None)
    assert limit == 2 or "ada@x.io on Lab (deleted), ada@x.io on Old (deleted)." in result["msg"]


def test_what_a_user_who_fails_has_does_not_count(task):
    users = [{**ADA, "role": "admin", "access": [READER]}]
    result = task.run_both(USERS, *NAMES, bindings_of(), users=users, max_access_changes=0)
    assert [item["status"] for item in result["entries"][0]["access"]] == ["skipped"]


@pytest.mark.parametrize("value", ["many", "1.5", [], {}, "", "None"], ids=repr)
@pytest.mark.parametrize("limit", ["max_updates", "max_access_changes", "max_deletions", "max_creations", "min_admins"])
def test_a_limit_that_is_no_number_is_refused(task, limit, value):
    result = task.run(users=[{**ADA, "access": []}], **{"purge": True, "max_deletions": 9, limit: value})
    assert (result["failed"], limit in result["msg"]) == (True, True)


@pytest.mark.parametrize("options", [{"max_update": 1}, {"max_access_change": 1}, {"report": True}])
def test_a_misspelt_limit_is_refused(task, options):
    result = task.run(users=[ADA], **options)
    assert (result["failed"], next(iter(options)) in result["msg"]) == (True, True)


def test_a_limit_may_be_text(task):
    assert task.run_both(USERS, users=[{**ADA, "name": "New"}], max_updates="0")["error"]["kind"] == "too_many_updates"


# ---------------------------------------------------------------- protected users keep their access

PURGE = {"purge_access": True, "max_access_changes": 9}


@pytest.mark.parametrize("protected", ["Ada@x.io", "a*@x.io"])
def test_no_binding_of_a_protected_user_is_removed(task, protected):
    rest = [USERS] if "*" in protected else []
    calls = [user_listing(page(person(), cursor="c")), bindings_of(LAB), NONE_ON_PROJECTS, KEYS]
    whole = [user_listing(page(person(), cursor="c")), user_listing(page(), cursor="c")] if rest else []
    result = task.run_both(*calls, *whole, *NAMES, users=[{**ADA, "access": []}], protected=[protected], **PURGE)
    assert (result["error"]["kind"], result["changed"]) == ("protected", False)
    assert result["msg"] == (
        "No changes were made: role bindings of protected users would be removed: ada@x.io on Lab. To remove one, use"
        " arize_role_binding with state: absent."
    )


def test_a_role_that_the_roster_names_is_changed_for_a_protected_user_too(task):
    changed = write("PATCH", "role_bindings", LAB, "lab", role_id=ROLE_ID)
    calls = [USERS, *NAMES, bindings_of({**LAB, "role_id": "r2"}), NONE_ON_PROJECTS, changed]
    result = task.run_both(*calls, users=[{**ADA, "access": [IN_LAB]}], protected=["ada@x.io", "gone@x.io"], **PURGE)
    assert (result["changed"], result["entries"][0]["access"][0]["status"]) == (True, "updated")


@pytest.mark.parametrize("exists", [True, False])
def test_a_protected_address_is_looked_up_before_access_is_removed(task, exists):
    users = user_listing(page(person(), cursor="c"))
    eve = [person("eve@x.io", id="Eve")] if exists else []
    found = look_up(*eve, email="eve@x.io")
    calls = [
        users,
        bindings_of(LAB),
        NONE_ON_PROJECTS,
        KEYS,
        users,
        found,
        *NAMES,
        *([remove("lab")] if exists else []),
    ]
    result = task.run_both(*calls, users=[{**ADA, "access": []}], protected=["eve@x.io"], **PURGE)
    assert result.get("error", {}).get("kind") == (None if exists else "bad_option")


def test_a_pattern_that_fits_no_user_is_a_warning_before_access_is_removed(task):
    calls = [USERS, bindings_of(LAB), NONE_ON_PROJECTS, KEYS, *NAMES, remove("lab")]
    result = task.run_both(*calls, users=[{**ADA, "access": []}], protected=["*@y.io"], **PURGE)
    assert result["warnings"] == ["The protected pattern *@y.io matches no user of the account."]


# ---------------------------------------------------------------- the order


def test_access_is_removed_last(task):
    """Ada, first in the roster, is the owner of the key: once her binding is removed, nothing else is allowed."""
    users = [{**ADA, "access": [READER]}, {**BOB, "access": [READER]}]
    bob = person("bob@x.io", id="Bob", name="Bob", status="INVITED")
    calls = [
        USERS,
        *NAMES,
        bindings_of(OLD),
        NONE_ON_PROJECTS,
        KEYS,
        create(bob, name="Bob", email="bob@x.io"),
        post(binding(), **SENT),
        post(binding(id="new", user_id="Bob"), **{**SENT, "user_id": "Bob"}),
        delete()._replace(target=path("Eve")),
        remove("old"),
    ]
    result = task.run_both(*calls, users=users, purge=True, max_deletions=1, **PURGE, concurrency=1)
    assert [item["status"] for item in result["entries"][0]["access"]] == ["created", "deleted"]
    assert result["deletions"] == ["eve@x.io"]


def test_a_removal_that_fails_holds_no_other_up(task):
    calls = [
        USERS,
        bindings_of(LAB, OLD),
        NONE_ON_PROJECTS,
        KEYS,
        *NAMES,
        write("DELETE", "role_bindings", problem(403), "lab"),
        remove("old"),
    ]
    result = task.run_both(*calls, predicted=False, users=[{**ADA, "access": []}], **PURGE, concurrency=1)
    assert [item["status"] for item in result["entries"][0]["access"]] == ["failed", "deleted"]


def test_a_key_that_is_refused_before_the_last_deletions_removes_no_access(task):
    admins = [person(f"{name}@x.io", id=name, role=predefined("ADMIN")) for name in ("root", "boss")]
    calls = [
        user_listing(page(person(), *admins)),
        bindings_of(LAB),
        NONE_ON_PROJECTS,
        KEYS,
        *NAMES,
        user_listing(problem(401), statuses=("ACTIVE",)),
    ]
    users = [{**ADA, "access": []}, {"email": "root@x.io"}]
    result = task.run(*calls, users=users, purge=True, max_deletions=1, **PURGE)
    assert [entry["status"] for entry in result["entries"]] == ["skipped", "unchanged", "failed"]
