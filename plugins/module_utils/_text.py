# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules about texts, wherever they come from: options, variables, YAML and CSV alike. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

# In any case. The same words as in Ansible.
BOOLEANS = {
    **dict.fromkeys(("true", "yes", "on", "1", "y", "t"), True),
    **dict.fromkeys(("false", "no", "off", "0", "n", "f"), False),
}
EACH_BOOLEAN = ", ".join(BOOLEANS)
# Control characters, line breaks, direction marks, lone surrogates: they could forge a line, or turn one.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")
MAX_NAMES_IN_MESSAGE = 10
_CLOSE = 0.7  # no suggestion is better than a far one
_MAX_DIFFERENCES = 3
_NUMBERS = ("no", "one", "two", "three", "four")


def one_line(text: str) -> str:
    """Return *text* on one line without unprintable characters, whatever the server or a task has put into it."""
    return " ".join(UNPRINTABLE.sub(" ", text).split())


def escaped(text: str) -> str:
    """Return *text* as it is if all of it is printable, else in ASCII with escapes."""
    return text if text.isprintable() else ascii(text)[1:-1]


def quoted(text: str, limit: int = 80) -> str:
    """Return *text* in quotation marks, short and printable."""
    text = escaped(text)
    return f'"{text}"' if len(text) <= limit else f'"{text[: limit - 1]}…"'


def comparable(text: str | None) -> str:
    """Return a description as it is compared: servers may trim it, compose its characters, or change its line ends."""
    return unicodedata.normalize("NFC", text or "").replace("\r\n", "\n").replace("\r", "\n").strip()


def named(texts: Sequence[str], limit: int = MAX_NAMES_IN_MESSAGE) -> str:
    """Join the first of *texts*, and append the number of the others."""
    return ", ".join(texts[:limit]) + (f" and {len(texts) - limit} more" if len(texts) > limit else "")


def number_of(number: int, one: str) -> str:
    """Return a number with its noun: 1 user, 2 users."""
    return f"{number} {one}{'' if number == 1 else 's'}"


def sentences(texts: Sequence[str], total: int = 0) -> str:
    """Join the first of some sentences, and append the number of the others, of *total* if it is given."""
    left_out = max(total, len(texts)) - MAX_NAMES_IN_MESSAGE
    return " ".join(texts[:MAX_NAMES_IN_MESSAGE]) + (f" (And {left_out} more.)" if left_out > 0 else "")


def nearest(text: str, known: Iterable[str]) -> str | None:
    """Return the one of *known* that is most like *text*, in any case and spelling; None if none is close."""
    from difflib import get_close_matches  # noqa: PLC0415 (most tasks need no suggestion)

    by_key: dict[str, str] = {}
    for other in known:
        by_key.setdefault(_folded(other), other)
    close = get_close_matches(_folded(text), by_key, n=1, cutoff=_CLOSE)
    return by_key[close[0]] if close else None


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """Return a sentence that suggests one of *known*, with a space before it; empty if none is close.

    Where the two look alike, another sentence says how they differ.
    """
    near = nearest(text, known)
    return f" Did you mean {near}?{_difference(text, near)}" if near else ""


def _folded(text: str) -> str:
    """Return *text* as a reader sees it: without case, composition, invisible characters and repeated spaces."""
    visible = (one for one in unicodedata.normalize("NFKC", text) if unicodedata.category(one) != "Cf")
    return " ".join("".join(visible).casefold().split())


def _difference(text: str, other: str) -> str:
    """Return how two texts differ that look alike: in spaces, or in characters beyond ASCII."""
    from difflib import SequenceMatcher  # noqa: PLC0415

    given, existing = (re.findall(" +|.", one, re.DOTALL) for one in (text, other))
    codes = SequenceMatcher(None, given, existing, autojunk=False).get_opcodes()
    pairs = [(given[i:j], existing[k:m]) for how, i, j, k, m in codes if how != "equal"]
    if not pairs or not all(any(side and all(map(_is_easily_missed, side)) for side in pair) for pair in pairs):
        return ""
    told = [" where the existing one has ".join(map(_described, pair)) for pair in pairs]
    return f" The given name has {'; '.join(told[:_MAX_DIFFERENCES])}."


def _is_easily_missed(part: str) -> bool:
    return part.isspace() or not part.isascii()


def _described(parts: Sequence[str]) -> str:
    """Return a text in code points: ``U+0065 U+0301``, or ``two space characters``."""
    return " ".join(map(_code_point, parts)) or "nothing"


def _code_point(part: str) -> str:
    if part[0] != " ":
        return f"U+{ord(part):04X}"
    number = _NUMBERS[len(part)] if len(part) < len(_NUMBERS) else str(len(part))
    return f"{number} space character{'s' if len(part) > 1 else ''}"
