#!/bin/sh
# Builds the runner and the drivers, and plays every scenario on every cell, faults included. The
# C library and the Python module have to be there already (`make lib python`). Arguments go to the
# runner: `conformance/run.sh --cell c/python/tcp --only ACC-07`.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
cargo=${CARGO:-cargo}
target=${CARGO_TARGET_DIR:-target}

# The flags are words.
# shellcheck disable=SC2086
$cargo build -q ${CARGO_FLAGS---locked} -p vestibule-conformance -p vestibule-driver-rust
set -- --driver "rust=$target/debug/vestibule-driver-rust" "$@"

if command -v "${CC:-cc}" >/dev/null; then
    sh conformance/drivers/c/build.sh "$target/release"
    set -- --driver "c=$target/release/vestibule-driver-c" "$@"
else
    set -- --absent "c=no C compiler" "$@"
fi

. conformance/wine.sh

PYTHONPATH=$root/target/python${PYTHONPATH:+:$PYTHONPATH}
export PYTHONPATH
set -- --driver "python=${PYTHON:-python3} conformance/drivers/python/driver.py" "$@"

exec "$target/debug/vestibule-conformance" --faults "$@"
