#include "service/followup/closing.h"

#include "service/followup/casework_room.h"

/* ---- what is open ---- */

static int on_case(void *context, const struct followup_case *row, struct err *err)
{
    struct closing_ends *ends = context;
    (void)err;
    if (case_is_done(row))
        return OK;
    size_t at = ends->case_count;
    while (at > 0 && ends->cases[at - 1] > row->id)
        at--;
    if (at == CLOSING_NAMED_CASES)
        return OK;
    if (ends->case_count < CLOSING_NAMED_CASES)
        ends->case_count++;
    for (size_t i = ends->case_count - 1; i > at; i--)
        ends->cases[i] = ends->cases[i - 1];
    ends->cases[at] = row->id;
    return OK;
}

static int name_cases(struct store *store, struct closing_ends *ends, struct err *err)
{
    int rc = OK;
    for (int state = 0; state < CASE_STATE_COUNT && rc == OK; state++) {
        const struct case_filter filter = {.campaign_id = ends->campaign_id,
                                           .unit = -1,
                                           .state = state,
                                           .team_id = -1,
                                           .limit = state == CASE_FINAL ? INT64_MAX
                                                                        : CLOSING_NAMED_CASES};
        rc = cases_each(store, &filter, on_case, ends, err);
    }
    return rc;
}

/* ERR_NOT_FOUND becomes an id of 0. */
static int find_campaign(struct store *store, int64_t round_id, int64_t *out_id, bool *out_goes_on,
                         struct err *err)
{
    struct campaign_row row;
    struct err look = {0};
    int rc = campaign_get_current(store, round_id, &row, &look);
    if (rc != OK && rc != ERR_NOT_FOUND) {
        *err = look;
        return rc;
    }
    *out_id = rc == OK ? row.id : 0;
    *out_goes_on = rc == OK && row.ended_utc == 0;
    return OK;
}

int closing_ends_load(struct store *store, int64_t round_id, struct closing_ends *out,
                      struct err *err)
{
    struct closing_ends ends = {.is_phoned = false};
    int rc = find_campaign(store, round_id, &ends.campaign_id, &ends.is_phoned, err);
    if (rc == OK && ends.is_phoned)
        rc = casework_open_ends_load(store, ends.campaign_id, &ends.counts, err);
    if (rc == OK && ends.is_phoned)
        rc = name_cases(store, &ends, err);
    if (rc == OK)
        *out = ends;
    return rc;
}

bool closing_is_held_up(const struct closing_ends *ends)
{
    const struct casework_open_ends *counts = &ends->counts;
    return counts->unworked > 0 || counts->unfinished > 0 || counts->appointments > 0 ||
           counts->leased > 0 || counts->rechecks > 0;
}

/* ---- closing ---- */

static int sweep(struct casework *work, struct store *store, int64_t now_utc, struct err *err)
{
    enum { SWEPT_AT_ONCE = 1000 };
    int done = SWEPT_AT_ONCE;
    int rc = OK;
    while (rc == OK && done == SWEPT_AT_ONCE)
        rc = casework_sweep(work, store, now_utc, SWEPT_AT_ONCE, &done, err);
    return rc;
}

static int end_campaign(struct casework *work, struct store *store, const struct round_row *round,
                        const struct actor *actor, struct bytes why, struct closing_ends *out_ends,
                        struct err *err)
{
    struct closing_ends ends = {.is_phoned = false};
    int rc = sweep(work, store, actor->now_utc, err);
    if (rc == OK)
        rc = closing_ends_load(store, round->id, &ends, err);
    if (rc != OK)
        return rc;
    *out_ends = ends;
    bool is_held_up = closing_is_held_up(&ends);
    if (is_held_up && why.len == 0)
        return err_set(err, ERR_REFUSED,
                       "round \"" BYTES_FMT "\" has %jd cases unworked, %jd unfinished, "
                       "%jd re-checks not settled",
                       BYTES_ARG(round->name), (intmax_t)ends.counts.unworked,
                       (intmax_t)ends.counts.unfinished, (intmax_t)ends.counts.rechecks);
    if (is_held_up)
        rc = round_step_put(store, round->id, BYTES_LIT(CLOSING_UNFINISHED_STEP), actor->now_utc,
                            actor->who, why, err);
    return rc == OK ? casework_end(work, store, ends.campaign_id, actor->now_utc, err) : rc;
}

int closing_close(const struct datadir *datadir, const struct round_row *round,
                  const struct actor *actor, struct bytes why, struct closing_ends *out_ends,
                  struct err *err)
{
    struct casework *work = NULL;
    struct closing_ends ends = {.is_phoned = false};
    int rc = round_is_closed(round) ? OK
                                    : find_campaign(datadir->store, round->id, &ends.campaign_id,
                                                    &ends.is_phoned, err);
    if (rc == OK && ends.is_phoned)
        rc = casework_new(datadir, NULL, &work, err);
    if (rc == OK && ends.is_phoned)
        rc = end_campaign(work, datadir->store, round, actor, why, &ends, err);
    if (rc == OK)
        rc = round_close(datadir, round, actor, err);
    if (rc == OK || rc == ERR_REFUSED)
        *out_ends = ends;
    casework_free(work);
    return rc;
}

/* ---- opening again ---- */

static int follow(const struct datadir *datadir, const struct round_row *round, int64_t campaign_id,
                  bool goes_on, const struct actor *actor, struct err *err)
{
    struct casework *work = NULL;
    int rc = casework_new(datadir, NULL, &work, err);
    if (rc == OK && round_is_closed(round) && !goes_on)
        rc = casework_resume(work, datadir->store, campaign_id, actor->now_utc, err);
    else if (rc == OK && !round_is_closed(round) && goes_on)
        rc = casework_end(work, datadir->store, campaign_id, actor->now_utc, err);
    casework_free(work);
    return rc;
}

int closing_reopen(const struct datadir *datadir, const struct round_row *round,
                   const struct actor *actor, struct bytes why, struct bytes *out_state,
                   struct err *err)
{
    int64_t campaign_id = 0;
    bool goes_on = false;
    int rc = find_campaign(datadir->store, round->id, &campaign_id, &goes_on, err);
    if (rc == OK && campaign_id != 0)
        rc = follow(datadir, round, campaign_id, goes_on, actor, err);
    return rc == OK ? round_reopen(datadir, round, actor, why, out_state, err) : rc;
}
