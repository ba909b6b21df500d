# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests a task sends, counted in the simulator's journal."""

from __future__ import annotations

from math import ceil
from typing import Any

import pytest

ANN = {"email": "ann@example.com", "name": "Ann", "role": "MEMBER"}
WANTED = {"email": "ann@example.com", "name": "Ann", "role": "member"}
BOB = {"email": "bob@example.com", "name": "Bob", "role": "member"}

# title, module, options, requests
BUDGETS: list[tuple[str, str, dict[str, Any], str]] = [
    ("unchanged by email", "arize_user", WANTED, "GET"),
    ("unchanged by id", "arize_user", {"user_id": "@ann", "name": "Ann"}, "GET"),
    ("create", "arize_user", BOB, "GET POST"),
    ("create as the role implies", "arize_user", {**BOB, "is_developer": True}, "GET POST"),
    ("create with another is_developer", "arize_user", {**BOB, "is_developer": False}, "GET POST PATCH"),
    ("update one field", "arize_user", {**WANTED, "name": "Ann B"}, "GET PATCH"),
    ("update all fields", "arize_user", {**WANTED, "name": "Ann B", "is_developer": False}, "GET PATCH"),
    ("update by id", "arize_user", {"user_id": "@ann", "name": "Ann B"}, "GET PATCH"),
    ("absent", "arize_user", {"email": "ann@example.com", "state": "absent"}, "GET DELETE"),
    ("absent by id", "arize_user", {"user_id": "@ann", "state": "absent"}, "GET DELETE"),
    ("absent again", "arize_user", {"email": "bob@example.com", "state": "absent"}, "GET"),
    ("absent again by id", "arize_user", {"user_id": "VXNlcjo5", "state": "absent"}, "GET"),
    ("invite", "arize_user_invite", BOB, "GET POST"),
    ("invite an existing user", "arize_user_invite", WANTED, "GET"),
    ("reset", "arize_user_password_reset", {"email": "ann@example.com"}, "GET POST"),
    ("reset by id", "arize_user_password_reset", {"user_id": "@ann"}, "GET POST"),
    ("info by email", "arize_user_info", {"email": "ann@example.com"}, "GET"),
    ("info by id", "arize_user_info", {"user_id": "@ann"}, "GET"),
    ("info without a match", "arize_user_info", {"email_contains": "none@"}, "GET"),
]


@pytest.mark.parametrize(
    ("module", "options", "requests"), [row[1:] for row in BUDGETS], ids=[row[0] for row in BUDGETS]
)
def test_a_task_sends_exactly_the_budgeted_requests(
    sim: Any, run: Any, module: str, options: dict[str, Any], requests: str
) -> None:
    (ann,) = sim.seed([ANN])
    options = {name: ann["id"] if value == "@ann" else value for name, value in options.items()}
    checked = run(module, check=True, **options)
    assert (checked.failed, checked.methods) == (False, "GET")
    done = run(module, **options)
    assert (done.failed, done.methods) == (False, requests)
    assert done.changed == checked.changed == (requests != "GET")


@pytest.mark.parametrize("people", [0, 1, 99, 100, 101, 250])
def test_info_reads_each_page_once(sim: Any, run: Any, people: int) -> None:
    sim.reset(owners=False)
    sim.seed(count=people)
    done = run("arize_user_info")
    assert len(done["users"]) == people
    assert done.methods.split() == ["GET"] * max(1, ceil(people / 100))


def test_all_requests_of_a_task_share_one_connection(sim: Any, run: Any) -> None:
    done = run("arize_user", **{**BOB, "is_developer": False})
    assert len(done.requests) == 3
    assert len({entry["connection"] for entry in done.requests}) == 1


def test_a_request_names_its_client_and_what_it_accepts(sim: Any, run: Any) -> None:
    for entry in run("arize_user", **BOB).requests:
        assert entry["user_agent"].startswith("arize.ax/")
        assert entry["accept"] == "application/json, application/problem+json"
        assert entry["content_type"] == ("application/json" if entry["method"] == "POST" else "")
