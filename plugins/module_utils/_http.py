# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP for the Arize API: one session, authentication, TLS, time-outs, retries, problem+json. Private to arize.ax."""

from __future__ import annotations

import base64
import json
import math
import random
import re
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Callable, NamedTuple
from urllib.parse import quote, urlsplit

try:
    import requests
    from urllib3 import disable_warnings
    from urllib3.exceptions import ConnectTimeoutError, HTTPError, InsecureRequestWarning, NewConnectionError
    from urllib3.exceptions import TimeoutError as Urllib3Timeout

    HAS_REQUESTS = True
except ImportError:
    HAS_REQUESTS = False  # _module tells the user

from ansible_collections.arize.ax.plugins.module_utils._connection import Connection, url_secrets
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError, Kind, one_line
from ansible_collections.arize.ax.plugins.module_utils._gate import Gate
from ansible_collections.arize.ax.plugins.module_utils._version import VERSION

USER_AGENT = f"arize.ax/{VERSION}"
MASK = "********"
_KINDS: dict[int, Kind] = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    409: "conflict",
    422: "unprocessable",
    429: "rate_limited",
}
_HINTS = {
    401: " Check the option api_key or the environment variable ARIZE_API_KEY.",
    403: " The key lacks the permission for this: use one of an account admin, best a service key.",
}
_CHECK_PROXY = " Check proxy_url and the proxy variables."
_CHECK_ENDPOINT = " Check the endpoint (api_url, region or base_domain)."
# OpenSSL's verdict, and urllib3's own on the host name.
_CERTIFICATE_ERRORS = frozenset(("SSLCertVerificationError", "CertificateError"))
_PASSING = frozenset((500, 502, 503, 504))  # worth another try
_UNABLE = frozenset((501, 505))  # the server says that it cannot do such a thing, so nothing was done
_BODY_LIMIT = 32 * 1024 * 1024  # bytes; a page of 100 users has about 40,000
_BODY_TIMEOUTS = 10  # a body has to be complete within this many time-outs
_FIRST_BACKOFF = 0.5  # seconds

# When a failed request may be sent again.
ALWAYS = "always"  # it did not reach the service, or was turned away unread
IF_REPEATABLE = "if repeatable"  # it may have been carried out: GET, PATCH and DELETE only
NEVER = "never"


class RequestError(ArizeError):
    """A request that failed.

    ``repeat`` says when it may be sent again, ``retry_after`` how many seconds the server asked to wait before.
    """

    def __init__(
        self, kind: Kind, message: str, repeat: str = NEVER, retry_after: float | None = None, **facts: Any
    ) -> None:
        super().__init__(kind, message, **facts)
        self.repeat = repeat
        self.retry_after = retry_after


class Request(NamedTuple):
    """One API call; ``doing`` completes "Could not ..." in its errors."""

    doing: str
    method: str
    path: str
    query: Sequence[tuple[str, Any]] = ()
    body: dict[str, Any] | None = None

    @property
    def writes(self) -> bool:
        """Whether the request changes something."""
        return self.method != "GET"


class Answer(NamedTuple):
    """What the server said: ``data`` is the JSON value of the body, None if there is none or it is not JSON."""

    status: int
    data: Any
    empty: bool


def backoff(retry: int, jitter: float) -> float:
    """Return the seconds before retry number *retry* (from 0) when the server asks for none; *jitter* is in [0, 1)."""
    return _FIRST_BACKOFF * 2.0 ** min(retry, 30) * (0.5 + jitter / 2)


