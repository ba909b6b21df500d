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
      - The registered results by what they list - C(users), C(role_bindings), C(api_keys) (service keys) and C(roles)
        (custom roles).
      - All but C(users) may be results of a failed task. What they would list is then null, and never an empty list.
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

- name: List the custom roles
  arize.ax.arize_role_info:
    predefined: false
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
    stale_days:
      description: After how many days without use a service key is marked.
      type: int
    not_shown:
      description: What the API does not show, a text that is the same in each review.
      type: str
    not_read:
      description: What this API key could not read, and why, a sentence each.
      type: list
      elements: str
    users:
      description:
        - The users by email, without the bot users of service keys. Each has C(email), C(user_id), C(name), C(status),
          C(role), C(developer) (V(yes) or V(no)), C(created), and C(access), a text for each role binding.
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
        - The service keys by name, with C(key_id), C(role) (the account role of the bot user), C(creator), C(created),
          C(last_used) and C(expires) (a day or V(never)), C(access), and C(marks), any of V(expired), V(unused),
          V(expiry not readable) and V(last use not readable). Null if they could not be read.
      type: list
      elements: dict
    roles:
      description:
        - The custom roles by name, with C(role_id), C(permissions), and C(bindings), how many role bindings have the role.
          Null if they could not be read.
      type: list
      elements: dict
    counts:
      description:
        - How many there are, as C(users), C(invitations), C(oldest_invitation) (in days), C(access), C(unlisted) (role
          bindings of users who are not listed), C(service_keys), C(marked_keys) and C(roles). Null for what could not be read.
      type: dict
    charts:
      description:
        - Pairs of a label and a number - users by C(status) and C(role), C(service_keys) by mark, and role bindings by
          C(space), the largest first. The last two are empty if they could not be read.
      type: dict
    csv:
      description:
        - All of it as CSV. The column C(record) says what a row is. What a spreadsheet would take for a formula begins with
          an apostrophe, or is an address in angle brackets.
      type: str
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._errors import one_line
from ..module_utils._planning.results import account_role
from ..plugin_utils._csv import as_csv
from ..plugin_utils._texts import Untrusted, kind_of

NOT_SHOWN = (
    "The API does not show memberships of organizations, predefined roles in spaces, roles that single sign-on gives to"
    " groups, and access that is inherited. Role bindings in spaces where the API key lacks ROLE_BINDING_READ are left out"
    " without an error. Personal API keys are not listed: they act with the access of their owner."
)
_COLUMNS = (
    *("record", "email", "name", "id", "status", "role", "developer", "space", "project", "resource_id", "created"),
    *("creator", "last_used", "expires", "note"),
)
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_STATUSES = ("active", "invited", "expired")
_OPEN = ("invited", "expired")
_ROLES = ("admin", "member", "member_ui_only", "annotator", "custom")
_MAX_SPACES = 10
_MARKS = ("in use", "unused", "expired")
_KINDS = ("user", "service key", "unlisted")  # who has a role binding, in the order of the report
_OTHERS = {"role_bindings": "role bindings", "api_keys": "service keys", "roles": "custom roles"}

Row = dict[str, Any]
Texts = dict[str, list[str]]  # role bindings by user ID


def access_review(results: object, endpoint: str, read_at: str, stale_days: int = 90) -> Row:
    """Return the facts of an access review.

    Raises:
        AnsibleFilterError: a result is missing or of another kind, or *read_at* is no time.
    """
    now = _time(read_at)
    if now is None:
        raise AnsibleFilterError("read_at has to be a time such as 2026-11-02T09:30:00Z.")
    not_read: list[str] = []
    listed = _read(results, "users")
    bindings, keys, roles = (_read_or_note(results, what, not_read) for what in _OTHERS)
    bots = {key["bot_user"]["id"]: key["name"] for key in keys or () if key["bot_user"]}
    people = sorted((user for user in listed if user["id"] not in bots), key=_by_email)
    access = None if bindings is None else _access(bindings, people, bots)
    texts = None if access is None else _texts(access)
    facts = {
        "endpoint": endpoint,
        "read_at": read_at,
        "stale_days": stale_days,
        "not_shown": NOT_SHOWN,
        "not_read": [*not_read, *_gaps(bindings, access, keys is None)],
        "users": [_user(user, texts) for user in people],
        "invitations": [_invitation(user, now) for user in people if user["status"] in _OPEN],
        "access": access,
        "service_keys": None if keys is None else _service_keys(keys, listed, texts, now, stale_days),
        "roles": None if roles is None else _roles(roles, bindings),
    }
    charts = _charts(facts, [user["role"] for user in people])
    return {**facts, "counts": _counts(facts), "charts": charts, "csv": Untrusted(as_csv(_COLUMNS, _csv_rows(facts)))}


