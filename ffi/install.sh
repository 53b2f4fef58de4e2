#!/bin/sh
# Installs the C library, or removes it again:
#
#     ffi/install.sh install|uninstall
#
# `make install` calls it and sets PREFIX, LIBDIR, INCLUDEDIR, MANDIR, DOCDIR (absolute paths as
# they are on the machine that will use the library) and DESTDIR (what is put before them while
# installing, for packagers; usually empty). Only coreutils, sed and find are needed.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
soname=libvestibule.so.0
tab=$(printf '\t')

for directory in "$PREFIX" "$LIBDIR" "$INCLUDEDIR" "$MANDIR" "$DOCDIR"; do
    case $directory in
    /*) ;;
    *) echo "not an absolute path: $directory" >&2 && exit 2 ;;
    esac
done

generated=$(mktemp -d)
trap 'rm -rf "$generated"' EXIT

# A directory as a pkg-config file spells it: by the prefix, so that the prefix can be redefined,
# and with its spaces escaped.
for_pkg_config() {
    case $1 in
    "$PREFIX"/*) printf '${prefix}%s' "${1#"$PREFIX"}" ;;
    *) printf '%s' "$1" ;;
    esac | sed 's/ /\\ /g'
}

# A directory as CMake finds it: from where its own files are, so that the tree can be moved.
for_cmake() {
    realpath -m --relative-to="$LIBDIR/cmake/vestibule" "$1"
}

# A text as the right side of sed's s|||.
escaped() {
    printf '%s' "$1" | sed 's/[\\&|]/\\&/g'
}

# Fills in a template of ffi/install.
generate() {
    sed -e "s|@VERSION@|$(escaped "$version")|" -e "s|@SONAME@|$soname|" \
        -e "s|@PREFIX@|$(escaped "$(printf '%s' "$PREFIX" | sed 's/ /\\ /g')")|" \
        -e "s|@LIBDIR@|$(escaped "$(for_pkg_config "$LIBDIR")")|" \
        -e "s|@INCLUDEDIR@|$(escaped "$(for_pkg_config "$INCLUDEDIR")")|" \
        -e "s|@RELATIVE_LIBDIR@|$(escaped "$(for_cmake "$LIBDIR")")|" \
        -e "s|@RELATIVE_INCLUDEDIR@|$(escaped "$(for_cmake "$INCLUDEDIR")")|" \
        "$root/ffi/install/$1.in" >"$generated/$1"
}

# The names that a manual page describes, from its NAME section.
page_names() {
    sed -n '/^\.Sh NAME/,/^\.Nd/s/^\.Nm \([a-z0-9_]*\).*/\1/p' "$1"
}

# Every installed file: what it is (a mode, or `link`), where it comes from (or what the link
# says), and where it goes.
manifest() {
    built=$root/target/release
    entry 755 "$built/$soname" "$LIBDIR/libvestibule.so.$version"
    entry link "libvestibule.so.$version" "$LIBDIR/$soname"
    entry link "$soname" "$LIBDIR/libvestibule.so"
    entry 644 "$built/libvestibule.a" "$LIBDIR/libvestibule.a"
    entry 644 "$root/include/vestibule.h" "$INCLUDEDIR/vestibule.h"
    for header in "$root"/include/vestibule/*.h; do
        entry 644 "$header" "$INCLUDEDIR/vestibule/${header##*/}"
    done
    for file in vestibule.pc vestibule-winsock.pc; do
        entry 644 "$generated/$file" "$LIBDIR/pkgconfig/$file"
    done
    for file in vestibuleConfig.cmake vestibuleConfigVersion.cmake; do
        entry 644 "$generated/$file" "$LIBDIR/cmake/vestibule/$file"
    done
    for page in "$root"/man/*.[37]; do
        file=${page##*/}
        section=${file##*.}
        entry 644 "$page" "$MANDIR/man$section/$file"
        for name in $(page_names "$page"); do
            [ "$name.$section" = "$file" ] ||
                entry link "$file" "$MANDIR/man$section/$name.$section"
        done
    done
    for licence in LICENSE-APACHE LICENSE-MIT; do
        entry 644 "$root/$licence" "$DOCDIR/$licence"
    done
}

entry() {
    printf '%s\t%s\t%s\n' "$1" "$2" "${DESTDIR-}$3"
}

install_all() {
    for template in "$root"/ffi/install/*.in; do
        generate "$(basename "$template" .in)"
    done
    # Read from a file: the end of a pipe would not end the script when a step fails.
    manifest >"$generated/manifest"
    while IFS=$tab read -r kind source destination; do
        install -d -m 755 "$(dirname "$destination")"
        case $kind in
        link) ln -sfn "$source" "$destination" ;;
        *) install -m "$kind" "$source" "$destination" ;;
        esac
    done <"$generated/manifest"
    echo "installed vestibule $version under ${DESTDIR-}$PREFIX"
    [ -n "${DESTDIR-}" ] || echo "now run ldconfig, if the loader knows $LIBDIR"
}

uninstall_all() {
    manifest >"$generated/manifest"
    while IFS=$tab read -r _ _ destination; do
        rm -f "$destination"
    done <"$generated/manifest"
    # The directories that are the library's own; the others are shared.
    for own in "$INCLUDEDIR/vestibule" "$LIBDIR/cmake/vestibule" "$DOCDIR"; do
        [ ! -d "${DESTDIR-}$own" ] || rmdir --ignore-fail-on-non-empty "${DESTDIR-}$own"
    done
    echo "removed vestibule $version from ${DESTDIR-}$PREFIX"
}

case ${1-} in
install) install_all ;;
uninstall) uninstall_all ;;
*) echo "usage: $0 install|uninstall" >&2 && exit 2 ;;
esac
