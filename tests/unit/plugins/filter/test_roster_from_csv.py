"""Rosters in CSV: which columns and cells are read, and what is refused with line and column."""

from __future__ import annotations

import csv
import io
from functools import partial

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.arize.ax.plugins.filter.roster_from_csv import FilterModule
from ansible_collections.arize.ax.tests.unit.support.examples import examples
from ansible_collections.arize.ax.tests.unit.support.rosters import (
    assert_no_user_is_lost,
    csv_text,
    damaged,
    entries,
    refusal_of,
)
from hypothesis import given
from hypothesis import strategies as st

read = FilterModule().filters()["roster_from_csv"]
ADA = {"email": "ada@x.io", "name": "Ada"}

refusal = partial(refusal_of, read)


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
        ("custom role id", "custom_role_id"),
    ],
)
def test_synonyms(column, key):
    assert read(f"mail,{column}\nada@x.io,X\n") == [{"email": "ada@x.io", key: "X"}]


@pytest.mark.parametrize(
    ("columns", "row", "entry"),
    [
        ("Account Role,User ID", "Member,VXNlcjox", {"user_id": "VXNlcjox", "role": "Member"}),
        ("Invite-Mode,mail", "none,ada@x.io", {"email": "ada@x.io", "invite_mode": "none"}),
    ],
)
def test_other_synonyms(columns, row, entry):
    assert read(f"{columns}\n{row}\n") == [entry]


def test_one_column_is_enough():
    assert read("mail\nada@x.io\n") == [{"email": "ada@x.io"}]


def test_marks_empty_rows_and_spaces():
    text = '\ufeff\n\nmail, name \n\n  ada@x.io , "Ada"\n,\n" ", \n'
    assert read(text) == [ADA]


