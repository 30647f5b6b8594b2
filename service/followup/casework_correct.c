#include "service/followup/casework_room.h"

#include "service/auth/digest.h"
#include "service/rounds/sampled.h"

#include <stdio.h>
#include <string.h>

/* What changes a case after its end: corrections of its attempts, which keep what stood there, and outcomes that a
 * file brought. Its disposition follows its attempts. */

/* ---- the disposition anew ---- */

struct prevailing {
    struct store *store;
    struct final_outcome of_order;
    char code_of_order[CASE_CODE_BYTES];
    int64_t orders, complete, answered;
    enum outcome_group group; /* of what prevails over the orders */
    char code[CASE_CODE_BYTES];
};

static int on_attempt(void *context, const struct attempt_row *row, struct err *err)
{
    struct prevailing *prevailing = context;
    int before = prevailing->of_order.attempt;
    (void)err;
    final_outcome_add(&prevailing->of_order, row);
    if (prevailing->of_order.attempt != before)
        (void)snprintf(prevailing->code_of_order, CASE_CODE_BYTES, BYTES_FMT, BYTES_ARG(row->code));
    return OK;
}

static int on_order(void *context, const struct case_order *order, struct err *err)
{
    struct prevailing *prevailing = context;
    prevailing->of_order = (struct final_outcome){.group = OUTCOME_UNKNOWN_UNWORKED};
    prevailing->code_of_order[0] = '\0';
    int rc = attempts_each_of(prevailing->store, order->drawn_id, on_attempt, prevailing, err);
    enum outcome_group group = prevailing->of_order.group;
    prevailing->orders++;
    prevailing->complete += group == OUTCOME_COMPLETE;
    prevailing->answered += group == OUTCOME_COMPLETE || group == OUTCOME_PARTIAL;
    if (prevailing->of_order.attempt != 0 && outcome_prevails(group, prevailing->group)) {
        prevailing->group = group;
        memcpy(prevailing->code, prevailing->code_of_order, sizeof prevailing->code);
    }
    return rc;
}

int case_find_code(struct store *store, const struct campaign *campaign,
                   const struct followup_case *row, char out[CASE_CODE_BYTES], struct err *err)
{
    struct prevailing prevailing = {.store = store, .group = OUTCOME_UNKNOWN_UNWORKED};
    int rc = case_orders_each(store, campaign->row.round_id, campaign->row.draw_no, row->case_no,
                              on_order, &prevailing, err);
    if (rc != OK)
        return rc;
    bool is_partial = prevailing.answered > 0 && prevailing.complete < prevailing.orders;
    memcpy(out, is_partial ? "1.2" : prevailing.code, is_partial ? sizeof "1.2" : CASE_CODE_BYTES);
    return OK;
}

static int on_file_code(void *context, struct bytes code, struct err *err)
{
    bool *has = context;
    (void)err;
    *has = *has || protocol_is_end(code);
    return OK;
}

int case_has_file_end(struct store *store, const struct campaign *campaign,
                      const struct followup_case *row, bool *out, struct err *err)
{
    bool has = false;
    int rc = case_file_codes_each(store, campaign->row.round_id, campaign->row.draw_no,
                                  row->case_no, on_file_code, &has, err);
    if (rc == OK)
        *out = has;
    return rc;
}

static int recode(struct store *store, const struct campaign *campaign,
                  const struct followup_case *was, struct err *err)
{
    struct followup_case row = *was;
    int rc = case_find_code(store, campaign, was, row.code, err);
    return rc == OK ? case_change(store, ACT_CORRECT, was, &row, err) : rc;
}

static int get_final(struct casework *work, struct store *store, int64_t case_id,
                     struct campaign *out_campaign, struct followup_case *out, struct err *err)
{
    int rc = case_get(store, case_id, out, err);
    if (rc == OK && out->state != CASE_FINAL)
        rc = err_set(err, ERR_WRONG_STATE, "case %jd is %s: only final ones are corrected",
                     (intmax_t)case_id, case_state_word(out->state));
    return rc == OK ? campaign_load_open(work, store, out->campaign_id, out_campaign, err) : rc;
}

