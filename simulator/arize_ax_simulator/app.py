# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP face: one Flask application for the API and the control path."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from .contract import Contract, ContractViolation
from .control import PREFIX, Control
from .faults import Fault, informational_answers, strike
from .paging import GAP, cut, filter_mark
from .problems import Problem
from .state import State
from .store import KEYS
from .wire import Answer, Call, json_answer, problem_answer

INFORMATIONAL = "simulator.informational"
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


class ConnectionDropped(ConnectionError):
    """Tells the server to hang up without a word; with reset=True, rudely."""

    def __init__(self, reset: bool) -> None:
        super().__init__("dropped on purpose")
        self.reset = reset


class Api:
    """Answers the endpoints."""

    def __init__(self, state: State, contract: Contract, answer_checks: bool) -> None:
        self._state = state
        self._contract = contract
        self._answer_checks = answer_checks
        self._operations: dict[str, Callable[..., Any]] = {
            "create": state.account.create,
            "get": state.account.get,
            "update": state.account.update,
            "delete": state.account.delete,
            "resend": state.account.resend,
            "reset": state.account.reset,
        }
        self._lists = {f"list_{plural}": (plural, resources) for plural, resources in state.resources.items()}
        for plural, resources in state.resources.items():
            for verb in ("get", "create", "update", "delete", "refresh", "revoke"):
                if hasattr(resources, verb):
                    self._operations[f"{verb}_{plural.removesuffix('s')}"] = getattr(resources, verb)

    def answer(self, call: Call) -> Answer:
        """Answer one request, disturbed by the faults that are due, and keep the books."""
        entry = call.entry = self._state.journal.open(describe_call(call))
        try:
            answer = self._disturbed(call)
            if self._answer_checks and answer.checked and not self._state.deviates():
                self._contract.check_answer(call, answer)
        except ContractViolation as error:
            answer = self._own_fault(call, f"the simulator broke its contract: {error}")
        except Exception:
            answer = self._own_fault(call, traceback.format_exc())
        self._state.journal.close(entry, "dropped" if answer.drop else answer.status)
        return answer

    def _own_fault(self, call: Call, text: str) -> Answer:
        self._state.journal.violation(call.entry, text)
        return problem_answer(Problem(500, f"This is a mistake of the simulator itself: {text}"), call.raw_path)

    def _disturbed(self, call: Call) -> Answer:
        faults = self._state.faults.take(call)
        call.entry["faults"] = [fault.kind for fault in faults]
        around = self._state.surroundings()
        for fault in faults:
            for action in fault.do:
                self._state.act(action, call.target())
        self._delay(faults, "before")
        struck = next((fault for fault in faults if not fault.is_effect), None)
        answer = None if struck and struck.when == "before" else self._undisturbed(call)
        self._delay(faults, "after")
        answer = strike(struck, call, answer, around) if struck else answer or Answer(500)
        answer.informational = informational_answers(faults)
        return answer

    def _delay(self, faults: list[Fault], when: str) -> None:
        for fault in faults:
            if fault.kind == "delay" and fault.when == when:
                self._state.sleep(fault.option("seconds", 1))

    def _undisturbed(self, call: Call) -> Answer:
        try:
            if self._state.settings.latency:
                self._state.sleep(self._state.settings.latency)
            self._state.limiter.check()
            return self._work(call)
        except Problem as problem:
            answer = problem_answer(problem, call.raw_path)
            answer.checked = problem.status != 405 and call.entry.get("operation") is not None
            return answer

    def _work(self, call: Call) -> Answer:
        operation, resource_id = call.route()
        call.entry["operation"] = operation
        caller = self._state.account.caller(call.token)
        call = self._without_is_developer(call, operation)
        self._contract.check_request(call, operation)
        if operation == "list" or operation in self._lists:
            return self._list(call, caller, operation)
        arguments: list[Any] = [caller, *([resource_id] if resource_id else [])]
        if call.body:
            arguments.append(json.loads(call.body))
        with self._state.account.lock:
            outcome = self._operations[operation](*arguments)
        if outcome.mail:
            self._state.journal.mail(outcome.mail, call.entry["n"])
        return json_answer(outcome.status, outcome.payload)

    def _list(self, call: Call, caller: Any, operation: str) -> Answer:
        cursor = call.value("cursor")
        gap = self._state.settings.empty_pages and not (cursor or "").startswith(GAP)
        plural, items, after = self._page(call, caller, operation, (cursor or "").removeprefix(GAP) or None)
        if gap:  # an empty page that goes on, before every other page
            items, after = [], f"{GAP}{cursor or ''}"
        pagination = {"has_more": True, "next_cursor": after} if after else {"has_more": False}
        return json_answer(200, {plural: items, "pagination": pagination})

    def _page(self, call: Call, caller: Any, operation: str, cursor: str | None) -> tuple[str, list[Any], str | None]:
        limit = int(call.value("limit") or 50)
        if operation == "list":
            email, statuses = call.value("email") or "", call.values("status")
            return ("users", *self._state.account.page(caller, limit, cursor, email, statuses))
        plural, resources = self._lists[operation]
        filters = call.filters()
        with self._state.account.lock:
            matching = partial(resources.matching, caller, filters)
            found, after = cut(matching, limit, cursor, filter_mark(call.path, filters))
            return plural, [resources.public(item, filters) for item in found], after

    def _without_is_developer(self, call: Call, operation: str) -> Call:
        """Play the server of mid-2026, whose create took is_developer (and let the role decide, as here)."""
        body = call.json()
        if operation != "create" or not self._state.settings.create_takes_is_developer or not isinstance(body, dict):
            return call
        body.pop("is_developer", None)
        return Call(call.method, call.raw_path, call.raw_query, call.headers, json.dumps(body).encode(), call.entry)


