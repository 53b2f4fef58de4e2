#!/bin/sh
# Puts the Python package where `PYTHONPATH=target/python python3` finds it. Needs cargo and nothing else: no pip, no
# maturin, no Python development package. Any Python from 3.10 on can import the result.
set -eu
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
# shellcheck disable=SC2086 # the flags are several words
"${CARGO:-cargo}" build ${CARGO_FLAGS---locked} --release -p vestibule-python

source=bindings-python/python/vestibule
package=target/python/vestibule
mkdir -p "$package"
# Copied aside and renamed, so that a program that has the old module loaded keeps it.
cp "$target/release/lib_vestibule.so" "$package/.new.so"
mv -f "$package/.new.so" "$package/_vestibule.abi3.so"
cp "$source"/*.py "$source"/*.pyi "$source/py.typed" "$package/"
