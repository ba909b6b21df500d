"""arize_role_binding: what it asks, what it sends and what it returns, in check mode and for real."""

from __future__ import annotations

from functools import partial

import pytest
from ansible_collections.arize.ax.plugins.module_utils._client import reading
from ansible_collections.arize.ax.plugins.modules import arize_role_binding
from ansible_collections.arize.ax.tests.unit.support.access import (
    BINDING_ID,
    PROJECT_ID,
    ROLE_ID,
    SPACE_ID,
    binding,
    bindings_of,
    listing,
    project,
    role,
    shown_binding,
    space,
    write,
)
from ansible_collections.arize.ax.tests.unit.support.api import ADA_ID, look_up, person
from ansible_collections.arize.ax.tests.unit.support.task import Task
from ansible_collections.arize.ax.tests.unit.support.wire import LOST, answer, problem

EMAIL = "ada@x.io"
BY_ID = {"user_id": ADA_ID, "role_id": ROLE_ID, "space_id": SPACE_ID}
BY_NAME = {"email": EMAIL, "role": "Reviewer", "space": "Prod"}
KEY = {"role_id": ROLE_ID, "user_id": ADA_ID, "resource_type": "SPACE", "resource_id": SPACE_ID}
NAMES = {"email": EMAIL, "role": "Reviewer", "space": "Prod"}
ON_PROJECT = binding(resource_type="PROJECT", resource_id=PROJECT_ID)
AUDITOR = role("Auditor", id="other")
ELSEWHERE = binding(id="b2", resource_id="s2")
create = partial(write, "POST", "role_bindings", status=201, **KEY)
update = partial(write, "PATCH", "role_bindings", item_id=BINDING_ID, role_id=ROLE_ID)
delete = partial(write, "DELETE", "role_bindings", item_id=BINDING_ID)
roles = partial(listing, "roles")
ANN, ROLES, SPACES = (
    look_up(person()),
    roles(AUDITOR, role()),
    listing("spaces", space("Prod 2", id="s2"), space(), name="Prod"),
)
TAKEN, MISSING = problem(409, "Resource conflict"), problem(404, "Not Found")
OTHERS = listing("role_bindings", resource_type="SPACE")  # a 404 is about the user only if this can be read


@pytest.fixture
def task(server):
    return Task(arize_role_binding, server)


