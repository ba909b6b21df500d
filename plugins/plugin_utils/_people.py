# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses and names of people from text."""

from __future__ import annotations

import re

from ansible.errors import AnsibleFilterError

from ..module_utils._errors import ArizeError
from ..module_utils._planning.options import check_email
from ._texts import Untrusted, kind_of, refuse, require_text, shown

_WHAT = "The list of people"
_ADVICE = (
    "Write one person in each line, as ada@example.com or as Ada Lovelace <ada@example.com>, and a name with a comma in"
    " double quotation marks."
)
_QUOTES = {
    '"': '"',
    "\u201c": "\u201d",
    "\u201e": "\u201c\u201d",
    "«": "»",
    "'": "'",
    "\u2018": "\u2019",
    "\u201a": "\u2018\u2019",
}
_LIST_MARK = re.compile(r"^[^\S\n]*(?:•|(?:[-*]|\d+[.)])(?=\s|$))[^\S\n]*", re.MULTILINE)
_PERSON = re.compile(
    r"""
      (?P<name> "(?:[^"\\\n]|\\.)*"\s* | \u201c[^\u201d\n]*\u201d\s* | \u201e[^\u201c\u201d\n]*[\u201c\u201d]\s* | «[^»\n]*»\s*
              | '[^'<>\n]*'\s* | \u2018[^\u2019<>\n]*\u2019\s* | \u201a[^\u2018\u2019<>\n]*[\u2018\u2019]\s* | [^<>@,;"\n]* )
      < (?P<address> [^<>\n]* ) >
    | (?P<alone> [^\s,;]+ )
    """,
    re.VERBOSE,
)


def people(given: object) -> list[dict[str, str | None]]:
    """Return the people whom a text or a list of texts names, each with ``email`` and ``name``.

    Raises:
        AnsibleFilterError: something else is in it, or nothing.
    """
    text = _read_text(given)
    found: dict[str, dict[str, str | None]] = {}
    faults: list[str] = []
    for match in _PERSON.finditer(_LIST_MARK.sub("", text)):
        email = _unquoted(match["alone"]) if match["alone"] else match["address"].strip()
        name = _unquoted(match["name"] or "") or None
        try:
            check_email(email)
        except ArizeError:
            faults.append(f"{shown(match[0].strip())} is not an address")
            continue
        person = found.setdefault(email.lower(), {"email": Untrusted(email), "name": None})
        if person["name"] and name and person["name"] != name:
            faults.append(f"{email} has two names, {shown(person['name'])} and {shown(name)}")
        elif name:
            person["name"] = Untrusted(name)
    if faults:
        refuse(f"{_WHAT} cannot be used", faults, _ADVICE)
    if not found:
        raise AnsibleFilterError(f"{_WHAT} is empty. {_ADVICE}")
    return list(found.values())


def _read_text(given: object) -> str:
    if isinstance(given, str):
        return require_text(given, _WHAT).replace("\r", "\n")
    if not isinstance(given, list):
        raise AnsibleFilterError(f"{_WHAT} has to be text or a list of texts, not {kind_of(given)}.")
    return "\n".join(require_text(item, f"Item {place} of the list of people") for place, item in enumerate(given, 1))


def _unquoted(text: str) -> str:
    """Return *text* without the quotation marks around it, and without the escapes of those in it."""
    text = text.strip()
    if len(text) > 1 and text[-1] in _QUOTES.get(text[0], ""):
        text = re.sub(r'\\(["\\])', r"\1", text[1:-1]) if text[0] == '"' else text[1:-1]
    return text.strip()
