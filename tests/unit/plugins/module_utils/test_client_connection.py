"""Key, certificates, proxy and numbers: where they come from, what is refused, and what is warned about."""

from __future__ import annotations

import ssl

import pytest
import trustme
from ansible_collections.arize.ax.plugins.module_utils._client.connection import resolve
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError

DEFAULTS = {"api_key": "key", "timeout": 30.0, "max_retries": 5, "max_retry_wait": 60.0}
CA_SOURCES = ["ca_path", "ARIZE_SSL_CA_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"]


def connection(options=None, environ=None):
    return resolve({**DEFAULTS, **(options or {})}, environ or {})


def refusal(options=None, environ=None):
    with pytest.raises(ArizeError) as caught:
        connection(options, environ)
    assert caught.value.kind == "bad_option"
    assert "\n" not in caught.value.message
    return caught.value.message


def given(source, value):
    """Options and environment in which *source* has *value*."""
    return ({}, {source: value}) if source.isupper() else ({source: value}, {})


# ---------------------------------------------------------------- key


@pytest.mark.parametrize(
    ("option", "variable", "expected"),
    [
        ("task", None, "task"),
        ("task", "environment", "task"),
        (None, "environment", "environment"),
        ("", "environment", "environment"),
        (" \n", "environment", "environment"),
        (" key\r\n", None, "key"),
        (None, "\tkey\n", "key"),
        ("\u00a0key\u00a0", None, "key"),
        ("a b~!", None, "a b~!"),
    ],
)
def test_api_key(option, variable, expected):
    environ = {} if variable is None else {"ARIZE_API_KEY": variable}
    assert connection({"api_key": option}, environ).api_key == expected


@pytest.mark.parametrize("option", [None, "", " \n"])
def test_a_missing_key_names_option_and_variable(option):
    message = refusal({"api_key": option}, {"ARIZE_API_KEY": ""})
    assert "api_key" in message
    assert "ARIZE_API_KEY" in message


@pytest.mark.parametrize("source", ["api_key", "ARIZE_API_KEY"])
@pytest.mark.parametrize(
    "key", ["hunter2\nx", "hunter2\rx", "hunter2\x00x", "hunter2\tx", "hunter2\x7fx", "hunter2é", "hunter2\u2028x"]
)
def test_a_key_with_something_that_no_key_has_is_refused_and_not_repeated(source, key):
    options, environ = given(source, key)
    message = refusal({"api_key": None, **options}, environ)
    assert message.startswith(f"{source} ")
    assert "hunter2" not in message


# ---------------------------------------------------------------- certificates


@pytest.fixture(scope="module")
def ca_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    trustme.CA(key_type=trustme.KeyType.ECDSA).cert_pem.write_to_path(str(path))
    return str(path)


@pytest.mark.parametrize(
    ("option", "variable", "expected"),
    [
        (None, None, True),
        (True, None, True),
        (False, None, False),
        (None, "", True),
        (None, " ", True),
        (True, "false", True),
        (False, "true", False),
        (True, "perhaps", True),
        *[(None, word, True) for word in ("true", "True", "YES", "on", "1", "y", "t", " true ")],
        *[(None, word, False) for word in ("false", "False", "NO", "off", "0", "n", "f", " false ")],
    ],
)
def test_validate_certs(option, variable, expected):
    environ = {} if variable is None else {"ARIZE_REQUEST_VERIFY": variable}
    assert connection({"validate_certs": option}, environ).verify is expected


def test_a_bad_value_of_the_variable_is_named_as_the_variable():
    assert refusal({}, {"ARIZE_REQUEST_VERIFY": "perhaps"}).startswith("ARIZE_REQUEST_VERIFY ")


@pytest.mark.parametrize("source", CA_SOURCES)
@pytest.mark.parametrize(
    "off", [{"validate_certs": False}, {"ARIZE_REQUEST_VERIFY": "false"}], ids=["option", "variable"]
)
def test_no_verification_wins_over_every_ca_setting(source, off):
    options, environ = given(source, "/no/such/file")
    name, value = next(iter(off.items()))
    (environ if name.isupper() else options)[name] = value
    assert connection(options, environ).verify is False


@pytest.mark.parametrize("position", range(len(CA_SOURCES)))
def test_the_first_ca_setting_counts(position, ca_file):
    """Those before it are empty, those after it are bad: neither matters."""
    values = dict.fromkeys(CA_SOURCES[:position], "")
    values[CA_SOURCES[position]] = ca_file
    values.update(dict.fromkeys(CA_SOURCES[position + 1 :], "/no/such/file"))
    environ = {name: value for name, value in values.items() if name.isupper()}
    assert connection({"ca_path": values["ca_path"]}, environ).verify == ca_file


@pytest.mark.parametrize("source", CA_SOURCES)
@pytest.mark.parametrize(
    "content", [None, b"", b"no certificate", b"\xff\x00\xfe", b"-----BEGIN CERTIFICATE-----\nAAAA\n"]
)
def test_a_ca_that_is_not_there_or_no_pem_names_source_and_path(source, content, tmp_path):
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    message = refusal(*given(source, str(path)))
    assert message.startswith(f"{source}: ")
    assert str(path) in message


