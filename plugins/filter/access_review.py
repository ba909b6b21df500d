# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: access_review
short_description: List who can do what in an account
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Joins the results of the modules that read users, role bindings, service keys and roles into the facts of an access
    review, in a stable order. It makes no requests.
  - The playbook C(arize.ax.access_review) writes this as C(access_review.csv), C(access_review.md) and
    C(access_review.html).
options:
  _input:
    description:
      - The registered results by the kind of item that they list - C(users), C(role_bindings), C(api_keys) (service
        keys), C(roles), and, if they were read, C(spaces) and C(projects).
      - All but C(users) may be results of a failed task. Their part of the review is then null, and never an empty
        list.
    type: dict
    required: true
  endpoint:
    description:
      - The URL of the API that was read.
    type: str
    required: true
  read_at:
    description:
      - When it was read (RFC 3339). The ages of invitations and keys are counted until then.
    type: str
    required: true
  stale_days:
    description:
      - A service key that was not used for that many days is marked. For a key that was never used, the days since it was
        created count.
    type: int
    default: 90
  key_name:
    description:
      - The name of the API key that read the account, if it is known.
    type: str
  previous:
    description:
      - The content of C(access_review.csv) of an earlier review, to compare with. Only lists that both reviews could
        read are compared.
    type: str
  csv_delimiter:
    description:
      - The character between the cells of RV(_value.csv).
    type: str
    default: ","
    choices:
      - ","
      - ";"
seealso:
  - module: arize.ax.arize_user_info
  - module: arize.ax.arize_role_binding_info
  - module: arize.ax.arize_api_key_info
  - module: arize.ax.arize_role_info
"""

EXAMPLES = r"""
- name: List the users
  arize.ax.arize_user_info:
  register: users

- name: List the role bindings
  arize.ax.arize_role_binding_info:
  register: bindings

- name: List the service keys
  arize.ax.arize_api_key_info:
    key_type: service
  register: service

- name: List the roles
  arize.ax.arize_role_info:
  register: roles

- name: Show the service keys that expired, or were not used for 30 days
  ansible.builtin.debug:
    msg: "{{ review.service_keys | selectattr('marks')
      | map(attribute='name') }}"
  vars:
    review: >-
      {{ {'users': users, 'role_bindings': bindings, 'api_keys': service,
          'roles': roles}
         | arize.ax.access_review(
             endpoint='https://api.arize.com', stale_days=30,
             read_at=now(utc=true).strftime('%Y-%m-%dT%H:%M:%SZ')) }}
"""

RETURN = r"""
_value:
  description:
    - The facts of the review. Dates are days in UTC. A text that the server does not show is null.
  type: dict
  contains:
    endpoint:
      description: The URL of the API.
      type: str
    read_at:
      description: When it was read.
      type: str
    read_by:
      description: The version of the collection, and the name of the API key if it is known.
      type: str
    summary:
      description: The numbers of the review in one sentence.
      type: str
    stale_days:
      description: After how many days without use a service key is marked.
      type: int
    not_shown:
      description: The access that the API does not show, a text that is the same in each review.
      type: str
    not_read:
      description: The lists that this API key could not read, and why, a sentence each.
      type: list
      elements: str
    users:
      description:
        - The users, without the bot users of service keys, admins first, then by email. Each has C(email), C(user_id),
          C(name), C(status), C(role), C(developer) (V(yes) or V(no)), C(created), and C(access), a text for each role binding.
      type: list
      elements: dict
    invitations:
      description: The users who have not accepted their invitation, with C(since) and C(days).
      type: list
      elements: dict
    access:
      description:
        - The role bindings by user, space and project, those of service keys last. C(who) is the email, the service key, or
          the ID of a user who is not listed. Each has C(name), C(user_id), C(space), C(project), C(resource_id), C(role)
          and C(since). Null if role bindings could not be read.
      type: list
      elements: dict
    service_keys:
      description:
        - The service keys by name, with C(label) (the name, with the ID if several have it), C(key_id), C(role) (the account
          role of the bot user), C(creator), C(created), C(last_used) and C(expires) (a day or V(never)), C(access), and
          C(marks), any of V(expired), V(unused), V(creator has left), V(expiry not readable) and V(last use not readable).
          Null if they could not be read.
      type: list
      elements: dict
    roles:
      description:
        - The roles by name, custom roles first, with C(label), C(role_id), C(kind) (V(custom) or V(predefined)),
          C(permissions), and C(bindings), how many role bindings have the role. Null if they could not be read.
      type: list
      elements: dict
    places:
      description:
        - Private spaces and restricted projects, as far as the API key may list them, with C(kind), C(space), C(project),
          C(resource_id) and C(created).
      type: list
      elements: dict
    changes:
      description:
        - The differences to O(previous), or null without it. C(read_at) and C(endpoint) are those of the earlier
          review, and C(notes) lists the parts that were not compared. Each of C(rows) has C(change) (V(added),
          V(removed) or V(changed)), C(record), C(who), and C(details), a text for each value.
      type: dict
    counts:
      description:
        - The numbers of C(users), C(admins), C(invitations), C(oldest_invitation) (in days), C(access), C(unlisted)
          (role bindings of users who are not listed), C(service_keys), C(marked_keys), C(roles) (custom roles),
          C(places) and C(changes). Null for a list that could not be read.
      type: dict
    charts:
      description:
        - Pairs of a label and a number - users by C(status) and C(role), C(service_keys) by mark, of which one may have
          several, and role bindings by C(space), the largest first. The last two are empty if they could not be read.
      type: dict
    csv:
      description:
        - All of it as CSV that begins with a byte order mark, as Excel needs it. The column C(record) has the kind of a
          row. The columns C(reviewer), C(decision) and C(date) are empty. A text that a spreadsheet would take for a
          formula begins with an apostrophe, or is an address in angle brackets.
      type: str
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypedDict

from ansible.errors import AnsibleFilterError

from ..module_utils._models import PENDING, ROLES
from ..module_utils._planning.moments import key_marks, read_moment
from ..module_utils._planning.results import account_role
from ..module_utils._planning.service_key import is_key_in_use
from ..module_utils._text import number_of, one_line
from ..module_utils._version import VERSION
from ..plugin_utils._csv import as_csv
from ..plugin_utils._moments import day_of, days_until
from ..plugin_utils._review_changes import Changes, compare
from ..plugin_utils._texts import Untrusted, kind_of

NOT_SHOWN = (
    "The REST API does not show memberships of organizations, predefined roles in spaces, roles that single sign-on gives to"
    " groups, and access that is inherited: Arize's GraphQL API lists the members of a space with role and origin. Role"
    " bindings in spaces where the API key lacks ROLE_BINDING_READ are left out without an error, and so are private spaces"
    " and restrictions of projects that it may not see. Personal API keys are not listed: they act with the access of their"
    " owner."
)
_COLUMNS = (
    *("record", "email", "name", "id", "status", "role", "developer", "space", "project", "resource_id", "created"),
    *("creator", "last_used", "expires", "note", "reviewer", "decision", "date"),
)
_MAX_SPACES = 10
_MARKS = ("in use", "unused", "creator has left", "expired")
_BOM = "\ufeff"  # Excel takes a file without it for one in the code page of the machine
_KINDS = ("user", "service key", "unlisted")  # who has a role binding, in the order of the report
_OTHERS = {
    "role_bindings": "role bindings",
    "api_keys": "service keys",
    "roles": "roles",
    "spaces": "spaces",
    "projects": "projects",
}
_OPTIONAL = ("spaces", "projects")

Row = dict[str, Any]


class Counts(TypedDict):
    """The numbers of a review; None for a list that could not be read."""

    users: int
    invitations: int
    places: int
    admins: int
    oldest_invitation: int | None
    access: int | None
    service_keys: int | None
    unlisted: int | None
    marked_keys: int | None
    roles: int | None
    changes: int | None


class Review(TypedDict, total=False):
    """The facts of a review, as RETURN documents them; None for a list that could not be read."""

    endpoint: str
    read_at: str
    read_by: str
    stale_days: int
    summary: str
    not_shown: str
    not_read: list[str]
    users: list[Row]
    invitations: list[Row]
    access: list[Row] | None
    service_keys: list[Row] | None
    roles: list[Row] | None
    places: list[Row]
    charts: dict[str, list[list[Any]]]
    changes: Changes | None
    counts: Counts
    csv: str


Texts = dict[str, list[str]]  # role bindings by user ID
Labels = dict[str | None, str]  # names by ID, made unique
Gaps = list[tuple[str, str]]  # a list that could not be read, and why


