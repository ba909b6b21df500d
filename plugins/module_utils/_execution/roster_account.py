# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the part of the account that a roster and its safeguards need, and plans."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .._client.api_keys import ApiKeys
from .._client.session import Http
from .._client.users import Users, ambiguous_email
from .._errors import ArizeError
from .._models import PROJECT, SPACE, DesiredUser, User
from .._planning.catalog import Catalog
from .._planning.roster import Account, Entry, Key, RosterPlan, Rules, plan_roster
from .._planning.roster_access import AccountAccess, by_user, resolve_access
from .._planning.safeguards import check_plan, guards_admin, users_to_delete
from .catalog import CatalogReader, read_bindings
from .parallel import map_concurrently


def plan_account(users: Users, entries: Sequence[Entry], rules: Rules) -> RosterPlan:
    """Read the data for the plan of a roster and its safeguards, and return the plan, which they allow.

    Raises:
        ArizeError: a failed request, or a refusal; without report_all also a name in access that cannot be resolved.
    """
    account = _read_users(users, entries, rules) if entries else Account({})
    reader = CatalogReader(users.http, rules.concurrency)
    try:
        account = account._replace(access=_read_access(reader, users.http, entries, account, rules))
    except ArizeError as error:
        if not rules.report_all:
            raise
        items = [(entry.place, entry.access) for entry in entries if entry.access]
        resolution = resolve_access(items, Catalog(), predict=True)._replace(warnings=())  # no name was looked for
        account = account._replace(access=AccountAccess(resolution, unread=error))
    plan = plan_roster(entries, account, rules)
    deletes = users_to_delete(plan)
    reduces = (deletes and rules.purge) or plan.removes_access or any(guards_admin(user, (), rules) for user in deletes)
    if reduces or (rules.report_all and plan.left_alone):
        account = _with_bots(account, ApiKeys(users.http), rules)
        plan = plan_roster(entries, account, rules)  # it leaves bot users alone
    account = account._replace(users=_read_for_safeguards(users, account, rules, plan))
    return check_plan(_with_names(plan, reader) if plan.bindings_to_change else plan, account, rules)


def _with_names(plan: RosterPlan, reader: CatalogReader) -> RosterPlan:
    """Return the plan with the names of the role bindings to be removed or changed, as far as they can be read."""
    try:
        reader.read_bound(plan.bindings_to_change)
    except ArizeError as error:
        if not plan.report_all:
            raise
        plan = plan._replace(not_read=(*plan.not_read, error))
    return plan.with_names(reader.catalog)


def _with_bots(account: Account, keys: ApiKeys, rules: Rules) -> Account:
    try:
        return account._replace(bots=keys.bot_user_ids())
    except ArizeError as error:
        if error.kind != "forbidden" and not rules.report_all:
            raise
        error.message = f"Bot users of service keys could not be told apart from other users: {error.message}"
        return account._replace(bots_unread=error)


def _read_for_safeguards(users: Users, account: Account, rules: Rules, plan: RosterPlan) -> Sequence[User]:
    """Return the users whom min_admins and protected are checked against: the whole account only if that is needed."""
    deletes = users_to_delete(plan)
    if account.complete or not (deletes or plan.removes_access):
        return account.users
    if rules.protected.patterns or any(guards_admin(user, account.bots, rules) for user in deletes):
        return _sweep(users, [], whole=True).seen()
    known = [*account.users, *account.found.values()]
    return [*known, *_find_addresses(users, rules.protected.unmatched(known), rules.concurrency)]


def _find_addresses(users: Users, addresses: Sequence[str], concurrency: int) -> list[User]:
    """Return the users with these addresses, and others, by the cheaper of look-ups and a sweep."""
    if not addresses:
        return []
    sweep = _sweep(users, [Entry(0, DesiredUser(email=address)) for address in addresses], whole=False)
    undecided = [] if sweep.complete else [key[1] for key in sweep.waiting if key not in sweep.other_case]

    def find(address: str) -> User | None:
        matches = (user for page in users.pages(email=address) for user in page.items if user.key == address)
        return next(matches, None)

    found_users = map_concurrently(find, undecided, concurrency)
    return [*sweep.seen(), *filter(None, found_users)]


