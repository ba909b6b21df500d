"""As much of the API of AWX as the modules of awx.awx need to make things: objects with a name, lists that are searched
by field, associations, surveys. It keeps what it is given, and shows secrets as AWX does.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

ENCRYPTED = "$encrypted$"
API = "/api/v2/"
WITH_SURVEY = ("job_templates", "workflow_job_templates")
# Where what an object is associated with is kept, if not under the name of the association.
KEPT_IN = {"success_nodes": "workflow_job_template_nodes"}


class Controller:
    """The objects, by endpoint and ID, and the requests that have written."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[int, dict[str, Any]]] = {}
        self.associated: dict[tuple[str, int, str], list[int]] = {}
        self.surveys: dict[tuple[str, int], Any] = {}
        self.secrets: dict[int, dict[str, str]] = {}
        self.writes: list[tuple[str, str]] = []
        self.url = ""
        self.add("organizations", {"name": "Default"})

    def add(self, endpoint: str, fields: dict[str, Any]) -> dict[str, Any]:
        """Make an object."""
        known = self.objects.setdefault(endpoint, {})
        number = len(known) + 1
        url = f"{API}{endpoint}/{number}/"
        related = {"survey_spec": f"{url}survey_spec/"} if endpoint in WITH_SURVEY else {}
        made = {"id": number, "type": endpoint, "url": url, "related": related, "summary_fields": {}}
        known[number] = made
        if endpoint == "projects":
            update = self.add("project_updates", {"status": "successful", "name": fields["name"]})
            made["summary_fields"] = {"current_update": {"id": update["id"]}}
            made["scm_revision"] = ""
        return self.change(endpoint, number, fields)

    def change(self, endpoint: str, number: int, fields: dict[str, Any]) -> dict[str, Any]:
        """Set fields of an object; secrets are put away."""
        here = self.objects[endpoint][number]
        if endpoint == "credentials" and "inputs" in fields:
            type_id = fields.get("credential_type", here.get("credential_type"))
            fields = {**fields, "inputs": self._hide(number, type_id, fields["inputs"])}
        here.update(fields)
        return here

    def _hide(self, number: int, type_id: int, inputs: dict[str, str]) -> dict[str, str]:
        fields = self.objects["credential_types"][type_id]["inputs"]["fields"]
        secret = {field["id"] for field in fields if field.get("secret")}
        assert set(inputs) <= {field["id"] for field in fields}, "AWX refuses fields that the type does not have"
        self.secrets[number] = {name: value for name, value in inputs.items() if name in secret}
        return {name: ENCRYPTED if name in secret else value for name, value in inputs.items()}

    def named(self, endpoint: str, name: str) -> dict[str, Any]:
        """The one object of that name."""
        (found,) = [item for item in self.objects[endpoint].values() if item["name"] == name]
        return found

    def answer(self, method: str, target: str, body: Any) -> tuple[int, Any]:
        """Status and body."""
        path = urlsplit(target)
        endpoint, *rest = path.path.removeprefix(API).strip("/").split("/")
        if method != "GET":
            self.writes.append((method, path.path))
        if not rest and method == "POST":
            return 201, self.add(endpoint, body)
        if not rest:
            wanted = dict(parse_qsl(path.query))
            return 200, self._page(endpoint, lambda item: all(str(item.get(k)) == v for k, v in wanted.items()))
        number = int(rest[0])
        if rest[1:] == ["survey_spec"]:
            return 200, self._survey(method, (endpoint, number), body)
        if rest[1:] == ["create_approval_template"]:
            return 201, self._approve(number, body)
        if rest[1:]:
            return self._associate(method, (endpoint, number, rest[1]), body)
        return 200, self.change(endpoint, number, body if method == "PATCH" else {})

    def _survey(self, method: str, key: tuple[str, int], body: Any) -> Any:
        if method == "GET":
            return self.surveys.get(key, {})
        self.surveys[key] = body
        return {}

    def _approve(self, node: int, body: Any) -> dict[str, Any]:
        """Make the approval of a node, which is found by way of the node alone."""
        made = self.add("workflow_approval_templates", body)
        self.objects["workflow_job_template_nodes"][node]["related"]["unified_job_template"] = made["url"]
        return made

    def _associate(self, method: str, key: tuple[str, int, str], body: Any) -> tuple[int, Any]:
        there = self.associated.setdefault(key, [])
        if method == "GET":
            return 200, self._page(KEPT_IN.get(key[2], key[2]), lambda item: item["id"] in there)
        (there.remove if body.get("disassociate") else there.append)(body["id"])
        return 204, None

    def _page(self, endpoint: str, fits: Any) -> dict[str, Any]:
        # Of what is unified, only job templates are needed. Approvals are not in that list.
        endpoint = "job_templates" if endpoint == "unified_job_templates" else endpoint
        found = [item for item in self.objects.get(endpoint, {}).values() if fits(item)]
        return {"count": len(found), "next": None, "previous": None, "results": found}


@contextmanager
def serve() -> Iterator[Controller]:
    """An AWX with one organization, on a free port."""
    controller = Controller()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            text = self.rfile.read(length)
            body = json.loads(text) if self.command in ("POST", "PATCH") else None
            status, answer = controller.answer(self.command, self.path, body)
            content = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("X-API-Product-Name", "AWX")
            self.send_header("X-API-Product-Version", "24.6.1")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_DELETE = handle_any

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        controller.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield controller
        finally:
            server.shutdown()
