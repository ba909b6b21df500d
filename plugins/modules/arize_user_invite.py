#!/usr/bin/python
# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: arize_user_invite
short_description: Make sure that somebody has an open way into an Arize AX account
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Invites somebody who is not there, renews an expired invitation, and leaves everybody else alone. It can be run
    every day and mails nobody a second time, unless O(resend=true).
  - Neither the name nor the role of an existing user is compared or changed; see M(arize.ax.arize_user) for that.
extends_documentation_fragment:
  - arize.ax.attributes
  - arize.ax.connection
attributes:
  check_mode:
    support: full
    details:
      - The result is that of the real run, with null where only the server can know (RV(user.id), RV(user.created_at),
        RV(user.custom_role_name), and RV(user.is_developer) unless it is implied by the role).
      - It cannot foresee that an address was deleted earlier and can no longer be invited, that the account enforces
        SAML login and refuses invitations, or that the key lacks a permission.
  diff_mode:
    support: full
    details:
      - A mail that is sent again changes nothing about the user, so its diff is empty.
  idempotent:
    support: partial
    details:
      - With O(resend=true), each run mails a user whose invitation is open again, and reports a change.
options:
  email:
    description:
      - The address of the user, in any case. It is compared as a whole.
      - Exactly one of O(email) and O(user_id) is needed. An empty one counts as not given.
    type: str
  user_id:
    description:
      - The ID of the user. Nobody can be invited by ID who is not there.
    type: str
  name:
    description:
      - The display name of somebody who is invited, 1 to 255 characters. White space around it does not count.
      - Needed for somebody who is not there. An expired invitation is renewed with the user's own name if this is not
        given.
    type: str
  role:
    description:
      - The account role of somebody who is invited.
      - One of O(role) and O(custom_role_id) is needed for somebody who is not there; they exclude each other. An
        expired invitation is renewed with the user's own role if none is given.
    type: str
    choices:
      - admin
      - member
      - member_ui_only
      - annotator
  custom_role_id:
    description:
      - The ID of a custom role, instead of O(role).
    type: str
  invite_mode:
    description:
      - How an invitation is handed over. It does nothing for a user whose invitation is open or accepted.
      - With V(email_link) a link is mailed.
      - With V(temporary_password) the answer holds a password, once, which is returned as RV(temporary_password). The
        task must set C(no_log=true), else the module refuses before it sends anything. (Where Ansible's
        C(DEFAULT_NO_TARGET_SYSLOG) is set, the module cannot tell and does not refuse.)
    type: str
    default: email_link
    choices:
      - email_link
      - temporary_password
  resend:
    description:
      - Whether to mail the link again to a user whose invitation is open. A one-time password cannot be issued again.
    type: bool
    default: false
seealso:
  - module: arize.ax.arize_user
  - module: arize.ax.arize_user_password_reset
"""

EXAMPLES = r"""
- name: Make sure that Ada has a way in
  arize.ax.arize_user_invite:
    email: ada@example.com
    name: Ada Lovelace
    role: member

- name: Renew the invitation of each user who let it expire
  block:
    - name: Find them
      arize.ax.arize_user_info:
        status:
          - expired
      register: late

    - name: Invite them again, with the name and role that they had
      arize.ax.arize_user_invite:
        user_id: "{{ item.id }}"
      loop: "{{ late.users }}"
      loop_control:
        label: "{{ item.email }}"

- name: Mail the link again, because Ada cannot find it
  arize.ax.arize_user_invite:
    email: ada@example.com
    resend: true

- name: Invite somebody who cannot be mailed, with a one-time password
  arize.ax.arize_user_invite:
    email: alan@example.com
    name: Alan Turing
    role: annotator
    invite_mode: temporary_password
  no_log: true
  register: alan

- name: Hand the password over in a file that only you can read
  ansible.builtin.copy:
    content: "{{ alan.temporary_password }}"
    dest: ~/alan.password
    mode: "0600"
  no_log: true
  when: alan.temporary_password is defined
"""

RETURN = r"""
user:
  description: The user after the task, or in check mode as foreseen.
  returned: success, and on failure where known
  type: dict
  sample:
    id: VXNlcjoxMjM6YWJj
    name: Ada Lovelace
    email: ada@example.com
    status: invited
    role: member
    custom_role_id:
    custom_role_name:
    is_developer: true
    created_at: "2026-11-02T09:30:00Z"
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
      description: The address.
      type: str
      sample: ada@example.com
    status:
      description: V(active), V(invited) (an invitation is open) or V(expired) (it needs a new one).
      type: str
      sample: invited
    role:
      description: V(admin), V(member), V(member_ui_only), V(annotator) or V(custom); or what the server newly invented.
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
invitation:
  description:
    - What became of the invitation, or in check mode would.
    - V(sent) (the user was not there), V(renewed) (it had expired), V(resent) (the mail went out again), V(pending)
      (it is open, nothing was done) or V(accepted) (the user is active, nothing was done).
  returned: success, and on failure where known
  type: str
  sample: sent
temporary_password:
  description:
    - The one-time password of a user who was invited with O(invite_mode=temporary_password). It is given only this
      once.
  returned: when there is one
  type: str
  sample: Example-0123456789
error:
  description: What went wrong, for tasks that react to it. RV(ignore:msg) says it in words.
  returned: failure
  type: dict
  sample:
    kind: incomplete
    status:
    title:
    detail:
    method:
    path:
  contains:
    kind:
      description: The kind of the error, a fixed word.
      type: str
      sample: forbidden
    status:
      description: The HTTP status of the answer.
      type: int
      sample: 403
    title:
      description: What the server calls it.
      type: str
      sample: Forbidden
    detail:
      description: What the server says about it.
      type: str
      sample: An account admin is needed.
    method:
      description: The HTTP method of the request that failed.
      type: str
      sample: POST
    path:
      description: Its path, without the query.
      type: str
      sample: /v2/users
"""

from functools import partial

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._module import (
    connection_options,
    converge_user,
    identity_options,
    profile_options,
)
from ..module_utils._planning.user import plan_invite


def main():
    """Bring one user to an open way in."""
    module = AnsibleModule(
        argument_spec={
            **connection_options(),
            **identity_options(),
            **profile_options("email_link", "temporary_password"),
            "resend": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    converge_user(module, partial(plan_invite, resend=module.params["resend"]), ["user", "invitation"])


if __name__ == "__main__":
    main()
