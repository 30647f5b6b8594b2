#include "service/storage/cases.h"

#include "service/storage/database.h"

#include <string.h>

/* ---- states ---- */

static const char *const state_words[] = {
#define X(name, word) word,
    CASE_STATES(X)
#undef X
};

const char *case_state_word(enum case_state state)
{
    return state_words[state];
}

bool case_state_from_word(struct bytes word, enum case_state *out)
{
    for (int i = 0; i < CASE_STATE_COUNT; i++)
        if (bytes_equal(word, bytes_from_z(state_words[i]))) {
            *out = (enum case_state)i;
            return true;
        }
    return false;
}

/* ---- cases ---- */

/* Parameters that case_put_new and case_put begin with. */
static int take_case(struct store *store, const char *name, const struct followup_case *row,
                     sqlite3_stmt **out_statement, struct err *err)
{
    enum { TEAM = 1, STATE, FROM, UNTIL, ACCOUNT, APPOINTMENT, APPOINTMENT_ACCOUNT };
    enum { FREED = APPOINTMENT_ACCOUNT + 1, FINAL, LANGUAGE, CODE, WHY };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, name, &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, TEAM, row->team_id);
    database_bind_text(statement, STATE, bytes_from_z(case_state_word(row->state)));
    (void)sqlite3_bind_int64(statement, FROM, row->from_utc);
    (void)sqlite3_bind_int64(statement, UNTIL, row->until_utc);
    (void)sqlite3_bind_int64(statement, ACCOUNT, row->account_id);
    database_bind_id(statement, APPOINTMENT, row->appointment_utc);
    (void)sqlite3_bind_int64(statement, APPOINTMENT_ACCOUNT, row->appointment_account);
    database_bind_id(statement, FREED, row->freed_utc);
    database_bind_id(statement, FINAL, row->final_utc);
    database_bind_text(statement, LANGUAGE, bytes_from_z(row->language));
    database_bind_text(statement, CODE, bytes_from_z(row->code));
    database_bind_text(statement, WHY, bytes_from_z(row->why));
    *out_statement = statement;
    return OK;
}

int case_put_new(struct store *store, struct followup_case *row, struct err *err)
{
    enum { CAMPAIGN = 13, CASE_NO, UNIT, SHUFFLE };
    sqlite3_stmt *statement = NULL;
    int rc = take_case(store, "case_put_new", row, &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, CAMPAIGN, row->campaign_id);
    (void)sqlite3_bind_int64(statement, CASE_NO, row->case_no);
    (void)sqlite3_bind_int64(statement, UNIT, row->unit);
    (void)sqlite3_bind_int64(statement, SHUFFLE, row->shuffle);
    return database_put_new(store, statement, &row->id, err);
}

int case_put(struct store *store, const struct followup_case *row, struct err *err)
{
    enum { ID = 13 };
    sqlite3_stmt *statement = NULL;
    int rc = take_case(store, "case_put", row, &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, ID, row->id);
    return database_change(store, statement, "case", row->id, err);
}

/* What we wrote fits; of what somebody else wrote, as much as does. */
static void read_word(sqlite3_stmt *statement, int column, char *out, size_t size)
{
    struct bytes word = database_column_text(statement, column);
    size_t len = word.len < size ? word.len : size - 1;
    if (len != 0)
        memcpy(out, word.ptr, len);
    out[len] = '\0';
}

