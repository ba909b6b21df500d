"""Messages after a mistake: one line that names the option; nothing written, no traceback."""

from __future__ import annotations

import datetime
import ipaddress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from arize_ax_simulator import Simulator
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.journeys.harness import assert_fit_to_be_seen, keep

pytestmark = pytest.mark.playbook

ANN = {"email": "ann@x.io", "name": "Ann", "role": "member"}


class Mistake(NamedTuple):
    """A mistake, and the words that must be in the message."""

    options: dict[str, Any]
    words: list[str]
    environment: dict[str, str] | None = None
    kind: str | None = "bad_option"  # None: AnsibleModule itself refuses it
    module: str = "arize_user"


def mistakes(elsewhere: str) -> dict[str, Mistake]:
    """All of them; `elsewhere` is an https server with an unknown certificate."""
    return {
        "no_user_named": Mistake({"name": "Ann"}, ["email", "user_id"]),
        "named_by_nothing": Mistake({"email": " ", "user_id": ""}, ["email", "user_id"]),
        "named_twice": Mistake({**ANN, "user_id": "VXNlcjox"}, ["email", "user_id"]),
        "no_address": Mistake({**ANN, "email": "ann at x.io"}, ["email", "ann at x.io"]),
        "list_of_addresses": Mistake({**ANN, "email": "ann@x.io, bob@x.io"}, ["email"]),
        "long_address": Mistake({**ANN, "email": "a" * 251 + "@x.io"}, ["email", "255"]),
        "blank_name": Mistake({**ANN, "name": " \t"}, ["name", "ann@x.io"]),
        "long_name": Mistake({**ANN, "name": "x" * 256}, ["name", "255", "256"]),
        "two_roles": Mistake({**ANN, "custom_role_id": "Um9sZTox"}, ["role", "custom_role_id"]),
        "unknown_role": Mistake({**ANN, "role": "owner"}, ["role", "owner", "annotator"], kind=None),
        "unknown_mode": Mistake({**ANN, "invite_mode": "pigeon"}, ["invite_mode", "pigeon"], kind=None),
        "unknown_option": Mistake({**ANN, "nmae": "Ann"}, ["nmae"], kind=None),
        "nothing_to_create": Mistake({"email": "bob@x.io"}, ["name", "role", "custom_role_id"], kind="incomplete"),
        "unknown_id": Mistake({**ANN, "email": "", "user_id": "VXNlcjo5"}, ["user_id", "email"], kind="not_found"),
        "unknown_region": Mistake({**ANN, "api_url": "", "region": "mars"}, ["region", "us-east-1b", "eu-west-1a"]),
        "two_endpoints": Mistake({**ANN, "base_domain": "x.io"}, ["api_url", "base_domain"]),
        "two_variables": Mistake(
            {**ANN, "api_url": ""},
            ["ARIZE_REGION", "ARIZE_SINGLE_HOST"],
            {"ARIZE_REGION": "eu-west-1a", "ARIZE_SINGLE_HOST": "x.io"},
        ),
        "key_in_the_url": Mistake({**ANN, "api_url": "https://me:secret@x.io"}, ["api_url", "credentials"]),
        "no_url": Mistake({**ANN, "api_url": "api.arize.com"}, ["api_url", "https://"]),
        "no_key": Mistake({**ANN, "api_key": ""}, ["api_key", "ARIZE_API_KEY"], {"ARIZE_API_KEY": ""}),
        "key_with_a_newline": Mistake({**ANN, "api_key": "some\nkey"}, ["api_key", "line break"]),
        "variable_with_a_newline": Mistake({**ANN, "api_key": ""}, ["ARIZE_API_KEY"], {"ARIZE_API_KEY": "some\nkey"}),
        "no_ca": Mistake({**ANN, "ca_path": "/nowhere/ca.pem"}, ["ca_path", "/nowhere/ca.pem"]),
        "no_time": Mistake({**ANN, "timeout": 0}, ["timeout"]),
        "negative_retries": Mistake({**ANN, "max_retries": -1}, ["max_retries"]),
        "unreachable": Mistake(
            {**ANN, "api_url": "http://127.0.0.1:9", "max_retries": 0},
            ["127.0.0.1:9", "Connection refused", "api_url"],
            kind="transport",
        ),
        "unknown_host": Mistake(
            {**ANN, "api_url": "http://nowhere.invalid", "max_retries": 0},
            ["nowhere.invalid", "api_url"],
            kind="transport",
        ),
        "unknown_certificate": Mistake(
            {**ANN, "api_url": elsewhere}, ["certificate", "self-signed", "ca_path"], kind="transport"
        ),
        "no_user_to_reset": Mistake(
            {"email": "bob@x.io"}, ["bob@x.io"], kind="not_found", module="arize_user_password_reset"
        ),
        "no_user_to_invite": Mistake(
            {"email": "bob@x.io"}, ["name", "role"], kind="incomplete", module="arize_user_invite"
        ),
        "info_asked_twice": Mistake(
            {"email": "a@x.io", "email_contains": "x"}, ["email", "email_contains"], module="arize_user_info"
        ),
    }


def self_signed(folder: Path) -> tuple[str, str]:
    """Make a certificate for 127.0.0.1 of no known authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = builder.add_extension(address, critical=False).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(folder / "certificate.pem"), str(folder / "key.pem")


def test_a_mistake_is_answered_with_one_line_that_names_it(sim: Any, play: Any, tmp_path: Path) -> None:
    with Simulator(certificate=self_signed(tmp_path)) as elsewhere:
        cases = mistakes(elsewhere.url)
        tasks = [
            {
                "name": name,
                f"arize.ax.{case.module}": case.options,
                "environment": case.environment or {},
                "register": name,
                "ignore_errors": True,
            }
            for name, case in cases.items()
        ]
        defaults = {"group/arize.ax.all": {"api_url": "{{ url }}", "api_key": sim.admin_key}}
        played = play([*tasks, keep({name: name for name in cases})], module_defaults=defaults)
        assert elsewhere.journal() == []
    assert played.code == 0, played.output
    assert [entry for entry in played.requests if entry["method"] != "GET"] == []
    assert_fit_to_be_seen(played.output.replace(sim.admin_key, ""))  # it stands in the playbook
    for name, result in played.saved().items():
        case = cases[name]
        assert result["failed"], name
        assert not result.get("changed"), name
        assert (name, (result.get("error") or {}).get("kind")) == (name, case.kind)
        assert "\n" not in result["msg"]
        assert (name, [word for word in case.words if word not in result["msg"]]) == (name, []), result["msg"]


@pytest.mark.parametrize("option", [{"validate_certs": False}, {"ca_path": "certificate.pem"}])
def test_a_certificate_can_be_vouched_for(run: Any, tmp_path: Path, option: dict[str, Any]) -> None:
    certificate, key = self_signed(tmp_path)
    option = {name: certificate if name == "ca_path" else value for name, value in option.items()}
    with Simulator(certificate=(certificate, key)) as elsewhere:
        done = run("arize_user_info", api_url=elsewhere.url, **option)
    assert not done.failed, done.msg
