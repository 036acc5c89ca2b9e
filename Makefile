# Each target does all of its own set-up; a second call skips what is done.

PYTHON ?= python3
SEEDS ?= 1 2 3
MINUTES ?= 5
BIN := .venv/bin
SETUP := scripts/setup.py pyproject.toml
SERVER := .venv/server.ready
DEV := .venv/dev.ready
GENERATORS := coliseum.events.generate coliseum.metrics.generate coliseum.settings_page coliseum.web.generate \
	coliseum.web.access_page coliseum.web.plans_page coliseum.web.ui.catalogue

.PHONY: help up test test-long screens torture check bench generate lock clean

help: ## print this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

up: $(SERVER) ## run everything on this machine, with a simulated festival; Ctrl-C stops it
	@$(BIN)/python -m coliseum.cli up

test: $(DEV) ## run the tests; says what it skips and why
	@$(BIN)/python -m pytest -m "not long"

test-long: $(DEV) ## run the tests that take longest: models, crowds, wrong variants
	@$(BIN)/python -m pytest -m long

screens: $(DEV) ## take the pictures of docs/screens anew, in the tests of the pages
	@SCREENS=1 $(BIN)/python -m pytest -m long tests/browser

torture: $(DEV) ## break everything at random, and look for what was lost or counted twice; SEEDS="1 2 3" MINUTES=5
	@PYTHONPATH=tests $(BIN)/python -m torture --seeds "$(SEEDS)" --minutes $(MINUTES) $(if $(KEEP),--keep "$(KEEP)")

check: $(DEV) ## formatting, lint, types, layers, known mistakes, generated files
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/bandit -q -c .bandit.yaml -r src
	@set -e; for module in $(GENERATORS); do $(BIN)/python -m $$module --check; done
	@$(BIN)/python scripts/schema.py --check
	@$(BIN)/python -m pytest -q tests/shape tests/contract/test_sdk_is_fresh.py

bench: $(SERVER) ## measure every claim about speed; CLAIMS="append single" runs some, QUICK=1 tries it out
	@$(BIN)/python -m bench $(CLAIMS) $(if $(QUICK),--quick)

generate: $(DEV) ## write the generated files anew
	@set -e; for module in $(GENERATORS); do $(BIN)/python -m $$module; done
	@$(BIN)/python scripts/schema.py

lock: $(DEV) ## write requirements/*.lock anew from pyproject.toml (needs uv)
	@scripts/lock.sh

clean: ## remove .venv and caches; data/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(SERVER): requirements/server.lock $(SETUP)
	@$(PYTHON) scripts/setup.py server
	@touch $@

$(DEV): requirements/dev.lock $(SETUP)
	@$(PYTHON) scripts/setup.py dev
	@touch $(SERVER) $@
