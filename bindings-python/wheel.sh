#!/bin/sh
# Builds the wheel of the Python package into target/wheels: one for every Python from 3.10 on.
set -eu
cd "$(dirname "$0")/.."
sh bindings-python/venv.sh
# In a directory of its own, because maturin's settings and cargo's own would undo each other's work.
VIRTUAL_ENV="$PWD/target/venv" target/venv/bin/maturin build --quiet --release \
    --manifest-path bindings-python/Cargo.toml --target-dir target/wheel-build --out target/wheels
ls target/wheels/*.whl
