# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another client acts between look-up and write: it creates, accepts, expires, blocks or removes the user.

The module continues with what it then finds, or says why it cannot; it never claims what it has not done.
"""

from __future__ import annotations

from typing import Any

import pytest

WANTED = {"email": "ann@example.com", "name": "Ann", "role": "member"}
ANN = {"email": "@target", "name": "Ann", "role": "MEMBER"}
STORED = {**ANN, "email": "ann@example.com"}


def meanwhile(sim: Any, method: str, *actions: dict[str, Any]) -> None:
    """Let another client do that just before the next request of this method is carried out."""
    sim.fault(method=method, do=list(actions))


def seed(**fields: Any) -> dict[str, Any]:
    """The action that creates Ann."""
    return {"action": "seed", "users": [{**ANN, **fields}]}


def to_ann(action: str) -> dict[str, Any]:
    """An action on Ann, who exists."""
    return {"action": action, "user": "ann@example.com"}


# -- the user did not exist; then another client was faster --------------------------------------------------------

# status of the user now, the mode of the task, requests: a 200 contains the user, a 409 costs another look-up
FASTER = [
    ("INVITED", "email_link", "GET POST"),
    ("INVITED", "temporary_password", "GET POST"),
    ("INVITED", "none", "GET POST GET"),
    ("ACTIVE", "email_link", "GET POST GET"),
    ("ACTIVE", "temporary_password", "GET POST GET"),
    ("ACTIVE", "none", "GET POST GET"),
    ("EXPIRED", "none", "GET POST GET"),
]
another_was_faster = pytest.mark.parametrize(("status", "mode", "requests"), FASTER)


@another_was_faster
def test_present_finds_nothing_left_to_do(sim: Any, run: Any, status: str, mode: str, requests: str) -> None:
    meanwhile(sim, "POST", seed(status=status))
    done = run("arize_user", **WANTED, invite_mode=mode, no_log=True)
    assert (done.changed, done["actions"], done.methods, done.mailed) == (False, [], requests, [])
    assert done["user"]["status"] == status.lower()
    assert done["diff"]["before"] == done["diff"]["after"] == done["user"]
    assert "temporary_password" not in done.result
    warned = any("no temporary password was issued" in str(warning) for warning in done.result.get("warnings", []))
    assert warned == (mode == "temporary_password")


@another_was_faster
def test_present_updates_what_still_differs(sim: Any, run: Any, status: str, mode: str, requests: str) -> None:
    meanwhile(sim, "POST", seed(status=status, name="Annie"))
    done = run("arize_user", **WANTED, is_developer=False, invite_mode=mode, no_log=True)
    assert (done.changed, done["actions"], done.methods) == (True, ["update"], f"{requests} PATCH")
    assert done.writes[-1]["body"] == {"name": "Ann", "is_developer": False}
    assert (done["diff"]["before"]["name"], done["diff"]["after"]["name"]) == ("Annie", "Ann")


@another_was_faster
def test_present_checks_the_role_that_another_client_gave(
    sim: Any, run: Any, status: str, mode: str, requests: str
) -> None:
    meanwhile(sim, "POST", seed(status=status, role="ADMIN", name="Annie"))
    done = run("arize_user", **WANTED, invite_mode=mode, no_log=True)
    assert (done.kind, done.changed, done["actions"], done.methods) == ("role_mismatch", False, [], requests)
    assert done["user"]["role"] == "admin"
    assert "Account Members" in done.msg


@pytest.mark.parametrize("mode", ["email_link", "temporary_password"])
def test_present_renews_an_invitation_that_expired_meanwhile(sim: Any, run: Any, mode: str) -> None:
    meanwhile(sim, "POST", seed(status="EXPIRED"))
    done = run("arize_user", **WANTED, invite_mode=mode, no_log=True)
    assert (done.changed, done["actions"], done.methods) == (True, ["create"], "GET POST")
    assert ("temporary_password" in done.result) == (mode == "temporary_password")


@pytest.mark.parametrize("module", ["arize_user", "arize_user_invite"])
def test_a_blocked_address_is_told_from_a_taken_one(sim: Any, run: Any, module: str) -> None:
    meanwhile(sim, "POST", seed(status="BLOCKED"))
    done = run(module, **WANTED)
    assert (done.kind, done.changed, done.methods, done.mailed) == ("blocked", False, "GET POST GET", [])
    assert (done["error"]["status"], done["error"]["method"], done["error"]["path"]) == (409, "POST", "/v2/users")
    assert "ann@example.com" in done.msg
    assert "deleted earlier" in done.msg
    assert done["user"] is None


INVITES = {
    # status of the user now, and the task: the outcome
    ("INVITED", "invite"): ("pending", "GET POST", []),
    ("INVITED", "with resend"): ("resent", "GET POST POST", ["resend"]),
    ("ACTIVE", "invite"): ("accepted", "GET POST GET", []),
    ("ACTIVE", "with resend"): ("accepted", "GET POST GET", []),
    ("EXPIRED", "invite"): ("sent", "GET POST", ["invitation"]),
}


@pytest.mark.parametrize(("case", "outcome"), INVITES.items(), ids=map(" ".join, INVITES))
def test_invite_continues_with_the_user_it_finds(sim: Any, run: Any, case: Any, outcome: Any) -> None:
    meanwhile(sim, "POST", seed(status=case[0], role="ADMIN", name="Annie"))
    done = run("arize_user_invite", **WANTED, resend=case[1] == "with resend")
    assert (done["invitation"], done.methods, done.mailed) == outcome
    assert done.changed == bool(done.mailed)


# -- an expired invitation was to be renewed -----------------------------------------------------------------------

RENEWED = {"action": "change", "user": "ann@example.com", "fields": {"status": "INVITED"}}
RENEWALS = [
    # what another client does, resend: invitation or kind of error, requests, mails
    (RENEWED, False, ("pending", "GET POST", [])),
    (RENEWED, True, ("resent", "GET POST POST", ["resend"])),
    (to_ann("accept"), False, ("accepted", "GET POST GET", [])),
    (to_ann("accept"), True, ("accepted", "GET POST GET", [])),
    (to_ann("block"), False, ("blocked", "GET POST GET", [])),
    (to_ann("vanish"), False, ("renewed", "GET POST", ["invitation"])),
]


@pytest.mark.parametrize(("action", "resend", "outcome"), RENEWALS)
def test_a_renewal_is_planned_again(sim: Any, run: Any, action: dict[str, Any], resend: bool, outcome: Any) -> None:
    sim.seed([{**STORED, "status": "EXPIRED"}])
    meanwhile(sim, "POST", action)
    done = run("arize_user_invite", **WANTED, resend=resend)
    assert (done.kind or done["invitation"], done.methods, done.mailed) == outcome
    assert done.changed == bool(done.mailed)


def test_no_password_is_issued_for_an_invitation_of_another_client(sim: Any, run: Any) -> None:
    sim.seed([{**STORED, "status": "EXPIRED"}])
    meanwhile(sim, "POST", RENEWED)
    done = run("arize_user_invite", email="ann@example.com", invite_mode="temporary_password", no_log=True)
    assert (done["invitation"], done.changed) == ("pending", False)
    assert "temporary_password" not in done.result
    assert "no temporary password was issued" in str(done["warnings"])


def test_a_server_that_refuses_to_renew_does_not_lead_into_a_loop(sim: Any, run: Any) -> None:
    sim.seed([{**STORED, "status": "EXPIRED"}])
    sim.fault("status", status=409, method="POST", times=None)
    done = run("arize_user_invite", **WANTED)
    assert (done.kind, done.changed, done.methods) == ("conflict", False, "GET POST GET")
    assert "ann@example.com" in done.msg


def test_a_renewal_by_another_client_during_a_lost_response_is_no_second_mail(sim: Any, run: Any) -> None:
    sim.seed([{**STORED, "status": "EXPIRED"}])
    sim.fault("drop", method="POST")
    sim.fault(method="GET", skip=1, do=[RENEWED])
    done = run("arize_user_invite", **WANTED)
    assert (done["invitation"], done.methods, done.mailed) == ("renewed", "GET POST GET", [])


# -- the user existed and changes ----------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["block", "vanish"])
def test_an_update_of_a_deleted_user_fails(sim: Any, run: Any, action: str) -> None:
    sim.seed([STORED])
    meanwhile(sim, "PATCH", to_ann(action))
    done = run("arize_user", email="ann@example.com", name="Ann B")
    assert (done.kind, done.changed, done["actions"], done.methods) == ("not_found", False, [], "GET PATCH")
    assert "ann@example.com" in done.msg


@pytest.mark.parametrize("action", ["accept", "expire"])
def test_an_update_ignores_the_state_of_the_invitation(sim: Any, run: Any, action: str) -> None:
    sim.seed([{**STORED, "status": "INVITED"}])
    meanwhile(sim, "PATCH", to_ann(action))
    done = run("arize_user", email="ann@example.com", name="Ann B")
    assert (done["actions"], done["user"]["name"], done.mailed) == (["update"], "Ann B", [])
    assert done["user"]["status"] == {"accept": "active", "expire": "expired"}[action]


@pytest.mark.parametrize("action", ["block", "vanish", "accept", "expire"])
def test_a_deletion_is_done_whichever_client_did_it(sim: Any, run: Any, action: str) -> None:
    sim.seed([{**STORED, "status": "INVITED"}])
    meanwhile(sim, "DELETE", to_ann(action))
    done = run("arize_user", email="ann@example.com", state="absent")
    assert (done.changed, done["actions"], done["user"]) == (True, ["delete"], None)
    assert run("arize_user_info", email="ann@example.com")["users"] == []


MAILS = {
    # the task, status of the user, what another client does: kind of error
    ("resend", "INVITED", "accept"): "bad_request",
    ("resend", "INVITED", "expire"): "bad_request",
    ("resend", "INVITED", "block"): "not_found",
    ("reset", "ACTIVE", "expire"): "bad_request",
    ("reset", "ACTIVE", "block"): "not_found",
}


@pytest.mark.parametrize(("case", "kind"), MAILS.items(), ids=map(" ".join, MAILS))
def test_a_mail_that_the_new_status_does_not_allow_is_refused(sim: Any, run: Any, case: Any, kind: str) -> None:
    task, status, action = case
    sim.seed([{**STORED, "status": status}])
    meanwhile(sim, "POST", to_ann(action))
    module = {"resend": "arize_user_invite", "reset": "arize_user_password_reset"}[task]
    done = run(module, email="ann@example.com", **({"resend": True} if task == "resend" else {}))
    assert (done.kind, done.changed, done.methods, done.mailed) == (kind, False, "GET POST", [])
    assert done["error"]["detail"].rstrip(".") in done.msg


# -- the second half of a creation ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"kind": "status", "status": 403}, "forbidden"),
        ({"kind": "status", "status": 500, "times": None}, "server"),
        ({"kind": "effect", "do": [to_ann("block")]}, "not_found"),
    ],
)
def test_an_incomplete_creation_is_reported_with_its_user(sim: Any, run: Any, fault: Any, kind: str) -> None:
    sim.fault(method="PATCH", **fault)
    done = run("arize_user", **WANTED, is_developer=False, max_retries=1)
    assert (done.kind, done.changed, done["actions"]) == (kind, True, ["create"])
    assert done["user"]["is_developer"] is True
    assert f"was created (ID {done['user']['id']})" in done.msg
    assert sim.find("ann@example.com")["id"] == done["user"]["id"]


def test_an_admin_key_completes_what_a_member_key_may_not(sim: Any, run: Any) -> None:
    done = run("arize_user", **WANTED, is_developer=False, api_key=sim.member_key)
    assert (done.kind, done.changed, done["actions"]) == ("forbidden", True, ["create"])
    again = run("arize_user", **WANTED, is_developer=False)
    assert (again["actions"], again.mailed) == (["update"], [])
