#!/usr/bin/python
# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: arize_user_roster
short_description: Manage many users from a roster
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Manages many users in one task, with one read of the account and only the writes that are needed, several at a
    time. Each user is treated as by M(arize.ax.arize_user).
  - B(Deleting a user is permanent.) O(purge=true) deletes every user who is not in the roster, and O(state=absent)
    every user who is in it. Their addresses can never be invited again. Try it with C(--check --diff) first.
    Limits, O(protected) and O(min_admins) guard against a truncated or wrong roster.
  - The failure of one user does not stop the others. The module then fails, with complete RV(entries).
  - The whole roster is checked before the first write. If the module refuses it, no changes were made.
  - An entry may also grant access - O(users[].access) lists the roles of the user in spaces and projects. Each is
    treated as by M(arize.ax.arize_role_binding). Role bindings are written in the same run, after the user exists.
  - Requests are sent in this order - creations, updates, role bindings that are created or changed, deletions, and last
    the role bindings that are removed.
  - A roster that would delete a user and create another one whose address looks alike is refused. Addresses look alike if
    they are equal after Unicode normalization, case folding and IDNA, without characters that are neither letter nor
    digit at the beginning and end of the local part and of the labels of the domain, such as the C(') of a spreadsheet.
extends_documentation_fragment:
  - arize.ax.attributes
  - arize.ax.connection
attributes:
  check_mode:
    support: full
    details:
      - The result is that of the real run, with null for values that only the server can supply (in
        RV(entries[].user) C(id), C(created_at), C(custom_role_name), and C(is_developer) unless it is given or implied
        by the role). With O(unknown_names=predict) the IDs of items that do not exist yet are null.
      - It cannot predict that an address was deleted earlier and can no longer be invited, that the key lacks a
        permission, or that it belongs to a user to be deleted (which the service refuses). Nor can it predict that an
        ID in O(users[].access) does not exist, or that a role binding exists which the key cannot see.
  diff_mode:
    support: full
    details:
      - Text, one line for each user who changes, sorted by address - email, role, C(developer) (C(-) without it, C(?)
        where only the server can know) and name. A user who does not exist has no line.
      - Under it, a line for each role binding that changes - email, C(access) and the space and the role, or
        the space, the project and the role, as C(access) of CSV files has them; with IDs where names are not known.
      - It is returned when the module fails, too.
  idempotent:
    support: full
options:
  users:
    description:
      - The users. Fields that an entry omits are neither compared nor sent, see M(arize.ax.arize_user).
      - An empty list changes nothing. With O(purge=true) it is an error.
      - RV(arize.ax.arize_user_info#module:roster) has this format.
    type: list
    elements: dict
    required: true
    suboptions:
      email:
        description:
          - The email address of the user, in any case. The whole address is compared.
          - An address in whose domain a label begins or ends with a hyphen is an error. Select such a user by
            O(users[].user_id).
          - Exactly one of O(users[].email) and O(users[].user_id) is required. An empty one counts as not given.
        type: raw
      user_id:
        description:
          - The ID of the user. Only existing users can be selected by ID.
        type: raw
      name:
        description:
          - The display name, 1 to 255 characters. Leading and trailing whitespace is ignored.
          - Required to create a user.
        type: raw
      role:
        description:
          - The account role - V(admin), V(member), V(member_ui_only) or V(annotator), in any case. It is set when the
            user is created; the API cannot change it afterwards, see O(role_mismatch).
          - One of O(users[].role) and O(users[].custom_role_id) is required to create a user. They are mutually
            exclusive.
        type: raw
      custom_role_id:
        description:
          - The ID of a custom account role, instead of O(users[].role). The service may refuse it, see
            M(arize.ax.arize_user).
        type: raw
      is_developer:
        description:
          - Whether the user has the developer permission. A new user has what the role implies, unless this option is
            set.
        type: bool
      invite_mode:
        description:
          - How a new user is invited. Ignored for existing users.
          - V(email_link) mails a link. V(none) makes the user active at once and mails nothing; it is for accounts with
            single sign-on only.
          - V(temporary_password) returns a password as RV(entries[].temporary_password), once. The task must set
            C(no_log=true), otherwise the module fails before it sends a request. (Where Ansible's
            C(DEFAULT_NO_TARGET_SYSLOG) is set, the module cannot tell and does not fail.)
        type: str
        default: email_link
        choices:
          - email_link
          - none
          - temporary_password
      access:
        description:
          - The roles of the user in spaces and projects. Role bindings that it lists are created, or their role is
            changed. Other role bindings of the user stay, unless O(purge_access=true).
          - If it is omitted, the role bindings of the user are neither read nor changed.
          - All names are exact, upper and lower case included, and resolved before the first write, in check mode too.
            A name that does not exist, or has several matches, is an error, and no changes are made. See
            O(unknown_names) for plays in which an earlier task creates the item.
          - The list must not name one space or project twice. It cannot be combined with O(state=absent).
        type: list
        elements: dict
        suboptions:
          role:
            description:
              - The name of the role. A custom role of this name is preferred to a predefined one.
              - One of O(users[].access[].role) and O(users[].access[].role_id) is required.
            type: raw
          role_id:
            description:
              - The ID of the role. Required where several roles have one name.
            type: raw
          space:
            description:
              - The name of the space.
              - Exactly one resource is required - a space by name or ID, O(users[].access[].project_id), or
                O(users[].access[].project) with its space.
            type: raw
          space_id:
            description:
              - The ID of the space.
            type: raw
          project:
            description:
              - The name of the project. Its space is required too.
            type: raw
          project_id:
            description:
              - The ID of the project, instead of O(users[].access[].project) and its space.
            type: raw
          organization:
            description:
              - The name of the organization of the space. Required only where several organizations have a space of
                this name.
            type: raw
          organization_id:
            description:
              - The ID of that organization.
            type: raw
  state:
    description:
      - Whether the users exist. V(absent) needs only addresses or IDs, and B(is permanent). A user who does not exist
        is V(not_found). A user who is named twice is deleted once.
    type: str
    default: present
    choices:
      - present
      - absent
  purge:
    description:
      - Whether to delete every user who is not in the roster. B(This is permanent.)
      - Requires O(max_deletions) and a roster that is not empty.
      - No user is purged (they are V(skipped)) in a run in which a user of the roster is not in the account at the end,
        because the creation failed or the O(users[].user_id) is unknown. A role mismatch or a failed update of an
        existing user does not hold the purge up.
      - A user whose address the server does not show is never purged, nor is the bot user of a service key. To tell
        bot users, the API key needs C(SERVICE_KEY_READ); without it the module warns.
      - Only users whom the API key can see are purged.
    type: bool
    default: false
  max_deletions:
    description:
      - The largest number of deletions. If more users would be deleted, the module makes no changes. V(0) allows none.
      - Required with O(purge=true), unless O(report_all=true). If it is omitted with O(state=absent), any number is allowed.
      - One message names all limits that are exceeded.
    type: int
  max_creations:
    description:
      - The largest number of creations. If more users would be created, the module makes no changes. It guards against
        a roster that is applied to the wrong account, whose users would all be mailed.
      - If omitted, any number is allowed.
    type: int
  max_updates:
    description:
      - The largest number of existing users whose name or developer permission is changed. If more users would be
        updated, the module makes no changes. It guards against a column that has moved by one row.
      - If omitted, any number is allowed.
      - A user who is created does not count, nor one who fails because of O(role_mismatch=fail), nor one of whom only role
        bindings change.
    type: int
  max_access_changes:
    description:
      - The largest number of role bindings that are created, given another role or removed, in all. If there would be
        more, the module makes no changes.
      - The role bindings that are deleted with their user do not count, nor those of a user who fails before the first
        write.
      - Required with O(purge_access=true), unless O(report_all=true). If omitted, any number is allowed.
    type: int
  protected:
    description:
      - Addresses, or shell patterns for addresses such as V(*@partner.example), in any case, of users who are never
        deleted.
      - O(purge=true) leaves them alone. If one of them is in the roster with O(state=absent), or
        O(purge_access=true) would remove one of their role bindings, the module makes no changes. A role that their
        entry lists is changed.
      - An entry that is neither an address nor such a pattern is an error. An address that no user of the account has is
        an error too if any user would be deleted or any role binding removed, since a misspelt one protects no user. A
        pattern that matches no user then gives a warning; to find out, the whole account is read.
    type: list
    elements: raw
    default: []
  min_admins:
    description:
      - How many active admins must remain when an active admin is deleted, by O(purge=true) or by O(state=absent). If
        fewer would remain, the module makes no changes. V(0) switches the check off.
      - The bot users of service keys do not count. To tell bot users, the API key needs C(SERVICE_KEY_READ); without it
        the module warns.
      - Active admins are deleted after all other users, and the active admins of the account are read once more before
        that. If too few would remain by then, because another run has deleted admins, these deletions fail. Two runs
        that delete different admins within the same seconds can still leave too few.
    type: int
    default: 1
  role_mismatch:
    description:
      - How to treat an existing user whose role is not the one in the roster.
      - V(fail) reports that user as failed. V(warn) and V(ignore) manage the other fields of the user.
    type: str
    default: fail
    choices:
      - fail
      - warn
      - ignore
  concurrency:
    description:
      - The number of requests that are sent in parallel, 1 to 32. When the service limits the rate, all of them pause
        together.
    type: int
    default: 8
  purge_access:
    description:
      - Whether to remove the role bindings that O(users[].access) does not list, of users who have O(users[].access).
        An empty list removes all of that user. Users without it are left alone; a warning has their number.
      - Requires O(max_access_changes).
      - Role bindings are removed after everything else. Their order is not defined - if the owner of the API key loses the
        permission to remove role bindings in this way, the other removals may fail.
      - Only role bindings that the API key can see are removed.
      - Nothing is removed from a user while one of the role bindings listed for that user fails. They are V(skipped).
      - Nothing is removed from the bot user of a service key. To tell bot users, the API key needs
        C(SERVICE_KEY_READ); without it the module warns.
    type: bool
    default: false
  unknown_names:
    description:
      - How to treat, in check mode, the name of a role, organization, space or project in O(users[].access) that does
        not exist.
      - V(fail) makes no difference between check mode and the real run.
      - V(predict) is for a play in which an earlier task creates it, which did not happen in check mode. The module
        warns, and predicts the role binding with null as the ID of the missing item. It counts for
        O(max_access_changes). A name that has several matches is still an error, and so is one in an organization or
        a space whose ID does not exist.
      - Outside check mode the option has no effect, and such a name is always an error.
    type: str
    default: fail
    choices:
      - fail
      - predict
  report_all:
    description:
      - Whether to report the refusals of a real run, instead of failing with the first one. In check mode only;
        otherwise the module fails.
      - No limit is needed or applied. Other refusals are returned as RV(refusals), and the users of the account whom
        O(purge=true) leaves alone as RV(left_alone). RV(entries) is complete, in a failed result too.
      - A role binding whose names cannot be resolved is V(failed), with the error. If role bindings cannot be read, they
        are V(skipped), everything else is reported, and the module fails. It also fails, with all entries, if service keys or
        names are not read for another reason than a missing permission.
      - It is for reports on the difference between roster and account.
    type: bool
    default: false
notes:
  - Role bindings of a user whose creation fails, who does not exist, or whose role differs with
    O(role_mismatch=fail) are V(skipped). An update of the user that fails does not stop them.
  - Memberships of organizations and predefined roles of spaces cannot be read back over REST. They are not managed.
seealso:
  - module: arize.ax.arize_user
  - module: arize.ax.arize_user_info
  - module: arize.ax.arize_role_binding
"""

EXAMPLES = r"""
- name: Manage the users of a roster, and leave all others alone
  arize.ax.arize_user_roster:
    users:
      - email: ada@example.com
        name: Ada Lovelace
        role: member
      - email: grace@example.com
        name: Grace Hopper
        role: member
        is_developer: false

- name: Make the account equal to a roster file
  arize.ax.arize_user_roster:
    users: "{{ lookup('ansible.builtin.file', 'roster.yml')
      | arize.ax.roster_from_yaml }}"
    purge: true
    max_deletions: 5
    max_creations: 20
    max_updates: 20
    protected:
      - break-glass@example.com
      - "*@partner.example"
    min_admins: 2

