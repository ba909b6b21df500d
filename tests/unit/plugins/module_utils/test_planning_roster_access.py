"""The access of a roster: what is refused, and what is planned."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.arize.ax.plugins.module_utils._access import DesiredAccess, Place, Role, RoleBinding
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._planning.catalog import Catalog
from ansible_collections.arize.ax.plugins.module_utils._planning.roster import check_rules, read_roster
from ansible_collections.arize.ax.plugins.module_utils._planning.roster_access import (
    AccountAccess,
    by_user,
    plan_access,
    read_access,
    resolve_access,
)
from ansible_collections.arize.ax.tests.unit.support.account import rules, someone

ADA = someone("ada@x.io", id="u1")
PROD, LAB = DesiredAccess(role="Reviewer", space="Prod"), DesiredAccess(role="Reviewer", space="Lab")


@pytest.fixture
def catalog() -> Catalog:
    roles = [Role("r1", "Reviewer", None, (), False, None, None), Role("r2", "Auditor", None, (), False, None, None)]
    catalog = Catalog(roles)
    catalog.add("space", [Place("s1", "Prod", "o1"), Place("s2", "Lab", "o1"), Place("s3", "Lab", "o2")], complete=True)
    return catalog


def refused(*wanted: Any, catalog: Catalog) -> ArizeError:
    try:
        refusal = resolve_access(wanted, catalog).refusal
    except ArizeError as error:
        refusal = error
    assert refusal
    return refusal


def binding(resource_id: str, role_id: str = "r1", kind: str = "space", user_id: str = "u1") -> RoleBinding:
    return RoleBinding(f"b-{resource_id}", user_id, role_id, kind, resource_id, None, None)


def test_access_that_is_not_given_is_not_managed() -> None:
    assert read_access(None, "absent") is None
    assert read_access([], "present") == ()
    assert read_access([{"role": " Reviewer ", "space": "Prod"}], "present") == (PROD,)


def test_all_bad_entries_are_named() -> None:
    users = [
        {"email": "a@x.io", "access": [{"role": "R", "space": "S"}, {"space": "S"}]},
        {"email": "b@x.io", "access": [{"role": "R"}]},
    ]
    with pytest.raises(ArizeError) as caught:
        read_roster(users, "present")
    assert caught.value.kind == "bad_option"
    assert "users[0] (a@x.io): access[1]: One of role and role_id" in caught.value.message
    assert "users[1] (b@x.io): access[0]: One of space" in caught.value.message


def test_access_with_absent_is_refused() -> None:
    with pytest.raises(ArizeError, match="state: absent"):
        read_roster([{"email": "a@x.io", "access": []}], "absent")
    with pytest.raises(ArizeError, match="purge_access: true cannot"):
        check_rules(rules(purge_access=True, max_access_changes=1, state="absent"), [])


def test_the_first_ten_names_that_cannot_be_resolved_are_named_once(catalog: Catalog) -> None:
    items = [DesiredAccess(role="Reviewr", space=f"No {number}") for number in range(11)]
    others = [(f"users[{number}]", items[:1]) for number in (1, 2, 3)]
    error = refused(("users[0]", items), *others, catalog=catalog)
    assert error.kind == "not_found"
    assert error.message.count("There is no") == 10
    assert "users[0], users[1], users[2] and 1 more: There is no role named Reviewr" in error.message
    assert "(And 2 more.)" in error.message


def test_an_ambiguous_name_is_refused(catalog: Catalog) -> None:
    error = refused(("users[0] (a)", [LAB]), catalog=catalog)
    assert (error.kind, "s2, s3" in error.message) == ("ambiguous", True)
    assert "Organization // Space: role" in error.message
    assert refused(("users[0] (a)", [LAB, DesiredAccess(role="R", space_id="s1")]), catalog=catalog).kind == "not_found"


@pytest.mark.parametrize(("role", "what"), [("Reviewer", "the same role"), ("Auditor", "different roles")])
def test_two_items_about_one_resource_are_refused(catalog: Catalog, role: str, what: str) -> None:
    other = DesiredAccess(role=role, space_id="s1")
    error = refused(("users[0] (a)", [PROD]), ("users[1] (b)", [PROD, other]), catalog=catalog)
    assert error.kind == "bad_option"
    assert f"users[1] (b): access[0] and access[1] give {what} on Prod." in error.message
    assert "users[0]" not in error.message


def test_what_is_planned_of_one_user(catalog: Catalog) -> None:
    bindings = [binding("s1"), binding("s2"), binding("p1", kind="project"), binding("s1", user_id="u2")]
    access = AccountAccess(resolve_access([("users[0]", [PROD])], catalog), by_user(bindings), catalog)
    listed, *others = plan_access([PROD], ADA, access, purge=True)
    assert (listed.existing, listed.extra) == (bindings[0], False)
    assert [(planned.existing, planned.extra) for planned in others] == [(bindings[1], True), (bindings[2], True)]
    assert plan_access([PROD], ADA, access, purge=False) == (listed,)
    assert plan_access([], ADA, access, purge=False) == ()
    assert len(plan_access([], ADA, access, purge=True)) == 3
    assert [planned.existing for planned in plan_access([PROD], None, access, purge=True)] == [None]
