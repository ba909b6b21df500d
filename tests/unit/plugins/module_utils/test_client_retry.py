# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The retry table, row by row, with real connections on a clock that only notes down what it was asked."""

from __future__ import annotations

import re
import threading
import time
from email.utils import formatdate

import pytest
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._client.http import backoff
from ansible_collections.arize.ax.tests.unit.support.client import Clock, call, http
from ansible_collections.arize.ax.tests.unit.support.wire import (
    HANG,
    LOST,
    RESET,
    Call,
    ScriptedServer,
    answer,
    cut_off,
    patience,
    problem,
    raw,
)

METHODS = ["GET", "PATCH", "DELETE", "POST"]
REPEATABLE = ["GET", "PATCH", "DELETE"]
OK = answer(200, {})
# The request may have been carried out.
OUTCOME_UNKNOWN = {
    "500": problem(500),
    "502 as HTML": answer(502, b"<html>"),
    "503": problem(503),
    "504 without a body": answer(504),
    "closed": LOST,
    "reset": RESET,
    "no answer": HANG,
    "garbage": raw(b"\x00\x01nonsense\r\n\r\n"),
    "cut off in the head": raw(b"HTTP/1.1 20"),
    "cut off in the body": cut_off(answer(200, {"some": "thing"})),
    "cut off between chunks": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"),
}
# An answer that another try would not change, and whether a write may have been carried out all the same.
FINAL = {
    "400": (problem(400), False),
    "401": (problem(401), False),
    "403": (problem(403), False),
    "404": (problem(404), False),
    "404 as HTML": (answer(404, b"<html>"), False),
    "409": (problem(409), False),
    "418": (problem(418), False),
    "422": (problem(422), False),
    "501": (problem(501), False),
    "505": (problem(505), False),
    "520": (problem(520), True),
    "redirect": (answer(302, b"", Location="/elsewhere"), False),
}


def script(method, *replies):
    return [Call(method, "/v2/users", reply) for reply in replies]


def failure(client, method="GET"):
    with pytest.raises(ArizeError) as caught:
        call(client, method)
    return caught.value


# ---------------------------------------------------------------- what is sent again


@pytest.mark.parametrize("method", METHODS)
def test_after_429_every_method_is_sent_again(server, method):
    server.expect(*script(method, problem(429), problem(429), OK))
    assert call(http(server.url, max_retries=2), method).status == 200


@pytest.mark.parametrize("method", METHODS)
def test_when_no_connection_was_made_every_method_is_sent_again(method):
    server, clock = ScriptedServer(listening=False), Clock()
    server.expect(*script(method, OK))
    clock.during_wait = server.listen
    assert call(http(server.url, clock, max_retries=1), method).status == 200
    assert clock.waits == [0.25]
    server.close()
    server.verify()


@pytest.mark.parametrize("method", REPEATABLE)
@pytest.mark.parametrize("fault", OUTCOME_UNKNOWN)
def test_what_can_be_repeated_is_sent_again_when_its_outcome_is_unknown(server, method, fault):
    server.expect(*script(method, OUTCOME_UNKNOWN[fault], OK))
    assert call(http(server.url, max_retries=1, timeout=patience(OUTCOME_UNKNOWN[fault])), method).status == 200


@pytest.mark.parametrize("fault", OUTCOME_UNKNOWN)
def test_a_post_is_not_sent_again_when_its_outcome_is_unknown(server, fault):
    clock = Clock()
    server.expect(*script("POST", OUTCOME_UNKNOWN[fault]))
    error = failure(http(server.url, clock, max_retries=5, timeout=patience(OUTCOME_UNKNOWN[fault])), "POST")
    assert error.outcome_unknown
    assert clock.waits == []
    assert error.kind == ("server" if fault[0] == "5" else "transport")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("fault", FINAL)
def test_an_answer_that_stays_is_not_asked_for_again(server, method, fault):
    reply, outcome_unknown = FINAL[fault]
    clock = Clock()
    server.expect(*script(method, reply))
    error = failure(http(server.url, clock, max_retries=5), method)
    assert clock.waits == []
    assert "Tried" not in error.message
    assert error.outcome_unknown == (outcome_unknown and method != "GET")


