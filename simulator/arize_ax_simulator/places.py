# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Organizations, their spaces, the projects of those, and which projects are restricted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .problems import Problem
from .resources import Resource, Resources, contains
from .store import Account, Caller, Outcome


class Organizations(Resources):
    """All organizations of the account."""

    kind = "AccountOrganization"
    noun = "organization"

    def fill(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return an organization to seed."""
        return {"name": f"Organization {self._count + 1}", "description": "", **given}

    def default(self, ref: str | None) -> Resource:
        """Return the organization named, else the first, which is made if there is none."""
        if ref is None and not self.resources:
            self.seed({})
        return self.find(ref) if ref is not None else next(iter(self.resources.values()))

    def sees(self, caller: Caller, _resource: Resource) -> bool:
        """Tell whether a key sees an organization."""
        return self.account.may(caller, "ORGANIZATION_READ")

    def test(self, caller: Caller, filters: dict[str, str]) -> Callable[[Resource], bool]:
        """Filter by name."""
        self.account.allow(caller, "ORGANIZATION_READ")
        return lambda resource: contains(filters.get("name"), resource["name"])


class Spaces(Resources):
    """All spaces of the account."""

    kind = "Space"
    noun = "space"

    def __init__(self, account: Account, organizations: Organizations) -> None:
        self._organizations = organizations
        super().__init__(account)

    def fill(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return a space to seed, in an organization by id or name (by default the first)."""
        organization = self._organizations.default(given.pop("organization", None))
        made = {"name": f"Space {self._count + 1}", "description": "", "is_private": False}
        return {**made, "ml_models_enabled": False, "organization_id": organization["id"], **given}

    def default(self, ref: str | None) -> Resource:
        """Return the space named, else the first, which is made if there is none."""
        if ref is None and not self.resources:
            self.seed({})
        return self.find(ref) if ref is not None else next(iter(self.resources.values()))

    def _granted(self, caller: Caller, space_id: str) -> tuple[bool, list[str] | None]:
        """Return whether a test says what a key may do in a space, and what: null hides the space."""
        granted = self.account.settings.space_permissions.get(caller.kind, {})
        return space_id in granted, granted.get(space_id)

    def may(self, caller: Caller, permission: str, space_id: str) -> bool:
        """Tell whether a key has a permission in a space; in one that does not exist none has."""
        if space_id not in self.resources:
            return False
        said, granted = self._granted(caller, space_id)
        if said:
            return permission in (granted or [])
        return self._sees(caller, space_id) and self.account.may(caller, permission)

    def _sees(self, caller: Caller, space_id: str) -> bool:
        said, granted = self._granted(caller, space_id)
        if said:
            return granted is not None
        hidden = self.resources[space_id].fields.get("is_private") and not caller.is_admin
        return self.account.may(caller, "SPACE_READ") and not hidden

    def sees(self, caller: Caller, resource: Resource) -> bool:
        """Tell whether a key sees a space."""
        return self._sees(caller, resource["id"])

    def test(self, _caller: Caller, filters: dict[str, str]) -> Callable[[Resource], bool]:
        """Filter by organization and name."""
        organization = filters.get("org_id")
        if organization is not None and organization not in self._organizations.resources:
            raise Problem(404, "The organization was not found.")
        return lambda resource: (
            organization in (None, resource["organization_id"]) and contains(filters.get("name"), resource["name"])
        )

    def show(self, resource: Resource) -> dict[str, Any]:
        """Return a space as the API shows it; an older server leaves its organization out."""
        shown = resource.public()
        if not self.account.settings.space_organizations:
            shown.pop("organization_id", None)
        return shown

    def create(self, caller: Caller, body: dict[str, Any]) -> Outcome:
        """Create a space in an organization."""
        self.account.allow(caller, "SPACE_CREATE")
        organization = self._organizations.visible(caller, body["organization_id"])
        self._check_name(body["name"], organization["id"])
        self.account.check_plan("SPACES", len(self.resources))
        return Outcome(201, self.show(self.add(self.fill({"organization": organization["id"], **body}))))

    def update(self, caller: Caller, space_id: str, body: dict[str, Any]) -> Outcome:
        """Change a space; null clears its description."""
        space = self.visible(caller, space_id)
        if not self.may(caller, "SPACE_UPDATE", space_id):
            raise Problem(403, "This needs a space admin, or the permission SPACE_UPDATE.")
        self._check_name(body.get("name"), space["organization_id"], besides=space)
        space.fields.update({name: "" if value is None else value for name, value in body.items()})
        return Outcome(200, self.show(space))

    def _check_name(self, name: str | None, organization_id: str, besides: Resource | None = None) -> None:
        others = [space for space in self.resources.values() if space is not besides]
        if any((space["name"], space["organization_id"]) == (name, organization_id) for space in others):
            raise Problem(409, "The organization has a space with this name already.", title="Resource conflict")


class Projects(Resources):
    """All projects of the account."""

    kind = "Model"
    noun = "project"

    def __init__(self, account: Account, spaces: Spaces) -> None:
        self._spaces = spaces
        super().__init__(account)

    def fill(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return a project to seed, in a space by id or name (by default the first)."""
        space = self._spaces.default(given.pop("space", None))
        made = {"name": f"Project {self._count + 1}", "project_type": "APPLICATION"}
        return {**made, "space_id": space["id"], **given}

    def sees(self, caller: Caller, resource: Resource) -> bool:
        """Tell whether a key sees a project: it sees those of the spaces that it sees."""
        space = self._spaces.resources.get(resource["space_id"])
        return space is not None and self.account.may(caller, "PROJECT_READ") and self._spaces.sees(caller, space)

    def _space_name(self, project: Resource) -> str:
        space = self._spaces.resources.get(project["space_id"])
        return space["name"] if space else ""

    def test(self, caller: Caller, filters: dict[str, str]) -> Callable[[Resource], bool]:
        """Filter by space, name of the space, name and type."""
        self.account.allow(caller, "PROJECT_READ")
        if "space_id" in filters:
            self._spaces.visible(caller, filters["space_id"])
        return lambda resource: (
            filters.get("space_id") in (None, resource["space_id"])
            and filters.get("project_type") in (None, resource["project_type"])
            and contains(filters.get("space_name"), self._space_name(resource))
            and contains(filters.get("name"), resource["name"])
        )

    def create(self, caller: Caller, body: dict[str, Any]) -> Outcome:
        """Create a project in a space; without permission, or in a space that does not exist, 403."""
        space_id = body["space_id"]
        if not self._spaces.may(caller, "PROJECT_CREATE", space_id):
            raise Problem(403, "This needs the permission PROJECT_CREATE in the space.")
        if self._is_taken(body["name"], space_id):
            raise Problem(409, "The space has a project with this name already.", title="Resource conflict")
        return Outcome(201, self.add(self.fill({"space": space_id, **body})).public())

    def update(self, caller: Caller, project_id: str, body: dict[str, Any]) -> Outcome:
        """Rename a project. No 409 is documented here, so a name that is taken is a 422."""
        project = self.visible(caller, project_id)
        if not self._spaces.may(caller, "PROJECT_UPDATE", project["space_id"]):
            raise Problem(403, "This needs the permission PROJECT_UPDATE in the space.")
        if body["name"] != project["name"] and self._is_taken(body["name"], project["space_id"]):
            raise Problem(422, "The space has a project with this name already.")
        project.fields.update(body)
        return Outcome(200, project.public())

    def _is_taken(self, name: str, space_id: str) -> bool:
        return any((item["name"], item["space_id"]) == (name, space_id) for item in self.resources.values())

    def may(self, caller: Caller, permission: str, project_id: str) -> bool:
        """Tell whether a key has a permission on a project: in its space."""
        project = self.resources.get(project_id)
        return project is not None and self._spaces.may(caller, permission, project["space_id"])


class Restrictions(Resources):
    """The restricted projects: roles bound higher up do not reach them. The ID of a restriction is its project's."""

    noun = "restriction"

    def __init__(self, account: Account, projects: Projects) -> None:
        self._projects = projects
        super().__init__(account)

    def fill(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return a restriction to seed, of a project by id or name."""
        project_id = given.pop("project_id", None) or self._projects.find(given.pop("project"))["id"]
        return {"id": project_id, "resource_type": "PROJECT", "resource_id": project_id, **given}

    def show(self, resource: Resource) -> dict[str, Any]:
        """Return a restriction as the API shows it: it has no ID of its own."""
        return {name: value for name, value in resource.public().items() if name != "id"}

    def sees(self, caller: Caller, resource: Resource) -> bool:
        """Tell whether a key sees a restriction: if it may manage it."""
        return self._projects.may(caller, "PROJECT_RESTRICT", resource["id"])

    def test(self, _caller: Caller, filters: dict[str, str]) -> Callable[[Resource], bool]:
        """Filter by type of the resource."""
        return lambda resource: filters.get("resource_type") in (None, resource["resource_type"])

    def create(self, caller: Caller, body: dict[str, Any]) -> Outcome:
        """Restrict a project; again is no error."""
        project = self._permitted(caller, body["resource_id"])
        restriction = self.resources.get(project["id"]) or self.add(self.fill({"project_id": project["id"]}))
        return Outcome(200, self.show(restriction))

    def delete(self, caller: Caller, resource_id: str) -> Outcome:
        """Unrestrict a project."""
        project = self._permitted(caller, resource_id)
        if self.resources.pop(project["id"], None) is None:
            raise Problem(404, "The resource is not restricted.")
        return Outcome(204)

    def _permitted(self, caller: Caller, project_id: str) -> Resource:
        project = self._projects.visible(caller, project_id)
        if not self._projects.may(caller, "PROJECT_RESTRICT", project_id):
            raise Problem(403, "This needs a space admin, or the permission PROJECT_RESTRICT.")
        return project
