# Everything here works from a bare python3 (3.11 or 3.12) and make. `make` alone lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# The interpreter that is here is the one that is used; none is ever downloaded.
PYTHON ?= $(firstword $(foreach name,python3 python3.12 python3.11,$(shell \
	$(name) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null \
	&& echo $(name))))
export UV_PYTHON_DOWNLOADS := never
export UV_PYTHON_PREFERENCE := only-system
export UV_PROJECT_ENVIRONMENT := .venv

# uv lives in a folder of its own: a sync of .venv then cannot remove the uv that runs it.
UV := .uv/bin/uv
BIN := .venv/bin
STAMP := .venv/.synced
WORKERS ?= 2

.PHONY: help install demo test coverage test-spark spark browser office pictures architecture feeds lint format up docs bench reference faults fuzz clean

help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

install: $(STAMP) ## Bring .venv in line with uv.lock (needs only python3)

demo: $(STAMP) ## Run a sample world through the whole pipeline, from feeds to partner packages
	$(BIN)/linernotes demo

# Tests wait whenever a home is synced to the disk, which is at every step. In memory they do not.
MEMORY := /dev/shm
LEAST_GIGABYTES := 8
SCRATCH = $(shell grep ' $(MEMORY) ' /proc/mounts 2>/dev/null | grep -qv noexec \
	&& [ "$$(df --output=avail -BG $(MEMORY) | tail -n 1 | tr -dc 0-9)" -ge $(LEAST_GIGABYTES) ] \
	&& echo $(MEMORY) || echo /tmp)

test: export TMPDIR := $(or $(TMPDIR),$(SCRATCH))
TESTS ?= tests

test: $(STAMP) browser office ## Run all tests, or those of TESTS
	$(BIN)/pytest -n $(WORKERS) --dist loadscope --ignore tests/spark $(TESTS)

coverage: export TMPDIR := $(or $(TMPDIR),$(SCRATCH))
coverage: $(STAMP) ## Run the unit tests, and fail if they run less of the code than the floor in pyproject.toml
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(WORKERS) --dist loadscope tests/unit
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --skip-covered --sort=cover

test-spark: $(STAMP) spark ## Build a world on DuckDB and on a Spark cluster of this machine, and compare them row by row
	$(BIN)/pytest -n 0 tests/spark

# PySpark and dbt's Spark adapter are in an environment of their own.
SPARK_LOCK := deploy/spark/requirements.txt
SPARK_STAMP := .spark/.synced

spark: java $(SPARK_STAMP) ## Install the second engine: Java from Debian, and .spark in line with its lock file

SPARK_CLASSES := deploy/spark/HomeLogin.java deploy/spark/LlapSigner.java

$(SPARK_STAMP): $(SPARK_LOCK) $(SPARK_CLASSES) deploy/spark/compile_classes.py | $(UV) java
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .spark
	$(INDEX) \
	$(UV) pip sync --quiet --python .spark --require-hashes $(SPARK_LOCK)
	SPARK_LOCAL_IP=127.0.0.1 .spark/bin/python deploy/spark/compile_classes.py .spark/classes $(SPARK_CLASSES)
	@touch $@

JAVA_VERSION = $(shell java -version 2>&1 | sed -nE 's/.* version "([0-9]+).*/\1/p')
JAVA_PACKAGES := openjdk-17-jre-headless openjdk-21-jre-headless default-jre-headless

.PHONY: java
java:
	@[ "$(or $(JAVA_VERSION),0)" -ge 17 ] || { $(AS_ROOT) apt-get update -q && for package in $(JAVA_PACKAGES); do \
	  $(AS_ROOT) apt-get install -y -q --no-install-recommends "$$package" && exit 0; done; \
	  echo 'Spark needs Java 17 or later, which could not be installed. Install it as root:' >&2; \
	  echo '    apt-get install --no-install-recommends openjdk-17-jre-headless' >&2; exit 1; }

# Debian's own; Playwright would download another from a host outside the package index.
CHROMIUM := $(firstword $(shell command -v chromium chromium-browser google-chrome 2>/dev/null))
AS_ROOT := $(if $(filter 0,$(shell id -u)),,sudo -n)

browser: ## Install Chromium from Debian, if there is none: the dashboard's tests need it
	@[ -n "$(CHROMIUM)" ] || { $(AS_ROOT) apt-get update -q && $(AS_ROOT) apt-get install -y -q --no-install-recommends chromium; } || { \
	  echo 'The dashboard is tested in a real browser, and Chromium could not be installed. Install it as root:' >&2; \
	  echo '    apt-get install --no-install-recommends chromium' >&2; \
	  echo 'or leave these tests out: .venv/bin/pytest -m "not browser"' >&2; exit 1; }

