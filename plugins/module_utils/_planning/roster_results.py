# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The outcome of a roster -> result, diff, summary, message. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypedDict, cast

from .._errors import ArizeError
from .._models import CREATE, DELETE, UPDATE, Outcome, User
from .._text import named, one_line
from .results import account_role, problem_result
from .roster import PlannedUser, RosterPlan
from .roster_access import STATUS_OF_ACTION, AccessResult, BindingOutcome
from .user import find_role_mismatch

STATUSES = ("created", "updated", "deleted", "unchanged", "not_found", "failed", "skipped")
ACCESS_STATUSES = tuple(status for status in STATUSES if status != "not_found")
MANAGED = ("name", "role", "custom_role_id", "is_developer")
MAX_MESSAGE_LENGTH = 500  # characters: it is read in a table on a web page
MAX_ENTRIES_WHEN_FAILED = 50  # Ansible prints a failed result on one line
_ACCESS_CELLS = 3  # of a line about a role binding; one about a user has four
_DEVELOPER = {True: "developer", False: "-", None: "?"}
_REASONS: dict[str, str] = {
    "role_mismatch": "Role mismatch, which only the web application can resolve (Account Settings → Account Members)",
    "blocked": "Deleted earlier, cannot be invited again",
    "password_lost": "Invited, but the temporary password was lost (arize_user_invite with resend mails a link)",
    "transport": "No response from the server",
    "unauthorized": "The API key was refused, so the remaining users were skipped",
    "too_few_admins": "Not deleted, because too few active admins would remain",
}


class EntryResult(TypedDict, total=False):
    """An element of the result ``entries``; the first five keys are always there."""

    email: str | None
    user_id: str | None
    status: str
    changed: bool
    changes: list[str]
    before: dict[str, Any] | None
    user: dict[str, Any] | None
    role_mismatch: dict[str, str] | None
    access: list[AccessResult] | None
    error: dict[str, Any] | None
    temporary_password: str | None


class EntryOutcome(NamedTuple):
    """The outcome of one user of a roster; ``skipped`` says why nothing was tried.

    ``error`` is about the user; each binding of ``access`` has its own.
    """

    planned: PlannedUser
    outcome: Outcome | None = None
    error: ArizeError | None = None
    skipped: str = ""
    access: tuple[BindingOutcome, ...] = ()

    @property
    def errors(self) -> list[ArizeError]:
        """The errors of the user and of bindings."""
        return [error for error in (self.error, *(binding.error for binding in self.access)) if error]

    @property
    def status(self) -> str:
        """One of STATUSES."""
        if self.errors or self.skipped:
            return "failed" if self.errors else "skipped"
        if self.outcome and self.outcome.actions:
            return STATUS_OF_ACTION[self.outcome.actions[0]]
        if self.changes_access or self.skipped_access:
            return "updated" if self.changes_access else "skipped"
        return "unchanged" if self.outcome and self.outcome.after else "not_found"

    @property
    def changes_access(self) -> bool:
        """Whether a binding was changed, or may have been."""
        return any(binding.changed for binding in self.access)

    @property
    def skipped_access(self) -> str:
        """Why a binding was skipped, if one was."""
        return next((binding.skipped for binding in self.access if binding.skipped), "")

    @property
    def reason_to_skip_access(self) -> str:
        """Why the access of the user is left alone, or "": the user does not exist, or has another role."""
        if self.skipped or self.error is None:
            return self.skipped
        skips = self.missing or self.error.kind == "role_mismatch"
        return f"Not tried: {self.error.message}" if skips else ""

    @property
    def role_mismatch(self) -> dict[str, str] | None:
        """The roles ``wanted`` and ``found`` where they differ."""
        known = self.outcome and (self.outcome.after or self.outcome.before)
        user = User(**known) if known else self.planned.existing
        return find_role_mismatch(self.planned.desired, user) if user else None

    @property
    def as_wanted(self) -> bool:
        """Whether nothing was to be done, and nothing is to be told."""
        return self.status == "unchanged" and not self.role_mismatch

    @property
    def changed(self) -> bool:
        """Whether something was changed, or may have been."""
        user = bool(self.outcome and self.outcome.changed) or bool(self.error and self.error.outcome_unknown)
        return user or self.changes_access

    @property
    def missing(self) -> bool:
        """Whether a user of the roster is not in the account at the end; one may be deleted while the roster runs."""
        exists = self.planned.existing or (self.outcome and self.outcome.after)
        return self.error is not None and (not exists or self.error.kind == "not_found")


