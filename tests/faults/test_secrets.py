"""No output holds a key or a temporary password: ansible-runner plays success and every failure at -vvvv --diff.

Searched are the output, the log, the job events and all that ansible-runner keeps, and the files that Ansible was told
to leave behind; for each secret as it is, in base64 wherever it begins, and percent-encoded, with and without "Bearer".

Two places hold an option by their nature, and cannot be changed here: the module's own arguments, which
ANSIBLE_KEEP_REMOTE_FILES keeps on purpose, and the environment, which ansible-runner writes to its file `command`.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import ansible_runner
import pytest
import yaml
from arize_ax_simulator import ADMIN_KEY, keys, store

from tests.faults.proxy import Proxy
from tests.faults.scenes import (
    BINDING,
    BINDING_INFO,
    INFO,
    INVITE,
    KEY_INFO,
    PROJECT,
    PROJECT_INFO,
    RESET,
    RESTRICTION,
    ROLE,
    ROLE_INFO,
    ROSTER,
    SPACE,
    SPACE_INFO,
    USER,
)
from tests.journeys.harness import ModuleRunner, clean_environment, hiding_places, short_name

SERVICE_KEY = "arize_service_key"
BEARER = f"Bearer {ADMIN_KEY}"
WRONG, PROXY, PROXY_ENCODED = "a-wrong/key+0123=", "let me/through!", "let%20me%2Fthrough%21"
ECHO = {"echo": ["authorization", "key", "body"]}


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


# What the server does about the look-up of <name>@..., and the kind of error that it makes.
FAILURES: dict[str, tuple[dict[str, Any], str]] = {
    "f400": ({"kind": "status", "status": 400, "detail": f"{b64(BEARER)} {quote(BEARER)}", **ECHO}, "bad_request"),
    "f401": ({"kind": "status", "status": 401, **ECHO}, "unauthorized"),
    "f403": ({"kind": "status", "status": 403, "detail": f"Your key is {b64(ADMIN_KEY)}", **ECHO}, "forbidden"),
    "f409": ({"kind": "status", "status": 409, "title": f"Conflict with {ADMIN_KEY}"}, "conflict"),
    "f422": ({"kind": "status", "status": 422, "title": b64(BEARER), "detail": quote(ADMIN_KEY)}, "unprocessable"),
    "f429": ({"kind": "status", "status": 429, "retry_after": 3600, **ECHO}, "rate_limited"),
    "f500": ({"kind": "status", "status": 500, **ECHO}, "server"),
    "html": ({"kind": "html", "status": 502, "body": f"<p>{BEARER}</p>"}, "server"),
    "page": ({"kind": "html", "status": 404, "body": f"<p>{BEARER}</p>"}, "invalid_response"),
    "odd": ({"kind": "garbage", "body": f'"{BEARER}'}, "invalid_response"),
    "list": ({"kind": "body", "body": json.dumps([BEARER])}, "invalid_response"),
    "away": ({"kind": "redirect", "location": f"https://x.io/{ADMIN_KEY}?k={ADMIN_KEY}"}, "invalid_response"),
    "user": ({"kind": "redirect", "location": f"https://me:{ADMIN_KEY}@x.io/"}, "invalid_response"),
    "drop": ({"kind": "drop"}, "transport"),
    "cut": ({"kind": "truncate"}, "transport"),
    "hang": ({"kind": "hang"}, "transport"),
}
# Where the key comes from; the failures are dealt out among the sources that cost a task each.
SOURCES = {"variable": list(FAILURES), "option": ["f400", "f401"], "defaults": ["f403", "away"], "vault": ["f422"]}
KEYS = {"option": "{{ the_key }}", "vault": "{{ vaulted_key }}"}
REFUSED = "^/v2/(roles|organizations|projects|resource-restrictions)$"
# The same for all modules, with the key from the environment.
EVERY_MODULE: dict[str, tuple[dict[str, Any], str]] = {
    USER: ({"email": "f401@user.io", "state": "absent"}, "unauthorized"),
    INFO: ({"email": "f403@info.io"}, "forbidden"),
    INVITE: ({"email": "f400@invite.io"}, "bad_request"),
    RESET: ({"email": "away@reset.io"}, "invalid_response"),
    ROSTER: ({"users": [{"email": "odd@roster.io", "name": "Odd", "role": "member"}], "concurrency": 2}, "partial"),
    ROLE: ({"name": "Reviewer"}, "unprocessable"),
    ROLE_INFO: ({"predefined": False}, "unprocessable"),
    BINDING: ({"email": "f401@binding.io", "role": "Reviewer", "space": "Prod"}, "unauthorized"),
    BINDING_INFO: ({"email": "f403@bindings.io"}, "forbidden"),
    KEY_INFO: ({"email": "f400@keys.io"}, "bad_request"),
    SPACE: ({"name": "New", "organization": "East"}, "unprocessable"),
    SPACE_INFO: ({"organization": "East"}, "unprocessable"),
    PROJECT: ({"name": "New", "space_id": "U3BhY2U6OTphYg=="}, "unprocessable"),
    PROJECT_INFO: ({}, "unprocessable"),
    RESTRICTION: ({"project_id": "TW9kZWw6OTphYg=="}, "unprocessable"),
    SERVICE_KEY: ({"name": "gone", "state": "absent", "api_url": "http://127.0.0.1:9"}, "transport"),  # closed
}


def failing(source: str) -> Iterator[dict[str, Any]]:
    for name in SOURCES[source]:
        options = {"email": f"{name}@{source}.io", "name": "Ann", "role": "member", "max_retries": 0, "timeout": 1.0}
        if source in KEYS:
            options["api_key"] = KEYS[source]
        yield {
            "name": f"Fail with {name}, the key from {source}",
            f"arize.ax.{USER}": options,
            "register": f"{source}_{name}",
            "ignore_errors": True,
        }


def tasks() -> list[dict[str, Any]]:
    """The tasks of the play: each kind of failure, and success."""
    made = [task for source in ("variable", "option", "vault") for task in failing(source)]
    defaults = {"group/arize.ax.all": {"api_key": "{{ the_key }}"}}
    made.append({"block": list(failing("defaults")), "module_defaults": defaults})
    for number, (module, (options, _kind)) in enumerate(EVERY_MODULE.items()):
        task = {f"arize.ax.{module}": {**options, "max_retries": 0}, "register": f"module_{number}"}
        made.append({"name": f"Fail with {module}", **task, "ignore_errors": True})
    lone = {
        "wrong": {"api_key": "{{ wrong_key }}", "email": "ann@x.io"},
        "newline": {"api_key": "{{ wrong_key }}\n{{ the_key }}", "email": "ann@x.io"},
        "proxy": {"proxy_url": "http://me:{{ proxy_password }}@127.0.0.1:9", "email": "ann@x.io", "max_retries": 0},
        "url": {"api_url": "http://me:{{ wrong_encoded }}@x.io", "email": "ann@x.io"},
    }
    for name, options in lone.items():
        task = {f"arize.ax.{USER}": options, "register": name, "ignore_errors": True}
        made.append({"name": f"Fail with {name}", **task})
    password = {"role": "member", "invite_mode": "temporary_password"}
    made += [
        {"name": "List", f"arize.ax.{INFO}": {"api_key": "{{ vaulted_key }}"}},
        {"name": "Create", f"arize.ax.{USER}": {"email": "bob@x.io", "name": "Bob", **password}, "no_log": True},
        {
            "name": "Create half",
            f"arize.ax.{USER}": {"email": "cid@x.io", "name": "Cid", "is_developer": False, **password},
            "no_log": True,
            "ignore_errors": True,
            "register": "half",
        },
        {
            "name": "Create many",
            f"arize.ax.{ROSTER}": {"users": [{"email": "dan@x.io", "name": "Dan", **password}]},
            "no_log": True,
        },
    ]
    key = {"name": "ci", "spaces": [{"space": "Prod"}], "rotate_after_days": 0}
    made += [
        {"name": "Issue a key", f"arize.ax.{SERVICE_KEY}": key, "no_log": True},
        {"name": "Rotate it", f"arize.ax.{SERVICE_KEY}": key, "no_log": True},
        {"name": "Fail", f"arize.ax.{SERVICE_KEY}": key, "no_log": True, "ignore_errors": True, "register": "key"},
    ]
    names = [f"{source}_{name}" for source, of_source in SOURCES.items() for name in of_source]
    names += [f"module_{number}" for number in range(len(EVERY_MODULE))] + list(lone)
    kinds = "{" + ", ".join(f"'{name}': {name}.error.kind" for name in names) + "}"
    kinds = "{{ " + kinds + " | combine({'half': half.error.kind, 'key': key.error.kind}) | to_json }}"
    copy = {"content": kinds, "dest": "{{ out }}/kinds.json", "mode": "0600"}
    return [*made, {"name": "Keep the kinds", "ansible.builtin.copy": copy}]


def expected() -> dict[str, str]:
    kinds = {f"{source}_{name}": FAILURES[name][1] for source, names in SOURCES.items() for name in names}
    kinds |= {f"module_{number}": kind for number, (_options, kind) in enumerate(EVERY_MODULE.values())}
    return kinds | {
        "wrong": "unauthorized",
        "newline": "bad_option",
        "proxy": "transport",
        "url": "bad_option",
        "half": "forbidden",
        "key": "key_lost",
    }


def vaulted(folder: Path) -> str:
    """Return the key, encrypted for a file of variables."""
    (folder / "vault-password").write_text("for a test")
    done = subprocess.run(
        [sys.executable, "-m", "ansible", "vault", "encrypt_string", "--vault-password-file", "vault-password"],
        input=ADMIN_KEY,
        cwd=folder,
        env={**clean_environment(), "HOME": str(folder), "ANSIBLE_NOCOLOR": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return "vaulted_key: " + done.stdout


def test_no_user_reads_a_secret(
    sim: Any, tmp_path: Path, counted: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    passwords = predict_secrets(monkeypatch, store, "Tmp-", [f"open-sesame-{number:03d}" for number in range(3)])
    secrets_of_keys = predict_secrets(
        monkeypatch, keys, "ak-", [f"{number}-open-the-gate-{number}" for number in range(3)]
    )
    sim.seed_access(spaces=[{"name": "Prod"}])
    sim.faults(
        [
            {**fault, "method": "GET", "query": f"email={name}%40", "times": None}
            for name, (fault, _kind) in FAILURES.items()
        ]
        + [{"kind": "status", "status": 500, "method": "POST", "body_has": "odd@", "times": None, **ECHO}]
        + [{"kind": "status", "status": 422, "path": REFUSED, "detail": quote(ADMIN_KEY), "times": None, **ECHO}]
        + [{"kind": "status", "status": 403, "method": "PATCH", "detail": passwords[1], **ECHO}]
        # The third secret comes without its field, in an error.
        + [{"kind": "edit", "path": "/refresh$", "skip": 1, "remove": ["/key"], "set": {"/detail": secrets_of_keys[2]}}]
    )
    ran = run_it(sim, tmp_path)
    assert ran.status == "successful", ran.stdout.read()
    kinds = json.loads((tmp_path / "out" / "kinds.json").read_text())
    assert kinds == expected()
    output = ran.stdout.read()
    assert "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" in output, "it was not loud enough to prove anything"
    texts = dict(left_behind(tmp_path))
    assert any("/job_events/" in name for name in texts)
    assert any("AnsiballZ_arize_user.py" in name for name in texts)
    texts["the output"] = output
    secrets = [ADMIN_KEY, BEARER, WRONG, PROXY, PROXY_ENCODED, *passwords, *secrets_of_keys]
    found: list[tuple[str, str]] = []
    for secret in secrets:
        for form in hiding_places(secret) | {quote(secret, safe=""), quote(secret)}:
            found += [(name, around(text, form)) for name, text in texts.items() if form in text]
            counted["Secrets searched for (secret × form × file)"] += len(texts)
    assert [(name, where) for name, where in found if not is_by_nature(name)] == []


def predict_secrets(monkeypatch: pytest.MonkeyPatch, room: Any, prefix: str, tokens: list[str]) -> list[str]:
    """Let a room of the simulator issue these secrets, and return them as it shows them."""
    coming = iter(tokens)
    monkeypatch.setattr(room, "secrets", SimpleNamespace(token_hex=lambda _size: next(coming)))
    return [prefix + token for token in tokens]


def run_it(sim: Any, folder: Path) -> Any:
    """Let ansible-runner play all tasks; its files are in `folder`/runner/artifacts."""
    for name in ("home", "tmp", "out", "runner/project"):
        (folder / name).mkdir(parents=True)
    variables = {"out": str(folder / "out"), "ansible_python_interpreter": sys.executable}
    play = [{"hosts": "localhost", "gather_facts": False, "vars": variables, "tasks": tasks()}]
    (folder / "runner" / "project" / "play.yml").write_text(yaml.safe_dump(play, sort_keys=False))
    secrets = {
        "the_key": ADMIN_KEY,
        "wrong_key": WRONG,
        "wrong_encoded": quote(WRONG, safe=""),
        "proxy_password": PROXY_ENCODED,
    }
    (folder / "out" / "secrets.yml").write_text(json.dumps(secrets))
    (folder / "out" / "vaulted.yml").write_text(vaulted(folder / "out"))
    out = folder / "out"
    environment = {
        **sim.environment(),
        "HOME": str(folder / "home"),
        "ANSIBLE_REMOTE_TMP": str(folder / "home" / "remote"),
        "ANSIBLE_LOG_PATH": str(folder / "ansible.log"),
        "ANSIBLE_KEEP_REMOTE_FILES": "1",
        "ANSIBLE_INJECT_INVOCATION": "1",  # newer versions show options only if told to
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_COLLECTIONS_PATH": os.environ.get("ANSIBLE_COLLECTIONS_PATH", ""),
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }
    files = f"-e @{out}/secrets.yml -e @{out}/vaulted.yml --vault-password-file {out}/vault-password"
    with short_name(folder / "tmp") as temporary:
        return ansible_runner.run(
            private_data_dir=str(folder / "runner"),
            playbook="play.yml",
            envvars={**clean_environment(), **environment, "TMPDIR": temporary},
            cmdline=f"--diff {files}",
            verbosity=4,
            quiet=True,
        )


def left_behind(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield name and content of every file but the secrets that the test itself wrote, and ansible-runner's input."""
    own = [folder / "out", folder / "runner" / "env", folder / "runner" / "project"]
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(place in path.parents for place in own):
            yield str(path.relative_to(folder)), path.read_text(errors="replace")


