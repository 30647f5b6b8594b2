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

/* Columns of all statements that give rounds. */
static void read_round(sqlite3_stmt *statement, struct round_row *out)
{
    enum { ID, NAME, KIND, FROM_DAY, TO_DAY, AS_OF, RULES, IS_ACCUMULATED, STATE };
    *out = (struct round_row){
        .id = sqlite3_column_int64(statement, ID),
        .name = database_column_text(statement, NAME),
        .kind = database_column_text(statement, KIND),
        .rules = database_column_text(statement, RULES),
        .state = database_column_text(statement, STATE),
        .from_day = sqlite3_column_int64(statement, FROM_DAY),
        .to_day = sqlite3_column_int64(statement, TO_DAY),
        .as_of_utc = sqlite3_column_int64(statement, AS_OF),
        .is_accumulated = sqlite3_column_int(statement, IS_ACCUMULATED) != 0,
    };
}

int round_put_new(struct store *store, struct round_row *row, struct err *err)
{
    enum { NAME = 1, KIND, FROM_DAY, TO_DAY, AS_OF, RULES, IS_ACCUMULATED, STATE };
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
    (void)sqlite3_bind_int(statement, IS_ACCUMULATED, row->is_accumulated ? 1 : 0);
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
    int rc = database_find_named(store, "round_get", "round", name, &statement, err);
    if (rc == OK)
        read_round(statement, out);
    return rc;
}

int round_get_id(struct store *store, struct bytes name, int64_t *out_id, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_find_named(store, "round_get_id", "round", name, &statement, err);
    if (rc != OK)
        return rc;
    int64_t id = sqlite3_column_int64(statement, 0);
    rc = database_run(store, statement, err);
    if (rc == OK)
        *out_id = id;
    return rc;
}

/* Give the rounds of the statement, whose parameters are `count` ids. */
static int give_rounds(struct store *store, const char *name, const int64_t *ids, int count,
                       round_cb on_round, void *context, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, name, ids, count, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct round_row round;
        read_round(statement, &round);
        rc = on_round(context, &round, err);
    }
    return rc;
}

