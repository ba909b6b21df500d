# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of faults says what the tests check."""

from __future__ import annotations

from tests.faults.document import PAGE, page, promised


def test_the_page_of_faults_is_up_to_date() -> None:
    assert PAGE.read_text() == page(), "run: python -m tests.faults.document"


def test_the_page_of_promises_says_how_much_is_tried() -> None:
    survived = {"Faults survived", "Pairs of faults survived", "Races survived"}
    assert set(promised()) == {*survived, "Hostile inputs tried", "Secrets searched for"}
    assert all(promised().values())