def around(text: str, form: str) -> str:
    """Return where a text holds a secret."""
    place = text.index(form)
    return text[max(0, place - 150) : place + len(form) + 50]


def is_by_nature(name: str) -> bool:
    """Whether a file holds what a task was given, since that is what it is for."""
    return "/AnsiballZ_arize_" in name or (name.startswith("runner/artifacts/") and name.endswith("/command"))


WORDS = ["example", "sam", "member", "active", "Lee", "io", "e"]


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "HTTP_PROXY", "ARIZE_PROXY_URL", "proxy_url"])
def test_a_proxy_password_that_is_an_ordinary_word_alters_no_data(
    sim: Any, run: ModuleRunner, variable: str, word: str
) -> None:
    sim.seed([{"email": "sam@example.com", "name": "Sam Lee", "role": "MEMBER", "status": "ACTIVE"}])
    with Proxy("u", word) as proxy:
        url = f"http://u:{word}@{proxy.place}"
        given: dict[str, Any] = {"proxy_url": url} if variable == "proxy_url" else {"env": {variable: url}}
        plain, proxied = run(INFO), run(INFO, **given)
        assert bool(proxy.seen) == (variable != "HTTPS_PROXY")  # the simulator speaks http
        for name in ("users", "roster"):
            assert proxied[name] == plain[name]
        purge = {"users": proxied["roster"], "purge": True, "max_deletions": 9}
        done = run(ROSTER, check=True, **purge, **given)
    assert (done.failed, done.changed, done["deletions"]) == (False, False, [])


def test_a_proxy_password_is_removed_from_messages_and_only_from_them(sim: Any, run: ModuleRunner) -> None:
    sim.fault("status", status=400, detail="the proxy said: u:secret-word and secret-word", times=None)
    done = run(USER, email="ann@secret-word.com", state="absent", env={"HTTPS_PROXY": "http://u:secret-word@proxy"})
    assert done.kind == "bad_request"
    assert "secret-word" not in done["error"]["detail"]
    assert "ann@secret-word.com" in done.msg


@pytest.mark.parametrize("source", ["option", "variable"])
def test_the_key_is_masked_in_data_wherever_it_comes_from(sim: Any, run: ModuleRunner, source: str) -> None:
    sim.seed([{"email": "ann@example.com", "name": f"Ann {ADMIN_KEY} {quote(BEARER)}"}])
    given = {"api_key": ADMIN_KEY} if source == "option" else {"api_key": None, "env": {"ARIZE_API_KEY": ADMIN_KEY}}
    done = run(INFO, email="ann@example.com", **given)  # the runner asserts that no result holds the key
    assert done["users"][0]["name"].startswith("Ann ****")
