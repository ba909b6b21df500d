# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The API keys of an account, as far as the collection reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable, TypeVar

from .._access import ApiKey
from .failures import Request
from .paging import pages
from .reading import lower, text
from .session import Http, Unreadable
from .users import read_account_role

API_KEYS, SERVICE_KEY_READ = "/v2/api-keys", "SERVICE_KEY_READ"
_OTHERS_KEYS = "an owner with the account role admin to list the keys of another user"

Item = TypeVar("Item")


class ApiKeys:
    """The list of API keys (GET /v2/api-keys)."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def keys(
        self,
        key_type: str | None = None,
        status: str | None = None,
        user_id: str | None = None,
        space_id: str | None = None,
    ) -> list[ApiKey]:
        """Return the keys that the caller may see, without the keys themselves.

        Args:
            key_type: user or service; None leaves it to the service: service keys with ``space_id``, else user keys.
            status: active or revoked; None leaves it to the service: active.
            user_id: the owner or creator.
            space_id: only service keys of this space.

        Raises:
            ArizeError: a failed request; forbidden, or not_found for an unknown user or space.
        """
        filters = {"status": status and status.upper(), "user_id": user_id, "space_id": space_id}
        return self._list(read_api_key, key_type and key_type.upper(), **filters)

    def bot_user_ids(self) -> frozenset[str]:
        """Return the IDs of the bot users that active service keys act as.

        Raises:
            ArizeError: a failed request; forbidden without SERVICE_KEY_READ; invalid_response for a service key whose
                bot user is not shown, since nothing tells that user from others.
        """
        return frozenset(self._list(_bot_user_id, "SERVICE"))

    def _list(
        self, read: Callable[[Mapping[str, Any]], Item], key_type: str | None, **filters: str | None
    ) -> list[Item]:
        query = [(name, value) for name, value in {"key_type": key_type, **filters}.items() if value]
        service = key_type == "SERVICE" or bool(filters.get("space_id"))
        operation = f"list the {'service' if service else 'API'} keys"
        needs = SERVICE_KEY_READ if service else _OTHERS_KEYS
        request = Request(operation, "GET", API_KEYS, query, needs=needs)
        return [item for page in pages(self._http, request, "api_keys", read) for item in page.items]


def read_api_key(data: Mapping[str, Any]) -> ApiKey:
    """Return the API's *data* as an ApiKey. Only the fields named here are read: never a key."""
    bot = data.get("bot_user")
    return ApiKey(
        id=text(data.get("id")),
        name=text(data.get("name")),
        description=text(data.get("description")) or None,
        key_type=lower(data.get("key_type")),
        status=lower(data.get("status")),
        redacted_key=text(data.get("redacted_key")),
        created_at=text(data.get("created_at")),
        expires_at=_moment(data.get("expires_at")),
        created_by_user_id=text(data.get("created_by_user_id")),
        last_used_at=_moment(data.get("last_used_at")),
        bot_user=_read_bot(bot) if isinstance(bot, dict) else None,
    )


def _moment(value: Any) -> str | None:
    """Return a time as text. Other values are kept as text: null would mean that the key never expires."""
    return text(value) if value is None or isinstance(value, str) else str(value)


def _read_bot(data: Mapping[str, Any]) -> dict[str, Any]:
    account_role, _custom_role_id, _custom_role_name = read_account_role(data.get("account_role"))
    return {"id": text(data.get("id")), "name": text(data.get("name")) or None, "account_role": account_role}


def _bot_user_id(data: Mapping[str, Any]) -> str:
    bot = data.get("bot_user")
    bot_id = bot.get("id") if isinstance(bot, dict) else None
    if not isinstance(bot_id, str) or not bot_id:
        raise Unreadable("the response contains a service key without bot_user.id")
    return bot_id
