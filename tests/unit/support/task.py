"""Runs whole modules as Ansible does, against a scripted server; and what holds for every result is asserted here.

One script serves check mode and the real run: in check mode only its reads before the first write may come.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import json
from typing import Any
from unittest import mock

import ansible.module_utils
from ansible.module_utils import basic
from ansible.module_utils.common import warnings
from ansible_collections.arize.ax.tests.unit.support.api import KEY
from ansible_collections.arize.ax.tests.unit.support.wire import Call, ScriptedServer

PASSWORD = "One-time/Passw0rd"
UNKNOWN_IN_CHECK_MODE = {"id", "user_id", "created_at", "updated_at", "custom_role_name", "is_developer"}
UNKNOWN_IN_CHECK_MODE |= {"redacted_key", "created_by_user_id"}  # of a key
LISTS = ("users", "roster", "roles", "role_bindings", "api_keys", "spaces", "projects")
ERROR_KEYS = {"kind", "status", "title", "detail", "method", "path"}


def run(module: Any, options: dict[str, Any], check: bool = False, no_log: bool = False) -> dict[str, Any]:
    """Run *module* in this process with real argument parsing; return the result that it printed."""
    internal = {"check_mode": check, "diff": True, "no_log": no_log, "verbosity": 4}
    arguments = {**options, **{f"_ansible_{name}": value for name, value in internal.items()}}
    warnings._global_warnings.clear()
    output, errors, status = io.StringIO(), io.StringIO(), None
    streams = contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors)
    with _as_on_a_managed_machine(), _module_arguments(arguments), streams[0], streams[1]:
        try:
            module.main()
        except SystemExit as end:
            status = end.code
    result = json.loads(output.getvalue())
    assert status == (1 if result.get("failed") else 0)
    assert errors.getvalue() == ""
    _check_result(result, output.getvalue(), options)
    if "warnings" in result:  # newer versions of ansible-core have the text in an object
        result["warnings"] = [told if isinstance(told, str) else told["event"]["msg"] for told in result["warnings"]]
    return result


class Task:
    """A module and the server it talks to. A try is all, unless the options say otherwise; nothing is waited for."""

    def __init__(self, module: Any, server: ScriptedServer) -> None:
        self.module = module
        self.server = server
        self.checked: dict[str, Any] = {}

    def run(self, *calls: Call, check: bool = False, no_log: bool = False, **options: Any) -> dict[str, Any]:
        """Run once; exactly *calls* must be made."""
        given = {
            "api_url": self.server.url,
            "api_key": KEY,
            "max_retries": 0,
            "max_retry_wait": 0,
            "timeout": 20,
            **options,
        }
        with self.server.script(*calls):
            result = run(self.module, given, check, no_log)
        if check:
            assert all(request.method == "GET" for request in self.server.seen), "check mode writes"
        return result

    def run_both(self, *calls: Call, predicted: bool = True, no_log: bool = False, **options: Any) -> dict[str, Any]:
        """Run in check mode and for real; return the real result, with that of check mode in ``checked``.

        Args:
            calls: those of the real run.
            predicted: whether check mode must tell the same. It cannot when something happens after the look-up.
            no_log: as the task sets it.
            options: the module's.
        """
        reads = itertools.takewhile(lambda call: call.method == "GET", calls)
        self.checked = self.run(*reads, check=True, no_log=no_log, **options)
        result = self.run(*calls, no_log=no_log, **options)
        if predicted:
            _check_agreement(self.checked, result)
        return result


def _as_on_a_managed_machine() -> Any:
    """Tests of filters, in the same process, make newer versions of ansible-core take it for that of a controller."""
    internal = getattr(ansible.module_utils, "_internal", None)
    if internal is None:
        return contextlib.nullcontext()
    return mock.patch.object(internal, "is_controller", False)


def _module_arguments(arguments: dict[str, Any]) -> Any:
    try:
        from ansible.module_utils.testing import patch_module_args  # noqa: PLC0415 (ansible-core 2.17 and later)
    except ImportError:
        return _module_arguments_of_2_16(arguments)
    return patch_module_args(arguments)


@contextlib.contextmanager
def _module_arguments_of_2_16(arguments: dict[str, Any]) -> Any:
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()
    try:
        yield
    finally:
        basic._ANSIBLE_ARGS = None


def _check_result(result: dict[str, Any], output: str, options: dict[str, Any]) -> None:
    """Check the rules for each result of each module."""
    assert "Traceback" not in output
    assert "exception" not in result
    assert options.get("api_key") in (None, "") or options["api_key"] not in output
    passwords = [entry.get("temporary_password") for entry in [result, *result.get("entries", [])]]
    assert output.count(PASSWORD) == passwords.count(PASSWORD)
    if result.get("failed"):
        assert result["msg"].isprintable()
        assert result["msg"].rstrip(")").endswith(".") or "error" not in result, result["msg"]
        assert "diff" not in result or "entries" in result
        assert isinstance(result.get("changed", False), bool)
        if "error" in result:  # an error of AnsibleModule itself has none
            assert set(result["error"]) - {"request_id"} == ERROR_KEYS
            assert "?" not in (result["error"]["path"] or "")
            assert "changed" in result
    else:
        assert "error" not in result
        assert isinstance(result["changed"], bool)
        if "diff" in result:
            assert set(result["diff"]) == {"before", "after"}


def _check_agreement(checked: dict[str, Any], real: dict[str, Any]) -> None:
    for key in ("failed", "msg", "error", "changed", "actions", "invitation", "warnings", *LISTS):
        assert checked.get(key) == real.get(key), key
    for key in (
        "user",
        "role",
        "role_binding",
        "api_key",
        "previous_key_id",
        "space",
        "project",
        "restriction",
        "diff",
        "entries",
        "summary",
        "deletions",
    ):
        _check_predicted(key, checked.get(key), real.get(key))


def _check_predicted(key: str, predicted: Any, found: Any) -> None:
    """Check that *predicted* is what was *found*, or null where only the server can know."""
    if key == "bot_user" and predicted and predicted["id"] is None:  # of a key to come
        predicted, found = predicted["account_role"], found["account_role"]
    if isinstance(predicted, dict) and isinstance(found, dict):
        assert predicted.keys() == found.keys(), key
        for name in predicted:
            _check_predicted(name, predicted[name], found[name])
    elif isinstance(predicted, list) and isinstance(found, list) and len(predicted) == len(found):
        for one, other in zip(predicted, found):
            _check_predicted(key, one, other)
    else:
        assert predicted == found or (predicted is None and key in UNKNOWN_IN_CHECK_MODE), key
