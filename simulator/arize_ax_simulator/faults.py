# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults between a client and the API, on demand: see the table in README.md."""

from __future__ import annotations

import base64
import json
import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .problems import Problem, title_of
from .wire import JSON, Answer, Call, problem_answer

HTML = "<html><head><title>{status}</title></head><body><h1>{status} {title}</h1><p>a proxy</p></body></html>"
TEN_MEGABYTES = 10_000_000
EFFECTS = ("effect", "delay", "informational")
MATCHERS = ("method", "path", "query", "body_has", "times", "skip", "probability", "seed", "when", "do")
OPTIONS: dict[str, tuple[str, ...]] = {
    "effect": (),
    "delay": ("seconds",),
    "informational": ("status", "headers"),
    "status": ("status", "retry_after", "detail", "title", "error_code", "members", "echo", "headers"),
    "html": ("status", "body", "headers", "retry_after"),
    "body": ("status", "body", "body_base64", "content_type", "headers"),
    "garbage": ("status", "body", "content_type", "headers"),
    "empty": ("status", "content_type", "headers"),
    "empty_object": ("status", "headers"),
    "json_list": ("status", "headers"),
    "wrong_type": ("content_type", "headers"),
    "drop": ("reset",),
    "hang": ("seconds",),
    "truncate": ("missing",),
    "redirect": ("status", "to", "location", "headers"),
    "huge": ("size", "status", "headers"),
    "endless_body": ("seconds", "interval", "chunk", "status"),
    "repeat_cursor": (),
    "endless_pages": (),
    "omit_pagination": (),
    "bad_has_more": ("value",),
    "edit": ("set", "remove", "status", "headers"),
    "one_of": ("of",),
    "sequence": ("of",),
}
PARENTS = ("one_of", "sequence")
LIST_FAULTS = ("repeat_cursor", "endless_pages", "omit_pagination", "bad_has_more")
AFTER_BY_DEFAULT = (*LIST_FAULTS, "truncate", "wrong_type", "edit")


@dataclass
class Surroundings:
    """The part of the disturbed server that a fault may use."""

    base_url: Callable[[], str]
    sleep: Callable[[float], None]
    start_cursor: Callable[[Call], str]


@dataclass
class Fault:
    """One entry of the list: what happens, to which requests, how often."""

    kind: str
    method: list[str] = field(default_factory=list)
    path: str = ""
    query: str = ""
    body_has: str = ""
    times: int | None = 1
    skip: int = 0
    probability: float = 1.0
    seed: int = 0
    when: str = "before"
    do: list[dict[str, Any]] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    hits: int = 0
    seen: int = 0

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._patterns = [re.compile(text) for text in (self.path, self.query, self.body_has)]
        self._children = [read_fault(item) for item in self.options.get("of", [])]
        if self.kind in PARENTS and not self._children:
            raise Problem(400, f"{self.kind} needs a list of faults under `of`")

    @property
    def is_effect(self) -> bool:
        """Tell whether the request goes on to be answered as usual."""
        return self.kind in EFFECTS

    def option(self, name: str, default: Any) -> Any:
        """Return an option of this kind of fault."""
        value = self.options.get(name)
        return default if value is None else value

    def hit(self, call: Call) -> Fault | None:
        """Return the fault to apply to this request, if it is due, and count it."""
        if not self._matches(call) or (self.times is not None and self.hits >= self.times):
            return None
        self.seen += 1
        if self.seen <= self.skip or (self.probability < 1.0 and self._random.random() >= self.probability):
            return None
        self.hits += 1
        if self.kind == "sequence":
            return self._children[(self.hits - 1) % len(self._children)]
        return self._random.choice(self._children) if self._children else self

    def _matches(self, call: Call) -> bool:
        if self.method and call.method not in self.method:
            return False
        texts = (call.path, call.raw_query, call.body.decode("utf-8", "replace"))
        return all(pattern.search(text) for pattern, text in zip(self._patterns, texts, strict=True))

    def public(self) -> dict[str, Any]:
        """Return the fault with its counters, as the control path shows it."""
        shown = {name: getattr(self, name) for name in ("kind", *MATCHERS)}
        return {**shown, **self.options, "hits": self.hits}


