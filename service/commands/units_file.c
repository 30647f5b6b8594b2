#include "service/commands/units_file.h"

#include "base/arena.h"
#include "base/civil.h"
#include "base/utf8.h"

#include "importers/names.h"
#include "importers/table.h"
#include "reports/csv.h"

#include <string.h>

enum { AT_CODE, AT_NAME, AT_CLASS, AT_PARENT, AT_FROM, AT_TO, AT_ALIASES, UNIT_COLUMNS };

static const char *const column_names[UNIT_COLUMNS] = {"code",       "name",     "class",  "parent",
                                                       "valid_from", "valid_to", "aliases"};

/* ---- reading: the file is gone through once for the units and once for their parents and aliases ---- */

struct units_file {
    struct store *store;
    bool links; /* the second pass */
    bool has_header;
    int64_t count;
    struct buf folded;
};

static int fold(struct units_file *file, struct bytes name, struct err *err)
{
    buf_clear(&file->folded);
    name_fold(name, &file->folded);
    return buf_status(&file->folded, err);
}

static int read_header(const struct table_row *row, struct err *err)
{
    bool fits = row->cell_count == UNIT_COLUMNS;
    for (size_t i = 0; i < UNIT_COLUMNS && fits; i++) {
        struct bytes cell = row->cells[i];
        if (i == 0 && bytes_starts_with(cell, BYTES_LIT("\xEF\xBB\xBF")))
            cell = (struct bytes){cell.ptr + 3, cell.len - 3};
        fits = bytes_equal(bytes_trim(cell), bytes_from_z(column_names[i]));
    }
    return fits ? OK
                : err_set(err, ERR_FORMAT,
                          "header must be \"code,name,class,parent,valid_from,valid_to,aliases\"");
}

static int read_day(struct bytes cell, const char *column, int64_t *out_day, struct err *err)
{
    *out_day = UNIT_DAY_ALWAYS;
    if (cell.len == 0 || day_parse(cell, out_day))
        return OK;
    return err_set(err, ERR_FORMAT, "%s \"" BYTES_FMT "\" is no day like 2024-06-03", column,
                   BYTES_ARG(cell));
}

static int read_unit(const struct table_row *row, struct unit_row *out, struct err *err)
{
    if (row->fault != TABLE_FAULT_NONE || row->cell_count != UNIT_COLUMNS)
        return err_set(err, ERR_FORMAT, "needs %d cells, quoted well; has %zu", UNIT_COLUMNS,
                       row->cell_count);
    *out = (struct unit_row){
        .code = bytes_trim(row->cells[AT_CODE]),
        .name = bytes_trim(row->cells[AT_NAME]),
        .class_name = bytes_trim(row->cells[AT_CLASS]),
    };
    const struct bytes required[] = {out->code, out->name, out->class_name};
    for (int i = 0; i <= AT_CLASS; i++) {
        if (required[i].len == 0)
            return err_set(err, ERR_FORMAT, "%s is empty", column_names[i]);
    }
    int rc =
        read_day(bytes_trim(row->cells[AT_FROM]), column_names[AT_FROM], &out->valid_from, err);
    if (rc == OK)
        rc = read_day(bytes_trim(row->cells[AT_TO]), column_names[AT_TO], &out->valid_to, err);
    bool bounded = out->valid_from != UNIT_DAY_ALWAYS && out->valid_to != UNIT_DAY_ALWAYS;
    if (rc == OK && bounded && out->valid_from > out->valid_to)
        rc = err_set(err, ERR_FORMAT, "valid_to is before valid_from");
    return rc;
}

static int put_unit(struct units_file *file, struct unit_row *unit, struct err *err)
{
    int rc = fold(file, unit->name, err);
    if (rc == OK && file->folded.len == 0)
        rc = err_set(err, ERR_FORMAT, "name is empty");
    return rc == OK ? unit_put(file->store, unit, buf_bytes(&file->folded), err) : rc;
}

static int find_parent(struct units_file *file, struct bytes code, struct unit_row *unit,
                       struct err *err)
{
    struct unit_row parent;
    if (code.len == 0)
        return OK;
    int rc = unit_get_by_code(file->store, code, &parent, err);
    if (rc == OK)
        unit->parent_id = parent.id;
    return rc == OK ? OK : err_wrap(err, "parent \"" BYTES_FMT "\"", BYTES_ARG(code));
}

static int put_aliases(struct units_file *file, struct bytes aliases, int64_t unit_id,
                       struct err *err)
{
    int rc = OK;
    while (aliases.ptr != NULL && rc == OK) {
        struct bytes alias = bytes_trim(bytes_cut(&aliases, '|'));
        if (alias.len == 0)
            continue;
        rc = fold(file, alias, err);
        if (rc == OK)
            rc = unit_alias_put(file->store, alias, buf_bytes(&file->folded), unit_id, err);
    }
    return rc;
}

