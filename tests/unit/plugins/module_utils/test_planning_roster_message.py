# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The message of a roster in which users failed: fit for a table on a web page, whoever failed, however many."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.arize.ax.plugins.module_utils._planning.desired import DesiredUser
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._planning.roster_results import Item, failure
from ansible_collections.arize.ax.tests.unit.support.account import id_of, someone
from hypothesis import given
from hypothesis import strategies as st


def failed(email: str, kind: Any = "forbidden", there: bool = False, **facts: Any) -> Item:
    """A user who failed."""
    item = Item(DesiredUser(email=email), someone(email) if there else None)
    item.error = ArizeError(kind, f"Could not update {email}.", **facts)
    return item


def message(*items: Item) -> str:
    """What is said about these."""
    summary = failure(items)
    assert summary is not None
    assert summary.kind == "partial"
    return summary.message


def test_nothing_is_said_where_nobody_failed() -> None:
    assert failure([Item(DesiredUser(email="a@x.io"))]) is None


FORBIDDEN = {"status": 403, "title": "Forbidden", "detail": "An admin is needed."}


def test_two_hundred_who_fail_alike_are_one_sentence() -> None:
    items = [failed(f"user{number}@x.io", **FORBIDDEN) for number in range(200)]
    assert message(*items) == (
        "200 of 200 users failed; results has the details."
        " 403 Forbidden: An admin is needed: user0@x.io, user1@x.io, user2@x.io and 197 more."
    )


def test_reasons_that_differ_only_in_the_name_are_one() -> None:
    details = ["The user {} is odd.", "The user {} is odd."]
    items = [
        failed(email, there=True, status=422, title="Odd", detail=detail.format(name))
        for email, detail, name in zip(["a@x.io", "b@x.io"], details, ["A@X.io", id_of("b@x.io")])
    ]
    assert message(*items).endswith(" 422 Odd: The user … is odd: a@x.io, b@x.io.")


def test_the_largest_group_comes_first_and_the_skipped_are_counted() -> None:
    skipped = Item(DesiredUser(email="z@x.io"))
    skipped.skipped = True
    items = [failed("a@x.io", "role_mismatch"), failed("b@x.io", "blocked", status=409), failed("c@x.io", "blocked")]
    assert message(*items, skipped) == (
        "3 of 4 users failed, 1 skipped; results has the details."
        " Deleted earlier, cannot be invited again: b@x.io, c@x.io."
        " Another role than wanted, which only the web application can change (Account Members): a@x.io."
    )


# kind, facts, reason
REASONS: list[tuple[str, dict[str, Any], str]] = [
    ("not_found", {}, "Nobody has this user_id"),
    ("not_found", {"status": 404, "title": "Not Found", "detail": "No such role."}, "404 Not Found: No such role"),
    ("transport", {}, "No answer from the server"),
    ("server", {"status": 502}, "Server (502)"),
    ("rate_limited", {"status": 429, "title": "Too Many Requests"}, "429 Too Many Requests"),
    ("invalid_response", {"status": 200}, "Invalid response (200)"),
    ("unauthorized", FORBIDDEN, "The API key was refused, so that the rest was skipped"),
    ("password_lost", {}, "Invited, but the one-time password was lost (arize_user_invite with resend mails a link)"),
]


@pytest.mark.parametrize(("kind", "facts", "reason"), REASONS)
def test_a_reason_in_words(kind: str, facts: dict[str, Any], reason: str) -> None:
    assert message(failed("a@x.io", kind, **facts)) == (
        f"1 of 1 users failed; results has the details. {reason}: a@x.io."
    )


def test_what_does_not_fit_is_counted_in_whole_sentences() -> None:
    items = [failed(f"user{number}@x.io", status=422, title=f"Reason {number} {'x' * 99}") for number in range(9)]
    text = message(*items)
    assert text.startswith("9 of 9 users failed; results has the details. 422 Reason 0 xxx")
    assert text.endswith(": user2@x.io. Other reasons: 6.")


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
    items = [
        failed("a" * length + "@x.io", kind, status=422 if known else None, title=title[:200], detail=title)
        for length, kind, title, known in failures
    ]
    text = message(*items)
    assert len(text) <= 500
    assert text.startswith(f"{len(items)} of {len(items)} users failed; results has the details. ")
