# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a response becomes a value: shared by all resources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

from .._errors import ArizeError
from .failures import Request
from .session import Http, Response, Unreadable


class WithId(Protocol):
    """An item of the API."""

    @property
    def id(self) -> str:
        """The ID of the item."""


Item = TypeVar("Item", bound=WithId)


def text(value: Any) -> str | None:
    """Return *value* if it is text, without lone surrogates, which nothing can print."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else None


def lower(value: Any) -> str | None:
    """Return *value* in lower case if it is text; None if it is empty."""
    known = text(value)
    return known.lower() if known else None


def item_id(data: Mapping[str, Any], what: str) -> str:
    """Return the ID of an item; raise Unreadable without one. *what* names the item."""
    found = text(data.get("id"))
    if not found:
        raise Unreadable(f"the response contains a {what} without id")
    return found


def item_path(base: str, item_id: str) -> str:
    """Return the path of an item; IDs are base64 and may contain a slash."""
    return f"{base}/{quote(item_id, safe='')}"


def given(**query: str | None) -> list[tuple[str, Any]]:
    """Return the parameters of a query that have a value."""
    return [(name, value) for name, value in query.items() if value]


def find_by_id(http: Http, request: Request, read: Callable[[Mapping[str, Any]], Item], item_id: str) -> Item | None:
    """Return the item with this ID, by *request*; None if it does not exist."""
    try:
        return http.call(request, partial(read_same, read, item_id))
    except ArizeError as error:
        if error.kind == "not_found":
            return None
        raise


def read_same(read: Callable[[Mapping[str, Any]], Item], item_id: str, response: Response) -> Item:
    """Return the item of a response; raise Unreadable if it is about another one."""
    item = read(response.json_object())
    if item.id != item_id:
        raise Unreadable(f"the response is about another item, {item.id}")
    return item
