# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: playbook_variables
short_description: Read the variables of a playbook
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Reads the variables C(arize_*) for the playbooks that come with this collection, and checks them. Write your own playbooks
    with the modules instead; this plugin may change with the playbooks.
  - An unknown variable C(arize_*), an extra variable C(_arize_*), an undefined variable inside a value, and a value that
    Ansible cut off on the command line are errors. One message names all of them.
  - A variable that the host has from the inventory (group_vars, host_vars, facts) may belong to another playbook or another tool.
    It is ignored, and named with C(-v), unless its name is near to one of the collection.
  - An empty text and C(omit) count as not given.
options:
  _terms:
    description:
      - The name of the playbook, such as C(offboard).
    type: list
    elements: str
    required: true
  want:
    description:
      - V(values) returns the values by the name of the variable without C(arize_).
      - V(connection) returns the options that say how to reach the API, as the modules take them, and V(endpoint) the URL
        that they lead to.
      - V(roster) returns the entries of the roster that the variables C(arize_roster_file) and C(arize_roster_text) give.
      - V(previous_review) returns the content of the file that the variable C(arize_previous_review) names, or null.
      - V(problem) returns the faults of the variables and of the files that are read, or an empty text.
      - V(faults) returns the lines of a long V(problem) of a roster, else an empty list.
      - V(outcome_file) returns the file for the outcome, or an empty text.
    type: str
    default: values
    choices:
      - values
      - connection
      - endpoint
      - roster
      - previous_review
      - problem
      - faults
      - outcome_file
seealso:
  - plugin: arize.ax.roster_from_yaml
    plugin_type: filter
  - plugin: arize.ax.people
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Check the variables
  ansible.builtin.assert:
    that: problem == ''
    fail_msg: "{{ problem }}"
  vars:
    problem: "{{ lookup('arize.ax.playbook_variables', 'offboard',
      want='problem') }}"
"""

RETURN = r"""
_raw:
  description:
    - The value that O(want) selects, as the only element.
  type: list
  elements: raw
