#ifndef PINGYI_BASE_CIVIL_H
#define PINGYI_BASE_CIVIL_H

#include "base/bytes.h"

/* Civil dates of the proleptic Gregorian calendar as day numbers: 0 is 1970-01-01, 1 the day after. No zone, no clock.
 * Thread: any. */

enum { SECONDS_A_DAY = 86400 };

struct civil {
    int year;  /* 1 to 9999 */
    int month; /* 1 to 12 */
    int day;   /* 1 to 31 */
};

/* False unless the date exists. */
bool civil_is_valid(struct civil date);

/* `date` must be valid. */
int64_t civil_to_day(struct civil date);

struct civil day_to_civil(int64_t day);

/* 0 is Monday, 6 is Sunday. */
int day_weekday(int64_t day);

/* The day a count of seconds since 1970 lies in, also for negative ones. */
int64_t seconds_to_day(int64_t seconds);

/* "2024-05-31", the whole text; false when it is anything else or does not exist. */
bool day_parse(struct bytes text, int64_t *out_day);

enum { DAY_TEXT_BYTES = 16, TIME_TEXT_BYTES = 40 };

/* "2024-05-31", NUL-terminated, for years 1 to 9999. */
void day_format(int64_t day, char out[DAY_TEXT_BYTES]);

/* "2024-05-31T18:00:00+08:00": the instant `utc` seen at `offset_s` seconds east of UTC, NUL-terminated, for years 1 to
 * 9999. */
void time_format(int64_t utc, int offset_s, char out[TIME_TEXT_BYTES]);

/* RFC 3339: a date, T or a space, hh:mm:ss with an optional fraction (dropped), and Z or an offset. The whole text. */
bool time_parse(struct bytes text, int64_t *out_utc);

#endif
