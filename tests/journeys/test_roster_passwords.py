"""The temporary passwords of a roster stay hidden on each ansible-core: -vvvv --diff, with a log, searched whole.

Ansible treats a result's key `results` as that of a loop, and some versions then show what no_log hides. `entries` has
no such meaning, so the module needs no mark of its own on its entries.
"""

from __future__ import annotations

from typing import Any

import pytest
from arize_ax_simulator import ADMIN_KEY

from tests.journeys.harness import hiding_places, keep

pytestmark = pytest.mark.playbook


@pytest.mark.capability
def test_no_output_contains_the_temporary_passwords_of_a_roster(sim: Any, play: Any) -> None:
    sim.seed([{"email": "blocked@x.io", "status": "BLOCKED"}])
    roster = {
        "users": [
            {"email": f"{name}@x.io", "name": name, "role": "member", "invite_mode": "temporary_password"}
            for name in ("ann", "ben", "blocked", "{{ item }}")
        ]
    }
    task = {
        "name": "Apply a roster of which one user fails",
        "arize.ax.arize_user_roster": roster,
        "no_log": True,
        "register": "applied",
        "ignore_errors": True,
        "loop": ["cid", "dan"],
    }
    once = {**task, "register": "once", "vars": {"item": "eve"}}
    del once["loop"]
    tasks = [once, task, keep({"once": "once.entries", "looped": "applied.results"})]
    played = play(tasks, "-vvvv", "--diff", env={**sim.environment(), "ANSIBLE_KEEP_REMOTE_FILES": "1"})
    assert played.code == 0, played.output
    kept = played.saved()
    assert not any("_ansible_no_log" in entry for entry in kept["once"])
    entries = [*kept["once"], *(entry for result in kept["looped"] for entry in result["entries"])]
    passwords = {entry["temporary_password"] for entry in entries if "temporary_password" in entry}
    # three users, then one more for each item of the loop
    assert (len(passwords), len(sim.journal("POST", status=201))) == (5, 5)
    assert all(passwords), kept
    (played.folder / "out" / "results.json").unlink()
    assert "AnsiballZ_arize_user_roster" in played.output, "it was not loud enough to prove anything"
    everything = played.output + "".join(text for _name, text in played.left_behind())
    for secret in (*passwords, ADMIN_KEY):
        assert not any(form in everything for form in hiding_places(secret))