# ---------------------------------------------------------------- whether a failed write may have been carried out


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("fault", OUTCOME_UNKNOWN)
def test_a_write_without_an_outcome_may_have_been_carried_out(server, method, fault):
    server.expect(*script(method, OUTCOME_UNKNOWN[fault]))
    assert failure(http(server.url, timeout=patience(OUTCOME_UNKNOWN[fault])), method).outcome_unknown == (method != "GET")


@pytest.mark.parametrize("method", METHODS)
def test_a_write_that_was_turned_away_was_not_carried_out(server, method):
    server.expect(*script(method, problem(429)))
    assert not failure(http(server.url), method).outcome_unknown
    refusing = ScriptedServer(listening=False)
    assert not failure(http(refusing.url), method).outcome_unknown


@pytest.mark.parametrize("last", [problem(429), problem(404), problem(403)], ids=["429", "404", "403"])
def test_a_try_of_which_the_outcome_is_unknown_is_not_forgotten(server, last):
    server.expect(*script("PATCH", LOST, last))
    assert failure(http(server.url, max_retries=1), "PATCH").outcome_unknown


# ---------------------------------------------------------------- how long is waited


@pytest.mark.parametrize(
    ("jitter", "expected"),
    [(0.0, [0.25, 0.5, 1.0, 2.0, 4.0]), (0.5, [0.375, 0.75, 1.5, 3.0, 6.0]), (1.0, [0.5, 1.0, 2.0, 4.0, 8.0])],
)
def test_backoff_doubles_from_half_a_second_with_chance(jitter, expected):
    assert [backoff(retry, jitter) for retry in range(5)] == expected


def test_backoff_of_many_retries_stays_a_number():
    assert backoff(5000, 0.0) == backoff(30, 0.0) < 1e9


@pytest.mark.parametrize("fault", [problem(429), LOST, problem(500)], ids=["429", "lost", "500"])
@pytest.mark.parametrize(
    ("longest", "expected"), [(60.0, [0.3, 0.6, 1.2, 2.4]), (1.0, [0.3, 0.6, 1.0, 1.0]), (0.0, [0.0, 0.0, 0.0, 0.0])]
)
def test_waits_grow_up_to_max_retry_wait(server, fault, longest, expected):
    clock = Clock()
    server.expect(*script("GET", fault, fault, fault, fault, OK))
    call(http(server.url, clock, jitter=0.2, max_retries=4, max_retry_wait=longest))
    assert clock.now - 1000 == pytest.approx(sum(expected))
    if clock.waits and longest:
        assert clock.waits == pytest.approx(expected)


def in_seconds(seconds):
    return formatdate(time.time() + seconds, usegmt=True)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("header", "waited"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("60", 60),
        ("0", 0),
        (lambda: in_seconds(50), 45),
        (lambda: in_seconds(-30), 0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("soon", 0.25),
        ("-7", 0.25),
        ("1.5", 0.25),
        ("", 0.25),
        ("\xb2", 0.25),
        (None, 0.25),
    ],
    ids=lambda value: "date" if callable(value) else str(value),
)
def test_the_server_says_how_long_to_wait(server, status, header, waited):
    clock = Clock()
    header = header() if callable(header) else header
    server.expect(*script("GET", problem(status, Retry_After=header), OK))
    call(http(server.url, clock, max_retries=1, max_retry_wait=60.0))
    assert clock.now - 1000 == pytest.approx(waited, abs=5 if waited == 45 else 0.01)


@pytest.mark.parametrize("status", [500, 502, 504])
def test_other_errors_do_not_say_how_long_to_wait(server, status):
    clock = Clock()
    server.expect(*script("GET", problem(status, Retry_After="7"), OK))
    call(http(server.url, clock, max_retries=1))
    assert clock.waits == [0.25]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("header", ["61", "999999999", lambda: in_seconds(3600)], ids=["61", "years", "date"])