- name: Manage users and access, and remove access that is not in the roster
  arize.ax.arize_user_roster:
    users:
      - email: ada@example.com
        name: Ada Lovelace
        role: member
        access:
          - role: Reviewer
            space: Production
          - role: Project Viewer
            space: Research
            project: Chat
      - email: charles@example.com
        access: []
    purge_access: true
    max_access_changes: 10

- name: Preview that
  arize.ax.arize_user_roster:
    users: "{{ lookup('ansible.builtin.file', 'roster.yml')
      | arize.ax.roster_from_yaml }}"
    purge: true
    max_deletions: 5
    protected:
      - break-glass@example.com
      - "*@partner.example"
    min_admins: 2
  check_mode: true
  diff: true

- name: Give a role that an earlier task creates, in a dry run of both too
  arize.ax.arize_user_roster:
    users:
      - email: ada@example.com
        access:
          - role: Reviewer
            space: Production
    unknown_names: predict

- name: Compare the account with the roster
  arize.ax.arize_user_roster:
    users: "{{ lookup('ansible.builtin.file', 'roster.yml')
      | arize.ax.roster_from_yaml }}"
    purge: true
    report_all: true
  check_mode: true
  register: comparison

- name: Offboard several users permanently
  arize.ax.arize_user_roster:
    users:
      - email: charles@example.com
      - user_id: VXNlcjoxMjM6YWJj
    state: absent
    max_deletions: 2
