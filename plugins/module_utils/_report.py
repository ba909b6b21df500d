# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of the users of a roster: results, summary, diff, and what to say when some failed. Pure.

Private to arize.ax.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ansible_collections.arize.ax.plugins.module_utils._desired import listed
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._plan import CREATE, DELETE, UPDATE

if TYPE_CHECKING:
    from ansible_collections.arize.ax.plugins.module_utils._apply import Outcome
    from ansible_collections.arize.ax.plugins.module_utils._desired import Desired
    from ansible_collections.arize.ax.plugins.module_utils._plan import Plan
    from ansible_collections.arize.ax.plugins.module_utils._users import User

STATUSES = ("created", "updated", "deleted", "unchanged", "not_found", "failed", "skipped")
MANAGED = ("name", "role", "custom_role_id", "is_developer")
LONGEST_MESSAGE = 500  # characters: it is read in a table on a web page
_STATUS_OF_ACTION = {CREATE: "created", UPDATE: "updated", DELETE: "deleted"}
_REASONS: dict[str, str] = {
    "role_mismatch": "Another role than wanted, which only the web application can change (Account Members)",
    "blocked": "Deleted earlier, cannot be invited again",
    "password_lost": "Invited, but the one-time password was lost (arize_user_invite with resend mails a link)",
    "transport": "No answer from the server",
    "unauthorized": "The API key was refused, so that the rest was skipped",
}


class Item:
    """One user of a roster, what is planned, and what became of it."""

    def __init__(self, desired: Desired, existing: User | None = None, purged: bool = False) -> None:
        self.desired = desired
        self.existing = existing
        self.purged = purged
        self.plan: Plan | None = None
        self.outcome: Outcome | None = None
        self.error: ArizeError | None = None
        self.skipped = False

    @property
    def label(self) -> str:
        """How messages name the user."""
        return self.existing.label if self.existing else self.desired.label

    @property
    def action(self) -> str | None:
        """The action that is planned, if any; a plan for a roster has one step at most."""
        return self.plan.steps[0].action if self.plan and self.plan.steps else None

    @property
    def changed(self) -> bool:
        """Whether something was changed, or may have been."""
        return bool(self.outcome and self.outcome.changed)

    @property
    def status(self) -> str:
        """What became of the user, one of STATUSES."""
        if self.error or self.skipped:
            return "failed" if self.error else "skipped"
        if self.outcome and self.outcome.actions:
            return _STATUS_OF_ACTION[self.outcome.actions[0]]
        return "unchanged" if self.outcome and self.outcome.user else "not_found"

    def as_result(self) -> dict[str, Any]:
        """Return the entry of ``results``."""
        found = self.existing.as_result() if self.existing else None
        before, after = (self.outcome.before, self.outcome.user) if self.outcome else (found, found)
        shown = after or before or {"email": self.desired.email, "id": self.desired.user_id}
        updated = self.status == "updated"
        password = self.outcome.temporary_password if self.outcome else None
        return {
            "email": shown["email"],
            "user_id": shown["id"],
            "status": self.status,
            "changed": self.changed,
            "changes": [name for name in MANAGED if updated and (before or {}).get(name) != (after or {}).get(name)],
            **({"user": after} if after else {}),
            **({"error": {**self.error.as_result(), "msg": self.error.message}} if self.error else {}),
            **({"temporary_password": password} if password else {}),
        }


def report(items: Sequence[Item]) -> dict[str, Any]:
    """Return ``changed``, ``results``, ``summary``, ``deletions`` and ``warnings`` of the module."""
    summary = dict.fromkeys(STATUSES, 0)
    for item in items:
        summary[item.status] += 1
    return {
        "changed": any(item.changed for item in items),
        "results": [item.as_result() for item in items],
        "summary": summary,
        "deletions": deletions(items),
        "warnings": _warnings(items),
    }


def deletions(items: Iterable[Item]) -> list[str]:
    """Return the addresses that go, or are gone."""
    return [item.label for item in items if item.action == DELETE and not item.skipped and not item.error]


def diff(items: Iterable[Item]) -> dict[str, dict[str, Any]]:
    """Return the roster before and after, sorted: what is managed, of those who change."""
    changed = [item.outcome for item in items if item.outcome and item.outcome.changed]
    return {
        "before": _managed(outcome.before for outcome in changed),
        "after": _managed(outcome.user for outcome in changed),
    }


def failure(items: Sequence[Item]) -> ArizeError | None:
    """Return what sums up the failures, if there are any; who failed for the same reason is named together."""
    groups: dict[str, list[str]] = {}
    for item in items:
        if item.error:
            groups.setdefault(_reason(item, item.error), []).append(_shortened(item.label, 60))
    if not groups:
        return None
    failed, skipped = sum(map(len, groups.values())), sum(item.skipped for item in items)
    message = f"{failed} of {len(items)} users failed{f', {skipped} skipped' if skipped else ''}"
    message += "; results has the details."
    largest_first = sorted(groups.items(), key=lambda group: -len(group[1]))
    for number, (reason, labels) in enumerate(largest_first):
        sentence = f" {_shortened(reason, 160)}: {listed(labels, 3)}."
        others = f" Other reasons: {len(groups) - number}."
        if len(message + sentence + others) > LONGEST_MESSAGE:
            return ArizeError("partial", message + others)
        message += sentence
    return ArizeError("partial", message)


def _warnings(items: Iterable[Item], most: int = 10) -> list[str]:
    """Return the warnings of all users; of many, the first and how many more."""
    warnings = [warning for item in items if item.outcome for warning in item.outcome.warnings]
    more = len(warnings) - most
    return [*warnings[:most], *([f"Warnings like these about other users: {more} more."] if more > 0 else [])]


def _managed(users: Iterable[dict[str, Any] | None]) -> dict[str, Any]:
    """Return users by address in lower case: what is managed of them."""
    by_address = {
        (user["email"] or user["id"]).lower(): {name: user[name] for name in MANAGED} for user in users if user
    }
    return dict(sorted(by_address.items()))


def _reason(item: Item, error: ArizeError) -> str:
    """Return why a user failed, without who it was, so that the same reasons group."""
    status, title, detail = (error.facts[name] for name in ("status", "title", "detail"))
    if error.kind in _REASONS:
        return _REASONS[error.kind]
    if status is None:
        return "Nobody has this user_id" if error.kind == "not_found" else error.kind.replace("_", " ").capitalize()
    said = ": ".join(part.rstrip(".") for part in (title, detail) if part)
    for name in (item.label, item.existing.id if item.existing else None):
        said = re.sub(re.escape(name), "…", said, flags=re.IGNORECASE) if name else said
    reason = f"{status} {said}" if said else f"{error.kind.replace('_', ' ').capitalize()} ({status})"
    return f"{reason}; {error.ended}" if error.ended else reason


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
