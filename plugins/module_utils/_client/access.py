# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles, role bindings, and what they bind, as Python. Private to arize.ax.

Every method raises ArizeError: transport, rate_limited, server, the kind of the response's status, or invalid_response.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote

from .._errors import ArizeError
from .._models import Created, Place, Role, RoleBinding
from .creation import Creation
from .failures import Request, RequestError
from .http import Http, Response, Unreadable
from .paging import pages
from .users import expect_done, lower, text

ROLES, BINDINGS = "/v2/roles", "/v2/role-bindings"
_ROLE_READ = "ROLE_READ, which account admins and members have"
_BINDING_CREATE = "ROLE_BINDING_CREATE on the space or project (the API answers likewise if that does not exist)"

Item = TypeVar("Item")
Query = list[tuple[str, Any]]


class Access:
    """The calls about roles, role bindings, organizations, spaces and projects."""

    def __init__(self, http: Http) -> None:
        self.http = http

    # ------------------------------------------------------------ roles

    def roles(self, predefined: bool | None = None) -> list[Role]:
        """Return every role (GET /v2/roles); with *predefined* only those, or only the others."""
        query: Query = [] if predefined is None else [("is_predefined", str(predefined).lower())]
        return self._list(ROLES, query, "roles", read_role, _ROLE_READ)

    def get_role(self, role_id: str) -> Role | None:
        """Return the role with this ID; None if it does not exist."""
        request = Request(f"look up the role {role_id}", "GET", _path(ROLES, role_id), needs=_ROLE_READ)
        try:
            return self.http.call(request, partial(_read_same, read_role, role_id))
        except ArizeError as error:
            if error.kind == "not_found":
                return None
            raise

    def create_role(self, fields: Mapping[str, Any]) -> Created[Role]:
        """Create a role (POST /v2/roles) with ``name``, ``permissions`` and ``description``."""
        return _RoleCreation(self, fields).run()

    def update_role(self, role: Role, changes: Mapping[str, Any]) -> Role:
        """Change ``name``, ``description`` or ``permissions``, which are replaced (PATCH /v2/roles/{role_id})."""
        path = _path(ROLES, role.id)
        request = Request(f"update the role {role.name}", "PATCH", path, body=changes, needs="ROLE_UPDATE")
        return self.http.call(request, partial(_read_updated_role, role, changes))

    def delete_role(self, role: Role) -> None:
        """Delete a role (DELETE /v2/roles/{role_id}); one that is gone already counts as deleted.

        Raises:
            ArizeError: role_in_use while bindings remain.
        """
        request = Request(f"delete the role {role.name}", "DELETE", _path(ROLES, role.id), needs="ROLE_DELETE")
        try:
            self.http.call(request, expect_done)
        except ArizeError as error:
            if error.kind == "conflict":
                raise self._in_use(role, error) from None
            if error.kind != "not_found":
                raise

    def _in_use(self, role: Role, error: ArizeError) -> ArizeError:
        try:
            every = [binding for kind in ("space", "project") for binding in self.bindings(kind)]
            count = str(sum(binding.role_id == role.id for binding in every))
        except ArizeError:
            count = "an unknown number of"
        return ArizeError(
            "role_in_use",
            f"The role {role.name} cannot be deleted while it has bindings; this API key can see {count}. Remove them with"
            " arize_role_binding and state: absent first.",
            **error.facts(),
        )

    # ------------------------------------------------------------ role bindings

    def bindings(self, resource_type: str, user_id: str | None = None) -> list[RoleBinding]:
        """Return the bindings that the key may see (GET /v2/role-bindings); of one user if *user_id* is given."""
        query: Query = [("resource_type", resource_type.upper()), *([("user_id", user_id)] if user_id else [])]
        return self._list(BINDINGS, query, "role_bindings", read_binding, "ROLE_BINDING_READ")

    def create_binding(self, fields: Mapping[str, Any]) -> Created[RoleBinding]:
        """Bind ``role_id`` to ``user_id`` on ``resource_type`` and ``resource_id`` (POST /v2/role-bindings)."""
        return _BindingCreation(self, fields).run()

    def update_binding(self, binding: RoleBinding, role_id: str) -> RoleBinding:
        """Change the role of a binding (PATCH /v2/role-bindings/{binding_id})."""
        path, needs = _path(BINDINGS, binding.id), "ROLE_BINDING_CREATE and ROLE_BINDING_DELETE on the resource"
        request = Request("change the role binding", "PATCH", path, body={"role_id": role_id}, needs=needs)
        try:
            return self.http.call(request, partial(_read_rebound, binding, role_id))
        except ArizeError as error:
            self._refuse_hidden(binding, error, needs)
            raise

    def delete_binding(self, binding: RoleBinding) -> None:
        """Remove a binding (DELETE /v2/role-bindings/{binding_id}); one that is gone already counts as removed."""
        needs = "ROLE_BINDING_DELETE on the resource"
        request = Request("remove the role binding", "DELETE", _path(BINDINGS, binding.id), needs=needs)
        try:
            self.http.call(request, expect_done)
        except ArizeError as error:
            self._refuse_hidden(binding, error, needs)
            if error.kind != "not_found":
                raise

    def _refuse_hidden(self, binding: RoleBinding, error: ArizeError, needs: str) -> None:
        """Raise forbidden where a 404 does not mean that the binding is gone: the API answers so for a permission too."""
        if error.kind != "not_found":
            return
        remaining = self.bindings(binding.resource_type or "", binding.user_id)
        if any(other.id == binding.id for other in remaining):
            message = f"The role binding {binding.id} exists, but the API key may not change it: this needs {needs}."
            raise ArizeError("forbidden", message, **error.facts())

    # ------------------------------------------------------------ organizations, spaces, projects

    def organizations(self, name: str | None = None) -> list[Place]:
        """Return the organizations (GET /v2/organizations), those whose name contains *name* if it is given."""
        return self._list("/v2/organizations", _given(name=name), "organizations", partial(read_place, "account_id"))

    def spaces(self, name: str | None = None, organization_id: str | None = None) -> list[Place]:
        """Return the spaces (GET /v2/spaces), those whose name contains *name* if it is given."""
        query = _given(name=name, org_id=organization_id)
        return self._list("/v2/spaces", query, "spaces", partial(read_place, "organization_id"))

    def projects(self, name: str | None = None, space_id: str | None = None) -> list[Place]:
        """Return the projects (GET /v2/projects), those whose name contains *name* if it is given."""
        query = _given(name=name, space_id=space_id)
        return self._list("/v2/projects", query, "projects", partial(read_place, "space_id"))

    def _list(
        self, path: str, query: Query, plural: str, read: Callable[[Mapping[str, Any]], Item], needs: str = ""
    ) -> list[Item]:
        request = Request(f"list the {plural.replace('_', ' ')}", "GET", path, query, needs=needs)
        return [item for page in pages(self.http, request, plural, read) for item in page.items]


