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
    "list API keys": {"method": "GET", "path": "^/v2/api-keys$"},
    "list roles": {"method": "GET", "path": "^/v2/roles$"},
    "get a role": {"method": "GET", "path": "^/v2/roles/."},
    "create a role": {"method": "POST", "path": "^/v2/roles$"},
    "update a role": {"method": "PATCH", "path": "^/v2/roles/."},
    "delete a role": {"method": "DELETE", "path": "^/v2/roles/."},
    "list role bindings": {"method": "GET", "path": "^/v2/role-bindings$"},
    "create a role binding": {"method": "POST", "path": "^/v2/role-bindings$"},
    "update a role binding": {"method": "PATCH", "path": "^/v2/role-bindings/."},
    "delete a role binding": {"method": "DELETE", "path": "^/v2/role-bindings/."},
    "list organizations": {"method": "GET", "path": "^/v2/organizations$"},
    "list spaces": {"method": "GET", "path": "^/v2/spaces$"},
    "list projects": {"method": "GET", "path": "^/v2/projects$"},
    "list restrictions": {"method": "GET", "path": "^/v2/resource-restrictions$"},
    "get a space": {"method": "GET", "path": "^/v2/spaces/."},
    "create a space": {"method": "POST", "path": "^/v2/spaces$"},
    "update a space": {"method": "PATCH", "path": "^/v2/spaces/."},
    "get a project": {"method": "GET", "path": "^/v2/projects/."},
    "create a project": {"method": "POST", "path": "^/v2/projects$"},
    "update a project": {"method": "PATCH", "path": "^/v2/projects/."},
    "create a restriction": {"method": "POST", "path": "^/v2/resource-restrictions$"},
    "delete a restriction": {"method": "DELETE", "path": "^/v2/resource-restrictions/."},
}
ACCESS = {  # what exists besides Ann
    "organizations": [{"name": "East"}],
    "spaces": [{"name": "Prod"}, {"name": "Lab"}],
    "projects": [{"name": "Chat", "space": "Prod"}, {"name": "Mail", "space": "Prod"}],
    "roles": [{"name": "Reviewer", "permissions": ["PROJECT_READ"]}],
    "role_bindings": [{"user": ANN, "role": "Reviewer", "space": "Prod"}],
    "resource_restrictions": [{"project": "Mail"}],
}


class Scene(NamedTuple):
    """A task that calls an endpoint once, and its account.

    Among the options ``@id`` stands for Ann's ID, ``@role``, ``@space`` and ``@project`` for those of the role Reviewer,
    the space Prod and the project Chat.
    """

    name: str
    endpoint: str
    module: str
    options: dict[str, Any]
    status: str = ""  # Ann's; empty: she does not exist
    others: int = 0  # how many more users are older than she is
    already: bool = False  # something has been changed before this endpoint is called
    names: str = ""  # what a message has to name, where it is not Ann; the account then has ACCESS

    @property
    def reads(self) -> bool:
        """Whether the endpoint only reads."""
        return ENDPOINTS[self.endpoint]["method"] == "GET"

    @property
    def temporary_password(self) -> bool:
        """Whether a creation is to return a temporary password."""
        entries = [self.options, *self.options.get("users", [])]
        return any(entry.get("invite_mode") == "temporary_password" for entry in entries)

    @property
    def whom(self) -> str:
        """Whom a message has to name."""
        entries = [self.options, *self.options.get("users", [])]
        if self.names:
            return self.names
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
        ids = {"@id": user_id}
        if self.names:
            seeded = sim.seed_access(**ACCESS)
            ids.update({f"@{kind}": seeded[f"{kind}s"][0]["id"] for kind in ("role", "space", "project")})
        filled: dict[str, Any] = _filled(self.options, ids)
        return filled


def _filled(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(item, ids) for name, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, ids) for item in value]
    return ids.get(value, value) if isinstance(value, str) else value


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
    Scene("renewed, resend", "create", INVITE, {**BY_MAIL, "resend": True}, "EXPIRED"),
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

ROLE, BINDING = "arize_role", "arize_role_binding"
ROLE_INFO, BINDING_INFO, KEY_INFO = "arize_role_info", "arize_role_binding_info", "arize_api_key_info"
SPACE, SPACE_INFO, PROJECT, PROJECT_INFO = "arize_space", "arize_space_info", "arize_project", "arize_project_info"
RESTRICTION = "arize_resource_restriction"
CHAT = {"name": "Chat", "space": "Prod"}
OPEN = {"project": "Chat", "space": "Prod", "require_bindings": 0}
READER = {"name": "Reader", "permissions": ["PROJECT_READ"]}
BOUND = {**BY_MAIL, "role": "Reviewer", "space": "Prod"}


def _access(name: str, endpoint: str, module: str, options: dict[str, Any], names: str = ANN) -> Scene:
    return Scene(name, endpoint, module, options, "ACTIVE", names=names)


REVIEWER = {"role": "Reviewer", "space": "Prod"}


def roster(*items: dict[str, Any], **options: Any) -> dict[str, Any]:
    """A roster of Ann, with this access."""
    return {"users": [{**BY_MAIL, "access": list(items)}], **options}


