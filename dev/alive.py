"""Run a command with its output in a log, and show that it lives: `alive.py TITLE LOG COMMAND...`.

The screen gets the title, a dot every few seconds, and what a session of nox runs as `run.py`. If the command fails, it
gets the end of the log, and its name.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

SECONDS = 3


def main() -> int:
    """Run the command and return its exit code."""
    title, log, *command = sys.argv[1:]
    Path(log).parent.mkdir(parents=True, exist_ok=True)
    begun = threading.Event()

    def dots() -> None:
        print(title, end="", flush=True)
        while not begun.wait(SECONDS):
            print(" .", end="", flush=True)
        print(flush=True)

    waiting = threading.Thread(target=dots)
    waiting.start()
    shown = False
    with (
        Path(log).open("w") as kept,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        ) as process,
    ):
        for line in process.stdout or ():
            kept.write(line)
            if line.startswith("nox > "):
                shown = line.endswith("run.py\n")
            elif shown:
                begun.set()
                waiting.join()
                print(line, end="", flush=True)
    begun.set()
    waiting.join()
    if process.returncode:
        print(*Path(log).read_text().splitlines()[-20:], f"Failed; all output is in {log}", sep="\n")
    return process.returncode


if __name__ == "__main__":
    sys.exit(main())
