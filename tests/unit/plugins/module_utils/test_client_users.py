"""Reading users: look-ups, responses that say less or more than the contract, and what a 403 says of each call."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.module_utils._client.users import Users, read_user
from ansible_collections.arize.ax.plugins.module_utils._models import User
from ansible_collections.arize.ax.tests.unit.support.api import (
    ADA_ID,
    HTML_404,
    NO_USER,
    a_user,
    create,
    delete,
    get,
    listing,
    look_up,
    page,
    person,
    resend,
    reset,
    role,
    update,
)
from ansible_collections.arize.ax.tests.unit.support.client import failure, http
from ansible_collections.arize.ax.tests.unit.support.wire import answer, problem

ADA = a_user()
DENIED = problem(403, "Forbidden", "No.")


@pytest.fixture
def users(server):
    return Users(http(server.url))


# ---------------------------------------------------------------- look-up by address


def test_a_match_letter_for_letter_on_page_3_ends_the_reading(server, users):
    email = "ann@x.io"
    server.expect(
        listing(page(person("joann@x.io", id="1"), person("Ann@x.io", id="2"), cursor="c1"), email),
        listing(page(person("leann@x.io", id="3"), person("ANN@x.io", id="4"), cursor="c2"), email, "c1"),
        listing(page(person("aNN@x.io", id="6"), person(email, id="5"), cursor="c3"), email, "c2"),
    )
    assert users.find(email).id == "5", "and the fourth page is not requested"


def test_one_match_in_another_case_is_taken_at_the_end_of_the_list(server, users):
    server.expect(
        listing(page(person("Ann@X.io", id="1"), cursor="c1"), "ann@x.io"),
        listing(page(cursor="c2"), "ann@x.io", "c1"),
        listing(page(person("joann@x.io", id="2")), "ann@x.io", "c2"),
    )
    assert users.find("ann@x.io") == a_user(email="Ann@X.io", id="1")


def test_a_user_on_two_pages_is_one_match(server, users):
    server.expect(
        listing(page(person("Ann@x.io"), cursor="c1"), "ann@x.io"),
        listing(page(person("Ann@x.io", name="Newer")), "ann@x.io", "c1"),
    )
    assert users.find("ann@x.io").name == "Newer"


def test_several_matches_in_another_case_are_ambiguous(server, users):
    server.expect(
        listing(page(person("Ann@x.io", id="id-1"), cursor="c1"), "ann@x.io"),
        listing(page(person("ANN@x.io", id="id-2")), "ann@x.io", "c1"),
    )
    error = failure(users.find, "ann@x.io")
    assert error.kind == "ambiguous"
    assert "Ann@x.io (ID id-1), ANN@x.io (ID id-2)" in error.message
    assert not error.outcome_unknown


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
def test_no_user_has_the_address(server, users, others):
    server.expect(look_up(*[person(email) for email in others], email="ann@x.io"))
    assert users.find("ann@x.io") is None


@pytest.mark.parametrize("reply", [HTML_404, NO_USER, answer(200, b"<html>")], ids=["HTML 404", "404", "HTML"])
def test_a_failed_look_up_by_address_does_not_mean_none(server, users, reply):
    server.expect(listing(reply, "ann@x.io"))
    assert "look up the user ann@x.io" in failure(users.find, "ann@x.io").message


@pytest.mark.parametrize("email", [..., None, "", 7])
def test_a_user_without_email_is_listed_but_makes_a_look_up_uncertain(server, users, email):
    nameless = person(email=email)
    server.expect(listing(page(nameless)))
    assert [(user.id, user.email, user.label, user.key) for page_ in users.pages() for user in page_.items] == [
        (ADA_ID, None, ADA_ID, "")
    ]
    server.expect(listing(page(person(), nameless), "ada@x.io"))
    error = failure(users.find, "ada@x.io")
    assert error.kind == "invalid_response"
    assert "Could not look up the user ada@x.io: the response contains a user without email" in error.message


# ---------------------------------------------------------------- look-up by ID


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


def test_an_unknown_id_is_none(server, users):
    server.expect(get(NO_USER))
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
def test_a_failed_look_up_by_id_does_not_mean_none(server, users, reply, kind):
    server.expect(get(reply))
    assert failure(users.get, ADA_ID).kind == kind


# ---------------------------------------------------------------- a user in a response


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
def test_a_missing_field_is_null_and_a_new_one_is_no_error(sent, read):
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


# ---------------------------------------------------------------- permissions

READ = "USER_READ, or an owner with the account role admin or member"
ADMIN = "an owner with the account role admin"
FIELDS = {"email": "ada@x.io", "name": "Ada", "role": "member", "custom_role_id": None, "invite_mode": "email_link"}


@pytest.mark.parametrize(
    ("expected", "work", "needs"),
    [
        (listing(DENIED), lambda users: list(users.pages()), READ),
        (listing(DENIED, "ada@x.io"), lambda users: users.find("ada@x.io"), READ),
        (get(DENIED), lambda users: users.get(ADA_ID), READ),
        (
            create(DENIED),
            lambda users: users.create(FIELDS, None),
            f"{ADMIN} (member is enough for new members and annotators)",
        ),
        (update(DENIED, name="B"), lambda users: users.update(ADA, {"name": "B"}), f"USER_UPDATE, or {ADMIN}"),
        (update(DENIED, is_developer=False), lambda users: users.update(ADA, {"is_developer": False}), ADMIN),
        (
            update(DENIED, name="B", is_developer=False),
            lambda users: users.update(ADA, {"name": "B", "is_developer": False}),
            ADMIN,
        ),
        (delete(DENIED), lambda users: users.delete(ADA), f"USER_DELETE, or {ADMIN}"),
        (resend(DENIED), lambda users: users.resend(ADA), f"USER_CREATE, or {ADMIN}"),
        (reset(DENIED), lambda users: users.reset(ADA), f"USER_UPDATE, or {ADMIN}"),
    ],
    ids=["list", "find", "get", "create", "rename", "developer", "both", "delete", "resend", "reset"],
)
def test_a_403_names_the_permission_that_the_call_needs(server, users, expected, work, needs):
    server.expect(expected)
    error = failure(work, users)
    assert (error.kind, error.outcome_unknown) == ("forbidden", False)
    assert f"may lack permission: this operation needs {needs}." in error.message
