#!/bin/sh
# The service as its operator and a browser meet it: start, headers, the first sign-in with password and TOTP, sign-out,
# reload, stop, and the configurations it refuses.
set -u
. tests/support/checks.sh

server=
trap '[ -z "$server" ] || kill -KILL "$server" 2>/dev/null; rm -rf "$work"' EXIT

# start ARGUMENT...: serve on ports of its own; its messages are in $work/served, $url is where it listens first.
start() {
    : >"$work/served" # tail would find the address of the one before, or no file
    "$pingyi" serve "$@" >"$work/served.out" 2>>"$work/served" &
    server=$!
    tail -n +1 -f --pid=$server "$work/served" 2>/dev/null | grep -m1 '正在监听' >"$work/line"
    url=$(sed -n 's/.*\(https\{0,1\}:\/\/[^ ]*\).*/\1/p' "$work/line")
}
# stop NAME: graceful, with exit 0.
stop() {
    kill -TERM "$server"
    wait "$server"
    verdict "$1" $? "$(tail -2 "$work/served")"
    server=
}
# ask NAME STATUS CURL-ARGUMENT... PATH: the body is left in $work/out, the headers in $work/head.
ask() {
    name=$1 expected=$2
    shift 2
    status=$(curl -sk -o "$work/out" -D "$work/head" -w '%{http_code}' "$@")
    : >"$work/messages"
    [ "$status" = "$expected" ]
    verdict "$name" $? "answers $status, not $expected: $(head -c 300 "$work/out")"
}
head_says() {
    grep -qi -- "$2" "$work/head"
    verdict "$1" $? "no \"$2\""
}
# post NAME STATUS PATH JSON: as the one who signed in.
keys=0
post() {
    keys=$((keys + 1))
    ask "$1" "$2" -b "$work/cookies" -H "X-CSRF-Token: $csrf" -H "Idempotency-Key: k$keys" \
        -H 'Content-Type: application/json' -d "$4" "$url$3"
}
# sign_in NAME STATUS JSON
sign_in() {
    ask "$1" "$2" -c "$work/cookies" -H 'Content-Type: application/json' -d "$3" "$url/api/v1/sessions"
    csrf=$(jq -r '.csrf // ""' "$work/out")
}

check serve_needs_a_directory 1 serve --listen 127.0.0.1:0
says needs_a_directory_says_what_to_do "pingyi init"
"$pingyi" init >"$work/init" 2>&1
first=$(sed -n 's/.*一次性密码：\([a-z0-9]*\).*/\1/p' "$work/init")

check plain_on_all_addresses_is_refused 2 serve --plain --listen 0.0.0.0:0
says plain_is_refused_with_what_to_do 前置代理
check no_address_is_refused 2 serve --listen here
says no_address_says_the_form "地址:端口"
check name_is_no_address 2 serve --listen localhost:0
says name_is_no_address_says_so 不能是域名
check proxy_is_one_address 2 serve --listen 127.0.0.1:0 --behind-proxy 10.0.0.0/8
says proxy_says_the_form 不能是网段
check host_is_a_name_alone 2 serve --listen 127.0.0.1:0 --host https://pingyi.example
says host_says_the_form 不带
check host_has_no_port 2 serve --listen 127.0.0.1:0 --host pingyi.example:8443
check key_without_certificate_is_refused 2 serve --key "$work/none"
check unknown_option_is_refused 2 serve --fast
says unknown_option_is_named --fast
check certificate_that_is_not_there 1 serve --listen 127.0.0.1:0 --certificate "$work/no.pem" --key "$work/no.key"
says missing_file_is_named no.pem
# pair NAME: a certificate and its key.
pair() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -days 60 \
        -keyout "$work/$1.key" -out "$work/$1.pem" 2>/dev/null
    chmod 600 "$work/$1.key"
}
pair one
pair other
openssl ec -in "$work/one.key" -aes256 -passout pass:sealed -out "$work/sealed.key" 2>/dev/null
chmod 600 "$work/sealed.key"
check key_of_another_certificate 1 serve --listen 127.0.0.1:0 --certificate "$work/one.pem" --key "$work/other.key"
says other_key_says_so 不是一对
check no_certificate_in_the_file 1 serve --listen 127.0.0.1:0 --certificate "$work/init" --key "$work/one.key"
says no_certificate_says_so "不是 PEM 格式的证书"
check key_under_a_passphrase 1 serve --listen 127.0.0.1:0 --certificate "$work/one.pem" --key "$work/sealed.key"
says sealed_key_says_so 未加密
chmod 644 "$work/one.key"
check key_that_others_may_read 1 serve --listen 127.0.0.1:0 --certificate "$work/one.pem" --key "$work/one.key"
says open_key_says_what_to_do "chmod 600"
chmod 750 "$PINGYI_DATA"
check directory_that_others_may_read 1 serve --listen 127.0.0.1:0
says open_directory_says_what_to_do "chmod 700"
chmod 700 "$PINGYI_DATA"
mv "$PINGYI_DATA/vault.key" "$work/vault.key"
check no_vault_key 1 serve --listen 127.0.0.1:0
says no_vault_key_says_what_to_do "vault import"
mv "$work/vault.key" "$PINGYI_DATA/vault.key"
check address_of_another_machine 1 serve --listen 192.0.2.1:8443
says other_address_says_so 本机没有这个地址

