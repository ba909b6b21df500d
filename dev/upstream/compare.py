"""Compare an official description with the contract: `compare.py DESCRIPTION.json [DIFFERENCES.txt]`.

The description is an OpenAPI document; describe.py writes one of the official SDK. The differences are also written to
the second file. Each operation of the contract is compared: parameters, request fields, required fields, limits, enum
values, deprecations, answer fields and status codes. known.toml lists the harmless differences. Any other difference
fails, and so does an entry of known.toml that no longer exists. inventory.py compares what the contract leaves out. A
generated client cannot express `minProperties` and conditions, and describes no response headers: these are not
compared. Limits matter only in what is sent.
"""

from __future__ import annotations

import itertools
import json
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import inventory
import yaml

ROOT = Path(__file__).parents[2]
CONTRACT = ROOT / "simulator" / "arize_ax_simulator" / "openapi.yaml"
KNOWN = Path(__file__).with_name("known.toml")

Schema = dict[str, Any]
METHODS = ("get", "put", "post", "patch", "delete")
LIMITS = (
    "minLength maxLength pattern minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems".split()
)
EVERY_ERROR = "every error answer"


class Difference(NamedTuple):
    """A difference of the description; read as a sentence: the operation, then the text."""

    operation: str
    text: str


class Place(NamedTuple):
    """Where schemas are compared, and how to speak of a field there."""

    noun: str
    suffix: str = ""
    sent: bool = True

    def field(self, name: str) -> str:
        return f"the {self.noun} `{name}`{self.suffix}" if name else f"the body{self.suffix}"


# ---------------------------------------------------------------- schemas


def resolve(schema: Schema, document: Schema) -> Schema:
    """Return a schema without `$ref`, `allOf`, `const` and null; alternatives become `variants`, resolved too."""
    if "$ref" in schema:
        target = document
        for key in schema["$ref"].removeprefix("#/").split("/"):
            target = target[key]
        schema = {"allOf": [target, {key: value for key, value in schema.items() if key != "$ref"}]}
    flat = {key: value for key, value in schema.items() if key not in {"allOf", "anyOf", "oneOf", "const"}}
    if "const" in schema:
        flat["enum"] = [schema["const"]]
    for part in schema.get("allOf", []):
        flat = merge(flat, resolve(part, document))
    types = flat.pop("type") if isinstance(flat.get("type"), list) else []
    listed = [*schema.get("anyOf", []), *schema.get("oneOf", []), *({"type": name} for name in types)]
    variants = flat.pop("variants", [])
    for part in (resolve(part, document) for part in listed):
        variants += part.get("variants", [part])
    variants = [merge(flat, variant) for variant in variants if variant.get("type") != "null"]
    return {"variants": variants} if len(variants) > 1 else (variants or [flat])[0]


def merge(one: Schema, other: Schema) -> Schema:
    """Return a schema that asks for both."""
    merged = one | other
    if "properties" in one and "properties" in other:
        merged["properties"] = one["properties"] | other["properties"]
    if "required" in one and "required" in other:
        merged["required"] = [*one["required"], *other["required"]]
    if "items" in one and "items" in other:
        merged["items"] = {"allOf": [one["items"], other["items"]]}
    return merged


def kind(schema: Schema) -> str | None:
    """Return the type of a resolved schema, or None if it takes anything."""
    if schema.get("format") == "date-time":
        return "date-time"
    return schema.get("type") or ("object" if "properties" in schema else None)


