"""Rosters as text: random entries, odd but valid ways to write them as YAML and CSV, and accidents to a text."""

from __future__ import annotations

import json
import re

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import strategies as st

# Each means something to YAML or CSV unless it is quoted.
ODD = [
    *("null", "~", "0123", "yes", "12:30", "<<", "=", "-", "- x", "? x", "a: b", "a #b", "# x", "*x", "&x", "!x", "@x"),
    *("%x", "`x`", "|", ">-", "[x]", "{x}", "{{ x }}", "O'Neil", 'a "b"', "'", '"', "a, b; c", "a\tb", "\\n"),
    "Zoë 工藤",
]
NAMES = st.sampled_from(ODD) | st.text(
    st.characters(exclude_categories=["C", "Z"], exclude_characters="\ufffd*"), max_size=99
)
BOOLEANS = {True: ["true", "yes", "TRUE", "'Yes'"], False: ["false", "no", "False", '"no"']}
PLAIN = re.compile(r"[^\W\d_](?:[\w@.+ -]*\w)?")
SYNONYMS = {
    "email": ["email", "E-Mail", " mail ", "Mail Address"],
    "name": ["name", "Display Name", "full_name"],
    "role": ["Role", "account role"],
    "is_developer": ["Is Developer", "developer"],
}


@st.composite
def entries(draw):
    """Up to five users with addresses of their own; only the address is always given."""
    others = st.fixed_dictionaries(
        {}, optional={"name": NAMES, "role": st.sampled_from(["member", "Admin"]), "is_developer": st.booleans()}
    )
    return [{"email": f"u{number}@x.io", **draw(others)} for number in range(draw(st.integers(1, 5)))]


# ---------------------------------------------------------------- as YAML


@st.composite
def yaml_scalar(draw, value, block):
    """A text or boolean: plain, in either quotation marks, or as a block."""
    if isinstance(value, bool):
        return draw(st.sampled_from(BOOLEANS[value]))
    ways = [json.dumps(value, ensure_ascii=False), "'" + value.replace("'", "''") + "'"]
    if PLAIN.fullmatch(value) and value.lower() != "null":
        ways.append(value)
    if block and value.strip("\t ") == value != "":
        ways.append(f"|-\n        {value}")
    return draw(st.sampled_from(ways))


@st.composite
def yaml_entry(draw, entry, number, first):
    """A mapping in a list, in flow or block style. It may merge the first one, whose other keys it then repeats."""
    block = draw(st.booleans())
    pairs = [(key, draw(yaml_scalar(value, block))) for key, value in draw(st.permutations([*entry.items()]))]
    if "name" not in entry and draw(st.booleans()):
        pairs.append(("name", draw(st.sampled_from(["~", "null", "!!null ''"]))))
    if number and set(first) <= {key for key, _value in pairs} and draw(st.booleans()):
        pairs.insert(0, ("<<", "*first"))
    anchor = " " if number else " &first "
    if not block:
        return f"-{anchor}{{{', '.join(f'{key}: {value}' for key, value in pairs)}}}"
    lines = [f"{key}: {value}" for key, value in pairs]
    return f"-{anchor}\n  " + "\n  ".join(lines) if anchor.strip() or draw(st.booleans()) else "- " + "\n  ".join(lines)


@st.composite
def yaml_text(draw, users):
    """The users as YAML that people, tools and editors might write."""
    lines = [draw(yaml_entry(entry, number, users[0])) for number, entry in enumerate(users)]
    between = draw(st.sampled_from(["\n", "\n\n", "\n# the next one\n"]))
    text = draw(st.sampled_from(["", "---\n", "# all\n---\n"])) + between.join(lines)
    text += draw(st.sampled_from(["\n", "", "\n...\n", "\n  # the end\n"]))
    return draw(st.sampled_from(["", "\ufeff"])) + draw(st.sampled_from([text, text.replace("\n", "\r\n")]))


# ---------------------------------------------------------------- as CSV


