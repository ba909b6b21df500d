"""The JSON schema of roster files: up to date, and of one mind with the filter and the module."""

from __future__ import annotations

import json
from typing import Any

import pytest
import tree
import yaml
from jsonschema import Draft7Validator

SCHEMA = json.loads((tree.ROOT / "docs" / "roster.schema.json").read_text(encoding="utf-8"))
ADA = {"email": "ada@x.io", "name": "Ada", "role": "member"}


def test_the_schema_is_what_the_documentation_says() -> None:
    done = tree.run(tree.ROOT, "roster_schema.py", "--check")
    assert done.returncode == 0, done.stderr


def test_a_schema_that_is_out_of_date_is_found(tmp_path: Any) -> None:
    sources = tree.copy(tmp_path)
    module = sources / "plugins" / "modules" / "arize_user_roster.py"
    module.write_text(
        module.read_text().replace("suboptions:\n", "suboptions:\n      x: {type: str, description: X}\n", 1)
    )
    assert tree.run(sources, "roster_schema.py", "--check").returncode == 1
    assert tree.run(sources, "roster_schema.py").returncode == 0
    assert tree.run(sources, "roster_schema.py", "--check").returncode == 0


@pytest.mark.parametrize(
    "roster",
    [
        [],
        [ADA],
        [{"user_id": "x", "is_developer": False}],
        [ADA | {"role": "Member_UI_only", "is_developer": "Yes", "invite_mode": "none"}],
        [ADA | {"user_id": None, "role": None, "custom_role_id": "x", "is_developer": None, "invite_mode": None}],
        yaml.safe_load((tree.ROOT / "docs" / "examples" / "people.yml").read_text()),
        yaml.safe_load((tree.ROOT / "docs" / "examples" / "people_with_access.yml").read_text()),
    ],
)
def test_a_roster_fits(roster: list[Any]) -> None:
    Draft7Validator.check_schema(SCHEMA)
    assert [error.message for error in Draft7Validator(SCHEMA).iter_errors(roster)] == []


@pytest.mark.parametrize(
    "roster",
    [
        {},
        [{}],
        ["ada@x.io"],
        [{"name": "Ada"}],
        [ADA | {"user_id": "x"}],
        [ADA | {"custom_role_id": "x"}],
        [ADA | {"role": "owner"}],
        [ADA | {"rol": "member"}],
        [ADA | {"name": ["Ada"]}],
        [ADA | {"is_developer": "on"}],
        [ADA | {"invite_mode": "mail"}],
    ],
)
def test_something_else_does_not_fit(roster: Any) -> None:
    assert not Draft7Validator(SCHEMA).is_valid(roster)
