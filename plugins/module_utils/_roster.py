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
from ansible_collections.arize.ax.plugins.module_utils._users import User, Users

STATUSES = ("created", "updated", "deleted", "unchanged", "not_found", "failed", "skipped")
MANAGED = ("name", "role", "custom_role_id", "is_developer")
MOST_WORKERS = 32
_STATUS_OF_ACTION = {CREATE: "created", UPDATE: "updated", DELETE: "deleted"}
_LONGEST_MESSAGE = 500  # characters: AWX shows it in a table
_NAMED = 10  # how many users a refusal names
_REASONS: dict[str, str] = {
    "role_mismatch": "another role than wanted, which only the web application can change (Account Members)",
    "not_found": "not there, or not any more",
    "transport": "no answer from the server",
    "blocked": "deleted earlier, cannot be invited again",
    "password_lost": "invited, but the one-time password was lost (arize_user_invite with resend mails a link)",
}

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
        """How one user is planned."""
        if self.state == "absent":
            return plan_absent
        return partial(plan_present, role_mismatch=self.role_mismatch)

    def protects(self, user: User) -> bool:
        """Whether a pattern of ``protected`` fits the address."""
        return any(fnmatchcase(user.key, pattern.strip().lower()) for pattern in self.protected)


class Item:
    """One user, what is planned, and what became of it."""

    def __init__(self, desired: Desired, existing: User | None = None, purged: bool = False) -> None:
        self.desired = desired
        self.existing = existing
        self.purged = purged
        self.plan: Plan | None = None
        self.outcome: Outcome | None = None
        self.error: ArizeError | None = None
        self.skipped = False

    @property
    def label(self) -> str:
        """How messages name the user."""
        return self.existing.email if self.existing else self.desired.label

    @property
    def action(self) -> str | None:
        """The action that is planned, if any; a plan for a roster has one step at most."""
        return self.plan.steps[0].action if self.plan and self.plan.steps else None

    @property
    def changed(self) -> bool:
        """Whether something was changed, or may have been."""
        return bool(self.outcome and self.outcome.changed)

    def status(self, state: str) -> str:
        """Return what became of the user, one of STATUSES."""
        if self.error or self.skipped:
            return "failed" if self.error else "skipped"
        if self.outcome and self.outcome.actions:
            return _STATUS_OF_ACTION[self.outcome.actions[0]]
        return "not_found" if state == "absent" and self.existing is None else "unchanged"

    def as_result(self, state: str) -> dict[str, Any]:
        """Return the entry of ``results``."""
        status, outcome = self.status(state), self.outcome
        before, after = (outcome.before, outcome.user) if outcome else (None, None)
        shown = after or before or {}
        found = self.existing
        result: dict[str, Any] = {
            "email": shown.get("email") or (found.email if found else self.desired.email),
            "user_id": shown.get("id") or (found.id if found else self.desired.user_id),
            "status": status,
            "changed": self.changed,
            "changes": _differing(before, after) if status == "updated" else [],
        }
        user = after if outcome else found.as_result() if found else None
        if user:
            result["user"] = user
        if outcome and outcome.temporary_password:
            result["temporary_password"] = outcome.temporary_password
        if self.error:
            result["error"] = {**self.error.as_result(), "msg": self.error.message}
        return result


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
    wishes: dict[tuple[str, str], Desired] = {}
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
    result["deletions"] = roster.deletions
    roster.check_rails()
    (roster.foresee if check_mode else roster.carry_out)()
    result.update(roster.report(), warnings=roster.warnings)
    roster.check_success()
    result["diff"] = roster.diff()


