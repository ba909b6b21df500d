"""The creation protocol, with users: what was sent, what a look-up says at each attempt, and what is claimed then."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.module_utils._client.users import Users, temporary_password
from ansible_collections.arize.ax.plugins.module_utils._models import EXISTING, NEW, RECOVERED
from ansible_collections.arize.ax.tests.unit.support.api import (
    HTML_404,
    TAKEN,
    a_user,
    create,
    listing,
    look_up,
    page,
    person,
    role,
    update,
)
from ansible_collections.arize.ax.tests.unit.support.client import Clock, failure, http
from ansible_collections.arize.ax.tests.unit.support.wire import LOST, answer, problem

FIELDS = {"email": "ada@x.io", "name": "Ada", "role": "member", "custom_role_id": None, "invite_mode": "email_link"}
EXPIRED, INVITED = person(status="EXPIRED"), person(status="INVITED")
BEFORE = {"creation": None, "renewal": a_user(status="EXPIRED")}
# What the look-up shows while the creation, or the renewal, has not happened.
UNCHANGED = {"creation": look_up(), "renewal": look_up(EXPIRED)}
SHOWN = look_up(INVITED)
# The creation may have been carried out.
LOST_RESPONSES = {
    "500": problem(500),
    "closed": LOST,
    "HTML 201": answer(201, b"<html>"),
    "empty 201": answer(201),
    "list": answer(201, []),
    "no email": answer(201, {"id": "x"}),
    "another address": answer(201, person("bob@x.io")),
    "HTML 200": answer(200, b"<html>"),
    "204": answer(204),
}
OWN = {
    "creation": "if it exists, it may be this run's own. Run the task again: a look-up comes first.",
    "renewal": "the new invitation may have been mailed, by this run. Run the task again: a look-up comes first.",
}
both_kinds = pytest.mark.parametrize("kind", BEFORE)
every_loss = pytest.mark.parametrize("lost", LOST_RESPONSES.values(), ids=LOST_RESPONSES)


def create_user(server, before=None, retries=0, clock=None, **fields):
    users = Users(http(server.url, clock, max_retries=retries))
    return users.create({**FIELDS, "is_developer": None, **fields}, before)


def outcome(server, *arguments, **options):
    """Return how the user came to exist, and its status."""
    created = create_user(server, *arguments, **options)
    return created.how, created.item.status


# ---------------------------------------------------------------- one attempt


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ({}, {}),
        *[({"role": name}, {"role": role(name.upper())}) for name in ("admin", "member_ui_only", "annotator", "auditor")],
        ({"role": None, "custom_role_id": "r1"}, {"role": {"type": "CUSTOM", "id": "r1"}}),
        *[({"invite_mode": mode}, {"invite_mode": mode.upper()}) for mode in ("none", "temporary_password")],
        ({"is_developer": True}, {}),
        ({"name": 'Ада "&<'}, {"name": 'Ада "&<'}),
    ],
    ids=str,
)  # fmt: skip
def test_a_creation_sends_what_the_contract_knows_in_upper_case(server, fields, body):
    server.expect(create(person(), **body))
    created = create_user(server, **fields)
    assert (created.item, created.how) == (a_user(), NEW)


def test_an_email_is_sent_as_it_is_and_compared_without_case(server):
    server.expect(create(person("a+b&c@x.io"), email="A+b&c@X.io"))
    assert create_user(server, email="A+b&c@X.io").item.email == "a+b&c@x.io"


@both_kinds
@pytest.mark.parametrize(("status", "how"), [(200, EXISTING), (201, NEW), (202, NEW), (203, NEW), (299, NEW)])
def test_a_creation_is_new_on_every_2xx_but_200(server, kind, status, how):
    server.expect(create(INVITED, status))
    assert outcome(server, BEFORE[kind]) == (how, "invited")


@pytest.mark.parametrize("status", [201, 200])
@pytest.mark.parametrize(("sent", "read"), [("hunter2", "hunter2"), (None, None), ("", None), (7, None), (..., None)])
def test_a_response_may_hold_a_temporary_password(server, status, sent, read):
    server.expect(create(person(temporary_password=sent), status))
    assert temporary_password(create_user(server).response) == read


def test_a_temporary_password_is_masked_in_later_errors(server):
    users = Users(http(server.url))
    server.expect(create(person(temporary_password="hunter2")), update(problem(400, "T", "not hunter2"), name="B"))
    users.create(FIELDS, None)
    assert failure(users.update, a_user(), {"name": "B"}).detail == "not ********"


@both_kinds
@pytest.mark.parametrize(
    ("reply", "error_kind"),
    [(problem(400), "bad_request"), (problem(403), "forbidden"), (problem(422), "unprocessable"),
     (HTML_404, "invalid_response"), (answer(302, b"", Location="/x"), "invalid_response"), (problem(429), "rate_limited")],
    ids=["400", "403", "422", "HTML 404", "redirect", "429"],
)  # fmt: skip
def test_a_refused_creation_is_not_looked_up(server, kind, reply, error_kind):
    server.expect(create(reply))
    error = failure(create_user, server, BEFORE[kind])
    assert (error.kind, error.outcome_unknown) == (error_kind, False)
    assert error.message.startswith("Could not create the user ada@x.io: ")


# ---------------------------------------------------------------- a conflict


@both_kinds
@pytest.mark.parametrize("status", ["INVITED", "ACTIVE"])
def test_a_conflict_with_a_user_that_a_look_up_finds_is_an_existing_user(server, kind, status):
    server.expect(create(TAKEN), look_up(person(status=status)))
    assert outcome(server, BEFORE[kind]) == (EXISTING, status.lower())


@both_kinds
def test_a_conflict_without_a_visible_user_is_blocked(server, kind):
    server.expect(create(TAKEN), look_up(person("joada@x.io")))
    error = failure(create_user, server, BEFORE[kind], retries=5)
    assert (error.kind, error.outcome_unknown) == ("blocked", False)
    assert "no visible user has it" in error.message
    assert error.facts() == {
        "status": 409,
        "title": "Conflict",
        "detail": "The address is taken.",
        "method": "POST",
        "path": "/v2/users",
    }


@both_kinds
def test_a_conflict_whose_look_up_fails_is_the_failure_of_the_look_up(server, kind):
    server.expect(create(TAKEN), listing(problem(403), "ada@x.io"))
    error = failure(create_user, server, BEFORE[kind], retries=1)
    assert (error.kind, error.method, error.outcome_unknown) == ("forbidden", "GET", False)


@both_kinds
def test_a_conflict_after_a_lost_response_and_a_failed_look_up_may_be_this_runs_own(server, kind):
    server.expect(create(LOST), UNCHANGED[kind], create(TAKEN), listing(problem(403), "ada@x.io"))
    error = failure(create_user, server, BEFORE[kind], retries=1)
    assert (error.kind, error.method, error.outcome_unknown) == ("conflict", "POST", True)
    assert "The look-up afterwards failed too" in error.message


# ---------------------------------------------------------------- a lost response: the look-up decides at every attempt


@both_kinds
@every_loss
def test_a_lost_response_that_took_effect_is_recovered_without_a_retry(server, kind, lost):
    server.expect(create(lost), SHOWN)
    created = create_user(server, BEFORE[kind])
    assert (created.item, created.how, created.response) == (a_user(status="INVITED"), RECOVERED, {})


@both_kinds
@every_loss
def test_a_lost_response_that_had_no_effect_is_sent_again_within_the_budget(server, kind, lost):
    clock = Clock()
    server.expect(create(lost), UNCHANGED[kind], create(lost), UNCHANGED[kind], create(INVITED))
    assert outcome(server, BEFORE[kind], 2, clock) == (NEW, "invited")
    assert clock.waits == [0.25, 0.5]


@both_kinds
@every_loss
def test_the_last_attempt_is_looked_up_too(server, kind, lost):
    server.expect(create(lost), UNCHANGED[kind], create(lost), UNCHANGED[kind])
    error = failure(create_user, server, BEFORE[kind], retries=1)
    assert error.outcome_unknown
    assert " A look-up does not show it. Gave up after 2 attempts: max_retries is 1. It is not" in error.message
    assert error.message.endswith(OWN[kind])


@both_kinds
def test_a_second_lost_response_that_took_effect_is_recovered(server, kind):
    server.expect(create(LOST), UNCHANGED[kind], create(problem(500)), SHOWN)
    assert outcome(server, BEFORE[kind], 1) == (RECOVERED, "invited")


def test_a_renewal_that_a_look_up_does_not_show_is_none_whatever_came_before(server):
    """500, still expired, 409, still expired: nothing was mailed."""
    server.expect(create(problem(500)), look_up(EXPIRED), create(TAKEN), look_up(EXPIRED))
    created = create_user(server, BEFORE["renewal"], 1)
    assert (created.how, created.item.status) == (EXISTING, "expired")
    assert created.doubt.endswith(OWN["renewal"])


@pytest.mark.parametrize("answered", [TAKEN, answer(200, INVITED)], ids=["409", "200"])
@both_kinds
def test_a_lost_response_that_takes_effect_late_is_recovered(server, kind, answered):
    server.expect(create(LOST), UNCHANGED[kind], create(answered))
    if answered is TAKEN:
        server.expect(SHOWN)
    assert outcome(server, BEFORE[kind], 1) == (RECOVERED, "invited")


def test_a_200_with_the_expired_user_is_no_renewal_after_a_lost_response(server):
    server.expect(create(LOST), look_up(EXPIRED), create(EXPIRED, 200))
    assert outcome(server, BEFORE["renewal"], 1) == (EXISTING, "expired")


def test_a_conflict_without_a_visible_user_after_a_lost_response_may_be_this_runs_own(server):
    """Another client may have deleted the user in between, or the list lags."""
    server.expect(create(LOST), look_up(), create(TAKEN), look_up())
    error = failure(create_user, server, retries=1)
    assert (error.kind, error.outcome_unknown) == ("blocked", True)
    assert error.message.startswith("Could not create the user ada@x.io: the server answered 409 Conflict")
    assert error.message.endswith(OWN["creation"])
    assert "deleted earlier" not in error.message


@both_kinds
def test_a_refusal_after_a_lost_response_is_final_and_may_be_this_runs_own(server, kind):
    server.expect(create(LOST), UNCHANGED[kind], create(problem(403)))
    error = failure(create_user, server, BEFORE[kind], retries=5)
    assert (error.kind, error.outcome_unknown) == ("forbidden", True)
    assert error.message.endswith(OWN[kind])


@both_kinds
def test_one_budget_for_lost_and_limited_attempts(server, kind):
    server.expect(create(problem(429)), create(LOST), UNCHANGED[kind], create(problem(429)))
    error = failure(create_user, server, BEFORE[kind], retries=2)
    assert (error.kind, error.outcome_unknown) == ("rate_limited", True)
    assert "Gave up after 3 attempts: max_retries is 2. It is not known" in error.message


# ---------------------------------------------------------------- the look-up fails too


@both_kinds
@every_loss
@pytest.mark.parametrize("second", [problem(403), LOST, HTML_404], ids=["403", "lost", "HTML 404"])
def test_without_a_look_up_the_outcome_is_unknown(server, kind, lost, second):
    server.expect(create(lost), listing(second, "ada@x.io"))
    error = failure(create_user, server, BEFORE[kind])
    assert error.outcome_unknown
    assert error.method == "POST"
    assert error.message.startswith("Could not create the user ada@x.io: ")
    assert " The look-up afterwards failed too (Could not look up the user ada@x.io: " in error.message
    assert f"). It is not known whether it was carried out: {OWN[kind]}" in error.message


def test_a_failed_look_up_ends_the_attempts(server):
    server.expect(create(LOST), look_up(), create(problem(500)), listing(problem(403), "ada@x.io"))
    error = failure(create_user, server, retries=5)
    assert (error.kind, error.outcome_unknown) == ("server", True)


def test_an_ambiguous_look_up_is_a_failed_one(server):
    server.expect(create(LOST), listing(page(person("Ada@x.io", id="1"), person("ADA@x.io", id="2")), "ada@x.io"))
    error = failure(create_user, server)
    assert (error.kind, error.outcome_unknown) == ("transport", True)
    assert "Ada@x.io (ID 1), ADA@x.io (ID 2)" in error.message


def test_a_look_up_has_a_budget_of_its_own(server):
    lost_page = listing(problem(503), "ada@x.io")
    server.expect(create(LOST), lost_page, lost_page, look_up(), create(LOST), lost_page, lost_page, SHOWN)
    assert outcome(server, None, 2) == (RECOVERED, "invited")
