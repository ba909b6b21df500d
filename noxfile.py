# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How this collection is tested. `make help` lists the usual ways in, `nox -l` all sessions."""

from __future__ import annotations

import ast
import contextlib
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
import tomllib
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import nox
from uv import find_uv_bin

ROOT = Path(__file__).parent
# ARIZE_TEST_PYTHONS=3.11 (or 3.11,3.12): no other Python is used, and all that is made is kept apart.
ONLY_PYTHONS = os.environ.get("ARIZE_TEST_PYTHONS", "")
APART = f"python{ONLY_PYTHONS.replace(',', '-')}" if ONLY_PYTHONS else ""
BUILD = ROOT / "build" / APART
RESULTS = BUILD / "results"
OFFICIAL_CLIENT = "tests/contract/test_official_sdk.py"
UV = find_uv_bin()
MATRIX = tomllib.loads((ROOT / "tests" / "matrix.toml").read_text())

nox.needs_version = ">=2026.10"
nox.options.default_venv_backend = "uv"
nox.options.envdir = ROOT / ".nox" / APART
nox.options.reuse_venv = "yes"
nox.options.allow_parallel = True
nox.options.stop_on_first_error = False
nox.options.sessions = []


# ---------------------------------------------------------------- surroundings


def pip_settings() -> dict[str, str]:
    """How pip reaches its registry here, from its variables and files: the one place to configure that."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    wanted = r"^\S+\.((?:extra-)?index-url|find-links|trusted-host|(?:client-)?cert|proxy)=(.+)$"
    return {name: ast.literal_eval(value) for name, value in re.findall(wanted, listed, re.MULTILINE)}


def prepare_environment() -> dict[str, str]:
    """Keep what surrounds a test run out of it: above all a real account, which the demo would write to.

    Return the variables ARIZE_* that were taken out; the session `live` alone puts them back.
    """
    taken = {}
    for name in [name for name in os.environ if name.startswith(("ARIZE_", "ANSIBLE_"))]:
        if name != "ARIZE_TEST_PYTHONS":  # nox runs this file again for each session
            taken[name] = os.environ.pop(name)
    direct = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = f"{direct},127.0.0.1,localhost"  # the simulator
    # Without kept bytecode, each ansible-playbook compiles Ansible first, which takes a second. It stays out of the checkout.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(BUILD / "bytecode")
    os.environ["UV_PYTHON_DOWNLOADS"] = "never"  # a test run uses the interpreters that are there
    os.environ["UV_SYSTEM_CERTS"] = "true"  # trust whom pip trusts
    if sys.platform == "linux":
        os.environ["LC_ALL"] = "C.UTF-8"  # Ansible insists on UTF-8
    if "UV_DEFAULT_INDEX" not in os.environ:
        os.environ["UV_DEFAULT_INDEX"] = pip_settings().get("index-url", "https://pypi.org/simple")
    return {name: value for name, value in taken.items() if name.startswith("ARIZE_")}


ACCOUNT = prepare_environment()


# ---------------------------------------------------------------- interpreters and the matrix


@functools.cache
def find_python(version: str) -> Path | None:
    """An interpreter of this version that really runs: pyenv puts shims on the PATH that only print an error."""
    if ONLY_PYTHONS and version not in ONLY_PYTHONS.split(","):
        return None
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
    def package(self) -> str:
        return f"ansible-core=={self.release}"

    @property
    def interpreter(self) -> str | Literal[False]:
        return str(find_python(self.python)) if self.python else False

    @property
    def missing(self) -> str:
        limit = f" in ARIZE_TEST_PYTHONS={ONLY_PYTHONS}" if ONLY_PYTHONS else ""
        return f"ansible-core {self.version} needs Python {' or '.join(self.pythons)}, none found{limit}"


# On Python 3.10 only ansible-test runs, in environments of its own: the tests and the simulator need a newer one.
PYTHONS = {entry["version"]: entry["python"] for entry in MATRIX["core"]}
CORES = [
    Core(
        entry["version"], entry["release"], entry["pip"], [version for version in entry["python"] if version != "3.10"]
    )
    for entry in MATRIX["core"]
]
# The newest that runs here. Where none does, sessions on it are skipped by name.
NEWEST = next((core for core in reversed(CORES) if core.python), CORES[-1])
# A managed machine with the oldest Python, for the ansible-core that still knows it.
OLDEST = next(core for core in CORES if core.version == MATRIX["oldest_target"]["core"])
TARGET = OLDEST._replace(pythons=[MATRIX["oldest_target"]["python"]])
# What `make test` runs: the oldest and the newest. Newer ones that cannot run here are in, to be skipped by name.
DEFAULT_CORES = [CORES[0], *CORES[max(CORES.index(NEWEST), 1) :]]


class Cell(NamedTuple):
    """One session of a function: the ansible-core that it runs on, what follows its name, and the tags that choose it."""

    core: Core = NEWEST
    suffix: str = ""
    tags: tuple[str, ...] = ()


def register(
    *tags: str, on: Sequence[Cell] = (Cell(),), name: str = "", requires: Sequence[str] = ()
) -> Callable[[Callable[[nox.Session, Core], None]], None]:
    """Register a function as a session for each cell. Where no Python runs its ansible-core, it skips by name.

    The tags are targets of make: `test` is what `make test` runs, `rest` what `make all` adds.
    """

    def decorate(function: Callable[[nox.Session, Core], None]) -> None:
        for cell in on:
            nox.session(
                on_core(function, cell.core),
                name=(name or function.__name__) + cell.suffix,
                python=cell.core.interpreter,
                tags=[*tags, *cell.tags],
                requires=list(requires),
            )

    return decorate


def on_core(function: Callable[[nox.Session, Core], None], core: Core) -> Callable[[nox.Session], None]:
    """Return the function as nox calls it."""

    def run(session: nox.Session) -> None:
        if not core.python:
            session.skip(core.missing)
        function(session, core)

    run.__doc__ = function.__doc__
    return run


def each_core(*tags: str, newest: Sequence[str] = (), others: Sequence[str] = ()) -> list[Cell]:
    """Return a cell for each ansible-core: its tags are those of the default cores, of the newest, and of the others."""
    cells = []
    for core in CORES:
        chosen = (*tags, *(newest if core == NEWEST else others)) if core in DEFAULT_CORES else ()
        cells.append(Cell(core, f"-{core.version}", ("matrix", f"core-{core.version}", *chosen)))
    return cells


def each_python(*tags: str, newest: Sequence[str] = (), others: Sequence[str] = ()) -> list[Cell]:
    """Return the cells of `each_core`, and those of the other Pythons that each ansible-core supports."""
    cells = each_core(*tags, newest=newest, others=others)
    for core in CORES:
        usual = core.python or core.pythons[0]
        for version in PYTHONS[core.version]:
            if version != usual:
                other = core._replace(pythons=[version])
                cells.append(Cell(other, f"-{core.version}-python{version}", ("matrix", f"core-{core.version}")))
    return cells


# ---------------------------------------------------------------- the tree under test


def source_files() -> list[Path]:
    """Return the files that a commit of the checkout would hold."""
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


def checkout() -> Path:
    """Return a link to the checkout that ends in ansible_collections/arize/ax, for tools that follow links."""
    link = BUILD / "checkout" / "ansible_collections" / "arize" / "ax"
    link.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        link.symlink_to(os.path.relpath(ROOT, link.parent))
    return link


def ansible_env(session: nox.Session, tree: Path) -> dict[str, str]:
    """Let Ansible and Python find the collection of a tree, and leave the home folder as it is."""
    collections = str(tree.parents[2])
    home = BUILD / "home" / session.name
    home.mkdir(parents=True, exist_ok=True)
    return {
        "HOME": str(home),
        "ANSIBLE_COLLECTIONS_PATH": collections,
        "PYTHONPATH": collections,
    }


def ansible_test(
    session: nox.Session,
    core: Core,
    *command: str,
    config: dict[str, str] | None = None,
    options: Sequence[str] = ("--venv",),
) -> None:
    """Run `ansible-test` on a staged tree, with a home of its own, and keep its JUnit files."""
    session.install(core.package)
    tree = stage(session)
    if config:
        (tree / "tests" / "integration" / "integration_config.yml").write_text(json.dumps(config))
    home = BUILD / "home" / session.name
    bootstrap = home / ".ansible" / "test" / "cache" / f"get_pip_{core.pip.replace('.', '_')}.py"
    bootstrap.parent.mkdir(parents=True, exist_ok=True)
    # ansible-test would download a script to install pip. Each Python brings pip along: that needs no network.
    bootstrap.write_text("import ensurepip\nensurepip.bootstrap(upgrade=True, default_pip=False)\n")
    # It also hides the environment from pip.
    settings = home / ".config" / "pip" / "pip.conf"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text("[global]\n" + "".join(f"{name} = {value}\n" for name, value in pip_settings().items()))
    path = [session.bin, str(find_python(core.python).parent), os.environ["PATH"]]
    env = {"HOME": str(home), "PATH": os.pathsep.join(path)}
    settings = [*options, "--python", core.python, "--color", "no"]
    with session.chdir(tree):
        try:
            session.run("ansible-test", *command, *settings, *session.posargs, env=env)
        finally:
            reports = tree / "tests" / "output" / "junit"
            if reports.exists():
                shutil.copytree(reports, RESULTS / session.name, dirs_exist_ok=True)


# ---------------------------------------------------------------- what is installed


LOCKS = ROOT / "tests" / "requirements"
PINS = ["--constraint", str(LOCKS / "pins.txt")]


def group(name: str) -> list[str]:
    """Return what installs a dependency group of pyproject.toml, as pinned."""
    return ["--group", f"{ROOT / 'pyproject.toml'}:{name}", *PINS]


# The simulator of the checkout, beside its libraries, as pinned, and flit-core, which builds it.
SIMULATOR = ["--no-deps", "--no-build-isolation", "--editable", str(ROOT / "simulator")]
SIMULATOR_NEEDS = ["-r", str(ROOT / "simulator" / "pyproject.toml")]
TESTS = [*group("tests"), *SIMULATOR_NEEDS]
UNITS = ["-r", "tests/unit/requirements.txt", "-r", "requirements.txt"]


# ---------------------------------------------------------------- ansible-test


@register(on=each_python("sanity", newest=["rest"]))
def sanity(session: nox.Session, core: Core) -> None:
    """ansible-test sanity of all files, with no ignore file."""
    ansible_test(session, core, "sanity", "--junit")


@register("rest", on=[Cell(CORES[0], f"-{CORES[0].version}")], name="sanity-shipped", requires=["artifact"])
def sanity_of_what_ships(session: nox.Session, core: Core) -> None:
    """ansible-test sanity of what users get, on the oldest ansible-core. `make sanity` checks all files on it."""
    (archive,) = (BUILD / "artifact").glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        shipped = [member.name for member in opened if member.isfile() and (ROOT / member.name).is_file()]
    ansible_test(session, core, "sanity", "--junit", *shipped)


@register(on=each_python())
def units(session: nox.Session, core: Core) -> None:
    """ansible-test units: pytest in the field's own environment."""
    ansible_test(session, core, "units")


