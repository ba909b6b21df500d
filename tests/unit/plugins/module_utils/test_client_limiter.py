"""The limiter: a 429 pauses all threads once; then one request is sent at a time, and with each response one more."""

from __future__ import annotations

import contextlib
import threading
import time

import pytest
from ansible_collections.arize.ax.plugins.module_utils._client.failures import IF_REPEATABLE, RequestError
from ansible_collections.arize.ax.plugins.module_utils._client.retry import AdaptiveLimiter, RetryBudget, Timing
from ansible_collections.arize.ax.tests.unit.support.client import Clock, connection

LOST = RequestError("transport", "Lost.", repeat=IF_REPEATABLE)
FAILED = RequestError("server", "Failed.", repeat=IF_REPEATABLE, status=500)


def refused(retry_after: float = 0.0) -> RequestError:
    """A 429."""
    return RequestError("rate_limited", "Slow down.", retry_after=retry_after, status=429)


class Session:
    """A limiter on a clock of its own, and the budgets of its calls."""

    def __init__(self, parallel: bool = True, jitter: float = 0.0, longest: float = 60.0) -> None:
        self.clock = Clock()
        self.jitters = [jitter]
        self.timing = Timing(self.clock.sleep, self.clock, lambda: self.jitters[0])
        self.limiter = AdaptiveLimiter(self.timing, longest, parallel)
        self.settings = connection("http://127.0.0.1:9", max_retries=9)

    def budget(self, refusals: int = 0) -> RetryBudget:
        """The budget of a call that was refused so often."""
        budget = RetryBudget(self.settings, self.timing)
        budget.refusals = budget.attempts = refusals
        return budget

    def send(self, answer: RequestError | None = None, budget: RetryBudget | None = None) -> float:
        """Send a request that ends so; return how long it had to wait before."""
        started, budget = self.clock.now, budget or self.budget()
        waited = None
        with contextlib.suppress(RequestError), self.limiter.slot(budget):
            waited = self.clock.now - started
            if answer:
                raise answer
        if answer:
            budget.attempts += 1
        assert waited is not None
        return waited


# ---------------------------------------------------------------- how long a pause is


def test_a_429_pauses_all_for_as_long_as_the_server_asks() -> None:
    session = Session()
    assert [session.send(refused(7)), session.send(), session.send()] == [0, 7, 0]


def refuse_together(session: Session, number: int, retry_after: float = 0.0) -> None:
    """Send so many requests at once, all of which are refused."""
    with contextlib.suppress(RequestError), session.limiter.slot(session.budget()):
        if number > 1:
            refuse_together(session, number - 1, retry_after)
            session.jitters[0] = 1.0
        raise refused(retry_after)


def test_requests_refused_together_are_one_pause() -> None:
    session = Session()
    refuse_together(session, 32)
    session.jitters[0] = 0.0
    assert session.send(refused()) == 0.25, "the backoff of a first pause"
    assert session.send() == 0.5, "the second in a row"


def test_the_jitter_is_drawn_once_for_a_pause() -> None:
    session = Session(jitter=0.5)
    refuse_together(session, 32, retry_after=10)
    assert session.send() == 10.5


@pytest.mark.parametrize(("parallel", "waits"), [(True, [0.25, 0.5, 1.0, 0.25]), (False, [0.25, 0.5, 1.0, 2.0])])
def test_parallel_workers_count_pauses_in_a_row_and_one_worker_the_attempts_of_its_call(
    parallel: bool, waits: list[float]
) -> None:
    session = Session(parallel)
    call = session.budget()
    assert session.send(refused(), call) == 0
    assert [session.send(refused(), call) for _number in range(2)] == waits[:2]
    other = session.send()
    assert other == waits[2]
    session.send(refused(), call)
    assert session.send() == waits[3]


@pytest.mark.parametrize(("answer", "wait"), [(None, 0.25), (FAILED, 0.25), (LOST, 1.0)], ids=["200", "500", "lost"])
def test_a_row_of_pauses_ends_with_the_first_response_that_is_not_429(answer: RequestError | None, wait: float) -> None:
    session = Session()
    session.send(refused())
    session.send(refused())
    session.send(answer)
    session.send(refused())
    assert session.send() == wait


