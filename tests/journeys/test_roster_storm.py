"""Under a rate limit and random faults: all workers pause together, no user is created or mailed twice, it converges."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest


def new(count: int, **fields: Any) -> list[dict[str, Any]]:
    """Entries for so many new users."""
    return [{"email": f"new{n}@example.com", "name": f"New {n}", "role": "member", **fields} for n in range(count)]


def test_a_429_pauses_all_workers(sim: Any, run: Any) -> None:
    sim.latency(0.01)
    sim.fault("status", status=429, retry_after=3, method="POST", skip=20)
    done = run("arize_user_roster", users=new(60), concurrency=8, max_retry_wait=5)
    assert (done.failed, done["summary"]["created"]) == (False, 60)
    (refused,) = [entry for entry in done.requests if entry["status"] == 429]
    told = refused["time"] + refused["seconds"]
    begun = [entry["time"] - told for entry in done.requests]
    # In real time: the workers hear of it within a tenth of a second, and have ten times as long.
    assert [seconds for seconds in begun if 1 < seconds < 2.98] == []
    assert [seconds for seconds in begun if seconds >= 2.98]  # and then all continue
    assert Counter(done.methods.split()) == {"GET": 1, "POST": 61}  # one retry: that of the one refused


def test_a_pause_uses_up_no_retry_of_the_others(sim: Any, run: Any) -> None:
    for number in (3, 13, 23, 33):
        sim.fault("status", status=429, retry_after=1, method="POST", body_has=f"new{number}@")
    done = run("arize_user_roster", users=new(40), concurrency=4, max_retries=1, max_retry_wait=5)
    assert (done.failed, done["summary"]["created"]) == (False, 40)
    assert Counter(done.methods.split())["POST"] == 44


def test_a_429_while_looking_up_pauses_all_as_well(sim: Any, run: Any) -> None:
    sim.seed(count=900)
    sim.fault("status", status=429, retry_after=1, method="GET", query="email=", skip=1)
    users = [{"email": f"user00{number}@example.com"} for number in (890, 891, 892, 893, 894)]
    done = run("arize_user_roster", users=users, concurrency=2, max_retry_wait=5)
    assert (done.failed, done["summary"]["unchanged"]) == (False, 5)
    assert len(done.requests) == 5 + 5 + 1  # pages, look-ups, one retry


@pytest.mark.parametrize(("people", "limit", "concurrency"), [(80, 60, 8), (40, 20, 32), (9, 3, 8)])
def test_a_rate_limit_fails_no_user(sim: Any, run: Any, people: int, limit: int, concurrency: int) -> None:
    """Also where it lets fewer requests through than there are workers."""
    sim.rate_limit(limit)
    done = run("arize_user_roster", users=new(people), concurrency=concurrency, max_retry_wait=5)
    assert (done.failed, done["summary"]["created"], len(done.mails)) == (False, people, people)


STORM = [
    {"kind": "status", "status": 429, "retry_after": 0},
    {"kind": "status", "status": 503},
    {"kind": "drop"},
    {"kind": "drop", "reset": True},
    {"kind": "drop", "when": "after"},
    {"kind": "status", "status": 503, "when": "after"},
]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("max_retries", [1, 5])
def test_one_request_in_ten_fails_and_it_converges_within_three_runs(
    sim: Any, run: Any, seed: int, max_retries: int
) -> None:
    seeded = sim.seed(count=160)
    renamed = [{"email": user["email"], "name": f"{user['name']} B"} for user in seeded[:70]]
    unchanged = [{"email": user["email"], "name": user["name"]} for user in seeded[70:130]]
    roster = [*renamed, *unchanged, *new(50), *new(20, email="", is_developer=False)]
    for number, entry in enumerate(roster[-20:]):
        entry["email"] = f"plain{number}@example.com"
    assert len(roster) == 200
    sim.fault("one_of", times=None, probability=0.1, seed=seed, of=STORM)
    options = {"users": roster, "purge": True, "max_deletions": 30, "protected": ["*@simulator.example"]}
    runs, mails = [], []
    while len(runs) < 3 and (not runs or runs[-1].failed):
        done = run("arize_user_roster", **options, max_retries=max_retries)
        runs.append(done)
        mails += [mail["to"] for mail in done.mails]
        assert (
            done.changed == bool(done["summary"]["created"] + done["summary"]["updated"] + done["summary"]["deleted"])
            or done.failed
        )
    assert not runs[-1].failed
    assert sorted(mails) == sorted(entry["email"] for entry in roster[130:])  # each once
    created = Counter(entry["body"]["email"] for entry in sim.journal("POST", status=201))
    assert max(created.values()) == 1
    sim.clear_faults()
    final = run("arize_user_roster", **options)
    assert (final.changed, final["summary"]["unchanged"], final.writes) == (False, 200, [])
