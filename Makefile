# Night Porter. `make run` is all that a new machine needs (Debian 12, root or sudo); `make help` lists the rest.
CONFIG ?= examples/hotel.toml
DATA ?= ./data
# Processes for the tests; every product that telephones wants one core for itself, for the sake of its audio.
PYTEST_JOBS ?= 2
PYTEST_ARGS ?=
PERF_ARGS ?=
SOAK_ARGS ?=
# How often something is killed while calls are charged, and then while guests are woken; empty: another soak.
N ?=
PYTHON := .venv/bin/python

.PHONY: help setup run test unit check format diagrams perf soak clean

help:  ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## */  make \1\t/' | expand -t 18

run:  ## install what is missing and start the demonstration hotel (CONFIG=, DATA=)
	@tools/setup.sh run
	@test -e $(DATA)/nightporter.db -o -e $(DATA)/copies || .venv/bin/nightporter tariff import examples/tariffs.csv --data $(DATA)
	@exec .venv/bin/nightporter run --config $(CONFIG) --data $(DATA)

setup:  ## install what is missing, for development too
	@tools/setup.sh dev

test: setup  ## every test: unit, contract, architecture, and scenarios through the bench
	@$(PYTHON) -m pytest -n $(PYTEST_JOBS) --dist loadfile tests/unit tests/contract tests/architecture $(PYTEST_ARGS)
	@$(PYTHON) -m pytest -n $(PYTEST_JOBS) --dist loadfile tests/scenario $(PYTEST_ARGS)

unit: setup  ## the tests that need no running product
	@$(PYTHON) -m pytest tests/unit tests/contract tests/architecture $(PYTEST_ARGS)

check: setup  ## lint, format, types, import rules
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports

format: setup  ## let ruff mend what it can
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

diagrams: setup  ## draw docs/diagrams/ from the state tables
	@$(PYTHON) -m firmware diagrams

perf: setup  ## the table of figures (minutes; wants an otherwise idle machine; PERF_ARGS="--only out in": some of it)
	@$(PYTHON) -m tests.perf $(PERF_ARGS)

soak: setup  ## load and random kills (SOAK_ARGS="--minutes 30"), calls that must stand ("--listen 10"), charges and wake-ups (N=200)
	@$(PYTHON) -m tests.soak $(if $(N),--kills $(N)) $(SOAK_ARGS)

clean:  ## remove what setup made; data/ stays
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find boardsupport -name '*.so' -delete
