"""API keys: who may list which, and what becomes of them and of their bot users."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

ANN = "ann@example.com"
READ_ONLY = {"type": "PREDEFINED", "name": "READ_ONLY"}
MEMBER = {"type": "PREDEFINED", "name": "MEMBER"}


def names(answer: Any) -> list[str]:
    """Return the names of the keys of a page."""
    assert answer.status_code == 200, answer.text
    return [key["name"] for key in answer.json()["api_keys"]]


@pytest.fixture
def keys(sim: Any) -> Any:
    """Two user keys, two service keys and a revoked one."""
    sim.seed([{"email": ANN}])
    return sim.seed_access(
        spaces=[{"id": "space-1"}, {"id": "space-2"}],
        api_keys=[
            {"name": "mine", "key_type": "USER"},
            {"name": "hers", "key_type": "USER", "user": ANN},
            {"name": "ci", "user": ANN, "spaces": ["space-1"], "bot_user": {"name": "CI", "role": "ADMIN"}},
            {"name": "cron", "expires_at": "2027-01-01T00:00:00Z"},
            {"name": "old", "status": "REVOKED"},
        ],
    )["api_keys"]


def test_filters(keys: Any, sim: Any, admin: Any) -> None:
    """Service keys by space, type, creator and status; user keys by owner."""
    ann = sim.find(ANN)["id"]
    assert names(admin.list("api-keys")) == names(admin.list("api-keys", key_type="USER")) == ["mine"]
    assert names(admin.list("api-keys", user_id=ann)) == ["hers"]
    assert names(admin.list("api-keys", key_type="SERVICE")) == ["ci", "cron"]
    assert names(admin.list("api-keys", key_type="SERVICE", status="REVOKED")) == ["old"]
    assert names(admin.list("api-keys", key_type="SERVICE", user_id=ann)) == ["ci"]
    assert names(admin.list("api-keys", space_id="space-1")) == ["ci"]
    assert names(admin.list("api-keys", space_id="space-2")) == []
    assert admin.list("api-keys", space_id="space-3").status_code == 404
    assert admin.list("api-keys", user_id="no user").status_code == 404
    assert admin.list("api-keys", key_type="service").status_code == 400
    assert admin.list("api-keys", name="ci").status_code == 400


def test_shape(keys: Any, sim: Any, admin: Any) -> None:
    """The fields that are documented; organizations only in a list without a space."""
    ci, cron = admin.list("api-keys", key_type="SERVICE").json()["api_keys"]
    assert [ci, cron] == keys[2:4]
    assert ci["bot_user"]["account_role"] == {"type": "PREDEFINED", "name": "ADMIN"}
    spaces = [{"space_id": "space-1", "role": MEMBER}]
    organization = {"org_id": sim.organizations()[0]["id"], "role": READ_ONLY, "spaces": spaces}
    assert ci["bot_user"]["organizations"] == [organization]
    assert admin.list("api-keys", space_id="space-1").json()["api_keys"][0]["bot_user"]["organizations"] == []
    assert "bot_user" not in admin.list("api-keys").json()["api_keys"][0]


def test_who_may_list(keys: Any, sim: Any, admin: Any, member: Any) -> None:
    """Service keys need a permission; another user's keys an account admin."""
    assert member.list("api-keys", key_type="SERVICE").status_code == 403
    assert member.list("api-keys", user_id=sim.find(ANN)["id"]).status_code == 403
    assert names(member.list("api-keys")) == []
    sim.settings(member_permissions=["SERVICE_KEY_READ"], missing_permissions={"admin": ["SERVICE_KEY_READ"]})
    assert names(member.list("api-keys", key_type="SERVICE")) == ["ci", "cron"]
    assert admin.list("api-keys", key_type="SERVICE").status_code == 403
    sim.settings(space_permissions={"admin": {"space-2": ["SERVICE_KEY_READ"]}})
    assert [admin.list("api-keys", space_id=f"space-{n}").status_code for n in (1, 2)] == [403, 200]


def test_a_deleted_user_takes_user_keys_along(keys: Any, sim: Any, admin: Any) -> None:
    """Service keys stay, also those that the deleted user created."""
    assert admin.to("DELETE", sim.find(ANN)["id"]).status_code == 204
    assert [key["name"] for key in sim.api_keys()] == ["mine", "ci", "cron", "old"]


