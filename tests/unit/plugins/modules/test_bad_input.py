"""Unusable input, for each module: one sentence that names the option, nothing sent, no traceback."""

from __future__ import annotations

import importlib
import ssl
import sys

import pytest
import trustme
from ansible_collections.arize.ax.plugins.module_utils._client import session
from ansible_collections.arize.ax.plugins.modules import (
    arize_user,
    arize_user_info,
    arize_user_invite,
    arize_user_password_reset,
)
from ansible_collections.arize.ax.tests.unit.support.api import KEY
from ansible_collections.arize.ax.tests.unit.support.task import Task, run
from ansible_collections.arize.ax.tests.unit.support.wire import ScriptedServer

EMAIL = "ada@x.io"
MODULES = [arize_user, arize_user_info, arize_user_invite, arize_user_password_reset]
CREATING = [arize_user, arize_user_invite]
ONE_USER = [arize_user, arize_user_invite, arize_user_password_reset]


def named(module):
    return module.__name__.rpartition(".")[2]


# Those that take the options, the options, and what the message must name.
CASES = [
    (ONE_USER, {}, ["email", "user_id"]),
    (ONE_USER, {"email": " ", "user_id": ""}, ["email", "user_id"]),
    ([arize_user_info], {"email": ""}, ["email", "empty"]),
    ([arize_user_info], {"user_id": " "}, ["user_id", "empty"]),
    ([arize_user_info], {"email_contains": ""}, ["email_contains", "empty"]),
    (CREATING, {"email": EMAIL, "name": ["Ada", "L"]}, ["name", "list", EMAIL]),
    (CREATING, {"email": EMAIL, "name": {"first": "Ada"}}, ["name", "mapping", EMAIL]),
    (CREATING, {"email": EMAIL, "name": 83}, ["name", "number", EMAIL]),
    (CREATING, {"email": EMAIL, "name": "********"}, ["name", "masked", EMAIL]),
    (MODULES, {"email": "\u201cada@x.io\u201d"}, ["email"]),
    (MODULES, {"email": "sam@********.com"}, ["email"]),
    (MODULES, {"user_id": ["id1"]}, ["user_id", "list"]),
    (MODULES, {"email": EMAIL, "user_id": "id1"}, ["email", "user_id"]),
    ([arize_user_info], {"email": EMAIL, "email_contains": "x.io"}, ["email", "email_contains"]),
    ([arize_user_info], {"user_id": "id1", "email_contains": "x.io"}, ["user_id", "email_contains"]),
    (MODULES, {"email": "ada"}, ["email"]),
    (MODULES, {"email": "ada@x@y.io"}, ["email"]),
    (MODULES, {"email": "a" * 251 + "@x.io"}, ["email", "255"]),
    (MODULES, {"user_id": "a\nb"}, ["user_id"]),
    (CREATING, {"email": EMAIL, "name": ""}, ["name", EMAIL]),
    (CREATING, {"email": EMAIL, "name": " \t"}, ["name", EMAIL]),
    (CREATING, {"email": EMAIL, "name": "x" * 256}, ["name", "255", EMAIL]),
    (CREATING, {"email": EMAIL, "role": "admin", "custom_role_id": "r1"}, ["role", "custom_role_id", EMAIL]),
    (CREATING, {"email": EMAIL, "custom_role_id": " "}, ["custom_role_id", EMAIL]),
    (MODULES, {"email": EMAIL, "api_url": "", "region": "mars-1"}, ["region", "eu-west-1a", "ca-central-1a"]),
    (MODULES, {"email": EMAIL, "region": "eu-west-1a"}, ["api_url", "region"]),
    (MODULES, {"email": EMAIL, "api_url": "ftp://x.io"}, ["api_url"]),
    (MODULES, {"email": EMAIL, "api_url": "https://u:hunter2@x.io"}, ["api_url", "credentials"]),
    (MODULES, {"email": EMAIL, "api_key": None}, ["api_key", "ARIZE_API_KEY"]),
    (MODULES, {"email": EMAIL, "api_key": " \n"}, ["api_key", "ARIZE_API_KEY"]),
    (MODULES, {"email": EMAIL, "api_key": "hunter2\nhunter2"}, ["api_key", "line break"]),
    (MODULES, {"email": EMAIL, "ca_path": "/no/such/file"}, ["ca_path", "/no/such/file"]),
    (MODULES, {"email": EMAIL, "proxy_url": "ftp://u:hunter2@x.io"}, ["proxy_url"]),
    (MODULES, {"email": EMAIL, "timeout": 0}, ["timeout"]),
    (MODULES, {"email": EMAIL, "timeout": "nan"}, ["timeout"]),
    (MODULES, {"email": EMAIL, "timeout": 1e300}, ["timeout"]),
    (MODULES, {"email": EMAIL, "max_retries": -1}, ["max_retries"]),
    (MODULES, {"email": EMAIL, "max_retry_wait": -1}, ["max_retry_wait"]),
    (MODULES, {"email": EMAIL, "max_retry_wait": "inf"}, ["max_retry_wait"]),
]


