"""Plans for an invitation or a reset, as tables."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.module_utils._models import DesiredUser
from ansible_collections.arize.ax.plugins.module_utils._planning.user import (
    plan_invite,
    plan_reset,
)
from ansible_collections.arize.ax.tests.unit.support.users import a_user, refusal, step

EMAIL = "ada@x.io"
DESIRED = DesiredUser(email=EMAIL, name="Ada", role="member")
CUSTOM = {"role": "custom", "custom_role_id": "r1", "custom_role_name": "Reviewer"}


@pytest.mark.parametrize("invite_mode", ["email_link", "temporary_password"])
@pytest.mark.parametrize(
    ("status", "resend", "action", "invitation"),
    [
        (None, False, "create", "sent"),
        (None, True, "create", "sent"),
        ("invited", False, None, "pending"),
        ("invited", True, "resend", "resent"),
        ("expired", False, "create", "renewed"),
        ("expired", True, "create", "renewed"),
        ("active", False, None, "accepted"),
        ("active", True, None, "accepted"),
    ],
)
def test_invite(status, resend, action, invitation, invite_mode):
    existing = a_user(status=status) if status else None
    plan = plan_invite(DESIRED._replace(invite_mode=invite_mode), existing, resend)
    assert plan.action == action
    assert plan.invitation == invitation
    assert plan.existing is existing
    no_new_password = invitation == "resent" and invite_mode == "temporary_password"
    assert ["A new temporary password cannot be issued" in warning for warning in plan.warnings] == (
        [True] if no_new_password else []
    )
    if action != "create":
        assert plan.after == plan.before


def test_invite_compares_neither_name_nor_role():
    for status in ("active", "invited"):
        desired = DesiredUser(email=EMAIL, name="Other", role="admin", is_developer=False)
        assert plan_invite(desired, a_user(status=status)).step is None


@pytest.mark.parametrize(
    ("existing", "desired", "sent"),
    [
        ({}, {}, {"name": "Ada", "role": "member"}),
        ({}, {"is_developer": False}, {"name": "Ada", "role": "member"}),
        ({}, {"name": "New"}, {"name": "New", "role": "member"}),
        ({}, {"role": "admin"}, {"name": "Ada", "role": "admin"}),
        ({}, {"custom_role_id": "r1"}, {"name": "Ada", "custom_role_id": "r1"}),
        (CUSTOM, {}, {"name": "Ada", "custom_role_id": "r1"}),
        (CUSTOM, {"role": "member"}, {"name": "Ada", "role": "member"}),
        ({"role": "auditor"}, {}, {"name": "Ada", "role": "auditor"}),
        ({"email": "ADA@x.io"}, {}, {"name": "Ada", "role": "member", "email": "ADA@x.io"}),
        (
            {},
            {"invite_mode": "temporary_password"},
            {"name": "Ada", "role": "member", "invite_mode": "temporary_password"},
        ),
        ({}, {"email": None, "user_id": "VXNlcjox/+I="}, {"name": "Ada", "role": "member"}),
    ],
    ids=str,
)
def test_a_renewal_has_the_users_own_name_and_role_where_none_is_given(existing, desired, sent):
    plan = plan_invite(DesiredUser(**{"email": EMAIL, **desired}), a_user(status="expired", **existing))
    expected = {"email": EMAIL, "role": None, "custom_role_id": None, "invite_mode": "email_link", "is_developer": None}
    assert step(plan) == ("create", {**expected, **sent})
    assert plan.after["status"] == "invited"
    assert plan.after["name"] == sent["name"]
    assert plan.after["id"] is None


@pytest.mark.parametrize(
    ("existing", "missing"),
    [
        ({"name": None}, "the user ada@x.io, name is required"),
        ({"role": None}, "the user ada@x.io, role (or custom_role_id) is required"),
        ({"role": "custom"}, "the user ada@x.io, role (or custom_role_id) is required"),
        ({"name": None, "role": None}, "name and role (or custom_role_id) are required"),
    ],
)
def test_a_renewal_that_lacks_something_names_it(existing, missing):
    kind, message = refusal(plan_invite, DesiredUser(email=EMAIL), a_user(status="expired", **existing))
    assert kind == "incomplete"
    assert missing in message


def test_reset_mails_an_active_user_and_changes_nothing_else():
    user = a_user()
    plan = plan_reset(DesiredUser(email=EMAIL), user)
    assert step(plan) == ("reset", {})
    assert plan.before == plan.after == user.as_result()


@pytest.mark.parametrize(
    ("status", "hint"),
    [("invited", "arize_user_invite with resend: true instead"), ("expired", "arize_user_invite instead")],
)
def test_reset_of_a_user_without_a_password_names_the_module_that_helps(status, hint):
    kind, message = refusal(plan_reset, DesiredUser(email=EMAIL), a_user(status=status))
    assert kind == "not_active"
    assert f"{EMAIL} is {status} " in message
    assert hint in message


def test_reset_of_no_user_names_the_address():
    kind, message = refusal(plan_reset, DesiredUser(email=EMAIL), None)
    assert kind == "not_found"
    assert EMAIL in message


@pytest.mark.parametrize("status", ["frozen", None])
@pytest.mark.parametrize("planner", [plan_invite, plan_reset])
def test_a_state_no_user_knows_stops_invite_and_reset(planner, status):
    kind, message = refusal(planner, DESIRED, a_user(status=status))
    assert kind == "unexpected_status"
    assert EMAIL in message


@pytest.mark.parametrize(("is_developer", "predicted"), [(True, True), (False, None), (None, None)])
def test_a_renewal_predicts_is_developer_where_it_stays_as_it_is(is_developer, predicted):
    existing = a_user(status="expired", is_developer=is_developer)
    assert plan_invite(DESIRED, existing).after["is_developer"] is predicted


@pytest.mark.parametrize(
    ("desired", "missing"),
    [
        ({}, "name and role (or custom_role_id)"),
        ({"name": "Ada"}, "role (or custom_role_id)"),
        ({"role": "member"}, "name"),
    ],
)
def test_a_resend_for_an_unknown_address_says_that_there_is_no_such_user(desired, missing):
    kind, message = refusal(plan_invite, DesiredUser(email=EMAIL, **desired), None, resend=True)
    assert kind == "not_found"
    assert message.startswith(f"There is no user {EMAIL} ")
    assert message.endswith(f"give {missing}.")


def test_a_renewal_without_a_visible_address_is_refused():
    kind, message = refusal(plan_invite, DesiredUser(user_id="id1"), a_user(email=None, id="id1", status="expired"))
    assert kind == "incomplete"
    assert "id1" in message