/* Columns of all statements that give cases. */
static int read_case(sqlite3_stmt *statement, struct followup_case *out, struct err *err)
{
    enum { ID, CAMPAIGN, CASE_NO, UNIT, SHUFFLE, TEAM, LANGUAGE, STATE, FROM, UNTIL, ACCOUNT };
    enum { APPOINTMENT = ACCOUNT + 1, APPOINTMENT_ACCOUNT, FREED, CODE, FINAL, WHY };
    struct followup_case row = {
        .id = sqlite3_column_int64(statement, ID),
        .campaign_id = sqlite3_column_int64(statement, CAMPAIGN),
        .case_no = sqlite3_column_int64(statement, CASE_NO),
        .unit = sqlite3_column_int64(statement, UNIT),
        .shuffle = sqlite3_column_int64(statement, SHUFFLE),
        .team_id = sqlite3_column_int64(statement, TEAM),
        .from_utc = sqlite3_column_int64(statement, FROM),
        .until_utc = sqlite3_column_int64(statement, UNTIL),
        .account_id = sqlite3_column_int64(statement, ACCOUNT),
        .appointment_utc = sqlite3_column_int64(statement, APPOINTMENT),
        .appointment_account = sqlite3_column_int64(statement, APPOINTMENT_ACCOUNT),
        .freed_utc = sqlite3_column_int64(statement, FREED),
        .final_utc = sqlite3_column_int64(statement, FINAL),
    };
    struct bytes state = database_column_text(statement, STATE);
    if (!case_state_from_word(state, &row.state))
        return err_set(err, ERR_CORRUPT, "case %jd is in the state \"" BYTES_FMT "\"",
                       (intmax_t)row.id, BYTES_ARG(state));
    read_word(statement, LANGUAGE, row.language, sizeof row.language);
    read_word(statement, CODE, row.code, sizeof row.code);
    read_word(statement, WHY, row.why, sizeof row.why);
    *out = row;
    return OK;
}

/* The one row of a statement whose parameters are bound. */
static int find_case(struct store *store, sqlite3_stmt *statement, const char *what, int64_t id,
                     struct followup_case *out, struct err *err)
{
    int rc = database_find(store, statement, what, id, err);
    if (rc == OK)
        rc = read_case(statement, out, err);
    (void)sqlite3_reset(statement);
    return rc;
}

/* The same where the parameters are integers; `what` goes with the last. */
static int find_case_by(struct store *store, const char *name, const int64_t *integers, int count,
                        const char *what, struct followup_case *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, name, integers, count, &statement, err);
    return rc == OK ? find_case(store, statement, what, integers[count - 1], out, err) : rc;
}

int case_get(struct store *store, int64_t id, struct followup_case *out, struct err *err)
{
    return find_case_by(store, "case_get", &id, 1, "case", out, err);
}

int case_get_by_no(struct store *store, int64_t campaign_id, int64_t case_no,
                   struct followup_case *out, struct err *err)
{
    const int64_t key[] = {campaign_id, case_no};
    return find_case_by(store, "case_get_by_no", key, 2, "case with the number", out, err);
}

int case_put_held(struct store *store, const struct followup_case *row, struct err *err)
{
    const int64_t integers[] = {row->id, row->until_utc, row->appointment_utc,
                                row->appointment_account};
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "case_put_held", integers, 4, &statement, err);
    return rc == OK ? database_change(store, statement, "case", row->id, err) : rc;
}

/* ---- whom to call ---- */

int case_find_own_appointment(struct store *store, const struct case_wish *wish,
                              struct followup_case *out, struct err *err)
{
    const int64_t integers[] = {wish->account_id, wish->campaign_id, wish->team_id, wish->now_utc};
    return find_case_by(store, "case_find_own_appointment", integers, 4,
                        "appointment of the account by", out, err);
}

