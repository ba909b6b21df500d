"""Every fault, then every fault: what a module says is judged by the account and the mails that the two have left.

The first fault strikes a write. The requests that follow it are known from a run with this fault alone: the second
fault strikes each of them in turn, be it a look-up, the same write once more, or the update that completes a creation.
Of three, with another client in between, test_series draws some.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.cell import Clock
from tests.faults.scenes import ANN, BY_MAIL, DESIRED, ENDPOINTS, INVITE, NO_DEVELOPER, PASSWORD, SCENES, USER, Scene
from tests.journeys.harness import ModuleRunner, Run

# One of each kind that the modules tell apart. None lies in a way that no client can detect: what says that it was done
# was done.
FAULTS: dict[str, dict[str, Any]] = {
    "500": {"kind": "status", "status": 500},
    "502 after the work": {"kind": "html", "status": 502, "when": "after"},
    "429": {"kind": "status", "status": 429, "retry_after": 0},
    "401": {"kind": "status", "status": 401},
    "403": {"kind": "status", "status": 403},
    "409": {"kind": "status", "status": 409},
    "drop": {"kind": "drop"},
    "drop after the work": {"kind": "drop", "when": "after"},
    "truncated": {"kind": "truncate"},
    "error in a 200": {"kind": "body", "body": {"error": "not allowed by policy"}},
    "202": {"kind": "edit", "status": 202},
    "redirect": {"kind": "redirect"},
}
OF_WRITES = {"409", "202", "502 after the work", "drop after the work"}  # nothing of its own to a look-up
NO_DEVELOPER_PASSWORD = {**PASSWORD, "is_developer": False}
TASKS = [
    *(scene for scene in SCENES if not scene.reads and scene.name != "purge"),
    Scene("developer", "create", USER, NO_DEVELOPER),
    Scene("developer, password", "create", USER, NO_DEVELOPER_PASSWORD),
    Scene("developer, password", "update", USER, NO_DEVELOPER_PASSWORD, already=True),
    Scene("developer", "update", USER, {**BY_MAIL, "is_developer": False}, "ACTIVE"),
    Scene("renewed, password", "create", INVITE, {**DESIRED, "invite_mode": "temporary_password"}, "EXPIRED"),
]


class Trial:
    """One run of a task that meets these faults, and what it has left."""

    def __init__(self, sim: Any, scene: Scene, faults: list[dict[str, Any]]) -> None:
        options = scene.arrange(sim)
        sim.faults(faults)
        self.scene = scene
        self.before = sim.users()
        clock = Clock(1.0)
        with clock.replaced():
            self.run: Run = ModuleRunner(sim)(scene.module, no_log=True, max_retries=2, max_retry_wait=2, **options)
        self.after = sim.users()
        self.ann = sim.find(ANN)

    @property
    def mails(self) -> list[str]:
        """The kinds of the mails that were sent."""
        return self.run.mailed

    def misreports(self) -> Iterator[str]:
        """Yield what is not as the result says."""
        done, differs = self.run, self.after != self.before or bool(self.mails)
        if differs and not done.changed:
            yield "changed is false, but the account or the mailbox differs"
        if done.changed and not differs and not done.failed:
            yield "changed is true, but nothing differs"
        if len(self.mails) > 1:
            yield "more than one mail"
        if len({user["email"].lower() for user in self.after}) < len(self.after):
            yield "a second user"
        if done.kind == "internal" or self.error.get("kind") == "internal":
            yield "an unexpected exception"
        if not done.failed and not self.is_done():
            yield "success, but it was not done"
        for action in self.actions:
            if not self.is_so(action):
                yield f"{action} is reported, but was not done"
        if self.has_lost_password() and "temporary password" not in json.dumps(done.result):
            yield "a temporary password is lost without a word"

    @property
    def told(self) -> dict[str, Any]:
        """Return the result for Ann."""
        (entry,) = self.run.result.get("entries") or [self.run.result]
        return dict(entry)

    @property
    def error(self) -> dict[str, Any]:
        """The error about Ann."""
        return self.told.get("error") or {}

    @property
    def actions(self) -> list[str]:
        """The actions that the result reports."""
        names = {"created": "create", "updated": "update", "deleted": "delete"}
        return self.told.get("actions") or [names[status] for status in [self.told.get("status")] if status in names]

    def is_done(self) -> bool:
        """Whether the account and the mailbox are as the task wants them, and the result shows the user so."""
        endpoint, mode = self.scene.endpoint, self.wanted.get("invite_mode", "email_link")
        if endpoint == "delete":
            return self.is_so("delete")
        expected = {"resend": ["resend"], "reset": ["reset"]}.get(endpoint, [])
        if endpoint == "create" or self.scene.already:
            expected = ["invitation"] if mode == "email_link" else []
            if mode == "temporary_password" and not self.told.get("temporary_password"):
                return False
        if self.scene.name.startswith("renewed") and self.told["invitation"] != "renewed":
            return False
        return self.mails == expected and self.is_so("update") and self.shows(self.told["user"])

    def is_so(self, action: str) -> bool:
        """Whether an action has left Ann as it must."""
        if self.ann is None or self.ann["status"] == "BLOCKED":
            return action == "delete"
        expired = self.ann["status"] == "EXPIRED"
        if action == "create":  # an update that completes it may have failed
            return not expired
        wanted = {name: self.wanted[name] for name in ("name", "is_developer") if name in self.wanted}
        return action == "update" and not expired and all(self.ann[name] == value for name, value in wanted.items())

    @property
    def wanted(self) -> dict[str, Any]:
        """Return the desired state of Ann."""
        (entry,) = self.scene.options.get("users", [self.scene.options])
        return dict(entry)

    def shows(self, user: dict[str, Any]) -> bool:
        """Whether a result shows Ann as stored."""
        assert self.ann is not None
        role = self.ann["role"]["name"].lower()
        shown = {**self.ann, "status": self.ann["status"].lower(), "role": role}
        return role == "member" and all(
            user[name] == shown[name] for name in ("id", "name", "email", "status", "role", "is_developer")
        )

    def has_lost_password(self) -> bool:
        """Whether a creation was carried out, and its temporary password did not arrive."""
        created = self.ann is not None and self.ann["status"] == "INVITED"
        return self.scene.temporary_password and created and not self.told.get("temporary_password")


def following(trial: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every fault for every request that follows the last one struck, or for every request if none was."""
    requests = trial.run.requests
    last = max((place for place, entry in enumerate(requests) if entry["faults"]), default=-1)
    passed: Counter[str] = Counter()
    for place, entry in enumerate(requests):
        if entry["faults"]:
            continue
        (endpoint, *_others) = [name for name, match in ENDPOINTS.items() if is_to(entry, match)]
        for name, fault in FAULTS.items() if place > last else ():
            if name not in OF_WRITES or entry["method"] != "GET":
                yield f"{name} ({endpoint})", {**fault, **ENDPOINTS[endpoint], "skip": passed[endpoint]}
        passed[endpoint] += 1


def is_to(entry: dict[str, Any], match: dict[str, Any]) -> bool:
    """Whether a request is to an endpoint."""
    return entry["method"] == match["method"] and bool(re.search(match.get("path", ""), entry["path"]))


@pytest.mark.parametrize("first", FAULTS)
@pytest.mark.parametrize("scene", TASKS, ids=lambda scene: f"{scene.module}-{scene.endpoint}-{scene.name}")
def test_a_result_is_true_after_two_faults(sim: Any, counted: Counter[str], scene: Scene, first: str) -> None:
    one = {**FAULTS[first], **ENDPOINTS[scene.endpoint]}
    alone = Trial(sim, scene, [one])
    wrong = [f"{first}: {text}" for text in alone.misreports()]
    counted["Pairs of faults survived"] += 1
    for second, two in following(alone):
        trial = Trial(sim, scene, [one, two])
        struck = [entry["faults"] for entry in trial.run.requests if entry["faults"]]
        assert len(struck) == 2, f"{second} did not strike"
        wrong += [f"{first}, then {second}: {text}" for text in trial.misreports()]
        counted["Pairs of faults survived"] += 1
    assert wrong == []
