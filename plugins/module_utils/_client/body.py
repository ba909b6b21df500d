# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bodies of responses: one content coding, gzip, and no more bytes than allowed."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

ACCEPTED_CODING = "gzip"
_GZIP = 16 + zlib.MAX_WBITS
_PIECE = 65536


class BadBody(ValueError):
    """A body that is not accepted; the text is a clause that says why."""


def read_body(response: Any, limit: int) -> bytes:
    """Return the decoded body of urllib3's *response*. Bytes are counted while they are decoded: few can hold many.

    Raises:
        BadBody: it has more than *limit* bytes or another coding, or it is not the gzip that the response announces.
    """
    coding = response.headers.get("Content-Encoding", "").strip().lower()
    if coding not in ("", "identity", ACCEPTED_CODING):
        raise BadBody("the response has a content coding that was not asked for")
    body = bytearray()
    pieces = _pieces(response)
    for piece in _decoded(pieces, limit) if coding == ACCEPTED_CODING else pieces:
        body += piece
        if len(body) > limit:
            raise BadBody(f"the response is longer than {limit >> 20} MB")
    return bytes(body)


def _pieces(response: Any) -> Iterator[bytes]:
    while True:
        piece = response.read(_PIECE, decode_content=False)
        if not piece:
            break
        yield piece
    if response.length_remaining:
        raise ConnectionError("incomplete")  # urllib3 1 does not notice


def _decoded(pieces: Iterator[bytes], limit: int) -> Iterator[bytes]:
    """Yield the content of gzip members, in pieces no longer than needed to detect an excess."""
    decoder = None
    for piece in pieces:
        data = piece
        while data:
            decoder = decoder or zlib.decompressobj(_GZIP)
            try:
                yield decoder.decompress(data, limit + 1)
            except zlib.error:
                raise BadBody("the response is announced as gzip, but is not") from None
            data = decoder.unconsumed_tail or decoder.unused_data
            decoder = None if decoder.eof else decoder
    if decoder is not None:
        raise BadBody("the response ends within its gzip")
