"""arize_space_info: what it asks, and what it returns."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.modules import arize_space_info
from ansible_collections.arize.ax.tests.unit.support.access import SPACE_ID, listing, space
from ansible_collections.arize.ax.tests.unit.support.task import Task
from ansible_collections.arize.ax.tests.unit.support.wire import Call, answer, problem

ORGANIZATIONS = listing("organizations", {"id": "o1", "name": "West"}, {"id": "o2", "name": "East"})
FORBIDDEN, MISSING = problem(403, "Forbidden"), problem(404, "Not Found")


@pytest.fixture
def spaces(server):
    return Task(arize_space_info, server)


def shown(items, *fields):
    return [tuple(item[field] for field in fields) for item in items]


def test_all_spaces_by_organization_and_name(spaces):
    sent = [
        space("B"),
        space("A", id="a"),
        space("C", id="c", organization_id="o2"),
        space("D", id="d", organization_id=...),
    ]
    result = spaces.run_both(listing("spaces", *sent), ORGANIZATIONS)
    assert shown(result["spaces"], "organization", "name") == [(None, "D"), ("East", "C"), ("West", "A"), ("West", "B")]
    assert result["spaces"][3] == {
        "id": SPACE_ID,
        "name": "B",
        "description": None,
        "organization_id": "o1",
        "organization": "West",
        "is_private": None,
        "created_at": None,
    }


@pytest.mark.parametrize(
    ("options", "calls", "found"),
    [
        ({"name": "Prod"}, [listing("spaces", space("Prod 2"), space(), name="Prod"), ORGANIZATIONS], ["West"]),
        (
            {"name": "Prod", "organization": "West"},
            [
                listing("organizations", {"id": "o1", "name": "West"}, name="West"),
                listing("spaces", space(organization_id=...), name="Prod", org_id="o1"),
            ],
            ["West"],
        ),
        ({"organization_id": "o1"}, [listing("spaces", space(), org_id="o1"), ORGANIZATIONS], ["West"]),
        (
            {"space_id": SPACE_ID},
            [Call("GET", "/v2/spaces/U3BhY2Ux%2F%2BI%3D", answer(200, space(organization_id=...)))],
            [None],
        ),
        ({"space_id": SPACE_ID}, [Call("GET", "/v2/spaces/U3BhY2Ux%2F%2BI%3D", MISSING)], []),
        ({"space_id": "other", "organization_id": "o1"}, [listing("spaces", space(), org_id="o1")], []),
        (
            {"space_id": SPACE_ID, "organization_id": "o1"},
            [listing("spaces", space(), space("Lab", id="l"), org_id="o1"), ORGANIZATIONS],
            ["West"],
        ),
        ({}, [listing("spaces")], []),
    ],
)
def test_some_spaces(spaces, options, calls, found):
    result = spaces.run_both(*calls, **options)
    assert [item["organization"] for item in result["spaces"]] == found


def test_organizations_that_the_key_may_not_read(spaces):
    sent = [space("Lab", id="l", organization_id="o2"), space()]
    result = spaces.run_both(listing("spaces", *sent), listing("organizations", FORBIDDEN))
    assert shown(result["spaces"], "organization_id", "organization") == [("o1", None), ("o2", None)]
    assert "ORGANIZATION_READ" in result["warnings"][0]
