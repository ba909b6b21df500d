"""arize_service_key: requests and results, in check mode and for real; a secret is returned once, or said to be lost."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import partial

import pytest
from ansible_collections.arize.ax.plugins.modules import arize_service_key
from ansible_collections.arize.ax.tests.unit.support.access import (
    ROLE_ID,
    SPACE_ID,
    api_key,
    binding,
    bindings_of,
    listed,
    listing,
    role,
    space,
    write,
)
from ansible_collections.arize.ax.tests.unit.support.api import KEY
from ansible_collections.arize.ax.tests.unit.support.task import Task
from ansible_collections.arize.ax.tests.unit.support.wire import LOST, Call, answer, problem

SECRET = "ak-new-secret/+=0123456789"
NOW = datetime.now(timezone.utc)
SPACES = [{"space": "Prod", "role": "member"}]
ORGANIZATIONS = [{"org_id": "o1", "spaces": [{"space_id": SPACE_ID, "role": {"type": "PREDEFINED", "name": "MEMBER"}}]}]
BODY = {"key_type": "SERVICE", "name": "ci", "organizations": ORGANIZATIONS}
FORBIDDEN, MISSING, DOWN = problem(403, "Forbidden"), problem(404, "Not Found"), problem(503, "Down")


def days(number: float) -> str:
    """The time in so many days."""
    return (NOW + timedelta(days=number)).strftime("%Y-%m-%dT%H:%M:%SZ")


def keys(*items) -> Call:
    """The list of the active service keys, with the server's time."""
    date = NOW.strftime("%a, %d %b %Y %H:%M:%S GMT")
    reply = items[0] if items and not isinstance(items[0], dict) else answer(200, listed("api_keys", *items), Date=date)
    return listing("api_keys", reply, key_type="SERVICE", status="ACTIVE")


def create(reply=None, status: int = 201, **fields) -> Call:
    return write("POST", "api_keys", reply or {**api_key(), "key": SECRET}, status=status, **{**BODY, **fields})


def after(key: str, method: str, verb: str, reply, **body) -> Call:
    """A request about one key."""
    return Call(method, f"/v2/api-keys/{key}/{verb}", reply, body or None)


def refreshed(reply=None, grace_period_seconds: int = 3600, **body) -> Call:
    fresh = {name: value for name, value in api_key(created_at=days(0)).items() if name != "bot_user"}
    reply = reply or answer(200, {**fresh, "key": SECRET})
    return after("k1", "POST", "refresh", reply, grace_period_seconds=grace_period_seconds, **body)


prod = partial(listing, "spaces", space(), name="Prod")


@pytest.fixture
def task(server):
    return Task(arize_service_key, server)


def both(task, *calls, **options):
    """Run in check mode and for real, by name unless the options say otherwise."""
    selected = {} if "key_id" in options else {"name": "ci"}
    return task.run_both(*calls, no_log=True, **selected, **options)


def test_a_new_key_is_returned_once(task):
    result = both(task, keys(), prod(), create(), spaces=SPACES)
    assert (result["changed"], result["actions"], result["key"]) == (True, ["create"], SECRET)
    assert SECRET not in str({name: value for name, value in result.items() if name != "key"})
    assert result["api_key"]["bot_user"] == {"id": "bot", "name": "ci", "account_role": "member"}
    assert "key" not in task.checked


def test_an_existing_key_is_unchanged(task):
    result = both(task, keys(api_key()), prod(), spaces=SPACES, account_role="member")
    assert (result["changed"], result["actions"], "key" in result) == (False, [], False)
    assert result["diff"]["before"] == result["diff"]["after"] == result["api_key"]


def test_a_200_with_a_secret_is_a_new_key_too(task):
    result = both(task, keys(), prod(), create(status=200), spaces=SPACES)
    assert (result["actions"], result["key"]) == (["create"], SECRET)


@pytest.mark.parametrize("check", [True, False])
def test_without_no_log_nothing_is_sent(task, check):
    result = task.run(check=check, name="ci", spaces=SPACES)
    assert (result["error"]["kind"], result["changed"]) == ("no_log_needed", False)
    assert task.run(keys(), check=check, name="ci", state="absent")["changed"] is False


# ---------------------------------------------------------------- names of spaces, organizations and roles


