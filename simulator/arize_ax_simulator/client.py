# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client of the control path. Only the standard library, because integration targets run it too."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
from collections import Counter
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

ADMIN_KEY = "simulator-admin-key"
MEMBER_KEY = "simulator-member-key"
WRITES = ("POST", "PATCH", "DELETE", "PUT")


def url_of(scheme: str, host: str, port: int) -> str:
    """Return the URL of a host and a port; an IPv6 address in brackets."""
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


class ControlError(Exception):
    """The control path refused."""


class ControlMethods:
    """The methods that control a simulator: the same in-process (Simulator) and over HTTP (SimulatorClient)."""

    url: str
    admin_key = ADMIN_KEY
    member_key = MEMBER_KEY

    def control(self, method: str, name: str, body: Any = None) -> Any:
        """Carry out one request of the control path and return its result."""
        raise NotImplementedError

    def _many(self, method: str, name: str, body: Any = None) -> list[dict[str, Any]]:
        result: list[dict[str, Any]] = self.control(method, name, body)
        return result

    def _act(self, action: dict[str, Any]) -> dict[str, Any]:
        return self._many("POST", "do", [action])[0]

    def environment(self, key: str = ADMIN_KEY) -> dict[str, str]:
        """Return the variables that point a playbook, or an official client, here."""
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        return {
            "ARIZE_API_KEY": key,
            "ARIZE_API_HOST": f"[{host}]" if ":" in host else host,
            "ARIZE_API_PORT": str(parts.port),
            "ARIZE_API_SCHEME": parts.scheme,
        }

    # -- the scene ---------------------------------------------------------------------------------------------------

    def reset(
        self, users: Iterable[dict[str, Any]] = (), *, owners: bool = True, settings: dict[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """Forget everything; then exactly these users (after the two key owners, unless owners=False)."""
        return self._many("POST", "reset", {"users": list(users), "owners": owners, "settings": settings})

    def seed(
        self, users: Iterable[dict[str, Any]] = (), *, count: int = 0, like: dict[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """Add users in any state, then `count` generated ones (each like `like`); return those added."""
        return self._many("POST", "seed", {"users": list(users), "count": count, "like": like or {}})

    def seed_access(self, **kinds: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
        """Add what users get access with (spaces=[...], roles=[...], and so on); return what was added, by kind."""
        added: dict[str, Any] = self.control("POST", "access", {kind: list(items) for kind, items in kinds.items()})
        return added

    def access(self) -> dict[str, list[dict[str, Any]]]:
        """Return what users have access with, by kind, as stored."""
        found: dict[str, Any] = self.control("GET", "access")
        return found

    def change_access(self, kind: str, ref: str, *, omit: Iterable[str] | None = None, **fields: Any) -> dict[str, Any]:
        """Set any field of a space, a role and so on, by id or name; `omit` names fields that answers leave out."""
        left_out = None if omit is None else list(omit)
        return self._act({"action": "change_access", "kind": kind, "ref": ref, "fields": fields, "omit": left_out})

    def remove_access(self, kind: str, ref: str) -> dict[str, Any]:
        """Remove a space, a role, a role binding and so on, by id or name."""
        return self._act({"action": "remove_access", "kind": kind, "ref": ref})

    def organizations(self) -> list[dict[str, Any]]:
        """Return all organizations."""
        return self.access()["organizations"]

    def spaces(self) -> list[dict[str, Any]]:
        """Return all spaces."""
        return self.access()["spaces"]

    def projects(self) -> list[dict[str, Any]]:
        """Return all projects."""
        return self.access()["projects"]

    def roles(self, predefined: bool | None = None) -> list[dict[str, Any]]:
        """Return all roles, or only the predefined or the custom ones."""
        return [role for role in self.access()["roles"] if predefined in (None, role["is_predefined"])]

    def bindings(self) -> list[dict[str, Any]]:
        """Return all role bindings."""
        return self.access()["role_bindings"]

    def restrictions(self) -> list[dict[str, Any]]:
        """Return the restrictions of projects."""
        return self.access()["resource_restrictions"]

    def api_keys(self) -> list[dict[str, Any]]:
        """Return all API keys, revoked ones too."""
        return self.access()["api_keys"]

    def users(self) -> list[dict[str, Any]]:
        """Return all users, blocked ones too."""
        return self._many("GET", "users")

    def find(self, user: str) -> dict[str, Any] | None:
        """Return one user as stored, by id or address, or None."""
        found: dict[str, Any] | None = self.control("POST", "find", {"user": user})
        return found

    def do(self, *actions: dict[str, Any]) -> list[Any]:
        """Carry out actions, the same that a fault takes under `do`."""
        return self._many("POST", "do", list(actions))

    def accept(self, user: str) -> dict[str, Any]:
        """Let a user accept the invitation: ACTIVE."""
        return self._act({"action": "accept", "user": user})

    def expire(self, user: str) -> dict[str, Any]:
        """Let a user's invitation run out: EXPIRED."""
        return self._act({"action": "expire", "user": user})

    def block(self, user: str) -> dict[str, Any]:
        """Block a user, as a deletion does."""
        return self._act({"action": "block", "user": user})

    def vanish(self, user: str) -> dict[str, Any]:
        """Remove a user without a trace."""
        return self._act({"action": "vanish", "user": user})

    def change(self, user: str, *, omit: Iterable[str] | None = None, **fields: Any) -> dict[str, Any]:
        """Set any field of a user; `omit` names fields that answers leave out."""
        action = {"action": "change", "user": user, "fields": fields, "omit": None if omit is None else list(omit)}
        return self._act(action)

    def settings(self, **changes: Any) -> dict[str, Any]:
        """Change settings, and return all."""
        result: dict[str, Any] = self.control("POST", "settings", changes)
        return result

    def latency(self, seconds: float) -> None:
        """Let every request take that much longer."""
        self.settings(latency=seconds)

    def rate_limit(self, per_second: float | None, **more: Any) -> None:
        """Let so many requests through each second (None: all); burst and retry_after are optional."""
        self.settings(rate_limit=None if per_second is None else {"per_second": per_second, **more})

    # -- faults ------------------------------------------------------------------------------------------------------

    def fault(self, kind: str = "effect", **options: Any) -> list[dict[str, Any]]:
        """Add one fault."""
        return self._many("POST", "faults", [{"kind": kind, **options}])

    def faults(self, faults: Iterable[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
        """Replace all faults by these (None: leave them alone), and return them with their counters."""
        return self._many("GET", "faults") if faults is None else self._many("PUT", "faults", list(faults))

    def clear_faults(self) -> None:
        """Forget all faults, and wake what hangs."""
        self.control("DELETE", "faults")

    # -- what happened -----------------------------------------------------------------------------------------------

    def journal(self, method: str | None = None, **equal: Any) -> list[dict[str, Any]]:
        """Return the requests so far; method and any other field narrow them down."""
        wanted = {**equal, **({"method": method} if method else {})}
        return [item for item in self._many("GET", "journal") if all(item[key] == wanted[key] for key in wanted)]

    def counts(self) -> dict[str, int]:
        """Return how many requests of each method there were."""
        return dict(Counter(item["method"] for item in self.journal()))

    def writes(self) -> list[dict[str, Any]]:
        """Return the requests that could have changed something."""
        return [item for item in self.journal() if item["method"] in WRITES]

    def mails(self) -> list[dict[str, Any]]:
        """Return the mails "sent" so far: kind (invitation, resend, reset), to, n of the request."""
        return self._many("GET", "mails")

    def clear_journal(self) -> None:
        """Forget the requests and the mails so far."""
        self.control("DELETE", "journal")
        self.control("DELETE", "mails")

    def violations(self) -> list[dict[str, Any]]:
        """Return the simulator's own mistakes. Assert that there are none."""
        return self._many("GET", "violations")


class SimulatorClient(ControlMethods):
    """Talks to a simulator in another process. One connection for each thread."""

    def __init__(self, url: str, ca_path: str | None = None, timeout: float = 30) -> None:
        self.url = url.rstrip("/")
        self._ca_path = ca_path
        self._timeout = timeout
        self._local = threading.local()

    def control(self, method: str, name: str, body: Any = None) -> Any:
        """Carry out one request of the control path and return its result."""
        data = None if body is None else json.dumps(body).encode()
        try:
            status, text = self._exchange(method, f"/_simulator/{name}", data)
        except (http.client.HTTPException, ConnectionError):
            # The connection was idle for long, or the server began anew: once more, on a new one.
            self.close()
            status, text = self._exchange(method, f"/_simulator/{name}", data)
        answer = json.loads(text)
        if status >= 400:
            raise ControlError(answer.get("detail", text))
        return answer["result"]

    def _exchange(self, method: str, path: str, data: bytes | None) -> tuple[int, str]:
        connection = self._connection()
        connection.request(method, path, body=data, headers={"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read().decode()

    def _connection(self) -> http.client.HTTPConnection:
        connection: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is None:
            parts = urlsplit(self.url)
            host, port = parts.hostname or "", parts.port
            if parts.scheme == "https":
                context = ssl.create_default_context(cafile=self._ca_path)
                connection = http.client.HTTPSConnection(host, port, timeout=self._timeout, context=context)
            else:
                connection = http.client.HTTPConnection(host, port, timeout=self._timeout)
            self._local.connection = connection
        return connection

    def close(self) -> None:
        """Close this thread's connection."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None
