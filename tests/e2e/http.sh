#!/bin/sh
# The door of the running service, tried with what doors are tried with: paths that lead elsewhere, what is too large,
# malformed or understood by two servers differently, other names, old TLS; and what every answer says.
set -u
. tests/support/checks.sh
. tests/support/serve.sh
trap '[ -z "$server" ] || kill -KILL "$server" 2>/dev/null; rm -rf "$work"' EXIT

"$pingyi" init >/dev/null 2>&1 || exit 1
serve_tls --host localhost

# raw REQUEST: the bytes that printf makes of it, over TLS; the answers are left in $work/out.
raw() {
    printf "$1" | openssl s_client -quiet -connect "127.0.0.1:$port" >"$work/out" 2>"$work/messages"
}
# refused NAME STATUS REQUEST: one answer, and nothing of what stands behind the request.
refused() {
    raw "$3GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    [ "$(grep -c '^HTTP/1.1 ' "$work/out")" = 1 ] && grep -q "^HTTP/1.1 $2 " "$work/out"
    verdict "$1" $? "$(head -c 200 "$work/out")"
}
# status CURL-ARGUMENT...: at $host.
host=localhost
status() {
    curl -sk --path-as-is -o "$work/out" -D "$work/head" -w '%{http_code}' -H "Host: $host" "$@"
}
# zeros COUNT
zeros() {
    printf '%0*d' "$1" 0
}

get='GET / HTTP/1.1\r\nHost: localhost\r\n'
post='POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\n'
head_end='Connection: close\r\n\r\n'

# Paths. What is secret lies beside what is served: nothing leads there.
for path in /../pingyi.db /app.js/../pingyi.db /../../data/vault.key /%2e%2e/pingyi.db /..%2f..%2fetc/passwd \
    /app.js%2f..%2fpingyi.db /%2e%2e/%2e%2e/etc/passwd /./app.js //app.js //etc/passwd /app.js/ /app.js%00.png \
    /..%5cpingyi.db /%c0%ae%c0%ae/etc/passwd /api/v1/rounds/..%2f..%2fusers /api/v1/rounds/%2e%2e /%zz /%; do
    got=$(status "$url$path")
    [ "$got" = 400 ] || [ "$got" = 404 ]
    verdict "path_$path" $? "answers $got"
done
[ "$(status "$url/app.js")" = 200 ]
verdict path_that_is_one $? "$(head -1 "$work/head")"

# Sizes.
refused long_target 414 "GET /$(zeros 5000) HTTP/1.1\r\nHost: localhost\r\n\r\n"
refused long_header 431 "${get}X-A: $(zeros 20000)\r\n\r\n"
refused many_headers 431 "$get$(yes 'A: b\r\n' | head -70 | tr -d '\n')\r\n"
refused long_body 413 "${post}Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
refused long_chunks 413 "${post}Transfer-Encoding: chunked\r\n\r\n2000\r\n$(zeros 8192)\r\n0\r\n\r\n"

# Malformed.
refused bare_line_feeds 400 'GET / HTTP/1.1\nHost: localhost\n\n'
refused nul_in_a_header 400 "${get}X-A: b\0c\r\n\r\n"
refused no_host 400 'GET / HTTP/1.1\r\n\r\n'
refused two_hosts 400 "${get}Host: localhost\r\n\r\n"
refused other_version 505 'GET / HTTP/2.0\r\nHost: localhost\r\n\r\n'
refused no_version 400 'GET /\r\n\r\n'
refused unknown_method 501 'PATCH / HTTP/1.1\r\nHost: localhost\r\n\r\n'
refused other_form 400 'GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n'
refused upgrade 501 "${get}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n"

