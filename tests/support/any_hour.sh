# A round that may be phoned whenever a test runs; sourced after checks.sh. at_any_hour RULES adds to the rules' file, once
# the data directory is there. A year counts as covered by its two holidays; a second layer works them.
at_any_hour() {
    year=$(date +%Y)
    for layer in holiday workday; do
        awk -v from="$year" -v layer=$layer 'BEGIN {
            print "date,type,name"
            for (year = from - 3; year < from + 2; year++)
                printf "%d-01-01,%s,测试\n%d-10-01,%s,测试\n", year, layer, year, layer }' > "$work/$layer.csv"
        "$pingyi" calendar import every-$layer "$work/$layer.csv" > "$work/out" 2>&1 ||
            bad "calendar_$layer" "$(head -3 "$work/out")"
    done
    cat >> "$1" <<END
[calendar]
layers = national, every-holiday, every-workday
[followup]
weekday = 00:00-12:00 12:00-18:00 18:00-24:00
weekend = 00:00-12:00 12:00-18:00 18:00-24:00
END
}
