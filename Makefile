# Two commands on a fresh machine: `make try` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: try test check lint types contract model model-check clean

try: $(VENV)/.ready
	@printf '\nrecommender score "python, opencv, copywriting, chatgbt"\n'
	@$(BIN)/recommender score "python, opencv, copywriting, chatgbt" --format table

test: $(VENV)/.ready-dev
	@$(BIN)/python -m pytest -n 2

check: lint types contract model-check

lint: $(VENV)/.ready-dev
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(VENV)/.ready-dev
	@$(BIN)/mypy

contract: $(VENV)/.ready-dev
	@$(BIN)/lint-imports

model: $(VENV)/.ready
	@$(BIN)/python -m recommender.build

model-check: $(VENV)/.ready
	@$(BIN)/python -m recommender.build --check

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 try")'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

BUILT_FROM := $(VENV)/.made pyproject.toml constraints.txt $(wildcard recommender/kernels/*.px[yd])

$(VENV)/.ready: $(BUILT_FROM)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@$(BIN)/python -m compileall -q recommender
	@touch $@

# One installation with everything, so that the kernels are compiled once.
$(VENV)/.ready-dev: $(BUILT_FROM)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[report,dev]"
	@$(BIN)/python -m compileall -q recommender
	@touch $(VENV)/.ready $@

clean:
	rm -rf $(VENV) build dist *.egg-info
