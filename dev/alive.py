# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a command, and print the seconds while it prints nothing: `alive.py COMMAND...`."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time

SILENCE = 4  # seconds


def main() -> int:
    """Run the command and return its exit code."""
    begun = time.monotonic()
    with subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        pipe = process.stdout.fileno()
        while True:
            if not select.select([pipe], [], [], SILENCE)[0]:
                print(f"... {time.monotonic() - begun:.0f} s", flush=True)
            elif chunk := os.read(pipe, 65536):
                sys.stdout.buffer.write(chunk)
                sys.stdout.flush()
            else:
                break
    return process.returncode


if __name__ == "__main__":
    sys.exit(main())