@st.composite
def csv_cell(draw, value, separator):
    """A cell, with quotation marks where it needs them and sometimes where not."""
    needs = any(mark in value for mark in (separator, '"', " ", "\t"))
    text = '"' + value.replace('"', '""') + '"' if needs or draw(st.booleans()) else value
    return draw(st.sampled_from(["", " "])) + text


@st.composite
def csv_text(draw, users):
    """The users as CSV that spreadsheets and directories might export."""
    separator = draw(st.sampled_from([",", ";", "\t"]))
    columns = draw(st.permutations([*SYNONYMS]))
    rows = [[draw(st.sampled_from(SYNONYMS[column])) for column in columns]]
    rows += [[_as_cell(entry.get(column)) for column in columns] for entry in users]
    lines = [separator.join(draw(csv_cell(cell, separator)) for cell in row) for row in rows]
    between = draw(st.sampled_from(["\n", "\r\n", "\r", "\n\n", f"\n{separator * 3}\n"]))
    return draw(st.sampled_from(["", "\ufeff"])) + between.join(lines) + draw(st.sampled_from(["", "\n"]))


def _as_cell(value):
    return {None: "", True: "TRUE", False: "no"}.get(value, value)


# ---------------------------------------------------------------- accidents


@st.composite
def damaged(draw, text):
    """A text after up to three accidents."""
    for _accident in range(draw(st.integers(1, 3))):
        lines = text.splitlines(keepends=True) or [""]
        place, other = (draw(st.integers(0, len(lines) - 1)) for _number in range(2))
        at = draw(st.integers(0, len(text)))
        before, line, after = lines[:place], lines[place], lines[place + 1 :]
        rest = before + after
        accidents = {
            "a line is lost": rest,
            "a line is doubled": [*before, line, line, *after],
            "a line is moved": [*rest[:other], line, *rest[other:]],
            "a line is indented": [*before, f"  {line}", *after],
            "an indentation is lost": [*before, line.lstrip(" "), *after],
            "a dash is lost": [*before, line.replace("-", " ", 1), *after],
            "cells become one": _quoted(lines, *sorted([place, other]), draw(st.sampled_from([1, 1, 2, 3]))),
            "a character is lost": [text[:at], text[at + 1 :]],
            "a character is typed": [text[:at], draw(st.sampled_from(" \n\t-:,;[]{}'\"*!|>?@x")), text[at:]],
        }
        text = "".join(accidents[draw(st.sampled_from([*accidents]))])
    return text


def _quoted(lines, first, last, nth):
    """With one pair of quotation marks from a cell of one line to the same, the nth from the right, of another."""
    starts, ends = ([*re.finditer(r"[^,;:\s][^,;:\t\r\n]*", lines[number])] for number in (first, last))
    if first == last or nth > min(len(starts), len(ends)):
        return lines
    begin, end = starts[-nth].start(), ends[-nth].end()
    cell = "".join([lines[first][begin:], *lines[first + 1 : last], lines[last][:end]]).replace('"', "")
    return [*lines[:first], lines[first][:begin], f'"{cell}"', lines[last][end:], *lines[last + 1 :]]


def lost(found, text):
    """The addresses that a text gives, comments left out, and no user has who was read; none if a module would refuse."""
    emails = [entry.get("email", "") for entry in found]
    if not all(re.fullmatch(r"\S+@\S+", email) for email in emails):
        return set()
    # In YAML, a line that has lost its key may belong to the text above it.
    given = re.findall(r"(?m)(?:email: [\"']?|^[\"']?|[,;\t] ?[\"']?)(u\d@x\.io)", re.sub(r"#.*", "", text))
    return set(given) - set(re.findall(r"u\d@x\.io", " ".join(emails)))


def refusal_of(read, *arguments, **options):
    """Return the message with which a filter refuses: one line of some length."""
    with pytest.raises(AnsibleFilterError) as caught:
        read(*arguments, **options)
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) <= 1000
    return message


def assert_no_user_is_lost(read, text):
    """Read a damaged text: it is refused, or all of its users are found."""
    try:
        found = read(text)
    except AnsibleFilterError:
        refusal_of(read, text)
    else:
        assert not lost(found, text)
