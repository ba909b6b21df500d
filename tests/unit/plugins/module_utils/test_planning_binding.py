"""Plans of roles and role bindings: which names match, and rules that hold for all that can be wanted."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.module_utils._access import (
    BindingUser,
    DesiredAccess,
    DesiredRole,
    Place,
    ResolvedAccess,
    Role,
    RoleBinding,
)
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._planning.binding import plan_binding
from ansible_collections.arize.ax.plugins.module_utils._planning.catalog import Catalog, unknown_name
from ansible_collections.arize.ax.plugins.module_utils._planning.desired_access import read_desired_access
from ansible_collections.arize.ax.plugins.module_utils._planning.role import (
    pick_role,
    plan_role,
    read_desired_role,
    review_written_role,
)
from hypothesis import given
from hypothesis import strategies as st

PERMISSIONS = ["A", "B", "C"]
ROLE_NAMES = {"r1": "Reviewer", "r2": "Auditor"}


def a_role(**fields):
    made = {"id": "r1", "name": "Reviewer", "description": None, "permissions": ("A",), "is_predefined": False}
    return Role(**{**made, "created_at": "then", "updated_at": "then", **fields})


def custom(role_id, name="Reviewer"):
    return a_role(id=role_id, name=name)


def predefined(role_id, name="Reviewer"):
    return a_role(id=role_id, name=name, is_predefined=True)


def kind_of(function, *arguments, **options):
    with pytest.raises(ArizeError) as caught:
        function(*arguments, **options)
    return caught.value.kind


# ---------------------------------------------------------------- what a name stands for


@pytest.mark.parametrize(
    ("roles", "found"),
    [
        ([], None),
        ([custom("c")], "c"),
        ([predefined("p")], "p"),
        ([predefined("p"), custom("c"), predefined("q")], "c"),
        ([custom("c", "reviewer"), custom("d", "Reviewers")], None),
        ([custom("c", " Reviewer\n")], "c"),
        ([a_role(id="n", is_predefined=None)], "n"),
        ([a_role(name=None)], None),
    ],
)
def test_a_role_name_prefers_the_custom_role(roles, found):
    role = pick_role("Reviewer", roles)
    assert (role and role.id) == found


@pytest.mark.parametrize("make", [custom, predefined])
def test_several_roles_of_one_name_are_ambiguous(make):
    with pytest.raises(ArizeError, match=r"r1, r2.*role_id") as caught:
        pick_role("Reviewer", [make("r1"), make("r2"), make("r3", "Other")])
    assert caught.value.kind == "ambiguous"


@pytest.mark.parametrize(("roles", "found"), [([predefined("p")], None), ([predefined("p"), custom("c")], "c")])
def test_a_role_to_be_deleted_is_looked_for_among_custom_roles(roles, found):
    role = pick_role("Reviewer", roles, "absent")
    assert (role and role.id) == found


def test_an_ambiguous_name_lists_ten_ids():
    catalog = Catalog(narrows="this")
    catalog.add("space", [Place(f"s{number}", "Prod", None) for number in range(12)])
    (unresolved,) = catalog.unresolved(DesiredAccess(role_id="r1", space="Prod"))
    assert catalog.error(unresolved).message.endswith("s9 and 2 more. Select one by this.")


@pytest.mark.parametrize(
    ("name", "existing", "hint"),
    [
        ("prod", ["Lab", "Prod"], "Did you mean Prod?"),
        ("Prodd", ["Lab", "Prod", "Prods"], "Did you mean Prod?"),
        ("Prod", ["Lab"], ""),
        ("Prod", ["Lab"], "see: Lab."),
        ("Prod", [], "can see no space"),
    ],
)
def test_a_name_that_does_not_exist_comes_with_the_nearest(name, existing, hint):
    message = unknown_name("space", name, existing, listed=True)
    assert hint in message
    assert hint.startswith("Did") or "Did you mean" not in message


# ---------------------------------------------------------------- options


@pytest.mark.parametrize("needs_role", [True, False])
@pytest.mark.parametrize("needs_resource", [True, False])
def test_role_and_resource_may_be_optional(needs_role, needs_resource):
    options = {} if not needs_role and not needs_resource else {"space": "s"} if not needs_role else {"role": "r"}
    if needs_role and needs_resource:
        options["project_id"] = "p"
    access = read_desired_access(options, needs_role=needs_role, needs_resource=needs_resource)
    assert access == DesiredAccess(**options)
    assert access.resource_type == ("project" if "project_id" in options else "space")


@pytest.mark.parametrize("text", ["a\0b", "a\ud800", "********"])
@pytest.mark.parametrize("option", ["name", "description", "role_id"])
def test_what_no_server_stores_is_refused(option, text):
    assert kind_of(read_desired_role, {"name": "x", option: text}) == "bad_option"


def test_a_description_has_up_to_1000_characters():
    assert read_desired_role({"name": "x", "description": f" {'x' * 1000} "}).description == "x" * 1000


@pytest.mark.parametrize(
    ("wanted", "stored", "differs"),
    [
        ("Reads", " Reads\n", False),
        ("Caf\u00e9", "Cafe\u0301", False),
        ("a\nb", "a\r\nb", False),
        ("a\nb", "a\rb", False),
        ("a  b", "a b", True),
        ("", None, False),
        ("", "x", True),
    ],
)
def test_a_description_is_compared_as_it_reads(wanted, stored, differs):
    plan = plan_role(DesiredRole(name="Reviewer", description=wanted), a_role(description=stored))
    assert (plan.step is not None) is differs
    warnings = review_written_role({"description": wanted or None}, a_role(description=stored))
    assert [f'"{stored}"' in warning for warning in warnings] == [True] * differs


def test_permissions_that_the_server_adds_are_named():
    assert review_written_role({"permissions": ["A"]}, a_role(permissions=("A",))) == ()
    assert review_written_role({"name": "x"}, a_role(permissions=("A", "B"))) == ()
    (warning,) = review_written_role({"permissions": ["A"]}, a_role(permissions=("A", "B", "C")))
    assert "B, C. List them in permissions" in warning


def test_a_description_that_is_gone_is_told():
    (warning,) = review_written_role({"description": "x"}, a_role(description=None))
    assert "it is empty" in warning


# ---------------------------------------------------------------- what holds for every role


@st.composite
def desired_roles(draw):
    return DesiredRole(
        name=draw(st.sampled_from(["Reviewer", "Reader"])),
        role_id=draw(st.sampled_from([None, None, "r1"])),
        description=draw(st.sampled_from([None, "", "Reads"])),
        permissions=draw(st.none() | st.sets(st.sampled_from(PERMISSIONS), min_size=1).map(sorted).map(tuple)),
    )


@st.composite
def existing_roles(draw, name):
    return a_role(
        name=draw(st.sampled_from([name, f" {name} "])),
        description=draw(st.sampled_from([None, "", "Reads", "Reads "])),
        permissions=tuple(sorted(draw(st.sets(st.sampled_from(PERMISSIONS))))),
    )


def written(change, existing):
    """The role as the server has it after the change."""
    if change.step is None:
        return existing
    if change.step.action == "delete":
        return None
    before = existing._asdict() if existing else a_role()._asdict()
    fields = {**before, **change.step.fields, "updated_at": "now"}
    return Role(**{**fields, "permissions": tuple(sorted(fields["permissions"]))})


@given(st.data())
def test_a_role_planned_again_after_the_change_needs_nothing(data):
    desired, state = data.draw(desired_roles()), data.draw(st.sampled_from(["present", "absent"]))
    # With role_id the name may differ: that is a rename.
    name = "Reader" if desired.role_id else desired.name
    existing = data.draw(st.none() | existing_roles(name))
    if existing is None and state == "present" and (desired.role_id or desired.permissions is None):
        assert kind_of(plan_role, desired, existing, state) == ("not_found" if desired.role_id else "incomplete")
        return
    if existing and desired.role_id and state == "absent" and desired.name != existing.name.strip():
        assert kind_of(plan_role, desired, existing, state) == "bad_option"
        return
    change = plan_role(desired, existing, state)
    after = written(change, existing)
    assert agrees(change.after, after and after.as_result())
    again = plan_role(desired, after, state)
    assert (again.step, again.before, again.after) == (None, *[after.as_result() if after else None] * 2)
    if change.step and change.step.action == "update":
        assert change.step.fields, "an update sends something"


@given(desired_roles(), st.sampled_from(["present", "absent"]))
def test_a_predefined_role_is_never_written(desired, state):
    existing = a_role(name=desired.name if state == "absent" else "Reviewer", is_predefined=True)
    custom_change = plan_role(desired, existing._replace(is_predefined=False), state)
    if custom_change.step:
        assert kind_of(plan_role, desired, existing, state) == "predefined_role"
    else:
        assert plan_role(desired, existing, state).step is None


# ---------------------------------------------------------------- what holds for every binding


ACCESSES = st.builds(
    ResolvedAccess,
    resource_type=st.sampled_from(["space", "project"]),
    role_id=st.sampled_from([None, "r1", "r2"]),
    role=st.sampled_from([None, "Reviewer"]),
    space_id=st.just("s1"),
    space=st.sampled_from([None, "Prod"]),
    project_id=st.just("s1"),
)


@given(
    ACCESSES,
    st.sampled_from([None, "ann@x.io"]),
    st.sampled_from([None, "r1", "r2", "r3"]),
    st.sampled_from(["present", "absent"]),
)
def test_a_binding_planned_again_after_the_change_needs_nothing(access, email, role_id, state):
    if state == "present" and access.role_id is None:
        access = access._replace(role_id="r1")
    user = BindingUser("u1", email)
    existing = role_id and RoleBinding("b1", "u1", role_id, access.resource_type, "s1", "then", "then")
    plan = plan_binding(access, user, existing, state, ROLE_NAMES)
    after = existing
    if plan.step and plan.step.action == "create":
        after = RoleBinding(id="b1", created_at="then", updated_at="then", **plan.step.fields)
    elif plan.step:
        after = existing._replace(**plan.step.fields) if plan.step.action == "update" else None
    again = plan_binding(access, user, after, state, ROLE_NAMES)
    assert again.step is None
    assert agrees(plan.after, again.before)
    if state == "present":
        assert (after.user_id, after.role_id, after.resource_id) == ("u1", access.role_id, "s1")
    elif access.role_id or access.role:
        assert after == (None if role_id == access.role_id else existing), "another role stays"
    else:
        assert after is None


@pytest.mark.parametrize(
    ("email", "access", "label"),
    [
        ("ann@x.io", ("space", None, None, "s", "Prod"), "ann@x.io on the space Prod"),
        (None, ("space", None, None, "s", None), "u on the space s"),
        (None, ("project", None, None, "s", "Prod", "p", "Chat"), "u on the project Chat in Prod"),
        (None, ("project", None, None, "s", None, "p", "Chat"), "u on the project Chat"),
        (None, ("project", None, None, None, None, "p", None), "u on the project p"),
    ],
)
def test_how_a_message_names_a_binding(email, access, label):
    assert ResolvedAccess(*access).binding_label(BindingUser("u", email)) == label


def agrees(predicted, real):
    """Whether what is predicted is real, save for what only the server knows."""
    if predicted is None or real is None:
        return predicted == real
    open_ = {"id", "created_at", "updated_at"}
    return predicted.keys() == real.keys() and all(
        value == real[name] or (value is None and name in open_) for name, value in predicted.items()
    )
