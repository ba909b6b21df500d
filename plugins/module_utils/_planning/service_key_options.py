# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a service key -> DesiredServiceKey, checked. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from .._access import DesiredAccess
from .._errors import ArizeError, bad_option
from .desired_access import ORGANIZATION_OPTIONS, read_desired_access, read_organization
from .moments import read_moment
from .options import read_description, read_name_or_id, read_text, refuse_boolean

MAX_NAME = 256  # characters
MAX_GRACE_PERIOD = 86400  # seconds
MAX_DAYS = 36500
ACCOUNT_ROLES = ("member", "admin")
PREDEFINED = ("admin", "member", "read_only")  # roles in a space


class DesiredServiceKey(NamedTuple):
    """A service key as a task wants it, selected by exactly one of ``name`` and ``key_id``; None is not managed.

    ``spaces`` are as given, with names; a ``role`` that is predefined is in lower case. ``expires_at`` and ``lifetime``
    are for a new key.
    """

    name: str | None
    key_id: str | None
    spaces: tuple[DesiredAccess, ...] | None
    account_role: str | None
    description: str | None
    expires_at: datetime | None
    lifetime: timedelta | None
    rotate_after: timedelta | None
    rotate_before_expiry: timedelta | None
    grace_period: int

    @property
    def rotates(self) -> bool:
        """Whether the key is to be rotated or replaced when it is due."""
        return self.rotate_after is not None or self.rotate_before_expiry is not None

    @property
    def label(self) -> str:
        """The key in messages."""
        return self.name or self.key_id or ""


def read_desired_service_key(options: Mapping[str, Any]) -> DesiredServiceKey:
    """Return the service key that *options* want, checked.

    Raises:
        ArizeError: bad_option, naming the option.
    """
    name, key_id = read_name_or_id(options, "key_id", MAX_NAME)
    if name is None and key_id is None:
        raise bad_option("One of name and key_id is required.")
    desired = DesiredServiceKey(
        name=name,
        key_id=key_id,
        spaces=_read_spaces(options.get("spaces")),
        account_role=_read_account_role(options),
        description=read_description(options),
        expires_at=_read_expires_at(options),
        lifetime=_read_days(options, "expires_in_days", least=1),
        rotate_after=_read_days(options, "rotate_after_days"),
        rotate_before_expiry=_read_days(options, "rotate_before_expiry_days"),
        grace_period=_read_grace_period(options),
    )
    if desired.expires_at and desired.lifetime:
        raise bad_option("expires_at and expires_in_days are mutually exclusive.")
    refuse_short_lifetime(desired, desired.lifetime, "expires_in_days")
    return desired


def _read_spaces(given: Any) -> tuple[DesiredAccess, ...] | None:
    if given is None:
        return None
    if not given:
        raise bad_option(
            "spaces is empty, but a service key has at least one. Omit the option to leave them as they are."
        )
    spaces: list[DesiredAccess] = []
    for number, item in enumerate(given):
        try:
            space = _read_space(item)
        except ArizeError as error:
            raise bad_option(f"spaces[{number}]: {error.message}") from None
        role = (space.role or "").lower()
        spaces.append(space._replace(role=role) if role in PREDEFINED else space)
    return tuple(spaces)


def _read_space(item: Mapping[str, Any]) -> DesiredAccess:
    """Return a space and the role there; ``organization`` may be given with ``space_id``, as servers may not show it."""
    if item.get("project") is not None or item.get("project_id") is not None:
        raise bad_option("a service key has roles in spaces, not in projects.")
    if item.get("space") is None and item.get("space_id") is None:
        raise bad_option("one of space and space_id is required.")
    if item.get("space_id") is None:
        return read_desired_access(item, needs_role=False)
    space = read_desired_access({**item, **dict.fromkeys(ORGANIZATION_OPTIONS)}, needs_role=False)
    given = read_organization(item)
    return space._replace(organization=given.organization, organization_id=given.organization_id)


def _read_account_role(options: Mapping[str, Any]) -> str | None:
    role = read_text(options, "account_role")
    if role is not None and role.lower() not in ACCOUNT_ROLES:
        raise bad_option(f"account_role is {role}; choose one of {', '.join(ACCOUNT_ROLES)}.")
    return role and role.lower()


def _read_expires_at(options: Mapping[str, Any]) -> datetime | None:
    text = read_text(options, "expires_at")
    moment = read_moment(text)
    if text is not None and moment is None:
        raise bad_option(f"expires_at is not a time such as 2027-06-30T00:00:00Z: {text}.")
    return moment


def _read_days(options: Mapping[str, Any], name: str, least: int = 0) -> timedelta | None:
    days: int | None = options.get(name)
    refuse_boolean(name, days)
    if days is not None and not least <= days <= MAX_DAYS:
        raise bad_option(f"{name} must be from {least} to {MAX_DAYS}.")
    return None if days is None else timedelta(days=days)


def _read_grace_period(options: Mapping[str, Any]) -> int:
    seconds: int = options["grace_period"]
    refuse_boolean("grace_period", seconds)
    if not 0 <= seconds <= MAX_GRACE_PERIOD:
        raise bad_option(f"grace_period must be from 0 to {MAX_GRACE_PERIOD} seconds.")
    return seconds


def refuse_short_lifetime(desired: DesiredServiceKey, lifetime: timedelta | None, option: str) -> None:
    """Refuse a new key that would be due again at once: each run would make another one."""
    due = desired.rotate_before_expiry
    if due is not None and lifetime is not None and lifetime <= due:
        raise bad_option(
            f"{option} is within rotate_before_expiry_days ({due.days}): each run would replace the key again. Choose a"
            " later expiry."
        )
