#include "tests/sim/simulation.h"

/* Who answers, when, and what they say. The contact rates by hour are those of household surveys by telephone: a third
 * by day, half in the evening. A number is 139, 138 or 137 and the person's number. */

enum { PERCENT = 100, PERMILLE = 1000 };
enum what { WHAT_NUMBER, WHAT_REACH, WHAT_ZHUANG, WHAT_MOOD, WHAT_DIAL = 1000 };

static uint64_t mix(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

uint64_t people_chance(const struct simulation *simulation, int64_t person, int64_t what,
                       uint64_t limit)
{
    return mix(mix(simulation->scale->seed + (uint64_t)person) ^ mix((uint64_t)what)) % limit;
}

static uint64_t reach_percent(int64_t at_utc)
{
    static const unsigned char weekday[24] = {
        [9] = 30, [10] = 33, [11] = 35, [15] = 33, [16] = 35, [17] = 42, [19] = 55, [20] = 50};
    static const unsigned char weekend[24] = {
        [10] = 45, [11] = 46, [15] = 42, [16] = 42, [17] = 45, [19] = 52, [20] = 48};
    int64_t hour = (at_utc + 8 * 3600) / 3600 % 24;
    return own_part(at_utc) == 3 ? weekend[hour] : weekday[hour];
}

/* The number itself: out of service, somebody else's, a machine. NULL: a telephone. */
static const char *number_fault(const struct simulation *simulation, int64_t person, int64_t line)
{
    uint64_t at = people_chance(simulation, person * 4 + line, WHAT_NUMBER, PERMILLE);
    if (at < 20)
        return "2.213";
    if (at < 40)
        return "2.214";
    if (at < 55)
        return "2.215";
    return at < 85 ? "2.221" : NULL;
}

static const char *not_reached(uint64_t at)
{
    if (at < 12)
        return "2.211";
    return at < 28 ? "2.212" : "2.21";
}

/* Somebody takes the call who is not the person. */
static void meet_other(uint64_t at, uint64_t days, struct meeting *out)
{
    out->code = at < 12 ? "2.111" : at < 25 ? "3.20" : "2.20";
    if (at >= 25 && at < 65)
        out->appointment_in_days = (int64_t)days;
}

static void meet_person(const struct simulation *simulation, int64_t person, bool speaks_za,
                        uint64_t at, uint64_t days, struct meeting *out)
{
    bool is_zhuang = people_chance(simulation, person, WHAT_ZHUANG, PERMILLE) <
                     (uint64_t)simulation->scale->zhuang;
    uint64_t mood = people_chance(simulation, person, WHAT_MOOD, PERMILLE);
    if (is_zhuang && !speaks_za) {
        out->code = "2.33";
        out->language = mood < 100 ? "other" : "za";
    } else if (mood < 4) {
        out->code = "2.31";
    } else if (mood < 14) {
        out->code = "2.32";
    } else if (mood < 26) {
        out->code = "2.113";
    } else if (mood < 120 && at % 10 < 7) {
        out->code = "2.112";
    } else if (at < 120) {
        out->code = "2.20";
        out->appointment_in_days = (int64_t)days;
    } else if (at < 150) {
        out->code = "2.12";
    } else if (at < 162) {
        out->code = "2.34";
    } else if (at < 168) {
        out->code = "2.36";
    } else {
        out->code = "1.1";
        out->is_interview = true;
        out->breaks_off = at < 200;
    }
}

void people_meet(const struct simulation *simulation, struct bytes number, int64_t at_utc,
                 bool speaks_za, int64_t nth, struct meeting *out)
{
    int64_t whole = 0;
    assert_true(number.len == 11 && bytes_to_int64(number, &whole));
    int64_t person = whole % 100000000;
    int64_t line = 139 - whole / 100000000;
    uint64_t dice = people_chance(simulation, person, WHAT_DIAL + nth, UINT64_C(1) << 62);
    uint64_t reach = 60 + people_chance(simulation, person, WHAT_REACH, 80);
    *out = (struct meeting){.appointment_in_days = -1, .language = ""};
    out->ring_s = 12 + (int64_t)(dice >> 40) % 30;
    out->code = number_fault(simulation, person, line);
    if (out->code != NULL)
        return;
    if (dice % PERCENT * PERCENT >= reach_percent(at_utc) * reach)
        out->code = not_reached(dice / PERCENT % PERCENT);
    else if (dice / 10000 % PERCENT < 12)
        meet_other(dice / 1000000 % PERCENT, dice / 100000000 % 3, out);
    else
        meet_person(simulation, person, speaks_za, dice / 1000000 % PERMILLE,
                    dice / 10000000000 % 3, out);
}
