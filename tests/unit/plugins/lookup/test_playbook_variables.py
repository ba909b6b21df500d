"""The lookup itself; what the variables mean is tested without Ansible, and whole playbooks are among the journeys."""

from __future__ import annotations

import types

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible.utils.vars import load_extra_vars
from ansible_collections.arize.ax.plugins.lookup import playbook_variables


class Lookup(playbook_variables.LookupModule):
    """The lookup with the options that it is given: here, Ansible knows no documentation of it."""

    def set_options(self, var_options=None, direct=None):
        self._direct = direct

    def get_option(self, option, hostvars=None):
        return self._direct[option]


@pytest.fixture
def look_up(monkeypatch):
    """Return a function that runs the lookup with variables."""
    monkeypatch.setattr(load_extra_vars, "extra_vars", {"x": 1}, raising=False)
    # Here, the loader finds no plugins.
    reader = types.SimpleNamespace(run=lambda names, variables: [variables[name] for name in names])
    monkeypatch.setattr(playbook_variables.lookup_loader, "get", lambda *_args, **_options: reader)

    def run(playbook, want="values", **variables):
        loader = DataLoader()
        templar = Templar(loader, variables=variables)
        lookup = Lookup(loader=loader, templar=templar)
        return lookup.run([playbook], variables=variables, want=want)[0]

    return run


def test_values_and_connection(look_up):
    given = {
        "arize_emails": "a@x.io",
        "arize_api_url": "http://127.0.0.1:1/v",
        "arize_max_retries": 0,
        "other": "{{ typo }}",
    }
    assert look_up("resend", **given)["emails"] == [{"email": "a@x.io", "name": None}]
    assert look_up("resend", "connection", **given) == {"api_url": "http://127.0.0.1:1/v", "max_retries": 0}
    assert look_up("resend", "endpoint", **given, arize_api_key="k") == "http://127.0.0.1:1/v"
    with pytest.raises(AnsibleError, match="No API key"):
        look_up("resend", "endpoint", **given)
    assert look_up("resend", "problem", **given) == ""


def test_what_is_wrong_is_text_or_an_error(look_up):
    assert "arize_emails" in look_up("resend", "problem")
    for want in ("values", "connection", "roster", "endpoint"):
        with pytest.raises(AnsibleError, match="No changes were made"):
            look_up("resend", want)
    with pytest.raises(AnsibleError, match="There is no playbook"):
        look_up("reset")


def test_only_a_variable_of_the_inventory_may_be_for_another_playbook(look_up, monkeypatch):
    shown = []
    monkeypatch.setattr(playbook_variables.Display, "v", lambda _self, line, **_options: shown.append(line))

    def of_host(**values):
        return {"hostvars": types.SimpleNamespace(raw_get=lambda _host: values), "inventory_hostname": "localhost"}

    foreign = {"arize_report_dir": "{{ undefined }}", "arize_emails": "a@x.io"}
    playbook_variables._tell.cache_clear()
    assert look_up("resend", "problem", **foreign, **of_host(arize_report_dir="{{ undefined }}")) == ""
    assert shown == ["Variables of the inventory that this playbook ignores: arize_report_dir"]
    # A play has set it, or has set another value.
    for values in ({}, {"arize_report_dir": "report"}):
        assert "arize_report_dir is not a variable" in look_up("resend", "problem", **foreign, **of_host(**values))
    # hostvars has extra variables too.
    monkeypatch.setattr(load_extra_vars, "extra_vars", {"arize_report_dir": 1})
    extra = {**foreign, "arize_report_dir": 1}
    assert "arize_report_dir is not a variable" in look_up("resend", "problem", **extra, **of_host(arize_report_dir=1))


def test_omit_is_not_given(look_up, monkeypatch):
    given = {"arize_emails": "a@x.io", "arize_dry_run": "placeholder", "omit": "placeholder"}
    assert look_up("resend", **given)["dry_run"] is False
    # From ansible-core 2.19: an object, which the result of a template leaves out.
    omit = type("_OmitType", (), {})()
    given = {"arize_emails": ["a@x.io", omit], "arize_dry_run": omit}
    assert look_up("resend", **given)["dry_run"] is False
    roster = {"arize_roster_text": "- email: a@x.io", "arize_columns": {"A": omit}}
    assert look_up("sync_roster", **roster)["columns"] == {}
    left_out = types.SimpleNamespace(run=lambda names, variables: [] if names == ["arize_dry_run"] else ["a@x.io"])
    monkeypatch.setattr(playbook_variables.lookup_loader, "get", lambda *_args, **_options: left_out)
    assert look_up("resend", **given)["dry_run"] is False


