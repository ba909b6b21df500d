# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One generator for every list of the API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Callable, Generic, TypeVar

from .._errors import ArizeError
from .failures import CHECK_ENDPOINT_AND_PROXIES, Request
from .reading import WithId
from .session import Http, Response, Unreadable

PAGE_SIZE = 100  # the most that the API allows
_MAX_PAGES = 10_000  # of a list: a million items
_PARENTS = ("user_id", "org_id", "space_id")  # filters by what a 404 may be about

Query = list[tuple[str, Any]]
Item = TypeVar("Item")
Result = TypeVar("Result")
AnItem = TypeVar("AnItem", bound=WithId)


class Page(Generic[Item]):
    """A page of a list; ``has_more`` is False on the last one; ``date`` is that of its Response."""

    def __init__(self, items: list[Item], has_more: bool, date: float | None = None) -> None:
        self.items = items
        self.has_more = has_more
        self.date = date


def pages(
    http: Http, request: Request, plural: str, read: Callable[[Mapping[str, Any]], Item], confirm: bool = True
) -> Iterator[Page[Item]]:
    """Yield the pages of a list, to its end; an empty page may have more.

    Args:
        http: the session.
        request: the GET of the list, with its filters.
        plural: the name of the list in the response.
        read: the JSON value of an item -> item; raises Unreadable.
        confirm: whether a 404 of a list that is filtered by a parent is confirmed by the list without that filter.

    Raises:
        ArizeError: a failed request; invalid_response for a list that does not say whether it continues, never ends, or
            is answered 404; not_found if the list is filtered by a user, organization or space that does not exist.
    """
    cursors: list[str] = []
    while True:
        query = [("limit", PAGE_SIZE), *request.query, *[("cursor", cursor) for cursor in cursors[-1:]]]

        def read_page(response: Response) -> tuple[list[Item], str | None, float | None]:
            cursor = _next_cursor(response.json_object(), cursors)
            return _items(response, plural, read), cursor, response.date

        items, cursor, date = _call_list(http, request, query, read_page, confirm)
        yield Page(items, cursor is not None, date)
        if cursor is None:
            return
        cursors.append(cursor)


def unique(pages_of_items: Iterable[Page[AnItem]]) -> list[AnItem]:
    """Return every item of a list once: where it changes while it is read, one may be on two pages."""
    return list({item.id: item for page in pages_of_items for item in page.items}.values())


def _call_list(
    http: Http, request: Request, query: Query, read: Callable[[Response], Result], confirm: bool = True
) -> Result:
    """Send a request for a page. A 404 is about a parent only if the list can be read without the filter by parents.

    A gateway answers 404 too, to a path that it does not know.
    """
    try:
        return http.call(request._replace(query=query), read)
    except ArizeError as error:
        if error.kind != "not_found":
            raise
        filters = [pair for pair in request.query if pair[0] not in _PARENTS]
        if len(filters) < len(request.query):
            if confirm:
                _call_list(http, request._replace(query=filters), [("limit", PAGE_SIZE), *filters], read)
        else:
            error.kind = "invalid_response"
            error.message += CHECK_ENDPOINT_AND_PROXIES
        raise


def _items(response: Response, plural: str, read: Callable[[Mapping[str, Any]], Item]) -> list[Item]:
    items = response.json_object().get(plural)
    if not isinstance(items, list):
        raise Unreadable(f"the response has no list of {plural.replace('_', ' ')}")
    return [read(item if isinstance(item, dict) else {}) for item in items]


def _next_cursor(data: Mapping[str, Any], cursors: list[str]) -> str | None:
    """Return where the list continues, None where it says that it ends."""
    pagination = data.get("pagination")
    if not isinstance(pagination, dict) or not isinstance(pagination.get("has_more"), bool):
        raise Unreadable("the response has no valid pagination.has_more")
    if not pagination["has_more"]:
        return None
    cursor = pagination.get("next_cursor")
    if not isinstance(cursor, str) or not cursor:
        raise Unreadable("has_more is true but next_cursor is missing")
    if cursor in cursors:
        raise Unreadable("pagination loop: the server repeated a cursor")
    if len(cursors) + 1 >= _MAX_PAGES:
        raise Unreadable(f"the list does not end: {len(cursors) + 1} pages so far")
    return cursor
