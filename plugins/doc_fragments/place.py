# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The options that select an organization, a space, and a project."""

    DOCUMENTATION = r"""
options:
  organization:
    description:
      - The name of the organization of the space, exactly, upper and lower case included.
    type: raw
  organization_id:
    description:
      - The ID of that organization, instead of O(organization).
    type: raw
"""

    SPACE = r"""
options:
  space:
    description:
      - The name of the space, exactly, upper and lower case included. Where several organizations have a space of this
        name, O(organization) or O(organization_id) is required too.
    type: raw
  space_id:
    description:
      - The ID of the space, instead of O(space).
    type: raw
"""

    PROJECT = r"""
options:
  project:
    description:
      - The name of the project, exactly. Names of projects are unique only within a space, so O(space) or O(space_id)
        is required too.
    type: raw
  project_id:
    description:
      - The ID of the project, instead of O(project) and its space.
    type: raw
"""
