#!/bin/sh
# What scripts/packages.sh would install, on systems that are played: `lists` is what apt knows once it has fetched its
# lists, `known` what it knows before, `installed` what is there.
set -u
. tests/support/checks.sh

mkdir "$work/bin"
cat >"$work/bin/dpkg-query" <<'END'
#!/bin/sh
for package; do :; done
grep -qx "$package" "$SYSTEM/installed" && echo 'install ok installed'
END
cat >"$work/bin/apt-cache" <<'END'
#!/bin/sh
grep -qx "$2" "$SYSTEM/known"
END
cat >"$work/bin/apt-get" <<'END'
#!/bin/sh
echo "$*" >>"$SYSTEM/asked"
case $1 in
update) cp "$SYSTEM/lists" "$SYSTEM/known" ;;
install) for package; do
    case $package in install | -*) continue ;; esac
    grep -qx "$package" "$SYSTEM/known" || exit 100
    echo "$package" >>"$SYSTEM/installed"
done ;;
esac
END
printf '#!/bin/sh\nexec "$@"\n' >"$work/bin/sudo"
chmod +x "$work/bin/"*
export SYSTEM="$work/system"

# What every system has in its lists.
mkdir "$work/any"
printf '#!/bin/sh\necho ok installed\n' >"$work/any/dpkg-query"
chmod +x "$work/any/dpkg-query"
PATH="$work/any:$PATH" sh -c '. scripts/packages.sh; printf "%s\n" $BUILD_PACKAGES' | grep -v llhttp >"$work/others"

# system PACKAGE: fresh, with this one in its lists.
system() {
    rm -rf "$SYSTEM"
    mkdir "$SYSTEM"
    touch "$SYSTEM/installed" "$SYSTEM/known" "$SYSTEM/asked"
    { cat "$work/others"; echo "$1"; } >"$SYSTEM/lists"
}
install() {
    PATH="$work/bin:$PATH" sh -euc '. scripts/packages.sh; install_missing $BUILD_PACKAGES' >"$work/out" 2>&1
}

system libllhttp-dev
install
verdict installs_on_a_fresh_debian_13 $? "$(tail -1 "$work/out")"
grep -qx libllhttp-dev "$SYSTEM/installed"
verdict takes_the_library_of_debian_13 $?
system node-llhttp
install
verdict installs_on_a_fresh_debian_12 $? "$(tail -1 "$work/out")"
grep -qx node-llhttp "$SYSTEM/installed"
verdict takes_the_c_files_of_debian_12 $?
: >"$SYSTEM/asked"
install
verdict is_content_with_what_is_there $? "$(tail -1 "$work/out")"
[ ! -s "$SYSTEM/asked" ]
verdict asks_nothing_when_all_is_there $? "$(head -1 "$SYSTEM/asked")"
exit $failed