office: ## Install LibreOffice Calc from Debian, if there is none: the workbook's tests recalculate with it
	@command -v soffice >/dev/null || { $(AS_ROOT) apt-get update -q && $(AS_ROOT) apt-get install -y -q --no-install-recommends libreoffice-calc-nogui; } || { \
	  echo 'Workbooks are recalculated by LibreOffice, which could not be installed. Install it as root:' >&2; \
	  echo '    apt-get install --no-install-recommends libreoffice-calc-nogui' >&2; \
	  echo 'or leave these tests out: .venv/bin/pytest -m "not office"' >&2; exit 1; }

pictures: $(STAMP) browser ## Make the pictures of the README from the demo's home
	$(BIN)/python -m benchmarks.pictures

architecture: $(STAMP) ## Draw the layers and topics of the models into docs/architecture.md
	$(BIN)/python -m benchmarks.architecture

feeds: $(STAMP) ## Write the pages of the feeds into docs/feeds, from their contracts
	$(BIN)/python -m benchmarks.feed_pages

lint: $(STAMP) ## Check style, formatting and types; changes nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/sqlfmt --check --no-progressbar models macros tests/data
	$(BIN)/ty check

format: $(STAMP) ## Format Python and SQL in place
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .
	$(BIN)/sqlfmt --no-progressbar models macros tests/data

# dbt describes its tables without a warehouse: from the models, their contracts and their tests.
docs: export NO_MKDOCS_2_WARNING := 1
docs: export DBT_TARGET_PATH := target/docs
docs: export DBT_PROFILES_DIR := .
docs: $(STAMP) ## Write the site of the documents, and dbt's page of every table, into site/
	$(BIN)/mkdocs build --strict --quiet
	$(BIN)/dbt --quiet parse
	$(BIN)/dbt --quiet docs generate --static --empty-catalog --no-compile
	$(BIN)/python -m benchmarks.table_pages target/docs site/warehouse.html
	@echo 'The site is in site/: open site/index.html, and site/warehouse.html for the tables.'

up: $(STAMP) ## Start Dagster: web pages, daemon and schedules
	$(BIN)/linernotes up

bench: $(STAMP) ## Measure speed, memory and growth against the floor
	$(BIN)/python -m benchmarks --out benchmarks/RESULTS.md

reference: $(STAMP) ## Hold the warehouse to the second calculation on a sample world at scale 1
	$(BIN)/python -m tests.reference --scale 1

faults: $(STAMP) ## Disturb every command at every point: kills, power cuts, full disks (takes hours; needs cc)
	$(BIN)/python -m tests.faults.tampering --out benchmarks/TAMPERING.md
	$(BIN)/python -m tests.faults --out benchmarks/FAULTS.md

fuzz: $(STAMP) ## Send 10,000 mutated files of all feeds and forms to the intake (takes half an hour)
	$(BIN)/python -m tests.fuzz --out benchmarks/FUZZ.md

clean: ## Remove what can be made again, .venv included; data homes are left alone
	rm -rf .coverage .coverage.* .venv .uv .spark target logs dist site .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP): uv.lock pyproject.toml | $(UV)
	$(UV) sync --locked --all-extras --compile-bytecode --python $(PYTHON) || $(MAKE) --no-print-directory from-mirror
	@touch $@

INDEX = index="$${UV_DEFAULT_INDEX:-$${UV_INDEX_URL:-$${PIP_INDEX_URL:-$$(.uv/bin/pip config get global.index-url 2>/dev/null || true)}}}"; \
	if [ -n "$$index" ]; then export UV_DEFAULT_INDEX="$$index"; fi;

# Where this machine is set to a mirror, its address is not the one in uv.lock, and uv stops. The
# same versions, held by their hashes, then come from the mirror.
.PHONY: from-mirror
from-mirror:
	@echo 'Trying the package index that this machine is set to.'
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	$(UV) export --frozen --all-extras --quiet --no-emit-project --output-file .uv/requirements.txt
	$(INDEX) \
	$(UV) pip sync --compile-bytecode --require-hashes .uv/requirements.txt; \
	$(UV) pip install --no-deps --editable .

$(UV):
	@[ -n "$(PYTHON)" ] || { echo 'Python 3.11 or 3.12 is needed: install one, or give its path: make PYTHON=/path/to/python3.12' >&2; exit 1; }
	$(PYTHON) -m venv .uv || { echo 'The venv module is incomplete; on Debian and Ubuntu: apt-get install python3-venv' >&2; rm -rf .uv; exit 1; }
	.uv/bin/pip install --quiet --disable-pip-version-check 'uv>=0.9,<1' || { rm -rf .uv; exit 1; }
