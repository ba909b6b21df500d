# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: roster_from_csv
short_description: Read a roster from CSV
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Reads a table with one user in each row, as spreadsheets and directories export it, for the option
    O(arize.ax.arize_user_roster#module:users).
  - The first row names the columns. Their order, upper and lower case, and spaces, C(-), C(_) and C(.) in their names make
    no difference.
  - The separator is a comma, a semicolon or a tab, whichever fits the first row, or the one that a line C(sep=;) above
    it names.
  - Errors are unknown columns, rows with more cells than the header, users without C(email) and C(user_id) or in two rows,
    values that the module would refuse, line breaks where a quotation mark is missing, an address that begins with C('),
    C(=) or C(+), the error of a formula such as C(#N/A) in any cell, and a short last row without a line end. One message
    names all kinds, with lines and columns; equal faults are grouped.
  - Row by row, the filter knows no account. The module says which new users lack a name or a role.
options:
  _input:
    description:
      - The content of the file, not its name, encoded in UTF-8. At least one user is needed.
      - The columns are C(email) (also called C(mail), C(e-mail), C(email address), C(mail address)), C(user_id),
        C(name) (C(display name), C(full name)), C(first_name) (C(given name)) and C(last_name) (C(surname), C(family
        name)), C(role) (C(account role)), C(custom_role_id), C(is_developer) (C(developer)), C(invite_mode) and
        C(access). One of C(email) and C(user_id) is needed. A suffix in brackets that Google Workspace adds, as in
        C(First Name [Required]), makes no difference.
      - C(first_name) and C(last_name) make the name in rows where C(name) is empty.
      - In exports of Entra ID, Okta and Google Workspace, which C(userPrincipalName), C(login) or C(Org Unit Path) tells,
        their other columns are ignored.
      - An empty cell counts as not given, as do one of invisible characters and one that a short row does not have. Spaces
        around a value, empty rows, and columns without a name and values are ignored.
      - An address may be in angle brackets.
      - C(is_developer) is C(true), C(yes), C(on), C(1), C(y), C(t), or C(false), C(no), C(off), C(0), C(n), C(f), in any case.
      - A cell of C(access) has the form of P(arize.ax.access_from_text#filter). An empty one is not managed; V(none), V(-) or
        V([]) is an empty list, no access.
    type: str
    required: true
  columns:
    description:
      - Which key a column with another name is for, such as C({"Work Mail":"email"}). It beats the names above. The keys are
        those of an entry, C(first_name) and C(last_name).
      - A column that is mapped to an empty string or null is ignored. An unknown column that is not mapped is an error.
      - Each column named here must exist in the text.
    type: dict
    default: {}
seealso:
  - plugin: arize.ax.roster_from_yaml
    plugin_type: filter
  - plugin: arize.ax.access_by_column
    plugin_type: filter
  - plugin: arize.ax.access_from_text
    plugin_type: filter
  - module: arize.ax.arize_user_roster
"""

EXAMPLES = r"""
# people.csv:
#
# E-Mail;Display Name;Role;Developer;Access
# ada@example.com;Ada;member;no;"Production: Reviewer; Research / Churn: Editor"
# grace@example.com;"Hopper, Grace";admin;;
- name: Converge the account to a table
  arize.ax.arize_user_roster:
    users: "{{ lookup('ansible.builtin.file', 'people.csv')
      | arize.ax.roster_from_csv }}"

- name: Converge the account to an export of the directory
  arize.ax.arize_user_roster:
    users: "{{ lookup('ansible.builtin.file', 'export.csv')
      | arize.ax.roster_from_csv(columns=columns) }}"
  vars:
    columns:
      Work Mail: email
      Department: ""
"""

RETURN = r"""
_value:
  description:
    - The users in the order of the rows, for O(arize.ax.arize_user_roster#module:users).
    - An entry has only the keys that are given. All values are text, except C(is_developer) and C(access).
  type: list
  elements: dict
  sample:
    - email: ada@example.com
      name: Ada Lovelace
      role: member
      is_developer: false
"""

from collections.abc import Callable
from typing import Any

from ..plugin_utils._roster_csv import read_roster


def roster_from_csv(text: object, columns: object = None) -> list[dict[str, Any]]:
    """Return the entries of a roster in CSV; *columns* maps names of columns to keys, or to nothing.

    Raises:
        AnsibleFilterError: the text is not a roster; the message names lines and columns.
    """
    return read_roster(text, columns)[0]


class FilterModule:
    """The filter, as Ansible finds it."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filter by name."""
        return {"roster_from_csv": roster_from_csv}
