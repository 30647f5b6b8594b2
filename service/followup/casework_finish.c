#include "service/followup/casework_room.h"

#include <string.h>

enum { RECORDING_MAX_BYTES = 200, FIRST_COMPLETES = 5 };

/* A dial that is to be ended. */
struct ending {
    struct casework *work;
    struct store *store;
    const struct campaign *campaign;
    struct dial_row dial; /* code "": interrupted */
    struct bytes caller;  /* name of whoever dialled */
    struct answered answered;
    int64_t now_utc;
    char code[CASE_CODE_BYTES];
    bool is_rechecked;
};

/* ---- what is said of it ---- */

static const struct disposition_offer *find_offer(struct bytes code)
{
    size_t count = 0;
    const struct disposition_offer *offers = disposition_offers(&count);
    for (size_t i = 0; i < count; i++) {
        if (bytes_equal(code, bytes_from_z(offers[i].code)))
            return &offers[i];
    }
    return NULL;
}

static int check_end(const struct dial_end *end, struct err *err)
{
    const struct disposition_offer *offer = find_offer(end->code);
    if (offer == NULL)
        return err_set(err, ERR_FORMAT, "no disposition \"" BYTES_FMT "\" is offered",
                       BYTES_ARG(end->code));
    bool has_language = end->language.len > 0;
    bool is_known = bytes_equal(end->language, BYTES_LIT("za")) ||
                    bytes_equal(end->language, BYTES_LIT("other"));
    if (has_language != (offer->may_ask == ASKS_LANGUAGE) || has_language != is_known)
        return err_set(err, ERR_FORMAT, "disposition %s does not take language \"" BYTES_FMT "\"",
                       offer->code, BYTES_ARG(end->language));
    if (end->recording.len > RECORDING_MAX_BYTES || end->note.len > CASE_TEXT_MAX_BYTES)
        return err_set(err, ERR_FORMAT, "a note or recording is too long");
    return end->appointment_utc != 0 && offer->may_ask != ASKS_TIME
               ? err_set(err, ERR_FORMAT, "disposition %s takes no appointment", offer->code)
               : OK;
}

/* The code as it is taken, held against the answers. */
static int take_code(struct ending *ending, struct bytes code, struct err *err)
{
    const struct answered *answered = &ending->answered;
    bool is_complete = bytes_equal(code, BYTES_LIT("1.1"));
    bool is_partial = bytes_equal(code, BYTES_LIT("1.2"));
    if (is_complete && answered->missing_item.len > 0)
        return err_set(err, ERR_REFUSED, "item \"" BYTES_FMT "\" of order %jd is not answered",
                       BYTES_ARG(answered->missing_item), (intmax_t)answered->missing_order);
    bool is_answer = is_complete || is_partial;
    if (is_answer != (answered->group != OUTCOME_UNKNOWN_UNWORKED))
        return err_set(err, ERR_REFUSED, "disposition " BYTES_FMT " contradicts the answers",
                       BYTES_ARG(code));
    if (is_answer)
        code = answered->group == OUTCOME_COMPLETE ? BYTES_LIT("1.1") : BYTES_LIT("1.2");
    memcpy(ending->code, code.ptr, code.len);
    return OK;
}

/* ---- what follows for others than the case ---- */

static int choose_recheck(struct ending *ending, const char **out_reason, struct err *err)
{
    int64_t completes = 0, chosen = 0;
    uint64_t random = 0;
    *out_reason = NULL;
    int rc = rechecks_count_of_caller(ending->store, ending->campaign->row.id,
                                      ending->dial.account_id, &completes, &chosen, err);
    if (rc == OK)
        rc = casework_random(ending->work, &random, err);
    double share = (double)(random >> 11) / (double)(UINT64_C(1) << 53);
    if (rc == OK && completes <= FIRST_COMPLETES)
        *out_reason = "first";
    else if (rc == OK && share < ending->campaign->hours->rules->followup.recheck)
        *out_reason = "share";
    return rc;
}

static int put_recheck(struct ending *ending, struct err *err)
{
    const char *reason = NULL;
    if (strcmp(ending->code, "1.1") != 0)
        return OK;
    int rc = choose_recheck(ending, &reason, err);
    if (rc != OK || reason == NULL)
        return rc;
    struct recheck_row row = {.campaign_id = ending->campaign->row.id,
                              .case_id = ending->dial.case_id,
                              .dial_id = ending->dial.id,
                              .caller_id = ending->dial.account_id,
                              .reason = bytes_from_z(reason),
                              .state = BYTES_LIT("queued"),
                              .until_utc = ending->now_utc};
    ending->is_rechecked = true;
    return recheck_put_new(ending->store, &row, err);
}

