# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each module does about each fault: the one table, from which docs/faults.md is made and which the tests check.

A verdict says what becomes of a task whose request meets the fault once, and of one whose every try meets it, with one
retry allowed.
"""

from __future__ import annotations

from email.utils import formatdate
from time import time
from typing import Any, NamedTuple


class End(NamedTuple):
    """How a task ends: ``kind`` is None where all is well; ``maybe``: ``changed`` is true since it may be done."""

    kind: str | None
    sent: int  # how often the request was sent
    maybe: bool = False
    done: bool = True  # where all is well: whether it really was done


class Verdict(NamedTuple):
    """What becomes of it: struck once, struck always, and how the documentation puts it."""

    once: End
    always: End
    words: str


# What the words in the documentation mean.
WORDS = {
    "fine": "as if nothing were wrong",
    "again": "sent again; if that helps, as if nothing had been wrong",
    "fails": "fails at once; `changed` is false, nothing was done",
    "else": "fails after the last try; `changed` is false, nothing was done",
    "fails, else … *changed*": "the same, but `changed` is true: it may have been carried out",
    "looks": "looks up whether it was carried out; it was not, so it is sent again",
    "found": "looks up whether it was carried out; it was: nothing is sent again, and the result is as usual",
    "taken as done": "no content is due, and none that is wrong came: as if nothing were wrong",
}


def fine() -> Verdict:
    return Verdict(End(None, 1), End(None, 1), "fine")


def again(kind: str) -> Verdict:
    return Verdict(End(None, 2), End(kind, 2), f"again, else `{kind}`")


def again_maybe(kind: str) -> Verdict:
    return Verdict(End(None, 2), End(kind, 2, maybe=True), f"again, else `{kind}`, *changed*")


def looked_up(kind: str) -> Verdict:
    return Verdict(End(None, 2), End(kind, 2), f"looks, again, else `{kind}`")


def found(kind: str | None = None) -> Verdict:
    end = End(kind, 1, maybe=kind is not None)
    return Verdict(end, end, f"found, fails: `{kind}`, *changed*" if kind else "found")


def stop(kind: str) -> Verdict:
    return Verdict(End(kind, 1), End(kind, 1), f"fails: `{kind}`")


def stop_maybe(kind: str) -> Verdict:
    end = End(kind, 1, maybe=True)
    return Verdict(end, end, f"fails: `{kind}`, *changed*")


def believed() -> Verdict:
    end = End(None, 1, done=False)
    return Verdict(end, end, "taken as done")


class Fault(NamedTuple):
    """A fault of the simulator, and the verdicts: for look-ups, creating, the same with a one-time password, updating,
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
    timeout: float = 20.0
    hurry: float = 1.0  # how fast the clock goes that limits how long a body may take
    only: tuple[str, ...] = ()  # the endpoints that can have it; none: all

    def verdict(self, endpoint: str, one_time_password: bool) -> Verdict:
        """Return what becomes of a request to *endpoint*."""
        column = {"list": "read", "get": "read", "resend": "mail", "reset": "mail"}.get(endpoint, endpoint)
        verdict: Verdict = getattr(self, "password" if column == "create" and one_time_password else column)
        return verdict


def alike(name: str, fault: dict[str, Any], verdict: Verdict) -> Fault:
    """A fault that every endpoint meets alike."""
    return Fault(name, fault, *[verdict] * 6)


def lost_before(name: str, fault: dict[str, Any], kind: str = "transport", **more: float) -> Fault:
    """The request may have been carried out, but was not."""
    create, change = looked_up(kind), again_maybe(kind)
    return Fault(name, fault, again(kind), create, create, change, change, stop_maybe(kind), **more)


def lost_after(name: str, fault: dict[str, Any]) -> Fault:
    """The request was carried out, its answer lost."""
    reading, change, mail = again("transport"), again_maybe("transport"), stop_maybe("transport")
    return Fault(name, fault, reading, found(), found("password_lost"), change, change, mail)


def unreadable(name: str, fault: dict[str, Any], believable: bool = False) -> Fault:
    """A 200 that says nothing; where no content is due, one that may pass for the API's is believed."""
    kind = "invalid_response"
    create, rest = looked_up(kind), believed() if believable else stop_maybe(kind)
    return Fault(name, fault, stop(kind), create, create, stop_maybe(kind), rest, rest)


def http(status: int, **options: Any) -> dict[str, Any]:
    return {"kind": "status", "status": status, **options}


def of_lists(name: str, fault: dict[str, Any]) -> Fault:
    """A list that does not say how it goes on."""
    return alike(name, fault, stop("invalid_response"))._replace(only=("list",))


def in_an_hour() -> str:
    return formatdate(time() + 3600, usegmt=True)


_PAGE = {"kind": "html", "status": 200, "body": "<html><p>Please sign in</p></html>"}
_FLOOD = {"kind": "endless_body", "interval": 0, "chunk": 4 << 20}

FAULTS = [
    alike("429 without Retry-After", http(429), again("rate_limited")),
    alike("429, Retry-After: 0", http(429, retry_after=0), again("rate_limited")),
    alike("429, Retry-After: 1", http(429, retry_after=1), again("rate_limited")),
    alike("429, Retry-After: a date gone by", http(429, retry_after=formatdate(0)), again("rate_limited")),
    alike("429, Retry-After: soon", http(429, retry_after="soon"), again("rate_limited")),
    alike("429, Retry-After: an hour", http(429, retry_after=3600), stop("rate_limited")),
    alike("429, Retry-After: a date in an hour", http(429, retry_after=in_an_hour()), stop("rate_limited")),
    lost_before("500", http(500), "server"),
    lost_before("502 as HTML", {"kind": "html", "status": 502}, "server"),
    lost_before("503", http(503), "server"),
    lost_before("503, Retry-After: 1", http(503, retry_after=1), "server"),
    lost_before("504 as HTML", {"kind": "html", "status": 504}, "server"),
    alike("401", http(401), stop("unauthorized")),
    alike("403", http(403), stop("forbidden")),
    alike("404 as HTML", {"kind": "html", "status": 404}, stop("invalid_response")),
    lost_before("connection closed before the work", {"kind": "drop"}),
    lost_before("connection reset before the work", {"kind": "drop", "reset": True}),
    lost_after("connection closed after the work", {"kind": "drop", "when": "after"}),
    lost_after("connection reset after the work", {"kind": "drop", "when": "after", "reset": True}),
    lost_before("no answer", {"kind": "hang"}, timeout=0.5),
    lost_after("the body breaks off", {"kind": "truncate"}),
    lost_before("a body that trickles without end", {"kind": "endless_body"}, timeout=0.5, hurry=40.0),
    unreadable("a body that pours without end", _FLOOD),
    unreadable("200 with half of a JSON text", {"kind": "garbage"}),
    unreadable("200 with a page to sign in", _PAGE),
    unreadable("200 with a list", {"kind": "json_list"}),
    unreadable("200 with an empty object", {"kind": "empty_object"}, believable=True),
    unreadable("200 with nothing", {"kind": "empty"}, believable=True),
    alike("the content type of plain text", {"kind": "wrong_type"}, fine()),
    alike("10 MB more than is needed", {"kind": "huge"}, fine()),
    alike("redirect, same host", {"kind": "redirect"}, stop("invalid_response")),
    alike("redirect, another host", {"kind": "redirect", "to": "other", "status": 307}, stop("invalid_response")),
    of_lists("a list without pagination", {"kind": "omit_pagination"}),
    of_lists("has_more is no boolean", {"kind": "bad_has_more"}),
]
