# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Organizations, spaces and projects as Python. Private to arize.ax.

Every method raises ArizeError: transport, rate_limited, server, the kind of the response's status, or invalid_response.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from .._errors import ArizeError
from .._models import ORGANIZATION, PROJECT, SPACE, Place
from .failures import Request
from .paging import Page, pages, unique
from .reading import given, item_id, item_path, read_same, text
from .session import Http


class _Kind(NamedTuple):
    """How the API lists places of one kind: the field with their parent's ID, and the filter for it."""

    plural: str
    parent: str | None
    filter: str
    needs: str


_KINDS = {
    ORGANIZATION: _Kind("organizations", None, "", "ORGANIZATION_READ"),
    SPACE: _Kind("spaces", "organization_id", "org_id", "SPACE_READ"),
    PROJECT: _Kind("projects", "space_id", "space_id", "PROJECT_READ"),
}


class Places:
    """The lists of organizations, spaces and projects."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def get(self, kind: str, place_id: str) -> Place | None:
        """Return the organization, space or project with this ID; None if it does not exist."""
        how = _KINDS[kind]
        path = item_path(f"/v2/{how.plural}", place_id)
        request = Request(f"look up the {kind} {place_id}", "GET", path, needs=how.needs)
        try:
            return self._http.call(request, partial(read_same, partial(read_place, how.parent), place_id))
        except ArizeError as error:
            if error.kind == "not_found":
                return None
            raise

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
        return pages(self._http, request, how.plural, partial(read_place, how.parent))


def read_place(parent: str | None, data: Mapping[str, Any]) -> Place:
    """Return the API's *data* as a Place; *parent* is the field with its parent's ID. Raise Unreadable without an ID."""
    return Place(item_id(data, "item"), text(data.get("name")), text(data.get(parent)) if parent else None)
