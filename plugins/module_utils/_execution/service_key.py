# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings one service key to the wanted state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any, Callable, Optional

from .._access import DesiredAccess, RoleBinding, ServiceKey, SpaceGrant
from .._client.bindings import Bindings
from .._client.places import Places
from .._client.service_keys import ServiceKeys
from .._client.session import Http
from .._errors import ArizeError
from .._models import CREATE, ORGANIZATION, PROJECT, REPLACE, REVOKE, ROTATE, SPACE, Created, Outcome, Plan
from .._planning.catalog import KINDS, Catalog
from .._planning.service_key import (
    Clocks,
    Facts,
    is_key_in_use,
    lost_access,
    needs_bindings,
    plan_absent,
    plan_present,
    refresh_warning,
    select_key,
    unexpired,
)
from .._planning.service_key_options import PREDEFINED, DesiredServiceKey, read_desired_service_key
from .apply import Operations, converge
from .catalog import bindings_of, catalog_of, resolve_one
from .connection import Connect

Replan = Callable[[Optional[ServiceKey]], Plan[ServiceKey]]


def converge_service_key(options: Mapping[str, Any], connect: Connect, check_mode: bool, no_log: bool) -> Outcome:
    """Bring the service key of the *options* of arize_service_key to the wanted state, or in check mode predict that.

    Raises:
        ArizeError: the first failure, with the steps done until then as its ``outcome``; key_lost if a secret may have
            been issued and did not arrive.
    """
    desired, state = read_desired_service_key(options), options["state"]
    if state == "present" and not no_log:
        raise ArizeError(
            "no_log_needed",
            f"The service key {desired.label} may get a new secret, which Ansible would show and log. No changes were made."
            " Set no_log: true on the task.",
        )
    http = connect().http
    client = ServiceKeys(http)
    keys, date = client.active()
    clocks = Clocks(datetime.now(timezone.utc), date)
    existing, warnings = select_key(desired, state, keys, clocks)
    facts, known = Facts(existing, unexpired(keys, clocks), None, clocks), [key.id for key in keys]
    operations = _operations(client, lambda _existing: _plan(http, desired, state, facts, check_mode), known)
    try:
        outcome = converge(operations, existing, check_mode)
    except ArizeError as error:
        error.outcome = error.outcome._replace(warnings=(*warnings, *error.outcome.warnings))
        raise
    previous = existing.id if existing and REPLACE in outcome.actions else None
    return outcome._replace(warnings=(*warnings, *outcome.warnings), previous_key_id=previous)


def _operations(client: ServiceKeys, plan: Replan, known: Sequence[str]) -> Operations[ServiceKey]:
    """Return how a service key is planned and written; *known* are the IDs of the keys that existed before."""

    def create(_existing: ServiceKey | None, fields: Mapping[str, Any]) -> Created[ServiceKey]:
        return client.create(fields, known)

    def revoke(existing: ServiceKey, _fields: Mapping[str, Any]) -> None:
        client.revoke(existing)

    writes = {CREATE: create, REPLACE: create, ROTATE: client.refresh, REVOKE: revoke}
    return Operations(plan, ServiceKey.as_result, writes, after_creation=_after_issue)


def _after_issue(operations: Operations[ServiceKey], plan: Plan[ServiceKey], created: Created[ServiceKey]) -> Outcome:
    """Return the outcome of a write that has issued a secret."""
    after = operations.show(created.item)
    outcome = plan.unchanged().record(plan.action or "", after)._replace(key=created.response["key"])
    return outcome.warn(refresh_warning(plan.before or {}, after)) if plan.action == ROTATE else outcome


def _plan(http: Http, desired: DesiredServiceKey, state: str, facts: Facts, check_mode: bool) -> Plan[ServiceKey]:
    """Read the data for the plan, and plan."""
    existing = facts.existing
    in_use = existing is not None and is_key_in_use(existing.key.redacted_key, http.connection.api_key)
    if state == "absent":
        return plan_absent(existing, in_use)
    warnings: list[str] = []
    wanted = None if desired.spaces is None else _resolve(http, desired.spaces, check_mode, warnings)
    bound: set[tuple[str, str]] = set()
    if existing and needs_bindings(wanted, existing):
        bindings = _bindings(http, existing, SPACE)
        bound = {(binding.resource_id or "", binding.role_id or "") for binding in bindings}
    plan = plan_present(desired, facts._replace(wanted=wanted, in_use=in_use, bound=bound))
    if existing and wanted and plan.action == REPLACE:
        warnings += _lost_access(http, existing, wanted)
    return replace(plan, warnings=(*warnings, *plan.warnings))


def _resolve(
    http: Http, spaces: Sequence[DesiredAccess], tolerant: bool, warnings: list[str]
) -> tuple[SpaceGrant, ...]:
    """Return the spaces and roles that *spaces* name; with *tolerant* one that does not exist is a warning."""
    catalog, grants = Catalog(custom_only=True), []
    for desired in spaces:
        predefined = desired.role in PREDEFINED
        access, told = resolve_one(
            http, catalog, desired._replace(role=None) if predefined else desired, KINDS if tolerant else ()
        )
        warnings += [warning for warning in told if warning not in warnings]
        grants.append(
            SpaceGrant(
                access.space_id,
                access.space,
                _organization_id(http, catalog, desired, access.space_id),
                desired.role if predefined else access.role,
                access.role_id,
                predefined,
            )
        )
    return tuple(grants)


def _organization_id(http: Http, catalog: Catalog, desired: DesiredAccess, space_id: str | None) -> str | None:
    """Return the ID of the organization of a space, which older servers do not show."""
    given = catalog.find(ORGANIZATION, desired)
    if isinstance(given, str):
        return given
    known = catalog.organization_of(space_id)
    if known is None and space_id is not None and desired.space is None:
        space = Places(http).get(SPACE, space_id)
        if space is None:
            raise ArizeError("not_found", f"There is no space with the space_id {space_id}.")
        catalog.add(SPACE, [space])
        known = space.parent_id
    return known


def _bindings(http: Http, key: ServiceKey, *resource_types: str) -> list[RoleBinding]:
    if not key.bot_user_id:
        return []
    client, user_id = Bindings(http), key.bot_user_id
    bindings = (binding for kind in resource_types for binding in bindings_of(client, kind, user_id))
    return [binding for binding in bindings if binding.user_id == user_id]


def _lost_access(http: Http, existing: ServiceKey, wanted: Sequence[SpaceGrant]) -> list[str]:
    """Return warnings about role bindings that the new bot user does not get, and about names that cannot be read."""
    warnings: list[str] = []
    bindings = _bindings(http, existing, SPACE, PROJECT)
    catalog = catalog_of(http, bindings, warnings)
    return [*lost_access([catalog.describe_binding(binding) for binding in bindings], wanted), *warnings]
