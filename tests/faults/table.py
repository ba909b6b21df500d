"""The outcome of each fault for each module: the table from which docs/faults.md is made and which the tests check.

A verdict says how a task ends whose request meets the fault once, and how one ends whose every attempt meets it, with
one retry allowed.
"""

from __future__ import annotations

from email.utils import formatdate
from time import time
from typing import Any, NamedTuple

SCALE = 32  # large bodies, and their limit, are that much smaller in the cells: the real ones take a second each


class End(NamedTuple):
    """How a task ends: ``kind`` is None for a success; ``unknown``: ``changed`` is true, since it may be done."""

    kind: str | None
    sent: int  # how often the request was sent
    unknown: bool = False


class Verdict(NamedTuple):
    """How a task ends: struck once, struck at every attempt, and how the documentation puts it."""

    once: End
    always: End
    words: str


# What the words in the documentation mean.
WORDS = {
    "success": "The result is as usual.",
    "retry": "The module sends the request again, at most `max_retries` times.",
    "look-up: done": "The module looks the user up and finds that the request was carried out. It sends nothing again.",
    "look-up: not shown, retry": "The module looks the user up, does not find that the request was carried out, and sends"
    " it again. That a look-up does not show it is no proof, so a later failure reports that it may be this run's own.",
    "else `kind`": "After the last attempt the task fails with this `error.kind`.",
    "`kind`": "The task fails at once with this `error.kind`.",
    "*changed*": "`changed` is true, because the request may have been carried out. Without this word it is false, and"
    " nothing was done.",
}


def success() -> Verdict:
    return Verdict(End(None, 1), End(None, 1), "success")


def retry(kind: str) -> Verdict:
    return Verdict(End(None, 2), End(kind, 2), f"retry, else `{kind}`")


def retry_unknown(kind: str) -> Verdict:
    return Verdict(End(None, 2), End(kind, 2, unknown=True), f"retry, else `{kind}`, *changed*")


def looked_up(kind: str) -> Verdict:
    return Verdict(End(None, 2), End(kind, 2, unknown=True), f"look-up: not shown, retry, else `{kind}`, *changed*")


def found(kind: str | None = None) -> Verdict:
    end = End(kind, 1, unknown=kind is not None)
    return Verdict(end, end, f"look-up: done, `{kind}`, *changed*" if kind else "look-up: done, success")


def stop(kind: str) -> Verdict:
    return Verdict(End(kind, 1), End(kind, 1), f"`{kind}`")


def stop_unknown(kind: str) -> Verdict:
    end = End(kind, 1, unknown=True)
    return Verdict(end, end, f"`{kind}`, *changed*")


class Fault(NamedTuple):
    """A fault of the simulator, and the verdicts: for look-ups, creating, the same with a temporary password, updating,
    deleting, and mailing.
    """

    name: str
    fault: dict[str, Any]
    read: Verdict
    create: Verdict
    password: Verdict
    update: Verdict
    delete: Verdict
    mail: Verdict
    keys: Verdict | None = None  # for listing the service keys, where it is not as for other look-ups
    timeout: float = 20.0
    pace: float = 1.0  # how fast the clock runs that limits how long a body may take
    only: tuple[str, ...] = ()  # the endpoints that can have it; none: all

    def verdict(self, endpoint: str, temporary_password: bool) -> Verdict:
        """Return what becomes of a request to *endpoint*."""
        if endpoint == "keys" and self.keys:
            return self.keys
        verb = endpoint.partition(" ")[0]
        column = {"list": "read", "get": "read", "keys": "read", "resend": "mail", "reset": "mail"}
        name = "password" if endpoint == "create" and temporary_password else column.get(verb, verb)
        verdict: Verdict = getattr(self, name)
        return verdict


def alike(name: str, fault: dict[str, Any], verdict: Verdict) -> Fault:
    """A fault with the same end at every endpoint."""
    return Fault(name, fault, *[verdict] * 6)


def lost_before(name: str, fault: dict[str, Any], kind: str = "transport", **more: float) -> Fault:
    """The request may have been carried out, but was not."""
    create, change = looked_up(kind), retry_unknown(kind)
    return Fault(name, fault, retry(kind), create, create, change, change, stop_unknown(kind), **more)


def lost_after(name: str, fault: dict[str, Any]) -> Fault:
    """The request was carried out, its response lost."""
    change, mail = retry_unknown("transport"), stop_unknown("transport")
    return Fault(name, fault, retry("transport"), found(), found("password_lost"), change, change, mail)