def test_a_wait_above_max_retry_wait_is_not_slept(server, status, header):
    clock = Clock()
    header = header() if callable(header) else header
    server.expect(*script("GET", problem(status, Retry_After=header)))
    error = failure(http(server.url, clock, max_retries=5, max_retry_wait=60.0))
    assert clock.waits == []
    assert error.kind == ("rate_limited" if status == 429 else "server")
    assert "longer than max_retry_wait (60 s)" in error.message
    # Whole seconds for a date too: then the users of a roster whom it meets are told of together.
    assert re.search(r"the server asked to wait (61|9{9}|3600|3599) s", error.message)


# ---------------------------------------------------------------- how often, and what is said


def test_one_budget_for_all_causes(server):
    faults = [problem(429), LOST, problem(503), RESET]
    server.expect(*script("GET", *faults, OK))
    assert call(http(server.url, max_retries=4)).status == 200
    server.expect(*script("GET", *faults))
    assert failure(http(server.url, max_retries=3)).kind == "transport"


def test_each_call_has_a_budget_of_its_own(server):
    client = http(server.url, max_retries=1)
    for _call in range(3):
        server.expect(*script("GET", LOST, OK))
        assert call(client).status == 200


@pytest.mark.parametrize("fault", [problem(429), LOST, problem(500)], ids=["429", "lost", "500"])
def test_without_retries_one_try_is_all(server, fault):
    clock = Clock()
    server.expect(*script("GET", fault))
    error = failure(http(server.url, clock, max_retries=0))
    assert clock.waits == []
    assert error.message.endswith(" Tried once; max_retries is 0.")


@pytest.mark.parametrize(
    ("replies", "end"),
    [
        ([LOST, LOST, LOST], " Tried 3 times in 0.8 s; gave up because max_retries is 2."),
        ([LOST, LOST, problem(429)], " Tried 3 times in 0.8 s; gave up because max_retries is 2."),
        ([problem(429, Retry_After="9"), LOST, problem(500)], " Tried 3 times in 9.5 s; gave up because max_retries is 2."),
        ([LOST, problem(400)], " Tried 2 times in 0.2 s; gave up because another try would not help."),
        (
            [LOST, problem(429, Retry_After="90")],
            " Tried 2 times in 0.2 s; gave up because the server asked to wait 90 s, longer than max_retry_wait (60 s).",
        ),
        (
            [problem(429, Retry_After="90")],
            " Tried once; the server asked to wait 90 s, longer than max_retry_wait (60 s).",
        ),
    ],
)  # fmt: skip
def test_after_the_last_try_the_message_says_how_often_how_long_and_why_it_stopped(server, replies, end):
    server.expect(*script("GET", *replies))
    error = failure(http(server.url, max_retries=2))
    assert error.message.endswith(end)
    assert error.ended == ("" if "would not help" in end else re.split("because |once; ", end)[1].rstrip("."))


# ---------------------------------------------------------------- one 429 pauses everybody


def test_a_429_pauses_other_threads_and_costs_them_no_retry(server):
    clock = Clock()
    client = http(server.url, clock, max_retries=1)
    server.expect(
        Call("GET", "/limited", problem(429, Retry_After="7")),
        Call("GET", "/limited", OK),
        # While the first thread waited, another one started; it comes second. It has its whole budget.
        Call("GET", "/other", LOST),
        Call("GET", "/other", OK),
    )
    other = threading.Thread(target=call, args=(client, "GET", "/other"), name="other")

    def start_other():
        other.start()
        while "other" not in clock.waiters:
            time.sleep(0.001)

    clock.during_wait = start_other
    assert call(client, "GET", "/limited").status == 200
    other.join(20)
    assert list(zip(clock.waiters, clock.waits)) == [("MainThread", 7.0), ("other", 7.0), ("other", 0.25)]


def test_a_failure_that_is_no_429_pauses_nobody_else(server):
    clock = Clock()
    client = http(server.url, clock, max_retries=1)
    server.expect(
        Call("GET", "/broken", problem(503, Retry_After="7")), Call("GET", "/other", OK), Call("GET", "/broken", OK)
    )
    clock.during_wait = lambda: call(client, "GET", "/other")
    assert call(client, "GET", "/broken").status == 200
    assert clock.waits == [7.0]
