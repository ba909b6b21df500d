# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The account as a pure in-memory model: users, roles, invitations, permissions. It knows nothing of HTTP."""

from __future__ import annotations

import base64
import bisect
import hashlib
import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from .paging import filter_mark, read_cursor, write_cursor
from .problems import Problem

ADMIN_KEY = "simulator-admin-key"
MEMBER_KEY = "simulator-member-key"
KEYS = {ADMIN_KEY: "admin", MEMBER_KEY: "member"}

MEMBERS_MAY = ("USER_READ", "ROLE_READ", "ORGANIZATION_READ", "SPACE_READ", "PROJECT_READ")

BLOCKED = "BLOCKED"
STATUSES = ("ACTIVE", "INVITED", "EXPIRED")
ROLE_NAMES = ("ADMIN", "MEMBER", "MEMBER_UI_ONLY", "ANNOTATOR")
EPOCH = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
TOKEN_LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def make_id(kind: str, number: int) -> str:
    """Return a predictable opaque id. Of four in a row, one holds no "/" and no "+", and one holds both.

    The last six bits of every third byte become one base64 letter of their own: "?" there makes "/", "~" makes "+".
    """
    prefix = f"{kind}:{number}:"
    digest = hashlib.sha256(prefix.encode()).digest()
    token = [TOKEN_LETTERS[byte % len(TOKEN_LETTERS)] for byte in digest[:6]]
    slots = [index for index in range(6) if (len(prefix) + index) % 3 == 2]
    if number % 4 in (1, 3):
        token[slots[0]] = "?"
    if number % 4 in (2, 3):
        token[slots[1]] = "~"
    return base64.b64encode((prefix + "".join(token)).encode()).decode()


ADMIN_OWNER = {
    "id": make_id("User", 1),
    "name": "Simulator Admin",
    "email": "admin@simulator.example",
    "status": "ACTIVE",
    "role": "ADMIN",
    "key": "admin",
}
MEMBER_OWNER = {
    "id": make_id("User", 2),
    "name": "Simulator Member",
    "email": "member@simulator.example",
    "status": "ACTIVE",
    "role": "MEMBER",
    "key": "member",
}
DEFAULT_CUSTOM_ROLES = {make_id("Role", 1): "Auditor", make_id("Role", 2): "Prompt Engineer"}


@dataclass
class Settings:
    """The settings in which accounts, and the servers in front of them, differ."""

    saml: bool = False
    sso: bool = False
    renew_keeps_id: bool = True
    resend_status: int = 204
    reset_status: int = 204
    unknown_role_status: int = 404
    enums: str = "upper"
    developer_roles: list[str] = field(default_factory=lambda: ["ADMIN", "MEMBER"])
    custom_roles: dict[str, str] = field(default_factory=lambda: dict(DEFAULT_CUSTOM_ROLES))
    custom_role_status: int | None = None
    member_permissions: list[str] = field(default_factory=list)
    missing_permissions: dict[str, list[str]] = field(default_factory=dict)
    space_permissions: dict[str, dict[str, list[str] | None]] = field(default_factory=dict)
    member_sees: list[str] | None = None
    create_takes_is_developer: bool = False
    list_bot_users: bool = False
    empty_pages: bool = False
    space_organizations: bool = True
    list_expired_keys: bool = True
    refresh_moves_created_at: bool = True
    max_key_lifetime_days: int | None = None
    developer_access_disabled: bool = False
    plan_limits: dict[str, int] = field(default_factory=dict)
    latency: float = 0.0
    rate_limit: dict[str, Any] | None = None

    def update(self, changes: dict[str, Any]) -> None:
        """Set some of them; an unknown name is an error."""
        known = {item.name for item in fields(self)}
        unknown = sorted(set(changes) - known)
        if unknown:
            raise Problem(400, f"unknown settings {unknown}; known are {sorted(known)}")
        for name, value in changes.items():
            setattr(self, name, value)


