# `make demo` and `make test` do their own set-up. TORCH_INDEX may point pip at another build of torch, e.g. one for
# your card or a smaller one without CUDA.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
SOURCES := bot gpu_agent tests
TORCH_FROM := $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX),)
BATCH ?= examples/prompts-batch-1.json
BENCH_MODELS ?= z-image-turbo flux-schnell sdxl flux-dev wan22-ti2v-5b qwen-image wan22-t2v-a14b
LOCALE := bot/texts/locale
BABEL := $(BIN)/python -m babel.messages.frontend -q

# Hundreds of processes begin in a test run: none of them compiles the program anew, whatever the environment says.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo test test-gpu check fmt bench bench-gpu evidence pictures schema texts packages clean

help:
	@echo "make demo    the whole program on this machine alone: no token, no GPU, no second machine"
	@echo "make test    format, lint, types and tests"
	@echo "make check   format, lint and types only     make fmt     put the format right"
	@echo "make test-gpu   what only a CUDA card can show; writes down what it took"
	@echo "make bench-gpu   how fast a CUDA card draws, beside the plain call and the card's own floor: ten minutes"
	@echo "make bench   figures, side by side           make schema  print the ledger's schema into docs/"
	@echo "make pictures   draw the pictures of docs/messages.md anew"
	@echo "make evidence   hundreds of simulated studios: is it noticed whether cues help?"
	@echo "make texts   what people read, for those who translate it: the catalogues in $(LOCALE)"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Darkroom needs Python 3.11 or newer; say which with: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); sh deploy/packages.sh python3-venv && $(PYTHON) -m venv $(VENV); }

# torch comes first and from its own place: a ranged torch would bring gigabytes nobody asked for.
$(VENV)/torch: constraints.txt | $(BIN)/python
	@echo "installing torch (once) …"
	@$(PIP) install -c constraints.txt $(TORCH_FROM) torch
	@touch $@

$(VENV)/demo: pyproject.toml constraints.txt $(VENV)/torch
	@echo "installing Darkroom (once) …"
	@$(PIP) install -c constraints.txt -e '.[agent]'
	@touch $@

$(VENV)/dev: pyproject.toml constraints.txt $(VENV)/torch
	@echo "installing Darkroom and what its tests need (once) …"
	@$(PIP) install -c constraints.txt -e '.[agent,dev]'
	@touch $@

packages:
	@sh deploy/packages.sh openssh-server chromium iproute2 shellcheck sqlite3 || \
	  echo "some tests will be skipped: they need OpenSSH's server, Chromium, iproute2 and shellcheck"

demo: $(VENV)/demo
	@$(BIN)/darkroom demo --batch $(BATCH) $(DEMO_FLAGS)

check: $(VENV)/dev
	@$(BIN)/ruff format --check --quiet $(SOURCES) || { echo "run: make fmt"; exit 1; }
	@$(BIN)/ruff check --quiet $(SOURCES)
	@$(BIN)/mypy bot gpu_agent tests
	@$(BIN)/mypy --platform win32 gpu_agent

# Format and types are looked at beside the tests, whose last line stays the last.
test: packages $(VENV)/dev
	@$(MAKE) --no-print-directory check & looked=$$!; \
	$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder $(PYTEST_FLAGS); tested=$$?; \
	wait $$looked || { echo "Format, lint or types are not right: see above, or run make check."; exit 1; }; exit $$tested

test-gpu: $(VENV)/dev
	@$(BIN)/python -m pytest tests/gpu --record=docs/benchmarks/$$(date +%Y-%m)-gpu.md $(PYTEST_FLAGS)

fmt: $(VENV)/dev
	@$(BIN)/ruff format $(SOURCES)
	@$(BIN)/ruff check --fix $(SOURCES)

bench: $(VENV)/dev
	@$(BIN)/python -m tests.bench

bench-gpu: $(VENV)/dev
	@$(BIN)/gpu-agent bench $(BENCH_MODELS) --random-weights --size 1024x1024 --json docs/benchmarks/$$(date +%Y-%m)-speed.json \
	  $(BENCH_FLAGS) > docs/benchmarks/$$(date +%Y-%m)-speed.md

evidence: $(VENV)/dev
	@$(BIN)/python -m tests.evidence | tee docs/benchmarks/evidence.md

texts: $(VENV)/dev
	@$(BABEL) extract -F babel.cfg --no-location --omit-header --sort-output --no-wrap -o $(LOCALE)/darkroom.pot bot/texts
	@$(BABEL) update -D darkroom -d $(LOCALE) -i $(LOCALE)/darkroom.pot --no-fuzzy-matching --ignore-obsolete --no-wrap --ignore-pot-creation-date
	@$(BABEL) compile -D darkroom -d $(LOCALE)

pictures: $(VENV)/dev
	@$(BIN)/python -m tests.pictures

schema: $(VENV)/dev
	@$(BIN)/darkroom ledger schema > docs/schema.sql
	@$(BIN)/darkroom batch schema > docs/batch.schema.json

clean:
	@rm -rf $(VENV) demo build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache
