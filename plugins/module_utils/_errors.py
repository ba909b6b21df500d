# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The errors that every layer raises and only ``_module`` reports. Private to arize.ax."""

from __future__ import annotations

from typing import Any, Literal

Kind = Literal[
    "bad_request",
    "unauthorized",
    "forbidden",
    "not_found",
    "conflict",
    "unprocessable",
    "rate_limited",
    "server",
    "transport",
    "invalid_response",
    "bad_option",
    "incomplete",
    "no_log_needed",
    "password_lost",
    "not_active",
    "unexpected_status",
    "role_mismatch",
    "blocked",
    "protected",
    "too_many_deletions",
    "too_few_admins",
    "partial",
]
FACTS = ("status", "title", "detail", "method", "path")


class ArizeError(Exception):
    """What went wrong, as the user reads it.

    Args:
        kind: the fixed word for it.
        message: one or more whole sentences: what, whom, why, what to do. Never a secret.
        maybe_done: a write may have been carried out although no answer proves it.
        facts: what is known of the answer (``status``, ``title``, ``detail``) and of the request (``method``, ``path``
            without its query).
    """

    def __init__(self, kind: Kind, message: str, maybe_done: bool = False, **facts: Any) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.maybe_done = maybe_done
        self.facts: dict[str, Any] = {name: facts.get(name) for name in FACTS}

    def as_result(self) -> dict[str, Any]:
        """Return the ``error`` of a failed result."""
        return {"kind": self.kind, **self.facts}


def bad_option(message: str) -> ArizeError:
    """Return the error for an option or variable whose value cannot be used; *message* names it."""
    return ArizeError("bad_option", message)