# Where a server in front might see another end of the request.
refused length_and_chunks 400 "${post}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX"
refused two_lengths 400 "${post}Content-Length: 3\r\nContent-Length: 0\r\n\r\nabc"
refused signed_length 400 "${post}Content-Length: +3\r\n\r\nabc"
refused unknown_coding 501 "${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"
refused two_codings 501 "${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"
refused space_before_the_colon 400 "${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"
refused folded_header 400 "${get}X-A: b\r\n Transfer-Encoding: chunked\r\n\r\n"
refused trailer 400 "${post}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nHost: other\r\n\r\n"
raw "$get\r\n$get$head_end"
[ "$(grep -c '^HTTP/1.1 200 ' "$work/out")" = 2 ]
verdict what_is_sound_is_answered $? "$(grep '^HTTP' "$work/out")"

# Names.
[ "$(host=evil.example && status "$url/")" = 421 ]
verdict other_host $? "$(head -1 "$work/head")"
[ "$(host=evil.example && status -H 'X-Forwarded-Host: localhost' "$url/")" = 421 ]
verdict other_host_forwarded $? "$(head -1 "$work/head")"
[ "$(host=LOCALHOST:8443 && status "$url/")" = 200 ]
verdict host_with_a_port $? "$(head -1 "$work/head")"
[ "$(status -H 'X-Forwarded-For: 127.0.0.1' -H 'Accept: application/json' "$url/api/v1/users")" = 401 ]
verdict nobody_is_believed_to_be_another $? "$(head -1 "$work/head")"

# TLS.
shake() {
    openssl s_client -connect "127.0.0.1:$port" "$@" </dev/null >"$work/out" 2>"$work/messages"
}
shake -tls1_3 && shake -tls1_2 && shake -tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384
verdict tls_1_2_and_1_3 $? "$(tail -3 "$work/messages")"
old='-cipher ALL:@SECLEVEL=0'
! shake -tls1 $old && ! shake -tls1_1 $old
verdict tls_of_old_is_refused $? "$(tail -3 "$work/messages")"
! shake -tls1_2 -cipher ECDHE-ECDSA-AES128-SHA256 && ! shake -tls1_2 -cipher AES128-GCM-SHA256 &&
    ! shake -tls1_2 -cipher ECDHE-ECDSA-AES128-SHA
verdict other_suites_are_refused $? "$(tail -3 "$work/messages")"

# What every answer says: page, file, what is known already, refusals for programs and for browsers.
etag=$(curl -skI -H 'Host: localhost' "$url/app.js" | sed -n 's/^[Ee][Tt]ag: \(.*\)\r$/\1/p')
# answer STATUS CURL-ARGUMENT...
answer() {
    expected=$1 missing=
    shift
    got=$(status "$@")
    for header in 'content-security-policy: default-src' 'x-content-type-options: nosniff' 'permissions-policy:' \
        'referrer-policy: no-referrer' 'cross-origin-opener-policy: same-origin' 'cache-control: no-' \
        'strict-transport-security: max-age='; do
        [ "$(grep -ci "^$header" "$work/head")" = 1 ] || missing="$missing $header"
    done
    [ "$got" = "$expected" ] && [ -z "$missing" ] && ! grep -qi '^\(server\|x-powered-by\):' "$work/head"
    verdict "headers_of_${expected}_$#" $? "answers $got, without$missing"
}
answer 200 "$url/"
answer 200 "$url/healthz" -I
answer 200 "$url/app.js" --compressed
answer 304 "$url/app.js" -H "If-None-Match: $etag"
answer 400 "$url/%00"
answer 401 "$url/api/v1/account"
answer 401 "$url/api/v1/account" -H 'Accept: text/html'
answer 401 "$url/api/v1/events" -H 'Accept: text/event-stream' -N
answer 404 "$url/none"
answer 404 "$url/none" -H 'Accept: text/html'
answer 405 "$url/healthz" -X DELETE
answer 413 "$url/api/v1/sessions" -d "$(zeros 8192)"
answer 415 "$url/api/v1/sessions" -d '{}' -H 'Content-Type: text/plain'
answer 501 "$url/" -X TRACE
host=other
answer 421 "$url/"

kill -TERM "$server"
wait "$server"
verdict stops $?
server=
exit $failed