ACCESS_SCENES = [
    # Roles.
    _access("present", "list roles", ROLE, {"name": "Reviewer"}, "list the roles"),
    _access("absent", "list roles", ROLE, {"name": "Reader", **ABSENT}, "list the roles"),
    _access("all", "list roles", ROLE_INFO, {}, "list the roles"),
    _access("bound", "list roles", BINDING, BOUND, "list the roles"),
    _access("present", "get a role", ROLE, {"role_id": "@role"}, "look up the role"),
    _access("one", "get a role", ROLE_INFO, {"role_id": "@role"}, "look up the role"),
    _access("present", "create a role", ROLE, READER, "Reader"),
    _access("changed", "update a role", ROLE, {"name": "Reviewer", "description": "Reads"}, "Reviewer"),
    _access("renamed", "update a role", ROLE, {"role_id": "@role", "name": "Reader"}, "Reviewer"),
    _access("absent", "delete a role", ROLE, {"name": "Auditor", **ABSENT}, "Auditor"),
    # Role bindings.
    _access("present", "list role bindings", BINDING, BOUND, "list the role bindings"),
    _access("absent", "list role bindings", BINDING, {**BOUND, "space": "Lab", **ABSENT}, "list the role bindings"),
    _access("all", "list role bindings", BINDING_INFO, {"resource_type": "space"}, "list the role bindings"),
    _access("present", "create a role binding", BINDING, {**BOUND, "space": "Lab"}),
    _access("project", "create a role binding", BINDING, {**BOUND, "project": "Chat"}),
    _access("changed", "update a role binding", BINDING, {**BOUND, "role": "Auditor"}),
    _access("absent", "delete a role binding", BINDING, {**BOUND, **ABSENT}),
    # What names stand for.
    _access("bound", "list organizations", BINDING, {**BOUND, "organization": "East"}, "list the organizations"),
    _access("bound", "list spaces", BINDING, BOUND, "list the spaces"),
    _access("keys", "list spaces", KEY_INFO, {"space": "Prod"}, "list the spaces"),
    _access("bound", "list projects", BINDING, {**BOUND, "project": "Chat"}, "list the projects"),
    _access("service", "list API keys", KEY_INFO, {"key_type": "service"}, "list the service keys"),
    # Spaces, projects and restrictions.
    _access("present", "list organizations", SPACE, {"name": "Prod", "organization": "East"}, "list the organizations"),
    _access("present", "list spaces", SPACE, {"name": "Prod"}, "list the spaces"),
    _access("all", "list spaces", SPACE_INFO, {}, "list the spaces"),
    _access("some", "list organizations", SPACE_INFO, {"organization": "East"}, "list the organizations"),
    _access("present", "get a space", SPACE, {"space_id": "@space"}, "look up the space"),
    _access("one", "get a space", SPACE_INFO, {"space_id": "@space"}, "look up the space"),
    _access("present", "create a space", SPACE, {"name": "New", "organization": "East"}, "the space New"),
    _access("private", "update a space", SPACE, {"name": "Prod", "is_private": True}, "the space Prod"),
    _access("present", "list spaces", PROJECT, CHAT, "list the spaces"),
    _access("present", "list projects", PROJECT, CHAT, "list the projects"),
    _access("all", "list projects", PROJECT_INFO, {}, "list the projects"),
    _access("present", "get a project", PROJECT, {"project_id": "@project", "name": "Chat"}, "look up the project"),
    _access("one", "get a project", PROJECT_INFO, {"project_id": "@project"}, "look up the project"),
    _access("present", "create a project", PROJECT, {**CHAT, "name": "New"}, "the project New"),
    _access("renamed", "update a project", PROJECT, {"project_id": "@project", "name": "Talk"}, "the project Chat"),
    _access("present", "list projects", RESTRICTION, {**OPEN, "project": "Mail"}, "list the projects"),
    _access("present", "list restrictions", RESTRICTION, {**OPEN, "project": "Mail"}, "list the resource restrictions"),
    _access("absent", "list restrictions", RESTRICTION, {**OPEN, **ABSENT}, "list the resource restrictions"),
    _access("restrict", "create a restriction", RESTRICTION, OPEN, "the project Prod / Chat"),
    _access("unrestrict", "delete a restriction", RESTRICTION, {**OPEN, "project": "Mail", **ABSENT}, "Prod / Mail"),
    # The same in a roster.
    _access("roster", "list roles", ROSTER, roster(REVIEWER), "list the roles"),
    _access("roster", "list role bindings", ROSTER, roster(REVIEWER), "list the role bindings"),
    _access("roster", "create a role binding", ROSTER, roster(REVIEWER, {**REVIEWER, "space": "Lab"})),
    _access("roster", "update a role binding", ROSTER, roster({**REVIEWER, "role": "Auditor"})),
    _access("roster", "delete a role binding", ROSTER, roster(purge_access=True, max_access_changes=9)),
    _access("roster", "keys", ROSTER, roster(purge_access=True, max_access_changes=9), "list the service keys"),
    _access("roster", "list spaces", ROSTER, roster(REVIEWER), "list the spaces"),
    _access("roster", "list organizations", ROSTER, roster({**REVIEWER, "organization": "East"}), "organizations"),
]
