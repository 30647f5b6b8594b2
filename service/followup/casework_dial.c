#include "service/followup/casework_room.h"

#include <string.h>

/* What whoever holds a case does with it before the dial ends. Each act holds the case on. */

enum { GIVEN_BACK_S = 1800 };

static int hold(struct store *store, const struct campaign *campaign, struct followup_case *row,
                int64_t now_utc, struct err *err)
{
    const struct followup_case was = *row;
    row->until_utc = now_utc + campaign->hours->rules->followup.lease_s;
    return case_change(store, ACT_HOLD, &was, row, err);
}

static int get_held(struct casework *work, struct store *store, const struct caller *caller,
                    int64_t case_id, struct campaign *out_campaign, struct followup_case *out,
                    struct err *err)
{
    int rc = case_get_held(store, case_id, caller->account_id, out, err);
    return rc == OK ? campaign_load_open(work, store, out->campaign_id, out_campaign, err) : rc;
}

int casework_renew(struct casework *work, struct store *store, const struct caller *caller,
                   int64_t case_id, int64_t *out_until_utc, struct err *err)
{
    struct campaign campaign;
    struct followup_case row;
    int rc = get_held(work, store, caller, case_id, &campaign, &row, err);
    if (rc == OK)
        rc = hold(store, &campaign, &row, caller->now_utc, err);
    if (rc == OK)
        *out_until_utc = row.until_utc;
    return rc;
}

/* ERR_NOT_FOUND of a look becomes *out_is_there. */
static int find_open_dial(struct store *store, int64_t case_id, bool *out_is_there, struct err *err)
{
    struct dial_row dial;
    struct err unused = {0};
    int rc = dial_get_open(store, case_id, &dial, &unused);
    if (rc != OK && rc != ERR_NOT_FOUND)
        *err = unused;
    *out_is_there = rc == OK;
    return rc == ERR_NOT_FOUND ? OK : rc;
}

static int refuse_open_dial(struct store *store, int64_t case_id, struct err *err)
{
    bool is_there = false;
    int rc = find_open_dial(store, case_id, &is_there, err);
    return rc == OK && is_there
               ? err_set(err, ERR_WRONG_STATE, "case %jd is being dialled", (intmax_t)case_id)
               : rc;
}

/* So that whoever gives it back is not given it again at once: a fresh one to others alone, a waiting one to nobody. */
static int put_off(const struct campaign *campaign, const struct caller *caller,
                   const struct situation *situation, struct followup_case *row, struct err *err)
{
    int64_t then_utc = caller->now_utc + GIVEN_BACK_S;
    int64_t from_utc = 0, until_utc = 0;
    struct err of_find = {.code = OK};
    if (row->state == CASE_QUEUED) {
        row->account_id = caller->account_id;
        row->from_utc = then_utc;
    }
    if (row->state != CASE_WAITING || row->from_utc >= then_utc)
        return OK;
    int rc =
        situation_find_later(campaign, situation, then_utc, 0, &from_utc, &until_utc, &of_find);
    if (rc == OK)
        case_become_waiting(row, from_utc, until_utc);
    if (rc == OK || rc == ERR_NO_CALENDAR)
        return OK; /* without a calendar it stays where it was placed */
    *err = of_find;
    return rc;
}

int casework_give_back(struct casework *work, struct store *store, const struct caller *caller,
                       int64_t case_id, struct err *err)
{
    struct campaign campaign;
    struct followup_case was;
    struct situation situation;
    struct next next;
    int rc = case_get_held(store, case_id, caller->account_id, &was, err);
    if (rc == OK)
        rc = campaign_load(work, store, was.campaign_id, &campaign, err);
    if (rc == OK)
        rc = refuse_open_dial(store, case_id, err);
    struct followup_case row = was;
    row.appointment_account = 0;
    if (rc == OK)
        rc = situation_load(work, store, &campaign, &row, caller->now_utc, &situation, err);
    if (rc == OK)
        rc = situation_place(work, store, &campaign, &situation, false, &row, &next, err);
    if (rc == OK)
        rc = put_off(&campaign, caller, &situation, &row, err);
    return rc == OK ? case_change(store, ACT_GIVE_BACK, &was, &row, err) : rc;
}

/* ---- the dial ---- */

/* What came in of it since it was given out. */
static int refuse_imported(struct store *store, const struct campaign *campaign,
                           const struct followup_case *row, struct err *err)
{
    bool is_ended = false;
    int rc = case_has_file_end(store, campaign, row, &is_ended, err);
    return rc == OK && is_ended
               ? err_set(err, ERR_REFUSED, "outcomes of case %jd were imported", (intmax_t)row->id)
               : rc;
}

