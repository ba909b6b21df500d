"""A variable of a playbook means what was written, or the playbook refuses to start: nothing is ignored or overridden."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml
from arize_ax_simulator import ADMIN_KEY, MEMBER_KEY

from tests.journeys.test_playbooks import PEOPLE, PLAYBOOKS, ROOT, Done, start

pytestmark = pytest.mark.playbook
ROSTER = "- {email: ada@example.com, role: member}\n"
# The least that each playbook needs, for real.
NEEDED: dict[str, dict[str, Any]] = {
    "check_account": {},
    "export_roster": {"arize_roster_file": "out.yml"},
    "sync_roster": {"arize_roster_file": "roster.yml"},
    "drift_report": {"arize_roster_file": "roster.yml", "arize_report_dir": "report", "arize_allow_unknown": True},
    "access_review": {"arize_report_dir": "report"},
    "onboard": {"arize_emails": "ada@example.com", "arize_role": "member"},
    "resend": {"arize_emails": "ada@example.com"},
    "offboard": {"arize_emails": "unknown@example.com", "arize_confirm": "unknown@example.com"},
}
UNDEFINED = "{{ typo }}"
# name: (playbook, more variables, words of the refusal)
REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "a misspelt dry run": (
        "sync_roster",
        {"arize_dryrun": True},
        '"arize_dryrun" is not a variable of arize.ax.sync_roster. Did you mean arize_dry_run?',
    ),
    "undefined protection": (
        "sync_roster",
        {"arize_protected": UNDEFINED},
        """arize_protected ("Which users are never deleted?") cannot be used: 'typo' is undefined""",
    ),
    "undefined in a list": (
        "offboard",
        {"arize_protected": ["a@x.io", UNDEFINED]},
        "cannot be used: 'typo' is undefined",
    ),
    "undefined key": ("resend", {"arize_api_key": UNDEFINED}, "arize_api_key cannot be used."),
    "the loop": ("resend", {"_arize_index": 0}, "_arize_index is reserved for the playbooks of arize.ax."),
    "a key that is no text": ("resend", {"arize_api_key": ["secret-value"]}, "arize_api_key must be text, not a list."),
}


def run(sim: Any, folder: Path, playbook: str, variables: dict[str, Any], *options: str, **environment: str) -> Done:
    """Run a playbook; the variables are templates, as those of a playbook or a file are."""
    folder.mkdir(exist_ok=True)
    (folder / "roster.yml").write_text(ROSTER)
    (folder / "variables.yml").write_text(yaml.safe_dump({**NEEDED[playbook], **variables}))
    return start(sim, folder, [f"arize.ax.{playbook}", "-e", "@variables.yml", *options], **environment)


def test_what_has_no_meaning_is_refused_before_the_first_request(sim: Any, tmp_path: Path) -> None:
    sim.reset(PEOPLE, owners=False)

    def refused(case: str) -> str | None:
        playbook, variables, words = REFUSED[case]
        done = run(sim, tmp_path / case, playbook, variables)
        fine = done.code == 2 and done.changed == 0 and words in done and "No changes were made." in done
        return None if fine and "secret-value" not in done.output else f"{case}: {done.output}"

    with ThreadPoolExecutor(2) as pool:
        assert "\n".join(failure for failure in pool.map(refused, REFUSED) if failure) == ""
    assert sim.journal() == []


def test_an_inventory_may_serve_several_playbooks(sim: Any, tmp_path: Path) -> None:
    """Also where localhost is in no inventory. What an extra variable or a play sets must be the playbook's own."""
    sim.reset(PEOPLE, owners=False)
    (tmp_path / "roster.yml").write_text(ROSTER)
    (tmp_path / "group_vars").mkdir()
    of_team = {
        "arize_protected": ["*@vip.example.com", "ada@example.com"],
        "arize_report_dir": "report",
        "arize_roster_file": "roster.yml",
        "arize_space_id": "{{ of_another_tool }}",
    }
    (tmp_path / "group_vars" / "all.yml").write_text(yaml.safe_dump(of_team))
    (tmp_path / "hosts").write_text("another.example.com\n")
    gone = ["-i", "hosts", "-e", "arize_emails=hedy@example.com", "-e", "arize_confirm=hedy@example.com"]
    done = start(sim, tmp_path, ["arize.ax.offboard", "-v", "--check", *gone])
    assert done.code == 0, done.output
    ignored = "that this playbook ignores: arize_report_dir, arize_roster_file, arize_space_id"
    assert done.output.count(ignored) == 1
    assert "arize_roster_file is required as an extra variable" in start(
        sim, tmp_path, ["arize.ax.export_roster", "-i", "hosts"]
    )
    assert (tmp_path / "roster.yml").read_text() == ROSTER

    refused = {
        "arize_protecetd": ["hedy@example.com"],
        "arize_space_id": "that of the play",
        "arize_report_dir": "of another playbook",
        "arize_dryrun": True,
    }
    purge = {"arize_purge": True, "arize_max_deletions": 9}
    for name, value in refused.items():
        book = [{"import_playbook": "arize.ax.sync_roster", "vars": {**purge, name: value}}]
        (tmp_path / "site.yml").write_text(yaml.safe_dump(book))
        done = start(sim, tmp_path, ["site.yml", "-i", "hosts"])
        assert done.code == 2, done.output
        assert f"{name}" in done.output
        assert "No changes were made." in done
    dry = start(
        sim, tmp_path, ["arize.ax.offboard", *gone, "-e", "arize_dry_run=true", "-e", "arize_allow_admins=true"]
    )
    assert "Dry run, no changes were made." in dry, dry.output
    (tmp_path / "group_vars" / "all.yml").write_text(yaml.safe_dump({**of_team, "arize_protecetd": ["x@x.io"]}))
    done = start(sim, tmp_path, ["arize.ax.offboard", *gone])
    assert "Did you mean arize_protected?" in done
    assert sim.writes() == []


