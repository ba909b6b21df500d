"""A task whose requests meet faults, while another client acts in between; and whether its result is true.

The truth is what the simulator has stored, and which of the task's requests have changed that: the ledger.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from unittest import mock
from urllib.parse import unquote

from arize_ax_simulator import ControlError
from arize_ax_simulator.app import Api
from arize_ax_simulator.problems import Problem

from tests.faults.cell import Clock
from tests.faults.scenes import ACCESS, ANN, BINDING, PROJECT, RESTRICTION, ROLE, ROSTER, SPACE
from tests.journeys.harness import ModuleRunner, Run

BOB = "bob@example.com"
DOUBT = re.compile(r"not known whether|may be this run's own|may have been")


class Task(NamedTuple):
    """A module with its options, and Ann's status before (empty: she does not exist)."""

    name: str
    module: str
    options: dict[str, Any]
    status: str = ""


class State(NamedTuple):
    """The stored items by ID, without times."""

    users: dict[str, tuple[Any, ...]]
    roles: dict[str, tuple[Any, ...]]
    bindings: dict[str, tuple[Any, ...]]
    places: dict[str, tuple[Any, ...]]
    restricted: tuple[str, ...]
    mails: int


def state(sim: Any) -> State:
    """Return what is stored now."""
    access = sim.access()
    return State(
        {
            user["id"]: (user["email"], user["status"], user["name"], user["role"]["name"], user["is_developer"])
            for user in sim.users()
        },
        {
            role["id"]: (role["name"], role.get("description"), tuple(role["permissions"]))
            for role in access["roles"]
            if not role["is_predefined"]
        },
        {
            binding["id"]: (binding["user_id"], binding["resource_id"], binding["role_id"])
            for binding in access["role_bindings"]
        },
        {space["id"]: (space["name"], space["description"] or None, space["is_private"]) for space in access["spaces"]}
        | {project["id"]: (project["name"],) for project in access["projects"]},
        tuple(restriction["resource_id"] for restriction in access["resource_restrictions"]),
        len(sim.mails()),
    )


class Write(NamedTuple):
    """A request of the task that could change something, the number that the journal gives it, and what it did."""

    number: int
    method: str
    path: str
    body: dict[str, Any]
    before: State
    after: State

    @property
    def changed(self) -> bool:
        """Whether it was carried out, with an effect."""
        return self.before != self.after

    def about(self, user_id: str | None, email: str | None) -> bool:
        """Whether it is about this user, or a role binding of this user."""
        if self.path.startswith("/v2/role-bindings"):
            return self.bound_user in (user_id, None) and user_id is not None
        return (user_id is not None and user_id in unquote(self.path)) or (
            email is not None and self.body.get("email", "").lower() == email.lower()
        )

    @property
    def bound_user(self) -> str | None:
        """The user of the role binding."""
        binding = self.before.bindings.get(unquote(self.path).rpartition("/v2/role-bindings/")[2])
        return str(self.body.get("user_id") or (binding[0] if binding else "")) or None


