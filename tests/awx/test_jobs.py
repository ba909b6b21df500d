"""Every shipped playbook as a job of AWX, dry and real: what it did, by the simulator's journal, and what it left."""

from __future__ import annotations

import datetime
import ipaddress
from pathlib import Path
from typing import Any

import pytest
import yaml
from arize_ax_simulator import ADMIN_KEY
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.awx.awx import answered
from tests.awx.job import Jobs, simulator

ANN = {"email": "ann@x.io", "name": "Ann", "role": "MEMBER"}
OLD = {"email": "old@x.io", "name": "Old", "role": "MEMBER", "status": "EXPIRED"}
OPEN = {"email": "open@x.io", "name": "Open", "role": "MEMBER", "status": "INVITED"}
# The owners of the simulator's keys.
OWNERS = [
    {"email": "admin@simulator.example", "role": "admin"},
    {"email": "member@simulator.example", "role": "member"},
]


def test_onboard(sim: Any, launch: Jobs) -> None:
    sim.seed([ANN, OLD])
    # A browser sends CR LF; another client, whatever it likes.
    who = 'Ada {{ 7 * 7 }} <ada@x.io>\r\n"Lovelace, Bob" <BOB@x.io>\r\n\r\nann@x.io\nold@x.io\r\n'
    dry = launch("onboard.yml", answered("onboard", arize_emails=who), check=True)
    assert dry.status == "successful", dry.output
    assert "ada@x.io Ada {{ 7 * 7 }}, member" in dry.messages
    assert "renewed old@x.io the invitation had expired" in dry.messages
    assert "Dry run, no changes were made." in dry.messages

    real = launch("onboard.yml", answered("onboard", arize_emails=who))
    assert real.status == "successful", real.output
    assert [method for method, _path in real.writes] == ["POST"] * 3
    assert sorted(mail["to"].lower() for mail in real.mails) == ["ada@x.io", "bob@x.io", "old@x.io"]
    assert sim.find("ada@x.io")["name"] == "Ada {{ 7 * 7 }}"
    assert sim.find("bob@x.io")["name"] == "Lovelace, Bob"
    # The dry run has shown as changed what has changed.
    assert dry.tasks_with_changes == real.tasks_with_changes == ["Create the new users", "Renew expired invitations"]


def test_onboard_with_access(sim: Any, launch: Jobs) -> None:
    sim.seed([ANN])
    sim.seed_access(spaces=[{"name": "Prod"}], roles=[{"name": "Reviewer", "permissions": ["PROJECT_READ"]}])
    answers = answered("onboard", arize_emails="Ada <ada@x.io>\r\nann@x.io", arize_access="Prod: Reviewer\r\n")
    job = launch("onboard.yml", answers)
    assert job.status == "successful", job.output
    assert [path for _method, path in job.writes] == ["/v2/users", "/v2/role-bindings", "/v2/role-bindings"]
    assert "access changed ann@x.io gets Prod: Reviewer" in job.messages


def test_onboard_with_single_sign_on(sim: Any, launch: Jobs) -> None:
    answers = {"arize_invite_mode": "none"}
    job = launch("onboard.yml", answered("onboard", arize_emails="Ada <ada@x.io>", **answers))
    assert job.status == "successful", job.output
    assert [entry["body"]["invite_mode"] for entry in job.requests if entry["method"] == "POST"] == ["NONE"]
    assert job.mails == []


def test_temporary_passwords_are_in_no_artifact(sim: Any, launch: Jobs, tmp_path: Path) -> None:
    """No survey offers them: the files end with the job's container. But nothing else may give them away either."""
    folder = tmp_path / "passwords"
    entry = {"arize_invite_mode": "temporary_password", "arize_password_dir": str(folder), "arize_role": "member"}
    people = {"arize_emails": "Ada <ada@x.io>\r\nBob <bob@x.io>", **entry}
    job = launch("onboard.yml", people, "-vvvv")
    assert job.status == "successful", job.output
    passwords = [path.read_text().strip() for path in folder.iterdir()]
    assert len(set(passwords)) == 2
    assert all(len(password) > 8 for password in passwords)
    launch.search(job, tuple(passwords))
    assert " EXEC " in job.output, "it was not loud enough to prove anything"


