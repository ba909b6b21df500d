# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: roster_to_csv
short_description: Write a roster as CSV
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Writes roster entries as a table for spreadsheets, in UTF-8 with the mark that Excel expects.
    P(arize.ax.roster_from_csv#filter) reads it back, and applying it changes nothing.
  - Users are sorted as by P(arize.ax.roster_to_yaml#filter). Only columns that have a value are written.
  - An address that a spreadsheet would take for a formula or a marked text is replaced by the user ID. A name that it would
    take for one, or that holds a line break or a control character, is left empty, which means that it is not managed. A
    warning names these users.
  - A space, project or role whose name the notation of P(arize.ax.access_from_text#filter) cannot hold is written by ID.
    No role binding is V(none).
options:
  _input:
    description:
      - The entries, such as RV(arize.ax.arize_user_info#module:roster).
    type: list
    elements: dict
    required: true
  users:
    description:
      - RV(arize.ax.arize_user_info#module:users) of the same result, which has the IDs. Without it, an entry that needs
        an ID is an error.
    type: list
    elements: dict
    default: []
seealso:
  - plugin: arize.ax.roster_from_csv
    plugin_type: filter
  - plugin: arize.ax.roster_to_yaml
    plugin_type: filter
  - module: arize.ax.arize_user_info
"""

EXAMPLES = r"""
- name: Read the account
  arize.ax.arize_user_info:
    access: true
  register: account

- name: Write it as a table
  ansible.builtin.copy:
    content: "{{ account.roster | arize.ax.roster_to_csv(account.users) }}"
    dest: roster.csv
    mode: "0644"
"""

RETURN = r"""
_value:
  description:
    - The text, with a line break at its end.
  type: str
  sample: |
    email,name,role,is_developer
    ada@example.com,Ada Lovelace,member,true
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display

from ..module_utils._text import named
from ..plugin_utils._csv import as_csv
from ..plugin_utils._roster import ordered
from ..plugin_utils._roster_csv import is_readable
from ..plugin_utils._texts import ENTRY_KEYS, Untrusted, access_text, kind_of, printable, refuse


def roster_to_csv(entries: object, users: object = None) -> str:
    """Return the text of a roster in CSV with *entries*; *users* are those of the same result, with their IDs.

    Raises:
        AnsibleFilterError: they are not a list of entries, or CSV cannot hold their values.
    """
    if users is not None and not isinstance(users, list):
        raise AnsibleFilterError(f"users has to be a list, not {kind_of(users)}.")
    by_email = {user["email"]: user for user in users or () if user["email"]}
    by_id = {user["id"]: user for user in users or ()}
    unnamed: list[str] = []
    faults: list[str] = []
    rows = []
    for entry in ordered(entries):
        user = by_email.get(entry.get("email")) or by_id.get(entry.get("user_id")) or {}
        try:
            rows.append(dict(_row(entry, user, unnamed)))
        except ValueError as error:
            faults.append(str(error))
    if faults:
        refuse("The roster cannot be written as CSV", faults, "Write it as YAML, or give users with their IDs.")
    if unnamed:
        Display().warning(f"CSV cannot hold the names of these users, which are left empty: {named(unnamed)}")
    used = {key for row in rows for key in row}
    return Untrusted("\ufeff" + as_csv([key for key in ENTRY_KEYS if key in {*used, "email"}], rows))


def _row(entry: Mapping[str, Any], user: Mapping[str, Any], unnamed: list[str]) -> Iterator[tuple[str, Any]]:
    who = entry.get("email") or entry.get("user_id") or ""
    for key, value in entry.items():
        if value is None:
            continue
        if key == "access":
            yield key, _access(who, value, user.get("access") or [])
        elif isinstance(value, bool) or is_readable(key, value):
            yield key, value
        elif key == "email" and "id" in user:
            yield "user_id", user["id"]
        elif key == "name":
            unnamed.append(printable(who))
        else:
            raise ValueError(f"the {key} of {printable(who)}")


def _access(who: str, access: list[Mapping[str, str]], with_ids: list[Mapping[str, Any]]) -> str:
    """Return access as text; *with_ids* are the same bindings with names and IDs."""
    parts = []
    for number, item in enumerate(access):
        ids = with_ids[number] if len(with_ids) == len(access) else {}
        text = next(filter(None, map(_as_text, _ways(item, ids))), None)
        if text is None:
            raise ValueError(f"the access of {printable(who)}")
        parts.append(text)
    return "; ".join(parts) or "none"


def _ways(item: Mapping[str, str], ids: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Yield an item of access by its names, then by the IDs that are known."""
    by_name = dict(item)
    role = {key: by_name.pop(key) for key in ("role", "role_id") if key in by_name}
    place_ids = [{key: ids[key]} for key in ("project_id", "space_id") if ids.get(key)][:1]
    roles = [role, *([{"role_id": ids["role_id"]}] if ids.get("role_id") else [])]
    return ({**place, **one} for place, one in product([by_name, *place_ids], roles))


def _as_text(item: Mapping[str, str]) -> str | None:
    try:
        text = access_text([item])
    except ValueError:
        return None
    return text if is_readable("access", text) else None


class FilterModule:
    """The filter, as Ansible finds it."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filter by name."""
        return {"roster_to_csv": roster_to_csv}
