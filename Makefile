# The commands of the house. `make run` needs Python 3.11 or later, make, and access to a package index; nothing else.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.SILENT:
.DELETE_ON_ERROR:

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
BIN := .venv/bin
RUN_STAMP := .venv/.run-$(shell cksum < requirements.txt | tr ' ' '-')
DEV_STAMP := .venv/.dev-$(shell cat requirements.txt requirements-dev.txt | cksum | tr ' ' '-')
TEST_ARGS ?= -n 2 --dist loadgroup
TEMPLATES := $(wildcard templates)

.PHONY: run test check fix bench soak lock browser help

help: ## these lines
	grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(RUN_STAMP) ## serve on http://$(HOST):$(PORT), mail worker inside
	exec env HOST=$(HOST) PORT=$(PORT) $(BIN)/flask --app app serve

test: $(DEV_STAMP) browser ## every test, on SQLite and PostgreSQL, with a real browser
	$(BIN)/pytest $(TEST_ARGS) -m "not soak"

soak: $(DEV_STAMP) browser ## the long tests
	$(BIN)/pytest -m soak

check: $(DEV_STAMP) ## format, lint, types, import order, templates
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	if [ -n "$(TEMPLATES)" ]; then $(BIN)/djlint templates --lint --quiet; fi

fix: $(DEV_STAMP) ## format, and repair what a tool can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(DEV_STAMP) ## ratios measured in one run (MEASURES="start …" for some of them)
	$(BIN)/python -m bench $(MEASURES)

lock: $(DEV_STAMP) ## requirements*.in → requirements*.txt with the hashes of every file
	for name in requirements requirements-dev; do
	    $(BIN)/uv pip compile --quiet $$name.in --output-file $$name.txt --generate-hashes --universal \
	        --python-version 3.11 --no-header --no-annotate --no-emit-index-url --no-emit-find-links
	done

browser: $(DEV_STAMP)
	$(BIN)/python -m tests.browser_finder || .ci/install-browser

# A stamp carries the checksum of the lock file and is written last: an interrupted or outdated installation has no stamp.
$(RUN_STAMP): | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m compileall -q app.py config.py tourpaca migrations
	rm -f .venv/.run-*
	touch $@

$(DEV_STAMP): | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	rm -f .venv/.dev-* .venv/.run-*
	touch $@ $(RUN_STAMP)

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Il faut Python 3.11 ou plus récent (ici %d.%d). Précisez-le : make run PYTHON=python3.11" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
