"""Runs the real modules against the simulator: their main() in this process, or whole playbooks in their own.

What holds for every run is asserted here and not case by case: in check mode no request writes, no task mails a user
twice, no result contains the API key or a traceback, a message is one line, the diff of a roster is text, and no other
failure has a diff.
"""

from __future__ import annotations

import base64
import contextlib
import importlib
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import yaml
from ansible.module_utils import basic
from ansible.module_utils.common import warnings as ansible_warnings
from arize_ax_simulator import ADMIN_KEY, MEMBER_KEY, ControlMethods

MODULES = "ansible_collections.arize.ax.plugins.modules"
# What a developer's shell may hold and what would lead a client elsewhere.
LEADING_ASTRAY = ("ARIZE_", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ANSIBLE_")


@dataclass
class Run:
    """One run of a module: its result, and what the simulator saw of it."""

    result: dict[str, Any]
    requests: list[dict[str, Any]] = field(default_factory=list)
    mails: list[dict[str, Any]] = field(default_factory=list)

    def __getitem__(self, name: str) -> Any:
        return self.result[name]

    @property
    def failed(self) -> bool:
        """Whether the module failed."""
        return bool(self.result.get("failed"))

    @property
    def changed(self) -> bool:
        """Whether the module says that it changed something, failed or not."""
        return bool(self.result["changed"])

    @property
    def kind(self) -> str | None:
        """The kind of error; None on success."""
        return self.result["error"]["kind"] if self.failed else None

    @property
    def msg(self) -> str:
        """The message of a failure."""
        return str(self.result["msg"])

    @property
    def methods(self) -> str:
        """The requests in order, e.g. "GET POST"."""
        return " ".join(entry["method"] for entry in self.requests)

    @property
    def writes(self) -> list[dict[str, Any]]:
        """The requests that could have changed something."""
        return [entry for entry in self.requests if entry["method"] != "GET"]

    @property
    def mailed(self) -> list[str]:
        """The kinds of the mails that were sent."""
        return [mail["kind"] for mail in self.mails]


def clean_environment() -> dict[str, str]:
    """Return this process's environment without what misleads a client or disables the bytecode cache."""
    unwanted = (*LEADING_ASTRAY, "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if not name.upper().startswith(unwanted)}


def assert_fit_to_be_seen(text: str) -> None:
    """Check output or a result: no API key, no traceback."""
    assert ADMIN_KEY not in text
    assert MEMBER_KEY not in text
    assert "Traceback (most recent call last)" not in text


def hiding_places(secret: str) -> set[str]:
    """Return the secret, and what it looks like within anything in base64, wherever it begins there."""
    forms = {secret}
    for shift in range(3):
        encoded = base64.b64encode(b" " * shift + secret.encode()).decode().rstrip("=")
        forms.add(encoded[{0: 0, 1: 2, 2: 3}[shift] : -1])  # the ends depend on what stands beside it
    return forms


class ModuleRunner:
    """Calls a module's main() as Ansible would, without the price of a process."""

    def __init__(self, sim: ControlMethods) -> None:
        self.sim = sim

    def __call__(self, module: str, *, check: bool = False, no_log: bool = False, **options: Any) -> Run:
        """Run `module` with these options, and return the run. `env` is the environment, by default a clean one."""
        env = {**clean_environment(), **options.pop("env", {})}
        connection = {"api_url": self.sim.url, "api_key": ADMIN_KEY, "timeout": 60, "max_retry_wait": 0}
        arguments = {
            **{name: value for name, value in {**connection, **options}.items() if value is not None},
            "_ansible_check_mode": check,
            "_ansible_no_log": no_log,
            "_ansible_diff": True,
            "_ansible_module_name": f"arize.ax.{module}",
        }
        requests_before, mails_before = len(self.sim.journal()), len(self.sim.mails())
        result = call_main(module, arguments, env)
        run = Run(result, self.sim.journal()[requests_before:], self.sim.mails()[mails_before:])
        self._check(run, check)
        return run

    def _check(self, run: Run, check: bool) -> None:
        if check:
            assert run.writes == [], "check mode has sent a write request"
            assert run.mails == [], "check mode has sent mail"
        assert_fit_to_be_seen(json.dumps(run.result))
        assert len({mail["to"] for mail in run.mails}) == len(run.mails), "a task has mailed a user twice"
        if run.failed:
            assert "\n" not in run.msg
        applied = "entries" in run.result
        assert applied or not run.failed or "diff" not in run.result
        assert not applied or all(isinstance(side, str) for side in run["diff"].values())


def call_main(module: str, arguments: dict[str, Any], env: dict[str, str]) -> dict[str, Any]:
    """Run a module's main() in this process and return what it prints."""
    main = importlib.import_module(f"{MODULES}.{module}").main
    ansible_warnings._global_warnings.clear()
    ansible_warnings._global_deprecations.clear()
    printed = io.StringIO()
    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.dict(os.environ, env, clear=True))
        stack.enter_context(
            mock.patch.object(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode())
        )
        if hasattr(basic, "_ANSIBLE_PROFILE"):  # ansible-core 2.19 and later
            stack.enter_context(mock.patch.object(basic, "_ANSIBLE_PROFILE", "legacy"))
            # What imports Ansible's controller here makes modules print their warnings and not return them.
            stack.enter_context(mock.patch("ansible.module_utils._internal.is_controller", False))
        stack.enter_context(contextlib.redirect_stdout(printed))
        with contextlib.suppress(SystemExit):
            main()
    result: dict[str, Any] = json.loads(printed.getvalue())
    return result


@dataclass
class Played:
    """One run of ansible-playbook: everything that can be read afterwards."""

    code: int
    output: str
    folder: Path
    requests: list[dict[str, Any]]
    mails: list[dict[str, Any]]

    @property
    def methods(self) -> set[str]:
        """The methods of its requests."""
        return {entry["method"] for entry in self.requests}

    def saved(self, name: str = "results.json") -> Any:
        """Return what the playbook wrote to a JSON file in {{ out }}."""
        return json.loads((self.folder / "out" / name).read_text())

    def left_behind(self) -> Iterator[tuple[str, str]]:
        """Yield (name, content) of the log and of every file in the home and temporary folders."""
        for path in self.folder.rglob("*"):
            if path.is_file() and (self.folder / "out") not in path.parents:
                yield str(path.relative_to(self.folder)), path.read_text(errors="replace")


@contextmanager
def short_name(folder: Path) -> Iterator[str]:
    """Yield another path of *folder*: Ansible makes a socket there, whose path may have 107 characters."""
    with tempfile.TemporaryDirectory(dir="/tmp") as parent:
        link = Path(parent, "t")
        link.symlink_to(folder)
        yield str(link)


class PlaybookRunner:
    """Runs real playbooks with a home, temporary folder and log of their own below `folder`."""

    def __init__(self, sim: ControlMethods, folder: Path) -> None:
        self.sim = sim
        self.folder = folder

    def __call__(
        self,
        tasks: list[dict[str, Any]],
        *arguments: str,
        env: dict[str, str] | None = None,
        secrets: dict[str, str] | None = None,
        **play: Any,
    ) -> Played:
        """Run a play of these tasks on localhost.

        {{ out }} is a folder for what it wants to keep; `secrets` are variables from a file there.
        """
        run = self.folder / f"play{len(list(self.folder.glob('play*')))}"
        for name in ("home", "tmp", "out"):
            (run / name).mkdir(parents=True)
        variables = {"out": str(run / "out"), "url": self.sim.url, "ansible_python_interpreter": sys.executable}
        book = [{"hosts": "localhost", "gather_facts": False, "vars": variables, "tasks": tasks, **play}]
        (run / "out" / "playbook.yml").write_text(yaml.safe_dump(book, sort_keys=False, allow_unicode=True))
        (run / "out" / "secrets.yml").write_text(json.dumps(secrets or {}))
        before = len(self.sim.journal()), len(self.sim.mails())
        command = [sys.executable, "-m", "ansible", "playbook", *arguments, "--extra-vars", "@out/secrets.yml"]
        with short_name(run / "tmp") as temporary:
            done = subprocess.run(
                [*command, "out/playbook.yml"],
                env={**clean_environment(), **self._settings(run), "TMPDIR": temporary, **(env or {})},
                cwd=run,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=600,
                check=False,
            )
        played = Played(
            done.returncode, done.stdout, run, self.sim.journal()[before[0] :], self.sim.mails()[before[1] :]
        )
        if "--check" in arguments:
            assert played.methods <= {"GET"}
        return played

    def _settings(self, run: Path) -> dict[str, str]:
        return {
            "HOME": str(run / "home"),
            "PYTHONPYCACHEPREFIX": os.environ.get("PYTHONPYCACHEPREFIX", str(self.folder.parent / "bytecode")),
            "ANSIBLE_REMOTE_TMP": str(run / "home" / "remote"),  # else it is where the real home is
            "PYTHONPATH": os.pathsep.join(sys.path),
            "ANSIBLE_COLLECTIONS_PATH": os.environ.get("ANSIBLE_COLLECTIONS_PATH", ""),
            "ANSIBLE_LOG_PATH": str(run / "ansible.log"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_LOCALHOST_WARNING": "False",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False",
        }


def keep(results: dict[str, str]) -> dict[str, Any]:
    """Return the task that writes registered variables, {key: expression}, to results.json, for its owner only."""
    content = "{{ {" + ", ".join(f"{key!r}: {expression}" for key, expression in results.items()) + "} | to_json }}"
    copy = {"content": content, "dest": "{{ out }}/results.json", "mode": "0600"}
    return {"name": "Keep the results", "ansible.builtin.copy": copy, "no_log": True}


def agrees(predicted: Any, real: Any) -> bool:
    """Whether a predicted user is the real one, except for what only the server can know."""
    if not predicted or not real:
        return predicted == real
    open_ = {"id", "created_at", "custom_role_name", "is_developer"}
    return set(predicted) == set(real) and all(
        value == real[name] or (value is None and name in open_) for name, value in predicted.items()
    )
