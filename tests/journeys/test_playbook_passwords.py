"""Only the playbook that asked sees a temporary password: real runs at -vvvv --diff, with a log, searched whole.

Searched are the output, the log, and every file that is left in the home and temporary folders, with Ansible told to
keep what it copies there; for each password that the simulator issued, and for the key; plain and in base64.
"""

from __future__ import annotations

import stat
import types
from pathlib import Path
from typing import Any

import pytest
from arize_ax_simulator import ADMIN_KEY, store

from tests.journeys.harness import Played, hiding_places, keep

pytestmark = pytest.mark.playbook

LOUD = ("-vvvv", "--diff")
NOTED = "Tmp-noted-by-a-proxy"  # a password in a body that cannot be read


@pytest.fixture
def issued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that the simulator issues, in order; the nth is known before."""
    passwords: list[str] = []

    def token_hex(_size: int) -> str:
        passwords.append(password(len(passwords)))
        return passwords[-1].removeprefix("Tmp-")

    monkeypatch.setattr(store, "secrets", types.SimpleNamespace(token_hex=token_hex))
    return passwords


def password(number: int) -> str:
    """The nth password."""
    return f"Tmp-open-sesame-{number:03d}"


def task(name: str, /, **options: Any) -> dict[str, Any]:
    """A task that asks for a temporary password for <name>@x.io and goes on if it fails."""
    module = options.pop("module", "arize_user")
    keywords = {keyword: options.pop(keyword) for keyword in ("no_log", "check_mode") if keyword in options}
    entry = {"email": f"{name}@x.io", "name": name.title(), "role": "member", "invite_mode": "temporary_password"}
    return {
        "name": f"Ask for {name}",
        f"arize.ax.{module}": {**entry, "max_retries": 1, "max_retry_wait": 0.1, **options},
        "register": name,
        "ignore_errors": True,
        "no_log": True,
        **keywords,
    }


def lose(name: str, kind: str, **options: Any) -> dict[str, Any]:
    """The fault that strikes the answer to the creation of <name>@x.io."""
    return {"kind": kind, "method": "POST", "body_has": f"{name}@x.io", "when": "after", **options}


# name: (fault, more of the task, kind of error or None, changed, has the playbook a password?)
CASES: dict[str, tuple[dict[str, Any] | None, dict[str, Any], str | None, bool, bool]] = {
    # The first two need to know which password comes next.
    "patched": (
        {"kind": "status", "status": 403, "method": "PATCH", "detail": f"No. {password(0)}", "echo": ["body", "key"]},
        {"is_developer": False},
        "forbidden",
        True,
        True,
    ),
    "cut": (
        {"kind": "status", "status": 400, "method": "PATCH", "title": password(1), "echo": ["authorization"]},
        {"is_developer": False},
        "bad_request",
        True,
        True,
    ),
    "fine": (None, {}, None, True, True),
    "renewed": (None, {"module": "arize_user_invite"}, None, True, True),
    "again": (None, {"email": "fine@x.io", "name": "Fine"}, None, False, False),
    "predicted": (None, {"check_mode": True}, None, True, False),
    "open": (None, {"no_log": False}, "no_log_needed", False, False),
    "opencheck": (None, {"no_log": False, "check_mode": True}, "no_log_needed", False, False),
    "openinvite": (None, {"no_log": False, "module": "arize_user_invite"}, "no_log_needed", False, False),
    "missing": (lose("missing", "edit", remove=["/temporary_password"]), {}, "password_lost", True, False),
    "odd": (lose("odd", "edit", set={"/temporary_password": ["x"]}), {}, "password_lost", True, False),
    "dropped": (lose("dropped", "drop"), {}, "password_lost", True, False),
    "hung": (lose("hung", "hang", seconds=30), {"timeout": 5}, "password_lost", True, False),
    "noted": (
        lose("noted", "garbage", status=201, body=f'{{"temporary_password": "{NOTED}"'),
        {},
        "password_lost",
        True,
        False,
    ),
    "echoed": (lose("echoed", "status", status=500, echo=["body", "authorization"]), {}, "password_lost", True, False),
    "html": (lose("html", "html", status=502, body=f"<p>{NOTED}"), {}, "password_lost", True, False),
    "faster": (
        {
            "kind": "effect",
            "method": "POST",
            "body_has": "faster@x.io",
            "do": [{"action": "seed", "users": [{"email": "@target", "name": "Faster"}]}],
        },
        {},
        None,
        False,
        False,
    ),
    "refused": (
        lose("refused", "status", status=403, when="before", echo=["body", "key"]),
        {},
        "forbidden",
        False,
        False,
    ),
    "blocked": (None, {}, "blocked", False, False),
}


@pytest.fixture
def played(sim: Any, play: Any, issued: list[str]) -> Played:
    """The run of all cases, each a task."""
    sim.seed([{"email": "renewed@x.io", "status": "EXPIRED"}, {"email": "blocked@x.io", "status": "BLOCKED"}])
    sim.faults([{"times": 1, **fault} for fault, *_rest in CASES.values() if fault])
    tasks = [task(name, **options) for name, (_fault, options, *_rest) in CASES.items()]
    tasks.append(keep({name: name for name in CASES}))
    return play(
        tasks, *LOUD, env={**sim.environment(), "ANSIBLE_KEEP_REMOTE_FILES": "1", "ANSIBLE_INJECT_INVOCATION": "1"}
    )


def test_a_password_is_seen_by_no_user_but_its_playbook(played: Played, issued: list[str]) -> None:
    assert played.code == 0, played.output
    results = played.saved()
    for name, (_fault, _options, kind, changed, has_password) in CASES.items():
        result = results[name]
        assert (result.get("error") or {}).get("kind") == kind, (name, result)
        assert (name, result["changed"]) == (name, changed)
        assert (name, "temporary_password" in result) == (name, has_password)
        assert not any(secret in str({**result, "temporary_password": ""}) for secret in (*issued, NOTED))
    assert results["patched"]["temporary_password"] == password(0)
    assert results["fine"]["temporary_password"] == password(2)
    assert results["renewed"]["temporary_password"] == password(3)
    assert len(issued) == 4 + sum(kind == "password_lost" for _f, _o, kind, _c, _p in CASES.values())

    assert stat.S_IMODE((played.folder / "out" / "results.json").stat().st_mode) == 0o600
    assert "AnsiballZ_arize_user" in played.output, "it was not loud enough to prove anything"
    left_behind = dict(played.left_behind())
    assert any("AnsiballZ_arize_user.py" in name for name in left_behind), "Ansible has kept nothing"
    for secret in (*issued, NOTED, ADMIN_KEY):
        for form in hiding_places(secret):
            assert form not in played.output
            assert [name for name, text in left_behind.items() if form in text] == []


def test_the_pattern_of_the_documentation_leaves_the_password_in_one_file(
    sim: Any, play: Any, issued: list[str]
) -> None:
    copy = {"content": "{{ fine.temporary_password }}", "dest": "{{ out }}/password", "mode": "0600"}
    hand_over = {
        "name": "Hand it over",
        "ansible.builtin.copy": copy,
        "no_log": True,
        "when": "fine.temporary_password is defined",
    }
    played = play([task("fine"), hand_over], *LOUD, env=sim.environment())
    assert played.code == 0
    written = played.folder / "out" / "password"
    assert written.read_text() == password(0)
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    holders = [path for path in played.folder.rglob("*") if path.is_file() and password(0) in read(path)]
    assert (holders, password(0) in played.output) == ([written], False)


def read(path: Path) -> str:
    """A file's text, whatever it is."""
    return path.read_text(errors="replace")
