# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role bindings: one role for one user on one space or project."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .places import Projects, Spaces
from .problems import Problem
from .resources import Resource, Resources
from .roles import Roles
from .store import Account, Caller, Outcome, User


class RoleBindings(Resources):
    """All role bindings of the account. User and resource are the key."""

    kind = "RoleBinding"
    noun = "role binding"
    timed = ("created_at", "updated_at")

    def __init__(self, account: Account, spaces: Spaces, projects: Projects, roles: Roles) -> None:
        self._spaces = spaces
        self._projects = projects
        self._roles = roles
        super().__init__(account)
        roles.in_use = lambda role_id: any(resource["role_id"] == role_id for resource in self.resources.values())
        account.on_deletion.append(self._user_is_gone)

    def clear(self) -> None:
        """Forget all bindings."""
        super().clear()
        self._by_key: dict[tuple[str, ...], str] = {}

    def add(self, fields: dict[str, Any]) -> Resource:
        """Add a binding, findable by its key."""
        resource = super().add(fields)
        self._by_key[_key(resource)] = resource["id"]
        return resource

    def fill(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return a binding to seed: user, role, and space or project, each by id or by name (a user by address)."""
        user, role = self.account.user(given.pop("user")), self._roles.find(given.pop("role"))
        kind, places = ("PROJECT", self._projects) if "project" in given else ("SPACE", self._spaces)
        resource = places.find(given.pop(kind.lower()))
        key = {"user_id": user.id, "resource_type": kind, "resource_id": resource["id"]}
        if self._with_key(key):
            raise Problem(400, f"there is a role binding of {key} already")
        return {"role_id": role["id"], **key, **given}

    def _with_key(self, key: dict[str, Any]) -> Resource | None:
        resource = self.resources.get(self._by_key.get(_key(key), ""))
        return resource if resource and _key(resource) == _key(key) else None

    def _may(self, caller: Caller, permission: str, binding: Any) -> bool:
        """Tell whether a key has a permission on the resource of a binding: on its space."""
        places = self._spaces if binding["resource_type"] == "SPACE" else self._projects
        return places.may(caller, f"ROLE_BINDING_{permission}", binding["resource_id"])

    def sees(self, caller: Caller, resource: Resource) -> bool:
        """Tell whether a key sees a binding. A list leaves the others out, without a word."""
        return self._may(caller, "READ", resource)

    def test(self, _caller: Caller, filters: dict[str, str]) -> Callable[[Resource], bool]:
        """Filter by type of the resource, and by user."""
        user_id = filters.get("user_id")
        if user_id is not None and self.account.known(user_id) is None:
            raise Problem(404, "The user was not found.")
        return lambda resource: (
            resource["resource_type"] == filters["resource_type"] and user_id in (None, resource["user_id"])
        )

    def create(self, caller: Caller, body: dict[str, Any]) -> Outcome:
        """Give a user a role on a resource where the user has none."""
        others = self._projects if body["resource_type"] == "SPACE" else self._spaces
        if body["resource_id"] in others.resources:
            raise Problem(400, f"resource_id is not the id of a {body['resource_type'].lower()}.")
        if not self._may(caller, "CREATE", body):
            raise Problem(403, "This needs the permission ROLE_BINDING_CREATE on the resource.")
        self._check_role(body["role_id"])
        if self.account.known(body["user_id"]) is None:
            raise Problem(404, "The user was not found.")
        if self._with_key(body):
            raise Problem(409, "The user has a role binding on this resource already.", title="Resource conflict")
        return Outcome(201, self.add(dict(body)).public())

    def bind_space(self, user_id: str, space_id: str, role_id: str) -> str:
        """Give the bot user of a service key a custom role in a space; return the name of the role."""
        self._check_role(role_id)
        self.add({"role_id": role_id, "user_id": user_id, "resource_type": "SPACE", "resource_id": space_id})
        return str(self._roles.find(role_id)["name"])

    def update(self, caller: Caller, binding_id: str, body: dict[str, Any]) -> Outcome:
        """Change the role of a binding, and nothing else."""
        binding = self._permitted(caller, binding_id, "CREATE", "DELETE")
        self._check_role(body["role_id"])
        binding.fields["role_id"] = body["role_id"]
        self.touch(binding)
        return Outcome(200, binding.public())

    def delete(self, caller: Caller, binding_id: str) -> Outcome:
        """Delete a binding."""
        self._permitted(caller, binding_id, "DELETE")
        del self.resources[binding_id]
        return Outcome(204)

    def _permitted(self, caller: Caller, binding_id: str, *permissions: str) -> Resource:
        binding = self.resources.get(binding_id)
        if binding is None or not all(self._may(caller, permission, binding) for permission in permissions):
            raise Problem(404, "The role binding was not found.")
        return binding

    def _check_role(self, role_id: str) -> None:
        if role_id not in self._roles.resources:
            raise Problem(404, "The role was not found.")

    def _user_is_gone(self, user: User) -> None:
        """Remove the bindings of a deleted user, also of the bot user of a service key."""
        self.resources = {key: resource for key, resource in self.resources.items() if resource["user_id"] != user.id}


def _key(binding: Any) -> tuple[str, ...]:
    return (binding["user_id"], binding["resource_type"], binding["resource_id"])
