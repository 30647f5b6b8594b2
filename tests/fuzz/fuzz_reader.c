#include "tests/fuzz/reading.h"

/* The first byte chooses the profile and where the file is cut in two; the rest is a dump. Its rows are all accounted
 * for, and every text that comes out is valid UTF-8. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int on_record(void *context, const struct record *record, struct err *err)
{
    struct seen *seen = context;
    (void)err;
    seen->taken++;
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"auto", "boston311", "kansascity311", "open311"};
    if (size < 1)
        return 0;
    struct bytes dump = {(const char *)data + 1, size - 1};
    read_in_two(names[data[0] % 4], dump, dump.len * (data[0] / 4) / 64,
                (struct reader_sink){.on_record = on_record});
    return 0;
}
