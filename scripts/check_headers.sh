#!/bin/sh
# Compile each header alone, with both compilers: a header says what it needs.
set -u
status=0
for header in $(find base scoring importers reports service tests -name '*.h' | sort); do
    for compiler in gcc clang; do
        # CLANG_FLAGS comes from the Makefile; libxml2 keeps its headers in a folder.
        "$compiler" ${CLANG_FLAGS-} -isystem /usr/include/libxml2 -Wno-unused-function \
            -fsyntax-only -x c -include "$header" /dev/null || status=1
    done
done
exit "$status"
