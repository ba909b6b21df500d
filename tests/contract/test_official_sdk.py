"""The official client judges the simulator: each of its calls has the outcome that the API describes.

`make sdk` runs it in an environment of its own, and gives it a simulator in a process of its own, ARIZE_SIMULATOR_URL.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

import pytest
from arize import ArizeClient
from arize._generated.api_client.exceptions import ApiException
from arize.api_keys.types import (
    CustomRoleAssignmentRequest,
    OrgBinding,
    SpaceBinding,
    SpaceRoleAssignmentRequest,
)
from arize.users.types import CustomUserRole, PredefinedUserRole
from arize_ax_simulator import SimulatorClient

ANN = "ann@example.com"
MEMBER = PredefinedUserRole(name="MEMBER")


@pytest.fixture(scope="session")
def running() -> SimulatorClient:
    """The simulator in the other process."""
    return SimulatorClient(os.environ["ARIZE_SIMULATOR_URL"])


@pytest.fixture
def sdk(sim: SimulatorClient, monkeypatch: pytest.MonkeyPatch) -> ArizeClient:
    """The official SDK, pointed here by its own variables."""
    for name in [name for name in os.environ if name.startswith("ARIZE_")]:
        monkeypatch.delenv(name)
    for name, value in sim.environment().items():
        monkeypatch.setenv(name, value)
    return ArizeClient()


@pytest.fixture
def users(sdk: ArizeClient) -> Any:
    """The users client of the official SDK."""
    return sdk.users


def create(users: Any, email: str = ANN, mode: str = "EMAIL_LINK", **changes: Any) -> Any:
    """Create a user with the SDK."""
    return users.create(**{"name": "Ann", "email": email, "role": MEMBER, "invite_mode": mode, **changes})


def refused(status: int) -> Any:
    """Expect the SDK to raise for that status."""
    return pytest.raises(ApiException, match=rf"\({status}\)")


@pytest.mark.parametrize(
    ("mode", "status", "mails"),
    [("EMAIL_LINK", "INVITED", 1), ("TEMPORARY_PASSWORD", "INVITED", 0), ("NONE", "ACTIVE", 0)],
)
def test_create(sim: SimulatorClient, users: Any, mode: str, status: str, mails: int) -> None:
    """Each invite mode."""
    created = create(users, mode=mode)
    assert (created.email, created.name, created.status, created.is_developer) == (ANN, "Ann", status, True)
    assert created.invite_mode == mode
    assert bool(created.temporary_password) is (mode == "TEMPORARY_PASSWORD")
    assert len(sim.mails()) == mails


@pytest.mark.parametrize("name", ["ADMIN", "MEMBER", "ANNOTATOR"])
def test_create_with_a_role(users: Any, name: str) -> None:
    """The predefined roles that the SDK knows."""
    created = create(users, role=PredefinedUserRole(name=name))
    assert created.role.name == name
    assert created.is_developer is (name != "ANNOTATOR")


def test_create_with_a_custom_role(sim: SimulatorClient, users: Any) -> None:
    """A custom role is sent by id and comes back with its name."""
    sim.settings(custom_roles={"role-1": "Auditor"})
    created = create(users, role=CustomUserRole(id="role-1"))
    assert (created.role.type, created.role.id, created.role.name) == ("CUSTOM", "role-1", "Auditor")


ANEW = {("EXPIRED", "EMAIL_LINK"), ("EXPIRED", "TEMPORARY_PASSWORD")}
AS_IT_IS = {("INVITED", "EMAIL_LINK"), ("INVITED", "TEMPORARY_PASSWORD")}


@pytest.mark.parametrize("state", ["INVITED", "EXPIRED", "ACTIVE", "BLOCKED"])
@pytest.mark.parametrize("mode", ["EMAIL_LINK", "TEMPORARY_PASSWORD", "NONE"])
def test_create_again(sim: SimulatorClient, users: Any, state: str, mode: str) -> None:
    """An address that the account knows, in another case: invited anew, as it is, or a conflict."""
    sim.seed([{"email": ANN.upper(), "status": state, "name": "Old"}])
    anew = (state, mode) in ANEW
    if anew or (state, mode) in AS_IT_IS:
        answer = create(users, mode=mode)
        assert (answer.status, answer.name) == ("INVITED", "Ann" if anew else "Old")
        assert bool(answer.temporary_password) is (anew and mode == "TEMPORARY_PASSWORD")
        assert not anew or answer.invite_mode == mode
    else:
        with refused(409):
            create(users, mode=mode)
    stored = sim.find(ANN) or {}
    assert (stored["status"], stored["name"]) == (("INVITED", "Ann") if anew else (state, "Old"))
    mailed = [mail["kind"] for mail in sim.mails()]
    assert mailed == (["invitation"] if anew and mode == "EMAIL_LINK" else [])


def test_get(sim: SimulatorClient, users: Any) -> None:
    """By id, with every letter of base64, and by address in any case."""
    for seeded in sim.seed([{"email": f"n{number}@x.io"} for number in range(8)]):
        assert users.get(user=seeded["id"]).email == seeded["email"]
        assert users.get(user=seeded["email"].upper()).id == seeded["id"]
    assert users.get(user="unknown@x.io") is None
    with refused(404):
        users.get(user="VXNlcjo5OTk6eHl6")


def test_get_finds_the_exact_address(sim: SimulatorClient, users: Any) -> None:
    """The filter is a substring, the look-up is not."""
    sim.seed([{"email": "jo" + ANN}, {"email": ANN}])
    assert users.get(user=ANN).email == ANN


def test_list_over_several_pages(sim: SimulatorClient, users: Any) -> None:
    """Filters, order, cursors."""
    sim.seed([{"email": f"n{n:03}@team.example", "status": ("ACTIVE", "INVITED", "EXPIRED")[n % 3]} for n in range(90)])
    filters = {"email": "@TEAM.", "status": ["INVITED", "EXPIRED"], "limit": 25}
    found, cursor = [], None
    while True:
        page = users.list(**filters, cursor=cursor)
        found.append([user.email for user in page.users])
        cursor = page.pagination.next_cursor
        assert page.pagination.has_more is bool(cursor)
        if not cursor:
            break
    assert [len(emails) for emails in found] == [25, 25, 10]
    assert [email for emails in found for email in emails] == [f"n{n:03}@team.example" for n in range(90) if n % 3]
    assert sim.counts() == {"GET": 3}


def test_update(users: Any) -> None:
    """Name and is_developer."""
    ann = create(users)
    assert users.update(user_id=ann.id, name=" New ").name == "New"
    changed = users.update(user_id=ann.id, is_developer=False)
    assert (changed.name, changed.is_developer) == ("New", False)
    assert users.get(user=ann.id) == changed
    assert users.update(user_id=ann.id, name="Newer").is_developer is False
    with refused(400):
        users.update(user_id=ann.id, name="  ")
    with refused(404):
        users.update(user_id="nope", name="x")


def test_resend_invitation(sim: SimulatorClient, users: Any) -> None:
    """Only while the invitation is open; 202 is a success too."""
    ann = create(users)
    users.resend_invitation(user_id=ann.id)
    sim.settings(resend_status=202)
    users.resend_invitation(user_id=ann.id)
    assert [mail["kind"] for mail in sim.mails()] == ["invitation", "resend", "resend"]
    sim.accept(ANN)
    with refused(400):
        users.resend_invitation(user_id=ann.id)


def test_reset_password(sim: SimulatorClient, users: Any) -> None:
    """Only for a verified user who has a password."""
    ann = create(users)
    with refused(400):
        users.reset_password(user_id=ann.id)
    sim.accept(ANN)
    users.reset_password(user_id=ann.id)
    sim.settings(sso=True)
    with refused(400):
        users.reset_password(user_id=ann.id)
    assert [mail["kind"] for mail in sim.mails()] == ["invitation", "reset"]


def test_delete(sim: SimulatorClient, users: Any) -> None:
    """Permanently, and never oneself."""
    ann = create(users)
    users.delete(user_id=ann.id)
    users.delete(user_id=ann.id)
    assert users.get(user=ANN) is None
    with refused(404):
        users.get(user=ann.id)
    with refused(409):
        create(users)
    with refused(400):
        users.delete(user_id=str((sim.find("admin@simulator.example") or {})["id"]))


def test_bulk_delete(sim: SimulatorClient, users: Any) -> None:
    """Ids and addresses; what fails or is not found stops nothing."""
    sim.seed([{"email": f"n{number}.{ANN}"} for number in range(120)])
    bob, cat = sim.seed([{"email": "bob@x.io"}, {"email": "cat@x.io"}])
    late = sim.seed([{"email": ANN}])[0]
    results = users.bulk_delete(
        user_ids=[bob["id"], "nope"], emails=["unknown@x.io", ANN.upper(), "admin@simulator.example", "Cat@x.io"]
    )
    outcome = {result.email or result.user_id: result.status.value for result in results}
    assert outcome == {
        bob["id"]: "deleted",
        "nope": "failed",
        "unknown@x.io": "not_found",
        ANN.upper(): "deleted",
        "admin@simulator.example": "failed",
        "Cat@x.io": "deleted",
    }
    blocked = {user["email"] for user in sim.users() if user["status"] == "BLOCKED"}
    assert blocked == {"bob@x.io", "cat@x.io", late["email"]}
    assert cat["email"] in blocked


def test_refusals_that_are_not_about_users(sim: SimulatorClient, users: Any) -> None:
    """The SDK understands the simulator's problem documents."""
    for status in (401, 403, 429):
        sim.faults([{"kind": "status", "status": status, "retry_after": 0, "times": None}])
        with refused(status):
            users.list()


