"""Collect what was observed, and write it so that it can be posted: nothing of the account is in it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from .contract import ADDS, CONTRADICTS, LACKS, Contract, Difference

YES, NO, NOT_SEEN = "yes", "no", "not seen"
# By name: what the published documents leave open.
QUESTIONS = {
    "conflict_kinds_differ": "Does the 409 for a deleted address differ from the 409 for an active one?",
    "delete_oneself": "Is deleting oneself answered with 400?",
    "renewal_keeps_id": "Does an invitation renewed after EXPIRED keep the ID of the user?",
    "resend_expired_is_400": "Is a resend to an EXPIRED user answered with 400?",
    "rate_limits_announced": "Do answers announce rate limits?",
    "list_holds_bot_users": "Does the list of users hold the bot users of service keys?",
    "custom_account_role": "Does a creation accept a custom account role?",
    "space_roles_as_bindings": "Are predefined roles in spaces listed as role bindings?",
    "binding_needs_membership": "Does a role binding on a space need the membership of its organization first?",
    "role_names_differ_in_case": "May the names of two roles differ in case alone?",
    "custom_role_like_predefined": "May a custom role bear the name of a predefined role?",
    "predefined_role_names_repeat": "Do names of predefined roles repeat?",
    "deleted_role_frees_name": "Is the name of a deleted role free again?",
    "spaces_name_organization": "Do spaces name their organization?",
    "remove_non_member": "Is the removal of a user who is no member answered with 404?",
    "restricted_reach": "Do space, organization and account admins keep access to a restricted project?",
    "service_key_survives_creator": "Does a service key survive the deletion of its creator?",
    "plan_limit_in_403": "Does a 403 name the plan that is missing?",
    "problem_has_error_code": "Do errors have the field error_code?",
}
_TITLES = {CONTRADICTS: "What contradicts the contract", ADDS: "What is new", LACKS: "What is missing"}
_AMOUNT = re.compile(r"[0-9]{1,9}")


class Report:
    """Everything that was observed. Its own texts are written here and in the checks, never by the service."""

    def __init__(self, contract: Contract, facts: dict[str, str]) -> None:
        self.contract = contract
        self.facts = {"date": datetime.now(UTC).strftime("%Y-%m-%d"), **facts, "contract": contract.version}
        self.differences: dict[Difference, None] = {}
        self.permissions: dict[str, str] = {}
        self.answers: dict[str, tuple[str, str]] = dict.fromkeys(QUESTIONS, (NOT_SEEN, ""))
        self.steps: list[tuple[str, str, bool]] = []
        self.left_behind: dict[str, int] = {}
        self.statuses: dict[str, dict[str, int]] = {}
        self.limits: dict[str, str] = {}
        self.incomplete = ""  # why not everything was checked
        self._seconds: dict[str, list[float]] = {}

    def exchange(self, call: str, status: int | None, seconds: float) -> None:
        """Count a request and its answer; a *status* of None is no answer."""
        counts = self.statuses.setdefault(call, {})
        counts[str(status or "none")] = counts.get(str(status or "none"), 0) + 1
        self._seconds.setdefault(call, []).append(seconds)

    def differs(self, *differences: Difference) -> None:
        """Add differences from the contract, each once."""
        self.differences.update(dict.fromkeys(differences))

    def contradiction(self, place: str, text: str, word: str = "") -> None:
        """Add what goes against a rule of the contract that no schema can express."""
        self.differs(Difference(CONTRADICTS, place, text, word))

    def limit(self, header: str, value: str) -> None:
        """Keep a header about rate limits; its value only if it is an amount."""
        self.limits[header.lower()] = value if _AMOUNT.fullmatch(value) else "present"

    def permission(self, what: str, answer: str) -> None:
        """Say whether the key may do something."""
        self.permissions[what] = answer

    def answer(self, question: str, verdict: str | bool, why: str = "") -> None:
        """Answer an open question: "yes" stays, "no" is more than "not seen"."""
        if isinstance(verdict, bool):
            verdict = YES if verdict else NO
        weights = (NOT_SEEN, NO, YES)
        if weights.index(verdict) >= weights.index(self.answers[question][0]):
            self.answers[question] = (verdict, why)

    def step(self, what: str, outcome: str, fine: bool) -> None:
        """Add a step that wrote; one that is not fine is a contradiction."""
        self.steps.append((what, outcome, fine))

    @property
    def contradicts(self) -> bool:
        """Whether the service does something else than the contract says."""
        return any(each.weight == CONTRADICTS for each in self.differences) or any(not step[2] for step in self.steps)

    @property
    def verdict(self) -> str:
        """The behaviour of the service, as a clause."""
        if self.incomplete:
            return f"was not checked to the end: {self.incomplete}"
        return "contradicts the contract" if self.contradicts else "does what the contract says, or adds to it"

    def as_data(self) -> dict[str, Any]:
        """Return the report as plain data."""
        found = [(each, self.contract.public(each.word) if each.word else "") for each in self.differences]
        return {
            **self.facts,
            "verdict": f"The service {self.verdict}.",
            "differences": [
                {"weight": each.weight, "place": each.place, "text": f"{each.text} {word}".strip()}
                for each, word in sorted(found)
            ],
            "permissions": self.permissions,
            "questions": {
                name: {"question": text, "answer": self.answers[name][0], "why": self.answers[name][1]}
                for name, text in QUESTIONS.items()
            },
            "writes": [{"step": what, "outcome": outcome, "fine": fine} for what, outcome, fine in self.steps],
            "left_behind": self.left_behind,
            "rate_limit_headers": self.limits,
            "requests": {call: {"statuses": self.statuses[call], **self._times(call)} for call in self._seconds},
        }

    def _times(self, call: str) -> dict[str, float]:
        seconds = self._seconds[call]
        return {"median_seconds": round(median(seconds), 3), "longest_seconds": round(max(seconds), 3)}

    def write(self, folder: Path) -> None:
        """Write report.md and report.json to *folder*."""
        folder.mkdir(parents=True, exist_ok=True)
        data = self.as_data()
        (folder / "report.json").write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
        (folder / "report.md").write_text(as_markdown(data), encoding="utf-8")


def as_markdown(data: dict[str, Any]) -> str:
    """Return the report as a page."""
    facts = _table(("fact", "value"), [(name, text) for name, text in data.items() if isinstance(text, str)])
    parts = ["# Live report\n", facts]
    for weight, title in _TITLES.items():
        found = [each for each in data["differences"] if each["weight"] == weight]
        lines = [f"- `{each['place']}` {each['text']}" for each in found] or ["Nothing."]
        parts += [f"## {title}\n", "\n".join(lines) + "\n"]
    parts += ["## What the API key may do\n", _table(("operation", "allowed"), data["permissions"].items())]
    questions = [(name, q["question"], q["answer"], q["why"]) for name, q in data["questions"].items()]
    parts += ["## Open questions\n", _table(("name", "question", "answer", "why"), questions)]
    if data["writes"]:
        steps = [(each["step"], each["outcome"], YES if each["fine"] else "**no**") for each in data["writes"]]
        parts += ["## Writes\n", _table(("step", "outcome", "as expected"), steps)]
        parts += ["## Left behind\n", _table(("what", "how many"), data["left_behind"].items())]
    limits = data["rate_limit_headers"].items()
    parts += ["## Headers of rate limits\n", _table(("header", "last value"), limits) if limits else "None.\n"]
    rows = [
        (call, ", ".join(f"{status}: {n}" for status, n in each["statuses"].items()), *list(each.values())[1:])
        for call, each in data["requests"].items()
    ]
    parts += ["## Requests\n", _table(("request", "answers", "median seconds", "longest"), rows)]
    return "\n".join(parts)


def _table(heads: tuple[str, ...], rows: Any) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)
