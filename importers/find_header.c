#include "importers/find_header.h"

#include "base/alloc.h"

#include "importers/cell.h"

#include <string.h>

/* One pass over the sample with one delimiter. */
struct pass {
    const struct profile *profile;
    struct buf *scratch;
    struct found_header sniff;
    bool found;
    int rows_seen;
    size_t record_count;
    struct buf words;     /* the header that stands twice */
    uint64_t best_fields; /* of a row that lacks required columns */
};

static bool is_blank(const struct table_row *row)
{
    for (size_t i = 0; i < row->cell_count; i++) {
        if (cell_trim(row->cells[i]).len > 0)
            return false;
    }
    return true;
}

static int try_header(struct pass *pass, const struct table_row *row, struct err *err)
{
    struct columns *columns = &pass->sniff.columns;
    if (row->fault != TABLE_FAULT_NONE ||
        memchr(row->text.ptr, DECODER_DAMAGE, row->text.len) != NULL)
        return OK;
    int rc = columns_match(pass->profile, row->cells, row->cell_count, pass->scratch, columns, err);
    if (rc != OK)
        return rc;
    if ((columns->fields & COLUMNS_REQUIRED) != COLUMNS_REQUIRED) {
        if (__builtin_popcountll(columns->fields) > __builtin_popcountll(pass->best_fields))
            pass->best_fields = columns->fields;
        return OK;
    }
    pass->found = true;
    pass->sniff.header_line = row->line;
    if (columns->doubled >= 0)
        buf_append(&pass->words, cell_trim(row->cells[columns->doubled]));
    return buf_status(&pass->words, err);
}

/* Total rows and notes are no records; they have no time of receipt. */
static bool is_record(const struct pass *pass, const struct table_row *row)
{
    size_t received = pass->sniff.columns.of[FIELD_RECEIVED_AT].parts[0];
    return received < row->cell_count && cell_value(row->cells[received]).len > 0;
}

static int on_row(void *context, const struct table_row *row, struct err *err)
{
    struct pass *pass = context;
    if (is_blank(row))
        return OK;
    if (!pass->found) {
        if (pass->rows_seen++ == FIND_MAX_HEADER_ROW)
            return ERR_CANCELED;
        return try_header(pass, row, err);
    }
    if (!is_record(pass, row))
        return OK;
    size_t extra = columns_empty_tail(&pass->sniff.columns, row);
    if (pass->record_count++ == 0)
        pass->sniff.extra_cells = extra;
    else if (pass->sniff.extra_cells != extra)
        pass->sniff.extra_cells = 0;
    return OK;
}

static int run_pass(struct pass *pass, char delimiter, struct bytes sample, bool whole,
                    struct err *err)
{
    struct table *table = NULL;
    const struct dialect dialect = {{delimiter}, '"', 0, true, false};
    pass->sniff.delimiter = delimiter;
    pass->rows_seen = 0;
    int rc = table_new(&dialect, 0, on_row, pass, &table, err);
    if (rc != OK)
        return rc;
    rc = table_feed(table, sample, err);
    if (rc == OK && whole)
        rc = table_finish(table, err);
    table_free(table);
    return rc == ERR_CANCELED ? OK : rc;
}

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
    static const char *const openings[] = {"<!doctype html", "<html", "<head",
                                           "<table",         "<!--",  "<meta"};
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
        if (starts_with_word(text, openings[i]))
            return true;
    }
    return starts_with_word(text, "<?xml") && bytes_find(text, BYTES_LIT("<html")) < text.len;
}

/* What a sample is that holds no table at all. */
static enum refusal refuse_kind(struct bytes sample, struct err *err)
{
    struct bytes text = cell_trim(sample);
    if (memchr(sample.ptr, '\0', sample.len) != NULL) {
        (void)err_set(err, ERR_REFUSED, "file is binary");
        return REFUSAL_BINARY;
    }
    if (is_html(text)) {
        (void)err_set(err, ERR_REFUSED, "file is a web page");
        return REFUSAL_HTML;
    }
    if (starts_with_word(text, "<?xml") && bytes_find(text, BYTES_LIT("Workbook")) < text.len) {
        (void)err_set(err, ERR_REFUSED, "file is a spreadsheet");
        return REFUSAL_SPREADSHEET;
    }
    return REFUSAL_NONE;
}

static enum refusal refuse_header(const struct pass *pass, struct err *err)
{
    if (__builtin_popcountll(pass->best_fields) < 2) {
        (void)err_set(err, ERR_REFUSED,
                      "no row is a header with the columns of profile \"" BYTES_FMT "\"",
                      BYTES_ARG(profile_name(pass->profile)));
        return REFUSAL_NO_HEADER;
    }
    struct buf names;
    buf_init(&names, 256);
    for (int field = 0; field < FIELD_COUNT; field++) {
        if ((COLUMNS_REQUIRED & ~pass->best_fields & UINT64_C(1) << field) != 0)
            buf_printf(&names, "%s%s", names.len > 0 ? ", " : "", field_word((enum field)field));
    }
    (void)err_set(err, ERR_REFUSED, "no column for " BYTES_FMT, BYTES_ARG(buf_bytes(&names)));
    buf_deinit(&names);
    return REFUSAL_MISSING_COLUMN;
}

/* Try the profile's delimiter or all, until one finds a header. */
static int find_header(struct pass *pass, struct bytes sample, bool whole, struct err *err)
{
    static const char delimiters[] = {',', ';', '\t', '|'};
    char own = profile_form(pass->profile)->delimiter[0];
    if (own != 0)
        return run_pass(pass, own, sample, whole, err);
    int rc = OK;
    for (size_t i = 0; i < sizeof delimiters && rc == OK && !pass->found; i++)
        rc = run_pass(pass, delimiters[i], sample, whole, err);
    return rc;
}

int find_header_in(const struct profile *profile, struct bytes sample, bool whole,
                   struct found_header *out_found, enum refusal *out_refusal, struct err *err)
{
    if (cell_trim(sample).len == 0) {
        (void)err_set(err, ERR_REFUSED, "file is empty");
        *out_refusal = REFUSAL_EMPTY;
        return OK;
    }
    *out_refusal = refuse_kind(sample, err);
    if (*out_refusal != REFUSAL_NONE)
        return OK;
    struct pass *pass = mem_calloc(1, sizeof *pass);
    if (pass == NULL)
        return err_set(err, ERR_NOMEM, "could not look at a file's beginning");
    struct buf scratch;
    buf_init(&scratch, TABLE_MAX_ROW_BYTES);
    buf_init(&pass->words, TABLE_MAX_ROW_BYTES);
    pass->profile = profile;
    pass->scratch = &scratch;
    int rc = find_header(pass, sample, whole, err);
    if (rc == OK && !pass->found) {
        *out_refusal = refuse_header(pass, err);
    } else if (rc == OK && pass->sniff.columns.doubled >= 0) {
        (void)err_set(err, ERR_REFUSED, "two columns are called \"" BYTES_FMT "\"",
                      BYTES_ARG(buf_bytes(&pass->words)));
        *out_refusal = REFUSAL_DOUBLED_COLUMN;
    } else if (rc == OK) {
        *out_found = pass->sniff;
    }
    buf_deinit(&scratch);
    buf_deinit(&pass->words);
    mem_free(pass);
    return rc;
}
