#include "service/followup/sample_file.h"

#include "base/alloc.h"
#include "base/utf8.h"

#include "importers/cell.h"
#include "importers/order_number.h"
#include "importers/profile.h"

#include "scoring/selection.h"

#include <string.h>

enum { FIRST_CAPACITY = 1024 };

struct reading {
    struct dump *dump;
    struct arena *arena;
    struct bytes *order_nos;
    size_t count, capacity;
    size_t column;
    size_t part_column; /* SIZE_MAX: none */
    enum refusal refusal;
};

static int on_sniff(void *context, const struct sniff *sniff, struct err *err)
{
    struct reading *reading = context;
    const struct column *column = &sniff->columns.of[FIELD_ORDER_NO];
    if (column->part_count == 0) {
        reading->refusal = REFUSAL_MISSING_COLUMN;
        return err_set(err, ERR_REFUSED, "no column order_no");
    }
    reading->column = column->parts[0];
    return OK;
}

static int grow(struct reading *reading, struct err *err)
{
    size_t capacity = reading->capacity > 0 ? size_multiply(reading->capacity, 2) : FIRST_CAPACITY;
    struct bytes *order_nos =
        arena_alloc(reading->arena, size_multiply(capacity, sizeof *order_nos));
    if (order_nos == NULL)
        return err_set(err, ERR_NOMEM, "could not keep %zu order numbers", capacity);
    if (reading->count > 0)
        memcpy(order_nos, reading->order_nos, reading->count * sizeof *order_nos);
    reading->order_nos = order_nos;
    reading->capacity = capacity;
    return OK;
}

static int add(struct reading *reading, struct bytes order_no, struct err *err)
{
    char room[ORDER_NUMBER_ROOM_BYTES];
    int rc = reading->count == reading->capacity ? grow(reading, err) : OK;
    if (rc == OK)
        rc = order_number_normalise(order_no, room, &order_no, err);
    if (rc != OK)
        return rc;
    struct bytes kept = arena_copy(reading->arena, order_no);
    if (kept.ptr == NULL)
        return err_set(err, ERR_NOMEM, "could not keep an order number");
    reading->order_nos[reading->count++] = kept;
    return OK;
}

/* A list of ours says which orders are the sample; what waits behind it is not adopted. */
static void find_part_column(struct reading *reading, const struct table_row *row)
{
    for (size_t i = 0; i < row->cell_count; i++) {
        if (bytes_equal(cell_value(row->cells[i]), BYTES_LIT("part")))
            reading->part_column = i;
    }
}

static bool is_left_aside(const struct reading *reading, const struct table_row *row)
{
    if (reading->part_column >= row->cell_count)
        return false;
    struct bytes part = cell_value(row->cells[reading->part_column]);
    return bytes_equal(part, bytes_from_z(selection_part_word(PART_RESERVE))) ||
           bytes_equal(part, bytes_from_z(selection_part_word(PART_REST)));
}

static int on_row(void *context, const struct table_row *row, struct row_context where,
                  struct err *err)
{
    struct reading *reading = context;
    if (where.place == PLACE_HEADER)
        find_part_column(reading, row);
    if (where.place != PLACE_BODY || is_left_aside(reading, row))
        return OK;
    struct bytes order_no =
        reading->column < row->cell_count ? cell_value(row->cells[reading->column]) : BYTES_NONE;
    if (order_no.len == 0 || cell_is_scientific(order_no) || !utf8_is_valid(order_no))
        return err_set(err, ERR_FORMAT, "no order number in line %jd", (intmax_t)row->line);
    return add(reading, order_no, err);
}

static int feed(void *context, struct bytes bytes, struct err *err)
{
    const struct reading *reading = context;
    return dump_feed(reading->dump, bytes, err);
}

static int read_document(struct document *document, const struct document_wish *wish,
                         struct reading *reading, struct err *err)
{
    const struct dump_options options = document_options(document, wish);
    const struct dump_sink sink = {on_sniff, on_row, reading};
    enum refusal refusal = REFUSAL_NONE;
    int rc = dump_new(&options, sink, &reading->dump, err);
    if (rc == OK)
        rc = document_read(document, feed, reading, &refusal, err);
    if (rc == OK)
        rc = dump_finish(reading->dump, err);
    if (rc == OK && reading->count == 0) {
        reading->refusal = REFUSAL_EMPTY;
        rc = err_set(err, ERR_REFUSED, "no order numbers");
    }
    if (rc == ERR_REFUSED && refusal == REFUSAL_NONE && reading->refusal == REFUSAL_NONE)
        refusal = dump_refusal(reading->dump);
    if (rc == ERR_REFUSED && reading->refusal == REFUSAL_NONE)
        reading->refusal = refusal;
    dump_free(reading->dump);
    return rc;
}

int sample_file_read(const char *path, const char *spool_dir, struct arena *arena,
                     struct sample_file *out, enum refusal *out_refusal, struct err *err)
{
    struct document document = DOCUMENT_NONE;
    struct reading reading = {.arena = arena, .part_column = SIZE_MAX};
    struct profile *profile = NULL;
    int rc = profile_builtin(BYTES_LIT("outcomes"), &profile, err);
    const struct document_wish wish = {.profile = profile, .form = FORM_OPEN};
    if (rc == OK)
        rc = document_open(path, spool_dir, false, false, &document, err);
    if (rc == OK)
        rc = document_recognise(&document, &wish, spool_dir, &reading.refusal, err);
    if (rc == OK)
        rc = read_document(&document, &wish, &reading, err);
    if (rc == ERR_REFUSED)
        *out_refusal = reading.refusal;
    document_close(&document);
    profile_free(profile);
    if (rc != OK)
        return err_wrap(err, "\"%s\"", path);
    *out = (struct sample_file){reading.order_nos, reading.count};
    return OK;
}