"""

RETURN = r"""
entries:
  description:
    - The outcome of each user of the roster, in the order given, and then of each user to be purged, by address.
    - A failed result of more than 50 entries leaves out the unchanged ones, unless O(report_all=true).
  returned: success, and on failure when the roster was applied
  type: list
  elements: dict
  contains:
    email:
      description: The email address.
      type: str
      sample: ada@example.com
    user_id:
      description: The ID, if it is known.
      type: str
      sample: VXNlcjoxMjM6YWJj
    status:
      description:
        - The actions that were performed, or in check mode predicted - V(created), V(updated), V(deleted),
          V(unchanged), V(not_found) (with O(state=absent)), V(failed), or V(skipped) (RV(entries[].error) says why).
        - A user of whom only role bindings change is V(updated). A user is V(failed) if a role binding fails.
      type: str
      sample: updated
    changed:
      description: Whether something was changed, or may have been.
      type: bool
      sample: true
    changes:
      description: The names of the fields that were changed, and V(access) if a role binding was.
      type: list
      elements: str
      sample:
        - name
    user:
      description: The user after the task, or in check mode as predicted, as RV(arize.ax.arize_user#module:user).
      returned: when the user exists
      type: dict
    before:
      description: The user as found, with the keys of RV(entries[].user).
      returned: when the user existed
      type: dict
    role_mismatch:
      description: The roles C(wanted) and C(found), where they differ, whatever O(role_mismatch) is.
      returned: when the roles differ
      type: dict
      sample:
        wanted: admin
        found: member
    access:
      description:
        - The role bindings that the entry lists, in its order, and then those that O(purge_access=true) removes.
        - A name that the module had no need to read is null. Those of role bindings that are removed or changed are read,
          as far as the API key may.
        - C(space), C(space_id), C(project) and C(project_id) are those of
          RV(arize.ax.arize_user_info#module:users[].access).
      returned: when the entry has O(users[].access)
      type: list
      elements: dict
      contains:
        role:
          description: The name of the role, as the entry wants it, or as it was removed.
          type: str
          sample: Reviewer
        role_id:
          description: The ID of that role.
          type: str
          sample: Um9sZTo3OmFiYw==
        status:
          description:
            - The actions that were performed, or in check mode predicted - V(created), V(updated) (the user had another
              role), V(deleted), V(unchanged), V(failed), or V(skipped) (RV(entries[].access[].error) says why).
          type: str
          sample: created
        before:
          description: The C(role) and C(role_id) that the user had.
          returned: when the status is V(updated)
          type: dict
          sample:
            role: Auditor
            role_id: Um9sZTo4OmFiYw==
        error:
          description: Why it failed or was skipped, as RV(entries[].error).
          returned: when the status is V(failed) or V(skipped)
          type: dict
    error:
      description:
        - Why it failed or was skipped, as RV(error), with the sentence as C(msg). If the user is as wanted and a role
          binding failed, the error of the first one.
      returned: when the status is V(failed) or V(skipped)
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
      description: The temporary password of a user who was created with one. It is issued only once.
      returned: when one was issued
      type: str
      sample: Example-0123456789
summary:
  description: The number of users with each status of RV(entries[].status).
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
access_summary:
  description: The number of role bindings with each status of RV(entries[].access[].status).
  returned: when a user of the roster has O(users[].access), and the roster was applied
  type: dict
  sample:
    created: 1
    updated: 0
    deleted: 0
    unchanged: 83
    failed: 0
    skipped: 0
deletions:
  description:
    - The addresses of the users who were deleted, or in check mode would be. If the module refuses the deletions, all
      addresses that would have been deleted.
  returned: success, and on failure where known
  type: list
  elements: str
  sample:
    - charles@example.com
mailed:
  description:
    - The addresses that were sent an invitation, or in check mode would be. An address is included if it is not known
      whether the user was created.
  returned: success, and on failure when the roster was applied
  type: list
  elements: str
  sample:
    - ada@example.com
not_read:
  description:
    - Why role bindings are not compared, why bot users of service keys are not known, and why names of role bindings
      are null, a sentence each. Names that the API key may not read are null without one.
  returned: with O(report_all=true)
  type: list
  elements: str
  sample: []
refusals:
  description: The refusals of a real run, each with the C(kind) of the error and the message. Limits are not included.
  returned: with O(report_all=true)
  type: list
  elements: dict
  contains:
    kind:
      description: Machine-readable error code, see the error catalogue.
      type: str
      sample: lookalike
    msg:
      description: The message of the real run.
      type: str
      sample: "No changes were made: role bindings of protected users would be removed: ada@example.com on Production."
left_alone:
  description: The users of the account who are not in the roster and whom O(purge=true) does not delete.
  returned: with O(report_all=true)
  type: list
  elements: dict
  contains:
    email:
      description: The email address. Null if the server does not show it.
      type: str
      sample: break-glass@example.com
    user_id:
      description: The ID.
      type: str
      sample: VXNlcjoxMjM6YWJj
    name:
      description: The display name.
      type: str
      sample: Break Glass
    status:
      description: The status, as RV(arize.ax.arize_user#module:user.status).
      type: str
      sample: active
    created_at:
      description: The time when the user was created or invited (RFC 3339).
      type: str
      sample: "2026-01-15T09:30:00Z"
    reason:
      description:
        - V(protected), V(bot_user) (of a service key), V(no_address), or V(same_address) (another user has the address, in
          another case, or the roster may mean several users).
      type: str
      sample: protected
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
      sample: too_many_deletions
"""

from functools import partial

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._execution.roster import converge_roster
from ..module_utils._module import (
    TEXT,
    access_options,
    connect,
    connection_options,
    identity_options,
    profile_options,
    run,
)
from ..module_utils._planning.roster_results import roster_result


def main():
    """Bring many users to the wanted state."""
    entry = {
        **identity_options(),
        **profile_options("email_link", "none", "temporary_password"),
        "role": TEXT,
        "is_developer": {"type": "bool"},
        "access": {"type": "list", "elements": "dict", "options": access_options()},
    }
    module = AnsibleModule(
        argument_spec={
            **connection_options(),
            "users": {"type": "list", "elements": "dict", "required": True, "options": entry},
            "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
            "purge": {"type": "bool", "default": False},
            **{f"max_{what}": {"type": "int"} for what in ("deletions", "creations", "updates", "access_changes")},
            "protected": {"type": "list", "elements": "raw", "default": []},
            "min_admins": {"type": "int", "default": 1},
            "role_mismatch": {"type": "str", "default": "fail", "choices": ["fail", "warn", "ignore"]},
            "concurrency": {"type": "int", "default": 8},
            "purge_access": {"type": "bool", "default": False},
            "unknown_names": {"type": "str", "default": "fail", "choices": ["fail", "predict"]},
            "report_all": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    work = partial(converge_roster, module.params, check_mode=module.check_mode, no_log=module.no_log)
    run(module, partial(work, connect=partial(connect, module)), roster_result)


if __name__ == "__main__":
    main()
