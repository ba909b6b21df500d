# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Organizations, spaces and projects as Python.

Every method raises ArizeError: transport, rate_limited, server, the kind of the response's status, or invalid_response.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from .._access import Place
from .._errors import ArizeError
from .._models import ORGANIZATION, PROJECT, SPACE, Created
from .creation import Creation
from .failures import Request, RequestError
from .paging import Page, pages, unique
from .reading import find_by_id, given, item_id, item_path, lower, read_same, text
from .session import Http, Response, Unreadable


class _Kind(NamedTuple):
    """How the API lists and writes places of one kind: the field with their parent's ID, and the filter for it."""

    plural: str
    parent: str | None
    filter: str
    needs: str
    create: str = ""
    update: str = ""


_PROJECT_CREATE = "PROJECT_CREATE in the space (the API answers likewise if that does not exist)"
_KINDS = {
    ORGANIZATION: _Kind("organizations", None, "", "ORGANIZATION_READ"),
    SPACE: _Kind("spaces", "organization_id", "org_id", "SPACE_READ", "SPACE_CREATE", "SPACE_UPDATE"),
    PROJECT: _Kind("projects", "space_id", "space_id", "PROJECT_READ", _PROJECT_CREATE, "PROJECT_UPDATE"),
}


class Places:
    """The calls about organizations, spaces and projects."""

    def __init__(self, http: Http) -> None:
        self.http = http

    def list_all(self, kind: str, name: str | None = None, parent_id: str | None = None) -> list[Place]:
        """Return the organizations, spaces or projects that the key may see.

        Args:
            kind: ORGANIZATION, SPACE or PROJECT.
            name: only those whose name contains this.
            parent_id: only those in this organization, or space. Older servers do not show in which one they are.
        """
        places = unique(self.pages(kind, name, parent_id))
        return [place for place in places if None in (parent_id, place.parent_id) or place.parent_id == parent_id]

    def pages(self, kind: str, name: str | None = None, parent_id: str | None = None) -> Iterator[Page[Place]]:
        """Yield the same page by page."""
        how = _KINDS[kind]
        query = [*given(name=name), *([(how.filter, parent_id)] if parent_id else [])]
        request = Request(f"list the {how.plural}", "GET", f"/v2/{how.plural}", query, needs=how.needs)
        return pages(self.http, request, how.plural, partial(read_place, how.parent))

    def named(self, kind: str, name: str, parent_id: str | None = None) -> list[Place]:
        """Return the places with exactly this name."""
        return [place for place in self.list_all(kind, name, parent_id) if (place.name or "").strip() == name]

    def get(self, kind: str, place_id: str) -> Place | None:
        """Return the organization, space or project with this ID; None if it does not exist."""
        how = _KINDS[kind]
        path = item_path(f"/v2/{how.plural}", place_id)
        request = Request(f"look up the {kind} {place_id}", "GET", path, needs=how.needs)
        return find_by_id(self.http, request, partial(read_place, how.parent), place_id)

    def create(self, kind: str, fields: Mapping[str, Any]) -> Created[Place]:
        """Create a space or a project, with ``name`` and ``parent_id`` (POST)."""
        return _PlaceCreation(self, kind, fields).run()

    def update(self, kind: str, place: Place, changes: Mapping[str, Any]) -> Place:
        """Change a space or a project (PATCH)."""
        how = _KINDS[kind]
        path = item_path(f"/v2/{how.plural}", place.id)
        request = Request(f"update the {kind} {place.name}", "PATCH", path, body=dict(changes), needs=how.update)
        after = self.http.call(request, partial(_read_updated, how.parent, place, changes))
        return after._replace(parent_id=after.parent_id or place.parent_id)


class _PlaceCreation(Creation[Place]):
    """The creation of a space or a project; names are unique within the parent."""

    def __init__(self, places: Places, kind: str, fields: Mapping[str, Any]) -> None:
        self._how = _KINDS[kind]
        self._fields = fields
        self._label = f"the {kind} {fields['name']}"
        self._look = partial(places.named, kind, fields["name"], fields["parent_id"])
        body = {self._how.parent or "" if name == "parent_id" else name: value for name, value in fields.items()}
        request = Request(f"create {self._label}", "POST", f"/v2/{self._how.plural}", body=body, needs=self._how.create)
        super().__init__(places.http, request)

    def read(self, data: Mapping[str, Any]) -> Place:
        return self._ours(_read_shown(self._how.parent, self._fields, data))

    def find(self) -> Place | None:
        return next(map(self._ours, self._look()), None)

    def _ours(self, place: Place) -> Place:
        """Return *place* with its parent, which older servers leave out."""
        return place._replace(parent_id=self._fields["parent_id"])

    def conflict_error(self, error: RequestError) -> ArizeError:
        return ArizeError(
            "conflict",
            f"{self._label[0].upper()}{self._label[1:]} cannot be created: the server says that the name is taken, but the"
            " API key can see none of this name. Choose another name, or use a key that may see it.",
            **error.facts(),
        )


def read_place(parent: str | None, data: Mapping[str, Any]) -> Place:
    """Return the API's *data* as a Place; *parent* is the field with its parent's ID. Raise Unreadable without an ID."""
    is_private = data.get("is_private")
    return Place(
        id=item_id(data, "item"),
        name=text(data.get("name")),
        parent_id=text(data.get(parent)) if parent else None,
        description=text(data.get("description")) or None,
        is_private=is_private if isinstance(is_private, bool) else None,
        project_type=lower(data.get("project_type")),
        created_at=text(data.get("created_at")),
    )


def _read_shown(parent: str | None, wanted: Mapping[str, Any], data: Mapping[str, Any]) -> Place:
    """Return a place that shows the *wanted* fields; an older server does not show the parent, and may trim a text."""
    place = read_place(parent, data)
    for name in ("name", "parent_id", "is_private"):
        shown = getattr(place, name)
        if name in wanted and shown != wanted[name] and (shown is not None or name != "parent_id"):
            raise Unreadable(f"the response does not show the new {name}")
    return place


def _read_updated(parent: str | None, place: Place, changes: Mapping[str, Any], response: Response) -> Place:
    read_same(partial(read_place, parent), place.id, response)
    return _read_shown(parent, changes, response.json_object())