def test_a_dry_run_by_variable_writes_nothing(sim: Any, tmp_path: Path) -> None:
    sim.reset(PEOPLE, owners=False)
    passwords = {"arize_invite_mode": "temporary_password", "arize_password_dir": "passwords"}
    for playbook, variables in {
        "onboard": {"arize_emails": "New <new@example.com>, late@example.com", **passwords},
        "resend": {"arize_emails": "hedy@example.com, late@example.com"},
        "offboard": {"arize_emails": "hedy@example.com", "arize_confirm": "hedy@example.com"},
        "sync_roster": {},
    }.items():
        done = run(sim, tmp_path, playbook, {**variables, "arize_dry_run": "yes"})
        assert done.code == 0, done.output
        assert "Dry run, no changes were made." in done
    assert sim.writes() == []
    assert not (tmp_path / "passwords").exists()


CONNECTION = {
    "arize_api_key": MEMBER_KEY,
    "arize_api_url": "",  # the simulator's
    "arize_region": "",
    "arize_base_domain": " ",
    "arize_validate_certs": "{{ 1 == 2 }}",
    "arize_ca_path": None,
    "arize_proxy_url": "",
    "arize_timeout": "{{ 10 / 2 }}",
    "arize_max_retries": "{{ 0 }}",
    "arize_max_retry_wait": "0.5",
}


def test_the_connection_can_come_from_variables_and_beats_the_environment(sim: Any, tmp_path: Path) -> None:
    sim.seed([PEOPLE[1]])
    elsewhere = {"ARIZE_API_KEY": "wrong", "ARIZE_API_HOST": "", "ARIZE_API_PORT": "", "ARIZE_REGION": "eu-west-1a"}
    done = run(sim, tmp_path / "p", "sync_roster", {**CONNECTION, "arize_api_url": sim.url}, "-vvv", **elsewhere)
    assert done.code == 0, done.output
    assert {entry["key"] for entry in sim.journal()} == {"member"}
    assert "EXEC" in done.output, "it was not loud enough to prove that it shows no key"
    refused = run(sim, tmp_path / "p", "sync_roster", {"arize_region": "nowhere"}, **elsewhere)
    assert refused.code == 2
    assert "region" in refused.output.partition("TASK [Check the variables]")[2]


def connections(tasks: list[dict[str, Any]], around: Any = None) -> Iterator[Any]:
    """Yield, for each task of a module of ours, what it gets as the defaults of all modules."""
    for task in tasks:
        defaults = task.get("module_defaults", {}).get("group/arize.ax.all", around)
        for part in ("block", "rescue", "always"):
            yield from connections(task.get(part, []), defaults)
        if any(name.startswith("arize.ax.arize_") for name in task):
            yield defaults


@pytest.mark.capability
@pytest.mark.once
@pytest.mark.parametrize("path", PLAYBOOKS, ids=lambda path: path.stem)
def test_each_module_of_a_playbook_gets_the_connection_of_its_variables(path: Path) -> None:
    (play,) = yaml.safe_load(path.read_text())
    found = list(connections(play["tasks"]))
    assert found
    assert set(found) == {f"{{{{ lookup('arize.ax.playbook_variables', '{path.stem}', want='connection') }}}}"}


