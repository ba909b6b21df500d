# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: print_text
short_description: Print a text as it is
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Prints texts in the output of C(ansible-playbook) without quotes, escapes or indentation, so that they can be copied.
    M(ansible.builtin.debug) prints JSON.
options:
  _terms:
    description:
      - The texts. Each is printed on lines of its own.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Print the account as a roster
  ansible.builtin.debug:
    msg: "{{ lookup('arize.ax.print_text',
      account.roster | arize.ax.roster_to_yaml) }}"
"""

RETURN = r"""
_raw:
  description:
    - The number of printed lines, as text for M(ansible.builtin.debug).
  type: list
  elements: str
"""

from typing import Any

from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display


class LookupModule(LookupBase):
    """The lookup, as Ansible finds it."""

    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[str]:
        """Print *terms*, and return how many lines that were."""
        self.set_options(var_options=variables, direct=kwargs)
        lines = "\n".join(term.rstrip("\n") for term in terms)
        Display().display(lines)
        return [f"The {len(lines.splitlines())} lines above"]
