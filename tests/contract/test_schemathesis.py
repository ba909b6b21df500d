# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Schemathesis finds no disagreement between the simulator and the document: with good requests and with bad ones."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

schemathesis = pytest.importorskip("schemathesis")
hypothesis = pytest.importorskip("hypothesis")

schemathesis_checks = pytest.importorskip("schemathesis.checks")

GenerationMode = schemathesis.GenerationMode
schema = schemathesis.openapi.from_path(str(Path(__file__).parent / "openapi.yaml"))
schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])

ALL_CHECKS = schemathesis_checks.CHECKS.get_all()

# A valid request to these can still be refused: it depends on the state of the user.
DEPENDS_ON_STATE = ("resend_invitation", "reset_password")


@pytest.fixture
def wild(running: Any) -> Iterator[Any]:
    """An account with users in every state, none of them the caller; afterwards it has both served and refused."""
    running.reset(owners=False)
    for status in ("ACTIVE", "INVITED", "EXPIRED", "BLOCKED"):
        running.seed(count=25, like={"status": status})
    yield running
    assert running.violations() == []
    outcomes = {(entry["operation"], entry["status"] < 300) for entry in running.journal() if entry["operation"]}
    operations = {operation for operation, _success in outcomes}
    assert outcomes >= {(operation, success) for operation in operations for success in (True, False)}


def make_sensible(case: Any, ids: list[str]) -> None:
    """Give a valid request an id that exists, and no made-up cursor: both are opaque, and no schema can tell."""
    if "user_id" in (case.path_parameters or {}):
        number = zlib.crc32(str(case.path_parameters["user_id"]).encode("utf-8", "replace"))
        case.path_parameters["user_id"] = ids[number % len(ids)]
    if case.query:
        case.query.pop("cursor", None)


@pytest.mark.filterwarnings("ignore")
@schema.parametrize()
@hypothesis.settings(
    max_examples=80,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
def test_simulator_and_document_agree(case: Any, wild: Any) -> None:
    """All checks that schemathesis has."""
    operation = case.operation.definition.raw["operationId"]
    excluded: list[str] = []
    if case.meta.generation.mode is GenerationMode.POSITIVE:
        make_sensible(case, [user["id"] for user in wild.users()])
        excluded = ["positive_data_acceptance"] if operation in DEPENDS_ON_STATE else []
    checks = [check for check in ALL_CHECKS if check.__name__ not in excluded]
    headers = {"Authorization": f"Bearer {wild.admin_key}"}
    case.call_and_validate(base_url=wild.url, headers=headers, checks=checks, timeout=10)
