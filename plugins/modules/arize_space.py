#!/usr/bin/python
# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: arize_space
short_description: Manage a space of an account
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Creates one space in an organization, or changes its name, its description, and whether it is private.
  - Only the options that are given are managed. An omitted option is neither compared nor sent.
  - The module does not delete spaces, because deleting a space deletes all of its data.
extends_documentation_fragment:
  - arize.ax.attributes
  - arize.ax.connection
  - arize.ax.place
attributes:
  check_mode:
    support: full
    details:
      - The result is that of the real run, with null for values that only the server can supply (RV(space.id),
        RV(space.created_at)).
      - It cannot predict that the key lacks a permission, that the plan of the account allows no more spaces, or that
        the name is taken.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  name:
    description:
      - The name of the space, 1 to 255 characters. It is compared exactly, upper and lower case included; leading and
        trailing whitespace is ignored.
      - Without O(space_id) it selects the space. A space that does not exist is created.
      - With O(space_id) it is the wanted name, so the space is renamed if it has another one.
      - One of O(name) and O(space_id) is required.
    type: raw
  space_id:
    description:
      - The ID of the space. Only existing spaces can be selected by ID.
      - O(organization) and O(organization_id) cannot be given with it, because a space cannot be moved.
    type: raw
  organization:
    description:
      - The name of the organization, exactly, upper and lower case included. Required to create a space, and where
        several organizations have a space of this name.
    type: raw
  description:
    description:
      - The purpose of the space, at most 1000 characters. An empty text removes the description.
    type: raw
  is_private:
    description:
      - Whether only the members of the space, and admins, see it. A new space is public by default.
      - When a public space becomes private, users who had access only through their role in the organization lose it.
        The REST API cannot list these users. When a private space becomes public, each member of the organization gets
        access to it. The module warns about either, in check mode too.
    type: bool
  state:
    description:
      - The space exists. The module has no other state.
    type: str
    default: present
    choices:
      - present
notes:
  - The key needs C(SPACE_READ), and to write C(SPACE_CREATE) or C(SPACE_UPDATE).
seealso:
  - module: arize.ax.arize_space_info
  - module: arize.ax.arize_project
  - module: arize.ax.arize_role_binding
"""

EXAMPLES = r"""
- name: Create a private space for a team
  arize.ax.arize_space:
    name: Research Lab
    organization: Research
    description: Experiments of the research team
    is_private: true
  register: lab

- name: Rename it
  arize.ax.arize_space:
    space_id: "{{ lab.space.id }}"
    name: Research Laboratory
  when: lab.space.id is not none

- name: Make a space public, and change nothing else
  arize.ax.arize_space:
    name: Production
    organization: Research
    is_private: false
"""

RETURN = r"""
space:
  description: The space after the task, or in check mode as predicted.
  returned: success, and on failure where known
  type: dict
  contains:
    id:
      description: The ID of the space.
      type: str
      sample: U3BhY2U6NzphYmM=
    name:
      description: The name of the space.
      type: str
      sample: Production
    description:
      description: The purpose of the space. Null if it has no description.
      type: str
      sample: Live models
    organization_id:
      description: The ID of its organization. Null where an older server does not show it.
      type: str
      sample: QWNjb3VudDox
    organization:
      description: The name of the organization. Null where it was not needed to find the space.
      type: str
      sample: Research
    is_private:
      description: Whether only its members, and admins, see the space.
      type: bool
      sample: false
    created_at:
      description: When the space was created (RFC 3339).
      type: str
      sample: "2026-11-02T09:30:00Z"
actions:
  description: The actions that were performed, or in check mode predicted - V(create), V(update).
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
      sample: forbidden
"""

from functools import partial

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._execution.place import converge_space
from ..module_utils._module import TEXT, connect, connection_options, organization_options, run
from ..module_utils._planning.results import item_result


def main():
    """Bring one space to the wanted state."""
    module = AnsibleModule(
        argument_spec={
            **connection_options(),
            **organization_options(),
            "name": TEXT,
            "space_id": TEXT,
            "description": TEXT,
            "is_private": {"type": "bool"},
            "state": {"type": "str", "default": "present", "choices": ["present"]},
        },
        supports_check_mode=True,
    )
    work = partial(converge_space, module.params, partial(connect, module), module.check_mode)
    run(module, work, partial(item_result, key="space"))


if __name__ == "__main__":
    main()
