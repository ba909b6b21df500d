# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sphinx: the guides (Markdown) and the module reference (made by antsibull-docs). Everything comes with the pages."""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
GALAXY = yaml.safe_load((HERE.parents[1] / "galaxy.yml").read_text())

project = f"{GALAXY['namespace']}.{GALAXY['name']}"
author = copyright = "the arize.ax contributors"  # noqa: A001
version = release = GALAXY["version"]
extensions = ["myst_parser", "sphinx_antsibull_ext", "sphinx_copybutton", "guides"]
# antsibull-docs lists the variables of plugins alone; environment_variables.md has those of the modules.
exclude_patterns = ["docsite", "site", "examples", "reference/environment_variables.rst"]

myst_enable_extensions = ["colon_fence"]
myst_fence_as_directive = ["mermaid"]
myst_heading_anchors = 3

pygments_style = "ansible"
highlight_language = "YAML+Jinja"
default_role = "any"

# Commands are copied without their prompt, and without their output.
copybutton_prompt_text = "$ "
copybutton_line_continuation_character = "\\"

html_theme = "furo"
html_title = f"{project} {version}"
html_static_path = ["static"]
html_css_files = ["guides.css"]
html_copy_source = False
html_show_sphinx = False
html_use_index = False
html_theme_options = {
    "source_repository": GALAXY["repository"],
    "source_branch": "main",
    "source_directory": "docs/",
    "top_of_page_buttons": [],
}
