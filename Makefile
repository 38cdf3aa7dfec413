# `make run` starts the product, `make test` runs every check. README.md says more.
.PHONY: help run test test-fast lint format messages lock

# The first Python that fits; ops/python.sh says so in one sentence when there is none.
PY = python="$$(sh ops/python.sh)" && exec "$$python"

help:
	@echo 'make run        starta produkten (PORT=8000, BRA_DATA=var)'
	@echo 'make test       alla kontroller och tester'
	@echo 'make test-fast  snabba tester på SQLite'
	@echo 'make lint       stil, mallar, typer, migrationer och översättningar'
	@echo 'make format     formatera koden'
	@echo 'make messages   uppdatera den svenska katalogen'
	@echo 'make lock       lås om beroendena'

run:
	@$(PY) -m ops.run

test:
	@$(PY) -m ops.check test

test-fast:
	@$(PY) -m ops.check fast

lint:
	@$(PY) -m ops.check lint

format:
	@$(PY) -m ops.check format

messages:
	@$(PY) -m ops.check messages

lock:
	@$(PY) -m ops.lock
