# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rate limit: a bucket of tokens that fills at a steady pace."""

from __future__ import annotations

import math
import threading
import time
from typing import Any

from .problems import Problem


class RateLimiter:
    """Let `per_second` requests through each second, and `burst` at once after a rest."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._retry_after: int | str | None = None
        self.configure(None)

    def configure(self, limit: dict[str, Any] | None) -> None:
        """Set the limit: {per_second, burst?, retry_after?}, or None for no limit."""
        limit = dict(limit or {})
        with self._lock:
            self._rate = float(limit.pop("per_second", 0))
            self._burst = float(limit.pop("burst", None) or max(1.0, self._rate))
            self._retry_after = limit.pop("retry_after", None)
            self._tokens = self._burst
            self._last = time.monotonic()
        if limit:
            raise Problem(400, f"unknown parts of a rate limit: {sorted(limit)}")

    def check(self) -> None:
        """Raise the 429 that is due."""
        retry_after = self.refused()
        if retry_after is not None:
            raise Problem(429, "Too many requests.", retry_after=retry_after)

    def refused(self) -> int | str | None:
        """Return None and take a token, or return the Retry-After of a refusal (whole seconds)."""
        if not self._rate:
            return None
        with self._lock:
            now = time.monotonic()
            self._tokens = min(self._burst, self._tokens + (now - self._last) * self._rate)
            self._last = now
            if self._tokens >= 1:
                self._tokens -= 1
                return None
            if self._retry_after is not None:
                return self._retry_after
            return max(1, math.ceil((1 - self._tokens) / self._rate))
