"""`make upstream`: the official SDK's generated client as an OpenAPI document, and what that has otherwise."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import tree
import yaml

pytestmark = pytest.mark.slow
FOLDER = tree.ROOT / "dev" / "upstream"
MODELS = """
from __future__ import annotations
from enum import Enum
from typing import ClassVar, List, Optional, Set, Union
from pydantic import BaseModel, Field, SecretStr, StrictStr, field_validator
from typing_extensions import Annotated

class Status(str, Enum):
    ON = 'ON'
    OFF = 'OFF'

class Order(str, Enum):
    UP = 'UP'

class Cat(BaseModel):
    kind: StrictStr
    name: Annotated[str, Field(min_length=1, strict=True, max_length=9)]
    code: Optional[StrictStr] = None
    tags: Optional[List[StrictStr]] = None

    @field_validator('kind')
    def kind_validate_enum(cls, value):
        if value not in set(['CAT']):
            raise ValueError("must be one of enum values ('CAT')")
        return value

    @field_validator('code')
    def code_validate_regular_expression(cls, value):
        if value is None:
            return value
        raise ValueError(r"must validate the regular expression /^[a-z]+$/")

    @field_validator('tags')
    def tags_validate_enum(cls, value):
        for i in value:
            if i not in set(['A', 'B']):
                raise ValueError("each list item must be one of ('A', 'B')")
        return value

class Dog(BaseModel):
    kind: StrictStr

class Pet(BaseModel):
    oneof_schema_1_validator: Optional[Cat] = None
    oneof_schema_2_validator: Optional[Dog] = None
    actual_instance: Optional[Union[Cat, Dog]] = None
    one_of_schemas: Set[str] = {"Cat", "Dog", "List[str]"}

class Problem(BaseModel):
    title: Optional[StrictStr] = Field(default=None, description="A title")
"""
API = """
from typing import Optional
from pydantic import Field, StrictInt, StrictStr, validate_call
from typing_extensions import Annotated
from arize._generated.api_client.models import Cat, Order, Pet

class PetsApi:
    def __init__(self, api_client=None):
        self.api_client = api_client

    def _call(self, method, path, path_params, query, body, answers):
        sent = self.api_client.param_serialize(
            method=method, resource_path=path, path_params=path_params, query_params=query, body=body)
        data = self.api_client.call_api(*sent)
        data.read()
        return self.api_client.response_deserialize(response_data=data, response_types_map=answers).data

    @validate_call
    def list_pets(
        self,
        limit: Optional[Annotated[int, Field(le=100, strict=True, ge=1)]] = None,
        order: Optional[Order] = None,
        _request_timeout: Optional[StrictInt] = None,
    ) -> Pet:
        query = [('limit', limit)]
        if order is not None:
            query.append(('sort', order.value))
        return self._call('GET', '/v2/pets', {}, query, None, {'200': "List[Pet]", '400': "Problem"})

    @validate_call
    def list_pets_with_http_info(self, other: StrictStr) -> Pet:
        raise AssertionError

    @validate_call
    def change_pet(self, pet_id: StrictStr, cat: Cat) -> Pet:
        return self._call('PATCH', '/v2/pets/{pet_id}', {'pet_id': pet_id}, [], cat, {'200': "Pet", '204': None})
"""


sys.path.insert(0, str(FOLDER))  # its scripts import each other

import compare  # noqa: E402
import inventory  # noqa: E402

# ---------------------------------------------------------------- describe.py


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The description of a client of two operations, written as the generator does."""
    folder = tmp_path_factory.mktemp("sdk")
    client = folder / "arize" / "_generated" / "api_client"
    files = {
        folder / "arize-9.9.9.dist-info" / "METADATA": "Metadata-Version: 2.1\nName: arize\nVersion: 9.9.9\n",
        client / "models" / "pets.py": MODELS,
        client / "models" / "__init__.py": "from .pets import Cat, Dog, Order, Pet, Problem, Status\n",
        client / "api" / "__init__.py": "",
        client / "api" / "pets_api.py": API,
    }
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    output = folder / "sdk.json"
    env = os.environ | {"PYTHONPATH": str(folder)}
    subprocess.run([sys.executable, str(FOLDER / "describe.py"), str(output)], env=env, check=True)
    return json.loads(output.read_text())


