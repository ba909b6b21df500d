"""Real TLS, real proxies, IPv6, and the variables of the official clients, through whole modules."""

from __future__ import annotations

import datetime
import json
import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import trustme
from arize_ax_simulator import ADMIN_KEY, MEMBER_KEY, Simulator

from tests.faults.proxy import Proxy
from tests.faults.scenes import ENDPOINTS, INFO, SCENES, USER, Scene
from tests.journeys.harness import ModuleRunner, Run, hiding_places

PASSWORD, PASSWORD_ENCODED = "let me/in", "let%20me%2Fin"
DESIRED = {"email": "admin@simulator.example", "max_retries": 0}


class Tls(NamedTuple):
    """An https simulator and the authority that vouches for it."""

    sim: Simulator
    ca: str
    run: ModuleRunner

    @property
    def url(self) -> str:
        """The URL with the name that the certificate has."""
        return self.sim.url.replace("127.0.0.1", "localhost")


def serve(folder: Path, authority: trustme.CA, *names: str, days: int = 1) -> Simulator:
    """Return a simulator whose certificate is for these names."""
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
    issued = authority.issue_cert(*names, not_after=until)
    certificate, key = folder / f"{names[0]}-{days}.pem", folder / f"{names[0]}-{days}.key"
    issued.private_key_pem.write_to_path(str(key))
    for blob in issued.cert_chain_pems:
        blob.write_to_path(str(certificate), append=True)
    return Simulator(certificate=(str(certificate), str(key)))


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """A private certificate authority."""
    return trustme.CA()


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory, authority: trustme.CA) -> Iterator[Tls]:
    """A simulator with TLS."""
    folder = tmp_path_factory.mktemp("tls")
    ca = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    with serve(folder, authority, "localhost") as sim:
        yield Tls(sim, str(ca), ModuleRunner(sim))


def assert_hides(run: Run, *secrets: str) -> None:
    text = json.dumps(run.result)
    for secret in secrets:
        assert not [form for form in hiding_places(secret) if form in text]


# -- certificates --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("variable", ["", "ARIZE_SSL_CA_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_a_private_authority_is_trusted_by_option_and_variable(tls: Tls, variable: str) -> None:
    given = {"env": {variable: tls.ca}} if variable else {"ca_path": tls.ca}
    assert not tls.run(USER, api_url=tls.url, **DESIRED, **given).failed


@pytest.mark.parametrize("given", [{"validate_certs": False}, {"env": {"ARIZE_REQUEST_VERIFY": "false"}}])
def test_no_verification_is_believed(tls: Tls, given: dict[str, Any]) -> None:
    assert not tls.run(USER, api_url=tls.sim.url, **DESIRED, **given).failed


@pytest.mark.parametrize("given", [{}, {"env": {"ARIZE_REQUEST_VERIFY": ""}}, {"env": {"SSL_CERT_FILE": ""}}])
def test_an_unknown_authority_is_refused_at_once(tls: Tls, given: dict[str, Any]) -> None:
    done = tls.run(USER, api_url=tls.url, **{**DESIRED, "max_retries": 3}, **given)
    assert (done.kind, done.requests) == ("transport", [])
    assert "certificate could not be verified" in done.msg
    assert "ca_path" in done.msg
    assert "Gave up" not in done.msg


def test_a_certificate_for_another_host_is_refused(tls: Tls) -> None:
    done = tls.run(USER, api_url=tls.sim.url, ca_path=tls.ca, **DESIRED)  # an address, not the name
    assert (done.kind, done.requests) == ("transport", [])
    assert "127.0.0.1" in done.msg


def test_an_expired_certificate_is_refused(tls: Tls, authority: trustme.CA, tmp_path: Path) -> None:
    with serve(tmp_path, authority, "localhost", days=-1) as sim:
        url = sim.url.replace("127.0.0.1", "localhost")
        done = ModuleRunner(sim)(USER, api_url=url, ca_path=tls.ca, **DESIRED)
    assert (done.kind, done.requests) == ("transport", [])
    assert "expired" in done.msg


