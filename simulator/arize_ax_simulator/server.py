# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server: werkzeug's threaded one, taught to keep connections alive; and the Simulator for use in-process."""

from __future__ import annotations

import io
import os
import socket
import ssl
import struct
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from .app import INFORMATIONAL, ConnectionDropped, make_app
from .client import ControlMethods, url_of
from .control import PREFIX, Control
from .state import State


class KeepAliveHandler(WSGIRequestHandler):
    """Answers many requests on one connection.

    Werkzeug closes after each answer, because it cannot know whether the application has read the whole body. Here the
    body is always read first, so the next request line is where it should be.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024
    verbose = False
    server: Server

    def setup(self) -> None:
        """Remember the connection, so that the end of the simulator is the end of its connections."""
        super().setup()
        self.server.live_connections.add(self.connection)

    def finish(self) -> None:
        """Forget the connection."""
        self.server.live_connections.discard(self.connection)
        try:
            super().finish()
        except OSError:
            self.close_connection = True

    def run_wsgi(self) -> None:
        """Answer one request."""
        environ = self.make_environ()
        length = environ.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdigit()):  # "²" is a digit, too
            self.send_error(400, "Content-Length must be a number")
            return
        try:
            environ["wsgi.input"] = io.BytesIO(self._read_body(environ))
            self._respond(environ)
        except ConnectionDropped as drop:
            self.close_connection = True
            self._inform(environ)
            if drop.reset:
                self._reset()
        except OSError:
            self.close_connection = True

    def _read_body(self, environ: dict[str, Any]) -> bytes:
        if environ.get("wsgi.input_terminated"):
            body: bytes = environ["wsgi.input"].read()
            environ["CONTENT_LENGTH"] = str(len(body))
            return body
        return self.rfile.read(int(environ.get("CONTENT_LENGTH") or "0"))

    def _respond(self, environ: dict[str, Any]) -> None:
        head: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Any:
            head[:] = [status, headers]

        parts = self.server.app(environ, start_response)
        try:
            self._inform(environ)
            self._send(environ, head[0], head[1], parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()

    def _inform(self, environ: dict[str, Any]) -> None:
        """Send the informational answers (1xx) that come before the real one."""
        for status, headers in environ.get(INFORMATIONAL, []):
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.flush()

    def _send(
        self, environ: dict[str, Any], status: str, headers: list[tuple[str, str]], parts: Iterable[bytes]
    ) -> None:
        code, _blank, reason = status.partition(" ")
        bodyless = environ["REQUEST_METHOD"] == "HEAD" or code in ("204", "304")
        chunked = not bodyless and "content-length" not in {name.lower() for name, _value in headers}
        own = {"server": self.version_string(), "date": self.date_time_string()}
        given = {name.lower() for name, _value in headers}
        self.log_request(code)
        self.send_response_only(int(code), reason)
        for name, value in [*headers, *((name.title(), own[name]) for name in own if name not in given)]:
            if value != "" and not (bodyless and name.lower() == "content-length"):
                self.send_header(name, value)
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in () if bodyless else parts:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
            if chunked:
                self.wfile.flush()
        if chunked:
            self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def _reset(self) -> None:
        """Close so that the other side sees a reset, not an end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Stay silent unless asked: the journal knows."""
        if self.verbose:
            super().log_request(code, size)


class VerboseHandler(KeepAliveHandler):
    """The same, with a line for each request."""

    verbose = True


class Server(ThreadedWSGIServer):
    """Werkzeug's threaded server on a socket of our own, with TLS per connection.

    Werkzeug ends the process when a port is taken, and shakes hands where it accepts, so that one silent client would
    keep all others waiting.
    """

    def __init__(self, address: tuple[str, int], app: Any, handler: type[KeepAliveHandler], tls: Any) -> None:
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        with socket.create_server(address, family=family, backlog=128) as listening:
            super().__init__(address[0], listening.getsockname()[1], app, handler, fd=listening.fileno())
        self.ssl_context = tls
        self.live_connections: set[Any] = set()

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Serve one connection."""
        if self.ssl_context is None:
            super().finish_request(request, client_address)
            return
        try:
            wrapped = self.ssl_context.wrap_socket(request, server_side=True)
        except OSError:
            return  # a client that does not trust us, or does not speak TLS
        try:
            super().finish_request(wrapped, client_address)
        finally:
            self.shutdown_request(wrapped)

    def hang_up(self) -> None:
        """Close every connection."""
        for connection in list(self.live_connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class Simulator(ControlMethods):
    """A simulated account behind a real HTTP server on a thread of its own.

    >>> with Simulator() as sim:
    ...     sim.seed([{"email": "ann@example.com", "role": "ADMIN"}])
    ...     do_something_with(sim.url, sim.admin_key)
    ...     assert sim.counts() == {"GET": 1}
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        answer_checks: bool = True,
        certificate: tuple[str, str] | None = None,
        verbose: bool = False,
    ) -> None:
        self._state = State()
        self._control = Control(self._state)
        handler = VerboseHandler if verbose else KeepAliveHandler
        app = make_app(self._state, answer_checks)
        self._server = Server((host, port), app, handler, load_certificate(certificate))
        scheme = "https" if certificate else "http"
        self.url = self._state.base_url = url_of(scheme, host, self._server.port)
        self._thread = threading.Thread(target=self._serve, name="simulator", daemon=True)

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=0.02)

    def start(self) -> Simulator:
        """Begin to answer."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop answering, and close every connection."""
        self._state.release()
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join(5)

    def __enter__(self) -> Simulator:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def control(self, method: str, name: str, body: Any = None) -> Any:
        """Carry out a request of the control path without HTTP."""
        return self._control.handle(method, name, body)

    @property
    def control_url(self) -> str:
        """Return where the control path begins, for scripts."""
        return f"{self.url}{PREFIX}"


def load_certificate(certificate: tuple[str, str] | None) -> ssl.SSLContext | None:
    """Return the TLS side of a server with that certificate and private key (two PEM files)."""
    if certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context
