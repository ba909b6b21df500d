#!/usr/bin/python
# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: arize_user_roster
short_description: Bring many users of an Arize AX account to what a roster says
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - B(Deleting a user is permanent.) With O(purge=true) everybody whom the roster does not name is deleted, and
    with O(state=absent) everybody whom it names. Their addresses can never be invited again. Try it with
    C(--check --diff) first; O(max_deletions), O(protected) and O(min_admins) are there for the day on which half a list
    is handed over.
  - Converges many users in one task, with one read of the account and only the writes that are needed, several at a
    time. Each user is treated as by M(arize.ax.arize_user).
  - One user's failure does not stop the others. The module then fails, with complete RV(results).
  - The whole roster is checked before the first write. When it refuses, nothing was done.
extends_documentation_fragment:
  - arize.ax.attributes
  - arize.ax.connection
attributes:
  check_mode:
    support: full
    details:
      - The result is that of the real run, with null where only the server can know (RV(results[].user.id),
        RV(results[].user.created_at), RV(results[].user.custom_role_name), and RV(results[].user.is_developer)
        unless it is given or implied by the role).
      - It cannot foresee that an address was deleted earlier and can no longer be invited, that the key lacks a
        permission, or that it belongs to a user who is to be deleted (which the service refuses).
  diff_mode:
    support: full
    details:
      - The roster before and after, by address, with what is managed, and only users who change.
  idempotent:
    support: full