class Comparison:
    """Compares schemas of two documents: the contract (ours) and the SDK (theirs). Yields texts."""

    def __init__(self, contract: Schema, sdk: Schema) -> None:
        self.contract = contract
        self.sdk = sdk

    def schemas(self, ours: Schema, theirs: Schema, place: Place, name: str = "") -> Iterator[str]:
        """Compare two schemas, down to the last field that both have."""
        ours, theirs = resolve(ours, self.contract), resolve(theirs, self.sdk)
        if "variants" in ours or "variants" in theirs:
            yield from self.variants(ours, theirs, place, name)
            return
        if (here := kind(ours)) and (there := kind(theirs)) and here != there:
            yield f"has {there}, not {here}, for {place.field(name)}"
        yield from values(ours.get("enum"), theirs.get("enum"), place.field(name))
        if theirs.get("deprecated") and not ours.get("deprecated"):
            yield f"deprecates {place.field(name)}"
        if place.sent:
            yield from limits(ours, theirs, place.field(name))
        yield from self.fields(ours, theirs, place, name)
        if "items" in ours and "items" in theirs:
            yield from self.schemas(ours["items"], theirs["items"], place, f"{name}[]")

    def fields(self, ours: Schema, theirs: Schema, place: Place, name: str) -> Iterator[str]:
        """Compare the fields of two objects."""
        prefix = f"{name}." if name else ""
        here, there = ours.get("properties", {}), theirs.get("properties", {})
        yield from names(here, there, set(theirs.get("required", [])), place, prefix)
        for field in (field for field in here if field in there):
            required = field in ours.get("required", []), field in theirs.get("required", [])
            yield from requirement(*required, place, f"{prefix}{field}")
            yield from self.schemas(here[field], there[field], place, f"{prefix}{field}")

    def variants(self, ours: Schema, theirs: Schema, place: Place, name: str) -> Iterator[str]:
        """Compare alternatives, each with the one that is most like it; what tells them apart only once."""
        here, there = (schema.get("variants", [schema]) for schema in (ours, theirs))
        tags = [tag for tag in here[0].get("properties", {}) if all(self.tag(variant, tag) for variant in here)]
        prefix = f"{name}." if name else ""
        for tag in tags:
            known, found = self.all_values(here, tag, self.contract), self.all_values(there, tag, self.sdk)
            yield from values(known, found, place.field(f"{prefix}{tag}"))
        labels = ["/".join(self.tag(variant, tag) for tag in tags) or str(n) for n, variant in enumerate(here, 1)]
        pairs = self.pair(here, there)
        for number, variant in enumerate(here):
            if number not in pairs:
                yield f"lacks the variant {labels[number]} of {place.field(name)}"
                continue
            known, found = (without_tags(schema, tags) for schema in (variant, there[pairs[number]]))
            yield from self.schemas(known, found, place, f"{name}({labels[number]})")
        for number in sorted(set(range(len(there))) - set(pairs.values())):
            fields = ", ".join(there[number].get("properties", {})) or kind(there[number]) or "anything"
            yield f"has a new variant of {place.field(name)}: {fields}"

    def tag(self, variant: Schema, field: str) -> str:
        """Return the only value that a variant of the contract has in a field, or nothing."""
        found = self.all_values([variant], field, self.contract) or []
        return str(found[0]) if len(found) == 1 else ""

    @staticmethod
    def all_values(variants: list[Schema], field: str, document: Schema) -> list[Any] | None:
        """Return the values that a field has in any of the variants; None if one of them takes others."""
        schemas = [resolve(variant.get("properties", {}).get(field, {}), document) for variant in variants]
        if not all("enum" in schema for schema in schemas):
            return None
        return list(dict.fromkeys(value for schema in schemas for value in schema["enum"]))

    def pair(self, here: list[Schema], there: list[Schema]) -> dict[int, int]:
        """Return which variant of the SDK belongs to which of the contract, by number: the likest first."""
        marks = [[marks_of(v, document) for v in side] for side, document in ((here, self.contract), (there, self.sdk))]
        likeness = {
            (i, j): len(marks[0][i] & marks[1][j]) / (len(marks[0][i] | marks[1][j]) or 1)
            for i, j in itertools.product(range(len(here)), range(len(there)))
        }
        pairs: dict[int, int] = {}
        for i, j in sorted(likeness, key=lambda pair: (-likeness[pair], pair)):
            if i not in pairs and j not in pairs.values():
                pairs[i] = j
        return pairs


def without_tags(schema: Schema, tags: list[str]) -> Schema:
    """Return a variant in which nothing but the names of its tags counts: without a tag no client knows the variant."""
    properties = schema.get("properties", {})
    return schema | {
        "properties": {name: {} if name in tags else properties[name] for name in properties},
        "required": [*schema.get("required", []), *tags],
    }


def marks_of(variant: Schema, document: Schema) -> set[str]:
    """Return what a variant is told by: its type, its fields and their values."""
    marks = {str(kind(variant))}
    for name, schema in variant.get("properties", {}).items():
        marks |= {name, *(f"{name}={value}" for value in resolve(schema, document).get("enum", []))}
    return marks


