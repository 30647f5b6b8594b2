#include "service/followup/attendance.h"

#include "base/arena.h"
#include "base/civil.h"

#include "reports/csv.h"

#include "service/host/files.h"

#include <inttypes.h>
#include <stdio.h>

enum { MINUTE_S = 60 };

/* ---- the list ---- */

struct walk {
    const struct attendance_wish *wish;
    attended_cb on_attended;
    void *context;
    int64_t account_id, ended_utc; /* the shift before */
};

/* Who comes back in the span in which an earlier shift ended is not late. */
static int64_t late_minutes(const struct walk *walk, const struct shift_row *row)
{
    const struct calling_hours *hours = walk->wish->hours;
    struct calling_window window;
    struct err unused = {0};
    bool is_open = false;
    if (hours == NULL || hours_window(hours, row->started_utc, &is_open, &window, &unused) != OK ||
        !is_open)
        return 0;
    if (walk->account_id == row->account_id && walk->ended_utc > window.from_utc)
        return 0;
    int64_t minutes = (row->started_utc - window.from_utc) / MINUTE_S;
    return minutes >= ATTENDANCE_LATE_MINUTES ? minutes : 0;
}

static int on_shift(void *context, const struct shift_row *row, struct err *err)
{
    struct walk *walk = context;
    int64_t end_utc = row->ended_utc != 0 ? row->ended_utc : walk->wish->now_utc;
    const struct attended attended = {
        .shift = row,
        .minutes_worked = end_utc > row->started_utc ? (end_utc - row->started_utc) / MINUTE_S : 0,
        .late_minutes = late_minutes(walk, row),
        .is_forgotten = bytes_equal(row->ended_why, BYTES_LIT("forgotten")),
    };
    walk->account_id = row->account_id;
    walk->ended_utc = end_utc;
    return walk->on_attended(walk->context, &attended, err);
}

int attendance_each(struct store *store, const struct attendance_wish *wish,
                    attended_cb on_attended, void *context, struct err *err)
{
    struct walk walk = {.wish = wish, .on_attended = on_attended, .context = context};
    if (wish->to_day < wish->from_day || wish->to_day - wish->from_day >= ATTENDANCE_DAYS_MAX)
        return err_set(err, ERR_FORMAT, "attendance is listed for 1 to %d days",
                       (int)ATTENDANCE_DAYS_MAX);
    return shifts_each(store, wish->from_day, wish->to_day, wish->team_id, on_shift, &walk, err);
}

/* ---- confirming ---- */

int attendance_confirm(struct store *store, int64_t id, const struct attendance_verdict *verdict,
                       const struct actor *actor, struct err *err)
{
    struct shift_row row;
    if (verdict->minutes < 0 || verdict->minutes > ATTENDANCE_MINUTES_MAX)
        return err_set(err, ERR_FORMAT, "a shift has 0 to %d minutes", (int)ATTENDANCE_MINUTES_MAX);
    int rc = shift_get(store, id, &row, err);
    if (rc == OK && verdict->team_id != -1 && row.team_id != verdict->team_id)
        rc = err_set(err, ERR_NOT_FOUND, "there is no shift %jd", (intmax_t)id);
    if (rc == OK && row.account_id == verdict->account_id)
        rc = err_set(err, ERR_REFUSED, "nobody confirms a shift of their own");
    return rc == OK ? shift_put_confirmed(store, id, verdict->minutes, actor->now_utc, actor->who,
                                          verdict->note, err)
                    : rc;
}

/* ---- what nobody ended ---- */

enum { FORGOTTEN_A_TIME = 64 };

struct forgotten {
    int64_t ids[FORGOTTEN_A_TIME];
    int64_t count, limit;
};

static int on_forgotten(void *context, const struct shift_row *row, struct err *err)
{
    struct forgotten *forgotten = context;
    (void)err;
    if (forgotten->count < forgotten->limit)
        forgotten->ids[forgotten->count++] = row->id;
    return OK;
}

int attendance_end_forgotten(struct store *store, int64_t now_utc, int64_t limit, int64_t *out_done,
                             struct err *err)
{
    struct forgotten forgotten = {.limit = limit < FORGOTTEN_A_TIME ? limit : FORGOTTEN_A_TIME};
    int rc = shifts_each_forgotten(store, now_utc - ATTENDANCE_FORGOTTEN_S, on_forgotten,
                                   &forgotten, err);
    for (int64_t i = 0; i < forgotten.count && rc == OK; i++) {
        int64_t last_utc = 0;
        rc = shift_last_dial(store, forgotten.ids[i], &last_utc, err);
        if (rc == OK)
            rc = shift_put_end(store, forgotten.ids[i], last_utc, BYTES_LIT("forgotten"), err);
    }
    if (rc == OK)
        *out_done = forgotten.count;
    return rc;
}