def _read(results: object, what: str) -> list[Row]:
    if not isinstance(results, Mapping):
        raise AnsibleFilterError(f"The results of the modules are needed by what they list, not {kind_of(results)}.")
    result = results.get(what)
    if not isinstance(result, Mapping) or not isinstance(result.get(what), list):
        raise AnsibleFilterError(f"A result with {what} is needed, not {kind_of(result)}.")
    return list(result[what])


def _read_or_note(results: object, what: str, not_read: list[str]) -> list[Row] | None:
    """Return what a result lists; None for a failed one, and why in *not_read*."""
    result = results.get(what) if isinstance(results, Mapping) else None
    if isinstance(result, Mapping) and result.get("error") and isinstance(result.get("msg"), str):
        not_read.append(Untrusted(one_line(f"The {_OTHERS[what]} could not be read. {result['msg']}")))
        return None
    return _read(results, what)


def _gaps(bindings: list[Row] | None, access: list[Row] | None, keys_unknown: bool) -> Iterable[str]:
    """Yield what the lists that were read do not tell."""
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
        "created": _day(user["created_at"]),
        "access": None if texts is None else texts.get(user["id"], []),
    }


def _person(user: Row) -> Row:
    return {"email": user["email"], "user_id": user["id"], "name": user["name"]}


def _invitation(user: Row, now: datetime) -> Row:
    since = _time(user["created_at"])
    days = None if since is None else (now.date() - since.date()).days
    return {**_person(user), "status": user["status"], "since": _day(user["created_at"]), "days": days}


def _access(bindings: list[Row], people: list[Row], bots: Mapping[str | None, str | None]) -> list[Row]:
    """Return the role bindings, with the names of who has them, sorted."""
    users = {user["id"]: user for user in people}
    keys = _labels((bot_id, name, None) for bot_id, name in bots.items())
    roles = _labels((row["role_id"], row["role"], None) for row in bindings)
    # Names of projects are unique only within a space.
    on_project = [row["resource_type"] == "project" for row in bindings]
    spaces = _labels(
        (row["resource_id"], row["space"], None) for row, project in zip(bindings, on_project) if not project
    )
    projects = _labels(
        (row["resource_id"], row["project"], row["space"]) for row, project in zip(bindings, on_project) if project
    )
    rows = [
        {
            **_holder(row["user_id"], users, bots, keys),
            "space": row["space"] if project else spaces[row["resource_id"]],
            "project": projects[row["resource_id"]] if project else None,
            "resource_id": row["resource_id"],
            "role": roles[row["role_id"]],
            "since": _day(row["created_at"]),
        }
        for row, project in zip(bindings, on_project)
    ]
    texts = ("who", "user_id", "space", "project", "role", "resource_id")
    return sorted(rows, key=lambda row: (_KINDS.index(row["kind"]), *(_folded(row[text]) for text in texts)))


def _holder(
    user_id: str | None,
    users: Mapping[str | None, Row],
    bots: Mapping[str | None, str | None],
    keys: dict[str | None, str],
) -> Row:
    """Return who has a role binding: a user, a service key, or a user who is not listed."""
    if user_id in users:
        user = users[user_id]
        return {"kind": "user", "who": user["email"] or user_id, **_person(user)}
    who = {"email": None, "user_id": user_id, "name": bots.get(user_id)}
    if user_id in bots:
        return {"kind": "service key", "who": Untrusted(f"service key: {keys[user_id]}"), **who}
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
    rows = []
    for key in sorted(keys, key=_by_name):
        bot, creator = key["bot_user"] or {"id": None, "account_role": None}, key["created_by_user_id"]
        rows.append(
            {
                "name": key["name"],
                "key_id": key["id"],
                "role": bot["account_role"],
                "creator": emails.get(creator) or creator,
                "created": _day(key["created_at"]),
                "last_used": _day(key["last_used_at"]) or "never",
                "expires": _day(key["expires_at"]) or "never",
                "marks": _marks(key, now, stale_days),
                "access": None if texts is None else texts.get(bot["id"], []),
            }
        )
    return rows


