#include "service/storage/call_records.h"

#include "service/storage/database.h"

/* ---- files ---- */

int call_record_file_put_new(struct store *store, struct call_record_file_row *row, struct err *err)
{
    enum { INTEGERS = 5, FILE_NAME, SHA256, WHO };
    const int64_t integers[INTEGERS] = {row->imported_utc, row->rows, row->matched, row->unmatched,
                                        row->rejected};
    sqlite3_stmt *statement = NULL;
    int rc =
        database_take_with(store, "call_record_file_put_new", integers, INTEGERS, &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, FILE_NAME, row->file_name);
    database_bind_blob(statement, SHA256, row->sha256);
    database_bind_text(statement, WHO, row->who);
    return database_put_new(store, statement, &row->id, err);
}

int call_record_file_put_counts(struct store *store, const struct call_record_file_row *row,
                                struct err *err)
{
    const int64_t integers[] = {row->id, row->rows, row->matched, row->unmatched, row->rejected};
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "call_record_file_put_counts", integers,
                                (int)(sizeof integers / sizeof *integers), &statement, err);
    return rc == OK ? database_change(store, statement, "file of call records", row->id, err) : rc;
}

int call_record_files_each(struct store *store, call_record_file_cb on_file, void *context,
                           struct err *err)
{
    enum { ID, FILE_NAME, SHA256, IMPORTED, WHO, ROWS, MATCHED, UNMATCHED, REJECTED };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "call_record_files_each", &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct call_record_file_row row = {
            .id = sqlite3_column_int64(statement, ID),
            .file_name = database_column_text(statement, FILE_NAME),
            .sha256 = database_column_blob(statement, SHA256),
            .imported_utc = sqlite3_column_int64(statement, IMPORTED),
            .who = database_column_text(statement, WHO),
            .rows = sqlite3_column_int64(statement, ROWS),
            .matched = sqlite3_column_int64(statement, MATCHED),
            .unmatched = sqlite3_column_int64(statement, UNMATCHED),
            .rejected = sqlite3_column_int64(statement, REJECTED),
        };
        rc = on_file(context, &row, err);
    }
    return rc;
}

/* ---- records ---- */

int call_record_next_id(struct store *store, int64_t *out_id, struct err *err)
{
    return database_integer_with(store, "call_record_next_id", NULL, 0, out_id, err);
}

int call_record_put_new(struct store *store, struct call_record_row *row, struct err *err)
{
    enum { INTEGERS = 7, SEALED, LINE_NAME };
    const int64_t integers[INTEGERS] = {row->id,          row->file_id, row->line,   row->phone_key,
                                        row->started_utc, row->seconds, row->dial_id};
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "call_record_put_new", integers, INTEGERS, &statement, err);
    if (rc != OK)
        return rc;
    database_bind_blob(statement, SEALED, row->sealed);
    database_bind_text(statement, LINE_NAME, row->line_name);
    return database_run(store, statement, err);
}

int call_record_find_dial(struct store *store, int64_t phone_key, int64_t at_utc, int64_t within_s,
                          int64_t *out_dial_id, struct err *err)
{
    const int64_t integers[] = {phone_key, at_utc, within_s};
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "call_record_find_dial", integers, 3, &statement, err);
    if (rc == OK)
        rc = database_find(store, statement, "dial of the number about", at_utc, err);
    if (rc != OK)
        return rc;
    *out_dial_id = sqlite3_column_int64(statement, 0);
    (void)sqlite3_reset(statement);
    return OK;
}

int call_record_find_first(struct store *store, int64_t phone_key, int64_t started_utc,
                           int64_t *out_id, int64_t *out_dial_id, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "call_record_find_first",
                                (int64_t[]){phone_key, started_utc}, 2, &statement, err);
    if (rc == OK)
        rc = database_find(store, statement, "call at", started_utc, err);
    if (rc != OK)
        return rc;
    *out_id = sqlite3_column_int64(statement, 0);
    *out_dial_id = sqlite3_column_int64(statement, 1);
    (void)sqlite3_reset(statement);
    return OK;
}

