"""`make live`: does the real service behave as the contract says? Read-only, unless WRITE=1 and DOMAIN= are given.

Exit codes: 0 the service behaves as the contract says, or adds to it; 1 it contradicts; 2 nothing could be checked.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from ansible_collections.arize.ax.plugins.module_utils._client.connection import (
    DEFAULT_HOST,
    REGIONS,
    Connection,
    resolve,
)
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._version import VERSION

from .checks import USERS, read_only
from .contract import Contract
from .report import Report
from .service import NotReachable, Service
from .writes import DOMAIN, WARNING, Made, Writes

OPTIONS = {"timeout": 30.0, "max_retries": 5, "max_retry_wait": 60.0}


def main() -> int:
    """Check the service that the environment names, and write the report."""
    parser = argparse.ArgumentParser(prog="make live")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", default="")
    parser.add_argument("--domain", default="")
    given = parser.parse_args()
    if given.write not in ("", "1"):
        return refuse("WRITE must be 1, or not given.")
    if given.write and not DOMAIN.fullmatch(given.domain):
        return refuse("WRITE=1 requires DOMAIN=, a domain whose mail you receive, such as DOMAIN=example.com.")
    try:
        connection = resolve(OPTIONS, os.environ)
    except ArizeError as error:
        return refuse(error.message)
    if given.write and not confirmed(given.domain):
        return refuse("Not confirmed.")
    return check(connection, given.folder, given.domain if given.write else "")


def refuse(why: str) -> int:
    """Say why nothing was checked."""
    print(f"No requests were sent. {why}", file=sys.stderr)
    return 2


def confirmed(domain: str) -> bool:
    """Say what is permanent, and ask for the word yes."""
    print(WARNING % domain)
    try:
        return input("Enter yes to go ahead: ").strip() == "yes"
    except EOFError:
        return False


def check(connection: Connection, folder: Path, domain: str) -> int:
    """Run the checks and write the report; *domain* is empty where nothing is written."""
    report = Report(
        Contract(), {"collection": VERSION, "host": host_of(connection), "mode": "write" if domain else "read"}
    )
    service, made = Service(connection, report), Made(domain)
    try:
        if service.send("GET", USERS, query=[("limit", 1)]).status == 401:
            report.incomplete = "the API key is not valid"
            return 2
        custom_role_id = read_only(service)
        if domain:
            Writes(service, made, os.environ).run(custom_role_id)
    except NotReachable as error:
        report.incomplete = f"no response to {error}"
        return 2
    finally:
        report.write(folder)
        print_outcome(report, made, folder)
    return 1 if report.contradicts else 0


def host_of(connection: Connection) -> str:
    """Return the host if it is one of Arize's own; any other may tell whose account this is."""
    host = urlsplit(connection.url).hostname or ""
    return host if host in (DEFAULT_HOST, *(f"api.{region}.arize.com" for region in REGIONS)) else "another"


def print_outcome(report: Report, made: Made, folder: Path) -> None:
    """Say what was found, and what was left behind: addresses are shown here, never in the report."""
    data = report.as_data()
    for each in data["differences"]:
        print(f"{each['weight']:<12} {each['place']} {each['text']}")
    for each in data["writes"]:
        print(f"{'fine' if each['fine'] else 'CONTRADICTS':<12} {each['step']}: {each['outcome']}")
    for email in made.blocked:
        print(f"Left behind: {email}, deleted, can never be invited again.")
    for email in made.waiting:
        print(f"Left behind: {email}, MAY STILL EXIST. Delete this user.")
    print(data["verdict"])
    print(f"See {folder / 'report.md'}, which can be posted as an issue.")


if __name__ == "__main__":
    sys.exit(main())