options:
  users:
    description:
      - The users. What is left out of an entry is neither compared nor sent, see M(arize.ax.arize_user).
      - RV(arize.ax.arize_user_info#module:roster) has this form.
    type: list
    elements: dict
    required: true
    suboptions:
      email:
        description:
          - The address of the user, in any case. It is compared as a whole.
          - Exactly one of O(users[].email) and O(users[].user_id) is needed. An empty one counts as not given.
        type: str
      user_id:
        description:
          - The ID of the user. A user cannot be created by ID.
        type: str
      name:
        description:
          - The display name, 1 to 255 characters. White space around it does not count.
          - Needed to create a user.
        type: str
      role:
        description:
          - The account role. It is given when the user is created; the API cannot change it afterwards, see
            O(role_mismatch).
          - One of O(users[].role) and O(users[].custom_role_id) is needed to create a user; they exclude each other.
        type: str
        choices:
          - admin
          - member
          - member_ui_only
          - annotator
      custom_role_id:
        description:
          - The ID of a custom role, instead of O(users[].role).
        type: str
      is_developer:
        description:
          - Whether the user has the developer permission. A new user has what the role implies, unless this says
            otherwise.
        type: bool
      invite_mode:
        description:
          - How a new user gets in. It does nothing for a user who exists.
          - With V(email_link) a link is mailed. With V(none) the user is active at once and nothing is mailed; for
            accounts with single sign-on only.
          - With V(temporary_password) the answer holds a password, once, which is returned as
            RV(results[].temporary_password). The task must set C(no_log=true), else the module refuses before it sends
            anything. (Where Ansible's C(DEFAULT_NO_TARGET_SYSLOG) is set, the module cannot tell and does not refuse.)
        type: str
        default: email_link
        choices:
          - email_link
          - none
          - temporary_password
  state:
    description:
      - Whether the users are to be there. V(absent) needs only addresses or IDs, and B(is permanent). Nobody there is
        no failure, and somebody who is named twice is deleted once.
    type: str
    default: present
    choices:
      - present
      - absent
  purge:
    description:
      - Whether to delete everybody whom the roster does not name. B(This is permanent.)
      - Needs O(max_deletions) and a roster that is not empty. In a run in which a user of the roster fails, nobody is
        purged (V(skipped)).
      - It sees whom the key may see. With too few permissions that is not everybody.
    type: bool
    default: false
  max_deletions:
    description:
      - How many deletions are fine at most. If more would happen, nothing at all is done. V(0) allows none.
      - Needed with O(purge=true); with O(state=absent) it applies when given.
    type: int
  protected:
    description:
      - Addresses, or shell patterns for addresses, in any case, of users who are never deleted.
      - Purging passes over them. If one of them is named with O(state=absent), nothing at all is done.
    type: list
    elements: str
    default: []
  min_admins:
    description:
      - How many active admins have to remain when an active admin is purged. If there would be fewer, nothing at all is
        done.
    type: int
    default: 1
  role_mismatch:
    description:
      - What to do about an existing user with another role than the roster says.
      - V(fail) reports that user as failed. V(warn) and V(ignore) manage the rest of the user.
    type: str
    default: fail
    choices:
      - fail
      - warn
      - ignore
  concurrency:
    description:
      - How many requests are sent at once, 1 to 32. Where the service limits the rate, all of them pause together.
    type: int
    default: 8
seealso:
  - module: arize.ax.arize_user
  - module: arize.ax.arize_user_info
"""

EXAMPLES = r"""
- name: Bring the people of a roster to what it says, and leave all others alone
  arize.ax.arize_user_roster:
    users:
      - email: ada@example.com
        name: Ada Lovelace
        role: member
      - email: grace@example.com
        name: Grace Hopper
        role: member
        is_developer: false

- name: Make the account equal to a roster that is kept in a file
  arize.ax.arize_user_roster:
    users: "{{ lookup('ansible.builtin.file', 'roster.yml') | from_yaml }}"
    purge: true
    max_deletions: 5
    protected:
      - break-glass@example.com
      - "*@partner.example"
    min_admins: 2

- name: See what that would do, without doing it
  arize.ax.arize_user_roster:
    users: "{{ lookup('ansible.builtin.file', 'roster.yml') | from_yaml }}"
    purge: true
    max_deletions: 5
    protected:
      - break-glass@example.com
      - "*@partner.example"
    min_admins: 2
  check_mode: true
  diff: true

- name: Offboard several people, for ever
  arize.ax.arize_user_roster:
    users:
      - email: charles@example.com
      - user_id: VXNlcjoxMjM6YWJj
    state: absent
    max_deletions: 2
"""

RETURN = r"""
results:
  description:
    - What became of each user named, in the order given, and then of each user who was to be purged, by address.
  returned: success, and on failure when the roster was applied
  type: list
  elements: dict
  sample:
    - email: ada@example.com
      user_id: VXNlcjoxMjM6YWJj
      status: updated
      changed: true
      changes:
        - name
  contains:
    email:
      description: The address.
      type: str
      sample: ada@example.com
    user_id:
      description: The ID, if it is known.
      type: str
      sample: VXNlcjoxMjM6YWJj
    status:
      description:
        - What was done, or in check mode would be - V(created), V(updated), V(deleted), V(unchanged), V(not_found)
          (with O(state=absent)), V(failed), or V(skipped) (because others failed).
      type: str
      sample: updated
    changed:
      description: Whether something was changed, or may have been.
      type: bool
      sample: true
    changes:
      description: The names of the fields that were changed, if RV(results[].status) is V(updated).
      type: list
      elements: str
      sample:
        - name
    user:
      description: The user after the task, or in check mode as foreseen.
      returned: when there is one
      type: dict
      sample:
        id: VXNlcjoxMjM6YWJj
        name: Ada Lovelace
        email: ada@example.com
        status: active
        role: member
        custom_role_id:
        custom_role_name:
        is_developer: true
        created_at: "2026-11-02T09:30:00Z"
      contains:
        id:
          description: The ID of the user.
          type: str
          sample: VXNlcjoxMjM6YWJj
        name:
          description: The display name.
          type: str
          sample: Ada Lovelace
        email:
          description: The address.
          type: str
          sample: ada@example.com
        status:
          description: V(active), V(invited) (an invitation is open) or V(expired) (it needs a new one).
          type: str
          sample: invited
        role:
          description:
            - V(admin), V(member), V(member_ui_only), V(annotator) or V(custom); or what the server newly invented.
          type: str
          sample: member
        custom_role_id:
          description: The ID of the custom role, if RV(results[].user.role) is V(custom).
          type: str
          sample: Um9sZTo3OmFiYw==
        custom_role_name:
          description: The name of the custom role, if RV(results[].user.role) is V(custom).
          type: str
          sample: Reviewer
        is_developer:
          description: Whether the user has the developer permission.
          type: bool
          sample: true
        created_at:
          description: When the user was created (RFC 3339).
          type: str
          sample: "2026-11-02T09:30:00Z"
    error:
      description: Why it failed, as RV(error), with the sentence as C(msg).
      returned: when the status is V(failed)
      type: dict
      sample:
        kind: blocked
        status: 409
        title: Conflict
        detail: This user was deleted and cannot be invited again.
        method: POST
        path: /v2/users
        msg: The user charles@example.com cannot be created.
    temporary_password:
      description: The one-time password of a user who was created with one. It is given only this once.
      returned: when there is one
      type: str
      sample: Example-0123456789
summary:
  description: How many users have each of the states of RV(results[].status).
  returned: success, and on failure when the roster was applied
  type: dict
  sample:
    created: 0
    updated: 1
    deleted: 0
    unchanged: 41
    not_found: 0
    failed: 0
    skipped: 0
deletions:
  description:
    - The addresses of the users who were deleted, or in check mode would be. Where the module refuses because of them,
      all that would have gone.
  returned: success, and on failure where known
  type: list
  elements: str
  sample:
    - charles@example.com
error:
  description: What went wrong, for tasks that react to it. RV(ignore:msg) says it in words.
  returned: failure
  type: dict
  sample:
    kind: too_many_deletions
    status:
    title:
    detail:
    method:
    path:
  contains:
    kind:
      description: The kind of the error, a fixed word.
      type: str
      sample: forbidden
    status:
      description: The HTTP status of the answer.
      type: int
      sample: 403
    title:
      description: What the server calls it.
      type: str
      sample: Forbidden
    detail:
      description: What the server says about it.
      type: str
      sample: An account admin is needed.
    method:
      description: The HTTP method of the request that failed.
      type: str
      sample: POST
    path:
      description: Its path, without the query.
      type: str
      sample: /v2/users
"""

from functools import partial

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._execution.roster import converge_roster
from ..module_utils._module import TEXT, connect, connection_options, identity_options, profile_options, run
from ..module_utils._planning.roster_results import roster_result


def main():
    """Bring many users to the wanted state."""
    entry = {
        **identity_options(),
        **profile_options("email_link", "none", "temporary_password"),
        "role": TEXT,
        "is_developer": {"type": "bool"},
    }
    module = AnsibleModule(
        argument_spec={
            **connection_options(),
            "users": {"type": "list", "elements": "dict", "required": True, "options": entry},
            "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
            "purge": {"type": "bool", "default": False},
            "max_deletions": {"type": "int"},
            "max_creations": {"type": "int"},
            "protected": {"type": "list", "elements": "raw", "default": []},
            "min_admins": {"type": "int", "default": 1},
            "role_mismatch": {"type": "str", "default": "fail", "choices": ["fail", "warn", "ignore"]},
            "concurrency": {"type": "int", "default": 8},
        },
        supports_check_mode=True,
    )
    work = partial(converge_roster, module.params, check_mode=module.check_mode, no_log=module.no_log)
    run(module, partial(work, connect=partial(connect, module)), roster_result)


if __name__ == "__main__":
    main()
