#!/bin/bash
# The service beside its peers, on loopback, each measured $RUNS times (3) for $SECONDS_EACH seconds (5), in turn:
# small pages and TLS 1.3 handshakes beside nginx with the same OpenSSL, one worker; acknowledged writes beside a server that
# only appends to a file and syncs, and beside Express with better-sqlite3, one transaction a request. Then the memory of
# $BENCH_IDLE idle TLS connections (10,000), and how long writes wait while $BENCH_ROWS orders (1,000,000) are imported.
set -eu
cd "$(dirname "$0")/../.."
pingyi=${PINGYI:-build/release/pingyi}
programs=$(dirname "$pingyi")/tests/bench
load=$programs/bench_load
runs=${RUNS:-3}
seconds=${SECONDS_EACH:-5}
idle=${BENCH_IDLE:-10000}
rows=${BENCH_ROWS:-1000000}
[ -x "$load" ] || { echo "the service: build with \`make bench\`"; exit 0; }
dir=$(mktemp -d)
export PINGYI_DATA="$dir/data"
started=
finish() {
    [ -z "$started" ] || kill $started 2>/dev/null || :
    wait
    rm -rf "$dir"
}
trap finish EXIT
ulimit -n "$(ulimit -Hn)"

free_port() {
    local port=$((20000 + RANDOM % 12000))
    while (: </dev/tcp/127.0.0.1/$port) 2>/dev/null; do port=$((port + 1)); done
    echo $port
}

# wait_for PORT: until somebody listens there; a minute, then it has failed.
wait_for() {
    local tries=600
    until (: </dev/tcp/127.0.0.1/"$1") 2>/dev/null; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || return 1
        sleep 0.1
    done
}

# start NAME COMMAND…: in the background; $pid is its process.
start() {
    local name=$1
    shift
    "$@" >"$dir/$name.out" 2>"$dir/$name.err" &
    pid=$!
    started="$started $pid"
}

stop() {
    kill "$1" 2>/dev/null || :
    wait "$1" 2>/dev/null || :
}

# serve OPTION…: the service, on $port.
serve() {
    port=$(free_port)
    start serve "$pingyi" serve --listen 127.0.0.1:"$port" "$@"
    wait_for "$port" || { cat "$dir/serve.err"; exit 1; }
}

# Seconds of CPU that a process has used.
cpu_of() {
    awk -v tick="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print ($12 + $13) / tick }' "/proc/$1/stat"
}

# measure SERIES PID ARGUMENT…: appends rate, p50, p99, failures and the CPU time of an answer in microseconds.
measure() {
    local series=$1 process=$2 before after
    shift 2
    before=$(cpu_of "$process")
    "$load" "$@" >"$dir/line" || { echo "the load could not be put on $series"; exit 1; }
    after=$(cpu_of "$process")
    awk -v cpu="$before $after" -v seconds="$seconds" '{
        split(cpu, at, " "); print $0, ($1 > 0 ? (at[2] - at[1]) / ($1 * seconds) * 1e6 : 0) }' "$dir/line" >>"$dir/$series.times"
}

# median SERIES COLUMN
median() {
    cut -d ' ' -f "$2" "$dir/$1.times" | sort -n |
        awk '{ a[NR] = $1 } END { print (NR % 2) ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2 }'
}

# ratio WHAT OURS PEER GOAL
ratio() {
    awk -v what="$1" -v ours="$(median "$2" 1)" -v peer="$(median "$3" 1)" -v goal="$4" \
        -v cpu="$(median "$2" 5) $(median "$3" 5)" -v p99="$(median "$2" 3) $(median "$3" 3)" \
        -v failed="$(awk '{ n += $4 } END { print n + 0 }' "$dir/$2.times" "$dir/$3.times")" 'BEGIN {
        split(cpu, c, " "); split(p99, w, " ")
        printf "%-46s %8.0f %8.0f /s  ratio %5.2f  (%s)\n", what, ours, peer, ours / peer, goal
        printf "%-46s %8.0f %8.0f µs CPU each; p99 %.1f, %.1f ms\n", "", c[1], c[2], w[1], w[2]
        if (failed > 0) printf "%-46s %d answers were no success\n", "", failed }'
}

# ---- an account, a round, a request ----

cc -O2 -std=c11 -D_GNU_SOURCE -o "$dir/generate" tests/data/generate_city.c
"$pingyi" init >/dev/null 2>&1
"$dir/generate" --bench-rows 1000 | "$pingyi" import --extracted-at 2025-06-01 - >/dev/null 2>&1 || [ $? -eq 3 ]
"$pingyi" round create --id bench --from 2024-01-01 --to 2025-05-31 --kind other >/dev/null 2>&1

