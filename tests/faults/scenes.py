# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module at every endpoint that it calls: the smallest account and task that lead there."""

from __future__ import annotations

from typing import Any, NamedTuple

ANN = "ann@example.com"
# What a fault matches, by endpoint.
ENDPOINTS = {
    "list": {"method": "GET", "path": "^/v2/users$"},
    "get": {"method": "GET", "path": "^/v2/users/."},
    "create": {"method": "POST", "path": "^/v2/users$"},
    "update": {"method": "PATCH"},
    "delete": {"method": "DELETE"},
    "resend": {"method": "POST", "path": "/resend-invitation$"},
    "reset": {"method": "POST", "path": "/reset-password$"},
    "keys": {"method": "GET", "path": "^/v2/api-keys$"},
}


class Scene(NamedTuple):
    """A task that calls an endpoint once, and its account; ``@id`` among the options stands for Ann's id."""

    name: str
    endpoint: str
    module: str
    options: dict[str, Any]
    status: str = ""  # Ann's; empty: she does not exist
    others: int = 0  # how many more users are older than she is
    already: bool = False  # something has been changed before this endpoint is called

    @property
    def reads(self) -> bool:
        """Whether the endpoint only reads."""
        return self.endpoint in ("list", "get", "keys")

    @property
    def temporary_password(self) -> bool:
        """Whether a creation is to return a temporary password."""
        entries = [self.options, *self.options.get("users", [])]
        return any(entry.get("invite_mode") == "temporary_password" for entry in entries)

    @property
    def whom(self) -> str:
        """Whom a message has to name."""
        entries = [self.options, *self.options.get("users", [])]
        if self.endpoint == "keys":
            return "list the service keys"
        if self.endpoint == "list" and not self.options.get("email"):
            return "list the users"
        return "@id" if self.endpoint == "get" and any("user_id" in entry for entry in entries) else ANN

    def arrange(self, sim: Any) -> dict[str, Any]:
        """Make the account, and return the task's options."""
        sim.reset()
        sim.seed(count=self.others)
        user_id = ""
        if self.status:
            ann = {"email": ANN, "name": "Ann", "role": "MEMBER", "status": self.status, "is_developer": True}
            user_id = sim.seed([ann])[0]["id"]
        filled: dict[str, Any] = _filled(self.options, user_id)
        return filled


def _filled(value: Any, user_id: str) -> Any:
    if isinstance(value, dict):
        return {name: _filled(item, user_id) for name, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, user_id) for item in value]
    return user_id if value == "@id" else value


USER, INFO, INVITE, RESET, ROSTER = (
    "arize_user",
    "arize_user_info",
    "arize_user_invite",
    "arize_user_password_reset",
    "arize_user_roster",
)
BY_MAIL: dict[str, Any] = {"email": ANN}
BY_ID: dict[str, Any] = {"user_id": "@id"}
DESIRED = {**BY_MAIL, "name": "Ann", "role": "member"}
RENAMED = {**BY_MAIL, "name": "Anna"}
NO_DEVELOPER = {**DESIRED, "is_developer": False}  # a member is one at first: the creation is completed by an update
PASSWORD = {**DESIRED, "invite_mode": "temporary_password"}
ABSENT = {"state": "absent"}
PURGE = {
    "users": [{"email": "admin@simulator.example"}],
    "purge": True,
    "max_deletions": 1,
    "protected": ["member@simulator.example"],
}

SCENES = [
    # Looking up by address, and listing.
    Scene("present", "list", USER, DESIRED, "ACTIVE"),
    Scene("absent", "list", USER, {**BY_MAIL, **ABSENT}),
    Scene("one", "list", INFO, BY_MAIL, "ACTIVE"),
    Scene("all", "list", INFO, {}, "ACTIVE"),
    Scene("pending", "list", INVITE, BY_MAIL, "INVITED"),
    Scene("reset", "list", RESET, BY_MAIL, "ACTIVE"),
    Scene("roster", "list", ROSTER, {"users": [DESIRED]}, "ACTIVE"),
    Scene("purge", "list", ROSTER, PURGE),
    # Looking up by id. A roster does so where the list has more pages than users are named.
    Scene("present", "get", USER, {**BY_ID, "name": "Ann"}, "ACTIVE"),
    Scene("absent", "get", USER, {**BY_ID, **ABSENT}, "ACTIVE"),
    Scene("one", "get", INFO, BY_ID, "ACTIVE"),
    Scene("pending", "get", INVITE, BY_ID, "INVITED"),
    Scene("reset", "get", RESET, BY_ID, "ACTIVE"),
    Scene("roster", "get", ROSTER, {"users": [BY_ID]}, "ACTIVE", others=100),
    # Listing the service keys, whose bot users are not purged.
    Scene("purge", "keys", ROSTER, PURGE, "ACTIVE"),
    # Creating.
    Scene("present", "create", USER, DESIRED),
    Scene("password", "create", USER, PASSWORD),
    Scene("invited", "create", INVITE, DESIRED),
    Scene("renewed", "create", INVITE, BY_MAIL, "EXPIRED"),
    Scene("password", "create", INVITE, PASSWORD),
    Scene("roster", "create", ROSTER, {"users": [DESIRED]}),
    Scene("roster, password", "create", ROSTER, {"users": [PASSWORD]}),
    # Updating; also as the second half of a creation.
    Scene("renamed", "update", USER, RENAMED, "ACTIVE"),
    Scene("created", "update", USER, NO_DEVELOPER, already=True),
    Scene("roster", "update", ROSTER, {"users": [RENAMED]}, "ACTIVE"),
    Scene("roster, created", "update", ROSTER, {"users": [NO_DEVELOPER]}, already=True),
    # Deleting.
    Scene("absent", "delete", USER, {**BY_MAIL, **ABSENT}, "ACTIVE"),
    Scene("roster", "delete", ROSTER, {"users": [BY_MAIL], **ABSENT}, "ACTIVE"),
    Scene("purge", "delete", ROSTER, PURGE, "ACTIVE"),
    # Mailing.
    Scene("resent", "resend", INVITE, {**BY_MAIL, "resend": True}, "INVITED"),
    Scene("reset", "reset", RESET, BY_MAIL, "ACTIVE"),
]
