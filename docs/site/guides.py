# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Extensions of Markdown for the guides, so that one text reads well in the repository and on the site.

- A file is included where a page says so, see includes.py.
- A ``mermaid`` block becomes a picture when the site is built; the repository's web page draws it by itself.
- A relative link to a file that is no page of the site leads to the repository.
- The name of a module or filter in code style leads to its reference.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import mermaidx
from docutils import nodes
from includes import included
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

LINK = re.compile(r"(?<=\]\()(?!\w+:|#)(?P<path>[^)#\s]+)(?P<anchor>#[^)\s]*)?(?=\))")
ON_SITE = re.compile(
    r"(?<=\]\()https://github\.com/arize-ax/ansible-collection-ax/blob/main/(?P<page>(docs/[\w/]+|CHANGELOG)\.md)"
)
LOGGER = logging.getLogger(__name__)
REPOSITORY = "https://github.com/arize-ax/ansible-collection-ax"
# The groups of docs/README.md, with what only the site has. Sphinx refuses a page that is in none of them.
GROUPS = {
    "Start": (
        "getting_started",
        "first_account",
        "scope",
        "life_of_a_user",
        "from_an_sdk_script",
        "upgrade_and_uninstall",
    ),
    "Operate": (
        "check_account",
        "onboarding_and_offboarding",
        "roster",
        "rosters_from_your_directory",
        "changing_roles",
        "who_may_do_what",
        "people_and_access",
        "teams",
        "rotate_service_keys",
        "changing_an_address",
        "test_your_playbooks",
        "dry_runs",
        "ci",
        "awx/README",
    ),
    "Reference": (
        "Modules and filters <reference/index>",
        "playbooks",
        "environment_variables",
        "errors",
        "security",
        "Changelog <changelog>",
    ),
    "Quality": ("promises", "faults", "tested_with", "requirements", "speed"),
}
# What antsibull-docs refers to outside, so that the build needs no network.
ANSIBLE = "https://docs.ansible.com/projects/ansible/latest/reference_appendices"
BUILTIN = "https://docs.ansible.com/projects/ansible/latest/collections/ansible/builtin"
# A variable and a survey with the name of a plugin.
NO_PLUGINS = {"playbooks": "arize_role", "awx/README": "access_review"}
OUTSIDE = {
    "common_return_values": f"{ANSIBLE}/common_return_values.html",
    "ansible_configuration_settings": f"{ANSIBLE}/config.html",
    "action_plugins": "https://docs.ansible.com/projects/ansible/latest/plugins/action.html",
}
CONTENTS = """
```{toctree}
:caption: %s
:hidden:

%s
```
"""


def linked(text: str, page: Path, docs: Path) -> str:
    """Return *text* with links to pages of the site as relative ones, and links to other files to the repository."""
    up = "../" * len(page.parent.relative_to(docs).parts)
    text = ON_SITE.sub(
        lambda match: f"{up}{match['page'].replace('CHANGELOG', 'changelog').removeprefix('docs/')}", text
    )

    def lead(match: re.Match[str]) -> str:
        target = (page.parent / match["path"]).resolve()
        if target == docs / "README.md":
            return match[0].replace("README.md", "index.md")
        if target.is_relative_to(docs) and (target / "README.md").is_file():
            return f"{match['path'].rstrip('/')}/README.md"
        if not target.exists() or (target.is_relative_to(docs) and target.suffix in (".md", ".svg")):
            return match[0]  # Sphinx finds it, or says that it is not there
        kind = "tree" if target.is_dir() else "blob"
        return f"{REPOSITORY}/{kind}/main/{target.relative_to(docs.parent)}{match['anchor'] or ''}"

    return LINK.sub(lead, text)


def plugins(docs: Path) -> dict[str, str]:
    """Return the kind of each module and filter of the collection, by name."""
    folders = {"modules": "module", "filter": "filter"}
    found = {folder: (docs.parent / "plugins" / folder).glob("*.py") for folder in folders}
    return {path.stem: folders[folder] for folder, paths in found.items() for path in paths}


def read(app: Any, docname: str, source: list[str]) -> None:
    """Prepare the text of a page, or of what antsibull-docs has made, before it is parsed."""
    docs = Path(app.srcdir).resolve()
    page = docs / f"{docname}.md"
    if not page.is_file():
        # The theme has a table of contents of its own beside each page. In its sidebar a plugin is a name, not its title.
        source[0] = re.sub(r"^\.\. contents::\n(?:   :.*\n)*", "", source[0], flags=re.MULTILINE)
        source[0] = re.sub(r"^    (\w+)_(module|filter|lookup)$", r"    \1 <\1_\2>", source[0], flags=re.MULTILINE)
        return
    text = included(source[0], page.parent)
    if text != source[0]:
        LOGGER.warning("an included file has changed: run python docs/site/includes.py", location=docname)
    source[0] = linked(text, page, docs)
    if docname == "index":
        source[0] += "".join(CONTENTS % (caption, "\n".join(names)) for caption, names in GROUPS.items())


def outside(_app: Any, _env: Any, node: Any, content: Any) -> Any:
    """Resolve a reference to Ansible's own documentation."""
    target = node.get("reftarget", "")
    builtin = target.removeprefix("ansible_collections.ansible.builtin.")
    url = f"{BUILTIN}/{builtin}.html" if builtin != target else OUTSIDE.get(target)
    return nodes.reference("", "", content, internal=False, refuri=url) if url else None


class Mermaid(SphinxDirective):
    """Draws the picture of a mermaid block."""

    has_content = True
    numbers = itertools.count(1)

    def run(self) -> list[nodes.Node]:
        """Return the picture."""
        picture = mermaidx.render("\n".join(self.content), theme="neutral").svg()
        picture = picture.replace("my-svg", f"diagram-{next(self.numbers)}")
        return [nodes.raw("", f'<div class="diagram">{picture}</div>', format="html")]


class PluginLinks(SphinxTransform):
    """Lets the names of modules and filters lead to their reference."""

    default_priority = 400

    def apply(self, **_options: Any) -> None:
        """Wrap each name in running text and in tables."""
        known = plugins(Path(self.env.srcdir).resolve())
        for literal in list(self.document.findall(nodes.literal)):
            name = literal.astext().removeprefix("arize.ax.")
            if (
                name not in known
                or name == NO_PLUGINS.get(self.env.docname)
                or not isinstance(literal.parent, (nodes.paragraph, nodes.strong))
            ):
                continue
            target = f"ansible_collections.arize.ax.{name}_{known[name]}"
            link = addnodes.pending_xref(
                "", refdomain="std", reftype="ref", reftarget=target, refexplicit=True, refdoc=self.env.docname
            )
            literal.replace_self(link)
            link += literal


def setup(app: Any) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("source-read", read)
    app.connect("missing-reference", outside)
    app.add_directive("mermaid", Mermaid)
    app.add_transform(PluginLinks)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