MANY = 20  # values that a line cannot name


def values(ours: list[Any] | None, theirs: list[Any] | None, field: str) -> Iterator[str]:
    """Compare the values of an enum; None takes any."""
    if ours is not None and theirs is None:
        yield f"takes any value for {field}"
    elif theirs is not None and ours is None:
        yield f"takes only {', '.join(map(str, theirs)) if len(theirs) < MANY else 'values of a list'} for {field}"
    elif ours is not None and theirs is not None:
        yield from (f"has a new value `{value}` for {field}" for value in theirs if value not in ours)
        yield from (f"lacks the value `{value}` for {field}" for value in ours if value not in theirs)


def limits(ours: Schema, theirs: Schema, field: str) -> Iterator[str]:
    """Compare the limits of a value."""
    for limit in LIMITS:
        if ours.get(limit) != theirs.get(limit):
            yield f"sets {limit} {theirs[limit]} for {field}" if limit in theirs else f"sets no {limit} for {field}"


def names(ours: Iterable[str], theirs: Iterable[str], required: set[str], place: Place, prefix: str) -> Iterator[str]:
    """Compare the names of fields or parameters. A new field in every answer is harmless."""
    for name in theirs:
        if name not in ours:
            new = "new required" if place.sent and name in required else "new"
            yield f"has a {new} {place.noun} `{prefix}{name}`{place.suffix}"
    yield from (f"lacks {place.field(f'{prefix}{name}')}" for name in ours if name not in theirs)


def requirement(ours: bool, theirs: bool, place: Place, name: str) -> Iterator[str]:
    """Compare whether a field or parameter must be sent, or is in every answer."""
    if ours != theirs and place.sent:
        yield f"{'requires' if theirs else 'does not require'} {place.field(name)}"
    elif ours != theirs:
        yield f"{'never omits' if theirs else 'may omit'} {place.field(name)}"


# ---------------------------------------------------------------- operations


