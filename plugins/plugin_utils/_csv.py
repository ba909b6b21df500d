# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CSV that a spreadsheet shows, and never calculates."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ._texts import printable

# The characters that begin a formula, at the beginning of a cell, or of a cell by another separator.
_FORMULA = re.compile(r'(?:^|(?<=[;,]))[\s"]*(?=[=+\-@＝＋－＠])')
_ADDRESS = re.compile(r"[^\s<>\"'@,;()]+@[^\s<>\"'@,;()]+")


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], delimiter: str = ",") -> str:
    """Return a table with a header. Columns that a row does not have are empty.

    Raises:
        ValueError: a row has another column.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n", delimiter=delimiter)
    writer.writeheader()
    writer.writerows({name: cell(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def cell(value: object) -> str:
    """Return *value* on one line, as a cell that no spreadsheet takes for a formula.

    An apostrophe says that a cell is text. It may begin an address, and would make another one of it: an address is put
    in angle brackets, which belong to no address.
    """
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    text = printable(value).strip()
    if _ADDRESS.fullmatch(text) and _FORMULA.match(text):
        return f"<{text}>"
    return _FORMULA.sub(lambda found: f"'{found[0]}", text)