/* Parameters that case_find_due and case_next_due begin with. */
static int take_due(struct store *store, const char *name, const struct case_wish *wish,
                    enum case_state state, sqlite3_stmt **out_statement, struct err *err)
{
    enum { CAMPAIGN = 1, STATE, TEAM, LANGUAGE };
    int rc = database_take(store, name, out_statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(*out_statement, CAMPAIGN, wish->campaign_id);
    database_bind_text(*out_statement, STATE, bytes_from_z(case_state_word(state)));
    (void)sqlite3_bind_int64(*out_statement, TEAM, wish->team_id);
    database_bind_text(*out_statement, LANGUAGE, wish->language);
    return OK;
}

int case_find_due(struct store *store, const struct case_wish *wish, enum case_state state,
                  int64_t after_utc, int64_t after_id, struct followup_case *out, struct err *err)
{
    enum { AFTER_UTC = 5, AFTER_ID, NOW, ACCOUNT, LEFT };
    sqlite3_stmt *statement = NULL;
    int rc = take_due(store, "case_find_due", wish, state, &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, AFTER_UTC, after_utc);
    (void)sqlite3_bind_int64(statement, AFTER_ID, after_id);
    (void)sqlite3_bind_int64(statement, NOW, wish->now_utc);
    (void)sqlite3_bind_int64(statement, ACCOUNT, wish->account_id);
    (void)sqlite3_bind_int64(statement, LEFT, wish->left_utc);
    return find_case(store, statement, "case due in campaign", wish->campaign_id, out, err);
}

int case_find_queued(struct store *store, const struct case_wish *wish, int64_t unit,
                     int64_t after_shuffle, struct followup_case *out, struct err *err)
{
    enum { CAMPAIGN = 1, UNIT, TEAM, LANGUAGE, AFTER, ACCOUNT, NOW };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "case_find_queued", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, CAMPAIGN, wish->campaign_id);
    (void)sqlite3_bind_int64(statement, UNIT, unit);
    (void)sqlite3_bind_int64(statement, TEAM, wish->team_id);
    database_bind_text(statement, LANGUAGE, wish->language);
    (void)sqlite3_bind_int64(statement, AFTER, after_shuffle);
    (void)sqlite3_bind_int64(statement, ACCOUNT, wish->account_id);
    (void)sqlite3_bind_int64(statement, NOW, wish->now_utc);
    return find_case(store, statement, "fresh case of unit", unit, out, err);
}

int case_find_leased(struct store *store, int64_t account_id, struct followup_case *out,
                     struct err *err)
{
    return find_case_by(store, "case_find_leased", &account_id, 1, "case held by account", out,
                        err);
}

int case_find_ended(struct store *store, int64_t now_utc, struct followup_case *out,
                    struct err *err)
{
    return find_case_by(store, "case_find_ended", &now_utc, 1, "case that ended by", out, err);
}

int cases_next_due(struct store *store, const struct case_wish *wish, int64_t *out_utc,
                   struct err *err)
{
    enum { NOW = 5 };
    static const enum case_state states[] = {CASE_APPOINTMENT, CASE_WAITING};
    int64_t first = 0;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        sqlite3_stmt *statement = NULL;
        int64_t next = 0;
        int rc = take_due(store, "case_next_due", wish, states[i], &statement, err);
        if (rc != OK)
            return rc;
        (void)sqlite3_bind_int64(statement, NOW, wish->now_utc);
        rc = database_integer(store, statement, &next, err);
        if (rc != OK)
            return rc;
        if (next != 0 && (first == 0 || next < first))
            first = next;
    }
    *out_utc = first;
    return OK;
}

/* ---- lists ---- */

static int give_cases(struct store *store, sqlite3_stmt *statement, int rc, case_cb on_case,
                      void *context, struct err *err)
{
    while (database_next(store, statement, &rc, err)) {
        struct followup_case row;
        rc = read_case(statement, &row, err);
        if (rc == OK)
            rc = on_case(context, &row, err);
    }
    return rc;
}

int cases_each(struct store *store, const struct case_filter *filter, case_cb on_case,
               void *context, struct err *err)
{
    enum { CAMPAIGN = 1, AFTER, UNIT, TEAM, WITHOUT_NUMBER, STATE, CODE, LIMIT };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "cases_each", &statement, err);
    if (rc == OK) {
        (void)sqlite3_bind_int64(statement, CAMPAIGN, filter->campaign_id);
        (void)sqlite3_bind_int64(statement, AFTER, filter->after_id);
        (void)sqlite3_bind_int64(statement, UNIT, filter->unit);
        (void)sqlite3_bind_int64(statement, TEAM, filter->team_id);
        (void)sqlite3_bind_int(statement, WITHOUT_NUMBER, filter->without_number);
        database_bind_text(statement, STATE,
                           filter->state < 0
                               ? BYTES_NONE
                               : bytes_from_z(case_state_word((enum case_state)filter->state)));
        database_bind_text(statement, CODE, filter->code);
        (void)sqlite3_bind_int64(statement, LIMIT, filter->limit);
    }
    return give_cases(store, statement, rc, on_case, context, err);
}

