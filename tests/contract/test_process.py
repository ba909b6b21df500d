"""The simulator as a process of its own: the command line, the control path over HTTP, and its client."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from arize_ax_simulator import ControlError, Simulator, SimulatorClient, cli, journal

ROOT = Path(__file__).resolve().parents[2]
Start = Callable[..., tuple[subprocess.Popen[str], dict[str, Any]]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start simulators; return the process and what it announced."""
    running: list[subprocess.Popen[str]] = []

    def run(*options: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
        note = tmp_path / f"note{len(running)}.json"
        command = [sys.executable, "-m", "arize_ax_simulator", "--announce", str(note), *options]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        running.append(process)
        deadline = time.monotonic() + 60
        while not note.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        return process, json.loads(note.read_text(encoding="utf-8"))

    yield run
    for process in running:
        process.kill()
        process.communicate()


def test_announce_follows_no_planted_link(tmp_path: Path) -> None:
    """Neither a link of the file's name, nor one of a guessable name beside it, is written through."""
    precious, note = tmp_path / "precious", tmp_path / "note.json"
    precious.write_text("mine")
    for link in (note, tmp_path / f"note.json.{os.getpid()}"):
        link.symlink_to(precious)
    with Simulator() as simulator:
        cli.announce(simulator, note)
    assert (precious.read_text(), json.loads(note.read_text())["url"]) == ("mine", simulator.url)
    assert sorted(path.name for path in tmp_path.iterdir() if not path.is_symlink()) == ["note.json", "precious"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_foreground(start: Start, number: int, tmp_path: Path) -> None:
    """It says what a newcomer needs, and stops without a word of complaint."""
    process, note = start()
    assert note["pid"] == process.pid
    with requests.Session() as session:
        session.trust_env = False
        headers = {"Authorization": f"Bearer {note['admin_key']}"}
        assert session.get(f"{note['url']}/v2/users", headers=headers, timeout=60).status_code == 200
        process.send_signal(number)
        output = process.communicate(timeout=60)[0]
    assert process.returncode == 0
    port = note["url"].rsplit(":", 1)[1]
    expected = [note["url"], "simulator-admin-key", "simulator-member-key", f"export ARIZE_API_PORT={port}", "Stopped."]
    assert all(
        text in output for text in [*expected, "export ARIZE_API_HOST=127.0.0.1", "export ARIZE_API_SCHEME=http"]
    )
    assert "Traceback" not in output
    assert not list(tmp_path.glob("note*"))


def test_beginning(start: Start, tmp_path: Path) -> None:
    """The account to begin with."""
    seed = tmp_path / "seed.json"
    seed.write_text('[{"email": "ann@example.com", "status": "INVITED"}]', encoding="utf-8")
    note = start("--seed", str(seed), "--users", "3", "--no-owners")[1]
    users = SimulatorClient(note["url"]).users()
    assert [user["email"] for user in users][:2] == ["ann@example.com", "user00002@example.com"]
    assert len(users) == 4


def test_a_whole_account_to_begin_with(start: Start, tmp_path: Path) -> None:
    """Every part of a seed file, and what --access adds to it."""
    guide, more = ROOT / "docs" / "examples" / "account.yml", tmp_path / "more.yml"
    more.write_text("spaces: [{name: Lab}]\nrole_bindings: [{user: eve@example.com, role: Reviewer, space: Lab}]\n")
    client = SimulatorClient(start("--seed", str(guide), "--access", str(more))[1]["url"])
    seed = yaml.safe_load(guide.read_text())
    assert [user["email"] for user in client.users()] == [user["email"] for user in seed["users"]]
    assert [space["name"] for space in client.spaces()] == ["Production", "Lab"]
    assert len(client.bindings()) == 2
    assert client.settings()["latency"] == seed["settings"]["latency"]
    assert [fault["status"] for fault in client.faults()] == [503]


@pytest.mark.parametrize(
    ("option", "content", "reason"),
    [
        ("--seed", "user: []", "unknown user; known are users"),
        ("--seed", "users: [ann@example.com]", "users must be a list of mappings"),
        ("--seed", "owners: 'no'", "owners must be true or false"),
        ("--seed", "settings: {saam: true}", "unknown settings ['saam']"),
        ("--seed", "faults: [{kind: dorp}]", "unknown fault 'dorp'"),
        ("--seed", "role_bindings: [{user: ann@example.com, role: Auditor}]", "no user 'ann@example.com'"),
        ("--seed", "", "must hold a mapping"),
        ("--seed", "users: [", "is not YAML"),
        ("--seed", "users: [\x00]", "is not YAML"),
        ("--people", "users: []", "users must be a list of mappings"),
        ("--access", "users: []", "unknown users; known are organizations"),
        ("--access", None, "No such file"),
    ],
)
def test_no_such_account(
    option: str,
    content: str | None,
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One line, an exit code, and no command."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(signal, "signal", lambda *_given: None)  # it runs in this process
    if content is not None:
        (tmp_path / "seed.yml").write_text(content, encoding="utf-8")
    assert cli.main([option, "seed.yml", "--", "touch", "run"]) == 1
    printed = capsys.readouterr()
    (line,) = printed.err.splitlines()
    assert printed.out == ""
    assert line.startswith("The simulator cannot begin with this account: ")
    assert reason in line
    assert not (tmp_path / "run").exists()


def around(*command: str, **given: Any) -> subprocess.CompletedProcess[str]:
    """Run a command while a simulator runs."""
    whole = [sys.executable, "-m", "arize_ax_simulator", "--", *command]
    return subprocess.run(whole, capture_output=True, text=True, timeout=30, check=False, **given)


def test_a_command_meets_the_simulator_and_no_real_account() -> None:
    """Its environment: no variable of a real account is left, and no proxy is on the way."""
    real = {"ARIZE_API_KEY": "real", "ARIZE_REGION": "eu-west-1a", "arize_x": "y", "no_proxy": "internal.example"}
    code = "import json, os; print(json.dumps(dict(os.environ)))"
    done = around(sys.executable, "-c", code, env=os.environ | real)
    assert (done.returncode, done.stderr) == (0, "")
    seen = json.loads(done.stdout)
    assert {name: value for name, value in seen.items() if name.upper().startswith("ARIZE_")} == {
        "ARIZE_API_KEY": "simulator-admin-key",
        "ARIZE_API_HOST": "127.0.0.1",
        "ARIZE_API_PORT": seen["ARIZE_API_PORT"],
        "ARIZE_API_SCHEME": "http",
    }
    assert seen["no_proxy"] == seen["NO_PROXY"] == "internal.example,127.0.0.1"


@pytest.mark.parametrize(("command", "code"), [("exit 7", 7), ("kill -9 $$", 137)])
def test_the_exit_code_of_a_command(command: str, code: int) -> None:
    assert around("sh", "-c", command).returncode == code


def test_a_command_that_is_not_there() -> None:
    done = around("no-such-command")
    assert (done.returncode, done.stdout) == (127, "")
    assert done.stderr == "arize-ax-simulator cannot run no-such-command: No such file or directory\n"


def test_the_end_of_the_simulator_is_that_of_its_command(start: Start, tmp_path: Path) -> None:
    process, _note = start("--", "sh", "-c", f"touch {tmp_path}/begun; exec sleep 600")
    while not (tmp_path / "begun").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.terminate()
    assert process.wait(60) == 128 + signal.SIGTERM


def test_the_people_of_the_guides(start: Start) -> None:
    """The whole account, in YAML, without the owners of the keys."""
    people = ROOT / "docs" / "examples" / "cast.yml"
    users = SimulatorClient(start("--people", str(people))[1]["url"]).users()
    assert [user["email"] for user in users] == [user["email"] for user in yaml.safe_load(people.read_text())]


def test_taken_port(start: Start) -> None:
    """One sentence, and an exit code."""
    port = start()[1]["url"].rsplit(":", 1)[1]
    command = [sys.executable, "-m", "arize_ax_simulator", "--port", port]
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert second.returncode == 1
    assert "cannot listen" in second.stderr
    assert "Traceback" not in second.stderr


class TestControlPath:
    """Over HTTP, as the README shows it."""

    def post(self, sim: Any, name: str, body: str = "", method: str = "POST") -> requests.Response:
        """Send what curl -d sends."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return requests.request(method, f"{sim.control_url}/{name}", data=body, headers=headers, timeout=60)

    def test_examples(self, sim: Any) -> None:
        users = '{"users": [{"email": "ann@example.com", "status": "INVITED"}], "count": 250}'
        assert len(self.post(sim, "seed", users).json()["result"]) == 251
        expired = self.post(sim, "do", '{"action": "expire", "user": "ann@example.com"}').json()["result"]
        assert expired[0]["status"] == "EXPIRED"
        assert self.post(sim, "settings", '{"latency": 0.01}').json()["result"]["latency"] == 0.01
        faults = self.post(sim, "faults", '[{"kind": "drop"}]', method="PUT").json()["result"]
        assert [fault["kind"] for fault in faults] == ["drop"]
        assert self.post(sim, "reset").json()["result"] == []
        assert requests.get(sim.control_url, timeout=60).json()["result"]["admin_key"] == sim.admin_key
        assert sim.journal() == []

    @pytest.mark.parametrize(
        ("method", "name", "body", "status"),
        [
            ("GET", "nope", "", 404),
            ("DELETE", "users", "", 405),
            ("POST", "seed", "[]", 400),
            ("POST", "seed", "no json", 400),
            ("POST", "reset", '{"surprise": 1}', 400),
            ("POST", "settings", '{"surprise": 1}', 400),
            ("POST", "settings", '{"rate_limit": {"surprise": 1}}', 400),
            ("POST", "do", '{"action": "dance"}', 400),
            ("POST", "do", '{"action": "block", "user": "no user"}', 404),
            ("POST", "seed", '{"users": [{"email": "a@x.io"}, {"email": "a@x.io"}]}', 400),
            ("POST", "faults", '{"kind": "dance"}', 400),
        ],
    )
    def test_refusals(self, sim: Any, method: str, name: str, body: str, status: int) -> None:
        answer = self.post(sim, name, body, method)
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")

    def test_client_is_the_same_as_in_process(self, sim: Any, admin: Any) -> None:
        client = SimulatorClient(sim.url)
        client.reset([{"email": "ann@x.io", "status": "INVITED"}], settings={"resend_status": 202})
        ann = client.find("ANN@x.io") or {}
        assert admin.to("POST", ann["id"], "/resend-invitation").status_code == 202
        assert client.mails() == sim.mails() == [{"kind": "resend", "to": "ann@x.io", "n": 1}]
        assert client.journal() == sim.journal()
        assert (client.counts(), client.violations(), client.find("no user")) == ({"POST": 1}, [], None)
        assert client.environment() == sim.environment()
        for moved in (client.accept, client.expire, client.block, client.vanish):
            moved("ann@x.io")
        with pytest.raises(ControlError, match="no user"):
            client.accept("ann@x.io")
        client.close()

    def test_client_survives_a_restart(self) -> None:
        with Simulator() as first:
            client = SimulatorClient(first.url)
            client.seed(count=1)
        with Simulator(port=int(first.url.rsplit(":", 1)[1])):
            assert len(client.users()) == 2


class TestServer:
    """In-process."""

    def test_the_journal_forgets_the_oldest(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(journal, "REMEMBERED", 3)
        with Simulator() as sim:
            for _turn in range(5):
                requests.get(f"{sim.url}/v2/users", timeout=60)
            assert [entry["n"] for entry in sim.journal()] == [3, 4, 5]

    @pytest.mark.parametrize("length", ["\u00b2", "-1", "1e3", "0x10"])
    def test_a_content_length_that_is_no_number(self, sim: Any, length: str) -> None:
        with socket.create_connection(("127.0.0.1", int(sim.environment()["ARIZE_API_PORT"]))) as raw:
            raw.sendall(f"POST /v2/users HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{{}}".encode("latin-1"))
            assert raw.recv(12) == b"HTTP/1.1 400"

    def test_two_at_once_share_nothing(self) -> None:
        with Simulator() as one, Simulator() as other:
            one.seed(count=5)
            assert (len(one.users()), len(other.users())) == (7, 2)
            assert one.url != other.url

    def test_its_end_is_the_end_of_its_connections(self) -> None:
        with requests.Session() as session:
            with Simulator() as one:
                one.fault("hang", skip=1)
                session.get(f"{one.url}/v2/users", timeout=60)
            with pytest.raises(requests.ConnectionError):
                session.get(f"{one.url}/v2/users", timeout=60)

    def test_ipv6(self) -> None:
        try:
            simulator = Simulator(host="::1")
        except OSError:
            pytest.skip("no IPv6 here")
        with simulator:
            assert simulator.environment()["ARIZE_API_HOST"] == "[::1]"
            assert requests.get(f"{simulator.url}/v2/users", timeout=60).status_code == 401
            assert len(SimulatorClient(simulator.url).users()) == 2

    def test_tls(self, tmp_path: Path) -> None:
        openssl = shutil.which("openssl")
        if not openssl:
            pytest.skip("no openssl here to make a certificate with")
        key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
        options = (
            f"req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=x -addext subjectAltName=IP:127.0.0.1 -keyout {key}"
        )
        subprocess.run([openssl, *options.split(), "-out", certificate], check=True, capture_output=True)
        with Simulator(certificate=(certificate, key)) as sim, requests.Session() as session:
            silent = socket.create_connection(("127.0.0.1", int(sim.environment()["ARIZE_API_PORT"])))
            session.headers["Authorization"] = f"Bearer {sim.admin_key}"
            assert session.get(f"{sim.url}/v2/users", verify=certificate, timeout=60).status_code == 200
            with pytest.raises(requests.exceptions.SSLError):
                session.get(f"{sim.url}/v2/users", verify=True, timeout=60)
            assert len(SimulatorClient(sim.url, ca_path=certificate).journal()) == 1
            assert sim.environment()["ARIZE_API_SCHEME"] == "https"
            silent.close()

    def test_ten_thousand_users(self) -> None:
        with Simulator(answer_checks=False) as sim:
            began = time.monotonic()
            sim.seed(count=10_000)
            assert time.monotonic() - began < 20
            page = requests.get(
                f"{sim.url}/v2/users",
                params={"email": "user09999", "limit": "100"},
                headers={"Authorization": f"Bearer {sim.admin_key}"},
                timeout=60,
            )
            assert [user["email"] for user in page.json()["users"]] == ["user09999@example.com"]
