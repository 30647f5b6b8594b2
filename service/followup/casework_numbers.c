#include "service/followup/casework_room.h"

#include "importers/phone.h"

#include <string.h>

int number_index(struct casework *work, struct bytes digits, int64_t *out_key, struct err *err)
{
    char whole[PHONE_MAX_BYTES];
    if (!bytes_equal(phone_read(digits, whole), digits) || digits.len == 0)
        return err_set(err, ERR_FORMAT, "a telephone number of %zu bytes is none", digits.len);
    return vault_index_of(work->index, digits, out_key, err);
}

int number_put(struct casework *work, struct store *store, int64_t case_id, int64_t no,
               struct bytes digits, int64_t phone_key, struct err *err)
{
    struct sealer door = vault_sealer_door(work->numbers);
    buf_clear(&work->sealed);
    int rc = door.seal(door.context, case_number_seal_row(case_id, no), digits, &work->sealed, err);
    const struct case_number row = {
        .case_id = case_id, .no = no, .phone_key = phone_key, .sealed = buf_bytes(&work->sealed)};
    return rc == OK ? case_number_put_new(store, &row, err) : rc;
}

/* ---- opening ---- */

struct search {
    struct casework *work;
    int64_t no;
    struct buf *out;
    bool is_found;
};

static int on_number(void *context, const struct case_number *row, struct err *err)
{
    struct search *search = context;
    struct sealer door = vault_sealer_door(search->work->numbers);
    if (row->no != search->no)
        return OK;
    search->is_found = true;
    return door.open(door.context, case_number_seal_row(row->case_id, row->no), row->sealed,
                     search->out, err);
}

int number_open(struct casework *work, struct store *store, int64_t case_id, int64_t no,
                struct buf *out, struct err *err)
{
    struct search search = {work, no, out, false};
    int rc = case_numbers_each(store, case_id, on_number, &search, err);
    if (rc == OK && !search.is_found)
        rc = err_set(err, ERR_NOT_FOUND, "case %jd has no number %jd", (intmax_t)case_id,
                     (intmax_t)no);
    return rc;
}

/* ---- the do-not-call list ---- */

static int put_on_list(struct casework *work, struct store *store, struct bytes digits,
                       int64_t phone_key, struct bytes who, struct bytes why, int64_t now_utc,
                       struct err *err)
{
    struct sealer door = vault_sealer_door(work->bans);
    struct do_not_call_row row = {
        .phone_key = phone_key, .since_utc = now_utc, .who = who, .why = why};
    buf_clear(&work->sealed);
    int rc = do_not_call_next_id(store, &row.id, err);
    if (rc == OK)
        rc = door.seal(door.context, row.id, digits, &work->sealed, err);
    row.sealed = buf_bytes(&work->sealed);
    return rc == OK ? do_not_call_put(store, &row, err) : rc;
}

/* Whoever holds one is told when the dial ends: situation_place. */
static int end_case(struct casework *work, struct store *store, const struct followup_case *was,
                    struct bytes who, int64_t now_utc, struct err *err)
{
    const struct attempt_wish wish = {.code = "2.113", .at_utc = now_utc, .who = who};
    struct campaign campaign;
    struct followup_case row = *was;
    int rc = campaign_load(work, store, was->campaign_id, &campaign, err);
    if (rc == OK)
        rc = attempts_put(work, store, &campaign, was, &wish, err);
    case_become_final(&row, "2.113", "do_not_call", now_utc);
    return rc == OK ? case_change(store, ACT_BAN, was, &row, err) : rc;
}

int number_ban(struct casework *work, struct store *store, struct bytes digits, struct bytes who,
               struct bytes why, int64_t now_utc, int64_t *out_cases, struct err *err)
{
    struct case_list list = {NULL, 0, 0};
    int64_t phone_key = 0;
    int64_t cases = 0;
    int rc = number_index(work, digits, &phone_key, err);
    if (rc == OK)
        rc = put_on_list(work, store, digits, phone_key, who, why, now_utc, err);
    if (rc == OK)
        rc = cases_each_with_number(store, phone_key, case_list_take, &list, err);
    for (size_t i = 0; i < list.count && rc == OK; i++) {
        if (list.rows[i].state == CASE_LEASED)
            continue;
        rc = end_case(work, store, &list.rows[i], who, now_utc, err);
        cases++;
    }
    case_list_deinit(&list);
    if (rc == OK)
        *out_cases = cases;
    return rc;
}

struct own_numbers {
    int64_t nos[CASE_NUMBERS_MAX], keys[CASE_NUMBERS_MAX];
    int count;
};

static int on_own_number(void *context, const struct case_number *row, struct err *err)
{
    struct own_numbers *numbers = context;
    (void)err;
    if (numbers->count < CASE_NUMBERS_MAX) {
        numbers->nos[numbers->count] = row->no;
        numbers->keys[numbers->count++] = row->phone_key;
    }
    return OK;
}

int case_ban_numbers(struct casework *work, struct store *store, int64_t case_id,
                     const struct actor *actor, struct err *err)
{
    struct own_numbers numbers = {.count = 0};
    struct buf digits;
    buf_init(&digits, CASE_TEXT_MAX_BYTES);
    int rc = case_numbers_each(store, case_id, on_own_number, &numbers, err);
    for (int i = 0; i < numbers.count && rc == OK; i++) {
        bool is_banned = false;
        int64_t cases = 0;
        buf_clear(&digits);
        rc = do_not_call_has(store, numbers.keys[i], &is_banned, err);
        if (rc == OK && !is_banned)
            rc = number_open(work, store, case_id, numbers.nos[i], &digits, err);
        if (rc == OK && !is_banned)
            rc = number_ban(work, store, buf_bytes(&digits), actor->who, BYTES_LIT("坚决拒访"),
                            actor->now_utc, &cases, err);
    }
    buf_wipe(&digits);
    return rc;
}
