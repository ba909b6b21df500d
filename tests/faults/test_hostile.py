"""Names, addresses and ids that no test data expects, from tasks and from the server: taken as they are, or refused plainly.

Nothing is interpreted, nothing crashes, what is accepted is stored as it was given and found again, and nothing is sent
that the server then refuses. What the reports of the playbooks do with such names is in tests/journeys/test_playbooks.py.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from tests.faults.scenes import (
    BINDING,
    BINDING_INFO,
    INFO,
    INVITE,
    OPEN,
    PROJECT,
    PROJECT_INFO,
    READER,
    RESET,
    RESTRICTION,
    ROLE,
    ROLE_INFO,
    ROSTER,
    SPACE,
    SPACE_INFO,
    USER,
)
from tests.journeys.harness import ModuleRunner, Run

TEXTS = {
    "single quotes": "O'Neil ''",
    "double quotes": 'The "Boss"',
    "backslashes": "a\\b\\n\\u0041\\",
    "Jinja": "{{ 7 * 7 }}",
    "Jinja that reads files": "{{ lookup('file', '/etc/passwd') }}",
    "a Jinja statement": "{% for x in range(9) %}x{% endfor %}",
    "an unfinished Jinja": "{{ {% {#",
    "Python format": "%s %(name)s {0} {self.__class__}",
    "shell": "$(id) `id` ; rm -rf / && | > x",
    "HTML": "<script>alert('x')</script> &amp; <b>",
    "SQL": "'; DROP TABLE users; --",
    "YAML": "- a: [b, c] # d",
    "a YAML tag": "!!python/object/apply:os.system ['id']",
    "a YAML anchor": "&a *a <<: {x: y}",
    "null": "null",
    "a number": "0123",
    "a bool": "yes",
    "an empty JSON": "{}",
    "JSON": '{"admin": true}',
    "a comma and a semicolon": "Doe, Jane; <jane@x.io>",
    "a URL": "https://user:pass@x.io/?a=b&c=d#e",
    "percent": "100%25 %00 %2F..%2F",
    "a path": "../../etc/passwd",
    "dots": "..",
    "inner spaces": "Ann   Lee",
    "outer spaces": " \t Ann \n",
    "a tab": "Ann\tLee",
    "a line break": "Ann\nLee",
    "a header": "Ann\r\nX-Evil: 1",
    "a null byte": "Ann\x00Lee",
    "an escape sequence": "\x1b[31mred\x1b[0m\x07",
    "C1 controls": "a\x80\x85\x9fb",
    "a direction mark": "\u202egnp.exe \u200f\u2066",
    "right to left": "שלום עולם",
    "zero width": "A\u200bn\u200dn\ufeff",
    "separators": "a\u2028b\u2029c",
    "emoji": "Zoë 👩‍👩‍👧‍👦 🏳️‍🌈",
    "combining marks": "Z͑ͫ̓ͪ̂ͫa̴l̶g̷o",
    "composed": "Å é ﬁ",
    "CJK and more": "山田 Ωμέγα Привет मनीष",
    "outside the plane": "𝕬𝖓𝖓 \U0010ffff",
    "no characters": "\ufffe\uffff",
    "half a pair": "a\ud800b",
    "the other half": "\udfff",
    "a byte that was no text": "a\udcffb",
    "255 characters": "x" * 255,
    "255 wide characters": "山" * 255,
    "256 characters": "x" * 256,
    "very long": "x" * 20_000,
    "only spaces": " \t\n ",
    "an ideographic space": "\u3000",
    "nothing": "",
}
every_text = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
ADDRESS = "ann@example.com"
DESIRED = {"email": ADDRESS, "role": "member"}


def is_half(text: str) -> bool:
    """Whether it holds half of a surrogate pair."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def may_stop_ansible(module: str, text: str) -> bool:
    """Whether AnsibleModule may fail to log an option of the task, before this collection reads the option.

    It never logs half of a surrogate pair. Python's syslog refuses a null character since 3.12; before, it is logged,
    and the collection refuses it. The text of a roster is not logged.
    """
    return module != ROSTER and (is_half(text) or "\0" in text)


