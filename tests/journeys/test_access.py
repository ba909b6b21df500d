"""A whole play about roles and role bindings: a dry run before anything exists, a real run, and another one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.harness import keep

ANN = "ann@example.com"
WHOLE = {"name": "Reviewer", "permissions": ["PROJECT_READ"]}
BY_NAME = {"email": ANN, "role": "Reviewer", "space": "Prod"}
PROJECT = {**BY_NAME, "project": "Chat"}

PLAY = [
    {"name": "A role", "arize.ax.arize_role": WHOLE, "register": "role"},
    {
        "name": "A user",
        "arize.ax.arize_user": {"email": ANN, "name": "Ann", "role": "member"},
        "register": "user",
    },
    {"name": "Both bound on a space", "arize.ax.arize_role_binding": BY_NAME, "register": "space"},
    {"name": "Both bound on a project", "arize.ax.arize_role_binding": PROJECT, "register": "project"},
    keep({name: name for name in ("role", "user", "space", "project")}),
]


@pytest.mark.capability
@pytest.mark.playbook
def test_a_play_that_creates_role_user_and_bindings(sim: Any, play: Any) -> None:
    sim.seed_access(spaces=[{"name": "Prod"}], projects=[{"name": "Chat", "space": "Prod"}])
    defaults = {
        "module_defaults": {
            "group/arize.ax.all": {"api_url": "{{ url }}", "api_key": sim.environment()["ARIZE_API_KEY"]}
        }
    }
    dry = play(PLAY, "--check", "--diff", **defaults)
    assert dry.code == 0, dry.output
    assert dry.output.count("changed: [localhost]") == 5  # and the file with the results
    told = " ".join(dry.output.split())
    assert all(f"There is no {what}" in told for what in (f"user {ANN}", "role named Reviewer"))
    first, again = play(PLAY, "--diff", **defaults), play(PLAY, "--diff", **defaults)
    assert (first.code, again.code) == (0, 0), first.output + again.output
    done, unchanged = first.saved(), again.saved()
    assert [done[name]["actions"] for name in done] == [["create"]] * 4
    assert [unchanged[name]["changed"] for name in unchanged] == [False] * 4
    assert done["space"]["role_binding"]["role_id"] == done["role"]["role"]["id"]
    assert done["project"]["role_binding"]["user_id"] == done["user"]["user"]["id"]
    assert "WARNING" not in first.output + again.output
