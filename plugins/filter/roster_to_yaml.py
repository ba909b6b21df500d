# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: roster_to_yaml
short_description: Write a roster as YAML
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Writes roster entries as the text of a roster file, for version control. P(arize.ax.roster_from_yaml#filter) reads it back
    to the same entries.
  - Users are sorted by email in lower case, then users without an email by ID. The text changes only where the users
    change.
  - Names are quoted. Invisible characters in them are written as escapes. Other characters stay as they are.
options:
  _input:
    description:
      - The entries, such as RV(arize.ax.arize_user_info#module:roster). Keys without a value are omitted.
    type: list
    elements: dict
    required: true
seealso:
  - plugin: arize.ax.roster_from_yaml
    plugin_type: filter
  - module: arize.ax.arize_user_info
"""

EXAMPLES = r"""
- name: Read the account
  arize.ax.arize_user_info:
  register: account

- name: Write it as a roster file
  ansible.builtin.copy:
    content: "{{ account.roster | arize.ax.roster_to_yaml }}"
    dest: roster.yml
    mode: "0644"
"""

RETURN = r"""
_value:
  description:
    - The text, with a line break at its end.
  type: str
  sample: |
    - email: ada@example.com
      name: "Ada Lovelace"
      role: member
      is_developer: true
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..plugin_utils._roster import ordered
from ..plugin_utils._texts import ACCESS_KEYS, ENTRY_KEYS, Untrusted

# What reads the same with and without quotes, and is no null.
_PLAIN = re.compile(
    r"[A-Za-z0-9][\w.+-]*@[A-Za-z0-9.-]+|admin|member|member_ui_only|annotator|email_link|none", re.ASCII
)


def roster_to_yaml(entries: object) -> str:
    """Return the text of a roster file with *entries*.

    Raises:
        AnsibleFilterError: they are no list of entries.
    """
    return Untrusted("".join(f"{line}\n" for entry in ordered(entries) for line in _lines(entry, ENTRY_KEYS)) or "[]\n")


def _lines(entry: Mapping[str, Any], keys: tuple[str, ...]) -> Iterator[str]:
    """Yield the lines of a mapping that is an element of a list."""
    mark = "- "
    for key in keys:
        value = entry.get(key)
        if value is None:
            continue
        if isinstance(value, list):
            yield f"{mark}{key}:{'' if value else ' []'}"
            for item in value:
                yield from (f"    {line}" for line in _lines(item, ACCESS_KEYS))
        else:
            yield f"{mark}{key}: {_scalar(value)}"
        mark = "  "


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return text if _PLAIN.fullmatch(text) else f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return text if text.isprintable() else "".join(map(_escape, text))


def _escape(character: str) -> str:
    number = ord(character)
    return character if character.isprintable() else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


class FilterModule:
    """The filter, as Ansible finds it."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filter by name."""
        return {"roster_to_yaml": roster_to_yaml}
