"""How long the client waits before it sends a request again, how often it does, and what it says when it stops."""

from __future__ import annotations

import re
import time
from email.utils import formatdate

import pytest
from ansible_collections.arize.ax.plugins.module_utils._client.failures import ALWAYS, IF_REPEATABLE, RequestError
from ansible_collections.arize.ax.plugins.module_utils._client.retry import RetryBudget, Timing
from ansible_collections.arize.ax.tests.unit.support.client import Clock, call, connection, failure, http
from ansible_collections.arize.ax.tests.unit.support.wire import LOST, RESET, Call, answer, problem

OK = answer(200, {})
FAULTS = {"429": problem(429), "lost": LOST, "500": problem(500)}


def script(*replies):
    return [Call("GET", "/v2/users", reply) for reply in replies]


def in_seconds(seconds):
    return formatdate(time.time() + seconds, usegmt=True)


def wait_after(server, reply, jitter=0.0, **options):
    """Return the seconds between the first request, answered with *reply*, and the second."""
    clock = Clock()
    server.expect(*script(reply, OK))
    call(http(server.url, clock, jitter, max_retries=1, **options))
    return clock.now - 1000


# ---------------------------------------------------------------- the backoff


@pytest.mark.parametrize(
    ("jitter", "expected"),
    [(0.0, [0.25, 0.5, 1.0, 2.0, 4.0]), (0.5, [0.375, 0.75, 1.5, 3.0, 6.0]), (1.0, [0.5, 1.0, 2.0, 4.0, 8.0])],
)
def test_backoff_doubles_from_half_a_second_with_jitter(jitter, expected):
    assert backoffs(5, jitter) == expected


def test_backoff_of_many_retries_stays_a_number():
    assert backoffs(1100, max_retry_wait=1e6)[-1] == 1e6


def backoffs(number, jitter=0.0, max_retry_wait=60.0):
    clock = Clock()
    timing = Timing(clock.sleep, clock, lambda: jitter)
    settings = connection("http://127.0.0.1:9", max_retries=number, max_retry_wait=max_retry_wait)
    budget = RetryBudget(settings, timing)
    for _number in range(number):
        budget.wait_or_raise(RequestError("server", "Failed.", repeat=IF_REPEATABLE))
    return clock.waits


def test_after_a_429_only_the_limiter_waits():
    """The pause is the session's; a wait of the call's own could be longer. The call goes first then."""
    clock = Clock()
    budget = RetryBudget(connection("http://127.0.0.1:9", max_retries=1), Timing(clock.sleep, clock, lambda: 0.0))
    budget.wait_or_raise(RequestError("rate_limited", "Slow down.", repeat=ALWAYS, retry_after=7))
    assert (clock.waits, budget.refusals > 0) == ([], True)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    ("longest", "expected"), [(60.0, [0.3, 0.6, 1.2, 2.4]), (1.0, [0.3, 0.6, 1.0, 1.0]), (0.0, [0.0, 0.0, 0.0, 0.0])]
)
def test_waits_grow_up_to_max_retry_wait(server, fault, longest, expected):
    clock = Clock()
    server.expect(*script(*[FAULTS[fault]] * 4, OK))
    call(http(server.url, clock, jitter=0.2, max_retries=4, max_retry_wait=longest))
    assert clock.now - 1000 == pytest.approx(sum(expected))
    if clock.waits and longest:
        assert clock.waits == pytest.approx(expected)


# ---------------------------------------------------------------- Retry-After


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("header", "waited"),
    [("7", 7), (" 7 ", 7), ("60", 60)]
    + [(text, 0.25) for text in ("soon", "-7", "1.5", "", "\xb2", None, "Wed, 21 Oct 2015", "Wed, 41 Oct 2015 07:28:00 GMT")],
)  # fmt: skip
def test_the_server_says_how_long_to_wait(server, status, header, waited):
    assert wait_after(server, problem(status, Retry_After=header)) == pytest.approx(waited, abs=0.01)


@pytest.mark.parametrize("status", [429, 503])
def test_a_date_is_read_against_the_clock_of_this_machine_without_a_date_of_the_response(server, status):
    assert wait_after(server, problem(status, Retry_After=in_seconds(50))) == pytest.approx(47, abs=4)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("zone", ["GMT", "-0000", "+0000"])
@pytest.mark.parametrize("local", ["UTC", "Asia/Tokyo"])
def test_a_date_is_read_against_the_date_of_the_response(server, monkeypatch, status, zone, local):
    monkeypatch.setenv("TZ", local)
    time.tzset()
    told = {"Date": "Wed, 21 Oct 2015 07:28:00 GMT", "Retry_After": f"Wed, 21 Oct 2015 07:28:30 {zone}"}
    try:
        assert wait_after(server, problem(status, **told)) == pytest.approx(30)
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("date", ["now", "Fri, 31 Dec 9999 23:59:59 -0100"])
def test_a_date_of_the_response_that_is_none_is_ignored(server, date):
    reply = problem(429, Date=date, Retry_After=in_seconds(50))
    assert wait_after(server, reply) == pytest.approx(47, abs=4)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    "told",
    [
        {"Retry_After": "0"},
        {"Retry_After": "Wed, 21 Oct 2015 07:28:00 GMT"},
        {"Retry_After": "Wed, 21 Oct 2015 07:28:00 GMT", "Date": "Wed, 21 Oct 2015 07:28:00 GMT"},
        {"Retry_After": "Wed, 21 Oct 2015 07:28:00 GMT", "Date": "Wed, 21 Oct 2015 07:28:01 GMT"},
    ],
    ids=["0", "past date", "now", "a second ago"],
)
def test_the_wait_is_never_shorter_than_the_backoff(server, status, told):
    """Clocks differ, and a server that limits the rate is not to be flooded."""
    clock = Clock()
    server.expect(*script(*[problem(status, **told)] * 3, OK))
    call(http(server.url, clock, max_retries=3))
    assert clock.waits == [0.25, 0.5, 1.0]


