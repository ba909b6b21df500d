"""The wire besides the request itself: headers, TLS, proxies."""

from __future__ import annotations

import base64
import datetime
import socket
import ssl
import warnings

import pytest
import trustme
from ansible_collections.arize.ax.plugins.module_utils._version import VERSION
from ansible_collections.arize.ax.tests.unit.support.api import KEY
from ansible_collections.arize.ax.tests.unit.support.client import Clock, call, failure, http
from ansible_collections.arize.ax.tests.unit.support.wire import LOST, Call, ScriptedServer, answer, informed, problem

OK = answer(200, {})


def transport_error(client, method="GET"):
    error = failure(call, client, method)
    assert error.kind == "transport"
    assert KEY not in error.message
    return error


# ---------------------------------------------------------------- headers


def test_headers_of_a_read_and_of_a_write(server):
    client = http(server.url)
    server.expect(
        Call("GET", "/v2/users", OK),
        Call("POST", "/v2/users", OK, {"a": "ж"}),
        Call("DELETE", "/v2/users", answer(204)),
        Call("POST", "/v2/users", answer(204)),
    )
    call(client)
    call(client, "POST", body={"a": "ж"})
    call(client, "DELETE")
    call(client, "POST")
    for request in server.seen:
        assert request.headers["authorization"] == f"Bearer {KEY}"
        assert request.headers["user-agent"] == f"arize.ax/{VERSION}"
        assert request.headers["accept"] == "application/json, application/problem+json"
    assert [request.headers.get("content-type") for request in server.seen] == [None, "application/json", None, None]
    assert server.connections == 1, "one session"


