# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is planned for one user, as tables."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.module_utils._planning.desired import DesiredUser
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._planning.user import (
    plan_absent,
    plan_invite,
    plan_present,
    plan_reset,
)
from ansible_collections.arize.ax.tests.unit.support.api import a_user, role

EMAIL = "ada@x.io"
WISH = DesiredUser(email=EMAIL, name="Ada", role="member")
CUSTOM = {"type": "CUSTOM", "id": "r1", "name": "Reviewer"}


def steps(plan):
    return [(step.action, dict(step.fields)) for step in plan.steps]


def refusal(planner, *arguments, **options):
    with pytest.raises(ArizeError) as caught:
        planner(*arguments, **options)
    return caught.value.kind, caught.value.message


# ---------------------------------------------------------------- present


@pytest.mark.parametrize(
    ("existing", "wish", "changes"),
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
        ({"status": "EXPIRED"}, {"name": "Ada"}, {}),
        ({"status": "INVITED"}, {"name": "Ada"}, {}),
        ({"status": "FROZEN"}, {"name": "Ada"}, {}),
        ({"email": "ADA@X.io"}, {"email": "ada@x.io"}, {}),
        ({"role": None}, {"role": "member"}, {}),
        ({"role": None}, {"custom_role_id": "r1"}, {}),
        ({"role": CUSTOM}, {"custom_role_id": "r1"}, {}),
        ({"role": {"type": "CUSTOM"}}, {"custom_role_id": "r1"}, {}),
    ],
    ids=str,
)
def test_only_what_is_given_and_differs_is_changed(existing, wish, changes):
    user = a_user(**existing)
    plan = plan_present(DesiredUser(**{"email": EMAIL, **wish}), user)
    assert steps(plan) == ([("update", changes)] if changes else [])
    assert plan.before == user.as_result()
    assert plan.after == {**user.as_result(), **changes}
    assert plan.warnings == ()
    assert plan.invitation is None


@pytest.mark.parametrize(
    ("existing", "wish", "found", "wanted"),
    [
        ({}, {"role": "admin"}, "member", "admin"),
        ({}, {"custom_role_id": "r1"}, "member", "custom r1"),
        ({"role": CUSTOM}, {"role": "member"}, "custom r1", "member"),
        ({"role": CUSTOM}, {"custom_role_id": "r2"}, "custom r1", "custom r2"),
        ({"role": {"type": "CUSTOM"}}, {"role": "member"}, "custom", "member"),
        ({"role": role("AUDITOR")}, {"role": "member"}, "auditor", "member"),
    ],
    ids=str,
)
@pytest.mark.parametrize("role_mismatch", ["fail", "warn", "ignore"])
def test_another_role_fails_warns_or_is_ignored(existing, wish, found, wanted, role_mismatch):
    arguments = DesiredUser(email=EMAIL, name="New", **wish), a_user(**existing)
    if role_mismatch == "fail":
        kind, message = refusal(plan_present, *arguments)
        assert (kind, message) == ("role_mismatch", refusal(plan_present, *arguments, role_mismatch="fail")[1])
        warning = message
    else:
        plan = plan_present(*arguments, role_mismatch=role_mismatch)
        assert steps(plan) == [("update", {"name": "New"})], "the rest is managed"
        assert len(plan.warnings) == (1 if role_mismatch == "warn" else 0)
        warning = "".join(plan.warnings)
    if warning:
        assert f"{EMAIL} has the role {found}, but {wanted} is wanted" in warning
        assert "Account Settings → Account Members" in warning


