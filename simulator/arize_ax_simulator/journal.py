# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal: requests, mails, and answers that broke the contract."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Any

REMEMBERED = 20_000  # of requests, mails and violations each, the newest


class Journal:
    """A record that forgets only the oldest, cheap enough to be always on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear(everything=True)

    def clear(self, everything: bool = False, requests: bool = True, mails: bool = True) -> None:
        """Forget requests and mails; with everything also the violations, and count from 1 again."""
        with self._lock:
            if requests:
                self._requests: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)
            if mails:
                self._mails: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)
            if everything:
                self._violations: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)
                self._count = 0
                self._start = time.monotonic()

    def open(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Record a request as it arrives, in the order of arrival; its status is None until it is answered."""
        with self._lock:
            self._count += 1
            entry.update(n=self._count, status=None, seconds=None, faults=[], time=self._elapsed())
            self._requests.append(entry)
            return entry

    def close(self, entry: dict[str, Any], status: int | str) -> None:
        """Note how a request ended."""
        entry["seconds"] = round(self._elapsed() - entry["time"], 6)
        entry["status"] = status

    def _elapsed(self) -> float:
        return round(time.monotonic() - self._start, 6)

    def mail(self, mail: tuple[str, str], n: int) -> None:
        """Record a mail (kind, address) that request n sent."""
        kind, to = mail
        with self._lock:
            self._mails.append({"kind": kind, "to": to, "n": n})

    def violation(self, entry: dict[str, Any], error: str) -> None:
        """Record that the simulator itself was wrong."""
        with self._lock:
            self._violations.append({"n": entry["n"], "method": entry["method"], "path": entry["path"], "error": error})

    def requests(self) -> list[dict[str, Any]]:
        """Return the newest requests."""
        with self._lock:
            return [dict(entry) for entry in self._requests]

    def mails(self) -> list[dict[str, Any]]:
        """Return the newest mails."""
        with self._lock:
            return [dict(mail) for mail in self._mails]

    def violations(self) -> list[dict[str, Any]]:
        """Return the simulator's own mistakes; tests assert that there are none."""
        with self._lock:
            return [dict(item) for item in self._violations]
