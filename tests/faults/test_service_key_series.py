"""Service keys under up to three faults while another client acts: no secret is lost without a word.

The truth is the account that the run has left: which keys it has created, which secrets it has replaced or revoked.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.faults.cell import Clock
from tests.faults.test_fault_pairs import FAULTS
from tests.journeys.harness import ModuleRunner
from tests.unit.support.examples import examples

OTHERS = "made by another client"
SPACES = [{"space": "Prod", "role": "member"}]
# The options of a task, and the key that exists before it, if any.
TASKS: dict[str, tuple[dict[str, Any], dict[str, Any] | None]] = {
    "create": ({"spaces": SPACES}, None),
    "rotate": ({"rotate_after_days": 0}, {}),
    "replace": (
        {"spaces": SPACES, "rotate_before_expiry_days": 30, "expires_at": "2099-06-01T00:00:00Z"},
        {"expires_at": "2026-12-20T00:00:00Z"},
    ),
    "revoke": ({"state": "absent"}, {}),
}
ACTS = [
    {"action": "seed_access", "api_keys": [{"name": "ci", "spaces": ["Prod"], "description": OTHERS}]},
    {"action": "seed_access", "api_keys": [{"name": "cd", "spaces": ["Prod"], "description": OTHERS}]},
    {"action": "settings", "developer_access_disabled": True},
    {"action": "settings", "developer_access_disabled": False},
]
# A fault, whether it strikes a write or any request, how many of these come before, and what another client does then.
STRIKES = st.tuples(
    st.sampled_from([*FAULTS, None]), st.booleans(), st.integers(0, 3), st.sampled_from([None, None, *ACTS])
)


def fault(strike: tuple[str | None, bool, int, dict[str, Any] | None], write: str) -> dict[str, Any]:
    """Return the fault of the simulator; without a name only the other client acts. Writes are struck in a row."""
    name, on_write, skip, act = strike
    kind = {"kind": "effect"} if name is None else FAULTS[name]
    when = {"method": write} if on_write else {"skip": skip}
    return {**kind, **when, "times": 1, **({"do": [act]} if act else {})}


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.hypothesis
def test_no_secret_is_lost_without_a_word(sim: Any, counted: Counter[str], task: str) -> None:
    options, existing = TASKS[task]

    @examples(40)
    @given(st.lists(STRIKES, min_size=1, max_size=3))
    def each_series(strikes: list[Any]) -> None:
        sim.reset()
        seeded = [] if existing is None else [{"name": "ci", "spaces": ["Prod"], **existing}]
        sim.seed_access(spaces=[{"name": "Prod"}], api_keys=seeded)
        before = {key["id"]: key for key in sim.api_keys()}
        sim.faults([fault(strike, "PUT" if task == "revoke" else "POST") for strike in strikes])
        with Clock(1.0).replaced():
            done = ModuleRunner(sim)(
                "arize_service_key", name="ci", no_log=True, max_retries=2, max_retry_wait=2, **options
            )
        sim.clear_faults()
        after = {key["id"]: key for key in sim.api_keys()}
        check(done, before, after)
        counted["Random series of faults survived"] += 1

    each_series()


def check(done: Any, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Compare the result with the account."""
    others = {key_id for key_id, key in after.items() if key.get("description") == OTHERS}
    made = [key_id for key_id in after if key_id not in before and key_id not in others]
    rotated = [key_id for key_id, key in before.items() if after[key_id]["redacted_key"] != key["redacted_key"]]
    revoked = [key_id for key_id, key in before.items() if after[key_id]["status"] != key["status"]]
    assert all(after[key_id]["status"] == "ACTIVE" for key_id in others), "a key of another client was revoked"
    assert bool(done.changed) or not (made or rotated or revoked), "changed is false, but the account differs"
    returned = done.result["api_key"]["id"] if done.result.get("key") else None
    if done.result.get("key"):
        redacted = re.sub(r"^(.{6}).*(.{3})$", r"\1...\2", done.result["key"])
        assert after[returned]["redacted_key"] == redacted, "the secret that was returned is not that of the key"
    lost = [key_id for key_id in (*made, *rotated) if key_id != returned]
    if lost:
        assert done.kind == "key_lost"
        assert all(key_id in done.msg or "a key named ci" in done.msg for key_id in lost), done.msg
    if not done.failed:
        action = done.result["actions"]
        assert bool(made) == (action in (["create"], ["replace"]))
        assert bool(rotated or returned in others) == (action == ["rotate"])  # the newest key of the name is meant
        assert bool(revoked) == (action == ["revoke"])
    assert done.kind != "internal"
