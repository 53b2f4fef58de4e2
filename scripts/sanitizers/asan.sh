#!/bin/sh
# Runs the C tests with AddressSanitizer on both sides of the C boundary:
#
#     scripts/sanitizers/asan.sh [NAME...]
#
# NAME picks tests. First come mistakes that must be caught (canary.c): a library that is not
# instrumented lets an overflow of what it keeps on its stack pass unnoticed. The runtime is the C
# compiler's; Rust's half is instrumented by a stable compiler that is told to know `-Z`.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
cargo=${CARGO:-cargo}
cc=${CC:-cc}
triple=$(${RUSTC:-rustc} -vV | sed -n 's/^host: //p')
target=target/asan
directory=$target/$triple/debug
CFLAGS="-fsanitize=address -fno-omit-frame-pointer ${CFLAGS-}"
LDFLAGS="-fsanitize=address ${LDFLAGS-}"
ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1
export CFLAGS LDFLAGS ASAN_OPTIONS

. scripts/sanitizers/skip.sh

mkdir -p "$target"
echo 'int main(void) { return 0; }' |
    $cc -fsanitize=address -x c - -o "$target/probe" 2>"$target/probe.log" ||
    skip "$cc has no AddressSanitizer (Debian: gcc)"

# The flags are words.
# shellcheck disable=SC2086
RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address $cargo build -q ${CARGO_FLAGS---locked} \
    --target "$triple" --target-dir "$target" -p vestibule-ffi
CC=$cc sh ffi/link.sh "$directory"

# Two runtimes in one program would each see half of it.
if nm --defined-only "$directory/libvestibule.a" 2>/dev/null | grep -q ' __asan_init$'; then
    echo "the archive brings a runtime of its own"
    exit 1
fi

passed=0 failed=0
# The flags are words.
# shellcheck disable=SC2086
$cc -std=c11 -Wall -Wextra -Wpedantic -Werror -g $CFLAGS -I include scripts/sanitizers/canary.c \
    -L "$directory" -lvestibule -lpthread -o "$directory/canary"

# The sanitizer has to report this kind of mistake in the program that makes it.
caught() {
    if LD_LIBRARY_PATH=$directory timeout 60 "$directory/canary" "$1" >"$target/canary.log" 2>&1; then
        status=0
    else
        status=$?
    fi
    if [ "$status" -ne 0 ] && grep -q "Sanitizer: $2" "$target/canary.log"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: the mistake $1 was not caught as $2 (status $status)"
        cat "$target/canary.log"
    fi
}

caught address-too-long heap-buffer-overflow
caught room-too-short heap-buffer-overflow
caught callee-data-too-long stack-buffer-overflow
caught callee-data-too-late stack-use-after-return
caught leak "detected memory leaks"
echo "mistakes: $passed passed, $failed failed"
[ "$failed" -eq 0 ]

CC=$cc VESTIBULE_TEST_SLOW=${VESTIBULE_TEST_SLOW:-3} sh ffi/tests/run.sh "$directory" "$@"
