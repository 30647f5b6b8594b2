#!/bin/sh
# Refuse includes and names that the direction of dependency (CONVENTIONS 1) forbids. Run from the project's root, or
# with the root of another tree as argument.
set -eu
cd "${1:-.}"

# Module, then what its files may include: our modules (everything below them is NOT meant; rooms of service are named
# one by one) and libraries by the first part of <path> without ".h".
table() {
    cat <<'TABLE'
base              :
scoring           base : ini math
importers         base scoring : csv ini iconv minizip expat uninorm
reports           base scoring : math libxml jansson xlsxwriter cairo pango librsvg qrencode minizip
service/storage   base scoring importers reports : sqlite3
service/auth      base service/storage : openssl sodium liboath
service/host      base service/storage service/auth : ini
service/intake    base service/storage service/auth service/host scoring importers reports :
service/rounds    base service/storage service/auth service/host scoring importers reports : math
service/followup  base service/storage service/auth service/host scoring importers reports service/intake service/rounds : math
service/response  base service/storage service/auth service/host scoring importers reports service/rounds :
service/http      base : uv llhttp openssl zlib
service/jobs      base service/storage : uv
service/pages     base :
service/api       base service/storage service/auth service/host scoring importers reports service/intake service/rounds service/followup service/response service/http service/jobs service/pages : uv jansson libxml math
service/commands  base service/storage service/auth service/host scoring importers reports service/intake service/rounds service/followup service/response service/http service/jobs service/api : uv jansson systemd math
service           base service/storage service/auth service/host scoring importers reports service/intake service/rounds service/followup service/response service/http service/jobs service/api service/commands :
TABLE
}

find base scoring importers reports service -name '*.[ch]' 2>/dev/null | sort >"${TMPDIR:-/tmp}/layers.$$"
trap 'rm -f "${TMPDIR:-/tmp}/layers.$$"' EXIT

table | awk -v list="${TMPDIR:-/tmp}/layers.$$" '
function refuse(why) { printf "%s:%d: %s\n", file, number, why; bad = 1 }

{ module = $1; known[module] = 1; libraries = 0
  for (i = 2; i <= NF; i++) {
      if ($i == ":") libraries = 1
      else if (libraries) may_library[module, $i] = 1
      else may_module[module, $i] = 1
  } }

# Libraries that some module may use are walled; all other <...> is libc.
BEGIN { split("ini csv iconv libxml jansson xlsxwriter cairo pango librsvg qrencode minizip sqlite3 openssl sodium" \
              " expat uninorm liboath uv llhttp math zlib systemd curl", walled_list, " ")
        for (i in walled_list) walled[walled_list[i]] = 1 }

function check_include(line,    path, dir, name) {
    if (line ~ /"/) {
        path = line; sub(/^[^"]*"/, "", path); sub(/".*/, "", path)
        if (path !~ /\//) { refuse("\"" path "\" is not written from the root"); return }
        dir = path; sub(/\/[^\/]*$/, "", dir)
        if (dir != module && !((module, dir) in may_module)) refuse(module " may not include \"" path "\"")
    } else {
        name = line; sub(/^[^<]*</, "", name); sub(/[.\/>].*/, "", name)
        if (name in walled && !((module, name) in may_library)) refuse(module " may not use <" name ">")
    }
}

# Code without comments and texts.
function bare(line) {
    gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
    if (in_comment) { if (!sub(/^.*\*\//, "", line)) return ""; in_comment = 0 }
    while (match(line, /\/\*/)) {
        rest = substr(line, RSTART + 2); line = substr(line, 1, RSTART - 1)
        if (match(rest, /\*\//)) line = line " " substr(rest, RSTART + 2)
        else in_comment = 1
    }
    return line
}

END {
    while ((getline file < list) > 0) {
        module = file; sub(/\/[^\/]*$/, "", module)
        number = 0; in_comment = 0
        if (!(module in known)) refuse("the table of scripts/check_layers.sh does not know " module)
        while ((getline line < file) > 0) {
            number++
            if (line ~ /^[ \t]*#[ \t]*include/) { check_include(line); continue }
            code = bare(line)
            if (module != "service/storage" && code ~ /(^|[^A-Za-z0-9_])(sqlite3_|SQLITE_)/)
                refuse("SQLite belongs into service/storage")
            if (file != "base/alloc.c" && code ~ /(^|[^A-Za-z0-9_])(malloc|calloc|realloc|free)[ ]*\(/)
                refuse("the heap is reached through base/alloc.h")
            if (code ~ /(^|[^A-Za-z0-9_])(strcpy|strcat|sprintf|strtok|atoi|strtol|gmtime|localtime|alloca)[ ]*\(/)
                refuse("banned function")
        }
        close(file)
    }
    exit bad
}'
