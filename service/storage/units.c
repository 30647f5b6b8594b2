#include "service/storage/units.h"

#include "service/storage/database.h"

/* ---- units ---- */

/* Columns of unit_get, unit_get_by_code and units_each. */
enum {
    UNIT_ID,
    UNIT_CODE,
    UNIT_NAME,
    UNIT_CLASS,
    UNIT_CLASS_POSITION,
    UNIT_PARENT,
    UNIT_PARENT_CODE,
    UNIT_VALID_FROM,
    UNIT_VALID_TO,
    UNIT_MERGED_INTO,
};

static int64_t read_bound(sqlite3_stmt *statement, int column)
{
    if (sqlite3_column_type(statement, column) == SQLITE_NULL)
        return UNIT_DAY_ALWAYS;
    return sqlite3_column_int64(statement, column);
}

static void read_unit(sqlite3_stmt *statement, struct unit_row *out)
{
    *out = (struct unit_row){
        .id = sqlite3_column_int64(statement, UNIT_ID),
        .code = database_column_text(statement, UNIT_CODE),
        .name = database_column_text(statement, UNIT_NAME),
        .class_name = database_column_text(statement, UNIT_CLASS),
        .class_position = sqlite3_column_int(statement, UNIT_CLASS_POSITION),
        .parent_id = sqlite3_column_int64(statement, UNIT_PARENT),
        .parent_code = database_column_text(statement, UNIT_PARENT_CODE),
        .valid_from = read_bound(statement, UNIT_VALID_FROM),
        .valid_to = read_bound(statement, UNIT_VALID_TO),
        .merged_into = sqlite3_column_int64(statement, UNIT_MERGED_INTO),
    };
}

int units_count(struct store *store, int64_t *out_count, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take(store, "units_count", &statement, err);
    if (rc == OK)
        rc = database_step(store, statement, &row, err);
    if (rc == OK)
        *out_count = sqlite3_column_int64(statement, 0);
    return rc;
}

int unit_get_by_code(struct store *store, struct bytes code, struct unit_row *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take(store, "unit_get_by_code", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, 1, code);
    rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    if (!row)
        return err_set(err, ERR_NOT_FOUND, "no unit has the code \"" BYTES_FMT "\"",
                       BYTES_ARG(code));
    read_unit(statement, out);
    return OK;
}

static int no_unit(int64_t id, struct err *err)
{
    return err_set(err, ERR_NOT_FOUND, "no unit has the id %jd", (intmax_t)id);
}

int unit_get(struct store *store, int64_t id, struct unit_row *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take(store, "unit_get", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_id(statement, 1, id);
    rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    if (!row)
        return no_unit(id, err);
    read_unit(statement, out);
    return OK;
}

int units_each(struct store *store, unit_cb on_unit, void *context, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "units_each", &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct unit_row unit;
        read_unit(statement, &unit);
        rc = on_unit(context, &unit, err);
    }
    return rc;
}

/* ---- the register's order: no way up comes back ---- */

/* Whether parents and merges lead from `start` to `target`; from a unit they lead to itself. ERR_NOT_FOUND when
 * `start` is no unit. */
static int unit_leads_to(struct store *store, int64_t start, int64_t target, bool *out_leads,
                         struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take(store, "unit_leads_to", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_id(statement, 1, start);
    database_bind_id(statement, 2, target);
    rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    if (sqlite3_column_int64(statement, 0) == 0)
        rc = no_unit(start, err);
    else
        *out_leads = sqlite3_column_int64(statement, 1) != 0;
    (void)sqlite3_reset(statement);
    return rc;
}

/* 0 when no unit has the code. */
static int find_id(struct store *store, struct bytes code, int64_t *out_id, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take(store, "unit_id", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, 1, code);
    rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    *out_id = row ? sqlite3_column_int64(statement, 0) : 0;
    (void)sqlite3_reset(statement);
    return OK;
}

static int check_parent(struct store *store, const struct unit_row *row, struct err *err)
{
    int64_t id = 0;
    bool comes_back = false;
    int rc = find_id(store, row->code, &id, err);
    if (rc == OK && row->parent_id != 0)
        rc = unit_leads_to(store, row->parent_id, id, &comes_back, err);
    if (rc == OK && comes_back)
        rc = err_set(err, ERR_REFUSED, "unit \"" BYTES_FMT "\" cannot stand above itself",
                     BYTES_ARG(row->code));
    return rc;
}

/* ---- writing units ---- */

static int put_class(struct store *store, struct bytes name, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "unit_class_put", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, 1, name);
    return database_run(store, statement, err);
}

static void bind_bound(sqlite3_stmt *statement, int at, int64_t day)
{
    if (day == UNIT_DAY_ALWAYS)
        (void)sqlite3_bind_null(statement, at);
    else
        (void)sqlite3_bind_int64(statement, at, day);
}

static int put_unit(struct store *store, const struct unit_row *row, int64_t *out_id,
                    struct err *err)
{
    enum { CODE = 1, NAME, CLASS, PARENT, VALID_FROM, VALID_TO };
    sqlite3_stmt *statement = NULL;
    bool has_row = false;
    int rc = database_take(store, "unit_put", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, CODE, row->code);
    database_bind_text(statement, NAME, row->name);
    database_bind_text(statement, CLASS, row->class_name);
    database_bind_id(statement, PARENT, row->parent_id);
    bind_bound(statement, VALID_FROM, row->valid_from);
    bind_bound(statement, VALID_TO, row->valid_to);
    rc = database_step(store, statement, &has_row, err);
    if (rc != OK)
        return rc;
    *out_id = sqlite3_column_int64(statement, 0);
    return database_run(store, statement, err);
}

