"""Write docs/roster.schema.json, the JSON schema of roster files, from the documentation of the modules.

roster_schema.py [--check]   with --check, write nothing, and fail if the file is out of date

The schema is that of text that arize.ax.roster_from_yaml reads: null counts as not given, and a role may be in any case.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
SCHEMA = ROOT / "docs" / "roster.schema.json"
# Draft 7 is what editors know.
HEAD = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$comment": "Written by dev/roster_schema.py from the documentation of the modules.",
    "title": "Roster of arize.ax",
    "description": "The users of an Arize AX account, for arize.ax.arize_user_roster.",
}


def documentation(path: Path, name: str = "DOCUMENTATION") -> dict[str, Any]:
    """Return the documentation of a module, or a part of that of a fragment."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name:
            return yaml.safe_load(ast.literal_eval(node.value))
    raise LookupError(f"{path.name} has no {name}")


def options(module: str) -> dict[str, Any]:
    """Return the documented options of a module, those of its fragments too."""
    found = documentation(ROOT / "plugins" / "modules" / f"{module}.py")
    merged: dict[str, Any] = {}
    for fragment in found["extends_documentation_fragment"]:
        _namespace, _collection, file, *part = fragment.split(".")
        described = documentation(ROOT / "plugins" / "doc_fragments" / f"{file}.py", *(name.upper() for name in part))
        merged |= described.get("options", {})
    return merged | found.get("options", {})


def any_case(words: list[str]) -> dict[str, Any]:
    """Return the schema of one of *words*, in any case; editors propose them in lower case."""
    pattern = "|".join("".join(f"[{c.upper()}{c}]" if c.isalpha() else c for c in word) for word in words)
    return {"anyOf": [{"enum": words}, {"type": "string", "pattern": f"^({pattern})$"}, {"type": "null"}]}


def schema_of(option: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of one option."""
    if option["type"] == "list":
        return {"type": ["array", "null"], "items": mapping(option["suboptions"])}
    if option["type"] == "bool":
        return {"anyOf": [{"type": "boolean"}, *any_case(["true", "false", "yes", "no"])["anyOf"]]}
    if "choices" in option:
        return {"enum": [*option["choices"], None]}
    return {"type": ["string", "null"]}


def mapping(suboptions: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a mapping with the keys *suboptions*."""
    properties = {name: described(option) | schema_of(option) for name, option in suboptions.items()}
    return {"type": "object", "additionalProperties": False, "properties": properties}


def described(option: dict[str, Any]) -> dict[str, str]:
    """Return the description, without Ansible's markup."""
    text = " ".join([option["description"]] if isinstance(option["description"], str) else option["description"])
    return {"description": re.sub(r"\b[A-Z]{1,2}\((?:users\[\]\.)?([^)]*)\)", r"\1", text)}


def given(key: str) -> dict[str, Any]:
    """Return the schema of a mapping in which *key* is given."""
    return {"required": [key], "properties": {key: {"type": "string", "minLength": 1}}}


def roster() -> dict[str, Any]:
    """Return the schema of a roster."""
    users = options("arize_user_roster")["users"]["suboptions"]
    entry = mapping(users)
    entry["properties"]["role"] = described(users["role"]) | any_case(options("arize_user")["role"]["choices"])
    entry["oneOf"] = [given("email"), given("user_id")]
    entry["not"] = {"allOf": [given("role"), given("custom_role_id")]}
    return HEAD | {"type": "array", "items": entry}


def main() -> int | str:
    """Write the schema, or compare it."""
    text = json.dumps(roster(), indent=2, ensure_ascii=False) + "\n"
    if sys.argv[1:] != ["--check"]:
        SCHEMA.write_text(text, encoding="utf-8")
        return 0
    current = SCHEMA.is_file() and SCHEMA.read_text(encoding="utf-8") == text
    return 0 if current else f"{SCHEMA.name} is out of date. Run dev/roster_schema.py."


if __name__ == "__main__":
    sys.exit(main())
