# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A desired and the existing service keys, and two clocks -> Plan[ServiceKey]. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from .._access import ApiKey, ResolvedAccess, ServiceKey, SpaceGrant
from .._errors import ArizeError, bad_option
from .._models import CREATE, REPLACE, REVOKE, ROTATE, SPACE, Outcome, Plan, Step
from .._text import comparable, named
from .moments import read_moment, write_moment
from .results import item_result
from .service_key_options import DesiredServiceKey, refuse_short_lifetime

MAX_PER_LIST = 100  # organizations of a key, and spaces of an organization
_CLOCK_SKEW = timedelta(hours=1)
_VISIBLE = 4  # characters of a redacted key that make it recognizable

Bound = Collection[tuple[str, str]]  # space ID and role ID of the role bindings of a bot user


class Clocks(NamedTuple):
    """The time here, and that of the server; None where its response had no readable Date."""

    local: datetime
    server: datetime | None

    def all_say(self, is_due: Callable[[datetime], bool]) -> bool:
        """Whether *is_due* by each clock that can be read."""
        return is_due(self.local) and (self.server is None or is_due(self.server))

    def warnings(self) -> tuple[str, ...]:
        """Return a warning where the clocks differ, or the server's is not known."""
        if self.server is None:
            return ("The response has no readable Date, so the local clock alone decides about rotation.",)
        if abs(self.local - self.server) <= _CLOCK_SKEW:
            return ()
        local, server = write_moment(self.local), write_moment(self.server)
        return (f"The local clock says {local}, and the server's {server}. A key is due only if both say so.",)


class Facts(NamedTuple):
    """The account as far as a plan about one service key needs it.

    ``existing`` is the key that is meant, ``keys`` are all active ones that have not expired; ``wanted`` are the desired
    spaces, resolved; ``in_use`` says that the task runs with the key; ``bound`` are the role bindings of its bot user, if
    needs_bindings.
    """

    existing: ServiceKey | None
    keys: Sequence[ServiceKey]
    wanted: Sequence[SpaceGrant] | None
    clocks: Clocks
    in_use: bool = False
    bound: Bound = ()


# ---------------------------------------------------------------- the key that is meant


def select_key(
    desired: DesiredServiceKey, state: str, keys: Sequence[ServiceKey], clocks: Clocks
) -> tuple[ServiceKey | None, tuple[str, ...]]:
    """Return the active key that is meant, or None, and warnings.

    A key whose expiry has passed does not count.

    Raises:
        ArizeError: ambiguous for a name under absent; not_found for a key_id under present.
    """
    fitting = [key for key in keys if _fits(desired, key)]
    expired = [key for key in fitting if _is_expired(key, clocks)]
    warnings = [
        f"The service key {key.label} has expired ({key.key.expires_at}). It counts as deleted." for key in expired
    ]
    active = sorted((key for key in fitting if key not in expired), key=_age, reverse=True)
    if len(active) > 1:
        ids = named([key.id for key in active])
        if state == "absent":
            message = f"Several active service keys are named {desired.name}: {ids}. Select one by key_id."
            raise ArizeError("ambiguous", message)
        others = named([key.id for key in active[1:]])
        warnings.append(
            f"Several active service keys are named {desired.name}. The newest is meant ({active[0].id}), not {others}."
        )
    if not active and desired.key_id and state == "present":
        told = [f"No active service key has the key_id {desired.key_id}.", *warnings]
        raise ArizeError("not_found", " ".join([*told, "To create a key, give a name instead."]))
    return next(iter(active), None), tuple(warnings)


def unexpired(keys: Sequence[ServiceKey], clocks: Clocks) -> list[ServiceKey]:
    """Return the keys whose expiry has not passed."""
    return [key for key in keys if not _is_expired(key, clocks)]


def _is_expired(key: ServiceKey, clocks: Clocks) -> bool:
    """Whether the expiry has passed by both clocks: by a wrong one alone, a valid key would count as deleted."""
    expires_at = read_moment(key.key.expires_at)
    return expires_at is not None and clocks.all_say(lambda now: expires_at <= now)


