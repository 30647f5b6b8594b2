#include "service/followup/casework_room.h"

#include "base/civil.h"

#include <string.h>

/* ---- loading ---- */

struct loading {
    struct casework *work;
    const struct campaign *campaign;
    struct situation *situation;
};

static int on_number(void *context, const struct case_number *row, struct err *err)
{
    struct loading *loading = context;
    struct situation *situation = loading->situation;
    size_t at = situation->past.number_count;
    if (row->no != (int64_t)at + 1 || at == CASE_NUMBERS_MAX)
        return err_set(err, ERR_CORRUPT, "case %jd has number %jd behind %zu others",
                       (intmax_t)row->case_id, (intmax_t)row->no, at);
    situation->numbers[at].phone_key = row->phone_key;
    situation->is_dead[at] = row->is_dead;
    situation->past.number_count++;
    return OK;
}

static int on_dial(void *context, const struct dial_row *row, struct err *err)
{
    struct loading *loading = context;
    struct case_past *past = &loading->situation->past;
    struct dial_past *dial = &loading->work->dials[past->dial_count];
    if (row->recheck_id != 0 || row->ended_utc == 0)
        return OK;
    if (past->dial_count == DIALS_A_CASE || row->code.len >= CASE_CODE_BYTES)
        return err_set(err, ERR_LIMIT, "dial %jd of case %jd is one too many, or has no code",
                       (intmax_t)row->id, (intmax_t)row->case_id);
    *dial = (struct dial_past){.started_utc = row->started_utc,
                               .ended_utc = row->ended_utc,
                               .day = row->day,
                               .number_no = row->number_no};
    if (row->code.len > 0)
        memcpy(dial->code, row->code.ptr, row->code.len);
    past->dial_count++;
    return hours_part(loading->campaign->hours, row->started_utc, &dial->part, err);
}

/* What the store says of the numbers today. */
static int look_at_numbers(struct store *store, const struct campaign *campaign, int64_t now_utc,
                           struct situation *situation, struct err *err)
{
    int64_t today = campaign_day(campaign, now_utc);
    int rc = OK;
    for (size_t i = 0; i < situation->past.number_count && rc == OK; i++) {
        bool is_banned = false;
        int64_t dials = 0;
        rc = do_not_call_has(store, situation->numbers[i].phone_key, &is_banned, err);
        if (rc == OK)
            rc = dials_count_of_number(store, situation->numbers[i].phone_key, today, &dials, err);
        situation->is_banned = situation->is_banned || is_banned;
        situation->numbers[i].is_spent = dials >= campaign->hours->rules->followup.per_day;
    }
    return rc;
}

int situation_load(struct casework *work, struct store *store, const struct campaign *campaign,
                   const struct followup_case *row, int64_t now_utc, struct situation *out,
                   struct err *err)
{
    struct loading loading = {work, campaign, out};
    *out = (struct situation){
        .past = {.dials = work->dials,
                 .is_dead = out->is_dead,
                 .was_freed = row->freed_utc != 0,
                 .freed_utc = row->freed_utc,
                 .appointment_utc = row->appointment_utc,
                 .now_utc = now_utc},
    };
    int rc = case_numbers_each(store, row->id, on_number, &loading, err);
    if (rc == OK)
        rc = dials_each_of_case(store, row->id, on_dial, &loading, err);
    return rc == OK ? look_at_numbers(store, campaign, now_utc, out, err) : rc;
}

static bool may_dial(const struct situation *situation, int64_t number_no)
{
    return number_no >= 1 && number_no <= (int64_t)situation->past.number_count &&
           !situation->is_dead[number_no - 1] && !situation->numbers[number_no - 1].is_spent;
}

int64_t situation_number(const struct situation *situation, int64_t proposed)
{
    if (situation->is_banned || proposed == 0 || may_dial(situation, proposed))
        return situation->is_banned ? 0 : proposed;
    for (int64_t no = 1; no <= (int64_t)situation->past.number_count; no++) {
        if (may_dial(situation, no))
            return no;
    }
    return 0;
}

