# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages and their cursors: opaque, and tied to the filters of their list."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, Protocol, TypeVar

from .problems import Problem

GAP = "after-an-empty-page."


class Numbered(Protocol):
    """Anything that has a place in a list."""

    number: int


Item = TypeVar("Item", bound=Numbered)


def filter_mark(*filters: Any) -> str:
    """Return what ties a cursor to its filters."""
    return hashlib.sha256(json.dumps(filters).encode()).hexdigest()[:12]


def write_cursor(moment: float, number: int, mark: str, nonce: str = "") -> str:
    """Return the opaque cursor of the page after that item."""
    return base64.urlsafe_b64encode(json.dumps([moment, number, mark, nonce]).encode()).decode()


def read_cursor(cursor: str, mark: str) -> tuple[float, int]:
    """Return where a cursor points; one that is none, or belongs to other filters, is refused."""
    try:
        moment, number, its_mark, _nonce = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
        place = (float(moment), int(number))
    except (ValueError, TypeError):
        raise Problem(400, "cursor is not valid.") from None
    if its_mark != mark:
        raise Problem(400, "cursor belongs to a list with other filters.")
    return place


def cut(
    matching: Callable[[int], Iterable[Item]], limit: int, cursor: str | None, mark: str
) -> tuple[list[Item], str | None]:
    """Return one page, and the cursor of the next page if any.

    `matching` returns the items after a number, in the order of their numbers.
    """
    found = list(islice(matching(-1 if cursor is None else read_cursor(cursor, mark)[1]), limit + 1))
    return found[:limit], write_cursor(0.0, found[limit - 1].number, mark) if len(found) > limit else None