def resolved(document: dict[str, Any], name: str) -> Any:
    return compare.resolve({"$ref": f"#/components/schemas/{name}"}, document)


def test_operations_are_described(described: dict[str, Any]) -> None:
    listing = described["paths"]["/v2/pets"]["get"]
    limit, sort = listing["parameters"]
    assert (limit["name"], limit["required"], sort["name"]) == ("limit", False, "sort")
    assert (
        compare.resolve(limit["schema"], described).items() >= {"type": "integer", "minimum": 1, "maximum": 100}.items()
    )
    assert compare.resolve(sort["schema"], described)["enum"] == ["UP"]
    assert set(listing["responses"]) == {"200", "400"}
    change = described["paths"]["/v2/pets/{pet_id}"]["patch"]
    assert [(p["in"], p["name"], p["required"]) for p in change["parameters"]] == [("path", "pet_id", True)]
    assert compare.body_of(change["requestBody"]) == {"$ref": "#/components/schemas/Cat"}
    assert compare.body_of(change["responses"]["200"]) == {"$ref": "#/components/schemas/Pet"}
    assert compare.body_of(change["responses"]["204"]) is None
    assert described["info"]["version"] == "9.9.9"


def test_models_are_described_with_what_only_their_code_says(described: dict[str, Any]) -> None:
    cat = resolved(described, "Cat")
    assert cat["required"] == ["kind", "name"]
    fields = {name: compare.resolve(schema, described) for name, schema in cat["properties"].items()}
    assert fields["kind"]["enum"] == ["CAT"]
    assert (fields["name"]["minLength"], fields["name"]["maxLength"]) == (1, 9)
    assert fields["code"]["pattern"] == "^[a-z]+$"
    assert compare.resolve(fields["tags"]["items"], described).items() >= {"type": "string", "enum": ["A", "B"]}.items()
    variants = resolved(described, "Pet")["variants"]
    assert [sorted(variant.get("properties", {})) for variant in variants] == [
        ["code", "kind", "name", "tags"],
        ["kind"],
        [],
    ]


# ---------------------------------------------------------------- compare.py

CONTRACT = yaml.safe_load("""
paths:
  /v2/users/{user_id}:
    parameters:
      - {name: user_id, in: path, required: true, schema: {type: string}}
    post:
      parameters:
        - {name: limit, in: query, schema: {type: integer, maximum: 100}}
      requestBody:
        content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}
      responses:
        '200': {content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}
        '400': {$ref: '#/components/responses/Refused'}
        '403': {$ref: '#/components/responses/Refused'}
components:
  responses:
    Refused: {content: {application/problem+json: {schema: {$ref: '#/components/schemas/Problem'}}}}
  schemas:
    Problem: {type: object, properties: {title: {type: string}}}
    User:
      type: object
      required: [name, role]
      properties:
        name: {type: string, maxLength: 255}
        created_at: {type: [string, 'null'], format: date-time}
        status: {type: string, enum: [ACTIVE, INVITED]}
        groups: {type: array, items: {type: object, properties: {id: {type: string}}}}
        role: {oneOf: [{$ref: '#/components/schemas/Predefined'}, {$ref: '#/components/schemas/Custom'}]}
    Predefined:
      type: object
      properties: {type: {const: PREDEFINED}, name: {enum: [ADMIN, MEMBER]}}
    Custom:
      type: object
      properties: {type: {const: CUSTOM}, id: {type: string}}
""")
NAME = "POST /v2/users/{user_id}"
USER = ("components", "schemas", "User", "properties")
POST = ("paths", "/v2/users/{user_id}", "post")
ROLE = ("components", "schemas", "Predefined", "properties")
CONTRACT_PARAMETERS = CONTRACT["paths"]["/v2/users/{user_id}"]["post"]["parameters"]
GONE = object()


def changed(*changes: tuple[Any, ...], document: dict[str, Any] = CONTRACT) -> dict[str, Any]:
    """Return the contract, or another document, with values put at paths, or taken away."""
    document = copy.deepcopy(document)
    for *path, last, value in changes:
        place = document
        for key in path:
            place = place[key]
        if value is GONE:
            del place[last]
        else:
            place[last] = value
    return document


