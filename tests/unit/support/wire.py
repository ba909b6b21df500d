"""A server that plays a script: the requests it expects, in order, and what it does about each.

Real sockets, so that everything below our code is the real thing. A request that is missing, surplus, different or out
of order fails the test.
"""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
from typing import Any, NamedTuple


class Reply(NamedTuple):
    """The reaction of the server after it has read a request."""

    data: bytes = b""
    keep: bool = False  # the connection stays open
    reset: bool = False  # the connection is torn down instead of closed
    hang: bool = False  # nothing more is sent, yet the connection stays open until the test is over


class Call(NamedTuple):
    """One request that the script expects: ``target`` as on the wire, ``body`` as a JSON value, None for no body."""

    method: str
    target: str
    reply: Reply
    body: Any = None


class Seen(NamedTuple):
    """A request as it came; header names are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def line(self) -> tuple[str, str]:
        return self.method, self.target


def answer(status: int = 200, body: Any = b"", **headers: Any) -> Reply:
    """A complete answer. A body that is not bytes is sent as JSON; ``_`` in a header's name stands for ``-``."""
    kind = "text/html"
    if not isinstance(body, bytes):
        kind, body = ("application/json" if status < 400 else "application/problem+json"), json.dumps(body).encode()
    fields = {"Content-Type": kind, "Content-Length": len(body)}
    fields.update((name.replace("_", "-"), value) for name, value in headers.items())
    lines = [f"{name}: {value}" for name, value in fields.items() if value is not None]
    head = "\r\n".join([f"HTTP/1.1 {status} Whatever", *lines, "", ""])
    return Reply(head.encode("latin-1") + (b"" if status == 204 else body), keep=True)


def problem(status: int, title: str = "Title", detail: str | None = None, **headers: Any) -> Reply:
    """An error as the API tells one."""
    told = {"status": status, "title": title}
    return answer(status, {**told, "detail": detail} if detail else told, **headers)


def cut_off(reply: Reply) -> Reply:
    """The same answer, but the connection ends before it is complete."""
    return Reply(reply.data[:-10])


def informed(reply: Reply, *statuses: int) -> Reply:
    """The same answer after informational ones."""
    hints = "".join(f"HTTP/1.1 {status} Wait\r\nLink: </style.css>; rel=preload\r\n\r\n" for status in statuses)
    return reply._replace(data=hints.encode() + reply.data)


def raw(data: bytes) -> Reply:
    """Bytes that need not be HTTP."""
    return Reply(data)


def patience(reply: Reply) -> float:
    """The time-out for a script that holds *reply*: short where the server never answers, else more than enough."""
    return 1.0 if reply.hang else 60.0  # in real time: an answer takes some milliseconds


LOST = Reply()  # the connection is closed without an answer
RESET = Reply(reset=True)
HANG = Reply(hang=True)


class ScriptedServer:
    """Plays a script on a port of its own.

    Args:
        tls: the server's TLS context, None for plain HTTP.
        listening: False has connections refused until ``listen`` is called.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, listening: bool = True) -> None:
        self.seen: list[Seen] = []
        self.connections = 0
        self._tls = tls
        self._script: list[Call] = []
        self._faults: list[str] = []
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._open: list[socket.socket] = []
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        if listening:
            self.listen()

    @property
    def url(self) -> str:
        """The base URL; a certificate for localhost fits it."""
        return f"https://localhost:{self.port}" if self._tls else f"http://127.0.0.1:{self.port}"

    def listen(self) -> None:
        """Accept connections from now on."""
        self._socket.listen(20)
        threading.Thread(target=self._accept, daemon=True).start()

    def expect(self, *calls: Call) -> None:
        """Add *calls* to the script."""
        self._script.extend(calls)

    @contextlib.contextmanager
    def script(self, *calls: Call) -> Any:
        """Expect exactly *calls* while the block runs."""
        self.seen.clear()
        self.expect(*calls)
        yield
        self.verify()

    def verify(self) -> None:
        """Fail unless the script was played to its end and nothing else came."""
        faults = [*self._faults, *(f"missing: {call.method} {call.target}" for call in self._script)]
        self._script.clear()
        self._faults.clear()
        assert not faults, "\n".join(faults)

    def close(self) -> None:
        """Stop, and let go of whoever still waits."""
        self._over.set()
        for connection in (self._socket, *self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._socket.accept()
            except OSError:  # closed
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):  # whatever the client does to the connection is the client's business
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            self._open.append(connection)
            with connection, connection.makefile("rb") as stream:
                while self._exchange(connection, stream):
                    pass

    def _exchange(self, connection: socket.socket, stream: Any) -> bool:
        """Read a request and do what the script says; return whether the connection stays open."""
        if stream.peek(1)[:1] == b"\x16":  # TLS, to a server without
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return False
        request = _read(stream)
        if request is None:
            return False
        reply = self._next(request)
        if reply.data:
            connection.sendall(reply.data)
        if reply.hang:
            self._over.wait()
        if reply.reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif not reply.keep:
            connection.shutdown(socket.SHUT_RDWR)
        return reply.keep

    def _next(self, request: Seen) -> Reply:
        with self._lock:
            self.seen.append(request)
            call = self._script.pop(0) if self._script else None
            if call is None:
                self._faults.append("surplus: {} {}".format(*request.line))
            elif request.line != (call.method, call.target):
                self._faults.append("expected {} {}, got {} {}".format(call.method, call.target, *request.line))
            elif (json.loads(request.body) if request.body else None) != call.body:
                self._faults.append(f"{call.method} {call.target}: expected {call.body!r}, got {request.body!r}")
            else:
                return call.reply
            return problem(418, self._faults[-1])


def _read(stream: Any) -> Seen | None:
    start = stream.readline().decode("latin-1").split()
    if len(start) != 3:
        return None
    headers: dict[str, str] = {}
    for line in iter(stream.readline, b"\r\n"):
        if not line:
            return None
        name, _colon, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    return Seen(start[0], start[1], headers, stream.read(int(headers.get("content-length", 0))))
