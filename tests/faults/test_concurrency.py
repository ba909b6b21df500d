"""Two playbooks at the same time, and another client who acts between look-up and write: no crash, no double, the truth."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.arize.ax.plugins.module_utils._client.connection import resolve
from ansible_collections.arize.ax.plugins.module_utils._client.session import Http
from ansible_collections.arize.ax.plugins.module_utils._client.users import Users
from ansible_collections.arize.ax.plugins.module_utils._execution.roster import converge_roster
from ansible_collections.arize.ax.plugins.module_utils._planning.roster import Rules
from ansible_collections.arize.ax.plugins.module_utils._planning.roster_results import roster_result
from arize_ax_simulator import ADMIN_KEY

from tests.faults.scenes import ACCESS, ANN, ENDPOINTS, ROSTER, SCENES, USER, Scene
from tests.journeys.harness import ModuleRunner, PlaybookRunner, Played, keep

COUNT = 24
PEOPLE = [{"email": f"user{n:02}@x.io", "name": f"User {n}", "role": "member"} for n in range(COUNT)]
RENAMED = [{**person, "name": f"New {n}", "is_developer": bool(n % 2)} for n, person in enumerate(PEOPLE)]
LEAVERS = [{"email": person["email"]} for person in PEOPLE[:12]]
TASKS: dict[str, tuple[str, dict[str, Any]]] = {
    "created": (ROSTER, {"users": PEOPLE, "concurrency": 4}),
    "updated": (ROSTER, {"users": RENAMED, "concurrency": 4}),
    "one": (USER, {"email": "late@x.io", "name": "Late", "role": "annotator"}),
    "deleted": (ROSTER, {"users": LEAVERS, "state": "absent", "max_deletions": 12, "concurrency": 4}),
}


def both(runners: list[PlaybookRunner], tasks: list[dict[str, Any]], env: dict[str, str]) -> list[Played]:
    """Let both play the same at the same time."""
    played: list[Played | None] = [None, None]

    def work(number: int) -> None:
        played[number] = runners[number](tasks, env=env)

    threads = [threading.Thread(target=work, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [one for one in played if one]


def test_two_playbooks_converge_the_same_roster(sim: Any, tmp_path: Path, counted: Counter[str]) -> None:
    sim.latency(0.05)  # so that they meet
    tasks = [{"name": n, f"arize.ax.{module}": o, "register": n} for n, (module, o) in TASKS.items()]
    runners = [PlaybookRunner(sim, tmp_path / name) for name in ("1", "2")]
    played = both(runners, [*tasks, keep({name: name for name in TASKS})], sim.environment())
    assert [one.code for one in played] == [0, 0], played[0].output + played[1].output
    results = [one.saved() for one in played]
    for name, count in (("created", COUNT), ("updated", COUNT), ("deleted", len(LEAVERS))):
        done = sum(result[name]["summary"][name] for result in results)
        # Both may send the same update or deletion, which does no harm; no user is created twice.
        assert done == count if name == "created" else count <= done <= 2 * count
    created = [entry for entry in sim.journal("POST") if entry["status"] == 201]
    assert len(created) == COUNT + 1
    assert sum(result["one"]["actions"] == ["create"] for result in results) == 1
    mails = Counter(mail["to"] for mail in sim.mails())
    assert mails == dict.fromkeys([*(person["email"] for person in PEOPLE), "late@x.io"], 1)
    for number, person in enumerate(RENAMED):
        stored = sim.find(person["email"])
        assert (stored["name"], stored["is_developer"]) == (person["name"], person["is_developer"])
        assert (stored["status"] == "BLOCKED") == (number < len(LEAVERS))
    counted["Races survived"] += len(TASKS)


TEAM = [f"user{n:02}@x.io" for n in range(12)]
READ, EDIT = {"role": "Reviewer", "space": "Prod"}, {"role": "Auditor", "space": "Prod"}
CHAT = {"role": "Project Viewer", "space": "Prod", "project": "Chat"}
# What both rosters list for each user, one stage after the other, and how many role bindings that changes.
STAGES: list[tuple[list[dict[str, Any]], dict[str, int]]] = [
    ([READ, CHAT], {"created": 24, "deleted": 1}),
    ([EDIT, CHAT], {"updated": 12}),
    ([EDIT], {"deleted": 12}),
    ([EDIT], {}),
]


def converge(sim: Any, users: list[dict[str, Any]]) -> dict[str, Any]:
    """Apply a roster as the module does, in a thread of this process."""
    options = {"api_url": sim.url, "api_key": ADMIN_KEY, "max_retries": 1, "max_retry_wait": 1.0, "timeout": 20.0}
    connection = resolve(options, {})
    rules = dict.fromkeys(Rules._fields) | {"state": "present", "protected": [], "concurrency": 4}
    outcome = converge_roster(
        {
            **rules,
            "min_admins": 1,
            "role_mismatch": "fail",
            "purge_access": True,
            "max_access_changes": 99,
            "users": users,
        },
        lambda threads: Users(Http(connection, threads)),
        check_mode=False,
        no_log=False,
    )
    return roster_result(outcome, failed=False)


def test_two_runs_converge_the_same_access(sim: Any, counted: Counter[str]) -> None:
    sim.seed([{"email": email} for email in TEAM[:8]])
    sim.seed_access(**{**ACCESS, "role_bindings": [{"user": TEAM[0], "role": "Reviewer", "space": "Lab"}]})
    sim.latency(0.01)  # so that they meet
    for access, expected in STAGES:
        written = len(sim.writes())
        users = [{"email": email, "name": "N", "role": "member", "access": access} for email in TEAM]
        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(lambda _number, users=users: converge(sim, users), range(2)))
        found = {(item["user_id"], item["resource_id"]) for item in sim.bindings()}
        assert len(found) == len(sim.bindings()) == len(access) * len(TEAM)
        done = Counter[str]()
        for result in results:
            done.update(result["access_summary"])
            assert result["access_summary"]["failed"] == result["access_summary"]["skipped"] == 0
        for status in ("created", "updated", "deleted"):
            least = expected.get(status, 0)
            # Both may send the same update or deletion, which does no harm; no binding is created twice.
            assert least <= done[status] <= (least if status == "created" else 2 * least)
        posts = [entry for entry in sim.writes()[written:] if entry["path"] == "/v2/role-bindings"]
        assert sum(entry["status"] == 201 for entry in posts) == done["created"]
        counted["Races survived"] += 1


# What another client does just before the write is carried out.
MEANWHILE: dict[str, dict[str, Any]] = {
    "accepts": {"action": "accept", "user": ANN},
    "expires": {"action": "expire", "user": ANN},
    "blocks": {"action": "block", "user": ANN},
    "vanishes": {"action": "vanish", "user": ANN},
    "renames": {"action": "change", "user": ANN, "fields": {"name": "Annie", "is_developer": False}},
    "gives another role": {
        "action": "change",
        "user": ANN,
        "fields": {"role": {"type": "PREDEFINED", "name": "ADMIN"}},
    },
    "invites": {"action": "seed", "users": [{"email": ANN, "name": "Annie", "role": "MEMBER", "status": "INVITED"}]},
    "invites, role": {"action": "seed", "users": [{"email": ANN, "name": "Ann", "role": "ADMIN", "status": "INVITED"}]},
    "adds": {"action": "seed", "users": [{"email": ANN.upper(), "name": "Ann", "role": "MEMBER", "status": "ACTIVE"}]},
    "had expired": {"action": "seed", "users": [{"email": ANN, "name": "Ann", "role": "MEMBER", "status": "EXPIRED"}]},
    "had blocked": {"action": "seed", "users": [{"email": ANN, "name": "Ann", "role": "MEMBER", "status": "BLOCKED"}]},
}
WRITING = [scene for scene in SCENES if not scene.reads]


def can_happen(scene: Scene, meanwhile: str) -> bool:
    """Whether Ann is there for it, or not yet there."""
    there = bool(scene.status) or scene.already
    return there != (MEANWHILE[meanwhile]["action"] == "seed")


@pytest.mark.parametrize(
    ("scene", "meanwhile"),
    [
        pytest.param(scene, meanwhile, id=f"{scene.module}-{scene.endpoint}-{scene.name}-{meanwhile}")
        for scene in WRITING
        for meanwhile in MEANWHILE
        if can_happen(scene, meanwhile)
    ],
)
@pytest.mark.parametrize("lost", [False, True], ids=["", "and the answer is lost"])
def test_a_user_else_acts_between_look_up_and_write(
    sim: Any, run: ModuleRunner, counted: Counter[str], scene: Scene, meanwhile: str, lost: bool
) -> None:
    options = scene.arrange(sim)
    fault = {"kind": "drop", "when": "after"} if lost else {"kind": "effect"}
    sim.fault(**{**ENDPOINTS[scene.endpoint], **fault, "do": [MEANWHILE[meanwhile]]})
    done = run(scene.module, no_log=True, max_retries=1, **options)
    counted["Races survived"] += 1
    addresses = [user["email"].lower() for user in sim.users()]
    assert len(set(addresses)) == len(addresses)
    assert len(done.mails) <= 1
    succeeded = [entry for entry in done.writes if is_success(entry)]
    if not lost:
        assert done.changed == bool(succeeded)
    elif done.mails:
        assert done.changed
    if not done.failed:
        assert_told_truly(sim, done.result, scene)
    else:
        texts = [done.msg, *(item["error"]["msg"] for item in done.result.get("entries", []) if "error" in item)]
        assert any(ANN in text.lower() for text in texts), texts


def is_success(entry: dict[str, Any]) -> bool:
    """Whether a write did what it is for; a create that is answered 200 found the user, a 404 ends a deletion."""
    return entry["status"] in {"create": (201,), "delete": (204, 404)}.get(entry["operation"], (200, 204))


def assert_told_truly(sim: Any, result: dict[str, Any], scene: Scene) -> None:
    """Check that the user is told as stored, and is as the task wants it."""
    stored = sim.find(ANN)
    wanted = next(iter(scene.options.get("users", [])), scene.options)
    if scene.endpoint == "delete":
        assert stored is None or stored["status"] == "BLOCKED"
        return
    user = result.get("user") or result["entries"][0].get("user")
    if scene.endpoint in ("create", "update"):
        assert (user["name"], user["email"].lower()) == (stored["name"], ANN)
        assert user["status"] == stored["status"].lower()
        if scene.module != "arize_user_invite" and not scene.already:
            assert stored["name"] == wanted["name"]
