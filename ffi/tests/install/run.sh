#!/bin/sh
# Installs the library that has just been built into target/install-check and uses the copy as a
# stranger would: with pkg-config and CMake, shared and static, in C and C++, with both headers.
# Expects `make lib`. Ends with "N passed, N failed, N skipped".
set -u

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
work=$root/target/install-check
prefix="$work/a prefix"
programs="$work/a stranger's programs"
stage=$work/stage
log=$work/log
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
warnings='-Wall -Wextra -Wpedantic -Werror'
define="-DEXPECTED_VERSION=\"$version\""
passed=0 failed=0 skipped=0

# What has been exported for other copies must not help.
unset PREFIX LIBDIR INCLUDEDIR MANDIR DOCDIR DESTDIR
unset LD_LIBRARY_PATH LIBRARY_PATH CPATH PKG_CONFIG_PATH CMAKE_PREFIX_PATH MAKEFLAGS MAKELEVEL
rm -rf "$work"
mkdir -p "$programs"

check() {
    claim=$1
    shift
    if "$@" >"$log" 2>&1; then
        passed=$((passed + 1))
        echo "ok      $claim"
    else
        failed=$((failed + 1))
        echo "FAILED  $claim"
        sed 's/^/        /' "$log"
    fi
}

# As check, if the program named first is there: PROGRAM PACKAGE NAME COMMAND...
check_with() {
    program=$1 package=$2
    shift 2
    if command -v "$program" >/dev/null; then
        check "$@"
    else
        skipped=$((skipped + 1))
        echo "skipped: $1: no $program (Debian: $package)"
    fi
}

installs_without_cargo() {
    (umask 077 && make -s -C "$root" install CARGO=false PREFIX="$prefix")
}

# Files can be read by everybody and written by their owner, and links lead somewhere.
modes_are_right() {
    wrong=$(find "$prefix" \( -type d ! -perm 755 -o -type l ! -exec test -e {} \; \
        -o -type f -name 'lib*.so.*' ! -perm 755 -o -type f ! -name 'lib*.so.*' ! -perm 644 \) -print)
    test -z "$wrong" || { echo "$wrong" && return 1; }
    test -f "$prefix/share/doc/vestibule/LICENSE-MIT" &&
        test -f "$prefix/share/doc/vestibule/LICENSE-APACHE"
}

soname_chain_is_right() {
    lib=$prefix/lib
    readelf -d "$lib/libvestibule.so.$version" | grep -F 'soname: [libvestibule.so.0]' &&
        test "$(readlink "$lib/libvestibule.so.0")" = "libvestibule.so.$version" &&
        test "$(readlink "$lib/libvestibule.so")" = libvestibule.so.0
}

# Everything dynamic has the prefix, and stands under the node of a release. (Absolute symbols are
# the nodes.)
exports_only_its_own() {
    symbols=$(nm -D --defined-only "$prefix/lib/libvestibule.so" | awk '$2 != "A" { print $3 }')
    test -n "$symbols" &&
        ! echo "$symbols" | grep -v '^vestibule_[a-z0-9_]*@@VESTIBULE_[0-9.]*$'
}

# `man vestibule_bind` finds its page, and so does the name of every other function.
every_function_has_its_page() {
    for name in $(nm -D --defined-only "$prefix/lib/libvestibule.so" |
        sed -n '/vestibule_ws_/d; s/.* T \([^@]*\).*/\1/p'); do
        grep -q "^\.Nm $name" "$prefix/share/man/man3/$name.3" || return 1
    done
    test -f "$prefix/share/man/man7/vestibule.7" -a -f "$prefix/share/man/man7/vestibule_winsock.7"
}

# Each header by itself, in C and in C++, the Winsock ones found as a porting program finds them.
headers_stand_alone() {
    for header in vestibule.h winsock2.h ws2tcpip.h wshisotp.h vestibule/winsock2.h; do
        echo "#include <$header>" >"$programs/header.c"
        echo "int main(void) { return 0; }" >>"$programs/header.c"
        for compiler in "${CC:-cc} -std=c11" "${CXX:-c++} -std=c++17 -x c++"; do
            command -v "${compiler%% *}" >/dev/null || continue
            $compiler $warnings -fsyntax-only -I"$prefix/include" -I"$prefix/include/vestibule" \
                "$programs/header.c" || return 1
        done
    done
}

