# make demo: sample cases, from papers to reports.  make test: everything that must hold.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
FAST := -m "not ocr and not prefect and not server"
KEPT := 1000000000
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint fast slow bench docs clean

help:
	@echo "make demo | test | lint | fast | slow | bench | docs | setup | clean"

setup: $(READY)

$(READY): scripts/setup.sh pyproject.toml constraints-py311.txt constraints-py312.txt constraints-models.txt
	PYTHON=$(PYTHON) bash scripts/setup.sh

demo: $(READY)
	$(BIN)/dossier demo

test: lint fast slow

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Big pictures come and go: memory that was freed is kept for the next one instead of being asked for again.
fast: $(READY)
	MALLOC_TRIM_THRESHOLD_=$(KEPT) MALLOC_MMAP_THRESHOLD_=$(KEPT) $(BIN)/python -m pytest $(FAST) -n auto --dist worksteal

slow: $(READY)
	$(BIN)/python -m pytest -m "ocr or prefect or server" --durations=10

bench: $(READY)
	$(BIN)/python -m bench

docs: $(READY)
	$(BIN)/python -m flows.docs

clean:
	rm -rf .venv demo .dossier .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
