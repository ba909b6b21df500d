"""Runs the property tests with new seeds until the time is over or one fails (`make explore`)."""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

TESTS = [
    "tests/unit",
    "tests/contract/test_schemathesis.py",
    "tests/faults/test_series.py",
    *map(str, sorted(Path("tests/journeys").glob("test_*pairs.py"))),
]


def explore(seed: int, options: list[str]) -> bool:
    """Run every property with the examples of a seed; return whether all hold."""
    print(f"Seed {seed}", flush=True)
    pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "hypothesis", *options, *TESTS]
    return subprocess.run(pytest, env={**os.environ, "ARIZE_EXPLORE_SEED": str(seed)}, check=False).returncode == 0


def main() -> int:
    """Explore one seed, or as many as fit in the time."""
    parser = argparse.ArgumentParser(description=__doc__, epilog="Other options are pytest's.")
    parser.add_argument("--minutes", type=float, default=10, help="no seed is begun later (%(default)g)")
    parser.add_argument("--seed", type=int, help="this one alone, to repeat a failure")
    given, options = parser.parse_known_args()
    deadline = time.monotonic() + 60 * given.minutes
    count = 0
    while not count or (given.seed is None and time.monotonic() < deadline):
        seed = secrets.randbelow(2**32) if given.seed is None else given.seed
        if not explore(seed, options):
            print(f'To repeat the failure: make explore ARGS="--seed {seed}"')
            return 1
        count += 1
    print(f"Every property holds for the examples of {count} seed{'s' * (count != 1)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
