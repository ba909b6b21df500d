# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rosters in CSV: which columns and cells are read, and what is refused with line and column."""

from __future__ import annotations

import csv
import io

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.arize.ax.plugins.filter.roster_from_csv import FilterModule
from ansible_collections.arize.ax.tests.unit.support.examples import examples
from ansible_collections.arize.ax.tests.unit.support.rosters import csv_text, damaged, entries, lost
from hypothesis import given
from hypothesis import strategies as st

read = FilterModule().filters()["roster_from_csv"]
ADA = {"email": "ada@x.io", "name": "Ada"}


def refusal(text, **options):
    with pytest.raises(AnsibleFilterError) as caught:
        read(text, **options)
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) <= 1000
    return message


# ---------------------------------------------------------------- what is read


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_separators_and_line_breaks(separator, line_break):
    rows = [["Email", "Name", "Role"], ["ada@x.io", "Ada, or; so", "member"], ["bob@x.io", "", "admin"]]
    text = line_break.join(separator.join(f'"{cell}"' for cell in row) for row in rows)
    assert read(text) == [
        {"email": "ada@x.io", "name": "Ada, or; so", "role": "member"},
        {"email": "bob@x.io", "role": "admin"},
    ]


@pytest.mark.parametrize("column", ["email", " EMAIL ", "E-Mail", "mail", "Mail Address", "email_address", '"e.mail"'])
def test_synonyms_of_the_address(column):
    assert read(f"name;{column}\nAda;ada@x.io\n") == [ADA]


@pytest.mark.parametrize(
    ("column", "key"),
    [
        ("Display Name", "name"),
        ("FullName", "name"),
        ("Account Role", "role"),
        ("User ID", "user_id"),
        ("custom role id", "custom_role_id"),
        ("Invite-Mode", "invite_mode"),
    ],
)
def test_synonyms(column, key):
    assert read(f"mail,{column}\nada@x.io,X\n") == [{"email": "ada@x.io", key: "X"}]


def test_one_column_is_enough():
    assert read("mail\nada@x.io\n") == [{"email": "ada@x.io"}]


def test_marks_empty_rows_and_spaces():
    text = '\ufeff\n\nmail, name \n\n  ada@x.io , "Ada"\n,\n" ", \n'
    assert read(text) == [ADA]


def test_text_stays_as_it_is_written():
    assert read('mail,name\na@x.io,0123\nb@x.io,null\nc@x.io,"The ""C"""\nd@x.io,A "B" C\n') == [
        {"email": "a@x.io", "name": "0123"},
        {"email": "b@x.io", "name": "null"},
        {"email": "c@x.io", "name": 'The "C"'},
        {"email": "d@x.io", "name": 'A "B" C'},
    ]


@pytest.mark.parametrize(("cell", "expected"), [("TRUE", True), ("yes", True), ("False", False), ("NO", False)])
def test_the_developer_permission_is_boolean(cell, expected):
    assert read(f"mail,Is Developer\na@x.io,{cell}\n")[0]["is_developer"] is expected


def test_access_is_read_from_its_notation():
    text = 'mail;access\na@x.io;"P: R; P / C: E"\nb@x.io;"P: R\nQ: R"\nc@x.io;\n'
    assert [entry.get("access") for entry in read(text)] == [
        [{"space": "P", "role": "R"}, {"space": "P", "project": "C", "role": "E"}],
        [{"space": "P", "role": "R"}, {"space": "Q", "role": "R"}],
        None,
    ]


def test_columns_are_mapped_and_ignored():
    text = "Work Mail,Mail,Dept,,Name\nada@x.io,old@x.io,R&D,x,Ada\n"
    columns = {"work-mail": "email", "mail": None, "Dept": "", "": ""}
    assert read(text, columns=columns) == [ADA]


def test_a_mapped_column_decides_on_the_separator():
    assert read("Wer;Wie, genau\nada@x.io;Ada\n", columns={"Wer": "email", "Wie, genau": "name"}) == [ADA]


CELLS = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="\ufffd"), min_size=1)


@examples()
@given(
    st.lists(
        st.fixed_dictionaries({"email": CELLS, "name": CELLS}),
        min_size=1,
        unique_by=lambda entry: entry["email"].lower(),
    ),
    st.sampled_from([",", ";", "\t"]),
)
def test_what_is_written_is_read(entries, separator):
    file = io.StringIO()
    writer = csv.DictWriter(file, ["name", "email"], delimiter=separator)
    writer.writeheader()
    writer.writerows(entries)
    assert read(file.getvalue()) == entries


