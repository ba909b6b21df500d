#!/usr/bin/python
# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: arize_role
short_description: Manage a custom role of an account
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Creates, changes or deletes one custom role, which is a name for a set of permissions.
  - A role has an effect where a role binding gives it to a user, see M(arize.ax.arize_role_binding).
  - Only the options that are given are managed. An omitted option is neither compared nor sent.
extends_documentation_fragment:
  - arize.ax.attributes
  - arize.ax.connection
attributes:
  check_mode:
    support: full
    details:
      - The result is that of the real run, with null for values that only the server can supply (RV(role.id),
        RV(role.created_at), RV(role.updated_at)).
      - It cannot predict that the service does not know a permission, that the key lacks a permission, that the name is
        taken, or that a role to be deleted still has role bindings.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  name:
    description:
      - The name of the role, 1 to 255 characters. It is compared exactly, upper and lower case included; leading and
        trailing whitespace is ignored.
      - Without O(role_id) it selects the role. A custom role of this name is preferred to a predefined one.
      - With O(role_id) it is the wanted name, so the role is renamed if it has another one. With O(state=absent) it must
        be the name of that role.
      - With O(state=absent) and without O(role_id), only custom roles are looked at.
      - One of O(name) and O(role_id) is required. Without O(role_id) and such a role, one is created.
    type: raw
  role_id:
    description:
      - The ID of the role. Only existing roles can be selected by ID.
    type: raw
  description:
    description:
      - The purpose of the role, at most 1000 characters. An empty text removes the description.
      - It is compared without surrounding whitespace, in Unicode normalization form C, and with any line ends. If the
        server stores it in another form, a warning says so.
    type: raw
  permissions:
    description:
      - The permissions of the role, such as V(PROJECT_READ), in any order and in any case. They replace those that the
        role has.
      - Required to create a role. The list cannot be empty.
      - The service adds permissions with its releases, so the module has no list of them. It sends the permissions as
        written, and the service refuses those that it does not know.
      - If the server adds implied permissions, a warning names them. List them here; until then each run updates the
        role again, as check mode predicts.
    type: list
    elements: raw
  state:
    description:
      - Whether the role exists. V(absent) fails while the role has role bindings.
    type: str
    default: present
    choices:
      - present
      - absent
notes:
  - Predefined roles are never written. The module fails with RV(error.kind) V(predefined_role) if one of them would
    have to be changed.
  - The key needs C(ROLE_READ), and to write C(ROLE_CREATE), C(ROLE_UPDATE) or C(ROLE_DELETE).
seealso:
  - module: arize.ax.arize_role_info
  - module: arize.ax.arize_role_binding
"""

EXAMPLES = r"""
- name: Define a role for reviewers
  arize.ax.arize_role:
    name: Reviewer
    description: Reads projects and annotates spans
    permissions:
      - PROJECT_READ
      - PROJECT_SPAN_READ
      - PROJECT_SPAN_ANNOTATE
  register: reviewer

- name: Rename it
  arize.ax.arize_role:
    role_id: "{{ reviewer.role.id }}"
    name: Annotator of projects
  when: reviewer.role.id is not none

- name: Remove the description of a role, and nothing else
  arize.ax.arize_role:
    name: Auditor
    description: ""

- name: Delete a role that is not used any more
  arize.ax.arize_role:
    name: Auditor 2025
    state: absent
"""

RETURN = r"""
role:
  description: The role after the task, or in check mode as predicted. Null when absent.
  returned: success, and on failure where known
  type: dict
  contains:
    id:
      description: The ID of the role.
      type: str
      sample: Um9sZTo3OmFiYw==
    name:
      description: The name of the role.
      type: str
      sample: Reviewer
    description:
      description: The purpose of the role.
      type: str
      sample: Reads projects and annotates spans
    permissions:
      description: The permissions, sorted.
      type: list
      elements: str
      sample:
        - PROJECT_READ
        - PROJECT_SPAN_ANNOTATE
    is_predefined:
      description: Whether the service defines the role. Such a role cannot be changed.
      type: bool
      sample: false
    created_at:
      description: When the role was created (RFC 3339).
      type: str
      sample: "2026-11-02T09:30:00Z"
    updated_at:
      description: When the role was last changed (RFC 3339).
      type: str
      sample: "2026-11-02T09:30:00Z"
actions:
  description: The actions that were performed, or in check mode predicted - V(create), V(update), V(delete).
  returned: success, and on failure where known
  type: list
  elements: str
  sample:
    - create
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
      sample: role_in_use
"""

from functools import partial

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._execution.role import converge_role
from ..module_utils._module import TEXT, connect, connection_options, run
from ..module_utils._planning.results import item_result


def main():
    """Bring one role to the wanted state."""
    module = AnsibleModule(
        argument_spec={
            **connection_options(),
            "name": TEXT,
            "role_id": TEXT,
            "description": TEXT,
            "permissions": {"type": "list", "elements": "raw"},
            "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
        },
        supports_check_mode=True,
    )
    work = partial(converge_role, module.params, partial(connect, module), module.check_mode)
    run(module, work, partial(item_result, key="role"))


if __name__ == "__main__":
    main()
