# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task wants of one user: which values are taken, and what is refused."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.module_utils._planning.desired import (
    DesiredUser,
    named,
    read_desired_user,
    read_only_one,
    refuse_unprotected_passwords,
    roster_entry,
)
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.tests.unit.support.api import a_user, role

LONGEST_ADDRESS = "a" * (255 - len("@x.io")) + "@x.io"


def refusal(**options):
    with pytest.raises(ArizeError) as caught:
        read_desired_user(options)
    assert caught.value.kind == "bad_option"
    assert caught.value.message.isprintable()
    return caught.value.message


# ---------------------------------------------------------------- identity


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"email": "ada@x.io"}, DesiredUser(email="ada@x.io")),
        ({"email": "ada@x.io", "user_id": None}, DesiredUser(email="ada@x.io")),
        ({"email": "ada@x.io", "user_id": ""}, DesiredUser(email="ada@x.io")),
        ({"email": "ada@x.io", "user_id": " \t"}, DesiredUser(email="ada@x.io")),
        ({"email": " ada@x.io\n"}, DesiredUser(email="ada@x.io")),
        ({"email": "", "user_id": " VXNlcjox/+I= "}, DesiredUser(user_id="VXNlcjox/+I=")),
        ({"email": None, "user_id": "User:1:a"}, DesiredUser(user_id="User:1:a")),
    ],
)
def test_a_user_is_named_by_exactly_one(options, expected):
    assert read_desired_user(options) == expected


@pytest.mark.parametrize("options", [{}, {"email": None}, {"email": "", "user_id": " "}])
def test_nobody_named_is_an_error_that_says_by_what(options):
    message = refusal(**options)
    assert "email" in message
    assert "user_id" in message


def test_two_names_are_an_error_that_shows_both():
    assert refusal(email="ada@x.io", user_id="id1").startswith("email (ada@x.io) and user_id (id1) are given")


def test_only_one_of_any_names_is_read():
    assert read_only_one({"email": "", "email_contains": " @x.io "}, "email", "email_contains") == {
        "email_contains": "@x.io"
    }
    assert read_only_one({"email": None}, "email", "email_contains") == {}


@pytest.mark.parametrize(
    "email",
    [
        "A+b&c@X.io",
        "o'hara@x.io",
        "jörg@bücher.example",
        "ada@localhost",
        "a.b.c@x.y.z.io",
        "#!$%&'*+/=?^_`{|}~-@x.io",
        LONGEST_ADDRESS,
    ],
)
def test_addresses_that_are_taken_as_they_are(email):
    assert read_desired_user({"email": email}).email == email


@pytest.mark.parametrize(
    "email",
    [
        "ada",
        "@x.io",
        "ada@",
        "ada@x@y.io",
        "a da@x.io",
        "ada@x .io",
        "ada@x.io,bob@x.io",
        "ada@x.io;bob@x.io",
        "Ada <ada@x.io>",
        '"ada"@x.io',
        "ada(x)@x.io",
        "ada@[127.0.0.1]",
        "ada:x@x.io",
        "a\\da@x.io",
        ".ada@x.io",
        "ada.@x.io",
        "a..da@x.io",
        "ada@x..io",
        "ada@.io",
        "ada@x.io.",
        "ada\n@x.io",
        "ada\x00@x.io",
        "ada\x7f@x.io",
        "ada\u200b@x.io",
        "ada\u202e@x.io",
        "ada\u2066@x.io",
        "ada\u00a0b@x.io",
        "ada\u2028b@x.io",
        "ada\ud800@x.io",
        "a" + LONGEST_ADDRESS,
    ],
    ids=ascii,
)
def test_what_is_no_address_is_refused_in_one_printable_line(email):
    message = refusal(email=email)
    assert message.startswith("email is ")
    assert len(message) < 160


@pytest.mark.parametrize("user_id", [".", "..", "a b", "a\nb", "a\x00b", "a\u202eb", "a\ud800b", "x" * 256], ids=ascii)
def test_an_id_that_cannot_be_one_is_refused(user_id):
    assert refusal(user_id=user_id).startswith("user_id cannot be used")


# ---------------------------------------------------------------- name and role


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, None),
        ("Ada", "Ada"),
        (" Ada Lovelace\t\n", "Ada Lovelace"),
        ("x", "x"),
        ("x" * 255, "x" * 255),
        (" " + "x" * 255 + " ", "x" * 255),
        ("Ада 李 👩‍💻", "Ада 李 👩‍💻"),
    ],
)
def test_name(given, expected):
    assert read_desired_user({"email": "ada@x.io", "name": given}).name == expected