def get_space(reply) -> Call:
    return Call("GET", "/v2/spaces/U3BhY2Ux%2F%2BI%3D", reply if not isinstance(reply, dict) else answer(200, reply))


def test_the_organization_of_a_space_id_is_looked_up(task):
    spaces = [{"space_id": SPACE_ID, "role": "member"}]
    assert both(task, keys(), get_space(space()), create(), spaces=spaces)["changed"]
    assert both(task, keys(), create(), spaces=[{**spaces[0], "organization_id": "o1"}])["changed"]
    assert both(task, keys(), get_space(MISSING), spaces=spaces)["error"]["kind"] == "not_found"
    assert both(task, keys(), get_space(FORBIDDEN), spaces=spaces)["error"]["kind"] == "forbidden"
    assert both(task, keys(), get_space(space(organization_id=...)), spaces=spaces)["error"]["kind"] == "incomplete"


def test_an_organization_by_name_and_a_custom_role(task):
    spaces = [{"space": "Prod", "organization": "Acme", "role": "Reviewer"}]
    acme = listing("organizations", {"id": "o1", "name": "Acme"}, name="Acme")
    inside = listing("spaces", space(), name="Prod", org_id="o1")
    organizations = [{"org_id": "o1", "spaces": [{"space_id": SPACE_ID, "role": {"type": "CUSTOM", "id": ROLE_ID}}]}]
    calls = [keys(), listing("roles", role()), acme, inside, create(organizations=organizations)]
    assert both(task, *calls, spaces=spaces)["changed"]


def test_names_that_several_spaces_share_are_read_once(task):
    spaces = [{"space": name, "organization": "Acme", "role": "Reviewer"} for name in ("Prod", "Lab")]
    granted = {"role": {"type": "CUSTOM", "id": ROLE_ID}}
    organizations = [{"org_id": "o1", "spaces": [{"space_id": SPACE_ID, **granted}, {"space_id": "s2", **granted}]}]
    calls = [
        listing("roles", role()),
        listing("organizations", {"id": "o1", "name": "Acme"}, name="Acme"),
        listing("spaces", space(), name="Prod", org_id="o1"),
        listing("spaces", space("Lab", id="s2"), name="Lab", org_id="o1"),
    ]
    assert both(task, keys(), *calls, create(organizations=organizations), spaces=spaces)["changed"]


def test_a_space_that_an_earlier_task_creates_is_a_warning_of_the_dry_run_only(task):
    calls = keys(), listing("spaces", name="Prod"), listing("spaces")
    result = task.run(*calls, check=True, no_log=True, name="ci", spaces=SPACES)
    assert (result["actions"], len(result["warnings"])) == (["create"], 1)
    assert task.run(*calls, no_log=True, name="ci", spaces=SPACES)["error"]["kind"] == "not_found"


def test_any_other_role_is_a_custom_one(task):
    spaces = [{"space_id": number, "organization_id": "o1", "role": "Annotator"} for number in ("s1", "s2")]
    calls = keys(), listing("roles", role("Annotator", is_predefined=True))
    result = task.run(*calls, no_log=True, name="ci", spaces=spaces)
    assert (result["error"]["kind"], "no custom role named Annotator" in result["msg"]) == ("not_found", True)
    result = task.run(*calls, check=True, no_log=True, name="ci", spaces=spaces)
    assert (result["actions"], len(result["warnings"])) == (["create"], 1)


def test_a_custom_role_counts_if_a_role_binding_of_the_bot_user_gives_it(task):
    shown = [{"org_id": "o1", "spaces": [{"space_id": SPACE_ID, "role": {"type": "PREDEFINED", "name": "MEMBER"}}]}]
    key = api_key(bot_user={**api_key()["bot_user"], "organizations": shown})
    spaces = [{"space": "Prod", "role_id": ROLE_ID}]
    bound = bindings_of(binding(user_id="bot"), user_id="bot")
    assert both(task, keys(key), prod(), bound, spaces=spaces)["changed"] is False
    result = both(task, keys(key), prod(), bindings_of(user_id="bot"), spaces=spaces)
    assert (result["error"]["kind"], result["api_key"]["id"]) == ("role_mismatch", "k1")
    assert both(task, keys(key), prod(), spaces=SPACES)["changed"] is False