csrf=
cookie=
# ask PATH BODY: prints the answer, and remembers the cookie.
ask() {
    curl -sS --max-time 20 -D "$dir/head" -H 'Content-Type: application/json' -H "Cookie: $cookie" -H "X-CSRF-Token: $csrf" \
        -H "Idempotency-Key: $RANDOM-$RANDOM-$RANDOM" -d "$2" "http://127.0.0.1:$port$1" >"$dir/answer"
    local given
    given=$(tr -d '\r' <"$dir/head" | sed -n 's/^[Ss]et-[Cc]ookie: \(__Host-pingyi=[^;]*\).*/\1/p')
    [ -z "$given" ] || cookie=$given
    given=$(jq -r '.csrf? // empty' "$dir/answer" 2>/dev/null || :)
    [ -z "$given" ] || csrf=$given
}

# Sign in as an office must: a password of one's own, then a TOTP.
sign_in() {
    local given own=Weigh-2000-anchors-slowly
    given=$("$pingyi" user add bench --role office 2>&1 | sed -n 's/.*一次性密码：//p')
    ask /api/v1/sessions "{\"name\":\"bench\",\"password\":\"$given\"}"
    ask /api/v1/account/password "{\"current\":\"$given\",\"new\":\"$own\"}"
    ask /api/v1/account/totp '{}'
    ask /api/v1/account/totp/confirm "{\"code\":\"$(oathtool --totp -b "$(jq -r .secret "$dir/answer")")\"}"
    ask /api/v1/rounds/bench/remarks '{"text":"试写"}'
    grep -q '^HTTP/1.1 201' "$dir/head" || { cat "$dir/head" "$dir/answer"; return 1; }
}

# write_request FILE: of one remark, as it goes over the wire.
write_request() {
    local body='{"text":"与河道管理处电话核对：六月三件已补办结时间，材料存档。"}'
    printf 'POST /api/v1/rounds/bench/remarks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nCookie: %s\r\nX-CSRF-Token: %s\r\nIdempotency-Key: KKKKKKKKKKKKKKKK\r\nContent-Length: %d\r\n\r\n%s' \
        "$cookie" "$csrf" "$(printf %s "$body" | wc -c)" "$body" >"$1"
}

# ---- beside nginx ----

write_nginx_conf() {
    cat >"$dir/nginx.conf" <<END
daemon off;
worker_processes 1;
worker_rlimit_nofile $(ulimit -n);
pid $dir/nginx.pid;
error_log $dir/nginx.log crit;
events { worker_connections 20000; }
http {
    access_log off;
    types { text/html html; }
    open_file_cache max=10;
    keepalive_requests 100000000;
    client_body_temp_path $dir/n1; proxy_temp_path $dir/n2; fastcgi_temp_path $dir/n3;
    uwsgi_temp_path $dir/n4; scgi_temp_path $dir/n5;
    server {
        listen 127.0.0.1:$nginx_port backlog=1024;
        listen 127.0.0.1:$nginx_tls_port ssl backlog=1024;
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_certificate $PINGYI_DATA/tls/server.pem;
        ssl_certificate_key $PINGYI_DATA/tls/server.key;
        root $dir/www;
    }
}
END
}

start_nginx() {
    nginx_port=$(free_port)
    nginx_tls_port=$((nginx_port + 1))
    mkdir -p "$dir/www"
    curl -sS "http://127.0.0.1:$port/index.html" >"$dir/www/index.html"
    chmod 755 "$dir" "$dir/www" # its worker is somebody else when root starts it
    write_nginx_conf
    start nginx nginx -p "$dir" -c "$dir/nginx.conf" -e "$dir/nginx.log"
    nginx_pid=$pid
    wait_for "$nginx_port"
    nginx_worker=$(pgrep -P "$nginx_pid" | head -n 1)
}

printf 'GET /index.html HTTP/1.1\r\nHost: localhost\r\n\r\n' >"$dir/get"

bench_pages() {
    for run in $(seq "$runs"); do
        measure nginx_get "$nginx_worker" get "$nginx_port" 64 "$seconds" "$dir/get"
        measure our_get "$our_pid" get "$port" 64 "$seconds" "$dir/get"
    done
    ratio "page of $(stat -c %s "$dir/www/index.html") bytes / nginx" our_get nginx_get "goal 1.0"
}

