#ifndef PINGYI_IMPORTERS_CELL_TYPE_H
#define PINGYI_IMPORTERS_CELL_TYPE_H

#include "base/bytes.h"

/* What a cell looks like, without asking what it means: enough to tell a header from records and a good cut
 * from a bad one. Views of any bytes. Thread: any. */

enum cell_type {
    CELL_EMPTY,  /* also a word for nothing: - / NULL N/A NaN 无 */
    CELL_NUMBER, /* 12, -1,234.56, 1.234,56, 3e-5, 12 %, $74.69, 12.50元, (5) */
    CELL_DATE,   /* a day, a month of a year, a time of day, or a day with a time */
    CELL_CODE, /* no white space, at least a digit: MG-8769, 热线-260402-062267, digits with a leading 0 or 11 and more */
    CELL_LINK, /* URL or e-mail address */
    CELL_TEXT,
};

/* White space around it does not matter. */
enum cell_type cell_type_of(struct bytes cell);

/* Whether it can be the name of a column: text or code, short, without a colon behind a word (制表人：) or line of a
 * sentence. */
bool cell_is_name(struct bytes cell);

#endif