class RosterOutcome(NamedTuple):
    """The outcome of a roster; without ``entries`` it was refused, and nothing was done."""

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
        **_access_summary(entries),
        "deletions": _deletions(outcome),
        "mailed": _mailed(outcome),
        "warnings": _warnings(outcome),
        "diff": _roster_diff(entries),
        **_report(outcome.plan),
    }


def roster_failure(outcome: RosterOutcome) -> ArizeError | None:
    """Return the error of the whole roster, if any: a list that was not read, or a summary of the failures."""
    not_read = next((error for error in outcome.plan.not_read if error.kind != "forbidden"), None)
    failure = outcome.plan.unread or not_read or _partial(outcome)
    if failure:
        failure.outcome = outcome
    return failure


def _partial(outcome: RosterOutcome) -> ArizeError | None:
    """Return a summary of the failures; users who failed for the same reason are named together."""
    groups: dict[str, list[str]] = {}
    for entry in outcome.entries:
        for error in entry.errors:
            labels = groups.setdefault(_reason(entry.planned, error), [])
            labels.append(_shortened(entry.planned.label, 60))
    if not groups:
        return None
    statuses = Counter(entry.status for entry in outcome.entries)
    message = f"{statuses['failed']} of {len(outcome.entries)} users failed"
    message += f", {statuses['skipped']} skipped" if statuses["skipped"] else ""
    as_wanted = sum(entry.as_wanted for entry in outcome.entries)
    left_out = f" ({as_wanted} unchanged users left out)" if _is_long(outcome, failed=True) else ""
    message += f"; entries has the details{left_out}."
    largest_first = sorted(groups.items(), key=lambda group: -len(group[1]))
    for number, (reason, labels) in enumerate(largest_first):
        sentence = f" {_shortened(reason, 160)}: {named(list(dict.fromkeys(labels)), 3)}."
        others = f" Other reasons: {len(groups) - number}."
        if len(message + sentence + others) > MAX_MESSAGE_LENGTH:
            message += others
            break
        message += sentence
    return ArizeError("partial", message)


def _is_long(outcome: RosterOutcome, failed: bool) -> bool:
    many = len(outcome.entries) > MAX_ENTRIES_WHEN_FAILED and not outcome.plan.report_all
    return failed and many and any(entry.as_wanted for entry in outcome.entries)


def _entry_result(entry: EntryOutcome) -> EntryResult:
    planned, outcome = entry.planned, entry.outcome or Outcome(None, None)
    existing = planned.existing.as_result() if planned.existing else None
    before, after = (outcome.before, outcome.after) if entry.outcome else (existing, existing)
    known = after or before or {"email": planned.desired.email, "id": planned.desired.user_id}
    updated = entry.outcome is not None and UPDATE in entry.outcome.actions
    result: EntryResult = {
        "email": known["email"],
        "user_id": known["id"],
        "status": entry.status,
        "changed": entry.changed,
        "changes": [name for name in MANAGED if updated and (before or {}).get(name) != (after or {}).get(name)],
    }
    skipped = entry.skipped or (entry.skipped_access if entry.status == "skipped" else "")
    result["changes"] += ["access"] * entry.changes_access
    optional: EntryResult = {
        "before": before,
        "user": after,
        "role_mismatch": entry.role_mismatch,
        "access": [binding.as_result() for binding in entry.access] if planned.access is not None else None,
        "error": problem_result(next(iter(entry.errors), None), skipped),
        "temporary_password": outcome.temporary_password,
    }
    kept = {name: value for name, value in optional.items() if value or value == []}
    return cast("EntryResult", {**result, **kept})


def _access_summary(entries: Iterable[EntryOutcome]) -> dict[str, Any]:
    """Return how many bindings have each status, if access is managed."""
    managed = [entry for entry in entries if entry.planned.access is not None]
    counts = Counter(binding.status for entry in managed for binding in entry.access)
    return {"access_summary": {status: counts[status] for status in ACCESS_STATUSES}} if managed else {}


def _report(plan: RosterPlan) -> dict[str, Any]:
    """Return the values that report_all adds."""
    if not plan.report_all:
        return {}
    return {
        "not_read": [error.message for error in (plan.unread, *plan.not_read) if error],
        "refusals": [{"kind": refusal.kind, "msg": refusal.message} for refusal in plan.refusals],
        "left_alone": [
            {
                "email": user.email,
                "user_id": user.id,
                "name": user.name,
                "status": user.status,
                "created_at": user.created_at,
                "reason": reason,
            }
            for user, reason in plan.left_alone
        ],
    }


