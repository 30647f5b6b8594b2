#include "service/followup/rechecking.h"

#include "service/auth/vault.h"
#include "service/followup/casework_room.h"
#include "service/storage/sealed.h"

#define QUEUED BYTES_LIT("queued")
#define LEASED BYTES_LIT("leased")

/* ---- next ---- */

/* ERR_NOT_FOUND of a look becomes *out_is_there. */
static int find_held(struct store *store, int64_t account_id, struct recheck_row *out,
                     bool *out_is_there, struct err *err)
{
    struct err unused = {0};
    int rc = recheck_find_leased(store, account_id, out, &unused);
    if (rc != OK && rc != ERR_NOT_FOUND)
        *err = unused;
    *out_is_there = rc == OK;
    return rc == ERR_NOT_FOUND ? OK : rc;
}

/* Keep the lease: every act of the checker does. */
static int hold(struct store *store, int64_t id, int64_t account_id, int64_t tries, int64_t now_utc,
                struct err *err)
{
    const struct recheck_row row = {.id = id,
                                    .state = LEASED,
                                    .account_id = account_id,
                                    .tries = tries,
                                    .until_utc = now_utc + RECHECK_LEASE_S};
    return recheck_put(store, &row, err);
}

int rechecking_next(struct casework *work, struct store *store, const struct caller *checker,
                    int64_t *out_id, struct err *err)
{
    struct recheck_row row;
    bool is_held = false;
    (void)work;
    if (checker->team_id != 0)
        return err_set(err, ERR_NOT_FOUND, "contractors check nothing");
    int rc = find_held(store, checker->account_id, &row, &is_held, err);
    if (rc == OK && !is_held)
        rc = recheck_find_due(store, checker->account_id, checker->now_utc, &row, err);
    if (rc != OK)
        return rc;
    int64_t id = row.id;
    rc = hold(store, id, checker->account_id, row.tries, checker->now_utc, err);
    if (rc == OK)
        *out_id = id;
    return rc;
}

int rechecking_get_held(struct store *store, const struct caller *checker, int64_t id,
                        struct recheck_row *out, struct err *err)
{
    struct recheck_row row;
    int rc = recheck_get(store, id, &row, err);
    if (rc == OK && (!bytes_equal(row.state, LEASED) || row.account_id != checker->account_id))
        rc = err_set(err, ERR_WRONG_STATE, "re-check %jd is not held by account %jd", (intmax_t)id,
                     (intmax_t)checker->account_id);
    if (rc == OK)
        *out = row;
    return rc;
}

/* ---- the dial ---- */

static int get_campaign(struct casework *work, struct store *store, const struct recheck_row *row,
                        struct campaign *out_campaign, struct followup_case *out, struct err *err)
{
    int64_t case_id = row->case_id;
    int64_t campaign_id = row->campaign_id;
    int rc = case_get(store, case_id, out, err);
    return rc == OK ? campaign_load_open(work, store, campaign_id, out_campaign, err) : rc;
}

int rechecking_dial(struct casework *work, struct store *store, const struct caller *checker,
                    int64_t id, int64_t number_no, struct dial_row *out, struct err *err)
{
    struct recheck_row recheck;
    struct campaign campaign;
    struct followup_case row;
    struct dial_row dial = {.recheck_id = id,
                            .number_no = number_no,
                            .account_id = checker->account_id,
                            .account_name = checker->name,
                            .started_utc = checker->now_utc};
    int rc = rechecking_get_held(store, checker, id, &recheck, err);
    if (rc == OK)
        rc = get_campaign(work, store, &recheck, &campaign, &row, err);
    if (rc == OK)
        rc = dial_check(work, store, &campaign, &row, number_no, checker->now_utc, &dial.phone_key,
                        err);
    if (rc != OK)
        return rc;
    dial.case_id = row.id;
    dial.day = campaign_day(&campaign, checker->now_utc);
    rc = dial_put_new(store, &dial, err);
    if (rc == OK)
        rc = hold(store, id, checker->account_id, recheck.tries, checker->now_utc, err);
    if (rc == OK)
        *out = dial;
    return rc;
}

/* The dial of the re-check that is going on. */
static int find_dial(struct store *store, int64_t id, int64_t case_id, int64_t *out_dial_id,
                     struct err *err)
{
    struct dial_row dial;
    struct err unused = {0};
    int rc = dial_get_open(store, case_id, &dial, &unused);
    if (rc != OK && rc != ERR_NOT_FOUND)
        *err = unused;
    *out_dial_id = rc == OK && dial.recheck_id == id ? dial.id : 0;
    return rc == ERR_NOT_FOUND ? OK : rc;
}