@pytest.mark.parametrize(
    ("options", "calls", "actions", "before", "after"),
    [
        pytest.param(
            BY_ID, [bindings_of(ELSEWHERE, binding())], [], shown_binding(binding()), shown_binding(binding()), id="unchanged"
        ),
        pytest.param(
            BY_NAME,
            [ANN, ROLES, SPACES, bindings_of(binding())],
            [],
            shown_binding(binding(), **NAMES),
            shown_binding(binding(), **NAMES),
            id="unchanged, by names",
        ),
        pytest.param(BY_ID, [bindings_of(), create(binding())], ["create"], None, shown_binding(binding()), id="create"),
        pytest.param(
            BY_NAME,
            [ANN, ROLES, SPACES, bindings_of(ELSEWHERE), create(binding())],
            ["create"],
            None,
            shown_binding(binding(), **NAMES),
            id="create, by names",
        ),
        pytest.param(
            BY_ID,
            [bindings_of(binding(role_id="other")), update(binding())],
            ["update"],
            shown_binding(binding(role_id="other")),
            shown_binding(binding()),
            id="another role",
        ),
        pytest.param(
            BY_NAME,
            [ANN, ROLES, SPACES, bindings_of(binding(role_id="other")), update(binding())],
            ["update"],
            shown_binding(binding(role_id="other"), **{**NAMES, "role": "Auditor"}),
            shown_binding(binding(), **NAMES),
            id="another role, by names",
        ),
        pytest.param(
            {**BY_NAME, "organization_id": "o1"},
            [
                ANN,
                ROLES,
                listing("spaces", space(id="s9", organization_id="o9"), space(), name="Prod", org_id="o1"),
                bindings_of(binding()),
            ],
            [],
            shown_binding(binding(), **NAMES),
            shown_binding(binding(), **NAMES),
            id="organization by ID, a server that ignores the filter",
        ),
        pytest.param(
            {**BY_NAME, "organization": "East"},
            [
                ANN,
                ROLES,
                listing("organizations", {"id": "o0", "name": "Northeast"}, {"id": "o1", "name": "East"}, name="East"),
                listing("spaces", space(organization_id=...), name="Prod", org_id="o1"),
                bindings_of(binding()),
            ],
            [],
            shown_binding(binding(), **NAMES),
            shown_binding(binding(), **NAMES),
            id="organization by name, an older server",
        ),
        pytest.param(
            {**BY_NAME, "project": "Chat"},
            [
                ANN,
                ROLES,
                SPACES,
                listing("projects", project(id="p2", space_id="s2"), project(), name="Chat", space_id=SPACE_ID),
                bindings_of(ON_PROJECT, resource_type="PROJECT"),
            ],
            [],
            shown_binding(ON_PROJECT, **NAMES, project="Chat"),
            shown_binding(ON_PROJECT, **NAMES, project="Chat"),
            id="project by name",
        ),
        pytest.param(
            {"user_id": ADA_ID, "role_id": ROLE_ID, "project": "Chat", "space_id": SPACE_ID},
            [
                listing("projects", project(), name="Chat", space_id=SPACE_ID),
                bindings_of(ON_PROJECT, resource_type="PROJECT"),
            ],
            [],
            shown_binding(ON_PROJECT, project="Chat"),
            shown_binding(ON_PROJECT, project="Chat"),
            id="project by name, space by ID",
        ),
        pytest.param(
            {"user_id": ADA_ID, "role_id": ROLE_ID, "project_id": PROJECT_ID},
            [
                bindings_of(resource_type="PROJECT"),
                write(
                    "POST",
                    "role_bindings",
                    ON_PROJECT,
                    status=201,
                    **{**KEY, "resource_type": "PROJECT", "resource_id": PROJECT_ID},
                ),
            ],
            ["create"],
            None,
            shown_binding(ON_PROJECT),
            id="create, project by ID",
        ),
        pytest.param(
            {**BY_ID, "state": "absent"},
            [bindings_of(binding()), delete(answer(204))],
            ["delete"],
            shown_binding(binding()),
            None,
            id="delete this role",
        ),
        pytest.param(
            {**BY_ID, "state": "absent"},
            [bindings_of(binding(role_id="other"))],
            [],
            shown_binding(binding(role_id="other")),
            shown_binding(binding(role_id="other")),
            id="another role stays",
        ),
        pytest.param(
            {"user_id": ADA_ID, "space_id": SPACE_ID, "state": "absent"},
            [bindings_of(binding(role_id="other")), delete(answer(204))],
            ["delete"],
            shown_binding(binding(role_id="other")),
            None,
            id="delete whichever role",
        ),
        pytest.param({**BY_ID, "state": "absent"}, [bindings_of(ELSEWHERE)], [], None, None, id="absent"),
        pytest.param({**BY_ID, "state": "absent"}, [bindings_of(MISSING), OTHERS], [], None, None, id="absent, no such user ID"),
        pytest.param(
            {**BY_ID, "state": "absent"},
            [bindings_of(binding()), delete(MISSING), bindings_of()],
            ["delete"],
            shown_binding(binding()),
            None,
            id="delete, gone meanwhile",
        ),
        pytest.param(
            {**BY_ID, "state": "absent"},
            [bindings_of(binding()), delete(MISSING), bindings_of(MISSING), OTHERS],
            ["delete"],
            shown_binding(binding()),
            None,
            id="delete, the user is gone meanwhile",
        ),
    ],
)  # fmt: skip
def test_what_is_done(task, options, calls, actions, before, after):
    result = task.run_both(*calls, **options)
    assert (result["changed"], result["actions"]) == (bool(actions), actions)
    assert result["role_binding"] == after
    assert result["diff"] == {"before": before or {}, "after": after or {}}


# ---------------------------------------------------------------- names that do not exist


