"""Imports between layers, and the length of functions. The diagram in CONTRIBUTING.md is the rule."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLUGINS = ROOT / "plugins"
SOURCES = {
    path.relative_to(PLUGINS).with_suffix("").as_posix().replace("/", "."): path for path in PLUGINS.rglob("*.py")
}
MAX_FUNCTION_LINES = 30
# What only one layer may import, and the layers that must not know of it.
FOREIGN = {
    "ansible": ("_errors", "_models", "_access", "_planning", "_client", "_execution"),
    "requests": ("_planning", "_execution"),
}
SINGLE_USER = [
    "modules.arize_user",
    "modules.arize_user_info",
    "modules.arize_user_invite",
    "modules.arize_user_password_reset",
]


def imports(name: str) -> Iterator[str]:
    """Yield what a source imports: names below plugins, or the first name of anything else."""
    package = name.split(".")[:-1]
    for node in ast.walk(ast.parse(SOURCES[name].read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            assert not (node.module or "").startswith("ansible_collections"), f"{name}: not a relative import"
            yield (node.module or "").partition(".")[0]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join([*package[: len(package) - node.level + 1], *filter(None, [node.module])])
            inner = [f"{base}.{alias.name}" for alias in node.names if f"{base}.{alias.name}" in SOURCES]
            yield from inner or [base]


def layer(name: str) -> str:
    """Return the layer of a source: a folder, or a file of module_utils itself."""
    parts = name.split(".")
    return parts[1] if parts[0] == "module_utils" else parts[0]


def closure(name: str) -> set[str]:
    """Return everything below plugins that a source needs."""
    needed, waiting = set(), [name]
    while waiting:
        for other in imports(waiting.pop()):
            if other in SOURCES and other not in needed:
                needed.add(other)
                waiting.append(other)
    return needed


def test_the_layers_import_each_other_as_the_diagram_shows() -> None:
    diagram = re.search(r"```mermaid\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL)
    assert diagram
    drawn = {
        (arrow[1], other)
        for arrow in re.finditer(r"(\w+) --> ([\w &]+)", diagram[1])
        for other in arrow[2].split(" & ")
    }
    found = {(layer(name), layer(other)) for name in SOURCES for other in imports(name) if other in SOURCES}
    assert {arrow for arrow in found if arrow[0] != arrow[1]} == drawn


@pytest.mark.parametrize(("foreign", "layers"), FOREIGN.items())
def test_a_layer_does_not_know_what_is_none_of_its_business(foreign: str, layers: tuple[str, ...]) -> None:
    assert [name for name in SOURCES if layer(name) in layers and foreign in imports(name)] == []


@pytest.mark.parametrize("module", SINGLE_USER)
def test_a_module_for_one_user_needs_nothing_of_the_roster_or_of_access(module: str) -> None:
    needed = closure(module)
    assert "module_utils._client.users" in needed
    foreign = ("roster",) if module.endswith("_info") else ("roster", "access")
    assert [name for name in needed if any(word in name for word in foreign)] == []


@pytest.mark.parametrize("name", SOURCES)
def test_a_function_fits_on_a_screen(name: str) -> None:
    functions = [node for node in ast.walk(ast.parse(SOURCES[name].read_text())) if isinstance(node, ast.FunctionDef)]
    lengths = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}
    assert {function: lines for function, lines in lengths.items() if lines > MAX_FUNCTION_LINES} == {}