class Tries:
    """The budget of one API call: how often it was sent and whether it may be sent again."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self.age = http.age()
        self._started = http.clock()
        self._made = 0
        self.maybe_done = False

    def again(self, error: RequestError) -> None:
        """Wait until the call may be sent again.

        Raises:
            ArizeError: *error*, with how often and how long it was tried and why that ended.
        """
        connection = self._http.connection
        self._made += 1
        self.maybe_done = self.maybe_done or error.maybe_done
        if error.repeat == NEVER:
            raise self._ended(error, "another try would not help")
        if self._made > connection.max_retries:
            raise self._ended(error, f"max_retries is {connection.max_retries}")
        wait = error.retry_after
        if wait is None:
            wait = min(backoff(self._made - 1, self._http.jitter()), connection.max_retry_wait)
        elif wait > connection.max_retry_wait:
            asked, longest = _seconds(math.ceil(wait)), _seconds(connection.max_retry_wait)
            raise self._ended(error, f"the server asked to wait {asked}, longer than max_retry_wait ({longest})")
        self._http.wait(wait, for_all=error.kind == "rate_limited")

    def _ended(self, error: RequestError, why: str) -> RequestError:
        error.maybe_done = self.maybe_done
        if error.repeat != NEVER:
            error.ended = why
        if self._made > 1:
            times = f"{self._made} times in {_seconds(self._http.clock() - self._started)}"
            error.message += f" Tried {times}; gave up because {why}."
        elif error.repeat != NEVER:
            error.message += f" Tried once; {why}."
        return error


class Http:
    """A session with the API.

    Args:
        connection: where and how.
        pool_size: how many threads may send at once.
        sleep, clock, jitter: time and chance, replaceable in tests.
    """

    def __init__(
        self,
        connection: Connection,
        pool_size: int = 1,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.connection = connection
        self.clock = clock
        self.jitter = jitter
        self._sleep = sleep
        self._session = _session(connection, pool_size)
        self._proxies = _proxies(connection)
        self.secrets = _secrets(connection, self._proxies)
        self._gate = Gate(sleep, clock)

    def call(self, request: Request, tries: Tries | None = None) -> Answer:
        """Send *request* until it is answered with a 2xx, or can't be.

        A POST whose outcome is not known is not sent again: its error has ``maybe_done``.

        Args:
            request: the call.
            tries: the budget to go on with, if the call was sent before.

        Raises:
            ArizeError: of kind transport, invalid_response, server, or that of the status.
        """
        tries = tries or Tries(self)
        while True:
            try:
                with self._gate.passed(tries.age):
                    return self._send(request)
            except RequestError as error:
                if error.maybe_done and request.method == "POST":
                    raise
                tries.again(error)

    def age(self) -> int:
        """Return the place of a new call among all: the oldest goes first."""
        return self._gate.age()

    def hide(self, secret: str) -> None:
        """Keep *secret* out of every later error."""
        self.secrets.append(secret)

    def wait(self, seconds: float, for_all: bool) -> None:
        """Pause this thread, or, where the server limits the rate, every one."""
        if for_all:
            self._gate.close(seconds)
        else:
            self._sleep(seconds)

    def _send(self, request: Request) -> Answer:
        body = None if request.body is None else json.dumps(request.body).encode()
        try:
            response = self._session.request(
                request.method,
                self.connection.url + request.path,
                params=list(request.query),
                data=body,
                headers={"Content-Type": "application/json"} if body else None,
                timeout=(self.connection.timeout, self.connection.timeout),
                verify=self.connection.verify,  # with each request: a variable would override the session's
                proxies=self._proxies,
                allow_redirects=False,
                stream=True,
            )
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise self._no_answer(request, error) from None
        with response:
            return self._read(request, response)

    def _read(self, request: Request, response: Any) -> Answer:
        status = response.status_code
        try:
            text = self._body(request, response)
        except requests.exceptions.ContentDecodingError:
            text = b"?"  # not readable, yet not empty
        except (requests.RequestException, HTTPError, OSError) as error:
            if status < 300 or status == 404:
                raise self._no_answer(request, error) from None
            text = b""
        data = _parsed(text)
        if status < 300:
            return Answer(status, data, empty=not text.strip())
        raise self._refusal(request, response, data if isinstance(data, dict) else None)

    def _body(self, request: Request, response: Any) -> bytes:
        deadline = self.clock() + _BODY_TIMEOUTS * self.connection.timeout
        parts: list[bytes] = []
        size = 0
        for part in response.iter_content(65536):
            parts.append(part)
            size += len(part)
            if size > _BODY_LIMIT:
                raise self.invalid(request, f"the answer is longer than {_BODY_LIMIT >> 20} MB", response.status_code)
            if self.clock() > deadline:
                raise requests.exceptions.ReadTimeout()
        announced = response.headers.get("Content-Length", "")
        if announced.isdigit() and response.raw.tell() < int(announced):
            raise requests.exceptions.ChunkedEncodingError()  # urllib3 1 does not notice
        return b"".join(parts)

    def invalid(self, request: Request, what: str, status: int | None = None) -> RequestError:
        """Return the error for an answer that is not what the API promises; *what* is a clause."""
        unread = request.writes and status is not None and status < 300
        return RequestError(
            "invalid_response",
            f"Could not {request.doing}: {self._clean(what, 500)}; check the endpoint, and proxies in between.",
            repeat=IF_REPEATABLE if unread and request.method == "POST" else NEVER,
            status=status,
            method=request.method,
            path=request.path,
            maybe_done=unread,
        )

    def _no_answer(self, request: Request, error: Exception) -> RequestError:
        reason, repeat, hint = _diagnose(error)
        where = urlsplit(self.connection.url).netloc
        return RequestError(
            "transport",
            f"Could not {request.doing}: no answer from {where} ({self._clean(reason, 300)}).{hint}",
            repeat=repeat,
            method=request.method,
            path=request.path,
            maybe_done=request.writes and repeat == IF_REPEATABLE,
        )

    def _refusal(self, request: Request, response: Any, problem: dict[str, Any] | None) -> RequestError:
        status = response.status_code
        if status < 400:
            target = _without_query(response.headers.get("Location", "")) or "nowhere"
            return self.invalid(request, f"the server redirects ({status}) to {target}", status)
        if status == 404 and problem is None:
            return self.invalid(request, "the server answered 404 with something that is not JSON", status)
        title = self._clean(_text(problem, "title"), 200, request.body) or None
        detail = self._clean(_text(problem, "detail"), 500, request.body) or None
        said = ": ".join(part.rstrip(".") for part in (title or _phrase(status), detail) if part)
        passing = status in _PASSING
        return RequestError(
            _KINDS.get(status, "server" if status >= 500 else "bad_request"),
            f"Could not {request.doing}: the server answered {f'{status} {said}'.strip()}.{_HINTS.get(status, '')}",
            repeat=ALWAYS if status == 429 else IF_REPEATABLE if passing else NEVER,
            retry_after=_retry_after(response.headers.get("Retry-After", "")) if status in (429, 503) else None,
            status=status,
            title=title,
            detail=detail,
            method=request.method,
            path=request.path,
            maybe_done=request.writes and status >= 500 and status not in _UNABLE,
        )

    def _clean(self, text: str, limit: int, body: dict[str, Any] | None = None) -> str:
        """Return *text* fit for a message: in one line, not too long, without a secret or the request's *body*."""
        for secret in self.secrets:
            text = text.replace(secret, MASK)
        text = one_line(_without_body(text, body) if body else text)
        return text if len(text) <= limit else text[: limit - 1] + "…"


