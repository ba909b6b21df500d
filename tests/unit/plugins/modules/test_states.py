"""Every state a user can be in, against everything that can be asked: outcome, requests, and so the mails."""

from __future__ import annotations

from functools import partial

import pytest
from ansible_collections.arize.ax.plugins.modules import arize_user, arize_user_invite, arize_user_password_reset
from ansible_collections.arize.ax.tests.unit.support.api import TAKEN, create, delete, look_up, person, resend, reset
from ansible_collections.arize.ax.tests.unit.support.task import Task

EMAIL = "ada@x.io"
ADA = {"email": EMAIL, "name": "Ada", "role": "member"}
TASKS = {
    "invite": (arize_user_invite, ADA),
    "invite with resend": (arize_user_invite, {**ADA, "resend": True}),
    "reset": (arize_user_password_reset, {"email": EMAIL}),
    "user present": (arize_user, ADA),
    "user absent": (arize_user, {"email": EMAIL, "state": "absent"}),
}
CREATED = partial(create, person(status="INVITED"))
BLOCKED = [create(TAKEN), look_up()]
# state, task: the writes (and look-ups after them), then what the result says:
# the name of an invitation, a list of actions, True for changed, or the kind of an error
TABLE = [
    ("no user", "invite", [CREATED()], "sent"),
    ("no user", "invite with resend", [CREATED()], "sent"),
    ("no user", "reset", [], "error: not_found"),
    ("no user", "user present", [CREATED()], ["create"]),
    ("no user", "user absent", [], []),
    ("INVITED", "invite", [], "pending"),
    ("INVITED", "invite with resend", [resend()], "resent"),
    ("INVITED", "reset", [], "error: not_active"),
    ("INVITED", "user present", [], []),
    ("INVITED", "user absent", [delete()], ["delete"]),
    ("EXPIRED", "invite", [CREATED()], "renewed"),
    ("EXPIRED", "invite with resend", [CREATED()], "renewed"),
    ("EXPIRED", "reset", [], "error: not_active"),
    ("EXPIRED", "user present", [], []),
    ("EXPIRED", "user absent", [delete()], ["delete"]),
    ("ACTIVE", "invite", [], "accepted"),
    ("ACTIVE", "invite with resend", [], "accepted"),
    ("ACTIVE", "reset", [reset()], True),
    ("ACTIVE", "user present", [], []),
    ("ACTIVE", "user absent", [delete()], ["delete"]),
    ("blocked", "invite", BLOCKED, "error: blocked"),
    ("blocked", "invite with resend", BLOCKED, "error: blocked"),
    ("blocked", "reset", [], "error: not_found"),
    ("blocked", "user present", BLOCKED, "error: blocked"),
    ("blocked", "user absent", [], []),
    ("FROZEN", "invite", [], "error: unexpected_status"),
    ("FROZEN", "invite with resend", [], "error: unexpected_status"),
    ("FROZEN", "reset", [], "error: unexpected_status"),
    ("FROZEN", "user present", [], []),
    ("FROZEN", "user absent", [delete()], ["delete"]),
]
UNCHANGED = ("pending", "accepted", [])


@pytest.mark.parametrize(("state", "asked", "writes", "said"), TABLE, ids=[f"{row[0]} × {row[1]}" for row in TABLE])
def test_state(server, state, asked, writes, said):
    module, options = TASKS[asked]
    existing = [] if state in ("no user", "blocked") else [person(status=state)]
    task = Task(module, server)
    # That an address is blocked shows only when it is invited.
    result = task.run_both(look_up(*existing), *writes, predicted=writes is not BLOCKED, **options)
    if str(said).startswith("error: "):
        assert (result["error"]["kind"], result["changed"]) == (said[len("error: ") :], False)
        assert EMAIL in result["msg"]
        return
    assert result["changed"] == (said not in UNCHANGED)
    assert said in (True, result.get("actions"), result.get("invitation"))
    if module is arize_user_password_reset or said in ("resent", *UNCHANGED):
        assert result["diff"]["before"] == result["diff"]["after"]


def test_the_table_is_complete():
    states = {row[0] for row in TABLE}
    assert len(TABLE) == len({row[:2] for row in TABLE}) == len(states) * len(TASKS)
