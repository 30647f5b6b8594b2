#ifndef PINGYI_SERVICE_COMMANDS_IMPORT_REPORT_H
#define PINGYI_SERVICE_COMMANDS_IMPORT_REPORT_H

#include "service/commands/command.h"
#include "service/intake/intake.h"
#include "service/rounds/late.h"

#include <jansson.h>

/* What `import` and `imports` print of files: words for people, or an array of objects. */
struct import_report {
    json_t *array; /* NULL: words */
    struct buf text;
    int files, refused, partly;
};

void import_report_init(struct import_report *report, bool json);
void import_report_deinit(struct import_report *report);

/* `late` is what came too late for frozen rounds; objects alone name it, in words the command says it. */
int import_report_add(struct import_report *report, const char *path,
                      const struct intake_result *result, const struct late *late, bool dry_run,
                      struct err *err);

/* A file that could not be loaded, like a refused one. In words the failure has been printed already. */
int import_report_add_failed(struct import_report *report, const char *path,
                             const struct err *failure, struct err *err);

/* Print; *out_status is 0, 3 (something to look at, or some files refused) or 1 (all refused). */
int import_report_finish(struct import_report *report, const struct command_context *context,
                         int *out_status, struct err *err);

/* Why a file is no dump and what to do about it, in Chinese. */
const char *import_refusal_sentence(enum refusal refusal);

/* Whether a text goes by the name of a spreadsheet: .xls, .xlsx, .xlsm, .et. */
bool import_is_misnamed(struct bytes file_name);

/* What is wrong with a row and what to mend, in Chinese, by the word of the machine outputs; the word itself where
 * there is no sentence for it. */
struct bytes import_problem_sentence(struct bytes word);

/* The word of a flag by the number of its bit in enum record_flag, static. */
enum { IMPORT_FLAGS = 9 };
const char *import_flag_word(int bit);

/* The counts that an object of `import` and one of `imports` share. 0 or -1 when memory fails. */
int import_counts_to_json(json_t *object, const struct import_counts *counts);

/* A stored import, in words: a line with number, file and times, and a line with the counts. */
void import_row_title(struct buf *out, const struct import_row *row);
void import_counts_words(struct buf *out, const struct import_counts *counts);

/* The same as an object of `imports`, without its unmatched names, which need a statement of their own; NULL when
 * memory fails. */
json_t *import_row_to_json(const struct import_row *row);
int import_row_add_unmatched(struct store *store, json_t *object, struct err *err);

#endif