def _fits(desired: DesiredServiceKey, key: ServiceKey) -> bool:
    if desired.key_id:
        return key.id == desired.key_id
    return (key.key.name or "").strip() == desired.name


def _age(key: ServiceKey) -> tuple[str, str, str]:
    """Return what orders keys from old to new. A key that replaces another expires later, if no date tells."""
    created, expires = read_moment(key.key.created_at), read_moment(key.key.expires_at)
    return (write_moment(created) if created else "", write_moment(expires) if expires else "never", key.id)


def needs_bindings(wanted: Sequence[SpaceGrant] | None, existing: ServiceKey | None) -> bool:
    """Whether a custom role is wanted that the key does not show: a role binding of its bot user may give it."""
    shown = existing.spaces if existing else None
    if shown is None or not wanted:
        return False
    return any(grant.role_id and shown.get(grant.space_id or "", "") not in (None, grant.role_id) for grant in wanted)


def is_key_in_use(redacted_key: str | None, secret: str) -> bool:
    """Whether the visible ends of a redacted key, such as ``ak-abc...xyz``, are those of *secret*."""
    start, dots, end = (redacted_key or "").partition("...")
    visible = len(start) + len(end) >= _VISIBLE and len(start) + len(end) <= len(secret)
    return bool(dots) and visible and secret.startswith(start) and secret.endswith(end)


# ---------------------------------------------------------------- plans


def plan_absent(existing: ServiceKey | None, in_use: bool) -> Plan[ServiceKey]:
    """Plan to revoke the key.

    Raises:
        ArizeError: key_in_use.
    """
    if existing is None:
        return Plan(None, None, None)
    if in_use:
        raise _in_use(existing, "revoked")
    return Plan(existing, existing.as_result(), None, Step(REVOKE))


def plan_present(desired: DesiredServiceKey, facts: Facts) -> Plan[ServiceKey]:
    """Plan that the key exists, and that it is rotated or replaced when it is due.

    Raises:
        ArizeError: incomplete, bad_option, role_mismatch or key_in_use.
    """
    existing, clocks = facts.existing, facts.clocks
    _refuse_repeated(facts.wanted or ())
    if existing is None:
        expires_at = desired.expires_at or (clocks.local + desired.lifetime if desired.lifetime else None)
        fields = _new_key(desired, facts, expires_at)
        return Plan(None, None, _predicted(fields), Step(CREATE, fields))
    _refuse_differences(desired, facts, existing)
    before = existing.as_result()
    warnings = clocks.warnings() if desired.rotates else ()
    if _is_about_to_expire(desired, existing, clocks):
        successor = _successor(existing, facts)
        if successor is None:
            return _plan_replace(desired, facts, existing, warnings)
        told = f"The service key {existing.label} expires soon. It has been replaced already by {successor.id}."
        return Plan(existing, before, before, warnings=(*warnings, told))
    due, undated = _is_due_by_age(desired, existing, clocks)
    warnings = (*warnings, *undated)
    if not due:
        return Plan(existing, before, before, warnings=warnings)
    return _plan_rotate(desired, facts, existing, warnings)


def _plan_rotate(
    desired: DesiredServiceKey, facts: Facts, existing: ServiceKey, warnings: tuple[str, ...]
) -> Plan[ServiceKey]:
    if facts.in_use:
        raise _in_use(existing, "rotated")
    before = existing.as_result()
    expiry = {"expires_at": existing.key.expires_at} if existing.key.expires_at else {}
    step = Step(ROTATE, {"grace_period_seconds": desired.grace_period, **expiry})
    return Plan(existing, before, {**before, "redacted_key": None, "created_at": None}, step, warnings)


def _refuse_repeated(wanted: Sequence[SpaceGrant]) -> None:
    # A space that a dry run does not find has no ID; its name is unique only within its organization.
    spaces = [grant.space_id or (grant.organization_id, grant.label) for grant in wanted]
    count = Counter(spaces)
    twice = [grant.label for grant, space in zip(wanted, spaces) if count[space] > 1]
    if twice:
        raise bad_option(f"spaces contains a space twice: {named(twice)}. Give each space once.")