Act = Callable[[Any], Any]
ON_USERS: dict[str, Act] = {
    "deletes Ann": lambda sim: sim.block(ANN),
    "invites Ann": lambda sim: sim.find(ANN) or sim.seed([{"email": ANN, "name": "Ann B", "status": "INVITED"}]),
    "creates Ann as admin": lambda sim: sim.find(ANN) or sim.seed([{"email": ANN, "role": "ADMIN"}]),
    "lets the invitation expire": lambda sim: sim.expire(ANN),
    "lets Ann accept": lambda sim: sim.accept(ANN),
    "renames Ann": lambda sim: sim.change(ANN, name="Anne"),
    "takes the developer permission": lambda sim: sim.change(ANN, is_developer=False),
}
ON_ROLES: dict[str, Act] = {
    "renames the role": lambda sim: sim.change_access("roles", "Reviewer", name="Critic"),
    "deletes the role": lambda sim: sim.remove_access("roles", "Auditor"),
    "creates the role": lambda sim: seed_once(sim, "roles", name="Reader", permissions=["PROJECT_READ"]),
}
ON_BINDINGS: dict[str, Act] = {
    "makes the binding": lambda sim: sim.seed_access(role_bindings=[{"user": ANN, "role": "Reviewer", "space": "Lab"}]),
    "makes another binding": lambda sim: sim.seed_access(
        role_bindings=[{"user": ANN, "role": "Auditor", "space": "Lab"}]
    ),
    "removes the bindings": lambda sim: [sim.remove_access("role_bindings", each["id"]) for each in sim.bindings()],
    "deletes the space": lambda sim: sim.remove_access("spaces", "Lab"),
}
ON_PLACES: dict[str, Act] = {
    "creates the space": lambda sim: seed_once(sim, "spaces", name="New", organization="East"),
    "makes the space private": lambda sim: sim.change_access("spaces", "Prod", is_private=True),
    "renames the space": lambda sim: sim.change_access("spaces", "Prod", name="Product"),
    "creates the project": lambda sim: seed_once(sim, "projects", name="Plan", space="Prod"),
    "deletes the project": lambda sim: sim.remove_access("projects", "Chat"),
    "restricts the project": lambda sim: (
        len(sim.restrictions()) > 1 or sim.seed_access(resource_restrictions=[{"project": "Chat"}])
    ),
    "removes the restrictions": lambda sim: [
        sim.remove_access("resource_restrictions", each["resource_id"]) for each in sim.restrictions()
    ],
}
OTHERS = {**ON_USERS, **ON_ROLES, **ON_BINDINGS, **ON_PLACES}
ON_ACCESS = {**ON_USERS, **ON_ROLES, **ON_BINDINGS}


def seed_once(sim: Any, kind: str, **fields: Any) -> None:
    """Seed a role, a space or a project, unless one has its name."""
    if all(item["name"] != fields["name"] for item in sim.access()[kind]):
        sim.seed_access(**{kind: [fields]})


def acts_on(module: str) -> dict[str, Act]:
    """Return what another client may do that concerns this module."""
    acts = {ROLE: ON_ROLES, BINDING: ON_ACCESS, ROSTER: ON_ACCESS}
    return {**acts, **dict.fromkeys((SPACE, PROJECT, RESTRICTION), ON_PLACES)}.get(module, ON_USERS)


class Event(NamedTuple):
    """A fault, or the name of what another client does, at the request of this place."""

    place: int
    name: str
    fault: dict[str, Any] | None = None


