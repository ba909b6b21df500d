"""A defect of the collection ends in one sentence and an honest ``changed``; what exposes the key is a warning."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.module_utils._client.users import Users
from ansible_collections.arize.ax.plugins.modules import arize_user, arize_user_roster
from ansible_collections.arize.ax.tests.unit.support.api import create, listing, look_up, page, person, update
from ansible_collections.arize.ax.tests.unit.support.task import Task

ADA = {"email": "ada@x.io", "name": "Ada", "role": "member"}
SECRET = "a text that may hold a secret"


def broken(*_args, **_options):
    raise KeyError(SECRET)


def check(result, *, changed):
    assert (result["failed"], result["changed"], result["error"]["kind"]) == (True, changed, "internal")
    assert "KeyError" in result["msg"]
    assert SECRET not in str(result)


def test_before_any_write(server, monkeypatch):
    monkeypatch.setattr(Users, "look_up", broken)
    check(Task(arize_user, server).run_both(**ADA), changed=False)


@pytest.mark.parametrize("check_mode", [True, False])
def test_when_the_result_is_made(server, monkeypatch, check_mode):
    monkeypatch.setattr(arize_user, "item_result", broken)
    calls = [look_up()] if check_mode else [look_up(), create(person(status="INVITED"))]
    check(Task(arize_user, server).run(*calls, check=check_mode, **ADA), changed=True)


def test_when_the_result_of_a_failure_is_made(server, monkeypatch):
    monkeypatch.setattr(arize_user, "item_result", broken)
    check(Task(arize_user, server).run(look_up(person()), **{**ADA, "role": "admin"}), changed=False)


def test_while_a_user_is_written(server, monkeypatch):
    monkeypatch.setattr(Users, "update", broken)
    check(Task(arize_user, server).run(look_up(person(name="A")), **ADA), changed=True)
    check(Task(arize_user, server).run(look_up(), create(person()), **ADA, is_developer=False), changed=True)


def test_one_user_of_a_roster(server, monkeypatch):
    """The others are done, and the result is complete."""
    real = Users.update

    def broken_for_ada(self, user, changes):
        return broken() if user.email == "ada@x.io" else real(self, user, changes)

    monkeypatch.setattr(Users, "update", broken_for_ada)
    bob = person("bob@x.io", name="B")
    users = [ADA, {"email": "bob@x.io", "name": "Bob"}]
    calls = [listing(page(person(name="A", id="A"), bob)), update(person("bob@x.io", name="Bob"), name="Bob")]
    result = Task(arize_user_roster, server).run(*calls, users=users, concurrency=1)
    assert [entry["status"] for entry in result["entries"]] == ["failed", "updated"]
    assert (result["entries"][0]["error"]["kind"], result["entries"][0]["changed"]) == ("internal", True)


def test_certificates_that_are_not_verified_are_a_warning(server):
    (warning,) = Task(arize_user, server).run(look_up(person()), **ADA, validate_certs=False)["warnings"]
    assert "validate_certs" in warning
