"""A roster as YAML: read back to the same entries, readable, in an order that does not depend on the input."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.arize.ax.plugins.filter.roster_from_yaml import roster_from_yaml
from ansible_collections.arize.ax.plugins.filter.roster_to_yaml import roster_to_yaml

NAMES = [
    "Ada Lovelace",
    "null",
    "~",
    "0123",
    "yes",
    "12:30",
    "- a: [b] # c",
    "\"q\" 'r' \\n",
    "{{ 7*7 }} {% raw %}",
    "\u202eevil \u200fשלום",
    "U\u2028\u2029\x85\x7f\ufeff\n\t\r\0",
    "😀 Zoë \U000e0001",
    "<<",
]


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_read_back(name):
    entries = [
        {
            "email": f"{key}@x.io",
            "name": name,
            "role": "member",
            "is_developer": False,
            "access": [{"role": name, "space": name}, {"role": "r", "space": "s", "project": name}],
        }
        for key in ("a", "null", "{{b}}")
    ]
    text = roster_to_yaml(entries)
    if "\0" in name:
        text, entries = text.replace("\\u0000", ""), [{**entry, "name": name.replace("\0", "")} for entry in entries]
        for entry in entries:
            entry["access"] = [{k: v.replace("\0", "") for k, v in each.items()} for each in entry["access"]]
    assert sorted(roster_from_yaml(text), key=lambda entry: entry["email"]) == sorted(entries, key=lambda e: e["email"])
    assert all(line.isprintable() for line in text.split("\n"))


def test_the_text_is_sorted_and_plain_where_it_can_be():
    entries = [
        {"user_id": "b"},
        {"user_id": "a", "name": None},
        {"email": "Bob@x.io", "custom_role_id": "c", "access": []},
        {"name": "Ada", "email": "ada@x.io", "role": "member", "invite_mode": "none", "is_developer": True},
    ]
    assert roster_to_yaml(entries) == roster_to_yaml(entries[::-1])
    assert roster_to_yaml(entries) == (
        '- email: ada@x.io\n  name: "Ada"\n  role: member\n  is_developer: true\n  invite_mode: none\n'
        '- email: Bob@x.io\n  custom_role_id: "c"\n  access: []\n- user_id: "a"\n- user_id: "b"\n'
    )
    assert roster_from_yaml(roster_to_yaml([])) == []


@pytest.mark.parametrize("entries", ["text", {"email": "a@x.io"}, ["a@x.io"], [{"emial": "a@x.io"}], None])
def test_what_is_no_roster_is_refused(entries):
    with pytest.raises(AnsibleFilterError):
        roster_to_yaml(entries)


def test_every_key_that_a_roster_does_not_have_is_named():
    with pytest.raises(AnsibleFilterError, match=r'has no key "emial", "a\\nb", "1"\. The keys'):
        roster_to_yaml([{"emial": "a@x.io", "a\nb": "", 1: "", "name": "Ada"}])
