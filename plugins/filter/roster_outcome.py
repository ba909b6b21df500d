# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: roster_outcome
short_description: Describe the outcome of a roster as text
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Turns the result of M(arize.ax.arize_user_roster) into aligned lines of text, one for each user who changes or fails,
    with the role bindings of that user.
  - Failures come first, then deletions, creations, updates with old and new values, and users of whom only access changes; each
    by address. The last line has the counts.
  - The playbooks show it as their outcome.
options:
  _input:
    description:
      - The registered result.
    type: dict
    required: true
  dry_run:
    description:
      - Whether the task was in check mode.
    type: bool
    default: false
  role_mismatch:
    description:
      - The option O(arize.ax.arize_user_roster#module:role_mismatch) of the task. With V(ignore), users with a different role are
        counted and not listed.
    type: str
    default: warn
    choices:
      - fail
      - warn
      - ignore
seealso:
  - module: arize.ax.arize_user_roster
  - plugin: arize.ax.print_text
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Apply the roster
  arize.ax.arize_user_roster:
    users: "{{ lookup('ansible.builtin.file', 'roster.yml')
      | arize.ax.roster_from_yaml }}"
  register: applied

- name: Show the outcome
  ansible.builtin.debug:
    msg: "{{ lookup('arize.ax.print_text',
      applied | arize.ax.roster_outcome(ansible_check_mode)) }}"
"""

RETURN = r"""
_value:
  description:
    - The lines. Control characters and line breaks in names are spaces, so that no name looks like a line.
  type: str
  sample: |-
    created         ada@example.com    Ada Lovelace, member; gets Production: Reviewer
    updated         grace@example.com  name: Grace Murray → Grace Hopper
    access changed  hedy@example.com   Labs: Viewer → Editor; loses Production: Reviewer
    1 user was mailed an invitation
    Role bindings: 1 created, 1 updated, 1 deleted, 80 unchanged
    1 created, 2 updated, 40 unchanged
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..plugin_utils._outcome import about_mail, about_roster, as_text
from ..plugin_utils._texts import Untrusted, kind_of


def roster_outcome(result: object, dry_run: bool = False, role_mismatch: str = "warn") -> str:
    """Return the outcome of a roster as text.

    Raises:
        AnsibleFilterError: *result* is not a result of arize_user_roster.
    """
    if not isinstance(result, Mapping):
        raise AnsibleFilterError(f"A result of arize_user_roster is needed, not {kind_of(result)}.")
    outcome = about_roster(result, dry_run, role_mismatch)
    mail = about_mail(len(result.get("mailed") or ()), dry_run)
    return Untrusted(as_text(outcome._replace(notes=(*mail, *outcome.notes))))


class FilterModule:
    """The filter, as Ansible finds it."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filter by name."""
        return {"roster_outcome": roster_outcome}
