#include "importers/sniff.h"

#include <stdlib.h>
#include <string.h>

/* The first byte chooses what is given and how much of the text is the sample; the rest is a dump. Whatever is found is
 * within its bounds, and the framer passes on each row once, in order. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct rows {
    struct framer *framer;
    int64_t taken, placed, last_line;
    int table;
};

static int on_placed(void *context, const struct table_row *row, struct row_context where,
                     struct err *err)
{
    struct rows *rows = context;
    (void)err;
    if (row->line < rows->last_line || where.table < rows->table || where.table < 1)
        abort();
    rows->last_line = row->line;
    rows->table = where.table;
    rows->placed++;
    return OK;
}

static int on_row(void *context, const struct table_row *row, struct err *err)
{
    struct rows *rows = context;
    rows->taken++;
    (void)outline_is_total(row);
    return framer_take(rows->framer, row, err);
}

static void check_sniff(const struct sniff *sniff, const struct form *form)
{
    const struct outline *outline = &sniff->outline;
    if (sniff->dialect.delimiter[0] == '\0' || outline->width > TABLE_MAX_CELLS ||
        outline->header_count > TABLE_MAX_CELLS || outline->header_rows < 0 ||
        outline->header_rows > FORM_MAX_HEADER_ROWS ||
        (outline->header_rows > 0) != (outline->header_line > 0))
        abort();
    if (form->delimiter[0] != '\0' && strcmp(form->delimiter, sniff->dialect.delimiter) != 0)
        abort();
    for (size_t i = 0; i < outline->width; i++) {
        if (outline->types[i] > COLUMN_CODE)
            abort();
    }
}

static void frame(const struct sniff *sniff, struct bytes text)
{
    struct err err = {0};
    struct rows rows = {0};
    struct table *table = NULL;
    if (framer_new(&sniff->outline, on_placed, &rows, &rows.framer, &err) != OK ||
        table_new(&sniff->dialect, sniff->outline.width, on_row, &rows, &table, &err) != OK ||
        table_feed(table, text, &err) != OK || table_finish(table, &err) != OK ||
        framer_finish(rows.framer, &err) != OK || rows.taken != rows.placed)
        abort();
    table_free(table);
    framer_free(rows.framer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    struct arena arena;
    struct sniff sniff;
    struct profile *profile = NULL;
    enum refusal refusal = REFUSAL_NONE;
    struct form form = {.encoding = DIALECT_OPEN,
                        .quote = DIALECT_OPEN,
                        .escape = DIALECT_OPEN,
                        .skip_rows = DIALECT_OPEN,
                        .header_rows = DIALECT_OPEN};
    if (size < 1)
        return 0;
    struct bytes text = {(const char *)data + 1, size - 1};
    struct bytes sample = {text.ptr, data[0] % 2 == 0 ? text.len : text.len / 2};
    if (data[0] / 2 % 4 == 1)
        form.skip_rows = form.header_rows = data[0] / 32;
    if (data[0] / 2 % 4 == 2)
        memcpy(form.delimiter, data[0] / 32 == 0 ? ", " : ";", 2);
    if (data[0] / 2 % 4 == 3 && profile_builtin(BYTES_LIT("auto"), &profile, &err) != OK)
        abort();
    arena_init(&arena, 256 << 20);
    if (sniff_sample(profile, &form, false, sample, sample.len == text.len, &arena, &sniff,
                     &refusal, &err) != OK)
        abort();
    if (refusal == REFUSAL_NONE) {
        check_sniff(&sniff, &form);
        frame(&sniff, text);
    }
    arena_deinit(&arena);
    profile_free(profile);
    return 0;
}
