"""Properties for all accounts, rosters and rules: no plan deletes a user against the rules."""

from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import product
from typing import Any

from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._models import CREATE, DELETE, UPDATE, User
from ansible_collections.arize.ax.plugins.module_utils._planning.protection import fold_widely
from ansible_collections.arize.ax.plugins.module_utils._planning.roster import (
    RosterPlan,
    plan_roster,
    read_roster,
)
from ansible_collections.arize.ax.plugins.module_utils._planning.safeguards import check_plan
from ansible_collections.arize.ax.tests.unit.support.account import Account, account_of, rules
from ansible_collections.arize.ax.tests.unit.support.examples import examples
from hypothesis import event, given
from hypothesis import strategies as st

# Twins in case, look-alikes in normal form, IDNA, Turkish, sharp s, a trailing dot, and no address at all.
ROSTER_ADDRESSES = [
    "jo@x.io", "Jo@x.io", "JO@X.IO", "jos\u00e9@x.io", "jose\u0301@x.io", "ida@x.io", "\u0130da@x.io", "a@stra\u00dfe.io",
    "a@strasse.io", "b@b\u00fccher.io", "b@xn--bcher-kva.io", "c@x.io", "d@x.io", "e@partner.io", "f@partner.io",
    "'c@x.io",
]  # fmt: skip
ADDRESSES = [*ROSTER_ADDRESSES, "c@x.io.", "\uff44@x.io", "g@partner.io", None, None, ""]
IDS = [f"id{number}" for number in range(10)]
REFUSALS = {
    "incomplete", "protected", "bad_option", "too_many_deletions", "too_many_creations", "too_many_updates",
    "too_few_admins", "lookalike",
}  # fmt: skip
DEVELOPER = [None, True, False]

# One draw each, so that an example costs little: what is listed twice is drawn twice as often.
PROFILES = st.sampled_from(
    list(
        product(
            ["Ada", "Bob", None],
            ["active", "active", "active", "invited", "expired", "frozen", None],
            ["admin", "admin", "member", "member", "annotator", "custom", "auditor", None],
            DEVELOPER,
        )
    )
)
WANTED = st.sampled_from(
    [*product(["Ada", "Eve"], ["member", "Admin"], DEVELOPER), *product(["Ada"], ["member", None], DEVELOPER)]
)
SELECTORS = st.sampled_from(
    [*(("email", email) for email in ROSTER_ADDRESSES), *(("user_id", user_id) for user_id in [*IDS, "unknown"])]
)
PROTECTED = [[], [], ["*@partner.io"], ["?@x.io", "z*@x.io"], ["jo@x.io"], ["C@x.io", "*@partner.io"], ["d@X.io"],
             ["jos\u00e9@x.io"], ["gone@x.io"]]  # fmt: skip
RULES = st.sampled_from(
    [
        {
            "state": state,
            "purge": purge,
            "max_deletions": max_deletions,
            "max_creations": max_creations,
            "max_updates": max_updates,
            "protected": protected,
            "min_admins": min_admins,
            "role_mismatch": role_mismatch,
        }
        for (state, purge), max_deletions, (
            max_creations,
            max_updates,
        ), protected, min_admins, role_mismatch in product(
            [("present", True), ("present", True), ("absent", False), ("present", False)],
            [20, 20, 20, 3, 1, 0, None],
            [(None, None), (None, None), (3, 3), (1, None), (None, 1), (0, 0)],
            PROTECTED,
            [0, 0, 1, 2],
            ["fail", "warn", "ignore"],
        )
        if not (purge and max_deletions is None)
    ]
)


@st.composite
def accounts(draw: Any) -> list[User]:
    """Up to ten users; their addresses differ letter for letter."""
    addresses = draw(st.lists(st.sampled_from(ADDRESSES), max_size=10, unique_by=lambda email: email or object()))
    users = []
    for user_id, email in zip(IDS, addresses):
        name, status, role, is_developer = draw(PROFILES)
        users.append(User(user_id, name, email, status, role, None, None, is_developer, None))
    return users


@st.composite
def rosters(draw: Any) -> list[dict[str, Any]]:
    """Up to five entries who fit an account, or do not."""
    chosen = draw(st.lists(SELECTORS, min_size=1, max_size=5, unique_by=lambda pair: (pair[0], pair[1].lower())))
    return [{option: value, **dict(zip(("name", "role", "is_developer"), draw(WANTED)))} for option, value in chosen]


BOTS = st.frozensets(st.sampled_from(IDS), max_size=2)


def named(user: User, roster: list[dict[str, Any]]) -> bool:
    """Whether the roster has the user: by ID, or by the address in any case, its own or that of a user named by ID."""
    return any(
        entry.get("user_id") == user.id or (user.email and (entry.get("email") or "").lower() == user.email.lower())
        for entry in roster
    )


def is_protected(user: User, protected: list[str]) -> bool:
    return any(fnmatchcase((user.email or "").lower(), pattern.lower()) for pattern in protected)


def is_admin(user: User) -> bool:
    """Whether the user is known to be an active admin."""
    return (user.status, user.role) == ("active", "admin")


def may_be_admin(user: User) -> bool:
    """Whether the user may be an active admin, for all that is known."""
    roles = ("member", "member_ui_only", "annotator", "custom")
    return user.status not in ("invited", "expired") and user.role not in roles


