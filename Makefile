# Everything is made in .venv, from Python 3.11 or later and make alone.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
UV_VERSION := 0.13.9
SUPPLY := 'cyclonedx-bom==7.5.0' 'pip-audit==2.10.1'
BIN := .venv/bin
READY := .venv/.ready
DEMO := build/demo
CASES ?= 20000
N ?= 400
SECONDS ?= 600

.DEFAULT_GOAL := help
.PHONY: help demo serve test test-slow lint format bench bench-redaction bench-guard bench-incident bench-analysts sbom audit train fuzz lock clean

help: ## Say what can be made
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed; none was found on PATH."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv==$(UV_VERSION)'
	$(BIN)/uv pip sync --quiet --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## Make exports, load 20,000 cases, check them against the truth, serve the page
	$(BIN)/hushdesk demo $(DEMO) --fresh --cases $(CASES)

serve: $(READY) ## Serve the demo's desk again
	$(BIN)/hushdesk serve --desk $(DEMO)/desk

# Tests start hundreds of interpreters: without compiled files each would compile all it imports anew.
# The order of files is that of tests/conftest.py, long ones first.
test: $(READY) ## Run the fast tests
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q -m "not slow" -n 3 --dist loadfile --no-loadscope-reorder

test-slow: $(READY) ## Run the long tests, and those of properties with many more examples
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q -m "slow or hypothesis" --hypothesis-profile thorough

lint: $(READY) ## Style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY) ## Put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY) ## Load rate, memory, size, latency beside SQLite FTS5
	$(BIN)/python benchmarks/desk.py

bench-redaction: $(READY) ## Redaction beside other tools, installed under build/peers (DATA=folder, N=texts)
	$(BIN)/python benchmarks/redaction --n $(N) $(if $(DATA),--data $(DATA))

bench-guard: $(READY) ## Guard beside scanners, installed under build/peers, and beside z3 and a BDD (DATA=folder)
	$(BIN)/python benchmarks/guard $(if $(DATA),--data $(DATA))

bench-incident: $(READY) ## Flow logs beside DuckDB, installed under build/peers (LINES=5000000, TUPLES=5000000)
	$(BIN)/python benchmarks/incident $(if $(LINES),--lines $(LINES)) $(if $(TUPLES),--tuples $(TUPLES))

bench-analysts: $(READY) ## 50 analysts on 1,000,000 cases for two minutes, alone and beside idle and slow connections (CASES=, SECONDS=)
	$(BIN)/python benchmarks/analysts.py $(if $(filter command line,$(origin CASES)),--cases $(CASES)) $(if $(filter command line,$(origin SECONDS)),--seconds $(SECONDS))

sbom: $(READY) ## Bill of materials of what is locked, CycloneDX JSON, in build/sbom.json (tool installed under build/supply)
	@test -x build/supply/bin/cyclonedx-py || { $(BIN)/python -m venv build/supply && \
		build/supply/bin/python -m pip install --quiet --disable-pip-version-check $(SUPPLY); }
	build/supply/bin/cyclonedx-py requirements --output-reproducible --spec-version 1.6 --output-format JSON \
		--pyproject pyproject.toml --output-file build/sbom.json requirements.lock
	@$(BIN)/python -c 'import json; s = json.load(open("build/sbom.json")); print(len(s["components"]), "components in build/sbom.json")'

audit: $(READY) ## Look up what is locked in the database of known weaknesses; needs the network (AUDIT=--offline only checks the lock)
	@test -x build/supply/bin/pip-audit || { $(BIN)/python -m venv build/supply && \
		build/supply/bin/python -m pip install --quiet --disable-pip-version-check $(SUPPLY); }
	$(BIN)/python tools/audit.py $(AUDIT)

train: $(READY) ## Train the tagger anew, in build/train, in about two hours (DATA=folder of labelled sets, DECLARATION=folder, WORDS=file of teacher.py)
	@test -x build/train/bin/python || $(PYTHON) -m venv build/train
	build/train/bin/python -m pip install --quiet --disable-pip-version-check -r training/requirements.txt
	build/train/bin/python -m pip install --quiet --disable-pip-version-check --editable .
	test -f build/morphology.json || build/train/bin/python training/morphology.py build/morphology.json
	build/train/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --target build/texts -r training/texts.txt
	build/train/bin/python training/train.py --out src/hushdesk/redact/tagger/weights.npz --epochs 12 --interfaces build/texts $(if $(DECLARATION),--declaration $(DECLARATION)) $(if $(DATA),--data $(DATA)) $(if $(WORDS),--words $(WORDS))
	build/train/bin/python training/probe.py src/hushdesk/redact/tagger/weights.npz --interfaces build/texts $(if $(DECLARATION),--declaration $(DECLARATION)) $(if $(DATA),--data $(DATA))
	$(if $(DATA),$(BIN)/python training/card.py --data $(DATA) --out src/hushdesk/redact/tagger/MODEL_CARD.md)

fuzz: $(READY) ## Fuzz redaction for SECONDS (docs/dev/fuzzing.md)
	@test -x build/fuzz/bin/python || $(BIN)/python -m venv build/fuzz
	build/fuzz/bin/python -m pip install --quiet --disable-pip-version-check atheris
	@mkdir -p build/fuzz/corpus
	PYTHONPATH=src:$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') build/fuzz/bin/python \
		tests/redact/fuzz/fuzz_redact.py build/fuzz/corpus -max_total_time=$(SECONDS) -timeout=20 -artifact_prefix=build/fuzz/

lock: $(READY) ## Resolve the dependencies anew
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-header --output-file requirements.lock

clean: ## Remove what was made
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