def read_fault(given: Any) -> Fault:
    """Return a Fault from its dictionary. What is unknown is refused: a misspelt fault would prove nothing."""
    if not isinstance(given, dict):
        raise Problem(400, "a fault is an object")
    given = dict(given)
    kind = given.pop("kind", "effect" if "do" in given else None)
    if kind not in OPTIONS:
        raise Problem(400, f"unknown fault {kind!r}; known are {sorted(OPTIONS)}")
    unknown = sorted(set(given) - set(MATCHERS) - set(OPTIONS[kind]))
    if unknown:
        raise Problem(400, f"the fault {kind} has no {unknown}; it has {sorted(OPTIONS[kind])} and {list(MATCHERS)}")
    matchers = {name: given.pop(name) for name in MATCHERS if name in given}
    if kind in LIST_FAULTS:
        matchers = {"method": "GET", "path": "^/v2/[^/]+$", **matchers}
    if kind == "sequence":
        matchers = {"times": len(given.get("of", [])), **matchers}
    method = matchers.pop("method", None) or []
    methods = [item.upper() for item in ([method] if isinstance(method, str) else method)]
    when = matchers.pop("when", None) or default_moment(kind, given)
    if when not in ("before", "after"):
        raise Problem(400, "when is before or after")
    try:
        return Fault(kind, method=methods, when=when, options=given, **matchers)
    except (re.error, TypeError) as error:
        raise Problem(400, f"the fault {kind} cannot be read: {error}") from error


def default_moment(kind: str, options: dict[str, Any]) -> str:
    """Return whether a fault strikes instead of the work (before) or once it is done (after)."""
    if kind == "huge":
        return "before" if options.get("status", 200) >= 400 else "after"
    return "after" if kind in AFTER_BY_DEFAULT else "before"