bench_handshakes() {
    for run in $(seq "$runs"); do
        measure nginx_tls "$nginx_worker" shake "$nginx_tls_port" 32 "$seconds"
        measure our_tls "$our_pid" shake "$port" 32 "$seconds"
    done
    ratio "TLS 1.3 full handshakes / nginx" our_tls nginx_tls "goal 1.0"
}

# ---- writes ----

start_express() {
    express_pid=
    command -v npm >/dev/null || { echo "Express: npm is not there"; return; }
    if ! cmp -s tests/bench/express/package-lock.json build/bench-npm/installed; then
        mkdir -p build/bench-npm
        cp tests/bench/express/package.json tests/bench/express/package-lock.json build/bench-npm
        (cd build/bench-npm && npm ci --no-audit --no-fund --silent >/dev/null 2>"$dir/npm.err") ||
            { echo "Express: npm could not install it: $(tail -n 1 "$dir/npm.err")"; return; }
        cp tests/bench/express/package-lock.json build/bench-npm/installed
    fi
    express_port=$(free_port)
    cp tests/bench/express/server.js build/bench-npm
    start express env NODE_ENV=production node build/bench-npm/server.js "$express_port" "$dir/express.db"
    wait_for "$express_port" && express_pid=$pid || echo "Express: it does not start: $(tail -n 1 "$dir/express.err")"
}

bench_writes() {
    local connections
    append_port=$(free_port)
    start append "$programs/bench_append" "$append_port" "$dir/append.log"
    append_pid=$pid
    wait_for "$append_port"
    start_express
    for connections in 64 256; do
        for run in $(seq "$runs"); do
            measure append_$connections "$append_pid" post "$append_port" $connections "$seconds" "$dir/post"
            measure our_post_$connections "$our_pid" post "$port" $connections "$seconds" "$dir/post"
            [ -z "$express_pid" ] ||
                measure express_$connections "$express_pid" post "$express_port" $connections "$seconds" "$dir/post"
        done
        ratio "writes, $connections connections / append + fdatasync" our_post_$connections append_$connections \
            "at least 0.7, goal 0.9"
        [ -z "$express_pid" ] ||
            ratio "writes, $connections connections / Express" our_post_$connections express_$connections "at least 10, goal 20"
    done
    stop "$append_pid"
    [ -z "$express_pid" ] || stop "$express_pid"
}

bench_beside_import() {
    "$dir/generate" --bench-rows "$rows" >"$dir/orders.csv"
    start import "$pingyi" import --extracted-at 2025-06-01 "$dir/orders.csv"
    local import_pid=$pid
    while kill -0 "$import_pid" 2>/dev/null; do
        measure beside "$our_pid" post "$port" 64 1 "$dir/post"
    done
    sort -n -k 3 -t ' ' "$dir/beside.times" | tail -n 1 >"$dir/worst"
    awk -v rows="$rows" -v count="$(wc -l <"$dir/beside.times")" -v mid="$(median beside 3)" -v rate="$(median beside 1)" '{
        printf "%-46s %8.0f /s, p99 %.1f ms, of the worst second %.1f ms of %d  (under 50)\n",
            "writes while " rows " orders come in", rate, mid, $3, count }' "$dir/worst"
}

# ---- memory ----

rss_kb() {
    sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$1/status"
}

bench_idle() {
    local before after open
    before=$(rss_kb "$our_pid")
    coproc HOLD { "$load" idle "$port" "$idle" 0 "$dir/get"; }
    read -r open <&"${HOLD[0]}" || { echo "idle connections: could not be made"; return; }
    after=$(rss_kb "$our_pid")
    printf "%-46s %8d MB, %d KB each, %d still open  (at most 600 MB)\n" "memory with $idle idle TLS connections" \
        $((after / 1024)) $(((after - before) / idle)) "$open"
    exec {HOLD[1]}>&-
    wait "$HOLD_PID" || :
}

echo "the service: ours, peer's; medians of $runs"
serve --plain
our_pid=$pid
if sign_in; then
    write_request "$dir/post"
    bench_writes
    bench_beside_import
else
    echo "writes: signing in failed"
fi
stop "$our_pid"

serve # once, so that there is a certificate
stop "$pid"
serve --plain
our_pid=$pid
if command -v nginx >/dev/null; then
    start_nginx
    bench_pages
else
    echo "pages, handshakes: nginx is not there to compare with"
fi
stop "$our_pid"
serve
our_pid=$pid
! command -v nginx >/dev/null || bench_handshakes
bench_idle
