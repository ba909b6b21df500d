# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request was sent and no readable response came back: was it carried out? No task may mail a user twice.

A creation is looked up before it is sent again. A mail to an existing user is never sent again.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

WANTED = {"email": "ann@example.com", "name": "Ann", "role": "member"}
ANN = {"email": "ann@example.com", "name": "Ann", "role": "MEMBER"}

# How a response is lost. "before": the request was not carried out. "after": it was.
BEFORE: dict[str, dict[str, Any]] = {
    "dropped": {"kind": "drop"},
    "reset": {"kind": "drop", "reset": True},
    "a hang": {"kind": "hang", "seconds": 30},
    "500": {"kind": "status", "status": 500},
    "502": {"kind": "html", "status": 502},
    "503": {"kind": "status", "status": 503, "retry_after": 0},
    "504": {"kind": "html", "status": 504},
}
AFTER: dict[str, dict[str, Any]] = {name: {**fault, "when": "after"} for name, fault in BEFORE.items()}
UNREADABLE: dict[str, dict[str, Any]] = {
    "broken JSON": {"kind": "garbage", "status": 201, "when": "after"},
    "half a body": {"kind": "truncate"},
    "an HTML page": {"kind": "html", "status": 200, "when": "after"},
    "nothing": {"kind": "empty", "status": 201, "when": "after"},
    "an empty object": {"kind": "empty_object", "when": "after"},
    "no ID": {"kind": "edit", "remove": ["/id"]},
}
# A 200 with a body is no success. An empty 202, 204 or 200 is one.
UNREADABLE_MAIL: dict[str, dict[str, Any]] = {
    "an error in a 200": {"kind": "body", "status": 200, "body": {"error": "not allowed by policy"}},
    "half a body": {"kind": "truncate"},
    "an HTML page": {"kind": "html", "status": 200, "when": "after"},
}


def each(faults: dict[str, dict[str, Any]]) -> Any:
    """Parametrize `fault`."""
    return pytest.mark.parametrize("fault", list(faults.values()), ids=list(faults))


class Creation(NamedTuple):
    """A task that sends POST /v2/users."""

    title: str
    module: str
    options: dict[str, Any]
    status: str  # of the user before; "" is no user
    says: dict[str, Any]
    mails: list[str]


CREATIONS = [
    Creation("present", "arize_user", {}, "", {"actions": ["create"]}, ["invitation"]),
    Creation("present, none", "arize_user", {"invite_mode": "none"}, "", {"actions": ["create"]}, []),
    Creation("invite", "arize_user_invite", {}, "", {"invitation": "sent"}, ["invitation"]),
    Creation("renewal", "arize_user_invite", {}, "EXPIRED", {"invitation": "renewed"}, ["invitation"]),
    Creation("+ resend", "arize_user_invite", {"resend": True}, "EXPIRED", {"invitation": "renewed"}, ["invitation"]),
]
every_creation = pytest.mark.parametrize("case", CREATIONS, ids=[case.title for case in CREATIONS])


def begin(sim: Any, status: str) -> None:
    """Seed Ann with that status, or nothing."""
    sim.seed([{**ANN, "status": status}] if status else [])


@every_creation
@each(AFTER | UNREADABLE)
def test_a_creation_that_happened_is_found_and_not_sent_again(sim: Any, run: Any, case: Creation, fault: Any) -> None:
    begin(sim, case.status)
    sim.fault(method="POST", **fault)
    done = run(case.module, **WANTED, **case.options, timeout=0.3)
    assert (done.failed, done.changed, done.methods) == (False, True, "GET POST GET")
    assert {name: done[name] for name in case.says} == case.says
    assert done.mailed == case.mails
    assert done["user"]["id"] == sim.find("ann@example.com")["id"]


@every_creation
@each(BEFORE)
def test_a_creation_that_did_not_happen_is_sent_again(sim: Any, run: Any, case: Creation, fault: Any) -> None:
    begin(sim, case.status)
    sim.fault(method="POST", **fault)
    done = run(case.module, **WANTED, **case.options, timeout=0.3)
    assert (done.failed, done.changed, done.methods) == (False, True, "GET POST GET POST")
    assert {name: done[name] for name in case.says} == case.says
    assert done.mailed == case.mails


