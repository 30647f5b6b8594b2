#include "service/commands/verify.h"

#include "importers/table.h"

enum { SCORE_ARENA_BYTES = 512 * 1024 * 1024, SCORE_ROWS_MAX = 20000 };

/* A CSV of scores as cells: the header is row 0. */
struct sheet {
    struct arena arena;
    struct sheet_row {
        struct bytes *cells;
        size_t count;
    } * rows;
    size_t row_count;
};

static int on_row(void *context, const struct table_row *row, struct err *err)
{
    struct sheet *sheet = context;
    if (row->cell_count == 0)
        return OK;
    if (row->fault != TABLE_FAULT_NONE || sheet->row_count == SCORE_ROWS_MAX)
        return err_set(err, ERR_FORMAT, "a kept score cannot be read at line %lld",
                       (long long)row->line);
    struct sheet_row *kept = &sheet->rows[sheet->row_count++];
    kept->cells = arena_alloc(&sheet->arena, row->cell_count * sizeof *kept->cells);
    for (size_t i = 0; kept->cells != NULL && i < row->cell_count; i++) {
        kept->cells[i] = arena_copy(&sheet->arena, row->cells[i]);
        if (kept->cells[i].ptr == NULL)
            kept->cells = NULL;
    }
    kept->count = row->cell_count;
    return kept->cells != NULL ? OK : err_set(err, ERR_NOMEM, "could not read a score");
}

static int sheet_read(struct bytes csv, struct sheet *out, struct err *err)
{
    struct table *table = NULL;
    out->row_count = 0;
    arena_init(&out->arena, SCORE_ARENA_BYTES);
    out->rows = arena_alloc(&out->arena, SCORE_ROWS_MAX * sizeof *out->rows);
    if (out->rows == NULL)
        return err_set(err, ERR_NOMEM, "could not read a score");
    int rc = table_new(&DIALECT_CSV, 0, on_row, out, &table, err);
    if (rc == OK)
        rc = table_feed(table, csv, err);
    if (rc == OK)
        rc = table_finish(table, err);
    table_free(table);
    if (rc == OK && out->row_count == 0)
        rc = err_set(err, ERR_FORMAT, "a score has no header");
    return rc;
}

/* The cell under that heading; empty where there is none. */
static struct bytes cell_at(const struct sheet *sheet, size_t row, struct bytes column)
{
    const struct sheet_row *header = &sheet->rows[0];
    for (size_t i = 0; i < header->count && i < sheet->rows[row].count; i++) {
        if (bytes_equal(header->cells[i], column))
            return sheet->rows[row].cells[i];
    }
    return BYTES_NONE;
}

/* The row of a unit, class or sum, wherever its rank has put it; 0: there is none. */
static size_t find_row(const struct sheet *sheet, struct bytes unit_class, struct bytes code)
{
    for (size_t row = 1; row < sheet->row_count; row++) {
        if (bytes_equal(cell_at(sheet, row, BYTES_LIT("unit_code")), code) &&
            bytes_equal(cell_at(sheet, row, BYTES_LIT("unit_class")), unit_class))
            return row;
    }
    return 0;
}

/* The first row of `left` that `right` lacks; 0: none. */
static size_t find_lost(const struct sheet *left, const struct sheet *right)
{
    for (size_t row = 1; row < left->row_count; row++) {
        if (find_row(right, cell_at(left, row, BYTES_LIT("unit_class")),
                     cell_at(left, row, BYTES_LIT("unit_code"))) == 0)
            return row;
    }
    return 0;
}

/* False when a figure of the row is another one now: it has been named then. */
static bool check_row(struct verify *verify, const struct sheet *kept, size_t row,
                      const struct sheet *made)
{
    struct bytes code = cell_at(kept, row, BYTES_LIT("unit_code"));
    size_t other = find_row(made, cell_at(kept, row, BYTES_LIT("unit_class")), code);
    for (size_t i = 0; i < kept->rows[0].count; i++) {
        struct bytes column = kept->rows[0].cells[i];
        struct bytes before = cell_at(kept, row, column);
        struct bytes now = cell_at(made, other, column);
        if (bytes_equal(before, now))
            continue;
        struct bytes name = cell_at(kept, row, BYTES_LIT("unit_name"));
        verify_found(verify, false,
                     "单位 " BYTES_FMT " " BYTES_FMT " 的 " BYTES_FMT "：留存 " BYTES_FMT
                     "，重算 " BYTES_FMT,
                     BYTES_ARG(code), BYTES_ARG(name), BYTES_ARG(column), BYTES_ARG(before),
                     BYTES_ARG(now));
        return false;
    }
    return true;
}

static void compare(struct verify *verify, const struct sheet *kept, const struct sheet *made)
{
    size_t lost = find_lost(kept, made);
    size_t added = find_lost(made, kept);
    bool holds = lost == 0 && added == 0;
    if (lost != 0)
        verify_found(verify, false, "单位 " BYTES_FMT "：留存的结果中有，重算没有",
                     BYTES_ARG(cell_at(kept, lost, BYTES_LIT("unit_code"))));
    else if (added != 0)
        verify_found(verify, false, "单位 " BYTES_FMT "：重算有，留存的结果中没有",
                     BYTES_ARG(cell_at(made, added, BYTES_LIT("unit_code"))));
    for (size_t row = 1; row < kept->row_count && holds; row++)
        holds = check_row(verify, kept, row, made);
    if (holds)
        verify_found(verify, true, "结果：%zu 行，每行 %zu 项", kept->row_count - 1,
                     kept->rows[0].count);
}

int verify_score(struct verify *verify, struct bytes kept, struct bytes made, struct err *err)
{
    struct sheet before;
    struct sheet now;
    int rc = sheet_read(kept, &before, err);
    if (rc == OK) {
        rc = sheet_read(made, &now, err);
        if (rc == OK)
            compare(verify, &before, &now);
        arena_deinit(&now.arena);
    }
    arena_deinit(&before.arena);
    return rc;
}
