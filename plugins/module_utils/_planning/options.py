# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Readers of options: text, IDs and email addresses, checked. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from .._errors import bad_option
from .._text import quoted

MAX_DESCRIPTION = 1000  # characters
MAX_LENGTH = 255  # characters, of a name and of the API's email filter
_MASK = "********"  # what Ansible puts in the place of a secret
# The text between the dots of an address: in ASCII as RFC 5322 allows, without the asterisk of a mask.
_ATOM = r"(?:[A-Za-z0-9!#$%&'+/=?^_`{|}~-]|[^\x00-\x7f])+"
_LABEL = r"(?!-)(?:[A-Za-z0-9_-]|[^\x00-\x7f])+(?<!-)"  # as in DNS, no hyphen at an end
_ADDRESS = re.compile(rf"{_ATOM}(\.{_ATOM})*@{_LABEL}(\.{_LABEL})*")


def read_one_user(options: Mapping[str, Any]) -> dict[str, str]:
    """Return the one of ``email`` and ``user_id`` that is given, checked.

    Raises:
        ArizeError: bad_option.
    """
    selected = read_only_one(options, "email", "user_id")
    if not selected:
        raise bad_option("One of email and user_id is required.")
    return selected


def read_only_one(options: Mapping[str, Any], *names: str, allow_empty: bool = True) -> dict[str, str]:
    """Return the one of the options *names* that is given, checked, or nothing; they select users.

    Args:
        options: those of the module or of an entry.
        names: mutually exclusive options.
        allow_empty: whether an empty text counts as not given.

    Raises:
        ArizeError: bad_option.
    """
    texts = {name: text_of(options, name) for name in names}
    empty = [name for name, text in texts.items() if text is not None and not text.strip()]
    if empty and not allow_empty:
        raise bad_option(f"{empty[0]} is empty. Omit it to select every user.")
    given = {name: text.strip() for name, text in texts.items() if text and text.strip()}
    if len(given) > 1:
        both = " and ".join(f"{name} ({text})" for name, text in given.items())
        raise bad_option(f"{both} are mutually exclusive.")
    for name, text in given.items():
        _CHECKS[name](text)
    return given


def check_email(email: str) -> None:
    """Check that *email* is an address.

    Raises:
        ArizeError: bad_option.
    """
    _check_length("email", email)
    # Beyond ASCII: letters, marks and digits of any script, but no curly quotes and no invisible characters.
    other = any(not character.isascii() and unicodedata.category(character)[0] not in "LMN" for character in email)
    if other or not _ADDRESS.fullmatch(email):
        raise bad_option(f"email is not an email address: {quoted(email)}.")


def _check_user_id(user_id: str) -> None:
    _check_length("user_id", user_id)
    _check_id("user_id", user_id)


def _check_filter(text: str) -> None:
    _check_length("email_contains", text)
    check_stored("email_contains", text)


_CHECKS = {"email": check_email, "user_id": _check_user_id, "email_contains": _check_filter}


def _check_length(option: str, text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise bad_option(f"{option} is longer than {MAX_LENGTH} characters: {quoted(text)}.")


def text_of(options: Mapping[str, Any], name: str, label: str = "") -> str | None:
    """Return an option that must be text: Ansible would make one of a list, and YAML a number of 0123."""
    value = options.get(name)
    if value is not None and not isinstance(value, str):
        kind = {"dict": "a mapping", "list": "a list", "bool": "a boolean"}.get(type(value).__name__, "a number")
        raise bad_option(f"{name} must be text, not {kind}{about(label)}: {quoted(str(value))}. Put it in quotes.")
    return value


def read_text(options: Mapping[str, Any], name: str, label: str = "", limit: int = MAX_LENGTH) -> str | None:
    """Return a name or an ID of at most *limit* characters, without surrounding whitespace.

    *label* names the user it is about.

    Raises:
        ArizeError: bad_option.
    """
    text = text_of(options, name, label)
    if text is None:
        return None
    text = text.strip()
    if not text:
        raise bad_option(f"{name} is empty{about(label)}. Set it, or omit the option.")
    if len(text) > limit:
        raise bad_option(f"{name} is longer than {limit} characters{about(label)}: it has {len(text)}.")
    check_stored(name, text, label)
    return text


def read_description(options: Mapping[str, Any]) -> str | None:
    """Return a description without surrounding whitespace; empty to clear it.

    Raises:
        ArizeError: bad_option.
    """
    text = text_of(options, "description")
    if text is None:
        return None
    text = text.strip()
    if len(text) > MAX_DESCRIPTION:
        raise bad_option(f"description is longer than {MAX_DESCRIPTION} characters: it has {len(text)}.")
    check_stored("description", text)
    return text


def read_name_or_id(
    options: Mapping[str, Any], id_option: str, limit: int = MAX_LENGTH
) -> tuple[str | None, str | None]:
    """Return ``name``, of at most *limit* characters, and *id_option*: at most one of them is given.

    Raises:
        ArizeError: bad_option.
    """
    name, item_id = read_text(options, "name", limit=limit), read_id(options, id_option)
    if name is not None and item_id is not None:
        raise bad_option(f"name and {id_option} are mutually exclusive.")
    return name, item_id


def read_id(options: Mapping[str, Any], name: str) -> str | None:
    """Return an ID.

    Raises:
        ArizeError: bad_option.
    """
    item_id = read_text(options, name)
    if item_id is not None:
        _check_id(name, item_id)
    return item_id


def _check_id(option: str, item_id: str) -> None:
    if item_id in (".", ".."):
        raise bad_option(f"{option} is not an ID: {item_id}")
    if not _printable(item_id):
        raise bad_option(f"{option} contains whitespace or control characters: {quoted(item_id)}.")
    check_stored(option, item_id)


def refuse_boolean(option: str, value: Any) -> None:
    """Refuse a boolean where a number is meant: to Ansible, yes is the number 1."""
    if isinstance(value, bool):
        raise bad_option(f"{option} must be a number, not a boolean.")


def check_stored(option: str, text: str, label: str = "") -> None:
    """Refuse text that no server stores, that would never compare as equal, or that Ansible has masked."""
    if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in text):
        raise bad_option(f"{option} contains a null character or half a surrogate pair{about(label)}: {quoted(text)}.")
    if _MASK in text:
        raise bad_option(f"{option} was masked by Ansible{about(label)}: {quoted(text)}. Use the original value.")


def _printable(text: str) -> bool:
    """Whether no character is a control, a direction mark, half a surrogate pair, or whitespace."""
    return not any(unicodedata.category(character)[0] in "CZ" for character in text)


def about(label: str) -> str:
    """Return which user a message is about, in parentheses; empty without *label*."""
    return f" (user {label})" if label else ""
