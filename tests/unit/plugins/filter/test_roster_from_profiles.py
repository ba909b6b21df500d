"""Profiles of directories: none is skipped silently, and none stops the others without need."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display
from ansible_collections.arize.ax.plugins.filter.roster_from_profiles import FilterModule

read = FilterModule().filters()["roster_from_profiles"]
LDAP = {"email": "mail", "name": "displayName", "first_name": "givenName", "last_name": "sn"}


@pytest.fixture(autouse=True)
def warnings(monkeypatch):
    """The warnings that are shown."""
    shown = []
    monkeypatch.setattr(Display, "warning", lambda _display, text: shown.append(text))
    return shown


def test_a_name_falls_back_to_first_and_last_name(warnings):
    profiles = [
        {"mail": "ada@x.io", "displayName": "Countess", "givenName": "Ada", "sn": "Lovelace"},
        {"mail": " bob@x.io ", "displayName": " ", "givenName": "Bob", "sn": "Moore"},
        {"mail": "cher@x.io", "displayName": None, "sn": ["Cher", "Sarkisian"]},
        {"mail": "anon@x.io"},
    ]
    assert read(profiles, **LDAP, shared={"role": "member"}) == [
        {"email": "ada@x.io", "name": "Countess", "role": "member"},
        {"email": "bob@x.io", "name": "Bob Moore", "role": "member"},
        {"email": "cher@x.io", "name": "Cher", "role": "member"},
        {"email": "anon@x.io", "role": "member"},
    ]
    assert warnings == []


def test_paths_lead_into_profiles():
    assert read([{"profile": {"email": "ada@x.io"}}, {"profile": {"email": "b@x.io"}}], "profile.email") == [
        {"email": "ada@x.io"},
        {"email": "b@x.io"},
    ]
    assert read([{"profile": "text"}], "profile.email") == []


def test_who_has_no_address_and_who_has_two_is_named(warnings):
    profiles = [
        {"dn": "cn=ada,dc=x", "displayName": "Ada"},
        {"mail": None, "id": "00u1"},
        {"mail": []},
        {"dn": "cn=bob,dc=x", "mail": ["bob@x.io", "b@x.io"]},
    ]
    assert read(profiles, **LDAP) == [{"email": "bob@x.io"}]
    assert warnings == [
        "Profiles without an address are left out: Ada (cn=ada,dc=x), 00u1, profile 3.",
        "Of several addresses the first is taken: cn=bob,dc=x (bob@x.io).",
    ]


def test_two_profiles_with_one_address_are_refused_by_both_names():
    profiles = [{"mail": "a@x.io", "displayName": "Ada"}, {"mail": "A@x.io", "displayName": "Ada"}, {"mail": "b@x.io"}]
    with pytest.raises(AnsibleFilterError, match=r'Ada \(profile 1\) and Ada \(profile 2\) both have "A@x\.io"\.'):
        read(
            [{**profile, "id": f"profile {number}"} for number, profile in enumerate(profiles, 1)],
            email="mail",
            name="displayName",
        )


@pytest.mark.parametrize("profiles", [None, {}, "x", ["x"], [None]])
def test_what_is_no_list_of_profiles(profiles):
    with pytest.raises(AnsibleFilterError, match="Profiles have to be a list"):
        read(profiles, email="mail")
