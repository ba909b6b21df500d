"""The variables of the playbooks: what they may be, what they mean, and what is refused."""

from __future__ import annotations

import os

import pytest
from ansible_collections.arize.ax.plugins.module_utils._planning.protection import Protection
from ansible_collections.arize.ax.plugins.plugin_utils._variables import (
    NO_LIMIT,
    PLAYBOOKS,
    Undefined,
    explain,
    ignored,
    is_ours,
    password_faults,
    problem,
    read_variables,
)

OFFBOARD = {"arize_emails": "a@x.io", "arize_confirm": "A@x.io"}
SYNC = {"arize_roster_text": "[]"}


def read(playbook, **given):
    return read_variables(playbook, given)


def faults(playbook, **given):
    return read(playbook, **given)[2]


@pytest.mark.parametrize("empty", ["", " \n", None, []])
def test_what_is_empty_is_not_given(empty):
    given = {f"arize_{name}": empty for name in PLAYBOOKS["sync_roster"]}
    values, connection, wrong = read("sync_roster", **{**given, **SYNC, "arize_timeout": empty, "arize_api_key": empty})
    assert (values["purge"], values["max_deletions"], values["min_admins"]) == (False, None, 1)
    assert (values["role_mismatch"], list(values["protected"]), connection, wrong) == ("fail", [], {}, [])


@pytest.mark.parametrize(
    ("value", "meaning"),
    [
        ("TRUE", True),
        (" yes ", True),
        ("Y", True),
        ("f", False),
        (1, True),
        (True, True),
        ("off", False),
        (0, False),
        ("0", False),
    ],
)
def test_true_and_false(value, meaning):
    assert read("sync_roster", **SYNC, arize_dry_run=value)[0]["dry_run"] is meaning


@pytest.mark.parametrize("value", ["maybe", "wahr", 2, "10", {}, ["true"], 0.5])
def test_anything_else_is_neither(value):
    assert "must be one of true, yes, on, 1, y, t, false, no" in faults("sync_roster", **SYNC, arize_dry_run=value)[0]


@pytest.mark.parametrize(("value", "meaning"), [("0", 0), (0, 0), (" 12 ", 12), (12, 12)])
def test_whole_numbers(value, meaning):
    assert read("sync_roster", **SYNC, arize_max_deletions=value)[0]["max_deletions"] == meaning


@pytest.mark.parametrize("value", ["-1", -1, "1.0", 1.5, True, "1_000", "٣", "one", [1], {"a": 1}])
def test_other_numbers_are_refused(value):
    assert "must be a whole number" in faults("sync_roster", **SYNC, arize_max_deletions=value)[0]


def test_the_connection_has_the_types_of_the_options():
    given = {
        "arize_api_key": " key ",
        "arize_timeout": "2.5",
        "arize_max_retries": "0",
        "arize_max_retry_wait": 0,
        "arize_validate_certs": "no",
        "arize_ca_path": "/ca",
    }
    expected = {
        "api_key": "key",
        "timeout": 2.5,
        "max_retries": 0,
        "max_retry_wait": 0.0,
        "validate_certs": False,
        "ca_path": "/ca",
    }
    assert read("resend", arize_emails="a@x.io", **given)[1:] == (expected, [])
    assert "number of seconds" in faults("resend", arize_emails="a@x.io", arize_timeout="1e3")[0]


@pytest.mark.parametrize("name", ["arize_api_key", "arize_proxy_url"])
@pytest.mark.parametrize("value", [["secret"], {"secret": 1}, Undefined("in secret")])
def test_a_secret_is_in_no_message(name, value):
    assert "secret" not in faults("resend", **{"arize_emails": "a@x.io", name: value})[0]


def test_protected_is_split_only_where_it_is_one_text():
    assert read("offboard", **OFFBOARD, arize_protected="a@x.io b@x.io,c@x.io;\nd@*")[0]["protected"] == [
        "a@x.io",
        "b@x.io",
        "c@x.io",
        "d@*",
    ]
    for entries in (["a@x.io b@x.io"], [{"c@x.io": 1}], [None], " ; ", ["@x.io"]):
        (fault,) = faults("offboard", **OFFBOARD, arize_protected=entries)
        assert fault.startswith('arize_protected ("Which users are never deleted?") ')


def test_the_confirmation_names_the_same_people():
    same = {"arize_emails": ["a@x.io", "B <b@x.io>"], "arize_confirm": "B@x.io, a@x.io, A@x.io"}
    values, _connection, wrong = read("offboard", **same)
    assert (values["users"], wrong) == ([{"email": "a@x.io"}, {"email": "b@x.io"}], [])
    for confirm, words in (
        ("b@x.io", "It is b@x.io (missing: a@x.io)"),
        ("a@x.io b@x.io c@x.io", "(not named before: c@x.io)"),
    ):
        assert words in faults("offboard", **{**same, "arize_confirm": confirm})[0]