def check_deletions(
    plan: RosterPlan, users: list[User], roster: list[dict[str, Any]], given_rules: Any, bots: Any
) -> None:
    deleted = [user.existing for user in plan.users if user.action == DELETE]
    created = [user.desired.email for user in plan.users if user.action == CREATE]
    updated = [user for user in plan.users if user.action == UPDATE]
    event(f"deletions: {min(len(deleted), 3)}, state {given_rules['state']}")
    assert len({user.id for user in deleted}) == len(deleted)
    for user in deleted:
        assert user in users
        assert not is_protected(user, given_rules["protected"])
        if given_rules["state"] == "absent":
            assert named(user, roster)
        else:
            assert given_rules["purge"]
            assert not named(user, roster)
            assert user.email
            assert user.id not in bots
    if given_rules["max_deletions"] is not None:
        assert len(deleted) <= given_rules["max_deletions"]
    if given_rules["max_creations"] is not None:
        assert len(created) <= given_rules["max_creations"]
    if given_rules["max_updates"] is not None:
        assert len(updated) <= given_rules["max_updates"]
    if any(may_be_admin(user) and user.id not in bots for user in deleted):
        remaining = [user for user in users if is_admin(user) and user not in deleted and user.id not in bots]
        assert len(remaining) >= given_rules["min_admins"]
    assert not {fold_widely(email) for email in created} & {fold_widely(user.label) for user in deleted}
    assert given_rules["state"] == "present" or not created


@examples(400)
@given(accounts(), rosters(), RULES, BOTS)
def test_no_user_outside_the_rules_is_planned_for_deletion(
    users: list[User], roster: list[dict[str, Any]], given_rules: dict[str, Any], bots: frozenset[str]
) -> None:
    every = rules(**given_rules)
    entries = read_roster(roster, every.state)
    account = account_of(entries, users, bots=bots)
    try:
        plan = check_plan(plan_roster(entries, account, every), account, every)
    except ArizeError as error:
        event(f"refused: {error.kind}")
        check_refusal(error, users, every, bots)
        return
    check_deletions(plan, users, roster, given_rules, bots)


def check_refusal(error: ArizeError, users: list[User], every: Any, bots: Any) -> None:
    """A refusal is of the right kind, and tells what would have been done."""
    if error.outcome is None:
        assert error.kind == "bad_option"
        assert "the same user as" in error.message
        return
    assert error.kind in REFUSALS
    deleted = [user.existing for user in error.outcome.users if user.action == DELETE]
    created = [user.desired.email for user in error.outcome.users if user.action == CREATE]
    updated = [user for user in error.outcome.users if user.action == UPDATE]
    remaining = sum(is_admin(user) and user.id not in bots for user in users if user not in deleted)
    reasons = {
        "incomplete": any(user.error for user in error.outcome.users),
        "protected": every.state == "absent" and bool(deleted),
        "bad_option": bool(deleted),
        "too_many_deletions": every.max_deletions is not None and len(deleted) > every.max_deletions,
        "too_many_creations": every.max_creations is not None and len(created) > every.max_creations,
        "too_many_updates": every.max_updates is not None and len(updated) > every.max_updates,
        "too_few_admins": remaining < every.min_admins
        and any(may_be_admin(user) and user.id not in bots for user in deleted),
        "lookalike": bool({fold_widely(email) for email in created} & {fold_widely(user.label) for user in deleted}),
    }
    assert reasons[error.kind]


@examples(150)
@given(accounts(), rosters(), RULES, BOTS)
def test_a_stricter_rule_never_allows_more(
    users: list[User], roster: list[dict[str, Any]], given_rules: dict[str, Any], bots: frozenset[str]
) -> None:
    def deleted(**stricter: Any) -> set[str]:
        every = rules(**{**given_rules, **stricter})
        entries = read_roster(roster, every.state)
        account = account_of(entries, users, bots=bots)
        try:
            plan = check_plan(plan_roster(entries, account, every), account, every)
        except ArizeError:
            return set()
        return {user.existing.id for user in plan.users if user.action == DELETE}

    allowed = deleted()
    event("may delete" if allowed else "deletes no user")
    assert deleted(max_deletions=max(len(allowed) - 1, 0)) == set()
    assert deleted(min_admins=99) in (set(), allowed)
    assert deleted(protected=[*given_rules["protected"], "*@*"]) == set()


@examples(250)
@given(accounts(), rosters(), RULES, BOTS)
def test_check_mode_predicts_the_real_run_and_a_second_one_has_nothing_to_do(
    users: list[User], roster: list[dict[str, Any]], given_rules: dict[str, Any], bots: frozenset[str]
) -> None:
    account = Account(*users, bots=tuple(bots))
    predicted = account.converge(True, users=roster, **given_rules)
    assert (account.users, account.writes) == (users, [])
    real = account.converge(users=roster, **given_rules)
    event(f"{real.get('error', {}).get('kind')}, changed {real['changed']}")
    assert comparable(predicted) == comparable(real)
    assert real["changed"] is bool(account.writes)
    account.calls.clear()
    again = account.converge(users=roster, **given_rules)
    # Where the exact match was deleted, its twin in another case is the one match that is left.
    twins = len({user.key for user in users if user.key}) < sum(bool(user.key) for user in users)
    if "error" not in real and not (twins and given_rules["state"] == "absent"):
        assert (again["changed"], account.writes, again["deletions"]) == (False, [], [])


def comparable(result: dict[str, Any]) -> dict[str, Any]:
    """Return the result without what only the server can know: ID and time of a new user."""
    entries = [
        {**entry, "user_id": None, "user": {**entry.get("user", {}), "id": None, "created_at": None}}
        if entry["status"] == "created"
        else entry
        for entry in result.get("entries", [])
    ]
    return {**result, "entries": entries}
