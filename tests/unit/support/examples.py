# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

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
