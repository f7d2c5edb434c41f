# Two commands do everything: `make run` and `make test`. Python 3.11 or newer, git and make are all they need.
PYTHON ?= python3
BIN := .venv/bin
SERVE ?= 1
PORT ?= 8501
# Somebody's own files get a home of their own, so that they never mix with the synthetic sample.
LANDING ?=
CITIES311_HOME ?= $(if $(LANDING),data/own,data)
export CITIES311_HOME
export DAGSTER_DISABLE_TELEMETRY = 1
FILES := $(or $(LANDING),data/landing)
# Kills runs at moments it waits for, which others at work beside it would blur.
ALONE := tests/integration/test_kill.py

.PHONY: run test check bench bench-metrics bench-recovery bench-restating bench-reporting data-diff numbers dev setup oracles lock clean

run: setup
	$(if $(LANDING),,@test -f data/landing/program.yml || $(BIN)/cities311 sample data/landing)
	@$(BIN)/cities311 run --landing $(FILES)
	@$(BIN)/cities311 status
	@if [ "$(SERVE)" != 0 ]; then exec $(BIN)/cities311 dashboard --port $(PORT); fi

test: setup oracles
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --config-file tests/mypy.ini tests
	$(BIN)/pytest -n auto --dist loadscope --ignore $(ALONE)
	$(BIN)/pytest $(ALONE)

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --config-file tests/mypy.ini tests
	$(BIN)/pytest -q -n auto --dist loadscope tests/unit tests/sql tests/golden tests/contract tests/architecture

bench: setup
	$(BIN)/python tests/benchmarks/run.py

# Each takes some ten to twenty minutes but the last: every metric family at 5,000,000 requests; planted values over 200 samples; what changed
# between two states of 5,000,000 requests and why, and what was known then at scale 1; the reports of a period (a minute or two).
bench-metrics bench-recovery bench-restating bench-reporting: bench-%: setup
	$(BIN)/python tests/benchmarks/$*.py

# What this code makes of the sample that the code of BASE did not: the same files, one release by each, and their difference.
BASE ?= main
SCALE ?= 0.3
DIFF := data/data-diff
data-diff: setup
	@git worktree remove --force $(DIFF)/base 2> /dev/null; rm -rf $(DIFF); git worktree add --quiet --detach $(DIFF)/base $(BASE)
	@cd $(DIFF)/base && PYTHONPATH=. $(abspath $(BIN))/python -m pipelines.cli sample ../landing --scale $(SCALE)
	@cd $(DIFF)/base && PYTHONPATH=. $(abspath $(BIN))/python -m pipelines.cli run --landing ../landing --home ../made > /dev/null
	@old=$$(cat $(DIFF)/made/releases/CURRENT); $(BIN)/cities311 run --landing $(DIFF)/landing --home $(DIFF)/made > /dev/null && \
	new=$$(cat $(DIFF)/made/releases/CURRENT) && if [ "$$old" = "$$new" ]; then echo "The same code: no figure changed."; \
	else $(BIN)/cities311 diff $$old $$new --home $(DIFF)/made; fi; git worktree remove --force $(DIFF)/base

# Once CHANGELOG says under "Numbers that changed" why they did: the figures that a test holds the sample to.
numbers: setup
	$(BIN)/python tests/sample_numbers.py --write

# DEV passes options on, such as DEV="--port 3333".
# The Dagster UI on the same home: lineage, receipts, row counts, checks, the schedule and the sensor.
dev: setup
	@mkdir -p $(CITIES311_HOME)/dagster && cp pipelines/dagster.yaml $(CITIES311_HOME)/dagster/
	CITIES311_HOME=$(abspath $(CITIES311_HOME)) CITIES311_LANDING=$(abspath $(FILES)) \
	CITIES311_EVENTS=$(abspath $(CITIES311_HOME))/dagster/history DAGSTER_HOME=$(abspath $(CITIES311_HOME))/dagster \
	$(BIN)/dagster dev $(DEV)

setup: .venv/ready

.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with PYTHON="; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --config-settings editable_mode=compat -e .
	@touch $@

# Libraries that some figures are held against; their pins clash with ours, so tests call them in a process of their own.
oracles: .venv-oracles/ready

.venv-oracles/ready: requirements-oracles.lock
	@test -x .venv-oracles/bin/python || $(PYTHON) -m venv .venv-oracles
	.venv-oracles/bin/python -m pip install --quiet --require-hashes -r requirements-oracles.lock
	@touch $@

# Needs uv; writes hashes and names no registry.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-header --extra dev -q pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-header -q oracles.in -o requirements-oracles.lock

clean:
	rm -rf .venv .venv-oracles data/landing data/own data/raw data/quarantine data/warehouse data/releases data/dagster data/data-diff
