# shellcheck shell=sh disable=SC2154 # root and target are those of run.sh
# Read by run.sh: adds Wine's Winsock to the runner's arguments, as another implementation to
# compare with, or the reason why it cannot be had here. It needs no display, network or privilege.
#
# What is made is in $target: the driver, and the prefix, Wine's idea of a Windows installation. The
# wineserver comes with the first driver and goes with the last: nothing has to be ended here, and
# two runs do not end each other's.

# Says where the loader is; some packages keep it out of the way.
wine_loader() {
    for loader in wine64 /usr/lib/wine/wine64 /usr/lib64/wine/wine64 /opt/wine-stable/bin/wine64 wine; do
        if "$loader" --version >/dev/null 2>&1; then
            echo "$loader"
            return
        fi
    done
    return 1
}

# Makes the prefix, unless it is there and by this version.
wine_prefix() {
    version=$("$wine" --version)
    if [ "$(cat "$WINEPREFIX/made-by" 2>/dev/null)" = "$version" ]; then
        return
    fi
    fresh=$WINEPREFIX.$$
    # Processes of Wine that stay a little longer must not keep the caller's output open.
    if WINEPREFIX=$fresh "$wine" wineboot --init </dev/null >"$target/wine.log" 2>&1; then
        seconds=0
        # Written when the last of them has ended.
        until [ -e "$fresh/system.reg" ] || [ "$seconds" -eq 60 ]; do
            sleep 1
            seconds=$((seconds + 1))
        done
        echo "$version" >"$fresh/made-by"
        rm -rf "$WINEPREFIX"
        mv "$fresh" "$WINEPREFIX"
    else
        rm -rf "$fresh"
        return 1
    fi
}

case $target in
/*) WINEPREFIX=$target/wine ;;
*) WINEPREFIX=$root/$target/wine ;;
esac
# No messages, no Mono, Gecko or debugger, nothing in anybody's menus.
WINEDEBUG=-all
WINEDLLOVERRIDES="mscoree,mshtml,winedbg.exe,winemenubuilder.exe="
export WINEPREFIX WINEDEBUG WINEDLLOVERRIDES
unset DISPLAY

mingw=x86_64-w64-mingw32-gcc
if ! command -v $mingw >/dev/null; then
    set -- --absent "wine=no MinGW (apt install gcc-mingw-w64-x86-64)" "$@"
elif ! wine=$(wine_loader); then
    set -- --absent "wine=no Wine (apt install wine64)" "$@"
elif ! wine_prefix; then
    set -- --absent "wine=Wine makes no prefix (see $target/wine.log)" "$@"
else
    CC=$mingw CFLAGS= sh conformance/drivers/c/build.sh "$target/release"
    set -- --driver "wine=$wine $target/release/vestibule-driver-c.exe" "$@"
fi
