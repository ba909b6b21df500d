# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles as Python.

Every method raises ArizeError: transport, rate_limited, server, the kind of the response's status, or invalid_response.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from .._access import Role
from .._errors import ArizeError
from .._models import NEW, PROJECT, SPACE, Created
from .bindings import Bindings
from .creation import Creation
from .deletion import delete
from .failures import Request, RequestError
from .paging import pages, unique
from .reading import find_by_id, item_id, item_path, read_same, text
from .session import Http, Response, Unreadable

ROLES = "/v2/roles"
_READ = "ROLE_READ, which account admins and members have"


class Roles:
    """The calls about roles."""

    def __init__(self, http: Http) -> None:
        self.http = http

    def list_all(self, predefined: bool | None = None) -> list[Role]:
        """Return every role (GET /v2/roles); with *predefined* only those, or only the others."""
        query = [] if predefined is None else [("is_predefined", str(predefined).lower())]
        request = Request("list the roles", "GET", ROLES, query, needs=_READ)
        return unique(pages(self.http, request, "roles", read_role))

    def get(self, role_id: str) -> Role | None:
        """Return the role with this ID; None if it does not exist."""
        request = Request(f"look up the role {role_id}", "GET", item_path(ROLES, role_id), needs=_READ)
        return find_by_id(self.http, request, read_role, role_id)

    def create(self, fields: Mapping[str, Any]) -> Created[Role]:
        """Create a role (POST /v2/roles) with ``name``, ``permissions`` and ``description``."""
        return _RoleCreation(self, fields).run()

    def update(self, role: Role, changes: Mapping[str, Any]) -> Role:
        """Change ``name``, ``description`` or ``permissions``, which are replaced (PATCH /v2/roles/{role_id})."""
        path = item_path(ROLES, role.id)
        request = Request(f"update the role {role.name}", "PATCH", path, body=dict(changes), needs="ROLE_UPDATE")
        return self.http.call(request, partial(_read_updated, role, changes))

    def delete(self, role: Role) -> None:
        """Delete a role (DELETE /v2/roles/{role_id}). One that no list shows any more counts as deleted.

        Raises:
            ArizeError: role_in_use while bindings remain.
        """
        request = Request(f"delete the role {role.name}", "DELETE", item_path(ROLES, role.id), needs="ROLE_DELETE")
        try:
            delete(self.http, request, lambda: role.id in {other.id for other in self.list_all(predefined=False)})
        except ArizeError as error:
            raise (self._in_use(role, error) if error.kind == "conflict" else error) from None

    def _in_use(self, role: Role, error: ArizeError) -> ArizeError:
        try:
            bindings = [binding for kind in (SPACE, PROJECT) for binding in Bindings(self.http).list_all(kind)]
            count = str(sum(binding.role_id == role.id for binding in bindings))
        except ArizeError:
            count = "an unknown number"
        return ArizeError(
            "role_in_use",
            f"The role {role.name} cannot be deleted while it has role bindings; the API key can see {count}. Remove them"
            " first, with arize_role_binding and state: absent.",
            outcome_unknown=error.outcome_unknown,  # an earlier attempt, whose response was lost, may have deleted it
            **error.facts(),
        )


class _RoleCreation(Creation[Role]):
    """The creation of a role; names are unique within the account."""

    def __init__(self, roles: Roles, fields: Mapping[str, Any]) -> None:
        body = {name: value for name, value in fields.items() if value is not None}
        request = Request(f"create the role {fields['name']}", "POST", ROLES, body=body, needs="ROLE_CREATE")
        super().__init__(roles.http, request)
        self._roles = roles
        self._name: str = fields["name"]
        self._permissions = frozenset(fields["permissions"])

    def _read(self, response: Response) -> Created[Role]:
        created = super()._read(response)
        if created.how == NEW and not self._permissions <= set(created.item.permissions):
            raise Unreadable("the response does not show the new permissions")
        return created

    def read(self, data: Mapping[str, Any]) -> Role:
        role = read_role(data)
        if not self._has_name(role):
            raise Unreadable(f"the response is about another role, {role.name}")
        return role

    def find(self) -> Role | None:
        return next(filter(self._has_name, self._roles.list_all(predefined=False)), None)

    def _has_name(self, role: Role) -> bool:
        return (role.name or "").strip() == self._name

    def conflict_error(self, error: RequestError) -> ArizeError:
        return ArizeError(
            "conflict",
            f"The role {self._name} cannot be created: the server says that the name is taken, but no custom role that"
            " the API key can see has it. Choose another name.",
            **error.facts(),
        )


def read_role(data: Mapping[str, Any]) -> Role:
    """Return the API's *data* as a Role; raise Unreadable without an ID."""
    permissions = data.get("permissions")
    given = permissions if isinstance(permissions, list) else []
    predefined = data.get("is_predefined")
    return Role(
        id=item_id(data, "role"),
        name=text(data.get("name")),
        description=text(data.get("description")) or None,
        permissions=tuple(sorted({item for item in given if isinstance(item, str)})),
        is_predefined=predefined if isinstance(predefined, bool) else None,
        created_at=text(data.get("created_at")),
        updated_at=text(data.get("updated_at")),
    )


def _read_updated(role: Role, changes: Mapping[str, Any], response: Response) -> Role:
    """Return the role of a response; the server may add permissions to those sent, and normalise the description."""
    after = read_same(read_role, role.id, response)
    if "name" in changes and (after.name or "").strip() != changes["name"]:
        raise Unreadable("the response does not show the new name")
    if not set(changes.get("permissions", ())) <= set(after.permissions):
        raise Unreadable("the response does not show the new permissions")
    return after
