#!/usr/bin/python
# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: arize_project_info
short_description: List the projects of an account
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Returns one project, the projects of one name, those of one space, or all projects that the key may see; and whether
    each is restricted.
extends_documentation_fragment:
  - arize.ax.attributes
  - arize.ax.attributes.info
  - arize.ax.connection
  - arize.ax.place
  - arize.ax.place.space
options:
  name:
    description:
      - Only projects with exactly this name, upper and lower case included.
      - At most one of O(name) and O(project_id) may be given. An empty one is an error.
    type: raw
  project_id:
    description:
      - Only the project with this ID.
    type: raw
notes:
  - The key needs C(PROJECT_READ). Names of spaces need C(SPACE_READ). RV(projects[].restricted) is true only for projects
    that the key may restrict (C(PROJECT_RESTRICT)); the service does not list other restrictions, and reports no error.
seealso:
  - module: arize.ax.arize_project
  - module: arize.ax.arize_resource_restriction
"""

EXAMPLES = r"""
- name: List the projects of a space
  arize.ax.arize_project_info:
    space: Production
  register: found

- name: Show those that are restricted
  ansible.builtin.debug:
    msg: "{{ found.projects
      | selectattr('restricted') | map(attribute='name') }}"

- name: Find a project in every space
  arize.ax.arize_project_info:
    name: Chat
"""

RETURN = r"""
projects:
  description: The projects, sorted by space and name. Empty if none match.
  returned: success
  type: list
  elements: dict
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
      description: The name of the space. Null where the key may not read it.
      type: str
      sample: Production
    project_type:
      description: The type of the project, such as V(application), which a new project has. Null where it has none yet.
      type: str
      sample: application
    restricted:
      description:
        - Whether the project is among the restrictions that the key can manage. So V(false) may also mean that the key
          may not see its restriction. Null where the key may not list restrictions.
      type: bool
      sample: false
    created_at:
      description: When the project was created (RFC 3339).
      type: str
      sample: "2026-11-02T09:30:00Z"
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

from ..module_utils._execution.place import list_projects
from ..module_utils._module import TEXT, connect, connection_options, listed_result, run, space_options


def main():
    """List projects."""
    module = AnsibleModule(
        argument_spec={
            **connection_options(),
            **space_options(),
            "name": TEXT,
            "project_id": TEXT,
        },
        supports_check_mode=True,
    )
    work = partial(list_projects, module.params, partial(connect, module))
    run(module, work, partial(listed_result, "projects"))


if __name__ == "__main__":
    main()
