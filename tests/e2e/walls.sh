#!/bin/sh
# The walls refuse what they are there to refuse: each case adds one forbidden line to a copy of the sources.
set -u
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
failed=0

report() {
    if [ "$1" -eq 0 ]; then echo "ok $2"; else
        echo "not ok $2"
        failed=1
    fi
}

# refuses NAME FILE LINE
refuses() {
    rm -rf "$copy"/*
    cp -R base scoring importers reports service "$copy"
    printf '%s\n' "$3" >>"$copy/$2"
    said=$(sh scripts/check_layers.sh "$copy")
    case $said in *"$2"*) report 0 "walls__$1" ;; *) report 1 "walls__$1" ;; esac
}

sh scripts/check_layers.sh
report $? walls__accept_the_sources
refuses refuse_sqlite_in_scoring scoring/judge.c '#include <sqlite3.h>'
refuses refuse_the_service_in_importers importers/table.c '#include "service/storage/store.h"'
refuses refuse_scoring_in_base base/buf.c '#include "scoring/rules.h"'
refuses refuse_intake_in_rounds service/rounds/evaluation.h '#include "service/intake/intake.h"'
refuses refuse_a_sqlite_name_in_commands service/commands/command.h 'int f(void) { return SQLITE_OK; }'
refuses refuse_raw_malloc scoring/judge.c 'void *f(void) { return malloc (1); }'
refuses refuse_strcpy base/err.c 'void f(char *a) { strcpy(a, ""); }'
refuses refuse_an_include_not_from_the_root base/err.c '#include "err.h"'
exit "$failed"
