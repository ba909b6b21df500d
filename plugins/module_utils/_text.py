# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a text may be, whoever reads it: options, variables, YAML and CSV alike. Pure. Private to arize.ax."""

from __future__ import annotations

# In any case. The same words as in Ansible.
BOOLEANS = {
    **dict.fromkeys(("true", "yes", "on", "1", "y", "t"), True),
    **dict.fromkeys(("false", "no", "off", "0", "n", "f"), False),
}
EACH_BOOLEAN = ", ".join(BOOLEANS)