@pytest.mark.parametrize("machine", ["machine 127.0.0.1", "default"])
def test_a_netrc_does_not_replace_the_key(server, monkeypatch, tmp_path, machine):
    (tmp_path / ".netrc").write_text(f"{machine} login ada password hunter2\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    server.expect(Call("GET", "/v2/users", OK))
    call(http(server.url))
    assert server.seen[0].headers["authorization"] == f"Bearer {KEY}"


def test_a_cookie_is_not_sent_back(server):
    client = http(server.url)
    server.expect(*[Call("GET", "/v2/users", answer(200, {}, Set_Cookie="session=another client's; Path=/"))] * 2)
    call(client)
    call(client)
    assert "cookie" not in server.seen[1].headers


def test_a_path_prefix_is_kept(server):
    server.expect(Call("GET", "/prefix/v2/users", OK))
    call(http(server.url + "/prefix"))


# ---------------------------------------------------------------- TLS


@pytest.fixture(scope="module")
def authorities():
    """The certificate authority of the server, and an unknown one."""
    return trustme.CA(key_type=trustme.KeyType.ECDSA), trustme.CA(key_type=trustme.KeyType.ECDSA)


@pytest.fixture
def ca_files(authorities, tmp_path):
    paths = [str(tmp_path / name) for name in ("ours.pem", "other.pem")]
    for authority, path in zip(authorities, paths):
        authority.cert_pem.write_to_path(path)
    return paths


@pytest.fixture
def secure(authorities):
    """Start a server whose certificate is for these names."""
    servers = []

    def start(*names, **certificate):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authorities[0].issue_cert(*names, key_type=trustme.KeyType.ECDSA, **certificate).configure_cert(context)
        servers.append(ScriptedServer(context))
        return servers[-1]

    yield start
    for server in servers:
        server.close()
        server.verify()


@pytest.mark.parametrize("variable", [None, "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_a_private_authority_is_trusted_by_its_file_whatever_the_variables_say(secure, ca_files, variable, monkeypatch):
    ours, other = ca_files
    if variable:
        monkeypatch.setenv(variable, other)
    server = secure("localhost")
    server.expect(Call("GET", "/v2/users", OK))
    assert call(http(server.url, verify=ours)).status == 200


@pytest.mark.parametrize("variable", [None, "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_certificates_are_not_verified_whatever_the_variables_say(secure, ca_files, variable, monkeypatch):
    if variable:
        monkeypatch.setenv(variable, ca_files[1])
    server = secure("else.x.io")
    server.expect(Call("GET", "/v2/users", OK))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert call(http(server.url, verify=False)).status == 200


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_no_other_variable_applies(secure, ca_files, variable, monkeypatch):
    """Those that count are read where the connection is resolved; requests would read others too."""
    monkeypatch.setenv(variable, ca_files[0])
    assert "certificate" in transport_error(http(secure("localhost").url, verify=True)).message


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "certificate",
    [
        ("localhost", True, "unable to get local issuer certificate"),
        ("localhost", "other", "certificate"),
        ("else.x.io", "ours", "'localhost'"),
    ],
    ids=["public authorities", "another authority", "another name"],
)
def test_an_invalid_certificate_is_one_sentence_and_not_tried_again(secure, ca_files, method, certificate):
    name, trust, reason = certificate
    clock, server = Clock(), secure(name)
    verify = {"ours": ca_files[0], "other": ca_files[1]}.get(trust, trust)
    error = transport_error(http(server.url, clock, verify=verify, max_retries=5), method)
    assert f"no response from localhost:{server.port} (the certificate could not be verified: " in error.message
    assert reason in error.message
    assert error.message.count(". ") == 0
    assert not error.outcome_unknown
    assert (server.connections, clock.waits) == (1, [])


def test_an_expired_certificate_is_named(secure, ca_files):
    yesterday = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
    server = secure("localhost", not_before=yesterday - datetime.timedelta(days=1), not_after=yesterday)
    assert "certificate has expired" in transport_error(http(server.url, verify=ca_files[0])).message


def test_informational_responses_are_skipped(secure, ca_files):
    server = secure("localhost")
    server.expect(Call("GET", "/v2/users", informed(answer(200, {"a": 1}), 103)))
    assert call(http(server.url, verify=ca_files[0])).data == {"a": 1}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_https_to_an_http_port_is_tried_once_and_has_a_hint(server, method):
    clock = Clock()
    error = transport_error(http(server.url.replace("http://", "https://"), clock, max_retries=5), method)
    assert "this port may expect http:// instead of https://" in error.message
    assert "Check the endpoint" in error.message
    assert not error.outcome_unknown
    assert (server.connections, clock.waits) == (1, [])


# ---------------------------------------------------------------- no connection


def test_a_refused_connection_names_host_and_reason():
    unused = ScriptedServer(listening=False)
    message = transport_error(http(unused.url)).message
    assert message.startswith(f"Could not do it: no response from 127.0.0.1:{unused.port} (Connection refused).")


def test_a_host_that_does_not_exist_is_tried_again(monkeypatch):
    def unknown(*_arguments, **_options):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    clock = Clock()
    message = transport_error(http("https://api.x.invalid", clock, max_retries=1), "POST").message
    assert "no response from api.x.invalid (Name or service not known)" in message
    assert clock.waits == [0.25]


def test_a_host_that_accepts_no_connection_is_a_time_out_and_tried_again():
    full = socket.socket()
    full.bind(("127.0.0.1", 0))
    full.listen(0)
    waiting = [socket.socket() for _number in range(3)]
    for other in waiting:
        other.setblocking(False)
        other.connect_ex(full.getsockname())
    clock = Clock()
    error = transport_error(
        http(f"http://127.0.0.1:{full.getsockname()[1]}", clock, timeout=0.2, max_retries=1), "POST"
    )
    assert "(timed out)" in error.message
    assert clock.waits == [0.25]
    assert not error.outcome_unknown


# ---------------------------------------------------------------- proxies

TARGET = "http://api.x.io"
VARIABLES = ["http_proxy", "HTTP_PROXY", "all_proxy"]


def through(server):
    return server.url.replace("http://", "http://ann:hunter2@")


def test_the_proxy_that_is_given_is_used_with_its_password(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "*")
    server.expect(Call("GET", f"{TARGET}/v2/users", OK))
    call(http(TARGET, proxy_url=through(server)))
    basic = base64.b64encode(b"ann:hunter2").decode()
    assert server.seen[0].headers["proxy-authorization"] == f"Basic {basic}"
    assert server.seen[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("variable", VARIABLES)
def test_the_usual_variables_apply_where_no_proxy_is_given(server, monkeypatch, variable):
    monkeypatch.setenv(variable, server.url)
    server.expect(Call("GET", f"{TARGET}/v2/users", OK))
    call(http(TARGET))


def test_no_proxy_applies(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "x.io,127.0.0.1")
    server.expect(Call("GET", "/v2/users", OK))
    call(http(server.url))


@pytest.mark.parametrize("source", ["option", "variable"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_proxy_that_cannot_be_reached_is_tried_again(monkeypatch, source, method):
    unused, clock = ScriptedServer(listening=False), Clock()
    if source == "variable":
        monkeypatch.setenv("HTTP_PROXY", through(unused))
    proxy = through(unused) if source == "option" else None
    error = transport_error(http(TARGET, clock, proxy_url=proxy, max_retries=2), method)
    assert "no response from api.x.io (through the proxy: Connection refused)" in error.message
    assert "Check proxy_url" in error.message
    assert len(clock.waits) == 2
    assert not error.outcome_unknown
    assert "hunter2" not in error.message


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", [403, 407, 502])
def test_a_proxy_that_opens_no_tunnel_is_tried_again(server, method, status):
    """The request itself was never sent."""
    clock = Clock()
    refusal = problem(status, "No hunter2")
    server.expect(*[Call("CONNECT", "api.x.io:443", refusal._replace(keep=False))] * 2)
    error = transport_error(http("https://api.x.io", clock, proxy_url=through(server), max_retries=1), method)
    assert f"(the proxy refused: Tunnel connection failed: {status}" in error.message
    assert "Check proxy_url" in error.message
    assert clock.waits == [0.25]
    assert not error.outcome_unknown
    assert "hunter2" not in error.message


def test_the_outcome_of_a_write_that_a_proxy_lost_is_unknown(server):
    server.expect(Call("POST", f"{TARGET}/v2/users", LOST))
    error = transport_error(http(TARGET, proxy_url=through(server), max_retries=5), "POST")
    assert error.outcome_unknown
    assert "hunter2" not in error.message
