# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The creation protocol: send, look up after a lost response, send again, and report the outcome."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from .._errors import ArizeError
from .._models import EXISTING, NEW, RECOVERED, Created
from .failures import Request, RequestError
from .session import Http, Response

Item = TypeVar("Item")


_NOT_SHOWN = " A look-up does not show it."


class Creation(ABC, Generic[Item]):
    """One creation; a subclass is for one kind of item. *request* is the POST."""

    possible_effect = "if it exists, it may be this run's own"
    looks_twice = False  # whether an item that a conflict is about is looked up again, after the first backoff

    def __init__(self, http: Http, request: Request) -> None:
        self._http = http
        self._request = request
        self._lost = False

    @abstractmethod
    def read(self, data: Mapping[str, Any]) -> Item:
        """Return the item in the JSON object of a 2xx; raise Unreadable where it is not in there."""

    @abstractmethod
    def find(self) -> Item | None:
        """Look the item up; return None if it does not exist."""

    def happened(self, now: Item) -> bool:  # noqa: ARG002 (it exists, and did not before)
        """Return whether the item as it is *now* shows that the creation happened."""
        return True

    @abstractmethod
    def conflict_error(self, error: RequestError) -> ArizeError:
        """Return the error for a conflict with an item that no look-up finds."""

    def run(self) -> Created[Item]:
        """Send the request until a response or the item shows its outcome.

        Raises:
            ArizeError: a failure; with ``outcome_unknown``, whatever it is, once a response was lost.
        """
        try:
            return self._http.call(self._request, self._read, self._resolve_failure)
        except ArizeError as error:
            if self._lost:
                error.outcome_unknown = True
                error.message += " " + self._doubt
            raise

    @property
    def _doubt(self) -> str:
        """Return the doubt that remains after a lost response and a look-up: lists may lag, other clients delete."""
        effect = self.possible_effect
        return f"It is not known whether it was carried out: {effect}. Run the task again: a look-up comes first."

    def _read(self, response: Response) -> Created[Item]:
        data = response.json_object()
        item = self.read(data)
        return self._existing(item, data) if response.status == 200 else Created(item, NEW, data)

    def _existing(self, item: Item, data: Mapping[str, Any] = MappingProxyType({})) -> Created[Item]:
        """Return how an item that exists already came to exist: by a lost response of this creation, or without it."""
        if not self._lost:
            return Created(item, EXISTING, data)
        return Created(item, RECOVERED if self.happened(item) else EXISTING, data, self._doubt)

    def _resolve_failure(self, error: RequestError) -> Created[Item] | None:
        """Determine from the item whether a failed request was carried out, at each attempt."""
        conflict = error.kind == "conflict"
        if not conflict and not error.outcome_unknown:
            return None
        self._lost = self._lost or error.outcome_unknown
        look_up = partial(self._look_up, error) if self._lost else self.find
        now = look_up()
        if now is None and conflict and self.looks_twice:
            self._http.back_off()
            now = look_up()
        if now is not None and (conflict or self.happened(now)):
            return self._existing(now)
        if conflict:
            refusal = self.conflict_error(error)
            if self._lost:  # so it is not certain that the reason is what the refusal says
                refusal.message = error.message + _NOT_SHOWN
            raise refusal
        error.message += _NOT_SHOWN
        return None

    def _look_up(self, error: RequestError) -> Item | None:
        """Return the item as it is after a response was lost; without a look-up the outcome stays unknown."""
        try:
            return self.find()
        except ArizeError as second:
            error.message += look_up_failed(second)
            raise error from None


def look_up_failed(error: ArizeError) -> str:
    """Return the sentence that ends the message of a failed write whose item could not be looked up."""
    return f" The look-up afterwards failed too ({error.message.rstrip('.')})."
