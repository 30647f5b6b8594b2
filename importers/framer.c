#include "importers/outline.h"

#include "base/alloc.h"

#include "importers/cell.h"
#include "importers/row_facts.h"

#include <string.h>

/* Nearly every row is placed at once and passed on as it came. Only one that may begin a later table is copied and
 * waits until the rows behind it have told. */

enum { HELD_MAX_BYTES = 8 * 1024 * 1024 };

struct row_copy {
    struct table_row row;
    size_t size;
    size_t filled;        /* cells: headers may be wide, and each row is compared with them */
    struct bytes cells[]; /* followed by the row's text */
};

struct framer {
    const struct outline *outline;
    placed_row_cb on_row;
    void *context;

    int64_t preamble_left;
    int header_left;
    struct row_copy *headers[FORM_MAX_HEADER_ROWS]; /* of the first table */
    size_t header_count;
    struct row_copy *own_header; /* first header row of a later table that has other columns */

    int table;
    bool same_columns;
    bool in_header; /* the last row that is not blank belongs to a header */
    bool after_gap; /* blank rows stand behind the last row of more than one filled cell */
    size_t width;
    enum column_type types[TABLE_MAX_CELLS];

    struct row_copy *held[OUTLINE_LOOKAHEAD_ROWS]; /* the first one waits for its place */
    size_t held_count, held_bytes;
};

/* ---- Copies ---- */

static size_t copy_size(const struct table_row *row)
{
    return sizeof(struct row_copy) + row->cell_count * sizeof *row->cells + row->text.len;
}

static struct row_copy *copy_row(const struct table_row *row)
{
    struct row_copy *copy = mem_alloc(copy_size(row));
    if (copy == NULL)
        return NULL;
    char *text = (char *)&copy->cells[row->cell_count];
    if (row->text.len > 0)
        memcpy(text, row->text.ptr, row->text.len);
    for (size_t i = 0; i < row->cell_count; i++)
        copy->cells[i] =
            (struct bytes){text + (row->cells[i].ptr - row->text.ptr), row->cells[i].len};
    copy->row = *row;
    copy->row.cells = copy->cells;
    copy->row.text = (struct bytes){text, row->text.len};
    copy->size = copy_size(row);
    copy->filled = row_filled(row);
    return copy;
}

int framer_new(const struct outline *outline, placed_row_cb on_row, void *context,
               struct framer **out_framer, struct err *err)
{
    struct framer *framer = mem_calloc(1, sizeof *framer);
    if (framer == NULL)
        return err_set(err, ERR_NOMEM, "could not make a framer of rows");
    framer->outline = outline;
    framer->on_row = on_row;
    framer->context = context;
    framer->preamble_left = outline->preamble_rows;
    framer->header_left = outline->header_rows;
    framer->table = 1;
    framer->width = outline->width;
    for (size_t i = 0; i < outline->width && i < TABLE_MAX_CELLS; i++)
        framer->types[i] = outline->types[i];
    *out_framer = framer;
    return OK;
}

void framer_free(struct framer *framer)
{
    if (framer == NULL)
        return;
    for (size_t i = 0; i < framer->header_count; i++)
        mem_free(framer->headers[i]);
    for (size_t i = 0; i < framer->held_count; i++)
        mem_free(framer->held[i]);
    mem_free(framer->own_header);
    mem_free(framer);
}

/* ---- Is it the header again? ---- */

/* Most words of the header in their places; some may be missing or new at the end. */
static bool repeats(const struct table_row *row, const struct row_copy *copy, bool after_gap)
{
    enum { GLANCE = 4 /* cells after which a row without a word of the header is let go */ };
    const struct table_row *header = &copy->row;
    size_t equal = 0, filled = 0, names = copy->filled;
    for (size_t i = 0; i < row->cell_count; i++) {
        struct bytes cell = cell_trim(row->cells[i]);
        filled += cell.len > 0;
        if (cell.len > 0 && i < header->cell_count)
            equal += bytes_equal(cell, cell_trim(header->cells[i]));
        if (i >= GLANCE && equal == 0)
            return false;
    }
    size_t least = names < filled ? names : filled;
    bool is_enough = equal >= 2 || (equal == 1 && names == 1 && after_gap);
    return is_enough && equal * 4 >= least * 3 && equal * 3 >= names;
}

static bool repeats_header(const struct framer *framer, const struct table_row *row)
{
    if (framer->own_header != NULL && repeats(row, framer->own_header, framer->after_gap))
        return true;
    return framer->header_count > 0 && repeats(row, framer->headers[0], framer->after_gap);
}

