"""The handling of credentials and surveys in AWX, as far as jobs depend on it: as documented, else as in AWX 24."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import yaml
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jsonschema import Draft202012Validator

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "awx"
TYPES = sorted(path.name for path in (FOLDER / "credential_types").iterdir())
SURVEYS = sorted(path.stem for path in (FOLDER / "surveys").glob("*.json"))

INPUTS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["fields"],
    "properties": {
        "required": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        "fields": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["id", "label", "type"],
                "properties": {
                    "id": {"type": "string", "pattern": "^[a-z_][a-z0-9_]*$", "not": {"enum": ["tower", "awx"]}},
                    "label": {"type": "string", "minLength": 1},
                    "type": {"enum": ["string", "boolean"]},
                    "help_text": {"type": "string"},
                    "secret": {"type": "boolean"},
                    "multiline": {"type": "boolean"},
                    "format": {"enum": ["ssh_private_key", "url"]},
                    "ask_at_runtime": {"type": "boolean"},
                    "choices": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string"}},
                    "default": {},
                },
            },
        },
    },
}
INJECTORS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "file": {
            "type": "object",
            "additionalProperties": False,
            "patternProperties": {r"^template(\.[a-zA-Z_][a-zA-Z0-9_]*)?$": {"type": "string"}},
        },
        "env": {
            "type": "object",
            "additionalProperties": False,
            "patternProperties": {"^(?!ANSIBLE_)[A-Z_][A-Z0-9_]*$": {"type": "string", "pattern": "^[\\x20-\\x7e]*$"}},
        },
        "extra_vars": {"type": "object"},
    },
}
QUESTION = {
    "type": "object",
    "additionalProperties": False,
    "required": [
        "question_name",
        "question_description",
        "variable",
        "type",
        "required",
        "min",
        "max",
        "default",
        "choices",
    ],
    "properties": {
        "question_name": {"type": "string", "minLength": 1},
        "question_description": {"type": "string"},
        "variable": {"type": "string", "pattern": "^[a-zA-Z_][a-zA-Z0-9_]*$"},
        "type": {"enum": ["text", "textarea", "password", "integer", "float", "multiplechoice", "multiselect"]},
        "required": {"type": "boolean"},
        "min": {"type": ["integer", "null"], "minimum": 0},
        "max": {"type": ["integer", "null"], "minimum": 1},
        "default": {"type": ["string", "integer", "number"]},
        # A list, or one text with a choice in each line; empty where there is nothing to choose.
        "choices": {"type": ["array", "string"], "items": {"type": "string", "minLength": 1}, "uniqueItems": True},
    },
    "allOf": [
        {
            "if": {"properties": {"type": {"enum": ["multiplechoice", "multiselect"]}}},
            "then": {"properties": {"choices": {"minLength": 1, "minItems": 1}}},
            "else": {"properties": {"choices": {"const": ""}}},
        },
        {
            "if": {"properties": {"type": {"const": "integer"}}},
            "then": {"properties": {"default": {"anyOf": [{"type": "integer"}, {"const": ""}]}}},
            "else": {
                "if": {"properties": {"type": {"const": "float"}}},
                "then": {"properties": {"default": {"anyOf": [{"type": "number"}, {"const": ""}]}}},
                "else": {"properties": {"default": {"type": "string"}}},
            },
        },
    ],
}
SURVEY = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "description", "spec"],
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "description": {"type": "string"},
        "spec": {"type": "array", "minItems": 1, "items": QUESTION},
    },
}


def complaints(schema: dict[str, Any], document: Any) -> list[str]:
    """Return the faults of a document, one line each."""
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(document)]


def credential_type(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Inputs and injectors of a credential type, as an admin pastes them."""
    folder = FOLDER / "credential_types" / name
    return yaml.safe_load((folder / "inputs.yml").read_text()), yaml.safe_load((folder / "injectors.yml").read_text())


def survey(name: str) -> dict[str, Any]:
    """A survey's specification."""
    document: dict[str, Any] = json.loads((FOLDER / "surveys" / f"{name}.json").read_text())
    return document