def test_a_warning_is_given_once(look_up, monkeypatch):
    shown = []
    monkeypatch.setattr(playbook_variables.Display, "warning", lambda _self, text, **_options: shown.append(text))
    playbook_variables._tell.cache_clear()
    both = {"arize_roster_text": "- {email: a@x.io}", "arize_roster_file": "r.yml"}
    assert [look_up("sync_roster", "problem", **both) for _time in range(2)] == ["", ""]
    assert len(shown) == 1


@pytest.mark.parametrize("name", ["_arize", "_ARIZE_result", "omit", "_raw_params"])
def test_extra_variables_cannot_be_ours(name, look_up, monkeypatch):
    monkeypatch.setattr(load_extra_vars, "extra_vars", {name: "left over"})
    assert "No changes were made" in look_up("resend", "problem", arize_emails="a@x.io")


def test_the_roster_is_read_as_the_file_is_called(look_up, tmp_path):
    (tmp_path / "r.CSV").write_text("Mail;Name\na@x.io;Ada\n")
    (tmp_path / "r.json").write_text('[{"email": "a@x.io", "name": "Ada"}]')
    for name in ("r.CSV", "r.json"):
        assert look_up("sync_roster", "roster", arize_roster_file=str(tmp_path / name)) == [
            {"email": "a@x.io", "name": "Ada"}
        ]
    (tmp_path / "latin.yml").write_bytes("- name: Zoë".encode("latin-1"))
    assert "latin.yml: The roster is not UTF-8" in look_up(
        "sync_roster", "problem", arize_roster_file=str(tmp_path / "latin.yml")
    )


def test_columns_and_access_by_team_are_those_of_a_table(look_up, tmp_path, monkeypatch):
    warnings = []
    monkeypatch.setattr(playbook_variables.Display, "warning", lambda _display, text: warnings.append(text))
    (tmp_path / "r.csv").write_text("Wer;Extern;Department\na@x.io;WAHR;Research\nb@x.io;;Sales\n")
    (tmp_path / "r.yml").write_text("- email: a@x.io\n")
    given = {
        "arize_roster_file": str(tmp_path / "r.csv"),
        "arize_columns": "Wer: email\nExtern:\n",
        "arize_access_by": "Department: {Research: ['Prod: Reviewer']}",
    }
    access = [{"space": "Prod", "role": "Reviewer"}]
    for columns in (given["arize_columns"], '{"Wer": "email", "Extern": null}', {"Wer": "email", "Extern": ""}):
        entries = look_up("sync_roster", "roster", **{**given, "arize_columns": columns})
        assert entries == [{"email": "a@x.io", "access": access}, {"email": "b@x.io"}]
    # ansible-core up to 2.18 rebuilds whatever is a tuple, and cannot rebuild a named one.
    assert not isinstance(look_up("sync_roster", **given)["access_by"], tuple)
    assert warnings[0].endswith('r.csv: The Department "Sales" gives no access (line 3).')
    problem = look_up("sync_roster", "problem", **{**given, "arize_columns": ""})
    assert 'the column "Wer" is unknown' in problem
    assert 'arize_columns ("What do the columns of a CSV file mean?")' in problem
    yaml = {**given, "arize_roster_file": str(tmp_path / "r.yml")}
    needs = 'arize_access_by ("Which column of a CSV file gives access?") needs a roster in a CSV file'
    assert needs in look_up("sync_roster", "problem", **yaml)
    assert look_up("sync_roster", "roster", **{**yaml, "arize_access_by": ""}) == [{"email": "a@x.io"}]
    assert look_up("sync_roster", "faults", **given) == []


@pytest.mark.parametrize(("rows", "is_long"), [(1, False), (9, True)])
def test_the_faults_of_a_roster_are_lines_if_they_are_many(look_up, tmp_path, rows, is_long):
    (tmp_path / "r.csv").write_text("email,role\n" + "".join(f"a{n}@x.io,boss{n}\n" for n in range(rows)))
    given = {"arize_roster_file": str(tmp_path / "r.csv")}
    faults = look_up("sync_roster", "faults", **given)
    assert faults[:1] == (
        ['line 2 (a0@x.io): role is "boss0"; choose one of admin, member, member_ui_only, annotator'] * is_long
    )
    assert "line 2 (a0@x.io)" in look_up("sync_roster", "problem", **given)
