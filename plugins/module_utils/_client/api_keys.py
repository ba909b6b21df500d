# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The API keys of an account, as far as the collection reads them. Private to arize.ax."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .failures import Request
from .http import Http, Unreadable
from .paging import pages


class ApiKeys:
    """The list of API keys (GET /v2/api-keys)."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def bot_user_ids(self) -> frozenset[str]:
        """Return the IDs of the bot users that active service keys act as.

        Raises:
            ArizeError: a failed request; forbidden without SERVICE_KEY_READ; invalid_response for a service key whose
                bot user is not shown, since nothing tells that user from others.
        """
        query = [("key_type", "SERVICE")]
        request = Request("list the service keys", "GET", "/v2/api-keys", query, needs="SERVICE_KEY_READ")
        return frozenset(bot for page in pages(self._http, request, "api_keys", _bot_user_id) for bot in page.items)


def _bot_user_id(data: Mapping[str, Any]) -> str:
    bot = data.get("bot_user")
    bot_id = bot.get("id") if isinstance(bot, dict) else None
    if not isinstance(bot_id, str) or not bot_id:
        raise Unreadable("the response contains a service key without bot_user.id")
    return bot_id
