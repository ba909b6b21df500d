# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writing users: what is sent, and which answers are success."""

from __future__ import annotations

import gzip

import pytest
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._client.users import Created, Users
from ansible_collections.arize.ax.tests.unit.support.api import (
    HTML_404,
    NOBODY,
    TAKEN,
    a_user,
    create,
    delete,
    person,
    resend,
    reset,
    role,
    update,
)
from ansible_collections.arize.ax.tests.unit.support.client import http
from ansible_collections.arize.ax.tests.unit.support.wire import LOST, answer, problem

ADA = a_user()
FIELDS = {"email": "ada@x.io", "name": "Ada", "role": "member", "custom_role_id": None, "invite_mode": "email_link"}
HTML = answer(200, b"<html>Sign in")
# Calls without content in their answer: how to make each, and what the script says.
DONE_CALLS = {
    "delete": (lambda users: users.delete(ADA), delete),
    "resend": (lambda users: users.resend(ADA), resend),
    "reset": (lambda users: users.reset(ADA), reset),
}


@pytest.fixture
def users(server):
    return Users(http(server.url))


def failure(work, *arguments):
    with pytest.raises(ArizeError) as caught:
        work(*arguments)
    return caught.value


def create_with(users, **fields):
    return users.create({**FIELDS, "is_developer": None, **fields}, users.tries())


# ---------------------------------------------------------------- create


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ({}, {}),
        *[({"role": name}, {"role": role(name.upper())}) for name in ("admin", "member_ui_only", "annotator", "auditor")],
        ({"role": None, "custom_role_id": "r1"}, {"role": {"type": "CUSTOM", "id": "r1"}}),
        *[({"invite_mode": mode}, {"invite_mode": mode.upper()}) for mode in ("none", "temporary_password")],
        ({"is_developer": True}, {}),
        ({"name": "Ада \"&<", "email": "A+b&c@X.io"}, {"name": "Ада \"&<", "email": "A+b&c@X.io"}),
    ],
    ids=str,
)  # fmt: skip
def test_a_creation_sends_what_the_contract_knows_in_upper_case(server, users, fields, body):
    server.expect(create(person(), **body))
    assert create_with(users, **fields) == Created(ADA, True, None)


@pytest.mark.parametrize("status", [201, 200])
@pytest.mark.parametrize(("sent", "read"), [("hunter2", "hunter2"), (None, None), ("", None), (7, None), (..., None)])
def test_an_answer_says_whether_the_user_is_new_and_may_hold_a_password(server, users, status, sent, read):
    server.expect(create(person(temporary_password=sent), status))
    assert create_with(users) == Created(ADA, status == 201, read)


def test_a_password_is_masked_in_later_errors(server, users):
    server.expect(create(person(temporary_password="hunter2")), update(problem(400, "T", "not hunter2"), name="B"))
    create_with(users)
    assert failure(users.update, ADA, {"name": "B"}).facts["detail"] == "not ********"


@pytest.mark.parametrize(
    "reply",
    [answer(201, b"<html>"), answer(201), answer(201, []), answer(201, {"id": "x"}), HTML, LOST, problem(502)],
    ids=["HTML 201", "empty", "list", "no email", "HTML 200", "lost", "502"],
)
def test_a_creation_whose_answer_cannot_be_read_may_have_happened(server, users, reply):
    server.expect(create(reply))
    assert failure(create_with, users).outcome_unknown


@pytest.mark.parametrize(
    ("reply", "kind"),
    [(TAKEN, "conflict"), (problem(403), "forbidden"), (problem(422), "unprocessable"), (HTML_404, "invalid_response")],
    ids=["taken", "403", "422", "HTML 404"],
)
def test_a_creation_that_is_refused_has_not_happened(server, users, reply, kind):
    server.expect(create(reply))
    error = failure(create_with, users)
    assert (error.kind, error.outcome_unknown) == (kind, False)
    assert error.message.startswith("Could not create the user ada@x.io: ")


# ---------------------------------------------------------------- update


@pytest.mark.parametrize(
    "changes", [{"name": "B"}, {"is_developer": False}, {"name": "B", "is_developer": True}], ids=str
)
def test_an_update_sends_the_changes_alone(server, users, changes):
    server.expect(update(person(**changes), **changes))
    assert users.update(ADA, changes) == a_user(**changes)


@pytest.mark.parametrize(
    "reply", [HTML, answer(200), answer(204), answer(200, {})], ids=["HTML", "empty", "204", "no user"]
)
def test_an_update_whose_answer_cannot_be_read_may_have_happened(server, users, reply):
    server.expect(update(reply, name="B"))
    error = failure(users.update, ADA, {"name": "B"})
    assert (error.kind, error.outcome_unknown) == ("invalid_response", True)


def test_an_update_of_nobody_is_not_found(server, users):
    server.expect(update(NOBODY, name="B"))
    error = failure(users.update, ADA, {"name": "B"})
    assert (error.kind, error.outcome_unknown) == ("not_found", False)
    assert "update the user ada@x.io" in error.message


# ---------------------------------------------------------------- delete, resend, reset


@pytest.mark.parametrize("verb", DONE_CALLS)
@pytest.mark.parametrize(
    "reply",
    [answer(204), answer(202), answer(202, b"<html>"), answer(200), answer(200, {}), answer(202, {"queued": True})],
    ids=["204", "202", "202 with a page", "200", "200 with an object", "202 with an object"],
)
def test_success_needs_no_content(server, users, verb, reply):
    work, expected = DONE_CALLS[verb]
    server.expect(expected(reply))
    work(users)


@pytest.mark.parametrize("verb", DONE_CALLS)
@pytest.mark.parametrize(
    "reply",
    [HTML, answer(200, []), answer(201, b"OK"), answer(200, b"<html>", Content_Encoding="gzip"),
     answer(200, gzip.compress(b"<html>"), Content_Encoding="gzip")],
    ids=["HTML", "list", "text", "broken gzip", "gzipped HTML"],
)  # fmt: skip
def test_a_page_of_something_in_between_is_no_success(server, users, verb, reply):
    work, expected = DONE_CALLS[verb]
    server.expect(expected(reply))
    error = failure(work, users)
    assert (error.kind, error.outcome_unknown) == ("invalid_response", True)


def test_a_user_who_is_gone_already_counts_as_deleted(server, users):
    server.expect(delete(NOBODY))
    users.delete(ADA)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [(HTML_404, "invalid_response"), (problem(400), "bad_request"), (problem(403), "forbidden")],
    ids=["HTML 404", "400", "403"],
)
def test_a_deletion_that_is_refused_is_an_error(server, users, reply, kind):
    server.expect(delete(reply))
    assert failure(users.delete, ADA).kind == kind


@pytest.mark.parametrize("verb", ["resend", "reset"])
def test_a_mail_to_nobody_is_not_found(server, users, verb):
    work, expected = DONE_CALLS[verb]
    server.expect(expected(NOBODY))
    error = failure(work, users)
    assert error.kind == "not_found"
    assert "ada@x.io" in error.message
