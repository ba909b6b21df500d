# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The permissions of an API key, from the results of lists: yes and the size of the list, or no and the answer of the server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..module_utils._planning.place import RESTRICTED
from ..module_utils._text import number_of
from ._texts import printable

_NOT_TRIED = (
    "create users",
    "rename users",
    "change is_developer",
    "delete users",
    "resend invitations",
    "reset passwords",
)

Result = Mapping[str, Any]


def permissions(results: Mapping[str, Result], endpoint: str) -> list[str]:
    """Return the lines about the results of listing, by the kind of item; ``personal`` are those of a loop."""
    users, keys, roles, bindings, spaces, projects = (
        results[what].get(what, []) for what in ("users", "api_keys", "roles", "role_bindings", "spaces", "projects")
    )
    bots = {key["bot_user"]["id"] for key in keys if key["bot_user"]}
    admins = [
        user for user in users if user["role"] == "admin" and user["status"] == "active" and user["id"] not in bots
    ]
    hidden = "but the list is empty: none exist, or the key lacks ROLE_BINDING_READ"
    found = {
        "list users": _answer(results["users"], f"{number_of(len(users), 'user')}, active admins: {len(admins)}"),
        "list service keys": _answer(results["api_keys"], f"active: {len(keys)}"),
        "list personal keys of others": _personal(users, results["personal"]),
        "list roles": _answer(results["roles"], f"roles: {len(roles)}"),
        "list role bindings": _answer(
            results["role_bindings"], f"role bindings: {len(bindings)}" if bindings else hidden
        ),
        "list spaces": _answer(results["spaces"], f"spaces: {len(spaces)}"),
        "list projects": _answer(results["projects"], f"projects: {len(projects)}"),
        "list restrictions of projects": _restrictions(projects, results["projects"]),
        **dict.fromkeys(_NOT_TRIED, "not tried"),
    }
    lines = [f"{'may ' + what:36}{printable(answer)}" for what, answer in found.items()]
    return [f"The API key at {printable(endpoint)}:", *lines, *_bots(users, bots)]


def _answer(result: Result, found: str) -> str:
    return f"no   {result['msg']}" if "error" in result else f"yes  {found}"


def _personal(users: list[Result], result: Result) -> str:
    if len(users) < 2:  # of two, one at least is not the owner of the key
        return "not known, with fewer than two users"
    refused = (each for each in result["results"] if "error" in each)
    return _answer(next(refused, {}), "as only an account admin may")


def _restrictions(projects: list[Result], result: Result) -> str:
    if not projects:
        return "not known, without a project"
    if projects[0]["restricted"] is None:
        warnings = (str(text) for text in result.get("warnings", ()))
        return f"no   {next((text for text in warnings if RESTRICTED in text), '')}"
    restricted = sum(project["restricted"] for project in projects)
    hidden = "but none is listed: none exists, or the key lacks PROJECT_RESTRICT"
    return f"yes  {f'restricted: {restricted}' if restricted else hidden}"


def _bots(users: list[Result], bots: set[str]) -> list[str]:
    """Return the line about the bot users of service keys, if both lists could be read."""
    if not bots or not users:
        return []
    listed = sum(user["id"] in bots for user in users)
    found = (
        f"contains the bot users of service keys: {listed}"
        if listed
        else "does not contain the bot users of service keys"
    )
    return [f"The list of users {found}."]