int rechecking_number(struct casework *work, struct store *store, const struct caller *checker,
                      int64_t id, struct buf *out, struct err *err)
{
    struct recheck_row recheck;
    int64_t dial_id = 0;
    int rc = rechecking_get_held(store, checker, id, &recheck, err);
    if (rc == OK)
        rc = find_dial(store, id, recheck.case_id, &dial_id, err);
    if (rc == OK && dial_id == 0)
        rc = err_set(err, ERR_WRONG_STATE, "re-check %jd is not being dialled", (intmax_t)id);
    return rc == OK ? casework_number(work, store, checker, dial_id, out, err) : rc;
}

/* ---- the result ---- */

struct finishing {
    struct casework *work;
    struct store *store;
    const struct caller *checker;
    const struct recheck_result *result;
    struct campaign campaign;
    struct followup_case row;
    struct recheck_row next; /* what the re-check becomes; its texts are static */
    struct buf sealed;
};

static bool is_item(struct bytes item)
{
    const char *const *items = recheck_items();
    for (int i = 0; i < RECHECK_ITEMS; i++) {
        if (bytes_equal(item, bytes_from_z(items[i])))
            return true;
    }
    return false;
}

struct asked {
    int64_t drawn_id;
    int64_t handling_id; /* 0: not met */
};

static int on_order(void *context, const struct case_order *order, struct err *err)
{
    struct asked *asked = context;
    (void)err;
    if (order->drawn_id == asked->drawn_id)
        asked->handling_id = order->handling_id;
    return OK;
}

static bool is_yes_no_unsure(struct bytes value)
{
    return bytes_equal(value, BYTES_LIT("yes")) || bytes_equal(value, BYTES_LIT("no")) ||
           bytes_equal(value, BYTES_LIT("unsure"));
}

static int check_answer(const struct finishing *finishing, const struct recheck_answer *answer,
                        struct err *err)
{
    const struct campaign_row *campaign = &finishing->campaign.row;
    struct asked asked = {answer->drawn_id, 0};
    enum script_kind kind = SCRIPT_ORDINARY;
    const struct script_item *item = NULL;
    bool is_taken = answer->drawn_id == 0 &&
                    bytes_equal(answer->item, BYTES_LIT(RECHECK_INTERVIEWED)) &&
                    is_yes_no_unsure(answer->value);
    if (is_taken)
        return OK;
    int rc = case_orders_each(finishing->store, campaign->round_id, campaign->draw_no,
                              finishing->row.case_no, on_order, &asked, err);
    if (rc == OK && asked.handling_id != 0)
        rc = casework_script(finishing->store, campaign->round_id, asked.handling_id, &kind, err);
    if (rc != OK)
        return rc;
    if (asked.handling_id != 0 && is_item(answer->item))
        item = script_find_of(answer->item, kind);
    return item != NULL && script_takes(item, answer->value)
               ? OK
               : err_set(err, ERR_FORMAT,
                         "item \"" BYTES_FMT "\" of order %jd does not take \"" BYTES_FMT "\"",
                         BYTES_ARG(answer->item), (intmax_t)answer->drawn_id,
                         BYTES_ARG(answer->value));
}

static int put_answer(const struct finishing *finishing, const struct recheck_answer *answer,
                      struct err *err)
{
    const struct recheck_answer_row row = {finishing->next.id, answer->drawn_id, answer->item,
                                           answer->value};
    int rc = check_answer(finishing, answer, err);
    return rc == OK ? recheck_answer_put(finishing->store, &row, err) : rc;
}

int rechecking_answer(struct casework *work, struct store *store, const struct caller *checker,
                      int64_t id, const struct recheck_answer *answer, int64_t *out_until_utc,
                      struct err *err)
{
    struct finishing finishing = {
        .work = work, .store = store, .checker = checker, .next = {.id = id}};
    struct recheck_row row;
    int rc = rechecking_get_held(store, checker, id, &row, err);
    int64_t tries = rc == OK ? row.tries : 0;
    if (rc == OK)
        rc = get_campaign(work, store, &row, &finishing.campaign, &finishing.row, err);
    if (rc == OK)
        rc = put_answer(&finishing, answer, err);
    if (rc == OK)
        rc = hold(store, id, checker->account_id, tries, checker->now_utc, err);
    if (rc == OK)
        *out_until_utc = checker->now_utc + RECHECK_LEASE_S;
    return rc;
}

