# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Opens the API as a module's options and the environment describe it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Callable, NamedTuple

from .._client import session
from .._client.connection import resolve
from .._client.redact import secret_forms, url_secrets
from .._client.users import Users

Connect = Callable[[], Users]  # opens the API


class Opened(NamedTuple):
    """The API; ``secrets`` are the forms of the key in which Ansible has to mask it, ``warnings`` whole sentences."""

    users: Users
    secrets: set[str]
    warnings: Sequence[str]


def has_requests() -> bool:
    """Whether the Python library requests can be imported."""
    return session.HAS_REQUESTS


def option_secrets(options: Mapping[str, Any]) -> set[str]:
    """Return the secrets in the option api_url. Such a URL is refused, so they never mask data."""
    return set(url_secrets(options["api_url"] or ""))


def open_api(options: Mapping[str, Any], environment: Mapping[str, str], pool_size: int) -> Opened:
    """Return the API, for at most *pool_size* parallel requests.

    Raises:
        ArizeError: bad_option.
    """
    connection = resolve(options, environment)
    # The password of a proxy is not masked in data: it may be an ordinary word.
    secrets = set(secret_forms(connection.api_key))
    return Opened(Users(session.Http(connection, pool_size)), secrets, connection.warnings)
