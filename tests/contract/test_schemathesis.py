"""Schemathesis finds no disagreement between the simulator and the document: with good requests and with bad ones."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from schemathesis import checks

from tests.unit.support.examples import examples

GenerationMode = schemathesis.GenerationMode
DOCUMENT = Path(__file__).parents[2] / "simulator" / "arize_ax_simulator" / "openapi.yaml"
schema = schemathesis.openapi.from_path(str(DOCUMENT))
schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])

ALL_CHECKS = checks.CHECKS.get_all()

# A valid request to these can still be refused: it depends on the state of the user or key, and on the time.
DEPENDS_ON_STATE = ("resend_invitation", "reset_password", "create_api_key", "refresh_api_key")


@pytest.fixture
def wild(running: Any) -> Iterator[Any]:
    """An account with users in every state, none of them the caller; afterwards it has both served and refused."""
    running.reset(owners=False)
    for status in ("ACTIVE", "INVITED", "EXPIRED", "BLOCKED"):
        running.seed(count=25, like={"status": status})
    running.seed_access(
        spaces=[{"name": "One"}, {"name": "Two"}],
        projects=[{"name": "A", "space": "One"}, {"name": "B", "space": "Two", "project_type": None}],
        roles=[{"name": f"Role {number}", "description": "d"} for number in range(9)],
        resource_restrictions=[{"project": "A"}, {"project": "B"}],
        api_keys=[{"user": running.users()[0]["id"], "spaces": ["One"]}],
        role_bindings=[
            {"user": user["id"], "role": "Role 1", **resource}
            for user in running.users()[:20]
            for resource in ({"space": "One"}, {"project": "B"})
        ],
    )
    yield running
    assert running.violations() == []
    outcomes = {(entry["operation"], entry["status"] < 300) for entry in running.journal() if entry["operation"]}
    operations = {operation for operation, _success in outcomes}
    assert outcomes >= {(operation, success) for operation in operations for success in (True, False)}


def known_ids(sim: Any) -> dict[str, list[str]]:
    """Return the ids that exist, by the name that the document has for such an id."""
    access = sim.access()
    kinds = {
        "user_id": sim.users(),
        "role_id": access["roles"],
        "binding_id": access["role_bindings"],
        "org_id": access["organizations"],
        "organization_id": access["organizations"],
        "api_key_id": access["api_keys"],
        "space_id": access["spaces"],
        "project_id": access["projects"],
    }
    return {name: [item["id"] for item in items] for name, items in kinds.items()}


def make_sensible(case: Any, ids: dict[str, list[str]]) -> None:
    """Give a valid request ids that exist, and no made-up cursor: they are opaque, and no schema can tell."""
    parts = [part for part in (case.path_parameters, case.query, case.body) if isinstance(part, dict)]
    for part in parts:
        kind = "space_id" if part.get("resource_type") == "SPACE" else "project_id"
        for name, known in [*ids.items(), ("resource_id", ids[kind])]:
            if part.get(name):
                number = zlib.crc32(str(part[name]).encode("utf-8", "replace"))
                known_id = known[number % len(known)]
                part[name] = quote(known_id, safe="") if part is case.path_parameters else known_id
    if case.query:
        case.query.pop("cursor", None)


@pytest.mark.filterwarnings("ignore")
@schema.parametrize()
@examples(30)
def test_simulator_and_document_agree(case: Any, wild: Any) -> None:
    """All checks that schemathesis has."""
    operation = case.operation.definition.raw["operationId"]
    excluded: list[str] = []
    if case.meta.generation.mode is GenerationMode.POSITIVE:
        make_sensible(case, known_ids(wild))
        excluded = ["positive_data_acceptance"] if operation in DEPENDS_ON_STATE else []
    checks = [check for check in ALL_CHECKS if check.__name__ not in excluded]
    headers = {"Authorization": f"Bearer {wild.admin_key}"}
    case.call_and_validate(base_url=wild.url, headers=headers, checks=checks, timeout=60)
