# make setup | demo | test | check | faults | attack | audit | lock       (needs git, make and Python 3.11 or newer)
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do $$p -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup demo test check faults attack audit lock texts clean test-tools

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer (with venv) is needed; install it and run make again."; exit 1; }
	@echo "== Making the environment in $(VENV) (some minutes the first time)"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --progress-bar on --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

demo: setup
	$(BIN)/sasaeai demo

# What tests need beside the program: their libraries, a Chromium, letters for its pictures.
test-tools: setup $(VENV)/.dev-ready
	@sh tests/get-chromium.sh $(BIN)/python

$(VENV)/.dev-ready: requirements-dev.lock $(VENV)/.ready
	@echo "== Installing what tests need"
	$(BIN)/python -m pip install --progress-bar on --require-hashes -r requirements-dev.lock
	@touch $@

test: test-tools
	$(BIN)/python -m pytest -n 3 --dist loadfile

# Whatever anybody may send, 20,000 inputs at each open door (about half an hour).
attack: test-tools
	ATTACK_INPUTS=20000 $(BIN)/python -m pytest -n 0 tests/attack/test_any_input.py

# Long runs of what the suite has short: processes die and LINE makes trouble, on both databases (about an hour).
faults: test-tools
	$(BIN)/python -m tests.faults.storm --kind sqlite --kills 200
	$(BIN)/python -m tests.faults.storm --kind postgresql --kills 200
	$(BIN)/python -m tests.faults.storm --kind sqlite --kills 0 --messages 6000 --trouble 0.1
	FAULT_ROUNDS=200 $(BIN)/python -m pytest -n 0 -s tests/faults/test_rounds.py

check: test-tools
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Our own code first: it needs no network. Known holes in libraries are asked for at pypi.org.
audit: test-tools
	$(BIN)/bandit -q -r bot handlers knowledge admin -c pyproject.toml
	@mkdir -p var; $(BIN)/pip-audit --strict --require-hashes -r requirements.lock 2>var/audit.log || { grep -q "Found .* known vulnerabilit" var/audit.log && cat var/audit.log \
	  || { tail -n 1 var/audit.log; echo "The list of known holes could not be read (it needs https://pypi.org): libraries were not looked at."; }; exit 1; }

# Writes the lock files anew: every package with its hashes, no address of any index.
lock: setup $(VENV)/.dev-ready
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  --extra sharp --extra build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  --extra sharp --extra build --extra dev pyproject.toml -o requirements-dev.lock

# What the bot says, for translators: gathers the sentences, begins or renews one language, compiles it.
LANGUAGE ?= en
CATALOGUES := handlers/copy/translations
texts: setup
	$(BIN)/pybabel -q extract -o var/bot.pot --no-location handlers/copy
	@test -f $(CATALOGUES)/$(LANGUAGE)/LC_MESSAGES/bot.po || $(BIN)/pybabel -q init -D bot -i var/bot.pot -d $(CATALOGUES) -l $(LANGUAGE)
	$(BIN)/pybabel -q update -D bot -i var/bot.pot -d $(CATALOGUES) -l $(LANGUAGE)
	$(BIN)/pybabel compile -D bot -d $(CATALOGUES)

clean:
	rm -rf $(VENV) var build *.egg-info
