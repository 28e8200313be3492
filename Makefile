# Every command here sets up what it needs. `make` alone explains itself.
.DEFAULT_GOAL := help
SHELL := /bin/bash
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
export MST_HOME ?= $(CURDIR)/var

.PHONY: help setup demo test test-long check validation sbom audit secrets bench chromium clean

help: ## explain the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(READY) ## install everything from the lock into .venv

$(READY): requirements.lock pyproject.toml
	@echo "… installing from the lock"
	@test -x $(PY) || python3 -m venv $(VENV)
	@$(PY) -m pip install --quiet --require-hashes --only-binary :all: --no-deps -r <(awk '/^uv==/{on=1} on{print} on&&!/\\$$/{exit}' requirements.lock)
	@$(VENV)/bin/uv pip sync --quiet --compile-bytecode --only-binary :all: --python $(PY) --require-hashes requirements.lock
	@$(VENV)/bin/uv pip install --quiet --python $(PY) --no-deps --no-build-isolation --editable .
	@touch $@

# what looks at the supply chain, apart from the rest
TOOLS := .venv-tools
$(TOOLS)/.ready: tools.lock $(READY)
	@echo "… installing the tools"
	@$(VENV)/bin/uv venv --quiet --clear --python $(PY) $(TOOLS)
	@$(VENV)/bin/uv pip sync --quiet --only-binary :all: --python $(TOOLS)/bin/python --require-hashes tools.lock
	@touch $@

# what `make bench` measures against and cannot live beside the registry's own packages
PEERS := .venv-peers
$(PEERS)/.ready: peers.lock $(READY)
	@echo "… installing the peers of the benchmark"
	@$(VENV)/bin/uv venv --quiet --clear --python $(PY) $(PEERS)
	@$(VENV)/bin/uv pip sync --quiet --only-binary :all: --python $(PEERS)/bin/python --require-hashes peers.lock
	@touch $@

demo: setup ## synthetic centers through the real door, then both dashboards (make demo SERVE=no: without)
	@$(VENV)/bin/mst demo $(if $(filter no,$(SERVE)),--no-serve)

chromium: # Debian's browser for the browser tests; installed only when missing
	@command -v chromium >/dev/null || { echo "… installing Debian's chromium for the browser tests"; \
	  $$( [ $$(id -u) = 0 ] || echo sudo ) apt-get update -qq && \
	  $$( [ $$(id -u) = 0 ] || echo sudo ) apt-get install -y -qq --no-install-recommends chromium >/dev/null; }

# two runs side by side, each with its own database; tests/conftest.py says which tests stay together
TESTS := $(PY) -m pytest -n 2 --dist loadgroup --no-loadscope-reorder

test: setup chromium ## the tests (under 15 minutes on two cores)
	@$(TESTS) -m "not long"

test-long: setup chromium ## the tests and the long sweeps
	@$(TESTS)

check: setup chromium $(TOOLS)/.ready ## lint, types, import directions, unsafe code, secrets, generated files, tests
	@failed=0; for step in \
	  "$(VENV)/bin/ruff check ." "$(VENV)/bin/ruff format --check ." "$(VENV)/bin/mypy" \
	  "$(VENV)/bin/lint-imports" "$(VENV)/bin/mst docs --check" \
	  "$(TOOLS)/bin/bandit -q -lll -r registry dashboards" "$(MAKE) -s secrets" '$(TESTS) -m "not long"'; do \
	  echo "== $$step"; eval "$$step" || failed=$$((failed+1)); done; \
	echo "$$failed steps failed"; exit $$failed

validation: setup chromium ## requirement, tests, result: every marked test, then build/validation.md
	@mkdir -p build; $(TESTS) -m requirement --validation-report build/validation-run.json; \
	  $(PY) -m tests.validation build/validation-run.json build

sbom: $(TOOLS)/.ready ## the bill of materials of this version: build/sbom.cdx.json (CycloneDX 1.6)
	@mkdir -p build; $(TOOLS)/bin/cyclonedx-py environment $(PY) --pyproject pyproject.toml \
	  --spec-version 1.6 --of JSON --output-reproducible -o build/sbom.cdx.json

audit: $(TOOLS)/.ready ## known vulnerabilities of what is locked (needs an advisory service)
	@$(TOOLS)/bin/python .ci/audit.py

# the tests' own passwords are words with blanks between them
secrets: $(TOOLS)/.ready # what looks like a password or a key in code and settings
	@git ls-files -z -- '*.py' '*.sql' '*.toml' deploy dashboards .ci Makefile \
	  | xargs -0 $(TOOLS)/bin/detect-secrets-hook --no-verify --exclude-secrets '[a-z] [a-z]'

bench: setup $(PEERS)/.ready ## speed as ratios against a peer or a bare engine
	@$(PY) -m benchmarks

clean: ## remove the state folder (the demo's database, releases and warehouse)
	rm -rf $(MST_HOME)
