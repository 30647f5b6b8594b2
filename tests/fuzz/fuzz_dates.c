#include "importers/dates.h"

#include "base/civil.h"
#include "base/utf8.h"

#include <stdlib.h>

/* The first line is a format, the rest a date. Whatever is read lies in the years 1900 to 2199, give or take an offset,
 * and reads back as the same when it is printed. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_back(const struct zone *zone, struct moment moment)
{
    struct err err = {0};
    struct dates *dates = NULL;
    struct moment again = {0};
    char text[TIME_TEXT_BYTES];
    if (dates_new(zone, NULL, 0, &dates, &err) != OK)
        abort();
    if (moment.kind == MOMENT_DAY)
        day_format(seconds_to_day(moment.seconds), text);
    else
        time_format(moment.seconds, zone_offset_s(zone, moment.seconds), text);
    if (!dates_read(dates, bytes_from_z(text), &again) || again.kind != moment.kind ||
        again.seconds != moment.seconds)
        abort();
    dates_free(dates);
}

static void read_one(const struct zone *zone, struct bytes format, struct bytes text)
{
    enum { DAYS_TO_1900 = -25567, DAYS_TO_2200 = 84006 };
    struct err err = {0};
    struct dates *dates = NULL;
    struct moment moment = {0};
    size_t formats = date_format_check(format, &err) == OK ? 1 : 0;
    if (dates_new(zone, &format, formats, &dates, &err) != OK)
        abort();
    if (dates_read(dates, text, &moment)) {
        int64_t day = seconds_to_day(moment.seconds);
        if (moment.kind == MOMENT_NONE || day < DAYS_TO_1900 - 2 || day > DAYS_TO_2200 + 2)
            abort();
        /* An offset may carry an instant into a year that is not read. */
        if (day > DAYS_TO_1900 && day < DAYS_TO_2200 - 1)
            read_back(zone, moment);
    }
    dates_free(dates);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    struct zone *zone = NULL;
    struct bytes text = {(const char *)data, size};
    if (!utf8_is_valid(text) || size == 0)
        return 0;
    struct bytes format = bytes_cut(&text, '\n');
    if (zone_fixed(8 * 3600, &zone, &err) != OK)
        abort();
    if (text.len > 0)
        read_one(zone, format, text);
    zone_free(zone);
    return 0;
}