/* Steps through a statement that was taken with `rc`. */
static int give_records(struct store *store, sqlite3_stmt *statement, int rc,
                        call_record_cb on_record, void *context, struct err *err)
{
    enum { ID, IN_FILE, LINE, PHONE_KEY, SEALED, STARTED, SECONDS, LINE_NAME, DIAL };
    while (database_next(store, statement, &rc, err)) {
        struct call_record_row row = {
            .id = sqlite3_column_int64(statement, ID),
            .file_id = sqlite3_column_int64(statement, IN_FILE),
            .line = sqlite3_column_int64(statement, LINE),
            .phone_key = sqlite3_column_int64(statement, PHONE_KEY),
            .sealed = database_column_blob(statement, SEALED),
            .started_utc = sqlite3_column_int64(statement, STARTED),
            .seconds = sqlite3_column_int64(statement, SECONDS),
            .line_name = database_column_text(statement, LINE_NAME),
            .dial_id = sqlite3_column_int64(statement, DIAL),
        };
        rc = on_record(context, &row, err);
    }
    return rc;
}

int call_records_each_unmatched(struct store *store, int64_t after_id, int64_t limit,
                                call_record_cb on_record, void *context, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "call_records_each_unmatched", (int64_t[]){after_id, limit},
                                2, &statement, err);
    return give_records(store, statement, rc, on_record, context, err);
}

int call_records_each_unmatched_newest(struct store *store, int64_t limit, call_record_cb on_record,
                                       void *context, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc =
        database_take_with(store, "call_records_each_unmatched_newest", &limit, 1, &statement, err);
    return give_records(store, statement, rc, on_record, context, err);
}

int call_records_count_unmatched(struct store *store, int64_t *out, struct err *err)
{
    return database_integer_with(store, "call_records_count_unmatched", NULL, 0, out, err);
}

int call_record_put_dial(struct store *store, int64_t id, int64_t dial_id, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "call_record_put_dial", (int64_t[]){id, dial_id}, 2,
                                &statement, err);
    return rc == OK ? database_change(store, statement, "call record", id, err) : rc;
}

int call_record_spans_each(struct store *store, call_record_span_cb on_span, void *context,
                           struct err *err)
{
    enum { FROM, TO, IMPORTED };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "call_record_spans_each", &statement, err);
    while (database_next(store, statement, &rc, err))
        rc = on_span(context, sqlite3_column_int64(statement, FROM),
                     sqlite3_column_int64(statement, TO), sqlite3_column_int64(statement, IMPORTED),
                     err);
    return rc;
}

int dials_count_of_team(struct store *store, int64_t team_id, int64_t campaign_id, int64_t from_utc,
                        int64_t to_utc, int64_t *out_dials, struct err *err)
{
    const int64_t integers[] = {team_id, campaign_id, from_utc, to_utc};
    return database_integer_with(store, "dials_count_of_team", integers,
                                 (int)(sizeof integers / sizeof *integers), out_dials, err);
}

int dials_each_unmatched(struct store *store, int64_t campaign_id, int64_t from_utc, int64_t to_utc,
                         int64_t after_id, int64_t limit, unmatched_dial_cb on_dial, void *context,
                         struct err *err)
{
    enum { DIAL, CASE, ACCOUNT, ACCOUNT_NAME, CODE, TEAM, RECHECK, STARTED, ENDED };
    const int64_t integers[] = {after_id, campaign_id, from_utc, to_utc, limit};
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "dials_each_unmatched", integers,
                                (int)(sizeof integers / sizeof *integers), &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct unmatched_dial dial = {
            .dial_id = sqlite3_column_int64(statement, DIAL),
            .case_id = sqlite3_column_int64(statement, CASE),
            .account_id = sqlite3_column_int64(statement, ACCOUNT),
            .account_name = database_column_text(statement, ACCOUNT_NAME),
            .code = database_column_text(statement, CODE),
            .team_id = sqlite3_column_int64(statement, TEAM),
            .recheck_id = sqlite3_column_int64(statement, RECHECK),
            .started_utc = sqlite3_column_int64(statement, STARTED),
            .ended_utc = sqlite3_column_int64(statement, ENDED),
        };
        rc = on_dial(context, &dial, err);
    }
    return rc;
}

