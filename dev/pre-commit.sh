#!/bin/sh
# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Installed by `make hook`: ruff and yamllint, as pinned, on the files that the commit changes.
changed() { git diff --cached --name-only --diff-filter=d -z -- "$@"; }
failed=0
changed '*.py' | xargs -0 -r BIN/ruff check --no-cache --force-exclude || failed=1
changed '*.py' | xargs -0 -r BIN/ruff format --no-cache --force-exclude --diff || failed=1
changed '*.yml' '*.yaml' | xargs -0 -r BIN/yamllint --strict || failed=1
[ $failed = 0 ] || echo 'Not committed. `make format` mends what ruff can; `git commit --no-verify` commits all the same.'
exit $failed
