# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: access_by_column
short_description: Read a roster from CSV, with access by team
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Reads a table as P(arize.ax.roster_from_csv#filter) does, and adds access to each user by the value of one column.
    For example, all users of one department get the same role in one space.
  - A place that a row gets twice with different roles is an error, which names the line. The same role twice is one.
  - A value without access and an empty cell leave C(access) as the row gives it. Warnings name them with their lines, and
    values that no row has.
options:
  _input:
    description:
      - The content of the file, as for P(arize.ax.roster_from_csv#filter).
    type: str
    required: true
  access_by:
    description:
      - One column, and by its values the access, as a list of lines in the form of P(arize.ax.access_from_text#filter). The
        column needs no mapping. One that is known, such as C(role), keeps its meaning.
      - Values are compared without surrounding spaces. Upper and lower case differ.
    type: dict
    required: true
  columns:
    description:
      - As for P(arize.ax.roster_from_csv#filter).
    type: dict
    default: {}
positional: _input, access_by
seealso:
  - plugin: arize.ax.roster_from_csv
    plugin_type: filter
  - plugin: arize.ax.access_from_text
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Give each department its roles
  arize.ax.arize_user_roster:
    users: "{{ lookup('ansible.builtin.file', 'people.csv')
      | arize.ax.access_by_column(teams) }}"
  vars:
    teams:
      Department:
        Research:
          - "Production: Reviewer"
          - "Production / Churn: Editor"
        Support:
          - "Production: Reader"
"""

RETURN = r"""
_value:
  description:
    - The users in the order of the rows, for O(arize.ax.arize_user_roster#module:users).
  type: list
  elements: dict
  sample:
    - email: ada@example.com
      name: Ada Lovelace
      access:
        - space: Production
          role: Reviewer
"""

from collections.abc import Callable
from typing import Any

from ansible.utils.display import Display

from ..plugin_utils._roster_csv import read_access_by, read_roster


def access_by_column(text: object, access_by: object, columns: object = None) -> list[dict[str, Any]]:
    """Return the entries of a roster in CSV, with the access that *access_by* gives by the values of a column.

    Raises:
        AnsibleFilterError: the text is not a roster, or *access_by* cannot be used.
    """
    entries, notes = read_roster(text, columns, read_access_by(access_by))
    for note in notes:
        Display().warning(note)
    return entries


class FilterModule:
    """The filter, as Ansible finds it."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filter by name."""
        return {"access_by_column": access_by_column}
