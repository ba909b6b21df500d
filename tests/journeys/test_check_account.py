"""arize.ax.check_account tells what a key may read, and never writes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from arize_ax_simulator import ADMIN_KEY, MEMBER_KEY

from tests.journeys.test_playbooks import PEOPLE, Done, start

pytestmark = pytest.mark.playbook
COMMAND = ["arize.ax.check_account"]
OPERATIONS = (
    "list users",
    "list service keys",
    "list personal keys of others",
    "list roles",
    "list role bindings",
    "list spaces",
    "list projects",
    "list restrictions of projects",
)


@pytest.fixture
def account(sim: Any) -> Any:
    sim.seed([*PEOPLE, {"email": "eve@example.com", "name": "Eve"}])
    sim.seed_access(
        spaces=[{"name": "Prod"}],
        projects=[{"name": "Chat", "space": "Prod"}],
        resource_restrictions=[{"project": "Chat"}],
        roles=[{"name": "Reviewer"}],
        api_keys=[{"name": "ci", "spaces": ["Prod"]}],
        role_bindings=[
            {"user": "eve@example.com", "role": "Reviewer", "space": "Prod"},
            {"user": "eve@example.com", "role": "Reviewer", "space": "Prod", "project": "Chat"},
        ],
    )
    yield sim
    assert {entry["method"] for entry in sim.journal()} <= {"GET"}
    assert sim.mails() == []


def allowed(done: Done) -> dict[str, str]:
    """Return what the playbook says of each operation: the first word."""
    return dict(re.findall(r'"may ([a-z_ ]+?) {2,}(yes|not known|not tried|no)', done.output))


@pytest.mark.capability
def test_what_an_admin_may_do(account: Any, tmp_path: Path) -> None:
    for options in ([], ["--check"]):
        done = start(account, tmp_path, [*COMMAND, *options])
        assert (done.code, done.changed) == (0, 0), done.output
        found = allowed(done)
        assert {name: found.pop(name) for name in OPERATIONS} == dict.fromkeys(OPERATIONS, "yes")
        assert set(found.values()) == {"not tried"}
        assert {"create users", "delete users", "change is_developer"} <= set(found)
        assert "8 users, active admins: 2" in done
        assert "does not contain the bot users of service keys" in done


@pytest.mark.capability
@pytest.mark.once
def test_what_a_member_may_not_do(account: Any, tmp_path: Path) -> None:
    done = start(account, tmp_path, COMMAND, ARIZE_API_KEY=MEMBER_KEY)
    assert done.code == 0, done.output
    found = allowed(done)
    assert {found["list service keys"], found["list personal keys of others"]} == {"no"}
    assert found["list users"] == found["list roles"] == "yes"
    assert "this operation needs SERVICE_KEY_READ" in done
    assert "the key lacks ROLE_BINDING_READ" in done
    assert found["list spaces"] == found["list projects"] == "yes"
    assert "the key lacks PROJECT_RESTRICT" in done


@pytest.mark.once
@pytest.mark.parametrize(
    ("refused", "expected", "permissions"),
    [
        ("spaces|projects", ("no", "no", "not known"), ("SPACE_READ", "PROJECT_READ")),
        ("resource-restrictions", ("yes", "yes", "no"), ("PROJECT_RESTRICT",)),
    ],
)
def test_a_key_that_may_not_list_places_is_told_so(
    refused: str, expected: tuple[str, ...], permissions: tuple[str, ...], account: Any, tmp_path: Path
) -> None:
    account.fault("status", path=f"^/v2/({refused})$", status=403, times=None)
    done = start(account, tmp_path, COMMAND)
    assert done.code == 0, done.output
    found = allowed(done)
    assert tuple(found[name] for name in OPERATIONS[-3:]) == expected
    assert found["list role bindings"] == "yes"
    assert all(permission in done.output for permission in permissions)


@pytest.mark.once
def test_bot_users_among_the_users_are_counted(account: Any, tmp_path: Path) -> None:
    account.settings(list_bot_users=True)
    done = start(account, tmp_path, COMMAND)
    assert done.code == 0, done.output
    assert "contains the bot users of service keys: 1" in done


@pytest.mark.once
def test_a_key_that_may_not_list_users_is_red_and_says_the_rest(account: Any, tmp_path: Path) -> None:
    account.fault("status", path="^/v2/users$", status=403, times=None)
    done = start(account, tmp_path, COMMAND)
    assert done.code == 2
    assert allowed(done)["list users"] == "no"
    assert allowed(done)["list service keys"] == "yes"
    assert allowed(done)["list personal keys of others"] == "not known"
    assert "does not see any users" in done


@pytest.mark.once
@pytest.mark.parametrize(
    ("key", "fault"), [("wrong-key", {}), (ADMIN_KEY, {"kind": "html", "status": 404, "path": "/v2/roles"})]
)
def test_any_other_failure_ends_the_check(key: str, fault: dict[str, Any], account: Any, tmp_path: Path) -> None:
    if fault:
        account.fault(times=None, **fault)
    done = start(account, tmp_path, COMMAND, ARIZE_API_KEY=key)
    assert done.code == 2
    assert allowed(done) == {}
    assert "401" in done.output if key == "wrong-key" else "Could not list the roles" in done.output
    # Where a condition decides, ansible-core 2.19 and later begin with it, and not with the message.
    assert "'failed_when' expression" not in done.output
