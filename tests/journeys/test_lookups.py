"""Finding one user among similar addresses: the API filters by substring, in pages of 100."""

from __future__ import annotations

from typing import Any

import pytest

ANN = {"email": "ann@example.com", "name": "Ann", "role": "MEMBER"}
WANTED = {"email": "ann@example.com", "name": "Ann", "role": "member"}


def similar(count: int) -> list[dict[str, Any]]:
    """Users whose addresses contain Ann's."""
    return [{"email": f"jo{number:03d}ann@example.com"} for number in range(count)]


@pytest.mark.parametrize(("before", "pages"), [(0, 1), (99, 1), (100, 2), (205, 3)])
def test_the_match_may_be_on_any_page(sim: Any, run: Any, before: int, pages: int) -> None:
    sim.reset([*similar(before), ANN, *similar(250)[before:]], owners=False)
    done = run("arize_user", **WANTED)
    assert (done.changed, done["user"]["email"]) == (False, "ann@example.com")
    assert done.methods.split() == ["GET"] * pages
    assert all(entry["query"]["email"] == ["ann@example.com"] for entry in done.requests)


def test_absence_is_known_only_after_the_last_page(sim: Any, run: Any) -> None:
    sim.reset(similar(250), owners=False)
    done = run("arize_user", **WANTED)
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


def test_a_substring_is_no_match(sim: Any, run: Any) -> None:
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
def test_an_id_is_one_segment_of_the_path(sim: Any, run: Any, user_id: str, path: str) -> None:
    sim.seed([{**ANN, "id": user_id}])
    done = run("arize_user", user_id=user_id, name="Ann B", is_developer=False)
    assert done["user"]["name"] == "Ann B"
    assert [entry["raw_path"] for entry in done.requests] == [path, path]
    assert run("arize_user_password_reset", user_id=user_id).mailed == ["reset"]
    assert run("arize_user", user_id=user_id, state="absent")["actions"] == ["delete"]
    assert run("arize_user_info", user_id=user_id)["users"] == []


def test_a_user_is_deleted_while_the_list_is_read(sim: Any, run: Any) -> None:
    sim.reset([*similar(150), ANN], owners=False)
    sim.fault(method="GET", query="cursor=", do=[{"action": "block", "user": "jo000ann@example.com"}])
    assert run("arize_user", **WANTED).methods == "GET GET"
    sim.clear_journal()
    sim.fault(method="GET", query="cursor=", do=[{"action": "block", "user": "ann@example.com"}])
    assert run("arize_user", email="ann@example.com", state="absent").methods == "GET GET"


def test_a_user_is_created_while_the_list_is_read(sim: Any, run: Any) -> None:
    sim.reset(similar(150), owners=False)
    sim.fault(method="GET", query="cursor=", do=[{"action": "seed", "users": [ANN]}])
    done = run("arize_user", **WANTED)
    assert (done.changed, done.methods) == (False, "GET GET")


# -- addresses that differ only in case ----------------------------------------------------------------------------

