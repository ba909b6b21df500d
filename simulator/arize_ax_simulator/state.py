# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that one running simulator holds."""

from __future__ import annotations

import secrets
import threading
from typing import Any

from .bindings import RoleBindings
from .faults import FaultBook, Surroundings
from .journal import Journal
from .keys import ApiKeys
from .limits import RateLimiter
from .paging import filter_mark, write_cursor
from .places import Organizations, Projects, Restrictions, Spaces
from .problems import Problem
from .roles import Roles
from .store import ADMIN_OWNER, MEMBER_OWNER, Account, Settings
from .wire import Call


class State:
    """The account, its settings, the faults to come, and the journal."""

    def __init__(self) -> None:
        self.base_url = ""
        self.journal = Journal()
        self.limiter = RateLimiter()
        self.settings = Settings()
        self.account = Account(self.settings)
        self.resources = self._make_resources()
        self.faults = FaultBook()
        self._wake = threading.Event()
        self.reset()

    def _make_resources(self) -> dict[str, Any]:
        """Return what users get access with, by its name in the API; whatever is seeded may refer to what is before."""
        organizations = Organizations(self.account)
        spaces = Spaces(self.account, organizations)
        projects = Projects(self.account, spaces)
        roles = Roles(self.account)
        api_keys = ApiKeys(self.account, spaces)
        bindings = RoleBindings(self.account, spaces, projects, roles)
        api_keys.bind_custom_role = bindings.bind_space
        return {
            "organizations": organizations,
            "spaces": spaces,
            "projects": projects,
            "roles": roles,
            "api_keys": api_keys,
            "role_bindings": bindings,
            "resource_restrictions": Restrictions(self.account, projects),
        }

    def reset(
        self, users: list[dict[str, Any]] | None = None, owners: bool = True, settings: dict[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """Begin again: the owners of the two keys (unless told otherwise), then the users given, nothing else."""
        self.release()
        self.configure(vars(Settings()) | (settings or {}))
        self.faults.add([], replace=True)
        self.journal.clear(everything=True)
        self.account.clear()
        for resources in self.resources.values():
            resources.clear()
        if owners:
            self.account.seed([ADMIN_OWNER, MEMBER_OWNER])
        return self.account.seed(users or [])

    def configure(self, changes: dict[str, Any]) -> dict[str, Any]:
        """Change settings and return all of them."""
        if "rate_limit" in changes:
            self.limiter.configure(changes["rate_limit"])
        self.settings.update(changes)
        if "custom_roles" in changes:
            self.resources["roles"].take_custom_roles()
        return dict(vars(self.settings))

    def sleep(self, seconds: float) -> None:
        """Wait, but not beyond the next reset or the end."""
        self._wake.wait(seconds)

    def release(self) -> None:
        """Wake everything that sleeps."""
        sleeping, self._wake = self._wake, threading.Event()
        sleeping.set()

    def surroundings(self) -> Surroundings:
        """Return what faults may use."""
        return Surroundings(lambda: self.base_url, self.sleep, self._start_cursor)

    def _start_cursor(self, call: Call) -> str:
        if call.path == "/v2/users":
            return self.account.start_cursor(call.value("email") or "", call.values("status"))
        return write_cursor(0.0, 0, filter_mark(call.path, call.filters()), nonce=secrets.token_hex(4))

    def seed_access(self, **given: list[dict[str, Any]]) -> dict[str, Any]:
        """Add what users get access with, each kind by its name in the API, and return it as stored."""
        unknown = sorted(set(given) - set(self.resources))
        if unknown:
            raise Problem(400, f"unknown kinds {unknown}; known are {sorted(self.resources)}")
        with self.account.lock:
            return {
                kind: [resources.seed(item) for item in given.get(kind, [])]
                for kind, resources in self.resources.items()
            }

    def access(self) -> dict[str, list[dict[str, Any]]]:
        """Return what users have access with, as stored."""
        with self.account.lock:
            return {kind: resources.stored() for kind, resources in self.resources.items()}

    def deviates(self) -> bool:
        """Tell whether answers may differ from the contract because a test wanted it so."""
        return self.account.deviates() or any(resources.deviates() for resources in self.resources.values())

    # -- what another client does ------------------------------------------------------------------------------------

    def act(self, action: dict[str, Any], target: str = "") -> Any:
        """Carry out one action; "@target" stands for the user that the disturbed request is about."""
        action = dict(action)
        name = action.pop("action", None)
        if name == "settings":
            return self.configure(action)
        if name == "seed":
            return self.account.seed([_aimed(user, target) for user in action.pop("users", [])])
        if name == "seed_access":
            kinds = {kind: [_aimed(item, target) for item in items] for kind, items in action.items()}
            return self.seed_access(**kinds)
        if name in ("change_access", "remove_access"):
            return self._act_on_access(name, _aimed(action, target))
        user = _aimed(action, target).get("user", "")
        if name in ("accept", "expire", "block", "vanish"):
            return getattr(self.account, name)(user)
        if name == "change":
            return self.account.change(user, action.get("fields", {}), action.get("omit"))
        known = "seed accept expire block vanish change settings seed_access change_access remove_access"
        raise Problem(400, f"unknown action {name!r}; known: {known}")

    def _act_on_access(self, name: str, action: dict[str, Any]) -> Any:
        resources = self.resources[action["kind"]]
        with self.account.lock:
            if name == "remove_access":
                return resources.remove(action["ref"])
            return resources.change(action["ref"], action.get("fields", {}), action.get("omit"))


def _aimed(given: dict[str, Any], target: str) -> dict[str, Any]:
    return {key: target if value == "@target" else value for key, value in given.items()}
