# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The outcome of a playbook that writes: a line for each user who changes or fails, then the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ..module_utils._planning.results import account_role
from ..module_utils._text import number_of
from ._reports import as_markdown
from ._texts import place_of, printable, role_of

# In the order of the lines. In a dry run, each is only predicted.
_DONE = {
    "failed": "failed",
    "skipped": "skipped",
    "not_found": "not found",
    "deleted": "deleted",
    "created": "created",
    "renewed": "renewed",
    "resent": "resent",
    "updated": "updated",
    "access": "access changed",
    "different_role": "different role",
    "unchanged": "unchanged",
}
_PREDICTED = {"failed": "would fail", "access": "access would change"}
_FACTS = ("not_found", "different_role", "unchanged")
_WIDEST_ADDRESS = 48
# GitHub refuses a comment of more than 65,536 characters.
_LONGEST_PAGE = 60_000
_PERMANENT = (
    "Deletions are permanent: memberships, API keys and role bindings are deleted too, and the address can never be"
    " invited again"
)
_API = "The API cannot change a role: change it in the web application (Account Settings → Account Members)"
_ALREADY = {"active": "already active", "invited": "the invitation is pending"}

Item = Mapping[str, Any]


class Row(NamedTuple):
    """One line: the result (a key of ``_DONE``), the user, and the details."""

    status: str
    who: str
    details: str


class Outcome(NamedTuple):
    """The outcome of a playbook, or the prediction of a dry run."""

    rows: list[Row]
    counts: dict[str, int]
    dry_run: bool
    notes: tuple[str, ...] = ()

    def word(self, row: Row) -> str:
        """Return the word for the result of a user."""
        done = _DONE[row.status]
        return done if not self.dry_run or row.status in _FACTS else _PREDICTED.get(row.status, f"would be {done}")

    @property
    def total(self) -> str:
        """How many users have each status."""
        counts = _counted(self.counts) or "no users to create"
        return f"Dry run, no changes were made. It would be: {counts}" if self.dry_run else counts


def about_roster(result: Item, dry_run: bool, role_mismatch: str) -> Outcome:
    """Return the outcome of a result of arize_user_roster."""
    rows = [row for entry in result.get("entries") or () for row in _rows(entry, role_mismatch)]
    differing = sum("role_mismatch" in entry for entry in result.get("entries") or ())
    notes = [_PERMANENT] if result.get("deletions") else []
    notes += [f"{number_of(differing, 'user')} with a different role. {_API}"] if differing else []
    if bindings := _counted(result.get("access_summary") or {}):
        notes.append(f"Role bindings{' would be' if dry_run else ''}: {bindings}")
    return Outcome(rows, dict(result.get("summary") or {}), dry_run, tuple(notes))


def about_service_keys(roster: Item, keys: Item) -> list[str]:
    """Return a note about the service keys that the deleted users of a *roster* have created: they go on working.

    *keys* is the result of arize_api_key_info, empty if it was not asked.
    """
    deleted = {entry["user_id"]: entry["email"] for entry in roster.get("entries", ()) if entry["status"] == "deleted"}
    if deleted and "error" in keys:
        return [f"Service keys that these users have created were not listed: {printable(keys.get('msg', ''))}"]
    made = [key for key in keys.get("api_keys", ()) if key["created_by_user_id"] in deleted]
    if not made:
        return []
    told = [f"{printable(key['name'] or key['id'])}, by {deleted[key['created_by_user_id']]}" for key in made]
    return [f"Service keys of deleted users go on working. Rotate or revoke them: {'; '.join(told)}"]


def about_invitations(emails: Iterable[str], results: Iterable[Item], dry_run: bool) -> Outcome:
    """Return the outcome of results of arize_user_invite, which are in the order of the *emails*."""
    rows = [Row(*_invited(result, email)) for email, result in zip(emails, results)]
    return Outcome(rows, dict(Counter(row.status for row in rows)), dry_run)


def left_alone(found: Item, done: Outcome) -> list[Row]:
    """Return the rows of users who exist and were left alone; invitations that have expired are none of them."""
    named = {row.who for row in done.rows}
    users = [entry for entry in found.get("entries") or () if entry.get("before")]
    rows = [(entry["before"]["status"], _who(entry)) for entry in users]
    return [Row("unchanged", who, _already(status)) for status, who in rows if status != "expired" and who not in named]


def about_mail(number: int, dry_run: bool) -> list[str]:
    """Return the line that says how many users were mailed; none if no user was."""
    verb = "would be" if dry_run else "was" if number == 1 else "were"
    return [f"{number_of(number, 'user')} {verb} mailed an invitation"] if number else []


def as_text(outcome: Outcome) -> str:
    """Return the lines, aligned: users by result and address, the notes, and the counts."""
    rows = _sorted(outcome.rows)
    cells = [(outcome.word(row), row.who, row.details) for row in rows]
    first = max((len(word) for word, _who, _details in cells), default=0)
    second = min(max((len(who) for _word, who, _details in cells), default=0), _WIDEST_ADDRESS)
    lines = [f"{word:{first}}  {who:{second}}  {details}" for word, who, details in cells]
    return "\n".join([*lines, *outcome.notes, outcome.total])