def test_offboard(sim: Any, launch: Jobs) -> None:
    sim.seed([ANN, OPEN])
    answers = answered("offboard", arize_emails="ann@x.io\r\nunknown@x.io", arize_confirm="unknown@x.io\nANN@x.io")
    dry = launch("offboard.yml", answers, check=True)
    assert dry.status == "successful", dry.output
    assert "not found" in dry.messages
    assert "unknown@x.io" in dry.messages
    assert sim.find("ann@x.io")["status"] == "ACTIVE"
    # Through the API, numbers and booleans come as whatever the client sends.
    real = launch("offboard.yml", {**answers, "arize_min_admins": "1", "arize_allow_admins": False})
    assert real.status == "successful", real.output
    assert [method for method, _path in real.writes] == ["DELETE"]
    assert sim.find("ann@x.io")["status"] == "BLOCKED"
    assert dry.tasks_with_changes == real.tasks_with_changes == ["Delete the users"]


def test_offboard_does_nothing_where_the_names_differ(sim: Any, launch: Jobs) -> None:
    job = launch("offboard.yml", answered("offboard", arize_emails="ann@x.io", arize_confirm="ann@x.i"))
    assert job.status == "failed"
    assert job.requests == []
    assert "No changes were made." in job.messages
    assert "It is ann@x.i (missing: ann@x.io; not named before: ann@x.i)" in job.messages


def test_resend(sim: Any, launch: Jobs) -> None:
    sim.seed([ANN, OLD, OPEN])
    answers = answered("resend", arize_emails="ann@x.io\r\nOPEN@x.io, open@x.io\r\nunknown@x.io\nold@x.io\r\n\r\n")
    dry = launch("resend.yml", answers, check=True)
    real = launch("resend.yml", answers)
    assert [mail["to"] for mail in real.mails] == ["open@x.io", "old@x.io"]
    assert dry.tasks_with_changes == real.tasks_with_changes == ["Mail the invitation again"] * 2
    for job in dry, real:
        # One person's failure stops no other user, and turns the job red.
        assert job.status == "failed"
        assert "There is no user unknown@x.io whose invitation could be resent." in job.messages
        assert "ann@x.io already active, nothing is mailed" in job.messages
        assert "OPEN@x.io the link is mailed again" in job.messages


ROSTER = [*OWNERS, {"email": "ann@x.io", "name": "Ann Onymous", "role": "member"}]


def test_apply_the_roster_from_a_field(sim: Any, launch: Jobs) -> None:
    sim.seed([ANN, OPEN])
    text = yaml.safe_dump(ROSTER).replace("\n", "\r\n")
    answers = {"arize_roster_file": "", "arize_roster_text": text}
    # A job of type Run, and the survey as it comes: nothing is written.
    dry = launch("sync_roster.yml", answered("sync_roster", **answers))
    assert dry.status == "successful", dry.output
    assert dry.writes == []
    assert "Dry run, no changes were made. It would be: 1 updated" in dry.messages
    answers |= {
        "arize_dry_run": "false",
        "arize_purge": "true",
        "arize_protected": "member@simulator.example\r\n*@y.io\r\n",
    }
    # A number may also come as text.
    job = launch("sync_roster.yml", answered("sync_roster", **answers) | {"arize_max_deletions": "1"})
    assert job.status == "successful", job.output
    assert [method for method, _path in job.writes] == ["PATCH", "DELETE"]
    assert sim.find("open@x.io")["status"] == "BLOCKED"


