# Two commands do everything on a fresh machine with Python >= 3.10, make and a C++ compiler:
#   make run    set up, and run the shipped cases on every device in reach
#   make test   set up, and pass the tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: run test lint setup clean

run: setup
	$(BIN)/pytest --devices=all

test: setup
	$(BIN)/pytest tests

lint: setup
	$(BIN)/ruff format --check harness tests benchmarks examples cases
	$(BIN)/ruff check harness tests benchmarks examples cases
	$(BIN)/mypy

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Lockstep needs Python 3.10 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[models,onnx,openvino,dev]'
	touch $(STAMP)

clean:
	rm -rf $(VENV)
