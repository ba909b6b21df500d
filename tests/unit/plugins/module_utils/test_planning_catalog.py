"""Names that match items, and names that match an ID alone."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.arize.ax.plugins.module_utils._access import DesiredAccess, Place, Role
from ansible_collections.arize.ax.plugins.module_utils._planning.catalog import Catalog, Name
from ansible_collections.arize.ax.plugins.module_utils._planning.desired_access import read_desired_access
from ansible_collections.arize.ax.tests.unit.support.examples import examples
from hypothesis import given
from hypothesis import strategies as st

ROLES = ["Reviewer", "reviewer", "Admin"]
NAMES = ["Prod", "prod", " Prod ", "", None, "********"]


def a_role(role_id: str, name: str | None, is_predefined: bool = False) -> Role:
    return Role(role_id, name, None, (), is_predefined, None, None)


def known(*spaces: Place, projects: Any = (), complete: bool = True) -> Catalog:
    """A catalog of two organizations, these spaces and projects."""
    catalog = Catalog(
        [a_role("r1", "Reviewer"), a_role("r2", "Admin", True), a_role("r3", "Admin"), a_role("r4", None)]
    )
    catalog.add("organization", [Place("o1", "East", None), Place("o2", "West", None)], complete=True)
    catalog.add("space", spaces, complete)
    catalog.add("project", projects, complete)
    return catalog


def wanted(**options: Any) -> DesiredAccess:
    return DesiredAccess(role="Reviewer", **options)


PROD = Place("s1", "Prod", "o1")
TWIN = Place("s2", "Prod", "o2")
CHAT = Place("p1", "Chat", "s1")


@pytest.mark.parametrize(
    ("desired", "resource", "label"),
    [
        (wanted(space="Prod", organization="West"), ("space", "s2"), "Prod"),
        (wanted(space="Prod", organization_id="o1"), ("space", "s1"), "Prod"),
        (wanted(space_id="s9"), ("space", "s9"), "s9"),
        (wanted(space="Prod", organization="East", project="Chat"), ("project", "p1"), "Prod / Chat"),
        (wanted(space_id="s1", project="Chat"), ("project", "p1"), "Prod / Chat"),
        (wanted(project_id="p1"), ("project", "p1"), "Prod / Chat"),
        (wanted(project_id="p9"), ("project", "p9"), "p9"),
    ],
)
def test_what_a_name_stands_for(desired: DesiredAccess, resource: tuple[str, str], label: str) -> None:
    target = known(PROD, TWIN, projects=[CHAT]).resolve(desired)
    assert (target.role_id, target.role, target.resource, target.label) == ("r1", "Reviewer", resource, label)


def test_a_role_that_is_read_again_is_no_second_one() -> None:
    catalog = known(PROD)
    catalog.add_roles([a_role("r1", "Reviewer")])
    assert catalog.find("role", wanted()) == "r1"


@pytest.mark.parametrize(
    ("desired", "kind", "words"),
    [
        (wanted(space="Prod"), "ambiguous", ["s1", "s2", "organization"]),
        (
            wanted(space="prod", organization="East"),
            "not_found",
            ["prod in the organization East", "Did you mean Prod?"],
        ),
        (wanted(space="Prod", organization="North"), "not_found", ["organization named North"]),
        (wanted(space="Prods"), "not_found", ["no space named Prods (", "Did you mean Prod?"]),
        (wanted(space_id="s1", project="Chats"), "not_found", ["Did you mean Chat?"]),
        (
            wanted(space_id="s2", project="Chat"),
            "not_found",
            ["project named Chat in the space s2 (names are case-sensitive)."],
        ),
        (DesiredAccess(role="Admim", space_id="s1"), "not_found", ["role named Admim", "Did you mean Admin?"]),
    ],
)
def test_what_cannot_be_resolved(desired: DesiredAccess, kind: str, words: list[str]) -> None:
    catalog = known(PROD, TWIN, projects=[CHAT])
    (unresolved,) = catalog.unresolved(desired)
    error = catalog.error(unresolved)
    assert error.kind == kind
    assert all(word in error.message for word in words)


def test_what_was_looked_up_wins_over_pages_read() -> None:
    catalog = known(PROD, complete=False)
    (name,) = catalog.names("space", [wanted(space="Prod", organization="West"), wanted(space_id="s1")])
    assert catalog.is_undecided(name)
    catalog.add_look_up(name, [Place("s5", "Prod", None), Place("s6", "Prod 2", "o2")])
    assert catalog.resolve(wanted(space="Prod", organization="West")).space_id == "s5"
    assert catalog.is_undecided(Name("space", "Lab")), "one name looked up says nothing of others"


def test_a_place_that_is_read_twice_has_the_name_read_last() -> None:
    catalog = known(PROD)
    catalog.add("space", [PROD, PROD._replace(name="Lab")])
    assert catalog.resolve(wanted(space="Lab")).space_id == "s1"
    assert catalog.unresolved(wanted(space="Prod"))


def test_a_space_without_organization_has_to_be_looked_up_in_it() -> None:
    catalog = known(Place("s1", "Prod", None))
    assert catalog.is_undecided(Name("space", "Prod", "o1"))
    assert not catalog.is_undecided(Name("space", "Prod"))
    assert not catalog.is_undecided(Name("space", "Lab", "o1"))


def test_a_name_below_one_that_does_not_exist_is_not_looked_up() -> None:
    catalog = known(PROD)
    both = [wanted(space="Lab", project="Chat"), wanted(space="Prod", project="Chat")]
    assert catalog.names("project", both) == [Name("project", "Chat", "s1")]


def test_the_space_of_a_project_by_name_is_known_where_the_server_leaves_it_out() -> None:
    catalog = known(PROD, complete=True)
    catalog.add_look_up(Name("project", "Chat", "s1"), [Place("p1", "Chat", None)])
    target = catalog.resolve(wanted(space="Prod", project="Chat"))
    assert (target.space_id, target.label) == ("s1", "Prod / Chat")


@examples()
@given(
    roles=st.lists(st.tuples(st.sampled_from([*ROLES, None]), st.booleans()), min_size=1, max_size=4),
    organizations=st.lists(st.sampled_from(["East", "West", None]), min_size=1, max_size=3),
    spaces=st.lists(st.tuples(st.sampled_from(NAMES), st.integers(-1, 2)), min_size=1, max_size=4),
    projects=st.lists(st.tuples(st.sampled_from(NAMES), st.integers(-1, 3)), max_size=4),
    data=st.data(),
)
def test_an_entry_stands_for_what_it_was_made_of(
    roles: Any, organizations: Any, spaces: Any, projects: Any, data: Any
) -> None:
    catalog = Catalog(a_role(f"r{n}", name, predefined) for n, (name, predefined) in enumerate(roles))
    catalog.add("organization", [Place(f"o{n}", name, None) for n, name in enumerate(organizations)], complete=True)
    places = [Place(f"s{n}", name, f"o{o}" if o >= 0 else None) for n, (name, o) in enumerate(spaces)]
    catalog.add("space", places, complete=True)
    inner = [Place(f"p{n}", name, f"s{s}" if s >= 0 else None) for n, (name, s) in enumerate(projects)]
    catalog.add("project", inner, complete=True)
    kind, found = data.draw(
        st.sampled_from([("space", place) for place in places] + [("project", one) for one in inner])
    )
    target = catalog.describe(f"r{data.draw(st.integers(0, len(roles)))}", kind, found.id)
    entry = catalog.entry(target)
    read = catalog.resolve(read_desired_access(entry))
    assert (read.role_id, read.resource) == (target.role_id, target.resource)
    assert ("role" in entry) != ("role_id" in entry)
    if "space" not in entry:  # names are used wherever one selects the space
        names = [place for place in places if (place.name or "").strip() == (target.space or "").strip()]
        assert target.space in (None, "", "********") or len(names) > 1 or kind == "project"


def test_spaces_with_one_name() -> None:
    catalog = known(PROD, TWIN, Place("s3", "Lab", "o1"))
    prod, lab, other = (catalog.describe("r1", "space", space) for space in ("s1", "s3", "s9"))
    assert catalog.has_namesakes([lab, prod])
    assert not catalog.has_namesakes([lab, other])


def test_another_type_of_resource_has_no_space() -> None:
    assert known(PROD).describe("r1", "dashboard", "s1").label == ""
