# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The documentation of plugins/action/show_outcome.py.

from __future__ import annotations

DOCUMENTATION = r"""
module: show_outcome
short_description: Show the outcome of a playbook
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Prints the outcome of C(arize.ax.sync_roster), C(arize.ax.onboard), C(arize.ax.offboard) and C(arize.ax.resend) from results
    that these playbooks register, in lines of plain text, and fails if the roster failed. It reads the variables of the
    playbook itself. Write your own playbooks with the filter P(arize.ax.roster_outcome#filter) instead; this action may change
    with the playbooks.
  - Without O(results) it checks the variables, and fails if they cannot be used. Several faults of a roster are printed one a
    line.
  - It writes the outcome, or the reason why there was no run, to the file that C(arize_outcome_file) names, as
    Markdown.
  - It runs on the control node and makes no requests.
options:
  playbook:
    description:
      - The name of the playbook.
    type: str
    required: true
  results:
    description:
      - The names of the variables that hold the registered results - V(roster), the result of M(arize.ax.arize_user_roster);
        V(invitations), that of M(arize.ax.arize_user_invite) in a loop; V(found), a result of M(arize.ax.arize_user_roster) in
        check mode with the users who were looked up; V(service_keys), that of M(arize.ax.arize_api_key_info).
    type: dict
    default: {}
  invited:
    description:
      - The addresses of the loop with the invitations, in order.
    type: list
    elements: str
    default: []
  passwords:
    description:
      - The number of temporary passwords that were issued.
    type: int
    default: 0
attributes:
  action:
    description: Runs on the control node.
    support: full
  check_mode:
    description: Can run in C(check_mode).
    support: full
    details:
      - The file with the outcome is written in check mode too.
  diff_mode:
    description: Returns the changes when run in diff mode.
    support: none
seealso:
  - plugin: arize.ax.roster_outcome
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the outcome
  arize.ax.show_outcome:
    playbook: sync_roster
    results:
      roster: _arize_result
"""

RETURN = r"""
msg:
  description: The reason of the failure, or the number of printed lines.
  returned: always
  type: str
  sample: The 12 lines above
"""
