"""arize_user: what it asks, what it sends and what it returns, in check mode and for real."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.modules import arize_user
from ansible_collections.arize.ax.tests.unit.support.api import (
    ADA_ID,
    HTML_404,
    NO_USER,
    TAKEN,
    a_user,
    create,
    delete,
    get,
    listing,
    look_up,
    person,
    role,
    update,
)
from ansible_collections.arize.ax.tests.unit.support.task import Task
from ansible_collections.arize.ax.tests.unit.support.wire import answer, problem

EMAIL = "ada@x.io"
ADA = {"email": EMAIL, "name": "Ada", "role": "member"}
INVITED = person(status="INVITED")
NEW = (look_up(), create(INVITED))
CUSTOM = {"type": "CUSTOM", "id": "r1", "name": "Reviewer"}
PLAIN = person(is_developer=False, status="INVITED")


@pytest.fixture
def task(server):
    return Task(arize_user, server)


# ---------------------------------------------------------------- what is done


@pytest.mark.parametrize(
    ("options", "calls", "actions", "before", "after"),
    [
        pytest.param(ADA, NEW, ["create"], None, INVITED, id="create"),
        pytest.param(
            {**ADA, "name": " Ada\n", "email": " ada@x.io "}, NEW, ["create"], None, INVITED, id="create, stripped"
        ),
        pytest.param(
            {"email": EMAIL, "name": "Ada", "custom_role_id": "r1"},
            [look_up(), create(person(role=CUSTOM, status="INVITED"), role={"type": "CUSTOM", "id": "r1"})],
            ["create"],
            None,
            person(role=CUSTOM, status="INVITED"),
            id="create with a custom role",
        ),
        pytest.param(
            {**ADA, "invite_mode": "none"},
            [look_up(), create(person(), invite_mode="NONE")],
            ["create"],
            None,
            person(),
            id="create without a mail",
        ),
        pytest.param({**ADA, "is_developer": True}, NEW, ["create"], None, INVITED, id="create, is_developer implied"),
        pytest.param(
            {**ADA, "is_developer": False},
            [*NEW, update(PLAIN, is_developer=False)],
            ["create"],
            None,
            PLAIN,
            id="create, is_developer set by an update",
        ),
        pytest.param(
            {**ADA, "role": "member_ui_only", "is_developer": True},
            [
                look_up(),
                create(person(status="INVITED", role=role("MEMBER_UI_ONLY"), is_developer=...), role=role("MEMBER_UI_ONLY")),
                update(person(status="INVITED", role=role("MEMBER_UI_ONLY")), is_developer=True),
            ],
            ["create"],
            None,
            person(status="INVITED", role=role("MEMBER_UI_ONLY")),
            id="create, is_developer left out in the answer",
        ),
        pytest.param(ADA, [look_up(person())], [], person(), person(), id="unchanged"),
        pytest.param({"email": "ADA@X.io"}, [look_up(person(), email="ADA@X.io")], [], person(), person(), id="other case"),
        pytest.param({"user_id": ADA_ID}, [get(person())], [], person(), person(), id="unchanged, by id"),
        pytest.param(
            ADA, [look_up(person(name=" Ada "))], [], person(name=" Ada "), person(name=" Ada "), id="a space is no change"
        ),
        pytest.param(
            {**ADA, "invite_mode": "none"}, [look_up(INVITED)], [], INVITED, INVITED, id="invite_mode is no change"
        ),
        pytest.param(
            {"email": EMAIL, "name": "Ada"},
            [look_up(person(status="EXPIRED"))],
            [],
            person(status="EXPIRED"),
            person(status="EXPIRED"),
            id="a user whose invitation expired exists",
        ),
        pytest.param(
            {"email": EMAIL, "name": "Ada King"},
            [look_up(person()), update(person(name="Ada King"), name="Ada King")],
            ["update"],
            person(),
            person(name="Ada King"),
            id="rename",
        ),
        pytest.param(
            {"user_id": ADA_ID, "name": "B", "is_developer": False},
            [get(person()), update(person(name="B", is_developer=False), name="B", is_developer=False)],
            ["update"],
            person(),
            person(name="B", is_developer=False),
            id="one update for all fields, by id",
        ),
        pytest.param(
            {**ADA, "role": "admin", "name": "B", "role_mismatch": "ignore"},
            [look_up(person()), update(person(name="B"), name="B")],
            ["update"],
            person(),
            person(name="B"),
            id="role ignored",
        ),
        pytest.param(
            {"email": EMAIL, "state": "absent"}, [look_up(person()), delete()], ["delete"], person(), None, id="absent"
        ),
        pytest.param(
            {"user_id": ADA_ID, "state": "absent"}, [get(person()), delete()], ["delete"], person(), None, id="absent by id"
        ),
        pytest.param(
            {"user_id": ADA_ID, "name": "B"},
            [get(person(email=None)), update(person(name="B", email=None), name="B")],
            ["update"],
            person(email=None),
            person(name="B", email=None),
            id="the server shows no address",
        ),
        pytest.param(
            {"user_id": ADA_ID, "state": "absent"},
            [get(person(email=None)), delete()],
            ["delete"],
            person(email=None),
            None,
            id="absent, the server shows no address",
        ),
        pytest.param(
            {**ADA, "role": "admin", "state": "absent"},
            [look_up(person()), delete()],
            ["delete"],
            person(),
            None,
            id="absent compares nothing",
        ),
        pytest.param(
            {"email": EMAIL, "state": "absent"}, [look_up(person()), delete(NO_USER), look_up()], ["delete"], person(), None, id="gone"
        ),
        pytest.param({"email": EMAIL, "state": "absent"}, [look_up()], [], None, None, id="absent again"),
        pytest.param({"user_id": ADA_ID, "state": "absent"}, [get(NO_USER)], [], None, None, id="absent again by id"),
        pytest.param(
            {"email": EMAIL, "state": "absent"},
            [look_up(person("x" + EMAIL)), ],
            [],
            None,
            None,
            id="a substring is not the user",
        ),
    ],
)  # fmt: skip
def test_outcome(task, options, calls, actions, before, after):
    result = task.run_both(*calls, **options)
    before, after = (made and a_user(**made).as_result() for made in (before, after))
    assert result["changed"] == bool(actions)
    assert result["actions"] == actions
    assert result["user"] == after
    assert result["diff"] == {"before": before or {}, "after": after or {}}
    assert "warnings" not in result
    assert set(result) - {"invocation"} == {"changed", "actions", "user", "diff"}


def test_another_role_can_be_a_warning(task):
    calls = [look_up(person()), update(person(name="B"), name="B")]
    result = task.run_both(*calls, email=EMAIL, name="B", role="admin", role_mismatch="warn")
    assert result["actions"] == ["update"]
    (warning,) = result["warnings"]
    assert "ada@x.io has the role member, not admin" in warning


# ---------------------------------------------------------------- what cannot be done, predicted by check mode


@pytest.mark.parametrize(
    ("options", "calls", "kind", "words", "user"),
    [
        pytest.param({**ADA, "role": "admin"}, [look_up(person())], "role_mismatch", EMAIL, True, id="another role"),
        pytest.param(
            {"user_id": ADA_ID, "name": "B", "custom_role_id": "r2"},
            [get(person(role=CUSTOM))],
            "role_mismatch",
            "custom r1",
            True,
            id="another custom role",
        ),
        pytest.param({"email": EMAIL}, [look_up()], "incomplete", "name and role (or custom_role_id)", False, id="incomplete"),
        pytest.param({"user_id": ADA_ID, "name": "B"}, [get(NO_USER)], "not_found", ADA_ID, False, id="unknown id"),
        pytest.param({"user_id": ADA_ID, "state": "absent"}, [get(HTML_404)], "invalid_response", "404", None, id="HTML 404"),
        pytest.param(
            {"email": EMAIL, "state": "absent"}, [listing(HTML_404, EMAIL)], "invalid_response", "404", None, id="HTML 404 list"
        ),
        pytest.param(ADA, [listing(problem(401, "No", "Bad key."), EMAIL)], "unauthorized", "401 No: Bad key.", None, id="401"),
        pytest.param(ADA, [listing(problem(403), EMAIL)], "forbidden", "permission", None, id="403"),
        pytest.param(ADA, [listing(problem(503), EMAIL)], "server", "max_retries is 0", None, id="503"),
        pytest.param(ADA, [listing(answer(200, b"<html>"), EMAIL)], "invalid_response", EMAIL, None, id="HTML"),
    ],
)  # fmt: skip
def test_failure_before_any_write(task, options, calls, kind, words, user):
    """``user`` is None where nothing is known of one."""
    result = task.run_both(*calls, **options)
    assert (result["failed"], result["changed"], result["error"]["kind"]) == (True, False, kind)
    assert words in result["msg"]
    if user is None:
        assert "user" not in result
    else:
        assert bool(result["user"]) is user
        assert result["actions"] == []


# ---------------------------------------------------------------- what fails at the write

RENAME = {"email": EMAIL, "name": "B"}
ABSENT = {"email": EMAIL, "state": "absent"}
FOUND = look_up(person())


@pytest.mark.parametrize(
    ("options", "calls", "kind", "words", "changed"),
    [
        pytest.param(ADA, [look_up(), create(problem(403))], "forbidden", "create the user ada@x.io", False, id="create 403"),
        pytest.param(ADA, [look_up(), create(problem(422, "T", "D"))], "unprocessable", "422 T: D", False, id="create 422"),
        pytest.param(ADA, [look_up(), create(HTML_404)], "invalid_response", "404", False, id="create HTML 404"),
        pytest.param(ADA, [look_up(), create(TAKEN), look_up()], "blocked", "deleted earlier", False, id="blocked"),
        pytest.param(
            ADA,
            [look_up(), create(TAKEN), listing(problem(403), EMAIL)],
            "forbidden",
            "look up the user",
            False,
            id="taken, and the look-up fails",
        ),
        pytest.param(RENAME, [FOUND, update(NO_USER, name="B")], "not_found", EMAIL, False, id="update 404"),
        pytest.param(RENAME, [FOUND, update(problem(403), name="B")], "forbidden", EMAIL, False, id="update 403"),
        pytest.param(RENAME, [FOUND, update(problem(500), name="B")], "server", EMAIL, True, id="update 500"),
        pytest.param(RENAME, [FOUND, update(answer(200, b"<p>"), name="B")], "invalid_response", EMAIL, True, id="update HTML"),
        pytest.param(ABSENT, [FOUND, delete(problem(400, "Bad", "Yourself."))], "bad_request", "Yourself.", False, id="self"),
        pytest.param(ABSENT, [FOUND, delete(problem(403))], "forbidden", EMAIL, False, id="delete 403"),
        pytest.param(ABSENT, [FOUND, delete(HTML_404)], "invalid_response", "404", False, id="delete HTML 404"),
        pytest.param(ABSENT, [FOUND, delete(answer(200, b"<p>"))], "invalid_response", EMAIL, True, id="delete HTML 200"),
        pytest.param(ABSENT, [FOUND, delete(problem(502))], "server", EMAIL, True, id="delete 502"),
    ],
)  # fmt: skip
def test_failure_of_a_write(task, options, calls, kind, words, changed):
    result = task.run_both(*calls, predicted=False, **options)
    assert task.checked["changed"], "check mode cannot know"
    assert (result["failed"], result["changed"], result["error"]["kind"]) == (True, changed, kind)
    assert words in result["msg"]
    assert result["actions"] == []
    assert bool(result["user"]) == (calls[0] is FOUND), "the user as last seen"


@pytest.mark.parametrize(
    ("reply", "kind"),
    [(problem(403), "forbidden"), (problem(500), "server"), (NO_USER, "not_found")],
    ids=["403", "500", "404"],
)
def test_a_creation_that_cannot_be_completed_says_that_the_user_is_there(task, reply, kind):
    result = task.run_both(*NEW, update(reply, is_developer=False), predicted=False, **ADA, is_developer=False)
    assert (result["failed"], result["changed"], result["error"]["kind"]) == (True, True, kind)
    assert result["msg"].startswith(f"User ada@x.io was created (ID {ADA_ID}), but could not be completed: ")
    assert result["actions"] == ["create"]
    assert result["user"] == a_user(status="INVITED").as_result()
    assert result["error"]["method"] == "PATCH"


def test_the_request_id_of_a_refusal_ends_the_message(task):
    refusal = answer(409, {"title": "Conflict", "request_id": "req_1"})
    result = task.run(FOUND, delete(refusal), **ABSENT)
    assert result["error"]["request_id"] == "req_1"
    assert result["msg"].endswith("the server answered 409 Conflict. Request ID: req_1.")
