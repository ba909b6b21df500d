# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles, role bindings, and what they bind, as Python. Private to arize.ax.

Every method raises ArizeError: transport, rate_limited, server, the kind of the response's status, or invalid_response.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote

from .._errors import ArizeError
from .._models import ORGANIZATION, PROJECT, SPACE, Created, Place, Role, RoleBinding
from .creation import Creation
from .deletion import expect_done
from .failures import Request, RequestError
from .paging import Page, pages, unique
from .session import Http, Response, Unreadable
from .users import lower, text

ROLES, BINDINGS = "/v2/roles", "/v2/role-bindings"
_ROLE_READ = "ROLE_READ, which account admins and members have"
_BINDING_IDS = ("user_id", "role_id", "resource_type", "resource_id")
_BINDING_CREATE = "ROLE_BINDING_CREATE on the space or project (the API answers likewise if that does not exist)"


class _Places(NamedTuple):
    """How the API lists places of one kind: the field with their parent's ID, and the filter for it."""

    plural: str
    parent: str | None
    filter: str
    needs: str


_PLACES = {
    ORGANIZATION: _Places("organizations", None, "", "ORGANIZATION_READ"),
    SPACE: _Places("spaces", "organization_id", "org_id", "SPACE_READ"),
    PROJECT: _Places("projects", "space_id", "space_id", "PROJECT_READ"),
}

