"""Writes docs/faults.md from the table that the tests check (`python -m tests.faults.document`); reads promises.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from tests.faults.scenes import ACCESS_SCENES, ENDPOINTS, SCENES
from tests.faults.table import FAULTS, WORDS, Fault
from tests.unit.support.shapes import SHAPES

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE, PROMISES = DOCS / "faults.md", DOCS / "promises.md"
SECTIONS = {
    "read": "Look-ups and lists",
    "create": "Creations and invitations",
    "password": "Creations and invitations with a temporary password",
    "update": "Updates",
    "delete": "Deletions",
    "mail": "Resent invitations and password resets",
}
HEAD = """\
<!--
Copyright: (c) 2026, the arize.ax contributors
GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
-->

<!-- Made by tests/faults/document.py from the table that the tests check. Change that, not this. -->

# What each module does about each fault

How a task ends when the network, a proxy or the service fails. The tests run every module against every fault at every
endpoint that it calls, once and on every attempt, and compare the outcome with these tables, which are made from the
table that the tests read. How: [Guarantees](promises.md). What to do about an error:
[Errors](errors.md).

In every case: no traceback, no key in any output, no second mail and no second user; `changed` is true whenever
something may have changed; and the message names the user and says what to check. A second fault during a retry or a
look-up changes none of this: the tests run every fault after every other one, too.
"""


def lines() -> Iterator[str]:
    """Yield the page, line by line."""
    yield HEAD
    yield "| in the tables | meaning |\n|---|---|"
    for word, meaning in WORDS.items():
        yield f"| {word} | {meaning} |"
    everywhere = [fault for fault in FAULTS if not fault.only and len(_outcomes(fault)) == 1]
    yield from _section("Every request", everywhere, "read")
    for column, title in SECTIONS.items():
        faults = [fault for fault in FAULTS if fault not in everywhere and (column == "read" or not fault.only)]
        yield from _section(title, faults, column)
    yield SHAPES_HEAD
    for shape in SHAPES:
        yield f"| {shape.name} | {shape.longest} | `{shape.kind}` |"
    yield AFTERWORD
    yield "| endpoint | request | modules |\n|---|---|---|"
    for endpoint, match in ENDPOINTS.items():
        modules = sorted({f"`{scene.module}`" for scene in [*SCENES, *ACCESS_SCENES] if scene.endpoint == endpoint})
        yield f"| {endpoint} | {match['method']} | {', '.join(modules)} |"


def _section(title: str, faults: list[Fault], column: str) -> Iterator[str]:
    """Yield a table of outcomes, each with the faults that lead to it."""
    yield f"\n## {title}\n\n| outcome | faults |\n|---|---|"

    def words(fault: Fault) -> str:
        return str(getattr(fault, column).words)

    order = {word: number for number, word in enumerate(dict.fromkeys(map(words, faults)))}
    for outcome, alike in groupby(sorted(faults, key=lambda fault: order[words(fault)]), words):
        yield f"| {outcome} | {'; '.join(fault.name for fault in alike)} |"


def _outcomes(fault: Fault) -> set[str]:
    return {getattr(fault, column).words for column in SECTIONS}


SHAPES_HEAD = """
## Slow and strange responses

Each attempt ends in time, whatever the shape of the response: at most ten time-outs (option `timeout`) from the connection,
the TLS handshake and a proxy's answer included, to the last byte. Connecting takes at most one time-out for each address
of the host; name resolution has no limit. The tests send each of these from a raw socket, byte by byte. Retries follow as
in the tables above. An error status keeps its kind if its body is late or broken; `title` and `detail` are then null.

| response | longest time | kind |
|---|---|---|"""
AFTERWORD = """
## In particular

- The module waits before each retry: 0.5 s, doubled with each attempt, less up to half by chance, or longer if a 429 or
  503 asks for it with `Retry-After`. A wait above `max_retry_wait` is not slept: the task fails.
- A list whose cursor repeats, or that has more than 10,000 pages (a million users), is an `invalid_response`. A
  response is accepted with one content coding (gzip) at most, and 32 MB once decoded.
- A list that is answered 404 is an `invalid_response`: a gateway answers so to a path that it does not know. Only a list
  that is filtered by a user, an organization or a space may say that this does not exist, and only if the same list
  without the filter can be read.
- After a DELETE that is answered 404, or by an empty 200, a list decides. If the item is still listed, the task fails with
  `invalid_response` (`forbidden` for a role binding).
- `arize_user_roster` fails with kind `partial` when a write fails: the outcome of the table is in that user's `error`,
  and `changed` is true too if another user was changed. A read that fails is the module's own error: nothing was done.
  If the service keys may not be listed (403), a warning says so, and the roster is applied.
- Once the response to a creation was lost, each later failure is *changed*, a 409 that no look-up explains included: the
  message says that it is not known whether it was carried out, and that the item may be this run's own. Run the task
  again: a look-up comes first.
- `is_developer` may need an update after the creation. If that fails, `changed` is true: the user exists.

Which modules call which endpoint:
"""


def page() -> str:
    """Return the whole page."""
    return "\n".join(lines()) + "\n"


def promised() -> dict[str, int]:
    """Return how much docs/promises.md says is tried at least, by what is counted."""
    rows = re.findall(r"^\| ([A-Z][^|]*) \| ([0-9,]+) \|$", PROMISES.read_text(), re.MULTILINE)
    return {what: int(count.replace(",", "")) for what, count in rows}


if __name__ == "__main__":
    PAGE.write_text(page())