@every_creation
@pytest.mark.parametrize("when", ["before", "after"])
def test_without_retries_it_is_still_looked_up(sim: Any, run: Any, case: Creation, when: str) -> None:
    begin(sim, case.status)
    sim.fault("drop", method="POST", when=when)
    done = run(case.module, **WANTED, **case.options, max_retries=0)
    assert done.methods == "GET POST GET"
    assert (done.failed, done.changed) == (when == "before", when == "after")
    assert done.mailed == (case.mails if when == "after" else [])
    if when == "before":
        assert done.kind == "transport"
        assert "A look-up shows that it was not carried out." in done.msg


@every_creation
@pytest.mark.parametrize("when", ["before", "after"])
def test_where_the_look_up_fails_too_the_outcome_is_said_to_be_unknown(
    sim: Any, run: Any, case: Creation, when: str
) -> None:
    begin(sim, case.status)
    sim.fault("drop", method="POST", when=when)
    sim.fault("drop", method="GET", skip=1, times=None)
    done = run(case.module, **WANTED, **case.options, max_retries=1)
    assert (done.kind, done.changed, done.methods) == ("transport", True, "GET POST GET GET")
    assert "It is not known whether it was carried out" in done.msg
    assert "ann@example.com" in done.msg
    assert done.mailed == (case.mails if when == "after" else [])


@every_creation
def test_all_attempts_together_stay_within_the_budget(sim: Any, run: Any, case: Creation) -> None:
    begin(sim, case.status)
    sim.fault("status", status=503, method="POST", times=None)
    done = run(case.module, **WANTED, **case.options, max_retries=2)
    assert (done.kind, done.changed) == ("server", False)
    assert done.methods == "GET POST GET POST GET POST GET"
    assert "Gave up after 3 attempts: max_retries is 2." in done.msg
    assert done.mailed == []


def test_a_response_is_lost_after_429s(sim: Any, run: Any) -> None:
    sim.faults(
        [
            {"kind": "status", "status": 429, "retry_after": 0, "method": "POST", "times": 2},
            {"kind": "drop", "when": "after", "method": "POST"},
        ]
    )
    done = run("arize_user", **WANTED)
    assert (done["actions"], done.methods, done.mailed) == (["create"], "GET POST POST POST GET", ["invitation"])


@each(AFTER)
def test_a_lost_create_is_completed(sim: Any, run: Any, fault: Any) -> None:
    sim.fault(method="POST", **fault)
    done = run("arize_user", **WANTED, is_developer=False, timeout=0.3)
    assert (done["actions"], done.methods, done["user"]["is_developer"]) == (["create"], "GET POST GET PATCH", False)
    assert done.mailed == ["invitation"]


@pytest.mark.parametrize("module", ["arize_user", "arize_user_invite"])
@pytest.mark.parametrize("status", ["", "EXPIRED"])
@each(AFTER | UNREADABLE)
def test_a_missing_password_is_reported_as_lost(sim: Any, run: Any, module: str, status: str, fault: Any) -> None:
    if (module, status) == ("arize_user", "EXPIRED"):
        return  # a user with an expired invitation exists: arize_user sends nothing
    begin(sim, status)
    sim.fault(method="POST", **fault)
    done = run(module, **WANTED, invite_mode="temporary_password", no_log=True, timeout=0.3)
    assert (done.kind, done.changed, done.methods) == ("password_lost", True, "GET POST GET")
    assert "arize_user_invite with resend: true" in done.msg
    assert "temporary_password" not in done.result
    assert done["user"]["status"] == "invited"
    rescued = run("arize_user_invite", **WANTED, resend=True)
    assert (rescued["invitation"], rescued.mailed) == ("resent", ["resend"])


def test_a_password_may_be_lost_where_the_outcome_is_unknown(sim: Any, run: Any) -> None:
    sim.fault("drop", method="POST", when="after")
    sim.fault("status", status=500, method="GET", skip=1, times=None)
    done = run("arize_user", **WANTED, invite_mode="temporary_password", no_log=True, max_retries=1)
    assert (done.kind, done.changed) == ("transport", True)
    assert "the temporary password is lost" in done.msg
    assert "arize_user_invite with resend: true" in done.msg


class Mail(NamedTuple):
    """A task that mails an existing user."""

    kind: str
    module: str
    options: dict[str, Any]
    status: str


