# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many users at once: validation, reading, rails, side by side. Private to arize.ax.

Each user is planned and carried out exactly as a single one; nothing here knows a rule about one user.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from functools import partial
from typing import Any, Callable, NamedTuple, Optional, TypeVar

from ansible_collections.arize.ax.plugins.module_utils._apply import Outcome, carry_out, foresee
from ansible_collections.arize.ax.plugins.module_utils._desired import (
    Desired,
    listed,
    read_desired,
    refuse_open_passwords,
)
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError, Kind, bad_option
from ansible_collections.arize.ax.plugins.module_utils._plan import (
    CREATE,
    DELETE,
    UPDATE,
    Plan,
    plan_absent,
    plan_present,
)
from ansible_collections.arize.ax.plugins.module_utils._report import Item, deletions, diff, failure, report
from ansible_collections.arize.ax.plugins.module_utils._users import User, Users

MOST_WORKERS = 32
_NAMED = 10  # how many users a refusal names

Key = tuple[str, str]  # how a wish and a user are matched: ("email", in lower case) or ("user_id", as it is)
Planner = Callable[[Desired, Optional[User]], Plan]
Input = TypeVar("Input")
Output = TypeVar("Output")


class Rules(NamedTuple):
    """How a roster is applied: the module's options of the same names."""

    state: str
    purge: bool
    max_deletions: int | None
    protected: Sequence[str]
    min_admins: int
    role_mismatch: str
    concurrency: int

    @property
    def planner(self) -> Planner:
        """How a user who is named is planned."""
        if self.state == "absent":
            return plan_absent
        return partial(plan_present, role_mismatch=self.role_mismatch)

    def protects(self, user: User) -> bool:
        """Whether a pattern of ``protected`` fits the address."""
        return any(fnmatchcase(user.key, pattern.strip().lower()) for pattern in self.protected)


def converge(
    options: Mapping[str, Any],
    result: dict[str, Any],
    connect: Callable[[int], Users],
    check_mode: bool,
    no_log: bool,
) -> None:
    """Bring many users to what *options* want, and fill *result*.

    Args:
        options: those of the module.
        result: filled step by step, so that it is true also where this raises.
        connect: opens the API for so many threads.
        check_mode: only say what would be done.
        no_log: whether Ansible shows and logs nothing of the task.

    Raises:
        ArizeError: a refusal, with nothing done; or of kind partial, with complete results.
    """
    rules = Rules(**{name: options[name] for name in Rules._fields})
    check_rules(rules, options["users"])
    wishes = read_wishes(options["users"], rules.state)
    if rules.state == "present":
        refuse_open_passwords(wishes, no_log)
    roster = Roster(connect(rules.concurrency), wishes, rules)
    result["deletions"] = deletions(roster.items)
    roster.check_rails()
    (roster.foresee if check_mode else roster.carry_out)()
    result.update(report(roster.items))
    failed = failure(roster.items)
    if failed:
        raise failed
    result["diff"] = diff(roster.items)


def check_rules(rules: Rules, entries: Sequence[Any]) -> None:
    """Refuse options that contradict each other or are out of range.

    Raises:
        ArizeError: of kind bad_option.
    """
    if not 1 <= rules.concurrency <= MOST_WORKERS:
        raise bad_option(f"concurrency must be from 1 to {MOST_WORKERS}.")
    for name in ("max_deletions", "min_admins"):
        if (getattr(rules, name) or 0) < 0:
            raise bad_option(f"{name} must not be below zero.")
    if not rules.purge:
        return
    if rules.state == "absent":
        raise bad_option("purge deletes who is not named, state: absent who is named: they exclude each other.")
    if rules.max_deletions is None:
        raise bad_option("purge needs max_deletions: say how many deletions, which are permanent, are fine at most.")
    if not entries:
        raise bad_option("purge with an empty roster would delete the whole account: nothing was done.")


