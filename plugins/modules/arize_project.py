#!/usr/bin/python
# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: arize_project
short_description: Manage a project of an account
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Creates one project in a space, or renames a project.
  - Most projects come into being with their first trace. Create one beforehand to give users access to it, and to
    restrict it.
  - The module does not delete projects, because deleting a project deletes all of its data.
extends_documentation_fragment:
  - arize.ax.attributes
  - arize.ax.connection
  - arize.ax.place
  - arize.ax.place.space
attributes:
  check_mode:
    support: full
    details:
      - The result is that of the real run, with null for values that only the server can supply (RV(project.id),
        RV(project.created_at)).
      - An O(space) or O(organization) that does not exist is a warning, since an earlier task of the play may create
        the space. The project is then predicted with null in the place of RV(project.space_id). The real run fails.
      - It cannot predict that the key lacks a permission, or that the name is taken.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  name:
    description:
      - The name of the project, at most 255 characters. It is compared exactly, upper and lower case included; leading
        and trailing whitespace is ignored.
      - With O(space) or O(space_id) it selects the project. A project that does not exist is created.
      - With O(project_id) it is the wanted name, so the project is renamed if it has another one.
      - It is required.
    type: raw
  project_id:
    description:
      - The ID of the project. Only existing projects can be selected by ID.
      - The options of the space cannot be given with it, because a project cannot be moved.
    type: raw
  state:
    description:
      - The project exists. The module has no other state.
    type: str
    default: present
    choices:
      - present
notes:
  - The key needs C(PROJECT_READ), and to write C(PROJECT_CREATE) or C(PROJECT_UPDATE) in the space.
seealso:
  - module: arize.ax.arize_project_info
  - module: arize.ax.arize_resource_restriction
  - module: arize.ax.arize_space
"""

EXAMPLES = r"""
- name: Create a project
  arize.ax.arize_project:
    name: Chat
    space: Production
  register: chat

- name: Create a project where two organizations have a space of one name
  arize.ax.arize_project:
    name: Chat
    space: Production
    organization: Research

- name: Rename a project
  arize.ax.arize_project:
    project_id: "{{ chat.project.id }}"
    name: Support chat
  when: chat.project.id is not none
"""

RETURN = r"""
project:
  description: The project after the task, or in check mode as predicted.
  returned: success, and on failure where known
  type: dict
  contains:
    id:
      description: The ID of the project.
      type: str
      sample: TW9kZWw6MTphYmM=
    name:
      description: The name of the project.
      type: str
      sample: Chat
    space_id:
      description: The ID of its space.
      type: str
      sample: U3BhY2U6NzphYmM=
    space:
      description: The name of the space. Null where it was not needed to find the project.
      type: str
      sample: Production
    project_type:
      description: The type of the project, such as V(application), which a new project has. Null where it has none yet.
      type: str
      sample: application
    created_at:
      description: When the project was created (RFC 3339).
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

from ..module_utils._execution.place import converge_project
from ..module_utils._module import TEXT, connect, connection_options, run, space_options
from ..module_utils._planning.results import item_result


def main():
    """Bring one project to the wanted state."""
    module = AnsibleModule(
        argument_spec={
            **connection_options(),
            **space_options(),
            "name": TEXT,
            "project_id": TEXT,
            "state": {"type": "str", "default": "present", "choices": ["present"]},
        },
        supports_check_mode=True,
    )
    work = partial(converge_project, module.params, partial(connect, module), module.check_mode)
    run(module, work, partial(item_result, key="project"))


if __name__ == "__main__":
    main()