def operations(document: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield the operations of a document by name, such as `GET /v2/users/{user_id}`, with their parameters by name."""
    for path, item in document["paths"].items():
        for method in (method for method in METHODS if method in item):
            listed = [*item.get("parameters", []), *item[method].get("parameters", [])]
            parameters = [resolve(parameter, document) for parameter in listed]
            yield f"{method.upper()} {path}", item[method] | {"parameters": parameters}


def place_of(name: str) -> str:
    """Return an operation's name without those of its path parameters, which mean nothing to the server."""
    return re.sub(r"\{\w+\}", "{}", name)


def body_of(content: Schema) -> Schema | None:
    """Return the schema of a body; the media type says no more than the status code does."""
    return next((media.get("schema", {}) for media in content.get("content", {}).values()), None)


class OperationComparison(Comparison):
    """Compares operations. Yields texts."""

    def parameters(self, ours: list[Schema], theirs: list[Schema], path: str) -> Iterator[str]:
        """Compare query parameters by name; those of the path by their order in it, with the contract's names."""
        here, there = ({p["name"]: p for p in side if p["in"] == "query"} for side in (ours, theirs))
        place = Place("parameter")
        yield from names(here, there, {name for name in there if there[name].get("required")}, place, "")
        in_path = {p["name"]: p for p in ours if p["in"] == "path"}
        order = re.findall(r"\{(\w+)\}", path)
        pairs = [(in_path[name], p) for name, p in zip(order, (p for p in theirs if p["in"] == "path"), strict=True)]
        for known, found in [*pairs, *((here[name], there[name]) for name in here if name in there)]:
            yield from requirement(known.get("required", False), found.get("required", False), place, known["name"])
            if found.get("deprecated") and not known.get("deprecated"):
                yield f"deprecates {place.field(known['name'])}"
            yield from self.schemas(known["schema"], found["schema"], place, known["name"])

    def bodies(self, ours: Schema | None, theirs: Schema | None, place: Place) -> Iterator[str]:
        """Compare two bodies, either of which may be absent."""
        if ours is not None and theirs is not None:
            yield from self.schemas(ours, theirs, place)
        elif ours is not None or theirs is not None:
            yield f"{'lacks' if theirs is None else 'has'} {place.field('')}"

    def answers(self, ours: Schema, theirs: Schema) -> Iterator[str]:
        """Compare status codes and bodies. What all errors have in common is told once."""
        yield from (f"has a new answer {status}" for status in theirs if status not in ours)
        yield from (f"lacks the answer {status}" for status in ours if status not in theirs)
        errors: dict[str, list[str]] = {}
        for status in (status for status in ours if status in theirs):
            bodies = body_of(resolve(ours[status], self.contract)), body_of(resolve(theirs[status], self.sdk))
            if status < "400":
                yield from self.bodies(*bodies, Place("field", f" in answer {status}", sent=False))
            else:
                errors[status] = list(self.bodies(*bodies, Place("field", " in {}", sent=False)))
        common = [text for text in next(iter(errors.values()), []) if all(text in texts for texts in errors.values())]
        yield from (text.replace(" in {}", f" in {EVERY_ERROR}") for text in common)
        for status, texts in errors.items():
            yield from (text.replace(" in {}", f" in answer {status}") for text in texts if text not in common)

    def operation(self, ours: Schema, theirs: Schema, path: str) -> Iterator[str]:
        """Compare two operations."""
        if theirs.get("deprecated") and not ours.get("deprecated"):
            yield "is deprecated"
        yield from self.parameters(ours["parameters"], theirs["parameters"], path)
        here, there = ours.get("requestBody"), theirs.get("requestBody")
        yield from self.bodies(here and body_of(here), there and body_of(there), Place("request field"))
        yield from self.answers(ours["responses"], theirs["responses"])


def compare(contract: Schema, sdk: Schema) -> list[Difference]:
    """Return the differences of all operations that the contract has."""
    found = {place_of(name): operation for name, operation in operations(sdk)}
    comparison = OperationComparison(contract, sdk)
    differences = []
    for name, ours in operations(contract):
        theirs = found.get(place_of(name))
        texts = comparison.operation(ours, theirs, name) if theirs else ["is missing in the SDK"]
        differences += [Difference(name, text) for text in texts]
    return differences


# ---------------------------------------------------------------- what is known


def judge(differences: list[Difference], known: list[dict[str, Any]]) -> tuple[list[Difference], list[Difference]]:
    """Return the unknown differences, and the known ones that no longer exist (for `*`: in no operation)."""
    listed = {
        Difference(operation, text)
        for entry in known
        for operation, text in itertools.product(entry["operations"], entry["differences"])
    }
    texts = {difference[1] for difference in differences}
    unknown = [found for found in differences if not {found, Difference("*", found.text)} & listed]
    return unknown, sorted(
        entry for entry in listed - set(differences) if entry.operation != "*" or entry.text not in texts
    )


def lines(differences: list[Difference]) -> Iterator[str]:
    """Yield the differences as sentences, those that several operations share once."""
    shared = defaultdict(list)
    for operation, text in differences:
        shared[text].append(operation)
    for text, (first, *others) in shared.items():
        yield f"`{first}` {text}" + (f" (also: {', '.join(others)})" if others else "")


def main() -> None:
    """Print the differences; exit 1 if there is an unknown one, or a known one that no longer exists."""
    source, *output = map(Path, sys.argv[1:])
    described = json.loads(source.read_text(encoding="utf-8"))
    contract = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    differences = compare(contract, described)
    unknown, stale = judge(differences, tomllib.loads(KNOWN.read_text(encoding="utf-8"))["known"])
    ours, theirs = (dict(operations(document)) for document in (contract, described))
    told = [
        *lines(unknown),
        *(f"{KNOWN.name} has a difference that no longer exists: {line}" for line in lines(stale)),
        *inventory.differences({place_of(name) for name in ours}, theirs, described, place_of),
    ]
    title = f"{described['info']['title']} {described['info']['version']}"
    print(f"{title} and the contract: {len(ours)} operations compared, {len(theirs)} listed")
    for line in told:
        print(f"  {line}")
    print(f"{len(differences) - len(unknown)} known differences, {len(told)} to look at")
    for path in output:
        path.write_text("".join(f"- {line}\n" for line in (f"Compared with {title}.", *told)), encoding="utf-8")
    sys.exit(1 if told else 0)


if __name__ == "__main__":
    main()
