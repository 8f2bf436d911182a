# newsbot. `make` alone lists what can be made.

MAKEFLAGS += --no-print-directory
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

.PHONY: help setup setup-dev run test faults bench crash soak browser lock lint format clean

help:
	@echo "make setup    build the environment in $(VENV): the command is $(BIN)/newsbot"
	@echo "make run      run the bot; without a token, with a Discord and a Telegram on this machine"
	@echo "make test     format, lint, types, imports and every test"
	@echo "make faults   the long tests: every fault for as long as it is promised to be borne"
	@echo "make lint     as make test, without the tests"
	@echo "make format   put the code in its usual form"
	@echo "make bench    measure, print a table"
	@echo "make crash    kill the bot a thousand times (KILLS=1000), on both databases, and see what was lost"
	@echo "make soak     let the bot work for an hour (MINUTES=60), and see whether it grows"
	@echo "make lock     renew the lock files from pyproject.toml"
	@echo "make clean    remove all that was built, not what the bot has stored"

# --- The environment ---

# The first Python on PATH that is new enough and can make an environment; another: make PYTHON=/path/to/python
PYTHON := python3.14 python3.13 python3.12 python3.11 python3 /usr/bin/python3 /usr/local/bin/python3
find_python = for python in $(PYTHON) ""; do \
	"$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && break; \
	done

NO_PYTHON := newsbot needs Python 3.11 or newer with venv and ensurepip \
	(on Debian and Ubuntu: apt-get install python3-venv), and found none. \
	One that is not on PATH: make PYTHON=/path/to/python3

# Says what an environment was built from; a moved directory needs a new one.
built_from = $$(cat pyproject.toml $(1) | cksum) $(CURDIR)

# $(1) the lock, $(2) the stamp that makes a second call quick
define install
@if [ "$$(cat $(VENV)/$(2) 2>/dev/null)" != "$(call built_from,$(1))" ]; then \
	set -e; \
	if ! grep -qsF "$(CURDIR)/" $(BIN)/pip || ! $(BIN)/python -c '' 2>/dev/null; then \
		$(find_python); \
		[ -n "$$python" ] || { echo "$(NO_PYTHON)" >&2; exit 1; }; \
		echo "Building $(VENV) with $$python ..."; \
		rm -rf $(VENV); "$$python" -m venv $(VENV); \
	fi; \
	echo "Installing $(1) ..."; \
	$(BIN)/python -m pip install -qq --require-hashes --requirement $(1); \
	$(BIN)/python -m pip install -qq --no-deps --no-build-isolation --no-index --editable .; \
	echo "$(call built_from,$(1))" > $(VENV)/$(2); \
fi
endef

setup:
	$(call install,requirements.lock,newsbot-setup)

setup-dev:
	$(call install,requirements-dev.lock,newsbot-setup-dev)

# --- Running and measuring ---

run: setup
	@exec $(BIN)/newsbot run $(ARGS)

bench: setup-dev
	@exec $(BIN)/python -m tests.bench $(ARGS)

KILLS := 1000

crash: setup-dev
	@exec $(BIN)/python -m tests.crash $(KILLS)

MINUTES := 60

soak: setup-dev
	@exec $(BIN)/python -m tests.soak $(MINUTES)

# --- Checking: the cheapest first ---

# $(1) what is checked, $(2) the command; silent unless it fails
define check
@printf '%-9s' "$(1)"; \
if output=$$($(2) 2>&1); then echo "ok"; else echo "FAILED"; printf '%s\n' "$$output"; exit 1; fi
endef

lint: setup-dev
	$(call check,format,$(BIN)/ruff format --check .)
	$(call check,lint,$(BIN)/ruff check .)
	$(call check,imports,$(BIN)/lint-imports --no-logo)
	$(call check,types,$(BIN)/mypy)

# In this order, so that all processes end at about the same time; one more than the two processors that a small machine
# has, since who plays a scenario waits most of the time.
SLOWEST_FIRST := tests/scenarios tests/browser tests/integration tests/contract tests/unit
IN_PARALLEL := --numprocesses 3 --dist loadfile --no-loadscope-reorder

test: lint browser
	@$(BIN)/pytest --quiet $(IN_PARALLEL) $(SLOWEST_FIRST) $(ARGS)

# What `make test` leaves out, the tests with the mark `fault`, and what else the fault matrix rests on.
faults: setup-dev
	@exec $(BIN)/python -m tests.faults $(ARGS)

# Debian's Chromium, where there is none and we may install it.
browser:
	@command -v chromium >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Debian's chromium ..."; \
		output=$$({ apt-get update --quiet && DEBIAN_FRONTEND=noninteractive apt-get install --quiet --yes \
			--no-install-recommends -o DPkg::Lock::Timeout=300 chromium; } </dev/null 2>&1) \
			|| printf '%s\n' "$$output"; \
	fi; \
	command -v chromium >/dev/null && exit 0; \
	echo "*** No chromium here: the browser tests do not run. To run them, install it. ***"; \
	[ "$$CI" != true ] || { echo "*** With CI=true that is a failure. ***"; exit 1; }

format: setup-dev
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

# --- The lock files ---

UV := $(VENV)/uv-$(UV_VERSION)/bin/uv

$(UV):
	@$(BIN)/python -m venv $(VENV)/uv-$(UV_VERSION)
	@$(VENV)/uv-$(UV_VERSION)/bin/python -m pip install -qq uv==$(UV_VERSION)

# The newest versions that pyproject.toml allows; what it says of uv holds here.
lock: setup $(UV)
	@$(UV) pip compile --quiet --upgrade --group build --group dev pyproject.toml --output-file requirements-dev.lock
	@$(UV) pip compile --quiet --upgrade --group build --constraint requirements-dev.lock pyproject.toml \
		--output-file requirements.lock
	@echo "Renewed requirements.lock and requirements-dev.lock. Next: make test"

clean:
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
