# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rosters as text: faults by line, and the checks that YAML and CSV share."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from itertools import zip_longest
from typing import Any, NamedTuple, NoReturn

from ansible.errors import AnsibleFilterError

from ..module_utils._errors import ArizeError
from ..module_utils._planning.desired import read_desired_user
from ..module_utils._planning.roster_access import read_access as check_access
from ..module_utils._text import EACH_BOOLEAN, escaped, one_line
from ._texts import ACCESS_KEYS, ENTRY_KEYS, INVITE_MODES, kind_of, refuse, require_text, shown

CANNOT = "The roster cannot be used"
_ONE_ENTRY = "Each user needs one entry (in a table: one row) with one address."
# What to do about a kind of fault.
ADVICE = {
    "boolean": f"A boolean is one of {EACH_BOOLEAN}.",
    "access_text": 'Write access as "Space: role" or "Space / project: role", several separated by semicolons.',
    "access_by": "Give each user one role in a place.",
    "address": "Remove the character before the address. Select a user whose address begins with it by user_id.",
    "break": "Write each of these cells on one line.",
    "cut": "End the last row with a line end if it is complete.",
    "error": "Correct the formula in the spreadsheet.",
    "user": _ONE_ENTRY,
    "both": "Give one of the two for each user; in a table, drop the other column.",
    "repeated": _ONE_ENTRY,
}
_CORRECT = "Correct the roster; nothing was read."
_WORKBOOKS = ("PK\x03\x04", "\udcd0\udccf\x11\udce0")  # how .xlsx and .xls begin
_ANYBODY = {"user_id": "-"}
_LABEL = " (user -)"
_PLACE_KEYS = ("organization", "organization_id", "space", "space_id", "project", "project_id")
_MAX_LINES = 3
_MAX_CLAUSES = 100


Entries = list[tuple[int, dict[str, Any]]]  # of a roster, with their lines


class Fault(NamedTuple):
    """A fault: its kind, a clause, and where it is."""

    kind: str
    text: str
    line: int
    user: str


class Faults:
    """The faults of a roster."""

    def __init__(self) -> None:
        self._found: list[Fault] = []
        self._advice: dict[str, None] = {}

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, kind: str, text: str, line: int, user: str = "", advice: str = "") -> None:
        """Add a fault. *text* is a clause that does not name the user, so that equal faults can be grouped."""
        self._found.append(Fault(kind, text, line, user))
        self._advice[advice or ADVICE.get(kind, "")] = None

    def refuse(self) -> NoReturn:
        """Raise one error for all faults: equal ones are grouped, and one of each kind comes first.

        ``lines`` of the error has them line by line, and the remedy.
        """
        groups: dict[tuple[str, str], list[Fault]] = {}
        for fault in sorted(self._found, key=lambda fault: fault.line):
            groups.setdefault((fault.kind, fault.text), []).append(fault)
        kinds: dict[str, list[tuple[int, str]]] = {}
        for (kind, _text), faults in groups.items():
            kinds.setdefault(kind, []).append((faults[0].line, one_line(_clause(faults))))
        clauses = [clause for row in zip_longest(*kinds.values()) for clause in row if clause]
        advice = [*filter(None, self._advice), _CORRECT]
        more = [f"and {len(clauses) - _MAX_CLAUSES} more"] if len(clauses) > _MAX_CLAUSES else []
        lines = [*(clause for _line, clause in sorted(clauses[:_MAX_CLAUSES])), *more, *advice]
        refuse(CANNOT, [clause for _line, clause in clauses], " ".join(advice), least=len(kinds), lines=lines)


def _clause(faults: list[Fault]) -> str:
    lines = list(dict.fromkeys(str(fault.line) for fault in faults))
    text, user = faults[0].text, escaped(faults[0].user)
    if len(lines) == 1:
        who = f" ({user[:59] + '…' if len(user) > 60 else user})" if user else ""
        return f"line {lines[0]}{who}: {text}"
    first, more = lines[:_MAX_LINES], len(lines) - _MAX_LINES
    last = f"{more} more" if more > 0 else first.pop()
    return f"lines {', '.join(first)} and {last}: {text}"


def roster_text(text: object) -> str:
    """Return the text of a roster.

    Raises:
        AnsibleFilterError: it is not text, or it is the content of a workbook.
    """
    if isinstance(text, str) and text.startswith(_WORKBOOKS):
        raise AnsibleFilterError("This is an Excel workbook: save it as CSV UTF-8.")
    return require_text(text, "The roster")


