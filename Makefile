# The entry points of the project. `make` alone explains them.

CARGO   ?= cargo
PYTHON  ?= python3
CC      ?= cc
CARGO_FLAGS ?= --locked
MEMCHECK = valgrind -q --error-exitcode=1 --leak-check=full --errors-for-leak-kinds=definite

.DEFAULT_GOAL := help
.PHONY: help demo lib python wheel test conformance bench fmt lint memcheck ci clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 22

demo: lib python ## a server that accepts one caller, rejects one and defers one, over TCP and in-process
	$(PYTHON) demo/run.py

lib: ## target/release/libvestibule.so and .a
	$(CARGO) build $(CARGO_FLAGS) --release -p vestibule-ffi
	CC="$(CC)" sh ffi/link.sh

python: ## the Python module, ready for PYTHONPATH=target/python
	CARGO="$(CARGO)" CARGO_FLAGS="$(CARGO_FLAGS)" sh bindings-python/stage.sh

wheel: ## target/wheels: the Python module as a wheel
	PYTHON="$(PYTHON)" sh bindings-python/wheel.sh

test: lib python ## every test; ends with one line, N passed, N failed, N skipped
	CARGO="$(CARGO)" CARGO_FLAGS="$(CARGO_FLAGS)" $(PYTHON) scripts/test.py

conformance: lib python ## the conformance suite on every cell; report in target/conformance
	CARGO="$(CARGO)" CARGO_FLAGS="$(CARGO_FLAGS)" $(PYTHON) scripts/test.py conformance

bench: lib python ## what things cost, as ratios against bare system calls; target/bench/results.json
	CC="$(CC)" $(PYTHON) scripts/bench.py

fmt: ## formats the Rust code
	$(CARGO) fmt --all

lint: ## formatting, clippy and documentation, with warnings as errors
	$(CARGO) fmt --all --check
	$(CARGO) clippy $(CARGO_FLAGS) --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc $(CARGO_FLAGS) --workspace --no-deps

memcheck: lib ## the C tests under valgrind
	VESTIBULE_TEST_SLOW=5 VESTIBULE_TEST_WRAPPER="$(MEMCHECK)" sh ffi/tests/run.sh

ci: lint test memcheck demo ## what CI runs

clean: ## removes everything that was built
	$(CARGO) clean

include ffi/install.mk
