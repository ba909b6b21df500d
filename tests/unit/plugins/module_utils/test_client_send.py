"""How a response is read: its status, its body, and the informational responses before it."""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import subprocess
import sys
import tracemalloc
import zlib
from pathlib import Path
from types import SimpleNamespace

import pytest
from ansible_collections.arize.ax.plugins.module_utils._client import failures
from ansible_collections.arize.ax.plugins.module_utils._client import session as layer
from ansible_collections.arize.ax.plugins.module_utils._client.body import BadBody, read_body
from ansible_collections.arize.ax.plugins.module_utils._client.failures import Request
from ansible_collections.arize.ax.plugins.module_utils._client.session import Unreadable
from ansible_collections.arize.ax.tests.unit.support.client import call, failure, http
from ansible_collections.arize.ax.tests.unit.support.wire import Call, answer, cut_off, informed, problem, raw

OK = answer(200, {"a": 1})


def ask(server, reply, method="GET", **options):
    server.expect(Call(method, "/v2/users", reply))
    return call(http(server.url, **options), method)


def refusal(server, reply, method="GET", **options):
    return failure(ask, server, reply, method, **options)


# ---------------------------------------------------------------- status


@pytest.mark.parametrize("status", [200, 299])
def test_every_2xx_is_a_success(server, status):
    assert ask(server, answer(status, {"a": 1})).status == status


@pytest.mark.parametrize("status", [300, 304, 399])
def test_no_other_status_is_a_success(server, status):
    error = refusal(server, answer(status, {"a": 1} if status != 304 else b""))
    assert (error.kind, error.status) == ("invalid_response", status)


# ---------------------------------------------------------------- bodies


GZIPPED = gzip.compress(b'{"a": 1}')
NUMBERS = [*range(30_000)]  # more than the window of gzip
MEMBERS = gzip.compress(b'{"a') + gzip.compress(b'": 1}')
CHUNKED = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{"a\r\n5\r\n": 1}\r\n0\r\n\r\n'


@pytest.mark.parametrize(
    ("reply", "data", "empty"),
    [
        pytest.param(answer(200, {"a": [1, "ж"]}), {"a": [1, "ж"]}, False, id="object"),
        pytest.param(answer(201, [1]), [1], False, id="list"),
        pytest.param(answer(204), None, True, id="204"),
        pytest.param(answer(202), None, True, id="202"),
        pytest.param(answer(200, b" \r\n"), None, True, id="whitespace"),
        pytest.param(answer(200, b"<html>"), None, False, id="HTML"),
        pytest.param(answer(200, b"{"), None, False, id="half an object"),
        pytest.param(answer(200, b"\xff\xfe\x00\x01"), None, False, id="not text"),
        pytest.param(answer(200, b"[" * 100_000), None, False, id="deeper than Python reads"),
        pytest.param(answer(200, GZIPPED, Content_Encoding="gzip"), {"a": 1}, False, id="gzip"),
        pytest.param(answer(200, GZIPPED, Content_Encoding=" GZip "), {"a": 1}, False, id="gzip in another case"),
        pytest.param(answer(200, MEMBERS, Content_Encoding="gzip"), {"a": 1}, False, id="gzip in two members"),
        pytest.param(
            answer(200, gzip.compress(json.dumps(NUMBERS).encode()), Content_Encoding="gzip"),
            NUMBERS,
            False,
            id="long gzip",
        ),
        pytest.param(answer(200, b"", Content_Encoding="gzip"), None, True, id="gzip without a body"),
        pytest.param(answer(200, b'{"a": 1}', Content_Encoding="identity"), {"a": 1}, False, id="identity"),
        pytest.param(raw(CHUNKED), {"a": 1}, False, id="chunked"),
        pytest.param(raw(b'HTTP/1.0 200 OK\r\n\r\n{"a": 1}'), {"a": 1}, False, id="HTTP/1.0"),
    ],
)
def test_a_body_is_read_as_json(server, reply, data, empty):
    got = ask(server, reply)
    assert (got.data, got.empty) == (data, empty)


def test_a_body_larger_than_the_limit_is_refused(server, monkeypatch):
    assert layer._BODY_LIMIT == 32 * 1024 * 1024
    monkeypatch.setattr(layer, "_BODY_LIMIT", 1 << 20)
    within = json.dumps("x" * ((1 << 20) - 2)).encode()
    assert len(ask(server, answer(200, within)).data) == (1 << 20) - 2
    error = refusal(server, answer(200, within + b" "))
    assert error.kind == "invalid_response"
    assert "longer than 1 MB" in error.message


def test_a_body_without_end_is_read_little_by_little():
    sizes = []

    def read(size, decode_content):
        sizes.append(size)
        return b"x" * min(size, 1 << 22)

    with pytest.raises(BadBody):
        read_body(SimpleNamespace(headers={}, length_remaining=None, read=read), 1 << 20)
    assert sum(sizes) < 1 << 21


@pytest.mark.parametrize("status", [200, 299, 404])
def test_a_response_cut_off_in_its_body_is_none_where_the_body_matters(server, status):
    error = refusal(server, cut_off(answer(status, {"some": "thing"})))
    assert error.kind == "transport"
    assert error.status is None


@pytest.mark.parametrize(
    ("status", "kind"), [(300, "invalid_response"), (409, "conflict"), (401, "unauthorized"), (503, "server")]
)
def test_an_error_response_cut_off_in_its_body_is_still_that_error(server, status, kind):
    error = refusal(server, cut_off(problem(status, "Title")))
    assert (error.kind, error.status, error.title) == (kind, status, None)


@pytest.mark.parametrize("length", ["\xb2", "-1", "many", "1" * 5000])
def test_a_length_that_is_no_number_is_ignored(server, length):
    reply = raw(f'HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{{"a": 1}}'.encode("latin-1"))
    assert ask(server, reply).data == {"a": 1}


