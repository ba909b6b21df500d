"""The terms of the glossary in CONTRIBUTING hold in every file, and every block of code fits on a screen."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
import tree

ROOT = Path(__file__).parents[2]
# Words that must not come back, and what to write instead.
REPLACED = {
    "one[-_ ]time[-_ ]passwords?": "temporary password",
    "for ever": "permanently",
    "fore(?:see|saw|tell|told)(?:s|n|ing)?": "predict",
    "rails?": "safeguard",
    "(?:some|no|every)body": "the user, a person, no user, all users",
    "(?:the|a)[_ ]house|house[_ ]rules?": "the architecture, project conventions",
    "wish(?:es)?": "desired user",
    "(?<![_:])blanks?(?!_)": "space, empty",
    "open way in": "valid invitation",
    '"{3}(?:what|who|which)': "a docstring begins with a noun or a verb",
}
WORDS = {re.compile(f"(?<![a-z]){word}(?![a-z])", re.IGNORECASE): term for word, term in REPLACED.items()}
# Texts of others, and this list.
LEFT_AS_THEY_ARE = ("COPYING", "LICENSES/", "CODE_OF_CONDUCT.md", "tests/conventions/test_words.py")
TEXTS = [name for name in tree.sources() if not name.startswith(LEFT_AS_THEY_ARE)]
PAGES = [name for name in TEXTS if re.fullmatch(r"(README|CONTRIBUTING|docs/.*)\.md|plugins/\w+/[a-z]\w+\.py", name)]
# In a page, and the examples of a plugin, which are shown on its page.
BLOCK = re.compile(r"^ *```[\w-]+\n(.*?)^ *```$|^EXAMPLES = r\"{3}(.*?)\"{3}$", re.MULTILINE | re.DOTALL)
# Neither can be broken: the commit of an action, and a line of a drawing.
LONG = re.compile(r"uses: .*@[0-9a-f]{40}|<br>")


def words(name: str) -> list[str]:
    """Return the replaced words in a file and in its name, as messages."""
    try:
        text = (ROOT / name).read_text()
    except UnicodeDecodeError:
        return []
    lines = [(0, name), *enumerate(text.splitlines(), 1)]
    return [
        f"{name}:{number}: {match[0]!r} -> {instead}"
        for number, line in lines
        for word, instead in WORDS.items()
        for match in word.finditer(line)
    ]


def width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


def wide(page: str) -> list[str]:
    """Return the lines of the blocks of a page that are wider than 80 columns."""
    lines = [line for block in BLOCK.finditer((ROOT / page).read_text()) for line in block[0].splitlines()]
    return [line for line in lines if width(line) > 80 and not LONG.search(line)]


def test_no_replaced_word_comes_back() -> None:
    assert [message for name in TEXTS for message in words(name)] == []


@pytest.mark.parametrize("page", PAGES)
def test_a_block_of_code_fits_into_80_columns(page: str) -> None:
    assert wide(page) == []
