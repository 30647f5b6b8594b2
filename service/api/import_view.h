#ifndef PINGYI_SERVICE_API_IMPORT_VIEW_H
#define PINGYI_SERVICE_API_IMPORT_VIEW_H

#include "base/buf.h"

#include "importers/reader.h"

#include "service/storage/imports.h"

#include <jansson.h>

/* Imports and what was wrong with their rows, in words and as JSON: shared by the command line and the service.
 * Thread: any. */

/* Why a file is no dump and what to do about it, in Chinese. */
const char *import_refusal_sentence(enum refusal refusal);

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

/* Append all that were loaded, oldest first, each with its unmatched names. Needs an open transaction. */
int import_rows_to_json(struct store *store, json_t *imports, struct err *err);

#endif