def test_a_vaulted_key_is_decrypted(sim: Any, tmp_path: Path) -> None:
    (tmp_path / "vault").write_text("open sesame")
    (tmp_path / "roster.yml").write_text(ROSTER)
    sim.seed([PEOPLE[1]])
    command = ["--vault-password-file", "vault", "-e", "@secret.yml", "-e", "arize_roster_file=roster.yml"]
    for kind in ("text", "file"):
        encrypt(tmp_path, ADMIN_KEY, kind)
        done = start(sim, tmp_path, ["arize.ax.sync_roster", *command], ARIZE_API_KEY="wrong")
        assert done.code == 0, done.output


def encrypt(folder: Path, key: str, kind: str) -> None:
    """Write secret.yml: a vaulted text in it, or all of it."""
    from ansible.parsing.vault import VaultLib, VaultSecret  # noqa: PLC0415

    vault = VaultLib([("default", VaultSecret(b"open sesame"))])
    if kind == "file":
        (folder / "secret.yml").write_bytes(vault.encrypt(json.dumps({"arize_api_key": key})))
        return
    lines = vault.encrypt(key).decode().splitlines()
    (folder / "secret.yml").write_text("arize_api_key: !vault |\n" + "".join(f"  {line}\n" for line in lines))


def test_a_value_that_ansible_cut_at_a_space_is_refused(sim: Any, tmp_path: Path) -> None:
    """Of  -e arize_emails="a@x.io, b@x.io"  a@x.io, would be meant, and also be confirmed."""
    answers = ["arize_emails=ada@example.com, hedy@example.com", "arize_confirm=ada@example.com, hedy@example.com"]
    done = start(sim, tmp_path, ["arize.ax.offboard", *(part for answer in answers for part in ("-e", answer))])
    assert done.code == 2
    assert "Ansible split a value at a space, and this was left over: " in done
    assert sim.journal() == []


def test_a_refused_key_is_tried_once(sim: Any, tmp_path: Path) -> None:
    people = ", ".join(f"P{n} <p{n}@example.com>" for n in range(5))
    (tmp_path / "p").mkdir()
    for playbook, variables in {
        "onboard": {"arize_emails": people},
        "resend": {"arize_emails": people},
        "offboard": {"arize_emails": people, "arize_confirm": people},
    }.items():
        sim.clear_journal()
        done = run(sim, tmp_path / "p", playbook, variables, ARIZE_API_KEY="wrong")
        assert done.code == 2
        assert [entry["status"] for entry in sim.journal()] == [401]


def test_numbers_of_native_templates_mean_what_they_say(sim: Any, tmp_path: Path) -> None:
    sim.reset(PEOPLE, owners=False)
    for native in ("False", "True"):
        none = {"arize_purge": "{{ 1 }}", "arize_max_deletions": "{{ 0 }}", "arize_min_admins": "{{ 0 }}"}
        done = run(sim, tmp_path, "sync_roster", none, ANSIBLE_JINJA2_NATIVE=native)
        assert done.code == 2
        assert (
            '4 users would be deleted, but arize_max_deletions ("How many users may be deleted at most?") is 0' in done
        )
        dry = {"arize_dry_run": "{{ 1 }}", "arize_purge": "{{ true }}", "arize_max_deletions": "{{ 4 }}"}
        assert "It would be: 4 deleted, 1 unchanged" in run(
            sim, tmp_path, "sync_roster", {**dry, "arize_min_admins": "{{ 0 }}"}, ANSIBLE_JINJA2_NATIVE=native
        )
    assert sim.writes() == []


def test_nothing_from_outside_stands_for_our_own_names(sim: Any, tmp_path: Path) -> None:
    """Extra variables with the names of former versions, and with names that are usual in playbooks."""
    sim.reset(PEOPLE, owners=False)
    names = [
        "person",
        "plan",
        "done",
        "account",
        "applied",
        "item",
        "nth",
        "index",
        "users",
        "entries",
        "result",
        "values",
    ]
    outside = {name: {"email": "stranger@example.com", "name": "S", "role": "admin", "results": []} for name in names}
    outside |= {"ansible_check_mode": True, "playbook_dir": "/"}
    done = run(sim, tmp_path, "onboard", {"arize_emails": "New <new@example.com>, late@example.com", **outside})
    assert done.code == 0, done.output
    assert sorted(mail["to"] for mail in sim.mails()) == ["late@example.com", "new@example.com"]
    gone = {"arize_emails": "dorothy@example.com", "arize_confirm": "dorothy@example.com"}
    assert run(sim, tmp_path, "offboard", {**gone, **outside}).code == 2
    assert sim.find("dorothy@example.com")["status"] == "ACTIVE"


