# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Times of results, as reports count them."""

from __future__ import annotations

import re
from datetime import datetime, timezone

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def read_time(text: object) -> datetime | None:
    """Return a time in UTC; None if *text* is none."""
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    if not found:
        return None
    offset = found[3] if found[3] not in "Zz" else "+00:00"
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}{offset}").astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def day_of(text: str | None) -> str | None:
    """Return the day of a time in UTC, or *text* if it is no time."""
    time = read_time(text)
    return time.date().isoformat() if time else text


def days_until(until: datetime | None, since: object) -> int | None:
    """Return how many days in UTC lie between two times; None if one of them is none."""
    begin = read_time(since)
    return None if begin is None or until is None else (until.date() - begin.date()).days
