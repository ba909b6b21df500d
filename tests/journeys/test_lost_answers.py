"""Several failures in a row, and what comes after them. One fault, and a second one, are in tests/faults."""

from __future__ import annotations

from typing import Any

import pytest

WANTED = {"email": "ann@example.com", "name": "Ann", "role": "member"}
LOST = {"kind": "drop", "when": "after", "method": "POST"}
PRESENT, INVITE = "arize_user", "arize_user_invite"

every_creation = pytest.mark.parametrize(
    ("module", "status"), [(PRESENT, ""), (INVITE, ""), (INVITE, "EXPIRED")], ids=["present", "invite", "renewal"]
)


def begin(sim: Any, status: str) -> None:
    """Seed Ann with that status, or nothing."""
    sim.seed([{**WANTED, "role": "MEMBER", "status": status}] if status else [])


@every_creation
def test_all_attempts_together_stay_within_the_budget(sim: Any, run: Any, module: str, status: str) -> None:
    begin(sim, status)
    sim.fault("status", status=503, method="POST", times=None)
    done = run(module, **WANTED, max_retries=2)
    assert (done.kind, done.changed, done.mailed) == ("server", True, [])  # a 503 may still be carried out
    assert done.methods == "GET POST GET POST GET POST GET"
    assert "Gave up after 3 attempts: max_retries is 2." in done.msg


def test_a_response_is_lost_after_429s(sim: Any, run: Any) -> None:
    sim.faults([{"kind": "status", "status": 429, "retry_after": 0, "method": "POST", "times": 2}, LOST])
    done = run(PRESENT, **WANTED)
    assert (done["actions"], done.methods, done.mailed) == (["create"], "GET POST POST POST GET", ["invitation"])


def test_a_lost_create_is_completed(sim: Any, run: Any) -> None:
    sim.faults([LOST])
    done = run(PRESENT, **WANTED, is_developer=False)
    assert (done["actions"], done.methods, done["user"]["is_developer"]) == (["create"], "GET POST GET PATCH", False)
    assert done.mailed == ["invitation"]


@every_creation
def test_a_user_whose_password_was_lost_is_sent_a_link(sim: Any, run: Any, module: str, status: str) -> None:
    begin(sim, status)
    sim.faults([LOST])
    done = run(module, **WANTED, invite_mode="temporary_password", no_log=True)
    assert (done.kind, done.changed, done.methods) == ("password_lost", True, "GET POST GET")
    assert "arize_user_invite with resend: true" in done.msg
    rescued = run(INVITE, **WANTED, resend=True)
    assert (rescued["invitation"], rescued.mailed) == ("resent", ["resend"])