/* Whoever said so before holds. */
static int ban_number(struct ending *ending, struct err *err)
{
    struct casework *work = ending->work;
    struct buf digits;
    bool is_banned = false;
    int64_t cases = 0;
    int rc = do_not_call_has(ending->store, ending->dial.phone_key, &is_banned, err);
    if (rc != OK || is_banned)
        return rc;
    buf_init(&digits, CASE_TEXT_MAX_BYTES);
    rc = number_open(work, ending->store, ending->dial.case_id, ending->dial.number_no, &digits,
                     err);
    if (rc == OK)
        rc = number_ban(work, ending->store, buf_bytes(&digits), ending->caller,
                        BYTES_LIT("坚决拒访"), ending->now_utc, &cases, err);
    buf_wipe(&digits);
    return rc;
}

static bool is_dead_code(const char *code)
{
    return strcmp(code, "2.213") == 0 || strcmp(code, "2.214") == 0 || strcmp(code, "2.215") == 0;
}

/* ---- the end of the dial ---- */

static int put_end(struct ending *ending, int64_t ended_utc, struct bytes note,
                   struct bytes recording, struct err *err)
{
    struct sealer door = vault_sealer_door(ending->work->notes);
    buf_clear(&ending->work->sealed);
    int rc = note.len > 0
                 ? door.seal(door.context, ending->dial.id, note, &ending->work->sealed, err)
                 : OK;
    int64_t started_utc = ending->dial.started_utc;
    /* By a clock that went back it took no time. */
    const struct dial_row row = {.id = ending->dial.id,
                                 .ended_utc = ended_utc > started_utc ? ended_utc : started_utc,
                                 .code = bytes_from_z(ending->code),
                                 .recording = recording,
                                 .sealed = buf_bytes(&ending->work->sealed)};
    return rc == OK ? dial_put_end(ending->store, &row, err) : rc;
}

static int put_outcome(struct ending *ending, const struct followup_case *row, struct err *err)
{
    bool has_answers = ending->answered.group != OUTCOME_UNKNOWN_UNWORKED;
    const struct attempt_wish wish = {.code = ending->code,
                                      .at_utc = ending->dial.started_utc,
                                      .caller = ending->caller,
                                      .who = ending->caller,
                                      .answered = has_answers ? &ending->answered : NULL};
    if (ending->code[0] == '\0')
        return OK;
    int rc = attempts_put(ending->work, ending->store, ending->campaign, row, &wish, err);
    if (rc == OK && is_dead_code(ending->code))
        rc = case_number_put_dead(ending->store, row->id, ending->dial.number_no, true, err);
    if (rc == OK && strcmp(ending->code, "2.113") == 0)
        rc = ban_number(ending, err);
    return rc == OK ? put_recheck(ending, err) : rc;
}

/* `dial` is open, and of the case. Its texts are not looked at. */
static int ending_begin(struct ending *ending, const struct followup_case *row, struct err *err)
{
    ending->dial.code = ending->dial.recording = ending->dial.sealed = BYTES_NONE;
    ending->dial.account_name = BYTES_NONE;
    return answered_load(ending->work, ending->store, ending->campaign, row, &ending->answered,
                         err);
}

static void ending_deinit(struct ending *ending)
{
    answered_deinit(&ending->answered);
}

/* ---- by whoever dialled ---- */

static int place_after(struct ending *ending, const struct dial_end *end,
                       const struct followup_case *was, struct finished *out, struct err *err)
{
    struct followup_case row = *was;
    struct situation situation;
    struct next next;
    row.appointment_utc = end->appointment_utc;
    row.appointment_account = end->appointment_is_own ? ending->dial.account_id : 0;
    if (end->appointment_utc == 0)
        row.appointment_account = 0;
    if (end->language.len > 0) {
        memcpy(row.language, end->language.ptr, end->language.len);
        row.language[end->language.len] = '\0';
    }
    int rc = situation_load(ending->work, ending->store, ending->campaign, &row, ending->now_utc,
                            &situation, err);
    if (rc == OK && end->appointment_utc != 0)
        rc = situation_check_time(ending->campaign, &situation, end->appointment_utc, err);
    if (rc == OK)
        rc = situation_place(ending->work, ending->store, ending->campaign, &situation, true, &row,
                             &next, err);
    if (rc == OK && row.state == CASE_LEASED)
        row.until_utc = ending->now_utc + ending->campaign->hours->rules->followup.lease_s;
    if (rc == OK)
        rc = case_change(ending->store, ACT_FINISH, was, &row, err);
    if (rc != OK)
        return rc;
    static const enum next_step steps[CASE_STATE_COUNT] = {
        [CASE_QUEUED] = NEXT_QUEUED,
        [CASE_LEASED] = NEXT_NUMBER,
        [CASE_APPOINTMENT] = NEXT_APPOINTMENT,
        [CASE_WAITING] = NEXT_WAITING,
        [CASE_FINAL] = NEXT_FINAL,
    };
    bool is_timed = row.state == CASE_WAITING || row.state == CASE_APPOINTMENT;
    *out = (struct finished){
        .dial_id = ending->dial.id,
        .step = steps[row.state],
        .from_utc = is_timed ? row.from_utc : 0,
        .number_no = row.state == CASE_LEASED ? next.number_no : 0,
        .is_rechecked = ending->is_rechecked,
    };
    memcpy(out->code, ending->code, sizeof out->code);
    return OK;
}

