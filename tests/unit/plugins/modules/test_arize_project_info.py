"""arize_project_info: what it asks, and what it returns."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.modules import arize_project_info
from ansible_collections.arize.ax.tests.unit.support.access import (
    PROJECT_ID,
    SPACE_ID,
    listing,
    project,
    restriction,
    space,
)
from ansible_collections.arize.ax.tests.unit.support.task import Task
from ansible_collections.arize.ax.tests.unit.support.wire import Call, answer, problem

SPACES = listing("spaces", space(), space("Lab", id="lab"))
RESTRICTED = listing("resource_restrictions", restriction(), resource_type="PROJECT")
UNRESTRICTED = listing("resource_restrictions", resource_type="PROJECT")
FORBIDDEN, MISSING = problem(403, "Forbidden"), problem(404, "Not Found")
PROJECT = Call("GET", "/v2/projects/TW9kZWwx%2F%2BI%3D", answer(200, project()))


@pytest.fixture
def projects(server):
    return Task(arize_project_info, server)


def shown(items, *fields):
    return [tuple(item[field] for field in fields) for item in items]


def test_all_projects_by_space_and_name(projects):
    sent = [project("B"), project("A", id="a"), project("C", id="c", space_id="lab", project_type="HARNESS")]
    result = projects.run_both(listing("projects", *sent), SPACES, RESTRICTED)
    assert shown(result["projects"], "space", "name", "restricted", "project_type") == [
        ("Lab", "C", False, "harness"),
        ("Prod", "A", False, None),
        ("Prod", "B", True, None),
    ]


@pytest.mark.parametrize(
    ("options", "calls", "found"),
    [
        (
            {"name": "Chat"},
            [listing("projects", project(), project("chat", id="c2"), name="Chat"), SPACES, UNRESTRICTED],
            [False],
        ),
        ({"project_id": PROJECT_ID}, [PROJECT, SPACES, RESTRICTED], [True]),
        (
            {"space": "Prod"},
            [listing("spaces", space(), name="Prod"), listing("projects", project(), space_id=SPACE_ID), RESTRICTED],
            [True],
        ),
        ({}, [listing("projects")], []),
    ],
)
def test_some_projects(projects, options, calls, found):
    result = projects.run_both(*calls, **options)
    assert shown(result["projects"], "space", "restricted") == [("Prod", restricted) for restricted in found]


def test_what_the_key_may_not_read_is_null(projects):
    refused = [listing("spaces", FORBIDDEN), listing("resource_restrictions", FORBIDDEN, resource_type="PROJECT")]
    result = projects.run_both(listing("projects", project()), *refused)
    assert shown(result["projects"], "space", "restricted") == [(None, None)]
    assert len(result["warnings"]) == 2


@pytest.mark.parametrize(
    ("options", "calls", "kind"),
    [
        ({"name": "Chat", "project_id": "p"}, [], "bad_option"),
        ({"name": ""}, [], "bad_option"),
        ({"organization": "East"}, [], "bad_option"),
        (
            {"space_id": "gone"},
            [listing("projects", MISSING, space_id="gone"), listing("projects")],
            "not_found",
        ),
        ({"name": "Chat"}, [listing("projects", FORBIDDEN, name="Chat")], "forbidden"),
    ],
)
def test_refusals(projects, options, calls, kind):
    assert projects.run_both(*calls, **options)["error"]["kind"] == kind
