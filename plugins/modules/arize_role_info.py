#!/usr/bin/python
# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: arize_role_info
short_description: List the roles of an account
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Returns one role, the roles of one name, or all roles of an Arize AX account, predefined and custom.
  - Predefined roles exist for the account, for organizations, spaces and projects, so a name such as C(Admin) may be
    listed several times. The service does not say which level a role is for.
extends_documentation_fragment:
  - arize.ax.attributes
  - arize.ax.attributes.info
  - arize.ax.connection
options:
  name:
    description:
      - Only roles with exactly this name, upper and lower case included.
      - At most one of O(name) and O(role_id) may be given. An empty one is an error.
    type: raw
  role_id:
    description:
      - Only the role with this ID.
    type: raw
  predefined:
    description:
      - V(true) returns only predefined roles, V(false) only custom ones. Both if omitted.
    type: bool
notes:
  - The key needs C(ROLE_READ), which account admins and members have. Without it the module fails.
seealso:
  - module: arize.ax.arize_role
"""

EXAMPLES = r"""
- name: List the custom roles
  arize.ax.arize_role_info:
    predefined: false
  register: custom

- name: Show who may delete projects
  ansible.builtin.debug:
    msg: "{{ custom.roles
      | selectattr('permissions', 'contains', 'PROJECT_DELETE')
      | map(attribute='name') }}"

- name: Find one role
  arize.ax.arize_role_info:
    name: Reviewer
"""

RETURN = r"""
roles:
  description: The roles, in the order of the API, each as RV(arize.ax.arize_role#module:role). Empty if none match.
  returned: success
  type: list
  elements: dict
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

from ..module_utils._execution.role import list_roles
from ..module_utils._module import TEXT, connect, connection_options, run


def main():
    """List roles."""
    module = AnsibleModule(
        argument_spec={
            **connection_options(),
            "name": TEXT,
            "role_id": TEXT,
            "predefined": {"type": "bool"},
        },
        supports_check_mode=True,
    )
    work = partial(list_roles, module.params, partial(connect, module))
    run(module, work, lambda roles, _failed: {"changed": False, "roles": [role.as_result() for role in roles]})


if __name__ == "__main__":
    main()
