#!/bin/sh
# Compiles the C tests against the library that has just been built and runs them:
#
#     cargo build --release -p vestibule-ffi && ffi/link.sh && ffi/tests/run.sh [DIRECTORY] [NAME...]
#
# DIRECTORY (target/release) has libvestibule.so; NAME picks tests. Each test may run 120 seconds,
# times $VESTIBULE_TEST_SLOW; $VESTIBULE_TEST_WRAPPER runs before it, as in
# "valgrind -q --error-exitcode=1". The last line is "N passed, N failed, N skipped".
set -u

here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
directory=$(cd "${1:-$root/target/release}" && pwd) || exit 2
[ $# -gt 0 ] && shift
picked=" $* "
build=$directory/c-tests
warnings="-Wall -Wextra -Wpedantic -Werror"
c="${CC:-cc} -std=c11 $warnings -g ${CFLAGS-}"
cxx="${CXX:-c++} -std=c++17 $warnings -g ${CFLAGS-}"
include="-I $root/include -I $root/include/vestibule"
library="-L $directory -lvestibule -lpthread"
seconds=$((120 * ${VESTIBULE_TEST_SLOW:-1}))
passed=0 failed=0 skipped=0
export LD_LIBRARY_PATH="$directory"
mkdir -p "$build"

# Counts a test by the status of what was run for it.
count() {
    case $2 in
    0) passed=$((passed + 1)) ;;
    77) skipped=$((skipped + 1)) && echo "skipped: $1${3:+: $3}" ;;
    124) failed=$((failed + 1)) && echo "FAILED: $1: still running after $seconds seconds" ;;
    *) failed=$((failed + 1)) && echo "FAILED: $1: status $2" ;;
    esac
}

wanted() {
    case $picked in
    "  ") return 0 ;;
    *" $1 "*) return 0 ;;
    *) return 1 ;;
    esac
}

# Runs a program, if the command that makes it succeeds.
program() {
    name=$1
    shift
    wanted "$name" || return 0
    if "$@"; then
        timeout "$seconds" ${VESTIBULE_TEST_WRAPPER-} "$build/$name"
        count "$name" $?
    else
        count "$name (compiling)" 1
    fi
}

# The dynamic table is the map, and the soname is the one that programs record.
symbols() {
    wanted symbols || return 0
    nm -D --defined-only "$directory/libvestibule.so" | sed -n 's/.* T \([^@]*\).*/\1/p' | sort \
        >"$build/exported"
    sed -n 's/^ *\(vestibule_[a-z_0-9]*\);/\1/p' "$here/../vestibule.map" | sort >"$build/mapped"
    diff "$build/mapped" "$build/exported" &&
        readelf -d "$directory/libvestibule.so" | grep -q 'soname: \[libvestibule.so.0\]'
    count symbols $?
}

# What has to compile against Windows' own headers as well.
windows() {
    name=windows_$1
    shift
    wanted "$name" || return 0
    compiler=x86_64-w64-mingw32-gcc
    if command -v $compiler >/dev/null; then
        $compiler -std=c11 $warnings -fsyntax-only "$@"
        count "$name" $?
    else
        count "$name" 77 "no $compiler (Debian: gcc-mingw-w64-x86-64)"
    fi
}

symbols
windows layout "$here/layout.c"
windows catalogue "$here/winsock_catalogue.c"
windows events "$here/events_objects.c" "$here/events_sockets.c" "$here/select.c" "$here/fd_setsize.c"
windows examples "$here"/../examples/*.c
windows driver "$root"/conformance/drivers/c/*.c
for source in "$here"/*.c; do
    name=$(basename "$source" .c)
    program "$name" $c $include "$source" $library -o "$build/$name"
done
for name in headers layout own_layout; do
    if command -v "${CXX:-c++}" >/dev/null; then
        program "${name}_cxx" $cxx $include -x c++ "$here/$name.c" -x none $library \
            -o "$build/${name}_cxx"
    elif wanted "${name}_cxx"; then
        count "${name}_cxx" 77 "no C++ compiler (Debian: g++)"
    fi
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
