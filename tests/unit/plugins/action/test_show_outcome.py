"""The action on its own: what it shows, writes and fails with. Whole playbooks are among the journeys."""

from __future__ import annotations

import types
from unittest.mock import MagicMock

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible_collections.arize.ax.plugins.action import show_outcome
from ansible_collections.arize.ax.plugins.plugin_utils import _playbook

ANN = {"name": "Ann", "role": "member", "custom_role_id": None, "custom_role_name": None, "status": "active"}
CREATED = {"email": "ann@x.io", "user_id": "u1", "status": "created", "changes": [], "user": ANN}
SYNC = {"dry_run": False, "role_mismatch": "fail", "limited_by": {"max_deletions": "standing_max_deletions"}}


@pytest.fixture
def show(monkeypatch, tmp_path):
    """Return a function that runs the action with registered results, and returns what it shows and its result."""

    def run(playbook, results=None, options=None, check=False, problem="", faults=(), **values):
        found = {
            "values": values,
            "problem": problem,
            "faults": list(faults),
            "outcome_file": str(tmp_path / "outcome.md"),
        }
        lookup = types.SimpleNamespace(run=lambda names, variables, want: [found[want]])
        monkeypatch.setattr(_playbook.lookup_loader, "get", lambda *_args, **_options: lookup)
        shown = []
        monkeypatch.setattr(show_outcome.Display, "display", lambda _self, text: shown.append(text))
        names = {what: f"_arize_{what}" for what in results or {}}
        task = MagicMock(
            args={"playbook": playbook, "results": names, **(options or {})}, check_mode=check, async_val=0
        )
        action = show_outcome.ActionModule(task, MagicMock(), MagicMock(), DataLoader(), MagicMock(), MagicMock())
        result = action.run(task_vars={f"_arize_{what}": result for what, result in (results or {}).items()})
        return "\n".join(shown).splitlines(), result

    return run


def page(tmp_path):
    return (tmp_path / "outcome.md").read_text()


def test_variables_that_cannot_be_used_are_an_outcome(show, tmp_path):
    assert show("sync_roster")[1]["failed"] is False
    assert not (tmp_path / "outcome.md").exists()
    lines, result = show("sync_roster", problem="No changes were made. line 3: <b>")
    assert (lines, result["failed"], result["msg"]) == ([], True, "No changes were made. line 3: <b>")
    assert page(tmp_path) == "**The roster was not applied**\n\nNo changes were made. line 3: &lt;b&gt;\n"


def test_the_faults_of_a_roster_are_lines(show, tmp_path):
    faults = ["line 3: <b>", "Correct the roster."]
    problem = "No changes were made. /p.csv: The roster cannot be used: line 3: <b>; Correct the roster."
    lines, result = show("sync_roster", problem=problem, faults=faults)
    assert lines == faults
    assert result["msg"] == "No changes were made. /p.csv: The roster cannot be used: see the 2 lines above."
    assert page(tmp_path).endswith("see the 2 lines below.\n\n- line 3: &lt;b&gt;\n- Correct the roster.\n")


def test_an_outcome_is_shown_and_written(show, tmp_path):
    names = ["{{ 7*7 }}", "www.x.io", "@team", "a|b", "`c`", "<i>"]
    entries = [
        {**CREATED, "email": f"{number}@x.io", "user": {**ANN, "name": name}} for number, name in enumerate(names)
    ]
    roster = {"entries": entries, "summary": {"created": 6}, "mailed": ["1@x.io"]}
    lines, result = show("sync_roster", {"roster": roster}, **SYNC)
    assert result["failed"] is False
    assert lines[0] == "created  0@x.io  {{ 7*7 }}, member"
    assert lines[-2:] == ["1 user was mailed an invitation", "6 created"]
    written = page(tmp_path)
    assert written.startswith("**6 created**\n\n| outcome | user | details |\n| --- | --- | --- |\n| created | ")
    assert written.count("\n| created |") == 6
    for harmful in ("www.x", "@team", "a|b", " `c`", "<i>"):
        assert harmful not in written
    (tmp_path / "outcome.md").chmod(0o600)
    assert (
        "Dry run, no changes were made. It would be: 6 created"
        in show("sync_roster", {"roster": roster}, check=True, **SYNC)[0]
    )
    assert (tmp_path / "outcome.md").stat().st_mode & 0o777 == 0o600


def test_a_page_is_no_longer_than_a_comment_may_be(show, tmp_path):
    entries = [{**CREATED, "email": f"{number}@x.io", "user": {**ANN, "name": "N" * 200}} for number in range(500)]
    lines, _result = show("sync_roster", {"roster": {"entries": entries, "summary": {"created": 500}}}, **SYNC)
    written = page(tmp_path)
    assert len(lines) == 501
    assert 50_000 < len(written) < 65_000
    left_out = 500 - written.count("\n| created |")
    assert f"\n{left_out} more lines are in the output of the job.\n" in written


