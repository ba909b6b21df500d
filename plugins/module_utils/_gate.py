# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One gate for the requests of all threads, which a rate limit closes for a while. Private to arize.ax."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Callable


class Gate:
    """Lets requests pass, those of the oldest call first.

    After a pause that the server wants, one passes at a time, and with each answer that is no refusal one more: if all
    threads came back at once, a slow limit would turn most of them away again and again, until they had no try left.

    Args:
        sleep, clock: time, replaceable in tests.
    """

    def __init__(self, sleep: Callable[[float], None], clock: Callable[[], float]) -> None:
        self._sleep = sleep
        self._clock = clock
        self._changed = threading.Condition()
        self._ages = itertools.count()
        self._waiting: list[int] = []
        self._under_way = 0
        self._at_once = float("inf")
        self._closed_until = clock()

    def age(self) -> int:
        """Return the place of a new call in the line."""
        return next(self._ages)

    def close(self, seconds: float) -> None:
        """Let nobody pass for so long, and then one."""
        with self._changed:
            self._closed_until = max(self._closed_until, self._clock() + seconds)
            self._at_once = 1

    @contextmanager
    def passed(self, age: int) -> Iterator[None]:
        """Wait until the call of that age may send its request; the block is sending it."""
        self._enter(age)
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._at_once += 1
                self._changed.notify_all()

    def _enter(self, age: int) -> None:
        with self._changed:
            self._waiting.append(age)
        while True:
            with self._changed:
                left = self._closed_until - self._clock()
                if left <= 0:
                    if age == min(self._waiting) and self._under_way < self._at_once:
                        self._waiting.remove(age)
                        self._under_way += 1
                        self._changed.notify_all()
                        return
                    self._changed.wait()
                    continue
            self._sleep(left)
