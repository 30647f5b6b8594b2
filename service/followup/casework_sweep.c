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
    int rc = campaign_load_open(work, store, campaign_id, &campaign, err);
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
    if (rc == OK)
        rc = each_case(work, store, &campaign, resume_case, now_utc, err);
    return rc == OK ? campaign_put_ended(store, campaign_id, 0, err) : rc;
}

/* ---- what stands against it ---- */

struct counting {
    struct store *store;
    struct casework_open_ends ends;
    bool is_attempted;
};

static int on_dial(void *context, const struct dial_row *row, struct err *err)
{
    struct counting *counting = context;
    (void)err;
    counting->is_attempted = counting->is_attempted || (row->recheck_id == 0 && row->code.len > 0);
    return OK;
}

static int count_open(struct counting *counting, const struct followup_case *row, struct err *err)
{
    struct casework_open_ends *ends = &counting->ends;
    counting->is_attempted = false;
    int rc = dials_each_of_case(counting->store, row->id, on_dial, counting, err);
    ends->unworked += !counting->is_attempted;
    ends->unfinished += counting->is_attempted;
    ends->appointments += row->state == CASE_APPOINTMENT;
    ends->leased += row->state == CASE_LEASED;
    return rc;
}

static int on_without_number(void *context, const struct followup_case *row, struct err *err)
{
    struct counting *counting = context;
    (void)err;
    counting->ends.without_number += row->state != CASE_FINAL;
    return OK;
}

static int on_recheck(void *context, const struct recheck_row *row, struct err *err)
{
    struct counting *counting = context;
    (void)err;
    bool is_settled = bytes_equal(row->state, BYTES_LIT("settled")) ||
                      bytes_equal(row->state, BYTES_LIT("unreached")) ||
                      (bytes_equal(row->state, BYTES_LIT("done")) && row->differing == 0);
    counting->ends.rechecks += !is_settled;
    return OK;
}

static int on_count(void *context, const struct case_count *count, struct err *err)
{
    struct counting *counting = context;
    (void)err;
    bool is_handed_over = count->state == CASE_FINAL && count->code.len == 0;
    counting->ends.unworked += count->state == CASE_QUEUED || is_handed_over ? count->cases : 0;
    return OK;
}

static int count_worked(struct counting *counting, int64_t campaign_id, struct err *err)
{
    static const enum case_state states[] = {CASE_LEASED, CASE_APPOINTMENT, CASE_WAITING};
    struct case_list list = {NULL, 0, 0};
    int rc = OK;
    for (size_t i = 0; i < sizeof states / sizeof *states && rc == OK; i++) {
        const struct case_filter filter = {.campaign_id = campaign_id,
                                           .unit = -1,
                                           .state = (int)states[i],
                                           .team_id = -1,
                                           .limit = INT64_MAX};
        rc = cases_each(counting->store, &filter, case_list_take, &list, err);
    }
    for (size_t i = 0; i < list.count && rc == OK; i++)
        rc = count_open(counting, &list.rows[i], err);
    case_list_deinit(&list);
    return rc;
}

int casework_open_ends_load(struct store *store, int64_t campaign_id,
                            struct casework_open_ends *out, struct err *err)
{
    const struct case_filter without = {.campaign_id = campaign_id,
                                        .unit = -1,
                                        .state = -1,
                                        .team_id = -1,
                                        .without_number = true,
                                        .limit = INT64_MAX};
    struct counting counting = {.store = store};
    int rc = cases_count(store, campaign_id, on_count, &counting, err);
    if (rc == OK)
        rc = count_worked(&counting, campaign_id, err);
    if (rc == OK)
        rc = cases_each(store, &without, on_without_number, &counting, err);
    if (rc == OK)
        rc = rechecks_each(store, campaign_id, BYTES_NONE, -1, 0, INT64_MAX, on_recheck, &counting,
                           err);
    if (rc == OK)
        *out = counting.ends;
    return rc;
}
