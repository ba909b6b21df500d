"""The action on its own: what it writes, shows and refuses. Whole playbooks are among the journeys."""

from __future__ import annotations

import csv
import io
import json
import re
import types
from unittest.mock import MagicMock

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible_collections.arize.ax.plugins.action import write_reports
from ansible_collections.arize.ax.plugins.plugin_utils import _playbook

ADA = {
    "id": "u1",
    "email": "ada@x.io",
    "name": "{{ 7*7 }}",
    "status": "invited",
    "role": "admin",
    "is_developer": True,
    "custom_role_id": None,
    "custom_role_name": None,
    "created_at": "2026-01-02T03:04:05Z",
}
DENIED = {"failed": True, "msg": "Denied.", "error": {"kind": "forbidden", "status": 403}}

REVIEW = {"stale_days": 90, "csv_delimiter": ","}
ROSTER = [{"email": "ada@x.io", "name": "{{ 7*7 }}", "role": "admin"}]


@pytest.fixture
def write(monkeypatch, tmp_path):
    """Return a function that runs the action of a playbook with registered results and values of its variables."""

    def run(playbook, results, check=False, diff=False, previous=None, **values):
        found = {
            "values": {"with_access": False, **values},
            "endpoint": "https://x.io",
            "connection": {"api_key": "ak-001234xyz "},
            "previous_review": previous,
        }
        lookup = types.SimpleNamespace(run=lambda names, variables, want: [found[want]])
        monkeypatch.setattr(_playbook.lookup_loader, "get", lambda *_args, **_options: lookup)
        arguments = {"playbook": playbook, "results": {what: f"_arize_{what}" for what in results}}
        task = MagicMock(args=arguments, check_mode=check, diff=diff, async_val=0)
        action = write_reports.ActionModule(task, MagicMock(), MagicMock(), DataLoader(), MagicMock(), MagicMock())
        return action.run(task_vars={f"_arize_{what}": result for what, result in results.items()})

    return run


def failed(status):
    """The result of a list to which the server answered this."""
    return {"msg": f"Answered {status}.", "error": {"kind": "server", "status": status}}


def review(write, folder, **results):
    lists = {"users": {"users": [ADA]}, "role_bindings": DENIED, "api_keys": DENIED, "roles": DENIED, **results}
    return write("access_review", lists, **REVIEW, report_dir=str(folder))


def test_a_review_is_three_files_with_the_same_numbers(write, tmp_path):
    key = {
        "id": "k",
        "name": "ci",
        "redacted_key": "ak-001...xyz",
        "created_at": None,
        "expires_at": None,
        "created_by_user_id": "u1",
        "last_used_at": None,
        "bot_user": None,
    }
    done = review(write, tmp_path / "new", api_keys={"api_keys": [key]})
    texts = {path.suffix: path.read_text() for path in (tmp_path / "new").iterdir()}
    assert sorted(texts) == [".csv", ".html", ".md"]
    summary = "1 user (1 admin), role bindings not read, 1 service key, custom roles not read. 1 open invitation, the oldest for"
    assert summary in texts[".md"]
    assert summary in texts[".html"]
    assert done["lines"][0].startswith(summary)
    records = [row["record"] for row in csv.DictReader(io.StringIO(texts[".csv"].removeprefix("\ufeff")))]
    assert [records.count(record) for record in ("user", "access", "service key")] == [1, 0, 1]
    assert all("with the API key ci" in text for text in texts.values())
    assert not done["changed"]


def test_a_list_that_failed_for_another_reason_ends_the_review(write, tmp_path):
    done = review(write, tmp_path / "new", roles=failed(500), role_bindings=failed(404))
    assert done == {"failed": True, "msg": "Answered 500."}
    assert not (tmp_path / "new").exists()


def test_a_review_can_be_printed(write, tmp_path, capsys):
    done = review(write, "-")
    assert "| ada@x.io | {{ 7\\*7 }} | invited | admin |" in capsys.readouterr().out
    assert done["lines"][0].endswith(" lines above are the review")


def drift(write, folder, **result):
    entry = {"email": "ada@x.io", "user_id": "u1", "status": "unchanged", "changes": [], "before": ADA, "user": ADA}
    values = {"report_dir": str(folder), "allow_unknown": False, "source": "roster.yml"}
    return write("drift_report", {"roster": {"entries": [entry], **result}}, **values)


def test_a_drift_report_is_three_files_and_says_why_the_play_fails(write, tmp_path):
    done = drift(write, tmp_path)
    assert (done["differences"], done["problem"]) == (0, "")
    found = json.loads((tmp_path / "drift.json").read_text())
    assert (found["endpoint"], found["roster"], found["equal"]) == ("https://x.io", "roster.yml", 1)
    for name in ("drift.md", "drift.html"):
        assert found["summary"] in (tmp_path / name).read_text()
    assert found["summary"] in done["lines"][0]
    refused = drift(write, tmp_path, refusals=[{"kind": "lookalike", "msg": "Look-alikes."}])
    assert refused["problem"].startswith(
        "arize.ax.sync_roster would refuse this roster: Look-alikes. No changes were made."
    )
    assert "Look-alikes." in (tmp_path / "drift.html").read_text()


