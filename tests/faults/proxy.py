"""A forward proxy: CONNECT for https, whole URLs for http, with a password if wanted."""

from __future__ import annotations

import base64
import select
import socket
import socketserver
import threading
from types import TracebackType
from urllib.parse import urlsplit

GREETING = b"HTTP/1.1 200 Connection established\r\n\r\n"
REFUSAL = (
    b'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="p"\r\nContent-Length: 0\r\n\r\n'
)
UNREACHABLE = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"


class Proxy(socketserver.ThreadingTCPServer):
    """Listens on a thread; ``seen`` has the method and the target of each request.

    The HTTP version is left out: a CONNECT of Python's http.client says 1.0 before 3.12, and 1.1 since.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, user: str = "", password: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Exchange)
        self.seen: list[str] = []
        wanted = base64.b64encode(f"{user}:{password}".encode()).decode()
        self.wanted = f"Basic {wanted}" if user else ""
        self.place = f"127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Proxy:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()
        self.server_close()


class _Exchange(socketserver.StreamRequestHandler):
    server: Proxy

    def handle(self) -> None:
        first = self.rfile.readline().decode()
        if not first:
            return
        method, target, _version = first.split()
        self.server.seen.append(f"{method} {target}")
        fields = [line for line in iter(self.rfile.readline, b"\r\n") if line]
        given = [line.decode().partition(":")[2].strip() for line in fields if line.lower().startswith(b"proxy-auth")]
        if self.server.wanted and self.server.wanted not in given:
            self.wfile.write(REFUSAL)
            return
        url = urlsplit(f"//{target}" if method == "CONNECT" else target)
        try:
            onward = socket.create_connection((url.hostname or "", url.port or 80), timeout=20)
        except OSError:
            self.wfile.write(UNREACHABLE)
            return
        with onward:
            if method == "CONNECT":
                self.wfile.write(GREETING)
            else:
                path = url._replace(scheme="", netloc="").geturl()
                kept = [line for line in fields if not line.lower().startswith((b"proxy-", b"connection"))]
                onward.sendall(f"{method} {path} HTTP/1.1\r\n".encode() + b"".join(kept) + b"Connection: close\r\n\r\n")
            self._relay(onward)

    def _relay(self, onward: socket.socket) -> None:
        """Carry bytes both ways until one side ends."""
        ways = {self.connection: onward, onward: self.connection}
        buffered = self.rfile.peek() if select.select([self.connection], [], [], 0)[0] else b""
        if buffered:
            onward.sendall(self.rfile.read(len(buffered)))
        while True:
            for source in select.select(list(ways), [], [], 20)[0] or [None]:
                data = source.recv(65536) if source else b""
                if not data:
                    return
                ways[source].sendall(data)
