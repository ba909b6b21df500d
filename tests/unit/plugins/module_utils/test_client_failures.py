"""Errors of failed requests: kinds, whole sentences, hints and causes."""

from __future__ import annotations

import ssl

import pytest
import requests
from ansible_collections.arize.ax.plugins.module_utils._client import failures
from ansible_collections.arize.ax.plugins.module_utils._client.deadline import Overdue
from ansible_collections.arize.ax.plugins.module_utils._client.failures import (
    IF_REPEATABLE,
    NEVER,
    Failures,
    Request,
)
from ansible_collections.arize.ax.plugins.module_utils._client.redact import Redactor
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.tests.unit.support.api import KEY
from ansible_collections.arize.ax.tests.unit.support.client import call, failure, http
from ansible_collections.arize.ax.tests.unit.support.wire import Call, ScriptedServer, answer, problem

METHODS = ["GET", "POST", "PATCH", "DELETE"]
PATCH, POST, GET = (Request("do it", method, "/v2/users", needs="MAY_DO") for method in ("PATCH", "POST", "GET"))
FAILURES = Failures(Redactor(KEY, []), "api.x.io")


def refusal(server, reply, method="GET", **options):
    server.expect(Call(method, "/v2/users", reply))
    return failure(call, http(server.url, **options), method)


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "bad_request"),
        (401, "unauthorized"),
        (403, "forbidden"),
        (404, "not_found"),
        (405, "bad_request"),
        (407, "bad_request"),
        (409, "conflict"),
        (422, "unprocessable"),
        (429, "rate_limited"),
        (499, "bad_request"),
        (500, "server"),
        (501, "server"),
        (503, "server"),
        (599, "server"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_each_status_has_a_kind_and_the_error_has_the_facts(server, status, kind, method):
    error = refusal(server, problem(status, "A title", "A detail."), method)
    assert error.as_result() == {
        "kind": kind,
        "status": status,
        "title": "A title",
        "detail": "A detail.",
        "method": method,
        "path": "/v2/users",
    }
    assert error.message.startswith(f"Could not do it: the server answered {status} A title: A detail.")


@pytest.mark.parametrize(
    ("status", "hint"), [(401, "api_key or the environment variable ARIZE_API_KEY"), (400, None), (404, None)]
)
def test_a_hint_where_the_user_can_act(server, status, hint):
    message = refusal(server, problem(status, "T", "D")).message
    assert (hint in message) if hint else message.endswith("T: D.")


@pytest.mark.parametrize(
    ("problem_", "needs", "hint"),
    [
        ({}, "MAY_DO", "The API key may lack permission: this operation needs MAY_DO."),
        (None, "MAY_DO", "The API key may lack permission: this operation needs MAY_DO."),
        ({}, "", "The API key may lack permission for this operation."),
        (
            {"entitlement": "", "required_plan": 7},
            "MAY_DO",
            "The API key may lack permission: this operation needs MAY_DO.",
        ),
        (
            {"entitlement": "SSO", "required_plan": "PRO"},
            "MAY_DO",
            "The plan of the account does not include SSO; it needs the plan PRO.",
        ),
        ({"entitlement": "SSO"}, "MAY_DO", "The plan of the account does not include SSO."),
        (
            {"required_plan": "PRO"},
            "MAY_DO",
            "The plan of the account does not include this operation; it needs the plan PRO.",
        ),
        ({"entitlement": "x" * 101}, "", f"does not include {'x' * 99}…."),
        ({"entitlement": "x" * 100}, "", f"does not include {'x' * 100}."),
    ],
)
def test_a_403_names_the_permission_or_the_plan(problem_, needs, hint):
    error = FAILURES.refused(GET._replace(needs=needs), 403, {}, problem_)
    assert hint in error.message
    assert ("What a key needs" in error.message) == ("may lack permission" in hint)
    assert not error.outcome_unknown


def test_the_plan_is_redacted_too():
    error = FAILURES.refused(GET, 403, {}, {"entitlement": KEY, "required_plan": f"plan of {KEY}"})
    assert KEY not in error.message
    assert "the plan plan of ********" in error.message


@pytest.mark.parametrize(
    ("body", "words", "title", "detail"),
    [
        ({"title": "T", "detail": "D"}, "409 T: D.", "T", "D"),
        ({"title": "T"}, "409 T.", "T", None),
        ({"detail": "D."}, "409 Conflict: D.", None, "D."),
        ({}, "409 Conflict.", None, None),
        ({"title": 7, "detail": ["x"]}, "409 Conflict.", None, None),
        ({"title": "", "detail": None}, "409 Conflict.", None, None),
        ({"title": "T", "detail": "a\nb\t\x1b[31mc\x9f  d"}, "409 T: a b [31mc d.", "T", "a b [31mc d"),
        ({"title": "T", "detail": "\ud800x"}, "409 T: x.", "T", "x"),
        ({"title": "Ж", "detail": "…"}, "409 Ж: ….", "Ж", "…"),
        ([1], "409 Conflict.", None, None),
        (None, "409 Conflict.", None, None),
        (b"", "409 Conflict.", None, None),
        (b"<html><h1>Gateway", "409 Conflict.", None, None),
        (b"\xff\xfe\x00", "409 Conflict.", None, None),
        (b"[" * 100_000, "409 Conflict.", None, None),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_title_and_detail_of_the_server_are_in_the_message_on_one_line(server, body, words, title, detail):
    error = refusal(server, answer(409, body))
    assert error.message == f"Could not do it: the server answered {words}"
    assert (error.title, error.detail) == (title, detail)


@pytest.mark.parametrize(
    ("sent", "read"), [("req_1", "req_1"), ("a\nb", "a b"), (KEY, "********"), ("x" * 101, "x" * 99 + "…")], ids=ascii
)
@pytest.mark.parametrize("status", [409, 500])
def test_the_request_id_is_on_one_line_without_secrets(server, status, sent, read):
    assert refusal(server, answer(status, {"request_id": sent})).request_id == read


@pytest.mark.parametrize("sent", [7, "", None, ["x"]])
def test_a_request_id_that_is_no_text_is_left_out(server, sent):
    assert "request_id" not in refusal(server, answer(409, {"request_id": sent})).facts()


def test_a_status_without_a_phrase_is_a_number(server):
    assert refusal(server, answer(499)).message == "Could not do it: the server answered 499."


def test_a_long_title_and_detail_are_cut(server):
    error = refusal(server, problem(409, "t" * 1000, "d" * 1000))
    assert (len(error.title), len(error.detail)) == (200, 500)
    assert error.detail.endswith("…")
    assert len(error.message) < 800


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("body", [b"<html>", b"", b"null", b"[]", b'"Not Found"'])
def test_a_404_without_a_json_object_does_not_mean_not_found(server, method, body):
    error = refusal(server, answer(404, body), method)
    assert error.kind == "invalid_response"
    assert error.status == 404
    assert "Check the endpoint" in error.message


# ---------------------------------------------------------------- redirects


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_on_the_same_host(server, method, status):
    target = f"{server.url}/v3/users"
    error = refusal(server, answer(status, b"", Location=target), method, max_retries=3)
    assert error.kind == "invalid_response"
    assert error.status == status
    assert target in error.message
    assert "Check the endpoint" in error.message
    assert not error.outcome_unknown


@pytest.mark.parametrize("method", METHODS)
def test_a_redirect_is_not_followed_to_another_host(server, method):
    other = ScriptedServer()
    refusal(server, answer(307, b"", Location=f"{other.url}/v2/users"), method)
    assert other.connections == 0
    other.close()


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("https://u:hunter2@b.io/x?token=hunter2#hunter2", "redirects (302) to https://b.io/x."),
        ("/login?next=hunter2", "redirects (302) to /login."),
        ("http://[::1", "redirects (302) to nowhere."),
        ("", "redirects (302) to nowhere."),
        (None, "redirects (302) to nowhere."),
    ],
)
def test_the_target_is_named_without_query_and_credentials(server, location, told):
    message = refusal(server, answer(302, b"", Location=location)).message
    assert told in message
    assert "hunter2" not in message


# ---------------------------------------------------------------- responses that say nothing


@pytest.mark.parametrize(
    ("request_", "status", "outcome_unknown", "repeat"),
    [
        (POST, 200, True, IF_REPEATABLE),
        (POST, 299, True, IF_REPEATABLE),
        (POST, 300, False, NEVER),
        (PATCH, 299, True, NEVER),
        (PATCH, 300, False, NEVER),
        (GET, 200, False, NEVER),
    ],
)
def test_the_outcome_of_a_write_with_an_unreadable_success_is_unknown(request_, status, outcome_unknown, repeat):
    error = FAILURES.invalid_response(request_, "the response is odd", status)
    assert (error.kind, error.outcome_unknown, error.repeat) == ("invalid_response", outcome_unknown, repeat)
    assert error.facts() == {
        "status": status,
        "title": None,
        "detail": None,
        "method": request_.method,
        "path": "/v2/users",
    }


@pytest.mark.parametrize(("status", "outcome_unknown"), [(499, False), (500, True), (599, True)])
def test_the_outcome_of_a_failed_write_is_unknown_from_500(server, status, outcome_unknown):
    assert refusal(server, problem(status), "PATCH").outcome_unknown is outcome_unknown


@pytest.mark.parametrize(("length", "is_cut"), [(299, False), (300, False), (301, True)])
def test_a_reason_may_have_300_characters(length, is_cut):
    message = FAILURES.no_response(GET, requests.ConnectionError(OSError(5, "x" * length))).message
    assert ("x" * min(length, 300) in message) is not is_cut
    assert ("…" in message) is is_cut


@pytest.mark.parametrize(("length", "is_cut"), [(499, False), (500, False), (501, True)])
def test_a_clause_about_a_response_may_have_500_characters(length, is_cut):
    message = FAILURES.invalid_response(GET, "x" * length, 200).message
    assert ("x" * min(length, 500) in message) is not is_cut
    assert ("…" in message) is is_cut


# ---------------------------------------------------------------- causes


def test_an_earlier_failure_is_no_cause():
    earlier = ArizeError("transport", "earlier")
    error = requests.ConnectionError(earlier, OSError(111, "Connection refused"))
    assert failures._diagnose(error) == ("Connection refused", IF_REPEATABLE, "")
    assert earlier not in list(failures._causes(error))


def test_causes_come_from_the_outside_in_and_once():
    inner, sibling = OSError("inner"), OSError("sibling")
    wrapped = requests.ConnectionError(requests.ConnectionError(inner), sibling, inner)
    assert list(failures._causes(wrapped))[2:] == [sibling, inner]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (requests.exceptions.InvalidSchema("Missing dependencies for SOCKS support."), "PySocks"),
        (requests.exceptions.InvalidURL("no host"), "cannot be used"),
        (requests.exceptions.InvalidProxyURL("no host"), "cannot be used"),
    ],
)
def test_an_unusable_address_is_not_tried_again(error, reason):
    told, repeat, _hint = failures._diagnose(error)
    assert reason in told
    assert repeat == NEVER