def test_a_cell_of_invisible_characters_is_empty():
    assert read("mail,name\na@x.io,\u200b\n\u200b \ufeff,\xa0\n") == [{"email": "a@x.io"}]


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
        CELLS.filter(lambda cell: not cell.startswith("#") and "*****" not in cell and len(cell) < 256),
        min_size=1,
        max_size=9,
    ),
    st.sampled_from([",", ";", "\t"]),
)
def test_what_is_written_is_read(names, separator):
    entries = [{"email": f"u{number}@x.io", "name": name} for number, name in enumerate(names)]
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
    assert_no_user_is_lost(read, data.draw(damaged(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail,dept\n", 'line 1: the column "dept" is unknown. Rename or remove the column, or map it, as in columns='),
        ("mail,e_mial\n", 'the column "e_mial" is unknown (did you mean email?)'),
        ("mail,,name\na@x.io,x,Ada\n", 'line 1: column 2 has no name, but line 2 has "x" there.'),
        (
            '"dept";"team"\n',
            'the column "dept" is unknown, the column "team" is unknown; line 1: no column is for email or user_id',
        ),
        ('"mail,name\n', "line 1: "),
        ('mail, "name" ,role\n', "line 1: ',' expected after '\"'. Check the quotation marks of this row."),
        ("mail,role\n\ufeffmail,x\n", "line 2 (\\ufeffmail): "),
        (
            "dept;team\n",
            'the column "dept" is unknown, the column "team" is unknown; line 1: no column is for email or user_id',
        ),
        ("ada@x.io,Ada\n", 'the column "ada@x.io" is unknown'),
        ("mail,name,E-Mail\n", 'email is in several columns ("mail", "E-Mail")'),
        ("name,role\n", "no column is for email or user_id"),
        ("mail,name\na@x.io", "line 2: the last row has fewer cells than the header, and no line end"),
        (
            "mail,name\n\na@x.io,Lovelace, Ada\n",
            "line 3 (a@x.io): 3 cells, but the header has 2. Put a cell that holds the separator in",
        ),
        (
            "mail,Developer\na@x.io,maybe\n",
            'line 2 (a@x.io): Developer is neither true nor false: "maybe". A boolean is one of true, yes',
        ),
        ("mail,access\na@x.io,admin\n", 'line 2 (a@x.io): access "admin" is neither "Space: role" nor'),
        ('mail,name\na@x.io,"Ada\nb@x.io,"Bob"\n', "line 2: ',' expected after '\"'"),
        ('mail,name\na@x.io,"Ada\nb@x.io,Bob\n', "line 2: unexpected end of data"),
        (
            'mail,name\na@x.io,"Ada\nb@x.io,Bob"\n',
            'line 2 (a@x.io): name holds a line break (is a quotation mark missing?): "Ada\\nb@x.io,Bob"',
        ),
        ('mail,name\na@x.io,"' + "x" * 200000, "line 2: field larger than field limit"),
        ("mail,name\na@x.io,A\n\n A@X.io ,B\n", 'line 4: the user "a@x.io" is in line 2 already.'),
        ("mail,user_id\n,a\nA@x.io,\n,A\n,a\n", 'cannot be used: line 5: the user "a" is in line 2 already.'),
        ("", "The roster is empty."),
        ("\n , \n", "The roster is empty."),
        ("mail,name\n", "The roster has only a header."),
        ("mail,name\na@x.io,\udce9\n", "The roster is not UTF-8: see line 2."),
        ("mail,name\na@x.io,\x1b\n", "control character U+001B in line 2"),
        ("mail,name\na@x.io,\0\n", "control character U+0000 in line 2"),
        (None, "The roster has to be text, not null."),
        ([], "not a list."),
    ],
)
def test_what_is_no_roster(text, expected):
    assert expected in refusal(text)


def test_lines_are_those_of_the_file():
    text = 'mail,access,name\n\na@x.io,"P: R\nQ: R",A\nb@x.io,x,B\nc@x.io,,C,x\n'
    message = refusal(text)
    assert 'line 5 (b@x.io): access "x"' in message
    assert "line 6 (c@x.io): 4 cells" in message


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"Work Mail": "e-mail"}, 'columns maps to unknown keys: "Work Mail": "e-mail". The keys are email, user_id'),
        ({"Work Mail": 7}, '"Work Mail": "7"'),
        ({"Work Mail": []}, '"Work Mail": "[]"'),
        ({"Work Mail": "email"}, 'columns names "Work Mail", which is not a column'),
        ({"mail": ""}, "no column is for email or user_id"),
        ({"name": "email"}, 'email is in several columns ("mail", "name")'),
        ({"mail": "email", "M-Ail": ""}, 'columns names "mail" and "M-Ail", which are one column. Name it once.'),
        ("email", "columns has to be a mapping of columns to keys, not text."),
        ([], "not a list."),
    ],
)
def test_what_is_no_map_of_columns(columns, expected):
    assert expected in refusal("mail,name\na@x.io,A\n", columns=columns)


# ---------------------------------------------------------------- as spreadsheets write it


@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"', "sep=;;;"])
def test_a_first_line_names_the_separator(first):
    assert read(f"\ufeff{first}\r\nname;mail\r\nAda, a,b,c;ada@x.io\r\n") == [
        {"email": "ada@x.io", "name": "Ada, a,b,c"}
    ]
    assert "line 3 (Ada): One of email and user_id is required" in refusal(f"{first}\nname;mail\nAda;\n")


def test_unnamed_columns_without_values_and_short_rows():
    text = "mail;;name;role;;\na@x.io;;Ada;member;;\nb@x.io;;Bob\nc@x.io\n;;;;;\n"
    assert read(text) == [
        {"email": "a@x.io", "name": "Ada", "role": "member"},
        {"email": "b@x.io", "name": "Bob"},
        {"email": "c@x.io"},
    ]


def test_a_value_in_an_unnamed_column_at_the_end_is_too_much():
    assert "line 3 (b@x.io): 3 cells, but the header has 2" in refusal("mail;name;;\na@x.io;A;;\nb@x.io;B;x;\n")


def test_a_short_last_row_needs_a_line_end():
    assert read("mail,name,role\na@x.io,A\n")[0] == read("mail,name,role\na@x.io,A,")[0]
    assert "is the file cut off?" in refusal("mail,name,role\na@x.io,A")


