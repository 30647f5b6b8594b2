#include "importers/sniff.h"

#include "base/alloc.h"
#include "base/utf8.h"

#include "importers/cell.h"
#include "importers/row_facts.h"
#include "importers/sniff_dialect.h"

#include <string.h>

/* ---- What is no text table ---- */

static bool starts_with_word(struct bytes text, const char *lower)
{
    for (size_t i = 0; lower[i] != '\0'; i++) {
        if (i == text.len)
            return false;
        char c = text.ptr[i];
        if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != lower[i])
            return false;
    }
    return true;
}

static bool is_html(struct bytes text)
{
    static const char *const openings[] = {"<!doctype html", "<html", "<head", "<body", "<table",
                                           "<div",           "<tr",   "<!--",  "<meta"};
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
        if (starts_with_word(text, openings[i]))
            return true;
    }
    return starts_with_word(text, "<?xml") && bytes_find(text, BYTES_LIT("<html")) < text.len;
}

/* Control characters that text does not have. A few are damage: three, and one in a thousand bytes, but not
 * most of a short text. */
static bool is_binary(struct bytes sample)
{
    size_t controls = 0;
    for (size_t i = 0; i < sample.len; i++) {
        unsigned char c = (unsigned char)sample.ptr[i];
        controls += c < ' ' && (c < '\t' || c > '\r');
    }
    return controls > 3 + sample.len / 1000 || controls * 4 > sample.len;
}

static enum refusal find_refusal(struct bytes sample, bool whole)
{
    struct bytes text = cell_trim(sample);
    if (text.len == 0 && whole)
        return REFUSAL_EMPTY;
    if (is_binary(sample))
        return REFUSAL_BINARY;
    if (is_html(text))
        return REFUSAL_HTML;
    bool is_xml = starts_with_word(text, "<?xml");
    return is_xml && bytes_find(text, BYTES_LIT("Workbook")) < text.len ? REFUSAL_SPREADSHEET
                                                                        : REFUSAL_NONE;
}

/* ---- The sample's rows ---- */

struct sample {
    struct arena arena;
    struct table_row *rows; /* OUTLINE_MAX_SAMPLE_ROWS */
    size_t count;
};

static int keep_row(void *context, const struct table_row *row, struct err *err)
{
    struct sample *sample = context;
    if (sample->count == OUTLINE_MAX_SAMPLE_ROWS)
        return ERR_CANCELED;
    struct bytes text = arena_copy(&sample->arena, row->text);
    struct bytes *cells = arena_alloc(&sample->arena, (row->cell_count + 1) * sizeof *cells);
    if (text.ptr == NULL || cells == NULL)
        return err_set(err, ERR_NOMEM, "could not keep the first rows of a file");
    for (size_t i = 0; i < row->cell_count; i++)
        cells[i] =
            (struct bytes){text.ptr + (row->cells[i].ptr - row->text.ptr), row->cells[i].len};
    struct table_row *copy = &sample->rows[sample->count++];
    *copy = *row;
    copy->cells = cells;
    copy->text = text;
    return OK;
}

static int read_rows(const struct dialect *dialect, size_t width, struct bytes text, bool whole,
                     struct sample *sample, struct err *err)
{
    struct table *table = NULL;
    int rc = table_new(dialect, width, keep_row, sample, &table, err);
    if (rc != OK)
        return rc;
    rc = table_feed(table, text, err);
    if (rc == OK && whole)
        rc = table_finish(table, err);
    table_free(table);
    return rc == ERR_CANCELED ? OK : rc;
}

/* ---- Columns ---- */

/* The profile's columns in `header`, if they are more than those known already. */
static int match_header(const struct profile *profile, const struct bytes *header, size_t count,
                        struct buf *scratch, struct sniff *sniff, struct err *err)
{
    struct columns *columns = mem_alloc(sizeof *columns);
    if (columns == NULL)
        return err_set(err, ERR_NOMEM, "could not look for columns");
    int rc = columns_match(profile, header, count, scratch, columns, err);
    if (rc == OK &&
        __builtin_popcountll(columns->fields) > __builtin_popcountll(sniff->columns.fields))
        sniff->columns = *columns;
    mem_free(columns);
    return rc;
}

