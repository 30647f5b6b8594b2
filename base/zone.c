#include "base/zone.h"

#include "base/alloc.h"
#include "base/civil.h"

/* A TZif file is a list of instants at which the offset changes, followed (version 2 and later) by a rule in the
 * notation of POSIX TZ for the time after the last of them. The list is kept as parallel arrays for binary search. All
 * numbers of the file are big-endian. Leap seconds are not counted: civil time in dumps never names them. */

enum { MAX_TRANSITIONS = 100000, MAX_OFFSET_S = 26 * 3600 };

enum day_kind {
    DAY_OF_MONTH_WEEK, /* Mm.w.d */
    DAY_WITHOUT_LEAP,  /* Jn: 1 to 365, 29 February is never counted */
    DAY_WITH_LEAP,     /* n: 0 to 365 */
};

/* When clocks change in every year, in the local time that holds before. */
struct change {
    enum day_kind kind;
    int month;
    int week;    /* 1 to 5; 5 is the last */
    int weekday; /* 0 is Sunday, as POSIX counts */
    int day;
    int time_s;
};

struct rule {
    bool has_summer;
    int standard_s; /* east of UTC */
    int summer_s;
    struct change to_summer;
    struct change to_standard;
};

struct zone {
    size_t count;
    int64_t *at_utc;  /* ascending */
    int32_t *after_s; /* offset from at_utc[i] on */
    int before_s;     /* offset before the first */
    bool has_rule;    /* holds from the last transition on */
    struct rule rule;
};

bool zone_name_is_valid(struct bytes name)
{
    enum { NAME_MAX_BYTES = 63 };
    if (name.len == 0 || name.len > NAME_MAX_BYTES || name.ptr[0] == '/')
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!letter && c != '/' && c != '_' && c != '-' && c != '+')
            return false;
    }
    return true;
}

/* --- the rule ------------------------------------------------------------------------------------------------ */

static bool take_byte(struct bytes *rest, char byte)
{
    if (rest->len == 0 || rest->ptr[0] != byte)
        return false;
    *rest = (struct bytes){rest->ptr + 1, rest->len - 1};
    return true;
}

static bool take_number(struct bytes *rest, int low, int high, int *out)
{
    int value = 0;
    size_t digits = 0;
    while (digits < rest->len && digits < 4 && rest->ptr[digits] >= '0' && rest->ptr[digits] <= '9')
        value = value * 10 + (rest->ptr[digits++] - '0');
    if (digits == 0 || value < low || value > high)
        return false;
    *rest = (struct bytes){rest->ptr + digits, rest->len - digits};
    *out = value;
    return true;
}