@examples(40)
@given(st.data(), entries())
def test_odd_csv_is_read_as_it_was_meant(data, users):
    given_values = [{key: value for key, value in user.items() if value != ""} for user in users]
    assert read(data.draw(csv_text(users))) == given_values


# ---------------------------------------------------------------- what is refused


@examples(40)
@given(st.data(), entries().flatmap(csv_text))
def test_an_accident_loses_no_user(data, text):
    text = data.draw(damaged(text))
    try:
        found = read(text)
    except AnsibleFilterError:
        refusal(text)
    else:
        assert not lost(found, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail,dept\n", 'the column "dept" is unknown. Rename or remove the column.'),
        ("mail,e_mial\n", 'the column "e_mial" is unknown (did you mean email?)'),
        ("mail,name,\n", 'the column "" is unknown'),
        ('"dept";"team"\n', 'the column "dept" is unknown; the column "team" is unknown'),
        ('"mail,name\n', "line 1: "),
        ("dept;team\n", 'the column "dept" is unknown; the column "team" is unknown'),
        ("ada@x.io,Ada\n", 'the column "ada@x.io" is unknown'),
        ("mail,name,E-Mail\n", 'email is in several columns ("mail", "E-Mail")'),
        ("name,role\n", "no column is for email or user_id"),
        ("mail,name\na@x.io\n", "line 2: 1 cells, but the header has 2"),
        ("mail,name\n\na@x.io,Lovelace, Ada\n", "line 3: 3 cells, but the header has 2"),
        ("mail,Developer\na@x.io,maybe\n", 'line 2, column "Developer": "maybe" is neither true nor false'),
        ("mail,access\na@x.io,admin\n", 'line 2, column "access": "admin" is neither "Space: role" nor'),
        ('mail,name\na@x.io,"Ada\nb@x.io,"Bob"\n', "line 2: ',' expected after '\"'"),
        ('mail,name\na@x.io,"Ada\nb@x.io,Bob\n', "line 2: unexpected end of data"),
        ('mail,name\na@x.io,"Ada\nb@x.io,Bob"\n', 'line 2, column "name": "Ada\\nb@x.io,Bob" holds a line break'),
        ('mail,name\na@x.io,"' + "x" * 200000, "line 2: field larger than field limit"),
        ("mail,name\na@x.io,A\n\n A@X.io ,B\n", 'line 4: the user "A@X.io" is in line 2 already.'),
        ("mail,user_id\n,a\nA,\n,A\n,a\n", 'cannot be used: line 5: the user "a" is in line 2 already.'),
        ("", "The roster is empty."),
        ("\n , \n", "The roster is empty."),
        ("mail,name\n", "The roster has no row but the header."),
        ("mail,name\na@x.io,\udce9\n", "The roster is not UTF-8: see line 2."),
        ("mail,name\na@x.io,\x1b\n", "control character U+001B in line 2"),
        (None, "The roster has to be text, not null."),
        ([], "not a list."),
    ],
)
def test_what_is_no_roster(text, expected):
    assert expected in refusal(text)


def test_lines_are_those_of_the_file():
    text = 'mail,access,name\n\na@x.io,"P: R\nQ: R",A\nb@x.io,x,B\nc@x.io,,C,\n'
    message = refusal(text)
    assert 'line 5, column "access"' in message
    assert "line 6: 4 cells" in message


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"Work Mail": "e-mail"}, 'columns maps to unknown keys: "Work Mail": "e-mail". The keys are email, user_id'),
        ({"Work Mail": 7}, '"Work Mail": "7"'),
        ({"Work Mail": []}, '"Work Mail": "[]"'),
        ({"Work Mail": "email"}, 'columns names "workmail", which is no column'),
        ({"mail": ""}, "no column is for email or user_id"),
        ({"name": "email"}, 'email is in several columns ("mail", "name")'),
        ("email", "columns has to be a mapping of columns to keys, not text."),
        ([], "not a list."),
    ],
)
def test_what_is_no_map_of_columns(columns, expected):
    assert expected in refusal("mail,name\na@x.io,A\n", columns=columns)
