# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control path: how tests set the scene and read the journal. Plain functions; HTTP is in app.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .problems import Problem
from .state import State
from .store import ADMIN_KEY, ADMIN_OWNER, MEMBER_KEY, MEMBER_OWNER

PREFIX = "/_simulator"


class Control:
    """One method per resource of the control path."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._table: dict[tuple[str, str], Callable[[Any], Any]] = {
            ("GET", ""): self._info,
            ("POST", "reset"): self._reset,
            ("POST", "seed"): self._seed,
            ("POST", "do"): self._do,
            ("GET", "users"): lambda _body: state.account.all_users(),
            ("POST", "find"): self._find,
            ("GET", "access"): lambda _body: state.access(),
            ("POST", "access"): lambda body: state.seed_access(**(body or {})),
            ("GET", "settings"): lambda _body: state.configure({}),
            ("POST", "settings"): lambda body: state.configure(body or {}),
            ("GET", "faults"): lambda _body: state.faults.public(),
            ("POST", "faults"): lambda body: state.faults.add(_as_list(body)),
            ("PUT", "faults"): lambda body: state.faults.add(_as_list(body), replace=True),
            ("DELETE", "faults"): self._clear_faults,
            ("GET", "journal"): lambda _body: state.journal.requests(),
            ("DELETE", "journal"): lambda _body: state.journal.clear(mails=False),
            ("GET", "mails"): lambda _body: state.journal.mails(),
            ("DELETE", "mails"): lambda _body: state.journal.clear(requests=False),
            ("GET", "violations"): lambda _body: state.journal.violations(),
        }

    def handle(self, method: str, name: str, body: Any) -> Any:
        """Carry out one request of the control path."""
        if not any(known == name for _method, known in self._table):
            raise Problem(404, f"the control path has no {name!r}")
        function = self._table.get((method, name))
        if function is None:
            raise Problem(405, f"{method} is not allowed for {name!r}", allow=self._methods(name))
        try:
            return function(body)
        except (TypeError, AttributeError, KeyError, ValueError) as error:
            raise Problem(400, f"the control path does not understand this: {error!r}") from error

    def _methods(self, name: str) -> list[str]:
        return sorted(method for method, known in self._table if known == name)

    def _info(self, _body: Any) -> dict[str, Any]:
        return {
            "url": self._state.base_url,
            "admin_key": ADMIN_KEY,
            "member_key": MEMBER_KEY,
            "owners": {"admin": ADMIN_OWNER, "member": MEMBER_OWNER},
            "settings": self._state.configure({}),
        }

    def _reset(self, body: Any) -> list[dict[str, Any]]:
        return self._state.reset(**(body or {}))

    def _seed(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """Seed a list of users, then `count` generated ones (each like `like`)."""
        like = body.get("like", {})
        generated = [dict(like) for _number in range(body.get("count", 0))]
        return self._state.account.seed([*body.get("users", []), *generated])

    def _do(self, body: Any) -> list[Any]:
        return [self._state.act(action) for action in _as_list(body)]

    def _find(self, body: dict[str, Any]) -> dict[str, Any] | None:
        return self._state.account.find(body["user"])

    def _clear_faults(self, _body: Any) -> list[Any]:
        self._state.release()
        return self._state.faults.add([], replace=True)


def _as_list(body: Any) -> list[Any]:
    return body if isinstance(body, list) else [body]