/* Behind the first row of a header: whether the row is one of its others. */
static bool goes_on(const struct framer *framer, const struct table_row *row)
{
    bool found = false;
    for (size_t i = 0; i < framer->header_count && !found; i++)
        found = repeats(row, framer->headers[i], false);
    return found && framer->table > 1;
}

/* ---- Is it another header? ---- */

/* How many cells are filled from the left, when none is behind them; else 0. */
static size_t filled_prefix(const struct table_row *row)
{
    size_t filled = 0;
    while (filled < row->cell_count && cell_trim(row->cells[filled]).len > 0)
        filled++;
    return filled == row_filled(row) ? filled : 0;
}

static bool looks_like_header(const struct framer *framer, const struct table_row *row)
{
    return (framer->after_gap || row->cell_count != framer->width) &&
           row->fault == TABLE_FAULT_NONE && filled_prefix(row) >= 2 && row_is_names(row, 2) &&
           !outline_is_total(row);
}

/* What the rows behind a possible header say. */
struct body {
    size_t rows;    /* of its shape, before the next blank one */
    bool is_typed;  /* numbers, dates or codes stand below its words */
    bool is_unlike; /* columns hold other things than in the table above */
    enum column_type types[TABLE_MAX_CELLS];
};

static bool has_shape_of(const struct table_row *row, const struct table_row *header, size_t prefix)
{
    size_t filled = 0, beyond = 0;
    for (size_t i = 0; i < row->cell_count; i++) {
        bool is_filled = cell_trim(row->cells[i]).len > 0;
        filled += is_filled;
        beyond += is_filled && i >= prefix;
    }
    return row->cell_count == header->cell_count && filled >= 2 && beyond == 0;
}

static void look_below(const struct framer *framer, const struct table_row *header,
                       struct row_copy *const *below, size_t count, struct body *body)
{
    size_t prefix = filled_prefix(header);
    body->is_unlike = prefix < framer->width && header->cell_count == framer->width &&
                      framer->types[prefix] != COLUMN_EMPTY;
    for (size_t i = 0; i < count && !row_is_blank(&below[i]->row); i++) {
        const struct table_row *row = &below[i]->row;
        if (!has_shape_of(row, header, prefix))
            continue;
        for (size_t c = 0; c < prefix; c++) {
            enum column_type type = column_type_of(cell_type_of(row->cells[c]));
            if (body->rows == 0)
                body->types[c] = type;
            bool is_typed = type != COLUMN_EMPTY && type != COLUMN_TEXT;
            body->is_typed = body->is_typed || is_typed;
            if (c < framer->width && type != COLUMN_EMPTY && framer->types[c] != COLUMN_EMPTY)
                body->is_unlike = body->is_unlike || type != framer->types[c];
        }
        body->rows++;
    }
}

/* Behind blank rows one row below is enough, elsewhere the shape must be another one and stay so. */
static bool begins_table(const struct framer *framer, const struct table_row *header,
                         const struct body *body)
{
    bool is_other = header->cell_count != framer->width;
    if (framer->after_gap)
        return body->rows >= 1 && (is_other || (body->is_unlike && body->is_typed));
    return body->rows >= 2 && is_other && body->is_typed;
}

/* ---- Placing ---- */

static int hold(struct framer *framer, const struct table_row *row, struct err *err)
{
    struct row_copy *copy = copy_row(row);
    if (copy == NULL)
        return err_set(err, ERR_NOMEM, "could not hold back a row");
    framer->held[framer->held_count++] = copy;
    framer->held_bytes += copy->size;
    return OK;
}

static int keep_header(struct row_copy **slot, const struct table_row *row, struct err *err)
{
    struct row_copy *copy = copy_row(row);
    if (copy == NULL)
        return err_set(err, ERR_NOMEM, "could not keep a header");
    mem_free(*slot);
    *slot = copy;
    return OK;
}

/* Whether the rows from here on are the first table's header, word for word. */
static bool is_same_header(const struct framer *framer, const struct table_row *row,
                           struct row_copy *const *below, size_t count)
{
    if (framer->header_count == 0 || !row_equals(row, &framer->headers[0]->row))
        return false;
    for (size_t i = 1; i < framer->header_count && i <= count; i++) {
        if (!row_equals(&below[i - 1]->row, &framer->headers[i]->row))
            return false;
    }
    return true;
}

