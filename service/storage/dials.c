#include "service/storage/dials.h"

#include "service/storage/database.h"

/* ---- dials ---- */

int dial_put_new(struct store *store, struct dial_row *row, struct err *err)
{
    const int64_t integers[] = {row->case_id,    row->number_no, row->phone_key,  row->account_id,
                                row->recheck_id, row->day,       row->started_utc};
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "dial_put_new", integers,
                                (int)(sizeof integers / sizeof *integers), &statement, err);
    return rc == OK ? database_put_new(store, statement, &row->id, err) : rc;
}

int dial_put_end(struct store *store, const struct dial_row *row, struct err *err)
{
    enum { INTEGERS = 2, CODE, RECORDING, SEALED };
    const int64_t integers[INTEGERS] = {row->id, row->ended_utc};
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "dial_put_end", integers, INTEGERS, &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, CODE, row->code);
    database_bind_text(statement, RECORDING, row->recording);
    if (row->sealed.len != 0)
        database_bind_blob(statement, SEALED, row->sealed);
    rc = database_change(store, statement, "dial going on", row->id, err);
    return rc == ERR_NOT_FOUND
               ? err_set(err, ERR_WRONG_STATE, "dial %jd is not going on", (intmax_t)row->id)
               : rc;
}

/* Columns of all statements that give dials. */
static void read_dial(sqlite3_stmt *statement, struct dial_row *out)
{
    enum { ID, CASE, NUMBER, PHONE_KEY, ACCOUNT, ACCOUNT_NAME, RECHECK, DAY, STARTED, ENDED };
    enum { CODE = ENDED + 1, RECORDING, SEALED };
    *out = (struct dial_row){
        .id = sqlite3_column_int64(statement, ID),
        .case_id = sqlite3_column_int64(statement, CASE),
        .number_no = sqlite3_column_int64(statement, NUMBER),
        .phone_key = sqlite3_column_int64(statement, PHONE_KEY),
        .account_id = sqlite3_column_int64(statement, ACCOUNT),
        .account_name = database_column_text(statement, ACCOUNT_NAME),
        .recheck_id = sqlite3_column_int64(statement, RECHECK),
        .day = sqlite3_column_int64(statement, DAY),
        .started_utc = sqlite3_column_int64(statement, STARTED),
        .ended_utc = sqlite3_column_int64(statement, ENDED),
        .code = database_column_text(statement, CODE),
        .recording = database_column_text(statement, RECORDING),
        .sealed = database_column_blob(statement, SEALED),
    };
}

static int get_dial(struct store *store, const char *name, const char *what, int64_t id,
                    struct dial_row *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, name, &id, 1, &statement, err);
    if (rc == OK)
        rc = database_find(store, statement, what, id, err);
    if (rc == OK)
        read_dial(statement, out);
    return rc;
}

int dial_get(struct store *store, int64_t id, struct dial_row *out, struct err *err)
{
    return get_dial(store, "dial_get", "dial", id, out, err);
}

int dial_get_open(struct store *store, int64_t case_id, struct dial_row *out, struct err *err)
{
    return get_dial(store, "dial_get_open", "dial going on of case", case_id, out, err);
}

static int give_dials(struct store *store, const char *name, const int64_t *integers, int count,
                      dial_cb on_dial, void *context, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, name, integers, count, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct dial_row dial;
        read_dial(statement, &dial);
        rc = on_dial(context, &dial, err);
    }
    return rc;
}

int dials_each_of_case(struct store *store, int64_t case_id, dial_cb on_dial, void *context,
                       struct err *err)
{
    return give_dials(store, "dials_each_of_case", &case_id, 1, on_dial, context, err);
}

int dials_each_of_campaign(struct store *store, int64_t campaign_id, int64_t after_id,
                           int64_t limit, dial_cb on_dial, void *context, struct err *err)
{
    const int64_t integers[] = {after_id, campaign_id, limit};
    return give_dials(store, "dials_each_of_campaign", integers, 3, on_dial, context, err);
}

int completes_each(struct store *store, int64_t campaign_id, complete_cb on_complete, void *context,
                   struct err *err)
{
    enum { ACCOUNT, ACCOUNT_NAME, TEAM, CASE, CASE_NO, SECONDS };
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "completes_each", &campaign_id, 1, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        const struct complete_row row = {
            .account_id = sqlite3_column_int64(statement, ACCOUNT),
            .account_name = database_column_text(statement, ACCOUNT_NAME),
            .team_id = sqlite3_column_int64(statement, TEAM),
            .case_id = sqlite3_column_int64(statement, CASE),
            .case_no = sqlite3_column_int64(statement, CASE_NO),
            .seconds = sqlite3_column_int64(statement, SECONDS),
        };
        rc = on_complete(context, &row, err);
    }
    return rc;
}