static int check_campaign(const struct campaign *campaign, int64_t now_utc, struct err *err)
{
    struct calling_window window;
    bool is_open = false;
    if (campaign->row.is_paused)
        return err_set(err, ERR_REFUSED, "campaign %jd is paused", (intmax_t)campaign->row.id);
    int rc = hours_window(campaign->hours, now_utc, &is_open, &window, err);
    return rc == OK && !is_open ? err_set(err, ERR_REFUSED, "outside the calling hours") : rc;
}

static int check_number(const struct situation *situation, const struct followup_case *row,
                        int64_t number_no, struct err *err)
{
    if (number_no < 1 || number_no > (int64_t)situation->past.number_count)
        return err_set(err, ERR_NOT_FOUND, "case %jd has no number %jd", (intmax_t)row->id,
                       (intmax_t)number_no);
    if (situation->is_banned)
        return err_set(err, ERR_REFUSED, "case %jd is on the do-not-call list", (intmax_t)row->id);
    if (situation->is_dead[number_no - 1])
        return err_set(err, ERR_REFUSED, "number %jd of case %jd is dead", (intmax_t)number_no,
                       (intmax_t)row->id);
    if (situation->numbers[number_no - 1].is_spent)
        return err_set(err, ERR_REFUSED, "number %jd of case %jd has had its dials of the day",
                       (intmax_t)number_no, (intmax_t)row->id);
    return OK;
}

/* A case that was given out in one part of the day and held into another. An appointment that is late is kept late. */
static int check_part(const struct campaign *campaign, const struct situation *situation,
                      const struct followup_case *row, struct err *err)
{
    struct next next;
    struct err of_next = {.code = OK};
    if (row->state != CASE_LEASED || row->appointment_utc != 0)
        return OK;
    int rc = protocol_next(campaign->hours, &situation->past, &next, &of_next);
    if (rc == ERR_NO_CALENDAR)
        return OK; /* it is open now; what comes later nobody knows */
    if (rc != OK) {
        *err = of_next;
        return rc;
    }
    return next.step == NEXT_WAITING && next.from_utc > situation->past.now_utc
               ? err_set(err, ERR_REFUSED, "case %jd waits for another part of the day",
                         (intmax_t)row->id)
               : OK;
}

int dial_check(struct casework *work, struct store *store, const struct campaign *campaign,
               const struct followup_case *row, int64_t number_no, int64_t now_utc,
               int64_t *out_phone_key, struct err *err)
{
    struct situation situation;
    bool is_busy = false;
    int rc = check_campaign(campaign, now_utc, err);
    if (rc == OK)
        rc = refuse_open_dial(store, row->id, err);
    if (rc == OK)
        rc = situation_load(work, store, campaign, row, now_utc, &situation, err);
    if (rc == OK)
        rc = check_number(&situation, row, number_no, err);
    if (rc == OK)
        rc = check_part(campaign, &situation, row, err);
    if (rc == OK)
        rc = case_number_is_busy(store, row->id, &is_busy, err);
    if (rc == OK && is_busy)
        rc = err_set(err, ERR_REFUSED, "a number of case %jd is called for another case",
                     (intmax_t)row->id);
    if (rc == OK)
        *out_phone_key = situation.numbers[number_no - 1].phone_key;
    return rc;
}

int casework_dial(struct casework *work, struct store *store, const struct caller *caller,
                  int64_t case_id, int64_t number_no, struct dial_row *out, struct err *err)
{
    struct campaign campaign;
    struct followup_case row;
    struct dial_row dial = {.case_id = case_id,
                            .number_no = number_no,
                            .account_id = caller->account_id,
                            .account_name = caller->name,
                            .started_utc = caller->now_utc};
    int rc = get_held(work, store, caller, case_id, &campaign, &row, err);
    if (rc == OK)
        rc = refuse_imported(store, &campaign, &row, err);
    if (rc == OK)
        rc = dial_check(work, store, &campaign, &row, number_no, caller->now_utc, &dial.phone_key,
                        err);
    if (rc != OK)
        return rc;
    dial.day = campaign_day(&campaign, caller->now_utc);
    /* Whatever was agreed is kept by this. */
    row.appointment_utc = 0;
    row.appointment_account = 0;
    rc = dial_put_new(store, &dial, err);
    if (rc == OK)
        rc = hold(store, &campaign, &row, caller->now_utc, err);
    if (rc == OK)
        *out = dial;
    return rc;
}