int cases_count(struct store *store, int64_t campaign_id, case_count_cb on_count, void *context,
                struct err *err)
{
    enum { UNIT, STATE, CODE, CASES };
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "cases_count", &campaign_id, 1, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct case_count count = {
            .unit = sqlite3_column_int64(statement, UNIT),
            .code = database_column_text(statement, CODE),
            .cases = sqlite3_column_int64(statement, CASES),
        };
        struct bytes state = database_column_text(statement, STATE);
        rc = case_state_from_word(state, &count.state)
                 ? on_count(context, &count, err)
                 : err_set(err, ERR_CORRUPT, "cases are in the state \"" BYTES_FMT "\"",
                           BYTES_ARG(state));
    }
    return rc;
}

int cases_count_in_work(struct store *store, int64_t campaign_id, case_work_count_cb on_count,
                        void *context, struct err *err)
{
    enum { STATE, ATTEMPTED, NUMBER, CASES };
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "cases_count_in_work", &campaign_id, 1, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct case_work_count count = {
            .is_attempted = sqlite3_column_int(statement, ATTEMPTED) != 0,
            .has_number = sqlite3_column_int(statement, NUMBER) != 0,
            .cases = sqlite3_column_int64(statement, CASES),
        };
        struct bytes state = database_column_text(statement, STATE);
        rc = case_state_from_word(state, &count.state)
                 ? on_count(context, &count, err)
                 : err_set(err, ERR_CORRUPT, "cases are in the state \"" BYTES_FMT "\"",
                           BYTES_ARG(state));
    }
    return rc;
}

int case_orders_each(struct store *store, int64_t round_id, int64_t draw_no, int64_t case_no,
                     case_order_cb on_order, void *context, struct err *err)
{
    enum { DRAWN, UNIT, HANDLING, ORDER_NO };
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "case_orders_each", (int64_t[]){round_id, draw_no, case_no},
                                3, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct case_order order = {
            .drawn_id = sqlite3_column_int64(statement, DRAWN),
            .unit = sqlite3_column_int64(statement, UNIT),
            .handling_id = sqlite3_column_int64(statement, HANDLING),
            .order_no = database_column_text(statement, ORDER_NO),
        };
        rc = on_order(context, &order, err);
    }
    return rc;
}

int case_file_codes_each(struct store *store, int64_t round_id, int64_t draw_no, int64_t case_no,
                         case_code_cb on_code, void *context, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "case_file_codes_each",
                                (int64_t[]){round_id, draw_no, case_no}, 3, &statement, err);
    while (database_next(store, statement, &rc, err))
        rc = on_code(context, database_column_text(statement, 0), err);
    return rc;
}

/* ---- numbers ---- */

int64_t case_number_seal_row(int64_t case_id, int64_t no)
{
    return case_id * (CASE_NUMBERS_MAX + 1) + no;
}

int case_number_put_new(struct store *store, const struct case_number *row, struct err *err)
{
    enum { INTEGERS = 4, SEALED };
    const int64_t integers[INTEGERS] = {row->case_id, row->no, row->phone_key, row->is_dead};
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "case_number_put_new", integers, INTEGERS, &statement, err);
    if (rc != OK)
        return rc;
    database_bind_blob(statement, SEALED, row->sealed);
    return database_run(store, statement, err);
}

int case_number_put_dead(struct store *store, int64_t case_id, int64_t no, bool is_dead,
                         struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "case_number_put_dead", (int64_t[]){case_id, no, is_dead}, 3,
                                &statement, err);
    return rc == OK ? database_change(store, statement, "number of the case", no, err) : rc;
}

