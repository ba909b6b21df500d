# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The documentation of plugins/action/write_reports.py.

from __future__ import annotations

DOCUMENTATION = r"""
module: write_reports
short_description: Write the reports of a playbook
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Writes the files of C(arize.ax.access_review), C(arize.ax.drift_report) and C(arize.ax.export_roster), and the output of
    these and of C(arize.ax.check_account), from results that these playbooks register. It reads the variables of the
    playbook itself. Write your own playbooks with the filters instead; this action may change with the playbooks.
  - A list that failed with status 403, or 404 for C(arize.ax.access_review), is part of the report. For any other failure of a
    list there is no report, and the action fails with the message of the list.
  - It runs on the control node and makes no requests.
options:
  playbook:
    description:
      - The name of the playbook.
    type: str
    required: true
    choices:
      - access_review
      - check_account
      - drift_report
      - export_roster
  results:
    description:
      - The names of the variables that hold the registered results, by the kind of item that the results list.
    type: dict
    required: true
attributes:
  action:
    description: Runs on the control node.
    support: full
  check_mode:
    description: Can run in C(check_mode).
    support: partial
    details:
      - The reports are written in check mode too. A roster file is not, and the result says whether it would be.
  diff_mode:
    description: Returns the changes of a roster file, or in C(check_mode) the predicted ones, when run in diff mode.
    support: partial
    details:
      - Not for reports.
seealso:
  - plugin: arize.ax.access_review
    plugin_type: filter
  - plugin: arize.ax.roster_drift
    plugin_type: filter
  - plugin: arize.ax.roster_to_yaml
    plugin_type: filter
"""

EXAMPLES = r"""
- name: List the users with their access
  arize.ax.arize_user_info:
    access: true
  register: account

- name: Write the roster file
  arize.ax.write_reports:
    playbook: export_roster
    results:
      roster: account
"""

RETURN = r"""
lines:
  description: The output of the playbook, a text for each line.
  returned: success
  type: list
  elements: str
  sample:
    - "2 users. /srv/roster.yml was written"
differences:
  description: The number of differences between account and roster.
  returned: with O(playbook=drift_report)
  type: int
  sample: 0
problem:
  description: The reason why the playbook ends with an error although the reports were written. Empty if it succeeds.
  returned: with O(playbook=drift_report)
  type: str
"""
