# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The API keys of an account, as far as the collection reads them. Private to arize.ax."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .failures import Request
from .http import Http
from .paging import pages


class ApiKeys:
    """The list of API keys (GET /v2/api-keys)."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def bot_user_ids(self) -> frozenset[str]:
        """Return the IDs of the bot users that active service keys act as.

        Raises:
            ArizeError: a failed request; forbidden without SERVICE_KEY_READ.
        """
        query = [("key_type", "SERVICE")]
        request = Request("list the service keys", "GET", "/v2/api-keys", query, needs="SERVICE_KEY_READ")
        ids = [bot for page in pages(self._http, request, "api_keys", _bot_user_id) for bot in page.items]
        return frozenset(bot for bot in ids if bot)


def _bot_user_id(data: Mapping[str, Any]) -> str | None:
    bot = data.get("bot_user")
    bot_id = bot.get("id") if isinstance(bot, dict) else None
    return bot_id if isinstance(bot_id, str) else None