/* ---- packages ---- */

int package_put_new(struct store *store, struct package_row *row, struct err *err)
{
    enum { INTEGERS = 5, MARK, MADE_BY };
    const int64_t integers[INTEGERS] = {row->campaign_id, row->team_id, row->cases, row->made_utc,
                                        row->until_day};
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "package_put_new", integers, INTEGERS, &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, MARK, row->mark);
    database_bind_text(statement, MADE_BY, row->made_by);
    return database_put_new(store, statement, &row->id, err);
}

/* Columns of package_get_by_mark, package_get_of_case and packages_each. */
static void read_package(sqlite3_stmt *statement, struct package_row *out)
{
    enum { ID, CAMPAIGN, TEAM, TEAM_NAME, MARK, CASES, MADE, MADE_BY, UNTIL, OUT };
    *out = (struct package_row){
        .id = sqlite3_column_int64(statement, ID),
        .campaign_id = sqlite3_column_int64(statement, CAMPAIGN),
        .team_id = sqlite3_column_int64(statement, TEAM),
        .team_name = database_column_text(statement, TEAM_NAME),
        .mark = database_column_text(statement, MARK),
        .cases = sqlite3_column_int64(statement, CASES),
        .made_utc = sqlite3_column_int64(statement, MADE),
        .made_by = database_column_text(statement, MADE_BY),
        .until_day = sqlite3_column_int64(statement, UNTIL),
        .out = sqlite3_column_int64(statement, OUT),
    };
}

int package_get_by_mark(struct store *store, struct bytes mark, struct package_row *out,
                        struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take(store, "package_get_by_mark", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, 1, mark);
    rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    if (!row)
        return err_set(err, ERR_NOT_FOUND, "no package has the mark \"" BYTES_FMT "\"",
                       BYTES_ARG(mark));
    read_package(statement, out);
    return OK;
}

int package_case_put(struct store *store, int64_t package_id, int64_t case_id, struct err *err)
{
    const int64_t integers[] = {package_id, case_id};
    return database_run_with(store, "package_case_put", integers, 2, err);
}

int package_cases_each(struct store *store, int64_t package_id, package_case_cb on_case,
                       void *context, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "package_cases_each", &package_id, 1, &statement, err);
    while (database_next(store, statement, &rc, err))
        rc = on_case(context, sqlite3_column_int64(statement, 0), err);
    return rc;
}

int package_get_of_case(struct store *store, int64_t case_id, struct package_row *out,
                        struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "package_get_of_case", &case_id, 1, &statement, err);
    if (rc == OK)
        rc = database_find(store, statement, "package of case", case_id, err);
    if (rc == OK)
        read_package(statement, out);
    return rc;
}

int package_order_put(struct store *store, int64_t package_id, int64_t case_id, int64_t no,
                      int64_t drawn_id, struct err *err)
{
    const int64_t integers[] = {package_id, case_id, no, drawn_id};
    return database_run_with(store, "package_order_put", integers,
                             (int)(sizeof integers / sizeof *integers), err);
}

int package_order_get(struct store *store, int64_t package_id, int64_t case_id, int64_t no,
                      struct bytes *out_order_no, struct err *err)
{
    const int64_t integers[] = {package_id, case_id, no};
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "package_order_get", integers,
                                (int)(sizeof integers / sizeof *integers), &statement, err);
    if (rc == OK)
        rc = database_find(store, statement, "order of packed case", case_id, err);
    if (rc == OK)
        *out_order_no = database_column_text(statement, 0);
    return rc;
}

int packages_each(struct store *store, int64_t campaign_id, package_cb on_package, void *context,
                  struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "packages_each", &campaign_id, 1, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct package_row row;
        read_package(statement, &row);
        rc = on_package(context, &row, err);
    }
    return rc;
}