class _RoleCreation(Creation[Role]):
    """The creation of a role; names are unique within the account."""

    def __init__(self, access: Access, fields: Mapping[str, Any]) -> None:
        body = {name: value for name, value in fields.items() if value is not None}
        super().__init__(access.http, Request(f"create the role {fields['name']}", "POST", ROLES, body=body, needs="ROLE_CREATE"))
        self._access = access
        self._name: str = fields["name"]

    def read(self, data: Mapping[str, Any]) -> Role:
        role = read_role(data)
        if role.name != self._name:
            raise Unreadable(f"the response is about another role, {role.name}")
        return role

    def find(self) -> Role | None:
        return next((role for role in self._access.roles(predefined=False) if role.name == self._name), None)

    def took_effect(self, now: Role) -> bool:
        return True

    def taken(self, error: RequestError) -> ArizeError:
        message = f"The role {self._name} cannot be created: the server says that the name is taken, but no role that the API key can see has it."
        return ArizeError("conflict", message, **error.facts())


class _BindingCreation(Creation[RoleBinding]):
    """The creation of a binding; a user has one for each resource."""

    def __init__(self, access: Access, fields: Mapping[str, Any]) -> None:
        body = {**fields, "resource_type": fields["resource_type"].upper()}
        request = Request("create the role binding", "POST", BINDINGS, body=body, needs=_BINDING_CREATE)
        super().__init__(access.http, request)
        self._access = access
        self._fields = fields

    def read(self, data: Mapping[str, Any]) -> RoleBinding:
        binding = read_binding(data)
        if (binding.user_id, binding.resource_id) != (self._fields["user_id"], self._fields["resource_id"]):
            raise Unreadable("the response is about another role binding")
        return binding

    def find(self) -> RoleBinding | None:
        bindings = self._access.bindings(self._fields["resource_type"], self._fields["user_id"])
        return next((found for found in bindings if found.resource_id == self._fields["resource_id"]), None)

    def took_effect(self, now: RoleBinding) -> bool:
        return True

    def taken(self, error: RequestError) -> ArizeError:
        return ArizeError(
            "conflict",
            f"The role binding of the user {self._fields['user_id']} cannot be created: one exists on this resource that"
            " the API key may not see. This needs ROLE_BINDING_READ there.",
            **error.facts(),
        )


