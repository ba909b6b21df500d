# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading users: pages, look-ups, and answers that say less or more than agreed."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.module_utils._client import users
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._client.users import User, Users, read_user
from ansible_collections.arize.ax.tests.unit.support.api import (
    ADA_ID,
    HTML_404,
    NOBODY,
    a_user,
    get,
    listing,
    look_up,
    page,
    person,
    role,
)
from ansible_collections.arize.ax.tests.unit.support.client import http
from ansible_collections.arize.ax.tests.unit.support.wire import answer, problem


@pytest.fixture
def users(server):
    return Users(http(server.url))


def people(count, prefix):
    return [person(f"{prefix}{number}@x.io", id=f"{prefix}{number}") for number in range(count)]


def failure(work, *arguments, **options):
    with pytest.raises(ArizeError) as caught:
        work(*arguments, **options)
    return caught.value


# ---------------------------------------------------------------- pages


def test_an_account_is_read_page_by_page_in_the_order_of_the_api(server, users):
    server.expect(
        listing(page(*people(3, "c"), cursor="c/1+=&")),
        listing(page(*people(2, "b"), cursor="c2"), cursor="c/1+=&"),
        listing(page(*people(1, "a")), cursor="c2"),
    )
    read = [([user.email for user in users], has_more) for users, has_more in users.pages()]
    assert read == [(["c0@x.io", "c1@x.io", "c2@x.io"], True), (["b0@x.io", "b1@x.io"], True), (["a0@x.io"], False)]


def test_filters_are_sent_with_every_page(server, users):
    filters = {"email": "@X.io", "statuses": ("INVITED", "EXPIRED")}
    server.expect(listing(page(cursor="c1"), **filters), listing(page(), cursor="c1", **filters))
    assert list(users.pages("@X.io", ["invited", "expired"])) == [([], True), ([], False)]


def test_the_next_page_is_asked_for_only_when_it_is_wanted(server, users):
    server.expect(listing(page(person(), cursor="c1")))
    assert next(users.pages()).users == [a_user()]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"users": []}, "whether the list goes on"),
        ({"users": [], "pagination": None}, "whether the list goes on"),
        ({"users": [], "pagination": []}, "whether the list goes on"),
        ({"users": [], "pagination": {}}, "whether the list goes on"),
        ({"users": [], "pagination": {"has_more": None}}, "whether the list goes on"),
        ({"users": [], "pagination": {"has_more": "false"}}, "whether the list goes on"),
        ({"users": [], "pagination": {"has_more": 0}}, "whether the list goes on"),
        ({"users": [], "pagination": {"next_cursor": "c1"}}, "whether the list goes on"),
        ({"users": [], "pagination": {"has_more": True}}, "has no cursor"),
        ({"users": [], "pagination": {"has_more": True, "next_cursor": None}}, "has no cursor"),
        ({"users": [], "pagination": {"has_more": True, "next_cursor": ""}}, "has no cursor"),
        ({"users": [], "pagination": {"has_more": True, "next_cursor": 7}}, "has no cursor"),
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
def test_a_list_that_cannot_be_relied_on_is_an_error(server, users, body, reason):
    server.expect(listing(answer(200, body)))
    error = failure(list, users.pages())
    assert error.kind == "invalid_response"
    assert reason in error.message
    assert error.message.startswith("Could not list the users: ")
    assert (error.facts["status"], error.facts["method"], error.facts["path"]) == (200, "GET", "/v2/users")
    assert not error.outcome_unknown


@pytest.mark.parametrize("email", [..., None, "", 7])
def test_a_user_without_address_is_listed_but_may_be_the_one_who_is_looked_for(server, users, email):
    nameless = person(email=email)
    server.expect(listing(page(nameless)))
    assert [(user.id, user.email, user.label, user.key) for page in users.pages() for user in page.users] == [
        (ADA_ID, None, ADA_ID, "")
    ]
    server.expect(listing(page(person(), nameless), "ada@x.io"))
    error = failure(users.find, "ada@x.io")
    assert error.kind == "invalid_response"
    assert "Could not look up the user ada@x.io: the answer holds a user without email" in error.message


