"""Compare an answer of the service with the contract, in words that contain nothing of the account.

A difference names a place of the contract and what is different. Values are named only where the contract has an enum
and the value looks like one of an enum, field names only where they look like those of the API.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import yaml

CONTRACT = Path(__file__).parents[2] / "simulator" / "arize_ax_simulator" / "openapi.yaml"
CONTRADICTS, ADDS, LACKS = "contradicts", "adds", "lacks"
# Without these the collection refuses to read an answer, although the contract requires no field.
ESSENTIAL = frozenset(
    "id pagination has_more users api_keys roles role_bindings organizations spaces projects resource_restrictions".split()
)

Schema = dict[str, Any]
_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "null": type(None),
}
_READ = frozenset(
    "$ref type properties items enum const format minLength minimum maximum maxItems required oneOf allOf if then else"
    " not description x-expected".split()
)
_WORD = re.compile(r"[a-z][a-z0-9_]{0,39}|[A-Z][A-Z_]{0,39}")


class Difference(NamedTuple):
    """One difference: how much it matters, where, and what it is; ``word`` comes from the service."""

    weight: str
    place: str
    text: str
    word: str = ""


class Contract:
    """The contract. ``private`` collects every text of the account that an answer holds."""

    def __init__(self) -> None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the other one takes a second
        self.document: Schema = yaml.load(CONTRACT.read_text(encoding="utf-8"), loader)
        self.private: set[str] = set()

    @property
    def version(self) -> str:
        """The version of the contract."""
        return str(self.document["info"]["version"])

    def compare(self, method: str, path: str, status: int, data: Any) -> list[Difference]:
        """Return how an answer differs; *path* is the template of the contract, *data* the JSON of the body or None."""
        call = f"{method} {path}"
        responses = self.document["paths"][path][method.lower()]["responses"]
        if str(status) not in responses:
            return [Difference(CONTRADICTS, call, f"answers {status}, which the contract does not have")]
        response = self._target(responses[str(status)])
        content = next(iter(response.get("content", {}).values()), None)
        if content is None:
            return [] if data is None else [Difference(ADDS, f"{call} {status}", "sends a body")]
        return list(dict.fromkeys(self._value(content["schema"], data, Place(f"{call} {status}"))))

    def _target(self, node: Schema) -> Schema:
        if "$ref" not in node:
            return node
        found = self.document
        for key in node["$ref"].removeprefix("#/").split("/"):
            found = found[key]
        return self._target(found)

    def _parts(self, schema: Schema, value: Any) -> Iterator[Schema]:
        """Yield the plain schemas that apply to *value*: of alternatives the one that it claims to be."""
        schema = self._target(schema)
        if unread := set(schema) - _READ:
            raise NotImplementedError(f"dev/live does not understand {sorted(unread)} of the contract")
        yield schema
        for part in schema.get("allOf", []):
            yield from self._parts(part, value)
        if "oneOf" in schema:
            yield from self._parts(self._alternative(schema["oneOf"], value), value)
        if "if" in schema:
            branch = "then" if _holds(schema["if"], value) else "else"
            yield from self._parts(schema.get(branch, {}), value)

    def _alternative(self, choices: list[Schema], value: Any) -> Schema:
        """Return the alternative with the value's tag; for an unknown tag one that knows every field."""
        targets = [self._target(choice) for choice in choices]
        null = [target for target in targets if target.get("type") == "null"]
        others = [target for target in targets if target not in null]
        if not isinstance(value, dict) or len(others) == 1:
            return null[0] if null and value is None else others[0]
        tags = {name: [] for target in others for name, field in target["properties"].items() if "const" in field}
        for name, values in tags.items():
            values += [target["properties"][name]["const"] for target in others]
            for target, const in zip(others, values, strict=True):
                if str(value.get(name)).upper() == const:
                    return target
        known = {name: {} for target in others for name in target["properties"]}
        return {"type": "object", "properties": known | {name: {"enum": values} for name, values in tags.items()}}

    def _value(self, schema: Schema, value: Any, place: Place) -> Iterator[Difference]:
        parts = list(self._parts(schema, value))
        types = [kind for part in parts if (kind := part.get("type"))]
        if any(_is_not(value, kind) for kind in types):
            if value is None:
                yield Difference(place.weight, place.text, "is null")
            else:
                yield Difference(CONTRADICTS, place.text, f"is {_type_of(value)}, not {types[0]}")
            return
        self._remember(parts, value)
        for part in parts:
            yield from self._limits(part, value, place)
        if isinstance(value, dict):
            yield from self._fields(parts, value, place)
        for item in value if isinstance(value, list) else []:
            for part in parts:
                yield from self._value(part.get("items", {}), item, place.items())

    def _remember(self, parts: list[Schema], value: Any) -> None:
        """Keep a text of the account, so that no report repeats it; values of enums are no secret."""
        if isinstance(value, str) and not any("enum" in part or "const" in part for part in parts):
            self.private.add(value)

    def _limits(self, part: Schema, value: Any, place: Place) -> Iterator[Difference]:
        choices = part.get("enum", [part["const"]] if "const" in part else [])
        if choices and value not in choices:
            yield self._unknown_value(choices, value, place)
        if part.get("format") == "date-time" and isinstance(value, str) and not _is_time(value):
            yield Difference(CONTRADICTS, place.text, "is not a time as in RFC 3339")
        if isinstance(value, (str, list)) and not part.get("minLength", 0) <= len(value) <= part.get("maxItems", 10**9):
            yield Difference(CONTRADICTS, place.text, f"has the length {len(value)}")
        if isinstance(value, int) and not part.get("minimum", value) <= value <= part.get("maximum", value):
            yield Difference(CONTRADICTS, place.text, "is outside its limits")
        if "not" in part and _holds(part["not"], value):
            yield Difference(CONTRADICTS, place.text, f"has {', '.join(part['not']['required'])}, which it must not")

    def _unknown_value(self, choices: list[Any], value: Any, place: Place) -> Difference:
        if value is None:
            return Difference(place.weight, place.text, "is null")
        if not isinstance(value, str):
            return Difference(CONTRADICTS, place.text, f"is {str(value).lower()}, against the rest of the answer")
        if value.upper() in choices:
            return Difference(ADDS, place.text, "has its known values in another case")
        return Difference(ADDS, place.text, "has the unknown value", value)

    def _fields(self, parts: list[Schema], value: dict[str, Any], place: Place) -> Iterator[Difference]:
        known: dict[str, list[Schema]] = {}
        for part in parts:
            for name, field in part.get("properties", {}).items():
                known.setdefault(name, []).append(field)
        expected = dict.fromkeys(name for part in parts for name in part.get("x-expected", []))
        for name in expected:
            if name not in value:
                weight = CONTRADICTS if name in ESSENTIAL else LACKS
                yield Difference(weight, place.text, f"has no {name}")
        for name, item in value.items():
            if name not in known:
                self._remember_all(item)
                if known:
                    yield Difference(ADDS, place.text, f"has an unknown field, {_type_of(item)}:", name)
                continue
            for field in known[name]:
                yield from self._value(field, item, place.field(name))

    def _remember_all(self, value: Any) -> None:
        """Keep every text of something that the contract does not know."""
        if isinstance(value, str):
            self.private.add(value)
        for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
            self._remember_all(item)

    def public(self, word: str) -> str:
        """Return *word* if it has the form of a word of the API and is no text of the account."""
        return word if _WORD.fullmatch(word) and word not in self.private else "(withheld)"


class Place(NamedTuple):
    """A place of the contract, as it is written in a report, and how much it matters if nothing is there."""

    text: str
    weight: str = LACKS

    def field(self, name: str) -> Place:
        """Return the place of a field."""
        return Place(f"{self.text}{'.' if '[]' in self.text or ': ' in self.text else ': '}{name}", _weight_of(name))

    def items(self) -> Place:
        """Return the place of the items of a list."""
        return Place(f"{self.text}[]")


def _weight_of(name: str) -> str:
    return CONTRADICTS if name in ESSENTIAL else LACKS


def _is_not(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind != "boolean"
    return not isinstance(value, _TYPES[kind])


def _type_of(value: Any) -> str:
    return next(name for name in ("boolean", *_TYPES, "number") if name == "number" or not _is_not(value, name))


def _is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _holds(condition: Schema, value: Any) -> bool:
    """Whether *value* has the fields that a condition requires, and those with the constants that it names."""
    if not isinstance(value, dict):
        return False
    consts = {name: field["const"] for name, field in condition.get("properties", {}).items()}
    required = set(condition.get("required", ()))
    return required <= set(value) and all(value.get(name, const) == const for name, const in consts.items())
