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
  description: The user to whom the link was mailed, or in check mode would be.
  returned: success, and on failure where known
  type: dict
  contains:
    id:
      description: The ID of the user.
      type: str
      sample: VXNlcjoxMjM6YWJj
    name:
      description: The display name.
      type: str
      sample: Ada Lovelace
    email:
      description: The email address.
      type: str
      sample: ada@example.com
    status:
      description: V(active), V(invited) (the invitation is still pending) or V(expired) (it has to be renewed).
      type: str
      sample: active
    role:
      description: V(admin), V(member), V(member_ui_only), V(annotator) or V(custom); or, for a role that this version does not
        know, the name the server uses.
      type: str
      sample: member
    custom_role_id:
      description: The ID of the custom role, if RV(user.role) is V(custom).
      type: str
      sample: Um9sZTo3OmFiYw==
    custom_role_name:
      description: The name of the custom role, if RV(user.role) is V(custom).
      type: str
      sample: Reviewer
    is_developer:
      description: Whether the user has the developer permission.
      type: bool
      sample: true
    created_at:
      description: When the user was created (RFC 3339).
      type: str
      sample: "2026-11-02T09:30:00Z"
error:
  description:
    - The reason of the failure, for tasks that react to it. RV(ignore:msg) is the sentence for people.
    - Its other keys describe the request and the answer - C(method), C(path), C(status), C(title) and C(detail), each
      null if it is not known, and C(request_id) if the server sends one.
  returned: failure
  type: dict
  contains:
    kind:
      description: The machine-readable code, see
        L(the error catalogue,https://github.com/arize-ax/ansible-collection-ax/blob/main/docs/errors.md).
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