# What pkg-config says about the copy, shared or with --static.
flags() {
    PKG_CONFIG_LIBDIR="$prefix/lib/pkgconfig" pkg-config "$@"
}

# Compiles a program with the flags that pkg-config gives and runs it: COMPILER SOURCE OUTPUT FLAGS.
# The flags are read by the shell again, as a makefile would do: the prefix has a space.
compile() {
    eval "$1 $warnings '$define' -o \"\$programs/$3\" \"\$here/$2\" $4"
}

runs() {
    LD_LIBRARY_PATH="$prefix/lib" timeout 60 "$programs/$1"
}

needs_the_soname() {
    readelf -d "$programs/$1" | grep -F '[libvestibule.so.0]'
}

needs_no_library_of_ours() {
    ! readelf -d "$programs/$1" | grep libvestibule
}

shared() {
    compile "${CC:-cc} -std=c11" server.c shared "$(flags --cflags --libs vestibule)" &&
        needs_the_soname shared && runs shared
}

shared_cxx() {
    compile "${CXX:-c++} -std=c++17 -x c++" server.c shared_cxx \
        "$(flags --cflags vestibule) -x none $(flags --libs vestibule)" &&
        needs_the_soname shared_cxx && runs shared_cxx
}

wholly_static() {
    compile "${CC:-cc} -std=c11 -static" server.c static "$(flags --static --cflags --libs vestibule)" &&
        needs_no_library_of_ours static && "$programs/static"
}

# Only this library static; the program names the archive.
archive() {
    compile "${CC:-cc} -std=c11" server.c archive \
        "$(flags --cflags vestibule) \"$prefix/lib/libvestibule.a\" $(flags --static --libs-only-l vestibule |
            sed 's/-lvestibule//')" &&
        needs_no_library_of_ours archive && "$programs/archive"
}

winsock() {
    compile "${CC:-cc} -std=c11" winsock.c winsock "$(flags --cflags --libs vestibule-winsock)" &&
        needs_the_soname winsock && runs winsock
}

winsock_static() {
    compile "${CC:-cc} -std=c11 -static" winsock.c winsock_static \
        "$(flags --static --cflags --libs vestibule-winsock)" && "$programs/winsock_static"
}

winsock_cxx() {
    compile "${CXX:-c++} -std=c++17 -x c++" winsock.c winsock_cxx \
        "$(flags --cflags vestibule-winsock) -x none $(flags --libs vestibule-winsock)" &&
        runs winsock_cxx
}

says_its_version() {
    test "$(flags --modversion vestibule)" = "$version" &&
        test "$(flags --modversion vestibule-winsock)" = "$version"
}

# A CMake project against the package under a prefix: PREFIX BUILD-DIRECTORY.
cmake_project() {
    cp "$here/server.c" "$here/winsock.c" "$here/CMakeLists.txt" "$programs/" &&
        cmake -S "$programs" -B "$programs/$2" -DCMAKE_PREFIX_PATH="$1" \
            -DEXPECTED_VERSION="$version" &&
        cmake --build "$programs/$2" &&
        (cd "$programs/$2" && ctest --output-on-failure --timeout 60)
}

cmake_refuses_other_versions() {
    mkdir -p "$programs/refused"
    {
        echo 'cmake_minimum_required(VERSION 3.13)'
        echo 'project(refused C)'
        echo 'find_package(vestibule ${WANTED} QUIET)'
        echo 'if(NOT vestibule_FOUND STREQUAL EXPECTED)'
        echo '    message(FATAL_ERROR "${WANTED}: ${vestibule_FOUND}, expected ${EXPECTED}")'
        echo 'endif()'
    } >"$programs/refused/CMakeLists.txt"
    for wanted in "${version%.*}=1" "$version=1" 99.0=0 "${version%.*}.99=0" 0.0.1=0; do
        cmake -S "$programs/refused" -B "$programs/refused/build" -DCMAKE_PREFIX_PATH="$prefix" \
            -DWANTED="${wanted%=*}" -DEXPECTED="${wanted#*=}" || return 1
    done
}

