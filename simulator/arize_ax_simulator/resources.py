# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of all kinds of access: resources with an id, in the order of their creation, visible by permission."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from .problems import Problem
from .store import EPOCH, Account, Caller, Outcome, make_id

# Fields that may be null in the contract.
NULLABLE = ("project_type",)


@dataclass
class Resource:
    """One organization, space, project, role or role binding."""

    number: int
    fields: dict[str, Any]
    omit: list[str] = field(default_factory=list)

    def __getitem__(self, name: str) -> Any:
        return self.fields[name]

    def public(self) -> dict[str, Any]:
        """Return the resource as the API shows it."""
        return {name: value for name, value in self.fields.items() if name not in self.omit}

    def deviates(self) -> bool:
        """Tell whether a test made this differ from the contract."""
        return bool(self.omit) or any(self.fields[name] is None for name in self.fields if name not in NULLABLE)


class Resources:
    """All resources of one kind. Subclasses say how one is seeded, who sees it, and what the API does with it."""

    kind = ""
    noun = ""
    timed: tuple[str, ...] = ("created_at",)

    def __init__(self, account: Account) -> None:
        self.account = account
        self.clear()

    def clear(self) -> None:
        """Forget all resources."""
        self.resources: dict[str, Resource] = {}
        self._count = 0
        self._deviates = False

    # -- setting the scene ------------------------------------------------------------------------------------------

    def seed(self, given: dict[str, Any]) -> dict[str, Any]:
        """Add one resource and return it as stored; `omit` names what answers leave out."""
        given = dict(given)
        omit = list(given.pop("omit", []))
        resource = self.add(self.fill(given))
        resource.omit = omit
        self._deviates = self._deviates or resource.deviates()
        return dict(resource.fields)

    def fill(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return all fields of a resource to seed, from some, with ids for names."""
        raise NotImplementedError

    def add(self, fields: dict[str, Any]) -> Resource:
        """Add a resource; id and times are made up unless given."""
        self._count += 1
        made = {name: self._moment(self._count) for name in self.timed}
        resource = Resource(self._count, {"id": self._free_id(), **made, **fields})
        if resource["id"] in self.resources:
            raise Problem(400, f"there is a {self.noun} with the id {resource['id']} already")
        self.resources[resource["id"]] = resource
        return resource

    def _free_id(self) -> str:
        number = self._count
        while make_id(self.kind, number) in self.resources:
            number += 1
        return make_id(self.kind, number)

    def touch(self, resource: Resource) -> None:
        """Note that a resource has changed."""
        self._count += 1
        resource.fields["updated_at"] = self._moment(self._count)

    @staticmethod
    def _moment(seconds: int) -> str:
        return (EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def stored(self) -> list[dict[str, Any]]:
        """Return all resources as stored."""
        return [dict(resource.fields) for resource in self.resources.values()]

    def find(self, ref: str) -> Resource:
        """Return the resource with that id, else the first with that name; the simulator's own refusal for none."""
        named = (resource for resource in self.resources.values() if resource.fields.get("name") == ref)
        resource = self.resources.get(ref) or next(named, None)
        if resource is None:
            raise Problem(404, f"the simulator has no {self.noun} {ref!r}")
        return resource

    def change(self, ref: str, fields: dict[str, Any], omit: list[str] | None = None) -> dict[str, Any]:
        """Set any field of a resource, sensible or not."""
        resource = self.find(ref)
        resource.fields.update(fields)
        resource.omit = resource.omit if omit is None else omit
        self._deviates = self._deviates or resource.deviates()
        return dict(resource.fields)

    def remove(self, ref: str) -> dict[str, Any]:
        """Remove a resource without a trace."""
        return dict(self.resources.pop(self.find(ref)["id"]).fields)

    def deviates(self) -> bool:
        """Tell whether answers may differ from the contract because a test wanted it so."""
        return self._deviates

    # -- the API ----------------------------------------------------------------------------------------------------

    def sees(self, caller: Caller, resource: Resource) -> bool:
        """Tell whether a key sees a resource."""
        raise NotImplementedError

    def visible(self, caller: Caller, resource_id: str) -> Resource:
        """Return a resource that a key sees, or answer 404."""
        resource = self.resources.get(resource_id)
        if resource is None or not self.sees(caller, resource):
            raise Problem(404, f"The {self.noun} was not found.")
        return resource

    def get(self, caller: Caller, resource_id: str) -> Outcome:
        """Answer a look-up by id."""
        return Outcome(200, self.show(self.visible(caller, resource_id)))

    def matching(self, caller: Caller, filters: dict[str, str], after: int) -> Iterator[Resource]:
        """Return the resources after that number that the filters let through and a key sees."""
        test = self.test(caller, filters)
        rest = (resource for resource in self.resources.values() if resource.number > after)
        return (resource for resource in rest if test(resource) and self.sees(caller, resource))

    def test(self, caller: Caller, filters: dict[str, str]) -> Callable[[Resource], bool]:
        """Return what tells whether a resource passes the filters; refuse filters that cannot be."""
        raise NotImplementedError

    def public(self, resource: Resource, _filters: dict[str, str]) -> dict[str, Any]:
        """Return a resource as its list shows it."""
        return self.show(resource)

    def show(self, resource: Resource) -> dict[str, Any]:
        """Return a resource as the API shows it."""
        return resource.public()


def contains(part: str | None, name: Any) -> bool:
    """Tell whether a name filter lets a name through: a substring, in any case."""
    return part is None or part.lower() in str(name).lower()
