"""A roster as CSV: read back to what it manages, and never calculated by a spreadsheet."""

from __future__ import annotations

import csv
import io
import re

import pytest
from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display
from ansible_collections.arize.ax.plugins.filter.roster_from_csv import roster_from_csv
from ansible_collections.arize.ax.plugins.filter.roster_to_csv import FilterModule
from ansible_collections.arize.ax.tests.unit.support.examples import examples
from ansible_collections.arize.ax.tests.unit.support.rosters import ODD
from hypothesis import given
from hypothesis import strategies as st

write = FilterModule().filters()["roster_to_csv"]
REVIEWER = {"role": "Reviewer", "space": "Prod"}


@pytest.fixture
def warnings(monkeypatch):
    """The warnings that are shown."""
    shown = []
    monkeypatch.setattr(Display, "warning", lambda _display, text: shown.append(text))
    return shown


def test_the_table_is_sorted_and_has_the_columns_that_are_needed():
    entries = [
        {"user_id": "VXNlcjoy"},
        {"email": "Zoe@x.io", "name": "Zoë, A", "role": "admin", "is_developer": False, "access": []},
        {
            "email": "ada@x.io",
            "name": "Ada",
            "access": [REVIEWER, {**REVIEWER, "project": "Churn", "organization": "Eu"}],
        },
    ]
    text = write(entries)
    assert text == (
        "\ufeffemail,user_id,name,role,is_developer,access\n"
        "ada@x.io,,Ada,,,Prod: Reviewer; Eu // Prod / Churn: Reviewer\n"
        'Zoe@x.io,,"Zoë, A",admin,false,none\n'
        ",VXNlcjoy,,,,\n"
    )
    assert roster_from_csv(text) == [entries[2], entries[1], entries[0]]
    assert write([]) == "\ufeffemail\n"


MARKS = st.sampled_from(["", "=", "+", "-", "'", "#"])
FIRST = st.sampled_from(["", "=", "+", "-", "@", "'", '"', "#", "<", "none", "id:", "/ ", "\t", "＝"])
NAMES = st.builds(str.__add__, FIRST, st.sampled_from(ODD) | st.text(max_size=20)).filter(str.strip)
ITEMS = st.fixed_dictionaries({"role": NAMES, "space": NAMES}, optional={"project": NAMES, "organization": NAMES})


@examples()
@given(
    st.lists(
        st.tuples(MARKS, st.fixed_dictionaries({"name": NAMES}, optional={"access": st.lists(ITEMS, max_size=3)}))
    ),
    st.booleans(),
)
def test_what_is_written_is_read_back_and_no_formula(drawn, with_access):
    entries, users = [], []
    for number, (mark, entry) in enumerate(drawn):
        access = entry.get("access", [])
        access = [
            {**item, "role": f"{item['role']}{place}", "space": f"{item['space']}{place}"}
            for place, item in enumerate(access)
        ]
        ids = [
            {"role_id": f"r{place}", "space_id": f"s{place}", "project_id": f"p{place}"} for place in range(len(access))
        ]
        entries.append(
            {
                "email": f"{mark}u{number}@x.io",
                "name": entry["name"],
                **({"access": access} if with_access else {}),
            }
        )
        users.append({"id": f"VXNl{number}", "email": entries[-1]["email"], "access": ids})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Display, "warning", lambda _display, _text: None)
        text = write(entries, users)
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert not [cell for row in rows for cell in row if re.match(r"[=+@＝-]", cell.strip())]
    if not entries:
        return
    for found, entry, user in zip(sorted(roster_from_csv(text), key=key_of(users)), entries, users):
        assert found.get("email") == entry["email"] or found["user_id"] == user["id"]
        assert found.get("name") in (None, entry["name"].strip())
        assert ("access" in found) == with_access
        for item, given_, ids in zip(found.get("access", []), entry.get("access", []), user["access"]):
            assert all(value == {**given_, **ids}[key] for key, value in item.items())


def key_of(users):
    """Return what sorts the entries that were read as *users*."""
    order = {user[key]: number for number, user in enumerate(users) for key in ("email", "id")}
    return lambda entry: order[entry.get("email") or entry["user_id"]]


@pytest.mark.parametrize("name", ["=1+1", "-1", "@SUM(A1)", "x;=1", "a\nb", "a\x1bb", "#N/A", "a\ufffd", "'=1"])
def test_a_name_that_csv_cannot_hold_is_left_empty_and_named(name, warnings):
    assert roster_from_csv(write([{"email": "ada@x.io", "name": name}, {"email": "b@x.io", "name": "Bob"}])) == (
        [
            {"email": "ada@x.io"} if name != "'=1" else {"email": "ada@x.io", "name": name},
            {"email": "b@x.io", "name": "Bob"},
        ]
    )
    assert [warning.endswith("left empty: ada@x.io") for warning in warnings] == ([True] if name != "'=1" else [])


@pytest.mark.parametrize("email", ["=ada@x.io", "+ada@x.io", "'ada@x.io", "-ada@x.io"])
def test_an_address_that_begins_like_a_formula_is_written_by_id(email):
    assert write([{"email": email}], [{"email": email, "id": "VXNl"}]) == "\ufeffemail,user_id\n,VXNl\n"
    with pytest.raises(AnsibleFilterError, match=f"the email of {re.escape(email)}. Write it as YAML, or give users"):
        write([{"email": email}])


def test_names_that_the_notation_cannot_hold_are_written_by_id():
    access = [
        {"role": "a: b", "space": "Prod"},
        {"role": "R", "space": "=1"},
        {"role": "R", "space": "Prod", "project": "x / y"},
        {"role": "R", "project_id": "p9"},
        {"role_id": "r8", "space_id": "s8"},
    ]
    ids = [{"role_id": f"r{n}", "space_id": f"s{n}", "project_id": "p2" if n == 2 else None} for n in range(5)]
    text = write([{"email": "a@x.io", "access": access}], [{"email": "a@x.io", "id": "u", "access": ids}])
    assert text.splitlines()[1] == "a@x.io,Prod: id:r0; id:s1: R; / id:p2: R; / id:p9: R; id:s8: id:r8"
    with pytest.raises(AnsibleFilterError, match=r"the access of a@x\.io"):
        write([{"email": "a@x.io", "access": access[:1]}])


@pytest.mark.parametrize("entries", ["text", {"email": "a@x.io"}, ["a@x.io"], [{"emial": "a@x.io"}], None])
def test_what_is_no_roster_is_refused(entries):
    with pytest.raises(AnsibleFilterError):
        write(entries)
    with pytest.raises(AnsibleFilterError, match="users has to be a list"):
        write([], {"users": []})
