"""Tables for spreadsheets: no text of an account is a formula, and no address becomes another one."""

from __future__ import annotations

import csv
import io

import pytest
from ansible_collections.arize.ax.plugins.plugin_utils._csv import as_csv, cell
from ansible_collections.arize.ax.plugins.plugin_utils._people import people


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1", "'＝1"),
        ("\t=1", "'=1"),
        ("\r\n=1", "'=1"),
        (' "=1', "'\"=1"),
        ("x;=1", "x;'=1"),
        ("x, -1", "x,' -1"),
        ('x";"=1', 'x";\'"=1'),
        ("=HYPERLINK(a@b.c)", "'=HYPERLINK(a@b.c)"),
        ("@cmd@b.c", "'@cmd@b.c"),
    ],
)
def test_a_formula_is_text(text, shown):
    assert cell(text) == shown


@pytest.mark.parametrize(
    "text", ["Ada", "a-b", "x=1", "2026-01-01", "Ada; Eve", "o'neill@x.io", "https://x.io", "'t Hooft"]
)
def test_other_texts_stay_as_they_are(text):
    assert cell(text) == text


@pytest.mark.parametrize("address", ["=ada@x.io", "+ada@x.io", "-ada@x.io"])
def test_an_address_is_still_that_address(address):
    assert cell(address) == f"<{address}>"
    assert people(cell(address))[0]["email"] == address


@pytest.mark.parametrize(
    ("value", "shown"), [(None, ""), (True, "true"), (False, "false"), (7, "7"), ("a\n\x1bb", "a b")]
)
def test_other_values_are_one_line_each(value, shown):
    assert cell(value) == shown


def test_a_reader_of_csv_gets_the_cells_back():
    rows = [{"a": 'x "y"', "b": "1,2"}, {"b": "\u2028z"}]
    text = as_csv(["a", "b"], rows)
    assert list(csv.reader(io.StringIO(text))) == [["a", "b"], ['x "y"', "1,2"], ["", "z"]]
    with pytest.raises(ValueError, match="c"):
        as_csv(["a"], [{"c": 1}])