/* The statements that give a name to a unit: both take the name, its folded form and the unit. */
static int put_name(struct store *store, const char *which, struct bytes name, struct bytes folded,
                    int64_t id, struct err *err)
{
    enum { NAME = 1, FOLDED, UNIT };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, which, &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, NAME, name);
    database_bind_text(statement, FOLDED, folded);
    database_bind_id(statement, UNIT, id);
    return database_run(store, statement, err);
}

int unit_put(struct store *store, struct unit_row *row, struct bytes folded_name, struct err *err)
{
    int64_t id = 0;
    int rc = check_parent(store, row, err);
    if (rc == OK)
        rc = put_class(store, row->class_name, err);
    if (rc == OK)
        rc = put_unit(store, row, &id, err);
    if (rc == OK)
        rc = put_name(store, "unit_own_name_put", row->name, folded_name, id, err);
    if (rc == OK)
        row->id = id;
    return rc;
}

int unit_merge(struct store *store, int64_t from_id, int64_t into_id, struct err *err)
{
    enum { INTO = 1, FROM };
    sqlite3_stmt *statement = NULL;
    bool comes_back = false;
    int rc = unit_leads_to(store, into_id, from_id, &comes_back, err);
    if (rc != OK)
        return rc;
    if (comes_back)
        return err_set(err, ERR_REFUSED,
                       "unit %jd cannot be merged into %jd, which stands below it",
                       (intmax_t)from_id, (intmax_t)into_id);
    rc = database_take(store, "unit_merge", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_id(statement, INTO, into_id);
    database_bind_id(statement, FROM, from_id);
    rc = database_run(store, statement, err);
    if (rc == OK && sqlite3_changes(database_handle(store)) == 0)
        rc = no_unit(from_id, err);
    return rc;
}

/* ---- names ---- */

/* Columns of unit_name_find, unit_name_get and unit_names_each. */
static void read_name(sqlite3_stmt *statement, struct unit_name_row *out)
{
    enum { ID, NAME, FOLDED, CODE, UNIT, IS_ALIAS };
    *out = (struct unit_name_row){
        .id = sqlite3_column_int64(statement, ID),
        .name = database_column_text(statement, NAME),
        .folded = database_column_text(statement, FOLDED),
        .code = database_column_text(statement, CODE),
        .unit_id = sqlite3_column_int64(statement, UNIT),
        .is_alias = sqlite3_column_int(statement, IS_ALIAS) != 0,
    };
}

int unit_name_put(struct store *store, struct bytes name, struct bytes folded, struct bytes code,
                  struct unit_name_row *out, struct err *err)
{
    enum { NAME = 1, FOLDED, CODE };
    enum { FIND_FOLDED = 1, FIND_CODE };
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take(store, "unit_name_put_new", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, NAME, name);
    database_bind_text(statement, FOLDED, folded);
    database_bind_text(statement, CODE, code);
    rc = database_run(store, statement, err);
    if (rc == OK)
        rc = database_take(store, "unit_name_find", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_text(statement, FIND_FOLDED, folded);
    database_bind_text(statement, FIND_CODE, code);
    rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    if (!row)
        return err_set(err, ERR_CORRUPT, "unit name \"" BYTES_FMT "\" was stored and is not there",
                       BYTES_ARG(name));
    read_name(statement, out);
    return OK;
}

int unit_name_get(struct store *store, int64_t id, struct unit_name_row *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    int rc = database_take(store, "unit_name_get", &statement, err);
    if (rc != OK)
        return rc;
    database_bind_id(statement, 1, id);
    rc = database_step(store, statement, &row, err);
    if (rc != OK)
        return rc;
    if (!row)
        return err_set(err, ERR_NOT_FOUND, "no unit name has the id %jd", (intmax_t)id);
    read_name(statement, out);
    return OK;
}

int unit_alias_put(struct store *store, struct bytes name, struct bytes folded, int64_t unit_id,
                   struct err *err)
{
    bool is_itself = false;
    int rc = unit_leads_to(store, unit_id, unit_id, &is_itself, err);
    if (rc == OK)
        rc = put_name(store, "unit_alias_put", name, folded, unit_id, err);
    return rc;
}

int unit_names_each(struct store *store, unit_name_cb on_name, void *context, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "unit_names_each", &statement, err);
    while (database_next(store, statement, &rc, err)) {
        struct unit_name_row name;
        read_name(statement, &name);
        rc = on_name(context, &name, err);
    }
    return rc;
}

int unit_names_unmatched_each(struct store *store, unit_unmatched_cb on_name, void *context,
                              struct err *err)
{
    enum { NAME, FOLDED, ORDERS };
    sqlite3_stmt *statement = NULL;
    int rc = database_take(store, "unit_names_unmatched_each", &statement, err);
    while (database_next(store, statement, &rc, err))
        rc = on_name(context, database_column_text(statement, NAME),
                     database_column_text(statement, FOLDED),
                     sqlite3_column_int64(statement, ORDERS), err);
    return rc;
}
