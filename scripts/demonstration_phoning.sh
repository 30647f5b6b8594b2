#!/bin/sh
# The demonstration's phoning (电话测评): a round whose calls are half made by invented callers, ready to be gone on with at
# any hour of any day. Called by scripts/start, after June 2024 was loaded; running it again changes nothing. All that it
# takes part in is marked as demonstration data: rules whose hours are the whole day, and two layers of the calendar that
# make every day of this year and the next four a working day. $PINGYI, $PINGYI_DATA and $PHONE_CAMPAIGN are given.
set -eu
round=phone-2024-06

if "$PINGYI" followup show --round $round >"$PINGYI_DATA/demonstration-phoning.log" 2>&1; then
    exit 0
fi
year=$(date +%Y)
# A year counts as covered by its two holidays; the second layer opens them again.
awk -v from="$year" 'BEGIN {
    print "date,type,name"
    for (year = from; year < from + 5; year++)
        printf "%d-01-01,holiday,演示\n%d-10-01,holiday,演示\n", year, year }' >"$PINGYI_DATA/demonstration-years.csv"
awk -v from="$year" 'BEGIN {
    print "date,type,name"
    split("31 28 31 30 31 30 31 31 30 31 30 31", days, " ")
    for (year = from; year < from + 5; year++)
        for (month = 1; month <= 12; month++) {
            leap = month == 2 && (year % 4 == 0 && year % 100 != 0 || year % 400 == 0)
            for (day = 1; day <= days[month] + leap; day++)
                printf "%d-%02d-%02d,workday,演示\n", year, month, day
        } }' >"$PINGYI_DATA/demonstration-days.csv"
cat >"$PINGYI_DATA/demonstration-phoning.ini" <<'END'
; 演示数据：全天可以拨打，每天都是工作日。正式的评价期不要用这份规则。
[calendar]
layers = national, demonstration-years, demonstration-days
[allocation]
min_per_unit = 4
[followup]
weekday = 00:00-12:00 12:00-18:00 18:00-24:00
weekend = 00:00-12:00 12:00-18:00 18:00-24:00
window = 60d
END
"$PINGYI" calendar import demonstration-years "$PINGYI_DATA/demonstration-years.csv"
"$PINGYI" calendar import demonstration-days "$PINGYI_DATA/demonstration-days.csv"
"$PINGYI" round list --format csv | grep -q "^$round," ||
    "$PINGYI" round create --id $round --from 2024-06-01 --to 2024-06-30 --kind other \
        --rules "$PINGYI_DATA/demonstration-phoning.ini"
"$PINGYI" round list --format csv | grep -q "^$round,.*,drawn," ||
    "$PINGYI" draw --round $round --size 200 --exact-seed demonstration >>"$PINGYI_DATA/demonstration-phoning.log"

# A shift yesterday, and the last hour.
"$PHONE_CAMPAIGN" "$PINGYI_DATA" $round now-93600 now-79200 30 huawu1 huawu2 huawu3 >>"$PINGYI_DATA/demonstration-phoning.log"
"$PHONE_CAMPAIGN" "$PINGYI_DATA" $round now-3600 now-60 50 huawu1 huawu2 huawu3 waibao1 >>"$PINGYI_DATA/demonstration-phoning.log"
