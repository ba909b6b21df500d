# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator of the Arize AX users API: see README.md.

`Simulator` needs Flask and openapi-core, `SimulatorClient` only the standard library: so the first is imported when it
is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .client import ADMIN_KEY, MEMBER_KEY, ControlError, ControlMethods, SimulatorClient

if TYPE_CHECKING:
    from .server import Simulator

__all__ = ["ADMIN_KEY", "MEMBER_KEY", "ControlError", "ControlMethods", "Simulator", "SimulatorClient"]


def __getattr__(name: str) -> Any:
    if name == "Simulator":
        return import_module(".server", __name__).Simulator
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
