"""configure_awx.yml, by the documentation of the modules of awx.awx, and run by them against an API that keeps all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.awx import awx, controller
from tests.journeys.harness import hiding_places

KEY, PROXY = "ak-configure-0123456789", "http://me:let-me-through@proxy:3128"
# Secrets come from a file, as from a vaulted one.
SECRETS = {"arize_awx_api_key": KEY, "arize_awx_proxy_url": PROXY}
URL = "https://git.example.com/people.git"
COLUMNS = "Work Mail: email"


def tasks() -> list[dict[str, Any]]:
    """The tasks with modules of awx.awx."""
    found = yaml.safe_load((awx.FOLDER / "tasks" / "configure.yml").read_text())
    return [task for task in found if any(key.startswith("awx.awx.") for key in task)]


def module_of(task: dict[str, Any]) -> str:
    """The module that a task runs."""
    (module,) = [key for key in task if key.startswith("awx.awx.")]
    return module


def environment(tmp_path: Path, awx_collections: Path, **more: str) -> dict[str, str]:
    """The data that Ansible gets."""
    paths = [str(awx_collections), os.environ["ANSIBLE_COLLECTIONS_PATH"]]
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("ARIZE_", "CONTROLLER_", "TOWER_"))
    }
    return {
        **kept,
        "HOME": str(tmp_path),
        "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join(paths),
        "ANSIBLE_LOCALHOST_WARNING": "False",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOG_PATH": str(tmp_path / "ansible.log"),
        "ANSIBLE_PIPELINING": "True",  # faster
        **more,
    }


def ansible(command: list[str], env: dict[str, str]) -> str:
    """Run a command of Ansible, and return its output."""
    command = [sys.executable, "-m", "ansible", *command]
    done = subprocess.run(
        command,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def documented(awx_collections: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The options of the modules that are used."""
    names = sorted({module_of(task) for task in tasks()})
    output = ansible(["doc", "--json", *names], environment(tmp_path_factory.mktemp("doc"), awx_collections))
    pages = json.loads(output[output.index("{") :])
    return {name: page["doc"]["options"] for name, page in pages.items()}


@pytest.mark.parametrize("task", tasks(), ids=lambda task: task["name"])
def test_every_option_exists_and_fits(task: dict[str, Any], documented: dict[str, dict[str, Any]]) -> None:
    options = documented[module_of(task)]
    given = task[module_of(task)]
    assert set(given) <= set(options)
    assert {name for name, option in options.items() if option.get("required")} <= set(given)
    for name, value in given.items():
        templated = isinstance(value, str) and "{{" in value
        if options[name].get("choices") and not templated:
            assert value in options[name]["choices"]
        if not templated:
            assert isinstance(value, {"str": str, "bool": bool, "dict": dict, "list": list}[options[name]["type"]])


def test_job_types_and_surveys_fit(documented: dict[str, dict[str, Any]]) -> None:
    templates = yaml.safe_load((awx.FOLDER / "vars" / "job_templates.yml").read_text())["_job_templates"]
    names = [template["name"] for template in templates]
    assert len(set(names)) == len(names)
    for template in templates:
        assert template["job_type"] in documented["awx.awx.job_template"]["job_type"]["choices"]
        playbook = awx.FOLDER / "project" / template["playbook"]
        assert set(template.get("extra_vars", {})) <= awx.documented_variables(awx.shipped_playbook(playbook.name))
        if "survey" in template:
            assert template["survey"] in awx.SURVEYS
            # Of a job of type Check, whether it is a dry run is no question.
            assert (template["job_type"] == "check") == ("arize_dry_run" in template.get("not_asked", [])) or (
                template["survey"] != "sync_roster"
            )
    # What a run may do, a dry run may show.
    runs = {template["playbook"] for template in templates if template["job_type"] == "run" and "survey" in template}
    assert runs <= {template["playbook"] for template in templates if template["job_type"] == "check"}
    assert {template["survey"] for template in templates if "survey" in template} == set(awx.SURVEYS)


