# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding one person among those who look alike: the API's filter knows only substrings, and pages of 100."""

from __future__ import annotations

from typing import Any

import pytest

ANN = {"email": "ann@example.com", "name": "Ann", "role": "MEMBER"}
WISH = {"email": "ann@example.com", "name": "Ann", "role": "member"}


def look_alikes(count: int) -> list[dict[str, Any]]:
    """Users whose addresses contain Ann's."""
    return [{"email": f"jo{number:03d}ann@example.com"} for number in range(count)]


@pytest.mark.parametrize(("before", "pages"), [(0, 1), (99, 1), (100, 2), (205, 3)])
def test_the_match_may_be_on_any_page(sim: Any, run: Any, before: int, pages: int) -> None:
    sim.reset([*look_alikes(before), ANN, *look_alikes(250)[before:]], owners=False)
    done = run("arize_user", **WISH)
    assert (done.changed, done["user"]["email"]) == (False, "ann@example.com")
    assert done.methods.split() == ["GET"] * pages
    assert all(entry["query"]["email"] == ["ann@example.com"] for entry in done.requests)


def test_nobody_is_known_only_after_the_last_page(sim: Any, run: Any) -> None:
    sim.reset(look_alikes(250), owners=False)
    done = run("arize_user", **WISH)
    assert done["actions"] == ["create"]
    assert done.methods == "GET GET GET POST"


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("A+b&c@X.io", "A+b&c@X.io"),
        ("A+b&c@X.io", "a+B&C@x.IO"),
        ("a+b&c@x.io", "  A+B&C@X.IO\t"),
        ("o'hara%41@example.com", "O'Hara%41@example.com"),
        ("ann#1?x=y@example.com", "ann#1?x=y@example.com"),
        ("jürgen@bücher.example", "jürgen@bücher.example"),
    ],
)
@pytest.mark.parametrize("module", ["arize_user", "arize_user_info", "arize_user_invite"])
def test_an_address_is_compared_whole_and_without_case(
    sim: Any, run: Any, module: str, stored: str, asked: str
) -> None:
    sim.seed([{"email": "x" + stored}, {"email": stored, "name": "Right"}, {"email": stored + "x"}])
    done = run(module, email=asked)
    assert (done.changed, done.methods) == (False, "GET")
    user = done["users"][0] if module == "arize_user_info" else done["user"]
    assert (user["email"], user["name"]) == (stored, "Right")


def test_a_substring_is_not_somebody(sim: Any, run: Any) -> None:
    sim.seed([{"email": "joann@example.com"}])
    assert run("arize_user_info", email="ann@example.com")["users"] == []
    assert run("arize_user", email="ann@example.com", state="absent").writes == []
    assert sim.find("joann@example.com")["status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("user_id", "path"),
    [
        ("VXNlcjoxOjg/RUV6Yg==", "/v2/users/VXNlcjoxOjg%2FRUV6Yg%3D%3D"),
        ("a/b+c==", "/v2/users/a%2Fb%2Bc%3D%3D"),
        ("../x?y#z", "/v2/users/..%2Fx%3Fy%23z"),
        ("50%25", "/v2/users/50%2525"),
    ],
)
def test_an_id_is_one_piece_of_the_path(sim: Any, run: Any, user_id: str, path: str) -> None:
    sim.seed([{**ANN, "id": user_id}])
    done = run("arize_user", user_id=user_id, name="Ann B", is_developer=False)
    assert done["user"]["name"] == "Ann B"
    assert [entry["raw_path"] for entry in done.requests] == [path, path]
    assert run("arize_user_password_reset", user_id=user_id).mailed == ["reset"]
    assert run("arize_user", user_id=user_id, state="absent")["actions"] == ["delete"]
    assert run("arize_user_info", user_id=user_id)["users"] == []


def test_somebody_goes_while_the_list_is_read(sim: Any, run: Any) -> None:
    sim.reset([*look_alikes(150), ANN], owners=False)
    sim.fault(method="GET", query="cursor=", do=[{"action": "block", "user": "jo000ann@example.com"}])
    assert run("arize_user", **WISH).methods == "GET GET"
    sim.clear_journal()
    sim.fault(method="GET", query="cursor=", do=[{"action": "block", "user": "ann@example.com"}])
    assert run("arize_user", email="ann@example.com", state="absent").methods == "GET GET"


