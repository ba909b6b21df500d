"""Updating and deleting users, resending and resetting: what is sent, and which responses are a success."""

from __future__ import annotations

import gzip

import pytest
from ansible_collections.arize.ax.plugins.module_utils._client.users import Users
from ansible_collections.arize.ax.tests.unit.support.api import (
    HTML_404,
    NO_USER,
    a_user,
    delete,
    listing,
    look_up,
    page,
    person,
    resend,
    reset,
    update,
)
from ansible_collections.arize.ax.tests.unit.support.client import failure, http
from ansible_collections.arize.ax.tests.unit.support.wire import LOST, answer, problem, raw

ADA = a_user()
HTML = answer(200, b"<html>Sign in")
# Calls whose success has no content: how to make each, and what the script expects.
DONE_CALLS = {
    "delete": (lambda users: users.delete(ADA), delete),
    "resend": (lambda users: users.resend(ADA), resend),
    "reset": (lambda users: users.reset(ADA), reset),
}


@pytest.fixture
def users(server):
    return Users(http(server.url))


# ---------------------------------------------------------------- update


@pytest.mark.parametrize(
    "changes", [{"name": "B"}, {"is_developer": False}, {"name": "B", "is_developer": True}], ids=str
)
def test_an_update_sends_the_changes_alone(server, users, changes):
    server.expect(update(person(**changes), **changes))
    assert users.update(ADA, changes) == a_user(**changes)


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"name": "B"}, {"name": " B "}),
        ({"name": "B"}, {"name": None}),
        ({"name": "B"}, {"name": ...}),
        ({"is_developer": False}, {"is_developer": ...}),
        ({"name": "B", "is_developer": False}, {"name": "B", "is_developer": ...}),
    ],
    ids=str,
)
def test_a_response_to_an_update_may_leave_fields_out_or_pad_the_name(server, users, changes, shown):
    server.expect(update(person(**shown), **changes))
    assert users.update(ADA, changes) == a_user(**shown)


@pytest.mark.parametrize(
    ("changes", "shown", "field"),
    [
        ({"name": "B"}, {"name": "Ada"}, "name"),
        ({"name": "B"}, {"name": "b"}, "name"),
        ({"name": "B"}, {"name": ""}, "name"),
        ({"is_developer": False}, {"is_developer": True}, "is_developer"),
        ({"name": "B", "is_developer": False}, {"name": "B", "is_developer": True}, "is_developer"),
    ],
    ids=str,
)
def test_a_response_that_does_not_show_the_change_is_no_success(server, changes, shown, field):
    users = Users(http(server.url, max_retries=5))
    server.expect(update(person(**shown), **changes))
    error = failure(users.update, ADA, changes)
    assert (error.kind, error.status, error.outcome_unknown) == ("invalid_response", 200, True)
    assert f"does not show the new {field}" in error.message


def test_a_response_about_another_user_is_no_success(server, users):
    server.expect(update(person(id="another", name="B"), name="B"))
    error = failure(users.update, ADA, {"name": "B"})
    assert (error.kind, error.outcome_unknown) == ("invalid_response", True)


@pytest.mark.parametrize(
    "reply", [HTML, answer(200), answer(204), answer(200, {})], ids=["HTML", "empty", "204", "no user"]
)
def test_the_outcome_of_an_update_with_an_unreadable_response_is_unknown(server, users, reply):
    server.expect(update(reply, name="B"))
    error = failure(users.update, ADA, {"name": "B"})
    assert (error.kind, error.outcome_unknown) == ("invalid_response", True)


def test_an_update_of_an_unknown_user_is_not_found(server, users):
    server.expect(update(NO_USER, name="B"))
    error = failure(users.update, ADA, {"name": "B"})
    assert (error.kind, error.outcome_unknown) == ("not_found", False)
    assert "update the user ada@x.io" in error.message


# ---------------------------------------------------------------- delete, resend, reset


@pytest.mark.parametrize("verb", DONE_CALLS)
@pytest.mark.parametrize(
    "reply",
    [answer(204), answer(202), answer(202, b"<html>"), answer(202, {"queued": True}), answer(200), answer(200, b" \r\n"),
     answer(200, gzip.compress(b""), Content_Encoding="gzip"), raw(b"HTTP/1.0 200 OK\r\n\r\n")],
    ids=["204", "202", "202 with a page", "202 with an object", "200", "whitespace", "gzipped", "without length"],
)  # fmt: skip
def test_done_is_204_or_202_or_an_empty_200_which_a_list_confirms(server, users, verb, reply):
    work, expected = DONE_CALLS[verb]
    confirmed = [look_up()] if verb == "delete" and b" 200 " in reply.data else []
    server.expect(expected(reply), *confirmed)
    work(users)


