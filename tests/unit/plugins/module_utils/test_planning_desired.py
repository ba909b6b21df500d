"""The desired user of a task: values that are taken, and values that are refused."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._models import DesiredUser
from ansible_collections.arize.ax.plugins.module_utils._planning.desired import (
    read_desired_user,
    refuse_unprotected_passwords,
)
from ansible_collections.arize.ax.plugins.module_utils._planning.options import read_only_one

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
def test_a_user_is_selected_by_exactly_one(options, expected):
    assert read_desired_user(options) == expected


@pytest.mark.parametrize("options", [{}, {"email": None}, {"email": "", "user_id": " "}])
def test_no_user_selected_is_an_error_that_says_by_what(options):
    message = refusal(**options)
    assert "email" in message
    assert "user_id" in message


def test_two_selectors_are_an_error_that_shows_both():
    assert "email (ada@x.io) and user_id (id1)" in refusal(email="ada@x.io", user_id="id1")


def test_of_several_empty_selectors_the_first_is_named():
    with pytest.raises(ArizeError, match="email is empty"):
        read_only_one({"email": "", "email_contains": " "}, "email", "email_contains", allow_empty=False)


def test_only_one_of_any_selectors_is_read():
    assert read_only_one({"email": "", "email_contains": " @x.io "}, "email", "email_contains") == {
        "email_contains": "@x.io"
    }
    assert read_only_one({"email": None}, "email", "email_contains") == {}


@pytest.mark.parametrize("given", ["", " \t"])
@pytest.mark.parametrize("name", ["email", "user_id", "email_contains"])
def test_what_is_given_but_empty_selects_no_user_where_nothing_would_select_all_users(name, given):
    with pytest.raises(ArizeError) as caught:
        read_only_one({name: given}, "email", "user_id", "email_contains", allow_empty=False)
    assert caught.value.kind == "bad_option"
    assert name in caught.value.message
    assert read_only_one({name: None}, "email", "user_id", "email_contains", allow_empty=False) == {}


@pytest.mark.parametrize("text", [".", "..", "*", " a b ", "x" * 255, "\u2018ada\u2019"])
def test_a_filter_is_any_text(text):
    assert read_only_one({"email_contains": text}, "email_contains") == {"email_contains": text.strip()}


@pytest.mark.parametrize("text", ["x" * 256, "a\0b", "a\ud800b", "sam@********.com"], ids=ascii)
def test_a_filter_that_can_fit_no_user_is_refused(text):
    with pytest.raises(ArizeError) as caught:
        read_only_one({"email_contains": text}, "email_contains")
    assert caught.value.kind == "bad_option"


@pytest.mark.parametrize(
    "email",
    [
        "A+b&c@X.io",
        "o'hara@x.io",
        "jörg@bücher.example",
        "ada@localhost",
        "a.b.c@x.y.z.io",
        "jose\u0301@x.io",
        "李@例え.テスト",
        "ada@xn--bcher-kva.example",
        "-ada-@x-y.io",
        "#!$%&'+/=?^_`{|}~-@x.io",
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
        "ada@-x.io",
        "ada@x-.io",
        "ada@x.-io",
        "ada@x.io-",
        "ada@-",
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
        "a*@x.io",
        "*@x.io",
        "sam@********.com",
        "\u201cada@x.io\u201d",
        "\u2018ada\u2019@x.io",
        "ada\u2019s@x.io",
        "ada@x\u3002io",
        "ada\u20ac@x.io",
        "a" + LONGEST_ADDRESS,
    ],
    ids=ascii,
)
def test_what_is_no_address_is_refused_in_one_printable_line(email):
    message = refusal(email=email)
    assert message.startswith("email is ")
    assert len(message) < 160


@pytest.mark.parametrize(
    "user_id", [".", "..", "a b", "a\nb", "a\x00b", "a\u202eb", "a\ud800b", "x" * 256, "VXN********="], ids=ascii
)
def test_an_id_that_cannot_be_one_is_refused(user_id):
    assert refusal(user_id=user_id).startswith("user_id ")


# value, what it is called
NO_TEXT = [(["Ada", "L"], "list"), ({"a": 1}, "mapping"), (True, "boolean"), (83, "number"), (1.5, "number")]


@pytest.mark.parametrize(("value", "kind"), NO_TEXT)
@pytest.mark.parametrize("option", ["email", "user_id", "name", "role", "custom_role_id"])
def test_what_is_not_text_is_refused(option, value, kind):
    selected = {} if option == "user_id" else {"email": "ada@x.io"}
    message = refusal(**{**selected, option: value})
    assert message.startswith(f"{option} must be text, not a {kind}")
    assert option in ("email", "user_id") or "ada@x.io" in message


@pytest.mark.parametrize("option", ["name", "custom_role_id"])
@pytest.mark.parametrize("text", ["A\0B", "A\ud800B", "a\udfffb", "Ada ******** King"], ids=ascii)
def test_what_no_server_stores_and_what_ansible_masked_is_refused(option, text):
    message = refusal(email="ada@x.io", **{option: text})
    assert message.startswith(f"{option} ")
    assert "ada@x.io" in message


@pytest.mark.parametrize("option", ["name", "custom_role_id"])
@pytest.mark.parametrize("text", ["A\x01B", "A\ud7ff\ue000B", "A\U00010000B", "A ******* B"], ids=ascii)
def test_what_a_server_may_store_is_left_to_it(option, text):
    assert getattr(read_desired_user({"email": "ada@x.io", option: text}), option) == text


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


@pytest.mark.parametrize(("name", "reason"), [("", "empty"), (" \t\n\u00a0", "empty"), ("x" * 256, "longer than 255")])
def test_a_name_that_the_api_would_refuse_is_refused_with_user_and_reason(name, reason):
    message = refusal(email="ada@x.io", name=name)
    assert message.startswith(f"name is {reason}")
    assert "ada@x.io" in message


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, (None, None)),
        ({"role": "admin"}, ("admin", None)),
        ({"role": " Member_UI_Only "}, ("member_ui_only", None)),
        ({"role": "ANNOTATOR"}, ("annotator", None)),
        ({"custom_role_id": " Um9sZTox "}, (None, "Um9sZTox")),
        ({"role": None, "custom_role_id": "Um9sZTox"}, (None, "Um9sZTox")),
    ],
)
def test_role(options, expected):
    desired = read_desired_user({"email": "ada@x.io", **options})
    assert (desired.role, desired.custom_role_id) == expected


@pytest.mark.parametrize("role", ["", " ", "owner", "admin,member", "custom"])
def test_an_unknown_role_is_refused_with_the_user_and_the_choices(role):
    message = refusal(email="ada@x.io", role=role)
    assert message.startswith("role is ")
    assert "ada@x.io" in message
    assert "admin, member, member_ui_only, annotator" in message


def test_role_and_custom_role_are_mutually_exclusive():
    message = refusal(email="ada@x.io", role="admin", custom_role_id="Um9sZTox")
    assert "role and custom_role_id" in message
    assert "ada@x.io" in message


@pytest.mark.parametrize("custom_role_id", ["", "  "])
def test_an_empty_custom_role_is_refused(custom_role_id):
    assert refusal(user_id="id1", custom_role_id=custom_role_id).startswith("custom_role_id is empty (user id1)")
    # Beside a role too: a field of a form that was left empty is no second role.
    assert refusal(user_id="id1", role="member", custom_role_id=custom_role_id).startswith("custom_role_id is empty")


def test_what_is_not_given_is_none():
    assert read_desired_user({"email": "ada@x.io"}) == ("ada@x.io", None, None, None, None, "email_link", None)


@pytest.mark.parametrize("value", [True, False])
def test_is_developer_false_is_managed_too(value):
    assert read_desired_user({"email": "ada@x.io", "is_developer": value}).is_developer is value


# ---------------------------------------------------------------- temporary passwords


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
def test_temporary_passwords_need_no_log(modes, no_log, refused):
    users = [DesiredUser(email=f"{number}@x.io", invite_mode=mode) for number, mode in enumerate(modes)]
    if not refused:
        refuse_unprotected_passwords(users, no_log)
        return
    with pytest.raises(ArizeError) as caught:
        refuse_unprotected_passwords(users, no_log)
    assert caught.value.kind == "no_log_needed"
    assert [user.label for user in users if user.label in caught.value.message] == refused