@pytest.mark.parametrize(
    "organizations",
    [
        None,
        "all",
        ["all"],
        [{"org_id": "o1", "spaces": "all"}],
        [{"spaces": ["all", {"space_id": SPACE_ID}, {"space_id": SPACE_ID, "role": {"type": "CUSTOM"}}]}],
    ],
)
def test_roles_that_cannot_be_read_are_not_compared(task, organizations):
    key = api_key(bot_user={**api_key()["bot_user"], "organizations": organizations})
    assert both(task, keys(key), prod(), spaces=SPACES)["changed"] is False


def test_a_key_without_an_id_is_no_answer(task):
    assert both(task, keys(api_key(id=...)), spaces=SPACES)["error"]["kind"] == "invalid_response"


# ---------------------------------------------------------------- rotate, replace, revoke


def test_a_rotation_keeps_id_and_bot_user(task):
    result = both(task, keys(api_key()), refreshed(grace_period_seconds=60), rotate_after_days=30, grace_period=60)
    assert (result["actions"], result["key"]) == (["rotate"], SECRET)
    assert (result["api_key"]["id"], result["api_key"]["bot_user"]["id"]) == ("k1", "bot")
    assert "warnings" not in result


def test_a_secret_is_not_lost_because_the_answer_omits_the_id(task):
    reply = answer(200, {**api_key(id=...), "key": SECRET})
    result = task.run(keys(api_key()), refreshed(reply), no_log=True, name="ci", rotate_after_days=0)
    assert (result["key"], result["api_key"]["id"]) == (SECRET, "k1")
    result = task.run(keys(), prod(), create(reply), **OPTIONS)
    assert (result["key"], result["api_key"]["id"], result["changed"]) == (SECRET, None, True)


def test_a_server_that_does_not_date_refreshed_keys_is_warned_about(task):
    undated = {name: value for name, value in api_key().items() if name != "bot_user"}
    reply = answer(200, {**undated, "key": SECRET})
    result = task.run(keys(api_key()), refreshed(reply), no_log=True, name="ci", rotate_after_days=0)
    assert result["key"] == SECRET
    assert "rotate_before_expiry_days" in result["warnings"][0]


def test_a_replacement_names_the_role_bindings_that_are_not_given(task):
    old = api_key(created_at=days(-85), expires_at=days(5))
    on_project = binding(id="b2", user_id="bot", resource_type="PROJECT", resource_id="p1")
    calls = [
        keys(old),
        prod(),
        bindings_of(binding(user_id="bot"), binding(id="b3", user_id="other"), user_id="bot"),
        bindings_of(on_project, user_id="bot", resource_type="PROJECT"),
        listing("roles", role()),
        listing("projects", {"id": "p1", "name": "Chat", "space_id": SPACE_ID}),
        listing("spaces", space()),
    ]
    made = create({**api_key(id="k2", expires_at=days(60)), "key": SECRET}, expires_at=days(60))
    options = {"spaces": SPACES, "rotate_before_expiry_days": 14, "expires_at": days(60)}
    result = both(task, *calls, made, **options)
    assert (result["actions"], result["previous_key_id"], result["api_key"]["id"]) == (["replace"], "k1", "k2")
    assert "Prod: Reviewer, Prod / Chat: Reviewer" in result["warnings"][0]


def test_a_replacement_of_a_key_with_the_same_access_warns_of_nothing(task):
    old = api_key(created_at=days(-85), expires_at=days(5))
    calls = [keys(old), prod(), *(bindings_of(user_id="bot", resource_type=kind) for kind in ("SPACE", "PROJECT"))]
    made = create({**api_key(id="k2", expires_at=days(60)), "key": SECRET}, expires_at=days(60))
    options = {"spaces": SPACES, "rotate_before_expiry_days": 14, "expires_at": days(60)}
    assert "warnings" not in both(task, *calls, made, **options)


def test_a_replacement_of_a_key_without_a_bot_user_reads_no_role_bindings(task):
    old = api_key(created_at=days(-85), expires_at=days(5), bot_user=...)
    made = create({**api_key(id="k2", expires_at=days(60)), "key": SECRET}, expires_at=days(60))
    options = {"spaces": SPACES, "rotate_before_expiry_days": 14, "expires_at": days(60)}
    assert both(task, keys(old), prod(), made, **options)["actions"] == ["replace"]