"""

import functools
import os
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleError, AnsibleFilterError
from ansible.plugins.loader import lookup_loader
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display
from ansible.utils.vars import load_extra_vars
from jinja2 import Undefined as JinjaUndefined

from ..filter.roster_from_yaml import roster_from_yaml
from ..module_utils._client.connection import resolve
from ..module_utils._errors import ArizeError
from ..module_utils._text import one_line
from ..plugin_utils._review_changes import require_review
from ..plugin_utils._roster_csv import AccessByColumn, read_roster
from ..plugin_utils._texts import LONG_MESSAGE
from ..plugin_utils._variables import (
    CONNECTION,
    PLAYBOOKS,
    Undefined,
    Values,
    belongs,
    ignored,
    is_ours,
    label,
    password_faults,
    problem,
    read_variables,
)

_READ: dict[tuple[str, str, str, str], list[dict[str, Any]]] = {}  # the last roster that was read
_RESERVED = re.compile(r"_arize|omit\Z", re.IGNORECASE)
_DEFAULTS = {"timeout": 30.0, "max_retries": 0, "max_retry_wait": 0.0}  # they do not matter for the endpoint


class LookupModule(LookupBase):
    """The lookup, as Ansible finds it."""

    def run(self, terms: list[str], variables: Mapping[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        """Return the value that *want* selects, for the playbook that *terms* names.

        Raises:
            AnsibleError: a variable cannot be used.
        """
        self.set_options(var_options=variables, direct=kwargs)
        (playbook,) = terms
        if playbook not in PLAYBOOKS:
            raise AnsibleError(f"There is no playbook arize.ax.{playbook}.")
        want = self.get_option("want")
        variables = variables or {}
        extra = load_extra_vars(self._loader)
        ours = sorted(filter(is_ours, variables))
        inherited = [name for name in _inherited(ours, variables) if name not in extra]
        given = {name: self._value(name, variables) if belongs(playbook, name) else None for name in ours}
        values, connection, faults = read_variables(playbook, given, inherited)
        faults = _overridden(extra) + faults
        if want == "problem":
            _tell(", ".join(ignored(playbook, inherited)), values.get("warning", ""))
            return [problem(faults or self._file_faults(playbook, values) + password_faults(values))]
        if want == "faults":
            return [[] if faults else self._roster_lines(playbook, values)]
        if want == "outcome_file":  # a fault elsewhere is written there too
            return [values.get("outcome_file", "")]
        if faults:
            raise AnsibleError(problem(faults))
        if want in ("roster", "previous_review"):
            return [self._roster(playbook, values) if want == "roster" else self._previous_review(values)]
        return [_endpoint(connection) if want == "endpoint" else {"values": values, "connection": connection}[want]]

    def _value(self, name: str, variables: Mapping[str, Any]) -> Any:
        """Return the value of a variable, with nothing left to be worked out in it; None for omit."""
        reader = lookup_loader.get("ansible.builtin.vars", loader=self._loader, templar=self._templar)
        try:
            (value,) = reader.run([name], variables=variables) or [None]  # some versions leave omit out
            return None if _is_omit(value) or value == variables.get("omit") else _plain(value)
        except Exception as error:  # whatever a template can raise
            return Undefined(one_line(str(error))[:300])

    def _file_faults(self, playbook: str, values: Values) -> list[str]:
        """Return the faults of the files that the playbook reads."""
        try:
            entries = self._roster(playbook, values) if "source" in values else []
            self._previous_review(values)
        except AnsibleError as error:
            return [str(error)]
        password = any(entry.get("invite_mode") == "temporary_password" for entry in entries)
        advice = "Temporary passwords are for arize.ax.onboard, which writes them to files: remove invite_mode."
        return [f"The roster asks for temporary passwords. {advice}"] if password else []

    def _roster_lines(self, playbook: str, values: Values) -> list[str]:
        """Return the faults of a roster, one a line, if one message with all of them would be long."""
        if "source" not in values:
            return []
        try:
            self._roster(playbook, values)
        except AnsibleError as error:
            return getattr(error, "lines", []) if len(str(error)) > LONG_MESSAGE else []
        return []

    def _roster(self, playbook: str, values: Values) -> list[dict[str, Any]]:
        """Return the entries of the roster, read as the ending of the file says."""
        if values["roster_text"]:
            name, text = label(playbook, "roster_text"), values["roster_text"]
        else:
            name, text = values["roster_file"], self._content(values["roster_file"])
        if values["access_by"] and not _is_csv(name):
            raise AnsibleError(f"{label(playbook, 'access_by')} needs a roster in a CSV file, not {name}.")
        key = (name, text, repr(values["columns"]), repr(values["access_by"]))
        if key not in _READ:  # a task asks several times
            _READ.clear()
            _READ[key] = _entries(name, text, values["columns"], values["access_by"])
        return _READ[key]

    def _previous_review(self, values: Values) -> str | None:
        path = values.get("previous_review")
        if not path:
            return None
        text = self._content(path)
        try:
            require_review(text)
        except AnsibleFilterError as error:
            raise AnsibleError(f"{path}: {error}") from None
        return text

    def _content(self, path: str) -> str:
        try:
            with open(self._loader.get_real_file(path, decrypt=True), "rb") as file:
                return file.read().decode("utf-8", errors="surrogateescape")
        except OSError as error:
            raise AnsibleError(f"{path} cannot be read: {error.strerror}.") from None


def _overridden(extra: Mapping[str, Any]) -> list[str]:
    """Return the faults of extra variables: they beat the results that our tasks register."""
    faults = [f"{name} is reserved for the playbooks of arize.ax." for name in extra if _RESERVED.match(name)]
    if "_raw_params" in extra:
        faults.append(
            f"Ansible split a value at a space, and this was left over: {extra['_raw_params']}. On a command line, quote"
            " a text with spaces twice, as in -e \"arize_name='Ada Lovelace'\"."
        )
    return faults


def _inherited(names: Iterable[str], variables: Mapping[str, Any]) -> list[str]:
    """Return the *names* whose values come from the inventory or the facts of the host, not from a play.

    ``hostvars`` has them without the variables of plays and tasks. Values are compared before they are worked out.
    """
    of_host = variables["hostvars"].raw_get(variables["inventory_hostname"]) if "hostvars" in variables else {}
    return [
        name
        for name in names
        if name in of_host and (of_host[name] is variables[name] or of_host[name] == variables[name])
    ]


@functools.cache  # a task asks several times
def _tell(names: str, warning: str) -> None:
    if names:
        Display().v(f"Variables of the inventory that this playbook ignores: {names}")
    if warning:
        Display().warning(warning)


def _is_csv(name: str) -> bool:
    return name.lower().endswith((".csv", ".tsv"))


def _entries(
    name: str, text: str, columns: Mapping[str, Any] | None, access_by: AccessByColumn | None
) -> list[dict[str, Any]]:
    """Return the entries of the roster *text*, read as the ending of its *name* says."""
    notes: list[str] = []
    try:
        if _is_csv(name):
            entries, notes = read_roster(text, columns, access_by, "arize_")
        else:
            entries = roster_from_yaml(text)
    except AnsibleFilterError as error:
        refused = AnsibleError(f"{name}: {error}")
        refused.lines = getattr(error, "lines", [])
        raise refused from None
    for note in notes:
        Display().warning(f"{name}: {note}")
    if not entries:
        raise AnsibleError(f"{name}: The roster is empty. A roster without users is not applied.")
    return entries


def _endpoint(connection: Values) -> str:
    try:
        return resolve({**dict.fromkeys(CONNECTION), **_DEFAULTS, **connection}, os.environ).url
    except ArizeError as error:
        raise AnsibleError(error.message) from None


def _plain(value: Any) -> Any:
    """Return *value* decrypted, and with nothing left to be worked out in it.

    Raises:
        Exception: a part of it is undefined.
    """
    if isinstance(value, JinjaUndefined):
        str(value)
    if hasattr(value, "__ENCRYPTED__"):  # a vaulted text, in ansible-core up to 2.18
        return str(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items() if not _is_omit(item)}
    return [_plain(item) for item in value if not _is_omit(item)] if isinstance(value, (list, tuple)) else value


def _is_omit(value: Any) -> bool:
    """Whether *value* is omit, which is a text up to ansible-core 2.18."""
    return type(value).__name__ == "_OmitType"