@dataclass
class User:
    """One user of the account, blocked ones and bot users of service keys too."""

    id: str
    name: str
    email: str | None
    created_at: Any
    status: str
    role: Any
    is_developer: Any
    number: int
    sso: bool = False
    bot: bool = False
    extra: dict[str, Any] = field(default_factory=dict)
    omit: list[str] = field(default_factory=list)

    def public(self, lower: bool = False) -> dict[str, Any]:
        """Return the user as the API shows it."""
        shown = {
            "id": self.id,
            "name": self.name,
            "email": self.email,
            "created_at": self.created_at,
            "status": self.status.lower() if lower else self.status,
            "role": lower_role(self.role) if lower else self.role,
            "is_developer": self.is_developer,
            **self.extra,
        }
        for name in self.omit:
            shown.pop(name, None)
        return shown

    def deviates(self) -> bool:
        """Tell whether a test gave this user something that the contract does not know."""
        unusual = self.status not in (*STATUSES, BLOCKED) or not is_known_role(self.role)
        return unusual or bool(self.omit) or (self.email is None and not self.bot)

    def has_address(self, email: str) -> bool:
        """Tell whether this is the user's address, in any case."""
        return self.email is not None and self.email.lower() == email.lower()


def lower_role(role: Any) -> Any:
    """Return a role as the server wrote it before mid-2026."""
    if not isinstance(role, dict):
        return role
    shown = {**role, "type": str(role.get("type", "")).lower()}
    if role.get("type") == "PREDEFINED":
        shown["name"] = str(role.get("name", "")).lower()
    return shown


def is_known_role(role: Any) -> bool:
    """Tell whether the contract knows this role."""
    if not isinstance(role, dict):
        return False
    if role.get("type") == "PREDEFINED":
        return role.get("name") in ROLE_NAMES
    return role.get("type") == "CUSTOM" and "id" in role and "name" in role


@dataclass
class Caller:
    """The caller: the kind of key, and its user (None if the account has no such user)."""

    kind: str
    user_id: str | None

    @property
    def is_admin(self) -> bool:
        """Tell whether this is the account admin's key."""
        return self.kind == "admin"


@dataclass
class Outcome:
    """The outcome of an operation: the status of the answer, the item, and the mail that goes out."""

    status: int
    payload: dict[str, Any] | None = None
    mail: tuple[str, str] | None = None