def test_bot_users_are_listed_by_choice(keys: Any, sim: Any, admin: Any) -> None:
    """By default no list and no look-up of users tells of them."""
    bot = keys[2]["bot_user"]["id"]
    assert len(admin.walk()) == 3
    assert [admin.to(method, bot).status_code for method in ("GET", "DELETE")] == [404, 404]
    sim.settings(list_bot_users=True)
    assert [user["name"] for user in admin.walk()][3:] == ["CI", "cron", "old"]
    assert admin.to("DELETE", bot).status_code == 204
    lost = admin.list("api-keys", key_type="SERVICE").json()["api_keys"][0]["bot_user"]
    assert lost == {"id": bot, "name": "", "account_role": MEMBER, "organizations": []}


def test_pages(sim: Any, admin: Any) -> None:
    """A cursor belongs to its filters; pages may be empty and go on."""
    sim.seed_access(api_keys=[{"name": f"k{number}"} for number in range(5)])
    first = admin.list("api-keys", key_type="SERVICE", limit=3)
    cursor = first.json()["pagination"]["next_cursor"]
    assert names(admin.list("api-keys", key_type="SERVICE", cursor=cursor)) == ["k3", "k4"]
    assert admin.list("api-keys", key_type="SERVICE", status="REVOKED", cursor=cursor).status_code == 400
    sim.settings(empty_pages=True)
    found, pagination = [], {}
    for _turn in range(4):
        page = admin.list("api-keys", key_type="SERVICE", limit=3, cursor=pagination.get("next_cursor"))
        pagination = page.json()["pagination"]
        found.append(names(page))
    assert (found, pagination) == ([[], ["k0", "k1", "k2"], [], ["k3", "k4"]], {"has_more": False})
    assert [user["email"] for user in admin.walk()] == ["admin@simulator.example", "member@simulator.example"]


@pytest.mark.parametrize("given", [{"surprise": 1}, {"user": "unknown@x.io"}])
def test_what_cannot_be_seeded_is_refused(sim: Any, given: Any) -> None:
    """A key misspelt would prove nothing."""
    with pytest.raises(Exception, match=r"surprise|unknown"):
        sim.seed_access(api_keys=[given])
    with pytest.raises(Exception, match="robots"):
        sim.seed_access(robots=[])


def service(space: str = "space-1", **changes: Any) -> dict[str, Any]:
    """Return the body that creates a service key; None leaves a field out."""
    return {
        "key_type": "SERVICE",
        "name": "ci",
        "organizations": [{"org_id": "org-1", "spaces": [{"space_id": space}]}],
    } | changes


@pytest.fixture
def spaces(sim: Any) -> None:
    """Two organizations with a space each, and a custom role."""
    sim.seed_access(
        organizations=[{"id": "org-1"}, {"id": "org-2"}],
        spaces=[{"id": "space-1", "organization": "org-1"}, {"id": "space-2", "organization": "org-2"}],
        roles=[{"id": "role-1", "name": "Reviewer"}],
    )


def test_a_service_key_opens_the_api_as_its_bot_user(spaces: None, sim: Any, admin: Any) -> None:
    """Its secret is shown once; names repeat; roles that are not given have their defaults."""
    created = admin.send("POST", "/v2/api-keys", json=service())
    assert created.status_code == 201
    body = created.json()
    secret = body.pop("key")
    assert admin.list("api-keys", key_type="SERVICE").json()["api_keys"] == [body]
    assert body["redacted_key"] == f"{secret[:6]}...{secret[-3:]}"
    assert body["bot_user"]["organizations"][0]["spaces"] == [{"space_id": "space-1", "role": MEMBER}]
    assert type(admin)(sim.url, secret).list("users").status_code == 200
    again = admin.send("POST", "/v2/api-keys", json=service()).json()
    assert again["id"] != body["id"]


def test_a_custom_role_of_a_service_key_is_a_role_binding(spaces: None, sim: Any, admin: Any) -> None:
    """Of its bot user, in the space."""
    role = {"type": "CUSTOM", "id": "role-1"}
    organizations = [{"org_id": "org-1", "spaces": [{"space_id": "space-1", "role": role}]}]
    bot = admin.send("POST", "/v2/api-keys", json=service(organizations=organizations)).json()["bot_user"]["id"]
    (binding,) = sim.bindings()
    assert (binding["user_id"], binding["role_id"], binding["resource_id"]) == (bot, "role-1", "space-1")