def user_of(entry: Mapping[str, Any]) -> str:
    """Return how messages name the user of an entry."""
    return entry.get("email") or entry.get("user_id") or entry.get("name") or ""


def check_entries(entries: Entries, faults: Faults, broken: Container[int] = ()) -> None:
    """Add the faults that the module would refuse, with the lines that only the reader knows.

    Args:
        entries: each with its line.
        faults: where to add.
        broken: lines of entries for which it is told already why they select no user.
    """
    first: dict[tuple[str, str], tuple[int, int, str]] = {}
    for number, (line, entry) in enumerate(entries):
        for kind, text in _entry_faults(entry):
            if kind != "user" or line not in broken:
                faults.add(kind, text, line, user_of(entry))
        for key in ("email", "user_id"):
            value = entry.get(key, "")
            place = (key, value.lower() if key == "email" else value)
            other, other_line, name = first.setdefault(place, (number, line, value))
            if value and other != number:
                faults.add("repeated", f"the user {shown(name)} is in line {other_line} already", line)


def _entry_faults(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the kind and the clause of each fault of an entry."""
    selectors = {key: entry[key] for key in ("email", "user_id") if entry.get(key, "").strip()}
    if len(selectors) > 1:
        yield "both", "email and user_id are mutually exclusive"
    parts = [("user", selectors)] if len(selectors) < 2 else []
    parts += [(key, {**_ANYBODY, key: entry[key]}) for key in ("name", "role", "custom_role_id") if key in entry]
    if "role" in entry and "custom_role_id" in entry:
        parts.append(("role", {**_ANYBODY, "role": "member", "custom_role_id": "-"}))
    for kind, options in parts:
        try:
            read_desired_user(options)
        except ArizeError as error:
            yield kind, _as_clause(error)
    mode = entry.get("invite_mode")
    if mode is not None and mode not in INVITE_MODES:
        yield "invite_mode", f"invite_mode is {shown(mode)}; choose one of {', '.join(INVITE_MODES)}"
    yield from _access_faults(entry.get("access") or [])


def _access_faults(access: list[dict[str, str]]) -> Iterator[tuple[str, str]]:
    roles: dict[tuple[str | None, ...], str] = {}
    for item in access:
        try:
            check_access([item], "present")
        except ArizeError as error:
            yield "access", f"access: {_as_clause(error).removeprefix('access[0]: ')}"
            continue
        place = place_of_item(item)
        role = item.get("role") or item["role_id"]
        if place in roles:
            named = " / ".join(filter(None, place))
            yield "access", f"access names {shown(named)} twice, with {shown(roles[place])} and {shown(role)}"
        roles[place] = role


def place_of_item(item: Mapping[str, str]) -> tuple[str | None, ...]:
    """Return the space or project of an item of access, as it is written."""
    return tuple(item.get(key) for key in _PLACE_KEYS)


def _as_clause(error: ArizeError) -> str:
    return error.message.replace(_LABEL, "").rstrip(".")


def ordered(entries: object) -> list[dict[str, Any]]:
    """Return the entries of a roster by email in lower case, users without one by ID behind them.

    Raises:
        AnsibleFilterError: they are no list of entries.
    """
    if not isinstance(entries, list):
        raise AnsibleFilterError(f"A roster has to be a list, not {kind_of(entries)}.")
    return sorted(map(_copied, entries), key=_place)


def _copied(entry: object) -> dict[str, Any]:
    """Return *entry* as a plain dictionary: each look-up in a variable of Ansible takes its time."""
    _check_keys("An entry of a roster", entry, ENTRY_KEYS)
    copied = dict(entry.items())  # type: ignore[attr-defined]
    for item in copied.get("access") or ():
        _check_keys("An item of access", item, ACCESS_KEYS)
    return copied


def _check_keys(what: str, entry: object, keys: tuple[str, ...]) -> None:
    if not isinstance(entry, Mapping):
        raise AnsibleFilterError(f"{what} has to be a mapping, not {kind_of(entry)}.")
    wrong = [shown(str(key)) for key in entry if key not in keys]
    if wrong:
        raise AnsibleFilterError(f"{what} has no key {', '.join(wrong)}. The keys are {', '.join(keys)}.")


def _place(entry: Mapping[str, Any]) -> tuple[bool, str, str]:
    email = entry.get("email") or ""
    return (not email, email.lower(), email or entry.get("user_id") or "")