static int put_answers(const struct finishing *finishing, struct err *err)
{
    const struct recheck_result *result = finishing->result;
    int rc = OK;
    if (result->answer_count == 0 || result->answer_count > RECHECK_ANSWERS_MAX)
        return err_set(err, ERR_FORMAT, "a re-check has 1 to %d answers", (int)RECHECK_ANSWERS_MAX);
    for (size_t i = 0; i < result->answer_count && rc == OK; i++)
        rc = put_answer(finishing, &result->answers[i], err);
    return rc;
}

static int on_version(void *context, const struct recheck_version *version, struct err *err)
{
    struct recheck_row *row = context;
    (void)err;
    row->compared += version->is_compared;
    row->differing += version->is_compared && !version->agrees;
    return OK;
}

static int finish_reached(struct finishing *finishing, struct err *err)
{
    struct recheck_row *next = &finishing->next;
    next->state = BYTES_LIT("done");
    next->done_utc = finishing->checker->now_utc;
    next->tries++;
    int rc = put_answers(finishing, err);
    return rc == OK ? rechecking_versions_each(finishing->store, next->id, finishing->row.id,
                                               finishing->campaign.hours->rules->rates.satisfied,
                                               on_version, next, err)
                    : rc;
}

/* Later again, once this try is counted, or never. */
static void put_back(struct finishing *finishing, bool is_try, bool is_last)
{
    struct recheck_row *next = &finishing->next;
    int64_t retry_s = finishing->campaign.hours->rules->followup.no_answer_retry_s;
    next->tries += is_try;
    if (is_last || next->tries >= RECHECK_TRIES) {
        next->state = BYTES_LIT("unreached");
        next->done_utc = finishing->checker->now_utc;
        return;
    }
    next->state = QUEUED;
    next->account_id = 0;
    next->method = BYTES_NONE;
    next->until_utc = finishing->checker->now_utc + retry_s;
}

/* Not dialled: only where nothing may be dialled now. */
static int finish_undialled(struct finishing *finishing, struct err *err)
{
    struct situation situation;
    int64_t phone_key = 0;
    int rc = situation_load(finishing->work, finishing->store, &finishing->campaign,
                            &finishing->row, finishing->checker->now_utc, &situation, err);
    if (rc != OK)
        return rc;
    size_t numbers = situation.past.number_count;
    bool is_hopeless = true;
    for (size_t i = 0; i < numbers; i++)
        is_hopeless = is_hopeless && (situation.is_banned || situation.is_dead[i]);
    for (size_t i = 0; i < numbers; i++) {
        struct err refusal = {0};
        rc = dial_check(finishing->work, finishing->store, &finishing->campaign, &finishing->row,
                        (int64_t)i + 1, finishing->checker->now_utc, &phone_key, &refusal);
        if (rc == OK)
            return err_set(err, ERR_REFUSED, "number %zu of case %jd may be called", i + 1,
                           (intmax_t)finishing->row.id);
        if (rc != ERR_REFUSED && rc != ERR_NO_CALENDAR && rc != ERR_WRONG_STATE) {
            *err = refusal;
            return rc;
        }
    }
    put_back(finishing, false, is_hopeless);
    return OK;
}

static int end_dial(const struct finishing *finishing, int64_t dial_id, struct err *err)
{
    const struct dial_row dial = {.id = dial_id,
                                  .ended_utc = finishing->checker->now_utc,
                                  .code = finishing->result->reached ? BYTES_LIT("1.1")
                                                                     : BYTES_LIT("2.21")};
    return dial_put_end(finishing->store, &dial, err);
}

static int finish_called(struct finishing *finishing, int64_t dial_id, struct err *err)
{
    if (dial_id == 0 && finishing->result->reached)
        return err_set(err, ERR_REFUSED, "re-check %jd is not being dialled",
                       (intmax_t)finishing->next.id);
    if (dial_id == 0)
        return finish_undialled(finishing, err);
    int rc = end_dial(finishing, dial_id, err);
    if (rc == OK && !finishing->result->reached)
        put_back(finishing, true, false);
    return rc == OK && finishing->result->reached ? finish_reached(finishing, err) : rc;
}

