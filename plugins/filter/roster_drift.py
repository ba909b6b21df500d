# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: roster_drift
short_description: List where an account and a roster differ
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Sorts the result of M(arize.ax.arize_user_roster) in check mode, with O(arize.ax.arize_user_roster#module:purge=true),
    O(arize.ax.arize_user_roster#module:role_mismatch=ignore) and O(arize.ax.arize_user_roster#module:report_all=true), into
    the differences between account and roster. It has no rule of its own. Role bindings that the roster does not list are
    among them with O(arize.ax.arize_user_roster#module:purge_access=true), and only of users who have access in the roster.
  - The playbook C(arize.ax.drift_report) writes this as C(drift.json).
options:
  _input:
    description:
      - The registered result. It may be that of a failed task, as long as it has C(entries).
    type: dict
    required: true
  allow_unknown:
    description:
      - Whether users who are not in the roster count as no difference.
    type: bool
    default: false
  read_at:
    description:
      - When the account was read (RFC 3339). The ages of invitations are counted until then; without it they are null.
    type: str
seealso:
  - module: arize.ax.arize_user_roster
"""

EXAMPLES = r"""
- name: Compare the account with the roster
  arize.ax.arize_user_roster:
    users: "{{ lookup('ansible.builtin.file', 'roster.yml')
      | arize.ax.roster_from_yaml }}"
    purge: true
    role_mismatch: ignore
    purge_access: true
    report_all: true
  check_mode: true
  register: compared
  failed_when: compared is failed and compared.entries is not defined

- name: Show the differences
  ansible.builtin.debug:
    msg: "{{ compared | arize.ax.roster_drift }}"
"""

RETURN = r"""
_value:
  description:
    - The differences. Emails are null where the server does not show them. Lists are in the order of the roster, then by email.
  type: dict
  contains:
    summary:
      description: The numbers in one line, the differences first.
      type: str
    differences:
      description: The number of differences.
      type: int
    in_roster:
      description: The number of users in the roster.
      type: int
    in_account:
      description: The number of users in the account, without the bot users of service keys.
      type: int
    compared:
      description: The number of users that were compared. RV(_value.left_alone) are the others.
      type: int
    equal:
      description: The number of users that are equal in both.
      type: int
    differing:
      description: The number of users that are in both and differ, names that do not resolve included.
      type: int
    not_in_roster_allowed:
      description: Whether users who are not in the roster count as no difference.
      type: bool
    missing:
      description: Users of the roster who are not in the account, with C(email), C(name) and C(role).
      type: list
      elements: dict
    not_in_roster:
      description:
        - Users of the account who are not in the roster, with C(email), C(name), C(role) and C(status). C(purge) is the
          effect of a purge, V(deleted) or V(skipped); C(reason) says why the user would be skipped.
      type: list
      elements: dict
    different_role:
      description: Users with another role, with C(email), C(name), and the role as C(account) and C(roster).
      type: list
      elements: dict
    different_name:
      description: Users with another name, with C(email), C(name), and the name as C(account) and C(roster).
      type: list
      elements: dict
    different_developer:
      description: Users with another developer permission, with C(email), C(name), and it as C(account) and C(roster).
      type: list
      elements: dict
    missing_access:
      description:
        - Role bindings of the roster that existing users do not have, with C(email), C(name), C(resource)
          (V(Space) or V(Space / project)), and the role as C(roster). C(unseen) says that the API key sees no role
          binding of the compared users in that space, so that they may exist.
      type: list
      elements: dict
    different_access:
      description: The same where the user has another role there, with both as C(account) and C(roster).
      type: list
      elements: dict
    extra_access:
      description:
        - Role bindings that the roster does not list, with C(email), C(name), C(resource), and the role as C(account).
      type: list
      elements: dict
    unresolved:
      description:
        - Names of spaces, projects, organizations and roles in the roster that cannot be resolved, because they were deleted
          or renamed, are ambiguous, or are invisible to the API key. Each has the C(reason) and the number of C(users) whose
          access has the name.
      type: list
      elements: dict
    unusable:
      description: Entries of the roster that cannot be compared, with C(email), C(user_id), and C(reason).
      type: list
      elements: dict
    refusals:
      description: Why a real run would be refused, limits aside, with C(kind) and C(msg). These are no differences.
      type: list
      elements: dict
    left_alone:
      description:
        - Users of the account who are not in the roster and were not compared, with C(email), C(user_id), C(name),
          C(status), C(created_at), and C(reason), V(protected), V(bot_user), V(no_address) or V(same_address), as
          RV(arize.ax.arize_user_roster#module:left_alone[].reason).
      type: list
      elements: dict
    not_read:
      description: The lists that could not be read, or that this API key may not see in full, a sentence each.
      type: list
      elements: str
    notes:
      description: Further lists that this API key may not see in full, a sentence each. They do not make the report fail.
      type: list
      elements: str
    pending:
      description:
        - Users whose invitation is pending or has expired, with C(email), C(name), C(status), C(since) and C(days). No
          difference.
      type: list
      elements: dict
    statuses:
      description: The number of users with each status.
      type: dict
"""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict, cast

from ansible.errors import AnsibleFilterError

from ..module_utils._models import PENDING
from ..module_utils._planning.moments import read_moment
from ..module_utils._planning.results import account_role
from ..module_utils._planning.roster_access import AccessResult
from ..module_utils._planning.roster_results import EntryResult
from ..module_utils._text import number_of
from ..plugin_utils._moments import day_of, days_until
from ..plugin_utils._texts import Untrusted, kind_of, place_of, role_of

_PURGED = ("deleted", "skipped")
_ACCESS = {"created": "missing_access", "updated": "different_access", "deleted": "extra_access"}
_DIFFERENCES = (
    *("missing", "not_in_roster", "different_role", "different_name", "different_developer"),
    *(*_ACCESS.values(), "unresolved", "unusable"),
)
_ONE_SIDED = ("missing", "not_in_roster", "unusable")  # a user is in one of these lists, or is compared
_NONE_SEEN = "No role bindings of the compared users were found: none exist, or the API key lacks ROLE_BINDING_READ."
_LEFT_ALONE = {
    "protected": "protected",
    "no_address": "without a visible address",
    "same_address": "with the address of another user",
}

Row = dict[str, Any]
Rows = dict[str, list[Row]]


class Drift(TypedDict):
    """The differences, as RETURN documents them."""

    summary: str
    differences: int
    in_roster: int
    in_account: int
    compared: int
    equal: int
    differing: int
    not_in_roster_allowed: bool
    missing: list[Row]
    not_in_roster: list[Row]
    different_role: list[Row]
    different_name: list[Row]
    different_developer: list[Row]
    missing_access: list[Row]
    different_access: list[Row]
    extra_access: list[Row]
    unresolved: list[Row]
    unusable: list[Row]
    refusals: list[Row]
    left_alone: list[Row]
    not_read: list[str]
    notes: list[str]
    pending: list[Row]
    statuses: dict[str, int]


def roster_drift(result: object, allow_unknown: bool = False, read_at: str | None = None) -> Drift:
    """Return the differences between account and roster.

    Raises:
        AnsibleFilterError: *result* is not a result of arize_user_roster.
    """
    if not isinstance(result, Mapping) or not isinstance(result.get("entries"), list):
        raise AnsibleFilterError(f"A result of arize_user_roster with entries is needed, not {kind_of(result)}.")
    entries: list[EntryResult] = result["entries"]
    left_alone: list[Row] = result.get("left_alone", [])
    # Of most users nothing else is looked at: each look-up in a variable of Ansible takes its time.
    others = [entry for entry in entries if entry.get("role_mismatch") or _has_changed(entry)]
    rows = _sorted(others)
    users = [user for entry in entries if (user := entry.get("before"))]
    people = [user for user in left_alone if user["reason"] != "bot_user"]
    facts: Row = {
        "differences": sum(map(len, rows.values())) - (len(rows["not_in_roster"]) if allow_unknown else 0),
        "in_roster": len(entries) - len(rows["not_in_roster"]),
        "in_account": len(users) + len(people),
        "compared": len(users),
        "equal": len(entries) - len(others),
        "differing": len(others) - sum(len(rows[kind]) for kind in _ONE_SIDED),
        "not_in_roster_allowed": allow_unknown,
        **rows,
        "refusals": result.get("refusals", []),
        "left_alone": left_alone,
        **_gaps(result, rows["missing_access"]),
        **_statuses([*users, *people], read_moment(read_at)),
    }
    return cast("Drift", {"summary": _summary(cast("Drift", facts), people), **facts})


def _sorted(entries: Sequence[EntryResult]) -> Rows:
    """Return the differences by kind."""
    rows: Rows = {kind: [] for kind in _DIFFERENCES}
    for entry in entries:
        _sort(entry, rows)
    rows["unresolved"] += _unresolved(entries)
    return rows


def _sort(entry: EntryResult, rows: Rows) -> None:
    """Add the differences of one user."""
    before, after, status = entry.get("before") or {}, entry.get("user") or {}, entry["status"]
    reason = (entry.get("error") or {}).get("msg")
    if status == "failed" and reason not in _access_errors(entry):
        rows["unusable"].append({"email": entry["email"], "user_id": entry["user_id"], "reason": reason})
    elif not before and after:
        rows["missing"].append(_person(after, role=account_role(after)))
    elif status in _PURGED and _has_changed(entry):
        rows["not_in_roster"].append(
            _person(before, role=account_role(before), status=before["status"], purge=status, reason=reason)
        )
    if mismatch := entry.get("role_mismatch"):
        rows["different_role"].append(_person(before, account=mismatch["found"], roster=mismatch["wanted"]))
    for binding in _bindings(entry) if before else ():
        if binding["status"] in _ACCESS:
            rows[_ACCESS[binding["status"]]].append(_person(before, **_binding(binding)))
    for change in (name for name in entry["changes"] if name != "access") if before else ():
        kind = {"is_developer": "different_developer"}.get(change, f"different_{change}")
        rows[kind].append(_person(before, account=before[change], roster=after[change]))


def _bindings(entry: EntryResult) -> Sequence[AccessResult]:
    return entry.get("access") or ()


def _access_errors(entry: EntryResult) -> list[str]:
    return [binding["error"]["msg"] for binding in _bindings(entry) if binding["status"] == "failed"]


def _has_changed(entry: EntryResult) -> bool:
    """Whether the entry is a difference; not if only its role bindings are skipped, because they could not be read."""
    return entry["status"] != "unchanged" and not (entry["status"] == "skipped" and _bindings(entry))


def _unresolved(entries: Iterable[EntryResult]) -> Iterator[Row]:
    """Yield each name that cannot be resolved, with the number of users whose access has it."""
    users = Counter(message for entry in entries for message in set(_access_errors(entry)))
    for message, number in sorted(users.items()):
        yield {"reason": Untrusted(message), "users": number}


def _seen(entries: Iterable[EntryResult]) -> set[str | None]:
    """Return the IDs of the spaces in which a role binding of the compared users is seen."""
    bindings = (binding for entry in entries for binding in _bindings(entry))
    return {_space(each)[0] for each in bindings if each["status"] in ("unchanged", "updated", "deleted")}


def _mark_unseen(missing: Iterable[Row], seen: Container[str | None]) -> list[str]:
    """Mark the bindings in other spaces than those that are *seen*; return a sentence about them."""
    spaces = {}
    for row in missing:
        space_id, space = row.pop("_space")
        row["unseen"] = space_id not in seen
        spaces.update({space_id: space} if row["unseen"] else {})
    if not spaces:
        return []
    names = ", ".join(sorted(map(str, spaces.values())))
    why = "Either none exist, or the key lacks ROLE_BINDING_READ there: the missing role bindings may exist"
    return [Untrusted(f"This API key sees no role binding of the compared users in: {names}. {why}.")]


def _person(user: Mapping[str, Any], **more: Any) -> Row:
    who = {"email": user["email"], "name": user["name"]}
    return {**({} if user["email"] else {"user_id": user["id"]}), **who, **more}


def _binding(binding: AccessResult) -> Row:
    """Return a role on a space or project, as account and roster have it."""
    role, found = role_of(binding), role_of(binding.get("before", binding))
    sides: dict[str, Row] = {"created": {"roster": role, "_space": _space(binding)}, "deleted": {"account": role}}
    return {"resource": place_of(binding), **sides.get(binding["status"], {"account": found, "roster": role})}


def _space(binding: AccessResult) -> tuple[str | None, str]:
    """Return the ID of a space, and how it is called; of the project, where the space of a project is not known."""
    return binding["space_id"] or binding["project_id"], binding["space"] or place_of(binding)


def _not_read(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lists that could not be read: then the module has failed, and reports the others."""
    error = result.get("error") or {}
    if error and error.get("kind") != "partial":
        yield result["msg"]


def _gaps(result: Mapping[str, Any], missing: Iterable[Row]) -> Row:
    """Return the lists that were not read or not seen in full, and as notes those that do not make the report fail."""
    entries: list[EntryResult] = result["entries"]
    seen = _seen(entries)
    not_read = [*_not_read(result), *_mark_unseen(missing, seen)]
    notes = [text for text in result.get("not_read", []) if text not in not_read]
    compared = any(entry.get("before") and "access" in entry for entry in entries)
    return {"not_read": not_read, "notes": notes + [_NONE_SEEN] * (compared and not not_read and not seen)}


def _statuses(users: Sequence[Mapping[str, Any]], now: datetime | None) -> Row:
    """Return the users who have not accepted their invitation, the expired ones first; and how many have each status."""
    pending = [_invitation(user, now) for user in users if user["status"] in PENDING]
    pending.sort(key=lambda row: (row["status"], (row["email"] or "").lower()))
    return {"pending": pending, "statuses": dict(Counter(user["status"] or "unknown" for user in users))}


def _invitation(user: Mapping[str, Any], now: datetime | None) -> Row:
    since = user.get("created_at")
    person = _person({"name": None, "id": user.get("user_id"), **user})
    return {**person, "status": user["status"], "since": day_of(since) or "", "days": days_until(now, since)}


def _summary(drift: Drift, left_alone: Iterable[Row]) -> str:
    """Return the numbers, the same in each report."""
    reasons = Counter(user["reason"] for user in left_alone)
    apart = [
        f"{number} of them {_LEFT_ALONE.get(reason, reason)} and not compared" for reason, number in reasons.items()
    ]
    account = ", ".join((f"{number_of(drift['in_account'], 'user')} in the account", *apart))
    parts = [account, f"{drift['in_roster']} in the roster", f"{drift['equal']} equal"]
    parts += [number_of(len(drift["pending"]), "open invitation")] if drift["pending"] else []
    refused = f" A real run would be refused: see the {number_of(len(drift['refusals']), 'reason')} below."
    return f"{number_of(drift['differences'], 'difference')}. {'; '.join(parts)}.{refused if drift['refusals'] else ''}"


def problem_of(drift: Drift) -> str:
    """Return why the playbook ends with an error; empty if account and roster are equal, as far as could be read."""
    found = []
    if drift["differences"]:
        found.append(
            f"There is drift: {number_of(drift['differences'], 'difference')} between the account and the roster."
        )
    if drift["refusals"]:
        others = len(drift["refusals"]) - 1
        found.append(f"arize.ax.sync_roster would refuse this roster: {drift['refusals'][0]['msg']}")
        found += [f"The report has {number_of(others, 'more reason')}."] if others else []
    return " ".join([*found, *drift["not_read"]])


class FilterModule:
    """The filter, as Ansible finds it."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filter by name."""
        return {"roster_drift": roster_drift}
