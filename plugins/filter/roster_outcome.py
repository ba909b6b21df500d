# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: roster_outcome
short_description: Describe what became of a roster, in lines of text
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Turns the result of M(arize.ax.arize_user_roster) into text - first how many users and role bindings have each status, then a
    line for each user who is not as before, and under it a line for each role binding that is not as before.
  - A line that begins with C(access) is about a role binding, every other one about a user.
  - The playbooks show it as their outcome.
options:
  _input:
    description:
      - The registered result.
    type: dict
    required: true
  dry_run:
    description:
      - Whether the task was in check mode, so that nothing was done.
    type: bool
    default: false
  mailed:
    description:
      - How many users another task has mailed an invitation besides.
    type: int
    default: 0
seealso:
  - module: arize.ax.arize_user_roster
"""

EXAMPLES = r"""
- name: Apply the roster
  arize.ax.arize_user_roster:
    users: "{{ lookup('ansible.builtin.file', 'roster.yml')
      | arize.ax.roster_from_yaml }}"
  register: applied

- name: Show what became of it
  ansible.builtin.debug:
    msg: "{{ applied | arize.ax.roster_outcome(dry_run=ansible_check_mode) }}"
"""

RETURN = r"""
_value:
  description:
    - The lines. Control characters and line breaks in names are spaces, so that no name looks like a line.
  type: list
  elements: str
  sample:
    - 1 created, 1 updated, 40 unchanged
    - "Role bindings: 1 created, 80 unchanged"
    - 1 user was mailed an invitation
    - created    ada@example.com  Ada Lovelace, member
    - "access     ada@example.com  created    Production: Reviewer"
    - "updated    grace@example.com  name: Grace Murray -> Grace Hopper"
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._planning.results import account_role
from ..plugin_utils._texts import Untrusted, kind_of, place_of, printable, role_of

_PERMANENT = (
    "Deletions are permanent: memberships, API keys and role bindings are deleted too, and the address can never be"
    " invited again"
)
_API = "The API cannot change a role: change it in the web application (Account Settings → Account Members)"

Item = Mapping[str, Any]


def roster_outcome(result: object, dry_run: bool = False, mailed: int = 0) -> list[str]:
    """Return what became of the users of a roster.

    Raises:
        AnsibleFilterError: *result* is no result of arize_user_roster.
    """
    if not isinstance(result, Mapping):
        raise AnsibleFilterError(f"A result of arize_user_roster is needed, not {kind_of(result)}.")
    entries = [
        entry for entry in result.get("entries") or () if entry["status"] != "unchanged" or "role_mismatch" in entry
    ]
    lines = [*_summary(result, entries, dry_run, mailed)]
    for entry in entries:
        if entry["status"] != "unchanged":
            lines += _lines(entry)
    return [Untrusted(line) for line in lines]


def _summary(result: Item, entries: list[Item], dry_run: bool, mailed: int) -> Iterator[str]:
    """Yield what is to be said before the lines about single users."""
    counts = _counts(result.get("summary")) or "no users to create"
    yield f"Dry run, no changes were made. It would be: {counts}" if dry_run else counts
    if bindings := _counts(result.get("access_summary")):
        yield f"Role bindings{' would be' if dry_run else ''}: {bindings}"
    if mailed := mailed + len(result.get("mailed") or ()):
        verb = "would be" if dry_run else "was" if mailed == 1 else "were"
        yield f"{_users(mailed)} {verb} mailed an invitation"
    if result.get("deletions"):
        yield _PERMANENT
    if differing := sum("role_mismatch" in entry for entry in entries):
        yield f"{_users(differing)} with another role than wanted. {_API}"


def _counts(summary: Item | None) -> str:
    named = ((status.replace("_", " "), number) for status, number in (summary or {}).items())
    return ", ".join(f"{number} {status}" for status, number in named if number)


def _users(number: int) -> str:
    return f"{number} user{'' if number == 1 else 's'}"


def _lines(entry: Item) -> Iterator[str]:
    """Yield the line of a user, and those of the role bindings that are not as before."""
    who = printable(entry["email"] or entry["user_id"])
    yield _line(entry["status"].replace("_", " "), who, _about_user(entry))
    access = entry.get("access") or ()
    for binding in access:
        if binding["status"] not in ("unchanged", "skipped"):
            why = f". {printable(binding['error']['msg'])}" if "error" in binding else ""
            yield _line("access", who, f"{binding['status']:9}  {_binding(binding)}{why}")
    # All are skipped where the line of the user says why; some, all for one reason.
    skipped = [binding for binding in access if binding["status"] == "skipped"]
    if skipped and len(skipped) < len(access):
        names = "; ".join(map(_binding, skipped))
        yield _line("access", who, f"skipped    {names}. {printable(skipped[0]['error']['msg'])}")


def _line(what: str, who: str, more: str) -> str:
    return f"{what:9}  {who}  {more}"


def _about_user(entry: Item) -> str:
    before, after, status, error = (entry.get(key) for key in ("before", "user", "status", "error"))
    failed = [binding["error"] for binding in entry.get("access") or () if binding["status"] == "failed"]
    if status == "created":
        return _person(after)
    if status == "deleted":
        return _person(before)
    if status == "not_found":
        return "no user has this address. Is it right?"
    if status == "updated" or (failed and failed[0] == error):
        said = [f"created: {_person(after)}"] if after and not before else _changes(entry)
        return "; ".join([*said, *(["access"] if failed or not said else [])])
    if error["kind"] == "role_mismatch":
        mismatch = entry["role_mismatch"]
        return f"role is {printable(mismatch['found'])}, not {printable(mismatch['wanted'])}"
    return printable(error["msg"])


def _changes(entry: Item) -> list[str]:
    before, after = entry["before"], entry["user"]
    fields = [name for name in entry["changes"] if name != "access"]
    return [f"{name}: {printable(before[name])} -> {printable(after[name])}" for name in fields]


def _person(user: Item) -> str:
    role = account_role(user) or "unknown role"
    return f"{printable(user['name'] or 'without a name')}, {printable(role)}"


def _binding(binding: Item) -> str:
    before = f"{printable(role_of(binding['before']))} -> " if "before" in binding else ""
    return f"{printable(place_of(binding))}: {before}{printable(role_of(binding))}"


class FilterModule:
    """The filter, as Ansible finds it."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filter by name."""
        return {"roster_outcome": roster_outcome}
