"""No response takes longer than ten time-outs, whatever its shape. Raw sockets, and a clock that reads move."""

from __future__ import annotations

import itertools
import ssl
import time

import pytest
import trustme
from ansible_collections.arize.ax.plugins.module_utils._client.deadline import Deadline, Overdue
from ansible_collections.arize.ax.plugins.module_utils._client.failures import Request
from ansible_collections.arize.ax.plugins.module_utils._client.session import Http
from ansible_collections.arize.ax.tests.unit.support.client import Clock, call, connection, failure, http
from ansible_collections.arize.ax.tests.unit.support.shapes import AT_ONCE, ONE, SHAPES, TEN, Trickler
from ansible_collections.arize.ax.tests.unit.support.wire import Call, answer

OK = answer(200, {"a": 1})
LONGEST_SECONDS = 5.0  # for what ends after 0.2 s at most: the rest is for a busy machine
SILENCE = 0.2  # the time-out, in real seconds, where the server says nothing
NEVER = 60.0  # and where it is not reached, however busy the machine


@pytest.fixture(scope="module")
def certified(tmp_path_factory):
    """A server's TLS context, and the file of its authority."""
    authority = trustme.CA(key_type=trustme.KeyType.ECDSA)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", key_type=trustme.KeyType.ECDSA).configure_cert(context)
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return context, str(path)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_a_response_of_this_shape_ends_in_time(shape, method, certified):
    context, ca_file = certified
    server = Trickler(shape, context)
    url = {"proxy": "https://api.x.io", "tls proxy": "https://api.x.io", "": f"http://127.0.0.1:{server.port}"}
    proxy = {"proxy": f"http://127.0.0.1:{server.port}", "tls proxy": f"https://localhost:{server.port}"}
    settings = connection(
        url.get(shape.via, f"https://localhost:{server.port}"),
        proxy_url=proxy.get(shape.via),
        timeout=SILENCE if shape.longest == ONE else NEVER,
        verify=ca_file,
    )
    # Each look at the clock of the deadline moves it, so that the sockets end nothing; or none does, so that they end it.
    moments = itertools.count(step=NEVER / 4 if shape.longest == TEN else 0)
    client = Http(settings, clock=lambda: next(moments))
    started = time.monotonic()
    error = failure(call, client, method)
    elapsed = time.monotonic() - started
    server.close()
    assert elapsed < LONGEST_SECONDS
    assert error.kind == shape.kind
    if "proxy" not in shape.via:  # of a proxy, older libraries tell less
        # The last read may be cut by the time that is left, or find none left.
        overdue = "(not complete within 10 time-outs)" in error.message or "(timed out)" in error.message
        assert overdue == (shape.longest != AT_ONCE and shape.kind == "transport")
    assert "TLS was not understood" not in error.message
    assert (error.title, error.detail) == (None, None)


# ---------------------------------------------------------------- the deadline


def test_a_read_has_the_time_out_or_what_is_left_of_ten():
    clock = Clock()
    deadline = Deadline(2.0, clock)
    clock.now += 18.0
    assert deadline.left() == 2.0
    clock.now += 1.5
    assert deadline.left() == 0.5
    clock.now += 0.5
    with pytest.raises(Overdue):
        deadline.left()


@pytest.mark.parametrize("seconds", [0.0, 2.0, 100.0])
def test_of_connecting_at_most_one_time_out_counts(seconds):
    """Name resolution has no time-out, and each address one of its own."""
    clock = Clock()
    deadline = Deadline(2.0, clock)
    deadline.connect(lambda: clock.sleep(seconds))
    clock.now += 16.0
    assert deadline.left() == 2.0
    clock.now += 1.5 if seconds else 3.5
    assert deadline.left() == 0.5
    clock.now += 0.5
    with pytest.raises(Overdue):
        deadline.left()


def test_each_request_on_a_kept_connection_has_a_deadline_of_its_own(server):
    clock = Clock()
    client = http(server.url, clock, timeout=2.0)
    for _number in range(3):
        server.expect(Call("GET", "/v2/users", OK))
        assert call(client).data == {"a": 1}
        clock.now += 15.0
    assert server.connections == 1


def test_a_read_leaves_the_time_out_of_the_socket_as_it_was(server):
    """The next request on a connection must not inherit the rest of an earlier response."""
    seen = []

    class Watched:
        def settimeout(self, seconds):
            seen.append(seconds)

    clock = Clock()
    deadline = Deadline(2.0, clock)
    clock.now += 19.0
    assert deadline.limit(len, Watched())(b"abc") == 3
    assert seen == [1.0, 2.0]


def test_the_deadline_is_that_of_one_attempt(server):
    clock = Clock()
    client = http(server.url, clock, timeout=2.0, max_retries=3)
    server.expect(*[Call("GET", "/x", answer(503, Retry_After="19"))] * 3, Call("GET", "/x", OK))
    assert client.call(Request("do it", "GET", "/x"), lambda response: response).status == 200