/* [+-]hh[:mm[:ss]] */
static bool take_time(struct bytes *rest, int max_hours, int *out_s)
{
    int sign = take_byte(rest, '-') ? -1 : 1;
    int hours = 0;
    int minutes = 0;
    int seconds = 0;
    if (sign == 1)
        (void)take_byte(rest, '+');
    if (!take_number(rest, 0, max_hours, &hours))
        return false;
    if (take_byte(rest, ':')) {
        if (!take_number(rest, 0, 59, &minutes))
            return false;
        if (take_byte(rest, ':') && !take_number(rest, 0, 59, &seconds))
            return false;
    }
    *out_s = sign * (hours * 3600 + minutes * 60 + seconds);
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* A name of the zone, EST or <+0545>; only its presence matters. */
static bool take_name(struct bytes *rest)
{
    size_t len = 0;
    if (take_byte(rest, '<')) {
        while (len < rest->len && rest->ptr[len] != '>')
            len++;
        *rest = (struct bytes){rest->ptr + len, rest->len - len};
        return len > 0 && take_byte(rest, '>');
    }
    while (len < rest->len && is_letter(rest->ptr[len]))
        len++;
    *rest = (struct bytes){rest->ptr + len, rest->len - len};
    return len >= 3;
}

static bool take_change(struct bytes *rest, struct change *out)
{
    struct change change = {.time_s = 2 * 3600};
    bool found = false;
    if (!take_byte(rest, ','))
        return false;
    if (take_byte(rest, 'M')) {
        change.kind = DAY_OF_MONTH_WEEK;
        found = take_number(rest, 1, 12, &change.month) && take_byte(rest, '.') &&
                take_number(rest, 1, 5, &change.week) && take_byte(rest, '.') &&
                take_number(rest, 0, 6, &change.weekday);
    } else if (take_byte(rest, 'J')) {
        change.kind = DAY_WITHOUT_LEAP;
        found = take_number(rest, 1, 365, &change.day);
    } else {
        change.kind = DAY_WITH_LEAP;
        found = take_number(rest, 0, 365, &change.day);
    }
    if (!found || (take_byte(rest, '/') && !take_time(rest, 167, &change.time_s)))
        return false;
    *out = change;
    return true;
}

/* std offset [dst [offset] , start [/time] , end [/time]]. POSIX counts offsets west of UTC. */
static bool rule_parse(struct bytes text, struct rule *out)
{
    struct rule rule = {0};
    int west_s = 0;
    if (!take_name(&text) || !take_time(&text, 24, &west_s))
        return false;
    rule.standard_s = -west_s;
    if (text.len > 0) {
        rule.has_summer = true;
        if (!take_name(&text))
            return false;
        rule.summer_s = rule.standard_s + 3600;
        if (text.len > 0 && text.ptr[0] != ',') {
            if (!take_time(&text, 24, &west_s))
                return false;
            rule.summer_s = -west_s;
        }
        if (!take_change(&text, &rule.to_summer) || !take_change(&text, &rule.to_standard))
            return false;
    }
    *out = rule;
    return text.len == 0;
}

/* The local time of a change in `year`, in civil seconds as if UTC. */
static int64_t change_local_s(const struct change *change, int year)
{
    int64_t new_year = civil_to_day((struct civil){year, 1, 1});
    int64_t day = 0;
    if (change->kind == DAY_WITH_LEAP) {
        day = new_year + change->day;
    } else if (change->kind == DAY_WITHOUT_LEAP) {
        bool leap = civil_to_day((struct civil){year, 3, 1}) - new_year == 60;
        day = new_year + change->day - 1 + (leap && change->day >= 60 ? 1 : 0);
    } else {
        int64_t first = civil_to_day((struct civil){year, change->month, 1});
        int64_t next = change->month == 12
                           ? civil_to_day((struct civil){year + 1, 1, 1})
                           : civil_to_day((struct civil){year, change->month + 1, 1});
        int first_weekday = (day_weekday(first) + 1) % 7;
        day = first + (change->weekday - first_weekday + 7) % 7 + 7 * (change->week - 1);
        if (day >= next)
            day -= 7;
    }
    return day * SECONDS_A_DAY + change->time_s;
}

static int rule_offset_s(const struct rule *rule, int64_t utc)
{
    if (!rule->has_summer)
        return rule->standard_s;
    /* The latest change at or before `utc` decides. A change may lie a week outside its own year (times reach 167
     * hours), so the years around are looked at too. */
    int year = day_to_civil(seconds_to_day(utc + rule->standard_s)).year;
    int64_t latest = INT64_MIN;
    int offset_s = rule->standard_s;
    for (int y = year - 1; y <= year + 1; y++) {
        int64_t summer = change_local_s(&rule->to_summer, y) - rule->standard_s;
        int64_t standard = change_local_s(&rule->to_standard, y) - rule->summer_s;
        /* Summer time all year is written as two changes at one instant; the later in the file's order is summer. */
        if (standard <= utc && standard > latest) {
            latest = standard;
            offset_s = rule->standard_s;
        }
        if (summer <= utc && summer >= latest) {
            latest = summer;
            offset_s = rule->summer_s;
        }
    }
    return offset_s;
}

/* --- the file ------------------------------------------------------------------------------------------------ */

enum { HEADER_BYTES = 44 };

struct header {
    char version;
    size_t indicators_utc, indicators_standard, leaps, transitions, types, name_bytes;
};

static int64_t big_endian(const char *ptr, size_t bytes)
{
    uint64_t value = ((unsigned char)ptr[0] & 0x80) != 0 ? UINT64_MAX : 0;
    for (size_t i = 0; i < bytes; i++)
        value = (value << 8) | (unsigned char)ptr[i];
    return (int64_t)value;
}

static bool take(struct bytes *rest, size_t len, struct bytes *out)
{
    if (rest->len < len)
        return false;
    *out = (struct bytes){rest->ptr, len};
    *rest = (struct bytes){rest->ptr + len, rest->len - len};
    return true;
}

static bool take_header(struct bytes *rest, struct header *out)
{
    struct bytes raw;
    if (!take(rest, HEADER_BYTES, &raw) || !bytes_starts_with(raw, BYTES_LIT("TZif")))
        return false;
    size_t *counts[] = {&out->indicators_utc, &out->indicators_standard,
                        &out->leaps,          &out->transitions,
                        &out->types,          &out->name_bytes};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        int64_t count = big_endian(raw.ptr + 20 + 4 * i, 4);
        if (count < 0 || count > MAX_TRANSITIONS)
            return false;
        *counts[i] = (size_t)count;
    }
    out->version = raw.ptr[4];
    return out->types > 0 && out->types <= 256;
}

