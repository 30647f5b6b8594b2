#include "service/storage/rounds.h"

#include "base/alloc.h"

#include "service/storage/database.h"
#include "service/storage/facts_row.h"

/* ---- rounds ---- */

bool round_is_frozen(const struct round_row *row)
{
    return !bytes_equal(row->state, BYTES_LIT("draft"));
}

bool round_is_closed(const struct round_row *row)
{
    return bytes_equal(row->state, BYTES_LIT("closed")) ||
           bytes_equal(row->state, BYTES_LIT("scored"));
}

/* Columns of round_get, rounds_each and round_get_previous. */
static void read_round(sqlite3_stmt *statement, struct round_row *out)
{
    enum { ID, NAME, KIND, FROM_DAY, TO_DAY, AS_OF, RULES, STATE };
    *out = (struct round_row){
        .id = sqlite3_column_int64(statement, ID),
        .name = database_column_text(statement, NAME),
        .kind = database_column_text(statement, KIND),
        .rules = database_column_text(statement, RULES),
        .state = database_column_text(statement, STATE),
        .from_day = sqlite3_column_int64(statement, FROM_DAY),
        .to_day = sqlite3_column_int64(statement, TO_DAY),
        .as_of_utc = sqlite3_column_int64(statement, AS_OF),
    };
}

int round_put_new(struct store *store, struct round_row *row, struct err *err)
{
    enum { NAME = 1, KIND, FROM_DAY, TO_DAY, AS_OF, RULES, STATE };
    sqlite3_stmt *statement = NULL;
    bool is_new = false;
    int rc = database_take(store, "round_put_new", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, NAME, row->name);
    database_bind_text(statement, KIND, row->kind);
    (void)sqlite3_bind_int64(statement, FROM_DAY, row->from_day);
    (void)sqlite3_bind_int64(statement, TO_DAY, row->to_day);
    database_bind_id(statement, AS_OF, row->as_of_utc);
    database_bind_text(statement, RULES, row->rules);
    database_bind_text(statement, STATE, row->state);
    rc = database_step(store, statement, &is_new, err);
    if (rc != OK)
        return rc;
    if (!is_new)
        return err_set(err, ERR_EXISTS, "round \"" BYTES_FMT "\" is there already",
                       BYTES_ARG(row->name));
    int64_t id = sqlite3_column_int64(statement, 0);
    rc = database_run(store, statement, err);
    if (rc == OK)
        row->id = id;
    return rc;
}

int round_get(struct store *store, struct bytes name, struct round_row *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take(store, "round_get", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, 1, name);
    rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    if (!row)
        return err_set(err, ERR_NOT_FOUND, "no round is named \"" BYTES_FMT "\"", BYTES_ARG(name));
    read_round(statement, out);
    return OK;
}

int rounds_each(struct store *store, round_cb on_round, void *context, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = true;
    int rc = database_take(store, "rounds_each", &statement, err);
    while (rc == OK && row) {
        struct round_row found;
        rc = database_step(store, statement, &row, err);
        if (rc != OK || !row)
            break;
        read_round(statement, &found);
        rc = on_round(context, &found, err);
    }
    (void)sqlite3_reset(statement);
    return rc;
}

int round_get_previous(struct store *store, struct bytes kind, int64_t from_day,
                       struct round_row *out, struct err *err)
{
    enum { KIND = 1, FROM_DAY };
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take(store, "round_get_previous", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, KIND, kind);
    (void)sqlite3_bind_int64(statement, FROM_DAY, from_day);
    rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    if (!row)
        return err_set(err, ERR_NOT_FOUND, "no " BYTES_FMT " round ends before day %jd",
                       BYTES_ARG(kind), (intmax_t)from_day);
    read_round(statement, out);
    return OK;
}

int round_put_state(struct store *store, int64_t round_id, struct bytes state, int64_t as_of_utc,
                    struct err *err)
{
    enum { STATE = 1, AS_OF, ID };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "round_put_state", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, STATE, state);
    database_bind_id(statement, AS_OF, as_of_utc);
    database_bind_id(statement, ID, round_id);
    rc = database_run(store, statement, err);
    if (rc == OK && sqlite3_changes(database_handle(store)) == 0)
        rc = err_set(err, ERR_NOT_FOUND, "no round has the id %jd", (intmax_t)round_id);
    return rc;
}

/* ---- steps ---- */

int round_step_put(struct store *store, int64_t round_id, struct bytes step, int64_t at_utc,
                   struct bytes who, struct bytes why, struct err *err)
{
    enum { ROUND = 1, STEP, AT, WHO, WHY };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "round_step_put", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_id(statement, ROUND, round_id);
    database_bind_text(statement, STEP, step);
    (void)sqlite3_bind_int64(statement, AT, at_utc);
    database_bind_text(statement, WHO, who);
    database_bind_text(statement, WHY, why);
    return database_run(store, statement, err);
}

