"""The message of a roster in which users failed: fit for a table on a web page, whoever failed, however many."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._models import DesiredUser, Outcome
from ansible_collections.arize.ax.plugins.module_utils._planning.roster import PlannedUser, RosterPlan
from ansible_collections.arize.ax.plugins.module_utils._planning.roster_results import (
    EntryOutcome,
    RosterOutcome,
    roster_failure,
    roster_result,
)
from ansible_collections.arize.ax.tests.unit.support.account import id_of, someone
from ansible_collections.arize.ax.tests.unit.support.examples import examples
from hypothesis import given
from hypothesis import strategies as st


def failed(email: str, kind: Any = "forbidden", exists: bool = False, **facts: Any) -> EntryOutcome:
    """A user who failed."""
    planned = PlannedUser(DesiredUser(email=email), someone(email) if exists else None)
    return EntryOutcome(planned, error=ArizeError(kind, f"Could not update {email}.", **facts))


def unchanged(email: str) -> EntryOutcome:
    """A user about whom nothing was to be done."""
    user = someone(email)
    return EntryOutcome(PlannedUser(DesiredUser(email=email), user), Outcome(user.as_result(), user.as_result()))


def of(*entries: EntryOutcome) -> RosterOutcome:
    return RosterOutcome(RosterPlan(tuple(entry.planned for entry in entries)), entries)


def message(*entries: EntryOutcome) -> str:
    """Return the message about these entries."""
    outcome = of(*entries)
    summary = roster_failure(outcome)
    assert summary is not None
    assert summary.kind == "partial"
    assert summary.outcome is outcome
    return summary.message


def test_nothing_is_said_where_no_user_failed() -> None:
    assert roster_failure(of(unchanged("a@x.io"))) is None


FORBIDDEN = {"status": 403, "title": "Forbidden", "detail": "An admin is needed."}


def test_two_hundred_who_fail_alike_are_one_sentence() -> None:
    entries = [failed(f"user{number}@x.io", **FORBIDDEN) for number in range(200)]
    assert message(*entries) == (
        "200 of 200 users failed; entries has the details."
        " 403 Forbidden: An admin is needed: user0@x.io, user1@x.io, user2@x.io and 197 more."
    )


def test_reasons_that_differ_only_in_the_name_are_one() -> None:
    details = ["The user {} is odd.", "The user {} is odd."]
    entries = [
        failed(email, exists=True, status=422, title="Odd", detail=detail.format(name))
        for email, detail, name in zip(["a@x.io", "b@x.io"], details, ["A@X.io", id_of("b@x.io")])
    ]
    assert message(*entries).endswith(" 422 Odd: The user … is odd: a@x.io, b@x.io.")


def test_the_largest_group_comes_first_and_the_skipped_are_counted() -> None:
    skipped = EntryOutcome(PlannedUser(DesiredUser(email="z@x.io"), None), skipped="Not tried.")
    entries = [failed("a@x.io", "role_mismatch"), failed("b@x.io", "blocked", status=409), failed("c@x.io", "blocked")]
    assert message(*entries, skipped) == (
        "3 of 4 users failed, 1 skipped; entries has the details."
        " Deleted earlier, cannot be invited again: b@x.io, c@x.io."
        " Role mismatch, which only the web application can resolve (Account Settings → Account Members): a@x.io."
    )


# kind, facts, reason
REASONS: list[tuple[str, dict[str, Any], str]] = [
    ("not_found", {}, "There is no user with this user_id"),
    ("not_found", {"status": 404, "title": "Not Found", "detail": "No such role."}, "404 Not Found: No such role"),
    ("transport", {}, "No response from the server"),
    ("server", {"status": 502}, "Server (502)"),
    ("rate_limited", {"status": 429, "title": "Too Many Requests"}, "429 Too Many Requests"),
    ("invalid_response", {"status": 200}, "Invalid response (200)"),
    ("unauthorized", FORBIDDEN, "The API key was refused, so the remaining users were skipped"),
    ("ambiguous", {}, "Ambiguous"),
    ("internal", {}, "Internal"),
    ("password_lost", {}, "Invited, but the temporary password was lost (arize_user_invite with resend mails a link)"),
]


@pytest.mark.parametrize(("kind", "facts", "reason"), REASONS)
def test_a_reason_in_words(kind: str, facts: dict[str, Any], reason: str) -> None:
    assert message(failed("a@x.io", kind, **facts)) == (
        f"1 of 1 users failed; entries has the details. {reason}: a@x.io."
    )


def test_what_does_not_fit_is_counted_in_whole_sentences() -> None:
    entries = [failed(f"user{number}@x.io", status=422, title=f"Reason {number} {'x' * 99}") for number in range(9)]
    text = message(*entries)
    assert text.startswith("9 of 9 users failed; entries has the details. 422 Reason 0 xxx")
    assert text.endswith(": user2@x.io. Other reasons: 6.")


def test_a_reason_has_160_characters_and_the_message_500() -> None:
    texts = [message(failed("a@x.io", status=422, title="x" * length)) for length in (156, 157)]
    assert [f" 422 {'x' * 156}: " in texts[0], f" 422 {'x' * 155}…: " in texts[1]] == [True, True]
    two = [failed(f"{number}@x.io", status=422, title=f"{number}{'x' * 150}") for number in range(2)]
    sizes = [
        len(text)
        for text in (message(*two, failed("c@x.io", status=422, title="y" * n)) for n in range(1, 99))
        if "Other" not in text
    ]
    assert max(sizes) == 500 - len(" Other reasons: 1.")


def test_what_became_of_a_user_decides_and_the_first_action_is_the_status() -> None:
    user = someone("a@x.io", role="member").as_result()
    planned = PlannedUser(DesiredUser(email="a@x.io", role="admin"), None)
    made = EntryOutcome(planned, Outcome(None, user, changed=True, actions=("create", "update")))
    assert (made.status, made.role_mismatch) == ("created", {"wanted": "admin", "found": "member"})


def test_why_a_request_was_not_sent_again_belongs_to_the_reason() -> None:
    entry = failed("a@x.io", "rate_limited", status=429, title="Too Many Requests")
    assert entry.error is not None
    entry.error.stop_reason = "max_retries is 5"
    assert message(entry).endswith(" 429 Too Many Requests; max_retries is 5: a@x.io.")


def test_a_long_address_is_cut() -> None:
    assert message(failed("a" * 99 + "@x.io")).endswith(f" {'a' * 59}….")


@pytest.mark.parametrize(("count", "left_out"), [(49, 0), (50, 50)])
def test_a_long_failed_result_leaves_unchanged_users_out_and_says_how_many(count: int, left_out: int) -> None:
    outcome = of(*(unchanged(f"user{number}@x.io") for number in range(count)), failed("z@x.io"))
    result = roster_result(outcome, failed=True)
    assert len(result["entries"]) == count + 1 - left_out
    assert result["summary"]["unchanged"] == count, "the summary counts all"
    failure = roster_failure(outcome)
    assert failure is not None
    assert ("(50 unchanged users left out)" in failure.message) is bool(left_out)
    assert len(roster_result(outcome, failed=False)["entries"]) == count + 1


def test_a_long_failed_result_without_unchanged_users_leaves_no_user_out() -> None:
    outcome = of(*(failed(f"user{number}@x.io") for number in range(60)))
    assert len(roster_result(outcome, failed=True)["entries"]) == 60
    assert "without" not in message(*outcome.entries)


@examples(100)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 255),
            st.sampled_from(["forbidden", "blocked", "server"]),
            st.text(max_size=600),
            st.booleans(),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_the_message_is_never_longer_than_500_characters(failures: list[tuple[int, str, str, bool]]) -> None:
    entries = [
        failed("a" * length + "@x.io", kind, status=422 if known else None, title=title[:200], detail=title)
        for length, kind, title, known in failures
    ]
    text = message(*entries, *(unchanged(f"u{number}@x.io") for number in range(60)))
    assert len(text) <= 500
    assert text.startswith(f"{len(entries)} of {len(entries) + 60} users failed; entries has the details (60 ")