/* A recording that cannot be heard leaves the re-check to the telephone. */
static int finish_heard(struct finishing *finishing, int64_t dial_id, struct err *err)
{
    if (dial_id != 0)
        return err_set(err, ERR_WRONG_STATE, "re-check %jd is being dialled",
                       (intmax_t)finishing->next.id);
    if (finishing->result->reached)
        return finish_reached(finishing, err);
    put_back(finishing, true, false);
    return OK;
}

static int seal_note(struct finishing *finishing, struct err *err)
{
    struct vault_sealer *sealer = NULL;
    struct bytes note = finishing->result->note;
    if (note.len == 0)
        return OK;
    int rc = vault_sealer_new(finishing->work->datadir->vault, sealed_purpose(SEALED_RECHECKS),
                              &sealer, err);
    if (rc != OK)
        return rc;
    struct sealer door = vault_sealer_door(sealer);
    rc = door.seal(door.context, finishing->next.id, note, &finishing->sealed, err);
    finishing->next.sealed = buf_bytes(&finishing->sealed);
    vault_sealer_free(sealer);
    return rc;
}

static int finish(struct finishing *finishing, struct err *err)
{
    int64_t dial_id = 0;
    bool is_phone = bytes_equal(finishing->result->method, BYTES_LIT("phone"));
    if (!is_phone && !bytes_equal(finishing->result->method, BYTES_LIT("recording")))
        return err_set(err, ERR_FORMAT, "\"" BYTES_FMT "\" is no way to check",
                       BYTES_ARG(finishing->result->method));
    finishing->next.method = is_phone ? BYTES_LIT("phone") : BYTES_LIT("recording");
    int rc = recheck_answers_drop(finishing->store, finishing->next.id, err);
    if (rc == OK)
        rc = find_dial(finishing->store, finishing->next.id, finishing->row.id, &dial_id, err);
    if (rc == OK)
        rc = is_phone ? finish_called(finishing, dial_id, err)
                      : finish_heard(finishing, dial_id, err);
    if (rc == OK)
        rc = seal_note(finishing, err);
    return rc == OK ? recheck_put(finishing->store, &finishing->next, err) : rc;
}

int rechecking_finish(struct casework *work, struct store *store, const struct caller *checker,
                      int64_t id, const struct recheck_result *result, struct bytes *out_state,
                      struct err *err)
{
    struct finishing finishing = {
        .work = work, .store = store, .checker = checker, .result = result};
    struct recheck_row row;
    if (result->note.len > CASE_TEXT_MAX_BYTES)
        return err_set(err, ERR_FORMAT, "a note is too long");
    int rc = rechecking_get_held(store, checker, id, &row, err);
    if (rc == OK)
        rc = get_campaign(work, store, &row, &finishing.campaign, &finishing.row, err);
    if (rc != OK)
        return rc;
    finishing.next =
        (struct recheck_row){.id = id, .account_id = checker->account_id, .tries = row.tries};
    buf_init(&finishing.sealed, 2 * CASE_TEXT_MAX_BYTES);
    rc = finish(&finishing, err);
    buf_deinit(&finishing.sealed);
    if (rc == OK)
        *out_state = finishing.next.state;
    return rc;
}

/* ---- the clock ---- */

static int lapse(struct store *store, const struct recheck_row *was, struct err *err)
{
    const struct recheck_row row = {
        .id = was->id, .state = QUEUED, .until_utc = was->until_utc, .tries = was->tries};
    struct dial_row dial = {.ended_utc = was->until_utc};
    int rc = find_dial(store, was->id, was->case_id, &dial.id, err);
    if (rc == OK && dial.id != 0)
        rc = dial_put_end(store, &dial, err);
    if (rc == OK)
        rc = recheck_answers_drop(store, was->id, err);
    return rc == OK ? recheck_put(store, &row, err) : rc;
}

int rechecking_sweep(struct store *store, int64_t now_utc, int limit, int *out_done,
                     struct err *err)
{
    int done = 0;
    int rc = OK;
    while (rc == OK && done < limit) {
        struct recheck_row row;
        struct err look = {0};
        rc = recheck_find_ended(store, now_utc, &row, &look);
        if (rc == ERR_NOT_FOUND)
            break;
        if (rc != OK)
            *err = look;
        else
            rc = lapse(store, &row, err);
        done++;
    }
    if (rc != OK && rc != ERR_NOT_FOUND)
        return rc;
    *out_done = done;
    return OK;
}