int situation_check_time(const struct campaign *campaign, const struct situation *situation,
                         int64_t at_utc, struct err *err)
{
    int64_t today = campaign_day(campaign, situation->past.now_utc);
    int64_t day = campaign_day(campaign, at_utc);
    bool is_today = day == today;
    struct calling_window window;
    bool is_open = false;
    if (at_utc <= situation->past.now_utc)
        return err_set(err, ERR_REFUSED, "an appointment must lie ahead");
    if (day > today + campaign->hours->rules->followup.window_days)
        return err_set(err, ERR_REFUSED, "the appointment lies beyond the window");
    int rc = hours_window(campaign->hours, at_utc, &is_open, &window, err);
    if (rc != OK)
        return rc;
    if (!is_open)
        return err_set(err, ERR_REFUSED, "the appointment lies outside the calling hours");
    return is_today && !situation->is_banned && situation_number(situation, 1) == 0
               ? err_set(err, ERR_REFUSED, "the numbers have had their dials of the day")
               : OK;
}

/* ---- placing ---- */

int situation_find_later(const struct campaign *campaign, const struct situation *situation,
                         int64_t at_utc, int64_t from_day, int64_t *out_from_utc,
                         int64_t *out_until_utc, struct err *err)
{
    struct calling_window window;
    struct next then;
    struct case_past past = situation->past;
    int rc = hours_find(campaign->hours, at_utc, from_day, HOURS_ALL_PARTS, &window, err);
    if (rc != OK)
        return rc;
    past.now_utc = window.from_utc > at_utc ? window.from_utc : at_utc;
    rc = protocol_next(campaign->hours, &past, &then, err);
    if (rc != OK)
        return rc;
    bool is_waiting = then.step == NEXT_WAITING;
    int64_t from_utc = is_waiting ? then.from_utc : window.from_utc;
    *out_from_utc = from_utc > at_utc ? from_utc : at_utc;
    *out_until_utc = is_waiting ? then.until_utc : window.until_utc;
    return OK;
}

/* The times that the protocol gave, or, when no number may be dialled today any more, what it gives on another day. */
static int find_times(const struct campaign *campaign, const struct situation *situation,
                      const struct next *next, int64_t *out_from_utc, int64_t *out_until_utc,
                      struct err *err)
{
    int64_t today = campaign_day(campaign, situation->past.now_utc);
    *out_from_utc = next->from_utc;
    *out_until_utc = next->until_utc;
    bool is_today = campaign_day(campaign, next->from_utc) <= today;
    return is_today && situation_number(situation, next->number_no) == 0
               ? situation_find_later(campaign, situation, situation->past.now_utc, today + 1,
                                      out_from_utc, out_until_utc, err)
               : OK;
}

static int place_fresh(const struct campaign *campaign, const struct situation *situation,
                       const struct next *next, struct followup_case *row, struct err *err)
{
    int64_t from_utc = 0, until_utc = 0;
    case_become_queued(row);
    if (next->number_no == 0) {
        case_become_waiting(row, CASEWORK_PARKED_UTC, CASEWORK_PARKED_UTC);
        return OK;
    }
    if (situation_number(situation, next->number_no) != 0)
        return OK;
    int rc = find_times(campaign, situation, next, &from_utc, &until_utc, err);
    if (rc == OK)
        case_become_waiting(row, from_utc, until_utc);
    return rc;
}

static int place_banned(struct casework *work, struct store *store, const struct campaign *campaign,
                        int64_t now_utc, struct followup_case *row, struct err *err)
{
    const struct attempt_wish wish = {
        .code = "2.113", .at_utc = now_utc, .who = campaign->row.opened_by};
    case_become_final(row, "2.113", "do_not_call", now_utc);
    return attempts_put(work, store, campaign, row, &wish, err);
}

/* Of what was done elsewhere the service knows the attempts alone. */
static int place_imported(struct casework *work, struct store *store,
                          const struct campaign *campaign, int64_t now_utc,
                          struct followup_case *row, struct next *out_next, struct err *err)
{
    char code[CASE_CODE_BYTES] = "";
    int rc = case_find_code(store, campaign, row, code, err);
    if (rc != OK)
        return rc;
    case_become_final(row, code, "imported", now_utc);
    *out_next = (struct next){.step = NEXT_FINAL};
    return attempts_put_missing(work, store, campaign, row, now_utc, campaign->row.opened_by, err);
}

