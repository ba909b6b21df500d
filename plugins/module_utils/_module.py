# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Argument specs, building the client, and the only place that exits or fails. Private to arize.ax.

Nothing below this file knows AnsibleModule.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import partial
from typing import Any, Callable, Optional

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible_collections.arize.ax.plugins.module_utils import _http
from ansible_collections.arize.ax.plugins.module_utils._apply import Outcome, carry_out, foresee
from ansible_collections.arize.ax.plugins.module_utils._connection import resolve, url_secrets
from ansible_collections.arize.ax.plugins.module_utils._desired import (
    ROLES,
    Desired,
    read_desired,
    read_only_one,
    refuse_open_passwords,
    roster_entry,
)
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError, one_line
from ansible_collections.arize.ax.plugins.module_utils._plan import Plan
from ansible_collections.arize.ax.plugins.module_utils._users import User, Users

Planner = Callable[[Desired, Optional[User]], Plan]
# Versions of ansible-core that take any list named results for that of a loop: no_log hides only its marked entries.
_SHOWS_RESULTS = ("2.19.", "2.20.")


def connection_options() -> dict[str, Any]:
    """Return the argument spec of the connection. _connection reads the variables: a fallback would hide them."""
    return {
        "api_key": {"type": "str", "no_log": True},
        "api_url": {"type": "str"},
        "region": {"type": "str"},
        "base_domain": {"type": "str"},
        "validate_certs": {"type": "bool"},
        "ca_path": {"type": "path"},
        "proxy_url": {"type": "str", "no_log": True},  # it may hold a password
        "timeout": {"type": "float", "default": 30.0},
        "max_retries": {"type": "int", "default": 5},
        "max_retry_wait": {"type": "float", "default": 60.0},
    }


def identity_options() -> dict[str, Any]:
    """Return the argument spec that names one user."""
    return {"email": {"type": "str"}, "user_id": {"type": "str"}}


def profile_options(*invite_modes: str) -> dict[str, Any]:
    """Return the argument spec of what a user is created with."""
    return {
        "name": {"type": "str"},
        "role": {"type": "str", "choices": list(ROLES)},
        "custom_role_id": {"type": "str"},
        "invite_mode": {"type": "str", "default": "email_link", "choices": list(invite_modes)},
    }


def run(module: AnsibleModule, work: Callable[[dict[str, Any]], None]) -> None:
    """Exit with the result that *work* fills; where it raises an ArizeError, fail with what it filled until then."""
    if not _http.HAS_REQUESTS:
        module.fail_json(msg=missing_required_lib("requests"))
    # A password in api_url is refused, but the options are shown all the same.
    module.no_log_values.update(url_secrets(module.params["api_url"] or ""))
    result: dict[str, Any] = {"changed": False}
    failure = None
    try:
        work(result)
    except ArizeError as error:
        failure = error  # not reported from here: newer versions of ansible-core would add the traceback
    for warning in result.pop("warnings", ()):
        module.warn(one_line(warning))
    if module.no_log and module.ansible_version.startswith(_SHOWS_RESULTS):
        _hide(result.get("results", ()))
    if failure:
        result["changed"] = result["changed"] or failure.maybe_done
        module.fail_json(msg=failure.message, error=failure.as_result(), **result)
    module.exit_json(**result)


def _hide(entries: Iterable[dict[str, Any]]) -> None:
    """Mark the entries of ``results`` as not to be shown; Ansible drops the mark from what a playbook registers."""
    for entry in entries:
        entry["_ansible_no_log"] = True


def connect(module: AnsibleModule, pool_size: int = 1) -> Users:
    """Return the users API as the module's options and the environment describe it."""
    http = _http.Http(resolve(module.params, os.environ), pool_size)
    module.no_log_values.update(http.secrets)
    return Users(http)


def converge_user(module: AnsibleModule, planner: Planner, keys: list[str]) -> None:
    """Bring one user to what the options want, and exit.

    Args:
        module: with identity options, and those that *planner* needs.
        planner: desired and existing user -> Plan.
        keys: the attributes of the outcome that the module returns.
    """

    def work(result: dict[str, Any]) -> None:
        desired = read_desired(module.params)
        if module.params.get("state") != "absent":
            refuse_open_passwords([desired], module.no_log)
        users = connect(module)
        existing = users.look_up(desired.email, desired.user_id)
        outcome = Outcome(Plan(existing, None))
        try:
            plan = planner(desired, existing)
            outcome = foresee(plan) if module.check_mode else Outcome(plan)
            if not module.check_mode:
                carry_out(users, plan, partial(planner, desired), outcome)
        finally:
            result.update(_report(outcome, keys))
        result["diff"] = {"before": outcome.before or {}, "after": outcome.user or {}}

    run(module, work)


def list_users(module: AnsibleModule) -> None:
    """Exit with the users that the options select."""

    def work(result: dict[str, Any]) -> None:
        given = read_only_one(module.params, "email", "user_id", "email_contains")
        users, statuses = connect(module), module.params["status"]
        if "email" in given or "user_id" in given:
            user = users.look_up(given.get("email"), given.get("user_id"))
            found = [user] if user else []
        else:
            pages = users.pages(given.get("email_contains"), statuses)
            # Where the list changes while it is read, somebody may stand on two pages.
            found = list({user.id: user for page in pages for user in page.users}.values())
        found = [user for user in found if not statuses or user.status in statuses]
        result.update(users=[user.as_result() for user in found], roster=[roster_entry(user) for user in found])

    run(module, work)


def _report(outcome: Outcome, keys: list[str]) -> dict[str, Any]:
    result = {"changed": outcome.changed, "warnings": outcome.warnings, **{key: getattr(outcome, key) for key in keys}}
    if outcome.temporary_password:
        result["temporary_password"] = outcome.temporary_password
    return result
