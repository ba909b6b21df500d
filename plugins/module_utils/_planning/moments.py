# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Times as the API writes them (RFC 3339). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def read_moment(text: object) -> datetime | None:
    """Return a time in UTC, to the second; None if *text* is not an RFC 3339 time with a zone."""
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    if not found:
        return None
    offset = found[3] if found[3] not in "Zz" else "+00:00"
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}{offset}").astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def key_marks(key: Mapping[str, Any], now: datetime, stale_days: int, creator_left: bool) -> list[str]:
    """Return the reasons to look at an API key of a result.

    A key that was not used for *stale_days* is unused; if it was never used, the days since it was created count.
    """
    expires, used = read_moment(key["expires_at"]), read_moment(key["last_used_at"] or key["created_at"])
    marks = []
    if key["expires_at"] and (expires is None or expires <= now):
        marks.append("expired" if expires else "expiry not readable")
    if used is None or (now - used).days >= stale_days:
        marks.append("unused" if used else "last use not readable")
    if creator_left:
        marks.append("creator has left")
    return marks


def write_moment(moment: datetime) -> str:
    """Return a time in UTC as the API takes it."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