AnItem = TypeVar("AnItem", Role, RoleBinding, Place)
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
        request = Request(f"update the role {role.name}", "PATCH", path, body=dict(changes), needs="ROLE_UPDATE")
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
            f"The role {role.name} cannot be deleted while it has role bindings; the API key can see {count}. Remove them"
            " first, with arize_role_binding and state: absent.",
            outcome_unknown=error.outcome_unknown,  # an earlier attempt, whose response was lost, may have deleted it
            **error.facts(),
        )

    # ------------------------------------------------------------ role bindings

    def bindings(self, resource_type: str, user_id: str | None = None, require_ids: bool = True) -> list[RoleBinding]:
        """Return the bindings that the key may see (GET /v2/role-bindings); of one user if *user_id* is given.

        Args:
            resource_type: in lower case.
            user_id: an unknown one is not_found.
            require_ids: whether a binding without user, role or resource is invalid_response.
        """
        return unique(self.binding_pages(resource_type, user_id, require_ids))

    def binding_pages(
        self, resource_type: str, user_id: str | None = None, require_ids: bool = True
    ) -> Iterator[Page[RoleBinding]]:
        """Yield the same page by page."""
        query: Query = [("resource_type", resource_type.upper()), *_given(user_id=user_id)]
        read = partial(read_binding, require_ids=require_ids)
        return self._pages(BINDINGS, query, "role_bindings", read, "ROLE_BINDING_READ")

    def find_binding(self, resource_type: str, user_id: str, resource_id: str) -> RoleBinding | None:
        """Return the binding of a user on a resource; None if the key can see none."""
        key = (user_id, resource_type, resource_id)
        bindings = self.bindings(resource_type, user_id)
        return next(
            (found for found in bindings if (found.user_id, found.resource_type, found.resource_id) == key), None
        )

    def create_binding(self, label: str, fields: Mapping[str, Any]) -> Created[RoleBinding]:
        """Bind ``role_id`` to ``user_id`` on ``resource_type`` and ``resource_id`` (POST /v2/role-bindings).

        *label* is how messages name the binding.
        """
        return _BindingCreation(self, label, fields).run()

    def update_binding(self, label: str, binding: RoleBinding, changes: Mapping[str, Any]) -> RoleBinding:
        """Change the ``role_id`` of a binding (PATCH /v2/role-bindings/{binding_id})."""
        needs, path = "ROLE_BINDING_CREATE and ROLE_BINDING_DELETE on the resource", _path(BINDINGS, binding.id)
        request = Request(f"change the role binding of {label}", "PATCH", path, body=dict(changes), needs=needs)
        try:
            return self.http.call(request, partial(_read_updated_binding, binding, changes["role_id"]))
        except ArizeError as error:
            self._refuse_hidden(label, binding, error, needs)
            raise

    def delete_binding(self, label: str, binding: RoleBinding) -> None:
        """Remove a binding (DELETE /v2/role-bindings/{binding_id}); one that is gone already counts as removed."""
        needs, path = "ROLE_BINDING_DELETE on the resource", _path(BINDINGS, binding.id)
        request = Request(f"remove the role binding of {label}", "DELETE", path, needs=needs)
        try:
            self.http.call(request, expect_done)
        except ArizeError as error:
            self._refuse_hidden(label, binding, error, needs)
            if error.kind != "not_found":
                raise

    def _refuse_hidden(self, label: str, binding: RoleBinding, error: ArizeError, needs: str) -> None:
        """Raise forbidden where a 404 does not mean that the binding is gone: it also answers a missing permission."""
        if error.kind != "not_found":
            return
        try:
            remaining = self.bindings(binding.resource_type or "", binding.user_id)
        except ArizeError as second:
            if second.kind == "not_found":  # the user is gone, and the bindings with it
                return
            second.outcome_unknown = True  # an earlier attempt, whose response was lost, may have been carried out
            raise
        if any(other.id == binding.id for other in remaining):
            message = f"The role binding of {label} exists, but the API key may not change it: this needs {needs}."
            raise ArizeError("forbidden", message, outcome_unknown=error.outcome_unknown, **error.facts())

    # ------------------------------------------------------------ organizations, spaces, projects

    def places(self, kind: str, name: str | None = None, parent_id: str | None = None) -> list[Place]:
        """Return the organizations, spaces or projects that the key may see.

        Args:
            kind: ORGANIZATION, SPACE or PROJECT.
            name: only those whose name contains this.
            parent_id: only those in this organization, or space. Older servers do not show in which one they are.
        """
        places = unique(self.place_pages(kind, name, parent_id))
        return [place for place in places if None in (parent_id, place.parent_id) or place.parent_id == parent_id]

    def place_pages(self, kind: str, name: str | None = None, parent_id: str | None = None) -> Iterator[Page[Place]]:
        """Yield the same page by page."""
        what = _PLACES[kind]
        query = [*_given(name=name), *([(what.filter, parent_id)] if parent_id else [])]
        return self._pages(f"/v2/{what.plural}", query, what.plural, partial(read_place, what.parent), what.needs)

    def _list(
        self, path: str, query: Query, plural: str, read: Callable[[Mapping[str, Any]], AnItem], needs: str
    ) -> list[AnItem]:
        return unique(self._pages(path, query, plural, read, needs))

    def _pages(
        self, path: str, query: Query, plural: str, read: Callable[[Mapping[str, Any]], AnItem], needs: str
    ) -> Iterator[Page[AnItem]]:
        request = Request(f"list the {plural.replace('_', ' ')}", "GET", path, query, needs=needs)
        return pages(self.http, request, plural, read)


class _RoleCreation(Creation[Role]):
    """The creation of a role; names are unique within the account."""

    def __init__(self, access: Access, fields: Mapping[str, Any]) -> None:
        body = {name: value for name, value in fields.items() if value is not None}
        request = Request(f"create the role {fields['name']}", "POST", ROLES, body=body, needs="ROLE_CREATE")
        super().__init__(access.http, request)
        self._access = access
        self._name: str = fields["name"]

    def read(self, data: Mapping[str, Any]) -> Role:
        role = read_role(data)
        if not self._has_name(role):
            raise Unreadable(f"the response is about another role, {role.name}")
        return role

    def find(self) -> Role | None:
        return next(filter(self._has_name, self._access.roles(predefined=False)), None)

    def _has_name(self, role: Role) -> bool:
        return (role.name or "").strip() == self._name

    def taken(self, error: RequestError) -> ArizeError:
        return ArizeError(
            "conflict",
            f"The role {self._name} cannot be created: the server says that the name is taken, but no custom role that"
            " the API key can see has it. Choose another name.",
            **error.facts(),
        )


