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
from ansible_collections.arize.ax.plugins.filter.roster_from_profiles import roster_from_profiles
from jinja2.nativetypes import NativeEnvironment

from tests.journeys.test_docs_examples import CAST, SHOWN, recap, shell

pytestmark = pytest.mark.once
# Address, name, first and last name. The last two have no address, and no name of their own.
PEOPLE = [
    ("grace@example.com", "Grace Murray", "Grace", "Hopper"),
    ("charles@example.com", "Charles Babbage", "Charles", "Babbage"),
    (None, "Mary Somerville", "Mary", "Somerville"),
    ("ada@example.com", None, "Åda", "Lovelace"),
]
NAMES = {
    "grace@example.com": "Grace Murray",
    "charles@example.com": "Charles Babbage",
    "ada@example.com": "Åda Lovelace",
}
Person = tuple[str | None, str | None, str, str]
DIRECTORIES = {
    "okta": ("OKTA_TOKEN", "-e okta_url={url}"),
    "entra": ("ENTRA_SECRET", "-e login_url={url} -e graph_url={url}"),
    "google": ("GOOGLE_TOKEN", "-e google_url={url}"),
}


class Directory(BaseHTTPRequestHandler):
    """Answers as the three services do: two users on the first page, two on the second."""

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

    def _okta(self, people: list[Person], second: bool) -> None:
        assert self.headers["Authorization"] == "SSWS secret"
        own = f"<{self._url}/api/v1/groups/00g1emaKYZTWRYYRRTSK/users?limit=200"
        links = [f'{own}>; rel="self"'] + ([] if second else [f'{own}&after=00ub>; rel="next"'])
        users = [
            {
                "id": f"00u{first}",
                "status": "ACTIVE",
                "type": {"id": "otyfnjfba4ye7pgjB0g4"},
                "profile": {
                    "firstName": first,
                    "lastName": last,
                    "login": f"{first}@example.com",
                    "mobilePhone": None,
                    **({"email": email} if email else {}),
                    **({"displayName": name} if name else {}),
                },
                "credentials": {"provider": {"type": "OKTA", "name": "OKTA"}},
            }
            for email, name, first, last in people
        ]
        self._send(users, links=links)

    def _entra(self, people: list[Person], second: bool) -> None:
        assert self.headers["Authorization"] == "Bearer secret"
        assert self.headers["ConsistencyLevel"] == "eventual"
        selected = parse_qs(urlsplit(self.path).query)["$select"][0].split(",")
        values = [dict(zip(("mail", "displayName", "givenName", "surname"), person, strict=True)) for person in people]
        page: dict[str, Any] = {
            "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users(mail,displayName,givenName,surname)",
            "value": [{key: person[key] for key in selected} for person in values],
        }
        if not second:
            page["@odata.nextLink"] = f"{self._url}{self.path}&$skiptoken=RFNwdAIA"
        self._send(page)

    def _google(self, people: list[Person], second: bool) -> None:
        assert self.headers["Authorization"] == "Bearer secret"
        users = [
            {
                "kind": "admin#directory#user",
                "id": f"1{first}",
                "suspended": False,
                "orgUnitPath": "/Research",
                **({"primaryEmail": email} if email else {}),
                "name": {"givenName": first, "familyName": last, **({"fullName": name} if name else {})},
            }
            for email, name, first, last in people
        ]
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
    assert "Profiles without an address are left out: Mary Somerville" in " ".join(dry.split())
    assert recap(shell(command, sim, folder, {secret: "secret"}))["changed"] == recap(dry)["changed"] == 1
    kept = {user["email"]: user["name"] for user in sim.users() if user["status"] != "BLOCKED"}
    assert kept == {**NAMES, "break-glass@example.com": "Break Glass"}


@pytest.mark.playbook
def test_a_table_becomes_the_roster(sim: Any, folder: Path) -> None:
    sim.reset(CAST[:-1], owners=False)
    assert recap(shell("ansible-playbook roster_from_csv.yml", sim, folder))["changed"] == 1
    kept = {user["email"]: user["name"] for user in sim.users() if user["status"] != "BLOCKED"}
    assert kept["grace@example.com"] == "Hopper, Grace"
    assert set(kept) == {f"{name}@example.com" for name in ("ada", "grace", "katherine", "break-glass")}


@pytest.mark.playbook
def test_the_playbooks_map_columns_and_give_access_by_team(sim: Any, folder: Path) -> None:
    sim.reset(CAST[:-1], owners=False)
    sim.seed_access(spaces=[{"name": "Production"}], roles=[{"name": "Reviewer", "permissions": ["SPACE_READ"]}])
    (folder / "table.csv").write_bytes(
        "\ufeffsep=;\r\nWork Mail;Vorname;Nachname;Account Role;External;Department;\r\n"
        "new@example.com;Zoë;Ångström;member;ja;Research;\r\ngrace@example.com\r\n".encode()
    )
    (folder / "table.yml").write_text(
        "arize_columns: |\n  Work Mail: email\n  Vorname: first_name\n  Nachname: last_name\n  External:\n"
        "arize_access_by: {Department: {Research: ['Production: Reviewer']}}\n"
    )
    command = "ansible-playbook arize.ax.sync_roster -e arize_roster_file=table.csv -e @table.yml"
    output = shell(command, sim, folder)
    assert recap(output)["changed"] == 1
    assert "An empty Department gives no access (line 4)." in " ".join(output.split())
    assert sim.find("new@example.com")["name"] == "Zoë Ångström"
    assert [binding["user_id"] for binding in sim.access()["role_bindings"]] == [sim.find("new@example.com")["id"]]
    assert recap(shell(command, sim, folder))["changed"] == 0


def test_the_search_in_ldap_reads_what_the_roster_takes() -> None:
    (search,) = yaml.safe_load((SHOWN / "tasks" / "ldap_people.yml").read_text())
    options = search["community.general.ldap_search"]
    (play,) = yaml.safe_load((SHOWN / "roster_from_ldap.yml").read_text())
    users = play["tasks"][-1]["arize.ax.arize_user_roster"]["users"]
    assert all(f"'{name}'" in users for name in options["attrs"])
    # As the module returns it: an attribute with several values is a list, one without a value is missing.
    results = [
        {"dn": "cn=ada,dc=x", "mail": "ada@x.io", "displayName": "Ada"},
        {"dn": "cn=bob,dc=x", "mail": ["bob@x.io", "b@x.io"], "givenName": "Bob", "sn": "Moore"},
        {"dn": "cn=eve,dc=x", "displayName": "Eve"},
    ]
    environment = NativeEnvironment()
    environment.filters["arize.ax.roster_from_profiles"] = roster_from_profiles
    assert environment.from_string(users).render({search["register"]: {"results": results}}) == [
        {"email": "ada@x.io", "name": "Ada", "role": "member"},
        {"email": "bob@x.io", "name": "Bob Moore", "role": "member"},
    ]