static int finish(struct ending *ending, const struct dial_end *end,
                  const struct followup_case *row, struct finished *out, struct err *err)
{
    int rc = check_end(end, err);
    if (rc == OK)
        rc = ending_begin(ending, row, err);
    if (rc == OK)
        rc = take_code(ending, end->code, err);
    if (rc == OK)
        rc = put_end(ending, ending->now_utc, end->note, end->recording, err);
    if (rc == OK)
        rc = put_outcome(ending, row, err);
    return rc == OK ? place_after(ending, end, row, out, err) : rc;
}

int casework_finish(struct casework *work, struct store *store, const struct caller *caller,
                    int64_t dial_id, const struct dial_end *end, struct finished *out,
                    struct err *err)
{
    struct campaign campaign;
    struct followup_case row;
    struct ending ending = {.work = work,
                            .store = store,
                            .campaign = &campaign,
                            .caller = caller->name,
                            .now_utc = caller->now_utc};
    int rc = dial_get(store, dial_id, &ending.dial, err);
    if (rc == OK && (ending.dial.account_id != caller->account_id || ending.dial.ended_utc != 0 ||
                     ending.dial.recheck_id != 0))
        rc = err_set(err, ERR_WRONG_STATE, "dial %jd is not account %jd's, or has ended",
                     (intmax_t)dial_id, (intmax_t)caller->account_id);
    if (rc == OK)
        rc = case_get_held(store, ending.dial.case_id, caller->account_id, &row, err);
    if (rc == OK)
        rc = campaign_load_open(work, store, row.campaign_id, &campaign, err);
    if (rc == OK)
        rc = finish(&ending, end, &row, out, err);
    ending_deinit(&ending);
    return rc;
}

/* ---- by nobody ---- */

static int abandon(struct ending *ending, const struct followup_case *row, struct err *err)
{
    /* Every act of the holder renewed the lease: when it was renewed last, somebody was there for the last time. */
    int64_t seen_utc = row->until_utc - ending->campaign->hours->rules->followup.lease_s;
    int rc = ending_begin(ending, row, err);
    if (rc != OK)
        return rc;
    if (ending->answered.group != OUTCOME_UNKNOWN_UNWORKED)
        memcpy(ending->code, ending->answered.group == OUTCOME_COMPLETE ? "1.1" : "1.2",
               sizeof "1.1");
    rc = put_end(ending, seen_utc, BYTES_NONE, BYTES_NONE, err);
    return rc == OK ? put_outcome(ending, row, err) : rc;
}

int dial_abandon(struct casework *work, struct store *store, const struct campaign *campaign,
                 const struct followup_case *row, int64_t now_utc, struct err *err)
{
    struct err unused = {0};
    struct ending ending = {.work = work, .store = store, .campaign = campaign, .now_utc = now_utc};
    struct arena arena;
    int rc = dial_get_open(store, row->id, &ending.dial, &unused);
    if (rc != OK && rc != ERR_NOT_FOUND)
        *err = unused;
    if (rc != OK || ending.dial.recheck_id != 0)
        return rc == ERR_NOT_FOUND ? OK : rc;
    arena_init(&arena, CASE_TEXT_MAX_BYTES);
    ending.caller = arena_copy(&arena, ending.dial.account_name);
    rc = ending.caller.ptr != NULL ? abandon(&ending, row, err)
                                   : err_set(err, ERR_NOMEM, "could not end a dial");
    ending_deinit(&ending);
    arena_deinit(&arena);
    return rc;
}
