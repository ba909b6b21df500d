#!/usr/bin/python
# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: arize_service_key
short_description: Create, rotate or revoke a service key
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Creates a service key once, gives it a new secret when it is due, or revokes it permanently.
  - The secret is returned once, as RV(key). The service never shows it again.
  - The API cannot change the spaces, roles or description of a key. The module compares them where they are given and
    can be read, and fails if they differ. It never creates a second key for that reason.
extends_documentation_fragment:
  - arize.ax.attributes
  - arize.ax.connection
attributes:
  check_mode:
    support: full
    details:
      - The result is that of the real run, without RV(key), and with null for values that only the server can supply.
      - In check mode a space, organization or role whose name does not exist is a warning, because an earlier task may
        create it.
      - It cannot predict that the key lacks a permission, or that the account limits the lifetime of keys.
  diff_mode:
    support: full
  idempotent:
    support: partial
    details:
      - A key that is due gets a new secret. O(rotate_after_days=0) is always due.
options:
  name:
    description:
      - The name of the key, 1 to 256 characters, compared exactly. Names are not unique. If several active service keys
        have the name, the newest is meant, and a warning names the others.
      - Without an active service key of this name, one is created.
      - One of O(name) and O(key_id) is required. They are mutually exclusive.
    type: raw
  key_id:
    description:
      - The ID of an active service key. No key is created for an ID.
    type: raw
  spaces:
    description:
      - The spaces in which the key works, and its role in each. Required to create or replace a key.
    type: list
    elements: dict
    suboptions:
      space:
        description: The name of the space, exact. One of O(spaces[].space) and O(spaces[].space_id) is required.
        type: raw
      space_id:
        description: The ID of the space.
        type: raw
      organization:
        description:
          - The name of the organization of the space. It tells spaces of one name apart.
          - Also required where the server does not show the organization of a space.
        type: raw
      organization_id:
        description: The ID of the organization, instead of its name.
        type: raw
      role:
        description:
          - The role in the space. V(admin), V(member) and V(read_only) in any case are the predefined roles. Any other
            text is the exact name of a custom role.
          - An omitted role is not compared. A new key then gets the default of the service, V(member).
        type: raw
      role_id:
        description: The ID of a custom role, instead of its name.
        type: raw
  account_role:
    description:
      - The account role, V(member) or V(admin), in any case. An omitted role is not compared. A new key then gets
        V(member).
    type: raw
  description:
    description:
      - The purpose of the key, at most 1000 characters. An empty text is no description.
      - An omitted description is not compared.
    type: raw
  expires_at:
    description:
      - The expiry of a new key (RFC 3339), such as V(2027-06-30T00:00:00Z). It is never compared.
      - Mutually exclusive with O(expires_in_days). If both are omitted, a new key does not expire, unless the account limits
        the lifetime of keys.
    type: raw
  expires_in_days:
    description:
      - The lifetime of a new key in days, 1 to 36500. It is never compared.
    type: int
  rotate_after_days:
    description:
      - Rotate the key when it is older than this, in days. The key keeps its ID, its bot user and its role bindings.
      - V(0) rotates at each run. Use it once for a key whose secret was lost.
      - If omitted, the key is not rotated by age.
    type: int
  rotate_before_expiry_days:
    description:
      - Replace the key when it expires within this time, in days. The API cannot prolong a key that expires, so a new key
        of the same name is created from O(spaces). The old key is left to expire.
      - The new key expires by O(expires_at) or O(expires_in_days). Without either it lives as long as the old one.
      - If omitted, the key is left to expire.
    type: int
  grace_period:
    description:
      - The time in seconds for which the old secret stays valid after a rotation, 0 to 86400.
    type: int
    default: 3600
  state:
    description:
      - V(absent) revokes the key permanently.
    type: str
    default: present
    choices:
      - present
      - absent
notes:
  - The task must set C(no_log=true) unless it has O(state=absent). Otherwise the module fails before it sends a request.
  - A key is due, or has expired, only if both the local clock and the clock of the server say so. If a rotation option is
    given and the clocks differ by more than an hour, a warning names both.
  - A key that has expired counts as deleted, with a warning.
  - The key that runs the task is neither rotated nor revoked (RV(error.kind) V(key_in_use)).
  - If the response with a new secret is lost, the module fails with RV(error.kind) V(key_lost). It names the keys that may
    be the new one, and revokes none of them, because another run may have created it.
  - The key needs C(SERVICE_KEY_READ) and C(SERVICE_KEY_CREATE) in the spaces, or C(SERVICE_KEY_REVOKE) for
    O(state=absent).
