"""The credential types: AWX would keep them, and what they inject is what the collection reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.arize.ax.plugins.doc_fragments.connection import ModuleDocFragment
from ansible_collections.arize.ax.plugins.module_utils._client import connection

from tests.awx import awx

every_type = pytest.mark.parametrize("name", awx.TYPES)
NUMBERS = {"timeout": 30.0, "max_retries": 5, "max_retry_wait": 60.0}
# Field IDs can never change: AWX makes them read-only with the first credential.
FOR_EVER = {
    "arize_ax": ["api_key", "region", "base_domain", "api_host", "api_port", "api_scheme"],
    "arize_ax_network": ["ca_certificate", "proxy_url"],
}


def connect(env: dict[str, str]) -> Any:
    """The connection that a task without any option would use."""
    return connection.resolve(NUMBERS, env)


def test_the_ids_are_those_of_the_first_release() -> None:
    assert {name: [field["id"] for field in awx.credential_type(name)[0]["fields"]] for name in awx.TYPES} == FOR_EVER


@every_type
def test_awx_would_keep_the_type(name: str) -> None:
    inputs, injectors = awx.credential_type(name)
    assert awx.complaints(awx.INPUTS, inputs) == []
    assert awx.complaints(awx.INJECTORS, injectors) == []
    ids = [field["id"] for field in inputs["fields"]]
    assert len(set(ids)) == len(ids)
    assert set(inputs.get("required", [])) <= set(ids)
    awx.refuse_undefined(inputs, injectors)
    # All choices, secrets and multiple lines belong to texts; and a boolean that no user has set would be false.
    assert {field["type"] for field in inputs["fields"]} == {"string"}


@every_type
def test_secrets_go_into_the_environment_only(name: str) -> None:
    inputs, injectors = awx.credential_type(name)
    assert "extra_vars" not in injectors
    secret = {field["id"] for field in inputs["fields"] if field.get("secret")}
    assert secret == {"arize_ax": {"api_key"}, "arize_ax_network": {"proxy_url"}}[name]
    assert not any(field in text for field in secret for text in injectors.get("file", {}).values())


@every_type
def test_every_variable_is_read_and_documented(name: str) -> None:
    source = Path(connection.__file__).read_text()
    for variable in awx.credential_type(name)[1]["env"]:
        assert f'"{variable}"' in source
        assert f"E({variable})" in ModuleDocFragment.DOCUMENTATION


def test_the_choices_are_the_regions_and_none() -> None:
    fields = {field["id"]: field for field in awx.credential_type("arize_ax")[0]["fields"]}
    # AWX takes the first choice for a field that is left out: it has to be the empty one.
    assert fields["region"]["choices"] == ["", *connection.REGIONS]
    assert fields["api_scheme"]["choices"][0] == ""


@pytest.mark.parametrize("left_empty", [True, False])
@pytest.mark.parametrize(
    ("values", "url"),
    [
        ({}, "https://api.arize.com"),
        ({"region": "eu-west-1a"}, "https://api.eu-west-1a.arize.com"),
        ({"base_domain": "arize.example.com"}, "https://api.arize.example.com"),
        ({"api_host": "arize.example.com", "api_port": "8443"}, "https://arize.example.com:8443"),
        ({"api_host": "arize.example.com", "api_scheme": "http"}, "http://arize.example.com"),
    ],
)
def test_the_endpoint_is_what_was_filled_in(values: dict[str, str], url: str, left_empty: bool) -> None:
    # Through the form, fields that no user has filled in are empty; through the API, they are not there at all.
    empty = dict.fromkeys(FOR_EVER["arize_ax"], "") if left_empty else {}
    env = awx.inject("arize_ax", {**empty, "api_key": " the-key \n", **values})
    assert set(env) == set(awx.credential_type("arize_ax")[1]["env"])
    env |= awx.inject("arize_ax_network", dict.fromkeys(FOR_EVER["arize_ax_network"], "") if left_empty else {})
    connection = connect(env)
    assert (connection.url, connection.api_key, connection.verify, connection.proxy_url) == (url, "the-key", True, None)


def test_the_files_are_what_a_user_may_paste() -> None:
    """AWX takes YAML: no tags, no aliases, nothing that only Ansible reads."""
    for path in (awx.FOLDER / "credential_types").rglob("*.yml"):
        text = path.read_text()
        assert yaml.safe_load(text)
        assert "!" not in "".join(line for line in text.splitlines() if not line.startswith("#"))
