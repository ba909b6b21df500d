"""The requirements of the installed collection in an execution environment: requests, and nothing else.

No image is built: that needs an engine. `ansible-builder create` writes all that an engine would be given.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "docs" / "ee" / "execution-environment.yml"
NEEDED = "requests>=2.25.1"
# The keys of a definition of version 3.
KEYS = {
    "additional_build_files",
    "additional_build_steps",
    "build_arg_defaults",
    "dependencies",
    "images",
    "options",
    "version",
}


def requirements(path: str) -> list[str]:
    """The lines of a requirement file that are not comments."""
    lines = [line.split("#")[0].strip() for line in (ROOT / path).read_text().splitlines()]
    return [line for line in lines if line]


def run(*command: str, folder: Path) -> str:
    """Run a tool in a folder, and return what it prints."""
    tool = Path(sys.executable).parent / command[0]
    done = subprocess.run([str(tool), *command[1:]], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed() -> Path:
    """The folder that holds ansible_collections with the installed artifact, and nothing else."""
    folder = Path(os.environ["INSTALLED_COLLECTIONS"])
    assert (folder / "ansible_collections" / "arize" / "ax" / "MANIFEST.json").is_file()
    return folder


def test_the_requirement_files_agree() -> None:
    assert requirements("requirements.txt") == requirements("meta/ee-requirements.txt") == [NEEDED]
    assert requirements("meta/ee-bindep.txt") == []


def test_the_metadata_names_files_that_are_there(installed: Path) -> None:
    collection = installed / "ansible_collections" / "arize" / "ax"
    metadata = yaml.safe_load((collection / "meta" / "execution-environment.yml").read_text())
    assert metadata == {
        "version": 1,
        "dependencies": {"python": "meta/ee-requirements.txt", "system": "meta/ee-bindep.txt"},
    }
    for name in metadata["dependencies"].values():
        assert (collection / name).is_file()


def test_introspect_asks_for_requests_alone(installed: Path, tmp_path: Path) -> None:
    files = ["--write-pip", "requirements.txt", "--write-bindep", "bindep.txt"]
    printed = run("ansible-builder", "introspect", *files, str(installed), folder=tmp_path)
    found = yaml.safe_load(printed[printed.index("---") :])
    assert found == {"python": [f"{NEEDED}  # from collection arize.ax"], "system": []}
    written = (tmp_path / "requirements.txt").read_text().splitlines()
    assert [line.split("#")[0].strip() for line in written if line.split("#")[0].strip()] == [NEEDED]
    bindep = tmp_path / "bindep.txt"
    assert not bindep.exists() or bindep.read_text().strip() == ""


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build context of the sample definition."""
    folder = tmp_path_factory.mktemp("sample")
    (folder / "execution-environment.yml").write_text(SAMPLE.read_text())
    run("ansible-builder", "create", "--file", "execution-environment.yml", folder=folder)
    return folder / "context"


def sample() -> dict[str, Any]:
    """The sample definition."""
    definition: dict[str, Any] = yaml.safe_load(SAMPLE.read_text())
    return definition


def test_the_sample_is_of_version_3() -> None:
    assert sample()["version"] == 3
    assert set(sample()) <= KEYS
    # What the collection needs is not said twice.
    assert set(sample()["dependencies"]) <= {"ansible_core", "ansible_runner", "galaxy"}


def test_the_context_installs_the_collection_and_what_it_needs(context: Path) -> None:
    wanted = yaml.safe_load((context / "_build" / "requirements.yml").read_text())
    assert wanted == {"collections": [{"name": "arize.ax"}]}
    # No requirements of the definition's own: the image looks into the collection, with the command tested above.
    assert not (context / "_build" / "requirements.txt").exists()
    assert not (context / "_build" / "bindep.txt").exists()
    containerfile = next(context.glob("*file")).read_text()
    assert "ansible-galaxy collection install" in containerfile
    assert "introspect.py introspect" in containerfile


def test_the_script_of_the_context_asks_for_the_same(context: Path, installed: Path, tmp_path: Path) -> None:
    script = context / "_build" / "scripts" / "introspect.py"
    files = ["--write-pip", "requirements.txt", "--write-bindep", "bindep.txt"]
    run("python", str(script), "introspect", *files, str(installed), folder=tmp_path)
    written = (tmp_path / "requirements.txt").read_text().splitlines()
    assert [line.split("#")[0].strip() for line in written if line.split("#")[0].strip()] == [NEEDED]


def test_the_artifact_carries_what_users_of_awx_need() -> None:
    (archive,) = Path(os.environ["ARTIFACT"]).glob("arize-ax-*.tar.gz")
    with tarfile.open(archive) as tar:
        names = set(tar.getnames())
    there = {
        str(path.relative_to(ROOT))
        for folder in ("docs/awx", "docs/ee", "meta")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }
    # The project is copied from the repository: Galaxy's importer would complain about playbooks that it cannot find.
    assert {name for name in there - names if not name.startswith("docs/awx/project/")} == set()
    assert not any(name.startswith("tests") for name in names)
