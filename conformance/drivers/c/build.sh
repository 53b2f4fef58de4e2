#!/bin/sh
# Builds the C driver beside libvestibule.so:
#
#     conformance/drivers/c/build.sh [DIRECTORY]
#
# DIRECTORY (target/release) has the library and receives vestibule-driver-c, which finds the
# library there. With CC=x86_64-w64-mingw32-gcc it is vestibule-driver-c.exe, over Windows' own
# Winsock.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$here/../../..
directory=${1:-$root/target/release}
compiler=${CC:-cc}
flags="-std=c11 -Wall -Wextra -Wpedantic -Werror -O1 -g ${CFLAGS-}"

case $compiler in
*mingw*)
    $compiler $flags "$here"/*.c -lws2_32 -o "$directory/vestibule-driver-c.exe"
    ;;
*)
    $compiler $flags -I "$root/include/vestibule" -I "$root/include" "$here"/*.c \
        -L "$directory" -lvestibule -lpthread -Wl,-rpath,'$ORIGIN' \
        -o "$directory/vestibule-driver-c"
    ;;
esac
