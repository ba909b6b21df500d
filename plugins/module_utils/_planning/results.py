# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users and outcomes -> results. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from .._errors import ArizeError
from .._models import ROLES, Outcome, User
from .desired import read_desired_user


def item_result(outcome: Outcome, failed: bool, key: str, also: Sequence[str] = ("actions",)) -> dict[str, Any]:
    """Return the result about one item under *key*; *also* are attributes of the outcome that the module returns."""
    result = {"changed": outcome.changed, "warnings": outcome.warnings, key: outcome.after}
    result.update({name: getattr(outcome, name) for name in also})
    if "actions" in also:
        result["actions"] = list(outcome.actions)
    if outcome.temporary_password:
        result["temporary_password"] = outcome.temporary_password
    if not failed:
        result["diff"] = {"before": outcome.before or {}, "after": outcome.after or {}}
    return result


def problem_result(error: ArizeError | None, skipped: str) -> dict[str, Any] | None:
    """Return why something failed or was skipped, as entries show it; None if neither."""
    error = error or (ArizeError("partial", skipped) if skipped else None)
    return {**error.as_result(), "msg": error.told} if error else None


def account_role(user: Mapping[str, Any]) -> str | None:
    """Return the account role of a user of a result, as people name it: a custom role by its name, or its ID."""
    role: str | None = user["custom_role_name"] or user["custom_role_id"] or user["role"]
    return role


def roster_entries(
    users: Sequence[User], access: Mapping[str, Sequence[Mapping[str, str]]] = MappingProxyType({})
) -> list[dict[str, Any]]:
    """Return *users* as roster entries: the managed fields, without unknown values.

    Users whose addresses differ only in case are selected by ID, and so is one whose address cannot be used.

    Args:
        users: as read.
        access: the access that is managed, by user ID.
    """
    keys = Counter(user.key for user in users)
    return [_roster_entry(user, keys[user.key] == 1, access.get(user.id)) for user in users]


def _roster_entry(user: User, by_email: bool, access: Sequence[Mapping[str, str]] | None) -> dict[str, Any]:
    by_email = by_email and user.key == user.key.strip() and _accepted(email=user.email)
    entry = {
        "email": user.email if by_email else None,
        "user_id": None if by_email else user.id,
        "name": user.name if _accepted(email="a@x", name=user.name) else None,
        "role": user.role if user.role in ROLES else None,
        "custom_role_id": user.custom_role_id,
        "is_developer": user.is_developer,
        "access": access,
    }
    return {name: value for name, value in entry.items() if value is not None}


def _accepted(**options: Any) -> bool:
    try:
        read_desired_user(options)
    except ArizeError:
        return False
    return True
