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
nox.options.stop_on_first_error = False
nox.options.sessions = []
os.environ["UV_PYTHON_DOWNLOADS"] = "never"  # a test run uses the interpreters that are there


# ---------------------------------------------------------------- interpreters and the matrix


@functools.cache
def find_python(version: str) -> Path | None:
    """An interpreter of this version that really runs: pyenv's shims are on the PATH also for versions that are not set."""
    name = f"python{version}"
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
    folders = [Path(sys.base_prefix, "bin"), *sorted(pyenv.glob(f"versions/{version}.*/bin")), *map(Path, os.get_exec_path())]
    for candidate in (folder / name for folder in folders if (folder / name).exists()):
        if subprocess.run([candidate, "-c", "import ensurepip, venv"], capture_output=True, check=False).returncode == 0:
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
        return f"ansible-core {self.version} needs Python {', '.join(self.pythons[:-1])} or {self.pythons[-1]}, none found"


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
    with session.chdir(tree):
        session.run("ansible-test", command, "--venv", "--python", target or core.python, "--color", "no", *args, *session.posargs, env=env)


# ---------------------------------------------------------------- ansible-test


@for_each_core
def sanity(session: nox.Session, core: Core) -> None:
    """ansible-test sanity, with no ignore file."""
    ansible_test(session, core, "sanity")


@for_each_core
def units(session: nox.Session, core: Core) -> None:
    """ansible-test units: pytest in the field's own environment."""
    ansible_test(session, core, "units")