@pytest.mark.parametrize(
    ("options", "calls", "words"),
    [
        pytest.param(BY_NAME, [look_up()], [EMAIL], id="user"),
        pytest.param(
            {**BY_NAME, "role": "reviewer"},
            [ANN, ROLES],
            ["no role named reviewer", "Did you mean Reviewer?", "Auditor, Reviewer"],
            id="role",
        ),
        pytest.param(
            BY_NAME,
            [ANN, ROLES, listing("spaces", name="Prod"), listing("spaces", space("prod"), space("Lab", id="s2"))],
            ["no space named Prod", "Did you mean prod?", "Lab, prod"],
            id="space",
        ),
        pytest.param(
            BY_NAME,
            [ANN, ROLES, listing("spaces", name="Prod"), listing("spaces")],
            ["no space named Prod", "can see no space"],
            id="space, where there is none",
        ),
        pytest.param(
            {**BY_NAME, "organization_id": "o1"},
            [
                ANN,
                ROLES,
                listing("spaces", name="Prod", org_id="o1"),
                listing("spaces", *(space(f"S{number:02d}", id=f"s{number}") for number in range(12)), org_id="o1"),
            ],
            ["in the organization o1", "S00, S01", "S09 and 2 more"],
            id="space in an organization",
        ),
        pytest.param(
            {**BY_NAME, "organization": "East"},
            [ANN, ROLES, listing("organizations", name="East"), listing("organizations", {"id": "o1", "name": "West"})],
            ["no organization named East", "West"],
            id="organization",
        ),
        pytest.param(
            {**BY_NAME, "project": "Chat"},
            [
                ANN,
                ROLES,
                SPACES,
                listing("projects", name="Chat", space_id=SPACE_ID),
                listing("projects", project("Chats"), space_id=SPACE_ID),
            ],
            ["no project named Chat in the space Prod", "Did you mean Chats?"],
            id="project",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_name_that_does_not_exist(task, options, calls, words, state):
    if state == "absent" and calls != [ANN, ROLES]:
        calls = [*calls, ROLES] if len(calls) == 1 else calls
        result = task.run_both(*calls, **options, state=state)
        assert (result["changed"], result["role_binding"]) == (False, None)
        (told,) = result["warnings"]
        assert "no role binding to remove" in told
    else:
        result = task.run(*calls, **options, state=state)
        assert (result["error"]["kind"], result["changed"]) == ("not_found", False)
        told = result["msg"]
    assert all(word in told for word in words), told


def test_names_that_do_not_exist_yet_are_warnings_in_check_mode(task):
    calls = [look_up(), roles(), listing("spaces", name="Prod"), listing("spaces")]
    result = task.run(*calls, check=True, **BY_NAME)
    assert (result["changed"], result["actions"]) == (True, ["create"])
    unknown = dict.fromkeys(("id", "user_id", "role_id", "resource_id", "project", "created_at", "updated_at"))
    assert result["role_binding"] == {**unknown, **NAMES, "resource_type": "space"}
    assert result["diff"] == {"before": {}, "after": result["role_binding"]}
    assert [text.count("must exist before the real run") for text in result["warnings"]] == [1, 1, 1]
    assert [name in text for name, text in zip((EMAIL, "Reviewer", "Prod"), result["warnings"])] == [True] * 3


def test_a_role_that_does_not_exist_yet_will_replace_another(task):
    calls = [ANN, roles(AUDITOR), SPACES, bindings_of(binding(role_id="other"))]
    result = task.run(*calls, check=True, **BY_NAME)
    assert (result["actions"], len(result["warnings"])) == (["update"], 1)
    assert (result["diff"]["before"]["role"], result["role_binding"]["role"]) == ("Auditor", "Reviewer")
    assert result["role_binding"]["role_id"] is None


@pytest.mark.parametrize("user", [[ANN], [look_up()]], ids=["a user", "no such user"])
def test_a_role_name_that_does_not_exist_is_refused_under_absent_too(task, user):
    """Misspelt, it would leave a permission in place, whatever else is gone."""
    result = task.run_both(*user, roles(AUDITOR), state="absent", **BY_NAME)
    assert (result["error"]["kind"], result["changed"]) == ("not_found", False)


def test_without_a_role_name_no_role_is_read_for_a_user_who_does_not_exist(task):
    result = task.run_both(look_up(), email=EMAIL, space="Prod", state="absent")
    assert (result["changed"], len(result["warnings"])) == (False, 1)


def test_an_organization_id_that_does_not_exist_has_no_binding(task):
    at = {"name": "Prod", "org_id": "gone"}
    calls = [
        listing("spaces", MISSING, **at),
        listing("spaces", name="Prod"),
        listing("spaces", MISSING, org_id="gone"),
        listing("spaces"),
    ]
    options = {"user_id": ADA_ID, "space": "Prod", "organization_id": "gone"}
    result = task.run_both(*calls, state="absent", **options)
    assert (result["changed"], len(result["warnings"])) == (False, 1)
    # No earlier task of a play makes an ID exist, so a dry run refuses it as well.
    refused = task.run_both(*calls, role_id="r1", **options)
    assert refused["error"]["kind"] == "not_found"
    assert "organization_id gone" in refused["msg"]
    calls[-2] = listing("spaces", problem(403), org_id="gone")
    assert task.run_both(*calls[:-1], role_id="r1", **options)["error"]["kind"] == "forbidden"


@pytest.mark.parametrize("found", [[ELSEWHERE, binding(user_id="other")], [ELSEWHERE, binding()]], ids=["none", "one"])
def test_the_binding_of_a_user_who_no_longer_exists_is_removed(task, found):
    mine = binding() in found
    calls = [bindings_of(MISSING), listing("role_bindings", *found, resource_type="SPACE")]
    result = task.run_both(*calls, *[delete(answer(204))] * mine, **{**BY_ID, "state": "absent"})
    assert (result["changed"], result["actions"]) == (mine, ["delete"] * mine)
    assert [ADA_ID in warning for warning in result["warnings"]] == [True]


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("options", "calls", "kind", "words"),
    [
        (
            {**BY_NAME, "space": "Twin"},
            [ANN, ROLES, listing("spaces", space("Twin", id="t1"), space("Twin", id="t2"), name="Twin")],
            "ambiguous",
            ["t1", "t2", "organization", "space_id"],
        ),
        (BY_NAME, [ANN, roles(role(id="r1"), role(id="r2"))], "ambiguous", ["r1", "r2", "role_id"]),
        (BY_NAME, [ANN, roles(problem(403))], "forbidden", ["ROLE_READ"]),
        (BY_NAME, [ANN, ROLES, listing("spaces", problem(403), name="Prod")], "forbidden", ["SPACE_READ"]),
        (BY_ID, [bindings_of(MISSING), OTHERS], "not_found", [ADA_ID]),
        (BY_ID, [bindings_of(MISSING), OTHERS._replace(reply=MISSING)], "invalid_response", ["proxies"]),
        (BY_ID, [bindings_of(problem(403))], "forbidden", ["ROLE_BINDING_READ"]),
        ({**BY_ID, "state": "absent"}, [bindings_of(problem(403))], "forbidden", ["ROLE_BINDING_READ"]),
        (BY_ID, [bindings_of(binding(role_id=...))], "invalid_response", ["without role_id"]),
    ],
)  # fmt: skip
def test_what_is_refused_before_a_write(task, options, calls, kind, words):
    result = task.run_both(*calls, **options)
    assert (result["error"]["kind"], result["changed"]) == (kind, False)
    assert all(word in result["msg"] for word in words), result["msg"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"role": "r", "space": "s"}, ["email", "user_id"]),
        ({"email": "ada", "role": "r", "space": "s"}, ["email"]),
        ({"email": EMAIL, "space": "s"}, ["role", "role_id"]),
        ({"email": EMAIL, "role": "r"}, ["space", "project_id"]),
        ({"email": EMAIL, "state": "absent"}, ["space", "project_id"]),
        ({"email": EMAIL, "role": "", "space": "s", "state": "absent"}, ["role", "empty"]),
        ({"email": EMAIL, "role": "r", "role_id": "i", "space": "s"}, ["role", "role_id"]),
        ({"email": EMAIL, "role": "r", "space": "s", "space_id": "i"}, ["space", "space_id"]),
        ({"email": EMAIL, "role": "r", "space": "s", "project": "p", "project_id": "i"}, ["project", "project_id"]),
        ({"email": EMAIL, "role": "r", "space": "s", "project_id": "i"}, ["space", "project_id"]),
        ({"email": EMAIL, "role": "r", "space_id": "s", "project_id": "i"}, ["space_id", "project_id"]),
        ({"email": EMAIL, "role": "r", "project": "p"}, ["project", "space"]),
        ({"email": EMAIL, "role": "r", "space_id": "s", "organization": "o"}, ["organization", "space"]),
        ({"email": EMAIL, "role": "r", "space": "s", "organization": "o", "organization_id": "i"}, ["organization_id"]),
        ({"email": EMAIL, "role": "r", "space_id": "a b"}, ["space_id"]),
        ({"email": EMAIL, "role": {"a": 1}, "space_id": "a"}, ["role", "mapping"]),
    ],
    ids=str,
)
def test_bad_options(task, options, words):
    result = task.run_both(**options)
    assert (result["error"]["kind"], result["changed"]) == ("bad_option", False)
    assert all(word in result["msg"] for word in words), result["msg"]


