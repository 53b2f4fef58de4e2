#!/bin/sh
# Puts the Python package where `PYTHONPATH=target/python python3` finds it. Needs cargo and nothing else: no pip, no
# maturin, no Python development package. Any Python from 3.10 on can import the result.
set -eu
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
cargo build --locked --release -p vestibule-python
package=$target/python/vestibule
mkdir -p "$package"
# Copied aside and renamed: a program that has the module loaded keeps its own copy.
cp "$target/release/lib_vestibule.so" "$package/.new.so"
mv -f "$package/.new.so" "$package/_vestibule.abi3.so"
cp bindings-python/python/vestibule/*.py bindings-python/python/vestibule/*.pyi bindings-python/python/vestibule/py.typed "$package/"
