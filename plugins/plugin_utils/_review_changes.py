# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two access reviews as CSV: the additions, removals and changes between them."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypedDict

from ansible.errors import AnsibleFilterError

from ._texts import Untrusted, require_text


class _Kind(NamedTuple):
    """A kind of record: the columns that identify a row, those that may change, and the list they come from."""

    same: tuple[str, ...]
    compared: tuple[str, ...]
    source: str = ""


# Days and notes about them change by themselves, and spreadsheets rewrite them.
_KINDS = {
    "user": _Kind(("id",), ("email", "name", "status", "role", "developer")),
    "access": _Kind(("id", "resource_id"), ("role",), "role bindings"),
    "service key": _Kind(("id",), ("name", "role"), "service keys"),
    "custom role": _Kind(("id",), ("name", "note"), "roles"),
    "predefined role": _Kind(("id",), ("name", "note"), "roles"),
    "private space": _Kind(("resource_id",), ("space",), "spaces"),
    "restricted project": _Kind(("resource_id",), ("project",), "projects"),
}
# Every account has predefined roles: a review that lists none was written before reviews listed these.
_SINCE_PLACES = ("predefined role", "private space", "restricted project")
_LABELS = {"note": "permissions"}
_NO_TIME = re.compile(r"[^\w:./ +-]|_")
_ROWS = re.compile(r"This file has (\d+) rows\.")
_ORDER = {"added": 0, "removed": 1, "changed": 2}

Row = Mapping[str, str]
Found = dict[tuple[str, ...], Row]
Records = dict[str, list[Row]]


class Change(TypedDict):
    """A record that was added, removed or changed; ``details`` are texts."""

    change: str
    record: str
    who: str
    details: list[str]


class Changes(TypedDict):
    """The changes since an earlier review; ``notes`` lists the parts that were not compared."""

    read_at: str
    endpoint: str
    notes: list[str]
    rows: list[Change]


def compare(previous: str, current: str) -> Changes:
    """Return the changes between two reviews.

    Raises:
        AnsibleFilterError: *previous* is not an access_review.csv.
    """
    before, after = _records(previous), _records(current)
    head = before["review"][0]
    # A remark about lists that were read has no name.
    unread = {row["name"] for rows in (before, after) for row in rows.get("not read", ())} - {""}
    is_older = "roles" not in unread and _SINCE_PLACES[0] in after and _SINCE_PLACES[0] not in before
    ids = [_role_ids(each) for each in (before, after)]
    rows: list[Change] = []
    for record, kind in _KINDS.items():
        if kind.source not in unread and not (is_older and record in _SINCE_PLACES):
            old, new = (_by_identity(each.get(record, ()), kind) for each in (before, after))
            rows += sorted(_changes(record, old, new, ids), key=lambda row: (_ORDER[row["change"]], row["who"].lower()))
    skipped = sorted(unread & {kind.source for kind in _KINDS.values()})
    notes = [*_doubts(before, after, skipped)]
    if is_older:
        notes.append(
            "The earlier review has no predefined roles, private spaces and restricted projects, so they are not compared:"
            " it is from an earlier version, or the file was cut off."
        )
    read_at = _NO_TIME.sub("", head["created"])
    return {"read_at": read_at, "endpoint": Untrusted(head["name"]), "notes": notes, "rows": rows}


def _doubts(before: Records, after: Records, skipped: Sequence[str]) -> Iterator[str]:
    """Yield the reasons for which a change between two reviews may be none in the account."""
    head, count = before["review"][0], sum(map(len, before.values()))
    written = _ROWS.search(head["note"])
    if written and count < int(written[1]):
        yield f"The earlier review has {count} of its {written[1]} rows: what is listed as added may have been in the others."
    if skipped:
        yield f"Not compared, because one of the two reviews could not read them: {', '.join(skipped)}."
    if "service keys" in skipped:
        yield "Users that are listed as added or removed may be bot users of service keys."
    if "role bindings" not in skipped and ("access" in before) != ("access" in after):
        yield (
            "One of the two reviews has no role bindings: those listed as added or removed may have been invisible to its"
            " API key."
        )
    if head["name"] != after["review"][0]["name"]:
        yield Untrusted(f"The earlier review is about another URL: {head['name']}.")
    users = [{row["id"] for row in rows.get("user", ())} for rows in (before, after)]
    if all(users) and not users[0] & users[1]:
        yield "The two reviews have no user in common: the earlier one may be about another account."