def test_what_the_caller_may_see(sim: SimulatorClient, users: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key with too little permission sees a short list, not an error."""
    sim.settings(member_sees=["member@simulator.example"])
    assert len(users.list().users) == 2
    monkeypatch.setenv("ARIZE_API_KEY", sim.member_key)
    limited = ArizeClient().users
    assert [user.email for user in limited.list().users] == ["member@simulator.example"]
    with refused(403):
        create(limited, role=PredefinedUserRole(name="ADMIN"))


def test_api_keys(sim: SimulatorClient, sdk: ArizeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Service keys with their bot users, user keys without; refused without the permission."""
    keys = [{"name": "ci", "spaces": ["Prod"]}, {"name": "mine", "key_type": "USER"}]
    seeded = sim.seed_access(spaces=[{"name": "Prod"}], api_keys=keys)
    given = seeded["api_keys"]
    page = sdk.api_keys.list(key_type="SERVICE")
    ci = page.api_keys[0].actual_instance
    assert (ci.name, ci.bot_user.id, page.pagination.has_more) == ("ci", given[0]["bot_user"]["id"], False)
    space = ci.bot_user.organizations[0].spaces[0]
    assert (space.space_id, space.role.actual_instance.name) == (seeded["spaces"][0]["id"], "MEMBER")
    assert [key.actual_instance.name for key in sdk.api_keys.list(space="Prod").api_keys] == ["ci"]
    assert [key.actual_instance.name for key in sdk.api_keys.list().api_keys] == ["mine"]
    monkeypatch.setenv("ARIZE_API_KEY", sim.member_key)
    with refused(403):
        ArizeClient().api_keys.list(key_type="SERVICE")


def test_service_keys(sim: SimulatorClient, sdk: ArizeClient) -> None:
    """Created, refreshed and revoked; each secret is shown once."""
    seeded = sim.seed_access(spaces=[{"name": "Prod"}], roles=[{"name": "Reviewer"}])
    space, role = seeded["spaces"][0], sdk.roles.get(role="Reviewer").id
    custom = SpaceRoleAssignmentRequest(CustomRoleAssignmentRequest(type="CUSTOM", id=role))
    spaces = [SpaceBinding(space=space["id"], role=custom)]
    orgs = [OrgBinding(org_id=space["organization_id"], spaces=spaces)]
    expires_at = datetime(2099, 1, 1, tzinfo=UTC)
    key = sdk.api_keys.create_service_key(name="ci", orgs=orgs, expires_at=expires_at)
    assert (key.key[:3], key.bot_user.account_role.actual_instance.name) == ("ak-", "MEMBER")
    with refused(422):
        sdk.api_keys.refresh(api_key_id=key.id)
    fresh = sdk.api_keys.refresh(api_key_id=key.id, expires_at=expires_at, grace_period_seconds=60)
    assert (fresh.id, fresh.key != key.key) == (key.id, True)
    mine = sdk.api_keys.create(name="mine")
    for key_id in (key.id, key.id, mine.id):
        sdk.api_keys.revoke(api_key_id=key_id)
    assert [stored["status"] for stored in sim.api_keys()] == ["REVOKED", "REVOKED"]


def names(items: Any) -> list[str]:
    """Return the names of a page of the SDK."""
    return [item.name for item in items]


def test_roles(sim: SimulatorClient, sdk: ArizeClient) -> None:
    """A role from its creation to its deletion."""
    roles = sdk.roles
    made = roles.create(name="Reviewer", permissions=["PROJECT_READ", "DATASET_READ"], description="Reads")
    assert (made.name, made.description, made.is_predefined) == ("Reviewer", "Reads", False)
    assert set(made.permissions) == {"PROJECT_READ", "DATASET_READ"}
    assert roles.get(role="Reviewer") == roles.get(role=made.id) == made
    changed = roles.update(role="Reviewer", name="Reader", description=None, permissions=["DATASET_READ"])
    assert (changed.id, changed.name, changed.description) == (made.id, "Reader", None)
    assert (changed.permissions, changed.created_at) == (["DATASET_READ"], made.created_at)
    assert changed.updated_at > made.updated_at
    assert names(roles.list(is_predefined=False).roles) == ["Auditor", "Prompt Engineer", "Reader"]
    assert all(role.is_predefined for role in roles.list(is_predefined=True).roles)
    with refused(409):
        roles.create(name="Auditor", permissions=["PROJECT_READ"])
    with refused(409):
        roles.update(role="Auditor", name="Reader")
    with refused(403):
        roles.update(role="Project Viewer", name="Mine")
    with refused(403):
        roles.delete(role="Project Viewer")
    roles.delete(role="Reader")
    with refused(404):
        roles.get(role=made.id)
    assert [role["name"] for role in sim.roles(predefined=False)] == ["Auditor", "Prompt Engineer"]


def test_role_bindings(sim: SimulatorClient, sdk: ArizeClient, users: Any) -> None:
    """A binding from its creation to its deletion, on a space and on a project."""
    seeded = sim.seed_access(
        spaces=[{"name": "Prod"}], projects=[{"name": "Chat"}], roles=[{"name": "Reviewer"}], api_keys=[{"name": "ci"}]
    )
    ann, bindings = create(users), sdk.role_bindings
    space, project, role = (seeded[kind][0]["id"] for kind in ("spaces", "projects", "roles"))
    bot, other = seeded["api_keys"][0]["bot_user"]["id"], sdk.roles.get(role="Auditor").id
    first = bindings.create(user_id=ann.id, role_id=role, resource_type="SPACE", resource_id=space)
    assert (first.user_id, first.role_id, first.resource_type, first.resource_id) == (ann.id, role, "SPACE", space)
    assert bindings.get(binding_id=first.id) == first
    second = bindings.create(user_id=bot, role_id=role, resource_type="PROJECT", resource_id=project)
    for role_id in (role, other):
        with refused(409):
            bindings.create(user_id=ann.id, role_id=role_id, resource_type="SPACE", resource_id=space)
    changed = bindings.update(binding_id=first.id, role_id=other)
    assert (changed.id, changed.role_id, changed.user_id) == (first.id, other, ann.id)
    assert bindings.list(resource_type="SPACE").role_bindings == [changed]
    assert bindings.list(resource_type="PROJECT", user_id=bot).role_bindings == [second]
    assert bindings.list(resource_type="PROJECT", user_id=ann.id).role_bindings == []
    with refused(409):
        sdk.roles.delete(role="Reviewer")
    bindings.delete(binding_id=second.id)
    with refused(404):
        bindings.delete(binding_id=second.id)
    sdk.roles.delete(role="Reviewer")
    users.delete(user_id=ann.id)
    assert bindings.list(resource_type="SPACE").role_bindings == []
    with refused(404):
        bindings.list(resource_type="SPACE", user_id=ann.id)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"resource_id": "U3BhY2U6OTpub25l"}, 403),
        ({"resource_type": "PROJECT"}, 400),
        ({"role_id": "Um9sZTo5OTpub25l"}, 404),
        ({"user_id": "VXNlcjo5OTk6eHl6"}, 404),
    ],
)
def test_bindings_that_cannot_be(sim: SimulatorClient, sdk: ArizeClient, changes: Any, status: int) -> None:
    """An unknown resource is a 403, an unknown user or role a 404."""
    space = sim.seed_access(spaces=[{}])["spaces"][0]["id"]
    ann = sim.seed([{"email": ANN}])[0]["id"]
    body = {"user_id": ann, "role_id": sim.roles()[0]["id"], "resource_type": "SPACE", "resource_id": space}
    with refused(status):
        sdk.role_bindings.create(**{**body, **changes})
    assert sim.bindings() == []