@pytest.mark.parametrize(("name", "reason"), [("", "blank"), (" \t\n\u00a0", "blank"), ("x" * 256, "longer than 255")])
def test_a_name_that_the_api_would_refuse_is_refused_with_user_and_reason(name, reason):
    message = refusal(email="ada@x.io", name=name)
    assert message.startswith(f"name is {reason}")
    assert "ada@x.io" in message


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, (None, None)),
        ({"role": "admin"}, ("admin", None)),
        ({"custom_role_id": " Um9sZTox "}, (None, "Um9sZTox")),
        ({"role": None, "custom_role_id": "Um9sZTox"}, (None, "Um9sZTox")),
    ],
)
def test_role(options, expected):
    desired = read_desired_user({"email": "ada@x.io", **options})
    assert (desired.role, desired.custom_role_id) == expected


def test_role_and_custom_role_exclude_each_other():
    message = refusal(email="ada@x.io", role="admin", custom_role_id="Um9sZTox")
    assert message.startswith("role and custom_role_id exclude each other")
    assert "ada@x.io" in message


@pytest.mark.parametrize("custom_role_id", ["", "  "])
def test_a_blank_custom_role_is_refused(custom_role_id):
    assert refusal(user_id="id1", custom_role_id=custom_role_id).startswith("custom_role_id is blank (user id1)")
    # Beside a role too: somebody who left a field of a form empty has not given two roles.
    assert refusal(user_id="id1", role="member", custom_role_id=custom_role_id).startswith("custom_role_id is blank")


def test_what_is_not_given_is_none():
    assert read_desired_user({"email": "ada@x.io"}) == ("ada@x.io", None, None, None, None, "email_link", None)


@pytest.mark.parametrize("value", [True, False])
def test_is_developer_false_is_a_wish_too(value):
    assert read_desired_user({"email": "ada@x.io", "is_developer": value}).is_developer is value


# ---------------------------------------------------------------- one-time passwords


@pytest.mark.parametrize(
    ("modes", "no_log", "refused"),
    [
        ([], False, []),
        (["email_link", "none"], False, []),
        (["temporary_password"], True, []),
        (["temporary_password"], False, ["0@x.io"]),
        (["email_link", "temporary_password", "temporary_password"], False, ["1@x.io", "2@x.io"]),
    ],
)
def test_one_time_passwords_need_no_log(modes, no_log, refused):
    wishes = [DesiredUser(email=f"{number}@x.io", invite_mode=mode) for number, mode in enumerate(modes)]
    if not refused:
        refuse_unprotected_passwords(wishes, no_log)
        return
    with pytest.raises(ArizeError) as caught:
        refuse_unprotected_passwords(wishes, no_log)
    assert caught.value.kind == "no_log_needed"
    assert [wish.label for wish in wishes if wish.label in caught.value.message] == refused


@pytest.mark.parametrize(
    ("count", "end"), [(0, ""), (1, "t0"), (10, "t9"), (11, "t9 and 1 more"), (500, "t9 and 490 more")]
)
def test_a_long_list_is_cut(count, end):
    shown = named([f"t{number}" for number in range(count)])
    assert shown.endswith(end)
    assert shown.count(",") == max(0, min(count, 10) - 1)


# ---------------------------------------------------------------- roster entry


@pytest.mark.parametrize(
    ("user", "entry"),
    [
        ({}, {"email": "ada@x.io", "name": "Ada", "role": "member", "is_developer": True}),
        ({"is_developer": False}, {"email": "ada@x.io", "name": "Ada", "role": "member", "is_developer": False}),
        ({"is_developer": None}, {"email": "ada@x.io", "name": "Ada", "role": "member"}),
        ({"name": None}, {"email": "ada@x.io", "role": "member", "is_developer": True}),
        ({"name": " "}, {"email": "ada@x.io", "role": "member", "is_developer": True}),
        ({"role": role("AUDITOR")}, {"email": "ada@x.io", "name": "Ada", "is_developer": True}),
        ({"role": None}, {"email": "ada@x.io", "name": "Ada", "is_developer": True}),
        (
            {"role": {"type": "CUSTOM", "id": "Um9sZTox", "name": "Reviewer"}},
            {"email": "ada@x.io", "name": "Ada", "custom_role_id": "Um9sZTox", "is_developer": True},
        ),
        ({"role": {"type": "CUSTOM"}}, {"email": "ada@x.io", "name": "Ada", "is_developer": True}),
    ],
)
def test_a_roster_entry_leaves_out_what_is_unknown_and_can_be_read_back(user, entry):
    made = roster_entry(a_user(**user))
    assert made == entry
    assert {name: value for name, value in read_desired_user(made)._asdict().items() if name in made} == made
