"""Lists that do not end, or change while they are read; and a creation whose look-up afterwards fails as well."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from ansible_collections.arize.ax.plugins.module_utils._client import paging

from tests.faults.scenes import (
    ANN,
    BINDING_INFO,
    ENDPOINTS,
    INFO,
    INVITE,
    KEY_INFO,
    RESET,
    ROLE,
    ROLE_INFO,
    ROSTER,
    SCENES,
    USER,
    Scene,
)
from tests.journeys.harness import ModuleRunner, Run

NO_USER = {"email": "unknown@example.com"}
DESIRED = {**NO_USER, "name": "No", "role": "member"}
PURGE = {"purge": True, "max_deletions": 0, "protected": ["*@*"]}
# Tasks that read a list to its end.
TO_THE_END = {
    "present": (USER, DESIRED),
    "absent": (USER, {**NO_USER, "state": "absent"}),
    "one": (INFO, NO_USER),
    "all": (INFO, {}),
    "some": (INFO, {"email_contains": "example"}),
    "invite": (INVITE, DESIRED),
    "reset": (RESET, NO_USER),
    "roster": (ROSTER, {"users": [DESIRED]}),
    "purge": (ROSTER, {"users": [DESIRED], **PURGE}),
    "role": (ROLE, {"name": "Reader", "permissions": ["PROJECT_READ"]}),
    "roles": (ROLE_INFO, {}),
    "bindings": (BINDING_INFO, {}),
    "keys": (KEY_INFO, {}),
}
to_the_end = pytest.mark.parametrize(("module", "options"), TO_THE_END.values(), ids=TO_THE_END)
WITHOUT_END = {
    "a cursor repeats": ({"kind": "repeat_cursor"}, "pagination loop"),
    "it begins again and again": ({"kind": "endless_pages"}, "pagination loop|does not end: 5 pages so far"),
}


@to_the_end
@pytest.mark.parametrize(("fault", "reason"), WITHOUT_END.values(), ids=WITHOUT_END)
def test_a_list_without_end_is_an_error(
    sim: Any,
    run: Any,
    counted: Counter[str],
    monkeypatch: Any,
    module: str,
    options: dict[str, Any],
    fault: dict[str, Any],
    reason: str,
) -> None:
    monkeypatch.setattr(paging, "_MAX_PAGES", 5)
    sim.seed(count=150)
    sim.fault(**fault, times=None)
    for check in (True, False):
        done = run(module, check=check, **options)
        assert (done.kind, done.changed, done.writes) == ("invalid_response", False, [])
        assert re.search(reason, done.msg)
        assert "Check the endpoint" in done.msg
        assert len(done.requests) <= 8
        counted["Faults survived"] += 1


# What another client does before the second page is read. Ann is on the second page.
MEANWHILE: dict[str, list[dict[str, Any]]] = {
    "blocks Ann": [{"action": "block", "user": ANN}],
    "removes Ann": [{"action": "vanish", "user": ANN}],
    "blocks a user on the first page": [{"action": "block", "user": "first@example.com"}],
    "expires Ann's invitation": [{"action": "expire", "user": ANN}],
    "renames Ann": [{"action": "change", "user": ANN, "fields": {"name": "Annie"}}],
    "invites a user": [{"action": "seed", "users": [{"email": "new@example.com"}]}],
}
CHANGING: dict[str, tuple[str, dict[str, Any]]] = {
    "present": (USER, {"email": ANN, "name": "Ann", "role": "member"}),
    "absent": (USER, {"email": ANN, "state": "absent"}),
    "one": (INFO, {"email": ANN}),
    "all": (INFO, {}),
    "invite": (INVITE, {"email": ANN, "name": "Ann", "role": "member"}),
    "reset": (RESET, {"email": ANN}),
    "roster": (
        ROSTER,
        {"users": [{"email": ANN, "name": "Ann", "role": "member"}, {"email": "user00120@example.com"}]},
    ),
    "purge": (ROSTER, {"users": [{"email": ANN}], "purge": True, "max_deletions": 500, "protected": ["*@*simulator*"]}),
}


@pytest.mark.parametrize("meanwhile", MEANWHILE)
@pytest.mark.parametrize("task", CHANGING)
def test_a_list_that_changes_while_it_is_read_is_told_truly(
    sim: Any, run: ModuleRunner, counted: Counter[str], task: str, meanwhile: str
) -> None:
    module, options = CHANGING[task]
    sim.seed([{"email": "first@example.com"}])
    # The look-up by address reads two pages as well: every address holds Ann's.
    sim.seed([{"email": f"jo{number}.{ANN}"} for number in range(101)] if "email" in options else [], count=120)
    sim.seed([{"email": ANN, "name": "Ann", "role": "MEMBER", "status": "ACTIVE", "is_developer": True}])
    sim.fault(method="GET", query="cursor=", do=MEANWHILE[meanwhile])
    done = run(module, **options)
    counted["Faults survived"] += 1
    assert_told_truly(sim, done, module)


def assert_told_truly(sim: Any, done: Run, module: str) -> None:
    """Check that the result shows each user as the account has it."""
    for user in _told(done):
        stored = sim.find(user["id"])
        assert stored is not None
        assert stored["status"] != "BLOCKED" or "users" in done.result
        if stored["status"] == user["status"].upper():
            assert stored["name"] == user["name"]
    succeeded = [entry for entry in done.writes if entry["status"] < 400]
    assert done.changed == bool(succeeded)
    assert done.kind in (None, "blocked", "not_found", "incomplete", "not_active", "partial")
    if done.failed and module != ROSTER:
        assert ANN in done.msg
    addresses = [user["email"].lower() for user in sim.users() if user["status"] != "BLOCKED"]
    assert len(set(addresses)) == len(addresses)


def _told(done: Run) -> list[dict[str, Any]]:
    told = [done.result.get("user"), *(done.result.get("users") or [])]
    told += [item.get("user") for item in done.result.get("entries", []) if item["status"] in ("created", "unchanged")]
    return [user for user in told if user]


CREATING = [scene for scene in SCENES if scene.endpoint == "create"]
LOST = {
    "it happened": {"kind": "drop", "when": "after"},
    "it did not": {"kind": "drop"},
    "500": {"kind": "status", "status": 500},
    "an empty object": {"kind": "empty_object"},
}


@pytest.mark.parametrize("lost", LOST)
@pytest.mark.parametrize("scene", CREATING, ids=lambda scene: f"{scene.module}-{scene.name}")
@pytest.mark.parametrize("second", [{"kind": "drop"}, {"kind": "status", "status": 403}, {"kind": "omit_pagination"}])
def test_a_creation_of_which_nothing_is_known_says_so(
    sim: Any, run: ModuleRunner, counted: Counter[str], scene: Scene, lost: str, second: dict[str, Any]
) -> None:
    options = scene.arrange(sim)
    sim.fault(**{**ENDPOINTS["create"], **LOST[lost]})
    sim.fault(**{**second, **ENDPOINTS["list"], "skip": 1, "times": None})
    done = run(scene.module, no_log=True, max_retries=1, **options)
    counted["Faults survived"] += 1
    assert (done.failed, done.changed, len(done.writes)) == (True, True, 1)
    texts = [done.msg, *(item["error"]["msg"] for item in done.result.get("entries", []))]
    assert any("not known whether it was carried out" in text and ANN in text for text in texts)
    if scene.temporary_password:
        assert any("resend: true" in text for text in texts)