def test_organizations_spaces_and_projects(sim: SimulatorClient, sdk: ArizeClient) -> None:
    """By name, by id, and in lists with their filters."""
    sim.seed_access(
        organizations=[{"name": "East"}, {"name": "West"}],
        spaces=[{"name": "Prod", "organization": "East"}, {"name": "Prod 2", "organization": "West"}],
        projects=[{"name": "Chat", "space": "Prod"}, {"name": "Mail", "space": "Prod 2", "project_type": None}],
    )
    west = sdk.organizations.get(organization="West")
    assert names(sdk.organizations.list(name="eas").organizations) == ["East"]
    assert sdk.spaces.get(space="Prod 2").organization_id == west.id
    assert names(sdk.spaces.list(name="PROD").spaces) == ["Prod", "Prod 2"]
    assert names(sdk.spaces.list(organization_id=west.id).spaces) == ["Prod 2"]
    mail = sdk.projects.get(project="Mail", space="Prod 2")
    assert sdk.projects.get(project=mail.id) == mail
    assert mail.project_type is None
    assert names(sdk.projects.list(space="prod 2").projects) == ["Mail"]
    assert names(sdk.projects.list(name="a").projects) == ["Chat", "Mail"]
    for client, kind in ((sdk.organizations, "organization"), (sdk.spaces, "space"), (sdk.projects, "project")):
        with refused(404):
            client.get(**{kind: "VXNlcjo5OTk6eHl6"})


