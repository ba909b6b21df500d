# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users who are never deleted, and addresses that look alike. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from .._errors import ArizeError, bad_option
from .._models import User
from .._text import named
from .options import check_email

# A pattern holds the characters of an address, with *, ? and [...] of the shell, and no dot where no address has one.
# With a slash, or with ^ and $ around, it would be a regular expression.
_SET = r"\[[\w.!+-]+\]"
_PATTERN = re.compile(rf"(?!\.|.*(?:\.\.|\.@|@\.))(?:[\w.!#$%&'+=^~*?-]|{_SET})+@(?:[\w.*?-]|{_SET})+")
# The rest of the Turkish capital İ after case folding, and the invisible characters that IDNA drops.
_DROPPED = re.compile("[\u0307\u00ad\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff]")


class Protection:
    """The option ``protected``: addresses and shell patterns, in lower case. They cover addresses that look alike too.

    Attributes:
        addresses: as given, by their folded form.
        patterns: folded, by what is given.
    """

    def __init__(self, addresses: Sequence[str], patterns: Sequence[str]) -> None:
        self.addresses = {fold_address(address): address for address in addresses}
        self.patterns = {pattern: fold_address(pattern) for pattern in patterns}

    @staticmethod
    def read(entries: Sequence[Any]) -> Protection:
        """Return the protection that *entries* ask for.

        Raises:
            ArizeError: bad_option for the first entry that is neither an address nor a pattern for addresses.
        """
        addresses, patterns = [], []
        for index, entry in enumerate(entries):
            text = entry.strip().lower() if isinstance(entry, str) else ""
            if _is_address(text):
                addresses.append(text)
            elif _PATTERN.fullmatch(text) and re.search(r"[*?[]", text):
                patterns.append(text)
            else:
                raise bad_option(
                    f"protected[{index}] is neither an email address nor a shell pattern for addresses such as"
                    f" *@example.com: {str(entry)[:80]!r}. No changes were made. Give each address as an entry of its own."
                )
        return Protection(addresses, patterns)

    def covers(self, user: User) -> bool:
        """Whether the user is protected."""
        return fold_address(user.key) in self.addresses or any(self._fits(user, pattern) for pattern in self.patterns)

    def unmatched(self, users: Iterable[User]) -> list[str]:
        """Return the addresses that no user of the account has."""
        seen = {fold_address(user.key) for user in users}
        return [address for folded, address in self.addresses.items() if folded not in seen]

    def misspelt(self, users: Iterable[User]) -> ArizeError | None:
        """Return the refusal of addresses that no user of the account has: a misspelt one protects no user."""
        unmatched = self.unmatched(users)
        if not unmatched:
            return None
        return bad_option(
            f"No changes were made: no user of the account has the protected address {named(unmatched)}."
            " Correct it, or remove it from protected."
        )

    def warnings(self, users: Sequence[User]) -> tuple[str, ...]:
        """Return a warning for each pattern that fits no user of the account."""
        idle = [pattern for pattern in self.patterns if not any(self._fits(user, pattern) for user in users)]
        return tuple(f"The protected pattern {pattern} matches no user of the account." for pattern in idle)

    def _fits(self, user: User, pattern: str) -> bool:
        return fnmatchcase(user.key, pattern) or fnmatchcase(fold_address(user.key), self.patterns[pattern])


@cache  # a large account is compared with each pattern
def fold_address(address: str) -> str:
    """Return *address* as it looks to a reader: two that are equal then are most likely one and the same.

    It applies NFKC, case folding and IDNA, and drops a trailing dot.
    """
    local, _at, domain = _fold(address).rpartition("@")
    labels = [_from_punycode(label) for label in domain.rstrip(".").split(".")]
    return f"{local}@{_fold('.'.join(labels))}"


@cache
def fold_widely(address: str) -> str:
    """Return *address* folded, without characters that people and spreadsheets leave at the ends of its parts.

    These are the characters that are neither letter, mark nor digit: ``'ada@x.io``. A part that would become empty stays.
    """
    local, _at, domain = fold_address(address).rpartition("@")
    return "@".join((_trimmed(local), ".".join(map(_trimmed, domain.split(".")))))


def _trimmed(part: str) -> str:
    kept = [place for place, character in enumerate(part) if unicodedata.category(character)[0] in "LMN"]
    return part[kept[0] : kept[-1] + 1] if kept else part


def _fold(text: str) -> str:
    folded = _DROPPED.sub("", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFKC", folded).replace("\u3002", ".")  # the full stop of CJK, which IDNA takes


def _from_punycode(label: str) -> str:
    try:
        return label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label
    except ValueError:
        return label


def _is_address(text: str) -> bool:
    try:
        check_email(text)
    except ArizeError:
        return False
    return not re.search(r"[?*[/]", text)