def test_no_answer_loosens_a_standing_safeguard(sim: Any, launch: Jobs) -> None:
    sim.seed([ANN, OPEN])
    gone = answered("offboard", arize_emails="ann@x.io", arize_confirm="ann@x.io", arize_protected="open@x.io")
    for standing, words in (
        ({"arize_standing_protected": "ann@x.io"}, "these users are protected: ann@x.io"),
        ({"arize_standing_max_deletions": 0}, "arize_standing_max_deletions is 0"),
    ):
        job = launch("offboard.yml", {**gone, **standing})
        assert job.status == "failed"
        assert words in job.messages, job.output
        assert job.writes == []


def test_one_user_is_renamed_mailed_and_moved(sim: Any, launch: Jobs) -> None:
    sim.seed([ANN])
    assert launch("rename.yml", answered("rename", arize_email="ann@x.io", arize_name="Anne")).status == "successful"
    assert sim.find("ann@x.io")["name"] == "Anne"
    assert launch("reset_password.yml", answered("reset_password", arize_email="ann@x.io")).status == "successful"
    unknown = launch("rename.yml", answered("rename", arize_email="no@x.io", arize_name="N"))
    assert (unknown.status, unknown.writes) == ("failed", [])
    move = answered("change_address", arize_old_email="ann@x.io", arize_new_email="anne@x.io")
    dry = launch("change_address.yml", move, check=True)
    assert (dry.status, dry.writes) == ("successful", [])
    assert [method for method, _path in launch("change_address.yml", move).writes] == ["POST"]
    sim.reset([{**ANN, "name": "Anne"}, {**ANN, "email": "anne@x.io", "name": "Anne"}])
    kept = launch("change_address.yml", {**move, "arize_standing_protected": "x@x.io ann@x.io"})
    assert (kept.status, kept.writes) == ("failed", [])
    assert [method for method, _path in launch("change_address.yml", move).writes] == ["DELETE"]
    same = launch("change_address.yml", {**move, "arize_new_email": " ANN@x.io"})
    assert (same.status, same.requests) == ("failed", [])


def test_apply_the_roster_from_the_project(sim: Any, launch: Jobs) -> None:
    files = {
        "rosters/roster.yml": yaml.safe_dump([*ROSTER[:2], {"email": "ada@x.io", "name": "Ada", "role": "member"}])
    }
    dry = launch("sync_roster.yml", answered("sync_roster", arize_dry_run="false"), check=True, files=files)
    assert dry.status == "successful", dry.output
    assert dry.tasks_with_changes == ["Apply the roster"]
    assert "created ada@x.io" in dry.messages


def test_apply_a_table_from_the_project(sim: Any, launch: Jobs) -> None:
    sim.seed_access(spaces=[{"name": "Prod"}], roles=[{"name": "Reviewer", "permissions": ["PROJECT_READ"]}])
    table = "Work Mail;Name;Role;Team;External\r\nada@x.io;Ada;member;Research;WAHR\r\n"
    answers = answered(
        "sync_roster",
        arize_dry_run="false",
        arize_roster_file="rosters/people.csv",
        arize_columns="Work Mail: email\r\nExternal:\r\n",
        arize_access_by="Team:\r\n  Research: ['Prod: Reviewer']\r\n",
    )
    job = launch("sync_roster.yml", answers, files={"rosters/people.csv": table})
    assert job.status == "successful", job.output
    assert "created ada@x.io Ada, member; gets Prod: Reviewer" in job.messages
    refused = launch("sync_roster.yml", {**answers, "arize_columns": ""}, files={"rosters/people.csv": table})
    assert (refused.status, refused.requests) == ("failed", [])
    assert "map it in arize_columns" in refused.messages


