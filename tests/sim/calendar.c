#include "tests/sim/simulation.h"

/* The arrangement of September and October 2024, and the hours of the rules, written down once more. */

enum { SHANGHAI_S = 8 * 3600 };

int64_t own_day(int64_t utc)
{
    return (utc + SHANGHAI_S) / SECONDS_A_DAY;
}

enum kind { KIND_WORKED, KIND_FREE, KIND_CLOSED };

static enum kind kind_of(int64_t day)
{
    int64_t of_september = day - 19966; /* 2024-08-31 */
    int64_t of_october = of_september - 30;
    if (of_september == 14 || of_september == 29 || of_october == 12)
        return KIND_WORKED;
    if ((of_september >= 15 && of_september <= 17) || (of_october >= 1 && of_october <= 7))
        return KIND_CLOSED;
    return (day + 3) % 7 < 5 ? KIND_WORKED : KIND_FREE;
}

bool own_has_hours(int64_t day)
{
    return kind_of(day) != KIND_CLOSED;
}

bool own_is_open(int64_t utc)
{
    int64_t minute = (utc + SHANGHAI_S) % SECONDS_A_DAY / 60;
    enum kind kind = kind_of(own_day(utc));
    int64_t from = kind == KIND_WORKED ? 9 * 60 : 10 * 60;
    return kind != KIND_CLOSED &&
           ((minute >= from && minute < 12 * 60) || (minute >= 15 * 60 && minute < 18 * 60) ||
            (minute >= 19 * 60 && minute < 20 * 60 + 30));
}

int own_part(int64_t utc)
{
    int64_t hour = (utc + SHANGHAI_S) % SECONDS_A_DAY / 3600;
    if (kind_of(own_day(utc)) != KIND_WORKED)
        return 3;
    return hour < 12 ? 0 : hour < 18 ? 1 : 2;
}
