#!/usr/bin/python
# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: arize_role_binding
short_description: Manage the role of a user in a place
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Gives one user one role on one space or project, changes that role, or takes it away. A user has at most one role
    binding on each space and project.
  - It manages role bindings only. Access from other sources is neither read nor compared - the account role,
    memberships of organizations, the predefined role of a space membership, and inherited access. REST cannot
    read these memberships back; manage them in the web application.
extends_documentation_fragment:
  - arize.ax.attributes
  - arize.ax.connection
  - arize.ax.user
  - arize.ax.place
  - arize.ax.place.project
  - arize.ax.place.space
attributes:
  check_mode:
    support: full
    details:
      - The result is that of the real run, with null for values that only the server can supply (RV(role_binding.id),
        RV(role_binding.created_at), RV(role_binding.updated_at)).
      - With O(state=present), an O(email), O(role), O(space), O(project) or O(organization) that does not exist is a
        warning, since an earlier task of the play may create it. The role binding is then predicted with null in the
        place of its ID. The real run fails.
      - It cannot predict that an ID does not exist, that the key lacks a permission, or that a role binding exists
        which the key cannot see.
  diff_mode:
    support: full
  idempotent:
    support: full
    details:
      - With SAML and C(sync_user_roles), the next sign-in of a user may overwrite a role binding. Manage a role in one of
        the two places.
options:
  user_id:
    description:
      - The ID of the user, or of the bot user of a service key (see M(arize.ax.arize_api_key_info)).
    type: raw
  role:
    description:
      - The name of the role, exactly, upper and lower case included. A custom role of this name is preferred to a
        predefined one.
      - One of O(role) and O(role_id) is required with O(state=present). With O(state=absent) only a role binding with
        this role is removed; if both are omitted, a role binding with any role is.
    type: raw
  role_id:
    description:
      - The ID of the role. Required instead of O(role) where several roles have one name.
    type: raw
  space:
    description:
      - The name of the space, exactly, upper and lower case included.
      - Exactly one resource is required - O(space) or O(space_id), or O(project_id), or O(project) with its space.
    type: raw
  state:
    description:
      - Whether the user has the role on the resource.
      - With V(absent), an O(email) that no user has, and a space, project or organization that does not exist, have no
        role binding - the task is unchanged, with a warning. A O(role) that does not exist is an error - misspelt, it
        would leave a permission in place.
      - With V(absent), the role binding of an O(user_id) that no user has any more is found among those of all users.
    type: str
    default: present
    choices:
      - present
      - absent
notes:
  - Names cost a request each. With IDs alone, an unchanged role binding costs one.
  - The key needs C(ROLE_BINDING_READ) on the space or project, and to write C(ROLE_BINDING_CREATE) or
    C(ROLE_BINDING_DELETE), or both to change the role. Without C(ROLE_BINDING_READ) the service shows nothing, and
    reports no error. If a role binding that the key cannot see blocks the task, the module says so, but cannot remove
    it.
  - A key cannot give a role above that of its owner.
seealso:
  - module: arize.ax.arize_role
  - module: arize.ax.arize_role_binding_info
"""

EXAMPLES = r"""
- name: Give Ada the role of a reviewer in a space
  arize.ax.arize_role_binding:
    email: ada@example.com
    role: Reviewer
    space: Production

- name: Give a team access to a space
  arize.ax.arize_role_binding:
    email: "{{ item }}"
    role: Reviewer
    space: Production
    organization: Research
  loop:
    - ada@example.com
    - grace@example.com

- name: Give access to one project only, by a predefined role
  arize.ax.arize_role_binding:
    email: ada@example.com
    role: Project Viewer
    project: Chat
    space: Production

- name: Take the role away, if it is this one
  arize.ax.arize_role_binding:
    email: charles@example.com
    role: Reviewer
    space: Production
    state: absent

- name: Take away whichever role the user has in the space
  arize.ax.arize_role_binding:
    email: charles@example.com
    space: Production
    state: absent
"""

RETURN = r"""
role_binding:
  description: The role binding after the task, or in check mode as predicted. Null when absent.
  returned: success, and on failure where known
  type: dict
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
      description: The email address, if O(email) is given.
      type: str
      sample: ada@example.com
    role_id:
      description: The ID of the role.
      type: str
      sample: Um9sZTo3OmFiYw==
    role:
      description: The name of the role, if O(role) is given.
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
      description: The name of the space, if O(space) is given.
      type: str
      sample: Production
    project:
      description: The name of the project, if O(project) is given.
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
      sample: forbidden
"""

from functools import partial

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._execution.binding import converge_binding
from ..module_utils._module import access_options, connect, connection_options, identity_options, run
from ..module_utils._planning.results import item_result


def main():
    """Bring one role binding to the wanted state."""
    module = AnsibleModule(
        argument_spec={
            **connection_options(),
            **identity_options(),
            **access_options(),
            "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
        },
        supports_check_mode=True,
    )
    work = partial(converge_binding, module.params, partial(connect, module), module.check_mode)
    run(module, work, partial(item_result, key="role_binding"))


if __name__ == "__main__":
    main()
