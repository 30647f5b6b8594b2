#!/bin/sh
# verify: what holds, and that each kind of tampering is found and named; published files and opened entries.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh
. tests/support/small_city.sh

make_small_city
db=$PINGYI_DATA/pingyi.db
evidence=$PINGYI_DATA/evidence/2024-05
check round 0 round create --id 2024-05 --from 2024-05-01 --to 2024-05-31 --rules "$work/rules.ini"
check draft 1 verify --round 2024-05
check unknown 1 verify --round nothing
check nothing_to_do 2 verify
check both 2 verify --round 2024-05 file
check freeze 0 round freeze 2024-05
check frozen 0 verify --round 2024-05
check draw 0 draw --round 2024-05 --size 20 --seed 271828
check listing 0 draw --round 2024-05 --format csv
cp "$work/out" "$work/draw.csv"
outcomes_of_draw < "$work/draw.csv" > "$work/outcomes.csv"
check outcomes 0 outcomes import --round 2024-05 "$work/outcomes.csv"
check close 0 round close 2024-05
check not_scored 0 verify --round 2024-05
says not_scored_is_said "尚无留存的结果"
check score 0 score --round 2024-05 --format csv
check whole 0 verify --round 2024-05
says whole_has_the_score "结果："
hides whole_holds "不符"

# The figures of the score are told by unit, column and value.
sqlite3 "$db" "UPDATE round_scores SET csv = replace(csv, ',U1,第1局,20,', ',U1,第1局,21,')"
check altered_figure 1 verify --round 2024-05
says figure_is_named "单位 U1 第1局 的 orders：留存 21，重算 20"
sqlite3 "$db" "UPDATE round_scores SET csv = replace(csv, ',U1,第1局,21,', ',U1,第1局,20,')"
sqlite3 "$db" "UPDATE round_scores SET csv = replace(csv, ',U1,', ',U9,')"
check altered_unit 1 verify --round 2024-05
says unit_is_named "单位 U9：留存的结果中有"
sqlite3 "$db" "UPDATE round_scores SET csv = replace(csv, ',U9,', ',U1,')"
check restored 0 verify --round 2024-05

# An answer that was altered behind the program's back changes a figure.
sqlite3 "$db" "UPDATE attempts SET satisfaction = 6 - satisfaction WHERE satisfaction <> 0"
check altered_answers 1 verify --round 2024-05
says answers_change_a_figure "：留存"
sqlite3 "$db" "UPDATE attempts SET satisfaction = 6 - satisfaction WHERE satisfaction <> 0"
check answers_restored 0 verify --round 2024-05

# The sample.
sqlite3 "$db" "UPDATE drawn_orders SET ticket = zeroblob(32) WHERE id = (SELECT min(id) FROM drawn_orders)"
check altered_ticket 1 verify --round 2024-05
says ticket_is_named "the ticket of order"
sqlite3 "$db" "UPDATE drawn_orders SET ticket = X'$(sed -n 2p "$work/draw.csv" | cut -d, -f4)'
    WHERE id = (SELECT min(id) FROM drawn_orders)"
check ticket_restored 0 verify --round 2024-05

# Evidence in files.
for file in frame-1/frame.txt frame-1/public.txt draw-1/commitments.txt draw-1/counts.csv draw-1/public.txt draw-1/SHA256SUMS; do
    cp "$evidence/$file" "$work/saved"
    echo x >> "$evidence/$file"
    check "altered_$file" 1 verify --round 2024-05
    rm "$evidence/$file"
    check "missing_$file" 1 verify --round 2024-05
    cp "$work/saved" "$evidence/$file"
done
check evidence_restored 0 verify --round 2024-05

# What anybody can check: the published directory and an opened entry, without the data directory.
mkdir "$work/published"
cp "$evidence/draw-1/"* "$work/published/"
order=$(sed -n 2p "$work/draw.csv" | cut -d, -f3)
check open 0 draw open --round 2024-05 --order "$order" --why 复核
cp "$work/out" "$work/opened.txt"
other=$(sed -n 3p "$work/draw.csv" | cut -d, -f3)
check open_other 0 draw open --round 2024-05 --order "$other" --why 复核
cat "$work/out" >> "$work/opened.txt"
mv "$PINGYI_DATA" "$work/gone"
check published 0 verify "$work/published/SHA256SUMS"
says published_prints_its_hash "$(sha256sum < "$work/published/SHA256SUMS" | cut -c1-64)"
check opened 0 verify --published "$work/published" "$work/opened.txt"
says opened_names_the_order "$order"
says opened_names_both "$other"
cp "$work/opened.txt" "$work/published/opened.txt"
check opened_beside 0 verify "$work/published/opened.txt" "$work/published/SHA256SUMS"
sed '0,/part: sample/s//part: reserve/' "$work/opened.txt" > "$work/forged.txt"
check forged_part 1 verify --published "$work/published" "$work/forged.txt"
sed "s/unit_code: U1/unit_code: U2/" "$work/opened.txt" > "$work/forged.txt"
check forged_unit 1 verify --published "$work/published" "$work/forged.txt"
echo x >> "$work/published/counts.csv"
check altered_published 1 verify "$work/published/SHA256SUMS"
says altered_published_is_named "不符  counts.csv"
rm "$work/published/counts.csv"
check missing_published 1 verify "$work/published/SHA256SUMS"
check neither 1 verify "$work/orders.csv"
exit $failed
