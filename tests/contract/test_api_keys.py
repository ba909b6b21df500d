# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys: who may list which, and what becomes of them and of their bot users."""

from __future__ import annotations

from typing import Any

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