# ---------------------------------------------------------------- what happens between look-up and write


@pytest.mark.parametrize(
    ("found", "more", "actions"),
    [(binding(), [], []), (binding(role_id="other"), [update(binding())], ["update"])],
    ids=["the same", "another role"],
)
def test_a_binding_that_another_client_has_just_created(task, found, more, actions):
    calls = [bindings_of(), create(TAKEN), bindings_of(found), *more]
    result = task.run_both(*calls, predicted=False, **BY_ID)
    assert (result["changed"], result["actions"]) == (bool(actions), actions)
    assert (result["diff"]["before"], result["role_binding"]) == (shown_binding(found), shown_binding(binding()))


def test_a_binding_that_the_key_cannot_see(task):
    calls = [bindings_of(), create(TAKEN), bindings_of(), bindings_of()]
    result = task.run_both(*calls, predicted=False, **BY_ID)
    assert (result["error"]["kind"], result["error"]["status"], result["changed"]) == ("conflict", 409, False)
    assert all(cause in result["msg"] for cause in ("lags", "ROLE_BINDING_READ"))


def test_a_binding_that_a_list_shows_late_is_found(task):
    calls = [bindings_of(), create(TAKEN), bindings_of(), bindings_of(binding())]
    assert not task.run_both(*calls, predicted=False, **BY_ID)["changed"]


