# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shared by the actions of the playbooks: the answers of the lookup about their variables."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible.plugins.loader import lookup_loader


class PlaybookAction(ActionBase):
    """An action of a playbook. It knows the variables of the task, by name, and those of the playbook, by the lookup."""

    TRANSFERS_FILES = False

    def begin(self, task_vars: dict[str, Any] | None, options: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments of the task, checked against *options*."""
        self._variables = task_vars or {}
        _unused, checked = self.validate_argument_spec(options)
        self._playbook = checked["playbook"]
        return dict(checked)

    def read(self, want: str) -> Any:
        """Return the answer of the lookup about the playbook's variables."""
        lookup = lookup_loader.get("arize.ax.playbook_variables", loader=self._loader, templar=self._templar)
        return lookup.run([self._playbook], variables=self._variables, want=want)[0]