start --listen 127.0.0.1:0 --listen '[::1]:0' --access-log "$work/access.log"
grep -q 'self-signed certificate' "$work/served"
verdict says_that_the_certificate_is_its_own $? "$(cat "$work/served")"
grep -q 'no administrator with TOTP' "$work/served"
verdict says_that_no_administrator_has_totp $? "$(cat "$work/served")"
[ "$(stat -c %a "$PINGYI_DATA/tls/server.key")" = 600 ]
verdict key_is_its_own $? "$(ls -l "$PINGYI_DATA/tls")"
check one_service_a_directory 1 serve --listen 127.0.0.1:0
says served_directory_says_what_to_do 请先停止服务
port=${url##*:}
"$pingyi" init --data "$work/second" >/dev/null 2>&1
check port_is_taken 1 serve --data "$work/second" --listen "127.0.0.1:$port"
says taken_port_says_what_to_do 请换一个端口

ask healthz 200 "$url/healthz"
says healthz_says_ok ok
head_says csp_is_strict "content-security-policy: default-src 'none'"
head_says nosniff 'x-content-type-options: nosniff'
head_says hsts 'strict-transport-security: max-age'
head_says nothing_is_stored 'cache-control: no-store'
ask page 200 "$url/"
says page_is_chinese 'lang="zh-CN"'
ask page_for_nobody 401 -H 'Accept: text/html' "$url/api/v1/account"
says page_leads_to_sign_in '前往登录'
ask metrics_on_loopback 200 "$url/metrics"
hides metrics_name_nobody admin

# A name that is no account's is answered like one that is, and locks nobody out of the rest. The wait after a failure ends
# with a second, sooner or later: failures go on until one is met; the fifth locks at the latest.
sign_in wrong_password 401 '{"name":"nobody","password":"no such password"}'
while curl -sk -o "$work/out" -D "$work/head" -w '%{http_code}' -H 'Content-Type: application/json' \
    -d '{"name":"nobody","password":"no such password"}' "$url/api/v1/sessions" | grep -q 401; do :; done
head_says backed_off 'HTTP/1.1 429'
head_says retry_after 'retry-after: [1-9]'
sign_in wrong_password_of_an_account 401 '{"name":"admin","password":"no such password"}'
curl -sk --retry 5 -o "$work/out" -D "$work/head" -c "$work/cookies" \
    -H 'Content-Type: application/json' -d "{\"name\":\"admin\",\"password\":\"$first\"}" "$url/api/v1/sessions"
csrf=$(jq -r '.csrf // ""' "$work/out")
holds first_sign_in_must_change '.stage == "must_change"'
head_says cookie_flags 'set-cookie: __Host-pingyi=[0-9a-f]\{64\}; Path=/; Secure; HttpOnly; SameSite=Strict'
ask partial_may_not_list 403 -b "$work/cookies" "$url/api/v1/users"
second='tea-House&river9'
post first_password_is_changed 200 /api/v1/account/password "{\"current\":\"$first\",\"new\":\"$second\"}"
holds then_totp_is_due '.stage == "must_enrol"'
post totp_begins 200 /api/v1/account/totp '{}'
secret=$(jq -r .secret "$work/out" | tr -d ' ')
post totp_is_confirmed 200 /api/v1/account/totp/confirm "{\"code\":\"$(oathtool --totp -b "$secret")\"}"
holds recovery_codes_are_ten '.recovery_codes | length == 10'
recovery=$(jq -r '.recovery_codes[0]' "$work/out")
ask users_are_listed 200 -b "$work/cookies" "$url/api/v1/users"
holds the_administrator_has_totp '.items[0].totp'

"$pingyi" user add zhang --role caller >"$work/added" 2>&1
ask command_line_is_seen_at_once 200 -b "$work/cookies" "$url/api/v1/users/zhang"
keys=900
post adding_shows_the_password 201 /api/v1/users '{"name":"li","display_name":"李","role":"caller"}'
keys=900
post repeating_shows_it_no_more 409 /api/v1/users '{"name":"li","display_name":"李","role":"caller"}'
ask change_without_csrf 403 -b "$work/cookies" -H 'Idempotency-Key: x1' -H 'Content-Type: application/json' \
    -d '{}' "$url/api/v1/users/li/disable"

kill -HUP "$server"
tail -n +1 -f --pid=$server "$work/served" 2>/dev/null | grep -q -m1 'certificate reloaded'
verdict certificate_is_reloaded $? "$(tail -2 "$work/served")"
ask still_serves 200 -b "$work/cookies" "$url/api/v1/account"

ask sign_out 204 -b "$work/cookies" -H "X-CSRF-Token: $csrf" -X DELETE "$url/api/v1/sessions/current"
ask signed_out 401 -b "$work/cookies" "$url/api/v1/account"
sign_in code_is_asked_for 401 "{\"name\":\"admin\",\"password\":\"$second\"}"
holds as_totp_required '.code == "totp_required"'
sign_in recovery_code_signs_in 201 "{\"name\":\"admin\",\"password\":\"$second\",\"recovery\":\"$recovery\"}"
holds a_code_is_gone '.recovery_codes_left == 9'
stop stops_on_sigterm
grep -qw "admin\|$first\|$second\|$secret\|$recovery" "$work/access.log" "$work/served"
[ $? -eq 1 ]
verdict logs_hold_nobody_and_no_secret $? "$(grep -hw admin "$work/access.log" "$work/served" | head -2)"
grep -q 'path=/api/v1/sessions' "$work/access.log" || grep -q '/api/v1/sessions' "$work/access.log"
verdict access_is_logged $? "$(head -2 "$work/access.log")"

start --listen 127.0.0.1:0 --plain
grep -q 'plain HTTP' "$work/served"
verdict says_that_it_is_plain $? "$(cat "$work/served")"
ask session_outlives_the_process 200 -H "Cookie: $(awk '/__Host-pingyi/ { print $6 "=" $7 }' "$work/cookies")" \
    "$url/api/v1/account"
! grep -q 'no administrator with TOTP' "$work/served"
verdict administrator_has_totp_now $? "$(cat "$work/served")"
stop stops_again

# Behind a proxy whoever is neither it nor on this machine is not heard in the clear. (Only where there is a network.)
outside=$(hostname -I | tr ' ' '\n' | grep -m1 '^[0-9.]*$')
if [ -n "$outside" ]; then
    start --listen 0.0.0.0:0 --plain --behind-proxy 10.255.255.1
    ask this_machine_is_heard 200 "$url/healthz"
    ask strangers_are_not_heard_in_the_clear 000 "http://$outside:${url##*:}/healthz"
    stop stops_behind_a_proxy
    start --listen 0.0.0.0:0 --plain --behind-proxy "$outside"
    ask the_proxy_is_heard 200 "http://$outside:${url##*:}/healthz"
    stop stops_before_its_proxy
fi
exit $failed