/* In the first pass all units stand at the top: a new order of parents never meets the old one half way. */
static int take_row(struct units_file *file, const struct table_row *row, struct err *err)
{
    struct unit_row unit = {0};
    int rc = read_unit(row, &unit, err);
    if (rc != OK)
        return rc;
    if (file->links) {
        rc = find_parent(file, bytes_trim(row->cells[AT_PARENT]), &unit, err);
        if (rc == OK)
            rc = put_unit(file, &unit, err);
        return rc == OK ? put_aliases(file, row->cells[AT_ALIASES], unit.id, err) : rc;
    }
    file->count++;
    return put_unit(file, &unit, err);
}

static int on_row(void *context, const struct table_row *row, struct err *err)
{
    struct units_file *file = context;
    if (row->cell_count == 0)
        return OK;
    int rc = file->has_header ? take_row(file, row, err) : read_header(row, err);
    file->has_header = true;
    return rc == OK || rc == ERR_NOMEM ? rc : err_wrap(err, "line %lld", (long long)row->line);
}

static int pass(struct units_file *file, struct bytes csv, struct err *err)
{
    struct table *table = NULL;
    file->has_header = false;
    int rc = table_new(&DIALECT_CSV, 0, on_row, file, &table, err);
    if (rc == OK)
        rc = table_feed(table, csv, err);
    if (rc == OK)
        rc = table_finish(table, err);
    table_free(table);
    return rc;
}

int units_file_put(struct store *store, struct bytes csv, int64_t *out_count, struct err *err)
{
    struct units_file file = {.store = store};
    if (!utf8_is_valid(csv))
        return err_set(err, ERR_ENCODING, "the register is not in UTF-8");
    buf_init(&file.folded, TABLE_MAX_CELL_BYTES);
    int rc = pass(&file, csv, err);
    if (rc == OK && !file.has_header)
        rc = err_set(err, ERR_FORMAT, "the file is empty");
    file.links = true;
    if (rc == OK)
        rc = pass(&file, csv, err);
    if (rc == OK)
        *out_count = file.count;
    buf_deinit(&file.folded);
    return rc;
}

/* ---- writing ---- */

/* Aliases lie behind each other as the store gives names; each unit picks its own. */
struct alias {
    int64_t unit_id;
    struct bytes name;
};

struct writer {
    struct buf *out;
    struct arena arena;
    struct alias *aliases;
    size_t alias_count, alias_capacity;
};

static int on_name(void *context, const struct unit_name_row *row, struct err *err)
{
    struct writer *writer = context;
    if (!row->is_alias || row->unit_id == 0)
        return OK;
    if (writer->alias_count == writer->alias_capacity) {
        size_t capacity = writer->alias_capacity * 2 + 64;
        struct alias *grown = arena_alloc(&writer->arena, capacity * sizeof *grown);
        if (grown == NULL)
            return err_set(err, ERR_NOMEM, "could not list aliases");
        if (writer->alias_count > 0)
            memcpy(grown, writer->aliases, writer->alias_count * sizeof *grown);
        writer->aliases = grown;
        writer->alias_capacity = capacity;
    }
    struct alias alias = {row->unit_id, arena_copy(&writer->arena, row->name)};
    if (alias.name.ptr == NULL)
        return err_set(err, ERR_NOMEM, "could not list aliases");
    writer->aliases[writer->alias_count++] = alias;
    return OK;
}

static void append_day(struct buf *out, int64_t day)
{
    char text[DAY_TEXT_BYTES];
    if (day != UNIT_DAY_ALWAYS) {
        day_format(day, text);
        buf_append_z(out, text);
    }
    buf_append_byte(out, ',');
}

static int on_unit(void *context, const struct unit_row *row, struct err *err)
{
    struct writer *writer = context;
    struct buf aliases;
    if (row->merged_into != 0)
        return OK;
    const struct bytes texts[] = {row->code, row->name, row->class_name, row->parent_code};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        csv_cell(writer->out, texts[i]);
        buf_append_byte(writer->out, ',');
    }
    append_day(writer->out, row->valid_from);
    append_day(writer->out, row->valid_to);
    buf_init(&aliases, UNITS_FILE_MAX_BYTES);
    for (size_t i = 0; i < writer->alias_count; i++) {
        if (writer->aliases[i].unit_id != row->id)
            continue;
        buf_append_z(&aliases, aliases.len > 0 ? "|" : "");
        buf_append(&aliases, writer->aliases[i].name);
    }
    int rc = buf_status(&aliases, err);
    csv_cell(writer->out, buf_bytes(&aliases));
    buf_append_byte(writer->out, '\n');
    buf_deinit(&aliases);
    return rc;
}

int units_file_render(struct store *store, struct buf *out, struct err *err)
{
    struct writer writer = {.out = out};
    arena_init(&writer.arena, UNITS_FILE_MAX_BYTES);
    for (size_t i = 0; i < UNIT_COLUMNS; i++) {
        buf_append_z(out, i > 0 ? "," : "");
        buf_append_z(out, column_names[i]);
    }
    buf_append_byte(out, '\n');
    int rc = unit_names_each(store, on_name, &writer, err);
    if (rc == OK)
        rc = units_each(store, on_unit, &writer, err);
    arena_deinit(&writer.arena);
    return rc;
}
