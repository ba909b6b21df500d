# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every status × every task × check and real: the outcome, the requests, the mails.

The table is the specification. "changed" precedes an outcome that is a change. After the real run the same task runs
again: the last column is what it then mails.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.harness import Run, agrees

# A line reads: Ann's status | the task | in check mode: outcome | for real: outcome | requests | mails | mails of the next
TABLE = """
missing | invite          | changed sent                   | changed sent                   | GET POST     | invitation |
missing | invite + resend | changed sent                   | changed sent                   | GET POST     | invitation | resend
missing | reset           | fails: not_found               | fails: not_found               | GET          |            |
missing | present         | changed create                 | changed create                 | GET POST     | invitation |
missing | absent          | nothing                        | nothing                        | GET          |            |
INVITED | invite          | pending                        | pending                        | GET          |            |
INVITED | invite + resend | changed resent                 | changed resent                 | GET POST     | resend     | resend
INVITED | reset           | fails: not_active              | fails: not_active              | GET          |            |
INVITED | present         | nothing                        | nothing                        | GET          |            |
INVITED | absent          | changed delete                 | changed delete                 | GET DELETE   |            |
EXPIRED | invite          | changed renewed                | changed renewed                | GET POST     | invitation |
EXPIRED | invite + resend | changed renewed                | changed renewed                | GET POST     | invitation | resend
EXPIRED | reset           | fails: not_active              | fails: not_active              | GET          |            |
EXPIRED | present         | nothing                        | nothing                        | GET          |            |
EXPIRED | absent          | changed delete                 | changed delete                 | GET DELETE   |            |
ACTIVE  | invite          | accepted                       | accepted                       | GET          |            |
ACTIVE  | invite + resend | accepted                       | accepted                       | GET          |            |
ACTIVE  | reset           | changed                        | changed                        | GET POST     | reset      | reset
ACTIVE  | present         | nothing                        | nothing                        | GET          |            |
ACTIVE  | absent          | changed delete                 | changed delete                 | GET DELETE   |            |
blocked | invite          | changed sent (unpredictable)   | fails: blocked                 | GET POST GET |            |
blocked | invite + resend | changed sent (unpredictable)   | fails: blocked                 | GET POST GET |            |
blocked | reset           | fails: not_found               | fails: not_found               | GET          |            |
blocked | present         | changed create (unpredictable) | fails: blocked                 | GET POST GET |            |
blocked | absent          | nothing                        | nothing                        | GET          |            |
"""
COLUMNS = ("before", "task", "check", "real", "requests", "mails", "mails_of_the_next")
ROWS = [
    dict(zip(COLUMNS, (cell.strip() for cell in line.split("|")), strict=True)) for line in TABLE.strip().splitlines()
]
WANTED = {"email": "Ann@example.com", "name": "Ann", "role": "member"}
NAME = {"email": WANTED["email"]}
TASKS: dict[str, tuple[str, dict[str, Any]]] = {
    "invite": ("arize_user_invite", WANTED),
    "invite + resend": ("arize_user_invite", {**WANTED, "resend": True}),
    "reset": ("arize_user_password_reset", NAME),
    "present": ("arize_user", WANTED),
    "absent": ("arize_user", {**NAME, "state": "absent"}),
}


def outcome(run: Run) -> str:
    """A run in the words of the table."""
    if run.failed:
        assert run.changed is False
        return f"fails: {run.kind}"
    words = ["changed"] if run.changed else []
    words += run.result.get("actions", [])
    words += [run["invitation"]] if "invitation" in run.result else []
    return " ".join(words) or "nothing"


@pytest.fixture
def ann(sim: Any, row: dict[str, str]) -> None:
    """The account as the row begins."""
    others = [{"email": "joann@example.com", "status": "EXPIRED"}, {"email": "ann@example.com.au"}]
    ann = {"email": "ann@example.com", "name": "Ann", "role": "MEMBER", "status": row["before"].upper()}
    sim.seed(others + ([] if row["before"] == "missing" else [ann]))


every_row = pytest.mark.parametrize("row", ROWS, ids=[f"{row['before']}-{row['task']}" for row in ROWS])


@every_row
@pytest.mark.usefixtures("ann")
def test_check_mode_predicts_the_outcome(run: Any, row: dict[str, str]) -> None:
    module, options = TASKS[row["task"]]
    checked = run(module, check=True, **options)
    assert outcome(checked) == row["check"].removesuffix("(unpredictable)").strip()
    assert (checked.methods, checked.mailed) == ("GET", [])


