"""How long a roster takes, and what it asks of the API: ratios, all measured in one run on one machine.

    python tests/benchmarks/roster.py [requests] [speed] [growth] [access] [places] [limit]

The simulator runs in a process of its own and does not check its answers (that would be the slower half). "Task" is a
whole `ansible-playbook` process; "module" the process that Ansible starts for a task. The official SDK is measured if
BENCH_SDK_PYTHON names a Python that has it. BENCH_PLOTS is the folder for the pictures.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from arize_ax_simulator import SimulatorClient  # noqa: E402

from tests.benchmarks.support.plot import chart  # noqa: E402
from tests.benchmarks.support.scene import (  # noqa: E402
    HERE,
    Measured,
    run,
    run_module,
    run_playbook,
    shown,
    simulator,
    table,
    verdict,
)

ROSTER = "arize_user_roster"
PLAYBOOK, MODULE = "roster task, playbook", "roster task, module"
LOOP, SDK = "loop over arize_user, playbook", "official SDK, script"
ROUNDS = 3
WHOLE, WORK = 0, 1  # the whole process; from its first request to the last answer
# title, what is compared, which part of each, the ratio that is aimed at
RATIOS: list[tuple[str, tuple[str, str], tuple[int, int], float | None]] = [
    ("loop over arize_user / roster, whole playbooks", (LOOP, PLAYBOOK), (WHOLE, WHOLE), 25),
    ("official SDK / roster, first request to last answer", (SDK, MODULE), (WORK, WORK), 4),
    ("official SDK / roster, whole processes: script / module", (SDK, MODULE), (WHOLE, WHOLE), 4),
    ("official SDK's requests alone / whole module process", (SDK, MODULE), (WORK, WHOLE), 4),
    ("official SDK's script / whole playbook", (SDK, PLAYBOOK), (WHOLE, WHOLE), None),
]
SIZES = (100, 1_000, 10_000)
PLACES = (1_000, 4_000)  # users, in twice as many spaces
Entry = dict[str, Any]


def account(sim: SimulatorClient, count: int) -> list[Entry]:
    """Make an account of so many members, and return the roster that leaves them as they are."""
    sim.reset(owners=False)
    seeded = sim.seed(count=count) if count else []
    return [{"email": user["email"], "name": user["name"], "role": "member", "is_developer": True} for user in seeded]


def new(count: int) -> list[Entry]:
    """Entries for so many people who are not there."""
    return [{"email": f"new{n}@example.com", "name": f"New {n}", "role": "member"} for n in range(count)]


def renamed(roster: list[Entry]) -> list[Entry]:
    """The same with other names."""
    return [{**entry, "name": f"{entry['name']} B"} for entry in roster]


def apply(sim: SimulatorClient, users: list[Entry], **expected: int) -> Measured:
    """Apply a roster, and make sure that it did what is expected."""
    measured = run_module(sim, ROSTER, users=users)
    summary = {name: count for name, count in measured.result.get("summary", {}).items() if count}
    if summary != {name: count for name, count in expected.items() if count}:
        sys.exit(f"expected {expected}, got {summary}: {measured.result.get('msg')}")
    return measured


def requests(sim: SimulatorClient) -> None:
    """Count requests."""
    roster = account(sim, 1_000)
    whole = apply(sim, roster, unchanged=1_000)
    rows = [["1,000 unchanged in 1,000", shown(whole.requests), "10 GET", verdict(whole.requests == {"GET": 10})]]
    for title, two in (("the two oldest of 1,000", roster[:2]), ("the two youngest of 1,000", roster[-2:])):
        done = apply(sim, two, unchanged=2)
        rows.append([title, shown(done.requests), "4 at most", verdict(sum(done.requests.values()) <= 4)])
    table("Requests", ["roster", "requests", "aim", "met"], rows)


def speed(sim: SimulatorClient) -> None:
    """Compare 100 users, half to create and half to rename, at 20 ms, with two ways to do it one by one.

    The ways alternate, and a ratio is the median of those of the rounds: a busy machine slows all of them down.
    """
    roster = renamed(account(sim, 50)) + new(50)
    ways = ways_to_apply(sim, roster)
    rounds = [{name: timed(sim, way, roster) for name, way in ways.items()} for _round in range(ROUNDS)]
    rows = []
    for name in ways:
        whole, work = (statistics.median(values) for values in zip(*(times[name] for times in rounds), strict=True))
        rows.append([name, f"{whole:.2f} s", f"{work:.2f} s"])
    head = ["how", "whole process", "first request to last answer"]
    table(f"100 users, 50 to create and 50 to rename, 20 ms of latency (median of {ROUNDS})", head, rows)
    rows = []
    for title, (slow, fast), part, aim in RATIOS:
        if slow in ways:
            ratio = statistics.median(times[slow][part[0]] / times[fast][part[1]] for times in rounds)
            rows.append([title, f"{ratio:.1f}", aim or "", verdict(ratio >= aim) if aim else ""])
    table("The same as ratios", ["comparison", "ratio", "at least", "met"], rows)


def ways_to_apply(sim: SimulatorClient, roster: list[Entry]) -> dict[str, Callable[[], Any]]:
    """Return the ways to bring the account to the roster."""
    one = {name: f"{{{{ item.{name} }}}}" for name in ("email", "name", "role")}
    loop = {"arize.ax.arize_user": one, "loop": "{{ roster }}", "loop_control": {"label": "{{ item.email }}"}}
    task = {"arize.ax.arize_user_roster": {"users": "{{ roster }}"}}
    ways: dict[str, Callable[[], Any]] = {
        PLAYBOOK: lambda: run_playbook(sim, [task], roster=roster),
        MODULE: lambda: run_module(sim, ROSTER, users=roster),
        LOOP: lambda: run_playbook(sim, [loop], roster=roster),
    }
    python = os.environ.get("BENCH_SDK_PYTHON")
    if python:
        script = str(HERE / "sdk_one_by_one.py")
        ways[SDK] = lambda: run(python, script, text=json.dumps(roster), **sim.environment())
    else:
        print("\nThe official SDK is not measured: BENCH_SDK_PYTHON is not set.")
    return ways


def timed(sim: SimulatorClient, way: Callable[[], Any], roster: list[Entry]) -> tuple[float, float]:
    """Return the seconds of the whole process, and those from its first request to the last answer."""
    account(sim, 50)
    sim.latency(0.02)
    started = time.perf_counter()
    way()
    whole = time.perf_counter() - started
    sim.latency(0)
    check_done(sim, roster)
    journal = sim.journal()
    return whole, max(entry["time"] + entry["seconds"] for entry in journal) - journal[0]["time"]


def check_done(sim: SimulatorClient, roster: list[Entry]) -> None:
    """Make sure that the account is as the roster says."""
    names = {user["email"]: user["name"] for user in sim.users()}
    if names != {entry["email"]: entry["name"] for entry in roster}:
        sys.exit("the account is not as the roster says")


def growth(sim: SimulatorClient) -> None:
    """Measure how time and memory grow with the number of users."""
    rows, seconds = [], {"unchanged": [], "half changed": []}  # type: ignore[var-annotated]
    for count in SIZES:
        roster = account(sim, count)
        half = count // 2
        for title, users, changed in (
            ("unchanged", roster, 0),
            ("half changed", renamed(roster[:half]) + roster[half:], half),
        ):
            runs = []
            for _round in range(ROUNDS):
                account(sim, count)
                runs.append(apply(sim, users, updated=changed, unchanged=count - changed))
            done = sorted(runs, key=lambda measured: measured.seconds)[ROUNDS // 2]
            seconds[title].append((count, done.seconds))
            each = f"{done.seconds / count * 1000:.2f} ms"
            memory = f"{max(measured.megabytes for measured in runs):.0f} MB"
            rows.append([f"{count:,}", title, f"{done.seconds:.2f} s", each, memory, shown(done.requests)])
    table(
        f"Growth (module process, no latency, median of {ROUNDS})",
        ["users", "roster", "time", "per user", "memory", "requests"],
        rows,
    )
    largest = max(float(row[4].split()[0]) for row in rows)
    print(f"\nMemory below 200 MB: {verdict(largest < 200)}. Time per user does not grow: ", end="")
    print(verdict(all(points[-1][1] / 10_000 <= points[-2][1] / 1_000 for points in seconds.values())))
    folder = Path(os.environ.get("BENCH_PLOTS") or ROOT / "build" / "benchmarks")
    folder.mkdir(parents=True, exist_ok=True)
    title = "arize_user_roster: seconds for so many users"
    picture = folder / "roster_growth.svg"
    picture.write_text(chart(title, "users in the roster and in the account", "seconds", seconds), encoding="utf-8")
    print(
        f"Plot: {picture.name} in {folder}" if "BENCH_PLOTS" in os.environ else f"Plot: build/benchmarks/{picture.name}"
    )


def with_bindings(sim: SimulatorClient, count: int) -> list[Entry]:
    """Make an account of so many members with two role bindings each, and return the roster that leaves them so."""
    roster = account(sim, count)
    spaces = [{"name": f"Space {number}"} for number in range(20)]
    projects = [{"name": f"Project {number}", "space": f"Space {number}"} for number in range(20)]
    roles = [{"name": f"Role {number}", "permissions": ["PROJECT_READ"]} for number in range(5)]
    sim.seed_access(spaces=spaces, projects=projects, roles=roles)
    bindings = []
    for number, entry in enumerate(roster):
        role, place = f"Role {number % 5}", number % 20
        on_project = {"role": role, "project": f"Project {place}"}
        bindings += [
            {"user": entry["email"], "role": role, "space": f"Space {place}"},
            {"user": entry["email"], **on_project},
        ]
        entry["access"] = [{"role": role, "space": f"Space {place}"}, {**on_project, "space": f"Space {place}"}]
    sim.seed_access(role_bindings=bindings)
    return roster


def access(sim: SimulatorClient) -> None:
    """Measure an unchanged roster whose users have two role bindings each, and the same without its access."""
    rows = []
    for count in SIZES:
        roster = with_bindings(sim, count)
        plain = [{name: value for name, value in entry.items() if name != "access"} for entry in roster]
        for title, users in (("with access", roster), ("without", plain)):
            runs = [
                run_module(sim, ROSTER, users=users, purge_access=True, max_access_changes=0)
                for _round in range(ROUNDS)
            ]
            if any(measured.result["changed"] for measured in runs):
                sys.exit(f"something was changed: {runs[0].result['summary']}")
            done = sorted(runs, key=lambda measured: measured.seconds)[ROUNDS // 2]
            memory = f"{max(measured.megabytes for measured in runs):.0f} MB"
            rows.append([f"{count:,}", title, f"{done.seconds:.2f} s", memory, shown(done.requests)])
    head = ["users", "roster", "time", "memory", "requests"]
    table(f"Two role bindings each, unchanged (module process, no latency, median of {ROUNDS})", head, rows)


def places(sim: SimulatorClient) -> None:
    """Measure how the time to resolve access grows with the places: in check mode, each user in a space of its own."""
    rows, each = [], []
    for count in PLACES:
        roster = account(sim, count)
        sim.seed_access(
            spaces=[{"name": f"Space {number}"} for number in range(2 * count)],
            roles=[{"name": "Reviewer", "permissions": ["PROJECT_READ"]}],
        )
        for title, name, kind in (("resolved", "Space {}", None), ("misspelt", "Spcae {}x", "not_found")):
            for number, entry in enumerate(roster):
                entry["access"] = [{"role": "Reviewer", "space": name.format(number)}]
            runs = [run_module(sim, ROSTER, users=roster, _ansible_check_mode=True) for _round in range(ROUNDS)]
            if any((measured.result.get("error") or {}).get("kind") != kind for measured in runs):
                sys.exit(f"not as expected: {runs[0].result.get('msg')}")
            seconds = statistics.median(measured.seconds for measured in runs)
            each.append(seconds / count)
            rows.append([f"{count:,}", f"{2 * count:,}", title, f"{seconds:.2f} s", shown(runs[0].requests)])
    head = ["users", "spaces", "names", "time", "requests"]
    table(f"One role binding each, in a space of its own (module process, check mode, median of {ROUNDS})", head, rows)
    grows = any(later > 1.3 * earlier for earlier, later in zip(each, each[2:], strict=False))
    print(f"\nTime per user does not grow: {verdict(not grows)}")


def limit(sim: SimulatorClient) -> None:
    """Create 200 users through a limit of 20 requests a second."""
    rows = []
    for concurrency in (1, 8, 32):
        account(sim, 0)
        sim.rate_limit(20)
        done = run_module(sim, ROSTER, users=new(200), concurrency=concurrency)
        dictated = (201 - 20) / 20  # a look at the list and 200 creations, of which the first 20 pass at once
        failed = done.result.get("summary", {}).get("failed")
        refused = len([entry for entry in sim.journal() if entry["status"] == 429])
        met = failed == 0 and done.seconds <= 1.3 * dictated
        rows.append(
            [
                concurrency,
                failed,
                refused,
                f"{done.seconds:.2f} s",
                f"{dictated:.2f} s",
                f"{done.seconds / dictated:.2f}",
                verdict(met),
            ]
        )
    sim.rate_limit(None)
    head = ["concurrency", "failed", "429", "time", "dictated", "ratio", "at most 1.3"]
    table("200 creations through 20 requests a second (module process)", head, rows)


def main() -> None:
    """Run the sections named, or all."""
    sections = {function.__name__: function for function in (requests, speed, growth, access, places, limit)}
    wanted = [name for name in sys.argv[1:] if name in sections] or list(sections)
    print("## Roster")
    with simulator() as sim:
        for name in wanted:
            sections[name](sim)


if __name__ == "__main__":
    main()
