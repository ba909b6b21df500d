"""The document is valid, and says what the published API says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openapi_spec_validator
import pytest
import yaml

FILE = Path(__file__).parents[2] / "simulator" / "arize_ax_simulator" / "openapi.yaml"
DOCUMENT = yaml.safe_load(FILE.read_text(encoding="utf-8"))

# The table of the API: method, path, statuses of success, statuses of refusal.
ENDPOINTS = [
    ("get", "/v2/users", "200", "400 401 403 429"),
    ("post", "/v2/users", "200 201", "400 401 403 404 409 422 429"),
    ("get", "/v2/users/{user_id}", "200", "400 401 404 429"),
    ("patch", "/v2/users/{user_id}", "200", "400 401 403 404 422 429"),
    ("delete", "/v2/users/{user_id}", "204", "400 401 403 404 429"),
    ("post", "/v2/users/{user_id}/resend-invitation", "202 204", "400 401 403 404 429"),
    ("post", "/v2/users/{user_id}/reset-password", "204", "400 401 403 404 429"),
    ("get", "/v2/api-keys", "200", "400 401 403 404 429"),
    ("post", "/v2/api-keys", "201", "400 401 403 404 422 429"),
    ("post", "/v2/api-keys/{api_key_id}/refresh", "200", "400 401 403 404 422 429"),
    ("put", "/v2/api-keys/{api_key_id}/revoke", "204", "400 401 403 404 429"),
    ("get", "/v2/roles", "200", "400 401 403 429"),
    ("post", "/v2/roles", "201", "400 401 403 404 409 422 429"),
    ("get", "/v2/roles/{role_id}", "200", "400 401 403 404 429"),
    ("patch", "/v2/roles/{role_id}", "200", "400 401 403 404 409 422 429"),
    ("delete", "/v2/roles/{role_id}", "204", "400 401 403 404 409 429"),
    ("get", "/v2/role-bindings", "200", "400 401 404 429"),
    ("post", "/v2/role-bindings", "201", "400 401 403 404 409 422 429"),
    ("get", "/v2/role-bindings/{binding_id}", "200", "400 401 404 429"),
    ("patch", "/v2/role-bindings/{binding_id}", "200", "400 401 404 409 422 429"),
    ("delete", "/v2/role-bindings/{binding_id}", "204", "400 401 404 429"),
    ("get", "/v2/organizations", "200", "400 401 403 429"),
    ("get", "/v2/organizations/{org_id}", "200", "400 401 404 429"),
    ("get", "/v2/spaces", "200", "400 401 404 429"),
    ("post", "/v2/spaces", "201", "400 401 403 404 409 422 429"),
    ("get", "/v2/spaces/{space_id}", "200", "400 401 404 429"),
    ("patch", "/v2/spaces/{space_id}", "200", "400 401 403 404 409 422 429"),
    ("get", "/v2/projects", "200", "400 401 403 404 429"),
    ("post", "/v2/projects", "201", "400 401 403 409 422 429"),
    ("get", "/v2/projects/{project_id}", "200", "400 401 404 429"),
    ("patch", "/v2/projects/{project_id}", "200", "400 401 403 404 422 429"),
    ("get", "/v2/resource-restrictions", "200", "400 401 429"),
    ("post", "/v2/resource-restrictions", "200", "400 401 403 404 422 429"),
    ("delete", "/v2/resource-restrictions/{resource_id}", "204", "400 401 403 404 429"),
]


def resolve(node: dict[str, Any]) -> dict[str, Any]:
    """Follow a $ref."""
    if "$ref" not in node:
        return node
    target: Any = DOCUMENT
    for part in node["$ref"].removeprefix("#/").split("/"):
        target = target[part]
    return dict(target)


def test_document_is_valid() -> None:
    """Valid OpenAPI 3.1."""
    assert DOCUMENT["openapi"].startswith("3.1")
    openapi_spec_validator.validate(DOCUMENT)


def test_there_are_these_endpoints_and_no_others() -> None:
    """The contract has exactly the operations that the collection uses."""
    methods = {"get", "put", "post", "delete", "patch", "options", "head", "trace"}
    found = {(method, path) for path, item in DOCUMENT["paths"].items() for method in item if method in methods}
    assert found == {(method, path) for method, path, _success, _refusal in ENDPOINTS}


@pytest.mark.parametrize(("method", "path", "success", "refusal"), ENDPOINTS)
def test_statuses(method: str, path: str, success: str, refusal: str) -> None:
    """Each endpoint lists its statuses; errors are problem+json, a 429 carries Retry-After."""
    responses = DOCUMENT["paths"][path][method]["responses"]
    assert set(responses) == set(success.split()) | set(refusal.split())
    for status in refusal.split():
        assert list(resolve(responses[status])["content"]) == ["application/problem+json"]
    assert resolve(responses["429"])["headers"]["Retry-After"]["schema"]["type"] == "integer"


def test_request_bodies_are_closed() -> None:
    """An unknown field in a request is refused."""
    bodies = [operation.get("requestBody", {}) for operation in operations()]
    assert all(schema["additionalProperties"] is False for schema in objects_in(bodies))


def test_answers_are_open() -> None:
    """A field that is new in an answer breaks nothing, nor one that is missing, but for what tells two forms apart."""
    responses = [resolve(item) for operation in operations() for item in operation["responses"].values()]
    for schema in objects_in([response.get("content", {}) for response in responses]):
        assert "additionalProperties" not in schema
        discriminators = {name for name, item in schema.get("properties", {}).items() if "const" in item}
        assert set(schema.get("required", [])) <= discriminators


def operations() -> list[dict[str, Any]]:
    """Return every operation of the document."""
    items = [item for path in DOCUMENT["paths"].values() for item in path.values()]
    return [item for item in items if isinstance(item, dict)]


def objects_in(parts: list[Any]) -> list[dict[str, Any]]:
    """Return every object schema of some parts of the document, with those inside."""
    found: list[dict[str, Any]] = []
    waiting = list(parts)
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            node = resolve(node)
            if node.get("type") == "object" and node not in found:
                found.append(node)
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return found
