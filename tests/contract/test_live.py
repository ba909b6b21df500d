"""`make live` on a simulated account: each way in which a service may differ is noticed, and no user is named."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from dev.live import __main__, service, writes
from dev.live.checks import UNKNOWN_ID
from dev.live.contract import Contract
from tests.journeys.harness import call_main

ROOT = Path(__file__).resolve().parents[2]
USERS = [
    {"email": "Ada.Lovelace@example.com", "name": "Ada Lovelace", "role": "MEMBER"},
    {"email": "grace@example.com", "name": "Grace Hopper", "role": "ADMIN", "status": "INVITED"},
    {"email": "late@example.com", "name": "list", "role": "ANNOTATOR", "status": "EXPIRED"},
]
ACCESS: dict[str, list[dict[str, Any]]] = {
    "organizations": [{"name": "Analytical Engines"}, {"name": "Bletchley"}],
    "spaces": [{"name": "Difference", "organization": "Analytical Engines"}, {"name": "Secret Lab"}],
    "projects": [{"name": "Bernoulli", "space": "Difference"}, {"name": "Cobol", "space": "Secret Lab"}],
    "resource_restrictions": [{"project": "Bernoulli"}, {"project": "Cobol"}],
    "roles": [{"name": "Number Cruncher", "permissions": ["PROJECT_READ"], "description": "Crunches"}],
    "api_keys": [
        {"name": "nightly-crunch", "spaces": ["Difference"]},
        {"name": "weekly-crunch", "spaces": ["Secret Lab"]},
        {"name": "Adas key", "key_type": "USER"},
    ],
    "role_bindings": [
        {"user": "grace@example.com", "role": "Number Cruncher", "space": "Difference"},
        {"user": "late@example.com", "role": "Number Cruncher", "space": "Difference"},
        {"user": "Ada.Lovelace@example.com", "role": "Project Viewer", "project": "Bernoulli"},
    ],
}


@dataclass
class Outcome:
    """One run: its exit code, what it printed, and its report."""

    code: int
    output: str
    folder: Path

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "report.json").read_text())
        return found

    @property
    def texts(self) -> str:
        return (self.folder / "report.md").read_text() + (self.folder / "report.json").read_text()

    def differences(self, weight: str) -> list[str]:
        return [f"{each['place']} {each['text']}" for each in self.data["differences"] if each["weight"] == weight]

    def answer(self, question: str) -> str:
        return str(self.data["questions"][question]["answer"])


class Live:
    """Runs it on the account of a simulator, in this process: a process costs more than the checks."""

    def __init__(self, sim: Any, folder: Path, waits: list[float]) -> None:
        self.sim = sim
        self.folder = folder
        self.waits = waits

    def __call__(self, *options: str, said: str = "", **environment: str) -> Outcome:
        env, printed = {**os.environ, **self.sim.environment(), **environment}, io.StringIO()
        with (
            mock.patch.dict(os.environ, env, clear=True),
            mock.patch.object(sys, "argv", ["make live", str(self.folder), *options]),
            mock.patch.object(sys, "stdin", io.StringIO(said)),
            mock.patch.object(service.time, "sleep", self.waits.append),
            mock.patch.object(writes, "run_module", run_module),
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(printed),
        ):
            code = __main__.main()
        return Outcome(code, printed.getvalue(), self.folder)

    def process(self, *options: str, said: str = "", **environment: str) -> Outcome:
        """Run it as `make live` does."""
        done = subprocess.run(
            [sys.executable, "-m", "dev.live", str(self.folder), *options],
            cwd=ROOT,
            env={**os.environ, **self.sim.environment(), **environment},
            input=said,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        return Outcome(done.returncode, done.stdout, self.folder)

    def write(self, *modes: str, process: bool = False, **environment: str) -> Outcome:
        """Run it with WRITE=1, on an account that allows only these modes (none given: all)."""
        if refused := {"EMAIL_LINK", "TEMPORARY_PASSWORD", "NONE"} - set(modes) if modes else set():
            self.sim.fault("status", status=400, method="POST", body_has="|".join(refused), times=None)
        run = self.process if process else self
        return run("--write", "1", "--domain", "Live.example.org", said="yes\n", **environment)


def run_module(module: str, options: dict[str, Any], env: dict[str, str]) -> dict[str, Any]:
    """Run a module as dev.live does, but in this process."""
    arguments = {**options, "_ansible_no_log": True, "_ansible_module_name": f"arize.ax.{module}"}
    return call_main(module, arguments, dict(env))


@pytest.fixture
def live(sim: Any, tmp_path: Path) -> Live:
    sim.seed(USERS)
    sim.seed_access(**ACCESS)
    return Live(sim, tmp_path / "live", [])


def texts_of(value: Any) -> set[str]:
    """Return every text in a value."""
    if isinstance(value, dict):
        value = list(value.values())
    return (
        set().union(*map(texts_of, value)) if isinstance(value, list) else {value} if isinstance(value, str) else set()
    )


def enum_values(node: Any) -> set[str]:
    """Return the values of all enums of the contract."""
    if isinstance(node, dict):
        own = (
            {str(value) for value in [*node.get("enum", []), node.get("const")]}
            if "enum" in node or "const" in node
            else set()
        )
        return own.union(*map(enum_values, node.values()))
    return set().union(*map(enum_values, node)) if isinstance(node, list) else set()


def assert_can_be_posted(outcome: Outcome, sim: Any) -> None:
    """Nothing of the account is in the report but words of the API."""
    account = texts_of([sim.users(), sim.access()]) - enum_values(Contract().document)
    # A user is named like a word of the report.
    leaked = [text for text in account if len(text) > 4 and text in outcome.texts]
    assert leaked == []
    assert "simulator-admin-key" not in outcome.texts + outcome.output
    assert "arize-ax-live-" not in outcome.texts
    assert sim.url.partition("//")[2] not in outcome.texts


# ---------------------------------------------------------------- read-only


def test_a_service_as_the_contract_says(live: Live) -> None:
    outcome = live.process()
    assert outcome.code == 0, outcome.output
    assert outcome.data["differences"] == []
    assert live.sim.writes() == []
    assert live.sim.mails() == []
    assert set(outcome.data["permissions"].values()) == {"yes", "not tried"}
    assert outcome.answer("list_holds_bot_users") == "no"
    assert outcome.answer("custom_account_role") == "not seen"
    assert outcome.data["requests"]["GET /v2/users"]["longest_seconds"] > 0
    assert_can_be_posted(outcome, live.sim)


def test_every_filter_that_the_contract_has_is_tried(live: Live) -> None:
    live()
    tried = {(entry["path"], name) for entry in live.sim.journal() for name in entry["query"]}
    for path, *names in (
        ("/v2/users", "email", "status"),
        ("/v2/api-keys", "key_type", "status", "space_id", "user_id"),
        ("/v2/roles", "is_predefined"),
        ("/v2/role-bindings", "resource_type", "user_id"),
        ("/v2/organizations", "name"),
        ("/v2/spaces", "name", "org_id"),
        ("/v2/projects", "name", "space_id"),
        ("/v2/resource-restrictions", "resource_type"),
    ):
        assert {(path, name) for name in [*names, "limit", "cursor"]} - tried == set(), path


# name: (what changes of each user; exit code, weight, words of the report)
DISGUISES: dict[str, tuple[dict[str, Any], int, str, str]] = {
    "another field": ({"last_login": "x"}, 0, "adds", "users[] has an unknown field, string: last_login"),
    "a field named like a user": ({"list": "x"}, 0, "adds", "unknown field, string: (withheld)"),
    "a field that is an ID": ({"VXNlcjoxMjM=": {}}, 0, "adds", "unknown field, object: (withheld)"),
    "another status": ({"status": "SUSPENDED"}, 1, "adds", "users[].status has the unknown value SUSPENDED"),
    "another role": (
        {"role": {"type": "PREDEFINED", "name": "OWNER"}},
        0,
        "adds",
        "users[].role.name has the unknown value OWNER",
    ),
    "another kind of role": (
        {"role": {"type": "TEAM", "name": "The Enigma Team"}},
        0,
        "adds",
        "users[].role.type has the unknown value TEAM",
    ),
    "a value like a name": ({"status": "Ada"}, 1, "adds", "users[].status has the unknown value (withheld)"),
    "null": ({"name": None}, 0, "lacks", "users[].name is null"),
    "another type": ({"is_developer": "yes"}, 1, "contradicts", "users[].is_developer is string, not boolean"),
    "a number": ({"name": 1.5}, 1, "contradicts", "users[].name is number, not string"),
    "another time": ({"created_at": "yesterday"}, 1, "contradicts", "is not a time as in RFC 3339"),
    "an empty ID": ({"id": ""}, 1, "contradicts", "users[].id has the length 0"),
}


@pytest.mark.parametrize("name", DISGUISES)
def test_a_disguise_of_users_is_noticed(live: Live, name: str) -> None:
    changes, code, weight, words = DISGUISES[name]
    for pointer, path in (("/users/*/", "^/v2/users$"), ("/", f"^/v2/users/(?!{UNKNOWN_ID})")):
        edits = {f"{pointer}{field}": value for field, value in changes.items()}
        live.sim.fault("edit", method="GET", path=path, times=None, set=edits)
    outcome = live()
    assert outcome.code == code, outcome.output
    assert any(words in text for text in outcome.differences(weight)), outcome.differences(weight)
    assert "The Enigma Team" not in outcome.texts
    assert live.sim.writes() == []
    assert_can_be_posted(outcome, live.sim)


# name: (options of the fault, exit code, weight, words of the report)
LISTS: dict[str, tuple[dict[str, Any], int, str, str]] = {
    "a missing field": ({"remove": ["/users/*/is_developer"]}, 0, "lacks", "users[] has no is_developer"),
    "no ID": ({"remove": ["/users/*/id"]}, 1, "contradicts", "users[] has no id"),
    "no end": ({"remove": ["/pagination/has_more"]}, 1, "contradicts", "pagination has no has_more"),
    "no list": ({"remove": ["/users"]}, 1, "contradicts", "has no users"),
    "another success": ({"status": 206}, 1, "contradicts", "answers 206, which the contract does not have"),
    "a cursor at the end": (
        {"set": {"/pagination/next_cursor": "x"}},
        1,
        "contradicts",
        "against the rest of the answer",
    ),
    "not sorted": ({"set": {"/users/0/created_at": "2030-01-01T00:00:00Z"}}, 1, "contradicts", "is not sorted"),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_disguise_of_the_list_is_noticed(live: Live, name: str) -> None:
    options, code, weight, words = LISTS[name]
    live.sim.fault("edit", method="GET", path="^/v2/users$", times=None, **options)
    outcome = live()
    assert outcome.code == code, outcome.output
    assert any(words in text for text in outcome.differences(weight)), outcome.differences(weight)
    assert_can_be_posted(outcome, live.sim)


def test_values_in_lower_case_are_noticed(live: Live) -> None:
    live.sim.settings(enums="lower")
    outcome = live()
    assert outcome.code == 0, outcome.output
    assert "GET /v2/users 200: users[].role.name has its known values in another case" in outcome.differences("adds")


def test_a_filter_that_is_ignored_is_noticed(live: Live) -> None:
    all_users = [
        {name: user[name] for name in ("id", "email", "status", "name", "role", "created_at")}
        for user in live.sim.users()
    ]
    page = {"users": all_users, "pagination": {"has_more": False}}
    live.sim.fault("body", method="GET", path="^/v2/users$", query="email|status", times=None, body=page)
    outcome = live()
    assert outcome.code == 1
    assert "GET /v2/users?email has items that do not fit the filter" in outcome.differences("contradicts")
    assert "GET /v2/users?status has items that do not fit the filter" in outcome.differences("contradicts")


def test_a_look_up_that_differs_from_the_list_is_noticed(live: Live) -> None:
    live.sim.fault("edit", method="GET", path="^/v2/users/.", times=None, set={"/name": "Charles Babbage"})
    outcome = live()
    assert outcome.code == 1
    assert "GET /v2/users/{user_id} differs from the list in the field name" in outcome.differences("contradicts")
    assert "Babbage" not in outcome.texts


def test_bot_users_among_the_users_are_noticed(live: Live) -> None:
    live.sim.settings(list_bot_users=True)
    outcome = live()
    assert outcome.answer("list_holds_bot_users") == "yes"
    assert outcome.code == 0  # without an address: a missing field
    assert any("email is null" in text for text in outcome.differences("lacks"))
    assert_can_be_posted(outcome, live.sim)


def test_missing_permissions_are_said(live: Live) -> None:
    live.sim.settings(
        missing_permissions={"admin": ["SERVICE_KEY_READ", "ROLE_READ", "ROLE_BINDING_READ", "PROJECT_RESTRICT"]}
    )
    outcome = live()
    assert outcome.code == 0, outcome.output
    permissions = outcome.data["permissions"]
    assert permissions["list service keys"] == permissions["list roles"] == "no (403)"
    assert permissions["list role bindings"].startswith("not known")
    assert permissions["list resource restrictions"].startswith("not known")
    assert permissions["list user keys"] == "yes"
    assert outcome.answer("list_holds_bot_users") == "not seen"


def test_a_key_that_may_not_list_users(live: Live) -> None:
    live.sim.fault("status", status=403, path="^/v2/users$", times=None)
    outcome = live()
    assert outcome.code == 0, outcome.output
    assert outcome.data["permissions"]["list users"] == "no (403)"


def test_a_plan_that_is_missing_is_said(live: Live) -> None:
    members = {"entitlement": "SPACES", "required_plan": "ENTERPRISE", "limit": 1, "current_count": 1}
    live.sim.fault("status", status=403, path="^/v2/organizations$", times=None, members=members)
    outcome = live()
    assert outcome.data["permissions"]["list organizations"] == "no (403, the plan of the account)"
    assert outcome.answer("plan_limit_in_403") == "yes"


def test_rate_limits_are_waited_for_and_said(live: Live) -> None:
    live.sim.fault("status", status=429, retry_after=1, path="^/v2/roles$")
    outcome = live()
    assert outcome.code == 0, outcome.output
    assert live.waits == [1]
    assert outcome.data["rate_limit_headers"] == {"retry-after": "1"}
    assert outcome.data["requests"]["GET /v2/roles"]["statuses"]["429"] == 1
    assert outcome.answer("rate_limits_announced") == "yes"


@pytest.mark.parametrize("kind", ["html", "garbage", "drop"])
def test_a_service_that_is_none(live: Live, kind: str) -> None:
    live.sim.fault(kind, path="^/v2/spaces$", times=None)
    outcome = live()
    assert outcome.code == (2 if kind == "drop" else 1), outcome.output
    assert "Traceback" not in outcome.output
    assert ("was not checked to the end" in outcome.data["verdict"]) == (kind == "drop")


@pytest.mark.parametrize(
    ("options", "environment", "words"),
    [
        ((), {"ARIZE_API_KEY": ""}, "No API key"),
        ((), {"ARIZE_API_SCHEME": "ftp"}, "ARIZE_API_SCHEME"),
        (("--write", "1"), {}, "WRITE=1 requires DOMAIN="),
        (("--write", "1", "--domain", "ann@example.com"), {}, "WRITE=1 requires DOMAIN="),
        (("--write", "yes", "--domain", "example.com"), {}, "WRITE must be 1"),
        (("--write", "1", "--domain", "example.com"), {}, "Not confirmed."),
    ],
)
def test_what_is_refused_before_the_first_request(
    live: Live, options: tuple[str, ...], environment: dict[str, str], words: str
) -> None:
    outcome = live(*options, said="y\n", **environment)
    assert outcome.code == 2
    assert words in outcome.output
    assert live.sim.journal() == []


def test_a_wrong_key_is_said(live: Live) -> None:
    outcome = live(ARIZE_API_KEY="wrong-key-of-mine")
    assert outcome.code == 2
    assert "the API key is not valid" in outcome.output
    assert len(live.sim.journal()) == 1
    assert "wrong-key-of-mine" not in outcome.texts + outcome.output


# ---------------------------------------------------------------- WRITE=1


def test_users_of_its_own_live_and_die(live: Live) -> None:
    before = live.sim.users()
    outcome = live.write()
    assert outcome.code == 0, outcome.output
    assert live.sim.users()[: len(before)] == before
    made = live.sim.users()[len(before) :]
    assert {user["status"] for user in made} == {"BLOCKED"}
    assert len(made) == 7
    assert all(
        user["email"].startswith("arize-ax-live-") and user["email"].endswith("@live.example.org") for user in made
    )
    assert all(f"Left behind: {user['email']}" in outcome.output for user in made)
    assert outcome.data["left_behind"] == {
        "addresses that can never be invited again": 7,
        "users that may still exist": 0,
    }
    assert "Deletion is permanent" in outcome.output.partition("Enter yes")[0]
    assert {mode: outcome.data["permissions"][f"create users ({mode})"] for mode in ("EMAIL_LINK", "NONE")} == {
        "EMAIL_LINK": "yes",
        "NONE": "yes",
    }
    assert outcome.answer("conflict_kinds_differ") == "yes"
    assert outcome.answer("custom_account_role") == "yes"
    assert_can_be_posted(outcome, live.sim)


# name: (faults, settings, exit code, {step: outcome begins with})
CHANGED: dict[str, tuple[list[dict[str, Any]], dict[str, Any], int, dict[str, str]]] = {
    "SSO only": ([], {"saml": True}, 0, {"EMAIL_LINK: create": "no (400)", "NONE: create": "201"}),
    "a limit of the plan": (
        [],
        {"plan_limits": {"USERS": 1}},
        0,
        {"EMAIL_LINK: create": "no (403, the plan of the account)"},
    ),
    "SAML is enforced": ([], {"saml": True}, 0, {"EMAIL_LINK: resend": "400"}),
    "custom roles are refused": ([], {"custom_role_status": 422}, 0, {"EMAIL_LINK: create": "201"}),
    "a deletion that is accepted": (
        [{"kind": "edit", "method": "DELETE", "status": 202, "times": None}],
        {},
        1,
        {"EMAIL_LINK: delete": "202"},
    ),
    "a name that is ignored": (
        [{"kind": "edit", "method": "PATCH", "body_has": "Renamed", "set": {"/name": "Another Name"}, "times": None}],
        {},
        1,
        {"EMAIL_LINK: rename: name": "another value", "EMAIL_LINK: arize_user rename": "invalid_response"},
    ),
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_disguise_of_writes_is_noticed(live: Live, name: str) -> None:
    faults, settings, code, steps = CHANGED[name]
    live.sim.settings(**settings)
    for fault in faults:
        live.sim.fault(**fault)
    outcome = live.write("NONE" if name == "SSO only" else "EMAIL_LINK")
    assert outcome.code == code, outcome.output
    found = {each["step"]: each["outcome"] for each in outcome.data["writes"]}
    assert {step: found.get(step, "missing")[: len(text)] for step, text in steps.items()} == steps
    assert [
        user for user in live.sim.users() if user["email"] and "live" in user["email"] and user["status"] != "BLOCKED"
    ] == []
    if name == "custom roles are refused":
        assert outcome.data["questions"]["custom_account_role"]["why"] == "status 422"
    assert_can_be_posted(outcome, live.sim)


def test_a_key_that_may_not_delete_leaves_users_behind_and_says_so(live: Live) -> None:
    outcome = live.write("EMAIL_LINK", process=True, **live.sim.environment("simulator-member-key"))
    assert outcome.code == 0, outcome.output
    assert (
        outcome.data["permissions"]["delete users"] == outcome.data["permissions"]["change is_developer"] == "no (403)"
    )
    left = [
        user for user in live.sim.users() if user["email"] and "live" in user["email"] and user["status"] != "BLOCKED"
    ]
    assert outcome.data["left_behind"]["users that may still exist"] == len(left) > 0
    assert all(f"{user['email']}, MAY STILL EXIST" in outcome.output for user in left)
    assert_can_be_posted(outcome, live.sim)


def test_what_a_lost_answer_created_is_deleted_too(live: Live) -> None:
    live.sim.fault("drop", method="POST", when="after")
    outcome = live.write("EMAIL_LINK")
    assert outcome.code == 2
    (made,) = [user for user in live.sim.users() if user["email"] and "live" in user["email"]]
    assert made["status"] == "BLOCKED"
    assert f"Left behind: {made['email']}, deleted" in outcome.output


def test_the_user_of_another_is_never_deleted(live: Live) -> None:
    victim = live.sim.find("grace@example.com")
    shown = {name: victim[name] for name in ("id", "name", "email", "created_at", "status", "role", "is_developer")}
    body = {**shown, "invite_mode": "EMAIL_LINK"}
    live.sim.fault("body", method="POST", path="^/v2/users$", times=None, status=201, body=body)
    outcome = live.write()
    assert outcome.code == 1
    assert live.sim.find("grace@example.com")["status"] == "INVITED"
    assert live.sim.counts().get("DELETE", 0) == 0
