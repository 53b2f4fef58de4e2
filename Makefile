# The entry points of the project. `make` alone explains them.

CARGO   ?= cargo
PYTHON  ?= python3
CC      ?= cc
CARGO_FLAGS ?= --locked
MEMCHECK = valgrind -q --error-exitcode=1 --leak-check=full --errors-for-leak-kinds=definite \
	--suppressions=$(CURDIR)/ffi/tests/memcheck.supp

.DEFAULT_GOAL := help
.PHONY: help demo lib python wheel test conformance bench fmt lint memcheck asan tsan interleavings soak ci clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 22

demo: lib python ## accept, reject and defer over TCP and in-process, and a goodbye with totals in every order
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
	CC="$(CC)" CARGO="$(CARGO)" CARGO_FLAGS="$(CARGO_FLAGS)" $(PYTHON) scripts/bench.py

fmt: ## formats the Rust code
	$(CARGO) fmt --all

lint: ## formatting, clippy and documentation, with warnings as errors
	$(CARGO) fmt --all --check
	$(CARGO) clippy $(CARGO_FLAGS) --workspace --all-targets -- -D warnings
	$(CARGO) clippy $(CARGO_FLAGS) -p vestibule --all-targets --features shuttle -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc $(CARGO_FLAGS) --workspace --no-deps

memcheck: lib ## the C tests under valgrind
	VESTIBULE_TEST_SLOW=5 VESTIBULE_TEST_WRAPPER="$(MEMCHECK)" sh ffi/tests/run.sh

asan: ## the C tests with AddressSanitizer on both sides of the boundary
	CC="$(CC)" CARGO="$(CARGO)" CARGO_FLAGS="$(CARGO_FLAGS)" $(PYTHON) scripts/test.py asan

tsan: ## the Rust tests under ThreadSanitizer
	CARGO="$(CARGO)" CARGO_FLAGS="$(CARGO_FLAGS)" $(PYTHON) scripts/test.py tsan

interleavings: ## accept, defer, withdraw and close in every order that shuttle tries; part of `make test`
	CARGO="$(CARGO)" CARGO_FLAGS="$(CARGO_FLAGS)" $(PYTHON) scripts/test.py interleavings

soak: lib ## two minutes of many threads, with no descriptor, thread or byte left over
	VESTIBULE_SOAK_SECONDS=60 sh ffi/tests/run.sh target/release soak
	VESTIBULE_SOAK_SECONDS=60 $(CARGO) test $(CARGO_FLAGS) -q -p vestibule --test events_stress

ci: lint test memcheck asan tsan demo ## what CI runs

clean: ## removes everything that was built
	$(CARGO) clean

include ffi/install.mk
