"""Make a checkout ready for a release, by way of a copy of it, in which this runs.

    release.py prepare VERSION CHECKOUT FOLDER   check, set the version, write the changelog, build into the folder
    release.py finish VERSION CHECKOUT FOLDER    bring the changed files back, and say what to do next

`prepare --dry` does all of that too, and only says what would keep a real release from being made. Nothing is committed
or published. A version that is not tagged can be prepared again. The version lives in galaxy.yml. What repeats it is
written from there: plugins/module_utils/_version.py, simulator/pyproject.toml, and the `version_added` of what no
release has had yet.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from build import build

VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")  # a pre-release is not taken by Automation Hub
ADDED = re.compile(r"(?<=version_added: )[\"']?(\d+\.\d+\.\d+)[\"']?")


def git(folder: Path, *command: str) -> str:
    return subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True, text=True).stdout


def number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def released(tree: Path) -> list[str]:
    """Return the versions that the changelog knows, oldest first."""
    return sorted(yaml.safe_load((tree / "changelogs" / "changelog.yaml").read_text())["releases"], key=number)


def prepared_before(tree: Path, checkout: Path, version: str) -> bool:
    """Whether the version is the last one in the changelog and was never published: it is not tagged."""
    return released(tree)[-1:] == [version] and not git(checkout, "tag", "--list", version)


def wrong_with_version(tree: Path, checkout: Path, version: str) -> list[str]:
    """Say why this cannot be the next version."""
    if prepared_before(tree, checkout, version):
        return []
    if not VERSION.fullmatch(version):
        return [f"VERSION must be three numbers, such as 1.2.0, not {version!r}"]
    if (last := released(tree)[-1:]) and number(version) <= number(last[0]):
        return [f"VERSION must be greater than {last[0]}, the last one"]
    if not list((tree / "changelogs" / "fragments").glob("*.y*ml")):
        return ["there is no fragment in changelogs/fragments, so nothing to release"]
    return []


def wrong_with_checkout(checkout: Path, version: str) -> list[str]:
    """Say why no release can be made from this checkout."""
    reasons = []
    if (branch := git(checkout, "branch", "--show-current").strip()) != "main":
        reasons.append(f"the checkout is on {branch or 'no branch'}, not on main")
    if changes := git(checkout, "status", "--porcelain").splitlines():
        reasons.append(f"the checkout is not clean, as {changes[0].split(maxsplit=1)[1]} shows")
    if git(checkout, "tag", "--list", version):
        reasons.append(f"the tag {version} is there already")
    return reasons


def replace(path: Path, pattern: str, text: str) -> None:
    """Replace what must be there exactly once."""
    content, count = re.subn(pattern, text, path.read_text(), flags=re.MULTILINE)
    if count != 1:
        sys.exit(f"{path}: {count} times {pattern}")
    path.write_text(content)


def set_version(tree: Path, version: str) -> None:
    """Write the version where it lives, and where it is repeated."""
    replace(tree / "galaxy.yml", r"^version: .*$", f"version: {version}")
    replace(tree / "plugins" / "module_utils" / "_version.py", r"^VERSION = .*$", f'VERSION = "{version}"')
    replace(tree / "simulator" / "pyproject.toml", r"^version = .*$", f'version = "{version}"')
    known = released(tree)
    for path in [*tree.glob("plugins/**/*.py"), *tree.glob("roles/*/meta/argument_specs.yml")]:
        text = path.read_text()
        renewed = ADDED.sub(lambda match: match[0] if match[1] in known else version, text)
        if renewed != text:
            path.write_text(renewed)


def prepare(version: str, tree: Path, checkout: Path, folder: Path) -> None:
    """Turn the tree into the release, and build it. The changelog entry of an unpublished version is brought up to date."""
    again = ["--update-existing", "--reload-plugins", "--refresh-plugins"]
    options = again if prepared_before(tree, checkout, version) else []
    git(tree, "add", "--all")  # what `finish` compares with
    set_version(tree, version)
    subprocess.run(["antsibull-changelog", "lint"], check=True)
    subprocess.run(["antsibull-changelog", "release", *options], check=True)
    shutil.rmtree(folder, ignore_errors=True)
    build(folder)


def changed(tree: Path) -> list[str]:
    """Return the files that the release changes, adds or removes."""
    listed = git(tree, "ls-files", "--modified", "--deleted", "--others", "--exclude-standard", "-z")
    return sorted({name for name in listed.split("\0") if name})


def bring_back(tree: Path, checkout: Path) -> None:
    for name in changed(tree):
        if (tree / name).exists():
            shutil.copyfile(tree / name, checkout / name)
        else:
            (checkout / name).unlink()


NEXT = """\
arize.ax {version} is ready in this checkout; nothing is committed or published.

  changed   {changed}
  built     {archive}
  sha256    {digest}

Next:

  git diff                                            # look at it
  make all                                            # the proof of what is released
  git add --all && git commit --message "Release {version}"
  git tag --annotate {version} --message "arize.ax {version}"
  git push origin main {version}
  make artifact                                       # from the tag: the same sha256
  ansible-galaxy collection publish build/artifact/{name}
"""


def finish(version: str, tree: Path, checkout: Path, folder: Path, dry: bool) -> None:
    """Bring the changed files into the checkout, and say what to do next."""
    (archive,) = folder.glob("*.tar.gz")
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    names = "\n            ".join(changed(tree))
    if dry:
        print(f"\nA dry run: the checkout is as it was. A real one changes\n\n            {names}\n")
        print(f"and builds  {archive.name}\n  sha256    {digest}")
        return
    bring_back(tree, checkout)
    shown = archive.relative_to(checkout)
    print("\n" + NEXT.format(version=version, changed=names, archive=shown, name=archive.name, digest=digest))


def main() -> None:
    """Do one of the two steps, in the current folder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("step", choices=["prepare", "finish"])
    parser.add_argument("version")
    parser.add_argument("checkout", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dry", action="store_true")
    given = parser.parse_args()
    tree = Path.cwd()
    if given.step == "finish":
        finish(given.version, tree, given.checkout, given.folder, given.dry)
        return
    reasons = wrong_with_checkout(given.checkout, given.version)
    if given.dry and reasons:
        print(*(f"a real release would be refused: {reason}" for reason in reasons), sep="\n")
        reasons = []
    if reasons := wrong_with_version(tree, given.checkout, given.version) + reasons:
        sys.exit("\n".join(reasons))
    prepare(given.version, tree, given.checkout, given.folder)


if __name__ == "__main__":
    main()