class Roster:
    """The users named, and with ``purge`` those who are not, each with a plan."""

    def __init__(self, users: Users, wishes: Sequence[Desired], rules: Rules) -> None:
        """Read the account and plan.

        Raises:
            ArizeError: a read that failed; bad_option for a user named by id and by address; incomplete.
        """
        self._users = users
        self._rules = rules
        self._account = _everybody(users) if rules.purge else []
        found = _match(wishes, self._account) if rules.purge else _find(users, wishes, rules.concurrency)
        named = [Item(wish, found.get(_key(wish))) for wish in wishes]
        self.items = self._plan(_without_twins(named, rules.state))
        self.items += self._plan(self._leftovers())
        self._stopped = threading.Event()

    def _leftovers(self) -> list[Item]:
        """Return the users who are to be purged, by address."""
        named = {item.existing.id for item in self.items if item.existing}
        leftovers = [user for user in self._account if user.id not in named and not self._rules.protects(user)]
        return [Item(Desired(email=user.email), user, purged=True) for user in sorted(leftovers, key=lambda u: u.key)]

    def _plan(self, items: list[Item]) -> list[Item]:
        incomplete = []
        for item in items:
            try:
                planner = plan_absent if item.purged else self._rules.planner
                item.plan = planner(item.desired, item.existing)
            except ArizeError as error:
                item.error = error
                if error.kind == "incomplete":
                    incomplete.append(error.message)
        if incomplete:
            raise ArizeError("incomplete", f"Nothing was done. {_sentences(incomplete)}")
        return items

    @property
    def deletions(self) -> list[str]:
        """The addresses that go."""
        return [item.label for item in self.items if item.action == DELETE and not item.skipped and not item.error]

    def check_rails(self) -> None:
        """Refuse deletions that nobody can have meant.

        Raises:
            ArizeError: protected, too_many_deletions or too_few_admins.
        """
        going = [item.existing for item in self.items if item.action == DELETE and item.existing]
        named = listed([user.email for user in going])
        held = [user.email for user in going if self._rules.protects(user)]
        if held:
            raise _refusal("protected", f"these users are protected: {listed(held)}")
        limit = self._rules.max_deletions
        if limit is not None and len(going) > limit:
            raise _refusal("too_many_deletions", f"{len(going)} users would go, but max_deletions is {limit}: {named}")
        admins, lost = (sum(_is_active_admin(user) for user in group) for group in (self._account, going))
        if self._rules.purge and lost and admins - lost < self._rules.min_admins:
            wanted = self._rules.min_admins
            raise _refusal(
                "too_few_admins", f"{admins - lost} active admins would remain, but min_admins is {wanted}: {named}"
            )

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
        """Purge nobody if a create or an update failed: half a change of address must not lock somebody out."""
        if any(item.error for item in self.items):
            for item in self.items:
                item.skipped = item.purged

    @property
    def warnings(self) -> list[str]:
        """The warnings of all users; of many, the first and how many more."""
        warnings = [warning for item in self.items if item.outcome for warning in item.outcome.warnings]
        more = len(warnings) - _NAMED
        return [*warnings[:_NAMED], *([f"{more} more users have a warning like these."] if more > 0 else [])]

    def report(self) -> dict[str, Any]:
        """Return ``changed``, ``results``, ``summary`` and ``deletions``."""
        results = [item.as_result(self._rules.state) for item in self.items]
        summary = dict.fromkeys(STATUSES, 0)
        for result in results:
            summary[result["status"]] += 1
        changed = any(item.changed for item in self.items)
        return {"changed": changed, "results": results, "summary": summary, "deletions": self.deletions}

    def diff(self) -> dict[str, dict[str, Any]]:
        """Return the roster before and after: what is managed, of those who change."""
        changed = [item.outcome for item in self.items if item.outcome and item.outcome.changed]
        return {
            "before": _managed(outcome.before for outcome in changed),
            "after": _managed(outcome.user for outcome in changed),
        }

    def check_success(self) -> None:
        """Raise what sums up the failures.

        Raises:
            ArizeError: of kind partial.
        """
        groups: dict[str, list[str]] = {}
        for item in self.items:
            if item.error:
                groups.setdefault(_reason(item.error), []).append(item.label)
        if not groups:
            return
        failed = sum(map(len, groups.values()))
        message = f"{failed} of {len(self.items)} users failed; results has the details."
        for reason, labels in sorted(groups.items(), key=lambda group: -len(group[1])):
            message += f" {reason[0].upper()}{reason[1:]}: {listed(labels, 3)}."
        if len(message) > _LONGEST_MESSAGE:
            message = message[: _LONGEST_MESSAGE - 1] + "…"
        raise ArizeError("partial", message)


