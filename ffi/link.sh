#!/bin/sh
# Links libvestibule.so from libvestibule.a, which cargo has built:
#
#     cargo build --release -p vestibule-ffi && ffi/link.sh [DIRECTORY]
#
# DIRECTORY (target/release) has the archive and receives libvestibule.so.0 and the link
# libvestibule.so. The compiler driver is $CC (cc); further options for it come from $LDFLAGS.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
directory=${1:-$here/../target/release}
library=$directory/libvestibule.so.0

# rustc's own list of native libraries (--print native-static-libs), each only if it is needed.
${CC:-cc} -shared -o "$library.new" \
    -Wl,-soname,libvestibule.so.0 \
    -Wl,--version-script,"$here/vestibule.map" \
    -Wl,-z,relro,-z,now,-z,defs -Wl,--gc-sections ${LDFLAGS-} \
    -Wl,--whole-archive "$directory/libvestibule.a" -Wl,--no-whole-archive \
    -Wl,--as-needed -lgcc_s -lutil -lrt -lpthread -lm -ldl -lc
mv "$library.new" "$library"
ln -sf libvestibule.so.0 "$directory/libvestibule.so"
