# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of a roster -> result, diff, summary, message. Pure. Private to arize.ax."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from .._errors import ArizeError, named, one_line
from .._models import CREATE, DELETE, UPDATE, Outcome, User
from .roster import PlannedUser, RosterPlan
from .user import find_role_mismatch

STATUSES = ("created", "updated", "deleted", "unchanged", "not_found", "failed", "skipped")
MANAGED = ("name", "role", "custom_role_id", "is_developer")
MAX_MESSAGE_LENGTH = 500  # characters: it is read in a table on a web page
MAX_ENTRIES_WHEN_FAILED = 50  # Ansible prints a failed result on one line
_STATUS_OF_ACTION = {CREATE: "created", UPDATE: "updated", DELETE: "deleted"}
_DEVELOPER = {True: "developer", False: "-", None: "?"}
_REASONS: dict[str, str] = {
    "role_mismatch": "Role mismatch, which only the web application can resolve (Account Settings → Account Members)",
    "blocked": "Deleted earlier, cannot be invited again",
    "password_lost": "Invited, but the temporary password was lost (arize_user_invite with resend mails a link)",
    "transport": "No response from the server",
    "unauthorized": "The API key was refused, so the rest was skipped",
}


class EntryOutcome(NamedTuple):
    """What became of one user of a roster; ``skipped`` says why nothing was tried."""

    planned: PlannedUser
    outcome: Outcome | None = None
    error: ArizeError | None = None
    skipped: str = ""

    @property
    def status(self) -> str:
        """One of STATUSES."""
        if self.error or self.skipped:
            return "failed" if self.error else "skipped"
        if self.outcome and self.outcome.actions:
            return _STATUS_OF_ACTION[self.outcome.actions[0]]
        return "unchanged" if self.outcome and self.outcome.user else "not_found"

    @property
    def role_mismatch(self) -> dict[str, str] | None:
        """The roles ``wanted`` and ``found`` where they differ."""
        known = self.outcome and (self.outcome.user or self.outcome.before)
        user = User(**known) if known else self.planned.existing
        return find_role_mismatch(self.planned.desired, user) if user else None

    @property
    def as_wanted(self) -> bool:
        """Whether nothing was to be done, and nothing is to be told."""
        return self.status == "unchanged" and not self.role_mismatch

    @property
    def changed(self) -> bool:
        """Whether something was changed, or may have been."""
        return bool(self.outcome and self.outcome.changed) or bool(self.error and self.error.outcome_unknown)

    @property
    def missing(self) -> bool:
        """Whether a user of the roster is not in the account at the end; one may be deleted while the roster runs."""
        exists = self.planned.existing or (self.outcome and self.outcome.user)
        return self.error is not None and (not exists or self.error.kind == "not_found")


