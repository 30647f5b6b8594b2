#include "scoring/calendar.h"

#include "base/alloc.h"
#include "base/civil.h"
#include "base/utf8.h"

#include "scoring/embedded.h"

#include <string.h>

/* Layers are kept merged as sorted special days. Questions are answered from a table with one byte a day over the
 * covered years, made anew with each layer. */

struct special_day {
    int64_t day;
    bool is_workday;
    struct bytes name; /* in one of the texts */
};

struct special_days {
    struct special_day *items; /* sorted, each day once */
    size_t count;
};

struct text {
    struct text *older;
    char *ptr;
};

/* What the table holds of a day: 0, its year is not covered; else 1 and its kind. */
enum { STATE_UNCOVERED = 0, STATE_FIRST_KIND = 1 };

struct calendar {
    struct text *texts; /* of the layers: names point into them */
    struct special_days special;
    bool covered[CALENDAR_LAST_YEAR - CALENDAR_FIRST_YEAR + 1];
    int64_t first_day;     /* of the table */
    unsigned char *states; /* of each day from first_day on; NULL while no year is covered */
    size_t state_count;
};

int calendar_new(struct calendar **out_calendar, struct err *err)
{
    struct calendar *calendar = mem_calloc(1, sizeof *calendar);
    if (calendar == NULL)
        return err_set(err, ERR_NOMEM, "could not make a calendar");
    *out_calendar = calendar;
    return OK;
}

static void free_texts(struct text *text)
{
    while (text != NULL) {
        struct text *older = text->older;
        mem_free(text->ptr);
        mem_free(text);
        text = older;
    }
}

void calendar_free(struct calendar *calendar)
{
    if (calendar == NULL)
        return;
    free_texts(calendar->texts);
    mem_free(calendar->special.items);
    mem_free(calendar->states);
    mem_free(calendar);
}

/* ---- reading a layer ---- */

static size_t lines_of(struct bytes text)
{
    size_t lines = 1;
    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n' ? 1 : 0;
    return lines;
}

static int parse_line(struct bytes line, int number, struct special_day *out, struct err *err)
{
    struct bytes rest = line;
    struct bytes date = bytes_trim(bytes_cut(&rest, ','));
    struct bytes type = rest.ptr != NULL ? bytes_trim(bytes_cut(&rest, ',')) : BYTES_NONE;
    if (!day_parse(date, &out->day))
        return err_set(err, ERR_FORMAT, "line %d: no date such as 2024-05-01", number);
    int year = day_to_civil(out->day).year;
    if (year < CALENDAR_FIRST_YEAR || year > CALENDAR_LAST_YEAR)
        return err_set(err, ERR_FORMAT, "line %d: year %d is not from %d to %d", number, year,
                       CALENDAR_FIRST_YEAR, CALENDAR_LAST_YEAR);
    out->is_workday = bytes_equal(type, BYTES_LIT("workday"));
    if (!out->is_workday && !bytes_equal(type, BYTES_LIT("holiday")))
        return err_set(err, ERR_FORMAT, "line %d: type is neither holiday nor workday", number);
    out->name = bytes_trim(rest);
    return OK;
}

