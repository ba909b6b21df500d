#!/bin/sh

# Installed by `make hook`: ruff and yamllint, as pinned, on the files that the commit changes.
changed() { git diff --cached --name-only --diff-filter=d -z -- "$@"; }
failed=0
changed '*.py' | xargs -0 -r BIN/ruff check --no-cache --force-exclude || failed=1
changed '*.py' | xargs -0 -r BIN/ruff format --no-cache --force-exclude --diff || failed=1
changed '*.yml' '*.yaml' | xargs -0 -r BIN/yamllint --strict || failed=1
[ $failed = 0 ] || echo 'Not committed. `make format` mends what ruff can; `git commit --no-verify` commits all the same.'
exit $failed