int round_steps_each(struct store *store, int64_t round_id, round_step_cb on_step, void *context,
                     struct err *err)
{
    enum { STEP, AT, WHO, WHY };
    sqlite3_stmt *statement = NULL;
    bool row = true;
    int rc = database_take(store, "round_steps_each", &statement, err);
    if (rc == OK)
        database_bind_id(statement, 1, round_id);
    while (rc == OK && row) {
        rc = database_step(store, statement, &row, err);
        if (rc == OK && row)
            rc = on_step(context, database_column_text(statement, STEP),
                         sqlite3_column_int64(statement, AT), database_column_text(statement, WHO),
                         database_column_text(statement, WHY), err);
    }
    (void)sqlite3_reset(statement);
    return rc;
}

/* ---- frozen facts ---- */

int round_fact_put(struct store *store, int64_t round_id, const struct fact_row *row, int judgement,
                   struct err *err)
{
    enum { ROUND = 1, MERGED_REPEAT, JUDGEMENT, FACT };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "round_fact_put", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_id(statement, ROUND, round_id);
    (void)sqlite3_bind_int(statement, MERGED_REPEAT, row->merged_repeat ? 1 : 0);
    (void)sqlite3_bind_int(statement, JUDGEMENT, judgement);
    fact_row_bind(statement, FACT, row);
    return database_run(store, statement, err);
}

int round_facts_each(struct store *store, int64_t round_id, int64_t from_id, int64_t end_id,
                     fact_cb on_fact, void *context, struct err *err)
{
    enum { MERGED_REPEAT, FACT };
    enum { ROUND = 1, FROM, END };
    sqlite3_stmt *statement = NULL;
    bool row = true;
    int rc = database_take(store, "round_facts_each", &statement, err);
    if (rc == OK) {
        database_bind_id(statement, ROUND, round_id);
        (void)sqlite3_bind_int64(statement, FROM, from_id);
        (void)sqlite3_bind_int64(statement, END, end_id);
    }
    while (rc == OK && row) {
        struct fact_row fact;
        rc = database_step(store, statement, &row, err);
        if (rc != OK || !row)
            break;
        fact_row_read(statement, FACT, &fact);
        fact.merged_repeat = sqlite3_column_int(statement, MERGED_REPEAT) != 0;
        rc = on_fact(context, &fact, err);
    }
    (void)sqlite3_reset(statement);
    return rc;
}

/* ---- what closed rounds have judged ---- */

/* A statement of its own, not the one kept under its name: several may be open at a time. */
struct judged_cursor {
    struct store *store;
    sqlite3_stmt *statement;
};

/* Both statements begin with these parameters. */
enum { JUDGED_LOW = 1, JUDGED_HIGH, JUDGED_ROUND, JUDGED_KIND, JUDGED_HANDLING };

static void bind_judged(sqlite3_stmt *statement, int low, int high, int64_t round_id)
{
    (void)sqlite3_bind_int(statement, JUDGED_LOW, low);
    (void)sqlite3_bind_int(statement, JUDGED_HIGH, high);
    (void)sqlite3_bind_int64(statement, JUDGED_ROUND, round_id);
}

static int open_cursor(struct judged_cursor *cursor, const char *sql, struct bytes kind,
                       struct err *err)
{
    int code =
        sqlite3_prepare_v2(database_handle(cursor->store), sql, -1, &cursor->statement, NULL);
    /* The cursor outlives the call, so it keeps a kind of its own. */
    if (code == SQLITE_OK)
        code = sqlite3_bind_text64(cursor->statement, JUDGED_KIND, kind.ptr != NULL ? kind.ptr : "",
                                   kind.len, SQLITE_TRANSIENT, SQLITE_UTF8);
    if (code != SQLITE_OK)
        return database_error(cursor->store, code, "look into closed rounds", err);
    return OK;
}

int judged_open(struct store *store, struct bytes kind, int64_t round_id, int low, int high,
                struct judged_cursor **out_cursor, struct err *err)
{
    sqlite3_stmt *named = NULL;
    int rc = database_take(store, "judged_each", &named, err);
    if (rc != OK)
        return rc;
    struct judged_cursor *cursor = mem_calloc(1, sizeof *cursor);
    if (cursor == NULL)
        return err_set(err, ERR_NOMEM, "no memory for a cursor");
    cursor->store = store;
    rc = open_cursor(cursor, sqlite3_sql(named), kind, err);
    if (rc != OK) {
        judged_close(cursor);
        return rc;
    }
    bind_judged(cursor->statement, low, high, round_id);
    *out_cursor = cursor;
    return OK;
}

