# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A failed request -> a typed error in words."""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import timezone
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import urlsplit

try:
    import requests
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
    from urllib3.exceptions import TimeoutError as Urllib3Timeout
except ImportError:
    pass  # _module tells the user

from .._errors import ArizeError, Kind
from .deadline import Overdue
from .redact import Redactor

# When a failed request may be sent again.
ALWAYS = "always"  # it did not reach the service, or was refused unread
IF_REPEATABLE = "if repeatable"  # it may have been carried out: GET, PATCH and DELETE only
NEVER = "never"

_KINDS: dict[int, Kind] = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    409: "conflict",
    422: "unprocessable",
    429: "rate_limited",
}
_TRANSIENT = frozenset((500, 502, 503, 504))  # may succeed at the next attempt
_NOT_EXECUTED = frozenset((501, 505))  # the server says that it cannot do such a thing
_CHECK_KEY = " Check the option api_key or the environment variable ARIZE_API_KEY."
_CHECK_PROXY = " Check proxy_url and the proxy variables."
CHECK_ENDPOINT_AND_PROXIES = " Check the endpoint, and proxies in between."
_CHECK_ENDPOINT = " Check the endpoint (api_url, region or base_domain)."
# OpenSSL's verdict, and urllib3's own on the host name.
_CERTIFICATE_ERRORS = frozenset(("SSLCertVerificationError", "CertificateError"))
# What OpenSSL says when the other side answers without TLS; it depends on its version.
_NO_TLS = frozenset(("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG"))


class RequestError(ArizeError):
    """A request that failed.

    ``repeat`` says when it may be sent again, ``retry_after`` how many seconds the server asked to wait before.
    """

    def __init__(self, kind: Kind, message: str, repeat: str = NEVER, retry_after: float = 0.0, **facts: Any) -> None:
        super().__init__(kind, message, **facts)
        self.repeat = repeat
        self.retry_after = retry_after


class Request(NamedTuple):
    """One API call.

    ``operation`` completes "Could not ..." in its errors; ``needs`` completes "this operation needs ...".
    """

    operation: str
    method: str
    path: str
    query: Sequence[tuple[str, Any]] = ()
    body: Mapping[str, Any] | None = None
    needs: str = ""

    @property
    def writes(self) -> bool:
        """Whether the request changes something."""
        return self.method != "GET"


class Failures:
    """Makes the errors of one connection; *where* is the host that messages name."""

    def __init__(self, redactor: Redactor, where: str) -> None:
        self._redactor = redactor
        self._where = where

    def invalid_response(self, request: Request, what: str, status: int) -> RequestError:
        """Return the error for a response that breaks the contract; *what* is a clause."""
        unread = request.writes and status < 300
        return RequestError(
            "invalid_response",
            f"Could not {request.operation}: {self._redactor.clean(what, 500)}.{CHECK_ENDPOINT_AND_PROXIES}",
            repeat=IF_REPEATABLE if unread and request.method == "POST" else NEVER,
            outcome_unknown=unread,
            status=status,
            method=request.method,
            path=request.path,
        )

    def no_response(self, request: Request, error: Exception) -> RequestError:
        """Return the error for a request that got no response."""
        reason, repeat, hint = _diagnose(error)
        return RequestError(
            "transport",
            f"Could not {request.operation}: no response from {self._where}"
            f" ({self._redactor.clean(reason, 300)}).{hint}",
            repeat=repeat,
            outcome_unknown=request.writes and repeat == IF_REPEATABLE,
            method=request.method,
            path=request.path,
        )

    def refused(
        self, request: Request, status: int, headers: Mapping[str, str], problem: Mapping[str, Any] | None
    ) -> RequestError:
        """Return the error for a response that is not a success; *problem* is its JSON object, None for another body."""
        if status < 400:
            target = _without_query(headers.get("Location", "")) or "nowhere"
            return self.invalid_response(request, f"the server redirects ({status}) to {target}", status)
        if status == 404 and problem is None:
            return self.invalid_response(request, "the server answered 404 with something that is not JSON", status)
        title, detail = (self._redactor.clean(_text(problem, name), limit) or None for name, limit in _PROBLEM_TEXTS)
        said = ": ".join(part.rstrip(".") for part in (title or _phrase(status), detail) if part)
        answered = f"Could not {request.operation}: the server answered {f'{status} {said}'.strip()}."
        return RequestError(
            _KINDS.get(status, "server" if status >= 500 else "bad_request"),
            answered + self._hint(request, status, problem),
            repeat=ALWAYS if status == 429 else IF_REPEATABLE if status in _TRANSIENT else NEVER,
            retry_after=_retry_after(headers) if status in (429, 503) else 0.0,
            outcome_unknown=request.writes and status >= 500 and status not in _NOT_EXECUTED,
            status=status,
            title=title,
            detail=detail,
            method=request.method,
            path=request.path,
            request_id=self._redactor.clean(_text(problem, "request_id"), 100) or None,
        )

    def _hint(self, request: Request, status: int, problem: Mapping[str, Any] | None) -> str:
        if status == 401:
            return _CHECK_KEY
        if status != 403:
            return ""
        plan = [self._redactor.clean(_text(problem, name), 100) for name in ("entitlement", "required_plan")]
        if any(plan):
            entitlement, required = plan
            missing = f"does not include {entitlement}" if entitlement else "does not include this operation"
            return f" The plan of the account {missing}{f'; it needs the plan {required}' if required else ''}."
        needs = f": this operation needs {request.needs}" if request.needs else " for this operation"
        return f' The API key may lack permission{needs}. See "What a key needs" in the security guide.'


