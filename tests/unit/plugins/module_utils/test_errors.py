"""Errors: one line whatever is in it, an honest ``changed``, and nothing of an unexpected exception but its place."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError, internal_error
from ansible_collections.arize.ax.plugins.module_utils._models import Outcome
from ansible_collections.arize.ax.plugins.module_utils._text import one_line

UNFIT = ["\x00", "\x1b", "\x7f", "\x9f", "\r\n", "\u2028", "\u2029", "\u202e", "\u2066", "\u2069", "\ud800", "\udfff"]
FIT = ["é", "山田", "👩‍🚀", "שלום", "~", "\u200d", "\u2027", "\u202f", "\u2065", "\u206a", "\ue000"]
FACTS = {"status": 409, "title": "T", "detail": "D", "method": "POST", "path": "/v2/users"}


@pytest.mark.parametrize("text", UNFIT, ids=ascii)
def test_a_control_character_in_a_message_is_a_space(text):
    error = ArizeError("blocked", f"Ann{text}Lee.")
    error.message += f" Ann{text}Lee."
    assert error.message == "Ann Lee. Ann Lee."


@pytest.mark.parametrize("text", FIT, ids=ascii)
def test_every_other_character_is_kept(text):
    assert one_line(f"Ann{text}Lee").replace("\u202f", " ") == f"Ann{text}Lee".replace("\u202f", " ")


def test_the_facts_are_those_of_the_response_and_null_without_one():
    assert ArizeError("conflict", "No.", **FACTS).facts() == FACTS
    assert ArizeError("conflict", "No.", **FACTS).as_result() == {"kind": "conflict", **FACTS}
    assert ArizeError("blocked", "No.").as_result() == {"kind": "blocked", **dict.fromkeys(FACTS)}


def test_the_request_id_is_a_fact_where_the_server_sends_one_and_ends_the_message():
    error = ArizeError("conflict", "No.", **FACTS, request_id="req_1")
    error.message += " Gave up."
    assert error.facts() == {**FACTS, "request_id": "req_1"}
    assert error.told == "No. Gave up. Request ID: req_1."
    assert ArizeError("conflict", "No.").told == "No."


@pytest.mark.parametrize(
    ("outcome_unknown", "outcome", "changed"),
    [
        (False, None, False),
        (True, None, True),
        (False, Outcome(None, None), False),
        (True, Outcome(None, None), True),
        (False, Outcome(None, None, changed=True), True),
    ],
)
def test_changed_is_what_was_done_or_may_have_been(outcome_unknown, outcome, changed):
    error = ArizeError("server", "No.", outcome_unknown=outcome_unknown)
    error.outcome = outcome
    assert error.changed is changed


@pytest.mark.parametrize("outcome_unknown", [False, True])
def test_an_unexpected_exception_is_named_by_type_and_innermost_place_without_its_text(outcome_unknown):
    def fail():
        raise KeyError("hunter2")

    with pytest.raises(KeyError) as caught:
        fail()
    error = internal_error(caught.value, outcome_unknown)
    line = fail.__code__.co_firstlineno + 1
    assert (error.kind, error.changed) == ("internal", outcome_unknown)
    assert f"An unexpected KeyError was raised at test_errors.py:{line}." in error.message
    assert "hunter2" not in error.message + str(error.args)


def test_an_exception_that_was_never_raised_has_no_place():
    assert "An unexpected OSError was raised. " in internal_error(OSError("hunter2")).message
