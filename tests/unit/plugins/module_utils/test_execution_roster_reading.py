"""Reading: no user is overlooked, and it costs at most twice the cheaper of sweeping and looking up one by one."""

from __future__ import annotations

from math import ceil
from typing import Any

import pytest
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._execution.roster_account import _read_users
from ansible_collections.arize.ax.plugins.module_utils._planning.roster import Account as ReadAccount
from ansible_collections.arize.ax.plugins.module_utils._planning.roster import read_roster
from ansible_collections.arize.ax.tests.unit.support.account import Account, id_of, new, people, rules, someone
from ansible_collections.arize.ax.tests.unit.support.examples import examples
from hypothesis import given
from hypothesis import strategies as st


def read_account(account: Account, *names: str, **options: Any) -> ReadAccount:
    """Read what a roster of these needs. A name without @ is an id."""
    every = rules(**options)
    entries = read_roster([{"email" if "@" in name else "user_id": name} for name in names], every.state)
    return _read_users(account, entries, every)


def read(account: Account, *names: str, **options: Any) -> dict[str, str]:
    """The same, as {name: address} of those who were found."""
    return {name: user.label for (_kind, name), user in read_account(account, *names, **options).found.items()}


@examples(100)
@given(
    size=st.integers(0, 1200),
    picks=st.lists(st.integers(0, 1500), min_size=1, max_size=120, unique=True),
    by_id=st.lists(st.booleans(), min_size=120, max_size=120),
    concurrency=st.sampled_from([1, 8]),
)
def test_reading_finds_all_users_and_is_cheap(size: int, picks: list[int], by_id: list[bool], concurrency: int) -> None:
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
    whole = read_account(account, "user000@x.io", "unknown@x.io", purge=True)
    assert (len(whole.found), list(whole.users), whole.complete) == (min(size, 1), account.users, True)
    assert account.calls == [f"GET page {number}" for number in range(1, max(1, ceil(size / 100)) + 1)]


def test_a_user_who_moves_to_a_later_page_meanwhile_is_listed_once() -> None:
    account = Account(*people(150))
    account.users.insert(120, account.users[0])
    assert read_account(account, "unknown@x.io", purge=True).users == people(150)


# ---------------------------------------------------------------- addresses in another case

JO, TWIN, EXACT = someone("Jo@x.io"), someone("jO@x.io"), someone("jo@x.io")


def test_an_address_is_matched_in_any_case_and_as_a_whole() -> None:
    account = Account(someone("joann@x.io"), someone("Ann@X.io"))
    assert read(account, "ANN@x.io") == {"ann@x.io": "Ann@X.io"}
    assert account.calls == ["GET page 1"]


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("users", [[JO, EXACT, TWIN], [EXACT, JO], [JO, EXACT]])
def test_an_exact_match_wins(users: list[Any], state: str) -> None:
    account = Account(*users)
    whole = read_account(account, "jo@x.io", state=state)
    assert (list(whole.found.values()), whole.failed) == ([EXACT], {})
    assert account.calls == ["GET page 1"]


def test_each_match_in_another_case_is_taken_whatever_became_of_others() -> None:
    account = Account(JO, EXACT, someone("Ada@x.io"))
    assert read(account, "jo@x.io", "ada@x.io") == {"jo@x.io": "jo@x.io", "ada@x.io": "Ada@x.io"}


@pytest.mark.parametrize("state", ["present", "absent"])
def test_several_matches_in_another_case_are_ambiguous(state: str) -> None:
    account = Account(JO, TWIN, someone("ada@x.io"))
    whole = read_account(account, "jo@x.io", "ada@x.io", state=state)
    assert [user.label for user in whole.found.values()] == ["ada@x.io"]
    (error,) = whole.failed.values()
    assert error.kind == "ambiguous"
    assert all(user.id in error.message for user in (JO, TWIN))


def test_under_absent_a_match_in_another_case_is_confirmed() -> None:
    """The exact match is on a page that is not read otherwise."""
    account = Account(JO, *people(150), EXACT)
    assert read(account, "jo@x.io", state="absent") == {"jo@x.io": "jo@x.io"}
    assert account.calls == ["GET page 1", "GET jo@x.io"]
    sweep = Account(JO, *people(150), EXACT)
    assert read(sweep, "jo@x.io", state="present") == {"jo@x.io": "Jo@x.io"}, "the pages read decide"
    assert sweep.calls == ["GET page 1"]


def test_under_absent_a_user_without_an_address_may_be_the_one() -> None:
    hidden = Account(someone("ada@x.io"), someone(None))
    assert read(hidden, "ada@x.io", "bob@x.io", state="absent") == {"ada@x.io": "ada@x.io"}
    assert hidden.calls == ["GET page 1", "GET bob@x.io"]
    for state, users in (("present", hidden.users), ("absent", [someone("ada@x.io")])):
        account = Account(*users)
        read(account, "ada@x.io", "bob@x.io", state=state)
        assert account.calls == ["GET page 1"]


def test_twins_are_told_apart_by_id() -> None:
    account = Account(JO, TWIN)
    assert read(account, JO.id, TWIN.id) == {JO.id: "Jo@x.io", TWIN.id: "jO@x.io"}


# ---------------------------------------------------------------- failures


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
    account.faults[broken] = ArizeError("server", "Could not list the users: the server answered 500.", status=500)
    users = [new("user000"), new("gone"), new("gone2")]
    result = account.converge(check, users=users, purge=purge, max_deletions=999, min_admins=0, concurrency=4)
    assert (result["error"]["kind"], result["error"]["status"]) == ("server", 500)
    assert (account.writes, result["changed"], result["deletions"]) == ([], False, [])
    assert "entries" not in result