class _Options(NamedTuple):
    """The options of the filter that have a default."""

    stale_days: int = 90
    key_name: str | None = None
    previous: str | None = None
    csv_delimiter: str = ","


def access_review(results: object, endpoint: str, read_at: str, **options: Any) -> Review:
    """Return the facts of an access review.

    Raises:
        AnsibleFilterError: a result is missing or of another kind, *read_at* is not a time, or ``previous`` not a review.
    """
    now, how = read_moment(read_at), _Options(**options)
    if now is None:
        raise AnsibleFilterError("read_at has to be a time such as 2026-11-02T09:30:00Z.")
    read_by = f"arize.ax {VERSION}" + (f", with the API key {how.key_name}" if how.key_name else "")
    facts, gaps = _facts(results, now, how.stale_days)
    facts |= {"endpoint": endpoint, "read_at": read_at, "read_by": Untrusted(read_by), "stale_days": how.stale_days}
    rows = list(_csv_rows(facts, gaps))
    facts["changes"] = None if how.previous is None else compare(how.previous, as_csv(_COLUMNS, rows))
    rows += _change_rows(facts["changes"])
    facts["counts"] = _counts(facts)
    rows[0]["note"] += f" This file has {len(rows)} rows."
    table = as_csv(_COLUMNS, rows, how.csv_delimiter)
    return {**facts, "summary": _summary(facts["counts"]), "csv": Untrusted(_BOM + table)}


def name_of_key(result: object, api_key: str) -> str | None:
    """Return the name of the one service key of a result whose visible ends are those of *api_key*; None if not one."""
    keys = result.get("api_keys") if isinstance(result, Mapping) else None
    names = [key["name"] for key in keys or () if is_key_in_use(key["redacted_key"], api_key)]
    return names[0] if len(names) == 1 else None


def _facts(results: object, now: datetime, stale_days: int) -> tuple[Review, Gaps]:
    """Return the facts in the results, and their gaps: a list, and a sentence."""
    gaps: Gaps = []
    listed = _read(results, "users")
    bindings, keys, roles, spaces, projects = (_read_or_note(results, what, gaps) for what in _OTHERS)
    bots = {key["bot_user"]["id"]: key for key in keys or () if key["bot_user"]}
    people = sorted((user for user in listed if user["id"] not in bots), key=_admins_first)
    in_spaces = [row for row in bindings or () if row["resource_type"] != "project"]
    labels = _labels_of({row["resource_id"]: row["space"] for row in in_spaces}, spaces)
    access = (
        None if bindings is None else _access(bindings, people, bots, roles, _resources(bindings, labels, projects))
    )
    texts = None if access is None else _texts(access)
    gaps += [("", text) for text in _gaps(bindings, access, keys is None)]
    if any(project["restricted"] is None for project in projects or ()):
        gaps.append((_OTHERS["projects"], "The restrictions of projects could not be read."))
    facts: Review = {
        "not_shown": NOT_SHOWN,
        "not_read": [text for _what, text in gaps],
        "users": [_user(user, texts) for user in people],
        "invitations": [_invitation(user, now) for user in people if user["status"] in PENDING],
        "access": access,
        "service_keys": None if keys is None else _service_keys(keys, listed, texts, now, stale_days),
        "roles": None if roles is None else _roles(roles, bindings),
        "places": [*_places(spaces, projects, labels)],
    }
    return {**facts, "charts": _charts(facts, [user["role"] for user in people])}, gaps


def _read(results: object, what: str) -> list[Row]:
    if not isinstance(results, Mapping):
        raise AnsibleFilterError(f"The results of the modules are needed by what they list, not {kind_of(results)}.")
    result = results.get(what)
    if not isinstance(result, Mapping) or not isinstance(result.get(what), list):
        raise AnsibleFilterError(f"A result with {what} is needed, not {kind_of(result)}.")
    return list(result[what])


def _read_or_note(results: object, what: str, gaps: Gaps) -> list[Row] | None:
    """Return the items of a result; None for a failed one, with the reason in *gaps*."""
    result = results.get(what) if isinstance(results, Mapping) else None
    if isinstance(result, Mapping) and result.get("error") and isinstance(result.get("msg"), str):
        gaps.append((_OTHERS[what], Untrusted(one_line(f"The {_OTHERS[what]} could not be read. {result['msg']}"))))
        return None
    return None if result is None and what in _OPTIONAL else _read(results, what)