int case_numbers_each(struct store *store, int64_t case_id, case_number_cb on_number, void *context,
                      struct err *err)
{
    enum { CASE, NO, PHONE_KEY, SEALED, IS_DEAD };
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "case_numbers_each", &case_id, 1, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct case_number row = {
            .case_id = sqlite3_column_int64(statement, CASE),
            .no = sqlite3_column_int64(statement, NO),
            .phone_key = sqlite3_column_int64(statement, PHONE_KEY),
            .sealed = database_column_blob(statement, SEALED),
            .is_dead = sqlite3_column_int(statement, IS_DEAD) != 0,
        };
        rc = on_number(context, &row, err);
    }
    return rc;
}

int case_number_is_busy(struct store *store, int64_t case_id, bool *out, struct err *err)
{
    int64_t is_leased = 0, is_dialled = 0;
    int rc = database_integer_with(store, "case_number_is_leased", &case_id, 1, &is_leased, err);
    if (rc == OK && is_leased == 0)
        rc = database_integer_with(store, "case_number_is_dialled", &case_id, 1, &is_dialled, err);
    if (rc == OK)
        *out = is_leased != 0 || is_dialled != 0;
    return rc;
}

int cases_each_with_number(struct store *store, int64_t phone_key, case_cb on_case, void *context,
                           struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "cases_each_with_number", &phone_key, 1, &statement, err);
    return give_cases(store, statement, rc, on_case, context, err);
}

/* ---- who must not be called ---- */

int do_not_call_next_id(struct store *store, int64_t *out_id, struct err *err)
{
    return database_integer_with(store, "do_not_call_next_id", NULL, 0, out_id, err);
}

int do_not_call_put(struct store *store, const struct do_not_call_row *row, struct err *err)
{
    enum { INTEGERS = 3, SEALED, WHO, WHY };
    const int64_t integers[INTEGERS] = {row->id, row->phone_key, row->since_utc};
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "do_not_call_put", integers, INTEGERS, &statement, err);
    if (rc != OK)
        return rc;
    database_bind_blob(statement, SEALED, row->sealed);
    database_bind_text(statement, WHO, row->who);
    database_bind_text(statement, WHY, row->why);
    return database_run(store, statement, err);
}

int do_not_call_put_ended(struct store *store, int64_t id, int64_t at_utc, struct bytes who,
                          struct bytes why, struct err *err)
{
    enum { INTEGERS = 2, WHO, WHY };
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "do_not_call_put_ended", (int64_t[]){id, at_utc}, INTEGERS,
                                &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, WHO, who);
    database_bind_text(statement, WHY, why);
    return database_change(store, statement, "number not to be called, in force,", id, err);
}

int do_not_call_has(struct store *store, int64_t phone_key, bool *out, struct err *err)
{
    int64_t has = 0;
    int rc = database_integer_with(store, "do_not_call_has", &phone_key, 1, &has, err);
    if (rc == OK)
        *out = has != 0;
    return rc;
}

int do_not_call_each(struct store *store, int64_t after_id, int64_t limit, do_not_call_cb on_row,
                     void *context, struct err *err)
{
    enum { ID, PHONE_KEY, SEALED, SINCE, WHO, WHY, ENDED, ENDED_BY, ENDED_WHY };
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "do_not_call_each", (int64_t[]){after_id, limit}, 2,
                                &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct do_not_call_row row = {
            .id = sqlite3_column_int64(statement, ID),
            .phone_key = sqlite3_column_int64(statement, PHONE_KEY),
            .sealed = database_column_blob(statement, SEALED),
            .since_utc = sqlite3_column_int64(statement, SINCE),
            .who = database_column_text(statement, WHO),
            .why = database_column_text(statement, WHY),
            .ended_utc = sqlite3_column_int64(statement, ENDED),
            .ended_by = database_column_text(statement, ENDED_BY),
            .ended_why = database_column_text(statement, ENDED_WHY),
        };
        rc = on_row(context, &row, err);
    }
    return rc;
}
