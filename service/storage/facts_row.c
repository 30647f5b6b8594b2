#include "service/storage/facts_row.h"

#include "service/storage/database.h"

/* Bits of `traits`, as migrations/0001_orders.sql describes them: where the two of each moment begin ... */
enum moment_shift {
    RECEIVED_SHIFT = 0,
    DUE_SHIFT = 2,
    CLOSED_SHIFT = 4,
    SUBMITTED_SHIFT = 6,
    DISPATCHED_SHIFT = 8,
    EXTENDED_DUE_SHIFT = 10,
    EXTENSION_ASKED_SHIFT = 12,
    ACCEPTED_SHIFT = 14,
    FIRST_CLOSED_SHIFT = 16,
};

/* ... and the others. */
enum {
    KIND_SHIFT = 18,
    STATUS_SHIFT = 22,
    PART_SHIFT = 26,
    FLAG_SHIFT = 28,
    MARKS_SHIFT = 30,
    MARKS_MASK = 0xFFFF,
};

_Static_assert(MOMENT_NONE == 0 && MOMENT_INSTANT == 1 && MOMENT_DAY == 2, "stored as they are");

/* Columns behind `first`. */
enum {
    AT_ID,
    AT_UNIT_NAME,
    AT_RECEIVED,
    AT_DUE,
    AT_CLOSED,
    AT_SUBMITTED,
    AT_TRAITS,
    AT_DISPATCHED,
    AT_EXTENDED_DUE,
    AT_EXTENSION_ASKED,
    AT_EXTENSION_COUNT,
    AT_ACCEPTED,
    AT_FIRST_CLOSED,
    AT_REDO_COUNT,
    AT_ROLE,
    AT_URGENCY,
    AT_STATUS_WORD,
    AT_HOTLINE_RESOLVED,
    AT_HOTLINE_SATISFACTION,
    AT_UNIT_RESOLVED,
    AT_IMPORT,
    AT_END,
};

_Static_assert((int)AT_ACCEPTED == (int)FACT_COLUMNS, "scoring columns come first");
_Static_assert((int)AT_END == (int)HANDLING_COLUMNS, "each column has its place");

/* ---- columns to values ---- */

/* The traits know whether there is a moment: a column that is not asked for costs nothing. */
static struct moment read_moment(sqlite3_stmt *statement, int column, uint64_t traits,
                                 enum moment_shift shift)
{
    enum moment_kind kind = (enum moment_kind)(traits >> shift & 3);
    return (struct moment){kind != MOMENT_NONE ? sqlite3_column_int64(statement, column) : 0, kind};
}

void fact_row_read(sqlite3_stmt *statement, int first, struct fact_row *out)
{
    uint64_t traits = (uint64_t)sqlite3_column_int64(statement, first + AT_TRAITS);
    struct fact *fact = &out->fact;
    out->handling_id = sqlite3_column_int64(statement, first + AT_ID);
    out->unit_name_id = sqlite3_column_int64(statement, first + AT_UNIT_NAME);
    out->merged_repeat = false;
    fact->received = read_moment(statement, first + AT_RECEIVED, traits, RECEIVED_SHIFT);
    fact->dispatched = read_moment(statement, first + AT_DISPATCHED, traits, DISPATCHED_SHIFT);
    fact->accepted = (struct moment){0, MOMENT_NONE};
    fact->due = read_moment(statement, first + AT_DUE, traits, DUE_SHIFT);
    fact->extension_asked =
        read_moment(statement, first + AT_EXTENSION_ASKED, traits, EXTENSION_ASKED_SHIFT);
    fact->extended_due =
        read_moment(statement, first + AT_EXTENDED_DUE, traits, EXTENDED_DUE_SHIFT);
    fact->submitted = read_moment(statement, first + AT_SUBMITTED, traits, SUBMITTED_SHIFT);
    fact->closed = read_moment(statement, first + AT_CLOSED, traits, CLOSED_SHIFT);
    fact->extension_count = sqlite3_column_int(statement, first + AT_EXTENSION_COUNT);
    fact->marks = (uint32_t)(traits >> MARKS_SHIFT & MARKS_MASK);
    fact->kind = (enum order_kind)(traits >> KIND_SHIFT & 15);
    fact->status = (enum order_status)(traits >> STATUS_SHIFT & 15);
    fact->part = (enum handling_part)(traits >> PART_SHIFT & 3);
    fact->flag = (enum overdue_flag)(traits >> FLAG_SHIFT & 3);
}