# ---------------------------------------------------------------- linters


def run_each(session: nox.Session, *commands: Sequence[str], env: dict[str, str] | None = None) -> None:
    """Run the commands, also after one of them failed; then fail, and name those that did."""
    failed = []
    for command in commands:
        try:
            session.run(*command, env=env)
        except nox.command.CommandFailed:
            failed.append(" ".join(word for word in command[:2] if not word.startswith("-")))
    if failed:
        session.error(f"failed: {', '.join(failed)}")


@register("check", "lint", "test")
def style(session: nox.Session, core: Core) -> None:
    """ruff, mypy (strict, in all plugins but the documented modules) and yamllint, in place."""
    session.install(core.package, *group("style"))
    yaml = sorted({name.parts[0] for name in source_files() if name.suffix in {".yml", ".yaml"}})
    ruff = [["ruff", "check", "--no-cache"], ["ruff", "format", "--no-cache", "--diff"]]
    collections = checkout().parents[2]
    config = ["--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(BUILD / "mypy")]
    plugins = collections / "ansible_collections" / "arize" / "ax" / "plugins"
    typed = [str(plugins / kind) for kind in ("action", "filter", "lookup", "module_utils", "plugin_utils")]
    env = {"MYPYPATH": str(collections)}
    run_each(session, *ruff, ["mypy", *config, *typed], ["yamllint", "--strict", *yaml], env=env)


@register("lint", "rest")
def lint(session: nox.Session, core: Core) -> None:
    """ansible-lint (production), antsibull-docs, antsibull-changelog and REUSE, in one environment."""
    session.install(core.package, *group("lint"))
    tree = stage(session)
    docs = ["--plugin-docs", "--skip-rstcheck", "--validate-collection-refs=all", "--disallow-unknown-collection-refs"]
    with session.chdir(tree):
        run_each(
            session,
            ["ansible-lint", "--offline", "--strict", "--profile", "production", "--nocolor"],
            ["antsibull-docs", "lint-collection-docs", *docs, "."],
            ["antsibull-changelog", "lint"],
            ["reuse", "lint"],
            env=ansible_env(session, tree),
        )


@register()
def hook(session: nox.Session, core: Core) -> None:
    """Install a hook of git that runs ruff and yamllint, as pinned, on the files that a commit changes."""
    session.install("ruff", "yamllint", *PINS)
    folder = session.run("git", "rev-parse", "--git-path", "hooks", external=True, silent=True)
    target = Path(str(folder).strip(), "pre-commit")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text((ROOT / "dev" / "pre-commit.sh").read_text().replace("BIN", session.bin))
    target.chmod(0o755)
    session.log(f"git runs {target} before each commit; remove the file to stop that")


@register(name="format")
def format_(session: nox.Session, core: Core) -> None:
    """Auto-fix and format with ruff."""
    session.install("ruff", *PINS)
    session.run("ruff", "check", "--no-cache", "--fix", *session.posargs, success_codes=[0, 1])
    session.run("ruff", "format", "--no-cache")


def check_import(session: nox.Session, archive: Path) -> None:
    """Let the importer of Galaxy and Automation Hub judge an artifact. A warning fails."""
    config = BUILD / "importer" / "importer.cfg"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text("[galaxy-importer]\nCHECK_REQUIRED_TAGS = True\nCHECK_CHANGELOG = True\n")
    env = {"GALAXY_IMPORTER_CONFIG": str(config), "HOME": str(BUILD / "home" / session.name)}
    with session.chdir(config.parent):
        log = session.run("python", "-m", "galaxy_importer.main", str(archive), env=env, silent=True) or ""
    session.log(log)
    if warnings := [line for line in log.splitlines() if "WARNING" in line or "ERROR" in line]:
        session.error("\n".join(warnings))


@register()
def artifact(session: nox.Session, core: Core) -> None:
    """Build the collection as it would be published, into build/artifact."""
    shutil.rmtree(BUILD / "artifact", ignore_errors=True)
    session.install(core.package, *PINS)
    tree = stage(session)
    with session.chdir(tree):
        session.run("python", "dev/build.py", str(BUILD / "artifact"), env=ansible_env(session, tree))


@register("lint", "rest", requires=["artifact"])
def importer(session: nox.Session, core: Core) -> None:
    """Would Galaxy and Automation Hub take the artifact?"""
    session.install(core.package, "-r", str(LOCKS / "importer.txt"))
    (archive,) = (BUILD / "artifact").glob("*.tar.gz")
    check_import(session, archive)


@register()
def release(session: nox.Session, core: Core) -> None:
    """Prepare a version in this checkout: `-- 1.2.0`, or `-- 1.2.0 --dry`. Commits and publishes nothing."""
    session.install(core.package, "-r", str(LOCKS / "importer.txt"))
    tree = stage(session)
    dry = [option for option in session.posargs if option == "--dry"]
    version = next((option for option in session.posargs if option not in dry), "")
    folder = BUILD / ("release" if dry else "artifact")
    options = [version, str(ROOT), str(folder), *dry]
    env = ansible_env(session, tree)
    with session.chdir(tree):
        session.run("python", "dev/release.py", "prepare", *options, env=env)
    (archive,) = folder.glob("*.tar.gz")
    check_import(session, archive)
    with session.chdir(tree):
        session.run("python", "dev/release.py", "finish", *options, env=env)


# ---------------------------------------------------------------- against the simulator


def with_core(session: nox.Session, core: Core) -> None:
    """Install an ansible-core, what the tests need, and the simulator."""
    session.install(core.package, *TESTS)
    session.install(*SIMULATOR)


def pytest(session: nox.Session, *tests: str, tree: Path | None = None, **env: str) -> None:
    """Run tests in a tree, by default a staged one, and keep their JUnit file."""
    tree = tree or stage(session)
    report = RESULTS / session.name / "pytest.xml"
    options = ["-p", "no:cacheprovider", f"--junitxml={report}"]
    with session.chdir(tree):
        session.run("python", "-m", "pytest", *tests, *options, *session.posargs, env=ansible_env(session, tree) | env)


@contextlib.contextmanager
def simulator_for(session: nox.Session, python: str | Path) -> Iterator[dict[str, str]]:
    """A simulator of the API while the block runs; gives what it announced: url, admin_key, member_key."""
    announced = BUILD / "simulator" / f"{session.name}.json"
    announced.parent.mkdir(parents=True, exist_ok=True)
    announced.unlink(missing_ok=True)
    log = announced.with_suffix(".log")
    command = [python, "-m", "arize_ax_simulator", "--announce", announced]
    with log.open("w") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        try:
            deadline = time.monotonic() + 120  # a busy machine
            while not announced.exists():
                if process.poll() is not None or time.monotonic() > deadline:
                    session.error(f"the simulator did not start:\n{log.read_text()}")
                time.sleep(0.05)
            yield json.loads(announced.read_text())
        finally:
            process.terminate()


def environment(session: nox.Session, name: str, *packages: str) -> Path:
    """Make an environment beside the session's; return its Python."""
    folder = BUILD / "env" / name
    session.run_install(UV, "venv", "--quiet", "--allow-existing", "--python", NEWEST.interpreter, str(folder))
    python = folder / "bin" / "python"
    add_packages(session, python, *packages)
    return python


def add_packages(session: nox.Session, python: Path, *packages: str) -> None:
    """Install into another environment than the session's."""
    session.run_install(UV, "pip", "install", "--quiet", "--python", str(python), *packages)


def simulator_environment(session: nox.Session) -> Path:
    """Make an environment for the simulator alone, whose libraries must not mix with the session's; return its Python."""
    python = environment(session, session.name, "flit-core", *SIMULATOR_NEEDS, *PINS)
    add_packages(session, python, *SIMULATOR)
    return python


@register("check", "test", "measured", name="unit-tests")
def unit_tests(session: nox.Session, core: Core) -> None:
    """The unit tests, in place, without coverage: in half the time. `make all` measures them instead."""
    session.install(core.package, *UNITS, *group("units"))
    pytest(session, "tests/unit", "--quiet", tree=checkout())


@register("units", "in-process", "rest")
def coverage(session: nox.Session, core: Core) -> None:
    """The unit tests, in place. Every branch of module_utils has to be reached, unless arguments choose some tests."""
    session.install(core.package, *UNITS, *group("units"))
    measure = ["--cov=plugins/module_utils", "--cov-branch", "--cov-report=term-missing:skip-covered"]
    options = [] if session.posargs else [*measure, "--cov-fail-under=100"]
    pytest(session, "tests/unit", *options, "--quiet", tree=checkout(), COVERAGE_FILE=str(BUILD / "coverage"))


OLD_PYTHON = Cell(TARGET, f"-python{TARGET.pythons[0]}", ("units", "rest", "matrix", f"core-{TARGET.version}"))


@register(on=[OLD_PYTHON], name="units")
def units_on_the_oldest_python(session: nox.Session, core: Core) -> None:
    """The unit tests, in place, on the oldest Python that a managed machine may have, with the oldest requests."""
    session.install("pytest", *UNITS, "--constraint", "tests/unit/constraints.txt")
    # ansible-core is only a target here: its module_utils run on this Python, itself it needs a newer one.
    folder = BUILD / "core" / core.release
    options = ["--quiet", "--no-deps", "--python-version", OLDEST.pythons[0], "--target", str(folder)]
    session.run_install(UV, "pip", "install", *options, core.package, external=True)
    path = os.pathsep.join([str(checkout().parents[2]), str(folder)])
    # Filters and lookups run on the controller, whose Python is newer.
    tests = ["tests/unit/plugins/module_utils", "tests/unit/plugins/modules"]
    pytest(session, *tests, "--quiet", tree=checkout(), PYTHONPATH=path)


@register("in-process", "rest")
def contract(session: nox.Session, core: Core) -> None:
    """The simulator and its OpenAPI document agree; `make live` notices where a service does not."""
    with_core(session, core)
    pytest(session, "tests/contract", f"--ignore={OFFICIAL_CLIENT}")


@register("rest")
def sdk(session: nox.Session, core: Core) -> None:
    """The official SDK judges the simulator, each in an environment of its own."""
    session.install(*group("sdk"))
    session.install(*SIMULATOR)
    with simulator_for(session, simulator_environment(session)) as announced:
        pytest(session, OFFICIAL_CLIENT, ARIZE_SIMULATOR_URL=announced["url"])


@register()
def live(session: nox.Session, core: Core) -> None:
    """Compare the account that the environment names with the contract; it writes only with `-- --write 1 --domain D`."""
    with_core(session, core)
    collections = str(checkout().parents[2])
    env = {**ACCOUNT, "ANSIBLE_COLLECTIONS_PATH": collections, "PYTHONPATH": collections}
    session.run("python", "-m", "dev.live", str(BUILD / "live"), *session.posargs, env=env)


@register()
def upstream(session: nox.Session, core: Core) -> None:
    """Compare the newest official SDK, a named one (`-- 8.46.0`) or a saved description (`-- FILE.json`) with the contract.

    The SDK also judges the simulator.
    """
    with_core(session, core)
    compare = ["python", "dev/upstream/compare.py"]
    differences = BUILD / "upstream" / "differences.txt"
    differences.parent.mkdir(parents=True, exist_ok=True)
    if session.posargs and session.posargs[0].endswith(".json"):
        session.run(*compare, session.posargs[0], str(differences))
        return
    session.notify("sdk", [])  # the pinned one, to compare with
    version = session.posargs[0] if session.posargs else newest_release("arize")
    python = str(environment(session, f"upstream-{version}", f"arize=={version}", "pytest", "flit-core"))
    add_packages(session, Path(python), *SIMULATOR)
    described = BUILD / "upstream" / f"arize-{version}.json"
    session.run(python, "dev/upstream/describe.py", str(described), external=True)
    tree = stage(session)
    judge = [python, "-m", "pytest", OFFICIAL_CLIENT, "-p", "no:cacheprovider", "--tb=short"]
    try:
        with simulator_for(session, Path(session.bin, "python")) as announced, session.chdir(tree):
            env = ansible_env(session, tree) | {"ARIZE_SIMULATOR_URL": announced["url"]}
            session.run(*judge, env=env, external=True)
    finally:
        session.run(*compare, str(described), str(differences))


def newest_release(package: str) -> str:
    """Return the newest version of a package that the index has for this Python."""
    command = [UV, "pip", "compile", "--quiet", "--no-deps", "--no-header", "--no-annotate", "-"]
    resolved = subprocess.run(command, input=package, check=True, capture_output=True, text=True).stdout
    return resolved.strip().removeprefix(f"{package}==")


@register("test")
def capabilities(session: nox.Session, core: Core) -> None:
    """Each playbook dry, for real and again, modules in process, and the conventions: all in one environment."""
    with_core(session, core)
    pytest(session, "tests/journeys", "tests/conventions", "-m", "capability or not (playbook or slow)")


@register("rest")
def remainder(session: nox.Session, core: Core) -> None:
    """The journeys and conventions that the session `capabilities` leaves out."""
    with_core(session, core)
    chosen = "(playbook or slow) and not (capability or hypothesis)"
    pytest(session, "tests/journeys", "tests/conventions", "-m", chosen)


@register(on=each_core("journeys", others=["rest"]))
def journeys(session: nox.Session, core: Core) -> None:
    """Playbooks and documentation, run by Ansible against the simulator."""
    with_core(session, core)
    pytest(session, "tests/journeys", "-m", "playbook" if core == NEWEST else "playbook and not once")


@register("journeys", name="journeys-in-process")
def journeys_in_process(session: nox.Session, core: Core) -> None:
    """Whole modules against the simulator, without a process for each: once, on the newest ansible-core."""
    with_core(session, core)
    pytest(session, "tests/journeys", "-m", "not (playbook or slow)")


TARGETS = sorted(path.name for path in (ROOT / "tests" / "integration" / "targets").glob("arize_*"))
HALVES = {"-first": TARGETS[::2], "-second": TARGETS[1::2]}


@register("test", on=[Cell(NEWEST, half) for half in HALVES], name="modules")
def half_of_the_targets(session: nox.Session, core: Core) -> None:
    """Half of the integration targets, in the session's own environment. Two of these keep two cores busy."""
    session.install(core.package, "-r", "tests/integration/requirements.txt", *SIMULATOR_NEEDS, "flit-core", *PINS)
    session.install(*SIMULATOR)
    half = HALVES[session.name.removeprefix("modules")]
    integrate(session, core, *half, simulator=Path(session.bin, "python"), options=())


@register(on=each_python("integration", others=["rest"]))
def integration(session: nox.Session, core: Core) -> None:
    """ansible-test integration: the targets, against a simulator of their own."""
    integrate(session, core, simulator=simulator_environment(session))


def integrate(session: nox.Session, core: Core, *targets: str, simulator: Path, **how: Any) -> None:
    """Run integration targets, by default all, against a simulator of their own."""
    with simulator_for(session, simulator) as announced:
        config = {f"simulator_{name}": announced[name] for name in ("url", "admin_key", "member_key")}
        ansible_test(session, core, "integration", *targets, config=config, **how)


@register("in-process", "rest")
def faults(session: nox.Session, core: Core) -> None:
    """Faults of networks, servers and people, and secrets."""
    with_core(session, core)
    pytest(session, "tests/faults")


@register("rest")
def pairs(session: nox.Session, core: Core) -> None:
    """Check mode predicts the real run, and a second one changes nothing: 5,000 random accounts and tasks."""
    with_core(session, core)
    pytest(session, "tests/journeys", "-m", "slow and hypothesis", ARIZE_PAIRS="1000")


@register()
def explore(session: nox.Session, core: Core) -> None:
    """The property tests with new seeds, for ten minutes: `-- --minutes 60`. One seed again: `-- --seed 7`."""
    with_core(session, core)
    tree = stage(session)
    with session.chdir(tree):
        session.run("python", "dev/explore.py", *session.posargs, env=ansible_env(session, tree))


@register()
def mutants(session: nox.Session, core: Core) -> None:
    """Would the unit tests notice? Each small change of what differs from the last tag, for half an hour at most."""
    session.install(core.package, *UNITS, *group("mutants"))
    tree = stage(session)
    with session.chdir(tree):
        command = ["tests/mutants/run.py", "--folder", str(BUILD / "mutants"), "--checkout", str(ROOT)]
        # A cache of bytecode knows a file by its second and its length: it would take one mutant for another.
        env = ansible_env(session, tree) | {"PYTHONDONTWRITEBYTECODE": "1"}
        session.run("python", *command, *session.posargs, env=env)


@register()
def simulator(session: nox.Session, core: Core) -> None:
    """The simulated API in the foreground, to try playbooks without an account."""
    with_core(session, core)
    session.run("arize-ax-simulator", *session.posargs)


# ---------------------------------------------------------------- as AWX runs it


# AWX and Automation Platform bring an old ansible-core.
AWX_CORE = CORES[0] if CORES[0].python else NEWEST


def collection_of_awx(session: nox.Session) -> Path:
    """Take awx.awx out of the community package; return the folder that holds its ansible_collections."""
    folder = BUILD / "awx"
    wanted = LOCKS / "awx-collection.txt"
    mark = folder / wanted.name
    if not mark.exists() or mark.read_text() != wanted.read_text():
        shutil.rmtree(folder, ignore_errors=True)
        download = ["pip", "download", "--quiet", "--no-deps", "--require-hashes", "--dest", str(folder)]
        session.run_install(sys.executable, "-m", *download, "-r", str(wanted), external=True)
        (wheel,) = folder.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            names = [name for name in archive.namelist() if name.startswith("ansible_collections/awx/awx/")]
            archive.extractall(folder, names)
        wheel.unlink()
        mark.write_text(wanted.read_text())
    return folder


@register("rest", on=[Cell(AWX_CORE)])
def awx(session: nox.Session, core: Core) -> None:
    """Credential types, surveys and jobs as AWX has them, by ansible-runner; and the playbook that sets AWX up."""
    with_core(session, core)
    pytest(session, "tests/awx", AWX_COLLECTIONS=str(collection_of_awx(session)))


@register("rest", requires=["artifact"])
def ee(session: nox.Session, core: Core) -> None:
    """The requirements that ansible-builder reads from the installed artifact, in an execution environment."""
    session.install(core.package, *group("ee"))
    installed = BUILD / "ee"
    shutil.rmtree(installed, ignore_errors=True)
    (archive,) = (BUILD / "artifact").glob("*.tar.gz")
    env = {"HOME": str(BUILD / "home" / session.name)}
    session.run("ansible-galaxy", "collection", "install", str(archive), "-p", str(installed), env=env, silent=True)
    pytest(session, "tests/ee", INSTALLED_COLLECTIONS=str(installed), ARTIFACT=str(BUILD / "artifact"))


# ---------------------------------------------------------------- on the newest ansible-core


@register(requires=["artifact"])
def demo(session: nox.Session, core: Core) -> None:
    """Install the artifact, and let a playbook manage an account, dry, for real and again."""
    with_core(session, core)
    home = BUILD / "home" / session.name
    env = {"HOME": str(home), "ANSIBLE_COLLECTIONS_PATH": str(home / "collections"), "PYTHONPATH": str(ROOT)}
    shutil.rmtree(home / "collections", ignore_errors=True)
    (archive,) = (BUILD / "artifact").glob("*.tar.gz")
    session.run("ansible-galaxy", "collection", "install", str(archive), "-p", str(home / "collections"), env=env)
    session.run("python", "examples/demo/run.py", env=env)


@register("in-process")
def conventions(session: nox.Session, core: Core) -> None:
    """The project conventions that no linter knows."""
    with_core(session, core)
    pytest(session, "tests/conventions")


@register()
def bench(session: nox.Session, core: Core) -> None:
    """How long things take; for reading, not for passing."""
    with_core(session, core)
    tree = stage(session)
    plots = Path(os.environ.get("BENCH_PLOTS", BUILD / "benchmarks")).resolve()
    env = {"BENCH_SDK_PYTHON": str(environment(session, session.name, *group("sdk"))), "BENCH_PLOTS": str(plots)}
    with session.chdir(tree):
        for script in sorted(Path("tests", "benchmarks").glob("*.py")):
            session.run("python", str(script), *session.posargs, env=ansible_env(session, tree) | env)


@register("rest")
def docs(session: nox.Session, core: Core) -> None:
    """The guides and the module reference as a site, into build/docs. A warning fails."""
    session.install(core.package, *group("docs"))
    tree = stage(session)
    pages, site = tree / "docs", BUILD / "docs"
    (pages / "README.md").rename(pages / "index.md")
    shutil.copy(tree / "CHANGELOG.md", pages / "changelog.md")
    (pages / "reference").mkdir(mode=0o755)
    shutil.rmtree(site, ignore_errors=True)
    options = ["--use-current", "--squash-hierarchy", "--fail-on-error", "--dest-dir", str(pages / "reference")]
    session.run("antsibull-docs", "collection", *options, "arize.ax", env=ansible_env(session, tree))
    doctrees = ["--doctree-dir", str(BUILD / "doctrees")]
    strict = ["--fail-on-warning", "--keep-going", "--quiet", "--fresh-env"]
    session.run("sphinx-build", *strict, *doctrees, "-c", str(pages / "site"), str(pages), str(site))
    session.log(f"open {site / 'index.html'}")


# ---------------------------------------------------------------- dependencies


@nox.session(python=False)
def lock(session: nox.Session) -> None:
    """Resolve the pinned development dependencies anew, for each Python from the oldest that needs them."""
    options = ["--quiet", "--upgrade", "--universal", "--no-annotate", "--no-header"]
    hashed = [*options, "--generate-hashes", "--python-version", "3.11"]
    # Which ansible-core a session has is in tests/matrix.toml, and that decides about resolvelib.
    hashed += [f"--no-emit-package={name}" for name in ("ansible-core", "resolvelib")]
    oldest = [*options, "--python-version", MATRIX["oldest_target"]["python"]]
    groups = nox.project.load_toml(ROOT / "pyproject.toml")["dependency-groups"]
    apart = ("importer", "nox", "oldest")  # two that hold libraries of others back, and one without hashes
    shared = [f"--group={name}" for name in groups if name not in apart]
    units = ["tests/unit/requirements.txt", "requirements.txt"]
    # ansible-test finds the pins of its own environments by their place. It gives them to pip as constraints beside
    # what it asks for itself, which pip refuses if they have hashes.
    for output, arguments in {
        LOCKS / "pins.txt": [*hashed, *shared, *units, "simulator/pyproject.toml"],
        LOCKS / "importer.txt": [*hashed, "--group=importer"],
        LOCKS / "nox.txt": [*hashed, "--group=nox"],
        ROOT / "tests" / "unit" / "constraints.txt": [*oldest, "--group=oldest", *units],
        ROOT / "tests" / "integration" / "constraints.txt": [*options, "--python-version", "3.10", "requirements.txt"],
    }.items():
        session.run(UV, "pip", "compile", *arguments, "--output-file", str(output), external=True)
