# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The errors that every layer raises and only ``_module`` reports."""

from __future__ import annotations

import os
from typing import Any, Literal

from ._text import one_line

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
    "ambiguous",
    "internal",
    "lookalike",
    "too_many_creations",
    "too_many_updates",
    "too_many_access_changes",
    "role_in_use",
    "predefined_role",
    "key_lost",
    "key_in_use",
]


class ArizeError(Exception):
    """A failure, as the user reads it.

    Args:
        kind: the machine-readable code of the error.
        message: whole sentences: the failure, the user, the reason, the remedy. Never a secret. It is kept on one line.
        outcome_unknown: a write may have been carried out although no response proves it.
        status, title, detail: what the server answered.
        method, path: the request, without its query.
        request_id: how the service names the request, for its support.

    Attributes:
        stop_reason: why the request was not sent again although that might have helped; a clause.
        outcome: what was done before the failure, where that is known.
    """

    def __init__(  # noqa: PLR0913 (each fact is a keyword of its own)
        self,
        kind: Kind,
        message: str,
        *,
        outcome_unknown: bool = False,
        status: int | None = None,
        title: str | None = None,
        detail: str | None = None,
        method: str | None = None,
        path: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.outcome_unknown = outcome_unknown
        self.status = status
        self.title = title
        self.detail = detail
        self.method = method
        self.path = path
        self.request_id = request_id
        self.stop_reason = ""
        self.outcome: Any = None

    @property
    def message(self) -> str:
        """The message, on one line."""
        return self._message

    @message.setter
    def message(self, text: str) -> None:
        self._message = one_line(text)

    @property
    def told(self) -> str:
        """The message as the user reads it: with the request ID at its end."""
        return f"{self.message} Request ID: {self.request_id}." if self.request_id else self.message

    @property
    def changed(self) -> bool:
        """Whether the account was changed before the failure, or may have been."""
        return self.outcome_unknown or bool(self.outcome and self.outcome.changed)

    def facts(self) -> dict[str, Any]:
        """Return the request, and the answer of the server."""
        facts = {name: getattr(self, name) for name in ("status", "title", "detail", "method", "path")}
        return {**facts, "request_id": self.request_id} if self.request_id else facts

    def as_result(self) -> dict[str, Any]:
        """Return the ``error`` of a failed result."""
        return {"kind": self.kind, **self.facts()}


def failure_after(outcome: Any, error: Exception) -> ArizeError:
    """Return *error* with the outcome before it, unless it has its own; a defect becomes an error of kind internal."""
    failure = error if isinstance(error, ArizeError) else internal_error(error, outcome_unknown=True)
    if failure.outcome is None:
        failure.outcome = outcome
    return failure


def bad_option(message: str) -> ArizeError:
    """Return the error for an option or variable with an unusable value; *message* names it."""
    return ArizeError("bad_option", message)


def internal_error(error: Exception, outcome_unknown: bool = False) -> ArizeError:
    """Return the error for an unexpected exception, a defect of this collection.

    Its text is left out: it may contain a secret.
    """
    frame, place = error.__traceback__, ""
    while frame is not None:
        place = f" at {os.path.basename(frame.tb_frame.f_code.co_filename)}:{frame.tb_lineno}"
        frame = frame.tb_next
    return ArizeError(
        "internal",
        f"An unexpected {type(error).__name__} was raised{place}. This is a defect in arize.ax: please report it.",
        outcome_unknown=outcome_unknown,
    )