def texts(sdk: dict[str, Any]) -> list[str]:
    found = compare.compare(CONTRACT, sdk)
    assert {difference.operation for difference in found} <= {NAME}
    return [difference.text for difference in found]


def test_the_same_has_no_difference_however_it_is_written() -> None:
    nullable = {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}], "default": None}
    parameter = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    item = {"parameters": [parameter], "post": copy.deepcopy(CONTRACT["paths"]["/v2/users/{user_id}"]["post"])}
    sdk = changed((*USER, "created_at", nullable), ("paths", {"/v2/users/{id}": item, "/v2/more": {"get": {}}}))
    reversed_role = {"anyOf": [{"$ref": "#/components/schemas/Custom"}, {"$ref": "#/components/schemas/Predefined"}]}
    sdk["components"]["schemas"]["User"]["properties"]["role"] = reversed_role
    # A generated client has the values of all variants at each of them. It needs the field, required or not.
    for variant in ("Predefined", "Custom"):
        sdk["components"]["schemas"][variant]["properties"]["type"] = {"enum": ["CUSTOM", "PREDEFINED"]}
        sdk["components"]["schemas"][variant]["required"] = ["type"]
    assert texts(sdk) == []


REQUIRED = ["name", "role", "is_developer"]
QUERY = {"name": "role", "in": "query", "schema": {"type": "string"}}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("paths", {}), ["is missing in the SDK"]),
        ((*POST, "parameters", []), ["lacks the parameter `limit`"]),
        ((*POST, "parameters", 0, "schema", "maximum", 500), ["sets maximum 500 for the parameter `limit`"]),
        ((*POST, "parameters", 0, "required", True), ["requires the parameter `limit`"]),
        ((*POST, "responses", "202", {}), ["has a new answer 202"]),
        ((*POST, "responses", "403", GONE), ["lacks the answer 403"]),
        ((*POST, "responses", "200", {}), ["lacks the body in answer 200"]),
        ((*POST, "requestBody", GONE), ["lacks the body"]),
        (
            ("components", "schemas", "Problem", "properties", "code", {"type": "string"}),
            ["has a new field `code` in every error answer"],
        ),
        (
            (*POST, "responses", "403", {"content": {"x": {"schema": {"properties": {"title": {"type": "integer"}}}}}}),
            ["has integer, not string, for the field `title` in answer 403"],
        ),
        (
            (*USER, "is_developer", {"type": "boolean"}),
            ["has a new request field `is_developer`", "has a new field `is_developer` in answer 200"],
        ),
        (
            (*USER, "groups", "items", "properties", "id", GONE),
            ["lacks the request field `groups[].id`", "lacks the field `groups[].id` in answer 200"],
        ),
        (
            ("components", "schemas", "User", "required", ["name", "role", "status"]),
            ["requires the request field `status`", "never omits the field `status` in answer 200"],
        ),
        (
            ("components", "schemas", "User", "required", ["name"]),
            ["does not require the request field `role`", "may omit the field `role` in answer 200"],
        ),
        (
            (*USER, "created_at", "format", GONE),
            [
                "has string, not date-time, for the request field `created_at`",
                "has string, not date-time, for the field `created_at` in answer 200",
            ],
        ),
        ((*POST, "deprecated", True), ["is deprecated"]),
        ((*POST, "parameters", 0, "deprecated", True), ["deprecates the parameter `limit`"]),
        (
            (*USER, "name", "deprecated", True),
            ["deprecates the request field `name`", "deprecates the field `name` in answer 200"],
        ),
        # What a server limits in its answers is its own matter.
        ((*USER, "name", "maxLength", GONE), ["sets no maxLength for the request field `name`"]),
        (
            (*USER, "status", "enum", ["ACTIVE", "PAUSED"]),
            [
                f"{text} for {field}"
                for field in ("the request field `status`", "the field `status` in answer 200")
                for text in ("has a new value `PAUSED`", "lacks the value `INVITED`")
            ],
        ),
        (
            (*USER, "status", "enum", GONE),
            ["takes any value for the request field `status`", "takes any value for the field `status` in answer 200"],
        ),
        (
            (*USER, "name", "enum", ["Ann"]),
            ["takes only Ann for the request field `name`", "takes only Ann for the field `name` in answer 200"],
        ),
        (
            (*ROLE, "name", "enum", ["ADMIN"]),
            [
                "lacks the value `MEMBER` for the request field `role(PREDEFINED).name`",
                "lacks the value `MEMBER` for the field `role(PREDEFINED).name` in answer 200",
            ],
        ),
        (
            (*ROLE, "type", {"enum": ["PREDEFINED", "GUEST"]}),
            [
                "has a new value `GUEST` for the request field `role.type`",
                "has a new value `GUEST` for the field `role.type` in answer 200",
            ],
        ),
        (
            (*USER, "role", "oneOf", [{"$ref": "#/components/schemas/Custom"}]),
            [
                text
                for field in ("the request field `role`", "the field `role` in answer 200")
                for text in (
                    f"lacks the value `PREDEFINED` for {field.replace('role', 'role.type')}",
                    f"lacks the variant PREDEFINED of {field}",
                )
            ],
        ),
    ],
)
def test_a_difference_is_told_in_words(change: tuple[Any, ...], expected: list[str]) -> None:
    assert texts(changed(change)) == expected