def test_a_binding_that_the_key_cannot_see_may_be_its_own(task):
    calls = [bindings_of(), create(LOST), bindings_of(), create(TAKEN), bindings_of(), bindings_of()]
    result = task.run_both(*calls, predicted=False, max_retries=1, **BY_ID)
    assert (result["error"]["kind"], result["changed"]) == ("conflict", True)


@pytest.mark.parametrize(
    "reply",
    [LOST, problem(502), answer(201, {}), answer(201, binding(role_id="other")), answer(201, binding(user_id="x"))],
)
def test_a_lost_answer_is_looked_up(task, reply):
    result = task.run_both(bindings_of(), create(reply), bindings_of(binding()), **BY_ID)
    assert (result["actions"], result["role_binding"]) == (["create"], shown_binding(binding()))


def test_a_lost_answer_that_was_not_carried_out_is_sent_again(task):
    calls = [bindings_of(), create(LOST), bindings_of(), create(binding())]
    assert task.run_both(*calls, max_retries=1, **BY_ID)["actions"] == ["create"]


def test_a_200_is_a_binding_that_existed(task):
    calls = [bindings_of(), write("POST", "role_bindings", binding(), **KEY)]
    result = task.run_both(*calls, predicted=False, **BY_ID)
    assert (result["changed"], result["actions"]) == (False, [])


