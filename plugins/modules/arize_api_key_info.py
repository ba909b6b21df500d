#!/usr/bin/python
# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: arize_api_key_info
short_description: List the API keys of an account
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Returns the data of API keys - creator, last use, expiry, and for a service key its bot user. The keys themselves
    are never returned; the service shows a key only once, when it is created.
  - The API has no list of all user keys. An account admin can list those of one user at a time.
extends_documentation_fragment:
  - arize.ax.attributes
  - arize.ax.attributes.info
  - arize.ax.connection
options:
  key_type:
    description:
      - Only keys of this type.
      - If omitted, the service decides. It lists service keys if a space is given, else user keys.
    type: str
    choices:
      - user
      - service
  email:
    description:
      - Only keys that the user with this address owns or has created, in any case. A user who does not exist has none.
      - At most one of O(email) and O(user_id) may be given. An empty one is an error. If both are omitted, user keys
        are those of the owner of the key in use.
    type: raw
  user_id:
    description:
      - Only keys that the user with this ID owns or has created.
    type: raw
  space:
    description:
      - Only service keys of the space with exactly this name, upper and lower case included.
    type: raw
  space_id:
    description:
      - Only service keys of the space with this ID. Required instead of O(space) where several organizations have a
        space of this name.
    type: raw
  status:
    description:
      - Only keys with this status. If omitted, the service lists active keys.
    type: str
    choices:
      - active
      - revoked
  unused_days:
    description:
      - A key that was not used for this many days is marked V(unused). For a key that was never used, the days since it was
        created count.
    type: int
    default: 90
  check_creators:
    description:
      - Whether to look the creators of the keys up, and mark keys whose creator is not a user of the account any more. This
        reads the list of users, and that of service keys.
    type: bool
    default: false
notes:
  - Service keys need C(SERVICE_KEY_READ), in the space if one is given. Keys of another user need an account admin.
seealso:
  - module: arize.ax.arize_role_binding_info
"""

EXAMPLES = r"""
- name: List the service keys of the account
  arize.ax.arize_api_key_info:
    key_type: service
  register: service

- name: Show those that never expire
  ansible.builtin.debug:
    msg: "{{ service.api_keys | selectattr('expires_at', 'none')
      | map(attribute='name') }}"

- name: Show the service keys to look at
  ansible.builtin.debug:
    msg: "{{ item.name }}: {{ item.marks | join(', ') }}"
  loop: "{{ service.api_keys | selectattr('marks') }}"
  loop_control:
    label: "{{ item.name }}"

- name: List the personal keys of a user who leaves
  arize.ax.arize_api_key_info:
    key_type: user
    email: charles@example.com

- name: List the service keys of one space that were revoked
  arize.ax.arize_api_key_info:
    space: Production
    status: revoked
"""

RETURN = r"""
api_keys:
  description: The keys, in the order of the API. Empty if none match.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The ID of the API key, not the key itself.
      type: str
      sample: QXBpS2V5OjE6YWJj
    name:
      description: The name of the key. Several keys may have one name.
      type: str
      sample: ci
    description:
      description: The purpose of the key.
      type: str
      sample: Nightly evaluation
    key_type:
      description: V(user) or V(service).
      type: str
      sample: service
    status:
      description: V(active) or V(revoked).
      type: str
      sample: active
    redacted_key:
      description: The key with most of it left out, as the service shows it.
      type: str
      sample: ak-001...xyz
    created_at:
      description: When the key was created (RFC 3339).
      type: str
      sample: "2026-11-02T09:30:00Z"
    expires_at:
      description: When the key expires (RFC 3339). Null if it does not.
      type: str
      sample: "2027-11-02T09:30:00Z"
    created_by_user_id:
      description: The ID of the user who created the key. The owner of a user key.
      type: str
      sample: VXNlcjoxMjM6YWJj
    last_used_at:
      description: When the key was last used (RFC 3339). Null if it was not.
      type: str
      sample: "2026-11-20T08:00:00Z"
    marks:
      description:
        - The reasons to look at the key, any of V(expired), V(unused), V(creator has left), V(expiry not readable) and
          V(last use not readable). V(creator has left) only with O(check_creators=true).
      type: list
      elements: str
      sample: [unused]
    bot_user:
      description: The bot user of a service key. Null for a user key.
      type: dict
      contains:
        id:
          description: The ID of the bot user, which can be the user of a role binding.
          type: str
          sample: VXNlcjo0NTY6YWJj
        name:
          description: The name of the bot user. Null if the bot user was deleted.
          type: str
          sample: ci
        account_role:
          description: The account role of the bot user. If it was deleted, the service shows V(member).
          type: str
          sample: member
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
      sample: forbidden
"""

from functools import partial

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._execution.api_keys import list_api_keys
from ..module_utils._module import TEXT, connect, connection_options, identity_options, run


def main():
    """List API keys."""
    module = AnsibleModule(
        argument_spec={
            **connection_options(),
            **identity_options(),
            "key_type": {"type": "str", "choices": ["user", "service"]},
            "space": TEXT,
            "space_id": TEXT,
            "status": {"type": "str", "choices": ["active", "revoked"]},
            "unused_days": {"type": "int", "default": 90},
            "check_creators": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    work = partial(list_api_keys, module.params, partial(connect, module))
    run(module, work, lambda keys, _failed: {"changed": False, "api_keys": keys})


if __name__ == "__main__":
    main()
