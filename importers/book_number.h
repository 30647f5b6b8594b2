#ifndef PINGYI_IMPORTERS_BOOK_NUMBER_H
#define PINGYI_IMPORTERS_BOOK_NUMBER_H

#include "base/bytes.h"

/* How a number of a workbook reads, by its style. Thread: any. */
enum book_look {
    LOOK_NUMBER,
    LOOK_DATE,
    LOOK_TIME,
    LOOK_DATE_TIME,
    LOOK_ELAPSED, /* hours that may go beyond 24 */
};

/* The look of a number format's code, e.g. yyyy"年"m"月"d"日"; by its first section. */
enum book_look book_look_of_code(struct bytes code);

/* The look of a built-in format, Chinese ones included; LOOK_NUMBER for ids that a workbook defines itself. */
enum book_look book_look_of_id(int64_t id);

enum { BOOK_NUMBER_BYTES = 64 };

/* Write the text of a number cell (`value` as the file has it, a decimal with or without exponent) as book.h
 * says; the length, or 0 when `value` is no number.
 *
 * LOOK_NUMBER   15 significant digits, as Excel shows; scientific from 1e15 on and below 1e-5 LOOK_DATE
 * 2024-04-02, with the time when the file has one LOOK_TIME     18:16:58, with the date when the file has one
 * LOOK_ELAPSED  36:00:00 Where there is no such date (negative, beyond 9999, 1900-02-29) the number stays. */
size_t book_number_write(struct bytes value, enum book_look look, bool from_1904,
                         char out[BOOK_NUMBER_BYTES]);

/* The same for a date that the file has as ISO 8601, 2024-04-02T18:16:58.7Z; 0 when it is none, or has an offset. */
size_t book_iso_write(struct bytes value, enum book_look look, char out[BOOK_NUMBER_BYTES]);

#endif
