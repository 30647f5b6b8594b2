#include "tests/fuzz/reading.h"

/* The first byte says where the file is cut in two; the rest is a file of outcomes. Its rows are all accounted for,
 * every text that comes out is valid UTF-8, and every outcome holds together. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int on_outcome(void *context, const struct outcome_record *outcome, struct err *err)
{
    struct seen *seen = context;
    enum outcome_group group;
    (void)err;
    seen->taken++;
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct bytes file = {(const char *)data + 1, size - 1};
    read_in_two("outcomes", file, file.len * data[0] / 256,
                (struct reader_sink){.on_outcome = on_outcome});
    return 0;
}
