# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Argument specs, and the only place that exits or fails.

Nothing below this file knows AnsibleModule.
"""

from __future__ import annotations

import os
from typing import Any, Callable, TypeVar

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ._errors import ArizeError, internal_error
from ._execution.connection import has_requests, open_api, option_secrets
from ._models import ROLES
from ._text import one_line

# Text is checked in _planning: as str, Ansible would make text of a list, and name only the first fault.
TEXT = {"type": "raw"}

Done = TypeVar("Done")


def connection_options() -> dict[str, Any]:
    """Return the argument spec of the connection.

    No ``fallback``: ``connection`` reads the environment itself, to name the variable in errors.
    """
    return {
        "api_key": {"type": "str", "no_log": True},
        "api_url": {"type": "str"},
        "region": {"type": "str"},
        "base_domain": {"type": "str"},
        "validate_certs": {"type": "bool"},
        "ca_path": {"type": "path"},
        "proxy_url": {"type": "str", "no_log": True},  # it may contain a password
        "timeout": {"type": "float", "default": 30.0},
        "max_retries": {"type": "int", "default": 5},
        "max_retry_wait": {"type": "float", "default": 60.0},
    }


def identity_options() -> dict[str, Any]:
    """Return the argument spec that selects one user."""
    return {"email": TEXT, "user_id": TEXT}


def access_options() -> dict[str, Any]:
    """Return the argument spec of a role on a space or project."""
    names = ("role", "space", "project", "organization")
    return {option: TEXT for name in names for option in (name, f"{name}_id")}


def organization_options() -> dict[str, Any]:
    """Return the argument spec that selects an organization."""
    return {"organization": TEXT, "organization_id": TEXT}


def space_options() -> dict[str, Any]:
    """Return the argument spec that selects a space."""
    return {**organization_options(), "space": TEXT, "space_id": TEXT}


def profile_options(*invite_modes: str) -> dict[str, Any]:
    """Return the argument spec of the options that create a user."""
    return {
        "name": TEXT,
        "role": {"type": "str", "choices": list(ROLES)},
        "custom_role_id": TEXT,
        "invite_mode": {"type": "str", "default": "email_link", "choices": list(invite_modes)},
    }


def run(module: AnsibleModule, work: Callable[[], Done], describe: Callable[[Done, bool], dict[str, Any]]) -> None:
    """Exit with the outcome of *work*, or fail.

    Args:
        module: the module.
        work: does everything; raises ArizeError, with the steps done until then as its ``outcome``.
        describe: the outcome, and whether the module fails -> result.
    """
    if not has_requests():
        module.fail_json(msg=missing_required_lib("requests"))
    module.no_log_values.update(option_secrets(module.params))
    result, failure = _result(work, describe)
    for warning in result.pop("warnings", ()):
        module.warn(one_line(warning))
    if failure:
        # Not from within an exception: newer versions of ansible-core would add the traceback.
        result["changed"] = result.get("changed", False) or failure.changed
        module.fail_json(msg=failure.told, error=failure.as_result(), **result)
    module.exit_json(**result)


def listed_result(key: str, listed: tuple[list[Any], list[str]], _failed: bool) -> dict[str, Any]:
    """Return the result of a module that lists items, with warnings."""
    items, warnings = listed
    return {"changed": False, "warnings": warnings, key: items}


def _result(
    work: Callable[[], Done], describe: Callable[[Done, bool], dict[str, Any]]
) -> tuple[dict[str, Any], ArizeError | None]:
    outcome: Any = None
    try:
        outcome = work()
        return describe(outcome, False), None
    except ArizeError as error:
        failure = error
    except Exception as error:
        failure = internal_error(error, outcome_unknown=getattr(outcome, "changed", False))
    if failure.outcome is None:
        return {}, failure
    try:
        return describe(failure.outcome, True), failure
    except Exception as error:
        return {}, internal_error(error, outcome_unknown=failure.changed)


def connect(module: AnsibleModule, pool_size: int = 1) -> Any:
    """Return the API of the module's options and the environment, for at most *pool_size* parallel requests."""
    opened = open_api(module.params, os.environ, pool_size)
    module.no_log_values.update(opened.secrets)
    for warning in opened.warnings:
        module.warn(warning)
    return opened.users
