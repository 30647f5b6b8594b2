#!/bin/sh
# A backup and its return, the vault's key under a passphrase, and another key for everything that lies sealed.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh
. tests/support/small_city.sh

# Invented numbers, each of two orders.
awk -F, -v OFS=, '{ print $0, (NR == 1 ? "联系电话" : sprintf("138%08d", NR / 2)) }' "$work/orders.csv" > "$work/numbered.csv"
mv "$work/numbered.csv" "$work/orders.csv"
make_small_city
check round 0 round create --id 2024-05 --from 2024-05-01 --to 2024-05-31 --rules "$work/rules.ini"
check frozen 0 round freeze 2024-05
check order_before 0 orders show S05-01-01 --format json
cp "$work/out" "$work/order-before"
check score_before 0 score --round 2024-05 --format csv
cp "$work/out" "$work/score-before"
echo 'correct horse battery' > "$work/passphrase"
echo 'another horse battery' > "$work/wrong"

# ---- backup and restore ----
check backup 0 backup "$work/city.backup"
says backup_says_that_the_key_is_not_in_it vault.key
[ "$(stat -c %a "$work/city.backup")" = 600 ]
verdict backup_is_private $?
[ "$(ls "$work" | grep -c 'city.backup')" = 1 ]
verdict nothing_lies_beside_it $?
! grep -qaF "$(sed -n 2p "$PINGYI_DATA/vault.key")" "$work/city.backup"
verdict the_key_is_not_in_it $?
check backup_replaces_nothing 1 backup "$work/city.backup"
says backup_says_what_to_do 请换一个文件名
check backup_into_nowhere 1 backup "$work/nowhere/city.backup"
says nowhere_says_what_to_do 所在目录不存在
check export 0 vault export "$work/key.export" --passphrase-file "$work/passphrase"
check export_replaces_nothing 1 vault export "$work/key.export" --passphrase-file "$work/passphrase"
echo short > "$work/short"
check short_passphrase 1 vault export "$work/key2.export" --passphrase-file "$work/short"
says short_passphrase_says_the_rule 至少12个字符
! grep -qF "$(sed -n 2p "$PINGYI_DATA/vault.key")" "$work/key.export"
verdict exported_key_is_sealed $?

old=$PINGYI_DATA
export PINGYI_DATA="$work/second"
check restored 0 restore "$work/city.backup"
says restored_without_key "vault import"
check nothing_opens_without_key 1 orders show S05-01-01
says missing_key_says_what_to_do "vault import"
check wrong_passphrase 1 vault import "$work/key.export" --passphrase-file "$work/wrong"
check key_imported 0 vault import "$work/key.export" --passphrase-file "$work/passphrase"
check key_replaces_nothing 1 vault import "$work/key.export" --passphrase-file "$work/passphrase"
says key_in_its_place_says_what_to_do 请先移走
check order_restored 0 orders show S05-01-01 --format json
cmp -s "$work/out" "$work/order-before"
verdict order_is_the_same $?
check score_restored 0 score --round 2024-05 --format csv
cmp -s "$work/out" "$work/score-before"
verdict score_is_the_same $?
diff -r "$old/evidence" "$work/second/evidence" >/dev/null
verdict evidence_is_the_same $?
check verified 0 verify --round 2024-05
check restore_replaces_nothing 1 restore "$work/city.backup"
check restore_replaces_when_told 0 restore "$work/city.backup" --replace
[ "$(ls "$PINGYI_DATA"/backups/before-restore-*.db | wc -l)" = 1 ]
verdict what_was_replaced_is_kept $?
check order_after_replacing 0 orders show S05-01-01 --format json
cmp -s "$work/out" "$work/order-before"
verdict order_is_still_the_same $?

# ---- damage ----
head -c 100000 "$work/city.backup" > "$work/cut.backup"
check cut_backup 1 restore "$work/cut.backup" --replace
echo no database > "$work/none.backup"
check no_backup 1 restore "$work/none.backup" --replace
says no_backup_says_so 不是备份
check order_after_refusals 0 orders show S05-01-01 --format json
cmp -s "$work/out" "$work/order-before"
verdict refused_restores_change_nothing $?

# What a killed restore left is neither read as part of the next nor carried in.
mkdir -p "$PINGYI_DATA/restoring/evidence/2024-05/stray"
echo stray > "$PINGYI_DATA/restoring/evidence/2024-05/stray/file"
cp "$work/city.backup" "$work/stray.db"
sqlite3 "$work/stray.db" >/dev/null <<END
PRAGMA journal_mode = WAL;
PRAGMA wal_autocheckpoint = 0;
UPDATE rounds SET name = 'stray';
.shell cp '$work/stray.db-wal' '$PINGYI_DATA/restoring.db-wal'
END
cp "$PINGYI_DATA/restoring.db-wal" "$work/stray-log"
[ -s "$PINGYI_DATA/restoring.db-wal" ]
verdict a_stray_log_was_made $?
check restore_after_a_kill 0 restore "$work/city.backup" --replace
[ ! -e "$PINGYI_DATA/evidence/2024-05/stray" ]
verdict no_stray_evidence $?
check score_after_a_kill 0 score --round 2024-05 --format csv
cmp -s "$work/out" "$work/score-before"
verdict score_after_a_kill_is_the_same $?

