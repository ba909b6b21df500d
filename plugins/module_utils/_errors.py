# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The errors that every layer raises and only ``_module`` reports. Private to arize.ax."""

from __future__ import annotations

import re
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
# Controls, breaks of lines, marks that turn the direction of what follows, halves of surrogate pairs.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class ArizeError(Exception):
    """What went wrong, as the user reads it.

    Args:
        kind: the fixed word for it.
        message: one or more whole sentences: what, whom, why, what to do. Never a secret. It is kept in one line.
        maybe_done: a write may have been carried out although no answer proves it.
        facts: what is known of the answer (``status``, ``title``, ``detail``) and of the request (``method``, ``path``
            without its query).
    """

    def __init__(self, kind: Kind, message: str, maybe_done: bool = False, **facts: Any) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.maybe_done = maybe_done
        self.ended = ""  # why it was not tried once more, where that might have helped; a clause
        self.facts: dict[str, Any] = {name: facts.get(name) for name in FACTS}

    @property
    def message(self) -> str:
        """The message, in one line."""
        return self._message

    @message.setter
    def message(self, text: str) -> None:
        self._message = one_line(text)

    def as_result(self) -> dict[str, Any]:
        """Return the ``error`` of a failed result."""
        return {"kind": self.kind, **self.facts}


def one_line(text: str) -> str:
    """Return *text* fit for a message, whatever the server or a task has put into it."""
    return " ".join(_UNFIT.sub(" ", text).split())


def bad_option(message: str) -> ArizeError:
    """Return the error for an option or variable whose value cannot be used; *message* names it."""
    return ArizeError("bad_option", message)