def test_the_backoff_is_the_least_wait_also_after_a_short_retry_after(server):
    clock = Clock()
    server.expect(*script(LOST, LOST, LOST, problem(429, Retry_After="1"), OK))
    call(http(server.url, clock, max_retries=4))
    assert clock.waits == [0.25, 0.5, 1.0, 2.0]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("jitter", "waited"), [(0.0, 20.0), (0.5, 21.0), (1.0, 22.0)])
def test_up_to_a_tenth_is_added_to_what_the_server_asks_for(server, status, jitter, waited):
    assert wait_after(server, problem(status, Retry_After="20"), jitter) == pytest.approx(waited)


def test_the_jitter_does_not_exceed_max_retry_wait(server):
    assert wait_after(server, problem(429, Retry_After="20"), 1.0, max_retry_wait=20.0) == 20


@pytest.mark.parametrize("status", [500, 502, 504])
def test_other_statuses_do_not_say_how_long_to_wait(server, status):
    assert wait_after(server, problem(status, Retry_After="7")) == 0.25


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("header", "asked"),
    [("61", "61"), ("9" * 9, "9{9}"), pytest.param(lambda: in_seconds(3600), "3600", id="a date")],
)
def test_a_wait_above_max_retry_wait_is_not_slept(server, monkeypatch, status, header, asked):
    monkeypatch.setattr(time, "time", lambda: 1_000_000_000.4)  # a date has whole seconds: 3599.6 are left
    clock = Clock()
    header = header() if callable(header) else header
    server.expect(*script(problem(status, Retry_After=header)))
    error = failure(call, http(server.url, clock, max_retries=5, max_retry_wait=60.0))
    assert clock.waits == []
    assert error.kind == ("rate_limited" if status == 429 else "server")
    # Whole seconds for a date too: then a roster can group the users that it affects.
    assert re.search(rf"the server asked to wait ({asked}) s, longer than max_retry_wait \(60 s\)\.$", error.message)


# ---------------------------------------------------------------- how often, and the message


def test_one_budget_for_all_causes(server):
    faults = [problem(429), LOST, problem(503), RESET]
    server.expect(*script(*faults, OK))
    assert call(http(server.url, max_retries=4)).status == 200
    server.expect(*script(*faults))
    assert failure(call, http(server.url, max_retries=3)).kind == "transport"


def test_each_call_has_its_own_budget(server):
    client = http(server.url, max_retries=1)
    for _call in range(3):
        server.expect(*script(LOST, OK))
        assert call(client).status == 200


LONG = "the server asked to wait 90 s, longer than max_retry_wait (60 s)"


@pytest.mark.parametrize(
    ("replies", "retries", "end", "reason"),
    [
        ([FAULTS["429"]], 0, " Gave up after 1 attempt: max_retries is 0.", "max_retries is 0"),
        ([FAULTS["lost"]], 0, " Gave up after 1 attempt: max_retries is 0.", "max_retries is 0"),
        ([FAULTS["500"]], 0, " Gave up after 1 attempt: max_retries is 0.", "max_retries is 0"),
        ([LOST, LOST, LOST], 2, " Gave up after 3 attempts: max_retries is 2.", "max_retries is 2"),
        ([LOST, LOST, problem(429)], 2, " Gave up after 3 attempts: max_retries is 2.", "max_retries is 2"),
        ([problem(400)], 2, "the server answered 400 Title.", ""),
        ([LOST, problem(400)], 2, "the server answered 400 Title. Gave up after 2 attempts.", ""),
        ([LOST, problem(429, Retry_After="90")], 2, f" Gave up after 2 attempts: {LONG}.", LONG),
        ([problem(429, Retry_After="90")], 2, f" Gave up after 1 attempt: {LONG}.", LONG),
    ],
)
def test_the_message_says_how_often_it_was_sent_and_why_it_stopped(server, replies, retries, end, reason):
    clock = Clock()
    server.expect(*script(*replies))
    error = failure(call, http(server.url, clock, max_retries=retries))
    assert error.message.endswith(end)
    assert error.stop_reason == reason
    assert len(clock.waits) == len(replies) - 1


def test_seconds_are_told_without_zeros_at_the_end(server):
    server.expect(*script(problem(429, Retry_After="90")))
    error = failure(call, http(server.url, max_retries=1, max_retry_wait=2.5))
    assert "(2.5 s)" in error.message
