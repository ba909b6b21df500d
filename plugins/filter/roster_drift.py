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
  - Sorts the result of M(arize.ax.arize_user_roster) in check mode, with O(arize.ax.arize_user_roster#module:purge=true) and
    O(arize.ax.arize_user_roster#module:role_mismatch=ignore), into the differences between account and roster. It has no rule
    of its own. Role bindings that the roster does not list are among them with
    O(arize.ax.arize_user_roster#module:purge_access=true), and only of users who have access in the roster.
  - The playbook C(arize.ax.drift_report) writes this as C(drift.json).
options:
  _input:
    description:
      - The registered result.
    type: dict
    required: true
  allow_unknown:
    description:
      - Whether users who are not in the roster count as no difference.
    type: bool
    default: false
seealso:
  - module: arize.ax.arize_user_roster
"""

EXAMPLES = r"""
- name: Compare the account with the roster
  arize.ax.arize_user_roster:
    users: "{{ lookup('ansible.builtin.file', 'roster.yml')
      | arize.ax.roster_from_yaml }}"
    purge: true
    max_deletions: 1000000000
    min_admins: 0
    role_mismatch: ignore
    purge_access: true
  check_mode: true
  register: compared

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
    differences:
      description: How many there are in all.
      type: int
    in_roster:
      description: How many users the roster has.
      type: int
    in_account:
      description: How many users of the account were compared. Protected users who are not in the roster are not.
      type: int
    in_step:
      description: How many users are in both, without a difference.
      type: int
    unknown_allowed:
      description: Whether users who are not in the roster count as no difference.
      type: bool
    missing:
      description: Users of the roster who are not in the account, with C(email), C(name) and C(role).
      type: list
      elements: dict
    unknown:
      description:
        - Users of the account who are not in the roster, with C(email), C(name), C(role) and C(status). C(purge) is what
          purging would do, V(deleted) or V(skipped); C(reason) says why they would be skipped.
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
          (V(Space) or V(Space / project)), and the role as C(roster).
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
    unusable:
      description: Entries of the roster that select no user, with C(email) or C(user_id), and C(reason).
      type: list
      elements: dict
    pending:
      description: Users whose invitation is pending or has expired, with C(email), C(name), C(status) and C(since). No difference.
      type: list
      elements: dict
    statuses:
      description: How many users of the account have each status.
      type: dict
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._planning.results import account_role
from ..plugin_utils._texts import kind_of, place_of, role_of

_PURGED = ("deleted", "skipped")
_ACCESS = {"created": "missing_access", "updated": "different_access", "deleted": "extra_access"}
_DIFFERENCES = (
    *("missing", "unknown", "different_role", "different_name", "different_developer"),
    *(*_ACCESS.values(), "unusable"),
)

Row = dict[str, Any]


def roster_drift(result: object, allow_unknown: bool = False) -> dict[str, Any]:
    """Return the differences between account and roster.

    Raises:
        AnsibleFilterError: *result* is no result of arize_user_roster.
    """
    if not isinstance(result, Mapping) or not isinstance(result.get("entries"), list):
        raise AnsibleFilterError(f"A result of arize_user_roster with entries is needed, not {kind_of(result)}.")
    rows: dict[str, list[Row]] = {kind: [] for kind in _DIFFERENCES}
    entries, summary = result["entries"], result["summary"]
    # Of most users nothing else is looked at: each look-up in a variable of Ansible takes its time.
    others = [entry for entry in entries if entry["status"] != "unchanged" or entry.get("role_mismatch")]
    for entry in others:
        _sort(entry, rows)
    seen = [before for before in (entry.get("before") for entry in entries) if before]
    # A long failed result leaves unchanged users out; its summary does not.
    left_out = summary["unchanged"] - sum(entry["status"] == "unchanged" for entry in entries)
    in_step = len(entries) - len(others) + left_out
    allowed = len(rows["unknown"]) if allow_unknown else 0
    return {
        "differences": sum(map(len, rows.values())) - allowed,
        "in_roster": sum(summary.values()) - len(rows["unknown"]),
        "in_account": len(seen) + left_out,
        "in_step": in_step,
        "unknown_allowed": allow_unknown,
        **rows,
        **_statuses(seen),
    }


def _sort(entry: Mapping[str, Any], rows: dict[str, list[Row]]) -> None:
    """Add what differs about one user."""
    before, after, status = entry.get("before"), entry.get("user"), entry["status"]
    if status == "failed":
        rows["unusable"].append({"email": entry["email"], "user_id": entry["user_id"], "reason": entry["error"]["msg"]})
    elif status == "created":
        rows["missing"].append(_person(after, role=account_role(after)))
    elif status in _PURGED:
        reason = entry.get("error", {}).get("msg")
        rows["unknown"].append(
            _person(before, role=account_role(before), status=before["status"], purge=status, reason=reason)
        )
    if mismatch := entry.get("role_mismatch"):
        rows["different_role"].append(_person(before, account=mismatch["found"], roster=mismatch["wanted"]))
    for binding in entry.get("access", ()) if before else ():
        if binding["status"] in _ACCESS:
            rows[_ACCESS[binding["status"]]].append(_person(before, **_binding(binding)))
    for change in (name for name in entry["changes"] if name != "access"):
        kind = {"is_developer": "different_developer"}.get(change, f"different_{change}")
        rows[kind].append(_person(before, account=before[change], roster=after[change]))


def _person(user: Mapping[str, Any], **more: Any) -> Row:
    who = {"email": user["email"], "name": user["name"]}
    return {**({} if user["email"] else {"user_id": user["id"]}), **who, **more}


def _binding(binding: Mapping[str, Any]) -> Row:
    """Return a role on a space or project, as account and roster have it."""
    role, found = role_of(binding), role_of(binding.get("before", binding))
    sides = {"created": {"roster": role}, "deleted": {"account": role}}
    both = {"account": found, "roster": role}
    return {"resource": place_of(binding), **sides.get(binding["status"], both)}


def _statuses(users: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the users who have not accepted their invitation, the expired ones first; and how many have each status."""
    statuses = [user["status"] for user in users]
    pending = [(user, status) for user, status in zip(users, statuses) if status in ("invited", "expired")]
    rows = [_person(user, status=status, since=(user["created_at"] or "")[:10]) for user, status in pending]
    rows.sort(key=lambda row: (row["status"], (row["email"] or "").lower()))
    return {"pending": rows, "statuses": dict(Counter(status or "unknown" for status in statuses))}


class FilterModule:
    """The filter, as Ansible finds it."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filter by name."""
        return {"roster_drift": roster_drift}
