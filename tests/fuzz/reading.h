#ifndef PINGYI_TESTS_FUZZ_READING_H
#define PINGYI_TESTS_FUZZ_READING_H

#include "importers/reader.h"

#include "base/utf8.h"

#include <stdlib.h>

/* What the fuzzers of the reader share: bytes read in two pieces, every row of them accounted for, every text valid. */

struct seen {
    int64_t taken, rejects;
};

static void check_text(struct bytes text)
{
    if (!utf8_is_valid(text))
        abort();
}

static int on_reject(void *context, const struct reject *reject, struct err *err)
{
    struct seen *seen = context;
    (void)err;
    seen->rejects++;
    for (size_t i = 0; i < reject->cell_count; i++)
        check_text(reject->cells[i]);
    return OK;
}

/* The sink has what takes a row, which counts it in `taken`; its context is the seen. */
static void read_in_two(const char *profile_name, struct bytes dump, size_t cut,
                        struct reader_sink sink)
{
    struct err err = {0};
    struct seen seen = {0};
    struct profile *profile = NULL;
    struct zone *zone = NULL;
    struct encoding_scan scan;
    enum encoding encoding = ENCODING_UTF8;
    struct reader *reader = NULL;
    sink.on_reject = on_reject;
    sink.context = &seen;
    if (profile_builtin(bytes_from_z(profile_name), &profile, &err) != OK ||
        zone_fixed(8 * 3600, &zone, &err) != OK)
        abort();
    encoding_scan_init(&scan);
    encoding_scan_feed(&scan, dump);
    (void)encoding_scan_verdict(&scan, &encoding);
    const struct dump_options options = {
        .profile = profile, .form = *profile_form(profile), .encoding = encoding};
    if (reader_new(&options, zone, sink, &reader, &err) != OK)
        abort();
    int rc = reader_feed(reader, (struct bytes){dump.ptr, cut}, &err);
    if (rc == OK)
        rc = reader_feed(reader, (struct bytes){dump.ptr + cut, dump.len - cut}, &err);
    if (rc == OK)
        rc = reader_finish(reader, &err);
    struct reader_counts counts = reader_counts(reader);
    if (rc != OK && rc != ERR_REFUSED)
        abort();
    if (counts.rejected != seen.rejects || counts.rows != seen.taken + seen.rejects)
        abort();
    reader_free(reader);
    zone_free(zone);
    profile_free(profile);
}

#endif
