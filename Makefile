# The two commands that matter: `make demo` and `make test`. Both set up all that they need.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: demo test check lint types layers docs bench release template clean

## Create a project with defaults into demo/, and verify it.
demo: .venv/ready .venv/node
	rm -rf demo && mkdir demo
	convex-scaffold new my-backend --in demo --defaults

## Everything, slow suites included.
test: .venv/ready .venv/node .cache/node/ready
	pytest --numprocesses auto --dist worksteal tests

## What CI checks besides the tests.
check: lint types layers

lint: .venv/ready
	ruff check
	ruff format --check

types: .venv/ready
	mypy

layers: .venv/ready
	lint-imports

## The documentation, strictly, with its generated pages up to date.
docs: .venv/ready
	python .ci/docs.py --check
	NO_MKDOCS_2_WARNING=1 mkdocs build --strict --quiet --config-file .ci/mkdocs.yml

## Ratios to peers, one run each.
bench: .venv/ready
	python benchmarks/new.py
	python benchmarks/lifecycle.py
	python benchmarks/check.py
	python benchmarks/report.py

## Add the committed template to the released history: make release VERSION=0.2.0
release: .venv/ready
	python .ci/release.py $(VERSION)
	python .ci/docs.py

## The template's own checks, in place.
template: .venv/node .cache/node/ready
	cd template && npm run check

.venv/ready: pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

# Node.js 20.19+ from the machine, or else from PyPI.
.venv/node: .venv/ready
	@$(BIN)/python -c 'from scaffold.core import node; node.find()' 2>/dev/null \
		|| $(BIN)/python -m pip install --quiet --editable '.[node]'
	@$(BIN)/python -c 'from scaffold.core import node; print("Node.js", node.find().version)'
	@touch $@

# The template's packages lie above it: tools find them there, and rendering does not walk over them.
.cache/node/ready: template/package-lock.json | .venv/node
	mkdir -p .cache/node
	cp template/package.json template/package-lock.json .cache/node
	cd .cache/node && npm ci --no-audit --no-fund --loglevel=error
	ln -sfn .cache/node/node_modules node_modules
	@touch $@

clean:
	rm -rf .venv .cache demo site node_modules
