# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API keys of the account. A service key that was created or refreshed here opens the API, as its bot user."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from .places import Spaces
from .problems import Problem
from .store import ADMIN_OWNER, Account, Caller, Outcome, User, make_id, parse_moment

OPTIONAL = ("description", "expires_at", "last_used_at")
MEMBER = {"type": "PREDEFINED", "name": "MEMBER"}
READ_ONLY = {"type": "PREDEFINED", "name": "READ_ONLY"}


@dataclass
class ApiKey:
    """One key: of a user, or a service key with its bot user."""

    number: int
    owner: str | None
    fields: dict[str, Any]
    bot: str | None = None
    organizations: list[dict[str, Any]] = field(default_factory=list)
    secrets: dict[str, datetime | None] = field(default_factory=dict)  # until when each is valid

    @property
    def is_service(self) -> bool:
        """Tell whether this is a service key."""
        return bool(self.fields["key_type"] == "SERVICE")

    def is_expired(self, now: datetime) -> bool:
        """Tell whether the key's expiry has passed."""
        expires_at = parse_moment(self.fields.get("expires_at"))
        return expires_at is not None and expires_at <= now

    def opens(self, secret: str, now: datetime) -> bool:
        """Tell whether a secret is one of this key, and still valid."""
        until = self.secrets.get(secret)
        valid = secret in self.secrets and (until is None or until > now)
        return valid and self.fields["status"] == "ACTIVE" and not self.is_expired(now)

    def issue(self, now: datetime, grace: int = 0) -> str:
        """Make a new secret, and let the others die after the grace period, in seconds."""
        until = now + timedelta(seconds=grace)
        self.secrets = dict.fromkeys(self.secrets, until)
        secret = f"ak-{secrets.token_hex(16)}"
        self.secrets[secret] = None
        self.fields["redacted_key"] = f"{secret[:6]}...{secret[-3:]}"
        return secret

    def reaches(self, space_id: str) -> bool:
        """Tell whether a service key has a role in that space."""
        return any(space["space_id"] == space_id for org in self.organizations for space in org["spaces"])