def test_no_active_admin_may_be_deleted_unless_that_is_allowed():
    assert read("offboard", **OFFBOARD, arize_min_admins=0)[0]["min_admins"] == NO_LIMIT
    allowed = read("offboard", **OFFBOARD, arize_min_admins=0, arize_allow_admins="true")[0]
    assert allowed["min_admins"] == 0


def test_users_to_onboard_have_the_role_and_the_name():
    values = read("onboard", arize_emails="a@x.io", arize_name="Ada", arize_role="ADMIN")[0]
    assert values["users"] == [{"email": "a@x.io", "name": "Ada", "role": "admin"}]
    values = read("onboard", arize_emails="A <a@x.io>, b@x.io", arize_custom_role_id="R")[0]
    assert values["users"] == [
        {"email": "a@x.io", "name": "A", "custom_role_id": "R"},
        {"email": "b@x.io", "name": None, "custom_role_id": "R"},
    ]


ONBOARD = {"arize_emails": "a@x.io", "arize_role": "member"}
TEMPORARY = {**ONBOARD, "arize_invite_mode": "temporary_password"}
TOGETHER = [
    ("sync_roster", {**SYNC, "arize_purge": True}, "Deletions are permanent"),
    ("sync_roster", {**SYNC, "arize_purge": True, "arize_max_deletions": 0}, ""),
    ("sync_roster", {**SYNC, "arize_max_deletions": 1}, ""),
    ("sync_roster", {**SYNC, "arize_purge_access": True}, "requires arize_max_access_changes"),
    ("sync_roster", {**SYNC, "arize_purge_access": True, "arize_standing_max_access_changes": 2}, ""),
    ("sync_roster", {}, "is required. arize.ax.export_roster writes such a file"),
    ("sync_roster", {"arize_roster_file": "no.yml"}, "is not a file"),
    ("sync_roster", {**SYNC, "arize_outcome_file": "outcome.md"}, ""),
    ("sync_roster", {**SYNC, "arize_outcome_file": "file.YML"}, "would overwrite a roster"),
    ("drift_report", {**SYNC, "arize_report_dir": "new"}, ""),
    ("drift_report", {**SYNC, "arize_report_dir": "file.yml"}, "is not a folder"),
    ("drift_report", {"arize_report_dir": "new"}, "is required. arize.ax.export_roster writes"),
    ("drift_report", SYNC, "arize_report_dir is required."),
    ("access_review", {"arize_report_dir": "new", "arize_stale_days": "a quarter"}, "must be a whole number"),
    ("access_review", {"arize_report_dir": "-", "arize_previous_review": "no.csv"}, "is not a file"),
    ("export_roster", {"arize_roster_file": "new.yml"}, ""),
    ("export_roster", {"arize_roster_file": "no/new.yml"}, "existing folder"),
    ("export_roster", {"arize_roster_file": "new.XLSX"}, "must end in .yml or .csv"),
    ("onboard", {**ONBOARD, "arize_name": "Ada"}, ""),
    ("onboard", {**ONBOARD, "arize_emails": "A <a@x.io>, b@x.io"}, ""),
    ("onboard", {**ONBOARD, "arize_emails": "A <a@x.io>", "arize_name": "Ada"}, "for one address without a name"),
    ("onboard", {**ONBOARD, "arize_emails": "a@x.io b@x.io", "arize_name": "Ada"}, "for one address without a name"),
    ("onboard", {"arize_emails": "a@x.io"}, "Exactly one of"),
    ("onboard", {**ONBOARD, "arize_role": "custom"}, "must be one of admin, member, member_ui_only, annotator"),
    ("onboard", {**ONBOARD, "arize_custom_role_id": "R"}, "Exactly one of"),
    ("onboard", {**ONBOARD, "arize_role": "", "arize_custom_role_id": "R"}, ""),
    ("onboard", {**ONBOARD, "arize_name": 123}, "arize_name must be text, not a number. Put it in quotes."),
    ("offboard", {**OFFBOARD, "arize_protected": {"a@x.io": 1}}, "must be a list or text, not a mapping"),
    ("onboard", TEMPORARY, "only then"),
    ("onboard", {**ONBOARD, "arize_password_dir": "new"}, "only then"),
    ("onboard", {**TEMPORARY, "arize_password_dir": "new"}, ""),
    ("onboard", {**TEMPORARY, "arize_password_dir": "file.yml"}, "is not a folder"),
    ("onboard", {**TEMPORARY, "arize_password_dir": "taken"}, "cannot be written to a folder"),
    ("onboard", {**TEMPORARY, "arize_password_dir": "linked"}, "cannot be written to a folder"),
]