@pytest.mark.parametrize("verb", DONE_CALLS)
@pytest.mark.parametrize(
    "reply",
    [answer(200, {"error": "not allowed by policy"}), answer(200, {}), answer(200, b"OK"), answer(200, []), answer(200, None),
     HTML, answer(201), answer(201, b"OK"), answer(203), answer(200, b"<html>", Content_Encoding="gzip"),
     answer(200, gzip.compress(b"<html>"), Content_Encoding="gzip")],
    ids=["error", "object", "text", "list", "null", "HTML", "201", "201 with text", "203", "broken gzip", "gzipped HTML"],
)  # fmt: skip
def test_another_success_does_not_say_that_it_was_done(server, verb, reply):
    work, expected = DONE_CALLS[verb]
    server.expect(expected(reply))
    error = failure(work, Users(http(server.url, max_retries=5)))
    assert (error.kind, error.outcome_unknown) == ("invalid_response", True)
    assert "does not say that it was done" in error.message or "is not" in error.message


DOUBTFUL = {"404": NO_USER, "empty 200": answer(200)}
GATEWAY = problem(404, "Not Found", "no Route matched with those values")


@pytest.mark.parametrize("reply", DOUBTFUL.values(), ids=DOUBTFUL)
@pytest.mark.parametrize(
    "others",
    [[], [person("ADA@x.io", id="another")], [person("joada@x.io", id="another")]],
    ids=["none", "case", "longer"],
)
def test_a_user_that_no_list_shows_any_more_counts_as_deleted(server, users, reply, others):
    server.expect(delete(reply), look_up(*others))
    users.delete(ADA)


@pytest.mark.parametrize(("reply", "unknown"), [(GATEWAY, False), (answer(200), True)], ids=DOUBTFUL)
def test_a_user_that_a_list_still_shows_is_not_deleted(server, users, reply, unknown):
    server.expect(delete(reply), listing(page(person("joada@x.io", id="x"), cursor="c"), "ada@x.io"))
    server.expect(listing(page(person(status="INVITED")), "ada@x.io", "c"))
    error = failure(users.delete, ADA)
    assert (error.kind, error.method, error.outcome_unknown) == ("invalid_response", "DELETE", unknown)
    assert error.status == (200 if unknown else 404)
    assert error.message.startswith("Could not delete the user ada@x.io: the server answered ")
    assert error.message.endswith(" But the list still shows it. Check the endpoint, and proxies in between.")


def test_a_deletion_lost_once_and_then_not_found_may_have_been_carried_out_though_a_list_shows_the_user(server):
    server.expect(delete(LOST), delete(GATEWAY), look_up(person()))
    error = failure(Users(http(server.url, max_retries=1)).delete, ADA)
    assert (error.kind, error.outcome_unknown) == ("invalid_response", True)


@pytest.mark.parametrize("reply", DOUBTFUL.values(), ids=DOUBTFUL)
@pytest.mark.parametrize(("second", "kind"), [(problem(403), "forbidden"), (GATEWAY, "invalid_response")])
def test_without_a_list_it_is_not_known_whether_the_user_is_deleted(server, users, reply, second, kind):
    server.expect(delete(reply), listing(second, "ada@x.io"))
    error = failure(users.delete, ADA)
    assert (error.kind, error.method, error.outcome_unknown) == (kind, "GET", True)
    assert "not known whether the request to delete the user ada@x.io was carried out." in error.message


def test_a_user_without_an_address_is_looked_for_in_the_whole_list(server, users):
    server.expect(delete(NO_USER), listing(page(person(id="x"), cursor="c")), listing(page(person()), cursor="c"))
    assert failure(users.delete, a_user(email=None)).kind == "invalid_response"
    server.expect(delete(NO_USER), listing(page(person(id="x"))))
    users.delete(a_user(email=None))


@pytest.mark.parametrize(
    ("reply", "kind"),
    [(HTML_404, "invalid_response"), (problem(400), "bad_request"), (problem(403), "forbidden")],
    ids=["HTML 404", "400", "403"],
)
def test_a_deletion_that_is_refused_is_an_error(server, users, reply, kind):
    server.expect(delete(reply))
    assert failure(users.delete, ADA).kind == kind


@pytest.mark.parametrize("verb", ["resend", "reset"])
def test_a_mail_to_an_unknown_user_is_not_found(server, users, verb):
    work, expected = DONE_CALLS[verb]
    server.expect(expected(NO_USER))
    error = failure(work, users)
    assert error.kind == "not_found"
    assert "ada@x.io" in error.message


@pytest.mark.parametrize("verb", ["resend", "reset"])
@pytest.mark.parametrize("reply", [LOST, problem(500)], ids=["lost", "500"])
def test_a_mail_is_never_requested_again(server, verb, reply):
    work, expected = DONE_CALLS[verb]
    server.expect(expected(reply))
    assert failure(work, Users(http(server.url, max_retries=5))).outcome_unknown


@pytest.mark.parametrize("last", [answer(204), NO_USER], ids=["204", "404"])
def test_a_lost_deletion_is_sent_again(server, last):
    server.expect(delete(LOST), delete(last), *([look_up()] if last is NO_USER else []))
    Users(http(server.url, max_retries=1)).delete(ADA)
