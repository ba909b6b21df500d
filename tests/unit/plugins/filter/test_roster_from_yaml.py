"""Rosters in YAML and JSON: what is read, and what is refused with its line."""

from __future__ import annotations

import importlib
import json
import time

import pytest
import yaml
from ansible_collections.arize.ax.plugins.filter import roster_from_yaml as plugin
from ansible_collections.arize.ax.tests.unit.support.examples import examples
from ansible_collections.arize.ax.tests.unit.support.rosters import (
    assert_no_user_is_lost,
    damaged,
    entries,
    refusal_of,
    yaml_text,
)
from hypothesis import example, given
from hypothesis import strategies as st
from jinja2 import StrictUndefined

read = plugin.FilterModule().filters()["roster_from_yaml"]
ADA = "- email: ada@x.io\n  name: Ada\n"


@pytest.fixture(autouse=True, scope="module", params=["libyaml", "pure"])
def _loader(request):
    """Both loaders: the one of libyaml, and the one that PyYAML has without it."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "pure":
            patch.delattr(yaml, "CSafeLoader", raising=False)
        importlib.reload(plugin)
        assert issubclass(plugin._Loader, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        globals()["read"] = plugin.FilterModule().filters()["roster_from_yaml"]
        yield
    importlib.reload(plugin)


def refusal(text):
    return refusal_of(read, text)


# ---------------------------------------------------------------- what is read


def test_an_entry_has_the_keys_that_are_given():
    text = "- email: ada@x.io\n  name: Ada\n  role: Member\n  is_developer: yes\n- user_id: VXNlcg==\n"
    assert read(text) == [
        {"email": "ada@x.io", "name": "Ada", "role": "Member", "is_developer": True},
        {"user_id": "VXNlcg=="},
    ]


@pytest.mark.parametrize(
    "written",
    [
        "0123",
        r"\ud83d\ude00",
        "0x1F",
        "1_000",
        "12:30",
        "2026-11-24",
        "1e3",
        ".inf",
        "Yes",
        "no",
        "TRUE",
        "off",
        "y",
        "=",
        "<<",
        "nUll",
    ],
)
def test_text_stays_as_it_is_written(written):
    assert read(f"- email: ada@x.io\n  name: {written}\n") == [{"email": "ada@x.io", "name": written}]


@pytest.mark.parametrize("written", ["'null'", '"~"', "!!str null"])
def test_text_in_quotation_marks_is_given(written):
    assert read(f"- email: ada@x.io\n  name: {written}\n")[0]["name"] == written.split(" ")[-1].strip("'\"")


@pytest.mark.parametrize("written", ["null", "Null", "NULL", "~", "", "!!null ''"])
@pytest.mark.parametrize("key", ["name", "is_developer", "access"])
def test_null_is_not_given(key, written):
    assert read(f"- email: ada@x.io\n  {key}: {written}\n") == [{"email": "ada@x.io"}]


@pytest.mark.parametrize(
    ("written", "expected"),
    [("true", True), ("TRUE", True), ("'Yes'", True), ("yES", True), ("false", False), ("No", False)],
)
def test_the_developer_permission_is_boolean(written, expected):
    assert read(f"- email: ada@x.io\n  is_developer: {written}\n")[0]["is_developer"] is expected


def test_access_is_a_list_of_mappings():
    text = "- email: ada@x.io\n  access:\n    - {space: 007, role: Yes, project: ~}\n    - role_id: a\n      project_id: b\n"
    expected = [{"space": "007", "role": "Yes"}, {"role_id": "a", "project_id": "b"}]
    assert read(text) == [{"email": "ada@x.io", "access": expected}]


def test_no_access_is_another_thing_than_none_given():
    assert read("- {email: ada@x.io, access: []}") == [{"email": "ada@x.io", "access": []}]


def test_anchors_and_merge_keys():
    text = """
- &one {email: 1@x.io, role: member, access: &access [{space: S, role: R}]}
- &two
  <<: *one
  email: 2@x.io
- email: 3@x.io
  <<: [*two, {role: admin, name: Three}]
