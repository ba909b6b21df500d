"""`make release`, but for the importer: in a copy, and back into a checkout."""

from __future__ import annotations

import importlib
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
import tree
import yaml

pytestmark = pytest.mark.slow


class Place(NamedTuple):
    """A clean checkout on main, the copy of it that becomes the release, and where the artifact goes."""

    checkout: Path
    copy: Path
    folder: Path

    def run(self, step: str, version: str, *options: str) -> subprocess.CompletedProcess[str]:
        return tree.run(self.copy, "release.py", step, version, self.checkout, self.folder, *options)

    def status(self) -> str:
        return tree.git(self.checkout, "status", "--porcelain")


def state(sources: Path, *, last: str | None = None, fragment: bool = True) -> None:
    """Let the sources look as if *last* had been released, and one thing, or nothing, had happened since."""
    releases = {last: {"release_date": "2026-01-01"}} if last else {}
    changelogs = sources / "changelogs"
    (changelogs / "changelog.yaml").write_text(yaml.safe_dump({"ancestor": None, "releases": releases}))
    for path in (changelogs / "fragments").glob("*.yml"):
        path.unlink()
    if fragment:
        (changelogs / "fragments" / "one.yml").write_text("---\nbugfixes:\n  - One less.\n")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    checkout, copy = tree.copy(tmp_path / "checkout"), tree.copy(tmp_path / "copy")
    state(checkout)
    state(copy)
    tree.git(checkout, "add", "--all")
    tree.git(checkout, "commit", "--quiet", "--message", "All of it")
    return Place(checkout, copy, checkout / "build" / "artifact")


def modules(sources: Path) -> list[Path]:
    return sorted((sources / "plugins" / "modules").glob("*.py"))


def test_a_release(place: Place) -> None:
    prepared = place.run("prepare", "99.0.0")
    assert prepared.returncode == 0, prepared.stdout + prepared.stderr
    assert place.status() == ""

    dry = place.run("finish", "99.0.0", "--dry")
    assert place.status() == ""
    done = place.run("finish", "99.0.0")
    assert done.returncode == 0, done.stderr
    changes = {line.split()[1]: line.split()[0] for line in place.status().splitlines()}
    assert all(name in dry.stdout and name in done.stdout for name in changes)
    assert "git tag" in done.stdout
    assert "git tag" not in dry.stdout

    added = {path.name: re.findall("version_added: (.*)", path.read_text()) for path in modules(place.checkout)}
    assert added == {name: ["99.0.0"] for name in added}
    assert yaml.safe_load((place.checkout / "galaxy.yml").read_text())["version"] == "99.0.0"
    assert 'VERSION = "99.0.0"' in (place.checkout / "plugins" / "module_utils" / "_version.py").read_text()
    assert 'version = "99.0.0"' in (place.checkout / "simulator" / "pyproject.toml").read_text()
    entry = yaml.safe_load((place.checkout / "changelogs" / "changelog.yaml").read_text())["releases"]["99.0.0"]
    assert entry["changes"]["bugfixes"] == ["One less."]
    assert "## v99\\.0\\.0" in (place.checkout / "CHANGELOG.md").read_text()
    assert list((place.checkout / "changelogs" / "fragments").glob("*.yml")) == []
    assert [path.name for path in place.folder.iterdir()] == ["arize-ax-99.0.0.tar.gz"]
    assert set(changes) <= {
        "CHANGELOG.md",
        "changelogs/changelog.yaml",
        "galaxy.yml",
        "plugins/module_utils/_version.py",
        "simulator/pyproject.toml",
        "changelogs/fragments/one.yml",
        *(f"plugins/modules/{name}" for name in added),
        *(
            f"plugins/{kind}/{path.name}"
            for kind in ("filter", "lookup")
            for path in (place.checkout / "plugins" / kind).glob("*.py")
        ),
    }


def test_what_was_released_keeps_its_version(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tree.ROOT / "dev")
    first, second, *_others = modules(place.copy)
    state(place.copy, last="1.2.3")
    first.write_text(re.sub("version_added: .*", "version_added: 1.2.3", first.read_text()))
    importlib.import_module("release").set_version(place.copy, "1.3.0")
    assert "version_added: 1.2.3" in first.read_text()
    assert "version_added: 1.3.0" in second.read_text()


def test_no_such_version(place: Place) -> None:
    state(place.copy, last="1.2.3")
    tree.git(place.checkout, "tag", "1.2.3")
    for version in ["", "1.0", "v1.3.0", "1.3.0-rc1", "1.3.0+2", "01.3.0", "1.2.3", "1.2.2", "0.9.9"]:
        done = place.run("prepare", version, "--dry")
        assert (version, done.returncode, done.stderr[:16]) == (version, 1, "VERSION must be ")


def test_a_version_that_was_never_published_is_prepared_again(place: Place) -> None:
    for sources in (place.checkout, place.copy):
        state(sources, last="99.0.0", fragment=False)
    tree.git(place.checkout, "commit", "--quiet", "--all", "--message", "Prepared")
    prepared = place.run("prepare", "99.0.0")
    assert prepared.returncode == 0, prepared.stdout + prepared.stderr
    releases = yaml.safe_load((place.copy / "changelogs" / "changelog.yaml").read_text())["releases"]
    assert [module["name"] for module in releases["99.0.0"]["modules"]] == [path.stem for path in modules(place.copy)]


def test_nothing_to_release(place: Place) -> None:
    state(place.copy, fragment=False)
    done = place.run("prepare", "99.0.0")
    assert (done.returncode, done.stderr) == (
        1,
        "there is no fragment in changelogs/fragments, so nothing to release\n",
    )


def test_not_from_such_a_checkout(place: Place) -> None:
    tree.git(place.checkout, "switch", "--quiet", "--create", "other")
    tree.git(place.checkout, "tag", "99.0.0")
    (place.checkout / "README.md").write_text("")
    done = place.run("prepare", "99.0.0")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "the checkout is on other, not on main",
        "the checkout is not clean, as README.md shows",
        "the tag 99.0.0 is there already",
    ]
