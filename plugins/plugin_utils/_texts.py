# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shared by the filters: text in, checked; values out, never templates; all faults in one error."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

import ansible.template
from ansible.errors import AnsibleFilterError
from jinja2 import Undefined, UndefinedError

from ..module_utils._access import DesiredAccess
from ..module_utils._text import BOOLEANS, UNPRINTABLE, nearest, one_line, quoted

ENTRY_KEYS = ("email", "user_id", "name", "role", "custom_role_id", "is_developer", "invite_mode", "access")
ACCESS_KEYS = DesiredAccess._fields
INVITE_MODES = ("email_link", "none", "temporary_password")
MAX_FAULTS_IN_MESSAGE = 10
_MAX_CHARACTERS_OF_FAULTS = 650
# ansible-core repeats a longer message in each layer that it passes.
LONG_MESSAGE = 300  # characters
_MAX_DETAILS = 50
# From ansible-core 2.19: a text that is shown once, with line breaks, below the message.
_HAS_HELP_TEXT = "help_text" in inspect.signature(AnsibleFilterError.__init__).parameters
# A name of a place holds no slash between spaces; a role may.
_ID = r"id:[^\s:;]+"
_PLACE = rf"(?:{_ID}|(?!id:|id\s*:)(?:(?!(?<!\S)//?(?=[\s:]))[^:;])+?)"
_ACCESS = re.compile(
    rf"(?:(?P<organization>{_PLACE})\s+//\s+)?(?P<space>{_PLACE})?(?:(?:^|\s+)/\s+(?P<project>{_PLACE}))?"
    rf"\s*:\s*(?P<role>{_ID}|(?!id:)[^:;]+)"
)
# A decoder leaves these where the bytes are not UTF-8; in UTF-16, the first or second one is null.
_UNDECODED = re.compile("\\A.?\x00|[\ud800-\udfff\ufffd\ufffe]")
_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# Up to ansible-core 2.18 a string that holds {{ }} is a template wherever it is used next, unless it is marked.
Untrusted: type[str] = str
if not hasattr(ansible.template, "trust_as_template"):
    from ansible.utils import unsafe_proxy

    Untrusted = unsafe_proxy.AnsibleUnsafeText


