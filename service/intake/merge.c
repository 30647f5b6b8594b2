#include "service/intake/merge.h"

#include "scoring/judge.h"

static bool has(uint64_t columns, enum field field)
{
    return (columns >> field & 1) != 0;
}

static void merge_moments(struct fact *into, const struct fact *from, uint64_t columns)
{
    into->received = from->received;
    if (has(columns, FIELD_DISPATCHED_AT))
        into->dispatched = from->dispatched;
    if (has(columns, FIELD_ACCEPTED_AT))
        into->accepted = from->accepted;
    if (has(columns, FIELD_DUE_AT))
        into->due = from->due;
    if (has(columns, FIELD_EXTENSION_ASKED_AT))
        into->extension_asked = from->extension_asked;
    if (has(columns, FIELD_EXTENDED_DUE_AT))
        into->extended_due = from->extended_due;
    if (has(columns, FIELD_EXTENSION_COUNT))
        into->extension_count = from->extension_count;
    if (has(columns, FIELD_SUBMITTED_AT))
        into->submitted = from->submitted;
    if (has(columns, FIELD_CLOSED_AT))
        into->closed = from->closed;
}

/* The marks that a column carries; contradictions follow from the dates. */
static uint32_t marks_of_columns(uint64_t columns)
{
    uint32_t marks = FACT_CLOSED_BEFORE_RECEIVED | FACT_DUE_BEFORE_RECEIVED;
    if (has(columns, FIELD_URGENCY))
        marks |= FACT_URGENT;
    if (has(columns, FIELD_RETURNED))
        marks |= FACT_RETURNED;
    if (has(columns, FIELD_CONFIDENTIAL))
        marks |= FACT_CONFIDENTIAL;
    if (has(columns, FIELD_OPT_OUT))
        marks |= FACT_OPT_OUT;
    if (has(columns, FIELD_REPEAT_OF))
        marks |= FACT_HAS_REPEAT_OF;
    return marks;
}

static void merge_words(struct handling_row *into, const struct handling_row *from,
                        uint64_t columns)
{
    if (has(columns, FIELD_KIND))
        into->fact.kind = from->fact.kind;
    if (has(columns, FIELD_STATUS)) {
        into->fact.status = from->fact.status;
        into->status_id = from->status_id;
    }
    if (has(columns, FIELD_OVERDUE_FLAG))
        into->fact.flag = from->fact.flag;
    if (has(columns, FIELD_ROLE))
        into->role = from->role;
    if (has(columns, FIELD_URGENCY))
        into->urgency_id = from->urgency_id;
    if (has(columns, FIELD_HOTLINE_RESOLVED))
        into->hotline_resolved_id = from->hotline_resolved_id;
    if (has(columns, FIELD_HOTLINE_SATISFACTION))
        into->hotline_satisfaction_id = from->hotline_satisfaction_id;
    if (has(columns, FIELD_UNIT_RESOLVED))
        into->unit_resolved_id = from->unit_resolved_id;
}

void handling_merge(struct handling_row *into, const struct handling_row *from, uint64_t columns,
                    const struct zone *zone)
{
    into->unit_name_id = from->unit_name_id;
    merge_moments(&into->fact, &from->fact, columns);
    merge_words(into, from, columns);
    if (has(columns, FIELD_FIRST_CLOSED_AT))
        into->first_closed = from->first_closed;
    if (has(columns, FIELD_REDO_COUNT))
        into->redo_count = from->redo_count;
    uint32_t carried = marks_of_columns(columns);
    into->fact.marks = (into->fact.marks & ~carried) | (from->fact.marks & carried);
    into->fact.marks &= ~(uint32_t)(FACT_CLOSED_BEFORE_RECEIVED | FACT_DUE_BEFORE_RECEIVED);
    into->fact.marks |= fact_contradictions(&into->fact, zone);
}

static bool is_returned(const struct handling_row *row)
{
    return row->fact.status == ORDER_STATUS_RETURNED || (row->fact.marks & FACT_RETURNED) != 0;
}

void handlings_assign_parts(struct handling_row *rows, int count)
{
    int leads = 0;
    int without_role = 0;
    for (int i = 0; i < count; i++) {
        if (is_returned(&rows[i]))
            continue;
        leads += rows[i].role == HANDLING_ROLE_LEAD;
        without_role += rows[i].role == HANDLING_ROLE_NONE;
    }
    for (int i = 0; i < count; i++) {
        enum handling_part part = HANDLING_PART_LEAD;
        if (rows[i].role == HANDLING_ROLE_SUPPORT)
            part = HANDLING_PART_SUPPORT;
        else if (is_returned(&rows[i]))
            part = HANDLING_PART_LEAD;
        else if (rows[i].role == HANDLING_ROLE_LEAD)
            part = leads == 1 ? HANDLING_PART_LEAD : HANDLING_PART_UNCLEAR;
        else if (leads > 0)
            part = HANDLING_PART_SUPPORT;
        else
            part = without_role == 1 ? HANDLING_PART_LEAD : HANDLING_PART_UNCLEAR;
        rows[i].fact.part = part;
    }
}

bool handling_is_primary(const struct handling_row *row)
{
    return row->role == HANDLING_ROLE_LEAD || row->id % HANDLINGS_AN_ORDER == 0;
}