/* The parts of a data block that matter; instants are `time_bytes` wide. */
struct block {
    struct bytes instants;
    struct bytes kinds;
    struct bytes types;
};

static bool take_block(struct bytes *rest, const struct header *header, size_t time_bytes,
                       struct block *out)
{
    struct bytes ignored;
    return take(rest, header->transitions * time_bytes, &out->instants) &&
           take(rest, header->transitions, &out->kinds) &&
           take(rest, header->types * 6, &out->types) && take(rest, header->name_bytes, &ignored) &&
           take(rest, header->leaps * (time_bytes + 4), &ignored) &&
           take(rest, header->indicators_standard, &ignored) &&
           take(rest, header->indicators_utc, &ignored);
}

static bool type_offset_s(const struct block *block, size_t type, int32_t *out)
{
    if (type >= block->types.len / 6)
        return false;
    int64_t offset_s = big_endian(block->types.ptr + type * 6, 4);
    if (offset_s < -MAX_OFFSET_S || offset_s > MAX_OFFSET_S)
        return false;
    *out = (int32_t)offset_s;
    return true;
}

static int fill(struct zone *zone, const struct block *block, size_t time_bytes, struct err *err)
{
    int32_t before_s = 0;
    size_t count = block->kinds.len;
    if (!type_offset_s(block, 0, &before_s))
        return err_set(err, ERR_FORMAT, "time zone data has an impossible offset");
    zone->before_s = before_s;
    zone->at_utc = mem_calloc(count, sizeof *zone->at_utc);
    zone->after_s = mem_calloc(count, sizeof *zone->after_s);
    if (zone->at_utc == NULL || zone->after_s == NULL)
        return err_set(err, ERR_NOMEM, "no memory for %zu time zone transitions", count);
    for (size_t i = 0; i < count; i++) {
        zone->at_utc[i] = big_endian(block->instants.ptr + i * time_bytes, time_bytes);
        if (i > 0 && zone->at_utc[i] <= zone->at_utc[i - 1])
            return err_set(err, ERR_FORMAT, "time zone transitions are not in order");
        if (!type_offset_s(block, (unsigned char)block->kinds.ptr[i], &zone->after_s[i]))
            return err_set(err, ERR_FORMAT, "time zone transition %zu has an impossible offset", i);
    }
    zone->count = count;
    return OK;
}

/* The footer is a rule between two line ends; an empty one means that nothing is known. */
static int fill_rule(struct zone *zone, struct bytes footer, struct err *err)
{
    struct bytes rest = footer;
    if (!take_byte(&rest, '\n') || bytes_find(rest, BYTES_LIT("\n")) == rest.len)
        return err_set(err, ERR_FORMAT, "time zone data has no footer");
    struct bytes rule = bytes_cut(&rest, '\n');
    if (rule.len == 0)
        return OK;
    if (!rule_parse(rule, &zone->rule))
        return err_set(err, ERR_FORMAT, "time zone rule \"" BYTES_FMT "\" is malformed",
                       BYTES_ARG(rule));
    zone->has_rule = true;
    return OK;
}