seealso:
  - module: arize.ax.arize_api_key_info
  - module: arize.ax.arize_role_binding
"""

EXAMPLES = r"""
- name: Create a key for the pipeline, and rotate it every month
  arize.ax.arize_service_key:
    name: pipeline
    spaces:
      - space: Production
        role: member
    rotate_after_days: 30
    grace_period: 86400
  no_log: true
  register: pipeline

- name: Write a new secret to a file that only its owner can read
  ansible.builtin.copy:
    content: "{{ pipeline.key }}"
    dest: /etc/pipeline/arize.key
    mode: "0600"
  no_log: true
  when: pipeline.key is defined

- name: Put a new secret into a vault
  community.hashi_vault.vault_kv2_write:
    path: pipeline/arize
    data:
      api_key: "{{ pipeline.key }}"
  no_log: true
  when: pipeline.key is defined

- name: Put a new secret into Kubernetes
  kubernetes.core.k8s:
    definition:
      apiVersion: v1
      kind: Secret
      metadata:
        name: arize
        namespace: pipeline
      stringData:
        ARIZE_API_KEY: "{{ pipeline.key }}"
  no_log: true
  when: pipeline.key is defined

- name: Replace a key that expires, two weeks before it does
  arize.ax.arize_service_key:
    name: nightly
    spaces:
      - space: Production
        role: Evaluator
    expires_in_days: 90
    rotate_before_expiry_days: 14
  no_log: true
  register: nightly

- name: Give the bot user a role on a project
  arize.ax.arize_role_binding:
    user_id: "{{ nightly.api_key.bot_user.id }}"
    role: Project Editor
    project: Chatbot
    space: Production
  when: nightly.api_key.bot_user.id is not none

- name: Revoke a key permanently
  arize.ax.arize_service_key:
    name: trial
    state: absent
"""

RETURN = r"""
api_key:
  description:
    - The key after the task, or in check mode as predicted, without the secret. Null when absent.
    - The fields are those of RV(arize.ax.arize_api_key_info#module:api_keys), without
      RV(arize.ax.arize_api_key_info#module:api_keys[].marks).
  returned: success, and on failure where known
  type: dict
  contains:
    id:
      description: The ID of the key.
      type: str
      sample: QXBpS2V5OjE6YWJj
    name:
      description: The name of the key.
      type: str
      sample: pipeline
    expires_at:
      description: The expiry of the key (RFC 3339), or null.
      type: str
      sample: "2027-11-02T09:30:00Z"
    bot_user:
      description: The bot user of the key, with C(id), C(name) and C(account_role).
      type: dict
      sample:
        id: VXNlcjo0NTY6YWJj
        name: pipeline
        account_role: member
key:
  description: The new secret. It is issued only once.
  returned: when a key was created, rotated or replaced
  type: str
  sample: ak-0123456789
previous_key_id:
  description: The ID of the key that a new one replaces. It is valid until it expires.
  returned: when a key was replaced, or in check mode would be
  type: str
  sample: QXBpS2V5OjE6YWJj
actions:
  description: The actions that were performed, or in check mode predicted - V(create), V(rotate), V(replace),
    V(revoke).
  returned: success, and on failure where known
  type: list
  elements: str
  sample:
    - rotate
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
      sample: key_lost
"""

from functools import partial

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._execution.service_key import converge_service_key
from ..module_utils._module import TEXT, connect, connection_options, run
from ..module_utils._planning.service_key import service_key_result


def main():
    """Bring one service key to the wanted state."""
    names = ("space", "organization", "role")
    space = {option: TEXT for name in names for option in (name, f"{name}_id")}
    module = AnsibleModule(
        argument_spec={
            **connection_options(),
            "name": TEXT,
            "key_id": TEXT,
            "spaces": {"type": "list", "elements": "dict", "options": space},
            "account_role": TEXT,
            "description": TEXT,
            "expires_at": TEXT,
            "expires_in_days": {"type": "int"},
            "rotate_after_days": {"type": "int"},
            "rotate_before_expiry_days": {"type": "int"},
            "grace_period": {"type": "int", "default": 3600},
            "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
        },
        supports_check_mode=True,
    )
    work = partial(converge_service_key, module.params, partial(connect, module), module.check_mode, module.no_log)
    run(module, work, service_key_result)


if __name__ == "__main__":
    main()
