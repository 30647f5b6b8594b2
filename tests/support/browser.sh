# What the scripts with a browser share; sourced after checks.sh.

# What npm brings, by the lock file; nothing of it is committed.
browser_packages() {
    npm_place=build/browser-npm
    if [ ! -e "$npm_place/installed" ] || [ tests/browser/package-lock.json -nt "$npm_place/installed" ]; then
        mkdir -p "$npm_place"
        cp tests/browser/package.json tests/browser/package-lock.json "$npm_place"
        (cd "$npm_place" && npm ci --ignore-scripts --no-audit --no-fund --silent && touch installed)
        verdict packages_install $? "npm ci fails"
    fi
}

# browser_account NAME ARGUMENT...: the one-time password that `user ARGUMENT...` prints, as a member of
# $work/accounts.json; browser_accounts_end closes that.
separator='{'
browser_account() {
    name=$1
    shift
    password=$("$pingyi" user "$@" 2>> "$work/messages" | sed -n 's/.*一次性密码：//p')
    [ -n "$password" ]
    verdict "account_$name" $? "no password: $(tail -1 "$work/messages")"
    printf '%s"%s": "%s"' "$separator" "$name" "$password" >> "$work/accounts.json"
    separator=', '
}
browser_accounts_end() {
    printf '}\n' >> "$work/accounts.json"
}

# Gives $server and $base.
browser_serve() {
    : > "$work/served" # there before anybody reads it
    "$pingyi" serve --listen 127.0.0.1:0 > "$work/serve.out" 2>> "$work/served" &
    server=$!
    trap 'kill $server 2> /dev/null; wait $server 2> /dev/null; rm -rf "$work"' EXIT
    tail -n +1 -f --pid=$server "$work/served" 2> /dev/null | grep -m1 '正在监听' > "$work/line"
    port=$(sed -n 's/.*127\.0\.0\.1:\([1-9][0-9]*\).*/\1/p' "$work/line")
    [ -n "$port" ]
    verdict serve_says_where_it_listens $? "$(head -3 "$work/served")"
    base=https://127.0.0.1:$port
}

browser_stop() {
    kill -TERM $server
    wait $server
    verdict serve_stops_in_order $? "exit status $?: $(tail -3 "$work/served")"
}
