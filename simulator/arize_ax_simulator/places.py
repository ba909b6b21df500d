# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Organizations, their spaces, and the projects of those: for reading only. What a key may do, space by space."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .problems import Problem
from .shelves import Shelf, Thing, contains
from .store import Account, Caller


class Organizations(Shelf):
    """All organizations of the account."""

    kind = "AccountOrganization"
    noun = "organization"

    def fill(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return an organization to seed."""
        return {"name": f"Organization {self._count + 1}", "description": "", **given}

    def default(self, ref: str | None) -> Thing:
        """Return the organization named, else the first, which is made if there is none."""
        if ref is None and not self.things:
            self.seed({})
        return self.find(ref) if ref is not None else next(iter(self.things.values()))

    def sees(self, caller: Caller, _thing: Thing) -> bool:
        """Tell whether a key sees an organization."""
        return self.account.may(caller, "ORGANIZATION_READ")

    def test(self, caller: Caller, filters: dict[str, str]) -> Callable[[Thing], bool]:
        """Filter by name."""
        self.account.allow(caller, "ORGANIZATION_READ")
        return lambda thing: contains(filters.get("name"), thing["name"])


class Spaces(Shelf):
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

    def default(self, ref: str | None) -> Thing:
        """Return the space named, else the first, which is made if there is none."""
        if ref is None and not self.things:
            self.seed({})
        return self.find(ref) if ref is not None else next(iter(self.things.values()))

    def _granted(self, caller: Caller, space_id: str) -> tuple[bool, list[str] | None]:
        """Return whether a test says what a key may do in a space, and what: null hides the space."""
        granted = self.account.settings.space_permissions.get(caller.kind, {})
        return space_id in granted, granted.get(space_id)

    def may(self, caller: Caller, permission: str, space_id: str) -> bool:
        """Tell whether a key has a permission in a space."""
        said, granted = self._granted(caller, space_id)
        if said:
            return permission in (granted or [])
        return self._sees(caller, space_id) and self.account.may(caller, permission)

    def _sees(self, caller: Caller, space_id: str) -> bool:
        said, granted = self._granted(caller, space_id)
        if said:
            return granted is not None
        hidden = self.things[space_id].fields.get("is_private") and not caller.is_admin
        return self.account.may(caller, "SPACE_READ") and not hidden

    def sees(self, caller: Caller, thing: Thing) -> bool:
        """Tell whether a key sees a space."""
        return self._sees(caller, thing["id"])

    def test(self, _caller: Caller, filters: dict[str, str]) -> Callable[[Thing], bool]:
        """Filter by organization and name."""
        organization = filters.get("org_id")
        if organization is not None and organization not in self._organizations.things:
            raise Problem(404, "The organization was not found.")
        return lambda thing: (
            organization in (None, thing["organization_id"]) and contains(filters.get("name"), thing["name"])
        )


class Projects(Shelf):
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

    def sees(self, caller: Caller, thing: Thing) -> bool:
        """Tell whether a key sees a project: it sees those of the spaces that it sees."""
        space = self._spaces.things.get(thing["space_id"])
        return space is not None and self.account.may(caller, "PROJECT_READ") and self._spaces.sees(caller, space)

    def _space_name(self, project: Thing) -> str:
        space = self._spaces.things.get(project["space_id"])
        return space["name"] if space else ""

    def test(self, caller: Caller, filters: dict[str, str]) -> Callable[[Thing], bool]:
        """Filter by space, name of the space, name and type."""
        self.account.allow(caller, "PROJECT_READ")
        if "space_id" in filters:
            self._spaces.visible(caller, filters["space_id"])
        return lambda thing: (
            filters.get("space_id") in (None, thing["space_id"])
            and filters.get("project_type") in (None, thing["project_type"])
            and contains(filters.get("space_name"), self._space_name(thing))
            and contains(filters.get("name"), thing["name"])
        )