@pytest.mark.parametrize(
    ("wish", "foreseen"),
    [
        ({"role": "admin"}, {"role": "admin", "is_developer": True}),
        ({"role": "member"}, {"role": "member", "is_developer": True}),
        ({"role": "annotator"}, {"role": "annotator", "is_developer": False}),
        ({"role": "member_ui_only"}, {"role": "member_ui_only", "is_developer": None}),
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
def test_a_new_user_is_foreseen_with_null_where_only_the_server_can_know(wish, foreseen):
    plan = plan_present(DesiredUser(email=EMAIL, name="Ada", **wish), None)
    (action, fields) = steps(plan)[0]
    assert len(plan.steps) == 1
    assert action == "create"
    assert fields == {"email": EMAIL, "name": "Ada", "role": None, "custom_role_id": None, "invite_mode": "email_link",
                      "is_developer": None, **wish}  # fmt: skip
    assert plan.before is None
    assert plan.after == {"id": None, "name": "Ada", "email": EMAIL, "status": "invited", "custom_role_id": None,
                          "custom_role_name": None, "created_at": None, **foreseen}  # fmt: skip


@pytest.mark.parametrize("planner", [plan_present, plan_invite])
@pytest.mark.parametrize(
    ("wish", "missing", "not_missing"),
    [
        ({}, ["name", "role (or custom_role_id)"], []),
        ({"name": "Ada"}, ["role (or custom_role_id)"], ["name"]),
        ({"role": "member"}, ["name"], ["role"]),
        ({"custom_role_id": "r1", "is_developer": True}, ["name"], ["role"]),
    ],
)
def test_all_that_is_missing_is_named_in_one_message(planner, wish, missing, not_missing):
    kind, message = refusal(planner, DesiredUser(email=EMAIL, **wish), None)
    assert kind == "incomplete"
    assert EMAIL in message
    assert " and ".join(missing) + " must be given" in message
    assert not any(word in message for word in not_missing)


@pytest.mark.parametrize("planner", [plan_present, plan_invite, plan_reset])
def test_an_unknown_id_is_not_found(planner):
    kind, message = refusal(planner, DesiredUser(user_id="id1", name="Ada", role="member"), None)
    assert kind == "not_found"
    assert "id1" in message


# ---------------------------------------------------------------- absent


@pytest.mark.parametrize("status", ["ACTIVE", "INVITED", "EXPIRED", "FROZEN"])
def test_somebody_is_deleted_in_any_state(status):
    plan = plan_absent(DesiredUser(email=EMAIL), a_user(status=status))
    assert steps(plan) == [("delete", {})]
    assert plan.after is None


def test_nobody_is_left_alone():
    assert plan_absent(DesiredUser(email=EMAIL), None) == (None, None, (), (), None)


# ---------------------------------------------------------------- invite and reset: every state


@pytest.mark.parametrize("invite_mode", ["email_link", "temporary_password"])
@pytest.mark.parametrize(
    ("status", "resend", "actions", "invitation"),
    [
        (None, False, ["create"], "sent"),
        (None, True, ["create"], "sent"),
        ("INVITED", False, [], "pending"),
        ("INVITED", True, ["resend"], "resent"),
        ("EXPIRED", False, ["create"], "renewed"),
        ("EXPIRED", True, ["create"], "renewed"),
        ("ACTIVE", False, [], "accepted"),
        ("ACTIVE", True, [], "accepted"),
    ],
)
def test_invite(status, resend, actions, invitation, invite_mode):
    existing = a_user(status=status) if status else None
    plan = plan_invite(WISH._replace(invite_mode=invite_mode), existing, resend)
    assert [step.action for step in plan.steps] == actions
    assert plan.invitation == invitation
    assert plan.existing is existing
    no_new_password = invitation == "resent" and invite_mode == "temporary_password"
    assert ["The invitation of ada@x.io is open" in warning for warning in plan.warnings] == (
        [True] if no_new_password else []
    )
    if actions != ["create"]:
        assert plan.after == plan.before


def test_invite_compares_neither_name_nor_role():
    for status in ("ACTIVE", "INVITED"):
        assert (
            plan_invite(
                DesiredUser(email=EMAIL, name="Other", role="admin", is_developer=False), a_user(status=status)
            ).steps
            == ()
        )


@pytest.mark.parametrize(
    ("existing", "wish", "sent"),
    [
        ({}, {}, {"name": "Ada", "role": "member"}),
        ({}, {"is_developer": False}, {"name": "Ada", "role": "member"}),
        ({}, {"name": "New"}, {"name": "New", "role": "member"}),
        ({}, {"role": "admin"}, {"name": "Ada", "role": "admin"}),
        ({}, {"custom_role_id": "r1"}, {"name": "Ada", "custom_role_id": "r1"}),
        ({"role": CUSTOM}, {}, {"name": "Ada", "custom_role_id": "r1"}),
        ({"role": CUSTOM}, {"role": "member"}, {"name": "Ada", "role": "member"}),
        ({"role": role("AUDITOR")}, {}, {"name": "Ada", "role": "auditor"}),
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
def test_a_renewal_has_the_users_own_name_and_role_where_none_is_given(existing, wish, sent):
    plan = plan_invite(DesiredUser(**{"email": EMAIL, **wish}), a_user(status="EXPIRED", **existing))
    expected = {"email": EMAIL, "role": None, "custom_role_id": None, "invite_mode": "email_link", "is_developer": None}
    assert steps(plan) == [("create", {**expected, **sent})]
    assert plan.after["status"] == "invited"
    assert plan.after["name"] == sent["name"]
    assert plan.after["id"] is None


@pytest.mark.parametrize(
    ("existing", "missing"),
    [
        ({"name": None}, "name must"),
        ({"role": None}, "role (or custom_role_id) must"),
        ({"role": {"type": "CUSTOM"}}, "role (or custom_role_id) must"),
        ({"name": None, "role": None}, "name and role (or custom_role_id) must"),
    ],
)
def test_a_renewal_that_lacks_something_names_it(existing, missing):
    kind, message = refusal(plan_invite, DesiredUser(email=EMAIL), a_user(status="EXPIRED", **existing))
    assert kind == "incomplete"
    assert missing in message


def test_reset_mails_an_active_user_and_changes_nothing_else():
    user = a_user()
    plan = plan_reset(DesiredUser(email=EMAIL), user)
    assert steps(plan) == [("reset", {})]
    assert plan.before == plan.after == user.as_result()


@pytest.mark.parametrize(
    ("status", "hint"),
    [("INVITED", "arize_user_invite with resend: true instead"), ("EXPIRED", "arize_user_invite instead")],
)
def test_reset_of_somebody_without_a_password_names_the_module_that_helps(status, hint):
    kind, message = refusal(plan_reset, DesiredUser(email=EMAIL), a_user(status=status))
    assert kind == "not_active"
    assert f"{EMAIL} is {status.lower()} " in message
    assert hint in message


def test_reset_of_nobody_names_the_address():
    kind, message = refusal(plan_reset, DesiredUser(email=EMAIL), None)
    assert kind == "not_found"
    assert EMAIL in message


@pytest.mark.parametrize("status", ["FROZEN", None, ""])
@pytest.mark.parametrize("planner", [plan_invite, plan_reset])
def test_a_state_nobody_knows_stops_invite_and_reset(planner, status):
    kind, message = refusal(planner, WISH, a_user(status=status))
    assert kind == "unexpected_status"
    assert EMAIL in message


@pytest.mark.parametrize(("is_developer", "foreseen"), [(True, True), (False, None), (None, None)])
def test_a_renewal_foresees_is_developer_where_it_stays_as_it_is(is_developer, foreseen):
    existing = a_user(status="EXPIRED")._replace(is_developer=is_developer)
    assert plan_invite(WISH, existing).after["is_developer"] is foreseen