def read_wishes(entries: Iterable[Mapping[str, Any]], state: str) -> list[Desired]:
    """Return the wishes that the entries of a roster state; under absent, one for a user who is named twice.

    Raises:
        ArizeError: of kind bad_option, naming the first ten entries that cannot be used.
    """
    wishes: dict[Key, Desired] = {}
    faults: list[str] = []
    for number, entry in enumerate(entries):
        try:
            desired = read_desired(entry)
        except ArizeError as error:
            faults.append(f"users[{number}]: {error.message}")
            continue
        if state == "present" and _key(desired) in wishes:
            faults.append(f"users[{number}]: {desired.label} is named twice.")
        wishes.setdefault(_key(desired), desired)
    if faults:
        raise bad_option(f"The roster cannot be used, and nothing was done. {_sentences(faults)}")
    return list(wishes.values())


class Roster:
    """The users named, and with ``purge`` those who are not, each with a plan."""

    def __init__(self, users: Users, wishes: Sequence[Desired], rules: Rules) -> None:
        """Read the account and plan.

        Raises:
            ArizeError: a read that failed; bad_option for a user named by id and by address; incomplete.
        """
        self._users = users
        self._rules = rules
        self._stopped = threading.Event()
        found, self._account = _read(users, wishes, rules)
        named = [Item(wish, found.get(_key(wish))) for wish in wishes]
        self.items = _without_twins(named, rules.state)
        self._plan(self.items, rules.planner)
        if rules.purge:
            leftovers = self._leftovers()
            self._plan(leftovers, plan_absent)
            self.items += leftovers

    @staticmethod
    def _plan(items: Iterable[Item], planner: Planner) -> None:
        incomplete = []
        for item in items:
            try:
                item.plan = planner(item.desired, item.existing)
            except ArizeError as error:
                item.error = error
                if error.kind == "incomplete":
                    incomplete.append(error.message)
        if incomplete:
            raise ArizeError("incomplete", f"Nothing was done. {_sentences(incomplete)}")

    def _leftovers(self) -> list[Item]:
        """Return the users who are to be purged, by address.

        An address may turn up with two ids, if somebody is invited anew while the list is read: both are named.
        """
        named = {name for item in self.items if item.existing for name in (item.existing.id, item.existing.key)}
        others = [user for user in self._account if user.id not in named and user.key not in named]
        purged = sorted((user for user in others if not self._rules.protects(user)), key=lambda user: user.key)
        return [Item(Desired(email=user.email), user, purged=True) for user in purged]

    def check_rails(self) -> None:
        """Refuse deletions that nobody can have meant.

        Raises:
            ArizeError: protected, too_many_deletions or too_few_admins.
        """
        going = [item.existing for item in self.items if item.action == DELETE and item.existing]
        named = listed([user.label for user in going], _NAMED)
        held = [user.label for user in going if self._rules.protects(user)]
        if held:
            raise _refusal("protected", f"these users are protected: {listed(held, _NAMED)}")
        limit = self._rules.max_deletions
        if limit is not None and len(going) > limit:
            raise _refusal("too_many_deletions", f"{len(going)} users would go, but max_deletions is {limit}: {named}")
        lost = [user.label for user in going if _is_active_admin(user)]
        remaining = sum(map(_is_active_admin, self._account)) - len(lost)
        if self._rules.purge and lost and remaining < self._rules.min_admins:
            counts = f"{remaining} active admins would remain, but min_admins is {self._rules.min_admins}"
            raise _refusal("too_few_admins", f"{counts}; these would go: {listed(lost, _NAMED)}")

    def foresee(self) -> None:
        """Fill in the outcomes without carrying anything out (check mode)."""
        self._skip_purge()
        self._foresee(self.items)

    @staticmethod
    def _foresee(items: Iterable[Item]) -> None:
        for item in items:
            if item.plan and not item.skipped:
                item.outcome = foresee(item.plan)

    def carry_out(self) -> None:
        """Carry the plans out, side by side; one failure stops nobody else, except when the key is refused."""
        self._foresee(item for item in self.items if not item.action)
        for action in (CREATE, UPDATE, DELETE):
            if action == DELETE:
                self._skip_purge()
            batch = [item for item in self.items if item.action == action and not item.skipped]
            _side_by_side(self._carry_out_one, batch, self._rules.concurrency)

    def _carry_out_one(self, item: Item) -> None:
        if item.plan is None or self._stopped.is_set():
            item.skipped = True
            return
        item.outcome = Outcome(item.plan)
        try:
            carry_out(self._users, item.plan, partial(self._rules.planner, item.desired), item.outcome)
        except ArizeError as error:
            item.error = error
            if error.kind == "unauthorized":
                self._stopped.set()

    def _skip_purge(self) -> None:
        """Purge nobody if a user of the roster failed: half a change of address must not lock somebody out."""
        if any(item.error for item in self.items):
            for item in self.items:
                item.skipped = item.skipped or item.purged


