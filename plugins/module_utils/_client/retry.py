# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a request may be sent again, and the limiter that all threads share. Private to arize.ax."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Callable

from .connection import Connection
from .failures import NEVER, RequestError

_FIRST_BACKOFF = 0.5  # seconds
_JITTER = 0.1  # of what the server asks for, so that many jobs do not wake together


class Timing:
    """Time and chance, replaceable in tests: ``sleep`` and ``clock`` in seconds, ``jitter`` in [0, 1)."""

    def __init__(self, sleep: Callable[[float], None], clock: Callable[[], float], jitter: Callable[[], float]) -> None:
        self.sleep = sleep
        self.clock = clock
        self.jitter = jitter


class AdaptiveLimiter:
    """Limits the requests of all threads after the server has limited their rate.

    After a pause one request is sent at a time, and with each response one more: if all threads came back at once, a
    slow limit would refuse most of them again and again, until their retries are used up.
    """

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._changed = threading.Condition()
        self._active = 0
        self._at_once = math.inf
        self._paused_until = timing.clock()

    def pause(self, seconds: float) -> None:
        """Send nothing for so long, and then one request at a time."""
        with self._changed:
            self._paused_until = max(self._paused_until, self._timing.clock() + seconds)
            self._at_once = 1

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Wait until a request may be sent; the block sends it."""
        self._acquire()
        try:
            yield
        finally:
            with self._changed:
                self._active -= 1
                self._at_once += 1
                self._changed.notify_all()

    def _acquire(self) -> None:
        while True:
            with self._changed:
                left = self._paused_until - self._timing.clock()
                if left <= 0:
                    if self._active < self._at_once:
                        self._active += 1
                        return
                    self._changed.wait()
                    continue
            self._timing.sleep(left)


class RetryBudget:
    """Decides for one API call whether it is sent again, and waits."""

    def __init__(self, connection: Connection, limiter: AdaptiveLimiter, timing: Timing) -> None:
        self._connection = connection
        self._limiter = limiter
        self._timing = timing
        self._attempts = 0
        self._outcome_unknown = False

    def wait_or_raise(self, error: RequestError) -> None:
        """Wait until the call may be sent again.

        Raises:
            ArizeError: *error*, with the number of attempts and the reason to stop.
        """
        self._attempts += 1
        self._outcome_unknown = self._outcome_unknown or error.outcome_unknown
        if error.repeat == NEVER:
            raise self._stopped(error, "")
        if self._attempts > self._connection.max_retries:
            raise self._stopped(error, f"max_retries is {self._connection.max_retries}")
        longest, asked = self._connection.max_retry_wait, error.retry_after
        if asked > longest:
            reason = f"the server asked to wait {_seconds(math.ceil(asked))}, longer than max_retry_wait"
            raise self._stopped(error, f"{reason} ({_seconds(longest)})")
        backoff = _FIRST_BACKOFF * 2.0 ** min(self._attempts - 1, 30) * (0.5 + self._timing.jitter() / 2)
        wait = min(max(backoff, asked * (1 + _JITTER * self._timing.jitter())), longest)
        if error.kind == "rate_limited":
            self._limiter.pause(wait)
        else:
            self._timing.sleep(wait)

    def _stopped(self, error: RequestError, reason: str) -> RequestError:
        error.outcome_unknown = self._outcome_unknown
        error.stop_reason = reason
        if reason or self._attempts > 1:
            times = f"{self._attempts} attempt{'s' if self._attempts > 1 else ''}"
            error.message += f" Gave up after {times}{': ' + reason if reason else ''}."
        return error


def _seconds(seconds: float) -> str:
    return "{} s".format((f"{seconds:.1f}").rstrip("0").rstrip("."))
