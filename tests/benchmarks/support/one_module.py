"""Runs one module with the arguments from stdin, and writes its memory at its peak (MB) to stderr."""

from __future__ import annotations

import contextlib
import importlib
import resource
import sys

from ansible.module_utils import basic


def peak() -> float:
    """Return the megabytes that this process has needed at most, where known without those of its parent."""
    with contextlib.suppress(OSError), open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / (1024 if sys.platform == "darwin" else 1)


basic._ANSIBLE_ARGS = sys.stdin.buffer.read()
if hasattr(basic, "_ANSIBLE_PROFILE"):  # ansible-core 2.19 and later
    basic._ANSIBLE_PROFILE = "legacy"
try:
    importlib.import_module(f"ansible_collections.arize.ax.plugins.modules.{sys.argv[1]}").main()
finally:
    print(f"{peak():.1f}", file=sys.stderr)
