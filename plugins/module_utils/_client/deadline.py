# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No response takes longer than ten time-outs, however slowly it trickles in.

A socket's time-out starts again with each byte that arrives. Here each read of the socket gets at most the time that is
left of the whole response: status line, informational responses, headers, body, and the answer of a proxy to CONNECT.
"""

from __future__ import annotations

import http.client
import io
import socket
import threading
from typing import Any, Callable

RESPONSE_TIMEOUTS = 10  # a response has to be complete within this many time-outs
_MAX_INFORMATIONAL = 100  # informational responses before the real one

_current = threading.local()  # the deadline of the request that this thread sends


class Overdue(socket.timeout):
    """A response was not complete in time; a TimeoutError, as urllib3 expects one."""


class Deadline:
    """The time until which one response has to be complete; as a context, that of this thread's requests."""

    def __init__(self, timeout: float, clock: Callable[[], float]) -> None:
        self.timeout = timeout
        self._clock = clock
        self._end = clock() + RESPONSE_TIMEOUTS * timeout

    def __enter__(self) -> None:
        _current.deadline = self

    def __exit__(self, *_error: object) -> None:
        del _current.deadline

    def left(self) -> float:
        """Return the time-out of the next read, in seconds above zero.

        Raises:
            Overdue: none is left.
        """
        left = self._end - self._clock()
        if left <= 0:
            raise Overdue(f"not complete within {RESPONSE_TIMEOUTS} time-outs")
        return min(left, self.timeout)

    def connect(self, connect: Callable[[], socket.socket]) -> socket.socket:
        """Return the socket that *connect* makes. At most one time-out counts for that.

        Not counted: name resolution, which no time-out limits, and further addresses, each of which has a time-out.
        """
        started = self._clock()
        connected = connect()
        self._end += max(0.0, self._clock() - started - self.timeout)
        return connected

    def limit(self, read: Callable[[Any], Any], sock: Any) -> Callable[[Any], Any]:
        """Return *read*, a read of *sock*, with the time-out that is left."""

        def limited(argument: Any) -> Any:
            sock.settimeout(self.left())
            try:
                return read(argument)
            finally:
                sock.settimeout(self.timeout)  # for what is sent next on this connection

        return limited


class _LimitedFile(io.RawIOBase):
    """The file of a socket. Each read has the time-out that is left."""

    def __init__(self, file: Any, sock: Any, deadline: Deadline) -> None:
        super().__init__()
        self._file = file
        self.readinto = deadline.limit(file.readinto, sock)  # type: ignore[method-assign]

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()
        super().close()


class _LimitedResponse(http.client.HTTPResponse):
    """A response that ends in time, without the informational ones before it.

    http.client itself takes 102 and 103 (RFC 9110, 15.2) for the real one.
    """

    def __init__(self, sock: Any, *arguments: Any, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        limited = _LimitedFile(self.fp.detach(), sock, _current.deadline)
        self.fp = io.BufferedReader(limited)

    def _read_status(self) -> tuple[str, int, str]:
        for _number in range(_MAX_INFORMATIONAL):
            line: tuple[str, int, str] = super()._read_status()  # type: ignore[misc]
            if not 100 <= line[1] < 200:
                return line
            http.client.parse_headers(self.fp)
        raise http.client.HTTPException("too many informational responses")


def limited(connection_class: Any) -> Any:
    """Return urllib3's *connection_class* with responses that end in time."""

    class Connection(connection_class):  # type: ignore[misc]
        response_class = _LimitedResponse

        def _new_conn(self) -> Any:
            return _current.deadline.connect(super()._new_conn)

        def _connect_tls_proxy(self, *arguments: Any) -> Any:
            sock = super()._connect_tls_proxy(*arguments)
            receive = sock.recv

            def limited_receive(size: int) -> Any:
                return _current.deadline.limit(receive, sock)(size)

            sock.recv = limited_receive  # by which TLS within TLS reads, for later requests too
            return sock

    return Connection


def is_limited(connection_class: Any) -> bool:
    """Return whether responses end in time."""
    return getattr(connection_class, "response_class", None) is _LimitedResponse