MAILS = [
    Mail("resend", "arize_user_invite", {"resend": True}, "INVITED"),
    Mail("reset", "arize_user_password_reset", {}, "ACTIVE"),
]
every_mail = pytest.mark.parametrize("case", MAILS, ids=[case.kind for case in MAILS])


@every_mail
@each(
    {f"{name} before": fault for name, fault in BEFORE.items()}
    | {f"{name} after": fault for name, fault in (AFTER | UNREADABLE_MAIL).items()}
)
def test_a_mail_is_never_sent_again(sim: Any, run: Any, case: Mail, fault: Any) -> None:
    begin(sim, case.status)
    sim.fault(method="POST", **fault)
    done = run(case.module, email="ann@example.com", **case.options, timeout=0.3)
    assert (done.failed, done.changed, done.methods) == (True, True, "GET POST")
    assert "The mail may have been sent: ask ann@example.com" in done.msg
    was_sent = fault.get("when") == "after" or fault["kind"] == "truncate"
    assert done.mailed == ([case.kind] if was_sent else [])


@every_mail
def test_a_mail_answered_429_is_sent_again(sim: Any, run: Any, case: Mail) -> None:
    begin(sim, case.status)
    sim.fault("status", status=429, retry_after=0, method="POST", times=3)
    done = run(case.module, email="ann@example.com", **case.options)
    assert (done.failed, done.changed, done.methods) == (False, True, "GET POST POST POST POST")
    assert done.mailed == [case.kind]


@every_mail
@pytest.mark.parametrize("answer", ["status 401", "status 403", "status 404", "status 429"])
def test_a_refused_mail_is_no_change(sim: Any, run: Any, case: Mail, answer: str) -> None:
    begin(sim, case.status)
    sim.fault("status", status=int(answer.split()[1]), retry_after=3600, method="POST")
    done = run(case.module, email="ann@example.com", **case.options)
    assert (done.failed, done.changed, done.mailed) == (True, False, [])


LOST_UPDATES = {"dropped before": BEFORE["dropped"], "dropped after": AFTER["dropped"], "502 after": AFTER["502"]}


@each(LOST_UPDATES)
def test_an_update_may_be_sent_twice(sim: Any, run: Any, fault: Any) -> None:
    begin(sim, "ACTIVE")
    sim.fault(method="PATCH", **fault)
    done = run("arize_user", email="ann@example.com", name="Ann B")
    assert (done["actions"], done.methods, done["user"]["name"]) == (["update"], "GET PATCH PATCH", "Ann B")


@each(LOST_UPDATES)
def test_a_deletion_may_be_sent_twice(sim: Any, run: Any, fault: Any) -> None:
    begin(sim, "ACTIVE")
    sim.fault(method="DELETE", **fault)
    done = run("arize_user", email="ann@example.com", state="absent")
    assert (done["actions"], done.methods, done["user"]) == (["delete"], "GET DELETE DELETE", None)


@each(UNREADABLE_MAIL)
def test_a_deletion_is_done_only_if_the_response_says_so(sim: Any, run: Any, fault: Any) -> None:
    begin(sim, "ACTIVE")
    sim.fault(method="DELETE", **{"times": None, **fault})
    done = run("arize_user", email="ann@example.com", state="absent", max_retries=1)
    assert (done.failed, done.changed, done["actions"]) == (True, True, [])
    assert done.kind == ("transport" if fault["kind"] == "truncate" else "invalid_response")


def test_a_renewal_is_claimed_only_if_the_user_shows_it(sim: Any, run: Any) -> None:
    begin(sim, "EXPIRED")
    sim.faults([{"kind": "status", "status": status, "method": "POST"} for status in (500, 409)])
    done = run("arize_user_invite", **WANTED)
    assert (done.kind, done.changed, done.mailed) == ("conflict", False, [])
    assert sim.find("ann@example.com")["status"] == "EXPIRED"


@each(UNREADABLE)
def test_an_update_with_an_unreadable_response_is_a_change(sim: Any, run: Any, fault: Any) -> None:
    begin(sim, "ACTIVE")
    sim.fault(method="PATCH", **{**fault, "times": None})
    done = run("arize_user", email="ann@example.com", name="Ann B", max_retries=1)
    assert (done.failed, done.changed) == (True, True)
    assert sim.find("ann@example.com")["name"] == "Ann B"
    assert done.kind in ("invalid_response", "transport")
