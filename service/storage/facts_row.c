#include "service/storage/facts_row.h"

#include "service/storage/database.h"

/* Bits of `traits`, as migrations/0001_orders.sql describes them. */
enum bare_day {
    BARE_RECEIVED = 0,
    BARE_DUE = 1,
    BARE_CLOSED = 2,
    BARE_SUBMITTED = 3,
    BARE_DISPATCHED = 4,
    BARE_EXTENDED_DUE = 5,
    BARE_EXTENSION_ASKED = 6,
    BARE_ACCEPTED = 7,
    BARE_FIRST_CLOSED = 8,
};

enum {
    KIND_SHIFT = 12,
    STATUS_SHIFT = 16,
    PART_SHIFT = 20,
    FLAG_SHIFT = 22,
    MARKS_SHIFT = 24,
};

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

/* NULL reads as 0, so the type is asked for only where 0 was read: it costs as much as the value. */
static struct moment read_moment(sqlite3_stmt *statement, int column, uint64_t traits,
                                 enum bare_day bare)
{
    int64_t seconds = sqlite3_column_int64(statement, column);
    if (seconds == 0 && sqlite3_column_type(statement, column) == SQLITE_NULL)
        return (struct moment){0, MOMENT_NONE};
    return (struct moment){seconds, (traits >> bare & 1) != 0 ? MOMENT_DAY : MOMENT_INSTANT};
}

static int32_t read_count(sqlite3_stmt *statement, int column)
{
    int32_t count = sqlite3_column_int(statement, column);
    return count == 0 && sqlite3_column_type(statement, column) == SQLITE_NULL ? -1 : count;
}

void fact_row_read(sqlite3_stmt *statement, int first, struct fact_row *out)
{
    uint64_t traits = (uint64_t)sqlite3_column_int64(statement, first + AT_TRAITS);
    struct fact *fact = &out->fact;
    out->handling_id = sqlite3_column_int64(statement, first + AT_ID);
    out->unit_name_id = sqlite3_column_int64(statement, first + AT_UNIT_NAME);
    out->merged_repeat = false;
    fact->received = read_moment(statement, first + AT_RECEIVED, traits, BARE_RECEIVED);
    fact->dispatched = read_moment(statement, first + AT_DISPATCHED, traits, BARE_DISPATCHED);
    fact->accepted = (struct moment){0, MOMENT_NONE};
    fact->due = read_moment(statement, first + AT_DUE, traits, BARE_DUE);
    fact->extension_asked =
        read_moment(statement, first + AT_EXTENSION_ASKED, traits, BARE_EXTENSION_ASKED);
    fact->extended_due = read_moment(statement, first + AT_EXTENDED_DUE, traits, BARE_EXTENDED_DUE);
    fact->submitted = read_moment(statement, first + AT_SUBMITTED, traits, BARE_SUBMITTED);
    fact->closed = read_moment(statement, first + AT_CLOSED, traits, BARE_CLOSED);
    fact->extension_count = read_count(statement, first + AT_EXTENSION_COUNT);
    fact->marks = (uint32_t)(traits >> MARKS_SHIFT & 0xFFFF);
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
    out->fact.accepted = read_moment(statement, first + AT_ACCEPTED, traits, BARE_ACCEPTED);
    out->first_closed = read_moment(statement, first + AT_FIRST_CLOSED, traits, BARE_FIRST_CLOSED);
    out->redo_count = read_count(statement, first + AT_REDO_COUNT);
    out->role = (enum handling_role)sqlite3_column_int(statement, first + AT_ROLE);
    out->urgency_id = sqlite3_column_int64(statement, first + AT_URGENCY);
    out->status_id = sqlite3_column_int64(statement, first + AT_STATUS_WORD);
    out->hotline_resolved_id = sqlite3_column_int64(statement, first + AT_HOTLINE_RESOLVED);
    out->hotline_satisfaction_id = sqlite3_column_int64(statement, first + AT_HOTLINE_SATISFACTION);
    out->unit_resolved_id = sqlite3_column_int64(statement, first + AT_UNIT_RESOLVED);
    out->import_id = sqlite3_column_int64(statement, first + AT_IMPORT);
}

/* ---- values to parameters ---- */

static void bind_moment(sqlite3_stmt *statement, int at, struct moment moment)
{
    if (moment.kind == MOMENT_NONE)
        (void)sqlite3_bind_null(statement, at);
    else
        (void)sqlite3_bind_int64(statement, at, moment.seconds);
}

static void bind_count(sqlite3_stmt *statement, int at, int32_t count)
{
    if (count < 0)
        (void)sqlite3_bind_null(statement, at);
    else
        (void)sqlite3_bind_int(statement, at, count);
}

static uint64_t bare_bit(struct moment moment, enum bare_day bare)
{
    return moment.kind == MOMENT_DAY ? UINT64_C(1) << bare : 0;
}

static uint64_t traits_of(const struct fact *fact)
{
    return bare_bit(fact->received, BARE_RECEIVED) | bare_bit(fact->due, BARE_DUE) |
           bare_bit(fact->closed, BARE_CLOSED) | bare_bit(fact->submitted, BARE_SUBMITTED) |
           bare_bit(fact->dispatched, BARE_DISPATCHED) |
           bare_bit(fact->extended_due, BARE_EXTENDED_DUE) |
           bare_bit(fact->extension_asked, BARE_EXTENSION_ASKED) |
           bare_bit(fact->accepted, BARE_ACCEPTED) | (uint64_t)fact->kind << KIND_SHIFT |
           (uint64_t)fact->status << STATUS_SHIFT | (uint64_t)fact->part << PART_SHIFT |
           (uint64_t)fact->flag << FLAG_SHIFT | (uint64_t)(fact->marks & 0xFFFF) << MARKS_SHIFT;
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
    bind_count(statement, first + AT_EXTENSION_COUNT, fact->extension_count);
}

void fact_row_bind(sqlite3_stmt *statement, int first, const struct fact_row *row)
{
    bind_fact(statement, first, row->handling_id, row->unit_name_id, &row->fact,
              traits_of(&row->fact));
}

void handling_row_bind(sqlite3_stmt *statement, int first, const struct handling_row *row)
{
    bind_fact(statement, first, row->id, row->unit_name_id, &row->fact,
              traits_of(&row->fact) | bare_bit(row->first_closed, BARE_FIRST_CLOSED));
    bind_moment(statement, first + AT_ACCEPTED, row->fact.accepted);
    bind_moment(statement, first + AT_FIRST_CLOSED, row->first_closed);
    bind_count(statement, first + AT_REDO_COUNT, row->redo_count);
    (void)sqlite3_bind_int(statement, first + AT_ROLE, (int)row->role);
    database_bind_id(statement, first + AT_URGENCY, row->urgency_id);
    database_bind_id(statement, first + AT_STATUS_WORD, row->status_id);
    database_bind_id(statement, first + AT_HOTLINE_RESOLVED, row->hotline_resolved_id);
    database_bind_id(statement, first + AT_HOTLINE_SATISFACTION, row->hotline_satisfaction_id);
    database_bind_id(statement, first + AT_UNIT_RESOLVED, row->unit_resolved_id);
    (void)sqlite3_bind_int64(statement, first + AT_IMPORT, row->import_id);
}
