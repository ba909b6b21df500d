"""Carrying one plan out: what was done is told, in failures too, whatever another client does meanwhile."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._execution.apply import apply_plan
from ansible_collections.arize.ax.plugins.module_utils._execution.user import user_operations
from ansible_collections.arize.ax.plugins.module_utils._models import (
    EXISTING,
    NEW,
    RECOVERED,
    Created,
    DesiredUser,
    Outcome,
    User,
)
from ansible_collections.arize.ax.plugins.module_utils._planning.user import (
    plan_absent,
    plan_invite,
    plan_present,
    plan_reset,
)
from ansible_collections.arize.ax.tests.unit.support.account import PASSWORD, Account, someone

ADA = someone("ada@x.io", name="Ada")
INVITED, EXPIRED = ADA._replace(status="invited"), ADA._replace(status="expired")
DESIRED = DesiredUser(email="ada@x.io", name="Ada", role="member")
WITH_PASSWORD = DESIRED._replace(invite_mode="temporary_password")
RESEND = partial(plan_invite, resend=True)
LOST = "temporary password of ada@x.io did not arrive"


def apply(planner: Any, desired: DesiredUser, existing: User | None, account: Account | None = None) -> Outcome:
    """Plan and carry out."""
    account = account or Account(*([existing] if existing else []))
    return apply_plan(user_operations(account, partial(planner, desired)), planner(desired, existing))


def failure(planner: Any, desired: DesiredUser, existing: User | None, account: Account) -> ArizeError:
    with pytest.raises(ArizeError) as caught:
        apply(planner, desired, existing, account)
    assert caught.value.__suppress_context__, "no traceback of what came before"
    return caught.value


def answering(how: str, user: User = ADA, **response: Any) -> Account:
    """An account in which a creation ends like this."""
    account = Account()
    account.users.append(user)
    account.create = lambda fields, before: account.calls.append("POST") or Created(user, how, response)
    return account


# ---------------------------------------------------------------- a user who exists


@pytest.mark.parametrize(
    ("planner", "desired", "existing", "calls"),
    [
        (plan_present, DESIRED, ADA, []),
        (plan_present, DESIRED._replace(name="B"), ADA, ["PATCH ada@x.io"]),
        (plan_absent, DESIRED, ADA, ["DELETE ada@x.io"]),
        (plan_absent, DESIRED, None, []),
        (plan_invite, DESIRED, ADA, []),
        (plan_invite, DESIRED, INVITED, []),
        (RESEND, DESIRED, INVITED, ["RESEND ada@x.io"]),
        (plan_reset, DESIRED, ADA, ["RESET ada@x.io"]),
    ],
)
def test_what_is_done_is_what_was_predicted(
    planner: Any, desired: DesiredUser, existing: User | None, calls: list[str]
) -> None:
    account = Account(*([existing] if existing else []))
    assert apply(planner, desired, existing, account) == planner(desired, existing).predicted()
    assert account.calls == calls


@pytest.mark.parametrize("wanted", [DESIRED, WITH_PASSWORD, DESIRED._replace(is_developer=False)])
@pytest.mark.parametrize("planner", [plan_present, plan_invite])
def test_a_creation_is_what_was_predicted(planner: Any, wanted: DesiredUser) -> None:
    outcome = apply(planner, wanted, None)
    expected = planner(wanted, None).predicted()
    assert outcome.after
    user = {**outcome.after, "id": None, "created_at": None}
    if planner is plan_invite:
        expected.after["is_developer"] = user["is_developer"]
    assert outcome._replace(after=user, temporary_password=None) == expected
    assert outcome.temporary_password == (PASSWORD if wanted.wants_temporary_password else None)


@pytest.mark.parametrize("unknown", [False, True])
@pytest.mark.parametrize(("planner", "existing"), [(RESEND, INVITED), (plan_reset, ADA)])
def test_a_mail_that_may_have_been_sent_is_told(planner: Any, existing: User, unknown: bool) -> None:
    account = Account(existing)
    call = "RESET ada@x.io" if planner is plan_reset else "RESEND ada@x.io"
    account.faults[call] = ArizeError("transport", "No response.", outcome_unknown=unknown)
    error = failure(planner, DESIRED, existing, account)
    assert ("may have been sent" in error.message) is unknown
    assert (error.changed, error.outcome) == (unknown, planner(DESIRED, existing).found())


@pytest.mark.parametrize(
    ("planner", "existing", "call"),
    [
        (plan_absent, ADA, "DELETE ada@x.io"),
        (plan_present, ADA, "PATCH ada@x.io"),
        (plan_present, None, "POST ada@x.io"),
    ],
)
def test_a_failure_tells_that_nothing_was_done(planner: Any, existing: User | None, call: str) -> None:
    account = Account(*([existing] if existing else []))
    account.faults[call] = ArizeError("forbidden", "No.", status=403)
    desired = DESIRED._replace(name="B")
    error = failure(planner, desired, existing, account)
    assert (error.kind, error.changed, error.outcome) == ("forbidden", False, planner(desired, existing).found())


# ---------------------------------------------------------------- completing a creation


@pytest.mark.parametrize(
    ("how", "wanted", "changes"),
    [
        (NEW, {}, None),
        (NEW, {"is_developer": True}, None),
        (NEW, {"is_developer": False}, {"is_developer": False}),
        (NEW, {"name": "As the server writes it"}, None),
        (RECOVERED, {}, None),
        (RECOVERED, {"is_developer": False}, {"is_developer": False}),
        (RECOVERED, {"name": "Other", "is_developer": False}, {"name": "Other", "is_developer": False}),
    ],
)
def test_what_a_creation_does_not_set_is_set_by_an_update(how: str, wanted: Any, changes: Any) -> None:
    account = answering(how)
    outcome = apply(plan_present, DESIRED._replace(**wanted), None, account)
    assert account.calls == ["POST", *(["PATCH ada@x.io"] if changes else [])]
    assert outcome == Outcome(None, {**ADA.as_result(), **(changes or {})}, changed=True, actions=("create",))


@pytest.mark.parametrize("planner", [plan_invite, RESEND])
def test_an_invitation_found_after_a_lost_response_is_not_sent_again(planner: Any) -> None:
    account = answering(RECOVERED, INVITED)
    outcome = apply(planner, DESIRED, None, account)
    assert (account.calls, outcome.actions, outcome.invitation) == (["POST"], ("create",), "sent")


def test_a_creation_that_cannot_be_completed_says_that_the_user_exists() -> None:
    account = answering(NEW)
    account.faults["PATCH ada@x.io"] = ArizeError("forbidden", "Could not update.", status=403)
    error = failure(plan_present, DESIRED._replace(is_developer=False), None, account)
    assert (error.kind, error.status, error.changed) == ("forbidden", 403, True)
    assert error.message == f"User ada@x.io was created (ID {ADA.id}), but could not be completed: Could not update."
    assert error.outcome == Outcome(None, ADA.as_result(), changed=True, actions=("create",))


def test_a_user_found_after_a_lost_response_whose_role_differs_is_a_failure() -> None:
    error = failure(plan_present, DESIRED._replace(role="admin"), None, answering(RECOVERED))
    assert (error.kind, error.changed) == ("role_mismatch", True)
    assert ADA.id in error.message


# ---------------------------------------------------------------- temporary passwords


def test_a_temporary_password_is_kept_whatever_fails_afterwards() -> None:
    account = answering(NEW, temporary_password=PASSWORD)
    account.faults["PATCH ada@x.io"] = ArizeError("forbidden", "Could not update.")
    error = failure(plan_present, WITH_PASSWORD._replace(is_developer=False), None, account)
    assert error.outcome.temporary_password == PASSWORD
    assert LOST not in error.message
    assert PASSWORD not in error.message


@pytest.mark.parametrize("account", [answering(NEW), answering(RECOVERED, temporary_password=PASSWORD)])
@pytest.mark.parametrize("planner", [plan_present, plan_invite])
def test_a_password_that_did_not_arrive_is_a_failure_that_says_what_to_do(planner: Any, account: Account) -> None:
    error = failure(planner, WITH_PASSWORD, None, account)
    assert (error.kind, error.changed, error.outcome.actions) == ("password_lost", True, ("create",))
    assert LOST in error.message
    assert "arize_user_invite with resend: true" in error.message
    assert error.outcome.temporary_password is None


@pytest.mark.parametrize("how", [NEW, RECOVERED])
@pytest.mark.parametrize("fault", [ArizeError("forbidden", "Could not update."), KeyError("x")], ids=repr)
def test_a_lost_password_is_told_too_when_the_update_afterwards_fails(how: str, fault: Exception) -> None:
    account = answering(how)
    account.faults["PATCH ada@x.io"] = fault
    error = failure(plan_present, WITH_PASSWORD._replace(is_developer=False), None, account)
    assert error.kind == ("forbidden" if isinstance(fault, ArizeError) else "internal")
    assert f"User ada@x.io was created (ID {ADA.id})" in error.message
    assert LOST in error.message


@pytest.mark.parametrize(("unknown", "wanted"), [(True, WITH_PASSWORD), (False, WITH_PASSWORD), (True, DESIRED)])
def test_a_creation_of_unknown_outcome_tells_that_the_password_is_lost(unknown: bool, wanted: DesiredUser) -> None:
    account = Account()
    account.faults["POST ada@x.io"] = ArizeError("transport", "It is not known whether.", outcome_unknown=unknown)
    error = failure(plan_present, wanted, None, account)
    assert ("the temporary password is lost" in error.message) is (unknown and wanted is WITH_PASSWORD)
    assert error.changed is unknown


# ---------------------------------------------------------------- another client was faster


@pytest.mark.parametrize(
    ("wanted", "calls", "outcome"),
    [
        ({}, ["POST"], Outcome(ADA.as_result(), ADA.as_result())),
        (
            {"name": "B"},
            ["POST", "PATCH ada@x.io"],
            Outcome(ADA.as_result(), {**ADA.as_result(), "name": "B"}, changed=True, actions=("update",)),
        ),
    ],
)
def test_a_user_whom_another_client_created_is_continued_as_an_update(wanted: Any, calls: Any, outcome: Any) -> None:
    account = answering(EXISTING)
    assert apply(plan_present, DESIRED._replace(**wanted), None, account) == outcome
    assert account.calls == calls


def test_the_role_is_compared_with_a_user_whom_another_client_created() -> None:
    error = failure(plan_present, DESIRED._replace(role="admin"), None, answering(EXISTING))
    assert (error.kind, error.changed) == ("role_mismatch", False)
    assert error.outcome == Outcome(ADA.as_result(), ADA.as_result())


def test_no_password_is_issued_where_another_client_was_faster() -> None:
    outcome = apply(plan_present, WITH_PASSWORD, None, answering(EXISTING))
    assert (outcome.changed, outcome.temporary_password) == (False, None)
    assert ["no temporary password was issued" in warning for warning in outcome.warnings] == [True]


@pytest.mark.parametrize(
    ("planner", "now", "invitation", "calls"),
    [
        (plan_invite, INVITED, "pending", ["POST"]),
        (RESEND, INVITED, "resent", ["POST", "RESEND ada@x.io"]),
        (plan_invite, ADA, "accepted", ["POST"]),
    ],
)
def test_a_renewal_that_another_client_made_is_planned_again(
    planner: Any, now: User, invitation: str, calls: list[str]
) -> None:
    account = answering(EXISTING, now)
    outcome = apply(planner, DESIRED, EXPIRED, account)
    assert (outcome.invitation, account.calls, outcome.changed) == (invitation, calls, len(calls) > 1)


def test_a_renewal_that_was_refused_while_the_user_is_still_expired_is_no_renewal() -> None:
    error = failure(plan_invite, DESIRED, EXPIRED, answering(EXISTING, EXPIRED))
    assert (error.kind, error.changed) == ("conflict", False)
    assert error.message.endswith("still expired. Try again later.")
    assert error.outcome.after == EXPIRED.as_result()


# ---------------------------------------------------------------- defects


@pytest.mark.parametrize("call", ["POST ada@x.io", "PATCH ada@x.io"])
def test_an_unexpected_exception_is_a_failure_that_loses_nothing(call: str) -> None:
    account = Account()
    account.faults[call] = KeyError("secret")
    error = failure(plan_present, DESIRED._replace(is_developer=False), None, account)
    assert (error.kind, error.changed) == ("internal", True)
    assert "KeyError" in error.message
    assert "secret" not in error.message
    assert error.outcome.actions == (() if call.startswith("POST") else ("create",))


def test_an_unexpected_exception_while_planning_again_is_one_too() -> None:
    def replan(_user: User | None) -> Any:
        raise ValueError

    for how, actions in ((RECOVERED, ("create",)), (EXISTING, ())):
        with pytest.raises(ArizeError) as caught:
            apply_plan(user_operations(answering(how), replan), plan_present(DESIRED, None))
        assert (caught.value.kind, caught.value.outcome.actions) == ("internal", actions)