def describe_call(call: Call) -> dict[str, Any]:
    """Return the journal's view of a request: without the key itself."""
    token = call.token
    return {
        "method": call.method,
        "path": call.path,
        "raw_path": call.raw_path,
        "query": {name: call.values(name) for name, _value in call.query},
        "raw_query": call.raw_query,
        "body": call.json(),
        "key": "none" if token is None else KEYS.get(token, "unknown"),
        "user_agent": call.headers.get("user-agent", ""),
        "accept": call.headers.get("accept", ""),
        "content_type": call.headers.get("content-type", ""),
        "connection": call.headers.get("x-simulator-connection", ""),
        "operation": None,
    }


def make_app(state: State, answer_checks: bool = True) -> Flask:
    """Return the WSGI application."""
    api = Api(state, Contract(), answer_checks)
    control = Control(state)
    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False
    app.config["PROPAGATE_EXCEPTIONS"] = True

    def serve(path: str) -> Response:
        call = read_call()
        if call.raw_path == PREFIX or call.raw_path.startswith(f"{PREFIX}/"):
            return render(control_answer(control, call))
        return render(api.answer(call))

    app.add_url_rule("/", "root", serve, defaults={"path": ""}, methods=METHODS)
    app.add_url_rule("/<path:path>", "any", serve, methods=METHODS)
    app.register_error_handler(HTTPException, refuse)
    return app


def read_call() -> Call:
    """Return the request as plain data. The raw target counts: WSGI has already decoded an encoded slash."""
    target = urlsplit(request.environ.get("RAW_URI") or request.full_path)
    headers = {name.lower(): value for name, value in request.headers.items()}
    headers["x-simulator-connection"] = str(request.environ.get("REMOTE_PORT", ""))
    return Call(request.method, target.path, target.query, headers, request.get_data())


def control_answer(control: Control, call: Call) -> Answer:
    """Answer a request of the control path."""
    name = call.path[len(PREFIX) :].strip("/")
    try:
        return json_answer(200, {"result": control.handle(call.method, name, call.json())})
    except Problem as problem:
        return problem_answer(problem, call.raw_path)


def refuse(error: HTTPException) -> Response:
    """Answer what Flask itself refuses, e.g. a method that no user has heard of."""
    answer = problem_answer(Problem(error.code or 500, error.description or ""), request.path)
    if error.code == 405:
        answer.headers["Allow"] = ", ".join(METHODS)
    return render(answer)


def render(answer: Answer) -> Response:
    """Turn an answer into Flask's response, or hang up. What informs comes first, and WSGI has no word for it."""
    request.environ[INFORMATIONAL] = answer.informational
    if answer.drop:
        raise ConnectionDropped(reset=answer.drop == "reset")
    body: Iterable[bytes] = answer.stream if answer.stream is not None else [answer.body]
    response = Response(body, status=answer.status)
    del response.headers["Content-Type"]
    if answer.content_type:
        response.headers["Content-Type"] = answer.content_type
    response.headers.update(answer.headers)
    if answer.promised_length is not None:
        response.headers["Content-Length"] = str(answer.promised_length)
        response.headers["Connection"] = "close"
    return response
