# The commands of a developer's day. Each installs what it needs first: .venv, made from requirements.lock.
# Variables: PYTHON (interpreter that makes .venv), WORKERS (parallel tests), ARGS (passed to the command).

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c

PYTHON ?= python3
WORKERS ?= 2
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# The build backend is locked like every other dependency; pyproject.toml names it once.
BUILD_REQUIRES = $(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")'
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header

.DEFAULT_GOAL := help
# Compiled modules make every start faster, the second demo above all.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install demo serve test check fuzz format bench bench-quick bench-against scaling lock clean

help: ## List the commands
	@echo 'Usage: make COMMAND [ARGS="…"]'
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do \
		printf '  %-13s %s\n' "$$name" "$$text"; done

install: $(INSTALLED) ## Make .venv from requirements.lock (done by every other command when needed)

$(INSTALLED): requirements.lock pyproject.toml | $(BIN)/python
	$(PIP_INSTALL) --require-hashes -r requirements.lock
	$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' || { \
		echo 'Matrícula needs Python 3.11 to 3.14; "$(PYTHON)" is' "$$($(PYTHON) --version 2>&1)." \
		'Name another: make PYTHON=python3.13 …' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
		echo 'No virtual environment could be made (on Debian: apt-get install python3-venv).' >&2; \
		rm -rf $(VENV); exit 1; }

demo: $(INSTALLED) ## Run a registration day on a made-up university, then serve it (ARGS="--exit" ends after the report)
	$(BIN)/matricula demo $(ARGS)

serve: $(INSTALLED) ## Serve the REST API
	$(BIN)/matricula serve $(ARGS)

test: $(INSTALLED) ## Run every test (ARGS="tests/unit -k seats" narrows)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: $(INSTALLED) ## Check format, lint, types, import contracts, libraries and that generated documents are current
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/matricula db erd --check docs/data-model.md
	$(BIN)/matricula docs access --check docs/access.md
	$(BIN)/matricula docs errors --check docs/errors.md
	$(BIN)/matricula docs events --check docs/events.md
	$(BIN)/matricula docs settings --check docs/settings.md
	$(BIN)/matricula docs openapi --check docs/openapi.json
	$(BIN)/matricula docs openapi --compare docs/openapi-released.json
	$(BIN)/python .ci/audit.py

format: $(INSTALLED) ## Format the code and apply the linter's safe fixes
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

fuzz: $(INSTALLED) ## Let schemathesis look for requests on which the server breaks its contract (ARGS="--minutes 5")
	$(BIN)/python -m tests.fuzzing $(ARGS)

bench: $(INSTALLED) ## Measure performance on this machine
	$(BIN)/python -m tests.performance $(ARGS)

bench-quick: $(INSTALLED) ## Measure registration alone, in less than a minute: a line of JSON for each figure
	@$(BIN)/python -m tests.performance.quick $(ARGS)

bench-against: $(INSTALLED) ## Measure registrations with access tokens against an older commit, in turn (ARGS="COMMIT --tokens one")
	@$(BIN)/python -m tests.performance.against $(ARGS)

scaling: $(INSTALLED) ## Draw what a registration, a page and an import cost as the university grows (hours at the largest size)
	$(PIP_INSTALL) --require-hashes -r requirements-plots.lock
	$(BIN)/python -m tests.performance.scaling $(ARGS)

lock: | $(BIN)/python ## Make the requirements locks anew (ARGS="--upgrade" takes newer releases)
	@test -x $(BIN)/uv || $(PIP_INSTALL) uv
	$(BUILD_REQUIRES) | $(COMPILE) --all-extras $(ARGS) pyproject.toml - -o requirements.lock
	$(COMPILE) --constraint requirements.lock pyproject.toml -o requirements-runtime.lock
	$(BUILD_REQUIRES) | $(COMPILE) --constraint requirements.lock - -o requirements-build.lock
	$(COMPILE) --constraint requirements.lock --group plots $(ARGS) -o requirements-plots.lock

clean: ## Remove .venv, caches and build results (databases of demo and serve stay where they are)
	rm -rf $(VENV) dist site .reports .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