def test_somebody_comes_while_the_list_is_read(sim: Any, run: Any) -> None:
    sim.reset(look_alikes(150), owners=False)
    sim.fault(method="GET", query="cursor=", do=[{"action": "seed", "users": [ANN]}])
    done = run("arize_user", **WISH)
    assert (done.changed, done.methods) == (False, "GET GET")


def test_info_lists_the_account_in_the_order_of_the_api(sim: Any, run: Any) -> None:
    sim.reset(look_alikes(120), owners=False)
    sim.expire("jo003ann@example.com")
    sim.block("jo004ann@example.com")
    users = run("arize_user_info", email_contains="ANN@")["users"]
    assert [user["email"] for user in users] == [
        user["email"] for user in look_alikes(120) if "004" not in user["email"]
    ]
    assert [user["email"] for user in run("arize_user_info", status=["expired"])["users"]] == ["jo003ann@example.com"]
    assert run("arize_user_info", email="jo003ann@example.com", status=["active"])["users"] == []


LIES = [
    ("no pagination", {"kind": "omit_pagination"}),
    ("has_more is a word", {"kind": "bad_has_more"}),
    ("has_more is null", {"kind": "edit", "set": {"/pagination/has_more": None}}),
    ("a cursor repeats", {"kind": "repeat_cursor", "times": None}),
    ("no cursor", {"kind": "edit", "set": {"/pagination/has_more": True}, "remove": ["/pagination/next_cursor"]}),
    ("no list of users", {"kind": "edit", "remove": ["/users"]}),
    ("a user without ID", {"kind": "edit", "set": {"/users": [{"email": "bob@example.com"}]}}),
    ("a page of a proxy", {"kind": "html", "status": 404}),
    ("a JSON list", {"kind": "json_list"}),
    ("an empty object", {"kind": "empty_object"}),
    ("nothing", {"kind": "empty"}),
    ("broken JSON", {"kind": "garbage"}),
    ("a redirect", {"kind": "redirect"}),
]


def test_somebody_without_address_may_be_the_one_who_is_looked_for(sim: Any, run: Any) -> None:
    sim.seed(look_alikes(2))
    nameless = {"kind": "edit", "set": {"/users": [{"id": "x"}]}}
    for state in ("absent", "present"):
        sim.faults([nameless])
        done = run("arize_user", **{**WISH, "state": state})
        assert (done.failed, done.kind, done.changed, done.writes) == (True, "invalid_response", False, [])
    sim.faults([nameless])
    assert [(user["id"], user["email"]) for user in run("arize_user_info")["users"]] == [("x", None)]


@pytest.mark.parametrize("fault", [fault for _title, fault in LIES], ids=[title for title, _fault in LIES])
@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("arize_user", {**WISH, "state": "absent"}),
        ("arize_user", {"email": "bob@example.com", "name": "Bob", "role": "member"}),
        ("arize_user_invite", {"email": "bob@example.com", "name": "Bob", "role": "member"}),
        ("arize_user_info", {}),
    ],
    ids=["absent", "present", "invite", "info"],
)
def test_an_answer_that_cannot_be_right_is_no_reason_to_write(
    sim: Any, run: Any, module: str, options: dict[str, Any], fault: dict[str, Any]
) -> None:
    sim.seed(look_alikes(5))
    for check in (True, False):
        sim.faults([fault])
        done = run(module, check=check, **options)
        assert (done.failed, done.kind, done.changed, done.writes) == (True, "invalid_response", False, [])


@pytest.mark.parametrize("fault", [{"kind": "html", "status": 404}, {"kind": "empty", "status": 404}])
def test_an_id_is_gone_only_if_the_api_itself_says_so(sim: Any, run: Any, fault: dict[str, Any]) -> None:
    (ann,) = sim.seed([ANN])
    sim.fault(**fault)
    done = run("arize_user", user_id=ann["id"], state="absent")
    assert (done.failed, done.kind, done.changed) == (True, "invalid_response", False)
