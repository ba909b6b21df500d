"""arize_user_roster: many users, one worker here so that the script has an order."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.modules import arize_user_roster
from ansible_collections.arize.ax.tests.unit.support.api import (
    ADA_ID,
    NO_USER,
    TAKEN,
    create,
    delete,
    get,
    listing,
    look_up,
    page,
    path,
    person,
    role,
    update,
)
from ansible_collections.arize.ax.tests.unit.support.task import PASSWORD, Task
from ansible_collections.arize.ax.tests.unit.support.wire import LOST, Call, answer, problem

ADA = {"email": "ada@x.io", "name": "Ada", "role": "member"}
BOB = {"email": "bob@x.io", "name": "Bob", "role": "member"}
EVE = {"email": "eve@x.io", "name": "Eve", "role": "member"}
ADMIN = role("ADMIN")


def stored(entry, **fields):
    """The user whom a entry is about, as stored."""
    return person(**{"email": entry["email"], "id": entry["name"], "name": entry["name"], **fields})


def of(entry, call):
    """The same call about another user."""
    return call._replace(target=path(entry["name"]))


def invited(entry, reply=None, **body):
    sent = {"name": entry["name"], "email": entry["email"], **body}
    return create(reply or stored(entry, status="INVITED"), **sent)


@pytest.fixture
def task(server):
    return Task(arize_user_roster, server)


def statuses(result):
    return [(entry["email"], entry["status"]) for entry in result["entries"]]


def counts(result):
    return {status: count for status, count in result["summary"].items() if count}


# ---------------------------------------------------------------- what is done

BOTS = Call(
    "GET", "/v2/api-keys?limit=100&key_type=SERVICE", answer(200, {"api_keys": [], "pagination": {"has_more": False}})
)
BAD_BOB = {**BOB, "name": "Robert"}
PURGE = {"purge": True, "max_deletions": 1}


@pytest.mark.parametrize(
    ("users", "options", "calls", "expected", "deletions"),
    [
        pytest.param([], {}, [], [], [], id="empty"),
        pytest.param(
            [ADA, BOB], {}, [listing(page(stored(ADA), stored(BOB)))],
            [("ada@x.io", "unchanged"), ("bob@x.io", "unchanged")], [], id="unchanged",
        ),
        pytest.param(
            [{**ADA, "email": "ADA@X.io"}], {}, [listing(page(stored(ADA)))], [("ada@x.io", "unchanged")], [], id="other case",
        ),
        pytest.param(
            [BAD_BOB, ADA, EVE],
            {},
            [listing(page(stored(BOB), stored(EVE))), invited(ADA), of(BOB, update(stored(BAD_BOB, id="Bob"), name="Robert"))],
            [("bob@x.io", "updated"), ("ada@x.io", "created"), ("eve@x.io", "unchanged")], [],
            id="creations come before updates, results in the order given",
        ),
        pytest.param(
            [{**ADA, "is_developer": False}],
            {},
            [listing(page()), invited(ADA), of(ADA, update(stored(ADA, status="INVITED", is_developer=False), is_developer=False))],
            [("ada@x.io", "created")], [], id="a creation with its update",
        ),
        pytest.param(
            [ADA],
            PURGE,
            [listing(page(stored(ADA), cursor="c1")), listing(page(stored(BOB)), cursor="c1"), BOTS, of(BOB, delete())],
            [("ada@x.io", "unchanged"), ("bob@x.io", "deleted")], ["bob@x.io"], id="purge reads the whole account",
        ),
        pytest.param(
            [ADA], {**PURGE, "protected": ["*@X.io"]}, [listing(page(stored(ADA), stored(BOB)))],
            [("ada@x.io", "unchanged")], [], id="purge leaves the protected alone",
        ),
        pytest.param(
            [{"email": "bob@x.io"}, {"email": "BOB@x.io"}, {"user_id": "Bob"}, {"email": "eve@x.io"}],
            {"state": "absent"},
            [listing(page(stored(ADA), stored(BOB))), of(BOB, delete(NO_USER)), look_up(email="bob@x.io")],
            [("bob@x.io", "deleted"), ("eve@x.io", "not_found")], ["bob@x.io"], id="absent, named twice",
        ),
    ],
)  # fmt: skip
def test_outcome(task, users, options, calls, expected, deletions):
    result = task.run_both(*calls, users=users, concurrency=1, **options)
    assert statuses(result) == expected
    assert result["deletions"] == deletions
    changing = [entry for entry in result["entries"] if entry["changed"]]
    assert result["changed"] == bool(changing)
    assert [entry["status"] in ("created", "updated", "deleted") for entry in result["entries"]] == [
        entry["changed"] for entry in result["entries"]
    ]
    assert sum(result["summary"].values()) == len(expected)
    lines = "".join(result["diff"].values()).splitlines()
    assert {line.split("  ")[0] for line in lines} == {entry["email"].lower() for entry in changing}


@pytest.mark.parametrize(
    ("pages", "looked_up"),
    [
        ([[ADA], [], []], [BOB]),
        ([[], [], []], [ADA, BOB]),
        ([[], [ADA], []], [BOB]),
        ([[ADA, BOB], [], []], []),
        ([[], [BOB, ADA], []], []),
        ([[], []], []),
    ],
)
def test_reading_ends_as_soon_as_looking_up_the_rest_is_cheaper(task, pages, looked_up):
    """Two users: a page that leaves one of them open ends the reading, else the second page does."""
    existing = [ADA, BOB]
    read = pages[: 1 if any(pages[0]) else 2]
    calls = [
        listing(
            page(*map(stored, some), cursor=f"c{number + 1}" if number + 1 < len(pages) else None),
            cursor=f"c{number}" if number else "",
        )
        for number, some in enumerate(read)
    ]
    calls += [look_up(stored(entry), email=entry["email"]) for entry in looked_up]
    whole_list_was_empty = not looked_up and not any(pages)
    if whole_list_was_empty:
        calls += [invited(entry) for entry in existing]
    result = task.run_both(*calls, users=existing, concurrency=1)
    assert counts(result) == ({"created": 2} if whole_list_was_empty else {"unchanged": 2})


# ---------------------------------------------------------------- refused before any write

ACCOUNT = listing(page(stored(ADA), stored(BOB, role=ADMIN), stored(EVE)))


@pytest.mark.parametrize(
    ("users", "options", "calls", "kind", "words"),
    [
        ([{**ADA, "role": "owner"}, {**BOB, "role": ""}], {}, [], "bad_option", ["users[0]", "owner", "users[1]"]),
        ([ADA], {"max_creations": -1}, [], "bad_option", ["max_creations"]),
        ([ADA, {**ADA, "email": "new@x.io"}], {"max_creations": 0}, [ACCOUNT], "too_many_creations", ["new@x.io"]),
        ([ADA], {"protected": ["bg@x.io ci@x.io"]}, [], "bad_option", ["protected[0]"]),
        ([ADA, BOB], {**PURGE, "protected": ["bg@x.io"], "role_mismatch": "ignore"}, [ACCOUNT, BOTS], "bad_option", ["bg@x.io"]),
        ([{"email": "bob@x.io"}], {"state": "absent"}, [ACCOUNT, BOTS], "too_few_admins", ["only 0 active admins", "bob@x.io"]),
        ([{"name": "Ada"}], {}, [], "bad_option", ["users[0]", "email", "user_id"]),
        ([{"email": "ada"}, ADA, {"email": "b@x.io", "name": " "}], {}, [], "bad_option", ["users[0]", "users[2]"]),
        ([ADA, {**ADA, "email": "ADA@x.io"}], {}, [], "bad_option", ["users[1]", "users[0]", "ADA@x.io"]),
        ([ADA, {"user_id": "Ada"}], {}, [ACCOUNT], "bad_option", ["users[1]", "users[0]", "ada@x.io"]),
        ([{**ADA, "custom_role_id": "r1"}], {}, [], "bad_option", ["role and custom_role_id", "ada@x.io"]),
        ([ADA], {"purge": True}, [], "bad_option", ["max_deletions"]),
        ([], PURGE, [], "bad_option", ["empty"]),
        ([ADA], {**PURGE, "state": "absent"}, [], "bad_option", ["purge", "absent"]),
        ([ADA], {"max_deletions": -1}, [], "bad_option", ["max_deletions"]),
        ([ADA], {"min_admins": -1}, [], "bad_option", ["min_admins"]),
        ([ADA], {"concurrency": 0}, [], "bad_option", ["concurrency"]),
        ([ADA], {"concurrency": 33}, [], "bad_option", ["concurrency"]),
        ([{**ADA, "invite_mode": "temporary_password"}], {}, [], "no_log_needed", ["ada@x.io"]),
        ([ADA, {"email": "new@x.io"}, {"email": "new2@x.io"}], {}, [ACCOUNT], "incomplete", ["new@x.io", "new2@x.io"]),
        ([BOB], {**PURGE, "role_mismatch": "ignore"}, [ACCOUNT, BOTS], "too_many_deletions", ["2 users", "ada@x.io", "eve@x.io"]),
        ([BOB], {**PURGE, "max_deletions": 0, "role_mismatch": "ignore"}, [ACCOUNT, BOTS], "too_many_deletions", ["is 0"]),
        ([ADA, BOB], {"state": "absent", "max_deletions": 1}, [ACCOUNT, BOTS], "too_many_deletions", ["2 users"]),
        ([ADA, EVE], PURGE, [ACCOUNT, BOTS], "too_few_admins", ["0 active admins", "bob@x.io"]),
        ([ADA, EVE], {**PURGE, "min_admins": 2}, [ACCOUNT, BOTS], "too_few_admins", ["min_admins is 2"]),
        ([BOB], {"state": "absent", "protected": ["B*@x.io"]}, [ACCOUNT, BOTS], "protected", ["bob@x.io"]),
        ([ADA], {}, [listing(problem(403))], "forbidden", ["list the users"]),
        ([ADA], {}, [listing(page(cursor="c1")), look_up()._replace(reply=problem(403))], "forbidden", ["ada@x.io"]),
        ([ADA], PURGE, [listing(page(stored(ADA), cursor="c1")), listing(problem(500), cursor="c1")], "server", ["list"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_refused_before_any_write(task, users, options, calls, kind, words):
    result = task.run_both(*calls, users=users, **{"concurrency": 1, **options})
    assert (result["failed"], result["changed"], result["error"]["kind"]) == (True, False, kind)
    assert all(word in result["msg"] for word in words)


def test_a_refusal_names_the_first_ten_and_returns_all(task):
    people = [{"email": f"u{number:02}@x.io", "name": f"U{number:02}", "role": "member"} for number in range(14)]
    account = listing(page(*map(stored, [ADA, *people])))
    result = task.run_both(account, BOTS, users=[ADA], purge=True, max_deletions=3)
    assert result["error"]["kind"] == "too_many_deletions"
    assert result["deletions"] == [entry["email"] for entry in people]
    assert "u09@x.io and 4 more" in result["msg"]
    assert "u10@x.io" not in result["msg"]


def test_the_last_admin_may_go_where_none_is_needed_and_may_stay_if_not_active(task):
    calls = [ACCOUNT, BOTS, of(BOB, delete())]
    assert task.run_both(*calls, users=[ADA, EVE], **PURGE, min_admins=0, concurrency=1)["deletions"] == ["bob@x.io"]
    account = listing(page(stored(ADA), stored(BOB, role=ADMIN, status="EXPIRED")))
    assert counts(task.run_both(account, BOTS, of(BOB, delete()), users=[ADA], **PURGE, concurrency=1))["deleted"] == 1


# ---------------------------------------------------------------- some fail, the others go on

READ = listing(page(stored(ADA), stored(BOB)))
DEL_BOB = of(BOB, delete())


@pytest.mark.parametrize(
    ("users", "options", "calls", "predicted", "expected", "kind"),
    [
        pytest.param(
            [{**ADA, "role": "admin"}, EVE], {}, [READ, invited(EVE)], True,
            {"failed": 1, "created": 1}, "role_mismatch", id="another role",
        ),
        pytest.param(
            [{"user_id": "unknown", "name": "X"}, EVE], {}, [READ, invited(EVE)], True,
            {"failed": 1, "created": 1}, "not_found", id="unknown id",
        ),
        pytest.param(
            [EVE, BAD_BOB], {},
            [READ, invited(EVE, TAKEN), look_up(email="eve@x.io"), of(BOB, update(stored(BAD_BOB, id="Bob"), name="Robert"))],
            False, {"failed": 1, "updated": 1}, "blocked", id="blocked",
        ),
        pytest.param(
            [EVE, BAD_BOB], {}, [READ, invited(EVE, problem(401))], False, {"failed": 1, "skipped": 1}, "unauthorized",
            id="401 stops the rest",
        ),
        pytest.param(
            [ADA, EVE], PURGE, [READ, BOTS, invited(EVE, problem(403))], False,
            {"unchanged": 1, "failed": 1, "skipped": 1}, "forbidden", id="no user is purged after a failure",
        ),
        pytest.param(
            [ADA, {"user_id": "unknown"}], PURGE, [READ, BOTS], True,
            {"unchanged": 1, "failed": 1, "skipped": 1}, "not_found", id="no user is purged while a user_id is unknown",
        ),
        pytest.param(
            [{**ADA, "role": "admin"}], PURGE, [READ, BOTS, DEL_BOB], True, {"failed": 1, "deleted": 1}, "role_mismatch",
            id="a role mismatch does not hold the purge up",
        ),
        pytest.param(
            [{"email": "ada@x.io"}, {"email": "bob@x.io"}], {"state": "absent"},
            [READ, of(ADA, delete(problem(403))), DEL_BOB], False, {"failed": 1, "deleted": 1}, "forbidden",
            id="a deletion that is refused",
        ),
    ],
)  # fmt: skip
def test_the_failure_of_one_stops_no_user_else(task, users, options, calls, predicted, expected, kind):
    result = task.run_both(*calls, predicted=predicted, users=users, concurrency=1, **options)
    assert (result["failed"], result["error"]["kind"]) == (True, "partial")
    assert counts(result) == expected
    assert len(result["deletions"]) == expected.get("deleted", 0)
    assert result["changed"] == bool(expected.keys() & {"created", "updated", "deleted"})
    (error,) = [entry["error"] for entry in result["entries"] if entry["status"] == "failed"]
    assert error["kind"] == kind
    assert error["msg"].endswith((".", ".)"))
    assert len(result["msg"]) <= 500
    assert result["msg"].startswith(f"1 of {len(result['entries'])} users failed")


def test_a_creation_that_may_have_happened_is_changed(task):
    calls = [READ, invited(EVE, LOST), look_up(email="eve@x.io")._replace(reply=problem(500))]
    result = task.run_both(*calls, predicted=False, users=[EVE], concurrency=1)
    assert (result["changed"], result["entries"][0]["changed"], result["entries"][0]["status"]) == (
        True,
        True,
        "failed",
    )


def test_many_failures_are_told_in_few_words(task):
    people = [{"email": f"{'u' * 60}{number}@x.io", "name": f"U{number}", "role": "admin"} for number in range(90)]
    result = task.run_both(listing(page(*map(stored, people))), users=people)
    assert len(result["msg"]) <= 500
    assert "90 of 90 users failed" in result["msg"]
    assert counts(result) == {"failed": 90}


def test_a_user_without_address_is_told_by_id(task):
    nameless = stored(ADA, email=...)
    calls = [
        listing(page(stored(BOB), cursor="c")),
        of(ADA, get(nameless)),
        of(ADA, update({**nameless, "name": "A"}, name="A")),
    ]
    result = task.run_both(*calls, users=[{"user_id": "Ada", "name": "A"}], concurrency=1)
    assert result["diff"]["after"] == "Ada  member  developer  A\n"
    assert (result["entries"][0]["email"], result["entries"][0]["user_id"]) == (None, "Ada")


def test_a_user_without_address_is_never_purged(task):
    account = listing(page(stored(ADA), stored(BOB, email=...)))
    assert counts(task.run_both(account, users=[ADA], **PURGE)) == {"unchanged": 1}


def test_the_bot_user_of_a_service_key_is_never_purged(task):
    keys = {"api_keys": [{"id": "k", "bot_user": {"id": "Bob"}}], "pagination": {"has_more": False}}
    account = listing(page(stored(ADA), stored(BOB), stored(EVE)))
    calls = [account, BOTS._replace(reply=answer(200, keys)), of(EVE, delete())]
    assert task.run_both(*calls, users=[ADA], **PURGE)["deletions"] == ["eve@x.io"]


@pytest.mark.parametrize("key", [{"id": "k"}, {"id": "k", "bot_user": {"id": ""}}, {"id": "k", "bot_user": "Bob"}])
def test_a_service_key_without_its_bot_user_refuses_the_purge(task, key):
    keys = {"api_keys": [key], "pagination": {"has_more": False}}
    account = listing(page(stored(ADA), stored(BOB)))
    result = task.run_both(account, BOTS._replace(reply=answer(200, keys)), users=[ADA], **PURGE)
    assert (result["failed"], result["error"]["kind"]) == (True, "invalid_response")


def test_a_bot_user_is_no_admin_who_remains(task):
    keys = {"api_keys": [{"id": "k", "bot_user": {"id": "Bob"}}], "pagination": {"has_more": False}}
    account = listing(page(stored(ADA), stored(BOB, role="ADMIN"), stored(EVE, role="ADMIN")))
    result = task.run_both(account, BOTS._replace(reply=answer(200, keys)), users=[ADA], **{**PURGE, "min_admins": 1})
    assert (result["failed"], result["error"]["kind"]) == (True, "too_few_admins")


def test_a_key_that_may_not_list_service_keys_is_a_warning(task):
    calls = [READ, BOTS._replace(reply=problem(403)), DEL_BOB]
    (warning,) = task.run_both(*calls, users=[ADA], **PURGE)["warnings"]
    assert "SERVICE_KEY_READ" in warning


def test_a_list_of_service_keys_that_is_answered_404_refuses_the_purge(task):
    result = task.run_both(READ, BOTS._replace(reply=problem(404)), users=[ADA], **PURGE)
    assert (result["changed"], result["error"]["kind"]) == (False, "invalid_response")


def test_how_long_the_server_asked_to_wait_is_in_the_message(task):
    wanted = problem(429, "Too Many Requests", Retry_After="500")
    calls = [listing(page()), invited(ADA, wanted), invited(BOB, wanted)]
    result = task.run(*calls, users=[ADA, BOB], concurrency=1, max_retries=3)
    assert result["msg"].endswith(
        " 429 Too Many Requests; the server asked to wait 500 s, longer than max_retry_wait (0 s): ada@x.io, bob@x.io."
    )


def test_temporary_passwords_stand_with_their_users(task):
    entry = {**EVE, "invite_mode": "temporary_password"}
    created = {**stored(EVE, status="INVITED"), "temporary_password": PASSWORD}
    calls = [READ, invited(EVE, created, invite_mode="TEMPORARY_PASSWORD")]
    result = task.run_both(*calls, no_log=True, predicted=False, users=[entry], concurrency=1)
    assert result["entries"][0]["temporary_password"] == PASSWORD
    assert task.checked["summary"] == result["summary"]


def test_a_user_whom_the_list_shows_with_two_ids_is_named_and_not_purged(task):
    account = listing(page(stored(ADA), stored(ADA, id="the old one")))
    assert counts(task.run_both(account, users=[ADA], **PURGE, concurrency=1)) == {"unchanged": 1}


def test_the_users_id_is_in_the_result(task):
    result = task.run_both(listing(page(person())), users=[ADA], concurrency=1)
    assert result["entries"] == [
        {"email": "ada@x.io", "user_id": ADA_ID, "status": "unchanged", "changed": False, "changes": [],
         "before": result["entries"][0]["user"], "user": result["entries"][0]["user"]},
    ]  # fmt: skip