def test_the_syntax_is_right_with_awx_at_hand(tmp_path: Path, awx_collections: Path) -> None:
    env = environment(tmp_path, awx_collections)
    # Included only when it runs, so that this would not be looked at.
    imported = tmp_path / "imported.yml"
    task = {"name": "Set it up", "ansible.builtin.import_tasks": str(awx.FOLDER / "tasks" / "configure.yml")}
    imported.write_text(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]))
    ansible(["playbook", "--syntax-check", str(awx.FOLDER / "configure_awx.yml"), str(imported)], env)


def test_our_collection_does_not_depend_on_awx() -> None:
    assert yaml.safe_load((awx.ROOT / "galaxy.yml").read_text())["dependencies"] == {}


@pytest.fixture(scope="module")
def configured(
    awx_collections: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[controller.Controller, str, str]]:
    """An AWX after two runs of the playbook, without and with a key, and what these have printed."""
    folder = tmp_path_factory.mktemp("configured")
    (folder / "secrets.yml").write_text(json.dumps(SECRETS))
    with controller.serve() as server:
        env = environment(folder, awx_collections, CONTROLLER_HOST=server.url, CONTROLLER_OAUTH_TOKEN="a-token")
        playbook = [
            "playbook",
            str(awx.FOLDER / "configure_awx.yml"),
            "-vvv",
            "--diff",
            "-e",
            f"arize_awx_scm_url={URL}",
            "-e",
            f"arize_awx_columns='{COLUMNS}'",
        ]
        first = ansible([*playbook, "-e", f"@{folder / 'secrets.yml'}", "-e", "arize_awx_region=eu-west-1a"], env)
        server.writes.clear()
        # No user is there to be asked: the credentials stay as they are.
        second = ansible([*playbook, "-e", "arize_awx_use_network=true"], env)
        yield server, first, second + (folder / "ansible.log").read_text()


Configured = tuple[controller.Controller, str, str]


def test_the_second_run_changes_nothing(configured: Configured) -> None:
    server, first, second = configured
    assert "failed=0" in first
    assert "changed=0" in second, second
    assert server.writes == []


def test_no_user_sees_the_secrets(configured: Configured) -> None:
    server, *printed = configured
    for secret in (KEY, "let-me-through"):
        for form in hiding_places(secret):
            assert not any(form in text for text in printed)
    assert list(server.secrets.values()) == [{"api_key": KEY}, {"proxy_url": PROXY}]


def test_awx_gets_the_types_as_they_are_written(configured: Configured) -> None:
    server = configured[0]
    for name, folder in (("Arize AX", "arize_ax"), ("Arize AX network", "arize_ax_network")):
        made = server.named("credential_types", name)
        assert (made["inputs"], made["injectors"]) == awx.credential_type(folder)
        assert made["kind"] == "cloud"


def test_awx_gets_the_credentials(configured: Configured) -> None:
    server = configured[0]
    credential = server.named("credentials", "Arize AX")
    assert credential["inputs"] == {"api_key": controller.ENCRYPTED, "region": "eu-west-1a"}
    assert server.named("credentials", "Arize AX network")["inputs"] == {"proxy_url": controller.ENCRYPTED}


def test_awx_gets_the_job_templates_with_their_surveys(configured: Configured) -> None:
    server = configured[0]
    assert server.named("projects", "Arize AX playbooks")["scm_url"] == URL
    credentials = {server.named("credentials", name)["id"] for name in ("Arize AX", "Arize AX network")}
    wanted = yaml.safe_load((awx.FOLDER / "vars" / "job_templates.yml").read_text())["_job_templates"]
    for template in wanted:
        made = server.named("job_templates", f"Arize AX: {template['name']}")
        assert (made["job_type"], made["playbook"]) == (template["job_type"], template["playbook"])
        assert made["diff_mode"] is True
        assert made["survey_enabled"] is ("survey" in template)
        assert server.surveys.get(("job_templates", made["id"])) == asked(template)
        assert set(server.associated["job_templates", made["id"], "credentials"]) == credentials
    drift = json.loads(server.named("job_templates", "Arize AX: drift report")["extra_vars"])
    assert drift == {
        "arize_roster_file": "rosters/roster.yml",
        "arize_columns": COLUMNS,
        "arize_access_by": "",
        "arize_report_dir": "/tmp/arize_drift",
        "arize_protected": "",
        "arize_allow_unknown": False,
    }
    shown = json.loads(server.named("job_templates", "Arize AX: show the roster")["extra_vars"])
    assert shown == {"arize_roster_file": "-", "arize_with_access": False}
    written = json.loads(server.named("job_templates", "Arize AX: offboard")["extra_vars"])
    assert written["arize_standing_max_deletions"] == ""


