#include "service/followup/casework_room.h"

#include "reports/csv.h"

#include "service/storage/outcomes.h"

/* Attempts of the service's own, as those that come in files: scoring knows no difference. */

struct writing {
    struct casework *work;
    struct store *store;
    const struct campaign *campaign;
    const struct attempt_wish *wish;
    int64_t caller_id;
    int64_t count;
};

/* ---- one order ---- */

static int on_attempt(void *context, const struct attempt_row *row, struct err *err)
{
    int64_t *last_no = context;
    (void)err;
    if (row->no > *last_no)
        *last_no = row->no;
    return OK;
}

/* As loading seals them: OUTCOMES_SEAL in outcomes.h. */
static int seal_texts(struct casework *work, const struct script_outcome *outcome,
                      struct attempt_row *row, struct err *err)
{
    struct sealer door = vault_sealer_door(work->outcomes);
    buf_clear(&work->plain);
    buf_clear(&work->sealed);
    if (outcome->reason.len == 0 && outcome->comment.len == 0)
        return OK;
    csv_cell(&work->plain, outcome->reason);
    buf_append_byte(&work->plain, ',');
    csv_cell(&work->plain, outcome->comment);
    int rc = buf_status(&work->plain, err);
    if (rc == OK)
        rc = door.seal(door.context, row->drawn_id * ATTEMPTS_AN_ORDER + row->no,
                       buf_bytes(&work->plain), &work->sealed, err);
    row->sealed = buf_bytes(&work->sealed);
    return rc;
}

/* An order that was not come to in a call that brought an answer was broken off. */
static const char *code_of(const struct script_outcome *outcome)
{
    if (outcome->group == OUTCOME_COMPLETE)
        return "1.1";
    return outcome->group == OUTCOME_PARTIAL ? "1.2" : "2.12";
}

static int put_attempt(struct writing *writing, int64_t drawn_id,
                       const struct script_outcome *outcome, struct err *err)
{
    const struct attempt_wish *wish = writing->wish;
    struct attempt_row row = {
        .drawn_id = drawn_id,
        .called = {wish->at_utc, MOMENT_INSTANT},
        .caller_id = writing->caller_id,
        .code = bytes_from_z(outcome != NULL ? code_of(outcome) : wish->code),
        .file_id = writing->campaign->row.file_id,
    };
    if (outcome != NULL) {
        row.resolved = (int)outcome->resolved;
        row.still_open = outcome->still_open;
        row.satisfaction = outcome->satisfaction;
    }
    int rc = attempts_each_of(writing->store, drawn_id, on_attempt, &row.no, err);
    if (rc == OK && wish->only_missing && row.no > 0)
        return OK;
    row.no++;
    if (rc == OK && row.no >= ATTEMPTS_AN_ORDER)
        rc = err_set(err, ERR_LIMIT, "drawn order %jd has %d attempts", (intmax_t)drawn_id,
                     ATTEMPTS_AN_ORDER - 1);
    if (rc == OK && outcome != NULL)
        rc = seal_texts(writing->work, outcome, &row, err);
    writing->count++;
    return rc == OK ? attempt_put_new(writing->store, &row, err) : rc;
}

/* ---- all of a case ---- */

static int put_of_answered(struct writing *writing, struct err *err)
{
    const struct answered *answered = writing->wish->answered;
    int rc = OK;
    for (size_t i = 0; i < answered->order_count && rc == OK; i++)
        rc = put_attempt(writing, answered->orders[i].drawn_id, &answered->orders[i].outcome, err);
    return rc;
}

static int on_order(void *context, const struct case_order *order, struct err *err)
{
    return put_attempt(context, order->drawn_id, NULL, err);
}

/* The first outcome of a round is a step of its own. */
static int note_calling(struct writing *writing, struct err *err)
{
    const struct attempt_wish *wish = writing->wish;
    struct store *store = writing->store;
    struct round_row round;
    int rc = round_get(store, writing->campaign->row.round_name, &round, err);
    if (rc != OK || !bytes_equal(round.state, BYTES_LIT("drawn")))
        return rc;
    rc = round_put_state(store, round.id, BYTES_LIT("calling"), round.as_of_utc, err);
    return rc == OK ? round_step_put(store, writing->campaign->row.round_id, BYTES_LIT("calling"),
                                     wish->at_utc, wish->who, BYTES_NONE, err)
                    : rc;
}

int attempts_put(struct casework *work, struct store *store, const struct campaign *campaign,
                 const struct followup_case *row, const struct attempt_wish *wish, struct err *err)
{
    /* What a closed round is scored from stays as it is. */
    if (campaign->row.is_over)
        return OK;
    struct writing writing = {
        .work = work, .store = store, .campaign = campaign, .wish = wish, .caller_id = 0};
    int rc = term_put(store, wish->caller, &writing.caller_id, err);
    if (rc == OK && wish->answered != NULL)
        rc = put_of_answered(&writing, err);
    else if (rc == OK)
        rc = case_orders_each(store, campaign->row.round_id, campaign->row.draw_no, row->case_no,
                              on_order, &writing, err);
    if (rc != OK || writing.count == 0)
        return rc;
    rc = outcome_file_add_accepted(store, campaign->row.file_id, writing.count, err);
    return rc == OK ? note_calling(&writing, err) : rc;
}

int attempts_put_missing(struct casework *work, struct store *store,
                         const struct campaign *campaign, const struct followup_case *row,
                         int64_t now_utc, struct bytes who, struct err *err)
{
    bool is_of_others = row->code[0] == '1' || row->code[0] == '4';
    const struct attempt_wish wish = {.code = is_of_others ? "2.36" : row->code,
                                      .at_utc = now_utc,
                                      .who = who,
                                      .only_missing = true};
    return attempts_put(work, store, campaign, row, &wish, err);
}
