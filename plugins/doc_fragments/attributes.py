# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The attributes of modules; each module says how far it supports them."""

    DOCUMENTATION = r"""
options: {}
attributes:
  action_group:
    description: Options can be set for all modules of the group with C(module_defaults).
    support: full
    membership:
      - arize.ax.all
  check_mode:
    description: Can run in C(check_mode) and predict the real run, without changing anything.
  diff_mode:
    description: Returns the changes, or in C(check_mode) the predicted ones, when run in diff mode.
  idempotent:
    description: Run again with the same options, it changes nothing unless another client has changed the account.
  platform:
    description: The systems that the module can run on.
    platforms: posix
    support: full
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - It only reads.
  diff_mode:
    support: N/A
    details:
      - It changes nothing.
  idempotent:
    support: full
"""
