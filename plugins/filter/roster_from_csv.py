# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: roster_from_csv
short_description: Read a roster from CSV
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Reads a table with one user in each row, as spreadsheets and directories export it, for the option
    O(arize.ax.arize_user_roster#module:users).
  - The first row names the columns. Their order, upper and lower case, and spaces, C(-), C(_) and C(.) in their names make
    no difference.
  - The separator is a comma, a semicolon or a tab, whichever fits the first row.
  - A row with too many or too few cells, a user in two rows, an unknown column, a line break where a quotation mark is
    missing, and a C(is_developer) that is not boolean are errors. One message names them all with line and column, the first ten in words.
  - The filter checks the form of the roster. The module checks addresses, names and roles.
options:
  _input:
    description:
      - The content of the file, not its name, encoded in UTF-8. At least one user is needed.
      - The columns are C(email) (also called C(mail), C(e-mail), C(email address), C(mail address)), C(user_id), C(name)
        (C(display name), C(full name)), C(role) (C(account role)), C(custom_role_id), C(is_developer) (C(developer)),
        C(invite_mode) and C(access). One of C(email) and C(user_id) is needed.
      - An empty cell counts as not given. Spaces around a value and empty rows are ignored.
      - C(is_developer) is C(true), C(yes), C(on), C(1), C(y), C(t), or C(false), C(no), C(off), C(0), C(n), C(f), in any case.
      - A cell of C(access) has the form of P(arize.ax.access_from_text#filter).
    type: str
    required: true
  columns:
    description:
      - Which key a column with another name is for, such as C({"Work Mail":"email"}). It beats the names above.
      - A column that is mapped to an empty string or null is ignored. An unknown column that is not mapped is an error.
      - Each column named here must exist in the text.
    type: dict
    default: {}
seealso:
  - plugin: arize.ax.roster_from_yaml
    plugin_type: filter
  - plugin: arize.ax.access_from_text
    plugin_type: filter
  - module: arize.ax.arize_user_roster
"""

EXAMPLES = r"""
# people.csv:
#
# E-Mail;Display Name;Role;Developer;Access
# ada@example.com;Ada;member;no;"Production: Reviewer; Research / Churn: Editor"
# grace@example.com;"Hopper, Grace";admin;;
- name: Converge the account to a table
  arize.ax.arize_user_roster:
    users: "{{ lookup('ansible.builtin.file', 'people.csv')
      | arize.ax.roster_from_csv }}"

- name: Converge the account to an export of the directory
  arize.ax.arize_user_roster:
    users: "{{ lookup('ansible.builtin.file', 'export.csv')
      | arize.ax.roster_from_csv(columns=columns) }}"
  vars:
    columns:
      Work Mail: email
      Department: ""