@pytest.mark.parametrize("second", ["c1", "c2"])
def test_a_cursor_that_repeats_is_an_error_and_not_for_ever(server, users, second):
    server.expect(listing(page(cursor="c1")), listing(page(cursor=second), cursor="c1"))
    if second != "c1":
        server.expect(listing(page(cursor="c1"), cursor="c2"))
    error = failure(list, users.pages())
    assert error.kind == "invalid_response"
    assert "repeats a cursor" in error.message


@pytest.mark.parametrize(
    ("shown", "stale", "most"),
    [
        pytest.param([[1], [2], [1], [2], [3], [2], [], [1]], 3, 99, id="begins again and again"),
        pytest.param([[1], [], [], []], 3, 99, id="shows nobody any more"),
        pytest.param([[1], [2], [3]], 99, 3, id="invents users for ever"),
    ],
)
def test_a_list_with_ever_new_cursors_is_an_error_and_not_for_ever(server, users, monkeypatch, shown, stale, most):
    monkeypatch.setattr(_users, "_MOST_STALE_PAGES", stale)
    monkeypatch.setattr(_users, "_MOST_PAGES", most)
    for number, ids in enumerate(shown):
        page_of = page(*(person(f"{n}@x.io", id=str(n)) for n in ids), cursor=f"c{number + 1}")
        server.expect(listing(page_of, cursor=f"c{number}" if number else ""))
    error = failure(list, users.pages())
    assert error.kind == "invalid_response"
    assert f"does not end: {len(shown)} pages so far" in error.message


def test_an_error_on_a_later_page_is_an_error_and_not_the_end(server, users):
    server.expect(listing(page(person(), cursor="c1")), listing(problem(403, "Forbidden"), cursor="c1"))
    assert failure(list, users.pages()).kind == "forbidden"


# ---------------------------------------------------------------- look-up by address


def test_an_exact_match_on_page_3_among_substring_matches(server, users):
    email = "ann@x.io"
    server.expect(
        listing(page(person("joann@x.io", id="1"), person("ann@x.io.example", id="2"), cursor="c1"), email),
        listing(page(person("leann@x.io", id="3"), cursor="c2"), email, "c1"),
        listing(page(person("Ann@X.io", id="4"), cursor="c3"), email, "c2"),
    )
    assert users.find(email).id == "4", "and the fourth page is not asked for"


@pytest.mark.parametrize(
    ("asked", "stored"),
    [
        ("ADA@x.io", "ada@X.IO"),
        ("A+b&c@X.io", "a+B&C@x.io"),
        ("jörg@x.io", "JÖRG@x.io"),
        ("a%2B@x.io", "a%2B@x.io"),
        ("a=b?c/d#e@x.io", "a=b?c/d#e@x.io"),
    ],
)
def test_the_address_is_sent_as_it_is_and_compared_without_case(server, users, asked, stored):
    server.expect(look_up(person("x" + stored, id="other"), person(stored), email=asked))
    assert users.look_up(asked, None) == a_user(email=stored)


@pytest.mark.parametrize("others", [[], ["joann@x.io"], ["ann@x.io2", "ann@x.io "]])
def test_nobody_has_the_address(server, users, others):
    server.expect(look_up(*[person(email) for email in others], email="ann@x.io"))
    assert users.find("ann@x.io") is None


@pytest.mark.parametrize("reply", [HTML_404, NOBODY, answer(200, b"<html>")], ids=["HTML 404", "404", "HTML"])
def test_a_look_up_by_address_that_is_not_answered_is_an_error_and_not_nobody(server, users, reply):
    server.expect(listing(reply, "ann@x.io"))
    assert "look up the user ann@x.io" in failure(users.find, "ann@x.io").message


# ---------------------------------------------------------------- look-up by id


