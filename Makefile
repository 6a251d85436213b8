# 守園: every command that a person or CI runs. `make` alone lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# As many test processes as cores, up to four: each brings servers of its own.
TEST_PROCESSES ?= $(shell n=$$(nproc 2>/dev/null || echo 2); [ $$n -gt 4 ] && echo 4 || echo $$n)

# Empty files that stand for "done, and nothing it depends on has changed since", so that a second run is instant.
PACKAGES := $(VENV)/.packages
ASSETS := webapp/static/vendor/.assets

.DEFAULT_GOAL := help
.PHONY: help setup demo clean-demo test smoke year city-year system lint types format imports sure requirements pins assets \
        migration db-check calendar lifecycles bench-retention bench-disclosure bench-compliance bench-edge torture-edge soak-edge \
        edge-package

help:  ## This list
	@awk 'BEGIN {FS = ":.*## "} /^## / {printf "\n\033[1m%s\033[0m\n", substr($$0, 4)} \
	  /^[a-z-]+:.*## / {printf "  \033[36m%-16s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

## Run

setup: $(PACKAGES) $(ASSETS)  ## A virtual environment with the pinned packages of pip and npm; no root

demo: setup  ## A small city on this machine; Ctrl-C ends it, the next run goes on with its data
	@exec $(BIN)/python -m infra.stack.demo

clean-demo:  ## Empty the demo's data
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m infra.stack.demo --clean; fi

edge-package: $(PACKAGES)  ## The recorder as one file to install at a school, with its instructions, in var/
	@$(BIN)/python -m infra.edge.package

## Check

test: setup system  ## Every check and every test; installs Debian packages where it may
	@$(MAKE) --no-print-directory lint types imports
	@# In the order of the folders: by default files with few tests, which are the long ones, would come last.
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder

smoke: setup system  ## The main job on a live camera from end to end; STORE=ceph for a store with real lifecycle rules
	@$(BIN)/python -m tests.smoke

year: setup system  ## A year of three schools over Ceph in half an hour: nothing early, nothing late; seconds=5 a day
	@$(BIN)/python -m tests.year $(seconds)

city-year: setup system  ## A year of an invented city with known answers, on twelve mornings; seeds=1,2,3 invents others
	@CITY_YEAR_WHOLE=1 CITY_YEAR_SEEDS=$(or $(seeds),115) $(BIN)/python -m pytest -q tests/city_year

torture-edge: setup system  ## A recorder under 200 faults of every kind: each second is footage or has its cause; seed=1 faults=200
	@$(BIN)/python -m tests.torture $(or $(seed),1) $(or $(faults),200)

soak-edge: $(PACKAGES)  ## Ten thousand segments of one connection, and whether memory stays flat
	@$(BIN)/python -m tests.torture.soak

sure: test db-check requirements  ## Everything CI runs and what else must hold before a release

lint: $(PACKAGES)  ## Ruff, all rules, and the formatter's opinion
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(PACKAGES)  ## Mypy, strict
	$(BIN)/mypy

imports: $(PACKAGES)  ## Who may import whom
	$(BIN)/lint-imports

requirements: setup  ## Which of the regulations' requirements have a passing test
	$(BIN)/python -m tests.requirements

system: $(PACKAGES)
	@$(BIN)/python -m infra.stack.debian

## Measure

bench-retention: $(PACKAGES)  ## A city's day destroyed, listed, its keys re-wrapped, against the goals; SIZE=full for a real city
	@$(BIN)/python -m tests.benchmarks.retention

bench-disclosure: $(PACKAGES)  ## A copy that leaves, and a viewing session, against the goals; SIZE=full exports 10 GB
	@$(BIN)/python -m tests.benchmarks.disclosure

bench-compliance: setup  ## A city's night rolled up, its first pages, fifty officers at once; SIZE=full for a real city
	@$(BIN)/python -m tests.benchmarks.compliance

bench-edge: setup system  ## The recorder beside as many ffmpeg, over real streams into a real store; SIZE=full with 1 and 32 too
	@$(BIN)/python -m tests.benchmarks.edge

## Change

format: $(PACKAGES)  ## Format, and repair what ruff can repair
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

migration: $(PACKAGES)  ## The next migration from what the models say: make migration name=camera_zones
	$(BIN)/python -m infra.stack.migrations new $(name)

db-check: $(PACKAGES)  ## Whether the migrations make exactly what the models say
	$(BIN)/python -m infra.stack.migrations check

lifecycles: $(PACKAGES)  ## The diagrams of a case's life again, once its tables changed
	$(BIN)/python -m tests.lifecycle_diagrams

calendar: $(PACKAGES)  ## The office calendar again, once another year was published: make calendar announced=2028
	$(BIN)/python -m tests.office_calendar $(announced)

pins: $(PACKAGES)  ## Resolve requirements.in, requirements-dev.in and the edge's; upgrade=1 takes the newest versions
	$(BIN)/python -m infra.stack.pins $(if $(upgrade),--upgrade)

assets: $(PACKAGES)  ## Install what pages load from npm and copy it to webapp/static/vendor
	$(BIN)/python -m infra.stack.assets
	@touch $(ASSETS)

$(PACKAGES): requirements.txt requirements-dev.txt
	@echo "installing pinned packages into $(VENV)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  -r requirements.txt -r requirements-dev.txt
	@touch $@

$(ASSETS): package-lock.json infra/stack/assets.py $(PACKAGES)
	@$(BIN)/python -m infra.stack.assets
	@touch $@
