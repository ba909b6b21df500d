# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists API keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable

from .._client.api_keys import ApiKeys
from .._client.users import Users
from .._models import ApiKey
from .._planning.catalog import Catalog
from .._planning.desired import read_desired_access
from .._planning.options import read_only_one
from .binding import find_user
from .catalog import resolve_one


def list_api_keys(options: Mapping[str, Any], connect: Callable[[], Users]) -> list[ApiKey]:
    """Return the API keys that the *options* of arize_api_key_info select, never the keys themselves.

    Raises:
        ArizeError: bad_option, not_found or ambiguous for a name, or a failed request.
    """
    selected = read_only_one(options, "email", "user_id", allow_empty=False)
    desired = read_desired_access(options, needs_role=False, needs_resource=False)
    users = connect()
    user_id = find_user(users, selected).id
    if selected and user_id is None:
        return []
    space_id = resolve_one(users.http, Catalog(narrows="space_id"), desired)[0].space_id
    return ApiKeys(users.http).keys(options["key_type"], options["status"], user_id, space_id)
