# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that pages show: ``<!-- include: examples/onboard.yml -->`` above a code block.

The site always shows the file. The copy in the page is for readers in the repository: this command renews it, and the
tests and the site's build refuse one that is out of date.

    python docs/site/includes.py
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1]
INCLUDE = re.compile(
    r"^(?P<head><!-- include: (?P<path>\S+) -->\n+```[\w-]*\n)(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


def included(text: str, folder: Path) -> str:
    """Return the Markdown *text* of a page in *folder* with its included files as they are now."""

    def renew(match: re.Match[str]) -> str:
        shown = (folder / match["path"]).read_text().removeprefix("---\n")
        return f"{match['head']}{shown.rstrip()}\n```"

    return INCLUDE.sub(renew, text)


def main() -> None:
    """Renew what the pages include."""
    for page in sorted(DOCS.rglob("*.md")):
        text = page.read_text()
        if (renewed := included(text, page.parent)) != text:
            page.write_text(renewed)
            sys.stdout.write(f"renewed {page.relative_to(DOCS.parent)}\n")


if __name__ == "__main__":
    main()