def revoke(reply) -> Call:
    return after("k1", "PUT", "revoke", reply)


def test_a_key_is_revoked_and_then_absent(task):
    result = both(task, keys(api_key()), revoke(answer(204)), state="absent")
    assert (result["changed"], result["actions"], result["api_key"]) == (True, ["revoke"], None)
    assert both(task, keys(), state="absent")["changed"] is False
    assert both(task, keys(api_key()), state="absent", key_id="k9")["changed"] is False


def test_a_list_decides_whether_a_key_is_revoked(task):
    absent = {"no_log": True, "name": "ci", "state": "absent"}
    for reply in (MISSING, answer(200)):
        assert task.run(keys(api_key()), revoke(reply), keys(), **absent)["actions"] == ["revoke"]
        result = task.run(keys(api_key()), revoke(reply), keys(api_key()), **absent)
        assert result["error"]["kind"] == "invalid_response"


def test_the_key_in_use_is_not_revoked(task):
    mine = api_key(redacted_key=f"{KEY[:6]}...{KEY[-3:]}")
    assert both(task, keys(mine), state="absent")["error"]["kind"] == "key_in_use"


# ---------------------------------------------------------------- lost responses

NO_SECRET = answer(201, api_key())
LOST_ANSWERS = pytest.mark.parametrize("reply", [LOST, DOWN, NO_SECRET, answer(201, {**api_key(), "key": ""})])
OPTIONS = {"no_log": True, "name": "ci", "spaces": SPACES, "max_retries": 1}


@LOST_ANSWERS
def test_a_lost_creation_is_never_followed_by_another_while_a_new_key_is_visible(task, reply):
    calls = [keys(api_key(id="k0", expires_at=days(-1))), prod(), create(reply)]
    result = task.run(*calls, keys(api_key(id="k0"), api_key(), api_key(id="k2", name="cd")), **OPTIONS)
    assert (result["error"]["kind"], result["changed"], "key" in result) == ("key_lost", True, False)
    assert "the key k1," in result["msg"]


@LOST_ANSWERS
def test_a_lost_creation_that_left_no_key_is_sent_again(task, reply):
    result = task.run(keys(), prod(), create(reply), keys(), create(), **OPTIONS)
    assert (result["actions"], result["key"]) == (["create"], SECRET)


def test_a_lost_creation_that_fails_later_may_have_left_a_key(task):
    for last in ([create(LOST), keys()], [create(FORBIDDEN)]):
        result = task.run(keys(), prod(), create(LOST), keys(), *last, **OPTIONS)
        assert (result["error"]["kind"], result["changed"]) == ("key_lost", True)
        assert "a key named ci" in result["msg"]


def test_a_lost_creation_without_a_look_up_is_lost_by_name(task):
    result = task.run(keys(), prod(), create(LOST), keys(FORBIDDEN), **OPTIONS)
    assert (result["error"]["kind"], result["changed"]) == ("key_lost", True)
    assert "a key named ci" in result["msg"]


def test_a_refused_creation_has_changed_nothing(task):
    result = task.run(keys(), prod(), create(FORBIDDEN), **OPTIONS)
    assert (result["error"]["kind"], result["changed"]) == ("forbidden", False)


ROTATE = {"no_log": True, "name": "ci", "rotate_after_days": 0, "max_retries": 3}


@pytest.mark.parametrize("reply", [LOST, DOWN, NO_SECRET, answer(200, {**api_key(id="k2"), "key": SECRET})])
def test_a_lost_rotation_is_never_repeated(task, reply):
    result = task.run(keys(api_key()), refreshed(reply), **ROTATE)
    assert (result["error"]["kind"], result["changed"], "key" in result) == ("key_lost", True, False)
    assert "3600 seconds" in result["msg"]
    assert SECRET not in str(result)


def test_a_refused_rotation_has_changed_nothing(task):
    result = task.run(keys(api_key()), refreshed(FORBIDDEN), **ROTATE)
    assert (result["error"]["kind"], result["changed"], result["api_key"]["id"]) == ("forbidden", False, "k1")