def _gaps(bindings: list[Row] | None, access: list[Row] | None, keys_unknown: bool) -> Iterable[str]:
    """Yield the gaps in the lists that were read."""
    if bindings is not None and not bindings:
        yield "No role bindings were found: none exist, or the API key lacks ROLE_BINDING_READ."
    unnamed = sum(not row["role"] or not row["space"] or _is_unnamed_project(row) for row in bindings or ())
    if unnamed:
        yield f"Role bindings with names that the API key cannot read: {unnamed}. They show IDs instead."
    unlisted = sum(row["kind"] == "unlisted" for row in access or ())
    if unlisted:
        yield f"Role bindings of users who are not in the list of users: {unlisted}. They show the ID of the user."
    if keys_unknown:
        yield "The users may include bot users of service keys: nothing tells them from other users."


def _is_unnamed_project(binding: Row) -> bool:
    return binding["resource_type"] == "project" and not binding["project"]


# ---------------------------------------------------------------- rows


def _user(user: Row, texts: Texts | None) -> Row:
    return {
        **_person(user),
        "status": user["status"],
        "role": account_role(user),
        "developer": {True: "yes", False: "no"}.get(user["is_developer"]),
        "created": day_of(user["created_at"]),
        "access": None if texts is None else texts.get(user["id"], []),
    }


def _person(user: Row) -> Row:
    return {"email": user["email"], "user_id": user["id"], "name": user["name"]}


def _invitation(user: Row, now: datetime) -> Row:
    since = user["created_at"]
    return {**_person(user), "status": user["status"], "since": day_of(since), "days": days_until(now, since)}


def _labels_of(bound: Mapping[str | None, str | None], listed: list[Row] | None) -> Labels:
    """Return the label of each space or role, the same wherever the review shows it.

    Args:
        bound: the names in role bindings, by ID.
        listed: the spaces or roles, if they could be read.
    """
    names = {**bound, **{item["id"]: item["name"] for item in listed or ()}}
    return _labels((item_id, name, None) for item_id, name in names.items())


def _resources(bindings: list[Row], spaces: Labels, projects: list[Row] | None) -> list[Row]:
    """Return the labels of space and project of each role binding. Names of projects are unique only within a space."""
    parents = {project["id"]: spaces.get(project["space_id"]) for project in projects or ()}
    on_project = [row["resource_type"] == "project" for row in bindings]
    in_space = [
        (parents.get(row["resource_id"]) or row["space"]) if project else spaces[row["resource_id"]]
        for row, project in zip(bindings, on_project)
    ]
    rows = list(zip(bindings, in_space, on_project))
    labels = _labels((row["resource_id"], row["project"], space) for row, space, project in rows if project)
    return [
        {"space": space, "project": labels[row["resource_id"]] if project else None} for row, space, project in rows
    ]


def _access(
    bindings: list[Row],
    people: list[Row],
    bots: Mapping[str | None, Row],
    roles: list[Row] | None,
    resources: list[Row],
) -> list[Row]:
    """Return the role bindings with the names of their users and *resources*, sorted."""
    users = {user["id"]: user for user in people}
    keys = _labels((key["id"], key["name"], None) for key in bots.values())
    labels = _labels_of({row["role_id"]: row["role"] for row in bindings}, roles)
    rows = [
        {
            **_holder(row["user_id"], users, bots, keys),
            **resource,
            "resource_id": row["resource_id"],
            "role": labels[row["role_id"]],
            "since": day_of(row["created_at"]),
        }
        for row, resource in zip(bindings, resources)
    ]
    texts = ("who", "user_id", "space", "project", "role", "resource_id")
    return sorted(rows, key=lambda row: (_KINDS.index(row["kind"]), *(_folded(row[text]) for text in texts)))


def _holder(
    user_id: str | None,
    users: Mapping[str | None, Row],
    bots: Mapping[str | None, Row],
    keys: dict[str | None, str],
) -> Row:
    """Return the holder of a role binding: a user, a service key, or a user who is not listed."""
    if user_id in users:
        user = users[user_id]
        return {"kind": "user", "who": user["email"] or user_id, **_person(user)}
    key = bots.get(user_id)
    who = {"email": None, "user_id": user_id, "name": key["name"] if key else None}
    if key:
        return {"kind": "service key", "who": Untrusted(f"service key: {keys[key['id']]}"), **who}
    return {"kind": "unlisted", "who": user_id or "unknown", **who}