TWINS = [{"email": "Jo@x.io", "name": "Older"}, {"email": "jo@x.io", "name": "Younger"}]


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("arize_user", {"state": "absent"}),
        ("arize_user", {"name": "Renamed"}),
        ("arize_user_password_reset", {}),
        ("arize_user_roster", {}),
        ("arize_user_roster", {"state": "absent"}),
    ],
    ids=["delete", "rename", "reset", "roster", "roster absent"],
)
@pytest.mark.parametrize(("target", "other"), [("jo@x.io", "Jo@x.io"), ("Jo@x.io", "jo@x.io")])
@pytest.mark.parametrize("before", [0, 120], ids=["one page", "two pages"])
def test_a_match_letter_for_letter_wins(
    sim: Any, run: Any, module: str, options: dict[str, Any], target: str, other: str, before: int
) -> None:
    if module == "arize_user_roster" and not options and before:
        return  # the pages that a roster has read decide what it updates, never what it deletes
    sim.seed([TWINS[0], *({"email": f"{number}jo@x.io"} for number in range(before)), TWINS[1]])
    untouched = sim.find(other)
    selected = {"email": target}
    if module == "arize_user_roster":
        selected = {"users": [{**selected, **({} if options else {"name": "Renamed"})}]}
    done = run(module, **selected, **options)
    assert (done.failed, done.changed) == (False, True)
    assert {entry["path"] for entry in done.writes} == {
        f"/v2/users/{sim.find(target)['id']}" + ("/reset-password" if module.endswith("reset") else "")
    }
    assert sim.find(other) == untouched


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("arize_user", {"state": "absent"}),
        ("arize_user", {"name": "Renamed"}),
        ("arize_user_password_reset", {}),
        ("arize_user_invite", {"resend": True}),
        ("arize_user_info", {}),
    ],
    ids=["delete", "rename", "reset", "invite", "info"],
)
def test_several_matches_in_another_case_are_ambiguous(
    sim: Any, run: Any, module: str, options: dict[str, Any]
) -> None:
    seeded = sim.seed([TWINS[0], *({"email": f"{number}jo@x.io"} for number in range(120)), TWINS[1]])
    for check in (True, False):
        done = run(module, check=check, email="JO@x.io", **options)
        assert (done.kind, done.changed, done.methods) == ("ambiguous", False, "GET GET")
        assert all(user["id"] in done.msg for user in (seeded[0], seeded[-1]))


@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_ambiguous_entry_of_a_roster_fails_alone(sim: Any, run: Any, state: str) -> None:
    sim.seed([*TWINS, ANN])
    users = [{"email": "JO@x.io", "name": "Renamed"}, {"email": "ann@example.com", "name": "Renamed"}]
    done = run("arize_user_roster", users=users, state=state)
    assert [item["status"] for item in done["entries"]] == ["failed", "updated" if state == "present" else "deleted"]
    assert (done.kind, done["entries"][0]["error"]["kind"], len(done.writes)) == ("partial", "ambiguous", 1)


def test_an_export_of_such_users_applied_with_purge_changes_nothing(sim: Any, run: Any) -> None:
    seeded = sim.seed(TWINS)
    untouched = sim.users()
    exported = run("arize_user_info")["roster"]
    assert [entry["user_id"] for entry in exported if "user_id" in entry] == [user["id"] for user in seeded]
    for check in (True, False):
        done = run("arize_user_roster", check=check, users=exported, purge=True, max_deletions=0)
        assert (done.failed, done.changed, done.writes, done["deletions"]) == (False, False, [], [])
        assert done["diff"] == {"before": "", "after": ""}
    assert sim.users() == untouched


@pytest.mark.parametrize("option", ["email", "user_id", "email_contains"])
@pytest.mark.parametrize("empty", ["", " "])
def test_info_refuses_an_empty_selection(run: Any, option: str, empty: str) -> None:
    done = run("arize_user_info", **{option: empty})
    assert (done.kind, done.methods) == ("bad_option", "")
    assert option in done.msg


def test_info_lists_the_account_in_the_order_of_the_api(sim: Any, run: Any) -> None:
    sim.reset(similar(120), owners=False)
    sim.expire("jo003ann@example.com")
    sim.block("jo004ann@example.com")
    users = run("arize_user_info", email_contains="ANN@")["users"]
    assert [user["email"] for user in users] == [user["email"] for user in similar(120) if "004" not in user["email"]]
    assert [user["email"] for user in run("arize_user_info", status=["expired"])["users"]] == ["jo003ann@example.com"]
    assert run("arize_user_info", email="jo003ann@example.com", status=["active"])["users"] == []


def test_a_user_without_an_address_may_be_the_one_looked_for(sim: Any, run: Any) -> None:
    sim.seed(similar(2))
    unnamed = {"kind": "edit", "set": {"/users": [{"id": "x"}]}}
    for state in ("absent", "present"):
        sim.faults([unnamed])
        done = run("arize_user", **{**WANTED, "state": state})
        assert (done.failed, done.kind, done.changed, done.writes) == (True, "invalid_response", False, [])
    sim.faults([unnamed])
    assert [(user["id"], user["email"]) for user in run("arize_user_info")["users"]] == [("x", None)]