def test_a_response_that_is_overdue_says_so():
    reason, _repeat, _hint = failures._diagnose(requests.ConnectionError(Overdue("not complete in time")))
    assert reason == "not complete in time"


def test_a_cause_without_a_reason_is_a_lost_connection():
    reason, repeat, _hint = failures._diagnose(requests.ConnectionError())
    assert (reason, repeat) == ("the connection was lost", IF_REPEATABLE)


@pytest.mark.parametrize(
    ("reason", "told"),
    [("TLSV1_ALERT_PROTOCOL_VERSION", "TLS: tlsv1 alert protocol version"), (None, "TLS: handshake failed")],
)
def test_the_reason_of_tls_is_named(reason, told):
    error = ssl.SSLError()
    error.reason = reason
    assert failures._diagnose(error) == (told, IF_REPEATABLE, "")


@pytest.mark.parametrize("reason", sorted(failures._NO_TLS))
@pytest.mark.parametrize(
    ("outer", "hint"), [(requests.ConnectionError, "api_url"), (requests.exceptions.ProxyError, "proxy_url")]
)
def test_a_port_without_tls_is_not_tried_again(reason, outer, hint):
    error = ssl.SSLError()
    error.reason = reason
    told, repeat, check = failures._diagnose(outer(error))
    assert "expect http:// instead of https://" in told
    assert repeat == NEVER
    assert hint in check
