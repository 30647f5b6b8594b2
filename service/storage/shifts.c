#include "service/storage/shifts.h"

#include "service/storage/database.h"

/* ---- shifts ---- */

int shift_put_new(struct store *store, struct shift_row *row, struct err *err)
{
    const int64_t integers[] = {row->account_id, row->day, row->started_utc};
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "shift_put_new", integers, 3, &statement, err);
    return rc == OK ? database_put_new(store, statement, &row->id, err) : rc;
}

int shift_put_end(struct store *store, int64_t id, int64_t at_utc, struct bytes why,
                  struct err *err)
{
    enum { INTEGERS = 2, WHY };
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "shift_put_end", (int64_t[]){id, at_utc}, INTEGERS,
                                &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, WHY, why);
    rc = database_change(store, statement, "shift going on", id, err);
    return rc == ERR_NOT_FOUND
               ? err_set(err, ERR_WRONG_STATE, "shift %jd is not going on", (intmax_t)id)
               : rc;
}

int shift_put_confirmed(struct store *store, int64_t id, int64_t minutes, int64_t at_utc,
                        struct bytes who, struct bytes note, struct err *err)
{
    enum { INTEGERS = 3, WHO, NOTE };
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "shift_put_confirmed", (int64_t[]){id, minutes, at_utc},
                                INTEGERS, &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, WHO, who);
    database_bind_text(statement, NOTE, note);
    rc = database_change(store, statement, "ended shift", id, err);
    return rc == ERR_NOT_FOUND
               ? err_set(err, ERR_WRONG_STATE, "shift %jd has not ended", (intmax_t)id)
               : rc;
}

/* Columns of all statements that give shifts. */
static void read_shift(sqlite3_stmt *statement, struct shift_row *out)
{
    enum { ID, ACCOUNT, ACCOUNT_NAME, DISPLAY_NAME, TEAM_NAME, TEAM, DAY, STARTED, ENDED };
    enum { ENDED_WHY = ENDED + 1, MINUTES, CONFIRMED, CONFIRMED_BY, NOTE, DIALS, COMPLETES };
    *out = (struct shift_row){
        .id = sqlite3_column_int64(statement, ID),
        .account_id = sqlite3_column_int64(statement, ACCOUNT),
        .account_name = database_column_text(statement, ACCOUNT_NAME),
        .display_name = database_column_text(statement, DISPLAY_NAME),
        .team_name = database_column_text(statement, TEAM_NAME),
        .team_id = sqlite3_column_int64(statement, TEAM),
        .day = sqlite3_column_int64(statement, DAY),
        .started_utc = sqlite3_column_int64(statement, STARTED),
        .ended_utc = sqlite3_column_int64(statement, ENDED),
        .ended_why = database_column_text(statement, ENDED_WHY),
        .is_confirmed = sqlite3_column_type(statement, CONFIRMED) != SQLITE_NULL,
        .minutes = sqlite3_column_int64(statement, MINUTES),
        .confirmed_utc = sqlite3_column_int64(statement, CONFIRMED),
        .confirmed_by = database_column_text(statement, CONFIRMED_BY),
        .note = database_column_text(statement, NOTE),
        .dials = sqlite3_column_int64(statement, DIALS),
        .completes = sqlite3_column_int64(statement, COMPLETES),
    };
}

static int get_shift(struct store *store, const char *name, const char *what, int64_t id,
                     struct shift_row *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, name, &id, 1, &statement, err);
    if (rc == OK)
        rc = database_find(store, statement, what, id, err);
    if (rc == OK)
        read_shift(statement, out);
    return rc;
}

int shift_get(struct store *store, int64_t id, struct shift_row *out, struct err *err)
{
    return get_shift(store, "shift_get", "shift", id, out, err);
}

int shift_get_open(struct store *store, int64_t account_id, struct shift_row *out, struct err *err)
{
    return get_shift(store, "shift_get_open", "shift going on of account", account_id, out, err);
}

static int give_shifts(struct store *store, const char *name, const int64_t *integers, int count,
                       shift_cb on_shift, void *context, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, name, integers, count, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct shift_row row;
        read_shift(statement, &row);
        rc = on_shift(context, &row, err);
    }
    return rc;
}

int shifts_each(struct store *store, int64_t from_day, int64_t to_day, int64_t team_id,
                shift_cb on_shift, void *context, struct err *err)
{
    const int64_t integers[] = {from_day, to_day, team_id};
    return give_shifts(store, "shifts_each", integers, 3, on_shift, context, err);
}

int shifts_each_forgotten(struct store *store, int64_t before_utc, shift_cb on_shift, void *context,
                          struct err *err)
{
    return give_shifts(store, "shifts_each_forgotten", &before_utc, 1, on_shift, context, err);
}

int shift_last_dial(struct store *store, int64_t id, int64_t *out_utc, struct err *err)
{
    return database_integer_with(store, "shift_last_dial", &id, 1, out_utc, err);
}

/* ---- languages ---- */

static int put_language(struct store *store, int64_t account_id, struct bytes language,
                        struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "caller_language_put", &account_id, 1, &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, 2, language);
    return database_run(store, statement, err);
}

int caller_languages_put(struct store *store, int64_t account_id, const struct bytes *languages,
                         size_t count, struct err *err)
{
    int rc = database_run_with(store, "caller_languages_clear", &account_id, 1, err);
    for (size_t i = 0; rc == OK && i < count; i++)
        rc = put_language(store, account_id, languages[i], err);
    return rc;
}

int caller_languages_each(struct store *store, int64_t account_id, caller_language_cb on_language,
                          void *context, struct err *err)
{
    enum { ACCOUNT, LANGUAGE };
    const int64_t range[] = {account_id != 0 ? account_id : 1,
                             account_id != 0 ? account_id : INT64_MAX};
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "caller_languages_each", range, 2, &statement, err);
    while (database_next(store, statement, &rc, err))
        rc = on_language(context, sqlite3_column_int64(statement, ACCOUNT),
                         database_column_text(statement, LANGUAGE), err);
    return rc;
}
