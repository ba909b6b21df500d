# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a request may be sent again, and the limiter that all threads share."""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Callable

from .._text import number_of
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

    A 429 pauses all threads, once for all requests that were sent before the pause. After it, one request is sent at a
    time, and with each response one more: if all threads came back at once, a slow limit would refuse most of them again
    and again, until their retries are used up. Those that were refused most often go first.

    Args:
        timing: time and chance.
        longest: the longest pause, in seconds.
        parallel: whether several threads send requests.
    """

    def __init__(self, timing: Timing, longest: float, parallel: bool) -> None:
        self._timing = timing
        self._longest = longest
        self._parallel = parallel
        self._changed = threading.Condition()
        self._active = 0
        self._at_once = math.inf
        self._paused_until = timing.clock()
        self._pauses = 0  # so far
        self._in_a_row = 0  # pauses since the last response other than 429
        self._jitter = 0.0  # of this pause
        self._tickets = itertools.count()
        self._waiting: list[tuple[int, int]] = []  # threads that are ready: the first one is next

    @contextmanager
    def slot(self, budget: RetryBudget) -> Iterator[None]:
        """Wait until a request may be sent; the block sends it, and raises its failure."""
        pause = self._acquire(budget.refusals)
        failure = None
        try:
            yield
        except RequestError as error:
            failure = error
            raise
        finally:
            with self._changed:
                self._active -= 1
                self._record(failure, pause, budget.attempts + 1)
                self._changed.notify_all()

    def _record(self, failure: RequestError | None, pause: int, attempts: int) -> None:
        """Record the response to a request that was sent after *pause* pauses."""
        if failure and failure.kind == "rate_limited":
            self._pause(failure.retry_after, pause, attempts)
        elif failure is None or failure.status is not None:
            self._at_once += 1
            if pause == self._pauses:
                self._in_a_row = 0

    def _pause(self, asked: float, pause: int, attempts: int) -> None:
        """Send nothing for as long as *asked*, and then one request at a time; a longer pause is not slept."""
        if asked > self._longest:
            return
        if pause == self._pauses:  # else the request was sent before the last pause, and belongs to it
            self._pauses += 1
            self._in_a_row += 1
            self._jitter = self._timing.jitter()
        least = backoff(self._in_a_row if self._parallel else attempts, self._jitter)
        seconds = min(max(least, asked * (1 + _JITTER * self._jitter)), self._longest)
        self._paused_until = max(self._paused_until, self._timing.clock() + seconds)
        self._at_once = 1

    def _acquire(self, refusals: int) -> int:
        """Wait for a slot; return how many pauses there were before it."""
        ticket = (-refusals, next(self._tickets))
        while True:
            with self._changed:
                left = self._paused_until - self._timing.clock()
                if left <= 0:
                    self._waiting.append(ticket)
                    while self._active >= self._at_once or ticket != min(self._waiting):
                        self._changed.wait()
                    self._waiting.remove(ticket)
                    self._changed.notify_all()
                    left = self._paused_until - self._timing.clock()
                    if left <= 0:
                        self._active += 1
                        return self._pauses
            self._timing.sleep(left)


def backoff(number: int, jitter: float) -> float:
    """Return the least seconds to wait after *number* failures, or pauses."""
    return _FIRST_BACKOFF * 2.0 ** min(number - 1, 30) * (0.5 + jitter / 2)


class RetryBudget:
    """Decides for one API call whether it is sent again, and waits; for the end of a pause the limiter waits."""

    def __init__(self, connection: Connection, timing: Timing) -> None:
        self._connection = connection
        self._timing = timing
        self._outcome_unknown = False
        self.attempts = 0
        self.refusals = 0  # how many of them were answered 429

    def wait_or_raise(self, error: RequestError) -> None:
        """Wait until the call may be sent again.

        Raises:
            ArizeError: *error*, with the number of attempts and the reason to stop.
        """
        self.attempts += 1
        self._outcome_unknown = self._outcome_unknown or error.outcome_unknown
        if error.repeat == NEVER:
            raise self._stopped(error, "")
        if self.attempts > self._connection.max_retries:
            raise self._stopped(error, f"max_retries is {self._connection.max_retries}")
        longest, asked = self._connection.max_retry_wait, error.retry_after
        if asked > longest:
            reason = f"the server asked to wait {_seconds(math.ceil(asked))}, longer than max_retry_wait"
            raise self._stopped(error, f"{reason} ({_seconds(longest)})")
        if error.kind == "rate_limited":
            self.refusals += 1
            return
        least = backoff(self.attempts, self._timing.jitter())
        self._timing.sleep(min(max(least, asked * (1 + _JITTER * self._timing.jitter())), longest))

    def _stopped(self, error: RequestError, reason: str) -> RequestError:
        error.outcome_unknown = self._outcome_unknown
        error.stop_reason = reason
        if reason or self.attempts > 1:
            times = number_of(self.attempts, "attempt")
            error.message += f" Gave up after {times}{': ' + reason if reason else ''}."
        return error


def _seconds(seconds: float) -> str:
    return "{} s".format((f"{seconds:.1f}").rstrip("0").rstrip("."))
