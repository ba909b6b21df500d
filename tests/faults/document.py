# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes docs/faults.md from the table that the tests check (`python -m tests.faults.document`); reads promises.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from tests.faults.scenes import ENDPOINTS, SCENES
from tests.faults.table import FAULTS, WORDS, Fault

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE, PROMISES = DOCS / "faults.md", DOCS / "promises.md"
COLUMNS = {
    "read": "looking up, listing",
    "create": "creating, inviting",
    "password": "the same with a one-time password",
    "update": "updating",
    "delete": "deleting",
    "mail": "resending, resetting",
}
HEAD = """\
<!--
Copyright: (c) 2026, the arize.ax contributors
GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
-->

<!-- Made by tests/faults/document.py from the table that the tests check. Change that, not this. -->

# What each module does about each fault

What becomes of a task when the network, a proxy or the service fails it. The tests let every module meet every fault
at every endpoint that it calls, once and for ever, and hold the outcome against this table, which is the very one they
read. How: [What we promise, and how it is tested](promises.md). What to do about an error: [Errors](errors.md).

Whatever happens: no traceback, no key in any output, no second mail and no second user; `changed` is true whenever
something may have changed; and the message says whom it is about and what to check.
"""


def lines() -> Iterator[str]:
    """Yield the page, line by line."""
    yield HEAD
    yield "| in the table | what it means |\n|---|---|"
    for word, meaning in WORDS.items():
        yield f"| {word} | {meaning} |"
    yield '\n"Again" is up to `max_retries` times. A word in `this type` is the `kind` of the error.\n'
    yield "| fault | " + " | ".join(COLUMNS.values()) + " |\n|---" + "|---" * len(COLUMNS) + "|"
    for cells, faults in groupby(FAULTS, _cells):
        yield f"| {'; '.join(fault.name for fault in faults)} | " + " | ".join(cells) + " |"
    yield AFTERWORD
    yield "| endpoint | request | modules |\n|---|---|---|"
    for endpoint, match in ENDPOINTS.items():
        modules = sorted({f"`{scene.module}`" for scene in SCENES if scene.endpoint == endpoint})
        yield f"| {endpoint} | {match['method']} | {', '.join(modules)} |"


def _cells(fault: Fault) -> list[str]:
    cells = [getattr(fault, column).words for column in COLUMNS]
    return cells[:1] + [""] * (len(cells) - 1) if fault.only else cells


AFTERWORD = """
- A list whose cursor repeats, or that shows nobody new for 100 pages in a row, or has more than 10,000 pages (a
  million users), is an `invalid_response`: nothing runs for ever. A body must be complete within ten time-outs, and
  may have 32 MB.
- `arize_user_roster` fails with kind `partial` when a write fails: what the table says stands in that user's `error`,
  and `changed` is true too if another user was changed. A read that fails is the module's own error: nothing was done.
- A creation whose answer is lost, and whose look-up afterwards fails as well, fails with `changed`: the message says
  that it is not known whether it was carried out. Run the task again: it looks first.
- `is_developer` may need an update after the creation. If that fails, `changed` is true: the user is there.
- A `503` with a `Retry-After` is waited for like a `429`; more than `max_retry_wait` is not.

Who calls what:
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
