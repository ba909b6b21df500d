# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: access_from_text
short_description: Read the access of a user from text
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Reads roles in spaces and projects as people type them into a survey or a cell of a table, for the key C(access) of a
    roster entry.
options:
  _input:
    description:
      - "C(Space: role) or C(Space / project: role). The spaces around the slash are needed, since names may hold a slash."
      - "An organization tells spaces of one name apart, as in C(Organization // Space: role)."
      - "C(id:) and an ID take the place of the name of an organization, a space or a role, as in C(id:U3BhY2U6MQ==: Reviewer).
        The ID of a project stands without its space, as in C(/ id:UHJvamVjdDox: Editor)."
      - One in each line, or separated by semicolons. An empty text is an empty list.
      - A name that holds a colon or a semicolon, and a place with a slash between spaces in its name, are errors. Use the ID,
        or a roster in YAML, see P(arize.ax.roster_from_yaml#filter).
    type: str
    required: true
seealso:
  - plugin: arize.ax.roster_from_csv
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the entries
  ansible.builtin.debug:
    msg: "{{ 'Production: Reviewer; Production / Churn: Editor'
      | arize.ax.access_from_text }}"
"""

RETURN = r"""
_value:
  description:
    - An entry for each role, with the names as they are written.
  type: list
  elements: dict
  sample:
    - role: Reviewer
      space: Production
    - role: Editor
      space: Production
      project: Churn
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._text import one_line
from ..plugin_utils._texts import read_access, require_text


def access_from_text(text: object) -> list[dict[str, str]]:
    """Return the access entries of a text.

    Raises:
        AnsibleFilterError: a part is not an access entry.
    """
    try:
        return read_access(require_text(text, "The access of a user"))
    except ValueError as error:
        raise AnsibleFilterError(one_line(f"The access of a user cannot be used: {error}.")) from None


class FilterModule:
    """The filter, as Ansible finds it."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filter by name."""
        return {"access_from_text": access_from_text}
