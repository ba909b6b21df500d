# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Role bindings as Python.

Every method raises ArizeError: transport, rate_limited, server, the kind of the response's status, or invalid_response.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from .._access import RoleBinding
from .._errors import ArizeError
from .._models import Created
from .creation import Creation, look_up_failed
from .deletion import delete
from .failures import Request, RequestError
from .paging import Page, pages, unique
from .reading import given, item_id, item_path, lower, read_same, text
from .session import Http, Response, Unreadable

BINDINGS = "/v2/role-bindings"
_IDS = ("user_id", "role_id", "resource_type", "resource_id")
_CREATE = "ROLE_BINDING_CREATE on the space or project (the API answers likewise if that does not exist)"


class Bindings:
    """The calls about role bindings."""

    def __init__(self, http: Http) -> None:
        self.http = http

    def list_all(self, resource_type: str, user_id: str | None = None, require_ids: bool = True) -> list[RoleBinding]:
        """Return the bindings that the key may see (GET /v2/role-bindings); of one user if *user_id* is given.

        Args:
            resource_type: in lower case.
            user_id: an unknown one is not_found.
            require_ids: whether a binding without user, role or resource is invalid_response.
        """
        return unique(self.pages(resource_type, user_id, require_ids))

    def pages(
        self, resource_type: str, user_id: str | None = None, require_ids: bool = True, confirm: bool = True
    ) -> Iterator[Page[RoleBinding]]:
        """Yield the same page by page; without *confirm* a 404 may come from a gateway too, not_found all the same."""
        query = given(resource_type=resource_type.upper(), user_id=user_id)
        read = partial(read_binding, require_ids=require_ids)
        request = Request("list the role bindings", "GET", BINDINGS, query, needs="ROLE_BINDING_READ")
        return pages(self.http, request, "role_bindings", read, confirm)

    def of_user(self, resource_type: str, user_id: str, require_ids: bool = True) -> tuple[list[RoleBinding], bool]:
        """Return the bindings of one user, and whether the user exists: else they are found among those of all."""
        try:
            return unique(self.pages(resource_type, user_id, require_ids, confirm=False)), True
        except ArizeError as error:
            if error.kind != "not_found":
                raise
        others = self.list_all(resource_type, require_ids=require_ids)
        return [binding for binding in others if binding.user_id == user_id], False

    def find(self, resource_type: str, user_id: str, resource_id: str) -> RoleBinding | None:
        """Return the binding of a user on a resource; None if the key can see none."""
        key = (user_id, (resource_type, resource_id))
        bindings = self.list_all(resource_type, user_id)
        return next((found for found in bindings if (found.user_id, found.resource) == key), None)

    def create(self, label: str, fields: Mapping[str, Any]) -> Created[RoleBinding]:
        """Bind ``role_id`` to ``user_id`` on ``resource_type`` and ``resource_id`` (POST /v2/role-bindings).

        *label* is how messages name the binding.
        """
        return _BindingCreation(self, label, fields).run()

    def update(self, label: str, binding: RoleBinding, changes: Mapping[str, Any]) -> RoleBinding:
        """Change the ``role_id`` of a binding (PATCH /v2/role-bindings/{binding_id})."""
        needs, path = "ROLE_BINDING_CREATE and ROLE_BINDING_DELETE on the resource", item_path(BINDINGS, binding.id)
        request = Request(f"change the role binding of {label}", "PATCH", path, body=dict(changes), needs=needs)
        try:
            return self.http.call(request, partial(_read_updated, binding, changes["role_id"]))
        except ArizeError as error:
            self._refuse_hidden(label, binding, error, needs)
            raise

    def delete(self, label: str, binding: RoleBinding) -> None:
        """Remove a binding (DELETE /v2/role-bindings/{binding_id}). One that no list shows any more counts as removed.

        Raises:
            ArizeError: forbidden for one that is still listed: a 404 also answers a missing permission.
        """
        needs, path = "ROLE_BINDING_DELETE on the resource", item_path(BINDINGS, binding.id)
        request = Request(f"remove the role binding of {label}", "DELETE", path, needs=needs)

        def is_listed() -> bool:
            remaining, _exists = self.of_user(binding.resource_type or "", binding.user_id or "")
            return any(other.id == binding.id for other in remaining)

        def explain(error: ArizeError) -> ArizeError:
            error.kind = "forbidden"
            error.message += f" The API key may lack {needs}."
            return error

        delete(self.http, request, is_listed, explain)

    def _refuse_hidden(self, label: str, binding: RoleBinding, error: ArizeError, needs: str) -> None:
        """Raise forbidden where a 404 does not mean that the binding is gone: it also answers a missing permission."""
        if error.kind != "not_found":
            return
        try:
            remaining = self.list_all(binding.resource_type or "", binding.user_id)
        except ArizeError as second:
            if second.kind != "not_found":  # else the user is gone, and the bindings with it
                error.message += look_up_failed(second)
            return
        if any(other.id == binding.id for other in remaining):
            message = f"The role binding of {label} exists, but the API key may not change it: this needs {needs}."
            raise ArizeError("forbidden", message, outcome_unknown=error.outcome_unknown, **error.facts())


class _BindingCreation(Creation[RoleBinding]):
    """The creation of a binding; a user has one for each resource."""

    looks_twice = True  # lists may lag

    def __init__(self, bindings: Bindings, label: str, fields: Mapping[str, Any]) -> None:
        body = {**fields, "resource_type": fields["resource_type"].upper()}
        operation = f"create the role binding of {label}"
        super().__init__(bindings.http, Request(operation, "POST", BINDINGS, body=body, needs=_CREATE))
        self._bindings = bindings
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
        return self._bindings.find(*key)

    def conflict_error(self, error: RequestError) -> ArizeError:
        return ArizeError(
            "conflict",
            f"The role binding of {self._label} cannot be created: the server says that one exists, but the API key does"
            " not see it. Either the list lags: run the task again; or the key lacks ROLE_BINDING_READ on the resource.",
            **error.facts(),
        )


def read_binding(data: Mapping[str, Any], require_ids: bool = True) -> RoleBinding:
    """Return the API's *data* as a RoleBinding.

    Raises:
        Unreadable: it has no ID, or with *require_ids* no user, role or resource.
    """
    binding = RoleBinding(
        id=item_id(data, "role binding"),
        user_id=text(data.get("user_id")),
        role_id=text(data.get("role_id")),
        resource_type=lower(data.get("resource_type")),
        resource_id=text(data.get("resource_id")),
        created_at=text(data.get("created_at")),
        updated_at=text(data.get("updated_at")),
    )
    missing = [name for name in _IDS if not getattr(binding, name)]
    if require_ids and missing:
        raise Unreadable(f"the response contains a role binding without {' and '.join(missing)}")
    return binding


def _read_updated(binding: RoleBinding, role_id: str, response: Response) -> RoleBinding:
    after = read_same(read_binding, binding.id, response)
    if after.role_id != role_id:
        raise Unreadable("the response does not show the new role")
    return after
