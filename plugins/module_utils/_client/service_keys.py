# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls about service keys. A secret is in a response once. A request that may have issued one is never sent again.

Every method raises ArizeError: transport, rate_limited, server, the kind of the response's status, or invalid_response.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timezone
from functools import partial
from typing import Any

from .._access import ServiceKey
from .._errors import ArizeError
from .._models import NEW, Created
from .api_keys import API_KEYS, SERVICE_KEY_READ, read_api_key
from .deletion import delete
from .failures import Request, RequestError
from .paging import pages
from .reading import item_path, lower, text
from .session import Http, Response, Unreadable

_ACTIVE = [("key_type", "SERVICE"), ("status", "ACTIVE")]
_CREATE = "SERVICE_KEY_CREATE in the spaces"


class ServiceKeys:
    """The service keys of an account."""

    def __init__(self, http: Http) -> None:
        self.http = http

    def active(self) -> tuple[list[ServiceKey], datetime | None]:
        """Return the active service keys (GET /v2/api-keys), and the time by the server's clock if it is readable."""
        keys: dict[str, ServiceKey] = {}
        date = None
        request = Request("list the service keys", "GET", API_KEYS, _ACTIVE, needs=SERVICE_KEY_READ)
        for page in pages(self.http, request, "api_keys", read_service_key):
            keys.update({key.id: key for key in page.items})
            date = page.date
        return list(keys.values()), None if date is None else datetime.fromtimestamp(date, timezone.utc)

    def create(self, fields: Mapping[str, Any], known: Collection[str]) -> Created[ServiceKey]:
        """Create a service key (POST /v2/api-keys) with *fields* as its body.

        Args:
            fields: the body.
            known: the IDs of the keys that existed before.

        Raises:
            ArizeError: key_lost if a key may exist whose secret did not arrive.
        """
        return _KeyCreation(self, fields, known).run()

    def refresh(self, key: ServiceKey, fields: Mapping[str, Any]) -> Created[ServiceKey]:
        """Give *key* a new secret (POST /v2/api-keys/{api_key_id}/refresh). A lost response is never followed by another.

        Raises:
            ArizeError: key_lost if the secret may have been issued and did not arrive.
        """
        path = item_path(API_KEYS, key.id) + "/refresh"
        operation = f"rotate the service key {key.label}"
        request = Request(operation, "POST", path, body=dict(fields), needs="SERVICE_KEY_CREATE, as a space admin")
        try:
            return self.http.call(request, partial(self.issued, key))
        except ArizeError as error:
            if not error.outcome_unknown:
                raise
            seconds = fields["grace_period_seconds"]
            told = (
                f"{error.message} If a new secret was issued, it is lost, and the old one is valid for {seconds} seconds from"
                " now. Run the task once with rotate_after_days: 0."
            )
            raise _lost(told, error) from None

    def revoke(self, key: ServiceKey) -> None:
        """Revoke *key* permanently (PUT /v2/api-keys/{api_key_id}/revoke)."""
        path, needs = item_path(API_KEYS, key.id) + "/revoke", "SERVICE_KEY_REVOKE in the spaces"
        request = Request(f"revoke the service key {key.label}", "PUT", path, needs=needs)
        delete(self.http, request, lambda: any(other.id == key.id for other in self.active()[0]))

    def issued(self, refreshed: ServiceKey | None, response: Response) -> Created[ServiceKey]:
        """Return the key of a response, and its secret as ``key``; a *refreshed* key stays what it was.

        No secret is lost because the response omits other fields.

        Raises:
            Unreadable: the response shows no secret, or that of another key.
        """
        data = response.json_object()
        secret = data.get("key")
        if not isinstance(secret, str) or not secret:
            raise Unreadable("the response has no key")
        self.http.redactor.add(secret)
        key = read_api_key(data)
        if refreshed:
            if key.id not in (None, refreshed.id):
                raise Unreadable("the response is about another key")
            key = key._replace(id=refreshed.id, bot_user=refreshed.key.bot_user)  # a refresh shows no bot user
        return Created(ServiceKey(key, None), NEW, {"key": secret})


class _KeyCreation:
    """The creation of a service key. Names are not unique, so no look-up tells whose key a new one is."""

    def __init__(self, keys: ServiceKeys, fields: Mapping[str, Any], known: Collection[str]) -> None:
        self._name: str = fields["name"]
        self._keys = keys
        self._known = known
        self._candidates: list[str] = []
        self._lost = False
        operation = f"create the service key {self._name}"
        self._request = Request(operation, "POST", API_KEYS, body=dict(fields), needs=_CREATE)

    def run(self) -> Created[ServiceKey]:
        """Send the request until a secret arrives, or one may be lost.

        Raises:
            ArizeError: key_lost, whatever failed, once a response was lost; else the failure.
        """
        try:
            return self._keys.http.call(self._request, partial(self._keys.issued, None), self._resolve_failure)
        except ArizeError as error:
            if not self._lost:
                raise
            raise _lost(f"{error.message} {self._remedy()}", error) from None

    def _resolve_failure(self, error: RequestError) -> None:
        """Let a lost request be sent again only while no new key of the name is listed."""
        if not error.outcome_unknown:
            return
        self._lost = True
        try:
            same = [key.id for key in self._keys.active()[0] if key.key.name == self._name]
        except ArizeError as second:
            error.message += f" The look-up afterwards failed too ({second.message.rstrip('.')})."
            raise error from None
        self._candidates = [key_id for key_id in same if key_id not in self._known]
        if self._candidates:
            raise error

    def _remedy(self) -> str:
        which = f"the key {' or '.join(self._candidates)}" if self._candidates else f"a key named {self._name}"
        return (
            f"If this run has created {which}, the secret is lost. No key was revoked, because another run may have"
            " created it. Revoke it with state: absent and key_id, and run the task again."
        )


def read_service_key(data: Mapping[str, Any]) -> ServiceKey:
    """Return the API's *data* as a ServiceKey.

    Raises:
        Unreadable: it has no ID.
    """
    key = read_api_key(data)
    if not key.id:
        raise Unreadable("the response contains a service key without id")
    bot = data.get("bot_user")
    organizations = bot.get("organizations") if isinstance(bot, dict) else None
    if not isinstance(organizations, list) or not organizations:
        return ServiceKey(key, None)
    listed = (item.get("spaces") for item in organizations if isinstance(item, dict))
    spaces = [space for group in listed if isinstance(group, list) for space in group if isinstance(space, dict)]
    return ServiceKey(key, {text(space.get("space_id")) or "": _role(space.get("role")) for space in spaces})


def _role(data: Any) -> str | None:
    """Return the name of a predefined role in lower case, or the ID of a custom one; None if it is not readable."""
    if not isinstance(data, dict):
        return None
    return text(data.get("id")) if lower(data.get("type")) == "custom" else lower(data.get("name"))


def _lost(message: str, error: ArizeError) -> ArizeError:
    return ArizeError("key_lost", message, outcome_unknown=True, **error.facts())
