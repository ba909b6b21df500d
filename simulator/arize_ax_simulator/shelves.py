# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kinds of access have in common: things with an id, in the order in which they came, seen by permission."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from .problems import Problem
from .store import EPOCH, Account, Caller, Outcome, make_id

# May be null without being odd.
NULLABLE = ("project_type",)


@dataclass
class Thing:
    """One organization, space, project, role or role binding."""

    number: int
    fields: dict[str, Any]
    omit: list[str] = field(default_factory=list)

    def __getitem__(self, name: str) -> Any:
        return self.fields[name]

    def public(self) -> dict[str, Any]:
        """Return the thing as the API shows it."""
        return {name: value for name, value in self.fields.items() if name not in self.omit}

    def is_odd(self) -> bool:
        """Tell whether a test made this differ from the contract."""
        return bool(self.omit) or any(self.fields[name] is None for name in self.fields if name not in NULLABLE)


class Shelf:
    """All things of one kind. Subclasses say how one is seeded, who sees it, and what the API does with it."""

    kind = ""
    noun = ""
    timed: tuple[str, ...] = ("created_at",)

    def __init__(self, account: Account) -> None:
        self.account = account
        self.clear()

    def clear(self) -> None:
        """Forget all things."""
        self.things: dict[str, Thing] = {}
        self._count = 0
        self._odd = False

    # -- setting the scene ------------------------------------------------------------------------------------------

    def seed(self, given: dict[str, Any]) -> dict[str, Any]:
        """Add one thing and return it as stored; `omit` names what answers leave out."""
        given = dict(given)
        omit = list(given.pop("omit", []))
        thing = self.add(self.fill(given))
        thing.omit = omit
        self._odd = self._odd or thing.is_odd()
        return dict(thing.fields)

    def fill(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return all fields of a thing to seed, from some, with ids for names."""
        raise NotImplementedError

    def add(self, fields: dict[str, Any]) -> Thing:
        """Add a thing; id and times are made up unless given."""
        self._count += 1
        made = {name: self._moment(self._count) for name in self.timed}
        thing = Thing(self._count, {"id": self._free_id(), **made, **fields})
        if thing["id"] in self.things:
            raise Problem(400, f"there is a {self.noun} with the id {thing['id']} already")
        self.things[thing["id"]] = thing
        return thing

    def _free_id(self) -> str:
        number = self._count
        while make_id(self.kind, number) in self.things:
            number += 1
        return make_id(self.kind, number)

    def touch(self, thing: Thing) -> None:
        """Note that a thing has changed."""
        self._count += 1
        thing.fields["updated_at"] = self._moment(self._count)

    @staticmethod
    def _moment(seconds: int) -> str:
        return (EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def stored(self) -> list[dict[str, Any]]:
        """Return all things as stored."""
        return [dict(thing.fields) for thing in self.things.values()]

    def find(self, ref: str) -> Thing:
        """Return the thing with that id, else the first with that name; the simulator's own refusal for none."""
        named = (thing for thing in self.things.values() if thing.fields.get("name") == ref)
        thing = self.things.get(ref) or next(named, None)
        if thing is None:
            raise Problem(404, f"the simulator has no {self.noun} {ref!r}")
        return thing

    def change(self, ref: str, fields: dict[str, Any], omit: list[str] | None = None) -> dict[str, Any]:
        """Set any field of a thing, sensible or not."""
        thing = self.find(ref)
        thing.fields.update(fields)
        thing.omit = thing.omit if omit is None else omit
        self._odd = self._odd or thing.is_odd()
        return dict(thing.fields)

    def remove(self, ref: str) -> dict[str, Any]:
        """Remove a thing without a trace."""
        return dict(self.things.pop(self.find(ref)["id"]).fields)

    def is_odd(self) -> bool:
        """Tell whether answers may differ from the contract because a test wanted it so."""
        return self._odd

    # -- the API ----------------------------------------------------------------------------------------------------

    def sees(self, caller: Caller, thing: Thing) -> bool:
        """Tell whether a key sees a thing."""
        raise NotImplementedError

    def visible(self, caller: Caller, thing_id: str) -> Thing:
        """Return a thing that a key sees, or answer 404."""
        thing = self.things.get(thing_id)
        if thing is None or not self.sees(caller, thing):
            raise Problem(404, f"The {self.noun} was not found.")
        return thing

    def get(self, caller: Caller, thing_id: str) -> Outcome:
        """Answer a look-up by id."""
        return Outcome(200, self.visible(caller, thing_id).public())

    def matching(self, caller: Caller, filters: dict[str, str], after: int) -> Iterator[Thing]:
        """Return the things after that number that the filters let through and a key sees."""
        test = self.test(caller, filters)
        rest = (thing for thing in self.things.values() if thing.number > after)
        return (thing for thing in rest if test(thing) and self.sees(caller, thing))

    def test(self, caller: Caller, filters: dict[str, str]) -> Callable[[Thing], bool]:
        """Return what tells whether a thing passes the filters; refuse filters that cannot be."""
        raise NotImplementedError

    def public(self, thing: Thing, _filters: dict[str, str]) -> dict[str, Any]:
        """Return a thing as its list shows it."""
        return thing.public()


def contains(part: str | None, name: Any) -> bool:
    """Tell whether a name filter lets a name through: a substring, in any case."""
    return part is None or part.lower() in str(name).lower()
