"""arize_user_password_reset: a mail, once, to a user who has a password."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.modules import arize_user_password_reset
from ansible_collections.arize.ax.tests.unit.support.api import (
    ADA_ID,
    HTML_404,
    NO_USER,
    a_user,
    get,
    listing,
    look_up,
    person,
    reset,
)
from ansible_collections.arize.ax.tests.unit.support.task import Task
from ansible_collections.arize.ax.tests.unit.support.wire import LOST, answer, problem

EMAIL = "ada@x.io"
FOUND = look_up(person())


@pytest.fixture
def task(server):
    return Task(arize_user_password_reset, server)


@pytest.mark.parametrize("reply", [answer(204), answer(202), answer(202, {})], ids=["204", "202", "202 with a body"])
@pytest.mark.parametrize("found", [FOUND, get(person())], ids=["by email", "by id"])
def test_it_is_changed_each_time_with_an_empty_diff(task, found, reply):
    by = {"email": EMAIL} if found is FOUND else {"user_id": ADA_ID}
    ada = a_user().as_result()
    for _time in range(2):
        result = task.run_both(found, reset(reply), **by)
        assert result["changed"]
        assert result["user"] == ada
        assert result["diff"] == {"before": ada, "after": ada}
        assert set(result) - {"invocation"} == {"changed", "user", "diff"}


@pytest.mark.parametrize(
    ("calls", "by", "kind", "words"),
    [
        ([look_up()], "email", "not_found", EMAIL),
        ([get(NO_USER)], "user_id", "not_found", ADA_ID),
        ([get(HTML_404)], "user_id", "invalid_response", "404"),
        ([listing(problem(403), EMAIL)], "email", "forbidden", EMAIL),
        ([look_up(person(status="INVITED"))], "email", "not_active", "arize_user_invite with resend: true"),
        ([look_up(person(status="EXPIRED"))], "email", "not_active", "Use arize_user_invite instead"),
        ([look_up(person(status="FROZEN"))], "email", "unexpected_status", "frozen"),
        ([look_up(person(status=...))], "email", "unexpected_status", EMAIL),
    ],
    ids=["no user", "unknown id", "HTML 404", "403", "invited", "expired", "unknown status", "no status"],
)
def test_refused_before_any_write(task, calls, by, kind, words):
    result = task.run_both(*calls, **{by: EMAIL if by == "email" else ADA_ID})
    assert (result["failed"], result["changed"], result["error"]["kind"]) == (True, False, kind)
    assert words in result["msg"]


def test_a_mail_of_which_the_answer_is_lost_may_have_been_sent(task):
    result = task.run_both(FOUND, reset(LOST), predicted=False, email=EMAIL, max_retries=5)
    assert (result["failed"], result["changed"]) == (True, True)
    assert f"The mail may have been sent: ask {EMAIL}" in result["msg"]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (problem(400, "Bad Request", "The user signs in with SSO."), "bad_request"),
        (problem(403), "forbidden"),
        (NO_USER, "not_found"),
        (HTML_404, "invalid_response"),
        (problem(429), "rate_limited"),
        (answer(302, b"", Location="https://x.io/login"), "invalid_response"),
    ],
    ids=["SSO", "403", "404", "HTML 404", "429", "redirect"],
)
def test_a_refusal_changed_nothing(task, reply, kind):
    result = task.run_both(FOUND, reset(reply), predicted=False, email=EMAIL)
    assert (result["failed"], result["changed"], result["error"]["kind"]) == (True, False, kind)
    assert "It is not known" not in result["msg"]
    assert result["user"] == a_user().as_result()
