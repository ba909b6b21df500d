"""Temporary passwords: when they are asked for, where they stand, and when they are lost."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.modules import arize_user, arize_user_invite
from ansible_collections.arize.ax.tests.unit.support.api import (
    TAKEN,
    create,
    listing,
    look_up,
    person,
    role,
    update,
)
from ansible_collections.arize.ax.tests.unit.support.task import PASSWORD, Task
from ansible_collections.arize.ax.tests.unit.support.wire import LOST, answer, problem

EMAIL = "ada@x.io"
ADA = {"email": EMAIL, "name": "Ada", "role": "member", "invite_mode": "temporary_password"}
INVITED = person(status="INVITED")
WITH_PASSWORD = {**INVITED, "temporary_password": PASSWORD}
HELP = "arize_user_invite with resend: true"


def ask(reply, status=201):
    return create(reply, status, invite_mode="TEMPORARY_PASSWORD")


@pytest.fixture(params=[arize_user, arize_user_invite], ids=["arize_user", "arize_user_invite"])
def task(request, server):
    return Task(request.param, server)


@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
def test_without_no_log_nothing_is_asked_of_the_server(task, check):
    result = task.run(check=check, **ADA)
    assert (result["failed"], result["changed"], result["error"]["kind"]) == (True, False, "no_log_needed")
    assert EMAIL in result["msg"]
    assert "no_log: true" in result["msg"]


def test_absent_makes_no_password_and_needs_no_no_log(server):
    assert Task(arize_user, server).run_both(look_up(), **ADA, state="absent")["changed"] is False


def test_the_password_stands_in_one_place(task):
    result = task.run_both(look_up(), ask(WITH_PASSWORD), no_log=True, **ADA)
    assert result["temporary_password"] == PASSWORD, "(that it stands nowhere else is asserted for every result)"
    assert result["changed"]
    assert "temporary_password" not in task.checked


def test_an_existing_user_gets_none(task):
    result = task.run_both(look_up(INVITED), no_log=True, **ADA)
    assert not result["changed"]
    assert "temporary_password" not in result
    assert "warnings" not in result


def test_a_password_that_no_user_asked_for_is_not_shown(task):
    options = {**ADA, "invite_mode": "email_link"}
    assert "temporary_password" not in task.run_both(look_up(), create(WITH_PASSWORD), **options)


def test_a_password_that_stands_elsewhere_too_is_not_shown_there(task):
    """A server that repeats it in a name or an unknown field."""
    result = task.run(
        look_up(),
        ask({**WITH_PASSWORD, "note": PASSWORD, "role": {**role("MEMBER"), "x": PASSWORD}}),
        no_log=True,
        **ADA,
    )
    assert result["temporary_password"] == PASSWORD


# ---------------------------------------------------------------- lost


@pytest.mark.parametrize("password", [..., None, ""], ids=["left out", "null", "empty"])
def test_a_password_that_did_not_come_is_lost(task, password):
    result = task.run(
        look_up(),
        ask({**INVITED, "temporary_password": password} if password is not ... else INVITED),
        no_log=True,
        **ADA,
    )
    assert (result["failed"], result["changed"], result["error"]["kind"]) == (True, True, "password_lost")
    assert HELP in result["msg"]
    assert result["user"]["status"] == "invited"


@pytest.mark.parametrize("lost", [LOST, problem(502), answer(201, b"<html>")], ids=["closed", "502", "HTML"])
def test_a_password_is_lost_with_the_answer_when_the_create_happened(task, lost):
    result = task.run(look_up(), ask(lost), look_up(INVITED), no_log=True, max_retries=3, **ADA)
    assert (result["failed"], result["changed"], result["error"]["kind"]) == (True, True, "password_lost")
    assert HELP in result["msg"]


@pytest.mark.parametrize("late", [[ask(TAKEN), look_up(INVITED)], [ask(INVITED, 200)]], ids=["409 and found", "200"])
def test_a_password_is_lost_when_the_first_create_arrives_late(task, late):
    result = task.run(look_up(), ask(LOST), look_up(), *late, no_log=True, max_retries=1, **ADA)
    assert (result["changed"], result["error"]["kind"]) == (True, "password_lost")


def test_a_create_that_did_not_happen_can_still_bring_a_password(task):
    calls = [look_up(), ask(LOST), look_up(), ask(WITH_PASSWORD)]
    assert task.run(*calls, no_log=True, max_retries=1, **ADA)["temporary_password"] == PASSWORD


def test_if_it_is_not_known_whether_the_message_says_what_then(task):
    result = task.run(look_up(), ask(LOST), listing(problem(500), EMAIL), no_log=True, **ADA)
    assert (result["failed"], result["changed"], result["error"]["kind"]) == (True, True, "transport")
    assert "If it was carried out, the temporary password is lost" in result["msg"]
    assert HELP in result["msg"]


# ---------------------------------------------------------------- another client was faster


@pytest.mark.parametrize(
    "taken", [[ask(INVITED, 200)], [ask({**INVITED, "temporary_password": PASSWORD}, 200)], [ask(TAKEN), look_up(INVITED)]],
    ids=["200", "200 with another password", "409"],
)  # fmt: skip
def test_another_users_invitation_brings_no_password_and_a_warning(task, taken):
    result = task.run(look_up(), *taken, no_log=True, **ADA)
    assert not result["changed"]
    assert "temporary_password" not in result
    (warning,) = result["warnings"]
    assert warning.startswith("ada@x.io was created or invited by another client")
    assert "no temporary password was issued" in warning


# ---------------------------------------------------------------- failures after the password came


@pytest.mark.parametrize("reply", [problem(403, "T", f"It is {PASSWORD}."), LOST], ids=["403 that repeats it", "lost"])
def test_a_password_is_returned_also_when_the_creation_cannot_be_completed(server, reply):
    calls = [look_up(), ask(WITH_PASSWORD), update(reply, is_developer=False)]
    result = Task(arize_user, server).run(*calls, no_log=True, is_developer=False, **ADA)
    assert (result["failed"], result["changed"]) == (True, True)
    assert result["temporary_password"] == PASSWORD
