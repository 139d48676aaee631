# Every target does its own set-up: a fresh machine needs Python 3.11 or newer, git and make.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c

PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
BIN := .venv/bin
READY := .venv/.ready

# Models come with their packages: nothing is fetched or reported while Firetower runs or is tested.
export HF_HUB_OFFLINE := 1
export HF_HUB_DISABLE_TELEMETRY := 1
export TRANSFORMERS_OFFLINE := 1
export STREAMLIT_BROWSER_GATHER_USAGE_STATS := false

# Packages are installed uncompiled, because most of torch's files are never imported. What is imported is compiled
# once and kept, also where the machine forbids that: each of the many processes would compile it all anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup run test test-slow lint format train requirements

setup: $(READY)

$(READY): requirements.txt requirements-dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it: make setup PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --no-compile "$$(grep '^torch==' requirements.txt)"
	$(BIN)/pip install --quiet --no-compile --requirement requirements-dev.txt
	$(BIN)/pip install --quiet --no-deps --editable .
	touch $(READY)

run: setup
	$(BIN)/firetower run --demo --workspace demo

# Many tests wait for real processes, browsers and servers: three at a time keep two cores busy.
test: lint
	$(BIN)/pytest -n 3 --dist worksteal

test-slow: setup
	$(BIN)/pytest -m slow

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Makes the weights and priors that are in the repository anew, from the open data sets in ../shared/data.
train: setup
	$(BIN)/python -m training.student --work .training/student
	$(BIN)/python -m training.student.ship --student .training/student/student-2.pt
	$(BIN)/python -m training.priors

# Pins what pyproject.toml asks for. A build of torch is the machine's affair: neither its local version nor
# the libraries of one kind of GPU belong in the list.
COMPILE = $(BIN)/pip-compile --quiet --upgrade --strip-extras --allow-unsafe --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file -
NEUTRAL = sed -E -e 's/^(torch==[0-9.]+)\+.*/\1/' -e '/^(nvidia|cuda|triton)/d' -e '/^(\#.*)?$$/d'

requirements: setup
	$(BIN)/pip install --quiet pip-tools
	echo "# Written by \`make requirements\` from pyproject.toml." | tee .venv/runtime.txt > .venv/dev.txt
	$(COMPILE) pyproject.toml | $(NEUTRAL) >> .venv/runtime.txt
	$(COMPILE) --extra dev --constraint .venv/runtime.txt pyproject.toml | $(NEUTRAL) >> .venv/dev.txt
	mv .venv/runtime.txt requirements.txt
	mv .venv/dev.txt requirements-dev.txt
