# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: roster_from_profiles
short_description: Read a roster from profiles of a directory
version_added: 1.0.0
author:
  - The arize.ax contributors (@arize-ax)
description:
  - Converts profiles of Okta, Entra ID, Google Workspace or LDAP to roster entries, for the option
    O(arize.ax.arize_user_roster#module:users).
  - A profile without an address is left out, and a warning names it. Of several addresses the first is taken, and a warning
    says so. Two profiles with one address, in any case, are an error that names both.
options:
  _input:
    description:
      - The profiles.
    type: list
    elements: dict
    required: true
  email:
    description:
      - The path of the address in a profile, such as V(mail) or V(profile.email).
    type: str
    required: true
  name:
    description:
      - The path of the name.
    type: str
  first_name:
    description:
      - The path of the first name. With O(last_name) it makes the name of a profile that has no O(name).
    type: str
  last_name:
    description:
      - The path of the last name.
    type: str
  shared:
    description:
      - Keys and values that each entry gets too, such as C({"role":"member"}).
    type: dict
    default: {}
seealso:
  - plugin: arize.ax.roster_from_csv
    plugin_type: filter
  - module: arize.ax.arize_user_roster
"""

EXAMPLES = r"""
- name: Make the account equal to what a search has found
  arize.ax.arize_user_roster:
    users: "{{ directory.results | arize.ax.roster_from_profiles(
      email='mail', name='displayName', first_name='givenName', last_name='sn',
      shared={'role': 'member'}) }}"
"""

RETURN = r"""
_value:
  description:
    - The users in the order of the profiles, for O(arize.ax.arize_user_roster#module:users).
  type: list
  elements: dict
  sample:
    - email: ada@example.com
      name: Ada Lovelace
      role: member
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display

from ..module_utils._text import named
from ..plugin_utils._texts import Untrusted, kind_of, printable, refuse, shown

_IDENTIFIERS = ("dn", "userPrincipalName", "login", "id")


def roster_from_profiles(  # noqa: PLR0913 (each is an option)
    profiles: object,
    email: str,
    *,
    name: str = "",
    first_name: str = "",
    last_name: str = "",
    shared: Mapping[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """Return the entries of a roster for *profiles*; the other arguments are the paths of the values.

    Raises:
        AnsibleFilterError: they are no list of profiles, or two have one address.
    """
    if not isinstance(profiles, list) or not all(isinstance(profile, Mapping) for profile in profiles):
        raise AnsibleFilterError(f"Profiles have to be a list of mappings, not {kind_of(profiles)}.")
    read = [_read(profile, number, email, name, (first_name, last_name)) for number, profile in enumerate(profiles, 1)]
    kept = [one for one in read if one.addresses]
    first = {one.addresses[0].lower(): one for one in reversed(kept)}
    others = [(one, first[one.addresses[0].lower()]) for one in kept]
    faults = [
        f"{other.who} and {one.who} both have {shown(one.addresses[0])}" for one, other in others if one is not other
    ]
    if faults:
        refuse("The profiles cannot be used", faults, "Correct the directory, or narrow the search.")
    _warn("Profiles without an address are left out", [one.who for one in read if not one.addresses])
    several = [f"{one.who} ({one.addresses[0]})" for one in kept if len(one.addresses) > 1]
    _warn("Of several addresses the first is taken", several)
    return [{**one.entry, **(shared or {})} for one in kept]


class _Profile(NamedTuple):
    """A profile as it was read, and how messages name it."""

    who: str
    addresses: list[str]
    name: str

    @property
    def entry(self) -> dict[str, Any]:
        """The entry of a roster."""
        name = {"name": Untrusted(self.name)} if self.name else {}
        return {"email": Untrusted(self.addresses[0]), **name}


def _read(profile: Mapping[str, Any], number: int, email: str, name: str, parts: tuple[str, str]) -> _Profile:
    joined = " ".join(text for path in parts for text in _texts(profile, path)[:1])
    full = next(iter(_texts(profile, name)), joined)
    identifier = next((profile[key] for key in _IDENTIFIERS if isinstance(profile.get(key), str)), f"profile {number}")
    return _Profile(printable(f"{full} ({identifier})" if full else identifier), _texts(profile, email), full)


def _texts(profile: Mapping[str, Any], path: str) -> list[str]:
    """Return the texts at *path*, whose parts are separated by dots; LDAP gives a list of several."""
    value: Any = profile
    for key in filter(None, path.split(".")):
        value = value.get(key) if isinstance(value, Mapping) else None
    values = value if isinstance(value, list) else [value]
    return [text.strip() for text in values if path and isinstance(text, str) and text.strip()]


def _warn(what: str, names: list[str]) -> None:
    if names:
        Display().warning(f"{what}: {named(names)}.")


class FilterModule:
    """The filter, as Ansible finds it."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filter by name."""
        return {"roster_from_profiles": roster_from_profiles}
