#include "importers/reader.h"

#include "base/utf8.h"

#include <stdlib.h>

/* The first byte says where the file is cut in two; the rest is a file of outcomes. Its rows are all accounted for, every
 * text that comes out is valid UTF-8, and every outcome holds together. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
    int64_t outcomes, rejects;
};

static void check_text(struct bytes text)
{
    if (!utf8_is_valid(text))
        abort();
}

static int on_outcome(void *context, const struct outcome_record *outcome, struct err *err)
{
    struct seen *seen = context;
    enum outcome_group group;
    (void)err;
    seen->outcomes++;
    if (outcome->order_no.len == 0 || !outcome_group_of(outcome->code, &group) ||
        group != outcome->group)
        abort();
    bool is_answered = outcome->resolved != RESOLUTION_MISSING || outcome->satisfaction != 0;
    if (outcome->resolved >= RESOLUTION_ANSWERS || outcome->satisfaction < 0 ||
        outcome->satisfaction > SATISFACTION_HIGHEST ||
        (group == OUTCOME_INELIGIBLE && is_answered) ||
        (outcome->still_open && outcome->resolved != RESOLUTION_NO))
        abort();
    check_text(outcome->order_no);
    check_text(outcome->caller);
    check_text(outcome->reason);
    check_text(outcome->comment);
    for (size_t i = 0; i < outcome->cell_count; i++)
        check_text(outcome->cells[i]);
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

static void read_file(const struct profile *profile, const struct zone *zone, struct bytes file,
                      size_t cut)
{
    struct err err = {0};
    struct seen seen = {0};
    struct encoding_scan scan;
    enum encoding encoding = ENCODING_UTF8;
    struct reader *reader = NULL;
    struct reader_sink sink = {.on_reject = on_reject, .on_outcome = on_outcome, .context = &seen};
    encoding_scan_init(&scan);
    encoding_scan_feed(&scan, file);
    (void)encoding_scan_verdict(&scan, &encoding);
    const struct dump_options options = {
        .profile = profile, .form = *profile_form(profile), .encoding = encoding};
    if (reader_new(&options, zone, sink, &reader, &err) != OK)
        abort();
    int rc = reader_feed(reader, (struct bytes){file.ptr, cut}, &err);
    if (rc == OK)
        rc = reader_feed(reader, (struct bytes){file.ptr + cut, file.len - cut}, &err);
    if (rc == OK)
        rc = reader_finish(reader, &err);
    struct reader_counts counts = reader_counts(reader);
    if (rc != OK && rc != ERR_REFUSED)
        abort();
    if (counts.rejected != seen.rejects || counts.rows != seen.outcomes + seen.rejects)
        abort();
    reader_free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    struct profile *profile = NULL;
    struct zone *zone = NULL;
    if (size < 1)
        return 0;
    struct bytes file = {(const char *)data + 1, size - 1};
    if (profile_builtin(BYTES_LIT("outcomes"), &profile, &err) != OK ||
        zone_fixed(8 * 3600, &zone, &err) != OK)
        abort();
    read_file(profile, zone, file, file.len * data[0] / 256);
    zone_free(zone);
    profile_free(profile);
    return 0;
}
