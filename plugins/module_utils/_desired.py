# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task or a roster entry wants of one user: options -> Desired, checked. Pure. Private to arize.ax."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError, bad_option

if TYPE_CHECKING:
    from ansible_collections.arize.ax.plugins.module_utils._users import User

ROLES = ("admin", "member", "member_ui_only", "annotator")
LONGEST = 255  # characters, of a name and of the API's email filter
_ATOM = r'[^\s.@<>()\[\],;:\\"]+'  # what stands between the dots of an address
_ADDRESS = re.compile(rf"{_ATOM}(\.{_ATOM})*@{_ATOM}(\.{_ATOM})*")


class Desired(NamedTuple):
    """The wish for one user, named by exactly one of ``email`` and ``user_id``. None is "not managed"."""

    email: str | None = None
    user_id: str | None = None
    name: str | None = None
    role: str | None = None
    custom_role_id: str | None = None
    invite_mode: str = "email_link"
    is_developer: bool | None = None

    @property
    def label(self) -> str:
        """How messages name the user."""
        return self.email or self.user_id or ""

    @property
    def wants_password(self) -> bool:
        """Whether a creation is to give a one-time password."""
        return self.invite_mode == "temporary_password"


def read_desired(options: Mapping[str, Any]) -> Desired:
    """Return the wish that *options* state; what is not given is None.

    Raises:
        ArizeError: of kind bad_option, naming the option.
    """
    email, user_id = read_identity(options)
    custom_role_id = _read_custom_role_id(options.get("custom_role_id"), email or user_id)
    if options.get("role") is not None and custom_role_id is not None:
        raise bad_option(f"role and custom_role_id exclude each other: give one of them{_of(email or user_id)}.")
    return Desired(
        email=email,
        user_id=user_id,
        name=_read_name(options.get("name"), email or user_id),
        role=options.get("role"),
        custom_role_id=custom_role_id,
        invite_mode=options.get("invite_mode") or "email_link",
        is_developer=options.get("is_developer"),
    )


def refuse_open_passwords(wishes: Iterable[Desired], no_log: bool) -> None:
    """Refuse to have one-time passwords made that Ansible would show and log.

    Raises:
        ArizeError: of kind no_log_needed.
    """
    labels = [] if no_log else [wish.label for wish in wishes if wish.wants_password]
    if labels:
        raise ArizeError(
            "no_log_needed",
            "invite_mode: temporary_password returns a password, which Ansible would show and log: set no_log: true on"
            f" the task. Nothing was done ({listed(labels)}).",
        )


def listed(texts: Sequence[str], most: int = 10) -> str:
    """Join the first of *texts*, and say how many more there are."""
    return ", ".join(texts[:most]) + (f" and {len(texts) - most} more" if len(texts) > most else "")


def roster_entry(user: User) -> dict[str, Any]:
    """Return *user* as the roster takes one: what can be wished for, without what is unknown or blank."""
    entry = {
        "email": user.email,
        "user_id": None if user.email else user.id,
        "name": user.name if user.name and user.name.strip() else None,
        "role": user.role if user.role in ROLES else None,
        "custom_role_id": user.custom_role_id,
        "is_developer": user.is_developer,
    }
    return {name: value for name, value in entry.items() if value is not None}


def read_identity(options: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return email and user_id, of which exactly one is given; an empty one counts as not given.

    Raises:
        ArizeError: of kind bad_option.
    """
    given = read_only_one(options, "email", "user_id")
    if not given:
        raise bad_option("Neither email nor user_id is given: name the user by one of them.")
    return given.get("email"), given.get("user_id")


def read_only_one(options: Mapping[str, Any], *names: str) -> dict[str, str]:
    """Return the one of the options *names* that is given, checked, or nothing; they say who is meant.

    Raises:
        ArizeError: of kind bad_option.
    """
    given = {name: value for name, value in ((name, (options.get(name) or "").strip()) for name in names) if value}
    if len(given) > 1:
        both = " and ".join(f"{name} ({_shown(value)})" for name, value in given.items())
        raise bad_option(f"{both} are given, but only one of them can say who is meant.")
    for name, value in given.items():
        if name == "email":
            _check_email(value)
        elif len(value) > LONGEST or value in (".", "..") or not _printable(value):
            raise bad_option(
                f"{name} cannot be used, it is a dot or two, longer than {LONGEST} characters, or holds white space or"
                f" control characters: {_shown(value)}."
            )
    return given


def _shown(value: str) -> str:
    """Return *value* fit for a message."""
    shown = value if _printable(value) else ascii(value)
    return shown if len(shown) <= 80 else shown[:79] + "…"


def _check_email(email: str) -> None:
    if len(email) > LONGEST:
        raise bad_option(f"email is longer than {LONGEST} characters: {_shown(email)}.")
    if not _ADDRESS.fullmatch(email) or not _printable(email):
        raise bad_option(f"email is not an e-mail address: {_shown(email)}.")


def _read_name(name: str | None, label: str | None) -> str | None:
    if name is None:
        return None
    name = name.strip()
    if not name:
        raise bad_option(f"name is blank{_of(label)}: give 1 to {LONGEST} characters, or leave the option out.")
    if len(name) > LONGEST:
        raise bad_option(f"name is longer than {LONGEST} characters{_of(label)}: it has {len(name)}.")
    _check_text("name", name, label)
    return name


def _read_custom_role_id(custom_role_id: str | None, label: str | None) -> str | None:
    if custom_role_id is None:
        return None
    if not custom_role_id.strip():
        raise bad_option(f"custom_role_id is blank{_of(label)}: give the ID of a role, or leave the option out.")
    _check_text("custom_role_id", custom_role_id, label)
    return custom_role_id.strip()


def _check_text(option: str, text: str, label: str | None) -> None:
    """Refuse what no server stores, and what would never compare as equal."""
    if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in text):
        raise bad_option(f"{option} holds a null character or half of a surrogate pair{_of(label)}: {_shown(text)}.")


def _printable(text: str) -> bool:
    """Whether no character is a control, a direction mark, half a surrogate pair, or white space."""
    return not any(unicodedata.category(character)[0] in "CZ" for character in text)


def _of(label: str | None) -> str:
    return f" (user {label})" if label else ""
