# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples that read a roster from a directory run against recorded responses of two pages each.

The responses follow the published references of Okta (list member users of a group), Microsoft Graph (list transitive
members) and the Google Admin SDK (users.list).
"""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from tests.journeys.test_docs_examples import CAST, SHOWN, recap, shell

pytestmark = pytest.mark.once
PEOPLE = [("grace@example.com", "Grace Murray"), ("charles@example.com", "Charles Babbage"), ("ada@example.com", "Åda")]
DIRECTORIES = {
    "okta": ("OKTA_TOKEN", "-e okta_url={url}"),
    "entra": ("ENTRA_SECRET", "-e login_url={url} -e graph_url={url}"),
    "google": ("GOOGLE_TOKEN", "-e google_url={url}"),
}


class Directory(BaseHTTPRequestHandler):
    """Answers as the three services do: two users on the first page, one on the second."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        second = "after" in query or "$skiptoken" in query or "pageToken" in query
        people = PEOPLE[2:] if second else PEOPLE[:2]
        if parts.path == "/api/v1/groups/00g1emaKYZTWRYYRRTSK/users":
            self._okta(people, second)
        elif parts.path.endswith("/transitiveMembers/microsoft.graph.user"):
            self._entra(people, second)
        elif parts.path == "/admin/directory/v1/users" and query["query"] == ["orgUnitPath='/Research'"]:
            self._google(people, second)
        else:
            self._send({}, 404)

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        assert form["grant_type"] == ["client_credentials"]
        self._send({"token_type": "Bearer", "access_token": form["client_secret"][0]})

    def _okta(self, people: list[tuple[str, str]], second: bool) -> None:
        assert self.headers["Authorization"] == "SSWS secret"
        own = f"<{self._url}/api/v1/groups/00g1emaKYZTWRYYRRTSK/users?limit=200"
        links = [f'{own}>; rel="self"'] + ([] if second else [f'{own}&after=00ub>; rel="next"'])
        users = [
            {"id": f"00u{email}", "status": "ACTIVE", "profile": {"email": email, "displayName": name}}
            for email, name in people
        ]
        self._send(users, links=links)

    def _entra(self, people: list[tuple[str, str]], second: bool) -> None:
        assert self.headers["Authorization"] == "Bearer secret"
        assert self.headers["ConsistencyLevel"] == "eventual"
        page: dict[str, Any] = {"value": [{"mail": email, "displayName": name} for email, name in people]}
        if not second:
            page["@odata.nextLink"] = f"{self._url}{self.path}&$skiptoken=RFNwdAIA"
        self._send(page)

    def _google(self, people: list[tuple[str, str]], second: bool) -> None:
        assert self.headers["Authorization"] == "Bearer secret"
        users = [{"primaryEmail": email, "name": {"fullName": name}} for email, name in people]
        self._send({"users": users, **({} if second else {"nextPageToken": "a+b/c="})})

    @property
    def _url(self) -> str:
        return f"http://{self.headers['Host']}"

    def _send(self, body: Any, status: int = 200, links: list[str] | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for link in links or []:
            self.send_header("Link", link)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_arguments: Any) -> None:
        """Print nothing."""


@pytest.fixture
def directory() -> Iterator[str]:
    """The URL of the three directories."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Directory)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the examples."""
    shutil.copytree(SHOWN, tmp_path / "examples", ignore=shutil.ignore_patterns("output"))
    return tmp_path / "examples"


@pytest.mark.playbook
@pytest.mark.parametrize("name", DIRECTORIES)
def test_every_page_of_a_directory_becomes_the_roster(name: str, directory: str, sim: Any, folder: Path) -> None:
    sim.reset([user for user in CAST if user["email"] != "ci@partner.example"], owners=False)
    secret, options = DIRECTORIES[name]
    command = f"ansible-playbook roster_from_{name}.yml {options.format(url=directory)}"
    dry = shell(f"{command} --check --diff", sim, folder, {secret: "secret"})
    assert sim.writes() == []
    assert recap(shell(command, sim, folder, {secret: "secret"}))["changed"] == recap(dry)["changed"] == 1
    kept = {user["email"]: user["name"] for user in sim.users() if user["status"] != "BLOCKED"}
    assert kept == {**dict(PEOPLE), "break-glass@example.com": "Break Glass"}


@pytest.mark.playbook
def test_a_table_becomes_the_roster(sim: Any, folder: Path) -> None:
    sim.reset(CAST[:-1], owners=False)
    assert recap(shell("ansible-playbook roster_from_csv.yml", sim, folder))["changed"] == 1
    kept = {user["email"]: user["name"] for user in sim.users() if user["status"] != "BLOCKED"}
    assert kept["grace@example.com"] == "Hopper, Grace"
    assert set(kept) == {f"{name}@example.com" for name in ("ada", "grace", "katherine", "break-glass")}


def test_the_search_in_ldap_reads_what_the_roster_takes() -> None:
    (search,) = yaml.safe_load((SHOWN / "tasks" / "ldap_people.yml").read_text())
    options = search["community.general.ldap_search"]
    (play,) = yaml.safe_load((SHOWN / "roster_from_ldap.yml").read_text())
    users = play["tasks"][-1]["arize.ax.arize_user_roster"]["users"]
    assert all(f"'{name}'" in users for name in options["attrs"])
    assert search["register"] in users
