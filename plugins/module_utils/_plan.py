# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Desired and existing user -> Plan. Pure: no I/O, no ansible, no requests. Private to arize.ax.

Check mode stops at the plan, so what a plan foresees is what a real run does.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError

if TYPE_CHECKING:
    from ansible_collections.arize.ax.plugins.module_utils._desired import Desired
    from ansible_collections.arize.ax.plugins.module_utils._users import User

CREATE, UPDATE, DELETE, RESEND, RESET = "create", "update", "delete", "resend", "reset"
_LINK_INSTEAD = (
    "The invitation of %s is open already, so a link is mailed again; a new one-time password cannot be issued."
)
_IMPLIED_DEVELOPER = {"admin": True, "member": True, "annotator": False}
_WHERE_ROLES_CHANGE = (
    "This API cannot change the role of an existing user: change it in the web application"
    " (Account Settings → Account Members), or set role_mismatch to warn or ignore."
)


class Step(NamedTuple):
    """One write: ``fields`` is what a create or an update sends."""

    action: str
    fields: Mapping[str, Any] = MappingProxyType({})


class Plan(NamedTuple):
    """What is to be done about one user, and what that leads to.

    ``before`` and ``after`` are users as results show them, None where there is none. ``invitation`` is set by
    plan_invite only.
    """

    existing: User | None
    after: dict[str, Any] | None
    steps: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()
    invitation: str | None = None

    @property
    def before(self) -> dict[str, Any] | None:
        """The user as found."""
        return self.existing.as_result() if self.existing else None


def plan_present(desired: Desired, existing: User | None, role_mismatch: str = "fail") -> Plan:
    """Plan that the user is there with the name, role and is_developer that are given.

    Raises:
        ArizeError: not_found for an unknown user_id, incomplete, or role_mismatch.
    """
    if existing is None:
        return _plan_create(desired)
    warnings = _check_role(desired, existing, role_mismatch)
    changes: dict[str, Any] = {}
    if desired.name is not None and desired.name != (existing.name or "").strip():
        changes["name"] = desired.name
    if desired.is_developer is not None and desired.is_developer != existing.is_developer:
        changes["is_developer"] = desired.is_developer
    steps = (Step(UPDATE, changes),) if changes else ()
    return Plan(existing, {**existing.as_result(), **changes}, steps, warnings)


def plan_absent(_desired: Desired, existing: User | None) -> Plan:
    """Plan that the user is not there."""
    return Plan(existing, None, (Step(DELETE),) if existing else ())


def plan_invite(desired: Desired, existing: User | None, resend: bool = False) -> Plan:
    """Plan that the user has an open way in. Neither name nor role of an existing user is compared.

    Raises:
        ArizeError: not_found for an unknown user_id, incomplete, or unexpected_status.
    """
    if existing is None:
        return _plan_create(desired)._replace(invitation="sent")
    unchanged = existing.as_result()
    if existing.status == "active":
        return Plan(existing, unchanged, invitation="accepted")
    if existing.status == "expired":
        return _plan_renewal(desired, existing)
    if existing.status != "invited":
        raise _unexpected_status(existing)
    if not resend:
        return Plan(existing, unchanged, invitation="pending")
    warnings = (_LINK_INSTEAD % existing.label,) if desired.wants_password else ()
    return Plan(existing, unchanged, (Step(RESEND),), warnings, invitation="resent")


def plan_reset(desired: Desired, existing: User | None) -> Plan:
    """Plan that a link to reset the password is mailed.

    Raises:
        ArizeError: not_found, not_active, or unexpected_status.
    """
    if existing is None:
        raise ArizeError("not_found", f"There is no user {desired.label} whose password could be reset.")
    if existing.status in ("invited", "expired"):
        raise ArizeError(
            "not_active",
            "The user {} is {} and has no password yet that could be reset: use arize_user_invite{} instead.".format(
                existing.label, existing.status, " with resend: true" if existing.status == "invited" else ""
            ),
        )
    if existing.status != "active":
        raise _unexpected_status(existing)
    return Plan(existing, existing.as_result(), (Step(RESET),))