def _texts(access: list[Row]) -> Texts:
    """Return the role bindings by user, as texts."""
    texts: Texts = defaultdict(list)
    for row in access:
        where = " / ".join(filter(None, (row["space"], row["project"])))
        texts[row["user_id"]].append(Untrusted(f"{where}: {row['role']}"))
    return texts


def _service_keys(keys: list[Row], listed: list[Row], texts: Texts | None, now: datetime, stale_days: int) -> list[Row]:
    emails = {user["id"]: user["email"] for user in listed}
    known = {*emails, *(key["bot_user"]["id"] for key in keys if key["bot_user"]), None}
    labels = _labels((key["id"], key["name"], None) for key in keys)
    rows = []
    for key in sorted(keys, key=_by_name):
        bot, creator = key["bot_user"] or {"id": None, "account_role": None}, key["created_by_user_id"]
        rows.append(
            {
                "label": labels[key["id"]],
                "name": key["name"],
                "key_id": key["id"],
                "role": bot["account_role"],
                "creator": emails.get(creator) or creator,
                "created": day_of(key["created_at"]),
                "last_used": day_of(key["last_used_at"]) or "never",
                "expires": day_of(key["expires_at"]) or "never",
                "marks": key_marks(key, now, stale_days, creator not in known),
                "access": None if texts is None else texts.get(bot["id"], []),
            }
        )
    return rows


def _roles(roles: list[Row], bindings: list[Row] | None) -> list[Row]:
    used = Counter(row["role_id"] for row in bindings or ())
    labels = _labels((role["id"], role["name"], None) for role in roles)
    return [
        {
            "label": labels[role["id"]],
            "name": role["name"],
            "role_id": role["id"],
            "kind": "predefined" if role["is_predefined"] else "custom",
            "permissions": role["permissions"],
            "bindings": None if bindings is None else used[role["id"]],
        }
        for role in sorted(roles, key=lambda role: (role["is_predefined"], *_by_name(role)))
    ]


def _places(spaces: list[Row] | None, projects: list[Row] | None, labels: Labels) -> Iterable[Row]:
    """Yield the private spaces and the restricted projects. Roles from higher levels do not reach them."""
    for space in spaces or ():
        if space["is_private"]:
            yield {
                "kind": "private space",
                "space": labels[space["id"]],
                "project": None,
                "resource_id": space["id"],
                "created": day_of(space["created_at"]),
            }
    for project in projects or ():
        if project["restricted"]:
            yield {
                "kind": "restricted project",
                "space": labels.get(project["space_id"]) or project["space"] or project["space_id"],
                "project": project["name"],
                "resource_id": project["id"],
                "created": day_of(project["created_at"]),
            }


def _labels(named: Iterable[tuple[str | None, str | None, str | None]]) -> Labels:
    """Return a label for each ID: its name, the ID too where several have that name in one scope, or the ID alone."""
    unique = set(named)
    shared = Counter((name, scope) for _id, name, scope in unique)
    return {
        item_id: Untrusted(
            name if name and shared[name, scope] == 1 else f"{name} ({item_id})" if name else item_id or "unknown"
        )
        for item_id, name, scope in unique
    }


def _folded(text: str | None) -> str:
    return (text or "").lower()


def _admins_first(user: Row) -> tuple[bool, bool, str, str]:
    return (user["role"] != "admin", not user["email"], _folded(user["email"]), user["id"])


def _by_name(item: Row) -> tuple[str, str]:
    return _folded(item["name"]), _folded(item["id"])


# ---------------------------------------------------------------- numbers, and the table


def _counts(facts: Review) -> Counts:
    access, keys, roles, changes = facts["access"], facts["service_keys"], facts["roles"], facts["changes"]
    ages = [row["days"] for row in facts["invitations"] if row["days"] is not None]
    return {
        "users": len(facts["users"]),
        "invitations": len(facts["invitations"]),
        "places": len(facts["places"]),
        "admins": sum(user["role"] == "admin" for user in facts["users"]),
        "oldest_invitation": max(ages, default=None),
        "access": None if access is None else len(access),
        "service_keys": None if keys is None else len(keys),
        "unlisted": None if access is None else sum(row["kind"] == "unlisted" for row in access),
        "marked_keys": None if keys is None else sum(bool(key["marks"]) for key in keys),
        "roles": None if roles is None else sum(role["kind"] == "custom" for role in roles),
        "changes": None if changes is None else len(changes["rows"]),
    }