static int parse(struct zone *zone, struct bytes tzif, struct err *err)
{
    struct header header = {0};
    struct block block = {0};
    if (!take_header(&tzif, &header) || !take_block(&tzif, &header, 4, &block))
        return err_set(err, ERR_FORMAT, "no TZif time zone data, or cut short");
    if (header.version < '2')
        return fill(zone, &block, 4, err);
    if (!take_header(&tzif, &header) || !take_block(&tzif, &header, 8, &block))
        return err_set(err, ERR_FORMAT, "time zone data of version 2 is cut short");
    int rc = fill(zone, &block, 8, err);
    return rc != OK ? rc : fill_rule(zone, tzif, err);
}

int zone_parse(struct bytes tzif, struct zone **out_zone, struct err *err)
{
    struct zone *zone = mem_calloc(1, sizeof *zone);
    if (zone == NULL)
        return err_set(err, ERR_NOMEM, "no memory for a time zone");
    int rc = parse(zone, tzif, err);
    if (rc != OK) {
        zone_free(zone);
        return rc;
    }
    *out_zone = zone;
    return OK;
}

int zone_fixed(int offset_s, struct zone **out_zone, struct err *err)
{
    struct zone *zone = mem_calloc(1, sizeof *zone);
    if (zone == NULL)
        return err_set(err, ERR_NOMEM, "no memory for a time zone");
    zone->before_s = offset_s;
    *out_zone = zone;
    return OK;
}

void zone_free(struct zone *zone)
{
    if (zone == NULL)
        return;
    mem_free(zone->at_utc);
    mem_free(zone->after_s);
    mem_free(zone);
}

/* --- questions ----------------------------------------------------------------------------------------------- */

int zone_offset_s(const struct zone *zone, int64_t utc)
{
    size_t low = 0;
    size_t high = zone->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->at_utc[middle] <= utc)
            low = middle + 1;
        else
            high = middle;
    }
    /* Here `low` transitions lie at or before `utc`. */
    if (low == zone->count && zone->has_rule)
        return rule_offset_s(&zone->rule, utc);
    return low > 0 ? zone->after_s[low - 1] : zone->before_s;
}

int64_t zone_to_utc(const struct zone *zone, int64_t local_s)
{
    /* No offset is beyond a day and two hours, so the offsets before and after any change near `local_s` are those two
     * days to either side; of two candidates that both show `local_s`, the larger offset is the earlier instant. */
    int64_t reach = 2 * SECONDS_A_DAY;
    int before_s = zone_offset_s(zone, local_s - reach);
    int after_s = zone_offset_s(zone, local_s + reach);
    int nearest_s = zone_offset_s(zone, local_s - before_s);
    int candidates[] = {before_s, nearest_s, zone_offset_s(zone, local_s - nearest_s), after_s};
    bool found = false;
    int64_t earliest = local_s - before_s; /* in a gap */
    for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++) {
        int64_t utc = local_s - candidates[i];
        if (zone_offset_s(zone, utc) == candidates[i] && (!found || utc < earliest)) {
            earliest = utc;
            found = true;
        }
    }
    return earliest;
}

int64_t zone_day(const struct zone *zone, struct moment moment)
{
    if (moment.kind == MOMENT_DAY)
        return seconds_to_day(moment.seconds);
    return seconds_to_day(moment.seconds + zone_offset_s(zone, moment.seconds));
}

int64_t zone_day_start(const struct zone *zone, int64_t day)
{
    int64_t midnight_s = day * SECONDS_A_DAY;
    int64_t start = zone_to_utc(zone, midnight_s);
    /* A change that skips midnight may do so from before it (23:30 to 00:30): then the day begins at the change. */
    int64_t before = start - (start + zone_offset_s(zone, start) - midnight_s);
    while (start - before > 1) {
        int64_t middle = before + (start - before) / 2;
        if (middle + zone_offset_s(zone, middle) >= midnight_s)
            start = middle;
        else
            before = middle;
    }
    return start;
}

int64_t zone_day_end(const struct zone *zone, int64_t day)
{
    return zone_day_start(zone, day + 1) - 1;
}
