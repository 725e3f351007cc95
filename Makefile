# One road for people and for CI: a virtual environment in .venv/, filled from a lock file with hashes.
# make setup is repeated only when a lock file or pyproject.toml changes.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help setup run test proof check format lock clean

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Suranys needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make $(MAKECMDGOALS) PYTHON=python3.11" >&2; exit 1; }
	@echo "Setting up $(VENV) (once, a minute or two) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.lock
	@echo "Adding the tools for tests …"
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

setup: $(VENV)/.ready ## fill .venv/ so that .venv/bin/suranys exists

run: setup ## the main job once; REPLAY=DIR reads saved pages instead of the portals
	@$(BIN)/suranys run $(if $(REPLAY),--replay "$(REPLAY)") $(ARGS)

serve: setup ## look at the sample in a browser, on http://127.0.0.1:8000
	@test -f var/sample.db || $(BIN)/suranys run --sample
	@$(BIN)/suranys serve --mode sample --guest --no-jobs $(ARGS)

test: $(VENV)/.ready-dev ## every test; installs browser and database for them where it may
	@.ci/tools
	@$(BIN)/pytest -n auto -m "not proof" $(ARGS)

proof: $(VENV)/.ready-dev ## the long proofs: hundreds of kills, simulated months
	@$(BIN)/pytest -m proof $(ARGS)

check: $(VENV)/.ready-dev ## format, lint, types, and the tests that start no program
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/pytest -n auto -m "not program and not proof" $(ARGS)

format: $(VENV)/.ready-dev ## let ruff put the code in order
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: ## resolve pyproject.toml anew into the two lock files (needs uv)
	uv pip compile --universal --quiet --generate-hashes --no-annotate --no-header --python-version 3.11 \
	  pyproject.toml setuptools.in -o requirements.lock
	uv pip compile --universal --quiet --generate-hashes --no-annotate --no-header --python-version 3.11 \
	  pyproject.toml setuptools.in --group dev -c requirements.lock -o requirements-dev.lock

clean: ## take the virtual environment away; the database and the digests in var/ stay
	rm -rf $(VENV)
