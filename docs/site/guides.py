# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the guides need beyond Markdown, so that one text reads well in the repository and on the site.

- A file is included where a page says ``<!-- include: examples/onboard.yml -->`` above a code block. The site always
  shows the file. The copy in the page is for readers in the repository; ``python docs/site/guides.py`` renews it, and
  the site is not built from one that is out of date.
- A ``mermaid`` block becomes a picture when the site is built; the repository's web page draws it by itself.
- A relative link to a file that is no page of the site leads to the repository.
- A module's name in code style leads to its reference.
"""

from __future__ import annotations

import itertools
import re
import sys
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parents[1]
INCLUDE = re.compile(
    r"^(?P<head><!-- include: (?P<path>\S+) -->\n+```[\w-]*\n)(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
LINK = re.compile(r"(?<=\]\()(?!\w+:|#)(?P<path>[^)#\s]+)(?P<anchor>#[^)\s]*)?(?=\))")
LICENCE = re.compile(r"\A# Copyright: .*\n# GNU .*\n# SPDX-.*\n\n?(?:---\n)?")
REPOSITORY = "https://github.com/arize-ax/ansible-collection-ax"
# The order of the pages; what is not named here follows by itself.
ORDER = """
getting_started onboarding_and_offboarding life_of_a_user roster dry_runs awx playbooks security errors speed
""".split()
# What antsibull-docs refers to outside, so that the build asks nobody.
ANSIBLE = "https://docs.ansible.com/projects/ansible/latest/reference_appendices"
OUTSIDE = {
    "common_return_values": f"{ANSIBLE}/common_return_values.html",
    "ansible_configuration_settings": f"{ANSIBLE}/config.html",
}
CONTENTS = """
```{toctree}
:caption: Guides
:hidden:

%s
```

```{toctree}
:caption: Reference
:hidden:

reference/index
```
"""


def included(text: str, folder: Path) -> str:
    """Return the Markdown *text* of a page in *folder* with its included files as they are now."""

    def renew(match: re.Match[str]) -> str:
        shown = LICENCE.sub("", (folder / match["path"]).read_text())
        return f"{match['head']}{shown.rstrip()}\n```"

    return INCLUDE.sub(renew, text)


def linked(text: str, page: Path, docs: Path) -> str:
    """Return *text* with the links of *page* that lead to no page of the site leading to the repository."""

    def lead(match: re.Match[str]) -> str:
        target = (page.parent / match["path"]).resolve()
        if target == docs / "README.md":
            return match[0].replace("README.md", "index.md")
        if not target.exists() or (target.is_relative_to(docs) and target.suffix in (".md", ".svg")):
            return match[0]  # Sphinx finds it, or says that it is not there
        kind = "tree" if target.is_dir() else "blob"
        return f"{REPOSITORY}/{kind}/main/{target.relative_to(docs.parent)}{match['anchor'] or ''}"

    return LINK.sub(lead, text)


def pages(docs: Path) -> list[str]:
    """Return the names of the guides, in the order of the table of contents."""
    names = [str(path.relative_to(docs).with_suffix("")) for path in sorted(docs.rglob("*.md"))]
    known = {name: number for number, name in enumerate(ORDER)}
    return sorted((name for name in names if name != "index"), key=lambda name: known.get(name, len(known)))


def setup(app: Any) -> dict[str, Any]:
    """Register with Sphinx."""
    import mermaidx
    from docutils import nodes
    from sphinx import addnodes
    from sphinx.transforms import SphinxTransform
    from sphinx.util import logging
    from sphinx.util.docutils import SphinxDirective

    logger = logging.getLogger(__name__)
    docs = Path(app.srcdir).resolve()
    modules = {path.stem for path in (docs.parent / "plugins" / "modules").glob("*.py")}
    numbers = itertools.count(1)

    def read(app: Any, docname: str, source: list[str]) -> None:
        page = docs / f"{docname}.md"
        if not page.is_file():
            # The theme has a table of contents of its own beside each page.
            source[0] = re.sub(r"^\.\. contents::\n(?:   :.*\n)*", "", source[0], flags=re.MULTILINE)
            return
        text = included(source[0], page.parent)
        if text != source[0]:
            logger.warning("an included file has changed: run python docs/site/guides.py", location=docname)
        source[0] = linked(text, page, docs)
        if docname == "index":
            source[0] += CONTENTS % "\n".join(pages(docs))

    class Mermaid(SphinxDirective):
        """Draws the picture of a mermaid block."""

        has_content = True

        def run(self) -> list[nodes.Node]:
            picture = mermaidx.render("\n".join(self.content), theme="neutral").svg()
            picture = picture.replace("my-svg", f"diagram-{next(numbers)}")
            return [nodes.raw("", f'<div class="diagram">{picture}</div>', format="html")]

    class ModuleLinks(SphinxTransform):
        """Lets the names of modules lead to their reference."""

        default_priority = 400

        def apply(self, **_options: Any) -> None:
            for literal in list(self.document.findall(nodes.literal)):
                name = literal.astext().removeprefix("arize.ax.")
                if name not in modules or not isinstance(literal.parent, (nodes.paragraph, nodes.entry, nodes.strong)):
                    continue
                target = f"ansible_collections.arize.ax.{name}_module"
                link = addnodes.pending_xref(
                    "", refdomain="std", reftype="ref", reftarget=target, refexplicit=True, refdoc=self.env.docname
                )
                literal.replace_self(link)
                link += literal

    def outside(app: Any, env: Any, node: Any, content: Any) -> Any:
        url = OUTSIDE.get(node.get("reftarget", ""))
        return nodes.reference("", "", content, internal=False, refuri=url) if url else None

    app.connect("source-read", read)
    app.connect("missing-reference", outside)
    app.add_directive("mermaid", Mermaid)
    app.add_transform(ModuleLinks)
    return {"parallel_read_safe": False, "parallel_write_safe": True}


def main() -> None:
    """Renew what the pages include."""
    for page in sorted(DOCS.rglob("*.md")):
        text = page.read_text()
        if (renewed := included(text, page.parent)) != text:
            page.write_text(renewed)
            print(f"renewed {page.relative_to(DOCS.parent)}")


if __name__ == "__main__":
    sys.exit(main())
