# Two units with 20 orders a month each, April to June 2024, all closed, one late a month; sourced after checks.sh. Gives
# $work/orders.csv and $work/rules.ini (a sample of a few orders is enough), and make_small_city, which loads them.
cat > "$work/rules.ini" <<'END'
[basis]
document = 测试1号
[on_time]
period = received
min_orders = 1
[frame]
max_age = none
[allocation]
min_per_unit = 0
[ranking]
within = all
min_answers = 1
few_answers = 1
END
awk 'BEGIN {
    print "工单编号,受理时间,承办单位,承办单位编码,处理期限,办结时间,工单状态"
    for (month = 4; month <= 6; month++)
        for (unit = 1; unit <= 2; unit++)
            for (i = 1; i <= 20; i++)
                printf "S%02d-%02d-%02d,2024-%02d-06 09:00:00,第%d局,U%d,2024-%02d-10 18:00:00,2024-%02d-%s 10:00:00,已办结\n",
                    month, unit, i, month, unit, unit, month, month, (i == unit ? "13" : "08") }' > "$work/orders.csv"
make_small_city() {
    "$pingyi" init > "$work/out" 2>&1
    printf 'code,name,class,parent,valid_from,valid_to,aliases\nU1,第1局,市直,,,,\nU2,第2局,市直,,,,\n' > "$work/units.csv"
    "$pingyi" units import "$work/units.csv" > "$work/out" 2>&1
    check small_city 0 import --extracted-at 2024-07-03 "$work/orders.csv"
}
# Outcomes for the orders of `draw --format csv` on stdin: called in early July, most answered.
outcomes_of_draw() {
    awk -F, -v OFS=, '
        NR == 1 { print "order_no", "called_at", "caller", "disposition", "resolved", "satisfaction"; next }
        $5 == "sample" { print $3, "2024-07-05 10:00:00", "c", (NR % 5 ? "1.1" : "2.21"), (NR % 5 ? (NR % 3 ? "yes" : "no") : ""),
                               (NR % 5 ? 1 + NR % 5 : "") }'
}