int rounds_each(struct store *store, round_cb on_round, void *context, struct err *err)
{
    return give_rounds(store, "rounds_each", NULL, 0, on_round, context, err);
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

/* ---- parts ---- */

int round_part_put(struct store *store, int64_t round_id, int64_t part_id, struct err *err)
{
    return database_run_with(store, "round_part_put", (int64_t[]){round_id, part_id}, 2, err);
}

int round_parts_each(struct store *store, int64_t round_id, round_cb on_part, void *context,
                     struct err *err)
{
    return give_rounds(store, "round_parts_each", &round_id, 1, on_part, context, err);
}

int round_sums_each(struct store *store, int64_t part_id, round_cb on_sum, void *context,
                    struct err *err)
{
    return give_rounds(store, "round_sums_each", &part_id, 1, on_sum, context, err);
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
    int rc = database_take_with(store, "round_steps_each", &round_id, 1, &statement, err);
    while (database_next(store, statement, &rc, err))
        rc = on_step(context, database_column_text(statement, STEP),
                     sqlite3_column_int64(statement, AT), database_column_text(statement, WHO),
                     database_column_text(statement, WHY), err);
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

/* Columns of round_facts_each and round_fact_get. */
static void read_fact(sqlite3_stmt *statement, struct fact_row *out)
{
    enum { MERGED_REPEAT, FACT };
    fact_row_read(statement, FACT, out);
    out->merged_repeat = sqlite3_column_int(statement, MERGED_REPEAT) != 0;
}

int round_facts_each(struct store *store, int64_t round_id, int64_t from_id, int64_t end_id,
                     fact_cb on_fact, void *context, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take_with(store, "round_facts_each", (int64_t[]){round_id, from_id, end_id},
                                3, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct fact_row fact;
        read_fact(statement, &fact);
        rc = on_fact(context, &fact, err);
    }
    return rc;
}

int round_fact_get(struct store *store, int64_t round_id, int64_t handling_id, struct fact_row *out,
                   int *out_judgement, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take_with(store, "round_fact_get", (int64_t[]){round_id, handling_id}, 2,
                                &statement, err);
    if (rc == OK)
        rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    if (!row)
        return err_set(err, ERR_NOT_FOUND, "round %jd has no facts of handling %jd",
                       (intmax_t)round_id, (intmax_t)handling_id);
    read_fact(statement, out);
    /* The last column. */
    *out_judgement = sqlite3_column_int(statement, sqlite3_column_count(statement) - 1);
    return OK;
}

int round_facts_drop(struct store *store, int64_t round_id, struct err *err)
{
    static const char *const names[] = {"round_facts_delete", "round_units_delete",
                                        "round_unit_names_delete", "round_layers_delete"};
    int rc = OK;
    for (size_t i = 0; rc == OK && i < sizeof names / sizeof *names; i++)
        rc = database_run_with(store, names[i], &round_id, 1, err);
    return rc;
}

/* ---- what closed rounds have judged ---- */

struct judged_cursor {
    struct database_cursor rows;
};

/* Both statements begin with these parameters. */
enum { JUDGED_LOW = 1, JUDGED_HIGH, JUDGED_ROUND, JUDGED_KIND, JUDGED_HANDLING };

static void bind_judged(sqlite3_stmt *statement, int low, int high, int64_t round_id)
{
    (void)sqlite3_bind_int(statement, JUDGED_LOW, low);
    (void)sqlite3_bind_int(statement, JUDGED_HIGH, high);
    (void)sqlite3_bind_int64(statement, JUDGED_ROUND, round_id);
}

static int open_cursor(struct judged_cursor *cursor, struct store *store, struct bytes kind,
                       struct err *err)
{
    int rc = database_cursor_init(&cursor->rows, store, "judged_each", err);
    if (rc != OK)
        return rc;
    /* The cursor outlives the call, so it keeps a kind of its own. */
    int code =
        sqlite3_bind_text64(cursor->rows.statement, JUDGED_KIND, kind.ptr != NULL ? kind.ptr : "",
                            kind.len, SQLITE_TRANSIENT, SQLITE_UTF8);
    return code == SQLITE_OK ? OK : database_error(store, code, "look into closed rounds", err);
}

int judged_open(struct store *store, struct bytes kind, int64_t round_id, int low, int high,
                struct judged_cursor **out_cursor, struct err *err)
{
    struct judged_cursor *cursor = mem_calloc(1, sizeof *cursor);
    if (cursor == NULL)
        return err_set(err, ERR_NOMEM, "no memory for a cursor");
    int rc = open_cursor(cursor, store, kind, err);
    if (rc != OK) {
        judged_close(cursor);
        return rc;
    }
    bind_judged(cursor->rows.statement, low, high, round_id);
    *out_cursor = cursor;
    return OK;
}

int judged_next(struct judged_cursor *cursor, int64_t *out_handling_id, struct err *err)
{
    bool row = false;
    int rc = database_cursor_next(&cursor->rows, &row, err);
    if (rc == OK)
        *out_handling_id = row ? sqlite3_column_int64(cursor->rows.statement, 0) : 0;
    return rc;
}

void judged_close(struct judged_cursor *cursor)
{
    if (cursor == NULL)
        return;
    database_cursor_deinit(&cursor->rows);
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
    int rc = database_take_with(store, "round_units_each", &round_id, 1, &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct round_unit_row unit = {
            .code = database_column_text(statement, CODE),
            .name = database_column_text(statement, NAME),
            .class_name = database_column_text(statement, CLASS),
            .class_position = sqlite3_column_int(statement, CLASS_POSITION),
        };
        rc = on_unit(context, &unit, err);
    }
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
    int rc = database_take_with(store, "round_unit_names_each", &round_id, 1, &statement, err);
    while (database_next(store, statement, &rc, err))
        rc = on_name(context, sqlite3_column_int64(statement, UNIT_NAME),
                     database_column_text(statement, CODE), err);
    return rc;
}

/* ---- what was published ---- */

int round_score_put_new(struct store *store, int64_t round_id, const struct round_score_row *row,
                        struct err *err)
{
    enum { ROUND = 1, ISSUE, SCORED, WHO, PROGRAM_VERSION, CSV };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "round_score_put_new", &statement, err);
    if (rc != OK)
        return rc;
    (void)sqlite3_bind_int64(statement, ROUND, round_id);
    (void)sqlite3_bind_int64(statement, ISSUE, row->issue);
    (void)sqlite3_bind_int64(statement, SCORED, row->scored_utc);
    database_bind_text(statement, WHO, row->who);
    database_bind_text(statement, PROGRAM_VERSION, row->program_version);
    database_bind_text(statement, CSV, row->csv);
    return database_run(store, statement, err);
}

int round_score_get_last(struct store *store, int64_t round_id, struct round_score_row *out,
                         struct err *err)
{
    enum { ISSUE, SCORED, WHO, PROGRAM_VERSION, CSV };
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take_with(store, "round_score_get_last", &round_id, 1, &statement, err);
    if (rc == OK)
        rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    if (!row)
        return err_set(err, ERR_NOT_FOUND, "round %jd was never scored", (intmax_t)round_id);
    *out = (struct round_score_row){
        .issue = sqlite3_column_int64(statement, ISSUE),
        .scored_utc = sqlite3_column_int64(statement, SCORED),
        .who = database_column_text(statement, WHO),
        .program_version = database_column_text(statement, PROGRAM_VERSION),
        .csv = database_column_text(statement, CSV),
    };
    return OK;
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

/* The text that a statement's only row has. */
static int get_layer(struct store *store, sqlite3_stmt *statement, struct bytes name,
                     struct bytes *out_csv, struct err *err)
{
    bool row = false;
    int rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    if (!row)
        return err_set(err, ERR_NOT_FOUND, "no calendar layer is named \"" BYTES_FMT "\"",
                       BYTES_ARG(name));
    *out_csv = database_column_text(statement, 0);
    return OK;
}

int calendar_layer_get(struct store *store, struct bytes name, struct bytes *out_csv,
                       struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "calendar_layer_get", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, 1, name);
    return get_layer(store, statement, name, out_csv, err);
}

/* Both statements about the layers of a round have these parameters. */
static int take_for_layer(struct store *store, const char *statement_name, int64_t round_id,
                          struct bytes name, sqlite3_stmt **out_statement, struct err *err)
{
    enum { NAME = 2 };
    int rc = database_take_with(store, statement_name, &round_id, 1, out_statement, err);
    if (rc == OK)
        database_bind_text(*out_statement, NAME, name);
    return rc;
}

int round_layer_put(struct store *store, int64_t round_id, struct bytes name, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = take_for_layer(store, "round_layer_put", round_id, name, &statement, err);
    return rc == OK ? database_run(store, statement, err) : rc;
}

int round_layer_get(struct store *store, int64_t round_id, struct bytes name, struct bytes *out_csv,
                    struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = take_for_layer(store, "round_layer_get", round_id, name, &statement, err);
    return rc == OK ? get_layer(store, statement, name, out_csv, err) : rc;
}