def is_plain(text: str) -> bool:
    """Whether it is one line that turns no terminal upside down."""
    return not set(text) & {*map(chr, range(32)), *map(chr, range(127, 160)), *"\u2028\u2029\u202e\u2066"}


def check_refused(sim: Any, run: ModuleRunner, module: str, text: str, **options: Any) -> None:
    """Check that the option is refused, by Ansible or by the collection: no request, and a message of one line."""
    try:
        done = run(module, **options)
    except UnicodeEncodeError:  # out of AnsibleModule, as for any module
        assert is_half(text)
    else:
        assert done.failed
        assert is_plain(done.msg)
        assert not done.result.get("changed")
    assert sim.journal() == []


def check(done: Run, counted: Counter[str]) -> None:
    """Check what holds for every run: it can be shown, and the server had nothing to object."""
    counted["Hostile inputs tried"] += 1
    assert not is_half(json.dumps({**done.result, "invocation": None}, ensure_ascii=False))
    refused = [entry for entry in done.requests if entry["status"] in (400, 422)]
    assert refused == [], "something was sent that the server had to refuse"
    if done.failed and "error" in done.result:
        assert is_plain(done.msg)
        assert len(done.msg) < 1000
        assert done.kind in ("bad_option", "not_found", "incomplete", "partial")
        assert not done.changed


def find_one(sim: Any, address: str) -> dict[str, Any]:
    found = sim.find(address)
    assert found is not None
    return dict(found)


@every_text
@pytest.mark.parametrize("module", [USER, INVITE, ROSTER])
def test_a_name_is_stored_as_it_is_or_refused(
    sim: Any, run: ModuleRunner, counted: Counter[str], module: str, text: str
) -> None:
    options = {"users": [{**DESIRED, "name": text}]} if module == ROSTER else {**DESIRED, "name": text}
    if may_stop_ansible(module, text):
        check_refused(sim, run, module, text, **options)
        return
    checked, done, again = (run(module, check=check_mode, **options) for check_mode in (True, False, False))
    for one in (checked, done, again):
        check(one, counted)
    assert (checked.failed, checked.kind, checked.changed) == (done.failed, done.kind, done.changed)
    if done.failed:
        assert (done.kind, done.requests, sim.find(ADDRESS)) == ("bad_option", [], None)
        assert "name" in done.msg
        return
    assert find_one(sim, ADDRESS)["name"] == text.strip()
    told = (done.result.get("user") or done["entries"][0]["user"])["name"]
    assert told == text.strip()
    assert (again.failed, again.changed) == (False, False)


@every_text
def test_a_new_name_is_stored_as_it_is_or_refused(
    sim: Any, run: ModuleRunner, counted: Counter[str], text: str
) -> None:
    sim.seed([{**DESIRED, "role": "MEMBER", "name": "Ann"}])
    if may_stop_ansible(USER, text):
        check_refused(sim, run, USER, text, email=ADDRESS, name=text)
        return
    for once_more in (False, True):
        done = run(USER, email=ADDRESS, name=text)
        check(done, counted)
        assert find_one(sim, ADDRESS)["name"] == ("Ann" if done.failed else text.strip())
        assert not (once_more and done.changed)


@every_text
@pytest.mark.parametrize("module", [USER, INFO, INVITE, RESET, ROSTER])
@pytest.mark.parametrize("option", ["email", "user_id"])
def test_an_address_or_an_id_is_no_user_or_refused(
    sim: Any, run: ModuleRunner, counted: Counter[str], module: str, option: str, text: str
) -> None:
    given = {option: text}
    options = {"users": [given], "state": "absent"} if module == ROSTER else given
    if module == USER:
        options = {**options, "state": "absent"}
    before = sim.users()
    if may_stop_ansible(module, text):
        check_refused(sim, run, module, text, **options)
        return
    for check_mode in (True, False):
        done = run(module, check=check_mode, **options)
        check(done, counted)
        assert (done.writes, sim.users(), done.changed) == ([], before, False)


ODD_BUT_VALID = [
    "o'neil+{{1}}@x.io",
    "%s%00@x.io",
    "a&b=c#d?e@x.io",
    "山田@例え.jp",
    "x" * 249 + "@x.io",
    "A/b@X.io",
]


