# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Each target calls a session of noxfile.py, which has the commands.
# Needs python3 (3.11 or later), git and make. Everything it creates stays in .venv, .nox and build, which git ignores.
#
# A target with a matrix runs its default cells. One cell:  .venv/bin/nox -s sanity-2.18   (all: .venv/bin/nox -l)
# More arguments for the tool behind a session:              make faults ARGS="-k proxy"

PYTHON ?= python3
NOX    := .venv/bin/nox
# ARIZE_TEST_PYTHONS=3.11 (or 3.11,3.12) limits the Pythons; noxfile.py then keeps the results apart.
COMMA   := ,
BUILD   := build$(if $(ARIZE_TEST_PYTHONS),/python$(subst $(COMMA),-,$(ARIZE_TEST_PYTHONS)))
RESULTS := $(BUILD)/results
ARGS   ?=
JOBS   ?= 2
CORE   ?=
VERSION ?=
SDK    ?=
DESCRIPTION ?=
WRITE  ?=
DOMAIN ?=
DRY    ?=

.DEFAULT_GOAL := help
.PHONY: help demo check test all rest in-process simulator bench lint hook format lock clean sanity units contract sdk upstream live journeys integration conventions faults pairs explore mutants docs artifact matrix release

help: ## show this list
	@awk -F ':.*## ' '/^[a-z].*:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(NOX) ## watch a playbook manage the users of a simulated account (one minute)
	@.venv/bin/python dev/alive.py "Preparing the demo" $(BUILD)/demo.log $(NOX) -s demo

check: $(NOX) ## formatter, linters, types and unit tests in place, in about a minute: before each commit
	@$(NOX) -t check -j $(JOBS)

# Run the sessions of a tag in parallel, with a table at the end. Its exit code is that of the table.
run = @rm -rf $(RESULTS) && mkdir -p $(RESULTS) && touch $(RESULTS)/started; \
	$(NOX) -t $(1) -j $(JOBS) --report $(RESULTS)/nox.json || true

test: $(NOX) ## every capability end to end, in five minutes, with a table at the end
	$(call run,test)
	@.venv/bin/python dev/summary.py $(RESULTS)

all: $(NOX) ## all tests, each where its outcome can differ; `make test` among them
	$(call run,test rest -k "not measured")
	@.venv/bin/python dev/summary.py $(RESULTS)

rest: $(NOX) ## what `make all` adds to `make test`
	$(call run,rest)
	@.venv/bin/python dev/summary.py $(RESULTS)

in-process: $(NOX) ## units, faults, contract, conventions; for one Python: make in-process ARIZE_TEST_PYTHONS=3.11
	$(call run,in-process)
	@.venv/bin/python dev/summary.py $(RESULTS)

simulator: $(NOX) ## start the simulated Arize API in the foreground, to try playbooks without an account
	@$(NOX) -s simulator -- $(ARGS)

lint: $(NOX) ## ruff, mypy, yamllint, ansible-lint, antsibull, REUSE, galaxy-importer
	@$(NOX) -t lint -j $(JOBS)

hook: $(NOX) ## let git run ruff and yamllint, as pinned, on what a commit changes
	@$(NOX) -s hook

format: $(NOX) ## auto-fix and format with ruff
	@$(NOX) -s format -- $(ARGS)

sanity:      ## ansible-test sanity, on the newest ansible-core that runs here and on 2.16
units:       ## unit tests, on the newest, with coverage, and on the oldest Python of a managed machine
journeys:    ## playbooks against the simulator, on both; whole modules in process
integration: ## ansible-test integration against the simulator, on both
sanity units journeys integration: $(NOX)
	@$(NOX) -t $@ -- $(ARGS)

contract:    ## the simulator agrees with its OpenAPI document
sdk:         ## the official SDK judges the simulator
conventions: ## the project conventions that no linter knows
faults:      ## failures of network, server and input; secrets
pairs:       ## check mode predicts the real run: random accounts and tasks
explore:     ## property tests with new examples, for ten minutes; one seed again: make explore ARGS="--seed 7"
mutants:     ## does a unit test fail when a line changes that differs from the last tag? All files: make mutants ARGS=--all
bench:       ## how fast it is
contract sdk conventions faults pairs explore mutants bench: $(NOX)
	@$(NOX) -s $@ -- $(ARGS)

upstream: $(NOX) ## compare the newest official SDK with the contract; SDK=8.46.0 for another, DESCRIPTION=FILE for an OpenAPI document
	@$(NOX) -s upstream -- $(if $(DESCRIPTION),$(abspath $(DESCRIPTION)),$(SDK))

live: $(NOX) ## compare a real account with the contract, read-only, by ARIZE_API_KEY: see docs/check_account.md
	@$(NOX) -s live -- $(if $(WRITE),--write $(WRITE)) $(if $(DOMAIN),--domain $(DOMAIN))

docs: $(NOX) ## the guides and the module reference as a site, in build/docs
	@$(NOX) -s docs

artifact: $(NOX) ## build the collection into build/artifact
	@$(NOX) -s artifact

matrix: $(NOX) ## sanity, units, journeys, integration on every ansible-core and Python, or on one: CORE=2.19
	$(call run,$(if $(CORE),core-$(CORE),matrix))
	@$(if $(CORE),,.venv/bin/python dev/tested_with.py)
	@.venv/bin/python dev/summary.py $(RESULTS)

release: $(NOX) ## prepare a version: make release VERSION=1.2.0, or with DRY=1 leave the checkout as it is
	@$(NOX) -s release -- $(VERSION) $(if $(DRY),--dry)

lock: $(NOX) ## resolve the pinned development dependencies anew
	@$(NOX) -s lock

clean: ## remove everything that make has created
	rm -rf build .nox .venv

$(NOX): tests/requirements/nox.txt
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or later is needed; name one: make PYTHON=...")'
	@$(PYTHON) -m venv --clear .venv
	@.venv/bin/python dev/alive.py "Installing nox in .venv" build/pip.log \
		.venv/bin/python -m pip install --disable-pip-version-check -r $<
	@touch $@