int casework_take_outcomes(struct casework *work, struct store *store, int64_t case_id,
                           int64_t now_utc, struct err *err)
{
    struct campaign campaign = {.hours = NULL};
    struct followup_case was;
    bool is_ended = false;
    int rc = case_get(store, case_id, &was, err);
    if (rc == OK)
        rc = campaign_load_open(work, store, was.campaign_id, &campaign, err);
    if (rc != OK || was.state == CASE_LEASED)
        return rc;
    if (was.state == CASE_FINAL)
        return recode(store, &campaign, &was, err);
    struct followup_case row = was;
    rc = case_has_file_end(store, &campaign, &was, &is_ended, err);
    return rc == OK && is_ended
               ? case_place(work, store, &campaign, ACT_PLACE, &was, &row, now_utc, err)
               : rc;
}

int casework_hand_over(struct casework *work, struct store *store, int64_t case_id, int64_t now_utc,
                       struct err *err)
{
    struct campaign campaign;
    struct followup_case was;
    int rc = case_get(store, case_id, &was, err);
    if (rc == OK)
        rc = campaign_load_open(work, store, was.campaign_id, &campaign, err);
    struct followup_case row = was;
    case_become_final(&row, "", "handed_over", now_utc);
    return rc == OK ? case_change(store, ACT_HAND_OVER, &was, &row, err) : rc;
}

int casework_take_back(struct casework *work, struct store *store, int64_t case_id, int64_t now_utc,
                       struct err *err)
{
    struct campaign campaign;
    struct followup_case was;
    int rc = get_final(work, store, case_id, &campaign, &was, err);
    if (rc == OK && was.code[0] != '\0')
        rc = err_set(err, ERR_WRONG_STATE, "case %jd has its disposition", (intmax_t)case_id);
    struct followup_case row = was;
    return rc == OK ? case_place(work, store, &campaign, ACT_TAKE_BACK, &was, &row, now_utc, err)
                    : rc;
}

/* ---- a correction ---- */

struct finding {
    int64_t wanted_id; /* drawn_orders */
    bool is_own;       /* it is one of the case's */
    int64_t at_utc;
    struct attempt_row row; /* without its texts */
    struct buf *sealed;
    char code[CASE_CODE_BYTES];
};

static int on_candidate(void *context, const struct attempt_row *row, struct err *err)
{
    struct finding *finding = context;
    if (finding->row.drawn_id != 0 || row->called.seconds != finding->at_utc || row->caller_id == 0)
        return OK;
    finding->row = *row;
    (void)snprintf(finding->code, sizeof finding->code, BYTES_FMT, BYTES_ARG(row->code));
    finding->row.code = bytes_from_z(finding->code);
    buf_append(finding->sealed, row->sealed);
    finding->row.sealed = BYTES_NONE;
    return buf_status(finding->sealed, err);
}

static int put_source(struct store *store, const struct campaign *campaign, struct bytes why,
                      const struct actor *actor, int64_t *out_id, struct err *err)
{
    static const char no_hash[SHA256_BYTES] = {0};
    struct outcome_file_row file = {.round_id = campaign->row.round_id,
                                    .draw_no = campaign->row.draw_no,
                                    .file_name = BYTES_LIT("更正"),
                                    .sha256 = {no_hash, sizeof no_hash},
                                    .imported_utc = actor->now_utc,
                                    .who = actor->who,
                                    .rows = 1,
                                    .updated = 1,
                                    .kind = BYTES_LIT("correction"),
                                    .why = why};
    int rc = outcome_file_put_new(store, &file, err);
    if (rc == OK)
        *out_id = file.id;
    return rc;
}

/* Another case's order may have an attempt of the same second. */
static int on_own_order(void *context, const struct case_order *order, struct err *err)
{
    struct finding *finding = context;
    (void)err;
    finding->is_own = finding->is_own || order->drawn_id == finding->wanted_id;
    return OK;
}

