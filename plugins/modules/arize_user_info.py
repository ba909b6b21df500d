#!/usr/bin/python
# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: arize_user_info
short_description: List the users of an Arize AX account
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Returns one user, the users whose address contains a text, or all users of an Arize AX account.
  - Deleted users are never listed. An API key with too few permissions gets a short list, not an error.
extends_documentation_fragment:
  - arize.ax.attributes
  - arize.ax.attributes.info
  - arize.ax.connection
options:
  email:
    description:
      - Only the user with this address, in any case. The whole address is compared.
      - At most one of O(email), O(user_id) and O(email_contains) may be given. An empty one is an error, so that an
        empty variable does not select every user.
    type: raw
  user_id:
    description:
      - Only the user with this ID.
    type: raw
  email_contains:
    description:
      - Only users whose address contains this, in any case.
    type: raw
  status:
    description:
      - Only users with one of these statuses, for example to find expired invitations. An empty list selects all users.
    type: list
    elements: str
    default: []
    choices:
      - active
      - invited
      - expired
  access:
    description:
      - Whether to return the role bindings of the users too, as RV(users[].access) and in RV(roster).
      - Only role bindings that the API key can see are returned. Memberships of organizations and predefined roles of
        spaces cannot be read back over REST.
      - It costs the lists of role bindings, roles, spaces and projects, and that of organizations where two spaces have
        one name.
    type: bool
    default: false
seealso:
  - module: arize.ax.arize_user
  - module: arize.ax.arize_user_roster
  - module: arize.ax.arize_role_binding_info
"""

EXAMPLES = r"""
- name: List all users
  arize.ax.arize_user_info:
  register: account

- name: Show the admins
  ansible.builtin.debug:
    msg: "{{ account.users | selectattr('role', 'equalto', 'admin')
      | map(attribute='email') }}"

- name: Find one user
  arize.ax.arize_user_info:
    email: ada@example.com
  register: ada

- name: Stop if the user does not exist
  ansible.builtin.assert:
    that: ada.users | length == 1

- name: List the users of one domain who have not accepted their invitation
  arize.ax.arize_user_info:
    email_contains: "@example.com"
    status:
      - invited
      - expired

- name: Save the account as a roster file
  ansible.builtin.copy:
    content: "{{ account.roster | to_nice_yaml(sort_keys=false) }}"
    dest: roster.yml
    mode: "0644"

- name: List all users with their role bindings
  arize.ax.arize_user_info:
    access: true
  register: account

- name: Show who is a reviewer, and where
  ansible.builtin.debug:
    msg: "{{ item.email }}: {{ item.access
      | selectattr('role', 'equalto', 'Reviewer') | map(attribute='space') }}"
  loop: "{{ account.users }}"
  loop_control:
    label: "{{ item.email }}"
"""

RETURN = r"""
users:
  description: The users, oldest first. Empty if none match.
  returned: success
  type: list
  elements: dict
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
      description: The ID of the custom role, if RV(users[].role) is V(custom).
      type: str
      sample: Um9sZTo3OmFiYw==
    custom_role_name:
      description: The name of the custom role, if RV(users[].role) is V(custom).
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
    access:
      description: The role bindings of the user, sorted by space and project. A name that cannot be read is null.
      returned: O(access=true)
      type: list
      elements: dict
      contains:
        space:
          description: The name of the space, or of the space of the project.
          type: str
          sample: Production
        space_id:
          description: The ID of that space.
          type: str
          sample: U3BhY2U6MTphYkM=
        project:
          description: The name of the project. Null for a role on a space.
          type: str
          sample: Chat
        project_id:
          description: The ID of the project. Null for a role on a space.
          type: str
          sample: TW9kZWw6MTphYkM=
        role:
          description: The name of the role.
          type: str
          sample: Reviewer
        role_id:
          description: The ID of the role.
          type: str
          sample: Um9sZTo3OmFiYw==
roster:
  description:
    - The same users as roster entries - C(email), C(name), C(role) or C(custom_role_id), and C(is_developer). Unknown
      fields are omitted. A user without a visible or usable address is selected by C(user_id), and so are users whose
      addresses differ only in case.
    - With O(access=true), entries also have C(access), by name - C(role) and C(space), or C(role), C(space) and
      C(project), with C(organization) where several spaces have the name. An ID replaces a name that is ambiguous or
      that the API key cannot read. A user without role bindings has an empty list. If the API key sees no role binding
      in the whole account, C(access) is left out, with a warning.
    - Applying it with M(arize.ax.arize_user_roster), O(arize.ax.arize_user_roster#module:purge) and
      O(arize.ax.arize_user_roster#module:purge_access) included, changes nothing.
  returned: success
  type: list
  elements: dict
  sample:
    - email: ada@example.com
      name: Ada Lovelace
      role: member
      is_developer: true
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
      sample: unauthorized
"""

from functools import partial

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._execution.user_info import list_users
from ..module_utils._module import TEXT, connect, connection_options, identity_options, run


def main():
    """List users."""
    module = AnsibleModule(
        argument_spec={
            **connection_options(),
            **identity_options(),
            "email_contains": TEXT,
            "status": {"type": "list", "elements": "str", "default": [], "choices": ["active", "invited", "expired"]},
            "access": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    run(module, partial(list_users, module.params, partial(connect, module)), lambda result, _failed: result)


if __name__ == "__main__":
    main()
