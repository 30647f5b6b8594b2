#ifndef PINGYI_REPORTS_CSV_H
#define PINGYI_REPORTS_CSV_H

#include "base/buf.h"

/* Cells of CSV by RFC 4180: quoted only when they hold a comma, a quote, CR or LF, begin or end with a space, or begin
 * with an apostrophe, which a reader that guesses may take for a quote. The caller writes the commas and the line ends.
 * Failures stay in `out`. Thread: any. */

/* For programs: the text as it is. */
void csv_cell(struct buf *out, struct bytes text);

/* For people who open the file in a spreadsheet: a text that it would run as a formula (leading = + - @, tab or CR)
 * gets an apostrophe in front. Our own readers take it off again (importers/cell.h), others do not. */
void csv_cell_for_people(struct buf *out, struct bytes text);

#endif
