"""Compare what the contract leaves out: `inventory.py DESCRIPTION.json` records it in recorded.json.

operations.toml lists each official operation that is not in the contract as `later` or `not_ours`. An operation in
neither fails, by name. recorded.json has an outline of the operations that are `later`, and the sentences of all but
those that are not ours that say of a value that it is not supported yet.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

LISTED = Path(__file__).with_name("operations.toml")
RECORDED = Path(__file__).with_name("recorded.json")
NOT_YET = re.compile(r"not (?:yet )?supported|reserved for future use", re.IGNORECASE)

Schema = dict[str, Any]


def listed() -> dict[str, set[str]]:
    """Return the operations of operations.toml, by their word."""
    words = tomllib.loads(LISTED.read_text(encoding="utf-8"))
    return {
        word: {f"{method} {path}" for path, methods in paths.items() for method in methods.split()}
        for word, paths in words.items()
    }


def reached(part: Any, document: Schema, path: str = "", within: tuple[str, ...] = ()) -> Iterator[tuple[str, Schema]]:
    """Yield each object of *part*, with the field that it describes; references are followed, circles cut."""
    if isinstance(part, list):
        for item in part:
            yield from reached(item, document, path, within)
    if not isinstance(part, dict):
        return
    yield path, part
    if (reference := part.get("$ref")) and reference not in within:
        target = document
        for key in reference.removeprefix("#/").split("/"):
            target = target[key]
        yield from reached(target, document, path, (*within, reference))
    for key, value in part.items():
        if key == "properties":
            for name, schema in value.items():
                yield from reached(schema, document, f"{path}.{name}" if path else name, within)
        elif key != "discriminator":
            yield from reached(value, document, f"{path}[]" if key == "items" else path, within)


def outline(operation: Schema, document: Schema) -> list[str]:
    """Return parameters, fields, enum values and deprecations of an operation, a line each."""
    bodies = {"request": operation["requestBody"]} if "requestBody" in operation else {}
    bodies |= {f"answer {status}": body for status, body in operation["responses"].items() if status < "400"}
    found = {"deprecated"} if operation.get("deprecated") else set()
    for parameter in operation["parameters"]:
        bodies[f"parameter {parameter['name']}"] = parameter
    for place, body in bodies.items():
        found.add(place)
        for field, schema in reached(body, document):
            where = f"{place}: {field}" if field else place
            values = [*schema.get("enum", []), *(schema[key] for key in ("const",) if key in schema)]
            found |= {where, *(f"{where} = {value}" for value in values)}
            if schema.get("deprecated"):
                found.add(f"{where} is deprecated")
    return sorted(found)


def sentences(operations: Iterable[Schema], document: Schema) -> set[str]:
    """Return the sentences of operations and their schemas that say that a value is not supported yet."""
    texts = {part.get("description") for one in operations for _field, part in reached(one, document)}
    split = (
        sentence for text in texts if isinstance(text, str) for sentence in re.split(r"(?<=[.!?])\s+|\n\n|\s-\s", text)
    )
    return {" ".join(sentence.split()) for sentence in split if NOT_YET.search(sentence)}


def record(ours: set[str], theirs: Mapping[str, Schema], document: Schema, place_of: Callable[[str], str]) -> Schema:
    """Return what recorded.json holds for a description."""
    words = {word: {place_of(name) for name in names} for word, names in listed().items()}
    watched = {name: theirs[name] for name in theirs if place_of(name) in ours | words["later"]}
    later = {name: outline(watched[name], document) for name in sorted(watched) if place_of(name) not in ours}
    return {"later": later, "not_supported_yet": sorted(sentences(watched.values(), document))}


def differences(
    ours: set[str], theirs: Mapping[str, Schema], document: Schema, place_of: Callable[[str], str]
) -> Iterator[str]:
    """Yield a sentence for each operation, field or sentence that the lists do not have, or have wrongly.

    Args:
        ours: the operations of the contract, as *place_of* writes them.
        theirs: the operations of the description, by name, with ``parameters``.
        document: the description.
        place_of: an operation's name without the names of its path parameters.
    """
    names = {place_of(name): name for name in theirs}
    lists = {place_of(name): name for group in listed().values() for name in group}
    for place in sorted(names.keys() - ours - lists.keys()):
        yield f"`{names[place]}` is new: put it into the contract, or into {LISTED.name}"
    for place in sorted(lists.keys() - names.keys()):
        yield f"{LISTED.name} has an operation that no longer exists: `{lists[place]}`"
    for place in sorted(lists.keys() & ours):
        yield f"{LISTED.name} has an operation of the contract: `{lists[place]}`"
    known, found = json.loads(RECORDED.read_text(encoding="utf-8")), record(ours, theirs, document, place_of)
    for name in found["later"].keys() & known["later"].keys():
        before, now = set(known["later"][name]), set(found["later"][name])
        yield from (f"`{name}` has new: {line}" for line in sorted(now - before))
        yield from (f"`{name}` no longer has: {line}" for line in sorted(before - now))
    for name in sorted(found["later"].keys() ^ known["later"].keys()):
        yield f"{RECORDED.name} is out of date for `{name}`"
    before, now = set(known["not_supported_yet"]), set(found["not_supported_yet"])
    yield from (f"the description says newly: {sentence}" for sentence in sorted(now - before))
    yield from (f"the description no longer says: {sentence}" for sentence in sorted(before - now))


def main() -> None:
    """Record a description. Read the differences first."""
    import compare  # noqa: PLC0415 (it imports this file)
    import yaml  # noqa: PLC0415

    document = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    contract = yaml.safe_load(compare.CONTRACT.read_text(encoding="utf-8"))
    ours = {compare.place_of(name) for name, _operation in compare.operations(contract)}
    found = record(ours, dict(compare.operations(document)), document, compare.place_of)
    RECORDED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