def test_what_failed_is_said_in_the_words_of_the_playbook(show, tmp_path):
    failed = {**CREATED, "status": "failed", "error": {"kind": "x", "msg": "No."}}
    message = "1 of 300 users failed; entries has the details (299 unchanged users left out). No: ann@x.io."
    roster = {"failed": True, "msg": message, "entries": [failed], "summary": {"failed": 1}}
    lines, result = show("sync_roster", {"roster": roster}, **SYNC)
    assert result["msg"] == "1 of 300 users failed; see the outcome above. No: ann@x.io."
    assert lines == ["failed  ann@x.io  No.", "1 failed"]
    assert "1 of 300 users failed; see the outcome below. No: ann@x.io." in page(tmp_path)
    # Refused as a whole.
    message = "No changes were made: 4 users would be deleted, but max_deletions is 0. Raise max_deletions."
    lines, result = show("sync_roster", {"roster": {"msg": message, "deletions": ["a@x.io"]}}, **SYNC)
    assert lines == []
    named = "arize_standing_max_deletions"
    assert result["msg"] == f"No changes were made: 4 users would be deleted, but {named} is 0. Raise {named}."
    assert page(tmp_path).startswith("**The roster was not applied**\n\nNo changes were made: 4 users")
    asked = {**SYNC, "limited_by": {"min_admins": "min_admins"}}
    message = "No changes were made: only 1 active admin would remain, but min_admins is 2; would be deleted: a."
    assert (
        'but arize_min_admins ("How many active admins must remain?") is 2;'
        in show("sync_roster", {"roster": {"msg": message}}, **asked)[1]["msg"]
    )
    result = show("offboard", {"roster": {"msg": message}}, dry_run=False, allow_admins=False, limited_by={})[1]
    assert result["msg"] == (
        "No changes were made: active admins would be deleted: a. If that is intended, set"
        ' arize_allow_admins ("May active admins be deleted?") to true.'
    )


def test_a_file_that_cannot_be_written_is_a_failure(show, tmp_path):
    (tmp_path / "outcome.md").mkdir()
    roster = {"entries": [CREATED], "summary": {"created": 1}}
    lines, result = show("sync_roster", {"roster": roster}, **SYNC)
    assert result["failed"]
    assert "The outcome cannot be written" in result["msg"]
    assert lines[-1] == "1 created"


def test_invitations_are_an_outcome_too(show):
    results = [
        {"invitation": "resent", "changed": True},
        {"invitation": "renewed", "changed": True},
        {"invitation": "accepted", "changed": False},
        {"failed": True, "msg": "Long.", "error": {"kind": "not_found"}},
        {"failed": True, "msg": "No\nmail.", "error": {"kind": "server"}},
    ]
    emails = ["b@x.io", "a@x.io", "c@x.io", "d@x.io", "e@x.io"]
    lines, result = show("resend", {"invitations": {"results": results}}, {"invited": emails}, dry_run=False)
    assert result["failed"] is False, "the task that mails has failed"
    assert lines == [
        "failed     d@x.io  no user has this address. arize.ax.onboard invites new users",
        "failed     e@x.io  No mail.",
        "renewed    a@x.io  the invitation had expired",
        "resent     b@x.io  the link is mailed again",
        "unchanged  c@x.io  already active, nothing is mailed",
        "2 users were mailed an invitation",
        "1 resent, 1 renewed, 1 unchanged, 2 failed",
    ]


def test_who_is_onboarded_is_told_with_who_is_left_alone(show):
    def found(email, status):
        return {"email": email, "status": "unchanged", "user_id": email, "before": {"status": status}}

    results = {
        "roster": {"entries": [CREATED], "summary": {"created": 1}},
        "invitations": {"results": [{"invitation": "renewed", "temporary_password": "x"}]},
        "found": {"entries": [found("late@x.io", "expired"), found("b@x.io", "active"), found("c@x.io", "invited")]},
    }
    values = {"dry_run": True, "invite_mode": "temporary_password", "password_dir": "/p"}
    lines, _result = show("onboard", results, {"invited": ["late@x.io"], "passwords": 2}, **values)
    assert lines == [
        "would be created  ann@x.io   Ann, member",
        "would be renewed  late@x.io  the invitation had expired",
        "unchanged         b@x.io     already active",
        "unchanged         c@x.io     the invitation is pending",
        "Temporary passwords would be written to /p",
        "Dry run, no changes were made. It would be: 1 created, 1 renewed",
    ]
    # The roster failed before it began.
    lines, result = show("onboard", {**results, "roster": {"msg": "No."}, "invitations": {}}, **values)
    assert (lines, result["msg"]) == ([], "No.")
