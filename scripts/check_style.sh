#!/bin/sh
# Format, line width, length of functions and files, words and comments that must not be committed.
set -u
status=0
# The generator of the sample city is one file on purpose: one cc command builds it.
files=$(find base scoring importers reports service tests -name '*.[ch]' ! -name generate_city.c | sort)

# Other versions of clang-format decide otherwise; Debian 12 brings 14.
if clang-format --version 2>/dev/null | grep -q 'version 14\.'; then
    clang-format --dry-run -Werror $files || status=1
else
    echo "clang-format is not version 14: the format is not checked"
fi

awk '
function refuse(why) { printf "%s:%d: %s\n", FILENAME, FNR, why; bad = 1 }
function file_end() { if (lines > 800) { printf "%s: %d lines, more than 800\n", name, lines; bad = 1 } }
FNR == 1 { file_end(); name = FILENAME; start = 0 }
{ lines = FNR }
{ code = $0; gsub(/"([^"\\]|\\.)*"/, "\"\"", code) }
code ~ /(^|[^:])\/\// { refuse("a // comment marks what must not be committed") }
/(^|[^A-Za-z])(TODO|FIXME|XXX)([^A-Za-z]|$)/ { refuse("unfinished") }
/[ \t]$/ { refuse("space at the end of the line") }
/^\t/ { refuse("tab") }
/^\{/ { start = FNR }
/^\}/ { if (start && FNR - start > 80) refuse("function of " FNR - start " lines, more than 80"); start = 0 }
END { file_end(); exit bad }' $files || status=1

# Columns are counted in characters. Comments may be as wide as CONVENTIONS is.
LC_ALL=C.UTF-8 grep -nE '^.{121,}$' $files && { echo "lines over 120 columns"; status=1; }
exit "$status"