def test_http_where_https_is_spoken_and_the_other_way_round(tls: Tls, sim: Any, run: ModuleRunner) -> None:
    plain = tls.run(USER, api_url=tls.sim.url.replace("https", "http"), **DESIRED)
    secure = run(USER, api_url=sim.url.replace("http", "https"), **{**DESIRED, "max_retries": 3})
    assert (plain.kind, secure.kind) == ("transport", "transport")
    assert "http://" in secure.msg
    assert "Gave up" not in secure.msg  # one attempt: another would end likewise


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: f"{scene.module}-{scene.endpoint}-{scene.name}")
def test_a_redirect_from_https_to_http_is_not_followed(tls: Tls, sim: Any, counted: Counter[str], scene: Scene) -> None:
    for times in (1, None):
        options = scene.arrange(tls.sim)
        plain = {"kind": "redirect", "status": 307, "location": f"{sim.url}/v2/users"}
        tls.sim.fault(**{**ENDPOINTS[scene.endpoint], **plain, "times": times})
        before = tls.sim.users()
        done = tls.run(scene.module, no_log=True, api_url=tls.url, ca_path=tls.ca, **options)
        kinds = {done.kind, *(item["error"]["kind"] for item in done.result.get("entries", []) if "error" in item)}
        assert kinds - {"partial"} == {"invalid_response"}
        assert (done.changed, tls.sim.users() == before) == (scene.already, not scene.already)
        assert sim.journal() == []
        counted["Faults survived"] += 1


# -- proxies -------------------------------------------------------------------------------------------------------


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """A proxy without a password."""
    with Proxy() as running:
        yield running


@pytest.fixture
def guarded() -> Iterator[Proxy]:
    """A proxy that wants a password."""
    with Proxy("me", PASSWORD) as running:
        yield running


