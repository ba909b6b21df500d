"""Slow and strange responses: the table from which docs/faults.md is made, and a server that sends them."""

from __future__ import annotations

import contextlib
import gzip
import os
import socket
import ssl
import threading
from typing import Any, Callable, NamedTuple

INTERVAL = 0.002  # seconds between two pieces that trickle in
PIECES = 5_000  # after so many the server gives up
ONE, TEN, AT_ONCE = "one time-out", "ten time-outs", "at once"


class Shape(NamedTuple):
    """A response, by what comes at once (``head``) and what trickles in after it for as long as the client listens.

    ``via`` is empty, or how the client connects: ``tls``, a ``proxy``, a ``tls proxy``; ``tls handshake`` and ``tls
    record`` trickle below TLS.
    """

    name: str
    longest: str
    kind: str
    head: bytes = b""
    drip: bytes = b""
    via: str = ""


def _ok(*fields: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", *fields, "", ""]).encode()


CHUNKED = _ok("Transfer-Encoding: chunked")
GZIP = "Content-Encoding: gzip"
RECORD = b"\x16\x03\x03\x40\x00"  # the header of a TLS record that is to follow
NOISE = gzip.compress(os.urandom(20_000))
SHAPES = [
    Shape("nothing", ONE, "transport"),
    Shape("nothing, to a TLS handshake", ONE, "transport", via="tls handshake"),
    Shape("a TLS handshake that trickles in", ONE, "transport", RECORD, b"\0", "tls handshake"),
    Shape("half a body, then nothing", ONE, "transport", _ok("Content-Length: 9") + b"half"),
    Shape("a status line that trickles in", TEN, "transport", b"HTTP/1.1 200 ", b"O"),
    Shape("informational responses that trickle in", TEN, "transport", b"HTTP/1.1 103 Early Hints\r\nLink: ", b"x"),
    Shape("a header that trickles in", TEN, "transport", b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
    Shape("a body with a length", TEN, "transport", _ok("Content-Length: 1000000"), b" "),
    Shape("a body without a length", TEN, "transport", _ok(), b" "),
    Shape("a compressed body", TEN, "transport", _ok(GZIP, "Content-Length: 20000") + NOISE[:999], NOISE[1000:1001]),
    Shape("a chunk", TEN, "transport", CHUNKED + b"fffff\r\n", b" "),
    Shape("many small chunks", TEN, "transport", CHUNKED, b"1\r\n \r\n"),
    Shape("the size of a chunk", TEN, "transport", CHUNKED, b"0"),
    Shape("an extension of a chunk", TEN, "transport", CHUNKED + b"5;x=", b"x"),
    Shape("trailers without end", TEN, "transport", CHUNKED + b"0\r\n", b"X-T: x\r\n"),
    Shape("the body of a 503", TEN, "server", b"HTTP/1.1 503 No\r\nContent-Length: 99999\r\n\r\n", b" "),
    Shape("the body of a 409, in chunks", TEN, "conflict", b"HTTP/1.1 409 No\r\n" + CHUNKED[17:], b"1\r\n \r\n"),
    Shape("the body of a 404", TEN, "transport", b"HTTP/1.1 404 No\r\nContent-Length: 99999\r\n\r\n", b" "),
    Shape("a body over TLS", TEN, "transport", _ok("Content-Length: 1000000"), b" ", "tls"),
    Shape("a TLS record that trickles in", ONE, "transport", _ok("Content-Length: 9999"), b" " * 9_999, "tls record"),
    Shape("a proxy's status line", TEN, "transport", b"HTTP/1.1 200 ", b"O", "proxy"),
    Shape("a proxy's header", TEN, "transport", b"HTTP/1.1 200 OK\r\nX-Long: ", b"x", "proxy"),
    Shape("a TLS handshake through a proxy with TLS", TEN, "transport", _ok(), b"\0", "tls proxy"),
    Shape("more than 100 informational responses", AT_ONCE, "transport", b"HTTP/1.1 100 Continue\r\n\r\n" * 101),
    Shape("more than 100 headers", AT_ONCE, "transport", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 101),
    Shape("a header of more than 64 KB", AT_ONCE, "transport", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000),
    Shape("another content coding", AT_ONCE, "invalid_response", _ok("Content-Encoding: br", "Content-Length: 9")),
    Shape("two content codings", AT_ONCE, "invalid_response", _ok("Content-Encoding: gzip, gzip", "Content-Length: 9")),
    Shape("a 503 with another content coding", AT_ONCE, "server", b"HTTP/1.1 503 No\r\nContent-Encoding: br\r\n\r\n"),
]


class Trickler:
    """A server that answers its first request with a shape, on a port of its own."""

    def __init__(self, shape: Shape, context: ssl.SSLContext) -> None:
        self._shape = shape
        self._context = context
        self._over = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Stop."""
        self._over.set()
        self._socket.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError), self._socket.accept()[0] as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            via = self._shape.via
            if via in ("tls", "tls proxy"):
                with self._context.wrap_socket(connection, server_side=True) as secure:
                    self._answer(secure.recv, secure.sendall)
            elif via == "tls record":
                self._answer_by_records(connection)
            else:
                self._answer(connection.recv, connection.sendall)

    def _answer(self, receive: Callable[[int], bytes], send: Callable[[bytes], Any]) -> None:
        receive(65536)
        send(self._shape.head)
        if self._shape.via == "tls proxy":
            receive(65536)
            send(RECORD)
        for _number in range(PIECES):
            if self._over.wait(INTERVAL):
                break
            send(self._shape.drip)

    def _answer_by_records(self, connection: socket.socket) -> None:
        """Send head and drip in TLS records, and these byte by byte."""
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        secure = self._context.wrap_bio(incoming, outgoing, server_side=True)
        for step in (secure.do_handshake, secure.read):
            while True:
                try:
                    step()
                    break
                except ssl.SSLWantReadError:
                    connection.sendall(outgoing.read())
                    incoming.write(connection.recv(65536))
        secure.write(self._shape.head)
        connection.sendall(outgoing.read())
        secure.write(self._shape.drip)
        for byte in outgoing.read():
            if self._over.wait(INTERVAL):
                break
            connection.sendall(bytes([byte]))