def _successor(existing: ServiceKey, facts: Facts) -> ServiceKey | None:
    """Return the newest other key of the same name, if it is newer: a key_id goes on to mean the old one."""
    same = [key for key in facts.keys if key.key.name == existing.key.name]
    newest = max(same, key=_age)
    return None if newest.id == existing.id else newest


def _plan_replace(
    desired: DesiredServiceKey, facts: Facts, existing: ServiceKey, warnings: tuple[str, ...]
) -> Plan[ServiceKey]:
    old, created = read_moment(existing.key.expires_at), read_moment(existing.key.created_at)
    lifetime = desired.lifetime or (old - created if old and created and created < old else None)
    expires_at = desired.expires_at or (facts.clocks.local + lifetime if lifetime else None)
    if expires_at is None:
        raise ArizeError(
            "incomplete",
            f"To replace the service key {existing.label}, expires_at or expires_in_days is required: the API does not"
            " show for how long the key was valid.",
        )
    if old and expires_at <= old:
        raise bad_option(
            f"The expiry of the new key ({write_moment(expires_at)}) is not later than that of {existing.label}"
            f" ({existing.key.expires_at}). Choose a later expires_at or expires_in_days."
        )
    fields = _new_key(desired, facts, expires_at)
    if desired.account_role is None and existing.account_role == "admin":
        told = "account_role is not given, so the new key has the account role member. The old key has admin."
        warnings = (*warnings, told)
    return Plan(existing, existing.as_result(), _predicted(fields), Step(REPLACE, fields), warnings)


def _new_key(desired: DesiredServiceKey, facts: Facts, expires_at: datetime | None) -> dict[str, Any]:
    """Return the body that creates a key. An ID is None where a dry run cannot know it."""
    existing, wanted = facts.existing, facts.wanted
    to_do = f"To {'replace' if existing else 'create'} the service key {existing.label if existing else desired.label}"
    if not wanted:
        raise ArizeError("incomplete", f"{to_do}, spaces is required.")
    hidden = [grant.label for grant in wanted if grant.space_id and not grant.organization_id]
    if hidden:
        raise ArizeError(
            "incomplete",
            f"{to_do}, organization or organization_id is required in spaces: the server does not show the organization"
            f" of {named(hidden)}.",
        )
    if expires_at is not None:
        if expires_at <= facts.clocks.local:
            raise bad_option(f"expires_at is not in the future: {write_moment(expires_at)}.")
        refuse_short_lifetime(desired, expires_at - facts.clocks.local, f"The expiry {write_moment(expires_at)}")
    description = desired.description
    if existing and description is None:
        description = existing.key.description
    role = desired.account_role and {"type": "PREDEFINED", "name": desired.account_role.upper()}
    fields = {
        "key_type": "SERVICE",
        "name": existing.key.name if existing else desired.name,
        "description": description or None,
        "expires_at": write_moment(expires_at) if expires_at else None,
        "account_role": role,
        "organizations": _by_organization(wanted),
    }
    return {field: value for field, value in fields.items() if value is not None}


def _by_organization(wanted: Sequence[SpaceGrant]) -> list[dict[str, Any]]:
    organizations: dict[str | None, list[dict[str, Any]]] = {}
    for grant in wanted:
        role = {"role": grant.role_in_request()} if grant.has_role else {}
        organizations.setdefault(grant.organization_id, []).append({"space_id": grant.space_id, **role})
    if max(len(organizations), *map(len, organizations.values())) > MAX_PER_LIST:
        raise bad_option(f"spaces has more than {MAX_PER_LIST} organizations, or spaces of one organization.")
    return [{"org_id": org_id, "spaces": spaces} for org_id, spaces in organizations.items()]