/* The caller's own dial that is going on. */
static int get_open_dial(struct store *store, const struct caller *caller, int64_t dial_id,
                         struct dial_row *out, struct err *err)
{
    struct dial_row dial;
    int rc = dial_get(store, dial_id, &dial, err);
    if (rc == OK && (dial.account_id != caller->account_id || dial.ended_utc != 0))
        return err_set(err, ERR_WRONG_STATE, "dial %jd is not account %jd's, or has ended",
                       (intmax_t)dial_id, (intmax_t)caller->account_id);
    if (rc == OK)
        *out = dial;
    return rc;
}

int casework_number(struct casework *work, struct store *store, const struct caller *caller,
                    int64_t dial_id, struct buf *out, struct err *err)
{
    struct dial_row dial = {.id = 0};
    int rc = get_open_dial(store, caller, dial_id, &dial, err);
    return rc == OK ? number_open(work, store, dial.case_id, dial.number_no, out, err) : rc;
}

/* ---- answers ---- */

struct asked {
    int64_t drawn_id;
    int64_t handling_id; /* 0: not met yet */
};

static int on_order(void *context, const struct case_order *order, struct err *err)
{
    struct asked *asked = context;
    (void)err;
    if (order->drawn_id == asked->drawn_id)
        asked->handling_id = order->handling_id;
    return OK;
}

/* An item of the order, or of the call, and a value that it takes. */
static int check_answer(struct store *store, const struct campaign *campaign,
                        const struct followup_case *row, const struct answer_row *answer,
                        struct bytes words, struct err *err)
{
    int64_t drawn_id = answer->drawn_id;
    struct asked asked = {drawn_id, 0};
    enum script_kind kind = SCRIPT_ORDINARY;
    int rc = OK;
    if (drawn_id != 0)
        rc = case_orders_each(store, campaign->row.round_id, campaign->row.draw_no, row->case_no,
                              on_order, &asked, err);
    if (rc == OK && drawn_id != 0 && asked.handling_id == 0)
        return err_set(err, ERR_FORMAT, "case %jd has no order %jd", (intmax_t)row->id,
                       (intmax_t)drawn_id);
    if (rc == OK && drawn_id != 0)
        rc = casework_script(store, campaign->row.round_id, asked.handling_id, &kind, err);
    if (rc != OK)
        return rc;
    const struct script_item *item = script_find_of(answer->item, kind);
    if (item == NULL || (item->place == SCRIPT_ORDER) != (drawn_id != 0))
        return err_set(err, ERR_FORMAT, "item \"" BYTES_FMT "\" is not asked of order %jd",
                       BYTES_ARG(answer->item), (intmax_t)drawn_id);
    if (!script_takes(item, answer->value) || (words.len > 0 && !item->takes_words) ||
        words.len > CASE_TEXT_MAX_BYTES)
        return err_set(err, ERR_FORMAT, "item \"" BYTES_FMT "\" does not take \"" BYTES_FMT "\"",
                       BYTES_ARG(answer->item), BYTES_ARG(answer->value));
    return OK;
}

static int put_answer(struct casework *work, struct store *store, struct answer_row *row,
                      struct bytes words, struct err *err)
{
    struct sealer door = vault_sealer_door(work->words);
    buf_clear(&work->sealed);
    int rc = answer_next_id(store, &row->id, err);
    if (rc == OK && words.len > 0)
        rc = door.seal(door.context, row->id, words, &work->sealed, err);
    row->sealed = buf_bytes(&work->sealed);
    return rc == OK ? answer_put(store, row, err) : rc;
}

int casework_answer(struct casework *work, struct store *store, const struct caller *caller,
                    int64_t dial_id, int64_t drawn_id, struct bytes item, struct bytes value,
                    struct bytes words, int64_t spent_ms, int64_t *out_until_utc, struct err *err)
{
    struct campaign campaign;
    struct followup_case row;
    struct dial_row dial = {.id = 0};
    struct answer_row answer = {.dial_id = dial_id,
                                .drawn_id = drawn_id,
                                .item = item,
                                .value = value,
                                .at_utc = caller->now_utc,
                                .spent_ms = spent_ms};
    int rc = get_open_dial(store, caller, dial_id, &dial, err);
    answer.case_id = dial.case_id;
    if (rc == OK)
        rc = get_held(work, store, caller, answer.case_id, &campaign, &row, err);
    if (rc == OK)
        rc = check_answer(store, &campaign, &row, &answer, words, err);
    if (rc == OK)
        rc = put_answer(work, store, &answer, words, err);
    if (rc == OK)
        rc = hold(store, &campaign, &row, caller->now_utc, err);
    if (rc == OK)
        *out_until_utc = row.until_utc;
    return rc;
}
