"""The playbooks and access: what the roster and the survey list is made so, shown, compared and exported, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.journeys import test_playbooks
from tests.journeys.test_playbooks import Page, Shipped, methods

pytestmark = pytest.mark.playbook
shipped = test_playbooks.shipped  # the fixture

PEOPLE = [
    {"email": "dorothy@example.com", "name": "Dorothy Vaughan", "role": "ADMIN"},
    {"email": "ada@example.com", "name": "Ada Lovelace", "role": "MEMBER"},
    {"email": "bob@example.com", "name": "Bob", "role": "MEMBER"},
    {"email": "eve@example.com", "name": "Eve", "role": "MEMBER"},
    {"email": "late@example.com", "name": "Late", "role": "MEMBER", "status": "EXPIRED"},
]
ODD = "<b>Lab</b> | {{ 7*7 }}\u202e"
Bindings = set[tuple[str, str, str]]


@pytest.fixture
def account(sim: Any) -> Any:
    """Users with roles in spaces, of which two have one name, and in a project."""
    sim.reset(PEOPLE, owners=False)
    sim.seed_access(
        organizations=[{"name": "East"}, {"name": "West"}],
        roles=[{"name": name, "permissions": ["PROJECT_READ"]} for name in ("Reviewer", "Editor")],
        spaces=[
            {"name": "Production", "organization": "East"},
            {"name": ODD, "organization": "East"},
            {"name": "Twin", "organization": "East"},
            {"name": "Twin", "organization": "West"},
        ],
        projects=[{"name": "Churn", "space": "Production"}],
        role_bindings=[
            {"user": "ada@example.com", "role": "Reviewer", "space": "Production"},
            {"user": "ada@example.com", "role": "Editor", "space": ODD},
            {"user": "bob@example.com", "role": "Reviewer", "project": "Churn"},
            {"user": "eve@example.com", "role": "Editor", "space": "Production"},
        ],
    )
    return sim


def bound(sim: Any) -> Bindings:
    """Return users, roles and places of all role bindings."""
    kinds = sim.access()
    users = {user["id"]: user["email"] for user in sim.users()}
    names = {item["id"]: item["name"] for kind in ("roles", "spaces", "projects") for item in kinds[kind]}
    return {
        (users[each["user_id"]], names[each["resource_id"]], names[each["role_id"]]) for each in kinds["role_bindings"]
    }


BEFORE: Bindings = {
    ("ada@example.com", "Production", "Reviewer"),
    ("ada@example.com", ODD, "Editor"),
    ("bob@example.com", "Churn", "Reviewer"),
    ("eve@example.com", "Production", "Editor"),
}
ROSTER = """
- email: ada@example.com
  name: Ada King
  access:
    - {space: Production, role: Editor}
    - {space: Production, project: Churn, role: Reviewer}
- {email: bob@example.com, access: []}
- {email: eve@example.com}
- email: new@example.com
  name: New
  role: member
  access: [{space: Production, role: Reviewer}]
"""


@pytest.mark.capability
def test_an_export_with_access_applied_with_every_purge_changes_nothing(
    account: Any,
    shipped: Shipped,
    tmp_path: Path,
) -> None:
    west = next(item["id"] for item in account.organizations() if item["name"] == "West")
    twin = next(item["id"] for item in account.spaces() if item["organization_id"] == west)
    account.seed_access(role_bindings=[{"user": "dorothy@example.com", "role": "Editor", "space": twin}])
    export = {"arize_roster_file": "roster.yml", "arize_with_access": "yes"}
    dry, real = shipped("export_roster", "--check", "--diff", **export), shipped("export_roster", **export)
    assert (dry.code, dry.changed, real.code, real.changed) == (0, 1, 0, 1)
    assert "+    - role: " in dry.output
    assert shipped("export_roster", **export).changed == 0
    access = {entry["email"]: entry.get("access") for entry in yaml.safe_load((tmp_path / "roster.yml").read_text())}
    assert access == {
        "ada@example.com": [{"role": "Editor", "space": ODD}, {"role": "Reviewer", "space": "Production"}],
        "bob@example.com": [{"role": "Reviewer", "space": "Production", "project": "Churn"}],
        "dorothy@example.com": [{"role": "Editor", "space": "Twin", "organization": "West"}],
        "eve@example.com": [{"role": "Editor", "space": "Production"}],
        "late@example.com": [],
    }
    purge = {"arize_purge": True, "arize_max_deletions": 0, "arize_purge_access": True, "arize_max_access_changes": 0}
    back = shipped("sync_roster", arize_roster_file="roster.yml", **purge)
    assert (back.code, back.changed) == (0, 0), back.output
    assert "Role bindings: 5 unchanged" in back
    assert shipped("export_roster", **{**export, "arize_roster_file": "roster.csv"}).code == 0
    assert (tmp_path / "roster.csv").read_bytes().startswith(b"\xef\xbb\xbfemail,name,role,is_developer,access\n")
    back = shipped("sync_roster", arize_roster_file="roster.csv", **purge)
    assert (back.code, back.changed) == (0, 0), back.output
    assert "Role bindings: 5 unchanged" in back
    drift = shipped("drift_report", arize_roster_file="roster.yml", arize_report_dir="report")
    assert (drift.code, account.writes()) == (0, []), drift.output
    assert shipped("export_roster", arize_roster_file="plain.yml").code == 0
    assert "access" not in (tmp_path / "plain.yml").read_text()


@pytest.mark.capability
def test_a_roster_with_access_is_applied_dry_then_for_real_then_again(
    account: Any,
    shipped: Shipped,
) -> None:
    answers = {
        "arize_roster_text": ROSTER,
        "arize_purge_access": "true",
        "arize_max_access_changes": "5",
        "arize_dry_run": "false",
    }
    dry, real = shipped("sync_roster", "--check", "--diff", **answers), shipped("sync_roster", **answers)
    for run in (dry, real):
        assert (run.code, run.changed) == (0, 1)
        for line in (
            "1 created, 2 updated, 1 unchanged",
            "updated ada@example.com name: Ada Lovelace → Ada King; Production: Reviewer → Editor;",
            "gets Production / Churn: Reviewer",
            f"loses {ODD[:-1]} : Editor",
            " bob@example.com loses Production / Churn: Reviewer",
            "created new@example.com New, member; gets Production: Reviewer",
        ):
            assert line in run, run.output
    assert "Role bindings would be: 2 created, 1 updated, 2 deleted" in dry
    assert "Role bindings: 2 created, 1 updated, 2 deleted" in real
    assert bound(account) == {
        ("ada@example.com", "Production", "Editor"),
        ("ada@example.com", "Churn", "Reviewer"),
        ("eve@example.com", "Production", "Editor"),
        ("new@example.com", "Production", "Reviewer"),
    }
    again = shipped("sync_roster", **answers)
    assert (again.code, again.changed, len(methods(account).split())) == (0, 0, 7)


def test_without_purge_access_what_is_not_listed_stays(account: Any, shipped: Shipped) -> None:
    assert shipped("sync_roster", arize_roster_text=ROSTER, arize_purge_access="").code == 0
    assert "DELETE" not in methods(account)
    assert {each for each in BEFORE if each[1] != "Production"} <= bound(account)


def test_the_failure_of_a_binding_is_shown_and_stops_no_other(account: Any, shipped: Shipped) -> None:
    churn = account.projects()[0]["id"]
    production = next(item["id"] for item in account.spaces() if item["name"] == "Production")
    account.fault("status", method="POST", status=403, body_has=churn, times=None)
    account.fault("status", method="POST", status=403, body_has=production, times=None)
    done = shipped("sync_roster", arize_roster_text=ROSTER, arize_purge_access=True, arize_max_access_changes=5)
    assert done.code == 2
    for line in (
        "failed ada@example.com name: Ada Lovelace → Ada King; Production: Reviewer → Editor;",
        "Production / Churn: Reviewer failed: ",
        f"not tried: {ODD[:-1]} : Editor (Not removed: another role binding",
        "failed new@example.com created: New, member; Production: Reviewer failed: ",
        "access changed bob@example.com loses Production / Churn: Reviewer",
    ):
        assert line in done, done.output
    assert ("ada@example.com", ODD, "Editor") in bound(account)


def test_access_that_differs_is_drift_in_all_reports(account: Any, shipped: Shipped, tmp_path: Path) -> None:
    roster = [
        {"email": "dorothy@example.com", "access": [{"space": "Production", "role": "Editor"}]},
        {"email": "ada@example.com", "access": [{"space": "Production", "role": "Editor"}]},
        {"email": "bob@example.com", "access": [{"space": "Production", "project": "Churn", "role": "Reviewer"}]},
        {"email": "eve@example.com"},
        {"email": "late@example.com", "access": []},
    ]
    done = shipped("drift_report", "--check", arize_roster_text=yaml.safe_dump(roster), arize_report_dir="report")
    assert (done.code, account.writes()) == (2, [])
    assert "There is drift: 3 differences" in done, done.output
    for line in (
        "access     dorothy@example.com  Production: no role, in the roster Editor",
        "access     ada@example.com  Production: Reviewer, in the roster Editor",
        f"access     ada@example.com  {ODD[:-1]} : Editor, not in the roster",
    ):
        assert line in done
    drift = json.loads((tmp_path / "report" / "drift.json").read_text())
    assert (drift["differences"], drift["equal"]) == (3, 3)
    assert [(row["email"], row["resource"], row["account"]) for row in drift["extra_access"]] == [
        ("ada@example.com", ODD, "Editor")
    ]
    markdown, html = ((tmp_path / "report" / f"drift.{kind}").read_text() for kind in ("md", "html"))
    assert "| ada@example.com | Ada Lovelace | Production | Reviewer | Editor |" in markdown
    assert "| dorothy@example.com | Dorothy Vaughan | Production | Editor |" in markdown
    assert "| ada@example.com | Ada Lovelace | &lt;b&gt;Lab&lt;/b&gt; \\| {{ 7\\*7 }}  | Editor |" in markdown
    page = Page(html)
    assert page.cells.count("Production") == 2
    assert ODD in page.cells


PLACES = "Production: Reviewer\r\nProduction / Churn: Editor\r\n\r\n"
SURVEY = {
    "arize_emails": "New <new@example.com>\r\nOther Name <ADA@example.com>\r\nlate@example.com",
    "arize_role": "member",
    "arize_access": PLACES,
}


@pytest.mark.capability
def test_a_survey_gives_access_dry_then_for_real_then_again(account: Any, shipped: Shipped) -> None:
    dry, real = shipped("onboard", "--check", **SURVEY), shipped("onboard", **SURVEY)
    for run in (dry, real):
        assert (run.code, run.changed) == (0, 2), run.output
        for line in (
            "created new@example.com New, member; gets Production: Reviewer; gets Production / Churn: Editor",
            " ada@example.com gets Production / Churn: Editor",
            " late@example.com gets Production: Reviewer",
            "renewed    late@example.com  the invitation had expired",
        ):
            assert line in run, run.output
        assert "unchanged  ada@example.com" not in run
    listed = {(f"{who}@example.com", *place) for who in ("new", "ada", "late")
              for place in (("Production", "Reviewer"), ("Churn", "Editor"))}  # fmt: skip
    assert bound(account) == BEFORE | listed
    assert account.find("ada@example.com")["name"] == "Ada Lovelace"
    assert sorted(methods(account).split()) == ["POST"] * 7
    again = shipped("onboard", **SURVEY)
    assert (again.code, again.changed, len(account.writes())) == (0, 0, 7)
    assert "unchanged  ada@example.com  already active" in again


@pytest.mark.parametrize(
    ("access", "words"),
    [
        ("Production: Editor", "ada@example.com has the role Reviewer in Production, not Editor."),
        ("Produktion: Reviewer", "Produktion"),
        ("Twin: Reviewer", "Several spaces are named Twin"),
        ("Production", '"Production" is neither "Space: role" nor "Space / project: role"'),
        ("Production: Reviewer\nProduction: Reviewer", "give the same role"),
        ({"Production": "Reviewer"}, "has to be text, not a mapping."),
    ],
)
def test_access_that_cannot_be_given_stops_everything(
    access: Any,
    words: str,
    account: Any,
    shipped: Shipped,
) -> None:
    done = shipped("onboard", **{**SURVEY, "arize_access": access})
    assert (done.code, done.changed, account.writes()) == (2, 0, [])
    assert "No changes were made" in done
    assert words in done, done.output


def test_a_binding_that_fails_for_a_newcomer_turns_the_job_red(account: Any, shipped: Shipped) -> None:
    account.fault("status", method="POST", status=403, body_has=account.projects()[0]["id"], times=None)
    done = shipped("onboard", **SURVEY)
    assert done.code == 2
    for line in (
        "failed new@example.com created: New, member; gets Production: Reviewer; Production / Churn: Editor failed: ",
        "renewed    late@example.com  the invitation had expired",
        "3 of 3 users failed; see the outcome above.",
    ):
        assert line in done, done.output


def test_people_with_temporary_passwords_get_access(account: Any, shipped: Shipped, tmp_path: Path) -> None:
    passwords = {"arize_invite_mode": "temporary_password", "arize_password_dir": "pw"}
    done = shipped("onboard", **{**SURVEY, "arize_emails": "New <new@example.com>", **passwords})
    assert done.code == 0, done.output
    assert "created new@example.com New, member; gets Production: Reviewer" in done
    assert ("new@example.com", "Churn", "Editor") in bound(account)
    assert (tmp_path / "pw" / "new@example.com.password").exists()