class ApiKeys:
    """All keys of one account."""

    def __init__(self, account: Account, spaces: Spaces) -> None:
        self._account = account
        self._spaces = spaces
        self.bind_custom_role: Callable[[str, str, str], str] = lambda _user_id, _space_id, _role_id: ""
        account.service_caller = self._caller
        account.on_deletion.append(self._owner_is_gone)
        self.clear()

    def clear(self) -> None:
        """Forget all keys."""
        self._keys: list[ApiKey] = []
        self._count = 0
        self._deviates = False

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

    def deviates(self) -> bool:
        """Tell whether answers may differ from the contract because a test wanted it so."""
        return self._deviates

    def find(self, ref: str) -> ApiKey:
        """Return the key with that id, else the first with that name; the simulator's own refusal for none."""
        found = [key for name in ("id", "name") for key in self._keys if key.fields[name] == ref]
        if not found:
            raise Problem(404, f"the simulator has no API key {ref!r}")
        return found[0]

    def change(self, ref: str, fields: dict[str, Any], omit: list[str] | None = None) -> dict[str, Any]:
        """Set any field of a key, sensible or not; `organizations` are those of the bot user."""
        key = self.find(ref)
        key.organizations = fields.pop("organizations", key.organizations)
        key.fields.update(fields)
        for name in omit or []:
            key.fields.pop(name, None)
        self._deviates = True
        return self._show(key)

    def remove(self, ref: str) -> dict[str, Any]:
        """Remove a key without a trace."""
        key = self.find(ref)
        self._keys.remove(key)
        return self._show(key)

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
        now = _now()
        return (
            key
            for key in self._keys
            if key.number > after
            and wanted.items() <= key.fields.items()
            and (self._account.settings.list_expired_keys or not key.is_expired(now))
            and (owner is None or key.owner == owner)
            and (space is None or key.reaches(space))
        )

    def _allow_service_keys(self, caller: Caller, space_id: str | None) -> None:
        if space_id is None:
            self._account.allow(caller, "SERVICE_KEY_READ")
        elif not self._spaces.may(caller, "SERVICE_KEY_READ", self._spaces.visible(caller, space_id)["id"]):
            raise Problem(403, "This needs the permission SERVICE_KEY_READ in the space.")

    # -- writes -----------------------------------------------------------------------------------------------------

    def create(self, caller: Caller, body: dict[str, Any]) -> Outcome:
        """Create a key. Names need not be unique: a second request makes a second key."""
        self._refuse_developers()
        organizations = [_organization(item) for item in body.get("organizations", [])]
        account_role = body.get("account_role", MEMBER)
        if body["key_type"] == "SERVICE":
            self._check_service_key(caller, organizations, account_role)
        now = _now()
        self._count += 1
        fields = {
            "id": make_id("ApiKey", self._count),
            "name": body["name"],
            "key_type": body["key_type"],
            "status": "ACTIVE",
            "created_at": _written(now),
            "created_by_user_id": caller.user_id or ADMIN_OWNER["id"],
            **({"description": body["description"]} if body.get("description") else {}),
            **self._expiry(body.get("expires_at"), now),
        }
        key = ApiKey(self._count, caller.user_id, fields, organizations=organizations)
        secret = key.issue(now)
        if key.is_service:
            key.bot = self._seed_bot({"name": body["name"], "bot_user": {"role": account_role}})
            self._bind_custom_roles(key)
        self._keys.append(key)
        return Outcome(201, {**self._show(key), "key": secret})

    def refresh(self, caller: Caller, key_id: str, body: dict[str, Any] | None = None) -> Outcome:
        """Give a key a new secret; the old one is valid for the grace period. The expiry cannot be moved back."""
        given = body or {}
        self._refuse_developers()
        key, now = self._permitted(caller, key_id, "SERVICE_KEY_CREATE"), _now()
        if key.fields["status"] != "ACTIVE" or key.is_expired(now):
            raise Problem(422, "Only an active key can be refreshed.")
        old, new = (parse_moment(fields.get("expires_at")) for fields in (key.fields, given))
        if old and (new is None or new > old):
            raise Problem(422, "expires_at is required, and no later than the expiry of the key.")
        key.fields.update(self._expiry(given.get("expires_at"), now))
        secret = key.issue(now, given.get("grace_period_seconds", 0))
        if self._account.settings.refresh_moves_created_at:
            key.fields["created_at"] = _written(now)
        return Outcome(200, {**key.fields, "key": secret})

    def revoke(self, caller: Caller, key_id: str) -> Outcome:
        """Revoke a key for good; again is no error."""
        key = self._permitted(caller, key_id, "SERVICE_KEY_REVOKE")
        key.fields["status"] = "REVOKED"
        return Outcome(204)

    def _permitted(self, caller: Caller, key_id: str, permission: str) -> ApiKey:
        """Return a key that a caller may change; 404 without read access, 403 without the permission."""
        key = next((key for key in self._keys if key.fields["id"] == key_id), None)
        reads = key is not None and (self._account.may(caller, "SERVICE_KEY_READ") or key.owner == caller.user_id)
        if key is None or not reads:
            raise Problem(404, "The API key was not found.")
        if key.is_service:
            self._account.allow(caller, permission)
        return key

    def _check_service_key(self, caller: Caller, organizations: list[dict[str, Any]], account_role: Any) -> None:
        for organization in organizations:
            for space in organization["spaces"]:
                found = self._spaces.visible(caller, space["space_id"])
                if found["organization_id"] != organization["org_id"]:
                    raise Problem(400, "The space is not in the organization.")
                if not self._spaces.may(caller, "SERVICE_KEY_CREATE", found["id"]):
                    raise Problem(403, "This needs the permission SERVICE_KEY_CREATE in the space.")
        if account_role.get("name") == "MEMBER_UI_ONLY":
            raise Problem(400, "MEMBER_UI_ONLY is not valid for a service key.")
        higher = [account_role, *(organization["role"] for organization in organizations)]
        if any(role["type"] == "CUSTOM" for role in higher):
            raise Problem(422, "Custom roles are not yet supported at this level.")
        roles = [*higher, *(space["role"] for organization in organizations for space in organization["spaces"])]
        if any(role.get("name") == "ANNOTATOR" for role in roles):
            raise Problem(422, "ANNOTATOR is not valid for a service key.")
        if not caller.is_admin and any(role.get("name") == "ADMIN" for role in roles):
            raise Problem(422, "No role may be above the caller's own.")

    def _bind_custom_roles(self, key: ApiKey) -> None:
        for space in (space for organization in key.organizations for space in organization["spaces"]):
            if space["role"]["type"] == "CUSTOM":
                name = self.bind_custom_role(key.bot or "", space["space_id"], space["role"]["id"])
                space["role"] = {**space["role"], "name": name}

    def _refuse_developers(self) -> None:
        if self._account.settings.developer_access_disabled:
            raise Problem(403, "Developer access is disabled for this account.")

    def _expiry(self, given: str | None, now: datetime) -> dict[str, Any]:
        """Return the expiry of a new secret: what is given, else the account's maximum, else none."""
        days = self._account.settings.max_key_lifetime_days
        latest = None if days is None else now + timedelta(days=days)
        wanted = parse_moment(given) if given else latest
        if wanted is not None and wanted <= now:
            raise Problem(422, "expires_at must be in the future.")
        if latest and wanted and wanted > latest:
            raise Problem(422, f"A key may live for {days} days at most.")
        return {"expires_at": _written(wanted)} if wanted else {}

    def _caller(self, secret: str) -> Caller | None:
        """Return who a secret of a service key belongs to: its bot user."""
        key = next((key for key in self._keys if key.is_service and key.opens(secret, _now())), None)
        bot = self._account.known(key.bot or "") if key else None
        return Caller("admin" if bot.role == {**MEMBER, "name": "ADMIN"} else "member", bot.id) if bot else None

    # -- answers ----------------------------------------------------------------------------------------------------

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
    return {"role": READ_ONLY, **given, "spaces": spaces}


def _now() -> datetime:
    return datetime.now(UTC)


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
