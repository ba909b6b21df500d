"""Write the generated client of the official SDK as an OpenAPI document: `describe.py SDK.json`.

It runs in an environment that has `arize`, and needs nothing else. The client sends nothing: each of its methods is
called once with a recorder in place of the HTTP client.
"""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import inspect
import json
import pkgutil
import re
import sys
import warnings
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, get_type_hints
from unittest.mock import MagicMock

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema

CLIENT = "arize._generated.api_client"
SCHEMAS = "#/components/schemas/{model}"
# What a generated validator says; pydantic knows nothing of these limits.
ENUM = re.compile(r"must be one of (?:enum values )?(\(.*\))$")
PATTERN = re.compile(r"must validate the regular expression /(.*)/\w*$")


class Argument:
    """Stands for an argument. The client sends the `value` of an enum."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.value = self


class Recorder(MagicMock):
    """Takes the place of the HTTP client, and keeps what the method hands to it."""

    def param_serialize(self, **request: Any) -> tuple[()]:
        self.request = request
        return ()

    def response_deserialize(self, response_data: Any, response_types_map: dict[str, str | None]) -> MagicMock:
        self.answers = response_types_map
        return MagicMock()


# ---------------------------------------------------------------- models


def reference(type_name: str) -> dict[str, Any]:
    """Return the schema of a type that the client names: a model, or what it does not describe further."""
    is_model = type_name.isidentifier() and type_name[0].isupper()
    return {"$ref": SCHEMAS.format(model=type_name)} if is_model else {}


def limits_of_validators(model: type[BaseModel]) -> dict[str, dict[str, Any]]:
    """Return the enums and patterns that only the validators of a model know, by field."""
    found: dict[str, dict[str, Any]] = {}
    for name, validator in model.__pydantic_decorators__.field_validators.items():
        try:
            getattr(model, name)("\0")
        except ValueError as error:
            for field in validator.info.fields:
                if match := ENUM.search(str(error)):
                    values = ast.literal_eval(match[1])
                    limit = {"enum": [values] if isinstance(values, str) else list(values)}
                    found[field] = {"items": limit} if "each list item" in str(error) else limit
                elif match := PATTERN.search(str(error)):
                    found[field] = {"pattern": match[1]}
    return found


def complete(schema: dict[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    """Return the schema that pydantic has of a model, with what the generator wrote as code."""
    for keyword, attribute in (("oneOf", "one_of_schemas"), ("anyOf", "any_of_schemas")):
        if attribute in model.model_fields:
            variants = [reference(variant) for variant in sorted(model.model_fields[attribute].default)]
            return {keyword: variants} | {key: schema[key] for key in ("description",) if key in schema}
    for field, limits in limits_of_validators(model).items():
        name = model.model_fields[field].alias or field
        schema["properties"][name] = {"allOf": [schema["properties"][name], limits]}
    return schema


def schemas(models: Any) -> dict[str, Any]:
    """Return the schemas of all models and enums, by class name."""
    types = {name: value for name, value in vars(models).items() if isinstance(value, type)}
    classes = {name: value for name, value in types.items() if issubclass(value, BaseModel)}
    listed = models_json_schema([(model, "validation") for model in classes.values()], ref_template=SCHEMAS)[1]
    completed = {name: complete(listed["$defs"][name], model) for name, model in classes.items()}
    enums = {name: TypeAdapter(value).json_schema() for name, value in types.items() if issubclass(value, Enum)}
    return enums | completed


def schema_of(annotation: Any) -> dict[str, Any]:
    """Return the schema of an annotation; what it refers to is among the models and enums."""
    # pydantic refers to a model by its name only where something holds it.
    return TypeAdapter(list[annotation]).json_schema(ref_template=SCHEMAS)["items"]


# ---------------------------------------------------------------- operations


def answer(type_name: str | None) -> dict[str, Any]:
    """Return an answer by the name of its type."""
    return {} if type_name is None else {"content": {"application/json": {"schema": reference(type_name)}}}


def describe(api: type, method: Any) -> tuple[str, str, dict[str, Any]]:
    """Return path, HTTP method and operation of a method of the client."""
    recorder = Recorder()
    named = [name for name in inspect.signature(method).parameters if name != "self" and not name.startswith("_")]
    with warnings.catch_warnings(record=True) as raised:  # how the generator writes `deprecated`
        warnings.simplefilter("always", DeprecationWarning)
        method(api(recorder), **{name: Argument(name) for name in named})
    hints = get_type_hints(method, include_extras=True)
    signature = inspect.signature(method).parameters
    request = recorder.request

    def parameter(place: str, name: str, value: Argument) -> dict[str, Any]:
        required = signature[value.name].default is inspect.Parameter.empty
        return {"in": place, "name": name, "required": required, "schema": schema_of(hints[value.name])}

    operation: dict[str, Any] = {
        "parameters": [
            *(parameter("path", name, value) for name, value in request["path_params"].items()),
            *(parameter("query", name, value) for name, value in request["query_params"]),
        ],
        "responses": {status: answer(name) for status, name in recorder.answers.items()},
    }
    if text := (inspect.getdoc(method) or "").partition(":param")[0].strip():
        operation["description"] = text
    if any(issubclass(warning.category, DeprecationWarning) for warning in raised):
        operation["deprecated"] = True
    if body := request["body"]:
        content = {"application/json": {"schema": schema_of(hints[body.name])}}
        operation["requestBody"] = {"required": parameter("", "", body)["required"], "content": content}
    return request["resource_path"], request["method"].lower(), operation


def methods(package: Any) -> Iterator[tuple[type, Any]]:
    """Yield the methods of the client that return the body of an answer, each with its class."""
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        for name, api in vars(importlib.import_module(found.name)).items():
            if name.endswith("Api") and isinstance(api, type):
                for method in vars(api).values():
                    raw = getattr(method, "raw_function", None)
                    if raw and not raw.__name__.endswith(("_with_http_info", "_without_preload_content")):
                        yield api, raw


def main() -> None:
    """Write the document."""
    paths: dict[str, dict[str, Any]] = {}
    for api, method in methods(importlib.import_module(f"{CLIENT}.api")):
        path, verb, operation = describe(api, method)
        paths.setdefault(path, {})[verb] = operation
    document = {
        "openapi": "3.1.0",
        "info": {"title": "arize", "version": importlib.metadata.version("arize")},
        "paths": paths,
        "components": {"schemas": schemas(importlib.import_module(f"{CLIENT}.models"))},
    }
    Path(sys.argv[1]).write_text(json.dumps(document), encoding="utf-8")


if __name__ == "__main__":
    main()