# As a packager does it: the files say where they will be, not where they are.
stages_for_a_package() {
    multiarch=/usr/lib/some-machine
    make -s -C "$root" install CARGO=false DESTDIR="$stage" PREFIX=/usr LIBDIR=$multiarch &&
        test -f "$stage$multiarch/libvestibule.so.$version" &&
        test -f "$stage/usr/include/vestibule.h" &&
        ! grep -rIl "$work" "$stage"
}

staged_pkg_config() {
    export PKG_CONFIG_LIBDIR="$stage/usr/lib/some-machine/pkgconfig" &&
        test "$(pkg-config --variable=libdir vestibule)" = /usr/lib/some-machine &&
        test "$(pkg-config --cflags vestibule-winsock | xargs)" = -I/usr/include/vestibule &&
        export PKG_CONFIG_SYSROOT_DIR="$stage" &&
        ${CC:-cc} "$define" $(pkg-config --cflags vestibule) "$here/server.c" \
            $(pkg-config --libs vestibule) -o "$programs/staged" &&
        LD_LIBRARY_PATH="$stage/usr/lib/some-machine" "$programs/staged"
    status=$?
    unset PKG_CONFIG_LIBDIR PKG_CONFIG_SYSROOT_DIR
    return $status
}

# The tree may be moved.
cmake_after_moving() {
    mv "$prefix" "$work/moved" && cmake_project "$work/moved" moved
    status=$?
    mv "$work/moved" "$prefix"
    return $status
}

refuses_a_relative_prefix() {
    ! make -s -C "$root" install CARGO=false PREFIX=relative && test ! -e "$root/relative"
}

# Files of others stay, and so do the directories that are not the library's own.
uninstalls() {
    touch "$prefix/lib/libother.so" &&
        make -s -C "$root" uninstall CARGO=false PREFIX="$prefix" &&
        test "$(find "$prefix" ! -type d)" = "$prefix/lib/libother.so" &&
        ! find "$prefix" -name 'vestibule*' | grep . &&
        make -s -C "$root" uninstall CARGO=false DESTDIR="$stage" PREFIX=/usr \
            LIBDIR=/usr/lib/some-machine &&
        ! find "$stage" ! -type d | grep .
}

check 'it installs without cargo, into a path with a space' installs_without_cargo
check 'modes, links and licences' modes_are_right
check 'the soname and its links' soname_chain_is_right
check 'it exports vestibule_* and nothing else' exports_only_its_own
check 'every function has its manual page' every_function_has_its_page
check 'each header stands alone' headers_stand_alone
check_with pkg-config pkg-config 'pkg-config: version' says_its_version
check_with pkg-config pkg-config 'pkg-config: shared' shared
check_with pkg-config pkg-config 'pkg-config: static' wholly_static
check_with pkg-config pkg-config 'pkg-config: this library static' archive
check_with pkg-config pkg-config 'pkg-config: winsock2.h' winsock
check_with pkg-config pkg-config 'pkg-config: winsock2.h, static' winsock_static
check_with "${CXX:-c++}" g++ 'pkg-config: C++' shared_cxx
check_with "${CXX:-c++}" g++ 'pkg-config: winsock2.h, C++' winsock_cxx
check_with cmake cmake 'CMake: every target' cmake_project "$prefix" build
check_with cmake cmake 'CMake: which versions will do' cmake_refuses_other_versions
check_with cmake cmake 'CMake: after moving the tree' cmake_after_moving
check 'DESTDIR and LIBDIR' stages_for_a_package
check_with pkg-config pkg-config 'pkg-config: a staged copy' staged_pkg_config
check 'a relative prefix is refused' refuses_a_relative_prefix
check 'uninstalling leaves nothing' uninstalls

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
