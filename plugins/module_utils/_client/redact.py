# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets out of text. It is applied to messages only, never to data: a proxy's password may be an ordinary word."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, unquote, urlsplit

from .._text import one_line

MASK = "********"


class Redactor:
    """Makes text from outside fit for a message.

    Args:
        api_key: the key, which is removed in every form that it is sent or may be repeated in.
        urls: addresses of proxies, whose passwords are removed likewise.
    """

    def __init__(self, api_key: str, urls: Iterable[str]) -> None:
        plain = {api_key, "Bearer " + api_key}.union(*map(url_secrets, urls))
        self._secrets = sorted(set().union(*map(secret_forms, plain)), key=len, reverse=True)

    def add(self, secret: str) -> None:
        """Remove *secret* from every later text too."""
        self._secrets.append(secret)

    def clean(self, text: str, limit: int) -> str:
        """Return *text* on one line, without secrets, at most *limit* characters."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        text = one_line(text)
        return text if len(text) <= limit else text[: limit - 1] + "…"


def url_secrets(url: str) -> frozenset[str]:
    """Return the password in *url*, as written, decoded, and with its user as in a Basic header."""
    try:
        parts = urlsplit(url)
        user, password = parts.username or "", parts.password
    except ValueError:
        password = None
    if not password:
        return frozenset()
    return frozenset((password, unquote(password), f"{unquote(user)}:{unquote(password)}"))


def secret_forms(secret: str) -> set[str]:
    """Return *secret* as it is, percent-encoded, JSON-escaped and in base64."""
    quoted = quote(secret, safe="")
    lower = re.sub("%..", lambda code: code.group().lower(), quoted)
    return {secret, quoted, lower, json.dumps(secret)[1:-1], base64.b64encode(secret.encode()).decode()}
