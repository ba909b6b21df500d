# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: roster_from_yaml
short_description: Read a roster from YAML or JSON
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Reads the text of a roster file for the option O(arize.ax.arize_user_roster#module:users), more strictly than
    P(ansible.builtin.from_yaml#filter). A typing mistake is an error, and never a different roster.
  - A key that is given twice in one entry is an error. Where a dash is missing, the next user would overwrite this one,
    and purging would delete this one.
  - A text in quotation marks that extends over the next entry is an error.
  - Unknown keys, lists or mappings in place of text, tags, values of C(is_developer) that are not boolean, users without
    C(email) and C(user_id) or in two entries, and values that the module would refuse are errors. One message names all
    kinds, with lines; equal faults are grouped.
  - Values stay as they are written. C(0123), C(Yes), C(12:30), C(1_000) and C(2026-11-24) are text, not numbers, booleans
    or dates.
  - Entry by entry, the filter knows no account. The module says which new users lack a name or a role.
options:
  _input:
    description:
      - The content of the file, not its name. JSON is YAML, too.
      - One document with a list of mappings, encoded in UTF-8. An empty text is an error. C([]) is an empty roster.
      - Anchors, aliases and merge keys (C(<<)) work.
      - The keys of a mapping are those of O(arize.ax.arize_user_roster#module:users), and C(access). A key with the value
        C(null), C(~) or no value counts as not given.
      - C(is_developer) is C(true), C(yes), C(on), C(1), C(y), C(t), or C(false), C(no), C(off), C(0), C(n), C(f), in any case.
      - C(access) is a list of mappings with the keys C(role), C(role_id), C(space), C(space_id), C(project),
        C(project_id), C(organization) and C(organization_id).
    type: str
    required: true
seealso:
  - plugin: arize.ax.roster_from_csv
    plugin_type: filter
  - module: arize.ax.arize_user_roster
"""

EXAMPLES = r"""
- name: Converge the account to a roster file
  arize.ax.arize_user_roster:
    users: "{{ lookup('ansible.builtin.file', 'roster.yml')
      | arize.ax.roster_from_yaml }}"

# roster.yml:
#
# - &reviewer
#   email: ada@example.com
#   name: Ada Lovelace
#   role: member
#   is_developer: no
#   access:
#     - space: Production
#       role: Reviewer
# - <<: *reviewer
#   email: grace@example.com
#   name: Grace Hopper
"""

RETURN = r"""
_value:
  description:
    - The users in the order of the text, for O(arize.ax.arize_user_roster#module:users).
    - An entry has only the keys that are given. All values are text, but C(is_developer) and C(access).
  type: list
  elements: dict
  sample:
    - email: ada@example.com
      name: Ada Lovelace
      role: member
      is_developer: false
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml
from ansible.errors import AnsibleFilterError

from ..module_utils._text import one_line
from ..plugin_utils._roster import Faults, check_entries, roster_text, user_of
from ..plugin_utils._roster_csv import looks_like_csv
from ..plugin_utils._texts import ACCESS_KEYS, ENTRY_KEYS, Untrusted, kind_of, read_bool, shown, unknown

_TAG = "tag:yaml.org,2002:"
_NULL = f"{_TAG}null"
_TEXT = f"{_TAG}str"
_LIST = f"{_TAG}seq"
_MAPPING = f"{_TAG}map"
_MERGE = f"{_TAG}merge"
_TAGS = {"scalar": (_NULL, _TEXT, _MERGE), "sequence": (_LIST,), "mapping": (_MAPPING,)}
_KINDS = {_NULL: "null", _TEXT: "text", _LIST: "a list", _MAPPING: "a mapping"}
_ADVICE = "The roster is a list of users, each a mapping."
_ACCESS_ADVICE = "Write access as a list of mappings, as in [{space: Production, role: Reviewer}]; [] is no access."
_BEGIN = "Begin each user with a dash, as in - email: ada@example.com."
_CSV = (
    "The roster is CSV, and YAML or JSON is expected here. Save it as a file whose name ends in .csv, and set"
    " arize_roster_file to it; in a playbook of your own, use the filter arize.ax.roster_from_csv."
)
# JSON writes a character beyond U+FFFF as two escapes, which YAML does not join.
_ESCAPE = re.compile(r"\\(?:u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})|.)", re.IGNORECASE | re.DOTALL)
_Pairs = dict[str, tuple[yaml.Node, yaml.Node]]  # the node of the key and that of the value, by key
_Readers = Mapping[str, Callable[[yaml.Node, str], Any]]  # what turns a node into a value, by key


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Knows null and merge keys. All other scalars without a tag are text."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012


_Loader.add_implicit_resolver(_NULL, re.compile(r"(?:~|null|Null|NULL|)\Z"), ["~", "n", "N", ""])
_Loader.add_implicit_resolver(_MERGE, re.compile(r"<<\Z"), ["<"])


def roster_from_yaml(text: object) -> list[dict[str, Any]]:
    """Return the entries of a roster in YAML or JSON.

    Raises:
        AnsibleFilterError: the text is not a roster; the message names the lines.
    """
    if isinstance(text, (list, Mapping)):
        # A list has lost its lines, its duplicate keys, and the notation of its numbers.
        raise AnsibleFilterError(
            f"The roster has to be text, not {kind_of(text)}. Apply the filter to the lookup itself: up to version 2.18,"
            " ansible-core turns JSON in a variable into a list."
        )
    content = roster_text(text)
    if looks_like_csv(content):
        raise AnsibleFilterError(_CSV)
    document = _compose(content)
    if document is None or _tag(document) == _NULL:
        raise AnsibleFilterError("The roster is empty. For a roster without users, write [].")
    if _tag(document) != _LIST:
        is_name = _tag(document) == _TEXT and len(content.splitlines()) == 1
        advice = "Pass the content of the file, not its name." if is_name else _BEGIN
        raise AnsibleFilterError(f"The roster is {_kind(document)}, not a list of users. {advice}")
    reader = _Reader(_lines_of_dashes(document, content))
    entries = [(node.start_mark.line + 1, reader.entry(node)) for node in document.value]
    check_entries(entries, reader.faults, reader.broken)
    if reader.faults:
        reader.faults.refuse()
    return [entry for _line, entry in entries]


def _compose(text: str) -> yaml.Node | None:
    """Return the one document of *text* as nodes, which know their lines."""
    if text.lstrip().startswith("["):
        text = _ESCAPE.sub(_join_escapes, text)
    try:
        return yaml.compose(text, Loader=_Loader)
    except RecursionError:
        raise AnsibleFilterError("The roster is nested too deeply.") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        why = " ".join(filter(None, (error.context, error.problem)))
        raise AnsibleFilterError(one_line(f"The roster is not valid YAML{where}: {why[:300]}.")) from None


def _lines_of_dashes(document: yaml.Node, text: str) -> set[int]:
    """Return the numbers of the lines that are not indented deeper than the dashes of the list."""
    beyond = 0 if document.flow_style else document.start_mark.column + 1
    return {number for number, line in enumerate(text.splitlines()) if line[:beyond].strip()}


def _join_escapes(escape: re.Match[str]) -> str:
    pair = escape[1] and bytes.fromhex(escape[1] + escape[2])
    return pair.decode("utf-16-be") if pair else escape[0]


def _tag(node: yaml.Node) -> str:
    """Return the tag of *node* where it fits the node, else the empty string."""
    return node.tag if node.tag in _TAGS[node.id] else ""


def _kind(node: yaml.Node) -> str:
    return _KINDS.get(_tag(node)) or f"a value with the tag {shown(node.tag.replace(_TAG, '!!'))}"


class _Reader:
    """Turns nodes into entries, and collects their faults."""

    def __init__(self, lines_of_dashes: set[int]) -> None:
        self._lines_of_dashes = lines_of_dashes
        self.faults = Faults()
        self.broken: set[int] = set()  # the lines of entries that may lack what could not be read
        self._found: list[tuple[str, str, int, str]] = []  # the faults of an entry, while it is read
        self._merged: dict[yaml.Node, _Pairs | None] = {}
        self._access_keys: _Readers = dict.fromkeys(ACCESS_KEYS, self._text)
        others: _Readers = {"is_developer": self._bool, "access": self._access}
        self._entry_keys: _Readers = {**dict.fromkeys(ENTRY_KEYS, self._text), **others}

    def entry(self, node: yaml.Node) -> dict[str, Any]:
        """Return the user whom *node* describes."""
        entry = self._mapping(node, "an entry", self._entry_keys)
        if self._found:
            self.broken.add(node.start_mark.line + 1)
        for kind, text, line, advice in self._found:
            self.faults.add(kind, text, line, user_of(entry), advice)
        self._found.clear()
        return entry

    def _fault(self, node: yaml.Node, fault: str, kind: str = "form", advice: str = _ADVICE) -> None:
        found = (kind, fault, node.start_mark.line + 1, advice)
        if found not in self._found:
            self._found.append(found)

    def _mapping(self, node: yaml.Node, what: str, keys: _Readers) -> dict[str, Any]:
        values = {}
        for key, (place, value) in self._resolve(node, what).items():
            if key in keys:
                values[key] = keys[key](value, key)
            else:
                self._fault(
                    place, f"the key {unknown(key, [*keys])}", "key", f"The keys of {what} are {', '.join(keys)}."
                )
        return {key: value for key, value in values.items() if value is not None}

    def _resolve(self, node: yaml.Node, what: str) -> _Pairs:
        """Return the pairs of a mapping, those it merges included."""
        if _tag(node) != _MAPPING:
            advice = _ADVICE if what == "an entry" else _ACCESS_ADVICE
            self._fault(node, f"{what} is {_kind(node)}, not a mapping", "form", advice)
            return {}
        own: _Pairs = {}
        for key, value in node.value:
            name = key.tag if key.tag == _MERGE else key.value
            if not isinstance(key, yaml.ScalarNode) or not _tag(key):
                self._fault(key, f"a key is {_kind(key)}, not text")
            elif name in own:
                first = own[name][0].start_mark.line + 1
                self._fault(key, f"the key {shown(key.value)} repeats line {first} (is a dash missing?)")
            else:
                own[name] = (key, value)
        merged = own.pop(_MERGE, (None, None))[1]
        sources = (merged.value if _tag(merged) == _LIST else [merged]) if merged else []
        # The mapping's own keys beat the merged ones, and the first source beats the others.
        for source in sources:
            own = {**self._merge(source, what), **own}
        return own

    def _merge(self, node: yaml.Node, what: str) -> _Pairs:
        """Return the pairs of a mapping that others merge. It is read once, or a few lines could take for hours."""
        if node not in self._merged:
            self._merged[node] = None  # until it is read
            self._merged[node] = self._resolve(node, what)
        pairs = self._merged[node]
        if pairs is None:
            self._fault(node, f"{what} merges itself")
        return pairs or {}

    def _text(self, node: yaml.Node, key: str) -> str | None:
        if _tag(node) in (_TEXT, _MERGE):
            lines = range(node.start_mark.line + 1, node.end_mark.line + 1)
            # YAML forbids it, PyYAML reads on: the text would swallow the next user, and a purge delete that user.
            if node.style in ("'", '"') and not self._lines_of_dashes.isdisjoint(lines):
                self._fault(node, f"{key} extends over the next entry (is a quotation mark missing?)")
            return Untrusted(node.value)
        if _tag(node) != _NULL:
            self._fault(node, f"{key} is {_kind(node)}, not text")
        return None

    def _bool(self, node: yaml.Node, key: str) -> bool | None:
        text = self._text(node, key)
        try:
            return None if text is None else read_bool(text)
        except ValueError as error:
            self._fault(node, f"{key} {error}", "boolean", "")
            return None

    def _access(self, node: yaml.Node, key: str) -> list[dict[str, str]] | None:
        if _tag(node) == _NULL:
            return None
        if _tag(node) != _LIST:
            self._fault(node, f"{key} is {_kind(node)}, not a list", "form", _ACCESS_ADVICE)
            return None
        return [self._mapping(item, "an access entry", self._access_keys) for item in node.value]


class FilterModule:
    """The filter, as Ansible finds it."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filter by name."""
        return {"roster_from_yaml": roster_from_yaml}