def test_a_creation_that_is_refused_names_user_resource_and_permission(task):
    calls = [ANN, ROLES, SPACES, bindings_of(), create(problem(403))]
    result = task.run_both(*calls, predicted=False, **BY_NAME)
    assert (result["error"]["kind"], result["changed"], result["role_binding"]) == ("forbidden", False, None)
    assert all(word in result["msg"] for word in (EMAIL, "the space Prod", "ROLE_BINDING_CREATE"))


@pytest.mark.parametrize("shown", [binding(role_id="x"), binding(role_id=...), binding(user_id=...), {"id": "other"}])
def test_an_update_is_believed_only_if_the_answer_shows_it(task, shown):
    calls = [bindings_of(binding(role_id="other")), update(shown)]
    result = task.run_both(*calls, predicted=False, **BY_ID)
    assert (result["error"]["kind"], result["changed"]) == ("invalid_response", True)


def test_an_update_of_a_binding_whose_user_is_gone(task):
    calls = [bindings_of(binding(role_id="other")), update(MISSING), bindings_of(MISSING), OTHERS]
    result = task.run_both(*calls, predicted=False, **BY_ID)
    assert (result["error"]["kind"], result["changed"]) == ("not_found", False)


def test_an_update_that_is_refused_is_not_looked_up(task):
    calls = [bindings_of(binding(role_id="other")), update(problem(403))]
    result = task.run_both(*calls, predicted=False, **BY_ID)
    assert (result["error"]["kind"], result["changed"]) == ("forbidden", False)


@pytest.mark.parametrize(
    ("after", "kind", "words"),
    [
        (bindings_of(binding(role_id="other")), "forbidden", "ROLE_BINDING_CREATE and ROLE_BINDING_DELETE"),
        (bindings_of(), "not_found", "404"),
        (bindings_of(problem(500)), "not_found", "look-up afterwards failed too (Could not list the role bindings"),
    ],
    ids=["still listed", "gone", "not known"],
)
@pytest.mark.parametrize("lost", [False, True])
def test_an_update_that_is_answered_404(task, after, kind, words, lost):
    """It was not carried out; an earlier attempt may have been, whose response was lost."""
    attempts = [update(LOST)] * lost + [update(MISSING)]
    again = [after._replace(reply=problem(500))] * (lost and "look-up" in words)  # the list is requested twice, too
    calls = [bindings_of(binding(role_id="other")), *attempts, *again, after]
    result = task.run_both(*calls, predicted=False, max_retries=int(lost), **BY_ID)
    assert (result["error"]["kind"], result["changed"]) == (kind, lost)
    assert words in result["msg"]


@pytest.mark.parametrize(("reply", "changed"), [(MISSING, False), (answer(200), True)], ids=["404", "empty 200"])
def test_a_deletion_that_is_not_proved_while_the_binding_is_listed(task, reply, changed):
    calls = [bindings_of(binding()), delete(reply), bindings_of(binding())]
    result = task.run_both(*calls, predicted=False, **{**BY_ID, "state": "absent"})
    assert (result["error"]["kind"], result["changed"]) == ("forbidden", changed)
    assert "ROLE_BINDING_DELETE" in result["msg"]
    assert result["role_binding"] == shown_binding(binding())


@pytest.mark.parametrize(
    ("reply", "kind"), [(problem(401), "unauthorized"), (answer(200, {"error": "x"}), "invalid_response")]
)
def test_a_deletion_that_fails(task, reply, kind):
    result = task.run_both(bindings_of(binding()), delete(reply), predicted=False, **{**BY_ID, "state": "absent"})
    assert (result["error"]["kind"], result["changed"]) == (kind, kind == "invalid_response")


def test_a_defect_during_a_write_loses_nothing(task, monkeypatch):
    monkeypatch.setattr(reading, "quote", lambda *_a, **_k: 1 / 0)
    result = task.run(bindings_of(binding()), **{**BY_ID, "state": "absent"})
    assert (result["error"]["kind"], result["changed"]) == ("internal", True)
    assert result["role_binding"] == shown_binding(binding())
