"""Access by the value of a column: what is added, what is refused by line, and what is named in warnings."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display
from ansible_collections.arize.ax.plugins.filter.access_by_column import FilterModule

read = FilterModule().filters()["access_by_column"]
TEAMS = {"Department": {"Research": ["Prod: Reviewer", "Prod / Churn: Editor"], " Ops ": "Prod: Admin", "Sales": None}}
REVIEWER, EDITOR = {"space": "Prod", "role": "Reviewer"}, {"space": "Prod", "project": "Churn", "role": "Editor"}


@pytest.fixture(autouse=True)
def warnings(monkeypatch):
    """The warnings that are shown."""
    shown = []
    monkeypatch.setattr(Display, "warning", lambda _display, text: shown.append(text))
    return shown


def refusal(*arguments, **options):
    with pytest.raises(AnsibleFilterError) as caught:
        read(*arguments, **options)
    return str(caught.value)


def test_a_value_gives_its_access_and_the_row_its_own(warnings):
    text = "mail,department,access\na@x.io, Research ,\nb@x.io,Ops,Dev: Reader\nc@x.io,Research,Prod: Reviewer\n"
    assert read(text, TEAMS) == [
        {"email": "a@x.io", "access": [REVIEWER, EDITOR]},
        {"email": "b@x.io", "access": [{"space": "Dev", "role": "Reader"}, {"space": "Prod", "role": "Admin"}]},
        {"email": "c@x.io", "access": [REVIEWER, EDITOR]},
    ]
    assert warnings == ['No row has the Department "Sales".']


def test_what_gives_no_access_is_named_and_leaves_the_row_as_it_is(warnings):
    rows = "a@x.io,,\nb@x.io,research,none\nc@x.io,Sales,Dev: Reader\nd@x.io,,\ne@x.io\nf@x.io,Ops,\n"
    read_ = read(f"mail,Department,access\n{rows}", TEAMS)
    assert [entry.get("access") for entry in read_[:5]] == [None, [], [{"space": "Dev", "role": "Reader"}], None, None]
    assert warnings == [
        "An empty Department gives no access (lines 2, 5, 6).",
        'The Department "research" gives no access (line 3).',
        'The Department "Sales" gives no access (line 4).',
        'No row has the Department "Research".',
    ]


def test_a_contradiction_is_refused_by_line():
    message = refusal("mail,Department,access\na@x.io,Research,\nb@x.io,Research,Prod: Owner\n", TEAMS)
    assert "line 3 (b@x.io): access and Department give different roles: Prod: Owner and Prod: Reviewer" in message
    assert "line 2" not in message
    twice = {"Department": {"R": ["P: A", "P: B"]}}
    assert "lines 2 and 3: access and Department give different roles: P: A and P: B" in refusal(
        "mail,Department\na@x.io,R\nb@x.io,R\n", twice
    )
    assert 'access names "P" twice' in refusal(
        "mail,Department,access\na@x.io,R,P: A; P: B\n", {"Department": {"R": []}}
    )


def test_the_column_may_be_mapped_too():
    text = "Wer,Team\na@x.io,member\n"
    entries = read(text, {"team": {"member": ["P: R"]}}, columns={"Wer": "email", "Team": "role"})
    assert entries == [{"email": "a@x.io", "role": "member", "access": [{"space": "P", "role": "R"}]}]


def test_a_known_column_keeps_its_meaning():
    entries = read("mail,Role\na@x.io,member\n", {"role": {"member": ["P: R"]}})
    assert entries == [{"email": "a@x.io", "role": "member", "access": [{"space": "P", "role": "R"}]}]


def test_ten_values_without_access_are_named(warnings):
    read("mail,Team\n" + "".join(f"u{n}@x.io,T{n}\n" for n in range(12)), {"Team": {"T0": []}})
    assert warnings[9:] == ['The Team "T9" gives no access (line 11).', "2 more values of Team give no access."]


@pytest.mark.parametrize(
    ("access_by", "expected"),
    [
        (None, "access_by must map one column to its values"),
        ({}, "access_by must map one column"),
        ({"A": {}, "B": {}}, "access_by must map one column"),
        ({"A": ["P: R"]}, "access_by must map one column"),
        ({"Cost Center": {4711: ["P: R"]}}, 'names the value "4711", which is a number, not text. Put it in quotes.'),
        ({"Department": {"R": [{"space": "P"}]}}, 'must map "R" to a list of lines'),
        ({"Department": {"R": ["P"]}}, '"P" is neither "Space: role" nor'),
        ({"Department": {"R": ["P: R"], " R": []}}, 'access_by names "R" twice'),
        ("Department: {R: ['P: R'], R: ['Q: R']}", 'access_by names "R" twice'),
        ("{Department: {}, Department: {R: ['P: R']}}", 'access_by names "Department" twice'),
        ("Department: {[R]: ['P: R']}", "access_by is not valid YAML"),
        ("Department: !!map [R]", "access_by is not valid YAML"),
        ({"Department": {"R": ["P: \x07"]}}, 'access_by cannot be used: "R" holds the control character U+0007'),
        ({"Team": {"R": ["P: R"]}}, 'line 1: access_by names "Team", which is not a column'),
        ("Department: [", "access_by is not valid YAML"),
    ],
)
def test_what_cannot_be_used(access_by, expected):
    assert expected in refusal("mail,Department\na@x.io,R\n", access_by)
