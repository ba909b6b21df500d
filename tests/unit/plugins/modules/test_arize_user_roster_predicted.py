"""arize_user_roster in check mode: names that an earlier task creates, and the report of all that would be refused."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.modules import arize_user_roster
from ansible_collections.arize.ax.tests.unit.support.access import (
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
)
from ansible_collections.arize.ax.tests.unit.support.api import listing as user_listing
from ansible_collections.arize.ax.tests.unit.support.api import page, path, person
from ansible_collections.arize.ax.tests.unit.support.task import Task
from ansible_collections.arize.ax.tests.unit.support.wire import Call, answer, problem

ADA = {"email": "ada@x.io"}
BOB = {"email": "bob@x.io", "name": "Bob", "role": "member"}
READER = {"role": "Reviewer", "space": "Prod"}
USERS = user_listing(page(person()))
ROLES = listing("roles", role(), role("Auditor", id="r2"))
SPACES = listing("spaces", space(), space("Lab", id="s2"))
NAMES = [USERS, ROLES, SPACES]
KEYS = Call("GET", "/v2/api-keys?limit=100&key_type=SERVICE", answer(200, listed("api_keys")))
NONE_ON_PROJECTS = bindings_of(resource_type="PROJECT")
PURGE = {"purge_access": True, "max_access_changes": 9}


@pytest.fixture
def task(server):
    return Task(arize_user_roster, server)


def access(result, number=0):
    return result["entries"][number]["access"]


# ---------------------------------------------------------------- names that an earlier task of the play creates

# What is listed, the calls after the roles and spaces, IDs and status of the prediction.
UNKNOWN = [
    ({"role": "New", "space": "Prod"}, [bindings_of()], {"role_id": None, "space_id": SPACE_ID}, "created"),
    ({"role": "New", "space": "Prod"}, [bindings_of(binding())], {"role_id": None, "space_id": SPACE_ID}, "updated"),
    ({"role": "Reviewer", "space": "New"}, [bindings_of(binding())], {"role_id": ROLE_ID, "space_id": None}, "created"),
    (
        {"role": "New", "space": "Newer", "project": "Newest"},
        [bindings_of(resource_type="PROJECT")],
        {"role_id": None, "space_id": None, "project_id": None},
        "created",
    ),
]


@pytest.mark.parametrize(("item", "calls", "ids", "status"), UNKNOWN)
def test_a_name_that_does_not_exist_is_predicted_with_a_warning(task, item, calls, ids, status):
    options = {"users": [{**ADA, "access": [item]}], "unknown_names": "predict"}
    result = task.run(*NAMES, *calls, check=True, **options)
    (shown,) = access(result)
    assert {**item, **ids, "status": status}.items() <= shown.items()
    assert "error" not in shown
    assert (result["changed"], result["entries"][0]["status"]) == (True, "updated")
    (warning,) = result["warnings"]
    assert warning.startswith("users[0] (ada@x.io): There is no ")
    assert warning.endswith(" They must exist before the real run.")
    assert warning.count("There is no ") == sum(item[name].startswith("New") for name in ("role", "space"))
    refused = task.run(*NAMES, users=options["users"], check=True)
    for_real = task.run(*NAMES, **options)
    for each in (refused, for_real):
        assert (each["error"]["kind"], each["changed"]) == ("not_found", False)


@pytest.mark.parametrize(
    ("item", "names", "parent", "shown"),
    [
        ({"space": "New", "organization_id": "gone"}, SPACES, "organization", {"id": "gone", "name": "East"}),
        ({"project": "New", "space_id": "gone"}, listing("projects", project()), "space", space(id="gone")),
    ],
    ids=["space", "project"],
)
def test_a_name_in_an_id_that_does_not_exist_is_refused(task, item, names, parent, shown):
    """No earlier task of a play makes an ID exist. It is looked up once, however many names are in it."""
    other = {name: value.replace("New", "Newer") for name, value in item.items()}
    users = [{**ADA, "access": [{**item, "role": "Reviewer"}, {**other, "role": "Reviewer"}]}]
    bindings = bindings_of(resource_type="PROJECT" if "project" in item else "SPACE")

    def run(reply, *more, **options):
        calls = [USERS, ROLES, names, Call("GET", f"/v2/{parent}s/gone", reply), *more]
        return task.run(*calls, check=True, users=users, unknown_names="predict", **options)

    refused = run(problem(404))
    assert (refused["error"]["kind"], refused["changed"]) == ("not_found", False)
    assert f"There is no {parent} with the {parent}_id gone." in refused["msg"]
    assert [item["status"] for item in access(run(problem(404), bindings, report_all=True))] == ["failed", "failed"]
    for reply in (answer(200, shown), problem(403)):
        assert [item["status"] for item in access(run(reply, bindings))] == ["created", "created"]


def test_it_counts_against_the_limit(task):
    users = [{**BOB, "access": [{"role": "New", "space": "Prod"}]}]
    result = task.run(*NAMES, check=True, users=users, unknown_names="predict", max_access_changes=0)
    assert result["error"]["kind"] == "too_many_access_changes"
    assert "bob@x.io on Prod (created)" in result["msg"]


def test_what_it_replaces_is_not_removed(task):
    users = [{**ADA, "access": [{"role": "New", "space": "Prod"}]}]
    calls = [*NAMES, bindings_of(binding(), binding(id="lab", resource_id="s2")), NONE_ON_PROJECTS, KEYS]
    result = task.run(*calls, check=True, users=users, unknown_names="predict", **PURGE)
    assert [item["status"] for item in access(result)] == ["updated", "deleted"]


@pytest.mark.parametrize(
    ("items", "kind"),
    [
        ([{"role": "Reviewer", "space": "Twin"}], "ambiguous"),
        ([{"role": "Reviewer", "space": "Twin"}, {"role": "New", "space": "Prod"}], "ambiguous"),
        ([{"role": "Reviewer", "space": "New"}, {"role": "Auditor", "space": "New"}], "bad_option"),
        ([{"role": "New", "space": "Prod"}, {"role": "Auditor", "space_id": SPACE_ID}], "bad_option"),
    ],
)
def test_an_ambiguous_name_and_two_items_with_one_place_are_refused(task, items, kind):
    spaces = listing("spaces", space(), space("Twin", id="s8"), space("Twin", id="s9", organization_id="o2"))
    users = [{**ADA, "access": items}]
    result = task.run(USERS, ROLES, spaces, check=True, users=users, unknown_names="predict")
    assert (result["error"]["kind"], "named New" in result["msg"]) == (kind, False)


@pytest.mark.parametrize("value", ["ignore", "Predict", "", [], None])
def test_another_value_is_refused(task, value):
    result = task.run(users=[ADA], unknown_names=value) if value is not None else task.run(USERS, users=[ADA])
    assert result.get("failed", False) is (value is not None)


# ---------------------------------------------------------------- report_all


def report(task, *calls, users, **options):
    return task.run(*calls, check=True, users=users, report_all=True, **options)


def test_it_is_for_check_mode_only(task):
    result = task.run(users=[ADA], report_all=True)
    assert (result["error"]["kind"], "requires check mode" in result["msg"]) == ("bad_option", True)


def test_without_it_there_is_no_report(task):
    result = task.run_both(USERS, users=[ADA])
    assert not {"refusals", "left_alone"} & result.keys()


def test_what_a_real_run_would_refuse_is_told_and_entries_are_whole(task):
    """Nothing is limited, and no limit is needed."""
    eve, bot, ghost = person("eve@x.io", id="Eve"), person("bot@y.io", id="Bot"), person(id="Ghost", email=...)
    other_case = person("NEW@x.io", id="A"), person("New@x.io", id="B")
    safe = person("safe@y.io", id="Safe", status="INVITED")
    account = user_listing(page(person(), eve, bot, ghost, safe, *other_case))
    keys = KEYS._replace(reply=answer(200, listed("api_keys", {"id": "k", "bot_user": {"id": "Bot"}})))
    users = [{"email": "'eve@x.io", "name": "Eve", "role": "member"}, {"email": "new@x.io"}, {"email": "newer@x.io"}]
    options = {"purge": True, "protected": ["*@y.io", "gone@x.io"], "min_admins": 1}
    result = report(task, account, keys, users=users, **options)
    assert [(entry["email"], entry["status"]) for entry in result["entries"]] == [
        ("'eve@x.io", "created"),
        ("new@x.io", "failed"),
        ("newer@x.io", "failed"),
        ("ada@x.io", "deleted"),
        ("eve@x.io", "deleted"),
    ]
    assert [refusal["kind"] for refusal in result["refusals"]] == ["incomplete", "bad_option", "lookalike"]
    assert "gone@x.io" in result["refusals"][1]["msg"]
    assert [(user["email"], user["user_id"], user["reason"]) for user in result["left_alone"]] == [
        (None, "Ghost", "no_address"),
        ("bot@y.io", "Bot", "bot_user"),
        ("NEW@x.io", "A", "same_address"),
        ("New@x.io", "B", "same_address"),
        ("safe@y.io", "Safe", "protected"),
    ]
    invited = {name: safe[name] for name in ("email", "name", "created_at")}
    assert result["left_alone"][-1] == {**invited, "user_id": "Safe", "status": "invited", "reason": "protected"}
    assert (result["failed"], result["error"]["kind"]) == (True, "partial")


def test_names_that_do_not_resolve_are_errors_of_their_items(task):
    items = [READER, {"role": "Reviewr", "space": "Lab"}, {"role": "Reviewer", "space": "Twin"}]
    twins = [space("Twin", id="s8"), space("Twin", id="s9", organization_id="o2")]
    found = [binding(), binding(id="b2", resource_id="s2"), binding(id="b9", resource_id="s9")]
    calls = [USERS, ROLES, listing("spaces", space(), space("Lab", id="s2"), *twins), bindings_of(*found)]
    result = report(task, *calls, NONE_ON_PROJECTS, KEYS, users=[{**ADA, "access": items}], purge_access=True)
    shown = access(result)
    assert [item["status"] for item in shown] == ["unchanged", "failed", "failed", "deleted"]
    assert [(item["role_id"], item["space_id"]) for item in shown[:3]] == [
        (ROLE_ID, SPACE_ID), (None, "s2"), (ROLE_ID, None)
    ]  # fmt: skip
    assert [item["error"]["kind"] for item in shown[1:3]] == ["not_found", "ambiguous"]
    assert "Did you mean Reviewer?" in shown[1]["error"]["msg"]
    assert [refusal["kind"] for refusal in result["refusals"]] == ["not_found"]
    assert "Access cannot be resolved: ada@x.io." in result["msg"]


def test_entries_about_one_user_and_items_about_one_place_are_told(task):
    items = [READER, {"role": "Auditor", "space_id": SPACE_ID}]
    account = user_listing(page(person(), person("eve@x.io", id="Eve")))
    users = [{**ADA, "access": items}, {"email": "eve@x.io", "name": "New"}, {"user_id": "Eve"}]
    result = report(task, account, ROLES, SPACES, bindings_of(), users=users)
    assert [refusal["kind"] for refusal in result["refusals"]] == ["bad_option", "bad_option"]
    assert [(entry["email"], entry["status"]) for entry in result["entries"]] == [
        ("ada@x.io", "updated"),
        ("eve@x.io", "updated"),
    ]


def test_a_removal_of_a_protected_users_binding_is_told(task):
    calls = [USERS, bindings_of(binding()), NONE_ON_PROJECTS, KEYS, ROLES, SPACES]
    result = report(task, *calls, users=[{**ADA, "access": []}], purge_access=True, protected=["ada@x.io"])
    assert ([refusal["kind"] for refusal in result["refusals"]], result.get("failed")) == (["protected"], None)
    assert [item["status"] for item in access(result)] == ["deleted"]


@pytest.mark.parametrize("status", [403, 500])
@pytest.mark.parametrize("calls", [0, 1, 2])
def test_role_bindings_that_cannot_be_read_leave_the_rest(task, status, calls):
    broken = [listing("roles", problem(status)), listing("spaces", problem(status)), bindings_of(problem(status))]
    read = [ROLES, SPACES][:calls]
    users = [{**ADA, "name": "New", "access": [READER]}, {"email": "eve@x.io", "access": []}]
    account = user_listing(page(person(), person("eve@x.io", id="Eve")))
    if calls == 2:
        broken[2] = listing("role_bindings", problem(status), resource_type="SPACE")
    result = report(task, account, *read, broken[calls], users=users, purge_access=True)
    assert (result["failed"], result["error"]["status"]) == (True, status)
    ada, eve = result["entries"]
    assert (ada["status"], ada["changes"], ada["user"]["name"]) == ("updated", ["name"], "New")
    (item,) = ada["access"]
    assert {**READER, "role_id": None, "space_id": None, "status": "skipped"}.items() <= item.items()
    assert item["error"]["msg"].startswith("Not compared: Could not ")
    assert (eve["status"], eve["access"]) == ("unchanged", [])
    assert not result.get("warnings")  # a name that was not looked for is no name that does not exist


@pytest.mark.parametrize("status", [403, 500])
def test_bot_users_without_a_visible_address_are_none_but_bot_users(task, status):
    account = user_listing(page(person(), person(id="Bot", email=...)))
    keys = KEYS._replace(reply=answer(200, listed("api_keys", {"id": "k", "bot_user": {"id": "Bot"}})))
    result = report(task, account, keys, users=[ADA], purge=True)
    assert ([user["reason"] for user in result["left_alone"]], result["not_read"]) == (["bot_user"], [])
    result = report(task, account, KEYS._replace(reply=problem(status)), users=[ADA], purge=True)
    assert [user["reason"] for user in result["left_alone"]] == ["no_address"]
    assert result["not_read"][0].startswith("Bot users of service keys could not be told apart from other users: Could")
    assert ((result.get("failed", False), len(result["entries"]))) == (status != 403, 1)


def test_names_of_removed_bindings_that_cannot_be_read_leave_the_rest(task):
    calls = [USERS, bindings_of(binding()), NONE_ON_PROJECTS, KEYS, listing("roles", problem(500))]
    result = report(task, *calls, users=[{**ADA, "access": []}], purge_access=True)
    assert (result["failed"], result["not_read"]) == (True, [result["msg"]])
    assert [(item["role_id"], item["status"]) for item in access(result)] == [(ROLE_ID, "deleted")]


def test_users_missing_from_the_account_hold_no_difference_back(task):
    calls = [user_listing(page(person(), person("eve@x.io", id="Eve"))), KEYS]
    result = report(task, *calls, users=[ADA, {"user_id": "unknown"}], purge=True)
    assert [entry["status"] for entry in result["entries"]] == ["unchanged", "failed", "deleted"]


def test_a_long_failed_report_leaves_nothing_out(task):
    people = [{"email": f"u{number}@x.io"} for number in range(60)]
    account = user_listing(page(*(person(user["email"], id=user["email"]) for user in people)))
    result = report(task, account, users=[*people, {"user_id": "unknown"}])
    assert (result["failed"], len(result["entries"])) == (True, 61)


@pytest.mark.parametrize("options", [{"purge": True}, {"state": "absent", "purge": True, "max_deletions": 1}])
def test_what_contradicts_itself_is_refused_all_the_same(task, options):
    result = report(task, users=[] if "state" not in options else [ADA], **options)
    assert result["error"]["kind"] == "bad_option"


# ---------------------------------------------------------------- the names of what is removed or changed


def test_names_of_removed_bindings_are_read_wherever_the_key_may(task):
    """A list that continues is read as long as looking up the rest would cost more."""
    on_project = binding(id="p", resource_type="PROJECT", resource_id=PROJECT_ID)
    calls = [
        USERS,
        bindings_of(binding(), binding(id="b2", resource_id="s2", role_id="r2")),
        bindings_of(on_project, resource_type="PROJECT"),
        KEYS,
        ROLES,
        listing("projects", project("Other", id="p9"), more="c"),
        Call("GET", path_of("projects", PROJECT_ID), answer(200, project(space_id="s3"))),
        listing("spaces", space(), more="c"),
        listing("spaces", space("Far", id="s7"), cursor="c", more="d"),
        Call("GET", path_of("spaces", "s2"), problem(403)),
        Call("GET", path_of("spaces", "s3"), answer(404, {"title": "Not Found"})),
    ]
    result = task.run(*calls, check=True, users=[{**ADA, "access": []}], concurrency=1, **PURGE)
    assert result["diff"]["before"].splitlines() == [
        "ada@x.io  access  Prod: Reviewer",
        "ada@x.io  access  s2: Auditor",
        "ada@x.io  access  s3 / Chat: Reviewer",
    ]


@pytest.mark.parametrize("status", [403, 500])
def test_a_list_of_names_that_is_refused_leaves_ids(task, status):
    refused = [listing(plural, problem(status)) for plural in ("roles", "spaces")]
    calls = [USERS, bindings_of(binding()), NONE_ON_PROJECTS, KEYS, *refused[: 2 if status == 403 else 1]]
    result = task.run(*calls, check=True, users=[{**ADA, "access": []}], **PURGE)
    if status == 500:
        assert (result["failed"], result["error"]["status"]) == (True, 500)
        return
    assert result["diff"]["before"] == f"ada@x.io  access  {SPACE_ID}: {ROLE_ID}\n"


def test_names_of_changed_bindings_are_read_too(task):
    """By IDs alone nothing of it would be shown."""
    users = [{**ADA, "access": [{"role_id": ROLE_ID, "space_id": SPACE_ID}]}]
    calls = [USERS, bindings_of(binding(role_id="r2")), ROLES, SPACES]
    result = task.run(*calls, check=True, users=users)
    assert result["diff"] == {
        "before": "ada@x.io  access  Prod: Auditor\n",
        "after": "ada@x.io  access  Prod: Reviewer\n",
    }
    assert access(result)[0]["before"] == {"role": "Auditor", "role_id": "r2"}


def path_of(plural, item_id):
    return path(item_id).replace("/v2/users", f"/v2/{plural}")
