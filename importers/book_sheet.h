#ifndef PINGYI_IMPORTERS_BOOK_SHEET_H
#define PINGYI_IMPORTERS_BOOK_SHEET_H

#include "importers/book_strings.h"
#include "importers/book_styles.h"

/* What a sheet's cells refer to; borrowed. */
struct book_words {
    struct book_strings *strings;
    const struct book_styles *styles;
    bool from_1904;
};

/* Write the sheet in `part` as CSV text, as book.h says. Cells of a row may come in any order, rows may not: to
 * sort them would need memory without bounds (REFUSAL_BROKEN). Other failures as book_xml_read and book_row_end.
 * Thread: one owner. */
int book_sheet_read(struct book_zip *zip, struct bytes part, const struct book_words *words,
                    book_text_cb on_text, void *context, struct book_fail fail);

#endif
