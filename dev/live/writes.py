"""Checks of a key that writes: users of its own making, from creation to deletion, by hand and by the modules.

Only addresses that this run made up are written to. The last thing that each of them sees is a deletion.
"""

from __future__ import annotations

import json
import re
import secrets
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from .checks import USER, USERS, ids, lower, said
from .report import Report
from .service import Answer, NotReachable, Service

RESEND = f"{USER}/resend-invitation"
MODES = ("EMAIL_LINK", "TEMPORARY_PASSWORD", "NONE")
PREFIX = "arize-ax-live-"
ROLE = {"type": "PREDEFINED", "name": "ANNOTATOR"}
NAME = "Arize Ax Live"
DOMAIN = re.compile(r"(?=.{1,190}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?", re.IGNORECASE)

WARNING = f"""\
This writes to the account that ARIZE_API_KEY belongs to:
  - It creates up to seven users {PREFIX}<random>@%s, with the role annotator.
    The service may send mail to these addresses.
  - It changes and deletes these users, and no others.
  - Deletion is permanent: these addresses can never be invited again.
  - If the key may not delete users, they remain.
"""


class Made:
    """The addresses of this run: which were sent to the service, and which users of theirs were deleted."""

    def __init__(self, domain: str) -> None:
        self._domain = domain
        self.waiting: list[str] = []  # a user may exist
        self.blocked: list[str] = []

    def address(self) -> str:
        """Return a new address."""
        address = f"{PREFIX}{secrets.token_hex(8)}@{self._domain.lower()}"
        self.waiting.append(address)
        return address

    def never(self, address: str) -> None:
        """Note that no user was made."""
        self.waiting.remove(address)

    def deleted(self, address: str) -> None:
        """Note that a user was deleted."""
        if address in self.waiting:
            self.waiting.remove(address)
            self.blocked.append(address)

    def revived(self, address: str) -> None:
        """Note that a deleted user exists again, against the contract."""
        self.blocked.remove(address)
        self.waiting.append(address)


