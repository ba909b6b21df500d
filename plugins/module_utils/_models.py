# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The values that all layers share: users, plans and outcomes. Those about access are in ``_access``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

CREATE, UPDATE, DELETE, RESEND, RESET = "create", "update", "delete", "resend", "reset"
ROTATE, REPLACE, REVOKE = "rotate", "replace", "revoke"
RESTRICT, UNRESTRICT = "restrict", "unrestrict"
NEW, RECOVERED, EXISTING = "new", "recovered", "existing"
ROLE, ORGANIZATION, SPACE, PROJECT = "role", "organization", "space", "project"

ROLES = ("admin", "member", "member_ui_only", "annotator")  # account roles
PENDING = ("invited", "expired")  # statuses of users who have not accepted the invitation

Item = TypeVar("Item")


class User(NamedTuple):
    """A user as results show one. Enums are in lower case; None marks fields that the server left out."""

    id: str
    name: str | None
    email: str | None
    status: str | None
    role: str | None
    custom_role_id: str | None
    custom_role_name: str | None
    is_developer: bool | None
    created_at: str | None

    @property
    def key(self) -> str:
        """The email as it is compared: in lower case; empty if the server shows none."""
        return (self.email or "").lower()

    @property
    def label(self) -> str:
        """How messages name the user."""
        return self.email or self.id

    def as_result(self) -> dict[str, Any]:
        """Return the user as results and diffs show one."""
        return self._asdict()


class DesiredUser(NamedTuple):
    """The wanted state of one user, selected by exactly one of ``email`` and ``user_id``.

    None is "not managed".
    """

    email: str | None = None
    user_id: str | None = None
    name: str | None = None
    role: str | None = None
    custom_role_id: str | None = None
    invite_mode: str = "email_link"
    is_developer: bool | None = None

    @property
    def label(self) -> str:
        """How messages name the user."""
        return self.email or self.user_id or ""

    @property
    def wants_temporary_password(self) -> bool:
        """Whether a creation is to return a temporary password."""
        return self.invite_mode == "temporary_password"


class Step(NamedTuple):
    """One write: ``fields`` is the body of a create or an update."""

    action: str
    fields: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Plan(Generic[Item]):
    """One step for one item, and its result.

    Args:
        existing: the item as it was read.
        before: the same as results show it.
        after: the item after the step, as results show it.
        step: the one write; None where nothing is to be done.
        warnings: whole sentences.
        invitation: set by plan_invite only.
    """

    existing: Item | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    step: Step | None = None
    warnings: tuple[str, ...] = ()
    invitation: str | None = None

    @property
    def action(self) -> str | None:
        """The action of the step, if any."""
        return self.step.action if self.step else None

    def found(self) -> Outcome:
        """Return the outcome before the step is carried out."""
        return Outcome(self.before, self.before, warnings=self.warnings)

    def unchanged(self) -> Outcome:
        """Return the outcome of a plan without a step."""
        return self.found()._replace(invitation=self.invitation)

    def predicted(self) -> Outcome:
        """Return the outcome in check mode."""
        actions = (self.step.action,) if self.step else ()
        return self.unchanged()._replace(after=self.after, changed=bool(actions), actions=actions)


class Created(Generic[Item]):
    """An item that exists after a creation.

    Args:
        item: the item.
        how: NEW when this response created it, RECOVERED when a lost response did, EXISTING when it existed already.
        response: the response's JSON object, empty where the item was looked up.
        doubt: the sentence about a response that was lost, if one was.
    """

    def __init__(
        self, item: Item, how: str, response: Mapping[str, Any] = MappingProxyType({}), doubt: str = ""
    ) -> None:
        self.item = item
        self.how = how
        self.response = response
        self.doubt = doubt


class Outcome(NamedTuple):
    """The result of a plan for one item, carried out or predicted.

    ``before`` and ``after`` are the item as results show it, None for no item.
    """

    before: dict[str, Any] | None
    after: dict[str, Any] | None
    changed: bool = False
    actions: tuple[str, ...] = ()
    invitation: str | None = None
    temporary_password: str | None = None
    warnings: tuple[str, ...] = ()
    key: str | None = None
    previous_key_id: str | None = None

    def warn(self, warnings: Iterable[str]) -> Outcome:
        """Return the outcome with more *warnings*."""
        return self._replace(warnings=(*self.warnings, *warnings))

    def record(self, action: str, after: dict[str, Any] | None) -> Outcome:
        """Return the outcome with *action* performed, which left *after*."""
        actions = self.actions if action in self.actions else (*self.actions, action)
        return self._replace(changed=True, actions=actions, after=after)
