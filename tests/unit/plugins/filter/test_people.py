"""People from text: who is named, and what is refused."""

from __future__ import annotations

import time
from functools import partial

import pytest
from ansible_collections.arize.ax.plugins.filter.people import FilterModule
from ansible_collections.arize.ax.tests.unit.support.examples import examples
from ansible_collections.arize.ax.tests.unit.support.rosters import refusal_of
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import StrictUndefined

read = FilterModule().filters()["people"]
refusal = partial(refusal_of, read)


def pairs(given):
    return [(person["email"], person["name"]) for person in read(given)]


# ---------------------------------------------------------------- who is named


def test_a_person_has_an_address_and_a_name_or_null():
    assert read("ada@x.io\nBob <bob@x.io>") == [
        {"email": "ada@x.io", "name": None},
        {"email": "bob@x.io", "name": "Bob"},
    ]


@pytest.mark.parametrize("separator", ["\n", "\r\n", "\r", ",", ";", ", ", " ;\n", ",\n\n", " ", "\t"])
def test_separators(separator):
    text = separator.join(["a@x.io", "B <b@x.io>", '"C, D" <c@x.io>', "d@x.io"])
    expected = [("a@x.io", None), ("b@x.io", "B"), ("c@x.io", "C, D"), ("d@x.io", None)]
    assert pairs(text) == pairs(f"\ufeff {text}{separator}") == expected


def test_a_list_is_read_as_its_texts_are():
    assert pairs(["a@x.io, B <b@x.io>", "", "- c@x.io"]) == [("a@x.io", None), ("b@x.io", "B"), ("c@x.io", None)]


@pytest.mark.parametrize("mark", ["- ", "* ", "• ", "•", "1. ", "12) ", "  -\t", "\xa0* "])
@pytest.mark.parametrize("person", ["ada@x.io", "<ada@x.io>", "Ada <ada@x.io>", '"Ada" <ada@x.io>'])
def test_list_marks_are_dropped(mark, person):
    name = "Ada" if "Ada" in person else None
    assert pairs(f"{mark}{person}\n{mark}b@x.io\n{mark}") == [("ada@x.io", name), ("b@x.io", None)]


def test_lines_may_end_in_carriage_returns():
    assert pairs("- a@x.io\r- b@x.io\r\n- c@x.io") == [("a@x.io", None), ("b@x.io", None), ("c@x.io", None)]


@pytest.mark.parametrize("email", ["-ada@x.io", "1.ada@x.io", "o'hara@x.io", "a+b@x.io", "jösé@ü.io"])
def test_what_begins_like_a_mark_may_be_an_address(email):
    assert pairs(email) == [(email, None)]


@pytest.mark.parametrize(
    "quoted",
    ['"{}"', "\u201c{}\u201d", "\u201e{}\u201c", "\u201e{}\u201d", "«{}»", "'{}'", "\u2018{}\u2019", "\u201a{}\u2018"],
)
def test_quotation_marks_around_a_name_are_dropped(quoted):
    text = quoted.format("Lovelace, Ada; @home")
    assert pairs(f"{text} <ada@x.io>, {text}<b@x.io>") == [
        ("ada@x.io", "Lovelace, Ada; @home"),
        ("b@x.io", "Lovelace, Ada; @home"),
    ]


@pytest.mark.parametrize("name", ["Pat O'Hara", "'t Hooft", "Ada (Ops)", "Dr. Ada", "A/B: C", "{{ x }}", "D\\a", "'"])
def test_a_name_stays_as_it_is_written(name):
    assert pairs(f"{name} <ada@x.io>") == pairs(f'"{name}" <ada@x.io>') == [("ada@x.io", name)]


@pytest.mark.parametrize(
    "text", ['"" <ada@x.io>', "<ada@x.io>", "< ada@x.io >", '"ada@x.io"', "'ada@x.io'", "\u201cada@x.io\u201d"]
)
def test_an_address_without_a_name(text):
    assert pairs(text) == [("ada@x.io", None)]


NAMES = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="\ufffd"))


@examples()
@given(st.lists(NAMES, min_size=1), st.sampled_from(["\n", ", ", "; "]))
def test_what_is_written_is_read(names, separator):
    written = [name.replace("\\", "\\\\").replace('"', '\\"') for name in names]
    text = separator.join(f'"{name}" <u{nth}@x.io>' for nth, name in enumerate(written))
    assert pairs(text) == [(f"u{nth}@x.io", name or None) for nth, name in enumerate(names)]


def test_an_address_that_is_given_twice_is_returned_once():
    assert pairs("ada@x.io, Ada <ADA@x.io>; b@x.io, Ada <ada@x.io>") == [("ada@x.io", "Ada"), ("b@x.io", None)]


def test_ten_thousand_people_are_read_at_once():
    text = "\n".join(f"- User {n} <u{n}@x.io>" for n in range(10000))
    begin = time.process_time()
    assert len(read(text)) == 10000
    assert time.process_time() - begin < 10  # as above: about a second


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("ada", '"ada" is not an address'),
        ("Ada Lovelace ada@x.io", '"Ada" is not an address; "Lovelace" is not an address'),
        ("Lovelace, Ada <ada@x.io>", '"Lovelace" is not an address'),
        ("Ada Lovelace\n<ada@x.io>", '"Ada" is not an address'),
        ("Ada <ada>", '"Ada <ada>" is not an address'),
        ("Ada <>", '"Ada <>" is not an address'),
        ("Ada <ada@x.io", '"Ada" is not an address'),
        ("Ada <a@x.io, b@x.io>", '"Ada <a@x.io, b@x.io>" is not an address'),
        ("ada@x.io>", '"ada@x.io>" is not an address'),
        ("a@x.io<b@x.io>", "is not an address"),
        ("<mailto:ada@x.io>", "is not an address"),
        ('"Lovelace, Ada" ada@x.io', "is not an address"),
        ('"Ada\nLovelace" <ada@x.io>', "is not an address"),
        ("@x.io", "is not an address"),
        ("a\u200bb@x.io", '"a\\u200bb@x.io" is not an address'),
        ("Ada <ada@x.io>, Bob <ADA@x.io>", 'ADA@x.io has two names, "Ada" and "Bob"'),
        ('["ada@x.io"]', "is not an address"),
    ],
)
def test_what_is_no_user(text, named):
    message = refusal(f"{text}\nz@x.io")
    assert named in message
    assert "z@x.io" not in message


def test_many_faults():
    assert "; and 15 more. " in refusal(" ".join(f"x{n}" for n in range(25)))


@pytest.mark.parametrize("nothing", ["", " \n,;", [], [""], "-\n* "])
def test_no_user(nothing):
    assert "The list of people is empty." in refusal(nothing)


@pytest.mark.parametrize("value", [None, 0, True, {}, {"email": "ada@x.io"}, ("a@x.io",), b"ada@x.io"])
def test_what_is_no_text(value):
    assert "The list of people has to be text or a list of texts, not " in refusal(value)


@pytest.mark.parametrize("value", [None, 0, [], {"email": "ada@x.io"}])
def test_a_list_of_something_else(value):
    assert "Item 2 of the list of people has to be text, not " in refusal(["a@x.io", value])


def test_what_is_undefined():
    assert "'typo' is undefined" in refusal(StrictUndefined(name="typo"))


@pytest.mark.parametrize(("character", "expected"), [("\udce9", "not UTF-8: see line 2"), ("\a", "U+0007 in line 2")])
def test_other_encodings_and_control_characters(character, expected):
    assert expected in refusal(f"a@x.io\nZo{character} <z@x.io>")
