# Everything that a fresh clone needs, with nothing but Python 3.11+ and make.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2

.PHONY: demo test deep mutants bench bench-smoke pythons lint types browser editor model real clean

demo: $(VENV)/ready
	@PATH="$(abspath $(BIN)):$$PATH" $(BIN)/reconcile demo

test: $(VENV)/ready
	@echo "The whole suite, $(WORKERS) at a time (make test WORKERS=8): a quarter of an hour or so on two processors."
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not browser" tests

# The large figures of docs/trust.md, which it rewrites; SHARE=0.1 runs a tenth of each, and the bounds of `make test`.
SHARE ?= 1
FIGURES := $(VENV)/figures.jsonl
deep: $(VENV)/ready
	rm -f $(FIGURES)
	-$(BIN)/python -m pip install --quiet 'atheris>=3'
	RECONCILE_TRUST=deep RECONCILE_TRUST_SHARE=$(SHARE) RECONCILE_TRUST_FIGURES=$(abspath $(FIGURES)) \
		$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal tests/trust tests/reports
	RECONCILE_TRUST=deep RECONCILE_TRUST_FIGURES=$(abspath $(FIGURES)) $(BIN)/python -m tests.trust.model || test $$? = 77
	$(BIN)/python -m tests.trust.report $(FIGURES) docs/trust.md

# docs/model/apply.pml in Spin, as it is and broken in five ways; needs spin and cc (Debian: spin, gcc).
model: $(VENV)/ready
	$(BIN)/python -m tests.trust.model

mutants: $(VENV)/ready
	RECONCILE_MUTANTS_WORKERS=$(WORKERS) $(BIN)/python -m tests.mutants.run

# The ratios of docs/performance.md, which it rewrites: ten minutes or so, on a machine with nothing else to do.
bench: $(VENV)/ready $(VENV)/peers/ready
	$(BIN)/python -m bench.run --write docs/performance.md

# A tenth of the size and no counterparts: ratios are only reported, a wrong counter fails.
bench-smoke: $(VENV)/ready
	$(BIN)/python -m bench.run --smoke

# octoDNS has an environment of its own; where it cannot be installed, its row says so.
$(VENV)/peers/ready: bench/peers.txt $(VENV)/ready
	$(PYTHON) -m venv $(VENV)/peers
	-$(VENV)/peers/bin/python -m pip install --quiet --requirement bench/peers.txt && touch $@

# What depends on the interpreter, on each Python from 3.11 that is found, beside the one that the other tests ran on.
PYTHONS := 3.11 3.12 3.13 3.14
PER_PYTHON := tests/documents tests/hostile tests/project tests/transport tests/test_imports.py
pythons: $(VENV)/ready
	@set -e; ran=$$($(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	for v in $(filter-out $(SKIP),$(PYTHONS)); do \
		if [ $$v = $$ran ]; then continue; fi; \
		p=$$(for p in python$$v "$$HOME"/.pyenv/versions/$$v.*/bin/python; do \
			"$$p" -c '' 2>/dev/null && echo "$$p" && break; done) || { echo "Not run: Python $$v is not here."; continue; }; \
		echo "Python $$v:"; "$$p" -m venv $(VENV)/python$$v; \
		$(VENV)/python$$v/bin/python -m pip install --quiet --editable '.[dev]'; \
		$(VENV)/python$$v/bin/python -m pytest -q -n $(WORKERS) -p no:cacheprovider $(PER_PYTHON); \
	done

lint: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/ready
	$(BIN)/mypy

# The HTML report in headless Chromium, by keyboard alone; needs node, npm and chromium.
browser: $(VENV)/ready $(VENV)/browser/ready
	BROWSER=1 NODE_MODULES=$(VENV)/browser/node_modules $(BIN)/python -m pytest -m browser tests/browser

# pip is quiet, so that each step says what it does; the first one takes a minute or two, and only once.
$(VENV)/ready: pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is not here: name one, make PYTHON=/path/to/python3"; exit 1; }
	@echo "Setting up $(VENV) with $(PYTHON), once: a minute or two, most of it downloads."
	@mkdir -p $(VENV) && date +%s >$(VENV)/began
	@$(PYTHON) -m venv $(VENV)
	@echo "  1 of 2: pip itself"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	@echo "  2 of 2: reconcile, its sandbox, and what tests and lint need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@echo "Ready after $$(( $$(date +%s) - $$(cat $(VENV)/began) )) seconds."
	@touch $@

# Project files and manifests in the language server that editors use; needs node and npm.
editor: $(VENV)/ready $(VENV)/editor/ready
	LANGUAGE_SERVER=$(abspath $(VENV)/editor/node_modules/yaml-language-server/bin/yaml-language-server) \
		$(BIN)/python -m pytest tests/editor

$(VENV)/editor/ready: $(VENV)/ready
	npm install --silent --no-fund --no-audit --prefix $(VENV)/editor yaml-language-server@1.25.0
	touch $@

$(VENV)/browser/ready: $(VENV)/ready
	npm install --silent --no-fund --no-audit --prefix $(VENV)/browser playwright-core@1.65.1 axe-core@4.14.1
	touch $@

# The example of a package that adds a system, against Prefect's own server on loopback: the tool and the package are
# installed as anybody would install them, the server in an environment of its own.
real: $(VENV)/prefect/ready $(VENV)/provider/ready
	$(VENV)/provider/bin/python -m pip install --quiet --force-reinstall --no-deps . ./examples/provider-prefect
	$(VENV)/provider/bin/python examples/provider-prefect/tests/real.py $(abspath $(VENV))/prefect/bin/prefect

$(VENV)/prefect/ready: examples/provider-prefect/real.txt
	$(PYTHON) -m venv $(VENV)/prefect
	$(VENV)/prefect/bin/python -m pip install --quiet --requirement examples/provider-prefect/real.txt
	touch $@

$(VENV)/provider/ready: pyproject.toml examples/provider-prefect/pyproject.toml
	$(PYTHON) -m venv $(VENV)/provider
	$(VENV)/provider/bin/python -m pip install --quiet '.[testing]' ./examples/provider-prefect
	touch $@

clean:
	rm -rf $(VENV)