def _plan_renewal(desired: Desired, existing: User) -> Plan:
    """Plan a new invitation, with the user's own name and role where the wish gives none."""
    if existing.email is None:
        raise ArizeError(
            "incomplete",
            f"The user {existing.label} cannot be invited anew, since the server does not show the address: name the user"
            " by email.",
        )
    own_role = desired.role is None and desired.custom_role_id is None
    renewed = desired._replace(
        email=existing.email,
        user_id=None,
        name=desired.name if desired.name is not None else (existing.name or "").strip() or None,
        role=(existing.role if existing.custom_role_id is None else None) if own_role else desired.role,
        custom_role_id=existing.custom_role_id if own_role else desired.custom_role_id,
        is_developer=None,
    )
    if renewed.role == "custom":  # the server did not tell which
        renewed = renewed._replace(role=None)
    check_creatable(renewed)
    plan = _plan_create(renewed)
    if plan.after and plan.after["is_developer"] != existing.is_developer:
        plan.after["is_developer"] = None  # the server may keep it, or go by the role
    return plan._replace(existing=existing, invitation="renewed")


def _unexpected_status(existing: User) -> ArizeError:
    return ArizeError(
        "unexpected_status",
        f"The user {existing.label} has the status {existing.status}, which this version of arize.ax does not know:"
        " nothing was done.",
    )


def _plan_create(desired: Desired) -> Plan:
    check_creatable(desired)
    fields = {name: getattr(desired, name) for name in ("email", "name", "role", "custom_role_id", "invite_mode")}
    step = Step(CREATE, {**fields, "is_developer": desired.is_developer})
    return Plan(None, foreseen_user(desired), (step,))


def check_creatable(desired: Desired) -> None:
    """Check that nothing is missing to create the user.

    Raises:
        ArizeError: not_found for a user_id, which cannot be chosen; else incomplete.
    """
    if desired.email is None:
        raise ArizeError(
            "not_found",
            f"There is no user with the user_id {desired.user_id}; to create a user, name an email instead.",
        )
    missing = [] if desired.name is not None else ["name"]
    if desired.role is None and desired.custom_role_id is None:
        missing.append("role (or custom_role_id)")
    if missing:
        raise ArizeError(
            "incomplete",
            "To create or invite the user {}, {} must be given too.".format(desired.email, " and ".join(missing)),
        )


def foreseen_user(desired: Desired) -> dict[str, Any]:
    """Return the user that a create makes; None where only the server can know."""
    is_developer = desired.is_developer
    if is_developer is None:
        is_developer = _IMPLIED_DEVELOPER.get(desired.role or "")
    return {
        "id": None,
        "name": desired.name,
        "email": desired.email,
        "status": "active" if desired.invite_mode == "none" else "invited",
        "role": desired.role or "custom",
        "custom_role_id": desired.custom_role_id,
        "custom_role_name": None,
        "is_developer": is_developer,
        "created_at": None,
    }


def _check_role(desired: Desired, existing: User, role_mismatch: str) -> tuple[str, ...]:
    """Return a warning where the role differs and *role_mismatch* is warn; a role left out is not compared."""
    wanted, found = _role(desired.role, desired.custom_role_id), _role(existing.role, existing.custom_role_id)
    unknown = found is None or (found == "custom" and desired.custom_role_id is not None)
    if wanted is None or unknown or wanted == found or role_mismatch == "ignore":
        return ()
    message = f"The user {existing.label} has the role {found}, but {wanted} is wanted. {_WHERE_ROLES_CHANGE}"
    if role_mismatch == "warn":
        return (message,)
    raise ArizeError("role_mismatch", message)


def _role(role: str | None, custom_role_id: str | None) -> str | None:
    return f"custom {custom_role_id}" if custom_role_id is not None else role
