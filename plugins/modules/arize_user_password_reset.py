#!/usr/bin/python
# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: arize_user_password_reset
short_description: Mail a user a link to reset a password
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Mails an active user a link to set a new password. The link is valid for 30 minutes.
  - This is an action. Each run sends a mail, and reports a change.
  - When the response is lost, the request is not sent again. The module fails and says that the mail may have been
    sent.
extends_documentation_fragment:
  - arize.ax.attributes
  - arize.ax.connection
  - arize.ax.user
attributes:
  check_mode:
    support: full
    details:
      - It cannot predict that the user signs in with SSO and has no password, or that the key lacks a permission.
  diff_mode:
    support: full
    details:
      - The mail does not change the user, so the diff is empty.
  idempotent:
    support: none
    details:
      - It is an action. Each run sends a mail.
seealso:
  - module: arize.ax.arize_user_invite
"""

EXAMPLES = r"""
- name: Mail Ada a link to reset her password
  arize.ax.arize_user_password_reset:
    email: ada@example.com

- name: Check whether it would be sent, without sending it
  arize.ax.arize_user_password_reset:
    email: ada@example.com
  check_mode: true
"""

RETURN = r"""
user:
  description: The user to whom the link was mailed, or in check mode would be, as RV(arize.ax.arize_user#module:user).
  returned: success, and on failure where known
  type: dict
error:
  description:
    - The reason of the failure, for tasks that react to it. RV(ignore:msg) is the sentence for people.
    - Its other keys describe the request and the answer - C(method), C(path), C(status), C(title) and C(detail), each
      null if it is not known, and C(request_id) if the server sends one.
  returned: failure
  type: dict
  contains:
    kind:
      description: One of L(the codes,https://github.com/arize-ax/ansible-collection-ax/blob/main/docs/errors.md).
      type: str
      sample: not_active
"""

from functools import partial

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._execution.user import converge_user
from ..module_utils._module import connect, connection_options, identity_options, run
from ..module_utils._planning.results import item_result
from ..module_utils._planning.user import plan_reset


def main():
    """Mail one user a link to reset the password."""
    module = AnsibleModule(argument_spec={**connection_options(), **identity_options()}, supports_check_mode=True)
    work = partial(
        converge_user, module.params, partial(connect, module), module.check_mode, module.no_log, planner=plan_reset
    )
    run(module, work, partial(item_result, key="user", also=[]))


if __name__ == "__main__":
    main()
