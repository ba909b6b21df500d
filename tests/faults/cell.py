"""One cell of the fault matrix: a task whose requests to one endpoint meet a fault, and what must hold for each."""

from __future__ import annotations

import re
import time
from functools import partial
from typing import Any
from unittest import mock

from ansible_collections.arize.ax.plugins.module_utils._client import session

from tests.faults.scenes import ENDPOINTS, Scene
from tests.faults.table import SCALE, End, Fault
from tests.journeys.harness import ModuleRunner, Run

LONGEST_SECONDS = 30
SHORTEST_BACKOFF = 0.25  # seconds: whatever Retry-After says, no request is sent again sooner
# A message says what to do, or which setting decided.
ADVICE = re.compile(r"max_retries|max_retry_wait|[Cc]heck |ask |again|resend: true|[Uu]se |See ")
COMPARED = (
    *("changed", "actions", "user", "users", "roster", "entries", "summary", "invitation", "diff", "deletions"),
    *("role", "roles", "role_binding", "role_bindings", "api_keys"),
    *("space", "spaces", "project", "projects", "restriction"),
)


class Clock:
    """Time in which a wait takes none; it may go faster than the real one."""

    def __init__(self, pace: float) -> None:
        self._pace = pace
        self.slept = 0.0

    def __call__(self) -> float:
        """Return the seconds since some moment."""
        return time.monotonic() * self._pace + self.slept

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept += seconds

    def replaced(self) -> Any:
        """Return a context in which modules wait by this clock, and as short as chance allows."""
        timing = {"sleep": self.sleep, "clock": self, "jitter": lambda: 0.0}
        return mock.patch.object(session, "Http", partial(session.Http, **timing))


class Cell:
    """One scene and one fault."""

    def __init__(self, sim: Any, scene: Scene, fault: Fault) -> None:
        self.sim = sim
        self.scene = scene
        self.fault = fault
        self.run = ModuleRunner(sim)
        self.verdict = fault.verdict(scene.endpoint, scene.temporary_password)

    def undisturbed(self, check: bool = False) -> Run:
        """Run the task where nothing goes wrong."""
        return self._run(None, check)

    def disturbed(self, times: int | None, check: bool = False) -> Run:
        """Run the task; its first `times` requests to the endpoint (None: all) meet the fault."""
        return self._run(times, check, strike=True)

    def _run(self, times: int | None, check: bool, strike: bool = False) -> Run:
        options = self.scene.arrange(self.sim)
        self.whom = self.scene.whom.replace("@id", options.get("user_id") or _first_id(options) or "@id")
        if strike:
            self.sim.fault(**{**ENDPOINTS[self.scene.endpoint], **self.fault.fault, "times": times})
        self.before, self.granted_before = self.sim.users(), self.sim.access()
        clock = Clock(self.fault.pace)
        started, began = time.monotonic(), clock()
        with clock.replaced(), mock.patch.object(session, "_BODY_LIMIT", session._BODY_LIMIT // SCALE):
            done = self.run(
                self.scene.module,
                check=check,
                no_log=True,
                **{"timeout": self.fault.timeout, "max_retries": 1, "max_retry_wait": 2, **options},
            )
        assert time.monotonic() - started < LONGEST_SECONDS
        self.waited = clock() - began  # with what a busy machine took before it slept
        self.sim.clear_faults()
        self.after, self.granted = self.sim.users(), self.sim.access()
        return done

    @property
    def left(self) -> Any:
        """Return the account after the last run."""
        return _without_moments([self.after, self.granted])

    def sent(self, done: Run) -> int:
        """How often the endpoint was asked."""
        wanted = ENDPOINTS[self.scene.endpoint]
        return sum(
            entry["method"] == wanted["method"] and bool(re.search(wanted.get("path", ""), entry["path"]))
            for entry in done.requests
        )

    def check(self, done: Run, end: End, plain: Run, left: Any) -> None:
        """Check a run against how it has to end, and against the undisturbed run and what that has left."""
        self.check_truth(done)
        assert self.sent(done) == end.sent
        assert self.waited >= SHORTEST_BACKOFF * (end.sent - 1)
        if end.kind is None:
            assert not done.failed, done.msg
            assert told(done) == told(plain)
            assert self.left == left
            assert [mail["kind"] for mail in done.mails] == plain.mailed
            return
        assert done.failed
        assert self._kind(done) == end.kind
        assert done.changed == (end.unknown or self.scene.already)
        self.check_message(done)

    def _kind(self, done: Run) -> str | None:
        if done.kind != "partial":
            return done.kind
        (kind,) = {item["error"]["kind"] for item in done["entries"] if item["status"] == "failed"}
        return str(kind)

    def check_truth(self, done: Run) -> None:
        """Check what holds whatever happens."""
        same = (self.after, self.granted) == (self.before, self.granted_before)
        assert done.changed or same, "something was changed, but the result says that it was not"
        keys = [(item["user_id"], item["resource_id"]) for item in self.granted["role_bindings"]]
        assert len(set(keys)) == len(keys), "a second role binding"
        assert len({user["email"].lower() for user in self.after}) == len(self.after), "a second user"
        created = [entry for entry in done.requests if entry["method"] == "POST" and entry["status"] == 201]
        assert len(created) <= 1
        assert len(done.mails) <= 1

    def check_message(self, done: Run) -> None:
        """Check that the sentence names whom, and what to do."""
        texts = [done.msg, *(item["error"]["msg"] for item in done.result.get("entries", []) if "error" in item)]
        assert any(self.whom in text for text in texts), texts
        assert any(ADVICE.search(text) for text in texts), texts
        assert all(text.isprintable() and len(text) < 1200 for text in texts), texts


def told(done: Run) -> dict[str, Any]:
    """Return what two runs from the same state have to tell alike: all but temporary passwords."""
    result = {name: done.result.get(name) for name in COMPARED}
    for item in result["entries"] or []:
        item.pop("temporary_password", None)
    found: dict[str, Any] = _without_moments(result)
    return found


def _without_moments(value: Any) -> Any:
    """Leave out when something was last changed: an update that is sent twice moves it."""
    if isinstance(value, dict):
        return {name: _without_moments(item) for name, item in value.items() if name != "updated_at"}
    return [_without_moments(item) for item in value] if isinstance(value, list) else value


def _first_id(options: dict[str, Any]) -> str:
    return next((entry["user_id"] for entry in options.get("users", []) if "user_id" in entry), "")
