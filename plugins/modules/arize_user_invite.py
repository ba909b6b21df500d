#!/usr/bin/python
# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: arize_user_invite
short_description: Invite a user to an Arize AX account
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Invites a user who does not exist, renews an expired invitation, and leaves all other users alone. It can run
    every day - it sends no second mail unless O(resend=true).
  - Neither the name nor the role of an existing user is compared or changed. Use M(arize.ax.arize_user) for that.
  - O(name) and O(role) are for a user who is invited. Without them, an expired invitation is renewed with the user's own.
extends_documentation_fragment:
  - arize.ax.attributes
  - arize.ax.connection
  - arize.ax.user
  - arize.ax.profile
attributes:
  check_mode:
    support: full
    details:
      - The result is that of the real run, with null for values that only the server can supply (in RV(user)
        C(id), C(created_at), C(custom_role_name), and C(is_developer) unless it is implied by the role).
      - It cannot predict that an address was deleted earlier and can no longer be invited, that the account enforces
        SAML login and refuses invitations, or that the key lacks a permission.
  diff_mode:
    support: full
    details:
      - A mail that is sent again does not change the user, so the diff is empty.
  idempotent:
    support: partial
    details:
      - With O(resend=true), each run mails a user whose invitation is still pending, and reports a change.
options:
  invite_mode:
    description:
      - How the user is invited. Ignored for a user whose invitation is pending or accepted.
      - V(email_link) mails a link.
      - V(temporary_password) returns a password as RV(temporary_password), once. The task must set C(no_log=true),
        otherwise the module fails before it sends a request. (Where Ansible's C(DEFAULT_NO_TARGET_SYSLOG) is set, the
        module cannot tell and does not fail.)
    type: str
    default: email_link
    choices:
      - email_link
      - temporary_password
  resend:
    description:
      - Whether to mail the link again to a user whose invitation is still pending. A temporary password cannot be issued
        again.
    type: bool
    default: false
seealso:
  - module: arize.ax.arize_user
  - module: arize.ax.arize_user_password_reset
"""

EXAMPLES = r"""
- name: Ensure that Ada has a valid invitation
  arize.ax.arize_user_invite:
    email: ada@example.com
    name: Ada Lovelace
    role: member

- name: Renew all expired invitations
  block:
    - name: Find them
      arize.ax.arize_user_info:
        status:
          - expired
      register: late

    - name: Invite the users again, with their name and role
      arize.ax.arize_user_invite:
        user_id: "{{ item.id }}"
      loop: "{{ late.users }}"
      loop_control:
        label: "{{ item.email }}"

- name: Mail the link again
  arize.ax.arize_user_invite:
    email: ada@example.com
    resend: true

- name: Invite a user with a temporary password instead of a mail
  arize.ax.arize_user_invite:
    email: alan@example.com
    name: Alan Turing
    role: annotator
    invite_mode: temporary_password
  no_log: true
  register: alan

- name: Write the password to a file that only you can read
  ansible.builtin.copy:
    content: "{{ alan.temporary_password }}"
    dest: ~/alan.password
    mode: "0600"
  no_log: true
  when: alan.temporary_password is defined
"""

RETURN = r"""
user:
  description: The user after the task, or in check mode as predicted, as RV(arize.ax.arize_user#module:user).
  returned: success, and on failure where known
  type: dict
invitation:
  description:
    - The outcome of the invitation, or in check mode the predicted one.
    - V(sent) (the user is new), V(renewed) (it had expired), V(resent) (the mail was sent again), V(pending) (still
      pending, no changes) or V(accepted) (the user is active, no changes).
  returned: success, and on failure where known
  type: str
  sample: sent
temporary_password:
  description:
    - The temporary password of a user who was invited with O(invite_mode=temporary_password). It is issued only
      once.
  returned: when one was issued
  type: str
  sample: Example-0123456789
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
      sample: incomplete
"""

from functools import partial

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._execution.user import converge_user
from ..module_utils._module import connect, connection_options, identity_options, profile_options, run
from ..module_utils._planning.results import item_result
from ..module_utils._planning.user import plan_invite


def main():
    """Ensure that one user has a valid invitation."""
    module = AnsibleModule(
        argument_spec={
            **connection_options(),
            **identity_options(),
            **profile_options("email_link", "temporary_password"),
            "resend": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    planner = partial(plan_invite, resend=module.params["resend"])
    work = partial(
        converge_user, module.params, partial(connect, module), module.check_mode, module.no_log, planner=planner
    )
    run(module, work, partial(item_result, key="user", also=["invitation"]))


if __name__ == "__main__":
    main()
