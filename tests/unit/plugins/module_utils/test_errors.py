# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors are told in one line, whatever the server or a task has put into them; what cannot be stored is refused."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.module_utils._planning.desired import read_desired_user
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError, one_line

UNFIT = ["\x00", "\x1b", "\x7f", "\x9f", "\r\n", "\u2028", "\u2029", "\u202e", "\u2066", "\u2069", "\ud800", "\udfff"]
FIT = ["é", "山田", "👩‍🚀", "שלום", "~", "\u200d", "\u2027", "\u202f", "\u2065", "\u206a", "\ue000"]


@pytest.mark.parametrize("text", UNFIT, ids=ascii)
def test_what_turns_a_terminal_upside_down_is_a_blank(text):
    error = ArizeError("blocked", f"Ann{text}Lee.")
    error.message += f" Ann{text}Lee."
    assert error.message == "Ann Lee. Ann Lee."


@pytest.mark.parametrize("text", FIT, ids=ascii)
def test_everything_else_is_kept(text):
    assert one_line(f"Ann{text}Lee").replace("\u202f", " ") == f"Ann{text}Lee".replace("\u202f", " ")


@pytest.mark.parametrize("option", ["name", "custom_role_id"])
@pytest.mark.parametrize("text", ["\0", "\ud800", "a\udfffb"], ids=ascii)
def test_what_no_server_stores_is_refused(option, text):
    with pytest.raises(ArizeError) as caught:
        read_desired_user({"email": "ada@x.io", option: f"A{text}B"})
    assert caught.value.kind == "bad_option"
    assert caught.value.message.startswith(
        f"{option} holds a null character or half of a surrogate pair (user ada@x.io)"
    )
    assert caught.value.message.isprintable()


@pytest.mark.parametrize("option", ["name", "custom_role_id"])
@pytest.mark.parametrize("text", ["A\x01B", "A\ud7ff\ue000B", "A\U00010000B"], ids=ascii)
def test_what_a_server_may_store_is_left_to_it(option, text):
    assert getattr(read_desired_user({"email": "ada@x.io", option: text}), option) == text
