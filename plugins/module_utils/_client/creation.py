# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The creation protocol: send, look up after a lost response, send again, and say what became of it.

Private to arize.ax.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from .._errors import ArizeError
from .._models import EXISTING, NEW, RECOVERED, Created
from .failures import Request, RequestError
from .session import Http, Response

Item = TypeVar("Item")


class Creation(ABC, Generic[Item]):
    """One creation; a subclass says what is created. *request* is the POST."""

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

    def took_effect(self, now: Item) -> bool:  # noqa: ARG002 (it exists, and did not before)
        """Return whether the item as it is *now* shows that the creation happened."""
        return True

    @abstractmethod
    def taken(self, error: RequestError) -> ArizeError:
        """Return the error for a conflict with an item that no look-up finds."""

    def run(self) -> Created[Item]:
        """Send the request until it is known what became of it.

        Raises:
            ArizeError: a failure; with ``outcome_unknown`` where the look-up failed too.
        """
        return self._http.call(self._request, self._read, self._settle)

    def _read(self, response: Response) -> Created[Item]:
        data = response.json_object()
        item = self.read(data)
        return Created(item, NEW if response.status != 200 else self._found(item), data)

    def _settle(self, error: RequestError) -> Created[Item] | None:
        """Find out what became of a request that failed: the item decides, at every attempt."""
        if error.kind == "conflict":
            item = self._look_up_taken(error)
            return Created(item, self._found(item))
        if not error.outcome_unknown:
            return None
        self._lost = True
        now = self._look_up_lost(error)
        if now is not None and self.took_effect(now):
            return Created(now, RECOVERED)
        error.outcome_unknown = False
        error.message += " A look-up shows that it was not carried out."
        return None

    def _found(self, item: Item) -> str:
        """Return how an item that exists already came to exist: by a lost response of this creation, or without it."""
        return RECOVERED if self._lost and self.took_effect(item) else EXISTING

    def _look_up_taken(self, error: RequestError) -> Item:
        try:
            item = self.find()
        except ArizeError as second:
            second.outcome_unknown = self._lost
            raise
        if item is None:
            raise self.taken(error)
        return item

    def _look_up_lost(self, error: RequestError) -> Item | None:
        try:
            return self.find()
        except ArizeError as second:
            error.message += (
                " It is not known whether it was carried out: the look-up afterwards failed too"
                f" ({second.message.rstrip('.')})."
            )
            raise error from None
