# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: people
short_description: Read addresses and names from text
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Reads addresses, with or without names, as they are typed into a survey or copied from a mail program.
  - Any text that is not an address is an error. One message names all errors.
options:
  _input:
    description:
      - C(ada@example.com), or a name with the address in angle brackets, as in C(Ada Lovelace <ada@example.com>). One text or
        a list of texts, with line breaks, commas or semicolons in between.
      - A dash, an asterisk, a bullet or a number with a dot or bracket at the beginning of a line, and the quotation marks
        around a name, are dropped.
      - A name that holds a comma, a semicolon or an C(@) has to be in double quotation marks.
      - An address that is given twice, in any case, is returned once. Two different names for it are an error.
      - At least one address is needed.
    type: raw
    required: true
seealso:
  - plugin: arize.ax.roster_from_csv
    plugin_type: filter
  - module: arize.ax.arize_user_invite
"""

EXAMPLES = r"""
- name: Invite the people of a survey
  arize.ax.arize_user_roster:
    users: "{{ answer | arize.ax.people | map('combine', {'role': 'member'}) }}"
  vars:
    answer: |
      - Ada Lovelace <ada@example.com>
      - "Hopper, Grace" <grace@example.com>
"""

RETURN = r"""
_value:
  description:
    - The people in the order of the text, each with the keys C(email) and C(name). C(name) is null if it is not given.
  type: list
  elements: dict
  sample:
    - email: ada@example.com
      name: Ada Lovelace
    - email: grace@example.com
      name: Hopper, Grace
"""

from collections.abc import Callable
from typing import Any

from ..plugin_utils._people import people


class FilterModule:
    """The filter, as Ansible finds it."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filter by name."""
        return {"people": people}