def test_spaces_and_projects_are_created_and_changed(sim: SimulatorClient, sdk: ArizeClient) -> None:
    """A space and a project from their creation on; names are unique in the organization, and in the space."""
    east, west = sim.seed_access(organizations=[{"name": "East"}, {"name": "West"}])["organizations"]
    made = sdk.spaces.create(name="Prod", organization_id=east["id"], is_private=True)
    assert (made.organization_id, made.description, made.is_private) == (east["id"], "", True)
    assert sdk.spaces.create(name="Prod", organization_id=west["id"], description="West").is_private is False
    with refused(409):
        sdk.spaces.create(name="Prod", organization_id=east["id"])
    with refused(404):
        sdk.spaces.create(name="Lab", organization_id="VXNlcjo5OTk6eHl6")
    changed = sdk.spaces.update(space=made.id, name="Live", description="Ours", is_private=False)
    assert (changed.id, changed.name, changed.description, changed.is_private) == (made.id, "Live", "Ours", False)
    assert sdk.spaces.update(space="Live", description=None).description == ""
    with refused(400):
        sdk.spaces.update(space="Live", description="")
    chat = sdk.projects.create(name="Chat", space="Live")
    assert (chat.space_id, chat.project_type) == (made.id, "APPLICATION")
    with refused(409):
        sdk.projects.create(name="Chat", space="Live")
    with refused(403):
        sdk.projects.create(name="Chat", space="VXNlcjo5OTk6eHl6")
    sdk.projects.create(name="Mail", space="Live")
    assert sdk.projects.update(project="Chat", space="Live", name="Talk").id == chat.id
    with refused(422):
        sdk.projects.update(project="Mail", space="Live", name="Talk")
    assert names(sdk.projects.list(space=made.id).projects) == ["Talk", "Mail"]


