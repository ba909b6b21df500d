"""Plans for one user who is to exist or not, as tables."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.module_utils._models import DesiredUser, Plan
from ansible_collections.arize.ax.plugins.module_utils._planning.user import (
    find_role_mismatch,
    plan_absent,
    plan_invite,
    plan_present,
    plan_reset,
)
from ansible_collections.arize.ax.tests.unit.support.users import a_user, refusal, step

EMAIL = "ada@x.io"
CUSTOM = {"role": "custom", "custom_role_id": "r1", "custom_role_name": "Reviewer"}


# ---------------------------------------------------------------- present


@pytest.mark.parametrize(
    ("existing", "desired", "changes"),
    [
        ({}, {}, {}),
        ({}, {"name": "Ada"}, {}),
        ({}, {"name": "Ada King"}, {"name": "Ada King"}),
        ({"name": " Ada "}, {"name": "Ada"}, {}),
        ({"name": None}, {"name": "Ada"}, {"name": "Ada"}),
        ({"name": "ada"}, {"name": "Ada"}, {"name": "Ada"}),
        ({}, {"is_developer": True}, {}),
        ({}, {"is_developer": False}, {"is_developer": False}),
        ({"is_developer": False}, {"is_developer": True}, {"is_developer": True}),
        ({"is_developer": None}, {"is_developer": False}, {"is_developer": False}),
        ({"is_developer": False}, {"name": "Ada"}, {}),
        ({}, {"name": "B", "is_developer": False}, {"name": "B", "is_developer": False}),
        ({}, {"invite_mode": "none"}, {}),
        ({"status": "expired"}, {"name": "Ada"}, {}),
        ({"status": "invited"}, {"name": "Ada"}, {}),
        ({"status": "frozen"}, {"name": "Ada"}, {}),
        ({"email": "ADA@X.io"}, {"email": "ada@x.io"}, {}),
        ({"role": None}, {"role": "member"}, {}),
        ({"role": None}, {"custom_role_id": "r1"}, {}),
        (CUSTOM, {"custom_role_id": "r1"}, {}),
        ({"role": "custom"}, {"custom_role_id": "r1"}, {}),
    ],
    ids=str,
)
def test_only_what_is_given_and_differs_is_changed(existing, desired, changes):
    user = a_user(**existing)
    plan = plan_present(DesiredUser(**{"email": EMAIL, **desired}), user)
    assert step(plan) == (("update", changes) if changes else None)
    assert plan.before == user.as_result()
    assert plan.after == {**user.as_result(), **changes}
    assert plan.warnings == ()
    assert plan.invitation is None


@pytest.mark.parametrize(
    ("existing", "desired", "found", "wanted"),
    [
        ({}, {"role": "admin"}, "member", "admin"),
        ({}, {"custom_role_id": "r1"}, "member", "custom r1"),
        (CUSTOM, {"role": "member"}, "custom r1", "member"),
        (CUSTOM, {"custom_role_id": "r2"}, "custom r1", "custom r2"),
        ({"role": "custom"}, {"role": "member"}, "custom", "member"),
        ({"role": "auditor"}, {"role": "member"}, "auditor", "member"),
    ],
    ids=str,
)
@pytest.mark.parametrize("role_mismatch", ["fail", "warn", "ignore"])
def test_another_role_fails_warns_or_is_ignored(existing, desired, found, wanted, role_mismatch):
    arguments = DesiredUser(email=EMAIL, name="New", **desired), a_user(**existing)
    if role_mismatch == "fail":
        kind, message = refusal(plan_present, *arguments)
        assert (kind, message) == ("role_mismatch", refusal(plan_present, *arguments, role_mismatch="fail")[1])
        warning = message
    else:
        plan = plan_present(*arguments, role_mismatch=role_mismatch)
        assert step(plan) == ("update", {"name": "New"}), "the rest is managed"
        assert len(plan.warnings) == (1 if role_mismatch == "warn" else 0)
        warning = "".join(plan.warnings)
    if warning:
        assert EMAIL in warning
        assert f"{found}, not {wanted}" in warning
        assert "Account Settings → Account Members" in warning
        assert ("set role_mismatch to" in warning) == (role_mismatch == "fail"), "what is set is no advice"


@pytest.mark.parametrize(
    ("desired", "predicted"),
    [
        ({"role": "admin"}, {"role": "admin", "is_developer": True}),
        ({"role": "member"}, {"role": "member", "is_developer": True}),
        ({"role": "annotator"}, {"role": "annotator", "is_developer": False}),
        ({"role": "member_ui_only"}, {"role": "member_ui_only", "is_developer": False}),
        ({"custom_role_id": "r1"}, {"role": "custom", "custom_role_id": "r1", "is_developer": None}),
        ({"role": "member", "is_developer": False}, {"role": "member", "is_developer": False}),
        (
            {"custom_role_id": "r1", "is_developer": True},
            {"role": "custom", "custom_role_id": "r1", "is_developer": True},
        ),
        ({"role": "member", "invite_mode": "none"}, {"role": "member", "is_developer": True, "status": "active"}),
        ({"role": "member", "invite_mode": "temporary_password"}, {"role": "member", "is_developer": True}),
    ],
    ids=str,
)
def test_a_new_user_is_predicted_with_null_where_only_the_server_can_know(desired, predicted):
    plan = plan_present(DesiredUser(email=EMAIL, name="Ada", **desired), None)
    action, fields = step(plan)
    assert action == plan.action == "create"
    assert fields == {"email": EMAIL, "name": "Ada", "role": None, "custom_role_id": None, "invite_mode": "email_link",
                      "is_developer": None, **desired}  # fmt: skip
    assert plan.before is None
    assert plan.after == {"id": None, "name": "Ada", "email": EMAIL, "status": "invited", "custom_role_id": None,
                          "custom_role_name": None, "created_at": None, **predicted}  # fmt: skip


@pytest.mark.parametrize("planner", [plan_present, plan_invite])
@pytest.mark.parametrize(
    ("desired", "missing", "not_missing"),
    [
        ({}, ["name", "role (or custom_role_id)"], []),
        ({"name": "Ada"}, ["role (or custom_role_id)"], ["name"]),
        ({"role": "member"}, ["name"], ["role"]),
        ({"custom_role_id": "r1", "is_developer": True}, ["name"], ["role"]),
    ],
)
def test_all_that_is_missing_is_named_in_one_message(planner, desired, missing, not_missing):
    kind, message = refusal(planner, DesiredUser(email=EMAIL, **desired), None)
    assert kind == "incomplete"
    assert EMAIL in message
    assert " and ".join(missing) in message
    assert not any(word in message for word in not_missing)


@pytest.mark.parametrize("planner", [plan_present, plan_invite, plan_reset])
def test_an_unknown_id_is_not_found(planner):
    kind, message = refusal(planner, DesiredUser(user_id="id1", name="Ada", role="member"), None)
    assert kind == "not_found"
    assert "id1" in message


# ---------------------------------------------------------------- absent


@pytest.mark.parametrize("status", ["active", "invited", "expired", "frozen"])
def test_a_user_is_deleted_in_any_state(status):
    plan = plan_absent(DesiredUser(email=EMAIL), a_user(status=status))
    assert step(plan) == ("delete", {})
    assert plan.after is None


def test_no_user_is_left_alone():
    plan = plan_absent(DesiredUser(email=EMAIL), None)
    assert plan == Plan(None, None, None)
    assert (plan.action, plan.before) == (None, None)


@pytest.mark.parametrize(
    ("existing", "desired", "mismatch"),
    [
        ({}, {}, None),
        ({}, {"role": "member"}, None),
        ({}, {"role": "admin"}, {"wanted": "admin", "found": "member"}),
        ({"role": None}, {"role": "admin"}, None),
        ({"role": None}, {"custom_role_id": "r1"}, None),
        ({"role": "custom"}, {"custom_role_id": "r1"}, None),
        ({"role": "custom"}, {"role": "admin"}, {"wanted": "admin", "found": "custom"}),
        (CUSTOM, {"custom_role_id": "r1"}, None),
        (CUSTOM, {"custom_role_id": "r2"}, {"wanted": "custom r2", "found": "custom r1"}),
    ],
)
def test_a_role_mismatch_is_told_in_both_roles(existing, desired, mismatch):
    assert find_role_mismatch(DesiredUser(email=EMAIL, **desired), a_user(**existing)) == mismatch
