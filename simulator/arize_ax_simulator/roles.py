# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles: the predefined ones, and the account's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .problems import Problem
from .resources import Resource, Resources
from .store import Account, Caller, Outcome

# Names repeat: there is an Admin of the account and one of a space.
PREDEFINED = {
    "Admin": ["ROLE_CREATE", "USER_CREATE"],
    "Member": ["ROLE_READ", "USER_READ"],
    "Annotator": ["PROJECT_SPAN_ANNOTATE"],
    "Space Admin": ["ROLE_BINDING_CREATE", "ROLE_BINDING_DELETE", "ROLE_BINDING_READ"],
    "Space Read Only": ["PROJECT_READ"],
    "Project Admin": ["PROJECT_READ", "PROJECT_RESTRICT", "PROJECT_UPDATE"],
    "Project Editor": ["PROJECT_READ", "PROJECT_UPDATE"],
    "Project Viewer": ["PROJECT_READ"],
}


class Roles(Resources):
    """All roles of the account. A role to delete must have no bindings: `in_use` tells."""

    kind = "Role"
    noun = "role"
    timed = ("created_at", "updated_at")

    def __init__(self, account: Account) -> None:
        self.in_use: Callable[[str], bool] = lambda _role_id: False
        account.on_new_role = self.take_custom_roles
        super().__init__(account)

    def clear(self) -> None:
        """Forget all roles but those that every account has."""
        super().clear()
        self.take_custom_roles()
        for name, permissions in [*PREDEFINED.items(), ("Admin", ["SPACE_UPDATE"]), ("Member", ["SPACE_READ"])]:
            self.seed({"name": name, "permissions": permissions, "is_predefined": True})

    def take_custom_roles(self) -> None:
        """Add the roles of the setting custom_roles that are not there yet: users may have them."""
        self.account.settings.custom_roles = dict(self.account.settings.custom_roles)
        for role_id, name in self.account.settings.custom_roles.items():
            if role_id not in self.resources:
                self.seed({"id": role_id, "name": name})

    def fill(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return a role to seed."""
        made = {"name": f"Role {self._count + 1}", "permissions": ["PROJECT_READ"], "is_predefined": False}
        return {**made, **given}

    def add(self, fields: dict[str, Any]) -> Resource:
        """Add a role, which may then be the account role of a user too."""
        resource = super().add(fields)
        self._publish(resource)
        return resource

    def _publish(self, resource: Resource) -> None:
        if not resource["is_predefined"]:
            self.account.settings.custom_roles[resource["id"]] = resource["name"]

    def sees(self, caller: Caller, _resource: Resource) -> bool:
        """Tell whether a key sees a role."""
        return self.account.may(caller, "ROLE_READ")

    def get(self, caller: Caller, resource_id: str) -> Outcome:
        """Answer a look-up by id; without ROLE_READ 403, not 404."""
        self.account.allow(caller, "ROLE_READ")
        return super().get(caller, resource_id)

    def test(self, caller: Caller, filters: dict[str, str]) -> Callable[[Resource], bool]:
        """Filter by predefined or not."""
        self.account.allow(caller, "ROLE_READ")
        wanted = filters.get("is_predefined")
        return lambda resource: wanted is None or resource["is_predefined"] is (wanted == "true")

    def create(self, caller: Caller, body: dict[str, Any]) -> Outcome:
        """Create a custom role."""
        self.account.allow(caller, "ROLE_CREATE")
        self._check_name(body["name"])
        return Outcome(201, self.add({"is_predefined": False, **self._clean(body)}).public())

    def update(self, caller: Caller, role_id: str, body: dict[str, Any]) -> Outcome:
        """Change a custom role; the permissions are replaced."""
        self.account.allow(caller, "ROLE_UPDATE")
        role = self._writable(role_id)
        self._check_name(body.get("name"), besides=role)
        if not body.get("description", "-"):
            role.fields.pop("description", None)
        role.fields.update(self._clean(body))
        self.touch(role)
        self._publish(role)
        return Outcome(200, role.public())

    def delete(self, caller: Caller, role_id: str) -> Outcome:
        """Delete a custom role that has no bindings."""
        self.account.allow(caller, "ROLE_DELETE")
        role = self._writable(role_id)
        if self.in_use(role_id):
            raise Problem(409, "The role has role bindings. Remove them first.", title="Resource conflict")
        self.remove(role["id"])
        return Outcome(204)

    def remove(self, ref: str) -> dict[str, Any]:
        """Remove a role without a trace."""
        removed = super().remove(ref)
        self.account.settings.custom_roles.pop(removed["id"], None)
        return removed

    def _writable(self, role_id: str) -> Resource:
        role = self.resources.get(role_id)
        if role is None:
            raise Problem(404, "The role was not found.")
        if role["is_predefined"]:
            raise Problem(403, "A predefined role cannot be updated or deleted.")
        return role

    def _check_name(self, name: str | None, besides: Resource | None = None) -> None:
        others = [role for role in self.resources.values() if role is not besides and not role["is_predefined"]]
        if any(role["name"] == name for role in others):
            raise Problem(409, f"There is a role with the name {name!r} already.", title="Resource conflict")

    @staticmethod
    def _clean(body: dict[str, Any]) -> dict[str, Any]:
        """Return the fields to store: an empty description is none, permissions are a set."""
        kept = {name: value for name, value in body.items() if name != "description" or value}
        if "permissions" in kept:
            kept["permissions"] = sorted(set(kept["permissions"]))
        return kept
