# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The limiter: after a pause one request is sent at a time, and with each response one more."""

from __future__ import annotations

import random
import threading
import time

import pytest
from ansible_collections.arize.ax.plugins.module_utils._client.retry import AdaptiveLimiter, Timing


class Crowd:
    """Threads that take a slot each, and keep it until one of them is released."""

    def __init__(self, limiter: AdaptiveLimiter, size: int) -> None:
        self.limiter = limiter
        self.inside = 0
        self._left = threading.Semaphore(0)
        self._lock = threading.Lock()
        for _number in range(size):
            threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        with self.limiter.slot():
            with self._lock:
                self.inside += 1
            self._left.acquire(timeout=60)

    def release(self) -> None:
        self._left.release()

    def entered(self, size: int) -> int:
        """Return how many threads have had a slot so far, once that is *size* and stays so."""
        deadline = time.monotonic() + 60
        while self.inside < size and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(0.05)
        return self.inside


@pytest.fixture
def limiter() -> AdaptiveLimiter:
    return AdaptiveLimiter(Timing(time.sleep, time.monotonic, random.random))


def test_without_a_pause_all_are_sent_at_once(limiter: AdaptiveLimiter) -> None:
    assert Crowd(limiter, 6).entered(6) == 6


def test_none_is_sent_during_a_pause(limiter: AdaptiveLimiter) -> None:
    limiter.pause(60)
    limiter.pause(0)  # a shorter one does not end it
    assert Crowd(limiter, 3).entered(0) == 0


def test_after_a_pause_one_is_sent_and_with_each_response_one_more(limiter: AdaptiveLimiter) -> None:
    limiter.pause(0.2)
    crowd = Crowd(limiter, 8)
    assert crowd.entered(1) == 1
    crowd.release()
    assert crowd.entered(3) == 3  # two at once
    crowd.release()
    assert crowd.entered(5) == 5  # three at once
    limiter.pause(0.1)  # limited again: one at once, so of the three that are active two must end first
    crowd.release()
    assert crowd.entered(5) == 5
    crowd.release()
    assert crowd.entered(7) == 7


def test_a_slot_is_given_back_when_the_request_fails(limiter: AdaptiveLimiter) -> None:
    limiter.pause(0)
    with pytest.raises(ValueError, match="failed"), limiter.slot():
        raise ValueError("failed")
    assert Crowd(limiter, 3).entered(2) == 2
