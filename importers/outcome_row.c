#include "importers/outcome_row.h"

#include "importers/cell.h"
#include "importers/words.h"

/* Each returns REJECT_*, or -1; the guilty field goes to `*out_field`. */

static int read_order(struct row_reader *reader, const struct table_row *row,
                      struct outcome_record *outcome, enum field *out_field)
{
    *out_field = FIELD_ORDER_NO;
    outcome->order_no = row_value(reader, row, FIELD_ORDER_NO);
    if (outcome->order_no.len == 0)
        return REJECT_MISSING_ORDER_NO;
    if (cell_is_scientific(outcome->order_no))
        return REJECT_SCIENTIFIC_ORDER_NO;
    return order_number_is_usable(outcome->order_no) ? -1 : REJECT_BAD_ORDER_NO;
}

static int read_time(struct row_reader *reader, const struct table_row *row,
                     struct outcome_record *outcome, enum field *out_field)
{
    struct bytes called = row_value(reader, row, FIELD_CALLED_AT);
    *out_field = FIELD_CALLED_AT;
    if (called.len == 0)
        return -1;
    if (!dates_read(reader->dates, called, &outcome->called))
        return REJECT_BAD_TIME;
    row_note_event(reader, outcome->called);
    return -1;
}

static int read_disposition(struct row_reader *reader, const struct table_row *row,
                            struct outcome_record *outcome, enum field *out_field)
{
    struct bytes disposition = row_value(reader, row, FIELD_DISPOSITION);
    *out_field = FIELD_DISPOSITION;
    if (disposition.len == 0)
        return REJECT_MISSING_DISPOSITION;
    if (!outcome_code_of(disposition, &outcome->code) ||
        !outcome_group_of(outcome->code, &outcome->group))
        return REJECT_UNKNOWN_DISPOSITION;
    return -1;
}

static int read_resolved(struct row_reader *reader, const struct table_row *row,
                         struct outcome_record *outcome, enum field *out_field)
{
    struct bytes said = row_value(reader, row, FIELD_RESOLVED);
    int meaning = said.len > 0 ? row_word(reader, FIELD_RESOLVED, said) : RESOLUTION_MISSING;
    *out_field = FIELD_RESOLVED;
    if (meaning < 0)
        return REJECT_UNKNOWN_RESOLVED;
    outcome->still_open = meaning == WORD_STILL_OPEN;
    outcome->resolved = outcome->still_open ? RESOLUTION_NO : (enum resolution_answer)meaning;
    return -1;
}

/* A digit is read as it stands: folded as a word, -1 would be 1. */
static int read_satisfaction(struct row_reader *reader, const struct table_row *row,
                             struct outcome_record *outcome, enum field *out_field)
{
    struct bytes said = row_value(reader, row, FIELD_SATISFACTION);
    *out_field = FIELD_SATISFACTION;
    if (said.len == 0)
        return -1;
    bool is_digit =
        said.len == 1 && said.ptr[0] >= '1' && said.ptr[0] <= '0' + SATISFACTION_HIGHEST;
    int meaning = is_digit ? said.ptr[0] - '0' : row_word(reader, FIELD_SATISFACTION, said);
    if (meaning < 0)
        return REJECT_UNKNOWN_SATISFACTION;
    outcome->satisfaction = meaning;
    return -1;
}

/* Whom the order does not concern has nothing to say about it. */
static int check_answers(const struct outcome_record *outcome, enum field *out_field)
{
    *out_field = FIELD_DISPOSITION;
    bool is_answered =
        outcome->resolved != RESOLUTION_MISSING || outcome->satisfaction != SATISFACTION_MISSING;
    return outcome->group == OUTCOME_INELIGIBLE && is_answered ? REJECT_ANSWERED_INELIGIBLE : -1;
}

int outcome_row_read(struct row_reader *reader, const struct table_row *row,
                     struct outcome_record *out_outcome, bool *out_taken,
                     enum reject_reason *out_reason, enum field *out_field, struct err *err)
{
    struct outcome_record *outcome = out_outcome;
    *outcome = (struct outcome_record){.line = row->line};
    int reason = read_order(reader, row, outcome, out_field);
    if (reason < 0)
        reason = read_time(reader, row, outcome, out_field);
    if (reason < 0)
        reason = read_disposition(reader, row, outcome, out_field);
    if (reason < 0)
        reason = read_resolved(reader, row, outcome, out_field);
    if (reason < 0)
        reason = read_satisfaction(reader, row, outcome, out_field);
    if (reason < 0)
        reason = check_answers(outcome, out_field);
    *out_taken = reason < 0;
    if (reason >= 0) {
        *out_reason = (enum reject_reason)reason;
        return buf_status(&reader->fold, err);
    }
    outcome->caller = row_value(reader, row, FIELD_CALLER);
    outcome->reason = row_value(reader, row, FIELD_REASON);
    outcome->comment = row_value(reader, row, FIELD_COMMENT);
    int rc = order_number_normalise(outcome->order_no, reader->order_no, &outcome->order_no, err);
    return rc == OK ? buf_status(&reader->fold, err) : rc;
}
