"""Every status × every task × check and real: the outcome, the requests, the mails.

The table is the specification. "changed" precedes an outcome that is a change. After the real run the same task runs
again: the last column is what it then mails.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.harness import Run

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


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['before']}-{row['task']}" for row in ROWS])
def test_check_mode_and_the_real_run_do_as_the_table_says(sim: Any, run: Any, row: dict[str, str]) -> None:
    others = [{"email": "joann@example.com", "status": "EXPIRED"}, {"email": "ann@example.com.au"}]
    ann = {"email": "ann@example.com", "name": "Ann", "role": "MEMBER", "status": row["before"].upper()}
    sim.seed(others + ([] if row["before"] == "missing" else [ann]))
    module, options = TASKS[row["task"]]
    checked = run(module, check=True, **options)
    assert outcome(checked) == row["check"].removesuffix("(unpredictable)").strip()
    assert checked.methods == "GET"
    done = run(module, **options)
    assert (outcome(done), done.methods, done.mailed) == (row["real"], row["requests"], row["mails"].split())
    assert all(mail["to"].lower() == "ann@example.com" for mail in done.mails)
    again = run(module, **options)
    assert again.mailed == row["mails_of_the_next"].split()
    if not done.failed:
        assert again.changed == bool(again.mailed)
        assert len(again.writes) == len(again.mailed)