@pytest.mark.parametrize("cell", ["#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#NV", "#WERT!"])
def test_the_error_of_a_formula_is_refused_in_any_column(cell):
    message = refusal(f"mail,name,dept\na@x.io,A,\nb@x.io,B,{cell}\n", columns={"dept": ""})
    assert f"line 3 (b@x.io): dept is {cell}, the error of a formula" in message


@pytest.mark.parametrize("mark", "'=+")
def test_a_mark_of_a_spreadsheet_before_an_address_is_refused(mark):
    message = refusal(f"mail\n{mark}ada@x.io\n")
    assert f"line 2 ({mark}ada@x.io): mail begins with {mark}, as" in message
    assert "by user_id" in message
    assert read(f"mail\n< {mark}ada@x.io>\n") == [{"email": f"{mark}ada@x.io"}]


@pytest.mark.parametrize("cell", ["none", "None", "-", "[]"])
def test_no_access_is_written_in_words(cell):
    assert read(f"mail,access\na@x.io,{cell}\n") == [{"email": "a@x.io", "access": []}]


def test_first_and_last_name_make_the_name():
    text = (
        "mail,First Name,Surname,Display Name\na@x.io,Ada,Lovelace,\nb@x.io,Ada,Lovelace,The Countess\nc@x.io,,Cher,\n"
    )
    assert [entry["name"] for entry in read(text)] == ["Ada Lovelace", "The Countess", "Cher"]
    columns = {"Vorname": "first_name", "Nachname": "last_name"}
    assert read("mail;Vorname;Nachname\na@x.io;Ada;Lovelace\n", columns=columns)[0]["name"] == "Ada Lovelace"


# The headings of each export, from the documentation that the guide names.
EXPORTS = {
    "Entra ID": "userPrincipalName,displayName,surname,mail,givenName,objectId,userType,jobTitle,department,accountEnabled,"
    "usageLocation,streetAddress,state,country,physicalDeliveryOfficeName,city,postalCode,telephoneNumber,mobile,"
    "authenticationAlternativePhoneNumber,authenticationEmail,alternateEmailAddress,ageGroup,consentProvidedForMinor,"
    "legalAgeGroupClassification",
    "Entra ID today": "userPrincipalName,displayName,surname,mail,givenName,id,userType,jobTitle,department,accountEnabled,"
    "usageLocation,streetAddress,state,country,officeLocation,city,postalCode,telephoneNumber,mobilePhone,"
    "alternateEmailAddress,ageGroup,consentProvidedForMinor,legalAgeGroupClassification,companyName,creationType,"
    "directorySynced,invitationState,identityIssuer,createdDateTime",
    "Okta": "login,firstName,lastName,middleName,honorificPrefix,honorificSuffix,email,title,displayName,nickName,profileUrl,"
    "secondEmail,mobilePhone,primaryPhone,streetAddress,city,state,zipCode,countryCode,postalAddress,preferredLanguage,"
    "locale,timezone,userType,employeeNumber,costCenter,organization,division,department,managerId,manager",
    "Google Workspace": "First Name [Required],Last Name [Required],Email Address [Required],Password [Required],"
    "Password Hash Function [UPLOAD ONLY],Org Unit Path [Required],New Primary Email [UPLOAD ONLY],Status [READ ONLY],"
    "Last Sign In [READ ONLY],Recovery Email,Home Secondary Email,Work Secondary Email,"
    "Recovery Phone [MUST BE IN THE E.164 FORMAT],Work Phone,Home Phone,Mobile Phone,Work Address,Home Address,Employee ID,"
    "Employee Type,Employee Title,Manager Email,Department,Cost Center,2sv Enrolled [READ ONLY],2sv Enforced [READ ONLY],"
    "Building ID,Floor Name,Floor Section,Email Usage [READ ONLY],Drive Usage [READ ONLY],Total Storage [READ ONLY],"
    "Change Password at Next Sign-In,New Status [UPLOAD ONLY]",
}
READ = ("givenname", "firstname", "surname", "lastname", "email", "mail", "emailaddress")


