#!/bin/sh
# Runs the Rust tests under ThreadSanitizer:
#
#     scripts/sanitizers/tsan.sh [-- --skip NAME]
#
# First a program with a race (race.rs) is compiled and run in the same way: its race must be
# caught. What std does before it starts a thread is not instrumented; tsan.supp knows that.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
cargo=${CARGO:-cargo}
rustc=${RUSTC:-rustc}
triple=$($rustc -vV | sed -n 's/^host: //p')
target=target/tsan
export RUSTC_BOOTSTRAP=1
export RUSTFLAGS='-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer'
export TSAN_OPTIONS="suppressions=$root/scripts/sanitizers/tsan.supp:halt_on_error=1:exitcode=66"

. scripts/sanitizers/skip.sh

libraries=$($rustc --print sysroot)/lib/rustlib/$triple/lib
find "$libraries" -name '*_rt.tsan.a' | grep -q . || skip "rustc has no ThreadSanitizer for $triple"

mkdir -p "$target"
# The flags are words.
# shellcheck disable=SC2086
$rustc $RUSTFLAGS --edition 2024 -g --target "$triple" scripts/sanitizers/race.rs -o "$target/race"
if "$target/race" >"$target/race.log" 2>&1; then
    echo "FAILED: the race was not caught"
    exit 1
fi
grep -q 'ThreadSanitizer: data race' "$target/race.log" || {
    cat "$target/race.log"
    exit 1
}

# The flags are words.
# shellcheck disable=SC2086
VESTIBULE_TEST_SLOW=${VESTIBULE_TEST_SLOW:-3} $cargo test -q ${CARGO_FLAGS---locked} \
    --target "$triple" --target-dir "$target" -p vestibule --lib --tests "$@"
