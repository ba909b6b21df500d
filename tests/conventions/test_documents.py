"""README, CONTRIBUTING and the pages about quality name things that exist, and meet the field's checklists."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
REPOSITORY = yaml.safe_load((ROOT / "galaxy.yml").read_text())["repository"]
MATRIX = tomllib.loads((ROOT / "tests" / "matrix.toml").read_text())
# From the inclusion checklist of the community package and from Red Hat's template.
SECTIONS = [
    "Requirements",
    "Installation",
    "Use cases",
    "Testing",
    "Support",
    "Release notes",
    "Communication",
    "Contributing",
    "Related information",
    "License",
]
COMMANDS = ["README.md", "CONTRIBUTING.md", "docs/requirements.md", "docs/README.md", "Makefile"]


def links(text: str) -> list[str]:
    """The targets of Markdown links, outside of code blocks."""
    return re.findall(r"\]\(([^)\s]+)\)", re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("section", SECTIONS)
def test_the_readme_has_the_section(section: str) -> None:
    headings = " / ".join(re.findall(r"^#+ (.*)$", README, re.MULTILINE)).lower()
    assert section.lower() in headings


def test_the_readme_says_what_it_must() -> None:
    assert "https://semver.org/" in links(README)
    assert any("code_of_conduct" in link for link in links(README))
    assert "https://forum.ansible.com/c/help/6" in links(README)
    assert README.index("Automation Hub") < README.index("requirements.yml")
    assert not re.search(r"pip3? install [^\n]*ansible", README)


@pytest.mark.parametrize("link", links(README))
def test_links_of_the_readme_are_absolute_and_lead_somewhere(link: str) -> None:
    assert link.startswith(("https://", "#"))
    inside = re.fullmatch(rf"{REPOSITORY}/(?:blob|tree|raw)/main/([^#]+)(?:#.*)?", link)
    if inside:
        assert (ROOT / inside[1]).exists()


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "docs/requirements.md"])
def test_relative_links_lead_somewhere(page: str) -> None:
    folder = (ROOT / page).parent
    inside = [link.partition("#")[0] for link in links((ROOT / page).read_text()) if not link.startswith("https://")]
    assert [link for link in inside if not (folder / link).exists()] == []


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))


def sessions() -> set[str]:
    noxfile = (ROOT / "noxfile.py").read_text()
    plain = re.findall(r"^def (\w+)\(session: nox.Session", noxfile, re.MULTILINE)
    named = re.findall(r"name=\"([\w-]+)\"", noxfile)
    each = re.findall(r"^@register\(on=each_(?:core|python)\(.*\)\ndef (\w+)", noxfile, re.MULTILINE)
    return {*plain, *named, *(f"{name}-{core['version']}" for name in each for core in MATRIX["core"])}


@pytest.mark.parametrize("page", COMMANDS)
def test_commands_that_a_page_names_are_there(page: str) -> None:
    text = (ROOT / page).read_text()
    made = {name for line in re.findall(r"(?:`|\$ )make ([^`\n=]+)", text) for name in re.findall(r"\b[a-z-]+\b", line)}
    run = {name for line in re.findall(r"nox -s ((?:[a-z][\w.-]* ?)+)", text) for name in line.split()}
    assert made - targets() == set()
    assert {name for name in run if name not in sessions()} == set()


def test_the_lists_of_requirements_say_how_each_is_verified() -> None:
    rows = re.findall(r"^\| (.*) \|$", (ROOT / "docs" / "requirements.md").read_text(), re.MULTILINE)
    assert len(rows) > 40
    for row in rows:
        _must, where, proof = re.split(r" *\| +", row)
        assert "by the owner" in proof or (where and ("`make " in proof or proof in ("read", "verified by"))), row


def workflow() -> Any:
    return yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())


def test_the_workflow_has_the_cores_and_pythons_of_the_matrix_and_no_logic() -> None:
    (job,) = workflow()["jobs"].values()
    pythons = {version for core in MATRIX["core"] for version in core["python"]} | {MATRIX["oldest_target"]["python"]}
    (setup,) = [step for step in job["steps"] if "setup-python" in step.get("uses", "")]
    assert set(setup["with"]["python-version"].split()) == pythons
    assert [step["run"] for step in job["steps"] if "run" in step] == ["${{ matrix.run }}"]
    runs = [entry["run"] for entry in job["strategy"]["matrix"]["include"]]
    assert runs == ["make test", ".ci/run", *(f"make matrix CORE={core['version']}" for core in MATRIX["core"])]
    assert {"schedule", "pull_request", "push"} <= set(workflow()["on"])


def test_the_workflows_pin_their_actions_by_commit() -> None:
    shown = [
        ROOT / "docs" / "examples" / name
        for name in ("pull_request.yml", "apply_after_merge.yml", "test_on_simulator.yml")
    ]
    pages = [*(ROOT / ".github" / "workflows").glob("*.yml"), *shown]
    used = [action for page in pages for action in re.findall(r"uses: (.*)", page.read_text())]
    assert [action for action in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}  # v[\d.]+", action)] == []


def test_python_dependencies_have_no_pin_and_no_upper_bound() -> None:
    for name in ("requirements.txt", "meta/ee-requirements.txt"):
        lines = [line.partition("#")[0].strip() for line in (ROOT / name).read_text().splitlines()]
        assert [line for line in lines if line] == ["requests>=2.25.1"], name