static void enter_table(struct framer *framer, const struct table_row *row, bool same_columns,
                        const enum column_type *types, size_t width)
{
    framer->table++;
    framer->same_columns = same_columns;
    framer->width = row->cell_count;
    for (size_t i = 0; i < row->cell_count; i++)
        framer->types[i] = i < width ? types[i] : COLUMN_EMPTY;
}

/* Where the row stands, given `count` rows behind it; `is_final`: no others will be known. `*out_open`: it
 * cannot be said without them. A row that begins a table is entered as such. */
static enum row_place find_place(struct framer *framer, const struct table_row *row,
                                 struct row_copy *const *below, size_t count, bool is_final,
                                 bool *out_open)
{
    *out_open = false;
    if (framer->preamble_left > 0)
        return row_is_blank(row) ? PLACE_BLANK : PLACE_PREAMBLE;
    if (row_is_blank(row))
        return PLACE_BLANK;
    if (framer->header_left > 0 || (framer->in_header && goes_on(framer, row)))
        return PLACE_HEADER;
    if (repeats_header(framer, row)) {
        *out_open = !is_final && count + 1 < framer->header_count;
        if (!*out_open)
            enter_table(framer, row, is_same_header(framer, row, below, count),
                        framer->outline->types, framer->outline->width);
        return PLACE_HEADER;
    }
    if (!looks_like_header(framer, row))
        return PLACE_BODY;
    *out_open = !is_final;
    struct body body = {0};
    if (is_final)
        look_below(framer, row, below, count, &body);
    if (!is_final || !begins_table(framer, row, &body))
        return PLACE_BODY;
    enter_table(framer, row, false, body.types, filled_prefix(row));
    return PLACE_HEADER;
}

/* Remember what later rows are judged by. */
static int note_place(struct framer *framer, const struct table_row *row, enum row_place place,
                      struct err *err)
{
    int rc = OK;
    framer->preamble_left -= framer->preamble_left > 0;
    if (place == PLACE_BLANK) {
        framer->after_gap = true;
        return OK;
    }
    if (place == PLACE_HEADER && framer->table == 1) {
        framer->header_left--;
        if (framer->header_count < FORM_MAX_HEADER_ROWS) {
            rc = keep_header(&framer->headers[framer->header_count], row, err);
            framer->header_count += rc == OK;
        }
    } else if (place == PLACE_HEADER && !framer->same_columns && !framer->in_header) {
        rc = keep_header(&framer->own_header, row, err);
    }
    framer->in_header = place == PLACE_HEADER;
    framer->after_gap = framer->after_gap && place == PLACE_BODY && row_filled(row) <= 1;
    return rc;
}

static int pass_on(struct framer *framer, const struct table_row *row, enum row_place place,
                   struct err *err)
{
    struct row_context where = {place, framer->table, framer->same_columns};
    int rc = note_place(framer, row, place, err);
    return rc != OK ? rc : framer->on_row(framer->context, row, where, err);
}

/* Place the rows that wait, as far as what is known suffices. */
static int release(struct framer *framer, bool is_final, struct err *err)
{
    int rc = OK;
    while (framer->held_count > 0 && rc == OK) {
        bool open = false;
        struct row_copy *first = framer->held[0];
        bool is_full = framer->held_count == OUTLINE_LOOKAHEAD_ROWS;
        enum row_place place = find_place(framer, &first->row, framer->held + 1,
                                          framer->held_count - 1, is_final || is_full, &open);
        if (open)
            break;
        framer->held_count--;
        framer->held_bytes -= first->size;
        for (size_t i = 0; i < framer->held_count; i++)
            framer->held[i] = framer->held[i + 1];
        rc = pass_on(framer, &first->row, place, err);
        mem_free(first);
    }
    return rc;
}

int framer_take(struct framer *framer, const struct table_row *row, struct err *err)
{
    bool fits = copy_size(row) <= HELD_MAX_BYTES - framer->held_bytes;
    int rc = release(framer, !fits, err);
    if (rc != OK)
        return rc;
    if (framer->held_count > 0) {
        rc = hold(framer, row, err);
        return rc != OK ? rc : release(framer, false, err);
    }
    bool open = false;
    enum row_place place = find_place(framer, row, NULL, 0, !fits, &open);
    return open ? hold(framer, row, err) : pass_on(framer, row, place, err);
}

int framer_finish(struct framer *framer, struct err *err)
{
    return release(framer, true, err);
}