def test_a_drift_report_claims_no_more_than_was_read(write, tmp_path):
    for failed, told in ((DENIED, "Denied."), ({"not_read": ["Hidden."]}, "Hidden.")):
        done = drift(write, tmp_path, **failed)
        assert (done["lines"][-1], bool(done["problem"])) == (told, failed is DENIED)
        for name in ("drift.md", "drift.html"):
            text = (tmp_path / name).read_text()
            assert ("matches the roster as far as" in text, told in text) == (failed is DENIED, True)


def bound(status, place, **others):
    names = {"space": place, "space_id": place, "project": None, "project_id": None, "role": "Reader", "role_id": "r"}
    return {**names, "status": status, **others}


def test_each_kind_of_difference_is_in_each_report(write, tmp_path):
    gone = {"msg": "There is no space named Gone."}
    access = [
        bound("created", "Hidden"),
        bound("updated", "Lab", before={"role": None, "role_id": "r0"}),
        bound("deleted", "Prod"),
        bound("failed", "Gone", error=gone),
    ]
    one = {"email": "a@x.io", "user_id": "u", "changes": []}
    after = {**ADA, "name": "New", "is_developer": False}
    changes = ["name", "is_developer", "access"]
    entries = [
        {**one, "status": "failed", "before": ADA, "user": after, "changes": changes, "access": access, "error": gone},
        {
            **one,
            "status": "unchanged",
            "before": ADA,
            "user": ADA,
            "role_mismatch": {"wanted": "admin", "found": "member"},
        },
        {**one, "status": "created", "user": ADA},
        {**one, "status": "deleted", "before": ADA},
        {**one, "status": "failed", "error": {"msg": "No such user."}},
    ]
    apart = [{"email": "p@x.io", "user_id": "u9", "name": "P", "status": "active", "reason": "protected"}]
    refused = [{"kind": "lookalike", "msg": "Look-alikes."}]
    done = drift(write, tmp_path, entries=entries, left_alone=apart, refusals=refused)
    assert [line.split()[0] for line in done["lines"]] == [
        *("10", "refused", "unresolved", "missing", "extra", "role", "name", "developer", "access", "access", "access"),
        *("unusable", "invited", "invited", "invited", "This"),
    ]
    found = json.loads((tmp_path / "drift.json").read_text())
    rows = {
        kind: len(value)
        for kind, value in found.items()
        if isinstance(value, list) and kind not in ("not_read", "notes")
    }
    assert (len(rows), found["differences"]) == (13, 10)
    assert all(rows.values()), "nothing is left out here"
    page, text = (tmp_path / "drift.html").read_text(), (tmp_path / "drift.md").read_text()
    assert (
        page.count("<tr><td") == sum(rows.values()) == sum(line.startswith("| ") for line in text.splitlines()) - 2 * 13
    )
    assert re.findall(r"<h2>.*?</i>(.*?) <small>(.*?)</small>", page) == re.findall(
        r"^## (.*) \((.*)\)$", text, re.MULTILINE
    )


def test_the_terminal_shows_ten_invitations_and_the_page_all(write, tmp_path):
    people = [{**ADA, "id": f"u{n}", "email": f"u{n:02}@x.io"} for n in range(12)]
    entries = [{"email": None, "user_id": "", "status": "unchanged", "changes": [], "before": user} for user in people]
    done = drift(write, tmp_path, entries=entries)
    assert done["lines"][-1] == "and 2 more open invitations"
    assert len(done["lines"]) == 12
    assert "u11@x.io" in (tmp_path / "drift.md").read_text()


def test_what_the_server_does_not_show_is_unknown(write, tmp_path):
    hidden = {**ADA, "name": None, "role": None, "is_developer": None, "created_at": None}
    one = {"email": "ada@x.io", "user_id": "u1", "before": hidden}
    changed = {**one, "status": "updated", "changes": ["name", "is_developer"], "user": ADA}
    mismatch = {"role_mismatch": {"wanted": "admin", "found": None}}
    lines = drift(write, tmp_path, entries=[{**changed, **mismatch}, {**one, "status": "deleted", "changes": []}])[
        "lines"
    ]
    assert [re.sub(" +", " ", line) for line in lines[1:6]] == [
        "extra ada@x.io without a name, unknown",
        "role ada@x.io unknown, in the roster admin",
        "name ada@x.io unknown, in the roster {{ 7*7 }}",
        "developer ada@x.io unknown, in the roster True",
        "invited ada@x.io without a name, since an unknown day",
    ]


def test_a_roster_is_written_once_and_shown(write, tmp_path):
    path = tmp_path / "roster.yml"
    options = {"results": {"roster": {"roster": ROSTER}}, "roster_file": str(path)}
    dry = write("export_roster", **options, check=True, diff=True)
    assert (dry["changed"], path.exists(), dry["lines"]) == (True, False, [f"1 user. {path} would be written"])
    done = write("export_roster", **options)
    assert (done["changed"], done["lines"]) == (True, [f"1 user. {path} was written"])
    assert dry["diff"]["after"] == path.read_text()
    assert "{{ 7*7 }}" in path.read_text()
    again = write("export_roster", **options, diff=True)
    assert (again["changed"], again["lines"], "diff" in again) == (False, [f"1 user. {path} is up to date"], False)
    path.write_bytes(b"\xff")
    assert write("export_roster", **options)["changed"]