"""

RETURN = r"""
_value:
  description:
    - The users in the order of the rows, for O(arize.ax.arize_user_roster#module:users).
    - An entry has only the keys that are given. All values are text, but C(is_developer) and C(access).
  type: list
  elements: dict
  sample:
    - email: ada@example.com
      name: Ada Lovelace
      role: member
      is_developer: false
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..plugin_utils._texts import (
    ENTRY_KEYS,
    Untrusted,
    kind_of,
    read_access,
    read_bool,
    refuse,
    require_text,
    shown,
    unknown,
)

_SEPARATORS = ",;\t"
_SYNONYMS = {
    "mail": "email",
    "emailaddress": "email",
    "mailaddress": "email",
    "displayname": "name",
    "fullname": "name",
    "accountrole": "role",
    "developer": "is_developer",
}
_COLUMNS = {key.replace("_", ""): key for key in ENTRY_KEYS} | _SYNONYMS
_CANNOT = "The roster cannot be used"
_COLUMN_ADVICE = (
    "Rename or remove the column. In a playbook of your own, the filter can map it, as in"
    " roster_from_csv(columns={'Work Mail': 'email', 'Ignored': ''})."
)


def roster_from_csv(text: object, columns: object = None) -> list[dict[str, Any]]:
    """Return the entries of a roster in CSV; *columns* maps names of columns to keys, or to nothing.

    Raises:
        AnsibleFilterError: the text is no roster; the message names lines and columns.
    """
    mapped = _read_columns({} if columns is None else columns)
    known = _COLUMNS | mapped
    rows = _rows(require_text(text, "The roster"), known)
    header = next((cells for _line, cells in rows), [])
    if not header:
        raise AnsibleFilterError("The roster is empty. Its first row has to name the columns, such as email,name,role.")
    keys = _read_header(header, known, mapped)
    faults: list[str] = []
    read = [(line, _read_row(line, cells, keys, header, faults)) for line, cells in rows]
    faults += _repeated(read)
    entries = [entry for _line, entry in read]
    if faults:
        refuse(_CANNOT, faults, "Correct the roster; nothing was read.")
    if not entries:
        raise AnsibleFilterError("The roster has no row but the header. Add a row for each user.")
    return entries


def _read_columns(columns: object) -> dict[str, str]:
    """Return the keys by normalized name of the column."""
    if not isinstance(columns, Mapping):
        raise AnsibleFilterError(f"columns has to be a mapping of columns to keys, not {kind_of(columns)}.")
    keys = {column: "" if key is None else key for column, key in columns.items()}
    wrong = [f"{shown(str(column))}: {shown(str(key))}" for column, key in keys.items() if key not in ("", *ENTRY_KEYS)]
    if wrong:
        refuse("columns maps to unknown keys", wrong, f"The keys are {', '.join(ENTRY_KEYS)}.")
    return {_normalized(str(column)): str(key) for column, key in keys.items()}


def _normalized(column: str) -> str:
    return re.sub(r"[\s_.-]+", "", column).lower()


def _rows(text: str, known: Mapping[str, str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that hold anything, each with the line in which it begins."""
    reader = _reader(text, _separator(text, known))
    line = 1
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        refuse("The roster is not valid CSV", [f"line {line}: {error}"], "Check the quotation marks of this row.")


def _separator(text: str, known: Mapping[str, str]) -> str:
    """Return the separator with which the header has the most known columns, else the most columns."""
    header = next(filter(str.strip, text.splitlines()), "")

    def fit(separator: str) -> tuple[int, int]:
        try:
            cells: list[str] = next(_reader(header, separator), [])
        except csv.Error:
            return (0, 0)
        return sum(_normalized(cell) in known for cell in cells), len(cells)

    return max(_SEPARATORS, key=fit)


def _reader(text: str, separator: str) -> Any:
    # Not strict, a missing quotation mark would take the rest of the file into one cell.
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=True)


def _read_header(header: list[str], known: Mapping[str, str], mapped: Mapping[str, str]) -> list[str]:
    """Return the key of each column, empty for a column that is ignored."""
    names = [_normalized(column) for column in header]
    faults = [f"the column {unknown(column, ENTRY_KEYS)}" for column, name in zip(header, names) if name not in known]
    faults += [f"columns names {shown(name)}, which is no column" for name in mapped if name not in names]
    if faults:
        refuse(_CANNOT, faults, _COLUMN_ADVICE)
    keys = [known[name] for name in names]
    for key in ENTRY_KEYS:
        if keys.count(key) > 1:
            same = ", ".join(shown(column) for column, found in zip(header, keys) if found == key)
            faults.append(f"{key} is in several columns ({same})")
    if not {"email", "user_id"} & set(keys):
        faults.append("no column is for email or user_id")
    if faults:
        refuse(_CANNOT, faults, _COLUMN_ADVICE)
    return keys


def _read_row(line: int, cells: list[str], keys: list[str], header: list[str], faults: list[str]) -> dict[str, Any]:
    if len(cells) != len(keys):
        faults.append(f"line {line}: {len(cells)} cells, but the header has {len(keys)}")
        return {}
    entry = {}
    for cell, key, column in zip(cells, keys, header):
        if key and cell:
            try:
                entry[key] = _READ.get(key, _read_text)(cell)
            except ValueError as error:
                faults.append(f"line {line}, column {shown(column)}: {error}")
    return entry


def _repeated(read: list[tuple[int, dict[str, Any]]]) -> Iterator[str]:
    """Yield what is wrong about users in several rows: the module refuses them, but knows no lines."""
    first: dict[tuple[str, str], int] = {}
    for line, entry in read:
        for key, value in (("email", entry.get("email", "").lower()), ("user_id", entry.get("user_id", ""))):
            if value and first.setdefault((key, value), line) != line:
                yield f"line {line}: the user {shown(entry[key])} is in line {first[key, value]} already"


def _read_text(cell: str) -> str:
    if len(cell.splitlines()) > 1:
        raise ValueError(f"{shown(cell)} holds a line break (is a quotation mark missing?)")
    return Untrusted(cell)


_READ: dict[str, Callable[[str], Any]] = {"is_developer": read_bool, "access": read_access}


class FilterModule:
    """The filter, as Ansible finds it."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filter by name."""
        return {"roster_from_csv": roster_from_csv}
