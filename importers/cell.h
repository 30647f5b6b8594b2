#ifndef PINGYI_IMPORTERS_CELL_H
#define PINGYI_IMPORTERS_CELL_H

#include "base/bytes.h"

/* What every cell goes through before it is read. All views of the input. Thread: any. */

/* Without white space at both ends, U+3000 and U+00A0 included. */
struct bytes cell_trim(struct bytes cell);

/* Trimmed, and freed of the dresses by which spreadsheets keep numbers as text: ="…" and a leading apostrophe. */
struct bytes cell_undress(struct bytes cell);

/* Undressed, and empty when it is a word for nothing: - / 无 NULL N/A 0000-00-00 (with or without a time of zeros). */
struct bytes cell_value(struct bytes cell);

/* A decimal whole number of 0 to 1,000,000, perhaps followed by 次: else -1. */
int cell_count_value(struct bytes cell);

/* Whether a spreadsheet has turned a long number into 1.23E+11. */
bool cell_is_scientific(struct bytes cell);

#endif
