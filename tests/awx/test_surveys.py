"""The surveys: AWX would keep them, and each question is a variable that its playbook describes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.arize.ax.plugins.module_utils._planning.desired import ROLES
from ansible_collections.arize.ax.plugins.plugin_utils import _variables

from tests.awx import awx

every_survey = pytest.mark.parametrize("name", awx.SURVEYS)


def questions(name: str) -> dict[str, dict[str, Any]]:
    """The questions of a survey, by variable."""
    return {question["variable"]: question for question in awx.survey(name)["spec"]}


def test_there_are_surveys() -> None:
    of_one_user = {"change_address", "rename", "reset_password"}
    assert set(awx.SURVEYS) == {"access_review", "offboard", "onboard", "resend", "sync_roster", *of_one_user}


@every_survey
def test_awx_would_keep_the_survey(name: str) -> None:
    assert awx.complaints(awx.SURVEY, awx.survey(name)) == []
    variables = [question["variable"] for question in awx.survey(name)["spec"]]
    assert len(set(variables)) == len(variables)
    for question in awx.survey(name)["spec"]:
        default, given = question["default"], awx.choices(question)
        if question["type"] == "multiplechoice":
            # A choice that has to be made, and is: then no answer is ever missing or empty.
            assert default in given
            assert question["required"]
        assert question["type"] not in ("password", "multiselect")
        if default != "" and question["type"] == "integer":
            assert question["min"] <= default <= question["max"]
        # A minimum above zero makes AWX leave out an empty answer, which is fine where there has to be one.
        assert question["required"] or question["type"] == "integer" or question["min"] == 0


@every_survey
def test_each_answer_is_a_variable_of_the_playbook(name: str) -> None:
    playbook = awx.shipped_playbook(f"{name}.yml")
    assert set(questions(name)) <= awx.documented_variables(playbook)
    # Messages name a variable with the question that sets it; those of the modules name options.
    known = _variables.PLAYBOOKS.get(name)
    if known is None:
        return
    asked = {variable.removeprefix("arize_"): each["question_name"] for variable, each in questions(name).items()}
    assert asked == {variable: known[variable].question for variable in asked}
    assert {variable for variable in known if known[variable].question} == set(asked)


@every_survey
def test_what_has_to_be_answered_is_asked(name: str) -> None:
    head = awx.shipped_playbook(f"{name}.yml").read_text()
    needed = set(re.findall(r"^# (arize_\w+) +required", head, re.MULTILINE))
    assert needed <= {variable for variable, question in questions(name).items() if question["required"]}


def test_no_survey_asks_for_a_temporary_password() -> None:
    """It would end with the job's container."""
    assert awx.choices(questions("onboard")["arize_invite_mode"]) == ["email_link", "none"]
    assert "arize_password_dir" not in questions("onboard")


def test_the_dangerous_is_never_the_default() -> None:
    assert questions("sync_roster")["arize_dry_run"]["default"] == "true"
    assert questions("sync_roster")["arize_purge"]["default"] == "false"
    assert questions("sync_roster")["arize_purge_access"]["default"] == "false"
    assert questions("sync_roster")["arize_max_deletions"]["default"] == ""
    assert questions("sync_roster")["arize_role_mismatch"]["default"] == "fail"
    assert questions("offboard")["arize_allow_admins"]["default"] == "false"


def test_the_roles_are_those_of_the_modules() -> None:
    assert set(awx.choices(questions("onboard")["arize_role"])) == {*ROLES}


@pytest.mark.parametrize("playbook", sorted(path.name for path in (awx.FOLDER / "project").glob("*.yml")))
def test_the_project_runs_a_shipped_playbook(playbook: str) -> None:
    path = awx.shipped_playbook(playbook)
    assert path.is_file()
    assert path.stem in _variables.PLAYBOOKS or awx.documented_variables(path)
    # AWX lists a file as a playbook if a line of it begins so.
    line = r"^\s*-?\s*(hosts|(ansible\.builtin\.)?import_playbook):"
    assert re.search(line, (awx.FOLDER / "project" / playbook).read_text(), re.MULTILINE)


def test_every_shipped_playbook_is_in_the_project() -> None:
    shipped = {path.name for path in (awx.ROOT / "playbooks").glob("*.yml")}
    assert shipped <= {path.name for path in (awx.FOLDER / "project").glob("*.yml")}