@pytest.mark.parametrize(("playbook", "given", "wrong"), TOGETHER)
def test_what_variables_mean_together(playbook, given, wrong, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file.yml").touch(mode=0o700)
    (tmp_path / "taken" / "a@x.io.password").mkdir(parents=True)
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "a@x.io.password").symlink_to(tmp_path)
    values, _connection, found = read(playbook, **given)
    found = found or password_faults(values)
    assert len(found) == bool(wrong)
    assert wrong in "".join(found)


def test_passwords_are_written_where_it_was_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert read("onboard", **TEMPORARY, arize_password_dir="new")[0]["password_dir"] == str(tmp_path / "new")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("arize_purg", "Did you mean arize_purge?"),
        ("ARIZE_PURGE", "Did you mean arize_purge?"),
        ("arize_dryrun", "Did you mean arize_dry_run?"),
        ("arise_dry_run", "Did you mean arize_dry_run?"),
        ("arize_max_delections", "Did you mean arize_max_deletions?"),
        ("arize_max_delete", "Did you mean arize_max_deletions?"),
        ("arize_report_dir", "but of drift_report, access_review."),
        ("arize_prices", ""),
        ("arize_zzzzzzzzzzzzzz", ""),
    ],
)
def test_a_misspelt_variable_comes_with_the_nearest(name, hint):
    (fault,) = faults("sync_roster", **SYNC, **{name: 1})
    assert name in fault
    assert fault.endswith(hint or "is not a variable of arize.ax.sync_roster.")


NEAR = [
    *["arize_protectd", "arize_pprotected", "arize_protacted", "arize_portected", "arize-Protected", "arizeprotected"],
    *["arise_protected", "arize_protect", "arize_max_del", "arize_min_admin", "arize_dryrun_only", "arize_standing_x"],
    *["arize_api_kye", "arize_roster_files", "arize_email"],
]


@pytest.mark.parametrize("name", NEAR)
def test_a_misspelt_variable_of_the_inventory_is_refused(name):
    (fault,) = read_variables("resend", {"arize_emails": "a@x.io", name: None}, [name])[2]
    assert "which the inventory sets" in fault
    assert ignored("resend", [name]) == []


@pytest.mark.parametrize(
    "name", ["arize_report_dir", "arize_space_id", "arize_max_tokens", "arize_owner", "arize_prot"]
)
def test_another_variable_of_the_inventory_is_ignored(name):
    given = {"arize_emails": "a@x.io", name: None}
    assert read_variables("resend", given, [name])[2] == []
    assert ignored("resend", [name, "arize_emails"]) == [name]
    assert len(read_variables("resend", given)[2]) == 1, "an extra variable is refused"


def test_which_variables_are_ours():
    assert all(map(is_ours, [*NEAR, "arize_x", "Arize-X"]))
    assert not any(map(is_ours, ["protected", "_arize_roles", "ariz_x", "arizona_purge", "max_deletions", "prize"]))


def test_the_file_of_an_export_is_never_that_of_the_inventory():
    given = {"arize_roster_file": "-"}
    assert read_variables("export_roster", given)[2] == []
    (fault,) = read_variables("export_roster", given, ["arize_roster_file"])[2]
    assert fault.startswith("arize_roster_file is required as an extra variable.")


def test_standing_safeguards_can_only_be_made_stricter():
    standing = {
        "arize_standing_protected": "a@x.io",
        "arize_standing_max_deletions": 3,
        "arize_standing_min_admins": "2",
    }
    values = read("sync_roster", **SYNC, **standing, arize_purge=True)[0]
    assert (values["protected"], values["max_deletions"], values["min_admins"]) == (["a@x.io"], 3, 2)
    assert values["limited_by"]["max_deletions"] == "standing_max_deletions"
    looser = {"arize_protected": "b@x.io", "arize_max_deletions": 9, "arize_min_admins": 0}
    values = read("sync_roster", **SYNC, **standing, **looser)[0]
    assert (values["protected"], values["max_deletions"], values["min_admins"]) == (["b@x.io", "a@x.io"], 3, 2)
    lists = 'arize_protected ("Which users are never deleted?") or arize_standing_protected'
    misspelt = Protection.read(values["protected"]).misspelt([])
    assert explain("sync_roster", values, misspelt.message).endswith(f"remove it from {lists}.")
    stricter = {"arize_max_deletions": 0, "arize_min_admins": 5}
    values = read("sync_roster", **SYNC, **standing, **stricter)[0]
    assert (values["max_deletions"], values["min_admins"]) == (0, 5)
    assert values["limited_by"]["max_deletions"] == "max_deletions"
    assert read("offboard", **OFFBOARD, arize_standing_max_deletions=0)[0]["max_deletions"] == 0
    assert read("offboard", **OFFBOARD)[0]["max_deletions"] == 1
    assert read("onboard", **ONBOARD, arize_standing_max_creations="4")[0]["max_creations"] == 4
    for name in standing:
        assert name in faults("resend", arize_emails="a@x.io", **{name: {}})[0]