def _read(users: Users, wishes: Iterable[Desired], rules: Rules) -> tuple[dict[Key, User], list[User]]:
    """Return who is named, and everybody who was seen; with ``purge`` that is the whole account.

    Without it, the list is swept, not knowing how long it is, until that has cost as many requests as looking up the
    rest one by one: reading never costs more than twice the cheaper of the two.
    """
    waiting = {_key(wish): wish for wish in wishes}
    found: dict[Key, User] = {}
    seen: dict[str, User] = {}  # a list that changes while it is read can show somebody twice
    for number, page in enumerate(users.pages(addressed=True) if waiting else (), 1):
        for user in page.users:
            seen.setdefault(user.id, user)
            found.update((key, user) for key in _keys(user) if waiting.pop(key, None))
        if not page.has_more:
            waiting.clear()  # nobody has these names
        if number >= len(waiting) and not rules.purge:
            break
    rest = list(waiting.values())
    looked_up = _side_by_side(lambda wish: users.look_up(wish.email, wish.user_id), rest, rules.concurrency)
    found.update((_key(wish), user) for wish, user in zip(rest, looked_up) if user)
    return found, list(seen.values())


def _without_twins(items: Iterable[Item], state: str) -> list[Item]:
    """Drop, or unless the state is absent refuse, users who are named by id and by address."""
    kept: list[Item] = []
    twins: list[str] = []
    seen: set[str] = set()
    for item in items:
        if item.existing and item.existing.id in seen:
            twins.append(item.label)
        else:
            kept.append(item)
        if item.existing:
            seen.add(item.existing.id)
    if twins and state == "present":
        raise bad_option(f"Named twice, by email and by user_id: {listed(twins, _NAMED)}. Nothing was done.")
    return kept


def _side_by_side(work: Callable[[Input], Output], items: Sequence[Input], concurrency: int) -> list[Output]:
    """Call *work* for each of *items*, so many at once; return in order. An error cancels what has not begun."""
    if len(items) < 2:
        return [work(item) for item in items]
    with ThreadPoolExecutor(min(concurrency, len(items))) as pool:
        return list(pool.map(work, items))


def _key(wish: Desired) -> Key:
    return ("email", wish.email.lower()) if wish.email else ("user_id", wish.user_id or "")


def _keys(user: User) -> tuple[Key, Key]:
    return ("email", user.key), ("user_id", user.id)


def _is_active_admin(user: User) -> bool:
    return user.status == "active" and user.role == "admin"


def _sentences(texts: Sequence[str]) -> str:
    """Join the first of *texts*, and say how many more there are."""
    return " ".join(texts[:_NAMED]) + (f" (And {len(texts) - _NAMED} more.)" if len(texts) > _NAMED else "")


def _refusal(kind: Kind, what: str) -> ArizeError:
    return ArizeError(kind, f"Nothing was done, since {what}.")