def test_a_ca_may_be_a_folder(tmp_path):
    assert connection({"ca_path": str(tmp_path)}).verify == str(tmp_path)


def test_a_ca_path_may_start_at_home(tmp_path, monkeypatch, ca_file):
    monkeypatch.setenv("HOME", str(tmp_path))
    with open(ca_file, "rb") as certificate:
        (tmp_path / "ca.pem").write_bytes(certificate.read())
    assert connection({}, {"ARIZE_SSL_CA_CERT": "~/ca.pem"}).verify == str(tmp_path / "ca.pem")


def test_an_encoding_of_another_kind_is_no_pem(tmp_path, ca_file):
    with open(ca_file, encoding="ascii") as certificate:
        (tmp_path / "ca.der").write_bytes(ssl.PEM_cert_to_DER_cert(certificate.read()))
    assert "ca.der" in refusal({"ca_path": str(tmp_path / "ca.der")})


# ---------------------------------------------------------------- proxy


@pytest.mark.parametrize(
    ("option", "variable", "expected"),
    [
        (None, None, None),
        ("", "", None),
        ("http://p.io:3128", None, "http://p.io:3128"),
        ("http://p.io:1", None, "http://p.io:1"),
        ("http://p.io", "http://q.io", "http://p.io"),
        (None, "http://q.io", "http://q.io"),
        ("", " http://q.io ", "http://q.io"),
        ("p.io:3128", None, "http://p.io:3128"),
        ("https://u:p%40ss@p.io", None, "https://u:p%40ss@p.io"),
        ("http://[::1]:3128", None, "http://[::1]:3128"),
    ],
)
def test_proxy_url(option, variable, expected):
    environ = {} if variable is None else {"ARIZE_PROXY_URL": variable}
    assert connection({"proxy_url": option}, environ).proxy_url == expected


@pytest.mark.parametrize("source", ["proxy_url", "ARIZE_PROXY_URL"])
@pytest.mark.parametrize(
    "proxy",
    [
        "ftp://u:hunter2@p.io",
        "socks5://u:hunter2@p.io",
        "http://u:hunter2@",
        "http://u:hunter2@p.io:port",
        "http://u:hunter2@p.io:0",
        "http://u:hunter2 x@p.io",
        "http://u:hunter2@p.io/\nx",
        "http://u:hunter2@[::1",
    ],
)
def test_a_bad_proxy_is_named_without_its_password(source, proxy):
    options, environ = given(source, proxy)
    message = refusal(options, environ)
    assert message.startswith(f"{source} ")
    assert "hunter2" not in message


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize("name", ["timeout", "max_retry_wait"])
@pytest.mark.parametrize("value", [-1.0, -0.001, float("nan"), float("inf"), float("-inf"), 1e300, 1_000_001.0])
def test_seconds_that_are_none_are_refused(name, value):
    assert refusal({name: value}).startswith(f"{name} ")


def test_a_time_out_of_zero_is_refused_and_a_wait_of_zero_is_not():
    assert "above zero" in refusal({"timeout": 0.0})
    assert "not below zero" in refusal({"max_retry_wait": -1.0})
    assert connection({"max_retry_wait": 0.0}).max_retry_wait == 0


def test_retries_may_be_zero_but_not_less():
    assert connection({"max_retries": 0}).max_retries == 0
    assert refusal({"max_retries": -1}).startswith("max_retries ")


def test_numbers_are_taken_as_they_are():
    taken = connection({"timeout": 0.5, "max_retries": 7, "max_retry_wait": 1_000_000.0})
    assert (taken.timeout, taken.max_retries, taken.max_retry_wait) == (0.5, 7, 1_000_000)


# ---------------------------------------------------------------- warnings


@pytest.mark.parametrize(
    ("api_url", "host"),
    [
        ("https://api.x.io", None),
        ("http://api.x.io:8080/p", "api.x.io"),
        ("http://localhost.x.io", "localhost.x.io"),
        ("http://127.0.0.1.x.io", "127.0.0.1.x.io"),
        ("http://notlocalhost", "notlocalhost"),
        ("http://10.0.0.1", "10.0.0.1"),
        ("http://[fe80::1]", "fe80::1"),
        ("http://localhost:8080", None),
        ("http://LOCALHOST", None),
        ("http://api.localhost", None),
        ("http://127.0.0.1", None),
        ("http://127.8.9.10:80", None),
        ("http://[::1]:80", None),
    ],
)
def test_a_key_that_is_sent_unencrypted_is_warned_about(api_url, host):
    warnings = connection({"api_url": api_url}).warnings
    assert len(warnings) == (1 if host else 0)
    assert not host or f"unencrypted to {host}: use https." in warnings[0]


@pytest.mark.parametrize("verify", [True, False, "/etc"])
def test_certificates_that_are_not_verified_are_warned_about(verify):
    options = {"ca_path": verify} if isinstance(verify, str) else {"validate_certs": verify}
    warnings = connection(options).warnings
    assert ["validate_certs: false" in warning for warning in warnings] == ([] if verify else [True])


def test_each_exposure_has_a_warning_of_its_own():
    assert len(connection({"api_url": "http://api.x.io", "validate_certs": False}).warnings) == 2