@pytest.mark.parametrize(
    ("user_id", "on_the_wire"),
    [
        (ADA_ID, "VXNlcjox%2F%2BI%3D"),
        ("a.b-c_d~e", "a.b-c_d~e"),
        ("a/../b", "a%2F..%2Fb"),
        ("a%2Fb", "a%252Fb"),
        ("a?b#c&d", "a%3Fb%23c%26d"),
        ("User:1:é", "User%3A1%3A%C3%A9"),
    ],
)
def test_an_id_is_one_segment_of_the_path(server, users, user_id, on_the_wire):
    server.expect(get(person(id=user_id), user_id)._replace(target=f"/v2/users/{on_the_wire}"))
    assert users.look_up(None, user_id).id == user_id


def test_an_unknown_id_is_nobody(server, users):
    server.expect(get(NOBODY))
    assert users.get(ADA_ID) is None


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (HTML_404, "invalid_response"),
        (answer(404), "invalid_response"),
        (answer(404, []), "invalid_response"),
        (problem(400), "bad_request"),
        (answer(200, page()), "invalid_response"),
        (answer(200, person(id="another")), "invalid_response"),
        (answer(204), "invalid_response"),
    ],
    ids=["HTML 404", "empty 404", "404 with a list", "400", "no user", "another user", "nothing"],
)
def test_a_look_up_by_id_that_is_not_answered_is_an_error_and_not_nobody(server, users, reply, kind):
    server.expect(get(reply))
    assert failure(users.get, ADA_ID).kind == kind


# ---------------------------------------------------------------- users as they come


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ({}, {}),
        ({"status": "active", "role": {"type": "predefined", "name": "member"}}, {}),
        ({"status": "Expired"}, {"status": "expired"}),
        ({"status": "FROZEN"}, {"status": "frozen"}),
        ({"status": None}, {"status": None}),
        ({"status": ...}, {"status": None}),
        ({"status": 7}, {"status": None}),
        ({"role": role("MEMBER_UI_ONLY")}, {"role": "member_ui_only"}),
        ({"role": role("AUDITOR")}, {"role": "auditor"}),
        ({"role": {"type": "GROUP"}}, {"role": "group"}),
        ({"role": {"type": "PREDEFINED"}}, {"role": "predefined"}),
        ({"role": {"type": "PREDEFINED", "name": 7}}, {"role": "predefined"}),
        ({"role": {}}, {"role": None}),
        ({"role": None}, {"role": None}),
        ({"role": ...}, {"role": None}),
        ({"role": "ADMIN"}, {"role": "admin"}),
        ({"role": ["ADMIN"]}, {"role": None}),
        (
            {"role": {"type": "CUSTOM", "id": "r1", "name": "Reviewer"}},
            {"role": "custom", "custom_role_id": "r1", "custom_role_name": "Reviewer"},
        ),
        ({"role": {"type": "custom", "id": "r1"}}, {"role": "custom", "custom_role_id": "r1"}),
        ({"role": {"type": "CUSTOM"}}, {"role": "custom"}),
        ({"name": None}, {"name": None}),
        ({"name": ...}, {"name": None}),
        ({"name": " Ada "}, {"name": " Ada "}),
        ({"name": "\ud800Ada"}, {"name": "?Ada"}),
        ({"is_developer": ...}, {"is_developer": None}),
        ({"is_developer": "yes"}, {"is_developer": None}),
        ({"is_developer": 1}, {"is_developer": None}),
        ({"is_developer": False}, {"is_developer": False}),
        ({"created_at": ...}, {"created_at": None}),
        ({"invented": "later", "temporary_password": "hunter2"}, {}),
    ],
    ids=str,
)
def test_what_is_left_out_is_null_and_what_is_new_is_no_error(sent, read):
    ada = {
        "id": ADA_ID,
        "name": "Ada",
        "email": "ada@x.io",
        "status": "active",
        "role": "member",
        "custom_role_id": None,
        "custom_role_name": None,
        "is_developer": True,
        "created_at": "2026-01-02T03:04:05Z",
    }
    assert read_user(person(**sent)) == User(**{**ada, **read})
    assert read_user(person(**sent)).as_result() == {**ada, **read}
