# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The options that a user is created with."""

    DOCUMENTATION = r"""
options:
  name:
    description:
      - The display name, 1 to 255 characters. Leading and trailing whitespace is ignored.
      - Required to create a user.
    type: raw
  role:
    description:
      - The account role. It is set when the user is created; the API cannot change it afterwards.
      - One of O(role) and O(custom_role_id) is required to create a user. They are mutually exclusive.
    type: str
    choices:
      - admin
      - member
      - member_ui_only
      - annotator
  custom_role_id:
    description:
      - The ID of a custom account role, instead of O(role).
      - The service says that custom account roles are not yet supported and may refuse it. Custom roles take effect
        on spaces and projects, by role bindings.
    type: raw
"""