def read_role(data: Mapping[str, Any]) -> Role:
    """Return the API's *data* as a Role; raise Unreadable without an ID."""
    permissions = data.get("permissions")
    given = permissions if isinstance(permissions, list) else []
    predefined = data.get("is_predefined")
    return Role(
        id=_id(data, "role"),
        name=text(data.get("name")),
        description=text(data.get("description")) or None,
        permissions=tuple(sorted({item for item in given if isinstance(item, str)})),
        is_predefined=predefined if isinstance(predefined, bool) else None,
        created_at=text(data.get("created_at")),
        updated_at=text(data.get("updated_at")),
    )


def read_binding(data: Mapping[str, Any]) -> RoleBinding:
    """Return the API's *data* as a RoleBinding; raise Unreadable without an ID."""
    return RoleBinding(
        id=_id(data, "role binding"),
        user_id=text(data.get("user_id")),
        role_id=text(data.get("role_id")),
        resource_type=lower(data.get("resource_type")),
        resource_id=text(data.get("resource_id")),
        created_at=text(data.get("created_at")),
        updated_at=text(data.get("updated_at")),
    )


def read_place(parent: str, data: Mapping[str, Any]) -> Place:
    """Return the API's *data* as a Place, whose parent is named by the field *parent*."""
    return Place(_id(data, "item"), text(data.get("name")), text(data.get(parent)))


def _id(data: Mapping[str, Any], what: str) -> str:
    item_id = text(data.get("id"))
    if not item_id:
        raise Unreadable(f"the response contains a {what} without id")
    return item_id


def _read_same(read: Callable[[Mapping[str, Any]], Item], item_id: str, response: Response) -> Item:
    item: Any = read(response.json_object())
    if item.id != item_id:
        raise Unreadable(f"the response is about another item, {item.id}")
    found: Item = item
    return found


def _read_updated_role(role: Role, changes: Mapping[str, Any], response: Response) -> Role:
    after = _read_same(read_role, role.id, response)
    shown = {**after._asdict(), "permissions": list(after.permissions)}
    for name, wanted in changes.items():
        if shown[name] != (sorted(wanted) if name == "permissions" else wanted):
            raise Unreadable(f"the response does not show the new {name}")
    return after


def _read_rebound(binding: RoleBinding, role_id: str, response: Response) -> RoleBinding:
    after = _read_same(read_binding, binding.id, response)
    if after.role_id not in (None, role_id):
        raise Unreadable("the response does not show the new role")
    return after


def _given(**query: str | None) -> Query:
    return [(name, value) for name, value in query.items() if value]


def _path(base: str, item_id: str) -> str:
    """Return the path of an item; IDs are base64 and may contain a slash."""
    return f"{base}/{quote(item_id, safe='')}"