@pytest.mark.parametrize("export", EXPORTS)
def test_the_export_of_an_identity_provider(export):
    values = {"givenname": "Ada", "firstname": "Ada", "surname": "Lovelace", "lastname": "Lovelace"}
    plain = [heading.partition(" [")[0].replace(" ", "").lower() for heading in EXPORTS[export].split(",")]
    values |= dict.fromkeys(("email", "mail", "emailaddress"), "ada@x.io")
    row = ["" if name == "displayname" else values.get(name, "x") for name in plain]
    assert read(f"{EXPORTS[export]}\n{','.join(row)}\n") == [{"email": "ada@x.io", "name": "Ada Lovelace"}]


@pytest.mark.parametrize("column", ["department", "status", "Manager Email", "title"])
def test_elsewhere_the_columns_of_exports_are_unknown(column):
    assert f'the column "{column}" is unknown.' in refusal(f"mail,{column}\na@x.io,x\n")


def test_the_separator_is_that_of_a_header_with_line_breaks():
    assert read('\n"E-\nMail";"Full\nName"\na@x.io;Ada\n') == [{"email": "a@x.io", "name": "Ada"}]


def test_a_workbook_is_no_table():
    for begin in ("PK\x03\x04\x14\x00", b"\xd0\xcf\x11\xe0\xa1".decode(errors="surrogateescape")):
        assert refusal(begin) == "This is an Excel workbook: save it as CSV UTF-8."


# ---------------------------------------------------------------- what is told of many faults


def test_equal_faults_are_grouped():
    rows = [f"u{n}@x.io,{'perhaps' if n in (1, 5) or n > 6 else 'no'}" for n in range(304)]
    message = refusal("\n".join(["mail,developer", *rows, ""]))
    assert 'lines 3, 7, 9 and 296 more: developer is neither true nor false: "perhaps". A boolean is one of' in message
    assert 'lines 3 and 7: developer is neither true nor false: "perhaps"' in refusal(
        "\n".join(["mail,developer", *rows[:7], ""])
    )


def test_an_address_and_an_id_in_each_row_are_one_fault():
    message = refusal("mail,User ID\n" + "".join(f"u{n}@x.io,{n}\n" for n in range(300)))
    assert "lines 2, 3, 4 and 297 more: email and user_id are mutually exclusive. Give one of the two" in message


def test_no_kind_of_fault_hides_another():
    rows = [f"u{n}@x.io,U,member,perhaps{n}," for n in range(40)]
    rows += [
        "u3@x.io,U,member,,",
        ",U,member,perhaps,",
        "v@x.io,U,boss,,",
        "w.x.io,U,member,,",
        "x@x.io,U,member,,P: R; P: S",
    ]
    rows += ["y@x.io,U,member,,,too much", "z@x.io,#N/A,member,,"]
    message = refusal("\n".join(["mail,name,role,developer,access,External", *rows, ""]))
    for part in (
        'the column "External" is unknown',
        "developer is neither true nor false",
        'line 42: the user "u3@x.io" is in line 5 already',
        "line 43 (U): One of email and user_id is required",
        'line 44 (v@x.io): role is "boss"; choose one of admin',
        "line 45 (w.x.io): email is not an email address",
        'line 46 (x@x.io): access names "P" twice, with "R" and "S"',
        "line 48 (z@x.io): name is #N/A",
    ):
        assert part in message


def test_all_faults_are_lines_of_the_error_too():
    rows = [f"u{n}@x.io,U,member{n},FALSE" for n in range(120)] + ["z@x.io,U,member,#N/A"]
    with pytest.raises(AnsibleFilterError) as caught:
        read("\n".join(["mail,name,role,developer", *rows, ""]))
    lines = caught.value.lines
    assert [line.partition(":")[0] for line in lines[:2]] == ["line 2 (u0@x.io)", "line 3 (u1@x.io)"]
    assert lines[99:101] == ["line 122 (z@x.io): developer is #N/A, the error of a formula", "and 21 more"]
    assert lines[101:] == ["Correct the formula in the spreadsheet.", "Correct the roster; nothing was read."]