class Account:
    """All users of one account. Every public method is atomic."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.lock = threading.RLock()
        self.on_deletion: list[Callable[[User], None]] = []
        self.on_new_role: Callable[[], None] = lambda: None
        self.service_caller: Callable[[str], Caller | None] = lambda _secret: None
        self.clear()

    # -- setting the scene ------------------------------------------------------------------------------------------

    def clear(self) -> None:
        """Forget all users."""
        with self.lock:
            self._users: dict[str, User] = {}
            self._by_email: dict[str, list[User]] = {}
            self._order: list[tuple[float, int, User]] = []
            self._owners: dict[str, str] = {}
            self._count = 0
            self._clock = EPOCH
            self._deviates = False

    def seed(self, users: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Put users there, in any state, and return them as stored."""
        with self.lock:
            added = [self._seed_one(dict(user)) for user in users]
            self._order.sort(key=lambda item: item[:2])
            return [self._stored(user) for user in added]

    def _seed_one(self, given: dict[str, Any]) -> User:
        number = self._next_number()
        email = given.pop("email", f"user{number:05d}@example.com")
        if email is not None and any(user.email == email for user in self._with_address(email)):
            raise Problem(400, f"there is a user {email} already")
        role = self._seed_role(given)
        key = given.pop("key", None)
        user = User(
            id=given.pop("id", None) or make_id("User", number),
            name=given.pop("name", f"User {number}"),
            email=email,
            created_at=given.pop("created_at", None) or self._tick(),
            status=str(given.pop("status", "ACTIVE")).upper(),
            role=role,
            is_developer=given.pop("is_developer", self._role_develops(role)),
            number=number,
            sso=given.pop("sso", False),
            bot=given.pop("bot", False),
            omit=list(given.pop("omit", [])),
            extra=given,
        )
        if user.id in self._users:
            raise Problem(400, f"there is a user with the id {user.id} already")
        if key:
            self._owners[key] = user.id
        self._insert(user, in_order=False)
        return user

    def _seed_role(self, given: dict[str, Any]) -> Any:
        role = given.pop("role", "MEMBER")
        role_id, role_name = given.pop("custom_role_id", None), given.pop("custom_role_name", None)
        if role_id is not None:
            known = self.settings.custom_roles.setdefault(role_id, role_name or f"Role {role_id}")
            self.on_new_role()
            return {"type": "CUSTOM", "id": role_id, "name": known}
        if isinstance(role, str):
            return {"type": "PREDEFINED", "name": role.upper()}
        return role

    def _insert(self, user: User, in_order: bool) -> None:
        self._users[user.id] = user
        self._index(user)
        moment = parse_moment(user.created_at) or EPOCH
        self._clock = max(self._clock, moment)
        self._deviates = self._deviates or user.deviates()
        entry = (moment.timestamp(), user.number, user)
        if in_order:
            bisect.insort(self._order, entry, key=lambda item: item[:2])
        else:
            self._order.append(entry)

    def _next_number(self) -> int:
        self._count += 1
        return self._count

    def _tick(self) -> str:
        """Return the next moment: a second after the youngest user, so that runs repeat themselves."""
        self._clock += timedelta(seconds=1)
        return self._clock.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _role_develops(self, role: Any) -> bool:
        return (
            isinstance(role, dict)
            and role.get("type") == "PREDEFINED"
            and (role.get("name") in self.settings.developer_roles)
        )

    # -- what other people do meanwhile -----------------------------------------------------------------------------

    def accept(self, ref: str) -> dict[str, Any]:
        """Let a user verify the address."""
        return self.change(ref, {"status": "ACTIVE"})

    def expire(self, ref: str) -> dict[str, Any]:
        """Let a user's invitation run out."""
        return self.change(ref, {"status": "EXPIRED"})

    def block(self, ref: str) -> dict[str, Any]:
        """Block a user, as a deletion does."""
        return self.change(ref, {"status": BLOCKED})

    def vanish(self, ref: str) -> dict[str, Any]:
        """Remove a user without a trace, so that even its address is free again."""
        with self.lock:
            user = self._require(ref)
            self._forget(user)
            self._cascade(user, gone=True)
            return self._stored(user)

    def change(self, ref: str, changes: dict[str, Any], omit: Iterable[str] | None = None) -> dict[str, Any]:
        """Set any field of a user, sensible or not; `omit` names what answers leave out."""
        with self.lock:
            user = self._require(ref)
            changes = dict(changes)
            if "role" in changes or "custom_role_id" in changes:
                user.role = self._seed_role(changes)
            self._index(user, out=True)
            for name in ("name", "email", "created_at", "status", "is_developer", "sso"):
                if name in changes:
                    setattr(user, name, changes.pop(name))
            self._index(user)
            self._cascade(user)
            self._reorder(user)
            user.extra.update(changes)
            if omit is not None:
                user.omit = list(omit)
            self._deviates = self._deviates or user.deviates()
            return self._stored(user)

    def _reorder(self, user: User) -> None:
        moment = parse_moment(user.created_at) or EPOCH
        index = next(i for i, item in enumerate(self._order) if item[2] is user)
        if self._order[index][0] != moment.timestamp():
            del self._order[index]
            bisect.insort(self._order, (moment.timestamp(), user.number, user), key=lambda item: item[:2])

    def find(self, ref: str) -> dict[str, Any] | None:
        """Return a stored user by id or address (any case), or None."""
        with self.lock:
            user = self._lookup(ref)
            return self._stored(user) if user else None

    def all_users(self) -> list[dict[str, Any]]:
        """Return all stored users, blocked ones too, oldest first."""
        with self.lock:
            return [self._stored(user) for _moment, _number, user in self._order]

    def deviates(self) -> bool:
        """Tell whether answers may differ from the contract because a test wanted it so."""
        settings = self.settings
        older = settings.enums != "upper" or settings.reset_status != 204 or not settings.space_organizations
        return self._deviates or settings.list_bot_users or older

    def _stored(self, user: User) -> dict[str, Any]:
        return {**user.public(), "sso": user.sso, "omit": list(user.omit), **({"bot": True} if user.bot else {})}

    def _index(self, user: User, out: bool = False) -> None:
        """Enter a user under the address, or take the user out. Addresses may differ in case alone."""
        if user.email is not None:
            same = self._by_email.setdefault(user.email.lower(), [])
            same[:] = [other for other in same if other is not user] + ([] if out else [user])

    def _with_address(self, email: str) -> list[User]:
        """Return the users with that address in any case: an equal one first, then in the order they came."""
        return sorted(self._by_email.get(email.lower(), []), key=lambda user: (user.email != email, user.number))

    def _lookup(self, ref: str) -> User | None:
        return self._users.get(ref) or next(iter(self._with_address(ref)), None)

    def _require(self, ref: str) -> User:
        user = self._lookup(ref)
        if user is None:
            raise Problem(404, f"the simulator has no user {ref!r}")
        return user

    def user(self, ref: str) -> User:
        """Return the user with that id or address; the simulator's own refusal where there is none."""
        return self._require(ref)

    def known(self, user_id: str) -> User | None:
        """Return a user who is not deleted, bot users of service keys too, or None."""
        user = self._users.get(user_id)
        return None if user is None or user.status == BLOCKED else user

    def _cascade(self, user: User, gone: bool = False) -> None:
        """Let everything that belongs to a deleted user go too."""
        if gone or user.status == BLOCKED:
            for react in self.on_deletion:
                react(user)

    def _forget(self, user: User) -> None:
        self._users.pop(user.id, None)
        self._index(user, out=True)
        self._order = [item for item in self._order if item[2] is not user]

    # -- the API ----------------------------------------------------------------------------------------------------

    def caller(self, key: str | None) -> Caller:
        """Return who a key belongs to. A key dies with its owner."""
        kind = KEYS.get(key or "")
        with self.lock:
            if kind is None and key and (service := self.service_caller(key)):
                return service
            owner = self._users.get(self._owners.get(kind or "", ""))
        if kind is None or (owner is not None and owner.status == BLOCKED):
            raise Problem(401, "The API key is missing or not valid.")
        return Caller(kind, owner.id if owner else None)

    def page(
        self, caller: Caller, limit: int, cursor: str | None, email: str, statuses: list[str]
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Return one page of users, and the cursor of the next page while there is one."""
        self.allow(caller, "USER_READ")
        mark = filter_mark(email.lower(), sorted(set(statuses)))
        with self.lock:
            start = 0 if cursor is None else self._position(cursor, mark)
            found: list[tuple[float, int, User]] = []
            for item in self._order[start:] if start else self._order:
                if self._matches(caller, item[2], email.lower(), statuses):
                    found.append(item)
                    if len(found) > limit:
                        break
            shown = found[:limit]
            more = write_cursor(shown[-1][0], shown[-1][1], mark) if len(found) > limit else None
            return [self._show(item[2]) for item in shown], more

    def start_cursor(self, email: str, statuses: list[str]) -> str:
        """Return a cursor never seen before that leads to the beginning again (for the fault of the endless list)."""
        return write_cursor(0.0, 0, filter_mark(email.lower(), sorted(set(statuses))), nonce=secrets.token_hex(4))

    def _position(self, cursor: str, mark: str) -> int:
        moment, number = read_cursor(cursor, mark)
        return bisect.bisect_right(self._order, (moment, number), key=lambda item: item[:2])

    def _matches(self, caller: Caller, user: User, email: str, statuses: list[str]) -> bool:
        if user.status == BLOCKED or (statuses and user.status not in statuses):
            return False
        return email in (user.email or "").lower() and self._sees(caller, user)

    def _sees(self, caller: Caller, user: User) -> bool:
        if (user.bot and not self.settings.list_bot_users) or not self.may(caller, "USER_READ"):
            return False
        seen = self.settings.member_sees
        return caller.is_admin or seen is None or any(user.has_address(email) for email in seen)

    def get(self, caller: Caller, user_id: str) -> Outcome:
        """Answer a look-up by id."""
        with self.lock:
            return Outcome(200, self._show(self._visible(caller, user_id)))

    def create(self, caller: Caller, body: dict[str, Any]) -> Outcome:
        """Add or invite a user: the table of the contract, row by row."""
        name = clean_name(body["name"])
        self._allow_create(caller, body["role"])
        with self.lock:
            role = self._requested_role(body["role"])
            existing = next(iter(self._with_address(body["email"])), None)
            if existing is None:
                self.check_plan("USERS", sum(user.status != BLOCKED for user in self._users.values()))
                return self._invite(body, name, role, created_at=self._tick())
            if existing.status == "INVITED" and body["invite_mode"] != "NONE":
                return Outcome(200, self._show(existing))
            if existing.status == "EXPIRED" and body["invite_mode"] != "NONE":
                return self._renew(existing, body, name, role)
            raise Problem(409, self._conflict(existing))

    def _conflict(self, user: User) -> str:
        if user.status == BLOCKED:
            return "This user was deleted and cannot be invited again."
        return "A user with this email address already exists."

    def check_plan(self, entitlement: str, count: int) -> None:
        """Refuse what the plan of the account does not include."""
        limit = self.settings.plan_limits.get(entitlement)
        if limit is not None and count >= limit:
            facts = {"entitlement": entitlement, "limit": limit, "current_count": count, "required_plan": "ENTERPRISE"}
            raise Problem(403, f"The plan of this account allows {limit} {entitlement.lower()}.", **facts)

    def _requested_role(self, role: dict[str, Any]) -> dict[str, Any]:
        if role["type"] == "PREDEFINED":
            return dict(role)
        if self.settings.custom_role_status is not None:
            raise Problem(self.settings.custom_role_status, "Custom account roles are not yet supported.")
        name = self.settings.custom_roles.get(role["id"])
        if name is None:
            raise Problem(self.settings.unknown_role_status, "The custom role does not exist.")
        return {"type": "CUSTOM", "id": role["id"], "name": name}

    def _invite(self, body: dict[str, Any], name: str, role: dict[str, Any], created_at: str) -> Outcome:
        number = self._next_number()
        user = User(
            id=make_id("User", number),
            name=name,
            email=body["email"],
            created_at=created_at,
            status="ACTIVE" if body["invite_mode"] == "NONE" else "INVITED",
            role=role,
            is_developer=body.get("is_developer", self._role_develops(role)),
            number=number,
        )
        self._insert(user, in_order=True)
        return self._invited(user, body["invite_mode"])

    def _renew(self, user: User, body: dict[str, Any], name: str, role: dict[str, Any]) -> Outcome:
        if not self.settings.renew_keeps_id:
            self._forget(user)
            return self._invite(body, name, role, created_at=self._tick())
        user.name, user.role, user.status = name, role, "INVITED"
        user.is_developer = self._role_develops(role)
        return self._invited(user, body["invite_mode"])

    def _invited(self, user: User, mode: str) -> Outcome:
        shown = self._show(user)
        shown["invite_mode"] = mode.lower() if self.settings.enums == "lower" else mode
        if mode == "TEMPORARY_PASSWORD":
            shown["temporary_password"] = f"Tmp-{secrets.token_hex(12)}"
        return Outcome(201, shown, ("invitation", user.email or "") if mode == "EMAIL_LINK" else None)

    def update(self, caller: Caller, user_id: str, body: dict[str, Any]) -> Outcome:
        """Change a name or the developer flag, and nothing else."""
        name = clean_name(body["name"]) if "name" in body else None
        if "name" in body:
            self.allow(caller, "USER_UPDATE")
        if "is_developer" in body and not caller.is_admin:
            raise Problem(403, "Only an account admin may set is_developer.")
        with self.lock:
            user = self._visible(caller, user_id)
            user.name = user.name if name is None else name
            user.is_developer = body.get("is_developer", user.is_developer)
            return Outcome(200, self._show(user))

    def delete(self, caller: Caller, user_id: str) -> Outcome:
        """Block a user permanently."""
        self.allow(caller, "USER_DELETE")
        with self.lock:
            user = self._users.get(user_id)
            if user is None or (user.bot and not self.settings.list_bot_users):
                raise Problem(404, "The user was not found.")
            if user.id == caller.user_id:
                raise Problem(400, "You cannot delete yourself.")
            user.status = BLOCKED
            self._cascade(user)
            return Outcome(204)

    def resend(self, caller: Caller, user_id: str) -> Outcome:
        """Mail an open invitation again."""
        self.allow(caller, "USER_CREATE")
        with self.lock:
            user = self._visible(caller, user_id)
            if self.settings.saml:
                raise Problem(400, "SAML login is enforced for this account; invitations are not sent.")
            if user.status != "INVITED":
                raise Problem(400, "The user has no pending invitation.")
            return Outcome(self.settings.resend_status, mail=("resend", user.email or ""))

    def reset(self, caller: Caller, user_id: str) -> Outcome:
        """Mail a link that sets a new password."""
        self.allow(caller, "USER_UPDATE")
        with self.lock:
            user = self._visible(caller, user_id)
            if user.status != "ACTIVE":
                raise Problem(400, "The user has not verified the email address yet.")
            if self.settings.sso or user.sso:
                raise Problem(400, "The user signs in with SSO and has no password.")
            return Outcome(self.settings.reset_status, mail=("reset", user.email or ""))

    def _visible(self, caller: Caller, user_id: str) -> User:
        user = self._users.get(user_id)
        if user is None or user.status == BLOCKED or not self._sees(caller, user):
            raise Problem(404, "The user was not found.")
        return user

    def _show(self, user: User) -> dict[str, Any]:
        return user.public(lower=self.settings.enums == "lower")

    def may(self, caller: Caller, permission: str) -> bool:
        """Tell whether a key has a permission in the account."""
        if permission in self.settings.missing_permissions.get(caller.kind, []):
            return False
        return caller.is_admin or permission in (*MEMBERS_MAY, *self.settings.member_permissions)

    def allow(self, caller: Caller, permission: str) -> None:
        """Refuse what a key may not do."""
        if not self.may(caller, permission):
            raise Problem(403, f"This needs an account admin, or the permission {permission}.")

    def _allow_create(self, caller: Caller, role: dict[str, Any]) -> None:
        if not caller.is_admin and role.get("name") not in ("MEMBER", "ANNOTATOR"):
            raise Problem(403, "A member may only invite users with the role MEMBER or ANNOTATOR.")


def clean_name(name: str) -> str:
    """Return a name as the server stores it."""
    stripped = name.strip()
    if not 1 <= len(stripped) <= 255:
        raise Problem(400, "name must have 1 to 255 characters.")
    return stripped


def parse_moment(text: Any) -> datetime | None:
    """Return an RFC 3339 time, or None for anything else (a test may have put nonsense there)."""
    try:
        moment = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=EPOCH.tzinfo)
