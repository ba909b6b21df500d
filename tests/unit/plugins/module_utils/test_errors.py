# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors are told in one line, whatever the server or a task has put into them, and say what is known."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.module_utils._errors import (
    ArizeError,
    bad_option,
    internal_error,
    named,
    one_line,
    sentences,
)
from ansible_collections.arize.ax.plugins.module_utils._models import Outcome

UNFIT = ["\x00", "\x1b", "\x7f", "\x9f", "\r\n", "\u2028", "\u2029", "\u202e", "\u2066", "\u2069", "\ud800", "\udfff"]
FIT = ["é", "山田", "👩‍🚀", "שלום", "~", "\u200d", "\u2027", "\u202f", "\u2065", "\u206a", "\ue000"]


@pytest.mark.parametrize("text", UNFIT, ids=ascii)
def test_what_turns_a_terminal_upside_down_is_a_blank(text):
    error = ArizeError("blocked", f"Ann{text}Lee.")
    error.message += f" Ann{text}Lee."
    assert error.message == "Ann Lee. Ann Lee."


@pytest.mark.parametrize("text", FIT, ids=ascii)
def test_everything_else_is_kept(text):
    assert one_line(f"Ann{text}Lee").replace("\u202f", " ") == f"Ann{text}Lee".replace("\u202f", " ")


@pytest.mark.parametrize(
    ("count", "end"), [(0, ""), (1, "t0"), (10, "t9"), (11, "t9 and 1 more"), (500, "t9 and 490 more")]
)
def test_a_long_list_is_cut(count, end):
    text = named([f"t{number}" for number in range(count)])
    assert text.endswith(end)
    assert text.count(",") == max(0, min(count, 10) - 1)


@pytest.mark.parametrize(("count", "end"), [(0, ""), (1, "T0."), (10, "T9."), (12, "T9. (And 2 more.)")])
def test_many_sentences_are_cut(count, end):
    text = sentences([f"T{number}." for number in range(count)])
    assert text.endswith(end)
    assert text.count("T") == min(count, 10)


NOTHING = Outcome(None, None)


@pytest.mark.parametrize(
    ("outcome_unknown", "outcome", "changed"),
    [
        (False, None, False),
        (True, None, True),
        (False, NOTHING, False),
        (False, NOTHING._replace(changed=True), True),
        (True, NOTHING, True),
    ],
)
def test_changed_is_honest(outcome_unknown, outcome, changed):
    error = ArizeError("server", "No.", outcome_unknown=outcome_unknown)
    error.outcome = outcome
    assert error.changed is changed


def test_a_result_has_the_kind_and_what_the_server_answered():
    facts = {"status": 403, "title": "Forbidden", "detail": "No.", "method": "POST", "path": "/v2/users"}
    error = ArizeError("forbidden", "No.", **facts)
    assert error.facts() == facts
    assert error.as_result() == {"kind": "forbidden", **facts}
    assert bad_option("x").as_result() == {"kind": "bad_option", **dict.fromkeys(facts)}


@pytest.mark.parametrize("outcome_unknown", [False, True])
def test_an_unexpected_exception_names_its_type_and_place_and_not_its_text(outcome_unknown):
    try:
        {}["secret-key"]
    except KeyError as caught:
        error = internal_error(caught, outcome_unknown)
    assert (error.kind, error.outcome_unknown) == ("internal", outcome_unknown)
    assert "KeyError was raised at test_errors.py:" in error.message
    assert "secret-key" not in error.message
    assert internal_error(ValueError("secret-key")).message.startswith("An unexpected ValueError was raised. ")