void handling_row_read(sqlite3_stmt *statement, int first, struct handling_row *out)
{
    struct fact_row row;
    uint64_t traits = (uint64_t)sqlite3_column_int64(statement, first + AT_TRAITS);
    fact_row_read(statement, first, &row);
    out->id = row.handling_id;
    out->unit_name_id = row.unit_name_id;
    out->fact = row.fact;
    out->fact.accepted = read_moment(statement, first + AT_ACCEPTED, traits, ACCEPTED_SHIFT);
    out->first_closed = read_moment(statement, first + AT_FIRST_CLOSED, traits, FIRST_CLOSED_SHIFT);
    out->redo_count = sqlite3_column_int(statement, first + AT_REDO_COUNT);
    out->role = (enum handling_role)sqlite3_column_int(statement, first + AT_ROLE);
    out->urgency_id = sqlite3_column_int64(statement, first + AT_URGENCY);
    out->status_id = sqlite3_column_int64(statement, first + AT_STATUS_WORD);
    out->hotline_resolved_id = sqlite3_column_int64(statement, first + AT_HOTLINE_RESOLVED);
    out->hotline_satisfaction_id = sqlite3_column_int64(statement, first + AT_HOTLINE_SATISFACTION);
    out->unit_resolved_id = sqlite3_column_int64(statement, first + AT_UNIT_RESOLVED);
    out->import_id = sqlite3_column_int64(statement, first + AT_IMPORT);
}

/* ---- values to parameters ---- */

/* A statement is taken with its bindings cleared: what is not bound is NULL. */
static void bind_moment(sqlite3_stmt *statement, int at, struct moment moment)
{
    if (moment.kind != MOMENT_NONE)
        (void)sqlite3_bind_int64(statement, at, moment.seconds);
}

static uint64_t moment_bits(struct moment moment, enum moment_shift shift)
{
    return (uint64_t)moment.kind << shift;
}

static uint64_t traits_of(const struct fact *fact)
{
    return moment_bits(fact->received, RECEIVED_SHIFT) | moment_bits(fact->due, DUE_SHIFT) |
           moment_bits(fact->closed, CLOSED_SHIFT) | moment_bits(fact->submitted, SUBMITTED_SHIFT) |
           moment_bits(fact->dispatched, DISPATCHED_SHIFT) |
           moment_bits(fact->extended_due, EXTENDED_DUE_SHIFT) |
           moment_bits(fact->extension_asked, EXTENSION_ASKED_SHIFT) |
           moment_bits(fact->accepted, ACCEPTED_SHIFT) | (uint64_t)fact->kind << KIND_SHIFT |
           (uint64_t)fact->status << STATUS_SHIFT | (uint64_t)fact->part << PART_SHIFT |
           (uint64_t)fact->flag << FLAG_SHIFT | (uint64_t)(fact->marks & MARKS_MASK) << MARKS_SHIFT;
}

static void bind_fact(sqlite3_stmt *statement, int first, int64_t handling_id, int64_t unit_name_id,
                      const struct fact *fact, uint64_t traits)
{
    (void)sqlite3_bind_int64(statement, first + AT_ID, handling_id);
    database_bind_id(statement, first + AT_UNIT_NAME, unit_name_id);
    bind_moment(statement, first + AT_RECEIVED, fact->received);
    bind_moment(statement, first + AT_DUE, fact->due);
    bind_moment(statement, first + AT_CLOSED, fact->closed);
    bind_moment(statement, first + AT_SUBMITTED, fact->submitted);
    (void)sqlite3_bind_int64(statement, first + AT_TRAITS, (int64_t)traits);
    bind_moment(statement, first + AT_DISPATCHED, fact->dispatched);
    bind_moment(statement, first + AT_EXTENDED_DUE, fact->extended_due);
    bind_moment(statement, first + AT_EXTENSION_ASKED, fact->extension_asked);
    (void)sqlite3_bind_int(statement, first + AT_EXTENSION_COUNT, fact->extension_count);
}