def choices(question: dict[str, Any]) -> list[str]:
    """The choices of a question, however they are written."""
    given = question["choices"]
    return [line for line in given.splitlines() if line.strip()] if isinstance(given, str) else given


class _Tower:
    """The object that injectors know as `tower`."""

    filename: Any


def refuse_undefined(inputs: dict[str, Any], injectors: dict[str, Any]) -> None:
    """Render all injectors as AWX does before it keeps a type: every name that they use has to be a field."""
    tower = _Tower()
    if "template" in injectors.get("file", {}):
        tower.filename = "EXAMPLE_FILENAME"
    namespace = {field["id"]: "EXAMPLE" for field in inputs["fields"]} | {"tower": tower}
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    for section in injectors.values():
        for template in section.values():
            environment.from_string(template).render(namespace)


def inject(name: str, values: dict[str, str], private_data_dir: Path | None = None) -> dict[str, str]:
    """The variables that a credential of this type brings into a job. Its file, if any, is written below env."""
    inputs, injectors = credential_type(name)
    assert set(inputs.get("required", [])) <= set(values)
    assert set(values) <= {field["id"] for field in inputs["fields"]}
    environment = ImmutableSandboxedEnvironment()
    # A field that is empty or left out is no name at all for a template.
    namespace: dict[str, Any] = {field: value for field, value in values.items() if value}
    namespace["tower"] = tower = _Tower()
    for template in injectors.get("file", {}).values():
        folder = (private_data_dir or Path(tempfile.mkdtemp())) / "env"
        folder.mkdir(parents=True, exist_ok=True)
        path = Path(tempfile.mkstemp(dir=folder)[1])
        path.write_text(environment.from_string(template).render(namespace))
        tower.filename = str(path)
    return {key: environment.from_string(text).render(namespace) for key, text in injectors.get("env", {}).items()}


def _fits(question: dict[str, Any], answer: Any) -> bool:
    """Whether AWX takes an answer."""
    least, most = question["min"], question["max"]
    kind = question["type"]
    if kind in ("multiplechoice", "multiselect"):
        return answer in choices(question) if kind == "multiplechoice" else set(answer) <= set(choices(question))
    if kind in ("integer", "float"):
        # Through the API, a number may also come as text; then AWX refuses it, and it is tested as a variable.
        return isinstance(answer, int if kind == "integer" else (int, float)) and least <= answer <= most
    return isinstance(answer, str) and (not answer or not least or len(answer) >= least) and len(answer) <= most


def answered(name: str, **answers: Any) -> dict[str, Any]:
    """The variables that a survey gives to a job. What is not answered here is left as the form proposes it.

    A field for text that is left empty becomes an empty text; a number or a choice that is left empty, no variable.
    """
    variables: dict[str, Any] = {}
    for question in survey(name)["spec"]:
        key = question["variable"]
        answer = answers.pop(key, question["default"])
        empty = answer == ""
        assert not (empty and question["required"]), f"{key} has to be answered"
        if empty and question["type"] not in ("text", "textarea", "password"):
            continue
        assert _fits(question, answer), f"{key}: AWX refuses {answer!r}"
        variables[key] = answer
    assert not answers, f"not asked: {answers}"
    return variables


class _Unsafe(yaml.SafeDumper):
    """Writes every text as !unsafe, as AWX does: nothing that a user typed is a template."""


_Unsafe.add_representer(str, lambda dumper, text: dumper.represent_scalar("!unsafe", text))


def extra_vars(variables: dict[str, Any]) -> str:
    """The file with which AWX hands variables to a job."""
    return yaml.dump(variables, Dumper=_Unsafe, allow_unicode=True)


def documented_variables(playbook: Path) -> set[str]:
    """The variables that the comment at the head of a playbook describes."""
    return set(re.findall(r"^# (arize_\w+) ", playbook.read_text(), re.MULTILINE))


def shipped_playbook(project_playbook: str) -> Path:
    """The playbook with the plays: what one of the project's imports from the collection, or itself."""
    path = FOLDER / "project" / project_playbook
    play = yaml.safe_load(path.read_text())[0]
    imported = play.get("ansible.builtin.import_playbook")
    return ROOT / "playbooks" / f"{imported.removeprefix('arize.ax.')}.yml" if imported else path
