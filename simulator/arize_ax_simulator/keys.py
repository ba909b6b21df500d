# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API keys of the account, as GET /v2/api-keys lists them. No key of theirs opens anything here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .places import Spaces
from .problems import Problem
from .store import ADMIN_OWNER, Account, Caller, User, make_id

OPTIONAL = ("description", "expires_at", "last_used_at")
MEMBER = {"type": "PREDEFINED", "name": "MEMBER"}


@dataclass
class ApiKey:
    """One key: of a user, or a service key with its bot user."""

    number: int
    owner: str | None
    fields: dict[str, Any]
    bot: str | None = None
    organizations: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_service(self) -> bool:
        """Tell whether this is a service key."""
        return bool(self.fields["key_type"] == "SERVICE")

    def reaches(self, space_id: str) -> bool:
        """Tell whether a service key has a role in that space."""
        return any(space["space_id"] == space_id for org in self.organizations for space in org["spaces"])


class ApiKeys:
    """All keys of one account."""

    def __init__(self, account: Account, spaces: Spaces) -> None:
        self._account = account
        self._spaces = spaces
        account.on_deletion.append(self._owner_is_gone)
        self.clear()

    def clear(self) -> None:
        """Forget all keys."""
        self._keys: list[ApiKey] = []
        self._count = 0

    def seed(self, given: dict[str, Any]) -> dict[str, Any]:
        """Add one key and return it as stored. `user` is the owner or creator: an id or an address."""
        given = dict(given)
        self._count += 1
        kind = str(given.pop("key_type", "SERVICE")).upper()
        owner = self._account.user(given.pop("user", ADMIN_OWNER["id"])).id
        bot = self._seed_bot(given) if kind == "SERVICE" else None
        organizations = [*given.pop("organizations", []), *self._organizations_of(given.pop("spaces", []))]
        fields = {
            "id": given.pop("id", None) or make_id("ApiKey", self._count),
            "name": given.pop("name", f"Key {self._count}"),
            "key_type": kind,
            "status": str(given.pop("status", "ACTIVE")).upper(),
            "redacted_key": given.pop("redacted_key", f"ak-{self._count:03d}...xyz"),
            "created_at": given.pop("created_at", "2026-01-01T00:00:00Z"),
            "created_by_user_id": owner,
            **{name: given.pop(name) for name in OPTIONAL if name in given},
        }
        if given:
            raise Problem(400, f"a key to seed has no {sorted(given)}")
        key = ApiKey(self._count, owner, fields, bot, [_organization(item) for item in organizations])
        self._keys.append(key)
        return self._show(key)

    def _seed_bot(self, given: dict[str, Any]) -> str:
        """Add the bot user of a service key: a user like any other, but for the lists that leave it out."""
        bot = {"name": given.get("name", f"Key {self._count}"), "email": None, "is_developer": True}
        return str(self._account.seed([{**bot, **given.pop("bot_user", {}), "bot": True}])[0]["id"])

    def _organizations_of(self, refs: list[str]) -> list[dict[str, Any]]:
        """Return the organizations of a service key that has its default roles in these spaces."""
        found: dict[str, Any] = {}
        for space in map(self._spaces.find, refs):
            organization = found.setdefault(space["organization_id"], {"spaces": []})
            organization["spaces"].append({"space_id": space["id"]})
        return [{"org_id": org_id, **item} for org_id, item in found.items()]

    def is_odd(self) -> bool:
        """Tell whether answers may differ from the contract: keys have no such fields."""
        return False

    def stored(self) -> list[dict[str, Any]]:
        """Return all keys, revoked ones too."""
        return [self._show(key) for key in self._keys]

    def matching(self, caller: Caller, filters: dict[str, str], after: int) -> Iterator[ApiKey]:
        """Return the keys after that number that match. A space implies service keys, nothing implies the caller's own."""
        space, owner = filters.get("space_id"), filters.get("user_id")
        kind = filters.get("key_type", "SERVICE" if space else "USER")
        if kind == "SERVICE":
            self._allow_service_keys(caller, space)
        elif owner is None:
            owner = caller.user_id or ""
        elif owner != caller.user_id and not caller.is_admin:
            raise Problem(403, "Only an account admin may list the keys of another user.")
        if filters.get("user_id") and self._account.known(filters["user_id"]) is None:
            raise Problem(404, "The user was not found.")
        wanted = {"key_type": kind, "status": filters.get("status", "ACTIVE")}
        return (
            key
            for key in self._keys
            if key.number > after
            and wanted.items() <= key.fields.items()
            and (owner is None or key.owner == owner)
            and (space is None or key.reaches(space))
        )

    def _allow_service_keys(self, caller: Caller, space_id: str | None) -> None:
        if space_id is None:
            self._account.allow(caller, "SERVICE_KEY_READ")
        elif not self._spaces.may(caller, "SERVICE_KEY_READ", self._spaces.visible(caller, space_id)["id"]):
            raise Problem(403, "This needs the permission SERVICE_KEY_READ in the space.")

    def public(self, key: ApiKey, filters: dict[str, str]) -> dict[str, Any]:
        """Return a key as the list shows it: a list by space tells nothing of the bot user's organizations."""
        shown = self._show(key)
        if key.is_service and "space_id" in filters:
            shown["bot_user"]["organizations"] = []
        return shown

    def _show(self, key: ApiKey) -> dict[str, Any]:
        if not key.is_service:
            return dict(key.fields)
        bot = self._account.known(key.bot or "")
        if bot is None:  # a bot user that is lost has a placeholder for a role
            lost = {"id": key.bot, "name": "", "account_role": MEMBER, "organizations": []}
            return {**key.fields, "bot_user": lost}
        found = {"id": bot.id, "name": bot.name, "account_role": bot.role, "organizations": key.organizations}
        return {**key.fields, "bot_user": found}

    def _owner_is_gone(self, user: User) -> None:
        """Forget the user keys of a deleted user. Service keys belong to their bot user, and stay."""
        self._keys = [key for key in self._keys if key.is_service or key.owner != user.id]


def _organization(given: dict[str, Any]) -> dict[str, Any]:
    """Return one organization of a bot user with the roles that the service fills in."""
    spaces = [{"role": MEMBER, **space} for space in given.get("spaces", [])]
    return {"role": {"type": "PREDEFINED", "name": "READ_ONLY"}, **given, "spaces": spaces}