/* Orders that were released since the last dial have no attempt of their own. */
static int place_final(struct casework *work, struct store *store, const struct campaign *campaign,
                       const struct next *next, int64_t now_utc, struct followup_case *row,
                       struct err *err)
{
    enum outcome_group group = OUTCOME_UNKNOWN_UNWORKED;
    const struct attempt_wish wish = {.code = next->code,
                                      .at_utc = now_utc,
                                      .who = campaign->row.opened_by,
                                      .only_missing = true};
    case_become_final(row, next->code, next->is_exhausted ? "exhausted" : "", now_utc);
    (void)outcome_group_of(bytes_from_z(next->code), &group);
    return group != OUTCOME_UNKNOWN_UNWORKED ? attempts_put(work, store, campaign, row, &wish, err)
                                             : OK;
}

static bool may_go_on(const struct situation *situation, const struct next *next)
{
    return next->step == NEXT_NUMBER && situation->past.now_utc >= next->from_utc &&
           may_dial(situation, next->number_no);
}

static int place(struct casework *work, struct store *store, const struct campaign *campaign,
                 const struct situation *situation, bool may_hold, struct followup_case *row,
                 struct next *out_next, struct err *err)
{
    int64_t now_utc = situation->past.now_utc;
    int64_t from_utc = 0, until_utc = 0;
    struct next next;
    bool is_ended = false;
    int rc = protocol_next(campaign->hours, &situation->past, &next, err);
    if (rc == OK && next.step != NEXT_FINAL)
        rc = case_has_file_end(store, campaign, row, &is_ended, err);
    if (rc != OK || is_ended)
        return rc == OK ? place_imported(work, store, campaign, now_utc, row, out_next, err) : rc;
    bool is_kept = may_hold && !situation->is_banned && may_go_on(situation, &next);
    if (next.step == NEXT_NUMBER && !is_kept)
        next.step = NEXT_WAITING;
    if (next.step != NEXT_FINAL && situation->is_banned)
        rc = place_banned(work, store, campaign, now_utc, row, err);
    else if (next.step == NEXT_FINAL)
        rc = place_final(work, store, campaign, &next, now_utc, row, err);
    else if (next.step == NEXT_QUEUED)
        rc = place_fresh(campaign, situation, &next, row, err);
    else if (!is_kept)
        rc = find_times(campaign, situation, &next, &from_utc, &until_utc, err);
    if (rc == OK && from_utc != 0 && next.step == NEXT_APPOINTMENT)
        case_become_appointment(row, from_utc, until_utc);
    else if (rc == OK && from_utc != 0)
        case_become_waiting(row, from_utc, until_utc);
    if (rc == OK)
        *out_next = next;
    return rc;
}

/* Where the calendar ends, nobody can say when to call again: the case is looked at again the next day. A dial can
 * end all the same, and other campaigns go on. */
int situation_place(struct casework *work, struct store *store, const struct campaign *campaign,
                    const struct situation *situation, bool may_hold, struct followup_case *row,
                    struct next *out_next, struct err *err)
{
    struct followup_case placed = *row;
    struct err of_place = {.code = OK};
    int rc = place(work, store, campaign, situation, may_hold, &placed, out_next, &of_place);
    if (rc == ERR_NO_CALENDAR) {
        int64_t then_utc = situation->past.now_utc + SECONDS_A_DAY;
        placed = *row;
        case_become_waiting(&placed, then_utc, then_utc + 1);
        *out_next = (struct next){.step = NEXT_WAITING, .from_utc = then_utc};
    } else if (rc != OK) {
        *err = of_place;
        return rc;
    }
    *row = placed;
    return OK;
}

int case_place(struct casework *work, struct store *store, const struct campaign *campaign,
               enum case_act act, const struct followup_case *was, struct followup_case *row,
               int64_t now_utc, struct err *err)
{
    struct situation situation;
    struct next next;
    int rc = situation_load(work, store, campaign, row, now_utc, &situation, err);
    if (rc == OK)
        rc = situation_place(work, store, campaign, &situation, false, row, &next, err);
    return rc == OK ? case_change(store, act, was, row, err) : rc;
}
