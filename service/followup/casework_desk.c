#include "service/followup/casework_room.h"

#include <stdio.h>
#include <string.h>

/* What supervisors do with a case beside the phone. */

static int need_why(struct bytes why, struct err *err)
{
    return why.len > 0 ? OK : err_set(err, ERR_FORMAT, "a reason is missing");
}

static int get_open(struct casework *work, struct store *store, int64_t case_id,
                    struct campaign *out_campaign, struct followup_case *out, struct err *err)
{
    int rc = case_get(store, case_id, out, err);
    return rc == OK ? campaign_load_open(work, store, out->campaign_id, out_campaign, err) : rc;
}

/* ---- a refusal, once more ---- */

static bool is_refusal(const struct followup_case *row)
{
    return row->state == CASE_FINAL &&
           (strcmp(row->code, "2.111") == 0 || strcmp(row->code, "2.112") == 0 ||
            strcmp(row->code, "2.12") == 0);
}

static int place_freed(struct casework *work, struct store *store, const struct campaign *campaign,
                       const struct followup_case *was, int64_t now_utc, struct err *err)
{
    struct followup_case row = *was;
    struct situation situation;
    struct next next;
    row.freed_utc = now_utc;
    int rc = situation_load(work, store, campaign, &row, now_utc, &situation, err);
    if (rc == OK && situation.is_banned)
        rc = err_set(err, ERR_REFUSED, "case %jd is on the do-not-call list", (intmax_t)was->id);
    if (rc == OK)
        rc = situation_place(work, store, campaign, &situation, false, &row, &next, err);
    if (rc == OK && row.state != CASE_WAITING)
        rc = err_set(err, ERR_REFUSED, "case %jd cannot be called again", (intmax_t)was->id);
    return rc == OK ? case_change(store, ACT_FREE, was, &row, err) : rc;
}

int casework_free_refusal(struct casework *work, struct store *store, int64_t case_id,
                          struct bytes why, const struct actor *actor, struct err *err)
{
    struct campaign campaign;
    struct followup_case row;
    int rc = need_why(why, err);
    if (rc == OK)
        rc = get_open(work, store, case_id, &campaign, &row, err);
    if (rc == OK && (!is_refusal(&row) || row.freed_utc != 0))
        rc = err_set(err, ERR_WRONG_STATE, "case %jd is no refusal, or was freed before",
                     (intmax_t)case_id);
    return rc == OK ? place_freed(work, store, &campaign, &row, actor->now_utc, err) : rc;
}

/* ---- a time ---- */

int casework_book(struct casework *work, struct store *store, int64_t case_id, int64_t at_utc,
                  const struct actor *actor, struct err *err)
{
    struct campaign campaign;
    struct followup_case was;
    int rc = get_open(work, store, case_id, &campaign, &was, err);
    if (rc != OK)
        return rc;
    if (was.state == CASE_LEASED || was.state == CASE_FINAL)
        return err_set(err, ERR_WRONG_STATE, "case %jd is %s: it cannot be booked",
                       (intmax_t)case_id, case_state_word(was.state));
    struct followup_case row = was;
    row.appointment_utc = at_utc;
    row.appointment_account = 0;
    struct situation situation;
    struct next next;
    rc = situation_load(work, store, &campaign, &row, actor->now_utc, &situation, err);
    if (rc == OK)
        rc = situation_check_time(&campaign, &situation, at_utc, err);
    if (rc == OK)
        rc = situation_place(work, store, &campaign, &situation, false, &row, &next, err);
    if (rc == OK && (row.state != CASE_APPOINTMENT || next.number_no == 0))
        rc = err_set(err, ERR_REFUSED, "case %jd cannot be called then", (intmax_t)case_id);
    return rc == OK ? case_change(store, ACT_BOOK, &was, &row, err) : rc;
}

/* ---- the end ---- */

static int check_code(struct bytes code, struct err *err)
{
    enum outcome_group group = OUTCOME_UNKNOWN_UNWORKED;
    bool is_code = outcome_group_of(code, &group) && code.len < CASE_CODE_BYTES;
    if (!is_code || group == OUTCOME_COMPLETE || group == OUTCOME_PARTIAL ||
        group == OUTCOME_UNKNOWN_UNWORKED)
        return err_set(err, ERR_FORMAT, "a case cannot be settled as \"" BYTES_FMT "\"",
                       BYTES_ARG(code));
    return OK;
}

int casework_settle(struct casework *work, struct store *store, int64_t case_id, struct bytes code,
                    struct bytes why, const struct actor *actor, struct err *err)
{
    struct campaign campaign;
    struct followup_case was;
    char given[CASE_CODE_BYTES];
    char taken[CASE_CODE_BYTES] = "";
    int rc = need_why(why, err);
    if (rc == OK)
        rc = check_code(code, err);
    if (rc == OK)
        rc = get_open(work, store, case_id, &campaign, &was, err);
    if (rc != OK)
        return rc;
    (void)snprintf(given, sizeof given, BYTES_FMT, BYTES_ARG(code));
    const struct attempt_wish wish = {.code = given, .at_utc = actor->now_utc, .who = actor->who};
    struct followup_case row = was;
    rc = attempts_put(work, store, &campaign, &was, &wish, err);
    if (rc == OK)
        rc = case_find_code(store, &campaign, &was, taken, err);
    case_become_final(&row, taken, "settled", actor->now_utc);
    if (rc == OK)
        rc = case_change(store, ACT_SETTLE, &was, &row, err);
    return rc == OK && strcmp(given, "2.113") == 0
               ? case_ban_numbers(work, store, case_id, actor, err)
               : rc;
}

