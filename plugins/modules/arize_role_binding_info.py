#!/usr/bin/python
# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: arize_role_binding_info
short_description: List the role bindings of an account
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Returns role bindings, of one user or of all, on one space or project or on all, with the names of users, roles,
    spaces and projects.
  - B(The list holds only what the key may see.) A role binding in a space where the key lacks C(ROLE_BINDING_READ) is
    left out by the service without an error. An empty list does not prove that no role binding exists.
  - It lists role bindings only. Memberships of organizations, the predefined role of a space membership, and
    permissions from the account role or from inheritance cannot be read over REST.
extends_documentation_fragment:
  - arize.ax.attributes
  - arize.ax.attributes.info
  - arize.ax.connection
  - arize.ax.place
  - arize.ax.place.project
  - arize.ax.place.space
options:
  email:
    description:
      - Only role bindings of the user with this address, in any case. A user who does not exist has none.
      - At most one of O(email) and O(user_id) may be given. An empty one is an error, so that an empty variable does
        not select every user.
    type: raw
  user_id:
    description:
      - Only role bindings of the user with this ID, or of this bot user of a service key.
    type: raw
  space:
    description:
      - The name of the space, exactly, upper and lower case included.
      - Only role bindings on this very space, not on its projects.
      - At most one resource may be given - O(space) or O(space_id), or O(project_id), or O(project) with its space.
    type: raw
  resource_type:
    description:
      - Only role bindings on resources of this type, V(space) or V(project), or a type that the service adds later. If
        omitted, spaces and projects.
    type: raw
notes:
  - The key needs C(ROLE_BINDING_READ) on the spaces. For names it needs C(USER_READ), C(ROLE_READ), C(SPACE_READ) and
    C(PROJECT_READ); where the service refuses one of these, the names are null and the module warns.
seealso:
  - module: arize.ax.arize_role_binding
  - module: arize.ax.arize_api_key_info
"""

EXAMPLES = r"""
- name: List who may do what
  arize.ax.arize_role_binding_info:
  register: access

- name: Keep it for an audit
  ansible.builtin.copy:
    content: "{{ access.role_bindings | to_nice_json }}"
    dest: access.json
    mode: "0600"

- name: List the role bindings on one space
  arize.ax.arize_role_binding_info:
    space: Production

- name: List what one user has on projects
  arize.ax.arize_role_binding_info:
    email: ada@example.com
    resource_type: project
"""

RETURN = r"""
role_bindings:
  description: The role bindings on spaces, then those on projects, in the order of the API. Empty if none match.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The ID of the role binding.
      type: str
      sample: Um9sZUJpbmRpbmc6MTphYkM=
    user_id:
      description: The ID of the user, which may be the bot user of a service key.
      type: str
      sample: VXNlcjoxMjM6YWJj
    email:
      description: The email address. Null for the bot user of a service key, and where the key may not read it.
      type: str
      sample: ada@example.com
    role_id:
      description: The ID of the role.
      type: str
      sample: Um9sZTo3OmFiYw==
    role:
      description: The name of the role. Null where the key may not read it.
      type: str
      sample: Reviewer
    resource_type:
      description: V(space) or V(project); or a type that the service adds later.
      type: str
      sample: space
    resource_id:
      description: The ID of the space or project.
      type: str
      sample: U3BhY2U6MTphYkM=
    space:
      description: The name of the space, also of the space of a project. Null where the key may not read it.
      type: str
      sample: Production
    project:
      description: The name of the project. Null for a space, and where the key may not read it.
      type: str
      sample: Chat
    created_at:
      description: When the role binding was created (RFC 3339).
      type: str
      sample: "2026-11-02T09:30:00Z"
    updated_at:
      description: When the role binding was last changed (RFC 3339).
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
      sample: unauthorized
"""

from functools import partial

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._execution.binding import list_bindings
from ..module_utils._module import (
    TEXT,
    connect,
    connection_options,
    identity_options,
    listed_result,
    run,
    space_options,
)


def main():
    """List role bindings."""
    module = AnsibleModule(
        argument_spec={
            **connection_options(),
            **identity_options(),
            **space_options(),
            "project": TEXT,
            "project_id": TEXT,
            "resource_type": TEXT,
        },
        supports_check_mode=True,
    )
    work = partial(list_bindings, module.params, partial(connect, module))
    run(module, work, partial(listed_result, "role_bindings"))


if __name__ == "__main__":
    main()
