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
  - Creates, updates or deletes one user of an Arize AX account.
  - B(Deleting a user is permanent.) With O(state=absent) the user loses all memberships, API keys and role bindings,
    and the address can never be invited to the account again. Try it with C(--check --diff) first.
  - Only the options that are given are managed. An omitted option is neither compared nor sent.
  - A user with a pending or expired invitation exists. This module sends no mail to existing users; use
    M(arize.ax.arize_user_invite) for that.
extends_documentation_fragment:
  - arize.ax.attributes
  - arize.ax.connection
  - arize.ax.user
  - arize.ax.profile
attributes:
  check_mode:
    support: full
    details:
      - The result is that of the real run, with null for values that only the server can supply (RV(user.id),
        RV(user.created_at), RV(user.custom_role_name), and RV(user.is_developer) unless it is given or implied by the
        role).
      - It cannot predict that an address was deleted earlier and can no longer be invited, that the key lacks a
        permission, or that it belongs to the user to be deleted (which the service refuses).
  diff_mode:
    support: full
  idempotent:
    support: full
    details:
      - O(invite_mode) is used to create a user, and is never a reason for a change.
options:
  invite_mode:
    description:
      - How a new user is invited. Ignored for existing users.
      - V(email_link) mails a link.
      - V(none) makes the user active at once and mails nothing. It is for accounts with single sign-on only.
      - V(temporary_password) returns a password as RV(temporary_password), once. The task must set C(no_log=true),
        otherwise the module fails before it sends a request. (Where Ansible's C(DEFAULT_NO_TARGET_SYSLOG) is set, the
        module cannot tell and does not fail.)
    type: str
    default: email_link
    choices:
      - email_link
      - none
      - temporary_password
  is_developer:
    description:
      - Whether the user has the developer permission. A new user has what the role implies, unless this option is set.
    type: bool
  role_mismatch:
    description:
      - How to treat an existing user whose role is not O(role) or O(custom_role_id).
      - V(fail) changes nothing and says where to change the role. V(warn) and V(ignore) manage the other options.
    type: str
    default: fail
    choices:
      - fail
      - warn
      - ignore
  state:
    description:
      - Whether the user exists. V(absent) needs only O(email) or O(user_id), and B(is permanent).
      - If the account has users whose addresses differ only in case, select them by O(user_id) - an address selects the
        user who has it letter for letter, and once that user is deleted, the one in another case.
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
- name: Onboard a member and mail an invitation
  arize.ax.arize_user:
    email: ada@example.com
    name: Ada Lovelace
    role: member

- name: Onboard a member without developer permission
  arize.ax.arize_user:
    email: grace@example.com
    name: Grace Hopper
    role: member
    is_developer: false

- name: Change a name, and nothing else
  arize.ax.arize_user:
    email: ada@example.com
    name: Ada King

- name: Offboard a user permanently
  arize.ax.arize_user:
    email: charles@example.com
    state: absent

- name: Preview the offboarding
  arize.ax.arize_user:
    email: charles@example.com
    state: absent
  check_mode: true
  diff: true

- name: Onboard with a temporary password instead of a mail
  arize.ax.arize_user:
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

- name: Set the connection once for many tasks
  module_defaults:
    group/arize.ax.all:
      region: eu-west-1a
      api_key: "{{ lookup('ansible.builtin.file',
        '/run/secrets/arize_api_key') }}"
  block:
    - name: Onboard an admin
      arize.ax.arize_user:
        email: hedy@example.com
        name: Hedy Lamarr
        role: admin
"""

RETURN = r"""
user:
  description: The user after the task, or in check mode as predicted. Null when absent.
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
      sample: invited
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
actions:
  description: The actions that were performed, or in check mode predicted - V(create), V(update), V(delete).
  returned: success, and on failure where known
  type: list
  elements: str
  sample:
    - create
temporary_password:
  description:
    - The temporary password of a user who was created with O(invite_mode=temporary_password). It is issued only
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
      sample: role_mismatch
"""

from functools import partial

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._execution.user import converge_user
from ..module_utils._module import connect, connection_options, identity_options, profile_options, run
from ..module_utils._planning.results import item_result
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
    planner = present if module.params["state"] == "present" else plan_absent
    work = partial(
        converge_user, module.params, partial(connect, module), module.check_mode, module.no_log, planner=planner
    )
    run(module, work, partial(item_result, key="user"))


if __name__ == "__main__":
    main()
