# make run    the app with its sandbox world on http://127.0.0.1:8080
# make test   every test, on SQLite and PostgreSQL
# make lint   ruff, mypy --strict, import contracts, bandit, secrets
# make bench  benchmarks (ONLY=name for one)
# make torture KILLS=1000   killed, frozen, starved of disk, cut off from power (ONLY=kind for one)
# make drill              back up under load, lose ten minutes, restore elsewhere, compare
# make canaries           what is one shop's is looked for in all that another sees
# make torture-large KILLS=100 ORDERS=5000   the same in large mode, its broker emptied twice (BROKER=rabbitmq)
# make rolling SECONDS=60   old and new code side by side on one database
# make simulate SEEDS=1000-1199   worlds in which everything fails, in virtual time
# make fuzz EXAMPLES=20000        every reader, gate and sum, so often each

PYTHON ?= python3
PIP_OPTIONS = --quiet --disable-pip-version-check
BIN = .venv/bin
WORKERS ?= 2

.PHONY: run test lint bench torture torture-large rolling simulate fuzz canaries drill sbom locks clean

run: .stamps/run
	$(BIN)/postvendita sandbox --host 127.0.0.1 --port 8080

test: .stamps/test
	$(BIN)/python -m pytest -n $(WORKERS) $(TESTS)

# B608 and B704 are ruff's S608 and S704 too, where each place says why it may. The hook gives 3
# when a known example of a secret only moved to another line.
lint: .stamps/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive --severity-level medium --skip B608,B704 plugin webhooks clients scheduler
	cp .secrets.baseline .stamps/secrets.baseline
	$(BIN)/detect-secrets-hook --baseline .stamps/secrets.baseline \
		$$(git ls-files ':!*.lock' ':!.secrets.baseline' ':!tests/browser/axe.min.js') || test $$? -eq 3

bench: .stamps/test
	$(BIN)/python -m bench $(ONLY)

torture: .stamps/test
	$(BIN)/python -m tests.torture --kills $(or $(KILLS),50) $(if $(ONLY),--only $(ONLY))

torture-large: .stamps/test
	$(BIN)/python -m tests.large.torture --kills $(or $(KILLS),100) --orders $(or $(ORDERS),5000) --broker $(or $(BROKER),redis) --days $(or $(DAYS),10)

rolling: .stamps/test
	$(BIN)/python -m tests.large.rolling --seconds $(or $(SECONDS),60)

# What the app is made of, as CycloneDX JSON, read off the lock file.
sbom: .stamps/tools
	.venv-tools/bin/cyclonedx-py requirements requirements.lock --output-file sbom.json

simulate: .stamps/test
	$(BIN)/python -m tests.simulation --seeds $(or $(SEEDS),1000-1199) --orders $(or $(ORDERS),60) --days $(or $(DAYS),60)

# ONLY=tmall for those with that word in their name. The API is asked by its own document:
# API_EXAMPLES=10000 pytest tests/api/test_contract.py.
fuzz: .stamps/test
	PARSER_EXAMPLES=$(or $(EXAMPLES),2000) $(BIN)/python -m pytest -k "$(ONLY)" \
		tests/bad_inputs/test_parsers.py tests/bad_inputs/test_gates.py

# Two shops full of marks in one town: how often it was tried, and how often one showed.
canaries: .stamps/test
	$(BIN)/python -m pytest tests/isolation

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Postvendita needs Python 3.11 or newer; try make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv

.stamps/run: requirements.lock setup.cfg | .venv/bin/python
	$(BIN)/python -m pip install $(PIP_OPTIONS) --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install $(PIP_OPTIONS) --no-deps --no-build-isolation -e .
	@mkdir -p .stamps && touch $@

.stamps/test: requirements-test.lock setup.cfg | .venv/bin/python
	$(BIN)/python -m pip install $(PIP_OPTIONS) --require-hashes --no-deps -r requirements-test.lock
	$(BIN)/python -m pip install $(PIP_OPTIONS) --no-deps --no-build-isolation -e .
	@mkdir -p .stamps && touch $@ .stamps/run

.stamps/tools: requirements-tools.lock
	$(PYTHON) -m venv .venv-tools
	.venv-tools/bin/python -m pip install $(PIP_OPTIONS) --require-hashes --no-deps -r requirements-tools.lock
	@mkdir -p .stamps && touch $@

drill: .stamps/test
	$(BIN)/python -m tests.torture.drill --minutes $(or $(MINUTES),10) --database $(or $(DATABASE),sqlite)

# After a change of setup.cfg: needs uv (pip install uv).
LOCK = uv pip compile setup.cfg --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra sandbox --extra build --extra dsers
locks:
	$(LOCK) --output-file requirements.lock
	$(LOCK) --extra postgres --extra celery --output-file requirements-large.lock
	$(LOCK) --extra postgres --extra celery --extra video --extra test --output-file requirements-test.lock
	$(LOCK) --extra postgres --extra celery --extra video --extra test --extra tools --output-file requirements-tools.lock

clean:
	rm -rf .venv .venv-tools .stamps build dist *.egg-info sandbox-data
