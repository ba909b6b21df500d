# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading: nobody is overlooked, and it costs at most twice the cheaper of sweeping and looking up one by one."""

from __future__ import annotations

from math import ceil
from typing import Any

import pytest
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._planning.roster import _read, read_roster
from ansible_collections.arize.ax.tests.unit.support.account import Account, id_of, people, rules, someone
from hypothesis import given, settings
from hypothesis import strategies as st


def read(account: Account, *names: str, **given_rules: Any) -> dict[str, str]:
    """Read, and return who was found: {name: address}. A name without @ is an id."""
    wishes = read_roster([{"email" if "@" in name else "user_id": name} for name in names], "absent")
    found, _seen = _read(account.api, wishes, rules(**given_rules))
    return {name: user.email for (_kind, name), user in found.items()}


@settings(max_examples=200, deadline=None)
@given(
    size=st.integers(0, 1200),
    picks=st.lists(st.integers(0, 1500), max_size=120, unique=True),
    by_id=st.lists(st.booleans(), min_size=120, max_size=120),
    concurrency=st.sampled_from([1, 8]),
)
def test_reading_finds_everybody_and_is_cheap(size: int, picks: list[int], by_id: list[bool], concurrency: int) -> None:
    account = Account(*people(size))
    addresses = [f"user{pick:03d}@x.io" for pick in picks]
    names = [id_of(address) if as_id else address for address, as_id in zip(addresses, by_id)]
    found = read(account, *names, concurrency=concurrency)
    assert found == {name: address for name, address, pick in zip(names, addresses, picks) if pick < size}
    assert len(account.calls) <= 2 * min(max(1, ceil(size / 100)), len(names))


# users in the account, who is named, the requests
COSTS: list[tuple[int, list[int], str]] = [
    (0, [1, 2], "GET page 1"),
    (100, [0, 99], "GET page 1"),
    (1000, [0], "GET page 1"),
    (1000, [999], "GET page 1, GET user999@x.io"),
    (1000, [5000], "GET page 1, GET user5000@x.io"),
    (1000, [998, 999], "GET page 1, GET page 2, GET user998@x.io, GET user999@x.io"),
    (1000, [0, 150, 999], "GET page 1, GET page 2, GET user999@x.io"),
    (250, [249, 5000, 5001], "GET page 1, GET page 2, GET page 3"),
    (1000, list(range(1000)), ", ".join(f"GET page {number}" for number in range(1, 11))),
]


@pytest.mark.parametrize(("size", "picks", "requests"), COSTS)
def test_what_reading_asks(size: int, picks: list[int], requests: str) -> None:
    account = Account(*people(size))
    read(account, *(f"user{pick:03d}@x.io" for pick in picks))
    assert ", ".join(account.calls) == requests


@pytest.mark.parametrize("size", [0, 1, 100, 101, 1000])
def test_purge_reads_the_whole_account_and_no_more(size: int) -> None:
    account = Account(*people(size))
    wishes = read_roster([{"email": "user000@x.io"}, {"email": "nobody@x.io"}], "present")
    found, seen = _read(account.api, wishes, rules(purge=True))
    assert (len(found), seen) == (min(size, 1), account.users)
    assert account.calls == [f"GET page {number}" for number in range(1, max(1, ceil(size / 100)) + 1)]


def test_an_address_is_matched_in_any_case_and_as_a_whole() -> None:
    account = Account(someone("joann@x.io"), someone("Ann@X.io"))
    assert read(account, "ANN@x.io") == {"ann@x.io": "Ann@X.io"}


def test_who_moves_to_a_later_page_meanwhile_is_there_once() -> None:
    account = Account(*people(150))
    account.users.insert(120, account.users[0])
    _found, seen = _read(account.api, read_roster([{"email": "nobody@x.io"}], "present"), rules(purge=True))
    assert seen == people(150)


FAILURE = ArizeError("server", "Could not list the users: the server answered 500.", status=500)


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize(
    ("broken", "purge"),
    [
        ("GET page 1", False),
        ("GET page 2", False),
        ("GET page 2", True),
        ("GET page 3", True),
        ("GET gone@x.io", False),
    ],
)
def test_a_read_that_fails_refuses_everything(broken: str, purge: bool, check: bool) -> None:
    account = Account(*people(300))
    account.faults[broken] = FAILURE
    wishes = [{"email": f"{name}@x.io", "name": "N", "role": "member"} for name in ("user000", "gone", "gone2")]
    result = account.converge(check, users=wishes, purge=purge, max_deletions=999, min_admins=0, concurrency=4)
    assert (result["error"]["kind"], result["msg"]) == ("server", FAILURE.message)
    assert (account.writes, result["changed"]) == ([], False)
    assert "results" not in result
