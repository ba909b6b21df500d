# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Draw dry_run.svg from the output of a dry run of docs/examples/apply_roster.yml: python docs/images/dry_run.py"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

HERE = Path(__file__).resolve().parent
PRINTED = HERE.parent / "examples" / "output" / "apply_roster_dry.txt"
PICTURE = HERE / "dry_run.svg"
TITLE = "A dry run of a roster: three users would be deleted, one renamed, and two created"
WIDTH, LINE, LEFT, TOP = 620, 17, 18, 44
# As Ansible colours them, readable on the dark ground that the picture brings along.
COLOURS = {"+": "#7ee787", "-": "#ff9492", "@": "#79c0ff", "changed": "#f0c674", "$": "#ffffff"}


def colour(line: str) -> str:
    """The colour of a line, or the usual one."""
    return next((value for start, value in COLOURS.items() if line.startswith(start)), "#c9d1d9")


def short(line: str) -> str:
    """A line as the picture shows it: rows of stars and the recap are shorter, spaces are kept."""
    if line.startswith("localhost"):
        line = line.partition(" skipped")[0]
    return re.sub(r"\*{4,}$", "****", line).replace(" ", "\N{NO-BREAK SPACE}")


def draw(text: str) -> str:
    """The picture of a terminal that shows *text*."""
    lines = [short(line) for line in text.splitlines()]
    lines = [line for line, before in zip(lines, ["", *lines], strict=False) if line or before]
    rows = "\n".join(
        f'<text x="{LEFT}" y="{TOP + number * LINE}" fill="{colour(line)}">{escape(line, quote=False)}</text>'
        for number, line in enumerate(lines)
        if line
    )
    height = TOP + len(lines) * LINE + 4
    dots = "".join(
        f'<circle cx="{LEFT + 5 + number * 18}" cy="18" r="5" fill="{fill}"/>'
        for number, fill in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">
<title>{TITLE}</title>
<rect width="{WIDTH}" height="{height}" rx="10" fill="#0d1117" stroke="#30363d"/>
{dots}
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13">
{rows}
</g>
</svg>
"""


if __name__ == "__main__":
    PICTURE.write_text(draw(PRINTED.read_text()))