@pytest.mark.parametrize("address", ODD_BUT_VALID)
def test_an_odd_address_is_created_found_and_deleted(
    sim: Any, run: ModuleRunner, counted: Counter[str], address: str
) -> None:
    ends = []
    for desired in ({"name": "N", "role": "member"}, {"name": "N", "role": "member"}, {"state": "absent"}):
        done = run(USER, email=address, **desired)
        check(done, counted)
        ends.append((done.failed, done.changed))
    assert ends == [(False, True), (False, False), (False, True)]
    assert run(INFO, email=address)["users"] == []


@every_text
def test_a_part_of_an_address_is_no_more_and_a_protection_that_is_none_is_refused(
    sim: Any, run: ModuleRunner, counted: Counter[str], text: str
) -> None:
    if not may_stop_ansible(INFO, text):
        done = run(INFO, email_contains=text)
        check(done, counted)
        if text.strip() and not done.failed:
            assert done["users"] == []
    purge = {"users": [{"email": "admin@simulator.example"}], "purge": True, "max_deletions": 9, "protected": [text]}
    done = run(ROSTER, check=True, **purge)
    check(done, counted)
    assert (done.kind, done.requests) == ("bad_option", [])
    assert "protected[0]" in done.msg


@every_text
def test_a_role_that_no_user_has_is_refused(sim: Any, run: ModuleRunner, counted: Counter[str], text: str) -> None:
    if may_stop_ansible(USER, text):
        check_refused(sim, run, USER, text, email=ADDRESS, name="Ann", custom_role_id=text)
        return
    done = run(USER, email=ADDRESS, name="Ann", custom_role_id=text)
    counted["Hostile inputs tried"] += 1
    assert done.failed
    assert is_plain(done.msg)
    assert done.kind in ("bad_option", "incomplete", "not_found")
    assert sim.find(ADDRESS) is None


@every_text
@pytest.mark.parametrize("field", ["name", "status", "created_at", "role", "custom_role_id"])
def test_what_the_server_says_is_shown_as_it_is(
    sim: Any, run: ModuleRunner, counted: Counter[str], field: str, text: str
) -> None:
    sim.seed([{**DESIRED, "role": "MEMBER", "name": "Ann", "status": "ACTIVE"}])
    value = {
        "role": {"type": "PREDEFINED", "name": text},
        "custom_role_id": {"type": "CUSTOM", "id": text, "name": text},
    }.get(field, text)
    edit = {"kind": "edit", "set": {f"/users/*/{'role' if 'role' in field else field}": value}, "times": None}
    sim.fault(**edit, method="GET")
    done = run(INFO, email=ADDRESS)
    check(done, counted)
    shown = text.encode("utf-8", "replace").decode()
    if field in ("name", "created_at"):
        assert done["users"][0][field] == shown
    for module, options in {USER: {"name": "Ann", "role": "member"}, INVITE: {}, RESET: {}, ROSTER: None}.items():
        desired = {"email": ADDRESS, **(options or {})}
        done = run(module, check=True, **({"users": [desired]} if module == ROSTER else desired))
        counted["Hostile inputs tried"] += 1
        assert not is_half(json.dumps({**done.result, "invocation": None}, ensure_ascii=False))
        assert done.kind in (None, "role_mismatch", "unexpected_status", "partial")
        assert not done.failed or is_plain(done.msg)


# ---------------------------------------------------------------- access


NEW = {ROLE: READER, SPACE: {"name": "New", "organization": "East"}, PROJECT: {"name": "New", "space": "Prod"}}
EXISTING = {"organizations": [{"name": "East"}], "spaces": [{"name": "Prod"}], "projects": [{"name": "Chat"}]}


