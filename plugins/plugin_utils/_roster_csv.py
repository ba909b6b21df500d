# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rosters in CSV, as spreadsheets and identity providers export them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import yaml
from ansible.errors import AnsibleFilterError

from ..module_utils._text import MAX_NAMES_IN_MESSAGE, named, one_line
from ._csv import cell as as_cell
from ._roster import Entries, Faults, check_entries, place_of_item, roster_text, user_of
from ._texts import (
    ENTRY_KEYS,
    Untrusted,
    access_text,
    kind_of,
    read_access,
    read_bool,
    refuse,
    require_text,
    shown,
    unknown,
)

NAME_PARTS = ("first_name", "last_name")
KEYS = (*ENTRY_KEYS, *NAME_PARTS)
_SEPARATORS = ",;\t"
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[,;\t]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
_SYNONYMS = {
    "mail": "email",
    "emailaddress": "email",
    "mailaddress": "email",
    "displayname": "name",
    "fullname": "name",
    "givenname": "first_name",
    "surname": "last_name",
    "familyname": "last_name",
    "accountrole": "role",
    "developer": "is_developer",
}
_COLUMNS = {key.replace("_", ""): key for key in KEYS} | _SYNONYMS
# The columns of exports that a roster has no use for, by the column that tells whose export it is. From the documentation
# of Microsoft (Download a list of users), Okta (Import users from a CSV file, with the base attributes of its profile) and
# Google (Add or update multiple users from a CSV file). Elsewhere these columns are unknown.
_EXPORTS = {
    "userprincipalname": """id objectId userType jobTitle department accountEnabled usageLocation streetAddress state country
        physicalDeliveryOfficeName officeLocation city postalCode telephoneNumber mobile mobilePhone
        authenticationPhoneNumber authenticationAlternativePhoneNumber authenticationEmail alternateEmailAddress ageGroup
        consentProvidedForMinor legalAgeGroupClassification companyName creationType directorySynced invitationState
        identityIssuer createdDateTime""".split(),
    "login": """secondEmail middleName honorificPrefix honorificSuffix title nickName profileUrl primaryPhone mobilePhone
        streetAddress city state zipCode countryCode postalAddress preferredLanguage locale timezone userType employeeNumber
        costCenter organization division department manager managerId status""".split(),
    "orgunitpath": """Password|Password Hash Function|New Primary Email|Status|Last Sign In|Recovery Email
        |Home Secondary Email|Work Secondary Email|Recovery Phone|Work Phone|Home Phone|Mobile Phone|Work Address
        |Home Address|Employee ID|Employee Type|Employee Title|Manager Email|Department|Cost Center|2sv Enrolled
        |2sv Enforced|Building ID|Floor Name|Floor Section|Email Usage|Drive Usage|Photos Usage|Storage limit|Storage Used
        |Total Storage|Change Password at Next Sign-In|New Status|Licenses|New Licenses
        |Advanced Protection Program enrollment""".split("|"),
}
_SELECTORS = {"email", "user_id"}
_NO_ACCESS = ("none", "-", "[]")
# What a spreadsheet shows for a formula that failed, in any language: #N/A, #REF!, #WERT!, #NOM?
_ERROR_CELL = re.compile(r"#(?:N/?[AVD]|[¡¿]?[A-ZÀ-Þ]+(?:/0)?[!?])")
_MARKS = ("'", "=", "+")  # of a text or a formula
_FIRST_ROW = "The first row names the columns, such as email,name,role, with a comma, a semicolon or a tab in between."
COLUMNS_QUESTION = "What do the columns of a CSV file mean?"  # of arize_columns, in a survey
_COLUMN_ADVICE = {
    "": "Rename or remove the column, or map it, as in columns={'Work Mail': 'email', 'Ignored': ''}.",
    "arize_": f'Rename or remove the column, or map it in arize_columns ("{COLUMNS_QUESTION}"), as "Work Mail: email", or'
    ' "Ignored:" to drop it.',
}