def test_resource_restrictions(sim: SimulatorClient, sdk: ArizeClient) -> None:
    """Restricted twice is once; unrestricted twice is an error. A page may be empty and go on."""
    project = sim.seed_access(projects=[{"name": "Chat"}])["projects"][0]["id"]
    restrictions = sdk.resource_restrictions
    made = restrictions.restrict(resource_id=project)
    assert (made.resource_type, made.resource_id) == ("PROJECT", project)
    assert restrictions.restrict(resource_id=project) == made
    assert restrictions.list(resource_type="PROJECT").resource_restrictions == [made]
    assert restrictions.list(resource_type="PROMPT").resource_restrictions == []
    sim.settings(empty_pages=True)
    page = restrictions.list()
    assert (page.resource_restrictions, page.pagination.has_more) == ([], True)
    assert restrictions.list(cursor=page.pagination.next_cursor).resource_restrictions == [made]
    restrictions.unrestrict(resource_id=project)
    for call in (restrictions.unrestrict, restrictions.restrict):
        with refused(404):
            call(resource_id="VXNlcjo5OTk6eHl6" if call == restrictions.restrict else project)
    assert sim.restrictions() == []


def test_names_on_a_late_page(sim: SimulatorClient, sdk: ArizeClient) -> None:
    """The SDK's own look-ups by name follow the cursors, also past empty pages."""
    sim.settings(empty_pages=True)
    sim.seed_access(roles=[{"name": f"Role {number}"} for number in range(150)])
    assert sdk.roles.get(role="Role 149").name == "Role 149"
    assert sim.counts() == {"GET": 5}