@every_text
@pytest.mark.parametrize(
    ("module", "option"),
    [*((module, "name") for module in NEW), (ROLE, "description"), (SPACE, "description")],
)
def test_a_text_is_stored_as_it_is_or_refused(
    sim: Any, run: ModuleRunner, counted: Counter[str], module: str, option: str, text: str
) -> None:
    sim.seed_access(**EXISTING)
    kind, options = module.removeprefix("arize_"), {**NEW[module], option: text}
    before = sim.access()[f"{kind}s"]
    if may_stop_ansible(module, text):
        check_refused(sim, run, module, text, **options)
        return
    done, again = (run(module, **options) for _time in range(2))
    counted["Hostile inputs tried"] += 1
    stored = [item for item in sim.access()[f"{kind}s"] if item not in before]
    if done.failed:
        assert (is_plain(done.msg), done.changed, stored) == (True, False, [])
        assert done.kind == "bad_option" or (done.kind in ("bad_request", "unprocessable") and option in done.msg)
    else:
        (item,) = stored
        assert (item.get(option) or "") == (done[kind][option] or "") == text.strip()
        assert (again.failed, again.changed) == (False, False)


@every_text
@pytest.mark.parametrize(
    ("module", "given", "option"),
    [
        (SPACE, NEW[SPACE], "organization"),
        (SPACE, {"name": "New"}, "space_id"),
        (PROJECT, NEW[PROJECT], "space"),
        (PROJECT, {"name": "New"}, "project_id"),
        (RESTRICTION, OPEN, "project"),
        (RESTRICTION, {}, "project_id"),
    ],
    ids=str,
)
def test_a_place_that_does_not_exist_is_refused_or_warned_about(
    sim: Any, run: ModuleRunner, counted: Counter[str], module: str, given: dict[str, Any], option: str, text: str
) -> None:
    options = {**given, option: text}
    if may_stop_ansible(module, text):
        check_refused(sim, run, module, text, **options)
        return
    sim.seed_access(**EXISTING)
    before = sim.access()
    for check_mode in (True, False):
        done = run(module, check=check_mode, **options)
        counted["Hostile inputs tried"] += 1
        assert not is_half(json.dumps({**done.result, "invocation": None}, ensure_ascii=False))
        assert (sim.access(), check_mode or done.failed) == (before, True)
        assert not done.failed or (is_plain(done.msg) and len(done.msg) < 1000 and not done.changed)


@every_text
@pytest.mark.parametrize("option", ["role", "role_id", "space", "space_id", "project", "project_id", "organization"])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_name_of_nothing_is_refused_or_warned_about(
    sim: Any, run: ModuleRunner, counted: Counter[str], option: str, state: str, text: str
) -> None:
    sim.seed_access(spaces=[{"name": "Prod"}], roles=[{"name": "Reviewer", "permissions": ["PROJECT_READ"]}])
    others = {"role": "Reviewer", "space": "Prod"}
    instead = {"role_id": "role", "space_id": "space", "project_id": "space"}.get(option)
    options = {"email": "admin@simulator.example", "state": state, **others, option: text}
    options.pop(instead or "", None)
    if may_stop_ansible(BINDING, text):
        check_refused(sim, run, BINDING, text, **options)
        return
    for check_mode in (True, False):
        done = run(BINDING, check=check_mode, **options)
        counted["Hostile inputs tried"] += 1
        assert not is_half(json.dumps({**done.result, "invocation": None}, ensure_ascii=False))
        assert (sim.bindings(), check_mode or not done.changed or not text.strip()) == ([], True)
        assert not done.failed or (is_plain(done.msg) and len(done.msg) < 1000)


@every_text
def test_a_name_that_the_server_gives_is_shown_and_found(
    sim: Any, run: ModuleRunner, counted: Counter[str], text: str
) -> None:
    sim.seed_access(
        **EXISTING,
        roles=[{"name": "Reviewer", "permissions": ["PROJECT_READ"]}],
        role_bindings=[{"user": "admin@simulator.example", "role": "Reviewer", "space": "Prod"}],
    )
    for kind in ("roles", *EXISTING):
        sim.fault(kind="edit", set={f"/{kind}/*/name": text}, times=None, method="GET", path=f"^/v2/{kind}$")
    shown = text.encode("utf-8", "replace").decode()
    (binding,) = run(BINDING_INFO, resource_type="space")["role_bindings"]
    assert (binding["role"], binding["space"]) == (shown, shown)
    assert {role["name"] for role in run(ROLE_INFO)["roles"]} == {shown}
    (space,), (project,) = run(SPACE_INFO)["spaces"], run(PROJECT_INFO)["projects"]
    assert {space["name"], space["organization"], project["name"], project["space"]} == {shown}
    counted["Hostile inputs tried"] += 4
