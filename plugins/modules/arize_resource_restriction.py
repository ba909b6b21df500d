#!/usr/bin/python
# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: arize_resource_restriction
short_description: Restrict a project to explicit roles
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Restricts one project, or removes its restriction. Roles of the space, the organization and the account do not reach
    a restricted project. Only users with a role binding on the project keep access to it, and admins.
extends_documentation_fragment:
  - arize.ax.attributes
  - arize.ax.connection
  - arize.ax.place
  - arize.ax.place.space
attributes:
  check_mode:
    support: full
    details:
      - The result is that of the real run, with null for values that only the server can supply
        (RV(restriction.resource_id), RV(restriction.created_at)).
      - A O(project), O(space) or O(organization) that does not exist is a warning, since an earlier task of the play may
        create it. The restriction is then predicted. The real run fails.
      - Role bindings that earlier tasks of the play would create do not exist yet, so O(require_bindings) may refuse a
        restriction that the real run makes. A play that creates them sets O(require_bindings=0) in check mode.
      - It cannot predict that an ID does not exist, or that the key lacks a permission.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  project:
    description:
      - The name of the project, exactly, upper and lower case included. O(space) or O(space_id) is required too.
      - Exactly one of O(project) and O(project_id) is required.
    type: raw
  project_id:
    description:
      - The ID of the project.
    type: raw
  require_bindings:
    description:
      - The number of role bindings on the project that the key must see. If it sees fewer, the module fails before any
        write. V(0) does not count them.
      - A project that is restricted already is left as it is, whatever its role bindings.
    type: int
    default: 1
  state:
    description:
      - Whether the project is restricted. V(absent) with a project or space that does not exist is unchanged, with a
        warning.
    type: str
    default: present
    choices:
      - present
      - absent
notes:
  - The key needs C(PROJECT_RESTRICT) on the project, or its owner is a space admin; to count role bindings, it needs
    C(ROLE_BINDING_READ). The service lists only restrictions that the key can manage, and reports no error. So with
    O(state=absent) a key without the permission finds nothing to remove, and the result is unchanged.
  - The service restricts only projects of generative AI.
seealso:
  - module: arize.ax.arize_project_info
  - module: arize.ax.arize_role_binding
"""

EXAMPLES = r"""
- name: Let only users with a role binding on the project reach it
  arize.ax.arize_resource_restriction:
    project: Chat
    space: Production

# A dry run of the same play finds no role binding yet.
- name: Restrict it in the play that creates the role bindings
  arize.ax.arize_resource_restriction:
    project: Chat
    space: Production
    require_bindings: "{{ 0 if ansible_check_mode else 2 }}"

- name: Let the roles of the space reach the project again
  arize.ax.arize_resource_restriction:
    project: Chat
    space: Production
    state: absent
"""

RETURN = r"""
restriction:
  description: The restriction after the task, or in check mode as predicted. Null when absent.
  returned: success, and on failure where known
  type: dict
  contains:
    resource_type:
      description: The type of the resource, always V(project).
      type: str
      sample: project
    resource_id:
      description: The ID of the project.
      type: str
      sample: TW9kZWw6MTphYmM=
    created_at:
      description: When the project was restricted (RFC 3339).
      type: str
      sample: "2026-11-02T09:30:00Z"
actions:
  description: The actions that were performed, or in check mode predicted - V(restrict), V(unrestrict).
  returned: success, and on failure where known
  type: list
  elements: str
  sample:
    - restrict
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

from ..module_utils._execution.restriction import converge_restriction
from ..module_utils._module import TEXT, connect, connection_options, run, space_options
from ..module_utils._planning.results import item_result


def main():
    """Bring the restriction of one project to the wanted state."""
    module = AnsibleModule(
        argument_spec={
            **connection_options(),
            **space_options(),
            "project": TEXT,
            "project_id": TEXT,
            "require_bindings": {"type": "int", "default": 1},
            "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
        },
        supports_check_mode=True,
    )
    work = partial(converge_restriction, module.params, partial(connect, module), module.check_mode)
    run(module, work, partial(item_result, key="restriction"))


if __name__ == "__main__":
    main()
