# Every command here sets up what it needs. `make` alone explains itself.
.DEFAULT_GOAL := help
SHELL := /bin/bash
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
export MST_HOME ?= $(CURDIR)/var

.PHONY: help setup demo test test-long check validation bench chromium clean

help: ## explain the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(READY) ## install everything from the lock into .venv

$(READY): requirements.lock pyproject.toml
	@echo "… installing from the lock"
	@test -x $(PY) || python3 -m venv $(VENV)
	@$(PY) -m pip install --quiet --require-hashes --no-deps -r <(awk '/^uv==/{on=1} on{print} on&&!/\\$$/{exit}' requirements.lock)
	@$(VENV)/bin/uv pip sync --quiet --compile-bytecode --python $(PY) --require-hashes requirements.lock
	@$(VENV)/bin/uv pip install --quiet --python $(PY) --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup ## synthetic centers through the real door, then both dashboards (make demo SERVE=no: without)
	@$(VENV)/bin/mst demo $(if $(filter no,$(SERVE)),--no-serve)

chromium: # Debian's browser for the browser tests; installed only when missing
	@command -v chromium >/dev/null || { echo "… installing Debian's chromium for the browser tests"; \
	  $$( [ $$(id -u) = 0 ] || echo sudo ) apt-get update -qq && \
	  $$( [ $$(id -u) = 0 ] || echo sudo ) apt-get install -y -qq --no-install-recommends chromium >/dev/null; }

# two runs side by side, each with its own database, a test file never split between them
TESTS := $(PY) -m pytest -n 2 --dist loadfile

test: setup chromium ## the tests (under 15 minutes on two cores)
	@$(TESTS) -m "not long"

test-long: setup chromium ## the tests and the long sweeps
	@$(TESTS)

check: setup chromium ## lint, types, import directions, generated files, tests; every failure counted
	@failed=0; for step in \
	  "$(VENV)/bin/ruff check ." "$(VENV)/bin/ruff format --check ." "$(VENV)/bin/mypy" \
	  "$(VENV)/bin/lint-imports" "$(VENV)/bin/mst docs --check" '$(TESTS) -m "not long"'; do \
	  echo "== $$step"; eval "$$step" || failed=$$((failed+1)); done; \
	echo "$$failed steps failed"; exit $$failed

validation: setup chromium ## requirement, tests, result: every marked test, then build/validation.md
	@mkdir -p build; $(TESTS) -m requirement --validation-report build/validation-run.json; \
	  $(PY) -m tests.validation build/validation-run.json build

bench: setup ## speed as ratios against a bare engine
	@$(PY) -m benchmarks

clean: ## remove the state folder (the demo's database, releases and warehouse)
	rm -rf $(MST_HOME)
