# Two commands for a fresh machine: `make demo` to see it, `make test` to trust it. `make help` lists the others.
.POSIX:
.SILENT:
.PHONY: help setup demo test test-slow test-browser test-cluster cov torture lint format bench eval-gate wheel-test lock audit clean

# Nothing here needs a path of its own, so that a folder with spaces in its name works.
PYTHON_OF_VENV = .venv/bin/python
PACKAGES = analyzers indexer search_web

help: ## this list
	grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

setup: ## .venv with everything for work on Dalil
	sh scripts/setup.sh dev

demo: ## the sample archive in a browser (PORT=8001 make demo for another port)
	sh scripts/setup.sh runtime
	sh scripts/demo.sh

test: setup ## all tests but those of the other targets
	$(PYTHON_OF_VENV) -m pytest -q -n auto --maxprocesses 4 -p no:benchmark -m "not slow"

test-slow: setup ## those that take their time: slow clients, soaks, builds that are killed, a short load
	$(PYTHON_OF_VENV) -m pytest -q -p no:benchmark -m slow

test-browser: setup ## the pages in a real browser; pictures of them in build/screenshots
	sh scripts/browser.sh
	$(PYTHON_OF_VENV) -m pytest -q tests/browser

test-cluster: setup ## real servers, OpenSearch and PostgreSQL, and their faults (CLUSTER=long: minutes each)
	sh scripts/cluster.sh
	$(PYTHON_OF_VENV) -m pytest -q tests/cluster

cov: setup ## all tests, and which lines none of them reached
	$(PYTHON_OF_VENV) -m pytest -q -n auto --maxprocesses 4 -p no:benchmark --cov --cov-report=term

torture: setup ## jobs killed at any moment for TORTURE_SECONDS (600), every call failing, many bits, FUZZ_SECONDS (120) of each fuzzing
	FAULTS=all TORTURE_SECONDS=$${TORTURE_SECONDS:-600} $(PYTHON_OF_VENV) -m pytest -q -s tests/faults
	FUZZ_SECONDS=$${FUZZ_SECONDS:-120} $(PYTHON_OF_VENV) -m pytest -q -s tests/fuzz
	FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-5000} $(PYTHON_OF_VENV) -m pytest -q -s tests/attacks

lint: setup ## format, ruff, mypy --strict, direction of imports
	$(PYTHON_OF_VENV) -m ruff format --check .
	$(PYTHON_OF_VENV) -m ruff check .
	$(PYTHON_OF_VENV) -m mypy
	.venv/bin/lint-imports

format: setup ## write the format, and the fixes that are safe
	$(PYTHON_OF_VENV) -m ruff check --fix-only --quiet .
	$(PYTHON_OF_VENV) -m ruff format .

bench: setup ## how fast it is (benchmarks/README.md)
	$(PYTHON_OF_VENV) -m pytest -q benchmarks/bench_*.py --benchmark-only --benchmark-columns=min,median,max,rounds

eval-gate: setup ## how good its answers are; fails below the floors of benchmarks/gate
	$(PYTHON_OF_VENV) -m benchmarks.eval_gate

wheel-test: setup ## build the wheel, install it elsewhere, search with it
	sh scripts/wheel-test.sh

lock: setup ## newest versions within the bounds of pyproject.toml into the lock files
	sh scripts/lock.sh

audit: setup ## known vulnerabilities of the locked packages, as PyPI tells them
	$(PYTHON_OF_VENV) scripts/audit.py

clean: ## what these commands made: .venv, .demo, caches
	rm -rf .venv .demo build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
