"""Plans for one user: whom they are about, and what they do or refuse."""

from __future__ import annotations

from typing import Any

from ansible_collections.arize.ax.plugins.module_utils._models import Plan, User
from ansible_collections.arize.ax.tests.unit.support.account import someone
from ansible_collections.arize.ax.tests.unit.support.client import failure

EMAIL = "ada@x.io"


def a_user(**fields: Any) -> User:
    """The user whom the plans are about; *fields* replace."""
    return someone(**{"email": EMAIL, "name": "Ada", **fields})


def step(plan: Plan[User]) -> tuple[str, dict[str, Any]] | None:
    """Return what a plan does."""
    return (plan.step.action, dict(plan.step.fields)) if plan.step else None


def refusal(planner: Any, *arguments: Any, **options: Any) -> tuple[str, str]:
    """Return with which kind and message a planner refuses."""
    error = failure(planner, *arguments, **options)
    return error.kind, error.message