def test_playbooks_can_follow_each_other_in_one_run(sim: Any, tmp_path: Path) -> None:
    sim.reset(PEOPLE, owners=False)
    (tmp_path / "roster.yml").write_text(ROSTER)
    books = [{"import_playbook": "arize.ax.sync_roster"}] * 2
    (tmp_path / "site.yml").write_text(yaml.safe_dump(books))
    done = start(sim, tmp_path, ["site.yml", "-e", "arize_roster_file=roster.yml"])
    assert done.code == 0, done.output


def test_tags_and_become_do_not_matter(sim: Any, tmp_path: Path) -> None:
    sim.reset(PEOPLE, owners=False)
    done = run(sim, tmp_path, "offboard", {"arize_confirm": "x@example.com"}, "--tags", "other", "--become")
    assert (done.code, sim.journal()) == (2, [])


def test_what_export_prints_can_be_copied(sim: Any, tmp_path: Path) -> None:
    sim.reset([*PEOPLE, {"email": "j@example.com", "name": '{{ 7*7 }} "q" \\ : #'}], owners=False)
    done = run(sim, tmp_path, "export_roster", {"arize_roster_file": "-"})
    assert (done.code, done.changed) == (0, 0), done.output
    begin = done.output.index("# The users of an Arize AX account")
    text = done.output[begin : done.output.index("ok: [localhost]", begin)]
    assert done.output.count(text) == 1
    (tmp_path / "copied.yml").write_text(text)
    again = run(
        sim, tmp_path, "sync_roster", {"arize_roster_file": "copied.yml", "arize_purge": 1, "arize_max_deletions": 0}
    )
    assert "6 unchanged" in again, again.output


def documented_commands(page: str, file: str) -> list[list[str]]:
    """Return the commands of a page that are about a file."""
    text = (ROOT / "docs" / page).read_text().replace("\\\n", "")
    return [shlex.split(line) for line in re.findall(r"^\$ ansible-playbook (.*)$", text, re.MULTILINE) if file in line]


def test_300_people_from_a_table_by_the_commands_of_the_page(sim: Any, tmp_path: Path) -> None:
    """Mixed case, trailing spaces, a duplicate, a name that is not ASCII and one with a comma; each change has one line."""
    sim.seed([{"email": "person3@example.com", "name": "Person 3", "role": "MEMBER"}])
    dry, real, report = documented_commands("rosters_from_your_directory.md", "team.csv")
    table = tmp_path / "team.csv"
    rows = [f"  Person{n}@Example.COM ,Person {n} ,Member" for n in range(298)]
    rows += ['comma@example.com,"Lovelace, Ada",annotator', "zoe@example.com,Zoë Ångström,MEMBER"]
    table.write_text("Mail,Full Name,Role\n" + "\n".join([*rows, "PERSON7@example.com,P,member"]))
    for command in (dry, real, report):
        refused = start(sim, tmp_path, command)
        assert refused.code == 2
        assert 'line 302: the user "Person7@Example.COM" is in line 9 already.' in refused
        assert "No changes were made." in refused
    table.write_text("Mail,Full Name,Role\n" + "\n".join(rows))
    predicted = start(sim, tmp_path, dry)
    assert (predicted.code, sim.writes()) == (0, [])
    assert len(re.findall(r"^\+(?!\+)", predicted.output, re.MULTILINE)) == 299
    assert "299 users would be mailed an invitation" in predicted
    done = start(sim, tmp_path, real)
    for run in (predicted, done):
        assert "299 created, 1 unchanged" in run, run.output
        assert "created    comma@example.com  Lovelace, Ada, annotator" in run
        assert "created    zoe@example.com  Zoë Ångström, member" in run
        assert max(map(len, run.output.splitlines())) < 200
    assert len(sim.mails()) == 299
    again = start(sim, tmp_path, real)
    assert (again.code, again.changed, len(sim.writes())) == (0, 0, 299)
    assert "300 unchanged" in again
    clean = start(sim, tmp_path, report)
    assert clean.code == 0, clean.output
    assert "The account matches the roster." in clean
