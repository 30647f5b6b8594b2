# Debian packages the project needs; sourced by scripts/start and scripts/check, from the project's root.

BUILD_PACKAGES="gcc make pkg-config libc6-dev libsqlite3-dev libssl-dev libcsv-dev libinih-dev libjansson-dev
    libxml2-dev libminizip-dev libexpat1-dev libunistring-dev tzdata libuv1-dev libsodium-dev liboath-dev
    libqrencode-dev zlib1g-dev libsystemd-dev"
# npm only where there is none: other builds of Node bring their own, and the two exclude each other.
command -v npm >/dev/null || BUILD_PACKAGES="$BUILD_PACKAGES npm"
CHECK_PACKAGES="git jq sqlite3 libcmocka-dev clang clang-format clang-tidy curl openssl oathtool chromium fonts-noto-cjk"
# What `make bench` measures beside, and what it measures with. Nothing else needs them; what is not there is not measured.
BENCH_PACKAGES="nginx-light nodejs oathtool jq curl procps g++ python3"

is_installed() {
    dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'
}

# The run-time of clang's sanitizers and fuzzer is named after its version: libclang-rt-14-dev, libclang-rt-19-dev. clang
# itself must be there already.
clang_runtime() {
    echo "libclang-rt-$(clang -dumpversion | cut -d . -f 1)-dev"
}

run_as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        echo "缺少软件包，需要 root 权限或 sudo 才能安装：$missing" >&2
        echo "[packages are missing, and installing them needs root or sudo: $missing]" >&2
        exit 1
    fi
}

collect_missing() {
    missing=
    for package in "$@"; do
        is_installed "$package" || missing="$missing $package"
    done
}

fetch_lists() {
    run_as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >&2 || exit 1
}

# install_missing PACKAGE...: nothing is asked of the network when all are there.
install_missing() {
    collect_missing "$@"
    [ -n "$missing" ] || return 0
    echo "正在安装 [installing]:$missing" >&2
    fetch_lists
    run_as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing >&2 || exit 1
}

# The HTTP parser: a library from Debian 13 on, before that C files in a package for Node (see the Makefile). A fresh system
# knows of neither until it has fetched its lists.
is_known() {
    apt-cache show "$1" >/dev/null 2>&1
}
http_parser() {
    if is_installed libllhttp-dev; then
        echo libllhttp-dev
    elif is_installed node-llhttp; then
        echo node-llhttp
    else
        missing=' libllhttp-dev'
        is_known libllhttp-dev || is_known node-llhttp || fetch_lists
        if is_known libllhttp-dev; then echo libllhttp-dev; else echo node-llhttp; fi
    fi
}
BUILD_PACKAGES="$BUILD_PACKAGES $(http_parser)"