/* Where `day` stands, or where it has to go. */
static size_t find_day(const struct special_days *days, int64_t day)
{
    size_t low = 0;
    size_t high = days->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (days->items[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const struct special_day *special_at(const struct special_days *days, int64_t day)
{
    size_t at = find_day(days, day);
    return at < days->count && days->items[at].day == day ? &days->items[at] : NULL;
}

/* Put the days of `text` into `days`, which has room for one a line. */
static int parse_layer(struct bytes text, struct special_days *days, struct err *err)
{
    int number = 0;
    bool has_header = false;
    if (bytes_starts_with(text, BYTES_LIT("\xEF\xBB\xBF")))
        text = (struct bytes){text.ptr + 3, text.len - 3};
    for (struct bytes rest = text; rest.ptr != NULL;) {
        struct bytes line = bytes_trim(bytes_cut(&rest, '\n'));
        number++;
        if (line.len == 0)
            continue;
        if (!has_header) {
            has_header = bytes_equal(line, BYTES_LIT("date,type,name"));
            if (!has_header)
                return err_set(err, ERR_FORMAT, "line %d: no header date,type,name", number);
            continue;
        }
        struct special_day special = {0};
        int rc = parse_line(line, number, &special, err);
        if (rc != OK)
            return rc;
        size_t at = find_day(days, special.day);
        if (at < days->count && days->items[at].day == special.day)
            return err_set(err, ERR_FORMAT, "line %d: the day is named twice", number);
        memmove(&days->items[at + 1], &days->items[at], (days->count - at) * sizeof days->items[0]);
        days->items[at] = special;
        days->count++;
    }
    if (days->count == 0)
        return err_set(err, ERR_FORMAT, "line %d: the layer names no day", number);
    return OK;
}

static void merge_days(const struct special_days *below, const struct special_days *above,
                       struct special_days *out)
{
    size_t i = 0;
    size_t j = 0;
    while (i < below->count || j < above->count) {
        bool take_above =
            i == below->count || (j < above->count && above->items[j].day <= below->items[i].day);
        if (take_above && i < below->count && above->items[j].day == below->items[i].day)
            i++;
        out->items[out->count++] = take_above ? above->items[j++] : below->items[i++];
    }
}

/* ---- the table ---- */

static int64_t first_day_of(int year)
{
    return civil_to_day((struct civil){year, 1, 1});
}

static bool names_holiday(const struct special_days *days, struct civil date)
{
    const struct special_day *special = special_at(days, civil_to_day(date));
    return special != NULL && !special->is_workday;
}

static void mark_covered(const struct special_days *layer, bool *covered)
{
    for (int year = CALENDAR_FIRST_YEAR; year <= CALENDAR_LAST_YEAR; year++) {
        if (names_holiday(layer, (struct civil){year, 1, 1}) &&
            names_holiday(layer, (struct civil){year, 10, 1}))
            covered[year - CALENDAR_FIRST_YEAR] = true;
    }
}

/* First and last covered year; false when there is none. */
static bool covered_years(const bool *covered, int *out_first, int *out_last)
{
    bool any = false;
    for (int year = CALENDAR_FIRST_YEAR; year <= CALENDAR_LAST_YEAR; year++) {
        if (!covered[year - CALENDAR_FIRST_YEAR])
            continue;
        *out_first = any ? *out_first : year;
        *out_last = year;
        any = true;
    }
    return any;
}

static unsigned char state_of_kind(enum day_kind kind)
{
    return (unsigned char)(STATE_FIRST_KIND + (int)kind);
}

static void fill_year(const struct special_days *days, int year, unsigned char *states)
{
    int64_t first = first_day_of(year);
    int64_t end = first_day_of(year + 1);
    for (int64_t day = first; day < end; day++)
        states[day - first] = state_of_kind(day_weekday(day) < 5 ? DAY_WORKED : DAY_WEEKEND);
    for (size_t i = find_day(days, first); i < days->count && days->items[i].day < end; i++)
        states[days->items[i].day - first] =
            state_of_kind(days->items[i].is_workday ? DAY_WORKED : DAY_HOLIDAY);
}

/* Fill the table of `calendar` from its days and covered years. */
static int make_table(struct calendar *calendar, struct err *err)
{
    int first_year = 0;
    int last_year = 0;
    if (!covered_years(calendar->covered, &first_year, &last_year))
        return OK;
    calendar->first_day = first_day_of(first_year);
    calendar->state_count = (size_t)(first_day_of(last_year + 1) - calendar->first_day);
    calendar->states = mem_calloc(calendar->state_count, 1);
    if (calendar->states == NULL)
        return err_set(err, ERR_NOMEM, "could not make a calendar of %zu days",
                       calendar->state_count);
    for (int year = first_year; year <= last_year; year++) {
        if (calendar->covered[year - CALENDAR_FIRST_YEAR])
            fill_year(&calendar->special, year,
                      calendar->states + (first_day_of(year) - calendar->first_day));
    }
    return OK;
}

/* ---- adding layers ---- */

static struct text *copy_text(struct bytes text)
{
    struct text *copy = mem_calloc(1, sizeof *copy);
    if (copy == NULL)
        return NULL;
    copy->ptr = mem_copy(text.ptr, text.len);
    if (copy->ptr == NULL) {
        mem_free(copy);
        return NULL;
    }
    return copy;
}

int calendar_add_csv(struct calendar *calendar, struct bytes csv, struct err *err)
{
    struct calendar next = *calendar;
    struct special_days layer = {0};
    struct text *text = NULL;
    next.special = (struct special_days){0};
    next.states = NULL;
    if (csv.len > CALENDAR_TEXT_MAX_BYTES)
        return err_set(err, ERR_FORMAT, "a calendar layer of %zu bytes is longer than %d", csv.len,
                       (int)CALENDAR_TEXT_MAX_BYTES);
    size_t valid = utf8_valid_prefix(csv);
    if (valid < csv.len)
        return err_set(err, ERR_FORMAT, "line %zu: not UTF-8",
                       lines_of((struct bytes){csv.ptr, valid}));
    int rc = OK;
    text = copy_text(csv);
    layer.items = mem_calloc(lines_of(csv), sizeof layer.items[0]);
    if (text == NULL || layer.items == NULL) {
        rc = err_set(err, ERR_NOMEM, "could not read a calendar layer");
        goto done;
    }
    rc = parse_layer((struct bytes){text->ptr, csv.len}, &layer, err);
    if (rc != OK)
        goto done;
    next.special.items = mem_calloc(calendar->special.count + layer.count, sizeof layer.items[0]);
    if (next.special.items == NULL) {
        rc = err_set(err, ERR_NOMEM, "could not add a calendar layer");
        goto done;
    }
    merge_days(&calendar->special, &layer, &next.special);
    mark_covered(&layer, next.covered);
    rc = make_table(&next, err);
    if (rc != OK)
        goto done;
    text->older = calendar->texts;
    next.texts = text;
    text = NULL;
    /* What `next` leaves behind is freed below. */
    struct calendar old = *calendar;
    *calendar = next;
    next = old;
done:
    free_texts(text);
    mem_free(layer.items);
    mem_free(next.special.items);
    mem_free(next.states);
    return rc;
}

bool calendar_builtin_text(struct bytes name, struct bytes *out_csv)
{
    for (const struct embedded_file *file = embedded_scoring; file->name != NULL; file++) {
        struct bytes file_name = bytes_from_z(file->name);
        if (file_name.len == name.len + 4 && bytes_starts_with(file_name, name)) { /* .csv */
            *out_csv = embedded_bytes(file);
            return true;
        }
    }
    return false;
}

int calendar_add_builtin(struct calendar *calendar, struct bytes name, struct err *err)
{
    struct bytes csv = BYTES_NONE;
    if (!calendar_builtin_text(name, &csv))
        return err_set(err, ERR_NOT_FOUND, "no calendar layer \"" BYTES_FMT "\" is built in",
                       BYTES_ARG(name));
    return calendar_add_csv(calendar, csv, err);
}

/* ---- questions ---- */

int calendar_day_kind(const struct calendar *calendar, int64_t day, enum day_kind *out_kind,
                      struct err *err)
{
    int64_t at = day - calendar->first_day;
    int state =
        at >= 0 && at < (int64_t)calendar->state_count ? calendar->states[at] : STATE_UNCOVERED;
    if (state == STATE_UNCOVERED)
        return err_set(err, ERR_NO_CALENDAR, "no calendar layer covers the year %d",
                       day_to_civil(day).year);
    *out_kind = (enum day_kind)(state - STATE_FIRST_KIND);
    return OK;
}

int calendar_is_workday(const struct calendar *calendar, int64_t day, bool *out_is, struct err *err)
{
    enum day_kind kind = DAY_WORKED;
    int rc = calendar_day_kind(calendar, day, &kind, err);
    if (rc == OK)
        *out_is = kind == DAY_WORKED;
    return rc;
}

int calendar_add_workdays(const struct calendar *calendar, int64_t day, int count, int64_t *out_day,
                          struct err *err)
{
    while (count > 0) {
        enum day_kind kind = DAY_WORKED;
        int rc = calendar_day_kind(calendar, ++day, &kind, err);
        if (rc != OK)
            return rc;
        if (kind == DAY_WORKED)
            count--;
    }
    *out_day = day;
    return OK;
}

bool calendar_range(const struct calendar *calendar, int64_t *out_first_day, int64_t *out_last_day)
{
    if (calendar->state_count == 0)
        return false;
    *out_first_day = calendar->first_day;
    *out_last_day = calendar->first_day + (int64_t)calendar->state_count - 1;
    return true;
}

int calendar_each(const struct calendar *calendar, calendar_day_cb on_day, void *context)
{
    for (size_t i = 0; i < calendar->special.count; i++) {
        const struct special_day *special = &calendar->special.items[i];
        int rc = on_day(context, special->day, special->is_workday, special->name);
        if (rc != OK)
            return rc;
    }
    return OK;
}
