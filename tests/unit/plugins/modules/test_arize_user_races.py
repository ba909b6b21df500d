"""arize_user while others act at the same time, and when answers get lost."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.modules import arize_user
from ansible_collections.arize.ax.tests.unit.support.api import (
    ADA_ID,
    TAKEN,
    a_user,
    create,
    listing,
    look_up,
    person,
    role,
    update,
)
from ansible_collections.arize.ax.tests.unit.support.task import Task
from ansible_collections.arize.ax.tests.unit.support.wire import HANG, LOST, RESET, answer, cut_off, patience, problem

EMAIL = "ada@x.io"
ADA = {"email": EMAIL, "name": "Ada", "role": "member"}
INVITED = person(status="INVITED")
NOT_DEVELOPER = person(status="INVITED", is_developer=False)
CREATED = create(INVITED)
# What may have been carried out.
LOST_ANSWERS = {
    "closed": LOST,
    "reset": RESET,
    "no answer": HANG,
    "500": problem(500),
    "502": answer(502, b"<html>"),
    "503": problem(503),
    "504": answer(504),
    "cut off": cut_off(answer(201, INVITED)),
    "HTML 201": answer(201, b"<html>"),
    "HTML 200": answer(200, b"<html>"),
    "no user in it": answer(201, {}),
}


@pytest.fixture
def task(server):
    return Task(arize_user, server)


# ---------------------------------------------------------------- another client was faster


def taken_by(other, how):
    """The calls by which a create learns that *other* is there already."""
    return [create(other, 200)] if how == "200" else [create(TAKEN), look_up(other)]


@pytest.mark.parametrize("how", ["200", "409"])
@pytest.mark.parametrize(
    ("found", "options", "more", "actions"),
    [
        ({}, {}, [], []),
        ({}, {"is_developer": True}, [], []),
        ({}, {"is_developer": False}, [update(person(is_developer=False), is_developer=False)], ["update"]),
        ({"name": "Other"}, {}, [update(person(), name="Ada")], ["update"]),
        ({"role": role("ADMIN")}, {"role_mismatch": "ignore"}, [], []),
    ],
    ids=["as wanted", "developer as wanted", "another developer", "another name", "another role, ignored"],
)
def test_a_user_whom_another_client_created_is_carried_on_with_as_an_update(task, how, found, options, more, actions):
    result = task.run_both(look_up(), *taken_by(person(**found), how), *more, predicted=False, **ADA, **options)
    assert task.checked["actions"] == ["create"], "check mode cannot know"
    assert (result["changed"], result["actions"]) == (bool(actions), actions)
    assert result["diff"]["before"] == a_user(**found).as_result()
    assert result["diff"]["after"] == result["user"] == {**result["diff"]["before"], **(more[0].body if more else {})}


@pytest.mark.parametrize("how", ["200", "409"])
def test_a_user_whom_another_client_created_with_another_role_is_a_role_mismatch(task, how):
    other = person(role=role("ADMIN"))
    result = task.run_both(look_up(), *taken_by(other, how), predicted=False, **ADA)
    assert (result["changed"], result["actions"], result["error"]["kind"]) == (False, [], "role_mismatch")
    assert result["user"] == a_user(role=role("ADMIN")).as_result()
    warned = task.run(look_up(), *taken_by(other, how), **ADA, role_mismatch="warn")
    assert "has the role admin, not member" in "".join(warned["warnings"])


# ---------------------------------------------------------------- the answer to the create is lost


@pytest.mark.parametrize("max_retries", [0, 2])
@pytest.mark.parametrize("lost", LOST_ANSWERS)
def test_a_create_that_happened_is_found_by_a_look_up_and_not_sent_again(task, lost, max_retries):
    calls = [look_up(), create(LOST_ANSWERS[lost]), look_up(INVITED)]
    result = task.run_both(*calls, **ADA, max_retries=max_retries, timeout=patience(LOST_ANSWERS[lost]))
    assert (result["changed"], result["actions"]) == (True, ["create"])
    assert result["user"] == a_user(status="INVITED").as_result()
    assert result["diff"]["before"] == {}


@pytest.mark.parametrize("lost", LOST_ANSWERS)
def test_a_create_that_did_not_happen_is_sent_again(task, lost):
    calls = [look_up(), create(LOST_ANSWERS[lost]), look_up(), CREATED]
    result = task.run_both(*calls, **ADA, max_retries=1, timeout=patience(LOST_ANSWERS[lost]))
    assert (result["changed"], result["actions"]) == (True, ["create"])


@pytest.mark.parametrize("lost", LOST_ANSWERS)
def test_a_create_that_no_look_up_shows_and_that_may_not_be_sent_again_may_have_happened(task, lost):
    calls = [look_up(), create(LOST_ANSWERS[lost]), look_up()]
    result = task.run_both(*calls, predicted=False, **ADA, max_retries=0, timeout=patience(LOST_ANSWERS[lost]))
    assert (result["failed"], result["changed"], result["actions"], result["user"]) == (True, True, [], None)
    assert "A look-up does not show it. Gave up after 1 attempt: max_retries is 0." in result["msg"]
    assert "may be this run's own" in result["msg"]


@pytest.mark.parametrize(
    "second", [problem(500), problem(403), LOST, answer(200, b"<html>")], ids=["500", "403", "lost", "HTML"]
)
@pytest.mark.parametrize("lost", ["closed", "503", "HTML 201"])
def test_if_the_look_up_fails_too_it_is_not_known_whether(task, lost, second):
    calls = [look_up(), create(LOST_ANSWERS[lost]), listing(second, EMAIL)]
    result = task.run_both(*calls, predicted=False, **ADA)
    assert (result["failed"], result["changed"], result["actions"]) == (True, True, [])
    assert "It is not known whether it was carried out" in result["msg"]
    assert result["error"]["method"] == "POST", "the failure that counts is the first"


def test_a_create_that_happened_is_completed(task):
    calls = [look_up(), create(LOST), look_up(INVITED), update(NOT_DEVELOPER, is_developer=False)]
    result = task.run_both(*calls, **ADA, is_developer=False)
    assert (result["changed"], result["actions"], result["user"]["is_developer"]) == (True, ["create"], False)


def test_whoever_is_found_after_a_lost_answer_may_be_another_users_and_is_compared_as_a_whole(task):
    other = person(status="INVITED", name="Other")
    result = task.run_both(look_up(), create(LOST), look_up(other), update(INVITED, name="Ada"), **ADA)
    assert (result["actions"], result["user"]["name"]) == (["create"], "Ada")
    other = person(status="INVITED", role=role("ADMIN"))
    failed = task.run_both(look_up(), create(LOST), look_up(other), predicted=False, **ADA)
    assert (failed["changed"], failed["error"]["kind"]) == (True, "role_mismatch")
    assert ADA_ID in failed["msg"]


@pytest.mark.parametrize(
    "late", [[create(TAKEN), look_up(INVITED)], [create(INVITED, 200)]], ids=["409 and found", "200"]
)
def test_a_first_create_that_arrives_late_is_still_ours(task, late):
    result = task.run_both(look_up(), create(LOST), look_up(), *late, **ADA, max_retries=1)
    assert (result["changed"], result["actions"]) == (True, ["create"])


# ---------------------------------------------------------------- the budget of a create


@pytest.mark.parametrize(
    ("calls", "max_retries", "kind", "words"),
    [
        ([create(LOST), look_up(), create(LOST), look_up()], 1, "transport", "Gave up after 2 attempts"),
        ([create(problem(429)), create(LOST), look_up()], 1, "transport", "Gave up after 2 attempts"),
        ([create(LOST), look_up(), create(problem(429))], 1, "rate_limited", "Gave up after 2 attempts"),
        ([create(LOST), look_up(), create(problem(422))], 1, "unprocessable", "Gave up after 2 attempts"),
        ([create(LOST), look_up(), create(TAKEN), look_up()], 1, "blocked", "A look-up does not show it."),
        (
            [create(problem(429, Retry_After="9"))],
            5,
            "rate_limited",
            "Gave up after 1 attempt: the server asked to wait 9 s",
        ),
        (
            [create(problem(503, Retry_After="9")), look_up()],
            5,
            "server",
            "Gave up after 1 attempt: the server asked to wait 9 s",
        ),
        ([create(problem(520)), look_up()], 5, "server", "does not show it"),
        ([create(problem(501))], 5, "server", "the server answered 501"),
    ],
)
def test_after_the_last_try_a_create_tells_how_often_it_was_sent(task, calls, max_retries, kind, words):
    result = task.run_both(look_up(), *calls, predicted=False, **ADA, max_retries=max_retries)
    lost = any(call.reply.data[9:12] not in (b"429", b"501") for call in calls if call.method == "POST")
    assert (result["failed"], result["changed"], result["error"]["kind"]) == (True, lost, kind)
    assert ("may be this run's own" in result["msg"]) is lost
    assert words in result["msg"]


def test_429_and_lost_answers_share_one_budget(task):
    calls = [look_up(), create(problem(429)), create(LOST), look_up(), create(problem(503)), look_up(), CREATED]
    assert task.run_both(*calls, **ADA, max_retries=3)["actions"] == ["create"]


def test_a_look_up_has_a_budget_of_its_own(task):
    calls = [look_up(), create(LOST), listing(problem(503), EMAIL), look_up(), CREATED]
    assert task.run_both(*calls, **ADA, max_retries=1)["actions"] == ["create"]
