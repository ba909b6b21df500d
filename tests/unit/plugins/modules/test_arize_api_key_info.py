"""arize_api_key_info: which keys it finds, and that it never returns one."""

from __future__ import annotations

from functools import partial

import pytest
from ansible_collections.arize.ax.plugins.modules import arize_api_key_info
from ansible_collections.arize.ax.tests.unit.support.access import SPACE_ID, api_key, listing, space
from ansible_collections.arize.ax.tests.unit.support.api import ADA_ID, look_up, person
from ansible_collections.arize.ax.tests.unit.support.task import Task
from ansible_collections.arize.ax.tests.unit.support.wire import problem

EMAIL = "ada@x.io"
keys = partial(listing, "api_keys")
users = partial(listing, "users")
SHOWN = {
    "id": "k1",
    "name": "ci",
    "description": None,
    "key_type": "service",
    "status": "active",
    "redacted_key": "ak-1...xyz",
    "created_at": "2026-01-02T03:04:05Z",
    "expires_at": None,
    "created_by_user_id": ADA_ID,
    "last_used_at": None,
    "bot_user": {"id": "bot", "name": "ci", "account_role": "member"},
    "marks": ["unused"],
}
USER_KEY = api_key(id="k2", key_type="USER", bot_user=..., description="mine", expires_at="2027", last_used_at="2026")


@pytest.fixture
def task(server):
    return Task(arize_api_key_info, server)


@pytest.mark.parametrize(
    ("options", "calls", "found"),
    [
        ({}, [keys(USER_KEY, more="c"), keys(cursor="c")], ["k2"]),
        ({"key_type": "service"}, [keys(api_key(), key_type="SERVICE")], ["k1"]),
        (
            {"key_type": "user", "status": "revoked", "email": EMAIL},
            [look_up(person()), keys(USER_KEY, key_type="USER", status="REVOKED", user_id=ADA_ID)],
            ["k2"],
        ),
        ({"email": EMAIL}, [look_up()], []),
        ({"user_id": "u"}, [keys(user_id="u")], []),
        ({"space": "Prod"}, [listing("spaces", space(), name="Prod"), keys(api_key(), space_id=SPACE_ID)], ["k1"]),
        ({"space_id": "s", "status": "active"}, [keys(api_key(), status="ACTIVE", space_id="s")], ["k1"]),
    ],
)  # fmt: skip
def test_which_keys_are_found(task, options, calls, found):
    result = task.run_both(*calls, **options)
    assert [key["id"] for key in result["api_keys"]] == found
    assert set(result) - {"invocation"} == {"changed", "api_keys"}


def test_what_is_returned_of_a_key(task):
    lost = api_key(bot_user={"id": "b", "name": "", "account_role": "OWNER"})
    result = task.run_both(keys(api_key(), USER_KEY, lost, {"bot_user": []}))
    assert result["api_keys"] == [
        SHOWN,
        {
            **SHOWN,
            "id": "k2",
            "key_type": "user",
            "description": "mine",
            "expires_at": "2027",
            "last_used_at": "2026",
            "bot_user": None,
            "marks": ["expiry not readable", "last use not readable"],
        },
        {**SHOWN, "bot_user": {"id": "b", "name": None, "account_role": "owner"}},
        {**dict.fromkeys(SHOWN), "marks": ["last use not readable"]},
    ]


def test_a_key_that_the_server_shows_by_mistake_is_not_returned(task):
    result = task.run_both(keys(api_key(key="ak-secret", bot_user={"id": "b", "key": "ak-secret"})))
    assert "ak-secret" not in str(result)


@pytest.mark.parametrize(
    ("options", "calls", "kind", "words"),
    [
        ({"email": ""}, [], "bad_option", ["email"]),
        ({"unused_days": -1}, [], "bad_option", ["unused_days"]),
        ({"space": "s", "space_id": "i"}, [], "bad_option", ["space_id"]),
        ({"key_type": "service"}, [keys(problem(403), key_type="SERVICE")], "forbidden", ["SERVICE_KEY_READ"]),
        ({"space_id": "s"}, [keys(problem(403), space_id="s")], "forbidden", ["SERVICE_KEY_READ"]),
        ({"user_id": "u"}, [keys(problem(403), user_id="u")], "forbidden", ["admin"]),
        ({"user_id": "u"}, [keys(problem(404), user_id="u"), keys()], "not_found", []),
        ({"user_id": "u"}, [keys(problem(404), user_id="u"), keys(problem(404))], "invalid_response", ["proxies"]),
        ({}, [keys(problem(404))], "invalid_response", ["proxies"]),
        (
            {"space": "Twin"},
            [listing("spaces", space("Twin", id="t1"), space("Twin", id="t2"), name="Twin")],
            "ambiguous",
            ["t1", "t2", "Select one by space_id."],
        ),
        ({"space": "x"}, [listing("spaces", name="x"), listing("spaces", space())], "not_found", ["Prod"]),
    ],
)  # fmt: skip
def test_what_fails(task, options, calls, kind, words):
    result = task.run_both(*calls, **options)
    assert (result["error"]["kind"], result["changed"]) == (kind, False)
    assert all(word in result["msg"] for word in words), result["msg"]
    assert "api_keys" not in result


def test_creators_who_left_are_marked_if_asked(task):
    """Users, and the bot users of service keys, have not left."""
    made = [api_key(id=name, created_by_user_id=creator) for name, creator in [("a", ADA_ID), ("b", "bot"), ("c", "x")]]
    service = keys(*made, key_type="SERVICE")
    calls = [service, users(person(), more="next"), users(person(id="other"), cursor="next"), service]
    result = task.run_both(*calls, key_type="service", check_creators=True)
    marks = {key["id"]: key["marks"] for key in result["api_keys"]}
    assert marks == {"a": ["unused"], "b": ["unused"], "c": ["unused", "creator has left"]}
    calls = [keys(made[0], key_type="SERVICE"), users(person(), more="next")]
    assert "creator has left" not in str(task.run_both(*calls, key_type="service", check_creators=True))
    assert task.run_both(keys(key_type="SERVICE"), key_type="service", check_creators=True)["api_keys"] == []


def test_an_expiry_that_is_no_text_is_not_taken_for_never(task):
    odd = api_key(expires_at=1767312000, last_used_at=1767312000)
    (key,) = task.run_both(keys(odd, key_type="SERVICE"), key_type="service")["api_keys"]
    assert (key["expires_at"], key["last_used_at"]) == ("1767312000", "1767312000")
    assert "expiry not readable" in key["marks"]
