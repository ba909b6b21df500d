"""arize.ax.access_review reports who can do what, what it could not read, and never writes to the account."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from arize_ax_simulator import MEMBER_KEY

from tests.journeys.test_playbooks import HOSTILE, PEOPLE, Done, Page, start

pytestmark = pytest.mark.playbook
NAMES = ("access_review.csv", "access_review.md", "access_review.html")
FORMULAS = {
    "=cmd@example.com": "=HYPERLINK(\"http://x\",1)",
    "+tag@example.com": "+1",
    "at@example.com": "@SUM(A1)",
    "lines@x.io": "Al\nuser,boss@x.io\u2028\x1b[31m| x | y |",
}  # fmt: skip


@pytest.fixture
def account(sim: Any) -> Any:
    """An account of 50 users, with spaces, projects, custom roles, service keys and role bindings."""
    people = [{"email": f"u{n:02}@example.com", "name": f"U{n}"} for n in range(50 - len(PEOPLE))]
    sim.reset([*PEOPLE, *people], owners=False)
    made = sim.seed_access(
        spaces=[{"name": "Prod"}, {"name": "Lab"}],
        projects=[{"name": "Chat", "space": "Prod"}],
        roles=[{"name": "Reviewer", "permissions": ["PROJECT_READ", "PROJECT_SPAN_READ"]}],
        api_keys=[
            {"name": "ci", "spaces": ["Lab"], "user": "dorothy@example.com", "last_used_at": "2999-01-01T00:00:00Z"},
            {"name": "old", "spaces": ["Lab"], "user": "dorothy@example.com", "expires_at": "2026-01-02T00:00:00Z"},
        ],
    )
    role = {"role": "Reviewer"}
    sim.seed_access(
        role_bindings=[
            *({"user": user["email"], **role, "space": "Prod" if n % 2 else "Lab"} for n, user in enumerate(people)),
            {"user": "u01@example.com", **role, "space": "Prod", "project": "Chat"},
            {"user": made["api_keys"][0]["bot_user"]["id"], **role, "space": "Prod"},
        ]
    )
    sim.clear_journal()
    yield sim
    assert {entry["method"] for entry in sim.journal()} <= {"GET"}


def review(sim: Any, folder: Path, *options: str, **environment: str) -> Done:
    return start(sim, folder, ["arize.ax.access_review", "-e", "arize_report_dir=out", *options], **environment)


def reports(folder: Path) -> dict[str, str]:
    return {name: (folder / "out" / name).read_text() for name in NAMES}


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "out" / NAMES[0]).open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


@pytest.mark.capability
def test_a_review_dry_then_for_real_then_again_is_the_same_but_for_its_date(account: Any, tmp_path: Path) -> None:
    found = []
    for options in (["--check", "--diff"], [], []):
        done = review(account, tmp_path, *options)
        assert (done.code, done.changed) == (0, 0), done.output
        found.append(
            {name: re.sub(r"20\d\d-\d\d-\d\d[T ]\S+( UTC|Z)", "", text) for name, text in reports(tmp_path).items()}
        )
    assert found[0] == found[1] == found[2]
    assert ((tmp_path / "out").stat().st_mode & 0o777, (tmp_path / "out" / NAMES[0]).stat().st_mode & 0o777) == (
        0o750,
        0o640,
    )
    # Users; role bindings by type, and the names for them (3); service keys; roles by kind; spaces and organizations;
    # projects, spaces and restrictions.
    assert len(account.journal()) == 3 * 14

    summary = (
        "50 users (1 admin), 47 role bindings, 2 service keys, 3 custom roles. 2 open invitations, the oldest for "
    )
    assert summary in done
    assert "Marked service keys: 1." in done
    assert "key       old  expired, unused" in done
    assert "The REST API does not show memberships of organizations" in done.output
    texts = found[0]
    assert all(
        account.url in text.replace("\\", "") and "The REST API does not show memb" in text for text in texts.values()
    )
    assert summary in texts["access_review.md"]
    assert "| u01@example.com | U1 | Prod | Chat | Reviewer | 2026-01-01 |" in texts["access_review.md"]
    assert "| service key: ci | ci | Prod |  | Reviewer | 2026-01-01 |" in texts["access_review.md"]
    assert (
        "| old | expired, unused | member | dorothy@example.com | 2026-01-01 | never | 2026-01-02 |"
        in texts["access_review.md"]
    )
    assert "| Reviewer | custom | 47 | PROJECT\\_READ, PROJECT\\_SPAN\\_READ |" in texts["access_review.md"]
    page = Page(texts["access_review.html"])
    assert {"script", "img", "link", "a"}.isdisjoint(page.elements)
    assert {"svg", "rect"} <= page.elements
    assert {"Prod: ReviewerProd / Chat: Reviewer", "expiredunused", "Carla"} <= set(page.cells)
    assert "dorothy@example.com" in page.cells[:40], "admins come first"
    records = [row["record"] for row in rows(tmp_path)]
    assert [records.count(record) for record in ("review", "user", "access", "service key", "custom role")] == [
        1,
        50,
        47,
        2,
        3,
    ]


def test_no_name_is_more_than_a_name(sim: Any, tmp_path: Path) -> None:
    people = {**HOSTILE, **FORMULAS}
    sim.reset([{"email": email, "name": name, "status": "EXPIRED"} for email, name in people.items()], owners=False)
    names = [name[:200] for name in people.values()]
    made = sim.seed_access(
        spaces=[{"name": name} for name in names],
        roles=[{"name": name, "permissions": ["PROJECT_READ"]} for name in names],
        api_keys=[{"name": name, "user": "at@example.com"} for name in names],
    )
    sim.seed_access(
        role_bindings=[
            {"user": email, "role": role["id"], "space": space["id"]}
            for email, role, space in zip(people, made["roles"], made["spaces"], strict=True)
        ]
    )
    done = review(sim, tmp_path)
    assert done.code == 0, done.output
    assert "\x1b" not in done.output
    assert "expired   lines@x.io  Al user,boss@x.io" in done.output
    texts = reports(tmp_path)

    html = texts["access_review.html"]
    page = Page(html)
    assert {"script", "img", "link", "a"}.isdisjoint(page.elements)
    visible = {name for name in people.values() if not re.search("[\x0a\x1b\x7f-\x9f]", name)}
    assert visible <= set(page.cells)
    assert "://" not in html.replace("http://example.com", "").replace("http://x", "").replace(sim.url, "")

    for line in texts["access_review.md"].splitlines():
        assert not line.startswith("|") or line.endswith("|")
        assert not re.search("[<\u202e\u2028\u0085\x1b]", line)
    assert "| {{ 7\\*7 }} |" in texts["access_review.md"]

    table = rows(tmp_path)
    assert {tuple(row) for row in table} == {tuple(table[0])}, "a name has added a column"
    assert {row["record"] for row in table} == {
        "review",
        "not shown",
        "user",
        "access",
        "service key",
        "custom role",
        "predefined role",
    }
    cells = {cell for row in table for cell in row.values()}
    assert not [cell for cell in cells if re.match(r"\s*[=+\-@]", cell)]
    assert {"<=cmd@example.com>", "<+tag@example.com>", "at@example.com", "'+1", "{{ 7*7 }}"} <= cells
    assert len([row for row in table if row["record"] == "user"]) == len(people)


def test_what_the_key_may_not_read_is_told_and_is_no_empty_list(account: Any, tmp_path: Path) -> None:
    done = review(account, tmp_path, ARIZE_API_KEY=MEMBER_KEY)
    assert done.code == 0, done.output
    texts = reports(tmp_path)
    for text in (done.output, *texts.values()):
        assert "The service keys could not be read." in text
        assert "needs SERVICE" in text
        assert "No role bindings were found: none exist, or the API key lacks ROLE" in text.replace("\\", "")
    assert "50 users (1 admin), no role bindings found, service keys not read, 3 custom roles." in done

    account.fault("status", path="^/v2/(role-bindings|roles)$", status=403, times=None)
    account.fault("status", path="^/v2/spaces$", status=404, times=None)
    account.fault("html", path="^/v2/projects$", status=404, times=None)
    done = review(account, tmp_path)
    assert done.code == 0, done.output
    assert "50 users (1 admin), role bindings not read, 2 service keys, custom roles not read." in done
    for text in (done.output, *reports(tmp_path).values()):
        assert "The spaces could not be read." in text
        assert "The projects could not be read." in text
    assert "Role bindings</th>" not in reports(tmp_path)["access_review.html"]
    assert "access" not in {row["record"] for row in rows(tmp_path)}


def test_names_that_the_key_may_not_read_are_ids(account: Any, tmp_path: Path) -> None:
    account.fault("status", path="^/v2/spaces$", status=403, times=None)
    done = review(account, tmp_path)
    assert done.code == 0, done.output
    assert "Role bindings with names that the API key cannot read: 47. They show IDs instead." in done
    spaces = {space["id"] for space in account.spaces()}
    assert {row["space"] for row in rows(tmp_path) if row["record"] == "access" and not row["project"]} == spaces


def test_bot_users_among_the_users_are_no_users(account: Any, tmp_path: Path) -> None:
    account.settings(list_bot_users=True)
    done = review(account, tmp_path)
    assert "50 users (1 admin), 47 role bindings, 2 service keys" in done
    account.fault("status", path="^/v2/api-keys$", status=403, times=None)
    done = review(account, tmp_path)
    assert "52 users (1 admin), 47 role bindings, service keys not read" in done
    assert "The users may include bot users of service keys: nothing tells them from other users." in done


def test_a_binding_of_a_user_who_is_not_listed_is_not_left_out(account: Any, tmp_path: Path) -> None:
    key = account.seed_access(api_keys=[{"status": "REVOKED"}])["api_keys"][0]
    account.seed_access(role_bindings=[{"user": key["bot_user"]["id"], "role": "Reviewer", "space": "Lab"}])
    done = review(account, tmp_path)
    assert "Role bindings of users who are not in the list of users: 1. They show the ID of the user." in done
    assert (
        '<h2><i class="broken"></i>Role bindings of users who are not listed' in reports(tmp_path)["access_review.html"]
    )


def test_the_review_can_be_printed(account: Any, tmp_path: Path) -> None:
    done = review(account, tmp_path, "-e", "arize_report_dir=-", "--check")
    assert done.code == 0, done.output
    assert "\n| u01@example.com | U1 | Prod | Chat | Reviewer | 2026-01-01 |\n" in done.output
    assert not [path for name in NAMES for path in tmp_path.rglob(name)]


def test_the_changes_since_the_last_review(account: Any, tmp_path: Path) -> None:
    assert review(account, tmp_path).code == 0
    (tmp_path / "out" / NAMES[0]).rename(tmp_path / "q3.csv")
    user_id = account.find("u02@example.com")["id"]
    account.remove_access("role_bindings", next(row["id"] for row in account.bindings() if row["user_id"] == user_id))
    account.seed([{"email": "=new@example.com", "name": "New"}])
    account.seed_access(
        role_bindings=[{"user": "=new@example.com", "role": "Reviewer", "space": "Lab"}],
        resource_restrictions=[{"project": "Chat"}],
    )
    account.change_access("roles", "Reviewer", permissions=["PROJECT_READ"])
    compared = ["-e", "arize_previous_review=q3.csv", "-e", "arize_csv_delimiter=;"]
    done = review(account, tmp_path, *compared)
    assert done.code == 0, done.output
    assert "Changes since the earlier review: 5." in done
    texts = reports(tmp_path)
    found = list(csv.DictReader(io.StringIO(texts[NAMES[0]].removeprefix("\ufeff")), delimiter=";"))
    changes = [(row["status"], row["name"], row["note"]) for row in found if row["record"] == "change"]
    assert changes == [
        ("added", "<=new@example.com>", "user; status: active; role: member; developer: yes"),
        ("added", "<=new@example.com>, Lab", "role binding; role: Reviewer"),
        ("removed", "u02@example.com, Lab", "role binding; role: Reviewer"),
        ("changed", "Reviewer", "custom role; permissions: PROJECT_READ PROJECT_SPAN_READ → PROJECT_READ"),
        ("added", "Prod / Chat", "restricted project"),
    ]
    assert "\n## Changes (5)\n" in texts[NAMES[1]]
    assert "Changes <small>5</small>" in texts[NAMES[2]]
    # What a spreadsheet has saved, with its own separator and line ends, is the same review.
    (tmp_path / "q4.csv").write_text(texts[NAMES[0]].replace("\n", "\r\n"), newline="")
    done = review(account, tmp_path, "-e", "arize_previous_review=q4.csv")
    assert "Changes since the earlier review: 0." in done, done.output


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"arize_previous_review": "none.csv"}, 'compared with?") is not a file: '),
        (
            {"arize_previous_review": "people.csv"},
            "people.csv: The earlier review is not a file access_review.csv that",
        ),
        ({"arize_previous_review": "latin.csv"}, "latin.csv: The earlier review is not UTF-8: see line 2."),
        ({"arize_csv_delimiter": "|"}, 'CSV file?") must be , or ; and not "|".'),
    ],
)
def test_what_cannot_be_compared_or_written_is_told_before_the_account_is_read(
    account: Any, tmp_path: Path, variables: dict[str, str], words: str
) -> None:
    (tmp_path / "people.csv").write_text("email,name\nada@example.com,Ada\n")
    (tmp_path / "latin.csv").write_bytes(b"record,name\nuser,\xe4\n")
    done = review(account, tmp_path, *(f"-e{name}={value}" for name, value in variables.items()))
    assert (done.code, account.journal()) == (2, [])
    assert words in done
    assert not (tmp_path / "out").exists()


def test_any_other_failure_ends_without_a_report(account: Any, tmp_path: Path) -> None:
    account.fault("status", path="^/v2/users$", status=403, times=None)
    assert review(account, tmp_path).code == 2
    account.clear_faults()
    account.fault("status", path="^/v2/projects$", status=400, times=None)
    done = review(account, tmp_path)
    assert done.code == 2
    assert "Could not list the projects" in done
    # Where a condition decides, ansible-core 2.19 and later begin with it, and not with the message.
    assert "'failed_when' expression" not in done
    account.reset([], owners=False)
    done = review(account, tmp_path)
    assert done.code == 2
    assert "No report was written. The account has no users that this API key can see." in done
    assert not (tmp_path / "out").exists()