def test_what_all_variants_share_may_be_written_once() -> None:
    tag = {"properties": {"type": {"enum": ["PREDEFINED", "CUSTOM"]}}}
    rest = [{"properties": {"name": {"enum": ["ADMIN", "MEMBER"]}}}, {"properties": {"id": {"type": "string"}}}]
    assert texts(changed((*USER, "role", {"allOf": [{"oneOf": rest}, tag]}))) == []
    assert texts(changed((*USER, "role", {"oneOf": [{"anyOf": rest}], **tag}))) == []


def test_only_what_is_sent_can_be_newly_required() -> None:
    sdk = changed((*USER, "is_developer", {"type": "boolean"}), ("components", "schemas", "User", "required", REQUIRED))
    assert texts(sdk) == [
        "has a new required request field `is_developer`",
        "has a new field `is_developer` in answer 200",
    ]


def test_a_new_parameter_and_a_new_variant_are_told() -> None:
    sdk = changed()
    sdk["paths"]["/v2/users/{user_id}"]["post"]["parameters"] += [QUERY, {**QUERY, "name": "org", "required": True}]
    team = {"properties": {"team": {"type": "string"}}}
    sdk["components"]["schemas"]["User"]["properties"]["role"]["oneOf"].append(team)
    assert texts(sdk) == [
        "has a new parameter `role`",
        "has a new required parameter `org`",
        *("takes any value for the request field `role.type`", "has a new variant of the request field `role`: team"),
        "takes any value for the field `role.type` in answer 200",
        "has a new variant of the field `role` in answer 200: team",
    ]


def difference(operation: str, text: str) -> Any:
    return compare.Difference(operation, text)


def test_known_differences_are_harmless_until_they_no_longer_exist() -> None:
    known = [
        {"operations": ["GET /a"], "differences": ["lacks x", "lacks y"], "why": "…"},
        {"operations": ["*"], "differences": ["lacks z", "lacks w"], "why": "…"},
    ]
    found = [difference("GET /a", "lacks x"), difference("GET /b", "lacks x"), difference("GET /b", "lacks z")]
    unknown, stale = compare.judge(found, known)
    assert unknown == [difference("GET /b", "lacks x")]
    assert stale == [difference("*", "lacks w"), difference("GET /a", "lacks y")]


KNOWN = "has a new parameter `role`"
TEAM = "/v2/teams/{team_id}"
TEAMS = {
    "get": {
        "responses": {
            "200": {
                "content": {
                    "application/json": {
                        "schema": {
                            "description": "Teams. Roles are not yet supported.",
                            "properties": {"kind": {"enum": ["OPEN"]}},
                        }
                    }
                }
            },
        }
    }
}
TEAMS_KIND = ("paths", TEAM, "get", "responses", "200", "content", "application/json", "schema", "properties", "kind")