def _everybody(users: Users) -> list[User]:
    """Return the whole account; somebody whom a list that changes shows twice is there once."""
    return list({user.id: user for page in users.pages() for user in page.users}.values())


def _find(users: Users, wishes: Sequence[Desired], concurrency: int) -> dict[tuple[str, str], User]:
    """Find the users named, without knowing how large the account is.

    The list is swept until that has cost as many requests as looking the rest up one by one, so that reading never
    costs more than twice the cheaper of the two.
    """
    waiting = {_key(wish): wish for wish in wishes}
    found: dict[tuple[str, str], User] = {}
    for number, page in enumerate(users.pages() if waiting else (), 1):
        for user in page.users:
            for key in (("email", user.key), ("user_id", user.id)):
                if waiting.pop(key, None):
                    found[key] = user
        if not waiting or not page.has_more:
            return found
        if number >= len(waiting):
            break
    rest = list(waiting.values())
    looked_up = _side_by_side(lambda wish: users.look_up(wish.email, wish.user_id), rest, concurrency)
    found.update((_key(wish), user) for wish, user in zip(rest, looked_up) if user)
    return found


def _match(wishes: Sequence[Desired], account: Sequence[User]) -> dict[tuple[str, str], User]:
    """Return who of the account is named by whom."""
    wanted = {_key(wish) for wish in wishes}
    keys = ((key, user) for user in account for key in (("email", user.key), ("user_id", user.id)))
    return {key: user for key, user in keys if key in wanted}


def _without_twins(items: Sequence[Item], state: str) -> list[Item]:
    """Drop, or unless the state is absent refuse, users who are named by id and by address."""
    seen: set[str] = set()
    kept: list[Item] = []
    twins: list[Item] = []
    for item in items:
        twin = bool(item.existing and item.existing.id in seen)
        (twins if twin else kept).append(item)
        if item.existing:
            seen.add(item.existing.id)
    if twins and state == "present":
        labels = listed([item.label for item in twins])
        raise bad_option(f"Named twice, by email and by user_id: {labels}. Nothing was done.")
    return kept


def _side_by_side(work: Callable[[Input], Output], items: Sequence[Input], concurrency: int) -> list[Output]:
    """Call *work* for each of *items*, so many at once; return in order. An error cancels what has not begun."""
    if len(items) < 2:
        return [work(item) for item in items]
    with ThreadPoolExecutor(min(concurrency, len(items))) as pool:
        futures = [pool.submit(work, item) for item in items]
        try:
            return [future.result() for future in futures]
        except BaseException:
            for future in futures:
                future.cancel()
            raise


def _key(wish: Desired) -> tuple[str, str]:
    """Return how a wish and a user are matched."""
    return ("email", wish.email.lower()) if wish.email else ("user_id", wish.user_id or "")


def _is_active_admin(user: User) -> bool:
    return user.status == "active" and user.role == "admin"


def _differing(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[str]:
    return [name for name in MANAGED if (before or {}).get(name) != (after or {}).get(name)]


def _managed(users: Iterable[dict[str, Any] | None]) -> dict[str, Any]:
    """Return users by address, in lower case and sorted: what is managed of them."""
    known = sorted((user["email"].lower(), user) for user in users if user)
    return {address: {name: user[name] for name in MANAGED} for address, user in known}


def _reason(error: ArizeError) -> str:
    """Return why a user failed, without who it was, so that the same reasons group."""
    status, title, detail = (error.facts[name] for name in ("status", "title", "detail"))
    if error.kind in _REASONS:
        return _REASONS[error.kind]
    if status and title:
        return f"{status} {title}: {detail}" if detail else f"{status} {title}"
    return f"{error.kind.replace('_', ' ')}{f' ({status})' if status else ''}"


def _sentences(texts: Sequence[str]) -> str:
    """Join the first of *texts*, and say how many more there are."""
    return " ".join(texts[:_NAMED]) + (f" (And {len(texts) - _NAMED} more.)" if len(texts) > _NAMED else "")


def _refusal(kind: Kind, what: str) -> ArizeError:
    return ArizeError(kind, f"Nothing was done, since {what}.")