_CUT_OFF = "the last row has fewer cells than the header, and no line end (is the file cut off?)"
_QUOTE_ADVICE = "Put a cell that holds the separator in quotation marks."
_INVISIBLE = re.compile("[\\s\u200b-\u200f\u2060\ufeff]*")  # some programs fill empty cells so
_NO_HEADER = re.compile(r"\s*[-\[{%&!$<]|.*:\s")  # as YAML, a vault or HTML begins

AccessByColumn = dict[str, dict[str, list[dict[str, str]]]]  # access by value, of one column


class _Table(NamedTuple):
    """A table: the line and the cells of its header, and of each row that holds anything."""

    header_line: int
    header: list[str]
    rows: list[tuple[int, list[str]]]
    cut_off: bool  # whether the last row has no line end


def read_roster(
    text: object, columns: object = None, access_by: AccessByColumn | None = None, prefix: str = ""
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the entries of a roster in CSV, and sentences about access that its rows do not get.

    Args:
        text: the table.
        columns: keys by column; an empty key drops the column.
        access_by: access by the values of one column.
        prefix: of the options that gave them, "arize_" in the playbooks.

    Raises:
        AnsibleFilterError: the text is not a roster; the message names lines and columns.
    """
    mapped = _read_columns({} if columns is None else columns, prefix)
    table = _read_table(roster_text(text), _COLUMNS | {name: key for name, (_given, key) in mapped.items()})
    faults = Faults()
    by = _AccessBy(*next(iter(access_by.items()))) if access_by else None
    keys = _read_header(table, mapped, by and by.column, prefix, faults)
    read = [(line, _read_row(line, cells, keys, table.header, faults)) for line, cells in table.rows]
    notes = by.add(table, read, faults) if by else []
    if table.cut_off and read and len(table.rows[-1][1]) < len(keys):
        faults.add("cut", _CUT_OFF, read[-1][0])
    check_entries(read, faults, _without_address(table, read, keys))
    if faults:
        faults.refuse()
    if not read:
        raise AnsibleFilterError("The roster has only a header. Add a row for each user.")
    return [entry for _line, entry in read], notes


# ---------------------------------------------------------------- options


def columns_of(value: object) -> dict[str, Any]:
    """Return keys by column from a mapping, from JSON, or from lines ``Given: wanted``, split at the last colon.

    Raises:
        TypeError, ValueError: it is something else; a clause.
    """
    if isinstance(value, Mapping):
        return dict(value)
    if not isinstance(value, str):
        raise TypeError(f"must be a mapping or lines such as Work Mail: email, not {kind_of(value)}")
    if value.lstrip().startswith("{"):
        try:
            pairs = json.loads(value, object_pairs_hook=list)
        except ValueError:
            raise ValueError("is not valid JSON") from None
    else:
        lines = [*filter(str.strip, value.splitlines())]
        if without := [line for line in lines if ":" not in line]:
            raise ValueError(f"has the line {shown(without[0])} without a colon")
        pairs = [(given.strip(), wanted.strip()) for given, _colon, wanted in (line.rpartition(":") for line in lines)]
    _check_once([given for given, _wanted in pairs])
    return dict(pairs)


def _check_once(names: Sequence[str]) -> None:
    """Refuse a name that is given twice: the last would replace the others."""
    if twice := [name for name in names if names.count(name) > 1]:
        raise ValueError(f"names {shown(twice[0])} twice")


def columns_faults(columns: Mapping[Any, Any]) -> list[str]:
    """Return the columns that are mapped to something else than a key, as clauses."""
    return [
        f"{shown(str(column))}: {shown(str(key))}" for column, key in columns.items() if key not in (None, "", *KEYS)
    ]


def _read_columns(columns: object, prefix: str) -> dict[str, tuple[str, str]]:
    """Return by normalized name of a column the name itself and its key."""
    if not isinstance(columns, Mapping):
        raise AnsibleFilterError(f"columns has to be a mapping of columns to keys, not {kind_of(columns)}.")
    if wrong := columns_faults(columns):
        refuse("columns maps to unknown keys", wrong, f"The keys are {', '.join(KEYS)}.")
    mapped: dict[str, tuple[str, str]] = {}
    for column, key in columns.items():
        other, _key = mapped.setdefault(_normalized(str(column)), (str(column), key or ""))
        if other != str(column):
            same = f"{shown(other)} and {shown(str(column))}, which are one column"
            raise AnsibleFilterError(f"{prefix}columns names {same}. Name it once.")
    return mapped


class _AccessBy(NamedTuple):
    """The access that users get by the value of a column."""

    column: str
    access: Mapping[str, list[dict[str, str]]]  # by value

    def add(self, table: _Table, read: Entries, faults: Faults) -> list[str]:
        """Add the access to the entries of *table*; return sentences about values that give none, or that no row has."""
        names = [_normalized(column) for column in table.header]
        if _normalized(self.column) not in names:
            return []
        place = names.index(_normalized(self.column))
        values = [cells[place] if place < len(cells) else "" for _line, cells in table.rows]
        without: dict[str, list[str]] = {}
        for value, (line, entry) in zip(values, read):
            items = self.access.get(value, [])
            if items:
                own = list(entry.get("access", ()))
                for fault in _merge(own, items):
                    faults.add("access_by", f"access and {self.column} {fault}", line, user_of(entry))
                entry["access"] = own
            else:
                without.setdefault(value, []).append(str(line))
        unused = [shown(value) for value in self.access if value not in values]
        notes = [f"No row has the {self.column} {named(unused)}."] if unused else []
        if (more := len(without) - MAX_NAMES_IN_MESSAGE) > 0:
            notes.insert(0, f"{more} more values of {self.column} give no access.")
        return [*map(self._note, [*without.items()][:MAX_NAMES_IN_MESSAGE]), *notes]

    def _note(self, without: tuple[str, list[str]]) -> str:
        value, lines = without
        what = f"The {self.column} {shown(value)}" if value else f"An empty {self.column}"
        return f"{what} gives no access (line{'s' if len(lines) > 1 else ''} {named(lines, 3)})."


def _merge(own: list[dict[str, str]], items: list[dict[str, str]]) -> Iterator[str]:
    """Add to *own* the *items* that it does not have; yield those that contradict it."""
    places = {place_of_item(item): item for item in own}
    for item in items:
        other = places.setdefault(place_of_item(item), item)
        if other is item:
            own.append(item)
        elif other != item:
            yield f"give different roles: {access_text([other])} and {access_text([item])}"


class _Loader(yaml.SafeLoader):
    """Refuses a mapping that has a key twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """Return the mapping."""
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        _check_once([key.value for key, _value in pairs])
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


def access_by_of(value: object) -> AccessByColumn:
    """Return access by the values of a column from a mapping or from YAML.

    Raises:
        TypeError, ValueError: it is something else; a clause.
    """
    if isinstance(value, str):
        try:
            value = yaml.load(value, Loader=_Loader)  # noqa: S506 (a SafeLoader)
        except yaml.YAMLError:
            raise ValueError("is not valid YAML") from None
    pairs = [*value.items()] if isinstance(value, Mapping) else []
    if len(pairs) != 1 or not isinstance(pairs[0][1], Mapping):
        raise TypeError("must map one column to its values, as in {Department: {Research: ['Prod: Reviewer']}}")
    column, values = pairs[0]
    access: dict[str, list[dict[str, str]]] = {}
    for name, given in values.items():
        texts = [] if given is None else given if isinstance(given, list) else [given]
        if not isinstance(name, str):
            raise TypeError(f"names the value {shown(str(name))}, which is {kind_of(name)}, not text. Put it in quotes")
        if not all(isinstance(text, str) for text in texts):
            raise TypeError(f"must map {shown(name)} to a list of lines such as 'Prod: Reviewer', in quotes")
        try:
            lines = require_text("\n".join(texts), shown(name))
        except AnsibleFilterError as error:
            raise ValueError(f"cannot be used: {str(error).rstrip('.')}") from None
        access[name.strip()] = read_access(lines)
    _check_once([name.strip() for name in values])
    return {str(column).strip(): access}


def read_access_by(value: object) -> AccessByColumn:
    """Return the same as a filter takes it.

    Raises:
        AnsibleFilterError: it is something else.
    """
    try:
        return access_by_of(value)
    except (TypeError, ValueError) as error:
        raise AnsibleFilterError(one_line(f"access_by {error}.")) from None


def _normalized(column: str) -> str:
    """Return the name of a column as it is compared: without case, separators, and the suffix in brackets of Google."""
    return re.sub(r"[\s_.-]+", "", re.sub(r"\s*\[[A-Za-z0-9 ./-]+\]\s*$", "", column)).lower()


# ---------------------------------------------------------------- the table


def looks_like_csv(text: str) -> bool:
    """Whether the first row of a text names a column for users, or holds a separator and begins nothing else."""
    if _SEPARATOR_LINE.match(text):
        return True
    header = next(filter(str.strip, text.splitlines()), "")
    cells = [] if header.startswith("#") else re.split(f"[{_SEPARATORS}]", header)
    known = any(_COLUMNS.get(_normalized(cell.strip().strip('"'))) in _SELECTORS for cell in cells)
    return known or (len(cells) > 1 and not _NO_HEADER.match(header))


def _read_table(text: str, known: Mapping[str, str]) -> _Table:
    separator = _SEPARATOR_LINE.match(text)
    body = text[separator.end() :] if separator else text
    rows = list(_read_rows(body, separator[1] if separator else _guess(body, known), 2 if separator else 1))
    if not rows:
        raise AnsibleFilterError(f"The roster is empty. {_FIRST_ROW}")
    (line, header), *others = rows
    while not header[-1]:
        header.pop()
    return _Table(line, header, others, not body.endswith(("\n", "\r")))


def _read_rows(text: str, separator: str, line: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that hold anything, each with the line in which it begins."""
    reader, before = _reader(text, separator), line - 1
    try:
        for row in reader:
            cells = ["" if _INVISIBLE.fullmatch(cell) else cell.strip() for cell in row]
            if any(cells):
                yield line, cells
            line = before + reader.line_num + 1
    except csv.Error as error:
        refuse("The roster is not valid CSV", [f"line {line}: {error}"], "Check the quotation marks of this row.")


def _guess(text: str, known: Mapping[str, str]) -> str:
    """Return the separator with which the header has the most known columns, else the most columns."""

    def fit(separator: str) -> tuple[int, int]:
        try:
            cells: list[str] = next(_reader(text.lstrip(), separator), [])
        except csv.Error:
            return (0, 1)  # reading it says what is wrong
        return sum(_normalized(cell) in known for cell in cells), len(cells)

    return max(_SEPARATORS, key=fit)


def _reader(text: str, separator: str) -> Any:
    # Not strict, a missing quotation mark would take the rest of the file into one cell.
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=True)


def _read_header(
    table: _Table, mapped: Mapping[str, tuple[str, str]], by: str | None, prefix: str, faults: Faults
) -> list[str]:
    """Return the key of each column, empty for one that is dropped."""
    names = [_normalized(column) for column in table.header]
    known = {**({_normalized(by): ""} if by else {}), **_dropped(names), **_COLUMNS}
    known.update((name, key) for name, (_given, key) in mapped.items())

    def fault(kind: str, text: str) -> None:
        faults.add(kind, text, table.header_line, advice=_FIRST_ROW if kind == "selector" else _COLUMN_ADVICE[prefix])

    strange = [column for column, name in zip(table.header, names) if name and name not in known]
    if strange:
        fault("column", named([f"the column {unknown(column, KEYS)}" for column in strange]))
    for place, name in enumerate(names):
        if not name and name not in known and (filled := _first_filled(table, place)):
            fault("unnamed", f"column {place + 1} has no name, but {filled}")
    given = [("columns", column) for column, _key in mapped.values()] + ([("access_by", by)] if by else [])
    for option, column in given:
        if _normalized(column) not in names:
            fault("missing", f"{prefix}{option} names {shown(column)}, which is not a column")
    keys = [known.get(name, "") for name in names]
    for key in KEYS:
        if keys.count(key) > 1:
            same = ", ".join(shown(column) for column, found in zip(table.header, keys) if found == key)
            fault("several", f"{key} is in several columns ({same})")
    if not _SELECTORS & {*keys}:
        fault("selector", "no column is for email or user_id")
    return keys


def _dropped(names: list[str]) -> dict[str, str]:
    """Return the columns without a key, of the exports that have some of *names*."""
    marks = [mark for mark in _EXPORTS if mark in names]
    return {_normalized(column): "" for mark in marks for column in (mark, *_EXPORTS[mark])}


def _without_address(table: _Table, read: Entries, keys: list[str]) -> list[int]:
    """Return the lines of entries whose address is a fault already: it cannot be read, or no column is for it."""
    told = (not {*keys} & _SELECTORS or {*dict(_cells_by_key(cells, keys))} & _SELECTORS for _line, cells in table.rows)
    return [line for (line, entry), is_told in zip(read, told) if is_told and not {*entry} & _SELECTORS]


def _first_filled(table: _Table, place: int) -> str:
    filled = ((line, cells[place]) for line, cells in table.rows if place < len(cells) and cells[place])
    return next((f"line {line} has {shown(cell)} there" for line, cell in filled), "")


def _read_row(line: int, cells: list[str], keys: list[str], header: list[str], faults: Faults) -> dict[str, Any]:
    values = dict(_cells_by_key(cells, keys))
    user = user_of(values)
    if any(cells[len(keys) :]):
        count = max(number for number, cell in enumerate(cells, 1) if cell)
        faults.add("cells", f"{count} cells, but the header has {len(keys)}", line, user, _QUOTE_ADVICE)
        return {}
    for cell, column in zip(cells, header):
        if _ERROR_CELL.fullmatch(cell):
            faults.add("error", f"{column} is {cell}, the error of a formula", line, user)
    entry: dict[str, Any] = {}
    columns = dict(zip(keys, header))
    for key, cell in values.items():
        if _ERROR_CELL.fullmatch(cell):
            continue
        kind = {"is_developer": "boolean", "access": "access_text", "email": "address"}.get(key, "break")
        try:
            entry[key] = _read(key, cell)
        except ValueError as error:
            faults.add(kind, f"{columns[key]} {error}", line, user)
    parts = [entry.pop(key) for key in NAME_PARTS if key in entry]
    if parts and "name" not in entry:
        entry["name"] = Untrusted(" ".join(parts))
    return entry


def _cells_by_key(cells: list[str], keys: list[str]) -> Iterator[tuple[str, str]]:
    return ((key, cell) for cell, key in zip(cells, keys) if key and cell)


def is_readable(key: str, text: str) -> bool:
    """Whether a cell that is written with *text* is read as the same value, and shown as text by a spreadsheet."""
    try:
        require_text(text, "A cell")
        return (
            as_cell(text) == text.strip() and not _ERROR_CELL.fullmatch(text.strip()) and bool(_read(key, text.strip()))
        )
    except (AnsibleFilterError, ValueError):
        return False


def _read(key: str, text: str) -> Any:
    return _READ.get(key, _read_text)(text)


def _read_text(cell: str) -> str:
    if len(cell.splitlines()) > 1:
        raise ValueError(f"holds a line break (is a quotation mark missing?): {shown(cell)}")
    return Untrusted(cell)


def _read_email(cell: str) -> str:
    if cell.startswith(_MARKS):
        raise ValueError(f"begins with {cell[0]}, as a text or a formula of a spreadsheet does: {shown(cell)}")
    return _read_text(cell[1:-1].strip() if cell.startswith("<") and cell.endswith(">") else cell)


def _read_access_cell(cell: str) -> list[dict[str, str]]:
    return [] if cell.lower() in _NO_ACCESS else read_access(cell)


_READ: dict[str, Callable[[str], Any]] = {
    "email": _read_email,
    "is_developer": read_bool,
    "access": _read_access_cell,
}