/* ---- the list of fees ---- */

struct fee {
    struct fee *next;
    int64_t account_id;
    struct bytes name, display_name, team;
    int64_t shifts, minutes, dials, completes;
};

struct sheet {
    struct arena arena;
    struct fee *first, **last;
    struct buf *out;
};

static void append_text(struct buf *out, struct bytes text)
{
    csv_cell_for_people(out, text);
    buf_append_byte(out, ',');
}

static void append_number(struct buf *out, int64_t number)
{
    buf_append_integer(out, number);
    buf_append_byte(out, ',');
}

static void append_clock(struct buf *out, int64_t utc)
{
    enum { HOUR_S = 3600 };
    int64_t of_day = (utc + OFFICE_OFFSET_S) % SECONDS_A_DAY;
    buf_printf(out, "%02" PRId64 ":%02" PRId64 ",", of_day / HOUR_S, of_day % HOUR_S / MINUTE_S);
}

static void append_who(struct buf *out, struct bytes display_name, struct bytes name,
                       struct bytes team)
{
    append_text(out, display_name);
    append_text(out, name);
    append_text(out, team);
}

static void append_shift(struct buf *out, const struct shift_row *row)
{
    char day[DAY_TEXT_BYTES];
    day_format(row->day, day);
    append_who(out, row->display_name, row->account_name, row->team_name);
    append_text(out, bytes_from_z(day));
    append_clock(out, row->started_utc);
    append_clock(out, row->ended_utc);
    append_number(out, row->minutes);
    append_number(out, row->dials);
    append_number(out, row->completes);
    append_text(out, row->confirmed_by);
    csv_cell_for_people(out, row->note);
    buf_append_z(out, "\r\n");
}

static struct fee *find_fee(struct sheet *sheet, const struct shift_row *row)
{
    struct fee *fee = sheet->first;
    while (fee != NULL && fee->account_id != row->account_id)
        fee = fee->next;
    if (fee != NULL)
        return fee;
    fee = arena_alloc(&sheet->arena, sizeof *fee);
    if (fee == NULL)
        return NULL;
    *fee = (struct fee){.account_id = row->account_id,
                        .name = arena_copy(&sheet->arena, row->account_name),
                        .display_name = arena_copy(&sheet->arena, row->display_name),
                        .team = arena_copy(&sheet->arena, row->team_name)};
    if (fee->name.ptr == NULL || fee->display_name.ptr == NULL || fee->team.ptr == NULL)
        return NULL;
    *sheet->last = fee;
    sheet->last = &fee->next;
    return fee;
}

static int on_attended(void *context, const struct attended *attended, struct err *err)
{
    struct sheet *sheet = context;
    const struct shift_row *row = attended->shift;
    if (!row->is_confirmed)
        return OK;
    struct fee *fee = find_fee(sheet, row);
    if (fee == NULL)
        return err_set(err, ERR_NOMEM, "could not sum up attendance");
    fee->shifts++;
    fee->minutes += row->minutes;
    fee->dials += row->dials;
    fee->completes += row->completes;
    append_shift(sheet->out, row);
    return OK;
}

static void append_fee(struct buf *out, const struct fee *fee)
{
    enum { HOUR_MINUTES = 60 };
    append_who(out, fee->display_name, fee->name, fee->team);
    buf_append_z(out, "合计,,,");
    append_number(out, fee->minutes);
    append_number(out, fee->dials);
    append_number(out, fee->completes);
    buf_printf(out, ",%" PRId64 " 班，%.2f 小时\r\n", fee->shifts,
               (double)fee->minutes / HOUR_MINUTES);
}

int attendance_render(struct store *store, const struct attendance_wish *wish, struct buf *out,
                      struct err *err)
{
    enum { SHEET_MAX_BYTES = 16 * 1024 * 1024 };
    struct sheet sheet = {.out = out};
    sheet.last = &sheet.first;
    arena_init(&sheet.arena, SHEET_MAX_BYTES);
    buf_append_z(
        out, "\xEF\xBB\xBF姓名,账号,班组,日期,上班,下班,确认分钟,拨打数,完成数,确认人,备注\r\n");
    int rc = attendance_each(store, wish, on_attended, &sheet, err);
    for (const struct fee *fee = sheet.first; fee != NULL && rc == OK; fee = fee->next)
        append_fee(out, fee);
    arena_deinit(&sheet.arena);
    return rc == OK ? buf_status(out, err) : rc;
}
