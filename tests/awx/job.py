"""One job of AWX, without AWX."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import ansible_runner
from arize_ax_simulator import ADMIN_KEY, SimulatorClient

from tests.awx import awx
from tests.journeys.harness import hiding_places, short_name

# What a developer's shell may hold and what would lead a job elsewhere.
LEADING_ASTRAY = ("ARIZE_", "ANSIBLE_", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


@contextmanager
def simulator(folder: Path, *options: str) -> Iterator[SimulatorClient]:
    """A simulator in a process of its own: ansible-runner forks this one, which then should have no threads."""
    announced = folder / "announced.json"
    command = [sys.executable, "-m", "arize_ax_simulator", "--announce", str(announced), *options]
    with subprocess.Popen(command, cwd=awx.ROOT, stdout=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + 60
            while not announced.exists():
                assert process.poll() is None, "the simulator did not start"
                assert time.monotonic() < deadline, "the simulator did not start in time"
                time.sleep(0.05)
            yield SimulatorClient(json.loads(announced.read_text())["url"])
        finally:
            process.terminate()


@dataclass
class Job:
    """The results of a job."""

    status: str
    folder: Path  # the private data folder
    output: str
    events: list[dict[str, Any]]
    requests: list[dict[str, Any]]
    mails: list[dict[str, Any]]

    @property
    def writes(self) -> list[tuple[str, str]]:
        """Method and path of the requests that could have changed something."""
        return [(entry["method"], entry["path"]) for entry in self.requests if entry["method"] != "GET"]

    @property
    def messages(self) -> str:
        """The messages of the tasks, one line each, as the result page shows them. Columns have one space between."""
        said = []
        for event in self.events:
            result = event.get("event_data", {}).get("res") or {}
            message = result.get("msg", [])
            said += message if isinstance(message, list) else [str(message)]
        return re.sub(" +", " ", "\n".join([*said, self.output]))

    @property
    def tasks_with_changes(self) -> list[str]:
        """The names of the tasks that the result page shows as changed; of a loop, one for each round."""
        rounds = {event["event_data"]["task_uuid"] for event in self.events if event["event"] == "runner_item_on_ok"}
        done = [
            event["event_data"]
            for event in self.events
            if event["event"] == "runner_item_on_ok"
            or (event["event"] == "runner_on_ok" and event["event_data"]["task_uuid"] not in rounds)
        ]
        return [data["task"] for data in done if data["res"].get("changed")]


class Jobs:
    """Launches jobs whose credential points at a simulator, below a folder."""

    def __init__(self, sim: SimulatorClient, folder: Path, searched: dict[str, int]) -> None:
        self.sim = sim
        self.folder = folder
        self.searched = searched

    def __call__(
        self,
        playbook: str,
        variables: dict[str, Any],
        *arguments: str,
        check: bool = False,
        files: dict[str, str] | None = None,
        network: dict[str, str] | None = None,
        secrets: tuple[str, ...] = (),
        **credential: str,
    ) -> Job:
        """Run a playbook of the project. `files` are more files of the project, `secrets` what no output may show."""
        run = self.folder / f"job{len(list(self.folder.glob('job*')))}"
        project = run / "project"
        shutil.copytree(awx.FOLDER / "project", project)
        for name, text in (files or {}).items():
            (project / name).parent.mkdir(parents=True, exist_ok=True)
            (project / name).write_text(text)
        for name in ("env", "inventory", "home", "tmp"):
            (run / name).mkdir()
        (run / "inventory" / "hosts").write_text("localhost ansible_connection=local\n")
        (run / "env" / "extravars").write_text(awx.extra_vars(variables))
        (run / "env" / "cmdline").write_text(" ".join(["--check"] * check + ["--diff", *arguments]))
        envvars = self._surroundings(run) | awx.inject("arize_ax", self._values(credential), run)
        if network is not None:
            envvars |= awx.inject("arize_ax_network", network, run)
        before = len(self.sim.journal()), len(self.sim.mails())
        kept = {name: os.environ.pop(name) for name in list(os.environ) if name.upper().startswith(LEADING_ASTRAY)}
        try:
            with short_name(run / "tmp") as temporary:
                done = ansible_runner.run(
                    private_data_dir=str(run),
                    ident="1",
                    playbook=playbook,
                    envvars={**envvars, "TMPDIR": temporary},
                    suppress_env_files=True,
                    fact_cache_type="jsonfile",
                    quiet=True,
                )
        finally:
            os.environ.update(kept)
        job = Job(
            status=done.status,
            folder=run,
            output=Path(done.config.artifact_dir, "stdout").read_text(),
            events=list(done.events),
            requests=self.sim.journal()[before[0] :],
            mails=self.sim.mails()[before[1] :],
        )
        if check:
            assert job.writes == [], "check mode has sent a write request"
        self.search(job, (envvars["ARIZE_API_KEY"], ADMIN_KEY, *secrets))
        return job

    def search(self, job: Job, secrets: tuple[str, ...]) -> None:
        """Look for secrets in every file that the job has left, as the job page shows them, and elsewhere."""
        forms = {form for secret in secrets for form in hiding_places(secret)}
        artifacts = [path for path in (job.folder / "artifacts").rglob("*") if path.is_file()]
        assert any(path.parent.name == "job_events" for path in artifacts)
        left = [
            path for name in ("home", "tmp", "project") for path in (job.folder / name).rglob("*") if path.is_file()
        ]
        for path in artifacts + left:
            text = path.read_text(errors="replace")
            if path.name == "command" and path.parent.name == "1":
                # ansible-runner's own record of the environment that it was handed. AWX keeps and shows none of it.
                record = json.loads(text)
                for name in ("ARIZE_API_KEY", "ARIZE_PROXY_URL"):
                    record["env"].pop(name, None)
                text = json.dumps(record)
            assert [form for form in forms if form in text] == [], path
            assert "Traceback (most recent call last)" not in text, path
        self.searched["jobs"] += 1
        self.searched["files"] += len(artifacts)

    def _values(self, credential: dict[str, str]) -> dict[str, str]:
        """The fields of the credential, as an admin fills them in; by default for the simulator."""
        url = urlsplit(self.sim.url)
        here = {
            "api_key": ADMIN_KEY,
            "api_host": str(url.hostname),
            "api_port": str(url.port),
            "api_scheme": url.scheme,
        }
        # The form sends a field that no user has filled in as an empty text.
        return {"region": "", "base_domain": "", **here, **credential}

    @staticmethod
    def _surroundings(run: Path) -> dict[str, str]:
        return {
            "HOME": str(run / "home"),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "ANSIBLE_REMOTE_TMP": str(run / "home" / "remote"),
            "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
            "ANSIBLE_RETRY_FILES_ENABLED": "False",
            "NO_PROXY": "127.0.0.1,localhost",
        }
