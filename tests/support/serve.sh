# For tests of the running service, after checks.sh: a service on a port of its own, and an account of the office's that
# has signed in.

server=

# serve_tls ARGUMENT...: $url and $port are where it listens; its messages are in $work/served.
serve_tls() {
    : >"$work/served" # tail would find the address of the one before
    "$pingyi" serve --listen 127.0.0.1:0 "$@" >"$work/served.out" 2>>"$work/served" &
    server=$!
    tail -n +1 -f --pid=$server "$work/served" 2>/dev/null | grep -m1 '正在监听' >"$work/line"
    url=$(sed -n 's/.*\(https\{0,1\}:\/\/[^ ]*\).*/\1/p' "$work/line")
    port=${url##*:}
}
serve() {
    serve_tls --plain "$@"
}

# post_json PATH JSON: the answer is on stdout.
post_json() {
    curl -s -H "Cookie: $cookie" -H "X-CSRF-Token: $csrf" -H "Idempotency-Key: $(date +%s%N)" \
        -H 'Content-Type: application/json' -d "$2" "$url$1"
}

# sign_in_office NAME: makes the account; sets $cookie and $csrf.
sign_in_office() {
    first=$("$pingyi" user add "$1" --role office 2>&1 | sed -n 's/.*一次性密码：\([a-z0-9]*\).*/\1/p')
    cookie='' csrf=''
    curl -s -D "$work/head" -o "$work/session" -H 'Content-Type: application/json' \
        -d "{\"name\":\"$1\",\"password\":\"$first\"}" "$url/api/v1/sessions"
    take_session
    post_session /api/v1/account/password "{\"current\":\"$first\",\"new\":\"tea-House&river9\"}"
    secret=$(post_json /api/v1/account/totp '{}' | jq -r .secret | tr -d ' ')
    post_session /api/v1/account/totp/confirm "{\"code\":\"$(oathtool --totp -b "$secret")\"}"
}

# An answer may bring another cookie and another CSRF token.
take_session() {
    new=$(sed -n 's/^[Ss]et-[Cc]ookie: \([^;]*\);.*/\1/p' "$work/head" | tr -d '\r' | tail -1)
    [ -z "$new" ] || cookie=$new
    new=$(jq -r '.csrf // ""' "$work/session")
    [ -z "$new" ] || csrf=$new
}

post_session() {
    curl -s -D "$work/head" -o "$work/session" -H "Cookie: $cookie" -H "X-CSRF-Token: $csrf" \
        -H "Idempotency-Key: $(date +%s%N)" -H 'Content-Type: application/json' -d "$2" "$url$1"
    take_session
}