def require_review(text: str) -> None:
    """Check that *text* is a review.

    Raises:
        AnsibleFilterError: it is not an access_review.csv.
    """
    _records(text)


def _records(text: str) -> Records:
    """Return the rows of a review by record."""
    # A spreadsheet may have saved it with another separator.
    text = require_text(text, "The earlier review")
    first = text.split("\n", 1)[0]
    delimiter = next((mark for mark in ",;\t" if first.replace('"', "").startswith(f"record{mark}")), ",")
    found: Records = {}
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restval=None, strict=True))
        if rows and None in rows[-1].values() and not text.endswith(("\n", "\r")):
            raise AnsibleFilterError("The earlier review is cut off: its last row has fewer cells than the header.")
        for line in rows:
            found.setdefault(line["record"], []).append({name: cell or "" for name, cell in line.items()})
        for record, kind in {**_KINDS, "review": _Kind(("name",), ("created", "note"))}.items():
            for row in found.get(record, ()):
                tuple(row[column] for column in (*kind.same, *kind.compared))
        tuple(found["review"])
    except (KeyError, csv.Error):
        raise AnsibleFilterError(
            "The earlier review is not a file access_review.csv that arize.ax.access_review has written."
        ) from None
    return found


def _by_identity(rows: Iterable[Row], kind: _Kind) -> Found:
    return {tuple(row[column] for column in kind.same): row for row in rows}


def _role_ids(records: Records) -> dict[str, str]:
    """Return the ID of a role by each label that role bindings show: the name, or the name with the ID."""
    roles = [*records.get("custom role", ()), *records.get("predefined role", ())]
    bearers = Counter(row["name"] for row in roles)
    labels = {row["name"]: row["id"] for row in roles if bearers[row["name"]] == 1}
    return {**labels, **{f"{row['name']} ({row['id']})": row["id"] for row in roles}}


def _changes(record: str, before: Found, after: Found, ids: Sequence[Mapping[str, str]]) -> Iterator[Change]:
    """Yield the changes; *ids* are those of the roles of both reviews, since a label depends on the other roles."""
    for identity in after.keys() - before.keys():
        yield _change("added", record, after[identity], _values(record, after[identity]))
    for identity in before.keys() - after.keys():
        yield _change("removed", record, before[identity], _values(record, before[identity]))
    for identity in before.keys() & after.keys():
        old, new = before[identity], after[identity]
        details = [
            f"{_LABELS.get(name, name)}: {old[name] or '(none)'} → {new[name] or '(none)'}"
            for name in _KINDS[record].compared
            if _told(record, name, old, ids[0]) != _told(record, name, new, ids[1])
        ]
        if details:
            yield _change("changed", record, new, details)


def _told(record: str, name: str, row: Row, ids: Mapping[str, str]) -> str:
    """Return the value of a column for the comparison: a label may show an ID that it did not need before."""
    if (record, name) == ("access", "role"):
        return ids.get(row[name], row[name])
    return row[name].removesuffix(f" ({row['resource_id']})") if name == "space" else row[name]


def _values(record: str, row: Row) -> list[str]:
    """Return the details of a new or removed row, besides its identity."""
    return [
        f"{name}: {row[name]}"
        for name in ("status", "role", "developer")
        if name in _KINDS[record].compared and row[name]
    ]


def _change(change: str, record: str, row: Row, details: Iterable[str]) -> Change:
    who = row["email"] or row["name"] or row["id"]
    place = " / ".join(filter(None, (row["space"], row["project"])))
    name = place if not who else f"{who}, {place or row['resource_id']}" if record == "access" else who
    return {
        "change": change,
        "record": "role binding" if record == "access" else record,
        "who": Untrusted(name),
        "details": [Untrusted(text) for text in details],
    }