int judged_next(struct judged_cursor *cursor, int64_t *out_handling_id, struct err *err)
{
    bool row = false;
    /* A finished statement would begin anew. */
    if (cursor->statement == NULL) {
        *out_handling_id = 0;
        return OK;
    }
    int rc = database_step(cursor->store, cursor->statement, &row, err);
    if (rc != OK)
        return rc;
    *out_handling_id = row ? sqlite3_column_int64(cursor->statement, 0) : 0;
    if (!row) {
        (void)sqlite3_finalize(cursor->statement);
        cursor->statement = NULL;
    }
    return OK;
}

void judged_close(struct judged_cursor *cursor)
{
    if (cursor == NULL)
        return;
    (void)sqlite3_finalize(cursor->statement);
    mem_free(cursor);
}

int judged_get(struct store *store, struct bytes kind, int64_t round_id, int64_t handling_id,
               int low, int high, bool *out_found, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take(store, "judged_get", &statement, err);
    if (rc != OK)
        return rc;
    bind_judged(statement, low, high, round_id);
    database_bind_text(statement, JUDGED_KIND, kind);
    (void)sqlite3_bind_int64(statement, JUDGED_HANDLING, handling_id);
    rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_reset(statement);
    *out_found = row;
    return OK;
}

/* ---- the register a round was counted by ---- */

int round_unit_put(struct store *store, int64_t round_id, const struct round_unit_row *row,
                   struct err *err)
{
    enum { ROUND = 1, CODE, NAME, CLASS, CLASS_POSITION };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "round_unit_put", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_id(statement, ROUND, round_id);
    database_bind_text(statement, CODE, row->code);
    database_bind_text(statement, NAME, row->name);
    database_bind_text(statement, CLASS, row->class_name);
    (void)sqlite3_bind_int(statement, CLASS_POSITION, row->class_position);
    return database_run(store, statement, err);
}

int round_units_each(struct store *store, int64_t round_id, round_unit_cb on_unit, void *context,
                     struct err *err)
{
    enum { CODE, NAME, CLASS, CLASS_POSITION };
    sqlite3_stmt *statement = NULL;
    bool row = true;
    int rc = database_take(store, "round_units_each", &statement, err);
    if (rc == OK)
        database_bind_id(statement, 1, round_id);
    while (rc == OK && row) {
        rc = database_step(store, statement, &row, err);
        if (rc != OK || !row)
            break;
        struct round_unit_row unit = {
            .code = database_column_text(statement, CODE),
            .name = database_column_text(statement, NAME),
            .class_name = database_column_text(statement, CLASS),
            .class_position = sqlite3_column_int(statement, CLASS_POSITION),
        };
        rc = on_unit(context, &unit, err);
    }
    (void)sqlite3_reset(statement);
    return rc;
}

int round_unit_name_put(struct store *store, int64_t round_id, int64_t unit_name_id,
                        struct bytes code, struct err *err)
{
    enum { ROUND = 1, UNIT_NAME, CODE };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "round_unit_name_put", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_id(statement, ROUND, round_id);
    database_bind_id(statement, UNIT_NAME, unit_name_id);
    database_bind_text(statement, CODE, code);
    return database_run(store, statement, err);
}

int round_unit_names_each(struct store *store, int64_t round_id, round_unit_name_cb on_name,
                          void *context, struct err *err)
{
    enum { UNIT_NAME, CODE };
    sqlite3_stmt *statement = NULL;
    bool row = true;
    int rc = database_take(store, "round_unit_names_each", &statement, err);
    if (rc == OK)
        database_bind_id(statement, 1, round_id);
    while (rc == OK && row) {
        rc = database_step(store, statement, &row, err);
        if (rc == OK && row)
            rc = on_name(context, sqlite3_column_int64(statement, UNIT_NAME),
                         database_column_text(statement, CODE), err);
    }
    (void)sqlite3_reset(statement);
    return rc;
}

/* ---- calendar layers ---- */

int calendar_layer_put(struct store *store, struct bytes name, struct bytes csv, int64_t now_utc,
                       struct err *err)
{
    enum { NAME = 1, CSV, IMPORTED };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "calendar_layer_put", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, NAME, name);
    database_bind_text(statement, CSV, csv);
    (void)sqlite3_bind_int64(statement, IMPORTED, now_utc);
    return database_run(store, statement, err);
}

int calendar_layer_get(struct store *store, struct bytes name, struct bytes *out_csv,
                       struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take(store, "calendar_layer_get", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, 1, name);
    rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    if (!row)
        return err_set(err, ERR_NOT_FOUND, "no calendar layer is named \"" BYTES_FMT "\"",
                       BYTES_ARG(name));
    *out_csv = database_column_text(statement, 0);
    return OK;
}
