"""Lists: page by page to the end, or an error. Shown with the list of users."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.module_utils._client import paging
from ansible_collections.arize.ax.plugins.module_utils._client.failures import Request
from ansible_collections.arize.ax.plugins.module_utils._client.users import Users, read_user
from ansible_collections.arize.ax.tests.unit.support.api import NO_USER, a_user, listing, page, person
from ansible_collections.arize.ax.tests.unit.support.client import failure, http
from ansible_collections.arize.ax.tests.unit.support.wire import Call, answer, problem


@pytest.fixture
def users(server):
    return Users(http(server.url))


def people(count, prefix):
    return [person(f"{prefix}{number}@x.io", id=f"{prefix}{number}") for number in range(count)]


def read(pages):
    return [([user.email for user in page_.items], page_.has_more) for page_ in pages]


def test_an_account_is_read_page_by_page_in_the_order_of_the_api(server, users):
    server.expect(
        listing(page(*people(3, "c"), cursor="c/1+=&")),
        listing(page(*people(2, "b"), cursor="c2"), cursor="c/1+=&"),
        listing(page(*people(1, "a")), cursor="c2"),
    )
    assert read(users.pages()) == [
        (["c0@x.io", "c1@x.io", "c2@x.io"], True),
        (["b0@x.io", "b1@x.io"], True),
        (["a0@x.io"], False),
    ]


def test_filters_are_sent_with_every_page(server, users):
    filters = {"email": "@X.io", "statuses": ("INVITED", "EXPIRED")}
    server.expect(listing(page(cursor="c1"), **filters), listing(page(), cursor="c1", **filters))
    assert read(users.pages("@X.io", ["invited", "expired"])) == [([], True), ([], False)]


def test_a_page_is_requested_only_when_it_is_needed(server, users):
    server.expect(listing(page(person(), cursor="c1")))
    assert next(users.pages()).items == [a_user()]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"users": []}, "no valid pagination.has_more"),
        ({"users": [], "pagination": None}, "no valid pagination.has_more"),
        ({"users": [], "pagination": []}, "no valid pagination.has_more"),
        ({"users": [], "pagination": {}}, "no valid pagination.has_more"),
        ({"users": [], "pagination": {"has_more": None}}, "no valid pagination.has_more"),
        ({"users": [], "pagination": {"has_more": "false"}}, "no valid pagination.has_more"),
        ({"users": [], "pagination": {"has_more": 0}}, "no valid pagination.has_more"),
        ({"users": [], "pagination": {"next_cursor": "c1"}}, "no valid pagination.has_more"),
        ({"users": [], "pagination": {"has_more": True}}, "next_cursor is missing"),
        ({"users": [], "pagination": {"has_more": True, "next_cursor": None}}, "next_cursor is missing"),
        ({"users": [], "pagination": {"has_more": True, "next_cursor": ""}}, "next_cursor is missing"),
        ({"users": [], "pagination": {"has_more": True, "next_cursor": 7}}, "next_cursor is missing"),
        ({"pagination": {"has_more": False}}, "no list of users"),
        ({"users": None, "pagination": {"has_more": False}}, "no list of users"),
        ({"users": {"a": 1}, "pagination": {"has_more": False}}, "no list of users"),
        (page({"email": "ada@x.io"}), "without id"),
        (page(person(id="")), "without id"),
        (page(person(id=7)), "without id"),
        ({"users": ["ada@x.io"], "pagination": {"has_more": False}}, "without id"),
        ({"users": [None], "pagination": {"has_more": False}}, "without id"),
        ([], "not a JSON object"),
        (None, "not a JSON object"),
        ("users", "not a JSON object"),
        (b"<html>Sign in", "not a JSON object"),
        (b"", "not a JSON object"),
        (b'{"users": [', "not a JSON object"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_a_list_that_does_not_say_what_is_in_it_is_an_error(server, users, body, reason):
    server.expect(listing(answer(200, body)))
    error = failure(list, users.pages())
    assert error.kind == "invalid_response"
    assert reason in error.message
    assert error.message.startswith("Could not list the users: ")
    assert (error.status, error.method, error.path) == (200, "GET", "/v2/users")
    assert not error.outcome_unknown


@pytest.mark.parametrize("second", ["c1", "c2"])
def test_a_cursor_that_repeats_is_an_error(server, users, second):
    server.expect(listing(page(cursor="c1")), listing(page(cursor=second), cursor="c1"))
    if second != "c1":
        server.expect(listing(page(cursor="c1"), cursor="c2"))
    error = failure(list, users.pages())
    assert error.kind == "invalid_response"
    assert "repeated a cursor" in error.message


def test_a_list_without_end_is_an_error(server, users, monkeypatch):
    assert (paging.PAGE_SIZE, paging._MAX_PAGES) == (100, 10_000)
    monkeypatch.setattr(paging, "_MAX_PAGES", 3)
    server.expect(
        *[listing(page(cursor=f"c{number + 1}"), cursor=f"c{number}" if number else "") for number in range(3)]
    )
    error = failure(list, users.pages())
    assert error.kind == "invalid_response"
    assert "does not end: 3 pages so far" in error.message


def test_a_list_of_as_many_pages_as_allowed_is_read(server, users, monkeypatch):
    monkeypatch.setattr(paging, "_MAX_PAGES", 3)
    server.expect(
        listing(page(cursor="c1")), listing(page(cursor="c2"), cursor="c1"), listing(page(person()), cursor="c2")
    )
    assert read(users.pages()) == [([], True), ([], True), (["ada@x.io"], False)]


def test_an_error_on_a_later_page_is_an_error_and_not_the_end(server, users):
    server.expect(listing(page(person(), cursor="c1")), listing(problem(403, "Forbidden"), cursor="c1"))
    assert failure(list, users.pages()).kind == "forbidden"


@pytest.mark.parametrize("cursor", ["", "c"])
def test_a_list_that_is_answered_404_is_an_error(server, users, cursor):
    """A gateway answers so to a path that it does not know."""
    server.expect(*([listing(page(cursor=cursor), "ada@x.io")] if cursor else []))
    server.expect(listing(problem(404, "Not Found", "no Route matched with those values"), "ada@x.io", cursor))
    error = failure(list, users.pages("ada@x.io"))
    assert (error.kind, error.status) == ("invalid_response", 404)
    assert error.message.endswith("no Route matched with those values. Check the endpoint, and proxies in between.")


PARENT = Request(
    "list it", "GET", "/v2/users", [("status", "ACTIVE"), ("user_id", "u"), ("org_id", "o"), ("space_id", "s")]
)
BY_PARENT = Call("GET", "/v2/users?limit=100&status=ACTIVE&user_id=u&org_id=o&space_id=s", NO_USER)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (page(person(), cursor="c"), "not_found"),
        (NO_USER, "invalid_response"),
        (problem(403), "forbidden"),
        (answer(200, {"users": []}), "invalid_response"),
    ],
    ids=["readable", "404", "403", "no pagination"],
)
def test_a_parent_does_not_exist_only_if_the_list_can_be_read_without_it(server, users, reply, kind):
    server.expect(BY_PARENT, listing(reply, statuses=("ACTIVE",)))
    assert failure(list, paging.pages(users.http, PARENT, "users", read_user)).kind == kind


def test_a_page_is_sent_again_within_its_own_budget(server):
    users = Users(http(server.url, max_retries=1))
    lost = problem(503)
    server.expect(listing(lost), listing(page(person(), cursor="c1")))
    server.expect(listing(lost, cursor="c1"), listing(page(), cursor="c1"))
    assert read(users.pages()) == [(["ada@x.io"], True), ([], False)]
