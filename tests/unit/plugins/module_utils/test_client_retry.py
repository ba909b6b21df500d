"""Requests that are sent again, and failed writes that may have been carried out. Real connections."""

from __future__ import annotations

import threading

import pytest
from ansible_collections.arize.ax.tests.unit.support.client import Clock, call, failure, http
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
    "no response": HANG,
    "garbage": raw(b"\x00\x01nonsense\r\n\r\n"),
    "cut off in the head": raw(b"HTTP/1.1 20"),
    "cut off in the body": cut_off(answer(200, {"some": "thing"})),
    "cut off between chunks": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"),
}
# A response that another attempt would not change, and whether a write may have been carried out all the same.
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


# ---------------------------------------------------------------- what is sent again


@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_sent_again_after_429(server, method):
    server.expect(*script(method, problem(429), problem(429), OK))
    assert call(http(server.url, max_retries=2), method).status == 200


@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_sent_again_after_a_refused_connection(method):
    server, clock = ScriptedServer(listening=False), Clock()
    server.expect(*script(method, OK))
    clock.during_wait = server.listen
    assert call(http(server.url, clock, max_retries=1), method).status == 200
    assert clock.waits == [0.25]
    server.close()
    server.verify()


@pytest.mark.parametrize("method", REPEATABLE)
@pytest.mark.parametrize("fault", OUTCOME_UNKNOWN)
def test_a_repeatable_request_is_sent_again_after_an_unknown_outcome(server, method, fault):
    server.expect(*script(method, OUTCOME_UNKNOWN[fault], OK))
    assert call(http(server.url, max_retries=1, timeout=patience(OUTCOME_UNKNOWN[fault])), method).status == 200


@pytest.mark.parametrize("fault", OUTCOME_UNKNOWN)
def test_a_post_is_not_sent_again_after_an_unknown_outcome(server, fault):
    clock = Clock()
    server.expect(*script("POST", OUTCOME_UNKNOWN[fault]))
    error = failure(call, http(server.url, clock, max_retries=5, timeout=patience(OUTCOME_UNKNOWN[fault])), "POST")
    assert error.outcome_unknown
    assert clock.waits == []
    assert error.kind == ("server" if fault[0] == "5" else "transport")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("fault", FINAL)
def test_a_final_response_is_not_requested_again(server, method, fault):
    reply, outcome_unknown = FINAL[fault]
    clock = Clock()
    server.expect(*script(method, reply))
    error = failure(call, http(server.url, clock, max_retries=5), method)
    assert clock.waits == []
    assert "Gave up" not in error.message
    assert error.outcome_unknown == (outcome_unknown and method != "GET")


# ---------------------------------------------------------------- whether a failed write may have been carried out


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("fault", OUTCOME_UNKNOWN)
def test_the_outcome_of_a_lost_write_is_unknown(server, method, fault):
    server.expect(*script(method, OUTCOME_UNKNOWN[fault]))
    assert failure(call, http(server.url, timeout=patience(OUTCOME_UNKNOWN[fault])), method).outcome_unknown == (
        method != "GET"
    )


@pytest.mark.parametrize("method", METHODS)
def test_a_write_that_was_refused_unread_was_not_carried_out(server, method):
    server.expect(*script(method, problem(429)))
    assert not failure(call, http(server.url), method).outcome_unknown
    refusing = ScriptedServer(listening=False)
    assert not failure(call, http(refusing.url), method).outcome_unknown


@pytest.mark.parametrize("last", [problem(429), problem(404), problem(403)], ids=["429", "404", "403"])
def test_an_attempt_with_an_unknown_outcome_is_remembered(server, last):
    server.expect(*script("PATCH", LOST, last))
    assert failure(call, http(server.url, max_retries=1), "PATCH").outcome_unknown


# ---------------------------------------------------------------- a 429 pauses all threads


def test_a_429_pauses_other_threads_and_costs_them_no_retry(server):
    clock = Clock()
    client = http(server.url, clock, max_retries=1)
    server.expect(
        Call("GET", "/limited", problem(429, Retry_After="7")),
        # Another thread starts during the pause. It keeps its whole retry budget.
        Call("GET", "/other", LOST),
        Call("GET", "/other", OK),
        Call("GET", "/limited", OK),
    )
    other = threading.Thread(target=call, args=(client, "GET", "/other"), name="other")

    def run_other():
        other.start()
        other.join(20)

    clock.during_wait = run_other
    assert call(client, "GET", "/limited").status == 200
    assert list(zip(clock.waiters, clock.waits)) == [("MainThread", 7.0), ("other", 7.0), ("other", 0.25)]


def test_another_failure_pauses_no_other_thread(server):
    clock = Clock()
    client = http(server.url, clock, max_retries=1)
    server.expect(
        Call("GET", "/broken", problem(503, Retry_After="7")), Call("GET", "/other", OK), Call("GET", "/broken", OK)
    )
    clock.during_wait = lambda: call(client, "GET", "/other")
    assert call(client, "GET", "/broken").status == 200
    assert clock.waits == [7.0]