@every_row
@pytest.mark.usefixtures("ann")
def test_the_real_run_does_that_and_no_more(sim: Any, run: Any, row: dict[str, str]) -> None:
    module, options = TASKS[row["task"]]
    done = run(module, **options)
    assert outcome(done) == row["real"]
    assert done.methods == row["requests"]
    assert done.mailed == row["mails"].split()
    assert all(mail["to"].lower() == "ann@example.com" for mail in done.mails)
    again = run(module, **options)
    assert again.mailed == row["mails_of_the_next"].split()
    if not done.failed:
        assert again.changed == bool(again.mailed)
        assert len(again.writes) == len(again.mailed)


@every_row
@pytest.mark.usefixtures("ann")
def test_check_and_real_run_agree_in_diff_and_user(sim: Any, run: Any, row: dict[str, str]) -> None:
    module, options = TASKS[row["task"]]
    checked, done = run(module, check=True, **options), run(module, **options)
    if done.failed:
        assert checked.failed == ("unpredictable" not in row["check"])
        assert not checked.failed or checked.msg == done.msg
        return
    assert checked["diff"]["before"] == done["diff"]["before"]
    assert agrees(checked["diff"]["after"], done["diff"]["after"])
    assert agrees(checked["user"], done["user"])
    if row["task"] in ("reset",) or "resent" in row["real"]:
        assert done["diff"]["before"] == done["diff"]["after"]
    assert done["diff"]["after"] == (done["user"] or {})


@pytest.mark.parametrize(
    ("status", "task", "words"),
    [
        ("INVITED", "reset", "arize_user_invite with resend: true"),
        ("EXPIRED", "reset", "Use arize_user_invite instead"),
        ("SUSPENDED", "reset", "suspended"),
        ("SUSPENDED", "invite", "suspended"),
    ],
)
def test_a_status_that_does_not_fit_is_refused_before_any_write(
    sim: Any, run: Any, status: str, task: str, words: str
) -> None:
    sim.seed([{"email": "ann@example.com", "status": status}])
    module, options = TASKS[task]
    kind = "unexpected_status" if status == "SUSPENDED" else "not_active"
    for check in (True, False):
        done = run(module, check=check, **options)
        assert (done.kind, done.changed, done.methods) == (kind, False, "GET")
        assert "ann@example.com" in done.msg
        assert words in done.msg


@pytest.mark.parametrize("status", [202, 204])
def test_an_older_server_answers_202(sim: Any, run: Any, status: int) -> None:
    sim.settings(resend_status=status, reset_status=status)
    sim.seed([{"email": "ann@example.com", "status": "INVITED"}, {"email": "bob@example.com"}])
    assert run("arize_user_invite", email="ann@example.com", resend=True)["invitation"] == "resent"
    assert run("arize_user_password_reset", email="bob@example.com").changed
    assert [mail["kind"] for mail in sim.mails()] == ["resend", "reset"]


def test_a_refused_mail_is_reported_with_what_the_server_said(sim: Any, run: Any) -> None:
    sim.settings(saml=True, sso=True)
    sim.seed([{"email": "ann@example.com", "status": "INVITED"}, {"email": "bob@example.com"}])
    for done in (
        run("arize_user_invite", email="ann@example.com", resend=True),
        run("arize_user_password_reset", email="bob@example.com"),
    ):
        assert (done.kind, done.changed, done.mailed) == ("bad_request", False, [])
        assert done["error"]["detail"].rstrip(".") in done.msg
        assert done["error"]["method"] == "POST"


def test_everything_missing_for_an_invitation_is_named_at_once(sim: Any, run: Any) -> None:
    for check in (True, False):
        done = run("arize_user_invite", check=check, email="ann@example.com")
        assert (done.kind, done.methods) == ("incomplete", "GET")
        assert "name" in done.msg
        assert "role (or custom_role_id)" in done.msg


@pytest.mark.parametrize("keeps_id", [True, False])
@pytest.mark.parametrize("role", [{"role": "ANNOTATOR"}, {"custom_role_id": "Um9sZToxOjg/RUV6Yg=="}])
def test_a_renewal_keeps_the_name_and_role_of_the_user(
    sim: Any, run: Any, keeps_id: bool, role: dict[str, str]
) -> None:
    sim.settings(renew_keeps_id=keeps_id)
    (ann,) = sim.seed([{"email": "ann@example.com", "name": "Ann Ex", "status": "EXPIRED", **role}])
    done = run("arize_user_invite", user_id=ann["id"])
    now = sim.find("ann@example.com")
    assert (done["invitation"], now["name"], now["role"], now["status"]) == (
        "renewed",
        "Ann Ex",
        ann["role"],
        "INVITED",
    )
    assert done["user"]["id"] == now["id"]


def test_a_renewal_takes_the_name_and_role_of_the_task(sim: Any, run: Any) -> None:
    sim.seed([{"email": "ann@example.com", "name": "Ann Ex", "status": "EXPIRED", "role": "ANNOTATOR"}])
    done = run("arize_user_invite", **WANTED)
    assert (done["user"]["name"], done["user"]["role"], done["user"]["status"]) == ("Ann", "member", "invited")
