# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How this collection is tested. `make help` lists the usual ways in, `nox -l` all sessions."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import nox

ROOT = Path(__file__).parent
BUILD = ROOT / "build"
RESULTS = BUILD / "results"
LOCKS = ROOT / "tests" / "requirements"
MATRIX = tomllib.loads((ROOT / "tests" / "matrix.toml").read_text())

nox.needs_version = ">=2026.10"
nox.options.default_venv_backend = "uv"
nox.options.reuse_venv = "yes"
nox.options.allow_parallel = True
nox.options.stop_on_first_error = False
nox.options.sessions = []
os.environ["UV_PYTHON_DOWNLOADS"] = "never"  # a test run uses the interpreters that are there


# ---------------------------------------------------------------- interpreters and the matrix


@functools.cache
def find_python(version: str) -> Path | None:
    """An interpreter of this version that really runs: pyenv puts shims on the PATH that only print an error."""
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
    folders = [Path(sys.base_prefix, "bin"), *pyenv.glob(f"versions/{version}.*/bin"), *map(Path, os.get_exec_path())]
    for candidate in (folder / f"python{version}" for folder in folders):
        # ansible-test makes environments with these two, which some distributions package apart.
        probe = [candidate, "-c", "import ensurepip, venv"]
        if candidate.exists() and subprocess.run(probe, capture_output=True, check=False).returncode == 0:
            return candidate
    return None


class Core(NamedTuple):
    """One ansible-core of the matrix, with the Python that runs it here."""

    version: str
    release: str
    pip: str
    pythons: list[str]

    @property
    def python(self) -> str | None:
        return next((version for version in self.pythons if find_python(version)), None)

    @property
    def missing(self) -> str:
        return f"ansible-core {self.version} needs Python {' or '.join(self.pythons)}, none found"


CORES = [Core(entry["version"], entry["release"], entry["pip"], entry["python"]) for entry in MATRIX["core"]]


def default_cores() -> list[Core]:
    """The oldest, and the newest that can run here; newer ones that cannot are among them, to be named as skipped."""
    newest = next(index for index in reversed(range(len(CORES))) if CORES[index].python)
    return [CORES[0], *CORES[max(newest, 1) :]]


def for_each_core(session: Callable[[nox.Session, Core], None]) -> None:
    """Register a session for each ansible-core. One whose Python is missing skips, by name."""
    for core in CORES:

        def run(this: nox.Session, core: Core = core) -> None:
            if not core.python:
                this.skip(core.missing)
            session(this, core)

        run.__doc__ = session.__doc__
        name = session.__name__
        tags = [name, "test"] if core in default_cores() else [f"{name}-all"]
        python = str(find_python(core.python)) if core.python else False
        nox.session(run, name=f"{name}-{core.version}", python=python, tags=tags)


# ---------------------------------------------------------------- the tree under test


def source_files() -> list[Path]:
    """What a commit of the checkout as it stands would hold."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [Path(name) for name in sorted(set(listed.split("\0"))) if name and (ROOT / name).is_file()]


def stage(session: nox.Session) -> Path:
    """Copy the sources to where Ansible's tools insist on: a real path that ends in ansible_collections/arize/ax."""
    tree = BUILD / "stage" / session.name / "ansible_collections" / "arize" / "ax"
    shutil.rmtree(tree, ignore_errors=True)
    for name in source_files():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, tree / name, follow_symlinks=False)
    # With a repository of its own the tools see the same ignored files as in a checkout.
    subprocess.run(["git", "init", "--quiet"], cwd=tree, check=True)
    return tree


def ansible_test(session: nox.Session, core: Core, command: str, *args: str, target: str | None = None) -> None:
    """Run `ansible-test` on a staged tree, with a home of its own, and keep its JUnit files."""
    session.install(f"ansible-core=={core.release}")
    tree = stage(session)
    home = BUILD / "home" / session.name
    bootstrap = home / ".ansible" / "test" / "cache" / f"get_pip_{core.pip.replace('.', '_')}.py"
    bootstrap.parent.mkdir(parents=True, exist_ok=True)
    # ansible-test would download a script to install pip. Each Python brings pip along: that needs no network.
    bootstrap.write_text("import ensurepip\nensurepip.bootstrap(upgrade=True, default_pip=False)\n")
    path = [session.bin, *([str(find_python(target).parent)] if target else []), os.environ["PATH"]]
    env = {"HOME": str(home), "PATH": os.pathsep.join(path)}
    options = ["--venv", "--python", target or core.python, "--color", "no"]
    with session.chdir(tree):
        session.run("ansible-test", command, *options, *args, *session.posargs, env=env)


# ---------------------------------------------------------------- ansible-test


@for_each_core
def sanity(session: nox.Session, core: Core) -> None:
    """ansible-test sanity, with no ignore file."""
    ansible_test(session, core, "sanity")