def test_a_roster_is_a_table_where_the_file_is_called_so(write, tmp_path):
    path = tmp_path / "roster.CSV"
    odd = {"email": "=ada@x.io", "is_developer": True, "access": []}
    result = {"roster": [*ROSTER, odd], "users": [{"email": "=ada@x.io", "id": "u2"}]}
    write("export_roster", {"roster": result}, roster_file=str(path), with_access=True)
    assert path.read_bytes().decode() == (
        "\ufeffemail,user_id,name,role,is_developer,access\n,u2,,,true,none\nada@x.io,,{{ 7*7 }},admin,,\n"
    )
    assert not write("export_roster", {"roster": result}, roster_file=str(path))["changed"]


def test_an_export_with_access_says_what_it_cannot_hold(write, tmp_path):
    path = tmp_path / "roster.yml"
    write("export_roster", {"roster": {"roster": ROSTER}}, roster_file=str(path), with_access=True)
    assert "only role bindings that the API key could see.\n---\n- email" in path.read_text()


def test_a_roster_can_be_printed(write, capsys):
    done = write("export_roster", {"roster": {"roster": ROSTER}}, roster_file="-")
    assert "- email: ada@x.io" in capsys.readouterr().out
    assert done["lines"][0].endswith(" lines above are a roster of 1 user")


def test_an_account_without_users_and_a_file_that_cannot_be_written_are_failures(write, tmp_path):
    for playbook, results in (
        ("access_review", {"users": {"users": []}}),
        ("drift_report", {"roster": {"entries": []}}),
        ("export_roster", {"roster": {"roster": []}}),
    ):
        done = write(playbook, results, allow_unknown=False, report_dir="x", roster_file="x")
        assert done["failed"]
        assert done["msg"].endswith("Does the key have permission to read users?")
    (tmp_path / "drift.md").mkdir()
    assert drift(write, tmp_path)["msg"].startswith("The reports cannot be written: ")
    assert write("export_roster", {"roster": {"roster": ROSTER}}, roster_file=str(tmp_path))["msg"].startswith(
        "The roster"
    )


ADMIN = {**ADA, "status": "active"}
PROJECT = {"restricted": None}


@pytest.mark.parametrize(
    ("results", "told"),
    [
        (
            {},
            [
                "list users yes 2 users, active admins: 1",
                "list service keys yes active: 1",
                "list spaces yes spaces: 0",
            ],
        ),
        (
            {},
            ["list personal keys of others yes as only an", "list projects yes projects: 0", "create users not tried"],
        ),
        ({}, ["list restrictions of projects not known, without a project", "role bindings yes but the list is empty"]),
        ({}, ["The list of users contains the bot users of service keys: 1."]),
        (
            {"users": {"users": [ADA]}},
            ["list personal keys of others not known, with fewer", "does not contain the bot users"],
        ),
        ({"personal": {"results": [{}, DENIED]}}, ["list personal keys of others no Denied."]),
        (
            {"users": DENIED, "spaces": DENIED, "role_bindings": DENIED},
            ["list users no Denied.", "role bindings no Denied."],
        ),
        (
            {"projects": {"projects": [PROJECT], "warnings": ["1", "The values of restricted are null: no.", "2"]}},
            ["list projects yes projects: 1", "restrictions of projects no The values of restricted are null: no."],
        ),
        ({"projects": {"projects": [{"restricted": True}]}}, ["list restrictions of projects yes restricted: 1"]),
        ({"projects": {"projects": [{"restricted": False}]}}, ["list restrictions of projects yes but none is listed"]),
        ({"role_bindings": {"role_bindings": [{}]}}, ["list role bindings yes role bindings: 1"]),
    ],
)
def test_what_the_key_may_read_is_told(write, results, told):
    lists = {what: {what: []} for what in ("roles", "role_bindings", "spaces", "projects")}
    keys = {"api_keys": {"api_keys": [{"bot_user": {"id": "bot"}}]}}
    users = {"users": {"users": [ADMIN, {**ADMIN, "id": "bot"}]}}
    lines = write("check_account", {**lists, **keys, **users, "personal": {"results": [{}, {}]}, **results})["lines"]
    assert lines[0] == "The API key at https://x.io:"
    text = re.sub(" +", " ", "\n".join(lines))
    assert [part for part in told if part not in text] == []


def test_any_other_failure_ends_the_check_in_a_loop_too(write):
    done = write("check_account", {"users": failed(403), "personal": {"results": [{}, failed(404)]}})
    assert done == {"failed": True, "msg": "Answered 404."}


def test_no_other_playbook_has_reports(write):
    with pytest.raises(AnsibleError, match="playbook"):
        write("onboard", {})