int casework_ban(struct casework *work, struct store *store, struct bytes number, struct bytes why,
                 const struct actor *actor, int64_t *out_cases, struct err *err)
{
    int rc = need_why(why, err);
    return rc == OK
               ? number_ban(work, store, number, actor->who, why, actor->now_utc, out_cases, err)
               : rc;
}

/* ---- numbers ---- */

struct known_numbers {
    int64_t phone_key;
    int64_t last_no;
    bool is_known;
};

static int on_number(void *context, const struct case_number *row, struct err *err)
{
    struct known_numbers *known = context;
    (void)err;
    known->last_no = row->no;
    known->is_known = known->is_known || row->phone_key == known->phone_key;
    return OK;
}

static int check_new_number(struct store *store, int64_t case_id, struct known_numbers *known,
                            struct err *err)
{
    bool is_banned = false;
    int rc = case_numbers_each(store, case_id, on_number, known, err);
    if (rc == OK)
        rc = do_not_call_has(store, known->phone_key, &is_banned, err);
    if (rc == OK && known->is_known)
        rc = err_set(err, ERR_EXISTS, "case %jd has that number", (intmax_t)case_id);
    if (rc == OK && known->last_no >= CASE_NUMBERS_MAX)
        rc = err_set(err, ERR_LIMIT, "case %jd has %d numbers", (intmax_t)case_id,
                     (int)CASE_NUMBERS_MAX);
    if (rc == OK && is_banned)
        rc = err_set(err, ERR_REFUSED, "the number is on the do-not-call list");
    return rc;
}

int casework_add_number(struct casework *work, struct store *store, int64_t case_id,
                        struct bytes number, const struct actor *actor, struct err *err)
{
    struct campaign campaign;
    struct followup_case was;
    struct known_numbers known = {0, 0, false};
    int rc = get_open(work, store, case_id, &campaign, &was, err);
    if (rc == OK && was.state == CASE_FINAL)
        rc = err_set(err, ERR_WRONG_STATE, "case %jd is final", (intmax_t)case_id);
    if (rc == OK)
        rc = number_index(work, number, &known.phone_key, err);
    if (rc == OK)
        rc = check_new_number(store, case_id, &known, err);
    if (rc == OK)
        rc = number_put(work, store, case_id, known.last_no + 1, number, known.phone_key, err);
    struct followup_case row = was;
    return rc == OK && case_is_parked(&was)
               ? case_place(work, store, &campaign, ACT_PLACE, &was, &row, actor->now_utc, err)
               : rc;
}

/* ---- teams ---- */

static int assign_all(struct store *store, const struct case_list *list, int64_t team_id,
                      struct err *err)
{
    int rc = OK;
    for (size_t i = 0; i < list->count && rc == OK; i++) {
        struct followup_case row = list->rows[i];
        row.team_id = team_id;
        /* An appointment with one of another team is anybody's. */
        row.appointment_account = 0;
        if (row.state == CASE_APPOINTMENT)
            row.account_id = 0;
        rc = case_change(store, ACT_ASSIGN, &list->rows[i], &row, err);
    }
    return rc;
}

static int list_to_assign(struct store *store, int64_t campaign_id, int64_t team_id,
                          struct case_list *list, struct err *err)
{
    static const enum case_state states[] = {CASE_QUEUED, CASE_WAITING, CASE_APPOINTMENT};
    size_t state_count = team_id == 0 ? sizeof states / sizeof *states : 1;
    struct case_list all = {NULL, 0, 0};
    int rc = OK;
    for (size_t i = 0; i < state_count && rc == OK; i++) {
        const struct case_filter filter = {.campaign_id = campaign_id,
                                           .unit = -1,
                                           .state = (int)states[i],
                                           .team_id = team_id == 0 ? -1 : 0,
                                           .limit = INT64_MAX};
        rc = cases_each(store, &filter, case_list_take, &all, err);
    }
    for (size_t i = 0; i < all.count && rc == OK; i++) {
        if (all.rows[i].team_id != team_id)
            rc = case_list_take(list, &all.rows[i], err);
    }
    case_list_deinit(&all);
    return rc;
}

int casework_assign(struct casework *work, struct store *store, int64_t campaign_id,
                    int64_t team_id, int64_t count, const struct actor *actor, int64_t *out_cases,
                    struct err *err)
{
    struct campaign campaign;
    struct case_list list = {NULL, 0, 0};
    (void)actor;
    if (count < 0)
        return err_set(err, ERR_FORMAT, "%jd cases cannot be assigned", (intmax_t)count);
    int rc = campaign_load_open(work, store, campaign_id, &campaign, err);
    if (rc == OK)
        rc = list_to_assign(store, campaign_id, team_id, &list, err);
    if (rc == OK)
        rc = case_list_pick(work, &list, count, err);
    if (rc == OK)
        rc = assign_all(store, &list, team_id, err);
    if (rc == OK)
        *out_cases = (int64_t)list.count;
    case_list_deinit(&list);
    return rc;
}
