# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Restrictions of resources as Python.

Every method raises ArizeError: transport, rate_limited, server, the kind of the response's status, or invalid_response.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._access import Restriction
from .._errors import ArizeError
from .._models import NEW, PROJECT, Created
from .creation import Creation
from .deletion import delete
from .failures import Request, RequestError
from .paging import pages, unique
from .reading import item_path, lower, text
from .session import Http, Response, Unreadable

RESTRICTIONS = "/v2/resource-restrictions"
_NEEDS = "PROJECT_RESTRICT, or a space admin"


class Restrictions:
    """The calls about restrictions of projects."""

    def __init__(self, http: Http) -> None:
        self.http = http

    def list_all(self) -> list[Restriction]:
        """Return the restrictions of projects that the key may manage (GET /v2/resource-restrictions)."""
        query = [("resource_type", PROJECT.upper())]
        request = Request("list the resource restrictions", "GET", RESTRICTIONS, query, needs=_NEEDS)
        return unique(pages(self.http, request, "resource_restrictions", read_restriction))

    def find(self, project_id: str) -> Restriction | None:
        """Return the restriction of a project; None if the key can see none."""
        return next((found for found in self.list_all() if found.id == project_id), None)

    def restrict(self, label: str, project_id: str) -> Created[Restriction]:
        """Restrict a project (POST /v2/resource-restrictions)."""
        return _RestrictionCreation(self, label, project_id).run()

    def unrestrict(self, label: str, project_id: str) -> None:
        """Remove the restriction of a project (DELETE /v2/resource-restrictions/{resource_id})."""
        path = item_path(RESTRICTIONS, project_id)
        request = Request(f"unrestrict the project {label}", "DELETE", path, needs=_NEEDS)
        delete(self.http, request, lambda: self.find(project_id) is not None)


class _RestrictionCreation(Creation[Restriction]):
    """The restriction of a project that was not restricted: the API answers 200, also if it is by now."""

    def __init__(self, restrictions: Restrictions, label: str, project_id: str) -> None:
        body = {"resource_id": project_id}
        request = Request(f"restrict the project {label}", "POST", RESTRICTIONS, body=body, needs=_NEEDS)
        super().__init__(restrictions.http, request)
        self._restrictions = restrictions
        self._project_id = project_id

    def read(self, data: Mapping[str, Any]) -> Restriction:
        restriction = read_restriction(data)
        if restriction.id != self._project_id:
            raise Unreadable("the response is about another resource")
        return restriction

    def _read(self, response: Response) -> Created[Restriction]:
        data = response.json_object()
        return Created(self.read(data), NEW, data)

    def find(self) -> Restriction | None:
        return self._restrictions.find(self._project_id)

    def conflict_error(self, error: RequestError) -> ArizeError:
        return error


def read_restriction(data: Mapping[str, Any]) -> Restriction:
    """Return the API's *data* as a Restriction; raise Unreadable without the ID of the resource."""
    resource_id = text(data.get("resource_id"))
    if not resource_id:
        raise Unreadable("the response contains a restriction without resource_id")
    return Restriction(lower(data.get("resource_type")), resource_id, text(data.get("created_at")))
