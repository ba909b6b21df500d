# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports: templates to texts, and texts to files.

Jinja2 renders the templates without Ansible, which wraps each call of a filter. Nothing in the facts is a template.
"""

from __future__ import annotations

import contextlib
import functools
import html
import os
import re
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from ._texts import printable

TEMPLATES = Path(__file__).resolve().parents[2] / "playbooks" / "templates"
_NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_MARKUP = re.compile(r"([\\`*_\[\]|~$])")
# GitHub and others make links of these, and mentions and references even of escaped ones: a space without width ends that.
_LINK = re.compile(r"(?i:(?<=\bwww))\.|:(?=//)")
# A mention follows what is no letter of ASCII; a reference may follow the name of a repository.
_REFERENCE = re.compile(r"(?:(?<![A-Za-z0-9_])@|#)(?=\w)")


@functools.lru_cache(maxsize=1 << 16, typed=True)
def as_html(value: object) -> Markup:
    """Return *value* escaped, and isolated: a name written from right to left turns no text around it."""
    return Markup("<bdi>%s</bdi>") % _NO_TEXT.sub("�", str(value))


@functools.lru_cache(maxsize=1 << 16, typed=True)
def as_markdown(value: object) -> str:
    """Return *value* escaped: it cannot be markup, a link or a mention, and cannot end a cell of a table."""
    text = html.escape(printable(value), quote=False)
    return _REFERENCE.sub(r"\g<0>&#8203;", _LINK.sub(r"\\\g<0>", _MARKUP.sub(r"\\\1", text)))


def render(template: str, facts: Mapping[str, Any]) -> str:
    """Return the text of a template of the playbooks, where *facts* are ``it``."""
    return _environment().get_template(template).render(it=facts).rstrip() + "\n"


@functools.lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        trim_blocks=True,
        undefined=StrictUndefined,
        autoescape=select_autoescape(("html.j2",), default=False),
    )
    environment.filters.update(line=printable, markdown=as_markdown, html=as_html)
    return environment


def write_texts(folder: str, texts: Mapping[str, str]) -> None:
    """Write *texts* by file name into *folder*, which is created if needed.

    Raises:
        OSError: a file cannot be written.
    """
    Path(folder).mkdir(mode=0o750, parents=True, exist_ok=True)
    for name, text in texts.items():
        write_text(os.path.join(folder, name), text, 0o640)


def write_text(path: str, text: str, mode: int | None = None) -> None:
    """Write *text* to a file, all of it or nothing. Its name in between is new: no link leads to another file.

    Args:
        path: the file. Without *mode* it keeps the mode and the owner that it has.
        text: the content.
        mode: the mode of the file, of which nothing else is kept.

    Raises:
        OSError: the file cannot be written.
    """
    number, written = tempfile.mkstemp(prefix=".arize-", dir=os.path.dirname(path))
    try:
        with open(number, "w", encoding="utf-8", errors="replace", newline="") as file:
            file.write(text)
            os.fchmod(number, _like_before(number, path) if mode is None else mode)
        os.replace(written, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(written)
        raise


def _like_before(number: int, path: str) -> int:
    """Give an open file to the owner of the file at *path*, and return the mode of that."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return 0o644
    if not stat.S_ISREG(found.st_mode):
        return 0o644
    with contextlib.suppress(OSError):
        os.fchown(number, found.st_uid, found.st_gid)
    return stat.S_IMODE(found.st_mode)
