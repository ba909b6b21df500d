"""Properties for all desired and existing users."""

from __future__ import annotations

from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._models import ROLES, DesiredUser, User
from ansible_collections.arize.ax.plugins.module_utils._planning.user import (
    plan_absent,
    plan_invite,
    plan_present,
    plan_reset,
)
from ansible_collections.arize.ax.tests.unit.support.examples import examples
from hypothesis import assume, given
from hypothesis import strategies as st

NAMES = st.sampled_from(["Ada", "ada", "Ada King", "B"])
STORED_NAMES = st.one_of(NAMES, st.sampled_from([" Ada ", "B\t", ""]), st.none())
ROLE_IDS = st.sampled_from(["r1", "r2"])
DEVELOPER = st.sampled_from([None, True, False])


@st.composite
def desired_users(draw, complete=False):
    role, custom_role_id = draw(
        st.one_of(
            st.tuples(st.sampled_from(ROLES), st.none()),
            st.tuples(st.none(), ROLE_IDS),
            *([] if complete else [st.just((None, None))]),
        )
    )
    by_id = not complete and draw(st.booleans())
    return DesiredUser(
        email=None if by_id else draw(st.sampled_from(["ada@x.io", "ADA@x.io"])),
        user_id="id1" if by_id else None,
        name=draw(NAMES if complete else st.one_of(NAMES, st.none())),
        role=role,
        custom_role_id=custom_role_id,
        invite_mode=draw(st.sampled_from(["email_link", "none", "temporary_password"])),
        is_developer=draw(DEVELOPER),
    )


@st.composite
def users(draw):
    role, custom_role_id = draw(
        st.one_of(
            st.tuples(st.sampled_from([*ROLES, "auditor", "custom", None]), st.none()),
            st.tuples(st.just("custom"), ROLE_IDS),
        )
    )
    return User(
        id="id1",
        name=draw(STORED_NAMES),
        email="Ada@x.io",
        status=draw(st.sampled_from(["active", "invited", "expired", "frozen", None])),
        role=role,
        custom_role_id=custom_role_id,
        custom_role_name=None,
        is_developer=draw(DEVELOPER),
        created_at=None,
    )


MISMATCHES = st.sampled_from(["fail", "warn", "ignore"])


def planned(planner, *arguments):
    """The plan; an example for which there is none is left out."""
    try:
        return planner(*arguments)
    except ArizeError:
        assume(False)


def as_the_server_makes_it(plan):
    """The user that the predicted result stands for: the server fills in what only it can know."""
    return User(**{**plan.after, "id": plan.after["id"] or "id9"})


@examples()
@given(desired_users(), st.one_of(st.none(), users()), MISMATCHES)
def test_planning_again_after_applying_gives_nothing_to_do(desired, existing, mismatch):
    plan = planned(plan_present, desired, existing, mismatch)
    again = plan_present(desired, as_the_server_makes_it(plan), mismatch)
    assert again.step is None
    assert again.after == again.before


@examples()
@given(desired_users(), users(), MISMATCHES)
def test_what_is_not_given_is_never_sent(desired, existing, mismatch):
    plan = planned(plan_present, desired, existing, mismatch)
    if plan.step:
        assert plan.step.action == "update"
        assert plan.step.fields
        assert set(plan.step.fields) <= {"name", "is_developer"}
        assert all(value is not None and value == getattr(desired, name) for name, value in plan.step.fields.items())


@examples()
@given(desired_users(), users(), MISMATCHES)
def test_the_predicted_user_differs_from_the_existing_one_in_what_is_sent_alone(desired, existing, mismatch):
    plan = planned(plan_present, desired, existing, mismatch)
    sent = plan.step.fields if plan.step else {}
    differing = {name: value for name, value in plan.after.items() if value != plan.before[name]}
    assert differing == sent


@examples()
@given(users(), MISMATCHES)
def test_desiring_what_exists_changes_nothing(existing, mismatch):
    own = DesiredUser(
        email=existing.email,
        name=(existing.name or "").strip() or None,
        role=existing.role if existing.role in ROLES else None,
        custom_role_id=existing.custom_role_id,
        is_developer=existing.is_developer,
    )
    plan = plan_present(own, existing, mismatch)
    assert (plan.step, plan.warnings) == (None, ())
    assert plan.after == plan.before


@examples()
@given(desired_users(complete=True))
def test_a_creation_sends_and_predicts_what_is_desired(desired):
    step = plan_present(desired, None).step
    assert step.action == "create"
    assert all(step.fields[name] == getattr(desired, name) for name in step.fields)
    after = plan_present(desired, None).after
    assert (after["email"], after["name"], after["id"], after["created_at"]) == (
        desired.email,
        desired.name,
        None,
        None,
    )
    assert after["role"] == (desired.role or "custom")
    assert desired.is_developer in (None, after["is_developer"])


@examples()
@given(desired_users(), st.one_of(st.none(), users()), st.booleans())
def test_inviting_again_without_resend_mails_no_user_a_second_time(desired, existing, resend):
    plan = planned(plan_invite, desired, existing, resend)
    again = plan_invite(desired, as_the_server_makes_it(plan), False)
    assert again.step is None
    assert again.invitation in ("pending", "accepted")


@examples()
@given(desired_users(), users())
def test_deleting_and_resetting_depend_on_nothing_that_is_desired(desired, existing):
    bare = DesiredUser(email=desired.email, user_id=desired.user_id)
    assert plan_absent(desired, existing) == plan_absent(bare, existing)
    if existing.status == "active":
        assert plan_reset(desired, existing) == plan_reset(bare, existing)