def require_text(value: object, what: str) -> str:
    """Return *value* as a plain string without a byte order mark. *what* begins the messages: "The roster".

    Raises:
        AnsibleFilterError: it is not text, it was not UTF-8, or it holds control characters.
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
    """Return the kind of *value*, in words."""
    if isinstance(value, Undefined):
        try:
            str(value)
        except UndefinedError as error:
            return f"undefined ({error})"
    kinds = ((bool, "a boolean"), ((int, float), "a number"), (str, "text"), (Mapping, "a mapping"), (list, "a list"))
    named = (word for types, word in kinds if isinstance(value, types))
    return "null" if value is None else next(named, type(value).__name__)


class Refusal(AnsibleFilterError):
    """An error whose message is short where ansible-core repeats it, with the details below it, once.

    As text, it is the whole message. ``lines`` are all of its faults, one a line.
    """

    def __init__(self, message: str, short: str = "", details: str = "", lines: Sequence[str] = ()) -> None:
        brief = _HAS_HELP_TEXT and len(message) > LONG_MESSAGE
        super().__init__(short if brief else message, **({"help_text": details} if brief else {}))
        self.whole = message
        self.lines = list(lines)

    def __str__(self) -> str:
        return self.whole


def refuse(what: str, faults: Iterable[str], advice: str, least: int = 1, lines: Sequence[str] = ()) -> NoReturn:
    """Raise one error that names the first *faults*, and the number of the others.

    Args:
        what: begins the message: "The roster cannot be used".
        faults: clauses without a full stop. The same clause is named once.
        advice: the remedy, in sentences.
        least: how many are named, however long they are.
        lines: the same faults, one a line, for whoever can show them all.
    """
    unique = [one_line(fault) for fault in dict.fromkeys(faults)]
    named = unique[:MAX_FAULTS_IN_MESSAGE]
    while len("; ".join(named)) > _MAX_CHARACTERS_OF_FAULTS and len(named) > least:
        named.pop()
    more = f"; and {len(unique) - len(named)} more" if len(unique) > len(named) else ""
    others = f" (and {len(unique) - 1} more, see below)" if len(unique) > 1 else ""
    omitted = [f"(and {len(unique) - _MAX_DETAILS} more)"] if len(unique) > _MAX_DETAILS else []
    raise Refusal(
        one_line(f"{what}: {'; '.join(named)}{more}. {advice}"),
        one_line(f"{what}: {unique[0]}{others}."),
        "\n".join([*unique[:_MAX_DETAILS], *omitted, advice]),
        lines,
    )


def shown(text: str) -> str:
    """Return *text* in quotation marks, short and printable."""
    return quoted(text, limit=40)


def printable(value: object) -> str:
    """Return *value* as a part of a line."""
    return UNPRINTABLE.sub(" ", str(value))


def place_of(binding: Mapping[str, Any]) -> str:
    """Return the place of a role binding, as ``Space`` or ``Space / project``, or its ID if the name is not known."""
    places = (binding["space"] or binding["space_id"], binding["project"] or binding["project_id"])
    return " / ".join(filter(None, places))


def role_of(binding: Mapping[str, Any]) -> str | None:
    """Return the role of a role binding of a result, or its ID."""
    role: str | None = binding["role"] or binding["role_id"]
    return role


def unknown(key: str, known: Sequence[str]) -> str:
    """Return the fault of an unknown *key*, with the known one that was probably meant."""
    meant = nearest(key, known)
    return f"{shown(key)} is unknown" + (f" (did you mean {meant}?)" if meant else "")


def read_bool(text: str) -> bool:
    """Return the boolean that *text* stands for, in any case.

    Raises:
        ValueError: it is not a boolean.
    """
    if text.lower() not in BOOLEANS:
        raise ValueError(f"is neither true nor false: {shown(text)}")
    return BOOLEANS[text.lower()]


def read_access(text: str) -> list[dict[str, str]]:
    """Return the access entries of ``[Organization // ]Space[ / project]: role``, one a line or separated by ``;``.

    ``id:`` and an ID may take the place of each name. The ID of a project stands without a space: ``/ id:<ID>: role``.

    Raises:
        ValueError: a part is something else, or more than one thing, since names may hold a colon or a slash.
    """
    return [_read_access_part(part) for part in map(str.strip, re.split(r"[;\r\n]", text)) if part]


def _read_access_part(part: str) -> dict[str, str]:
    found = _ACCESS.fullmatch(part)
    given = [(key, name.strip()) for key, name in found.groupdict().items() if name is not None] if found else []
    entry = dict(_name_or_id(key, name) for key, name in given)
    project_alone = "project_id" in entry and not {"space", "space_id", "organization", "organization_id"} & {*entry}
    if not found or not (project_alone or ({"space", "space_id"} & {*entry} and "project_id" not in entry)):
        raise ValueError(
            f'{shown(part)} is neither "Space: role" nor "Space / project: role" (an organization before //, id:<ID> for a'
            " name, / id:<ID> for a project)"
        )
    return entry


def _name_or_id(key: str, name: str) -> tuple[str, str]:
    is_id = name.startswith("id:")
    return (f"{key}_id", Untrusted(name[3:].strip())) if is_id else (key, Untrusted(name))


def access_text(access: Iterable[Mapping[str, str]]) -> str:
    """Return access entries as the text that ``read_access`` reads.

    Raises:
        ValueError: a name holds a separator.
    """
    return "; ".join(map(_access_part, access))


def _access_part(item: Mapping[str, str]) -> str:
    names = {key.removesuffix("_id"): f"id:{name}" if key.endswith("_id") else name for key, name in item.items()}
    organization = f"{names['organization']} // " if "organization" in names else ""
    project = f" / {names['project']}" if "project" in names else ""
    text = f"{organization}{names.get('space', '')}{project}: {names['role']}".strip()
    try:
        same = read_access(text) == [dict(item)]
    except ValueError:
        same = False
    if not same:
        raise ValueError(f"{shown(text)} would be read as something else")
    return text


def _line(text: str, found: re.Match[str]) -> int:
    return text.count("\n", 0, found.start()) + 1
