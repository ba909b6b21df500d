"""One simulator for all contract tests, made empty for each."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tests.simulated import running, sim  # noqa: E402

__all__ = ["running", "sim"]


class Wire:
    """A client that adds nothing of its own: what a test sends is what arrives."""

    def __init__(self, url: str, key: str | None = "simulator-admin-key") -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        if key is not None:
            self.session.headers["Authorization"] = f"Bearer {key}"

    def send(self, method: str, path: str = "/v2/users", **options: Any) -> requests.Response:
        """Send a request to a path."""
        options = {"timeout": 60, "allow_redirects": False, **options}
        return self.session.request(method, f"{self.url}{path}", **options)

    def to(self, method: str, user_id: str, action: str = "", **options: Any) -> requests.Response:
        """Send a request about a user."""
        return self.send(method, f"/v2/users/{quote(user_id, safe='')}{action}", **options)

    def create(self, email: str = "ann@example.com", timeout: float = 60, **changes: Any) -> requests.Response:
        """Send a create; a field set to None is left out."""
        body = {
            "name": "Ann",
            "email": email,
            "role": {"type": "PREDEFINED", "name": "MEMBER"},
            "invite_mode": "EMAIL_LINK",
            **changes,
        }
        body = {name: value for name, value in body.items() if value is not None}
        return self.send("POST", json=body, timeout=timeout)

    def list(self, kind: str, **filters: Any) -> Any:
        """Send a list request and return its page: the items of that kind, and the pagination."""
        return self.send("GET", f"/v2/{kind}", params=filters)

    def walk(self, **filters: Any) -> list[dict[str, Any]]:
        """Return all users of a list, page by page."""
        users: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            page = self.send("GET", params={**filters, **cursor}).json()
            users += page["users"]
            if not page["pagination"]["has_more"]:
                return users
            cursor = {"cursor": page["pagination"]["next_cursor"]}


@pytest.fixture
def admin(sim: Any) -> Wire:
    """The account admin."""
    return Wire(sim.url)


@pytest.fixture
def member(sim: Any) -> Wire:
    """A member."""
    return Wire(sim.url, "simulator-member-key")


@pytest.fixture
def stranger(sim: Any) -> Wire:
    """A client without a key."""
    return Wire(sim.url, None)
