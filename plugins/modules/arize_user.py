#!/usr/bin/python
# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: arize_user
short_description: Manage a user of an Arize AX account
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - B(Deleting a user is permanent.) With O(state=absent) the user loses all memberships, API keys and role bindings,
    and the address can never be invited to the account again. Try it with C(--check --diff) first.
  - Creates, updates or deletes one user of an Arize AX account.
  - Only what is given is managed. An option that is left out is neither compared nor sent.
  - Somebody with an open or expired invitation exists. This module mails nobody who exists; see
    M(arize.ax.arize_user_invite) for that.
extends_documentation_fragment:
  - arize.ax.attributes
  - arize.ax.connection
attributes:
  check_mode:
    support: full
    details:
      - The result is that of the real run, with null where only the server can know (RV(user.id), RV(user.created_at),
        RV(user.custom_role_name), and RV(user.is_developer) unless it is given or implied by the role).
      - It cannot foresee that an address was deleted earlier and can no longer be invited, that the key lacks a
        permission, or that it belongs to the user who is to be deleted (which the service refuses).
  diff_mode:
    support: full
  idempotent:
    support: full
    details:
      - O(invite_mode) is used to create a user, and is never a reason for a change.
options:
  email:
    description:
      - The address of the user, in any case. It is compared as a whole.
      - Exactly one of O(email) and O(user_id) is needed. An empty one counts as not given.
    type: str
  user_id:
    description:
      - The ID of the user. A user cannot be created by ID.
    type: str
  name:
    description:
      - The display name, 1 to 255 characters. White space around it does not count.
      - Needed to create a user.
    type: str
  role:
    description:
      - The account role. It is given when the user is created; the API cannot change it afterwards, see
        O(role_mismatch).
      - One of O(role) and O(custom_role_id) is needed to create a user; they exclude each other.
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
      - How a new user gets in. It does nothing for a user who exists.
      - With V(email_link) a link is mailed.
      - With V(none) the user is active at once and nothing is mailed; for accounts with single sign-on only.
      - With V(temporary_password) the answer holds a password, once, which is returned as RV(temporary_password). The
        task must set C(no_log=true), else the module refuses before it sends anything. (Where Ansible's
        C(DEFAULT_NO_TARGET_SYSLOG) is set, the module cannot tell and does not refuse.)
    type: str
    default: email_link
    choices:
      - email_link
      - none
      - temporary_password
  is_developer:
    description:
      - Whether the user has the developer permission. A new user has what the role implies, unless this says otherwise.
    type: bool
  role_mismatch:
    description:
      - What to do about an existing user with another role than O(role) or O(custom_role_id).
      - V(fail) changes nothing and says where the role can be changed. V(warn) and V(ignore) manage the rest.
    type: str
    default: fail
    choices:
      - fail
      - warn
      - ignore
  state:
    description:
      - Whether the user is to be there. V(absent) needs only O(email) or O(user_id), and B(is permanent).
    type: str
    default: present
    choices:
      - present
      - absent
seealso:
  - module: arize.ax.arize_user_info
  - module: arize.ax.arize_user_invite
"""

EXAMPLES = r"""
- name: Onboard a member, who is mailed an invitation
  arize.ax.arize_user:
    email: ada@example.com
    name: Ada Lovelace
    role: member

- name: Onboard somebody with a custom role, without developer permission
  arize.ax.arize_user:
    email: grace@example.com
    name: Grace Hopper
    custom_role_id: Um9sZTo3OmFiYw==
    is_developer: false

- name: Change a name, and nothing else
  arize.ax.arize_user:
    email: ada@example.com
    name: Ada King

- name: Offboard somebody, for ever
  arize.ax.arize_user:
    email: charles@example.com
    state: absent

- name: See what the offboarding would do, without doing it
  arize.ax.arize_user:
    email: charles@example.com
    state: absent
  check_mode: true
  diff: true

- name: Onboard with a one-time password instead of a mail
  arize.ax.arize_user:
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

- name: The connection once, for many tasks
  module_defaults:
    group/arize.ax.all:
      region: eu-west-1a
      api_key: "{{ lookup('ansible.builtin.file', '/run/secrets/arize_api_key') }}"
  block:
    - name: Onboard an admin
      arize.ax.arize_user:
        email: hedy@example.com
        name: Hedy Lamarr
        role: admin
"""

RETURN = r"""
user:
  description: The user after the task, or in check mode as foreseen. Null when absent.
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
actions:
  description: What was done, or in check mode would be - V(create), V(update), V(delete).
  returned: success, and on failure where known
  type: list
  elements: str
  sample:
    - create
temporary_password:
  description:
    - The one-time password of a user who was created with O(invite_mode=temporary_password). It is given only this
      once.
  returned: when there is one
  type: str
  sample: Example-0123456789
error:
  description: What went wrong, for tasks that react to it. RV(ignore:msg) says it in words.
  returned: failure
  type: dict
  sample:
    kind: role_mismatch
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
from ..module_utils._planning.user import plan_absent, plan_present


def main():
    """Bring one user to the wanted state."""
    module = AnsibleModule(
        argument_spec={
            **connection_options(),
            **identity_options(),
            **profile_options("email_link", "none", "temporary_password"),
            "is_developer": {"type": "bool"},
            "role_mismatch": {"type": "str", "default": "fail", "choices": ["fail", "warn", "ignore"]},
            "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
        },
        supports_check_mode=True,
    )
    present = partial(plan_present, role_mismatch=module.params["role_mismatch"])
    converge_user(module, present if module.params["state"] == "present" else plan_absent, ["user", "actions"])


if __name__ == "__main__":
    main()