CUSTOM, ANNOTATOR = {"type": "CUSTOM", "id": "role-1"}, {"type": "PREDEFINED", "name": "ANNOTATOR"}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"account_role": CUSTOM}, 422),
        ({"account_role": {"type": "PREDEFINED", "name": "MEMBER_UI_ONLY"}}, 400),
        ({"organizations": [{"org_id": "org-1", "role": CUSTOM, "spaces": [{"space_id": "space-1"}]}]}, 422),
        ({"organizations": [{"org_id": "org-1", "spaces": [{"space_id": "space-1", "role": ANNOTATOR}]}]}, 422),
        ({"organizations": [{"org_id": "org-1", "spaces": [{"space_id": "space-2"}]}]}, 400),
        ({"organizations": [{"org_id": "org-1", "spaces": [{"space_id": "space-3"}]}]}, 404),
        ({"organizations": []}, 400),
        ({"expires_at": "2020-01-01T00:00:00Z"}, 422),
        ({"surprise": 1}, 400),
        ({"name": "n" * 257}, 400),
    ],
)
def test_keys_that_cannot_be_created(spaces: None, sim: Any, admin: Any, changes: Any, status: int) -> None:
    """Nothing is left of them."""
    assert admin.send("POST", "/v2/api-keys", json=service(**changes)).status_code == status
    assert sim.api_keys() == []


def test_a_refresh_keeps_the_key_and_for_a_while_its_old_secret(spaces: None, sim: Any, admin: Any) -> None:
    """Without a grace period the old secret is refused at once; created_at moves, by setting."""
    key = admin.send("POST", "/v2/api-keys", json=service()).json()
    path, old = f"/v2/api-keys/{quote(key['id'], safe='')}/refresh", type(admin)(sim.url, key["key"])
    sim.change_access("api_keys", key["id"], created_at="2026-01-01T00:00:00Z")
    fresh = admin.send("POST", path, json={"grace_period_seconds": 600})
    assert (fresh.status_code, fresh.json()["id"], "bot_user" in fresh.json()) == (200, key["id"], False)
    assert fresh.json()["created_at"] > "2026-06"
    assert old.list("users").status_code == 200
    sim.change_access("api_keys", key["id"], created_at="2026-01-01T00:00:00Z")
    sim.settings(refresh_moves_created_at=False)
    assert admin.send("POST", path, json={}).json()["created_at"] == "2026-01-01T00:00:00Z"
    assert old.list("users").status_code == 401


def test_a_refresh_cannot_prolong_a_key(spaces: None, admin: Any) -> None:
    """A key that expires needs an expiry that is no later."""
    body = admin.send("POST", "/v2/api-keys", json=service(expires_at="2099-01-01T00:00:00Z")).json()
    path = f"/v2/api-keys/{quote(body['id'], safe='')}/refresh"
    assert admin.send("POST", path, json={}).status_code == 422
    assert admin.send("POST", path, json={"expires_at": "2099-01-02T00:00:00Z"}).status_code == 422
    assert admin.send("POST", path, json={"expires_at": "2098-01-01T00:00:00Z"}).status_code == 200


def test_a_revoked_key_is_gone_for_good(spaces: None, sim: Any, admin: Any, member: Any) -> None:
    """Revoking again is no error; a key that may not read it answers 404."""
    key = admin.send("POST", "/v2/api-keys", json=service()).json()
    path = f"/v2/api-keys/{quote(key['id'], safe='')}/revoke"
    assert member.send("PUT", path).status_code == 404
    assert [admin.send("PUT", path).status_code for _turn in (1, 2)] == [204, 204]
    assert admin.list("api-keys", key_type="SERVICE").json()["api_keys"] == []
    assert type(admin)(sim.url, key["key"]).list("users").status_code == 401
    assert admin.send("POST", path.replace("revoke", "refresh"), json={}).status_code == 422


def test_settings_limit_keys(spaces: None, sim: Any, admin: Any) -> None:
    """The developer access lock; a maximum lifetime; expired keys may be left out of lists."""
    sim.settings(developer_access_disabled=True)
    assert admin.send("POST", "/v2/api-keys", json=service()).status_code == 403
    sim.settings(developer_access_disabled=False, max_key_lifetime_days=30)
    assert admin.send("POST", "/v2/api-keys", json=service(expires_at="2099-01-01T00:00:00Z")).status_code == 422
    key = admin.send("POST", "/v2/api-keys", json=service()).json()
    assert key["expires_at"] > key["created_at"]
    sim.change_access("api_keys", key["id"], expires_at="2026-01-01T00:00:00Z")
    assert names(admin.list("api-keys", key_type="SERVICE")) == ["ci"]
    sim.settings(list_expired_keys=False)
    assert names(admin.list("api-keys", key_type="SERVICE")) == []
    assert sim.remove_access("api_keys", "ci")["id"] == key["id"]
