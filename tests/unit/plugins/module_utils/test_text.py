"""Texts in messages: printable, short, and with a suggestion that says how two names differ."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ansible_collections.arize.ax.plugins.module_utils._text import (
    MAX_NAMES_IN_MESSAGE,
    UNPRINTABLE,
    did_you_mean,
    named,
    nearest,
    quoted,
    sentences,
)

TEMPLATES = Path(__file__).parents[4] / "playbooks" / "templates"


@pytest.mark.parametrize("join", [named, sentences])
@pytest.mark.parametrize(("number", "more"), [(1, 0), (10, 0), (11, 1), (30, 20)])
def test_the_first_ten_are_named_and_the_others_counted(join, number, more):
    text = join([f"<{index}>" for index in range(number)])
    assert MAX_NAMES_IN_MESSAGE == 10
    assert text.count("<") == min(number, 10)
    assert (f"nd {more} more" in text) is bool(more)


def test_of_many_sentences_only_those_that_are_shown_need_to_be_made():
    assert sentences(["a."] * 10, total=25).endswith("(And 15 more.)")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x" * 80, f'"{"x" * 80}"'),
        ("x" * 81, f'"{"x" * 79}…"'),
        ("a b", '"a b"'),
        ("a\u00a0b\u202ec", '"a\\xa0b\\u202ec"'),
    ],
)
def test_a_value_in_a_message_is_short_and_printable(text, shown):
    assert quoted(text) == shown


def test_the_template_of_text_replaces_the_same_characters():
    (pattern,) = re.findall(r'regex_replace\("(\[.*?\])\+"', (TEMPLATES / "text.j2").read_text())
    template = re.compile(pattern.encode().decode("unicode_escape"))
    differ = [
        number
        for number in range(0x110000)
        if bool(template.match(chr(number))) != bool(UNPRINTABLE.match(chr(number)))
    ]
    assert differ == []


# ---------------------------------------------------------------- suggestions


@pytest.mark.parametrize(
    ("text", "known", "near"),
    [
        ("prod", ["Lab", "Prod"], "Prod"),
        ("e_mial", ["name", "email"], "email"),
        ("Staging", ["Prod", "Lab"], None),
        ("Prod", [], None),
    ],
)
def test_the_nearest_is_suggested_and_no_far_one(text, known, near):
    assert nearest(text, known) == near


@pytest.mark.parametrize(
    ("text", "other", "difference"),
    [
        ("Prods", "Prod", ""),
        ("prod", "Prod", ""),
        ("Prod 2", "Prod", ""),
        ("Caf\u00e9", "Cafe\u0301", "has U+00E9 where the existing one has U+0065 U+0301."),
        ("Caf\u00e9", "Cafe", "has U+00E9 where the existing one has U+0065."),
        ("A B", "A\u00a0B", "has one space character where the existing one has U+00A0."),
        ("A B", "A  B", "has one space character where the existing one has two space characters."),
        ("A     B", "A B", "has 5 space characters where the existing one has one space character."),
        ("AB", "A\u200bB", "has nothing where the existing one has U+200B."),
        ("Pr\u043ed", "Prod", "has U+043E where the existing one has U+006F."),
    ],
)
def test_how_two_names_differ_that_look_alike(text, other, difference):
    sentence = f" The given name {difference}" if difference else ""
    assert did_you_mean(text, [other]) == f" Did you mean {other}?{sentence}"


def test_the_first_three_differences_are_told():
    told = did_you_mean("a b c d e", ["a  b  c  d  e"])
    assert told.count("two space characters") == 3
