# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the filters share: text in, checked; values out, never templates; all faults in one error. Private to arize.ax."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import ansible.template
from ansible.errors import AnsibleFilterError
from jinja2 import Undefined, UndefinedError

from ..module_utils._errors import one_line
from ..module_utils._text import BOOLEANS

ENTRY_KEYS = ("email", "user_id", "name", "role", "custom_role_id", "is_developer", "invite_mode", "access")
ACCESS_KEYS = (
    "role",
    "role_id",
    "space",
    "space_id",
    "project",
    "project_id",
    "organization",
    "organization_id",
)
MAX_FAULTS_IN_MESSAGE = 10
_MAX_CHARACTERS_OF_FAULTS = 650
# A decoder leaves these where the bytes are not UTF-8; null characters are what UTF-16 looks like.
_UNDECODED = re.compile("[\x00\ud800-\udfff\ufffd\ufffe]")
_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# Control characters, line breaks, direction marks, lone surrogates: they could forge a line, or turn one.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")

# Up to ansible-core 2.18 a string that holds {{ }} is a template wherever it is used next, unless it is marked.
Untrusted: type[str] = str
if not hasattr(ansible.template, "trust_as_template"):
    from ansible.utils import unsafe_proxy

    Untrusted = unsafe_proxy.AnsibleUnsafeText


def require_text(value: object, what: str) -> str:
    """Return *value* as a plain string without a byte order mark. *what* begins the messages: "The roster".

    Raises:
        AnsibleFilterError: it is no text, it was no UTF-8, or it holds control characters.
    """
    if not isinstance(value, str):
        raise AnsibleFilterError(f"{what} has to be text, not {kind_of(value)}.")
    text = "".join(["", value]).removeprefix("\ufeff")  # a plain string, whatever Ansible has wrapped around it
    if found := _UNDECODED.search(text):
        raise AnsibleFilterError(f"{what} is not UTF-8: see line {_line(text, found)}. Save the file as UTF-8.")
    if found := _CONTROL.search(text):
        raise AnsibleFilterError(
            f"{what} holds the control character U+{ord(found[0]):04X} in line {_line(text, found)}. Remove it."
        )
    return text


def kind_of(value: object) -> str:
    """Return what *value* is, in words."""
    if isinstance(value, Undefined):
        try:
            str(value)
        except UndefinedError as error:
            return f"undefined ({error})"
    kinds = ((bool, "a boolean"), ((int, float), "a number"), (str, "text"), (Mapping, "a mapping"), (list, "a list"))
    named = (word for types, word in kinds if isinstance(value, types))
    return "null" if value is None else next(named, type(value).__name__)


def refuse(what: str, faults: Iterable[str], advice: str) -> NoReturn:
    """Raise one error that names the first *faults*, and how many more there are.

    Args:
        what: begins the message: "The roster cannot be used".
        faults: clauses without a full stop. The same clause is named once.
        advice: what to do, a sentence.
    """
    unique = list(dict.fromkeys(faults))
    named = unique[:MAX_FAULTS_IN_MESSAGE]
    while len("; ".join(named)) > _MAX_CHARACTERS_OF_FAULTS and len(named) > 1:
        named.pop()
    more = f"; and {len(unique) - len(named)} more" if len(unique) > len(named) else ""
    raise AnsibleFilterError(one_line(f"{what}: {'; '.join(named)}{more}. {advice}"))


def shown(text: str) -> str:
    """Return *text* in quotation marks, short and printable."""
    text = text if text.isprintable() else ascii(text)[1:-1]
    return f'"{text}"' if len(text) <= 40 else f'"{text[:39]}…"'


def printable(value: object) -> str:
    """Return *value* as a part of a line."""
    return _UNPRINTABLE.sub(" ", str(value))


def place_of(binding: Mapping[str, Any]) -> str:
    """Return where a role binding of a result is, as ``Space`` or ``Space / project``; an ID where there is no name."""
    places = (binding["space"] or binding["space_id"], binding["project"] or binding["project_id"])
    return " / ".join(filter(None, places))


def role_of(binding: Mapping[str, Any]) -> str | None:
    """Return the role of a role binding of a result, or its ID."""
    role: str | None = binding["role"] or binding["role_id"]
    return role


def unknown(key: str, known: Iterable[str]) -> str:
    """Return the fault of an unknown *key*, with the known one that was probably meant."""
    near = difflib.get_close_matches(key.lower(), list(known))
    return f"{shown(key)} is unknown" + (f" (did you mean {near[0]}?)" if near else "")


def read_bool(text: str) -> bool:
    """Return what *text* says, in any case.

    Raises:
        ValueError: it says something else.
    """
    if text.lower() not in BOOLEANS:
        raise ValueError(f"{shown(text)} is neither true nor false")
    return BOOLEANS[text.lower()]


def read_access(text: str) -> list[dict[str, str]]:
    """Return the access entries of ``Space: role`` and ``Space / project: role``, one a line or separated by ``;``.

    Raises:
        ValueError: a part is something else, or more than one thing, since names may hold a colon or a slash.
    """
    return [_read_access_part(part) for part in map(str.strip, re.split(r"[;\r\n]", text)) if part]


def _read_access_part(part: str) -> dict[str, str]:
    resource, _colon, role = (piece.strip() for piece in part.partition(":"))
    names = [name.strip() for name in re.split(r"(?:^|\s)/(?:\s|$)", resource)]
    if not role or ":" in role or not all(names) or len(names) > 2:
        raise ValueError(f'{shown(part)} is neither "Space: role" nor "Space / project: role"')
    return {key: Untrusted(value) for key, value in zip(("role", "space", "project"), (role, *names))}


def _line(text: str, found: re.Match[str]) -> int:
    return text.count("\n", 0, found.start()) + 1
