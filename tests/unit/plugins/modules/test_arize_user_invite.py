"""arize_user_invite: renewals, races, and mails whose outcome is unknown."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.modules import arize_user_invite
from ansible_collections.arize.ax.tests.unit.support.api import (
    ADA_ID,
    HTML_404,
    NO_USER,
    TAKEN,
    a_user,
    create,
    get,
    look_up,
    person,
    resend,
    role,
)
from ansible_collections.arize.ax.tests.unit.support.task import PASSWORD, Task
from ansible_collections.arize.ax.tests.unit.support.wire import LOST, answer, problem

EMAIL = "ada@x.io"
ADA = {"email": EMAIL, "name": "Ada", "role": "member"}
INVITED, EXPIRED = person(status="INVITED"), person(status="EXPIRED")
CREATED = create(INVITED)
CUSTOM = {"type": "CUSTOM", "id": "r1", "name": "Reviewer"}


@pytest.fixture
def task(server):
    return Task(arize_user_invite, server)


def outcome(result):
    return result["changed"], result.get("invitation"), result.get("error", {}).get("kind")


# ---------------------------------------------------------------- renewal


@pytest.mark.parametrize(
    ("own", "options", "sent"),
    [
        ({}, {}, {}),
        ({"name": "Ada King"}, {}, {"name": "Ada King"}),
        ({"role": role("ADMIN")}, {}, {"role": role("ADMIN")}),
        ({"role": CUSTOM}, {}, {"role": {"type": "CUSTOM", "id": "r1"}}),
        ({"role": CUSTOM}, {"name": "B", "role": "annotator"}, {"name": "B", "role": role("ANNOTATOR")}),
        ({}, {"custom_role_id": "r1"}, {"role": {"type": "CUSTOM", "id": "r1"}}),
        ({"email": "Ada@X.io"}, {}, {"email": "Ada@X.io"}),
    ],
    ids=str,
)
@pytest.mark.parametrize("resending", [False, True], ids=["", "resend"])
def test_a_renewal_sends_the_users_own_name_and_role_where_none_is_given(task, own, options, sent, resending):
    new = person(**{"status": "INVITED", **own, **{name: sent[name] for name in ("name", "role") if name in sent}})
    calls = [look_up(person(**{"status": "EXPIRED", **own})), create(new, **sent)]
    result = task.run_both(*calls, email=EMAIL, resend=resending, **options)
    assert outcome(result) == (True, "renewed", None)
    assert result["diff"]["before"]["status"] == "expired"
    assert result["user"]["status"] == "invited"


def test_a_renewal_by_id(task):
    result = task.run_both(get(EXPIRED), CREATED, user_id=ADA_ID)
    assert outcome(result) == (True, "renewed", None)


def test_a_renewal_needs_an_address(task):
    result = task.run_both(get(person(status="EXPIRED", email=...)), user_id=ADA_ID)
    assert outcome(result) == (False, None, "incomplete")
    assert f"The invitation of {ADA_ID} cannot be renewed" in result["msg"]


def test_a_renewal_that_lacks_a_role_is_refused_before_any_write(task):
    result = task.run_both(look_up(person(status="EXPIRED", role={"type": "CUSTOM"})), email=EMAIL)
    assert outcome(result) == (False, None, "incomplete")


@pytest.mark.parametrize(
    ("found", "resending", "more", "invitation"),
    [
        (INVITED, False, [], "pending"),
        (INVITED, True, [resend()], "resent"),
        (person(), False, [], "accepted"),
        (person(), True, [], "accepted"),
    ],
    ids=["invited meanwhile", "invited meanwhile, resend", "accepted meanwhile", "accepted meanwhile, resend"],
)
@pytest.mark.parametrize("before", [[], [EXPIRED]], ids=["no user", "expired"])
@pytest.mark.parametrize("how", ["200", "409"])
def test_when_another_client_was_faster_it_is_planned_again(task, how, before, found, resending, more, invitation):
    taken = [create(found, 200)] if how == "200" else [create(TAKEN), look_up(found)]
    result = task.run_both(look_up(*before), *taken, *more, predicted=False, **ADA, resend=resending)
    assert outcome(result) == (bool(more), invitation, None)
    assert result["diff"]["before"] == result["diff"]["after"] == a_user(status=found["status"]).as_result()


@pytest.mark.parametrize("how", ["200", "409"])
def test_a_renewal_that_the_server_will_not_make_ends(task, how):
    taken = [create(EXPIRED, 200)] if how == "200" else [create(TAKEN), look_up(EXPIRED)]
    result = task.run_both(look_up(EXPIRED), *taken, predicted=False, **ADA)
    assert outcome(result) == (False, None, "conflict")
    assert EMAIL in result["msg"]


# ---------------------------------------------------------------- a lost answer


@pytest.mark.parametrize("before", [[], [EXPIRED]], ids=["no user", "expired"])
def test_an_invitation_that_was_lost_and_found_is_not_resent(task, before):
    """One task, one mail: also with resend."""
    result = task.run_both(look_up(*before), create(LOST), look_up(INVITED), **ADA, resend=True)
    assert outcome(result) == (True, "renewed" if before else "sent", None)


def test_a_renewal_that_was_lost_and_is_then_refused_may_have_been_mailed(task):
    calls = [look_up(EXPIRED), create(LOST), look_up(EXPIRED), create(TAKEN), look_up(EXPIRED)]
    result = task.run_both(*calls, predicted=False, **ADA, max_retries=1)
    assert outcome(result) == (True, None, "conflict")
    assert "may have been mailed" in result["msg"]


def test_a_resend_of_which_the_answer_is_lost_may_have_been_mailed(task):
    result = task.run_both(look_up(INVITED), resend(LOST), predicted=False, **ADA, resend=True, max_retries=5)
    assert outcome(result) == (True, None, "transport")
    assert f"The mail may have been sent: ask {EMAIL}" in result["msg"]
    assert result["user"]["status"] == "invited"


# ---------------------------------------------------------------- success and refusal


@pytest.mark.parametrize("reply", [answer(204), answer(202), answer(202, {})], ids=["204", "202", "202 with a body"])
def test_202_as_well_as_204_is_success(task, reply):
    assert outcome(task.run_both(look_up(INVITED), resend(reply), email=EMAIL, resend=True)) == (True, "resent", None)


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (problem(400, "Bad Request", "SAML login is enforced."), "bad_request", "SAML login is enforced."),
        (problem(403), "forbidden", "permission"),
        (NO_USER, "not_found", EMAIL),
        (HTML_404, "invalid_response", "404"),
        (problem(429), "rate_limited", "max_retries is 0"),
    ],
    ids=["SAML", "403", "404", "HTML 404", "429"],
)
def test_a_refusal_comes_through_in_the_servers_words_and_nothing_changed(task, reply, kind, words):
    result = task.run_both(look_up(INVITED), resend(reply), predicted=False, email=EMAIL, resend=True)
    assert outcome(result) == (False, None, kind)
    assert words in result["msg"]


def test_a_renewed_user_can_have_a_temporary_password(task):
    calls = [look_up(EXPIRED), create({**INVITED, "temporary_password": PASSWORD}, invite_mode="TEMPORARY_PASSWORD")]
    result = task.run_both(*calls, no_log=True, email=EMAIL, invite_mode="temporary_password")
    assert outcome(result) == (True, "renewed", None)
    assert result["temporary_password"] == PASSWORD


def test_a_resend_brings_no_password_and_says_so(task):
    result = task.run_both(
        look_up(INVITED), resend(), no_log=True, email=EMAIL, invite_mode="temporary_password", resend=True
    )
    assert outcome(result) == (True, "resent", None)
    (warning,) = result["warnings"]
    assert warning.startswith("The invitation for ada@x.io is still pending")
    assert "new temporary password cannot be issued" in warning
    assert "temporary_password" not in result


@pytest.mark.parametrize(("resend", "kind"), [(False, "incomplete"), (True, "not_found")])
def test_what_is_missing_is_named_before_any_write(task, resend, kind):
    result = task.run_both(look_up(), email=EMAIL, resend=resend)
    assert outcome(result) == (False, None, kind)
    assert "name and role (or custom_role_id)" in result["msg"]