def unreadable(name: str, fault: dict[str, Any]) -> Fault:
    """A 200 that does not say that anything was done, and nothing was."""
    kind = "invalid_response"
    create, write = looked_up(kind), stop_unknown(kind)
    return Fault(name, fault, stop(kind), create, create, write, write, write)


def http(status: int, **options: Any) -> dict[str, Any]:
    return {"kind": "status", "status": status, **options}


def of_lists(name: str, fault: dict[str, Any]) -> Fault:
    """A list that does not say how it continues."""
    return alike(name, fault, stop("invalid_response"))._replace(only=("list", "keys"))


def in_an_hour() -> str:
    return formatdate(time() + 3600, usegmt=True)


_LOGIN = {"kind": "html", "status": 200, "body": "<html><p>Please sign in</p></html>"}
_ERROR = {"kind": "body", "body": {"error": "not allowed by policy"}}
_FLOOD = {"kind": "endless_body", "interval": 0, "chunk": (4 << 20) // SCALE}
_INVALID = "invalid_response"

FAULTS = [
    alike("429 without Retry-After", http(429), retry("rate_limited")),
    alike("429, Retry-After: 0", http(429, retry_after=0), retry("rate_limited")),
    alike("429, Retry-After: 1", http(429, retry_after=1), retry("rate_limited")),
    alike("429, Retry-After: a past date", http(429, retry_after=formatdate(0)), retry("rate_limited")),
    alike("429, Retry-After: soon", http(429, retry_after="soon"), retry("rate_limited")),
    alike("429, Retry-After: an hour", http(429, retry_after=3600), stop("rate_limited")),
    alike("429, Retry-After: a date in an hour", http(429, retry_after=in_an_hour()), stop("rate_limited")),
    lost_before("500", http(500), "server"),
    lost_before("502 as HTML", {"kind": "html", "status": 502}, "server"),
    lost_before("503", http(503), "server"),
    lost_before("503, Retry-After: 1", http(503, retry_after=1), "server"),
    lost_before("504 as HTML", {"kind": "html", "status": 504}, "server"),
    alike("401", http(401), stop("unauthorized")),
    alike("403", http(403), stop("forbidden"))._replace(keys=success()),
    alike("404 as HTML", {"kind": "html", "status": 404}, stop(_INVALID)),
    lost_before("connection closed before the request is processed", {"kind": "drop"}),
    lost_before("connection reset before the request is processed", {"kind": "drop", "reset": True}),
    lost_after("connection closed after the request was processed", {"kind": "drop", "when": "after"}),
    lost_after("connection reset after the request was processed", {"kind": "drop", "when": "after", "reset": True}),
    lost_before("no response", {"kind": "hang"}, timeout=0.3),  # in real time: an answer takes milliseconds
    lost_after("body is truncated", {"kind": "truncate"}),
    lost_before("body never completes", {"kind": "endless_body"}, timeout=0.3, pace=15.0),
    unreadable("body larger than 32 MB", _FLOOD),
    unreadable("200 with half of a JSON text", {"kind": "garbage"}),
    unreadable("200 with an HTML login page", _LOGIN),
    unreadable("200 with a list", {"kind": "json_list"}),
    unreadable("200 with an empty object", {"kind": "empty_object"}),
    unreadable("200 with a gateway's error as JSON", _ERROR),
    Fault(
        "200 with an empty body",
        {"kind": "empty", "when": "after"},
        read=stop(_INVALID),
        create=found(),
        password=found("password_lost"),
        update=stop_unknown(_INVALID),
        delete=success(),
        mail=success(),
    ),
    Fault(
        "10 MB more than needed in the body",
        {"kind": "huge", "size": 10_000_000 // SCALE},
        **dict.fromkeys(("read", "create", "password", "update"), success()),
        **dict.fromkeys(("delete", "mail"), stop_unknown(_INVALID)),
    ),
    alike("103 before the response", {"kind": "informational"}, success()),
    alike("content type of plain text", {"kind": "wrong_type"}, success()),
    alike("redirect, same host", {"kind": "redirect"}, stop(_INVALID)),
    alike("redirect, another host", {"kind": "redirect", "to": "other", "status": 307}, stop(_INVALID)),
    of_lists("a list without pagination", {"kind": "omit_pagination"}),
    of_lists("has_more is not a boolean", {"kind": "bad_has_more"}),
]