def _deletions(outcome: RosterOutcome) -> list[str]:
    """Return the addresses that were deleted, or in check mode would be."""
    return [entry.planned.label for entry in outcome.entries if entry.status == "deleted"]


def _mailed(outcome: RosterOutcome) -> list[str]:
    """Return the addresses that were sent an invitation, or may have been, or in check mode would be."""
    entries = [entry for entry in outcome.entries if entry.planned.desired.invite_mode == "email_link"]
    return [entry.planned.label for entry in entries if _is_invited(entry)]


def _is_invited(entry: EntryOutcome) -> bool:
    if entry.outcome and CREATE in entry.outcome.actions:
        return True
    if entry.outcome and entry.outcome.before:  # created by another client: what failed is an update
        return False
    return entry.planned.action == CREATE and entry.error is not None and entry.error.outcome_unknown


def _warnings(outcome: RosterOutcome, most: int = 10) -> tuple[str, ...]:
    """Return the warnings of the plan and of all users; of many, the first and how many more."""
    warnings = [warning for entry in outcome.entries if entry.outcome for warning in entry.outcome.warnings]
    left_out = len(warnings) - most
    last = (f"Warnings like these about other users: {left_out} more.",) if left_out > 0 else ()
    return (*outcome.plan.warnings, *warnings[:most], *last)


def _reason(planned: PlannedUser, error: ArizeError) -> str:
    """Return why a user failed, without which user, so that the same reasons group."""
    if error.kind in _REASONS and not (error.kind == "blocked" and error.outcome_unknown):
        return _REASONS[error.kind]
    if error.status is None:
        in_access = any(error is binding.error for binding in planned.access or ())
        unknown = "Access cannot be resolved" if in_access else "There is no user with this user_id"
        return unknown if error.kind == "not_found" else error.kind.replace("_", " ").capitalize()
    said = ": ".join(part.rstrip(".") for part in (error.title, error.detail) if part)
    for name in (planned.label, planned.existing.id if planned.existing else None):
        said = re.sub(re.escape(name), "…", said, flags=re.IGNORECASE) if name else said
    reason = f"{error.status} {said}" if said else f"{error.kind.replace('_', ' ').capitalize()} ({error.status})"
    return f"{reason}; {error.stop_reason}" if error.stop_reason else reason


# ---------------------------------------------------------------- the diff of a roster


def _roster_diff(entries: Iterable[EntryOutcome]) -> dict[str, str]:
    """Return the changes, before and after: a line for each user and binding, sorted by address, columns aligned."""
    changed = [entry for entry in entries if entry.changed]
    sides = {
        side: _sorted(row for entry in changed for row in _rows(entry, number))
        for number, side in enumerate(("before", "after"))
    }
    all_rows = [row for rows in sides.values() for row in rows]
    widths = [max((len(row[column]) for row in all_rows if column < len(row) - 1), default=0) for column in range(3)]
    return {side: "".join(_line(row, widths) for row in rows) for side, rows in sides.items()}


def _rows(entry: EntryOutcome, side: int) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a user, before (0) or after (1): that of the user if it changes, then those of bindings."""
    before, after = (entry.outcome.before, entry.outcome.after) if entry.outcome else (None, None)
    user, known = (before, after)[side], after or before or {}
    if user and entry.outcome and entry.outcome.changed:
        yield (
            user["email"] or user["id"] or "",
            account_role(user) or "?",
            _DEVELOPER[user["is_developer"]],
            user["name"] or "",
        )
    for binding in entry.access:
        outcome = binding.outcome
        item = (outcome.before, outcome.after)[side] if outcome and outcome.changed else None
        if item:
            role = item["role"] or item["role_id"] or "?"
            yield known["email"] or known["id"], "access", f"{binding.planned.access.label}: {role}"


def _sorted(rows: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    # A line break in a name would forge a line.
    clean = [tuple(map(one_line, row)) for row in rows]
    return sorted(clean, key=lambda row: (row[0].lower(), row[0], len(row) == _ACCESS_CELLS, row))


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths)]
    return "  ".join((*cells, row[-1])).rstrip() + "\n"


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
