#include "importers/reader.h"

#include "base/utf8.h"

#include <stdlib.h>

/* The first byte chooses the profile and where the file is cut in two; the rest is a dump. Its rows are all accounted
 * for, and every text that comes out is valid UTF-8. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
    int64_t records, rejects;
};

static void check_text(struct bytes text)
{
    if (!utf8_is_valid(text))
        abort();
}

static int on_record(void *context, const struct record *record, struct err *err)
{
    struct seen *seen = context;
    (void)err;
    seen->records++;
    if (record->order_no.len == 0 || record->fact.received.kind == MOMENT_NONE)
        abort();
    check_text(record->order_no);
    check_text(record->unit);
    check_text(record->category);
    check_text(record->content);
    for (int i = 0; i < record->unit_count; i++)
        check_text(record->units[i]);
    return OK;
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

static void read_dump(const struct profile *profile, const struct zone *zone, struct bytes dump,
                      size_t cut)
{
    struct err err = {0};
    struct seen seen = {0};
    struct encoding_scan scan;
    enum encoding encoding = ENCODING_UTF8;
    struct reader *reader = NULL;
    struct reader_sink sink = {.on_record = on_record, .on_reject = on_reject, .context = &seen};
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
    if (counts.rejected != seen.rejects || counts.rows != seen.records + seen.rejects)
        abort();
    reader_free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"auto", "boston311", "kansascity311", "open311"};
    struct err err = {0};
    struct profile *profile = NULL;
    struct zone *zone = NULL;
    if (size < 1)
        return 0;
    struct bytes dump = {(const char *)data + 1, size - 1};
    if (profile_builtin(bytes_from_z(names[data[0] % 4]), &profile, &err) != OK ||
        zone_fixed(8 * 3600, &zone, &err) != OK)
        abort();
    read_dump(profile, zone, dump, dump.len * (data[0] / 4) / 64);
    zone_free(zone);
    profile_free(profile);
    return 0;
}
