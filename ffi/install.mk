# Installing the C library. Part of the Makefile.

PREFIX     ?= /usr/local
LIBDIR     ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR     ?= $(PREFIX)/share/man
DOCDIR     ?= $(PREFIX)/share/doc/vestibule
DESTDIR    ?=

BUILT_LIBRARY   = target/release/libvestibule.so.0
LIBRARY_SOURCES = $(shell find core/src ffi/src -name '*.rs') core/Cargo.toml ffi/Cargo.toml \
                  Cargo.toml Cargo.lock ffi/link.sh ffi/vestibule.map

.PHONY: install uninstall check-install

install: $(BUILT_LIBRARY) ## the C library under PREFIX (/usr/local); LIBDIR, INCLUDEDIR, MANDIR, DOCDIR, DESTDIR
	@sh ffi/install.sh install

uninstall: ## removes what `make install` with the same variables has put there
	@sh ffi/install.sh uninstall

check-install: lib ## installs into target/ and builds a stranger's programs against the copy
	sh ffi/tests/install/run.sh

# Through the environment, so that a directory may have any name.
install uninstall: export PREFIX := $(PREFIX)
install uninstall: export LIBDIR := $(LIBDIR)
install uninstall: export INCLUDEDIR := $(INCLUDEDIR)
install uninstall: export MANDIR := $(MANDIR)
install uninstall: export DOCDIR := $(DOCDIR)
install uninstall: export DESTDIR := $(DESTDIR)

# A library that is up to date is installed without cargo, so that root needs none; and nothing is
# built with borrowed rights, which would leave files of root in target.
$(BUILT_LIBRARY): $(LIBRARY_SOURCES)
	@if [ -n "$${SUDO_UID-}" ]; then echo "run 'make lib' first, without sudo" >&2; exit 1; fi
	$(MAKE) lib