def test_a_response_to_what_was_sent_before_the_pause_does_not_end_the_row() -> None:
    session = Session()
    with session.limiter.slot(session.budget()):
        session.send(refused())
    session.send(refused())
    assert session.send() == 0.5


def test_a_pause_is_not_cut_short_by_what_was_sent_before_it() -> None:
    session = Session()
    with contextlib.suppress(RequestError), session.limiter.slot(session.budget()):
        session.send(refused(7))
        raise refused()
    assert session.send() == 7


def test_a_pause_is_no_longer_than_allowed_and_a_longer_one_is_not_slept() -> None:
    session = Session(jitter=1.0, longest=20.0)
    session.send(refused(20))
    assert session.send(refused(21)) == 20
    assert session.send() == 0


# ---------------------------------------------------------------- who is sent, and how many at once


class Crowd:
    """Threads that take a slot each, and keep it until one of them is released. Real time: it has to pass without any."""

    def __init__(self, session: Session, refusals: list[int]) -> None:
        self.entered_by: list[int] = []
        self._session = session
        self._left = threading.Semaphore(0)
        for number in refusals:
            threading.Thread(target=self._take, args=(number,), daemon=True).start()

    def _take(self, refusals: int) -> None:
        with self._session.limiter.slot(self._session.budget(refusals)):
            self.entered_by.append(refusals)
            self._left.acquire(timeout=60)

    def release(self) -> None:
        self._left.release()

    def entered(self, size: int) -> int:
        """Return how many threads have had a slot so far, once that is *size* and stays so."""
        deadline = time.monotonic() + 60
        while len(self.entered_by) < size and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(0.05)
        return len(self.entered_by)


def test_without_a_pause_all_are_sent_at_once() -> None:
    assert Crowd(Session(), [0] * 6).entered(6) == 6


def test_after_a_pause_one_is_sent_and_with_each_response_one_more() -> None:
    session = Session()
    session.send(refused())
    crowd = Crowd(session, [0] * 8)
    assert crowd.entered(1) == 1
    crowd.release()
    assert crowd.entered(3) == 3  # two at once
    crowd.release()
    assert crowd.entered(5) == 5  # three at once


def test_a_call_that_was_refused_more_often_goes_first() -> None:
    session = Session()
    session.send(refused())
    with contextlib.suppress(RequestError), session.limiter.slot(session.budget()):
        crowd = Crowd(session, [0, 1, 3, 0, 2])
        assert crowd.entered(0) == 0
        assert wait_until_all_wait(session, 5)
        raise LOST  # without a response it stays at one at a time
    assert crowd.entered(1) == 1
    crowd.release()
    assert crowd.entered(3) == 3  # two at once, in any order
    crowd.release()
    assert crowd.entered(5) == 5
    entered = crowd.entered_by
    assert (entered[0], sorted(entered[1:3]), entered[3:]) == (3, [1, 2], [0, 0])


def wait_until_all_wait(session: Session, size: int) -> bool:
    deadline = time.monotonic() + 60
    while len(session.limiter._waiting) < size and time.monotonic() < deadline:
        time.sleep(0.005)
    return len(session.limiter._waiting) == size


def test_a_call_that_goes_first_lets_the_next_one_follow_at_once() -> None:
    session = Session()
    session.send(refused())
    with session.limiter.slot(session.budget()):
        others = Crowd(session, [0] * 8)
        assert wait_until_all_wait(session, 8)
        first = Crowd(session, [3])  # the others look first, and wait for it
        assert wait_until_all_wait(session, 9)
    assert (first.entered(1), others.entered(1)) == (1, 1)  # two at once


def test_a_request_that_waits_while_another_is_refused_waits_for_the_end_of_the_pause() -> None:
    session = Session()
    session.send(refused())
    with contextlib.suppress(RequestError), session.limiter.slot(session.budget()):
        crowd = Crowd(session, [0])
        assert wait_until_all_wait(session, 1)
        raise refused(7)
    assert crowd.entered(1) == 1
    assert session.clock.waits[-1] == 7


def test_a_slot_is_given_back_when_the_request_fails() -> None:
    session = Session()
    session.send(refused())
    with pytest.raises(ValueError, match="failed"), session.limiter.slot(session.budget()):
        raise ValueError("failed")
    assert Crowd(session, [0] * 3).entered(2) == 2
