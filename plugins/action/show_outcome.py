# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shows the outcome of the playbooks that write. plugins/modules/show_outcome.py documents it.

It reads the registered results by the names of their variables: as arguments, Ansible would template every text in them.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from ansible.utils.display import Display

from ..plugin_utils._outcome import (
    Outcome,
    about_invitations,
    about_mail,
    about_roster,
    about_service_keys,
    as_page,
    as_text,
    left_alone,
)
from ..plugin_utils._playbook import PlaybookAction
from ..plugin_utils._reports import write_text
from ..plugin_utils._roster import CANNOT
from ..plugin_utils._texts import printable
from ..plugin_utils._variables import explain

Result = dict[str, Any]


class ActionModule(PlaybookAction):
    """The action, as Ansible finds it."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> Result:
        """Show the outcome, and fail if the playbook failed."""
        super().run(tmp, task_vars)
        spec = {
            "playbook": {"type": "str", "required": True},
            "results": {"type": "dict", "default": {}},
            "invited": {"type": "list", "elements": "str", "default": []},
            "passwords": {"type": "int", "default": 0},
        }
        options = self.begin(task_vars, spec)
        results = {what: self._variables.get(name, {}) for what, name in options["results"].items()}
        outcome, problem, faults = self._done(results, options) if results else self._checked()
        lines = as_text(outcome).splitlines() if outcome else faults
        if lines:
            Display().display("\n".join(lines))
        try:
            self._write(outcome, problem, faults)
        except OSError as error:
            problem = f"{problem} The outcome cannot be written: {error}.".strip()
        fine = f"The {len(lines)} lines above" if outcome else "The variables can be used."
        return {"changed": False, "failed": bool(problem), "msg": problem or fine}

    def _checked(self) -> tuple[None, str, list[str]]:
        """Return the faults of the variables as one message, and those of a roster with many faults, one a line."""
        problem = self.read("problem")
        faults = self.read("faults") if problem else []
        if faults:  # Ansible prints the message of a failed task twice
            problem = f"{problem.partition(CANNOT)[0]}{CANNOT}: see the {len(faults)} lines above."
        return None, problem, faults

    def _done(self, results: Result, options: Result) -> tuple[Outcome | None, str, list[str]]:
        """Return the outcome (None after a refusal), and the reason of the failure, if any."""
        values, roster = self.read("values"), results.get("roster", {})
        failure = printable(roster.get("msg", ""))
        refused = failure and "entries" not in roster and not results.get("invitations")
        outcome = None if refused else self._outcome(results, values, options)
        return outcome, explain(self._playbook, values, failure), []

    def _outcome(self, results: Result, values: Result, options: Result) -> Outcome:
        """Return the outcome of a roster, of invitations, or of both."""
        dry_run = values["dry_run"] or self._task.check_mode
        roster = results.get("roster", {})
        outcome = about_roster(roster, dry_run, values.get("role_mismatch", "fail"))
        renewed = about_invitations(options["invited"], results.get("invitations", {}).get("results", ()), dry_run)
        counts = dict(Counter(outcome.counts) + Counter(renewed.counts))
        outcome = outcome._replace(rows=outcome.rows + renewed.rows, counts=counts)
        outcome = outcome._replace(rows=outcome.rows + left_alone(results.get("found", {}), outcome))
        secret = values.get("invite_mode") == "temporary_password"
        mailed = sum(row.status in ("renewed", "resent") for row in renewed.rows) if not secret else 0
        notes = about_mail(mailed + len(roster.get("mailed") or ()), dry_run)
        notes += about_service_keys(roster, results.get("service_keys", {}))
        if options["passwords"]:
            verb = "would be written to" if dry_run else "are in"
            notes.append(f"Temporary passwords {verb} {printable(values['password_dir'])}")
        return outcome._replace(notes=(*notes, *outcome.notes))

    def _write(self, outcome: Outcome | None, problem: str, faults: list[str]) -> None:
        """Write the outcome to the file that the variables name, if they do; in a dry run too."""
        path = self.read("outcome_file")
        if path and (outcome or problem):
            write_text(path, as_page(outcome, problem, faults))
