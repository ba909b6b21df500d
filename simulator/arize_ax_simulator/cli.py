# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: a simulator in the foreground, or around another command."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from .problems import Problem
from .server import Simulator

GREETING = """\
A simulated Arize AX account answers at {url}
  admin key   {admin_key}
  member key  {member_key}
  control     {url}/_simulator
Point a playbook, or an official client, at it:
{exports}
Stop it with Ctrl-C."""
# What a seed file may hold, beside what users get access with.
PARTS = ("users", "owners", "settings", "faults")
NAMES = {bool: "true or false", dict: "a mapping", list: "a list of mappings"}


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="arize-ax-simulator",
        usage="%(prog)s [options] [-- COMMAND ...]",
        description="A simulated Arize AX account: until Ctrl-C, or while a command runs.",
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen at (default %(default)s)")
    add("--port", type=int, default=0, help="port; 0 takes a free one (default)")
    add("--announce", type=Path, metavar="FILE", help="write {url, admin_key, member_key, pid} there when ready")
    add("--seed", type=Path, metavar="FILE", help="YAML or JSON of the account to begin with: see the README")
    add("--people", type=Path, metavar="FILE", help="YAML list of all users of the account, without the key owners")
    add("--access", type=Path, metavar="FILE", help="YAML of spaces, roles, role bindings and so on to begin with")
    add("--users", type=int, default=0, metavar="N", help="begin with N generated users")
    add("--no-owners", action="store_true", help="begin without the two users who own the keys")
    add("--latency", type=float, default=0, metavar="SECONDS", help="let every request take that much longer")
    add("--no-answer-checks", action="store_true", help="do not check own answers against the contract (faster)")
    add("--certificate", metavar="FILE", help="serve https with this certificate (PEM)")
    add("--private-key", metavar="FILE", help="the certificate's key (PEM)")
    add("--verbose", action="store_true", help="a line for each request")
    add("command", nargs="*", metavar="COMMAND", help="run this against the simulator; its exit code is the result")
    options = parser.parse_args(arguments)
    if options.seed and options.people:
        parser.error("--seed and --people are mutually exclusive")
    if bool(options.certificate) != bool(options.private_key):
        parser.error("--certificate and --private-key belong together")
    return options


def read(path: Path) -> Any:
    """Return the content of a YAML file; JSON is YAML, too. Raise OSError or Problem if there is none."""
    try:
        return yaml.safe_load(path.read_bytes())
    except yaml.YAMLError as error:
        raise Problem(400, f"{path} is not YAML: {' '.join(str(error).split())}") from error


def checked(seed: Any, path: Path, known: Iterable[str]) -> dict[str, Any]:
    """Return what a file holds if each part is known and of its type; raise Problem otherwise."""
    if not isinstance(seed, dict):
        raise Problem(400, f"{path} must hold a mapping")
    if unknown := sorted(str(name) for name in seed if name not in known):
        raise Problem(400, f"{path}: unknown {', '.join(unknown)}; known are {', '.join(known)}")
    for name, value in seed.items():
        kind = {"owners": bool, "settings": dict}.get(name, list)
        if not isinstance(value, kind) or (kind is list and not all(isinstance(item, dict) for item in value)):
            raise Problem(400, f"{path}: {name} must be {NAMES[kind]}")
    return seed


def begin(simulator: Simulator, options: argparse.Namespace) -> None:
    """Make the account to begin with. Raise OSError or Problem if it cannot be made."""
    kinds = list(simulator.access())
    path = options.people or options.seed
    seed = read(path) if path else {}
    if options.people:
        seed = {"users": seed, "owners": False}
    elif isinstance(seed, list):
        seed = {"users": seed}
    seed = {"owners": True, "users": [], "settings": {}, "faults": []} | checked(seed, path, [*PARTS, *kinds])
    access = checked(read(options.access), options.access, kinds) if options.access else {}
    owners = seed["owners"] and not options.no_owners
    simulator.reset(seed["users"], owners=owners, settings={"latency": options.latency, **seed["settings"]})
    simulator.seed(count=options.users)
    simulator.seed_access(**{kind: [*seed.get(kind, []), *access.get(kind, [])] for kind in kinds})
    simulator.faults(seed["faults"])


def announce(simulator: Simulator, path: Path) -> None:
    """Tell a script, in one step, that the simulator is ready."""
    content = {
        "url": simulator.url,
        "admin_key": simulator.admin_key,
        "member_key": simulator.member_key,
        "pid": os.getpid(),
    }
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.", delete=False) as fresh:
        fresh.write(json.dumps(content) + "\n")
    os.replace(fresh.name, path)


def greet(simulator: Simulator) -> None:
    """Print all that is needed to try a playbook."""
    exports = "\n".join(f"  export {name}={value}" for name, value in simulator.environment().items())
    text = GREETING.format(
        url=simulator.url, admin_key=simulator.admin_key, member_key=simulator.member_key, exports=exports
    )
    print(text, flush=True)


def surroundings(simulator: Simulator) -> dict[str, str]:
    """Return the environment of a command: no variable of a real account, and no proxy on the way to the simulator."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("ARIZE_")}
    chosen = simulator.environment()
    direct = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    bypass = f"{direct},{chosen['ARIZE_API_HOST'].strip('[]')}".lstrip(",")
    return kept | chosen | {"no_proxy": bypass, "NO_PROXY": bypass}


def run(command: list[str], simulator: Simulator) -> int:
    """Run a command against the simulator, and return its exit code as a shell has it."""
    try:
        process = subprocess.Popen(command, env=surroundings(simulator))
    except OSError as error:
        print(f"arize-ax-simulator cannot run {command[0]}: {error.strerror}", file=sys.stderr)
        return 127
    signal.signal(signal.SIGTERM, lambda *_frame: process.terminate())  # Ctrl-C reaches the command by itself
    code = process.wait()
    return 128 - code if code < 0 else code


def main(arguments: list[str] | None = None) -> int:
    """Run until Ctrl-C or SIGTERM, or as long as a command; return the exit code."""
    options = parse(arguments)
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_frame: done.set())
    certificate = (options.certificate, options.private_key) if options.certificate else None
    try:
        simulator = Simulator(
            options.host, options.port, not options.no_answer_checks, certificate, verbose=options.verbose
        )
    except OSError as error:
        print(f"The simulator cannot listen at {options.host} port {options.port}: {error}", file=sys.stderr)
        return 1
    if options.announce:
        options.announce.unlink(missing_ok=True)
    with simulator:
        try:
            begin(simulator, options)
        except (OSError, Problem) as error:
            print(f"The simulator cannot begin with this account: {error}", file=sys.stderr)
            return 1
        try:
            if not options.command:
                greet(simulator)
            if options.announce:
                announce(simulator, options.announce)
            if options.command:
                return run(options.command, simulator)
            while not done.wait(1):
                continue
        finally:
            if options.announce:
                options.announce.unlink(missing_ok=True)
    print("Stopped.", flush=True)
    return 0
