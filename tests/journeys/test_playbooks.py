"""The playbooks that ship with the collection, run by name as users run them, with variables as surveys set them."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import types
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.arize.ax.plugins.plugin_utils import _variables
from arize_ax_simulator import store

from tests.journeys.harness import assert_fit_to_be_seen, clean_environment

pytestmark = pytest.mark.playbook

ROOT = Path(__file__).resolve().parents[2]
RECAP = re.compile(r"^localhost +: ok=(\d+) +changed=(\d+) .* failed=(\d+) ", re.MULTILINE)

# Names that would do harm, or break a page or a file, if anything took them for more than names.
HOSTILE = {
    "script@example.com": "<script>alert(1)</script> | \"q\" 'r' `c` *b* [l](http://example.com)",
    "jinja@example.com": "{{ 7*7 }}",
    "jinja2@example.com": "{% for x in range(9) %}{{ lookup('env', 'HOME') }}{% endfor %}",
    "yaml@example.com": "- a: [b, c] # d",
    "null@example.com": "null",
    "number@example.com": "0123",
    "time@example.com": "12:30",
    "bang@example.com": "!unsafe &x *y",
    "rtl@example.com": "\u202eevil \u200fשלום",
    "lines@example.com": "U\u2028\u2029\u0085\x7f\ufeff",
    "emoji@example.com": "😀 Zoë Ångström 山田",
    "back@example.com": "\\n \\u0041 \\",
    "long@example.com": "x" * 255,
}
PEOPLE = [
    {"email": "dorothy@example.com", "name": "Dorothy Vaughan", "role": "ADMIN"},
    {"email": "Ada@example.com", "name": "Ada Lovelace", "role": "MEMBER"},
    {"email": "hedy@example.com", "name": "Hedy Lamarr", "role": "ANNOTATOR", "status": "INVITED"},
    {"email": "custom@example.com", "name": "Carla", "custom_role_id": "Um9sZToxOjg/RUV6Yg=="},
    {"email": "late@example.com", "name": "Kathe Late", "role": "MEMBER", "status": "EXPIRED"},
]
PLAYBOOKS = sorted((ROOT / "playbooks").glob("*.yml"))
BY_ADDRESS = sorted(PEOPLE, key=lambda user: user["email"].lower())


@dataclass
class Done:
    """One run of a playbook."""

    code: int
    output: str

    @property
    def changed(self) -> int:
        """How many tasks say that they changed something."""
        return int(RECAP.findall(self.output)[0][1])

    def __contains__(self, text: str) -> bool:
        """Whether it shows this text, as it is or in a message, which is JSON; however wide the columns are."""
        shown, sought = (re.sub(" +", " ", each) for each in (self.output, text))
        return sought in shown or json.dumps(sought, ensure_ascii=False)[1:-1] in shown


Shipped = Callable[..., Done]


def start(sim: Any, folder: Path, command: list[str], **environment: str) -> Done:
    """Run ansible-playbook in *folder*."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    settings = {
        "HOME": str(home),
        "PYTHONPATH": os.pathsep.join(sys.path),
        "ANSIBLE_COLLECTIONS_PATH": os.environ.get("ANSIBLE_COLLECTIONS_PATH", ""),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_PIPELINING": "True",
        "ANSIBLE_LOCALHOST_WARNING": "False",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False",
    }
    done = subprocess.run(
        [sys.executable, "-m", "ansible", "playbook", *command],
        cwd=folder,
        env={**clean_environment(), **sim.environment(), **settings, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    assert_fit_to_be_seen(done.stdout)
    return Done(done.returncode, done.stdout)


@pytest.fixture
def shipped(sim: Any, tmp_path: Path) -> Shipped:
    """Run a shipped playbook with variables, as AWX hands them over: text that is no template."""

    def run(name: str, *options: str, **variables: Any) -> Done:
        answers = tmp_path / f"answers{len(list(tmp_path.glob('answers*')))}.yml"
        answers.write_text(as_answers(variables))
        before = len(sim.writes())
        done = start(sim, tmp_path, [f"arize.ax.{name}", *options, "-e", f"@{answers}"])
        if "--check" in options:
            assert len(sim.writes()) == before
        return done

    return run


def as_answers(variables: dict[str, Any]) -> str:
    """Return variables as YAML in which every text is !unsafe."""

    class Dumper(yaml.SafeDumper):
        pass

    Dumper.add_representer(str, lambda dumper, text: dumper.represent_scalar("!unsafe", text, style='"'))
    # The keys are plain: a tag there would hide them.
    return (
        "---\n{}\n"
        if not variables
        else "".join(
            f"{name}: {yaml.dump(value, Dumper=Dumper, default_flow_style=True, width=9999).split(chr(10))[0]}\n"
            for name, value in variables.items()
        )
    )


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def methods(sim: Any) -> str:
    return " ".join(entry["method"] for entry in sim.writes())


# ---------------------------------------------------------------- export_roster


@pytest.mark.capability
def test_an_account_survives_the_way_to_a_file_and_back(sim: Any, shipped: Shipped, tmp_path: Path) -> None:
    hostile = [{"email": email, "name": name} for email, name in HOSTILE.items()]
    sim.reset([*PEOPLE, *hostile, {"email": "odd@example.com", "name": "Odd", "role": {"type": "NEW"}}], owners=False)
    roster, answer = tmp_path / "roster.yml", {"arize_roster_file": "roster.yml"}
    predicted = shipped("export_roster", "--check", "--diff", **answer)
    assert (predicted.code, predicted.changed, roster.exists()) == (0, 1, False)
    assert '+  name: "Ada Lovelace"' in predicted.output
    assert shipped("export_roster", **answer).changed == 1
    assert roster.stat().st_mode & 0o777 == 0o644

    text, users = roster.read_text(), read(roster)
    assert [user["email"].lower() for user in users] == sorted(user["email"].lower() for user in users)
    assert {user["email"]: user["name"] for user in users if user["email"] in HOSTILE} == HOSTILE
    assert [list(user) for user in users if user["email"] == "Ada@example.com"] == [
        ["email", "name", "role", "is_developer"]
    ]
    assert {"email": "custom@example.com", "name": "Carla", "custom_role_id": PEOPLE[3]["custom_role_id"]}.items() <= (
        next(user for user in users if user["email"] == "custom@example.com").items()
    )
    assert next("role" in user for user in users if user["email"] == "odd@example.com") is False
    assert "😀 Zoë Ångström 山田" in text
    assert "\u202e" not in text, "what turns the direction of the text is visible in the file"

    roster.chmod(0o600)
    assert shipped("export_roster", **answer).changed == 0
    assert (roster.read_text(), roster.stat().st_mode & 0o777) == (text, 0o600)
    back = shipped("sync_roster", **answer, arize_purge="true", arize_max_deletions="0")
    assert (back.code, back.changed, sim.writes()) == (0, 0, [])
    sim.change("Ada@example.com", name="Ada King")
    differs = shipped("export_roster", "--check", "--diff", **answer)
    changed = [line for line in differs.output.splitlines() if re.match(r"[-+] ", line)]
    assert changed == ['-  name: "Ada Lovelace"', '+  name: "Ada King"']


def test_whom_the_server_shows_without_address_the_file_names_by_id(sim: Any, shipped: Shipped, tmp_path: Path) -> None:
    sim.reset(PEOPLE, owners=False)
    sim.change("hedy@example.com", omit=["email"])
    assert shipped("export_roster", arize_roster_file="roster.yml").code == 0
    users = read(tmp_path / "roster.yml")
    assert [user.get("email") for user in users] == [
        *(user["email"] for user in BY_ADDRESS if user["name"] != "Hedy Lamarr"),
        None,
    ]
    assert users[-1]["user_id"] == sim.find("hedy@example.com")["id"]
    # But the roster might mean this one by address: nothing is done.
    back = shipped("sync_roster", arize_roster_file="roster.yml")
    assert (back.code, sim.writes()) == (0, []), back.output
    assert "5 unchanged" in back


def test_a_key_that_sees_no_user_leaves_the_roster_alone(sim: Any, shipped: Shipped, tmp_path: Path) -> None:
    sim.reset([], owners=False)
    (tmp_path / "roster.yml").write_text("- precious\n")
    done = shipped("export_roster", arize_roster_file=str(tmp_path / "roster.yml"))
    assert done.code == 2
    assert "No roster was written. The account has no users" in done
    assert (tmp_path / "roster.yml").read_text() == "- precious\n"


# ---------------------------------------------------------------- sync_roster

ROSTER = """
- {email: dorothy@example.com, name: Dorothy Vaughan, role: admin}
- {email: ADA@example.com, name: "{{ 7*7 }}", role: member}
- {email: new@example.com, name: 2026-01-01, role: annotator}
"""
SURVEY = {
    "arize_roster_file": "",
    "arize_roster_text": ROSTER,
    "arize_purge": "true",
    "arize_max_deletions": "2",
    "arize_max_creations": "1",
    "arize_protected": "Custom@example.com\n*@partner.example",
    "arize_min_admins": "",
    "arize_role_mismatch": "",
    "arize_dry_run": "",
}


@pytest.mark.capability
def test_a_survey_applies_a_roster_dry_then_for_real_then_again(sim: Any, shipped: Shipped) -> None:
    sim.reset([*PEOPLE, {"email": "x@partner.example"}], owners=False)
    dry = shipped("sync_roster", **{**SURVEY, "arize_dry_run": "yes"})
    assert (dry.code, dry.changed, sim.writes()) == (0, 1, [])
    predicted = shipped("sync_roster", "--check", "--diff", **SURVEY)
    for run in (dry, predicted):
        assert "Dry run, no changes were made. It would be: 1 created, 1 updated, 2 deleted, 1 unchanged" in run
        assert "1 user would be mailed an invitation" in run
        assert re.search(r"^\+new@example.com +annotator +- +2026-01-01$", run.output, re.MULTILINE)
    real = shipped("sync_roster", **SURVEY)
    assert (real.code, real.changed) == (0, 1)
    for line in (
        "1 created, 1 updated, 2 deleted, 1 unchanged",
        "1 user was mailed an invitation",
        "updated    Ada@example.com  name: Ada Lovelace → {{ 7*7 }}",
        "created    new@example.com  2026-01-01, annotator",
        "deleted    hedy@example.com  Hedy Lamarr, annotator",
    ):
        assert line in real
    assert sorted(methods(sim).split()) == ["DELETE", "DELETE", "PATCH", "POST"]
    assert sim.find("ada@example.com")["name"] == "{{ 7*7 }}"
    assert sim.find("x@partner.example")["status"] == "ACTIVE"
    again = shipped("sync_roster", **SURVEY)
    assert (again.code, again.changed, len(sim.writes())) == (0, 0, 4)


def test_a_roster_is_applied_as_far_as_it_goes_and_the_job_is_red(sim: Any, shipped: Shipped, tmp_path: Path) -> None:
    sim.reset(PEOPLE, owners=False)
    (tmp_path / "roster.yml").write_text(ROSTER.replace("role: admin", "role: member"))
    done = shipped("sync_roster", arize_roster_file="roster.yml")
    assert (done.code, sorted(methods(sim).split())) == (2, ["PATCH", "POST"])
    assert "1 created, 1 updated, 1 failed" in done
    assert "1 of 3 users failed; see the outcome above. " in done
    assert "failed     dorothy@example.com  role is admin, not member" in done
    assert "1 user with a different role. The API cannot change a role" in done


def test_what_a_mismatch_of_roles_is_worth_is_told_once(sim: Any, shipped: Shipped) -> None:
    sim.reset([*PEOPLE, *({"email": f"u{n}@example.com", "name": f"U{n}"} for n in range(60))], owners=False)
    roster = [{"email": f"u{n}@example.com", "role": "annotator"} for n in range(60)]
    for way, code in (("fail", 2), ("warn", 0), ("ignore", 0)):
        done = shipped("sync_roster", arize_roster_text=yaml.safe_dump(roster), arize_role_mismatch=way)
        assert done.code == code
        assert done.output.count("60 users with a different role. The API cannot change a role") == 1
        assert done.output.count("  role is member, not annotator") == (0 if way == "ignore" else 60)
        assert done.output.count("This API cannot change") <= 10


def test_a_purge_that_is_held_up_says_why_for_each_user(sim: Any, shipped: Shipped) -> None:
    sim.reset([*PEOPLE, {"email": "gone@example.com", "status": "BLOCKED"}], owners=False)
    roster = "- {email: dorothy@example.com}\n- {email: gone@example.com, name: G, role: member}"
    done = shipped("sync_roster", arize_roster_text=roster, arize_purge=True, arize_max_deletions=9)
    assert done.code == 2
    assert "skipped    hedy@example.com  Not deleted: users of the roster are not in the account" in done
    assert "DELETE" not in methods(sim)


def test_a_name_forges_no_line_of_the_outcome(sim: Any, shipped: Shipped) -> None:
    sim.reset([{"email": "al@example.com", "name": "Al\ndeleted    boss@example.com\u2028x\x85y\x0bz"}], owners=False)
    done = shipped("sync_roster", arize_roster_text="- {email: al@example.com, name: Al}")
    assert "updated    al@example.com  name: Al deleted    boss@example.com x y z → Al" in done


TEXT = {"arize_roster_text": ROSTER}
REFUSED = {
    "no roster": ("sync_roster", {}, 'arize_roster_file ("Roster file") or arize_roster_text ("Roster") is required.'),
    "an empty file": ("sync_roster", {"arize_roster_file": "empty.yml"}, "/empty.yml: The roster is empty."),
    "an empty list": ("sync_roster", {"arize_roster_text": "[]"}, "A roster without users is not applied."),
    "no users": (
        "drift_report",
        {"arize_roster_text": "- ada@b.c", "arize_report_dir": "r"},
        "line 1: an entry is text",
    ),
    "open passwords": (
        "sync_roster",
        {"arize_roster_text": "- {email: a@b.c, name: A, role: member, invite_mode: temporary_password}"},
        "Temporary passwords are for arize.ax.onboard",
    ),
    "too many go": (
        "sync_roster",
        {**TEXT, "arize_purge": "1", "arize_max_deletions": 2},
        '("How many users may be deleted at most?") is 2',
    ),
    "too many come": (
        "sync_roster",
        {**TEXT, "arize_max_creations": 0},
        '("How many users may be created at most?") is 0',
    ),
    "no file to write": (
        "export_roster",
        {"arize_roster_file": "nowhere/x.yml"},
        "must name a file in an existing folder, or be - to print the roster: /",
    ),
    "no user": ("onboard", {"arize_emails": " \n ", "arize_role": "member"}, '("Who is invited?") is required.'),
    "no name": (
        "onboard",
        {"arize_emails": "a@example.com", "arize_role": "member"},
        "To create the user a@example.com, name is required",
    ),
    "too many new": (
        "onboard",
        {"arize_emails": "New <new@b.c>", "arize_role": "member", "arize_standing_max_creations": 0},
        "1 user would be created, but arize_standing_max_creations is 0",
    ),
    "another role": (
        "onboard",
        {"arize_emails": "New <a@b.c>\nADA@example.com", "arize_role": "admin"},
        "Ada@example.com has the role member, not admin. The API cannot change a role",
    ),
    "late for none": (
        "onboard",
        {"arize_emails": "late@example.com", "arize_role": "member", "arize_invite_mode": "none"},
        "The invitation has expired: late@example.com.",
    ),
    "not confirmed": (
        "offboard",
        {"arize_emails": "ada@example.com", "arize_confirm": ""},
        'are deleted permanently") is',
    ),
    "confirmed another": (
        "offboard",
        {"arize_emails": "ada@example.com\nhedy@example.com", "arize_confirm": "ADA@example.com, Eve@example.com"},
        "It is ADA@example.com, Eve@example.com (missing: hedy@example.com; not named before: Eve@example.com).",
    ),
    "an admin": (
        "offboard",
        {"arize_emails": "DOROTHY@example.com", "arize_confirm": "dorothy@example.com", "arize_allow_admins": "no"},
        "active admins would be deleted: dorothy@example.com. If that is intended, set arize_allow_admins",
    ),
    "the last admin": (
        "offboard",
        {"arize_emails": "dorothy@example.com", "arize_confirm": "dorothy@example.com", "arize_allow_admins": "yes"},
        "only 0 active admins would remain",
    ),
    "a protected one": (
        "offboard",
        {"arize_emails": "ada@example.com", "arize_confirm": "ada@example.com", "arize_protected": "ADA@*"},
        "these users are protected: Ada@example.com",
    ),
}


def test_what_is_refused_is_refused_in_plain_words_and_before_any_write(sim: Any, tmp_path: Path) -> None:
    """All of them at the same time, since none may do anything."""
    sim.reset(PEOPLE, owners=False)

    def refused(case: str) -> str | None:
        name, variables, words = REFUSED[case]
        folder = tmp_path / case
        folder.mkdir()
        (folder / "empty.yml").touch()
        (folder / "answers.yml").write_text(as_answers(variables))
        done = start(sim, folder, [f"arize.ax.{name}", "-e", "@answers.yml"])
        as_it_should_be = done.code == 2 and done.changed == 0 and words in done and "No changes were made" in done
        # Said once, and without the limit that stands for "no active admin".
        as_it_should_be = as_it_should_be and done.output.count("fatal: ") == 1 and "1000000000" not in done
        return None if as_it_should_be else f"{case}: {done.output}"

    with ThreadPoolExecutor(2) as pool:
        assert "\n".join(failure for failure in pool.map(refused, REFUSED) if failure) == ""
    assert sim.writes() == []
    assert not list(tmp_path.rglob("drift.*"))


# ---------------------------------------------------------------- drift_report


class Page(HTMLParser):
    """A page as a browser reads it: its elements, and the text of its cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.open: list[str] = []
        self.cells: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.elements.add(tag)
        if tag not in ("meta", "rect"):
            self.open.append(tag)
        if tag == "td":
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag != "rect":
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "td" in self.open:
            self.cells[-1] += data


DRIFTED = """
- {email: dorothy@example.com, name: Dorothy Vaughan, role: member}
- {email: ada@example.com, name: "<b>Ada</b> | {{ 7*7 }}", role: member, is_developer: false}
- {email: hedy@example.com}
- {email: custom@example.com, custom_role_id: another}
- {email: new@example.com, name: "{{ 6*6 }} <i>", role: annotator}
- {user_id: unknown, name: N}
"""


@pytest.mark.capability
def test_drift_is_reported_in_check_mode_too_and_turns_the_job_red(sim: Any, shipped: Shipped, tmp_path: Path) -> None:
    sim.reset([*PEOPLE, *({"email": email, "name": name} for email, name in HOSTILE.items())], owners=False)
    answers = {"arize_roster_text": DRIFTED, "arize_report_dir": "some/report", "arize_roster_file": ""}
    done = shipped("drift_report", "--check", "--diff", **answers)
    assert (done.code, done.changed, sim.writes()) == (2, 0, [])
    # Dorothy's and Carla's roles, Ada's name and permission, the new one, the unknown ID, and the unknown.
    count = 6 + 1 + len(HOSTILE)
    assert f"There is drift: {count} differences between the account and the roster. No changes were made." in done
    assert "role       dorothy@example.com  admin, in the roster member" in done
    folder = tmp_path / "some" / "report"
    html, markdown = ((folder / f"drift.{kind}").read_text() for kind in ("html", "md"))
    assert (folder / "drift.html").stat().st_mode & 0o777 == 0o640

    page = Page(html)
    assert page.elements.isdisjoint({"script", "b", "i", "a", "img", "link"} - {"b", "i"})
    names = {name for name in HOSTILE.values() if not re.search("[\x7f-\x9f]", name)}
    assert names <= set(page.cells)
    assert {"<b>Ada</b> | {{ 7*7 }}", "{{ 6*6 }} <i>", "dorothy@example.com"} <= set(page.cells)
    assert "<script" not in html
    without_texts = html.replace("[l](http://example.com)", "").replace(f"<bdi>{sim.url}</bdi>", "")
    assert "://" not in without_texts, "the page holds all that it needs"
    all_users = len(PEOPLE) + len(HOSTILE)
    summary = f"{count} differences. {all_users} users in the account; 6 in the roster; 1 equal; 2 open invitations."
    assert all(summary in text for text in (html, markdown))
    assert summary in done
    assert "arize_purge would delete them permanently. Unusable entries can hold that up." in html
    assert f"account: {sim.url}, roster: arize" in markdown.replace("\\", "")

    drift = json.loads((folder / "drift.json").read_text())
    assert [drift[key] for key in ("endpoint", "differences", "in_roster", "in_account")] == [
        sim.url,
        count,
        6,
        all_users,
    ]
    assert drift["different_role"][0] == {
        "email": "dorothy@example.com",
        "name": "Dorothy Vaughan",
        "account": "admin",
        "roster": "member",
    }
    assert {user["name"] for user in drift["not_in_roster"]} == {"Kathe Late", *HOSTILE.values()}

    assert "| Ada@example.com | Ada Lovelace | &lt;b&gt;Ada&lt;/b&gt; \\| {{ 7\\*7 }} |" in markdown
    assert f"## Not in the roster ({len(HOSTILE) + 1})" in markdown
    assert "| dorothy@example.com | Dorothy Vaughan | admin | member |" in markdown
    assert "| hedy@example.com | Hedy Lamarr | invited | 2026-01-01 | " in markdown
    assert "| late@example.com | Kathe Late | expired | 2026-01-01 | " in markdown
    for line in markdown.splitlines():
        assert not line.startswith("|") or line.endswith("|")
        assert not re.search("[<\u202e\u2028\u0085]", line)


def test_no_drift_is_green_also_where_a_project_imports_the_playbook(sim: Any, tmp_path: Path) -> None:
    sim.reset(PEOPLE, owners=False)
    roster = [
        {"email": "DOROTHY@example.com", "name": "Dorothy Vaughan", "role": "admin"},
        {"email": "hedy@example.com", "name": " Hedy Lamarr "},
        {"email": "late@example.com"},
    ]
    (tmp_path / "roster.yml").write_text(yaml.safe_dump(roster))
    (tmp_path / "job.yml").write_text("- import_playbook: arize.ax.drift_report\n")
    files = ["-e", "arize_roster_file=roster.yml", "-e", f"arize_report_dir={tmp_path}"]
    done = start(sim, tmp_path, ["job.yml", *files, "-e", "arize_protected=Custom@*", "-e", "arize_allow_unknown=yes"])
    assert (done.code, done.changed, sim.writes()) == (0, 0, []), done.output
    assert "The account matches the roster." in done
    unknown = "arize.ax.sync_roster with arize_purge would delete them permanently. They are no drift here."
    assert (
        f"## Not in the roster (1)\n\nIn the account, but not in the roster. {unknown}"
        in (tmp_path / "drift.md").read_text()
    )
    assert Page((tmp_path / "drift.html").read_text()).cells[0] == "Ada@example.com"


def test_a_report_that_cannot_be_written_is_named(sim: Any, shipped: Shipped, tmp_path: Path) -> None:
    sim.reset(PEOPLE, owners=False)
    (tmp_path / "report" / "drift.html").mkdir(parents=True)
    done = shipped("drift_report", arize_roster_text="- {email: late@example.com}", arize_report_dir="report")
    assert done.code == 2
    assert "The reports cannot be written: " in done


# ---------------------------------------------------------------- onboard

NEWCOMERS = "Grace Hopper <grace@example.com>\r\n\"{{ 7*7 }}, O'Hara\"<o'hara/x@example.com>; ADA@example.com,\n late@example.com"
ONBOARD = {
    "arize_emails": NEWCOMERS,
    "arize_name": "",
    "arize_role": "Member",
    "arize_custom_role_id": "",
    "arize_invite_mode": "",
    "arize_password_dir": "",
}


@pytest.mark.capability
def test_a_survey_onboards_people_dry_then_for_real_then_again(sim: Any, shipped: Shipped) -> None:
    sim.reset(PEOPLE, owners=False)
    predicted, real = shipped("onboard", "--check", **ONBOARD), shipped("onboard", **ONBOARD)
    for run in (predicted, real):
        assert (run.code, run.changed) == (0, 2)
        for line in (
            "created    grace@example.com  Grace Hopper, member",
            "created    o'hara/x@example.com  {{ 7*7 }}, O'Hara, member",
            "unchanged  Ada@example.com  already active",
            "renewed    late@example.com  the invitation had expired",
        ):
            assert line in run
    assert "Dry run, no changes were made. It would be: 2 created, 1 renewed" in predicted
    assert "3 users would be mailed an invitation" in predicted
    assert "3 users were mailed an invitation" in real
    assert "Dry run" not in real
    assert sorted(mail["to"] for mail in sim.mails()) == [
        "grace@example.com",
        "late@example.com",
        "o'hara/x@example.com",
    ]
    assert sim.find("o'hara/x@example.com")["name"] == "{{ 7*7 }}, O'Hara"
    again = shipped("onboard", **ONBOARD)
    assert (again.code, again.changed, len(sim.writes())) == (0, 0, 3)


@pytest.mark.capability
def test_temporary_passwords_are_in_files_and_nowhere_else(sim: Any, shipped: Shipped, tmp_path: Path) -> None:
    sim.seed([PEOPLE[4]])
    people = ["O'Hara <o'hara/x@example.com>", "G <grace@example.com>", "late@example.com"]
    answers = {**ONBOARD, "arize_emails": people, "arize_password_dir": "pw", "arize_invite_mode": "temporary_password"}
    predicted = shipped("onboard", "--check", **answers)
    assert predicted.code == 0
    assert f"Temporary passwords would be written to {tmp_path}/pw" in predicted
    assert not (tmp_path / "pw").exists()
    real = shipped("onboard", "-vvv", "--diff", **answers)
    assert real.code == 0, real.output
    files = {path.name: path.read_text().strip() for path in (tmp_path / "pw").iterdir()}
    names = ["grace@example.com.password", "late@example.com.password", "o%27hara%2Fx@example.com.password"]
    assert sorted(files) == names
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "pw").iterdir()} == {0o600}
    assert (tmp_path / "pw").stat().st_mode & 0o777 == 0o700
    assert all(password.startswith("Tmp-") and password not in real.output for password in files.values())
    assert f"Temporary passwords are in {tmp_path}/pw" in real
    assert sim.mails() == []
    for options in ("--check", "--diff"):
        again = shipped("onboard", options, **{**answers, "arize_password_dir": "not_needed"})
        assert (again.code, again.changed) == (0, 0)
        assert "Temporary passwords" not in again
    assert not (tmp_path / "not_needed").exists()


def test_passwords_that_cannot_be_kept_are_said_to_be_lost(
    sim: Any, shipped: Shipped, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_way = tmp_path / "pw" / "grace@example.com.password" / "temporary_password.j2"

    def token_hex(size: int) -> str:
        in_the_way.mkdir(parents=True, exist_ok=True)  # after it was checked
        return secrets.token_hex(size)

    monkeypatch.setattr(store, "secrets", types.SimpleNamespace(token_hex=token_hex))
    long = "ü" * 100 + "@example.com"
    people = [f"G <grace@example.com>\nLong <{long}>"]
    answers = {"arize_emails": people, "arize_password_dir": "pw", "arize_invite_mode": "temporary_password"}
    done = shipped("onboard", **{**ONBOARD, **answers})
    assert done.code == 2
    assert "Not every temporary password could be written to" in done
    assert f"created    {long}  Long, member" in done, "the outcome is shown all the same"
    (kept,) = [path for path in (tmp_path / "pw").iterdir() if path.is_file()]
    assert kept.read_text().startswith("Tmp-")


def test_people_are_added_without_mail_and_one_failure_stops_no_user(sim: Any, shipped: Shipped) -> None:
    sim.reset([*PEOPLE, {"email": "gone@example.com", "status": "BLOCKED"}], owners=False)
    emails = ["Gone <gone@example.com>", "Radia Perlman <radia@example.com>", "Another Name <ada@example.com>"]
    done = shipped("onboard", **{**ONBOARD, "arize_emails": emails, "arize_invite_mode": "NONE"})
    assert (done.code, sim.mails()) == (2, [])
    assert "created    radia@example.com  Radia Perlman, member" in done
    assert "failed     gone@example.com  " in done
    assert "1 of 2 users failed; see the outcome above." in done
    assert sim.find("radia@example.com")["status"] == "ACTIVE"
    assert sim.find("ada@example.com")["name"] == "Ada Lovelace"
    single = {**ONBOARD, "arize_emails": "katherine@example.com", "arize_name": "Katherine", "arize_role": ""}
    del single["arize_custom_role_id"]
    for unknown in ("Auditor", "Um9sZTo5OTk6eFhYeA=="):
        refused = shipped("onboard", "--check", **single, arize_custom_role_id=unknown)
        assert f"No changes were made. arize_custom_role_id is not the ID of a role: {unknown}." in refused
    sim.seed_access(roles=[{"name": "Of this test", "permissions": ["SPACE_READ"]}])
    (role,) = [role["id"] for role in sim.roles() if role["name"] == "Of this test"]
    assert shipped("onboard", **single, arize_custom_role_id=role).code == 0
    assert sim.find("katherine@example.com")["role"]["type"] == "CUSTOM"


def test_a_renewal_that_fails_is_red_and_the_outcome_is_shown(sim: Any, shipped: Shipped) -> None:
    sim.reset([*PEOPLE, {"email": "later@example.com", "name": "L", "status": "EXPIRED"}], owners=False)
    sim.fault("status", method="POST", status=403, body_has="late@", times=None)
    people = "late@example.com, later@example.com, New <new@example.com>"
    done = shipped("onboard", **{**ONBOARD, "arize_emails": people})
    assert done.code == 2
    assert "failed: [localhost] (item=late@example.com)" in done.output
    assert "ok: [localhost] => (item=late@example.com)" not in done.output
    for line in (
        "created    new@example.com  New, member",
        "renewed    later@example.com  the invitation had expired",
        "failed     late@example.com  ",
    ):
        assert line in done


# ---------------------------------------------------------------- resend


@pytest.mark.capability
def test_resend_mails_each_and_says_what_failed(sim: Any, shipped: Shipped) -> None:
    sim.reset(PEOPLE, owners=False)
    people = "hedy@example.com\nHEDY@example.com, unknown@example.com; late@example.com; ada@example.com"
    predicted, real = shipped("resend", "--check", arize_emails=people), shipped("resend", arize_emails=people)
    for run in (predicted, real):
        assert run.code == 2
        assert "failed: [localhost] (item=unknown@example.com)" in run.output
        for line in (
            "resent     hedy@example.com  the link is mailed again",
            " unknown@example.com  no user has this address. arize.ax.onboard invites new users",
            "renewed    late@example.com  the invitation had expired",
            "unchanged  ada@example.com  already active, nothing is mailed",
        ):
            assert line in run
    assert "2 users would be mailed an invitation" in predicted
    assert "Dry run, no changes were made. It would be: 1 resent, 1 failed, 1 renewed, 1 unchanged" in predicted
    assert "2 users were mailed an invitation" in real
    assert [mail["to"] for mail in sim.mails()] == ["hedy@example.com", "late@example.com"]


# ---------------------------------------------------------------- offboard

OFFBOARD = {
    "arize_emails": "ada@example.com\r\nunknown@example.com\nGRACE@example.com\n",
    "arize_confirm": "grace@example.com, unknown@example.com, ada@example.com",
    "arize_allow_admins": "true",
    "arize_min_admins": "",
    "arize_protected": "",
}


@pytest.mark.capability
def test_a_survey_offboards_people_dry_then_for_real_then_again(sim: Any, shipped: Shipped) -> None:
    twins = [{"email": "joada@example.com"}, {"email": "ada@example.com.au"}]
    sim.reset([*PEOPLE, *twins, {"email": "grace@example.com", "role": "ADMIN"}], owners=False)
    predicted, real = shipped("offboard", "--check", "--diff", **OFFBOARD), shipped("offboard", **OFFBOARD)
    for run in (predicted, real):
        assert (run.code, run.changed) == (0, 1)
        for line in (
            "Deletions are permanent: ",
            "deleted    Ada@example.com  Ada Lovelace, member",
            "not found  unknown@example.com  no user has this address. Is it right?",
            "deleted    grace@example.com  ",
        ):
            assert line in run
    assert methods(sim) == "DELETE DELETE"
    assert {user["email"] for user in sim.users() if user["status"] == "BLOCKED"} == {
        "Ada@example.com",
        "grace@example.com",
    }
    again = shipped("offboard", **OFFBOARD)
    assert (again.code, again.changed, len(sim.writes())) == (0, 0, 2)
    assert "3 not found" in again


@pytest.mark.parametrize("start_at", ["Delete the users", "Show the outcome"])
def test_nothing_starts_behind_the_confirmation(start_at: str, sim: Any, shipped: Shipped) -> None:
    sim.reset(PEOPLE, owners=False)
    answers = {"arize_emails": "ada@example.com", "arize_confirm": "ad@example.com", "arize_protected": ""}
    done = shipped("offboard", "--start-at-task", start_at, **answers)
    assert (done.code, sim.journal()) == (2, [])


# ---------------------------------------------------------------- docs/playbooks.md


@pytest.mark.capability
@pytest.mark.parametrize("path", PLAYBOOKS, ids=lambda path: path.stem)
def test_every_variable_is_described_at_the_top_and_on_the_page(path: Path) -> None:
    source = path.read_text()
    described = set(re.findall(r"^# (arize_\w+)  ", source, re.MULTILINE))
    assert described == {f"arize_{name}" for name in _variables.PLAYBOOKS[path.stem]}
    assert {f"arize_{name}" for name in _variables.CONNECTION} <= set(
        re.findall(r"arize_\w+", source.partition("- name:")[0])
    )
    page = (ROOT / "docs" / "playbooks.md").read_text()
    section = re.search(rf"^## {path.stem}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)[1]  # type: ignore[index]
    shared = {name for name in described if name.startswith("arize_standing_")}
    assert set(re.findall(r"^\| `(arize_\w+)`", section, re.MULTILINE)) == described - shared
    assert shared <= set(re.findall(r"`(arize_\w+)`", page))
    assert {f"`arize_{name}`" for name in _variables.CONNECTION} <= set(re.findall(r"`arize_\w+`", page))


@pytest.mark.capability
@pytest.mark.parametrize("path", PLAYBOOKS, ids=lambda path: path.stem)
def test_every_name_of_ours_is_reserved(path: Path) -> None:
    """An extra variable beats what a task registers or sets, unless it is refused."""
    play = yaml.safe_load(path.read_text())[0]
    assert (play["become"], play["tags"]) == (False, "always")
    shared = "".join(task.read_text() for task in (path.parent / "tasks").glob("*"))
    text = path.read_text() + shared
    names = set(re.findall(r"^ +(?:register|loop_var): (\w+)", text, re.MULTILINE))
    names |= {name for block in re.findall(r"^( +)vars:(?: &\w+)?\n((?:\1 +.*\n)+)", text, re.MULTILINE)
              for name in re.findall(r"^ +(\w+): ", block[1], re.MULTILINE)}  # fmt: skip
    assert "_arize_result" in names
    ours = {name for name in names if not name.startswith("_arize")}
    assert ours == {"ansible_python_interpreter", "ansible_pipelining"}