def _marks(key: Row, now: datetime, stale_days: int) -> list[str]:
    """Return why a key is marked. A time that cannot be read is a reason."""
    expires, used = _time(key["expires_at"]), _time(key["last_used_at"] or key["created_at"])
    marks = []
    if key["expires_at"] and (expires is None or expires <= now):
        marks.append("expired" if expires else "expiry not readable")
    if used is None or (now - used).days >= stale_days:
        marks.append("unused" if used else "last use not readable")
    return marks


def _roles(roles: list[Row], bindings: list[Row] | None) -> list[Row]:
    used = Counter(row["role_id"] for row in bindings or ())
    return [
        {
            "name": role["name"],
            "role_id": role["id"],
            "permissions": role["permissions"],
            "bindings": None if bindings is None else used[role["id"]],
        }
        for role in sorted(roles, key=_by_name)
    ]


def _labels(named: Iterable[tuple[str | None, str | None, str | None]]) -> dict[str | None, str]:
    """Return a label for each ID: its name, the ID too where several have that name in one scope, or the ID alone."""
    unique = set(named)
    shared = Counter((name, scope) for _id, name, scope in unique)
    return {
        item_id: Untrusted(
            name if name and shared[name, scope] == 1 else f"{name} ({item_id})" if name else item_id or "unknown"
        )
        for item_id, name, scope in unique
    }


def _time(text: str | None) -> datetime | None:
    """Return a time in UTC; None if *text* is none."""
    found = _TIME.fullmatch(text or "")
    if not found:
        return None
    offset = found[3] if found[3] not in "Zz" else "+00:00"
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}{offset}").astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def _day(text: str | None) -> str | None:
    """Return the day of a time in UTC, or *text* if it is no time."""
    time = _time(text)
    return time.date().isoformat() if time else text


def _folded(text: str | None) -> str:
    return (text or "").lower()


def _by_email(user: Row) -> tuple[bool, str, str]:
    return (not user["email"], _folded(user["email"]), user["id"])


def _by_name(item: Row) -> tuple[str, str]:
    return _folded(item["name"]), _folded(item["id"])


# ---------------------------------------------------------------- numbers, and the table


def _counts(facts: Row) -> Row:
    access, keys = facts["access"], facts["service_keys"]
    ages = [row["days"] for row in facts["invitations"] if row["days"] is not None]
    lists = ("users", "invitations", "access", "service_keys", "roles")
    return {
        **{what: None if facts[what] is None else len(facts[what]) for what in lists},
        "oldest_invitation": max(ages, default=None),
        "unlisted": None if access is None else sum(row["kind"] == "unlisted" for row in access),
        "marked_keys": None if keys is None else sum(bool(key["marks"]) for key in keys),
    }


def _charts(facts: Row, roles: list[str | None]) -> dict[str, list[list[Any]]]:
    spaces: Counter[str] = Counter(row["space"] or "unknown space" for row in facts["access"] or ())
    largest: list[list[Any]] = [
        list(pair) for pair in sorted(spaces.items(), key=lambda pair: (-pair[1], _folded(pair[0]), pair[0]))
    ]
    rest = largest[_MAX_SPACES:]
    more = [[f"{len(rest)} more", sum(number for _space, number in rest)]] if rest else []
    marks = [" ".join(key["marks"][:1]) or "in use" for key in facts["service_keys"] or ()]
    return {
        "status": _shares((user["status"] for user in facts["users"]), _STATUSES),
        "role": _shares(roles, _ROLES),
        "service_keys": _shares(marks, _MARKS) if marks else [],
        "space": largest[:_MAX_SPACES] + more,
    }


def _shares(values: Iterable[Any], known: tuple[str, ...]) -> list[list[Any]]:
    counts = Counter(value if value in known else "other" for value in values)
    return [[name, counts[name]] for name in (*known, "other")]


def _csv_rows(facts: Row) -> Iterable[Row]:
    """Yield the rows of the table. Only the first one changes although the account does not."""
    note = f"A key is unused after {facts['stale_days']} days."
    yield {"record": "review", "name": facts["endpoint"], "created": facts["read_at"], "note": note}
    yield {"record": "not shown", "note": facts["not_shown"]}
    yield from ({"record": "not read", "note": text} for text in facts["not_read"])
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
        yield {"record": "custom role", "name": role["name"], "id": role["role_id"], "note": permissions}


class FilterModule:
    """The filter, as Ansible finds it."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filter by name."""
        return {"access_review": access_review}
