#include "service/storage/rechecks.h"

#include "service/storage/database.h"

/* ---- re-checks ---- */

int recheck_put_new(struct store *store, struct recheck_row *row, struct err *err)
{
    enum { INTEGERS = 7, REASON, STATE };
    const int64_t integers[INTEGERS] = {row->campaign_id, row->case_id,    row->dial_id,
                                        row->caller_id,   row->account_id, row->until_utc,
                                        row->tries};
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "recheck_put_new", integers, INTEGERS, &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, REASON, row->reason);
    database_bind_text(statement, STATE, row->state);
    return database_put_new(store, statement, &row->id, err);
}

int recheck_put(struct store *store, const struct recheck_row *row, struct err *err)
{
    enum { INTEGERS = 6, DONE, SETTLED, STATE, METHOD, VERDICT, SETTLED_BY, SETTLED_WHY, SEALED };
    const int64_t integers[INTEGERS] = {row->id,    row->account_id, row->until_utc,
                                        row->tries, row->compared,   row->differing};
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "recheck_put", integers, INTEGERS, &statement, err);
    if (rc != OK)
        return rc;
    database_bind_id(statement, DONE, row->done_utc);
    database_bind_id(statement, SETTLED, row->settled_utc);
    database_bind_text(statement, STATE, row->state);
    database_bind_text(statement, METHOD, row->method);
    database_bind_text(statement, VERDICT, row->verdict);
    database_bind_text(statement, SETTLED_BY, row->settled_by);
    database_bind_text(statement, SETTLED_WHY, row->settled_why);
    if (row->sealed.len != 0)
        database_bind_blob(statement, SEALED, row->sealed);
    return database_change(store, statement, "re-check", row->id, err);
}

/* Columns of all statements that give re-checks. */
static void read_recheck(sqlite3_stmt *statement, struct recheck_row *out)
{
    enum { ID, CAMPAIGN, CASE, DIAL, CALLER, CALLER_NAME, CHECKER_NAME, REASON, STATE, ACCOUNT };
    enum { UNTIL = ACCOUNT + 1, TRIES, METHOD, DONE, COMPARED, DIFFERING, SEALED, VERDICT };
    enum { SETTLED_BY = VERDICT + 1, SETTLED_WHY, SETTLED };
    *out = (struct recheck_row){
        .id = sqlite3_column_int64(statement, ID),
        .campaign_id = sqlite3_column_int64(statement, CAMPAIGN),
        .case_id = sqlite3_column_int64(statement, CASE),
        .dial_id = sqlite3_column_int64(statement, DIAL),
        .caller_id = sqlite3_column_int64(statement, CALLER),
        .caller_name = database_column_text(statement, CALLER_NAME),
        .checker_name = database_column_text(statement, CHECKER_NAME),
        .reason = database_column_text(statement, REASON),
        .state = database_column_text(statement, STATE),
        .account_id = sqlite3_column_int64(statement, ACCOUNT),
        .until_utc = sqlite3_column_int64(statement, UNTIL),
        .tries = sqlite3_column_int64(statement, TRIES),
        .method = database_column_text(statement, METHOD),
        .done_utc = sqlite3_column_int64(statement, DONE),
        .compared = sqlite3_column_int64(statement, COMPARED),
        .differing = sqlite3_column_int64(statement, DIFFERING),
        .sealed = database_column_blob(statement, SEALED),
        .verdict = database_column_text(statement, VERDICT),
        .settled_by = database_column_text(statement, SETTLED_BY),
        .settled_why = database_column_text(statement, SETTLED_WHY),
        .settled_utc = sqlite3_column_int64(statement, SETTLED),
    };
}

/* The one row; `what` goes with the first integer. */
static int find_recheck(struct store *store, const char *name, const int64_t *integers, int count,
                        const char *what, struct recheck_row *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, name, integers, count, &statement, err);
    if (rc == OK)
        rc = database_find(store, statement, what, integers[0], err);
    if (rc == OK)
        read_recheck(statement, out);
    return rc;
}

int recheck_get(struct store *store, int64_t id, struct recheck_row *out, struct err *err)
{
    return find_recheck(store, "recheck_get", &id, 1, "re-check", out, err);
}

int recheck_find_due(struct store *store, int64_t account_id, int64_t now_utc,
                     struct recheck_row *out, struct err *err)
{
    const int64_t integers[] = {now_utc, account_id};
    return find_recheck(store, "recheck_find_due", integers, 2, "re-check due at", out, err);
}

int recheck_find_leased(struct store *store, int64_t account_id, struct recheck_row *out,
                        struct err *err)
{
    return find_recheck(store, "recheck_find_leased", &account_id, 1, "re-check held by account",
                        out, err);
}

int recheck_find_ended(struct store *store, int64_t now_utc, struct recheck_row *out,
                       struct err *err)
{
    return find_recheck(store, "recheck_find_ended", &now_utc, 1, "re-check that ended by", out,
                        err);
}

int rechecks_count_of_caller(struct store *store, int64_t campaign_id, int64_t caller_id,
                             int64_t *out_completes, int64_t *out_chosen, struct err *err)
{
    const int64_t integers[] = {caller_id, campaign_id};
    int64_t completes = 0, chosen = 0;
    int rc = database_integer_with(store, "recheck_count_completes", integers, 2, &completes, err);
    if (rc == OK)
        rc = database_integer_with(store, "recheck_count_chosen", integers, 2, &chosen, err);
    if (rc != OK)
        return rc;
    *out_completes = completes;
    *out_chosen = chosen;
    return OK;
}

int rechecks_each(struct store *store, int64_t campaign_id, struct bytes state, int64_t team_id,
                  int64_t after_id, int64_t limit, recheck_cb on_recheck, void *context,
                  struct err *err)
{
    enum { INTEGERS = 3, STATE, LIMIT };
    const int64_t integers[INTEGERS] = {campaign_id, after_id, team_id};
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "rechecks_each", integers, INTEGERS, &statement, err);
    if (rc == OK) {
        database_bind_text(statement, STATE, state);
        (void)sqlite3_bind_int64(statement, LIMIT, limit);
    }
    while (database_next(store, statement, &rc, err)) {
        struct recheck_row row;
        read_recheck(statement, &row);
        rc = on_recheck(context, &row, err);
    }
    return rc;
}

/* ---- what the checker heard ---- */

int recheck_answer_put(struct store *store, const struct recheck_answer_row *row, struct err *err)
{
    enum { INTEGERS = 2, ITEM, VALUE };
    const int64_t integers[INTEGERS] = {row->recheck_id, row->drawn_id};
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "recheck_answer_put", integers, INTEGERS, &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, ITEM, row->item);
    database_bind_text(statement, VALUE, row->value);
    return database_run(store, statement, err);
}

int recheck_answers_drop(struct store *store, int64_t recheck_id, struct err *err)
{
    return database_run_with(store, "recheck_answers_drop", &recheck_id, 1, err);
}

int recheck_answers_each(struct store *store, int64_t recheck_id, recheck_answer_cb on_answer,
                         void *context, struct err *err)
{
    enum { RECHECK, DRAWN, ITEM, VALUE };
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "recheck_answers_each", &recheck_id, 1, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct recheck_answer_row row = {
            .recheck_id = sqlite3_column_int64(statement, RECHECK),
            .drawn_id = sqlite3_column_int64(statement, DRAWN),
            .item = database_column_text(statement, ITEM),
            .value = database_column_text(statement, VALUE),
        };
        rc = on_answer(context, &row, err);
    }
    return rc;
}
