# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The gate: after a pause the oldest call goes first, alone, and each answer lets one more pass at once."""

from __future__ import annotations

import threading
import time

import pytest
from ansible_collections.arize.ax.plugins.module_utils._client.retry import AdaptiveLimiter


class Crowd:
    """Threads that pass a gate, and stay until they are let go."""

    def __init__(self, gate: AdaptiveLimiter, size: int) -> None:
        self.gate = gate
        self.inside: list[int] = []
        self._leave = [threading.Event() for _number in range(size)]
        ages = [gate.age() for _number in range(size)]
        # The youngest comes first, to show that this does not matter.
        for age in reversed(ages):
            threading.Thread(target=self._pass, args=(age,), daemon=True).start()

    def _pass(self, age: int) -> None:
        with self.gate.passed(age):
            self.inside.append(age)
            self._leave[age].wait(10)

    def let_go(self, age: int) -> None:
        self._leave[age].set()

    def settled(self, size: int) -> list[int]:
        """Who has passed so far, when that has come to so many and to no more."""
        deadline = time.monotonic() + 5
        while len(self.inside) < size and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(0.05)
        return sorted(self.inside)


@pytest.fixture
def gate() -> AdaptiveLimiter:
    return AdaptiveLimiter(time.sleep, time.monotonic)


def test_without_a_pause_all_pass_at_once(gate: AdaptiveLimiter) -> None:
    assert Crowd(gate, 6).settled(6) == [0, 1, 2, 3, 4, 5]


def test_nobody_passes_during_a_pause(gate: AdaptiveLimiter) -> None:
    gate.close(60)
    gate.close(0)  # a shorter one does not open it
    assert Crowd(gate, 3).settled(0) == []


def test_after_a_pause_the_oldest_passes_alone_and_each_answer_lets_one_more_pass(gate: AdaptiveLimiter) -> None:
    gate.close(0.2)
    crowd = Crowd(gate, 8)
    assert crowd.settled(1) == [0]
    crowd.let_go(0)
    assert crowd.settled(3) == [0, 1, 2]  # two at once
    crowd.let_go(2)
    assert crowd.settled(5) == [0, 1, 2, 3, 4]  # three at once
    gate.close(0.1)  # refused again: back to one at once, so two under way must go before another passes
    crowd.let_go(1)
    assert crowd.settled(5) == [0, 1, 2, 3, 4]
    crowd.let_go(3)
    assert crowd.settled(7) == [0, 1, 2, 3, 4, 5, 6]
