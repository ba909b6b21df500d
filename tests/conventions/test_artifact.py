"""The published artifact: the files that users need, and the same bytes in each build."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tarfile
from pathlib import Path

import pytest
import tree

pytestmark = pytest.mark.slow


def build(sources: Path, folder: Path) -> Path:
    done = tree.run(sources, "build.py", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    (archive,) = folder.glob("*.tar.gz")
    return archive


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    return build(tree.copy(folder), folder / "out")


def test_the_same_sources_give_the_same_bytes(archive: Path, tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        other = tree.copy(tmp_path, tree.sources()[::-1])
        for number, path in enumerate(path for path in other.rglob("*") if ".git" not in path.parts):
            os.utime(path, (number, number))
        again = build(other, tmp_path / "out")
    finally:
        os.umask(before)
    assert again.read_bytes() == archive.read_bytes()


def test_the_lists_inside_are_those_of_the_files_inside(archive: Path) -> None:
    with tarfile.open(archive) as opened:
        inside = {member.name: member for member in opened}
        content = {name: opened.extractfile(member).read() for name, member in inside.items() if member.isfile()}
    manifest, listing = json.loads(content["MANIFEST.json"]), json.loads(content["FILES.json"])
    assert hashlib.sha256(content["FILES.json"]).hexdigest() == manifest["file_manifest_file"]["chksum_sha256"]
    sums = {entry["name"]: entry["chksum_sha256"] for entry in listing["files"] if entry["ftype"] == "file"}
    del content["MANIFEST.json"], content["FILES.json"]
    assert {name: hashlib.sha256(data).hexdigest() for name, data in content.items()} == sums
    assert {entry["name"] for entry in listing["files"] if entry["ftype"] == "dir"} - {"."} == {
        name for name, member in inside.items() if member.isdir()
    }


def test_what_no_user_needs_stops_the_build(tmp_path: Path) -> None:
    sources = tree.copy(tmp_path)
    (sources / "docs" / "notes.xls").write_text("private")
    done = tree.run(sources, "build.py", tmp_path / "out")
    assert done.returncode != 0
    assert done.stderr.splitlines()[-1] == "docs/notes.xls"
    assert not list((tmp_path / "out").glob("*"))


def test_relative_links_of_its_pages_lead_to_its_files(archive: Path) -> None:
    with tarfile.open(archive) as opened:
        names = set(opened.getnames())
        pages = {name: opened.extractfile(name).read().decode() for name in names if name.endswith(".md")}
    assert "docs/README.md" in pages
    assert "docs/promises.md" not in pages
    broken = []
    for page, text in pages.items():
        prose = re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)
        for link in re.findall(r"\]\((?!\w+:|#)([^)#\s]+)", prose):
            target = os.path.normpath(os.path.join(os.path.dirname(page), link))
            broken += [f"{page}: {link}"] if target not in names else []
    assert broken == []


def test_what_every_user_needs_is_in(archive: Path) -> None:
    with tarfile.open(archive) as opened:
        names = set(opened.getnames())
    assert {"README.md", "COPYING", "requirements.txt", "meta/runtime.yml", "changelogs/changelog.yaml"} <= names
    assert {"meta/execution-environment.yml", "meta/ee-requirements.txt", "meta/ee-bindep.txt"} <= names