- {email: 4@x.io, access: *access}
"""
    access = [{"space": "S", "role": "R"}]
    assert read(text) == [
        {"email": "1@x.io", "role": "member", "access": access},
        {"email": "2@x.io", "role": "member", "access": access},
        {"email": "3@x.io", "role": "member", "name": "Three", "access": access},
        {"email": "4@x.io", "access": access},
    ]
    assert 'line 2: the user "1@x.io" is in line 2 already' in refusal(text + "- *one\n")


def test_merging_does_not_multiply():
    text = "- &a0 {email: u0@x.io, name: A}\n" + "".join(
        f"- &a{n} {{email: u{n}@x.io, <<: [*a{n - 1}, *a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 60)
    )
    assert read(text) == [{"email": f"u{n}@x.io", "name": "A"} for n in range(60)]


@pytest.mark.parametrize(
    "text", ["\ufeff" + ADA, "---\n" + ADA, ADA + "...\n", ADA.replace("\n", "\r\n"), "# x\n" + ADA]
)
def test_marks_around_the_document(text):
    assert read(text) == [{"email": "ada@x.io", "name": "Ada"}]


def test_text_in_a_class_of_its_own():
    class Lookup(str):
        """A string that stays what it is, as lookups of ansible-core 2.16 return it."""

        def removeprefix(self, prefix, /):
            return Lookup(super().removeprefix(prefix))

    assert read(Lookup(ADA)) == [{"email": "ada@x.io", "name": "Ada"}]


def test_an_empty_list_is_an_empty_roster():
    assert read("[]") == read("--- []\n") == []


NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffd\ufffe\uffff*"), max_size=99
)
USERS = st.lists(
    st.fixed_dictionaries({"name": NAMES.filter(str.strip), "is_developer": st.booleans()}), min_size=1
).map(lambda users: [{**user, "email": f"u{number}@x.io"} for number, user in enumerate(users)])


@examples()
@given(USERS, st.booleans())
@example([{"email": "u@x.io", "name": "\\ud83d\\ude00 \\\\ \U0001f600 {{ x }}"}], True)
def test_json_is_read_as_it_was_written(entries, escaped):
    assert read(json.dumps(entries, ensure_ascii=escaped)) == entries


@examples()
@given(USERS, st.booleans())
def test_yaml_is_read_as_it_was_written(entries, escaped):
    assert read(yaml.safe_dump(entries, allow_unicode=escaped)) == entries


@examples(40)
@given(st.data(), entries())
def test_odd_yaml_is_read_as_it_was_meant(data, users):
    users = [{key: value for key, value in user.items() if value != ""} for user in users]
    assert read(data.draw(yaml_text(users))) == users


def test_ten_thousand_entries_take_about_a_second():
    size = 500 if plugin._Loader.__mro__[1] is yaml.SafeLoader else 10000  # only libyaml is fast
    text = "".join(f"- email: u{n}@x.io\n  name: User {n}\n  role: member\n  is_developer: true\n" for n in range(size))
    begin = time.process_time()
    assert len(read(text)) == size
    assert time.process_time() - begin < 20  # a machine may be slow, and coverage may be counted


# ---------------------------------------------------------------- what is refused


@examples(40)
@given(st.data(), entries().flatmap(yaml_text))
def test_an_accident_loses_no_user(data, text):
    assert_no_user_is_lost(read, data.draw(damaged(text)))


def test_a_forgotten_dash_does_not_swallow_a_user():
    message = refusal("- email:\n    ada@x.io\n  email: bob@x.io\n")
    assert 'line 3 (ada@x.io): the key "email" repeats line 1' in message
    message = refusal(ADA + "  email: bob@x.io\n  name: Bob\n")
    assert 'line 3 (ada@x.io): the key "email" repeats line 1' in message
    assert 'line 4 (ada@x.io): the key "name" repeats line 2' in message


@pytest.mark.parametrize("dash", ["-", "   -"])
@pytest.mark.parametrize("mark", ["'", '"'])
def test_a_forgotten_quotation_mark_does_not_swallow_a_user(mark, dash):
    ada, bob = f"{dash} {{email: ada@x.io, name: {mark}Ada}}\n", f"{dash} {{email: bob@x.io, name: Bob{mark}}}\n"
    assert "line 1 (ada@x.io): name extends over the next entry (is a quotation mark missing?)" in refusal(ada + bob)


@pytest.mark.parametrize(
    "name", ["- name: 'A\n\n   B'\n", "- name: >-\n   A\n\n   B\n", "[\n{name: 'A\n\nB', email: a@x.io}]"]
)
def test_text_may_have_several_lines(name):
    text = name if name.startswith("[") else f"{name}  email: a@x.io\n- {{email: b@x.io, name: 'C'}}\n"
    assert read(text)[0] == {"email": "a@x.io", "name": "A\nB"}


def test_two_merge_keys_are_one_too_many():
    assert "line 2" in refusal("- &a {name: A}\n- {<<: *a, <<: *a}\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- e_mail: ada@x.io\n", 'line 1: the key "e_mail" is unknown (did you mean email?)'),
        ("- Email: ada@x.io\n", "did you mean email?"),
        (
            "- email: a@x.io\n  dept: b\n",
            'line 2 (a@x.io): the key "dept" is unknown. The keys of an entry are email, user_id',
        ),
        ("- access:\n  - {rol: R}\n", 'line 2: the key "rol" is unknown (did you mean role?)'),
        ("- access: [Space: R]\n", "The keys of an access entry are role"),
        ("- name: [Ada]\n", "line 1: name is a list, not text"),
        ("- name:\n    first: Ada\n", "line 2: name is a mapping, not text"),
        ("- name: {{ x }}\n", "name is a mapping, not text"),
        ("- access: admin\n", "line 1: access is text, not a list. Write access as a list of mappings"),
        ("- access: [R]\n", "Write access as a list of mappings"),
        ("- access:\n  - role: [R]\n", "line 2: role is a list, not text"),
        ("- is_developer: one\n", 'line 1: is_developer is neither true nor false: "one"'),
        ("- is_developer: 2\n", 'is_developer is neither true nor false: "2"'),
        ("- is_developer: []\n", "is_developer is a list"),
        ("- ada@x.io\n", "line 1: an entry is text, not a mapping"),
        ("-\n- {}\n", "line 1: an entry is null, not a mapping"),
        ("- ? [a]\n  : b\n", "line 1: a key is a list, not text"),
        ("- name: !vault |\n    abc\n", 'name is a value with the tag "!vault", not text'),
        ("- !unsafe {name: x}\n", 'an entry is a value with the tag "!unsafe"'),
        ("- name: !!int 7\n", 'a value with the tag "!!int"'),
        ("- name: !!str [a]\n", "not text"),
        ("- name: !!null [a]\n", "not text"),
        ("- !!int name: a\n", 'a key is a value with the tag "!!int"'),
        ("- access: !!seq a\n", "not a list"),
        ("- !!map a\n", "not a mapping"),
        ("!!seq a\n", "not a list of users"),
        ("- &a {<<: *a}\n", "line 1: an entry merges itself"),
        ("- &a {<<: &b {<<: *a}}\n", "an entry merges itself"),
        ("- {<<: a}\n", "line 1: an entry is text, not a mapping"),
        ("users:\n- name: a\n", "The roster is a mapping, not a list of users"),
        ("roster.yml", "The roster is text, not a list of users. Pass the content of the file, not its name."),
    ],
)
def test_what_is_no_roster(text, expected):
    assert expected in refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "Email,Name\nada@x.io,Ada\n",
        'name;E-Mail;access\nAda;ada@x.io;"P: R"\n',
        "sep=;\nWer\nada@x.io\n",
        "\nUser ID\n- x\n",
        '"mail"\tname\n',
        "Work Mail;Access\nada@x.io;Prod: R\n",
        "ada@x.io,Ada,member",
    ],
)
def test_csv_is_named(text):
    assert refusal(text).startswith("The roster is CSV, and YAML or JSON is expected here.")
    assert "arize_roster_file" in refusal(text)


def test_what_begins_as_yaml_is_no_csv():
    assert read("# name, email\n" + ADA)
    assert read('[{"email":"ada@x.io","name":"Ada"}]')
    assert "line 1: an entry is text, not a mapping" in refusal("- ada, bob\n")
    for text in ("$ANSIBLE_VAULT;1.1;AES256\n61\n", "<title>Sign in; please</title>\n"):
        assert "CSV" not in refusal(text)


def test_an_empty_address_is_none():
    assert read("- {email: '', user_id: U1}\n") == [{"email": "", "user_id": "U1"}]


def test_a_workbook_is_no_roster():
    assert refusal("PK\x03\x04\0\0") == "This is an Excel workbook: save it as CSV UTF-8."


def test_a_text_of_several_lines_is_no_name_of_a_file():
    assert refusal("ada\nbob\n").startswith("The roster is text, not a list of users. Begin each user with a dash")


def test_what_the_module_would_refuse_is_known_with_its_line():
    text = "- {emial: ada@x.io}\n- name: Ada\n- {email: b@x.io, role: boss}\n- {email: B@x.io, invite_mode: mail}\n"
    text += "- {email: c@x.io, user_id: c, role: admin, custom_role_id: r}\n- {email: d@x.io, access: [{space: P}]}\n"
    message = refusal(text)
    for part in (
        'line 1: the key "emial" is unknown (did you mean email?)',
        "line 2 (Ada): One of email and user_id is required",
        'line 3 (b@x.io): role is "boss"; choose one of',
        'line 4: the user "b@x.io" is in line 3 already',
        'line 4 (B@x.io): invite_mode is "mail"; choose one of email_link, none, temporary_password',
        "line 5 (c@x.io): email and user_id are mutually exclusive",
        "line 5 (c@x.io): role and custom_role_id are mutually exclusive",
        "line 6 (d@x.io): access: One of role and role_id is required",
    ):
        assert part in message


def test_all_faults_are_named_at_once_each_once():
    text = "- &a\n  nme: A\n- <<: *a\n  role: []\n- {name: B, name: C}\n- x\n"
    message = refusal(text)
    assert [f"line {line}" in message for line in range(1, 7)] == [False, True, False, True, True, True]
    assert message.count("line 2: ") == 1


def test_ten_faults_are_named_and_the_others_counted():
    message = refusal("".join(f"- role{n}: x\n" for n in range(25)))
    assert message.count("line ") == 10
    assert "; and 15 more. " in message


def test_long_faults_leave_others_out():
    message = refusal("".join(f"- x{n}{'x' * 200}: x\n" for n in range(25)))
    named = message.count("line ")
    assert 5 < named < 10
    assert f"; and {25 - named} more" in message


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n", "---\n", "null", "~\n", "\ufeff"])
def test_an_empty_text_is_no_roster(text):
    assert refusal(text).startswith("The roster is empty.")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (ADA + "---\n" + ADA, 3),
        (ADA + " x: [\n", 3),
        ("- name: 'Ada\n", 2),
        ("- name: *unknown\n", 1),
        ("- name: a\n\t- b\n", 2),
        ("- name: @ada\n", 1),
    ],
)
def test_what_is_no_yaml(text, line):
    assert f"The roster is not valid YAML (line {line}, " in refusal(text)


def test_the_column_is_counted_from_one():
    assert "(line 1, column 9)" in refusal("- name: @ada\n")


def test_a_line_indented_deeper_than_the_dash_belongs_to_its_entry():
    assert read("-\n email: ada@x.io\n name: 'Ada\n L'\n") == [{"email": "ada@x.io", "name": "Ada L"}]


def test_depth_is_no_crash():
    assert refusal("[" * 1200).startswith("The roster is ")
    assert refusal("- name: " + "[" * 1200).startswith("The roster is ")


@pytest.mark.parametrize("character", [0xDCE9, 0xD83D, 0xFFFD, 0xFFFE])
def test_other_encodings(character):
    assert refusal(f"{ADA}  name: {chr(character)}\n") == "The roster is not UTF-8: see line 3. Save the file as UTF-8."


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("latin-1", "Zoë"), ("utf-16", "Ada"), ("utf-16-le", "Ada"), ("utf-16-be", "Ada")],
)
def test_files_in_other_encodings_as_lookups_return_them(encoding, name):
    text = ADA.replace("Ada", name).encode(encoding).decode("utf-8", "surrogateescape")
    assert "is not UTF-8" in refusal(text)


def test_control_characters():
    assert "control character U+0007 in line 2" in refusal("- email: a\n  name: b\a\n")


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "null"),
        (0, "a number"),
        (1.5, "a number"),
        (True, "a boolean"),
        ([], "a list"),
        ({}, "a mapping"),
        (b"", "bytes"),
    ],
)
def test_what_is_no_text(value, kind):
    assert refusal(value).startswith(f"The roster has to be text, not {kind}.")


def test_what_is_undefined():
    assert "'typo' is undefined" in refusal(StrictUndefined(name="typo"))


def test_a_long_message_of_the_parser_is_cut():
    assert len(refusal("- &" + "a" * 5000 + " b\n- *" + "c" * 5000 + "\n")) < 500


def test_recursion_of_lists_ends():
    assert "an entry is a list" in refusal("&a\n- *a\n")