def test_drift_report_and_roster_to_copy(sim: Any, launch: Jobs, tmp_path: Path) -> None:
    sim.seed([ANN])
    variables = {"arize_roster_file": "rosters/roster.yml", "arize_report_dir": str(tmp_path / "drift")}
    job = launch("drift_report.yml", variables, files={"rosters/roster.yml": yaml.safe_dump(ROSTER)})
    assert job.status == "failed"
    assert "There is drift: 1 difference" in job.messages
    assert job.writes == []
    assert (tmp_path / "drift" / "drift.html").is_file()
    shown = launch("export_roster.yml", {"arize_roster_file": str(tmp_path / "roster.yml")}, check=True)
    assert shown.status == "successful", shown.output
    assert "ann@x.io" in shown.output
    assert not (tmp_path / "roster.yml").exists()


def test_access_review(sim: Any, launch: Jobs, tmp_path: Path) -> None:
    sim.seed([ANN])
    sim.seed_access(spaces=[{"name": "Prod"}])
    sim.seed_access(role_bindings=[{"user": "ann@x.io", "role": "Auditor", "space": "Prod"}])
    # As a schedule launches it, with the defaults of the survey.
    job = launch("access_review.yml", answered("access_review"), check=True)
    assert job.status == "successful", job.output
    assert "3 users (1 admin), 1 role binding, no service keys found" in job.messages
    assert "| ann@x.io | Ann | Prod |  | Auditor | 2026-01-01 |" in job.output
    assert job.writes == []
    kept = answered("access_review", arize_report_dir=str(tmp_path / "kept"), arize_stale_days=30)
    assert launch("access_review.yml", kept, check=True).status == "successful"
    assert "after 30 days" in (tmp_path / "kept" / "access_review.csv").read_text()


def test_a_server_that_repeats_the_key_gives_nothing_away(sim: Any, launch: Jobs) -> None:
    sim.fault("status", status=403, times=None, echo=["authorization", "key"], detail=f"{ADMIN_KEY} may not")
    job = launch("resend.yml", answered("resend", arize_emails="ann@x.io"), "-vvvv")
    assert job.status == "failed"
    assert "403" in job.messages
    wrong = "not-the-key-0123456789"
    sim.clear_faults()
    variables = {"arize_roster_text": yaml.safe_dump(ROSTER), "arize_report_dir": "out"}
    job = launch("drift_report.yml", variables, "-vvvv", api_key=wrong)
    assert job.status == "failed"
    assert [entry["status"] for entry in job.requests] == [401]


def self_signed(folder: Path) -> tuple[str, str]:
    """A certificate for 127.0.0.1 that only those trust who are told to."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "private authority")])
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    pem = serialization.Encoding.PEM
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(pem)
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "certificate.pem").write_bytes(certificate)
    (folder / "key.pem").write_bytes(private)
    return str(folder / "certificate.pem"), str(folder / "key.pem")


def test_a_private_authority_is_trusted_through_the_second_credential(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, searched: dict[str, int]
) -> None:
    certificate, key = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", certificate)  # for this process only: no job gets it
    with simulator(tmp_path, "--certificate", certificate, "--private-key", key) as server:
        launch = Jobs(server, tmp_path, searched)
        variables = {"arize_roster_file": str(tmp_path / "roster.yml")}
        # A field for a certificate keeps line breaks; that for the proxy is left empty.
        network = {"ca_certificate": Path(certificate).read_text(), "proxy_url": ""}
        trusted = launch("export_roster.yml", variables, check=True, network=network)
        assert trusted.status == "successful", trusted.output


def test_a_proxy_is_used_through_the_second_credential(sim: Any, launch: Jobs, tmp_path: Path) -> None:
    # The simulator answers requests that are meant for another host, as a proxy does.
    proxy = sim.url.replace("//", "//me:let-me-through@")
    job = launch(
        "export_roster.yml",
        {"arize_roster_file": str(tmp_path / "roster.yml")},
        "-vvvv",
        check=True,
        network={"ca_certificate": "", "proxy_url": proxy},
        secrets=("let-me-through",),
        api_host="arize.invalid",
        api_port="",
    )
    assert job.status == "successful", job.output
    assert [entry["key"] for entry in job.requests] == ["admin"]
