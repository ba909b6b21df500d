"""Up to three things happen to a task that writes: faults, and what another client does between any two requests.

The same series in every run; `make explore` draws others.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.faults.scenes import (
    ABSENT,
    BINDING,
    BOUND,
    BY_MAIL,
    DESIRED,
    INVITE,
    NO_DEVELOPER,
    OPEN,
    PASSWORD,
    PROJECT,
    READER,
    RENAMED,
    RESTRICTION,
    REVIEWER,
    ROLE,
    ROSTER,
    SPACE,
    USER,
)
from tests.faults.series import BOB, Event, Task, Trial, acts_on
from tests.faults.test_fault_pairs import FAULTS as OF_PAIRS
from tests.faults.test_fault_pairs import OF_WRITES
from tests.unit.support.examples import examples

FAULTS = {**OF_PAIRS, "404 of a gateway": {"kind": "status", "status": 404}, "empty 200": {"kind": "empty"}}
LAB, AUDITOR = {**REVIEWER, "space": "Lab"}, {"role": "Auditor", "space": "Prod"}
SAFE = {"purge": True, "max_deletions": 2, "protected": ["*@simulator.example"]}
TASKS = [
    Task("create", USER, DESIRED),
    Task("create, completed", USER, NO_DEVELOPER),
    Task("create with a password", USER, PASSWORD),
    Task("rename", USER, RENAMED, "ACTIVE"),
    Task("delete", USER, {**BY_MAIL, **ABSENT}, "ACTIVE"),
    Task("invite", INVITE, DESIRED),
    Task("renew", INVITE, BY_MAIL, "EXPIRED"),
    Task("resend", INVITE, {**BY_MAIL, "resend": True}, "INVITED"),
    Task("role", ROLE, READER),
    Task("role, changed", ROLE, {"name": "Reviewer", "description": "Reads"}),
    Task("role, deleted", ROLE, {"name": "Auditor", **ABSENT}),
    Task("binding", BINDING, {**BOUND, "space": "Lab"}, "ACTIVE"),
    Task("binding, changed", BINDING, {**BOUND, "role": "Auditor"}, "ACTIVE"),
    Task("binding, deleted", BINDING, {**BOUND, **ABSENT}, "ACTIVE"),
    Task("space", SPACE, {"name": "New", "organization": "East"}),
    Task("space, private", SPACE, {"name": "Prod", "is_private": True}),
    Task("project", PROJECT, {"name": "Plan", "space": "Prod"}),
    Task("restriction", RESTRICTION, OPEN),
    Task("restriction, removed", RESTRICTION, {**OPEN, "project": "Mail", **ABSENT}),
    Task("roster, new", ROSTER, {"users": [{**DESIRED, "access": [REVIEWER, LAB]}, {"email": BOB, "name": "Bo"}]}),
    Task(
        "roster, access",
        ROSTER,
        {
            "users": [{**RENAMED, "access": [AUDITOR, LAB]}, {"email": BOB, "access": []}],
            "purge_access": True,
            "max_access_changes": 9,
        },
        "ACTIVE",
    ),
    Task("roster, removed", ROSTER, {"users": [{**BY_MAIL, "access": []}], "purge_access": True, "max_access_changes": 9},
         "ACTIVE"),
    Task("roster, purged", ROSTER, {"users": [{"email": BOB, "name": "Bo"}], **SAFE}, "ACTIVE"),
    Task("roster, replaced", ROSTER, {"users": [DESIRED], **SAFE}),
    Task("roster, absent", ROSTER, {"users": [BY_MAIL, {"email": BOB}], **ABSENT}, "ACTIVE"),
]  # fmt: skip


def possible_events(trial: Trial) -> list[Event]:
    """Faults, first at a write or the request after it, then at one of the next two requests."""
    requests = list(enumerate(trial.run.requests))
    writes = {place for place, entry in requests if entry["method"] != "GET"}
    last = max((event.place for event in trial.events), default=None)
    places = {place + more for place in writes for more in (0, 1)} if last is None else {last + 1, last + 2}
    return [
        event
        for place, entry in requests
        if place in places
        for event in (
            *(Event(place, name) for name in acts_on(trial.task.module)),
            *(
                Event(place, name, fault)
                for name, fault in FAULTS.items()
                if name not in OF_WRITES or entry["method"] != "GET"
            ),
        )
    ]


def series(sim: Any, task: Task, choices: list[int], max_retries: int) -> Trial:
    """Return the last trial of a series: each choice adds an event after those before."""
    trial = Trial(sim, task, [], max_retries)
    for choice in choices:
        possible = possible_events(trial)
        if not possible:
            break
        trial = Trial(sim, task, [*trial.events, possible[choice % len(possible)]], max_retries)
    return trial


@pytest.fixture
def undisturbed(sim: Any) -> Any:
    """Each task where nothing happens."""
    return cache(lambda number: Trial(sim, TASKS[number], []))


@pytest.mark.parametrize("number", range(len(TASKS)), ids=lambda number: TASKS[number].name)
def test_each_task_changes_something_where_nothing_happens(undisturbed: Any, number: int) -> None:
    trial = undisturbed(number)
    assert (trial.run.failed, trial.run.changed, bool(trial.effects)) == (False, True, True), trial.run.result
    assert list(trial.misreports(trial)) == []


@pytest.mark.hypothesis
def test_a_result_is_true_whatever_three_things_happen(sim: Any, counted: Counter[str], undisturbed: Any) -> None:
    @examples(300)
    @given(st.integers(0, len(TASKS) - 1), st.lists(st.integers(0, 9999), min_size=1, max_size=3), st.integers(0, 1))
    def each_series(number: int, choices: list[int], max_retries: int) -> None:
        done = undisturbed(number)
        trial = series(sim, TASKS[number], choices, max_retries)
        told = [(event.place, event.name) for event in trial.events]
        assert list(trial.misreports(done)) == [], (TASKS[number].name, told, trial.run.result)
        counted["Random series survived"] += 1

    each_series()