/* Of a header of several rows, joined or one row alone, whatever the profile knows best. */
static int match_columns(const struct profile *profile, const struct sample *sample,
                         struct sniff *sniff, struct err *err)
{
    const struct outline *outline = &sniff->outline;
    struct buf scratch;
    sniff->columns = (struct columns){.header_count = outline->header_count, .doubled = -1};
    for (size_t i = 0; i < TABLE_MAX_CELLS; i++)
        sniff->columns.field_of[i] = -1;
    if (profile == NULL || outline->header_rows == 0)
        return OK;
    buf_init(&scratch, TABLE_MAX_ROW_BYTES);
    int rc = match_header(profile, outline->header, outline->header_count, &scratch, sniff, err);
    for (size_t i = (size_t)outline->preamble_rows, left = (size_t)outline->header_rows;
         outline->header_rows > 1 && left > 0 && i < sample->count && rc == OK; i++) {
        if (row_is_blank(&sample->rows[i]))
            continue;
        left--;
        rc = match_header(profile, sample->rows[i].cells, sample->rows[i].cell_count, &scratch,
                          sniff, err);
    }
    sniff->columns.header_count = outline->header_count;
    buf_deinit(&scratch);
    return rc;
}

/* Total rows and notes are no records: they have no time of receipt, or hardly a cell. */
static bool is_record(const struct columns *columns, const struct table_row *row)
{
    const struct column *received = &columns->of[FIELD_RECEIVED_AT];
    if (received->part_count == 0)
        return row_filled(row) > 1;
    return received->parts[0] < row->cell_count &&
           cell_value(row->cells[received->parts[0]]).len > 0;
}

static size_t find_extra_cells(const struct sniff *sniff, const struct sample *sample)
{
    int64_t before = sniff->outline.preamble_rows;
    int header_left = sniff->outline.header_rows;
    size_t extra = 0, records = 0;
    for (size_t i = (size_t)before; i < sample->count && header_left >= 0; i++) {
        const struct table_row *row = &sample->rows[i];
        if (row_is_blank(row))
            continue;
        if (header_left > 0) {
            header_left--;
            continue;
        }
        if (!is_record(&sniff->columns, row))
            continue;
        size_t own = columns_empty_tail(&sniff->columns, row);
        if (own == 0 || (records > 0 && own != extra))
            return 0;
        extra = own;
        records++;
    }
    return sniff->outline.header_rows > 0 ? extra : 0;
}

static int sniff_table(const struct profile *profile, const struct form *form, bool by_record,
                       struct bytes text, bool whole, struct sample *sample, struct arena *arena,
                       struct sniff *sniff, struct err *err)
{
    size_t width = 0;
    int rc = sniff_dialect(profile, form, text, whole, sniff, &width, err);
    if (rc == OK)
        rc = read_rows(&sniff->dialect, by_record ? 0 : width, text, whole, sample, err);
    if (rc == OK)
        rc = outline_find(sample->rows, sample->count, form, profile, arena, &sniff->outline, err);
    if (rc == OK)
        rc = match_columns(profile, sample, sniff, err);
    if (rc == OK)
        sniff->extra_cells = find_extra_cells(sniff, sample);
    return rc;
}

int sniff_sample(const struct profile *profile, const struct form *form, bool by_record,
                 struct bytes sample, bool whole, struct arena *arena, struct sniff *out_sniff,
                 enum refusal *out_refusal, struct err *err)
{
    enum { ARENA_BYTES = 64 * 1024 * 1024 };
    enum refusal refusal = find_refusal(sample, whole);
    if (refusal != REFUSAL_NONE) {
        *out_refusal = refusal;
        return OK;
    }
    struct sample rows = {
        .rows = mem_calloc(OUTLINE_MAX_SAMPLE_ROWS, sizeof *rows.rows),
    };
    struct sniff *sniff = mem_calloc(1, sizeof *sniff);
    int rc = OK;
    arena_init(&rows.arena, ARENA_BYTES);
    bool has_room = rows.rows != NULL && sniff != NULL;
    if (has_room)
        rc = sniff_table(profile, form, by_record, sample, whole, &rows, arena, sniff, err);
    else
        rc = err_set(err, ERR_NOMEM, "could not look at a file's beginning");
    if (has_room && rc == OK) {
        *out_sniff = *sniff;
        out_sniff->dialect.by_record = by_record;
        *out_refusal = REFUSAL_NONE;
    }
    arena_deinit(&rows.arena);
    mem_free(rows.rows);
    mem_free(sniff);
    return rc;
}
