# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Times as the API writes them (RFC 3339). Pure."""

from __future__ import annotations

import re
from datetime import datetime, timezone

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


def write_moment(moment: datetime) -> str:
    """Return a time in UTC as the API takes it."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
