# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Times of results, as reports count them."""

from __future__ import annotations

from datetime import datetime

from ..module_utils._planning.moments import read_moment


def day_of(text: str | None) -> str | None:
    """Return the day of a time in UTC, or *text* if it is not a time."""
    time = read_moment(text)
    return time.date().isoformat() if time else text


def days_until(until: datetime | None, since: object) -> int | None:
    """Return how many days in UTC lie between two times; None if one of them is not a time."""
    begin = read_moment(since)
    return None if begin is None or until is None else (until.date() - begin.date()).days