class RosterOutcome(NamedTuple):
    """What became of a roster; without ``entries`` it was refused, and nothing was done."""

    plan: RosterPlan
    entries: tuple[EntryOutcome, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether something was changed, or may have been."""
        return any(entry.changed for entry in self.entries)


def roster_result(outcome: RosterOutcome, failed: bool) -> dict[str, Any]:
    """Return the result about a roster; a long failed one leaves unchanged users out."""
    if failed and not outcome.entries:
        return {"deletions": [user.label for user in outcome.plan.users if user.action == DELETE]}
    entries = outcome.entries
    shown = [entry for entry in entries if not entry.as_wanted] if _is_long(outcome, failed) else entries
    summary = Counter(entry.status for entry in entries)
    return {
        "changed": outcome.changed,
        "entries": [_entry_result(entry) for entry in shown],
        "summary": {status: summary[status] for status in STATUSES},
        "deletions": _deletions(outcome),
        "mailed": _mailed(outcome),
        "warnings": _warnings(outcome),
        "diff": _roster_diff(entries),
    }


def roster_failure(outcome: RosterOutcome) -> ArizeError | None:
    """Return what sums up the failures, if there are any; users who failed for the same reason are named together."""
    groups: dict[str, list[str]] = {}
    for entry in outcome.entries:
        if entry.error:
            groups.setdefault(_reason(entry.planned, entry.error), []).append(_shortened(entry.planned.label, 60))
    if not groups:
        return None
    statuses = Counter(entry.status for entry in outcome.entries)
    message = f"{statuses['failed']} of {len(outcome.entries)} users failed"
    message += f", {statuses['skipped']} skipped" if statuses["skipped"] else ""
    as_wanted = sum(entry.as_wanted for entry in outcome.entries)
    left_out = f" (without {as_wanted} unchanged users)" if _is_long(outcome, failed=True) else ""
    message += f"; entries has the details{left_out}."
    largest_first = sorted(groups.items(), key=lambda group: -len(group[1]))
    for number, (reason, labels) in enumerate(largest_first):
        sentence = f" {_shortened(reason, 160)}: {named(labels, 3)}."
        others = f" Other reasons: {len(groups) - number}."
        if len(message + sentence + others) > MAX_MESSAGE_LENGTH:
            message += others
            break
        message += sentence
    failure = ArizeError("partial", message)
    failure.outcome = outcome
    return failure


def _is_long(outcome: RosterOutcome, failed: bool) -> bool:
    return (
        failed and len(outcome.entries) > MAX_ENTRIES_WHEN_FAILED and any(entry.as_wanted for entry in outcome.entries)
    )


def _entry_result(entry: EntryOutcome) -> dict[str, Any]:
    planned, outcome = entry.planned, entry.outcome or Outcome(None, None)
    existing = planned.existing.as_result() if planned.existing else None
    before, after = (outcome.before, outcome.user) if entry.outcome else (existing, existing)
    known = after or before or {"email": planned.desired.email, "id": planned.desired.user_id}
    updated = entry.status == "updated"
    result = {
        "email": known["email"],
        "user_id": known["id"],
        "status": entry.status,
        "changed": entry.changed,
        "changes": [name for name in MANAGED if updated and (before or {}).get(name) != (after or {}).get(name)],
    }
    error = entry.error or (ArizeError("partial", entry.skipped) if entry.skipped else None)
    more = {
        "before": before,
        "user": after,
        "role_mismatch": entry.role_mismatch,
        "error": {**error.as_result(), "msg": error.message} if error else None,
        "temporary_password": outcome.temporary_password,
    }
    return {**result, **{name: value for name, value in more.items() if value}}


def _deletions(outcome: RosterOutcome) -> list[str]:
    """Return the addresses that were deleted, or in check mode would be."""
    return [entry.planned.label for entry in outcome.entries if entry.status == "deleted"]


def _mailed(outcome: RosterOutcome) -> list[str]:
    """Return the addresses that were sent an invitation, or in check mode would be."""
    created = [entry for entry in outcome.entries if entry.outcome and CREATE in entry.outcome.actions]
    return [entry.planned.label for entry in created if entry.planned.desired.invite_mode == "email_link"]


def _warnings(outcome: RosterOutcome, most: int = 10) -> tuple[str, ...]:
    """Return the warnings of the plan and of all users; of many, the first and how many more."""
    warnings = [warning for entry in outcome.entries if entry.outcome for warning in entry.outcome.warnings]
    more = len(warnings) - most
    last = (f"Warnings like these about other users: {more} more.",) if more > 0 else ()
    return (*outcome.plan.warnings, *warnings[:most], *last)


def _reason(planned: PlannedUser, error: ArizeError) -> str:
    """Return why a user failed, without which user, so that the same reasons group."""
    if error.kind in _REASONS:
        return _REASONS[error.kind]
    if error.status is None:
        unknown = "There is no user with this user_id"
        return unknown if error.kind == "not_found" else error.kind.replace("_", " ").capitalize()
    said = ": ".join(part.rstrip(".") for part in (error.title, error.detail) if part)
    for name in (planned.label, planned.existing.id if planned.existing else None):
        said = re.sub(re.escape(name), "…", said, flags=re.IGNORECASE) if name else said
    reason = f"{error.status} {said}" if said else f"{error.kind.replace('_', ' ').capitalize()} ({error.status})"
    return f"{reason}; {error.stop_reason}" if error.stop_reason else reason


# ---------------------------------------------------------------- the diff of a roster


def _roster_diff(entries: Iterable[EntryOutcome]) -> dict[str, str]:
    """Return the users that change, before and after: a line each, sorted by address, columns aligned."""
    outcomes = [entry.outcome for entry in entries if entry.outcome and entry.outcome.changed]
    sides = {
        "before": _rows(outcome.before for outcome in outcomes),
        "after": _rows(outcome.user for outcome in outcomes),
    }
    every = [row for rows in sides.values() for row in rows]
    widths = [max((len(row[column]) for row in every), default=0) for column in range(3)]
    return {side: "".join(_line(row, widths) for row in rows) for side, rows in sides.items()}


def _rows(users: Iterable[Mapping[str, Any] | None]) -> list[tuple[str, ...]]:
    rows = [
        (
            user["email"] or user["id"] or "",
            (user["custom_role_name"] or user["custom_role_id"] or user["role"] or "?"),
            _DEVELOPER[user["is_developer"]],
            user["name"] or "",
        )
        for user in users
        if user
    ]
    # A line break in a name would forge a line.
    return sorted((tuple(map(one_line, row)) for row in rows), key=lambda row: (row[0].lower(), row))


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [cell.ljust(width) for cell, width in zip(row, widths)]
    return "  ".join((*cells, row[3])).rstrip() + "\n"


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