# The log of a database that cannot be opened goes with it.
printf 'no database at all' > "$PINGYI_DATA/pingyi.db"
cp "$work/stray-log" "$PINGYI_DATA/pingyi.db-wal"
check restore_over_damage 0 restore "$work/city.backup" --replace
ls "$PINGYI_DATA"/backups/before-restore-*.db-wal >/dev/null 2>&1
verdict damaged_log_is_put_aside $?
check score_after_damage 0 score --round 2024-05 --format csv
cmp -s "$work/out" "$work/score-before"
verdict score_after_damage_is_the_same $?

# With another key nothing is done, least of all an entry that would break the chain.
export PINGYI_DATA="$work/third"
check other_directory 0 init
check other_export 0 vault export "$work/other.export" --passphrase-file "$work/passphrase"
check restore_beside_another_key 1 restore "$work/city.backup" --replace
says another_key_is_told "vault import"
check nothing_is_served_under_it 1 serve --listen 127.0.0.1:0
says why_nothing_is_served "not that of its database"
rm "$PINGYI_DATA/vault.key"
check other_key_is_refused 1 vault import "$work/other.export" --passphrase-file "$work/passphrase"
[ ! -e "$PINGYI_DATA/vault.key" ]
verdict other_key_is_not_left $?
check right_key_is_taken 0 vault import "$work/key.export" --passphrase-file "$work/passphrase"
check chain_holds_with_the_right_key 0 audit verify
export PINGYI_DATA="$work/second"

sqlite3 "$work/city.backup" "INSERT INTO backup_files VALUES ('../../escaped', 0, x'78')"
check file_that_would_escape 1 restore "$work/city.backup" --replace
[ ! -e "$work/escaped" ] && [ ! -e "$work/../escaped" ]
verdict nothing_escaped $?

# ---- another key ----
export PINGYI_DATA="$old"
sed -n 2p "$old/vault.key" > "$work/old-key"
sqlite3 "$old/pingyi.db" 'SELECT phone_key FROM orders WHERE phone_key IS NOT NULL ORDER BY id' > "$work/keys-before"
check rotated 0 vault rotate
sqlite3 "$old/pingyi.db" 'SELECT phone_key FROM orders WHERE phone_key IS NOT NULL ORDER BY id' > "$work/keys-after"
[ "$(sqlite3 "$old/pingyi.db" "SELECT count(*) FROM orders WHERE substr(hex(sealed), 1, 2) <> '11'")" = 0 ]
verdict every_order_is_sealed_anew $?
! cmp -s "$work/keys-before" "$work/keys-after"
verdict numbers_are_indexed_anew $?
[ "$(sqlite3 "$old/pingyi.db" 'SELECT count(*) FROM orders AS o JOIN person_orders AS p ON p.order_id = o.id
    AND p.phone_key = o.phone_key')" = "$(wc -l < "$work/keys-after")" ]
verdict persons_are_indexed_anew $?
[ "$(sort "$work/keys-before" | uniq -c | awk '{ print $1 }' | sort | cksum)" = \
    "$(sort "$work/keys-after" | uniq -c | awk '{ print $1 }' | sort | cksum)" ]
verdict one_person_is_still_one $?
! grep -qF "$(cat "$work/old-key")" "$old/vault.key"
verdict former_key_is_gone $?
check order_after_rotation 0 orders show S05-01-01 --format json
cmp -s "$work/out" "$work/order-before"
verdict order_after_rotation_is_the_same $?
check score_after_rotation 0 score --round 2024-05 --format csv
cmp -s "$work/out" "$work/score-before"
verdict score_after_rotation_is_the_same $?
check verified_after_rotation 0 verify --round 2024-05
check audit_chain_holds_after_rotation 0 audit verify

# Interrupted at any moment, it goes on; and nothing else is done before it has.
broken=0
for delay in 0.00 0.01 0.02 0.03 0.05 0.08; do
    "$pingyi" vault rotate >/dev/null 2>&1 &
    rotating=$!
    sleep $delay
    kill -9 $rotating 2>/dev/null
    wait $rotating 2>/dev/null
    if grep -q '^previous' "$old/vault.key" && "$pingyi" orders show S05-01-01 >/dev/null 2>&1; then
        broken=1
    fi
    "$pingyi" vault rotate >/dev/null 2>"$work/messages" || broken=1
    "$pingyi" orders show S05-01-01 --format json >"$work/out" 2>/dev/null
    cmp -s "$work/out" "$work/order-before" || broken=1
done
verdict rotation_survives_kills $broken
[ -z "$("$pingyi" audit list --format csv | grep -aF 'correct horse')" ]
verdict no_passphrase_in_the_log $?

exit $failed