void fact_row_bind(sqlite3_stmt *statement, int first, const struct fact_row *row)
{
    bind_fact(statement, first, row->handling_id, row->unit_name_id, &row->fact,
              traits_of(&row->fact));
}

static uint64_t handling_traits(const struct handling_row *row)
{
    return traits_of(&row->fact) | moment_bits(row->first_closed, FIRST_CLOSED_SHIFT);
}

void handling_row_bind(sqlite3_stmt *statement, int first, const struct handling_row *row)
{
    bind_fact(statement, first, row->id, row->unit_name_id, &row->fact, handling_traits(row));
    bind_moment(statement, first + AT_ACCEPTED, row->fact.accepted);
    bind_moment(statement, first + AT_FIRST_CLOSED, row->first_closed);
    (void)sqlite3_bind_int(statement, first + AT_REDO_COUNT, row->redo_count);
    (void)sqlite3_bind_int(statement, first + AT_ROLE, (int)row->role);
    database_bind_id(statement, first + AT_URGENCY, row->urgency_id);
    database_bind_id(statement, first + AT_STATUS_WORD, row->status_id);
    database_bind_id(statement, first + AT_HOTLINE_RESOLVED, row->hotline_resolved_id);
    database_bind_id(statement, first + AT_HOTLINE_SATISFACTION, row->hotline_satisfaction_id);
    database_bind_id(statement, first + AT_UNIT_RESOLVED, row->unit_resolved_id);
    (void)sqlite3_bind_int64(statement, first + AT_IMPORT, row->import_id);
}

/* ---- values to columns of a virtual table ---- */

static void give_moment(sqlite3_context *result, struct moment moment)
{
    if (moment.kind != MOMENT_NONE)
        sqlite3_result_int64(result, moment.seconds);
}

static void give_fact(sqlite3_context *result, const struct fact *fact, int column)
{
    switch (column) {
    case AT_RECEIVED:
        give_moment(result, fact->received);
        break;
    case AT_DUE:
        give_moment(result, fact->due);
        break;
    case AT_CLOSED:
        give_moment(result, fact->closed);
        break;
    case AT_SUBMITTED:
        give_moment(result, fact->submitted);
        break;
    case AT_DISPATCHED:
        give_moment(result, fact->dispatched);
        break;
    case AT_EXTENDED_DUE:
        give_moment(result, fact->extended_due);
        break;
    case AT_EXTENSION_ASKED:
        give_moment(result, fact->extension_asked);
        break;
    case AT_EXTENSION_COUNT:
        sqlite3_result_int(result, fact->extension_count);
        break;
    case AT_ACCEPTED:
        give_moment(result, fact->accepted);
        break;
    default:
        break;
    }
}

void handling_row_result(sqlite3_context *result, const struct handling_row *row, int column)
{
    switch (column) {
    case AT_ID:
        sqlite3_result_int64(result, row->id);
        break;
    case AT_UNIT_NAME:
        database_result_id(result, row->unit_name_id);
        break;
    case AT_TRAITS:
        sqlite3_result_int64(result, (int64_t)handling_traits(row));
        break;
    case AT_FIRST_CLOSED:
        give_moment(result, row->first_closed);
        break;
    case AT_REDO_COUNT:
        sqlite3_result_int(result, row->redo_count);
        break;
    case AT_ROLE:
        sqlite3_result_int(result, (int)row->role);
        break;
    case AT_URGENCY:
        database_result_id(result, row->urgency_id);
        break;
    case AT_STATUS_WORD:
        database_result_id(result, row->status_id);
        break;
    case AT_HOTLINE_RESOLVED:
        database_result_id(result, row->hotline_resolved_id);
        break;
    case AT_HOTLINE_SATISFACTION:
        database_result_id(result, row->hotline_satisfaction_id);
        break;
    case AT_UNIT_RESOLVED:
        database_result_id(result, row->unit_resolved_id);
        break;
    case AT_IMPORT:
        sqlite3_result_int64(result, row->import_id);
        break;
    default:
        give_fact(result, &row->fact, column);
        break;
    }
}
