"""The page of faults says what the tests check."""

from __future__ import annotations

from tests.faults.document import PAGE, page, promised


def test_the_page_of_faults_is_up_to_date() -> None:
    assert PAGE.read_text() == page(), "run: python -m tests.faults.document"


def test_the_page_of_promises_says_how_much_is_tried() -> None:
    survived = {"Faults survived", "Pairs of faults survived", "Races survived"}
    assert set(promised()) == {*survived, "Hostile inputs tried", "Secrets searched for"}
    assert all(promised().values())