@pytest.mark.parametrize(
    ("module", "options", "words"),
    [
        pytest.param(module, options, words, id=f"{named(module)}-{str(options)[:60]}")
        for modules, options, words in CASES
        for module in modules
    ],
)
def test_bad_input(server, module, options, words):
    result = Task(module, server).run_both(**options)
    assert (result["failed"], result["changed"], result["error"]["kind"]) == (True, False, "bad_option")
    assert all(word in result["msg"] for word in words)
    assert "hunter2" not in str({name: value for name, value in result.items() if name != "invocation"})
    assert "user" not in result, "no user was looked for"


@pytest.mark.parametrize(
    ("modules", "options", "word"),
    [
        (CREATING, {"role": "owner"}, "role"),
        (CREATING, {"role": ""}, "role"),
        (CREATING, {"invite_mode": "pigeon"}, "invite_mode"),
        ([arize_user_invite], {"invite_mode": "none"}, "invite_mode"),
        ([arize_user], {"state": "gone"}, "state"),
        ([arize_user], {"role_mismatch": "change"}, "role_mismatch"),
        ([arize_user_info], {"status": ["frozen"]}, "status"),
        (MODULES, {"timeout": "soon"}, "timeout"),
        (MODULES, {"max_retries": "1.5"}, "max_retries"),
        (MODULES, {"validate_certs": "perhaps"}, "validate_certs"),
        (MODULES, {"unknown": 1}, "unknown"),
    ],
    ids=lambda value: "" if isinstance(value, list) else str(value),
)
def test_what_ansible_itself_refuses(server, modules, options, word):
    for module in modules:
        result = Task(module, server).run(email=EMAIL, **options)
        assert result["failed"]
        assert word in result["msg"]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ARIZE_REGION", "mars-1"),
        ("ARIZE_SINGLE_HOST", "u:hunter2@x.io"),
        ("ARIZE_API_PORT", "http"),
        ("ARIZE_API_SCHEME", "ftp"),
        ("ARIZE_API_KEY", "hunter2\nhunter2"),
        ("ARIZE_REQUEST_VERIFY", "perhaps"),
        ("ARIZE_SSL_CA_CERT", "/no/such/file"),
        ("REQUESTS_CA_BUNDLE", "/no/such/file"),
        ("ARIZE_PROXY_URL", "ftp://u:hunter2@x.io"),
    ],
)
@pytest.mark.parametrize("module", MODULES, ids=named)
def test_a_bad_variable_is_named_as_the_variable(monkeypatch, module, variable, value):
    monkeypatch.setenv("ARIZE_API_KEY", KEY)
    monkeypatch.setenv(variable, value)
    result = run(module, {"email": EMAIL, "max_retries": 0})
    assert (result["changed"], result["error"]["kind"]) == (False, "bad_option")
    assert variable in result["msg"]
    assert "hunter2" not in result["msg"]


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_a_password_in_the_url_is_refused_and_shown_nowhere(module):
    result = run(module, {"email": EMAIL, "api_key": KEY, "api_url": "https://u:hun%2Fter2@x.io"})
    assert result["error"]["kind"] == "bad_option"
    assert "hun" not in str(result)


# ---------------------------------------------------------------- a service that cannot be reached


@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
@pytest.mark.parametrize("module", MODULES, ids=named)
def test_an_unreachable_host(module, check):
    unused = ScriptedServer(listening=False)
    options = {"email": EMAIL, "api_key": KEY, "api_url": unused.url, "max_retries": 2, "max_retry_wait": 0}
    result = run(module, options, check)
    assert (result["failed"], result["changed"], result["error"]["kind"]) == (True, False, "transport")
    assert (
        f"Could not look up the user {EMAIL}: no response from 127.0.0.1:{unused.port} (Connection refused)."
        in result["msg"]
    )
    assert "Check the endpoint (api_url, region or base_domain)." in result["msg"]
    assert "Gave up after 3 attempts" in result["msg"]


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_a_certificate_that_no_user_knows(module):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA(key_type=trustme.KeyType.ECDSA).issue_cert("localhost", key_type=trustme.KeyType.ECDSA).configure_cert(
        context
    )
    server = ScriptedServer(context)
    result = run(module, {"email": EMAIL, "api_key": KEY, "api_url": server.url})
    server.close()
    assert (result["failed"], result["changed"], result["error"]["kind"]) == (True, False, "transport")
    assert "the certificate could not be verified" in result["msg"]
    assert "ca_path" in result["msg"]
    assert "Tried" not in result["msg"]


# ---------------------------------------------------------------- a machine without requests


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_without_requests_the_message_is_ansibles_usual_one(monkeypatch, module):
    monkeypatch.setattr(session, "HAS_REQUESTS", False)
    result = run(module, {"email": EMAIL, "api_key": KEY})
    assert result["failed"]
    assert "Failed to import the required Python library (requests)" in result["msg"]


def test_without_requests_the_code_can_still_be_imported(monkeypatch):
    for name in ("requests", "urllib3"):
        monkeypatch.setitem(sys.modules, name, None)
    package = session.__name__.rpartition(".")[0]
    for name in [name for name in sys.modules if name.startswith(package)]:
        monkeypatch.delitem(sys.modules, name)
    assert importlib.import_module(session.__name__).HAS_REQUESTS is False