class Writes:
    """The checks that write."""

    def __init__(self, service: Service, made: Made, env: Mapping[str, str]) -> None:
        self._service = service
        self._report: Report = service.report
        self._made = made
        self._env = env
        self._conflicts: list[Answer] = []
        self._resend_refused: set[str] = set()  # modes

    def run(self, custom_role_id: str | None) -> None:
        """Run everything, and clean up whatever happens."""
        try:
            modes = [mode for mode in MODES if self._by_hand(mode)]
            for mode in modes:
                self._by_modules(mode)
            for mode in modes[:1]:
                self._custom_role(custom_role_id, mode)
        finally:
            self._clean_up()

    def _step(self, what: str, answer: Answer, *expected: int) -> bool:
        """Add a step to the report, and return whether the status is an expected one."""
        self._report.step(what, str(answer.status), answer.status in expected)
        return answer.status in expected

    def _create(self, email: str, mode: str, role: Mapping[str, Any] | None = None) -> Answer:
        body = {"name": NAME, "email": email, "role": role or ROLE, "invite_mode": mode}
        return self._service.send("POST", USERS, body=body)

    # ---------------------------------------------------------------- by hand

    def _by_hand(self, mode: str) -> bool:
        """Let a user live from the creation to the deletion; return whether the account allows the mode."""
        email = self._made.address()
        created = self._create(email, mode)
        user_id = created.fields.get("id")
        self._report.permission(f"create users ({mode})", said(created))
        if created.status in (400, 403, 422):
            self._made.never(email)
            self._report.step(f"{mode}: create", said(created), True)
            return False
        if not self._step(f"{mode}: create", created, 201):
            return False
        invited = mode != "NONE"
        self._compare(f"{mode}: create", created, status="INVITED" if invited else "ACTIVE", email=email, role=ROLE)
        if not isinstance(user_id, str) or lower(created.fields, "email") != email:
            return False  # whoever has this ID is not touched; what was made is found by its address
        self._create_again(mode, email, user_id)
        self._update(mode, user_id)
        self._resend(mode, user_id, invited)
        self._delete(mode, email, user_id)
        return True

    def _create_again(self, mode: str, email: str, user_id: str) -> None:
        again = self._create(email, mode)
        if mode == "NONE":
            self._step(f"{mode}: create again", again, 409)
            self._conflicts.append(again)
        elif self._step(f"{mode}: create again", again, 200):
            self._compare(f"{mode}: create again", again, id=user_id)
            if "temporary_password" in again.fields:
                self._report.contradiction(f"POST {USERS} 200", "has a temporary password")

    def _update(self, mode: str, user_id: str) -> None:
        before = self._service.send("GET", USER, user_id)
        self._step(f"{mode}: look up", before, 200)
        flag = before.fields.get("is_developer") is not True
        for what, permission, change in (
            ("rename", "rename users", {"name": f"{NAME} Renamed"}),
            ("toggle is_developer", "change is_developer", {"is_developer": flag}),
        ):
            answer = self._service.send("PATCH", USER, user_id, body=change)
            self._step(f"{mode}: {what}", answer, 200, 403)
            self._report.permission(permission, said(answer))
            if answer.ok:
                self._compare(f"{mode}: {what}", answer, id=user_id, **change)

    def _resend(self, mode: str, user_id: str, invited: bool) -> None:
        """Resend; where SAML login is enforced, an invitation is refused as if it were accepted."""
        answer = self._service.send("POST", RESEND, user_id)
        if answer.status == 400:
            self._resend_refused.add(mode)
        self._step(f"{mode}: resend", answer, *((202, 204, 400, 403) if invited else (400, 403)))
        if invited:
            self._report.permission("resend invitations", said(answer))

    def _delete(self, mode: str, email: str, user_id: str) -> None:
        deleted = self._service.send("DELETE", USER, user_id)
        self._step(f"{mode}: delete", deleted, 204, 403)
        self._report.permission("delete users", said(deleted))
        if not deleted.ok:
            return
        self._made.deleted(email)
        self._step(f"{mode}: look up after the deletion", self._service.send("GET", USER, user_id), 404)
        self._step(f"{mode}: delete again", self._service.send("DELETE", USER, user_id), 204)
        again = self._create(email, mode)
        self._step(f"{mode}: create after the deletion", again, 409)
        if again.ok:
            self._made.revived(email)
        self._compare_conflicts(again)

    def _compare_conflicts(self, blocked: Answer) -> None:
        """Say by which fields the errors for an active and for a deleted address differ."""
        for active in self._conflicts if blocked.status == 409 else []:
            names = sorted(set(active.fields) | set(blocked.fields))
            differ = [name for name in names if active.fields.get(name) != blocked.fields.get(name)]
            public = [self._report.contract.public(name) for name in differ if name != "instance"]
            self._report.answer("conflict_kinds_differ", bool(public), ", ".join(public))

    def _compare(self, step: str, answer: Answer, **expected: Any) -> None:
        """Compare fields of an answer with what they have to be, in any case."""
        for name, wanted in expected.items():
            found = answer.fields.get(name)
            if name in answer.fields and not _fits(found, wanted):
                self._report.step(f"{step}: {name}", "another value", False)

    def _custom_role(self, role_id: str | None, mode: str) -> None:
        """Try a custom account role, which the official schemas call reserved for future use."""
        if role_id is None:
            self._report.answer("custom_account_role", "not seen", "the account has no custom role that the key sees")
            return
        email = self._made.address()
        answer = self._create(email, mode, {"type": "CUSTOM", "id": role_id})
        self._report.answer("custom_account_role", answer.ok, f"status {answer.status}")
        if not answer.ok:
            self._made.never(email)

    # ---------------------------------------------------------------- by the modules

    def _by_modules(self, mode: str) -> None:
        """Let the modules manage a second user, and compare their results with the rules."""
        email = self._made.address()
        profile = {"email": email, "name": NAME, "role": "annotator"}
        user = {**profile, "invite_mode": mode.lower()}
        status, invitation = ("active", "accepted") if mode == "NONE" else ("invited", "pending")
        created = {"changed": True, "actions": ["create"], "status": status}
        if self._module(mode, "create", "arize_user", user, **created).get("failed"):
            return
        self._module(mode, "create again", "arize_user", user, changed=False, actions=[])
        self._module(mode, "invite", "arize_user_invite", profile, changed=False, invitation=invitation)
        self._change_by_modules(mode, email)
        self._resend_by_module(mode, email)
        absent = {"email": email, "state": "absent"}
        if self._module(mode, "delete", "arize_user", absent, changed=True, actions=["delete"]).get("changed"):
            self._made.deleted(email)
            self._module(mode, "delete again", "arize_user", absent, changed=False, actions=[])
            again = self._module(mode, "create after the deletion", "arize_user", user, error="blocked")
            if not again.get("failed"):
                self._made.revived(email)

    def _change_by_modules(self, mode: str, email: str) -> None:
        found = self._module(mode, "read", "arize_user_info", {"email": email}, changed=False)
        flag = not any(user.get("is_developer") for user in found.get("users", []))
        for what, change in (("rename", {"name": f"{NAME} Renamed"}), ("toggle is_developer", {"is_developer": flag})):
            options = {"email": email, **change}
            done = self._module(mode, what, "arize_user", options, changed=True, actions=["update"])
            if not done.get("failed"):
                self._module(mode, f"{what} again", "arize_user", options, changed=False, actions=[])

    def _resend_by_module(self, mode: str, email: str) -> None:
        expected: dict[str, Any] = {"changed": True, "invitation": "resent"}
        if mode == "NONE":
            expected = {"changed": False, "invitation": "accepted"}
        elif mode in self._resend_refused:
            expected = {"error": "bad_request"}
        self._module(mode, "resend", "arize_user_invite", {"email": email, "resend": True}, **expected)

    def _module(self, mode: str, what: str, module: str, options: Mapping[str, Any], **expected: Any) -> dict[str, Any]:
        """Run a module as Ansible does, and compare its result; a refusal for lack of permission is no fault of it."""
        result = run_module(module, options, self._env)
        error = result.get("error", {}).get("kind") if result.get("failed") else None
        found = {**result, "error": error, "status": (result.get("user") or {}).get("status")}
        wanted = {"error": None, **expected}
        wrong = [name for name in wanted if found.get(name) != wanted[name]]
        outcome = f"{error or 'ok'}{', changed' if result.get('changed') else ''}"
        fine = not wrong or error == "forbidden"
        self._report.step(
            f"{mode}: {module} {what}", outcome if fine else f"{outcome}; {', '.join(wrong)} differs", fine
        )
        return result

    # ---------------------------------------------------------------- afterwards

    def _clean_up(self) -> None:
        """Delete what is left of this run's users, each found by its exact address."""
        for email in list(self._made.waiting):
            try:
                self._delete_leftover(email)
            except NotReachable:
                continue
        self._report.left_behind = {
            "addresses that can never be invited again": len(self._made.blocked),
            "users that may still exist": len(self._made.waiting),
        }

    def _delete_leftover(self, email: str) -> None:
        found = self._service.list(USERS, "users", ("email", email))
        matching = [user for user in found.items if lower(user, "email") == email]
        if found.answer.ok and not matching:
            self._made.never(email)
        for user_id in ids(matching):
            if self._service.send("DELETE", USER, str(user_id)).ok:
                self._made.deleted(email)


def _fits(found: Any, wanted: Any) -> bool:
    """Whether a value is the wanted one, or has its fields."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(_fits(found.get(name), value) for name, value in wanted.items())
    return found == wanted or str(found).lower() == str(wanted).lower()


def run_module(module: str, options: Mapping[str, Any], env: Mapping[str, str]) -> dict[str, Any]:
    """Run a module in a process of its own, with the connection of the environment, and return its result."""
    # Under no_log, as a task with temporary passwords has to be.
    arguments = {
        "ANSIBLE_MODULE_ARGS": {**options, "_ansible_no_log": True, "_ansible_module_name": f"arize.ax.{module}"}
    }
    command = [sys.executable, "-m", f"ansible_collections.arize.ax.plugins.modules.{module}"]
    done = subprocess.run(
        command, input=json.dumps(arguments), env=dict(env), capture_output=True, text=True, check=False
    )
    try:
        result: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return {"failed": True, "error": {"kind": "no result"}}
    return result