def _session(connection: Connection, pool_size: int) -> Any:
    session: Any = requests.Session()
    session.trust_env = False  # no netrc, no CA variables; proxies are read in _proxies
    # requests reads the target of a redirect also when it is not to follow it, and fails if that is no address.
    session.get_redirect_target = lambda _response: None
    adapter = requests.adapters.HTTPAdapter(pool_maxsize=pool_size)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.headers.update({"User-Agent": USER_AGENT, "Accept": "application/json, application/problem+json"})
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # none are wanted, and threads share the jar
    session.auth = _Bearer(connection.api_key)
    if connection.verify is False:
        disable_warnings(InsecureRequestWarning)
    return session


class _Bearer:
    """The key as an auth object: requests lets nothing replace it."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = "Bearer " + self._key
        return request


def _proxies(connection: Connection) -> dict[str, str]:
    if connection.proxy_url:
        return {"http": connection.proxy_url, "https": connection.proxy_url}
    proxies: dict[str, str] = requests.utils.get_environ_proxies(connection.url)
    return proxies


def _secrets(connection: Connection, proxies: dict[str, str]) -> list[str]:
    """Return what must not be shown, longest first: key and proxy passwords, as they are, encoded or escaped."""
    plain = {connection.api_key}.union(*(url_secrets(proxy) for proxy in proxies.values()))
    texts = plain | {"Bearer " + connection.api_key}
    quoted = {quote(text, safe="") for text in texts}
    in_lower_case = {re.sub("%..", lambda code: code.group().lower(), text) for text in quoted}
    escaped = {json.dumps(text)[1:-1] for text in texts}
    forms = texts | quoted | in_lower_case | escaped | {base64.b64encode(text.encode()).decode() for text in texts}
    return sorted(forms, key=len, reverse=True)


def _diagnose(error: BaseException) -> tuple[str, str, str]:
    """Return why there was no answer, in words that hold no secret, when to send again, and which options to check."""
    chain = list(_causes(error))
    certificate = next((cause for cause in chain if type(cause).__name__ in _CERTIFICATE_ERRORS), None)
    if certificate is not None:
        reason = getattr(certificate, "verify_message", certificate)
        return f"the certificate could not be verified: {reason}; ca_path names a CA of your own", NEVER, ""
    tunnel = next((str(cause) for cause in chain if "Tunnel connection failed" in str(cause)), None)
    if tunnel is not None:
        reason = tunnel[tunnel.index("Tunnel") :].split("'")[0].rstrip(")")
        return f"the proxy refused: {reason}", ALWAYS, _CHECK_PROXY
    if "SOCKS" in str(error):
        return "a SOCKS proxy needs the Python library PySocks", NEVER, ""
    if isinstance(error, ValueError):  # requests and urllib3 name so what they cannot use as an address
        return "the address of the service or of the proxy cannot be used", NEVER, ""
    proxy = "through the proxy: " if any(isinstance(cause, requests.exceptions.ProxyError) for cause in chain) else ""
    if any(isinstance(cause, (NewConnectionError, ConnectTimeoutError)) for cause in chain):
        reason = proxy + _reason(chain, "no connection could be made")
        return reason, ALWAYS, _CHECK_PROXY if proxy else _CHECK_ENDPOINT
    return proxy + _reason(chain, "the connection was lost"), IF_REPEATABLE, ""


def _reason(chain: list[BaseException], default: str) -> str:
    """Return the innermost plain reason: the operating system's, TLS's, or a time-out."""
    for cause in reversed(chain):
        if isinstance(cause, (socket.timeout, Urllib3Timeout, requests.exceptions.Timeout)):
            return "timed out"
        if isinstance(cause, ssl.SSLError):
            return "TLS: {}".format((cause.reason or "handshake failed").lower().replace("_", " "))
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
    return default


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield *error* and what it wraps; requests and urllib3 keep causes as arguments and as ``reason``."""
    seen: list[BaseException] = []
    waiting: list[Any] = [error]
    while waiting:
        cause = waiting.pop(0)
        if isinstance(cause, ArizeError):  # an earlier failure that is being handled, not a cause
            continue
        if isinstance(cause, BaseException) and not any(cause is other for other in seen):
            seen.append(cause)
            yield cause
            waiting.extend((*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__))


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _without_body(text: str, body: dict[str, Any]) -> str:
    """Mask the request's *body* in what a server says: as JSON of any form or cut off, as Python shows it, or escaped."""
    fields = "|".join(map(re.escape, body))
    return re.sub(rf"\{{\s*\\*[\"'](?:{fields})\\*[\"'](?:.*\}}|.*)", MASK, text, flags=re.DOTALL)


def _text(problem: dict[str, Any] | None, key: str) -> str:
    value = (problem or {}).get(key)
    return value if isinstance(value, str) else ""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _retry_after(text: str) -> float | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110: seconds or a date), None if it asks for none."""
    text = text.strip()
    if re.fullmatch(r"[0-9]{1,30}", text):
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _without_query(location: str) -> str:
    try:
        url = urlsplit(location)
        return url._replace(netloc=url.netloc.rpartition("@")[2], query="", fragment="").geturl()
    except ValueError:
        return ""


def _seconds(seconds: float) -> str:
    return "{} s".format((f"{seconds:.1f}").rstrip("0").rstrip("."))
