# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of an answer: kinds, words, redirects, and bodies that cannot be read."""

from __future__ import annotations

import gzip
import json

import pytest
from ansible_collections.arize.ax.plugins.module_utils._client import http
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.tests.unit.support.client import Clock, call, http
from ansible_collections.arize.ax.tests.unit.support.wire import Call, ScriptedServer, answer, cut_off, problem, raw

METHODS = ["GET", "POST", "PATCH", "DELETE"]


def ask(server, reply, method="GET", **options):
    server.expect(Call(method, "/v2/users", reply))
    return call(http(server.url, **options), method)


def failure(server, reply, method="GET", **options):
    with pytest.raises(ArizeError) as caught:
        ask(server, reply, method, **options)
    assert caught.value.message.isprintable()
    return caught.value


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
    error = failure(server, problem(status, "A title", "A detail."), method)
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
    ("status", "hint"),
    [(401, "api_key or the environment variable ARIZE_API_KEY"), (403, "account admin"), (400, None), (404, None)],
)
def test_a_hint_where_there_is_something_to_do(server, status, hint):
    message = failure(server, problem(status, "T", "D")).message
    assert (hint in message) if hint else message.endswith("T: D.")


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
def test_the_servers_words_are_told_in_one_line(server, body, words, title, detail):
    error = failure(server, answer(409, body))
    assert error.message == f"Could not do it: the server answered {words}"
    assert (error.facts["title"], error.facts["detail"]) == (title, detail)


def test_a_status_without_a_name_is_told_as_a_number(server):
    assert failure(server, answer(499)).message == "Could not do it: the server answered 499."


def test_long_words_are_cut(server):
    error = failure(server, problem(409, "t" * 1000, "d" * 1000))
    assert (len(error.facts["title"]), len(error.facts["detail"])) == (200, 500)
    assert error.facts["detail"].endswith("…")
    assert len(error.message) < 800


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("body", [b"<html>", b"", b"null", b"[]", b'"Not Found"'])
def test_a_404_that_is_no_json_object_does_not_mean_nobody(server, method, body):
    error = failure(server, answer(404, body), method)
    assert error.kind == "invalid_response"
    assert error.facts["status"] == 404
    assert "check the endpoint" in error.message


# ---------------------------------------------------------------- redirects


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_on_the_same_host(server, method, status):
    target = f"{server.url}/v3/users"
    error = failure(server, answer(status, b"", Location=target), method, max_retries=3)
    assert error.kind == "invalid_response"
    assert error.facts["status"] == status
    assert target in error.message
    assert "check the endpoint" in error.message
    assert not error.outcome_unknown


@pytest.mark.parametrize("method", METHODS)
def test_a_redirect_is_not_followed_to_another_host(server, method):
    other = ScriptedServer()
    failure(server, answer(307, b"", Location=f"{other.url}/v2/users"), method)
    assert other.connections == 0
    other.close()


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("https://u:hunter2@b.io/x?token=hunter2#hunter2", "redirects (302) to https://b.io/x;"),
        ("/login?next=hunter2", "redirects (302) to /login;"),
        ("http://[::1", "redirects (302) to nowhere;"),
        ("", "redirects (302) to nowhere;"),
        (None, "redirects (302) to nowhere;"),
    ],
)
def test_the_target_is_told_without_query_and_credentials(server, location, told):
    message = failure(server, answer(302, b"", Location=location)).message
    assert told in message
    assert "hunter2" not in message


# ---------------------------------------------------------------- bodies


GZIPPED = gzip.compress(b'{"a": 1}')
CHUNKED = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{"a\r\n5\r\n": 1}\r\n0\r\n\r\n'


@pytest.mark.parametrize(
    ("reply", "data", "empty"),
    [
        pytest.param(answer(200, {"a": [1, "ж"]}), {"a": [1, "ж"]}, False, id="object"),
        pytest.param(answer(201, [1]), [1], False, id="list"),
        pytest.param(answer(204), None, True, id="204"),
        pytest.param(answer(202), None, True, id="202"),
        pytest.param(answer(200, b" \r\n"), None, True, id="blank"),
        pytest.param(answer(200, b"<html>"), None, False, id="HTML"),
        pytest.param(answer(200, b"{"), None, False, id="half an object"),
        pytest.param(answer(200, b"\xff\xfe\x00\x01"), None, False, id="no text"),
        pytest.param(answer(200, b"[" * 100_000), None, False, id="deeper than Python reads"),
        pytest.param(answer(200, GZIPPED, Content_Encoding="gzip"), {"a": 1}, False, id="gzip"),
        pytest.param(answer(200, b'{"a": 1}', Content_Encoding="gzip"), None, False, id="no gzip"),
        pytest.param(answer(200, GZIPPED[:-12], Content_Encoding="gzip"), None, False, id="half a gzip"),
        pytest.param(raw(CHUNKED), {"a": 1}, False, id="chunked"),
        pytest.param(raw(b'HTTP/1.0 200 OK\r\n\r\n{"a": 1}'), {"a": 1}, False, id="HTTP/1.0"),
    ],
)
def test_what_is_read(server, reply, data, empty):
    got = ask(server, reply)
    assert (got.data, got.empty) == (data, empty)


def test_a_body_without_end_is_not_read(server, monkeypatch):
    monkeypatch.setattr(_http, "_BODY_LIMIT", 1 << 20)
    within = json.dumps("x" * ((1 << 20) - 2)).encode()
    assert len(ask(server, answer(200, within)).data) == (1 << 20) - 2
    error = failure(server, answer(200, within + b" "))
    assert error.kind == "invalid_response"
    assert "longer than 1 MB" in error.message


def test_a_body_that_trickles_for_ever_is_not_waited_for(server):
    class Hurried(Clock):
        def __call__(self):
            self.now += 20
            return self.now

    server.expect(Call("GET", "/v2/users", answer(200, {})))
    with pytest.raises(ArizeError, match="timed out") as caught:
        call(http(server.url, Hurried(), timeout=1.0))
    assert caught.value.kind == "transport"


@pytest.mark.parametrize("status", [200, 201, 404])
def test_an_answer_that_breaks_off_is_no_answer_where_its_body_counts(server, status):
    error = failure(server, cut_off(answer(status, {"some": "thing"})))
    assert error.kind == "transport"
    assert error.facts["status"] is None


@pytest.mark.parametrize(("status", "kind"), [(409, "conflict"), (401, "unauthorized"), (503, "server")])
def test_an_error_that_breaks_off_is_still_that_error(server, status, kind):
    error = failure(server, cut_off(problem(status, "Title")))
    assert (error.kind, error.facts["status"], error.facts["title"]) == (kind, status, None)
