#ifndef PINGYI_TESTS_IMPORTERS_DUMP_FIXTURE_H
#define PINGYI_TESTS_IMPORTERS_DUMP_FIXTURE_H

#include "importers/dump.h"

#include "tests/support/damage.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

/* A file in memory read through dump.h as `inspect` reads it: nothing is known but its bytes. */

struct dump_reading {
    struct grid header; /* of the first table, as one row; none without */
    struct grid table;  /* header rows and records of the first table */
    struct dialect dialect;
    enum encoding encoding;
    size_t header_rows, preamble_rows, blank_rows, later_rows;
    int tables;
    bool has_nul;
};

static inline void dump_reading_init(struct dump_reading *reading)
{
    *reading = (struct dump_reading){.tables = 0};
    grid_init(&reading->header);
    grid_init(&reading->table);
}

static inline void dump_reading_deinit(struct dump_reading *reading)
{
    grid_deinit(&reading->header);
    grid_deinit(&reading->table);
}

static inline int dump_reading_sniff(void *context, const struct sniff *sniff, struct err *err)
{
    struct dump_reading *reading = context;
    const struct outline *outline = &sniff->outline;
    (void)err;
    reading->dialect = sniff->dialect;
    if (outline->header_rows > 0)
        grid_add_row(&reading->header, outline->header, outline->header_count, 0, 0);
    return OK;
}

static inline int dump_reading_row(void *context, const struct table_row *row,
                                   struct row_context where, struct err *err)
{
    struct dump_reading *reading = context;
    (void)err;
    assert_int_equal(row->fault, TABLE_FAULT_NONE);
    reading->blank_rows += where.place == PLACE_BLANK;
    reading->preamble_rows += where.place == PLACE_PREAMBLE;
    if (where.place != PLACE_HEADER && where.place != PLACE_BODY)
        return OK;
    reading->tables = where.table;
    if (where.table > 1) {
        reading->later_rows++;
        return OK;
    }
    reading->header_rows += where.place == PLACE_HEADER;
    grid_add_row(&reading->table, row->cells, row->cell_count, row->line, row->mends);
    return OK;
}

/* Read `text`: fed up to `cut`, and from there in pieces of so many bytes. An empty file has no rows. */
static inline void dump_read(struct bytes text, size_t cut, size_t piece,
                             const struct profile *profile, struct dump_reading *reading)
{
    struct err err = {0};
    struct encoding_scan scan;
    struct evidence why;
    struct dump *dump = NULL;
    struct dump_options options = {.profile = profile, .form = FORM_OPEN};
    struct grid header = reading->header, table = reading->table;
    *reading = (struct dump_reading){.header = header, .table = table};
    grid_clear(&reading->header);
    grid_clear(&reading->table);
    encoding_scan_init(&scan);
    encoding_scan_feed(&scan, text);
    assert_true(encoding_choose(&scan, DIALECT_OPEN, false, &options.encoding, &why));
    struct dump_sink sink = {dump_reading_sniff, dump_reading_row, reading};
    assert_int_equal(dump_new(&options, sink, &dump, &err), OK);
    int rc = dump_feed(dump, (struct bytes){text.ptr, cut}, &err);
    for (size_t at = cut; at < text.len && rc == OK; at += piece) {
        size_t len = text.len - at < piece ? text.len - at : piece;
        rc = dump_feed(dump, (struct bytes){text.ptr + at, len}, &err);
    }
    rc = rc == OK ? dump_finish(dump, &err) : rc;
    if (rc != OK && dump_refusal(dump) != REFUSAL_EMPTY)
        fail_msg("%s", err.message);
    reading->encoding = options.encoding;
    reading->has_nul = dump_has_nul(dump);
    dump_free(dump);
}

static inline void dump_read_whole(struct bytes text, struct dump_reading *reading)
{
    dump_read(text, text.len, 1, NULL, reading);
}

/* ---- What holds for every file ---- */

struct dump_properties {
    struct profile *profile; /* auto */
    struct dump_reading again;
    struct buf csv;
    size_t files;
};

static inline void dump_properties_init(struct dump_properties *properties)
{
    struct err err = {0};
    *properties = (struct dump_properties){.files = 0};
    dump_reading_init(&properties->again);
    buf_init(&properties->csv, GRID_MAX_BYTES);
    assert_int_equal(profile_builtin(BYTES_LIT("auto"), &properties->profile, &err), OK);
}

static inline void dump_properties_deinit(struct dump_properties *properties)
{
    dump_reading_deinit(&properties->again);
    buf_deinit(&properties->csv);
    profile_free(properties->profile);
}

static inline bool dump_readings_equal(const struct dump_reading *a, const struct dump_reading *b)
{
    bool equal = bytes_equal(buf_bytes(&a->table.text), buf_bytes(&b->table.text)) &&
                 bytes_equal(buf_bytes(&a->header.text), buf_bytes(&b->header.text)) &&
                 a->table.count == b->table.count && a->header_rows == b->header_rows &&
                 a->preamble_rows == b->preamble_rows && a->blank_rows == b->blank_rows &&
                 a->later_rows == b->later_rows && a->tables == b->tables &&
                 a->has_nul == b->has_nul;
    for (size_t i = 0; i < a->table.count && equal; i++) {
        const struct grid_row *row = &a->table.rows[i], *other = &b->table.rows[i];
        equal =
            row->start == other->start && row->line == other->line && row->mends == other->mends;
    }
    return equal;
}

/* What `inspect --format csv` would write, read again: the same header and records. */
static inline bool dump_reads_its_own(struct dump_properties *properties,
                                      const struct dump_reading *reading)
{
    struct dump_reading *again = &properties->again;
    buf_clear(&properties->csv);
    grid_write_csv(&reading->header, 0, &properties->csv);
    grid_write_csv(&reading->table, reading->header_rows, &properties->csv);
    dump_read_whole(buf_bytes(&properties->csv), again);
    size_t records = reading->table.count - reading->header_rows;
    bool same = again->header_rows == (reading->header_rows > 0) &&
                again->table.count == records + again->header_rows &&
                bytes_equal(buf_bytes(&again->header.text), buf_bytes(&reading->header.text));
    for (size_t i = 0; i < records && same; i++)
        same = bytes_equal(grid_row_text(&again->table, again->header_rows + i),
                           grid_row_text(&reading->table, reading->header_rows + i));
    return same;
}

/* The property that does not hold for a file that was read whole, or NULL. Cut in two at one place a file, another one
 * each time. */
static inline const char *dump_broken_property(struct dump_properties *properties,
                                               struct bytes text, bool has_known_words,
                                               const struct dump_reading *reading)
{
    struct dump_reading *again = &properties->again;
    size_t cut = text.len > 0 ? ++properties->files * 7919 % text.len : 0;
    dump_read(text, cut, text.len, NULL, again);
    if (!dump_readings_equal(reading, again))
        return "cut in two";
    dump_read(text, 0, 1, NULL, again);
    if (!dump_readings_equal(reading, again))
        return "byte by byte";
    dump_read(text, text.len, 1, properties->profile, again);
    if (!has_known_words && !dump_readings_equal(reading, again))
        return "with profile auto";
    return dump_reads_its_own(properties, reading) ? NULL : "its own output";
}

#endif
