#!/bin/sh
# The golden designs end to end: orders made from a design's units, its sample adopted, its outcomes imported, and the
# score compared with what R computed (tests/data/golden/README.md), units and sums, to 1e-9.
set -u
cd "$(dirname "$0")/../.."
. tests/support/checks.sh
golden=tests/data/golden

cat > "$work/rules.ini" <<'END'
[on_time]
period = received
base = closed
min_orders = 0
[frame]
max_age = none
[rates]
resolved = yes
satisfied = 5 4
[points]
resolution = yes 1, partly 0, no 0
satisfaction = 5 1, 4 1, 3 0, 2 0, 1 0
[score]
on_time = 0.2
resolution = 0.4
satisfaction = 0.4
[ranking]
within = all
by = score
min_answers = 1
few_answers = 1
END

# One order a line of the units' frames, under the numbers of the sample: all closed, the first ones on time.
orders_of() {
    awk -F, -v OFS=, '
        FNR == 1 { next }
        NR == FNR { width[$2] = length($1) - length($2) - 1; next }
        !header++ { print "工单编号", "受理时间", "承办单位", "承办单位编码", "处理期限", "办结时间", "工单状态" }
        { for (i = 1; i <= $2; i++)
              print sprintf("%s-%0" width[$1] "d", $1, i), "2024-05-06 09:00:00", $1 "局", $1, "2024-05-10 18:00:00",
                    (i <= $4 ? "2024-05-08 10:00:00" : i <= $3 ? "2024-05-13 10:00:00" : ""),
                    (i <= $3 ? "已办结" : "办理中") }' "$golden/designs/$1_sample.csv" "$golden/designs/$1_units.csv"
}
outcomes_of() {
    awk -F, -v OFS=, '
        NR == 1 { print "order_no", "called_at", "caller", "disposition", "resolved", "satisfaction"; next }
        { print $1, "2024-06-05 10:00:00", $3, $5, $6, $7 }' "$golden/designs/$1_sample.csv"
}

# compare NAME OUR_COLUMNS EXPECTED EXPECTED_COLUMNS: each column of the score beside R's, by unit.
cat > "$work/compare.awk" <<'END'
function wrong(unit, what, ours, theirs) {
    printf "%s %s: %s, not %s\n", unit, what, ours, theirs
    bad = 1
}
function same(ours, theirs,    difference, size) {
    if (theirs == "NA" || theirs == "" || ours == "")
        return ours == "" && (theirs == "NA" || theirs == "")
    difference = ours - theirs
    size = theirs < 0 ? -theirs : theirs
    return (difference < 0 ? -difference : difference) <= 1e-9 * (size > 1 ? size : 1)
}
BEGIN { FS = ","; n = split(ours, our, " "); split(theirs, their, " ") }
FNR == 1 { for (i = 1; i <= NF; i++) at[FILENAME, $i] = i; if (NR == 1) score = FILENAME; next }
FILENAME == score { line[$(at[score, "unit_code"])] = $0; next }
{
    units++
    unit = $(at[FILENAME, "unit"])
    if (!(unit in line)) { wrong(unit, "row", "none", "one"); next }
    split(line[unit], cell, ",")
    for (i = 1; i <= n; i++) {
        expected = 0
        parts = split(their[i], part, "+")
        for (p = 1; p <= parts; p++)
            expected = parts > 1 ? expected + $(at[FILENAME, part[p]]) : $(at[FILENAME, part[p]])
        if (!same(cell[at[score, our[i]]], expected))
            wrong(unit, our[i], cell[at[score, our[i]]], expected)
    }
}
END { if (units == 0) wrong("*", "units", 0, "some"); exit bad }
END
compare() {
    awk -v ours="$2" -v theirs="$4" -f "$work/compare.awk" "$work/score.csv" "$3" > "$work/differences"
    verdict "$1" $? "$(head -3 "$work/differences" | tr '\n' ';')"
}
# The overall figures of stratified.csv as a table of one unit `*`.
overall_of() {
    awk -F, -v design="$1" '
        $2 == design && $3 == "poststrat" && $5 ~ /^overall/ {
            if ($4 == "resolved_strict" && $8 == "wilson_neff") { r = $6 "," $10 "," $11 }
            if ($4 == "satisfied_top2" && $8 == "wilson_neff") { s = $6 "," $10 "," $11 }
            if ($4 ~ /^composite/) { c = $6 "," ($10 > 0 ? $10 : 0) "," ($11 < 1 ? $11 : 1) } }
        $2 == design && $3 == "aapor_unweighted" && $4 == "RR1" { rr1 = $6 }
        $2 == design && $3 == "census" && $4 == "on_time" { t = $6 }
        END { print "unit,rr1,on_time,r,r_lo,r_hi,s,s_lo,s_hi,c,c_lo,c_hi"; print "*," rr1 "," t "," r "," s "," c }' \
        "$golden/stratified.csv"
}

for design in D05 D07 D09 D12; do
    rm -rf "$PINGYI_DATA"
    "$pingyi" init > "$work/out" 2>&1
    orders_of $design > "$work/orders.csv"
    outcomes_of $design > "$work/outcomes.csv"
    { echo order_no; cut -d, -f1 "$golden/designs/${design}_sample.csv" | tail -n +2; } > "$work/sample.csv"
    check ${design}_import 0 import --extracted-at 2024-06-03 "$work/orders.csv"
    check ${design}_round 0 round create --id $design --from 2024-05-01 --to 2024-05-31 --rules "$work/rules.ini"
    check ${design}_adopt 0 draw --round $design --adopt "$work/sample.csv"
    check ${design}_outcomes 0 outcomes import --round $design "$work/outcomes.csv"
    check ${design}_score 0 score --round $design --format csv
    cp "$work/out" "$work/score.csv"
    compare ${design}_units_equal_r "orders frame drawn complete partial refusal noncontact other unknown ineligible \
        rr1 resolution_base resolved satisfaction_base satisfied on_time_rate resolution_rate resolution_low \
        resolution_high satisfaction_rate satisfaction_low satisfaction_high score score_low score_high rank rank_low \
        rank_high" "$golden/designs/${design}_expected_units.csv" "N N n_sampled I P R NC O UH+UO NE RR1 res_m res_x \
        sat_m sat_x on_time_rate res_p res_lo res_hi sat_p sat_lo sat_hi score score_lo score_hi rank rank_lo rank_hi"
    overall_of $design > "$work/overall.csv"
    compare ${design}_sums_equal_r "rr1 on_time_rate resolution_rate resolution_low resolution_high satisfaction_rate \
        satisfaction_low satisfaction_high score score_low score_high" "$work/overall.csv" \
        "rr1 on_time r r_lo r_hi s s_lo s_hi c c_lo c_hi"
    check ${design}_again 0 outcomes import --round $design "$work/outcomes.csv"
    check ${design}_score_again 0 score --round $design --format csv
    same ${design}_outcomes_twice_count_once "$work/out" "$work/score.csv"
done
exit $failed
