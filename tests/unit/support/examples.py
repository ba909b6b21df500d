"""How many examples a property is tried on: the same ones in every run, or, with ARIZE_EXPLORE_SEED, those of a seed."""

from __future__ import annotations

import os
from typing import Any, Callable

from hypothesis import HealthCheck, seed, settings

SEED = os.environ.get("ARIZE_EXPLORE_SEED", "")


def examples(count: int = 100) -> Callable[[Any], Any]:
    """Return a decorator for a property: so many examples."""
    fixed = settings(
        max_examples=count,
        derandomize=not SEED,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    return (lambda test: seed(int(SEED))(fixed(test))) if SEED else fixed