@pytest.fixture
def judged(tmp_path: Path, monkeypatch, capsys):
    """Return a function: description, known differences -> exit code and output, with TEAM listed and recorded."""
    files = {
        "contract.yaml": json.dumps(CONTRACT),
        "operations.toml": f'[later]\n"{TEAM}" = "GET"\n[not_ours]\n"/v2/tags" = "GET"\n',
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.setattr(compare, "CONTRACT", tmp_path / "contract.yaml")
    monkeypatch.setattr(compare, "KNOWN", tmp_path / "known.toml")
    monkeypatch.setattr(inventory, "LISTED", tmp_path / "operations.toml")
    monkeypatch.setattr(inventory, "RECORDED", tmp_path / "recorded.json")
    source, differences = tmp_path / "official.json", tmp_path / "differences.txt"
    monkeypatch.setattr(sys, "argv", ["compare.py", str(source), str(differences)])
    source.write_text(json.dumps(official()))
    inventory.main()

    def judge(document: dict[str, Any], *known: str) -> tuple[int, str]:
        source.write_text(json.dumps(document))
        (tmp_path / "known.toml").write_text(
            f'[[known]]\nwhy = "…"\noperations = ["*"]\ndifferences = {json.dumps(known)}\n', encoding="utf-8"
        )
        with pytest.raises(SystemExit) as ended:
            compare.main()
        output = capsys.readouterr().out
        assert all(line.removeprefix("- ") in output for line in differences.read_text().splitlines()[1:])
        return ended.value.code, output

    return judge


def official(*changes: tuple[Any, ...]) -> dict[str, Any]:
    """Return a description with all that is listed, changed."""
    paths = {**CONTRACT["paths"], TEAM: TEAMS, "/v2/tags": {"get": {"responses": {}}}}
    return changed(*changes, document={**CONTRACT, "info": {"title": "arize", "version": "9.9.9"}, "paths": paths})


@pytest.mark.parametrize(("known", "status"), [([KNOWN], 0), ([], 1), ([KNOWN, "has x"], 1)])
def test_the_exit_code_and_the_output(judged, known: list[str], status: int) -> None:
    code, output = judged(official((*POST, "parameters", [*CONTRACT_PARAMETERS, QUERY])), *known)
    assert code == status
    assert (f"`{NAME}` {KNOWN}\n" in output) is (KNOWN not in known)
    assert ("known.toml has a difference that no longer exists: `*` has x\n" in output) is ("has x" in known)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("paths", "/v2/groups", {"get": {"responses": {}}}), "`GET /v2/groups` is new"),
        (("paths", TEAM, "post", {"responses": {}}), f"`POST {TEAM}` is new"),
        (("paths", "/v2/tags", GONE), "operations.toml has an operation that no longer exists: `GET /v2/tags`"),
        (("paths", TEAM, "get", "deprecated", True), f"`GET {TEAM}` has new: deprecated"),
        ((*TEAMS_KIND, "deprecated", True), f"`GET {TEAM}` has new: answer 200: kind is deprecated"),
        ((*TEAMS_KIND, "enum", ["OPEN", "SHUT"]), f"`GET {TEAM}` has new: answer 200: kind = SHUT"),
        ((*TEAMS_KIND, GONE), f"`GET {TEAM}` no longer has: answer 200: kind"),
        ((*TEAMS_KIND[:-2], "description", "Teams."), "the description no longer says: Roles are not yet supported."),
        (
            (*USER[:-1], "description", "It is not yet supported."),
            "the description says newly: It is not yet supported.",
        ),
    ],
)
def test_what_the_contract_leaves_out_is_watched(judged, change: tuple[Any, ...], expected: str) -> None:
    assert judged(official()) == (
        0,
        "arize 9.9.9 and the contract: 1 operations compared, 3 listed\n0 known differences, 0 to look at\n",
    )
    code, output = judged(official(change))
    assert code == 1
    assert expected in output


def test_every_known_difference_has_a_reason() -> None:
    assert all(entry["why"] for entry in compare.tomllib.loads(compare.KNOWN.read_text())["known"])


def test_no_operation_is_both_listed_and_in_the_contract() -> None:
    contract = yaml.safe_load(compare.CONTRACT.read_text(encoding="utf-8"))
    listed = inventory.listed()
    ours = {compare.place_of(name) for name, _operation in compare.operations(contract)}
    assert not ours & {compare.place_of(name) for names in listed.values() for name in names}
    assert set(json.loads(inventory.RECORDED.read_text(encoding="utf-8"))["later"]) == listed["later"]