int dials_count_of_number(struct store *store, int64_t phone_key, int64_t day, int64_t *out,
                          struct err *err)
{
    const int64_t integers[] = {phone_key, day};
    return database_integer_with(store, "dials_count_of_number", integers, 2, out, err);
}

int dial_work_each(struct store *store, int64_t campaign_id, int64_t account_id, int64_t from_day,
                   int64_t to_day, dial_work_cb on_work, void *context, struct err *err)
{
    enum { ACCOUNT, ACCOUNT_NAME, DISPLAY_NAME, DAY, DIALS, COMPLETES, PARTIALS, REFUSALS };
    enum { INTERRUPTED = REFUSALS + 1, SECONDS, LAST };
    const int64_t integers[] = {account_id != 0 ? account_id : 1,
                                account_id != 0 ? account_id : INT64_MAX, from_day, to_day,
                                campaign_id};
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "dial_work_each", integers,
                                (int)(sizeof integers / sizeof *integers), &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct dial_work work = {
            .account_id = sqlite3_column_int64(statement, ACCOUNT),
            .account_name = database_column_text(statement, ACCOUNT_NAME),
            .display_name = database_column_text(statement, DISPLAY_NAME),
            .day = sqlite3_column_int64(statement, DAY),
            .dials = sqlite3_column_int64(statement, DIALS),
            .completes = sqlite3_column_int64(statement, COMPLETES),
            .partials = sqlite3_column_int64(statement, PARTIALS),
            .refusals = sqlite3_column_int64(statement, REFUSALS),
            .interrupted = sqlite3_column_int64(statement, INTERRUPTED),
            .seconds = sqlite3_column_int64(statement, SECONDS),
            .last_utc = sqlite3_column_int64(statement, LAST),
        };
        rc = on_work(context, &work, err);
    }
    return rc;
}

/* ---- answers ---- */

int answer_next_id(struct store *store, int64_t *out_id, struct err *err)
{
    return database_integer_with(store, "answer_next_id", NULL, 0, out_id, err);
}

int answer_put(struct store *store, const struct answer_row *row, struct err *err)
{
    enum { INTEGERS = 6, ITEM, VALUE, SEALED };
    const int64_t integers[INTEGERS] = {row->id,       row->case_id, row->dial_id,
                                        row->drawn_id, row->at_utc,  row->spent_ms};
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "answer_put", integers, INTEGERS, &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, ITEM, row->item);
    database_bind_text(statement, VALUE, row->value);
    if (row->sealed.len != 0)
        database_bind_blob(statement, SEALED, row->sealed);
    return database_run(store, statement, err);
}

int answers_each_of_case(struct store *store, int64_t case_id, answer_cb on_answer, void *context,
                         struct err *err)
{
    enum { ID, CASE, DIAL, DRAWN, ITEM, VALUE, SEALED, AT, SPENT };
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "answers_each_of_case", &case_id, 1, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct answer_row row = {
            .id = sqlite3_column_int64(statement, ID),
            .case_id = sqlite3_column_int64(statement, CASE),
            .dial_id = sqlite3_column_int64(statement, DIAL),
            .drawn_id = sqlite3_column_int64(statement, DRAWN),
            .item = database_column_text(statement, ITEM),
            .value = database_column_text(statement, VALUE),
            .sealed = database_column_blob(statement, SEALED),
            .at_utc = sqlite3_column_int64(statement, AT),
            .spent_ms = sqlite3_column_int64(statement, SPENT),
        };
        rc = on_answer(context, &row, err);
    }
    return rc;
}

int last_answers_each(struct store *store, int64_t campaign_id, struct bytes item,
                      last_answer_cb on_answer, void *context, struct err *err)
{
    enum { CASE, CASE_NO, UNIT, VALUE };
    enum { INTEGERS = 1, ITEM };
    sqlite3_stmt *statement = NULL;
    int rc =
        database_take_with(store, "last_answers_each", &campaign_id, INTEGERS, &statement, err);
    if (rc == OK)
        database_bind_text(statement, ITEM, item);
    while (database_next(store, statement, &rc, err)) {
        const struct last_answer_row row = {
            .case_id = sqlite3_column_int64(statement, CASE),
            .case_no = sqlite3_column_int64(statement, CASE_NO),
            .unit = sqlite3_column_int64(statement, UNIT),
            .value = database_column_text(statement, VALUE),
        };
        rc = on_answer(context, &row, err);
    }
    return rc;
}
