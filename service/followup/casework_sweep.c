#include "service/followup/casework_room.h"

/* What the clock does: leases run out, windows pass; and the end of a campaign. */

static int lapse(struct casework *work, struct store *store, const struct campaign *campaign,
                 enum case_act act, const struct followup_case *was, int64_t now_utc,
                 struct err *err)
{
    struct followup_case row = *was;
    int rc = dial_abandon(work, store, campaign, was, now_utc, err);
    return rc == OK ? case_place(work, store, campaign, act, was, &row, now_utc, err) : rc;
}

int case_sweep(struct casework *work, struct store *store, const struct followup_case *was,
               int64_t now_utc, struct err *err)
{
    struct campaign campaign;
    struct followup_case row = *was;
    int rc = campaign_load(work, store, was->campaign_id, &campaign, err);
    if (rc == OK && was->state == CASE_LEASED)
        return lapse(work, store, &campaign, ACT_LAPSE, was, now_utc, err);
    return rc == OK ? case_place(work, store, &campaign, ACT_PLACE, was, &row, now_utc, err) : rc;
}

int casework_sweep(struct casework *work, struct store *store, int64_t now_utc, int limit,
                   int *out_done, struct err *err)
{
    int rc = OK;
    int done = 0;
    while (rc == OK && done < limit) {
        struct followup_case row;
        struct err look = {0};
        rc = case_find_ended(store, now_utc, &row, &look);
        if (rc == ERR_NOT_FOUND)
            break;
        if (rc == OK)
            rc = case_sweep(work, store, &row, now_utc, err);
        else
            *err = look;
        done++;
    }
    if (rc == ERR_NOT_FOUND)
        rc = OK;
    if (rc == OK)
        *out_done = done;
    return rc;
}

/* ---- the end of a campaign ---- */

/* Nothing of it comes up again by itself: what waits is parked. */
static int end_case(struct casework *work, struct store *store, const struct campaign *campaign,
                    const struct followup_case *was, int64_t now_utc, struct err *err)
{
    struct followup_case row = *was;
    int rc = OK;
    if (was->state == CASE_LEASED) {
        rc = lapse(work, store, campaign, ACT_END, was, now_utc, err);
        if (rc == OK)
            rc = case_get(store, was->id, &row, err);
    }
    if (rc != OK || (row.state != CASE_WAITING && row.state != CASE_APPOINTMENT))
        return rc;
    const struct followup_case before = row;
    case_park(&row);
    return case_change(store, ACT_END, &before, &row, err);
}

/* What comes up again was placed long ago, and is placed anew. */
static int resume_case(struct casework *work, struct store *store, const struct campaign *campaign,
                       const struct followup_case *was, int64_t now_utc, struct err *err)
{
    struct followup_case row = *was;
    return was->state == CASE_WAITING || was->state == CASE_APPOINTMENT
               ? case_place(work, store, campaign, ACT_PLACE, was, &row, now_utc, err)
               : OK;
}

typedef int (*case_step)(struct casework *work, struct store *store,
                         const struct campaign *campaign, const struct followup_case *was,
                         int64_t now_utc, struct err *err);

static int each_case(struct casework *work, struct store *store, const struct campaign *campaign,
                     case_step step, int64_t now_utc, struct err *err)
{
    static const enum case_state states[] = {CASE_LEASED, CASE_APPOINTMENT, CASE_WAITING};
    struct case_list list = {NULL, 0, 0};
    int rc = OK;
    for (size_t i = 0; i < sizeof states / sizeof *states && rc == OK; i++) {
        const struct case_filter filter = {.campaign_id = campaign->row.id,
                                           .unit = -1,
                                           .state = (int)states[i],
                                           .team_id = -1,
                                           .limit = INT64_MAX};
        rc = cases_each(store, &filter, case_list_take, &list, err);
    }
    for (size_t i = 0; i < list.count && rc == OK; i++)
        rc = step(work, store, campaign, &list.rows[i], now_utc, err);
    case_list_deinit(&list);
    return rc;
}

int casework_end(struct casework *work, struct store *store, int64_t campaign_id, int64_t now_utc,
                 struct err *err)
{
    struct campaign campaign;
    int rc = campaign_load(work, store, campaign_id, &campaign, err);
    if (rc == OK && campaign.row.ended_utc != 0)
        rc = err_set(err, ERR_WRONG_STATE, "campaign %jd has ended", (intmax_t)campaign_id);
    if (rc == OK)
        rc = each_case(work, store, &campaign, end_case, now_utc, err);
    return rc == OK ? campaign_put_ended(store, campaign_id, now_utc, err) : rc;
}

int casework_resume(struct casework *work, struct store *store, int64_t campaign_id,
                    int64_t now_utc, struct err *err)
{
    struct campaign campaign;
    int rc = campaign_load(work, store, campaign_id, &campaign, err);
    if (rc == OK && campaign.row.ended_utc == 0)
        rc = err_set(err, ERR_WRONG_STATE, "campaign %jd has not ended", (intmax_t)campaign_id);
    /* Its round is opened in this transaction, before this or after it. */
    campaign.row.is_over = false;
    if (rc == OK)
        rc = each_case(work, store, &campaign, resume_case, now_utc, err);
    return rc == OK ? campaign_put_ended(store, campaign_id, 0, err) : rc;
}

/* ---- what stands against it ---- */

/* Whatever waits without an attempt is unworked; a fresh case has a number, else it would be parked. */
static int on_work_count(void *context, const struct case_work_count *count, struct err *err)
{
    struct casework_open_ends *ends = context;
    (void)err;
    if (count->is_attempted)
        ends->unfinished += count->cases;
    else
        ends->unworked += count->cases;
    if (!count->is_attempted && !count->has_number)
        ends->without_number += count->cases;
    if (count->state == CASE_APPOINTMENT)
        ends->appointments += count->cases;
    if (count->state == CASE_LEASED)
        ends->leased += count->cases;
    return OK;
}

/* Fresh ones, and those handed over that nothing has come back of. */
static int on_count(void *context, const struct case_count *count, struct err *err)
{
    struct casework_open_ends *ends = context;
    (void)err;
    if (count->state == CASE_QUEUED || (count->state == CASE_FINAL && count->code.len == 0))
        ends->unworked += count->cases;
    return OK;
}

static int on_recheck(void *context, const struct recheck_row *row, struct err *err)
{
    struct casework_open_ends *ends = context;
    (void)err;
    bool is_settled = bytes_equal(row->state, BYTES_LIT("settled")) ||
                      bytes_equal(row->state, BYTES_LIT("unreached")) ||
                      (bytes_equal(row->state, BYTES_LIT("done")) && row->differing == 0);
    ends->rechecks += is_settled ? 0 : 1;
    return OK;
}

int casework_open_ends_load(struct store *store, int64_t campaign_id,
                            struct casework_open_ends *out, struct err *err)
{
    struct casework_open_ends ends = {.unworked = 0};
    int rc = cases_count(store, campaign_id, on_count, &ends, err);
    if (rc == OK)
        rc = cases_count_in_work(store, campaign_id, on_work_count, &ends, err);
    if (rc == OK)
        rc =
            rechecks_each(store, campaign_id, BYTES_NONE, -1, 0, INT64_MAX, on_recheck, &ends, err);
    if (rc == OK)
        *out = ends;
    return rc;
}
