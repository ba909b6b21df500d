"""Copies of the sources to work on, for the tests of what builds and releases them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def git(folder: Path, *command: str) -> str:
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    return subprocess.run(["git", *who, *command], cwd=folder, check=True, capture_output=True, text=True).stdout


def sources() -> list[str]:
    named = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    return sorted(name for name in set(named.split("\0")) if name and (ROOT / name).is_file())


def copy(folder: Path, names: list[str] | None = None) -> Path:
    """Copy the sources, in the order given, to where Ansible's tools insist on, as a repository on main."""
    tree = folder / "ansible_collections" / "arize" / "ax"
    for name in names or sources():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tree / name)
    git(tree, "init", "--quiet", "--initial-branch=main")
    return tree


def run(tree: Path, script: str, *options: Any) -> subprocess.CompletedProcess[str]:
    """Run a script of dev/ on a tree."""
    command = [sys.executable, f"dev/{script}", *map(str, options)]
    env = os.environ | {"ANSIBLE_COLLECTIONS_PATH": str(tree.parents[2]), "HOME": str(tree.parents[2])}
    return subprocess.run(command, cwd=tree, env=env, check=False, capture_output=True, text=True)