def as_page(outcome: Outcome | None, problem: str, faults: Iterable[str] = ()) -> str:
    """Return the same in Markdown, for a comment. *problem* is the reason of a failure, *faults* those of a roster."""
    problem = problem.replace("outcome above", "outcome below").replace("lines above", "lines below")
    head = as_markdown(outcome.total) if outcome else "The roster was not applied"
    before = [f"**{head}**", *([as_markdown(problem)] if problem else [])]
    if not outcome:
        items = "\n".join(f"- {as_markdown(fault)}" for fault in faults)
        return "\n\n".join(filter(None, [*before, items])) + "\n"
    rows = [[outcome.word(row), row.who, row.details] for row in _sorted(outcome.rows)]
    lines = [f"| {' | '.join(map(as_markdown, row))} |" for row in rows]
    most = _LONGEST_PAGE
    shown = [line for line in lines if (most := most - len(line) - 1) > 0]
    left_out = (
        [f"{len(lines) - len(shown)} more lines are in the output of the job."] if len(shown) < len(lines) else []
    )
    table = ["\n".join(["| outcome | user | details |", "| --- | --- | --- |", *shown])] if shown else []
    return "\n\n".join([*before, *table, *left_out, *map(as_markdown, outcome.notes)]) + "\n"


def _sorted(rows: Iterable[Row]) -> list[Row]:
    order = list(_DONE)
    return sorted(rows, key=lambda row: (order.index(row.status), row.who.lower(), row.who))


def _counted(summary: Mapping[str, int]) -> str:
    named = ((status.replace("_", " "), number) for status, number in summary.items())
    return ", ".join(f"{number} {status}" for status, number in named if number)


def _who(entry: Item) -> str:
    return printable(entry["email"] or entry["user_id"])


def _already(status: str) -> str:
    return _ALREADY.get(status, f"status {printable(status)}")


def _rows(entry: Item, role_mismatch: str) -> Iterator[Row]:
    """Yield the row of a user who changes, with the access, and one for a role that differs."""
    status, mismatch, who = entry["status"], entry.get("role_mismatch"), _who(entry)
    if status != "unchanged":
        only_access = status == "updated" and list(entry["changes"]) == ["access"]
        yield Row("access" if only_access else status, who, "; ".join(filter(None, _details(entry))))
    if mismatch and role_mismatch == "warn" and status != "failed":
        yield Row("different_role", who, _roles(mismatch))


def _details(entry: Item) -> Iterator[str]:
    before, after, error = (entry.get(key) or {} for key in ("before", "user", "error"))
    status = entry["status"]
    access = entry.get("access") or ()
    of_access = [binding["error"] for binding in access if binding["status"] == "failed"]
    if status == "deleted":
        yield _person(before)
    elif status == "not_found":
        yield "no user has this address. Is it right?"
    elif status in ("created", "updated") or (of_access and of_access[0] == error):
        created = after and not before
        yield f"{'created: ' if created and status == 'failed' else ''}{_person(after)}" if created else _changes(entry)
    elif error["kind"] == "role_mismatch":
        yield _roles(entry["role_mismatch"])
    else:
        yield printable(error["msg"])
    yield from map(_binding, (binding for binding in access if binding["status"] not in ("unchanged", "skipped")))
    # All are skipped where the line of the user says why; some, all for one reason.
    skipped = [binding for binding in access if binding["status"] == "skipped"]
    if skipped and len(skipped) < len(access):
        yield f"not tried: {', '.join(map(_place, skipped))} ({printable(skipped[0]['error']['msg'])})"


def _roles(mismatch: Item) -> str:
    return f"role is {printable(mismatch['found'])}, not {printable(mismatch['wanted'])}"


def _changes(entry: Item) -> str:
    before, after = entry["before"], entry["user"]
    fields = [name for name in entry["changes"] if name != "access"]
    return "; ".join(f"{name}: {printable(before[name])} → {printable(after[name])}" for name in fields)


def _person(user: Item) -> str:
    role = account_role(user) or "unknown role"
    return f"{printable(user['name'] or 'without a name')}, {printable(role)}"


def _binding(binding: Item) -> str:
    status, role = binding["status"], printable(role_of(binding))
    if status == "updated":
        return f"{printable(place_of(binding))}: {printable(role_of(binding['before']))} → {role}"
    said = {"created": "gets ", "deleted": "loses "}.get(status, "")
    return f"{said}{_place(binding)}" + (f" failed: {printable(binding['error']['msg'])}" if status == "failed" else "")


def _place(binding: Item) -> str:
    return f"{printable(place_of(binding))}: {printable(role_of(binding))}"


def _invited(result: Item, email: str) -> tuple[str, str, str]:
    """Return the result of an invitation, the user, and the details."""
    who, kind = printable(email), (result.get("error") or {}).get("kind")
    if kind == "not_found":
        return "failed", who, "no user has this address. arize.ax.onboard invites new users"
    if "msg" in result:
        return "failed", who, printable(result["msg"])
    said = {"renewed": "the invitation had expired", "resent": "the link is mailed again"}
    done = result["invitation"]
    return (done, who, said[done]) if done in said else ("unchanged", who, "already active, nothing is mailed")
