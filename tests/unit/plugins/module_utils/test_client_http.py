# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The edges of the HTTP layer: numbers at which it decides otherwise, and what no mutant of it may get away with."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests
from ansible_collections.arize.ax.plugins.module_utils._client import http, _users
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._client.http import IF_REPEATABLE, NEVER, Request
from ansible_collections.arize.ax.tests.unit.support.client import Clock, call, http
from ansible_collections.arize.ax.tests.unit.support.wire import Call, answer, cut_off, problem

PATCH, POST, GET = (Request("do it", method, "/v2/users") for method in ("PATCH", "POST", "GET"))


def test_the_bounds_are_those_of_the_documentation():
    assert _http._BODY_LIMIT == 32 * 1024 * 1024
    assert _http._BODY_TIMEOUTS == 10
    assert (_users._MOST_STALE_PAGES, _users._MOST_PAGES) == (100, 10_000)


@pytest.mark.parametrize(
    ("request_", "status", "outcome_unknown", "repeat"),
    [
        (POST, 200, True, IF_REPEATABLE),
        (POST, 299, True, IF_REPEATABLE),
        (POST, 300, False, NEVER),
        (POST, None, False, NEVER),
        (PATCH, 299, True, NEVER),
        (PATCH, 300, False, NEVER),
        (GET, 200, False, NEVER),
    ],
)
def test_a_write_whose_answer_says_nothing_may_be_done(request_, status, outcome_unknown, repeat):
    error = http("http://127.0.0.1:9").invalid(request_, "it is odd", status)
    assert (error.outcome_unknown, error.repeat) == (outcome_unknown, repeat)


@pytest.mark.parametrize("status", [200, 299])
def test_success_is_every_2xx(server, status):
    server.expect(Call("GET", "/v2/users", answer(status, {"a": 1})))
    assert call(http(server.url)).status == status


@pytest.mark.parametrize("status", [300, 304, 399])
def test_what_is_no_2xx_is_no_success(server, status):
    server.expect(Call("GET", "/v2/users", answer(status, {"a": 1} if status != 304 else b"")))
    with pytest.raises(ArizeError) as caught:
        call(http(server.url))
    assert (caught.value.kind, caught.value.facts["status"]) == ("invalid_response", status)


@pytest.mark.parametrize(("status", "kind"), [(299, "transport"), (300, "invalid_response"), (404, "transport")])
def test_a_body_that_breaks_off_counts_where_it_is_needed(server, status, kind):
    server.expect(Call("GET", "/v2/users", cut_off(answer(status, {"some": "thing"}))))
    with pytest.raises(ArizeError) as caught:
        call(http(server.url))
    assert caught.value.kind == kind


def test_an_earlier_failure_hides_no_cause():
    earlier = ArizeError("transport", "earlier")
    error = requests.ConnectionError(earlier, OSError(111, "Connection refused"))
    assert _http._diagnose(error) == ("Connection refused", IF_REPEATABLE, "")
    assert earlier not in list(_http._causes(error))


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (requests.exceptions.InvalidSchema("Missing dependencies for SOCKS support."), "PySocks"),
        (requests.exceptions.InvalidURL("no host"), "cannot be used"),
        (requests.exceptions.InvalidProxyURL("no host"), "cannot be used"),
    ],
)
def test_what_cannot_be_tried_is_not_tried_again(error, told):
    reason, repeat, _hint = _http._diagnose(error)
    assert told in reason
    assert repeat == NEVER


@pytest.mark.parametrize(("status", "outcome_unknown"), [(499, False), (500, True), (599, True)])
def test_a_write_that_fails_may_be_done_from_500_on(server, status, outcome_unknown):
    server.expect(Call("PATCH", "/v2/users", problem(status)))
    with pytest.raises(ArizeError) as caught:
        call(http(server.url), "PATCH")
    assert caught.value.outcome_unknown is outcome_unknown


def body_of(parts, clock, seconds=0.0, length=None, read=None):
    """What _body makes of parts that come so many seconds apart; ``read`` is how many bytes came over the wire."""

    def dripping(_size):
        for part in parts:
            clock.now += seconds
            yield part

    told = {} if length is None else {"Content-Length": str(length)}
    response = SimpleNamespace(
        iter_content=dripping, headers=told, raw=SimpleNamespace(tell=lambda: read), status_code=200
    )
    return http("http://127.0.0.1:9", clock, timeout=3.0)._body(GET, response)


def test_a_body_has_ten_time_outs():
    assert body_of([b"x"] * 10, Clock(), seconds=3.0) == b"x" * 10
    with pytest.raises(requests.exceptions.ReadTimeout):
        body_of([b"x"] * 10, Clock(), seconds=3.01)


@pytest.mark.parametrize(("read", "is_whole"), [(9, False), (10, True), (11, True)])
def test_a_body_is_as_long_as_announced(read, is_whole):
    if is_whole:
        assert body_of([b"x" * 10], Clock(), length=10, read=read) == b"x" * 10
    else:
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            body_of([b"x" * 10], Clock(), length=10, read=read)


@pytest.mark.parametrize(("length", "is_cut"), [(299, False), (300, False), (301, True)])
def test_a_reason_may_have_300_characters(length, is_cut):
    error = requests.ConnectionError(OSError(5, "x" * length))
    message = http("http://127.0.0.1:9")._no_answer(GET, error).message
    assert ("x" * min(length, 300) in message) is not is_cut
    assert ("…" in message) is is_cut


@pytest.mark.parametrize(("length", "is_cut"), [(499, False), (500, False), (501, True)])
def test_what_is_wrong_with_an_answer_may_have_500_characters(length, is_cut):
    message = http("http://127.0.0.1:9").invalid(GET, "x" * length).message
    assert ("x" * min(length, 500) in message) is not is_cut
    assert ("…" in message) is is_cut


def test_causes_are_told_from_the_outside_in():
    inner, sibling = OSError("inner"), OSError("sibling")
    wrapped = requests.ConnectionError(requests.ConnectionError(inner), sibling)
    assert [str(cause) for cause in _http._causes(wrapped)][1:] == ["inner", "sibling", "inner"]
    assert list(_http._causes(wrapped))[2:] == [sibling, inner]


def test_a_secret_within_another_leaves_nothing_of_the_longer_one():
    client = http("http://127.0.0.1:9", api_key="abc-secret-def", proxy_url="http://u:secret@127.0.0.1:9")
    assert client._clean("<abc-secret-def> <secret>", 99) == f"<{_http.MASK}> <{_http.MASK}>"


@pytest.mark.parametrize(
    ("reason", "told"), [("WRONG_VERSION_NUMBER", "TLS: wrong version number"), (None, "TLS: handshake failed")]
)
def test_the_reason_of_tls_is_told(reason, told):
    error = ssl.SSLError()
    error.reason = reason
    assert _http._reason([error], "lost") == told


def test_requests_is_there():
    assert _http.HAS_REQUESTS is True


def test_without_requests_the_layer_can_be_imported_and_says_so():
    code = f"import sys; sys.modules['requests'] = None; from {_http.__name__} import HAS_REQUESTS; print(HAS_REQUESTS)"
    paths = os.pathsep.join([str(Path(_http.__file__).parents[5]), os.environ.get("PYTHONPATH", "")])
    env = os.environ | {"PYTHONPATH": paths}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert done.stdout.strip() == "False"
