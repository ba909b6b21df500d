"""The bot users of service keys: every page is read, and a key without a bot user is ignored."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.module_utils._client.api_keys import ApiKeys
from ansible_collections.arize.ax.tests.unit.support.client import failure, http
from ansible_collections.arize.ax.tests.unit.support.wire import Call, answer, problem

LIST = "/v2/api-keys?limit=100&key_type=SERVICE"


def keys(*bots, cursor=None):
    """A page of service keys with these bot users."""
    shown = [{"id": f"key-{number}", **({} if bot is ... else {"bot_user": bot})} for number, bot in enumerate(bots)]
    following = {"has_more": True, "next_cursor": cursor} if cursor else {"has_more": False}
    return answer(200, {"api_keys": shown, "pagination": following})


@pytest.fixture
def api_keys(server):
    return ApiKeys(http(server.url))


def test_all_pages_are_read(server, api_keys):
    server.expect(
        Call("GET", LIST, keys({"id": "b1", "name": "CI"}, {"id": "b2"}, cursor="c1")),
        Call("GET", f"{LIST}&cursor=c1", keys(cursor="c2")),
        Call("GET", f"{LIST}&cursor=c2", keys({"id": "b3"}, {"id": "b1"})),
    )
    assert api_keys.bot_user_ids() == {"b1", "b2", "b3"}


@pytest.mark.parametrize("bot", [..., None, "b2", [], {}, {"id": None}, {"id": ""}, {"id": 7}], ids=str)
def test_a_service_key_without_a_bot_user_is_an_error(server, api_keys, bot):
    """Nothing tells its bot user from other users, who may be purged."""
    server.expect(Call("GET", LIST, keys(bot, {"id": "b1"})))
    assert failure(api_keys.bot_user_ids).kind == "invalid_response"


def test_an_account_without_service_keys_has_none(server, api_keys):
    server.expect(Call("GET", LIST, keys()))
    assert api_keys.bot_user_ids() == frozenset()


def test_a_403_names_the_permission(server, api_keys):
    server.expect(Call("GET", LIST, problem(403, "Forbidden")))
    error = failure(api_keys.bot_user_ids)
    assert error.kind == "forbidden"
    assert error.message.startswith("Could not list the service keys: ")
    assert "this operation needs SERVICE_KEY_READ." in error.message


@pytest.mark.parametrize("body", [{"pagination": {"has_more": False}}, {"api_keys": []}, []], ids=str)
def test_a_list_that_is_none_is_an_error(server, api_keys, body):
    server.expect(Call("GET", LIST, answer(200, body)))
    assert failure(api_keys.bot_user_ids).kind == "invalid_response"