def asked(template: dict[str, Any]) -> dict[str, Any] | None:
    """The survey of a template, as it is written but for what this template does not ask, and with its columns."""
    if "survey" not in template:
        return None
    survey = awx.survey(template["survey"])
    spec = [each for each in survey["spec"] if each["variable"] not in template.get("not_asked", [])]
    return {
        **survey,
        "spec": [{**each, "default": COLUMNS} if each["variable"] == "arize_columns" else each for each in spec],
    }


def test_awx_gets_workflows_that_wait_for_an_approval(configured: Configured) -> None:
    server = configured[0]
    workflows = yaml.safe_load((awx.FOLDER / "vars" / "job_templates.yml").read_text())["_workflows"]
    templates = {template["id"]: template for template in server.objects["job_templates"].values()}
    nodes = server.objects["workflow_job_template_nodes"]
    assert {workflow["survey"] for workflow in workflows} == {"sync_roster", "offboard"}
    for workflow in workflows:
        made = server.named("workflow_job_templates", f"Arize AX: {workflow['name']}")
        assert server.surveys["workflow_job_templates", made["id"]] == asked(workflow)
        steps = {node["identifier"]: node for node in nodes.values() if node["workflow_job_template"] == made["id"]}
        assert set(steps) == {"dry run", "approve", "apply"}
        assert next_steps(server, steps["dry run"]) == [steps["approve"]]
        assert next_steps(server, steps["approve"]) == [steps["apply"]]
        assert next_steps(server, steps["apply"]) == []
        dry, real = (templates[steps[name]["unified_job_template"]] for name in ("dry run", "apply"))
        assert (dry["job_type"], real["job_type"], dry["playbook"]) == ("check", "run", real["playbook"])
        approval = server.objects["workflow_approval_templates"]
        url = steps["approve"]["related"]["unified_job_template"]
        assert [(each["name"], each["timeout"]) for each in approval.values() if each["url"] == url] == [
            (workflow["approval"], 86400)
        ]
        # What the survey of a step asks, but the workflow does not, has its answer; else the default would hold.
        extra = steps["apply"].get("extra_data", {})
        unasked = set(variables(server, "job_templates", real)) - set(variables(server, "workflow_job_templates", made))
        assert set(extra) == unasked
        assert extra.get("arize_dry_run", "false") == "false"


def variables(server: controller.Controller, endpoint: str, template: dict[str, Any]) -> list[str]:
    """The variables that a template's survey asks."""
    return [question["variable"] for question in server.surveys[endpoint, template["id"]]["spec"]]


def next_steps(server: controller.Controller, node: dict[str, Any]) -> list[dict[str, Any]]:
    """The nodes that run if this one succeeds."""
    ids = server.associated.get(("workflow_job_template_nodes", node["id"], "success_nodes"), [])
    return [server.objects["workflow_job_template_nodes"][number] for number in ids]


def test_awx_gets_the_schedule_of_the_access_review(configured: Configured) -> None:
    server = configured[0]
    (schedule,) = server.objects["schedules"].values()
    template = server.named("job_templates", "Arize AX: access review")
    assert schedule["unified_job_template"] == template["id"]
    assert schedule["rrule"] == "DTSTART:20260101T060000Z RRULE:FREQ=MONTHLY;INTERVAL=3"
    # Without answers, the job takes the defaults.
    questions = server.surveys["job_templates", template["id"]]["spec"]
    assert all(question["default"] != "" for question in questions if question["required"])