def _summary(counts: Counts) -> str:
    """Return the numbers, the same in each report; none for a list that could not be read."""
    parts = [f"{number_of(counts['users'], 'user')} ({number_of(counts['admins'], 'admin')})"]
    numbers = (counts["access"], counts["service_keys"], counts["roles"])
    for number, one in zip(numbers, ("role binding", "service key", "custom role")):
        parts.append(f"{one}s not read" if number is None else number_of(number, one) if number else f"no {one}s found")
    days = counts["oldest_invitation"]
    oldest = "" if days is None else f", the oldest for {number_of(days, 'day')}"
    text = f"{', '.join(parts)}. {number_of(counts['invitations'], 'open invitation')}{oldest}."
    text += f" Marked service keys: {counts['marked_keys']}." if counts["marked_keys"] else ""
    return text + ("" if counts["changes"] is None else f" Changes since the earlier review: {counts['changes']}.")


def _charts(facts: Review, roles: list[str | None]) -> dict[str, list[list[Any]]]:
    spaces: Counter[str] = Counter(row["space"] or "unknown space" for row in facts["access"] or ())
    largest: list[list[Any]] = [
        list(pair) for pair in sorted(spaces.items(), key=lambda pair: (-pair[1], _folded(pair[0]), pair[0]))
    ]
    smaller = largest[_MAX_SPACES:]
    others = [[f"{len(smaller)} more", sum(number for _space, number in smaller)]] if smaller else []
    of_keys = (key["marks"] or ["in use"] for key in facts["service_keys"] or ())
    # A key with two marks of the last bar is one key there.
    marks = [mark for found in of_keys for mark in {each if each in _MARKS else "other" for each in found}]
    return {
        "status": _shares((user["status"] for user in facts["users"]), ("active", *PENDING)),
        "role": _shares(roles, (*ROLES, "custom")),
        "service_keys": _shares(marks, _MARKS) if marks else [],
        "space": largest[:_MAX_SPACES] + others,
    }


def _shares(values: Iterable[Any], known: tuple[str, ...]) -> list[list[Any]]:
    counts = Counter(value if value in known else "other" for value in values)
    return [[name, counts[name]] for name in (*known, "other")]


def _csv_rows(facts: Review, gaps: Gaps) -> Iterable[Row]:
    """Yield the rows of the table. Only the first one changes although the account does not."""
    note = f"{facts['read_by']}. A key is unused after {facts['stale_days']} days."
    yield {"record": "review", "name": facts["endpoint"], "created": facts["read_at"], "note": note}
    yield {"record": "not shown", "note": facts["not_shown"]}
    yield from ({"record": "not read", "name": what, "note": text} for what, text in gaps)
    same = ("email", "name", "status", "role", "developer", "created")
    for user in facts["users"]:
        yield {"record": "user", "id": user["user_id"], **{name: user[name] for name in same}}
    for row in facts["access"] or ():
        holder = {"email": row["email"], "name": row["name"], "id": row["user_id"], "created": row["since"]}
        place = {name: row[name] for name in ("role", "space", "project", "resource_id")}
        yield {"record": "access", **holder, **place, "note": "" if row["kind"] == "user" else row["kind"]}
    for key in facts["service_keys"] or ():
        times = {name: key[name] for name in ("created", "creator", "last_used", "expires")}
        who = {"name": key["name"], "id": key["key_id"], "role": key["role"]}
        yield {"record": "service key", **who, **times, "note": ", ".join(key["marks"])}
    for role in facts["roles"] or ():
        permissions = " ".join(role["permissions"])
        yield {"record": f"{role['kind']} role", "name": role["name"], "id": role["role_id"], "note": permissions}
    for place in facts["places"]:
        where = {name: place[name] for name in ("space", "project", "resource_id", "created")}
        yield {"record": place["kind"], **where}


def _change_rows(changes: Changes | None) -> Iterable[Row]:
    for row in changes["rows"] if changes else ():
        note = "; ".join((row["record"], *row["details"]))
        yield {"record": "change", "name": row["who"], "status": row["change"], "note": note}


class FilterModule:
    """The filter, as Ansible finds it."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filter by name."""
        return {"access_review": access_review}
