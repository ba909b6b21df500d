# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a task or a roster entry -> DesiredUser, checked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._errors import ArizeError, bad_option
from .._models import ROLES, DesiredUser
from .._text import named, quoted
from .options import about, read_one_user, read_text, text_of


def read_desired_user(options: Mapping[str, Any]) -> DesiredUser:
    """Return the desired user in *options*; None marks fields that are not given.

    Raises:
        ArizeError: bad_option, naming the option.
    """
    selected = read_one_user(options)
    label = "".join(selected.values())
    role, custom_role_id = _read_role(options, label), read_text(options, "custom_role_id", label)
    if role is not None and custom_role_id is not None:
        raise bad_option(f"role and custom_role_id are mutually exclusive (user {label}).")
    return DesiredUser(
        email=selected.get("email"),
        user_id=selected.get("user_id"),
        name=read_text(options, "name", label),
        role=role,
        custom_role_id=custom_role_id,
        invite_mode=options.get("invite_mode") or "email_link",
        is_developer=options.get("is_developer"),
    )


def refuse_unprotected_passwords(desired: Iterable[DesiredUser], no_log: bool) -> None:
    """Refuse to create temporary passwords that Ansible would show and log.

    Raises:
        ArizeError: no_log_needed.
    """
    labels = [] if no_log else [user.label for user in desired if user.wants_temporary_password]
    if labels:
        raise ArizeError(
            "no_log_needed",
            "invite_mode: temporary_password returns a password, which Ansible would show and log. No changes were made"
            f" ({named(labels)}). Set no_log: true on the task.",
        )


def _read_role(options: Mapping[str, Any], label: str) -> str | None:
    text = text_of(options, "role", label)
    if text is None:
        return None
    role = text.strip().lower()
    if role not in ROLES:
        raise bad_option(
            f"role is {quoted(text) if text else 'empty'}{about(label)}; choose one of {', '.join(ROLES)}."
        )
    return role
