# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The options that select one user."""

    DOCUMENTATION = r"""
options:
  email:
    description:
      - The email address of the user, in any case. The whole address is compared.
      - Exactly one of O(email) and O(user_id) is required. An empty one counts as not given.
    type: raw
  user_id:
    description:
      - The ID of the user. Only existing users can be selected by ID.
    type: raw
"""