def test_a_pasted_roster_wins_over_a_file():
    values = read("sync_roster", **SYNC, arize_roster_file="proposed.yml")[0]
    assert values["source"] == "arize_roster_text"
    assert "proposed.yml" in values["warning"]
    assert read("sync_roster", **SYNC)[0]["warning"] == ""


def test_access_is_for_all_users_and_existing_ones_keep_the_rest():
    onboard = {"arize_emails": "A <a@x.io>", "arize_role": "member"}
    listed = [{"role": "R", "space": "P"}, {"role": "E", "space": "P", "project": "C"}]
    for text in ("P: R\r\nP / C: E\r\n", ["P: R", "P / C: E"]):
        values = read("onboard", **onboard, arize_access=text)[0]
        assert values["users"] == [{"email": "a@x.io", "name": "A", "role": "member", "access": listed}]
        assert values["grants"] == [{"email": "a@x.io", "access": listed}]
    assert read("onboard", **onboard, arize_access=" ")[0]["grants"] == []
    for wrong, words in (
        (["P"], ' "P" is neither'),
        ([{"P": "R"}], " has to be text, not a mapping."),
        (7, " has to be"),
    ):
        (fault,) = faults("onboard", **onboard, arize_access=wrong)
        assert fault.startswith('arize_access ("Which roles do they get in spaces and projects?")' + words)


def test_a_roster_is_where_it_was_said_to_be(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "roster.yml").touch()
    values = read("sync_roster", arize_roster_file="roster.yml")[0]
    assert (values["roster_file"], values["source"]) == (str(tmp_path / "roster.yml"), "roster.yml")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert faults("sync_roster", arize_roster_file="~/roster.yml") == []
    assert faults("export_roster", arize_roster_file="-") == []
    assert read("export_roster", arize_roster_file="new.yml")[0]["roster_file"] == str(tmp_path / "new.yml")
    assert "existing folder" in faults("export_roster", arize_roster_file=".")[0]


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_folder_has_to_be_writable(tmp_path):
    tmp_path.chmod(0o500)
    assert "can be written to" in faults("drift_report", **SYNC, arize_report_dir=str(tmp_path / "new"))[0]


def test_all_faults_are_in_one_line():
    wrong = faults("sync_roster", **{f"arize_x{number}": number for number in range(15)})
    text = problem(wrong)
    assert text.startswith("No changes were made. ")
    assert text.count("is not a variable of arize.ax.sync_roster") == 10
    assert text.endswith("(And 5 more.)")
    assert problem(wrong[:10]).endswith(wrong[9])
    assert "\n" not in problem(["a\nb"])
    assert problem([]) == ""


def test_a_review_is_written_to_a_folder_or_printed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    unset = {"report_dir": "-", "stale_days": 90, "previous_review": "", "csv_delimiter": ","}
    assert read("access_review", arize_report_dir=" - ")[::2] == (unset, [])
    (tmp_path / "file").touch()
    given = {"arize_report_dir": "out", "arize_previous_review": "file"}
    values, _connection, wrong = read("access_review", **given)
    expected = {**unset, "report_dir": os.path.realpath("out"), "previous_review": os.path.realpath("file")}
    assert (values, wrong) == (expected, [])
    assert "is not a folder" in faults("access_review", arize_report_dir="file/x")[0]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("columns", "Work Mail", 'has the line "Work Mail" without a colon'),
        ("columns", "a: email\na: name", 'names "a" twice'),
        ("columns", "a:b: e-mail", 'maps columns to unknown keys: "a:b": "e-mail". The keys are email, user_id'),
        ("columns", "{a", "is not valid JSON"),
        ("columns", '{"a": "email", "a": "name"}', 'names "a" twice'),
        ("columns", ["a"], "must be a mapping or lines such as Work Mail: email, not a list"),
        ("access_by", "Department", "must map one column to its values"),
        ("access_by", {"D": {"R": ["P"]}}, 'is neither "Space: role" nor'),
    ],
)
def test_what_a_table_is_read_by(name, value, expected):
    (fault,) = faults("sync_roster", **SYNC, **{f"arize_{name}": value})
    assert fault.startswith(f"arize_{name} ")
    assert expected in fault
