"""The key is in no output, wherever it came from and whatever the server says: real runs at -vvvv --diff with a log."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from arize_ax_simulator import ADMIN_KEY

from tests.journeys.harness import assert_fit_to_be_seen, hiding_places, keep

pytestmark = pytest.mark.playbook

ECHO = {"echo": ["authorization", "key"]}
IN_BASE64 = base64.b64encode(ADMIN_KEY.encode()).decode()
# name: what the server does about a look-up, the kind of error
FAILURES: dict[str, tuple[dict[str, Any], str]] = {
    "f401": ({"kind": "status", "status": 401, **ECHO}, "unauthorized"),
    "f403": ({"kind": "status", "status": 403, "detail": f"Your key is {IN_BASE64}", **ECHO}, "forbidden"),
    "f409": ({"kind": "status", "status": 409, "title": f"Conflict with {ADMIN_KEY}"}, "conflict"),
    "f429": ({"kind": "status", "status": 429, "retry_after": 3600, **ECHO}, "rate_limited"),
    "f500": ({"kind": "status", "status": 500, **ECHO}, "server"),
    "html": ({"kind": "html", "status": 404, "body": f"<p>Bearer {ADMIN_KEY}</p>"}, "invalid_response"),
    "odd": ({"kind": "garbage", "body": f'"Bearer {ADMIN_KEY}'}, "invalid_response"),
    "away": ({"kind": "redirect", "location": f"https://x.io/{ADMIN_KEY}?k={ADMIN_KEY}"}, "invalid_response"),
    "drop": ({"kind": "drop"}, "transport"),
}
WRONG, PROXY = "a-wrong-key-0123", "let-me-through"


# Where the key comes from: which failures it is tried with.
SOURCES = {"option": ["f401", "f409", "drop"], "defaults": ["f401", "odd", "drop"], "variable": list(FAILURES)}


def failing(source: str, **options: Any) -> list[dict[str, Any]]:
    """A task for each failure; `source` tells where its key comes from."""
    return [
        {
            "name": f"Look up {name}",
            "arize.ax.arize_user": {"email": f"{name}@{source}.io", "name": "Ann", "max_retries": 0, **options},
            "register": f"{source}_{name}",
            "ignore_errors": True,
        }
        for name in SOURCES[source]
    ]


@pytest.mark.capability
def test_a_key_is_seen_by_no_user(sim: Any, play: Any) -> None:
    sim.faults(
        [
            {**fault, "method": "GET", "query": f"email={name}%40", "times": None}
            for name, (fault, _kind) in FAILURES.items()
        ]
    )
    # Not in the playbook: newer versions of Ansible quote the lines around a task that fails.
    secrets = {"the_key": ADMIN_KEY, "wrong_key": WRONG, "proxy_password": PROXY}
    lone = {
        "wrong": {"api_key": "{{ wrong_key }}", "email": "ann@x.io"},
        "proxy": {"proxy_url": "http://me:{{ proxy_password }}@127.0.0.1:9", "email": "ann@x.io", "max_retries": 0},
        "newline": {"api_key": "{{ wrong_key }}\n{{ the_key }}", "email": "ann@x.io"},
    }
    tasks = failing("option", api_key="{{ the_key }}")
    tasks += [{"block": failing("defaults"), "module_defaults": {"group/arize.ax.all": {"api_key": "{{ the_key }}"}}}]
    tasks += failing("variable")
    tasks += [
        {"name": name, "arize.ax.arize_user": options, "register": name, "ignore_errors": True}
        for name, options in lone.items()
    ]
    expected = {f"{source}_{name}": FAILURES[name][1] for source, names in SOURCES.items() for name in names}
    expected |= {"wrong": "unauthorized", "proxy": "transport", "newline": "bad_option"}
    env = {**sim.environment(), "ANSIBLE_INJECT_INVOCATION": "true"}  # newer versions show options only if told to
    played = play([*tasks, keep({name: name for name in expected})], "-vvvv", "--diff", env=env, secrets=secrets)
    assert played.code == 0, played.output
    results = played.saved()
    assert {name: result["error"]["kind"] for name, result in results.items()} == expected
    assert "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" in played.output, "it was not loud enough to prove anything"
    left_behind = [played.output, *(text for _name, text in played.left_behind()), str(results)]
    for text in left_behind:
        assert_fit_to_be_seen(text)
        for secret in (ADMIN_KEY, WRONG, PROXY):
            assert not any(form in text for form in hiding_places(secret))


@pytest.mark.capability
def test_module_defaults_of_the_group_reach_every_module(sim: Any, play: Any, modules: list[str]) -> None:
    ann = {"email": "ann@x.io", "name": "Ann", "role": "member"}
    sim.seed([{"email": "ann@x.io", "name": "Ann", "status": "INVITED"}])
    sim.seed_access(spaces=[{"name": "Lab"}], projects=[{"name": "Chat", "space": "Lab"}])
    least = {
        "arize_user": ann,
        "arize_user_info": {},
        "arize_user_invite": {"email": "ann@x.io"},
        "arize_user_password_reset": {"email": "member@simulator.example"},
        "arize_user_roster": {"users": [ann]},
        "arize_role": {"name": "Reviewer", "permissions": ["PROJECT_READ"]},
        "arize_role_info": {},
        "arize_role_binding": {"email": "ann@x.io", "role_id": "Um9sZTox", "project_id": "TW9kZWw6MTo="},
        "arize_role_binding_info": {},
        "arize_api_key_info": {},
        "arize_service_key": {"name": "ci", "state": "absent"},
        "arize_space": {"name": "Lab"},
        "arize_space_info": {},
        "arize_project": {"name": "Chat", "space": "Lab"},
        "arize_project_info": {},
        "arize_resource_restriction": {"project": "Chat", "space": "Lab", "state": "absent"},
    }
    # What the member's key may not do is refused by the server, so it was asked.
    answered = {"register": "done", "failed_when": "done is failed and done.error.kind != 'forbidden'"}
    tasks = [{"name": name, f"arize.ax.{name}": least[name], "check_mode": True, **answered} for name in modules]
    # The environment leads elsewhere, and holds another key: the defaults are options of the task, and win.
    env = {**sim.environment(), "ARIZE_API_PORT": "9", "ARIZE_REGION": "eu-west-1a"}
    defaults = {"group/arize.ax.all": {"api_url": sim.url, "api_key": sim.member_key}}
    played = play(tasks, env=env, module_defaults=defaults)
    assert played.code == 0, played.output
    assert {entry["key"] for entry in played.requests} == {"member"}
    assert len(played.requests) >= len(modules)