class _BindingCreation(Creation[RoleBinding]):
    """The creation of a binding; a user has one for each resource."""

    def __init__(self, access: Access, label: str, fields: Mapping[str, Any]) -> None:
        body = {**fields, "resource_type": fields["resource_type"].upper()}
        operation = f"create the role binding of {label}"
        super().__init__(access.http, Request(operation, "POST", BINDINGS, body=body, needs=_BINDING_CREATE))
        self._access = access
        self._label = label
        self._fields = fields

    def read(self, data: Mapping[str, Any]) -> RoleBinding:
        binding = read_binding(data)
        wrong = [name for name, wanted in self._fields.items() if getattr(binding, name) != wanted]
        if wrong:
            raise Unreadable(f"the response is about another role binding: {', '.join(wrong)} differ")
        return binding

    def find(self) -> RoleBinding | None:
        key = [self._fields[name] for name in ("resource_type", "user_id", "resource_id")]
        return self._access.find_binding(*key)

    def taken(self, error: RequestError) -> ArizeError:
        return ArizeError(
            "conflict",
            f"The role binding of {self._label} cannot be created: the server says that one exists, but the API key"
            " cannot see it. To see it, the key needs ROLE_BINDING_READ on the resource.",
            outcome_unknown=self._lost,  # it may be the one that this creation made
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


def read_binding(data: Mapping[str, Any], require_ids: bool = True) -> RoleBinding:
    """Return the API's *data* as a RoleBinding.

    Raises:
        Unreadable: it has no ID, or with *require_ids* no user, role or resource.
    """
    binding = RoleBinding(
        id=_id(data, "role binding"),
        user_id=text(data.get("user_id")),
        role_id=text(data.get("role_id")),
        resource_type=lower(data.get("resource_type")),
        resource_id=text(data.get("resource_id")),
        created_at=text(data.get("created_at")),
        updated_at=text(data.get("updated_at")),
    )
    missing = [name for name in _BINDING_IDS if not getattr(binding, name)]
    if require_ids and missing:
        raise Unreadable(f"the response contains a role binding without {' and '.join(missing)}")
    return binding


def read_place(parent: str | None, data: Mapping[str, Any]) -> Place:
    """Return the API's *data* as a Place; *parent* is the field with its parent's ID. Raise Unreadable without an ID."""
    return Place(_id(data, "item"), text(data.get("name")), text(data.get(parent)) if parent else None)


def _id(data: Mapping[str, Any], what: str) -> str:
    item_id = text(data.get("id"))
    if not item_id:
        raise Unreadable(f"the response contains a {what} without id")
    return item_id


def _read_same(read: Callable[[Mapping[str, Any]], AnItem], item_id: str, response: Response) -> AnItem:
    item = read(response.json_object())
    if item.id != item_id:
        raise Unreadable(f"the response is about another item, {item.id}")
    return item


def _read_updated_role(role: Role, changes: Mapping[str, Any], response: Response) -> Role:
    after = _read_same(read_role, role.id, response)
    for name, wanted in changes.items():
        shown = getattr(after, name)
        if (list(shown) if name == "permissions" else (shown or "").strip()) != (wanted or ""):
            raise Unreadable(f"the response does not show the new {name}")
    return after


def _read_updated_binding(binding: RoleBinding, role_id: str, response: Response) -> RoleBinding:
    after = _read_same(read_binding, binding.id, response)
    if after.role_id != role_id:
        raise Unreadable("the response does not show the new role")
    return after


def _given(**query: str | None) -> Query:
    return [(name, value) for name, value in query.items() if value]


def _path(base: str, item_id: str) -> str:
    """Return the path of an item; IDs are base64 and may contain a slash."""
    return f"{base}/{quote(item_id, safe='')}"
