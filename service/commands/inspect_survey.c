#include "service/commands/inspect_survey.h"

#include "base/utf8.h"

#include "importers/profile_suggest.h"

#include "service/host/files.h"

#include <string.h>

/* As much of `text` as fits, whole characters. */
static void keep_text(struct bytes text, char out[SURVEY_VALUE_BYTES])
{
    if (text.len > SURVEY_VALUE_BYTES - 1)
        text.len = SURVEY_VALUE_BYTES - 1;
    text.len = utf8_valid_prefix(text);
    if (text.ptr != NULL)
        memcpy(out, text.ptr, text.len);
    out[text.len] = '\0';
}

static void add_problem(struct survey *survey, int64_t line, const char *reason,
                        struct bytes column, struct bytes value)
{
    if (survey->problem_count++ >= SURVEY_MAX_PROBLEMS)
        return;
    struct survey_problem *problem = &survey->problems[survey->problem_count - 1];
    problem->line = line;
    problem->reason = reason;
    keep_text(column, problem->column);
    keep_text(value, problem->value);
}

/* ---- First reading: the form ---- */

static int on_sniff(void *context, const struct sniff *sniff, struct err *err)
{
    struct survey *survey = context;
    (void)err;
    survey->sniff = sniff;
    survey->is_dump = (sniff->columns.fields & COLUMNS_REQUIRED) == COLUMNS_REQUIRED &&
                      sniff->columns.doubled < 0;
    return OK;
}

/* What was cut off is said, of a header too. */
static bool note_fault(struct survey *survey, const struct table_row *row)
{
    if (row->fault == TABLE_FAULT_LONG)
        add_problem(survey, row->line, "too_long", BYTES_NONE, BYTES_NONE);
    else if (row->fault == TABLE_FAULT_CELLS)
        add_problem(survey, row->line, "too_wide", BYTES_NONE, BYTES_NONE);
    return row->fault != TABLE_FAULT_NONE;
}

static void take_record(struct survey *survey, const struct table_row *row)
{
    size_t width = survey->sniff->outline.header_rows > 0 ? survey->sniff->outline.header_count
                                                          : survey->sniff->outline.width;
    if (outline_is_total(row) && survey->total_rows++ == 0)
        survey->first_total_line = row->line;
    survey->rows += !outline_is_total(row);
    survey->short_rows += row->cell_count < width;
    survey->long_rows += row->cell_count > width;
    survey->mended_rows += row->mends != 0;
    if (survey->is_dump || note_fault(survey, row)) /* of a dump the second reading says more */
        return;
    if (row->mends != 0)
        add_problem(survey, row->line, "mended", BYTES_NONE, BYTES_NONE);
    else if (row->cell_count != width)
        add_problem(survey, row->line, row->cell_count < width ? "too_few_cells" : "too_many_cells",
                    BYTES_NONE, BYTES_NONE);
}

static void take_later(struct survey *survey, const struct table_row *row, struct row_context where)
{
    int at = where.table - 2;
    bool first = at >= survey->table_count;
    survey->table_count = first ? at + 1 : survey->table_count;
    if (at >= SURVEY_MAX_TABLES)
        return;
    struct survey_table *table = &survey->tables[at];
    if (first)
        *table = (struct survey_table){
            .line = row->line, .columns = row->cell_count, .same_columns = where.same_columns};
    table->rows += where.place == PLACE_BODY;
}

static int on_row(void *context, const struct table_row *row, struct row_context where,
                  struct err *err)
{
    struct survey *survey = context;
    (void)err;
    survey->final_blank_rows = where.place == PLACE_BLANK ? survey->final_blank_rows + 1 : 0;
    if (where.place == PLACE_BLANK)
        survey->blank_rows++;
    else if (where.place == PLACE_PREAMBLE)
        survey->preamble_rows++;
    else if (where.table > 1)
        take_later(survey, row, where);
    else if (where.place == PLACE_HEADER)
        (void)note_fault(survey, row);
    else
        take_record(survey, row);
    return OK;
}

static int on_bytes(void *context, struct bytes bytes, struct err *err)
{
    return dump_feed(context, bytes, err);
}

static int read_form(struct document *document, const struct document_wish *wish,
                     struct survey *survey, enum refusal *out_refusal, struct err *err)
{
    const struct dump_options options = document_options(document, wish);
    int rc = dump_new(&options, (struct dump_sink){on_sniff, on_row, survey}, &survey->dump, err);
    if (rc == OK)
        rc = document_read(document, on_bytes, survey->dump, out_refusal, err);
    if (rc == OK)
        rc = dump_finish(survey->dump, err);
    if (rc == ERR_REFUSED && *out_refusal == REFUSAL_NONE)
        *out_refusal = dump_refusal(survey->dump);
    return rc;
}

/* ---- Second reading: the records ---- */

static int on_record(void *context, const struct record *record, struct err *err)
{
    static const struct {
        uint32_t flag;
        const char *word;
    } words[] = {
        {RECORD_BAD_DATE, "bad_date"},
        {RECORD_UNKNOWN_STATUS, "unknown_status"},
        {RECORD_MENDED, "mended"},
    };
    (void)err;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if ((record->flags & words[i].flag) != 0)
            add_problem(context, record->line, words[i].word, BYTES_NONE, BYTES_NONE);
    }
    return OK;
}

static int on_reject(void *context, const struct reject *reject, struct err *err)
{
    (void)err;
    ((struct survey *)context)->bad_time_rows += reject->reason == REJECT_BAD_TIME;
    add_problem(context, reject->line, reject_reason_word(reject->reason), reject->column,
                reject->value);
    return OK;
}

static int on_reader_bytes(void *context, struct bytes bytes, struct err *err)
{
    return reader_feed(context, bytes, err);
}

static int read_records(struct document *document, const struct document_wish *wish,
                        struct survey *survey, enum refusal *out_refusal, struct err *err)
{
    struct zone *zone = NULL;
    struct reader *reader = NULL;
    const struct dump_options options = document_options(document, wish);
    struct reader_sink sink = {.on_record = on_record, .on_reject = on_reject, .context = survey};
    int rc = zone_load(profile_timezone(wish->profile), &zone, err);
    if (rc == OK)
        rc = reader_new(&options, zone, sink, &reader, err);
    if (rc == OK)
        rc = document_read(document, on_reader_bytes, reader, out_refusal, err);
    if (rc == OK)
        rc = reader_finish(reader, err);
    if (rc == OK) {
        struct reader_counts counts = reader_counts(reader);
        survey->rows = counts.rows;
        survey->rejected = counts.rejected;
        survey->total_rows = counts.total_rows;
    }
    reader_free(reader);
    zone_free(zone);
    return rc;
}

int survey_make(struct document *document, const struct document_wish *wish, struct survey *out,
                enum refusal *out_refusal, struct err *err)
{
    memset(out, 0, sizeof *out);
    int rc = read_form(document, wish, out, out_refusal, err);
    if (rc == OK)
        rc = profile_suggest(wish->profile, out->sniff->outline.header,
                             out->sniff->outline.header_count, &out->suggested, err);
    if (rc == OK && out->is_dump)
        rc = read_records(document, wish, out, out_refusal, err);
    return rc;
}

void survey_deinit(struct survey *survey)
{
    dump_free(survey->dump);
    survey->dump = NULL;
}
