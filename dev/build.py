"""Build the collection in the current folder so that the same sources give the same bytes: `build.py FOLDER`.

`ansible-galaxy collection build` decides what belongs in. Its archive remembers when, and in which order of the disk's
it was made; so it is packed again, sorted and with one date. (Other releases of zlib may compress to other bytes; what
is inside is the same then too.)
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

DATE = 315532800  # 1980-01-01, the first that a zip file knows
# What users need. Something new in the artifact is written down here, or in the build_ignore of galaxy.yml.
CONTENT = re.compile(
    r"""
    MANIFEST\.json | FILES\.json | README\.md | CHANGELOG\.md | COPYING | LICENSES/[\w.-]+\.txt | REUSE\.toml
    | requirements\.txt | changelogs/changelog\.yaml
    | meta/(runtime|execution-environment)\.yml | meta/ee-(requirements|bindep)\.txt
    | plugins/(action|doc_fragments|filter|lookup|module_utils(/_\w+)?|modules|plugin_utils)/\w+\.py
    | playbooks/([\w-]+/)*[\w-]+\.(yml|\w+\.j2|j2)
    | docs/[\w-]+\.md | docs/roster\.schema\.json | docs/images/[\w-]+\.svg
    | docs/examples/([\w-]+/)*[\w-]+\.(cfg|csv|py|txt|yml)
    | docs/awx/([\w-]+/)*[\w-]+\.(json|json\.j2|md|yml) | docs/ee/[\w-]+\.(md|txt|yml)
    | docs/docsite/links\.yml
    """,
    re.VERBOSE,
)


def to_json(content: Any) -> bytes:
    return json.dumps(content, indent=1).encode()


def with_sorted_list(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files of an archive with those that list the others in order, by name."""
    listing = json.loads(files["FILES.json"])
    listing["files"].sort(key=lambda entry: entry["name"])
    manifest = json.loads(files["MANIFEST.json"])
    manifest["file_manifest_file"]["chksum_sha256"] = hashlib.sha256(to_json(listing)).hexdigest()
    return files | {"FILES.json": to_json(listing), "MANIFEST.json": to_json(manifest)}


def unexpected(archive: Path) -> list[str]:
    """Return the files in an archive that are not among what users need."""
    with tarfile.open(archive) as opened:
        return sorted(member.name for member in opened if not member.isdir() and not CONTENT.fullmatch(member.name))


def normalise(source: Path, target: Path) -> None:
    """Pack an archive again, without anything that depends on where and when it was made."""
    with tarfile.open(source) as archive:
        members = {member.name: member for member in archive}
        files = {name: archive.extractfile(member).read() for name, member in members.items() if member.isfile()}
    files = with_sorted_list(files)
    with (
        target.open("wb") as output,
        gzip.GzipFile(filename="", mode="wb", fileobj=output, compresslevel=9, mtime=DATE) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as archive,
    ):
        for name in sorted(members, key=lambda name: (name not in {"MANIFEST.json", "FILES.json"}, name)):
            member, content = members[name], files.get(name, b"")
            member.mtime, member.size, member.pax_headers = DATE, len(content), {}
            archive.addfile(member, io.BytesIO(content))


def build(folder: Path) -> Path:
    """Build into a folder, and return the archive, unless it would hold what users do not need."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(["ansible-galaxy", "collection", "build", "--output-path", scratch], check=True)
        (made,) = Path(scratch).glob("*.tar.gz")
        if surplus := unexpected(made):
            sys.exit("\n".join(["neither in CONTENT of dev/build.py nor in build_ignore of galaxy.yml:", *surplus]))
        normalise(made, folder / made.name)
    return folder / made.name


def main() -> None:
    """Build, and print the sum to compare with."""
    archive = build(Path(sys.argv[1]))
    print(f"{hashlib.sha256(archive.read_bytes()).hexdigest()}  {archive}")


if __name__ == "__main__":
    main()