@pytest.mark.parametrize("source", ["proxy_url", "ARIZE_PROXY_URL", "HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_plain_http_goes_through_the_proxy(run: ModuleRunner, proxy: Proxy, source: str) -> None:
    url = f"http://{proxy.place}"
    done = run(USER, **DESIRED, **({source: url} if source == "proxy_url" else {"env": {source: url}}))
    assert not done.failed, done.msg
    assert len(proxy.seen) == len(done.requests) == 1
    assert proxy.seen[0].startswith("GET http://127.0.0.1:")


@pytest.mark.parametrize("source", ["proxy_url", "ARIZE_PROXY_URL", "HTTPS_PROXY", "https_proxy"])
def test_https_goes_through_a_tunnel_with_the_password(tls: Tls, guarded: Proxy, source: str) -> None:
    url = f"http://me:{PASSWORD_ENCODED}@{guarded.place}"
    given = {source: url} if source == "proxy_url" else {"env": {source: url}}
    done = tls.run(USER, api_url=tls.url, ca_path=tls.ca, **DESIRED, **given)
    assert not done.failed, done.msg
    assert guarded.seen == [f"CONNECT localhost:{tls.url.rpartition(':')[2]}"]
    assert_hides(done, PASSWORD, PASSWORD_ENCODED, f"me:{PASSWORD}")


@pytest.mark.parametrize("source", ["proxy_url", "HTTPS_PROXY"])
def test_a_wrong_password_is_refused_and_not_shown(tls: Tls, guarded: Proxy, source: str) -> None:
    url = f"http://me:wrong%21{PASSWORD_ENCODED}@{guarded.place}"
    given = {source: url} if source == "proxy_url" else {"env": {source: url}}
    done = tls.run(USER, api_url=tls.url, ca_path=tls.ca, **DESIRED, **given)
    assert (done.kind, done.requests) == ("transport", [])
    assert "407" in done.msg
    assert "proxy_url" in done.msg
    assert_hides(done, PASSWORD, PASSWORD_ENCODED, f"wrong!{PASSWORD}")


def test_a_plain_proxy_that_refuses_is_an_answer_without_the_password(run: ModuleRunner, guarded: Proxy) -> None:
    done = run(USER, **DESIRED, proxy_url=f"http://me:wrong@{guarded.place}")
    assert (done.failed, done["error"]["status"], done.requests) == (True, 407, [])
    assert_hides(done, "me:wrong")


@pytest.mark.parametrize("spared", ["127.0.0.1", "localhost,127.0.0.1", "*"])
@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_no_proxy_is_heeded_but_not_by_the_option(run: ModuleRunner, proxy: Proxy, name: str, spared: str) -> None:
    env = {"HTTP_PROXY": f"http://{proxy.place}", name: spared}
    assert not run(USER, **DESIRED, env=env).failed
    assert proxy.seen == []
    assert not run(USER, **DESIRED, env=env, proxy_url=f"http://{proxy.place}").failed
    assert len(proxy.seen) == 1


def test_a_socks_proxy_needs_a_library_that_is_named(run: ModuleRunner) -> None:
    done = run(USER, **DESIRED, env={"ALL_PROXY": "socks5://127.0.0.1:9"})
    assert (done.kind, done.requests) == ("transport", [])
    assert "PySocks" in done.msg


def test_an_empty_proxy_is_none(run: ModuleRunner) -> None:
    empty = dict.fromkeys(["ARIZE_PROXY_URL", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"], "")
    assert not run(USER, **DESIRED, proxy_url="", env=empty).failed


# -- IPv6 ----------------------------------------------------------------------------------------------------------


def test_ipv6() -> None:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            pass
    except OSError:
        pytest.skip("this machine has no IPv6")
    with Simulator("::1") as sim:
        run = ModuleRunner(sim)
        assert not run(USER, **DESIRED).failed
        assert not run(USER, **DESIRED, api_url=None, api_key=None, env=sim.environment()).failed
        port = sim.url.rpartition(":")[2]
        for env in ({"ARIZE_SINGLE_HOST": "[::1]", "ARIZE_SINGLE_PORT": port}, {"ARIZE_API_HOST": f"[::1]:{port}"}):
            assert not run(USER, **DESIRED, api_url=None, env={**env, "ARIZE_API_SCHEME": "http"}).failed


# -- the variables of the official clients -------------------------------------------------------------------------

NAMES = [
    *("ARIZE_API_KEY", "ARIZE_REGION", "ARIZE_BASE_DOMAIN", "ARIZE_SINGLE_HOST", "ARIZE_SINGLE_PORT"),
    *("ARIZE_API_HOST", "ARIZE_API_SCHEME", "ARIZE_API_PORT", "ARIZE_REQUEST_VERIFY", "ARIZE_SSL_CA_CERT"),
    *("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "ARIZE_PROXY_URL", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"),
]


def test_empty_variables_are_as_if_they_were_not_there(sim: Any, run: ModuleRunner) -> None:
    assert not run(USER, **DESIRED, env=dict.fromkeys(NAMES, "")).failed
    empty = {name: "" for name in NAMES if name not in sim.environment()}
    assert not run(USER, **DESIRED, api_url=None, api_key=None, env={**empty, **sim.environment()}).failed
    assert run(USER, **DESIRED, api_key=None, env={"ARIZE_API_KEY": " "}).kind == "bad_option"


def test_a_single_host_beats_the_api_host(sim: Any, run: ModuleRunner) -> None:
    host, port = sim.url.removeprefix("http://").split(":")
    env = {"ARIZE_SINGLE_HOST": host, "ARIZE_SINGLE_PORT": port, "ARIZE_API_SCHEME": "http", "ARIZE_API_HOST": "x.io"}
    assert not run(USER, **DESIRED, api_url=None, env=env).failed
    env = {"ARIZE_SINGLE_HOST": sim.url, "ARIZE_API_PORT": "0", "ARIZE_SINGLE_PORT": "0"}
    assert not run(USER, **DESIRED, api_url=None, env=env).failed


@pytest.mark.parametrize(
    ("env", "host"),
    [
        ({}, "api.arize.com"),
        ({"ARIZE_REGION": "eu-west-1a"}, "api.eu-west-1a.arize.com"),
        ({"ARIZE_REGION": "us-central-1a", "ARIZE_API_HOST": "x.io"}, "api.us-central-1a.arize.com"),
        ({"ARIZE_BASE_DOMAIN": "arize.example.com"}, "api.arize.example.com"),
        ({"ARIZE_API_HOST": "x.io", "ARIZE_API_PORT": "8443"}, "x.io:8443"),
    ],
)
def test_the_endpoint_that_the_variables_choose(
    run: ModuleRunner, proxy: Proxy, env: dict[str, str], host: str
) -> None:
    proxy.wanted = "an unknown password"  # each host is asked for, and none is reached
    done = run(INFO, api_url=None, max_retries=0, env={**env, "ARIZE_PROXY_URL": f"http://{proxy.place}"})
    assert done.kind == "transport"
    assert host in done.msg
    assert proxy.seen == [f"CONNECT {host if ':' in host else host + ':443'}"]


def test_the_key_is_the_tasks_before_it_is_the_environments(sim: Any, run: ModuleRunner) -> None:
    run(USER, **DESIRED, env={"ARIZE_API_KEY": MEMBER_KEY})
    run(USER, **DESIRED, api_key=None, env={"ARIZE_API_KEY": MEMBER_KEY})
    run(USER, **DESIRED, api_key="", env={"ARIZE_API_KEY": f" {ADMIN_KEY}\n"})
    assert [entry["key"] for entry in sim.journal()] == ["admin", "member", "admin"]
