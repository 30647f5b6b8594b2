#include "importers/columns.h"

#include "base/utf8.h"

#include "importers/cell.h"
#include "importers/names.h"

#include <string.h>

/* The header row folded: word i is text[starts[i] .. starts[i + 1]). */
struct folded {
    size_t first; /* words before it are no columns of the dump */
    struct bytes text;
    size_t starts[TABLE_MAX_CELLS + 1];
    size_t count;
};

static int fold_header(const struct bytes *header, size_t count, struct buf *scratch,
                       struct folded *folded, struct err *err)
{
    buf_clear(scratch);
    (void)buf_reserve(scratch, 1); /* a place to point to, even if all words are empty */
    for (size_t i = 0; i < count; i++) {
        folded->starts[i] = scratch->len;
        word_fold(header[i], scratch);
    }
    folded->starts[count] = scratch->len;
    folded->count = count;
    folded->text = buf_bytes(scratch);
    return buf_status(scratch, err);
}

/* The first header cell with that word; `*out_again` says whether another one has it. False when none has. */
static bool find_word(const struct folded *folded, struct bytes word, size_t *out_at,
                      bool *out_again)
{
    bool found = false;
    *out_again = false;
    for (size_t i = folded->first; i < folded->count; i++) {
        struct bytes cell = {folded->text.ptr + folded->starts[i],
                             folded->starts[i + 1] - folded->starts[i]};
        if (!bytes_equal(cell, word))
            continue;
        *out_again = found;
        if (found)
            return true;
        *out_at = i;
        found = true;
    }
    return found;
}

/* Find all parts of one alternative. */
static bool match_column(const struct folded *folded, const struct profile_column *wanted,
                         struct column *out_column, int *out_doubled)
{
    struct column column = {.join = wanted->join, .part_count = wanted->part_count};
    int doubled = -1;
    for (size_t i = 0; i < wanted->part_count; i++) {
        bool again = false;
        if (!find_word(folded, wanted->parts[i], &column.parts[i], &again))
            return false;
        if (again)
            doubled = (int)column.parts[i];
    }
    *out_column = column;
    if (doubled >= 0)
        *out_doubled = doubled;
    return true;
}

size_t columns_of_rejects(const struct bytes *header, size_t header_count)
{
    static const char *const own[] = {"line", "column", "reason"};
    enum { OWN = sizeof own / sizeof *own };
    for (size_t i = 0; i < OWN; i++) {
        if (i >= header_count || !bytes_equal(header[i], bytes_from_z(own[i])))
            return 0;
    }
    return header_count > OWN ? OWN : 0;
}

static bool are_valid(const struct bytes *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!utf8_is_valid(cells[i]))
            return false;
    }
    return true;
}

int columns_match(const struct profile *profile, const struct bytes *header, size_t header_count,
                  struct buf *scratch, struct columns *out_columns, struct err *err)
{
    struct folded folded = {0};
    bool valid = are_valid(header, header_count);
    int rc = valid ? fold_header(header, header_count, scratch, &folded, err) : OK;
    if (rc != OK)
        return rc;
    folded.first = columns_of_rejects(header, header_count);
    *out_columns = (struct columns){.header_count = header_count, .doubled = -1};
    for (size_t i = 0; i < header_count; i++)
        out_columns->field_of[i] = -1;
    for (int field = 0; field < FIELD_COUNT; field++) {
        struct column *column = &out_columns->of[field];
        const struct profile_column *wanted = profile->columns[field];
        while (wanted != NULL && !match_column(&folded, wanted, column, &out_columns->doubled))
            wanted = wanted->next;
        if (wanted == NULL)
            continue;
        out_columns->fields |= UINT64_C(1) << field;
        for (size_t i = 0; i < column->part_count; i++)
            out_columns->field_of[column->parts[i]] = field;
    }
    return OK;
}

size_t columns_empty_tail(const struct columns *columns, const struct table_row *row)
{
    for (size_t i = columns->header_count; i < row->cell_count; i++) {
        if (cell_trim(row->cells[i]).len > 0)
            return 0;
    }
    return row->cell_count > columns->header_count ? row->cell_count - columns->header_count : 0;
}
