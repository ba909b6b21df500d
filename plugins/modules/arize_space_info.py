#!/usr/bin/python
# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: arize_space_info
short_description: List the spaces of an account
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Returns one space, the spaces of one name, those of one organization, or all spaces that the key may see.
extends_documentation_fragment:
  - arize.ax.attributes
  - arize.ax.attributes.info
  - arize.ax.connection
  - arize.ax.place
options:
  name:
    description:
      - Only spaces with exactly this name, upper and lower case included.
      - At most one of O(name) and O(space_id) may be given. An empty one is an error.
    type: raw
  space_id:
    description:
      - Only the space with this ID.
    type: raw
  organization:
    description:
      - Only spaces of the organization with exactly this name.
    type: raw
notes:
  - The key needs C(SPACE_READ). It sees private spaces only if its owner is a member or an admin. Names of organizations
    need C(ORGANIZATION_READ); without it they are null, with a warning.
seealso:
  - module: arize.ax.arize_space
"""

EXAMPLES = r"""
- name: List the private spaces
  arize.ax.arize_space_info:
  register: found

- name: Show them
  ansible.builtin.debug:
    msg: "{{ found.spaces
      | selectattr('is_private') | map(attribute='name') }}"

- name: Find one space
  arize.ax.arize_space_info:
    name: Production
    organization: Research
"""

RETURN = r"""
spaces:
  description: The spaces, sorted by organization and name. Empty if none match.
  returned: success
  type: list
  elements: dict
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
      description: The name of the organization. Null where the key may not read it.
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

from ..module_utils._execution.place import list_spaces
from ..module_utils._module import TEXT, connect, connection_options, listed_result, organization_options, run


def main():
    """List spaces."""
    module = AnsibleModule(
        argument_spec={
            **connection_options(),
            **organization_options(),
            "name": TEXT,
            "space_id": TEXT,
        },
        supports_check_mode=True,
    )
    work = partial(list_spaces, module.params, partial(connect, module))
    run(module, work, partial(listed_result, "spaces"))


if __name__ == "__main__":
    main()
