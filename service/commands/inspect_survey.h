#ifndef PINGYI_SERVICE_COMMANDS_INSPECT_SURVEY_H
#define PINGYI_SERVICE_COMMANDS_INSPECT_SURVEY_H

#include "importers/dump.h"
#include "importers/reader.h"

#include "service/intake/document.h"

/* What `inspect` finds in a file, before it is worded. Thread: main. */

enum { SURVEY_MAX_TABLES = 20, SURVEY_MAX_PROBLEMS = 10, SURVEY_VALUE_BYTES = 200 };

/* A later table below the first. */
struct survey_table {
    int64_t line, rows; /* of its header; records */
    size_t columns;
    bool same_columns;
};

struct survey_problem {
    int64_t line;
    const char *reason; /* static, as import_problem_sentence knows it */
    char column[SURVEY_VALUE_BYTES], value[SURVEY_VALUE_BYTES]; /* cut to fit, not masked */
};

struct survey {
    struct dump *dump; /* owns what `sniff` shows */
    const struct sniff *sniff;
    int64_t rows,
        rejected; /* records of the first table; of them not importable, if it has the columns */
    int64_t total_rows, blank_rows, preamble_rows;
    int64_t final_blank_rows; /* below all others */
    int64_t first_total_line; /* 0: none */
    int64_t mended_rows, short_rows, long_rows;
    struct survey_table tables[SURVEY_MAX_TABLES];
    int table_count; /* later ones, perhaps more than are kept */
    struct survey_problem problems[SURVEY_MAX_PROBLEMS];
    int64_t problem_count;
    bool is_dump;          /* the profile's required columns are there */
    int64_t bad_time_rows; /* rejected for an unreadable time of receipt */
    struct bytes
        suggested; /* a built-in profile made for this header; static, empty when there is none */
};

/* Read the document once for its form and, if it has the columns, once more for its records. ERR_REFUSED with
 * `*out_refusal`: it is no text table. */
int survey_make(struct document *document, const struct document_wish *wish, struct survey *out,
                enum refusal *out_refusal, struct err *err);
void survey_deinit(struct survey *survey); /* accepts a zeroed one */

#endif
