# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the reports of the playbooks. plugins/modules/write_reports.py documents it.

It reads the registered results by the names of their variables: as arguments, Ansible would template every text in them.
"""

from __future__ import annotations

import json
import os
from datetime import datetime, timezone
from typing import Any

from ansible import constants
from ansible.errors import AnsibleError
from ansible.utils.display import Display

from ..filter.access_review import access_review, name_of_key
from ..filter.roster_drift import problem_of, roster_drift
from ..filter.roster_to_csv import roster_to_csv
from ..filter.roster_to_yaml import roster_to_yaml
from ..module_utils._text import number_of
from ..plugin_utils._permissions import permissions
from ..plugin_utils._playbook import PlaybookAction
from ..plugin_utils._reports import render, write_text, write_texts

_HEADING = "# The users of an Arize AX account, by email. Written by arize.ax.export_roster.\n"
_ACCESS = "# access: only role bindings that the API key could see.\n"
# The statuses of a failed list that are part of a report; with any other, there is none.
_REPORTED = {"access_review": (403, 404), "check_account": (403,)}

Result = dict[str, Any]


class ActionModule(PlaybookAction):
    """The action, as Ansible finds it."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> Result:
        """Write the reports, and return the lines to show."""
        super().run(tmp, task_vars)
        write = {
            "access_review": self._review,
            "check_account": self._check,
            "drift_report": self._drift,
            "export_roster": self._export,
        }
        spec = {
            "playbook": {"type": "str", "required": True, "choices": list(write)},
            "results": {"type": "dict", "required": True},
        }
        options = self.begin(task_vars, spec)
        results = {what: self._variables[name] for what, name in options["results"].items()}
        try:
            if self._playbook in _REPORTED:
                _refuse_failures(results, _REPORTED[self._playbook])
            return {"changed": False, **write[self._playbook](results, self.read("values"))}
        except AnsibleError as error:
            return {"failed": True, "msg": str(error)}
        except OSError as error:
            what = "roster" if self._playbook == "export_roster" else "reports"
            return {"failed": True, "msg": f"The {what} cannot be written: {error}"}

    def _review(self, results: Result, values: Result) -> Result:
        _require(results["users"]["users"], "report")
        key = self.read("connection").get("api_key") or os.environ.get("ARIZE_API_KEY", "")
        facts = access_review(
            results,
            self.read("endpoint"),
            _now(),
            stale_days=values["stale_days"],
            key_name=name_of_key(results["api_keys"], key.strip()),
            previous=self.read("previous_review"),
            csv_delimiter=values["csv_delimiter"],
        )
        texts = {f"access_review.{kind}": render(f"access_review.{kind}.j2", facts) for kind in ("md", "html", "txt")}
        lines = texts.pop("access_review.txt").splitlines()
        folder = values["report_dir"]
        if folder == "-":
            return {"lines": [f"{_print(texts['access_review.md'])} are the review", *lines]}
        write_texts(folder, {"access_review.csv": facts["csv"], **texts})
        return {"lines": [*lines, f"See access_review.html, access_review.md or access_review.csv in {folder}"]}

    def _check(self, results: Result, _values: Result) -> Result:
        return {"lines": permissions(results, self.read("endpoint"))}

    def _drift(self, results: Result, values: Result) -> Result:
        read_at = _now()
        drift = roster_drift(results["roster"], values["allow_unknown"], read_at)
        _require(drift["in_account"], "report")
        facts = {"endpoint": self.read("endpoint"), "roster": values["source"], "read_at": read_at, **drift}
        texts = {f"drift.{kind}": render(f"drift.{kind}.j2", facts) for kind in ("md", "html", "txt")}
        lines = texts.pop("drift.txt").splitlines()
        texts["drift.json"] = json.dumps(facts, ensure_ascii=False, indent=4) + "\n"
        folder = values["report_dir"]
        write_texts(folder, texts)
        problem = problem_of(drift)
        where = f"No changes were made. See drift.html, drift.md or drift.json in {folder}."
        return {
            "lines": lines,
            "differences": drift["differences"],
            "problem": f"{problem} {where}" if problem else "",
        }

    def _export(self, results: Result, values: Result) -> Result:
        roster, path = results["roster"]["roster"], values["roster_file"]
        _require(roster, "roster")
        if path.lower().endswith(".csv"):
            text = roster_to_csv(roster, results["roster"]["users"])
        else:
            text = f"{_HEADING}{_ACCESS if values['with_access'] else ''}---\n{roster_to_yaml(roster)}"
        users = number_of(len(roster), "user")
        if path == "-":
            return {"lines": [f"{_print(text)} are a roster of {users}"]}
        before = _content(path)
        changed = before != text
        if changed and not self._task.check_mode:
            write_text(path, text)
        done = ("would be written" if self._task.check_mode else "was written") if changed else "is up to date"
        diff = {"before": before or "", "after": text, "before_header": path, "after_header": path}
        short = max(map(len, (before or "", text))) <= constants.MAX_FILE_SIZE_FOR_DIFF
        shown = {"diff": diff} if changed and self._task.diff and short else {}
        return {"changed": changed, "lines": [f"{users}. {path} {done}"], **shown}


def _refuse_failures(results: Result, reported: tuple[int, ...]) -> None:
    """Refuse a result, or one of a loop, that failed with another status than *reported*."""
    for result in results.values():
        for each in result.get("results", [result]):
            if "error" in each and each["error"]["status"] not in reported:
                raise AnsibleError(each["msg"])


def _require(users: object, what: str) -> None:
    """Refuse to write about an account in which the API key sees no users."""
    if not users:
        advice = "The account has no users that this API key can see. Does the key have permission to read users?"
        raise AnsibleError(f"No {what} was written. {advice}")


def _now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _print(text: str) -> str:
    """Print *text* so that it can be copied, and return how it is called."""
    Display().display(text.rstrip("\n"))
    return f"The {len(text.splitlines())} lines above"


def _content(path: str) -> str | None:
    """Return the content of a file; None if it does not exist or is not text."""
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
