# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Desired and existing user -> Plan. Pure: no I/O, no ansible, no requests.

Check mode stops at the plan, so a plan predicts exactly the real run.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Callable, Optional

from .._errors import ArizeError
from .._models import CREATE, DELETE, PENDING, RESEND, RESET, UPDATE, DesiredUser, Plan, Step, User

_LINK_INSTEAD = (
    "The invitation for {} is still pending. Resending it mails the link. A new temporary password cannot be issued."
)
_IMPLIED_DEVELOPER = {"admin": True, "member": True, "member_ui_only": False, "annotator": False}
_WHERE_ROLES_CHANGE = (
    "This API cannot change the role of an existing user. Change it in the web application"
    " (Account Settings → Account Members)"
)

Planner = Callable[[DesiredUser, Optional[User]], "Plan[User]"]


def plan_present(desired: DesiredUser, existing: User | None, role_mismatch: str = "fail") -> Plan[User]:
    """Plan that the user exists with the name, role and is_developer that are given.

    Raises:
        ArizeError: not_found for an unknown user_id, incomplete, or role_mismatch.
    """
    if existing is None:
        return _plan_create(desired)
    mismatch = find_role_mismatch(desired, existing)
    warnings: tuple[str, ...] = ()
    if mismatch and role_mismatch != "ignore":
        message = "The user {} has the role {found}, not {wanted}. {}".format(
            existing.label, _WHERE_ROLES_CHANGE, **mismatch
        )
        if role_mismatch == "fail":
            raise ArizeError("role_mismatch", f"{message}, or set role_mismatch to warn or ignore.")
        warnings = (f"{message}.",)
    changes: dict[str, Any] = {}
    if desired.name is not None and desired.name != (existing.name or "").strip():
        changes["name"] = desired.name
    if desired.is_developer is not None and desired.is_developer != existing.is_developer:
        changes["is_developer"] = desired.is_developer
    step = Step(UPDATE, changes) if changes else None
    before = existing.as_result()
    return Plan(existing, before, {**before, **changes}, step, warnings)


def plan_absent(_desired: DesiredUser, existing: User | None) -> Plan[User]:
    """Plan that the user does not exist."""
    if existing is None:
        return Plan(None, None, None)
    return Plan(existing, existing.as_result(), None, Step(DELETE))


def plan_invite(desired: DesiredUser, existing: User | None, resend: bool = False) -> Plan[User]:
    """Plan that the user has a valid invitation, or has accepted one. Neither name nor role is compared.

    Raises:
        ArizeError: not_found for an unknown user, incomplete, or unexpected_status.
    """
    if existing is None:
        if resend and desired.email and _missing(desired):
            raise ArizeError(
                "not_found",
                f"There is no user {desired.email} whose invitation could be resent. To invite a new user, give"
                f" {' and '.join(_missing(desired))}.",
            )
        return replace(_plan_create(desired), invitation="sent")
    unchanged = existing.as_result()
    if existing.status == "active":
        return Plan(existing, unchanged, unchanged, invitation="accepted")
    if existing.status == "expired":
        return _plan_renewal(desired, existing)
    if existing.status != "invited":
        raise _unexpected_status(existing)
    if not resend:
        return Plan(existing, unchanged, unchanged, invitation="pending")
    warnings = (_LINK_INSTEAD.format(existing.label),) if desired.wants_temporary_password else ()
    return Plan(existing, unchanged, unchanged, Step(RESEND), warnings, invitation="resent")


def plan_reset(desired: DesiredUser, existing: User | None) -> Plan[User]:
    """Plan that a link to reset the password is mailed.

    Raises:
        ArizeError: not_found, not_active, or unexpected_status.
    """
    if existing is None:
        raise ArizeError("not_found", f"There is no user {desired.label} whose password could be reset.")
    if existing.status in PENDING:
        raise ArizeError(
            "not_active",
            "The user {} is {} and has no password yet. Use arize_user_invite{} instead.".format(
                existing.label, existing.status, " with resend: true" if existing.status == "invited" else ""
            ),
        )
    if existing.status != "active":
        raise _unexpected_status(existing)
    unchanged = existing.as_result()
    return Plan(existing, unchanged, unchanged, Step(RESET))


def find_role_mismatch(desired: DesiredUser, existing: User) -> dict[str, str] | None:
    """Return the roles ``wanted`` and ``found`` where they differ; a role that is not known is not compared."""
    wanted, found = _role(desired.role, desired.custom_role_id), _role(existing.role, existing.custom_role_id)
    unknown_custom_role = found == "custom" and desired.custom_role_id is not None
    if wanted is None or found is None or unknown_custom_role or wanted == found:
        return None
    return {"wanted": wanted, "found": found}


def _plan_renewal(desired: DesiredUser, existing: User) -> Plan[User]:
    """Plan a new invitation, with the user's own name and role where the task gives none."""
    if existing.email is None:
        raise ArizeError(
            "incomplete",
            f"The invitation of {existing.label} cannot be renewed: the server does not show the address. Select the"
            " user by email.",
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
    plan = _plan_create(renewed)
    if plan.after and plan.after["is_developer"] != existing.is_developer:
        plan.after["is_developer"] = None  # the server may keep it, or derive it from the role
    return replace(plan, existing=existing, before=existing.as_result(), invitation="renewed")


def _unexpected_status(existing: User) -> ArizeError:
    return ArizeError(
        "unexpected_status",
        f"The user {existing.label} has the status {existing.status}, which this version of arize.ax does not know."
        " No changes were made.",
    )


def _plan_create(desired: DesiredUser) -> Plan[User]:
    if desired.email is None:
        raise ArizeError(
            "not_found",
            f"There is no user with the user_id {desired.user_id}. To create a user, give an email instead.",
        )
    missing = _missing(desired)
    if missing:
        are = "is" if len(missing) == 1 else "are"
        raise ArizeError("incomplete", f"To create the user {desired.email}, {' and '.join(missing)} {are} required.")
    fields = {name: getattr(desired, name) for name in ("email", "name", "role", "custom_role_id", "invite_mode")}
    step = Step(CREATE, {**fields, "is_developer": desired.is_developer})
    return Plan(None, None, _predicted_user(desired), step)


def _missing(desired: DesiredUser) -> list[str]:
    """Return the options that are missing to create the user."""
    missing = [] if desired.name is not None else ["name"]
    if desired.role is None and desired.custom_role_id is None:
        missing.append("role (or custom_role_id)")
    return missing


def _predicted_user(desired: DesiredUser) -> dict[str, Any]:
    """Return the user that a create makes; None marks values that only the server can supply."""
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


def _role(role: str | None, custom_role_id: str | None) -> str | None:
    return f"custom {custom_role_id}" if custom_role_id is not None else role
