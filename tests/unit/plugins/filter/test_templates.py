"""Results of filters are never taken for templates."""

from __future__ import annotations

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible_collections.arize.ax.plugins.filter.access_from_text import access_from_text
from ansible_collections.arize.ax.plugins.filter.people import people
from ansible_collections.arize.ax.plugins.filter.roster_from_csv import roster_from_csv
from ansible_collections.arize.ax.plugins.filter.roster_from_yaml import roster_from_yaml
from ansible_collections.arize.ax.plugins.filter.roster_to_yaml import roster_to_yaml

NAME = "{{ 1 + 1 }} {% raw %}"


@pytest.mark.parametrize(
    "values",
    [
        roster_from_yaml(f"- email: a@x.io\n  name: '{NAME}'\n  access: [{{role: '{NAME}', space: P}}]\n"),
        roster_from_csv(f"mail,name,access\na@x.io,{NAME},P: {NAME}\n"),
        people(f'"{NAME}" <a@x.io>'),
        roster_to_yaml([{"email": "a@x.io", "name": NAME}]),
        access_from_text(f"{NAME} / {NAME}: {NAME}"),
    ],
)
def test_a_value_is_no_template(values):
    assert NAME in str(values)
    assert Templar(DataLoader(), variables={}).template(values) == values
