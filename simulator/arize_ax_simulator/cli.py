# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: a simulator in the foreground."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import yaml

from .server import Simulator

GREETING = """\
A simulated Arize AX account answers at {url}
  admin key   {admin_key}
  member key  {member_key}
  control     {url}/_simulator
Point a playbook, or an official client, at it:
{exports}
Stop it with Ctrl-C."""


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="arize-ax-simulator", description="Simulate the Arize AX users API.")
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen at (default %(default)s)")
    add("--port", type=int, default=0, help="port; 0 takes a free one (default)")
    add("--announce", type=Path, metavar="FILE", help="write {url, admin_key, member_key, pid} there when ready")
    add("--seed", type=Path, metavar="FILE", help="JSON list of users to begin with")
    add("--people", type=Path, metavar="FILE", help="YAML list of all users of the account, without the key owners")
    add("--access", type=Path, metavar="FILE", help="YAML of spaces, roles, role bindings and so on to begin with")
    add("--users", type=int, default=0, metavar="N", help="begin with N generated users")
    add("--no-owners", action="store_true", help="begin without the two users who own the keys")
    add("--latency", type=float, default=0, metavar="SECONDS", help="let every request take that much longer")
    add("--no-answer-checks", action="store_true", help="do not check own answers against the contract (faster)")
    add("--certificate", metavar="FILE", help="serve https with this certificate (PEM)")
    add("--private-key", metavar="FILE", help="the certificate's key (PEM)")
    add("--verbose", action="store_true", help="a line for each request")
    options = parser.parse_args(arguments)
    if options.seed and options.people:
        parser.error("--seed and --people are mutually exclusive")
    if bool(options.certificate) != bool(options.private_key):
        parser.error("--certificate and --private-key belong together")
    return options


def read_users(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Return the users to begin with."""
    path = options.people or options.seed  # JSON is YAML, too
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path else []


def announce(simulator: Simulator, path: Path) -> None:
    """Tell a script, in one step, that the simulator is ready."""
    content = {
        "url": simulator.url,
        "admin_key": simulator.admin_key,
        "member_key": simulator.member_key,
        "pid": os.getpid(),
    }
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_text(json.dumps(content) + "\n", encoding="utf-8")
    fresh.replace(path)


def greet(simulator: Simulator) -> None:
    """Print all that is needed to try a playbook."""
    exports = "\n".join(f"  export {name}={value}" for name, value in simulator.environment().items())
    text = GREETING.format(
        url=simulator.url, admin_key=simulator.admin_key, member_key=simulator.member_key, exports=exports
    )
    print(text, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Run until Ctrl-C or SIGTERM."""
    options = parse(arguments)
    done = threading.Event()

    def stop(_number: int, _frame: Any) -> None:
        done.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
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
        owners = not (options.no_owners or options.people)
        simulator.reset(read_users(options), owners=owners, settings={"latency": options.latency})
        simulator.seed(count=options.users)
        if options.access:
            simulator.seed_access(**yaml.safe_load(options.access.read_text(encoding="utf-8")))
        greet(simulator)
        if options.announce:
            announce(simulator, options.announce)
        while not done.wait(1):
            continue
    if options.announce:
        options.announce.unlink(missing_ok=True)
    print("Stopped.", flush=True)
    return 0