@for_each_core
def units(session: nox.Session, core: Core) -> None:
    """ansible-test units: pytest in the field's own environment."""
    ansible_test(session, core, "units")


# ---------------------------------------------------------------- linters, one session each, side by side


def linter(session: nox.Session, *packages: str) -> Path:
    """Install a linter as pinned and stage the sources for it."""
    session.install(*packages, "--constraint", str(LOCKS / "lint.txt"))
    return stage(session)


@nox.session(tags=["lint", "test"])
def ruff(session: nox.Session) -> None:
    """Style and common mistakes."""
    session.install("ruff", "--constraint", str(LOCKS / "lint.txt"))
    session.run("ruff", "check", "--no-cache", *session.posargs)
    session.run("ruff", "format", "--no-cache", "--diff")


@nox.session(tags=["lint", "test"])
def mypy(session: nox.Session) -> None:
    """Strict types in module_utils."""
    tree = linter(session, "mypy", "types-requests", "ansible-core", "requests")
    config = ["--config-file", str(tree / "pyproject.toml"), "--cache-dir", str(BUILD / "mypy")]
    with session.chdir(tree.parents[2]):
        session.run("mypy", *config, "ansible_collections/arize/ax/plugins/module_utils")


@nox.session(tags=["lint", "test"])
def yamllint(session: nox.Session) -> None:
    """Every YAML file."""
    with session.chdir(linter(session, "yamllint")):
        session.run("yamllint", "--strict", ".")


@nox.session(name="ansible-lint", tags=["lint", "test"])
def ansible_lint(session: nox.Session) -> None:
    """Playbooks, targets and metadata, by the production profile."""
    tree = linter(session, "ansible-lint", "requests")
    env = {"HOME": str(BUILD / "home" / session.name), "ANSIBLE_COLLECTIONS_PATH": str(tree.parents[2])}
    with session.chdir(tree):
        session.run("ansible-lint", "--offline", "--strict", "--profile", "production", "--nocolor", env=env)


@nox.session(name="format")
def format_(session: nox.Session) -> None:
    """Let ruff mend what it can."""
    session.install("ruff", "--constraint", str(LOCKS / "lint.txt"))
    session.run("ruff", "check", "--no-cache", "--fix", *session.posargs, success_codes=[0, 1])
    session.run("ruff", "format", "--no-cache")


@nox.session(name="docs-lint", tags=["lint", "test"])
def docs_lint(session: nox.Session) -> None:
    """Documentation of the modules and its references."""
    tree = linter(session, "antsibull-docs", "ansible-core", "requests")
    options = ["--plugin-docs", "--skip-rstcheck"]
    references = ["--validate-collection-refs=all", "--disallow-unknown-collection-refs"]
    env = {"ANSIBLE_COLLECTIONS_PATH": str(tree.parents[2])}
    with session.chdir(tree):
        session.run("antsibull-docs", "lint-collection-docs", *options, *references, ".", env=env)


@nox.session(name="changelog-lint", tags=["lint", "test"])
def changelog_lint(session: nox.Session) -> None:
    """Changelog fragments."""
    with session.chdir(linter(session, "antsibull-changelog")):
        session.run("antsibull-changelog", "lint")


@nox.session(tags=["lint", "test"])
def reuse(session: nox.Session) -> None:
    """Licence and copyright of every file."""
    with session.chdir(linter(session, "reuse")):
        session.run("reuse", "lint")


@nox.session
def artifact(session: nox.Session) -> None:
    """Build the collection as it would be published, into build/artifact."""
    shutil.rmtree(BUILD / "artifact", ignore_errors=True)
    with session.chdir(linter(session, "ansible-core")):
        session.run("ansible-galaxy", "collection", "build", "--output-path", str(BUILD / "artifact"))


@nox.session(requires=["artifact"], tags=["lint", "test"])
def importer(session: nox.Session) -> None:
    """Would Galaxy and Automation Hub take the artifact? A warning fails."""
    session.install("-r", str(LOCKS / "importer.txt"))
    config = BUILD / "importer" / "importer.cfg"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text("[galaxy-importer]\nCHECK_REQUIRED_TAGS = True\nCHECK_CHANGELOG = True\n")
    env = {"GALAXY_IMPORTER_CONFIG": str(config), "HOME": str(BUILD / "home" / session.name)}
    (archive,) = (BUILD / "artifact").glob("*.tar.gz")
    with session.chdir(config.parent):
        log = session.run("python", "-m", "galaxy_importer.main", str(archive), env=env, silent=True) or ""
    session.log(log)
    if warnings := [line for line in log.splitlines() if "WARNING" in line or "ERROR" in line]:
        session.error("\n".join(warnings))