def _predicted(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the key that a create makes, as results show it; None marks values that only the server can supply."""
    role = fields.get("account_role")
    bot = {"id": None, "name": None, "account_role": role["name"].lower() if role else "member"}
    known = {"name": fields["name"], "description": fields.get("description"), "expires_at": fields.get("expires_at")}
    unknown = dict.fromkeys(ApiKey._fields)
    return {**unknown, **known, "key_type": "service", "status": "active", "bot_user": bot}


def _refuse_differences(desired: DesiredServiceKey, facts: Facts, existing: ServiceKey) -> None:
    """Refuse differences that the API cannot change, where the values are given and can be read."""
    roles = []
    if existing.spaces is not None:  # else the bot user may be lost, and its account role a placeholder
        if desired.account_role and existing.account_role not in (None, desired.account_role):
            roles.append(f"its account role is {existing.account_role}, not {desired.account_role}")
        if facts.wanted is not None:
            roles += _space_differences(facts.wanted, existing.spaces, facts.bound)
    remedy = "Create a key with another name, or revoke this one first."
    if roles:
        if needs_bindings(facts.wanted, existing):
            remedy = f"If a role binding gives the custom role, use a key with ROLE_BINDING_READ. Otherwise: {remedy}"
        raise ArizeError(
            "role_mismatch",
            f"The service key {existing.label} differs, and the API cannot change it: {named(roles)}. {remedy}",
        )
    if desired.description is not None and comparable(desired.description) != comparable(existing.key.description):
        raise bad_option(
            f"description differs from that of the service key {existing.label}, and the API cannot change it. {remedy}"
        )


def _space_differences(wanted: Sequence[SpaceGrant], shown: Mapping[str, str | None], bound: Bound) -> list[str]:
    differences = []
    for grant in wanted:
        space_id = grant.space_id or ""
        if (space_id, grant.role_id) in bound:
            continue
        if space_id not in shown:
            differences.append(f"it has no role in the space {grant.label}")
        elif grant.has_role and shown[space_id] not in (None, grant.role_key):
            differences.append(f"its role in the space {grant.label} is {shown[space_id]}, not {grant.role_label}")
    extra = sorted(shown.keys() - {grant.space_id for grant in wanted})
    return [*differences, *(f"it also has a role in the space {space_id}" for space_id in extra)]


def _is_about_to_expire(desired: DesiredServiceKey, existing: ServiceKey, clocks: Clocks) -> bool:
    expires_at, within = read_moment(existing.key.expires_at), desired.rotate_before_expiry
    if expires_at is None or within is None:
        return False
    return clocks.all_say(lambda now: expires_at - now <= within)


def _is_due_by_age(desired: DesiredServiceKey, existing: ServiceKey, clocks: Clocks) -> tuple[bool, tuple[str, ...]]:
    after, created = desired.rotate_after, read_moment(existing.key.created_at)
    if after is None:
        return False, ()
    if not after:
        return True, ()
    if created is None:
        told = f"The API does not show when the service key {existing.label} was created, so it is not rotated by age."
        return False, (told,)
    return clocks.all_say(lambda now: now - created > after), ()


def _in_use(existing: ServiceKey, verb: str) -> ArizeError:
    return ArizeError(
        "key_in_use",
        f"The service key {existing.label} was not {verb}: this task runs with it ({existing.key.redacted_key})."
        " Run the task with another key.",
    )


# ---------------------------------------------------------------- outcomes


def refresh_warning(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a warning if a refresh has left ``created_at`` as it was: the age of the key cannot be told from then on."""
    if after["created_at"] is None or after["created_at"] != before["created_at"]:
        return ()
    told = (
        "This server does not date refreshed keys, so rotate_after_days would rotate this key at each run. Give the key"
        " an expiry, and use rotate_before_expiry_days."
    )
    return (told,)


def lost_access(bindings: Sequence[ResolvedAccess], wanted: Sequence[SpaceGrant]) -> tuple[str, ...]:
    """Return a warning about the role bindings of an old bot user that *wanted* does not give to the new one."""
    given = {(SPACE, grant.space_id, grant.role_id) for grant in wanted}
    missing = [access for access in bindings if (access.resource_type, access.resource_id, access.role_id) not in given]
    if not missing:
        return ()
    told = named([f"{access.label}: {access.role or access.role_id}" for access in missing])
    return (f"The bot user of the new key does not have these role bindings of the old one: {told}.",)


def service_key_result(outcome: Outcome, failed: bool) -> dict[str, Any]:
    """Return the result about one service key; the secret stands under ``key`` alone, in failed results too."""
    optional = {"key": outcome.key, "previous_key_id": outcome.previous_key_id}
    known = {name: value for name, value in optional.items() if value is not None}
    return {**item_result(outcome, failed, "api_key"), **known}