class Trial:
    """One run of a task with these events, and the ledger of what it did."""

    def __init__(self, sim: Any, task: Task, events: list[Event], max_retries: int = 0) -> None:
        self.task = task
        self.events = events
        self.max_retries = max_retries
        self.sim = sim
        self.writes: list[Write] = []
        options = self._arrange()
        real = [event for event in events if event.fault]
        # A request that one fault strikes is not counted by those that follow it in the list.
        sim.faults([{**(event.fault or {}), "skip": event.place - number} for number, event in enumerate(real)])
        self.before = state(sim)
        self.states = [self.before]
        with Clock(1.0).replaced(), self._ledger():
            self.run: Run = ModuleRunner(sim)(
                task.module, **{"no_log": True, "max_retries": max_retries, "max_retry_wait": 2, **options}
            )
        self.after = state(sim)

    def _arrange(self) -> dict[str, Any]:
        self.sim.reset()
        people = [{"email": BOB, "name": "Bob", "role": "MEMBER", "status": "ACTIVE", "is_developer": True}]
        if self.task.status:
            people.append({"email": ANN, "name": "Ann", "role": "MEMBER", "status": self.task.status})
        self.sim.seed(people)
        found = {**ACCESS, "role_bindings": ACCESS["role_bindings"] if self.task.status else []}
        self.sim.seed_access(**found)
        return {**self.task.options, **({"concurrency": 1} if self.task.module == "arize_user_roster" else {})}

    @contextlib.contextmanager
    def _ledger(self) -> Iterator[None]:
        """Record each write, and let the other client act before the requests that it is to precede."""
        asked = Counter[str]()
        disturbed, work = Api._disturbed, Api._work
        acts = {event.place: OTHERS[event.name] for event in self.events if not event.fault}

        def act_first(api: Any, call: Any) -> Any:
            act = acts.get(asked["requests"])
            asked["requests"] += 1
            if act:
                with contextlib.suppress(ControlError, Problem):
                    act(self.sim)
                self.states.append(state(self.sim))
            return disturbed(api, call)

        def recorded(api: Any, call: Any) -> Any:
            if call.method == "GET":
                return work(api, call)
            before = state(self.sim)
            try:
                return work(api, call)
            finally:
                body = json.loads(call.body) if call.body else {}
                self.states.append(state(self.sim))
                self.writes.append(Write(call.entry["n"], call.method, call.path, body, before, self.states[-1]))

        with mock.patch.object(Api, "_disturbed", act_first), mock.patch.object(Api, "_work", recorded):
            yield

    # ---------------------------------------------------------------- what the result says

    @property
    def entries(self) -> list[dict[str, Any]]:
        """The users of a roster."""
        return list(self.run.result.get("entries", []))

    @property
    def possible(self) -> list[dict[str, Any]]:
        """The writes of the journal that may have been carried out, as the answers tell: all that were not refused.

        A DELETE that is answered 404 counts: a list has shown that the item is gone.
        """
        refused = (*range(300, 404), *range(405, 500))
        return [
            entry
            for entry in self.run.writes
            if entry["status"] not in refused and (entry["status"] != 404 or entry["method"] == "DELETE")
        ]

    @property
    def effects(self) -> list[Write]:
        """The writes that have changed something."""
        return [write for write in self.writes if write.changed]

    def misreports(self, done: Trial) -> Iterator[str]:
        """Yield what is not as the result says. *done* is the same task where nothing happens."""
        run = self.run
        if self.effects and not run.changed:
            yield "changed is false, but the task has changed something"
        if run.changed and not self.possible:
            yield "changed is true, but each write was refused"
        if "internal" in {run.kind, *(item["error"]["kind"] for item in self._items() if "error" in item)}:
            yield "an unexpected exception"
        yield from self._second_of_a_kind()
        yield from self._false_actions(run.result.get("actions", []), self.effects, self.possible, run.failed)
        if run.failed and not self._creation_is_told():
            yield "a creation is neither reported nor said to be possible"
        if not run.failed and all(event.fault for event in self.events):
            if _named(self.after) != _named(done.after):
                yield "success, but it was not done"
            if self._said() != done._said():
                yield "success, but the result is not that of the undisturbed task"
        if not run.failed and not self._has_been():
            yield "success, but the account never was as the result says"
        if self.entries:
            yield from self._false_entries()

    def _items(self) -> list[dict[str, Any]]:
        return [item for entry in self.entries for item in (entry, *entry.get("access", []))]

    def _second_of_a_kind(self) -> Iterator[str]:
        emails = Counter(user[0].lower() for user in self.after.users.values())
        if max(emails.values()) > 1:
            yield "a second user"
        if len({binding[:2] for binding in self.after.bindings.values()}) < len(self.after.bindings):
            yield "a second role binding"
        if len({role[0] for role in self.after.roles.values()}) < len(self.after.roles):
            yield "a second role"
        if len({place[0] for place in self.after.places.values()}) < len(self.after.places):
            yield "a second space or project"
        if len(self.run.mails) > len({mail["to"] for mail in self.run.mails}):
            yield "a second mail"

    def _false_actions(
        self, actions: list[str], effects: list[Write], possible: list[dict[str, Any]], failed: bool
    ) -> Iterator[str]:
        verbs = {"create": "POST", "update": "PATCH", "delete": "DELETE", "restrict": "POST", "unrestrict": "DELETE"}
        methods = {entry["method"] for entry in possible}
        for action in actions:
            if verbs.get(action, "POST") not in methods:
                yield f"{action} is reported, but was not sent, or refused"
        if failed:
            return
        for write in effects:
            told = {
                "POST": {"create", "resend", "reset", "restrict"},
                "PATCH": {"update", "create"},
                "DELETE": {"delete", "unrestrict"},
            }
            if not told[write.method] & set(actions) and "actions" in self.run.result:
                yield f"{write.method} was carried out, but no action says so"

    def _creation_is_told(self) -> bool:
        """Whether a creation is reported, or shown by the new user, or said to be possible."""
        if all(write.method != "POST" or "/users/" in write.path for write in self.effects):
            return True
        shown = any(entry.get("user") and not entry.get("before") for entry in self.entries)
        told = any(item["status"] in ("created", "updated") for item in self._items())
        return shown or told or bool(self.run.result.get("actions") or DOUBT.search(json.dumps(self.run.result)))

    def _said(self) -> Any:
        """The result without what differs from run to run."""
        result = self.run.result
        kinds = ("user", "role", "role_binding", "space", "project", "restriction")
        item = next((result[kind] for kind in kinds if result.get(kind)), {})
        plain = {name: value for name, value in item.items() if not name.endswith(("id", "_at"))}
        entries = [(item["status"], item.get("changes"), item.get("role")) for item in self._items()]
        return plain, entries, result.get("summary"), result.get("deletions"), result.get("mailed")

    def _has_been(self) -> bool:
        """Whether the item of the result has been as shown, at some moment."""
        result = self.run.result
        if result.get("user"):
            shown = result["user"]
            row = (shown["email"], shown["status"].upper(), shown["name"], shown["role"].upper(), shown["is_developer"])
            return any(each.users.get(shown["id"]) == row for each in self.states)
        if result.get("role_binding"):
            shown = result["role_binding"]
            row = (shown["user_id"], shown["resource_id"], shown["role_id"])
            return any(each.bindings.get(shown["id"]) == row for each in self.states)
        if result.get("role"):
            shown = result["role"]
            return any(shown["id"] in each.roles for each in self.states)
        if shown := result.get("space") or result.get("project"):
            row = tuple(shown[name] for name in ("name", "description", "is_private") if name in shown)
            return any(each.places.get(shown["id"]) == row for each in self.states)
        if result.get("restriction"):
            return any(result["restriction"]["resource_id"] in each.restricted for each in self.states)
        return True

    def _false_entries(self) -> Iterator[str]:
        run = self.run
        counts = Counter(entry["status"] for entry in self.entries)
        if {status: count for status, count in run["summary"].items() if count} != dict(counts):
            yield f"the summary {run['summary']} does not count the entries {dict(counts)}"
        if run.changed != any(entry["changed"] for entry in self.entries):
            yield "changed is not that of the entries"
        if run["deletions"] != [entry["email"] for entry in self.entries if entry["status"] == "deleted"]:
            yield "deletions are not the users who were deleted"
        sent = {mail["to"] for mail in run.mails if mail["kind"] == "invitation"}
        asked = {entry["body"]["email"] for entry in self.possible if "email" in (entry["body"] or {})}
        if not sent <= set(run["mailed"]) <= asked:
            yield f"mailed is {run['mailed']}, but {sorted(sent)} were mailed, and possibly {sorted(asked)}"
        for entry in self.entries:
            yield from self._false_entry(entry)

    def _false_entry(self, entry: dict[str, Any]) -> Iterator[str]:
        ids = {key for each in self.states for key, user in each.users.items() if user[0] == entry["email"]}
        ids |= {entry["user_id"]} - {None}
        effects = [write for write in self.effects if any(write.about(each, entry["email"]) for each in ids)]
        numbers = {write.number for write in self.writes if any(write.about(each, entry["email"]) for each in ids)}
        if effects and not entry["changed"]:
            yield f"{entry['email']}: changed is false, but the user was changed"
        if entry["changed"] and not (numbers or self.possible):
            yield f"{entry['email']}: changed is true, but each write was refused"
        if entry["status"] == "failed" and "error" not in entry:
            yield f"{entry['email']}: failed without an error"
        items = entry.get("access", [])
        written = {"created": "POST", "updated": "PATCH", "deleted": "DELETE"}
        for item in items:
            method = written.get(item["status"])
            paths = [each["path"] for each in self.possible if each["method"] == method]
            if method and not any(path.startswith("/v2/role-bindings") for path in paths):
                yield f"{entry['email']}: a role binding is {item['status']}, but no request has done it"
        bound = [write for write in effects if write.path.startswith("/v2/role-bindings")]
        touched = [item for item in items if item["status"] in (*written, "failed")]
        if len(bound) > len(touched):
            yield f"{entry['email']}: {len(bound)} role bindings were changed, {len(touched)} are told"


def _named(account: State) -> Any:
    """The state without IDs: those of what is created differ from run to run."""
    users, roles = account.users, account.roles
    bound = [
        (users.get(user_id, [None])[0], resource_id, roles.get(role_id, [None])[0])
        for user_id, resource_id, role_id in account.bindings.values()
    ]
    return (
        sorted(users.values()),
        sorted(roles.values(), key=repr),
        len(bound),
        sorted((str(email), str(role)) for email, _resource, role in bound),
        sorted(account.places.values(), key=repr),
        account.restricted,
    )
