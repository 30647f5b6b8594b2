# The small city with people in it who may be phoned at any hour, and what a browser needs; sourced after checks.sh.
. tests/support/small_city.sh
. tests/support/browser.sh
. tests/support/any_hour.sh

browser_packages
awk -F, -v OFS=, '
    NR == 1 { print $0, "市民称呼", "联系电话", "工单标题", "市民诉求"; next }
    { print $0, "王" NR "明", sprintf("138001%05d", NR), "路灯损坏" NR, "反映路灯损坏，请尽快维修，联系电话13800138000。" }' \
    "$work/orders.csv" > "$work/with_people.csv"
mv "$work/with_people.csv" "$work/orders.csv"
make_small_city
at_any_hour "$work/rules.ini"