class FaultBook:
    """The faults to come, in order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, faults: list[Any], replace: bool = False) -> list[dict[str, Any]]:
        """Add faults (or replace all) and return the whole list."""
        read = [read_fault(item) for item in faults]
        with self._lock:
            self._faults = ([] if replace else self._faults) + read
        return self.public()

    def public(self) -> list[dict[str, Any]]:
        """Return all faults with their counters."""
        with self._lock:
            return [fault.public() for fault in self._faults]

    def take(self, call: Call) -> list[Fault]:
        """Return what happens to this request: any number of effects, then at most one real fault."""
        if not self._faults:
            return []
        taken: list[Fault] = []
        with self._lock:
            for named in self._faults:
                if not named.is_effect and any(not fault.is_effect for fault in taken):
                    continue
                fault = named.hit(call)
                if fault:
                    taken.append(fault)
        return taken


def informational_answers(faults: list[Fault]) -> list[tuple[int, dict[str, str]]]:
    """Return the 1xx answers that come before the real one."""
    told = [fault for fault in faults if fault.kind == "informational"]
    return [(fault.option("status", 103), fault.option("headers", {})) for fault in told]


# -- the faults themselves: each returns the answer that the client gets -------------------------------------------


def strike(fault: Fault, call: Call, answer: Answer | None, around: Surroundings) -> Answer:
    """Return what a fault makes of a request. `answer` is the honest one, or None where no work was done."""
    struck = STRIKES[fault.kind](fault, call, answer, around)
    struck.headers.update(fault.option("headers", {}))
    struck.checked = False
    return struck


def _status(fault: Fault, call: Call, _answer: Answer | None, _around: Surroundings) -> Answer:
    status = fault.option("status", 500)
    detail = fault.option("detail", "The simulator was told to answer so.") + _echo(fault, call)
    extra = {name: fault.options[name] for name in ("retry_after", "error_code", "title") if name in fault.options}
    return problem_answer(Problem(status, detail, **extra, **fault.option("members", {})), call.raw_path)


def _echo(fault: Fault, call: Call) -> str:
    shown = {
        "authorization": f"Authorization: {call.headers.get('authorization', '')}",
        "key": call.token or "",
        "body": call.body.decode("utf-8", "replace"),
    }
    return "".join(f" {shown[name]}" for name in fault.option("echo", []))


def _html(fault: Fault, _call: Call, _answer: Answer | None, _around: Surroundings) -> Answer:
    status = fault.option("status", 502)
    headers = {"Retry-After": str(fault.options["retry_after"])} if "retry_after" in fault.options else {}
    text = fault.option("body", HTML.format(status=status, title=title_of(status)))
    return Answer(status, content_type="text/html; charset=utf-8", raw=text.encode(), headers=headers)


def _body(fault: Fault, _call: Call, _answer: Answer | None, _around: Surroundings) -> Answer:
    encoded = fault.options.get("body_base64")
    body = fault.option("body", "")
    text = body if isinstance(body, str) else json.dumps(body)
    raw = base64.b64decode(encoded) if encoded else text.encode()
    return Answer(fault.option("status", 200), content_type=fault.option("content_type", JSON), raw=raw)


def _garbage(fault: Fault, _call: Call, _answer: Answer | None, _around: Surroundings) -> Answer:
    raw = str(fault.option("body", '{"users": [{"id": "VXNl')).encode()
    return Answer(fault.option("status", 200), content_type=fault.option("content_type", JSON), raw=raw)


def _empty(fault: Fault, _call: Call, _answer: Answer | None, _around: Surroundings) -> Answer:
    return Answer(fault.option("status", 200), content_type=fault.options.get("content_type"), raw=b"")


def _empty_object(fault: Fault, _call: Call, _answer: Answer | None, _around: Surroundings) -> Answer:
    return Answer(fault.option("status", 200), {}, JSON)


def _json_list(fault: Fault, _call: Call, _answer: Answer | None, _around: Surroundings) -> Answer:
    return Answer(fault.option("status", 200), [], JSON)


def _wrong_type(fault: Fault, _call: Call, answer: Answer | None, _around: Surroundings) -> Answer:
    answer = answer or Answer(200, {})
    answer.content_type = fault.option("content_type", "text/plain; charset=utf-8")
    return answer


def _drop(fault: Fault, _call: Call, _answer: Answer | None, _around: Surroundings) -> Answer:
    return Answer(0, drop="reset" if fault.option("reset", False) else "close")


def _hang(fault: Fault, _call: Call, _answer: Answer | None, around: Surroundings) -> Answer:
    around.sleep(fault.option("seconds", 60))
    return Answer(0, drop="close")


def _truncate(fault: Fault, _call: Call, answer: Answer | None, _around: Surroundings) -> Answer:
    answer = answer or Answer(200, {"users": []}, JSON)
    whole = answer.body
    if whole:
        missing = min(fault.option("missing", max(1, len(whole) // 2)), len(whole))
        answer.raw, answer.promised_length = whole[: len(whole) - missing], len(whole)
    else:
        # A 204 has no body to cut. A 200 that promises one and breaks off is the nearest thing.
        answer.status, answer.raw, answer.promised_length, answer.content_type = 200, b"{", 20, JSON
    return answer


def _redirect(fault: Fault, call: Call, _answer: Answer | None, around: Surroundings) -> Answer:
    query = f"?{call.raw_query}" if call.raw_query else ""
    base = around.base_url() if fault.option("to", "same") == "same" else "https://elsewhere.example"
    location = fault.option("location", f"{base}{call.raw_path}{query}")
    return Answer(fault.option("status", 302), content_type="text/html", raw=b"moved", headers={"Location": location})


def _huge(fault: Fault, call: Call, answer: Answer | None, _around: Surroundings) -> Answer:
    padding = "x" * fault.option("size", TEN_MEGABYTES)
    status = fault.option("status", answer.status if answer else 200)
    if status >= 400:
        return problem_answer(Problem(status, padding), call.raw_path)
    payload = answer.payload if answer and isinstance(answer.payload, dict) else {}
    return Answer(200 if status == 204 else status, {**payload, "padding": padding}, JSON)


def _endless_body(fault: Fault, _call: Call, _answer: Answer | None, around: Surroundings) -> Answer:
    def drip() -> Iterator[bytes]:
        until = time.monotonic() + fault.option("seconds", 60)
        yield b'{"users": ['
        while time.monotonic() < until:
            around.sleep(fault.option("interval", 0.01))
            yield b" " * fault.option("chunk", 4096)

    return Answer(fault.option("status", 200), content_type=JSON, stream=drip())


def _repeat_cursor(_fault: Fault, call: Call, answer: Answer | None, around: Surroundings) -> Answer:
    def repeat(pagination: dict[str, Any]) -> None:
        own = call.value("cursor") or pagination.get("next_cursor") or around.start_cursor(call)
        pagination.update(has_more=True, next_cursor=own)

    return _with_pagination(answer, repeat)


def _endless_pages(_fault: Fault, call: Call, answer: Answer | None, around: Surroundings) -> Answer:
    def go_on(pagination: dict[str, Any]) -> None:
        if not pagination.get("has_more"):
            pagination.update(has_more=True, next_cursor=around.start_cursor(call))

    return _with_pagination(answer, go_on)


def _with_pagination(answer: Answer | None, change: Callable[[dict[str, Any]], None]) -> Answer:
    answer = answer or Answer(200, {"users": [], "pagination": {}}, JSON)
    if isinstance(answer.payload, dict) and "pagination" in answer.payload:
        change(answer.payload["pagination"])
    return answer


def _omit_pagination(_fault: Fault, _call: Call, answer: Answer | None, _around: Surroundings) -> Answer:
    answer = answer or Answer(200, {"users": []}, JSON)
    remove_pointer(answer.payload, "/pagination")
    return answer


def _bad_has_more(fault: Fault, _call: Call, answer: Answer | None, _around: Surroundings) -> Answer:
    value = fault.options.get("value", "false")
    return _with_pagination(answer, lambda pagination: pagination.update(has_more=value))


def _edit(fault: Fault, _call: Call, answer: Answer | None, _around: Surroundings) -> Answer:
    answer = answer or Answer(200, {}, JSON)
    answer.status = fault.option("status", answer.status)
    for pointer, value in fault.option("set", {}).items():
        set_pointer(answer.payload, pointer, value)
    for pointer in fault.option("remove", []):
        remove_pointer(answer.payload, pointer)
    return answer


STRIKES: dict[str, Callable[[Fault, Call, Answer | None, Surroundings], Answer]] = {
    "status": _status,
    "html": _html,
    "body": _body,
    "garbage": _garbage,
    "empty": _empty,
    "empty_object": _empty_object,
    "json_list": _json_list,
    "wrong_type": _wrong_type,
    "drop": _drop,
    "hang": _hang,
    "truncate": _truncate,
    "redirect": _redirect,
    "huge": _huge,
    "endless_body": _endless_body,
    "repeat_cursor": _repeat_cursor,
    "endless_pages": _endless_pages,
    "omit_pagination": _omit_pagination,
    "bad_has_more": _bad_has_more,
    "edit": _edit,
}


# -- JSON pointers, with "*" for every item of a list --------------------------------------------------------------


def set_pointer(document: Any, pointer: str, value: Any) -> None:
    """Set what a pointer names, e.g. /users/*/role/name."""
    for parent, name in _places(document, pointer):
        parent[name] = value


def remove_pointer(document: Any, pointer: str) -> None:
    """Remove what a pointer names, if it is there."""
    for parent, name in reversed(_places(document, pointer)):
        if isinstance(parent, list):
            del parent[name]
        else:
            parent.pop(name, None)


def _places(document: Any, pointer: str) -> list[tuple[Any, Any]]:
    """Return the pairs (container, key) that a pointer names."""
    *parents, last = [part.replace("~1", "/").replace("~0", "~") for part in pointer.lstrip("/").split("/")]
    nodes = [document]
    for part in parents:
        nodes = [node[key] for node in nodes for key in _keys(node, part) if isinstance(node, list) or key in node]
    return [(node, key) for node in nodes for key in _keys(node, last)]


def _keys(node: Any, part: str) -> list[Any]:
    if isinstance(node, list):
        keys = range(len(node)) if part == "*" else [int(part)] if part.isdigit() else []
        return [key for key in keys if key < len(node)]
    return [part] if isinstance(node, dict) else []
