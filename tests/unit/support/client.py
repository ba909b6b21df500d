"""The client under test, on a clock that records the waits instead of sleeping."""

from __future__ import annotations

import threading
from typing import Any, Callable

import pytest
from ansible_collections.arize.ax.plugins.module_utils._client.connection import Connection
from ansible_collections.arize.ax.plugins.module_utils._client.failures import Request
from ansible_collections.arize.ax.plugins.module_utils._client.session import Http, Response
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.tests.unit.support.api import KEY


class Clock:
    """Time that passes only while a thread sleeps; it records which thread slept, and for how long."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waits: list[float] = []
        self.waiters: list[str] = []
        self.during_wait: Callable[[], None] | None = None

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0, "time.sleep would raise"
        self.waits.append(seconds)
        self.waiters.append(threading.current_thread().name)
        started = self.now
        if self.during_wait:
            meanwhile, self.during_wait = self.during_wait, None
            meanwhile()
        self.now = max(self.now, started + seconds)

    def __call__(self) -> float:
        return self.now


def connection(url: str, **options: Any) -> Connection:
    """A connection without retries; *options* replace."""
    given = {
        "url": url,
        "api_key": KEY,
        "verify": True,
        "proxy_url": None,
        "timeout": 20.0,
        "max_retries": 0,
        "max_retry_wait": 60.0,
        **options,
    }
    return Connection(**given)


def http(url: str, clock: Clock | None = None, jitter: float = 0.0, **options: Any) -> Http:
    """The HTTP layer on a clock of its own."""
    clock = clock or Clock()
    return Http(connection(url, **options), sleep=clock.sleep, clock=clock, jitter=lambda: jitter)


def call(client: Http, method: str = "GET", path: str = "/v2/users", body: dict[str, Any] | None = None) -> Response:
    """Send one request and return its response as it is."""
    return client.call(Request("do it", method, path, body=body), lambda response: response)


def failure(work: Callable[..., Any], *arguments: Any, **options: Any) -> ArizeError:
    """Return the error that *work* raises; its message has one line."""
    with pytest.raises(ArizeError) as caught:
        work(*arguments, **options)
    assert caught.value.message.isprintable()
    return caught.value