def _read_access(
    reader: CatalogReader, http: Http, entries: Sequence[Entry], account: Account, rules: Rules
) -> AccountAccess:
    """Resolve the access of the roster, and read the role bindings of the users who have access in it.

    Raises:
        ArizeError: a failed request; without report_all also not_found or ambiguous, for names.
    """
    wanted = [(entry.place, entry.access) for entry in entries if entry.access]
    items = [item for _place, items in wanted for item in items]
    reader.read_names(items)
    if rules.predicts_names:  # an earlier task creates names, not IDs
        reader.read_parents(items)
    resolution = resolve_access(wanted, reader.catalog, rules.predicts_names)
    if resolution.refusal and not rules.report_all:
        raise resolution.refusal
    bindings = []
    for resource_type in (SPACE, PROJECT):
        user_ids = [
            account.found[entry.key].id
            for entry in entries
            if entry.key in account.found and _needs_bindings(entry, resource_type, rules)
        ]
        bindings += read_bindings(http, resource_type, user_ids, rules.concurrency)
    return AccountAccess(resolution, by_user(bindings), reader.catalog)


def _needs_bindings(entry: Entry, resource_type: str, rules: Rules) -> bool:
    if entry.access is None:
        return False
    return rules.purge_access or any(item.resource_type == resource_type for item in entry.access)


class _Sweep:
    """The users that the pages of the list have shown so far."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.waiting = {entry.key: entry for entry in entries}  # without a match letter for letter
        self._spelled: dict[str, list[Key]] = {}  # keys of entries that the roster has in several cases, by address
        for key, entry in self.waiting.items():
            if entry.spelled:
                self._spelled.setdefault((entry.desired.email or "").lower(), []).append(key)
        self.found: dict[Key, User] = {}
        self.other_case: dict[Key, dict[str, User]] = {}
        self.complete = False
        self._seen: dict[str, User] = {}  # a list that changes while it is read can show a user twice

    def seen(self) -> list[User]:
        """Return every user, in the API's order."""
        return list(self._seen.values())

    def add(self, user: User) -> None:
        """Match a user with the entries."""
        self._seen.setdefault(user.id, user)
        for key in (("email", user.key), ("user_id", user.id), *self._spelled.get(user.key, ())):
            entry = self.waiting.get(key)
            if entry is None:
                continue
            if entry.desired.email in (None, user.email):
                self.found[key] = user
                del self.waiting[key]
            else:
                self.other_case.setdefault(key, {})[user.id] = user

    def unmatched(self) -> int:
        """Return the number of entries without a match."""
        return len(self.waiting.keys() - self.other_case.keys())

    def to_look_up(self, state: str) -> list[Entry]:
        """Return the entries that the pages do not decide.

        Under absent, a match in another case is confirmed first; and so is that a user does not exist, if the list
        holds users without an address, who may be the one.
        """
        confirm = state == "absent"
        hidden = any(not user.email for user in self._seen.values())
        undecided = {
            True: confirm,  # matched in another case
            False: not self.complete or (confirm and hidden),
        }
        matched = {user.id for user in self.found.values()}
        return [
            entry
            for key, entry in self.waiting.items()
            if undecided[key in self.other_case] and not (self.complete and self._repeats(key, entry, matched))
        ]

    def _repeats(self, key: Key, entry: Entry, matched: set[str]) -> bool:
        """Whether an entry in another case can only mean a user whom the roster also names letter for letter."""
        others = self.other_case.get(key, {})
        return entry.spelled and len(others) == 1 and others.keys() <= matched


def _sweep(users: Users, entries: Sequence[Entry], whole: bool) -> _Sweep:
    """Read pages until single look-ups would have been cheaper; the *whole* account if asked.

    The length of the list is unknown, so reading costs at most twice the cheaper of the two.
    """
    sweep = _Sweep(entries)
    for number, page in enumerate(users.pages(), 1):
        for user in page.items:
            sweep.add(user)
        sweep.complete = not page.has_more
        if not whole and number >= sweep.unmatched():
            break
    return sweep


def _read_users(users: Users, entries: Sequence[Entry], rules: Rules) -> Account:
    sweep = _sweep(users, entries, whole=rules.purge)
    undecided = sweep.to_look_up(rules.state)
    failed: dict[Key, ArizeError] = {}

    def look_up(entry: Entry) -> User | None:
        try:
            return users.look_up(entry.desired.email, entry.desired.user_id)
        except ArizeError as error:
            if error.kind != "ambiguous":
                raise
            failed[entry.key] = error
            return None

    looked_up = zip(undecided, map_concurrently(look_up, undecided, rules.concurrency))
    found_users = {**sweep.found, **{entry.key: user for entry, user in looked_up if user}}
    for key, matches in sweep.other_case.items():
        entry = sweep.waiting.get(key)
        if entry is None or entry in undecided:
            continue
        if len(matches) > 1:
            failed[key] = ambiguous_email(entry.desired.label, list(matches.values()))
        else:
            (found_users[key],) = matches.values()
    return Account(found_users, failed, sweep.seen(), sweep.complete)