static int find_attempt(struct store *store, const struct campaign *campaign,
                        const struct followup_case *row, int64_t dial_id, struct finding *finding,
                        struct err *err)
{
    int rc = case_orders_each(store, campaign->row.round_id, campaign->row.draw_no, row->case_no,
                              on_own_order, finding, err);
    if (rc == OK && finding->is_own)
        rc = attempts_each_of(store, finding->wanted_id, on_candidate, finding, err);
    return rc == OK && finding->row.drawn_id == 0
               ? err_set(err, ERR_NOT_FOUND, "dial %jd has no attempt on order %jd",
                         (intmax_t)dial_id, (intmax_t)finding->wanted_id)
               : rc;
}

static int apply(const struct case_correction *correction, struct attempt_row *row, struct err *err)
{
    enum outcome_group group = OUTCOME_UNKNOWN_UNWORKED;
    struct bytes code = correction->code.len > 0 ? correction->code : row->code;
    if (code.len >= CASE_CODE_BYTES || !outcome_group_of(code, &group) ||
        group == OUTCOME_UNKNOWN_UNWORKED)
        return err_set(err, ERR_FORMAT, "\"" BYTES_FMT "\" is no disposition", BYTES_ARG(code));
    bool is_answer = group == OUTCOME_COMPLETE || group == OUTCOME_PARTIAL;
    if (!is_answer && (correction->resolved > RESOLUTION_MISSING ||
                       correction->satisfaction > SATISFACTION_MISSING))
        return err_set(err, ERR_FORMAT, "\"" BYTES_FMT "\" is no answer and has none",
                       BYTES_ARG(code));
    row->code = code;
    if (correction->resolved >= 0) {
        row->resolved = correction->resolved;
        row->still_open = correction->still_open;
    }
    if (correction->satisfaction >= 0)
        row->satisfaction = correction->satisfaction;
    if (!is_answer) {
        row->resolved = RESOLUTION_MISSING;
        row->still_open = false;
        row->satisfaction = SATISFACTION_MISSING;
    }
    return row->resolved < RESOLUTION_ANSWERS && row->satisfaction < SATISFACTION_ANSWERS &&
                   (!row->still_open || row->resolved == RESOLUTION_NO)
               ? OK
               : err_set(err, ERR_FORMAT, "an answer is none that can be given");
}

static int correct(struct casework *work, struct store *store, const struct campaign *campaign,
                   int64_t dial_id, const struct case_correction *correction,
                   const struct followup_case *row, const struct actor *actor, struct err *err)
{
    struct dial_row dial;
    struct finding finding = {.wanted_id = correction->drawn_id, .sealed = &work->sealed};
    buf_clear(&work->sealed);
    int rc = dial_get(store, dial_id, &dial, err);
    if (rc == OK && (dial.case_id != row->id || dial.recheck_id != 0))
        rc = err_set(err, ERR_NOT_FOUND, "dial %jd is none of case %jd", (intmax_t)dial_id,
                     (intmax_t)row->id);
    if (rc != OK)
        return rc;
    finding.at_utc = dial.started_utc;
    rc = find_attempt(store, campaign, row, dial_id, &finding, err);
    if (rc == OK)
        rc = apply(correction, &finding.row, err);
    finding.row.sealed = buf_bytes(&work->sealed);
    if (rc == OK)
        rc = put_source(store, campaign, correction->why, actor, &finding.row.file_id, err);
    return rc == OK ? attempt_put_correction(store, &finding.row, err) : rc;
}

int casework_correct(struct casework *work, struct store *store, int64_t case_id, int64_t dial_id,
                     const struct case_correction *correction, const struct actor *actor,
                     struct err *err)
{
    struct campaign campaign;
    struct followup_case row;
    if (correction->why.len == 0)
        return err_set(err, ERR_FORMAT, "a reason is missing");
    int rc = get_final(work, store, case_id, &campaign, &row, err);
    if (rc == OK)
        rc = correct(work, store, &campaign, dial_id, correction, &row, actor, err);
    if (rc == OK)
        rc = recode(store, &campaign, &row, err);
    return rc == OK && bytes_equal(correction->code, BYTES_LIT("2.113"))
               ? case_ban_numbers(work, store, case_id, actor, err)
               : rc;
}