@pytest.mark.parametrize(("missing", "is_whole"), [(None, True), (0, True), (1, False)])
def test_a_body_that_urllib3_finds_too_short_is_refused(missing, is_whole):
    """Version 1 of urllib3 knows that bytes are missing, but does not mind."""
    pieces = [b"x", b""]
    response = SimpleNamespace(headers={}, length_remaining=missing, read=lambda _size, decode_content: pieces.pop(0))
    if is_whole:
        assert read_body(response, 9) == b"x"
    else:
        with pytest.raises(ConnectionError):
            read_body(response, 9)


# ---------------------------------------------------------------- content codings


def test_one_coding_is_asked_for(server):
    server.expect(Call("GET", "/v2/users", OK))
    call(http(server.url))
    assert server.seen[0].headers["accept-encoding"] == "gzip"


@pytest.mark.parametrize("coding", ["br", "deflate", "gzip, gzip", "gzip,identity", "x"])
@pytest.mark.parametrize(("status", "kind"), [(200, "invalid_response"), (404, "invalid_response"), (409, "conflict")])
def test_no_other_coding_is_accepted(server, coding, status, kind):
    error = refusal(server, answer(status, GZIPPED, Content_Encoding=coding))
    assert (error.kind, error.status, error.title) == (kind, status, None)
    assert ("content coding that was not asked for" in error.message) is (kind == "invalid_response")


@pytest.mark.parametrize(
    "body",
    [b'{"a": 1}', GZIPPED[:-12], GZIPPED[:-1], GZIPPED + b"more", zlib.compress(b"1")],
    ids=["plain", "half", "no sum", "surplus", "zlib"],
)
@pytest.mark.parametrize(("status", "kind"), [(200, "invalid_response"), (503, "server")])
def test_a_body_that_is_no_gzip_is_refused(server, body, status, kind):
    error = refusal(server, answer(status, body, Content_Encoding="gzip"))
    assert (error.kind, error.title) == (kind, None)


@pytest.mark.parametrize("members", [1, 1000])
def test_decoded_bytes_are_counted_while_they_are_decoded(server, monkeypatch, members):
    monkeypatch.setattr(layer, "_BODY_LIMIT", 1 << 20)
    bomb = gzip.compress(b"0" * (100 << 20) if members == 1 else b"0" * 2000) * members
    tracemalloc.start()
    error = refusal(server, answer(200, bomb, Content_Encoding="gzip"))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (error.kind, "longer than 1 MB" in error.message) == ("invalid_response", True)
    assert most < 8 << 20


# ---------------------------------------------------------------- informational responses


@pytest.mark.parametrize("statuses", [[103], [102], [100], [199], [100, 102, 103, 103]], ids=str)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_informational_responses_are_skipped(server, statuses, method):
    client = http(server.url)
    server.expect(*[Call(method, "/v2/users", informed(OK, *statuses))] * 2)
    assert [call(client, method).data, call(client, method).data] == [{"a": 1}] * 2
    assert server.connections == 1, "the connection can be used again"


def test_informational_responses_before_an_error_are_skipped(server):
    assert refusal(server, informed(problem(409, "T"), 103)).kind == "conflict"


def test_informational_responses_through_a_proxy_are_skipped(server):
    server.expect(Call("GET", "http://api.x.io/v2/users", informed(OK, 103, 102)))
    assert call(http("http://api.x.io", proxy_url=server.url)).data == {"a": 1}


@pytest.mark.parametrize("status", [100, 103])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_informational_responses_without_end_are_an_error(server, method, status):
    error = refusal(server, informed(OK, *[status] * 100), method)
    assert (error.kind, error.outcome_unknown) == ("transport", method == "POST")


def test_as_many_informational_responses_as_allowed_are_skipped(server):
    assert ask(server, informed(OK, *[103] * 99)).status == 200


def test_an_informational_response_that_is_not_followed_by_another_is_an_error(server):
    assert refusal(server, informed(raw(b""), 103)).kind == "transport"


# ---------------------------------------------------------------- what the caller makes of it


def test_an_unreadable_response_names_the_clause(server):
    def read(response):
        raise Unreadable("the response lacks a thing")

    server.expect(Call("GET", "/v2/users", OK))
    error = failure(http(server.url).call, Request("do it", "GET", "/v2/users"), read)
    assert error.kind == "invalid_response"
    assert error.message.startswith("Could not do it: the response lacks a thing.")


@pytest.mark.parametrize("settled", [{}, "something"])
def test_a_settled_failure_is_the_result(server, settled):
    server.expect(Call("POST", "/v2/users", problem(500)))
    request = Request("do it", "POST", "/v2/users")
    assert http(server.url, max_retries=5).call(request, lambda response: response, lambda error: settled) is settled


# ---------------------------------------------------------------- without requests


def test_requests_is_found():
    assert layer.HAS_REQUESTS is True


@pytest.mark.parametrize("file", [layer, failures])
def test_a_file_can_be_loaded_without_requests(monkeypatch, file):
    monkeypatch.setitem(sys.modules, "requests", None)
    spec = importlib.util.find_spec(file.__name__)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    assert not hasattr(loaded, "requests")


def test_the_layer_can_be_imported_without_requests_and_says_so():
    code = f"import sys; sys.modules['requests'] = None; from {layer.__name__} import HAS_REQUESTS; print(HAS_REQUESTS)"
    paths = os.pathsep.join([str(Path(layer.__file__).parents[6]), os.environ.get("PYTHONPATH", "")])
    env = os.environ | {"PYTHONPATH": paths}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert done.stdout.strip() == "False"
