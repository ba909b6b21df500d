# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists API keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from .._client.api_keys import ApiKeys
from .._client.users import Users
from .._errors import bad_option
from .._planning.catalog import Catalog
from .._planning.desired_access import read_desired_access
from .._planning.moments import key_marks
from .._planning.options import read_only_one
from .binding import find_user
from .catalog import resolve_one
from .connection import Connect


def list_api_keys(options: Mapping[str, Any], connect: Connect) -> list[dict[str, Any]]:
    """Return the API keys that the *options* of arize_api_key_info select, as results show them, with their ``marks``.

    Raises:
        ArizeError: bad_option, not_found or ambiguous for a name, or a failed request.
    """
    if options["unused_days"] < 0:
        raise bad_option("unused_days must not be negative.")
    selected = read_only_one(options, "email", "user_id", allow_empty=False)
    desired = read_desired_access(options, needs_role=False, needs_resource=False)
    users = connect()
    user_id = find_user(users, selected).id
    if selected and user_id is None:
        return []
    space_id = resolve_one(users.http, Catalog(narrows="space_id"), desired)[0].space_id
    client, now = ApiKeys(users.http), datetime.now(timezone.utc)
    keys = [key._asdict() for key in client.keys(options["key_type"], options["status"], user_id, space_id)]
    left = _creators_who_left(users, client, keys) if options["check_creators"] else set()
    for key in keys:
        key["marks"] = key_marks(key, now, options["unused_days"], key["created_by_user_id"] in left)
    return keys


def _creators_who_left(users: Users, client: ApiKeys, keys: Sequence[Mapping[str, Any]]) -> set[str]:
    """Return the IDs of creators that neither a user nor the bot user of a service key has."""
    missing = {key["created_by_user_id"] for key in keys} - {None}
    for page in users.pages() if missing else ():
        missing -= {user.id for user in page.items}
        if not missing:
            break
    return missing - client.bot_user_ids() if missing else missing