_PROBLEM_TEXTS = (("title", 200), ("detail", 500))


def _diagnose(error: BaseException) -> tuple[str, str, str]:
    """Return why there was no response, when to send again, and which options to check."""
    chain = list(_causes(error))
    certificate = next((cause for cause in chain if type(cause).__name__ in _CERTIFICATE_ERRORS), None)
    if certificate is not None:
        reason = getattr(certificate, "verify_message", certificate)
        return f"the certificate could not be verified: {reason}; set ca_path to trust a private CA", NEVER, ""
    tunnel = next((str(cause) for cause in chain if "Tunnel connection failed" in str(cause)), None)
    if tunnel is not None:
        reason = tunnel[tunnel.index("Tunnel") :].split("'")[0].rstrip(")")
        return f"the proxy refused: {reason}", ALWAYS, _CHECK_PROXY
    if isinstance(error, ValueError) or "SOCKS" in str(error):
        # requests and urllib3 raise a ValueError for an unusable address.
        socks = "a SOCKS proxy needs the Python library PySocks"
        unusable = "the address of the service or of the proxy cannot be used"
        return socks if "SOCKS" in str(error) else unusable, NEVER, ""
    return _diagnose_connection(chain)


def _diagnose_connection(chain: list[BaseException]) -> tuple[str, str, str]:
    proxied = any(isinstance(cause, requests.exceptions.ProxyError) for cause in chain)
    through, hint = ("through the proxy: ", _CHECK_PROXY) if proxied else ("", _CHECK_ENDPOINT)
    if any(isinstance(cause, ssl.SSLError) and cause.reason in _NO_TLS for cause in chain):
        return f"{through}TLS was not understood; this port may expect http:// instead of https://", NEVER, hint
    if any(isinstance(cause, (NewConnectionError, ConnectTimeoutError)) for cause in chain):
        return through + _reason(chain, "no connection could be made"), ALWAYS, hint
    return through + _reason(chain, "the connection was lost"), IF_REPEATABLE, ""


def _reason(chain: list[BaseException], default: str) -> str:
    """Return the innermost plain reason: the operating system's, TLS's, or a time-out."""
    for cause in reversed(chain):
        if isinstance(cause, Overdue):
            return str(cause)
        if isinstance(cause, (socket.timeout, Urllib3Timeout, requests.exceptions.Timeout)):
            return "timed out"
        if isinstance(cause, ssl.SSLError):
            return "TLS: {}".format((cause.reason or "handshake failed").lower().replace("_", " "))
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
    return default


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield *error* and the errors it wraps; requests and urllib3 keep causes as arguments and as ``reason``."""
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


def _text(problem: Mapping[str, Any] | None, key: str) -> str:
    value = (problem or {}).get(key)
    return value if isinstance(value, str) else ""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _retry_after(headers: Mapping[str, str]) -> float:
    """Return the seconds that Retry-After asks for (RFC 9110: seconds or a date), 0 if it asks for none.

    A date is read against the response's own Date: the clocks of the two machines may differ.
    """
    text = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,30}", text):
        return float(text)
    moment, now = read_date(text), read_date(headers.get("Date", ""))
    return max(0.0, moment - (time.time() if now is None else now)) if moment is not None else 0.0


def read_date(text: str) -> float | None:
    """Return the seconds since 1970 of an HTTP date, None for any other text; a date with the zone -0000 is UTC."""
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).astimezone(timezone.utc).timestamp()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _without_query(location: str) -> str:
    try:
        url = urlsplit(location)
        return url._replace(netloc=url.netloc.rpartition("@")[2], query="", fragment="").geturl()
    except ValueError:
        return ""
